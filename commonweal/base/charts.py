"""Charts as plain SVG: bars, stacked bars, lines with a range, small multiples.

The title is the finding, in a sentence. Numbers and names are written where they belong, not in a key; nothing is
carried by colour alone; the same figures stand in `table()`. Output depends on the content only, uses presentation
attributes (no style) and escapes every text. Each chart has a wide drawing (720) and one for phones (328).
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from commonweal.base.charts_sheet import (
    INK,
    NAMES_BESIDE,
    NARROW,
    PAPER,
    QUIET,
    RULE,
    WIDE,
    Anchor,
    Sheet,
    at,
    text_width,
)
from commonweal.base.templatetags.figures import long_date, short_in_unit
from commonweal.base.welsh import say

BENEFIT, HARM = "#1d70b8", "#b04a00"
LINES = (BENEFIT, INK, HARM, QUIET)
DASHES = ("", "7 4", "2 3", "10 3 2 3")
#: Fills of stacked parts, each told from the next by its pattern and its darkness: (paper, ink, pattern).
SHADES = (
    ("#0f385c", "#0f385c", "plain"),
    ("#9dc3e6", "#1d70b8", "slant"),
    ("#1d70b8", "#ffffff", "dots"),
    ("#dbe9f6", "#1d70b8", "plain"),
    ("#ffffff", "#484949", "cross"),
)


class ChartNotHonest(ValueError):
    """This will say what a chart lacks: a finding, a source, or figures that go together."""


@dataclass(frozen=True)
class Table:
    """The figures of a drawing: headings, and rows whose first cell is a name and whose others are as written."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Chart(ABC):
    """What every chart says: the finding, the unit, where it comes from, its date and what it leaves out."""

    title: str
    unit: str
    source: str
    as_of: date
    left_out: str = ""

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.source.strip():
            raise ChartNotHonest("A chart has a title that states its finding, and a source.")

    def beneath(self, lang: str = "en") -> str:
        """This will give the line beneath the chart: source, date and what is left out."""
        words = [say("Source: {source}.", lang, source=self.source.rstrip(".")), f"{long_date(self.as_of, lang)}."]
        if self.left_out:
            words.append(say("Left out: {what}.", lang, what=self.left_out.rstrip(".")))
        return " ".join(words)

    @abstractmethod
    def table(self, lang: str = "en") -> Table:
        """This will give the figures of the chart, as they are written in it."""

    def svg(self, lang: str = "en") -> str:
        """This will draw the chart 720 wide."""
        return self._drawing(WIDE, lang)

    def svg_narrow(self, lang: str = "en") -> str:
        """This will draw the chart 328 wide, for phones."""
        return self._drawing(NARROW, lang)

    def _drawing(self, width: int, lang: str) -> str:
        table = self.table(lang)
        description = "; ".join(
            f"{row[0]}: " + ", ".join(
                f"{heading} {cell}" if len(row) > 2 else cell
                for heading, cell in zip(table.headings[1:], row[1:], strict=True)
            )
            for row in table.rows
        )  # fmt: skip
        sheet = Sheet(width, hashlib.sha256(f"{width}{self!r}{lang}".encode()).hexdigest()[:10])
        return sheet.finish(self.draw(sheet, lang), self.title, description)

    @abstractmethod
    def draw(self, sheet: Sheet, lang: str) -> Decimal:
        """This will draw onto a sheet and give the height used."""

    def written(self, number: Decimal | None, lang: str) -> str:
        return say("No figure", lang) if number is None else short_in_unit(number, self.unit)


@dataclass(frozen=True)
class Bar:
    """One bar: None is no figure; a harm is drawn to the left in its own pattern; a target is a black mark."""

    label: str
    value: Decimal | None
    target: Decimal | None = None
    direction: Literal["benefit", "harm"] = "benefit"


