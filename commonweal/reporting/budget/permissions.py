"""Who may call the addresses of the year."""

from commonweal.base.access import ANY_STAFF, STAFF, Rule

READ = "Anyone with a role in the body may read its budget and its account of a year."
PREPARE = "The social value lead and finance officers set the budget, explain differences and close a year."

_PREPARERS = ("lead", "finance")
_BOTH = ("GET", "POST")
_OPEN = "the year is open"

RULES = (
    Rule("budget:years", STAFF, READ, ANY_STAFF),
    Rule("budget:year", STAFF, READ, ANY_STAFF),
    Rule("budget:year_export", STAFF, READ, ANY_STAFF),
    Rule("budget:forecast", STAFF, READ, ANY_STAFF),
    Rule("budget:forecast_export", STAFF, READ, ANY_STAFF),
    Rule("budget:chart", STAFF, READ, ANY_STAFF),
    Rule("budget:opening", STAFF, READ, ANY_STAFF),
    Rule("budget:lines", STAFF, READ, ANY_STAFF),
    Rule("budget:lines_export", STAFF, READ, ANY_STAFF),
    Rule("budget:line_add", STAFF, PREPARE, _PREPARERS, _BOTH, when=_OPEN),
    Rule("budget:line_remove", STAFF, PREPARE, _PREPARERS, ("POST",), when=_OPEN),
    Rule("budget:lines_fill", STAFF, PREPARE, _PREPARERS, ("POST",), when=_OPEN),
    Rule("budget:reason", STAFF, PREPARE, (*_PREPARERS, "department-officer"), _BOTH),
    Rule("budget:twice", STAFF, READ, ANY_STAFF),
    Rule("budget:count_once", STAFF, PREPARE, _PREPARERS, _BOTH),
    Rule("budget:count_again", STAFF, PREPARE, _PREPARERS, ("POST",)),
    Rule("budget:closing", STAFF, READ, ANY_STAFF),
    Rule("budget:rules", STAFF, PREPARE, _PREPARERS, _BOTH, when="the year is not closed for good"),
    Rule("budget:close", STAFF, PREPARE, _PREPARERS, ("POST",), when="the year is over"),
    Rule("budget:open_again", STAFF, PREPARE, _PREPARERS, _BOTH, when="the year is closed"),
)
