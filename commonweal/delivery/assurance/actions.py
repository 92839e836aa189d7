"""What may be done about claims: decide, answer, contest, share evidence, flag, ask those who received it, and sample."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from commonweal.base.actions import end_link, make_link, post_mail, record_event
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Link, Person
from commonweal.base.queries import database_now
from commonweal.delivery.actions import (
    accept_evidence,
    add_evidence,
    record_confirmation,
    record_entry,
    reverse_entry,
)
from commonweal.delivery.assurance import policies, queries
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
from commonweal.delivery.models import Agreement, Entry, Evidence
from commonweal.delivery.policies import check_right
from commonweal.delivery.promises import dates_out_of_term
from commonweal.directory.actions import find_or_create_contact
from commonweal.directory.queries import today
from commonweal.engine.promises import OUTLIER_LINE
from commonweal.engine.sampling import drawn

#: The job that writes to an officer what a provider answered: a provider's own scope sees no outbox.
TELL_OFFICERS = "assurance.tell_officers"
#: The job that compares a claim with others: a provider's own scope sees no other provider's.
RAISE_FLAGS = "assurance.raise_flags"
#: What the links are for by which those who received a delivery answer, and those who reported it; how long they stand.
CONFIRMING = "assurance.confirmation"
ANSWERING = "assurance.answer"
LINK_DAYS = 60
OUTLIER_TIMES = Decimal(OUTLIER_LINE.numerator) / OUTLIER_LINE.denominator


def set_acceptance_rule(
    *, by: Person, body: Body, value_above: Decimal | None, share_above: Decimal | None, reason: str
) -> AcceptanceRule:
    """This will set from when on a second officer accepts a claim; earlier rules stay on record."""
    rule = AcceptanceRule.objects.create(
        body=body, value_above=value_above, share_above=share_above, reason=reason.strip(), set_by=by
    )
    record_event(
        action="assurance.rule.set", subject=f"assurance.rule:{rule.public_id}", by=by, body=body,
        value_above=value_above, share_above=share_above,
    )  # fmt: skip
    return rule


def limits_of(body: Body) -> policies.Limits:
    """This will give the limits a body has set, or ours where it has set none."""
    held = queries.latest_rule(body)
    return policies.Limits() if held is None else policies.Limits(held.value_above, held.share_above)


def risk_of(entry: Entry, by: Person) -> policies.Risk:
    """This will gather what bears on whether one officer's word is enough for a claim."""
    promised = entry.commitment.quantity
    share = entry.quantity / promised if promised and entry.commitment.basis != "per-spend" else None
    return policies.Risk(
        keyed_by_accepter=by.pk in queries.keyed_by(entry),
        value=queries.value_of_claim(entry),
        share=share,
        outlier=share is not None and share > OUTLIER_TIMES,
        dates=bool(dates_out_of_term(entry.commitment, entry.starts_on, entry.ends_on)),
        flagged=queries.is_flagged(entry),
    )


def reasons_for_second(entry: Entry, by: Person) -> tuple[str, ...]:
    """This will say why a second officer must accept a claim after this one; empty means one is enough."""
    return policies.reasons_for_second(risk_of(entry, by), limits_of(entry.body))


def _one_at_a_time(entry: Entry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"claim {entry.public_id}"])


def _take_step(
    *, by: Person, entry: Entry, kind: str, quantity: Decimal | None = None, words: str = "",
    reasons: Sequence[str] = (), corrected_by: Entry | None = None,
) -> ClaimStep:  # fmt: skip
    step = ClaimStep.objects.create(
        body=entry.body, party=entry.party, entry=entry, kind=kind, quantity=quantity, words=words.strip(),
        reasons=list(reasons), corrected_by=corrected_by, taken_by=by,
    )  # fmt: skip
    record_event(
        action=f"assurance.claim.{kind.replace('-', '_')}", subject=f"delivery.entry:{entry.public_id}", by=by,
        body=entry.body, step=step.public_id, quantity=quantity, reasons=list(reasons),
        corrected_by=corrected_by.public_id if corrected_by else None,
    )  # fmt: skip
    return step


