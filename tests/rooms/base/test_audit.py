"""Tamper-evident: every edit, removal, re-hashing and roll-back of the record shows (promise 7)."""

from __future__ import annotations

import dataclasses
import random
from datetime import UTC, datetime, timedelta

import pytest

from commonweal.base.actions import record_event
from commonweal.base.audit import FIRST, ChainedEvent, Checkpoint, canonical, event_hash, faults_in_chain
from commonweal.base.checkpoints import CheckpointUnusable, read_checkpoint, signing_key, write_checkpoint
from commonweal.base.queries import chain_of
from commonweal.base.scope import open_scope

START = datetime(2026, 4, 1, 9, tzinfo=UTC)


def chain(length: int) -> list[ChainedEvent]:
    events, previous = [], FIRST
    for seq in range(1, length + 1):
        event = ChainedEvent(
            seq, START + timedelta(minutes=seq), "actor", "room.thing.happened", f"room.thing:{seq}",
            canonical({"quantity": str(seq)}), previous, "",
        )  # fmt: skip
        event = dataclasses.replace(event, hash=event_hash(event))
        events.append(event)
        previous = event.hash
    return events


def rehashed(events: list[ChainedEvent], start: int) -> list[ChainedEvent]:
    """What someone with the whole database can do: change an event and hash everything after it again."""
    events = list(events)
    for index in range(start, len(events)):
        previous = events[index - 1].hash if index else FIRST
        event = dataclasses.replace(events[index], seq=index + 1, previous_hash=previous)
        events[index] = dataclasses.replace(event, hash=event_hash(event))
    return events


def test_whole_chain_has_no_fault():
    events = chain(40)
    assert faults_in_chain(events, [Checkpoint(40, events[-1].hash), Checkpoint(1, events[0].hash)]) == []


@pytest.mark.parametrize("seed", range(1000))
def test_tampering_is_detected(seed):
    chance = random.Random(seed)
    events = chain(24)
    noted = [Checkpoint(events[at].seq, events[at].hash) for at in chance.sample(range(12, 24), 2)] + [
        Checkpoint(24, events[-1].hash)
    ]
    at = chance.randrange(24)
    field, text = chance.choice(
        [("details", '{"quantity":"9999"}'), ("actor", "somebody"), ("action", "x.y.z"), ("subject", "a:b")]
    )
    changed = list(events)
    match chance.choice(
        ["edit", "remove", "swap", "insert", "edit and rehash", "remove and rehash", "roll back", "date"]
    ):
        case "edit":
            changed[at] = dataclasses.replace(changed[at], **{field: text})
        case "date":
            changed[at] = dataclasses.replace(changed[at], at=changed[at].at + timedelta(microseconds=1))
        case "remove":
            del changed[at]
        case "swap":
            other = (at + 1) % 24
            changed[at], changed[other] = changed[other], changed[at]
        case "insert":
            changed.insert(at, dataclasses.replace(changed[at], details="{}"))
        case "edit and rehash":
            changed[at] = dataclasses.replace(changed[at], **{field: text})
            changed = rehashed(changed, at)
        case "remove and rehash":
            del changed[at]
            changed = rehashed(changed, at)
        case "roll back":
            changed = changed[: chance.randrange(12, 23)]
    assert faults_in_chain(changed, noted) != []


@pytest.mark.django_db
def test_stored_events_verify_outside_the_database(body):
    with open_scope(body=body.pk):
        for number in range(5):
            record_event(
                action="base.test.happened", subject=f"base.test:{number}", by=None, body=body, words="ŵ “quoted”\nline"
            )
        events = list(chain_of(body))
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert faults_in_chain(events) == []


def test_checkpoint_round_trip_and_signature(tmp_path):
    key = signing_key(tmp_path / "key")
    text = write_checkpoint({"a-council": Checkpoint(7, "ab" * 32)}, "2026-11-22T00:00:00Z", key)
    assert read_checkpoint(text) == {"a-council": Checkpoint(7, "ab" * 32)}
    with pytest.raises(CheckpointUnusable, match="changed"):
        read_checkpoint(text.replace("7,", "8,"))
    other = write_checkpoint({}, "2026-11-22T00:00:00Z", signing_key(tmp_path / "other"))
    from commonweal.base.checkpoints import public_text

    with pytest.raises(CheckpointUnusable, match="another key"):
        read_checkpoint(other, public_text(key))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"checkpoint": 1, "public_key": "x", "signature": "y"}', "[" * 100_000]
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(CheckpointUnusable):
        read_checkpoint(text)


def test_event_edited_and_hashed_again_is_caught_by_the_one_after_it():
    """Its own hash fits; only that the next one followed another event gives it away."""
    events = chain(24)
    events[11] = dataclasses.replace(events[11], actor="somebody")
    events[11] = dataclasses.replace(events[11], hash=event_hash(events[11]))
    assert faults_in_chain(events) == ["event 13 does not follow the one before it"]
