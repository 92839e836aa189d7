"""Who reports, and on what: someone signed in for a provider, or whoever holds a signed link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.links import LinkEnded, opened
from commonweal.base.queries import link_token
from commonweal.base.scope import open_scope
from commonweal.delivery.consequences import check_takes_work
from commonweal.delivery.queries import has_right
from commonweal.delivery.returns import queries

if TYPE_CHECKING:
    from commonweal.base.models import Party

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at one return: `part` when only some of its lines were passed on to them, `link` when they hold one."""

    person: Any
    found: Any
    part: Any = None
    link: Any = None
    party: Any = None
    held: Any = None  # the part as a sub-contractor with an account of its own has it

    def to(self, page: str, *arguments: str) -> str:
        """This will give the address of a page of this return, entered the way this one was."""
        if self.link is not None:
            return reverse(f"returns_link:{page}", args=[link_token(self.link), *arguments])
        if self.held is not None:
            return reverse(f"returns_part:{page}", args=[self.party.public_id, self.held.public_id, *arguments])
        return reverse(f"returns_provider:{page}", args=[self.party.public_id, self.found.public_id, *arguments])

    @property
    def prime(self) -> str:
        """Whom a sub-contractor may keep its figures from; nobody for anyone else."""
        if self.part is None or not self.part.organisation:
            return ""
        provider = self.found.agreement.provider
        return provider.name if provider else _("the main contractor")

    @property
    def is_open(self) -> bool:
        """Whether the return takes answers, from this person."""
        return self.found.state in queries.WITH_PROVIDER and self.may_report and not self.why_closed

    @property
    def why_closed(self) -> str:
        """Why the agreement takes no more work, in a sentence; "" while it does."""
        try:
            check_takes_work(self.found.agreement)
        except NotPossible as error:
            return str(error)
        return ""

    @property
    def may_report(self) -> bool:
        """Whether this person may fill it in: their organisation may let them see it alone."""
        return has_right(self.found.agreement, "report")

    def frame(self, **content: Any) -> dict[str, Any]:
        """This will give a page of this return what every one of them shows."""
        return {"desk": self, "found": self.found, "is_invented": self.found.body.is_invented, **content}


def signed_in(view: View) -> View:
    """This will let someone who works for the provider of the address in, with the provider's scope open."""

    @wraps(view)
    def answered(request: HttpRequest, party: Party, public_id: str, **arguments: str) -> HttpResponse:
        found = queries.get_return_of_party(party, public_id)
        return view(request, Desk(request.user, found, party=party), **arguments)

    return answered


def as_subcontractor(view: View) -> View:
    """This will let someone who works for a sub-contractor in to a part of its prime's return.

    The part, in the sub-contractor's own scope, is the right to open the body's, where that part alone is shown: as by
    its link.
    """

    @wraps(view)
    def answered(request: HttpRequest, party: Party, public_id: str, **arguments: str) -> HttpResponse:
        held = queries.get_held_part(party, public_id)
        with open_scope(body=held.body_id, person=request.user.pk):
            row = queries.part_row(held)
            return view(request, Desk(request.user, row.found, row.part, party=party, held=held), **arguments)

    return answered


def by_link(view: View) -> View:
    """This will let whoever holds a link in; what has ended says so.

    The holder of a whole return works in the provider's scope, so that what a sub-contractor told in confidence is not
    there for them. The holder of a part works in the body's, and sees the lines of that part alone.
    """

    @wraps(view)
    def answered(request: HttpRequest, token: str, **arguments: str) -> HttpResponse:
        try:
            with opened(token, queries.PURPOSE) as link:
                found, part = queries.get_return_of_link(link), queries.part_of_link(link)
                desk = Desk(link.person, found, part, link)
                request.body_of_page = found.body  # type: ignore[attr-defined]  # whose page it is: name and colour
                if part is None and found.party_id is not None:
                    with open_scope(party=found.party_id, person=link.person_id):
                        return view(request, desk, **arguments)
                return view(request, desk, **arguments)
        except LinkEnded as ended:
            content = {"page_heading": _("This link is closed"), "sentence": str(ended)}
            return render(request, "returns/ended.html", content, status=410)

    return answered
