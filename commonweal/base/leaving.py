"""What somebody held for a party ends with what they may do for it, room by room.

A room that gives a party's people something to hold (a link, a part) takes it back in its `leaving.py`, as `let_go`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from django.apps import apps

if TYPE_CHECKING:
    from commonweal.base.models import Party, Person


class LetGo(Protocol):
    """How a room takes back what somebody held; needs the party's scope, whole.

    `kept` are the inner keys of the agreements they still report on; None when they left the party altogether.
    """

    def __call__(self, *, by: Person, party: Party, person: Person, kept: frozenset[int] | None) -> None: ...


def let_go(*, by: Person, party: Party, person: Person, kept: frozenset[int] | None) -> None:
    """This will have every room take back what somebody held for a party beyond what they keep."""
    for room in _rooms():
        room(by=by, party=party, person=person, kept=kept)


def _rooms() -> Iterator[LetGo]:
    for app in apps.get_app_configs():
        module = f"{app.name}.leaving"
        if app.name.startswith("commonweal.") and app.name != "commonweal.base" and find_spec(module) is not None:
            yield import_module(module).let_go
