"""The pages of newsletters and of the pre-election calendar, and who may open them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commonweal.directory.queries import today
from commonweal.reporting.reports import actions, queries


def begun(tellers):
    begins = queries.quarters_free(tellers.body, today())[0][0]
    return actions.begin_newsletter(
        by=tellers.lead, body=tellers.body, begins_on=begins, opening="Thank you.", nudges=["hours"],
        stories=[tellers.verified().public_id],
    )  # fmt: skip


def test_newsletter_is_chosen_published_and_sent_by_its_pages(tellers, sign_in):
    lead, work = sign_in(tellers.lead), f"/{tellers.body.slug}/work/newsletters/"
    story = tellers.verified()
    begins = queries.quarters_free(tellers.body, today())[0][0]
    given = {"quarter": begins.isoformat(), "opening": "Thank you.", "stories": [story.public_id], "nudges": ["hours"]}
    assert lead.post(f"{work}add/", given).status_code == 302
    (made,) = queries.newsletters(tellers.body)
    page = lead.get(f"{work}{made.public_id}/").content.decode()
    assert "Now I can get to work on time" in page
    assert lead.get(f"{work}{made.public_id}/en.pdf").content.startswith(b"%PDF")
    assert "Thank you." in lead.get(f"{work}{made.public_id}/cy.txt").content.decode()
    assert lead.post(f"{work}{made.public_id}/publish/", {"version": 1}).status_code == 302
    assert lead.post(f"{work}readers/add-contractors/").status_code == 302
    assert lead.post(f"{work}{made.public_id}/send/").status_code == 302
    assert "Sent" in lead.get(work).content.decode()


def test_stale_version_publishes_nothing(tellers, sign_in):
    made = begun(tellers)
    answer = sign_in(tellers.lead).post(
        f"/{tellers.body.slug}/work/newsletters/{made.public_id}/publish/", {"version": 7}
    )
    assert answer.status_code == 409
    assert queries.edition_of(made) is None


def test_calendar_says_what_is_held_what_passes_and_who_let_what_through(tellers, sign_in):
    lead, work = sign_in(tellers.lead), f"/{tellers.body.slug}/work/pre-election/"
    on = today()
    given = {"title": "Council election", "source": "Notice of election"}
    for name, day in (("starts_on", on), ("ends_on", on + timedelta(days=30))):
        given |= {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}
    assert lead.post(f"{work}add/", given).status_code == 302
    made = begun(tellers)
    page = lead.get(f"/{tellers.body.slug}/work/newsletters/{made.public_id}/").content.decode()
    assert "Held until" in page
    through = f"{work}let-through/newsletter/{made.public_id}/"
    assert lead.post(through, {"reason": "The flood line closes on Friday"}).status_code == 302
    shown = lead.get(work).content.decode()
    assert "The flood line closes on Friday" in shown
    assert "The account of a year" in shown


@pytest.mark.parametrize("rest", ["newsletters/{}/", "newsletters/{}/en.pdf", "newsletters/{}/change/"])
def test_other_bodys_people_find_no_newsletter(tellers, make_person, make_body, sign_in, rest):
    made, other = begun(tellers), make_body()
    stranger = sign_in(make_person("lead", body=other))
    assert stranger.get(f"/{tellers.body.slug}/work/{rest.format(made.public_id)}").status_code == 404
    assert stranger.get(f"/{other.slug}/work/{rest.format(made.public_id)}").status_code == 404


def test_contract_manager_chooses_and_may_not_publish(tellers, sign_in):
    made, writer = begun(tellers), sign_in(tellers.writer)
    work = f"/{tellers.body.slug}/work/newsletters/{made.public_id}/"
    assert writer.get(f"{work}change/").status_code == 200
    assert writer.post(f"{work}publish/", {"version": 1}).status_code == 403
