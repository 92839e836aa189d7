import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from made_editions import ALL_RATES, edition, line, measure, unit_value

from commonweal.engine.explain import steps, steps_text
from commonweal.engine.factors import Span
from commonweal.engine.presentation import as_json
from commonweal.engine.value import ValuationRefused, value
from commonweal.money import round_half_up

AS_OF = date(2026, 6, 1)
MADE = edition()


def valued(*lines, as_of=AS_OF, **asked):
    return value(lines, MADE, as_of=as_of, **asked)


def amounts(totals):
    return {(total.kind, total.level, total.price_year): total.amount.central for total in totals}


def pennies(valuation):
    return {key[:2]: round_half_up(amount) for key, amount in amounts(valuation.totals).items()}


def codes(valuation):
    return {finding.code for finding in valuation.findings}


# The published worked line: 20 units at 5,000, three deductions, drop-off 15 %, three years.


@pytest.mark.parametrize(
    ("start", "net"),
    [(date(2026, 4, 1), "134768.75"), (date(2027, 4, 1), "130211.35"), (date(2027, 3, 31), "134768.75")],
)
def test_sroi_line_matches_the_published_figure(start, net):
    assert pennies(valued(line(start=start, end=start)))["welfare", "net"] == Decimal(net)


def test_sroi_line_tells_each_step():
    only = valued(line()).lines[0]
    told = {step.label: round_half_up(step.result) for step in steps(only)}
    assert told["Gross in the first year"] == 100_000
    assert told["After displacement"] == 54_000
    assert told["Present value of benefit year 1 (2026-27)"] == 54_000
    flows = {step.label: dict(step.operands) for step in steps(only)}
    assert Decimal(flows["Present value of benefit year 2 (2027-28)"]["left after drop-off"]) * 54_000 == 45_900
    assert Decimal(flows["Present value of benefit year 3 (2028-29)"]["left after drop-off"]) * 54_000 == 39_015
    assert told["Net value"] == Decimal("134768.75")
    assert steps(only)[-1].result == only.net.central
    assert "£134,768.75" in steps_text(only)[-1]


def test_gross_and_net_differ_by_the_deductions_alone():
    only = valued(line()).lines[0]
    assert round_half_up(only.gross.central * Decimal("0.54"), Decimal("1e-15")) == round_half_up(
        only.net.central, Decimal("1e-15")
    )


def test_a_past_year_is_not_discounted():
    past = valued(line(measure="bare", quantity="1", start=date(2020, 4, 1)))
    assert amounts(past.totals) == {("welfare", "gross", "2024"): Decimal(10)}
    assert "before-base-year" in codes(past)


# Rates


def test_line_without_rates_has_a_gross_figure_only():
    only = valued(line(measure="bare"))
    assert amounts(only.totals) == {("welfare", "gross", "2024"): Decimal(200)}
    assert [finding.code for finding in only.findings if finding.severity == "warning"] == ["gross-only"]


def test_line_with_one_rate_of_three_still_has_no_net_figure():
    only = valued(line(measure="bare", deadweight=Decimal("0.1"), reason="survey"))
    assert only.lines[0].net is None
    assert "attribution, displacement" in next(f.reason for f in only.findings if f.code == "gross-only")


def test_own_rate_goes_before_that_of_the_edition():
    only = valued(line(measure="rated", quantity="1", deadweight=Decimal("0.5"), reason="survey of 2025"))
    assert only.lines[0].net.central == Decimal("33.75")
    assert "rate-without-reason" not in codes(only)


def test_own_rate_without_a_reason_is_found():
    assert "rate-without-reason" in codes(valued(line(measure="rated", deadweight=Decimal("0.5"))))


def test_what_the_value_is_already_net_of_is_not_deducted_twice():
    only = valued(line(measure="net-already", quantity="2", deadweight=Decimal("0.5"), reason="habit"))
    assert only.lines[0].gross.central == only.lines[0].net.central == 100
    assert "rate-already-net" in codes(only)


