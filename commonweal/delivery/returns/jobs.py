"""What goes by itself: asking for each period that is over, and reminding until it was sent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from procrastinate.contrib.django import app

from commonweal.base.queries import bodies, mails_about
from commonweal.base.scope import open_scope
from commonweal.delivery.returns import actions, queries
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Body

WEEK = timedelta(days=7)


def reminder_due(due_on: date, on: date) -> str:
    """This will say which reminder a day calls for: a week before, on the day, and each week after; "" for none yet.

    It is the latest whose day has come, so a server that slept over a weekend sends one, not three.
    """
    if on < due_on - WEEK:
        return ""
    if on < due_on:
        return "reminder-before"
    if on < due_on + WEEK:
        return "reminder-day"
    return f"reminder-late-{(on - due_on).days // 7}"


def ask_and_remind(body: Body, on: date) -> tuple[int, int]:
    """This will ask for a body's periods that are over and send the reminders of a day; needs the body's scope.

    Each once, however often it runs: what was sent stands in the outbox. Answers how many of each.
    """
    asked = 0
    for running in queries.running_schedules(body):
        asked += len(actions.ask_for_returns(by=None, schedule=running, on=on))
    reminded = 0
    for found in queries.returns_not_sent(body):
        kind = reminder_due(found.due_on, on)
        schedule = queries.schedule_of(found.agreement)
        mails = mails_about(body, queries.about(found))
        if not kind or schedule is None or schedule.stopped_at is not None or not queries.reporters_of(schedule):
            continue
        if any(mail.kind == f"returns.{kind}" for mail in mails):
            continue
        if kind == "reminder-before" and any(
            mail.kind == "returns.asked" and on - WEEK < mail.queued_at.date() <= on for mail in mails
        ):
            continue  # asked less than a week ago
        reminded += actions.remind(by=None, found=found, kind=kind)
    return asked, reminded


@app.periodic(cron="17 * * * *")
@app.task(name="returns.ask_and_remind", queueing_lock="returns.ask_and_remind")
def every_hour(timestamp: int) -> None:
    """This will ask and remind for every body, each in a scope and a transaction of its own."""
    for body in list(bodies()):
        with open_scope(body=body.pk):
            ask_and_remind(body, today())
