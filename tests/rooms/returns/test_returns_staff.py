"""What the body does with returns: agrees a schedule, asks, reminds, looks, signs off, asks for a change."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.delivery.returns import actions, policies, queries
from commonweal.delivery.returns.policies import RETURN_STATES
from commonweal.reporting.today import today_of

pytestmark = pytest.mark.django_db


def words_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def to(desk, page, *arguments):
    return reverse(f"returns:{page}", args=[desk.body.slug, *arguments])


@pytest.fixture
def officer(desk, sign_in):
    return sign_in(desk.officer)


def test_agreement_without_a_schedule_says_what_to_do(desk, officer):
    with desk.scope():
        from commonweal.delivery.actions import record_agreement

        bare = record_agreement(by=desk.officer, body=desk.body, title="Bare", channel="grant")
    page = words_of(officer.get(to(desk, "agreement", bare.public_id)))
    assert "Nobody is asked to report on this agreement yet" in page
    given = {"every": "month", "days_allowed": "10", "first_on": "2026-10-01", "name": "Cy", "email": "cy@bare.example"}
    page = words_of(officer.post(to(desk, "schedule", bare.public_id), given, follow=True))
    assert "Every month, within 10 days" in page
    assert "Cy, cy@bare.example" in page


def test_schedule_of_an_impossible_day_is_refused_and_kept_in_the_form(desk, officer):
    given = {"every": "month", "days_allowed": "0", "first_on": "2026-10-01"}
    answer = officer.post(to(desk, "schedule", desk.agreement.public_id), given)
    assert answer.status_code == 422
    assert "Allow at least one day" in words_of(answer)


def test_ask_now_asks_for_what_is_over_and_says_when_nothing_is(desk, officer):
    asked = officer.post(to(desk, "ask", desk.agreement.public_id), follow=True)
    assert "Asked for 1 return." in words_of(asked)
    again = officer.post(to(desk, "ask", desk.agreement.public_id), follow=True)
    assert "No period is over that was not asked for" in words_of(again)


def test_return_shows_lines_letters_and_who_holds_a_link(desk, asked, officer):
    with desk.scope():
        desk.tell(queries.lines_of(asked)[0], "4", note="Two schools")
    page = words_of(officer.get(to(desk, "return_page", asked.public_id)))
    assert "4 sessions" in page
    assert "Two schools" in page
    assert "Asked: Ros Contact" in page
    assert "/report/" in page  # no mail server is named, so whoever manages hands the link over


def test_link_is_shown_to_nobody_else(desk, asked, make_person, sign_in, settings):
    reader = make_person("member", body=desk.body)
    assert "/report/" not in words_of(sign_in(reader).get(to(desk, "return_page", asked.public_id)))
    settings.COMMONWEAL_MAIL_SERVER = "smtp://localhost"
    assert "/report/" not in words_of(sign_in(desk.officer).get(to(desk, "return_page", asked.public_id)))


def test_sign_off_and_change_by_page(desk, asked, officer):
    desk.send(asked)
    officer.post(to(desk, "changes", asked.public_id), {"words": "Which school?"})
    assert desk.again(asked).state == "changes-asked"
    with desk.scope():
        actions.send_return(by=desk.contact, found=asked)
    officer.post(to(desk, "sign_off", asked.public_id))
    assert desk.again(asked).state == "signed-off"


def test_remind_now_reaches_whoever_reports(desk, asked, officer):
    officer.post(to(desk, "remind", asked.public_id))
    assert [mail.person for mail in desk.mails("returns.reminder")] == [desk.contact]


def test_link_taken_back_opens_no_more(desk, asked, officer, client):
    address, link = desk.address(asked), desk.link(asked)
    officer.post(to(desk, "link_end", asked.public_id, link.public_id))
    assert client.get(address).status_code == 410


def test_reader_may_look_and_not_sign_off(desk, asked, make_person, sign_in):
    desk.send(asked)
    reader = sign_in(make_person("member", body=desk.body))
    assert reader.get(to(desk, "return_page", asked.public_id)).status_code == 200
    assert reader.post(to(desk, "sign_off", asked.public_id)).status_code == 403


def test_return_of_another_body_is_not_found(desk, asked, make_desk, sign_in):
    other = make_desk()
    assert sign_in(other.officer).get(to(other, "return_page", asked.public_id)).status_code == 404
    assert sign_in(other.officer).get(to(desk, "return_page", asked.public_id)).status_code == 404


@pytest.mark.parametrize(("waiting", "shown"), [("", 1), ("late", 1), ("us", 0), ("them", 1), ("done", 0)])
def test_list_is_narrowed_to_whom_it_waits_for(desk, asked, officer, waiting, shown):
    page = words_of(officer.get(to(desk, "returns"), {"waiting": waiting}))
    assert ("School meals, 1 July 2026" in page) is bool(shown)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_list_is_exported(desk, asked, officer, form):
    answer = officer.get(to(desk, "returns_export", form))
    assert answer.status_code == 200
    assert form == "xlsx" or "Late, not begun" in answer.content.decode()


def test_today_names_what_waits(desk, asked):
    def titles():
        with desk.scope():
            found = today_of(desk.body, desk.officer, frozenset({"contract-manager"}), date(2026, 11, 22))
        return " ".join(section.title for section in found.sections)

    assert "1 return is late" in titles()
    desk.send(asked)
    assert "Sign off 1 return" in titles()
    with desk.scope():
        actions.sign_off(by=desk.officer, found=asked)
    assert "return" not in titles()


@pytest.mark.parametrize("state", RETURN_STATES)
@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (lambda found, by: policies.check_open(found), {"asked", "begun", "changes-asked"}),
        (policies.check_can_be_signed_off, {"sent"}),
        (lambda found, by: policies.check_changes_can_be_asked(found, "Why?"), {"sent"}),
        (lambda found, by: policies.check_can_be_reminded(found, 1), {"asked", "begun", "changes-asked"}),
    ],
    ids=["write", "sign off", "ask for changes", "remind"],
)
def test_what_may_be_done_in_each_state(desk, asked, state, rule, allowed):
    asked.state = state
    with desk.scope():
        if state in allowed:
            rule(asked, desk.officer)
        else:
            with pytest.raises(NotPossible):
                rule(asked, desk.officer)


def test_whoever_sent_a_return_does_not_sign_it_off(desk, asked):
    with desk.scope():
        for line in queries.lines_of(asked):
            actions.say_nothing(by=desk.officer, line=line, written_against=None)
        actions.send_return(by=desk.officer, found=asked)
        with pytest.raises(NotPossible, match="someone else must sign it off"):
            actions.sign_off(by=desk.officer, found=asked)


def test_every_act_is_on_the_record(desk, asked):
    from commonweal.base.models import Event

    desk.send(asked)
    with desk.scope():
        actions.sign_off(by=desk.officer, found=asked)
        done = set(Event.objects.filter(body=desk.body, subject=queries.about(asked)).values_list("action", flat=True))
    assert done >= {"returns.return.asked", "returns.return.line_answered", "returns.return.sent",
                    "returns.return.signed_off", "base.link.made", "base.link.ended"}  # fmt: skip
