"""What the other rooms and the pages read of the directory."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.core.signing import BadSignature, Signer
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils.timezone import localdate

from commonweal.base.access import ANY_PROVIDER
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Membership, Party, Person
from commonweal.base.queries import database_now, find_party, memberships_of
from commonweal.base.scope import open_scope
from commonweal.directory.models import (
    Accreditation,
    Appointment,
    Boundary,
    Department,
    Deprivation,
    GroupMember,
    Invitation,
    Organisation,
    Place,
    PlaceWithin,
    Postcode,
)
from commonweal.sources.places import (
    INDEXES,
    KINDS,
    NotAPostcode,
    PlaceNotThen,
    WardDeprivation,
    most_deprived_fifth_by_ward,
    normalise_postcode,
    places_valid_on,
)
from commonweal.sources.places import Deprivation as DeprivationRecord
from commonweal.sources.places import Place as PlaceRecord
from commonweal.sources.places import Within as WithinRecord

#: The kinds of place from the widest to the smallest, with the words a person reads.
PLACE_KINDS: dict[str, str] = {
    "nation": "Nation",
    "region": "Region",
    "combined-authority": "Combined authority",
    "county": "County",
    "council": "Council",
    "ward": "Ward",
    "lsoa": "Small area (LSOA)",
}
#: The edition of an index that pages show unless another is asked for.
LATEST_INDEX = INDEXES[-1].name

# --- places ---------------------------------------------------------------------------------------------------------


def get_place(code: str) -> Place:
    """This will find a place by its code; raises Place.DoesNotExist."""
    return Place.objects.get(code=code)


def places_by_code(codes: Iterable[str]) -> dict[str, Place]:
    """This will find places by their codes; unknown codes are left out."""
    return {place.code: place for place in Place.objects.filter(code__in=set(codes))}


def _record(place: Place) -> PlaceRecord:
    return PlaceRecord(
        code=place.code, kind=place.kind, name=place.name, name_cy=place.name_cy,  # type: ignore[arg-type]  # loaded by kind
        valid_from=place.valid_from, valid_to=place.valid_to, successors=tuple(place.successor_codes),
        listed=tuple(place.listed),
    )  # fmt: skip


def place_on(code: str, on: date) -> Place:
    """This will find the place of a code unless it is known not to have existed on a day.

    Raises NotPossible with the sentence that says when it existed and what followed it.
    """
    found = places_by_code([code])
    if code in found:
        found |= places_by_code(found[code].successor_codes)
    try:
        places_valid_on({held: _record(place) for held, place in found.items()}, code, on)
    except PlaceNotThen as error:
        raise NotPossible(str(error)) from None
    return found[code]


def find_places(text: str, kind: str = "", limit: int = 50) -> list[Place]:
    """This will find places whose name, Welsh name or code holds the text, those that begin with it first.

    `kind` is one of PLACE_KINDS or "" for all but the smallest areas.
    """
    text = " ".join(text.split())
    if not text:
        return []
    found = Place.objects.filter(Q(name__icontains=text) | Q(name_cy__icontains=text) | Q(code=text.upper()))
    found = found.filter(kind=kind) if kind else found.filter(~Q(kind="lsoa") | Q(code=text.upper()))
    begins = Case(When(name__istartswith=text, then=Value(0)), default=Value(1), output_field=IntegerField())
    width = Case(
        *(When(kind=kind, then=Value(number)) for number, kind in enumerate(KINDS)), output_field=IntegerField()
    )
    return list(found.order_by(begins, width, "name", "code")[:limit])


#: The most places a page lists at once.
FOUND_AT_MOST = 50


def parents_by_code(codes: Collection[str]) -> dict[str, str]:
    """This will name, for each place, the nearest place it lies in, so that two of one name can be told apart."""
    links = PlaceWithin.objects.filter(child__code__in=codes).select_related("child", "parent")
    nearest: dict[str, Place] = {}
    for link in links:
        held = nearest.get(link.child.code)
        if held is None or KINDS.index(link.parent.kind) > KINDS.index(held.kind):
            nearest[link.child.code] = link.parent
    return {code: parent.name for code, parent in nearest.items()}


def ancestors(code: str, on: date | None = None) -> list[Place]:
    """This will list the places a place lies in, nearest first: ward, council, county, region, nation.

    With a day, only links that held then; a bound that is not known refuses nothing.
    """
    found: dict[int, Place] = {}
    level = set(Place.objects.filter(code=code).values_list("pk", flat=True))
    while level:
        links = PlaceWithin.objects.filter(child_id__in=level).select_related("parent")
        if on is not None:
            links = links.filter(_held_on(on))
        above = {link.parent_id: link.parent for link in links if link.parent_id not in found}
        found |= above
        level = set(above)
    return sorted(found.values(), key=lambda place: (-KINDS.index(place.kind), place.name))


def places_around(codes: Iterable[str]) -> dict[str, frozenset[str]]:
    """This will give, for each of many places, the codes of all the places it lies in; a query for each level, not each
    place."""
    above: dict[str, set[str]] = {}
    level = {code for code in codes if code}
    seen: set[str] = set()
    while level:
        seen |= level
        links = PlaceWithin.objects.filter(child__code__in=level).values_list("child__code", "parent__code")
        for child, parent in links:
            above.setdefault(child, set()).add(parent)
        level = {parent for _child, parent in links} - seen
    return {code: frozenset(_all_above(code, above)) for code in set(codes) if code}


def _all_above(code: str, above: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = set(above.get(code, ()))
    while waiting:
        found |= waiting
        waiting = {parent for each in waiting for parent in above.get(each, ())} - found
    return found


def _held_on(on: date) -> Q:
    began = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
    return began & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def _inside(code: str, kind: str) -> QuerySet[Place]:
    return Place.objects.filter(kind=kind, parents__parent__code=code).distinct()


def ward_lists(council_code: str) -> dict[int, list[Place]]:
    """This will give each whole list of a council's wards by its year, earliest first.

    Wards have no dates of their own in open sources, but are named in dated lists. Some lists name only the wards
    that changed or voted that year: a list with fewer than half as many wards as the fullest one before it is left out.
    """
    by_year: dict[int, list[Place]] = {}
    for ward in _inside(council_code, "ward").order_by("name", "code"):
        for year in ward.listed:
            by_year.setdefault(year, []).append(ward)
    whole: dict[int, list[Place]] = {}
    fullest = 0
    for year in sorted(by_year):
        fullest = max(fullest, len(by_year[year]))
        if 2 * len(by_year[year]) >= fullest:
            whole[year] = by_year[year]
    return whole


def year_of_list(lists: dict[int, list[Place]], on: date) -> int | None:
    """This will choose the last list up to a day's year, or the first after it; None when there is no list."""
    before = [year for year in lists if year <= on.year]
    return max(before) if before else min(lists, default=None)


