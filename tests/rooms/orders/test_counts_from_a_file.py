"""How often a trigger happened comes in from a file, every row accounted for."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Order
from commonweal.delivery.orders import actions, invariants, queries
from commonweal.delivery.orders.importing import COUNTS, read_rows
from commonweal.delivery.orders.views.orders import own_share
from commonweal.delivery.queries import accruals
from commonweal.sources.tables import TableError

pytestmark = pytest.mark.django_db
D = Decimal
CSV = b"""Period,Up to,Count,Note
August 2026,31/08/2026,80,Billing system
September 2026,30/09/2026,"1,037",
September 2026,30/09/2026,"1,037",
September 2026,30/09/2026,37,
October 2026,31/10/2026,,
Fair,31/10/2026,a good many,
Refunds,31/10/2026,-5,
Half,31/10/2026,12.5,
With words,31/10/2026,40 homes,
Before,31/03/2025,7,
After,01/04/2029,7,
No day,soon,9,
,31/10/2026,4,
Nothing,31/10/2026,0,
Total,,"1,200",
"""
OUTCOMES = [
    "accepted", "accepted", "unchanged", "rejected", "rejected", "rejected", "rejected", "rejected", "rejected",
    "rejected", "rejected", "rejected", "rejected", "accepted", "rejected",
]  # fmt: skip


@pytest.fixture
def ash(framework):
    """A council's record with a promise of £5 for each new customer."""
    record = framework.councils[0]
    with open_scope(body=record.body.pk):
        record.trigger = delivery.record_commitment(
            by=record.officer, agreement=record.agreement, wording="£5 for each new customer", unit="GBP",
            quantity=D(5), basis="trigger", per_count=D(1),
        )  # fmt: skip
    return record


def opened(record, content=CSV, name="counts.csv", promise=None):
    return actions.open_file(
        by=record.officer, agreement=record.agreement, name=name, content=content, commitment=promise or record.trigger
    )


def come_to(record):
    return accruals([record.trigger.pk])[record.trigger.pk].quantity


def outcomes(file):
    return [row.outcome for row in queries.rows_of(file)]


def test_every_row_of_counts_is_accounted_for_and_the_preview_is_what_happens(ash):
    with open_scope(body=ash.body.pk):
        file = opened(ash)
        assert outcomes(file) == OUTCOMES
        assert not Order.objects.filter(body=ash.body).exists()
        actions.bring_in_file(by=ash.officer, file=file)
        file.refresh_from_db()
        assert outcomes(file) == OUTCOMES
        assert (file.rows_in, file.accepted, file.unchanged, file.rejected) == (15, 3, 1, 11)
        counted = {key: D(value) for key, value in file.counted.items()}
        assert counted == {"read": D(3418), "accepted": D(1117), "unchanged": D(1037), "rejected": D(1264)}
        assert file.pence == {}
        assert come_to(ash) == 5 * 1117


def test_each_refused_row_names_its_cell_and_says_why(ash):
    with open_scope(body=ash.body.pk):
        said = [row.reason for row in queries.rows_of(opened(ash)) if row.outcome == "rejected"]
    for reason, (cell, words) in zip(said, (
        ("A5: ", "recorded with 1,037 times"), ("C6: ", "there is no count"), ("C7: ", ""), ("C8: ", "is negative"),
        ("C9: ", "is not whole"), ("C10: ", "write the number alone"), ("B11: ", "before the agreement starts"),
        ("B12: ", ""), ("B13: ", "is not a date"), ("A14: ", "which period"), ("Not a count", ""),
    ), strict=True):  # fmt: skip
        assert reason.startswith(cell), reason
        assert words in reason, reason


