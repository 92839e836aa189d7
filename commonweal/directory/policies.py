"""When something in the directory may be done: each check raises NotPossible with the sentence a person reads."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from commonweal.base.access import BODY_ROLES, PARTY_ROLES, ROLES
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Membership, Party, Person
from commonweal.base.queries import database_now
from commonweal.directory import queries
from commonweal.directory.models import Accreditation, Appointment, Department, Invitation, Organisation, Place
from commonweal.directory.org_ids import prefix_of

#: What an appointment is for: those who answer for social value are one at a time, the others as many as it takes.
ONE_AT_A_TIME = ("named-member", "senior-lead")


def check_department_name(body: Body, name: str, *, apart_from: Department | None = None) -> None:
    """A department's name is used once in a body."""
    same = Department.objects.filter(body=body, name__iexact=name)
    if apart_from is not None:
        same = same.exclude(pk=apart_from.pk)
    if same.exists():
        raise NotPossible(f"There is a department called {name} already. Give this one another name.")


def check_department_parent(department: Department | None, parent: Department | None) -> None:
    """A department is part of one that has not ended and is not itself part of it."""
    if parent is None:
        return
    if parent.ended_on is not None:
        raise NotPossible(f"{parent.name} has ended. Choose a department that goes on.")
    above: Department | None = parent
    while above is not None:
        if department is not None and above.pk == department.pk:
            raise NotPossible(f"{parent.name} is {department.name} or part of it. Choose another department.")
        above = above.parent


def check_department_can_end(department: Department) -> None:
    """A department ends once, after the departments that are part of it."""
    if department.ended_on is not None:
        raise NotPossible(f"{department.name} has ended already.")
    inside = Department.objects.filter(parent=department, ended_on__isnull=True).order_by("name").first()
    if inside is not None:
        raise NotPossible(f"{inside.name} is part of {department.name} and goes on. End it or move it first.")


def check_organisation_not_recorded(body: Body, party: Party) -> None:
    """An organisation is recorded once by a body."""
    held = Organisation.objects.filter(body=body, party=party).first()
    if held is not None:
        raise NotPossible(f"{held.name} is recorded already with this identifier. Open it and change it there.")


def check_same_organisation(party: Party, identifiers: tuple[str, ...]) -> None:
    """A recorded organisation keeps its identifier: another number of the same register is another organisation."""
    register = prefix_of(party.org_id)
    for identifier in identifiers:
        if register and prefix_of(identifier) == register and identifier != party.org_id:
            raise NotPossible(
                f"This organisation is known as {party.org_id}. Another number is another organisation: record that "
                "one on its own."
            )


def check_place_exists(code: str) -> None:
    """A place is named by a code that we hold."""
    if code and not Place.objects.filter(code=code).exists():
        raise NotPossible(f"No place has the code {code}. Look it up under Places.")


def check_accreditation_not_recorded(organisation: Organisation, name: str, expires_on: date | None) -> None:
    """An accreditation is recorded once for each date it runs to."""
    if Accreditation.objects.filter(organisation=organisation, name__iexact=name, expires_on=expires_on).exists():
        raise NotPossible(f"{name} is recorded already with this date.")


def check_works_here(person: Person, body: Body) -> None:
    """Only people with a role in the body answer for anything there."""
    if not Membership.objects.filter(person=person, body=body, ended_at__isnull=True).exists():
        raise NotPossible("This person has no role here. Give them one first.")


def check_appointment_is_free(body: Body, kind: str, starts_on: date) -> None:
    """A body has one named member and one senior lead at a time."""
    if kind not in ONE_AT_A_TIME:
        return
    overlapping = Appointment.objects.filter(body=body, kind=kind).exclude(ends_on__lt=starts_on)
    held = overlapping.select_related("person__key_held").first()
    if held is not None:
        said = dict(Appointment.KINDS)[kind].lower()
        raise NotPossible(
            f"{held.person.name} is the {said} then. End that appointment on a day before this one starts."
        )


def check_topic(kind: str, topic: str) -> None:
    """A contact is a contact for something."""
    if kind == "contact" and not topic:
        raise NotPossible("Say what to contact this person about, for example “Apprenticeships”.")


