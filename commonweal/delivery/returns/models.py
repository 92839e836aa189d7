"""When a provider is asked to report on an agreement, what it answered line by line, and what was sent of it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Body, Link, Person, StoredFile, TwoSidedTable
from commonweal.base.walls import Changes, tagged
from commonweal.delivery.models import Agreement, Commitment, Entry
from commonweal.delivery.returns.vocabulary import ANSWERS, EVERY, STATES
from commonweal.delivery.vocabulary import EVIDENCE_KINDS


class Schedule(TwoSidedTable):  # type: ignore[django-manager-missing]
    """How often an agreement's provider reports, from which period on, and within how many days of a period's end."""

    changing_fields = ("every", "days_allowed", "first_on", "stopped_at")
    sensitivity = tagged(internal="body party agreement every days_allowed first_on stopped_at made_by made_at")

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="schedule")
    every = models.CharField(max_length=10, choices=EVERY, default="quarter")
    days_allowed = models.IntegerField(default=20)
    first_on = models.DateField()  # no period that began before it is asked for
    stopped_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days_allowed__gte=1, days_allowed__lte=120), name="returns_days_1_to_120"
            )
        ]


class Reporter(TwoSidedTable):
    """Someone who is asked for the returns of an agreement, by mail and link, from a day until another."""

    changing_fields = ("ended_at",)
    sensitivity = tagged(internal="body party schedule person named_by named_at ended_at")

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="reporters")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "person"], condition=models.Q(ended_at__isnull=True), name="returns_reporter_once"
            )
        ]


class Return(TwoSidedTable):  # type: ignore[django-manager-missing]
    """One period of an agreement: what is asked of its provider, by when, and how far it is."""

    changing_fields = (
        "state", "sendings", "sent_at", "sent_by", "changes_wanted", "signed_off_at", "signed_off_by",
    )  # fmt: skip
    sensitivity = tagged(
        internal="body party agreement starts_on ends_on due_on state sendings asked_at sent_at sent_by changes_wanted "
        "signed_off_at signed_off_by"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="returns")
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=14, choices=STATES, default="asked")
    sendings = models.IntegerField(default=0)
    asked_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    changes_wanted = models.TextField(blank=True)
    signed_off_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-ends_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "starts_on"], name="returns_period_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on"), due_on__gte=models.F("ends_on")),
                name="returns_dates_in_order",
            ),
        ]


class Part(TwoSidedTable):  # type: ignore[django-manager-missing]
    """Lines of a return that were passed on to a colleague or a sub-contractor, who has a link to them alone."""

    changing_fields = ("done_at", "taken_back_at")
    sensitivity = tagged(
        internal="body party of_return part_of person organisation link passed_on_by passed_on_at done_at taken_back_at"
    )

    of_return = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="parts")
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=200, blank=True)  # empty: a colleague
    link = models.OneToOneField(Link, on_delete=models.PROTECT, related_name="+")
    passed_on_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    passed_on_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)


class HeldPart(TwoSidedTable):
    """A part as a sub-contractor with an account of its own has it: `party` is the sub-contractor, not its prime.

    It opens that part alone, for as long as it stands, as the part's link does. Somebody whom the sub-contractor limits
    has those parts that name them.
    """

    parties_may_differ = ("part",)
    limited_rule = "person_id = NULLIF(current_setting('commonweal.person', true), '')::bigint"
    changing_fields = ("ended_at",)
    sensitivity = tagged(internal="body party part person ended_at")

    part = models.OneToOneField(Part, on_delete=models.PROTECT, related_name="held")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)


class ReturnLine(TwoSidedTable):  # type: ignore[django-manager-missing]
    """One promise in a return: whether it is answered, who holds it, and which version of the answer stands."""

    changing_fields = ("part", "answer", "in_confidence", "version", "edited_by", "edited_at", "reported_to")
    sensitivity = tagged(
        internal="body party of_return commitment position part answer in_confidence version edited_by edited_at "
        "reported_to"
    )

    of_return = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="+")
    position = models.IntegerField(default=0)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, null=True, blank=True, related_name="lines")
    answer = models.CharField(max_length=12, choices=ANSWERS, default="unanswered")
    in_confidence = models.BooleanField(default=False)
    version = models.IntegerField(default=0)
    edited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)
    # The body to which a shared promise was reported, whose answer stands here too.
    reported_to = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["of_return", "commitment"], name="returns_line_once")]


class LineFigure(TwoSidedTable):
    """What a line's answer says. Told in confidence it is the body's alone: its party is empty, so the wall of rows
    keeps the prime contractor's people from it."""

    changing_fields = (
        "party", "quantity", "transferred", "starts_on", "ends_on", "place_code", "note", "evidence_kind",
        "evidence_words", "file",
    )  # fmt: skip
    sensitivity = tagged(
        internal="body party line quantity transferred starts_on ends_on place_code note evidence_kind evidence_words "
        "file"
    )

    line = models.OneToOneField(ReturnLine, on_delete=models.PROTECT, related_name="figure")
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    transferred = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)  # of the quantity
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    note = models.TextField(blank=True)
    evidence_kind = models.CharField(max_length=20, blank=True, choices=EVIDENCE_KINDS)
    evidence_words = models.CharField(max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gte=0), name="returns_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(transferred__isnull=True)
                | models.Q(transferred__gte=0, transferred__lte=models.F("quantity")),
                name="returns_transferred_within",
            ),
        ]


class SentLine(TwoSidedTable):
    """What one sending of a return said of one line, and the entry that was recorded for it. Never edited."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body party line sending answer quantity transferred entry sent_at fingerprint")

    line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="sent")
    sending = models.IntegerField()
    answer = models.CharField(max_length=12, choices=ANSWERS)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    transferred = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    fingerprint = models.CharField(max_length=64)  # what was said in all, to know it again in a later sending
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "sending"], name="returns_line_sent_once")]
