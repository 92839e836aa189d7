"""A promise quarter by quarter: its quarters, an even share, and what is expected by a day."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.engine.profile import (
    ProfilePart,
    Quarter,
    TermUnknown,
    even_profile,
    expected_by_profile,
    quarters,
    shortfall,
)
from commonweal.engine.promises import expected_by

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
LENGTHS = st.integers(0, 2500)
QUANTITIES = st.decimals(0, 100_000, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def profiles(draw):
    starts = draw(DAYS)
    over = quarters(starts, starts + timedelta(days=draw(LENGTHS)))
    return tuple(ProfilePart(each, draw(QUANTITIES)) for each in over)


def test_the_worked_example():
    over = quarters(date(2026, 5, 15), date(2027, 3, 31))
    assert [(each.label, each.days) for each in over] == [
        ("2026/27 Q1", 47), ("2026/27 Q2", 92), ("2026/27 Q3", 92), ("2026/27 Q4", 90),
    ]  # fmt: skip
    agreed = even_profile(Decimal(12), over, "starts")
    assert [part.quantity for part in agreed] == [2, 3, 4, 3]
    assert expected_by_profile(agreed, date(2026, 8, 15)) == Decimal("3.5")


@pytest.mark.parametrize(
    ("unit", "promised", "parts"),
    [
        ("people", "3", ["1", "1", "0", "1"]),
        ("GBP", "100", ["25", "25", "25", "25"]),
        ("GBP", "100.50", ["25.06", "25.33", "25.33", "24.78"]),
        ("FTE", "10", ["2.49", "2.52", "2.52", "2.47"]),
        ("people", "1.5", ["0.37", "0.38", "0.38", "0.37"]),
    ],
)
def test_counted_units_are_shared_whole_and_measured_ones_are_not(unit, promised, parts):
    over = quarters(date(2026, 4, 1), date(2027, 3, 31))
    assert [part.quantity for part in even_profile(Decimal(promised), over, unit)] == [Decimal(each) for each in parts]


def test_quarters_are_those_of_the_financial_year():
    over = quarters(date(2026, 12, 31), date(2027, 4, 1))
    assert [each.label for each in over] == ["2026/27 Q3", "2026/27 Q4", "2027/28 Q1"]
    assert quarters(date(2026, 4, 1), date(2026, 4, 1)) == (Quarter(date(2026, 4, 1), date(2026, 4, 1)),)


@pytest.mark.parametrize(
    "term",
    [(None, date(2026, 1, 1)), (date(2026, 1, 1), None), (date(2026, 1, 2), date(2026, 1, 1)),
     (date(1900, 1, 1), date(2026, 1, 1))],
)  # fmt: skip
def test_a_term_that_is_not_known_has_no_quarters(term):
    with pytest.raises(TermUnknown):
        quarters(*term)


@given(DAYS, LENGTHS)
def test_quarters_cover_the_term_once(starts, length):
    over = quarters(starts, starts + timedelta(days=length))
    assert sum(each.days for each in over) == length + 1
    assert all(a.ends_on + timedelta(days=1) == b.starts_on for a, b in pairwise(over))


@given(DAYS, LENGTHS, QUANTITIES, st.sampled_from(["people", "GBP", "hours of training"]))
def test_an_even_share_is_the_whole_promise(starts, length, promised, unit):
    over = quarters(starts, starts + timedelta(days=length))
    parts = even_profile(promised, over, unit)
    assert sum(part.quantity for part in parts) == promised
    assert shortfall(promised, parts) == 0


@given(DAYS, LENGTHS, st.integers(0, 500))
def test_an_even_share_is_never_more_than_half_a_unit_from_an_even_pace(starts, length, promised):
    ends = starts + timedelta(days=length)
    parts = even_profile(Decimal(promised), quarters(starts, ends), "people")
    assert all(part.quantity >= 0 for part in parts)
    for part in parts:
        on = part.quarter.ends_on
        paced = expected_by(Decimal(promised), starts, ends, on)
        assert abs(expected_by_profile(parts, on) - paced) <= Decimal("0.500000001")


@given(profiles(), LENGTHS, st.integers(0, 200))
def test_what_is_expected_never_falls(parts, after, later):
    on = parts[0].quarter.starts_on + timedelta(days=after)
    assert expected_by_profile(parts, on) <= expected_by_profile(parts, on + timedelta(days=later))


@given(profiles())
def test_by_the_last_day_the_whole_is_expected_and_before_the_first_nothing(parts):
    assert expected_by_profile(parts, parts[-1].quarter.ends_on) == sum(part.quantity for part in parts)
    assert expected_by_profile(parts, parts[0].quarter.starts_on - timedelta(days=1)) == 0


@given(profiles(), LENGTHS, st.data())
def test_splitting_a_quarter_by_its_days_changes_nothing(parts, after, data):
    wide = [part for part in parts if part.quarter.days > 1]
    if not wide:
        return
    chosen = data.draw(st.sampled_from(wide))
    cut = data.draw(st.integers(1, chosen.quarter.days - 1))
    last = chosen.quarter.starts_on + timedelta(days=cut - 1)
    halves = [
        Quarter(chosen.quarter.starts_on, last), Quarter(last + timedelta(days=1), chosen.quarter.ends_on)
    ]  # fmt: skip
    split = [part for part in parts if part is not chosen] + [
        ProfilePart(half, chosen.quantity * half.days / chosen.quarter.days) for half in halves
    ]
    on = parts[0].quarter.starts_on + timedelta(days=after)
    whole, in_parts = expected_by_profile(parts, on), expected_by_profile(split, on)
    assert abs(Fraction(whole) - Fraction(in_parts)) <= Fraction(1, 10**18)


@given(DAYS, LENGTHS, st.integers(0, 1000), st.integers(0, 2600))
def test_an_exactly_even_profile_is_an_even_pace(starts, length, each_day, after):
    ends = starts + timedelta(days=length)
    parts = [ProfilePart(quarter, Decimal(each_day * quarter.days)) for quarter in quarters(starts, ends)]
    on = starts + timedelta(days=after)
    paced = expected_by(Decimal(each_day * (length + 1)), starts, ends, on)
    assert abs(expected_by_profile(parts, on) - paced) <= Decimal("0.000000001")


def test_a_profile_may_detail_and_never_reduce():
    over = quarters(date(2026, 4, 1), date(2026, 9, 30))
    parts = [ProfilePart(quarter, Decimal(4)) for quarter in over]
    assert shortfall(Decimal(10), parts) == 2
    assert shortfall(Decimal(7), parts) == 0
    assert shortfall(Decimal(7), parts, is_harm=True) == 1
    assert shortfall(Decimal(8), parts, is_harm=True) == 0
