"""A calendar link ends when its holder leaves the provider; of somebody who is limited it shows less by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commonweal.delivery.mobilisation import actions

if TYPE_CHECKING:
    from commonweal.base.models import Party, Person


def let_go(*, by: Person, party: Party, person: Person, kept: frozenset[int] | None) -> None:
    """This will end the calendar link of somebody who left."""
    if kept is None:
        actions.end_calendar_link(by=by, party=party, person=person)
