"""Who may call the addresses of changes, credits and outturns."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, STAFF, Rule

READ = "Anyone with a role in the body may read how its agreements were changed."
WRITE = "Contract managers, buyers and the social value lead write and make changes."
SIGN = "Contract managers, buyers, assurers and the social value lead record the legal opinion they were given."
ANSWER = "People of this organisation read what is proposed to it; its administrators answer."

_WRITERS = ("contract-manager", "buyer", "lead")
_SIGNERS = ("contract-manager", "buyer", "lead", "assurer")
_BOTH = ("GET", "POST")

RULES = (
    Rule("changes:agreement", STAFF, READ, ANY_STAFF),
    Rule("changes:changes_export", STAFF, READ, ANY_STAFF),
    Rule("changes:ledger_export", STAFF, READ, ANY_STAFF),
    Rule("changes:change_add", STAFF, WRITE, _WRITERS, _BOTH, when="the agreement is current and no published fact"),
    Rule("changes:change", STAFF, READ, ANY_STAFF),
    Rule("changes:line_add", STAFF, WRITE, _WRITERS, _BOTH, when="the change is a draft"),
    Rule("changes:line_take_out", STAFF, WRITE, _WRITERS, ("POST",), when="the change is a draft"),
    Rule("changes:propose", STAFF, WRITE, _WRITERS, ("POST",), when="the change is a draft"),
    Rule("changes:drop", STAFF, WRITE, _WRITERS, _BOTH, when="the change was not answered yet"),
    Rule("changes:sign", STAFF, SIGN, _SIGNERS, _BOTH, when="the change was not decided yet"),
    Rule("changes:decide", STAFF, WRITE, _WRITERS, _BOTH, when="the provider agreed, and someone else proposed it"),
    Rule("changes:make", STAFF, WRITE, _WRITERS, ("POST",), when="the change is approved"),
    Rule("changes:credit_add", STAFF, WRITE, _WRITERS, _BOTH, when="the contract has the clause on change and credit"),
    Rule("changes:clause", STAFF, WRITE, _WRITERS, _BOTH, when="the agreement is current and no published fact"),
    Rule("changes:scores", STAFF, WRITE, _WRITERS, _BOTH, when="the agreement is current and no published fact"),
    Rule("changes:rescore", STAFF, WRITE, _WRITERS, _BOTH, when="the change was not decided yet"),
    Rule("changes:close", STAFF, WRITE, _WRITERS, _BOTH, when="the agreement has no outturn yet"),
    Rule("changes_provider:changes", PROVIDER, ANSWER, ANY_PROVIDER),
    Rule("changes_provider:change", PROVIDER, ANSWER, ANY_PROVIDER),
    Rule(
        "changes_provider:answer", PROVIDER, ANSWER, ("provider-admin",), _BOTH, when="the change waits for an answer"
    ),
)
