"""Two made editions, loaded by the owner role; agreements, promises and entries recorded by the real actions."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from made_council import COUNCIL, DAY, OTHER_WARD, WARD

from commonweal.base.ids import random_id
from commonweal.base.models import Body, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions
from commonweal.delivery.models import Agreement, Commitment, Entry
from commonweal.directory.actions import create_department
from commonweal.directory.models import Department
from commonweal.frameworks.models import Measure

HERE = Path(__file__).parent
LOAD = (
    "import django; django.setup(); from made_framework import edition; "
    "from commonweal.frameworks.actions import load_edition, load_editions; load_editions(); "
    "load_edition(edition=edition()); load_edition(edition=edition('2.0', '2000'))"
)


@pytest.fixture(scope="session")
def made_editions(django_db_setup: None) -> None:
    """`made-reporting@1.0` and `@2.0` beside those of the catalogue, loaded as an installation loads editions."""
    environment = os.environ | {"COMMONWEAL_ROLE": "owner", "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parents[2]}"}
    done = subprocess.run([sys.executable, "-c", LOAD], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def places(django_db_setup: None) -> Iterator[None]:
    """An invented council with two wards."""
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        keys = {}
        made = ((COUNCIL, "Made Council", "council"), (WARD, "Docks", "ward"), (OTHER_WARD, "Hill", "ward"))
        for code, name, kind in made:
            row = connection.execute(
                "INSERT INTO directory_place (public_id, code, name, name_cy, kind, successor_codes, listed,"
                " is_invented) VALUES (%s, %s, %s, '', %s, '{}', '{}', true) RETURNING id",
                [random_id(), code, name, kind],
            ).fetchone()
            assert row is not None
            keys[code] = row[0]
        for ward in (WARD, OTHER_WARD):
            connection.execute(
                "INSERT INTO directory_placewithin (child_id, parent_id) VALUES (%s, %s)", [keys[ward], keys[COUNCIL]]
            )
        yield
        connection.execute("DELETE FROM directory_placewithin WHERE parent_id = %s", [keys[COUNCIL]])
        connection.execute("DELETE FROM directory_place WHERE id = ANY(%s)", [list(keys.values())])


class Council:
    """A body and what its staff record, in a few words: `council.promise("wage", "10")`."""

    def __init__(self, body: Body, officer: Person, other: Person) -> None:
        self.body, self.officer, self.other = body, officer, other

    def department(self, name: str) -> Department:
        return create_department(body=self.body, by=self.officer, name=name)

    def agreement(self, title: str = "Cleaning", **fields: object) -> Agreement:
        given: dict[str, object] = {
            "channel": "procurement", "starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31),
        } | fields  # fmt: skip
        return actions.record_agreement(by=self.officer, body=self.body, title=title, **given)  # type: ignore[arg-type]

    def promise(
        self, measure: str | None, quantity: str | None, agreement: Agreement | None = None, version: str = "1.0",
        framework: str = "made-reporting", **fields: object,
    ) -> Commitment:  # fmt: skip
        rule = Measure.objects.select_related("edition").get(
            edition__framework_id=framework, edition__version=version, measure_id=measure
        ) if measure else None  # fmt: skip
        given: dict[str, object] = {
            "wording": f"Promise of {measure}", "unit": rule.unit if rule else "hours", "measure": rule,
        } | fields  # fmt: skip
        return actions.record_commitment(
            by=self.officer, agreement=agreement or self.agreement(),
            quantity=None if quantity is None else Decimal(quantity), **given,  # type: ignore[arg-type]
        )  # fmt: skip

    def entry(self, promise: Commitment, quantity: str, **fields: object) -> Entry:
        given: dict[str, object] = {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 6, 30)} | fields
        return actions.record_entry(
            by=self.officer, commitment=promise, quantity=Decimal(quantity), **given,  # type: ignore[arg-type]
        )  # fmt: skip

    def accept(self, entry: Entry, quantity: str) -> None:
        actions.add_evidence(by=self.officer, entry=entry, kind="report", description="Report")
        actions.accept_evidence(by=self.other, entry=entry, quantity=Decimal(quantity), dated_on=DAY)

    def confirm(self, entry: Entry, quantity: str) -> None:
        actions.record_confirmation(
            by=self.officer, entry=entry, quantity=Decimal(quantity), dated_on=DAY, confirmed_by="Dock School"
        )

    def assure(self, entry: Entry, quantity: str) -> None:
        actions.record_assurance(by=self.other, entry=entry, quantity=Decimal(quantity), dated_on=DAY)


@pytest.fixture
def council(made_editions: None, body: Body, make_person: Callable[..., Person]) -> Iterator[Council]:
    """A council with a contract manager and an assurer, its scope open."""
    officer = make_person("contract-manager", body=body, name="Ann Officer")
    other = make_person("assurer", body=body, name="Bob Assurer")
    with open_scope(body=body.pk):
        yield Council(body, officer, other)


@pytest.fixture
def read(council: Council, sign_in: Callable[..., object]) -> Callable[..., str]:
    """`read("worth/?what=promised")`: a page of the council as its contract manager reads it."""
    client = sign_in(council.officer)

    def page(address: str, status: int = 200) -> str:
        response = client.get(f"/{council.body.slug}/work/{address}")  # type: ignore[attr-defined]
        assert response.status_code == status, response.content.decode()[:3000]
        return response.content.decode()

    return page
