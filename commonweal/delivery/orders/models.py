"""Files of orders and of counts, and what became of each of their rows. The orders themselves are the core's."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import OwnedTable, Person
from commonweal.base.walls import tagged
from commonweal.delivery.models import Agreement, Commitment


class OrderFile(OwnedTable):  # type: ignore[django-manager-missing]
    """One spreadsheet for one agreement: read, brought in, and perhaps undone.

    It holds orders, or, where `commitment` is given, how often the trigger of that promise happened.
    """

    changing_fields = ("state", "accepted", "unchanged", "rejected", "pence", "counted", "imported_at", "undone_at")
    sensitivity = tagged(
        internal="body agreement commitment name sha256 state rows_in accepted unchanged rejected pence counted notes "
        "read_by read_at imported_at undone_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    # The promise whose trigger is counted; none for a file of orders.
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="previewed")
    rows_in = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    pence = models.JSONField(default=dict)  # of orders: the pounds read, accepted, unchanged and rejected
    counted = models.JSONField(default=dict)  # the same of counts
    notes = models.JSONField(default=list)
    read_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(db_default=Now())
    imported_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)


class OrderRow(OwnedTable):
    """One row of such a file: its cells as read, and its outcome with the reason."""

    changing_fields = ("outcome", "reason")
    sensitivity = tagged(internal="body file row_number outcome reason cells")

    file = models.ForeignKey(OrderFile, on_delete=models.PROTECT, related_name="rows")
    row_number = models.IntegerField()
    outcome = models.CharField(max_length=12)
    reason = models.CharField(max_length=400, blank=True)
    cells = models.JSONField(default=dict)

    class Meta:
        ordering = ["row_number", "id"]
