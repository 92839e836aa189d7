"""A provider sees its own promises in every body and nothing else: on its pages, and in PostgreSQL itself."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from commonweal.base.files import read_stored
from commonweal.base.queries import database_now
from commonweal.base.scope import open_scope
from commonweal.delivery import actions, queries
from commonweal.delivery.models import Agreement, Commitment, Entry
from commonweal.directory.actions import accept_invitation, invite, record_organisation

pytestmark = pytest.mark.django_db
TABLES = ("agreement", "commitment", "countingshare", "entry", "evidence", "assurancefact")
STAFF_TABLES = ("importbatch", "importrow", "savedmapping")


#: An organisation with the same company number is the same party for every body.
PROVIDERS = {"Larkhollow": "09506232", "Oxbarrow": "09506240"}


@pytest.fixture
def two(make_body, make_person):
    """Two bodies, each with an agreement, a promise and an entry of each of two providers; a reporter of the first."""
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
    with open_scope(body=body.pk):
        invitation = invite(
            email="reporter@larkhollow.example", roles=["provider-contributor"], body=body, party=mine, by=officer
        )
    reporter = accept_invitation(invitation=invitation, name="Rae Porter", password="three words together")
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


def test_report_sent_twice_is_recorded_once(two, sign_in):
    client, own = sign_in(two.person), two.held[0]
    address = reverse("delivery_provider:entry_add", args=[own.party.public_id, own.promise.public_id])
    once = re.search(r'name="once" value="([^"]+)"', client.get(address).content.decode())[1]
    first = client.post(address, {"quantity": "2", "once": once})
    again = client.post(address, {"quantity": "2", "once": once})
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    changed = client.post(address, {"quantity": "3", "once": once})
    assert changed.status_code == 422
    assert "You sent this form before" in changed.content.decode()
    with open_scope(body=own.body.pk):
        assert queries.assured_by_commitment([own.promise.pk])[own.promise.pk].claimed == 5


@pytest.fixture
def shared(two):
    """A promise that both bodies share, each in a record of its own: six tenths and four tenths."""
    bodies = [two.held[0].body, two.held[2].body]
    made = []
    for body in bodies:
        with open_scope(body=body.pk):
            own = queries.live_agreements(body).get(party=two.parties[0])
            agreement = actions.record_agreement(
                by=None, body=body, title="River bridge", channel="procurement", reference="TR-1", provider=own.provider
            )
            made.append(
                actions.record_commitment(
                    by=None,
                    agreement=agreement,
                    wording="Apprentices",
                    unit="people",
                    quantity=Decimal(5),
                    shares=[(bodies[0], Decimal("0.6")), (bodies[1], Decimal("0.4"))],
                )
            )
    return made


def test_shared_promise_is_told_once_and_each_body_has_it(two, shared, sign_in):
    client, mine = sign_in(two.person), two.parties[0]
    address = reverse("delivery_provider:entry_add", args=[mine.public_id, shared[0].public_id])
    names = [promise.body.name for promise in shared]
    assert f"Report progress to {names[0]}, {names[1]}" in client.get(address).content.decode()
    listed = client.get(reverse("delivery_provider:promises", args=[mine.public_id])).content.decode()
    assert listed.count("report it once, and each has it") == 2
    upload = SimpleUploadedFile("register.txt", b"A-17")
    answer = client.post(
        address, {"quantity": "2", "evidence_kind": "register", "evidence_words": "Register", "evidence_file": upload}
    )
    receipt = client.get(answer["Location"]).content.decode()
    assert all(name in receipt for name in names)
    for promise in shared:
        with open_scope(body=promise.body_id):
            [entry] = queries.entries_of(promise)
            assert (entry.quantity, entry.recorded_by) == (2, two.person)
            [evidence] = queries.entry_page(entry).evidence
            assert read_stored(evidence.file.place) == b"A-17"
            assert queries.bodies_sharing(promise.agreement) == [
                other.body for other in shared if other.pk != promise.pk
            ]
            assert queries.shared_with(promise) == [], "a body sees no record but its own"


@pytest.mark.parametrize("other", [{"reference": "TR-2"}, {"quantity": Decimal(6)}, {"shares": "0.5"}, {"party": 1}])
def test_promises_that_only_look_alike_are_told_apart(two, shared, other):
    body = two.held[2].body
    with open_scope(body=body.pk):
        Commitment.objects.filter(pk=shared[1].pk).update(withdrawn_at=database_now())
        provider = queries.live_agreements(body).filter(party=two.parties[other.get("party", 0)]).first().provider
        agreement = actions.record_agreement(
            by=None, body=body, title="Bridge", channel="procurement", reference=other.get("reference", "TR-1"),
            provider=provider,
        )  # fmt: skip
        share = Decimal(other.get("shares", "0.6"))
        actions.record_commitment(
            by=None, agreement=agreement, wording="Apprentices", unit="people",
            quantity=other.get("quantity", Decimal(5)), shares=[(shared[0].body, share), (body, 1 - share)],
        )  # fmt: skip
    with open_scope(party=two.parties[0].pk):
        assert queries.shared_with(queries.get_commitment_of_party(two.parties[0], shared[0].public_id)) == []


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
