"""What may be done with stories, consents and ratings. Words are added as versions, consents and ratings stay on record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from django.utils import translation
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from commonweal.base.actions import end_link, make_link, post_mail, record_event, store_file
from commonweal.base.errors import NotPossible
from commonweal.base.jobs import defer_job
from commonweal.base.models import Body, Person, StoredFile
from commonweal.base.queries import database_now
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.policies import check_not_withdrawn as check_agreement_stands
from commonweal.delivery.policies import check_right
from commonweal.directory.actions import find_or_create_contact
from commonweal.directory.queries import today
from commonweal.engine.stories import rubric
from commonweal.reporting.stories import policies, queries
from commonweal.reporting.stories.models import Consent, Story, StoryRating, StorySettlement, StoryText

#: The job that makes the public site anew; the room above registers it under this name.
REFRESH_SITE = "publishing.refresh"
_PICTURES = ("image/png", "image/jpeg")


@dataclass(frozen=True, slots=True)
class StoryWords:
    """This will hold the words of one version: who told it is said by what they are, never by name."""

    title: str
    words: str
    told_by: str
    title_cy: str = ""
    words_cy: str = ""
    told_by_cy: str = ""
    picture_words: str = ""
    happened_on: date | None = None

    def cleaned(self) -> dict[str, object]:
        """This will give the fields with no space around them."""
        return {name: each.strip() if isinstance(each, str) else each for name, each in asdict(self).items()}


def _subject(story: Story) -> str:
    return f"stories.story:{story.public_id}"


def _locked(story: Story) -> Story:
    return Story.objects.select_for_update(of=("self",)).select_related("body", "party", "agreement").get(pk=story.pk)


# --- words ----------------------------------------------------------------------------------------------------------


def draft_story(
    *, by: Person, body: Body, about: str, words: StoryWords, agreement: Agreement | None = None,
    commitment: Commitment | None = None, objective: str = "", place_code: str = "",
    picture: tuple[str, bytes] | None = None,
) -> Story:  # fmt: skip
    """This will begin a story of the body's own. Raises NotPossible, and UnusableFile for a picture that is none."""
    policies.check_promise(agreement, commitment)
    return _begin(
        by, body, agreement, state="drafted", about=about, words=words, commitment=commitment, objective=objective,
        place_code=place_code, picture=picture,
    )  # fmt: skip


def offer_story(
    *, by: Person, agreement: Agreement, about: str, words: StoryWords, place_code: str = "",
    picture: tuple[str, bytes] | None = None,
) -> Story:  # fmt: skip
    """This will take a story that a provider sends in; an officer takes it on or says why not. Raises NotPossible."""
    check_right(agreement, "answer")
    return _begin(
        by, agreement.body, agreement, state="offered", about=about, words=words, place_code=place_code, picture=picture
    )


def _begin(
    by: Person, body: Body, agreement: Agreement | None, *, state: str, about: str, words: StoryWords,
    commitment: Commitment | None = None, objective: str = "", place_code: str = "",
    picture: tuple[str, bytes] | None = None,
) -> Story:  # fmt: skip
    if agreement is not None:
        check_agreement_stands(agreement)
    party = agreement.party if agreement is not None else None
    story = Story.objects.create(
        body=body, party=party, agreement=agreement, commitment=commitment, objective=objective,
        place_code=place_code, about=about, state=state, offered=state == "offered", drafted_by=by,
        picture=_kept(by, body, agreement, picture),
    )  # fmt: skip
    StoryText.objects.create(body=body, party=party, story=story, version=1, written_by=by, **words.cleaned())
    record_event(
        action=f"stories.story.{state}", subject=_subject(story), by=by, body=body, about=about,
        agreement=agreement.public_id if agreement else None,
    )  # fmt: skip
    return story


def _kept(by: Person, body: Body, agreement: Agreement | None, picture: tuple[str, bytes] | None) -> StoredFile | None:
    if picture is None:
        return None
    name, content = picture
    kept = store_file(name=name, content=content, body=body, party=agreement.party if agreement else None, by=by)
    if kept.media_type not in _PICTURES:
        raise NotPossible("Send the picture as PNG or JPEG.")
    return kept


def take_on(*, by: Person, story: Story) -> Story:
    """This will take on a story that a provider sent in, so that it can be consented to and rated."""
    held = _locked(story)
    if held.state != "offered":
        raise NotPossible("This story was taken on or turned down already.")
    held.state = "drafted"
    held.save(update_fields=["state"])
    record_event(action="stories.story.drafted", subject=_subject(held), by=by, body=held.body, offered=True)
    return held


