"""Agreements as a tree, the promises made in them, what was delivered, and what is known of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import models
from django.db.models.functions import Now

from commonweal.asks.models import AskLine, Opportunity
from commonweal.asks.vocabulary import CHANNELS, PLACE_ROLES
from commonweal.base.models import Body, OwnedTable, PartyTable, Person, StoredFile, TwoSidedTable
from commonweal.base.walls import Changes, tagged
from commonweal.delivery.vocabulary import (
    BASES,
    CLAUSE_SOURCES,
    EVIDENCE_KINDS,
    FACTS,
    LEVELS,
    ORDER_KINDS,
    ORIGINS,
    RIGHTS,
    ROUNDINGS,
    STATES,
    VALUED_OF_TWO,
)
from commonweal.directory.models import Department, Organisation
from commonweal.frameworks.models import Measure


class ImportBatch(OwnedTable):  # type: ignore[django-manager-missing]
    """One file of contracts or commitments, read, previewed, brought in, and perhaps undone."""

    changing_fields = (
        "state", "mapping", "proposals", "notes", "signature", "sheet", "rows_in", "accepted", "unchanged", "rejected",
        "pence", "imported_at", "undone_at",
    )  # fmt: skip
    sensitivity = tagged(
        internal="body file name sha256 state mapping proposals notes signature sheet rows_in accepted unchanged "
        "rejected pence imported_by read_at imported_at undone_at"
    )

    # A command keeps no copy of the file it was given: whoever ran it has it, and the hash says which it was.
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, default="previewed")
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
    imported_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(db_default=Now())
    imported_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)


class ImportRow(OwnedTable):
    """What became of one row of a file."""

    changes = Changes.REMOVED  # a preview's rows give way to those of the next preview
    sensitivity = tagged(
        internal="body batch row_number outcome repeats reasons cells notes agreement_id commitment_id entry_id"
    )

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    row_number = models.IntegerField()
    outcome = models.CharField(max_length=12)
    repeats = models.IntegerField(null=True, blank=True)  # the earlier row of the file that says the same
    reasons = models.JSONField(default=list)
    cells = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    agreement_id = models.BigIntegerField(null=True, blank=True)
    commitment_id = models.BigIntegerField(null=True, blank=True)
    entry_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["row_number", "id"]


class SavedMapping(OwnedTable):
    """How a body reads a file with these headings, remembered from last time."""

    changing_fields = ("mapping", "saved_at")
    sensitivity = tagged(internal="body signature name mapping saved_at")

    signature = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    mapping = models.JSONField()
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "signature"], name="delivery_mapping_once")]


#: What `base.walls` limits a person of a party to: the agreements named for them, with all that is beneath those, where
#: their right is `p_least` or more (1 to see, 2 to report, 3 to answer). Nothing for somebody who is not limited.
LIMITS: Final = """
    CASE WHEN EXISTS (SELECT 1 FROM delivery_stafflimit
                      WHERE party_id = p_party AND person_id = p_person AND ended_at IS NULL)
    THEN (WITH RECURSIVE reached AS (
              SELECT given.agreement_id AS id
              FROM delivery_staffright given JOIN delivery_stafflimit held ON held.id = given.held_under_id
              WHERE held.party_id = p_party AND held.person_id = p_person
                AND held.ended_at IS NULL AND given.ended_at IS NULL
                AND array_position(ARRAY['see', 'report', 'answer'], given.may::text) >= p_least
              UNION
              SELECT child.id FROM delivery_agreement child JOIN reached ON child.parent_id = reached.id
              WHERE child.party_id = p_party)
          SELECT COALESCE(array_agg(id)::text, '{}') FROM reached) END"""


class Agreement(TwoSidedTable):  # type: ignore[django-manager-missing]
    """A contract, grant, lease, loan, obligation or pledge; frameworks, lots, call-offs and orders form a tree."""

    parties_may_differ = ("parent",)  # a framework has several providers, and none of its own
    limits = LIMITS
    changing_fields = (
        "owner", "department", "state", "value", "starts_on", "ends_on", "ends_words", "extension_months", "withdrawn_at",
        "spent",
    )  # fmt: skip
    sensitivity = tagged(
        public="body party title reference channel kind level parent provider opportunity department buyer_name regime "
        "value spent starts_on ends_on ends_words extension_months place_code state origin citation recorded_at",
        internal="owner as_contracted batch withdrawn_at recorded_by import_key import_fingerprint",
    )

    title = models.CharField(max_length=300)
    reference = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=20, choices=CHANNELS)
    kind = models.CharField(max_length=10, blank=True)
    level = models.CharField(max_length=12, choices=LEVELS, default="agreement")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    buyer_name = models.CharField(max_length=200, blank=True)  # a buyer who does not use the product
    regime = models.CharField(max_length=60, blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    spent = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    ends_words = models.CharField(max_length=100, blank=True)  # "Ongoing", "TBC": the file's own words
    extension_months = models.IntegerField(default=0)
    place_code = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=12, choices=STATES, default="current")
    origin = models.CharField(max_length=10, choices=ORIGINS, default="made")
    citation = models.CharField(max_length=400, blank=True)
    as_contracted = models.JSONField(default=dict)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    import_key = models.CharField(max_length=200, blank=True, db_index=True)  # the same thing in the next file
    import_fingerprint = models.CharField(max_length=64, blank=True)  # and whether it says the same there
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="delivery_agreement_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return self.title


class AgreementClause(TwoSidedTable):
    """Whether an agreement has a standard clause, and its figures; what was said last stands."""

    changes = Changes.ADDED
    sensitivity = tagged(
        public="body party agreement kind version stands expiry_months cap_percent source",
        internal="recorded_by recorded_at",
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="clauses")
    kind = models.CharField(max_length=30)
    version = models.CharField(max_length=10, blank=True)  # of the catalogue's wording; empty: the contract's own
    stands = models.BooleanField(default=True)
    expiry_months = models.PositiveIntegerField(null=True, blank=True)
    cap_percent = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=CLAUSE_SOURCES)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]


class Commitment(TwoSidedTable):  # type: ignore[django-manager-missing]
    """A promise: a measure (or its words as contracted), a quantity, a period and a place, under one agreement."""

    changing_fields = ("owner", "withdrawn_at", "ends_on")
    sensitivity = tagged(
        public="body party agreement measure direction wording unit quantity basis basis_words per_amount per_count "
        "rounding capped_at starts_on ends_on place_code place_role ask_line position citation gbp_as_contracted",
        internal="owner as_contracted batch withdrawn_at recorded_by recorded_at import_key import_fingerprint",
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="commitments")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    direction = models.CharField(max_length=10, default="benefit")
    wording = models.CharField(max_length=500)
    unit = models.CharField(max_length=80, blank=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)  # none: nothing was promised
    basis = models.CharField(max_length=10, choices=BASES, default="fixed")
    basis_words = models.CharField(max_length=300, blank=True)
    per_amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    per_count = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)  # of a trigger; none: each
    rounding = models.CharField(max_length=8, choices=ROUNDINGS, default="pro-rata")
    capped_at = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    place_role = models.CharField(max_length=16, choices=PLACE_ROLES, default="delivered-at")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ask_line = models.ForeignKey(AskLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.IntegerField(default=0)
    citation = models.CharField(max_length=400, blank=True)
    as_contracted = models.JSONField(default=dict)  # code, wording, unit and £ exactly as the file had them
    gbp_as_contracted = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    import_key = models.CharField(max_length=200, blank=True, db_index=True)  # the same thing in the next file
    import_fingerprint = models.CharField(max_length=64, blank=True)  # and whether it says the same there
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gte=0),
                name="delivery_commitment_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="delivery_commitment_dates_in_order",
            ),
            models.CheckConstraint(
                condition=(models.Q(per_amount__isnull=True) | models.Q(per_amount__gt=0))
                & (models.Q(per_count__isnull=True) | models.Q(per_count__gt=0)),
                name="delivery_commitment_per_above_zero",
            ),
        ]

    @property
    def unit_words(self) -> str:
        """The unit as people read it: pounds by their sign."""
        return "£" if self.unit == "GBP" else self.unit


class CountingShare(TwoSidedTable):
    """The share of a promise that one body counts, where several share it; shares sum to one at most."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body party commitment counted_by share")

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="shares")
    counted_by = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=9, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commitment", "counted_by"], name="delivery_share_once"),
            models.CheckConstraint(condition=models.Q(share__gt=0, share__lte=1), name="delivery_share_0_to_1"),
        ]


