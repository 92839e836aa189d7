"""The jobs of publishing, which lower rooms defer by name when what they record changes what is public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from procrastinate.contrib.django import app

from commonweal.base.jobs import Progress, defer_job, job
from commonweal.base.queries import bodies
from commonweal.base.scope import open_scope
from commonweal.directory.queries import today
from commonweal.publishing import actions, policies, queries

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


@job(actions.REFRESH)
def refresh(*, body: Body, by: Person | None, progress: Progress) -> str:
    """This will make a body's public site anew; answers the page that says what is public now."""
    actions.refresh(body=body, by=by, progress=lambda done, total: progress(done, total))
    return reverse("publishing:pages", args=[body.slug])


@app.periodic(cron="20 4 * * *")
@app.task(name="publishing.when_the_day_has_come", queueing_lock="publishing.when_the_day_has_come")
def when_the_day_has_come(timestamp: int) -> None:
    """This will make the sites anew on which something may be public from today, or may not be told any more."""
    on = today()
    for body in list(bodies()):
        with open_scope(body=body.pk):
            due = any(policies.is_cleared(each, on) for each in queries.open_previews(body))
            if due or queries.outlived(body, on):
                defer_job(actions.REFRESH, body=body, by=None)
