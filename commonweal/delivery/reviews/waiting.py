"""Ratings that wait for what a provider says to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.delivery.queries import agreements_of_party
from commonweal.delivery.reviews import queries
from commonweal.delivery.waiting import Waiting

if TYPE_CHECKING:
    from commonweal.base.models import Party


def waiting(party: Party) -> Iterator[Waiting]:
    """This will list the ratings sent to a provider that it has not answered."""
    for found in queries.for_provider(agreements_of_party(party)):
        for each in found.ratings:
            if each.state == "sent":
                href = reverse("reviews_provider:rating", args=[party.public_id, each.public_id])
                yield Waiting(each.kpi.title, _("A rating is proposed"), href, found.agreement)
