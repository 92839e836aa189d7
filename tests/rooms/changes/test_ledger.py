"""The ledger of credits: held against an independent model by random walks, and by rules in the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicDeferrer

from commonweal.base.access import rules as table
from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.delivery.changes import actions, invariants, queries
from commonweal.delivery.changes.actions import months_after
from commonweal.delivery.changes.ledger import Lot, NotEnoughCredit, balance, drawn, run_out
from commonweal.delivery.changes.models import CreditLeg, CreditMove
from commonweal.directory.actions import record_organisation
from commonweal.directory.queries import today

D = Decimal
POUNDS = st.decimals(min_value="0.000001", max_value=10**6, places=6)


class Ledger(RuleBasedStateMachine):
    """Credits earned, used and run out as days pass.

    The model knows no lots: it keeps a queue of single grains of value, each with its last day, and counts in fractions.
    """

    def __init__(self) -> None:
        super().__init__()
        self.day, self.number = date(2026, 1, 1), 0
        self.lots: dict[int, Lot] = {}
        self.queue: list[list[object]] = []  # [last day, fraction left], in the order earned
        self.earned = self.used = self.gone = Fraction(0)

    @rule(amount=POUNDS, days=st.integers(0, 400))
    def earn(self, amount: Decimal, days: int) -> None:
        self.number += 1
        last = self.day + timedelta(days=days)
        self.lots[self.number] = Lot(self.number, self.day, last, amount)
        self.queue.append([last, Fraction(amount)])
        self.earned += Fraction(amount)

    @rule(amount=POUNDS)
    def use(self, amount: Decimal) -> None:
        standing = [each for each in self.queue if each[0] >= self.day and each[1] > 0]
        wanted = Fraction(amount)
        possible = sum((each[1] for each in standing), Fraction(0)) >= wanted
        try:
            parts = drawn(list(self.lots.values()), amount, self.day)
        except NotEnoughCredit:
            assert not possible
            return
        assert possible
        for key, part in parts:
            assert part > 0
            lot = self.lots[key]
            assert lot.stands(self.day)
            self.lots[key] = Lot(lot.key, lot.earned_on, lot.runs_out_on, lot.left - part)
        for each in standing:
            taken = min(each[1], wanted)
            each[1] -= taken
            wanted -= taken
        self.used += Fraction(amount)

    @rule(days=st.integers(1, 200))
    def wait(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def let_go(self) -> None:
        for key, part in run_out(list(self.lots.values()), self.day):
            lot = self.lots[key]
            self.lots[key] = Lot(lot.key, lot.earned_on, lot.runs_out_on, lot.left - part)
            self.gone += Fraction(part)
        assert run_out(list(self.lots.values()), self.day) == []
        for each in self.queue:
            if each[0] < self.day:
                each[1] = Fraction(0)

    @invariant()
    def nothing_is_below_zero(self) -> None:
        assert all(lot.left >= 0 for lot in self.lots.values())

    @invariant()
    def what_was_earned_is_held_used_or_gone(self) -> None:
        held = sum((Fraction(lot.left) for lot in self.lots.values()), Fraction(0))
        assert self.earned == held + self.used + self.gone

    @invariant()
    def each_lot_holds_what_the_model_says(self) -> None:
        assert [Fraction(lot.left) for lot in self.lots.values()] == [each[1] for each in self.queue]

    @invariant()
    def the_balance_is_what_stands(self) -> None:
        stands = sum((each[1] for each in self.queue if each[0] >= self.day), Fraction(0))
        assert Fraction(balance(list(self.lots.values()), self.day)) == stands


def test_the_ledger_agrees_with_an_independent_model():
    run_state_machine_as_test(Ledger, settings=settings(max_examples=200, stateful_step_count=30, deadline=None))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 11, 22), 12, date(2027, 11, 22)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_after_a_day(day, months, expected):
    assert months_after(day, months) == expected


def surplus(contract, quantity="3", months=12, cap=20):
    contract.add_clause(months, cap)
    starts = contract.promise("10")
    contract.deliver(starts, str(10 + int(quantity)))
    return starts


def unit_of(contract):
    return queries.units_of(contract.agreement)[0]


@pytest.mark.django_db
def test_a_credit_is_earned_once_at_the_values_of_the_edition(contract):
    starts = surplus(contract)
    move = actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(2), reason="Ahead")
    unit, worth = queries.worth_now(starts, D(2))
    assert (move.unit, move.amount) == (unit, worth.quantize(D("0.000001")))
    assert sum(leg.amount for leg in CreditLeg.objects.filter(move=move)) == 0
    assert queries.held_by_legs(contract.agreement, unit) == move.amount
    with pytest.raises(NotPossible, match="beyond the promise"):
        actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(2), reason="Again")


@pytest.mark.django_db
def test_without_the_clause_there_is_no_ledger(contract):
    starts = contract.promise("10")
    contract.deliver(starts, "13")
    with pytest.raises(NotPossible, match="no clause"):
        actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(1), reason="Ahead")


@pytest.mark.django_db
def test_what_nobody_accepted_earns_nothing(contract):
    contract.add_clause()
    starts = contract.promise("10")
    contract.deliver(starts, "13", accepted=False)
    with pytest.raises(NotPossible, match="beyond the promise"):
        actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(1), reason="Ahead")


def reduce(contract, promise, to, **fields):
    change = contract.change(uses_credit=True, **fields)
    actions.add_line(by=contract.officer, change=change, kind="reduce", before=promise, quantity_after=D(to))
    return change


@pytest.mark.django_db
def test_a_credit_meets_what_a_change_takes_and_is_used_up(contract):
    starts = surplus(contract)
    other = contract.promise("10", wording="At the depot")
    actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(3), reason="Ahead")
    contract.made(reduce(contract, other, "8"))
    debits = CreditMove.objects.filter(kind="debit")
    assert sum(each.amount for each in debits) == queries.worth_now(other, D(2))[1].quantize(D("0.000001"))
    left = queries.balances_of(contract.agreement, today())[0][1]
    assert left == queries.held_by_legs(contract.agreement, unit_of(contract))
    assert left == queries.worth_now(other, D(3))[1].quantize(D("0.000001")) - sum(each.amount for each in debits)
    with connection.cursor() as cursor:
        for each in invariants.RULES:
            cursor.execute(each.sql)
            assert cursor.fetchall() == [], each.sentence


@pytest.mark.django_db
def test_credits_meet_no_more_of_a_promise_than_the_clause_allows(contract):
    starts = surplus(contract, "5", cap=20)
    other = contract.promise("10", wording="At the depot")
    actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(5), reason="Ahead")
    with pytest.raises(NotPossible, match="20 per cent of one promise"):
        contract.made(reduce(contract, other, "7"))
    assert not CreditMove.objects.filter(kind="debit").exists()


@pytest.mark.django_db
def test_more_than_stands_cannot_be_used(contract):
    starts = surplus(contract, "1", cap=50)
    other = contract.promise("10", wording="At the depot")
    actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(1), reason="Ahead")
    with pytest.raises(NotPossible, match="Less stands after this change"):
        contract.made(reduce(contract, other, "8"))


@pytest.mark.django_db
def test_a_credit_runs_out_after_its_last_day_and_once(contract):
    starts = surplus(contract, months=1)
    move = actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(1), reason="Ahead")
    run = lambda day: actions.run_out_credits(agreement=contract.agreement, on=day)  # noqa: E731
    assert run(move.runs_out_on) == 0
    after = move.runs_out_on + timedelta(days=1)
    assert (run(after), run(after)) == (1, 0)
    assert queries.held_by_legs(contract.agreement, unit_of(contract)) == 0


@pytest.mark.django_db
def test_credits_end_with_the_agreement(contract):
    starts = surplus(contract)
    actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(1), reason="Ahead")
    actions.close_agreement(
        by=contract.officer,
        agreement=contract.agreement,
        how="terminated",
        last_day=today(),
        why="Moved",
        follows="None",
    )
    assert queries.held_by_legs(contract.agreement, unit_of(contract)) == 0


@pytest.mark.django_db
def test_the_database_refuses_money_transfers_and_edits(contract):
    starts = surplus(contract)
    move = actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(1), reason="Ahead")
    sides = {"body": contract.body, "party": contract.agreement.party}
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditLeg.objects.create(move=move, account="cash", amount=D(1), **sides)
    rival = record_organisation(name="Rival", body=contract.body, by=contract.officer, company_number="09506232")
    with pytest.raises(IntegrityError), transaction.atomic():
        with connection.cursor() as cursor:
            CreditMove.objects.create(
                body=contract.body, party=rival.party, agreement=contract.agreement, kind="debit", unit=move.unit,
                amount=D(1), dated_on=today(), lot=move,
            )  # fmt: skip
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in ("UPDATE changes_creditmove SET amount = 1", "DELETE FROM changes_creditleg"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_no_address_gives_a_credit_away_or_pays_it_out():
    writing = {route for route, method in table() if route.startswith("changes") and method == "POST"}
    assert {route for route in writing if "credit" in route or "ledger" in route} == {"changes:credit_add"}


@pytest.mark.django_db
def test_the_provider_reads_its_own_ledger_and_another_none(contract, make_party):
    starts = surplus(contract)
    actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(1), reason="Ahead")
    with open_scope(party=contract.agreement.party_id):
        assert CreditMove.objects.count() == 1
    with open_scope(party=make_party("Rival").pk):
        assert CreditMove.objects.count() == 0


def test_the_worker_lets_credits_run_out_every_hour(contract, monkeypatch):
    """What the worker itself asks for the work of an hour names this job; the job it names lets the credit go."""
    contract.add_clause(months=1)
    starts = contract.promise("10")
    contract.deliver(starts, "12")
    actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(2), reason="Beyond the promise")
    (unit,) = queries.units_of(contract.agreement)
    deferrer = PeriodicDeferrer(registry=app.periodic_registry)
    hour = datetime(2026, 11, 22, 9, 38, tzinfo=UTC).timestamp()
    due = {task.task.name: (task.task, at) for task, at in deferrer.get_previous_tasks(at=hour)}
    task, at = due["changes.run_out_credits"]
    assert at == hour - 60
    task(timestamp=at)
    assert queries.lots_of(contract.agreement, unit)[0].left > 0, "its last day has not passed yet"
    monkeypatch.setattr("commonweal.delivery.changes.jobs.today", lambda: today() + timedelta(days=40))
    for _hour in range(2):  # a second run finds nothing more
        task(timestamp=at)
    with open_scope(body=contract.body.pk):
        assert [lot.left for lot in queries.lots_of(contract.agreement, unit)] == [0]
        assert [move.kind for move in queries.moves_of(contract.agreement)].count("expiry") == 1


@pytest.mark.django_db
def test_more_of_a_harm_than_its_limit_is_no_surplus(contract):
    contract.add_clause()
    carbon = contract.promise("10", "environment.tco2e-emitted")
    contract.deliver(carbon, "13")
    assert carbon.direction == "harm"
    assert queries.surplus_of(carbon) == 0
    with pytest.raises(NotPossible):
        actions.earn_credit(by=contract.officer, commitment=carbon, quantity=D(2), reason="Three tonnes too many")
