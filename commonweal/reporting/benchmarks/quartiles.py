"""A body's rate among those of a group, in words: which quarter it stands in, and how many bodies that is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

#: Quarters from the lowest, as a sentence says them.
QUARTERS: Final = ("the lowest quarter", "the second quarter", "the third quarter", "the highest quarter")


@dataclass(frozen=True, slots=True)
class Own:
    """What a body gave out itself: its release, and its rates by figure and basis; None where kept back."""

    release: int
    rates: Mapping[tuple[str, str], Decimal | None]


@dataclass(frozen=True, slots=True)
class Group:
    """One figure of a body among others: their number, the middle, the quarter ours stands in; None where too few."""

    figure: str
    basis: str
    own: Decimal | None
    bodies: int
    lower: Decimal | None
    middle: Decimal | None
    upper: Decimal | None
    quarter: str
    named: tuple[tuple[str, Decimal], ...]

    @property
    def is_told(self) -> bool:
        """Whether there are enough bodies to compare with."""
        return self.middle is not None


def group_of(
    own: Own, key: tuple[str, str], rates: Mapping[tuple[Any, ...], Decimal | None], names: Mapping[int, str], *,
    least: int,
) -> Group:  # fmt: skip
    """This will compare one rate with those of a group; nothing is told of fewer than `least` bodies, ours among them."""
    held = own.rates[key]
    others = {
        release: rate for (release, *rest), rate in rates.items()
        if tuple(rest) == key and release != own.release and rate is not None
    }  # fmt: skip
    every = sorted([*others.values(), *([held] if held is not None else [])])
    if len(every) < least:
        return Group(*key, held, len(every), None, None, None, "", ())
    lower, middle, upper = (_at(every, part) for part in (1, 2, 3))
    quarter = "" if held is None else QUARTERS[_quarter(held, lower, middle, upper)]
    named = sorted((names[release], rate) for release, rate in others.items() if names.get(release))
    return Group(*key, held, len(every), lower, middle, upper, quarter, tuple(named))


def _at(every: list[Decimal], part: int) -> Decimal:
    """The quarter mark by the nearest rank: the rate at or below which a quarter, half or three quarters lie."""
    place = -(-part * len(every) // 4)
    return every[max(place, 1) - 1]


def _quarter(held: Decimal, lower: Decimal, middle: Decimal, upper: Decimal) -> int:
    return sum(held > mark for mark in (lower, middle, upper))
