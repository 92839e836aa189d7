"""When something may be done to a story, a consent or a rating."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from commonweal.base.errors import NotPossible
from commonweal.base.models import Person
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.models import Agreement, Commitment
from commonweal.engine.stories import MarksRefused, agreed_marks, below_least, check_marks
from commonweal.reporting.stories import queries
from commonweal.reporting.stories.models import Consent, Story, StoryRating, StorySettlement
from commonweal.reporting.stories.vocabulary import GUARDIANS, PROTECTED, USES

#: One table of states; `docs/reference/states.md` is drawn from it. New words are a new version, and begin anew.
STORY_STATES: dict[str, tuple[str, ...]] = {
    "offered": ("drafted", "declined"),
    "drafted": ("consented", "withdrawn"),
    "consented": ("rated", "drafted", "withdrawn"),
    "rated": ("verified", "drafted", "withdrawn"),
    "verified": ("drafted", "withdrawn"),
    "declined": (),
    "withdrawn": (),
}
_WHY_NOT = {
    "consented": "Consent is recorded for a story that is drafted and not withdrawn.",
    "rated": "A story is rated once somebody has consented to its words, and before it is verified.",
    "verified": "Only a story that two people rated can be verified, once.",
    "drafted": "This story was withdrawn or not taken on, so its words are not changed. Tell it as another story.",
    "declined": "Only a story that was sent in and not taken on yet can be turned down.",
    "withdrawn": "This story is not told any more already.",
}
#: Longer than this, nobody remembers what they agreed to.
LONGEST_YEARS = 5


def check_step(story: Story, state: str) -> None:
    """This will refuse a step that the table of states does not have."""
    if state not in STORY_STATES[story.state]:
        raise NotPossible(_WHY_NOT[state])


def check_changeable(story: Story) -> None:
    """This will refuse to change the words of a story that was withdrawn, or that nobody took on yet."""
    if story.state == "offered":
        raise NotPossible("Take this story on first; then its words can be changed.")
    if story.state != "drafted":
        check_step(story, "drafted")


def check_version(story: Story, version: int) -> None:
    """This will refuse what was written about other words than those that stand now."""
    if story.version != version:
        raise NotPossible(
            "Someone changed the words of this story while you were writing, so nothing was saved. What you typed is "
            "still here: read the words as they are now, and send it again."
        )


def check_promise(agreement: Agreement | None, commitment: Commitment | None) -> None:
    """This will refuse a promise that is of another agreement than the story."""
    if commitment is not None and (agreement is None or commitment.agreement_id != agreement.pk):
        raise NotPossible("This promise is of another agreement. Choose one of the agreement the story is about.")


def check_consent(
    story: Story, *, capacity: str, uses: Collection[str], given_on: date, until: date, assessment: str,
    assessed_on: date | None, today: date,
) -> None:  # fmt: skip
    """This will refuse a consent that is for nothing, dated wrongly, too long, or without what children need."""
    if story.state not in ("drafted", "consented", "rated", "verified"):
        raise NotPossible(_WHY_NOT["consented"])
    if not uses or set(uses) - {name for name, _words in USES}:
        raise NotPossible("Say what the story may be used for: at least one.")
    if given_on > today:
        raise NotPossible(f"{long_date(given_on)} has not come yet. Give the day on which they agreed.")
    if until < today:
        raise NotPossible(f"{long_date(until)} has passed, so this consent would never have counted. Check the dates.")
    if until.year - given_on.year > LONGEST_YEARS or (
        until.year - given_on.year == LONGEST_YEARS and (until.month, until.day) > (given_on.month, given_on.day)
    ):
        raise NotPossible(f"Consent is asked for at most {LONGEST_YEARS} years at a time. Give an earlier last day.")
    if story.about in PROTECTED:
        check_protected(story, capacity, assessment, assessed_on, today)


def check_protected(story: Story, capacity: str, assessment: str, assessed_on: date | None, today: date) -> None:
    """This will ask for a guardian and a data protection assessment where a story is about children or people at risk."""
    if capacity == "organisation":
        raise NotPossible(
            "An organisation cannot consent for a child or an adult at risk. Ask a parent, guardian, attorney or deputy."
        )
    if not assessment.strip() or assessed_on is None:
        raise NotPossible(
            "This story is about children or people at risk. Give the data protection assessment: its reference and its day."
        )
    if assessed_on > today:
        raise NotPossible(f"{long_date(assessed_on)} has not come yet. Give the day the assessment was signed.")


def has_guardian(story: Story, consents: Sequence[Consent]) -> bool:
    """This will say whether a story has the guardian's consent it needs: any story but one about people to protect."""
    if story.about not in PROTECTED:
        return True
    return any(
        each.capacity in GUARDIANS and each.assessment and each.withdrawn_at is None
        for each in queries.latest_consents(story, consents)
    )


