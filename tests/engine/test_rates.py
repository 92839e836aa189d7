"""Rates per £1 million of contract value run, and per year: a large long contract is compared fairly with a small one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from commonweal.engine.rates import Term, base_of, per_million, per_million_run, per_year

YEAR = Term(Decimal(1_000_000), date(2025, 1, 1), date(2025, 12, 31))


def test_whole_term_gone_by_is_the_whole_value():
    base = base_of([YEAR], date(2026, 6, 1))
    assert (base.value_run, base.share) == (1_000_000, 1)
    assert per_million_run(Decimal(500), base) == 500


def test_large_contract_half_run_is_compared_by_what_has_run():
    ten = Term(Decimal(10_000_000), date(2025, 1, 1), date(2026, 12, 31))
    base = base_of([ten], date(2025, 12, 31))
    assert base.share == Fraction(1, 2)
    assert per_million(Decimal(5000), base) == 500
    assert per_million_run(Decimal(5000), base) == 1000


def test_each_contract_runs_by_its_own_term():
    begun = Term(Decimal(1_000_000), date(2025, 7, 2), date(2026, 7, 1))
    base = base_of([YEAR, begun], date(2025, 12, 31))
    assert base.value_run == 1_000_000 + Fraction(183, 365) * 1_000_000


def test_before_the_first_day_nothing_has_run():
    base = base_of([YEAR], date(2024, 12, 31))
    assert (base.share, per_million_run(Decimal(1), base), per_year(Decimal(1), base)) == (0, None, None)


def test_missing_value_or_dates_give_no_rate_and_are_counted():
    base = base_of(
        [YEAR, Term(None, date(2025, 1, 1), date(2025, 12, 31)), Term(Decimal(5), None, None)], date(2026, 1, 1)
    )
    assert (base.without_value, base.without_dates, base.agreements) == (1, 1, 3)
    assert (per_million(Decimal(1), base), per_year(Decimal(1), base), per_million_run(Decimal(1), base)) == (None,) * 3


def test_rate_per_year_counts_average_years():
    four = Term(Decimal(1), date(2021, 1, 1), date(2024, 12, 31))
    assert per_year(Decimal(8), base_of([four], date(2025, 1, 1))) == 2


@given(st.decimals(1, 10**9, places=2), st.integers(1, 3000), st.integers(0, 4000), st.integers(2, 5))
def test_splitting_a_contract_into_equal_parts_changes_no_rate(value, length, gone, parts):
    start = date(2020, 1, 1)
    end, on = date.fromordinal(start.toordinal() + length - 1), date.fromordinal(start.toordinal() + gone)
    whole = base_of([Term(value * parts, start, end)], on)
    split = base_of([Term(value, start, end)] * parts, on)
    assert per_million_run(Decimal(1000), whole) == per_million_run(Decimal(1000), split)
    assert whole.share == split.share
