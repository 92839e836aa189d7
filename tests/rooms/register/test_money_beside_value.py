"""Money beside value: ratios with their base and never without, leverage apart, who pays and who gains to the penny."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from commonweal.base.errors import NotPossible
from commonweal.engine.presentation import rounded
from commonweal.engine.year import FinancialYear
from commonweal.reporting.queries import worth
from commonweal.reporting.register import actions, queries
from commonweal.reporting.register.spending import leverage_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("editions")]
YEAR = FinancialYear(2025)
PAYMENTS = """Date paid,Supplier,Contract ref,Amount
03/06/2025,Larkhollow,K-1,60000
03/06/2025,Plover,K-2,30000
03/06/2025,Nobody,,10000
"""


def measure_with_value() -> str:
    from commonweal.frameworks.models import Measure

    held = Measure.objects.filter(edition__framework_id="open-measures", edition__version="1.0", figure="valued")
    return str(held.order_by("measure_id").first().measure_id)


@pytest.fixture
def year(council):
    """Two paid contracts, of which one has a value; and one with a value that nothing was paid for."""
    care = council.department("Care")
    measure = measure_with_value()
    paid = council.agreement("Meals", "Larkhollow", reference="K-1", department=care)
    council.agreement("Cleaning", "Plover", reference="K-2")
    unpaid = council.agreement("Books", "Page", reference="L-1")
    council.entry(council.promise(paid, measure, "10"), "4")
    council.entry(council.promise(unpaid, measure, "10"), "6")
    council.bring_in("payments", PAYMENTS)
    return council


def test_ratio_has_its_base_and_leaves_out_value_without_spend(year):
    found = queries.value_per_pound(year.body, YEAR)
    assert (found.base, found.contracts, found.spend.whole) == (Decimal(60000), 1, Decimal(100000))
    assert found.share == Decimal("0.6")
    whole = worth(year.body, what="claimed", on=YEAR.ends_on, by=("agreement",), year=YEAR)
    for row in found.rows:
        total = whole.total(row.key).amount.central
        assert row.value + row.left_out == total
        assert row.value == total * 4 / 10
        assert row.per_pound * 60000 == pytest.approx(row.value)


def test_no_ratio_where_nothing_is_covered(council):
    council.bring_in("payments", PAYMENTS)
    found = queries.value_per_pound(council.body, YEAR)
    assert (found.rows, found.base, found.contracts) == ((), 0, 0)


def test_without_payments_the_base_is_contract_values_spread_over_their_term_and_says_so(council):
    agreement = council.agreement(
        "Meals",
        "Larkhollow",
        reference="K-1",
        value=Decimal(730),
        starts_on=date(2025, 4, 1),
        ends_on=date(2027, 3, 31),
    )
    council.entry(council.promise(agreement, measure_with_value(), "10"), "4")
    found = queries.value_per_pound(council.body, YEAR)
    assert found.spend.base == "contract-values"
    assert found.base == Decimal(365)
    assert found.spend.words.startswith("contract values, spread evenly")


def test_payments_that_need_no_contract_are_no_contract_spend(year):
    found = queries.reconciliation(year.body, YEAR)
    loose = next(each for each in found.contracts if each.named.supplier == "Nobody")
    actions.decide_match(by=year.finance, body=year.body, one=loose.id, other="none", verdict="same")
    spend = queries.spend(year.body, YEAR)
    assert (spend.whole, spend.apart) == (Decimal(90000), Decimal(10000))


def test_leverage_is_of_sums_and_needs_money_of_our_own(council):
    assert round(leverage_of([(Decimal(100), Decimal(133))]).per_pound, 2) == Decimal("1.33")
    assert leverage_of([(Decimal(100), Decimal(300)), (Decimal(300), Decimal(100))]).per_pound == 1
    assert leverage_of([]).per_pound is None
    with pytest.raises(NotPossible, match="nothing to compare with"):
        actions.record_levered(
            by=council.finance,
            body=council.body,
            begins=2025,
            own=Decimal(0),
            levered=Decimal(1),
            funder="X",
            source="Y",
        )


def test_who_gains_sums_to_the_total_as_it_is_shown_everywhere(year):
    parks = year.agreement("Parks", reference="K-3", department=year.department("Parks"))
    year.entry(year.promise(parks, measure_with_value(), "10"), "1.234567")
    whole = worth(year.body, what="claimed", on=YEAR.ends_on, year=YEAR)
    tables = queries.who_gains(year.body, YEAR)
    shown = {table.key: table.whole for table in tables}
    assert shown
    for total in whole.totals:
        if total.key.direction == "benefit" and not total.key.ranged:
            assert shown[total.key] == rounded(total.amount).central


def test_gain_of_another_department_than_the_one_that_pays_is_seen(year):
    adults = year.department("Adult social care")
    words = {gainer.name for table in queries.who_gains(year.body, YEAR) for gainer in table.gainers}
    for each in words:
        actions.name_gainer(by=year.finance, body=year.body, words=each, kind="department", department=adults)
    table = queries.who_gains(year.body, YEAR)[0]
    assert [gainer.name for gainer in table.gainers] == ["Adult social care"]
    assert table.across == table.whole
    with pytest.raises(NotPossible, match="Choose the department"):
        actions.name_gainer(by=year.finance, body=year.body, words="x", kind="department")


def test_pages_and_files_tell_the_same(year, read):
    year.bring_in("budget", "Service,Budget 2025/26,Actual\nCare,100,90\nParks,50.5,\n", begins=2025)
    page = read("money/?year=2025-26")
    assert "£60,000 under 1 contract whose agreements have a value: 60% of £100,000" in page.replace(".00", "")
    rows = list(csv.DictReader(io.StringIO(read("money/export/csv/?year=2025-26").removeprefix("\ufeff"))))
    assert {row["Department"]: row["Budget (£)"] for row in rows} == {"Care": "100.00", "No department": "50.50"}
    assert sum(Decimal(row["Spent under contracts (£)"] or 0) for row in rows) == 100000
    gained = list(csv.DictReader(io.StringIO(read("money/gains/export/csv/?year=2025-26").removeprefix("\ufeff"))))
    tables = queries.who_gains(year.body, YEAR)
    assert sum(Decimal(row["Amount (£)"]) for row in gained) == sum(table.whole for table in tables)
    assert "Who gains, in the words of the frameworks" in read("money/gains/?year=2025-26")


def test_money_is_recorded_on_its_pages_and_a_report_waits_in_quarantine(year, sign_in, read):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, at = sign_in(year.finance), f"/{year.body.slug}/work/money/"
    sent = {"agreement": "", "year": "2025-26", "own": "100", "levered": "133", "funder": "A trust", "source": "Letter"}
    assert client.post(f"{at}leverage/add/", sent).status_code == 302
    assert "£1.33 of other money for each £1 of our own" in read("money/?year=2025-26")
    agreement = queries.reconciliation(year.body, YEAR).find
    assert agreement("nothing") is None
    from commonweal.delivery.models import Agreement

    meals = Agreement.objects.get(body=year.body, title="Meals").public_id
    sent = {"agreement": meals, "years": "10", "buying": "100", "running": "50", "repairs": "25", "replacement": "25",
            "disposal": "0", "source": "Estates"}  # fmt: skip
    assert client.post(f"{at}whole-life/add/", sent).status_code == 302
    sent = {"kind": "sroi", "title": "Return on friendship", "author": "Independent Auditors", "dated_on-day": "1",
            "dated_on-month": "5", "dated_on-year": "2026", "covers": "Two years of visits", "found": "£3 for each £1",
            "agreement": "", "file": SimpleUploadedFile("report.csv", b"a,b\n1,2\n")}  # fmt: skip
    assert client.post(f"{at}reports/add/", sent).status_code == 302
    page = read("money/?year=2025-26")
    assert "Over its life" in page
    assert "50% of it after buying" in page
    assert "report.csv: It is being checked" in page
    report = queries.reports(year.body).get()
    assert client.get(f"{at}reports/{report.public_id}/file/").status_code in (403, 409)


def test_other_bodies_get_nothing_and_councillors_record_nothing(year, make_body, make_person, sign_in):
    stranger = sign_in(make_person("finance", body=make_body()))
    assert stranger.get(f"/{year.body.slug}/work/money/").status_code == 404
    member = sign_in(make_person("member", body=year.body))
    assert member.get(f"/{year.body.slug}/work/money/").status_code == 200
    assert member.post(f"/{year.body.slug}/work/money/leverage/add/").status_code == 403
