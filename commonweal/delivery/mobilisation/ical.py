"""A calendar as iCalendar text (RFC 5545): lines of at most 75 octets, CRLF, whole days, and ids that stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from commonweal.delivery.due import Due

LINE: Final = 75


def calendar_text(name: str, items: Iterable[Due], *, at: datetime, address: str) -> str:
    """This will write a calendar of whole days; `address` tells the ids of one installation from another's."""
    host = address.partition("//")[2].partition("/")[0] or "commonweal"
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Commonweal//What is due//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}",
    ]  # fmt: skip
    for each in items:
        following = each.on + timedelta(days=1)
        lines += [
            "BEGIN:VEVENT", f"UID:{each.key}@{host}", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{each.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{following:%Y%m%d}", f"SUMMARY:{escaped(f'{each.title} ({each.agreement.title})')}",
        ]  # fmt: skip
        if each.note:
            lines.append(f"DESCRIPTION:{escaped(each.note)}")
        lines += ["TRANSP:TRANSPARENT", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """This will write text so that no character of it has a meaning of its own; control characters are left out."""
    plain = "".join(" " if mark in "\t\r" else mark for mark in text if mark >= " " or mark in "\n\t\r")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """This will break a line into parts of at most 75 octets, never inside a character; each part but the first begins
    with a space.
    """
    parts, room = [""], LINE
    for mark in line:
        size = len(mark.encode())
        if size > room:
            parts.append(" ")
            room = LINE - 1
        parts[-1] += mark
        room -= size
    return "\r\n".join(parts)
