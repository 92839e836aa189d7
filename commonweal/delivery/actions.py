"""What may be done with agreements, promises and entries. History is added to: a mistake is reversed, never edited."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection

from commonweal.asks.actions import note_agreement
from commonweal.asks.models import AskLine, Opportunity
from commonweal.asks.queries import clause_of
from commonweal.base.actions import end_roles, record_event, store_file
from commonweal.base.errors import NotPossible
from commonweal.base.files import check_holds_table
from commonweal.base.ids import random_id
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.base.scope import whole_party
from commonweal.delivery import policies, queries
from commonweal.delivery.consequences import after_reversal, check_takes_work
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
    PaidJobs,
    SavedMapping,
)
from commonweal.delivery.terms import Terms, terms_of
from commonweal.directory.actions import end_appointment
from commonweal.directory.models import Department, Organisation
from commonweal.directory.queries import place_on, today
from commonweal.engine.clauses import CHANGE_AND_CREDIT
from commonweal.frameworks.actions import NodeWords, edit_node
from commonweal.frameworks.models import Measure


def record_agreement(
    *, by: Person | None, body: Body, title: str, channel: str, level: str = "agreement", reference: str = "",
    kind: str = "", parent: Agreement | None = None, provider: Organisation | None = None,
    opportunity: Opportunity | None = None, department: Department | None = None, owner: Person | None = None,
    buyer_name: str = "", regime: str = "", value: Decimal | None = None, spent: Decimal | None = None,
    starts_on: date | None = None, ends_on: date | None = None, ends_words: str = "", extension_months: int = 0,
    place_code: str = "", origin: str = "made", citation: str = "", as_contracted: dict[str, Any] | None = None,
    batch: ImportBatch | None = None, import_key: str = "", import_fingerprint: str = "",
) -> Agreement:  # fmt: skip
    """This will record an agreement made here or elsewhere; raises NotPossible when its facts contradict each other.

    The opportunity it came from is agreed from then on.
    """
    policies.check_period(starts_on, ends_on)
    if place_code:
        place_on(place_code, starts_on or today())
    if opportunity is not None:
        note_agreement(by=by, opportunity=opportunity)
    agreement = Agreement.objects.create(
        body=body, party=provider.party if provider else None, title=title, channel=channel, level=level,
        reference=reference, kind=kind, parent=parent, provider=provider, opportunity=opportunity,
        department=department, owner=owner, buyer_name=buyer_name, regime=regime, value=value, spent=spent,
        starts_on=starts_on, ends_on=ends_on, ends_words=ends_words, extension_months=extension_months,
        place_code=place_code, origin=origin, citation=citation, as_contracted=as_contracted or {}, batch=batch,
        recorded_by=by, import_key=import_key, import_fingerprint=import_fingerprint,
    )  # fmt: skip
    record_event(
        action="delivery.agreement.recorded", subject=f"delivery.agreement:{agreement.public_id}", by=by, body=body,
        channel=channel, level=level, value=value, origin=origin, reference=reference,
    )  # fmt: skip
    offered = clause_of(opportunity) if opportunity is not None else None
    if offered is not None:
        record_clause(
            by=by, agreement=agreement, source="ask", kind=offered.kind, version=offered.version,
            expiry_months=offered.expiry_months, cap_percent=offered.cap_percent,
        )  # fmt: skip
    return agreement


def record_clause(
    *, by: Person | None, agreement: Agreement, source: str, kind: str = CHANGE_AND_CREDIT, version: str = "",
    stands: bool = True, expiry_months: int | None = None, cap_percent: int | None = None,
) -> AgreementClause:  # fmt: skip
    """This will record that an agreement has a standard clause, or (`stands` false) that it has none after all.

    What was said before stays on record. `version` is the catalogue's wording; empty, the contract has words of its own.
    Raises NotPossible.
    """
    policies.check_not_withdrawn(agreement)
    policies.check_clause(stands=stands, expiry_months=expiry_months, cap_percent=cap_percent)
    made = AgreementClause.objects.create(
        body=agreement.body, party=agreement.party, agreement=agreement, kind=kind, version=version, stands=stands,
        expiry_months=expiry_months, cap_percent=cap_percent, source=source, recorded_by=by,
    )  # fmt: skip
    record_event(
        action="delivery.clause.recorded", subject=f"delivery.agreement:{agreement.public_id}", by=by,
        body=agreement.body, kind=kind, version=version, stands=stands, source=source, expiry_months=expiry_months,
        cap_percent=cap_percent,
    )  # fmt: skip
    return made


def record_commitment(
    *, by: Person | None, agreement: Agreement, wording: str, unit: str, quantity: Decimal | None,
    measure: Measure | None = None, direction: str = "", basis: str = "fixed", basis_words: str = "",
    per_amount: Decimal | None = None, starts_on: date | None = None, ends_on: date | None = None,
    place_code: str = "", place_role: str = "delivered-at", owner: Person | None = None,
    ask_line: AskLine | None = None, position: int = 0, citation: str = "",
    as_contracted: dict[str, Any] | None = None, gbp_as_contracted: Decimal | None = None,
    batch: ImportBatch | None = None, import_key: str = "", import_fingerprint: str = "", rounding: str = "pro-rata",
    per_count: Decimal | None = None, capped_at: Decimal | None = None,
    shares: Sequence[tuple[Body, Decimal]] = (),
) -> Commitment:  # fmt: skip
    """This will record a promise under an agreement; raises NotPossible.

    Without a quantity nothing was promised and only delivery is told. `shares` say which bodies count it; none means
    the agreement's own body counts it whole.
    """
    policies.check_not_withdrawn(agreement)
    policies.check_takes_promises(agreement)
    check_takes_work(agreement)
    policies.check_period(starts_on, ends_on)
    if quantity is not None:
        policies.check_quantity(quantity)
    policies.check_formula(basis, per_amount, per_count, capped_at)
    policies.check_shares([share for _, share in shares])
    if place_code:
        place_on(place_code, starts_on or today())
    commitment = Commitment.objects.create(
        body=agreement.body, party=agreement.party, agreement=agreement, measure=measure,
        direction=direction or (measure.direction if measure else "benefit"), wording=wording, unit=unit,
        quantity=quantity, basis=basis, basis_words=basis_words, per_amount=per_amount, starts_on=starts_on,
        rounding=rounding, per_count=per_count, capped_at=capped_at,
        ends_on=ends_on, place_code=place_code, place_role=place_role, owner=owner, ask_line=ask_line,
        position=position, citation=citation, as_contracted=as_contracted or {}, gbp_as_contracted=gbp_as_contracted,
        batch=batch, import_key=import_key, import_fingerprint=import_fingerprint, recorded_by=by,
    )  # fmt: skip
    for counted_by, share in shares:
        CountingShare.objects.create(
            body=agreement.body, party=agreement.party, commitment=commitment, counted_by=counted_by, share=share
        )
    record_event(
        action="delivery.commitment.recorded", subject=f"delivery.commitment:{commitment.public_id}", by=by,
        body=agreement.body, agreement=agreement.public_id, measure=measure.measure_id if measure else None,
        quantity=quantity, unit=unit, basis=basis,
        shares={counted_by.slug: str(share) for counted_by, share in shares},
    )  # fmt: skip
    return commitment


def record_entry(
    *, by: Person | None, commitment: Commitment, quantity: Decimal, starts_on: date | None = None,
    ends_on: date | None = None, unit: str = "", place_code: str = "", place_role: str = "", note: str = "",
    brought_forward: bool = False, batch: ImportBatch | None = None, import_fingerprint: str = "",
    in_confidence: bool = False, public_id: str = "",
) -> Entry:  # fmt: skip
    """This will record what somebody says was delivered under a promise, in its unit; raises NotPossible.

    `in_confidence` keeps it from the provider's own people: a sub-contractor told the body alone. `public_id` is the
    outward id the form was given before it was sent.
    """
    policies.check_not_withdrawn(commitment.agreement)
    check_takes_work(commitment.agreement)
    policies.check_quantity(quantity)
    policies.check_unit(commitment, unit)
    policies.check_period(starts_on, ends_on)
    if not brought_forward:  # a tracker's columns name whole periods, the one under way too
        policies.check_entry_dates(starts_on, ends_on, today=today())
    place_code = place_code or commitment.place_code
    if place_code:
        begins = starts_on or today()
        for day in (begins, ends_on or begins):
            place_on(place_code, day)
    entry = Entry.objects.create(
        body=commitment.body, party=None if in_confidence else commitment.party, commitment=commitment,
        quantity=quantity, starts_on=starts_on, ends_on=ends_on, place_code=place_code,
        place_role=place_role or commitment.place_role, note=note,
        brought_forward=brought_forward, batch=batch,
        import_fingerprint=import_fingerprint, recorded_by=by, public_id=public_id or random_id(),
    )  # fmt: skip
    record_event(
        action="delivery.entry.recorded", subject=f"delivery.entry:{entry.public_id}", by=by, body=commitment.body,
        commitment=commitment.public_id, quantity=quantity, brought_forward=brought_forward,
    )  # fmt: skip
    return entry


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence given with a report, and its file if there is one."""

    kind: str
    description: str
    file_name: str = ""
    content: bytes = b""


