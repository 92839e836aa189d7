"""What waits for a provider's word, gathered from every room within delivery that has a `waiting.py` with `waiting`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from django.apps import apps

from commonweal.delivery.queries import limited_to

if TYPE_CHECKING:
    from commonweal.base.models import Party
    from commonweal.delivery.models import Agreement


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that stands still until the provider answers: what, where it answers, and under which agreement."""

    title: str
    asked: str
    href: str
    agreement: Agreement


class Source(Protocol):
    """How a room says what waits for a provider; needs the provider's scope."""

    def __call__(self, party: Party) -> Iterable[Waiting]: ...


def what_waits(party: Party) -> list[Waiting]:
    """This will list what waits for a provider's answer besides its returns, and from whoever looks, by agreement."""
    keys = limited_to("answer")
    found = [
        each for source in _sources() for each in source(party) if keys is None or each.agreement.pk in keys
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.agreement.title, each.agreement.public_id, each.title))


def _sources() -> Iterator[Source]:
    for app in apps.get_app_configs():
        module = f"{app.name}.waiting"
        if app.name.startswith("commonweal.delivery.") and find_spec(module) is not None:
            yield import_module(module).waiting
