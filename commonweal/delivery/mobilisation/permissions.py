"""Who may call the addresses of mobilisation."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, PUBLIC, STAFF, Rule

READ = "Anyone with a role in the body may read what its agreements expect and when it is due."
SPEAK = "Whoever leads the delivery of a promise, or a contract manager in their place, accepts or queries it."
MANAGE = "Contract managers, buyers and the social value lead answer queries and agree quarters."
MAILS = "Administrators, the social value lead, contract managers and buyers see the mails that were sent."

MANAGERS = ("contract-manager", "buyer", "lead")
_POSTMASTERS = ("body-admin", "lead", "contract-manager", "buyer")
_BOTH = ("GET", "POST")

RULES = (
    Rule("mobilisation:agreement", STAFF, READ, ANY_STAFF),
    Rule("mobilisation:accept", STAFF, SPEAK, (*MANAGERS, "department-officer"), ("POST",),
         when="they lead its delivery, and it is not queried"),
    Rule("mobilisation:query", STAFF, SPEAK, (*MANAGERS, "department-officer"), _BOTH, when="no query waits already"),
    Rule("mobilisation:answer", STAFF, MANAGE, MANAGERS, _BOTH, when="a query waits for its answer"),
    Rule("mobilisation:profile", STAFF, MANAGE, MANAGERS, _BOTH, when="nobody agreed other quarters meanwhile"),
    Rule("mobilisation:profile_export", STAFF, READ, ANY_STAFF),
    Rule("mobilisation:calendar", STAFF, READ, ANY_STAFF),
    Rule("mobilisation:calendar_export", STAFF, READ, ANY_STAFF),
    Rule("mobilisation:calendar_link", STAFF, "Anyone with a role in the body has one calendar link of their own.",
         ANY_STAFF, ("POST",)),
    Rule("mobilisation:completeness", STAFF, READ, ANY_STAFF),
    Rule("mobilisation:completeness_export", STAFF, READ, ANY_STAFF),
    Rule("mobilisation:mails", STAFF, MAILS, _POSTMASTERS),
    Rule("mobilisation:mails_export", STAFF, MAILS, _POSTMASTERS),
    Rule("mobilisation:mail_again", STAFF, MAILS, _POSTMASTERS, ("POST",), when="it came back or was refused"),
    Rule("mobilisation_provider:expected", PROVIDER, "People of this organisation see what is expected of it and when.",
         ANY_PROVIDER),
    Rule("mobilisation_provider:query", PROVIDER, "People of this organisation ask about its own promises.",
         ANY_PROVIDER, _BOTH, when="no query waits already"),
    Rule("mobilisation_provider:calendar", PROVIDER, "People of this organisation see what is expected of it and when.",
         ANY_PROVIDER),
    Rule("mobilisation_provider:calendar_link", PROVIDER, "Anyone of this organisation has one calendar link of their own.",
         ANY_PROVIDER, ("POST",)),
    Rule("mobilisation_provider_feed", PUBLIC,
         "Whoever has the signed address of a calendar may read it until it ends."),
    Rule("mobilisation_feed", PUBLIC, "Whoever has the signed address of a calendar may read it until it ends."),
)  # fmt: skip
