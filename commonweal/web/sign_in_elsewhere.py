"""An organisation's own sign-in, by OpenID Connect: what must hold before its word about a person is taken.

The library fetches tokens; everything an ID token has to satisfy (OpenID Connect Core 1.0, section 3.1.3.7, and
Discovery 1.0, section 4.3) is checked here: signature, issuer, audience, time, nonce. Nothing it says is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from requests import RequestException

#: Signatures with a public key only: a token "signed" with our own secret, or with nothing, is not one of theirs.
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
CLOCKS_APART_SECONDS: Final = 60
_REQUIRED: Final = ("iss", "sub", "aud", "exp", "iat")

Claims = dict[str, Any]


class NotTheirWord(OAuth2Error):
    """What came back is not a token that this organisation gave to us, for this sign-in."""


class OrganisationAdapter(OpenIDConnectOAuth2Adapter):
    """Asks the organisation who signed in, and believes only a token that stands every check."""

    #: The nonce of the sign-in that was begun in this browser; the callback sets it.
    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The organisation's description of itself; it must name itself as we were told to name it."""
        found: dict[str, Any] = super().openid_config
        server: str = self.get_provider().app.settings["server_url"]
        if str(found.get("issuer", "")).rstrip("/") != server.partition("/.well-known/")[0].rstrip("/"):
            raise NotTheirWord("the discovery document names another issuer")
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """This will check the ID token and make of it a sign-in. Raises NotTheirWord."""
        claims = self._verified(app, kwargs["response"].get("id_token"))
        if "email" not in claims and self.openid_config.get("userinfo_endpoint"):
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims["sub"]:
                raise NotTheirWord("the user information is about somebody else")
            claims = told | claims
        request.openid_claims = claims  # type: ignore[attr-defined]
        return self.get_provider().sociallogin_from_response(request, claims)

    def _verified(self, app: SocialApp, id_token: object) -> Claims:
        if not isinstance(id_token, str):
            raise NotTheirWord("no ID token came back")
        try:
            claims: Claims = jwt.decode(
                id_token, key=self._signing_key(id_token), algorithms=list(ALGORITHMS), audience=app.client_id,
                issuer=self.openid_config["issuer"], leeway=CLOCKS_APART_SECONDS, options={"require": list(_REQUIRED)},
            )  # fmt: skip
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise NotTheirWord(f"the ID token does not stand: {type(error).__name__}") from error
        if claims.get("azp", app.client_id) != app.client_id:
            raise NotTheirWord("the ID token was given to another party")
        if not self.nonce or not secrets.compare_digest(str(claims.get("nonce", "")), self.nonce):
            raise NotTheirWord("the ID token answers another sign-in")
        return claims

    def _signing_key(self, id_token: str) -> jwt.PyJWK:
        wanted = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = [key for key in jwt.PyJWKSet.from_dict(answer.json()).keys if key.public_key_use in (None, "sig")]
        fitting = [key for key in keys if key.key_id == wanted] if wanted else keys
        if len(fitting) != 1:
            raise NotTheirWord("no key of theirs fits the ID token")
        return fitting[0]


class OrganisationProvider(OpenIDConnectProvider):
    """The organisation whose people may sign in with its own sign-in."""

    package = "allauth.socialaccount.providers.openid_connect"
    oauth2_adapter_class = OrganisationAdapter

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: object = None,
        **_asked: object,  # what an address asks for besides (scopes, parameters) is not passed on
    ) -> HttpResponse:
        """This will send the browser to the organisation, with a nonce that its answer must carry."""
        nonce = secrets.token_urlsafe(32)
        try:
            return super().redirect(
                request, AuthProcess.LOGIN, next_url, data, auth_params={"nonce": nonce}, scope=self.get_scope(),
                nonce=nonce,
            )  # fmt: skip
        except (RequestException, OAuth2Error) as error:
            return render_authentication_error(request, self, exception=error)

    def extract_uid(self, data: Claims) -> str:
        """This will name the person there without saying who they are: issuer and subject, hashed."""
        return hashlib.sha256(f"{data['iss']} {data['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: Claims) -> Claims:
        """This will keep nothing of what was said about the person."""
        return {}

    def extract_common_fields(self, data: Claims) -> Claims:
        """This will give the address alone; names are the person's to give."""
        return {"email": data.get("email")}

    def extract_email_addresses(self, data: Claims) -> list[EmailAddress]:
        """This will say which address they have, and whether the organisation's word for it counts.

        It counts when the organisation says that it verified the address. Where it says nothing about that (Microsoft
        Entra ID does not), it counts for the domains the organisation answers for. With such domains set, its word
        about an address of any other domain never counts.
        """
        email = str(data.get("email") or "").strip().lower()
        domains = self.app.settings.get("domains", [])
        own = email.rpartition("@")[2] in domains
        said = data.get("email_verified")
        counts = own if said is None else said in (True, "true") and (own or not domains)
        return [EmailAddress(email=email, verified=counts, primary=True)] if email else []


class _Callback(OAuth2CallbackView):
    def _get_state(self, request: HttpRequest, provider: OrganisationProvider) -> tuple[Any, HttpResponse | None]:
        state, refusal = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, refusal


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """This will take the browser back from the organisation, and sign the person in if all holds."""
    try:
        return _Callback.adapter_view(OrganisationAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
