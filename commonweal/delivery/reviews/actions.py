"""What may be done with reviews, actions, early warnings, indicators and ratings. History is added to, never edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from commonweal.base.actions import post_mail, record_event, store_file
from commonweal.base.errors import NotPossible
from commonweal.base.jobs import defer_job
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.policies import check_right
from commonweal.delivery.reviews import policies, queries
from commonweal.delivery.reviews.models import (
    EarlyWarning,
    Kpi,
    KpiExemption,
    Rating,
    Review,
    ReviewAction,
    SignOff,
)
from commonweal.delivery.reviews.rhythm import rhythm
from commonweal.directory.policies import check_works_here
from commonweal.directory.queries import people_of_party, today
from commonweal.engine.kpis import propose_rating

#: The job that makes the public site anew; the room above it registers it under this name.
REFRESH_SITE = "publishing.refresh"


class ChangedMeanwhile(NotPossible):
    """Someone else changed a record while a change to it was being written."""

    def __init__(self) -> None:
        super().__init__(
            "Someone else changed this while you were writing, so nothing was saved. What you typed is still here: look "
            "at what it says now, and make your change again."
        )


# --- reviews --------------------------------------------------------------------------------------------------------


def plan_reviews(
    *, by: Person, agreement: Agreement, kind: str, first_on: date, last_on: date | None = None,
    led_by: Person | None = None,
) -> list[Review]:  # fmt: skip
    """This will plan a meeting, or with `last_on` a series in the kind's usual rhythm; raises NotPossible."""
    policies.check_open_agreement(agreement)
    policies.check_planned_on(first_on, today=today())
    if last_on is not None and last_on < first_on:
        raise NotPossible("The last day is before the first meeting. Change one of the two.")
    if led_by is not None:
        check_works_here(led_by, agreement.body)
    days = rhythm(kind, first_on, last_on) if last_on is not None else [first_on]
    made = [
        Review.objects.create(
            body=agreement.body, party=agreement.party, agreement=agreement, kind=kind, planned_on=day, led_by=led_by,
            planned_by=by,
        )
        for day in days
    ]  # fmt: skip
    record_event(
        action="reviews.review.planned", subject=f"delivery.agreement:{agreement.public_id}", by=by, body=agreement.body,
        kind=kind, first_on=first_on, meetings=[each.public_id for each in made],
    )  # fmt: skip
    return made


def _review_to_change(review: Review, version: int) -> Review:
    held = Review.objects.select_for_update(of=("self",)).select_related("body", "party", "agreement").get(pk=review.pk)
    if held.version != version:
        raise ChangedMeanwhile
    return held


def hold_review(
    *, by: Person, review: Review, version: int, held_on: date, attended: Sequence[str], note: str
) -> Review:
    """This will note that a meeting was held: the day, who sat there by what they do, and what was said."""
    held = _review_to_change(review, version)
    policies.check_can_be_held(held, held_on, today=today())
    held.state, held.held_on, held.attended, held.note = "held", held_on, list(attended), note.strip()
    held.version += 1
    held.save(update_fields=["state", "held_on", "attended", "note", "version"])
    record_event(
        action="reviews.review.held", subject=f"reviews.review:{held.public_id}", by=by, body=held.body,
        held_on=held_on, attended=list(attended),
    )  # fmt: skip
    return held


def cancel_review(*, by: Person, review: Review, reason: str) -> None:
    """This will cancel a planned meeting, with the reason."""
    held = _review_to_change(review, review.version)
    policies.check_can_be_cancelled(held)
    held.state, held.reason, held.version = "cancelled", reason.strip(), held.version + 1
    held.save(update_fields=["state", "reason", "version"])
    record_event(
        action="reviews.review.cancelled", subject=f"reviews.review:{held.public_id}", by=by, body=held.body,
        reason=reason.strip(),
    )  # fmt: skip


def set_leader(*, by: Person, review: Review, led_by: Person) -> None:
    """This will make someone who works here the leader of a review that is planned; raises NotPossible."""
    check_works_here(led_by, review.body)
    review.led_by = led_by
    review.save(update_fields=["led_by"])
    record_event(
        action="reviews.review.leader_set", subject=f"reviews.review:{review.public_id}", by=by, body=review.body,
        leader=led_by.pseudonym,
    )  # fmt: skip


