"""When a change may move on, a credit be earned or used, an agreement be closed; each sentence is what a person reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.models import Person
from commonweal.base.templatetags.figures import amount_in_unit, long_date, money, page_language
from commonweal.delivery.changes.models import AwardScores, Change, ChangeLine, Outturn, SignOff
from commonweal.delivery.changes.ranking import Award, CannotRank, Ranking, check_as_it_stood
from commonweal.delivery.changes.worth import Neutrality, in_words
from commonweal.delivery.models import Agreement, AgreementClause, Commitment
from commonweal.delivery.policies import AGREEMENT_STATES, check_not_withdrawn, check_quantity
from commonweal.engine.grounds import Ground

#: One table of states; `docs/reference/states.md` is drawn from such tables.
STATES: dict[str, tuple[str, ...]] = {
    "draft": ("proposed", "dropped"), "proposed": ("agreed", "refused", "dropped"), "agreed": ("approved", "declined"),
    "approved": ("made", "declined"), "refused": (), "declined": (), "dropped": (), "made": (),
}  # fmt: skip


class ChangedMeanwhile(NotPossible):
    """Someone else moved the change on while this was being written."""


def check_moves(change: Change, to: str) -> None:
    """This will refuse a step that the table of states does not have."""
    if to not in STATES[change.state]:
        raise NotPossible(f"This change is {change.get_state_display().lower()}, so this step is not open any more.")


def check_version(change: Change, written_against: int) -> None:
    """This will refuse a step that was written against an earlier version of the change."""
    if change.version != written_against:
        raise ChangedMeanwhile(
            "Someone else worked on this change while you were writing, so nothing was saved. Look at what it says now, "
            "then take the step again."
        )


def check_clause_is_as_it_was(held: AgreementClause | None, written_against: str) -> None:
    """This will refuse what was said of a clause that somebody else has said something of meanwhile."""
    if (held.public_id if held is not None else "") != written_against:
        raise ChangedMeanwhile(
            "Someone else recorded something of this clause while you were writing, so nothing was saved. Look at what "
            "stands now, then save again."
        )


def check_scores_are_as_they_were(held: AwardScores | None, written_against: str) -> None:
    """This will refuse scores that were written while somebody else recorded others."""
    if (held.public_id if held is not None else "") != written_against:
        raise ChangedMeanwhile(
            "Someone else recorded the scores of this award while you were writing, so nothing was saved. Look at what "
            "stands now, then save again."
        )


def check_may_change(agreement: Agreement) -> None:
    """This will refuse to change what is closed, undone or a published fact."""
    check_not_withdrawn(agreement)
    if agreement.origin == "example":
        raise NotPossible("This is a published fact, so it stays as it was printed.")
    if not AGREEMENT_STATES[agreement.state]:
        raise NotPossible("This agreement is closed, so it is not changed any more.")


def check_no_outturn(agreement: Agreement, outturn: Outturn | None) -> None:
    """This will refuse work on an agreement that its outturn has frozen, and say whom to ask."""
    if outturn is None:
        return
    whom = agreement.owner.name if agreement.owner is not None else agreement.body.name
    raise NotPossible(
        _(
            "This agreement closed on %(day)s and its outturn is that day’s record, so nothing more is recorded in it, of "
            "work done before either. If something is missing, ask %(whom)s."
        )
        % {"day": long_date(outturn.last_day, page_language()), "whom": whom}
    )


def check_is_draft(change: Change) -> None:
    """This will refuse to write on a change that is with its provider, or further."""
    if change.state != "draft":
        raise NotPossible("Only a draft can be written on. Drop this change and write another.")


def check_last_day(agreement: Agreement, ends_after: date | None) -> None:
    """This will refuse a last day before the agreement's first."""
    if ends_after is not None and agreement.starts_on is not None and ends_after < agreement.starts_on:
        raise NotPossible(
            f"The last day after it lies before the agreement’s first, {long_date(agreement.starts_on)}. Change the date."
        )


