"""Which board a person sees first, how a figure went over the years, and what the bodies of a group published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from commonweal.base.models import Body, Person
from commonweal.directory.queries import members_of, today
from commonweal.engine.year import FinancialYear
from commonweal.reporting.accounts.presentation import AccountFigure, figures_of
from commonweal.reporting.accounts.queries import in_force, published_accounts
from commonweal.reporting.boards.models import OwnBoard
from commonweal.reporting.queries import worth

if TYPE_CHECKING:
    from commonweal.reporting.accounts.models import PublishedAccount
    from commonweal.reporting.budget.queries import Narrowed
    from commonweal.reporting.figures import TotalKey, What

#: How many years a trend looks back.
YEARS = 4


def own_board(body: Body, person: Person) -> OwnBoard | None:
    """This will find the board that a person chose to see first; needs the body's scope."""
    return OwnBoard.objects.filter(body=body, person=person).first()


def first_view(body: Body, roles: frozenset[str]) -> str:
    """This will say which board fits a person's roles, where none was chosen."""
    if members_of(body, today()):
        return "group"
    if roles & {"lead", "finance", "body-admin"}:
        return "whole"
    if "member" in roles:
        return "ward"
    return "department" if "department-officer" in roles else "whole"


def over_the_years(
    body: Body, year: FinancialYear, what: What, figure: TotalKey, narrowed: Narrowed
) -> list[tuple[FinancialYear, Decimal | None]]:
    """This will give one figure of a stage year by year, the present one last; None where a year has none of it.

    Told as at each year's own last day, so each is in the same prices only where its framework keeps one price year.
    """
    found = []
    for back in range(YEARS - 1, -1, -1):
        one = FinancialYear(year.begins - back)
        total = worth(body, what=what, on=one.ends_on, year=one, **narrowed.words).total(figure)
        found.append((one, total.amount.central if total else None))
    return found


@dataclass(frozen=True, slots=True)
class OfMember:
    """What a body of a group published for a year: its account in force and its figures, or nothing yet."""

    member: Body
    account: PublishedAccount | None
    figures: tuple[AccountFigure, ...]

    def amount(self, stage: str, key: tuple[str, ...]) -> Decimal | None:
        """The central amount of one of its figures at a stage, of the whole account."""
        found = [each for each in self.figures if each.stage == stage and not each.by and each.key == key]
        return found[0].amount.central if found else None


def published_by_members(group: Body, year: FinancialYear) -> list[OfMember]:
    """This will read what the bodies of a group published for a year: public tables only, never their records."""
    found = []
    for each in members_of(group, year.ends_on):
        accounts = {one.number: one for one in published_accounts(each.member)}
        number = in_force(list(accounts.values())).get(year.begins)
        account = accounts[number] if number is not None else None
        found.append(OfMember(each.member, account, tuple(figures_of(account.content)) if account else ()))
    return found


def keys_of_members(members: Sequence[OfMember]) -> list[tuple[str, ...]]:
    """This will list every kind of figure that a member published, those of most members first."""
    counted: dict[tuple[str, ...], int] = {}
    for each in members:
        for key in {figure.key for figure in each.figures if not figure.by}:
            counted[key] = counted.get(key, 0) + 1
    return sorted(counted, key=lambda key: (-counted[key], key))
