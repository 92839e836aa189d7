"""How many to draw, by how sure and how close; shown before anything is drawn."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.delivery.assurance import policies, queries

pytestmark = pytest.mark.django_db
PERIOD = {
    "starts_on-day": "1", "starts_on-month": "4", "starts_on-year": "2026",
    "ends_on-day": "30", "ends_on-month": "6", "ends_on-year": "2026",
}  # fmt: skip


@pytest.mark.parametrize(
    ("sure", "within", "expected", "size"),
    [("95", "5", None, 218), ("", "5", None, 218), ("95", "5", "90", 109), ("90", "10", None, 60)],
)
def test_size_wanted_of_five_hundred(sure, within, expected, size):
    given = None if expected is None else Decimal(expected)
    assert policies.size_wanted(500, within=Decimal(within), sure=sure, expected=given) == size


def test_size_of_nothing_is_refused():
    with pytest.raises(NotPossible, match="nothing to draw from"):
        policies.size_wanted(0, within=Decimal(5))


def test_size_is_shown_before_anything_is_drawn_and_stays_editable(claims, sign_in):
    for _ in range(12):
        claims.claim(evidence=False)
    body, client = claims.council.body, sign_in(claims.other)
    address = reverse("assurance:sample_add", args=[body.slug])
    asked = {"title": "Audit", "sure": "95", "within": "20", "expected": "", "size": "", "seed": "dice"} | PERIOD
    page = client.post(address, asked)
    assert page.status_code == 200
    text = " ".join(page.content.decode().split())
    assert "9 of the 12 claims of that period" in text  # 24.01 -> 8.23
    assert 'value="9"' in text
    with open_scope(body=body.pk):
        assert queries.samples(body) == []
    assert client.post(address, asked | {"size": "4"}).status_code == 302
    with open_scope(body=body.pk):
        (made,) = queries.samples(body)
    assert made.size == 4


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"within": "", "size": ""}, "within how many points"),
        ({"within": "100", "size": ""}, "more than 0 and less than 100"),
        ({"within": "5", "expected": "0", "size": ""}, "more than 0 and less than 100"),
        ({"within": "5", "size": ""}, "nothing to draw from"),
    ],
)
def test_size_that_cannot_be_worked_out_says_why(claims, sign_in, given, words):
    client = sign_in(claims.other)
    fields = {"title": "Audit", "sure": "95", "seed": ""} | PERIOD | given
    page = client.post(reverse("assurance:sample_add", args=[claims.council.body.slug]), fields)
    assert page.status_code == 422
    assert words in page.content.decode()
