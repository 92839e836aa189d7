"""A promise's quarters as a small grid: a row for each financial year, a column for each quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from commonweal.delivery.mobilisation import queries
from commonweal.delivery.mobilisation.vocabulary import QUARTERS
from commonweal.engine.profile import ProfilePart, Quarter


@dataclass(frozen=True, slots=True)
class Box:
    """One quarter in the grid; `field` where it can be written in."""

    quarter: Quarter
    quantity: Decimal
    is_past: bool
    field: Any = None

    @property
    def name(self) -> str:
        return str(QUARTERS[self.quarter.label[-2:]])

    @property
    def written(self) -> str:
        """What stands in its box: what was typed, else its quantity in plain digits."""
        value = self.field.value()
        return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value or "")

    @property
    def is_cut(self) -> bool:
        """Whether only a part of the quarter lies in the term."""
        starts, ends = self.quarter.starts_on, self.quarter.ends_on
        return starts.day != 1 or starts.month % 3 != 1 or (ends.month % 3 != 0 or ends.day < 30)


@dataclass(frozen=True, slots=True)
class Year:
    """One financial year of a promise: four places, None outside its term."""

    label: str
    boxes: tuple[Box | None, ...]

    @property
    def total(self) -> Decimal:
        return sum((box.quantity for box in self.boxes if box), Decimal(0))


@dataclass(frozen=True, slots=True)
class Grid:
    """The quarters of one promise, agreed or proposed."""

    each: queries.Expected
    years: tuple[Year, ...]
    version: Any = None

    @property
    def is_agreed(self) -> bool:
        """Whether the quarters shown are those agreed."""
        return bool(self.each.row.profile)

    @property
    def total(self) -> Decimal:
        return sum((year.total for year in self.years), Decimal(0))


def grid_of(
    each: queries.Expected, parts: Sequence[ProfilePart], on: date, fields: Sequence[Any] = (), version: Any = None
) -> Grid:
    """This will lay quarters out by financial year, with a box to write in where fields are given."""
    years: dict[str, list[Box | None]] = {}
    for index, part in enumerate(parts):
        label, _, number = part.quarter.label.partition(" Q")
        places = years.setdefault(label, [None] * 4)
        field = fields[index] if fields else None
        places[int(number) - 1] = Box(part.quarter, part.quantity, part.quarter.ends_on < on, field)
    return Grid(each, tuple(Year(label, tuple(boxes)) for label, boxes in years.items()), version)


def grids_of(rows: Sequence[queries.Expected], on: date) -> list[Grid]:
    """This will lay out the quarters of every promise that can have them, as agreed or else as proposed."""
    return [
        grid_of(each, each.row.profile or queries.proposed(each.row), on)
        for each in rows
        if each.row.profile or queries.proposed(each.row)
    ]
