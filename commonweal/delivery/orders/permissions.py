"""Who may call the addresses of orders."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, STAFF, Rule

READ = "Anyone with a role in the body may read what was ordered."
ORDER = "Contract managers, buyers, finance officers and the social value lead record orders."
REPORT = "People of this organisation report the orders that bodies placed with it."

_RECORDERS = ("contract-manager", "buyer", "finance", "lead")
_BOTH = ("GET", "POST")

RULES = (
    Rule("orders:agreement", STAFF, READ, ANY_STAFF),
    Rule("orders:orders_export", STAFF, READ, ANY_STAFF),
    Rule("orders:order_add", STAFF, ORDER, _RECORDERS, _BOTH, when="the agreement was not terminated or undone"),
    Rule("orders:count_add", STAFF, ORDER, _RECORDERS, _BOTH, when="a promise of the agreement waits for a trigger"),
    Rule("orders:order_take_back", STAFF, ORDER, _RECORDERS, _BOTH, when="the order stands"),
    Rule("orders:file_add", STAFF, ORDER, _RECORDERS, _BOTH),
    Rule("orders:file", STAFF, READ, ANY_STAFF),
    Rule("orders:file_export", STAFF, READ, ANY_STAFF),
    Rule("orders:file_accept", STAFF, ORDER, _RECORDERS, ("POST",), when="the file was not brought in yet"),
    Rule("orders:file_undo", STAFF, ORDER, _RECORDERS, ("POST",), when="the file was brought in"),
    Rule("orders_provider:orders", PROVIDER, REPORT, ANY_PROVIDER),
    Rule("orders_provider:order_add", PROVIDER, REPORT, ANY_PROVIDER, _BOTH, when="the agreement is current"),
)
