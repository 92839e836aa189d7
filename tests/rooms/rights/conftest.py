"""A provider with an agreement of two bodies each, an administrator, and somebody who can be limited."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commonweal.base.models import Body, Party, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.returns import actions as returns
from commonweal.delivery.returns import queries as returns_queries
from commonweal.delivery.rights import actions, queries
from commonweal.directory.actions import record_organisation

ASKED_ON = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.COMMONWEAL_FILES = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@dataclass
class Firm:
    """A provider of two bodies: `agreements` "Meals" and "Gardens", a promise and a return asked of each."""

    party: Party
    lead: Person  # the administrator
    olu: Person  # reports, and can be limited
    officers: dict[str, Person] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    promises: dict[str, Commitment] = field(default_factory=dict)
    returns: dict[str, Any] = field(default_factory=dict)

    def act(self, person: Person) -> AbstractContextManager[Any]:
        return open_scope(party=self.party.pk, person=person.pk)

    def limit(self, **rights: str) -> None:
        """`limit(Meals="see")`: Olu may do that and nothing else."""
        with self.act(self.lead):
            actions.limit_person(
                by=self.lead, party=self.party, person=self.olu,
                rights={self.agreements[title]: may for title, may in rights.items()},
                written_against=queries.version_of(self.party, self.olu),
            )  # fmt: skip

    def lift(self) -> None:
        with self.act(self.lead):
            actions.lift_limit(by=self.lead, party=self.party, person=self.olu)


@pytest.fixture
def make_agreement(make_person: Callable[..., Person]) -> Callable[..., tuple[Agreement, Commitment, Any, Person]]:
    """`make_agreement(body, "Meals", "Larkhollow", company="09506232")`: with a promise and a return that is asked for."""

    def make(body: Body, title: str, provider: str, company: str) -> tuple[Agreement, Commitment, Any, Person]:
        officer = make_person("contract-manager", body=body, name=f"Officer of {title}")
        with open_scope(body=body.pk):
            organisation = record_organisation(name=provider, body=body, by=officer, company_number=company)
            agreement = delivery.record_agreement(
                by=officer, body=body, title=title, channel="procurement", provider=organisation, owner=officer,
                starts_on=date(2026, 4, 1), ends_on=date(2029, 3, 31),
            )  # fmt: skip
            promise = delivery.record_commitment(
                by=officer, agreement=agreement, wording=f"Jobs of {title}", unit="FTE", quantity=Decimal(12)
            )
            delivery.record_commitment(
                by=officer, agreement=agreement, wording=f"Visits of {title}", unit="visits", quantity=Decimal(20)
            )
            schedule = returns.agree_schedule(
                by=officer, agreement=agreement, every="quarter", days_allowed=20, first_on=date(2026, 7, 1)
            )
            found = returns.ask_for_returns(by=officer, schedule=schedule, on=ASKED_ON)[-1]
        return agreement, promise, found, officer

    return make


@pytest.fixture
def firm(
    make_body: Callable[..., Body], make_person: Callable[..., Person], make_agreement: Callable[..., Any]
) -> Firm:
    """The provider, with both agreements."""
    held: Firm | None = None
    for title in ("Meals", "Gardens"):
        agreement, promise, found, officer = make_agreement(make_body(), title, "Larkhollow Kitchens", "09506232")
        if held is None:
            party = agreement.party
            held = Firm(
                party, make_person("provider-admin", party=party, name="Lea Lead"),
                make_person("provider-contributor", party=party, name="Olu Only"),
            )  # fmt: skip
        held.agreements[title], held.promises[title], held.returns[title] = agreement, promise, found
        held.officers[title] = officer
    assert held is not None
    return held


def lines_of(found: Any) -> list[Any]:
    return returns_queries.lines_of(found)