def test_further_rates_multiply():
    own = {"leakage": "0.5", "substitution": "0.2", "multiplier": "1.5"}
    only = valued(line(measure="rated", quantity="1", reason="r", **{name: Decimal(r) for name, r in own.items()}))
    assert only.lines[0].net.central == Decimal("32.4")  # 100 x 0.54 x 0.5 x 0.8 x 1.5


def test_level_net_takes_nothing_off_and_has_no_gross():
    only = valued(line(measure="rated", quantity="1", level="net", reason="control group"))
    assert (only.lines[0].gross, only.lines[0].net.central) == (None, Decimal(100))


def test_level_gross_asks_for_no_rates():
    only = valued(line(measure="bare", level="gross"))
    assert only.lines[0].net is None
    assert not only.findings


# What is never added


def test_kinds_levels_harms_and_prices_are_kept_apart():
    everything = valued(
        *(line(measure=name, quantity="1") for name in ("rated", "composite", "wage", "harm", "yearly"))
    )
    assert amounts(everything.totals) == {
        ("welfare", "gross", "2024"): Decimal(100),
        ("welfare", "net", "2024"): Decimal(54),
        ("mixed", "gross", "2024"): Decimal(3),
        ("economic", "gross", "2025"): Decimal(18),
        ("welfare", "gross", "2019-20"): Decimal(1000),
    }
    assert amounts(everything.harms) == {("welfare", "gross", "2024"): Decimal(7)}
    reasons = {f.measure: f.reason for f in everything.findings if f.code == "prices-kept-apart"}
    assert "2019-20 is a financial year and 2024 a calendar year" in reasons["yearly"]
    assert "not deflated" in reasons["wage"]


def test_measures_without_a_value_are_counted_in_their_unit():
    counted = valued(
        line(measure="counted", quantity="1.5"), line(measure="counted", quantity="2"), line(measure="told")
    )
    assert [(c.measure, c.quantity, c.unit) for c in counted.counts] == [
        ("counted", Decimal("3.5"), "people"),
        ("told", Decimal(20), "people"),
    ]
    assert counted.totals == ()
    assert (counted.coverage.lines, counted.coverage.valued) == (3, 0)
    assert counted.coverage.quantities == (("people", Decimal(0), Decimal("23.5")),)


def test_range_without_a_central_figure_stays_a_range():
    only = valued(line(measure="ranged", quantity="2"), line(measure="bare", quantity="1"))
    assert [(t.amount.low, t.amount.central, t.amount.high) for t in only.totals] == [
        (Decimal(10), Decimal(10), Decimal(10)),
        (Decimal(10), None, Decimal(12)),
    ]


def test_value_range_is_that_of_the_unit_values():
    total = valued(line(measure="rated", quantity="2")).totals[0]
    assert (total.amount.low, total.amount.central, total.amount.high) == (160, 200, 300)


def test_same_effect_of_one_kind_is_counted_once():
    both = valued(line(measure="qaly", quantity="1"), line(measure="wellby", quantity="1"), price_year="2019")
    assert [each.in_totals for each in both.lines] == [False, True]  # the wellby comes first in the framework
    assert amounts(both.totals) == {("welfare", "gross", "2019"): Decimal(13000)}
    warning = next(f for f in both.findings if f.code == "overlap")
    assert (warning.severity, warning.lines) == ("warning", 2)


@pytest.mark.parametrize(
    "apart",
    [{"agreement": "B"}, {"place": "E05000001"}, {"start": date(2027, 1, 1)}, {"quantity": "0"}, {"measure": "bare"}],
)
def test_different_effects_are_both_counted(apart):
    other = line(**{"measure": "qaly", "quantity": "1", **apart})
    apart_from = valued(line(measure="wellby", quantity="1"), other)
    assert all(each.in_totals for each in apart_from.lines)
    assert "overlap" not in codes(apart_from)


def test_same_effect_of_two_kinds_is_shown_and_found():
    both = valued(line(measure="wellby", quantity="1"), line(measure="fiscal", quantity="1"))
    assert all(each.in_totals for each in both.lines)
    assert "overlap" in codes(both)


# Prices, carbon, discounting


def test_values_are_brought_to_the_price_year():
    only = valued(line(measure="wellby", quantity="1"))
    assert pennies(only)["welfare", "gross"] == Decimal("16027.91")
    assert "income-not-uprated" in codes(only)


