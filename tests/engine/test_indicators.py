"""Ratios beside a valuation, by the published vectors."""

from datetime import date
from decimal import Decimal

import pytest
from made_editions import edition, line

from commonweal.engine.indicators import IndicatorRefused, leverage, lm3, social_return
from commonweal.engine.value import value


def test_lm3_is_the_published_example():
    assert lm3(Decimal(100_000), Decimal(60_000), Decimal(24_000)) == Decimal("1.84")


@pytest.mark.parametrize("rounds", [(0, 0, 0), (100, 120, 0), (100, 50, 60), (100, -1, 0)])
def test_rounds_that_grow_are_refused(rounds):
    with pytest.raises(IndicatorRefused):
        lm3(*map(Decimal, rounds))


def test_leverage_is_of_money_to_money():
    assert leverage(Decimal(300), Decimal(399)) == Decimal("1.33")
    with pytest.raises(IndicatorRefused):
        leverage(Decimal(0), Decimal(1))
    with pytest.raises(IndicatorRefused):
        leverage(Decimal(1), Decimal(-1))


@pytest.mark.parametrize(("start", "ratio"), [(date(2026, 4, 1), "3.3692"), (date(2027, 4, 1), "3.2553")])
def test_social_return_is_the_published_vector(start, ratio):
    valuation = value([line(start=start, end=start)], edition(), as_of=date(2026, 6, 1))
    net = next(total for total in valuation.totals if total.level == "net")
    gained, above = social_return(net, Decimal(40_000))
    assert round(gained, 4) == Decimal(ratio)
    assert gained - above == 1


def test_a_range_only_total_has_no_social_return():
    valuation = value([line("ranged")], edition(), as_of=date(2026, 6, 1))
    with pytest.raises(IndicatorRefused, match="no central"):
        social_return(valuation.totals[0], Decimal(1))
    with pytest.raises(IndicatorRefused, match="inputs"):
        social_return(valuation.totals[0], Decimal(0))
