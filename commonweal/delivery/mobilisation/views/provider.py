"""What a provider sees of its hand-over: what is expected of it in each quarter, and a question it may ask."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.templatetags.figures import page_language
from commonweal.delivery.due import what_is_due
from commonweal.delivery.mobilisation import actions, forms, queries
from commonweal.delivery.mobilisation.views.due import AHEAD_DAYS, by_month
from commonweal.delivery.mobilisation.views.grids import grids_of
from commonweal.delivery.policies import check_right
from commonweal.delivery.queries import agreements_of_party, get_commitment_of_party
from commonweal.delivery.views.agreements import today

if TYPE_CHECKING:
    from commonweal.base.models import Party, Person


def expected(request: HttpRequest, party: Party) -> HttpResponse:
    """This will show what every agreement expects of a provider, quarter by quarter, and what was asked and answered."""
    on = today()
    pairs = queries.agreements_to_query(party, on)
    found = [{"agreement": agreement, "rows": rows, "grids": grids_of(rows, on)} for agreement, rows in pairs]
    content = {
        "party": party, "found": found, "is_invented": any(agreement.body.is_invented for agreement, _rows in pairs),
        "page_headline": _("What is expected, and when"),
    }  # fmt: skip
    return render(request, "mobilisation/provider_expected.html", content)


def query(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will let a provider ask about one of its promises."""
    found = get_commitment_of_party(party, public_id)
    check_right(found.agreement, "answer")
    form = forms.QueryForm(request.POST if request.method == "POST" else None)
    back = reverse("mobilisation_provider:expected", args=[party.public_id])
    if request.method == "POST" and form.is_valid():
        try:
            actions.query_promise(
                by=cast("Person", request.user), commitment=found, side="provider", **form.cleaned_data
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your question is sent. The answer will stand on this page."))
            return redirect(back)
    content = {
        "form": form, "page_heading": found.wording, "page_caption": found.agreement.title, "back_url": back,
        "submit_text": _("Send"), "is_invented": found.body.is_invented,
    }  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)


def calendar(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list what a provider owes to every body, by month."""
    agreements = agreements_of_party(party)
    on = today()
    months = by_month(
        what_is_due(agreements, on, on + timedelta(days=AHEAD_DAYS)), on, is_welsh=page_language() == "cy"
    )
    content = {
        "party": party, "months": months, "page_headline": _("What is due, and when"),
        "is_invented": any(each.body.is_invented for each in agreements),
    }  # fmt: skip
    return render(request, "mobilisation/provider_calendar.html", content)
