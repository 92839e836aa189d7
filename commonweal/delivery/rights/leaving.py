"""Somebody who left a provider is limited no more: invited again, they begin anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commonweal.delivery.rights import actions

if TYPE_CHECKING:
    from commonweal.base.models import Party, Person


def let_go(*, by: Person, party: Party, person: Person, kept: frozenset[int] | None) -> None:
    """This will end the limit of somebody who left."""
    if kept is None:
        actions.end_limit(by=by, party=party, person=person)
