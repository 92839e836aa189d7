"""What pages, reports and higher rooms read of agreements, promises and delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from commonweal.base import scope
from commonweal.base.belongings import Belonging, Kind, kinds
from commonweal.base.models import Body, Party, Person
from commonweal.base.queries import database_now, people_by_key, staff_of
from commonweal.delivery.filters import AgreementFilters, EntryFilters
from commonweal.delivery.models import (
    Agreement,
    AgreementClause,
    AssuranceFact,
    Commitment,
    CountingShare,
    Entry,
    Evidence,
    ImportBatch,
    ImportRow,
    Order,
    PaidJobs,
    Profile,
    ProfilePart,
    Revision,
    SavedMapping,
    StaffLimit,
    StaffRight,
)
from commonweal.delivery.promises import ZERO, Accrued, Assured, PromiseTable, compared
from commonweal.delivery.promises import PromiseRow as PromiseRow
from commonweal.delivery.promises import dates_out_of_term as dates_out_of_term
from commonweal.delivery.vocabulary import FORMULAS
from commonweal.directory.models import Appointment
from commonweal.directory.queries import appointments_of, get_member_of_staff
from commonweal.engine.accrual import accrued, parted
from commonweal.engine.clauses import CHANGE_AND_CREDIT
from commonweal.engine.profile import ProfilePart as Agreed
from commonweal.engine.profile import Quarter
from commonweal.frameworks.queries import Branch, branches, strategy


def live_agreements(body: Body) -> QuerySet[Agreement]:
    """This will start a query over a body's agreements that stand (imports undone left out)."""
    return Agreement.objects.filter(body=body, withdrawn_at__isnull=True)


def live_commitments(body: Body) -> QuerySet[Commitment]:
    """This will start a query over a body's promises that stand."""
    return Commitment.objects.filter(body=body, withdrawn_at__isnull=True, agreement__withdrawn_at__isnull=True)


def standing_entries() -> QuerySet[Entry]:
    """This will start a query over entries that count: neither reversals nor reversed."""
    # A join, not a subquery: PostgreSQL plans it well even before it has counted the tables.
    return Entry.objects.filter(reverses__isnull=True, reversed_by__isnull=True)


def is_reversed(entry: Entry) -> bool:
    """This will say whether an entry was taken back."""
    return Entry.objects.filter(reverses=entry).exists()


def get_agreement(body: Body, public_id: str) -> Agreement:
    """This will find an agreement of a body; raises Agreement.DoesNotExist."""
    return Agreement.objects.select_related(
        "body", "party", "provider", "department", "owner__key_held", "parent", "opportunity", "batch"
    ).get(body=body, public_id=public_id)


def clause_of(agreement: Agreement, kind: str = CHANGE_AND_CREDIT) -> AgreementClause | None:
    """This will find a standard clause of an agreement, as it was said last; nothing where there is none."""
    found = AgreementClause.objects.filter(agreement=agreement, kind=kind).order_by("-id").first()
    return found if found is not None and found.stands else None


def get_commitment(body: Body, public_id: str) -> Commitment:
    """This will find a promise of a body; raises Commitment.DoesNotExist."""
    return Commitment.objects.select_related(
        "body", "party", "agreement__provider", "measure__edition", "owner__key_held", "ask_line__opportunity", "batch"
    ).get(body=body, public_id=public_id)


def get_entry(body: Body, public_id: str) -> Entry:
    """This will find an entry of a body; raises Entry.DoesNotExist."""
    return Entry.objects.select_related(
        "body", "party", "commitment__agreement", "commitment__measure__edition", "recorded_by__key_held"
    ).get(body=body, public_id=public_id)


def get_evidence(body: Body, public_id: str) -> Evidence:
    """This will find a piece of evidence of a body, with its file; raises Evidence.DoesNotExist."""
    return Evidence.objects.select_related("file__body", "entry").get(body=body, public_id=public_id)


def agreements_of_party(party: Party) -> list[Agreement]:
    """This will list a provider's standing agreements with every body, current ones first; needs the party's scope."""
    found = Agreement.objects.filter(party=party, withdrawn_at__isnull=True)
    return list(found.select_related("body", "party").order_by("state", "body__name", "title", "id"))


