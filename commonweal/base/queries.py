"""What the other rooms and the middleware read of base."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from commonweal.base.audit import ChainedEvent
from commonweal.base.day import set_forward
from commonweal.base.files import check_may_open, read_stored
from commonweal.base.models import Body, Event, JobRun, Link, Mail, Membership, Party, Person, StoredFile
from commonweal.base.scope import open_scope


def database_now() -> datetime:
    """This will read the one clock: the database's, on the day a demonstration is set forward to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return set_forward(cursor.fetchone()[0])


def bodies() -> QuerySet[Body]:
    """This will list every body, by name."""
    return Body.objects.order_by("name")


def get_body(slug: str) -> Body:
    """This will find a body by its slug; raises Body.DoesNotExist."""
    return Body.objects.get(slug=slug)


def find_body(slug: str) -> Body | None:
    """This will find a body by its slug, or nothing."""
    return Body.objects.filter(slug=slug).first()


def get_body_by_public_id(public_id: str) -> Body:
    """This will find a body by its outward id; raises Body.DoesNotExist."""
    return Body.objects.get(public_id=public_id)


def find_body_by_key(key: int) -> Body:
    """This will find a body by its inner key, for jobs."""
    return Body.objects.get(pk=key)


def find_party(public_id: str) -> Party | None:
    """This will find a party by its outward id, or nothing."""
    return Party.objects.filter(public_id=public_id).first()


def roles_in_body(person: Person, body: Body) -> frozenset[str]:
    """This will list the roles someone holds in a body today; needs their person scope open."""
    held = Membership.objects.filter(person=person, body=body, ended_at__isnull=True)
    return frozenset(held.values_list("role", flat=True))


def roles_for_party(person: Person, party: Party) -> frozenset[str]:
    """This will list the roles someone holds for a party today; needs their person scope open."""
    held = Membership.objects.filter(person=person, party=party, ended_at__isnull=True)
    return frozenset(held.values_list("role", flat=True))


def memberships_of(person: Person) -> QuerySet[Membership]:
    """This will list someone's own current memberships, bodies first; needs their person scope open."""
    held = Membership.objects.filter(person=person, ended_at__isnull=True)
    return held.select_related("body", "party").order_by("body__name", "party__name", "role")


def staff_of(body: Body) -> list[tuple[Person, tuple[str, ...]]]:
    """This will list the people with a current role in a body, by name, with their roles; needs the body's scope."""
    found: dict[int, tuple[Person, list[str]]] = {}
    held = Membership.objects.filter(body=body, ended_at__isnull=True).select_related("person__key_held")
    for membership in held:
        found.setdefault(membership.person_id, (membership.person, []))[1].append(membership.role)
    return sorted(((person, tuple(sorted(roles))) for person, roles in found.values()), key=lambda pair: pair[0].name)


def people_by_name(body: Body) -> dict[str, Person]:
    """This will give everybody who has or had a role in a body by their casefolded name; needs the body's scope.

    Names are encrypted, so no query can look for one: whoever looks for several reads them all, once.
    """
    held = Membership.objects.filter(body=body).order_by("-pk").select_related("person__key_held")
    people = {membership.person_id: membership.person for membership in held}
    return {person.name.casefold(): person for person in people.values()}


def get_person(public_id: str) -> Person:
    """This will find a person by outward id; raises Person.DoesNotExist."""
    return Person.objects.select_related("key_held").get(public_id=public_id)


def people_by_key(keys: Iterable[int]) -> dict[int, Person]:
    """This will find people by inner key, with their names ready to read."""
    return {person.pk: person for person in Person.objects.filter(pk__in=set(keys)).select_related("key_held")}


def names_by_pseudonym(pseudonyms: Iterable[str]) -> dict[str, str]:
    """This will name the people behind pseudonyms, for a reader who may see them."""
    people = Person.objects.filter(pseudonym__in=set(pseudonyms)).select_related("key_held")
    return {person.pseudonym: person.name for person in people}


def events_of(body: Body | None) -> QuerySet[Event]:
    """This will list a body's events in order; needs its scope."""
    return Event.objects.filter(body=body).order_by("seq")


def events_about(body: Body, subject: str) -> list[Event]:
    """This will list the events about one thing ("room.thing:id"), newest first; needs the body's scope."""
    return list(Event.objects.filter(body=body, subject=subject).order_by("-seq"))


def chain_of(body: Body | None) -> Iterable[ChainedEvent]:
    """This will read a body's chain for checking."""
    # The platform's own chain has no body, so the alarm of scopes does not apply; row security does.
    for event in Event._base_manager.filter(body=body).order_by("seq").iterator():
        yield ChainedEvent(
            seq=event.seq,
            at=event.at,
            actor=event.actor,
            action=event.action,
            subject=event.subject,
            details=event.details,
            previous_hash=event.previous_hash,
            hash=event.hash,
        )


