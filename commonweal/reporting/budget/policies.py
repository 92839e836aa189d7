"""When a year may be budgeted, closed and opened again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from commonweal.base.errors import NotPossible
from commonweal.base.models import Person
from commonweal.base.templatetags.figures import long_date
from commonweal.engine.year import FinancialYear

#: One table of states; `docs/reference/states.md` is drawn from it.
YEAR_STATES: Final[dict[str, tuple[str, ...]]] = {
    "open": ("provisional",),
    "provisional": ("final", "open"),
    "final": ("open",),
}
_WHY_NOT: Final = {
    "provisional": "The year is closed already.",
    "final": "A year is closed for good only after it was closed provisionally, so that others could look at it.",
    "open": "The year is open.",
}


def check_state(now: str, wanted: str) -> None:
    """This will refuse a step that the table of states does not have."""
    if wanted not in YEAR_STATES[now]:
        raise NotPossible(_WHY_NOT[wanted])


def check_over(year: FinancialYear, today: date) -> None:
    """This will refuse to close a year that is not over."""
    if today <= year.ends_on:
        raise NotPossible(
            f"{year.name} runs until {long_date(year.ends_on)}. It can be closed from the day after, when everything "
            "that belongs to it can be known."
        )


def check_other_person(by: Person, prepared_by: Person | None) -> None:
    """This will refuse a close for good by whoever prepared it: two people answer for an account."""
    if prepared_by is not None and by.pk == prepared_by.pk:
        raise NotPossible(
            "You closed this year provisionally, so another person has to close it for good. Ask someone who may."
        )


def check_takes_budget(state: str, year: FinancialYear) -> None:
    """This will refuse a change of the budget or baseline of a closed year."""
    if state != "open":
        raise NotPossible(f"{year.name} is closed, so its budget and its baseline stand as they were.")


def check_budget_quantity(quantity: Decimal) -> None:
    """This will refuse a line of nothing."""
    if quantity <= 0:
        raise NotPossible("A line needs a quantity above zero. To budget nothing, leave the line out.")


def check_words(words: str, what: str) -> None:
    """This will refuse an empty reason."""
    if not words.strip():
        raise NotPossible(f"Say {what}, so that whoever reads the account later knows.")


def is_material(difference: Decimal, budget: Decimal, percent: Decimal, pounds: Decimal) -> bool:
    """This will say whether a difference from the budget matters: more than so many pounds and so much of the budget.

    Where nothing was budgeted, the pounds alone decide.
    """
    if abs(difference) <= pounds:
        return False
    return not budget or abs(difference) * 100 > percent * abs(budget)