def sign_review(*, by: Person, review: Review, side: str) -> SignOff:
    """This will record that someone signs the record of a review for their side; raises NotPossible."""
    check_right(review.agreement, "answer")
    policies.check_was_held(review)
    if any(each.side == side for each in SignOff.objects.filter(review=review, version=review.version)):
        raise NotPossible("Your side signed this record already.")
    signed = SignOff.objects.create(
        body=review.body, party=review.party, review=review, side=side, signed_by=by, version=review.version
    )
    record_event(
        action="reviews.review.signed", subject=f"reviews.review:{review.public_id}", by=by, body=review.body, side=side
    )
    return signed


# --- actions --------------------------------------------------------------------------------------------------------


def take_on(
    *, by: Person, review: Review, words: str, side: str, due_on: date, owner: Person | None = None,
    owner_words: str = "", carried_from: ReviewAction | None = None,
) -> ReviewAction:  # fmt: skip
    """This will record what somebody took on at a meeting, and by when; raises NotPossible.

    For the body's side the owner is one of its people; for the provider's, `owner_words` say what they do.
    """
    if carried_from is None:
        policies.check_was_held(review)
    if side == "body":
        if owner is None:
            raise NotPossible("Choose who of your body does it.")
        check_works_here(owner, review.body)
    action = ReviewAction.objects.create(
        body=review.body, party=review.party, agreement=review.agreement, review=review, words=words.strip(), side=side,
        owner=owner if side == "body" else None, owner_words=owner_words.strip() if side == "provider" else "",
        due_on=due_on, carried_from=carried_from, recorded_by=by,
    )  # fmt: skip
    record_event(
        action="reviews.action.taken_on", subject=f"reviews.review:{review.public_id}", by=by, body=review.body,
        on=action.public_id, side=side, owner=owner.pseudonym if owner else None, due_on=due_on,
    )  # fmt: skip
    return action


def set_action_owner(*, by: Person, action: ReviewAction, owner: Person) -> None:
    """This will give an open action of the body's side to someone who works here; raises NotPossible."""
    check_works_here(owner, action.body)
    action.owner = owner
    action.save(update_fields=["owner"])
    record_event(
        action="reviews.action.owner_set", subject=f"reviews.review:{action.review.public_id}", by=by, body=action.body,
        owner=owner.pseudonym,
    )  # fmt: skip


def _action_to_close(action: ReviewAction) -> ReviewAction:
    held = ReviewAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    policies.check_action_open(held)
    return held


def _close(action: ReviewAction, by: Person, state: str, outcome: str) -> None:
    action.state, action.closed_on, action.closed_by, action.outcome = state, today(), by, outcome.strip()
    action.save(update_fields=["state", "closed_on", "closed_by", "outcome"])


def finish_action(*, by: Person, action: ReviewAction, outcome: str) -> None:
    """This will record that an action is done, and what came of it."""
    held = _action_to_close(action)
    _close(held, by, "done", outcome)
    record_event(
        action="reviews.action.done", subject=f"reviews.review:{action.review.public_id}", by=by, body=action.body,
        on=action.public_id,
    )  # fmt: skip


def carry_action_on(
    *, by: Person, action: ReviewAction, review: Review, due_on: date, reason: str
) -> ReviewAction:  # fmt: skip
    """This will carry an action on to a later meeting by an action of its own; the old one stays, with the reason."""
    held = _action_to_close(action)
    policies.check_carry_on(action, review, due_on)
    _close(held, by, "carried", reason)
    record_event(
        action="reviews.action.carried_on", subject=f"reviews.review:{action.review.public_id}", by=by, body=action.body,
        on=action.public_id, to=review.public_id, due_on=due_on,
    )  # fmt: skip
    return take_on(
        by=by, review=review, words=action.words, side=action.side, due_on=due_on, owner=action.owner,
        owner_words=action.owner_words, carried_from=held,
    )  # fmt: skip


# --- early warnings -------------------------------------------------------------------------------------------------


