"""The words of mobilisation: ids in the database, labels for people."""

from django.utils.translation import gettext_lazy

FACTS = [("accepted", "Accepted"), ("queried", "Queried"), ("answered", "Answered")]
SIDES = [("body", "The body"), ("provider", "The provider")]
STATES = [
    ("waiting", "Not looked at yet"),
    ("queried", "Queried"),
    ("answered", "Answered, to accept"),
    ("accepted", "Accepted"),
]
STATE_COLOURS = {"waiting": "grey", "queried": "orange", "answered": "yellow", "accepted": "green"}
CELLS = [
    ("reported", "Reported"),
    ("nil", "Nil"),
    ("nothing", "Nothing yet"),
    ("overdue", "Overdue"),
    ("not-due", "Not due"),
]
#: The sign that stands in a cell beside its colour, so that colour alone says nothing.
CELL_SIGNS = {"reported": "✓", "nil": "0", "nothing": "…", "overdue": "!", "not-due": "–"}
MAIL_STATES = [("waiting", "Waiting"), ("sent", "Sent"), ("refused", "Refused"), ("returned", "Came back")]
MAIL_COLOURS = {"waiting": "grey", "sent": "green", "refused": "red", "returned": "red"}
#: The quarters of a financial year, from April.
QUARTERS = {"Q1": gettext_lazy("Q1"), "Q2": gettext_lazy("Q2"), "Q3": gettext_lazy("Q3"), "Q4": gettext_lazy("Q4")}


def quarter_words(label: str) -> str:
    """This will write a quarter's label ("2026/27 Q1") in the language of the page."""
    year, _space, number = label.rpartition(" ")
    return f"{year} {QUARTERS[number]}"
