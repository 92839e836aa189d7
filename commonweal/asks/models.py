"""Opportunities through any channel, and what the body asks for in each."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.asks.vocabulary import CHANNELS, KINDS, LEVELS, PLACE_ROLES, STATES
from commonweal.base.models import OwnedTable, Person
from commonweal.base.walls import tagged
from commonweal.directory.models import Department
from commonweal.frameworks.models import Measure, StrategyNode


class Opportunity(OwnedTable):  # type: ignore[django-manager-missing]
    """Something the body is about to buy, grant, lend, transfer or permit."""

    changing_fields = (
        "title", "summary", "kind", "department", "value", "regime", "commenced_on", "starts_on", "ends_on",
        "extension_months", "cpv", "level", "weighting_percent", "weighting_reason", "place_code", "state", "contact",
        "version",
    )  # fmt: skip
    sensitivity = tagged(
        public="body title summary channel kind department value regime commenced_on starts_on ends_on "
        "extension_months cpv level weighting_percent weighting_reason place_code state recorded_at",
        internal="contact version",
    )

    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    channel = models.CharField(max_length=20, choices=CHANNELS)
    kind = models.CharField(max_length=10, blank=True, choices=KINDS)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    regime = models.CharField(max_length=60, blank=True)
    commenced_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    extension_months = models.IntegerField(default=0)
    cpv = models.CharField(max_length=10, blank=True)
    level = models.CharField(max_length=10, choices=LEVELS, default="local")
    weighting_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    weighting_reason = models.TextField(blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=12, choices=STATES, default="planned")
    contact = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    #: Counts the changes, so that of two people who edit at once the second is told.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="asks_opportunity_dates_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=0),
                name="asks_opportunity_value_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(weighting_percent__isnull=True)
                | (models.Q(weighting_percent__range=(0, 100)) & ~models.Q(weighting_reason="")),
                name="asks_opportunity_weighting_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(extension_months__gte=0), name="asks_opportunity_extension_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OpportunityClause(OwnedTable):
    """A standard clause that an opportunity offers, with its figures; a later one takes the place of an earlier."""

    changing_fields = ("removed_at",)
    sensitivity = tagged(
        public="body opportunity kind version expiry_months cap_percent chosen_at removed_at", internal="chosen_by"
    )

    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="clauses")
    kind = models.CharField(max_length=30)
    version = models.CharField(max_length=10)  # of the catalogue's wording
    expiry_months = models.PositiveIntegerField()
    cap_percent = models.PositiveIntegerField()
    chosen_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity", "kind"],
                condition=models.Q(removed_at__isnull=True),
                name="asks_clause_once",
            ),
            models.CheckConstraint(
                condition=models.Q(expiry_months__gte=1, cap_percent__range=(1, 100)), name="asks_clause_figures"
            ),
        ]


class AskLine(OwnedTable):
    """A line of an ask: a measure, how much of it (or an open offer), when and where, and the objective it serves."""

    changing_fields = (
        "quantity", "starts_on", "ends_on", "place_code", "place_role", "objective", "note", "removed_at",
    )  # fmt: skip
    sensitivity = tagged(
        public="body opportunity measure quantity starts_on ends_on place_code place_role objective note removed_at"
    )

    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="lines")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    place_role = models.CharField(max_length=16, choices=PLACE_ROLES, default="delivered-at")
    objective = models.ForeignKey(StrategyNode, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gte=0), name="asks_line_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="asks_line_dates_in_order",
            ),
        ]
