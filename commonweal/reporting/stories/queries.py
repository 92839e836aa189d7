"""What is read of stories: the list, one with its words, consents and ratings, and those that may be told somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from commonweal.base.models import Body, Link, Party, Person
from commonweal.delivery.models import Agreement
from commonweal.engine.stories import agreed_marks
from commonweal.frameworks.queries import branches, strategy
from commonweal.reporting.stories.models import Consent, Story, StoryRating, StorySettlement, StoryText

#: The purpose of the link by which somebody reads what they consented to, and takes it back.
CONSENTING = "stories.consent"
#: So many people rate a story.
RATERS = 2


def _stories() -> QuerySet[Story]:
    texts = Prefetch("texts", queryset=StoryText.objects.filter(version=F("story__version")), to_attr="now")
    return Story.objects.select_related(
        "body", "party", "agreement__provider", "commitment", "picture", "drafted_by__key_held",
        "verified_by__key_held",
    ).prefetch_related(texts)  # fmt: skip


def text_of(story: Story) -> StoryText:
    """This will give the words of a story as they stand; at no cost where a query here brought them along."""
    held: list[StoryText] | None = getattr(story, "now", None)
    if held:
        return held[0]
    return StoryText.objects.get(story=story, version=story.version)


def get_story(body: Body, public_id: str) -> Story:
    """This will find a story of a body; raises Story.DoesNotExist."""
    return _stories().get(body=body, public_id=public_id)


@dataclass(frozen=True, slots=True)
class StoryFilters:
    """What the list of stories is narrowed to; empty means all."""

    text: str = ""
    state: str = ""
    about: str = ""
    agreement: str = ""


def stories(body: Body, filters: StoryFilters = StoryFilters()) -> QuerySet[Story]:
    """This will list a body's stories that match; needs its scope."""
    now = StoryText.objects.filter(story=OuterRef("pk"), version=OuterRef("version"))
    found = _stories().filter(body=body).annotate(title=Subquery(now.values("title")))
    if filters.text:
        said = Q(title__icontains=filters.text) | Q(words__icontains=filters.text)
        found = found.filter(Exists(now.filter(said)) | Q(agreement__title__icontains=filters.text))
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.about:
        found = found.filter(about=filters.about)
    if filters.agreement:
        found = found.filter(agreement__public_id=filters.agreement)
    return found


def stories_of_party(party: Party) -> list[Story]:
    """This will list the stories that a provider sent in itself, the newest first; needs its scope."""
    return list(_stories().filter(party=party, offered=True).order_by("-id"))


def offered_stories(body: Body) -> QuerySet[Story]:
    """This will list the stories that providers sent in and nobody took on yet, the oldest first."""
    return _stories().filter(body=body, state="offered").order_by("id")


def objective_choices(body: Body, on: date) -> list[tuple[str, str]]:
    """This will list the parts of a body's strategy that are in force as (outward id, title)."""
    return [(each.node.public_id, each.node.title) for each in branches(strategy(body, on)) if each.in_force]


# --- consent --------------------------------------------------------------------------------------------------------


def consents_of(story: Story) -> list[Consent]:
    """This will list every consent to a story, the first given first, with who recorded each."""
    return list(
        Consent.objects.filter(story=story).select_related("person__key_held", "recorded_by__key_held", "link__body")
    )


def get_consent(body: Body, public_id: str) -> Consent:
    """This will find a consent of a body; raises Consent.DoesNotExist."""
    return Consent.objects.select_related("body", "story__body", "link__body", "person__key_held").get(
        body=body, public_id=public_id
    )


def consent_of_link(link: Link) -> Consent:
    """This will find the consent that a link is about, in the scope the link opened."""
    return Consent.objects.select_related("body", "story__body", "person__key_held", "link__body").get(
        body=link.body, link=link
    )


def latest_consents(story: Story, consents: Iterable[Consent]) -> list[Consent]:
    """This will keep the last word of each giver on the version that stands."""
    last: dict[str, Consent] = {}
    for each in consents:
        if each.version == story.version:
            last[each.giver.casefold()] = each
    return list(last.values())


