"""What changed from one valuation to another, divided exactly into volume, edition, method and price.

Each total is walked from the earlier valuation to the later in four steps, each changing one thing and keeping what the
steps before it changed:

    volume    the later lines, at everything else as it was
    edition   the later edition: its measures, unit values and exclusive groups
    method    the later day of valuing, discount schedules, rates, duration and drop-off, of the edition and of the lines
    price     the later price year, and the index and income it is reached by

A part is the difference one step makes, so the four add up to the whole difference with nothing over and nothing
rounded. The order is stated because it bears on the parts: where two things changed together (more hours, each worth
more), what they made together falls to the later step, and another order would divide it otherwise. Volume comes first,
so that it is what delivery alone did at the values it was planned under; price comes last, so that what moves nothing
but the unit of account is seen after everything real.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Literal, NamedTuple

from commonweal.engine.discount import DiscountSchedule, published_schedules
from commonweal.engine.factors import (
    Factor,
    NoValueForYear,
    ParameterSet,
    Span,
    financial_year,
    parameter_set,
    price_base,
    unit_factor,
)
from commonweal.engine.lines import Line
from commonweal.engine.model import RATE_NAMES, Direction, Edition, Kind, Measure
from commonweal.engine.overlap import overlaps
from commonweal.engine.prices import PriceSeries, YearType, published_series
from commonweal.engine.valuation import LEVELS, Level, LineValue, Valuation, total_key

PartName = Literal["volume", "edition", "method", "price"]
ORDER: tuple[PartName, ...] = ("volume", "edition", "method", "price")
#: Wide enough that no sum or difference of exact amounts is ever rounded.
_WIDE = 200
_OF_LINES = (*RATE_NAMES, "dropoff", "duration", "level")


class ChangeRefused(ValueError):
    """This will say why two valuations cannot be compared."""


class Stream(NamedTuple):
    """This will name a total that is followed from one valuation to the other.

    `price_year` is empty for figures in the price year that each valuation asked for; figures that are kept apart in
    prices of their own are followed by that year. `range_only` tells values published without a central figure.
    """

    direction: Direction
    kind: Kind
    level: Level
    price_year: str
    price_year_type: str
    range_only: bool


@dataclass(frozen=True, slots=True)
class SetFigure:
    """This will hold what one parameter set came to: GBP per unit, quantity in the measure's unit, GBP, lines."""

    parameters: ParameterSet
    unit: Span
    quantity: Decimal
    amount: Span
    lines: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """This will hold what one measure did to a part, in GBP, with its parameter sets before and after the step.

    `amount` is exactly the sum of `after` less the sum of `before`.
    """

    measure: str
    title: str
    amount: Span
    before: tuple[SetFigure, ...]
    after: tuple[SetFigure, ...]