#: The rights of somebody whom a provider limits, in order: each may do what stands before it too.
RANKS: Final = {"see": 1, "report": 2, "answer": 3}


def limited_to(right: str) -> frozenset[int] | None:
    """This will give the inner keys of the agreements on which whoever acts has a right; None where nobody limits them.

    Only somebody who acts for a provider can be limited: in a body's scope, and in a job's, nobody is. The database
    answers, so that rows and rules are one.
    """
    held = scope.current()
    if held.body is not None or held.party is None or held.person is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT commonweal_limits(%s, %s, %s)::bigint[]", [held.party, held.person, RANKS[right]])
        (keys,) = cursor.fetchone()
    return None if keys is None else frozenset(keys)


def has_right(agreement: Agreement, right: str) -> bool:
    """This will say whether whoever acts may see an agreement, report on it, or answer for their provider on it."""
    keys = limited_to(right)
    return keys is None or agreement.pk in keys


def works_for_invented(party: Party) -> bool:
    """This will say whether an organisation has an agreement with a body that is invented; needs its scope."""
    return Agreement.objects.filter(party=party, body__is_invented=True).exists()


def limits_of(party: Party) -> dict[int, StaffLimit]:
    """This will give the limits that stand for a provider's people, by the person's inner key; needs its scope."""
    return {each.person_id: each for each in StaffLimit.objects.filter(party=party, ended_at__isnull=True)}


def rights_under(limits: Iterable[StaffLimit]) -> dict[int, list[StaffRight]]:
    """This will list the rights that stand under limits, by the limit's inner key; needs the provider's scope."""
    found: dict[int, list[StaffRight]] = {}
    given = StaffRight.objects.filter(held_under__in=list(limits), ended_at__isnull=True)
    for each in given.select_related("agreement__body").order_by("agreement__body__name", "agreement__title", "id"):
        found.setdefault(each.held_under_id, []).append(each)
    return found


def get_commitment_of_party(party: Party, public_id: str) -> Commitment:
    """This will find a promise of a provider; raises Commitment.DoesNotExist."""
    return Commitment.objects.select_related("body", "party", "agreement__body", "measure").get(
        party=party, public_id=public_id, withdrawn_at__isnull=True
    )


def get_entry_of_party(party: Party, public_id: str) -> Entry:
    """This will find an entry of a provider; raises Entry.DoesNotExist."""
    return Entry.objects.select_related("body", "party", "commitment__agreement", "commitment__measure").get(
        party=party, public_id=public_id
    )


def entry_sent_as(commitment: Commitment, once: str) -> Entry | None:
    """This will find the entry that a form with this key recorded under a promise; None where it was not sent yet."""
    with scope.whole_party():
        return Entry.objects.filter(commitment=commitment, public_id=once).first()


def shared_with(commitment: Commitment) -> list[Commitment]:
    """This will find the records that other bodies keep of a promise they share; needs the provider's scope.

    The same promise is one of the same provider under the same reference, with the same measure, unit and quantity,
    whose shares name the same bodies alike. A body's own scope sees none but its own.
    """
    with scope.whole_party():  # somebody who is limited reports to every body that shares the promise all the same
        return _shared_with(commitment)


def _shared_with(commitment: Commitment) -> list[Commitment]:
    shares = _shares_by_body(commitment)
    if len(shares) < 2 or commitment.party_id is None or not commitment.agreement.reference:
        return []
    found = Commitment.objects.filter(
        party=commitment.party_id, agreement__reference=commitment.agreement.reference, measure=commitment.measure_id,
        unit=commitment.unit, quantity=commitment.quantity, withdrawn_at__isnull=True, agreement__withdrawn_at__isnull=True,
        body_id__in=set(shares) - {commitment.body_id},
    ).select_related("body", "party", "agreement__body", "measure")  # fmt: skip
    return [other for other in found.order_by("body__name", "id") if _shares_by_body(other) == shares]


def _shares_by_body(commitment: Commitment) -> dict[int, Decimal]:
    rows = CountingShare.objects.filter(commitment=commitment)
    return dict(rows.values_list("counted_by_id", "share"))


