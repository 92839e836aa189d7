"""What a body's promises and deliveries are worth: delivery's records as lines, valued by the engine and nothing else.

A line that cannot be valued is kept with the reason, never guessed. Lines are valued under the edition of their own
measure; editions are valued apart and never mixed. How a figure is to be read: docs/explanation/what-a-figure-means.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from commonweal.base.models import Body
from commonweal.delivery.models import Agreement, AssuranceFact, Entry
from commonweal.delivery.promises import Accrued
from commonweal.delivery.queries import (
    accruals,
    commitments_with_shares,
    counted_not_valued,
    counted_share,
    lines_of_body,
    live_agreements,
    standing_entries,
)
from commonweal.directory.models import Place, PlaceWithin
from commonweal.engine.factors import EXACT
from commonweal.engine.lines import Line
from commonweal.engine.model import Edition
from commonweal.engine.overlay_model import Hidden
from commonweal.engine.value import LineValue, value
from commonweal.frameworks.queries import crosswalk_for, find_edition, get_edition, layer_of, overlay_of_edition
from commonweal.reporting.beside import Walk, same_measures
from commonweal.reporting.figures import (
    STAGES,
    Account,
    AsContracted,
    Delivery,
    Promise,
    Reason,
    What,
    Worth,
    WorthLine,
)

#: The columns lines can be grouped by, besides those of the engine (measure, theme, outcome, place, agreement, year).
COLUMNS: Final = ("department", "channel", "brought_forward", "confirmable")
#: The word of an address for lines and agreements without a department.
NO_DEPARTMENT: Final = "none"


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
#: Of two entries that tell one effect, why this one counts and is not valued.
OF_TWO: Final = {
    "spending": Reason(
        "pays for jobs told beside it, which are valued",
        "The spending counts and is not valued twice. Decide on the page of the entry which of the two is valued.",
    ),
    "jobs": Reason(
        "paid for by spending told beside it, which is valued",
        "The jobs count and are not valued twice. Decide on the page of the entry which of the two is valued.",
    ),
}
_NOT_COMMITTED = {"per-spend": PER_SPEND, "trigger": ON_TRIGGER, "option": ON_OPTION}


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


def agreement_filter(prefix: str, agreement: Agreement | None, department: str, channel: str) -> Q:
    """This will narrow a query to one agreement, a department (or NO_DEPARTMENT) and a channel; empty means all."""
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
    body: Body, agreement: Agreement | None, places: Collection[str] | None, department: str, channel: str, on: date
) -> _Records:
    narrowed = lines_of_body(body).filter(agreement_filter("agreement__", agreement, department, channel))
    rows = [dict(zip(_PROMISE_FIELDS, row, strict=True)) for row in narrowed.values_list(*_PROMISE_FIELDS)]
    shares = counted_share(body, (row["pk"] for row in rows))
    come_to = accruals((row["pk"] for row in rows), on)
    shared = commitments_with_shares(come_to)
    promises = {
        row["pk"]: _promise(row, shares[row["pk"]], come_to.get(row["pk"]), is_shared=row["pk"] in shared)
        for row in rows
    }
    entries = standing_entries().filter(body=body, commitment__in=narrowed.order_by().values("pk"))
    deliveries = tuple(_deliveries(entries, promises, counted_not_valued(body)))
    known = None if places is None else frozenset(places)
    agreements = live_agreements(body).filter(agreement_filter("", agreement, department, channel))
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


def _promise(row: Mapping[str, Any], share: Decimal, come_to: Accrued | None, *, is_shared: bool) -> Promise:
    has_measure = row["measure__measure_id"] is not None
    quantity, basis = row["quantity"], row["basis"]
    if come_to is not None and come_to.is_quantity:
        # A formula that was ordered on is a quantity: this body's own part of it, unless shares say who counts it. A
        # promise that a change revised is what is left of it.
        quantity, basis = come_to.quantity if is_shared else come_to.own, "fixed"
    return Promise(
        public_id=row["public_id"], wording=row["wording"], unit=row["unit"], quantity=quantity,
        direction=row["direction"], basis=basis,
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


def _deliveries(
    entries: QuerySet[Entry], promises: Mapping[int, Promise], of_two: Mapping[int, str]
) -> Iterator[Delivery]:
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
            facts=facts.get(row["pk"], {}), only_counted=of_two.get(row["pk"], ""),
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
    records = _read(body, agreement, places, department, channel, on)
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
    records = _read(body, agreement, places, department, channel, on)
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
                each.brought_forward, each.recorded_on,
                OF_TWO.get(each.only_counted) or (SAME_EFFECT if each.public_id in left_out else None),
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


# --- other frameworks ------------------------------------------------------------------------------------------------


def walk_between(of: Edition, to: Edition) -> Walk | None:
    """This will give the way by which lines of one edition are told under another, or None; needs the scope.

    The body's own crosswalk goes before the one everybody has. Without either, the measures that two editions of one
    framework share, or an edition and the layer laid over it, are the same measures.
    """
    if (held := crosswalk_for(of, to)) is not None:
        return Walk(held)
    if of.framework_id == to.framework_id or _lineage(of) & _lineage(to):
        return Walk(same_measures(of, to), _hidden(to))
    return None


def _hidden(edition: Edition) -> dict[str, str]:
    layer = overlay_of_edition(find_edition(edition.reference))
    if layer is None:
        return {}
    changes = layer_of(layer)[1].changes
    return {each.was.id: f"your layer leaves it out: {each.reason}" for each in changes if isinstance(each, Hidden)}


def _lineage(edition: Edition) -> set[str]:
    layer = overlay_of_edition(find_edition(edition.reference))
    return {edition.reference} | ({layer.base.reference} if layer else set())


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
