"""Lists of agreements and entries: what each filter finds, every row once in every order, and one cost at any length."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commonweal.base.lists import cut_page
from commonweal.delivery import actions, queries
from commonweal.delivery.models import Agreement
from commonweal.delivery.views.agreements import SORTS
from commonweal.delivery.views.entries import SORTS as ENTRY_SORTS

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def make_agreements(council, number: int, start: int = 0) -> None:
    """Agreements in which some have no provider, value or end, and some share theirs."""
    providers = [council.provider(f"Provider {start + n}") for n in range(2)]
    for n in range(start, start + number):
        agreement = council.agreement(
            f"Agreement {n % 7}", provider=providers[n % 2] if n % 3 else None,
            value=Decimal(1000 * (n % 5)) if n % 4 else None, owner=council.officer if n % 2 else council.other,
            ends_on=date(2027, 1 + n % 3, 1) if n % 5 else None,
        )  # fmt: skip
        council.promise(agreement=agreement)


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")])
def test_walking_the_pages_gives_each_agreement_once_in_order(council, sort):
    make_agreements(council, 23)
    found = queries.agreements(council.body, queries.AgreementFilters(), DAY)
    seen, query = [], {"sort": sort}
    for _ in range(20):
        cut = cut_page(found, query, SORTS, default="title", size=5)
        assert cut.total == 23
        seen += cut.rows
        if cut.after is None:
            break
        query = {"sort": sort, "after": cut.after}
    assert sorted(row.pk for row in seen) == sorted(
        Agreement.objects.filter(body=council.body).values_list("pk", flat=True)
    )
    field = SORTS[sort.removeprefix("-")]

    def value(row):
        for name in field.split("__"):
            row = getattr(row, name) if row is not None else None
        return row

    values = [value(row) for row in seen]
    known = [each for each in values if each is not None]
    assert values == known + [None] * (len(values) - len(known)), "what is not known comes last"
    assert known == sorted(known, reverse=sort.startswith("-"))


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in ENTRY_SORTS for sign in ("", "-")])
def test_walking_the_pages_gives_each_entry_once(council, sort):
    promise = council.promise()
    made = {council.entry(promise, str(n % 3)).pk for n in range(11)}
    seen, query = [], {"sort": sort}
    while True:
        cut = cut_page(
            queries.entries(council.body, queries.EntryFilters()), query, ENTRY_SORTS, default="-recorded", size=4
        )
        seen += [row.pk for row in cut.rows]
        if cut.after is None:
            break
        query = {"sort": sort, "after": cut.after}
    assert len(seen) == len(made)
    assert set(seen) == made


@pytest.mark.parametrize("route", ["agreements", "entries"])
def test_a_long_list_asks_no_more_of_the_database_than_a_short_one(council, sign_in, route):
    client, address = sign_in(council.officer), reverse(f"delivery:{route}", args=[council.body.slug])
    make_agreements(council, 1)

    def fill(agreements):
        for agreement in agreements:
            council.entry(agreement.commitments.first())

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    fill(Agreement.objects.filter(body=council.body))
    client.get(address)
    one = cost()
    before = set(Agreement.objects.filter(body=council.body).values_list("pk", flat=True))
    make_agreements(council, 59, start=1)
    fill(Agreement.objects.filter(body=council.body).exclude(pk__in=before))
    assert cost() == one


@pytest.fixture
def shown(council):
    """`shown(text="meals")`: the titles the list shows for these filters."""
    meals = council.agreement(
        "School meals", provider=council.provider("Larkhollow"), owner=council.officer, reference="R-1"
    )
    council.agreement("Tree works", channel="grant", ends_on=date(2026, 6, 1), starts_on=date(2026, 1, 1))
    late = Agreement.objects.get(body=council.body, title="Tree works")
    council.promise("5", late, wording="Trees")
    ended = council.agreement("Print and post")
    actions.end_agreement(by=council.officer, agreement=ended, state="ended", ends_on=DAY, reason="Over")
    assert meals.pk

    def titles(**filters):
        found = queries.agreements(council.body, queries.AgreementFilters(**filters), DAY)
        return sorted(found.values_list("title", flat=True))

    titles.officer = council.officer.public_id
    return titles


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({}, ["Print and post", "School meals", "Tree works"]),
        ({"text": "LARK"}, ["School meals"]),
        ({"text": "r-1"}, ["School meals"]),
        ({"channel": "grant"}, ["Tree works"]),
        ({"state": "ended"}, ["Print and post"]),
        ({"owner": "nobody"}, ["Print and post", "Tree works"]),
        ({"owner": "officer"}, ["School meals"]),
        ({"overdue": True}, ["Tree works"]),
        ({"overdue": True, "channel": "finance"}, []),
    ],
)
def test_each_filter_finds_what_it_says(shown, filters, titles):
    if filters.get("owner") == "officer":
        filters = filters | {"owner": shown.officer}
    assert shown(**filters) == titles


def test_entries_are_found_by_what_is_known_of_them(council):
    promise = council.promise()
    plain, forward, reversed_, accepted = (council.entry(promise, str(n), brought_forward=n == 2) for n in range(1, 5))
    actions.reverse_entry(by=council.officer, entry=reversed_, reason="Wrong")
    council.evidence(accepted)
    assert [entry.pk for entry in queries.entries_to_accept(council.body)] == [accepted.pk]
    actions.accept_evidence(by=council.other, entry=accepted, quantity=Decimal(4), dated_on=DAY)
    found = {
        state: {entry.pk for entry in queries.entries(council.body, queries.EntryFilters(state=state))}
        for state in ("waiting", "evidenced", "brought-forward", "reversed", "assured")
    }
    assert found == {
        "waiting": {plain.pk}, "evidenced": {accepted.pk}, "brought-forward": {forward.pk}, "reversed": {reversed_.pk},
        "assured": set(),
    }  # fmt: skip