def report_delivery(
    *, by: Person, commitments: Sequence[Commitment], quantity: Decimal, starts_on: date | None, ends_on: date | None,
    place_code: str = "", note: str = "", proof: Proof | None = None, once: str = "",
) -> list[Entry]:  # fmt: skip
    """This will record one report, with its evidence, under each of these promises; raises NotPossible, UnusableFile.

    More than one only where several bodies share a promise (`queries.shared_with`): each keeps the whole in a record of
    its own and counts its share of it. All in one transaction, so that what was told once is never half recorded.
    `once` is the form's own key: sent a second time, the first entry alone is answered and nothing is recorded.
    """
    policies.check_right(commitments[0].agreement, "report")
    if once:
        with connection.cursor() as cursor:  # the second of two at one moment waits here for the first
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"delivery.entry:{once}"])
        sent = queries.entry_sent_as(commitments[0], once)
        if sent is not None:
            policies.check_sent_again(sent, quantity, starts_on, ends_on, note)
            return [sent]
    made: list[Entry] = []
    with whole_party():
        for commitment in commitments:
            entry = record_entry(
                by=by, commitment=commitment, quantity=quantity, starts_on=starts_on, ends_on=ends_on,
                place_code=place_code, note=note, public_id="" if made else once,
            )  # fmt: skip
            if proof is not None:
                add_evidence(
                    by=by, entry=entry, kind=proof.kind, description=proof.description, file_name=proof.file_name,
                    content=proof.content,
                )  # fmt: skip
            made.append(entry)
    return made


