"""One record told under several frameworks side by side: each line carried once, what is left over said with why.

Lines are carried by a crosswalk (`engine.report_under`) and valued by `engine.value`; nothing is summed here. Between
two editions of one framework a measure is the same where its id, unit and direction are. How to read it:
docs/how-to/compare-frameworks.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from commonweal.base.exports import Cell
from commonweal.base.templatetags.figures import amount_in_unit, percentage, quantity
from commonweal.engine.crosswalk import (
    Crosswalk,
    End,
    Match,
    ReportedFigure,
    Unmapped,
    report_under,
)
from commonweal.engine.factors import EXACT, Factor, Span, financial_year_name
from commonweal.engine.lines import Line
from commonweal.engine.model import Direction, Edition, Kind, Source
from commonweal.engine.presentation import allocated, rounded
from commonweal.engine.valuation import Level, Part, Total, Valuation, total_key
from commonweal.engine.value import value
from commonweal.money import round_half_up
from commonweal.reporting.figures import STAGES, Worth
from commonweal.reporting.presentation import KINDS, plural, prices_words, written
from commonweal.reporting.presentation import LEVELS as LEVEL_WORDS

#: More columns than this cannot be read beside one another.
MOST_EDITIONS: Final = 3
NO_CROSSWALK: Final = "there is no crosswalk from {of}"
NOT_THE_SAME: Final = "the crosswalk is of another edition with this name"


@dataclass(frozen=True, slots=True)
class Walk:
    """How lines of one edition come to another: the crosswalk, and the measures a layer leaves out, each with why."""

    crosswalk: Crosswalk
    hidden: Mapping[str, str] = field(default_factory=dict)


#: Gives the way from one edition to another, or None.
Walks = Callable[[Edition, Edition], Walk | None]


@dataclass(frozen=True, slots=True)
class Left:
    """What a measure of the record counts that is not told under an edition, in the measure's unit, and why."""

    edition: str
    unmapped: Unmapped


@dataclass(frozen=True, slots=True)
class Told:
    """A record as one edition tells it: its valuation, what was brought into it, and what is left over.

    `brought` has each figure with the edition it was brought from; under a heading alone it is counted and not valued.
    `own` and `carried` are how many lines are of the edition itself, and were brought by a crosswalk; `lines` is how
    many the record has that any framework could tell.
    """

    edition: Edition
    valuation: Valuation
    brought: tuple[tuple[str, ReportedFigure], ...]
    left: tuple[Left, ...]
    own: int
    carried: int
    lines: int

    @property
    def name(self) -> str:
        """The edition's title and version."""
        return self.edition.named

    @property
    def headings(self) -> tuple[ReportedFigure, ...]:
        """What stands under a heading and no measure."""
        return tuple(figure for _reference, figure in self.brought if figure.to.level != "measure")


def lines_by_edition(worth: Worth) -> dict[str, list[Line]]:
    """This will give the lines of a worth that the engine could take, by the edition they were made under."""
    found: dict[str, list[Line]] = {}
    for line in worth.lines:
        if line.valued is not None:
            found.setdefault(line.promise.edition, []).append(line.valued.line)
    return found


def same_measures(of: Edition, to: Edition) -> Crosswalk:
    """This will match the measures that two editions share by id, unit and direction, as those of one framework do."""
    reason = "The same measure, by its id, unit and direction, in both editions of the framework."
    title = f"{of.title} {of.version} and {to.version}"
    source = Source(of.framework_id, title, "measures by id", of.licence, "judgement")
    shared = [
        id
        for id, measure in of.measures.items()
        if id in to.measures and (to.measures[id].unit, to.measures[id].direction) == (measure.unit, measure.direction)
    ]
    matches = tuple(Match(End("measure", id), "exactMatch", End("measure", id), reason, source) for id in shared)
    return Crosswalk(of, to, matches, title, source, "Commonweal", ())


