"""What may be done with the rights of a provider's people: limited, changed, lifted."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from commonweal.base.actions import record_event
from commonweal.base.leaving import let_go
from commonweal.base.models import Party, Person
from commonweal.base.queries import database_now
from commonweal.delivery.models import Agreement, StaffLimit, StaffRight
from commonweal.delivery.rights import policies, queries


def _note(action: str, party: Party, person: Person, by: Person, **details: object) -> None:
    # What a provider's people may do is its own business: the event is in no body's record.
    record_event(
        action=f"rights.{action}", subject=f"base.party:{party.public_id}", by=by, body=None, person=person.pseudonym,
        **details,
    )  # fmt: skip


def _one_at_a_time(party: Party) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7305810, %s)", [party.pk % 2**31])


def limit_person(
    *, by: Person, party: Party, person: Person, rights: Mapping[Agreement, str], written_against: str
) -> StaffLimit:
    """This will let somebody of a provider see and do only what is named: agreement to see, report or answer.

    What is beneath an agreement comes with it. What they held of others (links to returns, parts) goes back. Needs the
    provider's scope. Raises NotPossible, and Person.DoesNotExist for somebody else's person.
    """
    _one_at_a_time(party)
    holder = queries.get_holder(party, person.public_id)
    policies.check_can_be_limited(holder.person.name, holder.roles)
    policies.check_names_something(rights.values())
    policies.check_version(queries.version_of(party, person), written_against)
    limit = holder.limit
    if limit is None:
        limit = StaffLimit.objects.create(party=party, person=person, made_by=by)
        _note("person.limited", party, person, by)
    before = {each.agreement_id: each for each in holder.rights}
    for right in before.values():
        if rights.get(right.agreement) != right.may:
            _end(right, party, person, by)
    for agreement, may in rights.items():
        held = before.get(agreement.pk)
        if held is None or held.may != may:
            StaffRight.objects.create(party=party, held_under=limit, agreement=agreement, may=may, given_by=by)
            _note("right.given", party, person, by, agreement=agreement.public_id, may=may)
    let_go(by=by, party=party, person=person, kept=queries.kept_by(party, person))
    return limit


def _end(right: StaffRight, party: Party, person: Person, by: Person) -> None:
    right.ended_at = database_now()
    right.save(update_fields=["ended_at"])
    _note("right.ended", party, person, by, agreement=right.agreement.public_id, may=right.may)


def lift_limit(*, by: Person, party: Party, person: Person) -> None:
    """This will let somebody do everything again; raises NotPossible where they are not limited."""
    _one_at_a_time(party)
    limit = StaffLimit.objects.filter(party=party, person=person, ended_at__isnull=True).first()
    policies.check_is_limited(limit)
    end_limit(by=by, party=party, person=person)


def end_limit(*, by: Person, party: Party, person: Person) -> None:
    """This will end the limit of somebody, who has left or may do everything again; without one it does nothing."""
    limit = StaffLimit.objects.filter(party=party, person=person, ended_at__isnull=True).first()
    if limit is None:
        return
    limit.ended_at = database_now()
    limit.save(update_fields=["ended_at"])
    # In one moment, so that what they could do is known again if they are limited again.
    StaffRight.objects.filter(held_under=limit, ended_at__isnull=True).update(ended_at=limit.ended_at)
    _note("person.unlimited", party, person, by)
