"""Accounts that are prepared, and accounts that were published: those never change, and anybody may read them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Body, OwnedTable, Person, Table
from commonweal.base.walls import Changes, Wall, tagged
from commonweal.reporting.accounts.vocabulary import PREPARATION_STATES


class Preparation(OwnedTable):
    """An account that one person prepared for another to publish: what is said about it, and what became of it."""

    changing_fields = ("state", "decided_by", "decided_at", "decided_words")
    sensitivity = tagged(
        internal="body year basis late_rule materiality restates reason state prepared_by prepared_as prepared_at "
        "decided_by decided_at decided_words"
    )

    year = models.PositiveSmallIntegerField()  # the calendar year it begins in
    basis = models.TextField()
    late_rule = models.TextField()
    materiality = models.DecimalField(max_digits=16, decimal_places=2)
    restates = models.PositiveIntegerField(null=True, blank=True)  # the number of the account it takes the place of
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=PREPARATION_STATES, default="prepared")
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    prepared_as = models.CharField(max_length=100)  # the office, as the account names it
    prepared_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_words = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body"], condition=models.Q(state="prepared"), name="accounts_one_prepared_at_a_time"
            )
        ]


class PublishedAccount(Table):
    """A published account: its number among the body's, its digest, what it follows on, and its figures to be read."""

    wall = Wall.PUBLISHED
    changes = Changes.ADDED
    sensitivity = tagged(
        public="body number year restates sha256 previous_sha256 public_key size lines content rules made_at"
    )

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    restates = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    public_key = models.CharField(max_length=44)
    size = models.BigIntegerField()
    lines = models.BigIntegerField()
    content = models.JSONField()  # figures, counts, coverage, statements, names and what was restated, as in the bundle
    rules = models.JSONField()  # the editions and price tables of the bundle
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["body", "number"], name="accounts_number_once")]


class AccountBundle(Table):
    """The file of a published account, byte for byte."""

    wall = Wall.PUBLISHED
    changes = Changes.ADDED
    sensitivity = tagged(public="body account content")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    account = models.OneToOneField(PublishedAccount, on_delete=models.PROTECT, related_name="bundle")
    content = models.BinaryField()


class AccountLine(Table):
    """One line of a published account, as its bundle has it; `row` is its row in the file."""

    wall = Wall.PUBLISHED
    changes = Changes.ADDED
    sensitivity = tagged(
        public="body account row record line promise agreement edition measure theme unit starts_on ends_on place "
        "department channel brought_forward share promised claimed evidenced confirmed assured given in_totals why_not"
    )

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(PublishedAccount, on_delete=models.PROTECT, related_name="account_lines")
    row = models.BigIntegerField()
    record = models.CharField(max_length=8)
    line = models.CharField(max_length=14)
    promise = models.CharField(max_length=14)
    agreement = models.CharField(max_length=14)
    edition = models.CharField(max_length=120, blank=True)
    measure = models.CharField(max_length=200, blank=True)
    theme = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    place = models.CharField(max_length=12, blank=True)
    department = models.CharField(max_length=14)
    channel = models.CharField(max_length=30)
    brought_forward = models.BooleanField()
    share = models.DecimalField(max_digits=9, decimal_places=6)
    promised = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    claimed = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    evidenced = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    confirmed = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    assured = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    given = models.BooleanField()
    in_totals = models.BooleanField()
    why_not = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["account", "row"], name="accounts_row_once"),
            models.UniqueConstraint(fields=["account", "record", "line"], name="accounts_line_once"),
        ]
