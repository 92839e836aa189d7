"""How a need and what could meet it fit, as a table; how figures count; what looks personal in a group's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from commonweal.community.figures import Life, figures, median_wait
from commonweal.community.hints import hints
from commonweal.community.matching import Side, fit, stems
from commonweal.community.suggesting import suggested

COUNCIL = frozenset({"X06"})
NEED = Side("Twelve folding chairs", "m.goods", "o.give", "W1", COUNCIL, Decimal(4), "chairs", ends_on=date(2027, 3, 1))
SAME = Side("Goods given", "m.goods", "o.give", "W1", COUNCIL, Decimal(4), "chairs", ends_on=date(2027, 12, 31))


def points(**changed):
    found = fit(NEED, replace(SAME, **changed))
    return found.points if found else 0


def test_nearer_is_better_one_thing_at_a_time():
    whole = points()
    assert whole > points(measure_id="m.other") > points(measure_id="", outcome_id="o.other", words="A chair")
    assert (
        whole
        > points(place_code="X06", around=frozenset())
        > points(place_code="W2")
        > points(place_code="W9", around=frozenset())
    )
    assert whole > points(quantity=Decimal(3)) > points(quantity=Decimal(0))
    assert whole > points(starts_on=date(2027, 6, 1))


def test_place_alone_is_no_fit():
    assert fit(NEED, replace(SAME, measure_id="", outcome_id="", words="Tonnes of carbon")) is None


def test_measure_outweighs_place():
    far = points(place_code="W9", around=frozenset())
    near = points(measure_id="", outcome_id="", words="Chairs mended")
    assert far > near


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, "same measure"),
        ({}, "same place"),
        ({}, "wanted by 1 March 2027"),
        ({}, "all 4 asked for"),
        ({"quantity": Decimal(3)}, "3 of the 4 asked for"),
        ({"unit": "hours"}, "asks for 4 chairs"),
        ({"place_code": "W2"}, "elsewhere in the same council"),
        ({"place_code": ""}, "place not known"),
        ({"starts_on": date(2027, 6, 1)}, "wanted by 1 March 2027, and begins only on 1 June 2027"),
        ({"measure_id": "", "outcome_id": "", "words": "Folding tables"}, "both speak of “folding”"),
    ],
)
def test_reasons_are_said(changed, reason):
    found = fit(NEED, replace(SAME, **changed))
    assert found is not None
    assert reason in found.reasons


def test_words_are_the_same_in_the_plural():
    assert stems("Chairs for gardeners") == stems("a chair, a gardener")


def test_measures_are_suggested_by_words_they_share():
    offered = [
        ("trees", "Trees planted"),
        ("hours", "Volunteering hours"),
        ("visits", "Visits to isolated people visits"),
    ]
    assert suggested("Forty hours of somebody to visit members", offered) == ["hours", "visits"]
    assert suggested("A photocopier", offered) == []


DAY = date(2026, 11, 1)


def life(state: str, waited: int, wanted: date | None = None) -> Life:
    if state == "open":
        return Life(state, DAY - timedelta(days=waited), None, wanted)
    return Life(state, DAY - timedelta(days=200), DAY - timedelta(days=200 - waited), wanted)


def test_rate_is_of_those_due_or_closed():
    held = [
        life("fulfilled", 10), life("expired", 90), life("withdrawn", 5), life("open", 40),
        life("open", 40, DAY - timedelta(days=1)), life("open", 3, DAY),
    ]  # fmt: skip
    found = figures(held, DAY)
    assert (found.published, found.over, found.fulfilled, found.due, found.rate) == (6, 4, 1, 1, Fraction(1, 4))
    assert (found.percent, found.longest_open) == (25, 40)


def test_nothing_due_has_no_rate():
    assert figures([life("open", 3)], DAY).rate is None
    assert figures([], DAY).median is None


@pytest.mark.parametrize(
    ("held", "median"),
    [
        ([("fulfilled", 10), ("fulfilled", 20), ("fulfilled", 30)], 20),
        ([("fulfilled", 10), ("open", 150)], 10),
        ([("fulfilled", 10), ("open", 150), ("open", 150)], None),  # two in three still wait
        ([("open", 5), ("fulfilled", 10), ("fulfilled", 20), ("open", 60)], 20),  # worked by hand: 2/3, then 1/3
        ([("expired", 30), ("withdrawn", 30)], None),
        ([], None),
    ],
)
def test_median_wait_counts_who_still_waits(held, median):
    assert median_wait([life(state, waited) for state, waited in held], DAY) == median


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to kit@lunch.example please", "kit@lunch.example"),
        ("Ring 07700 900123", "07700 900123"),
        ("Ring +44 (0)1632 960123", "+44 (0)1632 960123"),
        ("We meet at SR1 3NX", "SR1 3NX"),
        ("for our drummer Alfie, aged 12,", "Alfie, aged 12"),
        ("my daughter Maisie would love it", "my daughter Maisie"),
        ("Ask Mrs Hallam", "Mrs Hallam"),
    ],
)
def test_personal_words_are_hinted(text, found):
    assert [each.found for each in hints(text) if found in each.found] != []


@pytest.mark.parametrize(
    "text", ["Twelve chairs for 40 people", "From 2026 to 2027", "The children of Kiln Lane", "6 x 4 beds"]
)
def test_ordinary_words_are_not(text):
    assert hints(text) == []
