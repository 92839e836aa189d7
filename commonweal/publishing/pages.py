"""One page of a public site, as plain facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commonweal.publishing.facts import Facts


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it would be published; `as_of` is the moment of the newest record behind it."""

    kind: str
    key: str
    title: str
    title_cy: str
    as_of: datetime
    content: Facts
