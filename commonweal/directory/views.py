"""Pages of the directory: people and what they answer for, departments, organisations, places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from commonweal.base.access import ROLES, rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.govuk.components import render as component
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page
from commonweal.base.maps import Ward, WardMap
from commonweal.base.queries import staff_of
from commonweal.base.templatetags.figures import long_date
from commonweal.directory import actions, forms, queries
from commonweal.directory.org_ids import register_of
from commonweal.money import round_half_up
from commonweal.sources.places import WardDeprivation

if TYPE_CHECKING:
    from commonweal.base.models import Body

#: An accreditation that ends within these days is shown as ending soon.
SOON_DAYS = 90
SECTIONS = (
    ("people", "People"),
    ("departments", "Departments"),
    ("organisations", "Organisations"),
    ("places", "Places"),
)
DEPRIVATION_SOURCE = (
    "{index}, Ministry of Housing, Communities and Local Government; small areas to wards of 2024, Office for National "
    "Statistics (Open Government Licence v3.0)"
)
INVENTED = "Invented for demonstration"


# --- what every page of the room shares -----------------------------------------------------------------------------


def _may(request: HttpRequest, route: str) -> bool:
    return rule_for(f"directory:{route}", "GET").allows(request.roles)  # type: ignore[attr-defined]


def _address(body: Body, route: str, *parts: str) -> str:
    return reverse(f"directory:{route}", args=[body.slug, *parts])


def _page(
    request: HttpRequest, template: str, body: Body, section: str, *, status: int = 200, **content: Any
) -> HttpResponse:
    navigation = [
        {"text": words, "href": _address(body, route), "active": route == section} for route, words in SECTIONS
    ]
    content["sections"] = {
        "navigation": navigation, "ariaLabel": "People and places", "collapseNavigationOnMobile": False,
        "navigationId": "sections",
    }  # fmt: skip
    if "trail" in content:
        here = [{"text": words, "href": address} for words, address in content.pop("trail")]
        content["breadcrumbs"] = {"items": here, "collapseOnMobile": True}
    return render(request, f"directory/{template}.html", content, status=status)


def _section(body: Body, section: str) -> tuple[str, str]:
    return dict(SECTIONS)[section], _address(body, section)


def _filled(request: HttpRequest, form: django_forms.Form, act: Callable[[dict[str, Any]], Any], field: str) -> bool:
    """This will do what a sent form asks; what cannot be done is said at a field. Answers whether it was done."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except NotPossible as error:
        form.add_error(field or None, str(error))
        return False
    return True


def _form_page(
    request: HttpRequest, body: Body, section: str, form: django_forms.Form, *, heading: str, submit: str,
    trail: Sequence[tuple[str, str]], lead: str = "", warning: bool = False,
) -> HttpResponse:  # fmt: skip
    return _page(
        request, "form", body, section, status=422 if form.errors else 200, form=form, page_heading=heading,
        submit=submit, trail=trail, lead=lead, cancel_url=trail[-1][1], warning=warning,
    )  # fmt: skip


def _said(day: date | None) -> str:
    return long_date(day) if day else ""


def _wales(body: Body) -> bool:
    return body.nation == "wales"


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _found(form: django_forms.Form) -> dict[str, Any]:
    """What a filter asks for; a filter that cannot be read asks for nothing."""
    return form.cleaned_data if form.is_valid() else {}


# --- people ---------------------------------------------------------------------------------------------------------

STAFF_COLUMNS = (Column("name", "Name", sortable=True), Column("roles", "Roles"), Column("email", "E-mail"))


def _staff(request: HttpRequest, body: Body) -> tuple[forms.StaffFilter, str, list[tuple[Any, str, str, str]]]:
    """The staff a list and its export show: the filter, the order, and (person, name, roles, e-mail) of each."""
    filters = forms.StaffFilter(request.GET)
    asked = _found(filters)
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
            (Link(name, _address(body, "person", person.public_id)), roles, email or "Does not sign in")
            for person, name, roles, email in staff
        ],
        query=request.GET, count=_counted(len(staff), "person", "people"), sort=sort, filters=filters,
    )  # fmt: skip
    return _page(
        request, "people", body, "people", page_heading="People", listing=listing,
        answers={"rows": [_answers_row(kind, words, held) for kind, words in queries.APPOINTMENT_KINDS.items()
                          if kind != "contact"]},
        contacts=[one for one in held if one.kind == "contact"],
        may_add=_may(request, "add_person"), may_appoint=_may(request, "appoint"),
    )  # fmt: skip