def reverse_entry(*, by: Person | None, entry: Entry, reason: str) -> Entry:
    """This will take an entry back by an entry of its own; both stay on record. Raises NotPossible."""
    policies.check_can_be_reversed(entry)
    reversal = Entry.objects.create(
        body=entry.body, party=entry.party, commitment=entry.commitment, quantity=entry.quantity,
        starts_on=entry.starts_on, ends_on=entry.ends_on, place_code=entry.place_code, place_role=entry.place_role,
        note=reason, reverses=entry, recorded_by=by,
    )  # fmt: skip
    record_event(
        action="delivery.entry.reversed", subject=f"delivery.entry:{entry.public_id}", by=by, body=entry.body,
        reversal=reversal.public_id, quantity=entry.quantity,
    )  # fmt: skip
    after_reversal(entry, by)
    return reversal


def note_paid_jobs(*, by: Person | None, spend: Entry, jobs: Entry) -> None:
    """This will note that spending pays for jobs told beside it, so that one of the two is valued: the jobs, until a
    person decides. Noted before, it stays as it is. Raises NotPossible."""
    policies.check_paid_jobs(spend, jobs)
    if not PaidJobs.objects.filter(spend=spend, jobs=jobs).exists():
        _say_paid_jobs(by, spend, jobs, "jobs", "", "noted")


