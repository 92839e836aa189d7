"""Meetings about an agreement and what was agreed there, early warnings, its indicators and their ratings."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Person, StoredFile, TwoSidedTable
from commonweal.base.walls import Changes, tagged
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.reviews.vocabulary import (
    ACTION_STATES,
    KINDS,
    RATING_STATES,
    RATINGS,
    REVIEW_STATES,
    SENSES,
    SIDES,
    WARNING_STATES,
)


class Review(TwoSidedTable):  # type: ignore[django-manager-missing]
    """A meeting about an agreement: planned for a day, then held and noted, or cancelled."""

    changing_fields = ("state", "planned_on", "held_on", "attended", "note", "reason", "led_by", "version")
    sensitivity = tagged(
        internal="body party agreement kind planned_on state held_on attended note reason led_by version planned_by "
        "planned_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    planned_on = models.DateField()
    state = models.CharField(max_length=10, choices=REVIEW_STATES, default="planned")
    held_on = models.DateField(null=True, blank=True)
    attended = models.JSONField(default=list)  # words of what those present do, never names
    note = models.TextField(blank=True)
    reason = models.CharField(max_length=400, blank=True)  # why it was cancelled
    led_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.IntegerField(default=1)
    planned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["planned_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="held", held_on__isnull=False)
                | (~models.Q(state="held") & models.Q(held_on__isnull=True)),
                name="reviews_held_on_a_day",
            )
        ]


class SignOff(TwoSidedTable):
    """That one side signed the record of a review: who, and when."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body party review side signed_by signed_at version")

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=SIDES)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField()  # of the review's record, as it was read
    signed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "side", "version"], name="reviews_signed_once")]


class ReviewAction(TwoSidedTable):
    """What somebody took on at a review, by a day: done, or carried on to the next."""

    changing_fields = ("owner", "state", "closed_on", "closed_by", "outcome")
    sensitivity = tagged(
        internal="body party agreement review words side owner owner_words due_on state closed_on closed_by outcome "
        "carried_from recorded_by recorded_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="actions")
    words = models.CharField(max_length=400)
    side = models.CharField(max_length=10, choices=SIDES)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_words = models.CharField(max_length=100, blank=True)  # the provider's person, by what they do
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=ACTION_STATES, default="open")
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=400, blank=True)
    carried_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="carried_to"
    )
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["due_on", "id"]


class EarlyWarning(TwoSidedTable):
    """What one side sees coming: what may slip, by how much, and what it proposes."""

    changing_fields = ("state", "settled_on", "settled_by", "outcome")
    sensitivity = tagged(
        internal="body party agreement commitment side what how_much proposed state raised_on raised_by settled_on "
        "settled_by outcome recorded_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    side = models.CharField(max_length=10, choices=SIDES)
    what = models.CharField(max_length=400)
    how_much = models.CharField(max_length=200)
    proposed = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=WARNING_STATES, default="open")
    raised_on = models.DateField()
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=1000, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-raised_on", "-id"]


class Kpi(TwoSidedTable):  # type: ignore[django-manager-missing]
    """A key performance indicator of an agreement, with the target and bands its contract has; ended, never edited."""

    changing_fields = ("ended_on", "ended_why")
    sensitivity = tagged(
        internal="body party agreement commitment title unit sense target approaching improvement every_months clause "
        "position starts_on ended_on ended_why set_by set_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    #: The promise whose deliveries it counts; none for an indicator of something else.
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=300)
    unit = models.CharField(max_length=80)
    sense = models.CharField(max_length=10, choices=SENSES, default="at-least")
    target = models.DecimalField(max_digits=20, decimal_places=6)
    approaching = models.DecimalField(max_digits=20, decimal_places=6)
    improvement = models.DecimalField(max_digits=20, decimal_places=6)
    every_months = models.IntegerField(default=12)
    clause = models.CharField(max_length=100, blank=True)
    position = models.IntegerField(default=0)
    starts_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=400, blank=True)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    sense="at-least", target__gte=models.F("approaching"), approaching__gte=models.F("improvement")
                )
                | models.Q(
                    sense="at-most", target__lte=models.F("approaching"), approaching__lte=models.F("improvement")
                ),
                name="reviews_bands_in_order",
            )
        ]


class KpiExemption(TwoSidedTable):
    """Why an agreement that would need indicators has none, as the body decided."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body party agreement reason decided_by decided_at")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())


class Rating(TwoSidedTable):
    """The rating of one indicator for one period, from its draft to its publication."""

    changing_fields = (
        "state", "figure", "figure_why", "proposed", "rating", "reason", "plan", "plan_file", "version", "sent_at",
        "sent_by", "respond_by", "response_words", "responded_at", "responded_by", "responded_late", "decided_at",
        "decided_by", "decision_words", "locked_at", "locked_by", "published_at", "published_by",
    )  # fmt: skip
    sensitivity = tagged(
        internal="body party kpi starts_on ends_on claimed evidenced figure figure_why proposed rating reason plan plan_file "
        "state version drafted_by drafted_at sent_at sent_by respond_by response_words responded_at responded_by "
        "responded_late decided_at decided_by decision_words locked_at locked_by published_at published_by"
    )

    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="ratings")
    starts_on = models.DateField()
    ends_on = models.DateField()
    # What the record held for the period when this was drafted; none for an indicator that counts no promise.
    claimed = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    evidenced = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    figure = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    figure_why = models.CharField(max_length=400, blank=True)  # why the figure is another than the record's
    proposed = models.CharField(max_length=24, choices=RATINGS)
    rating = models.CharField(max_length=24, choices=RATINGS)
    reason = models.CharField(max_length=1000, blank=True)
    plan = models.CharField(max_length=300, blank=True)  # where the improvement plan is
    plan_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=RATING_STATES, default="draft")
    version = models.IntegerField(default=1)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    respond_by = models.DateField(null=True, blank=True)
    response_words = models.CharField(max_length=2000, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    responded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    responded_late = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision_words = models.CharField(max_length=1000, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-ends_on", "kpi__position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kpi", "starts_on", "ends_on"], condition=~models.Q(state="withdrawn"),
                name="reviews_rated_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="reviews_rating_dates_in_order"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False, locked_at__isnull=False),
                name="reviews_published_was_locked",
            ),
            models.CheckConstraint(
                condition=~models.Q(rating="inadequate", state__in=("decided", "locked", "published"))
                | ~models.Q(plan="") | models.Q(plan_file__isnull=False),
                name="reviews_inadequate_has_plan",
            ),
        ]  # fmt: skip
