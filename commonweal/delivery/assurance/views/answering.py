"""Answering for a provider to whom nobody can write: its entry was keyed by an officer, or its reporter has no address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.templatetags.figures import amount_in_unit
from commonweal.delivery.assurance import actions, forms, policies, queries
from commonweal.delivery.assurance.views.taking import take_answer
from commonweal.delivery.views.agreements import form_page

if TYPE_CHECKING:
    from commonweal.base.models import Body

LEAD = "{}: {}. It is recorded as keyed by you, so a second officer is needed to accept it."


def answer(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take an answer, or a contest of a decision, that an officer keys for the provider."""
    found = queries.get_claim(body, public_id)
    back = reverse("assurance:claim", args=[body.slug, public_id])
    is_answer = found.claim_state == "changes-asked"
    heading = "Answer for the provider" if is_answer else "Contest this decision for the provider"
    try:
        policies.check_standing(found)
        policies.check_step(found.claim_state, "answered" if is_answer else "contested")
        policies.check_nobody_answers(found)
    except NotPossible as error:  # said before anybody fills in a form in vain
        content = {"page_heading": heading, "back_url": back, "closed": str(error)}
        return render(request, "delivery/form.html", content, status=422 if request.method == "POST" else 200)
    form: Any = (
        forms.OfficerAnswerForm(request.POST or None, request.FILES or None)
        if is_answer
        else forms.OfficerContestForm(request.POST or None)
    )
    if request.method == "POST" and form.is_valid():
        standing = take_answer(
            request.user, found, form,  # type: ignore[arg-type]
            answer=actions.answer_for_provider, contest=actions.contest_for_provider,
        )  # fmt: skip
        if standing is not None:
            messages.success(request, "It is on record as keyed by you. Another officer has to look at it, too.")
            return redirect("assurance:claim", body.slug, standing.public_id)
    lead = LEAD.format(amount_in_unit(found.quantity, found.commitment.unit_words), found.commitment.wording)
    return form_page(request, form, heading, back, "Record it", page_lead=lead)
