"""Who may call the delivery addresses."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, STAFF, Rule

READ = "Anyone with a role in the body may read its agreements, promises and deliveries."
MANAGE = "Contract managers, buyers and the social value lead record agreements, promises and deliveries."
BRING_IN = "Contract managers, buyers and the social value lead bring in files of contracts."
WAITING_FILES = (
    "Contract managers, buyers, the social value lead and administrators see which files could not be checked."
)
HAND_OVER = "Administrators of the body and the social value lead hand over what a leaver owns."

_MANAGERS = ("contract-manager", "buyer", "lead")
_BOTH = ("GET", "POST")

RULES = (
    Rule("delivery:agreements", STAFF, READ, ANY_STAFF),
    Rule("delivery:agreements_export", STAFF, READ, ANY_STAFF),
    Rule("delivery:agreement", STAFF, READ, ANY_STAFF),
    Rule("delivery:promises_pdf", STAFF, READ, ANY_STAFF),
    Rule("delivery:promises_export", STAFF, READ, ANY_STAFF),
    Rule("delivery:agreement_add", STAFF, MANAGE, _MANAGERS, _BOTH),
    Rule("delivery:agreement_owner", STAFF, MANAGE, _MANAGERS, _BOTH),
    Rule("delivery:agreements_owners", STAFF, MANAGE, _MANAGERS, ("POST",)),
    Rule("delivery:agreement_terms", STAFF, MANAGE, _MANAGERS, _BOTH, when="the agreement is current and no published fact"),
    Rule("delivery:agreement_end", STAFF, MANAGE, _MANAGERS, _BOTH, when="the agreement is current"),
    Rule("delivery:commitment", STAFF, READ, ANY_STAFF),
    Rule("delivery:commitment_needs", STAFF, READ, ANY_STAFF),
    Rule("delivery:need_promises", STAFF, READ, ANY_STAFF),
    Rule("delivery:commitment_match", STAFF, MANAGE, _MANAGERS, _BOTH, when="the need is public and open"),
    Rule("delivery:commitment_add", STAFF, MANAGE, _MANAGERS, _BOTH, when="the agreement was not undone"),
    Rule("delivery:commitment_owner", STAFF, MANAGE, _MANAGERS, _BOTH),
    Rule("delivery:entries", STAFF, READ, ANY_STAFF),
    Rule("delivery:entries_export", STAFF, READ, ANY_STAFF),
    Rule("delivery:entry", STAFF, READ, ANY_STAFF),
    Rule("delivery:entry_add", STAFF, MANAGE, _MANAGERS, _BOTH, when="the agreement was not undone"),
    Rule("delivery:entry_reverse", STAFF, MANAGE, _MANAGERS, _BOTH, when="the entry was not reversed"),
    Rule("delivery:paid_jobs", STAFF, MANAGE, _MANAGERS, _BOTH, when="neither of the two entries was reversed"),
    Rule("delivery:evidence_add", STAFF, MANAGE, _MANAGERS, _BOTH),
    Rule("delivery:evidence_file", STAFF, "Anyone who accepts or audits deliveries may open evidence files.",
         ("contract-manager", "lead", "assurer", "buyer")),
    Rule("delivery:entry_confirm", STAFF, MANAGE, _MANAGERS, _BOTH, when="the measure can be confirmed"),
    Rule("delivery:entry_assure", STAFF, "Assurers record their checks of entries.", ("assurer",), _BOTH,
         when="someone else recorded the entry"),
    Rule("delivery:imports", STAFF, READ, ANY_STAFF),
    Rule("delivery:waiting_files", STAFF, WAITING_FILES, (*_MANAGERS, "body-admin")),
    Rule("delivery:import_add", STAFF, BRING_IN, _MANAGERS, _BOTH),
    Rule("delivery:import_page", STAFF, READ, ANY_STAFF),
    Rule("delivery:import_rows_export", STAFF, READ, ANY_STAFF),
    Rule("delivery:import_mapping", STAFF, BRING_IN, _MANAGERS, _BOTH, when="the file was not brought in yet"),
    Rule("delivery:import_accept", STAFF, BRING_IN, _MANAGERS, ("POST",), when="the file was not brought in yet"),
    Rule("delivery:import_undo", STAFF, BRING_IN, _MANAGERS, ("POST",), when="nothing was built on it since"),
    Rule("delivery:leavers", STAFF, HAND_OVER, ("body-admin", "lead")),
    Rule("delivery:leaver", STAFF, HAND_OVER, ("body-admin", "lead"), _BOTH),
    Rule("delivery:leaver_note", STAFF, HAND_OVER, ("body-admin", "lead")),
    Rule("delivery_provider:promises", PROVIDER, "People of this organisation see its own promises.", ANY_PROVIDER),
    Rule("delivery_provider:entry_add", PROVIDER, "People of this organisation report on its own promises.",
         ANY_PROVIDER, _BOTH),
    Rule("delivery_provider:receipt", PROVIDER, "People of this organisation see their own receipts.", ANY_PROVIDER),
)  # fmt: skip
