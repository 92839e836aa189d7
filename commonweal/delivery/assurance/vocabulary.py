"""The words claims, confirmations, samples and flags are described with: ids in the database, labels for people."""

from django.utils.translation import gettext_lazy

#: What happened to a claim, and the state it is in since.
STEPS = [
    ("accepted-by-one", gettext_lazy("Accepted by one, waits for a second")),
    ("accepted", gettext_lazy("Accepted")),
    ("accepted-in-part", gettext_lazy("Accepted in part")),
    ("changes-asked", gettext_lazy("Changes asked for")),
    ("answered", gettext_lazy("Answered")),
    ("refused", gettext_lazy("Refused")),
    ("contested", gettext_lazy("Contested")),
    ("corrected", gettext_lazy("Corrected by a new claim")),
]
CLAIM_STATES = [("claimed", gettext_lazy("Waiting for acceptance")), *STEPS]
#: Who moves next in each state.
WAITS_FOR = {
    "claimed": "an officer", "answered": "an officer", "accepted-by-one": "a second officer",
    "changes-asked": "the provider", "contested": "somebody who has not decided on it",
}  # fmt: skip
#: The same where nobody can be written to, and an officer answers in the provider's place.
OFFICER_ANSWERS = "an officer, who answers for the provider"
REASONS = {
    "keyed": "whoever accepts it recorded it or answered for it",
    "value": "its value is above the body’s limit",
    "quantity": "it is more of the promise than the body’s limit",
    "outlier": "it is far beyond its promise",
    "dates": "its dates lie outside the promise’s term",
    "flag": "a flag on it is open",
}
FLAGS = [
    ("evidence", "The same evidence elsewhere"),
    ("asset", "The same asset elsewhere"),
    ("person", "The same person elsewhere"),
    ("denied", "Those who received it say it did not happen"),
]
SETTLED = [("same", "The same thing: this claim is reversed"), ("not-same", "Not the same")]
ANSWERS = [
    ("all", gettext_lazy("Yes, all of it")),
    ("some", gettext_lazy("Yes, but less")),
    ("none", gettext_lazy("This did not happen")),
]
#: Which of our kinds of evidence the catalogue's own words ask for.
KINDS_BY_WORD = {
    "payroll": "payroll", "payment": "invoice", "invoice": "invoice", "receipt": "invoice", "order": "invoice",
    "attendance": "register", "register": "register", "list": "register", "hours": "register", "number": "register",
    "certificate": "certificate", "agreement": "certificate", "contract": "certificate", "letter": "letter",
    "statement": "letter", "referral": "letter", "picture": "photograph", "photograph": "photograph",
    "report": "report", "survey": "report", "plan": "report", "method": "report", "assessment": "report",
    "record": "register", "reading": "report",
}  # fmt: skip
