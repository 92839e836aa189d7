"""What was said of each promise as it was handed over: accepted, queried, answered; and providers' calendar links."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import PartyTable, Person, TwoSidedTable
from commonweal.base.walls import Changes, tagged
from commonweal.delivery.mobilisation.vocabulary import FACTS, SIDES
from commonweal.delivery.models import Commitment


class CalendarLink(PartyTable):
    """The calendar link of one of a provider's people: what is due from it that this person may see."""

    changing_fields = ("ended_at",)
    sensitivity = tagged(internal="party person made_at ended_at")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "person"], condition=models.Q(ended_at__isnull=True), name="mobilisation_calendar_once"
            )
        ]


class PromiseFact(TwoSidedTable):
    """One dated fact about a promise at its hand-over; the latest says how it stands."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body party commitment kind words answers side said_by said_at")

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=FACTS)
    words = models.CharField(max_length=1000, blank=True)
    answers = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="answered_by")
    side = models.CharField(max_length=10, choices=SIDES, default="body")
    said_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="answered", answers__isnull=False)
                | (~models.Q(kind="answered") & models.Q(answers__isnull=True)),
                name="mobilisation_answer_has_query",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="accepted") | ~models.Q(words=""), name="mobilisation_query_has_words"
            ),
        ]