def decide_paid_jobs(*, by: Person, pair: queries.Paid, valued: str, reason: str, written_against: str) -> None:
    """This will record which of spending and the jobs it pays for is valued ("jobs", "spending" or "both"), and why.

    What was said before stays on record; deciding again takes its place. `written_against` is the outward id of what
    stood when the decision was written. Raises ChangedMeanwhile and NotPossible.
    """
    Agreement.objects.select_for_update(of=("self",)).get(pk=pair.spend.commitment.agreement_id)
    policies.check_paid_jobs(pair.spend, pair.jobs)
    if (
        queries.get_paid_jobs(pair.spend.body, pair.spend.public_id, pair.jobs.public_id).stands.public_id
        != written_against
    ):
        raise ChangedMeanwhile(
            "Someone else decided this while you were writing, so nothing was saved. Look at what they decided above, "
            "and save again to replace it with yours."
        )
    if not reason.strip():
        raise NotPossible("Say why, so that whoever reads the figure can follow it.")
    _say_paid_jobs(by, pair.spend, pair.jobs, valued, reason.strip(), "decided")


def _say_paid_jobs(by: Person | None, spend: Entry, jobs: Entry, valued: str, reason: str, did: str) -> None:
    PaidJobs.objects.create(
        # Told in confidence by one of the two, it is the body's alone.
        body=spend.body, party=spend.party if jobs.party_id is not None else None, spend=spend, jobs=jobs, valued=valued,
        reason=reason, recorded_by=by,
    )  # fmt: skip
    for entry in (spend, jobs):
        record_event(
            action=f"delivery.paid_jobs.{did}", subject=f"delivery.entry:{entry.public_id}", by=by, body=spend.body,
            spend=spend.public_id, jobs=jobs.public_id, valued=valued,
        )  # fmt: skip


def add_evidence(
    *, by: Person, entry: Entry, kind: str, description: str, dated_on: date | None = None, file_name: str = "",
    content: bytes = b"",
) -> Evidence:  # fmt: skip
    """This will put evidence beside an entry, with its file if one is given; raises UnusableFile or NotPossible."""
    policies.check_stated_on(dated_on, today=today())
    stored = None
    if file_name:
        stored = store_file(name=file_name, content=content, body=entry.body, party=entry.party, by=by)
    evidence = Evidence.objects.create(
        body=entry.body, party=entry.party, entry=entry, kind=kind, description=description, dated_on=dated_on,
        file=stored, added_by=by,
    )  # fmt: skip
    record_event(
        action="delivery.evidence.added", subject=f"delivery.entry:{entry.public_id}", by=by, body=entry.body,
        evidence=evidence.public_id, kind=kind, sha256=stored.sha256 if stored else None,
    )  # fmt: skip
    return evidence


def _state_fact(
    *, by: Person, entry: Entry, kind: str, quantity: Decimal, dated_on: date, words: str, note: str
) -> AssuranceFact:
    policies.check_fact(entry, kind, quantity)
    policies.check_stated_on(dated_on, today=today())
    fact = AssuranceFact.objects.create(
        body=entry.body, party=entry.party, entry=entry, kind=kind, quantity=quantity, dated_on=dated_on,
        stated_by=by, stated_by_words=words, note=note,
    )  # fmt: skip
    record_event(
        action=f"delivery.entry.{kind}", subject=f"delivery.entry:{entry.public_id}", by=by, body=entry.body,
        quantity=quantity, dated_on=dated_on,
    )  # fmt: skip
    return fact


def accept_evidence(*, by: Person, entry: Entry, quantity: Decimal, dated_on: date, note: str = "") -> AssuranceFact:
    """This will record that the body accepts the evidence for a quantity, by a second person; raises NotPossible."""
    policies.check_may_accept(entry, by)
    return _state_fact(by=by, entry=entry, kind="evidenced", quantity=quantity, dated_on=dated_on, words="", note=note)


def record_confirmation(
    *, by: Person, entry: Entry, quantity: Decimal, dated_on: date, confirmed_by: str, note: str = ""
) -> AssuranceFact:
    """This will record that those who received it said so, and who they are; raises NotPossible."""
    policies.check_may_confirm(entry, by)
    return _state_fact(
        by=by, entry=entry, kind="confirmed", quantity=quantity, dated_on=dated_on, words=confirmed_by, note=note
    )


