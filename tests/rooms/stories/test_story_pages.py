"""The pages of stories: written, consented, rated, verified by request; and closed to everybody else's people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from made_stories import marks

from commonweal.base.scope import open_scope
from commonweal.directory.queries import today
from commonweal.reporting.stories import actions, queries
from commonweal.reporting.stories.models import Consent, Story


def page_of(tellers, *rest):
    return f"/{tellers.body.slug}/work/stories/{'/'.join(rest)}{'/' if rest else ''}"


def day(name, on):
    return {f"{name}-day": on.day, f"{name}-month": on.month, f"{name}-year": on.year}


@pytest.fixture
def asked(tellers, sign_in):
    """`asked("lead")`: a client signed in as one of the council's people."""
    return lambda who: sign_in(getattr(tellers, who))


def test_story_goes_through_its_pages(tellers, asked):
    writer, rater, lead = asked("writer"), asked("rater"), asked("lead")
    given = {
        "agreement": tellers.agreement.public_id, "about": "adults", "title": "Time for tea", "words": "We sat down.",
        "told_by": "a cook",
    }  # fmt: skip
    answer = writer.post(page_of(tellers, "add"), given)
    assert answer.status_code == 302, answer.content.decode()
    (story,) = Story.objects.all()
    here = (story.public_id,)
    assert "Nobody has consented to these words yet" in writer.get(page_of(tellers, *here)).content.decode()
    consent = {
        "giver": "the cook", "capacity": "themself", "uses": ["public-site"], "how": "form", "version": 1,
        **day("given_on", today()), **day("until", today() + timedelta(days=300)),
    }  # fmt: skip
    assert writer.post(page_of(tellers, *here, "consent"), consent).status_code == 302
    for client in (rater, lead):
        sent = marks() | {"version": 1, "words": "As the rota shows"}
        assert client.post(page_of(tellers, *here, "rate"), sent).status_code == 302
    assert lead.post(page_of(tellers, *here, "verify"), {"version": 1}).status_code == 302
    shown = writer.get(page_of(tellers, *here)).content.decode()
    assert "Verified" in shown
    assert "As the rota shows" in shown
    assert "Time for tea" in writer.get(page_of(tellers)).content.decode()


def test_first_rating_is_on_no_page_of_the_second_rater(tellers, asked):
    story = tellers.draft()
    tellers.consent(story)
    actions.rate_story(by=tellers.rater, story=story, version=1, marks=marks(3), words="zqxmarker")
    seen = asked("lead").get(page_of(tellers, story.public_id)).content.decode()
    assert "zqxmarker" not in seen
    assert "One person has rated it" in seen
    assert "zqxmarker" in asked("rater").get(page_of(tellers, story.public_id)).content.decode()


def test_export_has_what_is_seen_and_no_giver(tellers, asked):
    tellers.verified(giver="zqx giver")
    text = asked("lead").get(page_of(tellers, "export", "csv")).content.decode()
    assert "Now I can get to work on time" in text
    assert "zqx" not in text


@pytest.mark.parametrize("rest", [[], ["change"], ["withdraw"], ["consent"], ["rate"]])
def test_other_bodys_people_find_nothing(tellers, make_person, make_body, sign_in, rest):
    story = tellers.draft()
    other = make_body()
    stranger = sign_in(make_person("lead", "contract-manager", body=other))
    assert stranger.get(page_of(tellers, story.public_id, *rest)).status_code == 404
    elsewhere = f"/{other.slug}/work/stories/{'/'.join([story.public_id, *rest])}/"
    assert stranger.get(elsewhere).status_code == 404


def test_assurer_may_not_write_and_learning_lead_may_not_verify(tellers, make_person, sign_in):
    story = tellers.draft()
    assert sign_in(make_person("assurer", body=tellers.body)).get(page_of(tellers, "add")).status_code == 403
    learner = sign_in(make_person("learning-lead", body=tellers.body))
    assert learner.post(page_of(tellers, story.public_id, "verify"), {"version": 1}).status_code == 403


def test_provider_sends_in_a_story_and_reads_why_it_was_not_taken_on(tellers, sign_in):
    provider, here = sign_in(tellers.reporter), f"/provider/{tellers.party.public_id}/stories/"
    given = {
        "agreement": tellers.agreement.public_id, "about": "adults", "title": "A first job", "words": "She starts Monday.",
        "told_by": "a site manager",
    }  # fmt: skip
    assert provider.post(f"{here}add/", given).status_code == 302
    with open_scope(body=tellers.body.pk):
        (story,) = queries.offered_stories(tellers.body)
        actions.decline_story(by=tellers.lead, story=story, reason="She asked us not to tell it.")
    page = provider.get(here).content.decode()
    assert "A first job" in page
    assert "She asked us not to tell it." in page


def test_another_providers_people_see_no_story(tellers, make_tellers, sign_in):
    other = make_tellers("Oxlip")
    with open_scope(party=tellers.party.pk):
        actions.offer_story(by=tellers.reporter, agreement=tellers.agreement, about="adults", words=tellers.words())
    assert sign_in(other.reporter).get(f"/provider/{tellers.party.public_id}/stories/").status_code == 404
    mine = sign_in(other.reporter).get(f"/provider/{other.party.public_id}/stories/").content.decode()
    assert "Now I can get to work on time" not in mine


def test_what_is_no_picture_is_refused_with_the_form_as_it_was(tellers, asked):
    sent = SimpleUploadedFile("me.png", b"<script>", content_type="image/png")
    given = {
        "about": "adults",
        "title": "T",
        "words": "W",
        "told_by": "a cook",
        "picture": sent,
        "picture_words": "Her",
    }
    answer = asked("writer").post(page_of(tellers, "add"), given)
    assert answer.status_code == 422
    assert "could not read me.png" in answer.content.decode()
    assert not Story.objects.exists()


def test_guessed_consent_address_opens_nothing(tellers, client):
    tellers.verified(email="mo@example.org")
    key = Consent.objects.get().link.public_id
    assert client.get(f"/stories/consent/{key}/").status_code == 404