def other_lists(lists: dict[int, list[Place]], shown: int | None) -> list[int]:
    """This will give the last year of each list that names other wards than the one shown, latest first."""
    seen = [lists[shown]] if shown in lists else []
    others = []
    for year in reversed(lists):
        if lists[year] not in seen:
            seen.append(lists[year])
            others.append(year)
    return others


def latest_list_with_outlines(lists: dict[int, list[Place]]) -> int | None:
    """This will give the year of the last of a council's lists of wards that can be drawn, or None."""
    codes = {ward.code for wards in lists.values() for ward in wards}
    drawn = set(Boundary.objects.filter(place__code__in=codes).values_list("place__code", flat=True))
    return next((year for year in reversed(lists) if all(ward.code in drawn for ward in lists[year])), None)


def wards_of(council_code: str, on: date) -> list[Place]:
    """This will list a council's wards on a day, by name: the last whole list up to that year, or the first after it.

    Wards that no list names (invented ones) are taken by their dates.
    """
    lists = ward_lists(council_code)
    year = year_of_list(lists, on)
    if year is not None:
        return lists[year]
    return list(_inside(council_code, "ward").filter(_held_on(on)).order_by("name", "code"))


def small_areas_of(code: str) -> list[Place]:
    """This will list the small areas (LSOAs) of a ward, by name."""
    return list(_inside(code, "lsoa").order_by("name", "code"))


