"""What is unlikely of an order is asked about once where it is typed, and said on its row where a list brings it in."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.delivery.models import Order
from commonweal.delivery.orders import actions, policies, queries
from commonweal.delivery.orders.forms import OrderForm

pytestmark = pytest.mark.django_db
DAY = {"dated_on-day": "1", "dated_on-month": "5", "dated_on-year": "2026"}
OLD = {"dated_on-day": "1", "dated_on-month": "1", "dated_on-year": "1991"}


@pytest.fixture
def ash(framework):
    return framework.councils[0]  # an agreement of £10,000,000, from 1 April 2025 to 31 March 2029


@pytest.mark.parametrize(
    ("given", "tick", "words"),
    [
        (DAY | {"amount": "99999999999999.99"}, "amount_is_right", "more than the whole agreement’s value"),
        (OLD | {"amount": "400000"}, "date_is_right", "before the agreement starts, on 1 April 2025"),
    ],
)
@pytest.mark.parametrize("side", ["body", "provider"])
def test_what_is_unlikely_is_asked_once_and_then_taken(ash, framework, sign_in, side, given, tick, words):
    if side == "body":
        client = sign_in(ash.officer)
        address = reverse("orders:order_add", args=[ash.body.slug, ash.agreement.public_id])
    else:
        client = sign_in(framework.reporter)
        address = reverse("orders_provider:order_add", args=[framework.party.public_id, ash.agreement.public_id])
    typed = given | {"kind": "call-off", "reference": "CO-9", "ordered_by": ash.body.slug}
    asked = client.post(address, typed)
    assert asked.status_code == 422
    assert words in html.unescape(asked.content.decode())
    assert f'name="{tick}"' in asked.content.decode()
    with open_scope(body=ash.body.pk):
        assert not Order.objects.filter(body=ash.body).exists()
    assert client.post(address, typed | {tick: "on"}).status_code == 302
    with open_scope(body=ash.body.pk):
        assert Order.objects.get(body=ash.body).amount == Decimal(given["amount"])


def test_a_likely_order_is_asked_nothing(ash, sign_in):
    address = reverse("orders:order_add", args=[ash.body.slug, ash.agreement.public_id])
    typed = DAY | {"kind": "order", "reference": "PO-1", "amount": "10000000", "ordered_by": ash.body.slug}
    assert sign_in(ash.officer).post(address, typed).status_code == 302


def test_a_list_notes_what_is_unlikely_and_rejects_many_times_the_value(ash):
    rows = b"Order number,Date,Amount\nA,01/05/2026,400000\nB,01/05/2026,10000000.01\nC,01/01/1991,5\nD,01/05/2026,100000000.01\n"
    with open_scope(body=ash.body.pk):
        file = actions.open_file(by=ash.officer, agreement=ash.agreement, name="orders.csv", content=rows)
        likely, beyond, early, far = queries.rows_of(file)
        assert (likely.outcome, likely.reason) == ("accepted", "")
        assert beyond.outcome == early.outcome == "accepted"
        assert "£10,000,000.01 is more than the whole agreement’s value, £10,000,000.00" in beyond.reason
        assert "1 January 1991 is before the agreement starts" in early.reason
        assert far.outcome == "rejected"
        assert "more than 10 times" in far.reason
        assert "record this order by hand" in far.reason
        actions.bring_in_file(by=ash.officer, file=file)
        assert set(Order.objects.filter(body=ash.body).values_list("reference", flat=True)) == {"A", "B", "C"}


def test_the_sentence_about_amounts_recommends_what_the_form_takes(ash):
    with pytest.raises(NotPossible) as refused:
        policies.check_amount("order", Decimal("1.005"))
    written = re.findall(r"[0-9][0-9.,]*[0-9]", str(refused.value))
    assert len(written) == 2
    field = OrderForm(buyers=[("ash", "Ash")], asked=lambda _given: {}).fields["amount"]
    assert [field.clean(each) for each in written] == [Decimal(400_000), Decimal("1250.50")]


def test_the_list_shows_pence_where_there_are_any(ash, sign_in):
    with open_scope(body=ash.body.pk):
        for number, amount in (("PO-1", "9999999999999.99"), ("PO-2", "400000")):
            actions.record_order(
                by=ash.officer, agreement=ash.agreement, kind="order", reference=number, dated_on=date(2026, 5, 1),
                amount=Decimal(amount),
            )  # fmt: skip
    page = sign_in(ash.officer).get(reverse("orders:agreement", args=[ash.body.slug, ash.agreement.public_id]))
    assert "£9,999,999,999,999.99" in page.text
    assert "£10,000,000,000,000<" not in page.text
    assert re.search(r"£400,000\s*<", page.text)
