"""A promise that two bodies share is reported once: answered to one, filled in for the other, each counting its share."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Entry
from commonweal.delivery.queries import counted_share
from commonweal.delivery.returns import actions, queries

pytestmark = pytest.mark.django_db


def shared_call_off(make_desk, make_body, shares=("0.6", "0.4")):
    """Two bodies' desks with one provider, and a call-off that they share: the same promise in a record of each."""
    desks = [make_desk(body=make_body(name)) for name in ("Ash", "Birch")]
    counted = list(zip([desk.body for desk in desks], map(Decimal, shares), strict=True))
    made = []
    for desk in desks:
        with desk.scope():
            agreement = delivery.record_agreement(
                by=desk.officer, body=desk.body, title="Bridge", channel="procurement", reference="TR-1", level="call-off",
                provider=desk.agreement.provider, owner=desk.officer, starts_on=date(2026, 4, 1),
                ends_on=date(2029, 3, 31),
            )  # fmt: skip
            promise = delivery.record_commitment(
                by=desk.officer, agreement=agreement, wording="Apprentices", unit="people", quantity=Decimal(50),
                shares=counted,
            )  # fmt: skip
            schedule = actions.agree_schedule(
                by=desk.officer, agreement=agreement, every="quarter", days_allowed=20, first_on=date(2026, 7, 1)
            )
            named = actions.name_reporter(
                by=desk.officer, schedule=schedule, email="ros@larkhollow.example", name="Ros"
            )
        made.append(replace(desk, agreement=agreement, promises=[promise], schedule=schedule, contact=named.person))
    return made


@pytest.fixture
def two(make_desk, make_body):
    """Ash and Birch, which share a promise 60 to 40."""
    return shared_call_off(make_desk, make_body)


def line_of(desk, found):
    (line,) = desk.lines(found)
    return line


def tell(desk, found, quantity="4", **given):
    with open_scope(party=desk.party.pk, person=desk.reporter.pk):
        line = queries.lines_of(queries.get_return_of_party(desk.party, found.public_id))[0]
        return desk.tell(line, quantity, by=desk.reporter, **given)


def send(desk, found):
    with desk.as_provider():
        return actions.send_return(by=desk.reporter, found=found)


def claimed(desk):
    with desk.scope():
        standing = Entry.objects.filter(body=desk.body, reverses__isnull=True, reversed_by__isnull=True)
        share = counted_share(desk.body, [desk.promises[0].pk])[desk.promises[0].pk]
        return sum((entry.quantity for entry in standing), Decimal(0)), share


def test_answered_to_one_body_it_is_filled_in_for_the_other(two):
    ash, birch = two
    mine, other = ash.ask(), birch.ask()
    tell(ash, mine, "4", note="All on the bridge", evidence_kind="register", evidence_words="Register, July")
    line = line_of(birch, other)
    assert (line.answer, line.reported_to, line.edited_by) == ("told", ash.body, ash.reporter)
    with birch.scope():
        figure = queries.figure_of(line)
        assert (figure.quantity, figure.note, figure.evidence_words) == (4, "All on the bridge", "Register, July")
    assert birch.again(other).answered_count == 1


def test_asked_later_it_is_filled_in_from_what_was_told_before(two):
    ash, birch = two
    mine = ash.ask()
    tell(ash, mine, "7")
    send(ash, mine)
    line = line_of(birch, birch.ask())
    assert (line.answer, line.reported_to) == ("told", ash.body)


def test_what_was_told_wrong_is_put_right_in_both(two):
    ash, birch = two
    mine, other = ash.ask(), birch.ask()
    tell(ash, mine, "4")
    tell(ash, mine, "5")
    with birch.scope():
        assert queries.figure_of(line_of(birch, other)).quantity == 5
    with ash.as_provider():
        actions.say_nothing(by=ash.reporter, line=line_of(ash, mine), written_against=None)
    assert line_of(birch, other).answer == "nothing"


