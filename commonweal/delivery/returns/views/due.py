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


def _part_row(party: Party, row: Any) -> dict[str, Any]:
    """A part of another contractor's return, told apart from the provider's own."""
    provider = row.found.agreement.provider
    return {
        "found": row.found, "period": period_words(row.found, page_language()), "due": due_words(row.found),
        "late": is_late(row.found) and row.is_waiting, "number": row.number, "answered": row.answered,
        "state": row.found.get_state_display() if row.is_waiting else _("Done"), "part": row.part,
        "prime": provider.name if provider else row.part.passed_on_by.name,
        "href": reverse("returns_part:report", args=[party.public_id, row.held.public_id]),
    }  # fmt: skip


def due(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list what a provider is asked to report, and what it sent last."""
    waiting, parts = queries.returns_due(party), queries.parts_held_by(party)
    sent = queries.returns_sent_by(party)
    own_parts = [_part_row(party, each) for each in parts if each.is_waiting]
    late = sum(is_late(each) for each in waiting) + sum(each["late"] for each in own_parts)
    answers = what_waits(party)
    headline = _("Everything due") if waiting or answers or own_parts else _("Nothing is due")
    rows = sorted([*(_row(party, each) for each in waiting), *own_parts], key=lambda row: row["found"].due_on)
    content = {
        "party": party, "waiting": rows, "to_take": bool(waiting), "late": late,
        "sent": [_row(party, each) for each in sent[:SENT]]
        + [_part_row(party, each) for each in parts if not each.is_waiting][-SENT:], "page_headline": headline, "answers": answers,
        "is_invented": any(
            each.body.is_invented for each in [*waiting, *sent, *(p.found for p in parts), *(a.agreement for a in answers)]
        ),
        "bodies": len({each.body_id for each in waiting}),
    }  # fmt: skip
    return render(request, "returns/due.html", content)
