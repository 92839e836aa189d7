"""Signing in with an organisation's own sign-in: who comes in, who does not, and which tokens are not believed."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from openid_provider import make_key

from commonweal.base.access import rules
from commonweal.base.actions import end_roles
from commonweal.base.middleware import may_write
from commonweal.base.models import Person
from commonweal.base.scope import open_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(body, make_person, organisation):
    """Someone the body knows by a proved address, who is at their organisation's desk."""
    person = make_person("lead", body=body, name="Lee Lead")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    organisation.person = {"sub": "42", "email": person.email.upper(), "email_verified": True, "name": "L. Lead"}
    return person


def signed_in_as(client: Client) -> int | None:
    held = client.session.get("_auth_user_id")
    return int(held) if held else None


def test_known_person_comes_in_with_their_roles(lead, body, come_in):
    client = Client()
    page = reverse("delivery:agreement_add", args=[body.slug])
    answer = come_in(client, then=page)
    assert answer.status_code == 302
    assert answer["Location"] == page
    assert signed_in_as(client) == lead.pk
    assert client.get(page).status_code == 200
    assert Person.objects.get(pk=lead.pk).check_password("a long password")


def test_the_second_time_the_same_person_is_known_by_the_organisations_own_name_for_them(lead, organisation, come_in):
    come_in(Client())
    organisation.person |= {"email": "married@example.org"}
    client = Client()
    assert come_in(client).status_code == 302
    assert signed_in_as(client) == lead.pk


def test_nothing_said_about_the_person_is_kept(lead, come_in):
    come_in(Client())
    held = SocialAccount.objects.get(user=lead)
    assert held.extra_data == {}
    assert held.uid != "42"
    assert len(held.uid) == 64


def test_unknown_person_is_refused_in_a_sentence_and_gets_no_account(organisation, come_in):
    organisation.person = {"sub": "7", "email": "stranger@example.org", "email_verified": True}
    before = Person.objects.count()
    client = Client()
    answer = come_in(client)
    assert answer.status_code == 403
    assert "nobody has given that address an account here" in answer.content.decode()
    assert signed_in_as(client) is None
    assert Person.objects.count() == before
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("said", [False, None, "false", "yes", 1.5])
def test_address_that_is_not_verified_never_takes_an_account_over(lead, organisation, come_in, said):
    organisation.person["email_verified"] = said
    client = Client()
    assert come_in(client).status_code == 403
    assert signed_in_as(client) is None
    assert not SocialAccount.objects.exists()


def set_domains(settings, *domains: str) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["domains"] = list(domains)


@pytest.mark.parametrize(
    ("domains", "said", "comes_in"),
    [
        (["example.org"], None, True),  # says nothing about verifying, and answers for the domain
        (["example.org"], True, True),
        (["example.org"], False, False),  # its own no is a no
        (["council.example"], True, False),  # another's domain is not theirs to speak for
        (["council.example"], None, False),
        (["xample.org"], True, False),
    ],
)
def test_word_of_an_organisation_counts_for_its_own_domains(
    lead, organisation, come_in, settings, domains, said, comes_in
):
    set_domains(settings, *domains)
    organisation.person["email_verified"] = said
    assert come_in(Client()).status_code == (302 if comes_in else 403)


def test_password_set_before_the_address_was_proved_goes(lead, organisation, come_in):
    """Whoever set it may have been somebody else, who knew that the address would come one day."""
    EmailAddress.objects.filter(user=lead).update(verified=False)
    Authenticator.objects.create(user=lead, type="totp", data={"secret": "x"})
    earlier = Client()
    earlier.force_login(lead)
    client = Client()
    assert come_in(client).status_code == 302
    assert signed_in_as(client) == lead.pk
    assert not Person.objects.get(pk=lead.pk).has_usable_password()
    assert not Authenticator.objects.filter(user=lead).exists()
    assert EmailAddress.objects.get(user=lead).verified
    assert not earlier.get("/").context["user"].is_authenticated


def test_person_who_left_comes_in_and_sees_nothing(lead, body, make_person, come_in):
    with open_scope(body=body.pk):
        end_roles(person=lead, body=body, by=make_person("body-admin", body=body))
    client = Client()
    assert come_in(client).status_code == 302
    assert client.get(reverse("delivery:agreements", args=[body.slug])).status_code == 404
    assert body.slug not in str(client.get("/").context["work"])


