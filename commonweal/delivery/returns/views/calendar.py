"""The day a return is due, as an event that any calendar takes (RFC 5545)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from commonweal.delivery.returns import policies

if TYPE_CHECKING:
    from commonweal.delivery.returns.views.desk import Desk

#: A line of a calendar file holds at most so many octets; a longer one goes on after a break and a space.
LONGEST = 73


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(escaped.split())


def _folded(line: str) -> str:
    parts, held = [], ""
    for letter in line:
        if len((held + letter).encode()) > LONGEST:
            parts.append(held)
            held = " "
        held += letter
    return "\r\n".join([*parts, held])


def calendar(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will give the day a return is due, with the address it is reported at."""
    policies.check_open(desk.found)
    found = desk.found
    title = _("Report progress on %(agreement)s to %(body)s") % {
        "agreement": found.agreement.title, "body": found.body.name
    }  # fmt: skip
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Commonweal//Returns//EN", "BEGIN:VEVENT",
        f"UID:{found.public_id}@commonweal", f"DTSTAMP:{found.asked_at:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{found.due_on:%Y%m%d}", f"DTEND;VALUE=DATE:{found.due_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(title)}", f"URL:{request.build_absolute_uri(desk.to('report'))}", "TRANSP:TRANSPARENT",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    response = HttpResponse("\r\n".join(_folded(line) for line in lines), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="report-{found.due_on}.ics"'
    return response
