"""What the public may read: pages as they were published, never the tables behind them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Body, OwnedTable, Person, Table
from commonweal.base.walls import Changes, Wall, tagged


class Publication(Table):
    """One page of a body's public site: the facts it shows, as published, with the moment they were true."""

    wall = Wall.PUBLISHED
    changes = Changes.REMOVED
    sensitivity = tagged(public="body kind key title title_cy content as_of published_at")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    title_cy = models.CharField(max_length=300, blank=True)
    content = models.JSONField()
    as_of = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "kind", "key"], name="publishing_page_once")]


class KeptBack(OwnedTable):
    """An agreement that a body keeps off its public site for now, in every figure too; lifted, never deleted."""

    changing_fields = ("lifted_at",)
    sensitivity = tagged(internal="body agreement reason kept_by kept_at lifted_at")

    agreement = models.CharField(max_length=14)  # the agreement's outward id
    reason = models.CharField(max_length=300)
    kept_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "agreement"],
                condition=models.Q(lifted_at__isnull=True),
                name="publishing_kept_back_once",
            )
        ]
