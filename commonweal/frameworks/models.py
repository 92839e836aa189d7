"""Editions in force, what a body wants, and the plan it publishes."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Body, OwnedTable, Person, StoredFile, Table
from commonweal.base.walls import Changes, Wall, tagged
from commonweal.directory.models import Department

#: Rows of the catalogue have no body and are everybody's to read; rows with one are that body's alone. Migration 0003
#: holds reading to this, `write_rule` holds writing.
OWN_ROWS = "body_id = NULLIF(current_setting('commonweal.body', true), '')::bigint"


class Edition(Table):
    """A published edition of a framework, of the catalogue or a body's own: its whole content, exact, never changed."""

    wall = Wall.SHARED
    changes = Changes.EDITED
    changing_fields = ("withdrawn_at",)
    write_rule = OWN_ROWS
    sensitivity = tagged(
        public="framework_id version title title_cy loaded_at",
        internal="body content content_hash is_private withdrawn_at",
    )

    #: Whose own it is; nobody's in the catalogue.
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    framework_id = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    title_cy = models.CharField(max_length=200, blank=True)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    #: Licensed to the body and not for publication, as a whole.
    is_private = models.BooleanField(default=False)
    loaded_at = models.DateTimeField(db_default=Now())
    #: When the body took it back, having never used it.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "framework_id", "version"], condition=models.Q(withdrawn_at__isnull=True),
                nulls_distinct=False, name="frameworks_edition_once",
            )
        ]  # fmt: skip

    @property
    def reference(self) -> str:
        """The edition as people write it: `open-measures@1.0`."""
        return f"{self.framework_id}@{self.version}"


class Measure(Table):
    """One measure of an edition, as lists and promises refer to it; the edition's content says the rest."""

    wall = Wall.SHARED
    changes = Changes.ADDED
    write_rule = OWN_ROWS
    sensitivity = tagged(
        public="edition measure_id code title title_cy unit direction figure theme_id outcome_id confirmable position",
        internal="body is_private",
    )

    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="measures")
    measure_id = models.CharField(max_length=120)
    code = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=300)
    title_cy = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=80)
    direction = models.CharField(max_length=10, default="benefit")
    figure = models.CharField(max_length=10)
    theme_id = models.CharField(max_length=60)
    outcome_id = models.CharField(max_length=60)
    confirmable = models.BooleanField(default=False)
    #: Its words or its value are licensed to the body and not for publication.
    is_private = models.BooleanField(default=False)
    position = models.IntegerField()

    class Meta:
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "measure_id"], name="frameworks_measure_once")]


class FrameworkInForce(OwnedTable):
    """The edition a body uses, from a date, with its reason."""

    changing_fields = ("ends_on",)
    sensitivity = tagged(public="body edition starts_on ends_on reason")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300)


class Overlay(OwnedTable):
    """A body's layer on an edition: a draft, or a version that was published as an edition of its own."""

    changing_fields = ("base", "version", "title", "text", "saves", "edition", "discarded_at")
    sensitivity = tagged(
        internal="body base framework_id version title text saves edition started_by started_at discarded_at"
    )

    base = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    framework_id = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    #: The layer as its file, which `engine.overlay_file` reads and writes.
    text = models.TextField()
    #: Counts what was saved, so that of two people who edit at once the second is told.
    saves = models.PositiveIntegerField(default=1)
    #: What it was published as; the layer is never changed after that.
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "framework_id"],
                condition=models.Q(edition__isnull=True, discarded_at__isnull=True),
                name="frameworks_overlay_one_draft",
            )
        ]


class LicensedWorkbook(OwnedTable):  # type: ignore[django-manager-missing]
    """A workbook of measures that a body has a licence for: read, corrected, published as its own, perhaps undone."""

    changing_fields = (
        "state", "problem", "mapping", "columns", "sheets", "findings", "stated", "document", "fingerprint", "rows_in",
        "accepted", "rejected", "edition", "undone_at",
    )  # fmt: skip
    sensitivity = tagged(
        internal="body file name sha256 state problem mapping columns sheets findings stated document fingerprint "
        "rows_in accepted rejected edition read_by read_at undone_at"
    )

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="waiting")
    problem = models.TextField(blank=True)
    mapping = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    sheets = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    #: What a person said of it that no workbook says; empty until they did.
    stated = models.JSONField(default=dict)
    #: The framework it makes, once all is stated.
    document = models.JSONField(null=True, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    rows_in = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    read_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)


class WorkbookRow(OwnedTable):
    """What became of one row of a licensed workbook."""

    changes = Changes.REMOVED  # the rows of one reading give way to those of the next
    sensitivity = tagged(internal="body workbook sheet row_number cell outcome text reason fix notes measures")

    workbook = models.ForeignKey(LicensedWorkbook, on_delete=models.PROTECT, related_name="rows")
    sheet = models.CharField(max_length=100, blank=True)
    row_number = models.IntegerField()
    cell = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=16)
    text = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    fix = models.TextField(blank=True)
    notes = models.JSONField(default=list)
    measures = models.JSONField(default=list)


class SavedColumns(OwnedTable):
    """How a body reads workbooks with these headings, remembered from the last one."""

    changing_fields = ("mapping", "saved_at")
    sensitivity = tagged(internal="body fingerprint mapping saved_at")

    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "fingerprint"], name="frameworks_columns_once")]


class OwnCrosswalk(OwnedTable):
    """A body's own crosswalk between two editions, which goes before the one that everybody has."""

    changing_fields = ("content", "saves", "changed_by", "changed_at")
    sensitivity = tagged(internal="body of to content saves changed_by changed_at")

    of = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    #: As `engine.crosswalk_file` reads it.
    content = models.JSONField()
    saves = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "of", "to"], name="frameworks_crosswalk_once")]


class StrategyNode(OwnedTable):  # type: ignore[django-manager-missing]
    """One leaf or branch of what a body wants: manifesto, plan, theme, objective, department strategy."""

    KINDS = [
        ("manifesto", "Manifesto"),
        ("plan", "Plan"),
        ("theme", "Theme"),
        ("objective", "Objective"),
        ("department-strategy", "Department strategy"),
    ]

    changing_fields = (
        "parent", "title", "title_cy", "words", "words_cy", "owner", "department", "starts_on", "ends_on", "position",
        "reviewed_on", "version",
    )  # fmt: skip
    sensitivity = tagged(
        public="body parent kind title title_cy words words_cy department starts_on ends_on position reviewed_on",
        internal="owner version",
    )

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=24, choices=KINDS)
    title = models.CharField(max_length=200)
    title_cy = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    words_cy = models.TextField(blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    position = models.IntegerField(default=0)
    reviewed_on = models.DateField(null=True, blank=True)
    #: Counts the changes, so that of two people who edit at once the second is told.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]


class NodeOutcome(OwnedTable):
    """An outcome of a framework that a node of the strategy is tied to."""

    changes = Changes.REMOVED
    sensitivity = tagged(public="body node framework_id outcome_id")

    node = models.ForeignKey(StrategyNode, on_delete=models.PROTECT, related_name="outcomes")
    framework_id = models.CharField(max_length=60)
    outcome_id = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "framework_id", "outcome_id"], name="frameworks_node_outcome_once")
        ]


class PlanVersion(OwnedTable):
    """A published version of the plan on a page, as it stood."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body version content published_at", internal="published_by")

    version = models.IntegerField()
    content = models.JSONField()
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "version"], name="frameworks_plan_version_once")]
