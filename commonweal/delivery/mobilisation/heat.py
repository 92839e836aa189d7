"""How complete reporting is: what a quarter of a promise looks like on a day, and of many promises together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from commonweal.engine.profile import ProfilePart, Quarter

#: A quarter without a report is overdue when so many days have passed since it ended.
GRACE_DAYS: Final = 30
#: The most pressing first: what a cell of several promises says.
PRESSING: Final = ("overdue", "nothing", "reported", "nil", "not-due")


@dataclass(frozen=True, slots=True)
class Reported:
    """One entry: the days it is about and how much it tells."""

    starts_on: date
    ends_on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """One quarter of one or several promises: how many are in each state, and the state that is shown."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """The most pressing state in it."""
        return next((each for each in PRESSING if self.counts.get(each)), "not-due")

    @property
    def due(self) -> int:
        """How many promises had or have something to report in it."""
        return sum(number for state, number in self.counts.items() if state != "not-due")

    @property
    def told(self) -> int:
        """How many were reported, nil returns too."""
        return self.counts.get("reported", 0) + self.counts.get("nil", 0)


def state_of(
    quarter: Quarter, term: tuple[date | None, date | None], profile: Sequence[ProfilePart], told: Iterable[Reported],
    on: date, *, is_fixed: bool,
) -> str:  # fmt: skip
    """This will say how a quarter of one promise stands: reported, nil, nothing, overdue or not-due.

    Nothing is due outside the promise's term, where its profile asks for nothing, or of a promise without a fixed
    quantity; what was reported is shown all the same.
    """
    within = [each for each in told if each.starts_on <= quarter.ends_on and each.ends_on >= quarter.starts_on]
    if any(each.quantity for each in within):
        return "reported"
    if within:
        return "nil"
    starts, ends = term
    if not is_fixed or starts is None or ends is None or starts > quarter.ends_on or ends < quarter.starts_on:
        return "not-due"
    if profile and not any(part.quantity for part in profile if _same(part.quarter, quarter)):
        return "not-due"
    if on < max(quarter.starts_on, starts):
        return "not-due"
    last = min(quarter.ends_on, ends)
    return "overdue" if on > last + timedelta(days=GRACE_DAYS) else "nothing"


def together(states: Iterable[str]) -> Cell:
    """This will put the states of several promises in one cell."""
    return Cell(dict(Counter(states)))


def _same(part: Quarter, quarter: Quarter) -> bool:
    return part.starts_on <= quarter.ends_on and part.ends_on >= quarter.starts_on