def test_wellbeing_moves_with_income_where_it_is_given():
    only = valued(line(measure="wellby", quantity="1"), gdp_per_head={"2019": Decimal(100), "2024": Decimal(110)})
    assert pennies(only)["welfare", "gross"] == round_half_up(
        Decimal("16027.9132") * (Decimal("1.1").ln() * Decimal("1.3")).exp()
    )
    assert "income-not-uprated" not in codes(only)
    assert any("GDP per head" in sentence for sentence in steps_text(only.lines[0]))


def test_forecast_prices_are_said_to_be_so():
    assert "forecast-prices" in codes(valued(line(measure="yearly"), price_year="2026-27"))


def test_carbon_takes_the_value_of_its_calendar_year():
    early = valued(line(measure="carbon", quantity="1", start=date(2026, 2, 1)), as_of=date(2026, 3, 1))
    assert amounts(early.totals) == {("welfare", "gross", "2024"): Decimal(2226)}
    assert early.totals[0].amount.high == 2326


def test_carbon_of_later_years_takes_their_values():
    only = valued(line(measure="carbon", quantity="1", duration=2))
    assert round_half_up(only.lines[0].gross.central) == round_half_up(2226 + Decimal(2227) / Decimal("1.035"))


def test_carbon_beyond_the_series_is_not_valued():
    only = valued(line(measure="carbon", start=date(2027, 4, 1), duration=2))
    assert only.totals == ()
    assert only.coverage.unvalued == (("a made value has no value for 2028", 1),)


def test_carbon_over_two_calendar_years_is_found():
    spanning = line(measure="carbon", start=date(2026, 4, 1), end=date(2027, 3, 31))
    assert "emissions-span-years" in codes(valued(spanning))


def test_schedule_may_be_changed_for_a_sensitivity_test():
    changed = valued(line(start=date(2027, 4, 1)), schedule="review_2026_recommended")
    assert changed.lines[0].factor.years[0].discount == round_half_up(1 / Decimal("1.03"), Decimal("1e-28"))
    assert "schedule-not-in-force" in codes(changed)


def test_value_used_outside_its_dates_is_found():
    dated = edition(measure("dated", unit_value(valid_to=date(2026, 1, 1)), rates=ALL_RATES))
    assert "value-out-of-date" in codes(value([line(measure="dated")], dated, as_of=AS_OF))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"price_year": "2199"}, "no price index for 2199"),
        ({"price_year": "soon"}, "not a price year"),
        ({"by": ["colour"]}, "no column 'colour'"),
        ({"schedule": "mine"}, "no discount schedule"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, said):
    with pytest.raises(ValuationRefused, match=said):
        valued(line(), **asked)


def test_measure_of_another_framework_is_refused():
    with pytest.raises(ValuationRefused, match="no measure other"):
        valued(line(measure="other"))


# Groups, shares and presentation


def test_share_is_the_part_counted():
    parts = [line(share=Decimal(share), line="L1") for share in ("0.3", "0.7")]
    assert amounts(valued(*parts).totals) == amounts(valued(line()).totals)


def test_groups_by_column_theme_and_year():
    lines = [line(groups={"ward": ward}) for ward in ("Abbey", "Becontree", "Abbey")]
    grouped = valued(*lines, by=["ward", "theme", "year"])
    assert [(dict(g.by)["ward"], g.totals[0].lines) for g in grouped.groups] == [("Abbey", 2), ("Becontree", 1)]
    assert dict(grouped.groups[0].by) == {"ward": "Abbey", "theme": "theme-1", "year": "2026-27"}


def test_json_has_money_as_text_and_says_what_is_not_worked_out():
    shown = as_json(valued(line(quantity="0.000001"), line(measure="ranged"), line(measure="counted"), by=["measure"]))
    total = next(t for t in shown["totals"] if t["level"] == "net")
    assert total["central"] == "0.01"
    assert total["exact"].startswith("0.0067384")
    assert (total["low"], total["p05"], total["p50"], total["p95"]) == (None, None, None, None)
    assert next(t for t in shown["totals"] if t["central"] is None)["low"] == "100.00"
    assert {line["measure"]: line["unvalued"] for line in shown["lines"]}[
        "counted"
    ] == "the framework gives it no value"
    assert all(step["text"] for line in shown["lines"] for step in line["steps"])


