"""At which desk a group sits: signed in for itself at several bodies, or by a link at the one that sent it.

Both come to the same pages. Reading is in the scope that the door or the link opened; an act also opens the body's, once
the thing acted on was found as the group's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from commonweal.base.queries import bodies
from commonweal.base.scope import open_scope
from commonweal.community import queries

if TYPE_CHECKING:
    from commonweal.base.models import Body, Party, Person


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts, for which group, and at which body (none: at any that runs a wish list)."""

    party: Party
    person: Person
    body: Body | None = None
    token: str = ""

    def to(self, name: str, *keys: str) -> str:
        """This will give the address of a page at this desk."""
        if self.token:
            return reverse(f"community_link:{name}", args=[self.token, *keys])
        return reverse(f"community_group:{name}", args=[self.party.public_id, *keys])

    def needs(self) -> list[Any]:
        """This will list the group's needs here."""
        return queries.needs_of_group(self.party, self.body)

    def need(self, public_id: str) -> Any:
        """This will find a need of the group; raises Need.DoesNotExist for anybody else's."""
        return queries.get_need_of_group(self.party, public_id, self.body)

    def match(self, public_id: str) -> Any:
        """This will find a match of the group; raises Match.DoesNotExist for anybody else's."""
        return queries.get_match_of_group(self.party, public_id, self.body)

    def bodies(self) -> list[Body]:
        """This will list the bodies whose wish list the group can post to."""
        return [self.body] if self.body else [each for each in bodies() if queries.has_wish_list(each)]

    @contextmanager
    def acting_at(self, body: Body) -> Iterator[None]:
        """This will open the body's scope for an act on what was found to be the group's own."""
        with open_scope(body=body.pk, party=self.party.pk, person=self.person.pk):
            yield
