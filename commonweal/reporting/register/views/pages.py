"""What the pages of this room share: the strip of pages, the year, the way back, and forms on pages of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.directory.queries import departments, today
from commonweal.engine.year import FinancialYear
from commonweal.reporting.register import queries
from commonweal.reporting.register.forms import year_asked

if TYPE_CHECKING:
    from commonweal.base.models import Body

#: The pages of this room, in the order a reader comes to them.
PAGES: Final = (
    ("register:money", "Money beside value"),
    ("register:gains", "Who pays, who gains"),
    ("register:reconciliation", "Register, agreements, payments"),
    ("register:files", "Files of money"),
)
#: How many years back a year can be chosen, where nothing is on record.
_YEARS_BACK: Final = 3


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does, so that no page offers it in vain."""
    return rule_for(f"register:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def years(body: Body) -> list[tuple[str, str]]:
    """This will list the financial years that can be chosen as (slug, name), the latest first."""
    now = FinancialYear.of(today())
    begun = {now.begins - back for back in range(_YEARS_BACK)} | set(queries.years_with_money(body))
    return [(year.slug, year.name) for year in (FinancialYear(each) for each in sorted(begun, reverse=True))]


def year_of(request: HttpRequest, body: Body) -> FinancialYear:
    """This will give the year an address asks for; else the latest with payments or budget lines, else the present."""
    asked = year_asked(request.GET.get("year", ""))
    if asked is not None:
        return asked
    held = queries.years_with_money(body)
    return FinancialYear(held[0]) if held else FinancialYear.of(today())


def ways(body: Body, here: str, query: str = "") -> list[tuple[str, str, bool]]:
    """This will give the pages of this room as (address, words, whether it is the present one)."""
    return [(reverse(route, args=[body.slug]) + query, words, route == here) for route, words in PAGES]


def crumbs(body: Body, *steps: str | tuple[str, str]) -> dict[str, Any]:
    """This will give the way back from a page of this room."""
    items: list[dict[str, str]] = [{"text": "Account", "href": reverse("budget:years", args=[body.slug])}]
    for step in steps:
        items.append({"text": step} if isinstance(step, str) else {"text": step[0], "href": step[1]})
    return {"items": items}


def department_choices(body: Body, *, ended: bool = True) -> list[tuple[str, str]]:
    """This will list a body's departments as (outward id, name), those that ended last."""
    found = [(each.public_id, each.name) for each in departments(body)]
    if ended:
        found += [(each.public_id, f"{each.name} (ended)") for each in departments(body, ended=True)]
    return found


def form_page(
    request: HttpRequest, form: Any, heading: str, back: str, submit: str = "Save", **more: Any
) -> HttpResponse:  # fmt: skip
    """This will show a form on a page of its own; a refused one is shown again with status 422."""
    content = {"form": form, "page_heading": heading, "submit_text": submit, "back_url": back} | more
    return render(request, "register/form.html", content, status=422 if form.errors else 200)


def exports(route: str, *args: str) -> dict[str, str]:
    """This will give the addresses of an export by its words."""
    return {words: reverse(route, args=[*args, kind]) for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))}
