"""How sure a worth is: the draws of each of its totals, what moves it, and what has no published range.

The draws are the engine's own (`engine.draws`); nothing is drawn or summed here. How they are to be read:
docs/explanation/ranges.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from commonweal.base.charts_spans import Swing, TornadoChart
from commonweal.base.exports import Cell
from commonweal.base.templatetags.figures import amount_in_unit, money, percentage, pounds, quantity
from commonweal.engine import draws as engine
from commonweal.engine.factors import EXACT
from commonweal.engine.model import Edition
from commonweal.engine.presentation import rounded
from commonweal.engine.totals import places_in
from commonweal.money import allocate
from commonweal.reporting.figures import STAGES, TotalKey, Worth, WorthTotal, key_of
from commonweal.reporting.presentation import LEVELS, kind_words, prices_of, written

#: The most draws, and the most draws times parameter sets, that a page makes while its reader waits.
MOST_DRAWS: Final = 10_000
MOST_WORK: Final = 2_000_000
#: A tornado of more spans than this says less than its table; what moves the total least is left out of the drawing.
MOST_SWINGS: Final = 10


class TooMuchToDraw(ValueError):
    """So many draws of so many parameter sets would keep the reader waiting; `most` can be made."""

    def __init__(self, sets: int) -> None:
        self.most = max(MOST_WORK // sets, 1)
        super().__init__(
            f"{sets:,} parameter sets can be drawn at most {self.most:,} times on a page. Ask for fewer draws, or "
            "narrow the figures; the command line draws any number."
        )


@dataclass(frozen=True, slots=True)
class RangedTheme:
    """What one theme brings to a total, as shown, and its points; the amounts of a total's themes add to it."""

    title: str
    amount: Decimal
    points: engine.Points


@dataclass(frozen=True, slots=True)
class RangedTotal:
    """One total with its draws; none where it is published as a range only, without a central figure to draw about.

    `themes` is empty where the total is of one theme, or has no points.
    """

    total: WorthTotal
    edition: Edition
    drawn: engine.DrawnTotal | None
    themes: tuple[RangedTheme, ...]

    @property
    def key(self) -> TotalKey:
        """What tells this total from others."""
        return self.total.key

    @property
    def is_drawn(self) -> bool:
        """Whether anything in the total has a published range, so that it has points."""
        return self.drawn is not None and self.drawn.p50 is not None


@dataclass(frozen=True, slots=True)
class Ranges:
    """The draws of every total of a worth; `missing` and `range_only` are titles of measures."""

    worth: Worth
    number: int
    seed: int
    target: Decimal | None
    totals: tuple[RangedTotal, ...]
    sets: int
    missing: tuple[str, ...]
    range_only: tuple[str, ...]

    @property
    def leading(self) -> RangedTotal | None:
        """The largest benefit that has points, else the largest harm that has."""
        drawn = [each for each in self.totals if each.is_drawn]
        order = [(each.key.direction == "harm", -(each.total.amount.central or Decimal(0))) for each in drawn]
        return drawn[order.index(min(order))] if drawn else None


def ranges(worth: Worth, *, number: int, seed: int, target: Decimal | None) -> Ranges:
    """This will draw every uncertain parameter of a worth, once in each of `number` draws.

    `target` is in GBP. Raises TooMuchToDraw, and DrawsRefused for a number or seed that cannot be.
    """
    sets = sum(
        1 for valuation in worth.valuations for part in valuation.parts if part.factor is not None and part.in_totals
    )
    if number * sets > MOST_WORK:
        raise TooMuchToDraw(sets)
    totals: list[RangedTotal] = []
    missing: set[str] = set()
    range_only: set[str] = set()
    for valuation in worth.valuations:
        held = engine.holdings(valuation, ["theme"])
        drawn = engine.draw(valuation, number=number, seed=seed, target=target, held=held)
        titles = {id: measure.title for id, measure in valuation.edition.measures.items()}
        missing |= {titles[id] for id in drawn.missing}
        range_only |= {titles[id] for id in drawn.range_only}
        for total in worth.totals:
            key = total.key
            if key.edition == valuation.edition.reference:
                same = key.direction, (key.kind, key.level, key.price_year, key.price_year_type, key.ranged)
                themes = _themes(worth, key, valuation.edition, {
                    group.by[0][1]: group.totals[same] for group in drawn.groups if same in group.totals
                })  # fmt: skip
                totals.append(RangedTotal(total, valuation.edition, drawn.totals.get(same), themes))
    return Ranges(worth, number, seed, target, tuple(totals), sets, tuple(sorted(missing)), tuple(sorted(range_only)))


