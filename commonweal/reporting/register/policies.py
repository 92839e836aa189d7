"""When a file may be brought in or undone, whose line a closed department's is, and what can be matched."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from commonweal.base.errors import NotPossible
from commonweal.base.templatetags.figures import long_date
from commonweal.directory.models import Department
from commonweal.engine.year import FinancialYear
from commonweal.reporting.register.models import BudgetLine, MoneyFile, Payment, RegisterEntry

#: One table of states; `docs/reference/states.md` is drawn from it.
MONEY_FILE_STATES: dict[str, tuple[str, ...]] = {
    "previewed": ("imported", "refused"),
    "imported": ("undone",),
    "undone": (),
    "refused": (),
}
FACTS: Final[dict[str, Any]] = {"budget": BudgetLine, "register": RegisterEntry, "payments": Payment}


def check_file_is_open(found: MoneyFile) -> None:
    """This will refuse to read again, or bring in, a file that was dealt with already."""
    why_not = {
        "imported": "This file was brought in already.",
        "undone": "This file was undone. Choose it again to bring it in once more.",
        "refused": "This file was refused, so there is nothing to bring in. Correct it and choose it again.",
    }
    if found.state in why_not:
        raise NotPossible(why_not[found.state])


def check_file_can_be_brought_in(found: MoneyFile) -> None:
    """This will refuse to bring in a file that was dealt with already, or of which no row would be accepted."""
    check_file_is_open(found)
    if not found.accepted:
        raise NotPossible("No row of this file can be brought in. See why beside each row, or change the columns.")


def check_file_can_be_undone(found: MoneyFile) -> None:
    """This will refuse to undo a file that was not brought in, or that a later file replaced lines of."""
    if found.state != "imported":
        raise NotPossible("Only a file that was brought in can be undone.")
    later = (
        FACTS[found.kind].objects.filter(money_file=found, withdrawn_by__isnull=False)
        .select_related("withdrawn_by").order_by("-withdrawn_by__imported_at").first()
    )  # fmt: skip
    if later is not None:
        raise NotPossible(
            f"{later.withdrawn_by.name} replaced lines of this file since. Undo that file first, then this one."
        )


def check_department_open(department: Department, begins: int) -> None:
    """This will refuse a budget line of a department that closed before the line's financial year began."""
    year = FinancialYear(begins)
    if department.ended_on is not None and department.ended_on < year.starts_on:
        raise NotPossible(
            f"{department.name} closed on {long_date(department.ended_on)}, before {year.name} began. Name the department "
            "that took its work over; or, if it did not close, give it another last day under People and places."
        )


def check_levered(own: Decimal, levered: Decimal) -> None:
    """This will refuse leverage without money of the body's own: a ratio needs its base."""
    if own <= 0:
        raise NotPossible("Say how much of its own money the body put in: without it there is nothing to compare with.")
    if levered < 0:
        raise NotPossible("Money drawn in cannot be below zero.")


def check_whole_life(years: int, amounts: tuple[Decimal, ...]) -> None:
    """This will refuse a whole-life cost without a life, or with a part below zero (only disposal may bring money in)."""
    if not 1 <= years <= 100:
        raise NotPossible("Say over how many years, from 1 to 100.")
    if any(amount < 0 for amount in amounts[:-1]):
        raise NotPossible("A cost cannot be below zero. Only disposal may bring money in.")


def check_dated(day: date, *, today: date) -> None:
    """This will refuse a day that has not come yet."""
    if day > today:
        raise NotPossible(f"{long_date(day)} has not come yet. Check the date.")
