"""Spending that names a sub-contractor whose jobs are told in the same return is noted with them as it is sent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from commonweal.base.scope import open_scope
from commonweal.delivery.models import Entry, PaidJobs
from commonweal.delivery.queries import counted_not_valued
from commonweal.delivery.returns import actions, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(desk, asked):
    """Beech Joinery told 3 jobs, in confidence where asked; the prime told what it spent, and who it went to."""

    def tell(note="Of it £9,000 to Beech Joinery", in_confidence=False):
        with desk.scope():
            sessions, jobs, money = queries.lines_of(asked)
            if jobs.part is None:
                part = actions.pass_on(
                    by=desk.contact, found=asked, lines=[jobs], name="Beth Beech", email="beth@beech.example",
                    organisation="Beech Joinery", from_link=desk.link(asked),
                )  # fmt: skip
                answer = actions.Answer(quantity=Decimal(3), in_confidence=in_confidence)
                line = queries.lines_of(asked, part)[0]
                actions.save_line(by=part.person, line=line, answer=answer, written_against=None, part=part)
            desk.tell(sessions, "4")
            desk.tell(money, "12000", note=note)
        with desk.as_provider():
            actions.send_return(by=desk.reporter, found=asked)

    return tell


def entry(desk, wording):
    with desk.scope():
        found = Entry.objects.filter(commitment__wording=wording, reverses__isnull=True, reversed_by__isnull=True)
        return found.get()


@pytest.mark.parametrize("in_confidence", [False, True])
def test_spending_that_names_the_sub_is_counted_and_not_valued(desk, told, in_confidence):
    told(in_confidence=in_confidence)
    with desk.scope():
        assert counted_not_valued(desk.body) == {entry(desk, "Local food").pk: "spending"}


def test_spending_on_something_else_is_valued(desk, told):
    told(note="Timber and paint")
    with desk.scope():
        assert counted_not_valued(desk.body) == {}


def test_what_was_told_in_confidence_is_not_betrayed_by_the_pair(desk, told):
    told(in_confidence=True)
    with open_scope(party=desk.party.pk):
        assert not PaidJobs.objects.exists()


def test_told_anew_without_the_sub_it_is_valued_again(desk, asked, told):
    told()
    with desk.scope():
        actions.ask_for_changes(by=desk.officer, found=asked, words="Who was paid?")
    told(note="Timber and paint")
    with desk.scope():
        assert counted_not_valued(desk.body) == {}


def test_told_anew_with_another_sum_it_is_still_not_valued(desk, asked, told):
    told()
    with desk.scope():
        actions.ask_for_changes(by=desk.officer, found=asked, words="Who was paid?")
    told(note="All of it to Beech Joinery")
    with desk.scope():
        assert counted_not_valued(desk.body) == {entry(desk, "Local food").pk: "spending"}


def test_the_return_says_so_and_leads_to_the_entry(desk, asked, told, sign_in):
    from django.urls import reverse

    told()
    page = sign_in(desk.officer).get(reverse("returns:return_page", args=[desk.body.slug, asked.public_id]))
    assert "Until somebody decides, the jobs are valued." in page.content.decode()
