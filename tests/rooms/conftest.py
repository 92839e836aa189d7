"""Bodies, people and sign-ins for the tests of rooms: made for real, in the test's own transaction."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.test import Client

from commonweal.base.actions import create_person, find_or_create_party, give_role
from commonweal.base.models import Body, Party, Person
from commonweal.base.scope import open_scope

_numbers = itertools.count(1)


@pytest.fixture
def make_body(db: None) -> Iterator[Callable[..., Body]]:
    """`make_body(name=…, **fields)`: a body, made by the owner role as in life, and gone after the test."""
    made: list[int] = []

    def make(name: str = "", **fields: object) -> Body:
        number = next(_numbers)
        name = name or f"Test Council {number}"
        values: dict[str, object] = {
            "slug": f"test-{os.getpid()}-{number}", "name": name, "name_cy": "", "kind": "council", "nation": "england",
            "place_code": "", "org_id": "", "colour": "#1d3d5c", "tagline": "", "tagline_cy": "",
            "is_invented": True, "is_example": False,
        } | fields  # fmt: skip
        from commonweal.base.ids import random_id

        columns = ["public_id", *values]
        with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
            row = connection.execute(
                f"INSERT INTO base_body ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) RETURNING id",
                [random_id(), *values.values()],
            ).fetchone()
        assert row is not None
        made.append(row[0])
        return Body.objects.get(pk=row[0])

    yield make
    # The test's own transaction is rolled back after this; the bodies it hung on are then left without children.


@pytest.fixture
def body(make_body: Callable[..., Body]) -> Body:
    """One body."""
    return make_body()


@pytest.fixture
def make_person(db: None) -> Callable[..., Person]:
    """`make_person("lead", "buyer", body=body)` or `make_person("provider-admin", party=party)`."""

    def make(*roles: str, body: Body | None = None, party: Party | None = None, name: str = "") -> Person:
        number = next(_numbers)
        person = create_person(
            name=name or f"Person {number}", email=f"person{number}@example.org", password="a long password"
        )
        for role in roles:
            with open_scope(body=body.pk if body else None, party=party.pk if party else None):
                give_role(person=person, role=role, by=None, body=body, party=party)
        return person

    return make


@pytest.fixture
def make_party(db: None) -> Callable[..., Party]:
    """`make_party("Farrans")`."""

    def make(name: str = "", org_id: str = "") -> Party:
        return find_or_create_party(name=name or f"Provider {next(_numbers)}", org_id=org_id)

    return make


@pytest.fixture
def sign_in(client: Client) -> Callable[[Person], Client]:
    """`sign_in(person)`: a client that carries their session."""

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def in_scope() -> Callable[[Body], object]:
    """`with in_scope(body): …`."""
    return lambda body: open_scope(body=body.pk)
