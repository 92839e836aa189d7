"""How people come to have an account: nobody signs themselves up; staff are added by their body or by its directory."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render


class AccountAdapter(DefaultAccountAdapter):
    """Passwords: accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """This will say no: an account is made by the body."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """OIDC: an organisation's own sign-in, for people whose address its body already knows."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """This will say no: signing in elsewhere gives no account here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """This will join a sign-in elsewhere to the account with the same address, when that address is verified."""
        if sociallogin.is_existing:
            return
        verified = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        known = EmailAddress.objects.filter(email__in=verified, verified=True).select_related("user").first()
        if known is None:
            raise ImmediateHttpResponse(render(request, "web/no_account.html", status=403))
        sociallogin.connect(request, known.user)
