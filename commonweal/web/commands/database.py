"""Giving a command its database: started if need be, Django set up, as the runtime or the owner role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commonweal.base import postgres


def var_folder() -> Path:
    """This will say where the product keeps its own things: $COMMONWEAL_VAR, or `var` where the command runs."""
    folder = Path(os.environ.get("COMMONWEAL_VAR", "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_installed() -> bool:
    """This will say whether the product has a database here, without making one."""
    if os.environ.get("DATABASE_URL") or "COMMONWEAL_OWNER_URL" in os.environ:
        return True
    return (Path(os.environ.get("COMMONWEAL_VAR", "var")) / "secrets").is_dir()


@contextmanager
def database_as(*, owner: bool = False) -> Iterator[postgres.Connections]:
    """This will open the product's database for one command and set Django up; nothing is set up twice.

    Raises PostgresUnavailable with a sentence when there is no database to be had.
    """
    if "COMMONWEAL_RUNTIME_URL" in os.environ and "COMMONWEAL_OWNER_URL" in os.environ:
        given = postgres.Connections(os.environ["COMMONWEAL_OWNER_URL"], os.environ["COMMONWEAL_RUNTIME_URL"])
        _set_up(given, owner)
        yield given
        return
    with postgres.database(var_folder()) as connections:
        _set_up(connections, owner)
        try:
            yield connections
        finally:
            from django.db import connections as open_connections

            open_connections.close_all()


def _set_up(connections: postgres.Connections, owner: bool) -> None:
    os.environ.update(connections.environment(as_owner=owner))
    os.environ.setdefault("COMMONWEAL_VAR", str(var_folder()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commonweal.web.settings")
    import django

    django.setup()
