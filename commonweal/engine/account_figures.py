"""What the lines of an account come to: every total by stage and group, counts, and how much of it has a value.

    total = sum over parameter sets of  factor x exact sum of quantities

as everywhere in the engine: quantities are summed first, exactly, and each factor is worked out once. So a million
lines cost one walk, and a walk by DuckDB (`account_bulk`) gives the same sums. Whoever publishes an account and whoever
checks one use this and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from commonweal.engine.account_bundle import (
    COUNT_COLUMNS,
    FIGURE_COLUMNS,
    GROUPS,
    LINE_COLUMNS,
    SAME_EFFECT,
    STAGES,
    Tables,
    json_bytes,
    plain,
    table_bytes,
)
from commonweal.engine.factors import EXACT, Factor, Span, financial_year
from commonweal.engine.lines import Line
from commonweal.engine.model import Edition
from commonweal.engine.overlap import overlaps
from commonweal.engine.totals import coverage_of, figures, places_in, with_uk_view
from commonweal.engine.valuation import Part, Total
from commonweal.engine.value import Work
from commonweal.money import round_half_up

_AT = {name: place for place, name in enumerate(LINE_COLUMNS)}
#: Stages of what was delivered, after the first: what another line already counts is no part of them.
_LATER = STAGES[2:]


class Holding(NamedTuple):
    """This will tell lines apart that are worth the same per unit and stand in one group: a year is one of effect."""

    stage: str
    edition: str
    by: str
    group: str
    measure: str
    start_year: int
    emission_year: int
    in_totals: bool


@dataclass(slots=True)
class Held:
    """This will hold the exact quantity of a holding, and how many lines it is of."""

    quantity: Decimal
    lines: int


@dataclass(slots=True)
class Gathered:
    """This will hold what the lines of an account add up to before anything is worth anything.

    `kept_out` counts lines that were not given to the engine, by stage and reason; `as_contracted` is the £ of old
    contracts and on how many lines.
    """

    holdings: dict[Holding, Held]
    kept_out: dict[tuple[str, str], int]
    as_contracted: tuple[Decimal, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """This will hold the parts of a bundle that are worked out from its lines, as they are written."""

    figures: bytes
    counts: bytes
    coverage: bytes


class Works:
    """This will work out what one unit is worth under each edition of an account, each once."""

    def __init__(self, editions: Mapping[str, Edition], tables: Tables, as_of: date) -> None:
        self.editions, self.as_of = editions, as_of
        self._works = {
            name: Work(each, as_of, None, None, None, tables.series, tables.schedules)
            for name, each in editions.items()
        }
        self.placed = {name: places_in(each) for name, each in editions.items()}
        self._by_year = {
            (name, id) for name, each in editions.items() for id, measure in each.measures.items()
            if measure.value and measure.value.by_year
        }  # fmt: skip
        self._found: dict[tuple[str, str, int, int], Factor | str] = {}
        self._on: dict[tuple[str, str, str], Factor | str] = {}

    def on(self, edition: str, measure: str, start: str) -> Factor | str:
        """This will give what one unit of a line is worth that starts on a day (as text), or why it has no value."""
        found = self._on.get((edition, measure, start))
        if found is None:
            years = self.key(edition, measure, date.fromisoformat(start))
            found = self._on[edition, measure, start] = self.factor(edition, measure, *years)
        return found

    def key(self, edition: str, measure: str, start: date) -> tuple[int, int]:
        """This will give the years that bear on what a line is worth: the financial year, and that of emission or 0."""
        return financial_year(start), start.year if (edition, measure) in self._by_year else 0

    def factor(self, edition: str, measure: str, start_year: int, emission_year: int) -> Factor | str:
        """This will give what one unit is worth, or why it has no value."""
        key = (edition, measure, start_year, emission_year)
        found = self._found.get(key)
        if found is None:
            # A day that lies in both years: from April on it is of the year's own number, before it of the one before.
            day = date(start_year, 4, 1)
            if emission_year and emission_year != start_year:
                day = date(emission_year, 1, 1)
            line = Line(measure=measure, quantity=Decimal(0), start=day, end=day)
            found = self._found[key] = self._works[edition].factor_of(line)
        return found


def gathered(rows: Iterable[Sequence[str]], works: Works) -> Gathered:
    """This will add up lines (cells of LINE_COLUMNS) that were read already; they are trusted to be sound."""
    sums = _Sums(works)
    kept_out: dict[tuple[str, str], int] = defaultdict(int)
    contracted, promises = Decimal(0), 0
    stages = [(stage, _AT[stage], stage in _LATER) for stage in STAGES]
    with localcontext(prec=EXACT):
        for cells in rows:
            if cells[_AT["as_contracted"]]:
                contracted, promises = contracted + Decimal(cells[_AT["as_contracted"]]), promises + 1
            given, why = cells[_AT["given"]] == "yes", cells[_AT["why_not"]]
            for stage, at, is_later in stages:
                text = cells[at]
                if not text:
                    continue
                if not given:
                    kept_out[stage, why] += 1
                elif is_later and why == SAME_EFFECT:
                    kept_out[stage, SAME_EFFECT] += 1
                else:
                    share = cells[_AT["share"]]
                    sums.add(stage, cells, Decimal(text) if share == "1" else Decimal(text) * Decimal(share))
    return Gathered(sums.holdings(), dict(kept_out), (contracted, promises))


class _Sums:
    """This will add quantities up by what they are worth per unit, and of that by each group a line stands in."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._places: dict[tuple[str, ...], int] = {}
        self._bases: list[tuple[str, str, str, int, int, bool]] = []
        self._known: dict[tuple[str, str, str, int, int, bool], int] = {}
        self._held: dict[tuple[int, str, str], Held] = {}

    def add(self, stage: str, cells: Sequence[str], quantity: Decimal) -> None:
        """This will add what one line has at a stage."""
        same = cells[_AT["why_not"]] == SAME_EFFECT
        alike = (stage, cells[_AT["edition"]], cells[_AT["measure"]], cells[_AT["start"]], "left out" if same else "")
        base = self._places.get(alike)
        if base is None:
            base = self._places[alike] = self._base(alike, is_counted=not same)
        for by, group in (
            ("", ""), ("department", cells[_AT["department"]]), ("channel", cells[_AT["channel"]]),
            ("place", cells[_AT["place"]]),
        ):  # fmt: skip
            held = self._held.get((base, by, group))
            if held is None:
                self._held[base, by, group] = Held(quantity, 1)
            else:
                held.quantity += quantity
                held.lines += 1

    def _base(self, alike: tuple[str, ...], *, is_counted: bool) -> int:
        stage, edition, measure, start, _same = alike
        key = (stage, edition, measure, *self._works.key(edition, measure, date.fromisoformat(start)), is_counted)
        if key not in self._known:
            self._known[key] = len(self._bases)
            self._bases.append(key)
        return self._known[key]

    def holdings(self) -> dict[Holding, Held]:
        """This will give every sum, those by theme and measure made of the whole."""
        found: dict[Holding, Held] = {}
        for (base, by, group), held in self._held.items():
            stage, edition, measure, start, emission, is_counted = self._bases[base]
            groups = [(by, group)]
            if not by:
                groups += [("theme", self._works.placed[edition][measure][0]), ("measure", measure)]
            for name, value in groups:
                found[Holding(stage, edition, name, value, measure, start, emission, is_counted)] = held
        return found


