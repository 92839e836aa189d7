"""Acting by a signed link: the scope it opens, and what is said when it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.queries import database_now, find_body_by_key, find_link
from commonweal.base.scope import open_scope

if TYPE_CHECKING:
    from datetime import datetime

    from commonweal.base.models import Body, Link


class LinkEnded(NotPossible):
    """The link was signed by us and no longer opens anything."""


def link_state(link: Link, now: datetime) -> str:
    """This will say how a link stands: standing, expired or ended."""
    if link.ended_at is not None:
        return "ended"
    return "expired" if link.ends_at is not None and link.ends_at <= now else "standing"


@contextmanager
def opened(token: str, purpose: str) -> Iterator[Link]:
    """This will open the scope of the link behind an address, for as long as the block lasts.

    Raises ObjectDoesNotExist for an address we did not sign (shown as not found), LinkEnded for one that has ended.
    """
    link = find_link(token, purpose)
    if link is None:
        raise ObjectDoesNotExist
    state = link_state(link, database_now())
    if state == "expired":
        raise LinkEnded(_("This link has run out. Ask whoever sent it for another."))
    if state == "ended":
        raise LinkEnded(_("This link is no longer open: what it was for is finished, or it was taken back."))
    with open_scope(body=link.body_id, party=link.party_id, person=link.person_id):
        yield link


def body_of_link(token: str, purpose: str) -> Body | None:
    """This will say whose link it is, though it opens nothing any more: the page that says so is that body's."""
    link = find_link(token, purpose)
    return None if link is None else find_body_by_key(link.body_id)
