"""A claim of a provider under a council's promise, with its evidence, and the people who may decide on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from commonweal.base.jobs import check_file
from commonweal.base.models import Person
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import add_evidence
from commonweal.delivery.models import Agreement, Commitment, Entry
from tests.rooms.delivery.conftest import Council


@dataclass
class Claims:
    """A council with a provider, its agreement and its promise; `claims.claim("4")` is what the provider reports."""

    council: Council
    agreement: Agreement
    promise: Commitment
    reporter: Person
    third: Person

    @property
    def officer(self) -> Person:
        return self.council.officer

    @property
    def other(self) -> Person:
        return self.council.other

    def claim(
        self, quantity: str = "4", *, evidence: bool = True, promise: Commitment | None = None, **fields: Any
    ) -> Entry:
        entry = self.council.entry(promise or self.promise, quantity, **{"by": self.reporter} | fields)
        if evidence:
            add_evidence(by=self.reporter, entry=entry, kind="register", description="Register without names")
        return entry

    def with_file(self, entry: Entry, content: bytes = b"Name,Sessions\n", *, checked: bool = True) -> Any:
        made = add_evidence(
            by=self.reporter,
            entry=entry,
            kind="register",
            description="Register",
            file_name="register.csv",
            content=content,
        )
        if checked:
            assert made.file is not None
            check_file(file=made.file.public_id, body=self.council.body.pk)
        return made

    def accept(self, entry: Entry, by: Person | None = None, quantity: str = "", note: str = "") -> Any:
        from commonweal.delivery.assurance.actions import accept_claim

        amount = Decimal(quantity) if quantity else entry.quantity
        return accept_claim(by=by or self.officer, entry=entry, quantity=amount, note=note)


@pytest.fixture
def claims(council: Council, make_person: Callable[..., Person]) -> Claims:
    """The council's claims, its scope open."""
    provider = council.provider()
    agreement = council.agreement(provider=provider)
    reporter = make_person("provider-contributor", party=provider.party, name="Rhian at the kitchen")
    third = make_person("lead", body=council.body, name="Cleo Lead")
    with open_scope(body=council.body.pk):
        return Claims(council, agreement, council.promise(agreement=agreement), reporter, third)
