"""What is decided about claims, who confirmed them, what an auditor drew and found, and what may be counted twice."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Link, OwnedTable, Person, TwoSidedTable
from commonweal.base.walls import Changes, tagged
from commonweal.delivery.assurance.vocabulary import ANSWERS, FLAGS, SETTLED, STEPS
from commonweal.delivery.models import Agreement, Entry


class AcceptanceRule(OwnedTable):
    """From when on a body wants a second officer to accept a claim; the latest one holds."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body value_above share_above reason set_by set_at")

    value_above = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    share_above = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)  # of what was promised
    reason = models.CharField(max_length=400)
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())


class ClaimStep(TwoSidedTable):
    """One dated step of a claim between provider and body: accepted, changes asked for, answered, contested."""

    changes = Changes.ADDED
    parties_may_differ = ()
    sensitivity = tagged(
        public="body party entry kind quantity", internal="words reasons corrected_by taken_by taken_at"
    )

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="claim_steps")
    kind = models.CharField(max_length=20, choices=STEPS)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    reasons = models.JSONField(default=list)  # why a second is needed: codes of `vocabulary.REASONS`
    corrected_by = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]


class DataAssessment(OwnedTable):
    """A data protection assessment that allows individuals of one agreement to be asked."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body agreement reference dated_on recorded_by recorded_at")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=200)
    dated_on = models.DateField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())


class Confirmation(OwnedTable):
    """A question to those who received a delivery, sent by a signed link, and what they answered."""

    changing_fields = ("reminded_at", "answer", "quantity", "comment", "answered_at")
    sensitivity = tagged(
        internal="body entry person organisation is_individual language link asked_by asked_at reminded_at answer "
        "quantity comment answered_at"
    )

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="confirmations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=200, blank=True)
    is_individual = models.BooleanField(default=False)
    language = models.CharField(max_length=2, default="en")
    link = models.OneToOneField(Link, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    reminded_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=4, choices=ANSWERS, blank=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    comment = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | models.Q(answered_at__isnull=False) & ~models.Q(answer=""),
                name="assurance_confirmation_dated",
            )
        ]


class Flag(OwnedTable):
    """Something about a claim that somebody has to settle before one officer's word is enough."""

    changing_fields = ("settled_as", "settled_words", "settled_by", "settled_at")
    sensitivity = tagged(
        internal="body entry kind other words raised_at settled_as settled_words settled_by settled_at"
    )

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=10, choices=FLAGS)
    other = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    raised_at = models.DateTimeField(db_default=Now())
    settled_as = models.CharField(max_length=10, choices=SETTLED, blank=True)
    settled_words = models.CharField(max_length=400, blank=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "kind", "other"], nulls_distinct=False, name="assurance_flag_once")
        ]


class Asset(TwoSidedTable):
    """The one thing a claim is about, by a label the body chose: an address, an asset number, a vehicle."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body party entry label key named_by named_at")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="assets")
    label = models.CharField(max_length=200)
    key = models.CharField(max_length=200, db_index=True)  # the label without its spaces, signs and capitals
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "key"], name="assurance_asset_once")]


class Sample(OwnedTable):  # type: ignore[django-manager-missing]
    """Entries drawn at random from a population for an auditor, by a seed that lets anybody draw them again."""

    changes = Changes.ADDED
    sensitivity = tagged(
        internal="body title agreement starts_on ends_on measures size population claimed seed drawn_by drawn_at"
    )

    title = models.CharField(max_length=200)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    measures = models.JSONField(default=list)
    size = models.IntegerField()
    population = models.JSONField()  # the outward ids it was drawn from, in order
    claimed = models.DecimalField(max_digits=22, decimal_places=6)
    seed = models.CharField(max_length=40)
    drawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(db_default=Now())


class Sampled(OwnedTable):
    """One entry of a sample, and what the auditor found of it."""

    changing_fields = ("found", "note", "checked_by", "checked_at")
    sensitivity = tagged(internal="body sample entry position found note checked_by checked_at")

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="items")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    position = models.IntegerField()
    found = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "entry"], name="assurance_sampled_once"),
            models.CheckConstraint(
                condition=models.Q(found__isnull=True) | models.Q(found__gte=Decimal(0)),
                name="assurance_found_not_negative",
            ),
        ]


class KeyPeriod(OwnedTable):
    """A period in which a body lets providers give keys of people, so that one person is not claimed twice.

    The salt is the body's for the period; providers make the keys with it, and both go on the day it expires.
    """

    changes = Changes.REMOVED
    sensitivity = tagged(internal="body name starts_on ends_on expires_on opened_by opened_at", special="salt")

    name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    expires_on = models.DateField()
    salt = models.CharField(max_length=64)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())


class KeyCall(TwoSidedTable):
    """What a provider is told of a period in which its body takes keys of people; it goes with the period.

    Somebody whom the provider limits sees the calls of those bodies whose agreements they see.
    """

    changes = Changes.REMOVED
    limited_rule = "body_id IN (SELECT held.body_id FROM delivery_agreement held)"
    sensitivity = tagged(internal="body party period name starts_on ends_on expires_on called_at", special="salt")

    period = models.CharField(max_length=14)  # by its outward id alone, as below
    name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    expires_on = models.DateField()
    salt = models.CharField(max_length=64)
    called_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "party", "period"], name="assurance_call_once")]


class PersonClaimed(TwoSidedTable):
    """A key that stands for one person a claim is about, made by the provider; we never see what it was made of."""

    changes = Changes.REMOVED
    sensitivity = tagged(internal="body party entry period given_at", special="key")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    # By its outward id alone: a provider's row may not hang on the body's own table.
    period = models.CharField(max_length=14)
    key = models.CharField(max_length=64, db_index=True)
    given_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "key"], name="assurance_person_once")]
