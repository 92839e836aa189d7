"""The words returns are described with: ids in the database, labels for people."""

from django.utils.translation import gettext_lazy as _

EVERY = [("month", _("Every month")), ("quarter", _("Every quarter")), ("half-year", _("Every half-year")),
         ("year", _("Every year"))]  # fmt: skip
#: How many months a period lasts, and the month its first one begins with in a financial year.
MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
STATES = [
    ("asked", _("Not begun")),
    ("begun", _("Begun")),
    ("sent", _("Sent")),
    ("changes-asked", _("Changes asked for")),
    ("signed-off", _("Signed off")),
]
ANSWERS = [("unanswered", _("Not answered yet")), ("told", _("Told")), ("nothing", _("Nothing this period"))]
#: Units of which some may have come with the contract from another employer.
JOBS = frozenset(("fte", "fte-years", "job", "jobs", "post", "posts", "position", "positions", "full-time jobs"))
