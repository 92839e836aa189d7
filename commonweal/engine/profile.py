"""A promise quarter by quarter: the quarters of its term, an even share for each, and what is expected by a day.

A worked example. 12 starts are promised from 15 May 2026 to 31 March 2027, 321 days. The quarters have 47, 92, 92 and
90 days, so an even pace comes to 1.76, 5.20, 8.64 and 12 starts at their ends, and an even share in whole starts is 2, 3,
4 and 3. Agreed so, 2 + 3 x 46/92 = 3.5 starts are expected by the end of 15 August 2026.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from commonweal.money import QUANTITY_PLACES, round_half_up

#: A term of a hundred years is the longest that has a profile.
MOST_QUARTERS: Final = 400
#: Units that are measured and not counted: few of them are shared in parts of one.
MEASURED: Final = frozenset({"fte", "hours", "hour", "%", "tonnes", "tonne", "tco2e", "kg", "kwh", "miles", "km"})
#: From so many on, whole units are fine enough whatever the unit.
MANY: Final = 100


class TermUnknown(ValueError):
    """A promise without a first or a last day has no quarters."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """This will hold a UK financial quarter, or the part of it that lies in a term; both days are in it."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """The days in it, both ends counted."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def label(self) -> str:
        """The financial year and the quarter in it: "2026/27 Q1" is April to June 2026."""
        year, number = _numbered(self.starts_on)
        return f"{year}/{(year + 1) % 100:02} Q{number}"


@dataclass(frozen=True, slots=True)
class ProfilePart:
    """This will hold how much of a promise a quarter is to bring, in the promise's unit."""

    quarter: Quarter
    quantity: Decimal


def quarters(starts_on: date | None, ends_on: date | None) -> tuple[Quarter, ...]:
    """This will give the financial quarters of a term in order, the first and the last cut to it.

    Raises TermUnknown where a day is not known, the term ends before it starts, or it is longer than a hundred years.
    """
    if starts_on is None or ends_on is None:
        raise TermUnknown("The first and the last day of the promise must be known.")
    if ends_on < starts_on:
        raise TermUnknown("The term ends before it starts.")
    found: list[Quarter] = []
    first = starts_on
    while first <= ends_on:
        if len(found) == MOST_QUARTERS:
            raise TermUnknown("The term is longer than a hundred years.")
        last = min(quarter_end(first), ends_on)
        found.append(Quarter(first, last))
        first = last + timedelta(days=1)
    return tuple(found)


def quarter_end(day: date) -> date:
    """This will give the last day of the quarter a day lies in."""
    month = (day.month - 1) // 3 * 3 + 4
    following = date(day.year + 1, 1, 1) if month > 12 else date(day.year, month, 1)
    return following - timedelta(days=1)


def even_profile(promised: Decimal, over: Sequence[Quarter], unit: str) -> tuple[ProfilePart, ...]:
    """This will share a promise over quarters by their days, in whole units where the unit is one that is counted.

    What is shared by the end of each quarter is an even pace rounded half-up, so it is never more than half a unit off,
    and it sums to the promise exactly. A promise that is no whole number itself, or less than a hundred of a unit that is
    measured, is shared to two decimal places, or six where it has more.
    """
    step, days, gone, shared = _step(promised, unit), sum(quarter.days for quarter in over), 0, Decimal(0)
    parts = []
    for quarter in over:
        gone += quarter.days
        with localcontext() as exact:
            exact.prec = 60
            by_then = round_half_up(promised * gone / days, step)
        parts.append(ProfilePart(quarter, by_then - shared))
        shared = by_then
    return tuple(parts)


def expected_by_profile(parts: Sequence[ProfilePart], on: date) -> Decimal:
    """This will say how much a profile expects by the end of a day: whole quarters that ended, and an even pace in the
    one under way.
    """
    expected = Fraction(0)
    for part in parts:
        quarter = part.quarter
        if on < quarter.starts_on:
            continue
        gone = min((on - quarter.starts_on).days + 1, quarter.days)
        expected += Fraction(part.quantity) * gone / quarter.days
    return _as_decimal(expected)


def shortfall(promised: Decimal, parts: Sequence[ProfilePart], *, is_harm: bool = False) -> Decimal:
    """This will say by how much a profile would change a promise to the worse; 0 where it does not.

    A profile may detail and never reduce: its quarters sum to the promise or more. For a harm they sum to the limit or
    less.
    """
    total = sum((part.quantity for part in parts), Decimal(0))
    return max(total - promised if is_harm else promised - total, Decimal(0))


def _numbered(day: date) -> tuple[int, int]:
    year = day.year if day.month >= 4 else day.year - 1
    return year, (day.month - 4) % 12 // 3 + 1


def _step(promised: Decimal, unit: str) -> Decimal:
    counted = not MEASURED & set(unit.casefold().split())
    if promised == promised.to_integral_value() and (counted or promised >= MANY):
        return Decimal(1)
    penny = Decimal("0.01")
    return penny if promised == promised.quantize(penny) else QUANTITY_PLACES


def _as_decimal(number: Fraction) -> Decimal:
    with localcontext() as exact:
        exact.prec = 60
        found = Decimal(number.numerator) / Decimal(number.denominator)
    return found
