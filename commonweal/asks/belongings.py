"""What somebody answers for in the asks room, for when they leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from commonweal.asks import actions, queries
from commonweal.base.belongings import Belonging, Kind

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


def _opportunities(body: Body, on: date) -> Iterable[Belonging]:
    for each in queries.open_opportunities(body):
        if each.contact_id is not None:
            yield Belonging(each.contact_id, each.title, reverse("asks:opportunity", args=[body.slug, each.public_id]))


def _give_opportunities(*, by: Person, body: Body, leaver: Person, successor: Person, on: date) -> int:
    held = [each for each in queries.open_opportunities(body) if each.contact_id == leaver.pk]
    for each in held:
        actions.change_opportunity(by=by, opportunity=each, version=each.version, title=each.title, contact=successor)
    return len(held)


KINDS = (Kind("asks.opportunity", "opportunity", "opportunities", _opportunities, _give_opportunities),)