def left_out(rows: Iterable[Sequence[str]], edition: Edition, stage: str) -> set[str]:
    """This will give the ids of lines that another line of the same agreement, place and time already counts."""
    lines = list(rows)
    made = [
        Line(
            measure=cells[_AT["measure"]], quantity=Decimal(cells[_AT[stage]]),
            start=date.fromisoformat(cells[_AT["start"]]), end=date.fromisoformat(cells[_AT["end"]]),
            place=cells[_AT["place"]], agreement=cells[_AT["agreement"]],
            share=Decimal(cells[_AT["share"]]),
        )
        for cells in lines
    ]  # fmt: skip
    return {lines[index][_AT["line"]] for each in overlaps(made, edition) for index in each.left_out}


def completed(rows: Iterable[Sequence[str]], works: Works) -> list[list[str]]:
    """This will say of each line that is valued whether it counts in totals, and if not why, by the rules of its edition.

    The lines (cells of LINE_COLUMNS but the last) are given back as they are, with these two cells filled in.
    """
    found = [list(cells) for cells in rows]
    shared: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
    exclusives = {name: exclusive(each) for name, each in works.editions.items()}
    for cells in found:
        if cells[_AT["given"]] != "yes":
            continue
        edition, measure = cells[_AT["edition"]], cells[_AT["measure"]]
        years = works.key(edition, measure, date.fromisoformat(cells[_AT["start"]]))
        factor = works.factor(edition, measure, *years)
        why = factor if isinstance(factor, str) else ""
        cells[_AT["in_totals"]], cells[_AT["why_not"]] = ("no", why) if why else ("yes", "")
        if measure in exclusives[edition]:
            shared[edition, cells[_AT["record"]]].append(cells)
    for (edition, record), lines in shared.items():
        twice = left_out(lines, works.editions[edition], "promised" if record == "promise" else "claimed")
        for cells in lines:
            if cells[_AT["line"]] in twice:
                cells[_AT["in_totals"]], cells[_AT["why_not"]] = "no", SAME_EFFECT
    return found


