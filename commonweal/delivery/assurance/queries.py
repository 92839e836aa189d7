"""What pages and rules read of claims, confirmations, flags and samples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from commonweal.base.models import Body, Link, Membership, Party, Person
from commonweal.delivery.assurance.models import (
    AcceptanceRule,
    Asset,
    ClaimStep,
    Confirmation,
    DataAssessment,
    Flag,
    KeyCall,
    KeyPeriod,
    PersonClaimed,
    Sample,
    Sampled,
)
from commonweal.delivery.assurance.vocabulary import KINDS_BY_WORD
from commonweal.delivery.models import Agreement, AssuranceFact, Commitment, Entry, Evidence
from commonweal.delivery.queries import entry_page, standing_entries
from commonweal.frameworks.queries import rule_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Known(TypedDict):
        step: str | None
        is_evidenced: bool
        has_evidence: bool
        claim_state: str

    #: An entry with the state of its claim.
    Claim = WithAnnotations[Entry, _Known]

ZERO = Decimal(0)
#: States in which somebody of the body has to do something.
OFFICERS_TURN = ("claimed", "answered", "accepted-by-one", "contested")


def _claims() -> QuerySet[Claim]:
    latest = ClaimStep.objects.filter(entry=OuterRef("pk")).order_by("-id").values("kind")[:1]
    evidenced = Exists(AssuranceFact.objects.filter(entry=OuterRef("pk"), kind="evidenced"))
    return (
        Entry.objects.filter(reverses__isnull=True, brought_forward=False, commitment__withdrawn_at__isnull=True)
        .annotate(step=Subquery(latest), is_evidenced=evidenced)
        .annotate(has_evidence=Exists(Evidence.objects.filter(entry=OuterRef("pk"))))
        .annotate(claim_state=Coalesce(F("step"), Value("claimed"), output_field=CharField()))
        .select_related("body", "party", "commitment__agreement__provider", "commitment__measure__edition")
        .select_related("recorded_by__key_held", "reversed_by")
        .defer("commitment__measure__edition__content")
    )  # fmt: skip


def claims(body: Body, *, state: str = "", text: str = "", agreement: Agreement | None = None) -> QuerySet[Claim]:
    """This will list a body's claims that stand, with the state of each; `state` "waiting" is all that officers have to do.

    Claims without evidence wait for it, and are in no list of what officers have to do.
    """
    found = _claims().filter(body=body, reversed_by__isnull=True)
    if agreement is not None:
        found = found.filter(commitment__agreement=agreement)
    if state == "waiting":
        open_ = Q(step__isnull=True, is_evidenced=False) | Q(step__in=("answered", "accepted-by-one", "contested"))
        found = found.filter(open_, has_evidence=True)
    elif state == "no-evidence":
        found = found.filter(step__isnull=True, is_evidenced=False, has_evidence=False)
    elif state == "accepted":
        found = found.filter(Q(step="accepted") | Q(step__isnull=True, is_evidenced=True))
    elif state:
        found = found.filter(step=state)
    if text:
        found = found.filter(
            Q(commitment__wording__icontains=text)
            | Q(commitment__agreement__title__icontains=text)
            | Q(commitment__agreement__provider__name__icontains=text)
        )
    return found


def claims_of_party(party: Party) -> list[Claim]:
    """This will list a provider's claims that wait for it, or were decided against it; needs the party's scope."""
    found = _claims().filter(party=party, reversed_by__isnull=True)
    return list(
        found.filter(step__in=("changes-asked", "refused", "accepted-in-part", "contested")).order_by("-id")[:200]
    )


def get_claim(body: Body, public_id: str) -> Claim:
    """This will find a claim of a body, with its state; raises Entry.DoesNotExist."""
    return _claims().get(body=body, public_id=public_id)


def get_claim_of_party(party: Party, public_id: str) -> Claim:
    """This will find a claim of a provider, with its state; raises Entry.DoesNotExist."""
    return _claims().get(party=party, public_id=public_id)


def standing_claim(party: Party, public_id: str) -> Claim:
    """This will find a claim of a provider, or the one that stands now in its place; raises Entry.DoesNotExist."""
    found = get_claim_of_party(party, public_id)
    corrected = ClaimStep.objects.filter(entry=found, corrected_by__isnull=False).select_related("corrected_by").last()
    return standing_claim(party, corrected.corrected_by.public_id) if corrected and corrected.corrected_by else found


def standing_in_confidence(body: Body, public_id: str) -> Claim:
    """This will find a claim that was told to a body in confidence, or the one that stands now in its place.

    Raises Entry.DoesNotExist, for a claim that its provider sees too.
    """
    found = _claims().get(body=body, party__isnull=True, public_id=public_id)
    corrected = ClaimStep.objects.filter(entry=found, corrected_by__isnull=False).select_related("corrected_by").last()
    return (
        standing_in_confidence(body, corrected.corrected_by.public_id)
        if corrected and corrected.corrected_by
        else found
    )


def was_officer(body: Body, person: Person) -> bool:
    """This will say whether somebody has or had a role in a body; needs the body's scope."""
    return Membership.objects.filter(body=body, person=person).exists()


