"""Before it is public: what providers see first, as they see it and as staff follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.delivery.queries import has_right
from commonweal.directory.queries import today
from commonweal.publishing import actions, forms, policies, presentation, queries

if TYPE_CHECKING:
    from commonweal.base.models import Body, Party

#: So many previews that are over are listed.
PAST = 20


def _shown(preview: Any) -> dict[str, Any]:
    """The page of a preview as the public will read it: promises with their marks, and ratings."""
    held = preview.pages[0]["content"]
    return {
        "content": held, "title": preview.pages[0]["title"],
        "headline": presentation.kept_sentence(held["counts"]) if held["counts"]["lines"] else "",
        "marks": presentation.promise_table(held["promises"]) if held["promises"] else None,
    }  # fmt: skip


# --- the provider ---------------------------------------------------------------------------------------------------


def provider_previews(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list what a provider sees before the public does, and what it saw."""
    found = queries.previews_of_party(party)
    content = {
        "party": party, "open": [each for each in found if each.state not in queries.OVER],
        "past": [each for each in found if each.state == "released"][:PAST],
        "is_invented": any(each.body.is_invented for each in found), "page_headline": _("Before it is public"),
    }  # fmt: skip
    return render(request, "publishing/provider_previews.html", content)


def provider_preview(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will show what the public will read of one agreement, and take what the provider says to it."""
    found = queries.get_preview_of_party(party, public_id)
    form = forms.PreviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agrees = form.cleaned_data["answer"] == "agrees"
        try:
            actions.respond_to_preview(
                by=request.user, preview=found, agrees=agrees, words=form.cleaned_data["words"]  # type: ignore[arg-type]
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your answer is with %(name)s.") % {"name": found.body.name})
            return redirect("publishing_provider:preview", party.public_id, public_id)
    content = _shown(found) | {
        "party": party, "preview": found, "form": form, "open": found.state == "sent",
        "may_answer": has_right(found.agreement, "answer"), "is_invented": found.body.is_invented,
        "back_url": reverse("publishing_provider:previews", args=[party.public_id]), "page_caption": found.body.name,
        "page_heading": found.agreement.title,
    }  # fmt: skip
    return render(request, "publishing/provider_preview.html", content, status=422 if form.errors else 200)


# --- staff ----------------------------------------------------------------------------------------------------------


def previews(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show staff what providers see first, who asks for a correction, and when each is public."""
    on = today()
    found = queries.open_previews(body)
    content = {
        "is_on": queries.shows_previews(body), "on": on,
        "contested": [each for each in found if each.state == "contested"],
        "open": [(each, policies.is_cleared(each, on)) for each in found if each.state != "contested"],
        "past": list(queries.previews(body).filter(state="released")[:PAST]),
        "decides": rule_for("publishing:previews_set", "POST").allows(request.roles),  # type: ignore[attr-defined]
        "page_heading": "Before it is public",
        "breadcrumbs": {"items": [
            {"text": "What is public", "href": reverse("publishing:pages", args=[body.slug])},
            {"text": "Before it is public"},
        ]},
    }  # fmt: skip
    return render(request, "publishing/previews.html", content)


def previews_set(request: HttpRequest, body: Body) -> HttpResponse:
    """This will say whether providers see what is new about them first."""
    is_on = request.POST.get("is_on") == "yes"
    actions.set_previews(body=body, by=request.user, is_on=is_on)  # type: ignore[arg-type]
    words = "Providers see what is new about them ten working days before the public." if is_on else (
        "What is recorded is public when the site is made anew, without showing it to providers first."
    )  # fmt: skip
    messages.success(request, words)
    return redirect("publishing:previews", body.slug)


def preview(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show staff what a provider sees, and take the answer to a correction it asks for."""
    found = queries.get_preview(body, public_id)
    decides = rule_for("publishing:preview", "POST").allows(request.roles)  # type: ignore[attr-defined]
    form = forms.CorrectionForm(request.POST or None) if decides and found.state == "contested" else None
    if request.method == "POST":
        if form is None:
            raise NotPossible("The provider asks for no correction here, or it was answered already.")
        if form.is_valid():
            try:
                actions.answer_correction(
                    by=request.user, preview=found, corrects=form.cleaned_data["answer"] == "correct",  # type: ignore[arg-type]
                    words=form.cleaned_data["words"],
                )  # fmt: skip
            except NotPossible as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "The provider reads your answer on its page.")
                return redirect("publishing:preview", body.slug, public_id)
    back = reverse("publishing:previews", args=[body.slug])
    provider = found.agreement.provider
    content = _shown(found) | {
        "preview": found, "form": form, "page_heading": found.agreement.title,
        "page_caption": provider.name if provider else "", "cleared": policies.is_cleared(found, today()),
        "breadcrumbs": {"items": [{"text": "Before it is public", "href": back}, {"text": found.agreement.title}]},
    }  # fmt: skip
    return render(request, "publishing/preview.html", content, status=422 if form is not None and form.errors else 200)
