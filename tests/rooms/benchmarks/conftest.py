"""Councils that deliver something of value, recorded by the real actions, and exchange their rates."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commonweal.base.models import Body, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.directory.actions import record_organisation
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.models import Measure
from commonweal.reporting.benchmarks import actions

YEAR = FinancialYear(2025)
LOAD = "import django; django.setup(); from commonweal.frameworks.actions import load_editions; load_editions()"


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
    """Pages name their static files plainly, for nothing was collected."""
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
    """A body with its social value lead; `council.deliver("Plover", "4")`."""

    body: Body
    lead: Person
    other: Person

    def deliver(self, provider: str, quantity: str, channel: str = "procurement") -> None:
        rule = Measure.objects.select_related("edition").filter(
            edition__framework_id="open-measures", edition__version="1.0", figure="valued"
        ).order_by("measure_id").first()  # fmt: skip
        held = record_organisation(name=provider, body=self.body, by=self.lead)
        agreement = delivery.record_agreement(
            by=self.lead, body=self.body, title=f"Work of {provider}", channel=channel, provider=held,
            starts_on=date(2025, 4, 1), ends_on=date(2026, 3, 31),
        )  # fmt: skip
        promise = delivery.record_commitment(
            by=self.lead,
            agreement=agreement,
            measure=rule,
            wording="Promise",
            unit=rule.unit,
            quantity=Decimal(quantity),
        )
        entry = delivery.record_entry(
            by=self.lead, commitment=promise, quantity=Decimal(quantity), starts_on=date(2025, 6, 1),
            ends_on=date(2025, 8, 31),
        )  # fmt: skip
        delivery.add_evidence(by=self.lead, entry=entry, kind="report", description="Report")
        delivery.accept_evidence(by=self.other, entry=entry, quantity=Decimal(quantity), dated_on=date(2025, 9, 1))

    def agree(self, naming: str = "named", people: int = 100_000) -> None:
        actions.agree(by=self.lead, body=self.body, naming=naming, people=people, people_source="Estimate of 2025")

    def give_out(self) -> Any:
        return actions.give_out(by=self.lead, body=self.body, year=YEAR)


@pytest.fixture
def make_council(
    editions: None, make_body: Callable[..., Body], make_person: Callable[..., Person]
) -> Callable[..., Council]:
    """`make_council("Oxley", firms=4)`: a council whose firms delivered; with `given`, its rates are given out."""

    def make(name: str = "", firms: int = 4, given: bool = False, naming: str = "named", **fields: Any) -> Council:
        body = make_body(name, **fields) if name else make_body(**fields)
        lead = make_person("lead", "contract-manager", body=body, name="Lea Lead")
        other = make_person("assurer", "contract-manager", body=body, name="Bob Other")
        council = Council(body, lead, other)
        with open_scope(body=body.pk):
            for number in range(firms):
                council.deliver(f"Firm {number}", str(number + 2))
            if given:
                council.agree(naming)
                council.give_out()
        return council

    return make
