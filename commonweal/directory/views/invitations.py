"""Pages of a body's invitations: of its own staff, and of a provider's first people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from commonweal.base.access import ROLES
from commonweal.base.queries import database_now
from commonweal.directory import actions, forms, queries
from commonweal.directory.policies import invitation_state
from commonweal.directory.views.frame import address, confirmed, filled, form_page, page, posted, section
from commonweal.directory.views.invited import STATE_COLOURS, STATE_WORDS, link_of

if TYPE_CHECKING:
    from commonweal.base.models import Body


def shown(invitation: Any, now: Any) -> dict[str, Any]:
    """What a list or a page says of an invitation."""
    state = invitation_state(invitation, now)
    return {
        "invitation": invitation, "state": state, "words": STATE_WORDS[state], "colour": STATE_COLOURS[state],
        "roles": ", ".join(ROLES[role] for role in invitation.roles),
    }  # fmt: skip


def _trail(body: Body, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [section(body, "people"), ("Invitations", address(body, "invitations")), *more]


def invitations(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list everybody a body has invited to work for it, and where each invitation stands."""
    now = database_now()
    return page(
        request, "invitations", body, "people", page_heading="Invitations", trail=[section(body, "people")],
        invitations=[shown(each, now) for each in queries.invitations()],
    )  # fmt: skip


def invite_person(request: HttpRequest, body: Body) -> HttpResponse:
    """This will invite someone to work for the body."""
    form = forms.InviteForm(posted(request))
    made: list[Any] = []

    def invite(given: dict[str, Any]) -> None:
        made.append(actions.invite(**given, body=body, by=request.user))  # type: ignore[arg-type]

    if filled(request, form, invite, "email"):
        return redirect("directory:invitation", body.slug, made[0].public_id)
    return form_page(
        request, body, "people", form, heading="Invite a person", submit="Invite", trail=_trail(body),
        lead="They get a link that works once, for 14 days, and choose their own name and password.",
    )  # fmt: skip


def _page_of(
    request: HttpRequest, body: Body, held: Any, where: str, trail: list[tuple[str, str]], withdraw_url: str
) -> HttpResponse:
    return page(
        request, "invitation", body, where, page_heading="Invitation", trail=trail,
        shown=shown(held, database_now()), link_box=link_of(request, held), withdraw_url=withdraw_url,
    )  # fmt: skip


def invitation(request: HttpRequest, body: Body, invitation: str) -> HttpResponse:
    """This will show one invitation: where it stands and, where no mail is sent, its link to hand over."""
    held = queries.get_invitation(invitation)
    return _page_of(request, body, held, "people", _trail(body), address(body, "withdraw_invitation", held.public_id))


def _withdraw(request: HttpRequest, body: Body, held: Any, where: str, trail: list[tuple[str, str]]) -> HttpResponse:
    form = forms.ConfirmForm(posted(request))

    def withdraw(given: dict[str, Any]) -> None:
        actions.withdraw_invitation(invitation=held, by=request.user)  # type: ignore[arg-type]

    if confirmed(request, form, withdraw):
        messages.success(request, f"The invitation of {held.person.email} has been taken back.")
        return redirect(trail[-1][1])
    return form_page(
        request, body, where, form, heading="Take back this invitation?",
        submit="Take it back", trail=trail, warning=True, lead=f"Its link stops working at once, and {held.person.email} cannot accept it.",
    )  # fmt: skip


def withdraw(request: HttpRequest, body: Body, invitation: str) -> HttpResponse:
    """This will take back an invitation to work for the body."""
    held = queries.get_invitation(invitation)
    here = ("Invitation", address(body, "invitation", held.public_id))
    return _withdraw(request, body, held, "people", _trail(body, here))


# --- a provider's first people ----------------------------------------------------------------------------------------


def _provider_trail(body: Body, held: Any, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [section(body, "organisations"), (held.name, address(body, "organisation", held.public_id)), *more]


def invite_for_provider(request: HttpRequest, body: Body, organisation: str) -> HttpResponse:
    """This will invite one of a provider's people, while it has no administrator who would."""
    held = queries.get_organisation(organisation)
    form = forms.InviteForProviderForm(posted(request), initial={"role": "provider-admin"})
    made: list[Any] = []

    def invite(given: dict[str, Any]) -> None:
        made.append(
            actions.invite(
                email=given["email"], roles=[given["role"]], party=held.party, body=body,
                by=request.user,  # type: ignore[arg-type]
            )
        )  # fmt: skip

    if filled(request, form, invite, "email"):
        return redirect("directory:provider_invitation", body.slug, held.public_id, made[0].public_id)
    return form_page(
        request, body, "organisations", form, heading=f"Invite a person of {held.name}", submit="Invite",
        trail=_provider_trail(body, held),
        lead="They will see what this organisation promised to every body, and report on it. Make sure of the address: "
        "it is how you know that they speak for it. Once it has an administrator, that person invites the others.",
    )  # fmt: skip


def provider_invitation(request: HttpRequest, body: Body, organisation: str, invitation: str) -> HttpResponse:
    """This will show one invitation of a provider's person."""
    held = queries.get_organisation(organisation)
    found = queries.get_invitation(invitation, party=held.party)
    return _page_of(
        request, body, found, "organisations", _provider_trail(body, held),
        address(body, "withdraw_provider_invitation", held.public_id, found.public_id),
    )  # fmt: skip


def withdraw_for_provider(request: HttpRequest, body: Body, organisation: str, invitation: str) -> HttpResponse:
    """This will take back an invitation of a provider's person."""
    held = queries.get_organisation(organisation)
    found = queries.get_invitation(invitation, party=held.party)
    here = ("Invitation", address(body, "provider_invitation", held.public_id, found.public_id))
    return _withdraw(request, body, found, "organisations", _provider_trail(body, held, here))
