"""What a body's promises and deliveries are worth: delivery's records as lines, valued by the engine and nothing else.

A line that cannot be valued is kept with the reason, never guessed. Lines are valued under the edition of their own
measure; editions are valued apart and never mixed. How a figure is to be read: docs/explanation/what-a-figure-means.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any, Final, Literal

from django.db.models import Q, QuerySet
from django.utils import timezone

from commonweal.base.models import Body
from commonweal.delivery.models import Agreement, AssuranceFact, Entry
from commonweal.delivery.queries import counted_share, lines_of_body, live_agreements, standing_entries
from commonweal.directory.models import Place, PlaceWithin
from commonweal.engine.factors import EXACT, Span
from commonweal.engine.lines import Line
from commonweal.engine.model import Direction, Edition, Kind
from commonweal.engine.value import Coverage, Level, LineValue, Total, Valuation, ValueFinding, total_key, value
from commonweal.frameworks.queries import get_edition

What = Literal["promised", "claimed", "evidenced", "confirmed", "assured"]
#: What a figure can be about, with the words a person reads.
STAGES: Final[dict[What, str]] = {
    "promised": "Promised",
    "claimed": "Claimed",
    "evidenced": "Evidenced",
    "confirmed": "Confirmed",
    "assured": "Assured",
}
#: The columns lines can be grouped by, besides those of the engine (measure, theme, outcome, place, agreement, year).
COLUMNS: Final = ("department", "channel", "brought_forward", "confirmable")
#: The word of an address for lines and agreements without a department.
NO_DEPARTMENT: Final = "none"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line has no value, and what to do about it."""

    words: str
    fix: str = ""


