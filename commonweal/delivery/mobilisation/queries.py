"""What the pages of mobilisation read: how each promise stands at its hand-over, and its quarters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.utils.timezone import localtime

from commonweal.base.models import Body, Party, Person
from commonweal.base.queries import find_party
from commonweal.base.scope import open_scope
from commonweal.delivery.mobilisation.heat import Cell, Reported, state_of, together
from commonweal.delivery.mobilisation.models import CalendarLink, PromiseFact
from commonweal.delivery.models import Agreement, Commitment, Profile
from commonweal.delivery.promises import PromiseRow
from commonweal.delivery.queries import (
    agreed_profiles,
    agreements_of_party,
    live_agreements,
    promise_table,
    standing_entries,
)
from commonweal.engine.profile import ProfilePart, Quarter, TermUnknown, even_profile, quarters


@dataclass(frozen=True, slots=True)
class Standing:
    """How a promise stands at its hand-over, and every fact that was said, oldest first."""

    facts: tuple[PromiseFact, ...] = ()

    @property
    def state(self) -> str:
        """Its state, from the latest fact: waiting, accepted, queried or answered."""
        return self.facts[-1].kind if self.facts else "waiting"

    @property
    def latest(self) -> PromiseFact | None:
        return self.facts[-1] if self.facts else None

    @property
    def open_query(self) -> PromiseFact | None:
        """The query that waits for its answer."""
        return self.facts[-1] if self.facts and self.facts[-1].kind == "queried" else None


@dataclass(frozen=True, slots=True)
class Expected:
    """One promise of the hand-over page."""

    row: PromiseRow
    standing: Standing
    lead: Person | None
    profile: Profile | None

    @property
    def commitment(self) -> Commitment:
        return self.row.commitment


def standings(commitments: Iterable[int]) -> dict[int, Standing]:
    """This will say how each of these promises stands, in one query; those nobody spoke of are left out."""
    found: dict[int, list[PromiseFact]] = {}
    facts = PromiseFact.objects.filter(commitment_id__in=list(commitments)).select_related("said_by__key_held")
    for fact in facts.order_by("id"):
        found.setdefault(fact.commitment_id, []).append(fact)
    return {key: Standing(tuple(held)) for key, held in found.items()}


def standing_of(commitment: Commitment) -> Standing:
    """This will say how one promise stands."""
    return standings([commitment.pk]).get(commitment.pk, Standing())


def delivery_lead(commitment: Commitment) -> Person | None:
    """This will find who leads the delivery of a promise for the body: its owner, else the agreement's."""
    return commitment.owner or commitment.agreement.owner


def expected(agreement: Agreement, on: date) -> list[Expected]:
    """This will gather every promise of an agreement with its standing, lead and profile."""
    rows = promise_table(agreement, on).rows
    keys = [row.commitment.pk for row in rows]
    held, agreed = standings(keys), latest_profiles(keys)
    return [
        Expected(
            row, held.get(row.commitment.pk, Standing()), row.commitment.owner or agreement.owner,
            agreed.get(row.commitment.pk),
        )
        for row in rows
    ]  # fmt: skip


def latest_profiles(commitments: Iterable[int]) -> dict[int, Profile]:
    """This will find the latest profile agreed for each of these promises."""
    found = Profile.objects.filter(commitment_id__in=list(commitments)).order_by("commitment_id", "version")
    return {profile.commitment_id: profile for profile in found.select_related("agreed_by__key_held")}


def versions_of(agreement: Agreement) -> list[Profile]:
    """This will list every profile agreed for an agreement's promises, the latest first."""
    found = Profile.objects.filter(commitment__agreement=agreement, commitment__withdrawn_at__isnull=True)
    return list(found.select_related("commitment", "agreed_by__key_held").prefetch_related("parts").order_by("-id"))


def term_of(commitment: Commitment) -> tuple[date | None, date | None]:
    """This will give a promise's first and last day, the agreement's where it has none of its own."""
    agreement = commitment.agreement
    return commitment.starts_on or agreement.starts_on, commitment.ends_on or agreement.ends_on


def can_have_profile(commitment: Commitment) -> bool:
    """This will say whether a promise can have a profile: a fixed quantity and a known term."""
    starts, ends = term_of(commitment)
    return bool(commitment.quantity) and commitment.basis == "fixed" and starts is not None and ends is not None


def proposed(row: PromiseRow) -> tuple[ProfilePart, ...]:
    """This will propose a promise's quarters: those agreed where they are of its term as it is now, else an even share.

    Empty where its quantity or its term is not known.
    """
    commitment = row.commitment
    if row.promised is None or not can_have_profile(commitment):
        return ()
    try:
        over = quarters(*term_of(commitment))
    except TermUnknown:
        return ()
    agreed = {part.quarter: part.quantity for part in row.profile}
    if set(agreed) == set(over):
        return tuple(ProfilePart(quarter, agreed[quarter]) for quarter in over)
    return even_profile(row.promised, over, commitment.unit)


def quarters_of(rows: Sequence[PromiseRow]) -> list[Quarter]:
    """This will give the financial quarters that the terms of these promises touch, whole, in order."""
    days = [day for row in rows if can_have_profile(row.commitment) for day in term_of(row.commitment) if day]
    return list(quarters(min(days), max(days))) if days else []


