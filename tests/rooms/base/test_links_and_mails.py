"""Signed links and the outbox: what an address opens, when it stops, and what becomes of a mail."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as modern

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ObjectDoesNotExist

from commonweal.base.actions import end_link, make_link, post_mail
from commonweal.base.jobs import send_mail
from commonweal.base.links import LinkEnded, opened
from commonweal.base.models import Link, Mail
from commonweal.base.queries import database_now, events_of, find_link, link_token
from commonweal.base.scope import current, open_scope

PURPOSE = "returns.return"


@pytest.fixture
def person(make_person):
    return make_person(name="Ceri at the site office")


def a_link(body, person, **fields) -> Link:
    given = {"by": None, "party": None, "purpose": PURPOSE, "subject": "returns.return:abc"} | fields
    return make_link(body=body, person=person, **given)


def test_link_opens_its_body_for_its_purpose_alone(body, person):
    with open_scope(body=body.pk):
        token = link_token(a_link(body, person))
    assert person.name not in token
    assert body.slug not in token
    for _ in range(3):  # opening never uses it up
        with opened(token, PURPOSE) as link:
            assert (link.person, current().body) == (person, body.pk)
    with pytest.raises(ObjectDoesNotExist), opened(token, "assurance.confirmation"):
        pass


def test_a_changed_or_guessed_address_opens_nothing(body, make_body, person):
    with open_scope(body=body.pk):
        token = link_token(a_link(body, person))
    other = make_body()
    for guess in (token[:-1], token.swapcase(), token.replace(body.public_id, other.public_id), "x", ""):
        assert find_link(guess, PURPOSE) is None


def test_link_that_ran_out_or_was_taken_back_says_so(body, person):
    with open_scope(body=body.pk):
        past = link_token(a_link(body, person, ends_at=database_now() - timedelta(seconds=1)))
        first = a_link(body, person)
        passed_on = a_link(body, person, passed_on_from=first)
        end_link(by=None, link=first)
    with pytest.raises(LinkEnded, match="run out"), opened(past, PURPOSE):
        pass
    for each in (first, passed_on):  # what was passed on ends with it
        with pytest.raises(LinkEnded, match="no longer open"), opened(link_token(each), PURPOSE):
            pass


def test_mail_carries_its_link_and_the_outbox_does_not(body, person, settings):
    settings.COMMONWEAL_MAIL_SERVER = "smtp://mail.example"
    with open_scope(body=body.pk):
        link = a_link(body, person)
        posted = post_mail(
            by=None, body=body, to=person, kind="returns.reminder", about=link.subject, subject_line="Your return",
            words="Open {link} to report.", link=link, link_route="account_invitation",
        )  # fmt: skip
    send_mail(mail=posted.public_id, body=body.pk)
    send_mail(mail=posted.public_id, body=body.pk)  # asked twice, sent once
    assert [each.to for each in django_mail.outbox] == [[person.email]]
    token = re.search(r"/([^/\s]+)/ to report", django_mail.outbox[0].body)[1]
    assert find_link(token, PURPOSE) == link
    told = message_from_bytes(django_mail.outbox[0].message().as_bytes(), policy=modern)
    assert told["Message-ID"] == f"<{posted.message_id}>"
    with open_scope(body=body.pk):
        kept = Mail.objects.get(pk=posted.pk)
        assert (kept.state, token in kept.words) == ("sent", False)
        actions = [event.action for event in events_of(body)]
        assert actions[-2:] == ["base.mail.posted", "base.mail.sent"]


def test_person_without_an_address_is_said(body, person, settings):
    settings.COMMONWEAL_MAIL_SERVER = "smtp://mail.example"
    person.email = None
    person.save()
    with open_scope(body=body.pk):
        posted = post_mail(
            by=None, body=body, to=person, kind="test", about="base.body:x", subject_line="Hello", words="Hello"
        )
    send_mail(mail=posted.public_id, body=body.pk)
    with open_scope(body=body.pk):
        kept = Mail.objects.get(pk=posted.pk)
        assert kept.state == "refused"
        assert "no e-mail address" in kept.reason
