"""An organisation that people sign in with, and its sign-in, from our button to our page again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from openid_provider import CLIENT, SECRET, Provider, running_provider


@pytest.fixture
def organisation(settings: Any) -> Iterator[Provider]:
    """An OpenID Connect provider that this product is configured for."""
    with running_provider() as provider:
        app = {
            "provider_id": "oidc", "name": "Northmoor Council", "client_id": CLIENT, "secret": SECRET,
            "settings": {"server_url": provider.issuer, "domains": []},
        }  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": [app]}
        }
        yield provider


@pytest.fixture
def come_in(organisation: Provider) -> Callable[..., Any]:
    """`come_in(client, then="/…/")`: press our button, be sent there, come back; answers our last word."""

    def sign_in(client: Client, then: str = "") -> Any:
        begun = client.post(reverse("openid_connect_login", args=["oidc"]) + (f"?next={then}" if then else ""))
        assert begun.status_code == 302, begun.content
        assert begun["Location"].startswith(f"{organisation.issuer}/authorize?")
        back = urlsplit(organisation.visit(begun["Location"]))
        assert back.path == reverse("openid_connect_callback", args=["oidc"])
        return client.get(f"{back.path}?{back.query}")

    return sign_in
