"""Who may call the frameworks addresses."""

from commonweal.base.access import ANY_STAFF, STAFF, Rule

READ = "Anyone with a role in the body may read its frameworks, strategy and plan."
WRITE = (
    "The social value lead and administrators of the body shape the strategy, choose frameworks and publish the plan."
)

OWN = "The social value lead and administrators of the body shape its own frameworks; everyone with a role here may read them."
DRAFT = "it is a draft, and nobody saved a change meanwhile"

WRITERS = ("lead", "body-admin")
_BOTH = ("GET", "POST")

RULES = (
    Rule("frameworks:frameworks", STAFF, READ, ANY_STAFF),
    Rule("frameworks:edition", STAFF, READ, ANY_STAFF),
    Rule("frameworks:edition_export", STAFF, READ, ANY_STAFF),
    Rule("frameworks:measure", STAFF, READ, ANY_STAFF),
    Rule("frameworks:choose", STAFF, WRITE, WRITERS, _BOTH, when="it would not overlap an earlier choice"),
    Rule("frameworks:choice_end", STAFF, WRITE, WRITERS, _BOTH, when="it has no end yet"),
    Rule("frameworks:edition_withdraw", STAFF, OWN, WRITERS, ("POST",), when="it is the body's own and was never used"),
    Rule("frameworks:overlay_start", STAFF, OWN, WRITERS, _BOTH, when="no draft of it is being written"),
    Rule("frameworks:overlay_upload", STAFF, OWN, WRITERS, _BOTH, when="no draft of it is being written"),
    Rule("frameworks:overlay", STAFF, READ, ANY_STAFF),
    Rule("frameworks:overlay_measure", STAFF, READ, ANY_STAFF),
    Rule("frameworks:overlay_preview", STAFF, READ, ANY_STAFF),
    Rule("frameworks:overlay_file", STAFF, READ, ANY_STAFF),
    Rule("frameworks:overlay_details", STAFF, OWN, WRITERS, _BOTH, when=DRAFT),
    Rule("frameworks:overlay_change", STAFF, OWN, WRITERS, _BOTH, when=DRAFT),
    Rule("frameworks:overlay_words", STAFF, OWN, WRITERS, _BOTH, when=DRAFT),
    Rule("frameworks:overlay_add", STAFF, OWN, WRITERS, _BOTH, when=DRAFT),
    Rule("frameworks:overlay_undo", STAFF, OWN, WRITERS, ("POST",), when=DRAFT),
    Rule("frameworks:overlay_publish", STAFF, OWN, WRITERS, ("POST",), when="it is a draft that changes something"),
    Rule("frameworks:overlay_discard", STAFF, OWN, WRITERS, ("POST",), when="it is a draft"),
    Rule("frameworks:overlay_next", STAFF, OWN, WRITERS, _BOTH, when="no draft of it is being written"),
    Rule("frameworks:overlay_upgrade", STAFF, OWN, WRITERS, _BOTH, when="a later edition of the base is here"),
    Rule("frameworks:workbooks", STAFF, READ, ANY_STAFF),
    Rule("frameworks:workbook", STAFF, READ, ANY_STAFF),
    Rule("frameworks:workbook_rows", STAFF, READ, ANY_STAFF),
    Rule("frameworks:workbook_add", STAFF, OWN, WRITERS, _BOTH),
    Rule("frameworks:workbook_columns", STAFF, OWN, WRITERS, _BOTH, when="it is read and not published"),
    Rule("frameworks:workbook_about", STAFF, OWN, WRITERS, _BOTH, when="it is read and not published"),
    Rule("frameworks:workbook_publish", STAFF, OWN, WRITERS, ("POST",), when="all is stated and a row is accepted"),
    Rule("frameworks:workbook_undo", STAFF, OWN, WRITERS, ("POST",), when="its edition was never used"),
    Rule("frameworks:crosswalks", STAFF, READ, ANY_STAFF),
    Rule("frameworks:crosswalk", STAFF, READ, ANY_STAFF),
    Rule("frameworks:crosswalk_file", STAFF, READ, ANY_STAFF),
    Rule("frameworks:crosswalk_match", STAFF, OWN, WRITERS, _BOTH, when="it contradicts no other match"),
    Rule("frameworks:crosswalk_upload", STAFF, OWN, WRITERS, _BOTH),
    Rule(
        "frameworks:crosswalk_give_up",
        STAFF,
        OWN,
        WRITERS,
        ("POST",),
        when="it is the body's own, and everybody has one",
    ),
    Rule("frameworks:crosswalk_remove", STAFF, OWN, WRITERS, ("POST",)),
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
