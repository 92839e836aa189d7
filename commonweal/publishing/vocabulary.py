"""The plain words of the public site, in English and (through the catalogue of translations) in Welsh.

What the record holds as an id is told here in words that a twelve-year-old can follow.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

CHANNELS: Final = {
    "procurement": _("Contract"),
    "grant": _("Grant"),
    "asset-transfer": _("Building or land handed over"),
    "finance": _("Loan or other finance"),
    "planning": _("Planning obligation"),
    "own-service": _("The body’s own service"),
    "partnership": _("Partnership or pledge"),
}
KINDS: Final = {"goods": _("Goods"), "services": _("Services"), "works": _("Works")}
LEVELS: Final = {
    "agreement": _("Agreement"),
    "framework": _("Framework agreement"),
    "lot": _("Lot"),
    "provider": _("Provider on a framework"),
    "call-off": _("Call-off"),
    "order": _("Order"),
}
STATES: Final = {
    "current": _("Running now"),
    "ended": _("Ended"),
    "terminated": _("Ended early"),
    "undated": _("Dates not stated"),
}
EVIDENCE: Final = {
    "payroll": _("Payroll or employment record"),
    "register": _("Attendance register"),
    "certificate": _("Certificate"),
    "invoice": _("Invoice or receipt"),
    "photograph": _("Photograph"),
    "letter": _("Letter or message"),
    "report": _("Report"),
    "other": _("Other evidence"),
}
FACTS: Final = {
    "evidenced": _("The body accepted the evidence"),
    "confirmed": _("Those who received it said so"),
    "assured": _("An auditor checked it"),
}
STATUSES: Final = {
    "kept": _("Delivered in full"),
    "partly": _("Delivered in part"),
    "nothing": _("Nothing recorded yet"),
    "within": _("Within its limit"),
    "above": _("Above its limit"),
    "no-promise": _("No number promised"),
}
PLACE_ROLES: Final = {
    "delivered-at": _("Done in this place"),
    "person-lives-at": _("The person lives here"),
    "benefits": _("This place benefits"),
}
RATINGS: Final = {
    "good": _("Good"),
    "approaching-target": _("Approaching target"),
    "requires-improvement": _("Requires improvement"),
    "inadequate": _("Inadequate"),
    "other": _("Other"),
}
SENSES: Final = {"at-least": _("at least"), "at-most": _("at most")}
BASES: Final = {
    "per-spend": _("An amount for each pound spent"),
    "trigger": _("Only when something happens"),
    "option": _("Only if an option is taken up"),
}
VALUE_KINDS: Final = {
    "welfare": _("Better lives"),
    "economic": _("Pay and the economy"),
    "fiscal": _("Saved for public services"),
    "spend": _("Money spent"),
    "mixed": _("Mixed published value"),
}
VALUE_TERMS: Final = {
    "welfare": _("welfare value"),
    "economic": _("economic value"),
    "fiscal": _("fiscal value"),
    "spend": _("spend"),
    "mixed": _("of more than one kind"),
}
STAGES: Final = {
    "promised": _("promised"),
    "claimed": _("delivered as the provider says"),
    "evidenced": _("delivered with evidence accepted"),
    "confirmed": _("delivered and confirmed by those who received it"),
    "assured": _("delivered and checked by an auditor"),
}
#: The parts that the difference of a restated account is divided into, in their order.
RESTATED_PARTS: Final = (_("Volume"), _("Edition"), _("Method"), _("Prices"))
STAGE_HEADINGS: Final = {
    "promised": _("Promised"),
    "claimed": _("Claimed"),
    "evidenced": _("Evidenced"),
    "confirmed": _("Confirmed"),
    "assured": _("Assured"),
}
LEVEL_WORDS: Final = {"gross": _("Gross"), "net": _("Net")}

#: Why a line has no value in pounds, by the sentence of the room that values.
REASONS: Final = {
    "kept in the words of the contract, tied to no measure": _(
        "It is kept in the words of the contract, and no measure with an open value fits them."
    ),
    "its measure is licensed to the body and may not be published": _(
        "Its measure and its value are licensed to the body, which may not publish them."
    ),
    "its first or last day is not recorded": _("Its first or last day is not recorded."),
    "its period ends before it starts": _("Its dates are in the wrong order."),
    "it is counted in another unit than its measure": _("It is counted in another unit than its measure."),
    "a rate for each amount spent, no quantity until it is called off": _(
        "It is an amount for each pound spent, and nothing was ordered yet."
    ),
    "promised only if something happens": _("It was promised only if something happens."),
    "promised only if an option is taken up": _("It was promised only if an option is taken up."),
    "another line of its agreement counts the same effect": _(
        "Another promise of the same agreement counts the same effect."
    ),
    "pays for jobs told beside it, which are valued": _(
        "It pays for jobs that are told beside it, and those are valued."
    ),
    "paid for by spending told beside it, which is valued": _("The spending that pays for it is valued."),
    "the framework gives it no value": _("There is no open published value for it, so we only count it."),
    "a story, told and not counted in money": _("It is a story: told, and not counted in money."),
}

#: What the published facts are counted in, as it stands alone.
PROMISES: Final = _("promises")

#: What staff read of what has been recorded since the site was published: the singular and the plural.
CHANGES: Final = {
    "delivery.agreement.recorded": ("agreement recorded", "agreements recorded"),
    "delivery.agreement.ended": ("agreement ended", "agreements ended"),
    "delivery.agreement.terminated": ("agreement terminated early", "agreements terminated early"),
    "delivery.commitment.recorded": ("promise recorded", "promises recorded"),
    "delivery.entry.recorded": ("delivery recorded", "deliveries recorded"),
    "delivery.entry.reversed": ("delivery reversed", "deliveries reversed"),
    "delivery.evidence.added": ("piece of evidence added", "pieces of evidence added"),
    "delivery.entry.evidenced": ("evidence accepted", "times evidence was accepted"),
    "delivery.entry.confirmed": ("delivery confirmed", "deliveries confirmed"),
    "delivery.entry.assured": ("delivery checked by an auditor", "deliveries checked by an auditor"),
    "frameworks.plan.published": ("version of the plan published", "versions of the plan published"),
    "stories.story.verified": ("story verified", "stories verified"),
    "stories.story.withdrawn": ("story withdrawn", "stories withdrawn"),
    "reports.report.published": ("report published", "reports published"),
    "reports.newsletter.published": ("newsletter published", "newsletters published"),
    "publishing.preview.answered": ("correction answered", "corrections answered"),
    "publishing.agreement.withdrawn": ("agreement taken off the site", "agreements taken off the site"),
    "publishing.agreement.put_back": ("agreement put back", "agreements put back"),
}
PAGE_KINDS: Final = {
    "body": "Front page",
    "plan": "Plan",
    "agreement": "Agreement",
    "line": "Promise",
    "wards": "List of places",
    "ward": "Ward",
    "survey": "Survey",
    "story": "Story",
    "picture": "Picture of a story",
    "newsletter": "Newsletter",
    "report": "Report",
}

PREVIEW_STATES: Final = [
    ("sent", _("With the provider")),
    ("agreed", _("The provider agrees")),
    ("contested", _("The provider asks for a correction")),
    ("kept", _("Kept as it is, with the reason")),
    ("correcting", _("Being corrected")),
    ("released", _("Public")),
    ("replaced", _("Replaced by later figures")),
]
#: How long a provider sees named performance before the public does.
PREVIEW_WORKING_DAYS: Final = 10