def record_assurance(*, by: Person, entry: Entry, quantity: Decimal, dated_on: date, note: str = "") -> AssuranceFact:
    """This will record an auditor's check of an entry, by someone who did not record it; raises NotPossible."""
    policies.check_may_assure(entry, by)
    return _state_fact(by=by, entry=entry, kind="assured", quantity=quantity, dated_on=dated_on, words="", note=note)


def set_agreement_owner(*, by: Person, agreement: Agreement, owner: Person | None) -> None:
    """This will make someone the owner of an agreement, or nobody."""
    agreement.owner = owner
    agreement.save(update_fields=["owner"])
    record_event(
        action="delivery.agreement.owner_set", subject=f"delivery.agreement:{agreement.public_id}", by=by,
        body=agreement.body, owner=owner.pseudonym if owner else None,
    )  # fmt: skip


class ChangedMeanwhile(NotPossible):
    """Someone else changed the terms while a change to them was being written."""


def change_terms(
    *, by: Person, agreement: Agreement, terms: Terms, written_against: str, reason: str
) -> dict[str, Any]:
    """This will change an agreement's value or dates; what was and what is stay on record, with the reason.

    `written_against` is the token of the terms the change was written against. Answers what changed, name to
    [what was, what is]; nothing changed writes nothing. Raises ChangedMeanwhile and NotPossible. Promises keep their own
    dates; those that have none follow the agreement's.
    """
    held = Agreement.objects.select_for_update(of=("self",)).select_related("body").get(pk=agreement.pk)
    policies.check_terms_can_change(held)
    before = terms_of(held)
    if before.token() != written_against:
        raise ChangedMeanwhile(
            "Someone else changed the value or dates while you were writing, so nothing was saved. The form shows what "
            "they are now: make your change again."
        )
    policies.check_period(terms.starts_on, terms.ends_on)
    changed = {name: [old, new] for (name, old), new in zip(asdict(before).items(), asdict(terms).values(), strict=True)
               if old != new}  # fmt: skip
    if not changed:
        return changed
    for name, (_, new) in changed.items():
        setattr(held, name, new)
    if terms.ends_on is not None and held.ends_words:
        held.ends_words = ""  # "TBC" no longer: the date is known
    held.save(update_fields=[*changed, "ends_words"])
    record_event(
        action="delivery.agreement.terms_changed", subject=f"delivery.agreement:{held.public_id}", by=by, body=held.body,
        changed=changed, reason=reason.strip(),
    )  # fmt: skip
    return changed


def set_owners(*, by: Person, agreements: Sequence[Agreement], owner: Person | None) -> int:
    """This will make someone the owner of many agreements at once, or nobody; answers how many that changed."""
    changed = [agreement for agreement in agreements if agreement.owner != owner]
    for agreement in changed:
        set_agreement_owner(by=by, agreement=agreement, owner=owner)
    return len(changed)


