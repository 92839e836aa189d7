"""How sure what something is worth is: its draws, the chance of a target, and what moves it most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from commonweal.base.exports import export_response
from commonweal.reporting import figures, presentation
from commonweal.reporting.forms import DRAWS, SEED, RangesForm
from commonweal.reporting.ranges import (
    RANGE_HEADINGS,
    RangedTotal,
    Ranges,
    TooMuchToDraw,
    range_export,
    range_headings,
    range_rows,
    ranges,
    theme_rows,
    tornado,
)
from commonweal.reporting.views.record import Record

if TYPE_CHECKING:
    from commonweal.base.models import Body


def _found(record: Record) -> tuple[RangesForm, figures.Worth, Ranges | None, RangedTotal | None]:
    """The form, the worth, its draws and the total that is opened; no draws where the form cannot be read."""
    form = record.form(RangesForm)
    worth = record.worth(form)
    editions = {each.edition.reference: each.edition for each in worth.valuations}
    form.offer([
        (presentation.key_slug(each.key), presentation.key_label(each.key, editions[each.key.edition]))
        for each in worth.totals if not each.key.ranged
    ])  # fmt: skip
    form.full_clean()
    asked = form.cleaned_data
    if {"draws", "seed", "target", "figure"} & form.errors.keys():
        return form, worth, None, None
    try:
        found = ranges(worth, number=asked["draws"] or DRAWS, seed=SEED if asked["seed"] is None else asked["seed"],
                       target=asked["target"])  # fmt: skip
    except TooMuchToDraw as refused:
        form.add_error("draws", str(refused))
        return form, worth, None, None
    slugs = {presentation.key_slug(each.key): each for each in found.totals}
    return form, worth, found, slugs.get(asked["figure"], found.leading)


def worth_ranges(request: HttpRequest, body: Body, public_id: str | None = None) -> HttpResponse:
    """This will show how sure each total of a body or of an agreement is, and what moves one of them most."""
    record = Record(request, body, public_id)
    form, worth, found, opened = _found(record)
    # The choices show what is seen, even where the address names neither.
    form.data = {**form.data, "what": worth.what}
    if opened:
        form.data = {**form.data, "figure": presentation.key_slug(opened.key)}
    content = {
        **record.page("ranges", "Ranges"),
        "form": form,
        "worth": worth,
        "stage": figures.STAGES[worth.what].lower(),
        "found": found,
        "rows": range_rows(found) if found else [],
        "headings": range_headings(found) if found else (),
        "any_drawn": bool(found and any(each.is_drawn for each in found.totals)),
        "opened": opened,
        "opened_words": f"{presentation.kind_words(opened.key)}, {opened.key.level}" if opened else "",
        "chart": tornado(found, opened) if found and opened else None,
        "themes": theme_rows(opened) if opened else [],
        "theme_headings": range_headings(None),
        "lines_url": record.lines_url(what=worth.what),
    }
    return render(request, "reporting/ranges.html", content)


def worth_ranges_export(request: HttpRequest, body: Body, form: str, public_id: str | None = None) -> HttpResponse:
    """This will give every total with its points, and every parameter that moves it; 404 for what cannot be drawn."""
    record = Record(request, body, public_id)
    _form, _worth, found, _opened = _found(record)
    if found is None:
        raise Http404
    name = f"{public_id or body.slug}-ranges"
    return export_response(form, name=name, headings=RANGE_HEADINGS, rows=range_export(found))
