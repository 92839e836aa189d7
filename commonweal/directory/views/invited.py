"""The page an invited person opens, and what every page of an invitation shares."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commonweal.base.errors import NotPossible
from commonweal.base.queries import database_now
from commonweal.directory import actions, forms, queries
from commonweal.directory.policies import check_invitation_stands, has_signed_in, invitation_state

STATE_WORDS = {
    "invited": gettext_lazy("Invited"),
    "accepted": gettext_lazy("Accepted"),
    "expired": gettext_lazy("Run out"),
    "withdrawn": gettext_lazy("Taken back"),
}
STATE_COLOURS = {"invited": "blue", "accepted": "green", "expired": "yellow", "withdrawn": "grey"}


def link_of(request: HttpRequest, invitation: Any) -> dict[str, Any] | None:
    """This will give the box with an invitation's link; None once it ended, and where it went by mail alone."""
    if invitation.is_mailed or invitation_state(invitation, database_now()) != "invited":
        return None
    link = reverse("account_invitation", args=[queries.invitation_token(invitation)])
    return {
        "id": "link", "name": "link", "value": request.build_absolute_uri(link), "label": {"text": _("Their link")},
        "attributes": {"readonly": True}, "spellcheck": False, "autocomplete": "off",
    }  # fmt: skip


def invited(request: HttpRequest, token: str) -> HttpResponse:
    """This will let an invited person accept, by sending the form; opening the link changes nothing."""
    invitation = queries.find_invitation(token)
    if invitation is None:
        raise Http404
    person = invitation.person
    content: dict[str, Any] = {
        "page_heading": _("Work for %(organisation)s in Commonweal") % {"organisation": invitation.party or invitation.body},
        "person": person, "here": request.path, "is_invented": bool(invitation.body and invitation.body.is_invented),
        "invited_by": invitation.invited_by,
    }  # fmt: skip
    try:
        check_invitation_stands(invitation)
    except NotPossible as error:
        return render(request, "directory/invited.html", content | {"ended": str(error)}, status=410)
    signed_in = request.user == person
    if request.user.is_authenticated and not signed_in:
        return render(request, "directory/invited.html", content | {"somebody_else": True}, status=403)
    if has_signed_in(person) and not signed_in:
        return render(request, "directory/invited.html", content | {"sign_in_first": True})
    form = forms.AcceptForm(
        request.POST if request.method == "POST" else None, named=person.name != person.email, signs_in=signed_in
    )
    if request.method == "POST" and form.is_valid():
        actions.accept_invitation(invitation=invitation, **form.cleaned_data)
        if not signed_in:
            login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect("home")
    return render(
        request, "directory/invited.html", content | {"form": form, "signed_in": signed_in},
        status=422 if form.errors else 200,
    )  # fmt: skip
