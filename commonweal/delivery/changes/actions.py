"""What may be done with changes, credits and outturns. History is added to: a change revises from a day on."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Max

from commonweal.base.actions import record_event
from commonweal.base.errors import NotPossible
from commonweal.base.models import Person
from commonweal.base.queries import database_now
from commonweal.base.templatetags.figures import money
from commonweal.delivery.actions import change_terms, end_agreement, record_clause, record_commitment, terms_of
from commonweal.delivery.changes import policies, queries
from commonweal.delivery.changes.ledger import NotEnoughCredit, drawn, run_out
from commonweal.delivery.changes.models import (
    AwardScores,
    Change,
    ChangeLine,
    CreditLeg,
    CreditMove,
    Outturn,
    OutturnLine,
    Rescored,
    SignOff,
    TendererScore,
)
from commonweal.delivery.changes.ranking import Award
from commonweal.delivery.changes.worth import Compared, Neutrality
from commonweal.delivery.models import Agreement, AgreementClause, Commitment, Revision
from commonweal.delivery.policies import check_right
from commonweal.delivery.queries import clause_of, promise_table
from commonweal.delivery.terms import Terms
from commonweal.directory.queries import place_on, today
from commonweal.frameworks.models import Measure
from commonweal.money import QUANTITY_PLACES, round_half_up

ZERO = Decimal(0)


def _event(action: str, by: Person | None, change: Change, **details: object) -> None:
    record_event(
        action=f"changes.change.{action}", subject=f"delivery.agreement:{change.agreement.public_id}", by=by,
        body=change.body, change=change.public_id, number=change.number, **details,
    )  # fmt: skip


def _lock(agreement: Agreement) -> None:
    """One change, credit or closing of an agreement at a time, so that two cannot spend one credit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"changes {agreement.pk}"])


def write_change(
    *, by: Person, agreement: Agreement, kind: str, title: str, why: str, takes_from_on: date, ground: str = "",
    ground_words: str = "", value_after: Decimal | None = None, ends_after: date | None = None,
    cost_before: Decimal | None = None, cost_after: Decimal | None = None, ranking: str = "unknown",
    ranking_reason: str = "", uses_credit: bool = False,
) -> Change:  # fmt: skip
    """This will begin a change as a draft; value or last day left out stay as they are. Raises NotPossible."""
    policies.check_may_change(agreement)
    policies.check_last_day(agreement, ends_after)
    _lock(agreement)
    last = Change.objects.filter(agreement=agreement).aggregate(last=Max("number"))["last"] or 0
    change = Change.objects.create(
        body=agreement.body, party=agreement.party, agreement=agreement, number=last + 1, kind=kind, title=title.strip(),
        why=why.strip(), ground=ground, ground_words=ground_words.strip(), value_before=agreement.value,
        value_after=agreement.value if value_after is None else value_after, ends_before=agreement.ends_on,
        ends_after=ends_after or agreement.ends_on, cost_before=cost_before, cost_after=cost_after, ranking=ranking,
        ranking_reason=ranking_reason.strip(), uses_credit=uses_credit, takes_from_on=takes_from_on, proposed_by=by,
    )  # fmt: skip
    _event("written", by, change, kind=kind, ground=ground)
    return change


def add_line(
    *, by: Person, change: Change, kind: str, quantity_after: Decimal, before: Commitment | None = None,
    measure: Measure | None = None, wording: str = "", starts_on: date | None = None, ends_on: date | None = None,
    place_code: str = "", place_role: str = "delivered-at", reason: str = "", need: str = "",
) -> ChangeLine:  # fmt: skip
    """This will say what a draft does to one promise, or which it adds; raises NotPossible."""
    held = _held(change)
    row = queries.promised_now(before) if before is not None else None
    now = row.promised if row is not None else None
    accepted = row.delivered.evidenced if row is not None else ZERO
    policies.check_line(held, kind, before, quantity_after, now, accepted)
    policies.check_one_line_each(queries.lines_of(held), before)
    is_new = kind in ("add", "substitute")
    if is_new and measure is None:
        raise NotPossible("Choose the measure of the promise that is added.")
    if place_code:
        place_on(place_code, starts_on or today())
    line = ChangeLine.objects.create(
        body=held.body, party=held.party, change=held, kind=kind, before=before, measure=measure if is_new else None,
        wording=wording.strip() or (measure.title if is_new and measure else ""),
        unit=measure.unit if is_new and measure else "", quantity_before=now, quantity_after=quantity_after,
        quantity_kept=min(accepted, now or ZERO) if kind == "substitute" else ZERO, starts_on=starts_on,
        ends_on=ends_on, place_code=place_code or (before.place_code if before is not None else ""),
        place_role=place_role, reason=reason.strip(), need=need,
    )  # fmt: skip
    _touch(held)
    _event("line_added", by, held, line=line.public_id, kind=kind, quantity_after=quantity_after)
    return line


