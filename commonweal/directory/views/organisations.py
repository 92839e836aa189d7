"""Pages of the providers and community organisations a body knows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from commonweal.base.access import ROLES
from commonweal.base.exports import export_response
from commonweal.base.govuk.components import render as component
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.queries import database_now
from commonweal.directory import actions, forms, queries
from commonweal.directory.org_ids import register_of
from commonweal.directory.views.frame import (
    SPREADSHEETS,
    address,
    asked_by,
    can_open,
    count_in_words,
    filled,
    form_page,
    page,
    posted,
    said,
    section,
)
from commonweal.directory.views.invitations import shown

if TYPE_CHECKING:
    from commonweal.base.models import Body


#: An accreditation that ends within these days is shown as ending soon.
SOON_DAYS = 90


def _organisations(request: HttpRequest, body: Body) -> tuple[forms.OrganisationFilter, Any]:
    filters = forms.OrganisationFilter(
        request.GET, sizes=list(queries.SIZES.items()), kinds=list(queries.FORMS.items())
    )
    asked = asked_by(filters)
    return filters, queries.organisations(
        body, text=asked.get("words") or "", size=asked.get("size") or "", form=asked.get("form") or ""
    )


def organisations(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the providers and community organisations this body knows."""
    filters, found = _organisations(request, body)
    cut = cut_page(found, request.GET, queries.ORGANISATION_SORTS, default="name")
    places_ = queries.places_by_code(one.place_code for one in cut.rows if one.place_code)
    record = address(body, "record_organisation")
    may = can_open(request, "record_organisation")
    listing = Listing(
        caption="Organisations",
        columns=(
            Column("name", "Name", sortable=True), Column("form", "Kind", sortable=True), Column("size", "Size"),
            Column("number", "Number"), Column("place", "Place"),
        ),
        rows=[
            (
                Link(one.name, address(body, "organisation", one.public_id)), queries.FORMS[one.form],
                queries.SIZES[one.size], one.company_number or one.charity_number or register_of(one.party.org_id)[1],
                places_[one.place_code].name if one.place_code in places_ else one.place_code,
            )
            for one in cut.rows
        ],
        query=request.GET, sort=cut.sort, after=cut.after, filters=filters,
        count=count_in_words(cut.total, "organisation", "organisations"),
        exports={words: address(body, "export_organisations", form) for words, form in SPREADSHEETS},
        empty="No provider or community organisation has been recorded yet. Record one, or import your contracts.",
        empty_action=Link("Record an organisation", record) if may else None,
    )  # fmt: skip
    return page(
        request, "organisations", body, "organisations", page_heading="Organisations", listing=listing,
        may_record=may and bool(cut.rows), record_url=record,
    )  # fmt: skip


def export_organisations(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the organisations of the list as a file, with the list's filters and order."""
    _filters, found = _organisations(request, body)
    rows = in_order(found, request.GET.get("sort", ""), queries.ORGANISATION_SORTS, "name")
    return export_response(
        form, name=f"organisations-{body.slug}", about=[("Body", body.name)],
        headings=["Name", "Kind", "Size", "Identifier", "Company number", "Charity number", "Place code"],
        rows=(
            (
                one.name, queries.FORMS[one.form], queries.SIZES[one.size], one.party.org_id, one.company_number,
                one.charity_number, one.place_code,
            )
            for one in rows
        ),
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
                format_html('<a class="govuk-link" href="{}">{}</a>', address(body, "place", place_.code), place_),
            )
        )
    today, now = queries.today(), database_now()
    people = queries.people_of_party(held.party)
    return page(
        request, "organisation", body, "organisations", page_heading=held.name, organisation=held,
        trail=[section(body, "organisations")],
        summary={"rows": [{"key": {"text": key}, "value": {"html": value}} for key, value in rows if value]},
        accreditations=[(one.name, _expiry(one.expires_on, today)) for one in queries.accreditations_of(held)],
        people=[(person, ", ".join(ROLES[role] for role in roles)) for person, roles in people],
        has_own_administrator=any("provider-admin" in roles for _person, roles in people),
        invitations=[shown(each, now) for each in queries.invitations(held.party) if each.accepted_at is None],
        may_change=can_open(request, "change_organisation"), may_invite=can_open(request, "invite_for_provider"),
    )  # fmt: skip


def _expiry(expires_on: date | None, today: date) -> SafeString | str:
    if expires_on is None:
        return "No end recorded"
    if expires_on < today:
        words, colour = "Expired", "red"
    elif expires_on <= today + timedelta(days=SOON_DAYS):
        words, colour = "Ends soon", "yellow"
    else:
        return f"Until {said(expires_on)}"
    return format_html(
        "Until {} {}", said(expires_on), component("tag", {"text": words, "classes": f"govuk-tag--{colour}"})
    )


def record_organisation(request: HttpRequest, body: Body) -> HttpResponse:
    """This will record an organisation."""
    form = forms.OrganisationForm(
        posted(request), sizes=list(queries.SIZES.items()), kinds=list(queries.FORMS.items()),
        initial={"size": "unknown", "form": "unknown"},
    )  # fmt: skip
    made: list[Any] = []

    def record(given: dict[str, Any]) -> None:
        made.append(actions.record_organisation(**given, body=body, by=request.user))  # type: ignore[arg-type]

    if filled(request, form, record, ""):
        messages.success(request, f"{made[0].name} has been recorded.")
        return redirect("directory:organisation", body.slug, made[0].public_id)
    return form_page(
        request, body, "organisations", form, heading="Record an organisation", submit="Record",
        trail=[section(body, "organisations")],
    )  # fmt: skip


def change_organisation(request: HttpRequest, body: Body, organisation: str) -> HttpResponse:
    """This will change what the body knows of an organisation."""
    held = queries.get_organisation(organisation)
    names = ("name", "size", "form", "company_number", "charity_number", "place_code")
    form = forms.ChangeOrganisationForm(
        posted(request), sizes=list(queries.SIZES.items()), kinds=list(queries.FORMS.items()),
        initial={name: getattr(held, name) for name in names},
    )  # fmt: skip

    def update(given: dict[str, Any]) -> None:
        actions.update_organisation(organisation=held, **given, body=body, by=request.user)  # type: ignore[arg-type]

    if filled(request, form, update, ""):
        messages.success(request, f"{held.name} has been saved.")
        return redirect("directory:organisation", body.slug, held.public_id)
    return form_page(
        request, body, "organisations", form, heading=f"Change {held.name}", submit="Save",
        trail=[section(body, "organisations"), (held.name, address(body, "organisation", held.public_id))],
    )  # fmt: skip


def add_accreditation(request: HttpRequest, body: Body, organisation: str) -> HttpResponse:
    """This will record something an organisation holds."""
    held = queries.get_organisation(organisation)
    form = forms.AccreditationForm(posted(request))

    def add(given: dict[str, Any]) -> None:
        actions.add_accreditation(organisation=held, **given, body=body, by=request.user)  # type: ignore[arg-type]

    if filled(request, form, add, "name"):
        messages.success(request, f"{form.cleaned_data['name']} has been added.")
        return redirect("directory:organisation", body.slug, held.public_id)
    return form_page(
        request, body, "organisations", form, heading=f"Add an accreditation of {held.name}", submit="Add",
        trail=[section(body, "organisations"), (held.name, address(body, "organisation", held.public_id))],
    )  # fmt: skip
