"""Which year a promise or a delivery belongs to, and how a closed year keeps to what was known when it was closed.

A delivery belongs, whole, to the financial year its period ends in; without a last day, to the year it was recorded in.
A year that was closed for good takes nothing more: what is recorded later belongs to the year it was recorded in, and
what is reversed or assured later leaves the closed year as it was. A promise brings to each year what falls due in it.

A worked example. 2025/26 is closed on 12 June 2026. A delivery of March 2026 that is recorded on 20 May belongs to
2025/26, one recorded on 1 July to 2026/27. 24 hours a month promised from 1 January to 31 December 2026, 288 in all,
bring 71.013699 hours to 2025/26 (90 of 365 days) and 216.986301 to 2026/27.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from commonweal.engine.profile import ProfilePart, expected_by_profile
from commonweal.engine.promises import expected_by
from commonweal.engine.year import FinancialYear
from commonweal.money import QUANTITY_PLACES, round_half_up

CLOSES: Final = [("provisional", "Closed provisionally"), ("final", "Closed for good"), ("reopened", "Opened again")]
CloseKind = Literal["provisional", "final", "reopened"]
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Closings:
    """The years of a body that are closed for good, each with the moment from which nothing more belongs to it."""

    final: Mapping[FinancialYear, datetime] = field(default_factory=dict)

    def year_of(self, ends_on: date | None, recorded_at: datetime, recorded_on: date) -> FinancialYear:
        """This will say which year a delivery belongs to, by its last day and when it was recorded (moment and day)."""
        year = FinancialYear.of(ends_on or recorded_on)
        if self._takes(year, recorded_at):
            return year
        year = max(year.next, FinancialYear.of(recorded_on))
        while not self._takes(year, recorded_at):
            year = year.next
        return year

    def _takes(self, year: FinancialYear, recorded_at: datetime) -> bool:
        closed_at = self.final.get(year)
        return closed_at is None or recorded_at <= closed_at

    def knows(self, year: FinancialYear, at: datetime | None) -> bool:
        """Whether something that happened at a moment bears on a year: a closed one knows nothing that came after."""
        return at is not None and self._takes(year, at)


@dataclass(frozen=True, slots=True)
class Period:
    """The part of a record that is asked for: one year, what falls due in it until a day, or all years before it."""

    year: FinancialYear
    closings: Closings
    is_before: bool = False
    until: date | None = None

    @property
    def first(self) -> date | None:
        """The first day of it; None where it has no beginning."""
        return None if self.is_before else self.year.starts_on

    @property
    def last(self) -> date:
        """The last day of it."""
        if self.is_before:
            return self.year.previous.ends_on
        return min(self.until, self.year.ends_on) if self.until else self.year.ends_on

    @property
    def known_until(self) -> datetime | None:
        """The moment after which nothing more bears on what was promised; None while the year is open."""
        return None if self.is_before else self.closings.final.get(self.year)

    def holds(self, year: FinancialYear) -> bool:
        """Whether what belongs to a year is part of it."""
        return year < self.year if self.is_before else year == self.year

    def cut(self, starts_on: date, ends_on: date) -> tuple[date, date] | None:
        """This will give the part of a term that lies in it, both days in; None where none does."""
        first = max(starts_on, self.first) if self.first else starts_on
        last = min(ends_on, self.last)
        return (first, last) if first <= last else None

    def due(self, pace: Pace) -> Decimal:
        """This will say how much of a promise falls due in it, in the promise's unit, never less than nothing."""
        before = pace.by(self.first - timedelta(days=1)) if self.first else ZERO
        return max(pace.by(self.last) - before, ZERO)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a fixed promise falls due over its term: by the quarters agreed for it, or else at an even pace.

    What is due by the end of a day is rounded to six places, so the parts of all years sum to the promise exactly.
    """

    promised: Decimal
    starts_on: date
    ends_on: date
    profile: Sequence[ProfilePart] = ()

    def by(self, day: date) -> Decimal:
        """This will say how much is due by the end of a day; by the last day, all of it."""
        if day >= self.ends_on:
            return self.promised
        if self.profile:
            expected = min(expected_by_profile(self.profile, day), self.promised)
        else:
            expected = expected_by(self.promised, self.starts_on, self.ends_on, day) or ZERO
        return round_half_up(expected, QUANTITY_PLACES)
