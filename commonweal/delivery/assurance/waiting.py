"""Claims that were sent back to a provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.delivery.assurance import queries
from commonweal.delivery.waiting import Waiting

if TYPE_CHECKING:
    from commonweal.base.models import Party


def waiting(party: Party) -> Iterator[Waiting]:
    """This will list the claims on which a provider was asked for changes and has not answered."""
    for each in queries.claims_of_party(party):
        if each.claim_state == "changes-asked":
            href = reverse("assurance_provider:claim", args=[party.public_id, each.public_id])
            yield Waiting(each.commitment.wording, _("Changes are asked for"), href, each.commitment.agreement)