def take_out_line(*, by: Person, line: ChangeLine) -> None:
    """This will take a line out of a draft; raises NotPossible."""
    held = _held(line.change)
    policies.check_is_draft(held)
    line.taken_out_at = database_now()
    line.save(update_fields=["taken_out_at"])
    _touch(held)
    _event("line_taken_out", by, held, line=line.public_id)


def _held(change: Change) -> Change:
    return Change.objects.select_for_update(of=("self",)).select_related(
        "body", "party", "agreement__body", "agreement__party", "agreement__provider"
    ).get(pk=change.pk)  # fmt: skip


def _touch(change: Change, *fields: str) -> None:
    change.version += 1
    change.save(update_fields=["version", *fields])


def propose(*, by: Person, change: Change, written_against: int) -> None:
    """This will put a change to the provider; raises NotPossible, and ChangedMeanwhile when someone else was faster."""
    held = _held(change)
    policies.check_version(held, written_against)
    policies.check_moves(held, "proposed")
    policies.check_can_be_proposed(held, queries.lines_of(held), queries.ground_of(held), today())
    held.state = "proposed"
    _touch(held, "state")
    _event("proposed", by, held)


def drop(*, by: Person, change: Change, written_against: int, reason: str) -> None:
    """This will drop a change that was not answered yet, with the reason; raises NotPossible."""
    held = _held(change)
    policies.check_version(held, written_against)
    policies.check_moves(held, "dropped")
    held.state, held.decision_words = "dropped", reason.strip()
    _touch(held, "state", "decision_words")
    _event("dropped", by, held, reason=reason.strip())


def answer(*, by: Person, change: Change, agrees: bool, words: str, written_against: int) -> None:
    """This will record the provider's answer to a change; a refusal says why. Raises NotPossible."""
    check_right(change.agreement, "answer")
    held = _held(change)
    policies.check_version(held, written_against)
    to = "agreed" if agrees else "refused"
    policies.check_moves(held, to)
    if not agrees and not words.strip():
        raise NotPossible("Say why you refuse, so that another way can be found.")
    held.state, held.answered_by, held.answered_at, held.answer_words = to, by, database_now(), words.strip()
    _touch(held, "state", "answered_by", "answered_at", "answer_words")
    _event(to, by, held)


def sign_off(*, by: Person, change: Change, may_be_made: bool, words: str) -> SignOff:
    """This will record a named person's legal opinion on a change; the last one counts. Raises NotPossible."""
    held = _held(change)
    if held.state not in ("draft", "proposed", "agreed"):
        raise NotPossible("This change was decided already, so no opinion is needed any more.")
    if not words.strip():
        raise NotPossible("Say in a sentence why it may, or may not, be made.")
    signed = SignOff.objects.create(
        body=held.body, change=held, may_be_made=may_be_made, words=words.strip(), signed_by=by
    )
    _event("signed_off", by, held, may_be_made=may_be_made)
    return signed


