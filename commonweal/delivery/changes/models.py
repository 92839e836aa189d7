"""Changes of an agreement, credits and their two legs, and the outturn with which an agreement closes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from commonweal.asks.vocabulary import PLACE_ROLES
from commonweal.base.models import OwnedTable, Person, TwoSidedTable
from commonweal.base.walls import Changes, tagged
from commonweal.delivery.changes.vocabulary import (
    ACCOUNTS,
    BASES,
    CLOSINGS,
    KINDS,
    LINE_KINDS,
    METHODS,
    MOVES,
    RANKING,
    STATES,
    TIE_RULES,
)
from commonweal.delivery.models import Agreement, Commitment
from commonweal.frameworks.models import Measure

_POUNDS: dict[str, Any] = {"max_digits": 16, "decimal_places": 2, "null": True, "blank": True}
_EXACT: dict[str, Any] = {"max_digits": 30, "decimal_places": 6}


class Change(TwoSidedTable):  # type: ignore[django-manager-missing]
    """One change of an agreement's money, term and promises, on its way from draft to made."""

    changing_fields = (
        "state", "version", "answered_by", "answered_at", "answer_words", "decided_by", "decided_at", "decision_words",
        "excused_by", "excuse", "made_at", "takes_from_on",
    )  # fmt: skip
    sensitivity = tagged(
        public="body party agreement number kind title why state version ground value_before value_after ends_before "
        "ends_after takes_from_on made_at",
        internal="ground_words cost_before cost_after ranking ranking_reason uses_credit proposed_by recorded_at "
        "answered_by answered_at answer_words decided_by decided_at decision_words excused_by excuse",
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="changes_made")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=KINDS, default="change")
    title = models.CharField(max_length=200)
    why = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=STATES, default="draft")
    version = models.PositiveIntegerField(default=1)
    ground = models.CharField(max_length=60, blank=True)
    ground_words = models.CharField(max_length=1000, blank=True)
    value_before = models.DecimalField(**_POUNDS)
    value_after = models.DecimalField(**_POUNDS)
    ends_before = models.DateField(null=True, blank=True)
    ends_after = models.DateField(null=True, blank=True)
    cost_before = models.DecimalField(**_POUNDS)  # what keeping the promises costs the provider
    cost_after = models.DecimalField(**_POUNDS)
    ranking = models.CharField(max_length=8, choices=RANKING, default="unknown")
    ranking_reason = models.CharField(max_length=1000, blank=True)
    uses_credit = models.BooleanField(default=False)
    takes_from_on = models.DateField(null=True, blank=True)  # the day from which it counts
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_words = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_words = models.CharField(max_length=1000, blank=True)
    excused_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    excuse = models.CharField(max_length=1000, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="changes_number_once")]


class ChangeLine(TwoSidedTable):
    """What a change does to one promise, or the promise that it adds."""

    changing_fields = ("made", "taken_out_at")
    sensitivity = tagged(
        public="body party change kind before measure wording unit quantity_before quantity_after quantity_kept starts_on ends_on "
        "place_code place_role reason need made",
        internal="taken_out_at",
    )

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=12, choices=LINE_KINDS)
    before = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="changed_by")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    wording = models.CharField(max_length=500, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    quantity_before = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    quantity_after = models.DecimalField(max_digits=20, decimal_places=6)
    # Of a promise that another takes the place of: what was delivered of it, which stays.
    quantity_kept = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    place_code = models.CharField(max_length=12, blank=True)
    place_role = models.CharField(max_length=16, choices=PLACE_ROLES, default="delivered-at")
    reason = models.CharField(max_length=500, blank=True)
    need = models.CharField(max_length=20, blank=True)  # the outward id of a need of the wish list it would meet
    made = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="made_by_change")
    taken_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity_after__gte=0), name="changes_line_not_negative"),
            models.CheckConstraint(
                condition=models.Q(kind="add", before__isnull=True)
                | (~models.Q(kind="add") & models.Q(before__isnull=False)),
                name="changes_line_has_its_promise",
            ),
        ]


class SignOff(OwnedTable):
    """A named person's word that a change may lawfully be made, or may not."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body change may_be_made words signed_by signed_at")

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="sign_offs")
    may_be_made = models.BooleanField()
    words = models.CharField(max_length=1000)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(db_default=Now())


class AwardScores(OwnedTable):  # type: ignore[django-manager-missing]
    """The scores of an award as they stood: the body's own, never its provider's or the public's. The last one counts."""

    changes = Changes.ADDED
    sensitivity = tagged(
        internal="body agreement edition points decimals tie_rule price_weight quality_weight social_value_weight method "
        "target target_basis estimated_value source recorded_by recorded_at"
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="award_scores")
    edition = models.CharField(max_length=120, blank=True)  # the offer's: `open-measures@1.0`
    points = models.DecimalField(max_digits=9, decimal_places=3)
    decimals = models.PositiveSmallIntegerField(default=2)
    tie_rule = models.CharField(max_length=12, choices=TIE_RULES, default="shared")
    price_weight = models.DecimalField(max_digits=6, decimal_places=3)
    quality_weight = models.DecimalField(max_digits=6, decimal_places=3)
    social_value_weight = models.DecimalField(max_digits=6, decimal_places=3)
    method = models.CharField(max_length=8, choices=METHODS)
    target = models.DecimalField(max_digits=16, decimal_places=3, null=True, blank=True)
    target_basis = models.CharField(max_length=16, choices=BASES, default="amount")
    estimated_value = models.DecimalField(**_POUNDS)
    source = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())


