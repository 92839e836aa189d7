"""Asking those who received a delivery whether it happened, and the page that they answer on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.links import LinkEnded, body_of_link, opened
from commonweal.base.templatetags.figures import amount_in_unit, long_date, own_name, page_language
from commonweal.base.units import unit_alone
from commonweal.delivery.assurance import actions, forms, policies, queries
from commonweal.delivery.queries import get_agreement
from commonweal.delivery.views.agreements import form_page, today

if TYPE_CHECKING:
    from commonweal.base.models import Body


def ask(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will ask a school, a group or (with an assessment) an individual whether a delivery happened."""
    found = queries.get_claim(body, public_id)
    back = reverse("assurance:claim", args=[body.slug, public_id])
    heading = "Ask those who received it"
    try:
        policies.check_may_ask(found, is_individual=False)
    except NotPossible as error:  # said before anybody fills in a form in vain
        content = {"page_heading": heading, "back_url": back, "closed": str(error)}
        return render(request, "delivery/form.html", content, status=422 if request.method == "POST" else 200)
    form = forms.AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask_to_confirm(by=request.user, entry=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The question goes to {asked.person.name}. The answer comes to this page.")
            return redirect(back)
    lead = f"{amount_in_unit(found.quantity, found.commitment.unit_words)}: {found.commitment.wording}"
    return form_page(request, form, heading, back, "Ask them", page_lead=lead)


def assessment_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record the data protection assessment without which no individual of an agreement is asked."""
    found = get_agreement(body, public_id)
    back = reverse("assurance:agreement", args=[body.slug, public_id])
    form = forms.AssessmentForm(request.POST or None, initial={"dated_on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_assessment(by=request.user, agreement=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("dated_on", str(error))
        else:
            messages.success(request, "The assessment is recorded. Individuals of this agreement may be asked.")
            return redirect(back)
    lead = (
        "Individuals may be asked whether they received something only after you have assessed what that means for their "
        "privacy. The handbook has an outline of the assessment, of the notice to them and of how long answers are kept."
    )
    return form_page(request, form, "Record a data protection assessment", back, page_lead=lead)


def period_words(entry: Any) -> str:
    """This will say in plain words when a delivery was, in the language of the page."""
    first, last, lang = entry.starts_on, entry.ends_on, page_language()
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": long_date(first, lang), "last": long_date(last, lang)}
    if first or last:
        return _("on %(day)s") % {"day": long_date(first or last, lang)}
    return ""


def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """This will ask whether something happened, and take the answer. Opening the page changes nothing."""
    try:
        with opened(token, actions.CONFIRMING) as link:
            return _asked(request, queries.confirmation_of_link(link))
    except LinkEnded as ended:
        request.body_of_page = body_of_link(token, actions.CONFIRMING)  # type: ignore[attr-defined]
        content = {"page_heading": _("This question is closed"), "ended": str(ended)}
        return render(request, "assurance/confirmation.html", content, status=410)


def _asked(request: HttpRequest, asked: Any) -> HttpResponse:
    entry, body = asked.entry, asked.body
    request.body_of_page = body  # type: ignore[attr-defined]
    agreement = entry.commitment.agreement
    lang = page_language()
    told = {
        "body": own_name(body),
        "provider": agreement.provider.name if agreement.provider else agreement.title,
    }
    content: dict[str, Any] = {
        **told, "what": amount_in_unit(entry.quantity, entry.commitment.unit_words, lang), "wording": entry.commitment.wording,
        "when": period_words(entry), "asked": asked, "is_invented": body.is_invented,
        "page_heading": _("Did this happen?"), "page_caption": told["body"],
    }  # fmt: skip
    form = forms.ConfirmForm(request.POST if request.method == "POST" else None)
    form.fields["quantity"].label = _("If it was less: how much did you receive, in %(unit)s?") % {
        "unit": unit_alone(entry.commitment.unit_words, lang)
    }
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_confirmation(asked=asked, **form.cleaned_data)
        except NotPossible as error:
            form.add_error("quantity" if form.cleaned_data["answer"] == "some" else None, str(error))
        else:
            content |= {"done": True, "page_heading": _("Thank you")}
            return render(request, "assurance/confirmation.html", content)
    return render(request, "assurance/confirmation.html", content | {"form": form}, status=422 if form.errors else 200)
