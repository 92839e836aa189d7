"""Draws: one per parameter, the same for the same seed, and honest about what has no range."""

import statistics
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from made_editions import ALL_RATES, CARBON, edition, line, measure, unit_value

from commonweal.engine.draws import DrawsRefused, draw
from commonweal.engine.model import InvalidRule, Rate
from commonweal.engine.value import value

AS_OF = date(2026, 6, 1)


def drawn(lines, *measures, **asked):
    return draw(value(lines, edition(*measures), as_of=AS_OF), **{"number": 4000, "seed": 1, **asked})


def gross(draws):
    return next(total for (_, key), total in draws.totals.items() if key[1] == "gross")


def ranged(id="a", low="80", central="100", high="150", **changed):
    return measure(id, unit_value(central, id=f"value-of-{id}", low=Decimal(low), high=Decimal(high), **changed))


def test_a_triangular_value_has_its_known_quantiles():
    total = gross(drawn([line("a", "1000")], ranged()))
    width = 150_000 - 80_000
    assert abs(total.p05 - (80_000 + Decimal(str((0.05 * width * 20_000) ** 0.5)))) < 1200
    assert abs(total.p95 - (150_000 - Decimal(str((0.05 * width * 50_000) ** 0.5)))) < 1200
    assert total.p05 < total.p50 < total.p95
    assert total.swings[0].share == 1


@pytest.mark.parametrize(
    ("distribution", "mean"), [("triangular", 110.0), ("pert", (80 + 400 + 150) / 6), ("lognormal", 111.5)]
)
def test_each_declared_distribution_has_its_mean(distribution, mean):
    low, high = ranged(distribution=distribution), ranged("b", distribution=distribution)
    both = [gross(drawn([line(id, "1")], low, high, number=100, seed=seed)).p50 for seed in range(40) for id in "ab"]
    one = draw(value([line("a", "1000000")], edition(low), as_of=AS_OF), number=20_000, seed=3)
    assert abs(statistics.fmean(map(float, both)) - mean) < 0.06 * mean
    assert float(gross(one).p05) < mean * 1e6 < float(gross(one).p95)


def test_a_shared_error_moves_all_its_lines_together():
    """A thousand lines of one measure are as uncertain as one line of the whole quantity; drawn apart, they would not."""
    many = gross(drawn([line("a", "1", row=row) for row in range(1000)], ranged()))
    assert many == gross(drawn([line("a", "1000")], ranged()))
    apart = gross(drawn([line(f"m{n}", "10") for n in range(100)], *(ranged(f"m{n}") for n in range(100))))
    assert apart.p95 - apart.p05 < (many.p95 - many.p05) / 5


def test_one_value_used_by_two_measures_is_one_parameter():
    one, two = ranged("a"), ranged("b")
    one, two = (replace(each, value=replace(each.value, id="shared")) for each in (one, two))
    total = gross(drawn([line("a", "500"), line("b", "500")], one, two))
    assert len(total.swings) == 1
    assert total.p05 == gross(drawn([line("a", "1000")], one)).p05


def test_order_and_other_measures_change_nothing():
    lines = [line("a", "3"), line("b", "5", start=date(2027, 5, 1)), line("a", "4", start=date(2028, 1, 1))]
    first = drawn(lines, ranged("a"), ranged("b"))
    again = drawn(list(reversed(lines)), ranged("b"), ranged("c"), ranged("a"))
    assert gross(first) == gross(again)
    assert gross(first) != gross(drawn(lines, ranged("a"), ranged("b"), seed=2))


def test_one_parameter_is_drawn_the_same_whatever_else_is_drawn():
    other = ranged("b", kind="economic")
    beside = drawn([line("b", "7"), line("a", "5")], other, ranged("a"))
    alone = drawn([line("a", "5")], ranged("a"))
    key = next(iter(alone.totals))
    assert beside.totals[key] == alone.totals[key]