def keyed_by(entry: Entry) -> set[int]:
    """This will say who recorded a claim or one it corrects, answered for it or contested a decision, by inner key."""
    chain = [entry.pk, *corrects(entry)]
    recorded = Entry.objects.filter(pk__in=chain, recorded_by__isnull=False).values_list("recorded_by_id", flat=True)
    said = ClaimStep.objects.filter(entry__in=chain, kind__in=("answered", "contested"))
    return {*(key for key in recorded if key is not None), *said.values_list("taken_by_id", flat=True)}


def state_of(entry: Entry) -> str:
    """This will say in which state a claim is."""
    last = ClaimStep.objects.filter(entry=entry).order_by("-id").first()
    if last is not None:
        return last.kind
    return "accepted" if AssuranceFact.objects.filter(entry=entry, kind="evidenced").exists() else "claimed"


def is_reversed(entry: Entry) -> bool:
    """This will say whether an entry was taken back."""
    return Entry.objects.filter(reverses=entry).exists()


def steps_of(entry: Entry) -> list[ClaimStep]:
    """This will list the steps of a claim and of the claims it corrects, first taken first."""
    found = ClaimStep.objects.filter(Q(entry=entry) | Q(entry__in=corrects(entry)))
    return list(found.select_related("taken_by__key_held", "entry", "corrected_by").order_by("id"))


def corrects(entry: Entry) -> list[int]:
    """This will list the entries, by inner key, that a claim has come in place of."""
    keys, wanted = list[int](), [entry.pk]
    while wanted and len(keys) < 50:
        wanted = list(ClaimStep.objects.filter(corrected_by__in=wanted).values_list("entry_id", flat=True))
        keys += wanted
    return keys


def deciders(entry: Entry) -> set[int]:
    """This will say who decided on a claim, or on one it corrects, by inner key."""
    found = ClaimStep.objects.filter(Q(entry=entry) | Q(entry__in=corrects(entry)))
    decided = found.filter(kind__in=("accepted-by-one", "accepted", "accepted-in-part", "refused"))
    facts = AssuranceFact.objects.filter(entry=entry, kind="evidenced", stated_by__isnull=False)
    return {*decided.values_list("taken_by_id", flat=True), *facts.values_list("stated_by_id", flat=True)}


def was_contested(entry: Entry) -> bool:
    """This will say whether a provider has contested a decision on a claim."""
    return ClaimStep.objects.filter(entry=entry, kind="contested").exists()


def is_confirmed(entry: Entry) -> bool:
    """This will say whether those who received a delivery have confirmed it already."""
    return AssuranceFact.objects.filter(entry=entry, kind="confirmed").exists()


def works_for_provider(entry: Entry, person: Person) -> bool:
    """This will say whether someone has reported for the provider of a claim."""
    return Entry.objects.filter(body=entry.body, party=entry.party, party__isnull=False, recorded_by=person).exists()


