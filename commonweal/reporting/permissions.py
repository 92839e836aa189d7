"""Who may call the reporting addresses: what something is worth is no secret inside a body."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, STAFF, Rule

READ = "Anyone with a role in the body may read what its promises and deliveries are worth."
OWN = "People of this organisation see what it delivered, for every body."

RULES = (
    Rule("reporting:today", STAFF, "Anyone with a role in the body has a page of what needs them.", ANY_STAFF),
    Rule("reporting:worth", STAFF, READ, ANY_STAFF),
    Rule("reporting:worth_export", STAFF, READ, ANY_STAFF),
    Rule("reporting:worth_lines", STAFF, READ, ANY_STAFF),
    Rule("reporting:worth_lines_export", STAFF, READ, ANY_STAFF),
    Rule("reporting:agreement_worth", STAFF, READ, ANY_STAFF),
    Rule("reporting:worth_ranges", STAFF, READ, ANY_STAFF),
    Rule("reporting:worth_ranges_export", STAFF, READ, ANY_STAFF),
    Rule("reporting:agreement_worth_ranges", STAFF, READ, ANY_STAFF),
    Rule("reporting:agreement_worth_ranges_export", STAFF, READ, ANY_STAFF),
    Rule("reporting:worth_frameworks", STAFF, READ, ANY_STAFF),
    Rule("reporting:worth_frameworks_export", STAFF, READ, ANY_STAFF),
    Rule("reporting:agreement_worth_frameworks", STAFF, READ, ANY_STAFF),
    Rule("reporting:agreement_worth_frameworks_export", STAFF, READ, ANY_STAFF),
    Rule("reporting:worth_changes", STAFF, READ, ANY_STAFF),
    Rule("reporting:worth_changes_export", STAFF, READ, ANY_STAFF),
    Rule("reporting:agreement_worth_changes", STAFF, READ, ANY_STAFF),
    Rule("reporting:agreement_worth_changes_export", STAFF, READ, ANY_STAFF),
    Rule("reporting:achieved", STAFF, READ, ANY_STAFF),
    Rule("reporting:achieved_export", STAFF, READ, ANY_STAFF),
    Rule("reporting:achieved_group", STAFF, READ, ANY_STAFF),
    Rule("reporting:provider_report", STAFF, READ, ANY_STAFF),
    Rule("reporting_provider:delivered", PROVIDER, OWN, ANY_PROVIDER),
    Rule("reporting_provider:delivered_pdf", PROVIDER, OWN, ANY_PROVIDER),
    Rule("reporting:agreement_steps", STAFF, READ, ANY_STAFF),
    Rule("reporting:line_steps", STAFF, READ, ANY_STAFF),
    Rule("reporting:line_worth", STAFF, READ, ANY_STAFF),
    Rule("reporting:review_pack", STAFF, READ, ANY_STAFF),
    Rule("reporting:review_pack_docx", STAFF, READ, ANY_STAFF),
    Rule("reporting:review_pack_page", STAFF, READ, ANY_STAFF),
)