def _themes(
    worth: Worth, key: TotalKey, edition: Edition, drawn: Mapping[str, engine.Points]
) -> tuple[RangedTheme, ...]:
    """What each theme brings to a total, in the order of the framework; nothing where one does, or nothing is drawn."""
    if len(drawn) < 2 or all(points.p50 is None for points in drawn.values()):
        return ()
    placed, amounts = places_in(edition), dict.fromkeys(drawn, Decimal(0))
    with localcontext(prec=EXACT):
        for line in worth.lines:
            if line.valued is not None and key_of(line, key.level) == key:
                span = line.valued.gross if key.level == "gross" else line.valued.net
                amounts[placed[line.valued.measure.id][0]] += span.central if span and span.central else Decimal(0)
    shown = dict(zip(amounts, allocate(list(amounts.values())), strict=True))
    return tuple(
        RangedTheme(theme.title, shown[theme.id], drawn[theme.id]) for theme in edition.themes if theme.id in drawn
    )


# --- as shown -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownRange:
    """One total as a row: its words, what is not known of it, and its cells, each with its heading."""

    words: str
    under: str
    without: str
    cells: tuple[tuple[str, str], ...]


def range_headings(found: Ranges | None) -> tuple[str, ...]:
    """This will give the headings of the figures of each total, or of each part of one."""
    target = (
        () if found is None or found.target is None else (f"Chance of {amount_in_unit(found.target, '£')} or more",)
    )
    return ("Central", "5% point", "50% point", "95% point", *target)


def range_rows(found: Ranges) -> list[ShownRange]:
    """This will write each total, its central amount to the penny and its points to the pound, or why it has none."""
    several = len({each.edition.reference for each in found.totals}) > 1
    return [_row(each, range_headings(found), several) for each in found.totals]


def _row(each: RangedTotal, headings: tuple[str, ...], several: bool) -> ShownRange:
    key, drawn = each.key, each.drawn
    named = f", {each.edition.named}" if several else ""
    cells = [written(rounded(each.total.amount)), *_points(drawn)]
    if len(headings) > len(cells):
        cells.append(_chance(drawn.above) if drawn and drawn.above is not None else "–")
    if drawn is None:
        without = "Published as a range only, with no central figure to draw about"
    elif not each.is_drawn:
        without = "Nothing in this total has a published range, so how sure it is cannot be said"
    elif drawn.without_range:
        without = _without(drawn)
    else:
        without = "All of it has a published range"
    under = f"{LEVELS[key.level].capitalize()}, {prices_of(key)}{named}"
    return ShownRange(kind_words(key), under, without, tuple(zip(headings, cells, strict=True)))


def theme_rows(each: RangedTotal) -> list[ShownRange]:
    """This will write what each theme brings to a total, its points to the pound."""
    return [
        ShownRange(
            theme.title, "", _without(theme.points) if theme.points.without_range else "",
            tuple(zip(range_headings(None), [money(theme.amount), *_points(theme.points)], strict=True)),
        )
        for theme in each.themes
    ]  # fmt: skip


def _points(drawn: engine.DrawnTotal | engine.Points | None) -> list[str]:
    points = (drawn.p05, drawn.p50, drawn.p95) if drawn else (None,) * 3
    return ["–" if point is None else pounds(point) for point in points]


def _without(drawn: engine.DrawnTotal | engine.Points) -> str:
    """What is not known of a total of which something is."""
    return f"{percentage(drawn.without_range)} of it rests on values without a published range, held still"