def small_areas_with_deprivation(ward_code: str, index: str = LATEST_INDEX) -> list[tuple[Place, Deprivation | None]]:
    """This will list a ward's small areas with where each stands in an index, the most deprived first."""
    areas = small_areas_of(ward_code)
    standing = {row.place_id: row for row in Deprivation.objects.filter(index=index, place__in=areas)}
    paired = [(area, standing.get(area.pk)) for area in areas]
    return sorted(paired, key=lambda pair: (pair[1] is None, (pair[1].rank or 0) if pair[1] else 0, pair[0].name))


def children_of(code: str, on: date | None = None) -> list[Place]:
    """This will list the places directly in a nation, region, combined authority or county, by kind and name."""
    links = PlaceWithin.objects.filter(parent__code=code).exclude(child__kind__in=("ward", "lsoa"))
    if on is not None:
        links = links.filter(_held_on(on))
    found = Place.objects.filter(pk__in=links.values("child_id"))
    if on is not None:
        found = found.filter(_held_on(on))
    return sorted(found, key=lambda place: (KINDS.index(place.kind), place.name))


@dataclass(frozen=True, slots=True)
class PostcodePlaces:
    """Where a postcode lies. `ward` is the ward of 2024 that best fits its small area; None where none does."""

    postcode: str
    small_area: Place
    ward: Place | None
    council: Place


def place_for_postcode(text: str) -> PostcodePlaces:
    """This will find where a postcode lies, however it is spaced or capitalised.

    Raises NotPossible when the text is not a postcode of Great Britain, or is one that the loaded files do not hold.
    """
    try:
        postcode = normalise_postcode(text)
    except NotAPostcode:
        raise NotPossible(
            "Enter a full postcode of England, Scotland or Wales, like SR1 3NX. "
            "Northern Ireland and the islands are not held."
        ) from None
    held = Postcode.objects.filter(pk=postcode).first()
    if held is None:
        raise NotPossible(
            f"We do not hold {postcode}. Check it, or find the place by its name instead: not every postcode is loaded."
        )
    places = places_by_code([held.lsoa_code, held.ward_code, held.council_code])
    return PostcodePlaces(postcode, places[held.lsoa_code], places.get(held.ward_code), places[held.council_code])


def wards_deprivation(ward_codes: Collection[str], index: str = LATEST_INDEX) -> dict[str, WardDeprivation]:
    """This will count, for each ward, how many of its small areas are among the most deprived fifth of an index.

    Unweighted: every small area counts the same. Wards with no figure (outside the index, or newer than the best fit
    of small areas to wards) are left out.
    """
    links = PlaceWithin.objects.filter(parent__code__in=ward_codes, parent__kind="ward", child__kind="lsoa")
    within = [
        WithinRecord(child, parent, "lsoa-in-ward", None, None)
        for child, parent in links.values_list("child__code", "parent__code")
    ]
    ranked = Deprivation.objects.filter(index=index, place__parents__in=links).distinct()
    rows = ranked.values_list("place__code", "index", "decile", "rank", "score")
    return most_deprived_fifth_by_ward(
        within,
        (
            DeprivationRecord(lsoa, of_index, decile, rank or 0, score)  # the count looks at deciles alone
            for lsoa, of_index, decile, rank, score in rows
        ),
        index,
    )


def ward_deprivation(ward_code: str, index: str = LATEST_INDEX) -> WardDeprivation | None:
    """This will give one ward's count and share of small areas in the most deprived fifth, or None (see above)."""
    return wards_deprivation([ward_code], index).get(ward_code)


def deprivation_of(place: Place) -> list[Deprivation]:
    """This will list where a small area stands in each index, latest first."""
    return list(Deprivation.objects.filter(place=place).order_by("-index"))


def boundaries_of(codes: Collection[str]) -> dict[str, Boundary]:
    """This will give the latest outline of each place that has one."""
    drawn = Boundary.objects.filter(place__code__in=codes).select_related("place").order_by("year")
    return {boundary.place.code: boundary for boundary in drawn}


