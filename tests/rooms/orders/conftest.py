"""A hub's framework called off by five councils, each with a record of its own, and the one provider of them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commonweal.base.models import Body, Party, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Agreement, Commitment
from commonweal.directory.actions import record_organisation

MILLION = Decimal(1_000_000)
RATE = {
    "wording": "One apprentice start for each full £1 million called off", "unit": "apprentice starts",
    "quantity": Decimal(1), "basis": "per-spend", "per_amount": MILLION, "rounding": "full",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.COMMONWEAL_FILES = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@dataclass
class Record:
    """One body's record: its officer, its agreement with the provider, and the promise in it."""

    body: Body
    officer: Person
    agreement: Agreement
    promise: Commitment


@dataclass
class Framework:
    """A hub's record and five councils' records of one framework with one provider."""

    hub: Record
    councils: list[Record]
    party: Party
    reporter: Person

    @property
    def records(self) -> list[Record]:
        return [self.hub, *self.councils]


@pytest.fixture
def framework(make_body: Callable[..., Body], make_person: Callable[..., Person]) -> Framework:
    """A framework "HUB-1" of a hub, and a call-off record under the same reference in each of five councils."""
    records, party = [], None
    for name in ("Hub", "Ash", "Birch", "Cedar", "Elm", "Fir"):
        body = make_body(name)
        officer = make_person("contract-manager", body=body)
        with open_scope(body=body.pk):
            provider = record_organisation(name="Oxbow Works", body=body, by=officer, company_number="09506240")
            party = provider.party
            agreement = delivery.record_agreement(
                by=officer, body=body, title=f"Works framework, {name}", channel="procurement", provider=provider,
                level="framework" if name == "Hub" else "call-off", reference="HUB-1", regime="procurement-act-2023",
                starts_on=date(2025, 4, 1), ends_on=date(2029, 3, 31), value=Decimal(10_000_000),
            )  # fmt: skip
            records.append(
                Record(body, officer, agreement, delivery.record_commitment(by=officer, agreement=agreement, **RATE))
            )
    assert party is not None
    return Framework(records[0], records[1:], party, make_person("provider-admin", party=party))
