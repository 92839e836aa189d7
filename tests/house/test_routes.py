"""Every address declares who may call it, in one table; what is not in the table is refused."""

from __future__ import annotations

import contextlib

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, PUBLIC, ROLES, SIGNED_IN, STAFF, is_listed, rules

#: Addresses that libraries bring and that stay closed: no row, so the door refuses them.
CLOSED = {
    "account_signup", "account_email", "account_email_verification_sent", "account_confirm_email",
    "account_confirm_login_code", "account_set_password", "socialaccount_signup", "socialaccount_connections",
    "account_request_login_code",
}  # fmt: skip


def routes() -> set[str]:
    found: set[str] = set()

    def walk(patterns, namespace=""):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                walk(pattern.url_patterns, inner)
            elif isinstance(pattern, URLPattern):
                # An address without a name (a library's) can have no row, so the door refuses it.
                if pattern.name:
                    found.add(f"{namespace}{pattern.name}")

    walk(get_resolver().url_patterns)
    return found


def test_every_address_is_in_the_table():
    assert {route for route in routes() if not is_listed(route)} - CLOSED == set()


def test_every_row_names_an_address():
    assert {route for route, _ in rules()} - routes() == set()


@pytest.mark.parametrize(
    "rule", sorted(set(rules().values()), key=lambda rule: (rule.route, rule.methods)), ids=lambda r: r.route
)
def test_row_is_whole(rule):
    assert rule.audience in (PUBLIC, SIGNED_IN, STAFF, PROVIDER)
    assert rule.sentence.endswith("."), "a refused person reads this sentence"
    assert set(rule.methods) <= {"GET", "POST"}
    if rule.audience in (STAFF, PROVIDER):
        assert rule.roles
        assert set(rule.roles) <= set(ANY_STAFF if rule.audience == STAFF else (*ANY_PROVIDER, "community-member"))
    assert set(rule.roles) <= set(ROLES)


def signed_routes() -> set[str]:
    """The addresses that carry a token we signed: whoever holds it acts as its person, for its one purpose."""
    found: set[str] = set()

    def walk(patterns, namespace="", signed=False):
        for pattern in patterns:
            carries = signed or "<str:token>" in str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                walk(pattern.url_patterns, inner, carries)
            elif carries and pattern.name:
                found.add(f"{namespace}{pattern.name}")

    walk(get_resolver().url_patterns)
    return found


#: Addresses where anybody hands an officer something, so often in an hour: one action, which opens its own scope.
BY_ANYBODY = {"publishing:need_help"}


def test_public_addresses_only_read_unless_they_are_signed():
    writing = {rule.route for rule in rules().values() if rule.audience == PUBLIC and "POST" in rule.methods}
    libraries = ("account_", "mfa_", "openid_connect", "socialaccount")
    assert {route for route in writing - signed_routes() - BY_ANYBODY if not route.startswith(libraries)} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(signed_routes()))
def test_signed_address_opens_nothing_to_a_guess(client, route):
    """Every address that acts by a token asks what it opens: a token that we did not sign is not found."""
    token = {"token": "guessed:signature"}
    for more in ({}, {"line": "anything"}, {"part": "anything"}, {"at": "any"}, {"need": "any"}, {"match": "any"}):
        with contextlib.suppress(NoReverseMatch):
            address = reverse(route, kwargs=token | more)
            break
    for method in {rule.methods for rule in rules().values() if rule.route == route}.pop():
        answer = client.get(address) if method == "GET" else client.post(address)
        assert answer.status_code == 404
