"""What a year was meant to bring, why it brought something else, and the rules it is closed by."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now

from commonweal.asks.vocabulary import CHANNELS
from commonweal.base.models import OwnedTable, Person
from commonweal.base.walls import Changes, tagged
from commonweal.directory.models import Department
from commonweal.frameworks.models import Measure
from commonweal.reporting.budget.vocabulary import LINE_KINDS


class BudgetLine(OwnedTable):
    """So much of a measure that a year starts from (its baseline) or is to bring (its budget). Taken out, never edited."""

    changing_fields = ("withdrawn_at",)
    sensitivity = tagged(
        public="body year kind measure quantity department channel place_code",
        internal="note recorded_by recorded_at withdrawn_at",
    )

    year = models.PositiveSmallIntegerField()  # the calendar year it begins in
    kind = models.CharField(max_length=10, choices=LINE_KINDS)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=20, choices=CHANNELS, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="budget_line_not_negative"),
        ]


class Variance(OwnedTable):
    """Why one part of a year's account differs from its budget; what was said last stands."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body year split part figure words", internal="given_by given_at")

    year = models.PositiveSmallIntegerField()
    split = models.CharField(max_length=12)  # what the account was split by: `vocabulary.SPLITS`
    part = models.CharField(max_length=60)  # which part of it: an outward id, a channel, a place's code
    figure = models.CharField(max_length=160)  # the figure, as an address writes it
    words = models.CharField(max_length=600)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=Now())


class ClosingRules(OwnedTable):
    """How a year is closed: what difference matters, until when returns are awaited. What was set last stands."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body year percent pounds late_until_on", internal="set_by set_at")

    year = models.PositiveSmallIntegerField()
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(10))
    pounds = models.DecimalField(max_digits=16, decimal_places=2, default=Decimal(10000))
    late_until_on = models.DateField(null=True, blank=True)  # none: until it is closed for good
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100, pounds__gte=0), name="budget_rules_not_negative"
            ),
        ]
