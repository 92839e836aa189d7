"""Titles of the public charts: true of ties, of single promises and of nothing delivered, in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from commonweal.publishing.presentation import themes_chart, ward_map

DAY = date(2026, 11, 22)
SQUARE = {"type": "Polygon", "coordinates": [[[0, 54], [0.1, 54], [0.1, 54.1], [0, 54.1], [0, 54]]]}


def theme(title: str, kept: int, nothing: int) -> dict[str, Any]:
    counts = {"lines": kept + nothing, "kept": kept, "partly": 0, "nothing": nothing, "no-promise": 0}
    return {"id": title.lower(), "title": title, "title_cy": "", "counts": counts}


def title_of_themes(*themes: dict[str, Any]) -> str:
    chart = themes_chart(themes, source="here", as_of=DAY)
    assert chart is not None
    return chart.title


def test_one_theme_ahead_of_the_others_is_named():
    title = title_of_themes(theme("Skills", 3, 1), theme("Jobs", 1, 1))
    assert title == "Skills: 3 of 4 delivered in full, the largest share of all themes"


@pytest.mark.parametrize(
    ("themes", "said"),
    [
        ([theme("Skills", 1, 1), theme("Jobs", 2, 2)], "3 of the 6"),
        ([theme("Skills", 1, 0), theme("Jobs", 1, 2)], "2 of the 4"),
        ([theme("Skills", 0, 2), theme("Jobs", 0, 1)], "0 of the 3"),
    ],
    ids=["tie", "single-promise", "nothing-delivered"],
)
def test_no_theme_is_called_largest_where_none_stands_out(themes, said):
    assert title_of_themes(*themes) == f"{said} promises in these themes delivered in full"


def test_tied_themes_are_told_in_welsh():
    with override("cy"):
        title = title_of_themes(theme("Skills", 1, 1), theme("Jobs", 2, 2))
    assert title == "Cyflawnwyd 3 o’r 6 addewid yn y themâu hyn yn llawn"


def title_of_wards(**promised: int) -> str:
    wards = [
        {"code": name, "name": name, "name_cy": "", "promised": number, "delivered": 0}
        for name, number in promised.items()
    ]
    drawn = ward_map(wards, dict.fromkeys(promised, SQUARE), href=str, source="here", as_of=DAY)
    assert drawn is not None
    return drawn.title


def test_ward_ahead_of_the_others_is_named():
    assert title_of_wards(Hilltop=4, Quayside=5, Moor=0) == "Quayside has the most recorded: 5 promises"


def test_wards_with_as_much_as_one_another_are_named_or_counted():
    assert (
        title_of_wards(Hilltop=5, Quayside=5, Moor=1) == "The most recorded in a ward is 5 promises: Hilltop, Quayside"
    )
    assert title_of_wards(A=1, B=1, C=1, D=1) == "The most recorded in a ward is 1 promise: 4 wards"
    with override("cy"):
        said = title_of_wards(A=2, B=2, C=2, D=2)
    assert said == "Y nifer mwyaf wedi’i gofnodi mewn ward yw 2 addewid: 4 ward"
