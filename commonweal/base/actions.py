"""What may be done in base: record an event, make people and bodies, give and end roles, keep files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from commonweal.base.audit import canonical
from commonweal.base.files import UnusableFile, media_type_of, place_for
from commonweal.base.ids import random_id
from commonweal.base.models import Body, JobRun, Membership, Party, Person, StoredFile
from commonweal.base.personal import seal_text
from commonweal.base.queries import database_now

#: The actor of what no person did: a migration, the loading of the catalogue, a timed job.
THE_SYSTEM = "system"


def record_event(*, action: str, subject: str, by: Person | None, body: Body | None, **details: Any) -> None:
    """This will append one event to a body's chain (or the platform's) in the transaction that is open.

    `action` is room.thing.happened, `subject` "room.thing:public id". Details carry ids and quantities, never
    personal or sealed values.
    """
    actor = by.pseudonym if by else THE_SYSTEM
    event = [body.pk if body else None, actor, action, subject, canonical(details)]
    waiting = _waiting.get()
    if waiting is None:
        _append([event])
    else:
        waiting.append(event)


@contextmanager
def events_at_the_end() -> Iterator[None]:
    """This will append the events of a long piece of work together, at its end, in the transaction that is open.

    A body's chain is locked from an event to the end of its transaction: so everybody else waits for an instant only.
    Inside another such piece they join its events; what ends with an error leaves none.
    """
    outer, mine = _waiting.get(), list[list[Any]]()
    token = _waiting.set(mine)
    try:
        yield
    finally:
        _waiting.reset(token)
    if outer is None:
        _append(mine)
    else:
        outer.extend(mine)


@contextmanager
def no_events() -> Iterator[None]:
    """This will leave no event of what is done only to be undone, such as a preview, and lock nobody out for it."""
    token = _waiting.set([])
    try:
        yield
    finally:
        _waiting.reset(token)


_waiting: ContextVar[list[list[Any]] | None] = ContextVar("events that wait for the end", default=None)


def _append(events: list[list[Any]]) -> None:
    with connection.cursor() as cursor:
        for event in events:
            cursor.execute("SELECT commonweal_append_event(%s, %s, %s, %s, %s)", event)


def create_body(*, slug: str, name: str, kind: str, nation: str, **described: Any) -> Body:
    """This will make a body, as the owner role (the application may not); `described` are further fields of Body."""
    body = Body.objects.create(slug=slug, name=name, kind=kind, nation=nation, **described)
    record_event(
        action="base.body.created", subject=f"base.body:{body.public_id}", by=None, body=None, slug=slug, kind=kind
    )
    return body


def create_person(*, name: str, email: str | None = None, password: str | None = None) -> Person:
    """This will make a person; their name is encrypted with a key of their own."""
    return Person.objects.create_person(name=name, email=email, password=password)


def name_person(*, person: Person, name: str) -> None:
    """This will write a person's name, encrypted with their own key. Raises PersonKey.DoesNotExist once erased."""
    person.name_sealed = seal_text(name, person.key_held.key, person.field_about("name"))
    person.save(update_fields=["name_sealed"])


def create_owner(*, name: str, body: Body, by: Person | None) -> Person:
    """This will make a person who can own things in a body and does not sign in. Needs the body's scope."""
    person = create_person(name=" ".join(name.split()))
    give_role(person=person, body=body, role="department-officer", by=by)
    return person


def give_role(
    *, person: Person, role: str, by: Person | None, body: Body | None = None, party: Party | None = None
) -> None:
    """This will give someone a role in a body or for a party; giving it twice changes nothing."""
    if Membership.objects.filter(person=person, body=body, party=party, role=role, ended_at__isnull=True).exists():
        return
    membership = Membership.objects.create(person=person, body=body, party=party, role=role)
    record_event(
        action="base.role.given", subject=f"base.membership:{membership.public_id}", by=by, body=body,
        person=person.pseudonym, role=role, party=party.public_id if party else None,
    )  # fmt: skip


def end_roles(*, person: Person, body: Body, by: Person) -> int:
    """This will end every role someone holds in a body, now; their next request finds no right left."""
    ended = 0
    for membership in Membership.objects.filter(person=person, body=body, ended_at__isnull=True):
        membership.ended_at = database_now()
        membership.save(update_fields=["ended_at"])
        record_event(
            action="base.role.ended", subject=f"base.membership:{membership.public_id}", by=by, body=body,
            person=person.pseudonym, role=membership.role,
        )  # fmt: skip
        ended += 1
    return ended


def find_or_create_party(*, name: str, org_id: str = "") -> Party:
    """This will find a party by its organisation identifier, or make one; without an identifier it is new."""
    if org_id:
        found = Party.objects.filter(org_id=org_id).first()
        if found:
            return found
    return Party.objects.create(name=name, org_id=org_id)


def store_file(*, name: str, content: bytes, body: Body, party: Party | None, by: Person) -> StoredFile:
    """This will keep a file under a random name, after checking its size and its signature.

    Raises UnusableFile, saying what to do instead. The bytes are on disk before the row is, so a row never names a
    file that is not there.
    """
    if not content:
        raise UnusableFile("The file is empty. Choose a file with something in it.")
    if len(content) > settings.COMMONWEAL_FILE_LIMIT:
        limit = settings.COMMONWEAL_FILE_LIMIT // 1_000_000
        raise UnusableFile(f"The file is larger than {limit} MB. Send a smaller copy.")
    media_type = media_type_of(name, content)
    inner = random_id() + random_id()
    path: Path = place_for(inner)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    stored = StoredFile.objects.create(
        body=body, party=party, name=Path(name).name[-200:], media_type=media_type, size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), place=inner, stored_by=by,
    )  # fmt: skip
    record_event(
        action="base.file.stored", subject=f"base.file:{stored.public_id}", by=by, body=body,
        sha256=stored.sha256, size=stored.size, media_type=media_type,
    )  # fmt: skip
    return stored


def begin_job_run(*, name: str, body: Body, by: Person | None, arguments: dict[str, Any]) -> JobRun:
    """This will write the row that shows a job's progress."""
    return JobRun.objects.create(body=body, name=name, asked_by=by, arguments=arguments)


def note_progress(
    run: JobRun, *, state: str, done: int | None = None, total: int | None = None, message: str = "",
    result_path: str = "",
) -> None:  # fmt: skip
    """This will write how far a job is; finished states carry the moment."""
    run.state, run.message = state, message[:300]
    run.done = run.done if done is None else done
    run.total = run.total if total is None else total
    run.result_path = result_path or run.result_path
    if state in ("finished", "failed"):
        run.finished_at = database_now()
    run.save(update_fields=["state", "done", "total", "message", "result_path", "finished_at"])


def set_language(*, person: Person, language: str) -> None:
    """This will remember the language someone reads."""
    person.language = language
    person.save(update_fields=["language"])
