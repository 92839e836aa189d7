"""When something may be done to a review, an action, a warning, an indicator or a rating."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from commonweal.base.errors import NotPossible
from commonweal.base.models import Person
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.models import Agreement
from commonweal.delivery.policies import check_not_withdrawn, check_quantity
from commonweal.delivery.reviews.models import EarlyWarning, Kpi, Rating, Review, ReviewAction
from commonweal.engine.kpis import Bands, BandsOutOfOrder

#: One table of states for each thing; `docs/reference/states.md` is drawn from it.
REVIEW_STATES: dict[str, tuple[str, ...]] = {"planned": ("held", "cancelled"), "held": (), "cancelled": ()}
ACTION_STATES: dict[str, tuple[str, ...]] = {"open": ("done", "carried"), "done": (), "carried": ()}
WARNING_STATES: dict[str, tuple[str, ...]] = {"open": ("settled",), "settled": ()}
RATING_STATES: dict[str, tuple[str, ...]] = {
    "draft": ("sent", "withdrawn"),
    "sent": ("agreed", "contested", "decided", "withdrawn"),
    "agreed": ("decided",),
    "contested": ("decided",),
    "decided": ("locked",),
    "locked": ("published",),
    "published": (),
    "withdrawn": (),
}
#: What is not possible from a state, in words.
_WHY_NOT = {
    "sent": "Only a draft can be sent to the provider.",
    "agreed": "There is nothing to answer: the rating is not with you, or was decided already.",
    "contested": "There is nothing to answer: the rating is not with you, or was decided already.",
    "decided": "Only a rating that was sent to the provider can be decided, once.",
    "locked": "Only a decided rating can be locked.",
    "published": "Only a locked rating can be published.",
    "withdrawn": "Only a draft, or a rating the provider has not answered, can be withdrawn.",
}
#: How far ahead a review can be planned: past it, the year can only be a slip of the keyboard.
_FARTHEST_YEARS = 15
RESPONSE_DAYS = (1, 60)


def check_open_agreement(agreement: Agreement) -> None:
    """This will refuse new meetings, warnings and indicators on an agreement that was undone or is a printed fact."""
    check_not_withdrawn(agreement)
    if agreement.origin == "example":
        raise NotPossible("This is a published fact, so nothing is added to it.")


def check_planned_on(day: date, *, today: date) -> None:
    """This will refuse a meeting planned in the past or in a year that cannot be right."""
    if day < today:
        raise NotPossible(
            "This day has passed. Plan the meeting for today or later; one that was held is noted as held."
        )
    if day.year > today.year + _FARTHEST_YEARS:
        raise NotPossible(f"The year {day.year} cannot be right. Check the date.")


def check_can_be_held(review: Review, held_on: date, *, today: date) -> None:
    """This will refuse to note a meeting that was held or cancelled already, or that is yet to come."""
    if review.state == "held":
        raise NotPossible("This meeting is on record as held already.")
    if "held" not in REVIEW_STATES[review.state]:
        raise NotPossible("This meeting was cancelled. Plan another.")
    if held_on > today:
        raise NotPossible(f"{long_date(held_on)} has not come yet. Note the meeting when it was held.")


def check_can_be_cancelled(review: Review) -> None:
    """This will refuse to cancel a meeting that was held or cancelled already."""
    if "cancelled" not in REVIEW_STATES[review.state]:
        raise NotPossible("Only a planned meeting can be cancelled.")


def check_was_held(review: Review) -> None:
    """This will refuse to sign or to take on work at a meeting that was not held."""
    if review.state != "held":
        raise NotPossible("This meeting is not on record as held yet. Note it first.")


def check_action_open(action: ReviewAction) -> None:
    """This will refuse to close an action twice."""
    if not ACTION_STATES[action.state]:
        raise NotPossible("This action is closed already.")


def check_carry_on(action: ReviewAction, review: Review, due_on: date) -> None:
    """This will refuse to carry an action on to the meeting it came from, to one before it, or to a day before."""
    check_action_open(action)
    if review.pk == action.review_id or review.agreement_id != action.agreement_id:
        raise NotPossible("Choose a later meeting of this agreement to carry the action on to.")
    if review.state == "cancelled":
        raise NotPossible("That meeting was cancelled. Choose another.")
    if due_on <= action.due_on:
        raise NotPossible(f"It was due by {long_date(action.due_on)}. Give a later day.")


def check_warning_open(warning: EarlyWarning) -> None:
    """This will refuse to settle a warning twice."""
    if not WARNING_STATES[warning.state]:
        raise NotPossible("This warning is settled already.")


def check_bands(sense: str, target: Decimal, approaching: Decimal, improvement: Decimal) -> None:
    """This will refuse bands that do not follow one another, and figures that cannot be kept exactly."""
    for figure in (target, approaching, improvement):
        check_quantity(figure)
    try:
        Bands(sense, target, approaching, improvement)  # type: ignore[arg-type]
    except BandsOutOfOrder as error:
        raise NotPossible(str(error)) from None


def check_kpi_stands(kpi: Kpi) -> None:
    """This will refuse work on an indicator that was ended."""
    check_not_withdrawn(kpi.agreement)
    if kpi.ended_on is not None:
        raise NotPossible(f"This indicator ended on {long_date(kpi.ended_on)}. Its ratings stay on record.")


def check_rating_period(kpi: Kpi, starts_on: date, ends_on: date, *, today: date, other: Rating | None = None) -> None:
    """This will refuse a period that is reversed, not over yet, before the indicator, or that overlaps one rated."""
    if ends_on < starts_on:
        raise NotPossible("The period ends before it starts. Change one of the two dates.")
    if ends_on > today:
        raise NotPossible(f"{long_date(ends_on)} has not come yet. Rate a period when it is over.")
    if starts_on < kpi.starts_on:
        raise NotPossible(f"This indicator counts from {long_date(kpi.starts_on)}. Choose a period from then on.")
    clash = Rating.objects.filter(kpi=kpi, starts_on__lte=ends_on, ends_on__gte=starts_on).exclude(state="withdrawn")
    if other is not None:
        clash = clash.exclude(pk=other.pk)
    held = clash.first()
    if held is not None:
        raise NotPossible(
            f"{long_date(held.starts_on)} to {long_date(held.ends_on)} is rated already, and the two overlap. "
            "Choose another period, or change that rating while it is a draft."
        )


def check_step(rating: Rating, state: str) -> None:
    """This will refuse a step that the table of states does not have."""
    if state not in RATING_STATES[rating.state]:
        raise NotPossible(_WHY_NOT[state])


def check_is_draft(rating: Rating) -> None:
    """This will refuse to change a rating that the provider has."""
    if rating.state != "draft":
        raise NotPossible(
            "This rating was sent to the provider, so it is not changed any more. The decision may differ."
        )


def check_reason(rating: str, proposed: str, reason: str) -> None:
    """This will ask for words where a rating is another than its bands give, or is Other."""
    if rating == "other" and not reason.strip():
        raise NotPossible("Say why none of the other ratings describes it: “Other” is published with its reason.")
    if rating != proposed and not reason.strip():
        raise NotPossible("This is another rating than the bands give. Say why.")


def check_figure_why(figure: Decimal | None, recorded: Decimal | None, why: str) -> None:
    """This will ask for words where the figure is another than the record's."""
    if recorded is not None and figure != recorded and not why.strip():
        raise NotPossible("The figure is another than the evidence accepted on record. Say where it comes from.")


