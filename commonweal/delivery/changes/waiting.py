"""Changes that wait for a provider's answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.delivery.changes import queries
from commonweal.delivery.waiting import Waiting

if TYPE_CHECKING:
    from commonweal.base.models import Party


def waiting(party: Party) -> Iterator[Waiting]:
    """This will list the changes proposed to a provider that it has not answered."""
    for each in queries.changes_of_party(party):
        if each.state == "proposed":
            href = reverse("changes_provider:change", args=[party.public_id, each.public_id])
            yield Waiting(each.title, _("A change is proposed"), href, each.agreement)