def _answers_row(kind: str, words: str, held: Sequence[Any]) -> dict[str, Any]:
    lines = []
    for one in held:
        if one.kind == kind:
            about = ", ".join(part for part in (one.topic, one.department.name if one.department else "") if part)
            lines.append((one.person.name, f" ({about})" if about else "", _said(one.starts_on)))
    value: object = "Nobody named yet"
    if lines:
        value = format_html_join(format_html("<br>"), "{}{}, since {}", lines)
    return {"key": {"text": words + ("s" if kind == "champion" else "")}, "value": {"html": value}}


def person(request: HttpRequest, body: Body, person: str) -> HttpResponse:
    """This will show one member of staff: how to reach them, their roles, and what they answer for."""
    shown = queries.get_member_of_staff(body, person)
    roles = queries.roles_held(body, shown)
    here = any(role.ended_at is None for role in roles)
    return _page(
        request, "person", body, "people", page_heading=shown.name, trail=[_section(body, "people")], person=shown,
        works_here=here, signed_in=shown.has_usable_password() or shown.last_login is not None,
        roles=[(ROLES.get(role.role, role.role), role) for role in roles],
        appointments=[(queries.APPOINTMENT_KINDS[one.kind], one) for one in queries.appointments_of(body, shown)],
        may_manage=here and _may(request, "give_role"), may_appoint=_may(request, "appoint"),
    )  # fmt: skip


def add_person(request: HttpRequest, body: Body) -> HttpResponse:
    """This will add a member of staff and show their first sign-in link, once."""
    form = forms.PersonForm(request.POST or None)
    made: list[tuple[Any, str]] = []

    def add(given: dict[str, Any]) -> None:
        made.append(actions.add_member_of_staff(**given, body=body, by=request.user))  # type: ignore[arg-type]

    if not _filled(request, form, add, "email"):
        return _form_page(
            request, body, "people", form, heading="Add a person", submit="Add", trail=[_section(body, "people")]
        )
    added, link = made[0]
    if link:
        return _show_link(request, body, added, link)
    messages.success(request, f"{added.name} has been added. They sign in with the account they have already.")
    return redirect("directory:person", body.slug, added.public_id)


def _show_link(request: HttpRequest, body: Body, shown: Any, link: str) -> HttpResponse:
    # Answered at once and never stored, so the link is seen by the administrator and by nobody who comes after.
    return _page(
        request, "sign_in_link", body, "people", page_heading=f"{shown.name} can now sign in", person=shown,
        trail=[_section(body, "people")],
        link_box={
            "id": "link", "name": "link", "value": request.build_absolute_uri(link), "label": {"text": "Sign-in link"},
            "attributes": {"readonly": True}, "spellcheck": False, "autocomplete": "off",
        },
    )  # fmt: skip


def sign_in_link(request: HttpRequest, body: Body, person: str) -> HttpResponse:
    """This will make a new first sign-in link for someone who has never signed in."""
    shown = queries.get_member_of_staff(body, person)
    form = forms.ConfirmForm(request.POST or None)
    made: list[str] = []

    def give(given: dict[str, Any]) -> None:  # noqa: ARG001 - nothing is filled in
        made.append(actions.give_sign_in_link(person=shown, body=body, by=request.user))  # type: ignore[arg-type]

    if _confirmed(request, form, give):
        return _show_link(request, body, shown, made[0])
    return _form_page(
        request, body, "people", form, heading=f"Make a sign-in link for {shown.name}?", submit="Make the link",
        trail=[_section(body, "people"), (shown.name, _address(body, "person", shown.public_id))],
        lead="It lets them set a password, works once, and stops working after three days.",
    )  # fmt: skip


def _confirmed(request: HttpRequest, form: django_forms.Form, act: Callable[[dict[str, Any]], Any]) -> bool:
    return _filled(request, form, act, "")


