"""An agreement with a provider, a schedule, somebody who reports, and a return that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from commonweal.base.models import Body, Link, Mail, Party, Person
from commonweal.base.queries import link_token
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.returns import actions, queries
from commonweal.delivery.returns.models import Return, ReturnLine, Schedule
from commonweal.directory.actions import record_organisation

#: The first day after the second quarter of the financial year.
ASKED_ON = date(2026, 10, 1)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _plain_pages(settings: Any, tmp_path: Path) -> None:
    """Pages name their static files plainly, for nothing was collected; kept files go to a folder of the test."""
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.COMMONWEAL_FILES = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def _one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day the tests are played on."""
    for room in ("commonweal.delivery.actions", "commonweal.delivery.returns.actions",
                 "commonweal.delivery.returns.views.report", "commonweal.delivery.returns.views.due",
                 "commonweal.delivery.returns.views.agreement", "commonweal.delivery.returns.views.staff",
                 "commonweal.delivery.returns.views.workbook"):  # fmt: skip
        monkeypatch.setattr(f"{room}.today", lambda: TODAY)


@dataclass
class Desk:
    """A body, a provider with an agreement of three promises, and the people on both sides."""

    body: Body
    officer: Person
    party: Party
    reporter: Person  # signs in for the provider
    agreement: Agreement
    promises: list[Commitment]
    schedule: Schedule
    contact: Person  # has a link and no account

    def scope(self) -> Any:
        return open_scope(body=self.body.pk)

    @contextmanager
    def as_provider(self) -> Iterator[None]:
        with open_scope(party=self.party.pk, person=self.reporter.pk):
            yield

    def ask(self, on: date = ASKED_ON) -> Return:
        with self.scope():
            made = actions.ask_for_returns(by=self.officer, schedule=self.schedule, on=on)
            return queries.get_return(self.body, made[-1].public_id)

    def again(self, found: Return) -> Return:
        with self.scope():
            return queries.get_return(self.body, found.public_id)

    def lines(self, found: Return) -> list[ReturnLine]:
        with self.scope():
            return queries.lines_of(found)

    def link(self, found: Return, person: Person | None = None) -> Link:
        with self.scope():
            return next(link for link in queries.standing_links(found) if link.person_id == (person or self.contact).pk)

    def address(self, found: Return, page: str = "report", *arguments: str, person: Person | None = None) -> str:
        return reverse(f"returns_link:{page}", args=[link_token(self.link(found, person)), *arguments])

    def mails(self, kind: str) -> list[Mail]:
        with self.scope():
            return list(Mail.objects.filter(body=self.body, kind=kind).order_by("id"))

    def tell(self, line: ReturnLine, quantity: str = "4", by: Person | None = None, **given: Any) -> ReturnLine:
        answer = actions.Answer(
            quantity=Decimal(quantity), starts_on=line.of_return.starts_on, ends_on=line.of_return.ends_on, **given
        )
        return actions.save_line(by=by or self.contact, line=line, answer=answer, written_against=None)

    def send(self, found: Return, quantities: tuple[str, ...] = ("4", "2", "300")) -> Return:
        with self.scope():
            for line, quantity in zip(queries.lines_of(found), quantities, strict=True):
                self.tell(line, quantity)
            return actions.send_return(by=self.contact, found=found)


@pytest.fixture
def make_desk(make_body: Callable[..., Body], make_person: Callable[..., Person]) -> Callable[..., Desk]:
    """`make_desk(company="09506232")`: a body and a provider; the same number is the same provider."""

    def make(company: str = "09506232", name: str = "Larkhollow Kitchens", body: Body | None = None) -> Desk:
        body = body or make_body()
        officer = make_person("contract-manager", body=body, name="Ann Officer")
        with open_scope(body=body.pk):
            provider = record_organisation(name=name, body=body, by=officer, company_number=company)
            agreement = delivery.record_agreement(
                by=officer, body=body, title="School meals", channel="procurement", provider=provider, owner=officer,
                starts_on=date(2026, 4, 1), ends_on=date(2029, 3, 31),
            )  # fmt: skip
            promises = [
                delivery.record_commitment(
                    by=officer,
                    agreement=agreement,
                    wording=wording,
                    unit=unit,
                    quantity=Decimal(promised),
                    position=place,
                )
                for place, (wording, unit, promised) in enumerate(
                    [
                        ("Cookery sessions", "sessions", "40"),
                        ("Local jobs", "FTE", "12"),
                        ("Local food", "GBP", "90000"),
                    ]
                )
            ]
            schedule = actions.agree_schedule(
                by=officer, agreement=agreement, every="quarter", days_allowed=20, first_on=date(2026, 7, 1)
            )
            named = actions.name_reporter(
                by=officer, schedule=schedule, email=f"ros{body.pk}@larkhollow.example", name="Ros Contact"
            )
        party = provider.party
        reporter = make_person("provider-admin", party=party, name="Rae Porter")
        return Desk(body, officer, party, reporter, agreement, promises, schedule, named.person)

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """One body and its provider."""
    return make_desk()


@pytest.fixture
def asked(desk: Desk) -> Return:
    """The return of July to September, asked for."""
    return desk.ask()