def accept_claim(*, by: Person, entry: Entry, quantity: Decimal, note: str = "") -> ClaimStep:
    """This will accept a claim, or part of it with the reason; by risk it then waits for a second officer.

    Only the last acceptance needed makes the claim `evidenced`. Raises NotPossible.
    """
    _one_at_a_time(entry)
    policies.check_standing(entry)
    raise_flags(entry=entry)
    state = queries.state_of(entry)
    kind = "accepted" if quantity == entry.quantity else "accepted-in-part"
    policies.check_step(state, kind)
    policies.check_decider(entry, by, state)
    policies.check_acceptable(entry, quantity, note)
    if state == "contested" and not _is_open(entry):
        return _decide_again(by=by, entry=entry, quantity=quantity, note=note)
    if state == "accepted-by-one":
        policies.check_second(entry, by, quantity)
    elif reasons := reasons_for_second(entry, by):
        return _take_step(by=by, entry=entry, kind="accepted-by-one", quantity=quantity, words=note, reasons=reasons)
    accept_evidence(by=by, entry=entry, quantity=quantity, dated_on=today(), note=note[:400])
    step = _take_step(by=by, entry=entry, kind=kind, quantity=quantity, words=note)
    if kind == "accepted-in-part":
        _tell_provider(by=by, entry=entry, subject_line="Your report was accepted in part", words=note)
    return step


def _is_open(entry: Entry) -> bool:
    return "evidenced" not in {fact.kind for fact in entry.facts.all()}


def _decide_again(*, by: Person, entry: Entry, quantity: Decimal, note: str) -> ClaimStep:
    """What was accepted in part and contested: it stays, or the claim is restated and the other quantity accepted."""
    accepted = next(fact.quantity for fact in entry.facts.all() if fact.kind == "evidenced")
    if quantity == accepted:
        step = _take_step(by=by, entry=entry, kind="accepted-in-part", quantity=quantity, words=note)
        _tell_provider(by=by, entry=entry, subject_line="The decision on your report stands", words=note)
        return step
    restated = _restate(by=by, entry=entry, quantity=entry.quantity, words=note)
    accept_evidence(by=by, entry=restated, quantity=quantity, dated_on=today(), note=note[:400])
    kind = "accepted" if quantity == entry.quantity else "accepted-in-part"
    step = _take_step(by=by, entry=restated, kind=kind, quantity=quantity, words=note)
    _tell_provider(by=by, entry=restated, subject_line="Your report was decided again", words=note)
    return step


def _restate(
    *, by: Person, entry: Entry, quantity: Decimal, words: str, claimed_by: Person | None = None
) -> Entry:  # fmt: skip
    """The same claim as a new entry with its evidence, in place of one that is reversed; whoever claimed it still does,
    unless an officer now keys it for the provider. What was told in confidence stays so."""
    restated = record_entry(
        by=claimed_by or entry.recorded_by, commitment=entry.commitment, quantity=quantity, starts_on=entry.starts_on,
        ends_on=entry.ends_on, place_code=entry.place_code, place_role=entry.place_role, note=entry.note,
        in_confidence=entry.party_id is None,
    )  # fmt: skip
    for item in queries.evidence_of(entry):
        Evidence.objects.create(
            body=entry.body, party=entry.party, entry=restated, kind=item.kind, description=item.description,
            dated_on=item.dated_on, file=item.file, share=item.share, shared_from=queries.root_of(item),
            added_by=item.added_by,
        )  # fmt: skip
    reverse_entry(by=by, entry=entry, reason=f"Corrected: {words}"[:1000])
    _take_step(by=by, entry=entry, kind="corrected", quantity=quantity, words=words, corrected_by=restated)
    return restated


def refuse_claim(*, by: Person, entry: Entry, words: str) -> ClaimStep:
    """This will refuse a claim, with the reason; the provider may contest it. Raises NotPossible."""
    return _decide(by=by, entry=entry, kind="refused", words=words, subject_line="Your report was not accepted")


def ask_for_changes(*, by: Person, entry: Entry, words: str) -> ClaimStep:
    """This will ask the provider for more evidence or a corrected figure; raises NotPossible."""
    return _decide(by=by, entry=entry, kind="changes-asked", words=words, subject_line="Please change your report")


