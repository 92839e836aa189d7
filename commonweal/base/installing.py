"""Bringing a database up to date: migrations and walls, as the owner role."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.db import connection

from commonweal.base.walls import own_models, raise_walls


def bring_up_to_date() -> None:
    """This will migrate the database and write its walls; safe to run again, one at a time.

    Must run on a connection of the owner role (`COMMONWEAL_ROLE=owner`).
    """
    runtime = unquote(urlsplit(os.environ["COMMONWEAL_RUNTIME_URL"]).username or "")
    owner = connection.settings_dict["USER"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7305801)")  # two installers wait for each other
    try:
        call_command("migrate", verbosity=0, interactive=False)
        raise_walls(owner, runtime)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(7305801)")


def collect_static_files() -> None:
    """This will put the static files, with hashed names, where the web server reads them; quick when nothing changed."""
    call_command("collectstatic", verbosity=0, interactive=False)


def count_rows() -> None:
    """This will have the database count its rows, in the open transaction; as the owner role.

    Knowing nothing of rows just written, it would plan for empty tables and take minutes over what takes milliseconds.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in own_models())}")
