"""What each person sees first."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import OwnedTable, Person
from commonweal.base.walls import tagged
from commonweal.reporting.boards.vocabulary import VIEWS


class OwnBoard(OwnedTable):
    """The board that one person sees first in a body: a councillor's ward, a head's department."""

    changing_fields = ("view", "part", "chosen_at")
    sensitivity = tagged(internal="body person view part chosen_at")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    view = models.CharField(max_length=12, choices=list(VIEWS.items()))
    part = models.CharField(max_length=20, blank=True)  # a department's outward id, or a place's code
    chosen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "person"], name="boards_one_for_each_person")]