def rescore(
    *, by: Person, change: Change, why: str, social_value_points: Decimal | None = None, price: Decimal | None = None,
    price_points: Decimal | None = None,
) -> Rescored:  # fmt: skip
    """This will record the points that the awarded offer would have had with a change; the last ones count. Raises
    NotPossible."""
    held = _held(change)
    policies.check_may_rescore(held, social_value_points, price_points, why)
    entered = Rescored.objects.create(
        body=held.body, change=held, social_value_points=social_value_points, price=price, price_points=price_points,
        why=why.strip(), recorded_by=by, recorded_at=database_now(),
    )  # fmt: skip
    _touch(held)
    _event("rescored", by, held, rescored=entered.public_id)
    return entered


def decide(*, by: Person, change: Change, approves: bool, words: str, written_against: int, excuse: str = "") -> None:
    """This will approve or decline an agreed change, by a second person; raises NotPossible.

    Where less stands after it and no credit covers that, or something cannot be compared, `excuse` says why it is right
    all the same, under the decider's name.
    """
    held = _held(change)
    policies.check_version(held, written_against)
    policies.check_moves(held, "approved" if approves else "declined")
    policies.check_second_person(held, by)
    if approves:
        _check_may_be_approved(held, excuse)
        held.excuse, held.excused_by = excuse.strip(), by if excuse.strip() else None
    elif not words.strip():
        raise NotPossible("Say why it is declined.")
    held.state, held.decided_by = "approved" if approves else "declined", by
    held.decided_at, held.decision_words = database_now(), words.strip()
    _touch(held, "state", "decided_by", "decided_at", "decision_words", "excuse", "excused_by")
    _event(held.state, by, held, excuse=held.excuse)


def _check_may_be_approved(change: Change, excuse: str) -> Neutrality:
    ranking, _ = queries.ranking_or_why(change)
    policies.check_signed(queries.sign_off_of(change), policies.legal_is_needed(change, ranking))
    ground, sums = queries.ground_of(change), queries.cumulative(change.agreement, change)
    if ground is not None:
        policies.check_within_limit(ground, change.agreement.kind, sums.first, sums.amount, sums.own)
    found = queries.neutrality(change, queries.lines_of(change))
    covered = change.uses_credit and _covered(change, found)
    policies.check_neutral(found, covered, excuse)
    policies.check_points(ranking, covered and bool(found.shortfalls), excuse)
    return found


def _covered(change: Change, found: Neutrality) -> bool:
    """Whether the credit that stands meets every shortfall."""
    held = dict(queries.balances_of(change.agreement, today()))
    return all(each.in_pounds and held.get(each.unit, ZERO) >= each.shortfall for each in found.shortfalls)


def make_change(*, by: Person, change: Change, written_against: int) -> None:
    """This will make an approved change: value and term, promises from its day on, credits used. Raises NotPossible."""
    _lock(change.agreement)
    held = _held(change)
    policies.check_version(held, written_against)
    policies.check_moves(held, "made")
    policies.check_may_change(held.agreement)
    lines = queries.lines_of(held)
    _check_promises_are_as_they_were(lines)
    found = _check_may_be_approved(held, held.excuse)
    if held.uses_credit:
        for each in found.shortfalls:
            _use_credit(by, held, lines, each)
    _change_terms(by, held)
    held.takes_from_on = max(held.takes_from_on or today(), today())
    for line in lines:
        _make_line(by, held, line)
    if any(line.kind == "increase" for line in lines):  # what was beyond the promise may be within it now
        recall_credits(agreement=held.agreement, by=by)
    held.state, held.made_at = "made", database_now()
    _touch(held, "state", "made_at", "takes_from_on")
    _event("made", by, held, takes_from_on=held.takes_from_on, value=held.value_after)


def _check_promises_are_as_they_were(lines: list[ChangeLine]) -> None:
    for line in lines:
        row = queries.promised_now(line.before) if line.before is not None else None
        if line.before is not None and (row is None or row.promised != line.quantity_before):
            raise NotPossible(
                f"“{line.before.wording}” was changed since this change was written. Decline it and write another."
            )
        stays = {"substitute": line.quantity_kept, "end": line.quantity_after}.get(line.kind, ZERO)
        if line.before is not None and row is not None and stays > row.delivered.evidenced:
            raise NotPossible(
                f"Less of “{line.before.wording}” is accepted than when this change was written. Decline it and write "
                "another."
            )


