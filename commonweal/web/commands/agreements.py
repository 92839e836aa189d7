"""`commonweal agreements`: a file of contracts brought in, or taken back, by the code the pages use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commonweal.base.postgres import PostgresUnavailable
from commonweal.engine.document import each_once
from commonweal.web.commands.database import database_as, is_installed
from commonweal.web.commands.printing import print_json, print_table, refuse

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.delivery.importing import Result
    from commonweal.delivery.models import ImportBatch

app = typer.Typer(help="Files of contracts and promises: bring one in, or take it back.", no_args_is_help=True)

OUTCOMES = ("accepted", "unchanged", "rejected")
#: How many rejected rows the words list; `--json` lists them all.
SHOWN = 50
_POUNDS = {"agreement.contract_value": "Contract value", "commitment.value": "Promised, as contracted"}

BodyOption = Annotated[str, typer.Option("--body", help="The body, by the name in its address.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


class _NothingKept(Exception):
    """Rolls back what was only to be looked at."""


@app.callback()
def agreements() -> None:
    """This will group the commands about agreements."""


@contextmanager
def _working_in(slug: str) -> Iterator[Body]:
    """This will open a body's scope and one transaction, all of it or nothing; stops with 2 where there is none."""
    if not is_installed():
        refuse("There is no Commonweal in this folder. Run this where `commonweal up` runs, or set COMMONWEAL_VAR.")
    try:
        with database_as():
            from commonweal.base.queries import find_body
            from commonweal.base.scope import open_scope

            body = find_body(slug)
            if body is None:
                refuse(f"--body: there is no body {slug!r} here.")
            with open_scope(body=body.pk):
                yield body
    except PostgresUnavailable as error:
        refuse(error)


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help="A CSV, TSV, Excel (.xlsx or .xls) or OpenDocument (.ods) file, as it is.")
    ],
    body: BodyOption,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="What each column is, as the JSON of an earlier answer.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and keep nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a file of contracts in: every row is accepted, here already, or rejected with its cell and reason."""
    columns = _read_mapping(mapping) if mapping else None
    try:
        content = file.read_bytes()
    except OSError as error:
        refuse(f"{file}: {error.strerror or error}.")
    with _working_in(body) as found:
        from django.db import transaction

        from commonweal.base.errors import NotPossible
        from commonweal.base.files import UnusableFile
        from commonweal.delivery import actions, jobs
        from commonweal.delivery.importing import UnusableMapping
        from commonweal.sources.tables import TableError

        batch: ImportBatch | None = None
        result: Result | None = None
        try:
            with transaction.atomic():
                batch = actions.open_batch(by=None, body=found, name=file.name, content=content)
                if columns is not None:
                    actions.choose_columns(by=None, batch=batch, mapping=columns)
                result = jobs.read_batch(batch, by=None, content=content)
                if dry_run or not batch.accepted:
                    raise _NothingKept
                result = jobs.accept_batch(batch, by=None, content=content)
        except _NothingKept:
            pass
        except (UnusableFile, TableError, UnusableMapping, NotPossible) as error:
            refuse(error)
        assert batch is not None
        assert result is not None
        kept = not dry_run and bool(result.count("accepted"))
        answer = _answer(batch, result, kept)
    if as_json:
        print_json(answer)
    else:
        _say(answer, dry_run)
    raise typer.Exit(1 if answer["rows"]["rejected"] else 0)


@app.command()
def undo(
    batch: Annotated[str, typer.Argument(help="The file, by the reference its import printed.")],
    body: BodyOption,
    as_json: JsonOption = False,
) -> None:
    """Take what a file brought in out of every list and figure. Refused once somebody has built on it."""
    with _working_in(body) as found:
        from django.core.exceptions import ObjectDoesNotExist

        from commonweal.base.errors import NotPossible
        from commonweal.delivery import actions
        from commonweal.delivery.queries import get_batch

        try:
            held = get_batch(found, batch)
        except ObjectDoesNotExist:
            refuse(f"There is no file {batch!r} in {found.name}.")
        try:
            actions.undo_batch(by=None, batch=held)
        except NotPossible as error:
            refuse(error)
        answer = {"batch": held.public_id, "file": held.name, "state": held.state, "rows": held.rows_in}
    if as_json:
        print_json(answer)
    else:
        typer.echo(f"{answer['file']} is undone: nothing of it is in any list or figure.")


