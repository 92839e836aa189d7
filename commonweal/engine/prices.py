"""Prices of one year brought to those of another with a published index, and the uprating of wellbeing values.

`value(B) = value(A) x index(B) / index(A)`, with one series of one vintage. A calendar year and a financial year are
different things and are never mixed. Source: HM Treasury GDP deflators (HMT-DEFL-2025-12, HMT-DEFL-2024-10) and the
Wellbeing Guidance for Appraisal (HMT-WELLBY-2021).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Literal, cast

from commonweal.engine.catalogue import deflators
from commonweal.engine.model import FrozenMapping
from commonweal.money import PRECISION

#: How far the worth of wellbeing moves with real income (HMT-WELLBY-2021).
INCOME_ELASTICITY = Decimal("1.3")

YearType = Literal["calendar", "financial"]
_CALENDAR = re.compile(r"[0-9]{4}")
_FINANCIAL = re.compile(r"([0-9]{4})-([0-9]{2})")


class PriceYearUnknown(ValueError):
    """This will say which price year is written wrongly or has no index."""


class PriceYearsMixed(ValueError):
    """This will say that a calendar year was to be turned into a financial one, or the other way about."""


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """This will hold one price index of one vintage: price year as written to index number.

    Years are `2024` in a calendar series and `2024-25` in a financial one. `forecast` names the years whose index is
    a forecast.
    """

    id: str
    year_type: YearType
    index: Mapping[str, Decimal]
    forecast: frozenset[str] = frozenset()
    source: str = ""


def year_type(price_year: str) -> YearType:
    """This will say whether a price year is a calendar year (`2024`) or a financial one (`2024-25`).

    Raises `PriceYearUnknown` for anything else, `2024-26` among them.
    """
    if _CALENDAR.fullmatch(price_year):
        return "calendar"
    if (match := _FINANCIAL.fullmatch(price_year)) and int(match[2]) == (int(match[1]) + 1) % 100:
        return "financial"
    raise PriceYearUnknown(f"'{price_year}' is not a price year: write 2024, or 2024-25 for a financial year")


def rebase(amount: Decimal, from_year: str, to_year: str, series: PriceSeries) -> Decimal:
    """This will bring an amount from the prices of one year to those of another, to 28 significant digits.

    Years are written as the series writes them. The same year gives the amount back untouched. Raises
    `PriceYearsMixed` when the years or the series are of different types, `PriceYearUnknown` when a year has no index.
    """
    if year_type(from_year) != year_type(to_year):
        raise PriceYearsMixed(
            f"{from_year} is a {year_type(from_year)} year and {to_year} a {year_type(to_year)} year: "
            "their prices cannot be turned into one another"
        )
    if from_year == to_year:
        return amount
    if year_type(from_year) != series.year_type:
        raise PriceYearsMixed(f"series {series.id} is of {series.year_type} years and has none for {from_year}")
    for year in (from_year, to_year):
        if year not in series.index:
            raise PriceYearUnknown(f"series {series.id} has no index for {year}")
    with localcontext(prec=PRECISION):
        return amount * series.index[to_year] / series.index[from_year]


def uprate_wellbeing(
    amount: Decimal, from_year: str, to_year: str, series: PriceSeries, gdp_per_head: Mapping[str, Decimal]
) -> Decimal:
    """This will bring a wellbeing value to another year's prices and real income, to 28 significant digits.

    `gdp_per_head` is real GDP per head by price year, in any one unit: only its ratio is used, raised to 1.3.
    Raises as `rebase` does, and `PriceYearUnknown` when GDP per head is missing for a year.
    """
    for year in (from_year, to_year):
        if gdp_per_head.get(year, Decimal(0)) <= 0:
            raise PriceYearUnknown(f"no real GDP per head is given for {year}")
    with localcontext(prec=PRECISION + 10):
        income = ((gdp_per_head[to_year] / gdp_per_head[from_year]).ln() * INCOME_ELASTICITY).exp()
    with localcontext(prec=PRECISION):
        return rebase(amount, from_year, to_year, series) * income


@functools.cache
def published_series() -> Mapping[YearType, PriceSeries]:
    """This will give the catalogue's latest vintage of the GDP deflator for each type of year."""
    found: dict[YearType, PriceSeries] = {}
    for id in sorted({row.series for row in deflators()}, key=lambda id: max(_vintages(id))):
        rows = [row for row in deflators() if row.series == id]
        found[cast(YearType, rows[0].period_type)] = PriceSeries(
            id,
            cast(YearType, rows[0].period_type),
            FrozenMapping({row.period: row.index for row in rows}),
            frozenset(row.period for row in rows if row.status == "forecast"),
            rows[0].source_id,
        )
    return FrozenMapping(found)


def _vintages(series: str) -> set[str]:
    return {row.vintage for row in deflators() if row.series == series}