def _change_terms(by: Person, change: Change) -> None:
    agreement = change.agreement
    was = terms_of(agreement)
    if (was.value, was.ends_on) != (change.value_before, change.ends_before):
        raise NotPossible("The agreement’s value or last day was changed since this change was written.")
    if (change.value_after, change.ends_after) == (was.value, was.ends_on):
        return
    change_terms(
        by=by, agreement=agreement, written_against=was.token(), reason=f"Change {change.number}: {change.title}",
        terms=Terms(change.value_after, was.spent, was.starts_on, change.ends_after, was.extension_months),
    )  # fmt: skip


def _make_line(by: Person, change: Change, line: ChangeLine) -> None:
    if line.kind in ("reduce", "increase", "end"):
        _revise(by, change, line, line.quantity_after)
        return
    if line.kind == "substitute":
        _revise(by, change, line, line.quantity_kept)
    old = line.before
    measure = line.measure if line.kind != "take-up" else (old.measure if old is not None else None)
    made = record_commitment(
        by=by, agreement=change.agreement, measure=measure, unit=line.unit or (old.unit if old is not None else ""),
        wording=line.wording or (old.wording if old is not None else ""), quantity=line.quantity_after,
        direction=old.direction if line.kind == "take-up" and old is not None else "",
        starts_on=line.starts_on or change.takes_from_on, ends_on=line.ends_on or change.ends_after,
        place_code=line.place_code, place_role=line.place_role, owner=old.owner if old is not None else None,
        position=old.position if old is not None else 0,
    )  # fmt: skip
    if line.kind == "take-up" and old is not None:
        old.withdrawn_at = database_now()
        old.save(update_fields=["withdrawn_at"])
        _event("option_taken_up", by, change, commitment=old.public_id, made=made.public_id)
    line.made = made
    line.save(update_fields=["made"])


def _revise(by: Person, change: Change, line: ChangeLine, quantity: Decimal) -> None:
    assert line.before is not None
    assert change.takes_from_on is not None
    Revision.objects.create(
        body=change.body, party=change.party, commitment=line.before, quantity=quantity,
        takes_from_on=change.takes_from_on, change=change.public_id, recorded_by=by,
    )  # fmt: skip
    _event("promise_revised", by, change, commitment=line.before.public_id, quantity=quantity)


# --- the scores of the award ------------------------------------------------------------------------------------------


def record_scores(
    *, by: Person, agreement: Agreement, award: Award, edition: str, source: str, written_against: str
) -> AwardScores:
    """This will record the scores of an award as they stood; those recorded before stay on record.

    `written_against` is the outward id of the scores that stood, or "". Raises NotPossible, and ChangedMeanwhile when
    someone else was faster.
    """
    policies.check_may_change(agreement)
    _lock(agreement)
    policies.check_scores_are_as_they_were(queries.scores_of(agreement), written_against)
    policies.check_scores(award, source)
    scores = AwardScores.objects.create(
        body=agreement.body, agreement=agreement, edition=edition, points=award.points, decimals=award.decimals,
        tie_rule=award.tie_rule, price_weight=award.price_weight, quality_weight=award.quality_weight,
        social_value_weight=award.social_value_weight, method=award.method, target=award.target,
        target_basis=award.target_basis, estimated_value=award.estimated_value, source=source.strip(), recorded_by=by,
        recorded_at=database_now(),
    )  # fmt: skip
    for each in award.tenderers:
        TendererScore.objects.create(
            body=agreement.body, scores=scores, label=each.label, price=each.price, price_points=each.price_points,
            quality_points=each.quality_points, social_value_points=each.social_value_points, offer=each.offer,
            awarded=each.awarded,
        )  # fmt: skip
    record_event(
        action="changes.scores.recorded", subject=f"delivery.agreement:{agreement.public_id}", by=by, body=agreement.body,
        scores=scores.public_id, tenderers=len(award.tenderers),
    )  # fmt: skip
    return scores


# --- the clause -------------------------------------------------------------------------------------------------------


