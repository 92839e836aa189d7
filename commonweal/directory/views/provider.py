"""What a provider's people see of themselves: who reports for it, whom it invited, and how that ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.access import rule_for
from commonweal.base.queries import database_now
from commonweal.directory import actions, forms, queries
from commonweal.directory.policies import invitation_state
from commonweal.directory.views.frame import filled, posted
from commonweal.directory.views.invited import STATE_COLOURS, STATE_WORDS, link_of

if TYPE_CHECKING:
    from commonweal.base.models import Party


def _address(party: Party, route: str, *parts: str) -> str:
    return reverse(f"directory_provider:{route}", args=[party.public_id, *parts])


def _one_thing(
    request: HttpRequest, form: django_forms.Form, *, heading: str, submit: str, back: str, caption: str = ""
) -> HttpResponse:
    content = {
        "form": form, "page_heading": heading, "page_caption": caption, "submit_text": submit, "back_url": back,
    }  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)


def _shown(invitation: Any) -> dict[str, Any]:
    state = invitation_state(invitation, database_now())
    roles = ", ".join(str(forms.PROVIDER_ROLES[role]) for role in invitation.roles if role in forms.PROVIDER_ROLES)
    return {
        "invitation": invitation, "state": state, "words": STATE_WORDS[state], "colour": STATE_COLOURS[state],
        "roles": roles,
    }  # fmt: skip


def people(request: HttpRequest, party: Party) -> HttpResponse:
    """This will show who reports for a provider, and the invitations that were sent."""
    held = [
        (person, [forms.PROVIDER_ROLES[role] for role in roles if role in forms.PROVIDER_ROLES])
        for person, roles in queries.people_of_party(party)
    ]
    content = {
        "party": party, "people": held, "invitations": [_shown(each) for each in queries.invitations(party)],
        "may_invite": rule_for("directory_provider:invite", "GET").allows(request.roles),  # type: ignore[attr-defined]
        "page_headline": _("People of %(organisation)s") % {"organisation": party.name},
    }  # fmt: skip
    return render(request, "directory/provider_people.html", content)


def invite(request: HttpRequest, party: Party) -> HttpResponse:
    """This will invite a colleague of the provider's."""
    form = forms.InviteForProviderForm(posted(request), initial={"role": "provider-contributor"})
    made: list[Any] = []

    def send(given: dict[str, Any]) -> None:
        made.append(
            actions.invite(
                email=given["email"], roles=[given["role"]], party=party, by=request.user,  # type: ignore[arg-type]
            )
        )  # fmt: skip

    if filled(request, form, send, "email"):
        return redirect("directory_provider:invitation", party.public_id, made[0].public_id)
    return _one_thing(
        request, form, heading=_("Invite a colleague"), submit=_("Invite"), back=_address(party, "people")
    )


def invitation(request: HttpRequest, party: Party, invitation: str) -> HttpResponse:
    """This will show one invitation: where it stands and, where no mail is sent, its link to hand over."""
    held = queries.get_invitation(invitation, party=party)
    content = {
        "party": party, "shown": _shown(held), "link_box": link_of(request, held),
        "page_heading": _("Invitation"),
        "back_url": _address(party, "people"),
    }  # fmt: skip
    return render(request, "directory/provider_invitation.html", content)


def withdraw(request: HttpRequest, party: Party, invitation: str) -> HttpResponse:
    """This will take back an invitation."""
    held = queries.get_invitation(invitation, party=party)
    form = forms.ConfirmForm(posted(request))

    def take_back(given: dict[str, Any]) -> None:
        actions.withdraw_invitation(invitation=held, by=request.user)  # type: ignore[arg-type]

    if filled(request, form, take_back, ""):
        said = _("The invitation of %(email)s has been taken back.") % {"email": held.person.email}
        messages.success(request, said)
        return redirect("directory_provider:people", party.public_id)
    return _one_thing(
        request, form, submit=_("Take it back"), back=_address(party, "invitation", held.public_id),
        heading=_("Take back this invitation?"), caption=held.person.email or "",
    )  # fmt: skip


def end_access(request: HttpRequest, party: Party, person: str) -> HttpResponse:
    """This will end what someone may do for the provider, from their next request on."""
    held = next((each for each, _roles in queries.people_of_party(party) if each.public_id == person), None)
    if held is None:
        raise Http404
    form = forms.ConfirmForm(posted(request))

    def end(given: dict[str, Any]) -> None:
        actions.end_party_roles(person=held, party=party, by=request.user)  # type: ignore[arg-type]

    if filled(request, form, end, ""):
        said = _("%(name)s no longer has access to %(organisation)s.") % {"name": held.name, "organisation": party.name}
        messages.success(request, said)
        return redirect("home" if held == request.user else _address(party, "people"))
    return _one_thing(
        request, form, submit=_("End their access"), back=_address(party, "people"),
        heading=_("End the access of %(name)s?") % {"name": held.name},
        caption=_(
            "What they reported stays in the record. Their links close, and parts of reports they hold go back to whoever leads."
        ),
    )  # fmt: skip
