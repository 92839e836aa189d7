"""Values lines under a framework edition: exact totals, counts, coverage and findings.

    total = sum over parameter sets of  factor x exact sum of quantities

Nothing is rounded here (see `engine.presentation`). Kinds of value are never added to one another, gross never to net,
harms never to benefits, nor amounts in the prices of one year to those of another. Source: the method note, sections
3 to 6 and 11, told in docs/reference/command-line/value.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from commonweal.engine import prices
from commonweal.engine.discount import DiscountSchedule, published_schedules
from commonweal.engine.factors import (
    Factor,
    NoValueForYear,
    ParameterSet,
    financial_year,
    parameter_set,
    price_base,
    unit_factor,
)
from commonweal.engine.findings import Findings, about_line, find_overlaps
from commonweal.engine.lines import Line, shares_above_one
from commonweal.engine.model import Edition
from commonweal.engine.totals import coverage_of, figures, groups_of, parts_of, with_uk_view
from commonweal.engine.valuation import (
    Count,
    Coverage,
    Group,
    Level,
    LineValue,
    Part,
    Total,
    Valuation,
    ValuationRefused,
    ValueFinding,
    total_key,
)

__all__ = [
    "Count", "Coverage", "Group", "Level", "LineValue", "Part", "Total", "Valuation", "ValuationRefused",
    "ValueFinding", "total_key", "value",
]  # fmt: skip

#: Columns every line can be grouped by, besides its own free columns.
GROUPINGS = ("measure", "theme", "outcome", "place", "agreement", "year")


def value(
    lines: Iterable[Line],
    edition: Edition,
    *,
    as_of: date,
    price_year: str | None = None,
    by: Sequence[str] = (),
    schedule: str | None = None,
    gdp_per_head: Mapping[str, Decimal] | None = None,
    series: Mapping[prices.YearType, prices.PriceSeries] | None = None,
    schedules: Mapping[str, DiscountSchedule] | None = None,
) -> Valuation:
    """This will value lines as present values of the financial year of `as_of`, in the prices of `price_year`.

    Gross is quantity x unit value over the benefit years, with drop-off and discounting and nothing deducted; net is
    gross times what the rates leave. A line's year is the financial year of its first day; what falls in or before
    the base year is not discounted. Carbon takes the value of the calendar year of emission. `schedule` discounts
    every line by one named schedule, for a sensitivity test; `gdp_per_head` (real, by price year) lets wellbeing
    values move with income. Raises `ValuationRefused`, also where shares of one `line` come to more than 1.
    """
    if isinstance(as_of, datetime):
        raise ValuationRefused(f"as_of={as_of!r} has a time of day: give a date, as .date() does")
    lines = tuple(lines)
    check_shares(lines)
    columns = {name for line in lines for name in line.groups}
    work = Work(edition, as_of, price_year, schedule, gdp_per_head, series, schedules)
    work.check({line.measure for line in lines}, by, columns)
    answered = [(line, edition.measures[line.measure], work.factor_of(line)) for line in lines]
    for line, _, found in answered:
        work.note(line, found)
    left_out = find_overlaps(work.findings, lines, edition)
    values = tuple(
        LineValue(line, measure, None, False, found)
        if isinstance(found, str)
        else LineValue(line, measure, found, index not in left_out, "")
        for index, (line, measure, found) in enumerate(answered)
    )
    return work.finish(parts_of(values), by, groups_of(values, edition, by), values)


def check_shares(lines: Iterable[Line]) -> None:
    """This will refuse lines of which more than the whole is counted; raises `ValuationRefused`."""
    for name, parts in shares_above_one(lines):
        total = sum((part.share for part in parts), Decimal(0))
        raise ValuationRefused(f"the shares of line '{name}' come to {total}: those of one line sum to at most 1")


class Work:
    """This will hold one valuation while it is made: what is asked, each factor worked out once, and what is noted."""

    def __init__(
        self,
        edition: Edition,
        as_of: date,
        price_year: str | None,
        schedule: str | None = None,
        gdp_per_head: Mapping[str, Decimal] | None = None,
        series: Mapping[prices.YearType, prices.PriceSeries] | None = None,
        schedules: Mapping[str, DiscountSchedule] | None = None,
    ) -> None:
        self.edition, self.as_of, self.asked_price_year, self.schedule = edition, as_of, price_year, schedule
        self.price_year = price_year or edition.price_year
        self.base_year = financial_year(as_of)
        self.series = prices.published_series() if series is None else series
        self.schedules = published_schedules() if schedules is None else schedules
        self.findings = Findings()
        self._priced = {
            id: price_base(measure.value, self.price_year, self.series, gdp_per_head)
            for id, measure in edition.measures.items()
            if measure.value
        }
        self._factors: dict[ParameterSet, Factor | str] = {}

    def check(self, measures: Collection[str], by: Sequence[str], columns: Collection[str]) -> None:
        """This will refuse what cannot be valued at all; `columns` are the free columns of the lines."""
        if unknown := sorted(set(measures) - self.edition.measures.keys()):
            raise ValuationRefused(f"{self.edition.reference} has no measure {', '.join(unknown)}")
        known = {*columns, *GROUPINGS}
        if unknown := [name for name in by if name not in known]:
            raise ValuationRefused(
                f"there is no column {unknown[0]!r} to group by; there are: {', '.join(sorted(known))}"
            )
        if self.schedule is not None and self.schedule not in self.schedules:
            names = ", ".join(self.schedules)
            raise ValuationRefused(f"there is no discount schedule {self.schedule!r}; there are: {names}")
        if self.asked_price_year is not None:
            self._check_price_year(self.asked_price_year)

    def _check_price_year(self, wanted: str) -> None:
        try:
            known = self.series.get(prices.year_type(wanted))
        except prices.PriceYearUnknown as error:
            raise ValuationRefused(str(error)) from None
        priced = (measure.value for measure in self.edition.measures.values() if measure.value)
        own = {each.price_year for each in priced if each.price_year_type != "rate-year"}
        if wanted not in own and (known is None or wanted not in known.index):
            raise ValuationRefused(f"there is no price index for {wanted}")

    def factor_of(self, line: Line) -> Factor | str:
        """This will give what one unit of a line is worth, or why it has no value; worked out once."""
        parameters = parameter_set(line, self.edition.measures[line.measure])
        found = self._factors.get(parameters)
        if found is None:
            found = self._factors[parameters] = self._worked_out(parameters)
        return found

    def note(self, line: Line, found: Factor | str, lines: int = 1) -> None:
        """This will note what the reader of a line must know; `lines` is how many lines this one stands for."""
        if isinstance(found, Factor):
            for said in about_line(line, self.edition.measures[line.measure], found, self.base_year):
                self.findings.add(said, line, lines)

    def _worked_out(self, parameters: ParameterSet) -> Factor | str:
        measure = self.edition.measures[parameters.measure]
        if measure.value is None:
            told = measure.figure == "story"
            return "a story, told and not counted in money" if told else "the framework gives it no value"
        used = self.schedules[self.schedule or measure.value.discount_schedule]
        try:
            return unit_factor(parameters, measure.value, self._priced[measure.id], used, self.base_year)
        except NoValueForYear as error:
            return str(error)

    def finish(
        self, parts: tuple[Part, ...], by: Sequence[str], groups: tuple[Group, ...], lines: tuple[LineValue, ...] = ()
    ) -> Valuation:
        """This will give the answer, from its parts and groups."""
        if self.schedule and not self.schedules[self.schedule].in_force:
            reason = f"{self.schedule} is not in force"
            self.findings.add(("schedule-not-in-force", "warning", "", reason, "Use it for a test only"))
        totals, harms, counts = figures(parts)
        totals, harms = with_uk_view(totals, parts), with_uk_view(harms, parts)
        return Valuation(
            edition=self.edition,
            as_of=self.as_of,
            price_year=self.price_year,
            by=tuple(by),
            totals=totals,
            harms=harms,
            counts=counts,
            groups=groups,
            lines=lines,
            parts=parts,
            coverage=coverage_of(parts),
            findings=self.findings.all(),
        )