def set_commitment_owner(*, by: Person, commitment: Commitment, owner: Person | None) -> None:
    """This will make someone the owner of a promise, or nobody."""
    commitment.owner = owner
    commitment.save(update_fields=["owner"])
    record_event(
        action="delivery.commitment.owner_set", subject=f"delivery.commitment:{commitment.public_id}", by=by,
        body=commitment.body, owner=owner.pseudonym if owner else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How much of a leaver's work went to someone else, and how many appointments and roles ended.

    `others` counts what the rooms list besides (`base.belongings`), by the id of its kind.
    """

    agreements: int
    promises: int
    strategy: int
    appointments: int
    roles: int
    others: tuple[tuple[str, int], ...] = ()


def hand_over(
    *, by: Person, body: Body, leaver: Person, successor: Person | None, on: date, end_access: bool = False
) -> HandedOver:
    """This will give all that a leaver owns to someone else, and end their access if that is asked; raises NotPossible.

    Agreements, promises, parts of the strategy and whatever else a room lists as owned go to the successor; none is
    needed when nothing is owned. With
    `end_access` their appointments end on the day `on` and their roles at once: their next request finds nothing.
    """
    owned = queries.owned_by(body, leaver)
    parts = queries.strategy_owned_by(body, leaver, on)
    others = queries.others_owned_by(body, leaver, on)
    policies.check_hand_over(
        by=by, body=body, leaver=leaver, successor=successor,
        owns=bool(owned.agreements or owned.commitments or parts or others), end_access=end_access,
    )  # fmt: skip
    for agreement in owned.agreements:
        set_agreement_owner(by=by, agreement=agreement, owner=successor)
    for commitment in owned.commitments:
        set_commitment_owner(by=by, commitment=commitment, owner=successor)
    for node in (part.node for part in parts):
        words = NodeWords(
            title=node.title, title_cy=node.title_cy, words=node.words, words_cy=node.words_cy, owner=successor,
            department=node.department, starts_on=node.starts_on, ends_on=node.ends_on,
        )  # fmt: skip
        edit_node(body=body, by=by, node=node, version=node.version, words=words)
    passed_on = tuple(
        (kind.id, kind.hand_over(by=by, body=body, leaver=leaver, successor=successor, on=on)) for kind, _ in others
    )
    ended = queries.open_appointments_of(body, leaver) if end_access else []
    for appointment in ended:
        end_appointment(appointment=appointment, ends_on=max(on, appointment.starts_on), body=body, by=by)
    done = HandedOver(
        len(owned.agreements), len(owned.commitments), len(parts), len(ended),
        end_roles(person=leaver, body=body, by=by) if end_access else 0, passed_on,
    )  # fmt: skip
    record_event(
        action="delivery.work.handed_over", subject=f"base.person:{leaver.pseudonym}", by=by, body=body,
        successor=successor.pseudonym if successor else None, **asdict(done),
    )  # fmt: skip
    return done


def end_agreement(*, by: Person, agreement: Agreement, state: str, ends_on: date, reason: str) -> None:
    """This will close an agreement: ended at its term, or terminated early, with the reason on record."""
    if state not in policies.AGREEMENT_STATES[agreement.state]:
        raise NotPossible("This agreement is closed already.")
    policies.check_period(agreement.starts_on, ends_on)
    agreement.state, agreement.ends_on = state, ends_on
    agreement.save(update_fields=["state", "ends_on"])
    record_event(
        action=f"delivery.agreement.{state}", subject=f"delivery.agreement:{agreement.public_id}", by=by,
        body=agreement.body, ends_on=ends_on, at=database_now(), reason=reason,
    )  # fmt: skip


# --- files of contracts ------------------------------------------------------------------------------------------


def wait_for_other_files(*, body: Body) -> None:
    """This will let one file of a body be brought in at a time, so that two cannot record one contract twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"delivery files {body.pk}"])