def _chance(share: Decimal) -> str:
    """The share of draws that reach the target; never certain, for a draw is not the world."""
    return {Decimal(0): "in no draw", Decimal(1): "in every draw"}.get(share) or percentage(share)


def tornado(found: Ranges, each: RangedTotal) -> TornadoChart | None:
    """This will chart how far each parameter alone moves a total; None where nothing in it has a range."""
    if each.drawn is None or not each.drawn.swings or each.total.amount.central is None:
        return None
    first, *_rest = swings = each.drawn.swings
    shown = swings[:MOST_SWINGS]
    left = len(swings) - len(shown)
    words = f"{LEVELS[each.key.level]} {kind_words(each.key).lower()}"
    still = each.drawn.without_range
    said = [f"{left} parameters that move it less" if left else "",
            f"{percentage(still)} of the total, which has no published range" if still else ""]  # fmt: skip
    return TornadoChart(
        title=f"“{first.parameter.name}” alone moves the {words} from {pounds(first.low)} to {pounds(first.high)}"
        + (", the most of any" if len(swings) > 1 else ""),
        unit="£",
        source=f"{each.edition.named}, {prices_of(each.key)}; {found.number:,} draws of "
        f"each parameter, seed {found.seed}, all others central",
        as_of=found.worth.as_of,
        left_out=" and ".join(filter(None, said)),
        central=rounded(each.total.amount).central or Decimal(0),
        swings=tuple(
            Swing(swing.parameter.name, swing.low, swing.high, (_published(swing.parameter), percentage(swing.share)))
            for swing in shown
        ),
        headings=("Total at its 5% point", "Total at its 95% point", "Its published range", "Share of the spread"),
    )


def _published(parameter: engine.Parameter) -> str:
    """The range of a parameter as published: a value in pounds, a rate in percent; a multiplier as it is."""

    def say(number: Decimal) -> str:
        if parameter.id.startswith("value "):
            return money(number)
        return quantity(number) if parameter.id.endswith(" multiplier") else f"{quantity(number * 100)}%"

    return f"{say(parameter.low)} to {say(parameter.high)}, central {say(parameter.central)}"


RANGE_HEADINGS: Final = (
    "Row", "Theme", "Stage", "Kind of value", "Direction", "Level", "Price year", "Edition", "Central (£)", "5% point (£)",
    "50% point (£)", "95% point (£)", "Target (£)", "Chance of the target", "Share without a range", "Parameter",
    "Its low", "Its central", "Its high", "Distribution", "Total at its 5% point (£)", "Total at its 95% point (£)",
    "Share of the spread", "Draws", "Seed", "Parameter sets", "As of",
)  # fmt: skip


def range_export(found: Ranges) -> Iterator[tuple[Cell, ...]]:
    """This will write a row for every total, one for each of its themes, and one for every parameter that moves it."""
    ends: tuple[Cell, ...] = (found.number, found.seed, found.sets, found.worth.as_of)
    nothing: tuple[Cell, ...] = (None,) * 8
    for each in found.totals:
        key, drawn = each.key, each.drawn
        of: tuple[Cell, ...] = (
            STAGES[found.worth.what], key.kind, key.direction, key.level, key.price_year, each.edition.cited,
        )  # fmt: skip
        central = rounded(each.total.amount).central
        points: tuple[Cell, ...] = (None,) * 6
        if drawn is not None:
            points = (drawn.p05, drawn.p50, drawn.p95, found.target, drawn.above, drawn.without_range)
        yield ("total", "", *of, central, *points, *nothing, *ends)
        for theme in each.themes:
            own = theme.points
            yield (
                "theme", theme.title, *of, theme.amount, own.p05, own.p50, own.p95, None, None, own.without_range,
                *nothing, *ends,
            )  # fmt: skip
        for swing in drawn.swings if drawn else ():
            parameter = swing.parameter
            yield (
                "parameter", "", *of, central, *(None,) * 6, parameter.name, parameter.low, parameter.central,
                parameter.high, parameter.distribution, swing.low, swing.high, swing.share, *ends,
            )  # fmt: skip
