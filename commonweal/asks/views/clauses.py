"""Whether an ask offers the standard change-and-credit clause, with its words in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.asks import actions, forms, queries
from commonweal.asks.policies import ChangedMeanwhile
from commonweal.asks.views.opportunities import attempt, form_page, person_of, sent
from commonweal.engine.clauses import standard_clause

if TYPE_CHECKING:
    from commonweal.base.models import Body


def clause(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will offer the clause in an ask, change its figures, or leave it out; the second of two is told."""
    found = queries.get_opportunity(body, public_id)
    standard, chosen = standard_clause(), queries.clause_of(found)
    back = reverse("asks:opportunity", args=[body.slug, public_id])
    initial: dict[str, Any] = {"offered": "yes", "version": found.version}
    for figure in standard.figures:
        initial[figure.id] = getattr(chosen, figure.id) if chosen else figure.usual
    form = forms.ClauseForm(sent(request), initial=initial, figures=standard.figures)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if attempt(form, lambda: _choose(request, found, given)):
                messages.success(
                    request, "The ask offers the clause." if given["offered"] == "yes" else "The clause is left out."
                )
                return redirect(back)
        except ChangedMeanwhile:
            shown = request.POST.dict() | {"version": queries.get_opportunity(body, public_id).version}
            form, status = forms.ClauseForm(shown, figures=standard.figures), 409
            form.add_error(
                None,
                "Someone else changed this opportunity while you were choosing, so nothing was saved. What you chose is "
                "still here: look at what the ask offers now, then save again.",
            )
    figures = {"expiry_months": form["expiry_months"].value(), "cap_percent": form["cap_percent"].value()}
    return form_page(
        request, form, heading="The change-and-credit clause", submit="Save", back=back, template="clause",
        opportunity=found, page_caption=found.title, standard=standard, chosen=chosen,
        sections=standard.written({id: int(number) for id, number in figures.items() if str(number or "").isdigit()}),
        status=status if not form.errors or status == 409 else 422,
    )  # fmt: skip


def _choose(request: HttpRequest, found: Any, given: dict[str, Any]) -> bool:
    by = person_of(request)
    if given["offered"] == "yes":
        actions.offer_clause(
            by=by, opportunity=found, version=given["version"], expiry_months=given["expiry_months"],
            cap_percent=given["cap_percent"],
        )  # fmt: skip
    else:
        actions.leave_clause_out(by=by, opportunity=found, version=given["version"])
    return True