def tell(
    worth: Worth,
    edition: Edition,
    of: Mapping[str, Edition],
    walks: Walks,
    price_year: str | None = None,
) -> Told:
    """This will tell a worth's record under an edition; `of` are the editions its own lines were made under.

    `walks` gives the way from one edition to another (`queries.walk_between`). Amounts are GBP in the edition's prices,
    or those of `price_year`.
    """
    lines: list[Line] = []
    brought: list[tuple[str, ReportedFigure]] = []
    left: list[Left] = []
    carried: set[str] = set()
    given = lines_by_edition(worth)
    for reference, own in sorted(given.items()):
        if reference == edition.reference:
            lines += own
            continue
        walk = walks(of[reference], edition)
        if walk is None or (walk.crosswalk.of, walk.crosswalk.to) != (of[reference], edition):
            why = NO_CROSSWALK.format(of=reference) if walk is None else NOT_THE_SAME
            left += _nothing_carried(own, of[reference], why)
            continue
        reported = report_under(own, walk.crosswalk, edition)
        lines += reported.lines
        brought += [(reference, figure) for figure in reported.figures]
        left += [
            Left(reference, replace(each, why=walk.hidden.get(each.measure, each.why))) for each in reported.unmapped
        ]
        carried |= {each.line.line for each in reported.carried}
    return Told(
        edition=edition,
        valuation=value(lines, edition, as_of=worth.as_of, price_year=price_year),
        brought=tuple(brought),
        left=tuple(left),
        own=len(given.get(edition.reference, ())),
        carried=len(carried),
        lines=sum(map(len, given.values())),
    )


def _nothing_carried(lines: Sequence[Line], of: Edition, why: str) -> list[Left]:
    """What lines count, measure by measure: an empty crosswalk carries nothing, and says how much that is."""
    source = Source(of.framework_id, of.title, "", of.licence, "judgement")
    nothing = Crosswalk(of, of, (), of.title, source, "", ())
    return [
        Left(of.reference, Unmapped(each.measure, each.title, each.unit, each.quantity, each.lines, why))
        for each in report_under(lines, nothing, of).unmapped
    ]


# --- as shown -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """What one row compares: amounts of one direction, kind and level, whatever year's prices each edition uses."""

    direction: Direction
    kind: Kind
    level: Level

    @property
    def words(self) -> str:
        """What the row is of: "Welfare value (harm), gross"."""
        harm = " (harm)" if self.direction == "harm" else ""
        return f"{KINDS[self.kind]}{harm}, {LEVEL_WORDS[self.level]}"


@dataclass(frozen=True, slots=True)
class ShownPart:
    """What one measure adds to a total: how much of it, what one unit is worth and in which prices, and the deductions.

    `outcome` is where the edition puts the measure: no part of whether two editions tell it alike, as it moves no amount.
    """

    measure: str
    counted: str
    unit_value: str
    prices: str
    deducted: str
    amount: str
    outcome: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One edition's amounts of a row, one for each year's prices, never added; and the measures they are made of."""

    edition: str
    amounts: tuple[tuple[str, str, str], ...]
    parts: tuple[ShownPart, ...]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with a cell for each edition, whether they differ, and what of it an edition does not tell.

    `alike` are the measures that every edition with an amount tells alike: they are no reason to differ, and are left
    out of `parts_that_differ`.
    """

    row: Row
    cells: tuple[ShownCell, ...]
    differs: bool
    left: tuple[tuple[str, str], ...]
    alike: tuple[ShownPart, ...] = ()

    @property
    def parts_that_differ(self) -> list[tuple[ShownCell, list[ShownPart]]]:
        """Each cell with those of its measures that are not alike in all."""
        return [(cell, [part for part in cell.parts if part not in self.alike]) for cell in self.cells]


def rows_of(told: Sequence[Told]) -> list[Row]:
    """This will give every direction, kind and level that any of the editions has an amount of."""
    found = {Row(side, total.kind, total.level) for each in told for side, total in totals_of(each)}
    return sorted(found, key=lambda row: (row.direction == "harm", row.kind, row.level))


def totals_of(told: Told) -> Iterator[tuple[Direction, Total]]:
    """This will give the totals of an edition with their direction."""
    yield from (("benefit", total) for total in told.valuation.totals)
    yield from (("harm", total) for total in told.valuation.harms)


