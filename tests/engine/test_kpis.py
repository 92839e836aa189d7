"""Whether a contract needs indicators, and the rating a figure earns, as the catalogue writes both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.engine.kpis import Bands, BandsOutOfOrder, kpis_needed, propose_rating, scale

CASE = {
    "nation": "england", "body_kind": "council", "channel": "procurement", "kind": "services",
    "value": Decimal("5000000.01"), "commenced": date(2025, 2, 24), "regime": "procurement-act-2023",
    "level": "agreement",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "answer", "why"),
    [
        ({}, "yes", "reaches the threshold of £5,000,000"),
        ({"value": Decimal(5000000)}, "no", "does not reach"),
        ({"commenced": date(2025, 2, 23)}, "no", "the duty begins on 24 February 2025, after 23 February 2025"),
        ({"regime": "light-touch"}, "no", "light touch contracts"),
        ({"regime": "pcr-2015"}, "no", "Public Contracts Regulations 2015"),
        ({"level": "framework"}, "no", "frameworks are outside"),
        ({"level": "call-off"}, "yes", "reaches"),
        ({"channel": "grant"}, "no", "not grant"),
        ({"nation": "scotland"}, "no", "devolved-scotland"),
        ({"regime": ""}, "unconfirmed", "regime is not recorded"),
        ({"value": None}, "unconfirmed", "value is not recorded"),
        ({"value": None, "regime": "below-threshold"}, "no", "below the threshold"),
        ({"commenced": None}, "unconfirmed", "the day it began is not recorded"),
        ({"commenced": None, "channel": "grant"}, "no", "not grant"),
        ({"kind": ""}, "yes", "reaches"),
        ({"body_kind": "utility"}, "unconfirmed", "private utilities"),
        ({"body_kind": "village"}, "unconfirmed", "is not one of"),
    ],
)
def test_need_is_answered_with_its_why(changed, answer, why):
    found = kpis_needed(**CASE | changed)
    assert (found.applies, found.least) == (answer, 3)
    assert why in found.why


@pytest.mark.parametrize(
    ("sense", "figure", "rating"),
    [
        ("at-least", "100", "good"), ("at-least", "99.999999", "approaching-target"),
        ("at-least", "90", "approaching-target"), ("at-least", "89.999999", "requires-improvement"),
        ("at-least", "70", "requires-improvement"), ("at-least", "69.999999", "inadequate"),
        ("at-least", None, "other"), ("at-most", "5", "good"), ("at-most", "5.000001", "approaching-target"),
        ("at-most", "8", "approaching-target"), ("at-most", "9", "requires-improvement"), ("at-most", "10.1", "inadequate"),
    ],
)  # fmt: skip
def test_bands_give_the_rating(sense, figure, rating):
    marks = ("100", "90", "70") if sense == "at-least" else ("5", "8", "10")
    bands = Bands(sense, *map(Decimal, marks))
    assert propose_rating(None if figure is None else Decimal(figure), bands) == rating


def test_bands_out_of_order_cannot_be_built():
    for sense, marks in (("at-least", (70, 90, 100)), ("at-most", (10, 8, 5))):
        with pytest.raises(BandsOutOfOrder):
            Bands(sense, *map(Decimal, marks))


@given(st.decimals(0, 200, places=2), st.decimals(0, 200, places=2))
def test_better_figure_never_earns_a_worse_rating(one, other):
    order = list(scale())
    bands = Bands("at-least", Decimal(100), Decimal(90), Decimal(70))
    low, high = sorted((one, other))
    assert order.index(propose_rating(high, bands)) <= order.index(propose_rating(low, bands))


def test_scale_is_the_notices_in_its_order():
    assert [(each.title, each.ocds) for each in scale().values()] == [
        ("Good", "met"), ("Approaching target", "slightlyBelow"), ("Requires improvement", "below"),
        ("Inadequate", "significantlyBelow"), ("Other", "other"),
    ]  # fmt: skip