def test_rates_of_the_edition_are_drawn_and_those_of_a_line_are_fixed():
    rates = ALL_RATES | {"deadweight": Rate(Decimal("0.2"), Decimal("0.1"), Decimal("0.5"), "agreed")}
    made = measure("a", unit_value("100"), rates=rates)

    def net(*lines):
        return next(total for (_, key), total in drawn(lines, made).totals.items() if key[1] == "net")

    of_edition = net(line("a", "1000"))
    assert of_edition.p05 < of_edition.p95
    assert of_edition.swings[0].parameter.id == "rate a deadweight"
    own = net(line("a", "1000", deadweight=Decimal("0.2"), reason="measured"))
    assert own.swings == ()
    assert own.p05 is own.p95 is None, "a spread that nobody knows is not shown as none"


@pytest.mark.parametrize("changed", [{"dropoff": Rate(Decimal("0.2"), Decimal(0), Decimal("0.4"), "agreed")}, {}])
def test_the_long_and_the_short_way_agree(changed):
    """Parts that are multiplied alike are drawn at once; with a drop-off drawn each is drawn year by year."""
    made = replace(ranged(), duration=4, **changed)
    lines = [line("a", "7"), line("a", "11", start=date(2028, 4, 1))]
    whole = gross(drawn(lines, made))
    halves = gross(drawn([line("a", "3.5")] * 2 + [line("a", "11", start=date(2028, 4, 1))], made))
    assert whole == halves
    assert (len(whole.swings) == 2) is bool(changed)


def test_carbon_moves_as_one_series():
    made = measure("a", unit_value(None, by_year=CARBON, unit="GBP per tCO2e"), duration=2)
    total = gross(drawn([line("a", "10")], made))
    assert total.p05 < total.p50 < total.p95
    assert len(total.swings) == 1


def test_what_has_no_range_is_said():
    bare, only = measure("b", unit_value("50")), measure("c", unit_value(None, low=Decimal(1), high=Decimal(2)))
    found = drawn([line("a", "1"), line("b", "2"), line("c", "3")], ranged(), bare, only)
    assert found.missing == ("b",)
    assert found.range_only == ("c",)
    assert gross(found).without_range == Decimal("0.5")


def test_chance_of_reaching_a_target():
    lines = [line("a", "1000")]
    assert gross(drawn(lines, ranged(), target=Decimal(80_000))).above == 1
    assert gross(drawn(lines, ranged(), target=Decimal(150_001))).above == 0
    middle = gross(drawn(lines, ranged(), target=Decimal(100_000))).above
    assert abs(middle - Decimal(5) / 7) < Decimal("0.03")


@pytest.mark.parametrize("wrong", [{"number": 0}, {"number": 10**6}, {"seed": -1}])
def test_impossible_draws_are_refused(wrong):
    with pytest.raises(DrawsRefused):
        drawn([line("a", "1")], ranged(), **wrong)


def test_distributions_that_cannot_be_are_refused():
    with pytest.raises(InvalidRule, match="low above 0"):
        ranged(low="0", distribution="lognormal")
    with pytest.raises(InvalidRule, match="two ends"):
        Rate(Decimal("0.2"), Decimal("0.1"), Decimal("0.3"), "agreed", distribution="lognormal")


def test_a_declared_distribution_is_kept_and_none_leaves_the_hash_alone():
    plain, pert = edition(ranged()), edition(ranged(distribution="pert"))
    assert "distribution" not in str(plain.to_json())
    assert type(pert).from_json(pert.to_json()) == pert
    assert plain.content_hash != pert.content_hash


def test_a_central_figure_of_nought_with_a_range_is_drawn():
    zero = unit_value("0", low=Decimal(0), high=Decimal(100))
    made = edition(measure("unsure", zero, rates=ALL_RATES))
    lines = [line("unsure", "10"), line("unsure", "10", start=date(2028, 4, 1))]
    drawn = draw(value(lines, made, as_of=date(2026, 6, 1)), number=2000)
    gross = drawn.totals["benefit", ("welfare", "gross", "2024", "calendar", False)]
    # A triangle from 0 down to 100: half of it lies below 100 x (1 - sqrt(1/2)).
    assert abs(gross.p50 - Decimal("29.29") * 10 * Decimal("1.9335")) < 30
    assert gross.p05 < gross.p50 < gross.p95
