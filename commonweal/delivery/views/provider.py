"""What a provider sees: its own promises across bodies, one thing per page, and a receipt worth keeping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.delivery import forms, queries
from commonweal.delivery.views.agreements import assurance_bar, promise_marks, today
from commonweal.delivery.views.entries import record_from

if TYPE_CHECKING:
    from commonweal.base.models import Party


def promises(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list every promise of a provider that stands, by body and agreement."""
    tables = [
        {"agreement": agreement, "table": table, "marks": promise_marks(table), "invented": agreement.body.is_invented}
        for agreement in queries.agreements_of_party(party)
        if (table := queries.promise_table(agreement, today())).rows
    ]
    content = {
        "party": party,
        "tables": tables,
        "is_invented": any(each["invented"] for each in tables),
        "page_headline": f"What {party.name} has promised",
    }
    return render(request, "delivery/provider_promises.html", content)


def entry_add(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will take a provider's report of what it delivered under one promise."""
    commitment = queries.get_commitment_of_party(party, public_id)
    form = forms.EntryForm(request.POST or None, request.FILES or None)
    form.fields["quantity"].label = f"How much was delivered, in {commitment.unit or 'the unit of the promise'}?"
    if request.method == "POST" and form.is_valid():
        made = record_from(form, commitment, request.user)
        if made is not None:
            return redirect("delivery_provider:receipt", party.public_id, made.public_id)
    content = {
        "form": form, "page_caption": f"Report progress to {commitment.body.name}", "page_heading": commitment.wording,
        "submit_text": "Send", "back_url": reverse("delivery_provider:promises", args=[party.public_id]),
        "is_invented": commitment.body.is_invented,
    }  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)


def receipt(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will show what a provider sent, to keep."""
    entry = queries.get_entry_of_party(party, public_id)
    agreement = entry.commitment.agreement
    row = next(
        row for row in queries.promise_table(agreement, today()).rows if row.commitment.pk == entry.commitment_id
    )
    content = {
        "party": party, "entry": entry, "bar": assurance_bar(row), "page": queries.entry_page(entry),
        "is_invented": entry.body.is_invented,
    }  # fmt: skip
    return render(request, "delivery/provider_receipt.html", content)
