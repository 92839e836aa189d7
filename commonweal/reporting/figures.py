"""What a figure is made of: promises and deliveries as lines, their totals by key, and the worth of a stage.

Nothing is read here and nothing is rounded; amounts are exact, in GBP of each edition's prices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any, Final, Literal

from commonweal.engine.factors import EXACT, Span
from commonweal.engine.model import Direction, Edition, Kind
from commonweal.engine.value import Coverage, Level, LineValue, Total, Valuation, ValueFinding, total_key

What = Literal["promised", "claimed", "evidenced", "confirmed", "assured", "baseline", "budget", "forecast"]
#: What a figure of the record can be about, with the words a person reads; a year's account has more (`budget`).
STAGES: Final[dict[What, str]] = {
    "promised": "Promised",
    "claimed": "Claimed",
    "evidenced": "Evidenced",
    "confirmed": "Confirmed",
    "assured": "Assured",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line has no value, and what to do about it."""

    words: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A standing promise with what valuing needs of it; `share` is the part this body counts."""

    public_id: str
    wording: str
    unit: str
    quantity: Decimal | None
    direction: str
    basis: str
    starts_on: date | None
    ends_on: date | None
    place_code: str
    gbp_as_contracted: Decimal | None
    recorded_on: date
    agreement: str
    agreement_title: str
    agreement_state: str
    channel: str
    department: str
    department_name: str
    measure: str
    measure_public_id: str
    measure_title: str
    measure_unit: str
    measure_direction: str
    confirmable: bool
    edition: str
    share: Decimal
    size: str = "unknown"
    objective: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A standing entry with its four quantities; `facts` has those that were stated.

    `only_counted` says which of two entries that tell one effect this is, where the other is the one valued.
    `late_for` names the closed year it was delivered in, where it was told too late to belong to it.
    """

    public_id: str
    promise: Promise
    quantity: Decimal
    starts_on: date | None
    ends_on: date | None
    place_code: str
    brought_forward: bool
    recorded_on: date
    facts: Mapping[str, Decimal]
    only_counted: str = ""
    late_for: str = ""


@dataclass(frozen=True, slots=True)
class WorthLine:
    """One line of a figure: a promise or an entry, and its value or the reason why it has none.

    `quantity` is the whole, in `promise.unit`; `valued.line.counted` this body's share of it.
    """

    public_id: str
    promise: Promise
    is_entry: bool
    quantity: Decimal
    starts_on: date | None
    ends_on: date | None
    place_code: str
    brought_forward: bool
    recorded_on: date
    valued: LineValue | None
    reason: Reason | None
    late_for: str = ""

    @property
    def counted(self) -> Decimal:
        """The quantity this body counts."""
        with localcontext(prec=EXACT):
            return self.quantity * self.promise.share

    @property
    def has_value(self) -> bool:
        """Whether the line has a figure in pounds."""
        return self.valued is not None and self.valued.factor is not None

    @property
    def in_totals(self) -> bool:
        """Whether the line counts in a total."""
        return self.valued is not None and self.valued.in_totals


@dataclass(frozen=True, slots=True)
class TotalKey:
    """What an amount is, apart from how much: only amounts of one key are ever added."""

    edition: str
    direction: Direction
    kind: Kind
    level: Level
    price_year: str
    price_year_type: str
    ranged: bool


@dataclass(frozen=True, slots=True)
class WorthTotal:
    """One sum in pounds, exact and unrounded, and how many lines it is of.

    `uk` is what it comes to for the whole country, before what leaks out of the place; None where nothing leaks.
    """

    key: TotalKey
    amount: Span
    lines: int
    uk: Span | None = None

    def plus(self, other: WorthTotal) -> WorthTotal:
        """This will add two sums of one key."""
        return WorthTotal(self.key, self.amount.plus(other.amount), self.lines + other.lines)


@dataclass(frozen=True, slots=True)
class UnitCount:
    """The quantity of a measure that has no value, in its unit, and why it has none."""

    edition: str
    measure: str
    title: str
    unit: str
    direction: Direction
    quantity: Decimal
    lines: int
    reason: str


@dataclass(frozen=True, slots=True)
class AsContracted:
    """The £ that old contracts put on their promises: shown as they were, never revalued and never added to ours."""

    amount: Decimal
    promises: int