def get_item(body: Body, public_id: str) -> Evidence:
    """This will find an item of evidence of a body; raises Evidence.DoesNotExist."""
    return Evidence.objects.select_related("shared_from", "entry").get(body=body, public_id=public_id)


def get_step(public_id: str) -> ClaimStep:
    """This will find a step of a claim in the open scope; raises ClaimStep.DoesNotExist."""
    return ClaimStep.objects.select_related("taken_by__key_held").get(public_id=public_id)


def key_periods(body: Body) -> list[KeyPeriod]:
    """This will list the periods in which a body takes keys of people, latest first."""
    return list(KeyPeriod.objects.filter(body=body).order_by("-starts_on", "-id"))


def first_acceptance(entry: Entry) -> ClaimStep:
    """This will find the acceptance that waits for a second."""
    return (
        ClaimStep.objects.filter(entry=entry, kind="accepted-by-one").select_related("taken_by__key_held").latest("id")
    )


def evidence_of(entry: Entry) -> list[Evidence]:
    """This will list an entry's evidence."""
    return entry_page(entry).evidence


def latest_rule(body: Body) -> AcceptanceRule | None:
    """This will find the limits a body has set, if it has."""
    return AcceptanceRule.objects.filter(body=body).select_related("set_by__key_held").order_by("-id").first()


def value_of_claim(entry: Entry) -> Decimal | None:
    """This will price a claim for its risk alone, at the framework's own value of one unit; None where it has none.

    It is no figure of the account: no rate, no year and no drop-off enter it.
    """
    if entry.commitment.unit == "GBP":
        return entry.quantity
    if entry.commitment.measure is None:
        return None
    value = rule_of(entry.commitment.measure).value
    amount = None if value is None else value.amount if value.amount is not None else value.high
    return None if amount is None else entry.quantity * amount


def evidence_wanted(commitment: Commitment) -> tuple[tuple[str, ...], frozenset[str]]:
    """This will say which evidence a promise's measure wants: in the framework's words, and as our kinds."""
    if commitment.measure is None:
        return (), frozenset()
    words = rule_of(commitment.measure).evidence
    kinds = {
        kind
        for each in words
        for begins, kind in KINDS_BY_WORD.items()
        if re.search(rf"\b{begins}", each, re.IGNORECASE)
    }
    return words, frozenset(kinds)


# --- evidence in shares, and what may be counted twice ---------------------------------------------------------------


def root_of(item: Evidence) -> Evidence:
    """This will find the item a piece of evidence is a share of: itself, where it was given first."""
    return item if item.shared_from is None else item.shared_from


def shareable(entry: Entry) -> list[Evidence]:
    """This will list the evidence of an agreement's other standing claims of which a part is free, latest first."""
    found = Evidence.objects.filter(
        entry__commitment__agreement=entry.commitment.agreement, shared_from__isnull=True,
        entry__reverses__isnull=True, entry__reversed_by__isnull=True,
    ).exclude(entry=entry)  # fmt: skip
    accepted = AssuranceFact.objects.filter(entry=OuterRef("entry"), kind="evidenced")
    return list(found.exclude(Exists(accepted)).select_related("entry__commitment", "file").order_by("-id")[:200])


def same_evidence(entry: Entry) -> list[Entry]:
    """This will find the body's other standing entries with the very same file, of which this is no share."""
    mine = [each for each in evidence_of(entry) if each.file is not None]
    roots = {each.shared_from_id or each.pk for each in mine}
    others = (
        Evidence.objects.filter(body=entry.body_id, file__sha256__in=[each.file.sha256 for each in mine if each.file])
        .filter(entry__reverses__isnull=True, entry__reversed_by__isnull=True)
        .exclude(entry=entry)
        .exclude(pk__in=roots)
        .exclude(shared_from__in=roots)
    )
    return _entries(others.values_list("entry_id", flat=True))


def asset_key(label: str) -> str:
    """This will give what tells one asset's label from another's: its letters and digits, without capitals."""
    return re.sub(r"[^a-z0-9]", "", label.casefold())