def check_line(
    change: Change, kind: str, before: Commitment | None, quantity_after: Decimal, now: Decimal | None,
    accepted: Decimal,
) -> None:  # fmt: skip
    """This will refuse a line that does not do what its kind says to a promise of the same agreement."""
    check_is_draft(change)
    check_quantity(quantity_after)
    if kind == "add":
        if not quantity_after:
            raise NotPossible("A promise that is added has a quantity above zero.")
        return
    if before is None or before.agreement_id != change.agreement_id or before.withdrawn_at is not None:
        raise NotPossible("Choose a promise of this agreement that stands.")
    if kind == "take-up" and before.basis != "option":
        raise NotPossible("Only an option can be taken up.")
    if kind in ("reduce", "increase", "end", "substitute") and before.basis != "fixed":
        raise NotPossible(
            "This promise is a rate or an option: change its formula by ending the agreement’s promise anew."
        )
    if kind == "reduce" and now is not None and quantity_after >= now:
        raise NotPossible(f"That is no reduction: {amount_in_unit(now, before.unit_words)} are promised now.")
    if kind == "substitute" and not quantity_after:
        raise NotPossible(
            "What takes the place of a promise has a quantity above zero. To give it up, end the promise."
        )
    if kind == "end" and quantity_after > min(accepted, now if now is not None else accepted):
        stays = amount_in_unit(min(accepted, now if now is not None else accepted), before.unit_words)
        raise NotPossible(
            f"To end a promise, 0 stays of it, or what was delivered and accepted: at most {stays}. To promise more, "
            "increase it."
        )
    if kind == "increase" and now is not None and quantity_after <= now:
        raise NotPossible(f"That is no increase: {amount_in_unit(now, before.unit_words)} are promised now.")


def check_one_line_each(lines: list[ChangeLine], before: Commitment | None) -> None:
    """This will refuse to change one promise twice in one change, which would count its worth twice."""
    if before is not None and any(line.before_id == before.pk for line in lines):
        raise NotPossible("This change deals with that promise already. Take the other line out first.")


def check_can_be_proposed(change: Change, lines: list[ChangeLine], ground: Ground | None, today: date) -> None:
    """This will refuse to propose a change that changes nothing, on no ground, or from a day that is past."""
    if not lines and change.value_after == change.value_before and change.ends_after == change.ends_before:
        raise NotPossible("This change changes nothing yet: give it a promise, another value or another last day.")
    if ground is None:
        raise NotPossible("Choose the ground in law, or the clause, on which the change is made.")
    if ground.needs_clause and not change.ground_words.strip():
        raise NotPossible("Give the words of the clause on which the change is made.")
    if change.takes_from_on is None or change.takes_from_on < today:
        raise NotPossible(
            "Say from which day it counts: today or later. What was promised before that day stays as it was."
        )
    if change.ranking == "no" and not change.ranking_reason.strip():
        raise NotPossible("Say why the ranking would have been the same.")


def check_within_limit(ground: Ground, kind: str, first: Decimal | None, cumulative: Decimal, own: Decimal) -> None:
    """This will refuse a change of value beyond what its ground allows, in per cent of the first value."""
    limit = ground.limit_for(kind)
    if limit is None or not first:
        return
    counted = abs(cumulative) if ground.cumulative else abs(own)
    if counted * 100 > limit * abs(first):
        what = "The changes together come" if ground.cumulative else "This change comes"
        raise NotPossible(
            f"{what} to {money(counted)}, and “{ground.title}” ({ground.section}) allows {limit:f} per cent of the first "
            f"value of {money(first)}. Choose another ground, or let a new contract."
        )


def ranking_is_changed(said: str, computed: Ranking | None) -> bool:
    """This will say whether the ranking would have been another: as computed, or as a person says where it is not."""
    return computed.changes if computed is not None else said == "yes"


def legal_is_needed(change: Change, computed: Ranking | None) -> bool:
    """This will say whether a named person signs a change off in law first: its value, term or ranking is touched."""
    return (
        change.value_after != change.value_before
        or change.ends_after != change.ends_before
        or ranking_is_changed(change.ranking, computed)
    )


