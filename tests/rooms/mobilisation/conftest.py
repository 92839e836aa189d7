"""An agreement with two promises and a provider, handed over by real actions; the day is fixed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commonweal.base.models import Body, Party, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.mobilisation import actions, queries
from commonweal.delivery.models import Agreement, Commitment
from commonweal.directory.actions import record_organisation
from commonweal.engine.profile import ProfilePart

TODAY = date(2026, 11, 22)
VIEWS = "commonweal.delivery.mobilisation.views"


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
    """Pages name their static files plainly, for nothing was collected, and a password is enough to sign in."""
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def _one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day the tests are played on."""
    places = ["commonweal.delivery.mobilisation.actions", "commonweal.delivery.actions"]
    places += [f"{VIEWS}.{name}" for name in ("expected", "profiles", "provider", "due", "completeness")]
    for place in places:
        monkeypatch.setattr(f"{place}.today", lambda: TODAY)


@dataclass
class Works:
    """A council's agreement of one year with a provider, its owner, a manager, and two promises."""

    body: Body
    party: Party
    manager: Person
    owner: Person
    agreement: Agreement
    starts: Commitment
    hours: Commitment

    def agree(self, quantities: list[str], *, promise: Commitment | None = None, version: int = 0) -> Any:
        """Agree the quarters of a promise (the starts)."""
        promise = promise or self.starts
        row = next(e.row for e in queries.expected(self.agreement, TODAY) if e.commitment.pk == promise.pk)
        parts = tuple(
            ProfilePart(part.quarter, Decimal(number))
            for part, number in zip(queries.proposed(row), quantities, strict=True)
        )
        return actions.agree_profiles(
            by=self.manager, agreement=self.agreement, profiles={promise: parts}, agreed_on=TODAY,
            written_against={promise.pk: version},
        )  # fmt: skip

    def state(self, promise: Commitment | None = None) -> str:
        return queries.standing_of(promise or self.starts).state


def made_works(body: Body, make_person: Callable[..., Person], provider: str = "Larkhollow Kitchens") -> Works:
    """One more agreement of its kind in a body; needs the body's scope."""
    manager = make_person("contract-manager", body=body, name="Ann Manager")
    owner = make_person("department-officer", body=body, name="Olu Owner")
    organisation = record_organisation(name=provider, body=body, by=manager)
    agreement = delivery.record_agreement(
        by=manager, body=body, title="School meals", channel="procurement", provider=organisation, owner=owner,
        starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31), extension_months=12,
    )  # fmt: skip
    starts = delivery.record_commitment(
        by=manager, agreement=agreement, wording="Apprentice starts", unit="starts", quantity=Decimal(12)
    )
    hours = delivery.record_commitment(
        by=manager, agreement=agreement, wording="Volunteering", unit="hours", quantity=Decimal(365)
    )
    assert organisation.party is not None
    return Works(body, organisation.party, manager, owner, agreement, starts, hours)


@pytest.fixture
def works(body: Body, make_person: Callable[..., Person]) -> Iterator[Works]:
    """The agreement, in its body's open scope."""
    with open_scope(body=body.pk):
        yield made_works(body, make_person)


@pytest.fixture
def other_works(make_body: Callable[..., Body], make_person: Callable[..., Person]) -> Works:
    """The same kind of agreement of another body with another provider."""
    other = make_body()
    with open_scope(body=other.pk):
        return made_works(other, make_person, "Oxbarrow Trees")
