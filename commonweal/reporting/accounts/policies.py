"""When an account may be prepared, published and restated."""

from __future__ import annotations

from collections.abc import Sequence

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Person
from commonweal.engine.year import FinancialYear
from commonweal.reporting.accounts import queries
from commonweal.reporting.accounts.models import Preparation, PublishedAccount
from commonweal.reporting.accounts.queries import Check

#: One table of states; `docs/reference/states.md` is drawn from it. What was published stays so for ever.
PREPARATION_STATES: dict[str, tuple[str, ...]] = {
    "prepared": ("published", "withdrawn"),
    "published": (),
    "withdrawn": (),
}


def check_step(preparation: Preparation, state: str) -> None:
    """This will refuse a step that the table of states does not have."""
    if state not in PREPARATION_STATES[preparation.state]:
        raise NotPossible("This account was published or withdrawn already. Prepare another.")


def check_none_prepared(body: Body) -> None:
    """Only one account of a body is prepared at a time."""
    if waits := queries.prepared(body):
        raise NotPossible(
            f"An account of {FinancialYear(waits.year).name} is prepared already. Publish or withdraw that one first."
        )


def check_closed(body: Body, year: FinancialYear) -> None:
    """Only a year that is closed for good can be published."""
    if year not in queries.years_closed(body):
        raise NotPossible(f"{year.name} is not closed for good, so its figures may still move. Close the year first.")


def check_first_of_its_year(body: Body, year: FinancialYear) -> None:
    """A year that was published can be restated, not published again."""
    standing = queries.in_force(queries.published_accounts(body)).get(year.begins)
    if standing:
        raise NotPossible(f"{year.name} was published as account {standing}. Restate that account instead.")


def check_restatable(body: Body, number: int) -> PublishedAccount:
    """Only an account that was published, and that no other took the place of, can be restated."""
    found = next((each for each in queries.published_accounts(body) if each.number == number), None)
    if found is None:
        raise NotPossible(f"There is no published account {number}, so there is nothing to restate. Publish it first.")
    if later := queries.superseded_by(found):
        raise NotPossible(f"Account {number} was restated by account {later.number}. Restate that one.")
    return found


def check_reason(restates: int | None, reason: str) -> None:
    """A restatement says why."""
    if restates is not None and len(reason.strip()) < 10:
        raise NotPossible("Say in a sentence why the account is restated: readers will want to know.")


def check_other_person(preparation: Preparation, by: Person) -> None:
    """Whoever prepared an account does not publish it."""
    if preparation.prepared_by_id == by.pk:
        raise NotPossible("You prepared this account, so somebody else publishes it.")


def check_settled(checks: Sequence[Check]) -> None:
    """What stops an account is settled first."""
    if stops := [each for each in checks if each.stops]:
        raise NotPossible(f"{stops[0].words}. {stops[0].fix}")