NO_MEASURE = Reason(
    "kept in the words of the contract, tied to no measure",
    "Nothing needs doing: what was contracted stays as it was. To value it, record a promise under a measure.",
)
NO_PERIOD = Reason("its first or last day is not recorded", "Record it again with both dates, and reverse this one.")
PERIOD_REVERSED = Reason("its period ends before it starts", "Give the promise its own first and last day.")
OTHER_UNIT = Reason("it is counted in another unit than its measure", "Record it in the unit of the measure.")
OTHER_DIRECTION = Reason("it is recorded as a harm and its measure counts a benefit, or the other way about")
PER_SPEND = Reason("a rate for each amount spent, no quantity until it is called off", "Record what was called off.")
ON_TRIGGER = Reason("promised only if something happens", "Record a fixed promise when it has happened.")
ON_OPTION = Reason("promised only if an option is taken up", "Record a fixed promise when it is taken up.")
SAME_EFFECT = Reason("another line of its agreement counts the same effect", "Keep one measure for each effect.")
_NOT_COMMITTED = {"per-spend": PER_SPEND, "trigger": ON_TRIGGER, "option": ON_OPTION}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A standing entry with its four quantities; `facts` has those that were stated."""

    public_id: str
    promise: Promise
    quantity: Decimal
    starts_on: date | None
    ends_on: date | None
    place_code: str
    brought_forward: bool
    recorded_on: date
    facts: Mapping[str, Decimal]


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
    """One sum in pounds, exact and unrounded, and how many lines it is of."""

    key: TotalKey
    amount: Span
    lines: int

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
            yield WorthTotal(key, each.amount, each.lines)


def key_of(line: WorthLine, level: Level) -> TotalKey | None:
    """This will say to which total a line belongs at a level, or None where it has no such figure or is left out."""
    if line.valued is None or (belongs := total_key(line.valued, level)) is None:
        return None
    direction, (kind, _level, price_year, price_year_type, ranged) = belongs
    return TotalKey(line.promise.edition, direction, kind, level, price_year, price_year_type, ranged)


# --- reading the record ---------------------------------------------------------------------------------------------

_PROMISE_FIELDS = (
    "pk", "public_id", "wording", "unit", "quantity", "direction", "basis", "starts_on", "ends_on", "place_code",
    "gbp_as_contracted", "recorded_at", "agreement__public_id", "agreement__title", "agreement__state",
    "agreement__starts_on", "agreement__ends_on", "agreement__channel", "agreement__department__public_id",
    "agreement__department__name", "measure__measure_id", "measure__public_id", "measure__title", "measure__unit",
    "measure__direction", "measure__confirmable", "measure__edition__framework_id", "measure__edition__version",
)  # fmt: skip
_ENTRY_FIELDS = (
    "pk", "public_id", "commitment_id", "quantity", "starts_on", "ends_on", "place_code", "brought_forward",
    "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Records:
    """All that was read for one account: promises that this body counts, and their standing entries."""

    promises: tuple[Promise, ...]
    deliveries: tuple[Delivery, ...]
    agreements: int
    counted_elsewhere: frozenset[str]
    places: frozenset[str] | None

    def within(self, place_code: str) -> bool:
        return self.places is None or place_code in self.places


def _agreement_filter(prefix: str, agreement: Agreement | None, department: str, channel: str) -> Q:
    wanted = Q()
    if agreement is not None:
        wanted &= Q(**{f"{prefix}pk": agreement.pk})
    if department == NO_DEPARTMENT:
        wanted &= Q(**{f"{prefix}department__isnull": True})
    elif department:
        wanted &= Q(**{f"{prefix}department__public_id": department})
    if channel:
        wanted &= Q(**{f"{prefix}channel": channel})
    return wanted


def _read(
    body: Body, agreement: Agreement | None, places: Collection[str] | None, department: str, channel: str
) -> _Records:
    narrowed = lines_of_body(body).filter(_agreement_filter("agreement__", agreement, department, channel))
    rows = [dict(zip(_PROMISE_FIELDS, row, strict=True)) for row in narrowed.values_list(*_PROMISE_FIELDS)]
    shares = counted_share(body, (row["pk"] for row in rows))
    promises = {row["pk"]: _promise(row, shares[row["pk"]]) for row in rows}
    entries = standing_entries().filter(body=body, commitment__in=narrowed.order_by().values("pk"))
    deliveries = tuple(_deliveries(entries, promises))
    known = None if places is None else frozenset(places)
    agreements = live_agreements(body).filter(_agreement_filter("", agreement, department, channel))
    everywhere = known is None
    here = {each.agreement for each in promises.values() if known and each.place_code in known}
    here |= {each.promise.agreement for each in deliveries if known and each.place_code in known}
    return _Records(
        promises=tuple(each for each in promises.values() if each.share),
        deliveries=tuple(each for each in deliveries if each.promise.share),
        agreements=agreements.count() if everywhere else len(here),
        counted_elsewhere=frozenset(each.public_id for each in promises.values() if not each.share),
        places=known,
    )


def _promise(row: Mapping[str, Any], share: Decimal) -> Promise:
    has_measure = row["measure__measure_id"] is not None
    return Promise(
        public_id=row["public_id"], wording=row["wording"], unit=row["unit"], quantity=row["quantity"],
        direction=row["direction"], basis=row["basis"],
        starts_on=row["starts_on"] or row["agreement__starts_on"], ends_on=row["ends_on"] or row["agreement__ends_on"],
        place_code=row["place_code"], gbp_as_contracted=row["gbp_as_contracted"],
        recorded_on=timezone.localtime(row["recorded_at"]).date(), agreement=row["agreement__public_id"],
        agreement_title=row["agreement__title"], agreement_state=row["agreement__state"],
        channel=row["agreement__channel"], department=row["agreement__department__public_id"] or NO_DEPARTMENT,
        department_name=row["agreement__department__name"] or "No department",
        measure=row["measure__measure_id"] or "", measure_public_id=row["measure__public_id"] or "",
        measure_title=row["measure__title"] or "", measure_unit=row["measure__unit"] or "",
        measure_direction=row["measure__direction"] or "", confirmable=bool(row["measure__confirmable"]),
        edition=f"{row['measure__edition__framework_id']}@{row['measure__edition__version']}" if has_measure else "",
        share=share,
    )  # fmt: skip


def _deliveries(entries: QuerySet[Entry], promises: Mapping[int, Promise]) -> Iterator[Delivery]:
    facts: dict[int, dict[str, Decimal]] = {}
    stated = AssuranceFact.objects.filter(entry__in=entries.order_by().values("pk"))
    for entry, kind, quantity in stated.values_list("entry_id", "kind", "quantity"):
        facts.setdefault(entry, {})[kind] = quantity
    for found in entries.order_by("commitment_id", "id").values_list(*_ENTRY_FIELDS):
        row = dict(zip(_ENTRY_FIELDS, found, strict=True))
        yield Delivery(
            public_id=row["public_id"], promise=promises[row["commitment_id"]], quantity=row["quantity"],
            starts_on=row["starts_on"], ends_on=row["ends_on"], place_code=row["place_code"],
            brought_forward=row["brought_forward"], recorded_on=timezone.localtime(row["recorded_at"]).date(),
            facts=facts.get(row["pk"], {}),
        )  # fmt: skip


# --- valuing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A line before it is known whether it can be valued."""

    public_id: str
    promise: Promise
    is_entry: bool
    quantity: Decimal
    starts_on: date | None
    ends_on: date | None
    place_code: str
    brought_forward: bool
    recorded_on: date
    reason: Reason | None = None


