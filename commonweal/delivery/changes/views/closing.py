"""Credits earned, the ledger as a file, and the form that closes an agreement with its outturn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.templatetags.figures import amount_in_unit, long_date
from commonweal.delivery.changes import actions, forms, policies, queries
from commonweal.delivery.queries import get_agreement, get_commitment, promise_table
from commonweal.delivery.views.agreements import form_page
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Body


def credit_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will credit what was accepted beyond a promise."""
    found = get_agreement(body, public_id)
    back = reverse("changes:agreement", args=[body.slug, public_id])
    policies.check_may_change(found)
    if not queries.has_clause(found):
        raise NotPossible("This contract has no clause on change and credit, so no credit can be kept for it.")
    offered = []
    for row in promise_table(found, today()).rows:
        surplus = queries.surplus_of(row.commitment)
        if surplus > 0:
            words = f"{row.commitment.wording}: {amount_in_unit(surplus, row.commitment.unit_words)} beyond it"
            offered.append((row.commitment.public_id, words))
    if not offered:
        raise NotPossible("Nothing is accepted beyond a promise of this agreement that was not credited already.")
    form = forms.CreditForm(request.POST or None, promises=offered)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["commitment"] = get_commitment(body, given["commitment"])
        try:
            actions.earn_credit(by=request.user, **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The credit is on the ledger.")
            return redirect(back)
    return form_page(request, form, f"Credit a surplus of {found.title}", back, "Credit it")


def ledger_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write an agreement's ledger as a file, oldest first."""
    found = get_agreement(body, public_id)
    return export_response(
        form, name=f"credits-{found.reference or found.title}-{today()}",
        headings=["Day", "Move", "Amount (£)", "Unit", "Last day", "Promise", "Change", "Reason", "Recorded by"],
        rows=(
            (each.dated_on, each.get_kind_display(), each.amount, each.unit, each.runs_out_on,
             each.commitment.wording if each.commitment else "", each.change.number if each.change else None, each.reason,
             each.recorded_by.name if each.recorded_by else "")
            for each in reversed(queries.moves_of(found))
        ),
        about=[("Agreement", found.title), ("Body", body.name), ("As of", long_date(today())),
               ("Note", "A credit is never money, and never another provider’s. Units are never added.")],
    )  # fmt: skip


def close(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will close an agreement with its outturn."""
    found = get_agreement(body, public_id)
    back = reverse("changes:agreement", args=[body.slug, public_id])
    heading, outturn = f"Close {found.title}", queries.outturn_of(found)
    if request.method == "GET" and outturn is not None:  # said before anybody fills in a form in vain
        closed = f"It closed on {long_date(outturn.last_day)}. Its outturn is that day’s record and stays as it is."
        return render(request, "delivery/form.html", {"page_heading": heading, "back_url": back, "closed": closed})
    form = forms.CloseForm(request.POST or None, initial={"last_day": today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_agreement(by=request.user, agreement=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The agreement is closed. Its outturn is that day’s record.")
            return redirect(back)
    lead = "What was promised, delivered and lost is frozen as it stands today, and credits end with the agreement."
    return form_page(request, form, heading, back, "Close the agreement", page_lead=lead)
