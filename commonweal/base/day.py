"""The day that a demonstration is set forward to, so that a year of an agreement can be walked through in an hour.

It is a date in a file beside the demonstration's sign-ins, read wherever the clock is read. An installation that is no
demonstration never looks for it. What is written down in a row's own moment (`recorded_at` and its like) keeps the
database's time: only what is due, late, over or expected is reckoned from the day that is set.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.timezone import localdate

from commonweal.base.errors import NotPossible

NAME = "demo-day"
#: Further than this no agreement of the demonstration runs.
MOST_YEARS = 20


def set_day() -> date | None:
    """This will give the day a demonstration is set to; nothing for any other installation, or before one is set."""
    if not settings.COMMONWEAL_DEMO:
        return None
    try:
        return date.fromisoformat((settings.VAR / NAME).read_text().strip())
    except (FileNotFoundError, ValueError):
        return None


def set_forward(now: datetime) -> datetime:
    """This will give a moment on the day that is set, at the same time of day; never an earlier one than it was given."""
    day = set_day()
    if day is None:
        return now
    return now + timedelta(days=max((day - localdate(now)).days, 0))


def set_day_forward(day: date, on: date) -> None:
    """This will set a demonstration forward from one day to another; raises NotPossible for a day that is not later."""
    if not settings.COMMONWEAL_DEMO:
        raise NotPossible("This is no demonstration, so its day is the clock's.")
    if day < on:
        raise NotPossible(
            f"It is {on:%-d %B %Y} here already, and a day that is past does not come again: what was recorded since "
            "would be in the future. Give a later day, or start a demonstration anew in another folder."
        )
    if day.year - on.year > MOST_YEARS:
        raise NotPossible(f"{day:%-d %B %Y} is more than {MOST_YEARS} years away. Give an earlier day.")
    (settings.VAR / NAME).write_text(f"{day.isoformat()}\n")
