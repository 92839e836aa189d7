"""What is due: the list, the calendar to subscribe to, and the picture of what was reported."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from commonweal.base.actions import end_roles
from commonweal.base.models import Event, Link
from commonweal.base.queries import link_token
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.due import what_is_due
from commonweal.delivery.mobilisation.heat import Reported, state_of, together
from commonweal.delivery.mobilisation.ical import calendar_text, escaped, folded
from commonweal.engine.profile import ProfilePart, Quarter

TODAY = date(2026, 11, 22)
YEAR = timedelta(days=365)
Q = Quarter(date(2026, 7, 1), date(2026, 9, 30))
TERM = (date(2026, 4, 1), date(2027, 3, 31))


def part(quantity):
    return (ProfilePart(Q, Decimal(quantity)),)


def told(quantity, starts=date(2026, 8, 1), ends=date(2026, 8, 31)):
    return [Reported(starts, ends, Decimal(quantity))]


@pytest.mark.parametrize(
    ("on", "term", "profile", "reported", "is_fixed", "state"),
    [
        (date(2026, 11, 1), TERM, (), told(2), True, "reported"),
        (date(2026, 11, 1), TERM, (), told(0), True, "nil"),
        (date(2026, 11, 1), TERM, part(0), told(2), True, "reported"),
        (date(2026, 6, 30), TERM, (), [], True, "not-due"),
        (date(2026, 7, 1), TERM, (), [], True, "nothing"),
        (date(2026, 10, 30), TERM, (), [], True, "nothing"),
        (date(2026, 10, 31), TERM, (), [], True, "overdue"),
        (date(2026, 11, 1), TERM, part(0), [], True, "not-due"),
        (date(2026, 11, 1), TERM, part(1), [], True, "overdue"),
        (date(2026, 11, 1), TERM, (), [], False, "not-due"),
        (date(2026, 11, 1), (None, None), (), [], True, "not-due"),
        (date(2026, 11, 1), (date(2026, 10, 1), date(2027, 3, 31)), (), [], True, "not-due"),
        (date(2026, 9, 30), (date(2026, 4, 1), date(2026, 8, 15)), (), [], True, "overdue"),
        (date(2026, 11, 1), TERM, (), told(5, date(2026, 4, 1), date(2026, 6, 30)), True, "overdue"),
        (date(2026, 11, 1), TERM, (), told(5, date(2026, 4, 1), date(2026, 7, 1)), True, "reported"),
    ],
)
def test_state_of_a_quarter(on, term, profile, reported, is_fixed, state):
    assert state_of(Q, term, profile, reported, on, is_fixed=is_fixed) == state


def test_a_cell_of_several_promises_says_the_most_pressing():
    cell = together(["reported", "nil", "overdue", "not-due"])
    assert (cell.state, cell.told, cell.due) == ("overdue", 2, 3)


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=300))
def test_lines_are_folded_at_75_octets_and_unfold_to_themselves(text):
    line = f"SUMMARY:{escaped(text)}"
    parts = folded(line).split("\r\n")
    assert all(len(each.encode()) <= 75 for each in parts)
    assert parts[0] + "".join(each[1:] for each in parts[1:]) == line
    assert all(each.startswith(" ") for each in parts[1:])


@pytest.mark.parametrize(
    ("plain", "written"), [("a,b;c\\d\ne", "a\\,b\\;c\\\\d\\ne"), ("tab\tbell\x07", "tab bell"), ("£5", "£5")]
)
def test_characters_with_a_meaning_are_escaped(plain, written):
    assert escaped(plain) == written


@pytest.mark.django_db
def test_what_is_due_of_an_agreement(works):
    works.agree(["0", "0", "6", "6"])
    due = what_is_due([works.agreement], TODAY, TODAY + YEAR)
    assert {(each.on, each.kind, each.title, each.note) for each in due} == {
        (date(2026, 12, 31), "extension", "Decide whether to extend", "It may be extended by 12 months."),
        (date(2026, 12, 31), "quarter", "Quarter 2026/27 Q3 ends: 2 promises to report",
         "Apprentice starts: 6 starts; Volunteering"),
        (date(2027, 3, 31), "promise", "Promise due: Apprentice starts", "12 starts"),
        (date(2027, 3, 31), "promise", "Promise due: Volunteering", "365 hours"),
        (date(2027, 3, 31), "quarter", "Quarter 2026/27 Q4 ends: 2 promises to report",
         "Apprentice starts: 6 starts; Volunteering"),
        (date(2027, 3, 31), "agreement", "The agreement ends", ""),
    }  # fmt: skip
    assert [each.on for each in due] == sorted(each.on for each in due)


@pytest.mark.django_db
def test_calendar_text_is_icalendar_and_its_ids_stay(works):
    def ids(at):
        text = calendar_text(
            "Due", what_is_due([works.agreement], TODAY, TODAY + YEAR), at=at, address="https://sv.example"
        )
        assert text.endswith("END:VCALENDAR\r\n")
        assert "\n" not in text.replace("\r\n", "")
        assert text.count("BEGIN:VEVENT") == text.count("DTSTART;VALUE=DATE:") == 6
        return [line for line in text.replace("\r\n ", "").split("\r\n") if line.startswith("UID:")]

    first = ids(datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert len(set(first)) == 6
    terms = delivery.terms_of(works.agreement)
    sooner = delivery.Terms(terms.value, terms.spent, terms.starts_on, date(2027, 3, 30), 12)
    delivery.change_terms(
        by=works.manager, agreement=works.agreement, terms=sooner, written_against=terms.token(), reason="x"
    )
    works.agreement.refresh_from_db()
    assert sorted(ids(datetime(2027, 1, 1, tzinfo=UTC))) == sorted(first)


def a_feed(works, sign_in, person, kind="all"):
    sign_in(person).post(reverse("mobilisation:calendar_link", args=[works.body.slug]), {"kind": kind})
    with open_scope(body=works.body.pk):
        link = Link.objects.filter(body=works.body, person=person).latest("id")
        return reverse("mobilisation_feed", args=[link_token(link)])


@pytest.mark.django_db
def test_feed_is_read_without_sign_in_writes_nothing_and_names_nobody(works, sign_in, client):
    path = a_feed(works, sign_in, works.manager)
    with open_scope(body=works.body.pk):
        before = Event.objects.filter(body=works.body).count()
    first, second = client.get(path), client.get(path)
    assert (first.status_code, first["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "School meals" in second.text
    for person in (works.manager, works.owner):
        assert person.name not in first.text
        assert person.email not in first.text
        assert person.public_id not in path
    with open_scope(body=works.body.pk):
        assert Event.objects.filter(body=works.body).count() == before
    assert client.post(path).status_code in (403, 405)


@pytest.mark.django_db
def test_feed_of_what_one_owns_has_nothing_else(works, sign_in, client):
    assert "School meals" in client.get(a_feed(works, sign_in, works.owner, "own")).text
    assert "School meals" not in client.get(a_feed(works, sign_in, works.manager, "own")).text


@pytest.mark.django_db
def test_feed_has_nothing_of_another_body(works, other_works, sign_in, client):
    theirs = other_works
    with open_scope(body=theirs.body.pk):
        delivery.record_commitment(
            by=theirs.manager, agreement=theirs.agreement, wording="Secret saplings", unit="trees", quantity=Decimal(9)
        )
    assert "Secret saplings" not in client.get(a_feed(works, sign_in, works.manager)).text
    assert "Secret saplings" in client.get(a_feed(theirs, sign_in, theirs.manager)).text


@pytest.mark.django_db
def test_feed_ends_when_it_is_ended_and_with_the_last_role(works, make_person, sign_in, client):
    path = a_feed(works, sign_in, works.manager)
    sign_in(works.manager).post(
        reverse("mobilisation:calendar_link", args=[works.body.slug]), {"kind": "all", "end": "yes"}
    )
    assert client.get(path).status_code == 410
    leaver = make_person("buyer", body=works.body)
    theirs = a_feed(works, sign_in, leaver)
    assert client.get(theirs).status_code == 200
    with open_scope(body=works.body.pk):
        end_roles(person=leaver, body=works.body, by=works.manager)
    assert client.get(theirs).status_code == 410
    assert client.get(theirs.replace("calendar/", "calendar/x")).status_code == 404


@pytest.mark.django_db
def test_picture_and_file_say_the_same(works, sign_in):
    for quantity, starts, ends in (("2", (2026, 4, 1), (2026, 6, 30)), ("0", (2026, 7, 1), (2026, 9, 30))):
        delivery.record_entry(
            by=works.manager, commitment=works.starts, quantity=Decimal(quantity), starts_on=date(*starts),
            ends_on=date(*ends),
        )  # fmt: skip
    at_work = sign_in(works.manager)
    page = at_work.get(reverse("mobilisation:completeness", args=[works.body.slug]), {"by": "promises"})
    by_promise = {
        line["row"].commitment.wording: [cell["words"] for cell in line["cells"]][4:] for line in page.context["rows"]
    }
    assert by_promise == {
        "Apprentice starts": ["Reported", "Nil", "Nothing yet", "Not due"],
        "Volunteering": ["Overdue", "Overdue", "Nothing yet", "Not due"],
    }
    assert "2 reports of a promise for a quarter are overdue" in page.text
    file = at_work.get(reverse("mobilisation:completeness_export", args=[works.body.slug, "csv"]))
    (row,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert row["2026/27 Q1"] == "Overdue (1 of 2 reported)"
    assert row["2026/27 Q3"] == "Nothing yet (0 of 2 reported)"


@pytest.mark.django_db
def test_picture_comes_in_pages_with_what_is_overdue_first(works, sign_in, monkeypatch):
    monkeypatch.setattr("commonweal.delivery.mobilisation.views.completeness.SIZE", 1)
    for starts, ends in (((2026, 4, 1), (2026, 6, 30)), ((2026, 7, 1), (2026, 9, 30))):
        delivery.record_entry(
            by=works.manager, commitment=works.hours, quantity=Decimal(2), starts_on=date(*starts), ends_on=date(*ends)
        )
    at_work = sign_in(works.manager)
    address = reverse("mobilisation:completeness", args=[works.body.slug])

    def shown(address: str, **query: str) -> list[str]:
        return [line["row"].commitment.wording for line in at_work.get(address, query).context["rows"]]

    page = at_work.get(address, {"by": "promises"})
    assert [line["row"].commitment.wording for line in page.context["rows"]] == ["Apprentice starts"]
    assert shown(address + page.context["pages"]["next"]) == ["Volunteering"]
    assert shown(address, by="promises", only="overdue") == ["Apprentice starts"]
    assert "next" not in at_work.get(address, {"by": "promises", "only": "overdue"}).context["pages"]
    assert shown(address, by="promises", after="99") == ["Apprentice starts"]
