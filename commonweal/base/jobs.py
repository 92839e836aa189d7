"""Long work: small repeatable steps in PostgreSQL, deferred by name in the transaction that asked for them.

A job takes ids, opens its body's scope, calls one action and may run twice. A higher room registers its jobs here by
decorating them; a lower room may defer them by name without knowing them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from django.db import connection, connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from commonweal.base.actions import (
    CHECK_FILE,
    SEND_MAIL,
    begin_job_run,
    note_file_checked,
    note_file_refused,
    note_file_waits,
    note_mail,
    note_progress,
    record_event,
)
from commonweal.base.files import LOOKS, FileWaits, check_may_open, read_stored
from commonweal.base.outbox import AddressRefused, deliver
from commonweal.base.quarantine import CouldNotLook, found_virus, looked_into
from commonweal.base.queries import (
    bodies,
    database_now,
    files_in_quarantine,
    find_body_by_key,
    get_job_run,
    get_mail,
    get_stored_file,
    people_by_key,
)
from commonweal.base.scope import open_scope

if TYPE_CHECKING:
    from commonweal.base.models import Body, JobRun, Person, StoredFile

_log = logging.getLogger(__name__)

ATTEMPTS = 4
#: A worker that has not been heard of for this long is taken to be dead.
STALLED_SECONDS = 15


class Progress(Protocol):
    """How a job says how far it is."""

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None: ...


JobBody = Callable[..., str]


def job(name: str) -> Callable[[JobBody], JobBody]:
    """This will register a function as the job `name`.

    The function is called as `function(body=Body, by=Person|None, progress=Progress, **arguments)` in the body's
    scope and one transaction, and answers the path of its result ("" for none). Progress is written in transactions
    of its own, so that a page can show it while the work goes on.
    """

    def register(function: JobBody) -> JobBody:
        @app.task(name=name, retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=3), pass_context=True)
        @wraps(function)
        def run_job(context: Any, *, body: int, run: str, **arguments: Any) -> None:
            with open_scope(body=body):
                row = get_job_run(run)
                if row.state == "finished":
                    return  # it finished once already: a worker died between the work and saying so
                note_progress(row, state="running")
                by = people_by_key([row.asked_by_id])[row.asked_by_id] if row.asked_by_id else None

            def progress(done: int, total: int | None = None, message: str = "") -> None:
                _show_progress(body, run, done, total, message)

            try:
                with open_scope(body=body):
                    _one_at_a_time(run)
                    held = get_job_run(run)
                    if held.state == "finished":
                        return
                    result = function(body=find_body_by_key(body), by=by, progress=progress, **arguments)
                    note_progress(held, state="finished", result_path=result)
            except Exception as error:
                last = context.job is None or context.job.attempts + 1 >= ATTEMPTS
                with open_scope(body=body):
                    row = get_job_run(run)
                    words = "This did not work and will be tried again." if not last else "This did not work."
                    if isinstance(error, FileWaits):
                        words = f"{words} {error}"
                    note_progress(row, state="failed" if last else "waiting", message=words)
                    record_event(
                        action="base.job.failed", subject=f"base.job:{run}", by=None,
                        body=find_body_by_key(body), job=name, error=type(error).__name__,
                    )  # fmt: skip
                raise

        function.deferred_name = name  # type: ignore[attr-defined]
        return function

    return register


def _one_at_a_time(run: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [run])


def _show_progress(body: int, run: str, done: int, total: int | None, message: str) -> None:
    # The work's own transaction is still open, so its progress goes through a second connection.
    shown = connections.create_connection("default")
    try:
        with shown.cursor() as cursor:
            cursor.execute(
                "WITH open AS (SELECT set_config('commonweal.body', %s, false)) SELECT count(*) FROM open", [str(body)]
            )
            cursor.execute(
                "UPDATE base_jobrun SET done = %s, total = %s, message = %s WHERE public_id = %s",
                [done, total, message[:300], run],
            )
    finally:
        shown.close()


def defer_job(name: str, *, body: Body, by: Person | None, **arguments: Any) -> JobRun:
    """This will ask for a job by name, in the transaction that is open; it starts when that commits.

    Arguments are plain ids and texts. Answers the row that shows its progress. Needs the body's scope.
    """
    run = begin_job_run(name=name, body=body, by=by, arguments=arguments)
    app.configure_task(name, allow_unknown=True).defer(body=body.pk, run=run.public_id, **arguments)
    return run


@app.task(name=SEND_MAIL, retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def send_mail(*, mail: str, body: int) -> None:
    """This will send a mail that waits; whoever it alerts learns when its address is refused."""
    with open_scope(body=body):
        _one_at_a_time(mail)
        waiting = get_mail(mail)
        if waiting.state != "waiting":
            return
        try:
            deliver(waiting)
        except AddressRefused as refused:
            note_mail(mail=waiting, state="refused", reason=str(refused))
        else:
            note_mail(mail=waiting, state="sent")


@app.task(name=CHECK_FILE, retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def check_file(*, file: str, body: int) -> None:
    """This will look into a file in quarantine, ask the virus scanner about it, and let it out or refuse it.

    Where we could not look it stays there, and `check_waiting_files` comes back to it.
    """
    with open_scope(body=body):
        _look_into(file)


def checked_content(file: StoredFile) -> bytes:
    """This will answer a file's bytes once it was looked into, looking now where nobody did yet: for jobs that read it.

    So a reader and the check of the same file never race. Raises FileNotOpen when it was refused, FileWaits when we could
    not look into it yet.
    """
    held = _look_into(file.public_id)
    check_may_open(held)
    return read_stored(held.place)


def _look_into(file: str) -> StoredFile:
    _one_at_a_time(file)
    held = get_stored_file(file)
    if held.state != "quarantined":
        return held
    try:
        content = _bytes_of(held)
        reason, kept = looked_into(content, held.media_type)
        if not reason and found_virus(content):
            reason = "virus"
    except CouldNotLook as error:
        _log.error("File %s could not be looked into (%s: %s); it is kept.", file, error.reason, error)
        note_file_waits(file=held, reason=error.reason)
        return held
    if reason:
        note_file_refused(file=held, reason=reason)
    else:
        note_file_checked(file=held, kept=kept)
    return held


def _bytes_of(held: StoredFile) -> bytes:
    try:
        return read_stored(held.place)
    except OSError as error:
        raise CouldNotLook("could-not-check", type(error).__name__) from error


@app.periodic(cron="*/5 * * * *")
@app.task(name="base.check_waiting_files", queueing_lock="base.check_waiting_files")
def check_waiting_files(timestamp: int) -> None:
    """This will look again into every file that still waits: the scanner was silent, we failed, or a worker died.

    Into one that we failed to look into LOOKS times, it looks once a day.
    """
    daily = timestamp % 86_400 < 300
    for body in bodies():
        with open_scope(body=body.pk):
            waiting = files_in_quarantine(body, None if daily else LOOKS)
        for file in waiting:
            check_file(file=file, body=body.pk)


@app.periodic(cron="* * * * * */15")
@app.task(name="base.retry_stalled", queueing_lock="base.retry_stalled", pass_context=True)
async def retry_stalled(context: Any, timestamp: int) -> None:
    """This will put back in the queue what a killed worker left half done: it stopped sending its heartbeat."""
    for stalled in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        await app.job_manager.retry_job(stalled)


def defer_what_goes_by_itself() -> None:
    """This will put in the queue once, now, everything that otherwise waits for its hour of the day; what waits there
    already is left to do it."""
    for each in app.periodic_registry.periodic_tasks.values():
        with suppress(AlreadyEnqueued):
            each.task.defer(timestamp=int(database_now().timestamp()))


def run_worker() -> None:
    """This will work through the queue until SIGTERM; what is under way finishes first."""
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        app.run_worker(concurrency=2, update_heartbeat_interval=5, stalled_worker_timeout=STALLED_SECONDS)
