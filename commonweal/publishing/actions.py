"""What may be done in publishing: make the site anew from the record, take an agreement off it, put it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from commonweal.base.actions import record_event
from commonweal.base.jobs import defer_job
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.directory.queries import today
from commonweal.publishing import policies
from commonweal.publishing.models import KeptBack, Publication
from commonweal.publishing.pages import Page
from commonweal.publishing.projection import pages_of
from commonweal.publishing.queries import PUBLISHED, kept_back

REFRESH = "publishing.refresh"
#: So many pages are written in one statement; progress is told between, for telling it takes a connection of its own.
STEP = 200


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many pages a refresh wrote, left as they were, and took away."""

    written: int
    unchanged: int
    removed: int


def refresh(*, body: Body, by: Person | None, progress: Callable[[int, int], None] | None = None) -> Refreshed:
    """This will publish a body's record as it stands: new pages, changed ones, and none that is no longer public.

    A page that says the same as before keeps the moment it was published. Safe to run again. Needs the body's scope.
    """
    _one_at_a_time(body)
    held = {(row.kind, row.key): row for row in Publication.objects.filter(body=body)}
    pages = pages_of(body, on=today(), kept_back=[each.agreement for each in kept_back(body)])
    written = [page for page in pages if not _says_the_same(held.get((page.kind, page.key)), page)]
    gone = held.keys() - {(page.kind, page.key) for page in pages}
    now = database_now()
    for done in range(0, len(written), STEP):
        if progress:
            progress(done, len(written))
        _write(body, written[done : done + STEP], now)
    Publication.objects.filter(pk__in=[held[each].pk for each in gone]).delete()
    result = Refreshed(len(written), len(pages) - len(written), len(gone))
    record_event(
        action=PUBLISHED, subject=f"base.body:{body.public_id}", by=by, body=body, written=result.written,
        unchanged=result.unchanged, removed=result.removed,
    )  # fmt: skip
    return result


def _write(body: Body, pages: Sequence[Page], now: datetime) -> None:
    """Some pages in one statement: those that are there already say what they say now, the others are added."""
    Publication.objects.bulk_create(
        [
            Publication(
                body=body, kind=page.kind, key=page.key, title=page.title, title_cy=page.title_cy,
                content=page.content, as_of=page.as_of, published_at=now,
            )
            for page in pages
        ],
        update_conflicts=True,
        unique_fields=["body", "kind", "key"],
        update_fields=["title", "title_cy", "content", "as_of", "published_at"],
    )  # fmt: skip


def _one_at_a_time(body: Body) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"publishing {body.pk}"])


def _says_the_same(held: Publication | None, page: Page) -> bool:
    if held is None:
        return False
    said = (held.title, held.title_cy, held.as_of, held.content)
    return said == (page.title, page.title_cy, page.as_of, page.content)


def ask_for_refresh(*, body: Body, by: Person) -> str:
    """This will ask for the site to be made anew; answers the outward id of the job that does it."""
    run = defer_job(REFRESH, body=body, by=by)
    record_event(action="publishing.site.asked", subject=f"base.job:{run.public_id}", by=by, body=body)
    return run.public_id


def withdraw(*, body: Body, by: Person, agreement: str, reason: str) -> KeptBack:
    """This will take an agreement (by outward id) and its lines off the site at once, and keep them off.

    The figures follow when the site is made anew, which is asked for here. Raises NotPossible, and
    Publication.DoesNotExist when the agreement is not on the site.
    """
    page = Publication.objects.get(body=body, kind="agreement", key=agreement)
    policies.check_not_kept_back(body, agreement)
    held = KeptBack.objects.create(body=body, agreement=agreement, reason=reason, kept_by=by)
    page.delete()
    Publication.objects.filter(body=body, kind="line", content__agreement__key=agreement).delete()
    record_event(
        action="publishing.agreement.withdrawn", subject=f"delivery.agreement:{agreement}", by=by, body=body,
        reason=reason,
    )  # fmt: skip
    defer_job(REFRESH, body=body, by=by)
    return held


def put_back(*, body: Body, by: Person, agreement: str) -> None:
    """This will let an agreement be published again; its pages return when the site is made anew, asked for here.

    Raises NotPossible when it was not taken off.
    """
    held = policies.check_kept_back(body, agreement)
    held.lifted_at = database_now()
    held.save(update_fields=["lifted_at"])
    record_event(action="publishing.agreement.put_back", subject=f"delivery.agreement:{agreement}", by=by, body=body)
    defer_job(REFRESH, body=body, by=by)
