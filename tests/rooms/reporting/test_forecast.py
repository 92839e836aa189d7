"""The forecast of a year: its worked example, and what it never does."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from commonweal.reporting.budget.forecast import Progress, forecast, rates

D = Decimal


def test_worked_example() -> None:
    held = {str(n): Progress(D(20), D(10), D(done)) for n, done in enumerate((2, 6, 8, 10, 11))}
    found = rates(held.values())
    assert found is not None
    assert (found.low, found.middle, found.high) == (Fraction(3, 5), Fraction(4, 5), Fraction(1))
    assert forecast(held, found.middle)["2"] == 16
    assert (forecast(held, found.low)["2"], forecast(held, found.high)["2"]) == (14, 18)


def test_fewer_than_five_promises_with_something_due_give_no_rate() -> None:
    held = [Progress(D(20), D(10), D(5))] * 4 + [Progress(D(20), D(0), D(5))]
    assert rates(held) is None


def test_year_that_is_over_is_forecast_at_what_was_delivered() -> None:
    assert Progress(D(20), D(20), D(7)).at(Fraction(3)) == 7


_amounts = st.decimals(min_value=0, max_value=10**6, places=6)


@given(due=_amounts, so_far=_amounts, delivered=_amounts, low=st.fractions(0, 3), more=st.fractions(0, 3))
def test_forecast_is_never_below_what_was_delivered_and_grows_with_the_rate(
    due: Decimal, so_far: Decimal, delivered: Decimal, low: Fraction, more: Fraction
) -> None:
    each = Progress(due, so_far, delivered)
    assert delivered <= each.at(low) <= each.at(low + more)