@dataclass(frozen=True)
class Worth:
    """What is promised, or was delivered, is worth: one valuation for each edition, and every line with its reason.

    `agreements` is how many there are in all, `covered` how many have a line with a value. `counted_elsewhere` is how
    many lines belong wholly to other bodies. `newest_on` is the day the last of the lines was recorded.
    """

    what: What
    as_of: date
    by: tuple[str, ...]
    valuations: tuple[Valuation, ...]
    lines: tuple[WorthLine, ...]
    agreements: int
    counted_elsewhere: int
    as_contracted: AsContracted

    @cached_property
    def totals(self) -> tuple[WorthTotal, ...]:
        """Every total, benefits before harms, gross and net apart, editions apart."""
        found = [total for valuation in self.valuations for total in _totals_of(valuation, valuation)]
        return tuple(sorted(found, key=_order))

    def total(self, key: TotalKey) -> WorthTotal | None:
        """This will find the total of a key, or nothing."""
        return self._by_key.get(key)

    @cached_property
    def _by_key(self) -> dict[TotalKey, WorthTotal]:
        return {total.key: total for total in self.totals}

    def grouped(self, column: str) -> dict[TotalKey, dict[str, WorthTotal]]:
        """This will split every total by one of the columns in `by`; the parts sum exactly to the whole."""
        place = self.by.index(column)
        found: dict[TotalKey, dict[str, WorthTotal]] = {}
        for valuation in self.valuations:
            for group in valuation.groups:
                name = group.by[place][1]
                for total in _totals_of(valuation, group):
                    held = found.setdefault(total.key, {})
                    held[name] = held[name].plus(total) if name in held else total
        return found

    def only(self, column: str, name: str) -> dict[TotalKey, WorthTotal]:
        """This will give the totals of the lines that have one value in a column of `by`."""
        return {key: parts[name] for key, parts in self.grouped(column).items() if name in parts}

    @property
    def counts(self) -> tuple[UnitCount, ...]:
        """Quantities without a value, each in its own unit."""
        return tuple(
            UnitCount(
                valuation.edition.reference, each.measure, each.title, each.unit, each.direction, each.quantity,
                each.lines, each.reason,
            )
            for valuation in self.valuations
            for each in valuation.counts
        )  # fmt: skip

    @property
    def valued(self) -> int:
        """How many lines have a value."""
        return sum(line.has_value for line in self.lines)

    @property
    def unvalued(self) -> tuple[tuple[Reason, tuple[WorthLine, ...]], ...]:
        """Lines without a value by the reason, the commonest first."""
        found: dict[Reason, list[WorthLine]] = {}
        for line in self.lines:
            if line.reason is not None:
                found.setdefault(line.reason, []).append(line)
        return tuple((reason, tuple(lines)) for reason, lines in sorted(found.items(), key=lambda each: -len(each[1])))

    @property
    def covered(self) -> int:
        """How many agreements have at least one line with a value."""
        return len({line.promise.agreement for line in self.lines if line.has_value})

    @property
    def newest_on(self) -> date | None:
        """The day the last of these lines was recorded: the age of the figure."""
        return max((line.recorded_on for line in self.lines), default=None)

    @property
    def findings(self) -> tuple[tuple[Edition, ValueFinding], ...]:
        """What a reader must know, with the edition it is about; `rows` are places in `lines`, counted from 1."""
        return tuple((valuation.edition, each) for valuation in self.valuations for each in valuation.findings)

    @property
    def coverage(self) -> tuple[tuple[Edition, Coverage], ...]:
        """The engine's own coverage of the lines that could be given to it, edition by edition."""
        return tuple((valuation.edition, valuation.coverage) for valuation in self.valuations)


@dataclass(frozen=True, slots=True)
class Account:
    """One body's, or one agreement's, worth at each stage, from the same reading of the record."""

    as_of: date
    worths: Mapping[What, Worth]

    @property
    def keys(self) -> list[TotalKey]:
        """Every key that has a total at some stage, in the order of totals."""
        found = {total.key: total for worth in self.worths.values() for total in worth.totals}
        return [total.key for total in sorted(found.values(), key=_order)]


def _order(total: WorthTotal) -> tuple[bool, str, str, str, str, bool]:
    key = total.key
    return key.direction == "harm", key.edition, key.kind, key.level, key.price_year, key.ranged


def _totals_of(valuation: Valuation, held: Any) -> Iterator[WorthTotal]:
    sides: tuple[tuple[Direction, tuple[Total, ...]], ...] = (("benefit", held.totals), ("harm", held.harms))
    for direction, totals in sides:
        for each in totals:
            key = TotalKey(
                valuation.edition.reference, direction, each.kind, each.level, each.price_year, each.price_year_type,
                each.amount.central is None,
            )  # fmt: skip
            yield WorthTotal(key, each.amount, each.lines, each.uk)


def key_of(line: WorthLine, level: Level) -> TotalKey | None:
    """This will say to which total a line belongs at a level, or None where it has no such figure or is left out."""
    if line.valued is None or (belongs := total_key(line.valued, level)) is None:
        return None
    direction, (kind, _level, price_year, price_year_type, ranged) = belongs
    return TotalKey(line.promise.edition, direction, kind, level, price_year, price_year_type, ranged)
