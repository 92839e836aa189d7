"""The periods that are reported on: months, quarters, half-years and financial years, cut to an agreement's term."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from commonweal.delivery.returns.vocabulary import MONTHS

#: A financial year begins in April, and so does its first quarter and its first half.
FIRST_MONTH: Final = 4
#: More periods than any agreement has: a guard against dates of another century.
MOST_PERIODS: Final = 1_300


@dataclass(frozen=True, slots=True)
class Period:
    """From a first day to a last."""

    starts_on: date
    ends_on: date


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def period_of(every: str, day: date) -> Period:
    """This will give the whole period that a day lies in, cut to no term."""
    length = MONTHS[every]
    since_april = (day.month - FIRST_MONTH) % 12
    begins = _months_on(date(day.year, day.month, 1), -(since_april % length))
    return Period(begins, _months_on(begins, length) - timedelta(days=1))


def periods_ended(
    every: str, *, first_on: date, starts_on: date | None, ends_on: date | None, on: date
) -> Iterator[Period]:
    """This will give the periods that are over before a day, from the one `first_on` lies in, cut to the term given."""
    period = period_of(every, max(first_on, starts_on or first_on))
    for _ in range(MOST_PERIODS):
        begins, ends = (
            max(period.starts_on, starts_on or period.starts_on),
            min(period.ends_on, ends_on or period.ends_on),
        )
        if ends >= on or begins > ends:
            return
        yield Period(begins, ends)
        period = period_of(every, period.ends_on + timedelta(days=1))
