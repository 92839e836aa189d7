"""What pages, reports and higher rooms read of reviews, warnings, indicators and ratings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from commonweal.base.models import Body, Party, Person
from commonweal.delivery.models import Agreement, AssuranceFact, Commitment
from commonweal.delivery.queries import live_agreements, standing_entries
from commonweal.delivery.reviews.models import (
    EarlyWarning,
    Kpi,
    KpiExemption,
    Rating,
    Review,
    ReviewAction,
    SignOff,
)
from commonweal.delivery.reviews.rhythm import months_on
from commonweal.engine.kpis import Bands, KpiNeed, kpis_needed
from commonweal.frameworks.models import Measure

#: States in which the provider sees a rating: from the day it was sent.
SEEN_BY_PROVIDER = ("sent", "agreed", "contested", "decided", "locked", "published")
#: States in which a rating is the body's last word, and may be in a notice.
LOCKED = ("locked", "published")

# --- reviews --------------------------------------------------------------------------------------------------------


def reviews_of(agreement: Agreement) -> list[Review]:
    """This will list an agreement's reviews, those to come first and then the latest held."""
    found = _reviews().filter(agreement=agreement)
    return sorted(found, key=lambda each: (each.state != "planned", _far_first(each)))


def _far_first(review: Review) -> int:
    day = review.held_on or review.planned_on
    return day.toordinal() if review.state == "planned" else -day.toordinal()


def _reviews() -> QuerySet[Review]:
    signed = SignOff.objects.select_related("signed_by__key_held").order_by("signed_at")
    return Review.objects.select_related("body", "party", "agreement__provider", "led_by__key_held").prefetch_related(
        "actions", Prefetch("signatures", queryset=signed)
    )


def get_review(body: Body, public_id: str) -> Review:
    """This will find a review of a body; raises Review.DoesNotExist."""
    return _reviews().get(body=body, public_id=public_id, agreement__withdrawn_at__isnull=True)


def get_review_of_party(party: Party, public_id: str) -> Review:
    """This will find a formal review of a provider's agreement; raises Review.DoesNotExist. Touchpoints are the body's."""
    return _reviews().get(
        party=party, public_id=public_id, kind="formal", agreement__withdrawn_at__isnull=True
    )  # fmt: skip


def body_reviews(body: Body, state: str = "", kind: str = "", text: str = "") -> QuerySet[Review]:
    """This will start the list of a body's reviews, with how many actions of each are open."""
    found = Review.objects.filter(body=body, agreement__withdrawn_at__isnull=True)
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(Q(agreement__title__icontains=text) | Q(agreement__provider__name__icontains=text))
    return found.select_related("agreement__provider", "led_by__key_held").annotate(
        open_actions=Count("actions", filter=Q(actions__state="open"))
    )


def due_reviews(body: Body, on: date) -> QuerySet[Review]:
    """This will list the reviews planned for a day up to `on` that were not held, longest waiting first."""
    found = Review.objects.filter(
        body=body, state="planned", planned_on__lte=on, agreement__withdrawn_at__isnull=True, agreement__state="current"
    )
    return found.select_related("agreement", "led_by__key_held").order_by("planned_on", "id")


def last_held(agreement: Agreement) -> Review | None:
    """This will find the latest formal review of an agreement that was held, if there is one."""
    return _reviews().filter(agreement=agreement, state="held", kind="formal").order_by("-held_on", "-id").first()


def signatures(review: Review) -> list[SignOff]:
    """This will list who signed the record of a review as it stands; a record changed since is signed again."""
    return [each for each in review.signatures.all() if each.version == review.version]


# --- actions and warnings -------------------------------------------------------------------------------------------


def get_action(body: Body, public_id: str) -> ReviewAction:
    """This will find an action of a body; raises ReviewAction.DoesNotExist."""
    return ReviewAction.objects.select_related("body", "party", "agreement", "review", "owner__key_held").get(
        body=body, public_id=public_id
    )


def actions_of(agreement: Agreement) -> list[ReviewAction]:
    """This will list an agreement's actions, the open ones first, the soonest due first."""
    found = ReviewAction.objects.filter(agreement=agreement).select_related(
        "owner__key_held", "review", "carried_to__review"
    )
    return sorted(found, key=lambda each: (each.state != "open", each.due_on, each.pk))


