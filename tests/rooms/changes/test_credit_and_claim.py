"""A credit rests on what was accepted beyond a promise: it never regrows, and it goes with the claim it came from."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from commonweal.base.errors import NotPossible
from commonweal.delivery import actions as delivery
from commonweal.delivery.changes import actions, invariants, queries
from commonweal.delivery.changes.ledger import Backed, surplus, unbacked
from commonweal.delivery.changes.models import CreditLeg, CreditMove
from commonweal.delivery.models import Entry
from commonweal.delivery.queries import standing_entries
from commonweal.directory.queries import today

D = Decimal
WHOLE = st.integers(1, 50)


class Claims(RuleBasedStateMachine):
    """One promise raised and lowered, claims accepted and reversed, credits earned and spent, at a pound each.

    The model knows single pieces: each accepted piece is promised, credited or free, and the promised come first.
    """

    def __init__(self) -> None:
        super().__init__()
        self.promised = [D(20)]
        self.accepted = self.number = 0
        self.lots: dict[int, Backed] = {}

    def credited(self) -> Decimal:
        return sum((lot.quantity for lot in self.lots.values()), D(0))

    @rule(quantity=WHOLE)
    def promise(self, quantity: int) -> None:
        self.promised.append(D(quantity))
        self.take_back()

    @rule(quantity=WHOLE)
    def accept(self, quantity: int) -> None:
        self.accepted += quantity

    @rule(quantity=WHOLE)
    def reverse(self, quantity: int) -> None:
        self.accepted = max(self.accepted - quantity, 0)
        self.take_back()

    @rule()
    def credit(self) -> None:
        found = surplus(D(self.accepted), self.promised, self.credited())
        if found > 0:
            self.number += 1
            self.lots[self.number] = Backed(self.number, found, found, found, D(0))

    @rule(quantity=WHOLE)
    def spend(self, quantity: int) -> None:
        for lot in list(self.lots.values()):
            part = min(lot.left, D(quantity))
            self.lots[lot.key] = Backed(lot.key, lot.quantity, lot.amount, lot.left - part, lot.used + part)

    def beyond(self) -> Decimal:
        return surplus(D(self.accepted), self.promised, D(0))

    def take_back(self) -> None:
        for each in unbacked(list(self.lots.values()), self.beyond()):
            lot = self.lots[each.key]
            self.lots[each.key] = Backed(
                lot.key, lot.quantity - each.quantity, lot.amount - each.amount, lot.left - each.amount, lot.used
            )
        assert all(each.amount == 0 for each in unbacked(list(self.lots.values()), self.beyond()))

    @invariant()
    def what_is_credited_and_promised_was_accepted_or_is_owed(self) -> None:
        owed = sum((each.owed for each in unbacked(list(self.lots.values()), self.beyond())), D(0))
        pieces = max(self.accepted - max(self.promised), D(0))  # each piece within the most ever promised is no surplus
        assert self.credited() - owed <= pieces

    @invariant()
    def nothing_is_owed_that_was_not_spent(self) -> None:
        for each in unbacked(list(self.lots.values()), self.beyond()):
            assert each.owed <= self.lots[each.key].used

    @invariant()
    def nothing_is_below_zero(self) -> None:
        assert all(lot.left >= 0 and lot.quantity >= 0 for lot in self.lots.values())


def test_credits_rest_on_what_was_accepted_however_promises_and_claims_move():
    run_state_machine_as_test(Claims, settings=settings(max_examples=200, stateful_step_count=30, deadline=None))


def earned(contract, quantity, cap=100):
    """A promise of ten with more accepted, all of the surplus credited."""
    contract.add_clause(12, cap)
    starts = contract.promise("10")
    contract.deliver(starts, "10")
    contract.deliver(starts, quantity)
    actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(quantity), reason="Ahead")
    return starts


def reduced(contract, promise, to):
    change = contract.change(uses_credit=True)
    actions.add_line(by=contract.officer, change=change, kind="reduce", before=promise, quantity_after=D(to))
    return contract.made(change)


def reverse_surplus(contract, starts, quantity):
    found = standing_entries().get(commitment=starts, quantity=D(quantity))
    return delivery.reverse_entry(by=contract.officer, entry=Entry.objects.get(pk=found.pk), reason="It did not happen")


def every_rule_holds():
    with connection.cursor() as cursor:
        for each in invariants.RULES:
            cursor.execute(each.sql)
            assert cursor.fetchall() == [], each.sentence


@pytest.mark.django_db
def test_a_reduction_met_by_a_credit_does_not_grow_that_credit_anew(contract):
    starts = earned(contract, "3")
    reduced(contract, starts, "7")
    assert queries.surplus_of(starts) == 0
    with pytest.raises(NotPossible, match="beyond the promise"):
        actions.earn_credit(by=contract.officer, commitment=starts, quantity=D(3), reason="Again")


@pytest.mark.django_db
def test_a_credit_goes_with_the_claim_it_came_from(contract):
    starts = earned(contract, "3")
    (unit,) = queries.units_of(contract.agreement)
    reverse_surplus(contract, starts, "3")
    move = CreditMove.objects.get(kind="recall")
    assert sum(leg.amount for leg in CreditLeg.objects.filter(move=move)) == 0
    assert queries.held_by_legs(contract.agreement, unit) == 0
    assert queries.owed_by(contract.agreement) == []
    assert actions.recall_credits(agreement=contract.agreement) == 0, "a second run finds nothing more"
    every_rule_holds()


@pytest.mark.django_db
def test_a_promise_that_is_raised_takes_the_credit_of_what_it_now_covers_at_once(contract):
    starts = earned(contract, "3")
    (unit,) = queries.units_of(contract.agreement)
    held = queries.held_by_legs(contract.agreement, unit)
    change = contract.change()
    actions.add_line(by=contract.officer, change=change, kind="increase", before=starts, quantity_after=D(11))
    contract.made(change)
    move = CreditMove.objects.get(kind="recall")
    assert (move.quantity, move.recorded_by) == (1, contract.officer)
    assert abs(queries.held_by_legs(contract.agreement, unit) - held * 2 / 3) < D("0.01")
    assert actions.recall_credits(agreement=contract.agreement) == 0, "nothing is left for the hour"
    every_rule_holds()


@pytest.mark.django_db
def test_a_credit_that_was_spent_is_told_before_and_stays_as_a_debt(contract, sign_in):
    starts = earned(contract, "3")
    other = contract.promise("10", wording="At the depot")
    reduced(contract, other, "8")
    entry = standing_entries().get(commitment=starts, quantity=D(3))
    officer, slug = sign_in(contract.officer), contract.body.slug
    before = officer.get(reverse("delivery:entry_reverse", args=[slug, entry.public_id])).content.decode()
    assert "is taken back" in before
    assert "stays as a debt" in before
    reverse_surplus(contract, starts, "3")
    (debt,) = queries.owed_by(contract.agreement)
    assert abs(debt.amount - queries.worth_now(starts, D(2))[1]) < D("0.01")
    tab = officer.get(reverse("changes:agreement", args=[slug, contract.agreement.public_id])).content.decode()
    assert "nothing accepted carries any more" in tab
    assert "owes credit that was spent" in officer.get(reverse("reporting:today", args=[slug])).content.decode()
    every_rule_holds()
    contract.deliver(starts, "3")
    assert queries.owed_by(contract.agreement) == [], "made good by as much accepted anew"


@pytest.mark.django_db
def test_what_stays_of_an_ended_promise_was_accepted(contract):
    starts = contract.promise("10")
    contract.deliver(starts, "3")
    contract.deliver(starts, "2", accepted=False)
    change = contract.change()
    for quantity in ("5000", "4"):
        with pytest.raises(NotPossible, match="at most 3"):
            actions.add_line(by=contract.officer, change=change, kind="end", before=starts, quantity_after=D(quantity))
    line = actions.add_line(by=contract.officer, change=change, kind="end", before=starts, quantity_after=D(3))
    assert line.quantity_after == 3


@pytest.mark.django_db
def test_a_claim_that_nobody_accepted_does_not_shrink_what_a_substitute_makes_up(contract):
    starts = contract.promise("10")
    contract.deliver(starts, "4")
    contract.deliver(starts, "5", accepted=False)
    change = contract.change(kind="substitution")
    given = {"by": contract.officer, "change": change, "kind": "substitute", "before": starts,
             "measure": contract.measure(), "wording": "Elsewhere"}  # fmt: skip
    with pytest.raises(NotPossible, match="above zero"):
        actions.add_line(**given, quantity_after=D(0))
    assert actions.add_line(**given, quantity_after=D(1)).quantity_kept == 4
    assert queries.neutrality(change, queries.lines_of(change)).shortfalls


@pytest.mark.django_db
def test_a_closed_agreement_takes_no_more_work_and_leaves_nothing_open(contract, sign_in):
    starts = contract.promise("10")
    draft, agreed = contract.change(title="A draft"), contract.change(title="Agreed on")
    actions.add_line(by=contract.officer, change=agreed, kind="increase", before=starts, quantity_after=D(12))
    contract.agreed(agreed)
    actions.close_agreement(
        by=contract.officer, agreement=contract.agreement, how="terminated", last_day=today(), why="Moved", follows="None"
    )  # fmt: skip
    assert [each.state for each in queries.changes_of(contract.agreement)] == ["declined", "dropped"]
    assert queries.changes_of(contract.agreement)[1].pk == draft.pk
    with pytest.raises(NotPossible, match=f"ask {contract.body.name}"):
        contract.deliver(starts, "1")
    with pytest.raises(NotPossible, match="terminated"):
        contract.promise("1")
    slug, key, party = contract.body.slug, contract.agreement.public_id, contract.agreement.party.public_id
    officer = sign_in(contract.officer)
    for address in (
        reverse("delivery:commitment_add", args=[slug, key]), reverse("changes:change_add", args=[slug, key]),
        reverse("changes:line_add", args=[slug, draft.public_id]), reverse("delivery:entry_add", args=[slug, starts.public_id]),
    ):  # fmt: skip
        assert officer.get(address).status_code == 409, address
    provider = sign_in(contract.reporter)
    assert provider.get(reverse("delivery_provider:entry_add", args=[party, starts.public_id])).status_code == 409


@pytest.mark.django_db
def test_a_last_day_before_the_first_is_refused_when_it_is_written(contract):
    with pytest.raises(NotPossible, match="before the agreement’s first"):
        contract.change(ends_after=contract.agreement.starts_on.replace(year=2020))


@pytest.mark.django_db
def test_a_decision_is_confirmed_and_a_person_who_may_not_answer_is_told_who_does(contract, make_person, sign_in):
    change = contract.change()
    actions.add_line(
        by=contract.officer, change=change, kind="increase", before=contract.promise("1"), quantity_after=D(2)
    )
    actions.propose(by=contract.officer, change=change, written_against=2)
    party = contract.agreement.party
    reporter = sign_in(make_person("provider-contributor", party=party))
    page = reporter.get(reverse("changes_provider:change", args=[party.public_id, change.public_id])).content.decode()
    assert "An administrator of your organisation decides this" in page
    actions.answer(by=contract.reporter, change=change, agrees=True, words="", written_against=3)
    second = sign_in(contract.second)
    decide = reverse("changes:decide", args=[contract.body.slug, change.public_id])
    told = {"written_against": 4, "approves": "yes", "words": "", "excuse": ""}
    assert "Change 1 is approved" in second.post(decide, told, follow=True).content.decode()