def standing_until(story: Story, consents: Iterable[Consent], use: str, on: date) -> date | None:
    """This will say until when a story may be used for something; None where it may not on that day.

    Everybody who was asked must have agreed to that use, for a time that the day lies in, and nobody taken it back.
    """
    held = latest_consents(story, consents)
    if not held or any(
        each.withdrawn_at is not None or use not in each.uses or not each.given_on <= on <= each.until for each in held
    ):
        return None
    return min(each.until for each in held)


# --- ratings --------------------------------------------------------------------------------------------------------


def ratings_of(story: Story) -> list[StoryRating]:
    """This will list the ratings of the version that stands, the first given first."""
    found = StoryRating.objects.filter(story=story, version=story.version)
    return list(found.select_related("rated_by__key_held").order_by("id"))


def ratings_seen_by(story: Story, person: Person) -> list[StoryRating]:
    """This will list the ratings that somebody may read: all once both are in, and until then only their own."""
    found = ratings_of(story)
    return found if len(found) >= RATERS else [each for each in found if each.rated_by_id == person.pk]


def settlement_of(story: Story) -> StorySettlement | None:
    """This will find how two ratings that differ were settled, or nothing."""
    found = StorySettlement.objects.filter(story=story, version=story.version)
    return found.select_related("settled_by__key_held").first()


def final_marks(ratings: Sequence[StoryRating], settlement: StorySettlement | None) -> dict[str, int] | None:
    """This will give the marks a story has: those both gave, else those that were settled; None until then."""
    if len(ratings) < RATERS:
        return None
    agreed = agreed_marks([each.marks for each in ratings])
    return agreed if agreed is not None else dict(settlement.marks) if settlement is not None else None


# --- telling --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A verified story as others may be shown it: its words, what told it (never who), and until when it may be told."""

    public_id: str
    title: str
    title_cy: str
    words: str
    words_cy: str
    told_by: str
    told_by_cy: str
    agreement: str
    agreement_title: str
    provider: str
    promise: str
    place_code: str
    happened_on: date | None
    verified_at: datetime
    until: date
    version: int
    picture: str
    picture_words: str


def told_stories(body: Body, *, use: str, on: date) -> list[ToldStory]:
    """This will list the stories that may be told somewhere on a day: verified, and consented to by all, for that use.

    The newest first; needs the body's scope. Nothing of it says who told it or who consented. `use` is one of
    `vocabulary.USES`. Two queries more, however many there are.
    """
    found = _stories().filter(body=body, state="verified").prefetch_related("consents").order_by("-verified_at", "-id")
    told = []
    for each in found:
        until = standing_until(each, sorted(each.consents.all(), key=lambda one: one.pk), use, on)
        if until is not None and _may_name(each):
            told.append(_told(each, text_of(each), until))
    return told


def _may_name(story: Story) -> bool:
    return story.agreement is None or story.agreement.withdrawn_at is None


def _told(story: Any, text: StoryText, until: date) -> ToldStory:
    agreement = story.agreement
    return ToldStory(
        public_id=story.public_id, title=text.title, title_cy=text.title_cy, words=text.words, words_cy=text.words_cy,
        told_by=text.told_by, told_by_cy=text.told_by_cy,
        agreement=agreement.public_id if agreement else "", agreement_title=agreement.title if agreement else "",
        provider=agreement.provider.name if agreement and agreement.provider else "",
        promise=story.commitment.public_id if story.commitment else "", place_code=story.place_code,
        happened_on=text.happened_on, verified_at=story.verified_at, until=until, version=story.version,
        picture=story.picture.public_id if story.picture and story.picture.state == "checked" else "",
        picture_words=text.picture_words,
    )  # fmt: skip


def ending_consents(body: Body, on: date, within: date) -> list[Consent]:
    """This will list the consents to verified stories that run out from a day on, up to another; the soonest first."""
    found = Consent.objects.filter(
        body=body, withdrawn_at__isnull=True, until__gte=on, until__lte=within, story__state="verified",
        version=F("story__version"),
    )  # fmt: skip
    return list(found.select_related("story__agreement").order_by("until", "id"))


def agreement_choices(agreements: Iterable[Agreement]) -> list[tuple[str, str]]:
    """This will list agreements as (outward id, title)."""
    return [(each.public_id, each.title) for each in agreements]