def check_not_withdrawn(consent: Consent) -> None:
    """This will refuse to take back a consent twice."""
    if consent.withdrawn_at is not None:
        raise NotPossible("This consent was withdrawn already.")


def check_may_rate(story: Story, by: Person, ratings: Sequence[StoryRating]) -> None:
    """This will refuse a rating by whoever wrote the story, a second by one person, and a third."""
    if story.state != "consented":
        raise NotPossible(_WHY_NOT["rated"])
    if by.pk in {story.drafted_by_id, queries.text_of(story).written_by_id}:
        raise NotPossible("You wrote this story, so two other people rate it.")
    if any(each.rated_by_id == by.pk for each in ratings):
        raise NotPossible("You rated this story already. It waits for somebody else’s rating.")
    if len(ratings) >= queries.RATERS:
        raise NotPossible("Two people have rated this story already.")


def check_marks_whole(marks: Mapping[str, int]) -> None:
    """This will refuse marks that do not answer the whole rubric."""
    try:
        check_marks(marks)
    except MarksRefused as error:
        raise NotPossible(str(error)) from None


def check_may_settle(
    story: Story, by: Person, ratings: Sequence[StoryRating], settlement: StorySettlement | None,
    marks: Mapping[str, int], words: str,
) -> None:  # fmt: skip
    """This will refuse to settle what is not rated, does not differ, was settled, or beyond what the two said."""
    if story.state != "rated" or len(ratings) < queries.RATERS:
        raise NotPossible("There is nothing to settle until two people have rated the story.")
    if agreed_marks([each.marks for each in ratings]) is not None:
        raise NotPossible("Both ratings say the same, so there is nothing to settle.")
    if settlement is not None:
        raise NotPossible("The difference was settled already.")
    check_marks_whole(marks)
    if by.pk in {story.drafted_by_id, queries.text_of(story).written_by_id}:
        raise NotPossible("You wrote this story, so somebody else settles how it is rated.")
    for name, mark in marks.items():
        given = [each.marks[name] for each in ratings]
        if not min(given) <= mark <= max(given):
            raise NotPossible("Settle on a mark between the two that were given.")
    if not words.strip():
        raise NotPossible("Say what you looked at and why: both who rated it read it.")


def check_may_verify(
    story: Story, by: Person, consents: Sequence[Consent], ratings: Sequence[StoryRating],
    settlement: StorySettlement | None, *, today: date,
) -> None:  # fmt: skip
    """This will refuse to verify without consent that stands, ratings settled, and marks that suffice; or by its author."""
    check_step(story, "verified")
    if by.pk in {story.drafted_by_id, queries.text_of(story).written_by_id}:
        raise NotPossible("You wrote this story, so somebody else verifies it.")
    marks = queries.final_marks(ratings, settlement)
    if marks is None:
        raise NotPossible("The two ratings differ. Settle the difference first.")
    if low := below_least(marks):
        raise NotPossible(
            f"Not enough for a story that is told: {', '.join(each.title for each in low)}. Mend its words and have it rated anew."
        )
    if not any(queries.standing_until(story, consents, use, today) for use, _words in USES):
        raise NotPossible("Nobody’s consent to this story stands today. Record it first.")
    if not has_guardian(story, consents):
        raise NotPossible("This story needs the consent of a parent, guardian, attorney or deputy. Record it first.")
