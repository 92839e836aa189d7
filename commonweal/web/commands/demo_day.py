"""`commonweal demo-day`: sets the demonstration forward to a day, so that quarters pass while somebody watches."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import Annotated

import typer

from commonweal.base.postgres import PostgresUnavailable
from commonweal.web.commands.database import database_as, is_installed, var_folder
from commonweal.web.commands.printing import refuse

NOT_HERE = (
    "There is no demonstration in this folder. Run this where `commonweal up --demo` runs, or set COMMONWEAL_VAR."
)


def demo_day(
    day: Annotated[
        datetime | None,
        typer.Argument(formats=["%Y-%m-%d"], help="The day it is to be; without one, says which it is."),
    ] = None,
) -> None:
    """Set the demonstration forward to a day; what goes by itself by that day is done. Every page says so."""
    if not is_installed() or not (var_folder() / "demo-sign-ins.json").exists():
        refuse(NOT_HERE)
    os.environ["COMMONWEAL_DEMO"] = "1"
    try:
        with database_as():
            told = _set(day.date()) if day else _now()
    except PostgresUnavailable as error:
        refuse(error)
    typer.echo(told)


def _now() -> str:
    from commonweal.directory.queries import today

    return f"It is {today():%-d %B %Y} in the demonstration."


def _set(day: date) -> str:
    from commonweal.base.day import set_day_forward
    from commonweal.base.errors import NotPossible
    from commonweal.base.jobs import defer_what_goes_by_itself
    from commonweal.base.queries import bodies
    from commonweal.directory.queries import today

    real = [body.name for body in bodies() if not (body.is_invented or body.is_example)]
    if real:
        refuse(f"{real[0]} is no body of the demonstration, so the day here stays the clock's.")
    try:
        set_day_forward(day, today())
    except NotPossible as error:
        refuse(error)
    defer_what_goes_by_itself()
    return _now()
