"""The words reviews, warnings, indicators and ratings are described with: ids in the database, labels for people."""

from django.utils.translation import gettext_lazy as _

KINDS = [("formal", _("Formal review")), ("touchpoint", _("Touchpoint"))]
#: How far apart meetings of a kind are planned: months and days.
RHYTHMS = {"formal": (3, 0), "touchpoint": (0, 14)}
RHYTHM_WORDS = {"formal": "every three months", "touchpoint": "every two weeks"}
REVIEW_STATES = [("planned", _("Planned")), ("held", _("Held")), ("cancelled", _("Cancelled"))]
SIDES = [("body", _("The body")), ("provider", _("The provider"))]
ACTION_STATES = [("open", _("Open")), ("done", _("Done")), ("carried", _("Carried on"))]
WARNING_STATES = [("open", _("Open")), ("settled", _("Settled"))]
#: Who sat at the table, by what they do and not by name.
ATTENDANCE = [
    ("contract-manager", _("Contract manager")),
    ("service-lead", _("Service lead of the body")),
    ("social-value-lead", _("Social value lead")),
    ("finance", _("Finance of the body")),
    ("provider-manager", _("Contract lead of the provider")),
    ("provider-social-value", _("Social value lead of the provider")),
    ("sub-contractor", _("Sub-contractor")),
    ("community", _("Community group or school")),
]
SENSES = [("at-least", _("At least the target")), ("at-most", _("At most the target"))]
RATING_STATES = [
    ("draft", _("Draft")),
    ("sent", _("With the provider")),
    ("agreed", _("Agreed by the provider")),
    ("contested", _("Contested by the provider")),
    ("decided", _("Decided")),
    ("locked", _("Locked")),
    ("published", _("Published")),
    ("withdrawn", _("Withdrawn")),
]
RATINGS = [
    ("good", _("Good")),
    ("approaching-target", _("Approaching target")),
    ("requires-improvement", _("Requires improvement")),
    ("inadequate", _("Inadequate")),
    ("other", _("Other")),
]
EVERY_MONTHS = [(1, "A month"), (3, "A quarter"), (6, "Half a year"), (12, "A year")]
