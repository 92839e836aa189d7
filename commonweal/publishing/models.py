"""What the public may read: pages as they were published, never the tables behind them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Body, OwnedTable, Person, Table, TwoSidedTable
from commonweal.base.walls import Changes, Wall, tagged
from commonweal.delivery.models import Agreement
from commonweal.publishing.vocabulary import PREVIEW_STATES


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


class PreviewRule(OwnedTable):
    """From when on a body shows providers what is new about them before the public sees it; the latest one holds."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body is_on set_by set_at")

    is_on = models.BooleanField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=Now())


class Preview(TwoSidedTable):
    """What the public will read of one agreement under its provider's name, as the provider sees it first."""

    changing_fields = (
        "state", "public_from", "words", "responded_by", "responded_at", "answer", "answered_by", "answered_at",
    )  # fmt: skip
    sensitivity = tagged(
        internal="body party agreement pages digest sent_on public_from state words responded_by responded_at answer "
        "answered_by answered_at opened_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    pages = models.JSONField()  # the pages as they will be published
    digest = models.CharField(max_length=64)  # of the performance they tell
    sent_on = models.DateField()
    public_from = models.DateField()
    state = models.CharField(max_length=12, choices=PREVIEW_STATES, default="sent")
    words = models.CharField(max_length=2000, blank=True)  # what the provider says is wrong
    responded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    responded_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"],
                condition=~models.Q(state__in=("released", "replaced")),
                name="publishing_preview_one_open",
            )
        ]
