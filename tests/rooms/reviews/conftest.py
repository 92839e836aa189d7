"""A council with an agreement, two promises and a provider's person, recorded by the real actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from commonweal.base.models import Body, Event, Party, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.reviews import actions
from commonweal.delivery.reviews.models import Kpi, Rating
from commonweal.directory.actions import record_organisation

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
    """Pages name their static files plainly, for nothing was collected; kept files go to a folder of the test."""
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.COMMONWEAL_FILES = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@dataclass
class Contract:
    """One agreement and the people around it; `contract.rate("7")` drafts a rating of its indicator."""

    body: Body
    party: Party
    officer: Person
    other: Person
    reporter: Person
    agreement: Agreement
    promise: Commitment

    def kpi(self, **fields: Any) -> Kpi:
        given: dict[str, Any] = {
            "title": "Apprentices who start", "unit": "starts", "sense": "at-least", "target": Decimal(10),
            "approaching": Decimal(9), "improvement": Decimal(7), "every_months": 3, "starts_on": FIRST,
        } | fields  # fmt: skip
        return actions.set_kpi(by=self.officer, agreement=self.agreement, **given)

    def rate(self, figure: str | None = "10", kpi: Kpi | None = None, **fields: Any) -> Rating:
        given: dict[str, Any] = {"starts_on": FIRST, "ends_on": LAST, "reason": "Counted with the provider"} | fields
        number = None if figure is None else Decimal(figure)
        return actions.draft_rating(by=self.officer, kpi=kpi or self.kpi(), figure=number, **given)

    def sent(self, figure: str | None = "10", days: int = 10, **fields: Any) -> Rating:
        return actions.send_rating(by=self.officer, rating=self.rate(figure, **fields), days=days)

    def answer(self, rating: Rating, agrees: bool = True, words: str = "") -> Rating:
        with open_scope(party=self.party.pk):
            return actions.respond_to_rating(by=self.reporter, rating=rating, agrees=agrees, words=words)

    def decided(self, figure: str = "10", **fields: Any) -> Rating:
        rating = self.answer(self.sent(figure, **fields))
        return actions.decide_rating(by=self.other, rating=rating, decided=rating.rating, plan="Plan 4")

    def locked(self, figure: str = "10", **fields: Any) -> Rating:
        return actions.lock_rating(by=self.other, rating=self.decided(figure, **fields))

    def events(self) -> list[str]:
        return list(Event.objects.filter(body=self.body).order_by("seq").values_list("action", flat=True))


@pytest.fixture
def make_contract(make_body: Callable[..., Body], make_person: Callable[..., Person]) -> Callable[..., Contract]:
    """`make_contract()`: a contract of a body of its own; `make_contract(body=…, provider="Oxlip")` for another's."""

    def make(provider: str = "Larkhollow Kitchens", body: Body | None = None, **fields: Any) -> Contract:
        body = body or make_body()
        officer = make_person("contract-manager", body=body, name="Ann Officer")
        other = make_person("lead", body=body, name="Bob Lead")
        with open_scope(body=body.pk):
            organisation = record_organisation(name=provider, body=body, by=officer)
            given = {"channel": "procurement", "starts_on": FIRST, "ends_on": date(2027, 3, 31), "owner": officer}
            agreement = delivery.record_agreement(
                by=officer, body=body, title="School meals", provider=organisation, reference="SM-1", **given | fields
            )
            promise = delivery.record_commitment(
                by=officer, agreement=agreement, wording="Apprentices who start", unit="starts", quantity=Decimal(12)
            )
        reporter = make_person("provider-admin", party=organisation.party, name="Rae Porter")
        return Contract(body, organisation.party, officer, other, reporter, agreement, promise)

    return make


@pytest.fixture
def contract(make_contract: Callable[..., Contract]) -> Iterator[Contract]:
    """One contract, its body's scope open."""
    made = make_contract()
    with open_scope(body=made.body.pk):
        yield made
