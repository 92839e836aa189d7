"""The sheet a chart or map is drawn on: shapes and texts as plain SVG, escaped, with positions to a tenth."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Literal

from commonweal.money import round_half_up

WIDE, NARROW = 720, 328
NAMES_BESIDE = 220
INK, QUIET, RULE, PAPER = "#0b0c0c", "#484949", "#cecece", "#ffffff"
Anchor = Literal["start", "middle", "end"]
_PATTERNS = {
    "slant": '<path d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke="{ink}" stroke-width="2"/>',
    "dots": '<circle cx="4" cy="4" r="1.5" fill="{ink}"/>',
    "cross": '<path d="M0 0L8 8M8 0L0 8" stroke="{ink}" stroke-width="1"/>',
    "lines": '<path d="M0 4H8" stroke="{ink}" stroke-width="2"/>',
}
#: Average advance of Inter in ems, a little generous, for wrapping and for keeping labels apart.
_ADVANCE = Decimal("0.58")


class Sheet:
    """Collects the shapes of one drawing, all text escaped, all positions to a tenth."""

    def __init__(self, width: int, uid: str) -> None:
        self.width = width
        self.uid = uid
        self._shapes: list[str] = []
        self._patterns: dict[str, str] = {}

    def text(
        self,
        x: Decimal | int,
        y: Decimal | int,
        words: str,
        *,
        anchor: Anchor = "start",
        fill: str = INK,
        bold: bool = False,
        size: int = 14,
    ) -> None:
        weight = ' font-weight="700"' if bold else ""
        self._shapes.append(
            f'<text x="{at(x)}" y="{at(y)}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"{weight}>'
            f"{escape(words)}</text>"
        )

    def shape(self, name: str, **attributes: object) -> None:
        given = "".join(
            f' {key.replace("_", "-")}="{escape(_attribute(v))}"' for key, v in attributes.items() if v is not None
        )
        self._shapes.append(f"<{name}{given}/>")

    def fill(self, paper: str, ink: str, pattern: str) -> str:
        """This will give the fill for a patterned area, adding its pattern to the sheet once."""
        if pattern == "plain":
            return paper
        key = f"{self.uid}-{pattern}-{paper[1:]}"
        self._patterns[key] = (
            f'<pattern id="{key}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{paper}"/>{_PATTERNS[pattern].format(ink=ink)}</pattern>'
        )
        return f"url(#{key})"

    def row_name(self, words: str, y: Decimal) -> tuple[Decimal, Decimal]:
        """This will write a row's name, beside its bar or above it on phones: the bar's top, and the name's foot."""
        lines = wrap(words, NAMES_BESIDE - 16 if self.width == WIDE else self.width)
        for n, line in enumerate(lines):
            self.text(0, y + 17 + 18 * n, line)
        return (y if self.width == WIDE else y + 18 * len(lines) + 6), y + 18 * len(lines)

    def line(self, places: Sequence[tuple[Decimal, Decimal] | None], colour: str, dash: str, radius: int) -> None:
        """This will draw a line with a dot at each place; None leaves a gap."""
        path = ""
        for before, place in zip((None, *places), places, strict=False):
            if place:
                path += f"{'L' if before else 'M'}{at(place[0])} {at(place[1])}"
        self.shape("path", d=path, fill="none", stroke=colour, stroke_width=3, stroke_dasharray=dash or None)
        for place in filter(None, places):
            self.shape("circle", cx=place[0], cy=place[1], r=radius, fill=PAPER, stroke=colour, stroke_width=2)

    def ward(self, rings: str, fill: str, title: str, href: str | None) -> None:
        """This will draw an outline with its title. Its link is for the pointer: the table beside holds the same."""
        shape = (
            f'<path d="{rings}" fill="{fill}" fill-rule="evenodd" stroke="{INK}" stroke-width="0.8">'
            f"<title>{escape(title)}</title></path>"
        )
        link = f'<a href="{escape(href or "")}" tabindex="-1" aria-label="{escape(title)}">{shape}</a>'
        self._shapes.append(link if href else shape)

    def finish(self, height: Decimal, title: str, description: str) -> str:
        patterns = f"<defs>{''.join(self._patterns.values())}</defs>" if self._patterns else ""
        # What holds links is a group of them: an image would hide them from those who hear the page.
        role = "group" if any(shape.startswith("<a ") for shape in self._shapes) else "img"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {at(height)}" width="{self.width}" '
            f'height="{at(height)}" role="{role}" aria-label="{escape(title)}" font-family="Inter, Arial, sans-serif">'
            f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{patterns}{''.join(self._shapes)}</svg>"
        )


def text_width(words: str, size: int = 14) -> int:
    """This will estimate how wide a text is, erring towards too wide."""
    return int(len(words) * size * _ADVANCE) + 1


def wrap(words: str, width: int, size: int = 14) -> list[str]:
    """This will break a label into lines of at most `width`, cutting a single word only when it must."""
    most = max(int(width / (size * _ADVANCE)), 4)
    lines: list[str] = []
    for word in words.split():
        while len(word) > most:
            lines.append(word[: most - 1] + "-")
            word = word[most - 1 :]
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines or [""]


def at(number: Decimal | int) -> str:
    """This will write a position to a tenth, the same on every machine."""
    tenth = round_half_up(Decimal(number), Decimal("0.1"))
    return f"{tenth.normalize():f}" if tenth else "0"


def _attribute(value: object) -> str:
    return at(value) if isinstance(value, Decimal) else str(value)
