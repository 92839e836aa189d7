"""Who may call the addresses of the assurance room."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, PUBLIC, STAFF, Rule

READ = "Anyone with a role in the body may read how its claims stand."
DECIDE = "Contract managers, assurers and the social value lead decide on claims."
MANAGE = "Contract managers, buyers and the social value lead work on claims and ask who received them."
ANSWER_FOR = (
    "Contract managers, buyers and the social value lead answer where nobody of the provider can be written to."
)
SET = "The social value lead and administrators of the body set from when on a second officer is needed."
AUDIT = "Assurers and the social value lead draw samples and record what they find."
CONFIRM = "Whoever was asked may answer by their own link; it is theirs alone and opening it changes nothing."
ANSWER = "Whoever reported a delivery may answer or contest by their own link; opening it changes nothing."

_DECIDERS = ("contract-manager", "assurer", "lead")
_MANAGERS = ("contract-manager", "buyer", "lead")
_AUDITORS = ("assurer", "lead")
_BOTH = ("GET", "POST")

RULES = (
    Rule("assurance:agreement", STAFF, READ, ANY_STAFF),
    Rule("assurance:claims", STAFF, READ, ANY_STAFF),
    Rule("assurance:claims_export", STAFF, READ, ANY_STAFF),
    Rule("assurance:accept_together", STAFF, DECIDE, _DECIDERS, ("POST",), when="each claim by its own risk"),
    Rule("assurance:claim", STAFF, READ, ANY_STAFF),
    Rule("assurance:decide", STAFF, DECIDE, _DECIDERS, _BOTH, when="the claim waits for an officer"),
    Rule("assurance:answer", STAFF, ANSWER_FOR, _MANAGERS, _BOTH, when="whoever reported it cannot be written to"),
    Rule("assurance:evidence_share", STAFF, MANAGE, _MANAGERS, _BOTH, when="a part of the item is free"),
    Rule("assurance:asset_name", STAFF, MANAGE, _MANAGERS, _BOTH),
    Rule("assurance:keys_give", STAFF, MANAGE, _MANAGERS, _BOTH, when="the body takes keys of people for the period"),
    Rule("assurance:ask", STAFF, MANAGE, _MANAGERS, _BOTH, when="the measure can be confirmed"),
    Rule("assurance:assessment_add", STAFF, MANAGE, _MANAGERS, _BOTH),
    Rule("assurance:flags", STAFF, READ, ANY_STAFF),
    Rule("assurance:flag", STAFF, DECIDE, _DECIDERS, _BOTH, when="the flag is open"),
    Rule("assurance:rule", STAFF, SET, ("lead", "body-admin"), _BOTH),
    Rule("assurance:key_periods", STAFF, SET, ("lead", "body-admin"), _BOTH),
    Rule("assurance:samples", STAFF, READ, ANY_STAFF),
    Rule("assurance:sample_add", STAFF, AUDIT, _AUDITORS, _BOTH),
    Rule("assurance:sample", STAFF, READ, ANY_STAFF),
    Rule("assurance:sample_export", STAFF, READ, ANY_STAFF),
    Rule("assurance:finding", STAFF, AUDIT, _AUDITORS, _BOTH, when="nothing is on record for the entry yet"),
    Rule("assurance_provider:claims", PROVIDER, "People of this organisation see what waits for them.", ANY_PROVIDER),
    Rule("assurance_provider:claim", PROVIDER, "People of this organisation answer and contest decisions on its reports.",
         ANY_PROVIDER, _BOTH, when="changes were asked for, or the decision can be contested"),
    Rule("assurance_provider:keys", PROVIDER, "People of this organisation see which bodies take keys of people.",
         ANY_PROVIDER),
    Rule("assurance_provider:keys_give", PROVIDER, "People of this organisation give keys of people for its reports.",
         ANY_PROVIDER, _BOTH, when="the body takes keys of people for the period"),
    Rule("confirmation", PUBLIC, CONFIRM, methods=_BOTH),
    Rule("claim_by_link", PUBLIC, ANSWER, methods=_BOTH),
)  # fmt: skip
