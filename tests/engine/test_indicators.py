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
    rates = {"deadweight": Decimal(0), "attribution": Decimal(0), "displacement": Decimal(0), "reason": "asked"}
    valuation = value([line("ranged", **rates)], edition(), as_of=date(2026, 6, 1))
    net = next(each for each in valuation.totals if each.level == "net")
    with pytest.raises(IndicatorRefused, match="no central"):
        social_return(net, Decimal(1))
    with pytest.raises(IndicatorRefused, match="inputs"):
        social_return(net, Decimal(0))


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "-Infinity"])
def test_amounts_that_are_no_numbers_are_refused(odd):
    net = value([line()], edition(), as_of=date(2026, 6, 1)).totals[1]
    for ask in (
        lambda: lm3(Decimal(odd), Decimal(0), Decimal(0)),
        lambda: lm3(Decimal(1), Decimal(odd), Decimal(0)),
        lambda: leverage(Decimal(1), Decimal(odd)),
        lambda: social_return(net, Decimal(odd)),
    ):
        with pytest.raises(IndicatorRefused, match="finite"):
            ask()


def test_gross_totals_and_harms_have_no_social_return():
    rates = {"deadweight": Decimal(0), "attribution": Decimal(0), "displacement": Decimal(0), "reason": "asked"}
    valuation = value([line(), line("harm", **rates)], edition(), as_of=date(2026, 6, 1))
    with pytest.raises(IndicatorRefused, match="gross"):
        social_return(next(each for each in valuation.totals if each.level == "gross"), Decimal(1))
    with pytest.raises(IndicatorRefused, match="harm"):
        social_return(next(each for each in valuation.harms if each.level == "net"), Decimal(1))