def give_role(request: HttpRequest, body: Body, person: str) -> HttpResponse:
    """This will give a member of staff one more role."""
    shown = queries.get_member_of_staff(body, person)
    held = {role.role for role in queries.roles_held(body, shown) if role.ended_at is None}
    form = forms.RoleForm(
        request.POST or None, roles=[(role, words) for role, words in forms.ROLE_CHOICES if role not in held]
    )

    def give(given: dict[str, Any]) -> None:
        actions.add_role(person=shown, role=given["role"], body=body, by=request.user)  # type: ignore[arg-type]

    if _filled(request, form, give, "role"):
        messages.success(request, f"{shown.name} now has the role {ROLES[form.cleaned_data['role']]}.")
        return redirect("directory:person", body.slug, shown.public_id)
    return _form_page(
        request, body, "people", form, heading=f"Give {shown.name} a role", submit="Give the role",
        trail=[_section(body, "people"), (shown.name, _address(body, "person", shown.public_id))],
    )  # fmt: skip


def end_role(request: HttpRequest, body: Body, person: str, role: str) -> HttpResponse:
    """This will end one role of a member of staff, from their next request on."""
    shown = queries.get_member_of_staff(body, person)
    held = {one.role for one in queries.roles_held(body, shown) if one.ended_at is None}
    if role not in held:
        raise Http404
    form = forms.ConfirmForm(request.POST or None)

    def end(given: dict[str, Any]) -> None:  # noqa: ARG001
        actions.end_role(person=shown, role=role, body=body, by=request.user)  # type: ignore[arg-type]

    if _confirmed(request, form, end):
        messages.success(request, f"{shown.name} no longer has the role {ROLES[role]}.")
        return redirect("directory:person", body.slug, shown.public_id)
    only = len(held) == 1
    return _form_page(
        request, body, "people", form, heading=f"End the role {ROLES[role]} of {shown.name}?", submit="End the role",
        trail=[_section(body, "people"), (shown.name, _address(body, "person", shown.public_id))], warning=True,
        lead="It is their only role here, so they can no longer open this body's pages." if only else "",
    )  # fmt: skip


def appoint(request: HttpRequest, body: Body) -> HttpResponse:
    """This will say who answers for something."""
    staff = {one.public_id: one for one, _roles in staff_of(body)}
    choices = {one.public_id: one for one in queries.departments(body).order_by("name")}
    form = forms.AppointmentForm(
        request.POST or None, people=[(key, one.name) for key, one in staff.items()],
        kinds=list(queries.APPOINTMENT_KINDS.items()), welsh=_wales(body),
        departments=[(key, one.name) for key, one in choices.items()],
        initial={"starts_on": queries.today(), "person": request.GET.get("person", "")},
    )  # fmt: skip

    def make(given: dict[str, Any]) -> None:
        actions.appoint(
            person=staff[given["person"]], kind=given["kind"], topic=given["topic"],
            topic_cy=given.get("topic_cy", ""), department=choices.get(given["department"]),
            starts_on=given["starts_on"], body=body, by=request.user,  # type: ignore[arg-type]
        )  # fmt: skip

    if _filled(request, form, make, "topic" if request.POST.get("kind") == "contact" else "kind"):
        messages.success(request, f"{staff[form.cleaned_data['person']].name} has been appointed.")
        return redirect("directory:people", body.slug)
    return _form_page(
        request, body, "people", form, heading="Say who answers for what", submit="Save",
        trail=[_section(body, "people")],
    )  # fmt: skip


def end_appointment(request: HttpRequest, body: Body, appointment: str) -> HttpResponse:
    """This will end an appointment with its last day."""
    held = queries.get_appointment(appointment)
    words = queries.APPOINTMENT_KINDS[held.kind].lower()
    form = forms.EndAppointmentForm(request.POST or None, initial={"ends_on": queries.today()})

    def end(given: dict[str, Any]) -> None:
        actions.end_appointment(appointment=held, **given, body=body, by=request.user)  # type: ignore[arg-type]

    if _filled(request, form, end, "ends_on"):
        messages.success(request, f"{held.person.name} is {words} until {_said(form.cleaned_data['ends_on'])}.")
        return redirect("directory:person", body.slug, held.person.public_id)
    return _form_page(
        request, body, "people", form, heading=f"When does {held.person.name} stop being {words}?", submit="Save",
        trail=[_section(body, "people"), (held.person.name, _address(body, "person", held.person.public_id))],
    )  # fmt: skip


