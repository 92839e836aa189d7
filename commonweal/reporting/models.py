"""What reporting holds of its own: when a year was closed, and what two departments both tell."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import OwnedTable, Person
from commonweal.base.walls import Changes, tagged
from commonweal.reporting.years import CLOSES


class Close(OwnedTable):
    """A body's financial year was closed, or opened again; what was said last stands."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body year kind closed_at", internal="reason closed_by")

    year = models.PositiveSmallIntegerField()  # the calendar year it begins in
    kind = models.CharField(max_length=12, choices=CLOSES)
    reason = models.CharField(max_length=400, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]


class Elimination(OwnedTable):
    """One effect told by two departments: a promise or entry that counts with its own department and not with the body."""

    changing_fields = ("lifted_at",)
    sensitivity = tagged(internal="body left_out kept reason decided_by decided_at lifted_at")

    left_out = models.CharField(max_length=14)  # the outward id of the promise or entry
    kept = models.CharField(max_length=14)  # and of the one that is counted instead
    reason = models.CharField(max_length=400)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(left_out=models.F("kept")), name="reporting_elimination_is_of_two"
            ),
            models.UniqueConstraint(
                fields=["body", "left_out"],
                condition=models.Q(lifted_at__isnull=True),
                name="reporting_left_out_once",
            ),
        ]
