"""Who answers when changes are asked for: whoever reported it by a link, or an officer where nobody can be written to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.invariants import broken
from commonweal.base.models import Mail
from commonweal.base.queries import link_token
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import add_evidence, record_entry
from commonweal.delivery.assurance import actions, policies, queries
from commonweal.directory.actions import find_or_create_contact

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("is_recorded", "was_officer", "has_address", "who"),
    [
        (True, False, True, "reporter"),
        (True, False, False, "officer"),
        (True, True, True, "officer"),
        (True, True, False, "officer"),
        (False, False, False, "officer"),
    ],
)
def test_whoever_can_be_written_to_answers_and_an_officer_otherwise(is_recorded, was_officer, has_address, who):
    assert policies.who_answers(is_recorded=is_recorded, was_officer=was_officer, has_address=has_address) == who


@pytest.fixture
def in_confidence(claims):
    """What a sub-contractor told the body alone, past its prime."""
    with open_scope(body=claims.council.body.pk):
        sub = find_or_create_contact(email="site@sub.example", name="Sub Contractor")
        entry = record_entry(by=sub, commitment=claims.promise, quantity=Decimal(4), in_confidence=True)
        add_evidence(by=sub, entry=entry, kind="register", description="Register")
        other = record_entry(by=sub, commitment=claims.promise, quantity=Decimal(2), in_confidence=True)
        actions.ask_for_changes(by=claims.officer, entry=entry, words="The register shows three")
    claims.sub, claims.entry, claims.another = sub, entry, other
    return claims


def test_what_was_told_in_confidence_is_answered_by_link_and_stays_in_confidence(in_confidence, client, sign_in):
    body = in_confidence.council.body
    with open_scope(body=body.pk):
        mail = Mail.objects.get(body=body, kind="assurance.claim")
        assert mail.person == in_confidence.sub
        address = reverse(mail.link_route, args=[link_token(mail.link)])
    assert "The register shows three" in client.get(address).content.decode()
    assert client.post(address, {"words": "Three it is", "quantity": "3"}).status_code == 302
    with open_scope(body=body.pk):
        standing = queries.standing_in_confidence(body, in_confidence.entry.public_id)
        assert (standing.quantity, standing.claim_state, standing.party_id) == (3, "answered", None)
        assert queries.get_claim(body, in_confidence.another.public_id).claim_state == "claimed"
        assert broken() == []
    party = in_confidence.agreement.party
    page = sign_in(in_confidence.reporter).get(
        reverse("assurance_provider:claim", args=[party.public_id, standing.public_id])
    )
    assert page.status_code == 404, "its prime sees nothing of it"


@pytest.fixture
def keyed(claims):
    """What an officer keyed for a provider, with changes asked for by another."""
    entry = claims.claim("4", by=claims.officer)
    actions.ask_for_changes(by=claims.other, entry=entry, words="Which school?")
    return claims, entry


def test_what_an_officer_keyed_is_answered_on_the_page_and_accepted_by_a_second(keyed, sign_in):
    claims, entry = keyed
    body = claims.council.body
    assert not Mail.objects.filter(body=body, kind="assurance.claim").exists()
    page = reverse("assurance:claim", args=[body.slug, entry.public_id])
    address = reverse("assurance:answer", args=[body.slug, entry.public_id])
    decide = reverse("assurance:decide", args=[body.slug, entry.public_id])
    client = sign_in(claims.officer)
    shown = client.get(page).content.decode()
    assert "waits for an officer, who answers for the provider" in shown
    assert address in shown
    closed = client.get(decide).content.decode()
    assert "Answer for the provider on the claim’s page first" in closed
    assert 'name="decision"' not in closed
    assert client.post(address, {"words": "By telephone: Oak Hill", "quantity": "3"}).status_code == 302
    with open_scope(body=body.pk):
        standing = queries.standing_claim(claims.agreement.party, entry.public_id)
        assert (standing.quantity, standing.claim_state, standing.recorded_by) == (3, "answered", claims.officer)
        assert claims.accept(standing).kind == "accepted-by-one"
        with pytest.raises(NotPossible, match="somebody else|Somebody else"):
            claims.accept(standing)
        assert claims.accept(standing, claims.third).kind == "accepted"
        assert broken() == []


def test_whoever_answers_for_the_provider_is_no_single_accepter(keyed):
    claims, entry = keyed
    standing = actions.answer_for_provider(by=claims.third, entry=entry, words="Oak Hill, they say")
    assert claims.accept(standing, claims.third).kind == "accepted-by-one"
    with pytest.raises(NotPossible, match="recorded this entry or answered"):
        claims.accept(standing, claims.officer)
    assert claims.accept(standing, claims.other).kind == "accepted"


def test_a_refusal_is_contested_for_the_provider(claims, sign_in):
    entry = claims.claim("4", by=claims.officer)
    actions.refuse_claim(by=claims.other, entry=entry, words="Which school?")
    address = reverse("assurance:answer", args=[claims.council.body.slug, entry.public_id])
    assert sign_in(claims.officer).post(address, {"words": "They name it on page two"}).status_code == 302
    with open_scope(body=claims.council.body.pk):
        assert queries.state_of(entry) == "contested"
    decide = reverse("assurance:decide", args=[claims.council.body.slug, entry.public_id])
    assert "somebody else decides" in sign_in(claims.other).get(decide).content.decode()


def test_no_officer_answers_for_somebody_who_was_written_to(claims, sign_in):
    entry = claims.claim("4")
    actions.ask_for_changes(by=claims.other, entry=entry, words="Which school?")
    with pytest.raises(NotPossible, match="by the link"):
        actions.answer_for_provider(by=claims.officer, entry=entry, words="Oak Hill")
    address = reverse("assurance:answer", args=[claims.council.body.slug, entry.public_id])
    assert "by the link in the mail" in sign_in(claims.officer).get(address).content.decode()
