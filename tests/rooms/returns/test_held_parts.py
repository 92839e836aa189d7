"""A sub-contractor with an account of its own: its parts among everything due, and nothing else of its prime's."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from commonweal.base.scope import open_scope
from commonweal.delivery.models import Agreement, Commitment, Entry
from commonweal.delivery.returns import actions, queries
from commonweal.delivery.returns.models import HeldPart, LineFigure, ReturnLine

pytestmark = pytest.mark.django_db


def words_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


@pytest.fixture
def beech(make_party, make_person):
    """Beech Joinery, with an administrator and a colleague who signs in."""
    party = make_party("Beech Joinery")
    return (
        party,
        make_person("provider-admin", party=party, name="Bea Beech"),
        make_person("provider-contributor", party=party, name="Col Beech"),
    )


def pass_on(desk, found, person, which=(1,), organisation="Beech Joinery"):
    with desk.as_provider():
        lines = queries.lines_of(found)
        return actions.pass_on(
            by=desk.reporter, found=found, lines=[lines[number] for number in which], name=person.name,
            email=person.email, organisation=organisation,
        )  # fmt: skip


def held_by(party, person):
    with open_scope(party=party.pk, person=person.pk):
        return list(HeldPart.objects.filter(ended_at__isnull=True))


def address(party, held, page="report", *parts):
    return reverse(f"returns_part:{page}", args=[party.public_id, held.public_id, *parts])


def line_of(desk, found, number=1):
    return desk.lines(found)[number]


def test_part_stands_in_the_subcontractors_everything_due(desk, asked, beech, sign_in):
    party, bea, col = beech
    pass_on(desk, asked, bea)
    page = words_of(sign_in(col).get(reverse("returns_provider:due", args=[party.public_id])))
    assert "A part that Larkhollow Kitchens passed on to you" in page
    assert "0 of 1 lines answered" in page
    assert "One workbook for all" not in page


def test_subcontractor_fills_its_part_in_and_is_done(desk, asked, beech, sign_in):
    party, bea, col = beech
    pass_on(desk, asked, bea)
    (held,) = held_by(party, bea)
    browser, line = sign_in(col), line_of(desk, asked)
    form = browser.get(address(party, held, "line", line.public_id))
    assert form.status_code == 200
    data = {"quantity": "3", "version": str(line.version), "starts_on_0": "1", "starts_on_1": "7",
            "starts_on_2": "2026", "ends_on_0": "30", "ends_on_1": "9", "ends_on_2": "2026"}  # fmt: skip
    assert browser.post(address(party, held, "line", line.public_id), data).status_code == 302
    assert line_of(desk, asked).answer == "told"
    assert browser.post(address(party, held, "finish"))["Location"].endswith("receipt/")
    page = words_of(browser.get(reverse("returns_provider:due", args=[party.public_id])))
    assert "Nothing is due" in page
    assert "School meals" in page


def test_subcontractor_tells_in_confidence_past_its_prime(desk, asked, beech, sign_in):
    party, bea, col = beech
    pass_on(desk, asked, bea)
    (held,) = held_by(party, bea)
    line = line_of(desk, asked)
    data = {"quantity": "3", "note": "Our margin", "in_confidence": "on", "version": "0", "starts_on_0": "1",
            "starts_on_1": "7", "starts_on_2": "2026", "ends_on_0": "30", "ends_on_1": "9", "ends_on_2": "2026"}  # fmt: skip
    assert sign_in(col).post(address(party, held, "line", line.public_id), data).status_code == 302
    with desk.as_provider():
        assert not LineFigure.objects.exists()
    with desk.scope():
        assert LineFigure.objects.get().quantity == Decimal(3)


def test_primes_other_lines_are_not_there(desk, asked, beech, sign_in):
    party, bea, _col = beech
    pass_on(desk, asked, bea)
    (held,) = held_by(party, bea)
    browser = sign_in(bea)
    page = words_of(browser.get(address(party, held)))
    assert "Local jobs" in page
    assert "Cookery sessions" not in page
    for number in (0, 2):
        other = line_of(desk, asked, number)
        assert browser.get(address(party, held, "line", other.public_id)).status_code == 404
        assert browser.post(address(party, held, "line", other.public_id), {"quantity": "1"}).status_code == 404
    assert browser.get(address(party, held, "workbook")).status_code == 200
    browser.post(address(party, held, "nothing"))
    assert [line.answer for line in desk.lines(asked)] == ["unanswered", "nothing", "unanswered"]
    assert browser.post(address(party, held, "send"))["Location"].endswith(address(party, held))
    assert desk.again(asked).state == "begun"


def test_subcontractors_own_scope_sees_nothing_of_the_prime(desk, asked, beech):
    party, bea, _col = beech
    pass_on(desk, asked, bea)
    with open_scope(party=party.pk, person=bea.pk):
        assert HeldPart.objects.count() == 1
        for model in (Agreement, Commitment, ReturnLine, LineFigure, Entry):
            assert not model.objects.exists(), model


def test_part_of_one_subcontractor_is_not_anothers(desk, asked, beech, make_party, make_person, sign_in):
    party, bea, _col = beech
    pass_on(desk, asked, bea)
    (held,) = held_by(party, bea)
    elm = make_party("Elm Roofing")
    stranger = make_person("provider-admin", party=elm)
    assert sign_in(stranger).get(address(party, held)).status_code == 404
    assert sign_in(stranger).get(address(elm, held)).status_code == 404
    assert sign_in(desk.reporter).get(address(desk.party, held)).status_code == 404


def test_part_taken_back_is_gone_from_the_account(desk, asked, beech, sign_in):
    party, bea, _col = beech
    part = pass_on(desk, asked, bea)
    (held,) = held_by(party, bea)
    with desk.as_provider():
        actions.take_back(by=desk.reporter, part=queries.get_part(asked, part.public_id))
    assert sign_in(bea).get(address(party, held)).status_code == 404


def test_link_the_body_takes_back_closes_the_account_too(desk, asked, beech, sign_in):
    party, bea, _col = beech
    part = pass_on(desk, asked, bea)
    (held,) = held_by(party, bea)
    with desk.scope():
        actions.end_a_link(by=desk.officer, found=desk.again(asked), link=queries.get_part(asked, part.public_id).link)
    assert sign_in(bea).get(address(party, held)).status_code == 404


@pytest.mark.parametrize(
    ("organisation", "others", "found"),
    [
        ("Beech Joinery", (), True),
        ("Beech", (), True),  # the address says who it is; the name is the prime's own word for it
        ("Elm Roofing", ("Elm Roofing",), False),  # they work for two: the one that is named has it
        ("Somebody Else", ("Elm Roofing",), False),
        ("", (), False),  # a colleague, not a sub-contractor
    ],
)
def test_account_is_found_by_whom_it_was_passed_to(
    desk, asked, beech, make_party, organisation, others, found
):  # fmt: skip
    from commonweal.base.actions import give_role

    party, bea, _col = beech
    for name in others:
        other = make_party(name)
        with open_scope(party=other.pk):
            give_role(person=bea, role="provider-contributor", by=None, party=other)
    pass_on(desk, asked, bea, organisation=organisation)
    assert bool(held_by(party, bea)) is found


def test_limited_person_of_a_subcontractor_has_the_parts_that_name_them(desk, asked, beech):
    from commonweal.delivery.models import StaffLimit

    party, bea, col = beech
    pass_on(desk, asked, bea)
    pass_on(desk, asked, col, which=(2,))
    with open_scope(party=party.pk, person=bea.pk):
        StaffLimit.objects.create(party=party, person=col, made_by=bea)
    assert [each.person_id for each in held_by(party, col)] == [col.pk]
    assert len(held_by(party, bea)) == 2


# --- leavers ----------------------------------------------------------------------------------------------------------


def leave(desk, person, by=None):
    from commonweal.directory.actions import end_party_roles

    with open_scope(party=desk.party.pk, person=(by or desk.reporter).pk):
        end_party_roles(person=person, party=desk.party, by=by or desk.reporter)


def test_leavers_link_closes_and_the_manager_is_told(desk, asked, make_person, client):
    leaver = make_person("provider-contributor", party=desk.party, name="Lou Leaver")
    with desk.scope():
        actions.name_reporter(by=desk.officer, schedule=desk.schedule, email=leaver.email)
    there = desk.address(asked, person=leaver)
    assert client.get(there).status_code == 200
    leave(desk, leaver)
    assert client.get(there).status_code == 410
    (mail,) = desk.mails("returns.leaver")
    assert mail.person_id == desk.officer.pk
    assert "Lou Leaver no longer reports on School meals" in mail.words
    assert "Nobody else" not in mail.words
    with desk.scope():
        assert [each.person_id for each in queries.reporters_of(desk.schedule)] == [desk.contact.pk]


def test_part_of_a_leaver_is_back_with_whoever_leads(desk, asked, make_person, client):
    leaver = make_person("provider-contributor", party=desk.party, name="Lou Leaver")
    part = pass_on(desk, asked, leaver, which=(0, 1), organisation="")
    there = desk.address(asked, person=leaver)
    with desk.scope():
        inner = actions.pass_on(
            by=leaver, found=asked, lines=[queries.lines_of(asked)[1]], name="Sub", email="sub@elm.example",
            organisation="Elm Roofing", from_link=part.link, part=part,
        )  # fmt: skip
    leave(desk, leaver)
    assert client.get(there).status_code == 410
    lines = desk.lines(asked)
    assert [line.part_id for line in lines] == [None, inner.pk, None]
    assert client.get(desk.address(asked, person=inner.person)).status_code == 200, "what they passed on stands"
    (mail,) = desk.mails("returns.leaver")
    assert "1 line of reports that they held are back with whoever leads" in mail.words


def test_part_stays_with_the_subcontractor_that_somebody_leaves(desk, asked, beech, client, sign_in):
    party, bea, col = beech
    pass_on(desk, asked, col)
    (held,) = held_by(party, bea)
    there = desk.address(asked, person=col)
    from commonweal.directory.actions import end_party_roles

    with open_scope(party=party.pk, person=bea.pk):
        end_party_roles(person=col, party=party, by=bea)
    assert client.get(there).status_code == 410
    assert sign_in(bea).get(address(party, held)).status_code == 200
    (mail,) = desk.mails("returns.leaver")
    assert "stay with Beech Joinery" in mail.words


def test_who_is_limited_keeps_the_links_of_what_they_report_on(desk, asked, make_person, client):
    from commonweal.delivery.returns.actions import let_go

    colleague = make_person("provider-contributor", party=desk.party, name="Kit Keeps")
    with desk.scope():
        actions.name_reporter(by=desk.officer, schedule=desk.schedule, email=colleague.email)
    there = desk.address(asked, person=colleague)
    for kept, status in ((frozenset({desk.agreement.pk}), 200), (frozenset(), 410)):
        with desk.as_provider():
            let_go(by=desk.reporter, party=desk.party, person=colleague, kept=kept)
        assert client.get(there).status_code == status
