"""Everything due: one list for a provider, across every body and agreement, the most pressing first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.templatetags.figures import page_language
from commonweal.delivery.returns import queries
from commonweal.delivery.returns.letters import period_words
from commonweal.delivery.returns.views.report import due_words
from commonweal.delivery.waiting import what_waits
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Party

#: How many of those sent are listed beneath.
SENT = 10


def is_late(found: Any) -> bool:
    """This will say whether a return never came and its day has passed."""
    return bool(found.state in queries.NEVER_SENT and found.due_on < today())


def _row(party: Party, found: Any) -> dict[str, Any]:
    return {
        "found": found, "period": period_words(found, page_language()), "due": due_words(found),
        "late": is_late(found), "state": found.get_state_display(),
        "href": reverse("returns_provider:report", args=[party.public_id, found.public_id]),
    }  # fmt: skip


def due(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list what a provider is asked to report, and what it sent last."""
    waiting = queries.returns_due(party)
    sent = queries.returns_sent_by(party)
    late = sum(is_late(each) for each in waiting)
    answers = what_waits(party)
    headline = _("Everything due") if waiting or answers else _("Nothing is due")
    content = {
        "party": party, "waiting": [_row(party, each) for each in waiting], "late": late,
        "sent": [_row(party, each) for each in sent[:SENT]], "page_headline": headline, "answers": answers,
        "is_invented": any(each.body.is_invented for each in [*waiting, *sent]) or any(each.agreement.body.is_invented for each in answers),
        "bodies": len({each.body_id for each in waiting}),
    }  # fmt: skip
    return render(request, "returns/due.html", content)
