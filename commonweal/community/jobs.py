"""The daily work of the wish list: needs past their day are asked about once, then closed when nobody answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from procrastinate.contrib.django import app

from commonweal.base.jobs import Progress, defer_job, job
from commonweal.base.queries import bodies, database_now
from commonweal.base.scope import open_scope
from commonweal.community import actions, queries

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

AGE: Final = "community.age"
#: How long a group has to say that it still needs something.
ANSWER_DAYS: Final = 28


@job(AGE)
def age(*, body: Body, by: Person | None, progress: Progress) -> str:
    """This will ask about the needs past their day, and close those asked about whose group did not answer."""
    for need in queries.needs_to_expire(body, database_now(), ANSWER_DAYS):
        actions.expire_need(need=need)
    for need in queries.needs_to_ask_about(body):
        actions.ask_still_wanted(by=None, need=need)
    return ""


@app.periodic(cron="40 6 * * *")
@app.task(name="community.age_daily", queueing_lock="community.age_daily")
def age_daily(timestamp: int) -> None:
    """This will ask for that work in each body that runs a wish list, every morning."""
    for body in bodies():
        if queries.has_wish_list(body):
            with open_scope(body=body.pk):
                defer_job(AGE, body=body, by=None)
