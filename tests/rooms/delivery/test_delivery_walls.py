"""A provider sees its own promises in every body and nothing else: on its pages, and in PostgreSQL itself."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection, transaction
from django.urls import reverse

from commonweal.base.ids import random_id
from commonweal.base.models import Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions, queries
from commonweal.delivery.models import Agreement, Entry
from commonweal.directory.actions import record_organisation

pytestmark = pytest.mark.django_db
TABLES = ("agreement", "commitment", "countingshare", "entry", "evidence", "assurancefact")
STAFF_TABLES = ("importbatch", "importrow", "savedmapping")


#: An organisation with the same company number is the same party for every body.
PROVIDERS = {"Larkhollow": "09506232", "Oxbarrow": "09506240"}


@pytest.fixture
def reporter(db) -> Person:
    """Someone who reports for Larkhollow, made by the owner role, who alone lets people in for a provider."""
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        org_id = f"GB-COH-{PROVIDERS['Larkhollow']}"
        party = connection.execute("SELECT id FROM base_party WHERE org_id = %s", [org_id]).fetchone()
        if party is None:
            party = connection.execute(
                "INSERT INTO base_party (public_id, name, org_id) VALUES (%s, 'Larkhollow', %s) RETURNING id",
                [random_id(), org_id],
            ).fetchone()
        person = connection.execute(
            "INSERT INTO base_person (public_id, pseudonym, password, name_sealed, is_active, language) "
            "VALUES (%s, %s, '', '', true, 'en') RETURNING id",
            [random_id(), random_id()],
        ).fetchone()
        connection.execute(
            "INSERT INTO base_membership (public_id, person_id, party_id, role) VALUES (%s, %s, %s, 'provider-contributor')",
            [random_id(), person[0], party[0]],
        )
    return Person.objects.get(pk=person[0])


@pytest.fixture
def two(make_body, make_person, reporter):
    """Two bodies, each with an agreement, a promise and an entry of each of two providers."""
    parties: dict[str, object] = {}
    held = []
    for _ in range(2):
        body = make_body()
        officer, assurer = make_person("contract-manager", body=body), make_person("assurer", body=body)
        with open_scope(body=body.pk):
            for name, number in PROVIDERS.items():
                provider = record_organisation(name=name, body=body, by=officer, company_number=number)
                parties.setdefault(name, provider.party)
                agreement = actions.record_agreement(
                    by=officer, body=body, title=f"{name} for {body.name}", channel="grant", provider=provider
                )
                promise = actions.record_commitment(
                    by=officer, agreement=agreement, wording="Talks", unit="talks", quantity=Decimal(9),
                    shares=[(body, Decimal(1))],
                )  # fmt: skip
                entry = actions.record_entry(by=officer, commitment=promise, quantity=Decimal(3))
                actions.add_evidence(by=officer, entry=entry, kind="report", description="Report")
                actions.record_assurance(by=assurer, entry=entry, quantity=Decimal(1), dated_on=date(2026, 11, 20))
                held.append(
                    SimpleNamespace(body=body, party=provider.party, agreement=agreement, promise=promise, entry=entry)
                )
    mine, other = parties["Larkhollow"], parties["Oxbarrow"]
    assert {each.party for each in held} == {mine, other}
    return SimpleNamespace(parties=[mine, other], held=held, person=reporter)


def test_provider_reads_its_own_promises_in_every_body_and_no_other(two, sign_in):
    mine, other = two.parties
    text = sign_in(two.person).get(reverse("delivery_provider:promises", args=[mine.public_id])).content.decode()
    for each in two.held:
        assert (each.agreement.title in text) == (each.party == mine)
    assert other.name not in text


def test_provider_reports_and_keeps_a_receipt(two, sign_in):
    client, own = sign_in(two.person), two.held[0]
    address = reverse("delivery_provider:entry_add", args=[own.party.public_id, own.promise.public_id])
    assert client.get(address).status_code == 200
    answer = client.post(
        address, {"quantity": "2", "evidence_kind": "letter", "evidence_words": "Letter of the school"}
    )
    receipt = client.get(answer["Location"]).content.decode()
    assert "2 talks" in receipt
    assert "Letter of the school" in receipt
    with open_scope(body=own.body.pk):
        assert queries.assured_by_commitment([own.promise.pk])[own.promise.pk].claimed == 5


def test_provider_cannot_reach_anothers_promise_or_a_staff_page(two, sign_in):
    client = sign_in(two.person)
    mine, other = two.parties
    for each in two.held:
        assert (
            client.get(reverse("delivery:agreement", args=[each.body.slug, each.agreement.public_id])).status_code
            == 404
        )
        assert client.get(reverse("delivery:imports", args=[each.body.slug])).status_code == 404
        if each.party == other:
            for party in (mine, other):
                for route, key in (("entry_add", each.promise), ("receipt", each.entry)):
                    address = reverse(f"delivery_provider:{route}", args=[party.public_id, key.public_id])
                    assert client.get(address).status_code == 404
                    if route == "entry_add":
                        assert client.post(address, {"quantity": "1"}).status_code == 404
    with open_scope(party=other.pk):
        assert Entry.objects.filter(party=other).count() == 2


def test_staff_cannot_reach_a_providers_pages(two, make_person, sign_in):
    staff = sign_in(make_person("lead", body=two.held[0].body))
    assert staff.get(reverse("delivery_provider:promises", args=[two.parties[0].public_id])).status_code == 404


@pytest.mark.parametrize("table", TABLES)
def test_raw_sql_in_a_providers_scope_sees_its_own_rows_only(two, table):
    mine = two.parties[0]
    with open_scope(party=mine.pk), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(DISTINCT body_id), bool_and(party_id = %s) FROM delivery_{table}", [mine.pk]
        )
        assert cursor.fetchone() == (2, 2, True)


@pytest.mark.parametrize("table", STAFF_TABLES)
def test_raw_sql_in_a_providers_scope_sees_nothing_of_files(council, two, table):
    council.bring_in("t.csv", b"Contract ref,Contract title,Supplier\nA-1,Meals,Larkhollow\nA-2,Trees,Oxbarrow\n")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM delivery_{table}")
        assert cursor.fetchone()[0] > 0
    with open_scope(party=two.parties[0].pk), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM delivery_{table}")
        assert cursor.fetchone() == (0,)


def test_raw_sql_of_one_body_neither_sees_nor_writes_anothers(two):
    first, third = two.held[0], two.held[2]
    with open_scope(body=first.body.pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM delivery_agreement WHERE body_id = %s", [third.body.pk])
            assert cursor.fetchone() == (0,)
            cursor.execute("UPDATE delivery_agreement SET state = 'ended' WHERE id = %s", [third.agreement.pk])
            assert cursor.rowcount == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            Agreement.objects.create(body=third.body, title="Not ours", channel="grant")


def test_entry_cannot_hang_on_another_bodys_promise(two, owner_connection):
    first, third = two.held[0], two.held[2]
    with open_scope(body=first.body.pk), pytest.raises(Exception, match="violates foreign key"), transaction.atomic():
        Entry.objects.create(body=first.body, party=first.party, commitment_id=third.promise.pk, quantity=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
