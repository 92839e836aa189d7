"""A story from its draft to its verifying: consent, two ratings apart, and what takes it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from made_stories import marks

from commonweal.base.errors import NotPossible
from commonweal.base.links import LinkEnded, opened
from commonweal.base.queries import link_token
from commonweal.base.scope import open_scope
from commonweal.directory.queries import today
from commonweal.reporting.queries import account
from commonweal.reporting.stories import actions, policies, queries
from commonweal.reporting.stories.models import Consent, Story

YEAR = timedelta(days=365)


def told(tellers, use="public-site", on=None):
    return [each.title for each in queries.told_stories(tellers.body, use=use, on=on or today())]


def test_verified_story_is_told_where_it_was_consented_to_and_nowhere_else(tellers):
    tellers.verified(uses=["newsletter"])
    assert told(tellers, "newsletter") == ["Now I can get to work on time"]
    assert told(tellers) == told(tellers, "annual-report") == []


@pytest.mark.parametrize("step", ["drafted", "consented", "rated"])
def test_story_that_is_not_verified_is_told_nowhere(tellers, step):
    story = tellers.draft()
    if step != "drafted":
        tellers.consent(story)
    if step == "rated":
        tellers.rate(story)
    assert told(tellers) == []
    story.refresh_from_db()
    assert story.state == step


def test_withdrawn_consent_ends_the_story_and_asks_for_the_site_anew(tellers):
    story = tellers.verified()
    before = len(tellers.events())
    actions.withdraw_consent(by=tellers.writer, consent=Consent.objects.get(story=story), words="I moved away")
    story.refresh_from_db()
    assert (story.state, told(tellers)) == ("withdrawn", [])
    assert tellers.events()[before:] == ["stories.consent.withdrawn", "stories.story.withdrawn"]
    assert queries.Consent.objects.get(story=story).withdrawn_words == "I moved away"


def test_taken_back_consent_of_one_of_two_stops_the_telling(tellers):
    story = tellers.draft()
    tellers.consent(story)
    second = tellers.consent(story, giver="the apprentice’s manager")
    second.withdrawn_at = second.recorded_at
    assert queries.standing_until(story, [second], "public-site", today()) is None
    assert queries.standing_until(story, [*queries.consents_of(story)[:1], second], "public-site", today()) is None


def test_consent_that_ran_out_ends_the_telling_on_the_day_after(tellers):
    last = today() + timedelta(days=30)
    tellers.verified(until=last)
    assert told(tellers, on=last) == ["Now I can get to work on time"]
    assert told(tellers, on=last + timedelta(days=1)) == []


def test_two_who_agreed_must_both_still_agree_to_a_use(tellers):
    story = tellers.draft()
    tellers.consent(story)
    tellers.consent(story, giver="the apprentice’s manager", uses=["newsletter"])
    actions.verify_story(by=tellers.lead, story=tellers.rate(story), version=1)
    assert told(tellers, "newsletter")
    assert not told(tellers, "public-site")


def test_consent_given_again_replaces_what_the_same_person_said_before(tellers):
    last = today() + timedelta(days=5)
    story = tellers.verified(until=last)
    tellers.consent(story, giver="The Apprentice", until=today() + YEAR)
    assert told(tellers, on=last + timedelta(days=1)) == ["Now I can get to work on time"]


def test_new_words_void_consent_and_ratings_and_keep_the_old_on_record(tellers):
    story = tellers.verified()
    actions.change_words(by=tellers.writer, story=story, version=1, words=tellers.words("Another title"))
    story.refresh_from_db()
    assert (story.state, story.version, told(tellers)) == ("drafted", 2, [])
    assert queries.text_of(story).title == "Another title"
    assert story.texts.get(version=1).title == "Now I can get to work on time"
    with pytest.raises(NotPossible, match="rated once somebody has consented"):
        actions.rate_story(by=tellers.rater, story=story, version=2, marks=marks())


def test_second_writer_is_told_and_loses_nothing(tellers):
    story = tellers.draft()
    actions.change_words(by=tellers.writer, story=story, version=1, words=tellers.words("First"))
    with pytest.raises(NotPossible, match="Someone changed the words"):
        actions.change_words(by=tellers.lead, story=story, version=1, words=tellers.words("Second"))


@pytest.mark.parametrize("about", ["children", "at-risk"])
def test_children_and_people_at_risk_need_a_guardian_and_an_assessment(tellers, about):
    story = tellers.draft(about)
    with pytest.raises(NotPossible, match="data protection assessment"):
        tellers.consent(story, capacity="guardian")
    with pytest.raises(NotPossible, match="cannot consent for a child"):
        tellers.consent(story, capacity="organisation", assessment="DPIA-7", assessed_on=today())
    assessed = {"assessment": "DPIA-7", "assessed_on": date(2026, 5, 1)}
    tellers.consent(story, capacity="themself", giver="the pupil", **assessed)
    story.refresh_from_db()
    assert story.state == "drafted"
    tellers.consent(story, capacity="guardian", giver="the pupil’s mother", **assessed)
    story.refresh_from_db()
    assert story.state == "consented"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"uses": []}, "at least one"),
        ({"uses": ["a-poster"]}, "at least one"),
        ({"given_on": date(2099, 1, 1)}, "has not come yet"),
        ({"given_on": date(2020, 1, 1), "until": date(2021, 1, 1)}, "has passed"),
        ({"until": date(2099, 1, 1)}, "at most 5 years"),
    ],
)
def test_consent_is_refused_where_it_would_count_for_nothing(tellers, given, refusal):
    with pytest.raises(NotPossible, match=refusal):
        tellers.consent(tellers.draft(), **given)


def test_neither_rater_sees_the_other_before_both_are_in(tellers):
    story = tellers.draft()
    tellers.consent(story)
    actions.rate_story(by=tellers.rater, story=story, version=1, marks=marks(3))
    assert [each.marks for each in queries.ratings_seen_by(story, tellers.rater)] == [marks(3)]
    assert queries.ratings_seen_by(story, tellers.lead) == []
    actions.rate_story(by=tellers.lead, story=story, version=1, marks=marks(2))
    assert len(queries.ratings_seen_by(story, tellers.lead)) == 2


@pytest.mark.parametrize(
    ("who", "refusal"), [("writer", "You wrote this story"), ("rater", "You rated this story already")]
)
def test_author_never_rates_and_nobody_rates_twice(tellers, who, refusal):
    story = tellers.draft()
    tellers.consent(story)
    actions.rate_story(by=tellers.rater, story=story, version=1, marks=marks())
    with pytest.raises(NotPossible, match=refusal):
        actions.rate_story(by=getattr(tellers, who), story=story, version=1, marks=marks())


def test_third_rating_is_refused(tellers, make_person):
    story = tellers.draft()
    tellers.consent(story)
    third = make_person("buyer", body=tellers.body)
    story = tellers.rate(story)
    with pytest.raises(NotPossible, match="once somebody has consented"):
        actions.rate_story(by=third, story=story, version=1, marks=marks())


def test_ratings_that_differ_are_settled_between_the_two_before_verifying(tellers):
    story = tellers.draft()
    tellers.consent(story)
    story = tellers.rate(story, marks(2, voice=1), marks(2, voice=3))
    with pytest.raises(NotPossible, match="Settle the difference"):
        actions.verify_story(by=tellers.lead, story=story, version=1)
    with pytest.raises(NotPossible, match="between the two"):
        actions.settle_ratings(by=tellers.lead, story=story, version=1, marks=marks(2, voice=0), words="Read again")
    actions.settle_ratings(by=tellers.lead, story=story, version=1, marks=marks(2, voice=2), words="Read it together")
    assert queries.final_marks(queries.ratings_of(story), queries.settlement_of(story)) == marks(2)
    assert actions.verify_story(by=tellers.lead, story=story, version=1).state == "verified"


def test_marks_that_are_too_low_are_not_verified(tellers):
    story = tellers.draft()
    tellers.consent(story)
    story = tellers.rate(story, marks(2, evidence=0), marks(2, evidence=0))
    with pytest.raises(NotPossible, match="It can be checked"):
        actions.verify_story(by=tellers.lead, story=story, version=1)


def test_author_does_not_verify(tellers):
    story = tellers.draft(by=tellers.lead)
    tellers.consent(story)
    actions.rate_story(by=tellers.rater, story=story, version=1, marks=marks())
    actions.rate_story(by=tellers.writer, story=story, version=1, marks=marks())
    story.refresh_from_db()
    with pytest.raises(NotPossible, match="somebody else verifies"):
        actions.verify_story(by=tellers.lead, story=story, version=1)


STEPS = [(state, after) for state in policies.STORY_STATES for after in policies.STORY_STATES if after != state]


@pytest.mark.parametrize(("state", "after"), STEPS)
def test_table_of_states_is_the_only_way(state, after):
    story = Story(state=state)
    if after in policies.STORY_STATES[state]:
        policies.check_step(story, after)
    elif after != "offered":
        with pytest.raises(NotPossible):
            policies.check_step(story, after)


def test_no_figure_changes_when_stories_are_added(tellers):
    before = account(tellers.body, on=today())
    for number in range(3):
        tellers.verified(f"Story {number}")
    after = account(tellers.body, on=today())
    for what, worth in before.worths.items():
        assert worth.totals == after.worths[what].totals
        assert worth.counts == after.worths[what].counts
        assert [each.public_id for each in worth.lines] == [each.public_id for each in after.worths[what].lines]


def test_told_story_says_what_told_it_and_no_person(tellers):
    tellers.verified(giver="zqx-giver", email="zqx@example.org", name="Zqx Name", reference="zqx-form")
    (story,) = queries.told_stories(tellers.body, use="public-site", on=today())
    assert story.told_by == "an apprentice"
    assert "zqx" not in repr(story).casefold()


def test_number_of_queries_does_not_grow_with_the_stories(tellers, django_assert_num_queries):
    tellers.verified("One")
    with CaptureQueriesContext(connection) as first:
        told(tellers)
    for number in range(4):
        tellers.verified(f"Story {number}")
    with django_assert_num_queries(len(first)):
        assert len(told(tellers)) == 5


def test_link_shows_the_story_and_takes_the_consent_back(tellers, client):
    story = tellers.verified(email="mo@example.org", name="Mo")
    link = Consent.objects.select_related("link__body").get(story=story).link
    address = f"/stories/consent/{link_token(link)}/"
    page = client.get(address).content.decode()
    assert "Before, I waited for two buses." in page
    assert "Take my consent back" in page
    assert "Mo" not in page.split("<main")[1]
    assert "withdrawn" in client.post(address).content.decode()
    with open_scope(body=tellers.body.pk):
        story.refresh_from_db()
        assert story.state == "withdrawn"
    assert client.get(address).status_code == 410
    with pytest.raises(LinkEnded), opened(link_token(link), queries.CONSENTING):
        pass
