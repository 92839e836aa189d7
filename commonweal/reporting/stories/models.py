"""Stories, the words of each version, who consented to what, and what two people made of each."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Link, OwnedTable, Person, StoredFile, TwoSidedTable
from commonweal.base.walls import Changes, tagged
from commonweal.delivery.models import Agreement, Commitment
from commonweal.reporting.stories.vocabulary import ABOUT, CAPACITIES, HOW, STORY_STATES


class Story(TwoSidedTable):  # type: ignore[django-manager-missing]
    """What changed for somebody, told in words beside the figures and never inside them."""

    changing_fields = ("state", "version", "reason", "picture", "verified_by", "verified_at")
    sensitivity = tagged(
        public="agreement commitment objective place_code",
        internal="body party about state version reason picture offered drafted_by drafted_at verified_by verified_at",
    )

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    objective = models.CharField(max_length=14, blank=True)  # outward id of the part of the strategy it bears on
    place_code = models.CharField(max_length=12, blank=True)
    about = models.CharField(max_length=12, choices=ABOUT)
    state = models.CharField(max_length=10, choices=STORY_STATES, default="drafted")
    version = models.IntegerField(default=1)
    reason = models.CharField(max_length=400, blank=True)  # why it was withdrawn or not taken on
    picture = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    offered = models.BooleanField(default=False)  # the provider sent it
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(db_default=Now())
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="verified") | models.Q(verified_at__isnull=False, verified_by__isnull=False),
                name="stories_verified_by_somebody",
            )
        ]


class StoryText(TwoSidedTable):
    """The words of one version of a story, as whoever consents and whoever rates reads them."""

    changes = Changes.ADDED
    sensitivity = tagged(
        public="version title title_cy words words_cy told_by told_by_cy picture_words",
        internal="body party story happened_on written_by written_at",
    )

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="texts")
    version = models.IntegerField()
    title = models.CharField(max_length=200)
    title_cy = models.CharField(max_length=200, blank=True)
    words = models.TextField()
    words_cy = models.TextField(blank=True)
    told_by = models.CharField(max_length=100)  # what they are, never who: "a parent"
    told_by_cy = models.CharField(max_length=100, blank=True)
    picture_words = models.CharField(max_length=300, blank=True)
    happened_on = models.DateField(null=True, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "version"], name="stories_text_once")]


class Consent(OwnedTable):
    """What somebody agreed may be done with a version of a story, until when; withdrawn at any time."""

    changing_fields = ("withdrawn_at", "withdrawn_by", "withdrawn_words", "link")
    sensitivity = tagged(
        internal="body story version giver capacity uses how reference given_on until assessment assessed_on person link "
        "recorded_by recorded_at withdrawn_at withdrawn_by withdrawn_words"
    )

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="consents")
    version = models.IntegerField()
    giver = models.CharField(max_length=100)  # what they are: "the pupil’s mother"
    capacity = models.CharField(max_length=12, choices=CAPACITIES)
    uses = models.JSONField(default=list)
    how = models.CharField(max_length=10, choices=HOW)
    reference = models.CharField(max_length=300, blank=True)  # where the form, message or note is kept
    given_on = models.DateField()
    until = models.DateField()
    assessment = models.CharField(max_length=200, blank=True)  # reference of the data protection assessment
    assessed_on = models.DateField(null=True, blank=True)
    #: Who it was, apart from the words: their name and address are in their own record, and go when it is erased.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_words = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("given_on")), name="stories_consent_dates_in_order"
            )
        ]


class StoryRating(OwnedTable):
    """What one person made of a version of a story, by the rubric; no other rater reads it before giving theirs."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body story version rubric marks words rated_by rated_at")

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="ratings")
    version = models.IntegerField()
    rubric = models.CharField(max_length=40)
    marks = models.JSONField()
    words = models.CharField(max_length=1000, blank=True)
    rated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["story", "version", "rated_by"], name="stories_rated_once_by_each")
        ]


class StorySettlement(OwnedTable):
    """The marks of a version of a story after two ratings differed, with why."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body story version marks words settled_by settled_at")

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="settlements")
    version = models.IntegerField()
    marks = models.JSONField()
    words = models.CharField(max_length=1000)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "version"], name="stories_settled_once")]
