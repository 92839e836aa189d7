"""Bringing a database up to date: migrations and walls, as the owner role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.db import connection
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import BaseConstraint

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
        with _few_models_rendered():
            call_command("migrate", verbosity=0, interactive=False)
        raise_walls(owner, runtime)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(7305801)")


@contextmanager
def _few_models_rendered() -> Iterator[None]:
    """This will spare the migrations of a fresh database two thirds of their time, which pass without a single query.

    Django makes the classes of all related models anew for each new table and each constraint, and nearly all our models
    are related. A new table's class can be made alone, since nothing refers to it yet; a constraint is written on its class.
    """
    add_model, add_constraint = ProjectState.add_model, ProjectState.add_constraint

    def add_model_alone(state: ProjectState, model_state: ModelState) -> None:
        made = state.__dict__.pop("apps", None)
        add_model(state, model_state)
        if made is not None:
            state.__dict__["apps"] = made
            made.render_multiple([model_state])

    def add_constraint_alone(state: ProjectState, app_label: str, model_name: str, constraint: BaseConstraint) -> None:
        made = state.__dict__.pop("apps", None)
        add_constraint(state, app_label, model_name, constraint)
        if made is not None:
            state.__dict__["apps"] = made
            constraints = state.models[app_label, model_name].options["constraints"]
            made.get_model(app_label, model_name)._meta.constraints = list(constraints)

    with patch.multiple(ProjectState, add_model=add_model_alone, add_constraint=add_constraint_alone):
        yield


def collect_static_files() -> None:
    """This will put the static files, with hashed names, where the web server reads them; quick when nothing changed."""
    call_command("collectstatic", verbosity=0, interactive=False)


def count_rows() -> None:
    """This will have the database count its rows, in the open transaction; as the owner role.

    Knowing nothing of rows just written, it would plan for empty tables and take minutes over what takes milliseconds.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in own_models())}")
