"""Ward maps as plain SVG: five steps of one colour, a hatch where there is no figure, and a table beside.

A ward's number on the map is its number in the table, highest figure first; its colour says how much.

Geometry is GeoJSON (Polygon or MultiPolygon, WGS84 degrees), drawn with longitudes shrunk by the cosine of the middle
latitude: right enough for one council, and the same on every machine to a tenth of a unit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from commonweal.base.charts import Chart, ChartNotHonest, Table
from commonweal.base.charts_sheet import INK, PAPER, QUIET, Sheet, at
from commonweal.base.welsh import say, welsh_sort_key

STEPS = ("#eaf2fa", "#b8d3ec", "#7fb0dc", "#2f7cbf", "#0f385c")


@dataclass(frozen=True)
class Ward:
    """One ward: code, name, GeoJSON geometry, its figure (None when there is none) and the page it opens."""

    code: str
    name: str
    geometry: Mapping[str, Any]
    value: Decimal | None
    href: str | None = None


@dataclass(frozen=True, kw_only=True)
class WardMap(Chart):
    """Wards in five steps. Equal figures share a step; each step holds as near a fifth of the wards as that allows."""

    wards: tuple[Ward, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.wards:
            raise ChartNotHonest("A map has wards.")
        for ward in self.wards:
            if ward.value is not None and not (isinstance(ward.value, Decimal) and ward.value.is_finite()):
                raise ChartNotHonest(f"{ward.name}: a map is drawn from exact decimals.")
            if ward.geometry.get("type") not in ("Polygon", "MultiPolygon"):
                raise ChartNotHonest(f"{ward.name}: the geometry is neither a Polygon nor a MultiPolygon.")

    @cached_property
    def ranked(self) -> tuple[tuple[int | None, Ward], ...]:
        """Step from 1 (low) to 5 (high), and ward, in the order of the table; those without a figure last."""
        known = [ward for ward in self.wards if ward.value is not None]
        values = sorted(ward.value for ward in known if ward.value is not None)
        placed: list[tuple[int | None, Ward]] = []
        for ward in sorted(known, key=lambda w: (-(w.value or Decimal(0)), welsh_sort_key(w.name))):
            below = sum(value < (ward.value or Decimal(0)) for value in values)
            placed.append((below * len(STEPS) // len(values) + 1, ward))
        unknown = sorted((w for w in self.wards if w.value is None), key=lambda w: welsh_sort_key(w.name))
        return tuple(placed) + tuple((None, ward) for ward in unknown)

    def table(self, lang: str = "en") -> Table:
        headings = (say("Ward", lang), say("Number", lang), self.unit)
        rows = enumerate((ward for _, ward in self.ranked), start=1)
        return Table(headings, tuple((ward.name, str(n), self.written(ward.value, lang)) for n, ward in rows))

    def links(self) -> tuple[str | None, ...]:
        """This will give the page of each row of the table."""
        return tuple(ward.href for _, ward in self.ranked)

    def key(self, lang: str = "en") -> list[dict[str, str]]:
        """This will give the steps in use, highest first: `fill` and the lowest to highest figure in `words`."""
        entries = []
        for step in range(len(STEPS), 0, -1):
            inside = [w.value for s, w in self.ranked if s == step and w.value is not None]
            if inside:
                low, high = self.written(min(inside), lang), self.written(max(inside), lang)
                words = low if low == high else say("{low} to {high}", lang, low=low, high=high)
                entries.append({"fill": STEPS[step - 1], "words": words})
        if any(ward.value is None for ward in self.wards):
            entries.append({"fill": "", "words": say("No figure", lang)})
        return entries

    def note(self, lang: str = "en") -> str:
        """This will say what the numbers and the colours of the map are."""
        return say("The number on a ward is its number in the table. Its colour is for how many: {unit}.", lang,
                   unit=self.unit)  # fmt: skip

    def draw(self, sheet: Sheet, lang: str) -> Decimal:
        project, height = self._projection(sheet.width)
        for number, (step, ward) in enumerate(self.ranked, start=1):
            rings = [[project(point) for point in ring] for ring in _rings(ward.geometry)]
            path = "".join("M" + "L".join(f"{at(x)} {at(y)}" for x, y in ring) + "Z" for ring in rings)
            fill = STEPS[step - 1] if step else sheet.fill(PAPER, QUIET, "slant")
            sheet.ward(path, fill, f"{ward.name}: {self.written(ward.value, lang)}", ward.href)
            self._number(sheet, number, max(rings, key=lambda ring: abs(_area(ring))), dark=(step or 0) > 3)
        return height

    def _projection(self, width: int) -> tuple[Any, Decimal]:
        points = [point for ward in self.wards for ring in _rings(ward.geometry) for point in ring]
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = min(p[1] for p in points), max(p[1] for p in points)
        shrink = math.cos(math.radians((south + north) / 2))
        scale = (width - 4) / max((east - west) * shrink, (north - south) * 0.7, 1e-9)
        inset = (width - (east - west) * shrink * scale) / 2

        def project(point: tuple[float, float]) -> tuple[Decimal, Decimal]:
            x, y = inset + (point[0] - west) * shrink * scale, 2 + (north - point[1]) * scale
            return round(Decimal(x), 1), round(Decimal(y), 1)

        return project, Decimal(math.ceil((north - south) * scale + 4))

    def _number(self, sheet: Sheet, number: int, ring: list[tuple[Decimal, Decimal]], *, dark: bool) -> None:
        """The number is written in wards large enough to hold it; the others have their title and the table."""
        if abs(_area(ring)) < 700:
            return
        x, y = _middle(ring)
        sheet.text(x, y + 5, str(number), anchor="middle", fill=PAPER if dark else INK, bold=True, size=13)


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon


def _area(ring: list[tuple[Decimal, Decimal]]) -> Decimal:
    return sum((a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)), Decimal(0)) / 2


def _middle(ring: list[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    area = _area(ring)
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum(((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs), Decimal(0)) / (6 * area)
    y = sum(((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs), Decimal(0)) / (6 * area)
    return x, y
