"""`commonweal places load`: the country's places, from the files that come with the product or a folder like them."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from commonweal.base.errors import NotPossible
from commonweal.base.postgres import PostgresUnavailable
from commonweal.sources.places import PlaceFileUnreadable, read_places
from commonweal.web.commands.database import database_as

app = typer.Typer(
    help="Places: councils, wards, small areas, deprivation, outlines and postcodes.", no_args_is_help=True
)

#: How many refused rows the words list; `--json` lists them all.
SHOWN = 20


@app.callback()
def places() -> None:
    """This will group the commands about places."""


@app.command()
def load(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of place files. Without it: those of the catalogue.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Load places into the database, all of them or none. Loading again changes only what differs."""
    started = time.monotonic()
    try:
        feed = read_places(folder)
        with database_as(owner=True):
            from django.db import connection  # these need Django to be set up

            from commonweal.directory.actions import load_places

            if "directory_place" not in connection.introspection.table_names():
                raise PostgresUnavailable("The database has no tables yet. Run `commonweal up` once, then load again.")
            watching = sys.stderr.isatty() and not as_json
            with Progress(
                SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True),
                transient=True, disable=not watching,
            ) as shown:  # fmt: skip
                task = shown.add_task("Places")

                def progress(kind: str, rows: int) -> None:
                    shown.update(task, description=f"{kind.capitalize()}: {rows:,} read")

                loaded = load_places(feed, progress=progress)
    except (PlaceFileUnreadable, NotPossible, PostgresUnavailable, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        typer.echo("Stopped. Nothing was written.", err=True)
        raise typer.Exit(130) from None
    seconds = time.monotonic() - started
    if as_json:
        typer.echo(json.dumps(_as_json(loaded), indent=2, ensure_ascii=False))
    else:
        _say(loaded, seconds)
    raise typer.Exit(1 if loaded.rejected else 0)


def _as_json(loaded: Any) -> dict[str, Any]:
    return {
        "kinds": [
            {"kind": kind.kind, "accepted": kind.accepted, "unchanged": kind.unchanged, "rejected": kind.rejected}
            for kind in loaded.kinds
        ],
        "files": [
            {
                "file": file.file, "rows_in": file.rows_in, "accepted": file.accepted,
                "duplicates": file.duplicates, "rejected": file.rejected,
            }
            for file in loaded.files
        ],
        "rejected": [
            {"file": row.file, "row": row.row, "column": row.column, "reason": row.reason, "remedy": row.remedy}
            for row in loaded.rejected
        ],
    }  # fmt: skip


def _say(loaded: Any, seconds: float) -> None:
    console = Console()
    table = Table("What", "Accepted", "Unchanged", "Rejected", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in loaded.kinds:
        table.add_row(kind.kind.capitalize(), f"{kind.accepted:,}", f"{kind.unchanged:,}", f"{kind.rejected:,}")
    console.print(table)
    for row in loaded.rejected[:SHOWN]:
        where = f"{row.file}, row {row.row}" + (f", {row.column}" if row.column else "")
        console.print(f"{where}: {row.reason}. {row.remedy}", markup=False, highlight=False)
    if len(loaded.rejected) > SHOWN:
        console.print(f"{len(loaded.rejected) - SHOWN:,} more rows were rejected; --json lists them all.")
    total = sum(file.rows_in for file in loaded.files)
    console.print(f"{total:,} rows of {len(loaded.files)} files in {seconds:.0f} seconds.", highlight=False)
