"""What pages read of the rights of a provider's people."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection

from commonweal.base.models import Party, Person
from commonweal.delivery.models import Agreement, StaffLimit, StaffRight
from commonweal.delivery.queries import RANKS, agreements_of_party, limits_of, rights_under
from commonweal.directory.queries import people_of_party


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody of a provider, with what they are limited to; no limit means everything."""

    person: Person
    roles: tuple[str, ...]
    limit: StaffLimit | None = None
    rights: list[StaffRight] = field(default_factory=list)

    @property
    def is_administrator(self) -> bool:
        """Whether they may do everything and say what others may."""
        return "provider-admin" in self.roles


def holders(party: Party) -> list[Holder]:
    """This will list who works for a provider with what each may do, by name; needs its scope, whole."""
    limits = limits_of(party)
    rights = rights_under(limits.values())
    found = []
    for person, roles in people_of_party(party):
        if not {"provider-admin", "provider-contributor"} & set(roles):
            continue
        limit = limits.get(person.pk)
        found.append(Holder(person, roles, limit, rights.get(limit.pk, []) if limit else []))
    return found


def get_holder(party: Party, public_id: str) -> Holder:
    """This will find somebody of a provider; raises Person.DoesNotExist."""
    found = next((each for each in holders(party) if each.person.public_id == public_id), None)
    if found is None:
        raise Person.DoesNotExist
    return found


def last_rights(party: Party, person: Person) -> dict[int, str]:
    """This will give what somebody may do by agreement, or could when they were limited last: where a form begins."""
    limit = StaffLimit.objects.filter(party=party, person=person).order_by("-id").first()
    if limit is None:
        return {}
    given = StaffRight.objects.filter(held_under=limit)
    held = given.filter(ended_at__isnull=True) if limit.ended_at is None else given.filter(ended_at=limit.ended_at)
    return dict(held.values_list("agreement_id", "may"))


def version_of(party: Party, person: Person) -> str:
    """This will name the state of what somebody may do, so that of two who change it at once the second is told."""
    limits = StaffLimit.objects.filter(party=party, person=person)
    rights = StaffRight.objects.filter(held_under__in=limits)
    ended = limits.filter(ended_at__isnull=False).count() + rights.filter(ended_at__isnull=False).count()
    return f"{limits.count()}-{rights.count()}-{ended}"


def agreements(party: Party) -> list[tuple[Agreement, Agreement | None]]:
    """This will list a provider's agreements, each with the one above it that brings it along, by body and title."""
    found = sorted(agreements_of_party(party), key=lambda each: (each.body.name, each.title.casefold(), each.pk))
    by_key = {each.pk: each for each in found}
    return [(each, by_key.get(each.parent_id) if each.parent_id else None) for each in found]


def kept_by(party: Party, person: Person) -> frozenset[int] | None:
    """This will give the agreements somebody may still report on, by inner key; None when nobody limits them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT commonweal_limits(%s, %s, %s)::bigint[]", [party.pk, person.pk, RANKS["report"]]
        )  # fmt: skip
        (keys,) = cursor.fetchone()
    return None if keys is None else frozenset(keys)