def places_are_loaded() -> bool:
    """This will say whether any real place is here yet."""
    return Place.objects.filter(is_invented=False).exists()


# --- bodies and departments -----------------------------------------------------------------------------------------


def groups_of(body: Body, on: date | None = None) -> list[GroupMember]:
    """This will list the groups a body is in (on a day), by the group's name."""
    return list(_members(GroupMember.objects.filter(member=body), on).order_by("group__name"))


def members_of(group: Body, on: date | None = None) -> list[GroupMember]:
    """This will list the bodies of a group (on a day), by name."""
    return list(_members(GroupMember.objects.filter(group=group), on).order_by("member__name"))


def _members(held: QuerySet[GroupMember], on: date | None) -> QuerySet[GroupMember]:
    if on is not None:
        held = held.filter(Q(joined_on__isnull=True) | Q(joined_on__lte=on))
        held = held.filter(Q(left_on__isnull=True) | Q(left_on__gte=on))
    return held.select_related("group", "member")


#: What a list of departments can be sorted by.
DEPARTMENT_SORTS = {"name": "name"}


def departments(body: Body, *, text: str = "", ended: bool = False) -> QuerySet[Department]:
    """This will find a body's departments that go on (or those that ended), by words in the name; needs its scope."""
    held = Department.objects.filter(body=body, ended_on__isnull=not ended).select_related("parent")
    words = " ".join(text.split())
    return held.filter(Q(name__icontains=words) | Q(name_cy__icontains=words)) if words else held


def get_department(public_id: str) -> Department:
    """This will find a department in the open scope; raises Department.DoesNotExist."""
    return Department.objects.select_related("parent").get(public_id=public_id)


# --- organisations --------------------------------------------------------------------------------------------------

#: What a list of organisations can be sorted by.
ORGANISATION_SORTS = {"name": "name", "form": "form"}


def organisations(body: Body, *, text: str = "", size: str = "", form: str = "") -> QuerySet[Organisation]:
    """This will find a body's organisations by words in the name or a number, size and form; needs its scope."""
    found = Organisation.objects.filter(body=body).select_related("party")
    text = " ".join(text.split())
    if text:
        number = text.replace(" ", "").upper()
        found = found.filter(
            Q(name__icontains=text) | Q(company_number=number) | Q(charity_number=number) | Q(party__org_id=number)
        )
    if size:
        found = found.filter(size=size)
    if form:
        found = found.filter(form=form)
    return found


def get_organisation(public_id: str) -> Organisation:
    """This will find an organisation in the open scope; raises Organisation.DoesNotExist."""
    return Organisation.objects.select_related("party").get(public_id=public_id)


def organisation_of_party(body: Body, party_key: int) -> Organisation | None:
    """This will find how a body knows a party, by the party's inner key; needs the body's scope."""
    return Organisation.objects.filter(body=body, party_id=party_key).first()


def accreditations_of(organisation: Organisation) -> list[Accreditation]:
    """This will list what an organisation holds, those that run longest first."""
    held = Accreditation.objects.filter(organisation=organisation)
    return list(held.order_by(F("expires_on").desc(nulls_first=True), "name"))


# --- people ---------------------------------------------------------------------------------------------------------


def appointments_on(body: Body, on: date) -> list[Appointment]:
    """This will list who answers for what in a body on a day: named member, senior lead, champions, contacts."""
    held = Appointment.objects.filter(body=body, starts_on__lte=on)
    held = held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on)).select_related("person__key_held", "department")
    order = [kind for kind, _words in Appointment.KINDS]
    return sorted(held, key=lambda one: (order.index(one.kind), one.topic.casefold(), one.starts_on))


def appointments_of(body: Body, person: Person) -> list[Appointment]:
    """This will list all that someone has answered for in a body, latest first; needs its scope."""
    held = Appointment.objects.filter(body=body, person=person).select_related("department")
    return list(held.order_by("-starts_on", "kind"))


