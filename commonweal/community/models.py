"""What community groups need, in their own words, and what became of each need."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Body, OwnedTable, Party, Person, Table, TwoSidedTable
from commonweal.base.walls import Changes, Wall, tagged
from commonweal.community.vocabulary import (
    AGES,
    HELP_STATES,
    KINDS,
    MATCH_STATES,
    OUTCOMES,
    SOURCES,
    STATES,
    THANKS_STATES,
)


class WishListRules(Table):
    """How a body runs its wish list, for everyone to read: the latest row stands, the others are history."""

    wall = Wall.PUBLISHED
    changes = Changes.ADDED
    sensitivity = tagged(public="body is_open most_open stands_months moderators set_at", internal="set_by")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    is_open = models.BooleanField(default=True)
    most_open = models.PositiveIntegerField(default=3)
    stands_months = models.PositiveIntegerField(default=12)
    moderators = models.JSONField(default=list)  # roles
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now())


class GroupTable(TwoSidedTable):
    """A table of a body's rows that one community group shares; it always has its group."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Need(GroupTable):  # type: ignore[django-manager-missing]
    """Something a community group needs; `party` is the group. Its words are in versions, `shown` being public."""

    changing_fields = (
        "state", "latest", "shown", "contact", "version", "published_at", "stands_until", "asked_still_at", "closed_at",
        "closed_words",
    )  # fmt: skip
    sensitivity = tagged(
        public="body party state shown published_at closed_at",
        internal="latest contact version posted_by posted_at stands_until asked_still_at closed_words",
    )

    state = models.CharField(max_length=12, choices=STATES, default="waiting")
    latest = models.ForeignKey("NeedWords", on_delete=models.PROTECT, null=True, related_name="+")
    shown = models.ForeignKey("NeedWords", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    posted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField(db_default=Now())
    #: When it was first published: waiting is counted from here.
    published_at = models.DateTimeField(null=True, blank=True)
    stands_until = models.DateField(null=True, blank=True)
    asked_still_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_words = models.CharField(max_length=400, blank=True)


class NeedWords(GroupTable):
    """One version of what a need says; a change is another version, never an edit."""

    changes = Changes.ADDED
    sensitivity = tagged(
        internal="body party need number title details least kind ages quantity unit place_code wanted_by measure_id "
        "outcome_id written_by written_at"
    )

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="words")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    details = models.TextField(blank=True)
    least = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=12, choices=KINDS)
    ages = models.CharField(max_length=12, choices=AGES, default="everyone")
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    place_code = models.CharField(max_length=12, blank=True)  # where it benefits people
    wanted_by = models.DateField(null=True, blank=True)
    measure_id = models.CharField(max_length=120, blank=True)
    outcome_id = models.CharField(max_length=60, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "number"], name="community_words_number_once"),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gt=0), name="community_words_some"
            ),
        ]


class Moderation(GroupTable):
    """What an officer decided about one version of a need's words, and why; taking it back is another row."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body party need words outcome reason decided_by decided_at")

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="moderations")
    words = models.ForeignKey(NeedWords, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=12, choices=OUTCOMES)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())


class HelpOffer(OwnedTable):
    """Somebody who read a need on the public site and could help; the officer answers, nothing of it is public."""

    changing_fields = ("state", "answered_by", "answered_at", "note")
    sensitivity = tagged(
        internal="body need person state answered_by answered_at note offered_at", personal="email_sealed words_sealed"
    )

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="help_offers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    email_sealed = models.BinaryField()
    words_sealed = models.BinaryField()
    state = models.CharField(max_length=12, choices=HELP_STATES, default="waiting")
    offered_at = models.DateTimeField(db_default=Now())
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)


class Match(GroupTable):
    """A need and what could meet it: from the offer made to the group until the group says what it received."""

    changing_fields = (
        "state", "answered_at", "begun_at", "received_at", "received_quantity", "comment", "closed_words", "thanks",
        "thanks_state", "thanked_at",
    )  # fmt: skip
    sensitivity = tagged(
        internal="body party need source source_id helper quantity note state offered_by offered_at answered_at "
        "begun_at received_at received_quantity comment closed_words thanks thanks_state thanked_at"
    )

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="matches")
    source = models.CharField(max_length=14, choices=SOURCES)
    source_id = models.CharField(max_length=14, blank=True)  # outward id in the room that knows it
    helper = models.CharField(max_length=300)  # who helps, as the group reads it
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)
    state = models.CharField(max_length=12, choices=MATCH_STATES, default="offered")
    offered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    offered_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    received_quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    comment = models.CharField(max_length=400, blank=True)
    closed_words = models.CharField(max_length=400, blank=True)
    thanks = models.CharField(max_length=600, blank=True)
    thanks_state = models.CharField(max_length=12, choices=THANKS_STATES, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["need", "source", "source_id"],
                condition=~models.Q(source_id="") & models.Q(state__in=("offered", "agreed", "under-way")),
                name="community_match_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(received_quantity__isnull=True) | models.Q(received_quantity__gte=0),
                name="community_received_not_negative",
            ),
        ]


class PublicNeed(Table):
    """A need as the public reads it: the words an officer published, and how it stands. Never whom to contact."""

    wall = Wall.PUBLISHED
    changes = Changes.REMOVED
    sensitivity = tagged(
        public="body key title group state kind ages place_code wanted_by waiting_since closed_on content updated_at"
    )

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=14, unique=True)
    title = models.CharField(max_length=120)
    group = models.CharField(max_length=300)
    state = models.CharField(max_length=12)
    kind = models.CharField(max_length=12, choices=KINDS)
    ages = models.CharField(max_length=12, choices=AGES)
    place_code = models.CharField(max_length=12, blank=True)
    wanted_by = models.DateField(null=True, blank=True)
    waiting_since = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    content = models.JSONField()
    updated_at = models.DateTimeField(db_default=Now())
