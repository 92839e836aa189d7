"""How well a wish list works: how many needs were met, and how long they wait. Pure; exact; counts public needs only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Life:
    """The life of a published need: "open", "fulfilled", "expired" or "withdrawn", and its days."""

    state: str
    published_on: date
    closed_on: date | None = None
    wanted_by: date | None = None
    kind: str = ""
    place: str = ""

    def days(self, on: date) -> int:
        """This will count the days it waited, until it was closed or until a day."""
        return max((min(self.closed_on or on, on) - self.published_on).days, 0)

    def is_over(self, on: date) -> bool:
        """This will say whether it is closed, or the day it was wanted by has gone."""
        return self.state != "open" or (self.wanted_by is not None and self.wanted_by < on)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some needs on a day. `over` is the base of the rate: due or closed. Medians are in days, None where
    fewer than half of the needs were met after any wait that is known."""

    published: int
    open: int
    over: int
    fulfilled: int
    expired: int
    withdrawn: int
    due: int  # still open, and the day they were wanted by has gone
    median: int | None
    longest_open: int | None

    @property
    def rate(self) -> Fraction | None:
        """Fulfilled out of those due or closed; None where none is."""
        return Fraction(self.fulfilled, self.over) if self.over else None

    @property
    def percent(self) -> int | None:
        """The rate in whole per cent, half up; None where nothing is due or closed."""
        rate = self.rate
        return None if rate is None else int(rate * 100 + Fraction(1, 2))


def figures(lives: Iterable[Life], on: date) -> Figures:
    """This will count the figures of needs on a day."""
    held = list(lives)

    def many(state: str) -> int:
        return sum(each.state == state for each in held)

    return Figures(
        published=len(held), open=many("open"), over=sum(each.is_over(on) for each in held),
        fulfilled=many("fulfilled"), expired=many("expired"), withdrawn=many("withdrawn"),
        due=sum(each.state == "open" and each.is_over(on) for each in held), median=median_wait(held, on),
        longest_open=max((each.days(on) for each in held if each.state == "open"), default=None),
    )  # fmt: skip


def median_wait(lives: Sequence[Life], on: date) -> int | None:
    """This will find after how many days half of the needs were met, by the product-limit method of Kaplan and Meier.

    A need that still waits, ran out or was withdrawn counts as having waited at least so long, never as met and never
    as nothing. Answers None where the share still waiting never falls to a half.
    """
    waits = sorted((each.days(on), each.state == "fulfilled") for each in lives)
    still, at_risk = Fraction(1), len(waits)
    for day in sorted({days for days, _met in waits}):
        met = sum(1 for days, was_met in waits if days == day and was_met)
        still *= Fraction(at_risk - met, at_risk)
        if met and still <= Fraction(1, 2):
            return day
        at_risk -= sum(1 for days, _met in waits if days == day)
    return None


def by(lives: Iterable[Life], key: Callable[[Life], str], on: date) -> dict[str, Figures]:
    """This will count the figures for each kind or place apart."""
    groups: dict[str, list[Life]] = {}
    for each in lives:
        groups.setdefault(key(each), []).append(each)
    return {name: figures(held, on) for name, held in groups.items()}