def get_appointment(public_id: str) -> Appointment:
    """This will find an appointment in the open scope; raises Appointment.DoesNotExist."""
    return Appointment.objects.select_related("person__key_held", "department").get(public_id=public_id)


def get_member_of_staff(body: Body, public_id: str) -> Person:
    """This will find someone who has, or once had, a role in a body; raises Person.DoesNotExist for anybody else."""
    here = Membership.objects.filter(body=body).values("person_id")
    return Person.objects.select_related("key_held").get(public_id=public_id, pk__in=here)


def find_person_with_email(email: str) -> Person | None:
    """This will find whose sign-in address an e-mail address is, however it is capitalised, or nobody."""
    return Person.objects.select_related("key_held").filter(email=email.strip().lower()).first()


def roles_held(body: Body, person: Person) -> list[Membership]:
    """This will list the roles someone has had in a body, those of today first; needs its scope."""
    held = Membership.objects.filter(body=body, person=person)
    return list(held.order_by(F("ended_at").desc(nulls_first=True), "role"))


def people_of_party(party: Party) -> list[tuple[Person, tuple[str, ...]]]:
    """This will list who has a role for a provider today, by name, with their roles, as the provider itself sees them.

    A body that deals with the provider may ask too: they are the people who read its promises.
    """
    found: dict[int, tuple[Person, list[str]]] = {}
    with open_scope(party=party.pk):
        held = Membership.objects.filter(party=party, ended_at__isnull=True).select_related("person__key_held")
        for membership in held:
            found.setdefault(membership.person_id, (membership.person, []))[1].append(membership.role)
    return sorted(
        ((person, tuple(sorted(roles))) for person, roles in found.values()),
        key=lambda pair: (pair[0].name.casefold(), pair[0].pk),
    )


def parties_of(person: Person) -> list[Party]:
    """This will list the providers somebody works for today; opens their own scope."""
    with open_scope(person=person.pk):
        held = {each.party_id: each.party for each in memberships_of(person) if each.role in ANY_PROVIDER}
    return [party for party in held.values() if party is not None]


# --- invitations ----------------------------------------------------------------------------------------------------

_signer = Signer(salt="directory.invitation")


def invitation_token(invitation: Invitation) -> str:
    """This will sign what an invitation's link carries: its outward id, and whose it is. Nothing about the person."""
    sides = (invitation.body, invitation.party)
    return _signer.sign("-".join([invitation.public_id, *(side.public_id if side else "" for side in sides)]))


def find_invitation(token: str) -> Invitation | None:
    """This will find the invitation of a link, in a scope that the link itself opens; None when we did not sign it."""
    try:
        public_id, body_id, party_id = _signer.unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    body = Body.objects.filter(public_id=body_id).first()
    party = find_party(party_id)
    if body is None and party is None:
        return None
    with open_scope(body=body.pk if body else None, party=party.pk if party else None):
        return _invitations().filter(public_id=public_id).first()


def _invitations() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("body", "party", "person__key_held", "invited_by__key_held")


def get_any_invitation(public_id: str) -> Invitation:
    """This will find any invitation of the open scope; raises Invitation.DoesNotExist."""
    return _invitations().get(public_id=public_id)


def get_invitation(public_id: str, *, party: Party | None = None) -> Invitation:
    """This will find an invitation in the open scope, to work for `party` or, without one, for the body itself.

    Raises Invitation.DoesNotExist.
    """
    return _invitations().get(public_id=public_id, party=party)


def invitations(party: Party | None = None) -> list[Invitation]:
    """This will list the invitations that the open scope sees, latest first: to work for `party`, or for the body."""
    return list(_invitations().filter(party=party).order_by("-invited_at"))


# --- what pages offer to choose from --------------------------------------------------------------------------------

SIZES: dict[str, str] = dict(Organisation.SIZES)
FORMS: dict[str, str] = dict(Organisation.FORMS)
APPOINTMENT_KINDS: dict[str, str] = dict(Appointment.KINDS)


def today() -> date:
    """This will read today's date in this country from the one clock."""
    return localdate(database_now())
