"""A valuation as it is shown: rounded once to pennies, half-up, so that the parts shown add to the whole shown.

Lines are allocated to the totals they belong to by largest remainder, and so are groups. The exact amount stands
beside each rounded one. This is the JSON of `commonweal value --json`, described in
docs/reference/command-line/value.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from commonweal.engine.draws import DrawnGroup, DrawnTotal, Draws, Points
from commonweal.engine.explain import steps, steps_text
from commonweal.engine.factors import Span
from commonweal.engine.model import Direction
from commonweal.engine.value import Count, Level, LineValue, Total, Valuation, ValueFinding, total_key
from commonweal.money import allocate, round_half_up

_SIDES: dict[str, Direction] = {"totals": "benefit", "harms": "harm"}
_LEVELS: tuple[Level, ...] = ("gross", "net")


def as_json(valuation: Valuation, draws: Draws | None = None, groups: Sequence[DrawnGroup] = ()) -> dict[str, Any]:
    """This will give the valuation as JSON values: money and quantities as text, keys in snake case.

    Money is in pounds and pence; `exact` holds the unrounded central amount. `low` and `high` are the range of the
    unit values, each rounded by itself, and are empty where there is none; `p05`, `p50` and `p95` need draws, are
    whole pounds, and are empty without them; `uncertainty` says what the spread of each total comes from.
    """
    told = summary_json(valuation, draws)
    findings = told.pop("findings")
    return told | {"lines": _lines(valuation), "findings": findings}


def summary_json(valuation: Valuation, draws: Draws | None = None, groups: Sequence[DrawnGroup] = ()) -> dict[str, Any]:
    """This will give what `as_json` gives, without the lines and their steps."""
    coverage = valuation.coverage
    drawn = draws.totals if draws else {}
    return {
        "edition": valuation.edition.reference,
        "edition_hash": valuation.edition.content_hash,
        "as_of": valuation.as_of.isoformat(),
        "price_year": valuation.price_year,
        "totals": [_total(each, drawn=drawn.get(("benefit", each.key))) for each in valuation.totals],
        "harms": [_total(each, drawn=drawn.get(("harm", each.key))) for each in valuation.harms],
        "counts": [_count(each) for each in valuation.counts],
        "groups": _groups(valuation, draws.groups if draws else ()),
        "coverage": {
            "lines": coverage.lines,
            "lines_valued": coverage.valued,
            "lines_net": coverage.net,
            "lines_in_totals": coverage.in_totals,
            "quantities": [
                {"unit": unit, "valued": plain(valued), "unvalued": plain(unvalued)}
                for unit, valued, unvalued in coverage.quantities
            ],
            "unvalued": [{"reason": reason, "lines": lines} for reason, lines in coverage.unvalued],
        },
        "findings": [finding_json(finding) for finding in valuation.findings],
        "uncertainty": draws and _uncertainty(draws),
    }


def finding_json(finding: ValueFinding) -> dict[str, Any]:
    """This will give one finding as JSON values."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "measure": finding.measure or None,
        "reason": finding.reason,
        "fix": finding.fix,
        "lines": finding.lines,
        "rows": list(finding.rows),
    }


def _uncertainty(draws: Draws) -> dict[str, Any]:
    return {
        "draws": draws.number,
        "seed": draws.seed,
        "target": None if draws.target is None else plain(draws.target),
        "without_range": list(draws.missing),
        "range_only": list(draws.range_only),
        "sets_left_central": draws.left_central,
        "totals": [
            {
                "direction": direction,
                "kind": kind,
                "level": level,
                "price_year": year,
                "share_without_range": plain(total.without_range),
                "chance_of_target": None if total.above is None else plain(total.above),
                "parameters": [
                    {
                        "id": swing.parameter.id,
                        "name": swing.parameter.name,
                        "low": plain(swing.parameter.low),
                        "central": plain(swing.parameter.central),
                        "high": plain(swing.parameter.high),
                        "distribution": swing.parameter.distribution,
                        "total_at_5_percent": plain(swing.low),
                        "total_at_95_percent": plain(swing.high),
                        "share_of_spread": plain(swing.share),
                    }
                    for swing in total.swings
                ],
            }
            for (direction, (kind, level, year, _, _)), total in sorted(draws.totals.items(), key=lambda each: each[0])
        ],
    }


def _total(total: Total, shown: Span | None = None, drawn: DrawnTotal | Points | None = None) -> dict[str, Any]:
    return {
        "kind": total.kind,
        "level": total.level,
        **_money(total.amount, shown or rounded(total.amount)),
        "p05": _whole(drawn.p05 if drawn else None),
        "p50": _whole(drawn.p50 if drawn else None),
        "p95": _whole(drawn.p95 if drawn else None),
        "price_year": total.price_year,
        "price_year_type": total.price_year_type,
        "lines": total.lines,
        "uk_view": total.uk and _money(total.uk, rounded(total.uk)),
    }


