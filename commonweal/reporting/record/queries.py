"""A body's record as it is asked for: what it was promised and what was delivered, of all time or of one year.

How a promise and a delivery come to belong to a year: `commonweal.reporting.years`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from commonweal.base.models import Body
from commonweal.delivery.models import Agreement, AssuranceFact, Commitment, Entry
from commonweal.delivery.promises import Accrued
from commonweal.delivery.queries import (
    accruals,
    agreed_profiles,
    commitments_with_shares,
    counted_not_valued,
    counted_share,
    lines_of_body,
    live_agreements,
)
from commonweal.engine.factors import EXACT
from commonweal.engine.model import Edition
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.queries import get_edition, objectives_by_outcome
from commonweal.reporting.figures import Delivery, Promise
from commonweal.reporting.models import Close, Elimination
from commonweal.reporting.years import Closings, Pace, Period

#: The word of an address for lines and agreements without a department.
NO_DEPARTMENT: Final = "none"
#: And for promises under no objective, and under several, which are never counted under each.
NO_OBJECTIVE, SEVERAL_OBJECTIVES = "none", "several"

_PROMISE_FIELDS = (
    "pk", "public_id", "wording", "unit", "quantity", "direction", "basis", "starts_on", "ends_on", "place_code",
    "gbp_as_contracted", "recorded_at", "agreement__public_id", "agreement__title", "agreement__state",
    "agreement__starts_on", "agreement__ends_on", "agreement__channel", "agreement__department__public_id",
    "agreement__department__name", "agreement__provider__size", "measure__measure_id", "measure__public_id",
    "measure__title", "measure__unit",
    "measure__direction", "measure__confirmable", "measure__edition__framework_id", "measure__edition__version",
)  # fmt: skip
_ENTRY_FIELDS = (
    "pk", "public_id", "commitment_id", "quantity", "starts_on", "ends_on", "place_code", "brought_forward",
    "recorded_at", "reversed_by__recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Records:
    """All that was read for one account: promises that this body counts, and their standing entries."""

    promises: tuple[Promise, ...]
    deliveries: tuple[Delivery, ...]
    agreements: int
    counted_elsewhere: frozenset[str]
    places: frozenset[str] | None
    eliminated: frozenset[str]

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


def closings(body: Body) -> Closings:
    """This will give the years of a body that are closed for good, and since when; needs its scope."""
    found: dict[FinancialYear, datetime] = {}
    for year, kind, closed_at in (
        Close.objects.filter(body=body).order_by("id").values_list("year", "kind", "closed_at")
    ):
        found.pop(FinancialYear(year), None)
        if kind == "final":
            found[FinancialYear(year)] = closed_at
    return Closings(found)


def eliminations(body: Body) -> list[Elimination]:
    """This will list what counts with its own department and not with the body, the newest first; needs the scope."""
    return list(Elimination.objects.filter(body=body, lifted_at__isnull=True).order_by("-id"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a body's record is wanted."""

    body: Body
    on: date
    agreement: Agreement | None = None
    places: Collection[str] | None = None
    department: str = ""
    channel: str = ""
    period: Period | None = None

    @property
    def agreements(self) -> QuerySet[Agreement]:
        """The agreements it is about; of a year, those that run in it."""
        found = live_agreements(self.body).filter(agreement_filter("", self.agreement, self.department, self.channel))
        if self.period is None:
            return found
        within = Q(starts_on__isnull=True) | Q(starts_on__lte=self.period.last)
        if self.period.first:
            within &= Q(ends_on__isnull=True) | Q(ends_on__gte=self.period.first)
        return found.filter(within)

    @property
    def promises(self) -> QuerySet[Commitment]:
        """The promises it is about; of a closed year, those that stood when it was closed."""
        of = agreement_filter("agreement__", self.agreement, self.department, self.channel)
        return lines_of_body(self.body, at=self.period.known_until if self.period else None).filter(of)


def asked(
    body: Body, on: date, agreement: Agreement | None, places: Collection[str] | None, department: str, channel: str,
    year: FinancialYear | None, before: FinancialYear | None, until: date | None = None,
) -> Asked:  # fmt: skip
    period = None
    if (named := year or before) is not None:
        period = Period(named, closings(body), is_before=year is None, until=until)
    return Asked(body, on, agreement, places, department, channel, period)


def read(asked: Asked) -> Records:
    body, period = asked.body, asked.period
    narrowed = asked.promises
    rows = [dict(zip(_PROMISE_FIELDS, row, strict=True)) for row in narrowed.values_list(*_PROMISE_FIELDS)]
    keys = [row["pk"] for row in rows]
    shares = counted_share(body, keys)
    come_to = accruals(keys, asked.on)
    shared = commitments_with_shares(come_to)
    objectives = Objectives(body)
    promises = {
        row["pk"]: _promise(row, shares[row["pk"]], come_to.get(row["pk"]), objectives, is_shared=row["pk"] in shared)
        for row in rows
    }
    # Reversals stay out; what they reverse stands in a year that was closed before.
    entries = Entry.objects.filter(body=body, reverses__isnull=True, commitment__in=narrowed.order_by().values("pk"))
    if period is None or not period.closings.final:
        entries = entries.filter(reversed_by__isnull=True)
    deliveries = tuple(_deliveries(entries, promises, counted_not_valued(body), period))
    told = tuple(promises.values())
    if period is not None:
        told = tuple(_due_in(asked, period, promises, come_to, shared))
    known = None if asked.places is None else frozenset(asked.places)
    here = {each.agreement for each in told if known and each.place_code in known}
    here |= {each.promise.agreement for each in deliveries if known and each.place_code in known}
    corporate = asked.agreement is None and not asked.department
    return Records(
        promises=tuple(each for each in told if each.share),
        deliveries=tuple(each for each in deliveries if each.promise.share),
        agreements=asked.agreements.count() if known is None else len(here),
        counted_elsewhere=frozenset(each.public_id for each in promises.values() if not each.share),
        places=known,
        eliminated=frozenset(each.left_out for each in eliminations(body)) if corporate else frozenset(),
    )


