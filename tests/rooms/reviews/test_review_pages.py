"""Pages of reviews, indicators and ratings as requests: who may, what they show, what they refuse."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from commonweal.base.access import ROLES
from commonweal.base.actions import note_file_checked, note_file_refused
from commonweal.base.errors import NotPossible
from commonweal.base.models import Event
from commonweal.base.scope import open_scope
from commonweal.delivery.reviews import actions, queries
from commonweal.delivery.reviews.models import EarlyWarning, Rating, Review
from commonweal.directory.queries import today

pytestmark = pytest.mark.django_db

PARTY = {"provider-admin", "provider-contributor", "community-member"}
STAFF_ROLES = sorted(set(ROLES) - PARTY - {"operator"})
EVERYONE = frozenset(STAFF_ROLES)
MANAGERS = frozenset({"contract-manager", "buyer", "lead"})
DECIDERS = frozenset({"contract-manager", "lead"})
#: Who may call each address, with which methods, written out apart from the permission table.
MAY: dict[str, tuple[frozenset[str], str]] = {
    "reviews": (EVERYONE, "get"), "reviews_export": (EVERYONE, "get"), "agreement": (EVERYONE, "get"),
    "actions_export": (EVERYONE, "get"), "review": (EVERYONE, "get"), "review_add": (MANAGERS, "get post"),
    "review_hold": (MANAGERS, "get post"), "review_cancel": (MANAGERS, "get post"), "review_sign": (MANAGERS, "post"),
    "action_add": (MANAGERS, "get post"), "action_close": (MANAGERS, "get post"),
    "warning_add": (MANAGERS, "get post"), "warning_settle": (MANAGERS, "get post"), "kpis": (EVERYONE, "get"),
    "ratings_export": (EVERYONE, "get"), "kpi_add": (MANAGERS, "get post"), "kpi_end": (MANAGERS, "get post"),
    "kpi_exemption": (DECIDERS, "get post"), "rating": (EVERYONE, "get"),
    "plan_file": (DECIDERS | {"assurer", "buyer"}, "get"), "rating_add": (MANAGERS, "get post"),
    "rating_change": (MANAGERS, "get post"), "rating_send": (MANAGERS, "get post"),
    "rating_withdraw": (MANAGERS, "post"), "rating_decide": (DECIDERS, "get post"), "rating_lock": (DECIDERS, "post"),
    "rating_plan": (DECIDERS, "get post"),
    "rating_publish": (DECIDERS, "post"), "notice": (EVERYONE, "get"), "notice_json": (EVERYONE, "get"),
}  # fmt: skip


ABOUT_THE_AGREEMENT = (
    "agreement", "review_add", "warning_add", "kpis", "kpi_add", "kpi_exemption", "notice", "notice_json",
)  # fmt: skip


@pytest.fixture
def house(contract):
    """Something of every kind, and the address of each page."""
    planned, *_ = actions.plan_reviews(
        by=contract.officer, agreement=contract.agreement, kind="formal", first_on=today()
    )
    coming, *_ = actions.plan_reviews(
        by=contract.officer, agreement=contract.agreement, kind="formal", first_on=today() + timedelta(days=91)
    )
    held = actions.hold_review(
        by=contract.officer, review=planned, version=1, held_on=today(), attended=["contract-manager"],
        note="All went well",
    )  # fmt: skip
    action = actions.take_on(
        by=contract.officer, review=held, words="Find a college", side="body", owner=contract.officer, due_on=today()
    )
    warning = actions.raise_warning(
        by=contract.officer, agreement=contract.agreement, side="body", what="Starts may slip", how_much="Two",
        proposed="A later intake",
    )  # fmt: skip
    kpi = contract.kpi(commitment=contract.promise)
    rating = contract.rate("9", kpi=kpi, figure_why="Counted on site")
    parts = {
        **{key: [contract.agreement] for key in ABOUT_THE_AGREEMENT},
        "actions_export": [contract.agreement, "csv"], "ratings_export": [contract.agreement, "xlsx"],
        **{key: [held] for key in ["review", "review_sign", "action_add"]},
        **{key: [coming] for key in ["review_hold", "review_cancel"]}, "action_close": [action],
        "warning_settle": [warning], "kpi_end": [kpi], "rating_add": [kpi], "reviews_export": ["csv"],
        **{key: [rating] for key in MAY if key.startswith("rating_") and key != "rating_add"},
        "rating": [rating], "plan_file": [rating],
    }  # fmt: skip

    def address(route: str, slug: str = "") -> str:
        words = [getattr(part, "public_id", part) for part in parts.get(route, [])]
        return reverse(f"reviews:{route}", args=[slug or contract.body.slug, *words])

    return SimpleNamespace(
        contract=contract, address=address, held=held, coming=coming, action=action, warning=warning, kpi=kpi,
        rating=rating,
    )  # fmt: skip


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_role_may_call_what_the_table_says(house, make_person, sign_in, role):
    client = sign_in(make_person(role, body=house.contract.body))
    for route, (roles, methods) in MAY.items():
        for method in ("get", "post"):
            answer = getattr(client, method)(house.address(route))
            expected = (403,) if role not in roles else (200, 302, 404, 409, 422)
            assert answer.status_code in (expected if method in methods.split() else (405,)), (route, method)
            if route != "plan_file":
                assert answer.status_code != 404, route


def test_stranger_of_another_body_finds_nothing(house, make_contract, sign_in):
    other = make_contract()
    client = sign_in(other.officer)
    for route, (_, methods) in MAY.items():
        method = methods.split()[-1]
        assert getattr(client, method)(house.address(route)).status_code == 404, route
        if route not in ("reviews", "reviews_export"):
            assert getattr(client, method)(house.address(route, other.body.slug)).status_code == 404, route


def test_pages_show_what_is_on_record(house, sign_in):
    client = sign_in(house.contract.officer)
    page = client.get(house.address("agreement")).content.decode()
    for words in ("Find a college", "Starts may slip", "A later intake", "1 set"):
        assert words in page
    assert "All went well" in client.get(house.address("review")).content.decode()
    assert "Approaching target" in client.get(house.address("rating")).content.decode()


def test_series_is_planned_in_its_rhythm_until_the_agreement_ends(contract, sign_in):
    first = today() + timedelta(days=1)
    fields = {"kind": "formal", "first_on_0": first.day, "first_on_1": first.month, "first_on_2": first.year}
    address = reverse("reviews:review_add", args=[contract.body.slug, contract.agreement.public_id])
    fields = {name.replace("_0", "-day").replace("_1", "-month").replace("_2", "-year"): str(each)
              for name, each in fields.items()}  # fmt: skip
    answer = sign_in(contract.officer).post(address, fields | {"repeats": "on"})
    assert answer.status_code == 302, answer.content.decode()
    days = list(Review.objects.order_by("planned_on").values_list("planned_on", flat=True))
    assert days == [day for day in (first, date(2027, 2, 23)) if day <= contract.agreement.ends_on]


def test_meeting_noted_by_two_people_is_noted_once(house, sign_in):
    client = sign_in(house.contract.officer)
    address = reverse("reviews:review_hold", args=[house.contract.body.slug, house.held.public_id])
    fields = {"held_on-day": "1", "held_on-month": "11", "held_on-year": "2026", "note": "Mine", "version": "1"}
    answer = client.post(address, fields)
    assert answer.status_code == 422
    assert "Mine" in answer.content.decode()
    house.held.refresh_from_db()
    assert house.held.note == "All went well"


def test_action_is_carried_on_by_an_action_of_its_own(house):
    carried = actions.carry_action_on(
        by=house.contract.officer, action=house.action, review=house.coming, due_on=today() + timedelta(days=90),
        reason="The college closed",
    )  # fmt: skip
    house.action.refresh_from_db()
    assert (house.action.state, carried.carried_from, carried.state) == ("carried", house.action, "open")
    assert [each.pk for each in queries.open_actions(house.contract.agreement)] == [carried.pk]
    with pytest.raises(NotPossible, match="closed already"):
        actions.finish_action(by=house.contract.officer, action=house.action, outcome="Done")


def test_action_is_not_carried_on_to_its_own_meeting(house):
    with pytest.raises(NotPossible, match="later meeting"):
        actions.carry_action_on(
            by=house.contract.officer, action=house.action, review=house.held, due_on=date(2027, 1, 1), reason="Later"
        )


def test_record_is_signed_once_by_each_side(house):
    actions.sign_review(by=house.contract.officer, review=house.held, side="body")
    with pytest.raises(NotPossible, match="signed this record already"):
        actions.sign_review(by=house.contract.other, review=house.held, side="body")
    with open_scope(party=house.contract.party.pk):
        actions.sign_review(by=house.contract.reporter, review=house.held, side="provider")
    assert {each.side for each in queries.signatures(queries.get_review(house.contract.body, house.held.public_id))} == {
        "body", "provider",
    }  # fmt: skip


def test_meeting_that_was_not_held_is_not_signed(house):
    with pytest.raises(NotPossible, match="not on record as held"):
        actions.sign_review(by=house.contract.officer, review=house.coming, side="body")


# --- the provider ---------------------------------------------------------------------------------------------------


def provider(route: str, contract, *parts) -> str:
    return reverse(f"reviews_provider:{route}", args=[contract.party.public_id, *(each.public_id for each in parts)])


def test_provider_sees_formal_reviews_and_no_touchpoint_nor_draft(house, sign_in):
    contract = house.contract
    touchpoint, *_ = actions.plan_reviews(
        by=contract.officer, agreement=contract.agreement, kind="touchpoint", first_on=today()
    )
    client = sign_in(contract.reporter)
    page = client.get(provider("reviews", contract)).content.decode()
    assert "Held " in page
    assert "Starts may slip" in page
    assert house.rating.public_id not in page
    assert client.get(provider("review", contract, house.held)).status_code == 200
    assert client.get(provider("review", contract, touchpoint)).status_code == 404
    assert client.get(provider("rating", contract, house.rating)).status_code == 404


def test_another_provider_finds_nothing(house, make_contract, sign_in):
    other, mine = make_contract("Oxbarrow"), house.contract
    actions.send_rating(by=mine.officer, rating=house.rating, days=10)
    client = sign_in(other.reporter)
    for route, part in (("review", house.held), ("rating", house.rating), ("warning_add", mine.agreement)):
        assert client.get(provider(route, mine, part)).status_code == 404
        assert client.get(provider(route, other, part)).status_code == 404, route
        assert client.post(provider(route, other, part), {"answer": "agrees"}).status_code == 404, route


def test_provider_raises_a_warning_that_the_body_reads(house, sign_in):
    contract = house.contract
    answer = sign_in(contract.reporter).post(
        provider("warning_add", contract, contract.agreement),
        {"commitment": contract.promise.public_id, "what": "The kiln broke", "how_much": "Three weeks",
         "proposed": "Hire one"},
    )  # fmt: skip
    assert answer.status_code == 302
    warning = EarlyWarning.objects.get(body=contract.body, side="provider")
    assert (warning.what, warning.commitment) == ("The kiln broke", contract.promise)
    assert Event.objects.filter(body=contract.body, action="reviews.warning.raised").count() == 2


def test_provider_contests_on_its_page_and_reading_changes_nothing(house, sign_in):
    contract = house.contract
    actions.send_rating(by=contract.officer, rating=house.rating, days=10)
    client, address = sign_in(contract.reporter), provider("rating", contract, house.rating)
    assert client.get(address).status_code == 200
    assert Rating.objects.get(pk=house.rating.pk).state == "sent"
    refused = client.post(address, {"answer": "contests"})
    assert (refused.status_code, "Say what is wrong" in refused.content.decode()) == (422, True)
    assert client.post(address, {"answer": "contests", "words": "Ten started"}).status_code == 302
    assert Rating.objects.get(pk=house.rating.pk).state == "contested"
    again = client.post(address, {"answer": "agrees"})
    assert again.status_code == 422


# --- indicators and the notice --------------------------------------------------------------------------------------


def test_page_says_why_indicators_are_needed_or_not(make_contract, sign_in):
    asked = make_contract(value=Decimal("5000000.01"), regime="procurement-act-2023", kind="services")
    below = make_contract(value=Decimal(5000000), regime="procurement-act-2023", kind="services")
    for contract, words in ((asked, "at least 3 indicators"), (below, "asks for no indicators here")):
        address = reverse("reviews:kpis", args=[contract.body.slug, contract.agreement.public_id])
        assert words in sign_in(contract.officer).get(address).content.decode()


def test_reason_on_record_meets_the_duty(make_contract):
    contract = make_contract(value=Decimal(6000000), regime="procurement-act-2023")
    with open_scope(body=contract.body.pk):
        agreement = contract.agreement
        assert not queries.kpi_duty(agreement, []).is_met
        actions.exempt_from_kpis(by=contract.other, agreement=agreement, reason="One delivery on one day")
        assert queries.kpi_duty(agreement, []).is_met


def test_bands_out_of_order_are_refused(contract):
    with pytest.raises(NotPossible, match="downwards"):
        contract.kpi(approaching=Decimal(11))


def test_indicator_counts_its_promise_in_its_unit(contract):
    with pytest.raises(NotPossible, match="counted in starts"):
        contract.kpi(commitment=contract.promise, unit="hours")


def test_notice_holds_locked_ratings_alone_and_exact_numbers(contract, sign_in):
    kpi = contract.kpi(target=Decimal("10.1"))
    locked = contract.locked("10.000001", kpi=kpi)
    contract.decided("10", kpi=contract.kpi(title="Not locked"))
    address = reverse("reviews:notice_json", args=[contract.body.slug, contract.agreement.public_id])
    text = sign_in(contract.officer).get(address).content.decode()
    (told,) = json.loads(text)["contracts"]
    (metric,) = told["implementation"]["metrics"]
    assert metric["observations"][0]["measureClassification"]["id"] == "slightlyBelow"
    assert metric["observations"][0]["id"] == locked.public_id
    assert '"measure": 10.000001' in text
    assert {each["title"] for each in told["agreedMetrics"]} == {"Apprentices who start", "Not locked"}
    for private in ("Counted with the provider", "Ann Officer", "Rae Porter"):
        assert private not in text


def test_plan_is_handed_out_as_a_file_to_keep(contract, sign_in, settings):
    rating = contract.answer(contract.sent("1"))
    actions.decide_rating(
        by=contract.other, rating=rating, decided="inadequate", file_name="plan.txt", content=b"Weekly calls"
    )
    address = reverse("reviews:plan_file", args=[contract.body.slug, rating.public_id])
    page = reverse("reviews:rating", args=[contract.body.slug, rating.public_id])
    client, decider = sign_in(contract.officer), sign_in(contract.other)
    assert client.get(address).status_code == 409
    shown = decider.get(page).content.decode()
    assert "The plan is still being checked" in shown
    assert "Lock it" not in shown
    file = Rating.objects.get(pk=rating.pk).plan_file
    note_file_checked(file=file, kept=None)
    answer = client.get(address)
    assert answer.content == b"Weekly calls"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "Lock it" in decider.get(page).content.decode()
    settings.COMMONWEAL_FILES_ADDRESS = "https://files.example"
    assert client.get(address)["Location"].startswith("https://files.example/")


def test_refused_plan_says_why_and_asks_for_another(contract, sign_in):
    rating = contract.answer(contract.sent("1"))
    decided = actions.decide_rating(
        by=contract.other, rating=rating, decided="inadequate", file_name="plan.txt", content=b"Weekly calls"
    )
    note_file_refused(file=decided.plan_file, reason="locked")
    client = sign_in(contract.other)
    address = reverse("reviews:plan_file", args=[contract.body.slug, rating.public_id])
    assert client.get(address).status_code == 409
    shown = client.get(reverse("reviews:rating", args=[contract.body.slug, rating.public_id])).content.decode()
    assert "locked with a password" in shown
    assert "Give another plan" in shown
    give = reverse("reviews:rating_plan", args=[contract.body.slug, rating.public_id])
    assert client.post(give, {"plan": "Minutes of 4 July"}).status_code == 302
    assert actions.lock_rating(by=contract.other, rating=decided).plan_file is None
