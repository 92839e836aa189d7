"""How often a trigger happened, in words, and what a promise on one says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from commonweal.delivery.models import Commitment
from commonweal.delivery.promises import formula_words, how_often


@pytest.mark.parametrize(
    ("number", "words"), [("0", "0 times"), ("1", "1 time"), ("2", "2 times"), ("1200", "1,200 times")]
)
def test_how_often_in_words(number, words):
    assert how_often(Decimal(number)) == words


def test_promise_on_a_trigger_says_what_it_waits_for():
    promise = Commitment(
        basis="trigger", quantity=Decimal(2), unit="days", rounding="pro-rata", basis_words="a road stays closed"
    )
    assert formula_words(promise) == "2 days for each time it happens (a road stays closed), pro rata"
