"""What a person can own in a body, room by room, so that nothing is left behind when they leave.

A room whose things have an owner lists them in its `belongings.py`, as `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from commonweal.base.models import Body


@dataclass(frozen=True, slots=True)
class Belonging:
    """One thing that somebody owns: the owner's inner key, what it is called, and its page."""

    owner: int
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that people own: its words, all of them that are owned on a day, and how they pass on.

    `held(body, on)` lists every one that still needs an owner; `hand_over(by=, body=, leaver=, successor=, on=)` gives
    those of the leaver to the successor, each with its event, and answers how many. Both need the body's scope.
    """

    id: str
    one: str
    many: str
    held: Callable[[Body, date], Iterable[Belonging]]
    hand_over: Callable[..., int]


def kinds() -> list[Kind]:
    """This will gather what every room lists, in the order of the rooms; raises ValueError when two have one id."""
    found: dict[str, Kind] = {}
    for app in apps.get_app_configs():
        module = f"{app.name}.belongings"
        if not app.name.startswith("commonweal.") or find_spec(module) is None:
            continue
        for kind in getattr(import_module(module), "KINDS", ()):
            if kind.id in found:
                raise ValueError(f"two kinds of belonging are called {kind.id}")
            found[kind.id] = kind
    return list(found.values())