def told_at_once_with(entry: Entry) -> list[Entry]:
    """This will find what the same report recorded with the other bodies of a shared promise; needs the provider's scope.

    A report is told by one person, in one moment, in the same words.
    """
    moment = timedelta(minutes=1)
    same = Entry.objects.filter(
        commitment__in=[each.pk for each in shared_with(entry.commitment)], recorded_by=entry.recorded_by_id,
        quantity=entry.quantity, starts_on=entry.starts_on, ends_on=entry.ends_on, note=entry.note,
        recorded_at__range=(entry.recorded_at - moment, entry.recorded_at + moment),
    )  # fmt: skip
    with scope.whole_party():
        return list(same.select_related("body").order_by("body__name", "id"))


def commitments_with_shares(commitments: Iterable[int]) -> set[int]:
    """This will say which of these promises several bodies share."""
    found = CountingShare.objects.filter(commitment_id__in=list(commitments))
    return set(found.values_list("commitment_id", flat=True))


def bodies_sharing(agreement: Agreement) -> list[Body]:
    """This will list the other bodies that count a share of an agreement's promises, each in a record of its own."""
    counted = CountingShare.objects.filter(commitment__agreement=agreement, commitment__withdrawn_at__isnull=True)
    keys = counted.exclude(counted_by=agreement.body_id).values("counted_by")
    return list(Body.objects.filter(pk__in=keys).order_by("name"))


def assured_by_commitment(commitments: Iterable[int]) -> dict[int, Assured]:
    """This will sum the four kinds of assurance for many promises, in two queries."""
    keys = list(commitments)
    sums: dict[int, dict[str, Decimal]] = {}
    entries = standing_entries().filter(commitment_id__in=keys)
    claimed = entries.values("commitment_id").annotate(
        claimed=Sum("quantity"),
        forward=Sum("quantity", filter=Q(brought_forward=True)),
        confirmable=Sum(
            "quantity", filter=Q(commitment__measure__isnull=True) | Q(commitment__measure__confirmable=True)
        ),
    )
    for row in claimed:
        sums[row["commitment_id"]] = {
            "claimed": row["claimed"] or ZERO,
            "brought_forward": row["forward"] or ZERO,
            "confirmable": row["confirmable"] or ZERO,
        }
    facts = (
        AssuranceFact.objects.filter(
            entry__commitment_id__in=keys, entry__reverses__isnull=True, entry__reversed_by__isnull=True
        )
        .values("kind", commitment=F("entry__commitment_id"))
        .annotate(total=Sum("quantity"))
    )
    for fact in facts:
        sums[fact["commitment"]][fact["kind"]] = fact["total"]
    return {key: Assured(**values) for key, values in sums.items()}


def accruals(
    commitments: Iterable[int], on: date | None = None, *, until: date | None = None, inclusive: bool = True
) -> dict[int, Accrued]:
    """This will reckon what the formula promises among these have come to, by inner key, in four queries at most, and
    how much of a fixed one is left where a change revised it by a day (without one, by now).

    `until` keeps the orders dated up to a day, or before it where it is not `inclusive`; without it every order counts.

    A promise for each amount accrues on the orders of its agreement and of all beneath it, one on a trigger on its own
    counts. Where a framework is called off by several bodies, `own` is the part that the record's own body brought.
    """
    keys = list(commitments)
    revised = _revised(keys, on or localdate(database_now()))
    formulas = Commitment.objects.filter(pk__in=keys, basis__in=FORMULAS, quantity__isnull=False)
    found = list(formulas.order_by("id"))
    if not found:
        return revised
    orders = Order.objects.filter(body_id__in={each.body_id for each in found}, withdrawn_at__isnull=True)
    if until is not None:
        orders = orders.filter(**{"dated_on__lte" if inclusive else "dated_on__lt": until})
    sums = list(
        orders.order_by()
        .values("agreement_id", "commitment_id", "ordered_by_id")
        .annotate(amount=Sum("amount"), happened=Sum("happened"), orders=Count("pk"))
    )
    parents = _parents({row["agreement_id"] for row in sums}) if sums else {}
    return revised | {each.pk: _accrued(each, sums, parents) for each in found}


