"""A body with a framework and a small strategy, a few invented wards, and an opportunity to ask in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import psycopg
import pytest

from commonweal.asks import actions
from commonweal.asks.models import Opportunity
from commonweal.base.ids import random_id
from commonweal.base.models import Body, Person
from commonweal.directory.actions import create_department
from commonweal.frameworks import actions as strategy
from commonweal.frameworks import queries as frameworks
from commonweal.frameworks.actions import NodeWords

LOAD = "import django; django.setup(); from commonweal.frameworks.actions import load_editions; load_editions()"
#: (code, name, first day out): two Castles, and a Mill that ended.
WARDS = [("X05000001", "Castle", None), ("X05000002", "Castle", None), ("X05000003", "Mill", "2020-04-01")]


@pytest.fixture(autouse=True)
def _plain_pages(settings, tmp_path):
    """Pages name their static files plainly, for nothing was collected, and a password is enough to sign in."""
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(scope="session")
def editions(django_db_setup: None) -> None:
    """Every edition of the catalogue, loaded by the owner role as an installation does."""
    subprocess.run([sys.executable, "-c", LOAD], env=os.environ | {"COMMONWEAL_ROLE": "owner"}, check=True)


@pytest.fixture(scope="module")
def wards(django_db_setup: None) -> Iterator[None]:
    """The invented wards, for the tests of one file."""
    codes = [code for code, _name, _end in WARDS]
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        for code, name, valid_to in WARDS:
            connection.execute(
                "INSERT INTO directory_place (public_id, code, kind, name, name_cy, valid_to, successor_codes, listed, "
                "is_invented) VALUES (%s, %s, 'ward', %s, '', %s, '{}', '{}', true)",
                [random_id(), code, name, valid_to],
            )
        yield
        connection.execute("DELETE FROM directory_place WHERE code = ANY(%s)", [codes])


@pytest.fixture
def lead(body: Body, make_person: Callable[..., Person]) -> Person:
    """The body's social value lead."""
    return make_person("lead", body=body, name="Mair Lead")


@pytest.fixture
def place(editions: None, body: Body, lead: Person, in_scope: Callable[..., object]) -> SimpleNamespace:
    """A body that uses the open measures from April 2026, with a department and two objectives.

    `jobs` is owned and tied to local work; `air` is neither owned nor tied. `measure("…")` finds a measure in use.
    """
    with in_scope(body):
        edition = frameworks.find_edition("open-measures@1.0")
        strategy.choose_framework(body=body, by=lead, edition=edition, starts_on=date(2026, 4, 1), reason="Open values")
        plan = strategy.add_node(body=body, by=lead, kind="plan", parent=None, words=NodeWords(title="A fair town"))

        def objective(title: str, **words: object) -> object:
            words = NodeWords(title=title, **words)
            return strategy.add_node(body=body, by=lead, kind="objective", parent=plan, words=words)

        jobs, air = objective("Local jobs", owner=lead), objective("Clean air")
        outcomes = {("open-measures", "local-work")}
        jobs = strategy.tie_outcomes(body=body, by=lead, node=jobs, version=jobs.version, outcomes=outcomes)
        highways = create_department(name="Highways", body=body, by=lead)
    return SimpleNamespace(
        body=body, lead=lead, plan=plan, jobs=jobs, air=air, highways=highways,
        measure=lambda name: frameworks.measures(edition).get(measure_id=name),
    )  # fmt: skip


@pytest.fixture
def opportunity(place: SimpleNamespace, in_scope: Callable[..., object]) -> Opportunity:
    """A planned procurement of works worth £2,000,000 that asks for nothing yet."""
    with in_scope(place.body):
        return actions.record_opportunity(
            by=place.lead, body=place.body, channel="procurement", title="Bridge deck works", kind="works",
            value=Decimal("2000000.00"), department=place.highways, commenced_on=date(2026, 6, 1),
            starts_on=date(2026, 9, 1), ends_on=date(2028, 8, 31),
        )  # fmt: skip
