"""What must always be true of the stored rows: SQL rules that return no row, and chains that hold.

Each room lists its own rules in its `invariants.py`; `commonweal check` and the fault tests run them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import connection

#: How many of a rule's offending rows a finding names.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """One rule: its permanent id, the sentence that is true when no row comes back, and the query for the others.

    The query's first column names the offending row by its outward id.
    """

    id: str
    sentence: str
    sql: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold, and the rows it does not hold for (the first twenty)."""

    id: str
    sentence: str
    rows: tuple[str, ...]
    count: int


def invariants() -> list[Invariant]:
    """This will gather every room's rules; raises ValueError when two have the same id."""
    found: dict[str, Invariant] = {}
    for app in apps.get_app_configs():
        module = f"{app.name}.invariants"
        if not app.name.startswith("commonweal.") or find_spec(module) is None:
            continue
        for rule in getattr(import_module(module), "RULES", ()):
            if rule.id in found:
                raise ValueError(f"two invariants are called {rule.id}")
            found[rule.id] = rule
    return list(found.values())


def broken() -> list[Broken]:
    """This will run every rule over every body's rows and answer those that do not hold. Needs the owner role."""
    faults = []
    with connection.cursor() as cursor:
        for rule in invariants():
            cursor.execute(rule.sql)
            rows = cursor.fetchall()
            if rows:
                faults.append(Broken(rule.id, rule.sentence, tuple(str(row[0]) for row in rows[:SHOWN]), len(rows)))
    return faults


RULES = (
    Invariant(
        "base.membership-in-order",
        "A role does not end before it starts.",
        "SELECT public_id FROM base_membership WHERE ended_at < started_at",
    ),
    Invariant(
        "base.file-has-hash",
        "Every stored file has its hash and its size.",
        "SELECT public_id FROM base_storedfile WHERE length(sha256) <> 64 OR size <= 0",
    ),
    Invariant(
        "base.finished-jobs-say-when",
        "A job that finished or failed says when.",
        "SELECT public_id FROM base_jobrun WHERE state IN ('finished', 'failed') AND finished_at IS NULL",
    ),
)