def parts_of(told: Told, row: Row) -> list[tuple[Part, Factor, Span]]:
    """This will give the parts of a row as shown: those of each total are rounded so that they add to it."""
    members: dict[object, list[tuple[Part, Factor, Span]]] = {}
    for part in told.valuation.parts:
        belongs = total_key(part, row.level)
        span = part.factor and (part.factor.gross if row.level == "gross" else part.factor.net)
        if belongs and part.factor and span and (belongs[0], belongs[1][0]) == (row.direction, row.kind):
            members.setdefault(belongs, []).append((part, part.factor, span.times(part.quantity, EXACT)))
    return [
        (part, factor, shown)
        for same in members.values()
        for (part, factor, _exact), shown in zip(same, allocated([exact for *_of, exact in same]), strict=True)
    ]


def shown_rows(told: Sequence[Told], of: Mapping[str, Edition]) -> list[ShownRow]:
    """This will lay the editions side by side, row by row; `of` are the editions of the record's own lines."""
    shown = []
    for row in rows_of(told):
        cells = tuple(_cell(each, row) for each in told)
        left = tuple((each.name, words) for each in told for words in _without_value(each, row, of))
        shown.append(ShownRow(row, cells, len({cell.amounts for cell in cells}) > 1, left, _alike(cells)))
    return shown


def _alike(cells: Sequence[ShownCell]) -> tuple[ShownPart, ...]:
    filled = [cell.parts for cell in cells if cell.parts]
    if len(filled) < 2:
        return ()
    return tuple(part for part in filled[0] if all(part in parts for parts in filled[1:]))


def _without_value(told: Told, row: Row, of: Mapping[str, Edition]) -> Iterator[str]:
    """What the record's own edition values as this kind, and this one values as another, without a value or not at all."""

    def is_of(reference: str, id: str) -> bool:
        measure = of[reference].measures[id]
        return measure.value is not None and (measure.direction, measure.value.kind) == (row.direction, row.kind)

    for reference, figure in told.brought:
        target = told.edition.measures.get(figure.to.id) if figure.to.level == "measure" else None
        if not any(is_of(reference, id) for id in figure.brought_from):
            continue
        titles = " and ".join(of[reference].measures[id].title for id in figure.brought_from)
        counted = f"{titles}: {amount_in_unit(figure.quantity, figure.unit)}"
        if target is None or target.value is None:
            yield f"{counted} counted under “{figure.title}”, which has no value there"
        elif (target.direction, target.value.kind) != (row.direction, row.kind):
            yield f"{counted} valued there as {KINDS[target.value.kind].lower()}"
    yield from (_left_words(each) for each in told.left if is_of(each.edition, each.unmapped.measure))


def _left_words(left: Left) -> str:
    each = left.unmapped
    return f"{each.title}: {amount_in_unit(each.quantity, each.unit)}, {plural(each.lines, 'line')}; {each.why}"


def _cell(told: Told, row: Row) -> ShownCell:
    totals = [
        total
        for side, total in totals_of(told)
        if (side, total.kind, total.level) == (row.direction, row.kind, row.level)
    ]
    return ShownCell(
        told.name,
        tuple(
            (
                written(rounded(total.amount)),
                prices_words(total.price_year, total.price_year_type),
                plural(total.lines, "line"),
            )
            for total in totals
        ),
        tuple(_shown_part(told.edition, part, factor, span, row.level) for part, factor, span in parts_of(told, row)),
    )