def _revised(commitments: Sequence[int], on: date) -> dict[int, Accrued]:
    held = Revision.objects.filter(commitment_id__in=commitments, takes_from_on__lte=on, commitment__basis="fixed")
    rows = held.order_by("takes_from_on", "id").values_list("commitment_id", "quantity")
    return {key: Accrued(quantity=quantity, own=quantity, is_revised=True) for key, quantity in rows}


def _parents(agreements: set[int]) -> dict[int, set[int]]:
    """Each of these agreements with itself and all that it is part of."""
    bodies = Agreement.objects.filter(pk__in=agreements).values("body_id")
    above = dict(Agreement.objects.filter(body_id__in=bodies).values_list("pk", "parent_id"))
    found: dict[int, set[int]] = {}
    for key in agreements:
        node: int | None = key
        chain: set[int] = set()
        while node is not None and node not in chain:
            chain.add(node)
            node = above.get(node)
        found[key] = chain
    return found


def _accrued(
    commitment: Commitment, sums: Sequence[dict[str, Any]], parents: dict[int, set[int]]
) -> Accrued:  # fmt: skip
    if commitment.basis == "trigger":
        each, counted = commitment.per_count or Decimal(1), "happened"
        rows = [row for row in sums if row["commitment_id"] == commitment.pk]
    else:
        each, counted = commitment.per_amount or ZERO, "amount"
        beneath = [row for row in sums if commitment.agreement_id in parents[row["agreement_id"]]]
        rows = [row for row in beneath if row["commitment_id"] is None]
    if not rows or not each or commitment.quantity is None:
        return Accrued()
    bases: dict[int, Decimal] = {}
    for row in rows:
        bases[row["ordered_by_id"]] = bases.get(row["ordered_by_id"], ZERO) + row[counted]
    base = sum(bases.values(), ZERO)
    whole = accrued(commitment.quantity, each, base, commitment.rounding, commitment.capped_at)  # type: ignore[arg-type]
    own = parted(whole, bases).get(commitment.body_id, ZERO)
    return Accrued(base, whole, own, sum(row["orders"] for row in rows))


def promise_table(agreement: Agreement, on: date) -> PromiseTable:
    """This will compare what an agreement promised with what was claimed, expected by a day, with flags."""
    commitments = list(
        Commitment.objects.filter(agreement=agreement, withdrawn_at__isnull=True)
        .select_related("measure__edition", "owner__key_held")
        .defer("measure__edition__content")
        .order_by("position", "id")
    )
    keys = [each.pk for each in commitments]
    sums = assured_by_commitment(keys)
    return compared(agreement, commitments, sums, on, agreed_profiles(keys), accruals(keys, on))


def agreed_profiles(commitments: Iterable[int]) -> dict[int, tuple[Agreed, ...]]:
    """This will give the quarters of the latest profile agreed for each of these promises, in order, in one query."""
    latest = Profile.objects.filter(commitment=OuterRef("profile__commitment")).order_by("-version").values("pk")[:1]
    parts = ProfilePart.objects.filter(profile__commitment_id__in=list(commitments), profile=Subquery(latest))
    found: dict[int, list[Agreed]] = {}
    for part in parts.select_related("profile").order_by("profile__commitment_id", "starts_on"):
        found.setdefault(part.profile.commitment_id, []).append(
            Agreed(Quarter(part.starts_on, part.ends_on), part.quantity)
        )
    return {key: tuple(held) for key, held in found.items()}


def agreements(body: Body, filters: AgreementFilters, on: date) -> QuerySet[Agreement]:
    """This will list a body's agreements that match, with the number of promises and of overdue ones."""
    found = live_agreements(body)
    if filters.text:
        words = filters.text
        found = found.filter(
            Q(title__icontains=words) | Q(reference__icontains=words) | Q(provider__name__icontains=words)
        )
    for name in ("channel", "state", "origin"):
        if getattr(filters, name):
            found = found.filter(**{name: getattr(filters, name)})
    if filters.department:
        found = found.filter(department__public_id=filters.department)
    if filters.owner == "nobody":
        found = found.filter(owner__isnull=True)
    elif filters.owner:
        found = found.filter(owner__public_id=filters.owner)
    if filters.overdue:
        found = found.filter(Exists(overdue_commitments(body, on).filter(agreement=OuterRef("pk"))))
    return found.select_related("provider", "department", "owner__key_held").annotate(
        promises=Count("commitments", filter=Q(commitments__withdrawn_at__isnull=True))
    )


