"""A council whose years are closed and published: what the tests of worth record, and two people who decide."""

from __future__ import annotations

import importlib.util
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
from commonweal.engine.year import FinancialYear
from commonweal.reporting.accounts import actions
from commonweal.reporting.accounts.models import PublishedAccount
from commonweal.reporting.accounts.vocabulary import BASIS, LATE_RULE
from commonweal.reporting.models import Close

REPORTING = Path(__file__).resolve().parent.parent / "reporting"
sys.path.insert(0, str(REPORTING))
_spec = importlib.util.spec_from_file_location("reporting_council", REPORTING / "conftest.py")
assert _spec
assert _spec.loader
_made = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_made)
Council, made_editions = _made.Council, _made.made_editions

YEAR = FinancialYear(2025)
DAYS = {"starts_on": date(2025, 5, 1), "ends_on": date(2025, 6, 30)}


@pytest.fixture(autouse=True)
def _of_the_test(settings: Any, tmp_path: Path) -> None:
    """Pages name their static files plainly, for nothing was collected; the signing key is one of the test."""
    settings.STATIC_ROOT = tmp_path
    settings.VAR = tmp_path
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@dataclass
class Books:
    """A council whose year can be closed, prepared and published in a word each."""

    council: Any
    lead: Person
    finance: Person

    @property
    def body(self) -> Body:
        return self.council.body  # type: ignore[no-any-return]

    def delivered(self, quantity: str = "10", measure: str = "wage", evidenced: str = "", **fields: Any) -> Any:
        """A promise of the year and what was delivered of it."""
        deal = self.council.agreement(
            f"Deal {quantity} {measure}", starts_on=YEAR.starts_on, ends_on=YEAR.ends_on, **fields
        )
        promise = self.council.promise(measure, "20", deal)
        entry = self.council.entry(promise, quantity, **DAYS)
        if evidenced:
            self.council.accept(entry, evidenced)
        return entry

    def close(self, year: FinancialYear = YEAR, kind: str = "final") -> None:
        Close.objects.create(body=self.body, year=year.begins, kind=kind, closed_by=self.finance)

    def prepare(self, year: FinancialYear = YEAR, **fields: Any) -> Any:
        given = {"basis": BASIS, "late_rule": LATE_RULE, "materiality": Decimal(1000), "by": self.lead} | fields
        return actions.prepare(body=self.body, year=year, **given)

    def publish(self, year: FinancialYear = YEAR, **fields: Any) -> PublishedAccount:
        return actions.publish(preparation=self.prepare(year, **fields), by=self.finance)


@pytest.fixture
def books(made_editions: None, body: Body, make_person: Callable[..., Person]) -> Iterator[Books]:
    """A council with a lead who prepares accounts and a finance officer who publishes them, its scope open."""
    officer = make_person("contract-manager", body=body)
    other = make_person("assurer", body=body)
    lead, finance = make_person("lead", body=body), make_person("finance", body=body)
    with open_scope(body=body.pk):
        yield Books(Council(body, officer, other), lead, finance)