class Revision(TwoSidedTable):
    """How much a promise is from a day on, as a change made it; before that day it stays what it was."""

    changes = Changes.ADDED
    sensitivity = tagged(
        public="body party commitment quantity takes_from_on change", internal="recorded_by recorded_at"
    )

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="revisions")
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    takes_from_on = models.DateField()
    change = models.CharField(max_length=20)  # the outward id of the change
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="delivery_revision_not_negative"),
            models.UniqueConstraint(fields=["commitment", "change"], name="delivery_revision_once"),
        ]


class Order(TwoSidedTable):
    """What was ordered, called off or invoiced under an agreement, or how often a trigger happened.

    Formula promises of the agreement and of those above it accrue on it. `ordered_by` is the body that bought; another
    than the record's own where a framework is called off by several.
    """

    changing_fields = ("withdrawn_at",)
    sensitivity = tagged(
        public="body party agreement commitment ordered_by kind reference dated_on amount happened recorded_at",
        internal="description source recorded_by withdrawn_at",
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="orders")
    # The promise whose trigger happened; none for an amount, which every formula above it counts.
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="triggers")
    ordered_by = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ORDER_KINDS)
    reference = models.CharField(max_length=100)
    dated_on = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)  # below zero: credited
    happened = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    description = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=40, blank=True)  # the outward id of the file it came from
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dated_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(commitment__isnull=True, amount__isnull=False, happened__isnull=True)
                | models.Q(commitment__isnull=False, amount__isnull=True, happened__gte=0),
                name="delivery_order_amount_or_count",
            ),
            models.UniqueConstraint(
                fields=["agreement", "ordered_by", "reference"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="delivery_order_once",
            ),
        ]