def test_the_other_line_is_not_answered_a_second_time(two, sign_in):
    ash, birch = two
    mine, other = ash.ask(), birch.ask()
    tell(ash, mine, "4")
    with pytest.raises(NotPossible, match="you reported it to Ash"):
        tell(birch, other, "9")
    browser = sign_in(birch.reporter)
    to = lambda page, *more: reverse(  # noqa: E731
        f"returns_provider:{page}", args=[birch.party.public_id, other.public_id, *more]
    )
    page = browser.get(to("report")).content.decode()
    assert "4 people, reported to Ash" in page
    line = to("line", line_of(birch, other).public_id)
    assert line not in page
    assert browser.get(line)["Location"] == to("report")
    assert line not in browser.get(to("send")).content.decode()


def test_sent_to_both_each_body_has_it_and_counts_its_share(two):
    ash, birch = two
    mine, other = ash.ask(), birch.ask()
    tell(ash, mine, "10")
    send(ash, mine)
    send(birch, other)
    assert [claimed(desk) for desk in two] == [(10, Decimal("0.6")), (10, Decimal("0.4"))]


def test_what_one_body_was_told_in_confidence_the_other_is_not(two):
    ash, birch = two
    mine, other = ash.ask(), birch.ask()
    tell(ash, mine, "4")
    with ash.scope():
        part = actions.pass_on(
            by=ash.contact, found=mine, lines=queries.lines_of(mine), name="Beth", email="beth@beech.example",
            organisation="Beech Joinery", from_link=ash.link(mine),
        )  # fmt: skip
        answer = actions.Answer(quantity=Decimal(3), in_confidence=True)
        (line,) = queries.lines_of(mine, part)
        actions.save_line(by=part.person, line=line, answer=answer, written_against=None, part=part)
    line = line_of(birch, other)
    assert (line.answer, line.reported_to) == ("unanswered", None)
    with birch.scope():
        assert queries.figure_of(line).quantity is None


def test_a_body_that_asks_for_a_change_gets_an_answer_of_its_own(two):
    ash, birch = two
    mine, other = ash.ask(), birch.ask()
    tell(ash, mine, "4")
    send(birch, other)
    with birch.scope():
        actions.ask_for_changes(by=birch.officer, found=other, words="Are these all?")
    tell(birch, other, "6")
    with ash.scope():
        assert queries.figure_of(line_of(ash, mine)).quantity == 4


def test_another_period_is_asked_for_by_itself(two):
    ash, birch = two
    mine = ash.ask()
    later = birch.ask(date(2027, 1, 1))
    tell(ash, mine, "4")
    assert line_of(birch, later).reported_to is None


def test_the_body_reads_to_whom_it_was_reported_and_nothing_else_of_it(two, sign_in):
    ash, birch = two
    mine, other = ash.ask(), birch.ask()
    tell(ash, mine, "4")
    staff = sign_in(birch.officer)
    page = staff.get(reverse("returns:return_page", args=[birch.body.slug, other.public_id])).content.decode()
    assert "4 people, reported to Ash" in page
    assert staff.get(reverse("returns:return_page", args=[birch.body.slug, mine.public_id])).status_code == 404
    assert staff.get(reverse("returns:return_page", args=[ash.body.slug, mine.public_id])).status_code == 404


@pytest.mark.parametrize("seed", range(4))
def test_however_it_is_told_the_bodies_count_no_more_than_was_told(make_desk, make_body, seed):
    """Any shares, any first body, any corrections, any order of sending: what is counted in all is what was told once."""
    chance = random.Random(seed)
    first = Decimal(chance.randrange(1, 1_000_000)).scaleb(-6)
    desks = shared_call_off(make_desk, make_body, (str(first), str(1 - first)))
    asked = {desk.body.pk: desk.ask() for desk in chance.sample(desks, 2)}
    teller = chance.choice(desks)
    told = Decimal(0)
    for _ in range(chance.randrange(1, 4)):
        told = Decimal(chance.randrange(1, 10_000_000)).scaleb(-3)
        tell(teller, asked[teller.body.pk], str(told))
    for desk in chance.sample(desks, 2):
        send(desk, asked[desk.body.pk])
    assert sum(quantity * share for quantity, share in map(claimed, desks)) == told