def _shown_part(edition: Edition, part: Part, factor: Factor, amount: Span, level: Level) -> ShownPart:
    unit = factor.gross if level == "gross" else factor.net
    rates = [
        f"{applied.name} {quantity(applied.rate) if applied.name == 'multiplier' else percentage(applied.rate)}"
        for applied in factor.parameters.rates
        if applied.origin != "already net"
    ]
    return ShownPart(
        measure=f"{part.measure.title}, {financial_year_name(factor.parameters.start_year)}"
        + (f", of {factor.parameters.emission_year}" if factor.parameters.emission_year else ""),
        counted=amount_in_unit(part.quantity, part.measure.unit),
        unit_value=written(rounded(unit)) if unit else "",
        prices=prices_words(factor.price.to_year, factor.price.type).removesuffix(" prices")
        + ("" if factor.price.to_year == factor.value.price_year else f", from {factor.value.price_year}"),
        deducted=("; ".join(rates) or "nothing") if level == "net" else "nothing: gross",
        amount=written(amount),
        outcome=edition.outcome_of(part.measure.id).title,
    )


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """What one edition tells and does not: how many lines, what it counts without a value, and what is left over."""

    edition: Edition
    said: str
    counted: tuple[tuple[str, str, str], ...]
    left: tuple[tuple[str, str, str, str], ...]


def shown_columns(told: Sequence[Told]) -> list[ShownColumn]:
    """This will say of each edition what it tells of the record and what it leaves over."""
    return [_column(each) for each in told]


def _column(told: Told) -> ShownColumn:
    said = [f"{told.own} of its own"] if told.own else []
    said += [f"{told.carried} carried over"] if told.carried else []
    counted = [(each.title, amount_in_unit(each.quantity, each.unit), plural(each.lines, "line"))
               for each in told.valuation.counts]  # fmt: skip
    counted += [
        (f"{each.title} ({each.to.level})", amount_in_unit(each.quantity, each.unit), plural(each.lines, "line"))
        for each in told.headings
    ]
    return ShownColumn(
        told.edition,
        f"{told.own + told.carried:,} of {plural(told.lines, 'line')} told" + (f": {', '.join(said)}" if said else ""),
        tuple(counted),
        tuple(
            (each.unmapped.title, amount_in_unit(each.unmapped.quantity, each.unmapped.unit),
             plural(each.unmapped.lines, "line"), each.unmapped.why)
            for each in told.left
        ),
    )  # fmt: skip


BESIDE_HEADINGS: Final = (
    "Row", "Stage", "Framework", "Kind of value", "Direction", "Level", "Price year", "Amount (£)", "Low (£)",
    "High (£)", "Lines", "Measure", "Outcome", "Quantity", "Unit", "Worth of one unit (£)", "Why", "As of",
)  # fmt: skip


def beside_export(worth: Worth, told: Sequence[Told]) -> Iterator[tuple[Cell, ...]]:
    """This will write, edition by edition, its totals, their parts, what it counts and what it leaves over."""
    stage, on = STAGES[worth.what], worth.as_of
    for each in told:
        name = each.edition.cited
        for direction, total in totals_of(each):
            span = rounded(total.amount)
            yield ("total", stage, name, total.kind, direction, total.level, total.price_year, span.central,
                   *span.ends, total.lines, "", "", None, "", None, "", on)  # fmt: skip
        for row in rows_of([each]):
            for part, factor, span in parts_of(each, row):
                unit = factor.gross if row.level == "gross" else factor.net
                worth_of_one = unit.central if unit else None
                yield (
                    "measure", stage, name, row.kind, row.direction, row.level, factor.price.to_year, span.central,
                    *span.ends, part.lines, part.measure.title,
                    each.edition.outcome_of(part.measure.id).title, part.quantity, part.measure.unit,
                    None if worth_of_one is None else round_half_up(worth_of_one), "", on,
                )  # fmt: skip
        for count in each.valuation.counts:
            yield ("counted", stage, name, "", count.direction, "", "", None, None, None, count.lines, count.title, "",
                   count.quantity, count.unit, None, count.reason, on)  # fmt: skip
        for figure in each.headings:
            yield ("heading", stage, name, "", figure.direction, "", "", None, None, None, figure.lines, figure.title, "",
                   figure.quantity, figure.unit, None, f"under the {figure.to.level} alone", on)  # fmt: skip
        for left in each.left:
            unmapped = left.unmapped
            yield ("not told", stage, name, "", "", "", "", None, None, None, unmapped.lines, unmapped.title, "",
                   unmapped.quantity, unmapped.unit, None, unmapped.why, on)  # fmt: skip
