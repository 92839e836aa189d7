"""Values lines under a framework edition: exact totals, counts, coverage and findings.

    total = sum over parameter sets of  factor x exact sum of quantities

Nothing is rounded here (see `engine.presentation`). Kinds of value are never added to one another, gross never to net,
harms never to benefits, nor amounts in the prices of one year to those of another. Source: the method note, sections
3 to 6 and 11, told in docs/reference/command-line/value.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Literal

from commonweal.engine import prices
from commonweal.engine.discount import DiscountSchedule, published_schedules
from commonweal.engine.factors import (
    EXACT,
    Factor,
    NoValueForYear,
    ParameterSet,
    Span,
    financial_year,
    financial_year_name,
    parameter_set,
    price_base,
    unit_factor,
)
from commonweal.engine.lines import Line
from commonweal.engine.model import Direction, Edition, Kind, Measure
from commonweal.engine.overlap import overlaps

Level = Literal["gross", "net"]
Severity = Literal["warning", "note"]
#: Columns every line can be grouped by, besides its own free columns.
GROUPINGS = ("measure", "theme", "outcome", "place", "agreement", "year")
_ROWS_SHOWN = 10


class ValuationRefused(ValueError):
    """This will say why lines cannot be valued at all: an unknown measure, grouping, price year or schedule."""


@dataclass(frozen=True, slots=True)
class ValueFinding:
    """This will say something the reader of a figure must know, how many lines it is about, and what to do.

    A `warning` is something to put right; a `note` is a property of the figures. `rows` names the first ten lines.
    """

    code: str
    severity: Severity
    measure: str
    reason: str
    fix: str
    lines: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """This will hold one sum in GBP of the prices of one year. `low` to `high` is the range of the unit values
    (a value published without one counts at its central figure); it is not a percentile."""

    kind: Kind
    level: Level
    price_year: str
    price_year_type: str
    amount: Span
    lines: int


@dataclass(frozen=True, slots=True)
class Count:
    """This will hold the quantity of a measure that has no value, in its unit, and why it has none."""

    measure: str
    title: str
    unit: str
    direction: Direction
    quantity: Decimal
    lines: int
    reason: str


@dataclass(frozen=True, slots=True)
class LineValue:
    """This will hold one line with its value in GBP: exact, unrounded, None where there is no such figure.

    `in_totals` is False where another line already counts the same effect. `unvalued` says why there is no value.
    """

    line: Line
    measure: Measure
    factor: Factor | None
    in_totals: bool
    unvalued: str

    @property
    def gross(self) -> Span | None:
        """This will give the value of the whole benefit period with nothing deducted."""
        span = self.factor.gross if self.factor else None
        return span and span.times(self.line.counted, EXACT)

    @property
    def net(self) -> Span | None:
        """This will give the value less what would have happened anyway or elsewhere."""
        span = self.factor.net if self.factor else None
        return span and span.times(self.line.counted, EXACT)


@dataclass(frozen=True, slots=True)
class Group:
    """This will hold the figures of the lines that share the values of the grouping columns."""

    by: tuple[tuple[str, str], ...]
    totals: tuple[Total, ...]
    harms: tuple[Total, ...]
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """This will say how many lines have a value, how many a net one, and the quantity with and without, by unit."""

    lines: int
    valued: int
    net: int
    in_totals: int
    quantities: tuple[tuple[str, Decimal, Decimal], ...]
    unvalued: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Valuation:
    """This will hold the answer: figures, the lines they came from, and what the reader must know about them."""

    edition: Edition
    as_of: date
    price_year: str
    by: tuple[str, ...]
    totals: tuple[Total, ...]
    harms: tuple[Total, ...]
    counts: tuple[Count, ...]
    groups: tuple[Group, ...]
    lines: tuple[LineValue, ...]
    coverage: Coverage
    findings: tuple[ValueFinding, ...]


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
    values move with income. Raises `ValuationRefused`.
    """
    lines = tuple(lines)
    target = price_year or edition.price_year
    series = prices.published_series() if series is None else series
    schedules = published_schedules() if schedules is None else schedules
    _check_request(lines, edition, price_year, by, schedule, series, schedules)
    findings = _Findings()
    priced = {
        id: price_base(measure.value, target, series, gdp_per_head)
        for id, measure in edition.measures.items()
        if measure.value
    }
    base_year = financial_year(as_of)
    factors: dict[ParameterSet, Factor | str] = {}
    answered: list[tuple[Line, Measure, Factor | str]] = []
    for line in lines:
        measure = edition.measures[line.measure]
        parameters = parameter_set(line, measure)
        if parameters not in factors:
            if measure.value is None:
                factors[parameters] = (
                    "a story, told and not counted in money"
                    if measure.figure == "story"
                    else ("the framework gives it no value")
                )
            else:
                used = schedules[schedule or measure.value.discount_schedule]
                try:
                    factors[parameters] = unit_factor(parameters, measure.value, priced[measure.id], used, base_year)
                except NoValueForYear as error:
                    factors[parameters] = str(error)
        answered.append((line, measure, factors[parameters]))
        _note_line(findings, line, measure, factors[parameters], base_year)
    left_out = _left_out(findings, lines, edition)
    if schedule and not schedules[schedule].in_force:
        findings.add("schedule-not-in-force", "warning", "", f"{schedule} is not in force", "Use it for a test only")
    values = tuple(
        LineValue(line, measure, None, False, found)
        if isinstance(found, str)
        else LineValue(line, measure, found, index not in left_out, "")
        for index, (line, measure, found) in enumerate(answered)
    )
    totals, harms, counts = _figures(values)
    return Valuation(
        edition=edition,
        as_of=as_of,
        price_year=target,
        by=tuple(by),
        totals=totals,
        harms=harms,
        counts=counts,
        groups=_groups(values, edition, by),
        lines=values,
        coverage=_coverage(values),
        findings=findings.all(),
    )