def open_actions(agreement: Agreement) -> list[ReviewAction]:
    """This will list the open actions of an agreement, the soonest due first."""
    return [each for each in actions_of(agreement) if each.state == "open"]


def open_actions_of_body(body: Body) -> QuerySet[ReviewAction]:
    """This will list every open action of the body's own side, the soonest due first; needs the body's scope."""
    found = ReviewAction.objects.filter(body=body, state="open", side="body", agreement__withdrawn_at__isnull=True)
    return found.select_related("body", "agreement", "review", "owner__key_held").order_by("due_on", "id")


def actions_due(body: Body, on: date, owner: Person | None = None) -> QuerySet[ReviewAction]:
    """This will list open actions of the body's own side due up to a day, of one owner where one is given."""
    found = open_actions_of_body(body).filter(due_on__lte=on)
    return found if owner is None else found.filter(owner=owner)


def get_warning(body: Body, public_id: str) -> EarlyWarning:
    """This will find an early warning of a body; raises EarlyWarning.DoesNotExist."""
    return EarlyWarning.objects.select_related("body", "party", "agreement", "commitment").get(
        body=body, public_id=public_id
    )


def warnings_of(agreement: Agreement) -> list[EarlyWarning]:
    """This will list an agreement's early warnings, the open ones first, the newest first."""
    found = EarlyWarning.objects.filter(agreement=agreement).select_related("commitment", "raised_by__key_held")
    return sorted(found, key=lambda each: (each.state != "open", -each.raised_on.toordinal(), -each.pk))


def open_warnings(body: Body) -> QuerySet[EarlyWarning]:
    """This will list a body's open early warnings, the oldest first."""
    found = EarlyWarning.objects.filter(body=body, state="open", agreement__withdrawn_at__isnull=True)
    return found.select_related("agreement", "commitment").order_by("raised_on", "id")


def commitment_choices(agreement: Agreement) -> list[tuple[str, str]]:
    """This will list an agreement's standing promises as (outward id, "wording (unit)")."""
    found = Commitment.objects.filter(agreement=agreement, withdrawn_at__isnull=True).order_by("position", "id")
    return [(each.public_id, f"{each.wording} ({each.unit_words})" if each.unit else each.wording) for each in found]


def find_commitment(agreement: Agreement, public_id: str) -> Commitment | None:
    """This will find a standing promise of an agreement, or nothing."""
    return Commitment.objects.filter(agreement=agreement, public_id=public_id, withdrawn_at__isnull=True).first()


# --- indicators -----------------------------------------------------------------------------------------------------


def kpis_of(agreement: Agreement) -> list[Kpi]:
    """This will list an agreement's indicators in their order, with their ratings; ended ones last."""
    ratings = Rating.objects.exclude(state="withdrawn").order_by("-ends_on", "-id")
    found = Kpi.objects.filter(agreement=agreement).select_related("commitment").prefetch_related(
        Prefetch("ratings", queryset=ratings)
    )  # fmt: skip
    return sorted(found, key=lambda each: (each.ended_on is not None, each.position, each.pk))


def get_kpi(body: Body, public_id: str) -> Kpi:
    """This will find an indicator of a body; raises Kpi.DoesNotExist."""
    return Kpi.objects.select_related("body", "party", "agreement__provider", "commitment").get(
        body=body, public_id=public_id, agreement__withdrawn_at__isnull=True
    )


