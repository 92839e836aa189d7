"""From parts to totals: exact sums by kind of value, level and prices, counts of what has no value, and coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

from commonweal.engine.factors import EXACT, Factor, Span, financial_year, financial_year_name
from commonweal.engine.lines import Line
from commonweal.engine.model import Direction, Edition, Measure
from commonweal.engine.valuation import LEVELS, Count, Coverage, Group, LineValue, Part, Total, TotalKey, total_key

Sums = dict[tuple[Direction, TotalKey], tuple[Span, int]]


def parts_of(values: Iterable[LineValue]) -> tuple[Part, ...]:
    """This will gather the lines that one factor values alike, in the order in which they first appear."""
    Key = tuple[str, int | str, bool]
    first: dict[Key, LineValue] = {}
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    lines: dict[Key, int] = defaultdict(int)
    with localcontext(prec=EXACT):
        for each in values:
            alike = id(each.factor) if each.factor else each.unvalued  # one factor object for each parameter set
            key = (each.measure.id, alike, each.in_totals)
            first.setdefault(key, each)
            sums[key] += each.line.counted
            lines[key] += 1
    return tuple(
        Part(each.measure, each.factor, each.in_totals, each.unvalued, sums[key], lines[key])
        for key, each in first.items()
    )


def figures(parts: Iterable[Part]) -> tuple[tuple[Total, ...], tuple[Total, ...], tuple[Count, ...]]:
    """This will give the totals of benefits, those of harms, and the counts of what has no value."""
    parts = tuple(parts)
    sums: Sums = {}
    for part in parts:
        for level in LEVELS:
            if (belongs := total_key(part, level)) and part.factor:
                unit = part.factor.gross if level == "gross" else part.factor.net
                assert unit is not None  # total_key has answered
                amount = unit.times(part.quantity, EXACT)
                before = sums.get(belongs)
                sums[belongs] = (before[0].plus(amount), before[1] + part.lines) if before else (amount, part.lines)
    benefits, harms = totals_of(sums)
    return benefits, harms, counts_of(parts)


def with_uk_view(totals: Iterable[Total], parts: Sequence[Part]) -> tuple[Total, ...]:
    """This will give each net total of which something leaks out of the place the figure of the whole country, too."""
    return tuple(replace(total, uk=_uk_view(total, parts)) for total in totals)


def _uk_view(total: Total, parts: Sequence[Part]) -> Span | None:
    if total.level != "net":
        return None
    factors = [
        (part.factor, part.quantity)
        for part in parts
        if part.factor and total_key(part, "net") == (total.direction, total.key)
    ]
    if not any(factor.has_leakage for factor, _ in factors):
        return None
    spans = [factor.net_uk.times(quantity, EXACT) for factor, quantity in factors if factor.net_uk]
    whole = spans[0]
    for each in spans[1:]:
        whole = whole.plus(each)
    return whole


def totals_of(sums: Sums) -> tuple[tuple[Total, ...], tuple[Total, ...]]:
    """This will give the totals of benefits and of harms, in a steady order."""

    def towards(direction: Direction) -> tuple[Total, ...]:
        ordered = sorted((key, sum_) for (side, key), sum_ in sums.items() if side == direction)
        return tuple(Total(kind, level, year, type, *sum_, direction) for (kind, level, year, type, _), sum_ in ordered)

    return towards("benefit"), towards("harm")


def counts_of(parts: Iterable[Part]) -> tuple[Count, ...]:
    """This will give the quantity of every measure that has no value, and why it has none."""
    found: dict[tuple[str, str], tuple[Measure, Decimal, int]] = {}
    with localcontext(prec=EXACT):
        for part in parts:
            if part.factor is None:
                key = (part.measure.id, part.unvalued)
                _, quantity, lines = found.get(key, (part.measure, Decimal(0), 0))
                found[key] = (part.measure, quantity + part.quantity, lines + part.lines)
    return tuple(
        Count(id, measure.title, measure.unit, measure.direction, quantity, lines, reason)
        for (id, reason), (measure, quantity, lines) in sorted(found.items(), key=lambda item: item[0])
    )


def groups_of(values: Sequence[LineValue], edition: Edition, by: Sequence[str]) -> tuple[Group, ...]:
    """This will give the figures of every combination of the grouping columns."""
    if not by:
        return ()
    placed = places_in(edition)
    members: dict[tuple[tuple[str, str], ...], list[LineValue]] = defaultdict(list)
    for each in values:
        members[group_key(each.line, by, placed)].append(each)
    return tuple(Group(key, *figures(parts_of(members[key]))) for key in sorted(members))


def group_key(line: Line, by: Sequence[str], placed: Mapping[str, tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """This will give the group of a line: its own text in each column, or where that is blank what is known of it."""
    theme, outcome = placed[line.measure]
    known = {
        "measure": line.measure,
        "theme": theme,
        "outcome": outcome,
        "place": line.place,
        "agreement": line.agreement,
        "year": financial_year_name(financial_year(line.start)),
    }
    return tuple((name, line.groups.get(name) or known.get(name, "")) for name in by)


def places_in(edition: Edition) -> dict[str, tuple[str, str]]:
    """This will give the theme and the outcome of every measure."""
    return {
        measure.id: (theme.id, outcome.id)
        for theme in edition.themes
        for outcome in theme.outcomes
        for measure in outcome.measures
    }


def coverage_of(parts: Iterable[Part]) -> Coverage:
    """This will say how much of what was given has a value, and why the rest has none."""
    parts = tuple(parts)
    quantities: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    reasons: dict[str, int] = defaultdict(int)

    def lines(wanted: Iterable[Part]) -> int:
        return sum(part.lines for part in wanted)

    with localcontext(prec=EXACT):
        for part in parts:
            quantities[part.measure.unit][part.factor is None] += part.quantity
            if part.factor is None:
                reasons[part.unvalued] += part.lines

    def has_net(factor: Factor | None) -> bool:
        return factor is not None and factor.net is not None

    return Coverage(
        lines=lines(parts),
        valued=lines(part for part in parts if part.factor is not None),
        net=lines(part for part in parts if has_net(part.factor)),
        in_totals=lines(part for part in parts if part.in_totals),
        quantities=tuple((unit, valued, unvalued) for unit, (valued, unvalued) in sorted(quantities.items())),
        unvalued=tuple(sorted(reasons.items())),
    )
