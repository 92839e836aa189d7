"""The words needs and matches are described with: ids in the database, labels for people."""

from django.utils.translation import gettext_lazy as _

KINDS = [
    ("things", _("Things")),
    ("time", _("People’s time")),
    ("skills", _("Skills or training")),
    ("work", _("Building or repair work")),
    ("space", _("A place to meet or work")),
    ("transport", _("Transport")),
    ("other", _("Something else")),
]
AGES = [
    ("everyone", _("Everyone")),
    ("children", _("Children under 12")),
    ("young", _("Young people, 12 to 25")),
    ("adults", _("Adults")),
    ("older", _("Older people")),
]
STATES = [
    ("waiting", _("Waiting to be looked at")),
    ("published", _("Published")),
    ("sent-back", _("Sent back with questions")),
    ("fulfilled", _("Fulfilled")),
    ("expired", _("Ran out of time")),
    ("withdrawn", _("Withdrawn by the group")),
]
OUTCOMES = [("published", _("Published")), ("sent-back", _("Sent back")), ("undone", _("Taken back"))]
MATCH_STATES = [
    ("offered", _("Offered to the group")),
    ("agreed", _("Agreed by the group")),
    ("under-way", _("Under way")),
    ("received", _("Received")),
    ("thanked", _("Received, with thanks")),
    ("not-received", _("The group says it did not happen")),
    ("declined", _("The group said no")),
    ("withdrawn", _("Taken back by the body")),
]
SOURCES = [
    ("commitment", _("A promise in an agreement")),
    ("help", _("An offer of help from the public page")),
    ("substitution", _("In place of a promise that cannot be kept")),
    ("credit", _("A credit of a provider")),
    ("other", _("Somebody else")),
]
HELP_STATES = [("waiting", _("To answer")), ("answered", _("Answered")), ("set-aside", _("Set aside"))]
THANKS_STATES = [
    ("private", _("Between the group and the helper")),
    ("waiting", _("Waiting to be looked at")),
    ("published", _("Published")),
    ("kept-back", _("Not published")),
]
