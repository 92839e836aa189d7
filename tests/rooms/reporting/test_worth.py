"""Figures are the engine's own sums over the record: exact, of one kind each, and honest about what they leave out."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from made_council import COUNCIL, DAY, OTHER_WARD, WARD

from commonweal.base.models import Body
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import reverse_entry
from commonweal.engine.presentation import rounded
from commonweal.money import QUANTITY_PLACES, round_half_up
from commonweal.reporting import figures, queries
from commonweal.reporting.figures import STAGES, key_of
from commonweal.reporting.presentation import lines_as_shown
from commonweal.reporting.queries import account, worth
from commonweal.reporting.record.queries import NO_DEPARTMENT

#: What one unit is worth under the made edition, worked out here once more: gross, and net where all rates are known.
KEPT = Fraction(8, 10) * Fraction(3, 4) * Fraction(9, 10)
TWO_YEARS = 1 + Fraction(1, 2) / Fraction("1.035")
UNIT: dict[str, tuple[str, str, Fraction, Fraction | None]] = {
    "wage": ("benefit", "economic", Fraction("1234.567"), None),
    "health": ("benefit", "welfare", Fraction("77.7") * TWO_YEARS, Fraction("77.7") * TWO_YEARS * KEPT),
    "partly-rated": ("benefit", "welfare", Fraction(10), None),
    "waste": ("harm", "welfare", Fraction("0.333333"), None),
}
PROMISED = """
    SELECT m.measure_id, sum(c.quantity * coalesce(s.share, 1))
      FROM delivery_commitment c JOIN frameworks_measure m ON m.id = c.measure_id
      LEFT JOIN delivery_countingshare s ON s.commitment_id = c.id AND s.counted_by_id = c.body_id
     WHERE c.withdrawn_at IS NULL AND c.quantity IS NOT NULL
     GROUP BY m.measure_id"""
CLAIMED = """
    SELECT m.measure_id, sum(e.quantity * coalesce(s.share, 1))
      FROM delivery_entry e JOIN delivery_commitment c ON c.id = e.commitment_id
      JOIN frameworks_measure m ON m.id = c.measure_id
      LEFT JOIN delivery_countingshare s ON s.commitment_id = c.id AND s.counted_by_id = c.body_id
     WHERE e.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM delivery_entry r WHERE r.reverses_id = e.id)
     GROUP BY m.measure_id"""
STATED = """
    SELECT m.measure_id, sum(f.quantity * coalesce(s.share, 1))
      FROM delivery_assurancefact f JOIN delivery_entry e ON e.id = f.entry_id
      JOIN delivery_commitment c ON c.id = e.commitment_id JOIN frameworks_measure m ON m.id = c.measure_id
      LEFT JOIN delivery_countingshare s ON s.commitment_id = c.id AND s.counted_by_id = c.body_id
     WHERE f.kind = %s AND NOT EXISTS (SELECT 1 FROM delivery_entry r WHERE r.reverses_id = e.id)
     GROUP BY m.measure_id"""


def generate(council: Any, other: Body, seed: int, agreements: int) -> None:
    """This will record a portfolio: agreements, promises of every measure, entries, shares, facts and reversals."""
    chance = random.Random(seed)
    departments = [council.department(f"Department {letter}") for letter in "ABC"]

    def quantity(most: int = 500) -> str:
        number = Decimal(chance.randrange(1, most * 1_000_000)).scaleb(-chance.choice((0, 3, 6)))
        return str(number.quantize(QUANTITY_PLACES))

    for number in range(agreements):
        agreement = council.agreement(f"Agreement {number}", department=chance.choice([*departments, None]))
        for measure in chance.sample(sorted(UNIT), 3):
            share = Decimal(chance.randrange(1, 1_000_000)).scaleb(-6)
            shares = [(council.body, share), (other, 1 - share)] if chance.random() < 0.2 else []
            promise = council.promise(measure, quantity(), agreement, shares=shares)
            for _ in range(chance.randrange(3)):
                entry = council.entry(promise, quantity(60))
                if chance.random() < 0.2:
                    reverse_entry(by=council.officer, entry=entry, reason="Keyed twice")
                    continue
                for stated in (council.accept, council.confirm, council.assure):
                    if chance.random() < 0.4:
                        part = entry.quantity * chance.randrange(0, 101) / 100
                        stated(entry, str(part.quantize(QUANTITY_PLACES)))


def independent(stage: str) -> dict[tuple[str, str, str], Fraction]:
    """This will sum the record by plain SQL and price it with exact fractions."""
    with connection.cursor() as cursor:
        if stage == "promised":
            cursor.execute(PROMISED)
        elif stage == "claimed":
            cursor.execute(CLAIMED)
        else:
            cursor.execute(STATED, [stage])
        quantities = dict(cursor.fetchall())
    sums: dict[tuple[str, str, str], Fraction] = {}
    for measure, quantity in quantities.items():
        direction, kind, gross, net = UNIT[measure]
        for level, unit in (("gross", gross), ("net", net)):
            if unit is not None:
                key = (direction, kind, level)
                sums[key] = sums.get(key, Fraction(0)) + Fraction(quantity) * unit
    return sums


def pennies(amount: Fraction) -> Decimal:
    """This will round an exact amount half-up to the penny."""
    return Decimal((amount * 100 + Fraction(1, 2)).__floor__()) / 100


@pytest.mark.parametrize("seed", [1, 2])
def test_every_stage_equals_an_independent_sum_to_the_penny(
    council: Any, make_body: Callable[..., Body], seed: int
) -> None:
    generate(council, make_body(), seed, agreements=8)
    found = account(council.body, on=DAY)
    for stage in STAGES:
        expected = {key: pennies(amount) for key, amount in independent(stage).items()}
        shown = {
            (each.key.direction, each.key.kind, each.key.level): round_half_up(each.amount.central)
            for each in found.worths[stage].totals
            if each.amount.central is not None
        }
        assert shown == expected
        alone = worth(council.body, what=stage, on=DAY)
        assert alone.totals == found.worths[stage].totals
        assert alone.lines == found.worths[stage].lines


def test_lines_shown_and_groups_sum_to_the_totals_shown(council: Any, make_body: Callable[..., Body]) -> None:
    generate(council, make_body(), 4, agreements=10)
    found = worth(council.body, what="promised", on=DAY, by=("theme", "department"))
    assert len(found.totals) >= 4
    shown = lines_as_shown(found)
    for total in found.totals:
        of_lines = [getattr(each, total.key.level) for each in shown if key_of(each.line, total.key.level) == total.key]
        assert len(of_lines) == total.lines
        assert sum(span.central for span in of_lines) == rounded(total.amount).central
        for column in ("theme", "department"):
            parts = found.grouped(column)[total.key].values()
            assert sum(Fraction(part.amount.central or 0) for part in parts) == Fraction(total.amount.central or 0)
            assert sum(part.lines for part in parts) == total.lines


def test_a_measure_with_a_rate_missing_has_a_gross_figure_only(council: Any) -> None:
    council.promise("partly-rated", "4")
    council.promise("wage", "1")
    found = worth(council.body, on=DAY)
    assert {each.key.level for each in found.totals} == {"gross"}
    assert {each.code for _edition, each in found.findings} >= {"gross-only"}


def test_gross_and_net_kinds_directions_and_ranges_stand_apart(council: Any) -> None:
    agreement = council.agreement()
    for measure in ("health", "partly-rated", "waste", "wage", "lifetime"):
        council.promise(measure, "10", agreement)
    found = {
        (each.key.direction, each.key.kind, each.key.level, each.key.ranged): each
        for each in worth(council.body, on=DAY).totals
    }
    assert set(found) == {
        ("benefit", "economic", "gross", False), ("benefit", "welfare", "gross", False),
        ("benefit", "welfare", "net", False), ("benefit", "welfare", "gross", True),
        ("harm", "welfare", "gross", False),
    }  # fmt: skip
    assert found["benefit", "welfare", "gross", False].lines == 2
    assert found["benefit", "welfare", "net", False].lines == 1
    ranged = found["benefit", "welfare", "gross", True].amount
    assert (ranged.low, ranged.central, ranged.high) == (Decimal("11.110"), None, Decimal("22.220"))
    assert found["harm", "welfare", "gross", False].amount.central == Decimal("3.33333")


def test_editions_are_valued_apart(council: Any) -> None:
    agreement = council.agreement()
    council.promise("wage", "1", agreement)
    council.promise("wage", "1", agreement, version="2.0")
    totals = worth(council.body, on=DAY).totals
    assert [(each.key.edition, each.amount.central) for each in totals] == [
        ("made-reporting@1.0", Decimal("1234.567")),
        ("made-reporting@2.0", Decimal(2000)),
    ]


def test_a_shared_call_off_counts_by_share_and_once_between_two_bodies(
    council: Any, make_body: Callable[..., Body]
) -> None:
    other = make_body()
    council.promise("wage", "10", shares=[(council.body, Decimal("0.6")), (other, Decimal("0.4"))])
    council.promise("wage", "10", shares=[(other, Decimal(1))])
    found = worth(council.body, on=DAY)
    assert [each.amount.central for each in found.totals] == [6 * Decimal("1234.567")]
    assert len(found.lines) == 1
    assert found.counted_elsewhere == 1


def test_a_reversal_takes_the_value_away_and_leaves_the_promise(council: Any) -> None:
    promise = council.promise("wage", "3")
    kept, wrong = council.entry(promise, "1"), council.entry(promise, "2")
    council.accept(wrong, "2")
    before = worth(council.body, what="claimed", on=DAY).totals[0].amount.central
    reverse_entry(by=council.officer, entry=wrong, reason="Keyed twice")
    after = account(council.body, on=DAY).worths
    assert before == 3 * Decimal("1234.567")
    assert after["claimed"].totals[0].amount.central == Decimal("1234.567")
    assert [line.public_id for line in after["claimed"].lines] == [kept.public_id]
    assert after["evidenced"].totals == ()
    assert after["promised"].totals[0].amount.central == 3 * Decimal("1234.567")


def test_what_was_brought_forward_is_claimed_and_nothing_more(council: Any) -> None:
    promise = council.promise("wage", "3")
    council.accept(council.entry(promise, "2", brought_forward=True), "2")
    council.accept(council.entry(promise, "1"), "1")
    found = account(council.body, on=DAY, by=queries.COLUMNS).worths
    forward = found["claimed"].only("brought_forward", "yes")
    assert [each.amount.central for each in forward.values()] == [2 * Decimal("1234.567")]
    assert found["claimed"].totals[0].amount.central == 3 * Decimal("1234.567")
    assert found["evidenced"].totals[0].amount.central == Decimal("1234.567")


def test_one_effect_counted_twice_is_in_one_total_at_every_stage(council: Any) -> None:
    agreement = council.agreement()
    wage = council.entry(council.promise("wage", "1", agreement), "1")
    output = council.entry(council.promise("output", "900", agreement), "900")
    council.accept(output, "900")
    found = account(council.body, on=DAY).worths
    assert found["claimed"].totals[0].amount.central == Decimal("1234.567")
    assert [line.in_totals for line in found["claimed"].lines] == [True, False]
    assert found["evidenced"].totals == ()
    assert [line.reason for line in found["evidenced"].lines] == [queries.SAME_EFFECT]
    council.accept(wage, "1")
    assert worth(council.body, what="evidenced", on=DAY).totals[0].amount.central == Decimal("1234.567")


UNVALUED: list[tuple[figures.Reason | str, dict[str, Any]]] = [
    (queries.NO_MEASURE, {"measure": None, "gbp_as_contracted": Decimal("12345.67")}),
    (queries.NO_PERIOD, {"agreement": {"starts_on": None}}),
    (queries.PERIOD_REVERSED, {"agreement": {"ends_on": date(2026, 6, 1)}, "starts_on": date(2026, 9, 1)}),
    (queries.OTHER_UNIT, {"unit": "hours"}),
    (queries.OTHER_DIRECTION, {"direction": "harm"}),
    (queries.PER_SPEND, {"basis": "per-spend", "per_amount": Decimal(1_000_000)}),
    (queries.ON_TRIGGER, {"basis": "trigger"}),
    (queries.ON_OPTION, {"basis": "option"}),
    ("the framework gives it no value", {"measure": "visits"}),
]


@pytest.mark.parametrize(("reason", "given"), UNVALUED, ids=lambda each: getattr(each, "words", None) or "")
def test_a_line_that_cannot_be_valued_says_why_and_is_in_no_total(
    council: Any, reason: figures.Reason | str, given: dict[str, Any]
) -> None:
    fields = {"measure": "wage"} | given
    agreement = council.agreement(**fields.pop("agreement", {}))
    council.promise(fields.pop("measure"), "5", agreement, **fields)
    found = worth(council.body, on=DAY)
    assert found.totals == ()
    assert (found.valued, len(found.lines), found.covered, found.agreements) == (0, 1, 0, 1)
    [(why, [line])] = found.unvalued
    assert why == reason or why.words == reason
    assert line.quantity == 5


def test_what_was_contracted_in_pounds_stands_apart(council: Any) -> None:
    agreement = council.agreement()
    council.promise(None, "5", agreement, gbp_as_contracted=Decimal("12345.67"))
    council.promise("wage", "1", agreement)
    found = worth(council.body, on=DAY)
    assert found.as_contracted == figures.AsContracted(Decimal("12345.67"), 1)
    assert [each.amount.central for each in found.totals] == [Decimal("1234.567")]


def test_an_entry_without_both_its_days_is_counted_as_unvalued(council: Any) -> None:
    council.entry(council.promise("wage", "5"), "5", ends_on=None)
    found = worth(council.body, what="claimed", on=DAY)
    assert [reason for reason, _lines in found.unvalued] == [queries.NO_PERIOD]
    assert found.totals == ()


def test_a_promise_of_no_quantity_is_no_line_and_its_delivery_is(council: Any) -> None:
    promise = council.promise("wage", None)
    council.entry(promise, "1")
    assert worth(council.body, on=DAY).lines == ()
    assert worth(council.body, what="claimed", on=DAY).valued == 1


def test_counts_stay_in_their_own_unit(council: Any) -> None:
    agreement = council.agreement()
    council.promise("visits", "5", agreement)
    council.promise("visits", "7.5", agreement)
    council.promise("carbon", "2", agreement)
    found = worth(council.body, on=DAY).counts
    assert {(each.measure, each.unit, each.quantity) for each in found} == {
        ("visits", "visits", Decimal("12.5")),
        ("carbon", "tCO2e", Decimal(2)),
    }


def test_worth_is_narrowed_to_an_agreement_department_channel_and_place(council: Any, places: None) -> None:
    works = council.department("Works")
    mine = council.agreement("Roads", department=works)
    council.entry(council.promise("wage", "1", mine, place_code=WARD), "1", place_code=OTHER_WARD)
    council.promise("wage", "2", council.agreement("Grants", channel="grant"))

    def quantity(what: str = "promised", **narrowed: Any) -> Decimal:
        found = worth(council.body, what=what, on=DAY, **narrowed)  # type: ignore[arg-type]
        return sum((line.counted for line in found.lines), Decimal(0))

    assert quantity() == 3
    assert quantity(agreement=mine) == 1
    assert quantity(department=works.public_id) == 1
    assert quantity(department=NO_DEPARTMENT) == 2
    assert quantity(channel="grant") == 2
    assert (quantity(places=[WARD]), quantity(places=[OTHER_WARD])) == (1, 0)
    assert (quantity("claimed", places=[WARD]), quantity("claimed", places=[OTHER_WARD])) == (0, 1)
    named = queries.named_places(council.body)
    assert named.beneath[COUNCIL] == {WARD, OTHER_WARD}
    assert named.choices() == [(WARD, "Docks"), (OTHER_WARD, "Hill"), (COUNCIL, "Made Council")]


def test_another_bodys_record_adds_nothing(council: Any, make_body: Callable[..., Body]) -> None:
    council.promise("wage", "1")
    other = make_body()
    with open_scope(body=other.pk):
        assert worth(other, on=DAY).lines == ()
    assert len(worth(council.body, on=DAY).lines) == 1


def test_the_number_of_queries_does_not_grow(council: Any) -> None:
    def queries_of(what: figures.What) -> int:
        with connection.execute_wrapper(counting := Counting()):
            worth(council.body, what=what, on=DAY)
        return counting.number

    generate_more(council, 1)
    worth(council.body, on=DAY)  # the edition is built once in the life of the process
    before = {what: queries_of(what) for what in STAGES}
    generate_more(council, 29)
    assert {what: queries_of(what) for what in STAGES} == before
    assert all(worth(council.body, what=what, on=DAY).totals for what in ("promised", "claimed", "evidenced"))


class Counting:
    """Counts the queries that pass."""

    number = 0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.number += 1
        return execute(*arguments)


def generate_more(council: Any, agreements: int) -> None:
    """This will record more agreements, each with a promise, an entry and a fact."""
    for number in range(agreements):
        promise = council.promise("health", "5", council.agreement(f"More {number}"))
        council.accept(council.entry(promise, "2"), "1")