def raise_warning(
    *, by: Person, agreement: Agreement, side: str, what: str, how_much: str, proposed: str,
    commitment: Commitment | None = None, raised_on: date | None = None,
) -> EarlyWarning:  # fmt: skip
    """This will record what one side sees coming: what may slip, by how much, and what it proposes."""
    check_right(agreement, "answer")
    policies.check_open_agreement(agreement)
    warning = EarlyWarning.objects.create(
        body=agreement.body, party=agreement.party, agreement=agreement, commitment=commitment, side=side,
        what=what.strip(), how_much=how_much.strip(), proposed=proposed.strip(), raised_on=raised_on or today(),
        raised_by=by,
    )  # fmt: skip
    record_event(
        action="reviews.warning.raised", subject=f"delivery.agreement:{agreement.public_id}", by=by, body=agreement.body,
        warning=warning.public_id, side=side, commitment=commitment.public_id if commitment else None,
    )  # fmt: skip
    return warning


def settle_warning(*, by: Person, warning: EarlyWarning, outcome: str) -> None:
    """This will settle an early warning, with what was agreed or what happened."""
    held = EarlyWarning.objects.select_for_update(of=("self",)).get(pk=warning.pk)
    policies.check_warning_open(held)
    held.state, held.settled_on, held.settled_by, held.outcome = "settled", today(), by, outcome.strip()
    held.save(update_fields=["state", "settled_on", "settled_by", "outcome"])
    record_event(
        action="reviews.warning.settled", subject=f"delivery.agreement:{warning.agreement.public_id}", by=by,
        body=warning.body, warning=warning.public_id,
    )  # fmt: skip


# --- indicators -----------------------------------------------------------------------------------------------------


def set_kpi(
    *, by: Person, agreement: Agreement, title: str, unit: str, sense: str, target: Decimal, approaching: Decimal,
    improvement: Decimal, every_months: int, starts_on: date, clause: str = "", commitment: Commitment | None = None,
) -> Kpi:  # fmt: skip
    """This will set an indicator of an agreement with the target and bands of its contract; raises NotPossible."""
    policies.check_open_agreement(agreement)
    policies.check_bands(sense, target, approaching, improvement)
    if commitment is not None and commitment.unit.strip().casefold() != unit.strip().casefold():
        raise NotPossible(
            f"This promise is counted in {commitment.unit}. Give the indicator the same unit, or tie it to no promise."
        )
    kpi = Kpi.objects.create(
        body=agreement.body, party=agreement.party, agreement=agreement, commitment=commitment, title=title.strip(),
        unit=unit.strip(), sense=sense, target=target, approaching=approaching, improvement=improvement,
        every_months=every_months, starts_on=starts_on, clause=clause.strip(), set_by=by,
        position=Kpi.objects.filter(agreement=agreement).count() + 1,
    )  # fmt: skip
    record_event(
        action="reviews.kpi.set", subject=f"delivery.agreement:{agreement.public_id}", by=by, body=agreement.body,
        kpi=kpi.public_id, target=target, bands=[str(approaching), str(improvement)], sense=sense,
    )  # fmt: skip
    return kpi


def end_kpi(*, by: Person, kpi: Kpi, ended_on: date, why: str) -> None:
    """This will end an indicator; its ratings stay on record. A changed target is a new indicator."""
    policies.check_kpi_stands(kpi)
    if ended_on < kpi.starts_on:
        raise NotPossible("It would end before it began. Change the date.")
    kpi.ended_on, kpi.ended_why = ended_on, why.strip()
    kpi.save(update_fields=["ended_on", "ended_why"])
    record_event(
        action="reviews.kpi.ended", subject=f"delivery.agreement:{kpi.agreement.public_id}", by=by, body=kpi.body,
        kpi=kpi.public_id, ended_on=ended_on,
    )  # fmt: skip


def exempt_from_kpis(*, by: Person, agreement: Agreement, reason: str) -> KpiExemption:
    """This will put on record why an agreement that would need indicators has too few; the latest reason stands."""
    policies.check_open_agreement(agreement)
    made = KpiExemption.objects.create(
        body=agreement.body, party=agreement.party, agreement=agreement, reason=reason.strip(), decided_by=by
    )
    record_event(
        action="reviews.kpi.exempted", subject=f"delivery.agreement:{agreement.public_id}", by=by, body=agreement.body,
        reason=reason.strip(),
    )  # fmt: skip
    return made


# --- ratings --------------------------------------------------------------------------------------------------------


