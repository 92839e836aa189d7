"""A council with an agreement, promises and entries, recorded by the real actions; the catalogue's editions; places."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from commonweal.base.ids import random_id
from commonweal.base.models import Body, Event, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions, jobs
from commonweal.delivery.importing import Result
from commonweal.delivery.models import Agreement, Commitment, Entry, ImportBatch
from commonweal.directory.actions import record_organisation
from commonweal.directory.models import Organisation

EXAMPLES = Path(__file__).resolve().parents[3] / "commonweal" / "catalogue" / "examples"
LEGACY = EXAMPLES / "legacy-contracts.xlsx"
DAY = date(2026, 11, 22)
LOAD = "import django; django.setup(); from commonweal.frameworks.actions import load_editions; load_editions()"
#: (code, name, first day, first day out): the places the published examples name, and a ward that ended.
PLACES = [
    ("E08000024", "Sunderland", None, None), ("E06000004", "Stockton-on-Tees", None, None),
    ("E10000029", "Suffolk", None, None), ("E09000012", "Hackney", None, None),
    ("X05000091", "Old Quay", "2010-05-06", "2023-05-04"), ("X05000092", "Quayside", None, None),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
    """Pages name their static files plainly, for nothing was collected; kept files go to a folder of the test."""
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.COMMONWEAL_FILES = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(scope="session")
def editions(django_db_setup: None) -> None:
    """Every edition of the catalogue, loaded by the owner role as an installation does."""
    subprocess.run([sys.executable, "-c", LOAD], env=os.environ | {"COMMONWEAL_ROLE": "owner"}, check=True)


@pytest.fixture(scope="module")
def places(django_db_setup: None) -> Iterator[None]:
    """A few places, for the tests of one file."""
    made = []
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        for code, name, valid_from, valid_to in PLACES:
            row = connection.execute(
                "INSERT INTO directory_place (public_id, code, kind, name, name_cy, valid_from, valid_to, "
                "successor_codes, listed, is_invented) SELECT %s, %s, 'ward', %s, '', %s, %s, '{}', '{}', true "
                "WHERE NOT EXISTS (SELECT FROM directory_place WHERE code = %s) RETURNING code",
                [random_id(), code, name, valid_from, valid_to, code],
            ).fetchone()
            made += [row[0]] if row else []
        yield
        connection.execute("DELETE FROM directory_place WHERE code = ANY(%s)", [made])


@dataclass
class Council:
    """A body and what its staff record, in a few words: `council.promise("10")`."""

    body: Body
    officer: Person
    other: Person

    def provider(self, name: str = "Larkhollow Kitchens") -> Organisation:
        return record_organisation(name=name, body=self.body, by=self.officer)

    def agreement(self, title: str = "School meals", **fields: Any) -> Agreement:
        given = {"channel": "procurement", "starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)} | fields
        return actions.record_agreement(by=self.officer, body=self.body, title=title, **given)

    def promise(self, quantity: str | None = "10", agreement: Agreement | None = None, **fields: Any) -> Commitment:
        given = {"wording": "Cookery sessions", "unit": "sessions"} | fields
        return actions.record_commitment(
            by=self.officer, agreement=agreement or self.agreement(),
            quantity=None if quantity is None else Decimal(quantity), **given,
        )  # fmt: skip

    def entry(self, promise: Commitment, quantity: str = "4", **fields: Any) -> Entry:
        given = {"by": self.officer, "starts_on": date(2026, 5, 1), "ends_on": date(2026, 6, 30)} | fields
        return actions.record_entry(commitment=promise, quantity=Decimal(quantity), **given)

    def evidence(self, entry: Entry) -> None:
        actions.add_evidence(by=self.officer, entry=entry, kind="report", description="Report of the term")

    def read(self, name: str, content: bytes) -> tuple[ImportBatch, Result]:
        """Choose a file and read it, as the page's job does."""
        batch = actions.open_batch(by=self.officer, body=self.body, name=name, content=content)
        return batch, jobs.read_batch(batch, by=self.officer)

    def bring_in(self, name: str, content: bytes) -> tuple[ImportBatch, Result]:
        batch, _ = self.read(name, content)
        return batch, jobs.accept_batch(batch, by=self.officer)

    def events(self, after: int = 0) -> list[str]:
        """The actions on the body's record, in order."""
        return list(
            Event.objects.filter(body=self.body, seq__gt=after).order_by("seq").values_list("action", flat=True)
        )


@pytest.fixture
def council(body: Body, make_person: Callable[..., Person]) -> Iterator[Council]:
    """A council with a contract manager and an assurer, its scope open."""
    officer = make_person("contract-manager", body=body, name="Ann Officer")
    other = make_person("assurer", "contract-manager", body=body, name="Bob Assurer")
    with open_scope(body=body.pk):
        yield Council(body, officer, other)


@pytest.fixture
def events_of(council: Council) -> Callable[[Callable[[], object]], list[str]]:
    """`events_of(lambda: …)`: what an act put on the body's record."""

    def of(act: Callable[[], object]) -> list[str]:
        before = len(council.events())
        act()
        return council.events()[before:]

    return of
