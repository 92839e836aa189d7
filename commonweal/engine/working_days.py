"""Working days by nation: neither a weekend nor a bank holiday (`catalogue/holidays/bank-holidays.yaml`)."""

from __future__ import annotations

import functools
from datetime import date, timedelta

from commonweal.engine.document import CATALOGUE, read_document


class HolidaysUnknown(ValueError):
    """The list of bank holidays does not reach to this day."""


@functools.cache
def _holidays(nation: str) -> frozenset[date]:
    held = read_document(CATALOGUE / "holidays" / "bank-holidays.yaml").content
    return frozenset(date.fromisoformat(each) for each in held["nations"][nation])


@functools.cache
def _years() -> range:
    held = read_document(CATALOGUE / "holidays" / "bank-holidays.yaml").content
    return range(held["first_year"], held["last_year"] + 1)


def is_working_day(day: date, nation: str) -> bool:
    """This will say whether people work on a day in a nation. Raises HolidaysUnknown beyond the list."""
    if day.year not in _years():
        raise HolidaysUnknown(f"The bank holidays of {day.year} are not in the catalogue yet. Add them first.")
    return day.weekday() < 5 and day not in _holidays(nation)


def after_working_days(day: date, number: int, nation: str) -> date:
    """This will give the first day after a number of whole working days: a day itself never counts.

    Ten working days from Friday 4 December 2026 end on Friday 18 December; the day after them is the 19th. Raises
    HolidaysUnknown.
    """
    left, on = number, day
    while left:
        on += timedelta(days=1)
        left -= is_working_day(on, nation)
    return on + timedelta(days=1)
