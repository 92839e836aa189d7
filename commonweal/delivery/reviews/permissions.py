"""Who may call the addresses of reviews and ratings."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, STAFF, Rule

READ = "Anyone with a role in the body may read its reviews, early warnings, indicators and ratings."
MANAGE = "Contract managers, buyers and the social value lead plan and note reviews, and set and rate indicators."
DECIDE = "Contract managers and the social value lead decide, lock and publish ratings."
OWN = "People of this organisation see and answer what concerns its own agreements."

_MANAGERS = ("contract-manager", "buyer", "lead")
_DECIDERS = ("contract-manager", "lead")
_BOTH = ("GET", "POST")

RULES = (
    Rule("reviews:reviews", STAFF, READ, ANY_STAFF),
    Rule("reviews:reviews_export", STAFF, READ, ANY_STAFF),
    Rule("reviews:agreement", STAFF, READ, ANY_STAFF),
    Rule("reviews:actions_export", STAFF, READ, ANY_STAFF),
    Rule("reviews:review", STAFF, READ, ANY_STAFF),
    Rule("reviews:review_add", STAFF, MANAGE, _MANAGERS, _BOTH, when="the agreement was not undone"),
    Rule("reviews:review_hold", STAFF, MANAGE, _MANAGERS, _BOTH, when="the meeting is planned"),
    Rule("reviews:review_cancel", STAFF, MANAGE, _MANAGERS, _BOTH, when="the meeting is planned"),
    Rule("reviews:review_sign", STAFF, MANAGE, _MANAGERS, ("POST",), when="the meeting was held"),
    Rule("reviews:action_add", STAFF, MANAGE, _MANAGERS, _BOTH, when="the meeting was held"),
    Rule("reviews:action_close", STAFF, MANAGE, _MANAGERS, _BOTH, when="the action is open"),
    Rule("reviews:warning_add", STAFF, MANAGE, _MANAGERS, _BOTH, when="the agreement was not undone"),
    Rule("reviews:warning_settle", STAFF, MANAGE, _MANAGERS, _BOTH, when="the warning is open"),
    Rule("reviews:kpis", STAFF, READ, ANY_STAFF),
    Rule("reviews:ratings_export", STAFF, READ, ANY_STAFF),
    Rule("reviews:kpi_add", STAFF, MANAGE, _MANAGERS, _BOTH, when="the agreement was not undone"),
    Rule("reviews:kpi_end", STAFF, MANAGE, _MANAGERS, _BOTH, when="the indicator stands"),
    Rule("reviews:kpi_exemption", STAFF, DECIDE, _DECIDERS, _BOTH),
    Rule("reviews:rating", STAFF, READ, ANY_STAFF),
    Rule("reviews:plan_file", STAFF, "Anyone who decides or audits ratings may open the improvement plan.",
         ("contract-manager", "lead", "assurer", "buyer")),
    Rule("reviews:rating_add", STAFF, MANAGE, _MANAGERS, _BOTH, when="the indicator stands and the period is over"),
    Rule("reviews:rating_change", STAFF, MANAGE, _MANAGERS, _BOTH, when="the rating is a draft"),
    Rule("reviews:rating_send", STAFF, MANAGE, _MANAGERS, _BOTH, when="the rating is a draft"),
    Rule("reviews:rating_withdraw", STAFF, MANAGE, _MANAGERS, ("POST",), when="the provider has not answered"),
    Rule("reviews:rating_decide", STAFF, DECIDE, _DECIDERS, _BOTH,
         when="the provider answered or its day has passed; not whoever drafted it where it is contested"),
    Rule("reviews:rating_plan", STAFF, DECIDE, _DECIDERS, _BOTH, when="the rating is decided and not locked"),
    Rule("reviews:rating_lock", STAFF, DECIDE, _DECIDERS, ("POST",),
         when="the rating was decided; Inadequate only with a plan that was checked and found sound"),
    Rule("reviews:rating_publish", STAFF, DECIDE, _DECIDERS, ("POST",), when="the rating is locked"),
    Rule("reviews:notice", STAFF, READ, ANY_STAFF),
    Rule("reviews:notice_json", STAFF, READ, ANY_STAFF),
    Rule("reviews_provider:reviews", PROVIDER, OWN, ANY_PROVIDER),
    Rule("reviews_provider:review", PROVIDER, OWN, ANY_PROVIDER, _BOTH, when="the formal review was held"),
    Rule("reviews_provider:warning_add", PROVIDER, OWN, ANY_PROVIDER, _BOTH),
    Rule("reviews_provider:rating", PROVIDER, OWN, ANY_PROVIDER, _BOTH, when="the rating was sent and is not decided"),
)  # fmt: skip
