"""Pages of a body's departments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.directory import actions, forms, queries
from commonweal.directory.views.frame import (
    SPREADSHEETS,
    address,
    asked_by,
    can_open,
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


def departments(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the body's departments, and those that have ended."""
    filters = forms.WordsFilter(request.GET)
    found = queries.departments(body, text=asked_by(filters).get("words") or "")
    cut = cut_page(found, request.GET, queries.DEPARTMENT_SORTS, default="name")
    may = can_open(request, "add_department")
    columns = [Column("name", "Department", sortable=True), Column("parent", "Part of")]
    if in_wales(body):
        columns.insert(1, Column("name_cy", "In Welsh"))
    rows = []
    for one in cut.rows:
        name: object = Link(one.name, address(body, "change_department", one.public_id)) if may else one.name
        rows.append([name, *([one.name_cy] if in_wales(body) else []), one.parent.name if one.parent else ""])
    add = address(body, "add_department")
    listing = Listing(
        caption="Departments", columns=columns, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=count_in_words(cut.total, "department", "departments"), filters=filters,
        exports={words: address(body, "export_departments", form) for words, form in SPREADSHEETS},
        empty="No department has been recorded yet. Agreements, people and reports can then be shown by department.",
        empty_action=Link("Add a department", add) if may else None,
    )  # fmt: skip
    ended = [(one.name, said(one.ended_on)) for one in queries.departments(body, ended=True).order_by("-ended_on")]
    return page(
        request, "departments", body, "departments", page_heading="Departments", listing=listing, ended=ended,
        may_add=may and bool(cut.rows), add_url=add,
    )  # fmt: skip


def export_departments(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the departments of the list as a file, with the list's filter and order."""
    found = queries.departments(body, text=asked_by(forms.WordsFilter(request.GET)).get("words") or "")
    rows = in_order(found, request.GET.get("sort", ""), queries.DEPARTMENT_SORTS, "name")
    return export_response(
        form, name=f"departments-{body.slug}", headings=["Department", "In Welsh", "Part of"],
        rows=((one.name, one.name_cy, one.parent.name if one.parent else "") for one in rows),
        about=[("Body", body.name)],
    )  # fmt: skip


def _department_form(request: HttpRequest, body: Body, held: Any = None) -> tuple[forms.DepartmentForm, dict[str, Any]]:
    others = {one.public_id: one for one in queries.departments(body).order_by("name")}
    if held is not None:
        others.pop(held.public_id, None)
    initial = {"name": held.name, "name_cy": held.name_cy, "parent": held.parent.public_id if held.parent else ""} if (
        held is not None
    ) else {}  # fmt: skip
    parents = [(key, one.name) for key, one in others.items()]
    return forms.DepartmentForm(posted(request), parents=parents, welsh=in_wales(body), initial=initial), others


def add_department(request: HttpRequest, body: Body) -> HttpResponse:
    """This will record a department."""
    form, others = _department_form(request, body)

    def create(given: dict[str, Any]) -> None:
        actions.create_department(
            name=given["name"], name_cy=given.get("name_cy", ""), parent=others.get(given["parent"]), body=body,
            by=request.user,  # type: ignore[arg-type]
        )  # fmt: skip

    if filled(request, form, create, "name"):
        messages.success(request, f"{form.cleaned_data['name']} has been added.")
        return redirect("directory:departments", body.slug)
    return form_page(
        request, body, "departments", form, heading="Add a department", submit="Add",
        trail=[section(body, "departments")],
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

    if filled(request, form, update, "parent" if "parent" in form.changed_data else "name"):
        messages.success(request, f"{held.name} has been saved.")
        return redirect("directory:departments", body.slug)
    return page(
        request, "department", body, "departments", status=422 if form.errors else 200, form=form,
        page_heading=held.name, trail=[section(body, "departments")], department=held,
        cancel_url=address(body, "departments"),
    )  # fmt: skip


def end_department(request: HttpRequest, body: Body, department: str) -> HttpResponse:
    """This will say when a department ended."""
    held = queries.get_department(department)
    form = forms.EndDepartmentForm(posted(request), initial={"ended_on": queries.today()})

    def end(given: dict[str, Any]) -> None:
        actions.end_department(department=held, **given, body=body, by=request.user)  # type: ignore[arg-type]

    if filled(request, form, end, "ended_on"):
        messages.success(request, f"{held.name} ended on {said(form.cleaned_data['ended_on'])}. Its records stay.")
        return redirect("directory:departments", body.slug)
    return form_page(
        request, body, "departments", form, heading=f"End {held.name}", submit="Save",
        trail=[section(body, "departments"), (held.name, address(body, "change_department", held.public_id))],
        lead="What was recorded under it stays under its name.",
    )  # fmt: skip
