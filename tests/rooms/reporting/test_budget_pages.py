"""The pages of the year: who may open them, what they show, and that they leave out nothing they should say."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commonweal.base.access import ANY_STAFF
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.models import Measure
from commonweal.reporting.budget import actions, queries

D = Decimal
LAST, THIS = FinancialYear(2025), FinancialYear(2026)
ALL, PREPARERS = frozenset(ANY_STAFF), frozenset({"lead", "finance"})
#: Route: who may, and by which methods.
MAY: dict[str, tuple[frozenset[str], str]] = {
    "years": (ALL, "get"), "year": (ALL, "get"), "year_export": (ALL, "get"), "forecast": (ALL, "get"),
    "forecast_export": (ALL, "get"), "chart": (ALL, "get"), "opening": (ALL, "get"), "lines": (ALL, "get"), "lines_export": (ALL, "get"),
    "line_add": (PREPARERS, "get post"), "line_remove": (PREPARERS, "post"), "lines_fill": (PREPARERS, "post"),
    "reason": (PREPARERS | {"department-officer"}, "get post"), "twice": (ALL, "get"),
    "count_once": (PREPARERS, "get post"), "count_again": (PREPARERS, "post"), "closing": (ALL, "get"),
    "rules": (PREPARERS, "get post"), "close": (PREPARERS, "post"), "open_again": (PREPARERS, "get post"),
}  # fmt: skip


@pytest.fixture
def address(council: Any) -> Callable[..., str]:
    """`address("year")`: where a page of a council with a budget, two departments and a decision is."""
    one = council.promise("wage", "10", council.agreement("Benches", department=council.department("Parks")))
    two = council.promise("wage", "10", council.agreement("Paths", department=council.department("Works")))
    council.entry(one, "4")
    measure = Measure.objects.get(edition__framework_id="made-reporting", edition__version="1.0", measure_id="wage")
    line = actions.add_budget_line(
        by=council.officer, body=council.body, year=THIS, kind="budget", measure=measure.public_id, quantity=D(90)
    )
    made = actions.count_once(
        by=council.officer, body=council.body, left_out=two.public_id, kept=one.public_id, reason="One crew"
    )
    parts: dict[str, list[str]] = {
        "years": [], "year_export": [THIS.slug, "csv"], "forecast_export": [THIS.slug, "xlsx"], "chart": [THIS.slug, "png"],
        "lines": [THIS.slug, "budget"], "lines_export": [THIS.slug, "budget", "csv"], "line_add": [THIS.slug, "baseline"],
        "lines_fill": [THIS.slug, "baseline"], "line_remove": [line.public_id], "count_again": [made.public_id],
        "count_once": [THIS.slug, one.public_id, two.public_id], "close": [THIS.slug, "provisional"],
    }  # fmt: skip

    def found(route: str, body: str = "") -> str:
        query = "?by=department&part=none&figure=x" if route == "reason" else ""
        return reverse(f"budget:{route}", args=[body or council.body.slug, *parts.get(route, [THIS.slug])]) + query

    return found


def test_table_here_is_the_table_of_the_room() -> None:
    from commonweal.reporting.budget.permissions import RULES

    assert {rule.route.partition(":")[2]: frozenset(rule.roles) for rule in RULES} == {
        route: roles for route, (roles, _methods) in MAY.items()
    }


@pytest.mark.parametrize("role", ["lead", "finance", "member", "department-officer", "assurer"])
def test_role_may_what_the_table_says(role: str, council: Any, address: Any, sign_in: Any, make_person: Any) -> None:
    client = sign_in(make_person(role, body=council.body))
    for route, (roles, methods) in MAY.items():
        for method in ("get", "post"):
            answer = getattr(client, method)(address(route))
            if method not in methods.split():
                assert answer.status_code == 405, (route, method)
            elif role not in roles:
                assert answer.status_code == 403, (route, method)
            else:
                assert answer.status_code in (200, 302, 422), (route, method, answer.status_code)


def test_stranger_of_another_body_finds_nothing(
    council: Any, address: Any, sign_in: Any, make_person: Any, make_body: Any
) -> None:
    other = make_body("elsewhere")
    client = sign_in(make_person("finance", body=other))
    for route, (_roles, methods) in MAY.items():
        method = methods.split()[-1]
        assert getattr(client, method)(address(route)).status_code == 404, route
    assert client.post(address("line_remove", other.slug)).status_code == 404
    assert client.post(address("count_again", other.slug)).status_code == 404


def test_year_shows_its_stages_and_the_difference(council: Any, address: Any, read: Any) -> None:
    page = read("budget/2026-27/")
    for words in ("Committed", "Budget", "Parks", "Claimed less budget", "fewer than five promises"):
        assert words in page, words
    assert "Matters: no reason yet" not in page or "Say why" not in page  # who may not explain is not asked to


def test_chart_of_the_page_is_a_picture_to_paste(council: Any, address: Any, sign_in: Any) -> None:
    client = sign_in(council.officer)
    painted = client.get(address("chart"))
    assert painted["Content-Type"] == "image/png"
    assert painted.content.startswith(b"\x89PNG")
    drawn = client.get(reverse("budget:chart", args=[council.body.slug, THIS.slug, "svg"]))
    assert "Parks" in drawn.content.decode()
    assert client.get(reverse("budget:chart", args=[council.body.slug, THIS.slug, "gif"])).status_code == 404


def test_amount_leads_to_lines_that_add_to_it(council: Any, address: Any, read: Any) -> None:
    held = queries.year_account(council.body, THIS)
    assert held.account.keys
    page = read("worth/lines/?what=claimed&year=2026-27")
    assert "Only what belongs to 2026/27, told as at 31 March 2027." in page
    assert "Promise of wage" in page


@pytest.mark.parametrize("slug", ["2026-28", "nonsense", "1850-51", "2026"])
def test_year_that_is_none_is_not_found(council: Any, read: Any, slug: str) -> None:
    read(f"budget/{slug}/", status=404)


def test_words_that_are_no_choice_are_told_and_break_nothing(council: Any, address: Any, read: Any) -> None:
    page = read("budget/2026-27/?by=nonsense&figure=gone&department=none&place=E99")
    assert "Social value budget 2026/27" in page


def test_queries_do_not_grow_with_the_record(council: Any, address: Any) -> None:
    def queries_of() -> int:
        with CaptureQueriesContext(connection) as held:
            queries.year_account(council.body, THIS)
        return len(held)

    def more(names: range) -> None:
        for number in names:
            council.entry(council.promise("wage", "3", council.agreement(f"More {number}")), "1")

    more(range(5))  # enough for a forecast
    before = queries_of()
    more(range(5, 9))
    assert queries_of() == before
