"""Who may call the frameworks addresses."""

from commonweal.base.access import ANY_STAFF, STAFF, Rule

READ = "Anyone with a role in the body may read its frameworks, strategy and plan."
WRITE = (
    "The social value lead and administrators of the body shape the strategy, choose frameworks and publish the plan."
)

WRITERS = ("lead", "body-admin")
_BOTH = ("GET", "POST")

RULES = (
    Rule("frameworks:frameworks", STAFF, READ, ANY_STAFF),
    Rule("frameworks:edition", STAFF, READ, ANY_STAFF),
    Rule("frameworks:edition_export", STAFF, READ, ANY_STAFF),
    Rule("frameworks:measure", STAFF, READ, ANY_STAFF),
    Rule("frameworks:choose", STAFF, WRITE, WRITERS, _BOTH, when="it would not overlap an earlier choice"),
    Rule("frameworks:choice_end", STAFF, WRITE, WRITERS, _BOTH, when="it has no end yet"),
    Rule("frameworks:strategy", STAFF, READ, ANY_STAFF),
    Rule("frameworks:gaps", STAFF, READ, ANY_STAFF),
    Rule("frameworks:node", STAFF, READ, ANY_STAFF),
    Rule("frameworks:node_add", STAFF, WRITE, WRITERS, _BOTH),
    Rule("frameworks:node_edit", STAFF, WRITE, WRITERS, _BOTH, when="nobody saved a change meanwhile"),
    Rule("frameworks:node_move", STAFF, WRITE, WRITERS, _BOTH, when="the place is above it and has not ended"),
    Rule("frameworks:node_end", STAFF, WRITE, WRITERS, _BOTH, when="nothing beneath it goes on"),
    Rule("frameworks:node_outcomes", STAFF, WRITE, WRITERS, _BOTH, when="nobody saved a change meanwhile"),
    Rule("frameworks:node_review", STAFF, WRITE, WRITERS, ("POST",)),
    Rule("frameworks:plan", STAFF, READ, ANY_STAFF),
    Rule("frameworks:plan_draft_pdf", STAFF, READ, ANY_STAFF),
    Rule("frameworks:plan_publish", STAFF, WRITE, WRITERS, ("POST",), when="it has changed and fits one A4 page"),
    Rule("frameworks:plan_version", STAFF, READ, ANY_STAFF),
    Rule("frameworks:plan_pdf", STAFF, READ, ANY_STAFF),
)