def check_response_days(days: int) -> None:
    """This will refuse a time to respond that is none, or longer than two months."""
    least, most = RESPONSE_DAYS
    if not least <= days <= most:
        raise NotPossible(f"Give the provider between {least} and {most} days to respond.")


def check_response(rating: Rating, agrees: bool, words: str) -> None:
    """This will refuse an answer to what was decided already, or a contest without its reason."""
    check_step(rating, "agreed" if agrees else "contested")
    if not agrees and not words.strip():
        raise NotPossible("Say what is wrong with the rating, so that whoever decides can look at it.")


def check_may_decide(rating: Rating, by: Person, *, today: date) -> None:
    """This will refuse to decide too early, or by whoever drafted a rating that the provider contests."""
    check_step(rating, "decided")
    if rating.state == "sent" and rating.respond_by is not None and today <= rating.respond_by:
        raise NotPossible(
            f"The provider may respond until {long_date(rating.respond_by)}. Decide after that day, or when it answers."
        )
    if rating.state == "contested" and by.pk == rating.drafted_by_id:
        raise NotPossible("The provider contests this rating and you drafted it, so somebody else decides.")


def check_decision(rating: Rating, decided: str, words: str, *, has_plan: bool) -> None:
    """This will refuse Inadequate without an improvement plan on file, and a changed or contested rating without words."""
    if decided == "inadequate" and not has_plan:
        raise NotPossible(
            "An Inadequate rating needs the improvement plan on file first. Say where the plan is, or send the file."
        )
    if (rating.state == "contested" or decided != rating.rating) and not words.strip():
        raise NotPossible("Say how you decided: the provider reads it.")


def plan_words(rating: Rating) -> str:
    """This will say why the improvement plan of a rating does not count yet, and what to do; "" where it does."""
    file = rating.plan_file
    if rating.plan or file is None or file.state == "checked":
        return ""
    if file.state == "quarantined":
        return f"The plan is still being checked. {file.name}: {file.state_words}"
    return f"The plan was refused, so there is none on file. {file.name}: {file.state_words} Give another plan."


def check_plan(rating: Rating) -> None:
    """This will refuse to lock or publish Inadequate on a plan that nobody can open."""
    if rating.rating == "inadequate" and (words := plan_words(rating)):
        raise NotPossible(words)


def check_can_have_plan(rating: Rating, plan: str, *, has_file: bool) -> None:
    """This will refuse another plan for a rating that is not decided or is locked, and none in place of one."""
    if rating.state != "decided":
        raise NotPossible("Another plan can be given once the rating is decided, and until it is locked.")
    held = rating.plan_file is not None and rating.plan_file.state != "refused"
    if rating.rating == "inadequate" and not (plan.strip() or has_file or held):
        raise NotPossible("Say where the plan is, or send the file.")
