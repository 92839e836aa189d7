"""The public page of an agreement shows its published ratings and no other; nothing private goes with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from made_site import MARKER

from commonweal.base.scope import open_scope
from commonweal.delivery.reviews import actions as reviews
from commonweal.publishing import actions
from commonweal.publishing.models import Publication

pytestmark = pytest.mark.django_db
STEPS = ("drafted", "sent", "agreed", "decided", "locked", "published")


@pytest.fixture
def rate(site, make_person):
    """`rate("locked")`: a rating of an indicator of its own, taken as far as that, with a marker in all its words."""
    reporter = make_person("provider-admin", party=site.provider.party, name=f"Rae {MARKER}")

    def made(until: str) -> None:
        with open_scope(body=site.body.pk):
            kpi = reviews.set_kpi(
                by=site.officer, agreement=site.works, title=f"Calls answered, {until}", unit="%", sense="at-least",
                target=Decimal(95), approaching=Decimal(90), improvement=Decimal(80), every_months=3,
                starts_on=date(2026, 4, 1), clause=MARKER,
            )  # fmt: skip
            rating = reviews.draft_rating(
                by=site.officer, kpi=kpi, starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30), figure=Decimal("91.5"),
                figure_why=MARKER, reason=MARKER,
            )  # fmt: skip
            steps = [
                lambda: reviews.send_rating(by=site.officer, rating=rating, days=10),
                lambda: reviews.respond_to_rating(by=reporter, rating=rating, agrees=False, words=MARKER),
                lambda: reviews.decide_rating(
                    by=site.lead, rating=rating, decided="requires-improvement", words=MARKER, plan=MARKER
                ),
                lambda: reviews.lock_rating(by=site.lead, rating=rating),
                lambda: reviews.publish_rating(by=site.lead, rating=rating),
            ]
            for step in steps[: STEPS.index(until)]:
                step()

    return made


def test_only_published_ratings_are_on_the_site(site, rate, client):
    for step in STEPS:
        rate(step)
    with open_scope(body=site.body.pk):
        actions.refresh(body=site.body, by=site.lead)
    page = Publication.objects.get(body=site.body, kind="agreement", key=site.works.public_id)
    assert [each["title"] for each in page.content["ratings"]] == ["Calls answered, published"]
    everything = "".join(str(each.content) + each.title for each in Publication.objects.filter(body=site.body))
    assert MARKER not in everything
    for step in STEPS[:-1]:
        assert f"Calls answered, {step}" not in everything
    text = client.get(f"/{site.body.slug}/agreements/{site.works.public_id}/").content.decode()
    assert "Requires improvement" in text
    assert "91.5%" in text or "91.5 %" in text


def test_site_without_published_ratings_says_nothing_of_them(site, rate, client):
    rate("locked")
    with open_scope(body=site.body.pk):
        actions.refresh(body=site.body, by=site.lead)
    assert "ratings" not in client.get(f"/{site.body.slug}/agreements/{site.works.public_id}/").content.decode()