@dataclass(frozen=True, kw_only=True)
class BarChart(Chart):
    """Bars from the left, each with its name and its number, and a mark for its target."""

    bars: tuple[Bar, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(n for bar in self.bars for n in (bar.value, bar.target))
        if any(n is not None and n < 0 for bar in self.bars for n in (bar.value, bar.target)):
            raise ChartNotHonest("Bars are never below 0: what goes the other way is a harm.")

    def table(self, lang: str = "en") -> Table:
        has_target = any(bar.target is not None for bar in self.bars)
        headings = ("", self.unit, *((say("Target", lang),) if has_target else ()))
        return Table(
            headings,
            tuple(
                (
                    self._name(bar, lang),
                    self.written(bar.value, lang),
                    *((self.written(bar.target, lang),) if has_target else ()),
                )
                for bar in self.bars
            ),
        )

    def draw(self, sheet: Sheet, lang: str) -> Decimal:
        wide = sheet.width == WIDE
        left = Decimal(NAMES_BESIDE if wide else 0)
        right_room, right = self._side("benefit", lang, wide)
        left_room, longest_harm = self._side("harm", lang, wide)
        room = sheet.width - left - left_room - right_room
        scale = room / ((longest_harm + right) or Decimal(1))
        zero = left + left_room + longest_harm * scale
        y = Decimal(4)
        for bar in self.bars:
            top, least = sheet.row_name(self._name(bar, lang), y)
            if not wide:
                sheet.text(0, top + 12, self._number(bar, lang), bold=True)
                top += 22
            self._draw_bar(sheet, bar, top, zero, scale)
            if wide:
                far = max(bar.value or Decimal(0), bar.target or Decimal(0)) * scale + 8
                harm = bar.direction == "harm"
                x = zero - far if harm else zero + far
                sheet.text(x, top + 17, self._number(bar, lang), anchor="end" if harm else "start", bold=True)
            sheet.shape("path", d=f"M{at(zero)} {at(top - 4)}v32", stroke=INK, stroke_width=1)
            y = max(top + 24, least) + (12 if wide else 18)
        return y

    def _side(self, direction: str, lang: str, wide: bool) -> tuple[Decimal, Decimal]:
        """The room that one side's numbers need, and its greatest figure."""
        bars = [bar for bar in self.bars if bar.direction == direction]
        words = max((text_width(self._number(bar, lang)) + 14 for bar in bars), default=0) if wide else 2
        return Decimal(words), max((n for b in bars for n in (b.value, b.target) if n is not None), default=Decimal(0))

    def _draw_bar(self, sheet: Sheet, bar: Bar, top: Decimal, zero: Decimal, scale: Decimal) -> None:
        towards = -1 if bar.direction == "harm" else 1
        if bar.value is not None:
            length = bar.value * scale
            fill = sheet.fill(HARM, PAPER, "lines") if towards < 0 else BENEFIT
            sheet.shape("rect", x=zero - (length if towards < 0 else 0), y=top, width=length, height=24, fill=fill)
        if bar.target is not None:
            mark = f"M{at(zero + towards * bar.target * scale)} {at(top - 3)}v30"
            sheet.shape("path", d=mark, stroke=PAPER, stroke_width=6)
            sheet.shape("path", d=mark, stroke=INK, stroke_width=3)

    def _number(self, bar: Bar, lang: str) -> str:
        number = self.written(bar.value, lang)
        if bar.target is None:
            return number
        return f"{number} ({say('target {number}', lang, number=self.written(bar.target, lang))})"

    def _name(self, bar: Bar, lang: str) -> str:
        return f"{bar.label} ({say('harm', lang)})" if bar.direction == "harm" else bar.label


@dataclass(frozen=True, kw_only=True)
class StackedBars(Chart):
    """Bars made of the same parts in the same order (at most five), which may rightly be added together."""

    parts: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Decimal, ...]], ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(n for _, values in self.rows for n in values)
        if not 2 <= len(self.parts) <= len(SHADES) or any(len(values) != len(self.parts) for _, values in self.rows):
            raise ChartNotHonest("Stacked bars have two to five parts, the same in every row.")
        if any(n < 0 for _, values in self.rows for n in values):
            raise ChartNotHonest("The parts of a stacked bar are never below 0.")

    def table(self, lang: str = "en") -> Table:
        return Table(
            ("", *self.parts, say("Total", lang)),
            tuple(
                (name, *(self.written(n, lang) for n in (*values, sum(values, Decimal(0)))))
                for name, values in self.rows
            ),
        )

    def draw(self, sheet: Sheet, lang: str) -> Decimal:
        totals = [sum(values, Decimal(0)) for _, values in self.rows]
        left = Decimal(NAMES_BESIDE if sheet.width == WIDE else 0)
        room = sheet.width - left - max((text_width(self.written(n, lang)) for n in totals), default=0) - 16
        scale = room / max(totals) if any(totals) else Decimal(0)
        y = self._draw_names(sheet, left)
        for (name, values), total in zip(self.rows, totals, strict=True):
            top, least = sheet.row_name(name, y)
            x = left
            for value, shade in zip(values, SHADES, strict=False):
                if value:
                    sheet.shape("rect", x=x, y=top, width=value * scale, height=26, fill=sheet.fill(*shade),
                                stroke=INK, stroke_width="0.75")  # fmt: skip
                    self._draw_inside(sheet, x, top, value * scale, self.written(value, lang))
                x += value * scale
            sheet.text(x + 7, top + 18, self.written(total, lang), bold=True)
            y = max(top + 26, least) + 14
        return y

    def _draw_inside(self, sheet: Sheet, x: Decimal, top: Decimal, length: Decimal, words: str) -> None:
        needed = text_width(words, 13) + 10
        if length >= needed + 4:
            middle = x + length / 2
            sheet.shape("rect", x=middle - Decimal(needed) / 2, y=top + 4, width=needed, height=18, fill=PAPER)
            sheet.text(middle, top + 17, words, anchor="middle", size=13)

    def _draw_names(self, sheet: Sheet, left: Decimal) -> Decimal:
        x, y = left, Decimal(4)
        for name, shade in zip(self.parts, SHADES, strict=False):
            needed = 22 + text_width(name) + 16
            if x > left and x + needed > sheet.width:
                x, y = left, y + 24
            sheet.shape("rect", x=x, y=y, width=16, height=16, fill=sheet.fill(*shade), stroke=INK, stroke_width="0.75")
            sheet.text(x + 22, y + 13, name)
            x += needed
        return y + 34