def _decide(*, by: Person, entry: Entry, kind: str, words: str, subject_line: str) -> ClaimStep:
    _one_at_a_time(entry)
    policies.check_standing(entry)
    state = queries.state_of(entry)
    policies.check_step(state, kind)
    policies.check_decider(entry, by, state)
    policies.check_words(words)
    if state == "contested" and not _is_open(entry):
        raise NotPossible("Part of this claim was accepted. Accept the same part again, or more of it.")
    step = _take_step(by=by, entry=entry, kind=kind, words=words)
    _tell_provider(by=by, entry=entry, subject_line=subject_line, words=words)
    return step


def answer_changes(
    *, by: Person, entry: Entry, words: str, quantity: Decimal | None = None, evidence_kind: str = "",
    file_name: str = "", content: bytes = b"",
) -> Entry:  # fmt: skip
    """This will answer what an officer asked: with words, more evidence, or a corrected figure (a new entry, linked).

    Answers the entry that stands now. Raises NotPossible and UnusableFile.
    """
    check_right(entry.commitment.agreement, "answer")
    return _answer(by=by, entry=entry, words=words, quantity=quantity, evidence_kind=evidence_kind,
        file_name=file_name, content=content)  # fmt: skip


def answer_for_provider(
    *, by: Person, entry: Entry, words: str, quantity: Decimal | None = None, evidence_kind: str = "",
    file_name: str = "", content: bytes = b"",
) -> Entry:  # fmt: skip
    """This will answer what was asked in the provider's place, where nobody can be written to; raises NotPossible.

    It is recorded as keyed by this officer, so that a second one is needed to accept it.
    """
    policies.check_nobody_answers(entry)
    return _answer(by=by, entry=entry, words=words, quantity=quantity, evidence_kind=evidence_kind,
        file_name=file_name, content=content, claimed_by=by)  # fmt: skip


def _answer(
    *, by: Person, entry: Entry, words: str, quantity: Decimal | None, evidence_kind: str, file_name: str,
    content: bytes, claimed_by: Person | None = None,
) -> Entry:  # fmt: skip
    _one_at_a_time(entry)
    policies.check_standing(entry)
    policies.check_step(queries.state_of(entry), "answered")
    policies.check_words(words)
    standing = entry
    if quantity is not None and quantity != entry.quantity:
        standing = _restate(by=by, entry=entry, quantity=quantity, words=words, claimed_by=claimed_by)
    if file_name:
        add_evidence(
            by=by, entry=standing, kind=evidence_kind or "other", description=words[:300], file_name=file_name,
            content=content,
        )  # fmt: skip
    _tell_officers(_take_step(by=by, entry=standing, kind="answered", quantity=standing.quantity, words=words))
    return standing


def contest(*, by: Person, entry: Entry, words: str) -> ClaimStep:
    """This will contest a refusal or a partial acceptance; somebody who has not decided on it decides. Raises NotPossible."""
    check_right(entry.commitment.agreement, "answer")
    return _contest(by=by, entry=entry, words=words)


def contest_for_provider(*, by: Person, entry: Entry, words: str) -> ClaimStep:
    """This will contest a decision in the provider's place, where nobody can be written to; raises NotPossible."""
    policies.check_nobody_answers(entry)
    return _contest(by=by, entry=entry, words=words)


def _contest(*, by: Person, entry: Entry, words: str) -> ClaimStep:
    _one_at_a_time(entry)
    policies.check_standing(entry)
    policies.check_step(queries.state_of(entry), "contested")
    policies.check_words(words)
    step = _take_step(by=by, entry=entry, kind="contested", words=words)
    _tell_officers(step)
    return step


def _tell_provider(*, by: Person, entry: Entry, subject_line: str, words: str) -> None:
    """By mail to whoever reported it, in confidence too, with a link that answers; where nobody can be written to, an
    officer answers on the claim's page."""
    if entry.recorded_by is None or policies.answers_for(entry) == "officer":
        return
    link = make_link(
        by=by, body=entry.body, party=entry.party, person=entry.recorded_by, purpose=ANSWERING,
        subject=f"delivery.entry:{entry.public_id}", ends_at=database_now() + timedelta(days=LINK_DAYS),
    )  # fmt: skip
    _mail(by=by, entry=entry, to=entry.recorded_by, subject_line=subject_line, words=words, link=link)


