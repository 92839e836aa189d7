"""Pages of places: finding one, and what one was like on a day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.maps import Ward, WardMap
from commonweal.directory import forms, queries
from commonweal.directory.views.frame import (
    SPREADSHEETS,
    address,
    asked_by,
    count_in_words,
    page,
    section,
)
from commonweal.money import round_half_up
from commonweal.sources.places import WardDeprivation

if TYPE_CHECKING:
    from commonweal.base.models import Body


DEPRIVATION_SOURCE = (
    "{index}, Ministry of Housing, Communities and Local Government; small areas to wards of 2024, Office for National "
    "Statistics (Open Government Licence v3.0)"
)
METHOD = "Small areas are fitted whole to wards of 2024, and every small area counts the same."
INVENTED = "Invented for demonstration"


def places(request: HttpRequest, body: Body) -> HttpResponse:
    """This will find places by name, code or postcode, beginning with the body's own."""
    filters = forms.PlaceFilter(request.GET, kinds=list(queries.PLACE_KINDS.items()))
    asked = asked_by(filters)
    found = queries.find_places(asked.get("words") or "", asked.get("kind") or "", limit=queries.FOUND_AT_MOST + 1)
    more = len(found) > queries.FOUND_AT_MOST
    within = queries.parents_by_code([one.code for one in found])
    listing = Listing(
        caption="Places found",
        columns=(Column("name", "Name"), Column("kind", "Kind"), Column("within", "In"), Column("code", "Code")),
        rows=[
            (
                Link(one.name, address(body, "place", one.code)), queries.PLACE_KINDS[one.kind],
                within.get(one.code, ""), one.code,
            )
            for one in found[: queries.FOUND_AT_MOST]
        ],
        query=request.GET, filters=filters,
        count=f"The first {queries.FOUND_AT_MOST}: add words to find fewer" if more
        else count_in_words(len(found), "place", "places"),
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
    return page(
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
    return page(
        request, "place", body, "places", status=422 if day.errors else 200, page_heading=shown.name, place=shown,
        page_caption=queries.PLACE_KINDS[shown.kind], trail=[section(body, "places")], form=day, on=on,
        is_today=on == queries.today(), not_then=not_then,
        last_day=shown.valid_to - timedelta(days=1) if shown.valid_to else None,
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


def _percent(counted: WardDeprivation) -> Decimal:
    return round_half_up(counted.share * 100, Decimal("0.1"))


def _ward_list(request: HttpRequest, council: str, on: date) -> tuple[dict[int, Any], int | None, list[Any]]:
    """The council's lists of wards, the year of the one to show (None without lists), and its wards."""
    lists = queries.ward_lists(council)
    asked = {str(year): year for year in lists}.get(request.GET.get("list", ""))
    year = asked or queries.year_of_list(lists, on)
    return lists, year, lists[year] if year else queries.wards_of(council, on)


def _wards(request: HttpRequest, body: Body, council: Any, on: date) -> dict[str, Any]:
    lists, year, wards = _ward_list(request, council.code, on)
    codes = [ward.code for ward in wards]
    deprivation, outlines = queries.wards_deprivation(codes), queries.boundaries_of(codes)
    content: dict[str, Any] = {
        "wards": [
            (ward, deprivation.get(ward.code), _percent(deprivation[ward.code]) if ward.code in deprivation else None)
            for ward in wards
        ],
        "has_figures": bool(deprivation), "list_year": year, "other_years": queries.other_lists(lists, year),
        "exports": [
            (words, f"{address(body, 'export_wards', council.code, form)}?list={year or ''}")
            for words, form in SPREADSHEETS
        ],
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
                    address(body, "place", ward.code),
                )
                for ward in drawn
            ),
        )  # fmt: skip
    return content


def export_wards(request: HttpRequest, body: Body, code: str, form: str) -> HttpResponse:
    """This will give the wards of a council's page as a file, with how deprived each is."""
    council = queries.get_place(code)
    _lists, year, wards = _ward_list(request, code, queries.today())
    deprivation = queries.wards_deprivation([ward.code for ward in wards])
    return export_response(
        form, name=f"wards-{council.name}-{year}" if year else f"wards-{council.name}",
        headings=["Code", "Ward", "Index", "Small areas", "In the most deprived fifth", "Share of small areas"],
        rows=(
            (ward.code, ward.name, one.index, one.lsoas, one.most_deprived, round_half_up(one.share, Decimal("0.0001")))
            if (one := deprivation.get(ward.code)) else (ward.code, ward.name, None, None, None, None)
            for ward in wards
        ),
        about=[("Body", body.name), ("Method", METHOD)],
    )  # fmt: skip
