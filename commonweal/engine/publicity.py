"""What a time before an election holds, and what duty lets through (`catalogue/duties/publicity.yaml`)."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from commonweal.engine.document import CATALOGUE, read_document


@dataclass(frozen=True, slots=True)
class Activity:
    """This will hold one thing a body tells the public: whether it is a duty, and why it is held or let through."""

    id: str
    title: str
    is_duty: bool
    because: str


@dataclass(frozen=True, slots=True)
class PublicityCode:
    """This will hold the code that asks for care before an election, in words and with where it says so."""

    title: str
    publisher: str
    section: str
    says: str


@functools.cache
def activities() -> dict[str, Activity]:
    """This will read every activity by its id."""
    held = read_document(CATALOGUE / "duties" / "publicity.yaml").content["activities"]
    return {id: Activity(id, each["title"], each["is_duty"], each["because"]) for id, each in held.items()}


@functools.cache
def publicity_code() -> PublicityCode:
    """This will read the code."""
    held = read_document(CATALOGUE / "duties" / "publicity.yaml").content["code"]
    return PublicityCode(held["title"], held["publisher"], held["section"], held["says"])