def _event(about: Rating, by: Person, done: str, /, **details: object) -> None:
    record_event(
        action=f"reviews.rating.{done}",
        subject=f"reviews.rating:{about.public_id}",
        by=by,
        body=about.body,
        **details,
    )


def _to_change(rating: Rating) -> Rating:
    return (
        Rating.objects.select_for_update(of=("self",))
        .select_related("body", "party", "kpi__agreement", "kpi__commitment")
        .get(pk=rating.pk)
    )


def draft_rating(
    *, by: Person, kpi: Kpi, starts_on: date, ends_on: date, figure: Decimal | None, figure_why: str = "",
    rating: str = "", reason: str = "",
) -> Rating:  # fmt: skip
    """This will draft the rating of an indicator for a period that is over; raises NotPossible.

    The bands propose; without a `rating` of its own the proposal stands. For an indicator that counts a promise, what
    the record holds for the period is kept beside the figure.
    """
    policies.check_kpi_stands(kpi)
    Kpi.objects.select_for_update().get(pk=kpi.pk)  # one at a time, so that no two periods overlap
    policies.check_rating_period(kpi, starts_on, ends_on, today=today())
    recorded = queries.recorded_in(kpi.commitment, starts_on, ends_on) if kpi.commitment else None
    policies.check_figure_why(figure, recorded.evidenced if recorded else None, figure_why)
    proposed = propose_rating(figure, queries.bands_of(kpi))
    policies.check_reason(rating or proposed, proposed, reason)
    made = Rating.objects.create(
        body=kpi.body, party=kpi.party, kpi=kpi, starts_on=starts_on, ends_on=ends_on, figure=figure,
        claimed=recorded.claimed if recorded else None, evidenced=recorded.evidenced if recorded else None,
        figure_why=figure_why.strip(), proposed=proposed, rating=rating or proposed, reason=reason.strip(),
        drafted_by=by,
    )  # fmt: skip
    _event(made, by, "drafted", kpi=kpi.public_id, figure=figure, proposed=proposed, rating=made.rating)
    return made


def change_rating(
    *, by: Person, rating: Rating, version: int, figure: Decimal | None, figure_why: str, chosen: str, reason: str
) -> Rating:
    """This will change a draft; raises ChangedMeanwhile where someone else did since `version`, and NotPossible."""
    held = _to_change(rating)
    policies.check_is_draft(held)
    if held.version != version:
        raise ChangedMeanwhile
    policies.check_figure_why(figure, held.evidenced, figure_why)
    proposed = propose_rating(figure, queries.bands_of(held.kpi))
    policies.check_reason(chosen or proposed, proposed, reason)
    held.figure, held.figure_why, held.proposed = figure, figure_why.strip(), proposed
    held.rating, held.reason, held.version = chosen or proposed, reason.strip(), held.version + 1
    held.save(update_fields=["figure", "figure_why", "proposed", "rating", "reason", "version"])
    _event(held, by, "changed", figure=figure, proposed=proposed, rating=held.rating)
    return held


def send_rating(*, by: Person, rating: Rating, days: int) -> Rating:
    """This will send a draft to the provider, with so many days to respond; its people are mailed."""
    held = _to_change(rating)
    policies.check_step(held, "sent")
    policies.check_response_days(days)
    if held.party_id is None:
        raise NotPossible("This agreement has no provider on record to send it to. Record the provider first.")
    held.state, held.sent_at, held.sent_by = "sent", database_now(), by
    held.respond_by, held.version = today() + timedelta(days=days), held.version + 1
    held.save(update_fields=["state", "sent_at", "sent_by", "respond_by", "version"])
    _event(held, by, "sent", rating=held.rating, respond_by=held.respond_by)
    for person, _roles in people_of_party(held.party) if held.party else []:
        post_mail(
            by=by, body=held.body, to=person, kind="reviews.rating-sent", about=f"reviews.rating:{held.public_id}",
            subject_line=f"{held.body.name} asks what you say to a rating",
            words=f"{held.body.name} proposes a rating for “{held.kpi.title}” in {held.kpi.agreement.title}.\n\n"
            f"Sign in and open Reviews to agree or to say what is wrong, by {held.respond_by:%-d %B %Y}.\n",
            alerts=by,
        )  # fmt: skip
    return held


