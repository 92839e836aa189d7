"""How people come to have an account: nobody signs themselves up; they are invited, and only then sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commonweal.base.middleware import SECOND_FACTOR_ELSEWHERE
from commonweal.base.queries import memberships_of
from commonweal.base.scope import open_scope
from commonweal.directory.actions import join_sign_in_elsewhere
from commonweal.directory.queries import find_person_with_email

if TYPE_CHECKING:
    from commonweal.base.models import Person


@dataclass(frozen=True, slots=True)
class PlaceOfWork:
    """A body or a provider someone works for, and the address of what waits for them there."""

    name: str
    address: str


def places_of_work(person: Person) -> list[PlaceOfWork]:
    """This will list where someone signed in works, each once, bodies first."""
    found: dict[str, PlaceOfWork] = {}
    with open_scope(person=person.pk):
        for held in memberships_of(person):
            if held.body is not None:
                found[held.body.public_id] = PlaceOfWork(
                    held.body.name, reverse("reporting:today", args=[held.body.slug])
                )
            elif held.party is not None:
                home = "community_group:home" if held.role == "community-member" else "returns_provider:due"
                page = reverse(home, args=[held.party.public_id])
                if held.role == "community-member" and held.party.public_id in found:
                    continue  # who also reports for it begins there
                found[held.party.public_id] = PlaceOfWork(held.party.name, page)
    return list(found.values())


class AccountAdapter(DefaultAccountAdapter):
    """Passwords: accounts are made by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """This will say no: an account is made by invitation."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """This will lead someone who works in one place to what waits for them there, and others to the front page."""
        places = places_of_work(request.user)  # type: ignore[arg-type]
        return places[0].address if len(places) == 1 else reverse("home")

    def post_login(self, request: HttpRequest, user: Any, **told: Any) -> HttpResponse:
        """This will note whether a second factor was asked for elsewhere and counts here."""
        request.session.pop(SECOND_FACTOR_ELSEWHERE, None)
        if "sociallogin" in (told.get("signal_kwargs") or {}) and _second_factor_counts(request):
            request.session[SECOND_FACTOR_ELSEWHERE] = True
        return super().post_login(request, user, **told)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """OIDC: an organisation's own sign-in, for people whose address is known here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """This will say no: signing in elsewhere gives no account here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """This will join a sign-in elsewhere to the account with the same address, when that address is verified."""
        if sociallogin.is_existing:
            return
        verified = next((each.email for each in sociallogin.email_addresses if each.verified), "")
        known = find_person_with_email(verified) if verified else None
        if known is None:
            raise ImmediateHttpResponse(render(request, "web/no_account.html", status=403))
        join_sign_in_elsewhere(person=known)
        sociallogin.connect(request, known)


def _second_factor_counts(request: HttpRequest) -> bool:
    """Whether the organisation's own second factor counts: never, when its token states one, or always."""
    counts = settings.COMMONWEAL_OIDC_SECOND_FACTOR
    if counts != "stated":
        return counts == "always"
    stated = getattr(request, "openid_claims", {}).get("amr")
    return isinstance(stated, list) and "mfa" in stated  # RFC 8176
