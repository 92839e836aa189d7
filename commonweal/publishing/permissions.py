"""Who may call the publishing addresses: anyone reads what is public, few decide what is."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, PUBLIC, STAFF, Rule

OPEN = "Anyone may read what a body has published."
HELP = "Anyone may say that they could help with a public need; an officer reads it, and nothing of it is public."
PUBLISH = "The social value lead and administrators of the body decide what is published."
FIRST = "People of this organisation see what is new about it before the public does, and may ask for a correction."
ANSWER = "The social value lead and contract managers answer a correction that a provider asks for."
_DECIDE = ("lead", "body-admin")

RULES = (
    *(
        Rule(f"publishing:{name}", PUBLIC, OPEN)
        for name in (
            "body", "plan", "plan_pdf", "agreements", "agreement", "lines", "line", "wards", "ward", "figures",
            "surveys", "surveys_download", "download", "needs", "needs_feed", "needs_json", "needs_download", "need",
            "accounts", "account", "account_bundle", "account_download", "accounts_checkpoint", "accounts_key",
            "stories", "story", "story_picture", "newsletters", "newsletter", "newsletter_pdf", "newsletter_text",
            "reports", "report", "report_pdf",
        )
    ),
    Rule("publishing:need_help", PUBLIC, HELP, methods=("GET", "POST"), when="the need is open, so often in an hour"),
    Rule("publishing:pages", STAFF, "Anyone with a role in the body may see what is public now.", ANY_STAFF),
    Rule("publishing:publish", STAFF, PUBLISH, _DECIDE, ("POST",)),
    Rule("publishing:withdraw", STAFF, PUBLISH, _DECIDE, ("GET", "POST"), when="the agreement is on the public site"),
    Rule("publishing:put_back", STAFF, PUBLISH, _DECIDE, ("POST",), when="the agreement was taken off the site"),
    Rule("publishing:previews", STAFF, "Anyone with a role in the body may see what providers see first.", ANY_STAFF),
    Rule("publishing:previews_set", STAFF, PUBLISH, _DECIDE, ("POST",)),
    Rule("publishing:preview", STAFF, "Anyone with a role in the body may see what providers see first.", ANY_STAFF),
    Rule("publishing:preview", STAFF, ANSWER, ("lead", "contract-manager"), ("POST",),
         when="the provider asks for a correction"),
    Rule("publishing_provider:previews", PROVIDER, FIRST, ANY_PROVIDER),
    Rule("publishing_provider:preview", PROVIDER, FIRST, ANY_PROVIDER, ("GET", "POST"), when="it was not answered yet"),
)  # fmt: skip
