"""The clause of a contract made elsewhere is recorded by hand, once at a time, and opens the ledger of credits."""

from __future__ import annotations

import pytest
from django.urls import reverse

from commonweal.delivery.changes import queries
from commonweal.delivery.models import AgreementClause
from commonweal.delivery.queries import clause_of

pytestmark = pytest.mark.django_db
YES = {"stands": "yes", "expiry_months": "18", "cap_percent": "25", "written_against": ""}


def address(contract, slug=""):
    return reverse("changes:clause", args=[slug or contract.body.slug, contract.agreement.public_id])


def test_the_clause_is_recorded_with_its_figures_and_stands(contract, sign_in):
    client = sign_in(contract.officer)
    page = reverse("changes:agreement", args=[contract.body.slug, contract.agreement.public_id])
    assert address(contract) in client.get(page).content.decode()
    assert client.post(address(contract), YES)["Location"] == page
    held = clause_of(contract.agreement)
    assert (held.expiry_months, held.cap_percent, held.source, held.recorded_by) == (
        18,
        25,
        "by-hand",
        contract.officer,
    )
    assert queries.has_clause(contract.agreement)
    assert "credits run out after 18 months" in client.get(address(contract)).content.decode()


def test_said_again_it_has_none_and_both_stay_on_record(contract, sign_in):
    client = sign_in(contract.officer)
    client.post(address(contract), YES)
    held = clause_of(contract.agreement)
    assert client.post(address(contract), {"stands": "no", "written_against": held.public_id}).status_code == 302
    assert not queries.has_clause(contract.agreement)
    said = AgreementClause.objects.filter(agreement=contract.agreement)
    assert list(said.values_list("stands", flat=True)) == [True, False]


def test_of_two_who_write_the_second_is_told_and_loses_nothing(contract, sign_in):
    client = sign_in(contract.officer)
    client.post(address(contract), YES)
    answer = client.post(address(contract), YES | {"expiry_months": "30"})
    assert answer.status_code == 422
    assert 'value="30"' in answer.content.decode()
    assert clause_of(contract.agreement).expiry_months == 18


@pytest.mark.parametrize(
    "wrong",
    [
        {"expiry_months": ""},
        {"expiry_months": "121"},
        {"cap_percent": "0"},
        {"cap_percent": "101"},
        {"expiry_months": "١٢"},
        {"cap_percent": "٢٥"},
        {"expiry_months": "1.5"},
    ],
)
def test_figures_that_cannot_be_are_refused(contract, sign_in, wrong):
    assert sign_in(contract.officer).post(address(contract), YES | wrong).status_code == 422
    assert not queries.has_clause(contract.agreement)


def test_people_of_another_body_find_nothing(contract, sign_in, make_body, make_person):
    other = make_body()
    client = sign_in(make_person("contract-manager", body=other))
    for slug in (contract.body.slug, other.slug):
        assert client.post(address(contract, slug), YES).status_code == 404
    assert not queries.has_clause(contract.agreement)