def same_asset(entry: Entry) -> list[Entry]:
    """This will find the body's other standing entries of the same measure or wording about the same asset."""
    keys = Asset.objects.filter(entry=entry).values_list("key", flat=True)
    others = Asset.objects.filter(body=entry.body_id, key__in=list(keys)).exclude(entry=entry)
    return _entries(others.values_list("entry_id", flat=True))


def same_person(entry: Entry) -> list[Entry]:
    """This will find the body's other standing entries that claim one of the same people, by their keys."""
    held = list(PersonClaimed.objects.filter(entry=entry).values_list("key", flat=True))
    others = PersonClaimed.objects.filter(body=entry.body_id, key__in=held).exclude(entry=entry)
    return _entries(others.values_list("entry_id", flat=True))


def _entries(keys: Iterable[int]) -> list[Entry]:
    return list(standing_entries().filter(pk__in=set(keys)).select_related("commitment__agreement").order_by("id"))


def assets_of(entry: Entry) -> list[Asset]:
    """This will list the assets a claim is about."""
    return list(Asset.objects.filter(entry=entry).order_by("id"))


def key_period(body: Body, on: date) -> KeyPeriod | None:
    """This will find the period in which a body takes keys of people, if it does on that day."""
    return KeyPeriod.objects.filter(body=body, starts_on__lte=on, ends_on__gte=on).order_by("-id").first()


def parties_without_call(body: Body, period: KeyPeriod) -> list[Party]:
    """This will list the providers of a body's standing agreements that were not told of a period of keys yet."""
    told = KeyCall.objects.filter(body=body, period=period.public_id).values("party_id")
    theirs = Agreement.objects.filter(body=body, withdrawn_at__isnull=True, party__isnull=False).exclude(
        party_id__in=told
    )
    return [
        each.party for each in theirs.select_related("party").order_by("party_id").distinct("party_id") if each.party
    ]


def key_calls(party: Party) -> list[KeyCall]:
    """This will list the periods for which bodies take keys from a provider; needs the provider's scope."""
    return list(KeyCall.objects.filter(party=party).select_related("body").order_by("body__name", "-starts_on"))


def key_call(entry: Entry) -> KeyCall | None:
    """This will find the call for keys that a provider's entry falls into; needs the provider's scope."""
    day = entry.ends_on or entry.starts_on
    found = KeyCall.objects.filter(party=entry.party_id, body=entry.body_id, starts_on__lte=day, ends_on__gte=day)
    return found.order_by("-id").first() if day else None


def entries_of_call(call: KeyCall) -> list[tuple[Entry, int]]:
    """This will list a provider's standing entries within a call, latest first, with how many keys each has."""
    found = standing_entries().filter(party=call.party_id, body=call.body_id).select_related("commitment__agreement")
    within = found.annotate(day=Coalesce("ends_on", "starts_on")).filter(day__gte=call.starts_on, day__lte=call.ends_on)
    entries = list(within.order_by("-day", "-id")[:200])
    given = PersonClaimed.objects.filter(entry__in=entries).values_list("entry_id").annotate(Count("id"))
    counted = dict(given.values_list("entry_id", "id__count"))
    return [(entry, counted.get(entry.pk, 0)) for entry in entries]


def flags(body: Body, *, open_only: bool = True, entry: Entry | None = None) -> QuerySet[Flag]:
    """This will list a body's flags, those that are open or all."""
    found = Flag.objects.filter(body=body).select_related(
        "entry__commitment__agreement__provider", "other__commitment__agreement__provider", "settled_by__key_held"
    )
    if entry is not None:
        found = found.filter(Q(entry=entry) | Q(other=entry))
    if open_only:
        found = found.filter(settled_at__isnull=True, entry__reversed_by__isnull=True).filter(
            Q(other__isnull=True) | Q(other__reversed_by__isnull=True)
        )
    return found.order_by("-id")


