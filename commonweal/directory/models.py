"""Places, departments, organisations, and who is responsible for what."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django_scopes import ScopedManager

from commonweal.base.models import Body, OwnedTable, Party, Person, Table
from commonweal.base.walls import Changes, Wall, tagged


class Place(Table):
    """A place with the dates between which its code existed: nation, region, council, ward, LSOA.

    `listed` holds the years of the official lists that name it: facts about lists, for places whose dates nobody gives.
    """

    wall = Wall.SHARED
    changes = Changes.NOTHING
    sensitivity = tagged(public="code kind name name_cy valid_from valid_to successor_codes listed is_invented")

    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor_codes = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    listed = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    is_invented = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["kind", "name"], name="directory_place_kind_name")]

    def __str__(self) -> str:
        return self.name


class PlaceWithin(models.Model):
    """One place inside another, between dates."""

    wall = Wall.SHARED
    changes = Changes.NOTHING
    sensitivity = tagged(public="child parent valid_from valid_to")

    id = models.BigAutoField(primary_key=True)
    child = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="children")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child", "parent", "valid_from"], nulls_distinct=False, name="directory_within_once"
            )
        ]


class Deprivation(models.Model):
    """How deprived a small area is, by one edition of a nation's index (decile 1 is the most deprived)."""

    wall = Wall.SHARED
    changes = Changes.NOTHING
    sensitivity = tagged(public="place index decile rank score")

    id = models.BigAutoField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="deprivation")
    index = models.CharField(max_length=20)
    decile = models.SmallIntegerField()
    rank = models.IntegerField(null=True, blank=True)
    score = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "index"], name="directory_deprivation_once"),
            models.CheckConstraint(condition=models.Q(decile__range=(1, 10)), name="directory_decile_1_to_10"),
        ]


class Boundary(models.Model):
    """The outline of a place in one year, GeoJSON in WGS84."""

    wall = Wall.SHARED
    changes = Changes.NOTHING
    sensitivity = tagged(public="place year geometry")

    id = models.BigAutoField(primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="boundaries")
    year = models.SmallIntegerField()
    geometry = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "year"], name="directory_boundary_once")]


class Postcode(models.Model):
    """A postcode of Great Britain and the areas it lies in, by code."""

    wall = Wall.SHARED
    changes = Changes.NOTHING
    sensitivity = tagged(public="postcode lsoa_code ward_code council_code")

    postcode = models.CharField(max_length=8, primary_key=True)
    lsoa_code = models.CharField(max_length=12, blank=True)
    ward_code = models.CharField(max_length=12, blank=True)
    council_code = models.CharField(max_length=12, blank=True)


class GroupMember(models.Model):
    """A body in a group of bodies (a hub, a taskforce, an anchor network), between dates."""

    wall = Wall.SHARED
    changes = Changes.NOTHING
    sensitivity = tagged(public="group member joined_on left_on")

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="members")
    member = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="groups")
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "member"], name="directory_group_member_once")]


class Department(OwnedTable):
    """A department or team of a body."""

    changing_fields = ("name", "name_cy", "parent", "ended_on")
    sensitivity = tagged(public="body name name_cy parent ended_on")

    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "name"], name="directory_department_once")]

    def __str__(self) -> str:
        return self.name


class Organisation(OwnedTable):  # type: ignore[django-manager-missing]
    """A provider or community organisation as one body knows it."""

    SIZES = [("micro", "Micro"), ("small", "Small"), ("medium", "Medium"), ("large", "Large"), ("unknown", "Not known")]
    FORMS = [
        ("company", "Company"),
        ("charity", "Charity"),
        ("cic", "Community interest company"),
        ("co-operative", "Co-operative"),
        ("social-enterprise", "Social enterprise"),
        ("sole-trader", "Sole trader or partnership"),
        ("public-body", "Public body"),
        ("unknown", "Not known"),
    ]

    changing_fields = ("name", "size", "form", "company_number", "charity_number", "place_code")
    sensitivity = tagged(public="body party name size form company_number charity_number place_code")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=300)
    size = models.CharField(max_length=10, choices=SIZES, default="unknown")
    form = models.CharField(max_length=20, choices=FORMS, default="unknown")
    company_number = models.CharField(max_length=20, blank=True)
    charity_number = models.CharField(max_length=20, blank=True)
    place_code = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "party"], name="directory_organisation_once")]

    def __str__(self) -> str:
        return self.name


class Accreditation(OwnedTable):
    """Something an organisation holds until a date."""

    changes = Changes.ADDED
    sensitivity = tagged(public="body organisation name expires_on")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accreditations")
    name = models.CharField(max_length=200)
    expires_on = models.DateField(null=True, blank=True)


class Appointment(OwnedTable):
    """Who answers for social value in a body: the named member, the senior lead, champions, contacts by topic."""

    KINDS = [
        ("named-member", "Named member"),
        ("senior-lead", "Senior lead"),
        ("champion", "Champion"),
        ("contact", "Contact"),
    ]

    changing_fields = ("ends_on",)
    sensitivity = tagged(public="body kind topic topic_cy department starts_on ends_on", internal="person")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=KINDS)
    topic = models.CharField(max_length=200, blank=True)
    topic_cy = models.CharField(max_length=200, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="directory_appointment_in_order",
            )
        ]


class Invitation(Table):
    """Someone asked to work here: by a body for itself, by a body for a provider, or by a provider for itself.

    What it gives is a role in the party, where there is one, and in the body otherwise. The person it is for exists
    from the start, without a way to sign in: their address is nowhere but in their own record.
    """

    wall = Wall.TWO_SIDED
    changes = Changes.EDITED
    changing_fields = ("accepted_at", "withdrawn_at")
    sensitivity = tagged(
        internal="body party person roles invited_by invited_at expires_at is_mailed accepted_at withdrawn_at"
    )

    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    roles = ArrayField(models.CharField(max_length=30))
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    #: Sent to the address and shown to nobody, so that who follows it has shown that the address is theirs.
    is_mailed = models.BooleanField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: models.Manager[Invitation] = ScopedManager(body="body")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(body__isnull=False) | models.Q(party__isnull=False), name="directory_invitation_side"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="directory_invitation_ends_once",
            ),
        ]