quantities = st.decimals(min_value=0, max_value=10**9, places=6)
some_lines = st.lists(
    st.builds(
        lambda name, quantity, year, ward: line(name, quantity, date(year, 4, 1), groups={"ward": ward}),
        st.sampled_from(["sroi", "rated", "bare", "harm", "ranged", "wage", "counted", "carbon"]),
        quantities,
        st.integers(min_value=2024, max_value=2027),
        st.sampled_from(["A", "B", "C"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(some_lines, st.randoms(use_true_random=False))
def test_order_changes_nothing(lines, dice):
    shuffled = dice.sample(lines, len(lines))
    one, other = valued(*lines, by=["ward"]), valued(*shuffled, by=["ward"])
    assert (one.totals, one.harms, one.counts, one.groups) == (other.totals, other.harms, other.counts, other.groups)
    assert as_json(one)["groups"] == as_json(other)["groups"]


@settings(deadline=None, max_examples=60)
@given(some_lines, st.decimals(min_value=0, max_value=1, places=6))
@example([line("rated", "0.6", groups={"ward": "A"})], Decimal("0.5"))
def test_splitting_a_line_changes_nothing(lines, part):
    whole = lines[0]
    taken = round_half_up(whole.quantity * part, Decimal("0.000001"))
    pieces = [
        line(whole.measure, quantity, whole.start, groups=whole.groups) for quantity in (taken, whole.quantity - taken)
    ]
    one, other = valued(*lines, by=["ward"]), valued(*pieces, *lines[1:], by=["ward"])
    assert amounts(one.totals) == amounts(other.totals)
    assert amounts(one.harms) == amounts(other.harms)
    shown = [
        [(g["by"], t["kind"], t["central"]) for g in as_json(v)["groups"] for t in g["totals"]] for v in (one, other)
    ]
    assert shown[0] == shown[1]


@settings(deadline=None, max_examples=60)
@given(some_lines)
def test_parts_shown_add_to_the_whole_shown(lines):
    shown = as_json(valued(*lines, by=["ward"]))
    for side, direction in (("totals", "benefit"), ("harms", "harm")):
        for total in shown[side]:
            level, ranged = total["level"], total["central"] is None
            of_groups = [
                part
                for group in shown["groups"]
                for part in group[side]
                if (part["kind"], part["level"], part["price_year"]) == (total["kind"], level, total["price_year"])
                and (part["central"] is None) == ranged
            ]
            of_lines = [
                each[level]
                for each in shown["lines"]
                if each[level]
                and (each["direction"], each["kind"], each["price_year"])
                == (direction, total["kind"], total["price_year"])
                and (each[level]["central"] is None) == ranged
            ]
            for parts in (of_groups, of_lines):
                for field in ("low", "high") if ranged else ("central",):
                    assert sum(Decimal(part[field]) for part in parts) == Decimal(total[field])


@settings(deadline=None, max_examples=60)
@given(quantities, quantities)
def test_value_is_linear(one, other):
    alone = [valued(line(quantity=quantity)).lines[0].net.central for quantity in (one, other)]
    together = valued(line(quantity=one + other)).lines[0].net.central
    assert sum(alone) == pytest.approx(together, rel=Decimal("1e-25"), abs=Decimal("1e-25"))
    assert valued(line(quantity=one), line(quantity=other)).totals[1].amount.central == together


def test_a_thousand_lines_come_to_the_sum_of_their_exact_values():
    dice = random.Random(4)
    lines = [line(quantity=str(dice.randrange(10**9)) + ".123457") for _ in range(1000)]
    answer = valued(*lines)
    quantity = sum(each.quantity for each in lines)
    assert amounts(answer.totals) == amounts(valued(line(quantity=quantity)).totals)


def test_more_than_the_whole_of_a_line_is_refused_from_python_too():
    parts = [line(line="L1", share=Decimal("0.6"), row=row) for row in (2, 3)]
    with pytest.raises(ValuationRefused, match="the shares of line 'L1' come to 1.2"):
        value(parts, edition(), as_of=date(2026, 6, 1))


def test_a_moment_is_no_day_of_valuation():
    with pytest.raises(ValuationRefused, match="has a time of day"):
        value([line()], edition(), as_of=datetime(2026, 6, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize(("end", "noted"), [(date(2028, 3, 31), True), (date(2027, 3, 31), False)])
def test_a_benefit_spread_over_years_says_in_which_it_is_counted(end, noted):
    valuation = value([line(start=date(2026, 4, 1), end=end)], edition(), as_of=date(2026, 6, 1))
    told = [each for each in valuation.findings if each.code == "benefit-spans-years"]
    assert [each.severity for each in told] == ["note"] * noted
    assert [each.reason for each in told] == [
        "a benefit spread over 2 financial years is counted in the year it starts"
    ] * noted


def test_a_spread_that_lies_before_the_base_year_needs_no_word():
    spread = line(start=date(2024, 4, 1), end=date(2026, 3, 31))
    valuation = value([spread], edition(), as_of=date(2026, 6, 1))
    assert "benefit-spans-years" not in {each.code for each in valuation.findings}


def test_where_there_is_no_range_there_are_no_ends():
    assert Span(Decimal(2), Decimal(2), Decimal(2)).ends == (None, None)
    assert Span(Decimal(1), Decimal(2), Decimal(3)).ends == (1, 3)
    assert Span(Decimal(2), None, Decimal(2)).ends == (2, 2)


LEAKY = {"leakage": Decimal("0.25"), "reason": "residents only"}


def test_a_total_with_leakage_stands_in_the_view_of_the_uk_too():
    lines = [line("rated", "10", **LEAKY), line("rated", "10")]
    valuation = value(lines, edition(), as_of=date(2026, 6, 1))
    gross, net = valuation.totals
    assert (gross.uk, net.amount.central, net.uk.central) == (None, Decimal("945"), Decimal("1080"))
    assert net.uk.low == Decimal("864")
    shown = as_json(valuation)
    assert shown["totals"][1]["uk_view"]["central"] == "1080.00"
    labels = {step["label"]: step["result"] for step in shown["lines"][0]["steps"]}
    assert (labels["Net value"], labels["Net value, UK view"]) == ("405", "540")


def test_without_leakage_there_is_one_view():
    valuation = value([line("rated", "10", leakage=Decimal(0), reason="none")], edition(), as_of=date(2026, 6, 1))
    assert [total.uk for total in valuation.totals] == [None, None]


def test_all_of_it_leaks_and_the_uk_still_has_it():
    valuation = value([line("rated", "10", leakage=Decimal(1), reason="all")], edition(), as_of=date(2026, 6, 1))
    net = next(total for total in valuation.totals if total.level == "net")
    assert (net.amount.central, net.uk.central) == (0, 540)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("distribution-without-range", {"distribution": "pert"}),
        ("lognormal-off-centre", {"low": Decimal(1), "high": Decimal(10_000), "distribution": "lognormal"}),
    ],
)
def test_a_distribution_that_does_not_fit_is_warned_of(code, changed):
    made = edition(measure("odd", unit_value("5000", **changed), rates=ALL_RATES))
    valuation = value([line("odd")], made, as_of=date(2026, 6, 1))
    assert [each.severity for each in valuation.findings if each.code == code] == ["warning"]


@pytest.mark.parametrize(("multiplier", "warned"), [("1000000000", True), ("10", False)])
def test_a_multiplier_of_no_economy_is_warned_of(multiplier, warned):
    valuation = value([line(multiplier=Decimal(multiplier), reason="x")], edition(), as_of=date(2026, 6, 1))
    assert ("multiplier-far-off" in {each.code for each in valuation.findings}) is warned


def test_a_rates_own_year_is_no_year_to_bring_prices_to():
    with pytest.raises(ValuationRefused, match="no price index for 2025"):
        value([line("wage")], edition(), as_of=date(2026, 6, 1), price_year="2025")
