"""Who may call the reporting addresses: what something is worth is no secret inside a body."""

from commonweal.base.access import ANY_STAFF, STAFF, Rule

READ = "Anyone with a role in the body may read what its promises and deliveries are worth."

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
    Rule("reporting:agreement_steps", STAFF, READ, ANY_STAFF),
    Rule("reporting:line_steps", STAFF, READ, ANY_STAFF),
    Rule("reporting:line_worth", STAFF, READ, ANY_STAFF),
    Rule("reporting:review_pack", STAFF, READ, ANY_STAFF),
    Rule("reporting:review_pack_docx", STAFF, READ, ANY_STAFF),
    Rule("reporting:review_pack_page", STAFF, READ, ANY_STAFF),
)
