"""Register, agreements and payments beside one another: what is missing, what is asked, and sums to the penny."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from money_files import PAYMENTS, REGISTER

from commonweal.engine.year import FinancialYear
from commonweal.reporting.register import actions, queries
from commonweal.reporting.register.models import Payment, RegisterEntry

pytestmark = pytest.mark.django_db
YEAR = FinancialYear(2025)


@pytest.fixture
def three_sides(council):
    council.agreement("Meals in schools", "Larkhollow Kitchens Ltd", reference="K-1", value=Decimal(100000))
    council.agreement("Night shelter", "Harbour House", value=Decimal(20000))
    council.agreement("Grass cutting", "Oxlip", reference="21", value=Decimal(3000))
    council.agreement("Library books", "Page and Sons", reference="L-9", value=Decimal(500))
    council.bring_in("register", REGISTER)
    council.bring_in("payments", PAYMENTS)
    return council


def told(council):
    found = queries.reconciliation(council.body, YEAR)
    return found, {each.named.title or each.named.supplier: each for each in found.contracts}


def test_same_reference_belongs_together_on_all_three_sides(three_sides):
    _, by_name = told(three_sides)
    meals = by_name["Meals in schools"]
    assert meals.standing == "all-three"
    assert meals.amount("payments") == Decimal("105000.30")
    assert meals.ever == Decimal("105007.30")


def test_paid_above_contracted_is_found_with_its_pounds(three_sides):
    _, by_name = told(three_sides)
    above = {each.code: each.amount for each in by_name["Meals in schools"].findings}
    assert above == {"above-contracted": Decimal("5007.30")}


def test_ended_and_still_paid_is_found_with_its_pounds(three_sides):
    _, by_name = told(three_sides)
    cleaning = by_name["Street cleaning"]
    assert cleaning.standing == "no-agreement"
    assert {each.code: each.amount for each in cleaning.findings} == {"ended-and-paid": Decimal("250.75")}


def test_without_a_reference_exactly_the_same_supplier_and_title_belong_together(three_sides):
    _, by_name = told(three_sides)
    assert by_name["Night shelter"].standing == "unpaid"


def test_leading_zeros_are_asked_about_and_never_taken_for_granted(three_sides):
    _, by_name = told(three_sides)
    grass = by_name["Grass cutting"]
    assert grass.standing == "no-register"
    assert [each.why for each in grass.perhaps] == ["their references differ only in leading zeros"]


def test_payments_under_no_reference_are_asked_about_by_their_supplier(three_sides):
    _, by_name = told(three_sides)
    loose = by_name["Plover Ltd"]
    assert loose.standing == "payments-alone"
    assert [each.other.title for each in loose.perhaps] == ["Street cleaning"]
    assert by_name["Nobody Known"].perhaps == ()


def test_decision_that_they_belong_together_is_remembered_when_the_file_comes_again(three_sides):
    _, by_name = told(three_sides)
    asked = by_name["Plover Ltd"].perhaps[0]
    actions.decide_match(
        by=three_sides.finance, body=three_sides.body, one=asked.one.id, other=asked.other.id, verdict="same"
    )
    three_sides.bring_in("register", REGISTER.replace("50,000.50", "50,000.60"), "next.csv")
    _, again = told(three_sides)
    assert again["Street cleaning"].amount("payments") == Decimal("1350.74")
    assert "Plover Ltd" not in again


def test_decision_that_they_do_not_is_not_asked_again_and_can_be_taken_back(three_sides):
    _, by_name = told(three_sides)
    asked = by_name["Grass cutting"].perhaps[0]
    for verdict, count in (("apart", 0), ("same", 0)):
        actions.decide_match(
            by=three_sides.finance, body=three_sides.body, one=asked.other.id, other=asked.one.id, verdict=verdict
        )
        assert len(told(three_sides)[1]["Grass cutting"].perhaps) == count
    assert told(three_sides)[1]["Grass cutting"].standing == "unpaid"


def test_payments_that_need_no_contract_stand_apart_once_somebody_said_so(three_sides):
    _, by_name = told(three_sides)
    actions.decide_match(
        by=three_sides.finance, body=three_sides.body, one=by_name["Nobody Known"].id, other="none", verdict="same",
        reason="Council tax refund",
    )  # fmt: skip
    assert told(three_sides)[1]["Nobody Known"].standing == "no-contract-needed"


def test_other_suppliers_under_one_reference_are_found(council):
    council.agreement("Meals", "Larkhollow", reference="K-1")
    council.bring_in("payments", "Date,Supplier,Contract ref,Amount\n01/06/2025,Somebody else,K-1,5\n02/06/2025,X,,1\n")
    contract = told(council)[1]["Meals"]
    assert [each.code for each in contract.findings] == ["suppliers-differ"]


def test_every_row_and_penny_of_a_random_record_is_in_exactly_one_contract(council):
    seed = 20261122
    chance = random.Random(seed)
    for round_ in range(3):
        lines = ["Contract ref,Contract title,Supplier,Start date,End date,Contract value"]
        for number in range(100):
            ref = chance.choice(["", f"R{round_}{chance.randrange(30)}", f"0{number}"])
            lines.append(
                f"{ref},Work {chance.randrange(20)} lot {number},Firm {chance.randrange(15)},01/04/2025,31/12/2025,"
                f"{chance.randrange(10**7) / 100:.2f}"
            )
        council.bring_in("register", "\n".join(lines), f"r{round_}.csv")
        paid = ["Date,Supplier,Contract ref,Amount"]
        paid += [
            f"{chance.randrange(1, 28)}/0{chance.randrange(1, 9)}/202{chance.choice('56')},Firm {chance.randrange(20)},"
            f"{chance.choice(['', f'R{round_}{chance.randrange(40)}'])},{chance.randrange(-(10**4), 10**6) / 100:.2f}"
            for _ in range(300)
        ]  # fmt: skip
        council.bring_in("payments", "\n".join(paid), f"p{round_}.csv")
    for number in range(30):
        council.agreement(
            f"Work {number % 20} lot {number}", reference=chance.choice(["", f"R0{number}"]), value=Decimal(number) / 3
            if number % 3 == 0 else None,
        )  # fmt: skip
    found = queries.reconciliation(council.body, YEAR)
    items = [item.id for each in (*found.contracts, *found.others) for item in each.items]
    assert len(items) == len(set(items)), f"seed {seed}"
    register = sum(each.value for each in RegisterEntry.objects.filter(body=council.body, withdrawn_at=None))
    of_year = Payment.objects.filter(
        body=council.body, withdrawn_at=None, dated_on__gte=YEAR.starts_on, dated_on__lte=YEAR.ends_on
    )
    whole, others = found.whole, queries.matching.part_of(found.others)
    assert whole.register + others.register == register
    assert whole.payments == sum(each.amount for each in of_year)
    assert whole.paid_lines == of_year.count()
    standings = [key for key, _ in queries.STANDINGS]
    parts = found.by_standing(standings).values()
    departments = found.by_department().values()
    for side in ("register", "agreement", "payments", "contracts", "paid_lines", "entries"):
        assert sum(getattr(part, side) for part in parts) == getattr(whole, side)
        assert sum(getattr(part, side) for part in departments) == getattr(whole, side)


def test_number_of_queries_does_not_grow_with_the_record(three_sides):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            queries.reconciliation(three_sides.body, YEAR)
        return len(caught)

    before = count()
    three_sides.bring_in("payments", PAYMENTS.replace("2025", "2026").replace("Plover", "Plover and Sons"), "more.csv")
    three_sides.bring_in("register", REGISTER.replace("K-", "M-"), "more-register.csv")
    assert count() == before


def test_contract_of_another_year_stands_apart_unless_it_is_paid(council):
    council.agreement("Long ago", reference="Z-1", starts_on=date(2020, 4, 1), ends_on=date(2021, 3, 31))
    found = queries.reconciliation(council.body, YEAR)
    assert [each.named.title for each in found.others] == ["Long ago"]
    council.bring_in("payments", "Date,Supplier,Contract ref,Amount\n01/06/2025,X,Z-1,5\n02/06/2025,Y,,1\n")
    contract = told(council)[1]["Long ago"]
    assert [each.code for each in contract.findings] == ["ended-and-paid"]