def get_flag(body: Body, public_id: str) -> Flag:
    """This will find a flag of a body; raises Flag.DoesNotExist."""
    return Flag.objects.select_related(
        "body", "entry__commitment__agreement", "entry__body", "entry__party", "other__commitment__agreement"
    ).get(body=body, public_id=public_id)


def is_flagged(entry: Entry) -> bool:
    """This will say whether a flag on a claim is open."""
    return flags(entry.body, entry=entry).exists()


# --- confirmations ---------------------------------------------------------------------------------------------------


def assessment_of(agreement: Agreement) -> DataAssessment | None:
    """This will find the latest data protection assessment recorded for an agreement."""
    found = DataAssessment.objects.filter(agreement=agreement).select_related("recorded_by__key_held")
    return found.order_by("-id").first()


def _confirmations() -> QuerySet[Confirmation]:
    return Confirmation.objects.select_related(
        "body", "person__key_held", "asked_by__key_held", "link__body", "entry__body", "entry__party",
        "entry__commitment__measure", "entry__commitment__agreement__provider",
    )  # fmt: skip


def confirmation_of_link(link: Link) -> Confirmation:
    """This will find the question a link asks; raises Confirmation.DoesNotExist."""
    return _confirmations().get(link=link)


def confirmations(body: Body, *, agreement: Agreement | None = None, entry: Entry | None = None) -> list[Confirmation]:
    """This will list the questions asked about an agreement or an entry, latest first."""
    found = _confirmations().filter(body=body)
    if agreement is not None:
        found = found.filter(entry__commitment__agreement=agreement)
    if entry is not None:
        found = found.filter(entry=entry)
    return list(found.order_by("-id"))


def unanswered_since(body: Body, day: date) -> list[Confirmation]:
    """This will list the questions asked on or before a day that have neither an answer nor a reminder."""
    found = _confirmations().filter(body=body, answer="", reminded_at__isnull=True, asked_at__date__lte=day)
    return list(found.filter(link__ended_at__isnull=True, entry__reversed_by__isnull=True).order_by("id"))


# --- samples ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Population:
    """The claims a sample is drawn from: by outward id, each with what was claimed."""

    entries: tuple[Entry, ...]

    @property
    def ids(self) -> list[str]:
        """The outward ids, in order: what anybody needs, with the seed, to draw again."""
        return sorted(entry.public_id for entry in self.entries)

    @property
    def claimed(self) -> Decimal:
        """All that was claimed."""
        return sum((entry.quantity for entry in self.entries), ZERO)


def population(
    body: Body, starts_on: date, ends_on: date, agreement: Agreement | None, measures: Sequence[str]
) -> Population:
    """This will gather the standing claims of a period, nil returns left out: of an agreement or all, some measures or all."""
    found = (
        claims(body, agreement=agreement)
        .filter(quantity__gt=0)
        .filter(
            Q(ends_on__range=(starts_on, ends_on))
            | Q(ends_on__isnull=True, recorded_at__date__range=(starts_on, ends_on))
        )
    )
    if measures:
        found = found.filter(commitment__measure__measure_id__in=list(measures))
    return Population(tuple(found.order_by("public_id")))


def samples(body: Body, agreement: Agreement | None = None) -> list[Sample]:
    """This will list a body's samples, latest first."""
    found = Sample.objects.filter(body=body).select_related("agreement", "drawn_by__key_held")
    return list((found if agreement is None else found.filter(agreement=agreement)).order_by("-id"))


def get_sample(body: Body, public_id: str) -> Sample:
    """This will find a sample of a body; raises Sample.DoesNotExist."""
    return Sample.objects.select_related("body", "agreement", "drawn_by__key_held").get(body=body, public_id=public_id)


def items_of(sample: Sample) -> list[Sampled]:
    """This will list what was drawn, in the order of the draw."""
    return list(
        Sampled.objects.filter(sample=sample)
        .select_related("entry__commitment__agreement__provider", "entry__body", "checked_by__key_held")
        .prefetch_related("entry__evidence")
        .order_by("position")
    )
