"""The standard change-and-credit clause: offered in an ask with its figures, and carried by the agreement made of it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from commonweal.asks import actions, queries
from commonweal.asks.policies import ChangedMeanwhile
from commonweal.base.errors import NotPossible
from commonweal.base.queries import events_of
from commonweal.delivery import actions as delivery
from commonweal.delivery.queries import clause_of
from commonweal.engine.clauses import standard_clause

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wards")]


@pytest.fixture
def page(place, opportunity):
    return reverse("asks:clause", args=[place.body.slug, opportunity.public_id])


def offered(place, opportunity, months=12, percent=20):
    version = queries.get_opportunity(place.body, opportunity.public_id).version
    return actions.offer_clause(
        by=place.lead, opportunity=opportunity, version=version, expiry_months=months, cap_percent=percent
    )


def agreement_of(place, opportunity):
    return delivery.record_agreement(
        by=place.lead, body=place.body, title="Made of it", channel="procurement", opportunity=opportunity
    )


def test_clause_in_words_has_its_figures():
    words = {each.id: each.words for each in standard_clause().written({"expiry_months": 9, "cap_percent": 15})}
    assert "9 months" in words["credit"]
    assert "15 per cent" in words["credit"]
    assert "never paid out in money" in words["no-cash"]
    assert not any("{" in each for each in words.values())


def test_agreement_made_of_an_ask_carries_its_clause(place, opportunity, in_scope):
    with in_scope(place.body):
        offered(place, opportunity, 9, 15)
        found = clause_of(agreement_of(place, opportunity))
        assert (found.kind, found.expiry_months, found.cap_percent, found.source) == ("change-and-credit", 9, 15, "ask")


def test_agreement_made_of_an_ask_without_the_clause_has_none(place, opportunity, in_scope):
    with in_scope(place.body):
        assert clause_of(agreement_of(place, opportunity)) is None


def test_clause_left_out_is_not_carried_and_stays_on_record(place, opportunity, in_scope):
    with in_scope(place.body):
        offered(place, opportunity)
        version = queries.get_opportunity(place.body, opportunity.public_id).version
        actions.leave_clause_out(by=place.lead, opportunity=opportunity, version=version)
        assert clause_of(agreement_of(place, opportunity)) is None
        told = [event.action for event in events_of(place.body)]
        assert [each for each in told if each.startswith("asks.clause")] == [
            "asks.clause.offered",
            "asks.clause.left_out",
        ]


def test_a_clause_said_to_be_no_part_of_the_agreement_after_all_no_longer_stands(place, opportunity, in_scope):
    with in_scope(place.body):
        offered(place, opportunity)
        agreement = agreement_of(place, opportunity)
        delivery.record_clause(by=place.lead, agreement=agreement, source="by-hand", stands=False)
        assert clause_of(agreement) is None


def test_clause_by_hand_needs_its_figures(place, opportunity, in_scope):
    with in_scope(place.body):
        agreement = agreement_of(place, opportunity)
        with pytest.raises(NotPossible, match="after how many months"):
            delivery.record_clause(by=place.lead, agreement=agreement, source="by-hand")


@pytest.mark.parametrize(("months", "percent"), [(0, 20), (61, 20), (12, 0), (12, 51)])
def test_figures_outside_the_wording_are_refused(months, percent, place, opportunity, in_scope):
    with in_scope(place.body), pytest.raises(NotPossible, match="is between"):
        offered(place, opportunity, months, percent)


def test_second_of_two_who_choose_at_once_is_told(place, opportunity, in_scope):
    with in_scope(place.body):
        offered(place, opportunity)
        with pytest.raises(ChangedMeanwhile):
            actions.leave_clause_out(by=place.lead, opportunity=opportunity, version=opportunity.version)
        assert queries.clause_of(opportunity) is not None


def test_offer_the_clause_on_its_page(place, opportunity, page, sign_in):
    at_work = sign_in(place.lead)
    shown = at_work.get(page)
    assert "Does this ask offer the clause?" in shown.text
    version = shown.context["form"]["version"].value()
    sent = {"offered": "yes", "expiry_months": "18", "cap_percent": "10", "version": version}
    assert at_work.post(page, sent).status_code == 302
    told = at_work.get(reverse("asks:opportunity", args=[place.body.slug, opportunity.public_id])).text
    assert "for 18 months, up to 10% of any one promise" in told


def test_page_written_against_an_older_state_keeps_what_was_chosen(place, opportunity, page, sign_in, in_scope):
    with in_scope(place.body):
        actions.change_opportunity(
            by=place.lead, opportunity=opportunity, version=opportunity.version, title="Renamed", value=Decimal(7)
        )
    sent = {"offered": "yes", "expiry_months": "18", "cap_percent": "10", "version": opportunity.version}
    answer = sign_in(place.lead).post(page, sent)
    assert answer.status_code == 409
    assert 'value="18"' in answer.text
    with in_scope(place.body):
        assert queries.clause_of(opportunity) is None


def test_figures_are_needed_when_the_clause_is_offered(place, opportunity, page, sign_in):
    answer = sign_in(place.lead).post(page, {"offered": "yes", "version": opportunity.version})
    assert answer.status_code == 422
    assert "Fill in “A credit runs out after (months)”" in answer.text
