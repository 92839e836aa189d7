"""One real PostgreSQL for every test: migrated and walled as owner, worked in as the runtime role.

The first process starts the server (or finds the one DATABASE_URL names) and builds a template; each worker works in
a clone of its own.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "test"
TEMPLATE = "commonweal_test"
os.environ.setdefault("COMMONWEAL_VAR", str(VAR))
os.environ.setdefault("COMMONWEAL_SECOND_FACTOR", "0")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commonweal.web.settings")

from commonweal.base import postgres  # noqa: E402  the settings above must come first

_stack = ExitStack()


def _drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    """Nothing to do: the hook keeps this file early."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_started] = False
    if hasattr(config, "workerinput"):
        return
    samples = os.environ.get("COMMONWEAL_SAMPLES", "")
    config.stash[_samples] = bool(samples)


_started = pytest.StashKey[bool]()
_samples = pytest.StashKey[bool]()
