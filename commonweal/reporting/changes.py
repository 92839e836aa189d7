"""What changed between two valuations of one record: volume, edition, method and price, which add up to the difference.

The parts are the engine's own (`engine.what_changed`, docs/reference/what-changed.md). Amounts shown are rounded once:
the two ends to the penny, and the parts by largest remainder so that they add to the difference of the ends as shown;
so do the measures of a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Final

from commonweal.base.charts_spans import WaterfallChart
from commonweal.base.exports import Cell
from commonweal.base.templatetags.figures import amount_in_unit, long_date, money
from commonweal.engine.changed import Change, Contribution, SetFigure, TotalChange, what_changed
from commonweal.engine.factors import Span, financial_year_name
from commonweal.engine.model import Edition
from commonweal.engine.presentation import rounded
from commonweal.engine.valuation import Valuation
from commonweal.engine.value import value
from commonweal.money import allocate, round_half_up
from commonweal.reporting.beside import Left, Walks, lines_by_edition, tell
from commonweal.reporting.figures import STAGES, Worth, WorthLine
from commonweal.reporting.presentation import KINDS, plural, prices_words, written
from commonweal.reporting.presentation import LEVELS as LEVEL_WORDS

PARTS: Final = {
    "volume": ("Volume", "more or less of it, at the values of before"),
    "edition": ("Edition", "other measures and unit values, and what counts as one effect, in the later edition"),
    "method": ("Method", "the day of valuing, discounting, rates and how long a benefit lasts"),
    "price": ("Price", "only the year whose prices it is told in"),
}
#: A part names this many lines of a measure; the rest stand in the list of lines.
MOST_LINES: Final = 10


class EditionNotSaid(ValueError):
    """One side is told under a named edition and the other is under several of its own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one side is: a stage, all of the record or what had come by a day, and its own editions and prices or others.

    By a day, entries count whose period had ended and promises that had begun, and all is valued as of that day.
    """

    worth: Worth
    by: date | None = None
    edition: Edition | None = None
    price_year: str | None = None

    @property
    def name(self) -> str:
        """The side in words: "Claimed by 30 September 2026, in 2023 prices"."""
        said = STAGES[self.worth.what] + (f" by {long_date(self.by)}" if self.by else "")
        said += f", {self.edition.named}" if self.edition else ""
        return said + (f", in {self.price_year} prices" if self.price_year else "")


@dataclass(frozen=True, slots=True)
class Side:
    """One side valued: a valuation for each edition, the lines by their id, and what a named edition leaves over."""

    asked: Asked
    as_of: date
    valuations: Mapping[str, Valuation]
    lines: Mapping[str, WorthLine]
    left: tuple[Left, ...]


def side(asked: Asked, of: Mapping[str, Edition], walks: Walks) -> Side:
    """This will value one side; `of` are the editions that the record's own lines were made under."""
    worth = asked.worth
    if asked.by is not None:
        kept = tuple(line for line in worth.lines if _had_come(line, asked.by))
        worth = replace(worth, as_of=asked.by, lines=kept)
    lines = {line.public_id: line for line in worth.lines}
    if asked.edition is not None:
        told = tell(worth, asked.edition, of, walks, asked.price_year)
        return Side(asked, worth.as_of, {asked.edition.reference: told.valuation}, lines, told.left)
    valuations = {
        reference: value(own, of[reference], as_of=worth.as_of, price_year=asked.price_year)
        for reference, own in lines_by_edition(worth).items()
    }
    return Side(asked, worth.as_of, valuations, lines, ())


def _had_come(line: WorthLine, by: date) -> bool:
    day = line.ends_on if line.is_entry else line.starts_on
    return day is not None and day <= by


def compared(before: Side, after: Side, of: Mapping[str, Edition]) -> list[Change]:
    """This will say what changed from one side to the other, edition by edition where both keep their own.

    Raises EditionNotSaid where one side has a named edition and the other several of its own.
    """
    if before.asked.edition is None and after.asked.edition is None:
        return [
            what_changed(*(_valuation(each, reference, of) for each in (before, after)))
            for reference in sorted({*before.valuations, *after.valuations})
        ]
    for each in (before, after):
        if each.asked.edition is None and len(each.valuations) > 1:
            raise EditionNotSaid(f"What is {each.asked.name.lower()} is under {len(each.valuations)} frameworks. "
                                 "Choose one framework for both sides, or none for both.")  # fmt: skip
    sides = [(each, next(iter(each.valuations), None)) for each in (before, after)]
    named = next(edition for each in (before, after) if (edition := each.asked.edition))
    known = {**of, named.reference: named}
    one, other = (_valuation(each, reference or named.reference, known) for each, reference in sides)
    return [what_changed(one, other)]


def _valuation(side: Side, reference: str, of: Mapping[str, Edition]) -> Valuation:
    """The valuation of a side under an edition; of nothing where it has no line of it."""
    return side.valuations.get(reference) or value(
        (), of[reference], as_of=side.as_of, price_year=side.asked.price_year
    )


# --- as shown -------------------------------------------------------------------------------------------------------


