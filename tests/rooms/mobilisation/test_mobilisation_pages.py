"""Pages of mobilisation as requests: who may, what they show, what they refuse, and what another body or party sees."""

from __future__ import annotations

import pytest
from django.urls import reverse

from commonweal.base.access import ANY_STAFF
from commonweal.base.actions import note_mail, post_mail
from commonweal.base.models import Mail
from commonweal.base.scope import open_scope
from commonweal.delivery.mobilisation import actions, queries
from commonweal.delivery.mobilisation.permissions import RULES

pytestmark = pytest.mark.django_db

MANAGERS = {"contract-manager", "buyer", "lead"}
POSTMASTERS = MANAGERS | {"body-admin"}
#: Who may call each address, written out apart from the permission table.
MAY = {
    "agreement": (set(ANY_STAFF), "get"), "accept": (MANAGERS | {"department-officer"}, "post"),
    "query": (MANAGERS | {"department-officer"}, "get post"), "answer": (MANAGERS, "get post"),
    "profile": (MANAGERS, "get post"), "profile_export": (set(ANY_STAFF), "get"), "calendar": (set(ANY_STAFF), "get"),
    "calendar_export": (set(ANY_STAFF), "get"), "calendar_link": (set(ANY_STAFF), "post"),
    "completeness": (set(ANY_STAFF), "get"), "completeness_export": (set(ANY_STAFF), "get"),
    "mails": (POSTMASTERS, "get"), "mails_export": (POSTMASTERS, "get"), "mail_again": (POSTMASTERS, "post"),
}  # fmt: skip


@pytest.fixture
def mail(works):
    return post_mail(
        by=works.manager, body=works.body, to=works.owner, kind="test", about="base.body:x", subject_line="Please report",
        words="Hello", alerts=works.manager,
    )  # fmt: skip


@pytest.fixture
def pages(works, mail):
    arguments = {name: [works.agreement.public_id] for name in ("agreement", "accept", "profile")}
    arguments |= {name: [works.starts.public_id] for name in ("query", "answer")}
    arguments |= {"profile_export": [works.agreement.public_id, "csv"], "mail_again": [mail.public_id]}
    arguments |= {name: ["csv"] for name in ("calendar_export", "completeness_export", "mails_export")}
    return {name: reverse(f"mobilisation:{name}", args=[works.body.slug, *arguments.get(name, [])]) for name in MAY}


def test_the_table_says_what_is_written_here():
    told: dict[str, list[str]] = {}
    for rule in RULES:
        if rule.audience == "staff":
            told.setdefault(rule.route.partition(":")[2], []).extend(sorted(method.lower() for method in rule.methods))
            assert set(rule.roles) == MAY[rule.route.partition(":")[2]][0]
    assert told == {name: methods.split() for name, (_roles, methods) in MAY.items()}


@pytest.mark.parametrize("role", ["contract-manager", "buyer", "department-officer", "body-admin", "finance"])
def test_permission_truth_table(role, works, pages, make_person, sign_in):
    at_work = sign_in(make_person(role, body=works.body))
    for name, (roles, methods) in MAY.items():
        for method in ("get", "post"):
            status = getattr(at_work, method)(pages[name]).status_code
            may = role in roles and method in methods
            assert (status < 400 or status == 422) if may else status in (403, 405), (name, method, status)


def test_another_bodys_people_and_things_are_not_found(works, pages, make_body, make_person, sign_in):
    other = make_body()
    stranger = sign_in(make_person("lead", "contract-manager", body=other))
    for name, path in pages.items():
        method = "get" if "get" in MAY[name][1] else "post"
        assert getattr(stranger, method)(path).status_code == 404, name
        there = path.replace(works.body.slug, other.slug)
        if works.agreement.public_id in path or works.starts.public_id in path or name == "mail_again":
            assert getattr(stranger, method)(there).status_code == 404, name


def test_expected_page_tells_who_leads_and_what_was_said(works, pages, sign_in):
    actions.query_promise(by=works.owner, commitment=works.starts, words="Which <b>year</b>?")
    actions.accept_promises(by=works.owner, commitments=[works.hours], is_manager=False)
    shown = sign_in(works.manager).get(pages["agreement"]).text
    assert "1 of 2 promises accepted" in shown
    assert "Led by Olu Owner" in shown
    assert "Which &lt;b&gt;year&lt;/b&gt;?" in shown
    assert "No quarters are agreed yet" in shown
    assert reverse("mobilisation:answer", args=[works.body.slug, works.starts.public_id]) in shown


def test_accept_the_ticked(works, pages, sign_in):
    answer = sign_in(works.owner).post(pages["accept"], {"promise": [works.starts.public_id]}, follow=True)
    assert "1 promise accepted." in answer.text
    assert (works.state(), works.state(works.hours)) == ("accepted", "waiting")


def test_nothing_ticked_changes_nothing(works, pages, sign_in):
    assert "Nothing was ticked" in sign_in(works.owner).post(pages["accept"], follow=True).text
    assert works.state() == "waiting"


def test_a_reader_is_offered_nothing_that_would_refuse_them(works, pages, make_person, sign_in):
    shown = sign_in(make_person("finance", body=works.body)).get(pages["agreement"]).text
    assert "Accept the ticked" not in shown
    assert "Query it" not in shown
    assert "Agree the quarters" not in shown


