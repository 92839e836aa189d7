"""What bodies exchange by consent: rates for each pound and each head, and a body's assessment of itself."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Body, OwnedTable, Person, Table
from commonweal.base.walls import Changes, Wall, tagged
from commonweal.reporting.benchmarks.vocabulary import BASES, LEVELS, NAMING

_BODY: Final = "NULLIF(current_setting('commonweal.body', true), '')::bigint"
#: A body reads its own rates; and those of others that still stand, while it exchanges its own.
_READS: Final = (
    f"body_id = {_BODY} OR (withdrawn_at IS NULL AND EXISTS (SELECT 1 FROM benchmarks_consent own "  # noqa: S608 - names of our own tables
    f"WHERE own.body_id = {_BODY} AND own.ended_at IS NULL))"
)


class Consent(OwnedTable):
    """That a body exchanges its rates with the others that do: from when, with its name or not, until it takes it back."""

    changing_fields = ("ended_at", "ended_by")
    sensitivity = tagged(internal="body naming people people_source given_by given_at ended_at ended_by")

    naming = models.CharField(max_length=8, choices=NAMING)
    people = models.IntegerField()  # residents, as the body says, for rates by head
    people_source = models.CharField(max_length=200)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body"], condition=models.Q(ended_at__isnull=True), name="benchmarks_consent_once"
            ),
            models.CheckConstraint(condition=models.Q(people__gt=0), name="benchmarks_has_people"),
        ]


class Release(Table):
    """One body's rates of one year as it gave them out; read by the bodies that exchange theirs."""

    wall = Wall.OWNED
    read_rule = _READS
    changing_fields = ("withdrawn_at",)
    sensitivity = tagged(
        internal="body begins kind nation people name spend_words covered least given_by given_at withdrawn_at"
    )

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    begins = models.IntegerField()
    kind = models.CharField(max_length=30)
    nation = models.CharField(max_length=20)
    people = models.IntegerField()
    name = models.CharField(max_length=200, blank=True)  # empty: the body gives its rates without its name
    spend_words = models.CharField(max_length=200, blank=True)
    covered = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    least = models.IntegerField()
    given_by = models.CharField(max_length=14)  # a pseudonym: who gave it out is the body's to know
    given_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Release]] = models.Manager()


class Rate(Table):
    """One rate of a release; empty where it would tell of too few providers."""

    wall = Wall.OWNED
    read_rule = _READS
    changing_fields = ("withdrawn_at",)
    sensitivity = tagged(internal="body release cell figure basis rate withdrawn_at")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="rates")
    cell = models.CharField(max_length=100)  # "all", "channel:grant"
    figure = models.CharField(max_length=120)  # the key of the value: edition, kind, level, prices
    basis = models.CharField(max_length=10, choices=BASES)
    rate = models.DecimalField(max_digits=24, decimal_places=10, null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Rate]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "cell", "figure", "basis"], name="benchmarks_rate_once")
        ]


class ReleaseGround(OwnedTable):
    """What a release was made of, provider by provider, so that the next one gives nobody away; the body's alone."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body release figure leaves told")

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    figure = models.CharField(max_length=120)
    leaves = models.JSONField()
    told = models.JSONField()


class SelfAnswer(OwnedTable):
    """A body's answer to one question about itself; what was answered last stands."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body question level words evidence answered_by answered_at")

    question = models.CharField(max_length=60)
    level = models.CharField(max_length=1, choices=LEVELS)
    words = models.CharField(max_length=600)
    evidence = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(db_default=Now())
