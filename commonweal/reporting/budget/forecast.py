"""What a year will come to, from how it has gone so far: three lines of plain reckoning, no model.

Each promise with something due so far has a rate: what was delivered of it over what fell due. What is still to fall due
this year is taken at the middle rate; a quarter of the promises went slower than the low rate and a quarter faster than
the high one, and those give the range. A promise's forecast is what was delivered of it, and its rest at that rate.

A worked example. Five promises delivered 2, 6, 8, 10 and 11 of 10 due each by 30 September; each promised 20 for the
year. The rates are 0.2, 0.6, 0.8, 1.0 and 1.1: the middle is 0.8, the quarters are 0.6 and 1.0. The third promise is
forecast at 8 + 10 x 0.8 = 16, and from 14 to 18.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import quantiles
from typing import Final

from commonweal.engine.factors import EXACT
from commonweal.money import QUANTITY_PLACES, round_half_up

#: Fewer promises with something due say nothing about the rest.
FEWEST: Final = 5
ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Progress:
    """One promise in a year, in its own unit: what falls due in it, what fell due so far, what was delivered."""

    due: Decimal
    due_so_far: Decimal
    delivered: Decimal

    @property
    def rate(self) -> Fraction | None:
        """What was delivered for each one that fell due; None where nothing fell due yet."""
        return Fraction(self.delivered) / Fraction(self.due_so_far) if self.due_so_far else None

    def at(self, rate: Fraction) -> Decimal:
        """This will say what it comes to when the rest goes at a rate, to six places."""
        rest = max(Fraction(self.due) - Fraction(self.due_so_far), Fraction(0)) * rate
        with localcontext(prec=EXACT):
            return self.delivered + round_half_up(Decimal(rest.numerator) / Decimal(rest.denominator), QUANTITY_PLACES)


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast promises went so far: a quarter slower than `low`, half slower than `middle`, a quarter above `high`."""

    low: Fraction
    middle: Fraction
    high: Fraction
    promises: int


def rates(progress: Iterable[Progress]) -> Rates | None:
    """This will find how fast promises went so far; None where fewer than five had anything due."""
    found = sorted(rate for each in progress if (rate := each.rate) is not None)
    if len(found) < FEWEST:
        return None
    low, middle, high = quantiles(found, n=4, method="inclusive")
    return Rates(low, middle, high, len(found))


def forecast(progress: Mapping[str, Progress], rate: Fraction) -> dict[str, Decimal]:
    """This will give what each promise comes to, by its outward id, when what is to come goes at a rate."""
    return {key: each.at(rate) for key, each in progress.items()}