def decline_story(*, by: Person, story: Story, reason: str) -> Story:
    """This will turn down a story that was sent in, with words that its sender reads."""
    held = _locked(story)
    policies.check_step(held, "declined")
    return _end(held, by, "declined", reason)


def change_words(
    *, by: Person, story: Story, version: int, words: StoryWords, picture: tuple[str, bytes] | None = None
) -> Story:
    """This will write a story anew: another version, to which consent and ratings are given again. Raises NotPossible."""
    held = _locked(story)
    policies.check_version(held, version)
    policies.check_changeable(held)
    kept = _kept(by, held.body, held.agreement, picture)
    was = held.state
    held.version, held.state = held.version + 1, "drafted"
    held.picture = kept or held.picture
    held.verified_by, held.verified_at = None, None
    held.save(update_fields=["version", "state", "picture", "verified_by", "verified_at"])
    StoryText.objects.create(
        body=held.body, party=held.party, story=held, version=held.version, written_by=by, **words.cleaned()
    )
    record_event(action="stories.story.rewritten", subject=_subject(held), by=by, body=held.body, version=held.version)
    if was == "verified":
        defer_job(REFRESH_SITE, body=held.body, by=by)
    return held


def withdraw_story(*, by: Person | None, story: Story, reason: str) -> Story:
    """This will stop a story being told anywhere from now on. What was published stays; nothing new holds it."""
    held = _locked(story)
    policies.check_step(held, "withdrawn")
    return _end(held, by, "withdrawn", reason)


def _end(held: Story, by: Person | None, state: str, reason: str) -> Story:
    if not reason.strip():
        raise NotPossible("Say why, so that nobody wonders later.")
    was, held.state, held.reason = held.state, state, reason.strip()
    held.save(update_fields=["state", "reason"])
    record_event(action=f"stories.story.{state}", subject=_subject(held), by=by, body=held.body, version=held.version)
    if was == "verified":
        defer_job(REFRESH_SITE, body=held.body, by=by)
    return held


# --- consent --------------------------------------------------------------------------------------------------------


def record_consent(
    *, by: Person, story: Story, version: int, giver: str, capacity: str, uses: Collection[str], how: str,
    given_on: date, until: date, reference: str = "", assessment: str = "", assessed_on: date | None = None,
    email: str = "", name: str = "", language: str = "en",
) -> Consent:  # fmt: skip
    """This will record what somebody agreed to. Raises NotPossible.

    With an address they get a link by which they read the story and take their consent back; their name is kept in
    their own record and nowhere near the words. Consent given again by the same person replaces what they said before.
    """
    held = _locked(story)
    policies.check_version(held, version)
    policies.check_consent(
        held, capacity=capacity, uses=uses, given_on=given_on, until=until, assessment=assessment,
        assessed_on=assessed_on, today=today(),
    )  # fmt: skip
    consent = Consent.objects.create(
        body=held.body, story=held, version=held.version, giver=" ".join(giver.split()), capacity=capacity,
        uses=sorted(uses), how=how, reference=reference.strip(), given_on=given_on, until=until,
        assessment=" ".join(assessment.split()), assessed_on=assessed_on, recorded_by=by,
        person=find_or_create_contact(email=email, name=name) if email else None,
    )  # fmt: skip
    record_event(
        action="stories.consent.recorded", subject=_subject(held), by=by, body=held.body, consent=consent.public_id,
        uses=sorted(uses), until=until, capacity=capacity,
    )  # fmt: skip
    if held.state == "drafted" and policies.has_guardian(held, queries.consents_of(held)):
        held.state = "consented"
        held.save(update_fields=["state"])
        record_event(action="stories.story.consented", subject=_subject(held), by=by, body=held.body)
    if consent.person is not None:
        _send_link(by, held, consent, language)
    if held.state == "verified":
        defer_job(REFRESH_SITE, body=held.body, by=by)
    return consent


