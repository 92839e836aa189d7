"""What a provider sees of its claims: what it was asked, what was decided, and how to answer or contest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.files import UnusableFile
from commonweal.delivery.assurance import actions, forms, queries
from commonweal.delivery.assurance.vocabulary import CLAIM_STATES

if TYPE_CHECKING:
    from commonweal.base.models import Party

WORDS = dict(CLAIM_STATES)


def claims(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list what officers asked of a provider or decided against it."""
    found = [(each, WORDS[each.claim_state]) for each in queries.claims_of_party(party)]
    content = {
        "party": party, "claims": found, "page_headline": _("Decisions on your reports"),
        "is_invented": any(each.body.is_invented for each, _words in found),
    }  # fmt: skip
    return render(request, "assurance/provider_claims.html", content)


def claim(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will show one report's steps, and take an answer to what was asked or a contest of what was decided."""
    found = queries.get_claim_of_party(party, public_id)
    form: Any = None
    if found.claim_state == "changes-asked" and not queries.is_reversed(found):
        form = forms.AnswerForm(request.POST or None, request.FILES or None)
    elif found.claim_state in ("refused", "accepted-in-part") and not queries.is_reversed(found):
        form = forms.ContestForm(request.POST or None)
    if request.method == "POST" and form is not None and form.is_valid():
        standing = _take(request, found, form)
        if standing is not None:
            return redirect("assurance_provider:claim", party.public_id, standing.public_id)
    content = {
        "party": party, "entry": found, "form": form, "state": WORDS[found.claim_state], "steps": queries.steps_of(found),
        "submit_text": _("Send your answer") if found.claim_state == "changes-asked" else _("Contest this decision"),
        "page_heading": found.commitment.wording, "page_caption": found.body.name, "is_invented": found.body.is_invented,
        "back_url": reverse("assurance_provider:claims", args=[party.public_id]),
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 409 if request.method == "POST" and form is None else 200
    return render(request, "assurance/provider_claim.html", content, status=status)


def _take(request: HttpRequest, entry: Any, form: Any) -> Any:
    given = form.cleaned_data
    try:
        if isinstance(form, forms.ContestForm):
            actions.contest(by=request.user, entry=entry, words=given["words"])  # type: ignore[arg-type]
            return entry
        upload = given["evidence_file"]
        return actions.answer_changes(
            by=request.user, entry=entry, words=given["words"], quantity=given["quantity"],  # type: ignore[arg-type]
            evidence_kind=given["evidence_kind"], file_name=upload.name if upload else "",
            content=upload.read() if upload else b"",
        )  # fmt: skip
    except UnusableFile as error:
        form.add_error("evidence_file", str(error))
    except NotPossible as error:
        form.add_error(None, str(error))
    return None