def worth(
    body: Body,
    *,
    what: What = "promised",
    on: date,
    agreement: Agreement | None = None,
    places: Collection[str] | None = None,
    department: str = "",
    channel: str = "",
    by: Sequence[str] = (),
) -> Worth:
    """This will value what a body was promised, or what was delivered, as it stands on record, as of a day.

    Amounts are GBP in each edition's prices, exact and unrounded. `places` keeps the lines at those codes; `department`
    is an outward id or NO_DEPARTMENT; `by` names columns (COLUMNS or the engine's) for `Worth.grouped`. What was
    brought forward counts as claimed and as nothing more. Needs the body's scope; the number of database queries does
    not depend on how much is recorded. Raises Edition.DoesNotExist when an edition was removed by hand.
    """
    records = _read(body, agreement, places, department, channel)
    if what in ("promised", "claimed"):
        return _valued(records, what, on, by)
    return _valued(records, what, on, by, _left_out(_valued(records, "claimed", on, ())))


def account(
    body: Body,
    *,
    on: date,
    agreement: Agreement | None = None,
    places: Collection[str] | None = None,
    department: str = "",
    channel: str = "",
    by: Sequence[str] = (),
) -> Account:
    """This will value every stage side by side, from one reading of the record; see `worth`."""
    records = _read(body, agreement, places, department, channel)
    found: dict[What, Worth] = {}
    left_out: frozenset[str] = frozenset()
    for what in STAGES:
        found[what] = _valued(records, what, on, by, left_out)
        if what == "claimed":
            left_out = _left_out(found[what])
    return Account(on, found)


def _left_out(claimed: Worth) -> frozenset[str]:
    """The entries whose claim counts in no total because another prices the same effect: no part of them counts."""
    return frozenset(line.public_id for line in claimed.lines if line.has_value and not line.in_totals)


def _valued(
    records: _Records, what: What, on: date, by: Sequence[str], left_out: frozenset[str] = frozenset()
) -> Worth:
    candidates = list(_promised(records) if what == "promised" else _delivered(records, what, left_out))
    given: dict[str, list[tuple[int, Line]]] = {}
    reasons: dict[int, Reason] = {}
    for index, each in enumerate(candidates):
        found = each.reason or _line(each, index + 1)
        if isinstance(found, Reason):
            reasons[index] = found
        else:
            given.setdefault(each.promise.edition, []).append((index, found))
    valued: dict[int, LineValue] = {}
    valuations = []
    for reference in sorted(given):
        indexes, lines = zip(*given[reference], strict=True)
        valuation = value(lines, get_edition(reference), as_of=on, by=by)
        valuations.append(valuation)
        for index, line in zip(indexes, valuation.lines, strict=True):
            valued[index] = line
            if line.factor is None:
                reasons[index] = Reason(line.unvalued)
    return Worth(
        what=what,
        as_of=on,
        by=tuple(by),
        valuations=tuple(valuations),
        lines=tuple(
            WorthLine(
                each.public_id, each.promise, each.is_entry, each.quantity, each.starts_on, each.ends_on,
                each.place_code, each.brought_forward, each.recorded_on, valued.get(index), reasons.get(index),
            )
            for index, each in enumerate(candidates)
        ),
        agreements=records.agreements,
        counted_elsewhere=len(records.counted_elsewhere),
        as_contracted=_as_contracted(records),
    )  # fmt: skip


