"""What a provider sees of changes: those proposed to it, what each would do, and one page to answer on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.delivery.changes import actions, forms, queries
from commonweal.delivery.changes.views.changes import TAGS, line_words
from commonweal.delivery.policies import check_right

if TYPE_CHECKING:
    from commonweal.base.models import Party


def changes(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list the changes proposed to a provider, what waits for it first."""
    held = queries.changes_of_party(party)
    content = {
        "party": party,
        "changes": [(each, TAGS[each.state]) for each in held],
        "is_invented": any(each.body.is_invented for each in held),
        "page_headline": _("Changes proposed to %(name)s") % {"name": party.name},
    }
    return render(request, "changes/provider_changes.html", content)


def change(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will show a provider what one change would do."""
    found = queries.get_change_of_party(party, public_id)
    content = {
        "party": party, "change": found, "tag": TAGS[found.state], "lines": [line_words(each) for each in queries.lines_of(found)],
        "may_answer": found.state == "proposed" and "provider-admin" in request.roles,  # type: ignore[attr-defined]
        "page_heading": found.title, "page_caption": f"{found.agreement.title}, {found.body.name}",
        "back_url": reverse("changes_provider:changes", args=[party.public_id]),
        "is_invented": found.body.is_invented,
    }  # fmt: skip
    return render(request, "changes/provider_change.html", content)


def answer(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will take a provider's answer to a change."""
    found = queries.get_change_of_party(party, public_id)
    check_right(found.agreement, "answer")
    back = reverse("changes_provider:change", args=[party.public_id, public_id])
    if request.method == "GET" and found.state != "proposed":
        return redirect(back)
    form = forms.AnswerForm(request.POST or None, initial={"written_against": found.version})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            actions.answer(by=request.user, change=found, agrees=given.pop("agrees") == "yes", **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your answer is recorded with %(name)s.") % {"name": found.body.name})
            return redirect(back)
    content = {
        "form": form, "page_caption": found.title, "page_heading": _("Your answer"), "submit_text": _("Send"),
        "back_url": back, "is_invented": found.body.is_invented,
    }  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)