def agreements_named(body: Body, public_ids: Iterable[str]) -> list[Agreement]:
    """This will find a body's standing agreements by their outward ids, by title; others are left out."""
    found = live_agreements(body).filter(public_id__in=list(public_ids))
    return list(found.select_related("body", "provider", "owner__key_held").order_by("title", "id"))


def overdue_commitments(body: Body, on: date) -> QuerySet[Commitment]:
    """This will list promises whose time has passed with less delivered than promised, oldest first."""
    delivered = (
        standing_entries()
        .filter(commitment=OuterRef("pk"))
        .values("commitment")
        .annotate(total=Sum("quantity"))
        .values("total")
    )
    due = (
        live_commitments(body)
        .annotate(due_on=Coalesce("ends_on", "agreement__ends_on"), claimed=Coalesce(Subquery(delivered), ZERO))
        .filter(due_on__lt=on, agreement__state="current", direction="benefit")
    )
    # A rate or an option is no quantity: what a formula has come to is compared here, in the unit of the promise.
    is_revised = Q(basis="fixed", pk__in=Revision.objects.filter(body=body).values("commitment"))
    moving = dict(due.filter(Q(basis__in=FORMULAS) | is_revised, quantity__isnull=False).values_list("pk", "claimed"))
    come_to = accruals(moving, on) if moving else {}
    late = [key for key, claimed in moving.items() if key in come_to and come_to[key].quantity > claimed]
    return (
        due.filter(Q(basis="fixed", quantity__gt=F("claimed")) & ~Q(pk__in=come_to) | Q(pk__in=late))
        .select_related("agreement__provider", "owner__key_held", "agreement__owner__key_held", "measure")
        .order_by("due_on", "id")
    )


def unowned_agreements(body: Body) -> QuerySet[Agreement]:
    """This will list current agreements that nobody owns."""
    return live_agreements(body).filter(owner__isnull=True, state="current").order_by("title", "id")


def entries_to_accept(body: Body) -> QuerySet[Entry]:
    """This will list standing entries with evidence that nobody has accepted yet, oldest first."""
    return (
        standing_entries()
        .filter(body=body, brought_forward=False, commitment__withdrawn_at__isnull=True)
        .filter(Exists(Evidence.objects.filter(entry=OuterRef("pk"))))
        .exclude(Exists(AssuranceFact.objects.filter(entry=OuterRef("pk"), kind="evidenced")))
        .select_related("commitment__agreement__provider", "commitment__measure", "recorded_by__key_held")
        .order_by("recorded_at", "id")
    )


def entries(body: Body, filters: EntryFilters) -> QuerySet[Entry]:
    """This will list a body's entries that match, newest first."""
    found = Entry.objects.filter(body=body, commitment__withdrawn_at__isnull=True, reverses__isnull=True)
    has_fact = lambda kind: Exists(AssuranceFact.objects.filter(entry=OuterRef("pk"), kind=kind))  # noqa: E731
    reversed_ = Exists(Entry.objects.filter(reverses=OuterRef("pk")))
    if filters.state == "waiting":
        found = found.filter(~has_fact("evidenced"), ~reversed_, brought_forward=False)
    elif filters.state in ("evidenced", "confirmed", "assured"):
        found = found.filter(has_fact(filters.state), ~reversed_)
    elif filters.state == "reversed":
        found = found.filter(reversed_)
    elif filters.state == "brought-forward":
        found = found.filter(~reversed_, brought_forward=True)
    if filters.text:
        found = found.filter(
            Q(commitment__wording__icontains=filters.text)
            | Q(commitment__agreement__title__icontains=filters.text)
            | Q(commitment__agreement__provider__name__icontains=filters.text)
        )
    return found.select_related(
        "commitment__agreement__provider", "commitment__measure", "recorded_by__key_held", "reversed_by"
    ).prefetch_related("facts", "evidence")


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry with all that is known of it."""

    entry: Entry
    evidence: list[Evidence]
    facts: dict[str, AssuranceFact]
    reversal: Entry | None


def entry_page(entry: Entry) -> EntryPage:
    """This will gather an entry's evidence, facts and reversal."""
    facts = AssuranceFact.objects.filter(entry=entry).select_related("stated_by__key_held")
    return EntryPage(
        entry=entry,
        evidence=list(Evidence.objects.filter(entry=entry).select_related("file", "added_by__key_held").order_by("id")),
        facts={fact.kind: fact for fact in facts},
        reversal=Entry.objects.filter(reverses=entry).select_related("recorded_by__key_held").first(),
    )


