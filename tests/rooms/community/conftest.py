"""A council with a wish list, a community group with a contact, and needs posted by the real actions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from commonweal.base.ids import random_id
from commonweal.base.models import Body, Event, Party, Person
from commonweal.base.scope import open_scope
from commonweal.community import actions
from commonweal.community.models import Match, Need
from commonweal.directory.actions import find_or_create_contact

PLACES = [("X06000077", "Testshire", "council"), ("X05000771", "Lower Marsh", "ward"), ("X05000772", "Hilltop", "ward")]


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
    """Pages name their static files plainly, for nothing was collected, and a password is enough to sign in."""
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(scope="module")
def places(django_db_setup: None) -> Iterator[None]:
    """A council and two wards in it, for the tests of one file."""
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        keys = {}
        for code, name, kind in PLACES:
            row = connection.execute(
                "INSERT INTO directory_place (public_id, code, kind, name, name_cy, successor_codes, listed, is_invented) "
                "VALUES (%s, %s, %s, %s, '', '{}', '{}', true) RETURNING id", [random_id(), code, kind, name],
            ).fetchone()  # fmt: skip
            assert row is not None
            keys[code] = row[0]
        for code, _name, _kind in PLACES[1:]:
            connection.execute(
                "INSERT INTO directory_placewithin (child_id, parent_id) VALUES (%s, %s)",
                [keys[code], keys["X06000077"]],
            )
        yield
        connection.execute("DELETE FROM directory_placewithin WHERE child_id = ANY(%s)", [list(keys.values())])
        connection.execute("DELETE FROM directory_place WHERE id = ANY(%s)", [list(keys.values())])


@dataclass
class WishList:
    """A body, its officer, a group and its contact: `wishes.published()`."""

    body: Body
    officer: Person
    group: Party
    contact: Person

    def post(self, title: str = "Folding chairs", **facts: Any) -> Need:
        given = {"kind": "things", "ages": "everyone", "quantity": Decimal(4), "unit": "chairs"} | facts
        return actions.post_need(
            by=self.contact, body=self.body, party=facts.pop("party", self.group), contact=self.contact, title=title,
            **{name: value for name, value in given.items() if name != "party"},
        )  # fmt: skip

    def publish(self, need: Need) -> Need:
        need.refresh_from_db()
        return actions.publish_need(by=self.officer, need=need, version=need.version)

    def published(self, title: str = "Folding chairs", **facts: Any) -> Need:
        return self.publish(self.post(title, **facts))

    def match(self, need: Need, **facts: Any) -> Match:
        given = {"source": "other", "helper": "Oxlip Construction"} | facts
        return actions.match_need(by=self.officer, body=self.body, need=need.public_id, **given)

    def under_way(self, need: Need, **facts: Any) -> Match:
        match = actions.agree_match(by=self.contact, match=self.match(need, **facts))
        return actions.begin_match(by=self.officer, match=match)

    def events(self) -> list[str]:
        return list(Event.objects.filter(body=self.body).order_by("seq").values_list("action", flat=True))


@pytest.fixture
def wishes(
    body: Body, make_person: Callable[..., Person], make_party: Callable[..., Party]
) -> Iterator[WishList]:  # fmt: skip
    """A council's wish list, its scope open."""
    officer = make_person("contract-manager", body=body, name="Ann Officer")
    with open_scope(body=body.pk):
        contact = find_or_create_contact(email="kit@lunch.example", name="Kit Marrow")
        yield WishList(body, officer, make_party("Marsh Lunch Club"), contact)