@dataclass(frozen=True)
class Point:
    """One point of a line: its period as written, its value (None leaves a gap) and its range, if any."""

    period: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Series:
    """One line with its name, which is written at its end."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class LineChart(Chart):
    """One to four lines over the same periods, from 0 upwards, with a band for the range and a target if any."""

    series: tuple[Series, ...]
    target: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self._numbers())
        if not 1 <= len(self.series) <= 4 or len({tuple(p.period for p in s.points) for s in self.series}) != 1:
            raise ChartNotHonest("A line chart has one to four lines over the same periods.")
        if any(n < 0 for n in self._numbers()):
            raise ChartNotHonest("Lines are drawn from 0 upwards.")

    def _numbers(self) -> list[Decimal]:
        found = [n for s in self.series for p in s.points for n in (p.value, p.low, p.high)] + [self.target]
        return [n for n in found if n is not None]

    def table(self, lang: str = "en") -> Table:
        headings, columns = [say("Period", lang)], [[point.period for point in self.series[0].points]]
        for line in self.series:
            headings.append(line.name)
            columns.append([self.written(point.value, lang) for point in line.points])
            if any(point.low is not None for point in line.points):
                for word, ends in (
                    ("Lowest", [p.low for p in line.points]),
                    ("Highest", [p.high for p in line.points]),
                ):
                    headings.append(f"{line.name}: {say(word, lang).lower()}")
                    columns.append([self.written(n, lang) for n in ends])
        if self.target is not None:
            headings.append(say("Target", lang))
            columns.append([self.written(self.target, lang)] * len(columns[0]))
        return Table(tuple(headings), tuple(zip(*columns, strict=True)))

    def draw(self, sheet: Sheet, lang: str) -> Decimal:
        wide = sheet.width == WIDE
        greatest = max(self._numbers(), default=Decimal(0)) or Decimal(1)
        highest = self.written(greatest, lang)
        left = Decimal(text_width(highest, 13) + 8)
        right = Decimal(sheet.width - (max(text_width(line.name) for line in self.series) + 14 if wide else 4))
        top, base, points = Decimal(14), Decimal(240), self.series[0].points
        gap = (right - left - 12) / max(len(points) - 1, 1)

        def place(n: int, value: Decimal | None) -> tuple[Decimal, Decimal] | None:
            return None if value is None else (left + 6 + gap * n, base - (base - top) * value / greatest)

        for words, level in ((highest, top), (self.written(Decimal(0), lang), base)):
            sheet.shape("path", d=f"M{at(left)} {at(level)}H{at(right)}", stroke=RULE if level == top else INK)
            sheet.text(left - 8, level + 5, words, anchor="end", fill=QUIET, size=13)
        ends_only = gap < max(text_width(point.period, 13) for point in points) + 10
        for n, point in enumerate(points):
            if not ends_only or n in (0, len(points) - 1):
                anchor: Anchor = "start" if n == 0 else "end" if n == len(points) - 1 else "middle"
                x = left if n == 0 else right if n == len(points) - 1 else left + 6 + gap * n
                sheet.text(x, base + 20, point.period, anchor=anchor, fill=QUIET, size=13)
        names: list[tuple[Decimal, str, str]] = []
        for line, colour, dash in zip(self.series, LINES, DASHES, strict=False):
            band = [(place(n, p.high), place(n, p.low)) for n, p in enumerate(line.points) if p.low is not None]
            outline = [high for high, _ in band if high] + [low for _, low in reversed(band) if low]
            if len(outline) > 2:
                d = "M" + "L".join(f"{at(x)} {at(y)}" for x, y in outline) + "Z"
                sheet.shape("path", d=d, fill=sheet.fill(PAPER, "#9dc3e6", "slant"), stroke="#9dc3e6")
            places = [place(n, point.value) for n, point in enumerate(line.points)]
            sheet.line(places, colour, dash, 4)
            names.append((next((p[1] for p in reversed(places) if p), base), line.name, colour))
        if self.target is not None:
            level = base - (base - top) * self.target / greatest
            sheet.shape(
                "path", d=f"M{at(left)} {at(level)}H{at(right)}", stroke=INK, stroke_width=2, stroke_dasharray="2 4"
            )
            words = say("target {number}", lang, number=self.written(self.target, lang))
            sheet.text(left + 6, level - 7, words, size=13)
        level = base + 30
        if wide:
            level = Decimal(-99)
            for end, name, colour in sorted(names):
                level = max(end + 5, level + 18)
                sheet.text(right + 8, level, name, fill=colour, bold=True)
        else:
            for (_, name, colour), dash in zip(names, DASHES, strict=False):
                level += 22
                sheet.shape(
                    "path", d=f"M0 {at(level - 5)}h28", stroke=colour, stroke_width=3, stroke_dasharray=dash or None
                )
                sheet.text(36, level, name)
        return max(base + 32, level + 10)


@dataclass(frozen=True, kw_only=True)
class SmallMultiples(Chart):
    """The same small line for several places or departments, over the same periods and all on one scale."""

    panels: tuple[Series, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(point.value for panel in self.panels for point in panel.points)
        if len({tuple(point.period for point in panel.points) for panel in self.panels}) != 1:
            raise ChartNotHonest("Small multiples show the same periods in every panel.")

    def table(self, lang: str = "en") -> Table:
        periods = tuple(point.period for point in self.panels[0].points)
        rows = tuple((p.name, *(self.written(point.value, lang) for point in p.points)) for p in self.panels)
        return Table(("", *periods), rows)

    def draw(self, sheet: Sheet, lang: str) -> Decimal:
        across = 3 if sheet.width == WIDE else 1
        width = Decimal(sheet.width - 24 * (across - 1)) / across
        numbers = [point.value for panel in self.panels for point in panel.points if point.value is not None]
        greatest = max(numbers, default=Decimal(0)) or Decimal(1)
        base = Decimal(0)
        for n, panel in enumerate(self.panels):
            x, base, points = (width + 24) * (n % across), Decimal(176) * (n // across) + 132, panel.points
            gap = (width - 16) / max(len(points) - 1, 1)
            sheet.text(x, base - 116, panel.name, bold=True)
            sheet.shape("path", d=f"M{at(x)} {at(base)}h{at(width)}", stroke=INK)
            places = [None if p.value is None else (x + 8 + gap * i, base - 76 * p.value / greatest)
                      for i, p in enumerate(points)]  # fmt: skip
            sheet.line(places, BENEFIT, "", 3)
            known = [i for i, place in enumerate(places) if place]
            for i in sorted({known[0], known[-1]}) if known else ():
                (px, py), early = places[i] or (x, base), i < len(points) / 2
                number = self.written(points[i].value, lang)
                sheet.text(px - 6 if early else px + 6, py - 10, number, anchor="start" if early else "end", size=13)
            if not known:
                sheet.text(x, base - 12, say("Nothing recorded here yet", lang), fill=QUIET, size=13)
            sheet.text(x, base + 18, points[0].period, fill=QUIET, size=13)
            sheet.text(x + width, base + 18, points[-1].period, anchor="end", fill=QUIET, size=13)
        return base + 30


def _check(numbers: Iterable[Decimal | None]) -> None:
    for number in numbers:
        if number is not None and not (isinstance(number, Decimal) and number.is_finite()):
            raise ChartNotHonest("A chart is drawn from exact decimals.")