@dataclass(frozen=True, slots=True)
class Paid:
    """Spending and the jobs it pays for, with what was said of the two: the last stands, the first is ours."""

    spend: Entry
    jobs: Entry
    said: tuple[PaidJobs, ...]

    @property
    def stands(self) -> PaidJobs:
        """What was said last."""
        return self.said[-1]

    @property
    def is_decided(self) -> bool:
        """Whether a person said which of the two is valued."""
        return bool(self.stands.reason)


def paid_jobs_of(entry: Entry) -> list[Paid]:
    """This will list the pairs of spending and jobs that an entry belongs to, oldest first; both still count."""
    return _paid(Q(spend=entry) | Q(jobs=entry))


def get_paid_jobs(body: Body, spend: str, jobs: str) -> Paid:
    """This will find a pair by the outward ids of its two entries; raises PaidJobs.DoesNotExist."""
    found = _paid(Q(body=body, spend__public_id=spend, jobs__public_id=jobs))
    if not found:
        raise PaidJobs.DoesNotExist
    return found[0]


def _standing_pairs() -> QuerySet[PaidJobs]:
    gone = {f"{side}__{taken}__isnull": True for side in ("spend", "jobs") for taken in ("reverses", "reversed_by")}
    return PaidJobs.objects.filter(**gone)


def _paid(wanted: Q) -> list[Paid]:
    rows = _standing_pairs().filter(wanted).select_related(
        "spend__body", "spend__party", "spend__commitment__agreement__body", "jobs__body", "jobs__party",
        "jobs__commitment__agreement", "recorded_by__key_held",
    )  # fmt: skip
    said: dict[tuple[int, int], list[PaidJobs]] = {}
    for row in rows.order_by("id"):
        said.setdefault((row.spend_id, row.jobs_id), []).append(row)
    return [Paid(held[0].spend, held[0].jobs, tuple(held)) for held in said.values()]


def counted_not_valued(body: Body) -> dict[int, str]:
    """This will give the entries of a body that count and are not valued, because the other of two that tell one effect
    is: by inner key, which of the two this one is ("spending" or "jobs"). One query."""
    last = {
        (spend, jobs): valued
        for spend, jobs, valued in _standing_pairs()
        .filter(body=body)
        .order_by("id")
        .values_list("spend", "jobs", "valued")
    }
    found: dict[int, str] = {}
    for (spend, jobs), valued in last.items():
        if valued == "jobs":
            found[spend] = "spending"
        elif valued == "spending":
            found[jobs] = "jobs"
    return found


def entries_of(commitment: Commitment) -> list[Entry]:
    """This will list every entry of a promise, reversals and reversed included, oldest first."""
    found = Entry.objects.filter(commitment=commitment).select_related(
        "recorded_by__key_held", "reverses", "reversed_by"
    )
    return list(found.prefetch_related("facts", "evidence").order_by("id"))


def shares_of(commitment: Commitment) -> list[CountingShare]:
    """This will list which bodies count a promise and how much of it."""
    return list(CountingShare.objects.filter(commitment=commitment).select_related("counted_by").order_by("id"))


def tree_of(agreement: Agreement) -> tuple[list[Agreement], list[Agreement]]:
    """This will give an agreement's ancestors (topmost first) and its children."""
    above: list[Agreement] = []
    node = agreement
    while node.parent_id is not None and len(above) < 12:
        node = Agreement.objects.select_related("provider").get(pk=node.parent_id)
        above.insert(0, node)
    below = Agreement.objects.filter(parent=agreement, withdrawn_at__isnull=True).select_related("provider")
    return above, list(below.order_by("title", "id"))


