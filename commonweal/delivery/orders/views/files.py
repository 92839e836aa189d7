"""Files of orders and of counts: read, shown row by row, brought in, undone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.files import UnusableFile
from commonweal.base.templatetags.figures import money, quantity
from commonweal.delivery.orders import actions, forms, queries
from commonweal.delivery.orders.views.orders import crumbs, may
from commonweal.delivery.promises import how_often
from commonweal.delivery.queries import get_agreement
from commonweal.delivery.views.agreements import form_page
from commonweal.delivery.vocabulary import OUTCOMES
from commonweal.sources.tables import TableError

if TYPE_CHECKING:
    from commonweal.base.models import Body

_OUTCOMES = dict(OUTCOMES)
_CAPTIONS = {"previewed": "{} to check", "imported": "{} brought in", "undone": "Undone"}


def file_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take a spreadsheet of orders or of counts and show what bringing it in would do."""
    found = get_agreement(body, public_id)
    held = {each.public_id: each for each in queries.triggers_of(found)}
    promises = [(key, each.wording) for key, each in held.items()]
    form = forms.OrderFileForm(
        request.POST or None, request.FILES or None, promises=promises,
        initial={"commitment": request.GET.get("promise", "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            made = actions.open_file(
                by=request.user, agreement=found, name=upload.name, content=upload.read(),  # type: ignore[arg-type]
                commitment=held.get(form.cleaned_data.get("commitment", "")),
            )  # fmt: skip
        except (UnusableFile, TableError, NotPossible) as error:
            form.add_error("file", str(error))
        else:
            return redirect("orders:file", body.slug, made.public_id)
    return form_page(
        request, form, f"Bring in a list under {found.title}", reverse("orders:agreement", args=[body.slug, public_id]),
        "Read the file",
        page_lead="One row for each order, with columns Order number, Date and Amount, and Council where several buy"
        + ("; or one for each period counted, with columns Period, Up to and Count. " if held else ". ")
        + "Nothing is kept until you have seen each row.",
    )  # fmt: skip


def file(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show what became, or would become, of every row of a file of orders or counts."""
    found = queries.get_file(body, public_id)
    content = {
        "file": found,
        "agreement": found.agreement,
        "bring_words": "Bring these counts in" if found.commitment else "Bring these orders in",
        "rows": [_row(each, found.commitment is not None) for each in queries.rows_of(found)],
        "sums": [(words, getattr(found, key), _sum(found, key)) for key, words in OUTCOMES],
        "read": _sum(found, "read"),
        "may_accept": found.state == "previewed" and found.accepted and may(request, "file_accept"),
        "may_undo": found.state == "imported" and may(request, "file_undo"),
        "page_heading": found.name,
        "page_caption": _CAPTIONS[found.state].format("Counts" if found.commitment else "Orders"),
        "breadcrumbs": crumbs(body, found.agreement, found.name),
    }
    return render(request, "orders/file.html", content)


def _decimal(text: str | None) -> Decimal:
    return Decimal(text or 0)


def _sum(found: Any, key: str) -> str:
    """The pounds of a file of orders, or how often it happened by a file of counts."""
    if found.commitment is None:
        return money(_decimal(found.pence.get(key)))
    return how_often(_decimal(found.counted.get(key)))


def _row(each: Any, counted: bool) -> dict[str, Any]:
    figure = queries.figure_of(each)
    typed = each.cells.get("happened" if counted else "amount") or "–"
    return {
        "number": each.row_number, "outcome": _OUTCOMES[each.outcome], "key": each.outcome, "reason": each.reason,
        "reference": each.cells.get("reference") or "–", "buyer": each.cells.get("ordered_by", ""),
        "day": each.cells.get("dated_on") or "–",
        "amount": typed if figure is None else quantity(figure) if counted else money(figure),
    }  # fmt: skip


def file_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write what became of every row of a file of orders or counts, with the reasons."""
    found = queries.get_file(body, public_id)
    return export_response(
        form, name=f"{found.name}-rows",
        headings=["Row", "Outcome", "Reason", *(["Period", "Up to", "Count"] if found.commitment else
                                                ["Order number", "Date", "Amount (£)"]), "Bought by", "What for"],
        rows=(
            (each.row_number, _OUTCOMES[each.outcome], each.reason, each.cells.get("reference", ""),
             each.cells.get("dated_on", ""), queries.figure_of(each),
             each.cells.get("ordered_by", ""), each.cells.get("description", ""))
            for each in queries.rows_of(found)
        ),
        about=[("File", found.name), ("Agreement", found.agreement.title),
               *([("Counted for", found.commitment.wording)] if found.commitment else []), ("Body", body.name)],
    )  # fmt: skip


def file_accept(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will bring a file's orders or counts in."""
    found = queries.get_file(body, public_id)
    actions.bring_in_file(by=request.user, file=found)  # type: ignore[arg-type]
    messages.success(request, "The list is brought in, and the promises that depend on it are reckoned anew.")
    return redirect("orders:file", body.slug, public_id)


def file_undo(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will undo a file of orders."""
    found = queries.get_file(body, public_id)
    actions.undo_file(by=request.user, file=found)  # type: ignore[arg-type]
    messages.success(request, "The list is undone. Its rows count for nothing from now on.")
    return redirect("orders:agreement", body.slug, found.agreement.public_id)
