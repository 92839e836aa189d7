"""Boards: whose year a page shows, what a person sees first, and what a group may read of its bodies."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from made_council import OTHER_WARD, WARD

from commonweal.base.access import ANY_STAFF
from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.engine.year import FinancialYear
from commonweal.reporting.boards import actions, queries
from commonweal.reporting.boards.permissions import RULES

THIS = FinancialYear(2026)


@pytest.fixture
def told(council: Any, places: None) -> Any:
    """Two departments, two wards, a promise and a delivery in each."""
    for name, ward, quantity in (("Parks", WARD, "4"), ("Works", OTHER_WARD, "6")):
        deal = council.agreement(name, department=council.department(name))
        promise = council.promise("wage", "10", deal, wording=f"Jobs in {name}", place_code=ward)
        council.entry(promise, quantity, place_code=ward)
    return council


def test_every_role_may_look(told: Any, sign_in: Any, make_person: Any) -> None:
    assert {frozenset(rule.roles) for rule in RULES} == {frozenset(ANY_STAFF)}
    client = sign_in(make_person("member", body=told.body))
    assert client.get(reverse("boards:board", args=[told.body.slug])).status_code == 200
    assert client.get(reverse("boards:board_export", args=[told.body.slug, "csv"])).status_code == 200


def test_stranger_finds_nothing(told: Any, sign_in: Any, make_person: Any, make_body: Any) -> None:
    client = sign_in(make_person("lead", body=make_body("elsewhere")))
    assert client.get(reverse("boards:board", args=[told.body.slug])).status_code == 404
    assert client.post(reverse("boards:choose", args=[told.body.slug])).status_code == 404


@pytest.mark.parametrize(
    ("roles", "view"),
    [({"lead"}, "whole"), ({"finance"}, "whole"), ({"member"}, "ward"), ({"department-officer"}, "department"),
     ({"member", "lead"}, "whole"), ({"assurer"}, "whole")],
)  # fmt: skip
def test_first_board_fits_the_role(council: Any, roles: set[str], view: str) -> None:
    assert queries.first_view(council.body, frozenset(roles)) == view


def test_ward_shows_what_is_there_and_nothing_of_another(told: Any, read: Any) -> None:
    page = read(f"overview/?view=ward&place={WARD}&year=2026-27")
    assert "£4,938.27" in page  # 4 of 1,234.567
    assert "£7,407.40" not in page
    assert "<h1" in page
    assert "Docks" in page


def test_department_shows_its_own(told: Any, read: Any) -> None:
    from commonweal.directory.models import Department

    works = Department.objects.get(name="Works")
    page = read(f"overview/?view=department&department={works.public_id}&year=2026-27")
    assert "£7,407.40" in page
    assert "£4,938.27" not in page


def test_export_holds_what_is_seen(told: Any, read: Any) -> None:
    text = read(f"overview/export/csv/?view=ward&place={WARD}&year=2026-27")
    assert "4938.27" in text
    assert "7407.4" not in text


def test_amounts_lead_to_lines_of_the_same_year_and_place(told: Any, read: Any) -> None:
    import re

    page = read(f"overview/?view=ward&place={WARD}&year=2026-27")
    href = next(each for each in re.findall(r'href="([^"]+worth/lines/[^"]+)"', page) if "what=claimed" in each)
    lines = read(href.replace("&amp;", "&").split("/work/")[1])
    assert "Jobs in Parks" in lines
    assert "Jobs in Works" not in lines


def test_person_sees_first_what_they_chose(told: Any, sign_in: Any, make_person: Any) -> None:
    councillor = make_person("member", body=told.body)
    client = sign_in(councillor)
    address = reverse("boards:choose", args=[told.body.slug])
    assert client.post(address, {"view": "ward", "part": OTHER_WARD}).status_code == 302
    assert "Hill" in client.get(reverse("boards:board", args=[told.body.slug])).content.decode()
    with open_scope(body=told.body.pk):
        with pytest.raises(NotPossible):
            actions.choose_board(by=councillor, body=told.body, view="nonsense")
        held = queries.own_board(told.body, councillor)
    assert held is not None
    assert (held.view, held.part) == ("ward", OTHER_WARD)


def test_words_that_are_no_choice_break_nothing(told: Any, read: Any) -> None:
    for words in ("view=nonsense", "view=ward&place=E99", "view=department&department=x", "view=group", "year=2026-28",
                  "figure=gone"):  # fmt: skip
        read(f"overview/?{words}")
