"""What is due and when, gathered from every room within delivery that has a `due.py` with a function `due`.

One may also have `due_from`: what is due from a provider on agreements that are not its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps

from commonweal.delivery.queries import agreements_of_party

if TYPE_CHECKING:
    from commonweal.base.models import Party
    from commonweal.delivery.models import Agreement


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due on a day. `key` names it for good, also when its day moves; words name no person."""

    on: date
    kind: str
    key: str
    title: str
    agreement: Agreement
    note: str = ""

    @property
    def day_and_agreement(self) -> tuple[date, str]:
        """What is due of one agreement on one day is told together."""
        return self.on, self.agreement.public_id


class Source(Protocol):
    """How a room says what is due of some agreements from one day to another, both in."""

    def __call__(self, agreements: Sequence[Agreement], since: date, until: date) -> Iterable[Due]: ...


def what_is_due(agreements: Sequence[Agreement], since: date, until: date) -> list[Due]:
    """This will list what is due of these agreements, by day, then by agreement."""
    found = [each for source in _sources() for each in source(agreements, since, until) if since <= each.on <= until]
    return sorted(
        found, key=lambda each: (each.on, each.agreement.title, each.agreement.public_id, each.title, each.key)
    )


def what_is_due_from(party: Party, since: date, until: date) -> list[Due]:
    """This will list what is due from a provider to every body, of what whoever looks may see, and parts of others'
    reports that it holds; needs the provider's scope."""
    found = what_is_due(agreements_of_party(party), since, until)
    found += [
        each for module in _modules() if hasattr(module, "due_from") for each in module.due_from(party, since, until)
    ]
    return sorted(
        found, key=lambda each: (each.on, each.agreement.title, each.agreement.public_id, each.title, each.key)
    )


def _sources() -> Iterator[Source]:
    yield from (module.due for module in _modules())


def _modules() -> Iterator[Any]:
    for app in apps.get_app_configs():
        module = f"{app.name}.due"
        if app.name.startswith("commonweal.delivery.") and find_spec(module) is not None:
            yield import_module(module)