class TendererScore(OwnedTable):
    """One tenderer of an award as it was scored, by name or by a letter."""

    changes = Changes.ADDED
    sensitivity = tagged(
        internal="body scores label price price_points quality_points social_value_points offer awarded"
    )

    scores = models.ForeignKey(AwardScores, on_delete=models.PROTECT, related_name="tenderers")
    label = models.CharField(max_length=120)
    price = models.DecimalField(max_digits=16, decimal_places=2)
    price_points = models.DecimalField(max_digits=12, decimal_places=6)
    quality_points = models.DecimalField(max_digits=12, decimal_places=6)
    social_value_points = models.DecimalField(max_digits=12, decimal_places=6)
    offer = models.DecimalField(**_POUNDS)  # of social value
    awarded = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["scores", "label"], name="changes_tenderer_once"),
            models.UniqueConstraint(
                fields=["scores"], condition=models.Q(awarded=True), name="changes_one_tenderer_awarded"
            ),
        ]


class Rescored(OwnedTable):
    """What an officer entered for the awarded offer after a change, where it cannot be worked out. The last one counts."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body change social_value_points price price_points why recorded_by recorded_at")

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="rescored")
    social_value_points = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    price = models.DecimalField(**_POUNDS)
    price_points = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    why = models.CharField(max_length=1000)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())


class CreditMove(TwoSidedTable):  # type: ignore[django-manager-missing]
    """A credit earned, used or run out, in one unit. What is used or runs out names the credit it was part of."""

    changes = Changes.ADDED
    sensitivity = tagged(
        public="body party agreement kind unit amount dated_on runs_out_on lot commitment change quantity reason",
        internal="recorded_by recorded_at",
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="credit_moves")
    kind = models.CharField(max_length=8, choices=MOVES)
    unit = models.CharField(max_length=120)  # kind of value, level, price year and edition: nothing else may be added
    amount = models.DecimalField(**_EXACT)
    dated_on = models.DateField()
    runs_out_on = models.DateField(null=True, blank=True)  # of a credit: its last day
    lot = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="drawn")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    change = models.ForeignKey(Change, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)  # of a credit: the surplus
    reason = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="changes_move_above_zero"),
            models.CheckConstraint(
                condition=models.Q(kind="credit", lot__isnull=True, runs_out_on__isnull=False)
                | (~models.Q(kind="credit") & models.Q(lot__isnull=False)),
                name="changes_move_has_its_lot",
            ),
        ]


class CreditLeg(TwoSidedTable):
    """One of the two legs of a move: what came into an account, or went out of it. There is no account for money."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body party move account amount")

    move = models.ForeignKey(CreditMove, on_delete=models.PROTECT, related_name="legs")
    account = models.CharField(max_length=8, choices=ACCOUNTS)
    amount = models.DecimalField(**_EXACT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["move", "account"], name="changes_leg_once"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="changes_leg_not_zero"),
            models.CheckConstraint(
                condition=models.Q(account__in=[account for account, _ in ACCOUNTS]), name="changes_leg_account"
            ),
        ]


class Outturn(TwoSidedTable):  # type: ignore[django-manager-missing]
    """How an agreement closed: by whom decided, why, and what follows. That day's record."""

    changes = Changes.ADDED
    sensitivity = tagged(
        public="body party agreement how last_day why follows recorded_on", internal="decided_by recorded_at"
    )

    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="outturn")
    how = models.CharField(max_length=10, choices=CLOSINGS)
    last_day = models.DateField()
    why = models.CharField(max_length=1000)
    follows = models.CharField(max_length=1000)
    recorded_on = models.DateField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())


class OutturnLine(TwoSidedTable):
    """One promise on the day its agreement closed: promised, delivered by assurance, lost."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body party outturn commitment promised claimed evidenced confirmed assured lost")

    outturn = models.ForeignKey(Outturn, on_delete=models.PROTECT, related_name="lines")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="+")
    promised = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    claimed = models.DecimalField(max_digits=20, decimal_places=6)
    evidenced = models.DecimalField(max_digits=20, decimal_places=6)
    confirmed = models.DecimalField(max_digits=20, decimal_places=6)
    assured = models.DecimalField(max_digits=20, decimal_places=6)
    lost = models.DecimalField(max_digits=20, decimal_places=6, null=True)  # promised and not evidenced

    class Meta:
        ordering = ["id"]