def test_a_day_after_the_term_is_refused_though_it_has_come(ash):
    with open_scope(body=ash.body.pk):
        short = delivery.record_agreement(
            by=ash.officer, body=ash.body, title="Short", channel="procurement", provider=ash.agreement.provider,
            starts_on=date(2025, 4, 1), ends_on=date(2026, 3, 31),
        )  # fmt: skip
        promise = delivery.record_commitment(
            by=ash.officer, agreement=short, wording="£5 each", unit="GBP", quantity=D(5), basis="trigger",
            per_count=D(1),
        )  # fmt: skip
        file = actions.open_file(
            by=ash.officer, agreement=short, name="c.csv", commitment=promise,
            content=b"Period,Up to,Count\nMarch 2026,31/03/2026,4\nApril 2026,30/04/2026,4\n",
        )  # fmt: skip
        first, second = queries.rows_of(file)
    assert first.outcome == "accepted"
    assert second.reason == "B3: 30 April 2026 is after the agreement ends, on 31 March 2026."


def test_same_counts_again_change_nothing_and_an_undone_list_counts_nothing(ash):
    with open_scope(body=ash.body.pk):
        file = opened(ash)
        actions.bring_in_file(by=ash.officer, file=file)
        again = opened(ash)
        assert (again.accepted, again.unchanged, again.rejected) == (0, 4, 11)
        actions.bring_in_file(by=ash.officer, file=again)
        assert come_to(ash) == 5 * 1117
        with pytest.raises(NotPossible, match="brought in already"):
            actions.bring_in_file(by=ash.officer, file=file)
        actions.undo_file(by=ash.officer, file=file)
        assert accruals([ash.trigger.pk])[ash.trigger.pk].orders == 0
        with connection.cursor() as cursor:
            for rule in invariants.RULES:
                cursor.execute(rule.sql)
                assert cursor.fetchall() == [], rule.sentence


def test_invariant_tells_counts_that_do_not_add_up(ash):
    with open_scope(body=ash.body.pk):
        file = opened(ash)
        file.counted = file.counted | {"rejected": "1"}
        file.save(update_fields=["counted"])
        rule = next(each for each in invariants.RULES if each.id == "orders.counts-add-up")
        with connection.cursor() as cursor:
            cursor.execute(rule.sql)
            assert cursor.fetchall() == [(file.public_id,)]


def test_counts_of_a_workbook_name_the_sheet(ash):
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        sheet, day = book.add_worksheet("Customers"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ("Period", "Up to", "Count"))
        for at, (period, up_to, count) in enumerate(
            (("August", date(2026, 8, 31), 80), ("Sept", date(2026, 9, 30), 2.5)), 1
        ):
            sheet.write(at, 0, period)
            sheet.write_datetime(at, 1, up_to, day)
            sheet.write(at, 2, count)
    with open_scope(body=ash.body.pk):
        first, second = queries.rows_of(opened(ash, held.getvalue(), "counts.xlsx"))
    assert first.outcome == "accepted"
    assert second.reason.startswith("Customers!C3: “2.5” is not whole")


def test_a_period_counted_for_another_promise_says_how_to_tell_them_apart(ash):
    with open_scope(body=ash.body.pk):
        other = delivery.record_commitment(
            by=ash.officer, agreement=ash.agreement, wording="A tree for each 10 homes", unit="trees", quantity=D(1),
            basis="trigger", per_count=D(10),
        )  # fmt: skip
        content = b"Period,Up to,Count\nAugust 2026,31/08/2026,80\n"
        actions.bring_in_file(by=ash.officer, file=opened(ash, content))
        (row,) = queries.rows_of(opened(ash, content, promise=other))
    assert row.outcome == "rejected"
    assert "for something else under this agreement" in row.reason


def test_counts_are_for_a_standing_promise_on_a_trigger_of_the_agreement(ash, framework):
    birch = framework.councils[1]
    with open_scope(body=ash.body.pk):
        with pytest.raises(NotPossible, match="whose trigger"):
            opened(ash, promise=ash.promise)
        with pytest.raises(NotPossible, match="whose trigger"):
            opened(ash, promise=birch.promise)


