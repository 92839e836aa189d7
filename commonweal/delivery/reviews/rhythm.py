"""How far apart meetings and rated periods lie."""

from __future__ import annotations

from datetime import date, timedelta

from commonweal.delivery.reviews.vocabulary import RHYTHMS

#: At most so many meetings are planned at once.
MOST_PLANNED = 30


def months_on(day: date, months: int) -> date:
    """This will give the day so many months on, or the last of its month where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def rhythm(kind: str, first_on: date, last_on: date) -> list[date]:
    """This will list the days of a kind of meeting from one day to another, in its usual rhythm."""
    months, days = RHYTHMS[kind]
    found: list[date] = []
    while len(found) < MOST_PLANNED:
        day = months_on(first_on, months * len(found)) + timedelta(days=days * len(found))
        if day > last_on:
            break
        found.append(day)
    return found
