"""The page of whoever consented to a story: its words, what they agreed to, and taking it back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from commonweal.base.links import LinkEnded, body_of_link, opened
from commonweal.base.templatetags.figures import own_name
from commonweal.reporting.stories import actions, queries
from commonweal.reporting.stories.vocabulary import USES


def consent(request: HttpRequest, token: str) -> HttpResponse:
    """This will show what was consented to, and take the consent back. Opening the page changes nothing."""
    try:
        with opened(token, queries.CONSENTING) as link:
            return _consented(request, queries.consent_of_link(link))
    except LinkEnded as ended:
        request.body_of_page = body_of_link(token, queries.CONSENTING)  # type: ignore[attr-defined]
        content = {"page_heading": _("This consent has ended"), "ended": str(ended)}
        return render(request, "stories/consent.html", content, status=410)


def _consented(request: HttpRequest, held: Any) -> HttpResponse:
    request.body_of_page = held.body  # type: ignore[attr-defined]
    text = held.story.texts.get(version=held.version)
    uses = dict(USES)
    content = {
        "consent": held, "text": text, "body": own_name(held.body), "uses": [str(uses[each]) for each in held.uses],
        "is_invented": held.body.is_invented, "page_heading": _("Your story"), "page_caption": own_name(held.body),
    }  # fmt: skip
    if request.method == "POST":
        actions.withdraw_consent(by=held.person, consent=held)
        content |= {"done": True, "page_heading": _("Your consent is withdrawn")}
    return render(request, "stories/consent.html", content)