def test_counts_are_brought_in_from_their_pages(ash, sign_in):
    client = sign_in(ash.officer)
    add = reverse("orders:file_add", args=[ash.body.slug, ash.agreement.public_id])
    assert "How often it happened: £5 for each new customer" in client.get(add).content.decode()
    given = {"file": SimpleUploadedFile("counts.csv", CSV), "commitment": ash.trigger.public_id}
    answer = client.post(add, given)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    page = client.get(answer["Location"]).content.decode()
    assert "3,418 times in all" in page
    assert "Bring these counts in" in page
    key = answer["Location"].rstrip("/").split("/")[-1]
    assert client.post(reverse("orders:file_accept", args=[ash.body.slug, key])).status_code == 302
    with open_scope(body=ash.body.pk):
        assert come_to(ash) == 5585
    export = client.get(reverse("orders:file_export", args=[ash.body.slug, key, "csv"]))
    assert "Count" in b"".join(export).decode("utf-8-sig")
    foreign = {"file": SimpleUploadedFile("counts.csv", CSV), "commitment": ash.promise.public_id}
    assert client.post(add, foreign).status_code == 422


def test_another_body_finds_no_file_of_counts(ash, framework, sign_in):
    with open_scope(body=ash.body.pk):
        file = opened(ash)
    birch = framework.councils[1]
    client = sign_in(birch.officer)
    for body in (ash.body, birch.body):
        assert client.get(reverse("orders:file", args=[body.slug, file.public_id])).status_code == 404
        assert client.post(reverse("orders:file_accept", args=[body.slug, file.public_id])).status_code == 404
        assert client.post(reverse("orders:file_undo", args=[body.slug, file.public_id])).status_code == 404
        export = reverse("orders:file_export", args=[body.slug, file.public_id, "csv"])
        assert client.get(export).status_code == 404
    with open_scope(body=birch.body.pk):
        assert queries.files_of(birch.agreement) == []


def test_a_file_without_a_count_says_which_columns_it_needs():
    with pytest.raises(TableError, match="how often it happened"):
        read_rows("c.csv", b"Period,Up to,Colour\nAugust,31/08/2026,red\nMay,31/05/2026,blue\n", COUNTS)


#: What people type where a count belongs; an independent reader takes bare digits and right thousands alone.
CELLS = st.one_of(
    st.integers(-50, 10**7).map(str),
    st.integers(0, 10**7).map(lambda number: f"{number:,}"),
    st.decimals(0, 999, places=2).map(str),
    st.sampled_from(["", " ", "TBC", "n/a", "many", "40 homes", "1e3", "£5", "12%", "1,23", "about 7", "3-4", "NaN", "∞"]),
)  # fmt: skip


def independent(cell):
    """A count read by hand: digits, with commas only where thousands stand, and idle zeros after the point."""
    whole, _, parts = cell.strip().partition(".")
    digits = whole.replace(",", "")
    grouped = "," not in whole or f"{int(digits):,}" == whole if digits.isascii() and digits.isdigit() else False
    return int(digits) if grouped and not parts.strip("0") else None


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(CELLS, min_size=1, max_size=12))
def test_counts_read_are_those_an_independent_reader_finds(cells):
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(["Period", "Up to", "Count"])
    writer.writerows([f"P{number}", "31/08/2026", cell] for number, cell in enumerate(cells))
    rows, _ = read_rows("counts.csv", held.getvalue().encode(), COUNTS)
    assert [row.cells["reference"] for row in rows] == [f"P{number}" for number in range(len(cells))]
    assert [row.figure for row in rows] == [independent(cell) for cell in cells]
    assert all(bool(row.reason) == (row.figure is None) for row in rows)


@pytest.mark.parametrize(
    ("own", "unit", "shown"),
    [("1.438627", "people", "1.44 people"), ("2", "people", "2 people"), ("0.000001", "people", "less than 0.01 people"),
     ("0", "people", "0 people")],
)  # fmt: skip
def test_own_share_is_shown_with_two_decimals_at_most(own, unit, shown):
    assert own_share(D(own), unit) == shown
