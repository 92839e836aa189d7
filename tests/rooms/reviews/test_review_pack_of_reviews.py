"""The review pack tells the same on screen, in the PDF and in the Word file, and no draft of a rating in any."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from lxml import etree
from read_pdf import words_of_pdf

from commonweal.base.pdf import pages_in
from commonweal.delivery import actions as delivery
from commonweal.delivery.reviews import actions
from commonweal.directory.queries import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(contract):
    """A contract with a held and signed review, an open action, a warning, and a rating sent and one in draft."""
    entry = delivery.record_entry(
        by=contract.officer, commitment=contract.promise, quantity=Decimal(5), starts_on=date(2026, 5, 1),
        ends_on=date(2026, 6, 1),
    )  # fmt: skip
    assert entry.pk
    (planned,) = actions.plan_reviews(
        by=contract.officer, agreement=contract.agreement, kind="formal", first_on=today()
    )
    held = actions.hold_review(
        by=contract.officer, review=planned, version=1, held_on=today(), attended=[], note="All went well"
    )
    actions.sign_review(by=contract.officer, review=held, side="body")
    actions.take_on(
        by=contract.officer, review=held, words="Find a college", side="provider", owner_words="Training lead",
        due_on=today() + timedelta(days=40),
    )  # fmt: skip
    actions.raise_warning(
        by=contract.officer, agreement=contract.agreement, side="body", what="Starts may slip", how_much="Two",
        proposed="A later intake",
    )  # fmt: skip
    contract.sent("9.5", kpi=contract.kpi(title="Calls answered"))
    contract.rate("3", kpi=contract.kpi(title="Kept in draft"))
    return contract


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_three_forms_tell_the_same(told, sign_in):
    client = sign_in(told.officer)

    def get(name: str) -> bytes:
        return client.get(reverse(f"reporting:{name}", args=[told.body.slug, told.agreement.public_id])).content

    with zipfile.ZipFile(io.BytesIO(get("review_pack_docx"))) as package:
        word = "".join(etree.fromstring(package.read("word/document.xml")).itertext())
    pdf = get("review_pack")
    assert pages_in(pdf) == 1
    paper = words_of_pdf(pdf)
    screen = get("review_pack_page").decode()
    for words in ("Find a college", "Training lead", "Starts may slip", "A later intake", "Calls answered",
                  "9.5 starts", "Approaching target (with the provider)", "for the body by Ann Officer"):  # fmt: skip
        for form in (word, paper, screen):
            assert squeezed(words) in squeezed(form), words
    for form in (word, paper, screen):
        assert "Kept in draft" not in form
    for figure in ("12", "5"):  # promised and claimed
        assert figure in word
        assert figure in paper
