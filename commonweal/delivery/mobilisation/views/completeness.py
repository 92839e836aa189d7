"""How complete reporting is: agreements or promises down, quarters across, each cell in words and a sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commonweal.base.exports import export_response
from commonweal.base.lists import SIZE
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.mobilisation import forms, queries
from commonweal.delivery.mobilisation.heat import GRACE_DAYS
from commonweal.delivery.mobilisation.views.due import whose
from commonweal.delivery.mobilisation.vocabulary import CELL_SIGNS, CELLS
from commonweal.delivery.views.agreements import today
from commonweal.engine.profile import Quarter, quarters

if TYPE_CHECKING:
    from commonweal.base.models import Body

YEARS: Final = 2


def _year_of(on: date) -> int:
    return on.year if on.month >= 4 else on.year - 1


def _years_words(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02} and {year + 1}/{(year + 2) % 100:02}"


def _page(request: HttpRequest, body: Body) -> tuple[Any, list[Quarter], list[queries.HeatRow]]:
    latest = _year_of(today())
    earlier = [(str(year), _years_words(year)) for year in range(latest - 2, latest - 9, -1)]
    form, wanted = whose(request, body, forms.CompletenessForm, years=[("", _years_words(latest - 1)), *earlier])
    chosen = form.cleaned_data if form.is_valid() else {}
    first = int(chosen.get("year") or latest - 1)
    over = list(quarters(date(first, 4, 1), date(first + YEARS, 4, 1) - timedelta(days=1)))
    agreements: list[Any] = list(queries.current_agreements(body, **wanted))
    rows = queries.completeness(agreements, over, today(), by_promise=chosen.get("by") == "promises")
    late = [row for row in rows if _is_overdue(row)]
    others = [] if chosen.get("only") == "overdue" else [row for row in rows if not _is_overdue(row)]
    return form, over, late + others


def _is_overdue(row: queries.HeatRow) -> bool:
    return any(cell.counts.get("overdue") for cell in row.cells)


def _cut(request: HttpRequest, rows: Sequence[queries.HeatRow]) -> tuple[int, dict[str, str]]:
    """Where the page begins, and the addresses of the first page and the next."""
    asked = request.GET.get("after", "")
    start = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 and int(asked) < len(rows) else 0
    query = request.GET.copy()
    query.pop("after", None)
    found = {"first": f"?{query.urlencode()}"} if start else {}
    if start + SIZE < len(rows):
        query["after"] = str(start + SIZE)
        found["next"] = f"?{query.urlencode()}"
    return start, found


def completeness(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show, quarter by quarter, what was reported, what is late, and what is not due."""
    form, over, rows = _page(request, body)
    words = dict(CELLS)
    start, pages = _cut(request, rows)
    content = {
        "form": form,
        "quarters": over,
        "now": next((each for each in over if each.starts_on <= today() <= each.ends_on), None),
        "rows": [{"row": row, "cells": _cells(row, over)} for row in rows[start : start + SIZE]],
        "pages": pages,
        "count": len(rows),
        "key": [{"state": state, "sign": CELL_SIGNS[state], "words": words[state]} for state, _ in CELLS],
        "total": _total(rows),
        "grace": GRACE_DAYS,
        "query": request.GET.urlencode(),
        "is_filtered": bool(request.GET.keys() - {"after"}),
        "any_agreement": queries.current_agreements(body).exists(),
        "page_heading": "What was reported",
        "breadcrumbs": {"items": [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
                                  {"text": "What was reported"}]},
    }  # fmt: skip
    return render(request, "mobilisation/completeness.html", content)


def _total(rows: Sequence[queries.HeatRow]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in rows:
        for cell in row.cells:
            found.update(cell.counts)
    return {state.replace("-", "_"): found[state] for state, _ in CELLS}


def _cells(row: queries.HeatRow, over: Sequence[Quarter]) -> list[dict[str, Any]]:
    words = dict(CELLS)
    shown = []
    for quarter, cell in zip(over, row.cells, strict=True):
        many = row.commitment is None and cell.due > 1
        shown.append({
            "quarter": quarter, "state": cell.state, "sign": CELL_SIGNS[cell.state], "words": words[cell.state],
            "told": f"{cell.told} of {cell.due}" if many else "",
        })  # fmt: skip
    return shown


def completeness_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write the picture as a file: one row for each line, a column for each quarter."""
    _form, over, rows = _page(request, body)
    words = dict(CELLS)

    def written(row: queries.HeatRow, cell: Any) -> str:
        if row.commitment is None and cell.due > 1:
            return f"{words[cell.state]} ({cell.told} of {cell.due} reported)"
        return words[cell.state]

    return export_response(
        form, name=f"reported-{body.slug}-{today()}",
        headings=["Agreement", "Reference", "Provider", "Owner", "Promise", *(each.label for each in over)],
        rows=(
            (row.agreement.title, row.agreement.reference,
             row.agreement.provider.name if row.agreement.provider else "",
             row.agreement.owner.name if row.agreement.owner else "",
             row.commitment.wording if row.commitment else "", *(written(row, cell) for cell in row.cells))
            for row in rows
        ),
        about=[("Body", body.name), ("As of", long_date(today())),
               ("Overdue", f"Nothing reported {GRACE_DAYS} days after the quarter ended")],
    )  # fmt: skip