def _check_request(
    lines: Sequence[Line],
    edition: Edition,
    price_year: str | None,
    by: Sequence[str],
    schedule: str | None,
    series: Mapping[prices.YearType, prices.PriceSeries],
    schedules: Mapping[str, DiscountSchedule],
) -> None:
    if unknown := sorted({line.measure for line in lines} - edition.measures.keys()):
        raise ValuationRefused(f"{edition.reference} has no measure {', '.join(unknown)}")
    columns = {name for line in lines for name in line.groups} | set(GROUPINGS)
    if unknown := [name for name in by if name not in columns]:
        raise ValuationRefused(
            f"there is no column {unknown[0]!r} to group by; there are: {', '.join(sorted(columns))}"
        )
    if schedule is not None and schedule not in schedules:
        raise ValuationRefused(f"there is no discount schedule {schedule!r}; there are: {', '.join(schedules)}")
    if price_year is not None:
        try:
            known = series.get(prices.year_type(price_year))
        except prices.PriceYearUnknown as error:
            raise ValuationRefused(str(error)) from None
        own = {measure.value.price_year for measure in edition.measures.values() if measure.value}
        if price_year not in own and (known is None or price_year not in known.index):
            raise ValuationRefused(f"there is no price index for {price_year}")


def _note_line(findings: _Findings, line: Line, measure: Measure, found: Factor | str, base_year: int) -> None:
    if isinstance(found, str):
        return
    parameters, value = found.parameters, found.value
    if parameters.missing and line.level != "gross":
        reason = f"gross figure only: no approved rate for {', '.join(parameters.missing)}"
        findings.add("gross-only", "warning", measure.id, reason, "Approve rates in the framework, or state them", line)
    own = line.own_rates
    if (own or line.level == "net") and not line.reason:
        reason = "the line's own rates are used and it gives no reason for them"
        findings.add("rate-without-reason", "warning", measure.id, reason, "Fill in the column reason", line)
    if unused := [name for name in own if name in value.already_net]:
        reason = f"{', '.join(unused)} is already taken off in the published value and was not taken off twice"
        findings.add("rate-already-net", "warning", measure.id, reason, "Remove the rate from the line", line)
    if found.price.note:
        fix = {
            "prices-kept-apart": f"Read it as {found.price.to_year} prices, in a total of its own",
            "forecast-prices": "Value again when the outturn index is published",
        }.get(found.price.note, "Give real GDP per head for both years")
        findings.add(found.price.note, "note", measure.id, found.price.reason, fix, line)
    if financial_year(line.end) < base_year:
        reason = f"the period ended before {financial_year_name(base_year)}, so its own year is not discounted"
        findings.add("before-base-year", "note", "", reason, "Nothing, in an account of what was delivered", line)
    if parameters.emission_year is not None and line.end.year != line.start.year:
        reason = "the period spans calendar years and is valued at its first year of emission"
        findings.add("emissions-span-years", "note", measure.id, reason, "Give one line for each calendar year", line)
    if (value.valid_from and line.start < value.valid_from) or (value.valid_to and line.start >= value.valid_to):
        reason = f"the line begins outside the dates for which {value.name} is valid"
        findings.add("value-out-of-date", "warning", measure.id, reason, "Use the edition for that period", line)
    if value.amount is None and not value.by_year:
        reason = "published as a range with no central figure, so it stays a range"
        findings.add("range-only", "note", measure.id, reason, "Show the low and the high", line)


def _left_out(findings: _Findings, lines: Sequence[Line], edition: Edition) -> frozenset[int]:
    left_out: set[int] = set()
    for overlap in overlaps(lines, edition):
        left_out |= overlap.left_out
        names = " and ".join(overlap.measures)
        under = f" under {overlap.agreement}" if overlap.agreement else ""
        reason = f"{names} price the same effect{under} (group {overlap.group}) and may not be added"
        if overlap.left_out:
            reason += f": {len(overlap.left_out)} of the lines are left out of the totals"
        fix = "Keep one of them, or separate them by agreement, place or period if they are different effects"
        for index in overlap.lines:
            findings.add("overlap", "warning", overlap.measures[0], reason, fix, lines[index])
    return frozenset(left_out)


