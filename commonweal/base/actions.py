"""What may be done in base: record an event, make people and bodies, give and end roles, keep files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from commonweal.base.audit import canonical
from commonweal.base.errors import NotPossible
from commonweal.base.files import UnusableFile, media_type_of, place_for
from commonweal.base.ids import random_id
from commonweal.base.models import Body, JobRun, Link, Mail, Membership, Party, Person, StoredFile
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


#: The job that looks into a file that was given.
CHECK_FILE = "base.check_file"


def store_file(*, name: str, content: bytes, body: Body, party: Party | None, by: Person) -> StoredFile:
    """This will keep a file in quarantine under a random name, after checking its size and its signature.

    A job looks into it when this commits; until then nobody may open it (`files.check_may_open`). Raises UnusableFile,
    saying what to do instead. The bytes are on disk before the row is, so a row never names a file that is not there.
    """
    if not content:
        raise UnusableFile(_("The file is empty. Choose a file with something in it."))
    if len(content) > settings.COMMONWEAL_FILE_LIMIT:
        limit = settings.COMMONWEAL_FILE_LIMIT // 1_000_000
        raise UnusableFile(_("The file is larger than %(limit)s MB. Send a smaller copy.") % {"limit": limit})
    media_type = media_type_of(name, content)
    stored = StoredFile.objects.create(
        body=body, party=party, name=Path(name).name[-200:], media_type=media_type, size=len(content),
        sha256=hashlib.sha256(content).hexdigest(), place=_write_file(content), stored_by=by,
    )  # fmt: skip
    record_event(
        action="base.file.stored", subject=f"base.file:{stored.public_id}", by=by, body=body,
        sha256=stored.sha256, size=stored.size, media_type=media_type,
    )  # fmt: skip
    app.configure_task(CHECK_FILE, allow_unknown=True).defer(file=stored.public_id, body=body.pk)
    return stored


def _write_file(content: bytes) -> str:
    inner = random_id() + random_id()
    path: Path = place_for(inner)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return inner


def note_file_checked(*, file: StoredFile, kept: bytes | None) -> None:
    """This will let a file out of quarantine. `kept` is what is kept in place of what came; None keeps that.

    What came goes when this commits: a photograph's place is in no copy of ours. Its hash stays.
    """
    before = file.place
    file.state, file.reason, file.checked_at = "checked", "", database_now()
    file.kept_sha256, file.kept_size = file.sha256, file.size
    if kept is not None:
        file.kept_sha256, file.kept_size = hashlib.sha256(kept).hexdigest(), len(kept)
        file.place = _write_file(kept)
        transaction.on_commit(lambda: place_for(before).unlink(missing_ok=True))
    _note_file(file, kept_sha256=file.kept_sha256)


def note_file_refused(*, file: StoredFile, reason: str) -> None:
    """This will refuse a file for good; its bytes go when this commits, its name, size and hash stay on record."""
    before = file.place
    file.state, file.reason, file.checked_at = "refused", reason, database_now()
    transaction.on_commit(lambda: place_for(before).unlink(missing_ok=True))
    _note_file(file, reason=reason)


def note_file_waits(*, file: StoredFile, reason: str) -> None:
    """This will say why we could not look into a file, which stays in quarantine, and count how often that was."""
    file.failed_looks = min(file.failed_looks + 1, 30_000)
    said, file.reason = file.reason, reason
    if said != reason:
        _note_file(file, reason=reason)
    else:
        file.save(update_fields=["failed_looks"])


def _note_file(file: StoredFile, **details: Any) -> None:
    file.save(update_fields=[*StoredFile.changing_fields])
    record_event(
        action=f"base.file.{file.state}", subject=f"base.file:{file.public_id}", by=None, body=file.body,
        sha256=file.sha256, **details,
    )  # fmt: skip


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


def make_link(
    *, by: Person | None, body: Body, party: Party | None, person: Person, purpose: str, subject: str,
    ends_at: datetime | None = None, passed_on_from: Link | None = None,
) -> Link:  # fmt: skip
    """This will make the link by which a person does one thing (`purpose`, about `subject`) without signing in."""
    link = Link.objects.create(
        body=body, party=party, person=person, purpose=purpose, subject=subject, ends_at=ends_at, made_by=by,
        passed_on_from=passed_on_from,
    )  # fmt: skip
    record_event(
        action="base.link.made", subject=subject, by=by, body=body, link=link.public_id, person=person.pseudonym,
        purpose=purpose, passed_on_from=passed_on_from.public_id if passed_on_from else None,
    )  # fmt: skip
    return link


def end_link(*, by: Person | None, link: Link) -> None:
    """This will end a link, and every link that was passed on from it; ended already, it stays so."""
    end_one_link(by=by, link=link)
    for passed_on in Link.objects.filter(passed_on_from=link).select_related("body"):
        end_link(by=by, link=passed_on)


def end_one_link(*, by: Person | None, link: Link) -> None:
    """This will end a link whose holder left, and let what was passed on from it stand; ended already, it stays so."""
    if link.ended_at is None:
        link.ended_at = database_now()
        link.save(update_fields=["ended_at"])
        record_event(action="base.link.ended", subject=link.subject, by=by, body=link.body, link=link.public_id)


#: The job that sends a mail; it is given ids alone, so no address and no link is in the queue.
SEND_MAIL = "base.send_mail"


def post_mail(
    *, by: Person | None, body: Body, to: Person, kind: str, about: str, subject_line: str, words: str,
    link: Link | None = None, link_route: str = "", alerts: Person | None = None,
) -> Mail:  # fmt: skip
    """This will put a mail in the outbox, in the transaction that is open; it is sent when that commits.

    `words` may hold `{link}` once: the address of `link` under `link_route`, signed as the mail is sent. `alerts` is
    told when it comes back. Where no mail server is named the mail waits, and pages show the link instead.
    """
    mail = Mail.objects.create(
        body=body, person=to, alerts=alerts, kind=kind, about=about, subject_line=subject_line[:200], words=words,
        link=link, link_route=link_route, message_id=f"{random_id()}{random_id()}@commonweal",
    )  # fmt: skip
    record_event(
        action="base.mail.posted", subject=about, by=by, body=body, mail=mail.public_id, to=to.pseudonym, kind=kind
    )
    if settings.COMMONWEAL_MAIL_SERVER or settings.COMMONWEAL_DEMO:
        app.configure_task(SEND_MAIL, allow_unknown=True).defer(mail=mail.public_id, body=body.pk)
    return mail


def post_again(*, by: Person, mail: Mail) -> Mail:
    """This will send a mail that came back or was refused once more, as a mail of its own; the first stays on record.

    Raises NotPossible for one that is on its way or arrived, for somebody without an address, and where its link ended.
    """
    if mail.state not in ("refused", "returned"):
        raise NotPossible("This mail did not come back, so it is not sent again.")
    if not mail.person.email:
        raise NotPossible("Nobody's e-mail address is known for this person. Add it first, then send the mail again.")
    if mail.link is not None and mail.link.ended_at is not None:
        raise NotPossible("The link in this mail is no longer open. Send a mail with another link instead.")
    return post_mail(
        by=by, body=mail.body, to=mail.person, kind=mail.kind, about=mail.about, subject_line=mail.subject_line,
        words=mail.words, link=mail.link, link_route=mail.link_route, alerts=mail.alerts,
    )  # fmt: skip


def note_mail(*, mail: Mail, state: str, reason: str = "") -> None:
    """This will write what became of a mail: sent, refused by the server, or returned."""
    mail.state, mail.reason = state, reason[:300]
    if state == "sent":
        mail.sent_at = database_now()
    mail.save(update_fields=["state", "reason", "sent_at"])
    record_event(
        action=f"base.mail.{state}", subject=mail.about, by=None, body=mail.body, mail=mail.public_id, kind=mail.kind
    )
