"""What may be done in the directory: load places, keep departments, organisations, people and who answers for what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from commonweal.base.actions import create_person, find_or_create_party, give_role, name_person, record_event
from commonweal.base.errors import NotPossible
from commonweal.base.leaving import let_go
from commonweal.base.models import Body, Membership, Party, Person
from commonweal.base.queries import database_now
from commonweal.base.scope import current, open_scope
from commonweal.directory import org_ids, place_tables, policies, queries
from commonweal.directory.letters import post_invitation
from commonweal.directory.models import (
    Accreditation,
    Appointment,
    Department,
    GroupMember,
    Invitation,
    Organisation,
    Place,
)
from commonweal.directory.place_tables import Progress, Staged
from commonweal.sources.places import Boundary, Deprivation, FileAccount, PlaceFeed, Rejected, Within
from commonweal.sources.places import Place as PlaceRecord

# --- places ---------------------------------------------------------------------------------------------------------

#: Which files of a folder hold the rows of each kind; links are made from the same rows as places.
_FILES_OF_KIND = {
    "places": ("areas", "wards", "lsoas"),
    "deprivation": ("deprivation",),
    "boundaries": ("boundaries",),
    "postcodes": ("postcodes",),
    "centroids": ("centroids",),
}


@dataclass(frozen=True, slots=True)
class LoadedKind:
    """What became of one kind of row: `accepted` were written, `unchanged` were there already."""

    kind: str
    accepted: int
    unchanged: int
    rejected: int


@dataclass(frozen=True, slots=True)
class LoadedPlaces:
    """What a load did, by kind and by file, with every refused row and its reason."""

    kinds: tuple[LoadedKind, ...]
    files: tuple[FileAccount, ...]
    rejected: tuple[Rejected, ...]


def _say_nothing(kind: str, rows: int) -> None:
    """Progress that nobody watches."""


def load_places(feed: PlaceFeed, *, progress: Progress = _say_nothing) -> LoadedPlaces:
    """This will write a feed's places, links, deprivation, boundaries and postcodes, all or nothing.

    Must run as the owner role, outside any body's scope. Rows that stand already as the feed says are left alone, so a
    second load changes nothing; places the feed does not name stay. Raises PlaceFileUnreadable when a file breaks off.
    """
    with transaction.atomic():
        invented = set(Place.objects.filter(is_invented=True).values_list("code", flat=True))
        clash = sorted(invented & feed.places.keys())
        if clash:
            raise NotPossible(f"{clash[0]} is the code of an invented place here. Remove the demonstration first.")
        staged = (
            place_tables.write_places(feed.places.values(), invented=False, progress=progress),
            place_tables.write_links(feed.within, progress=progress),
            place_tables.write_deprivation(feed.deprivation(), progress=progress),
            place_tables.write_boundaries(feed.boundaries(), progress=progress),
            place_tables.write_postcodes(feed.postcodes(), progress=progress),
        )
        files, rejected = feed.account(), feed.rejected
        kinds = tuple(_loaded(kind, rejected) for kind in staged)
        record_event(
            action="directory.places.loaded", subject="directory.places:all", by=None, body=None,
            written={kind.kind: {"added": kind.added, "changed": kind.changed} for kind in staged},
            rejected=len(rejected),
        )  # fmt: skip
    return LoadedPlaces(kinds, files, rejected)


def _loaded(staged: Staged, rejected: Iterable[Rejected]) -> LoadedKind:
    beginnings = _FILES_OF_KIND.get(staged.kind, ())
    refused = sum(1 for row in rejected if beginnings and row.file.startswith(beginnings))
    return LoadedKind(staged.kind, staged.added + staged.changed, staged.unchanged, refused)


def load_invented_places(
    *,
    places: Sequence[PlaceRecord],
    within: Sequence[Within] = (),
    deprivation: Sequence[Deprivation] = (),
    boundaries: Sequence[Boundary] = (),
) -> None:
    """This will write places that do not exist, marked as invented, for a demonstration. Must run as the owner role.

    Raises NotPossible when one of the codes is a real place's.
    """
    with transaction.atomic():
        real = Place.objects.filter(code__in=[place.code for place in places], is_invented=False).first()
        if real is not None:
            raise NotPossible(f"{real.code} is {real.name}, a real place. Give the invented place another code.")
        place_tables.write_places(places, invented=True, progress=_say_nothing)
        place_tables.write_links(within, progress=_say_nothing)
        place_tables.write_deprivation(deprivation, progress=_say_nothing)
        place_tables.write_boundaries(boundaries, progress=_say_nothing)
        record_event(
            action="directory.places.invented", subject="directory.places:invented", by=None, body=None,
            places=len(places),
        )  # fmt: skip


# --- groups of bodies -----------------------------------------------------------------------------------------------


def join_group(*, group: Body, member: Body, joined_on: date | None, by: Person | None = None) -> GroupMember:
    """This will make a body a member of a group of bodies; twice changes nothing. Must run as the owner role."""
    if group.pk == member.pk:
        raise NotPossible(f"{group.name} cannot be a member of itself.")
    with transaction.atomic():
        held, joined = GroupMember.objects.get_or_create(group=group, member=member, defaults={"joined_on": joined_on})
        if joined:
            record_event(
                action="directory.group.joined", subject=f"base.body:{member.public_id}", by=by, body=None,
                group=group.public_id, joined_on=joined_on,
            )  # fmt: skip
    return held


# --- departments ----------------------------------------------------------------------------------------------------


def create_department(
    *, name: str, body: Body, by: Person | None, name_cy: str = "", parent: Department | None = None
) -> Department:
    """This will record a department, perhaps part of another. Raises NotPossible when the name is taken."""
    name, name_cy = _tidy(name), _tidy(name_cy)
    policies.check_department_name(body, name)
    policies.check_department_parent(None, parent)
    department = Department.objects.create(body=body, name=name, name_cy=name_cy, parent=parent)
    record_event(
        action="directory.department.created", subject=f"directory.department:{department.public_id}", by=by, body=body,
        name=name, parent=parent.public_id if parent else None,
    )  # fmt: skip
    return department


def update_department(
    *, department: Department, name: str, name_cy: str, parent: Department | None, body: Body, by: Person
) -> None:
    """This will rename or move a department. Raises NotPossible when the name is taken or it would be inside itself."""
    name, name_cy = _tidy(name), _tidy(name_cy)
    policies.check_department_name(body, name, apart_from=department)
    policies.check_department_parent(department, parent)
    department.name, department.name_cy, department.parent = name, name_cy, parent
    department.save(update_fields=["name", "name_cy", "parent"])
    record_event(
        action="directory.department.updated", subject=f"directory.department:{department.public_id}", by=by, body=body,
        name=name, parent=parent.public_id if parent else None,
    )  # fmt: skip


def end_department(*, department: Department, ended_on: date, body: Body, by: Person) -> None:
    """This will say that a department ended on a day; it stays in the record. Raises NotPossible."""
    policies.check_department_can_end(department)
    department.ended_on = ended_on
    department.save(update_fields=["ended_on"])
    record_event(
        action="directory.department.ended", subject=f"directory.department:{department.public_id}", by=by, body=body,
        ended_on=ended_on,
    )  # fmt: skip


# --- organisations --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Identified:
    """The checked numbers of an organisation: its identifiers, best first, and the two people know it by."""

    identifiers: tuple[str, ...]
    company_number: str
    charity_number: str


def _identify(company_number: str, charity_number: str, org_id: str = "") -> _Identified:
    try:
        other = org_ids.organisation_id(org_id) if org_id.strip() else ""
        company = f"GB-COH-{org_ids.company_number(company_number)}" if company_number.strip() else ""
        charity = org_ids.charity_id(charity_number) if charity_number.strip() else ""
    except org_ids.NotAnOrganisationId as error:
        raise NotPossible(str(error)) from None
    if org_ids.prefix_of(other) == "GB-COH":
        company = company or other
    elif org_ids.prefix_of(other) in ("GB-CHC", "GB-SC", "GB-NIC"):
        charity = charity or other
    if (
        other
        and other not in (company, charity)
        and org_ids.prefix_of(other) in map(org_ids.prefix_of, (company, charity))
    ):
        raise NotPossible(f"{other} is not the number given above. Give one or the other.")
    identifiers = tuple(dict.fromkeys(identifier for identifier in (company, charity, other) if identifier))
    return _Identified(
        identifiers,
        org_ids.register_of(company)[1] if company else "",
        org_ids.charity_number(charity) if charity else "",
    )


def record_organisation(
    *,
    name: str,
    body: Body,
    by: Person | None,
    size: str = "unknown",
    form: str = "unknown",
    company_number: str = "",
    charity_number: str = "",
    org_id: str = "",
    place_code: str = "",
) -> Organisation:
    """This will record a provider or community organisation as this body knows it.

    An organisation that any body has recorded with the same identifier is the same party; without an identifier it is
    a party of its own. Raises NotPossible when a number is not well formed, the place is unknown, or this body has
    recorded it already.
    """
    found = _identify(company_number, charity_number, org_id)
    name, place_code = _tidy(name), place_code.strip().upper()
    policies.check_place_exists(place_code)
    party = Party.objects.filter(org_id__in=found.identifiers).order_by("pk").first()
    if party is None:
        party = find_or_create_party(name=name, org_id=found.identifiers[0] if found.identifiers else "")
    policies.check_organisation_not_recorded(body, party)
    organisation = Organisation.objects.create(
        body=body, party=party, name=name, size=size, form=form, company_number=found.company_number,
        charity_number=found.charity_number, place_code=place_code,
    )  # fmt: skip
    record_event(
        action="directory.organisation.recorded", subject=f"directory.organisation:{organisation.public_id}", by=by,
        body=body, party=party.public_id, org_id=party.org_id, size=size, form=form,
    )  # fmt: skip
    return organisation


def update_organisation(
    *,
    organisation: Organisation,
    name: str,
    size: str,
    form: str,
    company_number: str,
    charity_number: str,
    place_code: str,
    body: Body,
    by: Person,
) -> None:
    """This will change what this body knows of an organisation; its identity stays. Raises NotPossible."""
    found = _identify(company_number, charity_number)
    place_code = place_code.strip().upper()
    policies.check_place_exists(place_code)
    policies.check_same_organisation(organisation.party, found.identifiers)
    given = {
        "name": _tidy(name), "size": size, "form": form, "company_number": found.company_number,
        "charity_number": found.charity_number, "place_code": place_code,
    }  # fmt: skip
    changed = [field for field, value in given.items() if getattr(organisation, field) != value]
    for field in changed:
        setattr(organisation, field, given[field])
    organisation.save(update_fields=changed)
    record_event(
        action="directory.organisation.updated", subject=f"directory.organisation:{organisation.public_id}", by=by,
        body=body, fields=changed,
    )  # fmt: skip


def add_accreditation(
    *, organisation: Organisation, name: str, expires_on: date | None, body: Body, by: Person
) -> Accreditation:
    """This will record something an organisation holds, until a date or with no end known. Raises NotPossible."""
    name = _tidy(name)
    policies.check_accreditation_not_recorded(organisation, name, expires_on)
    held = Accreditation.objects.create(body=body, organisation=organisation, name=name, expires_on=expires_on)
    record_event(
        action="directory.accreditation.added", subject=f"directory.organisation:{organisation.public_id}", by=by,
        body=body, accreditation=held.public_id, name=name, expires_on=expires_on,
    )  # fmt: skip
    return held


# --- people ---------------------------------------------------------------------------------------------------------


def appoint(
    *,
    person: Person,
    kind: str,
    starts_on: date,
    body: Body,
    by: Person | None,
    topic: str = "",
    topic_cy: str = "",
    department: Department | None = None,
) -> Appointment:
    """This will say who answers for something from a day on.

    `kind` is one of `Appointment.KINDS`. Raises NotPossible when someone else is the named member or senior lead
    then, a contact has no topic, or the person has no role here.
    """
    topic, topic_cy = _tidy(topic), _tidy(topic_cy)
    policies.check_works_here(person, body)
    policies.check_topic(kind, topic)
    policies.check_appointment_is_free(body, kind, starts_on)
    appointment = Appointment.objects.create(
        body=body, person=person, kind=kind, topic=topic, topic_cy=topic_cy, department=department, starts_on=starts_on
    )
    record_event(
        action="directory.appointment.made", subject=f"directory.appointment:{appointment.public_id}", by=by, body=body,
        person=person.pseudonym, kind=kind, starts_on=starts_on,
        department=department.public_id if department else None,
    )  # fmt: skip
    return appointment


def end_appointment(*, appointment: Appointment, ends_on: date, body: Body, by: Person) -> None:
    """This will end an appointment with its last day. Raises NotPossible when it has an end, or would end too early."""
    policies.check_can_end_on(appointment, ends_on)
    appointment.ends_on = ends_on
    appointment.save(update_fields=["ends_on"])
    record_event(
        action="directory.appointment.ended", subject=f"directory.appointment:{appointment.public_id}", by=by,
        body=body, ends_on=ends_on,
    )  # fmt: skip


def find_or_create_contact(*, email: str, name: str = "") -> Person:
    """This will find the person with an e-mail address, or make one who cannot sign in until they are invited.

    Without a name they are called by their address until they say what they are called.
    """
    email = email.strip().lower()
    person = queries.find_person_with_email(email)
    if person is None:
        person = create_person(name=" ".join(name.split()) or email, email=email)
        EmailAddress.objects.create(user=person, email=email, verified=False, primary=True)
    return person


#: How long an invitation stands.
INVITATION_DAYS = 14


def invite(
    *, email: str, roles: Sequence[str], by: Person, body: Body | None = None, party: Party | None = None
) -> Invitation:
    """This will invite someone by e-mail to roles in a body, or for a party (by itself, or by the body that is given).

    Needs the scope of whoever invites. A mail is sent when this commits, where a mail server is set, and a body is told
    when its own comes back; otherwise the link (`queries.invitation_token`) is the inviter's to hand over. Raises NotPossible.
    """
    email = email.strip().lower()
    policies.check_roles_to_give(list(roles), party)
    if body is not None and party is not None:
        policies.check_body_may_invite_for(party)
    person = find_or_create_contact(email=email)
    policies.check_not_invited_yet(person, body, party)
    invitation = Invitation.objects.create(
        body=body, party=party, person=person, roles=list(roles), invited_by=by,
        expires_at=database_now() + timedelta(days=INVITATION_DAYS), is_mailed=bool(settings.COMMONWEAL_MAIL_SERVER),
    )  # fmt: skip
    record_event(
        action="directory.invitation.made", subject=f"directory.invitation:{invitation.public_id}", by=by, body=body,
        person=person.pseudonym, roles=list(roles), party=party.public_id if party else None,
    )  # fmt: skip
    post_invitation(invitation, by)
    return invitation


def accept_invitation(*, invitation: Invitation, name: str = "", password: str = "") -> Person:
    """This will give the invited person their roles, and their name and password where they have none. Works once.

    The invitation's own link is the authority: this opens its scope. Raises NotPossible when it no longer stands.
    """
    person, body, party = invitation.person, invitation.body, invitation.party
    with open_scope(body=invitation.body_id, party=invitation.party_id, person=person.pk):
        now = database_now()
        standing = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
        if not standing.update(accepted_at=now):
            policies.check_invitation_stands(Invitation.objects.get(pk=invitation.pk))
        if name:
            name_person(person=person, name=_tidy(name))
        if password:
            person.set_password(password)
            person.save(update_fields=["password"])
        if invitation.is_mailed:
            EmailAddress.objects.filter(user=person, email=person.email).update(verified=True)
        record_event(
            action="directory.invitation.accepted", subject=f"directory.invitation:{invitation.public_id}", by=person,
            body=body,
        )  # fmt: skip
        for role in invitation.roles:
            give_role(person=person, role=role, by=invitation.invited_by, body=None if party else body, party=party)
    return person


def withdraw_invitation(*, invitation: Invitation, by: Person) -> None:
    """This will take an invitation back; its link opens nothing any more. Raises NotPossible when it ended already."""
    now = database_now()
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now):
        raise NotPossible(gettext("This invitation was accepted or taken back already."))
    record_event(
        action="directory.invitation.withdrawn", subject=f"directory.invitation:{invitation.public_id}", by=by,
        body=invitation.body if current().body else None,
    )  # fmt: skip


def end_party_roles(*, person: Person, party: Party, by: Person) -> None:
    """This will end every role someone has for a party, now; their next request finds no right left.

    Links and parts they held for it go back (`base.leaving`). Needs the party's scope, whole. Raises NotPossible for
    its only administrator.
    """
    policies.check_party_administrator_remains(person, party)
    for membership in Membership.objects.filter(person=person, party=party, ended_at__isnull=True):
        membership.ended_at = database_now()
        membership.save(update_fields=["ended_at"])
        record_event(
            action="base.role.ended", subject=f"base.membership:{membership.public_id}", by=by, body=None,
            person=person.pseudonym, role=membership.role, party=party.public_id,
        )  # fmt: skip
    let_go(by=by, party=party, person=person, kept=None)


def join_sign_in_elsewhere(*, person: Person) -> None:
    """This will let someone in by their organisation's own sign-in, which has proved that their address is theirs.

    A password or second factor set before anybody proved the address may be somebody else's, who waited for its owner
    to come: both go, and every session with them.
    """
    address, _ = EmailAddress.objects.get_or_create(user=person, email=person.email, defaults={"primary": True})
    if not address.verified:
        person.set_unusable_password()
        person.save(update_fields=["password"])
        Authenticator.objects.filter(user=person).delete()
        address.verified = True
        address.save(update_fields=["verified"])
    record_event(action="directory.sign-in.joined", subject=f"base.person:{person.pseudonym}", by=person, body=None)


def add_role(*, person: Person, role: str, body: Body, by: Person) -> None:
    """This will give someone of this body another role. Raises NotPossible."""
    policies.check_works_here(person, body)
    policies.check_body_role(role)
    policies.check_role_not_held(person, body, role)
    give_role(person=person, role=role, by=by, body=body)


def end_role(*, person: Person, role: str, body: Body, by: Person) -> None:
    """This will end one role of someone, now; their next request finds it gone.

    Raises NotPossible for the last administrator of a body, and Membership.DoesNotExist.
    """
    membership = Membership.objects.get(person=person, body=body, role=role, ended_at__isnull=True)
    policies.check_administrator_remains(person, body, role)
    membership.ended_at = database_now()
    membership.save(update_fields=["ended_at"])
    record_event(
        action="base.role.ended", subject=f"base.membership:{membership.public_id}", by=by, body=body,
        person=person.pseudonym, role=role,
    )  # fmt: skip


def _tidy(text: str) -> str:
    return " ".join(text.split())