def say_clause(
    *, by: Person, agreement: Agreement, stands: bool, expiry_months: int | None, cap_percent: int | None,
    written_against: str,
) -> AgreementClause:  # fmt: skip
    """This will record by hand whether a contract made elsewhere has a clause on change and credit; what was said before
    stays on record. `written_against` is the outward id of the clause that stood, or "". Raises NotPossible, and
    ChangedMeanwhile when someone else was faster."""
    policies.check_may_change(agreement)
    _lock(agreement)
    held = clause_of(agreement)
    policies.check_clause_is_as_it_was(held, written_against)
    return record_clause(
        by=by, agreement=agreement, source="by-hand", stands=stands, expiry_months=expiry_months if stands else None,
        cap_percent=cap_percent if stands else None,
    )  # fmt: skip


# --- credits ----------------------------------------------------------------------------------------------------------


def _move(by: Person | None, agreement: Agreement, kind: str, unit: str, amount: Decimal, **told: object) -> CreditMove:
    """One move and its two legs, which sum to nothing."""
    other = {"credit": "earned", "debit": "used", "expiry": "run-out", "recall": "recalled"}[kind]
    move = CreditMove.objects.create(
        body=agreement.body, party=agreement.party, agreement=agreement, kind=kind, unit=unit, amount=amount,
        recorded_by=by, **told,
    )  # fmt: skip
    signed = amount if kind == "credit" else -amount
    for account, part in (("held", signed), (other, -signed)):
        CreditLeg.objects.create(body=agreement.body, party=agreement.party, move=move, account=account, amount=part)
    record_event(
        action=f"changes.credit.{kind}", subject=f"delivery.agreement:{agreement.public_id}", by=by,
        body=agreement.body, move=move.public_id, unit=unit, amount=amount,
    )  # fmt: skip
    return move


