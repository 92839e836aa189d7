"""A council with a contract, promises under open measures, a provider who answers, and the clause on credits."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commonweal.base.models import Body, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.changes import actions
from commonweal.delivery.changes.models import Change
from commonweal.delivery.models import Agreement, AgreementClause, Commitment
from commonweal.directory.actions import record_organisation
from commonweal.directory.queries import today
from commonweal.frameworks.models import Measure

LOAD = "import django; django.setup(); from commonweal.frameworks.actions import load_editions; load_editions()"
D = Decimal


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
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
class Contract:
    """A contract of a council, and what its people do to it in a few words."""

    body: Body
    officer: Person
    second: Person
    reporter: Person
    agreement: Agreement

    def measure(self, name: str = "employment.local-people-fte") -> Measure:
        return Measure.objects.select_related("edition").get(
            edition__framework_id="open-measures", edition__version="1.0", measure_id=name
        )

    def promise(self, quantity: str, measure: str | None = "employment.local-people-fte", **fields: Any) -> Commitment:
        held = self.measure(measure) if measure else None
        given = {"wording": held.title if held else "Talks", "unit": held.unit if held else "talks"} | fields
        return delivery.record_commitment(
            by=self.officer, agreement=self.agreement, measure=held, quantity=D(quantity), **given
        )

    def deliver(self, promise: Commitment, quantity: str, accepted: bool = True) -> None:
        entry = delivery.record_entry(
            by=self.officer,
            commitment=promise,
            quantity=D(quantity),
            starts_on=date(2026, 5, 1),
            ends_on=date(2026, 6, 30),
        )
        if accepted:
            delivery.add_evidence(by=self.officer, entry=entry, kind="report", description="Report")
            delivery.accept_evidence(by=self.second, entry=entry, quantity=D(quantity), dated_on=date(2026, 7, 1))

    def add_clause(self, months: int = 12, cap: int | None = 20) -> None:
        AgreementClause.objects.create(
            body=self.body, party=self.agreement.party, agreement=self.agreement, kind="change-and-credit", version="1.0",
            stands=True, expiry_months=months, cap_percent=cap, source="contract", recorded_by=self.officer,
        )  # fmt: skip

    def change(self, **fields: Any) -> Change:
        given = {"kind": "change", "title": "Fewer starts", "why": "The site closed", "takes_from_on": today(),
                 "ground": "not-substantial", "ranking": "no", "ranking_reason": "Won by price alone"} | fields  # fmt: skip
        return actions.write_change(by=self.officer, agreement=self.agreement, **given)

    def agreed(self, change: Change) -> Change:
        actions.propose(by=self.officer, change=change, written_against=now(change).version)
        actions.answer(by=self.reporter, change=change, agrees=True, words="", written_against=now(change).version)
        return now(change)

    def made(self, change: Change, excuse: str = "") -> Change:
        self.agreed(change)
        actions.decide(
            by=self.second, change=change, approves=True, words="", excuse=excuse, written_against=now(change).version
        )
        actions.make_change(by=self.officer, change=change, written_against=now(change).version)
        return now(change)


def now(change: Change) -> Change:
    """The change as it stands."""
    return Change.objects.select_related("agreement__body", "agreement__party", "body").get(pk=change.pk)


@pytest.fixture
def contract(
    editions: None, body: Body, make_person: Callable[..., Person]
) -> Iterator[Contract]:  # fmt: skip
    """A contract of £1,000,000 that runs, with nothing promised yet; the council's scope is open."""
    officer = make_person("contract-manager", body=body, name="Ann Officer")
    second = make_person("lead", "assurer", body=body, name="Bob Second")
    with open_scope(body=body.pk):
        provider = record_organisation(name="Oxbow Works", body=body, by=officer, company_number="09506240")
        reporter = make_person("provider-admin", party=provider.party)
    with open_scope(body=body.pk):
        agreement = delivery.record_agreement(
            by=officer, body=body, title="Refuse and recycling", channel="procurement", kind="services",
            provider=provider, regime="procurement-act-2023", value=D(1_000_000), starts_on=date(2026, 4, 1),
            ends_on=today() + timedelta(days=400),
        )  # fmt: skip
        yield Contract(body, officer, second, reporter, agreement)
