"""Closed unless opened: no row, no entry; a withdrawn right is gone at the next request (promise 5)."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from commonweal.base.access import BODY_ROLES, NotInTable, Rule, rule_for, rules
from commonweal.base.actions import end_roles, give_role
from commonweal.base.middleware import Door
from commonweal.base.scope import open_scope

AGREEMENTS = "delivery:agreements"


def test_unknown_address_has_no_rule():
    with pytest.raises(NotInTable):
        rule_for("delivery:nowhere", "GET")


def test_unlisted_address_is_refused(client, body, make_person, sign_in, monkeypatch):
    person = make_person("lead", body=body)
    monkeypatch.setattr(
        "commonweal.base.middleware.rule_for", lambda route, method: (_ for _ in ()).throw(NotInTable(route))
    )
    monkeypatch.setattr("commonweal.base.middleware.is_listed", lambda route: False)
    assert sign_in(person).get(reverse(AGREEMENTS, args=[body.slug])).status_code == 403


@pytest.mark.parametrize("role", sorted(BODY_ROLES))
def test_role_decides(role, body, make_person, sign_in):
    client = sign_in(make_person(role, body=body))
    for route in (AGREEMENTS, "delivery:agreement_add"):
        allowed = role in rule_for(route, "GET").roles
        assert client.get(reverse(route, args=[body.slug])).status_code == (200 if allowed else 403)


def test_stranger_sees_no_difference_between_a_closed_body_and_none(body, make_body, make_person, sign_in):
    client = sign_in(make_person("lead", body=make_body()))
    closed, missing = client.get(f"/{body.slug}/work/agreements/"), client.get("/no-such-body/work/agreements/")
    assert closed.status_code == missing.status_code == 404
    strip = lambda response: response.content.replace(response.headers["X-Reference"].encode(), b"")  # noqa: E731
    assert strip(closed).replace(body.slug.encode(), b"no-such-body") == strip(missing)


def test_signed_out_person_is_sent_to_sign_in(client, body):
    response = client.get(reverse(AGREEMENTS, args=[body.slug]))
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/login/")


def test_withdrawn_right_is_gone_at_the_next_request(body, make_person, sign_in):
    person, admin = make_person("lead", body=body), make_person("body-admin", body=body)
    client = sign_in(person)
    assert client.get(reverse(AGREEMENTS, args=[body.slug])).status_code == 200
    with open_scope(body=body.pk):
        end_roles(person=person, body=body, by=admin)
    assert client.get(reverse(AGREEMENTS, args=[body.slug])).status_code == 404


def test_given_right_opens_and_is_recorded_once(body, make_person, sign_in):
    person = make_person()
    with open_scope(body=body.pk):
        give_role(person=person, role="buyer", by=None, body=body)
        give_role(person=person, role="buyer", by=None, body=body)
    assert sign_in(person).get(reverse("delivery:agreement_add", args=[body.slug])).status_code == 200


def test_wrong_method_is_refused_even_with_the_role(body, make_person, sign_in):
    client = sign_in(make_person("lead", body=body))
    assert client.post(reverse(AGREEMENTS, args=[body.slug])).status_code == 405
    assert client.delete(reverse(AGREEMENTS, args=[body.slug])).status_code == 405


def test_staff_need_a_second_factor_where_it_is_on(body, make_person, sign_in, settings):
    settings.COMMONWEAL_SECOND_FACTOR = True
    response = sign_in(make_person("lead", body=body)).get(reverse(AGREEMENTS, args=[body.slug]))
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("mfa_activate_totp")


def test_refusal_says_the_rule(body, make_person, sign_in):
    response = sign_in(make_person("member", body=body)).get(reverse("delivery:agreement_add", args=[body.slug]))
    assert response.status_code == 403
    assert "Contract managers, buyers and the social value lead record" in response.content.decode()
    assert response.headers["X-Reference"] in response.content.decode()


def test_two_rows_for_one_address_are_refused(monkeypatch):
    from commonweal.delivery import permissions

    twice = (*permissions.RULES, Rule(AGREEMENTS, "staff", "Again.", ("lead",)))
    monkeypatch.setattr(permissions, "RULES", twice)
    with pytest.raises(ValueError, match="two rows"):
        rules()


@pytest.mark.django_db
def test_every_answer_carries_its_headers(client):
    response = client.get("/account/login/")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_reading_cannot_write(django_db_setup, django_db_blocker, settings):
    """The door makes a GET's transaction read-only: even code that tries cannot write."""
    from django.db import connection

    def writes(request):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO base_party (public_id, name, org_id) VALUES ('x', 'x', '')")
        return HttpResponse("written")

    with django_db_blocker.unblock():
        with pytest.raises(Error, match="read-only"):
            Door(writes)(RequestFactory().get("/"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM base_party WHERE public_id = 'x'")
            assert cursor.fetchone() == (0,)
        connection.close()


def test_refused_is_a_permission_error():
    from commonweal.base.errors import Refused

    assert issubclass(Refused, PermissionDenied)


@pytest.mark.parametrize(
    "path", ["/{body}/agreements/%00/", "/{body}/work/agreements/%00/", "/%00/", "/cy/{body}/wards/%00/"]
)
def test_address_that_no_text_can_hold_is_not_there(path, body, make_person, sign_in):
    client = sign_in(make_person("lead", body=body))
    assert client.get(path.format(body=body.slug)).status_code == 404
