"""Who may call the addresses of newsletters and of the pre-election calendar."""

from commonweal.base.access import ANY_STAFF, PUBLIC, STAFF, Rule

READ = "Anyone with a role in the body may read its newsletters and its pre-election calendar."
WRITE = "The social value lead, contract managers and buyers choose what stands in a newsletter."
SEND = "The social value lead and administrators of the body publish and send newsletters and say who gets them."
HOLD = "Administrators of the body and the social value lead enter times before elections."
OVERRIDE = "The social value lead, under their own name, lets something through a hold."
LEAVE = "Whoever holds the link stops the newsletter for themselves."

READ_REPORT = "Anyone with a role in the body may read its reports, drafts too."
WRITE_REPORT = "The social value lead, contract managers, buyers and finance officers write a body's reports."
PUBLISH_REPORT = "The social value lead and administrators of the body publish its reports."

_WRITERS = ("lead", "contract-manager", "buyer")
_SENDERS = ("lead", "body-admin")
_BOTH = ("GET", "POST")

RULES = (
    Rule("reports:newsletters", STAFF, READ, ANY_STAFF),
    Rule("reports:newsletter", STAFF, READ, ANY_STAFF),
    Rule("reports:newsletter_text", STAFF, READ, ANY_STAFF),
    Rule("reports:newsletter_pdf", STAFF, READ, ANY_STAFF),
    Rule("reports:newsletter_add", STAFF, WRITE, _WRITERS, _BOTH),
    Rule("reports:newsletter_change", STAFF, WRITE, _WRITERS, _BOTH, when="the newsletter is a draft"),
    Rule("reports:newsletter_drop", STAFF, WRITE, _WRITERS, ("POST",), when="the newsletter is a draft"),
    Rule("reports:newsletter_publish", STAFF, SEND, _SENDERS, ("POST",),
         when="the newsletter is a draft and no election holds it"),
    Rule("reports:newsletter_send", STAFF, SEND, _SENDERS, ("POST",),
         when="the newsletter is published, not sent, and no election holds it"),
    Rule("reports:readers", STAFF, SEND, (*_SENDERS, *_WRITERS)),
    Rule("reports:readers_export", STAFF, SEND, (*_SENDERS, *_WRITERS)),
    Rule("reports:reader_add", STAFF, SEND, _SENDERS, _BOTH),
    Rule("reports:readers_add_contractors", STAFF, SEND, _SENDERS, ("POST",)),
    Rule("reports:reader_leave", STAFF, SEND, _SENDERS, ("POST",)),
    Rule("reports:calendar", STAFF, READ, ANY_STAFF),
    Rule("reports:period_add", STAFF, HOLD, _SENDERS, _BOTH),
    Rule("reports:period_end", STAFF, HOLD, _SENDERS, _BOTH, when="it was not ended"),
    Rule("reports:let_through", STAFF, OVERRIDE, ("lead",), _BOTH, when="an election holds it and it is no duty"),
    Rule("reports:reports", STAFF, READ_REPORT, ANY_STAFF),
    Rule("reports:report", STAFF, READ_REPORT, ANY_STAFF),
    Rule("reports:report_pdf", STAFF, READ_REPORT, ANY_STAFF),
    Rule("reports:report_docx", STAFF, READ_REPORT, ANY_STAFF),
    Rule("reports:report_add", STAFF, WRITE_REPORT, (*_WRITERS, "finance"), _BOTH),
    Rule("reports:report_words", STAFF, WRITE_REPORT, (*_WRITERS, "finance"), _BOTH, when="the report is a draft"),
    Rule("reports:report_stories", STAFF, WRITE_REPORT, (*_WRITERS, "finance"), _BOTH, when="the report is a draft"),
    Rule("reports:report_drop", STAFF, WRITE_REPORT, (*_WRITERS, "finance"), ("POST",), when="the report is a draft"),
    Rule("reports:report_publish", STAFF, PUBLISH_REPORT, _SENDERS, ("POST",),
         when="its year is closed, its words are written and no election holds it"),
    Rule("newsletter_leave", PUBLIC, LEAVE, methods=_BOTH, when="they get the newsletter"),
)  # fmt: skip
