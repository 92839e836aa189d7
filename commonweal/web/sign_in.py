"""How people come to have an account: nobody signs themselves up; they are invited, and only then sign in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commonweal.base.middleware import SECOND_FACTOR_ELSEWHERE
from commonweal.directory.actions import join_sign_in_elsewhere
from commonweal.directory.queries import find_person_with_email


class AccountAdapter(DefaultAccountAdapter):
    """Passwords: accounts are made by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """This will say no: an account is made by invitation."""
        return False

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
