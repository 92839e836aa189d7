"""A year's budget: its lines, its account, its close by two people, and one effect counted once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from made_council import WARD

from commonweal.base.errors import NotPossible
from commonweal.base.models import Event
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.models import Measure
from commonweal.reporting.budget import actions, policies, presentation, queries
from commonweal.reporting.queries import account, worth

D = Decimal
LAST, THIS = FinancialYear(2025), FinancialYear(2026)


def _measure(name: str) -> str:
    return Measure.objects.get(
        edition__framework_id="made-reporting", edition__version="1.0", measure_id=name
    ).public_id


def _line(council: Any, quantity: str, year: FinancialYear = THIS, kind: str = "budget", **fields: Any) -> Any:
    return actions.add_budget_line(
        by=council.officer, body=council.body, year=year, kind=kind, measure=_measure("wage"), quantity=D(quantity), **fields
    )  # fmt: skip


def _split(council: Any, year: FinancialYear = THIS, by: str = "department", **narrowed: Any) -> presentation.Split:
    held = queries.year_account(council.body, year, queries.Narrowed(**narrowed))
    figure = presentation.chosen_figure(held, "")
    assert figure is not None
    return presentation.split_account(
        held, by, figure, {}, lambda _what, _part: "#", queries.variances(council.body, year),
        queries.closing_rules(council.body, year), lambda _part: "#",
    )  # fmt: skip


# --- the account ------------------------------------------------------------------------------------------------------


def test_budget_is_valued_as_promises_are(council: Any) -> None:
    _line(council, "4")
    council.promise("wage", "4", council.agreement(starts_on=THIS.starts_on, ends_on=THIS.ends_on))
    split = _split(council)
    assert split.amounts["budget"] == split.amounts["promised"] > 0


def test_parts_of_every_column_add_to_its_whole_to_the_penny(council: Any) -> None:
    for n, name in enumerate(("Parks", "Works", "Care")):
        department = council.department(name)
        _line(council, f"{n + 1}.333333", department=department)
        promise = council.promise("wage", f"{n + 2}.777777", council.agreement(name, department=department))
        council.entry(promise, "1")  # 1,234.567 each: rounded one by one they come to a penny too much
    whole = worth(council.body, what="claimed", on=THIS.ends_on, year=THIS)
    for by in ("department", "channel", "objective", "place", "theme", "size"):
        split = _split(council, by=by)
        for place, what in enumerate(split.stages):
            parts = [part for row in split.rows if (part := row.amounts[place].value) is not None]
            assert sum(parts) == (split.total.amounts[place].value or 0), (by, what)
        total = whole.total(split.figure)
        assert total is not None
        assert split.amounts["claimed"] == round(total.amount.central, 2)  # type: ignore[arg-type]


def test_account_of_a_department_keeps_its_own_budget(council: Any) -> None:
    parks, works = council.department("Parks"), council.department("Works")
    _line(council, "4", department=parks)
    _line(council, "1", department=works)
    whole, part = _split(council), _split(council, department=parks.public_id)
    assert abs(part.amounts["budget"] * 5 - whole.amounts["budget"] * 4) < D("0.05")


def test_opening_is_what_was_due_and_delivered_before(council: Any) -> None:
    promise = council.promise("wage", "10", council.agreement(starts_on=LAST.starts_on, ends_on=LAST.ends_on))
    council.entry(promise, "4", starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31))
    found = queries.opening(council.body, THIS)
    due, done = (sum(line.counted for line in found.worths[what].lines) for what in ("promised", "claimed"))
    assert (due, done) == (10, 4)


def test_filled_budget_is_what_falls_due_line_by_line(council: Any, places: None) -> None:
    parks = council.department("Parks")
    deal = council.agreement("Benches", department=parks, starts_on=LAST.starts_on, ends_on=THIS.ends_on)
    council.promise("wage", "730", deal, place_code=WARD)
    council.promise("wage", "73", deal, place_code=WARD)
    record = account(council.body, on=THIS.ends_on, year=THIS)
    (line,) = actions.fill_from_record(by=council.officer, body=council.body, year=THIS, kind="budget", record=record)
    assert (line.quantity, line.department, line.place_code) == (D("401.5"), parks, WARD)
    with pytest.raises(NotPossible, match="lines here already"):
        actions.fill_from_record(by=council.officer, body=council.body, year=THIS, kind="budget", record=record)


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("difference", "budget", "matters"),
    [("10001", "100000", True), ("10000", "50000", False), ("-20000", "100000", True), ("-10001", "1000000", False),
     ("10001", "0", True), ("9000", "0", False), ("0", "0", False)],
)  # fmt: skip
def test_difference_matters_above_both_limits(difference: str, budget: str, matters: bool) -> None:
    assert policies.is_material(D(difference), D(budget), D(10), D(10000)) is matters


@pytest.mark.parametrize("now", list(policies.YEAR_STATES))
@pytest.mark.parametrize("wanted", list(policies.YEAR_STATES))
def test_year_takes_the_steps_of_its_table_and_no_other(now: str, wanted: str) -> None:
    if wanted in policies.YEAR_STATES[now]:
        policies.check_state(now, wanted)
    else:
        with pytest.raises(NotPossible):
            policies.check_state(now, wanted)


def test_year_is_closed_by_two_people(council: Any) -> None:
    with pytest.raises(NotPossible, match="only after it was closed provisionally"):
        actions.close_for_good(by=council.other, body=council.body, year=LAST)
    actions.close_provisionally(by=council.officer, body=council.body, year=LAST)
    with pytest.raises(NotPossible, match="another person"):
        actions.close_for_good(by=council.officer, body=council.body, year=LAST)
    actions.close_for_good(by=council.other, body=council.body, year=LAST)
    held = queries.standing(council.body, LAST)
    assert (held.state, held.prepared_by, held.approved_by) == ("final", council.officer, council.other)
    said = [each.action for each in Event.objects.filter(action__startswith="budget.year").order_by("id")]
    assert said == ["budget.year.provisional", "budget.year.final"]


def test_year_that_is_not_over_is_not_closed(council: Any) -> None:
    with pytest.raises(NotPossible, match="runs until 31 March 2027"):
        actions.close_provisionally(by=council.officer, body=council.body, year=THIS)


def test_year_is_not_closed_for_good_while_returns_are_awaited(council: Any) -> None:
    actions.set_closing_rules(
        by=council.officer, body=council.body, year=LAST, percent=D(5), pounds=D(100), late_until_on=date(2099, 1, 1)
    )
    actions.close_provisionally(by=council.officer, body=council.body, year=LAST)
    with pytest.raises(NotPossible, match="awaited until 1 January 2099"):
        actions.close_for_good(by=council.other, body=council.body, year=LAST)


def test_closed_year_keeps_its_budget(council: Any) -> None:
    line = _line(council, "4", LAST)
    actions.close_provisionally(by=council.officer, body=council.body, year=LAST)
    for change in (
        lambda: _line(council, "1", LAST), lambda: actions.take_out_budget_line(by=council.officer, line=line)
    ):  # fmt: skip
        with pytest.raises(NotPossible, match="is closed"):
            change()
    actions.open_again(by=council.officer, body=council.body, year=LAST, reason="A tender was left out")
    actions.take_out_budget_line(by=council.officer, line=line)
    assert queries.budget_lines(council.body, LAST, "budget") == []


def test_department_that_ended_before_the_year_takes_no_budget(council: Any) -> None:
    parks = council.department("Parks")
    parks.ended_on = date(2026, 3, 1)
    parks.save(update_fields=["ended_on"])
    with pytest.raises(NotPossible, match="Parks ended before 2026/27"):
        _line(council, "1", THIS, department=parks)


def test_promise_left_out_once_is_not_left_out_again_and_can_be_taken_back(council: Any) -> None:
    one = council.promise("wage", "10", council.agreement("Benches", department=council.department("Parks")))
    two = council.promise("wage", "10", council.agreement("Paths", department=council.department("Works")))
    record = account(council.body, on=THIS.ends_on, year=THIS)
    assert [{each.one.public_id, each.other.public_id} for each in queries.perhaps_twice(record, [])] == [
        {one.public_id, two.public_id}
    ]
    made = actions.count_once(
        by=council.officer, body=council.body, left_out=two.public_id, kept=one.public_id, reason="One crew"
    )
    assert queries.perhaps_twice(record, queries.decided_twice(council.body)) == []
    with pytest.raises(NotPossible, match="left out of the body"):
        actions.count_once(
            by=council.officer, body=council.body, left_out=two.public_id, kept=one.public_id, reason="One crew"
        )
    with pytest.raises(NotPossible, match="is itself left out"):
        actions.count_once(
            by=council.officer, body=council.body, left_out=one.public_id, kept=two.public_id, reason="Round about"
        )
    actions.count_again(by=council.officer, elimination=made)
    assert queries.decided_twice(council.body) == []
