"""When an agreement may be taken off the public site, and put back."""

from __future__ import annotations

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.publishing.models import KeptBack
from commonweal.publishing.queries import find_kept_back


def check_not_kept_back(body: Body, agreement: str) -> None:
    """An agreement that is off the site already cannot be taken off again."""
    if find_kept_back(body, agreement):
        raise NotPossible("This agreement is off the public site already.")


def check_kept_back(body: Body, agreement: str) -> KeptBack:
    """Only an agreement that was taken off the site can be put back."""
    held = find_kept_back(body, agreement)
    if held is None:
        raise NotPossible("This agreement was not taken off the public site.")
    return held