def _read_mapping(path: Path) -> list[dict[str, Any]]:
    """This will read a mapping: a list of columns, or an earlier answer that holds one under `mapping`."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=each_once)
    except OSError as error:
        refuse(f"{path}: {error.strerror or error}.")
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        refuse(f"{path}: this is not JSON. Give the list under `mapping` of an earlier answer with --json.")
    except ValueError as error:
        refuse(f"{path}: {error}. Keep one of them.")
    columns = read.get("mapping") if isinstance(read, dict) else read
    if not isinstance(columns, list) or not columns or not all(isinstance(each, dict) for each in columns):
        refuse(f"{path}: a mapping is a list of columns, each with its column and field.")
    return columns


def _answer(batch: ImportBatch, result: Result, kept: bool) -> dict[str, Any]:
    return {
        "batch": batch.public_id if kept else None,
        "file": batch.name,
        "sha256": batch.sha256,
        "sheet": batch.sheet,
        "kept": kept,
        "rows": {"read": len(result.rows)} | {name: result.count(name) for name in OUTCOMES},
        "pounds": result.pence,
        "balances": result.balances(),
        "notes": batch.notes,
        "mapping": batch.mapping,
        "rejected": [
            {"row": row.number, **reason} for row in result.rows if row.outcome == "rejected" for reason in row.reasons
        ],
    }


def _say(answer: dict[str, Any], dry_run: bool) -> None:
    rows = answer["rows"]
    lines = [("Rows", *(f"{rows[name]:,}" for name in ("read", *OUTCOMES)))]
    for key, label in _POUNDS.items():
        split = {name: Decimal(amount) for name, amount in answer["pounds"].get(key, {}).items()}
        if any(split.values()):
            lines.append((f"{label} (£)", *(f"{split[name]:,.2f}" for name in ("read", *OUTCOMES))))
    headings = ("What", "In the file", "Accepted", "Here already or repeated", "Rejected")
    print_table(answer["file"], headings, lines, right=headings[1:])
    for key, label in _POUNDS.items():
        if unreadable := int(answer["pounds"].get(key, {}).get("unreadable", 0)):
            typer.echo(f"{label}: {unreadable:,} more cannot be read and are in no sum; their rows are rejected.")
    contracts = answer["pounds"].get("agreement.contract_value", {})
    if "once" in contracts:
        number, pounds = int(contracts["agreements"]), Decimal(contracts["once"])
        typer.echo(f"Agreements made: {number:,}, worth £{pounds:,.2f} with each counted once.")
    rejected = [
        (str(reason["row"]), _cell(reason["cell"]), reason["heading"],
         f"{reason['reason'].rstrip('.')}. {reason['fix']}".strip())
        for reason in answer["rejected"]
    ]  # fmt: skip
    print_table("Rejected", ("Row", "Cell", "Column", "Why, and what to do"), rejected[:SHOWN])
    if len(rejected) > SHOWN:
        typer.echo(f"{len(rejected) - SHOWN:,} more; --json lists them all.")
    typer.echo("")
    for note in answer["notes"]:
        typer.echo(note)
    if answer["kept"]:
        typer.echo(
            f"Brought in as {answer['batch']}. To take it back: commonweal agreements undo {answer['batch']} --body …"
        )
    elif dry_run:
        typer.echo("A dry run: nothing was kept.")
    else:
        typer.echo("Nothing in the file is new, so nothing was kept.")


def _cell(place: str) -> str:
    """This will give a cell's letter and number without its sheet; nothing for a row as a whole, or a text about it."""
    cell = place.rpartition("!")[2]
    return cell if cell[:1].isupper() else ""
