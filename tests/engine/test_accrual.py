"""So much for each amount ordered: exact, by full amounts or pro rata, and parted without losing a millionth."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.engine.accrual import accrued, parted

POUNDS = st.decimals(min_value=0, max_value=10**9, places=2)
D = Decimal


@pytest.mark.parametrize(
    ("rate", "each", "base", "rounding", "most", "expected"),
    [
        ("1", "1000000", "2999999.99", "full", None, "2"),
        ("1", "1000000", "3000000", "full", None, "3"),
        ("1", "1000000", "2900000", "pro-rata", None, "2.9"),
        ("5", "1", "117", "full", None, "585"),  # £5 for each new customer
        ("1", "3", "1", "pro-rata", None, "0.333333"),
        ("2", "50", "149", "full", None, "4"),
        ("2", "50", "149", "full", "3", "3"),
        ("1", "1000000", "-250000", "pro-rata", None, "0"),
        ("1", "1000000", "0", "full", None, "0"),
    ],
)
def test_formula_comes_to_its_quantity(rate, each, base, rounding, most, expected):
    found = accrued(D(rate), D(each), D(base), rounding, D(most) if most else None)
    assert found == D(expected)


def test_formula_for_each_nothing_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        accrued(D(1), D(0), D(5))


@given(st.lists(POUNDS, min_size=1, max_size=6), st.sampled_from(["full", "pro-rata"]))
def test_parts_add_up_to_the_whole_and_follow_what_each_brought(bases, rounding):
    whole = accrued(D(1), D(1_000_000), sum(bases, D(0)), rounding)
    parts = parted(whole, dict(enumerate(bases)))
    assert sum(parts.values()) == whole
    total = sum(map(Fraction, bases))
    for index, base in enumerate(bases):
        fair = Fraction(whole) * Fraction(base) / total if total else Fraction(0)
        assert abs(Fraction(parts[index]) - fair) < Fraction(1, 10**6)