def test_account_that_was_closed_does_not_open(lead, body, come_in):
    Person.objects.filter(pk=lead.pk).update(is_active=False)
    client = Client()
    assert come_in(client)["Location"] == reverse("account_inactive")
    assert signed_in_as(client) is None


# --- what is not believed ---------------------------------------------------------------------------------------------

NOW = int(time.time())


def refused(answer, client) -> None:
    assert answer.status_code == 401
    assert "could not be sure" in answer.content.decode()
    assert signed_in_as(client) is None
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "another-service"},
        {"aud": ["commonweal", "another-service"], "azp": "another-service"},
        {"aud": None},
        {"iss": "http://127.0.0.1:1"},
        {"exp": NOW - 3600},
        {"exp": None},
        {"iat": NOW + 3600},
        {"iat": None},
        {"sub": None},
    ],
    ids=lambda said: "-".join(said) + ("" if None in said.values() else " wrong"),
)
def test_token_that_says_something_wrong_is_refused(lead, organisation, come_in, said):
    organisation.said = said
    client = Client()
    refused(come_in(client), client)


def test_token_signed_with_another_key_is_refused(lead, organisation, come_in):
    organisation.signing_key = make_key()
    client = Client()
    refused(come_in(client), client)


@pytest.mark.parametrize(("algorithm", "key"), [("HS256", "a secret between the two of us, made long"), ("none", None)])
def test_token_without_a_public_keys_signature_is_refused(lead, organisation, come_in, monkeypatch, algorithm, key):
    organisation.algorithm, organisation.signing_key = algorithm, key
    if algorithm == "none":
        organisation.key, published = None, organisation.keys()
        monkeypatch.setattr(organisation, "keys", lambda: published)
    client = Client()
    refused(come_in(client), client)


def test_user_information_about_somebody_else_is_refused(lead, organisation, come_in):
    organisation.userinfo = organisation.person | {"sub": "43"}
    organisation.said = {"email": None, "email_verified": None}
    client = Client()
    refused(come_in(client), client)


def test_address_may_come_with_the_user_information(lead, organisation, come_in):
    organisation.userinfo = dict(organisation.person)
    organisation.said = {"email": None, "email_verified": None}
    assert come_in(Client()).status_code == 302


