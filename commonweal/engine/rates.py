"""Fair comparison of agreements of different sizes and lengths: rates per £1 million and per year, and time elapsed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from commonweal.engine.factors import EXACT

MILLION: Final = Decimal(1_000_000)
#: The days of an average year: a term that spans a leap day is not longer than one that does not.
YEAR_DAYS: Final = Fraction(1461, 4)


@dataclass(frozen=True, slots=True)
class Term:
    """This will hold one agreement's size: its value in GBP and its first and last day, each None where not known."""

    value: Decimal | None
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Base:
    """This will hold what an amount is compared with: the money, the contract-years run by a day, and what is lacking.

    `value` is GBP of contract value, of the agreements that have one, and `value_run` each value times the part of its
    own term that has gone by; `share` is the part of the contract-days that has gone by. Agreements without a value or
    without dates are counted in `without_value` and `without_dates`.
    """

    agreements: int
    value: Decimal
    value_run: Fraction
    years: Fraction
    elapsed_years: Fraction
    without_value: int
    without_dates: int

    @property
    def share(self) -> Fraction | None:
        """The part of the terms that has gone by; None where no term is known."""
        return self.elapsed_years / self.years if self.years else None


def days_of(term: Term, on: date) -> tuple[int, int] | None:
    """This will give the days of a term and those gone by at the end of a day; None where its dates are not known."""
    if term.starts_on is None or term.ends_on is None or term.ends_on < term.starts_on:
        return None
    whole = (term.ends_on - term.starts_on).days + 1
    return whole, min(max((on - term.starts_on).days + 1, 0), whole)


def base_of(terms: Iterable[Term], on: date) -> Base:
    """This will add up the value and the contract-years of some agreements by a day.

    Two agreements that run for a year each are two contract-years, whether they run at once or one after the other.
    """
    found = list(terms)
    with localcontext(prec=EXACT):
        value = sum((each.value for each in found if each.value is not None and each.value > 0), Decimal(0))
        run = sum(
            (Fraction(each.value) * span[1] / span[0] for each in found
             if each.value is not None and each.value > 0 and (span := days_of(each, on)) is not None),
            Fraction(0),
        )  # fmt: skip
    spans = [span for each in found if (span := days_of(each, on)) is not None]
    return Base(
        agreements=len(found),
        value=value,
        value_run=run,
        years=sum(whole for whole, _ in spans) / YEAR_DAYS,
        elapsed_years=sum(gone for _, gone in spans) / YEAR_DAYS,
        without_value=sum(each.value is None or each.value <= 0 for each in found),
        without_dates=len(found) - len(spans),
    )


def per_million(amount: Decimal, base: Base) -> Fraction | None:
    """This will give an amount for each £1 million of contract value; None where a value is lacking.

    One agreement without a value makes the rate too high for all of them, so none is given.
    """
    if not base.value or base.without_value:
        return None
    return Fraction(amount) / (Fraction(base.value) / Fraction(MILLION))


def per_year(amount: Decimal, base: Base) -> Fraction | None:
    """This will give an amount for each contract-year gone by; None where a term is not known or has not begun."""
    if not base.elapsed_years or base.without_dates:
        return None
    return Fraction(amount) / base.elapsed_years


def per_million_run(amount: Decimal, base: Base) -> Fraction | None:
    """This will give an amount for each £1 million of contract value run: value times the part of the term gone by.

    A contract of £10 million half run is compared as £5 million, so neither its size nor its length favours it. None
    where any value or term is lacking, or nothing has run.
    """
    if not base.value_run or base.without_value or base.without_dates:
        return None
    return Fraction(amount) / (base.value_run / Fraction(MILLION))