def _send_link(by: Person, story: Story, consent: Consent, language: str) -> None:
    assert consent.person is not None
    consent.link = make_link(
        by=by, body=story.body, party=None, person=consent.person, purpose=queries.CONSENTING,
        subject=_subject(story), ends_at=make_aware(datetime.combine(consent.until + timedelta(days=1), time())),
    )  # fmt: skip
    consent.save(update_fields=["link"])
    with translation.override(language):
        told = {
            "body": story.body.name_cy if language == "cy" and story.body.name_cy else story.body.name,
            "day": long_date(consent.until, language),
        }
        words = _(
            "Thank you for letting %(body)s tell your story until %(day)s.\n\n"
            "Read it, and take your consent back at any time, without giving a reason:\n{link}\n\n"
            "Your name is kept apart from the story and is not published."
        )
        post_mail(
            by=by, body=story.body, to=consent.person, kind=queries.CONSENTING, about=_subject(story),
            subject_line=_("Your story, and how to take it back: %(body)s") % told, words=words % told,
            link=consent.link, link_route="story_consent", alerts=by,
        )  # fmt: skip


def withdraw_consent(*, by: Person | None, consent: Consent, words: str = "") -> Consent:
    """This will take a consent back. Without it the story is told nowhere from now on. Raises NotPossible."""
    story = _locked(consent.story)
    held = Consent.objects.select_for_update(of=("self",)).select_related("link__body", "person").get(pk=consent.pk)
    policies.check_not_withdrawn(held)
    held.withdrawn_at, held.withdrawn_by, held.withdrawn_words = database_now(), by, words.strip()[:400]
    held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_words"])
    record_event(
        action="stories.consent.withdrawn", subject=_subject(story), by=by, body=story.body, consent=held.public_id
    )
    last = {each.pk for each in queries.latest_consents(story, queries.consents_of(story))}
    if held.pk in last and "withdrawn" in policies.STORY_STATES[story.state]:
        withdraw_story(by=by, story=story, reason="The consent to it was withdrawn.")
    if held.link is not None:
        end_link(by=by, link=held.link)
    return held


# --- rating and verifying -------------------------------------------------------------------------------------------


def rate_story(*, by: Person, story: Story, version: int, marks: Mapping[str, int], words: str = "") -> StoryRating:
    """This will record what one person makes of a story, by the rubric. Raises NotPossible.

    The second of two closes the ratings: from then on each reads the other's.
    """
    held = _locked(story)
    policies.check_version(held, version)
    before = queries.ratings_of(held)
    policies.check_may_rate(held, by, before)
    policies.check_marks_whole(marks)
    rating = StoryRating.objects.create(
        body=held.body, story=held, version=held.version, rubric=rubric().reference, marks=dict(marks),
        words=words.strip(), rated_by=by,
    )  # fmt: skip
    # The event says that it was rated, not how: nobody reads a first rating in the record either.
    record_event(
        action="stories.story.rated_by_one", subject=_subject(held), by=by, body=held.body, rating=rating.public_id,
        version=held.version,
    )  # fmt: skip
    if len(before) + 1 == queries.RATERS:
        held.state = "rated"
        held.save(update_fields=["state"])
        record_event(action="stories.story.rated", subject=_subject(held), by=by, body=held.body, version=held.version)
    return rating


def settle_ratings(*, by: Person, story: Story, version: int, marks: Mapping[str, int], words: str) -> StorySettlement:
    """This will settle two ratings that differ, with words that both raters read. Raises NotPossible."""
    held = _locked(story)
    policies.check_version(held, version)
    ratings = queries.ratings_of(held)
    policies.check_may_settle(held, by, ratings, queries.settlement_of(held), marks, words)
    settled = StorySettlement.objects.create(
        body=held.body, story=held, version=held.version, marks=dict(marks), words=words.strip(), settled_by=by
    )
    record_event(
        action="stories.story.settled", subject=_subject(held), by=by, body=held.body, marks=dict(marks),
        version=held.version,
    )  # fmt: skip
    return settled


def verify_story(*, by: Person, story: Story, version: int) -> Story:
    """This will verify a story, so that it is told where its consent lets it. Raises NotPossible."""
    held = _locked(story)
    policies.check_version(held, version)
    policies.check_may_verify(
        held, by, queries.consents_of(held), queries.ratings_of(held), queries.settlement_of(held), today=today()
    )
    held.state, held.verified_by, held.verified_at = "verified", by, database_now()
    held.save(update_fields=["state", "verified_by", "verified_at"])
    record_event(action="stories.story.verified", subject=_subject(held), by=by, body=held.body, version=held.version)
    defer_job(REFRESH_SITE, body=held.body, by=by)
    return held
