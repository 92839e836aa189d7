"""What is due from a provider, in its people's own calendars: over all bodies, and only what each may see."""

from __future__ import annotations

import pytest
from django.core.signing import Signer
from django.urls import reverse

from commonweal.base.models import Event
from commonweal.base.scope import open_scope
from commonweal.delivery.mobilisation import queries
from commonweal.delivery.mobilisation.models import CalendarLink
from commonweal.directory.actions import end_party_roles

pytestmark = pytest.mark.django_db


def make_feed(firm, sign_in, person):
    sign_in(person).post(reverse("mobilisation_provider:calendar_link", args=[firm.party.public_id]))
    with firm.act(person):
        link = queries.calendar_link_of(firm.party, person)
        return reverse("mobilisation_provider_feed", args=[queries.calendar_token(link)])


@pytest.fixture(autouse=True)
def _one_day(monkeypatch):
    from datetime import date

    monkeypatch.setattr("commonweal.delivery.mobilisation.views.provider.today", lambda: date(2026, 10, 2))


def test_feed_of_a_provider_tells_of_every_body(firm, sign_in, client):
    page = client.get(make_feed(firm, sign_in, firm.olu))
    assert page.status_code == 200
    assert page["Content-Type"] == "text/calendar; charset=utf-8"
    assert "(Meals)" in page.text
    assert "(Gardens)" in page.text
    assert "A report is due" in page.text
    assert "Olu" not in page.text


def test_feed_obeys_what_its_holder_may_see_today(firm, sign_in, client):
    address = make_feed(firm, sign_in, firm.olu)
    firm.limit(Meals="see")
    assert "(Meals)" in client.get(address).text
    assert "(Gardens)" not in client.get(address).text
    firm.lift()
    assert "(Gardens)" in client.get(address).text


def test_feed_ends_with_its_holders_access(firm, sign_in, client):
    address = make_feed(firm, sign_in, firm.olu)
    with firm.act(firm.lead):
        end_party_roles(person=firm.olu, party=firm.party, by=firm.lead)
        assert not CalendarLink.objects.filter(ended_at__isnull=True).exists()
    assert client.get(address).status_code == 410


def test_feed_is_ended_and_made_anew_by_its_holder(firm, sign_in, client):
    first = make_feed(firm, sign_in, firm.olu)
    assert make_feed(firm, sign_in, firm.olu) == first
    page = sign_in(firm.olu).post(
        reverse("mobilisation_provider:calendar_link", args=[firm.party.public_id]), {"end": "yes"}, follow=True
    )
    assert "The link is ended" in page.text
    assert client.get(first).status_code == 410
    assert make_feed(firm, sign_in, firm.olu) != first


def test_reading_a_feed_writes_nothing(firm, sign_in, client):
    address = make_feed(firm, sign_in, firm.olu)
    counts = []
    for _again in range(2):
        client.get(address)
        with open_scope(body=firm.agreements["Meals"].body_id):
            counts.append(Event.objects.count())
    assert counts[0] == counts[1]


def test_calendar_link_that_a_body_or_another_provider_looks_for_is_not_there(firm, sign_in, make_party, make_person):
    make_feed(firm, sign_in, firm.olu)
    other = make_party()
    stranger = make_person("provider-admin", party=other)
    for scope in ({"body": firm.agreements["Meals"].body_id}, {"party": other.pk, "person": stranger.pk}):
        with open_scope(**scope):
            assert not CalendarLink.objects.exists()
    page = sign_in(stranger).post(reverse("mobilisation_provider:calendar_link", args=[firm.party.public_id]))
    assert page.status_code == 404


def test_feed_signed_for_something_else_is_not_found(firm, sign_in, client):
    make_feed(firm, sign_in, firm.olu)
    with firm.act(firm.olu):
        link = queries.calendar_link_of(firm.party, firm.olu)
    forged = Signer(salt="base.link").sign(f"{link.public_id}-{firm.party.public_id}")
    assert client.get(reverse("mobilisation_provider_feed", args=[forged])).status_code == 404
