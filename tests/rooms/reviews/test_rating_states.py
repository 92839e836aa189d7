"""A rating goes from its draft to its publication one way only, and each step has its rule."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from commonweal.base.actions import note_file_checked, note_file_refused
from commonweal.base.errors import NotPossible
from commonweal.base.files import UnusableFile
from commonweal.base.models import Event, JobRun, Mail
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.reviews import actions, policies, queries
from commonweal.delivery.reviews.invariants import RULES
from commonweal.delivery.reviews.models import Rating
from commonweal.directory.queries import today

pytestmark = pytest.mark.django_db
STATES = tuple(policies.RATING_STATES)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", [each for each in STATES if each != "draft"])
def test_only_steps_of_the_table_are_possible(state, step):
    allowed = {
        ("draft", "sent"), ("draft", "withdrawn"), ("sent", "agreed"), ("sent", "contested"), ("sent", "decided"),
        ("sent", "withdrawn"), ("agreed", "decided"), ("contested", "decided"), ("decided", "locked"),
        ("locked", "published"),
    }  # fmt: skip
    rating = Rating(state=state)
    if (state, step) in allowed:
        policies.check_step(rating, step)
    else:
        with pytest.raises(NotPossible):
            policies.check_step(rating, step)


def test_whole_way_leaves_an_event_at_each_step(contract):
    rating = contract.locked()
    actions.publish_rating(by=contract.other, rating=rating)
    rating.refresh_from_db()
    assert rating.state == "published"
    assert [each for each in contract.events() if each.startswith("reviews.rating")] == [
        f"reviews.rating.{step}" for step in ("drafted", "sent", "agreed", "decided", "locked", "published")
    ]
    assert JobRun.objects.filter(name="publishing.refresh").exists(), "the public site is made anew"


def test_bands_propose_the_rating(contract):
    assert contract.rate("9").rating == "approaching-target"


def test_another_rating_than_the_bands_give_needs_words(contract):
    with pytest.raises(NotPossible, match="another rating than the bands"):
        contract.rate("9", rating="good", reason=" ")


def test_other_needs_words_also_where_there_is_no_figure(contract):
    with pytest.raises(NotPossible, match="none of the other ratings"):
        contract.rate(None, reason="")


def test_figure_of_a_promise_is_its_accepted_evidence_in_the_period(contract):
    for quantity, ends in (("4", LAST_DAY), ("5", LAST_DAY + timedelta(days=1)), ("2", FIRST_DAY)):
        entry = delivery.record_entry(
            by=contract.officer, commitment=contract.promise, quantity=Decimal(quantity), starts_on=FIRST_DAY,
            ends_on=ends,
        )  # fmt: skip
        delivery.add_evidence(by=contract.officer, entry=entry, kind="report", description="Report")
        if quantity != "2":
            delivery.accept_evidence(by=contract.other, entry=entry, quantity=Decimal(quantity), dated_on=today())
    held = queries.recorded_in(contract.promise, FIRST_DAY, LAST_DAY)
    assert (held.claimed, held.evidenced) == (Decimal(6), Decimal(4))


FIRST_DAY, LAST_DAY = date(2026, 4, 1), date(2026, 6, 30)


def test_figure_other_than_the_record_needs_words(contract):
    kpi = contract.kpi(commitment=contract.promise)
    with pytest.raises(NotPossible, match="Say where it comes from"):
        contract.rate("10", kpi=kpi)
    made = contract.rate("10", kpi=kpi, figure_why="Counted on site")
    assert (made.claimed, made.evidenced, made.figure) == (Decimal(0), Decimal(0), Decimal(10))


def test_period_that_is_not_over_is_refused(contract):
    with pytest.raises(NotPossible, match="has not come yet"):
        contract.rate(ends_on=today() + timedelta(days=1))


def test_period_that_overlaps_one_rated_is_refused(contract):
    kpi = contract.kpi()
    contract.rate(kpi=kpi)
    with pytest.raises(NotPossible, match="rated already"):
        contract.rate(kpi=kpi, starts_on=LAST_DAY, ends_on=date(2026, 7, 31))


def test_withdrawn_period_can_be_rated_again(contract):
    kpi = contract.kpi()
    actions.withdraw_rating(by=contract.officer, rating=contract.rate(kpi=kpi))
    assert contract.rate("7", kpi=kpi).state == "draft"


def test_next_period_is_the_first_that_is_over_and_not_rated(contract):
    kpi = contract.kpi()
    assert queries.next_period(kpi, date(2026, 11, 22)) == (FIRST_DAY, LAST_DAY)
    contract.rate(kpi=kpi)
    assert queries.next_period(kpi, date(2026, 11, 22)) == (date(2026, 7, 1), date(2026, 9, 30))
    assert queries.next_period(kpi, date(2026, 9, 29)) is None


def test_change_of_a_draft_by_two_people_tells_the_second(contract):
    rating = contract.rate("9")
    actions.change_rating(
        by=contract.other, rating=rating, version=1, figure=Decimal(8), figure_why="", chosen="", reason="Recounted"
    )
    with pytest.raises(actions.ChangedMeanwhile):
        actions.change_rating(
            by=contract.officer, rating=rating, version=1, figure=Decimal(10), figure_why="", chosen="", reason=""
        )
    rating.refresh_from_db()
    assert (rating.figure, rating.rating) == (Decimal(8), "requires-improvement")


def test_sent_rating_is_not_changed_any_more(contract):
    rating = contract.sent()
    with pytest.raises(NotPossible, match="was sent to the provider"):
        actions.change_rating(
            by=contract.officer, rating=rating, version=rating.version, figure=Decimal(3), figure_why="", chosen="",
            reason="",
        )  # fmt: skip


def test_sending_mails_the_provider(contract):
    rating = contract.sent()
    mail = Mail.objects.get(body=contract.body)
    assert mail.person == contract.reporter
    assert mail.about == f"reviews.rating:{rating.public_id}"


def test_agreement_without_provider_sends_to_nobody(contract):
    alone = delivery.record_agreement(by=contract.officer, body=contract.body, title="Alone", channel="grant")
    kpi = actions.set_kpi(
        by=contract.officer, agreement=alone, title="Calls", unit="calls", sense="at-least", target=Decimal(1),
        approaching=Decimal(1), improvement=Decimal(0), every_months=3, starts_on=FIRST_DAY,
    )  # fmt: skip
    rating = contract.rate("1", kpi=kpi)
    with pytest.raises(NotPossible, match="no provider on record"):
        actions.send_rating(by=contract.officer, rating=rating, days=10)


def test_contest_needs_words(contract):
    with pytest.raises(NotPossible, match="Say what is wrong"):
        contract.answer(contract.sent(), agrees=False)


def test_unanswered_rating_is_decided_only_after_its_day(contract):
    rating = contract.sent()
    with pytest.raises(NotPossible, match="may respond until"):
        actions.decide_rating(by=contract.other, rating=rating, decided="good")
    Rating.objects.filter(pk=rating.pk).update(respond_by=today() - timedelta(days=1))
    assert actions.decide_rating(by=contract.other, rating=rating, decided="good").state == "decided"


def test_day_to_respond_by_is_still_the_providers(contract):
    rating = contract.sent()
    Rating.objects.filter(pk=rating.pk).update(respond_by=today())
    with pytest.raises(NotPossible, match="may respond until"):
        actions.decide_rating(by=contract.other, rating=rating, decided="good")


def test_late_answer_is_taken_and_marked(contract):
    rating = contract.sent()
    Rating.objects.filter(pk=rating.pk).update(respond_by=today() - timedelta(days=1))
    answered = contract.answer(rating, agrees=False, words="Two starts are missing")
    assert (answered.state, answered.responded_late) == ("contested", True)


def test_decided_rating_takes_no_answer(contract):
    rating = contract.decided()
    with pytest.raises(NotPossible, match="nothing to answer"):
        contract.answer(rating, agrees=False, words="Too late")


def test_contested_rating_is_not_decided_by_whoever_drafted_it(contract):
    rating = contract.answer(contract.sent(), agrees=False, words="Two starts are missing")
    with pytest.raises(NotPossible, match="somebody else decides"):
        actions.decide_rating(by=contract.officer, rating=rating, decided="good", words="As drafted")
    assert actions.decide_rating(by=contract.other, rating=rating, decided="good", words="Looked at").state == "decided"


def test_agreed_rating_may_be_decided_by_whoever_drafted_it(contract):
    rating = contract.answer(contract.sent())
    assert actions.decide_rating(by=contract.officer, rating=rating, decided="good").decided_by == contract.officer


def test_decision_other_than_the_draft_needs_words(contract):
    rating = contract.answer(contract.sent())
    with pytest.raises(NotPossible, match="Say how you decided"):
        actions.decide_rating(by=contract.other, rating=rating, decided="approaching-target")


def test_inadequate_needs_the_plan_on_file(contract):
    rating = contract.answer(contract.sent("1"))
    assert rating.rating == "inadequate"
    with pytest.raises(NotPossible, match="improvement plan on file"):
        actions.decide_rating(by=contract.other, rating=rating, decided="inadequate")
    made = actions.decide_rating(
        by=contract.other, rating=rating, decided="inadequate", file_name="plan.txt", content=b"Weekly calls"
    )
    assert made.plan_file.name == "plan.txt"


def test_inadequate_is_locked_only_on_a_plan_that_was_checked_and_found_sound(contract):
    rating = contract.answer(contract.sent("1"))
    decided = actions.decide_rating(
        by=contract.other, rating=rating, decided="inadequate", file_name="plan.txt", content=b"Weekly calls"
    )
    with pytest.raises(NotPossible, match="still being checked"):
        actions.lock_rating(by=contract.other, rating=decided)
    note_file_refused(file=decided.plan_file, reason="virus")
    with pytest.raises(NotPossible, match="virus scanner found something in it.*Give another plan"):
        actions.lock_rating(by=contract.other, rating=decided)
    with pytest.raises(NotPossible, match="Say where the plan is"):
        actions.give_plan(by=contract.other, rating=decided, plan=" ")
    again = actions.give_plan(
        by=contract.other, rating=decided, plan="", file_name="plan-2.txt", content=b"Weekly calls, again"
    )
    with pytest.raises(NotPossible, match="still being checked"):
        actions.lock_rating(by=contract.other, rating=again)
    note_file_checked(file=again.plan_file, kept=None)
    assert actions.lock_rating(by=contract.other, rating=again).state == "locked"


def test_unusable_plan_decides_nothing(contract):
    rating = contract.answer(contract.sent("1"))
    with pytest.raises(UnusableFile), transaction.atomic():
        actions.decide_rating(
            by=contract.other, rating=rating, decided="inadequate", file_name="plan.exe", content=b"MZ"
        )
    rating.refresh_from_db()
    assert rating.state == "agreed"


def test_database_refuses_inadequate_without_a_plan(contract):
    rating = contract.answer(contract.sent("1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.filter(pk=rating.pk).update(state="decided")


def test_locked_rating_cannot_be_decided_again_nor_withdrawn(contract):
    rating = contract.locked()
    for act in (
        lambda: actions.decide_rating(by=contract.other, rating=rating, decided="other", words="Again"),
        lambda: actions.withdraw_rating(by=contract.other, rating=rating),
    ):
        with pytest.raises(NotPossible):
            act()


def test_only_published_ratings_are_for_the_public(contract):
    kpi = contract.kpi()
    contract.rate(kpi=contract.kpi(title="Draft"))
    contract.sent(kpi=contract.kpi(title="Sent"))
    contract.decided(kpi=contract.kpi(title="Decided"))
    contract.locked(kpi=contract.kpi(title="Locked"))
    assert queries.published_ratings(contract.body) == []
    actions.publish_rating(by=contract.other, rating=contract.locked(kpi=kpi))
    assert [each.kpi for each in queries.published_ratings(contract.body)] == [kpi.public_id]


def broken() -> list[str]:
    """The rules of the room that something on record breaks."""
    found = []
    with connection.cursor() as cursor:
        for rule in RULES:
            cursor.execute(rule.sql)
            found += [rule.id] if cursor.fetchall() else []
    return found


def test_invariant_sees_a_locked_inadequate_whose_plan_is_not_sound(contract):
    rating = contract.answer(contract.sent("1"))
    decided = actions.decide_rating(
        by=contract.other, rating=rating, decided="inadequate", file_name="plan.txt", content=b"Weekly calls"
    )
    note_file_checked(file=decided.plan_file, kept=None)
    actions.lock_rating(by=contract.other, rating=decided)
    assert broken() == []
    note_file_refused(file=decided.plan_file, reason="virus")
    assert broken() == ["reviews.locked-inadequate-has-a-sound-plan"]
    Rating.objects.filter(pk=rating.pk).update(plan="Sent by letter on 3 March", plan_file=None)
    assert broken() == [], "a plan told in words will do"


def test_invariants_hold_and_see_a_contest_decided_by_its_drafter(contract):
    rating = contract.answer(contract.sent(), agrees=False, words="No")
    actions.decide_rating(by=contract.other, rating=rating, decided="good", words="Yes")

    assert broken() == []
    Rating.objects.filter(pk=rating.pk).update(decided_by=contract.officer)
    assert broken() == ["reviews.contested-is-decided-by-another"]
    assert Event.objects.filter(action="reviews.rating.contested").count() == 1


def test_provider_sees_no_draft_and_answers_in_its_own_scope_only(contract, make_contract):
    rating = contract.rate()
    stranger = make_contract("Oxbarrow")
    with open_scope(party=contract.party.pk):
        with pytest.raises(Rating.DoesNotExist):
            queries.get_rating_of_party(contract.party, rating.public_id)
    actions.send_rating(by=contract.officer, rating=rating, days=10)
    with open_scope(party=contract.party.pk):
        assert queries.get_rating_of_party(contract.party, rating.public_id).state == "sent"
    with open_scope(party=stranger.party.pk), pytest.raises(Rating.DoesNotExist):
        queries.get_rating_of_party(stranger.party, rating.public_id)