def begun(client: Client) -> dict[str, str]:
    address = client.post(reverse("openid_connect_login", args=["oidc"]))["Location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()} | {"address": address}


def callback(client: Client, **query: str):
    return client.get(f"{reverse('openid_connect_callback', args=['oidc'])}?{urlencode(query)}")


def test_wrong_state_is_refused(lead, organisation):
    client = Client()
    code = parse_qs(urlsplit(organisation.visit(begun(client)["address"])).query)["code"][0]
    refused(callback(client, code=code, state="another"), client)
    refused(callback(client, code=code), client)


def test_answer_meant_for_another_browser_is_refused(lead, organisation):
    """Someone cannot be made to sign in as somebody else by a link."""
    mine, theirs = Client(), Client()
    begun(theirs)
    back = urlsplit(organisation.visit(begun(mine)["address"]))
    refused(theirs.get(f"{back.path}?{back.query}"), theirs)


def test_answer_is_good_once(lead, organisation):
    client = Client()
    back = urlsplit(organisation.visit(begun(client)["address"]))
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    client.logout()
    assert client.get(f"{back.path}?{back.query}").status_code == 401
    assert signed_in_as(client) is None


def test_discovery_that_names_another_issuer_is_refused(lead, organisation):
    organisation.description = {"issuer": "https://sign-in.example"}
    client = Client()
    refused(client.post(reverse("openid_connect_login", args=["oidc"])), client)


def test_organisation_that_does_not_answer_is_said_so(lead, organisation, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:1"
    client = Client()
    refused(client.post(reverse("openid_connect_login", args=["oidc"])), client)


def test_person_who_changes_their_mind_is_shown_the_way_back(lead, organisation):
    client = Client()
    state = begun(client)["state"]
    answer = client.get(callback(client, error="access_denied", state=state)["Location"])
    assert "You did not sign in" in answer.content.decode()


def test_next_page_is_ours_alone(lead, come_in):
    assert come_in(Client(), then="https://elsewhere.example/")["Location"].startswith("/test-")


def test_sign_in_begins_with_a_form_not_with_a_link(organisation):
    answer = Client().get(reverse("openid_connect_login", args=["oidc"]))
    assert answer.status_code in (200, 405)
    assert organisation.issuer not in answer.headers.get("Location", "")


def test_no_second_way_in_is_tied_to_an_account_by_address(lead, body, make_person, organisation, come_in, sign_in):
    """`process=connect` would tie the organisation's person to whoever is signed in here."""
    other = make_person("buyer", body=body)
    client = sign_in(other)
    address = client.post(reverse("openid_connect_login", args=["oidc"]) + "?process=connect")["Location"]
    back = urlsplit(organisation.visit(address))
    client.get(f"{back.path}?{back.query}")
    assert not SocialAccount.objects.filter(user=other).exists()
    assert signed_in_as(client) == lead.pk


# --- the sign-in page ---------------------------------------------------------------------------------------------------


def test_sign_in_page_shows_the_button_only_where_it_is_configured(client):
    assert "Sign in with" not in client.get(reverse("account_login")).content.decode()


def test_button_names_the_organisation_and_keeps_where_to_go(client, organisation):
    page = client.get(reverse("account_login") + "?next=/somewhere/").content.decode()
    assert "Sign in with Northmoor Council" in page
    assert "/account/oidc/oidc/login/?process=login&amp;next=%2Fsomewhere%2F" in page


def test_forgotten_password_is_mended_by_mail_where_mail_is_sent(client, make_person, settings):
    reset = reverse("account_reset_password")
    assert reset not in client.get(reverse("account_login")).content.decode()
    settings.COMMONWEAL_MAIL_SERVER = "smtp://mail.example:25"
    assert reset in client.get(reverse("account_login")).content.decode()
    person = make_person()
    assert client.post(reset, {"email": person.email}).status_code == 302
    (sent,) = mail.outbox
    assert sent.to == [person.email]
    assert "/account/password/reset/key/" in sent.body


def test_there_is_no_such_way_in_where_none_is_configured(client, db):
    assert client.post(reverse("openid_connect_login", args=["oidc"])).status_code == 404
    assert callback(client, code="x", state="y").status_code == 404


# --- second factor ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "amr", "opens"),
    [
        ("never", ["pwd", "mfa"], False),
        ("stated", ["pwd", "mfa"], True),
        ("stated", ["pwd"], False),
        ("stated", "mfa", False),
        ("stated", None, False),
        ("always", None, True),
    ],
)
def test_second_factor_of_the_organisation_counts_as_set(
    lead, body, organisation, come_in, settings, counts, amr, opens
):
    settings.COMMONWEAL_SECOND_FACTOR = True
    settings.COMMONWEAL_OIDC_SECOND_FACTOR = counts
    organisation.said = {"amr": amr}
    client = Client()
    come_in(client)
    answer = client.get(reverse("delivery:agreements", args=[body.slug]))
    assert answer.status_code == (200 if opens else 302)
    if not opens:
        assert answer["Location"] == reverse("mfa_activate_totp")


def test_second_factor_elsewhere_does_not_outlast_that_sign_in(lead, body, organisation, come_in, settings):
    settings.COMMONWEAL_SECOND_FACTOR = True
    settings.COMMONWEAL_OIDC_SECOND_FACTOR = "always"
    client = Client()
    come_in(client)
    sent = {"login": lead.email, "password": "a long password"}
    client.post(reverse("account_logout"))
    assert client.post(reverse("account_login"), sent).status_code == 302
    assert signed_in_as(client) == lead.pk
    assert client.get(reverse("delivery:agreements", args=[body.slug])).status_code == 302


def test_the_way_back_is_the_one_address_that_writes_when_it_is_read():
    assert {rule.route for rule in rules().values() if rule.writes_on_get} == {"openid_connect_callback"}
    assert may_write(RequestFactory().get(reverse("openid_connect_callback", args=["oidc"])))
    assert not may_write(RequestFactory().get(reverse("account_login")))
    assert not may_write(RequestFactory().get("/nowhere/at/all/"))