def bands_of(kpi: Kpi) -> Bands:
    """This will give an indicator's bands as its contract has them."""
    return Bands(kpi.sense, kpi.target, kpi.approaching, kpi.improvement)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether an agreement needs indicators, how many it has, and the reason on record for having too few."""

    need: KpiNeed
    standing: int
    exemption: KpiExemption | None
    commenced: date | None
    from_opportunity: bool

    @property
    def is_met(self) -> bool:
        """Whether nothing is left to do: not needed, enough, or a reason on record."""
        return self.need.applies == "no" or self.standing >= self.need.least or self.exemption is not None


def kpi_duty(agreement: Agreement, kpis: Sequence[Kpi]) -> Duty:
    """This will say whether the law asks an agreement for indicators; the day is its procurement's, else its own first."""
    opportunity = agreement.opportunity
    commenced = opportunity.commenced_on if opportunity is not None else None
    need = kpis_needed(
        nation=agreement.body.nation, body_kind=agreement.body.kind, channel=agreement.channel, kind=agreement.kind,
        value=agreement.value, commenced=commenced or agreement.starts_on, regime=agreement.regime,
        level=agreement.level,
    )  # fmt: skip
    exemption = (
        KpiExemption.objects.filter(agreement=agreement).select_related("decided_by__key_held").order_by("-id").first()
    )
    standing = sum(each.ended_on is None for each in kpis)
    return Duty(need, standing, exemption, commenced or agreement.starts_on, commenced is not None)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the record holds of a promise for a period: claimed, and with its evidence accepted, in its own unit."""

    claimed: Decimal
    evidenced: Decimal


def recorded_in(commitment: Commitment, starts_on: date, ends_on: date) -> Recorded:
    """This will sum what was delivered under a promise in a period: entries whose last day lies in it.

    An entry without dates lies where it was recorded. What was brought forward is claimed and nothing more.
    """
    entries = (
        standing_entries()
        .filter(commitment=commitment)
        .annotate(day=Coalesce("ends_on", "starts_on", TruncDate("recorded_at")))
        .filter(day__gte=starts_on, day__lte=ends_on)
    )
    claimed = entries.aggregate(total=Sum("quantity"))["total"]
    facts = AssuranceFact.objects.filter(kind="evidenced", entry__in=entries.filter(brought_forward=False).values("pk"))
    evidenced = facts.aggregate(total=Sum("quantity"))["total"]
    return Recorded(claimed or Decimal(0), evidenced or Decimal(0))


# --- ratings --------------------------------------------------------------------------------------------------------


def _ratings() -> QuerySet[Rating]:
    people = [f"{name}__key_held" for name in ("drafted_by", "sent_by", "responded_by", "decided_by", "locked_by")]
    return Rating.objects.select_related(
        "body", "party", "kpi__agreement__provider", "kpi__commitment", "plan_file", "published_by__key_held", *people
    )


def get_rating(body: Body, public_id: str) -> Rating:
    """This will find a rating of a body; raises Rating.DoesNotExist."""
    return _ratings().get(body=body, public_id=public_id)


def get_rating_of_party(party: Party, public_id: str) -> Rating:
    """This will find a rating that was sent to a provider; raises Rating.DoesNotExist for a draft."""
    return _ratings().get(party=party, public_id=public_id, state__in=SEEN_BY_PROVIDER)


def ratings_of(agreement: Agreement) -> list[Rating]:
    """This will list an agreement's ratings but the withdrawn, the latest period first."""
    found = _ratings().filter(kpi__agreement=agreement).exclude(state="withdrawn")
    return list(found.order_by("-ends_on", "kpi__position", "id"))


def locked_ratings(agreement: Agreement) -> list[Rating]:
    """This will list the ratings of an agreement that are the body's last word, the latest period first."""
    return [each for each in ratings_of(agreement) if each.state in LOCKED]


def ratings_waiting(body: Body) -> QuerySet[Rating]:
    """This will list the ratings of a body on which somebody waits: all that are begun and not published."""
    waiting = ("draft", "sent", "agreed", "contested", "decided", "locked")
    found = _ratings().filter(body=body, state__in=waiting, kpi__agreement__withdrawn_at__isnull=True)
    return found.order_by("respond_by", "ends_on", "id")


def waits_for_the_body(rating: Rating, on: date) -> bool:
    """This will say whether a rating waits for the body and not for the provider."""
    return rating.state != "sent" or (rating.respond_by is not None and rating.respond_by < on)


#: What the body does next with a rating in each state; a sent one only once the provider's days are over.
_NEXT_STEPS = {
    "draft": "Send it to the provider.",
    "sent": "The provider has not answered in its time: decide it.",
    "agreed": "The provider agrees: decide it.",
    "contested": "The provider contests it: somebody who did not draft it decides.",
    "decided": "Lock it, so that it can go into the notice.",
    "locked": "Publish it.",
}  # fmt: skip


