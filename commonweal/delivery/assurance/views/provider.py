"""What a provider sees of its claims: what it was asked, what was decided, and how to answer or contest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.errors import NotPossible
from commonweal.base.links import LinkEnded, opened
from commonweal.base.scope import open_scope
from commonweal.base.templatetags.figures import long_date, page_language
from commonweal.delivery.assurance import actions, forms, queries
from commonweal.delivery.assurance.views.taking import take_answer
from commonweal.delivery.assurance.vocabulary import CLAIM_STATES
from commonweal.delivery.queries import works_for_invented

if TYPE_CHECKING:
    from collections.abc import Callable

    from commonweal.base.models import Party, Person
    from commonweal.delivery.assurance.queries import Claim
    from commonweal.delivery.models import Entry

WORDS = dict(CLAIM_STATES)


def claims(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list what officers asked of a provider or decided against it."""
    found = [(each, WORDS[each.claim_state]) for each in queries.claims_of_party(party)]
    content = {
        "party": party, "claims": found, "page_headline": _("Decisions on your reports"),
        "calls": queries.key_calls(party),
        "is_invented": works_for_invented(party),
    }  # fmt: skip
    return render(request, "assurance/provider_claims.html", content)


def claim(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will show one report's steps, and take an answer to what was asked or a contest of what was decided."""
    found = queries.get_claim_of_party(party, public_id)

    def address(entry: Entry) -> str:
        return reverse("assurance_provider:claim", args=[party.public_id, entry.public_id])

    back_url = reverse("assurance_provider:claims", args=[party.public_id])
    return _claim_page(request, found, request.user, address, {"back_url": back_url})  # type: ignore[arg-type]


def claim_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """This will do as `claim` does for whoever reported it, by the link they were sent. Opening it changes nothing."""
    try:
        with opened(token, actions.ANSWERING) as link:
            about = link.subject.partition(":")[2]
            if link.party is None:
                # Told in confidence: no provider's scope sees it, so the body's is open for this one claim and no other.
                found = queries.standing_in_confidence(link.body, about)
                request.body_of_page = found.body  # type: ignore[attr-defined]
                return _claim_page(request, found, link.person, lambda _entry: request.path, {})
        # In the provider's own scope, as if signed in: the link was sent to one of its people.
        with opened(token, actions.ANSWERING) as link, open_scope(party=link.party_id, person=link.person_id):
            assert link.party is not None, "what was told in confidence was answered above"
            found = queries.standing_claim(link.party, about)
            request.body_of_page = found.body  # type: ignore[attr-defined]
            return _claim_page(request, found, link.person, lambda _entry: request.path, {})
    except LinkEnded as ended:
        content = {"page_heading": _("This page is closed"), "ended": str(ended)}
        return render(request, "assurance/confirmation.html", content, status=410)


def keys(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list, call by call, the reports for which a body takes keys of people, with how many each has."""
    calls = [(call, queries.entries_of_call(call)) for call in queries.key_calls(party)]
    content = {
        "party": party, "calls": calls, "page_headline": _("Keys of people"),
        "is_invented": works_for_invented(party),
    }  # fmt: skip
    return render(request, "assurance/provider_keys.html", content)


def keys_give(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will take the keys of the people one report is about; where script runs, they are made on this page."""
    found = queries.get_claim_of_party(party, public_id)
    call = queries.key_call(found)
    form = forms.KeysForm(request.POST or None)
    back = reverse("assurance_provider:keys", args=[party.public_id])
    content = {
        "entry": found, "call": call, "form": form if call else None, "page_heading": _("Keys of the people in this report"),
        "page_caption": found.body.name, "back_url": back, "is_invented": found.body.is_invented,
    }  # fmt: skip
    if call is None:
        return render(request, "assurance/provider_keys_give.html", content, status=422 if request.POST else 200)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.give_keys(by=request.user, entry=found, period=call, keys=form.cleaned_data["keys"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("keys", str(error))
        else:
            said = ngettext(
                "%(count)s new key is kept until %(day)s.", "%(count)s new keys are kept until %(day)s.", kept
            )
            messages.success(request, said % {"count": kept, "day": long_date(call.expires_on, page_language())})
            return redirect(back)
    return render(request, "assurance/provider_keys_give.html", content, status=422 if form.errors else 200)


def _claim_page(
    request: HttpRequest, found: Claim, by: Person, address: Callable[[Entry], str], more: dict[str, Any]
) -> HttpResponse:
    form: Any = None
    if found.claim_state == "changes-asked" and not queries.is_reversed(found):
        form = forms.AnswerForm(request.POST or None, request.FILES or None)
    elif found.claim_state in ("refused", "accepted-in-part") and not queries.is_reversed(found):
        form = forms.ContestForm(request.POST or None)
    if request.method == "POST" and form is not None and form.is_valid():
        standing = take_answer(by, found, form, answer=actions.answer_changes, contest=actions.contest)
        if standing is not None:
            return redirect(address(standing))
    steps = [
        (step, address(step.corrected_by) if step.corrected_by and step.entry_id == found.pk else "")
        for step in queries.steps_of(found)
    ]
    content = {
        **more, "entry": found, "form": form, "state": WORDS[found.claim_state], "steps": steps,
        "submit_text": _("Send your answer") if found.claim_state == "changes-asked" else _("Contest this decision"),
        "page_heading": found.commitment.wording, "page_caption": found.body.name, "is_invented": found.body.is_invented,
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 409 if request.method == "POST" and form is None else 200
    return render(request, "assurance/provider_claim.html", content, status=status)
