"""Timed work of the room of changes: credits whose last day passed run out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commonweal.base.jobs import Progress, job
from commonweal.delivery.changes import actions, queries
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


@job("changes.run_out_credits")
def run_out_credits(*, body: Body, by: Person | None, progress: Progress) -> str:
    """This will let every credit of a body go whose last day passed; a second run finds nothing more."""
    held = [each for each in queries.agreements_with_credits() if each.body_id == body.pk]
    for number, agreement in enumerate(held, start=1):
        actions.run_out_credits(agreement=agreement, on=today())
        progress(number, len(held))
    return ""
