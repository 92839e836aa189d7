"""Timed work of the room of changes: credits whose last day passed run out, and those that rest on nothing go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procrastinate.contrib.django import app

from commonweal.base.queries import bodies
from commonweal.base.scope import open_scope
from commonweal.delivery.changes import actions, queries
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from datetime import date

    from commonweal.base.models import Body


def run_out_credits(body: Body, on: date) -> int:
    """This will let every credit of a body go whose last day passed before a day; needs the body's scope.

    A second run finds nothing more. Answers how many ran out.
    """
    held = [each for each in queries.agreements_with_credits() if each.body_id == body.pk]
    return sum(actions.run_out_credits(agreement=agreement, on=on) for agreement in held)


def recall_credits(body: Body) -> int:
    """This will take back what is unspent of a body's credits that nothing accepted carries; needs the body's scope."""
    held = [each for each in queries.agreements_with_credits() if each.body_id == body.pk]
    return sum(actions.recall_credits(agreement=agreement) for agreement in held)


@app.periodic(cron="37 * * * *")
@app.task(name="changes.run_out_credits", queueing_lock="changes.run_out_credits")
def every_hour(timestamp: int) -> None:
    """This will let credits run out for every body, each in a scope and a transaction of its own."""
    for body in list(bodies()):
        with open_scope(body=body.pk):
            run_out_credits(body, today())
            recall_credits(body)
