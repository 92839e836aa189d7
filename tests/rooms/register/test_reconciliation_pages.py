"""Pages of the reconciliation: the same contracts on the page and in the file, and decisions made on them."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from money_files import PAYMENTS, REGISTER

from commonweal.engine.year import FinancialYear
from commonweal.reporting.register import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_sides(council):
    council.agreement("Meals in schools", "Larkhollow Kitchens Ltd", reference="K-1", value=Decimal(100000))
    council.bring_in("register", REGISTER)
    council.bring_in("payments", PAYMENTS)
    return council


def test_page_and_file_hold_the_same_contracts(three_sides, read):
    page = read("money/reconciliation/?year=2025-26")
    assert "Paid above contracted" in page
    text = read("money/reconciliation/export/csv/?year=2025-26").removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    found = queries.reconciliation(three_sides.body, FinancialYear(2025))
    assert len(rows) == len(found.contracts)
    assert sum(Decimal(row["Paid in the year (£)"] or 0) for row in rows) == found.whole.payments
    assert all(row["Contract"] in page for row in rows)


def test_filters_narrow_the_list_and_its_export(three_sides, read):
    page = read("money/reconciliation/export/csv/?year=2025-26&standing=payments-alone")
    assert "Nobody Known" in page
    assert "Meals in schools" not in page
    assert read("money/reconciliation/export/csv/?year=2025-26&finding=ended-and-paid").count("\r\n") == 2


def test_contract_is_opened_and_decided_upon(three_sides, read, sign_in):
    found = queries.reconciliation(three_sides.body, FinancialYear(2025))
    loose = next(each for each in found.contracts if each.named.supplier == "Plover Ltd" and not each.of("register"))
    page = read(f"money/reconciliation/of/{loose.id}/?year=2025-26")
    assert "Paid to the same supplier, under no reference" in page
    sent = {"one": loose.id, "other": loose.perhaps[0].other.id, "verdict": "same"}
    client = sign_in(three_sides.finance)
    answer = client.post(f"/{three_sides.body.slug}/work/money/reconciliation/decide/?year=2025-26", sent)
    assert answer.status_code == 302
    assert "Street cleaning" in client.get(answer["Location"]).content.decode()


def test_decision_about_what_is_not_here_is_not_found(three_sides, sign_in):
    client = sign_in(three_sides.finance)
    sent = {"one": "agreement:elsewhere", "other": "none", "verdict": "same"}
    address = f"/{three_sides.body.slug}/work/money/reconciliation/decide/"
    assert client.post(address, sent).status_code == 404
    assert client.get(f"/{three_sides.body.slug}/work/money/reconciliation/of/agreement:elsewhere/").status_code == 404


def test_councillor_reads_and_does_not_decide(three_sides, make_person, sign_in):
    member = sign_in(make_person("member", body=three_sides.body))
    assert member.get(f"/{three_sides.body.slug}/work/money/reconciliation/").status_code == 200
    assert member.post(f"/{three_sides.body.slug}/work/money/reconciliation/decide/").status_code == 403


def test_empty_page_says_what_to_do_next(council, read):
    assert "Bring in a file" in read("money/reconciliation/")
