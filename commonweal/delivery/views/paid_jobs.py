"""Spending and the jobs it pays for: which of the two is valued, decided by a person and decided again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.templatetags.figures import amount_in_unit
from commonweal.delivery import actions, forms, queries
from commonweal.delivery.views.agreements import form_page

if TYPE_CHECKING:
    from commonweal.base.models import Body


def paid_jobs(request: HttpRequest, body: Body, spend: str, jobs: str) -> HttpResponse:
    """This will record which of spending and the jobs it pays for is valued; the other still counts."""
    pair = queries.get_paid_jobs(body, spend, jobs)
    given = request.POST.copy()
    form = forms.PaidJobsForm(
        given or None, initial={"valued": pair.stands.valued, "written_against": pair.stands.public_id}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_paid_jobs(by=request.user, pair=pair, **form.cleaned_data)  # type: ignore[arg-type]
        except actions.ChangedMeanwhile as error:
            pair = queries.get_paid_jobs(body, spend, jobs)
            given["written_against"] = pair.stands.public_id  # what was written stays; sent again, it replaces this
            form.add_error(None, str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Your decision is recorded, and the figures follow it from now on.")
            return redirect("delivery:entry", body.slug, spend)
    lead = f"{_words(pair.spend)} pays for {_words(pair.jobs)}: one effect told twice, so one of the two is valued."
    return form_page(
        request, form, "Value the jobs or the money?", reverse("delivery:entry", args=[body.slug, spend]),
        "Record the decision", page_lead=lead, said=pair.said, after="delivery/_paid_jobs.html",
    )  # fmt: skip


def _words(entry: Any) -> str:
    return f"{amount_in_unit(entry.quantity, entry.commitment.unit_words)} ({entry.commitment.wording})"
