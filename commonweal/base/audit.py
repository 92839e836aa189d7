"""The append-only record: how an event is hashed, and how anyone checks a chain offline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """One event as it stands in the record; `at` is UTC."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place in a chain that somebody noted earlier."""

    seq: int
    hash: str


def canonical(details: dict[str, object]) -> str:
    """This will write an event's details as one line of canonical JSON (sorted keys, no spaces)."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def event_hash(event: ChainedEvent) -> str:
    """This will hash one event over the one before it: SHA-256 of its seven fields, a line each."""
    at = event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    lines = [event.previous_hash, str(event.seq), at, event.actor, event.action, event.subject, event.details]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def faults_in_chain(events: Iterable[ChainedEvent], noted: Iterable[Checkpoint] = ()) -> list[str]:
    """This will say, a sentence each, where a chain was edited, shortened, reordered or rolled back.

    `events` in order of `seq`; `noted` are checkpoints taken earlier. An empty list means the chain is whole.
    """
    faults: list[str] = []
    expected_seq, previous, hashes = 1, FIRST, {}
    for event in events:
        if event.seq != expected_seq:
            faults.append(f"event {expected_seq} is missing: the next one found is {event.seq}")
        if event.previous_hash != previous:
            faults.append(f"event {event.seq} does not follow the one before it")
        if event_hash(event) != event.hash:
            faults.append(f"event {event.seq} was changed after it was written")
        expected_seq, previous = event.seq + 1, event.hash
        hashes[event.seq] = event.hash
    for point in noted:
        if hashes.get(point.seq) != point.hash:
            faults.append(f"the record does not contain event {point.seq} as it was noted earlier")
    return faults
