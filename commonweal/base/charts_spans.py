"""Charts of spans, for staff: a waterfall leads from one amount to another by its steps, and a tornado shows how far each
thing moves an amount.

Each span has its name beside it, or above it on phones, and its number written at it. Rising and falling are told by
the sign and the pattern as well as by the colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from commonweal.base.charts import BENEFIT, HARM, Chart, ChartNotHonest, Table
from commonweal.base.charts_sheet import INK, NAMES_BESIDE, PAPER, QUIET, RULE, WIDE, Sheet, at, text_width

#: A span is drawn at least this wide, so that a small one is still seen.
_LEAST = Decimal("1.5")


@dataclass(frozen=True, kw_only=True)
class WaterfallChart(Chart):
    """From one amount to another by steps that add up exactly to the difference; each is (name, amount)."""

    before: tuple[str, Decimal]
    steps: tuple[tuple[str, Decimal], ...]
    after: tuple[str, Decimal]

    def __post_init__(self) -> None:
        super().__post_init__()
        with localcontext(prec=60):
            if self.before[1] + sum((amount for _name, amount in self.steps), Decimal(0)) != self.after[1]:
                raise ChartNotHonest("The steps of a waterfall add up to the difference between its ends.")

    def table(self, lang: str = "en") -> Table:
        """This will give the two ends and, between them, each step with its sign."""
        return Table(
            ("Part", self.unit),
            (
                (self.before[0], self.written(self.before[1], lang)),
                *((name, self._step(amount, lang)) for name, amount in self.steps),
                (self.after[0], self.written(self.after[1], lang)),
            ),
        )

    def _step(self, amount: Decimal, lang: str) -> str:
        return f"{'+' if amount > 0 else ''}{self.written(amount, lang)}"

    def draw(self, sheet: Sheet, lang: str) -> Decimal:
        """This will draw one row for each end and each step, a thin line leading from each to the next."""
        wide = sheet.width == WIDE
        rows: list[tuple[str, Decimal, Decimal, str, str]] = []
        running = self.before[1]
        rows.append((self.before[0], Decimal(0), running, self.written(running, lang), INK))
        for name, amount in self.steps:
            colour = sheet.fill(BENEFIT, PAPER, "slant") if amount > 0 else sheet.fill(HARM, PAPER, "lines")
            rows.append((name, running, running + amount, self._step(amount, lang), colour))
            running += amount
        rows.append((self.after[0], Decimal(0), running, self.written(running, lang), INK))
        left = Decimal(NAMES_BESIDE if wide else 0)
        room = sheet.width - left - (max(text_width(row[3]) for row in rows) + 14 if wide else 2)
        lowest = min(Decimal(0), *(min(row[1], row[2]) for row in rows))
        scale = room / ((max(max(row[1], row[2]) for row in rows) - lowest) or Decimal(1))
        y, foot = Decimal(4), Decimal(0)
        for number, (name, start, end, words, colour) in enumerate(rows):
            top, least = sheet.row_name(name, y)
            if not wide:
                sheet.text(0, top + 12, words, bold=True)
                top += 22
            if number:
                x = left + (start - lowest if 0 < number < len(rows) - 1 else end - lowest) * scale
                sheet.shape("path", d=f"M{at(x)} {at(foot)}V{at(top)}", stroke=QUIET, stroke_width=1)
            x = left + (min(start, end) - lowest) * scale
            length = max(abs(end - start) * scale, _LEAST)
            sheet.shape("rect", x=min(x, sheet.width - _LEAST), y=top, width=length, height=24, fill=colour)
            if wide:
                sheet.text(x + length + 8, top + 17, words, bold=True)
            foot = top + 24
            y = max(foot, least) + (12 if wide else 16)
        return y


@dataclass(frozen=True)
class Swing:
    """The name of one thing, and the amount with it at its low and at its high point and all else as it is.

    `more` is what the table says of it besides.
    """

    name: str
    low: Decimal
    high: Decimal
    more: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TornadoChart(Chart):
    """How far each thing moves one amount to either side, what moves it most first; the scale need not begin at 0.

    `headings` are those of the table: of the low and the high point, and of what each says besides.
    """

    central: Decimal
    swings: tuple[Swing, ...]
    headings: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.swings or any(swing.low > swing.high for swing in self.swings):
            raise ChartNotHonest("A tornado has at least one span, each from low to high.")
        if any(len(swing.more) + 2 != len(self.headings) for swing in self.swings):
            raise ChartNotHonest("Every cell of a tornado's table has its heading.")

    def table(self, lang: str = "en") -> Table:
        """This will give each thing with the amount at its low and at its high point."""
        rows = (
            (each.name, self.written(each.low, lang), self.written(each.high, lang), *each.more) for each in self.swings
        )
        return Table(("What varies", *self.headings), tuple(rows))

    def draw(self, sheet: Sheet, lang: str) -> Decimal:
        """This will draw a span for each thing, about the central amount, with its two amounts written at its ends."""
        wide = sheet.width == WIDE
        written = [(self.written(each.low, lang), self.written(each.high, lang)) for each in self.swings]
        left = Decimal(NAMES_BESIDE + max(text_width(low) for low, _high in written) + 8 if wide else 0)
        right = Decimal(sheet.width - (max(text_width(high) for _low, high in written) + 8 if wide else 0))
        least = min(self.central, *(each.low for each in self.swings))
        scale = (right - left) / ((max(self.central, *(each.high for each in self.swings)) - least) or Decimal(1))
        middle = left + (self.central - least) * scale
        words = f"central {self.written(self.central, lang)}"
        half = Decimal(text_width(words, 13)) / 2
        sheet.text(max(half, min(middle, sheet.width - half)), 13, words, anchor="middle", fill=QUIET, size=13)
        y = Decimal(26)
        for each, (low, high) in zip(self.swings, written, strict=True):
            top, foot = sheet.row_name(each.name, y)
            if not wide:
                sheet.text(0, top + 12, f"{low} to {high}", bold=True)
                top += 22
            x, end = left + (each.low - least) * scale, left + (each.high - least) * scale
            length = max(end - x, _LEAST)
            sheet.shape("path", d=f"M{at(left)} {at(top + 12)}H{at(right)}", stroke=RULE)
            fill = sheet.fill("#9dc3e6", BENEFIT, "slant")
            sheet.shape("rect", x=min(x, sheet.width - _LEAST), y=top, width=length, height=24, fill=fill,
                        stroke=BENEFIT, stroke_width=1)  # fmt: skip
            sheet.shape("path", d=f"M{at(middle)} {at(top - 4)}v32", stroke=INK, stroke_width=2)
            if wide:
                sheet.text(x - 8, top + 17, low, anchor="end", bold=True)
                sheet.text(end + 8, top + 17, high, bold=True)
            y = max(top + 24, foot) + (12 if wide else 18)
        return y