class Profile(TwoSidedTable):  # type: ignore[django-manager-missing]
    """How much of a promise each quarter is to bring, as agreed on a day; the latest version stands."""

    changes = Changes.ADDED
    sensitivity = tagged(
        public="body party commitment version agreed_on", internal="agreed_with reason agreed_by recorded_at"
    )

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="profiles")
    version = models.PositiveIntegerField()
    agreed_on = models.DateField()
    agreed_with = models.CharField(max_length=200, blank=True)  # who agreed for the provider, in words
    reason = models.CharField(max_length=400, blank=True)
    agreed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commitment", "version"], name="delivery_profile_version_once")]


class ProfilePart(TwoSidedTable):
    """One quarter of a profile, both days in it, and its quantity in the promise's unit."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body party profile starts_on ends_on quantity")

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="parts")
    starts_on = models.DateField()
    ends_on = models.DateField()
    quantity = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "starts_on"], name="delivery_profile_quarter_once"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="delivery_profile_not_negative"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="delivery_profile_dates_in_order"
            ),
        ]


class Entry(TwoSidedTable):  # type: ignore[django-manager-missing]
    """What somebody says was delivered: a line under a promise. Never edited; reversed by an entry of its own."""

    changes = Changes.ADDED
    sensitivity = tagged(
        public="body party commitment quantity starts_on ends_on place_code place_role brought_forward reverses "
        "recorded_at",
        internal="note recorded_by batch import_fingerprint",
    )

    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="entries")
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    place_role = models.CharField(max_length=16, choices=PLACE_ROLES, default="delivered-at")
    note = models.TextField(blank=True)
    brought_forward = models.BooleanField(default=False)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    import_fingerprint = models.CharField(max_length=64, blank=True)  # what the file said, to know it again
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="delivery_entry_not_negative"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(starts_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="delivery_entry_dates_in_order",
            ),
        ]


class PaidJobs(TwoSidedTable):
    """Spending told that pays for jobs told beside it: one effect, so one of the two is valued; what was said last stands."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body party spend jobs valued", internal="reason recorded_by recorded_at")

    spend = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="pays_for")
    jobs = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="paid_by")
    valued = models.CharField(max_length=10, choices=VALUED_OF_TWO, default="jobs")
    reason = models.CharField(max_length=400, blank=True)  # empty: nobody decided yet
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(spend=models.F("jobs")), name="delivery_paid_jobs_are_two")
        ]


class Evidence(TwoSidedTable):  # type: ignore[django-manager-missing]
    """Proof put beside an entry: a kind, a description, a date, and perhaps a file for those who may open it.

    One item may stand beside several entries: each has its share of it, and the shares come to one at most.
    """

    changing_fields = ("share",)
    sensitivity = tagged(
        public="body party entry kind dated_on share", internal="description file shared_from added_by added_at"
    )

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=20, choices=EVIDENCE_KINDS)
    description = models.CharField(max_length=300)
    dated_on = models.DateField(null=True, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    share = models.DecimalField(max_digits=9, decimal_places=6, default=Decimal(1))
    shared_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="shared_with")
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(share__gt=0, share__lte=1), name="delivery_evidence_share_0_to_1")
        ]


class AssuranceFact(TwoSidedTable):
    """One dated fact about an entry: evidence accepted, receipt confirmed, or an auditor's check, with its quantity."""

    changes = Changes.ADDED
    sensitivity = tagged(
        public="body party entry kind quantity dated_on", internal="stated_by stated_by_words note stated_at"
    )

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=10, choices=FACTS)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    dated_on = models.DateField()
    stated_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    stated_by_words = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=400, blank=True)
    stated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="delivery_fact_not_negative"),
            models.UniqueConstraint(fields=["entry", "kind"], name="delivery_fact_once"),
        ]


class StaffLimit(PartyTable):
    """That a provider limits one of its people to the agreements it names; while none stands, they may do everything."""

    changing_fields = ("ended_at",)
    sensitivity = tagged(internal="party person made_by made_at ended_at")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "person"], condition=models.Q(ended_at__isnull=True), name="delivery_limited_once"
            )
        ]


class StaffRight(PartyTable):
    """What somebody who is limited may do on one agreement and what is beneath it."""

    changing_fields = ("ended_at",)
    sensitivity = tagged(internal="party held_under agreement may given_by given_at ended_at")

    held_under = models.ForeignKey(StaffLimit, on_delete=models.PROTECT, related_name="rights")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+")
    may = models.CharField(max_length=6, choices=RIGHTS)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["held_under", "agreement"], condition=models.Q(ended_at__isnull=True),
                name="delivery_right_once",
            ),
            models.CheckConstraint(
                condition=models.Q(may__in=["see", "report", "answer"]), name="delivery_right_known"
            ),
        ]  # fmt: skip
