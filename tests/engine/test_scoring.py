"""The scoring methods against the worked example of docs/explanation/scoring.md, and what each promises."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.engine.scoring import score
from commonweal.engine.scoring_methods import exact, rounded
from commonweal.engine.scoring_model import (
    Asked,
    Band,
    Bands,
    Bid,
    Confidence,
    Criterion,
    Evaluation,
    Offered,
    Scored,
    Target,
)

SPEND, HOURS, STARTS = "local-spend", "volunteering-hours", "apprentice-starts"
FIFTHS = tuple(Decimal(n) / 5 for n in range(6))
AMOUNT = Criterion(id="amount", weight=Decimal(100), method="M1")
PLAN = Criterion(id="plan", weight=Decimal(50), method="rubric")
#: The worked example: price, social value offered, mark.
EXAMPLE = {"A": (1_000_000, 500_000, 2), "B": (900_000, 300_000, 4), "C": (800_000, 120_000, 5)}


def evaluation(criteria, bids, **parts):
    asked = tuple(Asked(name, value) for name, value in ((SPEND, Decimal(1)), (HOURS, None), (STARTS, None)))
    settled = {"method": "sum", "points": Decimal(5), "decimals": 3, "tie_rule": "shared", "ask": asked} | parts
    return Evaluation(criteria=tuple(criteria), bids=tuple(bids), **settled)


def worked_example(*criteria, **parts):
    marked = [criterion.id for criterion in criteria if criterion.marked]
    bids = [
        Bid(id=id, price=Decimal(price), lines=(Offered(SPEND, Decimal(offer)),), marks=dict.fromkeys(marked, mark))
        for id, (price, offer, mark) in EXAMPLE.items()
    ]
    return evaluation(criteria, bids, **parts)


def bid(id, price=None, marks=None, **quantities):
    names = {"spend": SPEND, "hours": HOURS, "starts": STARTS}
    lines = tuple(Offered(names[name], Decimal(quantity)) for name, quantity in quantities.items())
    return Bid(id=id, price=price and Decimal(price), lines=lines, marks=marks or {})


def totals(of):
    return {each.id: str(each.shown_total) for each in score(of).bids}


def codes(of):
    """The findings of bids and totals; that some measures of the ask are not counted has a test of its own."""
    return [finding.code for finding in score(of).findings if finding.code != "measure-not-counted"]


def ranks(of):
    return {each.id: each.rank for each in score(of).bids}


# The worked example


def test_worked_example_relative_to_best_offer():
    assert totals(worked_example(AMOUNT)) == {"A": "5.000", "B": "3.000", "C": "1.200"}


def test_worked_example_relative_to_best_share_of_price():
    found = score(worked_example(replace(AMOUNT, method="M2")))
    assert {each.id: str(each.shown_total) for each in found.bids} == {"A": "5.000", "B": "3.333", "C": "1.500"}
    shares = {step.bid: rounded(step.result, 2) for each in found.bids for step in each.steps if "share" in step.label}
    assert {id: str(share) for id, share in shares.items()} == {"A": "50.00", "B": "33.33", "C": "15.00"}


@pytest.mark.parametrize(
    ("per_cent", "expected"),
    [("20", {"A": "5.000", "B": "5.000", "C": "3.750"}), ("40", {"A": "5.000", "B": "4.167", "C": "1.875"})],
)
def test_worked_example_target_of_own_price(per_cent, expected):
    target = Target("own_price", Decimal(per_cent))
    assert totals(worked_example(replace(AMOUNT, method="M3", target=target))) == expected


def test_worked_example_rubric():
    assert totals(worked_example(replace(PLAN, weight=Decimal(100)))) == {"A": "2.000", "B": "4.000", "C": "5.000"}


def test_worked_example_half_amount_half_plan():
    half = replace(AMOUNT, weight=Decimal(50))
    of = worked_example(half, PLAN, points=Decimal(10), decimals=1)
    assert totals(of) == {"A": "7.0", "B": "7.0", "C": "6.2"}
    assert ranks(of) == {"A": 1, "B": 1, "C": 3}
    assert codes(of) == ["tie"]


def test_worked_example_adjusted_for_deliverability():
    of = worked_example(
        replace(AMOUNT, weight=Decimal(50), confidence=Confidence("plan", FIFTHS)), PLAN, points=Decimal(10)
    )
    found = score(of)
    shown = {each.id: str(each.shown_points["amount"]) for each in found.bids}
    assert shown == {"A": "4.167", "B": "5.000", "C": "2.500"}
    counted = {step.bid: step.result for each in found.bids for step in each.steps if "Deliverable" in step.label}
    assert counted == {"A": 200_000, "B": 240_000, "C": 120_000}


def test_worked_example_has_another_winner_by_another_formula():
    rubric = replace(PLAN, weight=Decimal(100))
    adjusted = replace(AMOUNT, weight=Decimal(99), confidence=Confidence("plan", FIFTHS))
    winners = [
        score(of).bids[0].id
        for of in (
            worked_example(AMOUNT),
            worked_example(adjusted, replace(PLAN, weight=Decimal(1))),
            worked_example(rubric),
        )
    ]
    assert winners == ["A", "B", "C"]


# The methods without published numbers


def test_target_in_pounds_and_of_the_estimate():
    estimate = {"estimated_value": Decimal(1_000_000)}
    in_pounds = worked_example(replace(AMOUNT, method="M3", target=Target("amount", Decimal(400_000))))
    share = replace(AMOUNT, method="M3", target=Target("estimated_value", Decimal(40)))
    assert totals(in_pounds) == totals(worked_example(share, **estimate)) == {"A": "5.000", "B": "3.750", "C": "1.500"}


def test_bands_have_a_cliff():
    bands = Bands("own_price", tuple(Band(Decimal(f), Decimal(p)) for f, p in ((0, 0), (10, 2), (20, 5))))
    of = evaluation(
        [replace(AMOUNT, method="M4", bands=bands)],
        [bid("under", 1_000_000, spend="199999.99"), bid("on", 1_000_000, spend=200_000), bid("none", 1_000_000)],
    )
    assert totals(of) == {"on": "5.000", "under": "2.000", "none": "0.000"}


def test_minimum_passed_earns_everything_and_more_earns_no_more():
    least = replace(AMOUNT, method="M5", after_minimum="full", measures=(Scored(measure=HOURS, minimum=Decimal(10)),))
    of = evaluation([least], [bid("enough", hours=10), bid("more", hours=1000), bid("less", hours="9.999999")])
    assert totals(of) == {"enough": "5.000", "more": "5.000", "less": "0.000"}
    assert "minimum-not-met" in codes(of)


def test_minimum_passed_leaves_the_rest_to_the_rubric():
    least = replace(AMOUNT, method="M5", after_minimum="rubric", target=Target("own_price", Decimal(20)))
    of = worked_example(least)
    assert totals(of) == {"A": "2.000", "B": "4.000", "C": "0.000"}  # C offers 15% of its price


def test_points_for_each_initiative_stop_at_the_cap():
    measures = (
        Scored(measure=STARTS, points=Decimal(10), cap=Decimal(4)),
        Scored(measure=HOURS, points=Decimal("0.1"), cap=Decimal(100)),
    )
    of = evaluation(
        [replace(AMOUNT, method="M6", measures=measures)], [bid("a", starts=2, hours=500), bid("b", starts=9)]
    )
    assert {each.id: each.total for each in score(of).bids} == {"a": Fraction(5 * 30, 50), "b": Fraction(5 * 40, 50)}


def by_measure(method, *targets):
    measures = (
        Scored(measure=HOURS, weight=Decimal(60), target=targets[0] if targets else None),
        Scored(measure=STARTS, weight=Decimal(40), target=targets[1] if targets else None),
    )
    return replace(AMOUNT, method=method, measures=measures)


def test_measure_by_measure_relative_to_the_best():
    of = evaluation([by_measure("M7")], [bid("a", hours=100, starts=1), bid("b", hours=50, starts=3)])
    third = Fraction(1, 3)
    expected = {"a": Fraction(5) * (60 + 40 * third) / 100, "b": Fraction(5) * (30 + 40) / 100}
    assert {each.id: each.total for each in score(of).bids} == expected


def test_measure_by_measure_against_targets():
    of = evaluation([by_measure("M8", Decimal(50), Decimal(4))], [bid("a", hours=100, starts=1), bid("b", hours=25)])
    assert {each.id: each.total for each in score(of).bids} == {"a": Fraction(7, 2), "b": Fraction(3, 2)}


# The edges


@pytest.mark.parametrize("criterion", [AMOUNT, replace(AMOUNT, method="M2"), by_measure("M7")], ids=["M1", "M2", "M7"])
def test_nothing_offered_by_anyone_scores_nothing(criterion):
    of = evaluation([criterion], [bid("a", 100, spend=0), bid("b", 100)], vat="excluded")
    assert totals(of) == {"a": "0.000", "b": "0.000"}
    assert ranks(of) == {"a": 1, "b": 1}
    assert "tie" in codes(of)


def test_total_is_rounded_once_and_its_parts_add_up_to_it():
    thirds = [Criterion(id=id, weight=weight, method="rubric") for id, weight in zip(
        "abc", map(Decimal, ("33.333333", "33.333333", "33.333334")), strict=True)]  # fmt: skip
    of = evaluation(thirds, [bid("x", marks={"a": 1, "b": 1, "c": 1})], decimals=1)
    scored = score(of).bids[0]
    assert scored.total == 1
    assert [str(each) for each in scored.shown_points.values()] == ["0.3", "0.3", "0.4"]
    assert str(scored.shown_total) == "1.0"


def test_half_a_unit_goes_up_where_decimals_would_fall_short():
    parts = [replace(AMOUNT, id=id, weight=weight) for id, weight in (("first", Decimal(50)), ("second", Decimal(50)))]
    of = evaluation(parts, [bid("best", spend=6), bid("x", spend=1)], points=Decimal(3), decimals=0)
    assert {each.id: (each.total, str(each.shown_total)) for each in score(of).bids} == {
        "best": (Fraction(3), "3"),
        "x": (Fraction(1, 2), "1"),
    }


def test_ranks_go_by_the_published_total():
    rounded_level = [bid("a", spend=100_000), bid("b", spend=99_990)]
    assert ranks(evaluation([AMOUNT], rounded_level, decimals=3)) == {"a": 1, "b": 1}
    assert ranks(evaluation([AMOUNT], rounded_level, decimals=4)) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"tie_rule": "shared"}, {"A": 1, "B": 1, "C": 3}),
        ({"tie_rule": "lower-price"}, {"B": 1, "A": 2, "C": 3}),
        ({"tie_rule": "criterion", "tie_criterion": "amount"}, {"A": 1, "B": 2, "C": 3}),
        ({"tie_rule": "criterion", "tie_criterion": "plan"}, {"B": 1, "A": 2, "C": 3}),
    ],
    ids=["shared", "lower price", "amount", "plan"],
)
def test_tie_is_settled_by_the_published_rule(rule, expected):
    of = worked_example(replace(AMOUNT, weight=Decimal(50)), PLAN, points=Decimal(10), **rule)
    assert ranks(of) == expected
    assert codes(of) == (["tie"] if rule == {"tie_rule": "shared"} else ["tie-settled"])


def test_tie_that_the_rule_cannot_settle_is_shared():
    of = evaluation([AMOUNT], [bid("a", 10, spend=1), bid("b", 10, spend=1), bid("c", 10)], tie_rule="lower-price")
    assert ranks(of) == {"a": 1, "b": 1, "c": 3}
    assert "tie" in codes(of)


ALL_PARTS = {"method": "all-parts", "points": Decimal(10)}
HALVES = (replace(AMOUNT, weight=Decimal(50)), PLAN)


def test_bid_that_leaves_a_part_out_is_disregarded_and_sets_no_best():
    bids = [
        bid("silent", marks={"plan": None}, spend=900),
        bid("empty", marks={"plan": 5}),
        bid("whole", marks={"plan": 3}, spend=300),
    ]
    of = evaluation(HALVES, bids, **ALL_PARTS)
    assert totals(of) == {"whole": "8.000", "empty": "0.000", "silent": "0.000"}
    assert codes(of) == ["bid-disregarded", "bid-disregarded", "tie"]
    assert totals(replace(of, method="sum")) == {"silent": "5.000", "whole": "4.667", "empty": "5.000"}


def test_mark_of_0_is_asked_about_where_all_parts_are_wanted():
    of = evaluation(HALVES, [bid("x", marks={"plan": 0}, spend=1)], **ALL_PARTS)
    assert totals(of) == {"x": "5.000"}
    assert codes(of) == ["mark-of-nothing"]


def test_what_was_not_asked_scores_nothing_and_is_said():
    of = evaluation([AMOUNT], [bid("a", spend=10), Bid(id="b", lines=(Offered("billboards", Decimal(99)),))])
    assert totals(of) == {"a": "5.000", "b": "0.000"}
    assert [(each.code, each.bid) for each in score(of).findings if each.severity == "warning"] == [
        ("outside-the-ask", "b")
    ]


def test_measure_that_nothing_counts_is_said():
    found = score(evaluation([by_measure("M7")], [bid("a", hours=1, starts=1)])).findings
    assert [(each.code, each.reason) for each in found] == [
        ("measure-not-counted", "local-spend has a value that no criterion uses, and no criterion counts its quantity")
    ]
    found = score(evaluation([AMOUNT], [bid("a", spend=1)])).findings
    assert [each.reason.split()[0] for each in found if each.code == "measure-not-counted"] == [STARTS, HOURS]


def test_offer_above_the_price_is_asked_about():
    of = evaluation([AMOUNT], [bid("a", 100, spend=150), bid("b", 100, spend=100)])
    said = [each for each in score(of).findings if each.code == "offer-above-price"]
    assert [(each.bid, each.reason) for each in said] == [("a", "the offer is worth 150.0% of the price")]


def test_vat_that_is_not_stated_is_said_where_a_price_is_compared():
    of = worked_example(replace(AMOUNT, method="M2"))
    assert codes(of) == ["vat-not-stated"]
    assert "vat-not-stated" not in codes(replace(of, vat="excluded"))
    assert "vat-not-stated" not in codes(worked_example(AMOUNT))


# Known to go wrong


def test_inflated_bid_crushes_the_others_under_m1_and_not_under_m3():
    honest = [bid("a", spend=500), bid("b", spend=300)]
    inflated = bid("c", spend=50_000)
    target = replace(AMOUNT, method="M3", target=Target("amount", Decimal(500)))
    assert totals(evaluation([AMOUNT], [*honest, inflated])) == {"c": "5.000", "a": "0.050", "b": "0.030"}
    assert totals(evaluation([target], [*honest, inflated])) == {"a": "5.000", "c": "5.000", "b": "3.000"}


def test_dear_bid_is_favoured_by_pounds_and_not_by_share_of_price():
    bids = [bid("small", 100_000, spend=20_000), bid("large", 1_000_000, spend=100_000)]
    assert ranks(evaluation([AMOUNT], bids)) == {"large": 1, "small": 2}
    assert ranks(evaluation([replace(AMOUNT, method="M2")], bids)) == {"small": 1, "large": 2}


def with_a_loser(amount):
    bids = [
        bid("A", marks={"plan": 3}, spend=500),
        bid("B", marks={"plan": 4}, spend=350),
        bid("loser", marks={"plan": 0}, spend=1000),
    ]
    return evaluation([replace(amount, weight=Decimal(50)), PLAN], bids, points=Decimal(10))


def test_bid_that_lost_changes_the_order_under_a_relative_method():
    of = with_a_loser(AMOUNT)
    assert totals(of) == {"B": "5.750", "A": "5.500", "loser": "5.000"}
    assert totals(of.without("loser")) == {"A": "8.000", "B": "7.500"}
    assert ranks(of) == {"B": 1, "A": 2, "loser": 3}
    assert ranks(of.without("loser")) == {"A": 1, "B": 2}
    said = [each for each in score(of).findings if each.code == "order-changed-by-loser"]
    assert [(each.severity, each.bid, each.criterion) for each in said] == [("warning", "loser", "amount")]
    assert said[0].reason == (
        "relative method: a bid that lost changed the order; without loser, A would stand ahead of B"
    )


@pytest.mark.parametrize(
    ("offer", "before", "said"),
    [(400, {"A": 1, "B": 1, "loser": 3}, "A would stand ahead of B"),
     (480, {"B": 1, "A": 2, "loser": 3}, "A would stand level with B")],
    ids=["made level", "put apart"],
)  # fmt: skip
def test_bid_that_lost_makes_level_or_puts_apart(offer, before, said):
    bids = [
        bid("A", marks={"plan": 3}, spend=600),
        bid("B", marks={"plan": 4}, spend=offer),
        bid("loser", marks={"plan": 0}, spend=1000),
    ]
    of = evaluation(HALVES, bids, points=Decimal(10))
    assert ranks(of) == before
    found = [each.reason for each in score(of).findings if each.code == "order-changed-by-loser"]
    assert [reason.partition("without loser, ")[2] for reason in found] == [said]


def test_bid_that_is_disregarded_changes_no_order():
    bids = [
        bid("A", marks={"plan": 3}, spend=500),
        bid("B", marks={"plan": 4}, spend=410),
        bid("silent", marks={"plan": None}, spend=1000),
    ]
    of = evaluation(HALVES, bids, **ALL_PARTS)
    assert totals(of) == {"B": "8.100", "A": "8.000", "silent": "0.000"}
    assert codes(of) == ["bid-disregarded"]


def test_bid_that_lost_changes_no_order_under_a_target():
    of = with_a_loser(replace(AMOUNT, method="M3", target=Target("amount", Decimal(500))))
    assert ranks(of) == {"A": 1, "B": 2, "loser": 3}
    assert ranks(of.without("loser")) == {"A": 1, "B": 2}
    assert "order-changed-by-loser" not in codes(of)


def test_bid_that_lost_changes_the_order_measure_by_measure():
    rivals = [bid("A", hours=100, starts=0), bid("B", hours=60, starts=2)]
    of = evaluation([by_measure("M7")], [*rivals, bid("C", hours=0, starts=10)])
    assert ranks(of) == {"A": 1, "B": 2, "C": 3}
    assert ranks(of.without("C")) == {"B": 1, "A": 2}
    assert "order-changed-by-loser" in codes(of)


# Promises, for any bids

QUANTITY = st.decimals(0, 10**6, places=2, allow_nan=False, allow_infinity=False)
PRICE = st.decimals(1, 10**7, places=2, allow_nan=False, allow_infinity=False)
BANDS = Bands("own_price", tuple(Band(Decimal(f), Decimal(p)) for f, p in ((0, 0), (5, "0.5"), (20, 2))))
INITIATIVES = (
    Scored(measure=STARTS, points=Decimal(3), cap=Decimal(1000)),
    Scored(measure=HOURS, points=Decimal(1), cap=Decimal(5000)),
)
LEAST = (Scored(measure=HOURS, minimum=Decimal(400)),)
SHARE = Decimal(40)
METHODS = {
    "M1": replace(AMOUNT, weight=SHARE),
    "M1 adjusted": replace(AMOUNT, weight=SHARE, confidence=Confidence("plan", FIFTHS)),
    "M2": replace(AMOUNT, weight=SHARE, method="M2"),
    "M3": replace(AMOUNT, weight=SHARE, method="M3", target=Target("own_price", Decimal(20))),
    "M4": replace(AMOUNT, weight=SHARE, method="M4", bands=BANDS),
    "M5": replace(AMOUNT, weight=SHARE, method="M5", measures=LEAST, after_minimum="full"),
    "M6": replace(AMOUNT, weight=SHARE, method="M6", measures=INITIATIVES),
    "M7": replace(by_measure("M7"), weight=SHARE),
    "M8": replace(by_measure("M8", Decimal(700), Decimal(20)), weight=SHARE),
}
RELATIVE = {"M1", "M1 adjusted", "M2", "M7"}


@st.composite
def evaluations(draw, names=tuple(METHODS)):
    """Two to six bids, scored by one of the methods and a rubric."""
    criterion = METHODS[draw(st.sampled_from(names))]
    bids = [
        bid(f"bid-{n}", draw(PRICE), {"plan": draw(st.integers(0, 5))}, spend=draw(QUANTITY), hours=draw(QUANTITY),
            starts=draw(QUANTITY))
        for n in range(draw(st.integers(2, 6)))
    ]  # fmt: skip
    rule = draw(st.sampled_from(["shared", "lower-price"]))
    return evaluation([criterion, replace(PLAN, weight=Decimal(60))], bids, tie_rule=rule)


def amounts(of):
    return {each.id: each.points["amount"] for each in score(of).bids}


promise = settings(max_examples=40, deadline=None)


@promise
@given(evaluations(), st.randoms(use_true_random=False))
def test_order_of_bids_lines_and_criteria_changes_nothing(of, random):
    shuffled = [replace(each, lines=tuple(random.sample(each.lines, len(each.lines)))) for each in of.bids]
    random.shuffle(shuffled)
    again = score(replace(of, bids=tuple(shuffled)))
    first = score(of)
    assert (again.bids, again.findings) == (first.bids, first.findings)
    turned = score(replace(of, criteria=of.criteria[::-1]))
    assert [(b.id, b.rank, b.total) for b in turned.bids] == [(b.id, b.rank, b.total) for b in first.bids]


@promise
@given(evaluations())
def test_line_split_in_two_changes_nothing(of):
    halved = tuple(
        replace(each, lines=tuple(Offered(line.measure, line.quantity / 2) for line in each.lines for _ in range(2)))
        for each in of.bids
    )
    assert score(replace(of, bids=halved)).bids == score(of).bids


@promise
@given(evaluations())
def test_points_lie_between_none_and_all_and_the_shown_add_up(of):
    unit = Decimal(1).scaleb(-of.decimals)
    for each in score(of).bids:
        for criterion in of.criteria:
            assert 0 <= each.points[criterion.id] <= Fraction(of.points) * Fraction(criterion.weight) / 100
            assert abs(Fraction(each.shown_points[criterion.id]) - each.points[criterion.id]) < Fraction(unit)
        assert sum(each.shown_points.values()) == each.shown_total
        assert each.shown_total == rounded(each.total, of.decimals)
        assert each.total == sum(each.points.values())


@promise
@given(evaluations(), st.data(), st.sampled_from([SPEND, HOURS, STARTS]), QUANTITY)
def test_offering_more_never_costs_a_bid_points(of, chosen, measure, more):
    one = chosen.draw(st.sampled_from(of.bids))
    richer = replace(one, lines=(*one.lines, Offered(measure, more)))
    after = replace(of, bids=tuple(richer if each is one else each for each in of.bids))
    assert amounts(after)[one.id] >= amounts(of)[one.id]


@promise
@given(evaluations(tuple(name for name in METHODS if name not in RELATIVE)), st.data())
def test_no_bid_depends_on_another_unless_the_method_is_relative(of, chosen):
    gone = chosen.draw(st.sampled_from(of.bids)).id
    before, after = score(of), score(of.without(gone))
    assert {each.id: each.total for each in after.bids} == {
        each.id: each.total for each in before.bids if each.id != gone
    }
    assert "order-changed-by-loser" not in [each.code for each in before.findings]


@promise
@given(evaluations(("M1", "M1 adjusted", "M2")), st.decimals("0.01", 1000, places=2))
def test_scale_of_the_values_changes_nothing_under_a_relative_method(of, scale):
    valued = tuple(replace(each, value=each.value and each.value * scale) for each in of.ask)
    assert amounts(replace(of, ask=valued)) == amounts(of)


@promise
@given(evaluations(("M2",)), st.decimals("0.01", 1000, places=2))
def test_scale_of_the_prices_changes_nothing_under_m2(of, scale):
    dearer = tuple(replace(each, price=each.price * scale) for each in of.bids)
    assert amounts(replace(of, bids=dearer)) == amounts(of)


@promise
@given(evaluations(tuple(RELATIVE)))
def test_order_is_said_to_be_changed_by_a_loser_exactly_when_it_is(of):
    before = ranks(of)
    said = {each.bid for each in score(of).findings if each.code == "order-changed-by-loser"}
    turned = set()
    for lost in (id for id, rank in before.items() if rank > 1):
        after = ranks(of.without(lost))
        pairs = [(one, two) for one in after for two in after]
        if any((before[a] < before[b]) != (after[a] < after[b]) for a, b in pairs):
            turned.add(lost)
    assert said == turned


@given(st.fractions(0, 100), st.integers(0, 6))
def test_rounding_is_half_up_and_exact(number, places):
    shown = Fraction(rounded(number, places))
    half = Fraction(1, 2 * 10**places)
    assert shown - half <= number < shown + half


@given(st.fractions(0, 100, max_denominator=5000))
def test_exact_figure_written_is_the_figure(number):
    written = exact(number)
    assert Fraction(written) == number
    assert ("/" in written) == any(number.denominator % prime == 0 for prime in range(3, 5001) if prime != 5 and all(
        prime % n for n in range(2, int(prime**0.5) + 1)))  # fmt: skip
