"""The clause on change and credit of a contract made elsewhere, recorded by hand with its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.delivery.changes import actions, forms, policies
from commonweal.delivery.queries import clause_of, get_agreement
from commonweal.delivery.views.agreements import form_page
from commonweal.delivery.views.history import clause_words

if TYPE_CHECKING:
    from commonweal.base.models import Body


def clause(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record whether a contract has the clause, and its figures; what was said before stays on record."""
    found = get_agreement(body, public_id)
    policies.check_may_change(found)
    back = reverse("changes:agreement", args=[body.slug, public_id])
    held, given = clause_of(found), request.POST.copy()
    initial = {"written_against": held.public_id if held else "", "stands": "yes"}
    if held is not None:
        initial |= {"expiry_months": str(held.expiry_months or ""), "cap_percent": str(held.cap_percent or "")}
    form = forms.ClauseForm(given or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.say_clause(
                by=request.user, agreement=found, stands=said["stands"] == "yes",  # type: ignore[arg-type]
                expiry_months=said["expiry_months"], cap_percent=said["cap_percent"],
                written_against=said["written_against"],
            )  # fmt: skip
        except policies.ChangedMeanwhile as error:
            given["written_against"] = initial[
                "written_against"
            ]  # what was written stays; sent again, it replaces this
            form.add_error(None, str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "What the contract says of change and credit is recorded.")
            return redirect(back)
    now = f"Recorded now: {clause_words(held.expiry_months, held.cap_percent)}." if held else "None is recorded now."
    lead = f"For a contract that was made elsewhere: copy the figures from its own words. {now}"
    return form_page(request, form, "The clause on change and credit", back, "Record it", page_lead=lead)
