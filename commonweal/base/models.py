"""Tables every room stands on: bodies, parties, people, memberships, events, files, jobs' progress."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from commonweal.base.files import words_of
from commonweal.base.ids import random_id
from commonweal.base.personal import make_key, open_text, seal_text
from commonweal.base.walls import Changes, Sensitivity, Wall, tagged


def public_id_field() -> models.CharField[str, str]:
    """This will make the column of a row's random outward id."""
    return models.CharField(max_length=14, unique=True, default=random_id, editable=False)


class Table(models.Model):
    """What every table of ours has: an inner key that never leaves, and a random outward id."""

    id = models.BigAutoField(primary_key=True)
    public_id = public_id_field()

    wall: Wall
    changes = Changes.EDITED
    #: With `changes = EDITED`: the only fields that may ever change. Empty means any.
    changing_fields: tuple[str, ...] = ()
    sensitivity: dict[str, Sensitivity] = {}

    class Meta:
        abstract = True


class Body(Table):
    """A public body that uses the product: the tenant of every wall."""

    wall = Wall.SHARED
    changes = Changes.EDITED
    write_rule = "id = NULLIF(current_setting('commonweal.body', true), '')::bigint"
    sensitivity = tagged(
        public="name name_cy slug kind nation place_code colour is_invented is_example tagline tagline_cy org_id"
    )

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=30)
    nation = models.CharField(max_length=20)
    place_code = models.CharField(max_length=12, blank=True)
    org_id = models.CharField(max_length=60, blank=True)
    colour = models.CharField(max_length=7, default="#1d3d5c")
    tagline = models.CharField(max_length=200, blank=True)
    tagline_cy = models.CharField(max_length=200, blank=True)
    is_invented = models.BooleanField(default=False)
    is_example = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Party(Table):
    """An organisation outside the bodies: a provider or a community organisation, the same for every body."""

    wall = Wall.SHARED
    changes = Changes.ADDED
    sensitivity = tagged(public="name org_id")

    name = models.CharField(max_length=300)
    org_id = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org_id"], condition=~models.Q(org_id=""), name="base_party_org_id_once")
        ]

    def __str__(self) -> str:
        return self.name


class OwnedTable(Table):
    """A table of one body's rows."""

    wall = Wall.OWNED

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")

    objects: models.Manager[Any] = ScopedManager(body="body")

    class Meta:
        abstract = True


class TwoSidedTable(Table):
    """A table of a body's rows that one party shares."""

    wall = Wall.TWO_SIDED

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: models.Manager[Any] = ScopedManager(body="body")

    class Meta:
        abstract = True


class PartyTable(Table):
    """A table of one party's own rows: no body sees them."""

    wall = Wall.PARTY

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class PersonManager(BaseUserManager["Person"]):
    """People are made with a key of their own."""

    def create_person(self, *, name: str, email: str | None = None, password: str | None = None) -> Person:
        """This will make a person; without an e-mail address they cannot sign in, but can own things."""
        person = Person(email=self.normalize_email(email).lower() if email else None)
        person.set_password(password)
        person.save()
        key = PersonKey(person=person, key=make_key())
        key.save()
        person.name_sealed = seal_text(name, key.key, person.field_about("name"))
        person.save(update_fields=["name_sealed"])
        return person

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """This will make a person the way Django's sign-in expects."""
        return self.create_person(name=fields.get("name") or email, email=email, password=password)


class Person(AbstractBaseUser, Table):
    """Someone who signs in, or owns something without signing in. Records carry only the pseudonym."""

    wall = Wall.PLATFORM
    changes = Changes.EDITED
    sensitivity = tagged(
        personal="email name_sealed last_login", internal="pseudonym is_active language", special="password"
    )

    email = models.EmailField(unique=True, null=True, blank=True)
    name_sealed = models.BinaryField(default=b"")
    pseudonym = models.CharField(max_length=14, unique=True, default=random_id, editable=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=2, default="en")

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def field_about(self, field: str) -> str:
        """This will name one personal field of this person, the associated data of its ciphertext."""
        return f"person {self.pseudonym} {field}"

    @property
    def name(self) -> str:
        """The person's name, or "(erased)"."""
        try:
            key = self.key_held.key  # at no cost where the query brought it along (`select_related("key_held")`)
        except PersonKey.DoesNotExist:
            key = None
        return open_text(self.name_sealed, key, self.field_about("name"))

    def __str__(self) -> str:
        return self.name


