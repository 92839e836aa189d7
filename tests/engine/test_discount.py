from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.engine.discount import (
    Band,
    DiscountSchedule,
    InvalidSchedule,
    factor,
    present_value,
    published_schedules,
)
from commonweal.money import round_half_up

STANDARD = DiscountSchedule(
    "standard_stpr",
    (
        Band(0, 30, Decimal("0.035")),
        Band(31, 75, Decimal("0.03")),
        Band(76, 125, Decimal("0.025")),
        Band(126, None, Decimal("0.02")),
    ),
)
FLAT = DiscountSchedule("flat", (Band(0, None, Decimal("0.02")),))


@pytest.mark.parametrize(
    ("years", "published"),
    [
        (0, "1.0000"), (1, "0.9662"), (2, "0.9335"), (3, "0.9019"), (4, "0.8714"), (5, "0.8420"), (10, "0.7089"),
        (30, "0.356278"), (31, "0.345901"), (50, "0.197263"), (75, "0.094214"), (76, "0.091916"), (100, "0.050818"),
        (125, "0.027411"), (126, "0.026873"),
    ],
)  # fmt: skip
def test_factor_matches_green_book_table(years, published):
    places = Decimal(1).scaleb(Decimal(published).as_tuple().exponent)
    assert round_half_up(factor(years, STANDARD), places) == Decimal(published)


@pytest.mark.parametrize("years", [0, -1, -40])
def test_factor_of_the_past_is_one(years):
    assert factor(years, STANDARD) == 1


def test_factor_is_right_in_every_digit_kept():
    exact = 1 / (Fraction(1035, 1000) ** 30 * Fraction(103, 100) ** 45 * Fraction(1025, 1000) ** 25)
    error = abs(Fraction(factor(100, STANDARD)) / exact - 1)
    assert error <= Fraction(1, 2 * 10**27)


@given(st.integers(min_value=1, max_value=400))
def test_factor_chains_one_year_at_a_time(years):
    rate = next(b.rate for b in STANDARD.bands if b.last is None or years <= b.last)
    chained = factor(years - 1, STANDARD) / (1 + rate)
    assert abs(chained / factor(years, STANDARD) - 1) < Decimal("1e-26")


@pytest.mark.parametrize(("first", "yearly", "npsv"), [("-10", "2.5", "-0.82"), ("-5", "1.5", "0.51")])
def test_present_value_matches_green_book_box(first, yearly, npsv):
    flows = [Decimal(first), *[Decimal(yearly)] * 4]
    assert round_half_up(present_value(flows, STANDARD)) == Decimal(npsv)


def test_present_value_starting_a_year_later_is_discounted_once_more():
    flows = [Decimal(54000), Decimal(45900), Decimal(39015)]
    assert round_half_up(present_value(flows, STANDARD)) == Decimal("134768.75")
    assert round_half_up(present_value(flows, STANDARD, first_year=1)) == Decimal("130211.35")


def test_real_terms_of_a_level_nominal_amount():
    real = [round_half_up(1000 * factor(year, FLAT), Decimal(1)) for year in range(6)]
    assert real == [1000, 980, 961, 942, 924, 906]


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (Band(5, None, Decimal("0.01")),),
        (Band(0, 30, Decimal("0.01")), Band(32, None, Decimal("0.01"))),
        (Band(0, None, Decimal("0.01")), Band(31, None, Decimal("0.01"))),
        (Band(0, 30, Decimal("0.01")), Band(31, 20, Decimal("0.01"))),
        (Band(0, None, Decimal("-1")),),
    ],
)
def test_schedule_with_bands_that_do_not_follow_on_cannot_be_built(bands):
    with pytest.raises(InvalidSchedule):
        DiscountSchedule("broken", bands)


def test_factor_beyond_the_last_band_is_an_error():
    with pytest.raises(InvalidSchedule, match="no rate for year 11"):
        factor(11, DiscountSchedule("short", (Band(0, 10, Decimal("0.03")),)))


def test_published_schedules_say_which_are_in_force():
    published = published_schedules()
    assert round_half_up(factor(31, published["standard_stpr"]), Decimal("0.000001")) == Decimal("0.345901")
    assert factor(1, published["health_life"]) == factor(1, DiscountSchedule("h", (Band(0, None, Decimal("0.015")),)))
    assert [id for id, schedule in published.items() if not schedule.in_force] == ["review_2026_recommended"]
