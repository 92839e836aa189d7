"""What one unit of a measure is worth: value, prices, additionality, benefit years and discounting, as one factor.

Value is linear in quantity, so everything that turns one unit into money is a parameter set, and its factor is worked
out once, to 28 significant digits:

    gross = sum over benefit years k of  unit value(k) x (1 - drop-off)^k x DF(line's year + k)
    net   = gross x (1 - deadweight) x (1 - attribution) x (1 - displacement) [x (1 - leakage) x (1 - substitution)
            x multiplier]

Gross covers the same benefit years as net, with the same drop-off and discounting: the two differ by the deductions
alone (docs/reference/command-line/value.md says why).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from commonweal.engine.discount import DiscountSchedule
from commonweal.engine.discount import factor as discount_factor
from commonweal.engine.lines import Line
from commonweal.engine.model import RATE_NAMES, Measure, Rate, UnitValue
from commonweal.engine.prices import PriceSeries, PriceYearsMixed, PriceYearUnknown, YearType, rebase, uprate_wellbeing
from commonweal.money import PRECISION

#: All three must be known before a net figure may be given: a blank is never taken as "all additional".
ADDITIONALITY = ("deadweight", "attribution", "displacement")
#: Wide enough for a factor of 28 digits times an exact sum of quantities.
EXACT = 60


class NoValueForYear(ValueError):
    """This will say that a value given year by year has none for a year that is needed."""


@dataclass(frozen=True, slots=True)
class Span:
    """This will hold a low, a central and a high amount in GBP; no central where only a range was published."""

    low: Decimal
    central: Decimal | None
    high: Decimal

    @property
    def ends(self) -> tuple[Decimal | None, Decimal | None]:
        """This will give low and high as they are told: nothing where there is no range, which is not a narrow one."""
        if self.central is not None and self.low == self.high:
            return None, None
        return self.low, self.high

    def times(self, number: Decimal, precision: int = PRECISION) -> Span:
        """This will give the three amounts times a number, to a number of significant digits."""
        with localcontext(prec=precision):
            central = None if self.central is None else self.central * number
            return Span(self.low * number, central, self.high * number)

    def plus(self, other: Span) -> Span:
        """This will add two spans end to end; the sum has a central amount only where both have one."""
        with localcontext(prec=EXACT):
            both = None if self.central is None or other.central is None else self.central + other.central
            return Span(self.low + other.low, both, self.high + other.high)


@dataclass(frozen=True, slots=True)
class AppliedRate:
    """This will hold a rate as it is applied, and whence it came: `line`, `edition`, or `already net` (rate unused)."""

    name: str
    rate: Decimal
    origin: str

    @property
    def kept(self) -> Decimal:
        """This will give what the value is multiplied by."""
        if self.origin == "already net":
            return Decimal(1)
        return self.rate if self.name == "multiplier" else 1 - self.rate


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """This will hold everything about a line that bears on what one unit is worth.

    `start_year` is the financial year (by the year it begins in) of the line's first day, `emission_year` its calendar
    year where the value is given by year. `missing` names the rates without which there is no net figure.
    """

    measure: str
    start_year: int
    emission_year: int | None
    rates: tuple[AppliedRate, ...]
    missing: tuple[str, ...]
    duration: int
    dropoff: Decimal
    level: str


@dataclass(frozen=True, slots=True)
class PriceBase:
    """This will hold the price year a value is brought to, by which series and income, and what to say about it."""

    from_year: str
    to_year: str
    type: str
    series: PriceSeries | None = None
    gdp_per_head: Mapping[str, Decimal] | None = None
    note: str = ""
    reason: str = ""

    def bring(self, amount: Decimal) -> Decimal:
        """This will bring an amount to the price year of this base."""
        if self.series is None:
            return amount
        if self.gdp_per_head is not None:
            return uprate_wellbeing(amount, self.from_year, self.to_year, self.series, self.gdp_per_head)
        return rebase(amount, self.from_year, self.to_year, self.series)


@dataclass(frozen=True, slots=True)
class BenefitYear:
    """This will hold one benefit year: the published and the rebased unit value, what is left, the discount factor."""

    year: int
    published: Span
    rebased: Span
    remaining: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Factor:
    """This will hold what one unit is worth under a parameter set, GBP per unit, and the parts it was made of.

    `gross` is None for a line whose quantity is already net, `net` where a rate is missing or only gross is wanted.
    """

    parameters: ParameterSet
    value: UnitValue
    price: PriceBase
    schedule: DiscountSchedule
    years: tuple[BenefitYear, ...]
    gross: Span | None
    net: Span | None

    @property
    def net_uk(self) -> Span | None:
        """This will give net with nothing taken off for leakage: what leaves the place is not lost to the country."""
        if self.gross is None or self.net is None:
            return self.net
        with localcontext(prec=PRECISION):
            return self.gross.times(_kept(each for each in self.parameters.rates if each.name != "leakage"))

    @property
    def has_leakage(self) -> bool:
        """This will say whether something is taken off net for leakage."""
        return self.net is not None and any(each.name == "leakage" and each.kept != 1 for each in self.parameters.rates)


def _kept(rates: Iterable[AppliedRate]) -> Decimal:
    kept = Decimal(1)
    for applied in rates:
        kept *= applied.kept
    return kept


def financial_year(day: date) -> int:
    """This will give the year in which the financial year (1 April to 31 March) of a day begins."""
    return day.year if day >= date(day.year, 4, 1) else day.year - 1


def financial_year_name(year: int) -> str:
    """This will write a financial year by the year it begins in: 2026 as `2026-27`."""
    return f"{year}-{(year + 1) % 100:02d}"


def parameter_set(line: Line, measure: Measure) -> ParameterSet:
    """This will gather the parameters of a line: its own rates first, then those of the edition."""
    already_net = measure.value.already_net if measure.value else ()
    own = line.own_rates
    rates: list[AppliedRate] = []
    if line.level != "net":
        for name in RATE_NAMES:
            if name in already_net:
                rates.append(AppliedRate(name, Decimal(0), "already net"))
            elif name in own:
                rates.append(AppliedRate(name, own[name], "line"))
            elif name in measure.rates:
                rates.append(AppliedRate(name, measure.rates[name].central, "edition"))
    known = {applied.name for applied in rates}
    missing = () if line.level == "net" else tuple(name for name in ADDITIONALITY if name not in known)
    edition_dropoff = measure.dropoff.central if isinstance(measure.dropoff, Rate) else measure.dropoff
    return ParameterSet(
        measure=measure.id,
        start_year=financial_year(line.start),
        emission_year=line.start.year if measure.value and measure.value.by_year else None,
        rates=tuple(rates),
        missing=missing,
        duration=line.duration or measure.duration,
        dropoff=edition_dropoff if line.dropoff is None else line.dropoff,
        level=line.level,
    )


def price_base(
    value: UnitValue,
    target: str,
    series: Mapping[YearType, PriceSeries],
    gdp_per_head: Mapping[str, Decimal] | None,
) -> PriceBase:
    """This will decide the price year a value can be brought to: the one wanted, or its own with the reason.

    A rate of pay is that of its period and is not deflated; calendar and financial years are not mixed; a year with
    no index cannot be reached. Figures in different prices are kept in totals of their own.
    """
    stays = PriceBase(value.price_year, value.price_year, value.price_year_type)
    if value.price_year == target:
        return stays
    if value.uprate == "none" or value.price_year_type == "rate-year":
        return _kept_apart(value, "it is the rate of its own period and is not deflated")
    used = series.get(value.price_year_type)
    income = gdp_per_head if value.uprate == "wellby" else None
    try:
        if used is None:
            raise PriceYearUnknown(f"there is no index of {value.price_year_type} years")
        rebase(Decimal(1), value.price_year, target, used)
    except (PriceYearsMixed, PriceYearUnknown) as error:
        return _kept_apart(value, str(error))
    note = reason = ""
    if target in used.forecast or value.price_year in used.forecast:
        note, reason = "forecast-prices", f"the index of {target} in series {used.id} is a forecast"
    if value.uprate == "wellby" and (income is None or not {value.price_year, target} <= income.keys()):
        income = None
        note, reason = "income-not-uprated", "brought to these prices by the deflator alone: real income is not given"
    return PriceBase(value.price_year, target, value.price_year_type, used, income, note, reason)


def _kept_apart(value: UnitValue, reason: str) -> PriceBase:
    return PriceBase(value.price_year, value.price_year, value.price_year_type, note="prices-kept-apart", reason=reason)


def unit_factor(
    parameters: ParameterSet, value: UnitValue, price: PriceBase, schedule: DiscountSchedule, base_year: int
) -> Factor:
    """This will work out what one unit is worth; `base_year` is the financial year that present values are of.

    Raises `NoValueForYear` when a value given by year has none for one of the benefit years.
    """
    years: list[BenefitYear] = []
    total = Span(Decimal(0), Decimal(0), Decimal(0))
    with localcontext(prec=PRECISION):
        for k in range(parameters.duration):
            year = parameters.start_year + k
            published = _published(value, parameters, k)
            if not years or published != years[-1].published:
                rebased = _rebased(published, price)
            remaining = (1 - parameters.dropoff) ** k if k else Decimal(1)
            discount = discount_factor(year - base_year, schedule)
            years.append(BenefitYear(year, published, rebased, remaining, discount))
            total = total.plus(rebased.times(remaining * discount))
        kept = _kept(parameters.rates)
    gross = total.times(Decimal(1))
    wanted = parameters.level != "gross" and not parameters.missing
    return Factor(
        parameters=parameters,
        value=value,
        price=price,
        schedule=schedule,
        years=tuple(years),
        gross=None if parameters.level == "net" else gross,
        net=gross.times(kept) if wanted else None,
    )


def _rebased(published: Span, price: PriceBase) -> Span:
    central = None if published.central is None else price.bring(published.central)
    if published.low == published.central == published.high:
        return Span(central, central, central)  # type: ignore[arg-type]  # low is a number, so central is
    return Span(price.bring(published.low), central, price.bring(published.high))


def _published(value: UnitValue, parameters: ParameterSet, k: int) -> Span:
    if parameters.emission_year is not None:
        year = parameters.emission_year + k
        if year not in value.by_year:
            raise NoValueForYear(f"{value.name} has no value for {year}")
        return Span(*value.by_year[year])
    if value.low is not None and value.high is not None:
        return Span(value.low, value.amount, value.high)
    assert value.amount is not None  # the model refuses a value with neither an amount nor a range
    return Span(value.amount, value.amount, value.amount)