@dataclass
class Owned:
    """All that one person owns in delivery."""

    agreements: list[Agreement] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)


def owned_by(body: Body, person: Person) -> Owned:
    """This will list what someone owns: current agreements and the promises under them."""
    return Owned(
        list(live_agreements(body).filter(owner=person).select_related("provider").order_by("title", "id")),
        list(
            live_commitments(body).filter(owner=person).select_related("agreement").order_by("agreement__title", "id")
        ),
    )


def promises_of(
    body: Body, agreements: Sequence[Agreement], on: date
) -> tuple[dict[int, int], dict[int, list[Commitment]]]:
    """This will count the promises of many agreements, and list those of each that are overdue, in two queries."""
    keys = [agreement.pk for agreement in agreements]
    counted = live_commitments(body).filter(agreement_id__in=keys).values_list("agreement_id").annotate(Count("pk"))
    late: dict[int, list[Commitment]] = {}
    for commitment in overdue_commitments(body, on).filter(agreement_id__in=keys):
        late.setdefault(commitment.agreement_id, []).append(commitment)
    return dict(counted), late


def strategy_owned_by(body: Body, person: Person, on: date) -> list[Branch]:
    """This will list the parts of the strategy someone owns that have not ended."""
    tree = branches(strategy(body, on))
    return [part for part in tree if part.owner is not None and part.owner.pk == person.pk and not part.ended]


def others_owned_by(body: Body, person: Person, on: date) -> list[tuple[Kind, list[Belonging]]]:
    """This will list what else someone owns, kind by kind, as the rooms list it; a kind of which they own none is left out."""
    held = ((kind, [each for each in kind.held(body, on) if each.owner == person.pk]) for kind in kinds())
    return [(kind, found) for kind, found in held if found]


def open_appointments_of(body: Body, person: Person) -> list[Appointment]:
    """This will list what someone answers for in public that has no end yet."""
    return [each for each in appointments_of(body, person) if each.ends_on is None]


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """Someone with a role here, or without one who still owns something, and how much they own."""

    person: Person
    roles: tuple[str, ...]
    agreements: int
    promises: int
    strategy: int
    others: int = 0  # what the rooms list besides (`base.belongings`)

    @property
    def owns(self) -> int:
        """How many things this person owns in all."""
        return self.agreements + self.promises + self.strategy + self.others


def owners(body: Body, on: date) -> list[OwnerRow]:
    """This will list everybody with a role or anything to their name: those who left and still own things first."""
    agreements = Counter(live_agreements(body).filter(owner__isnull=False).values_list("owner_id", flat=True))
    promises = Counter(live_commitments(body).filter(owner__isnull=False).values_list("owner_id", flat=True))
    tree = branches(strategy(body, on))
    parts = Counter(part.owner.pk for part in tree if part.owner is not None and not part.ended)
    others = Counter(each.owner for kind in kinds() for each in kind.held(body, on))
    staff = {person.pk: (person, roles) for person, roles in staff_of(body)}
    gone = people_by_key({*agreements, *promises, *parts, *others} - set(staff))
    held = staff | {key: (person, ()) for key, person in gone.items()}
    rows = [
        OwnerRow(person, roles, agreements[key], promises[key], parts[key], others[key])
        for key, (person, roles) in held.items()
    ]
    return sorted(rows, key=lambda row: (bool(row.roles), row.person.name.casefold()))


def get_owner(body: Body, public_id: str) -> Person:
    """This will find someone who has, or had, a role in a body; raises Person.DoesNotExist for anybody else."""
    return get_member_of_staff(body, public_id)


def lines_of_body(body: Body, *, at: datetime | None = None) -> QuerySet[Commitment]:
    """This will list every standing promise of a body with what valuing needs; those that stood at a moment, with `at`."""
    found = live_commitments(body)
    if at is not None:
        stood = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at)
        of_standing = Q(agreement__withdrawn_at__isnull=True) | Q(agreement__withdrawn_at__gt=at)
        found = Commitment.objects.filter(stood & of_standing, body=body, recorded_at__lte=at)
    return found.select_related("agreement__department", "agreement__provider", "measure__edition").order_by(
        "agreement_id", "position", "id"
    )


