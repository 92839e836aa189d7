"""Discount factors and present values, from a declining schedule of yearly rates.

A factor is the product of one year's rate after another, each band's rate used only inside its own years, so that
the factor of year 31 is the factor of year 30 divided by one plus the second band's rate. Source: HM Treasury, The
Green Book (2026), chapter 6 and annex A6 (2022); source ids HMT-GB-2026 and HMT-GB-DISC.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from commonweal.engine.catalogue import discount_schedules
from commonweal.engine.model import FrozenMapping
from commonweal.money import PRECISION

#: Wide enough that a chain of three hundred years is right in every one of the digits kept.
_WIDE = Context(prec=PRECISION + 20, rounding=ROUND_HALF_EVEN)


class InvalidSchedule(ValueError):
    """This will say why a list of bands is not a discount schedule."""


@dataclass(frozen=True, slots=True)
class Band:
    """This will hold one yearly rate (0.035 is 3.5 %) and the years it is for, both ends in; no `last` is for ever."""

    first: int
    last: int | None
    rate: Decimal


@dataclass(frozen=True, slots=True)
class DiscountSchedule:
    """This will hold the bands of a schedule in order, from year 0 or 1 on, with no gap and no overlap.

    `in_force` is False for a schedule kept only for sensitivity tests or recommended and not adopted. Raises
    `InvalidSchedule` when the bands do not follow on.
    """

    id: str
    bands: tuple[Band, ...]
    in_force: bool = True
    source: str = ""

    def __post_init__(self) -> None:
        if not self.bands or self.bands[0].first not in (0, 1):
            raise InvalidSchedule(f"schedule {self.id} must begin at year 0 or 1")
        for band, following in zip(self.bands, self.bands[1:], strict=False):
            if band.last is None or following.first != band.last + 1:
                raise InvalidSchedule(f"schedule {self.id}: the band from year {following.first} does not follow on")
        if self.bands[-1].last is not None and self.bands[-1].last < self.bands[-1].first:
            raise InvalidSchedule(f"schedule {self.id}: the last band ends before it begins")
        if any(band.rate <= -1 for band in self.bands):
            raise InvalidSchedule(f"schedule {self.id}: a yearly rate must be above -1")


def factor(years: int, schedule: DiscountSchedule) -> Decimal:
    """This will give the discount factor of a whole number of years after the base year, to 28 significant digits.

    The base year and every year before it have factor 1: what is past is not discounted. Raises `InvalidSchedule`
    when the schedule stops before that year.
    """
    if years <= 0:
        return Decimal(1)
    with localcontext(_WIDE):
        growth = Decimal(1)
        for band in schedule.bands:
            first = max(band.first, 1)
            last = years if band.last is None else min(band.last, years)
            if last >= first:
                growth *= (1 + band.rate) ** (last - first + 1)
            if band.last is None or band.last >= years:
                break
        else:
            raise InvalidSchedule(f"schedule {schedule.id} has no rate for year {years}")
        wide = 1 / growth
    with localcontext(prec=PRECISION):
        return +wide


def present_value(flows: Sequence[Decimal], schedule: DiscountSchedule, first_year: int = 0) -> Decimal:
    """This will give the present value of one amount a year, the first falling `first_year` years from the base year.

    Amounts are real (in the prices of one year) and may be negative; years before the base year are not discounted.
    """
    with localcontext(prec=PRECISION):
        return sum((flow * factor(first_year + k, schedule) for k, flow in enumerate(flows)), Decimal(0))


@functools.cache
def published_schedules() -> Mapping[str, DiscountSchedule]:
    """This will give every discount schedule of the catalogue by id, those not in force among them."""
    rows = discount_schedules()
    return FrozenMapping(
        {
            id: DiscountSchedule(
                id,
                tuple(Band(row.year_from, row.year_to, row.rate) for row in rows if row.schedule == id),
                in_force=all(row.status == "in-force" for row in rows if row.schedule == id),
                source=next(row.source_id for row in rows if row.schedule == id),
            )
            for id in dict.fromkeys(row.schedule for row in rows)
        }
    )