def _promised(records: _Records) -> Iterator[_Candidate]:
    for each in records.promises:
        if each.quantity is not None and records.within(each.place_code):
            yield _Candidate(
                each.public_id, each, False, each.quantity, each.starts_on, each.ends_on, each.place_code, False,
                each.recorded_on, _NOT_COMMITTED.get(each.basis),
            )  # fmt: skip


def _delivered(records: _Records, what: What, left_out: frozenset[str]) -> Iterator[_Candidate]:
    for each in records.deliveries:
        quantity = each.quantity if what == "claimed" else None if each.brought_forward else each.facts.get(what)
        if quantity is not None and records.within(each.place_code):
            yield _Candidate(
                each.public_id, each.promise, True, quantity, each.starts_on, each.ends_on, each.place_code,
                each.brought_forward, each.recorded_on, SAME_EFFECT if each.public_id in left_out else None,
            )  # fmt: skip


def _line(each: _Candidate, row: int) -> Line | Reason:
    promise = each.promise
    if not promise.measure:
        return NO_MEASURE
    if promise.unit.strip().casefold() != promise.measure_unit.strip().casefold():
        return OTHER_UNIT
    if promise.direction != promise.measure_direction:
        return OTHER_DIRECTION
    if each.starts_on is None or each.ends_on is None:
        return NO_PERIOD
    if each.ends_on < each.starts_on:
        return PERIOD_REVERSED
    return Line(
        measure=promise.measure, quantity=each.quantity, start=each.starts_on, end=each.ends_on,
        place=each.place_code, agreement=promise.agreement, share=promise.share, row=row, line=each.public_id,
        groups={
            "department": promise.department,
            "channel": promise.channel,
            "brought_forward": "yes" if each.brought_forward else "no",
            "confirmable": "yes" if promise.confirmable else "no",
        },
    )  # fmt: skip


def _as_contracted(records: _Records) -> AsContracted:
    with localcontext(prec=EXACT):
        amounts = [
            each.gbp_as_contracted
            for each in records.promises
            if each.gbp_as_contracted is not None and records.within(each.place_code)
        ]
        return AsContracted(sum(amounts, Decimal(0)), len(amounts))


def find_line(found: Worth, public_id: str) -> WorthLine | None:
    """This will find a line of a worth by the outward id of its promise or entry."""
    return next((line for line in found.lines if line.public_id == public_id), None)


# --- places ---------------------------------------------------------------------------------------------------------

#: How far up from a small area to a nation the links of places can go.
_LEVELS: Final = 6


@dataclass(frozen=True, slots=True)
class NamedPlaces:
    """The places a body's lines name, and those above them: each with the named codes that lie in it."""

    names: Mapping[str, str]
    kinds: Mapping[str, str]
    beneath: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def choices(self) -> list[tuple[str, str]]:
        """Wards, councils and wider places as (code, name), those of a kind together and by name."""
        order = ("ward", "council", "county", "combined-authority", "region", "nation", "lsoa")
        listed = sorted(
            (order.index(self.kinds[code]) if self.kinds[code] in order else len(order), name, code)
            for code, name in self.names.items()
        )
        return [(code, name) for _kind, name, code in listed]


def named_places(body: Body) -> NamedPlaces:
    """This will find every place that a standing promise or entry of a body names, and the places they lie in."""
    codes = {code for code in lines_of_body(body).order_by().values_list("place_code", flat=True).distinct() if code}
    entries = standing_entries().filter(body=body, commitment__withdrawn_at__isnull=True)
    codes |= {code for code in entries.order_by().values_list("place_code", flat=True).distinct() if code}
    beneath: dict[str, set[str]] = {code: {code} for code in codes}
    level: Iterable[str] = codes
    for _step in range(_LEVELS):
        if not level:
            break
        links = PlaceWithin.objects.filter(child__code__in=set(level)).values_list("child__code", "parent__code")
        above = set()
        for child, parent in links:
            held = beneath.setdefault(parent, set())
            if not beneath[child] <= held:
                held |= beneath[child]
                above.add(parent)
        level = above
    found = list(Place.objects.filter(code__in=set(beneath)).values_list("code", "name", "kind"))
    return NamedPlaces(
        names={code: name for code, name, _kind in found},
        kinds={code: kind for code, _name, kind in found},
        beneath={code: frozenset(held) for code, held in beneath.items()},
    )
