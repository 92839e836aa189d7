"""What a step of the core brings with it in the rooms within delivery: each may have a `consequences.py`.

Such a module may have `check_takes_work` (refuses work on an agreement), `told_before_reversal` (sentences read before an
entry is taken back) and `after_reversal` (what follows when it was).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.apps import apps

from commonweal.base.errors import NotPossible

if TYPE_CHECKING:
    from commonweal.base.models import Person
    from commonweal.delivery.models import Agreement, Entry


def check_takes_work(agreement: Agreement) -> None:
    """This will refuse promises and deliveries of an agreement that a room says takes no more; raises NotPossible."""
    for function in _functions("check_takes_work"):
        function(agreement)


def told_before_reversal(entry: Entry) -> list[str]:
    """This will say what else goes when an entry is taken back, in sentences for whoever is about to."""
    return [sentence for function in _functions("told_before_reversal") for sentence in function(entry)]


def after_reversal(entry: Entry, by: Person | None) -> None:
    """This will let each room do what follows from an entry that was taken back."""
    for function in _functions("after_reversal"):
        function(entry, by)


def _functions(name: str) -> Iterator[Any]:
    for app in apps.get_app_configs():
        module = f"{app.name}.consequences"
        if app.name.startswith("commonweal.delivery.") and find_spec(module) is not None:
            found = getattr(import_module(module), name, None)
            if found is not None:
                yield found


def takes_work(agreement: Agreement) -> bool:
    """This will say whether a page offers to record deliveries of an agreement."""
    try:
        check_takes_work(agreement)
    except NotPossible:
        return False
    return True
