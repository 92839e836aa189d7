"""Invitations: a body's staff, a provider's first people, a provider's colleagues; accepted once, by whom they are for."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from openid_provider import CLIENT, SECRET, running_provider

from commonweal.base.actions import note_mail, post_again
from commonweal.base.errors import NotPossible
from commonweal.base.jobs import send_mail
from commonweal.base.models import Membership, Person
from commonweal.base.queries import (
    database_now,
    events_of,
    mails,
    mails_come_back,
    roles_for_party,
    roles_in_body,
)
from commonweal.base.scope import open_scope
from commonweal.directory import actions, queries
from commonweal.directory.models import Invitation

pytestmark = pytest.mark.django_db
PASSWORD = "three words together"


@pytest.fixture
def house(body, make_person) -> SimpleNamespace:
    """A body with an administrator, a contract manager, and a provider."""
    admin = make_person("body-admin", body=body, name="Ann Admin")
    manager = make_person("contract-manager", body=body, name="Con Manager")
    with open_scope(body=body.pk):
        provider = actions.record_organisation(name="Bright Water", company_number="09506232", body=body, by=admin)
    return SimpleNamespace(body=body, admin=admin, manager=manager, provider=provider, party=provider.party)


def invite(house, email: str = "bo@example.org", roles: tuple[str, ...] = ("buyer", "evaluator")) -> Invitation:
    with open_scope(body=house.body.pk):
        return actions.invite(email=email, roles=roles, body=house.body, by=house.admin)


def invite_for_provider(house, email: str = "pat@water.example", role: str = "provider-admin") -> Invitation:
    with open_scope(body=house.body.pk):
        return actions.invite(email=email, roles=[role], body=house.body, party=house.party, by=house.manager)


def link(invitation: Invitation) -> str:
    return reverse("account_invitation", args=[queries.invitation_token(invitation)])


def accept(invitation: Invitation, client: Client | None = None, **sent: str):
    return (client or Client()).post(link(invitation), {"name": "Bo Li", "password": PASSWORD} | sent)


def state_of(invitation: Invitation) -> tuple[bool, bool]:
    held = queries.find_invitation(queries.invitation_token(invitation))
    assert held is not None
    return held.accepted_at is not None, held.withdrawn_at is not None


def roles_here(house, person: Person) -> set[str]:
    with open_scope(person=person.pk):
        return set(roles_in_body(person, house.body)) | set(roles_for_party(person, house.party))


# --- a body's own people ------------------------------------------------------------------------------------------------


def test_invited_person_names_themselves_chooses_a_password_and_is_in(house, client):
    invitation = invite(house, email=" Bo@Example.org ")
    assert client.get(link(invitation)).status_code == 200
    answer = accept(invitation, client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    person = queries.find_person_with_email("bo@example.org")
    assert person.name == "Bo Li"
    assert person.check_password(PASSWORD)
    assert roles_here(house, person) == {"buyer", "evaluator"}
    assert client.get(reverse("delivery:agreement_add", args=[house.body.slug])).status_code == 200


def test_opening_the_link_any_number_of_times_uses_nothing_up(house):
    invitation = invite(house)
    for _ in range(3):  # every mail scanner on the way, in a browser of its own
        assert Client().get(link(invitation)).status_code == 200
        assert Client().head(link(invitation)).status_code == 200
    assert state_of(invitation) == (False, False)
    assert accept(invitation).status_code == 302


def test_link_is_accepted_once(house):
    invitation = invite(house)
    assert accept(invitation).status_code == 302
    again = accept(invitation, name="Somebody Else", password="another long password")
    assert again.status_code == 410
    assert "accepted already" in again.content.decode()
    person = queries.find_person_with_email("bo@example.org")
    assert person.name == "Bo Li"
    assert person.check_password(PASSWORD)


def test_two_who_send_the_form_at_once_do_not_both_get_in(house):
    """Both read the invitation while it stood; the row itself lets one of them by."""
    invitation = invite(house)
    first, second = (queries.find_invitation(queries.invitation_token(invitation)) for _ in range(2))
    actions.accept_invitation(invitation=first, name="First", password=PASSWORD)
    with pytest.raises(NotPossible, match="accepted already"):
        actions.accept_invitation(invitation=second, name="Second", password="another long password")


def test_link_runs_out(house):
    invitation = invite(house)
    with open_scope(body=house.body.pk):
        past = Invitation.objects.create(
            body=house.body, person=invitation.person, roles=["lead"], invited_by=house.admin,
            expires_at=database_now() - timedelta(seconds=1), is_mailed=False,
        )  # fmt: skip
    answer = accept(past)
    assert answer.status_code == 410
    assert "has run out" in answer.content.decode()
    assert roles_here(house, invitation.person) == set()


def test_invitation_taken_back_opens_nothing(house, sign_in):
    invitation = invite(house)
    client = sign_in(house.admin)
    take_back = reverse("directory:withdraw_invitation", args=[house.body.slug, invitation.public_id])
    assert client.get(take_back).status_code == 200
    assert state_of(invitation) == (False, False)
    page = client.post(take_back, follow=True).content.decode()
    assert "Taken back" in page
    assert "/account/invitations/" not in page
    assert accept(invitation).status_code == 410
    assert client.post(take_back).status_code == 422
    assert roles_here(house, invitation.person) == set()


@pytest.mark.parametrize("spoil", [lambda token: token[:-1] + "x", lambda token: "x" + token, lambda token: "nothing"])
def test_link_we_did_not_sign_is_not_there(house, spoil):
    token = queries.invitation_token(invite(house))
    assert Client().get(reverse("account_invitation", args=[spoil(token)])).status_code == 404


def test_link_says_nothing_about_the_person(house):
    invitation = invite(house, email="very.private@example.org")
    assert "private" not in link(invitation)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args::text LIKE '%%private%%'")
        assert cursor.fetchone() == (0,)


def test_weak_password_and_no_name_are_said_in_an_error_summary(house):
    invitation = invite(house)
    answer = accept(invitation, name="", password="short")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "govuk-error-summary" in page
    assert "Enter your name" in page
    assert "at least 12 characters" in page
    assert state_of(invitation) == (False, False)


def test_someone_with_an_account_signs_in_to_accept(house, make_body, make_person, sign_in):
    known = make_person("lead", body=make_body())
    invitation = invite(house, email=known.email)
    stranger = Client()
    assert "There is an account" in stranger.get(link(invitation)).content.decode()
    accept(invitation, stranger)  # holding the link alone is not enough
    assert roles_here(house, known) == set()
    assert Person.objects.get(pk=known.pk).check_password("a long password")
    page = sign_in(known).get(link(invitation)).content.decode()
    assert "Choose a password" not in page
    assert accept(invitation, sign_in(known)).status_code == 302
    assert roles_here(house, known) == {"buyer", "evaluator"}
    assert Person.objects.get(pk=known.pk).name == known.name


def test_somebody_else_cannot_accept(house, make_person, sign_in):
    other = make_person("lead", body=house.body)
    invitation = invite(house)
    answer = accept(invitation, sign_in(other))
    assert answer.status_code == 403
    assert "bo@example.org" not in answer.content.decode()
    assert state_of(invitation) == (False, False)


def test_invitation_on_screen_shows_the_link_and_where_it_stands(house, sign_in):
    client = sign_in(house.admin)
    sent = {"email": "bo@example.org", "roles": ["buyer"]}
    page = client.post(reverse("directory:invite_person", args=[house.body.slug]), sent, follow=True).content.decode()
    assert "http://testserver/account/invitations/" in page
    assert ">Invited<" in page
    again = client.post(reverse("directory:invite_person", args=[house.body.slug]), sent)
    assert again.status_code == 422
    assert "still stands" in again.content.decode()
    listed = client.get(reverse("directory:invitations", args=[house.body.slug])).content.decode()
    assert "bo@example.org" in listed
    assert "/account/invitations/" not in listed


def test_someone_who_works_here_is_not_invited_again(house):
    with pytest.raises(NotPossible, match="works here already"):
        invite(house, email=house.manager.email.upper())


@pytest.mark.parametrize("role", ["operator", "provider-admin", "king"])
def test_role_that_no_body_gives_is_refused(house, role):
    with pytest.raises(NotPossible, match="is not a role in a body"):
        invite(house, roles=(role,))


@pytest.mark.parametrize("role", ["body-admin", "lead", "operator", "king"])
def test_role_that_no_provider_has_is_refused(house, role):
    with pytest.raises(NotPossible, match="is not a role for a provider"):
        invite_for_provider(house, role=role)


def test_each_step_leaves_an_event_of_the_body(house):
    with open_scope(body=house.body.pk):
        before = events_of(house.body).count()
    invitation, other = invite(house), invite(house, email="di@example.org")
    accept(invitation)
    with open_scope(body=house.body.pk):
        actions.withdraw_invitation(invitation=other, by=house.admin)
        happened = [
            (event.action, event.actor)
            for event in events_of(house.body)[before:]
            if not event.action.startswith("base.mail.")
        ]
    person = invitation.person
    assert happened == [
        ("directory.invitation.made", house.admin.pseudonym),
        ("directory.invitation.made", house.admin.pseudonym),
        ("directory.invitation.accepted", person.pseudonym),
        ("base.role.given", house.admin.pseudonym),
        ("base.role.given", house.admin.pseudonym),
        ("directory.invitation.withdrawn", house.admin.pseudonym),
    ]


def test_another_body_sees_no_invitation_of_this_one(house, make_body):
    invite(house)
    invite_for_provider(house)
    other = make_body()
    with open_scope(body=other.pk), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM directory_invitation")
        assert cursor.fetchone() == (0,)


# --- mail -----------------------------------------------------------------------------------------------------------------


def queued() -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'base.send_mail' ORDER BY id")
        return [json.loads(row[0]) for row in cursor.fetchall()]


def test_without_a_mail_server_nothing_is_sent(house):
    invite(house)
    assert queued() == []


def test_with_a_mail_server_the_link_goes_to_the_address_alone(house, settings, sign_in):
    settings.COMMONWEAL_MAIL_SERVER = "smtp://mail.example:25"
    settings.COMMONWEAL_ADDRESS = "https://social-value.example"
    invitation = invite(house)
    asked = queued()[-1]
    send_mail(**asked)
    (sent,) = mail.outbox
    assert sent.to == ["bo@example.org"]
    assert f"https://social-value.example{link(invitation)}" in sent.body
    assert "Ann Admin has invited you" in sent.body
    page = sign_in(house.admin).get(reverse("directory:invitation", args=[house.body.slug, invitation.public_id]))
    assert queries.invitation_token(invitation) not in page.content.decode()
    accept(invitation)
    assert EmailAddress.objects.get(email="bo@example.org").verified
    send_mail(**asked)  # a job may run twice: what was sent is not sent again
    assert len(mail.outbox) == 1


def test_no_link_is_in_the_outbox_and_an_invitation_that_comes_back_is_told(house, settings, sign_in):
    settings.COMMONWEAL_MAIL_SERVER = "smtp://mail.example:25"
    invitation = invite(house)
    with open_scope(body=house.body.pk):
        (held,) = mails(house.body)
        assert queries.invitation_token(invitation) not in f"{held.words}{held.link_route}"
        note_mail(mail=held, state="returned", reason="No such person")
        assert list(mails_come_back(house.body, house.admin)) == [held]
    page = sign_in(house.admin).get(reverse("mobilisation:mails", args=[house.body.slug])).content.decode()
    assert "You are invited to work for" in page
    assert "No such person" in page
    with open_scope(body=house.body.pk):
        again = post_again(by=house.admin, mail=held)
    send_mail(mail=again.public_id, body=house.body.pk)
    assert queries.invitation_token(invitation) in mail.outbox[-1].body


def test_invitation_that_was_taken_back_is_not_sent(house, settings):
    settings.COMMONWEAL_MAIL_SERVER = "smtp://mail.example:25"
    invitation = invite(house)
    with open_scope(body=house.body.pk):
        actions.withdraw_invitation(invitation=invitation, by=house.admin)
    send_mail(**queued()[-1])
    assert mail.outbox == []
    with open_scope(body=house.body.pk):
        (held,) = mails(house.body)
    assert (held.state, held.reason.endswith("before this was sent.")) == ("refused", True)


def test_mail_for_wales_is_in_both_languages(make_body, make_person, settings):
    settings.COMMONWEAL_MAIL_SERVER = "smtp://mail.example:25"
    body = make_body(nation="wales")
    with open_scope(body=body.pk):
        actions.invite(email="bo@example.org", roles=["lead"], body=body, by=make_person("body-admin", body=body))
    send_mail(**queued()[-1])
    (sent,) = mail.outbox
    assert "has invited you" in sent.body
    assert "/cy/account/invitations/" in sent.body
    assert "gwahodd" in sent.body


def test_link_that_the_inviter_saw_proves_no_address(house):
    accept(invite(house))
    assert not EmailAddress.objects.get(email="bo@example.org").verified


# --- with an organisation's own sign-in -----------------------------------------------------------------------------------


def test_invited_person_may_come_by_their_organisations_sign_in_and_needs_no_password(house, settings, client):
    invitation = invite(house)
    with running_provider() as organisation:
        app = {
            "provider_id": "oidc", "name": "Northmoor Council", "client_id": CLIENT, "secret": SECRET,
            "settings": {"server_url": organisation.issuer, "domains": []},
        }  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"] | {"APPS": [app]}
        }
        organisation.person = {"sub": "42", "email": "bo@example.org", "email_verified": True}
        page = client.get(link(invitation)).content.decode()
        assert "Sign in with Northmoor Council" in page
        begun = client.post(reverse("openid_connect_login", args=["oidc"]) + f"?next={link(invitation)}")
        back = urlsplit(organisation.visit(begun["Location"]))
        answer = client.get(f"{back.path}?{back.query}")
    assert answer["Location"] == link(invitation)
    assert state_of(invitation) == (False, False)  # signing in accepts nothing
    page = client.get(link(invitation)).content.decode()
    assert "Choose a password" not in page
    assert client.post(link(invitation), {"name": "Bo Li"}).status_code == 302
    person = queries.find_person_with_email("bo@example.org")
    assert roles_here(house, person) == {"buyer", "evaluator"}
    assert not person.has_usable_password()


# --- a provider's people --------------------------------------------------------------------------------------------------


@pytest.fixture
def provider(house) -> SimpleNamespace:
    """The provider with an administrator of its own, who came by an invitation, and their browser."""
    client = Client()
    assert accept(invite_for_provider(house), client, name="Pat Provider").status_code == 302
    person = queries.find_person_with_email("pat@water.example")
    return SimpleNamespace(
        person=person, client=client,
        at=lambda route, *parts: reverse(f"directory_provider:{route}", args=[house.party.public_id, *parts]),
    )  # fmt: skip


def test_provider_person_a_body_invited_reads_the_promises_and_no_page_of_the_body(house, provider):
    assert roles_here(house, provider.person) == {"provider-admin"}
    promises = reverse("delivery_provider:promises", args=[house.party.public_id])
    page = provider.client.get(promises)
    assert page.status_code == 200
    assert provider.at("people") in page.content.decode()
    assert provider.client.get(reverse("directory:people", args=[house.body.slug])).status_code == 404


def test_contract_manager_invites_a_providers_person_on_screen(house, sign_in):
    client = sign_in(house.manager)
    address = reverse("directory:invite_for_provider", args=[house.body.slug, house.provider.public_id])
    page = client.post(address, {"email": "pat@water.example", "role": "provider-admin"}, follow=True).content.decode()
    assert "http://testserver/account/invitations/" in page
    organisation = reverse("directory:organisation", args=[house.body.slug, house.provider.public_id])
    assert "pat@water.example" in client.get(organisation).content.decode()
    assert client.post(address, {}).status_code == 422


def test_no_body_adds_people_to_a_provider_that_looks_after_itself(house, provider, make_body, make_person, sign_in):
    """Or any body that knows a company number could read what the company promised to the others."""
    other = make_body()
    manager = make_person("contract-manager", body=other)
    with open_scope(body=other.pk):
        held = actions.record_organisation(name="Bright Water", company_number="09506232", body=other, by=manager)
    assert held.party == house.party
    address = reverse("directory:invite_for_provider", args=[other.slug, held.public_id])
    answer = sign_in(manager).post(address, {"email": "spy@example.org", "role": "provider-contributor"})
    assert answer.status_code == 422
    assert "administrator of its own" in answer.content.decode()
    page = sign_in(manager).get(reverse("directory:organisation", args=[other.slug, held.public_id])).content.decode()
    assert "Pat Provider" in page  # a body sees who reads its promises


def test_provider_invites_a_colleague_and_ends_their_access(house, provider):
    page = provider.client.post(
        provider.at("invite"), {"email": "col@water.example", "role": "provider-contributor"}, follow=True
    )
    assert "http://testserver/account/invitations/" in page.content.decode()
    with open_scope(party=house.party.pk):
        invitation = queries.invitations(house.party)[0]
    assert invitation.body is None
    theirs = Client()
    assert accept(invitation, theirs, name="Col League").status_code == 302
    colleague = queries.find_person_with_email("col@water.example")
    listed = provider.client.get(provider.at("people")).content.decode()
    assert "Col League" in listed
    assert "Pat Provider" in listed
    assert theirs.get(provider.at("people")).status_code == 200
    end = provider.at("end_access", colleague.public_id)
    assert provider.client.get(end).status_code == 200
    assert roles_here(house, colleague) == {"provider-contributor"}
    assert "no longer has access" in provider.client.post(end, follow=True).content.decode()
    assert theirs.get(provider.at("people")).status_code == 404
    assert provider.client.post(end).status_code == 404


def test_contributor_sees_colleagues_and_changes_nothing(house, provider, make_person, sign_in):
    with open_scope(party=house.party.pk):
        waiting = actions.invite(
            email="w@water.example", roles=["provider-contributor"], party=house.party, by=provider.person
        )
    client = sign_in(make_person("provider-contributor", party=house.party))
    page = client.get(provider.at("people")).content.decode()
    assert "Pat Provider" in page
    assert "Invite a colleague" not in page
    assert "End their access" not in page
    for route, parts in (
        ("invite", []), ("invitation", [waiting.public_id]), ("withdraw_invitation", [waiting.public_id]),
        ("end_access", [provider.person.public_id]),
    ):  # fmt: skip
        for method in (client.get, client.post):
            answer = method(provider.at(route, *parts))
            assert answer.status_code == (405 if route == "invitation" and method == client.post else 403)
    assert roles_here(house, provider.person) == {"provider-admin"}


def test_only_administrator_of_a_provider_stays(house, provider):
    answer = provider.client.post(provider.at("end_access", provider.person.public_id))
    assert answer.status_code == 422
    assert "only administrator" in answer.content.decode()
    assert roles_here(house, provider.person) == {"provider-admin"}


def test_provider_takes_back_what_a_body_or_itself_sent(house, provider):
    with open_scope(party=house.party.pk):
        invitation = actions.invite(
            email="w@water.example", roles=["provider-contributor"], party=house.party, by=provider.person
        )
    assert provider.client.post(provider.at("withdraw_invitation", invitation.public_id)).status_code == 302
    assert accept(invitation).status_code == 410


def test_another_providers_people_and_invitations_are_not_there(house, provider, make_party, make_person, sign_in):
    with open_scope(party=house.party.pk):
        invitation = actions.invite(
            email="w@water.example", roles=["provider-contributor"], party=house.party, by=provider.person
        )
    rival = make_party("Rival")
    client = sign_in(make_person("provider-admin", party=rival))
    routes = {
        "people": [], "invite": [], "invitation": [invitation.public_id], "withdraw_invitation": [invitation.public_id],
        "end_access": [provider.person.public_id],
    }  # fmt: skip
    for route, parts in routes.items():
        assert client.get(provider.at(route, *parts)).status_code == 404
        assert client.post(provider.at(route, *parts)).status_code in (404, 405)
        if parts:  # nor under one's own address
            assert client.get(reverse(f"directory_provider:{route}", args=[rival.public_id, *parts])).status_code == 404
            answer = client.post(reverse(f"directory_provider:{route}", args=[rival.public_id, *parts]))
            assert answer.status_code in (404, 405)
    with open_scope(party=rival.pk), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM directory_invitation")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM base_membership WHERE party_id = %s", [house.party.pk])
        assert cursor.fetchone() == (0,)
        cursor.execute("UPDATE base_membership SET ended_at = now() WHERE party_id = %s", [house.party.pk])
        assert cursor.rowcount == 0
    assert state_of(invitation) == (False, False)


def test_runtime_cannot_change_what_an_invitation_gives(house):
    invitation = invite(house)
    with pytest.raises(Exception, match="permission denied"), open_scope(body=house.body.pk):
        Invitation.objects.filter(pk=invitation.pk).update(roles=["body-admin"])


def test_membership_of_a_provider_is_given_by_accepting_alone(house):
    invitation = invite_for_provider(house)
    with open_scope(party=house.party.pk):
        assert not Membership.objects.filter(person=invitation.person).exists()
