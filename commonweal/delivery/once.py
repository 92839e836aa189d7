"""The key that a form carries so that what it records is recorded once, however often the form is sent.

It is the outward id the entry will have, signed for one promise and one person, so that nobody chooses an id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.signing import BadSignature, Signer

from commonweal.base.ids import random_id

if TYPE_CHECKING:
    from commonweal.base.models import Person
    from commonweal.delivery.models import Commitment

_signer = Signer(salt="delivery.entry.once")


def once_key(commitment: Commitment, person: Person) -> str:
    """This will give the key of a form that is about to be shown."""
    return _signer.sign(f"{random_id()}-{commitment.public_id}-{person.public_id}")


def read_once_key(key: str, commitment: Commitment, person: Person) -> str:
    """This will read the outward id out of a form's key; "" for a key that was not given for this promise and person."""
    try:
        found, promise, whom = _signer.unsign(key).split("-")
    except (BadSignature, ValueError):
        return ""
    return found if (promise, whom) == (commitment.public_id, person.public_id) else ""