def apportioned(parts: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    """This will round parts to the penny so that they add to a whole that is shown, by largest remainder.

    The whole is a difference of two rounded amounts, so it may be up to a penny from the sum of the parts; that
    fraction goes to the largest of them.
    """
    if not parts:
        return []
    with localcontext(prec=200):
        held = list(parts)
        largest = max(range(len(held)), key=lambda index: abs(held[index]))
        held[largest] += whole - sum(parts, Decimal(0))
    return allocate(held)


def _apportioned(spans: Sequence[Span], whole: Span) -> list[Span]:
    """The same for spans: by their central amounts, or by both ends where there is none."""
    if whole.central is not None:
        shown = apportioned([each.central or Decimal(0) for each in spans], whole.central)
        return [Span(each, each, each) for each in shown]
    lows = apportioned([each.low for each in spans], whole.low)
    highs = apportioned([each.high for each in spans], whole.high)
    return [Span(low, None, high) for low, high in zip(lows, highs, strict=True)]


def _difference(before: Span, after: Span) -> Span:
    central = None if before.central is None or after.central is None else after.central - before.central
    return Span(after.low - before.low, central, after.high - before.high)


@dataclass(frozen=True, slots=True)
class ShownSet:
    """What one parameter set came to: when its lines begin, how much of it, what one is worth, and the amount."""

    year: str
    counted: str
    unit_value: str
    amount: str
    lines: str


@dataclass(frozen=True, slots=True)
class ShownLines:
    """The first lines of a measure on one side, and how many more there are."""

    lines: tuple[tuple[WorthLine, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ShownMeasure:
    """What one measure did to a part, as shown; its sets and lines before and after."""

    title: str
    amount: Span
    before: tuple[ShownSet, ...]
    after: tuple[ShownSet, ...]
    lines_before: ShownLines
    lines_after: ShownLines
    contribution: Contribution

    @property
    def written(self) -> str:
        """The amount with its sign."""
        return _signed(self.amount)


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One of the four parts as shown, and every measure that moved it; those add to it."""

    name: str
    words: str
    amount: Span
    measures: tuple[ShownMeasure, ...]

    @property
    def written(self) -> str:
        """The amount with its sign."""
        return _signed(self.amount)


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One total before and after as shown; the parts add to the difference to the penny."""

    change: Change
    total: TotalChange
    names: tuple[str, str]
    before: Span
    after: Span
    difference: Span
    parts: tuple[ShownPart, ...]

    @property
    def words(self) -> str:
        """What the total is: "Economic value, gross"."""
        stream = self.total.stream
        harm = " (harm)" if stream.direction == "harm" else ""
        ranged = ", published as a range" if stream.range_only else ""
        return f"{KINDS[stream.kind]}{harm}, {LEVEL_WORDS[stream.level]}{ranged}"

    @property
    def prices(self) -> str:
        """The year or years of its prices."""
        before, after = self.total.price_before, self.total.price_after
        if before == after:
            return prices_words(before, self.total.stream.price_year_type)
        return f"{before} prices before, {after} after"

    @property
    def editions(self) -> str:
        """The edition or editions it is told under."""
        named = [each.edition.named for each in (self.change.before, self.change.after)]
        return named[0] if named[0] == named[1] else " before, ".join(named) + " after"

    @property
    def is_changed(self) -> bool:
        """Whether anything moved, even where what moved it comes to nothing in all."""
        return any(part.measures for part in self.total.parts)

    @property
    def written(self) -> tuple[str, str, str]:
        """The amounts before and after, and the difference with its sign."""
        return written(self.before), written(self.after), _signed(self.difference)

    @property
    def finding(self) -> str:
        """What happened, in a sentence: "Economic value, gross, falls by £40.00, most of it by volume"."""
        central = self.difference.central
        if central is None:
            return f"{self.words}, moves by {_signed(self.difference)}"
        if not central:
            return f"{self.words}, is {money(self.after.central or Decimal(0))} both times: its parts cancel out"
        moved = [part for part in self.parts if part.amount.central]
        most = max(moved, key=lambda part: abs(part.amount.central or Decimal(0)))
        much = "most" if len(moved) > 1 else "all"
        way = "rises" if central > 0 else "falls"
        return f"{self.words}, {way} by {money(abs(central))}, {much} of it by {most.name.lower()}"

    @property
    def chart(self) -> WaterfallChart | None:
        """The waterfall from before to after; none for a total that is only a range."""
        if self.before.central is None or self.after.central is None:
            return None
        steps = tuple((part.name, part.amount.central) for part in self.parts if part.amount.central)
        return WaterfallChart(
            title=self.finding, unit="£", source=f"{self.editions}, {self.prices}", as_of=self.change.after.as_of,
            before=(self.names[0], self.before.central), steps=steps, after=(self.names[1], self.after.central),
        )  # fmt: skip


def _signed(span: Span) -> str:
    return f"+{written(span)}" if span.central is not None and span.central > 0 else written(span)


def shown_changes(changes: Iterable[Change], before: Side, after: Side) -> list[ShownChange]:
    """This will round what changed, total by total: parts add to the difference and measures to their part."""
    return [_shown(change, total, before, after) for change in changes for total in change.totals]


def _shown(change: Change, total: TotalChange, before: Side, after: Side) -> ShownChange:
    ends = rounded(total.before), rounded(total.after)
    difference = _difference(*ends)
    amounts = _apportioned([part.amount for part in total.parts], difference)
    parts = []
    for part, amount in zip(total.parts, amounts, strict=True):
        shares = _apportioned([each.amount for each in part.measures], amount)
        measures = tuple(
            _measure(each, share, change, before, after) for each, share in zip(part.measures, shares, strict=True)
        )
        parts.append(ShownPart(*PARTS[part.name], amount, measures))
    names = before.asked.name, after.asked.name
    return ShownChange(change, total, names, *ends, difference, tuple(parts))


def _measure(each: Contribution, amount: Span, change: Change, before: Side, after: Side) -> ShownMeasure:
    units = {
        id: measure.unit for side in (change.before, change.after) for id, measure in side.edition.measures.items()
    }
    one, other = ([_set(figure, units[each.measure]) for figure in held] for held in (each.before, each.after))
    return ShownMeasure(
        each.title, amount, tuple(one), tuple(other),
        _lines(change.before, each.measure, before) if one else ShownLines((), 0),
        _lines(change.after, each.measure, after) if other else ShownLines((), 0),
        each,
    )  # fmt: skip


def _set(figure: SetFigure, unit: str) -> ShownSet:
    return ShownSet(
        financial_year_name(figure.parameters.start_year), amount_in_unit(figure.quantity, unit),
        written(rounded(figure.unit)), written(rounded(figure.amount)), plural(figure.lines, "line"),
    )  # fmt: skip


def _lines(valuation: Valuation, measure: str, side: Side) -> ShownLines:
    held = [each for each in valuation.lines if each.measure.id == measure]
    shown = tuple(
        (side.lines[each.line.line], amount_in_unit(each.line.counted, each.measure.unit)) for each in held[:MOST_LINES]
    )
    return ShownLines(shown, len(held) - len(shown))


def still_parts(changes: Sequence[ShownChange]) -> list[tuple[str, str]]:
    """This will name the parts that moved none of these totals, each with its words."""
    moved = {part.name for each in changes for part in each.parts if part.measures}
    return [(name, words) for name, words in PARTS.values() if name not in moved]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One total as a row: before, each part that moved any of the totals, after and the difference, with headings.

    A cell is an amount, or the two ends of a range.
    """

    change: ShownChange
    cells: tuple[tuple[str, list[str]], ...]


def overview(changes: Sequence[ShownChange]) -> list[ChangeRow]:
    """This will set totals beside one another; a part that moved none of them has no column."""
    still = {name for name, _words in still_parts(changes)}
    rows = []
    for each in changes:
        before, after, difference = each.written
        parts = [(part.name, part.written if part.measures else "–") for part in each.parts if part.name not in still]
        ends = ((each.names[0], before), *parts, (each.names[1], after), ("Difference", difference))
        rows.append(ChangeRow(each, tuple((name, words.split(" to ")) for name, words in ends)))
    return rows


CHANGE_HEADINGS: Final = (
    "Row", "Framework before", "Framework after", "Kind of value", "Direction", "Level", "Price year before",
    "Price year after", "Before (£)", "After (£)", "Part", "Measure", "Change (£)", "Low of the change (£)",
    "High of the change (£)", "Side", "Quantity", "Worth of one unit (£)", "Amount (£)", "Lines",
)  # fmt: skip


def change_rows(changes: Sequence[ShownChange]) -> Iterator[tuple[Cell, ...]]:
    """This will write every total, its four parts, their measures, and the quantities and unit values behind those."""
    nothing: tuple[Cell, ...] = (None,) * 5
    for each in changes:
        stream, total = each.total.stream, each.total
        of: tuple[Cell, ...] = (
            each.change.before.edition.cited, each.change.after.edition.cited, stream.kind, stream.direction,
            stream.level, total.price_before, total.price_after,
        )  # fmt: skip
        yield ("total", *of, each.before.central, each.after.central, "", "", *_ends(each.difference), *nothing)
        for part in each.parts:
            yield ("part", *of, None, None, part.name, "", *_ends(part.amount), *nothing)
            for measure in part.measures:
                yield ("measure", *of, None, None, part.name, measure.title, *_ends(measure.amount), *nothing)
                for name, held in (("before", measure.contribution.before), ("after", measure.contribution.after)):
                    for figure in held:
                        unit, amount = figure.unit.central, rounded(figure.amount).central
                        yield (
                            "set", *of, None, None, part.name, measure.title, None, None, None, name, figure.quantity,
                            None if unit is None else round_half_up(unit), amount, figure.lines,
                        )  # fmt: skip


def _ends(span: Span) -> tuple[Cell, Cell, Cell]:
    return (span.central, None, None) if span.central is not None else (None, span.low, span.high)
