"""One verb, report progress: by link or signed in, saved as typed, two people told of each other, sent once."""

from __future__ import annotations

import itertools
import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonweal.base.models import Event
from commonweal.base.scope import open_scope
from commonweal.delivery.changes.actions import close_agreement
from commonweal.delivery.models import Entry, Evidence
from commonweal.delivery.queries import standing_entries
from commonweal.delivery.returns import actions, queries
from commonweal.delivery.returns.models import LineFigure, Return, ReturnLine, SentLine

pytestmark = pytest.mark.django_db
#: A period of its own for each example.
YEARS = itertools.count(1950)


def words_of(page):
    """The words of a page in one line, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>", " ", page.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def save(client, address, quantity, version="0", **fields):
    return client.post(address, {"quantity": quantity, "version": version} | fields)


def test_opening_a_link_twenty_times_changes_nothing_and_it_still_works(desk, asked, client):
    """Scanners of mail open every link they see."""
    line = desk.lines(asked)[0]
    with desk.scope():
        before = Event.objects.filter(body=desk.body).count()
    pages = [desk.address(asked), desk.address(asked, "line", line.public_id), desk.address(asked, "send"),
             desk.address(asked, "pass_on"), desk.address(asked, "workbook")]  # fmt: skip
    for _ in range(20):
        assert {client.get(page).status_code for page in pages} == {200}
    assert desk.again(asked).state == "asked"
    with desk.scope():
        assert Event.objects.filter(body=desk.body).count() == before
    assert save(client, pages[1], "4").status_code == 302
    assert desk.again(asked).state == "begun"


def test_link_does_not_write_by_being_opened_at_another_method(desk, asked, client):
    for page in ("nothing", "finish", "keep"):
        assert client.get(desk.address(asked, page)).status_code == 405


@pytest.mark.parametrize("way", ["link", "signed in"])
def test_line_is_kept_and_leads_to_the_next(desk, asked, client, sign_in, way):
    lines = desk.lines(asked)
    if way == "link":
        address, browser = desk.address(asked, "line", lines[0].public_id), client
    else:
        address = reverse("returns_provider:line", args=[desk.party.public_id, asked.public_id, lines[0].public_id])
        browser = sign_in(desk.reporter)
    answer = save(browser, address, "1,200")
    assert lines[1].public_id in answer["Location"]
    with desk.scope():
        assert queries.figure_of(lines[0]).quantity == Decimal(1200)
        assert not Entry.objects.filter(body=desk.body).exists()  # a draft counts nowhere
    assert "1,200 sessions" in words_of(browser.get(address.replace(f"lines/{lines[0].public_id}/", "")))


@pytest.mark.parametrize(
    ("typed", "line", "kept"),
    [("1,200", 0, "1200"), ("12.5", 0, "12.5"), ("12 sessions", 0, "12"), ("1 session", 0, "1"), ("0.4 fte", 1, "0.4"),
     ("£3,000", 2, "3000"), ("3000.50", 2, "3000.50"), ("3k", 2, "3000"), ("0", 0, "0")],
)  # fmt: skip
def test_number_as_people_type_it(desk, asked, client, typed, line, kept):
    held = desk.lines(asked)[line]
    assert save(client, desk.address(asked, "line", held.public_id), typed).status_code == 302
    with desk.scope():
        assert queries.figure_of(held).quantity == Decimal(kept)


@pytest.mark.parametrize(
    ("typed", "line", "words"),
    [
        ("12 days", 0, "counted in sessions, not in days"),
        ("", 0, "Give a number"),
        ("about 12", 0, "not one number"),
        ("-3", 0, "negative"),
        ("1e9", 0, "lost digits"),
        ("tbc", 0, "Give a number"),
        ("€300", 2, "not in pounds"),
        ("-3", 2, "less than zero"),
        ("1.0000001", 0, "six decimal places"),
        ("99999999999999", 0, "too large"),
        ("12,5", 0, "decimal mark"),
    ],
)
def test_what_is_not_a_quantity_in_its_unit_is_refused_and_kept_in_the_field(desk, asked, client, typed, line, words):
    held = desk.lines(asked)[line]
    answer = save(client, desk.address(asked, "line", held.public_id), typed, note="Term time only")
    assert answer.status_code == 422
    assert words in words_of(answer)
    assert "Term time only" in answer.content.decode()  # nothing typed is lost
    with desk.scope():
        assert queries.figure_of(held) is None


def test_second_of_two_is_told_what_the_first_wrote_and_loses_nothing(desk, asked, client, sign_in):
    line = desk.lines(asked)[0]
    address = desk.address(asked, "line", line.public_id)
    signed_in = reverse("returns_provider:line", args=[desk.party.public_id, asked.public_id, line.public_id])
    assert save(sign_in(desk.reporter), signed_in, "7", note="Seven in July").status_code == 302
    answer = save(client, address, "9", version="0", note="My nine")
    words = words_of(answer)
    assert answer.status_code == 409
    assert "What Rae Porter wrote" in words
    assert "7 sessions Seven in July" in words
    assert 'value="9"' in answer.content.decode()
    assert "My nine" in answer.content.decode()
    version = re.search(r'name="version" value="(\d+)"', answer.content.decode())[1]
    assert save(client, address, "9", version=version).status_code == 302  # now knowingly
    with desk.scope():
        assert queries.figure_of(line).quantity == 9


def test_file_of_a_refused_answer_is_asked_for_again(desk, asked, client):
    line = desk.lines(asked)[0]
    with desk.scope():
        desk.tell(line)
    address = desk.address(asked, "line", line.public_id)
    file = SimpleUploadedFile("register.txt", b"A-17")
    answer = save(client, address, "9", version="0", evidence_kind="register", evidence_file=file)
    assert answer.status_code == 409
    assert "Nothing was lost" not in words_of(answer)
    assert "register.txt was not kept. Choose the file again." in words_of(answer)


@pytest.mark.parametrize("version", ["9" * 5000, "-1", "x"])
@pytest.mark.parametrize("nothing", [{}, {"nothing": "nothing"}])
def test_version_that_is_none_is_refused(desk, asked, client, version, nothing):
    line = desk.lines(asked)[0]
    answer = save(client, desk.address(asked, "line", line.public_id), "9", version=version, **nothing)
    assert answer.status_code in (409, 422)
    with desk.scope():
        assert queries.figure_of(line) is None


def test_field_that_is_left_is_kept_quietly(desk, asked, client):
    line = desk.lines(asked)[0]
    address = desk.address(asked, "line", line.public_id)
    assert save(client, address, "3", quietly="yes").json() == {"version": 1}
    assert save(client, address, "4", version="1", quietly="yes").json() == {"version": 2}
    refused = save(client, address, "4 days", version="2", quietly="yes")
    assert refused.status_code == 422
    assert "quantity" in refused.json()["errors"]


def test_nothing_is_one_tap_for_a_line_and_for_the_whole(desk, asked, client):
    line = desk.lines(asked)[0]
    client.post(desk.address(asked, "line", line.public_id), {"nothing": "nothing", "version": "0"})
    assert [each.answer for each in desk.lines(asked)] == ["nothing", "unanswered", "unanswered"]
    assert client.post(desk.address(asked, "nothing"))["Location"] == desk.address(asked, "send")
    client.post(desk.address(asked, "send"))
    found = desk.again(asked)
    assert found.state == "sent"
    with desk.scope():
        assert not Entry.objects.filter(body=desk.body).exists()  # nothing is no entry of zero


def test_what_is_not_answered_is_not_sent(desk, asked, client):
    with desk.scope():
        desk.tell(desk.lines(asked)[0])
    answer = client.post(desk.address(asked, "send"), follow=True)
    assert "Not answered yet: Local jobs, Local food" in words_of(answer)
    assert desk.again(asked).state == "begun"


def test_what_is_sent_becomes_entries_with_their_evidence_and_a_receipt(desk, asked, client):
    lines = desk.lines(asked)
    register = SimpleUploadedFile("register.csv", b"day,people\n1,12\n")
    save(client, desk.address(asked, "line", lines[0].public_id), "4", evidence_kind="register",
         evidence_words="Register of July", evidence_file=register)  # fmt: skip
    save(client, desk.address(asked, "line", lines[1].public_id), "2")
    save(client, desk.address(asked, "line", lines[2].public_id), "300")
    receipt = client.post(desk.address(asked, "send"), follow=True)
    assert "Received" in words_of(receipt)
    with desk.scope():
        entries = list(Entry.objects.filter(body=desk.body).order_by("id"))
        assert [entry.quantity for entry in entries] == [4, 2, 300]
        assert {(entry.starts_on, entry.ends_on) for entry in entries} == {(asked.starts_on, asked.ends_on)}
        assert {entry.recorded_by for entry in entries} == {desk.contact}
        (evidence,) = Evidence.objects.filter(body=desk.body)
        assert (evidence.entry, evidence.file.name) == (entries[0], "register.csv")
    assert all(entry.public_id in words_of(receipt) for entry in entries)


def test_sending_twice_records_once(desk, asked):
    found = desk.send(asked)
    with desk.scope():
        actions.send_return(by=desk.contact, found=asked)
        actions.send_return(by=desk.reporter, found=found)
        assert Entry.objects.filter(body=desk.body).count() == 3


def test_transferred_jobs_are_kept_beside_and_never_counted(desk, asked, client):
    lines = desk.lines(asked)
    save(client, desk.address(asked, "line", lines[1].public_id), "12", transferred="5")
    with desk.scope():
        for line in (lines[0], lines[2]):
            actions.say_nothing(by=desk.contact, line=line, written_against=None)
        actions.send_return(by=desk.contact, found=asked)
        (entry,) = standing_entries().filter(body=desk.body)
        assert entry.quantity == 7
        assert "5 more were transferred" in entry.note
        assert queries.figure_of(lines[1]).transferred == 5
    assert "of them 5 transferred from another employer" in words_of(client.get(desk.address(asked, "receipt")))


def test_all_of_them_transferred_is_no_entry(desk, asked):
    with desk.scope():
        lines = queries.lines_of(asked)
        desk.tell(lines[1], "5", transferred=Decimal(5))
        for line in (lines[0], lines[2]):
            actions.say_nothing(by=desk.contact, line=line, written_against=None)
        actions.send_return(by=desk.contact, found=asked)
        assert not Entry.objects.filter(body=desk.body).exists()


@pytest.mark.parametrize(
    ("quantity", "transferred", "words"), [("4", "5", "More were transferred"), ("4", "x", "not one number")]
)
def test_more_transferred_than_there_are_is_refused(desk, asked, client, quantity, transferred, words):
    answer = save(
        client, desk.address(asked, "line", desk.lines(asked)[1].public_id), quantity, transferred=transferred
    )
    assert answer.status_code == 422
    assert words in words_of(answer)


def test_only_jobs_ask_for_those_transferred(desk, asked, client):
    asks = ["transferred from another employer" in words_of(client.get(desk.address(asked, "line", line.public_id)))
            for line in desk.lines(asked)]  # fmt: skip
    assert asks == [False, True, False]


def test_sent_return_takes_no_change_until_one_is_asked_for(desk, asked, client):
    desk.send(asked)
    line = desk.lines(asked)[0]
    answer = client.post(desk.address(asked, "line", line.public_id), {"quantity": "9", "version": "1"}, follow=True)
    assert "It opens again if" in words_of(answer)
    with desk.scope():
        assert queries.figure_of(line).quantity == 4
        actions.ask_for_changes(by=desk.officer, found=asked, words="Which school was it?")
    page = words_of(client.get(desk.address(asked)))
    assert "Which school was it?" in page
    assert desk.mails("returns.changes")[0].person == desk.contact


def test_only_what_changed_is_recorded_anew(desk, asked):
    desk.send(asked)
    with desk.scope():
        before = list(standing_entries().filter(body=desk.body).order_by("id"))
        actions.ask_for_changes(by=desk.officer, found=asked, words="Nine, surely?")
        desk.tell(queries.lines_of(asked)[0], "9")
        actions.send_return(by=desk.contact, found=asked)
        after = list(standing_entries().filter(body=desk.body).order_by("id"))
        assert [entry.quantity for entry in after] == [2, 300, 9]
        assert after[:2] == before[1:]
        assert Entry.objects.filter(reverses=before[0]).exists()  # history is added to


def test_signed_off_return_takes_no_change_and_its_link_is_closed(desk, asked, client):
    desk.send(asked)
    address = desk.address(asked)
    with desk.scope():
        actions.sign_off(by=desk.officer, found=asked)
        with pytest.raises(actions.NotPossible, match="signed off"):
            desk.tell(queries.lines_of(asked)[0], "9")
        with pytest.raises(actions.NotPossible, match="signed off"):
            actions.send_return(by=desk.contact, found=asked)
    page = client.get(address)
    assert page.status_code == 410
    assert "no longer open" in words_of(page)


@pytest.mark.parametrize("way", ["link", "signed in"])
def test_return_of_a_closed_agreement_says_so_and_opens_for_no_writing(desk, asked, client, sign_in, way):
    (line, *_rest) = desk.lines(asked)
    with desk.scope():
        close_agreement(
            by=desk.officer, agreement=desk.agreement, how="terminated", last_day=date(2026, 11, 1), why="The kitchens moved",
            follows="The new contractor takes on the rest",
        )  # fmt: skip
    if way == "link":
        browser, pages = client, {page: desk.address(asked, page) for page in ("report", "send", "nothing")}
        pages["line"] = desk.address(asked, "line", line.public_id)
    else:
        browser, ids = sign_in(desk.reporter), [desk.party.public_id, asked.public_id]
        pages = {page: reverse(f"returns_provider:{page}", args=ids) for page in ("report", "send", "nothing")}
        pages["line"] = reverse("returns_provider:line", args=[*ids, line.public_id])
    report = browser.get(pages["report"])
    assert "This agreement closed on 1 November 2026" in words_of(report)
    assert "ask Ann Officer" in words_of(report)
    assert "/lines/" not in report.content.decode()
    assert "Check and send" not in words_of(report)
    opened = browser.get(pages["line"], follow=True)
    assert 'name="quantity"' not in opened.content.decode()
    save(browser, pages["line"], "4")
    browser.post(pages["nothing"])
    browser.post(pages["send"])
    assert (desk.again(asked).state, {each.answer for each in desk.lines(asked)}) == ("asked", {"unanswered"})


def test_guessed_and_meddled_links_are_not_found(desk, asked, client):
    address = desk.address(asked)
    token = address.split("/")[2]
    for other in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", token.replace("-", "", 1)):
        assert client.get(address.replace(token, other)).status_code == 404


def test_return_of_another_provider_is_not_found(desk, asked, make_desk, sign_in):
    other = make_desk(company="09506240", name="Oxbarrow", body=desk.body)
    browser = sign_in(other.reporter)
    for party in (desk.party, other.party):
        address = reverse("returns_provider:report", args=[party.public_id, asked.public_id])
        assert browser.get(address).status_code == 404


def test_line_of_another_return_is_not_found_by_this_link(desk, asked, make_desk, client):
    other = make_desk(company="09506240", name="Oxbarrow", body=desk.body)
    line = other.lines(other.ask())[0]
    assert client.get(desk.address(asked, "line", line.public_id)).status_code == 404


def test_everything_due_lists_all_bodies_the_most_pressing_first(desk, asked, make_desk, sign_in):
    second = make_desk()  # another council, the same provider by its number
    assert second.party == desk.party
    second.ask()
    with open_scope(body=second.body.pk):
        ReturnLine.objects.filter(body=second.body).first()
    page = words_of(sign_in(desk.reporter).get(reverse("returns_provider:due", args=[desk.party.public_id])))
    assert page.index(desk.body.name) < page.index(second.body.name)
    assert "2 reports" in page
    assert "2 are late" in page


def test_nothing_due_says_what_happens_next(desk, sign_in):
    page = words_of(sign_in(desk.reporter).get(reverse("returns_provider:due", args=[desk.party.public_id])))
    assert "When a body asks you for a report, it appears here" in page


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.decimals(0, 5000, places=3), st.decimals(0, 1, places=2)), min_size=3, max_size=3))
def test_what_was_sent_is_what_the_entries_say(desk, told):
    """Whatever is told, line by line, the entries come to it exactly, without those transferred."""
    year = next(YEARS)
    with desk.scope():
        found = Return.objects.create(
            body=desk.body, party=desk.party, agreement=desk.agreement, starts_on=date(year, 1, 1),
            ends_on=date(year, 3, 31), due_on=date(year, 4, 20),
        )  # fmt: skip
        lines = [
            ReturnLine.objects.create(
                body=desk.body, party=desk.party, of_return=found, commitment=promise, position=place
            )
            for place, promise in enumerate(desk.promises)
        ]
        before = sum((entry.quantity for entry in standing_entries().filter(body=desk.body)), Decimal(0))
        wanted = Decimal(0)
        for line, (quantity, share) in zip(lines, told, strict=True):
            jobs = line.commitment.unit == "FTE"
            transferred = (quantity * share).quantize(Decimal("0.001")) if jobs else None
            desk.tell(line, str(quantity), transferred=transferred)
            wanted += quantity - (transferred or 0)
        actions.send_return(by=desk.contact, found=found)
        after = sum((entry.quantity for entry in standing_entries().filter(body=desk.body)), Decimal(0))
        assert after - before == wanted
        assert LineFigure.objects.filter(line__of_return=found).count() == 3


def test_line_is_recorded_once_in_a_sending_by_the_database_itself(desk, asked):
    desk.send(asked)
    with desk.scope():
        sent = SentLine.objects.filter(line__of_return=asked).first()
        with pytest.raises(IntegrityError), transaction.atomic():
            SentLine.objects.create(
                body=desk.body, party=desk.party, line=sent.line, sending=sent.sending, answer="nothing", fingerprint=""
            )


def test_sending_locks_the_return_before_it_looks(desk, asked):
    with desk.scope():
        for line in queries.lines_of(asked):
            actions.say_nothing(by=desk.contact, line=line, written_against=None)
        with CaptureQueriesContext(connection) as made:
            actions.send_return(by=desk.contact, found=asked)
    first = next(each["sql"] for each in made if "returns_return" in each["sql"])
    assert first.endswith('FOR UPDATE OF "returns_return"')
