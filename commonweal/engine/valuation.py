"""The answer to a valuation: figures, the lines and parts they came from, and what the reader must know about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from commonweal.engine.factors import EXACT, Factor, Span
from commonweal.engine.lines import Line
from commonweal.engine.model import Direction, Edition, Kind, Measure

Level = Literal["gross", "net"]
Severity = Literal["warning", "note"]
LEVELS: tuple[Level, ...] = ("gross", "net")


class ValuationRefused(ValueError):
    """This will say why lines cannot be valued at all: an unknown measure, grouping, price year or schedule."""


@dataclass(frozen=True, slots=True)
class ValueFinding:
    """This will say something the reader of a figure must know, how many lines it is about, and what to do.

    A `warning` is something to put right; a `note` is a property of the figures. `rows` names the first ten lines.
    """

    code: str
    severity: Severity
    measure: str
    reason: str
    fix: str
    lines: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """This will hold one sum in GBP of the prices of one year. `low` to `high` is the range of the unit values
    (a value published without one counts at its central figure); it is not a percentile. `uk` is the same net sum with
    nothing taken off for leakage, the view of the whole country, where something of it has leakage."""

    kind: Kind
    level: Level
    price_year: str
    price_year_type: str
    amount: Span
    lines: int
    direction: Direction = "benefit"
    uk: Span | None = None

    @property
    def key(self) -> TotalKey:
        """This will give what tells this total from others, as `total_key` does for a line."""
        return self.kind, self.level, self.price_year, self.price_year_type, self.amount.central is None


@dataclass(frozen=True, slots=True)
class Count:
    """This will hold the quantity of a measure that has no value, in its unit, and why it has none."""

    measure: str
    title: str
    unit: str
    direction: Direction
    quantity: Decimal
    lines: int
    reason: str


@dataclass(frozen=True, slots=True)
class LineValue:
    """This will hold one line with its value in GBP: exact, unrounded, None where there is no such figure.

    `in_totals` is False where another line already counts the same effect. `unvalued` says why there is no value.
    """

    line: Line
    measure: Measure
    factor: Factor | None
    in_totals: bool
    unvalued: str

    @property
    def gross(self) -> Span | None:
        """This will give the value of the whole benefit period with nothing deducted."""
        span = self.factor.gross if self.factor else None
        return span and span.times(self.line.counted, EXACT)

    @property
    def net(self) -> Span | None:
        """This will give the value less what would have happened anyway or elsewhere."""
        span = self.factor.net if self.factor else None
        return span and span.times(self.line.counted, EXACT)


@dataclass(frozen=True, slots=True)
class Part:
    """This will hold all lines that one factor values alike: their exact quantity in the measure's unit, and how many.

    Value is linear in quantity, so a total is the sum over its parts of factor x quantity, and nothing else.
    """

    measure: Measure
    factor: Factor | None
    in_totals: bool
    unvalued: str
    quantity: Decimal
    lines: int


@dataclass(frozen=True, slots=True)
class Group:
    """This will hold the figures of the lines that share the values of the grouping columns."""

    by: tuple[tuple[str, str], ...]
    totals: tuple[Total, ...]
    harms: tuple[Total, ...]
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """This will say how many lines have a value, how many a net one, and the quantity with and without, by unit."""

    lines: int
    valued: int
    net: int
    in_totals: int
    quantities: tuple[tuple[str, Decimal, Decimal], ...]
    unvalued: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Valuation:
    """This will hold the answer: figures, the lines they came from, and what the reader must know about them.

    `lines` is empty where lines were valued in bulk (`engine.bulk`); `parts` always holds what the totals are made of.
    A bulk answer brings what a careful reader would ask (`doubts`, as `engine.doubts` finds them in lines) and how many
    lines name each place.
    """

    edition: Edition
    as_of: date
    price_year: str
    by: tuple[str, ...]
    totals: tuple[Total, ...]
    harms: tuple[Total, ...]
    counts: tuple[Count, ...]
    groups: tuple[Group, ...]
    lines: tuple[LineValue, ...]
    parts: tuple[Part, ...]
    coverage: Coverage
    findings: tuple[ValueFinding, ...]
    doubts: tuple[ValueFinding, ...] = ()
    places: tuple[tuple[str, int], ...] = ()


TotalKey = tuple[Kind, Level, str, str, bool]


def total_key(valued: LineValue | Part, level: Level) -> tuple[Direction, TotalKey] | None:
    """This will say to which total a line belongs at a level, or None where it has no figure or is left out.

    The last part of the key tells values published as a range only, which have no central figure to add.
    """
    factor = valued.factor
    span = factor and (factor.gross if level == "gross" else factor.net)
    if not factor or not span or not valued.in_totals:
        return None
    key = (factor.value.kind, level, factor.price.to_year, factor.price.type, span.central is None)
    return valued.measure.direction, key
