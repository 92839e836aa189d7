"""What changed between two valuations: four parts that add up exactly, each moved by what it is named for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_editions import ALL_RATES, MEASURES, edition, line, measure, rate, unit_value

from commonweal.engine.changed import ORDER, Change, ChangeRefused, Contribution, what_changed
from commonweal.engine.discount import Band, DiscountSchedule
from commonweal.engine.factors import Span
from commonweal.engine.model import Edition
from commonweal.engine.value import value

AS_OF = date(2026, 6, 1)
MADE = edition()
BY_ID = {each.id: each for each in MEASURES}


def valued(lines, made=MADE, as_of=AS_OF, **asked):
    return value(lines, made, as_of=as_of, **asked)


def with_changed(**measures) -> Edition:
    later = [replace(each, **measures.get(each.id, {})) for each in MEASURES]
    return replace(edition(*later), version="2.0")


def moved(change: Change) -> set[str]:
    """This will name the parts that moved any total."""
    return {part.name for total in change.totals for part in total.parts if part.measures}


def only(change: Change, level="gross"):
    (total,) = (each for each in change.totals if each.stream.level == level)
    return total


def central(total) -> dict[str, Decimal]:
    return {part.name: part.amount.central for part in total.parts}


def exactly(spans, name) -> Decimal | None:
    with localcontext(prec=300):
        amounts = [getattr(span, name) for span in spans]
        return None if None in amounts else sum(amounts, Decimal(0))


def check_sums(change: Change) -> None:
    """This will hold a change to its promise: parts, contributions and parameter sets add up with no residue."""
    for side in ("before", "after"):
        followed = {
            (
                *each.stream[:3],
                getattr(each, f"price_{side}"),
                each.stream.price_year_type,
                each.stream.range_only,
            ): span
            for each in change.totals
            if (span := getattr(each, side)).high
        }
        assert followed == printed(getattr(change, side))
    for total in change.totals:
        assert tuple(part.name for part in total.parts) == ORDER
        for name in ("low", "central", "high"):
            whole = getattr(total.difference, name)
            assert exactly([part.amount for part in total.parts], name) == whole
            if whole is not None:
                with localcontext(prec=300):
                    assert getattr(total.after, name) - getattr(total.before, name) == whole
            for part in total.parts:
                if part.measures:
                    assert exactly([each.amount for each in part.measures], name) == getattr(part.amount, name)
                for each in part.measures:
                    check_sets(each, name)


def check_sets(each: Contribution, name: str) -> None:
    with localcontext(prec=300):
        one, other = (exactly([s.amount for s in sets], name) or Decimal(0) for sets in (each.before, each.after))
        if getattr(each.amount, name) is not None:
            assert other - one == getattr(each.amount, name)
        for figure in (*each.before, *each.after):
            if getattr(figure.unit, name) is not None:
                assert getattr(figure.unit, name) * figure.quantity == getattr(figure.amount, name)


def printed(valuation) -> dict[tuple[object, ...], Span]:
    """This will give every total of a valuation that is not nothing, as the valuation has it."""
    return {
        (
            direction,
            each.kind,
            each.level,
            each.price_year,
            each.price_year_type,
            each.amount.central is None,
        ): each.amount
        for direction, totals in (("benefit", valuation.totals), ("harm", valuation.harms))
        for each in totals
        if each.amount.high
    }


# One thing changed


def test_identical_valuations_change_nothing():
    lines = [line(each.id, "3", place="E1") for each in MEASURES]
    change = what_changed(valued(lines), valued(lines))
    check_sums(change)
    assert moved(change) == set()
    assert {total.difference.high for total in change.totals} == {Decimal(0)}
    assert change.totals


def test_more_of_the_same_is_volume():
    change = what_changed(valued([line("bare", "20")]), valued([line("bare", "30"), line("bare", "1", place="E2")]))
    check_sums(change)
    assert central(only(change)) == {"volume": 110, "edition": 0, "method": 0, "price": 0}


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"value": unit_value("6000")}, "edition"),
        ({"value": unit_value("5000", kind="economic")}, "edition"),
        ({"value": None, "figure": "count"}, "edition"),
        ({"rates": {**ALL_RATES, "deadweight": rate("0.5")}}, "method"),
        ({"rates": {}}, "method"),
        ({"dropoff": Decimal("0.5")}, "method"),
        ({"duration": 5}, "method"),
        ({"value": unit_value(discount_schedule="health_life")}, "method"),
    ],
    ids=["value", "kind", "unvalued", "rate", "no-rates", "dropoff", "duration", "schedule"],
)
def test_a_change_of_the_edition_falls_to_one_part(changed, part):
    lines = [line("sroi", "20", start=date(2027, 4, 1))]
    change = what_changed(valued(lines), valued(lines, with_changed(sroi=changed)))
    check_sums(change)
    assert moved(change) == {part}


def test_measures_gained_and_lost_fall_to_the_edition():
    gained = measure("fresh", unit_value("4"))
    later = replace(edition(*(each for each in MEASURES if each.id != "bare"), gained), version="2.0")
    change = what_changed(valued([line("bare", "2")]), valued([line("fresh", "10")], later))
    check_sums(change)
    assert central(only(change)) == {"volume": 0, "edition": 20, "method": 0, "price": 0}
    assert [each.measure for each in only(change).parts[1].measures] == ["fresh", "bare"]


def test_a_measure_with_another_unit_is_another_measure():
    later = with_changed(bare={"unit": "days"})
    change = what_changed(valued([line("bare", "8")]), valued([line("bare", "1")], later))
    check_sums(change)
    assert central(only(change)) == {"volume": 0, "edition": -70, "method": 0, "price": 0}


def test_an_exclusive_group_falls_to_the_edition():
    lines = [line("bare", "1", agreement="X"), line("rated", "1", agreement="X")]
    later = with_changed(bare={"exclusive_group": "one"}, rated={"exclusive_group": "one"})
    change = what_changed(valued(lines), valued(lines, later))
    check_sums(change)
    assert moved(change) == {"edition"}


def test_a_later_day_and_another_schedule_are_method():
    lines = [line("sroi", "20", start=date(2027, 4, 1))]
    steep = {"steep": DiscountSchedule("steep", (Band(0, None, Decimal("0.1")),))}
    for later in (
        valued(lines, as_of=date(2027, 6, 1)),
        valued(lines, schedule="steep", schedules=steep),
    ):
        change = what_changed(valued(lines), later)
        check_sums(change)
        assert moved(change) == {"method"}


@pytest.mark.parametrize("field", [{"deadweight": Decimal("0.5")}, {"dropoff": Decimal("0.5")}, {"duration": 1}])
def test_a_rate_that_the_same_line_states_otherwise_is_method(field):
    before = [line("sroi", "20", line="L1", start=date(2027, 4, 1))]
    after = [replace(before[0], reason="survey", **field)]
    change = what_changed(valued(before), valued(after))
    check_sums(change)
    assert moved(change) == {"method"}


def test_a_line_that_is_there_for_the_first_time_brings_its_own_rates_as_volume():
    before = [line("sroi", "20", place="E1")]
    after = [*before, line("sroi", "1", place="E2", deadweight=Decimal("0.5"), reason="survey")]
    change = what_changed(valued(before), valued(after))
    check_sums(change)
    assert moved(change) == {"volume"}


def test_another_price_year_is_price_and_says_both_years():
    lines = [line("bare", "20")]
    change = what_changed(valued(lines, price_year="2019"), valued(lines, price_year="2024"))
    check_sums(change)
    assert moved(change) == {"price"}
    assert (only(change).price_before, only(change).price_after) == ("2019", "2024")


def test_real_income_is_price():
    lines = [line("wellby", "1")]
    income = {"2019": Decimal(100), "2024": Decimal(105)}
    change = what_changed(valued(lines), valued(lines, gdp_per_head=income))
    check_sums(change)
    assert moved(change) == {"price"}


def test_the_rate_of_a_period_keeps_its_own_prices_whatever_is_asked():
    lines = [line("wage", "2")]
    for asked in ("2024", "2023"):
        change = what_changed(valued(lines, price_year=asked), valued(lines, price_year="2019"))
        assert moved(change) == set()
        assert (only(change).price_before, only(change).price_after) == ("2025", "2025")


# Two things changed: the order decides, and is kept


def test_what_two_changes_made_together_falls_to_the_later_step():
    later = with_changed(bare={"value": unit_value("15")})
    change = what_changed(valued([line("bare", "20")]), valued([line("bare", "30")], later))
    check_sums(change)
    # 10 more at £10, then 30 at £5 more; the other way round it would be 150 and 100.
    assert central(only(change)) == {"volume": 100, "edition": 150, "method": 0, "price": 0}


def test_the_measures_that_moved_most_come_first_and_open_onto_their_parameter_sets():
    before = [line("bare", "20"), line("rated", "1")]
    after = [line("bare", "21"), line("rated", "5"), line("rated", "2", start=date(2028, 4, 1))]
    change = what_changed(valued(before), valued(after))
    check_sums(change)
    volume = only(change).parts[0]
    assert [each.measure for each in volume.measures] == ["rated", "bare"]
    rated = volume.measures[0]
    assert [(each.parameters.start_year, each.quantity, each.lines) for each in rated.before] == [(2026, 1, 1)]
    assert [(each.parameters.start_year, each.quantity) for each in rated.after] == [(2026, 5), (2028, 2)]
    assert rated.title == BY_ID["rated"].title


def test_a_value_with_only_a_range_has_no_central_difference():
    change = what_changed(valued([line("ranged", "1")]), valued([line("ranged", "3")]))
    check_sums(change)
    assert only(change).difference == Span(Decimal(10), None, Decimal(12))
    assert only(change).stream.range_only


def test_harms_are_followed_apart():
    change = what_changed(valued([line("harm", "1")]), valued([line("harm", "3"), line("bare", "1")]))
    check_sums(change)
    assert {(each.stream.direction, each.difference.central) for each in change.totals} == {
        ("harm", Decimal(14)),
        ("benefit", Decimal(10)),
    }


def test_nothing_before_is_all_volume():
    change = what_changed(valued([]), valued([line("sroi", "20")]))
    check_sums(change)
    assert moved(change) == {"volume"}


def test_lines_valued_in_bulk_are_refused():
    bulk = replace(valued([line("bare", "1")]), lines=())
    with pytest.raises(ChangeRefused, match="value them line by line"):
        what_changed(bulk, valued([line("bare", "1")]))


# Whatever changed, and however much of it

IDS = st.sampled_from([each.id for each in MEASURES])
SHARE = st.decimals(min_value=0, max_value=1, places=3)
LINES = st.lists(
    st.builds(
        line,
        measure=IDS,
        quantity=st.decimals(min_value=0, max_value=10**9, places=6),
        start=st.sampled_from([date(2024, 5, 1), date(2026, 4, 1), date(2027, 4, 1)]),
        place=st.sampled_from(["E1", "E2"]),
        agreement=st.sampled_from(["", "X"]),
        deadweight=st.none() | SHARE,
        dropoff=st.none() | SHARE,
        duration=st.none() | st.integers(1, 3),
        level=st.sampled_from(["", "gross", "net"]),
        share=st.just(Decimal(1)) | SHARE,
    ),
    max_size=8,
)
CHANGED = st.fixed_dictionaries(
    {},
    optional={
        "sroi": st.sampled_from(
            [{"value": unit_value("6000")}, {"dropoff": Decimal("0.4")}, {"unit": "days"}, {"value": unit_value(price_year="2019")}]
        ),
        "rated": st.sampled_from([{"rates": {}}, {"direction": "harm"}, {"value": None, "figure": "count"}]),
        "counted": st.just({"value": unit_value("3"), "figure": "valued"}),
        "carbon": st.just({"duration": 3}),
        "qaly": st.just({"exclusive_group": None}),
    },
)  # fmt: skip
ASKED = st.fixed_dictionaries(
    {"as_of": st.sampled_from([AS_OF, date(2025, 6, 1), date(2027, 6, 1)])},
    optional={"price_year": st.sampled_from(["2019", "2023", "2024", "2019-20"])},
)


@given(LINES, LINES, CHANGED, ASKED, ASKED)
@settings(max_examples=150, deadline=None)
def test_the_parts_add_up_whatever_changed(earlier, later, changed, one, other):
    change = what_changed(valued(earlier, **one), valued(later, with_changed(**changed), **other))
    check_sums(change)


@given(LINES, ASKED)
@settings(max_examples=60, deadline=None)
def test_identical_valuations_always_give_nothing(lines, asked):
    assert moved(what_changed(valued(lines, **asked), valued(list(reversed(lines)), **asked))) == set()


@given(LINES, st.lists(st.decimals(min_value=0, max_value=10**6, places=6), min_size=8, max_size=8), ASKED)
@settings(max_examples=60, deadline=None)
def test_quantities_alone_are_always_volume(lines, quantities, asked):
    later = [replace(each, quantity=quantity) for each, quantity in zip(lines, quantities, strict=False)]
    assert moved(what_changed(valued(lines, **asked), valued(later, **asked))) <= {"volume"}


@given(LINES, st.sampled_from(["2019", "2023", "2024"]), st.sampled_from(["2019", "2023", "2024"]))
@settings(max_examples=60, deadline=None)
def test_a_price_year_alone_is_always_price(lines, one, other):
    assert moved(what_changed(valued(lines, price_year=one), valued(lines, price_year=other))) <= {"price"}


@given(LINES, st.sampled_from([date(2025, 6, 1), date(2027, 6, 1)]))
@settings(max_examples=60, deadline=None)
def test_a_day_of_valuing_alone_is_always_method(lines, later):
    assert moved(what_changed(valued(lines), valued(lines, as_of=later))) <= {"method"}
