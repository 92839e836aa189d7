"""Lines passed on: a link of their own to these lines alone; figures told in confidence are the body's, in PostgreSQL."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.models import Mail
from commonweal.base.queries import link_token
from commonweal.base.scope import open_scope
from commonweal.delivery.models import Entry
from commonweal.delivery.queries import assured_by_commitment
from commonweal.delivery.returns import actions, queries
from commonweal.delivery.returns.models import LineFigure, SentLine
from commonweal.delivery.returns.overlaps import paid_and_counted

pytestmark = pytest.mark.django_db


def words_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def pass_on(desk, found, which=(1,), organisation="Beech Joinery", **given):
    with desk.scope():
        lines = queries.lines_of(found)
        return actions.pass_on(
            by=desk.contact, found=found, lines=[lines[number] for number in which], name="Beth Beech",
            email="beth@beech.example", organisation=organisation, from_link=desk.link(found), **given,
        )  # fmt: skip


def told_in_confidence(desk, found, part, quantity="3"):
    with desk.scope():
        line = queries.lines_of(found, part)[0]
        answer = actions.Answer(quantity=Decimal(quantity), note="Our margin is ours", in_confidence=True)
        return actions.save_line(by=part.person, line=line, answer=answer, written_against=None, part=part)


def test_sub_link_sees_its_lines_alone(desk, asked, client):
    part = pass_on(desk, asked)
    page = words_of(client.get(desk.address(asked, person=part.person)))
    assert "Local jobs" in page
    assert "Cookery sessions" not in page
    assert "Local food" not in page
    for line in desk.lines(asked):
        own = line.commitment.wording == "Local jobs"
        address = desk.address(asked, "line", line.public_id, person=part.person)
        assert client.get(address).status_code == (200 if own else 404)
        assert client.post(address, {"quantity": "1", "version": "0"}).status_code == (302 if own else 404)


def test_sub_link_neither_sends_nor_sees_the_whole(desk, asked, client):
    part = pass_on(desk, asked)
    client.post(desk.address(asked, "nothing", person=part.person))
    assert [line.answer for line in desk.lines(asked)] == ["unanswered", "nothing", "unanswered"]
    assert client.post(desk.address(asked, "send", person=part.person))["Location"].endswith("/")
    assert desk.again(asked).state == "begun"


def test_passing_on_by_page_sends_a_named_link(desk, asked, client):
    lines = desk.lines(asked)
    given = {"lines": [lines[0].public_id], "name": "Cal League", "email": "cal@larkhollow.example"}
    page = client.post(desk.address(asked, "pass_on"), given, follow=True)
    assert "Passed on to Cal League" in words_of(page)
    (mail,) = desk.mails("returns.passed-on")
    assert mail.person.name == "Cal League"
    assert "Cookery sessions" in mail.words
    with desk.scope():
        assert Mail.objects.select_related("link").get(pk=mail.pk).link.passed_on_from_id == desk.link(asked).pk


def test_signed_in_provider_passes_on_and_takes_back(desk, asked, sign_in):
    from django.urls import reverse

    browser, line = sign_in(desk.reporter), desk.lines(asked)[0]
    to = lambda page, *more: reverse(  # noqa: E731
        f"returns_provider:{page}", args=[desk.party.public_id, asked.public_id, *more]
    )
    given = {"lines": [line.public_id], "name": "Cal League", "email": "cal@larkhollow.example"}
    assert browser.post(to("pass_on"), given).status_code == 302
    with desk.scope():
        (part,) = queries.parts_of(asked)
        assert queries.standing_links(asked)
    browser.post(to("take_back", part.public_id))
    with desk.scope():
        assert queries.parts_of(asked) == []
        assert part.link.pk not in {link.pk for link in queries.standing_links(asked)}


def test_part_of_a_part_is_a_tree_and_ends_with_what_it_came_from(desk, asked):
    part = pass_on(desk, asked, which=(0, 1))
    with desk.scope():
        line = queries.lines_of(asked, part)[0]
        inner = actions.pass_on(
            by=part.person, found=asked, lines=[line], name="Cy Copse", email="cy@copse.example", organisation="Copse",
            from_link=part.link, part=part,
        )  # fmt: skip
        assert [each.commitment.wording for each in queries.lines_of(asked, inner)] == ["Cookery sessions"]
        assert len(queries.lines_of(asked, part)) == 2  # whoever passed on sees it still
        actions.take_back(by=desk.contact, part=queries.get_part(asked, part.public_id))
        assert {line.part for line in queries.lines_of(asked)} == {None}
        assert [link.person for link in queries.standing_links(asked)] == [desk.contact]


def test_taken_back_link_says_so(desk, asked, client):
    part = pass_on(desk, asked)
    address = desk.address(asked, person=part.person)
    with desk.scope():
        actions.take_back(by=desk.contact, part=part)
    assert client.get(address).status_code == 410


def test_line_passed_on_already_is_not_passed_on_twice(desk, asked):
    pass_on(desk, asked)
    with pytest.raises(NotPossible, match="passed on already"):
        pass_on(desk, asked)


def test_figures_told_in_confidence_are_not_there_for_the_prime(desk, asked, client):
    part = pass_on(desk, asked)
    line = told_in_confidence(desk, asked, part)
    with desk.as_provider():
        assert queries.figure_of(line) is None
        with connection.cursor() as cursor:  # the wall is in PostgreSQL itself
            cursor.execute("SELECT count(*) FROM returns_linefigure WHERE line_id = %s", [line.pk])
            assert cursor.fetchone() == (0,)
    with desk.scope():
        assert queries.figure_of(line).quantity == 3  # the body reads it
    for page in (desk.address(asked), desk.address(asked, "send")):
        words = words_of(client.get(page))
        assert "Told in confidence" in words
        assert "Our margin is ours" not in words
    assert client.get(desk.address(asked, "line", line.public_id)).status_code == 302


def test_figure_in_confidence_far_beyond_its_promise_is_asked_about_once(desk, asked, client):
    pass_on(desk, asked)
    with desk.scope():
        part = queries.parts_of(asked)[0]
        line = queries.lines_of(asked, part)[0]
    address = reverse("returns_link:line", args=[link_token(part.link), line.public_id])
    typed = {"quantity": "123456", "version": "0", "in_confidence": "on"}
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert "more than 100 times" in answer.content.decode()
    assert client.post(address, typed | {"quantity_is_right": "on"}).status_code == 302


def test_what_was_sent_in_confidence_is_not_there_for_the_prime_either(desk, asked):
    line = told_in_confidence(desk, asked, pass_on(desk, asked))
    with desk.as_provider():
        for other in queries.lines_of(asked):
            if other.pk != line.pk:
                actions.say_nothing(by=desk.reporter, line=other, written_against=None)
        actions.send_return(by=desk.reporter, found=asked)
        assert not Entry.objects.filter(commitment=line.commitment).exists()
        assert not SentLine.objects.filter(line=line).exists()
        assert line.commitment_id not in assured_by_commitment([line.commitment_id])
    with desk.scope():
        (entry,) = Entry.objects.filter(body=desk.body)
        assert (entry.quantity, entry.party) == (3, None)
        assert assured_by_commitment([line.commitment_id])[line.commitment_id].claimed == 3


def test_taking_back_clears_what_was_told_in_confidence(desk, asked):
    part = pass_on(desk, asked)
    line = told_in_confidence(desk, asked, part)
    with desk.as_provider():
        actions.take_back(by=desk.reporter, part=queries.get_part(asked, part.public_id))
        assert queries.get_line(asked, line.public_id).answer == "unanswered"
        assert queries.figure_of(line).quantity is None
        desk.tell(queries.get_line(asked, line.public_id), "5", by=desk.reporter)
    with desk.scope():
        assert LineFigure.objects.get(line=line).quantity == 5


def test_prime_does_not_answer_over_what_was_told_in_confidence(desk, asked):
    line = told_in_confidence(desk, asked, pass_on(desk, asked))
    with desk.as_provider(), pytest.raises(NotPossible, match="in confidence"):
        desk.tell(line, "9", by=desk.reporter)


@pytest.mark.parametrize("organisation", ["", None])
def test_only_a_sub_contractor_tells_in_confidence(desk, asked, organisation):
    part = None if organisation is None else pass_on(desk, asked, organisation=organisation)
    with desk.scope():
        line = queries.lines_of(asked, part)[0]
        answer = actions.Answer(quantity=Decimal(1), in_confidence=True)
        with pytest.raises(NotPossible, match="Only a sub-contractor"):
            actions.save_line(by=desk.contact, line=line, answer=answer, written_against=None, part=part)


def test_figures_of_another_provider_are_not_there(desk, asked, make_desk):
    other = make_desk(company="09506240", name="Oxbarrow", body=desk.body)
    desk.send(asked)
    with open_scope(party=other.party.pk):
        for table in ("return", "returnline", "linefigure", "sentline", "schedule", "reporter", "part"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM returns_{table} WHERE party_id = %s", [desk.party.pk])
                assert cursor.fetchone() == (0,), table


def test_part_says_it_is_done_once_every_line_is_answered(desk, asked, client):
    part = pass_on(desk, asked)
    done = desk.address(asked, "finish", person=part.person)
    assert "Not answered yet: Local jobs" in words_of(client.post(done, follow=True))
    client.post(desk.address(asked, "nothing", person=part.person))
    assert "Your part is ready" in words_of(client.post(done, follow=True))
    assert "They say they are done" in words_of(client.get(desk.address(asked)))


@pytest.mark.parametrize(("note", "twice"), [("Of it £9,000 to Beech Joinery", True), ("Timber and paint", False)])
def test_spending_that_pays_for_a_subs_jobs_is_a_finding_on_both(desk, asked, client, note, twice):
    part = pass_on(desk, asked)
    told_in_confidence(desk, asked, part)
    with desk.scope():
        desk.tell(queries.lines_of(asked)[2], "12000", note=note)
        found = paid_and_counted(queries.line_rows(asked, asked.due_on))
        names = {line.pk: line.commitment.wording for line in queries.lines_of(asked)}
    assert {names[key] for key in found} == ({"Local jobs", "Local food"} if twice else set())
    words = words_of(client.get(desk.address(asked, "send")))
    assert ("Value one of the two, not both" in words) is twice


def test_day_goes_into_a_calendar(desk, asked, client):
    answer = client.get(desk.address(asked, "calendar"))
    lines = answer.content.decode().split("\r\n")
    assert "DTSTART;VALUE=DATE:20261020" in lines
    assert f"UID:{asked.public_id}@commonweal" in lines
    assert max(len(line.encode()) for line in lines) <= 75
