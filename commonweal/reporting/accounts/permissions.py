"""Who may call the addresses of accounts."""

from commonweal.base.access import ANY_STAFF, STAFF, Rule

READ = "Anyone with a role in the body may read its accounts, and what must be settled before one is published."
DECIDE = "The social value lead and finance officers prepare accounts, and publish what another of them prepared."

_DECIDERS = ("lead", "finance")
_BOTH = ("GET", "POST")

RULES = (
    Rule("accounts:accounts", STAFF, READ, ANY_STAFF),
    Rule("accounts:checks", STAFF, READ, ANY_STAFF),
    Rule("accounts:prepare", STAFF, DECIDE, _DECIDERS, _BOTH, when="the year is closed for good"),
    Rule("accounts:restate", STAFF, DECIDE, _DECIDERS, _BOTH, when="the account was published and not restated yet"),
    Rule("accounts:preparation", STAFF, READ, ANY_STAFF),
    Rule("accounts:publish", STAFF, DECIDE, _DECIDERS, ("POST",), when="another person prepared it and nothing stops it"),
    Rule("accounts:withdraw", STAFF, DECIDE, _DECIDERS, _BOTH, when="it is prepared and not published"),
    Rule("accounts:account", STAFF, READ, ANY_STAFF),
    Rule("accounts:export", STAFF, READ, ANY_STAFF),
    Rule("accounts:lines", STAFF, READ, ANY_STAFF),
    Rule("accounts:lines_export", STAFF, READ, ANY_STAFF),
    Rule("accounts:line", STAFF, READ, ANY_STAFF),
)  # fmt: skip
