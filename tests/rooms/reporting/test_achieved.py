"""Proposed against achieved by provider and place, with fair rates; and a provider's own report."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from read_pdf import words_of_pdf

from commonweal.base.scope import open_scope
from commonweal.delivery import actions
from commonweal.directory.actions import record_organisation
from commonweal.reporting.achieved import NONE, achieved

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
YEAR = {"starts_on": date(2025, 4, 1), "ends_on": date(2026, 3, 31)}


@pytest.fixture
def record(body, make_person):
    """`record("Oxlip", [("10", "12")], value=…)`: an agreement of a provider, with promises and what came of each."""
    officer = make_person("contract-manager", body=body)
    providers = {}

    def made(provider: str, pairs, title: str = "Works", **fields):
        with open_scope(body=body.pk):
            if provider and provider not in providers:
                providers[provider] = record_organisation(name=provider, body=body, by=officer)
            agreement = actions.record_agreement(
                by=officer, body=body, title=title, channel=fields.pop("channel", "procurement"),
                provider=providers.get(provider), **YEAR | fields,
            )  # fmt: skip
            for promised, delivered in pairs:
                promise = actions.record_commitment(
                    by=officer,
                    agreement=agreement,
                    wording=f"Talks {promised}",
                    unit="talks",
                    quantity=Decimal(promised),
                )
                if delivered:
                    actions.record_entry(
                        by=officer, commitment=promise, quantity=Decimal(delivered), starts_on=date(2025, 5, 1),
                        ends_on=date(2025, 6, 1),
                    )  # fmt: skip
            return agreement

    made.officer, made.providers, made.body = officer, providers, body
    return made


def groups(record, by="provider", **filters):
    with open_scope(body=record.body.pk):
        return {each.name: each for each in achieved(record.body, by, DAY, **filters).groups}


def test_group_counts_how_its_promises_stand(record):
    record("Oxlip", [("10", "10"), ("10", "4"), ("5", "")])
    oxlip = groups(record)["Oxlip"]
    assert (oxlip.promises, oxlip.kept, oxlip.overdue) == (3, 1, 2)


def test_promises_of_several_agreements_stand_together_and_others_apart(record):
    record("Oxlip", [("10", "10")])
    record("Oxlip", [("3", "")], title="Paths")
    record("Plover", [("1", "1")])
    record("", [("1", "")])
    found = groups(record)
    assert {name: each.promises for name, each in found.items()} == {
        "Oxlip": 2, "Plover": 1, "No provider recorded": 1,
    }  # fmt: skip
    assert found["No provider recorded"].key == NONE


def test_flags_are_those_of_the_agreements_and_of_the_group(record):
    record("Oxlip", [("10", "25"), ("10", "40"), ("1", "78")])
    oxlip = groups(record)["Oxlip"]
    assert (oxlip.ambitions, oxlip.outliers, oxlip.is_ambition) == (1, 1, True)


def test_base_is_of_each_agreement_once_and_says_what_is_lacking(record):
    record("Oxlip", [("1", "1"), ("2", "2")], value=Decimal(2_000_000))
    record("Oxlip", [("1", "1")], title="Paths")
    base = groups(record)["Oxlip"].base
    assert (base.agreements, base.value, base.without_value, base.share) == (2, Decimal(2_000_000), 1, 1)


def test_filters_leave_others_out(record):
    record("Oxlip", [("1", "1")])
    record("Plover", [("1", "1")], channel="grant")
    assert set(groups(record, channel="grant")) == {"Plover"}


def test_number_of_queries_does_not_depend_on_how_much_there_is(record):
    def counted() -> int:
        with open_scope(body=record.body.pk), CaptureQueriesContext(connection) as captured:
            achieved(record.body, "provider", DAY)
        return len(captured)

    record("Oxlip", [("1", "1")])
    before = counted()
    for number in range(4):
        record(f"Provider {number}", [("1", "1"), ("2", "")])
    assert counted() == before


def test_page_keeps_filters_and_order_in_the_address_and_opens_onto_promises(record, sign_in):
    record("Oxlip", [("10", "4")])
    record("Plover", [("10", "10"), ("10", "10")])
    client, slug = sign_in(record.officer), record.body.slug
    page = client.get(reverse("reporting:achieved", args=[slug, "provider"]) + "?sort=name&channel=procurement")
    text = page.content.decode()
    assert text.index(">Oxlip</a>") < text.index(">Plover</a>")
    with open_scope(body=record.body.pk):
        key = record.providers["Oxlip"].public_id
    address = reverse("reporting:achieved_group", args=[slug, "provider", key])
    assert f"{address}?sort=name&amp;channel=procurement" in text
    lines = client.get(address).content.decode()
    assert "Talks 10" in lines
    assert "Overdue" in lines
    assert client.get(reverse("reporting:achieved_group", args=[slug, "provider", "nobody"])).status_code == 404
    assert client.get(reverse("reporting:achieved", args=[slug, "colour"])).status_code == 404


def test_export_says_what_the_page_says(record, sign_in):
    record("Oxlip", [("10", "4"), ("2", "2")])
    answer = sign_in(record.officer).get(
        reverse("reporting:achieved_export", args=[record.body.slug, "provider", "csv"])
    )
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["Provider"], row["Promises"], row["Kept"], row["Overdue"]) == ("Oxlip", "2", "1", "1")


def test_another_bodys_people_find_nothing(record, make_body, make_person, sign_in):
    record("Oxlip", [("10", "4")])
    stranger = sign_in(make_person("lead", body=make_body()))
    assert stranger.get(reverse("reporting:achieved", args=[record.body.slug, "place"])).status_code == 404


def test_providers_report_is_its_own_record_across_bodies(record, make_body, make_person, sign_in):
    record("Oxlip", [("10", "4")], title="River works")
    record("Plover", [("10", "4")], title="Home visits")
    with open_scope(body=record.body.pk):
        party = record.providers["Oxlip"].party
    person = make_person("provider-contributor", party=party)
    other = make_body("Second Council")
    officer = make_person("contract-manager", body=other)
    with open_scope(body=other.pk):
        again = record_organisation(name="Sedge", body=other, by=officer)
        agreement = actions.record_agreement(
            by=officer, body=other, title="Not theirs", channel="grant", provider=again
        )
        actions.record_commitment(by=officer, agreement=agreement, wording="Seats", unit="seats", quantity=Decimal(1))
    client = sign_in(person)
    page = client.get(reverse("reporting_provider:delivered", args=[party.public_id])).content.decode()
    paper = words_of_pdf(client.get(reverse("reporting_provider:delivered_pdf", args=[party.public_id])).content)
    for text in (page, paper):
        assert "River works" in text
        assert "Home visits" not in text
        assert "Not theirs" not in text
    assert "0 of 1 promises are met" in paper
    with open_scope(body=other.pk):
        stranger = again.party
    assert client.get(reverse("reporting_provider:delivered", args=[stranger.public_id])).status_code == 404


def test_bodys_report_of_a_provider_is_of_that_body_alone(record, sign_in):
    record("Oxlip", [("10", "4")], title="River works")
    record("Plover", [("10", "4")], title="Home visits")
    with open_scope(body=record.body.pk):
        key = record.providers["Oxlip"].public_id
    answer = sign_in(record.officer).get(reverse("reporting:provider_report", args=[record.body.slug, key]))
    paper = words_of_pdf(answer.content)
    assert "River works" in paper
    assert "Home visits" not in paper
