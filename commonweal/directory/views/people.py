"""Pages of people: who answers for what, the staff, and their roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from commonweal.base.access import ROLES
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.govuk.markup import element, join
from commonweal.base.queries import staff_of
from commonweal.directory import actions, forms, queries
from commonweal.directory.policies import has_signed_in
from commonweal.directory.views.frame import (
    SPREADSHEETS,
    address,
    asked_by,
    can_open,
    confirmed,
    count_in_words,
    filled,
    form_page,
    in_wales,
    page,
    posted,
    said,
    section,
)

if TYPE_CHECKING:
    from commonweal.base.models import Body


STAFF_COLUMNS = (Column("name", "Name", sortable=True), Column("roles", "Roles"), Column("email", "E-mail"))


def _staff(request: HttpRequest, body: Body) -> tuple[forms.StaffFilter, str, list[tuple[Any, str, str, str]]]:
    """The staff a list and its export show: the filter, the order, and (person, name, roles, e-mail) of each."""
    filters = forms.StaffFilter(request.GET)
    asked = asked_by(filters)
    words, role = (asked.get("words") or "").casefold(), asked.get("role") or ""
    shown = [
        (person, person.name, ", ".join(ROLES.get(held, held) for held in roles), person.email or "")
        for person, roles in staff_of(body)
        if not role or role in roles
    ]
    shown = [row for row in shown if words in row[1].casefold() or words in row[3].casefold()]
    sort = "-name" if request.GET.get("sort") == "-name" else "name"
    shown.sort(key=lambda row: row[1].casefold(), reverse=sort == "-name")
    return filters, sort, shown


def people(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show who answers for social value, who to contact for what, and the staff with their roles."""
    filters, sort, staff = _staff(request, body)
    held = queries.appointments_on(body, queries.today())
    listing = Listing(
        caption="Staff",
        columns=STAFF_COLUMNS,
        rows=[
            (Link(name, address(body, "person", person.public_id)), roles, email or "Does not sign in")
            for person, name, roles, email in staff
        ],
        query=request.GET, count=count_in_words(len(staff), "person", "people"), sort=sort, filters=filters,
        exports={words: address(body, "export_people", form) for words, form in SPREADSHEETS},
    )  # fmt: skip
    return page(
        request, "people", body, "people", page_heading="People", listing=listing,
        answers={"rows": [_answers_row(kind, words, held) for kind, words in queries.APPOINTMENT_KINDS.items()
                          if kind != "contact"]},
        contacts=[one for one in held if one.kind == "contact"],
        may_invite=can_open(request, "invite_person"), may_appoint=can_open(request, "appoint"),
    )  # fmt: skip