@dataclass(frozen=True, slots=True)
class ChangePart:
    """This will hold one of the four parts of a difference, in GBP, and every measure that moved it, the most first."""

    name: PartName
    amount: Span
    measures: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class TotalChange:
    """This will hold one total before and after, in GBP; the parts, in `ORDER`, sum exactly to the difference.

    Where `price_before` and `price_after` are not the same year, the difference is between amounts of two years, and
    the part called price says how much of it is only that.
    """

    stream: Stream
    price_before: str
    price_after: str
    before: Span
    after: Span
    difference: Span
    parts: tuple[ChangePart, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """This will hold the two valuations compared, and each total that either has."""

    before: Valuation
    after: Valuation
    totals: tuple[TotalChange, ...]


def what_changed(before: Valuation, after: Valuation) -> Change:
    """This will divide the difference of every total of two valuations into volume, edition, method and price.

    A measure is the same in both editions when its id and unit are; else it is lost, or gained, with the edition. A
    line's own rates are compared with those of the same line before (same `line` id, else same measure, place,
    agreement and period); a line that is new brings its own. Indexes and schedules are those the valuations used, and
    the published ones for what a valuation had no line of. Raises `ChangeRefused` for lines valued in bulk.
    """
    for each in (before, after):
        if each.parts and not each.lines:
            raise ChangeRefused("lines valued in bulk are not held: value them line by line to see what changed")
    states = _walk(before, after)
    streams = sorted({stream for state in states for stream in state})
    return Change(before, after, tuple(_total(stream, states, before, after) for stream in streams))


class _Sum(NamedTuple):
    unit: Span
    quantity: Decimal
    lines: int


_State = dict[Stream, dict[str, dict[ParameterSet, _Sum]]]


@dataclass(frozen=True, slots=True)
class _Terms:
    """This will hold what one valuation was made with, apart from its lines and edition."""

    base_year: int
    schedules: Mapping[str, DiscountSchedule]
    price_year: str
    series: Mapping[YearType, PriceSeries]
    gdp_per_head: Mapping[str, Decimal] | None


def _terms(valuation: Valuation) -> _Terms:
    schedules = dict(published_schedules())
    series = dict(published_series())
    gdp_per_head = None
    for each in valuation.parts:
        if each.factor:
            schedules[each.factor.value.discount_schedule] = each.factor.schedule
            if each.factor.price.series:
                series[each.factor.price.series.year_type] = each.factor.price.series
            gdp_per_head = each.factor.price.gdp_per_head or gdp_per_head
    base_year = financial_year(valuation.as_of)
    return _Terms(base_year, schedules, valuation.price_year, series, gdp_per_head)


def _walk(before: Valuation, after: Valuation) -> tuple[_State, ...]:
    """This will give the five states: before, then after each step; the last is the later valuation itself."""
    old, later = _terms(before), _terms(after)
    shared = {
        id
        for id, measure in before.edition.measures.items()
        if id in after.edition.measures and after.edition.measures[id].unit == measure.unit
    }
    later_lines = [each.line for each in after.lines]
    kept = [each for each in _as_before(later_lines, [each.line for each in before.lines]) if each.measure in shared]
    lost = [each.line for each in before.lines if each.line.measure not in shared]
    gained = [line for line in later_lines if line.measure not in shared]
    hybrid = {
        id: _with_method_of(measure, before.edition.measures[id]) if id in shared else measure
        for id, measure in after.edition.measures.items()
    }
    old = replace(old, schedules={**later.schedules, **old.schedules})
    method = replace(old, base_year=later.base_year, schedules={**old.schedules, **later.schedules})
    return (
        _state(before.lines, before.price_year),
        _state(_valued([*kept, *lost], before.edition, before.edition.measures, old), old.price_year),
        _state(_valued([*kept, *gained], after.edition, hybrid, old), old.price_year),
        _state(_valued(later_lines, after.edition, after.edition.measures, method), old.price_year),
        _state(after.lines, after.price_year),
    )


def _as_before(lines: Iterable[Line], earlier: Iterable[Line]) -> list[Line]:
    """This will give lines with the rates, duration, drop-off and level that the same line stated before."""
    stated: dict[tuple[object, ...], set[tuple[object, ...]]] = defaultdict(set)
    for line in earlier:
        stated[_same(line)].add(tuple(getattr(line, name) for name in _OF_LINES))
    found = []
    for line in lines:
        terms = stated.get(_same(line), set())
        # Several earlier lines that differ leave no saying which of them this one was.
        if len(terms) == 1:
            line = replace(line, **dict(zip(_OF_LINES, next(iter(terms)), strict=True)))  # type: ignore[arg-type]
        found.append(line)
    return found


def _same(line: Line) -> tuple[object, ...]:
    if line.line:
        return (line.measure, line.line)
    return (line.measure, line.place, line.agreement, line.start, line.end)


def _with_method_of(measure: Measure, earlier: Measure) -> Measure:
    """This will give a measure of the later edition with the rates, years and schedule of the earlier."""
    value = measure.value
    if value and earlier.value:
        value = replace(value, discount_schedule=earlier.value.discount_schedule)
    return replace(measure, value=value, rates=earlier.rates, duration=earlier.duration, dropoff=earlier.dropoff)


def _valued(
    lines: Sequence[Line], edition: Edition, measures: Mapping[str, Measure], terms: _Terms
) -> Iterable[LineValue]:
    """This will value lines as `engine.value` does, by measures that may stand in no edition."""
    left_out = {index for overlap in overlaps(lines, edition) for index in overlap.left_out}
    factors: dict[ParameterSet, Factor | None] = {}
    for index, line in enumerate(lines):
        measure = measures[line.measure]
        parameters = parameter_set(line, measure)
        if parameters not in factors:
            factors[parameters] = _factor(parameters, measure, terms)
        yield LineValue(line, measure, factors[parameters], index not in left_out, "")


def _factor(parameters: ParameterSet, measure: Measure, terms: _Terms) -> Factor | None:
    if measure.value is None:
        return None
    price = price_base(measure.value, terms.price_year, terms.series, terms.gdp_per_head)
    schedule = terms.schedules.get(measure.value.discount_schedule)
    if schedule is None:  # neither valuation had a line that was discounted by it
        return None
    try:
        return unit_factor(parameters, measure.value, price, schedule, terms.base_year)
    except NoValueForYear:
        return None


def _state(values: Iterable[LineValue], asked: str) -> _State:
    state: _State = defaultdict(lambda: defaultdict(dict))
    with localcontext(prec=_WIDE):
        for each in values:
            for level in LEVELS:
                belongs = total_key(each, level)
                if belongs is None or each.factor is None:
                    continue
                direction, (kind, _, year, type, range_only) = belongs
                # The rate of a period stays in its prices whatever is asked for, even where the years are the same.
                label = "" if year == asked and type != "rate-year" else year
                unit = each.factor.gross if level == "gross" else each.factor.net
                assert unit is not None  # total_key has answered
                sets = state[Stream(direction, kind, level, label, type, range_only)][each.measure.id]
                so_far = sets.get(each.factor.parameters, _Sum(unit, Decimal(0), 0))
                sets[each.factor.parameters] = _Sum(unit, so_far.quantity + each.line.counted, so_far.lines + 1)
    return {stream: dict(measures) for stream, measures in state.items()}


def _total(stream: Stream, states: Sequence[_State], before: Valuation, after: Valuation) -> TotalChange:
    told = [
        {id: tuple(map(_figure, sets, sets.values())) for id, sets in state.get(stream, {}).items()} for state in states
    ]
    titles = {id: each.title for edition in (before.edition, after.edition) for id, each in edition.measures.items()}
    sums = [_sum((figure.amount for sets in each.values() for figure in sets), stream) for each in told]
    parts = []
    for number, name in enumerate(ORDER):
        one, other = told[number], told[number + 1]
        moved = [
            Contribution(id, titles[id], amount, one.get(id, ()), other.get(id, ()))
            for id in sorted({*one, *other})
            if (amount := _step(one.get(id, ()), other.get(id, ()), stream)) != _nothing(stream)
        ]
        moved.sort(key=lambda each: -_size(each.amount))
        parts.append(ChangePart(name, _less(sums[number + 1], sums[number]), tuple(moved)))
    return TotalChange(
        stream=stream,
        price_before=stream.price_year or before.price_year,
        price_after=stream.price_year or after.price_year,
        before=sums[0],
        after=sums[-1],
        difference=_less(sums[-1], sums[0]),
        parts=tuple(parts),
    )


def _figure(parameters: ParameterSet, summed: _Sum) -> SetFigure:
    amount = summed.unit.times(summed.quantity, _WIDE)
    return SetFigure(parameters, summed.unit, summed.quantity, amount, summed.lines)


def _step(one: tuple[SetFigure, ...], other: tuple[SetFigure, ...], stream: Stream) -> Span:
    return _less(*(_sum((figure.amount for figure in figures), stream) for figures in (other, one)))


def _nothing(stream: Stream) -> Span:
    return Span(Decimal(0), None if stream.range_only else Decimal(0), Decimal(0))


def _sum(amounts: Iterable[Span], stream: Stream) -> Span:
    total = _nothing(stream)
    for amount in amounts:
        total = _combined(total, amount, Decimal(1))
    return total


def _less(one: Span, other: Span) -> Span:
    return _combined(one, other, Decimal(-1))


def _combined(one: Span, other: Span, sign: Decimal) -> Span:
    with localcontext(prec=_WIDE):
        central = None if one.central is None or other.central is None else one.central + sign * other.central
        return Span(one.low + sign * other.low, central, one.high + sign * other.high)


def _size(amount: Span) -> Decimal:
    return max(abs(each) for each in (amount.low, amount.central, amount.high) if each is not None)
