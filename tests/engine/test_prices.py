from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.engine.prices import (
    PriceSeries,
    PriceYearsMixed,
    PriceYearUnknown,
    published_series,
    rebase,
    uprate_wellbeing,
    year_type,
)
from commonweal.money import round_half_up

CALENDAR = PriceSeries(
    "calendar", "calendar", {"2019": Decimal("81.1085"), "2023": Decimal("96.2507"), "2024": Decimal(100)}
)
# The vintage behind the published wellbeing worked example, which is not the one shipped.
WORKBOOK = PriceSeries("workbook", "calendar", {"2019": Decimal("84.5876"), "2023": Decimal(100)})
GDP_PER_HEAD = {"2019": Decimal(33443), "2023": Decimal(33257)}


def test_rebase_of_the_2019_wellby_to_2024_prices():
    assert round_half_up(rebase(Decimal(13000), "2019", "2024", CALENDAR)) == Decimal("16027.91")


def test_wellbeing_uprated_with_income_matches_the_published_workbook():
    uprated = uprate_wellbeing(Decimal(13000), "2019", "2023", WORKBOOK, GDP_PER_HEAD)
    assert round_half_up(uprated) == Decimal("15257.66")


def test_wellbeing_needs_income_of_both_years():
    with pytest.raises(PriceYearUnknown, match="GDP per head is given for 2023"):
        uprate_wellbeing(Decimal(13000), "2019", "2023", WORKBOOK, {"2019": Decimal(33443)})


def test_rebase_to_the_same_year_needs_no_index():
    assert rebase(Decimal("12.345"), "1901", "1901", CALENDAR) == Decimal("12.345")


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_rebase_there_and_back_changes_nothing_that_shows(amount):
    there = rebase(amount, "2019", "2024", CALENDAR)
    assert round_half_up(rebase(there, "2024", "2019", CALENDAR)) == amount


@pytest.mark.parametrize(("from_year", "to_year"), [("2019", "2024-25"), ("2023-24", "2024"), ("2023-24", "2024-25")])
def test_rebase_refuses_to_mix_calendar_and_financial(from_year, to_year):
    with pytest.raises(PriceYearsMixed, match="year"):
        rebase(Decimal(1), from_year, to_year, CALENDAR)


def test_rebase_refuses_a_year_with_no_index():
    with pytest.raises(PriceYearUnknown, match="no index for 2031"):
        rebase(Decimal(1), "2019", "2031", CALENDAR)


@pytest.mark.parametrize(
    ("written", "expected"), [("2024", "calendar"), ("2024-25", "financial"), ("1999-00", "financial")]
)
def test_year_type_of_a_price_year(written, expected):
    assert year_type(written) == expected


@pytest.mark.parametrize("written", ["2024-26", "24", "2024/25", "", "２０２４", "2024 ", "April 2025"])
def test_year_type_refuses_what_is_not_a_price_year(written):
    with pytest.raises(PriceYearUnknown):
        year_type(written)


def test_published_series_give_the_published_rebasing():
    published = published_series()
    assert round_half_up(rebase(Decimal(13000), "2019", "2024", published["calendar"])) == Decimal("16027.91")
    assert published["financial"].forecast == {f"{year}-{year + 1 - 2000}" for year in range(2024, 2030)}