def export_people(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the staff of the list as a file, with the list's filters and order."""
    _filters, _sort, staff = _staff(request, body)
    return export_response(
        form, name=f"people-{body.slug}", headings=[column.label for column in STAFF_COLUMNS],
        rows=[(name, roles, email) for _person, name, roles, email in staff], about=[("Body", body.name)],
    )  # fmt: skip


def _answers_row(kind: str, words: str, held: Sequence[Any]) -> dict[str, Any]:
    lines = []
    for one in held:
        if one.kind == kind:
            about = ", ".join(part for part in (one.topic, one.department.name if one.department else "") if part)
            lines.append(f"{one.person.name}{f' ({about})' if about else ''}, since {said(one.starts_on)}")
    value = join(lines, element("br", {})) if lines else "Nobody named yet"
    return {"key": {"text": words + ("s" if kind == "champion" else "")}, "value": {"html": value}}


def person(request: HttpRequest, body: Body, person: str) -> HttpResponse:
    """This will show one member of staff: how to reach them, their roles, and what they answer for."""
    shown = queries.get_member_of_staff(body, person)
    roles = queries.roles_held(body, shown)
    here = any(role.ended_at is None for role in roles)
    return page(
        request, "person", body, "people", page_heading=shown.name, trail=[section(body, "people")], person=shown,
        works_here=here, signed_in=has_signed_in(shown),
        roles=[(ROLES.get(role.role, role.role), role) for role in roles],
        appointments=[(queries.APPOINTMENT_KINDS[one.kind], one) for one in queries.appointments_of(body, shown)],
        may_manage=here and can_open(request, "give_role"), may_appoint=can_open(request, "appoint"),
    )  # fmt: skip


def give_role(request: HttpRequest, body: Body, person: str) -> HttpResponse:
    """This will give a member of staff one more role."""
    shown = queries.get_member_of_staff(body, person)
    held = {role.role for role in queries.roles_held(body, shown) if role.ended_at is None}
    form = forms.RoleForm(
        posted(request), roles=[(role, words) for role, words in forms.ROLE_CHOICES if role not in held]
    )

    def give(given: dict[str, Any]) -> None:
        actions.add_role(person=shown, role=given["role"], body=body, by=request.user)  # type: ignore[arg-type]

    if filled(request, form, give, "role"):
        messages.success(request, f"{shown.name} now has the role {ROLES[form.cleaned_data['role']]}.")
        return redirect("directory:person", body.slug, shown.public_id)
    return form_page(
        request, body, "people", form, heading=f"Give {shown.name} a role", submit="Give the role",
        trail=[section(body, "people"), (shown.name, address(body, "person", shown.public_id))],
    )  # fmt: skip


def end_role(request: HttpRequest, body: Body, person: str, role: str) -> HttpResponse:
    """This will end one role of a member of staff, from their next request on."""
    shown = queries.get_member_of_staff(body, person)
    held = {one.role for one in queries.roles_held(body, shown) if one.ended_at is None}
    if role not in held:
        raise Http404
    form = forms.ConfirmForm(posted(request))

    def end(given: dict[str, Any]) -> None:
        actions.end_role(person=shown, role=role, body=body, by=request.user)  # type: ignore[arg-type]

    if confirmed(request, form, end):
        messages.success(request, f"{shown.name} no longer has the role {ROLES[role]}.")
        return redirect("directory:person", body.slug, shown.public_id)
    only = len(held) == 1
    return form_page(
        request, body, "people", form, heading=f"End the role {ROLES[role]} of {shown.name}?", submit="End the role",
        trail=[section(body, "people"), (shown.name, address(body, "person", shown.public_id))], warning=True,
        lead="It is their only role here, so they can no longer open this body's pages." if only else "",
    )  # fmt: skip


def appoint(request: HttpRequest, body: Body) -> HttpResponse:
    """This will say who answers for something."""
    staff = {one.public_id: one for one, _roles in staff_of(body)}
    choices = {one.public_id: one for one in queries.departments(body).order_by("name")}
    form = forms.AppointmentForm(
        posted(request), people=[(key, one.name) for key, one in staff.items()],
        kinds=list(queries.APPOINTMENT_KINDS.items()), welsh=in_wales(body),
        departments=[(key, one.name) for key, one in choices.items()],
        initial={"starts_on": queries.today(), "person": request.GET.get("person", "")},
    )  # fmt: skip

    def make(given: dict[str, Any]) -> None:
        actions.appoint(
            person=staff[given["person"]], kind=given["kind"], topic=given["topic"],
            topic_cy=given.get("topic_cy", ""), department=choices.get(given["department"]),
            starts_on=given["starts_on"], body=body, by=request.user,  # type: ignore[arg-type]
        )  # fmt: skip

    if filled(request, form, make, "topic" if request.POST.get("kind") == "contact" else "kind"):
        messages.success(request, f"{staff[form.cleaned_data['person']].name} has been appointed.")
        return redirect("directory:people", body.slug)
    return form_page(
        request, body, "people", form, heading="Say who answers for what", submit="Save",
        trail=[section(body, "people")],
    )  # fmt: skip


def end_appointment(request: HttpRequest, body: Body, appointment: str) -> HttpResponse:
    """This will end an appointment with its last day."""
    held = queries.get_appointment(appointment)
    words = queries.APPOINTMENT_KINDS[held.kind].lower()
    form = forms.EndAppointmentForm(posted(request), initial={"ends_on": queries.today()})

    def end(given: dict[str, Any]) -> None:
        actions.end_appointment(appointment=held, **given, body=body, by=request.user)  # type: ignore[arg-type]

    if filled(request, form, end, "ends_on"):
        messages.success(request, f"{held.person.name} is {words} until {said(form.cleaned_data['ends_on'])}.")
        return redirect("directory:person", body.slug, held.person.public_id)
    return form_page(
        request, body, "people", form, heading=f"When does {held.person.name} stop being {words}?", submit="Save",
        trail=[section(body, "people"), (held.person.name, address(body, "person", held.person.public_id))],
    )  # fmt: skip