def get_job_run(public_id: str) -> JobRun:
    """This will find a job's progress in the open scope; raises JobRun.DoesNotExist."""
    return JobRun.objects.get(public_id=public_id)


def latest_job_run(name: str, **arguments: str) -> JobRun | None:
    """This will find the progress of the latest job of that name with those arguments, in the open scope."""
    return JobRun.objects.filter(name=name, arguments__contains=arguments).order_by("-started_at").first()


def get_stored_file(public_id: str) -> StoredFile:
    """This will find a stored file in the open scope; raises StoredFile.DoesNotExist."""
    return StoredFile.objects.select_related("body").get(public_id=public_id)


def files_in_quarantine(body: Body, looks: int | None = None) -> list[str]:
    """This will list the files of a body that wait to be looked into, by outward id; needs its scope.

    With `looks`, only those that we failed to look into fewer times, and those that wait for the scanner alone.
    """
    found = StoredFile.objects.filter(body=body, state="quarantined").order_by("id")
    if looks is not None:
        found = found.filter(Q(failed_looks__lt=looks) | Q(reason="scanner-silent"))
    return list(found.values_list("public_id", flat=True))


def files_not_looked_into(body: Body) -> QuerySet[StoredFile]:
    """This will list the files of a body that we failed to look into, so that they wait; needs its scope."""
    found = StoredFile.objects.filter(body=body, state="quarantined", failed_looks__gt=0)
    return found.select_related("stored_by__key_held").order_by("id")


def content_of(file: StoredFile) -> bytes:
    """This will read a stored file's bytes as they are kept now; raises FileNotOpen when it was refused.

    For writing it anew, not for opening it: it may still be in quarantine, and so will be what is written.
    """
    for _ in range(2):  # between the two, it may have been looked into and kept without what a picture tells
        now = get_stored_file(file.public_id)
        if now.state == "refused":
            check_may_open(now)
        with suppress(FileNotFoundError):
            return read_stored(now.place)
    raise FileNotFoundError(file.public_id)


# --- links and mails ------------------------------------------------------------------------------------------------

_signer = Signer(salt="base.link")


def link_token(link: Link) -> str:
    """This will sign what a link's address carries: its own outward id and its body's. Nothing about the person."""
    return _signer.sign(f"{link.public_id}-{link.body.public_id}")


def find_link(token: str, purpose: str) -> Link | None:
    """This will find the link of an address, in a scope that the address itself opens; None when we did not sign it."""
    try:
        public_id, body_id = _signer.unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    body = Body.objects.filter(public_id=body_id).first()
    if body is None:
        return None
    with open_scope(body=body.pk):
        return _links().filter(public_id=public_id, purpose=purpose).first()


def links_about(body: Body, subject: str) -> list[Link]:
    """This will list the links about one thing, first made first; needs the body's scope."""
    return list(_links().filter(body=body, subject=subject).order_by("id"))


def _links() -> QuerySet[Link]:
    return Link.objects.select_related("body", "party", "person__key_held", "made_by__key_held")


def mails_about(body: Body, about: str) -> list[Mail]:
    """This will list the mails about one thing, latest first; needs the body's scope."""
    return list(Mail.objects.filter(body=body, about=about).select_related("person__key_held").order_by("-id"))


def mails(body: Body, *, state: str = "", text: str = "") -> QuerySet[Mail]:
    """This will list a body's mails that match, with whom each went to and whom it alerts; needs the body's scope."""
    found = Mail.objects.filter(body=body)
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(subject_line__icontains=text)
    return found.select_related("body", "person__key_held", "alerts__key_held", "link__body")


def mails_come_back(body: Body, alerts: Person | None = None) -> QuerySet[Mail]:
    """This will list the mails that came back or were refused and were not sent again, latest first.

    With `alerts`, only those of which this person is told: theirs, and those that would alert nobody, or somebody who
    has no role here any more.
    """
    found = mails(body).filter(state__in=("refused", "returned"))
    if alerts is not None:
        here = Membership.objects.filter(body=body, person=OuterRef("alerts"), ended_at__isnull=True)
        found = found.filter(Q(alerts=alerts) | ~Exists(here))
    again = Mail.objects.filter(body=body, person=OuterRef("person"), kind=OuterRef("kind"), about=OuterRef("about"))
    return found.exclude(Exists(again.filter(pk__gt=OuterRef("pk")))).order_by("-id")


def find_mail_by_message_id(body: Body, message_id: str) -> Mail | None:
    """This will find the mail of a body that was sent under a Message-ID, or nothing; needs the body's scope."""
    return Mail.objects.filter(body=body, message_id=message_id).select_related("body", "person").first()


def get_mail(public_id: str) -> Mail:
    """This will find a mail in the open scope; raises Mail.DoesNotExist."""
    return Mail.objects.select_related("body", "person__key_held", "link__body").get(public_id=public_id)