def _whole(pounds: Decimal | None) -> str | None:
    return None if pounds is None else plain(pounds)


def _money(exact: Span, shown: Span) -> dict[str, str | None]:
    ranged = exact.ends != (None, None)
    return {
        "central": None if shown.central is None else f"{shown.central:.2f}",
        "low": f"{shown.low:.2f}" if ranged else None,
        "high": f"{shown.high:.2f}" if ranged else None,
        "exact": None if exact.central is None else plain(exact.central),
    }


def _count(count: Count) -> dict[str, Any]:
    return {
        "measure": count.measure,
        "title": count.title,
        "unit": count.unit,
        "direction": count.direction,
        "quantity": plain(count.quantity),
        "lines": count.lines,
        "reason": count.reason,
    }


def _groups(valuation: Valuation, drawn: Sequence[DrawnGroup]) -> list[dict[str, Any]]:
    points = {each.by: each.totals for each in drawn}
    shown: dict[int, Span] = {}
    for side in ("totals", "harms"):
        members: dict[tuple[object, ...], list[Total]] = defaultdict(list)
        for group in valuation.groups:
            for total in getattr(group, side):
                ranged = total.amount.central is None
                members[total.kind, total.level, total.price_year, total.price_year_type, ranged].append(total)
        for same in members.values():
            shown |= zip(map(id, same), allocated([total.amount for total in same]), strict=True)
    return [
        {
            "by": dict(group.by),
            **{
                side: [
                    _total(each, shown[id(each)], points.get(group.by, {}).get((direction, each.key)))
                    for each in getattr(group, side)
                ]
                for side, direction in _SIDES.items()
            },
            "counts": [_count(each) for each in group.counts],
        }
        for group in valuation.groups
    ]


def _lines(valuation: Valuation) -> list[dict[str, Any]]:
    shown = {
        level: shown_lines((total_key(each, level), getattr(each, level)) for each in valuation.lines)
        for level in _LEVELS
    }
    return [
        {
            "row": each.line.row,
            "measure": each.measure.id,
            "quantity": plain(each.line.counted),
            "unit": each.measure.unit,
            "start": each.line.start.isoformat(),
            "end": each.line.end.isoformat(),
            "place": each.line.place,
            "agreement": each.line.agreement,
            "groups": dict(each.line.groups),
            "kind": each.factor.value.kind if each.factor else None,
            "direction": each.measure.direction,
            "price_year": each.factor.price.to_year if each.factor else None,
            "gross": _money(each.gross, shown["gross"][index]) if each.gross else None,
            "net": _money(each.net, shown["net"][index]) if each.net else None,
            "in_totals": each.in_totals,
            "unvalued": each.unvalued or None,
            "steps": _steps(each),
        }
        for index, each in enumerate(valuation.lines)
    ]


def _steps(valued: LineValue) -> list[dict[str, Any]]:
    return [
        {
            "label": step.label,
            "formula": step.formula,
            "operands": dict(step.operands),
            "result": plain(step.result),
            "unit": step.unit,
            "source": step.source,
            "text": text,
        }
        for step, text in zip(steps(valued), steps_text(valued), strict=False)
    ]


def shown_lines(lines: Iterable[tuple[Hashable | None, Span | None]]) -> dict[int, Span]:
    """This will round the amounts of lines to the penny so that those of each total add to it as it is shown.

    Each line is (the total it belongs to, its amount): one in no total is rounded by itself, one without an amount has
    no place in the answer, which is by the place of the line.
    """
    shown: dict[int, Span] = {}
    members: dict[Hashable, list[tuple[int, Span]]] = defaultdict(list)
    for index, (belongs, span) in enumerate(lines):
        if span is None:
            continue
        if belongs is None:
            shown[index] = rounded(span)
        else:
            members[belongs].append((index, span))
    for same in members.values():
        spans = allocated([span for _, span in same])
        shown |= {index: span for (index, _), span in zip(same, spans, strict=True)}
    return shown


def allocated(spans: Sequence[Span]) -> list[Span]:
    """This will round the spans of one total to the penny so that their central amounts add to its own.

    The ends of a range are rounded each by itself, unless the spans have no central amount: then the ends add up.
    """
    centrals = [span.central for span in spans if span.central is not None]
    if centrals:
        each_alone = [rounded(span) for span in spans]
        return [Span(span.low, shown, span.high) for span, shown in zip(each_alone, allocate(centrals), strict=True)]
    lows, highs = allocate([span.low for span in spans]), allocate([span.high for span in spans])
    return [Span(low, None, high) for low, high in zip(lows, highs, strict=True)]


def rounded(span: Span) -> Span:
    """This will round the three amounts of a span to the penny, half-up."""
    central = None if span.central is None else round_half_up(span.central)
    return Span(round_half_up(span.low), central, round_half_up(span.high))


def plain(number: Decimal) -> str:
    """This will write a number in full, with neither an exponent nor trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