class _Findings:
    """This will gather what is said of many lines into one finding for each thing said."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Severity, str, str, str], list[int]] = {}

    def add(self, code: str, severity: Severity, measure: str, reason: str, fix: str, line: Line | None = None) -> None:
        self._found.setdefault((code, severity, measure, reason, fix), []).append(line.row if line else 0)

    def all(self) -> tuple[ValueFinding, ...]:
        ordered = sorted(self._found.items(), key=lambda item: (item[0][1] == "note", item[0]))
        return tuple(
            ValueFinding(*said, lines=len(rows), rows=tuple(sorted(set(rows) - {0})[:_ROWS_SHOWN]))
            for said, rows in ordered
        )


_TotalKey = tuple[Kind, Level, str, str, bool]


def total_key(valued: LineValue, level: Level) -> tuple[Direction, _TotalKey] | None:
    """This will say to which total a line belongs at a level, or None where it has no figure or is left out.

    The last part of the key tells values published as a range only, which have no central figure to add.
    """
    factor = valued.factor
    span = factor and (factor.gross if level == "gross" else factor.net)
    if not factor or not span or not valued.in_totals:
        return None
    key = (factor.value.kind, level, factor.price.to_year, factor.price.type, span.central is None)
    return valued.measure.direction, key


def _figures(values: Sequence[LineValue]) -> tuple[tuple[Total, ...], tuple[Total, ...], tuple[Count, ...]]:
    quantities: dict[ParameterSet, tuple[LineValue, Decimal, int]] = {}
    unvalued: dict[tuple[str, str], tuple[LineValue, Decimal, int]] = {}
    with localcontext(prec=EXACT):
        for each in values:
            if each.factor is None:
                first, quantity, lines = unvalued.get((each.measure.id, each.unvalued), (each, Decimal(0), 0))
                unvalued[each.measure.id, each.unvalued] = (first, quantity + each.line.counted, lines + 1)
            elif each.in_totals:
                key = each.factor.parameters
                first, quantity, lines = quantities.get(key, (each, Decimal(0), 0))
                quantities[key] = (first, quantity + each.line.counted, lines + 1)
    sums: dict[tuple[Direction, _TotalKey], tuple[Span, int]] = {}
    levels: tuple[Level, ...] = ("gross", "net")
    for first, quantity, lines in quantities.values():
        for level in levels:
            if (belongs := total_key(first, level)) and first.factor:
                unit = first.factor.gross if level == "gross" else first.factor.net
                assert unit is not None  # total_key has answered
                amount = unit.times(quantity, EXACT)
                if belongs in sums:
                    amount, lines_before = sums[belongs][0].plus(amount), sums[belongs][1]
                    sums[belongs] = (amount, lines_before + lines)
                else:
                    sums[belongs] = (amount, lines)
    totals = {
        direction: tuple(
            Total(kind, level, year, type, amount, lines)
            for (towards, (kind, level, year, type, _)), (amount, lines) in sorted(sums.items(), key=lambda s: s[0])
            if towards == direction
        )
        for direction in ("benefit", "harm")
    }
    counts = tuple(
        Count(id, first.measure.title, first.measure.unit, first.measure.direction, quantity, lines, reason)
        for (id, reason), (first, quantity, lines) in sorted(unvalued.items(), key=lambda item: item[0])
    )
    return totals["benefit"], totals["harm"], counts


def _groups(values: Sequence[LineValue], edition: Edition, by: Sequence[str]) -> tuple[Group, ...]:
    if not by:
        return ()
    placed = {
        measure.id: (theme.id, outcome.id)
        for theme in edition.themes
        for outcome in theme.outcomes
        for measure in outcome.measures
    }
    members: dict[tuple[tuple[str, str], ...], list[LineValue]] = defaultdict(list)
    for each in values:
        line = each.line
        theme, outcome = placed[line.measure]
        known = {
            "measure": line.measure,
            "theme": theme,
            "outcome": outcome,
            "place": line.place,
            "agreement": line.agreement,
            "year": financial_year_name(financial_year(line.start)),
        }
        members[tuple((name, line.groups.get(name) or known.get(name, "")) for name in by)].append(each)
    return tuple(Group(key, *_figures(members[key])) for key in sorted(members))


def _coverage(values: Sequence[LineValue]) -> Coverage:
    quantities: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    reasons: dict[str, int] = defaultdict(int)
    with localcontext(prec=EXACT):
        for each in values:
            quantities[each.measure.unit][each.factor is None] += each.line.counted
            if each.factor is None:
                reasons[each.unvalued] += 1
    return Coverage(
        lines=len(values),
        valued=sum(each.factor is not None for each in values),
        net=sum(each.factor is not None and each.factor.net is not None for each in values),
        in_totals=sum(each.in_totals for each in values),
        quantities=tuple((unit, valued, unvalued) for unit, (valued, unvalued) in sorted(quantities.items())),
        unvalued=tuple(sorted(reasons.items())),
    )
