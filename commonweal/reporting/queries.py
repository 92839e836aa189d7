"""What a body's promises and deliveries are worth: delivery's records as lines, valued by the engine and nothing else.

A line that cannot be valued is kept with the reason, never guessed. Lines are valued under the edition of their own
measure; editions are valued apart and never mixed. How a figure is to be read: docs/explanation/what-a-figure-means.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any, Final

from commonweal.base.models import Body
from commonweal.delivery.models import Agreement
from commonweal.delivery.queries import (
    lines_of_body,
    standing_entries,
)
from commonweal.directory.queries import places_around, places_by_code
from commonweal.engine.factors import EXACT
from commonweal.engine.lines import Line
from commonweal.engine.model import Edition
from commonweal.engine.overlay_model import Hidden
from commonweal.engine.value import LineValue, value
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.queries import (
    crosswalk_for,
    find_edition,
    get_edition,
    layer_of,
    overlay_of_edition,
)
from commonweal.reporting.beside import Walk, same_measures
from commonweal.reporting.figures import (
    STAGES,
    Account,
    AsContracted,
    Promise,
    Reason,
    What,
    Worth,
    WorthLine,
)
from commonweal.reporting.places import NamedPlaces
from commonweal.reporting.record.queries import Records, asked, read

#: The columns lines can be grouped by, besides those of the engine (measure, theme, outcome, place, agreement, year).
COLUMNS: Final = ("department", "channel", "objective", "size", "brought_forward", "confirmable")


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
COUNTED_ELSEWHERE = Reason(
    "another department tells the same effect, and it counts there",
    "It stands in its own department’s account. Take the elimination back if the two are not one effect.",
)
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
    late_for: str = ""


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
    year: FinancialYear | None = None,
    before: FinancialYear | None = None,
) -> Worth:
    """This will value what a body was promised, or what was delivered, as it stands on record, as of a day.

    Amounts are GBP in each edition's prices, exact and unrounded. `places` keeps the lines at those codes; `department`
    is an outward id or NO_DEPARTMENT; `by` names columns (COLUMNS or the engine's) for `Worth.grouped`. `year` keeps
    what belongs to one financial year, `before` what belongs to the years before one (`reporting.years` says which is
    which); an account of a year is told `on` its last day. What was brought forward counts as claimed and as nothing
    more. Needs the body's scope; the number of database queries does not depend on how much is recorded. Raises
    Edition.DoesNotExist when an edition was removed by hand.
    """
    records = read(asked(body, on, agreement, places, department, channel, year, before))
    if what in ("promised", "claimed"):
        return _valued(records, what, on, by)
    return _valued(records, what, on, by, _left_out(_valued(records, "claimed", on, ())))


def expected(body: Body, *, year: FinancialYear, until: date, by: Sequence[str] = (), **narrowed: Any) -> Worth:
    """This will value what fell due in a year by the end of a day, as `worth` values what falls due in all of it."""
    given = {"agreement": None, "places": None, "department": "", "channel": ""} | narrowed
    return _valued(
        read(asked(body, year.ends_on, **given, year=year, before=None, until=until)), "promised", year.ends_on, by
    )


def worth_of(promises: Sequence[Promise], *, what: What, on: date, by: Sequence[str] = ()) -> Worth:
    """This will value lines that are no promises of the record, such as those of a budget, by the same rules."""
    records = Records(tuple(promises), (), len({each.agreement for each in promises}), frozenset(), None, frozenset())
    return replace(_valued(records, "promised", on, by), what=what)


def account(
    body: Body,
    *,
    on: date,
    agreement: Agreement | None = None,
    places: Collection[str] | None = None,
    department: str = "",
    channel: str = "",
    by: Sequence[str] = (),
    year: FinancialYear | None = None,
    before: FinancialYear | None = None,
) -> Account:
    """This will value every stage side by side, from one reading of the record; see `worth`."""
    records = read(asked(body, on, agreement, places, department, channel, year, before))
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


def _valued(records: Records, what: What, on: date, by: Sequence[str], left_out: frozenset[str] = frozenset()) -> Worth:
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
                each.late_for,
            )
            for index, each in enumerate(candidates)
        ),
        agreements=records.agreements,
        counted_elsewhere=len(records.counted_elsewhere),
        as_contracted=_as_contracted(records),
    )  # fmt: skip


def _promised(records: Records) -> Iterator[_Candidate]:
    for each in records.promises:
        if each.quantity is not None and records.within(each.place_code):
            yield _Candidate(
                each.public_id, each, False, each.quantity, each.starts_on, each.ends_on, each.place_code, False,
                each.recorded_on,
                _NOT_COMMITTED.get(each.basis) or (COUNTED_ELSEWHERE if each.public_id in records.eliminated else None),
            )  # fmt: skip


def _delivered(records: Records, what: What, left_out: frozenset[str]) -> Iterator[_Candidate]:
    for each in records.deliveries:
        quantity = each.quantity if what == "claimed" else None if each.brought_forward else each.facts.get(what)
        if quantity is not None and records.within(each.place_code):
            yield _Candidate(
                each.public_id, each.promise, True, quantity, each.starts_on, each.ends_on, each.place_code,
                each.brought_forward, each.recorded_on,
                OF_TWO.get(each.only_counted)
                or (SAME_EFFECT if each.public_id in left_out else None)
                or (COUNTED_ELSEWHERE if records.eliminated & {each.public_id, each.promise.public_id} else None),
                each.late_for,
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
            "objective": promise.objective,
            "size": promise.size,
            "brought_forward": "yes" if each.brought_forward else "no",
            "confirmable": "yes" if promise.confirmable else "no",
        },
    )  # fmt: skip


def _as_contracted(records: Records) -> AsContracted:
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


def named_places(body: Body) -> NamedPlaces:
    """This will find every place that a standing promise or entry of a body names, and the places they lie in."""
    codes = {code for code in lines_of_body(body).order_by().values_list("place_code", flat=True).distinct() if code}
    entries = standing_entries().filter(body=body, commitment__withdrawn_at__isnull=True)
    codes |= {code for code in entries.order_by().values_list("place_code", flat=True).distinct() if code}
    beneath: dict[str, set[str]] = {}
    for code, around in places_around(codes).items():
        for each in {code, *around}:
            beneath.setdefault(each, set()).add(code)
    found = places_by_code(beneath).values()
    return NamedPlaces(
        names={each.code: each.name for each in found},
        kinds={each.code: each.kind for each in found},
        beneath={code: frozenset(held) for code, held in beneath.items()},
    )