# --- departments ----------------------------------------------------------------------------------------------------


def departments(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the body's departments, and those that have ended."""
    filters = forms.WordsFilter(request.GET)
    found = queries.departments(body, text=_found(filters).get("words") or "")
    cut = cut_page(found, request.GET, {"name": queries.DEPARTMENT_SORTS["name"]}, default="name")
    may = _may(request, "add_department")
    columns = [Column("name", "Department", sortable=True), Column("parent", "Part of")]
    if _wales(body):
        columns.insert(1, Column("name_cy", "In Welsh"))
    rows = []
    for one in cut.rows:
        name: object = Link(one.name, _address(body, "change_department", one.public_id)) if may else one.name
        rows.append([name, *([one.name_cy] if _wales(body) else []), one.parent.name if one.parent else ""])
    add = _address(body, "add_department")
    listing = Listing(
        caption="Departments", columns=columns, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=_counted(cut.total, "department", "departments"), filters=filters,
        empty="No department has been recorded yet. Agreements, people and reports can then be shown by department.",
        empty_action=Link("Add a department", add) if may else None,
    )  # fmt: skip
    ended = [(one.name, _said(one.ended_on)) for one in queries.departments(body, ended=True).order_by("-ended_on")]
    return _page(
        request, "departments", body, "departments", page_heading="Departments", listing=listing, ended=ended,
        may_add=may and bool(cut.rows), add_url=add,
    )  # fmt: skip


def _department_form(request: HttpRequest, body: Body, held: Any = None) -> tuple[forms.DepartmentForm, dict[str, Any]]:
    others = {one.public_id: one for one in queries.departments(body).order_by("name")}
    if held is not None:
        others.pop(held.public_id, None)
    initial = {"name": held.name, "name_cy": held.name_cy, "parent": held.parent.public_id if held.parent else ""} if (
        held is not None
    ) else {}  # fmt: skip
    parents = [(key, one.name) for key, one in others.items()]
    return forms.DepartmentForm(request.POST or None, parents=parents, welsh=_wales(body), initial=initial), others


def add_department(request: HttpRequest, body: Body) -> HttpResponse:
    """This will record a department."""
    form, others = _department_form(request, body)

    def create(given: dict[str, Any]) -> None:
        actions.create_department(
            name=given["name"], name_cy=given.get("name_cy", ""), parent=others.get(given["parent"]), body=body,
            by=request.user,  # type: ignore[arg-type]
        )  # fmt: skip

    if _filled(request, form, create, "name"):
        messages.success(request, f"{form.cleaned_data['name']} has been added.")
        return redirect("directory:departments", body.slug)
    return _form_page(
        request, body, "departments", form, heading="Add a department", submit="Add",
        trail=[_section(body, "departments")],
    )  # fmt: skip


def change_department(request: HttpRequest, body: Body, department: str) -> HttpResponse:
    """This will rename or move a department."""
    held = queries.get_department(department)
    form, others = _department_form(request, body, held)

    def update(given: dict[str, Any]) -> None:
        actions.update_department(
            department=held, name=given["name"], name_cy=given.get("name_cy", held.name_cy),
            parent=others.get(given["parent"]), body=body, by=request.user,  # type: ignore[arg-type]
        )  # fmt: skip

    if _filled(request, form, update, "parent" if "parent" in form.changed_data else "name"):
        messages.success(request, f"{held.name} has been saved.")
        return redirect("directory:departments", body.slug)
    return _page(
        request, "department", body, "departments", status=422 if form.errors else 200, form=form,
        page_heading=held.name, trail=[_section(body, "departments")], department=held,
        cancel_url=_address(body, "departments"),
    )  # fmt: skip


def end_department(request: HttpRequest, body: Body, department: str) -> HttpResponse:
    """This will say when a department ended."""
    held = queries.get_department(department)
    form = forms.EndDepartmentForm(request.POST or None, initial={"ended_on": queries.today()})

    def end(given: dict[str, Any]) -> None:
        actions.end_department(department=held, **given, body=body, by=request.user)  # type: ignore[arg-type]

    if _filled(request, form, end, "ended_on"):
        messages.success(request, f"{held.name} ended on {_said(form.cleaned_data['ended_on'])}. Its records stay.")
        return redirect("directory:departments", body.slug)
    return _form_page(
        request, body, "departments", form, heading=f"End {held.name}", submit="Save",
        trail=[_section(body, "departments"), (held.name, _address(body, "change_department", held.public_id))],
        lead="What was recorded under it stays under its name.",
    )  # fmt: skip


# --- organisations --------------------------------------------------------------------------------------------------


def _organisations(request: HttpRequest, body: Body) -> tuple[forms.OrganisationFilter, Any]:
    filters = forms.OrganisationFilter(
        request.GET, sizes=list(queries.SIZES.items()), kinds=list(queries.FORMS.items())
    )
    asked = _found(filters)
    return filters, queries.organisations(
        body, text=asked.get("words") or "", size=asked.get("size") or "", form=asked.get("form") or ""
    )


def organisations(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the providers and community organisations this body knows."""
    filters, found = _organisations(request, body)
    cut = cut_page(found, request.GET, queries.ORGANISATION_SORTS, default="name")
    places_ = queries.places_by_code(one.place_code for one in cut.rows if one.place_code)
    record = _address(body, "record_organisation")
    may = _may(request, "record_organisation")
    listing = Listing(
        caption="Organisations",
        columns=(
            Column("name", "Name", sortable=True), Column("form", "Kind", sortable=True), Column("size", "Size"),
            Column("number", "Number"), Column("place", "Place"),
        ),
        rows=[
            (
                Link(one.name, _address(body, "organisation", one.public_id)), queries.FORMS[one.form],
                queries.SIZES[one.size], one.company_number or one.charity_number or register_of(one.party.org_id)[1],
                places_[one.place_code].name if one.place_code in places_ else one.place_code,
            )
            for one in cut.rows
        ],
        query=request.GET, count=_counted(cut.total, "organisation", "organisations"), sort=cut.sort, after=cut.after,
        filters=filters,
        empty="No provider or community organisation has been recorded yet. Record one, or import your contracts.",
        empty_action=Link("Record an organisation", record) if may else None,
    )  # fmt: skip
    return _page(
        request, "organisations", body, "organisations", page_heading="Organisations", listing=listing,
        may_record=may and bool(cut.rows), record_url=record,
    )  # fmt: skip


def organisation(request: HttpRequest, body: Body, organisation: str) -> HttpResponse:
    """This will show one organisation: its identifiers, kind, size, place and what it holds."""
    held = queries.get_organisation(organisation)
    place_ = queries.places_by_code([held.place_code]).get(held.place_code)
    register, number = register_of(held.party.org_id)
    rows: list[tuple[str, object]] = [
        ("Kind", queries.FORMS[held.form]),
        ("Size", queries.SIZES[held.size]),
        ("Company number", held.company_number),
        ("Charity number", held.charity_number),
        ("Identifier", f"{held.party.org_id} ({register})" if number else "None: it cannot be told apart by number"),
    ]
    if place_ is not None:
        rows.append(
            (
                "Place",
                format_html('<a class="govuk-link" href="{}">{}</a>', _address(body, "place", place_.code), place_),
            )
        )
    today = queries.today()
    return _page(
        request, "organisation", body, "organisations", page_heading=held.name, organisation=held,
        trail=[_section(body, "organisations")],
        summary={"rows": [{"key": {"text": key}, "value": {"html": value}} for key, value in rows if value]},
        accreditations=[(one.name, _expiry(one.expires_on, today)) for one in queries.accreditations_of(held)],
        may_change=_may(request, "change_organisation"),
    )  # fmt: skip


def _expiry(expires_on: date | None, today: date) -> SafeString | str:
    if expires_on is None:
        return "No end recorded"
    if expires_on < today:
        words, colour = "Expired", "red"
    elif expires_on <= today + timedelta(days=SOON_DAYS):
        words, colour = "Ends soon", "yellow"
    else:
        return f"Until {_said(expires_on)}"
    return format_html(
        "Until {} {}", _said(expires_on), component("tag", {"text": words, "classes": f"govuk-tag--{colour}"})
    )


def record_organisation(request: HttpRequest, body: Body) -> HttpResponse:
    """This will record an organisation."""
    form = forms.OrganisationForm(
        request.POST or None, sizes=list(queries.SIZES.items()), kinds=list(queries.FORMS.items()),
        initial={"size": "unknown", "form": "unknown"},
    )  # fmt: skip
    made: list[Any] = []

    def record(given: dict[str, Any]) -> None:
        made.append(actions.record_organisation(**given, body=body, by=request.user))  # type: ignore[arg-type]

    if _filled(request, form, record, ""):
        messages.success(request, f"{made[0].name} has been recorded.")
        return redirect("directory:organisation", body.slug, made[0].public_id)
    return _form_page(
        request, body, "organisations", form, heading="Record an organisation", submit="Record",
        trail=[_section(body, "organisations")],
    )  # fmt: skip


def change_organisation(request: HttpRequest, body: Body, organisation: str) -> HttpResponse:
    """This will change what the body knows of an organisation."""
    held = queries.get_organisation(organisation)
    names = ("name", "size", "form", "company_number", "charity_number", "place_code")
    form = forms.ChangeOrganisationForm(
        request.POST or None, sizes=list(queries.SIZES.items()), kinds=list(queries.FORMS.items()),
        initial={name: getattr(held, name) for name in names},
    )  # fmt: skip

    def update(given: dict[str, Any]) -> None:
        actions.update_organisation(organisation=held, **given, body=body, by=request.user)  # type: ignore[arg-type]

    if _filled(request, form, update, ""):
        messages.success(request, f"{held.name} has been saved.")
        return redirect("directory:organisation", body.slug, held.public_id)
    return _form_page(
        request, body, "organisations", form, heading=f"Change {held.name}", submit="Save",
        trail=[_section(body, "organisations"), (held.name, _address(body, "organisation", held.public_id))],
    )  # fmt: skip


def add_accreditation(request: HttpRequest, body: Body, organisation: str) -> HttpResponse:
    """This will record something an organisation holds."""
    held = queries.get_organisation(organisation)
    form = forms.AccreditationForm(request.POST or None)

    def add(given: dict[str, Any]) -> None:
        actions.add_accreditation(organisation=held, **given, body=body, by=request.user)  # type: ignore[arg-type]

    if _filled(request, form, add, "name"):
        messages.success(request, f"{form.cleaned_data['name']} has been added.")
        return redirect("directory:organisation", body.slug, held.public_id)
    return _form_page(
        request, body, "organisations", form, heading=f"Add an accreditation of {held.name}", submit="Add",
        trail=[_section(body, "organisations"), (held.name, _address(body, "organisation", held.public_id))],
    )  # fmt: skip


# --- places ---------------------------------------------------------------------------------------------------------


def places(request: HttpRequest, body: Body) -> HttpResponse:
    """This will find places by name, code or postcode, beginning with the body's own."""
    filters = forms.PlaceFilter(request.GET, kinds=list(queries.PLACE_KINDS.items()))
    asked = _found(filters)
    found = queries.find_places(asked.get("words") or "", asked.get("kind") or "", limit=queries.FOUND_AT_MOST + 1)
    more = len(found) > queries.FOUND_AT_MOST
    within = queries.parents_by_code([one.code for one in found])
    listing = Listing(
        caption="Places found",
        columns=(Column("name", "Name"), Column("kind", "Kind"), Column("within", "In"), Column("code", "Code")),
        rows=[
            (
                Link(one.name, _address(body, "place", one.code)), queries.PLACE_KINDS[one.kind],
                within.get(one.code, ""), one.code,
            )
            for one in found[: queries.FOUND_AT_MOST]
        ],
        query=request.GET, filters=filters,
        count=f"The first {queries.FOUND_AT_MOST}: add words to find fewer" if more
        else _counted(len(found), "place", "places"),
        empty="Type a name or a code above.",
    )  # fmt: skip
    form = forms.PostcodeForm(request.GET if "postcode" in request.GET else None)
    of_postcode = None
    if form.is_bound and form.is_valid():
        try:
            of_postcode = queries.place_for_postcode(form.cleaned_data["postcode"])
        except NotPossible as error:
            form.add_error("postcode", str(error))
    own = queries.places_by_code([body.place_code]).get(body.place_code)
    return _page(
        request, "places", body, "places", status=422 if form.errors else 200, page_heading="Places", form=form,
        listing=listing, of_postcode=of_postcode, own=own, loaded=queries.places_are_loaded(),
    )  # fmt: skip


def place(request: HttpRequest, body: Body, code: str) -> HttpResponse:
    """This will show one place with its dates, what it lies in and what lies in it, today or on another day."""
    shown = queries.get_place(code)
    day = forms.DayForm(request.GET if any(name.startswith("on") for name in request.GET) else None)
    on, not_then = queries.today(), ""
    if day.is_bound and day.is_valid() and day.cleaned_data["on"]:
        on = day.cleaned_data["on"]
    try:
        queries.place_on(code, on)
    except NotPossible as error:
        not_then = str(error)
    content: dict[str, Any] = {}
    if shown.kind == "council":
        content = _wards(request, body, shown, on)
    elif shown.kind == "ward":
        content = _ward(shown)
    elif shown.kind == "lsoa":
        content = {"standing": queries.deprivation_of(shown)}
    else:
        content = {"children": [(queries.PLACE_KINDS[one.kind], one) for one in queries.children_of(code, on)]}
    return _page(
        request, "place", body, "places", status=422 if day.errors else 200, page_heading=shown.name, place=shown,
        page_caption=queries.PLACE_KINDS[shown.kind], trail=[_section(body, "places")], form=day, on=on,
        is_today=on == queries.today(), not_then=not_then,
        above=[(queries.PLACE_KINDS[one.kind], one) for one in queries.ancestors(code, on)],
        followed_by=list(queries.places_by_code(shown.successor_codes).values()), **content,
    )  # fmt: skip


def _ward(shown: Any) -> dict[str, Any]:
    return {
        "deprivation": queries.ward_deprivation(shown.code),
        "small_areas": [
            (one, standing) for one, standing in queries.small_areas_with_deprivation(shown.code)
        ],
    }  # fmt: skip


WARD_COLUMNS = (
    Column("name", "Ward"), Column("most", "In the most deprived fifth", numeric=True),
    Column("areas", "Small areas", numeric=True), Column("share", "Share", numeric=True),
)  # fmt: skip


def _percent(counted: WardDeprivation) -> Decimal:
    return round_half_up(counted.share * 100, Decimal("0.1"))


def _ward_list(request: HttpRequest, council: str, on: date) -> tuple[dict[int, Any], int | None, list[Any]]:
    """The council's lists of wards, the year of the one to show (None without lists), and its wards."""
    lists = queries.ward_lists(council)
    asked = request.GET.get("list", "")
    if asked.isdecimal() and asked.isascii() and int(asked[:4]) in lists:
        return lists, int(asked[:4]), lists[int(asked[:4])]
    wards = queries.wards_of(council, on)
    return lists, next((year for year, listed in lists.items() if listed == wards), None), wards


def _wards(request: HttpRequest, body: Body, council: Any, on: date) -> dict[str, Any]:
    lists, year, wards = _ward_list(request, council.code, on)
    codes = [ward.code for ward in wards]
    deprivation, outlines = queries.wards_deprivation(codes), queries.boundaries_of(codes)
    content: dict[str, Any] = {
        "wards": [
            (ward, deprivation.get(ward.code), _percent(deprivation[ward.code]) if ward.code in deprivation else None)
            for ward in wards
        ],
        "list_year": year, "other_years": [other for other in reversed(lists) if other != year],
        "index": queries.LATEST_INDEX,
        "drawn_year": None if outlines else queries.latest_list_with_outlines(lists),
    }  # fmt: skip
    drawn = [ward for ward in wards if ward.code in outlines]
    if drawn and deprivation and len(drawn) == len(wards):
        half = sum(counted.share * 2 >= 1 for counted in deprivation.values())
        content["map"] = WardMap(
            title=f"At least half of the small areas are in the most deprived fifth in {half} of {len(codes)} wards",
            unit="%", as_of=queries.today(),
            source=INVENTED if council.is_invented else DEPRIVATION_SOURCE.format(index=queries.LATEST_INDEX),
            left_out="how many people live in each small area: every one counts the same",
            wards=tuple(
                Ward(
                    ward.code, ward.name, outlines[ward.code].geometry,
                    _percent(deprivation[ward.code]) if ward.code in deprivation else None,
                    _address(body, "place", ward.code),
                )
                for ward in drawn
            ),
        )  # fmt: skip
    return content
