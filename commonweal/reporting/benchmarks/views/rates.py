"""How a body compares: its rates, those of a group in quarters, its consent, and giving rates out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.exports import Cell, export_response
from commonweal.reporting.benchmarks import actions, forms, queries
from commonweal.reporting.benchmarks.quartiles import Group
from commonweal.reporting.benchmarks.vocabulary import BASES, GROUPS, LEAST_BODIES, LEAST_PROVIDERS
from commonweal.reporting.presentation import KINDS, prices_words
from commonweal.reporting.register.views.pages import form_page, year_of, years

if TYPE_CHECKING:
    from commonweal.base.models import Body

HEADINGS = (
    "Figure", "Basis", "Ours (£)", "Bodies", "Lower quarter mark (£)", "Middle (£)", "Upper quarter mark (£)",
    "Where we stand",
)  # fmt: skip


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does."""
    return rule_for(f"benchmarks:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def figure_words(slug: str) -> str:
    """This will name a figure by its key: "Welfare value, gross, 2024 prices, Commonweal Open Measures 1.0"."""
    edition, direction, kind, level, year, year_type = slug.split(":")[:6]
    name = KINDS.get(kind, kind)
    harm = " (harm)" if direction == "harm" else ""
    return f"{name}{harm}, {level}, {prices_words(year, year_type)}, {queries.edition_named(edition)}"


def rate_words(rate: Decimal | None) -> str:
    """This will write a rate in pounds: to the penny, and to three figures where that is less than ten pence."""
    if rate is None:
        return "–"
    if rate >= Decimal("0.1") or rate == 0:
        return f"£{rate:,.2f}"
    return f"£{rate:.3g}" if rate >= Decimal("0.0001") else "less than £0.0001"


def own_words(each: Group) -> str:
    """This will write our own rate, or say that it is kept back."""
    return "Kept back" if each.own is None else rate_words(each.own)


def standing_words(each: Group) -> str:
    """This will say in a sentence where a body stands among the others."""
    if not each.is_told:
        return f"Fewer than {LEAST_BODIES} bodies of this group give this rate, so there is nothing to compare with."
    if each.own is None:
        return f"Ours is kept back: too few providers stand behind it. {each.bodies} bodies give theirs."
    return f"Ours is in {each.quarter} of {each.bodies} bodies."


def crumbs(body: Body, *steps: str | tuple[str, str]) -> dict[str, Any]:
    """This will give the way back from a page of this room."""
    items: list[dict[str, str]] = [{"text": "Account", "href": reverse("budget:years", args=[body.slug])}]
    for step in steps:
        items.append({"text": step} if isinstance(step, str) else {"text": step[0], "href": step[1]})
    return {"items": items}


def ways(body: Body, here: str) -> list[tuple[str, str, bool]]:
    """This will give the pages of this room as (address, words, whether it is the present one)."""
    pages = (("benchmarks:benchmarks", "How we compare"), ("benchmarks:self_assessment", "Self-assessment"))
    return [(reverse(route, args=[body.slug]), words, route == here) for route, words in pages]


def _group(request: HttpRequest) -> str:
    asked = request.GET.get("group", "")
    return asked if asked in dict(GROUPS) else "like"


def benchmarks(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show how a body's rates of a year stand among those of others that exchange theirs."""
    year, which = year_of(request, body), _group(request)
    consent, own = queries.consent_of(body), queries.own_release(body, year.begins)
    form = forms.BenchmarkFilters(request.GET.dict() | {"year": year.slug, "group": which}, years=years(body))
    found = queries.groups(body, year, which) if consent else []
    content = {
        "year": year, "form": form, "consent": consent, "own": own, "may": may(request, "give_out"),
        "groups": [
            {"figure": figure_words(each.figure), "basis": dict(BASES)[each.basis], "own": own_words(each),
             "told": each.is_told, "lower": rate_words(each.lower), "middle": rate_words(each.middle),
             "upper": rate_words(each.upper), "words": standing_words(each),
             "named": [(name, rate_words(rate)) for name, rate in each.named]}
            for each in found
        ],
        "any_told": any(each.is_told for each in found),
        "kept_back": [
            (figure_words(each.figure), cell_words(each.cell))
            for each in (queries.rates_of(own) if own else []) if each.rate is None and each.basis == "per-head"
        ],
        "least": LEAST_PROVIDERS, "least_bodies": LEAST_BODIES,
        "exports": [(words, f"{reverse('benchmarks:benchmarks_export', args=[body.slug, kind])}?{request.GET.urlencode()}")
                    for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))],
        "ways": ways(body, "benchmarks:benchmarks"), "page_heading": "How we compare", "page_caption": year.name,
        "breadcrumbs": crumbs(body, "How we compare"),
    }  # fmt: skip
    return render(request, "benchmarks/benchmarks.html", content)


def cell_words(cell: str) -> str:
    """This will name a cell: "Grant", "All"."""
    name, _colon, value = cell.partition(":")
    return f"{name}: {value}" if value else "all of it"


def comparator_rows(body: Body, year: Any, which: str) -> list[tuple[Cell, ...]]:
    """This will write how a body compares for an export, under HEADINGS."""
    return [
        (figure_words(each.figure), dict(BASES)[each.basis], each.own, each.bodies, each.lower, each.middle, each.upper,
         standing_words(each))
        for each in queries.groups(body, year, which)
    ]  # fmt: skip


def benchmarks_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write how a body compares as a file."""
    year, which = year_of(request, body), _group(request)
    rows = comparator_rows(body, year, which) if queries.consent_of(body) else []
    return export_response(
        form, name=f"{body.slug}-benchmarks-{year.slug}", headings=HEADINGS, rows=rows,
        about=[("Body", body.name), ("Financial year", year.name), ("Compared with", dict(GROUPS)[which]),
               ("Stage", "Value whose evidence was accepted")],
    )  # fmt: skip


def agree(request: HttpRequest, body: Body) -> HttpResponse:
    """This will take a body's consent to exchange its rates."""
    form = forms.ConsentForm(request.POST or None)
    back = reverse("benchmarks:benchmarks", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        try:
            actions.agree(by=request.user, body=body, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Agreed. Nothing is given out until you give a year's rates out.")
            return redirect(back)
    return form_page(
        request, form, "Exchange your rates", back, "We agree",
        page_lead="Bodies that give their rates read those of the others: for each pound and each resident, never a line of "
        "your record. You can take it back at any time.",
    )  # fmt: skip


def take_back(request: HttpRequest, body: Body) -> HttpResponse:
    """This will end a body's consent."""
    try:
        actions.take_back(by=request.user, body=body)  # type: ignore[arg-type]
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Taken back. Your rates are read by nobody else any more.")
    return redirect("benchmarks:benchmarks", body.slug)


def give_out(request: HttpRequest, body: Body) -> HttpResponse:
    """This will give a year's rates out."""
    year = year_of(request, body)
    try:
        release = actions.give_out(by=request.user, body=body, year=year)  # type: ignore[arg-type]
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        kept = sum(each.rate is None for each in queries.rates_of(release))
        messages.success(request, f"The rates of {year.name} are given out; {kept} are kept back.")
    return redirect(f"{reverse('benchmarks:benchmarks', args=[body.slug])}?year={year.slug}")