def _tell_officers(step: ClaimStep) -> None:
    app.configure_task(TELL_OFFICERS, allow_unknown=True).defer(
        entry=step.entry.public_id, step=step.public_id, body=step.body_id
    )


def tell_officers(*, entry: Entry, step: ClaimStep) -> None:
    """This will write to whoever decided or asked last what the provider said since. Needs the body's scope."""
    theirs = ("answered", "contested", "corrected")
    before = [each for each in queries.steps_of(entry) if each.pk < step.pk and each.kind not in theirs]
    if not before or not before[-1].taken_by.email:
        return
    said = "contests a decision" if step.kind == "contested" else "answered what you asked"
    who = "A provider"
    if queries.was_officer(entry.body, step.taken_by):
        said = "contests a decision for a provider" if step.kind == "contested" else "answered for a provider"
        who = "An officer"
    page = reverse("assurance:claim", args=[entry.body.slug, entry.public_id])
    _mail(
        by=step.taken_by, entry=entry, to=before[-1].taken_by, subject_line=f"{who} {said}", words=step.words,
        page=page,
    )  # fmt: skip


def _mail(
    *, by: Person, entry: Entry, to: Person, subject_line: str, words: str, page: str = "", link: Link | None = None
) -> None:
    address = "{link}" if link else f"{settings.COMMONWEAL_ADDRESS}{page}"
    post_mail(
        by=by, body=entry.body, to=to, kind="assurance.claim", about=f"delivery.entry:{entry.public_id}",
        subject_line=f"{subject_line}: {entry.commitment.wording}",
        words=f"{entry.commitment.agreement.title}\n\n{words}\n\n{address}\n",
        link=link, link_route="claim_by_link" if link else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AcceptedTogether:
    """What became of claims that were accepted together: how many, how many wait for a second, and why others could not."""

    accepted: int
    waiting: int
    refused: tuple[tuple[Entry, str], ...]


def accept_together(*, by: Person, entries: Sequence[Entry]) -> AcceptedTogether:
    """This will accept the whole of each claim that can be, each by its own risk, and say why others could not."""
    counts, refused = {"accepted": 0, "accepted-by-one": 0}, []
    for entry in entries[: policies.MOST_AT_ONCE]:
        try:
            with transaction.atomic():
                counts[accept_claim(by=by, entry=entry, quantity=entry.quantity).kind] += 1
        except NotPossible as error:
            refused.append((entry, str(error)))
    return AcceptedTogether(counts["accepted"], counts["accepted-by-one"], tuple(refused))


def share_evidence(*, by: Person, entry: Entry, item: Evidence, share: Decimal) -> Evidence:
    """This will let a claim use evidence that was given for another, which keeps the rest of it; raises NotPossible."""
    root = Evidence.objects.select_for_update(of=("self",)).get(pk=queries.root_of(item).pk)
    policies.check_standing(entry)
    policies.check_shares(root, share)
    root.share -= share
    root.save(update_fields=["share"])
    used = Evidence.objects.create(
        body=entry.body, party=entry.party, entry=entry, kind=root.kind, description=root.description,
        dated_on=root.dated_on, file=root.file, share=share, shared_from=root, added_by=by,
    )  # fmt: skip
    record_event(
        action="assurance.evidence.shared", subject=f"delivery.entry:{entry.public_id}", by=by, body=entry.body,
        evidence=used.public_id, of=root.public_id, share=share, left=root.share,
    )  # fmt: skip
    return used


def name_asset(*, by: Person, entry: Entry, label: str) -> Asset:
    """This will say which one thing a claim is about; the same one in another claim is flagged. Raises NotPossible."""
    key = queries.asset_key(label)
    if not key:
        raise NotPossible("Name the asset by letters or digits: an address with its postcode, or its number.")
    asset, made = Asset.objects.get_or_create(
        entry=entry, key=key[:200],
        defaults={"label": " ".join(label.split())[:200], "named_by": by, "body": entry.body, "party": entry.party},
    )  # fmt: skip
    if made:
        record_event(
            action="assurance.asset.named", subject=f"delivery.entry:{entry.public_id}", by=by, body=entry.body,
            asset=asset.public_id,
        )  # fmt: skip
        raise_flags(entry=entry)
    return asset


def raise_flags(*, entry: Entry) -> int:
    """This will flag a claim whose evidence, asset or person stands in another claim, too; answers how many are new."""
    found = {
        "evidence": queries.same_evidence(entry), "asset": queries.same_asset(entry), "person": queries.same_person(entry),
    }  # fmt: skip
    return sum(_raise_flag(entry=entry, kind=kind, other=other) for kind, others in found.items() for other in others)


def _raise_flag(*, entry: Entry, kind: str, other: Entry | None, words: str = "") -> int:
    if other is not None and Flag.objects.filter(entry=other, kind=kind, other=entry).exists():
        return 0  # it is flagged from the other side
    flag, made = Flag.objects.get_or_create(
        entry=entry, kind=kind, other=other, defaults={"words": words, "body": entry.body}
    )
    if made:
        record_event(
            action="assurance.flag.raised", subject=f"delivery.entry:{entry.public_id}", by=None, body=entry.body,
            flag=flag.public_id, kind=kind, other=other.public_id if other else None,
        )  # fmt: skip
    return int(made)


def raise_denial(*, entry: Entry, words: str) -> None:
    """This will flag a claim of which those who received it say that it did not happen."""
    _raise_flag(entry=entry, kind="denied", other=None, words=words[:300])


def settle_flag(*, by: Person, flag: Flag, settled_as: str, words: str) -> None:
    """This will settle a flag with its reason: the same thing, so that its claim is reversed, or not. Raises NotPossible."""
    policies.check_settled_once(flag)
    policies.check_words(words)
    flag.settled_as, flag.settled_words, flag.settled_by, flag.settled_at = (
        settled_as,
        words.strip()[:400],
        by,
        database_now(),
    )
    flag.save(update_fields=["settled_as", "settled_words", "settled_by", "settled_at"])
    record_event(
        action="assurance.flag.settled", subject=f"delivery.entry:{flag.entry.public_id}", by=by, body=flag.body,
        flag=flag.public_id, settled_as=settled_as,
    )  # fmt: skip
    if settled_as == "same":
        reverse_entry(by=by, entry=flag.entry, reason=words)


# --- those who received it -------------------------------------------------------------------------------------------


def record_assessment(*, by: Person, agreement: Agreement, reference: str, dated_on: date) -> DataAssessment:
    """This will record the data protection assessment that lets individuals of an agreement be asked. Raises NotPossible."""
    policies.check_assessment_date(dated_on, today())
    assessment = DataAssessment.objects.create(
        body=agreement.body,
        agreement=agreement,
        reference=" ".join(reference.split()),
        dated_on=dated_on,
        recorded_by=by,
    )
    record_event(
        action="assurance.assessment.recorded", subject=f"delivery.agreement:{agreement.public_id}", by=by,
        body=agreement.body, assessment=assessment.public_id, dated_on=dated_on,
    )  # fmt: skip
    return assessment


def ask_to_confirm(
    *, by: Person, entry: Entry, email: str, name: str = "", organisation: str = "", language: str = "en"
) -> Confirmation:
    """This will ask someone who received a delivery whether it happened, by a signed link; raises NotPossible.

    Without an organisation they are asked as an individual, which needs an assessment recorded for the agreement.
    """
    policies.check_may_ask(entry, is_individual=not organisation.strip())
    person = find_or_create_contact(email=email, name=name)
    policies.check_other_than_reporter(entry, person)
    link = make_link(
        by=by, body=entry.body, party=entry.party, person=person, purpose=CONFIRMING,
        subject=f"delivery.entry:{entry.public_id}", ends_at=database_now() + timedelta(days=LINK_DAYS),
    )  # fmt: skip
    asked = Confirmation.objects.create(
        body=entry.body, entry=entry, person=person, organisation=" ".join(organisation.split()),
        is_individual=not organisation.strip(), language=language, link=link, asked_by=by,
    )  # fmt: skip
    record_event(
        action="assurance.confirmation.asked", subject=f"delivery.entry:{entry.public_id}", by=by, body=entry.body,
        confirmation=asked.public_id, is_individual=asked.is_individual,
    )  # fmt: skip
    _send_question(by=by, asked=asked, again=False)
    return asked


def _send_question(*, by: Person | None, asked: Confirmation, again: bool) -> None:
    entry, agreement = asked.entry, asked.entry.commitment.agreement
    with translation.override(asked.language):
        told = {
            "body": asked.body.name_cy if asked.language == "cy" and asked.body.name_cy else asked.body.name,
            "provider": agreement.provider.name if agreement.provider else agreement.title,
        }
        subject_line = _("Did this happen? A question from %(body)s") % told
        if again:
            subject_line = _("A reminder: did this happen? A question from %(body)s") % told
        words = _(
            "%(provider)s has told %(body)s that it delivered something for you. Please say whether it happened.\n\n"
            "It takes one tap, and you need no account:\n{link}\n\n"
            "If you do not know about it, pass this message to a colleague who does."
        )
        post_mail(
            by=by, body=asked.body, to=asked.person, kind=CONFIRMING, about=f"delivery.entry:{entry.public_id}",
            subject_line=subject_line, words=words % told, link=asked.link, link_route="confirmation", alerts=asked.asked_by,
        )  # fmt: skip


def remind(*, asked: Confirmation) -> None:
    """This will remind someone of the question, once."""
    if asked.reminded_at is not None or asked.answer:
        return
    asked.reminded_at = database_now()
    asked.save(update_fields=["reminded_at"])
    _send_question(by=None, asked=asked, again=True)
    record_event(
        action="assurance.confirmation.reminded", subject=f"delivery.entry:{asked.entry.public_id}", by=None,
        body=asked.body, confirmation=asked.public_id,
    )  # fmt: skip


def answer_confirmation(
    *, asked: Confirmation, answer: str, quantity: Decimal | None = None, comment: str = ""
) -> None:
    """This will record what those who received it say: confirmed, for all or less of it, or a denial, which flags the claim.

    The link is the authority, and ends. Raises NotPossible.
    """
    held = Confirmation.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    held.entry, held.person = asked.entry, asked.person
    policies.check_may_answer(held)
    amount = policies.quantity_answered(held, answer, quantity)
    held.answer, held.quantity, held.comment, held.answered_at = answer, amount, comment.strip()[:1000], database_now()
    held.save(update_fields=["answer", "quantity", "comment", "answered_at"])
    record_event(
        action="assurance.confirmation.answered" if amount else "assurance.confirmation.denied",
        subject=f"delivery.entry:{held.entry.public_id}", by=held.person, body=asked.body, confirmation=held.public_id,
        quantity=amount,
    )  # fmt: skip
    if not amount:
        raise_denial(entry=held.entry, words=comment)
    elif not queries.is_confirmed(held.entry):
        record_confirmation(
            by=held.person, entry=held.entry, quantity=amount, dated_on=today(),
            confirmed_by=held.organisation or "An individual who received it", note=comment.strip()[:400],
        )  # fmt: skip
    end_link(by=held.person, link=asked.link)


# --- samples ---------------------------------------------------------------------------------------------------------


def draw_sample(
    *, by: Person, body: Body, title: str, starts_on: date, ends_on: date, size: int,
    agreement: Agreement | None = None, measures: Sequence[str] = (), seed: str = "",
) -> Sample:  # fmt: skip
    """This will draw claims at random for an auditor; the seed and what it was drawn from stay on record. Raises NotPossible.

    Anybody draws the same ones again with `engine.sampling.drawn`. Without a seed one is made.
    """
    found = queries.population(body, starts_on, ends_on, agreement, measures)
    policies.check_draw(len(found.entries), size)
    seed = seed.strip() or secrets.token_hex(8)
    sample = Sample.objects.create(
        body=body, title=title.strip(), agreement=agreement, starts_on=starts_on, ends_on=ends_on, size=size,
        measures=list(measures), population=found.ids, claimed=found.claimed, seed=seed, drawn_by=by,
    )  # fmt: skip
    by_id = {entry.public_id: entry for entry in found.entries}
    Sampled.objects.bulk_create(
        Sampled(body=body, sample=sample, entry=by_id[each], position=place)
        for place, each in enumerate(drawn(found.ids, seed=seed, size=size), start=1)
    )
    record_event(
        action="assurance.sample.drawn", subject=f"assurance.sample:{sample.public_id}", by=by, body=body, size=size,
        population=len(found.entries), seed=seed,
    )  # fmt: skip
    return sample


def record_finding(*, by: Person, item: Sampled, found: Decimal, note: str = "") -> None:
    """This will record what an auditor found of one entry drawn; written once. Raises NotPossible."""
    policies.check_found(item, found)
    if item.checked_at is not None:
        return
    item.found, item.note, item.checked_by, item.checked_at = found, note.strip()[:400], by, database_now()
    item.save(update_fields=["found", "note", "checked_by", "checked_at"])
    record_event(
        action="assurance.sample.found", subject=f"assurance.sample:{item.sample.public_id}", by=by, body=item.body,
        entry=item.entry.public_id, found=found, claimed=item.entry.quantity,
    )  # fmt: skip


# --- keys of people --------------------------------------------------------------------------------------------------


def open_key_period(
    *, by: Person, body: Body, name: str, starts_on: date, ends_on: date, expires_on: date
) -> KeyPeriod:  # fmt: skip
    """This will let providers give keys of people for a period, made with a salt of its own. Raises NotPossible."""
    policies.check_period_of_keys(starts_on, ends_on, expires_on)
    period = KeyPeriod.objects.create(
        body=body, name=name.strip(), starts_on=starts_on, ends_on=ends_on, expires_on=expires_on,
        salt=secrets.token_hex(32), opened_by=by,
    )  # fmt: skip
    record_event(
        action="assurance.keys.opened", subject=f"assurance.keys:{period.public_id}", by=by, body=body,
        starts_on=starts_on, ends_on=ends_on, expires_on=expires_on,
    )  # fmt: skip
    call_for_keys(body=body)
    return period


def call_for_keys(*, body: Body) -> int:
    """This will tell each provider with an agreement of the periods in which keys are taken; answers how many are told now."""
    told = 0
    for period in queries.key_periods(body):
        for party in queries.parties_without_call(body, period) if period.expires_on > today() else ():
            call = KeyCall.objects.create(
                body=body, party=party, period=period.public_id, name=period.name, starts_on=period.starts_on,
                ends_on=period.ends_on, expires_on=period.expires_on, salt=period.salt,
            )  # fmt: skip
            record_event(
                action="assurance.keys.called", subject=f"assurance.keys:{period.public_id}", by=None, body=body,
                call=call.public_id, party=party.public_id,
            )  # fmt: skip
            told += 1
    return told


def give_keys(*, by: Person, entry: Entry, period: KeyPeriod | KeyCall, keys: Sequence[str]) -> int:
    """This will keep the keys of the people a claim is about; they are flagged where they are claimed elsewhere, too.

    A provider gives them for a claim of its own, by the call it had. Raises NotPossible.
    """
    check_right(entry.commitment.agreement, "report")
    policies.check_standing(entry)
    period_id = period.period if isinstance(period, KeyCall) else period.public_id
    for key in keys:
        policies.check_key_period(period, key, today())
    made = [
        PersonClaimed.objects.get_or_create(
            entry=entry, key=key,
            defaults={"period": period_id, "body": entry.body, "party": entry.party},
        )[1]
        for key in dict.fromkeys(keys)
    ]  # fmt: skip
    record_event(
        action="assurance.keys.given", subject=f"delivery.entry:{entry.public_id}", by=by, body=entry.body,
        keys=sum(made),
    )  # fmt: skip
    if isinstance(
        period, KeyPeriod
    ):  # what a provider gives is compared by the job, in the scope that sees other claims
        raise_flags(entry=entry)
    else:
        app.configure_task(RAISE_FLAGS, allow_unknown=True).defer(entry=entry.public_id, body=entry.body_id)
    return sum(made)


def forget_keys(*, body: Body, on: date) -> int:
    """This will delete the keys and salts whose day has come, and say on record how many; flags keep no key."""
    gone = 0
    for period in KeyPeriod.objects.filter(body=body, expires_on__lte=on):
        keys, _kinds = PersonClaimed.objects.filter(body=body, period=period.public_id).delete()
        record_event(
            action="assurance.keys.forgotten",
            subject=f"assurance.keys:{period.public_id}",
            by=None,
            body=body,
            keys=keys,
        )
        KeyCall.objects.filter(body=body, period=period.public_id).delete()
        period.delete()
        gone += keys
    return gone