def test_query_and_answer_on_their_pages(works, pages, sign_in):
    assert sign_in(works.owner).post(pages["query"], {"words": "Which year?"}).status_code == 302
    refused = sign_in(works.owner).post(pages["query"], {"words": "And?"})
    assert (refused.status_code, "not answered yet" in refused.text) == (422, True)
    assert sign_in(works.manager).post(pages["answer"], {"words": "The first."}).status_code == 302
    assert works.state() == "answered"


def written(page, **over):
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if name not in ("agreed_on", *over)}
    sent |= {name: 0 for name in form.fields if name.startswith("v-") and not sent.get(name, 1)}
    return sent | {"agreed_on-day": "22", "agreed_on-month": "11", "agreed_on-year": "2026"} | over


def boxes(works, quantities):
    return {f"q-{works.starts.public_id}-{index}": number for index, number in enumerate(quantities)}


def test_quarters_are_proposed_even_and_agreed_as_written(works, pages, sign_in):
    at_work = sign_in(works.manager)
    page = at_work.get(pages["profile"])
    assert [page.context["form"][name].value() for name in boxes(works, range(4))] == [3, 3, 3, 3]
    answer = at_work.post(pages["profile"], written(page, **boxes(works, "0345")), follow=True)
    assert "The quarters of 2 promises are agreed." in answer.text
    assert "Version 1, agreed on 22 November 2026" in answer.text


def test_quarters_that_reduce_are_shown_again_with_what_is_missing(works, pages, sign_in):
    at_work = sign_in(works.manager)
    answer = at_work.post(pages["profile"], written(at_work.get(pages["profile"]), **boxes(works, "0133")))
    assert answer.status_code == 422
    assert "5 starts of the 12 starts promised are missing" in answer.text
    assert queries.latest_profiles([works.starts.pk, works.hours.pk]) == {}


def test_second_of_two_keeps_what_they_wrote(works, pages, sign_in):
    at_work = sign_in(works.manager)
    page = at_work.get(pages["profile"])
    works.agree(["3", "3", "3", "3"])
    answer = at_work.post(pages["profile"], written(page, **boxes(works, "0057")))
    assert answer.status_code == 409
    assert [answer.context["form"][name].value() for name in boxes(works, range(4))] == list("0057")
    assert "Someone else agreed these quarters" in answer.text
    again = {
        name: answer.context["form"][name].value() for name in answer.context["form"].fields if name != "agreed_on"
    }
    assert at_work.post(pages["profile"], written(page, **again)).status_code == 302
    assert queries.latest_profiles([works.starts.pk])[works.starts.pk].version == 2


@pytest.mark.parametrize("typed", ["", "x", "-1", "1e3", "0.1234567"])
def test_a_box_that_is_no_quantity_is_said_and_kept(typed, works, pages, sign_in):
    at_work = sign_in(works.manager)
    sent = written(at_work.get(pages["profile"]), **boxes(works, ["0", "3", "4", typed]))
    assert at_work.post(pages["profile"], sent).status_code == 422
    assert queries.latest_profiles([works.starts.pk]) == {}


def test_a_provider_sees_and_asks_about_its_own_promises_only(works, other_works, make_person, sign_in):
    person = make_person("provider-contributor", party=works.party)
    at_work = sign_in(person)
    expected = reverse("mobilisation_provider:expected", args=[works.party.public_id])
    assert "Apprentice starts" in at_work.get(expected).text
    ask = reverse("mobilisation_provider:query", args=[works.party.public_id, works.starts.public_id])
    assert at_work.post(ask, {"words": "From which day?"}).status_code == 302
    with open_scope(body=works.body.pk):
        fact = queries.standing_of(works.starts).open_query
        assert (fact.side, fact.words, fact.said_by) == ("provider", "From which day?", person)
    theirs = other_works
    foreign = reverse("mobilisation_provider:query", args=[works.party.public_id, theirs.starts.public_id])
    assert at_work.get(foreign).status_code == 404
    assert at_work.post(foreign, {"words": "x"}).status_code == 404
    assert at_work.get(reverse("mobilisation_provider:expected", args=[theirs.party.public_id])).status_code == 404
    assert at_work.get(reverse("mobilisation_provider:calendar", args=[works.party.public_id])).status_code == 200


def test_a_mail_that_came_back_is_told_to_whom_it_alerts_and_sent_again(works, mail, pages, sign_in):
    note_mail(mail=mail, state="returned", reason="5.1.1 no such user")
    at_work = sign_in(works.manager)
    today = at_work.get(reverse("reporting:today", args=[works.body.slug])).text
    assert "1 mail did not arrive" in today
    assert "5.1.1 no such user" in at_work.get(pages["mails"]).text
    at_work.post(pages["mail_again"])
    with open_scope(body=works.body.pk):
        first, second = Mail.objects.filter(body=works.body).order_by("id")
        assert (first.state, second.state, second.words, second.person) == ("returned", "waiting", "Hello", works.owner)
        assert first.message_id != second.message_id
    assert "did not arrive" not in at_work.get(reverse("reporting:today", args=[works.body.slug])).text


def test_a_mail_that_arrived_is_not_sent_again(works, mail, pages, sign_in):
    note_mail(mail=mail, state="sent")
    assert "did not come back" in sign_in(works.manager).post(pages["mail_again"], follow=True).text
    with open_scope(body=works.body.pk):
        assert Mail.objects.filter(body=works.body).count() == 1
