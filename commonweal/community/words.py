"""Sentences about needs that more than one page says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from commonweal.community.models import Need

EVENT_WORDS: Final = {
    "community.need.posted": "Posted",
    "community.need.changed": "Words changed",
    "community.need.published": "Published",
    "community.need.sent-back": "Sent back to the group",
    "community.need.undone": "Decision taken back",
    "community.need.asked-about": "The group was asked whether it still needs it",
    "community.need.kept": "Still wanted",
    "community.need.withdrawn": "Withdrawn",
    "community.need.expired": "Closed: its time ran out",
    "community.need.fulfilled": "Fulfilled",
    "community.match.offered": "Help offered to the group",
    "community.match.agreed": "The group said yes",
    "community.match.declined": "The group said no",
    "community.match.under-way": "Help under way",
    "community.match.asked": "The group was asked whether it arrived",
    "community.match.received": "The group says it arrived",
    "community.match.not-received": "The group says it did not happen",
    "community.match.withdrawn": "Help taken back",
    "community.match.thanked": "The group said thank you",
    "community.match.thanks-published": "Thanks published",
    "community.match.thanks-kept-back": "Thanks not published",
    "community.help.offered": "Somebody offered help from the public page",
    "community.help.answered": "An offer of help answered",
    "community.help.set-aside": "An offer of help set aside",
}


def days_words(days: int) -> str:
    """This will say a number of days as a person would: days up to a month, then weeks, then months."""
    if days < 31:
        return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}
    if days < 92:
        return ngettext("%(number)s week", "%(number)s weeks", days // 7) % {"number": days // 7}
    months = days * 12 // 365
    return ngettext("%(number)s month", "%(number)s months", months) % {"number": months}


def waited_sentence(state: str, since: date, closed_on: date | None, on: date) -> str:
    """This will say how long a need has waited, or waited until it was closed."""
    days = max(((closed_on or on) - since).days, 0)
    words = {"time": days_words(days)}
    if state == "open":
        return _("Published today") if days == 0 else _("Waiting for %(time)s") % words
    if state == "fulfilled":
        return _("Fulfilled on the first day") if days == 0 else _("Fulfilled after %(time)s") % words
    return _("Closed after %(time)s") % words


def waited_words(need: Need, on: date) -> str:
    """This will say how long a need has waited since it was first published; "" where it never was."""
    if need.published_at is None:
        return ""
    state = "open" if need.closed_at is None else need.state
    closed = localdate(need.closed_at) if need.closed_at else None
    return waited_sentence(state, localdate(need.published_at), closed, on)