def counted_share(body: Body, commitments: Iterable[int]) -> dict[int, Decimal]:
    """This will say what share of each promise a body counts: one unless shares say otherwise."""
    keys = list(commitments)
    shares: dict[int, Decimal] = dict.fromkeys(keys, Decimal(1))
    for row in CountingShare.objects.filter(commitment_id__in=keys).values("commitment_id", "counted_by_id", "share"):
        mine = row["counted_by_id"] == body.pk
        held = shares[row["commitment_id"]]
        if mine:
            shares[row["commitment_id"]] = row["share"]
        elif held == 1:
            shares[row["commitment_id"]] = ZERO
    return shares


def batches(body: Body) -> QuerySet[ImportBatch]:
    """This will list the files brought in or previewed, newest first."""
    return ImportBatch.objects.filter(body=body).select_related("imported_by__key_held").order_by("-id")


def get_batch(body: Body, public_id: str) -> ImportBatch:
    """This will find a batch of a body; raises ImportBatch.DoesNotExist."""
    return ImportBatch.objects.select_related("file", "body").get(body=body, public_id=public_id)


def same_file_before(batch: ImportBatch) -> ImportBatch | None:
    """This will find the last file chosen before this one that has the very same bytes, if there is one."""
    found = ImportBatch.objects.filter(body=batch.body, sha256=batch.sha256, pk__lt=batch.pk)
    return found.exclude(sha256="").order_by("-id").first()


def rows_of(batch: ImportBatch, outcome: str = "") -> QuerySet[ImportRow]:
    """This will list what became of a batch's rows."""
    found = ImportRow.objects.filter(batch=batch)
    return found.filter(outcome=outcome) if outcome else found


@dataclass(frozen=True, slots=True)
class BatchMade:
    """How much a file brought in that stands: agreements, promises, entries."""

    agreements: int
    promises: int
    entries: int


def made_by(batch: ImportBatch) -> BatchMade:
    """This will count what of a file stands today."""
    return BatchMade(
        live_agreements(batch.body).filter(batch=batch).count(),
        live_commitments(batch.body).filter(batch=batch).count(),
        standing_entries().filter(batch=batch, commitment__withdrawn_at__isnull=True).count(),
    )


def agreements_of_rows(rows: Iterable[ImportRow]) -> dict[int, str]:
    """This will give the outward ids of the standing agreements that rows of a file are about, by inner key."""
    keys = {row.agreement_id for row in rows if row.agreement_id is not None}
    found = Agreement.objects.filter(pk__in=keys, withdrawn_at__isnull=True)
    return dict(found.values_list("pk", "public_id"))


def saved_mapping(body: Body, signature: str) -> list[dict[str, Any]] | None:
    """This will find how a body reads files with these headings, if it did before."""
    held = SavedMapping.objects.filter(body=body, signature=signature).first()
    return held.mapping if held else None


def agreements_by_import_key(body: Body) -> dict[str, Agreement]:
    """This will find the standing agreements that came from files, by the key a file knows them by."""
    found = live_agreements(body).exclude(import_key="").select_related("body", "party")
    return {agreement.import_key: agreement for agreement in found}


def commitments_by_import_key(body: Body) -> dict[str, Commitment]:
    """This will find the standing promises that came from files, by the key a file knows them by."""
    found = live_commitments(body).exclude(import_key="").select_related("body", "party", "agreement")
    return {commitment.import_key: commitment for commitment in found}


def entry_fingerprints(body: Body) -> dict[int, dict[str, Decimal]]:
    """This will give, by promise, the standing entries that came from files: fingerprint to quantity."""
    found: dict[int, dict[str, Decimal]] = {}
    rows = standing_entries().filter(body=body, commitment__withdrawn_at__isnull=True).exclude(import_fingerprint="")
    for commitment, print_, quantity in rows.values_list("commitment_id", "import_fingerprint", "quantity"):
        found.setdefault(commitment, {})[print_] = quantity
    return found
