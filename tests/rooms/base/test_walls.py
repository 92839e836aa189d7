"""Bodies apart: the wall is in PostgreSQL, so raw SQL, joins and forged keys meet it too (promise 4)."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction
from django_scopes.exceptions import ScopeError

from commonweal.base.actions import record_event
from commonweal.base.models import Event, Membership
from commonweal.base.scope import current, open_scope
from commonweal.delivery.actions import record_agreement, record_commitment
from commonweal.delivery.models import Agreement, Commitment
from commonweal.directory.actions import create_department, record_organisation
from commonweal.directory.models import Department


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


@pytest.fixture
def two(make_body):
    """Two bodies with a department and an agreement each."""
    bodies = [make_body(), make_body()]
    for body in bodies:
        with open_scope(body=body.pk):
            department = create_department(name="Housing", body=body, by=None)
            record_agreement(by=None, body=body, title=f"Of {body.slug}", channel="procurement", department=department)
    return bodies


def test_query_without_scope_raises():
    with pytest.raises(ScopeError):
        list(Agreement.objects.all())


def test_raw_sql_without_scope_sees_nothing(two):
    assert count("delivery_agreement") == 0
    assert count("base_event") == 0


def test_scope_sees_one_bodys_rows_only(two):
    for body in two:
        with open_scope(body=body.pk):
            assert [row.title for row in Agreement.objects.all()] == [f"Of {body.slug}"]
            assert count("delivery_agreement") == 1
            assert [row.body_id for row in Agreement._base_manager.all()] == [body.pk]


def test_owned_rows_of_another_body_are_not_there(two):
    for body in two:
        with open_scope(body=body.pk):
            assert count("directory_department") == 1
            assert [row.body_id for row in Department._base_manager.all()] == [body.pk]


def test_inner_scope_does_not_leak_into_the_outer(two):
    one, other = two
    with open_scope(body=one.pk):
        with open_scope(body=other.pk):
            assert current().body == other.pk
        assert current().body == one.pk
        assert [row.title for row in Agreement.objects.all()] == [f"Of {one.slug}"]
    assert count("delivery_agreement") == 0


def test_scope_ends_with_an_error(two):
    with pytest.raises(ZeroDivisionError), open_scope(body=two[0].pk):
        raise ZeroDivisionError
    assert current().body is None
    assert count("delivery_agreement") == 0


def test_row_of_another_body_cannot_be_written(two):
    one, other = two
    with pytest.raises(Error, match="row-level security"), open_scope(body=one.pk):
        Department.objects.create(body=other, name="Smuggled")


def test_row_cannot_be_moved_to_another_body(two):
    one, other = two
    with pytest.raises(Error, match="row-level security|permission denied"), open_scope(body=one.pk):
        Department.objects.filter(body=one).update(body=other)


def test_link_to_another_bodys_row_is_refused(two):
    one, other = two
    with open_scope(body=other.pk):
        foreign = Department.objects.get()
    with pytest.raises(Error, match="foreign key"), open_scope(body=one.pk):
        Agreement.objects.create(body=one, title="Forged", channel="grant", department_id=foreign.pk)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def promised(make_body):
    """One body with agreements of two providers, a promise each."""
    body = make_body()
    with open_scope(body=body.pk):
        promises = []
        for name in ("First Ltd", "Second Ltd"):
            provider = record_organisation(name=name, body=body, by=None)
            agreement = record_agreement(by=None, body=body, title=name, channel="procurement", provider=provider)
            promises.append(record_commitment(by=None, agreement=agreement, wording="Jobs", unit="jobs", quantity=None))
    return body, promises


def test_party_sees_its_own_side_only(promised):
    body, (first, second) = promised
    with open_scope(party=first.party_id):
        assert [row.pk for row in Commitment.objects.all()] == [first.pk]
        assert count("directory_organisation") == 0
        assert count("delivery_commitment") == 1


def test_party_cannot_hang_a_row_on_anothers_promise(promised):
    body, (first, second) = promised
    with pytest.raises(Error, match="foreign key"), open_scope(party=first.party_id):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO delivery_entry (public_id, body_id, party_id, commitment_id, quantity, place_code, place_role,"
                " note, brought_forward, import_fingerprint) VALUES ('forged', %s, %s, %s, 1, '', 'delivered-at', '', false, '')",
                [body.pk, first.party_id, second.pk],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_person_sees_own_memberships_only(make_body, make_person):
    body = make_body()
    one, other = make_person("lead", body=body), make_person("buyer", body=body)
    with open_scope(person=one.pk):
        assert [row.person_id for row in Membership.objects.all()] == [one.pk]
        assert other.pk not in {row.person_id for row in Membership._base_manager.all()}


def test_history_cannot_be_edited_or_removed(two):
    body = two[0]
    with open_scope(body=body.pk):
        event = Event.objects.first()
        for statement in (
            "UPDATE base_event SET details = '{}'",
            "DELETE FROM base_event",
            "DELETE FROM delivery_agreement",
        ):
            with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert Event.objects.get(pk=event.pk).hash == event.hash


def test_event_of_another_body_is_refused(two):
    one, other = two
    with pytest.raises(Error, match="no scope is open"), open_scope(body=one.pk):
        record_event(action="base.test.happened", subject="base.test:1", by=None, body=other)