class PersonKey(models.Model):
    """The key of one person's fields; destroying it erases them everywhere."""

    wall = Wall.PLATFORM
    changes = Changes.REMOVED
    sensitivity = tagged(special="key", internal="person")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="key_held")
    key = models.BinaryField()


class Membership(Table):
    """A person's role in a body, or for a party; a leaver's ends on a date and is never deleted."""

    wall = Wall.MEMBERSHIP
    changes = Changes.EDITED
    changing_fields = ("ended_at",)
    sensitivity = tagged(internal="person body party role started_at ended_at")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=30)
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(body__isnull=False) ^ models.Q(party__isnull=False), name="base_membership_one_side"
            ),
            models.UniqueConstraint(
                fields=["person", "body", "party", "role"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="base_membership_once",
            ),
        ]


class Event(models.Model):
    """One line of the append-only, hash-chained record (one chain per body; body empty: the platform's)."""

    wall = Wall.OWNED
    changes = Changes.BY_FUNCTION
    sensitivity = tagged(internal="body seq at actor action subject details previous_hash hash")

    id = models.BigAutoField(primary_key=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+")
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=14)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    details = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects: models.Manager[Event] = ScopedManager(body="body")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "seq"], nulls_distinct=False, name="base_event_seq_once")
        ]


class StoredFile(TwoSidedTable):
    """A file somebody gave us: what it is, its hash as it came and as it is kept, and whether it may be opened.

    It is `quarantined` until it was looked into: then `checked`, or `refused` for a reason that pages say.
    """

    changing_fields = ("state", "reason", "failed_looks", "kept_sha256", "kept_size", "place", "checked_at")
    sensitivity = tagged(
        internal="body party name media_type size sha256 stored_by stored_at state reason failed_looks "
        "kept_sha256 kept_size checked_at",
        sealed="place",
    )

    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    place = models.CharField(max_length=60)
    stored_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    stored_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=12, default="quarantined")
    reason = models.CharField(max_length=40, blank=True)  # a code of `base.files.REASONS`
    failed_looks = models.PositiveSmallIntegerField(default=0)  # how often we could not look into it
    kept_sha256 = models.CharField(max_length=64, blank=True)
    kept_size = models.BigIntegerField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    @property
    def size_to_open(self) -> int:
        """The size of the file as it is kept."""
        return self.size if self.kept_size is None else self.kept_size

    @property
    def state_words(self) -> str:
        """What a reader is told of a file that cannot be opened yet, or ever; "" for one that can."""
        return words_of(self.state, self.reason)


class JobRun(OwnedTable):
    """The progress of a long job, as the page that waits for it shows."""

    changing_fields = ("state", "done", "total", "message", "result_path", "finished_at")
    sensitivity = tagged(
        internal="body name asked_by state done total message result_path started_at finished_at arguments"
    )

    name = models.CharField(max_length=80)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="waiting")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    message = models.CharField(max_length=300, blank=True)
    result_path = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)


class Link(TwoSidedTable):  # type: ignore[django-manager-missing]
    """A signed address by which one person does one thing here without signing in; opening it never uses it up.

    It ends on its day, when what it is for is done, or when somebody takes it back; what was passed on ends with it.
    """

    changing_fields = ("ended_at",)
    sensitivity = tagged(internal="body party person purpose subject passed_on_from made_by made_at ends_at ended_at")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)  # "room.thing:public id"
    passed_on_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="passed_on"
    )
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["body", "subject"], name="base_link_subject")]


class Mail(OwnedTable):
    """A mail that waits to be sent or was sent: to whom, about what, and what became of it.

    The address is in the person's own record and the link is signed as it is sent, so neither is kept here.
    """

    changing_fields = ("state", "sent_at", "reason")
    sensitivity = tagged(
        internal="body person alerts kind about subject_line words link link_route state reason queued_at "
        "sent_at message_id"
    )

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    alerts = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=80)  # "room.thing:public id"
    subject_line = models.CharField(max_length=200)
    words = models.TextField()
    link = models.ForeignKey(Link, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    link_route = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=300, blank=True)
    queued_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=120, unique=True)