def withdraw_rating(*, by: Person, rating: Rating) -> None:
    """This will take back a draft, or a rating the provider has not answered; it stays on record as withdrawn."""
    held = _to_change(rating)
    policies.check_step(held, "withdrawn")
    held.state, held.version = "withdrawn", held.version + 1
    held.save(update_fields=["state", "version"])
    _event(held, by, "withdrawn")


def respond_to_rating(*, by: Person, rating: Rating, agrees: bool, words: str = "") -> Rating:
    """This will record what the provider says: it agrees, or contests with its reason. After the day, it is marked late."""
    check_right(rating.kpi.agreement, "answer")
    held = _to_change(rating)
    policies.check_response(held, agrees, words)
    held.state, held.response_words = "agreed" if agrees else "contested", words.strip()
    held.responded_at, held.responded_by = database_now(), by
    held.responded_late = held.respond_by is not None and today() > held.respond_by
    held.version += 1
    held.save(
        update_fields=["state", "response_words", "responded_at", "responded_by", "responded_late", "version"]
    )  # fmt: skip
    _event(held, by, held.state, late=held.responded_late)
    return held


def decide_rating(
    *, by: Person, rating: Rating, decided: str, words: str = "", plan: str = "", file_name: str = "",
    content: bytes = b"",
) -> Rating:  # fmt: skip
    """This will decide a rating in the name of one officer; raises NotPossible and UnusableFile.

    `plan` says where the improvement plan is, or its file is given; Inadequate needs one of the two. A file counts only
    once it was checked and found sound: until then the rating can be neither locked nor published.
    """
    held = _to_change(rating)
    policies.check_may_decide(held, by, today=today())
    policies.check_decision(held, decided, words, has_plan=bool(plan.strip() or file_name))
    if file_name:
        held.plan_file = store_file(name=file_name, content=content, body=held.body, party=held.party, by=by)
    was = held.rating
    held.state, held.rating, held.decision_words = "decided", decided, words.strip()
    held.plan, held.decided_at, held.decided_by, held.version = plan.strip(), database_now(), by, held.version + 1
    held.save(
        update_fields=[
            "state", "rating", "decision_words", "plan", "plan_file", "decided_at", "decided_by", "version",
        ]
    )  # fmt: skip
    _event(held, by, "decided", was=was, rating=decided)
    return held


def give_plan(*, by: Person, rating: Rating, plan: str, file_name: str = "", content: bytes = b"") -> Rating:
    """This will give a decided rating another improvement plan; raises NotPossible and UnusableFile.

    A file that was refused stays on record and counts no more; one that was found sound is kept unless another comes.
    """
    held = _to_change(rating)
    policies.check_can_have_plan(held, plan, has_file=bool(file_name))
    if file_name:
        held.plan_file = store_file(name=file_name, content=content, body=held.body, party=held.party, by=by)
    elif held.plan_file is not None and held.plan_file.state == "refused":
        held.plan_file = None
    held.plan, held.version = plan.strip(), held.version + 1
    held.save(update_fields=["plan", "plan_file", "version"])
    _event(held, by, "plan_given", file=held.plan_file.public_id if held.plan_file else None)
    return held


def lock_rating(*, by: Person, rating: Rating) -> Rating:
    """This will lock a decided rating: from now on it is in the notice's figures and nothing changes it."""
    held = _to_change(rating)
    policies.check_step(held, "locked")
    policies.check_plan(held)
    held.state, held.locked_at, held.locked_by, held.version = "locked", database_now(), by, held.version + 1
    held.save(update_fields=["state", "locked_at", "locked_by", "version"])
    _event(held, by, "locked", rating=held.rating)
    return held


def publish_rating(*, by: Person, rating: Rating) -> Rating:
    """This will publish a locked rating: the public site shows it from its next making, asked for here."""
    held = _to_change(rating)
    policies.check_step(held, "published")
    policies.check_plan(held)
    held.state, held.published_at, held.published_by = "published", database_now(), by
    held.version += 1
    held.save(update_fields=["state", "published_at", "published_by", "version"])
    _event(held, by, "published", rating=held.rating)
    _refresh_site(held.body, by)
    return held


def _refresh_site(body: Body, by: Person) -> None:
    defer_job(REFRESH_SITE, body=body, by=by)
