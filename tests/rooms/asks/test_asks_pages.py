"""The pages of the room by request: who may, what is shown, what is refused in words."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from commonweal.asks import actions, queries
from commonweal.asks.permissions import RULES, WRITERS
from commonweal.asks.urls import urlpatterns
from commonweal.base.access import ANY_STAFF
from commonweal.base.queries import events_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wards")]

JOBS = "employment.local-people-fte"
READS = {"opportunities", "opportunities_export", "opportunity", "gaps"}
#: What a POST of nothing gets from someone who may: most forms need something, leaving is only confirmed.
EMPTY_POST = {"opportunity_state": 302, "line_remove": 302, "line_change": 422}


def address(name, body, *rest):
    return reverse(f"asks:{name}", args=[body.slug, *rest])


@pytest.fixture
def line(place, opportunity, in_scope):
    with in_scope(place.body):
        return actions.add_ask_line(
            by=place.lead, opportunity=opportunity, measure=place.measure(JOBS), quantity=Decimal(12),
            objective=place.jobs,
        )  # fmt: skip


@pytest.fixture
def pages(place, opportunity, line):
    """Every address of the room, on things that exist."""
    about = {name: [line.public_id] for name in ("line_change", "line_remove")}
    about |= {"opportunities_export": ["csv"]} | {name: [] for name in ("opportunities", "gaps", "opportunity_add")}
    return {
        pattern.name: address(pattern.name, place.body, *about.get(pattern.name, [opportunity.public_id]))
        for pattern in urlpatterns
    }


@pytest.fixture
def at_work(place, sign_in):
    """The social value lead at work."""
    return sign_in(place.lead)


TABLE = [(rule.route.partition(":")[2], method, rule) for rule in RULES for method in rule.methods]


def test_every_address_has_a_row():
    assert {name for name, _method, _rule in TABLE} == {pattern.name for pattern in urlpatterns}


@pytest.mark.parametrize("role", ANY_STAFF)
def test_permission_truth_table(role, place, pages, make_person, sign_in):
    at_work = sign_in(make_person(role, body=place.body))
    for name, method, rule in TABLE:
        if method == "POST" and EMPTY_POST.get(name) == 302:
            continue  # what would really change something is tried below
        response = at_work.get(pages[name]) if method == "GET" else at_work.post(pages[name], {})
        may = name in READS or (role in ("lead", "buyer") if name == "opportunity_withdraw" else role in WRITERS)
        if may:
            assert response.status_code == (200 if method == "GET" else 422), (name, method, response.status_code)
        else:
            assert response.status_code == 403, (name, method)
            assert rule.sentence in response.content.decode()


def test_nobody_signed_in_is_sent_to_sign_in(pages):
    from django.test import Client

    for name, method, _rule in TABLE:
        response = Client().generic(method, pages[name])
        assert response.status_code == 302, name
        assert "/account/login/" in response["Location"]


def test_another_bodys_people_and_things_are_not_found(
    place, pages, opportunity, line, make_body, make_person, sign_in
):
    other = make_body()
    stranger = sign_in(make_person("lead", "buyer", body=other))
    for name, method, _rule in TABLE:
        assert stranger.generic(method, pages[name]).status_code == 404, name
    for name in ("opportunity", "opportunity_change", "opportunity_state", "opportunity_withdraw", "line_add"):
        assert stranger.get(address(name, other, opportunity.public_id)).status_code == 404, name
    for name in ("line_change", "line_remove"):
        assert stranger.get(address(name, other, line.public_id)).status_code == 404, name


def test_a_reader_is_offered_nothing_that_would_refuse_them(place, pages, make_person, sign_in):
    reader = sign_in(make_person("member", body=place.body))
    for name in ("opportunities", "opportunity", "gaps"):
        page = reader.get(pages[name]).content.decode()
        for verb in ("/add/", "/change/", "/state/", "/withdraw/", "/remove/"):
            assert verb not in page, (name, verb)


# --- the pipeline ---------------------------------------------------------------------------------------------------


def test_pipeline_with_nothing_says_what_to_do(place, at_work):
    page = at_work.get(address("opportunities", place.body)).content.decode()
    assert "No opportunities yet" in page
    assert address("opportunity_add", place.body) in page


def test_pipeline_shows_what_is_asked_and_what_is_not(place, at_work, opportunity, line, in_scope):
    with in_scope(place.body):
        actions.record_opportunity(by=place.lead, body=place.body, channel="grant", title="Youth grants")
    page = at_work.get(address("opportunities", place.body)).content.decode()
    assert (
        "2 opportunities are planned or asked, estimated at £2,000,000 without the 1 whose value is not known" in page
    )
    assert "1 of them asks for no social value yet" in page
    assert "1 ask" in page
    assert "Nothing yet" in page
    narrowed = at_work.get(address("opportunities", place.body), {"not_asked": "on"}).content.decode()
    assert "Youth grants" in narrowed
    assert "Bridge deck works" not in narrowed


def test_pipeline_asks_the_database_as_often_for_many_as_for_few(
    place, at_work, opportunity, in_scope, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    at_work.get(address("opportunities", place.body))
    with CaptureQueriesContext(connection) as few:
        at_work.get(address("opportunities", place.body))
    with in_scope(place.body):
        for number in range(20):
            actions.record_opportunity(
                by=place.lead, body=place.body, channel="grant", title=f"Grant {number}", department=place.highways
            )
    with django_assert_num_queries(len(few)):
        at_work.get(address("opportunities", place.body))


def test_export_is_what_is_seen(place, at_work, opportunity, line, in_scope):
    with in_scope(place.body):
        actions.record_opportunity(by=place.lead, body=place.body, channel="grant", title="=1+1")
    answer = at_work.get(address("opportunities_export", place.body, "csv"), {"channel": "procurement"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Title"] for row in rows] == ["Bridge deck works"]
    assert rows[0]["Value including VAT (£)"] == "2000000.00"
    assert rows[0]["Asked for"] == "Local people employed on the agreement: 12 FTE-years"
    assert rows[0]["Objectives"] == "Local jobs"
    everything = at_work.get(address("opportunities_export", place.body, "csv")).content.decode("utf-8-sig")
    assert "'=1+1" in everything
    assert at_work.get(address("opportunities_export", place.body, "xlsx")).content.startswith(b"PK")
    assert at_work.get(address("opportunities_export", place.body, "exe")).status_code == 404


# --- one opportunity ------------------------------------------------------------------------------------------------


def written(**changes):
    """What a person sends to record or change an opportunity."""
    return {
        "title": "Library roof", "channel": "procurement", "kind": "works", "summary": "", "department": "",
        "contact": "", "value": "", "extension_months": "", "regime": "", "weighting_percent": "",
        "weighting_reason": "", "level": "local", "place": "", "cpv": "",
    } | changes  # fmt: skip


def test_record_an_opportunity(place, at_work, in_scope):
    with in_scope(place.body):
        before = events_of(place.body).count()
    sent = written(
        value="150000.50", department=place.highways.public_id, contact=place.lead.public_id, weighting_percent="15",
        weighting_reason="Policy", place="x05000001", starts_on="2027-01-04",
    )  # fmt: skip
    answer = at_work.post(address("opportunity_add", place.body), sent)
    assert answer.status_code == 302
    with in_scope(place.body):
        made = queries.opportunities(place.body).get()
        assert events_of(place.body).count() == before + 1
    assert answer["Location"] == address("opportunity", place.body, made.public_id)
    assert (made.value, made.weighting_percent, made.place_code) == (Decimal("150000.50"), 15, "X05000001")
    assert (made.department, made.contact, made.starts_on) == (place.highways, place.lead, date(2027, 1, 4))
    page = at_work.get(answer["Location"]).content.decode()
    assert "15% of the marks. Policy" in page
    assert "Castle" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Title"), ({"channel": "gift"}, "gift"), ({"value": "-1"}, "A value cannot be less than zero"),
        ({"value": "lots"}, "Enter an amount in pounds"), ({"value": "1.005"}, "Give pounds and whole pence"),
        ({"value": "NaN"}, "Write the amount out"), ({"cpv": "12"}, "A CPV code has eight digits"),
        ({"weighting_percent": "101", "weighting_reason": "Policy"}, "between 0 and 100"),
        ({"weighting_percent": "10"}, "Say why social value has this weighting"),
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-01"}, "The end is before the start"),
        ({"starts_on": "2027-02-30"}, "must be a real date"), ({"extension_months": "-1"}, "0"),
        ({"place": "Castle"}, "More than one place is called Castle"), ({"place": "Nowhere"}, "No ward or council"),
        ({"department": "nobody"}, "nobody"), ({"contact": "nobody"}, "nobody"), ({"title": "a" * 201}, "200"),
    ],
)  # fmt: skip
def test_record_an_opportunity_wrongly_keeps_what_was_written(place, at_work, in_scope, wrong, sentence):
    answer = at_work.post(address("opportunity_add", place.body), written(summary="Kept words", **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert sentence in page
    assert "Kept words" in page
    with in_scope(place.body):
        assert not queries.opportunities(place.body).exists()


def test_change_an_opportunity(place, at_work, opportunity, in_scope):
    where = address("opportunity_change", place.body, opportunity.public_id)
    assert at_work.get(where).context["form"]["value"].value() == Decimal("2000000.00")
    answer = at_work.post(where, written(title="Bridge deck", value="3000000", version="1"))
    assert answer.status_code == 302
    with in_scope(place.body):
        held = queries.get_opportunity(place.body, opportunity.public_id)
    assert (held.title, held.value, held.channel, held.version) == ("Bridge deck", 3_000_000, "procurement", 2)


def test_change_by_two_at_once_shows_the_second_both(place, at_work, opportunity, in_scope):
    where = address("opportunity_change", place.body, opportunity.public_id)
    at_work.post(where, written(title="First words", version="1"))
    answer = at_work.post(where, written(title="Second words", version="1"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Someone else changed this while you were writing" in page
    assert "First words" in page
    assert "Second words" in page
    again = at_work.post(where, written(title="Both words", version=answer.context["form"]["version"].value()))
    assert again.status_code == 302
    with in_scope(place.body):
        assert queries.get_opportunity(place.body, opportunity.public_id).title == "Both words"


def test_one_opportunity_shows_asks_duties_and_the_way_on(place, at_work, opportunity, line):
    page = at_work.get(address("opportunity", place.body, opportunity.public_id)).content.decode()
    assert "Local people employed on the agreement" in page
    assert reverse("frameworks:node", args=[place.body.slug, place.jobs.public_id]) in page
    assert f"{reverse('delivery:agreement_add', args=[place.body.slug])}?opportunity={opportunity.public_id}" in page
    assert "As the law stood on 1 June 2026, when this began" in page
    assert "Local Government Act 1988" in page
    assert "£2,000,000 does not reach the threshold of £5,000,000" in page
    assert "Mark as asked" in page
    assert "Ask added: Local people employed on the agreement" in page


def test_one_opportunity_without_value_says_what_is_lacking(place, at_work, in_scope):
    with in_scope(place.body):
        made = actions.record_opportunity(by=place.lead, body=place.body, channel="procurement", title="The Mill")
    page = at_work.get(address("opportunity", place.body, made.public_id)).content.decode()
    assert "cannot be told without its value, including VAT and whether it is goods, services or works" in page
    assert "No social value is asked for here yet" in page


def test_words_people_wrote_are_shown_and_never_run(place, at_work, opportunity, in_scope):
    bad = "<script>alert(1)</script>"
    with in_scope(place.body):
        made = actions.record_opportunity(
            by=place.lead, body=place.body, channel="grant", title=bad, summary=bad, weighting_percent=Decimal(1),
            weighting_reason=bad,
        )  # fmt: skip
        actions.add_ask_line(by=place.lead, opportunity=made, measure=place.measure(JOBS), note=bad)
        silent = actions.record_opportunity(by=place.lead, body=place.body, channel="grant", title=bad)
        actions.set_state(by=place.lead, opportunity=silent, state="asked", reason=bad)
    for name, rest in [("opportunities", []), ("gaps", []), ("opportunity", [made.public_id]),
                       ("opportunity", [silent.public_id]), ("opportunity_change", [made.public_id]),
                       ("opportunity_withdraw", [made.public_id])]:  # fmt: skip
        page = at_work.get(address(name, place.body, *rest)).content.decode()
        assert bad not in page, name
        assert "&lt;script&gt;" in page, name


def test_on_to_asked_and_agreed(place, at_work, opportunity, line, in_scope):
    where = address("opportunity_state", place.body, opportunity.public_id)
    for state in ("asked", "agreed"):
        assert at_work.post(where, {"reason": ""}).status_code == 302
        with in_scope(place.body):
            assert queries.get_opportunity(place.body, opportunity.public_id).state == state
    assert at_work.post(where, {"reason": ""}).status_code == 422
    for name in ("opportunity_change", "opportunity_state", "opportunity_withdraw", "line_add"):
        page = at_work.get(address(name, place.body, opportunity.public_id)).content.decode()
        assert "is agreed, so it stays as it is" in page, name
        assert "<textarea" not in page, name
    page = at_work.get(address("opportunity", place.body, opportunity.public_id)).content.decode()
    assert "/change/" not in page
    assert "?opportunity=" in page


def test_on_to_asked_with_nothing_asked_needs_its_reason(place, at_work, opportunity):
    where = address("opportunity_state", place.body, opportunity.public_id)
    answer = at_work.post(where, {"reason": " "})
    assert answer.status_code == 422
    assert "Nothing is asked for yet" in answer.content.decode()
    assert at_work.post(where, {"reason": "A renewal of nine days"}).status_code == 302
    page = at_work.get(address("opportunity", place.body, opportunity.public_id)).content.decode()
    assert "A renewal of nine days" in page


def test_withdraw_with_its_reason(place, at_work, opportunity):
    where = address("opportunity_withdraw", place.body, opportunity.public_id)
    assert at_work.post(where, {"reason": ""}).status_code == 422
    assert at_work.post(where, {"reason": "No money"}).status_code == 302
    page = at_work.get(address("opportunity", place.body, opportunity.public_id)).content.decode()
    assert "No money" in page
    assert "?opportunity=" not in page


# --- lines ----------------------------------------------------------------------------------------------------------


def ask(scene, **changes):
    return {
        "measure": scene.measure(JOBS).public_id, "quantity": "12", "objective": scene.jobs.public_id, "place": "",
        "place_role": "delivered-at", "note": "",
    } | changes  # fmt: skip


def test_add_an_ask(place, at_work, opportunity, in_scope):
    where = address("line_add", place.body, opportunity.public_id)
    answer = at_work.post(where, ask(place, quantity="12.5", place="X05000002", place_role="person-lives-at"))
    assert answer.status_code == 302
    with in_scope(place.body):
        (line,) = queries.lines_of(opportunity)
    assert (line.quantity, line.objective, line.place_code, line.place_role) == (
        Decimal("12.5"), place.jobs, "X05000002", "person-lives-at"
    )  # fmt: skip
    page = at_work.get(address("opportunity", place.body, opportunity.public_id)).content.decode()
    assert "Person lives at: Castle" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"measure": ""}, "What is asked for"), ({"measure": "nothing"}, "nothing"),
        ({"quantity": "-1"}, "A quantity cannot be less than zero"), ({"quantity": "a dozen"}, "Enter a number"),
        ({"quantity": "1.0000001"}, "at most six decimal places"), ({"objective": "nothing"}, "nothing"),
        ({"place": "Castle"}, "More than one place"), ({"place_role": "nowhere"}, "nowhere"),
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-01"}, "The end is before the start"),
    ],
)  # fmt: skip
def test_add_an_ask_wrongly(place, at_work, opportunity, in_scope, wrong, sentence):
    answer = at_work.post(
        address("line_add", place.body, opportunity.public_id), ask(place, note="Kept words", **wrong)
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert sentence in page
    assert "Kept words" in page
    with in_scope(place.body):
        assert queries.lines_of(opportunity) == []


def test_add_an_ask_where_no_framework_is_in_use(place, at_work, opportunity, in_scope):
    with in_scope(place.body):
        actions.change_opportunity(
            by=place.lead, opportunity=opportunity, version=1, title="Old works", commenced_on=date(2020, 1, 1)
        )
    page = at_work.get(address("line_add", place.body, opportunity.public_id)).content.decode()
    assert "No framework with measures is in use when this begins" in page


def test_change_an_ask(place, at_work, line, in_scope):
    where = address("line_change", place.body, line.public_id)
    assert at_work.get(where).context["form"]["quantity"].value() == "12"
    assert at_work.post(where, ask(place, quantity="100", objective="")).status_code == 302
    with in_scope(place.body):
        held = queries.find_ask_line(place.body, line.public_id)
    assert (held.quantity, held.objective) == (100, None)
    assert at_work.get(where).context["form"]["quantity"].value() == "100"


def test_take_an_ask_out_after_being_asked(place, at_work, opportunity, line, in_scope):
    where = address("line_remove", place.body, line.public_id)
    assert "12 FTE-years" in at_work.get(where).content.decode()
    assert at_work.post(where).status_code == 302
    with in_scope(place.body):
        assert queries.lines_of(opportunity) == []
    assert at_work.get(where).status_code == 404


# --- what is missing ------------------------------------------------------------------------------------------------


def test_gaps_say_what_to_do_next(place, at_work, opportunity):
    page = at_work.get(address("gaps", place.body)).content.decode()
    assert "Objectives that nothing asks for: 2" in page
    assert reverse("frameworks:node", args=[place.body.slug, place.air.public_id]) in page
    assert "Opportunities that ask for no social value yet: 1" in page
    assert address("line_add", place.body, opportunity.public_id) in page
    assert "Objectives without an owner: 1" in page
    assert "Objectives without an outcome: 1" in page


def test_gaps_suggest_who_wants_an_ask_that_serves_nothing(place, at_work, opportunity, in_scope):
    with in_scope(place.body):
        line = actions.add_ask_line(by=place.lead, opportunity=opportunity, measure=place.measure(JOBS))
    page = at_work.get(address("gaps", place.body)).content.decode()
    assert "Asks that serve no objective: 1" in page
    assert address("line_change", place.body, line.public_id) in page
    assert "Its outcome is wanted by “Local jobs”" in page
