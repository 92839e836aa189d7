"""Promises beside what community groups need: what a promise could meet, what could meet a need, and the offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.community import queries as wish_list
from commonweal.community.actions import match_need
from commonweal.community.forms import MatchForm
from commonweal.delivery import queries
from commonweal.delivery.views.agreements import form_page, may, today
from commonweal.delivery.wishes.queries import needs_for, promises_for
from commonweal.directory.queries import places_by_code

if TYPE_CHECKING:
    from commonweal.base.models import Body

#: How many are named before somebody has to look further; the order puts the best first.
SHOWN = 20


def commitment_needs(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will list the needs that a promise could meet, and those it was matched to."""
    found = queries.get_commitment(body, public_id)
    fitting = needs_for(found)
    matches = wish_list.matches_with(body, "commitment", [public_id])
    content = {
        "commitment": found, "fitting": fitting[:SHOWN], "more": max(len(fitting) - SHOWN, 0), "matches": matches,
        "matched": {each.need_id for each in matches if each.state in wish_list.STANDING_MATCHES},
        "may": may(request, "commitment_match"), "page_heading": "Needs this could meet",
        "page_caption": found.wording, "places": _places([each.need for each in fitting[:SHOWN]]),
        "breadcrumbs": {"items": [
            {"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
            {"text": found.agreement.title, "href": reverse("delivery:agreement", args=[body.slug, found.agreement.public_id])},
            {"text": found.wording, "href": reverse("delivery:commitment", args=[body.slug, public_id])},
        ]},
    }  # fmt: skip
    return render(request, "delivery/commitment_needs.html", content)


def _places(needs: list[Any]) -> dict[str, str]:
    codes = [need.shown.place_code for need in needs]
    return {code: place.name for code, place in places_by_code(codes).items()}


def need_promises(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will list the promises that could meet a need, with why."""
    need = wish_list.get_need(body, public_id)
    could = promises_for(need, today()) if need.shown else []
    content = {
        "need": need, "could": could[:SHOWN], "more": max(len(could) - SHOWN, 0), "may": may(request, "commitment_match"),
        "matched": {each.source_id for each in wish_list.matches_of(need) if each.state in wish_list.STANDING_MATCHES},
        "page_heading": "Promises that could meet this", "page_caption": wish_list.latest_words(need).title,
        "breadcrumbs": {"items": [
            {"text": "Needs", "href": reverse("community:needs", args=[body.slug])},
            {"text": wish_list.latest_words(need).title, "href": reverse("community:need", args=[body.slug, public_id])},
        ]},
    }  # fmt: skip
    return render(request, "delivery/need_promises.html", content)


def commitment_match(request: HttpRequest, body: Body, public_id: str, need: str) -> HttpResponse:
    """This will offer a group what a promise could do for its need."""
    found, wanted = queries.get_commitment(body, public_id), wish_list.get_need(body, need)
    provider = found.agreement.provider
    helper = provider.name if provider else found.agreement.buyer_name or body.name
    form = MatchForm(
        request.POST if request.method == "POST" else None, initial={"helper": helper, "note": found.wording[:400]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            match_need(
                by=request.user, body=body, need=wanted.public_id, source="commitment", source_id=public_id,  # type: ignore[arg-type]
                **form.cleaned_data,
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The group is asked whether it wants this help.")
            return redirect("community:need", body.slug, wanted.public_id)
    back = reverse("delivery:commitment_needs", args=[body.slug, public_id])
    return form_page(request, form, f"Offer it for “{wish_list.words_shown(wanted).title}”", back)
