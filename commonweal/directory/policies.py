"""When something in the directory may be done: each check raises NotPossible with the sentence a person reads."""

from __future__ import annotations

from datetime import date

from commonweal.base.access import BODY_ROLES, ROLES
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Membership, Party, Person
from commonweal.directory.models import Accreditation, Appointment, Department, Organisation, Place
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


def check_not_here_yet(person: Person, body: Body) -> None:
    """Someone is added to a body once; more roles are given on their own page."""
    if Membership.objects.filter(person=person, body=body, ended_at__isnull=True).exists():
        raise NotPossible("Someone with this address works here already. Open their page to give them another role.")


def check_may_join(person: Person) -> None:
    """Someone another body has added joins a second body only after they have signed in themselves.

    Until then whoever added them holds the link that sets their password, and with it any role given here.
    """
    if not has_signed_in(person):
        raise NotPossible(
            "An account with this address is waiting for its owner to sign in for the first time. Ask them to do so, "
            "then add them here."
        )


def has_signed_in(person: Person) -> bool:
    """This will say whether someone has made their account their own: they set a password, or signed in elsewhere."""
    return person.has_usable_password() or person.last_login is not None


def check_link_may_be_given(person: Person, body: Body) -> None:
    """A first sign-in link is for someone who has never signed in, and only their own body gives it."""
    check_works_here(person, body)
    if person.email is None:
        raise NotPossible("This person has no e-mail address here, so they cannot sign in.")
    if has_signed_in(person):
        raise NotPossible("This person has signed in before. They can ask for a new password on the sign-in page.")