def _promise(
    row: Mapping[str, Any], share: Decimal, come_to: Accrued | None, objectives: Objectives, *,
    is_shared: bool,
) -> Promise:  # fmt: skip
    has_measure = row["measure__measure_id"] is not None
    quantity, basis = row["quantity"], row["basis"]
    if come_to is not None and come_to.is_quantity:
        # A formula that was ordered on is a quantity: this body's own part of it, unless shares say who counts it. A
        # promise that a change revised is what is left of it.
        quantity, basis = come_to.quantity if is_shared else come_to.own, "fixed"
    edition = f"{row['measure__edition__framework_id']}@{row['measure__edition__version']}" if has_measure else ""
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
        edition=edition, share=share, size=row["agreement__provider__size"] or "unknown",
        objective=objectives.of(edition, row["measure__measure_id"]),
    )  # fmt: skip


class Objectives:
    """The objectives of a body, to be asked for many measures: each is looked up once."""

    def __init__(self, body: Body) -> None:
        self._tied = objectives_by_outcome(body)
        self._editions: dict[str, Edition] = {}
        self._known: dict[tuple[str, str], str] = {}

    def of(self, reference: str, measure: str | None) -> str:
        """This will give the objective that a measure's outcome is tied to; one under several counts under none of them."""
        if not reference or measure is None or not self._tied:
            return NO_OBJECTIVE
        if (reference, measure) not in self._known:
            if reference not in self._editions:
                self._editions[reference] = get_edition(reference)
            edition = self._editions[reference]
            outcome = (edition.framework_id, edition.outcome_of(measure).id)
            self._known[reference, measure] = self._tied.get(outcome, NO_OBJECTIVE)
        return self._known[reference, measure]


def _due_in(
    asked: Asked, period: Period, promises: Mapping[int, Promise], come_to: Mapping[int, Accrued], shared: Collection[int]
) -> Iterator[Promise]:  # fmt: skip
    """What of each promise falls due in a period, its term cut to it; what has no days or is a rate stands as it is."""
    profiles = agreed_profiles(promises)
    formulas = [key for key, held in come_to.items() if held.is_quantity and not held.is_revised]
    ordered = accruals(formulas, period.last, until=period.last) if formulas else {}
    earlier = accruals(formulas, period.last, until=period.first, inclusive=False) if formulas and period.first else {}
    for key, each in promises.items():
        if each.starts_on is None or each.ends_on is None or each.ends_on < each.starts_on or each.quantity is None:
            yield each
            continue
        cut = period.cut(each.starts_on, each.ends_on)
        if key in ordered:
            own = "quantity" if key in shared else "own"
            with localcontext(prec=EXACT):
                due = getattr(ordered[key], own) - (getattr(earlier[key], own) if key in earlier else 0)
        elif each.basis != "fixed":
            if cut:
                yield each
            continue
        else:
            due = period.due(Pace(each.quantity, each.starts_on, each.ends_on, profiles.get(key, ())))
        if due > 0:
            first, last = cut or (period.first or each.starts_on, period.last)
            yield replace(each, quantity=due, starts_on=first, ends_on=last)


def _deliveries(
    entries: QuerySet[Entry], promises: Mapping[int, Promise], of_two: Mapping[int, str], period: Period | None
) -> Iterator[Delivery]:
    facts: dict[int, dict[str, tuple[Decimal, datetime]]] = {}
    stated = AssuranceFact.objects.filter(entry__in=entries.order_by().values("pk"))
    for entry, kind, quantity, at in stated.values_list("entry_id", "kind", "quantity", "stated_at"):
        facts.setdefault(entry, {})[kind] = (quantity, at)
    for found in entries.order_by("commitment_id", "id").values_list(*_ENTRY_FIELDS):
        row = dict(zip(_ENTRY_FIELDS, found, strict=True))
        recorded_on = timezone.localtime(row["recorded_at"]).date()
        reversed_at = row["reversed_by__recorded_at"]
        known = facts.get(row["pk"], {})
        late_for = ""
        if period is not None:
            year = period.closings.year_of(row["ends_on"], row["recorded_at"], recorded_on)
            if not period.holds(year) or period.closings.knows(year, reversed_at):
                continue
            known = {kind: fact for kind, fact in known.items() if period.closings.knows(year, fact[1])}
            own = FinancialYear.of(row["ends_on"] or recorded_on)
            late_for = own.name if own < year else ""
        elif reversed_at is not None:
            continue
        yield Delivery(
            public_id=row["public_id"], promise=promises[row["commitment_id"]], quantity=row["quantity"],
            starts_on=row["starts_on"], ends_on=row["ends_on"], place_code=row["place_code"],
            brought_forward=row["brought_forward"], recorded_on=recorded_on,
            facts={kind: quantity for kind, (quantity, _at) in known.items()}, only_counted=of_two.get(row["pk"], ""),
            late_for=late_for,
        )  # fmt: skip