def open_batch(*, by: Person | None, body: Body, name: str, content: bytes) -> ImportBatch:
    """This will begin with a file that somebody wants to bring in; raises UnusableFile.

    A person's file is kept. A command has no person, and its file stays with whoever ran it: we keep its hash.
    """
    check_holds_table(name, content)
    file = store_file(name=name, content=content, body=body, party=None, by=by) if by else None
    batch = ImportBatch.objects.create(
        body=body, file=file, name=(file.name if file else Path(name).name)[-200:], imported_by=by,
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    record_event(
        action="delivery.file.opened",
        subject=f"delivery.import:{batch.public_id}",
        by=by,
        body=body,
        sha256=batch.sha256,
    )
    return batch


def choose_columns(*, by: Person | None, batch: ImportBatch, mapping: list[dict[str, Any]]) -> None:
    """This will say which column of a file is read as what; the file is read again after. Raises NotPossible."""
    policies.check_batch_is_open(batch)
    batch.mapping = mapping
    batch.save(update_fields=["mapping"])
    record_event(
        action="delivery.file.columns_chosen", subject=f"delivery.import:{batch.public_id}", by=by, body=batch.body,
        columns=len(mapping),
    )  # fmt: skip


def refuse_file(*, by: Person | None, batch: ImportBatch, reason: str) -> None:
    """This will say that no table could be read in a file, and what to do; nothing of it is kept as rows."""
    ImportRow.objects.filter(batch=batch).delete()
    batch.state, batch.notes, batch.mapping, batch.proposals = "refused", [reason], [], []
    batch.save(update_fields=["state", "notes", "mapping", "proposals"])
    record_event(action="delivery.file.refused", subject=f"delivery.import:{batch.public_id}", by=by, body=batch.body)


def note_reading(
    *, batch: ImportBatch, mapping: list[dict[str, Any]], proposals: list[dict[str, Any]], notes: list[str],
    signature: str, sheet: str,
) -> None:  # fmt: skip
    """This will write how a file is read: its columns, what we proposed and what was noticed."""
    batch.mapping, batch.proposals, batch.notes = mapping, proposals, notes
    batch.signature, batch.sheet = signature, sheet[:100]
    batch.save(update_fields=["mapping", "proposals", "notes", "signature", "sheet"])


def note_outcome(
    *, by: Person | None, batch: ImportBatch, rows: Sequence[dict[str, Any]], pence: dict[str, Any], state: str
) -> None:
    """This will write what became of every row, in place of what an earlier preview said.

    `rows` have row_number, outcome, reasons, cells, notes, agreement_id, commitment_id and entry_id; `state` is
    "previewed" or "imported". Raises NotPossible for a file that was dealt with already.
    """
    policies.check_batch_is_open(batch)
    ImportRow.objects.filter(batch=batch).delete()
    ImportRow.objects.bulk_create((ImportRow(body=batch.body, batch=batch, **row) for row in rows), batch_size=500)
    counts = {
        outcome: sum(row["outcome"] == outcome for row in rows) for outcome in ("accepted", "unchanged", "rejected")
    }
    batch.rows_in, batch.pence, batch.state = len(rows), pence, state
    batch.accepted, batch.unchanged, batch.rejected = counts["accepted"], counts["unchanged"], counts["rejected"]
    batch.imported_at = database_now() if state == "imported" else None
    batch.save(update_fields=["rows_in", "pence", "state", "accepted", "unchanged", "rejected", "imported_at"])
    if state == "imported":
        remember_mapping(batch=batch)
    record_event(
        action="delivery.file.brought_in" if state == "imported" else "delivery.file.read",
        subject=f"delivery.import:{batch.public_id}", by=by, body=batch.body, rows=len(rows), sha256=batch.sha256,
        **counts,
    )  # fmt: skip


def remember_mapping(*, batch: ImportBatch) -> None:
    """This will remember how this body reads files with these headings."""
    held = SavedMapping.objects.filter(body=batch.body, signature=batch.signature).first()
    if held is None:
        SavedMapping.objects.create(body=batch.body, signature=batch.signature, name=batch.name, mapping=batch.mapping)
    else:
        held.mapping, held.saved_at = batch.mapping, database_now()
        held.save(update_fields=["mapping", "saved_at"])


def undo_batch(*, by: Person | None, batch: ImportBatch) -> None:
    """This will take a file's contracts, promises and entries out of every list and figure; all stay on record.

    Raises NotPossible when somebody has built on it since.
    """
    policies.check_batch_can_be_undone(batch)
    now = database_now()
    Agreement.objects.filter(body=batch.body, batch=batch).update(withdrawn_at=now)
    Commitment.objects.filter(body=batch.body, batch=batch).update(withdrawn_at=now)
    reversed_entries = Entry.objects.filter(reverses__isnull=False).values("reverses")
    loose = Entry.objects.filter(body=batch.body, batch=batch, reverses__isnull=True).exclude(pk__in=reversed_entries)
    for entry in loose.filter(commitment__withdrawn_at__isnull=True):
        reverse_entry(by=by, entry=entry, reason=f"The file {batch.name} was undone")
    batch.state, batch.undone_at = "undone", now
    batch.save(update_fields=["state", "undone_at"])
    record_event(
        action="delivery.file.undone", subject=f"delivery.import:{batch.public_id}", by=by, body=batch.body,
        rows=batch.rows_in,
    )  # fmt: skip