def agreements_to_query(party: Party, on: date) -> list[tuple[Agreement, list[Expected]]]:
    """This will gather what a provider's promises expect of it, by agreement; needs the party's scope."""
    found = [(each, expected(each, on)) for each in agreements_of_party(party) if each.state == "current"]
    return [(agreement, rows) for agreement, rows in found if rows]


def profile_total(parts: Iterable[ProfilePart]) -> Decimal:
    """This will sum a profile's quarters."""
    return sum((part.quantity for part in parts), Decimal(0))


def open_queries(body: Body) -> QuerySet[PromiseFact]:
    """This will list the queries about a body's promises that nobody has answered, the oldest first."""
    found = PromiseFact.objects.filter(body=body, kind="queried", answered_by__isnull=True)
    return (
        found.filter(commitment__withdrawn_at__isnull=True, commitment__agreement__state="current")
        .select_related("commitment__agreement")
        .order_by("id")
    )


# --- for the calendar and the picture of what was reported ----------------------------------------------------------


def promises_of(agreements: Sequence[Agreement]) -> dict[int, list[Commitment]]:
    """This will list the standing promises of these agreements, by the agreement's inner key, in one query."""
    found: dict[int, list[Commitment]] = {}
    made = Commitment.objects.filter(agreement__in=[each.pk for each in agreements], withdrawn_at__isnull=True)
    for promise in made.select_related("agreement", "owner__key_held").order_by("position", "id"):
        found.setdefault(promise.agreement_id, []).append(promise)
    return found


def profiles_of(promises: Mapping[int, Sequence[Commitment]]) -> dict[int, tuple[ProfilePart, ...]]:
    """This will give the quarters agreed for these promises."""
    return agreed_profiles(each.pk for held in promises.values() for each in held)


def reported(commitments: Iterable[int]) -> dict[int, list[Reported]]:
    """This will tell what standing entries say of which days, by promise; one without dates is of the day it came."""
    found: dict[int, list[Reported]] = {}
    entries = standing_entries().filter(commitment_id__in=list(commitments))
    for entry in entries.only("commitment_id", "quantity", "starts_on", "ends_on", "recorded_at", "brought_forward"):
        day = localtime(entry.recorded_at).date()
        starts, ends = entry.starts_on or entry.ends_on, entry.ends_on or entry.starts_on
        if entry.brought_forward and (starts is None or ends is None):
            continue  # an earlier tracker's sum to date is of no quarter
        found.setdefault(entry.commitment_id, []).append(Reported(starts or day, ends or day, entry.quantity))
    return found


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One line of the picture: an agreement, or one promise of it, and a cell for each quarter."""

    agreement: Agreement
    commitment: Commitment | None
    cells: tuple[Cell, ...]


def completeness(
    agreements: Sequence[Agreement], over: Sequence[Quarter], on: date, *, by_promise: bool = False
) -> list[HeatRow]:
    """This will say how complete reporting is, quarter by quarter, for each agreement or each promise of them."""
    promises = promises_of(agreements)
    keys = [each.pk for held in promises.values() for each in held]
    profiles, told = agreed_profiles(keys), reported(keys)

    def state(promise: Commitment, quarter: Quarter) -> str:
        fixed = bool(promise.quantity) and promise.basis == "fixed" and promise.agreement.state == "current"
        return state_of(
            quarter, term_of(promise), profiles.get(promise.pk, ()), told.get(promise.pk, ()), on, is_fixed=fixed
        )

    rows: list[HeatRow] = []
    for agreement in agreements:
        made = promises.get(agreement.pk, [])
        if by_promise:
            rows += [HeatRow(agreement, each, tuple(together([state(each, q)]) for q in over)) for each in made]
        elif made:
            cells = tuple(together(state(each, quarter) for each in made) for quarter in over)
            rows.append(HeatRow(agreement, None, cells))
    return rows


def current_agreements(
    body: Body, *, owner: str = "", provider: str = "", agreement: str = ""
) -> QuerySet[Agreement]:  # fmt: skip
    """This will list a body's current agreements, by title: of an owner, a provider, or one alone, by outward ids."""
    found = live_agreements(body).filter(state="current")
    if owner == "nobody":
        found = found.filter(owner__isnull=True)
    elif owner:
        found = found.filter(owner__public_id=owner)
    if provider:
        found = found.filter(provider__public_id=provider)
    if agreement:
        found = found.filter(public_id=agreement)
    return found.select_related("body", "provider", "owner__key_held").order_by("title", "id")


# --- the calendar link of a provider's person ----------------------------------------------------------------------

_signer = Signer(salt="mobilisation.calendar_of_party")


def calendar_link_of(party: Party, person: Person) -> CalendarLink | None:
    """This will find the calendar link of one of a provider's people that stands; needs the provider's scope."""
    return CalendarLink.objects.filter(party=party, person=person, ended_at__isnull=True).first()


def calendar_token(link: CalendarLink) -> str:
    """This will sign what the address of a provider's calendar carries: its outward id, and the provider's."""
    return _signer.sign(f"{link.public_id}-{link.party.public_id}")


def find_calendar_link(token: str) -> CalendarLink | None:
    """This will find the calendar link of an address, ended or not, in a scope that the address opens; None when we
    did not sign it."""
    try:
        public_id, party_id = _signer.unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    party = find_party(party_id)
    if party is None:
        return None
    with open_scope(party=party.pk):
        return CalendarLink.objects.select_related("party", "person").filter(public_id=public_id).first()