def check_can_end_on(appointment: Appointment, ends_on: date) -> None:
    """An appointment ends once, and not before it starts."""
    if appointment.ends_on is not None:
        raise NotPossible("This appointment has an end already.")
    if ends_on < appointment.starts_on:
        raise NotPossible("An appointment cannot end before it starts. Give a later day.")


def check_body_role(role: str) -> None:
    """Roles of a body are given by the body; those of a provider by the provider."""
    if role not in BODY_ROLES:
        raise NotPossible(f"{ROLES.get(role, role)} is not a role in a body.")


def check_administrator_remains(person: Person, body: Body, role: str) -> None:
    """A body always has an administrator."""
    if role != "body-admin":
        return
    others = Membership.objects.filter(body=body, role="body-admin", ended_at__isnull=True).exclude(person=person)
    if not others.exists():
        raise NotPossible("This is the body's only administrator. Make someone else an administrator first.")


def check_role_not_held(person: Person, body: Body, role: str) -> None:
    """A role is held once."""
    if Membership.objects.filter(person=person, body=body, role=role, ended_at__isnull=True).exists():
        raise NotPossible(f"This person has the role {ROLES[role]} already.")


def has_signed_in(person: Person) -> bool:
    """This will say whether someone has made their account their own: they set a password, or signed in elsewhere."""
    return person.has_usable_password() or person.last_login is not None


# --- invitations ----------------------------------------------------------------------------------------------------

INVITATION_STATES: dict[str, tuple[str, ...]] = {
    "invited": ("accepted", "expired", "withdrawn"),
    "accepted": (),
    "expired": (),
    "withdrawn": (),
}


def invitation_state(invitation: Invitation, now: datetime) -> str:
    """This will say where an invitation stands at a moment of the database's clock."""
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    if invitation.accepted_at is not None:
        return "accepted"
    return "invited" if invitation.expires_at > now else "expired"


def check_invitation_stands(invitation: Invitation) -> None:
    """An invitation can be accepted once, until it runs out or is taken back."""
    match invitation_state(invitation, database_now()):
        case "withdrawn":
            raise NotPossible(_("This invitation was taken back. Ask whoever invited you for another one."))
        case "accepted":
            raise NotPossible(_("This invitation was accepted already. Sign in instead."))
        case "expired":
            raise NotPossible(_("This invitation has run out. Ask whoever invited you for another one."))


def check_roles_to_give(roles: list[str], party: Party | None) -> None:
    """A body invites to roles in a body; roles for a provider are for a provider."""
    for role in roles:
        if party is None:
            check_body_role(role)
        elif role not in PARTY_ROLES:
            raise NotPossible(f"{ROLES.get(role, role)} is not a role for a provider.")


def check_not_invited_yet(person: Person, body: Body | None, party: Party | None) -> None:
    """Someone is invited once at a time, and not where they work already; further roles are given on their page."""
    if party is not None:
        here = any(each.pk == person.pk for each, _roles in queries.people_of_party(party))
    else:
        here = Membership.objects.filter(person=person, body=body, ended_at__isnull=True).exists()
    if here:
        raise NotPossible(_("Someone with this address works here already."))
    open_to = Invitation.objects.filter(person=person, party=party, accepted_at=None, withdrawn_at=None)
    if open_to.filter(expires_at__gt=database_now()).exists():
        raise NotPossible(_("This address has an invitation that still stands. Take it back before you send another."))


def check_body_may_invite_for(party: Party) -> None:
    """A body invites a provider's first people; once it has an administrator of its own, that person invites the rest.

    Somebody with a role for a provider reads its promises to every body, so no body may add people to a provider
    that looks after itself.
    """
    if any("provider-admin" in roles for _person, roles in queries.people_of_party(party)):
        raise NotPossible(f"{party.name} has an administrator of its own. Ask them to invite their colleague.")


def check_party_administrator_remains(person: Person, party: Party) -> None:
    """A provider that has an administrator keeps one."""
    held = queries.people_of_party(party)
    if any(each.pk == person.pk and "provider-admin" in roles for each, roles in held) and not any(
        each.pk != person.pk and "provider-admin" in roles for each, roles in held
    ):
        raise NotPossible(_("This is the only administrator. Invite another one first."))