def check_scores(award: Award, source: str) -> None:
    """This will refuse scores of an award that do not agree with one another, or come from nowhere."""
    if not source.strip():
        raise NotPossible("Say where the scores are from, such as the evaluation report and its date.")
    try:
        check_as_it_stood(award)
    except CannotRank as why:
        raise NotPossible(str(why)) from None


def check_may_rescore(change: Change, points: Decimal | None, price_points: Decimal | None, why: str) -> None:
    """This will refuse to enter points for a change that was decided, for nothing, or without saying how."""
    if change.state not in ("draft", "proposed", "agreed"):
        raise NotPossible("This change was decided already, so its ranking stays as it was seen then.")
    if points is None and price_points is None:
        raise NotPossible("Enter the points for social value, for the price, or both.")
    if not why.strip():
        raise NotPossible("Say how these points were found.")


def check_points(computed: Ranking | None, covered: bool, excuse: str) -> None:
    """This will refuse a change after which the offer earns fewer points, unless credit covers it or a person says why."""
    if computed is not None and computed.points_lost and not covered and not excuse.strip():
        raise NotPossible(
            f"The awarded offer earns {computed.points_before} points for social value before this change and "
            f"{computed.points_after} after it. Add to it, meet the difference with a credit, or have somebody say under "
            "their name why it is right."
        )


def check_neutral(found: Neutrality, covered: bool, excuse: str) -> None:
    """This will refuse a change after which less stands, unless a credit covers it or a named person says why."""
    if found.shortfalls and not covered and not excuse.strip():
        raise NotPossible(
            f"Less stands after this change than before: {'; '.join(in_words(each) for each in found.shortfalls)}. Add to "
            "it, meet the difference with a credit, or have somebody say under their name why it is right."
        )
    if found.questions and not excuse.strip():
        raise NotPossible(found.questions[0])


def check_signed(sign_off: SignOff | None, needed: bool) -> None:
    """This will refuse to decide where a legal opinion is needed and is missing, or says no."""
    if sign_off is not None and not sign_off.may_be_made:
        raise NotPossible("The legal opinion on record says that this change may not be made.")
    if needed and sign_off is None:
        raise NotPossible("The value, the term or the ranking is touched, so a named person signs it off in law first.")


def check_second_person(change: Change, by: Person) -> None:
    """This will refuse a decision by whoever proposed the change."""
    if change.proposed_by_id == by.pk:
        raise NotPossible("You proposed this change, so someone else decides on it.")


def check_surplus(commitment: Commitment, quantity: Decimal, surplus: Decimal) -> None:
    """This will refuse a credit for more than was accepted beyond the promise and not credited before."""
    if commitment.direction == "harm":
        raise NotPossible("A limit on a harm earns no credit.")
    if quantity <= 0 or quantity > surplus:
        raise NotPossible(
            f"{amount_in_unit(max(surplus, Decimal(0)), commitment.unit_words)} beyond the promise are accepted and not "
            "credited yet. Give a number above zero and at most that."
        )


def check_cap(amount: Decimal, used: Decimal, worth: Decimal, cap_percent: int | None) -> None:
    """This will refuse to meet more of a promise with credits than the clause allows."""
    if cap_percent is not None and (used + amount) * 100 > worth * cap_percent:
        raise NotPossible(
            f"Credits may meet {cap_percent} per cent of one promise: {money(worth * cap_percent / 100)} of this one, of "
            f"which {money(used)} is used. This would take {money(amount)} more."
        )


def check_closing(
    agreement: Agreement, outturn: Outturn | None, last_day: date, why: str, follows: str, today: date
) -> None:
    """This will refuse a second outturn, one from a day to come, or without saying why and what follows.

    An agreement that was closed before without an outturn can be given one.
    """
    check_not_withdrawn(agreement)
    if agreement.origin == "example":
        raise NotPossible("This is a published fact, so it stays as it was printed.")
    if outturn is not None:
        raise NotPossible("This agreement has its outturn already. It is that day’s record and stays as it is.")
    if last_day > today:
        raise NotPossible("The last day has not come yet. Close the agreement when it has.")
    if not why.strip() or not follows.strip():
        raise NotPossible("Say why it closes, and what follows for what was promised.")
