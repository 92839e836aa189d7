"""Pages of the assurance room as requests: who may, what they show, what they refuse; and the link of a confirmation."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from commonweal.base.access import ROLES
from commonweal.base.actions import end_link
from commonweal.base.errors import NotPossible
from commonweal.base.invariants import broken
from commonweal.base.models import Event, Mail
from commonweal.base.queries import link_token
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import reverse_entry
from commonweal.delivery.assurance import actions, jobs, queries
from commonweal.delivery.assurance.models import Confirmation, Flag
from commonweal.delivery.models import AssuranceFact
from commonweal.directory.queries import today
from commonweal.engine.sampling import drawn

pytestmark = pytest.mark.django_db

PARTY = {"provider-admin", "provider-contributor", "community-member"}
EVERYONE = frozenset(set(ROLES) - PARTY - {"operator"})
DECIDERS = frozenset({"contract-manager", "assurer", "lead"})
MANAGERS = frozenset({"contract-manager", "buyer", "lead"})
SETTERS, AUDITORS = frozenset({"lead", "body-admin"}), frozenset({"assurer", "lead"})
#: Who may call each address, written out apart from the permission table.
MAY = {
    "agreement": (EVERYONE, "get"), "claims": (EVERYONE, "get"), "claims_export": (EVERYONE, "get"),
    "accept_together": (DECIDERS, "post"), "claim": (EVERYONE, "get"), "decide": (DECIDERS, "get post"),
    "answer": (MANAGERS, "get post"),
    "evidence_share": (MANAGERS, "get post"), "asset_name": (MANAGERS, "get post"), "keys_give": (MANAGERS, "get post"),
    "ask": (MANAGERS, "get post"), "assessment_add": (MANAGERS, "get post"), "flags": (EVERYONE, "get"),
    "flag": (DECIDERS, "get post"), "rule": (SETTERS, "get post"), "key_periods": (SETTERS, "get post"),
    "samples": (EVERYONE, "get"), "sample_add": (AUDITORS, "get post"), "sample": (EVERYONE, "get"),
    "sample_export": (EVERYONE, "get"), "finding": (AUDITORS, "get post"),
}  # fmt: skip


@pytest.fixture
def house(claims):
    """Something of every kind, and the address of each page."""
    body = claims.council.body
    entry, other = claims.claim(evidence=False), claims.claim(evidence=False)
    for each in (entry, other):
        claims.with_file(each)
    actions.raise_flags(entry=other)
    flag = Flag.objects.get(body=body)
    sample = actions.draw_sample(
        by=claims.other,
        body=body,
        title="Quarter 1",
        starts_on=date(2026, 4, 1),
        ends_on=date(2026, 6, 30),
        size=2,
        seed="s",
    )
    actions.open_key_period(
        by=claims.third, body=body, name="2026", starts_on=date(2026, 4, 1), ends_on=today(),
        expires_on=today() + timedelta(days=9),
    )  # fmt: skip
    parts = {"agreement": claims.agreement, "assessment_add": claims.agreement, "flag": flag, "sample": sample}
    parts |= dict.fromkeys(("claim", "decide", "answer", "evidence_share", "asset_name", "keys_give", "ask"), entry)

    def address(route: str, of: object = None) -> str:
        found = of or parts.get(route)
        arguments = [body.slug, *([found.public_id] if found else [])]
        if route in ("sample_export", "finding"):
            arguments.append(sample.public_id)
        arguments += {"claims_export": ["csv"], "sample_export": ["xlsx"], "finding": [1]}.get(route, [])
        return reverse(f"assurance:{route}", args=arguments)

    claims.address, claims.entry, claims.duplicate, claims.sample, claims.flag = address, entry, other, sample, flag
    return claims


def page_of(answer, status: int = 200) -> str:
    assert answer.status_code == status, (answer.status_code, answer.content.decode()[:2000])
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_each_role_calls_what_it_may(house, make_person, sign_in, role):
    client = sign_in(make_person(role, body=house.council.body))
    for route, (roles, methods) in MAY.items():
        for method in ("get", "post"):
            status = getattr(client, method)(house.address(route)).status_code
            if method not in methods.split():
                assert status == 405, (route, method)
            elif role not in roles:
                assert status == 403, (route, method)
            else:
                assert status in ({200} if method == "get" else {200, 302, 422}), (route, method, status)


def test_people_of_another_body_find_nothing(house, make_person, make_body, sign_in):
    client = sign_in(make_person("lead", "assurer", "contract-manager", "body-admin", body=make_body()))
    for route, (_roles, methods) in MAY.items():
        for method in methods.split():
            assert getattr(client, method)(house.address(route)).status_code == 404, route


def test_another_party_finds_no_claim(house, make_party, make_person, sign_in):
    party = make_party("Oxbarrow")
    client = sign_in(make_person("provider-admin", party=party))
    actions.refuse_claim(by=house.officer, entry=house.entry, words="No")
    own = reverse("assurance_provider:claim", args=[party.public_id, house.entry.public_id])
    theirs = reverse("assurance_provider:claim", args=[house.agreement.party.public_id, house.entry.public_id])
    assert client.get(own).status_code == client.post(own, {"words": "x"}).status_code == 404
    assert client.get(theirs).status_code == 404
    assert house.entry.commitment.wording not in page_of(
        client.get(reverse("assurance_provider:claims", args=[party.public_id]))
    )


def test_officer_decides_on_the_page(house, sign_in):
    client = sign_in(house.officer)
    page_of(client.post(house.address("decide"), {"decision": "changes", "words": " "}), 422)
    assert client.post(house.address("decide"), {"decision": "changes", "words": "Which school?"}).status_code == 302
    text = page_of(client.get(house.address("claim")))
    assert "Changes asked for" in text
    assert "Which school?" in text
    assert "waits for the provider" in text


def test_provider_answers_on_its_page(house, sign_in):
    actions.ask_for_changes(by=house.officer, entry=house.entry, words="Which school?")
    client, party = sign_in(house.reporter), house.agreement.party.public_id
    assert house.entry.commitment.wording in page_of(client.get(reverse("assurance_provider:claims", args=[party])))
    address = reverse("assurance_provider:claim", args=[party, house.entry.public_id])
    assert "Which school?" in page_of(client.get(address))
    upload = SimpleUploadedFile("more.csv", b"School,Sessions\n")
    answer = client.post(
        address, {"words": "Mill Lane", "quantity": "3", "evidence_kind": "register", "evidence_file": upload}
    )
    assert answer.status_code == 302
    with open_scope(body=house.council.body.pk):
        assert queries.is_reversed(house.entry)
        [standing] = queries.claims(house.council.body, state="answered")
        assert standing.quantity == 3
        assert {each.description for each in queries.evidence_of(standing)} == {"Register", "Mill Lane"}


def test_provider_contests_on_its_page_and_may_not_where_nothing_was_decided(house, sign_in):
    client = sign_in(house.reporter)
    address = reverse("assurance_provider:claim", args=[house.agreement.party.public_id, house.entry.public_id])
    page_of(client.post(address, {"words": "No!"}), 409)
    actions.refuse_claim(by=house.officer, entry=house.entry, words="No names of schools")
    assert client.post(address, {"words": "On page two"}).status_code == 302
    with open_scope(body=house.council.body.pk):
        assert queries.state_of(house.entry) == "contested"


def test_ticked_claims_are_accepted_together_and_the_page_says_what_was_not(house, sign_in):
    bare = house.claim(evidence=False)
    client = sign_in(house.other)
    assert "Tick the claims" in page_of(client.post(house.address("accept_together"), follow=True))
    text = page_of(client.post(house.address("accept_together"), {"entry": [house.entry.public_id, bare.public_id]}))
    assert "0 accepted, 1 accepted by you and waiting for a second officer, 1 left as it is" in text
    assert "No evidence is with this entry" in text


def test_list_shows_what_waits_and_exports_it(house, sign_in):
    client = sign_in(house.officer)
    text = page_of(client.get(house.address("claims")))
    assert "2 claims" in text
    assert text.count('name="entry"') == 2
    lines = client.get(house.address("claims_export") + "?state=waiting").content.decode().splitlines()
    assert len(lines) >= 3
    assert "an officer" in lines[-1]


# --- confirmations ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(house) -> Confirmation:
    return actions.ask_to_confirm(
        by=house.officer,
        entry=house.entry,
        email="head@mill-lane.example",
        name="Jo Head",
        organisation="Mill Lane School",
    )


def link_of(asked: Confirmation) -> str:
    with open_scope(body=asked.body_id):
        return reverse("confirmation", args=[link_token(asked.link)])


def fact(entry) -> AssuranceFact | None:
    return AssuranceFact.objects.filter(entry=entry, kind="confirmed").first()


def test_opening_the_link_changes_nothing(asked, client, house):
    before = Event.objects.filter(body=house.council.body).count()
    for _ in range(3):
        text = page_of(client.get(link_of(asked)))
    assert "Larkhollow Kitchens told Test Council" in text
    assert "<strong>4 sessions</strong>, from 1 May 2026 to 30 June 2026" in text
    with open_scope(body=house.council.body.pk):
        assert Event.objects.filter(body=house.council.body).count() == before
        assert fact(house.entry) is None


@pytest.mark.parametrize(
    ("form", "quantity"), [({"answer": "all"}, 4), ({"answer": "some", "quantity": "2.5"}, Decimal("2.5"))]
)
def test_answer_confirms_for_those_who_received_it(asked, client, house, form, quantity):
    assert "Thank you" in page_of(client.post(link_of(asked), form | {"comment": "Lovely"}))
    with open_scope(body=house.council.body.pk):
        found = fact(house.entry)
        assert (found.quantity, found.stated_by_words, found.note) == (quantity, "Mill Lane School", "Lovely")
    assert client.get(link_of(asked)).status_code == 410, "answered: the link has ended"
    assert client.post(link_of(asked), {"answer": "none"}).status_code == 410


def test_denial_is_a_fact_of_its_own_and_flags_the_claim(asked, client, house):
    Flag.objects.filter(body=house.council.body).update(settled_at=house.flag.raised_at)
    page_of(client.post(link_of(asked), {"answer": "none", "comment": "Nobody came"}))
    with open_scope(body=house.council.body.pk):
        assert fact(house.entry) is None
        [flag] = queries.flags(house.council.body)
        assert (flag.kind, flag.words, flag.entry) == ("denied", "Nobody came", house.entry)
        assert "flag" in actions.reasons_for_second(house.entry, house.officer)
        assert broken() == []


@pytest.mark.parametrize(
    "form", [{}, {"answer": "some"}, {"answer": "some", "quantity": "4"}, {"answer": "some", "quantity": "0"}]
)
def test_answer_that_contradicts_itself_is_asked_again(asked, client, house, form):
    page_of(client.post(link_of(asked), form), 422)
    with open_scope(body=house.council.body.pk):
        assert fact(house.entry) is None


def test_guessed_revoked_and_expired_links_are_told(asked, client, house):
    assert client.get(link_of(asked)[:-3] + "xx/").status_code == 404
    with open_scope(body=house.council.body.pk):
        end_link(by=house.officer, link=asked.link)
    assert "no longer open" in page_of(client.get(link_of(asked)), 410)
    page_of(client.post(link_of(asked), {"answer": "all"}), 410)


def test_report_taken_back_is_not_confirmed(asked, client, house):
    reverse_entry(by=house.officer, entry=house.entry, reason="Twice")
    assert "taken this report back" in page_of(client.post(link_of(asked), {"answer": "all"}), 422)


def test_individual_is_asked_only_with_an_assessment(house):
    ask = lambda: actions.ask_to_confirm(by=house.officer, entry=house.entry, email="a@b.example", name="Ann")  # noqa: E731
    with pytest.raises(NotPossible, match="data protection assessment"):
        ask()
    actions.record_assessment(
        by=house.officer, agreement=house.agreement, reference="DPIA 12", dated_on=date(2026, 4, 2)
    )
    assert ask().is_individual
    assert broken() == []


def test_whoever_reported_it_is_not_asked(house):
    with pytest.raises(NotPossible, match="works for the provider"):
        actions.ask_to_confirm(
            by=house.officer, entry=house.entry, email=house.reporter.email, organisation="Mill Lane School"
        )


def test_reminder_goes_once_with_the_same_link(asked, house, monkeypatch):
    monkeypatch.setattr(jobs, "REMIND_AFTER", timedelta(0))
    for _ in range(2):
        jobs.daily(timestamp=0)
    mails = list(Mail.objects.filter(body=house.council.body, kind=actions.CONFIRMING).order_by("id"))
    assert [mail.link for mail in mails] == [asked.link] * 2
    assert mails[1].subject_line.startswith("A reminder")
    assert "{link}" in mails[1].words
    assert "mill-lane" not in mails[0].words


# --- keys of people --------------------------------------------------------------------------------------------------


def test_provider_gives_keys_on_its_page_and_names_are_refused(house, sign_in):
    client, party = sign_in(house.reporter), house.agreement.party.public_id
    assert "Give keys of people" in page_of(client.get(reverse("assurance_provider:claims", args=[party])))
    assert "0 keys given" in page_of(client.get(reverse("assurance_provider:keys", args=[party])))
    address = reverse("assurance_provider:keys_give", args=[party, house.entry.public_id])
    text = page_of(client.get(address))
    [people] = re.findall(r"<textarea[^>]*id=\"people\"[^>]*>", text)
    assert "name=" not in people, "what is typed there is no part of the form"
    assert "Mary Jones" not in page_of(client.post(address, {"keys": "Mary Jones"}), 422).partition("<textarea")[0]
    assert client.post(address, {"keys": "ab" * 32 + "\r\n" + "cd" * 32}).status_code == 302
    assert "2 keys given" in page_of(client.get(reverse("assurance_provider:keys", args=[party])))


def test_another_party_gives_no_keys(house, make_party, make_person, sign_in):
    party = make_party("Oxbarrow")
    client = sign_in(make_person("provider-admin", party=party))
    own = reverse("assurance_provider:keys_give", args=[party.public_id, house.entry.public_id])
    assert client.get(own).status_code == client.post(own, {"keys": "ab" * 32}).status_code == 404
    assert "no body" in page_of(client.get(reverse("assurance_provider:keys", args=[party.public_id]))).lower()


# --- answers by link -------------------------------------------------------------------------------------------------


@pytest.fixture
def answer_link(house) -> str:
    actions.ask_for_changes(by=house.officer, entry=house.entry, words="The register shows three")
    mail = Mail.objects.get(body=house.council.body, kind="assurance.claim")
    assert mail.link is not None
    assert mail.person == house.reporter
    return reverse(mail.link_route, args=[link_token(mail.link)])


def test_whoever_reported_it_answers_by_link_without_signing_in(answer_link, client, house):
    for _ in range(2):  # a mail scanner first
        text = page_of(client.get(answer_link))
    assert "The register shows three" in text
    assert "/provider/" not in text, "nothing leads where they would have to sign in"
    done = client.post(answer_link, {"words": "Three it is", "quantity": "3"})
    assert (done.status_code, done["Location"]) == (302, answer_link)
    with open_scope(body=house.council.body.pk):
        standing = queries.standing_claim(house.agreement.party, house.entry.public_id)
        assert (standing.quantity, standing.claim_state) == (3, "answered")
        assert queries.steps_of(standing)[-1].taken_by == house.reporter
        actions.refuse_claim(by=house.officer, entry=standing, words="Still too many")
        assert broken() == []
    assert "Contest this decision" in page_of(client.get(answer_link)), "the link follows the report that stands now"
    assert client.post(answer_link, {"words": "We counted"}).status_code == 302
    assert client.post(answer_link, {"words": "We counted"}).status_code == 409


def test_a_link_that_answers_confirms_nothing_and_the_other_way_round(answer_link, asked, client):
    token = answer_link.rstrip("/").rpartition("/")[2]
    assert client.get(reverse("confirmation", args=[token])).status_code == 404
    other = link_of(asked).rstrip("/").rpartition("/")[2]
    assert client.get(reverse("claim_by_link", args=[other])).status_code == 404


def test_a_link_taken_back_answers_nothing(answer_link, client, house):
    with open_scope(body=house.council.body.pk):
        end_link(by=house.officer, link=Mail.objects.get(body=house.council.body, kind="assurance.claim").link)
    assert "no longer open" in page_of(client.post(answer_link, {"words": "Three"}), 410)
    with open_scope(body=house.council.body.pk):
        assert queries.state_of(house.entry) == "changes-asked"


# --- samples ---------------------------------------------------------------------------------------------------------


def test_sample_is_drawn_again_by_anybody(house):
    for _ in range(12):
        house.claim()
    sample = actions.draw_sample(
        by=house.other, body=house.council.body, title="Audit", starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30),
        size=5, agreement=house.agreement, seed="dice 4 2 6",
    )  # fmt: skip
    assert len(sample.population) == 14
    assert [item.entry.public_id for item in queries.items_of(sample)] == drawn(
        sample.population, seed="dice 4 2 6", size=5
    )


def test_findings_are_recorded_once_and_estimated_beside_the_totals(house, sign_in):
    client = sign_in(house.other)
    assert client.post(house.address("finding"), {"found": "3", "note": "One missing"}).status_code == 302
    page_of(client.post(house.address("finding"), {"found": "4"}), 422)
    text = page_of(client.get(house.address("sample")))
    assert "3 found of 4 sessions claimed" in text
    assert "(0 of 1 checked)" in text
    assert "between 0%" in text or "between 0 %" in text
    with open_scope(body=house.council.body.pk):
        assert AssuranceFact.objects.filter(body=house.council.body).count() == 0, "an estimate is part of no total"


def test_sample_beyond_what_there_is_is_refused(house):
    with pytest.raises(NotPossible, match="at most 2"):
        actions.draw_sample(
            by=house.other,
            body=house.council.body,
            title="x",
            starts_on=date(2026, 4, 1),
            ends_on=date(2026, 6, 30),
            size=3,
        )
