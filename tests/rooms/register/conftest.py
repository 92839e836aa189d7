"""A council with finance, agreements and promises, recorded by the real actions; files brought in by the real jobs."""

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

import pytest

from commonweal.base.models import Body, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Agreement, Commitment, Entry
from commonweal.directory.actions import create_department, record_organisation
from commonweal.directory.models import Department
from commonweal.frameworks.models import Measure
from commonweal.reporting.register import actions, jobs
from commonweal.reporting.register.models import MoneyFile

LOAD = "import django; django.setup(); from commonweal.frameworks.actions import load_editions; load_editions()"


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


@dataclass
class Council:
    """A body and what its people record, in a few words: `council.bring_in("budget", BUDGET)`."""

    body: Body
    finance: Person
    officer: Person

    def department(self, name: str) -> Department:
        return create_department(body=self.body, by=self.officer, name=name)

    def agreement(self, title: str, supplier: str = "", **fields: Any) -> Agreement:
        provider = record_organisation(name=supplier, body=self.body, by=self.officer) if supplier else None
        given = {"channel": "procurement", "starts_on": date(2025, 4, 1), "ends_on": date(2026, 3, 31)} | fields
        return delivery.record_agreement(by=self.officer, body=self.body, title=title, provider=provider, **given)

    def promise(self, agreement: Agreement, measure: str, quantity: str) -> Commitment:
        rule = Measure.objects.select_related("edition").get(
            edition__framework_id="open-measures", edition__version="1.0", measure_id=measure
        )
        return delivery.record_commitment(
            by=self.officer, agreement=agreement, measure=rule, wording=f"Promise of {measure}", unit=rule.unit,
            quantity=Decimal(quantity),
        )  # fmt: skip

    def entry(self, promise: Commitment, quantity: str) -> Entry:
        return delivery.record_entry(
            by=self.officer, commitment=promise, quantity=Decimal(quantity), starts_on=date(2025, 6, 1),
            ends_on=date(2025, 8, 31),
        )  # fmt: skip

    def read(self, kind: str, content: str | bytes, name: str = "", begins: int | None = None) -> MoneyFile:
        """Choose a file and read it, as the page's job does."""
        sent = content.encode() if isinstance(content, str) else content
        found = actions.open_file(
            by=self.finance, body=self.body, kind=kind, name=name or f"{kind}.csv", content=sent, begins=begins
        )
        jobs.read_money_file(found, by=self.finance)
        found.refresh_from_db()
        return found

    def bring_in(self, kind: str, content: str | bytes, name: str = "", begins: int | None = None) -> MoneyFile:
        found = self.read(kind, content, name, begins)
        jobs.bring_money_in(found, by=self.finance)
        found.refresh_from_db()
        return found


@pytest.fixture
def council(body: Body, make_person: Callable[..., Person]) -> Iterator[Council]:
    """A council with a finance officer and a contract manager, its scope open."""
    finance = make_person("finance", body=body, name="Fay Finance")
    officer = make_person("contract-manager", "lead", body=body, name="Ann Officer")
    with open_scope(body=body.pk):
        yield Council(body, finance, officer)


@pytest.fixture
def read(council: Council, sign_in: Callable[..., Any]) -> Callable[..., str]:
    """`read("money/files/")`: a page of the council as its finance officer reads it."""
    client = sign_in(council.finance)

    def page(address: str, status: int = 200) -> str:
        response = client.get(f"/{council.body.slug}/work/{address}")
        assert response.status_code == status, response.content.decode()[:3000]
        return str(response.content.decode())

    return page
