"""Two years of the invented region published, one of them restated when a late return was found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import transaction

from commonweal.base.errors import NotPossible
from commonweal.base.queries import find_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import record_entry
from commonweal.delivery.queries import get_commitment
from commonweal.directory.queries import today
from commonweal.engine.year import FinancialYear
from commonweal.reporting.accounts import actions, queries
from commonweal.reporting.accounts.vocabulary import BASIS, LATE_RULE
from commonweal.reporting.budget import actions as years
from commonweal.reporting.budget.queries import standing
from commonweal.reporting.queries import worth
from commonweal.web.demonstration.region import BODIES

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

WHY: Final = (
    "After the account was published the provider found a quarter’s attendance register that had never been sent in. The "
    "year was opened again for it alone, and closed on the same day."
)


def load_accounts() -> None:
    """This will publish the last two years of each council of the region, and restate one of the first; safe again."""
    last = FinancialYear.of(today()).previous
    for number, slug in enumerate(BODIES[:2]):
        body = find_body(slug)
        if body is None:
            continue
        with open_scope(body=body.pk):
            staff = {role: person for person, roles in staff_of(body) for role in roles}
            lead, finance = staff.get("lead"), staff.get("finance")
            if lead is None or finance is None or lead == finance or queries.has_accounts(body):
                continue
            for year in (last.previous, last):
                _publish(body, lead, finance, year)
            if not number and (stands := queries.in_force(queries.published_accounts(body))):
                _restate(body, lead, finance, FinancialYear(min(stands)))


def _publish(body: Body, lead: Person, finance: Person, year: FinancialYear, **restated: object) -> None:
    """A year that something stops stays as it is: its page says what."""
    try:
        with transaction.atomic():
            _close(body, lead, finance, year)
            waits = actions.prepare(
                body=body, by=finance, year=year, basis=BASIS, late_rule=LATE_RULE, materiality=Decimal(10000),
                **restated,  # type: ignore[arg-type]
            )  # fmt: skip
            actions.publish(preparation=waits, by=lead)
    except NotPossible:
        return


def _close(body: Body, lead: Person, finance: Person, year: FinancialYear) -> None:
    if standing(body, year).state == "open":
        years.close_provisionally(by=finance, body=body, year=year)
    if standing(body, year).state == "provisional":
        years.close_for_good(by=lead, body=body, year=year)


def _restate(body: Body, lead: Person, finance: Person, year: FinancialYear) -> None:
    found = worth(body, what="claimed", on=year.ends_on, year=year)
    line = next((each for each in found.lines if each.in_totals and not each.brought_forward), None)
    if line is None:
        return
    number = queries.in_force(queries.published_accounts(body))[year.begins]
    years.open_again(by=lead, body=body, year=year, reason="A register of the last quarter was never sent in.")
    record_entry(
        by=finance, commitment=get_commitment(body, line.promise.public_id), quantity=line.quantity / 4,
        starts_on=date(year.begins + 1, 1, 1), ends_on=year.ends_on, place_code=line.place_code,
    )  # fmt: skip
    _publish(body, lead, finance, year, restates=number, reason=WHY)
