"""Formula promises come to a quantity as orders land, once, in every body's record and in every sum."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Order
from commonweal.delivery.orders import actions, invariants, queries
from commonweal.delivery.queries import accruals, overdue_commitments, promise_table
from commonweal.directory.actions import record_organisation
from commonweal.reporting.queries import account

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
D = Decimal
CALLED_OFF = ("400000", "700000", "1200000", "200000", "500000")


def order(record, amount, reference="PO-1", **given):
    fields = {"kind": "order", "dated_on": date(2026, 5, 1)} | given
    with open_scope(body=record.body.pk):
        return actions.record_order(
            by=record.officer, agreement=record.agreement, reference=reference, amount=D(amount), **fields
        )


def come_to(record):
    with open_scope(body=record.body.pk):
        return accruals([record.promise.pk])[record.promise.pk]


def test_five_councils_call_off_one_framework_and_nothing_counts_twice(framework):
    """£0.4m + £0.7m + £1.2m + £0.2m + £0.5m at one for each full £1m over all call-offs: three, parted over five."""
    with open_scope(party=framework.party.pk):
        for record, amount in zip(framework.councils, CALLED_OFF, strict=True):
            made = actions.report_order(
                by=framework.reporter, agreement=framework.hub.agreement, ordered_by=record.body, kind="call-off",
                reference="CO-1", dated_on=date(2026, 5, 1), amount=D(amount),
            )  # fmt: skip
            assert len(made) == 6
    assert {come_to(record).quantity for record in framework.records} == {D(3)}
    parts = [come_to(record).own for record in framework.councils]
    assert parts == [D("0.4"), D("0.7"), D("1.2"), D("0.2"), D("0.5")]
    assert come_to(framework.hub).own == 0
    assert sum(come_to(record).own for record in framework.records) == 3
    with open_scope(body=framework.hub.body.pk):
        assert promise_table(framework.hub.agreement, DAY).rows[0].promised == 3
    counted = []
    for record in framework.records:
        with open_scope(body=record.body.pk):
            counted += [line.counted for line in account(record.body, on=DAY).worths["promised"].lines]
    assert sum(counted) == 3


def test_the_floor_is_over_all_call_offs_and_its_parts_add_up_to_the_millionth(framework):
    with open_scope(party=framework.party.pk):
        for record in framework.councils[:3]:
            actions.report_order(
                by=framework.reporter, agreement=framework.hub.agreement, ordered_by=record.body, kind="call-off",
                reference="CO-1", dated_on=date(2026, 5, 1), amount=D("433333.33"),
            )  # fmt: skip
    assert come_to(framework.hub).quantity == 1  # £1,299,999.99: one full million
    parts = [come_to(record).own for record in framework.councils[:3]]
    assert parts == [D("0.333334"), D("0.333333"), D("0.333333")]
    assert sum(parts) == 1


def test_an_order_typed_by_a_council_and_reported_by_the_provider_is_one_order(framework):
    ash = framework.councils[0]
    order(ash, "400000", "CO-1")
    with open_scope(party=framework.party.pk):
        made = actions.report_order(
            by=framework.reporter, agreement=framework.hub.agreement, ordered_by=ash.body, kind="order",
            reference="CO-1", dated_on=date(2026, 5, 1), amount=D(400_000),
        )  # fmt: skip
    assert len(made) == 5
    assert come_to(ash).base == D(400_000)
    with open_scope(party=framework.party.pk), pytest.raises(NotPossible, match="recorded already"):
        actions.report_order(
            by=framework.reporter, agreement=framework.hub.agreement, ordered_by=ash.body, kind="order",
            reference="CO-1", dated_on=date(2026, 5, 1), amount=D(400_000),
        )  # fmt: skip


def test_a_reference_shared_by_chance_is_not_one_framework(framework):
    ash = framework.councils[0]
    with open_scope(body=ash.body.pk):
        other = delivery.record_agreement(
            by=ash.officer, body=ash.body, title="Something else", channel="grant", reference="X-1",
            provider=ash.agreement.provider,
        )  # fmt: skip
        delivery.record_commitment(
            by=ash.officer,
            agreement=other,
            wording="Spend",
            unit="GBP",
            quantity=D(5),
            basis="per-spend",
            per_amount=D(1),
        )
    birch = framework.councils[1]
    with open_scope(body=birch.body.pk):
        delivery.record_agreement(
            by=birch.officer, body=birch.body, title="By chance", channel="grant", reference="X-1",
            provider=birch.agreement.provider,
        )  # fmt: skip
    with open_scope(party=framework.party.pk):
        assert queries.records_of_framework(other) == [other]


def test_a_rate_is_not_a_quantity_until_something_is_ordered(framework):
    ash = framework.councils[0]
    with open_scope(body=ash.body.pk):
        row = promise_table(ash.agreement, DAY).rows[0]
    assert row.promised is None
    assert row.unpromised == "Rate, not a quantity"
    order(ash, "0.01")
    with open_scope(body=ash.body.pk):
        assert promise_table(ash.agreement, DAY).rows[0].promised == 0


def test_orders_beneath_an_agreement_count_for_the_formula_above_them(framework):
    ash = framework.councils[0]
    with open_scope(body=ash.body.pk):
        beneath = delivery.record_agreement(
            by=ash.officer, body=ash.body, title="Task 1", channel="procurement", level="order", parent=ash.agreement,
            provider=ash.agreement.provider,
        )  # fmt: skip
        actions.record_order(
            by=ash.officer, agreement=beneath, kind="invoice", reference="I-1", dated_on=DAY, amount=D(2_500_000)
        )
    assert come_to(ash).quantity == 2
    with open_scope(body=ash.body.pk):
        assert [row.commitment.pk for row in queries.formulas(beneath)] == [ash.promise.pk]


def test_a_credit_note_takes_back_what_it_credits(framework):
    ash = framework.councils[0]
    order(ash, "2000000")
    order(ash, "-0.01", "CN-1", kind="credit")
    assert come_to(ash).quantity == 1


def test_each_time_a_trigger_happens_counts(framework):
    """£5 into the fund for each new customer: 117 customers make £585."""
    ash = framework.councils[0]
    with open_scope(body=ash.body.pk):
        promise = delivery.record_commitment(
            by=ash.officer, agreement=ash.agreement, wording="£5 for each new customer", unit="GBP", quantity=D(5),
            basis="trigger", per_count=D(1),
        )  # fmt: skip
        for month, count in (("September 2026", "80"), ("October 2026", "37")):
            actions.record_order(
                by=ash.officer, agreement=ash.agreement, kind="trigger", commitment=promise, reference=month,
                dated_on=DAY, happened=D(count),
            )  # fmt: skip
        assert accruals([promise.pk])[promise.pk].quantity == 585
    assert come_to(ash).orders == 0  # a count is no order: the other formula has nothing yet


def test_an_option_is_no_promise_and_not_overdue(framework):
    ash = framework.councils[0]
    with open_scope(body=ash.body.pk):
        delivery.record_commitment(
            by=ash.officer, agreement=ash.agreement, wording="More if extended", unit="people", quantity=D(5),
            basis="option", ends_on=date(2026, 1, 31), starts_on=date(2026, 1, 1),
        )  # fmt: skip
        row = promise_table(ash.agreement, DAY).rows[1]
        assert (row.promised, row.unpromised, row.overdue) == (None, "Not unless it is taken up", False)
        assert not overdue_commitments(ash.body, DAY).exists()


def test_what_a_formula_came_to_is_overdue_once_its_time_passed(framework):
    ash = framework.councils[0]
    with open_scope(body=ash.body.pk):
        past = delivery.record_commitment(
            by=ash.officer, agreement=ash.agreement, wording="Past", unit="people", quantity=D(1), basis="per-spend",
            per_amount=D(1_000_000), starts_on=date(2026, 1, 1), ends_on=date(2026, 10, 31),
        )  # fmt: skip
        assert not overdue_commitments(ash.body, DAY).exists()
    order(ash, "1000000")
    with open_scope(body=ash.body.pk):
        assert list(overdue_commitments(ash.body, DAY)) == [past]


def test_one_number_is_one_order(framework):
    ash = framework.councils[0]
    order(ash, "10")
    with pytest.raises(NotPossible, match="£10.00 on 1 May 2026"):
        order(ash, "10")
    assert order(ash, "10", "PO-2").pk


def test_taken_back_counts_for_nothing_and_its_number_is_free_again(framework):
    ash = framework.councils[0]
    made = order(ash, "2000000")
    with open_scope(body=ash.body.pk):
        actions.take_back(by=ash.officer, order=made, reason="Keyed twice")
        assert Order.objects.filter(pk=made.pk).exists()
        with pytest.raises(NotPossible, match="already"):
            actions.take_back(by=ash.officer, order=made, reason="Keyed twice")
    assert come_to(ash).orders == 0
    order(ash, "1000000")
    assert come_to(ash).quantity == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reference": " "}, "its number"),
        ({"dated_on": date(2026, 12, 31)}, "not come yet"),
        ({"dated_on": date(1926, 5, 1)}, "cannot be right"),
        ({"amount": "-5"}, "below zero"),
        ({"amount": "5", "kind": "credit"}, "below zero"),
        ({"amount": "0"}, "counts for nothing"),
        ({"amount": "0", "kind": "credit"}, "counts for nothing"),
        ({"amount": "1.005"}, "pounds and pence"),
        ({"kind": "trigger"}, "whose trigger"),
    ],
)
def test_an_order_that_cannot_be_says_why(framework, given, sentence):
    fields = {"amount": "5"} | given
    with pytest.raises(NotPossible, match=sentence):
        order(framework.councils[0], fields.pop("amount"), **fields)


def test_pages_of_another_body_are_not_there(framework, sign_in):
    ash, birch = framework.councils[:2]
    made = order(ash, "5")
    client = sign_in(birch.officer)
    for route, key in (
        ("orders:agreement", ash.agreement.public_id), ("orders:order_add", ash.agreement.public_id),
        ("orders:count_add", ash.agreement.public_id), ("orders:file_add", ash.agreement.public_id),
        ("orders:order_take_back", made.public_id),
    ):  # fmt: skip
        for body in (ash.body, birch.body):
            assert client.get(reverse(route, args=[body.slug, key])).status_code == 404
    page = sign_in(ash.officer).get(reverse("orders:agreement", args=[ash.body.slug, ash.agreement.public_id]))
    assert "PO-1" in page.content.decode()


def test_provider_reports_an_order_once_and_another_party_finds_nothing(framework, sign_in, make_person, make_party):
    ash = framework.councils[0]
    address = reverse("orders_provider:order_add", args=[framework.party.public_id, framework.hub.agreement.public_id])
    given = {"kind": "call-off", "reference": "CO-9", "dated_on-day": "1", "dated_on-month": "5", "dated_on-year": "2026",
             "amount": "1000000", "ordered_by": ash.body.slug}  # fmt: skip
    answer = sign_in(framework.reporter).post(address, given)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    assert come_to(ash).own == 1
    other = make_party("Rival")
    rival = make_person("provider-admin", party=other)
    foreign = reverse("orders_provider:order_add", args=[other.public_id, framework.hub.agreement.public_id])
    assert sign_in(rival).get(foreign).status_code == 404
    assert sign_in(rival).get(address).status_code == 404


def test_a_subcontractor_sees_its_orders_and_nothing_of_the_agreement_above(framework, sign_in, make_person):
    ash = framework.councils[0]
    with open_scope(body=ash.body.pk):
        sub = record_organisation(name="Small Joinery", body=ash.body, by=ash.officer)
        beneath = delivery.record_agreement(
            by=ash.officer, body=ash.body, title="Joinery", channel="procurement", level="order", parent=ash.agreement,
            provider=sub,
        )  # fmt: skip
        delivery.record_commitment(
            by=ash.officer, agreement=beneath, wording="A day of training for each £1,000", unit="days", quantity=D(1),
            basis="per-spend", per_amount=D(1_000),
        )  # fmt: skip
    page = sign_in(make_person("provider-contributor", party=sub.party)).get(
        reverse("orders_provider:orders", args=[sub.party.public_id])
    )
    assert page.status_code == 200
    assert "Joinery" in page.content.decode()
    assert "apprentice" not in page.content.decode()


CSV = b"""Order number,Date,Amount,Council
CO-1,01/05/2026,"400,000.00",
CO-1,01/05/2026,"400,000.00",
CO-2,31/02/2026,"10.50",
CO-3,02/05/2026,"700,000.25",Narnia
CO-4,03/05/2026,(250.00),
Total,,"1,099,760.75",
"""


def test_every_row_of_a_list_is_accounted_for_and_the_pennies_add_up(framework):
    ash = framework.councils[0]
    with open_scope(body=ash.body.pk):
        file = actions.open_file(by=ash.officer, agreement=ash.agreement, name="orders.csv", content=CSV)
        assert not Order.objects.filter(body=ash.body).exists()
        preview = [(row.row_number, row.outcome) for row in queries.rows_of(file)]
        assert preview == [
            (2, "accepted"),
            (3, "unchanged"),
            (4, "rejected"),
            (5, "rejected"),
            (6, "accepted"),
            (7, "rejected"),
        ]
        actions.bring_in_file(by=ash.officer, file=file)
        file.refresh_from_db()
        assert [(row.row_number, row.outcome) for row in queries.rows_of(file)] == preview
        assert file.rows_in == file.accepted + file.unchanged + file.rejected == 6
        pence = {key: D(value) for key, value in file.pence.items()}
        assert pence["read"] == pence["accepted"] + pence["unchanged"] + pence["rejected"] == D("2599521.50")
        assert pence["accepted"] == D("399750.00")
        assert accruals([ash.promise.pk])[ash.promise.pk].base == D("399750.00")
        with pytest.raises(NotPossible, match="brought in already"):
            actions.bring_in_file(by=ash.officer, file=file)
        again = actions.open_file(by=ash.officer, agreement=ash.agreement, name="orders.csv", content=CSV)
        assert (again.accepted, again.unchanged) == (0, 3)
        actions.undo_file(by=ash.officer, file=file)
        assert accruals([ash.promise.pk])[ash.promise.pk].orders == 0
        with connection.cursor() as cursor:
            for rule in invariants.RULES:
                cursor.execute(rule.sql)
                assert cursor.fetchall() == [], rule.sentence


def test_a_list_is_brought_in_from_its_pages(framework, sign_in):
    ash = framework.councils[0]
    client = sign_in(ash.officer)
    add = reverse("orders:file_add", args=[ash.body.slug, ash.agreement.public_id])
    answer = client.post(add, {"file": SimpleUploadedFile("orders.csv", CSV)})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Narnia" in page
    assert "£2,599,521.50" in page
    key = answer["Location"].rstrip("/").split("/")[-1]
    assert client.post(reverse("orders:file_accept", args=[ash.body.slug, key])).status_code == 302
    assert come_to(ash).orders == 2
    assert client.post(reverse("orders:file_undo", args=[ash.body.slug, key])).status_code == 302
    assert come_to(ash).orders == 0
    assert (
        client.post(add, {"file": SimpleUploadedFile("orders.csv", b"Name,Colour\nA,red\nB,blue\n")}).status_code == 422
    )