def exclusive(edition: Edition) -> frozenset[str]:
    """This will name the measures of which another may count the same effect."""
    groups: dict[str, set[str]] = defaultdict(set)
    for id, measure in edition.measures.items():
        if measure.exclusive_group and measure.value:
            groups[measure.exclusive_group].add(id)
    return frozenset(id for members in groups.values() if len(members) > 1 for id in members)


def worked_out(found: Gathered, works: Works) -> Figures:
    """This will turn what was gathered into the figures, counts and coverage of a bundle."""
    parts: dict[tuple[str, str, str, str], list[Part]] = defaultdict(list)
    for key, held in found.holdings.items():
        factor = works.factor(key.edition, key.measure, key.start_year, key.emission_year)
        measure = works.editions[key.edition].measures[key.measure]
        valued = isinstance(factor, Factor)
        parts[key.stage, key.by, key.group, key.edition].append(
            Part(
                measure, factor if isinstance(factor, Factor) else None, valued and key.in_totals,
                "" if isinstance(factor, Factor) else factor, held.quantity, held.lines,
            )
        )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    counts: list[tuple[str, ...]] = []
    for scope in sorted(parts, key=_order):
        stage, by, group, edition = scope
        benefits, harms, counted = figures(parts[scope])
        for total in (*with_uk_view(benefits, parts[scope]), *with_uk_view(harms, parts[scope])):
            rows.append((stage, by, group, edition, *_figure(total)))
        if not by:
            counts += [
                (stage, edition, each.measure, each.unit, each.direction, plain(each.quantity), str(each.lines),
                 each.reason)
                for each in counted
            ]  # fmt: skip
    coverage = json_bytes(_coverage(found, parts))
    return Figures(table_bytes(FIGURE_COLUMNS, rows), table_bytes(COUNT_COLUMNS, counts), coverage)


def _order(key: tuple[str, str, str, str]) -> tuple[int, int, str, str]:
    stage, by, group, edition = key
    return STAGES.index(stage), ("", *GROUPS).index(by), group, edition


def _figure(total: Total) -> tuple[str, ...]:
    shown = "" if total.amount.central is None else plain_pounds(total.amount.central)
    return (
        total.direction, total.kind, total.level, total.price_year, total.price_year_type, *_ends(total.amount),
        *(_ends(total.uk) if total.uk else ("", "", "")), str(total.lines), shown,
    )  # fmt: skip


def _ends(span: Span) -> tuple[str, str, str]:
    return plain(span.low), "" if span.central is None else plain(span.central), plain(span.high)


def plain_pounds(amount: Decimal) -> str:
    """This will write an amount in pounds and pence, rounded half-up: the figure a page shows."""
    return format(round_half_up(amount), "f")


def _coverage(found: Gathered, parts: Mapping[tuple[str, str, str, str], Sequence[Part]]) -> dict[str, Any]:
    stages: dict[str, Any] = {}
    for stage in STAGES:
        whole = [coverage_of(parts[key]) for key in sorted(parts) if key[0] == stage and not key[1]]
        reasons: dict[str, int] = defaultdict(int)
        for (at, why), lines in found.kept_out.items():
            if at == stage:
                reasons[why] += lines
        kept_out = sum(reasons.values())
        for each in whole:
            for why, lines in each.unvalued:
                reasons[why] += lines
        stages[stage] = {
            "lines": kept_out + sum(each.lines for each in whole), "given": sum(each.lines for each in whole),
            "valued": sum(each.valued for each in whole), "net": sum(each.net for each in whole),
            "in_totals": sum(each.in_totals for each in whole), "without_value": dict(sorted(reasons.items())),
        }  # fmt: skip
    amount, promises = found.as_contracted
    return {"stages": stages, "as_contracted": {"amount": plain(amount), "promises": promises}}
