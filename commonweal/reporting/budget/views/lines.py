"""The lines of a year's budget and baseline: put down, filled from the record, taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from commonweal.asks.queries import measure_choices
from commonweal.asks.vocabulary import CHANNELS
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Listing
from commonweal.base.templatetags.figures import amount_in_unit
from commonweal.directory.queries import departments, get_department
from commonweal.engine.year import FinancialYear
from commonweal.reporting.budget import actions, forms, queries
from commonweal.reporting.budget.views.year import form_page, frame, may, year_of
from commonweal.reporting.budget.vocabulary import LINE_KINDS
from commonweal.reporting.presentation import lines_as_shown, note_of, plural, written
from commonweal.reporting.queries import account, named_places

if TYPE_CHECKING:
    from commonweal.base.models import Body

WORDS = dict(LINE_KINDS)
HEADINGS = ("Year", "Kind", "Measure", "Edition", "Quantity", "Unit", "Department", "Channel", "Place", "Gross (£)",
            "Net (£)", "Note")  # fmt: skip


def _kind(kind: str) -> str:
    if kind not in WORDS:
        raise Http404
    return kind


def _told(body: Body, year: FinancialYear, kind: str) -> list[dict[str, Any]]:
    held = queries.year_account(body, year)
    worth = held.budget if kind == "budget" else held.baseline
    lines = {each.public_id: each for each in queries.budget_lines(body, year, kind)}
    places = named_places(body).names
    return [
        {
            "line": lines[shown.line.public_id],
            "shown": shown,
            "quantity": amount_in_unit(shown.line.quantity, shown.line.promise.unit),
            "channel": dict(CHANNELS).get(shown.line.promise.channel, "Any channel"),
            "place": places.get(shown.line.place_code, shown.line.place_code) or "Anywhere",
            "gross": written(shown.gross), "net": written(shown.net), "note": note_of(shown.line),
        }
        for shown in lines_as_shown(worth)
    ]  # fmt: skip


def lines(request: HttpRequest, body: Body, year: str, kind: str) -> HttpResponse:
    """This will list the lines of a year's budget or baseline, each with what it is worth."""
    of, standing = year_of(year), queries.standing(body, year_of(year))
    told = _told(body, of, _kind(kind))
    may_change = may(request, "line_add") and standing.state == "open"
    content = {
        **frame(body, of, "lines" if kind == "budget" else "baseline", standing),
        "kind": kind,
        "words": WORDS[kind],
        "told": told,
        "may_change": may_change,
        "listing": _listing(request, body, of, kind, told, may_change=may_change),
    }
    return render(request, "budget/lines.html", content)


def _listing(
    request: HttpRequest, body: Body, year: FinancialYear, kind: str, told: list[dict[str, Any]], *, may_change: bool
) -> Listing:  # fmt: skip
    def under(*words: str) -> object:
        return format_html_join("", '<span class="rp-under">{}</span>', ((each,) for each in words if each))

    def take_out(each: dict[str, Any]) -> object:
        return format_html(
            '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            '<button class="bg-plain" type="submit">Take out<span class="govuk-visually-hidden"> {}</span></button></form>',
            reverse("budget:line_remove", args=[body.slug, each["line"].public_id]), get_token(request),
            each["shown"].line.promise.wording,
        )  # fmt: skip

    columns = [
        Column("what", "Measure"), Column("whose", "Whose"), Column("quantity", "Quantity", numeric=True),
        Column("gross", "Gross", numeric=True), Column("net", "Net", numeric=True),
    ]  # fmt: skip
    rows = [
        [
            format_html("{}{}", each["shown"].line.promise.wording, under(each["line"].note, each["note"])),
            format_html("{}{}", each["shown"].line.promise.department_name, under(f"{each['channel']}, {each['place']}")),
            each["quantity"], each["gross"], each["net"], *([take_out(each)] if may_change else []),
        ]
        for each in told
    ]  # fmt: skip
    return Listing(
        caption=f"Lines of the {WORDS[kind].lower()}", rows=rows, query=request.GET, count=plural(len(told), "line"),
        columns=[*columns, *([Column("out", "")] if may_change else [])],
        exports={
            words: reverse("budget:lines_export", args=[body.slug, year.slug, kind, form])
            for words, form in (("CSV", "csv"), ("Excel", "xlsx"))
        },
    )  # fmt: skip


def lines_export(request: HttpRequest, body: Body, year: str, kind: str, form: str) -> HttpResponse:
    """This will give the lines of a year's budget or baseline."""
    of = year_of(year)
    rows = []
    for each in _told(body, of, _kind(kind)):
        line, shown = each["line"], each["shown"]
        promise = shown.line.promise
        rows.append(
            (of.name, WORDS[kind], promise.wording, promise.edition, shown.line.quantity, promise.unit,
             promise.department_name, each["channel"], line.place_code, shown.gross and shown.gross.central,
             shown.net and shown.net.central, line.note)
        )  # fmt: skip
    return export_response(form, name=f"{body.slug}-{kind}-{year}", headings=HEADINGS, rows=rows)


def line_add(request: HttpRequest, body: Body, year: str, kind: str) -> HttpResponse:
    """This will put a line into a year's budget or baseline."""
    of = year_of(year)
    choices = {
        "measures": measure_choices(body, of.ends_on),
        "departments": [(each.public_id, each.name) for each in departments(body)],
        "places": named_places(body).choices(),
    }
    form = forms.BudgetLineForm(request.POST or None, **choices)
    back = reverse("budget:lines", args=[body.slug, year, _kind(kind)])
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.add_budget_line(
                by=request.user, body=body, year=of, kind=kind, measure=said["measure"],  # type: ignore[arg-type]
                quantity=said["quantity"], channel=said["channel"], place_code=said["place"], note=said["note"],
                department=get_department(said["department"]) if said["department"] else None,
            )  # fmt: skip
        except NotPossible as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"The line is in the {WORDS[kind].lower()}.")
            return redirect(back)
    return form_page(request, form, f"Add to the {WORDS[kind].lower()}", back, of, "Add")


def line_remove(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take a line out."""
    try:
        line = queries.get_budget_line(body, public_id)
    except ObjectDoesNotExist:
        raise Http404 from None
    try:
        actions.take_out_budget_line(by=request.user, line=line)  # type: ignore[arg-type]
    except NotPossible as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The line is taken out.")
    return redirect("budget:lines", body.slug, FinancialYear(line.year).slug, line.kind)


def lines_fill(request: HttpRequest, body: Body, year: str, kind: str) -> HttpResponse:
    """This will fill an empty budget with what falls due in the year, or a baseline with what the last one delivered."""
    of = year_of(year)
    source = of if _kind(kind) == "budget" else of.previous
    try:
        made = actions.fill_from_record(
            by=request.user, body=body, year=of, kind=kind,  # type: ignore[arg-type]
            record=account(body, on=source.ends_on, year=source),
        )  # fmt: skip
    except NotPossible as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{plural(len(made), 'line')} taken over from the record.")
    return redirect("budget:lines", body.slug, year, kind)