def next_step_words(rating: Rating) -> str:
    """This will say what the body does next with a rating that waits for it."""
    return _NEXT_STEPS[rating.state]


@dataclass(frozen=True, slots=True)
class PublishedRating:
    """A published rating as the public may read it: no person, no word of the provider's, no file.

    `measure` is that of the promise it counts, if it counts one: its title may be licensed to the body alone.
    """

    agreement: str
    kpi: str
    title: str
    unit: str
    sense: str
    target: Decimal
    starts_on: date
    ends_on: date
    figure: Decimal | None
    rating: str
    published_at: datetime
    measure: Measure | None


def published_ratings(body: Body) -> list[PublishedRating]:
    """This will list the published ratings of a body's standing agreements; needs its scope. No other rating is in it."""
    standing = live_agreements(body).values("pk")
    found = Rating.objects.filter(body=body, state="published", kpi__agreement__in=standing)
    shown = found.select_related("kpi__agreement", "kpi__commitment__measure").order_by(
        "-ends_on", "kpi__position", "id"
    )
    return [
        PublishedRating(
            agreement=each.kpi.agreement.public_id, kpi=each.kpi.public_id, title=each.kpi.title, unit=each.kpi.unit,
            sense=each.kpi.sense, target=each.kpi.target, starts_on=each.starts_on, ends_on=each.ends_on,
            figure=each.figure, rating=each.rating, published_at=each.published_at,
            measure=each.kpi.commitment.measure if each.kpi.commitment else None,
        )
        for each in shown
    ]  # fmt: skip


def next_period(kpi: Kpi, on: date) -> tuple[date, date] | None:
    """This will propose the first period of an indicator that is over and not rated; None where there is none."""
    rated = list(Rating.objects.filter(kpi=kpi).exclude(state="withdrawn").values_list("starts_on", "ends_on"))
    starts = kpi.starts_on
    while (ends := months_on(starts, kpi.every_months) - timedelta(days=1)) <= on:
        if not any(begun <= ends and over >= starts for begun, over in rated):
            return starts, ends
        starts = ends + timedelta(days=1)
    return None


# --- what a provider sees -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ForProvider:
    """What a provider sees of one agreement: its formal reviews, its open actions, warnings and the ratings sent."""

    agreement: Agreement
    reviews: list[Review]
    actions: list[ReviewAction]
    warnings: list[EarlyWarning]
    ratings: list[Rating]

    @property
    def is_told(self) -> bool:
        """Whether there is anything to read of it yet."""
        return bool(self.reviews or self.actions or self.warnings or self.ratings)


def for_provider(agreements: Iterable[Agreement]) -> list[ForProvider]:
    """This will gather what a provider sees of its agreements; touchpoints and drafts are the body's own.

    Needs the provider's scope. Agreements that have nothing to show are left in: a warning can be raised on each.
    """
    found = list(agreements)
    keys = [each.pk for each in found]
    reviews = _reviews().filter(agreement__in=keys, kind="formal").exclude(state="cancelled").order_by("-planned_on")
    actions = ReviewAction.objects.filter(
        agreement__in=keys, state="open", side="provider", review__kind="formal"
    ).select_related("review").order_by("due_on", "id")  # fmt: skip
    warnings = (
        EarlyWarning.objects.filter(agreement__in=keys).select_related("commitment").order_by("-raised_on", "-id")
    )
    ratings = _ratings().filter(kpi__agreement__in=keys, state__in=SEEN_BY_PROVIDER).order_by("-ends_on", "id")
    return [
        ForProvider(
            each,
            [one for one in reviews if one.agreement_id == each.pk],
            [one for one in actions if one.agreement_id == each.pk],
            [one for one in warnings if one.agreement_id == each.pk],
            [one for one in ratings if one.kpi.agreement_id == each.pk],
        )
        for each in found
    ]


def get_agreement_of_party(party: Party, public_id: str) -> Agreement:
    """This will find a standing agreement of a provider; raises Agreement.DoesNotExist."""
    return Agreement.objects.select_related("body", "party", "provider").get(
        party=party, public_id=public_id, withdrawn_at__isnull=True
    )
