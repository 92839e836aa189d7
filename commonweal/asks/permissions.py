"""Who may call the asks addresses."""

from commonweal.base.access import ANY_STAFF, STAFF, Rule

READ = "Anyone with a role in the body may read its opportunities and what they ask for."
WRITE = "Buyers, department officers and the social value lead record opportunities and what they ask for."
WITHDRAW = "Buyers and the social value lead withdraw opportunities."

WRITERS = ("lead", "buyer", "department-officer")
_BOTH = ("GET", "POST")

RULES = (
    Rule("asks:opportunities", STAFF, READ, ANY_STAFF),
    Rule("asks:opportunities_export", STAFF, READ, ANY_STAFF),
    Rule("asks:gaps", STAFF, READ, ANY_STAFF),
    Rule("asks:opportunity", STAFF, READ, ANY_STAFF),
    Rule("asks:opportunity_add", STAFF, WRITE, WRITERS, _BOTH),
    Rule("asks:opportunity_change", STAFF, WRITE, WRITERS, _BOTH, when="nobody saved a change meanwhile"),
    Rule("asks:opportunity_state", STAFF, WRITE, WRITERS, _BOTH, when="the opportunity is planned or asked"),
    Rule("asks:opportunity_withdraw", STAFF, WITHDRAW, ("lead", "buyer"), _BOTH,
         when="the opportunity is planned or asked"),
    Rule("asks:clause", STAFF, WRITE, WRITERS, _BOTH, when="nobody saved a change meanwhile"),
    Rule("asks:line_add", STAFF, WRITE, WRITERS, _BOTH, when="the opportunity is planned or asked"),
    Rule("asks:line_change", STAFF, WRITE, WRITERS, _BOTH, when="the opportunity is planned or asked"),
    Rule("asks:line_remove", STAFF, WRITE, WRITERS, _BOTH, when="the opportunity is planned or asked"),
)  # fmt: skip
