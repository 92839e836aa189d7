"""The words stories and consents are described with: ids in the database, labels for people."""

from typing import Final

from django.utils.translation import gettext_lazy as _

STORY_STATES: Final = [
    ("offered", _("Sent in")),
    ("drafted", _("Drafted")),
    ("consented", _("With consent")),
    ("rated", _("Rated by two people")),
    ("verified", _("Verified")),
    ("declined", _("Not taken on")),
    ("withdrawn", _("Withdrawn")),
]
#: Whom a story is about; the last two need a guardian's consent and a data protection assessment.
ABOUT: Final = [
    ("organisation", _("An organisation or a place: no person can be recognised")),
    ("adults", _("Adults")),
    ("children", _("Children, or somebody under 18")),
    ("at-risk", _("Adults at risk")),
]
PROTECTED: Final = frozenset({"children", "at-risk"})
#: What a story may be used for; each is consented to by itself.
USES: Final = [
    ("public-site", _("Public site")),
    ("annual-report", _("Annual report")),
    ("newsletter", _("Newsletter")),
]
#: In whose right somebody consents.
CAPACITIES: Final = [
    ("themself", _("For themself")),
    ("guardian", _("As a parent or guardian")),
    ("deputy", _("As an attorney or deputy")),
    ("organisation", _("For an organisation")),
]
GUARDIANS: Final = frozenset({"guardian", "deputy"})
HOW: Final = [
    ("form", _("A signed form")),
    ("message", _("An e-mail or a message")),
    ("recording", _("A recording")),
    ("spoken", _("Said to an officer, who noted it")),
]