def months_after(day: date, months: int) -> date:
    """This will give the same day so many months later, or the last day of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def earn_credit(*, by: Person, commitment: Commitment, quantity: Decimal, reason: str) -> CreditMove:
    """This will credit what was accepted beyond a promise, at the values of its edition; raises NotPossible."""
    agreement = commitment.agreement
    policies.check_may_change(agreement)
    clause = clause_of(agreement)
    if clause is None:
        raise NotPossible("This contract has no clause on change and credit, so no credit can be kept for it.")
    _lock(agreement)
    policies.check_surplus(commitment, quantity, queries.surplus_of(commitment))
    worth = queries.worth_now(commitment, quantity)
    if worth is None or worth[1] <= 0:
        raise NotPossible("This promise has no value in pounds under its edition, so its surplus earns no credit.")
    unit, amount = worth
    return _move(
        by, agreement, "credit", unit, round_half_up(amount, QUANTITY_PLACES), dated_on=today(),
        runs_out_on=months_after(today(), clause.expiry_months or 12), commitment=commitment, quantity=quantity,
        reason=reason.strip(),
    )  # fmt: skip


def _use_credit(by: Person, change: Change, lines: list[ChangeLine], short: Compared) -> None:
    clause = clause_of(change.agreement)
    if clause is None or not short.in_pounds:
        raise NotPossible(
            "No credit can meet this: the contract has no clause, or what is lost has no value in pounds."
        )
    lost = [line for line in lines if line.before is not None and line.kind in ("reduce", "end", "substitute")]
    worths = [(queries.worth_now(line.before, line.quantity_before or ZERO), line) for line in lost if line.before]
    held = [(worth[1], line) for worth, line in worths if worth is not None and worth[0] == short.unit]
    if not held:
        raise NotPossible("No promise of this change is valued in the unit of the credit.")
    worth, line = max(held, key=lambda each: each[0])
    assert line.before is not None
    policies.check_cap(short.shortfall, queries.used_for(line.before, short.unit), worth, clause.cap_percent)
    try:
        parts = drawn(queries.lots_of(change.agreement, short.unit), short.shortfall, today())
    except NotEnoughCredit:
        raise NotPossible(f"Less credit stands than the {money(short.shortfall)} that this change takes.") from None
    for lot, amount in parts:
        _move(
            by, change.agreement, "debit", short.unit, amount, dated_on=today(), lot_id=lot, change=change,
            commitment=line.before, reason=f"Change {change.number}: {change.title}"[:500],
        )  # fmt: skip


def run_out_credits(*, agreement: Agreement, on: date, everything: bool = False, by: Person | None = None) -> int:
    """This will let go what can be used no more on a day, the oldest first; answers how many. Safe to run again.

    `everything` ends what is left, as the end of the agreement does.
    """
    _lock(agreement)
    done = 0
    for unit in queries.units_of(agreement):
        lots = queries.lots_of(agreement, unit)
        gone = [(lot.key, lot.left) for lot in lots if lot.left > 0] if everything else run_out(lots, on)
        for lot, amount in gone:
            reason = "The agreement closed" if everything else "Its last day passed"
            _move(by, agreement, "expiry", unit, amount, dated_on=on, lot_id=lot, reason=reason)
            done += 1
    return done


def recall_credits(*, agreement: Agreement, by: Person | None = None) -> int:
    """This will take back what is unspent of credits that nothing accepted carries any more; answers how many moves.

    Safe to run again. What was spent is a debt, which `queries.owed_by` tells until as much is accepted again.
    """
    _lock(agreement)
    done = 0
    for commitment in queries.promises_with_credits(agreement):
        for each in queries.unbacked_of(commitment):
            if each.amount > 0:
                lot = CreditMove.objects.get(pk=each.key)
                _move(
                    by, agreement, "recall", lot.unit, each.amount, dated_on=today(), lot=lot, commitment=commitment,
                    quantity=each.quantity, reason="Less is accepted beyond the promise than was credited",
                )  # fmt: skip
                done += 1
    return done


# --- closing ----------------------------------------------------------------------------------------------------------


def close_agreement(
    *, by: Person, agreement: Agreement, how: str, last_day: date, why: str, follows: str
) -> Outturn:  # fmt: skip
    """This will close an agreement with its outturn: promised, delivered by assurance, lost, as that day knew them.

    Credits end with it. Raises NotPossible.
    """
    _lock(agreement)
    policies.check_closing(agreement, queries.outturn_of(agreement), last_day, why, follows, today())
    table = promise_table(agreement, today())
    outturn = Outturn.objects.create(
        body=agreement.body, party=agreement.party, agreement=agreement, how=how, last_day=last_day, why=why.strip(),
        follows=follows.strip(), recorded_on=today(), decided_by=by,
    )  # fmt: skip
    for row in table.rows:
        held = row.delivered
        lost = None if row.promised is None or row.is_harm else max(row.promised - held.evidenced, ZERO)
        OutturnLine.objects.create(
            body=agreement.body, party=agreement.party, outturn=outturn, commitment=row.commitment,
            promised=row.promised, claimed=held.claimed, evidenced=held.evidenced, confirmed=held.confirmed,
            assured=held.assured, lost=lost,
        )  # fmt: skip
    run_out_credits(agreement=agreement, on=today(), everything=True, by=by)
    _end_open_changes(by, agreement)
    state = "ended" if how == "ended" else "terminated"
    if agreement.state == "current":
        end_agreement(by=by, agreement=agreement, state=state, ends_on=last_day, reason=why.strip())
    record_event(
        action="changes.agreement.closed", subject=f"delivery.agreement:{agreement.public_id}", by=by,
        body=agreement.body, outturn=outturn.public_id, how=how, lines=len(table.rows),
    )  # fmt: skip
    return outturn


def _end_open_changes(by: Person, agreement: Agreement) -> None:
    """What was still being written, answered or decided ends with the agreement, each on record."""
    still = (
        Change.objects.select_for_update(of=("self",)).select_related("body", "agreement").filter(agreement=agreement)
    )
    for change in still.filter(state__in=[state for state, to in policies.STATES.items() if to]).order_by("number"):
        to = "dropped" if "dropped" in policies.STATES[change.state] else "declined"
        change.state, change.decision_words = to, "The agreement closed before this was made."
        _touch(change, "state", "decision_words")
        _event("ended_with_agreement", by, change, state=to)
