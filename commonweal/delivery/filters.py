"""What the lists of agreements and entries are narrowed to; empty means all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgreementFilters:
    """What the list of agreements is narrowed to; empty means all."""

    text: str = ""
    channel: str = ""
    department: str = ""
    owner: str = ""
    state: str = ""
    origin: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class EntryFilters:
    """What the list of entries is narrowed to."""

    state: str = ""  # waiting, evidenced, confirmed, assured, reversed, brought-forward
    text: str = ""
