"""Times before elections, newsletters and their readers, reports of a year; what was published of both, frozen."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from commonweal.base.models import Link, OwnedTable, Person
from commonweal.base.walls import Changes, tagged
from commonweal.reporting.reports.vocabulary import LANGUAGES, NEWSLETTER_STATES, REPORT_KINDS, REPORT_STATES


class SensitivePeriod(OwnedTable):  # type: ignore[django-manager-missing]
    """A time before an election in which publicity is held; entered by a day, ended early but never edited."""

    changing_fields = ("ended_at", "ended_by", "ended_words")
    sensitivity = tagged(
        public="body title starts_on ends_on source", internal="entered_by entered_at ended_at ended_by ended_words"
    )

    title = models.CharField(max_length=200)  # which election
    starts_on = models.DateField()
    ends_on = models.DateField()  # polling day, the last day of the hold
    source = models.CharField(max_length=300)  # where the dates are from
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_words = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="reports_period_dates_in_order"
            )
        ]


class HoldOverride(OwnedTable):
    """That a named officer let one thing through a hold, and why."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body period activity subject title reason decided_by decided_at")

    period = models.ForeignKey(SensitivePeriod, on_delete=models.PROTECT, related_name="overrides")
    activity = models.CharField(max_length=30)
    subject = models.CharField(max_length=80)  # "room.thing:public id"
    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["period", "activity", "subject"], name="reports_override_once")]


class Newsletter(OwnedTable):
    """A newsletter for one quarter while it is chosen: its stories in order, an opening, reminders for employers."""

    changing_fields = ("opening", "opening_cy", "stories", "nudges", "state", "version", "sent_at", "sent_by")
    sensitivity = tagged(
        internal="body begins_on ends_on opening opening_cy stories nudges state version drafted_by drafted_at sent_at sent_by"
    )

    begins_on = models.DateField()
    ends_on = models.DateField()
    opening = models.CharField(max_length=600)
    opening_cy = models.CharField(max_length=600, blank=True)
    stories = models.JSONField(default=list)  # outward ids, in order
    nudges = models.JSONField(default=list)  # ids of `vocabulary.NUDGES`, in order
    state = models.CharField(max_length=10, choices=NEWSLETTER_STATES, default="drafted")
    version = models.IntegerField(default=1)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-begins_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "begins_on"], condition=~models.Q(state="dropped"), name="reports_newsletter_once"
            )
        ]


class NewsletterEdition(OwnedTable):
    """What a newsletter said when it was published, in both languages; nothing changes it."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body newsletter content sha256 published_by published_at")

    newsletter = models.OneToOneField(Newsletter, on_delete=models.PROTECT, related_name="edition")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(db_default=Now())


class NewsletterReader(OwnedTable):
    """Somebody of a contractor who gets the newsletter until they say no more, by the link in each mail."""

    changing_fields = ("left_at", "language", "link")
    sensitivity = tagged(internal="body person organisation language link added_by added_at left_at")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    link = models.ForeignKey(Link, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["organisation", "id"]
        constraints = [models.UniqueConstraint(fields=["body", "person"], name="reports_reader_once")]


class Report(OwnedTable):
    """A report of a year while it is written: what the body says in its own words, section by section; never a figure."""

    changing_fields = ("words", "stories", "state", "version")
    sensitivity = tagged(internal="body kind year words stories state version drafted_by drafted_at")

    kind = models.CharField(max_length=10, choices=REPORT_KINDS)
    year = models.IntegerField()  # the financial year it is of, by the year that begins it
    words = models.JSONField(default=dict)  # by section: {"en": words, "cy": words}
    stories = models.JSONField(default=list)  # outward ids, in order
    state = models.CharField(max_length=10, choices=REPORT_STATES, default="drafted")
    version = models.IntegerField(default=1)
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-year", "kind", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "kind", "year"], condition=models.Q(state="drafted"), name="reports_one_draft"
            )
        ]


class ReportEdition(OwnedTable):
    """What a report of a year said when it was published; nothing changes it."""

    changes = Changes.ADDED
    sensitivity = tagged(internal="body report content sha256 account published_by published_at")

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="edition")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    account = models.IntegerField(null=True, blank=True)  # the number of the published account of that year, if any
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(db_default=Now())
