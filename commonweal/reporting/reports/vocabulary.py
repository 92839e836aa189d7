"""The words newsletters are made with: ids in the database, labels and frames for people."""

from typing import Final

from django.utils.translation import gettext_lazy as _

NEWSLETTER_STATES: Final = [("drafted", _("Drafted")), ("published", _("Published")), ("dropped", _("Dropped"))]
#: What kinds of report there are, and how people call each.
REPORT_KINDS: Final = [
    ("annual", "Annual report"), ("committee", "Committee report"), ("statutory", "Report that a law asks for"),
]  # fmt: skip
REPORT_STATES: Final = [("drafted", "Drafted"), ("published", "Published"), ("dropped", "Dropped")]
LANGUAGES: Final = [("en", "English"), ("cy", "Cymraeg")]
#: What good employers do, to remind of, in a sentence each; chosen for each edition. Ours, and nobody's figures.
NUDGES: Final = [
    ("hours", _("Say the hours early"), _("Tell people their shifts four weeks ahead, and they can plan care, buses and sleep.")),
    ("living-wage", _("Pay a wage people can live on"), _("Look at what your lowest paid, and those of your sub-contractors, take home.")),
    ("pay-small-firms", _("Pay small suppliers fast"), _("Thirty days is the law on public contracts. A week keeps a small firm going.")),
    ("second-chance", _("Open a door"), _("Guarantee an interview to care leavers and people with a conviction who can do it.")),
    ("apprentices-stay", _("Keep your apprentices"), _("Ask each one in month three what would make them stay.")),
    ("say-early", _("Say early that something may slip"), _("A promise that changes in time can be put right. One that is missed cannot.")),
    ("ask-the-group", _("Ask before you give"), _("Look at the list of needs before you plan a day of volunteering.")),
    ("tell-a-story", _("Tell us what changed for somebody"), _("Send in a story. We ask those it is about before it is told.")),
]  # fmt: skip
