"""What finance knows: budget lines, the contracts register, payments, and the files they came from; what was decided
about how they belong together; and money told beside value."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import OwnedTable, Person, StoredFile
from commonweal.base.walls import Changes, tagged
from commonweal.delivery.models import Agreement
from commonweal.directory.models import Department
from commonweal.reporting.register.vocabulary import FILE_KINDS, GAINERS, REPORT_KINDS, STATES, VERDICTS


class MoneyFile(OwnedTable):  # type: ignore[django-manager-missing]
    """One file of budget lines, contracts or payments: read, previewed, brought in, and perhaps undone."""

    changing_fields = (
        "state", "mapping", "proposals", "notes", "signature", "sheet", "rows_in", "accepted", "unchanged", "rejected",
        "pence", "imported_at", "undone_at",
    )  # fmt: skip
    sensitivity = tagged(
        internal="body kind file name sha256 begins dated_on state mapping proposals notes signature sheet rows_in "
        "accepted unchanged rejected pence brought_by read_at imported_at undone_at"
    )

    kind = models.CharField(max_length=10, choices=FILE_KINDS)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    begins = models.IntegerField(null=True, blank=True)  # the financial year of a budget file that names none
    dated_on = models.DateField()  # the day the file tells of, as whoever chose it said
    state = models.CharField(max_length=12, choices=STATES, default="previewed")
    mapping = models.JSONField(default=list)
    proposals = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    signature = models.CharField(max_length=64, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    rows_in = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    pence = models.JSONField(default=dict)
    brought_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(db_default=Now())
    imported_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)


class MoneyFileRow(OwnedTable):
    """What became of one row of a file."""

    changes = Changes.REMOVED  # a preview's rows give way to those of the next preview
    sensitivity = tagged(internal="body money_file row_number outcome repeats reasons cells notes")

    money_file = models.ForeignKey(MoneyFile, on_delete=models.PROTECT, related_name="rows")
    row_number = models.IntegerField()
    outcome = models.CharField(max_length=12)
    repeats = models.IntegerField(null=True, blank=True)
    reasons = models.JSONField(default=list)
    cells = models.JSONField(default=dict)
    notes = models.JSONField(default=list)

    class Meta:
        ordering = ["row_number", "id"]


class MoneyMapping(OwnedTable):
    """How a body reads files of a kind with these headings, remembered from last time."""

    changing_fields = ("mapping", "saved_at")
    sensitivity = tagged(internal="body signature mapping saved_at")

    signature = models.CharField(max_length=64)
    mapping = models.JSONField()
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "signature"], name="register_mapping_once")]


class _Fact(OwnedTable):
    """One row of a file as it stands, until its file is undone or a later file says otherwise."""

    changing_fields = ("withdrawn_at", "withdrawn_by")

    money_file = models.ForeignKey(MoneyFile, on_delete=models.PROTECT, related_name="+")
    row_number = models.IntegerField()
    import_key = models.CharField(max_length=32)  # the same thing in the next file
    import_fingerprint = models.CharField(max_length=32)  # and whether it says the same there
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    department_words = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    #: The later file that says otherwise, where that is why the fact no longer stands.
    withdrawn_by = models.ForeignKey(MoneyFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


_FACT_FIELDS = (
    "body money_file row_number import_key import_fingerprint department department_words withdrawn_at withdrawn_by"
)


class BudgetLine(_Fact):
    """What finance budgeted, or spent, under one heading in one financial year."""

    sensitivity = tagged(internal=f"{_FACT_FIELDS} begins cost_centre description budget actual")

    begins = models.IntegerField()  # the calendar year the financial year begins in
    cost_centre = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=300, blank=True)
    budget = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    actual = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "import_key"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="register_budget_line_once",
            )
        ]
        indexes = [models.Index(fields=["body", "begins"], name="register_budget_year")]


class RegisterEntry(_Fact):
    """One contract as the contracts register has it."""

    sensitivity = tagged(
        internal=f"{_FACT_FIELDS} reference title supplier company_number starts_on ends_on ends_words value reference_key "
        "supplier_key title_key"
    )

    reference = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=300, blank=True)
    supplier = models.CharField(max_length=300, blank=True)
    company_number = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    ends_words = models.CharField(max_length=100, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    # As references, suppliers and titles are compared.
    reference_key = models.CharField(max_length=100, blank=True)
    supplier_key = models.CharField(max_length=300, blank=True)
    title_key = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "import_key"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="register_entry_once",
            )
        ]


class Payment(_Fact):
    """One payment: when, to whom, how much, and under what reference where it names one."""

    sensitivity = tagged(
        internal=f"{_FACT_FIELDS} dated_on supplier reference amount description reference_key supplier_key"
    )

    dated_on = models.DateField()
    supplier = models.CharField(max_length=300)
    reference = models.CharField(max_length=100, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    description = models.CharField(max_length=300, blank=True)
    reference_key = models.CharField(max_length=100, blank=True)
    supplier_key = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "import_key"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="register_payment_once",
            )
        ]
        indexes = [models.Index(fields=["body", "dated_on"], name="register_payment_day")]


class ServiceName(OwnedTable):
    """Which department finance means by a name that no department has; what was said last stands."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body words department decided_by decided_at")

    words = models.CharField(max_length=200)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())


class MatchDecision(OwnedTable):
    """What a person said about two things that may be one contract; what was said last stands."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body one other verdict reason decided_by decided_at")

    one = models.CharField(max_length=60)  # "register:…", "agreement:…" or "payments:…"; the lesser of the two first
    other = models.CharField(max_length=60)  # as above, or "none": payments that need no contract
    verdict = models.CharField(max_length=8, choices=VERDICTS)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())


class LeveredFunding(OwnedTable):
    """Money of others that an agreement drew in, beside the body's own: leverage, which is no social return."""

    changing_fields = ("withdrawn_at",)
    sensitivity = tagged(
        internal="body agreement begins own levered funder source recorded_by recorded_at withdrawn_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    begins = models.IntegerField()
    own = models.DecimalField(max_digits=16, decimal_places=2)
    levered = models.DecimalField(max_digits=16, decimal_places=2)
    funder = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(own__gt=0, levered__gte=0), name="register_levered_from_own")
        ]


class WholeLifeCost(OwnedTable):
    """What a thing costs over its whole life; what was recorded last of an agreement stands."""

    changes = Changes.ADDED
    sensitivity = tagged(
        internal="body agreement years buying running repairs replacement disposal source recorded_by recorded_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    years = models.IntegerField()
    buying = models.DecimalField(max_digits=16, decimal_places=2)
    running = models.DecimalField(max_digits=16, decimal_places=2)
    repairs = models.DecimalField(max_digits=16, decimal_places=2)
    replacement = models.DecimalField(max_digits=16, decimal_places=2)
    disposal = models.DecimalField(max_digits=16, decimal_places=2)
    source = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(years__gt=0), name="register_whole_life_has_years")]


class ExternalReport(OwnedTable):
    """What somebody independent reported: who, when, what it covers and what it found, in its own words."""

    changing_fields = ("withdrawn_at",)
    sensitivity = tagged(
        internal="body agreement kind title author dated_on covers found file recorded_by recorded_at withdrawn_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12, choices=REPORT_KINDS)
    title = models.CharField(max_length=300)
    author = models.CharField(max_length=200)
    dated_on = models.DateField()
    covers = models.CharField(max_length=600)
    found = models.CharField(max_length=600, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class GainerName(OwnedTable):
    """Whom a framework's words for who gains mean here; what was said last stands."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body words kind department name decided_by decided_at")

    words = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=GAINERS)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())
