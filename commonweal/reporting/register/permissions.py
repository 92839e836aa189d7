"""Who may call the addresses of money and registers."""

from commonweal.base.access import ANY_STAFF, STAFF, Rule

READ = "Anyone with a role in the body may read its money beside its value."
BRING_IN = "Finance officers, contract managers and the social value lead bring files of money in and take them back."
DECIDE = "Finance officers, contract managers and the social value lead decide what belongs together."
RECORD = "Finance officers and the social value lead record money beside value."

_FINANCE = ("finance", "contract-manager", "lead")
_RECORDERS = ("finance", "lead")
_BOTH = ("GET", "POST")

RULES = (
    Rule("register:money", STAFF, READ, ANY_STAFF),
    Rule("register:money_export", STAFF, READ, ANY_STAFF),
    Rule("register:gains", STAFF, READ, ANY_STAFF),
    Rule("register:gains_export", STAFF, READ, ANY_STAFF),
    Rule("register:gainer_name", STAFF, RECORD, _RECORDERS, _BOTH),
    Rule("register:levered_add", STAFF, RECORD, _RECORDERS, _BOTH),
    Rule("register:levered_withdraw", STAFF, RECORD, _RECORDERS, ("POST",), when="it is in the figures"),
    Rule("register:whole_life_add", STAFF, RECORD, _RECORDERS, _BOTH),
    Rule("register:report_add", STAFF, RECORD, _RECORDERS, _BOTH),
    Rule("register:report_file", STAFF, READ, ANY_STAFF, when="the file was checked and found sound"),
    Rule("register:files", STAFF, READ, ANY_STAFF),
    Rule("register:file_add", STAFF, BRING_IN, _FINANCE, _BOTH),
    Rule("register:file", STAFF, READ, ANY_STAFF),
    Rule("register:file_export", STAFF, READ, ANY_STAFF),
    Rule("register:file_columns", STAFF, BRING_IN, _FINANCE, _BOTH, when="the file was not brought in yet"),
    Rule("register:file_accept", STAFF, BRING_IN, _FINANCE, ("POST",), when="the file was not brought in yet"),
    Rule("register:file_undo", STAFF, BRING_IN, _FINANCE, ("POST",), when="no later file replaced its lines"),
    Rule("register:reconciliation", STAFF, READ, ANY_STAFF),
    Rule("register:reconciliation_export", STAFF, READ, ANY_STAFF),
    Rule("register:contract", STAFF, READ, ANY_STAFF),
    Rule("register:decide", STAFF, DECIDE, _FINANCE, ("POST",)),
    Rule("register:services", STAFF, DECIDE, _FINANCE, _BOTH),
)  # fmt: skip
