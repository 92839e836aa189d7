"""`commonweal check`: is everything that must be true of the stored rows true, and is the record whole?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from commonweal.base.checkpoints import CheckpointUnusable, read_checkpoint, signing_key, write_checkpoint
from commonweal.base.postgres import PostgresUnavailable
from commonweal.web.commands.database import database_as, is_installed, var_folder
from commonweal.web.commands.printing import plural, refuse, write_whole


def check(
    against: Annotated[
        Path | None, typer.Option("--against", help="A checkpoint noted earlier: is all it names still there?")
    ] = None,
    note: Annotated[Path | None, typer.Option("--note", help="Write a signed checkpoint of the record here.")] = None,
    trusted_key: Annotated[
        str, typer.Option("--key", help="The public key you trust; without it, the file's own.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Check the invariants of every table and the chain of every body's record."""
    try:
        noted = read_checkpoint(against.read_text(), trusted_key) if against else {}
    except OSError as error:
        refuse(f"{against}: {error.strerror or error}. Give a checkpoint file.")
    except UnicodeDecodeError:
        refuse(f"{against}: this is not text, so it is no checkpoint. Give a file that commonweal check --note wrote.")
    except CheckpointUnusable as error:
        refuse(f"{against}: {error}")
    if note and not note.parent.is_dir():
        refuse(f"{note}: there is no folder '{note.parent}' to write the checkpoint into.")
    if not is_installed():
        refuse("There is no Commonweal in this folder. Run this where `commonweal up` runs, or set COMMONWEAL_VAR.")
    try:
        with database_as(owner=True):
            found = _checked(noted)
    except PostgresUnavailable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if note:
        key = signing_key(var_folder() / "secrets" / "checkpoint-key")
        try:
            write_whole(note, write_checkpoint(found["heads"], found["taken_at"], key))
        except OSError as error:
            refuse(f"{note}: the checkpoint cannot be written: {error.strerror or error}.")
    answer = {
        "rules": found["rules"], "broken": found["broken"], "events": found["events"], "faults": found["faults"],
        "checkpoint": str(note) if note else None,
    }  # fmt: skip
    if as_json:
        typer.echo(json.dumps(answer, indent=1))
    else:
        _say(answer)
    if found["broken"] or found["faults"]:
        raise typer.Exit(1)


def _checked(noted: dict[str, Any]) -> dict[str, Any]:
    from commonweal.base.audit import Checkpoint, faults_in_chain
    from commonweal.base.invariants import broken, invariants
    from commonweal.base.queries import bodies, chain_of, database_now
    from commonweal.base.scope import open_scope

    faults, heads, count = [], {}, 0
    for body in [None, *bodies()]:
        name = body.slug if body else "platform"
        with open_scope(body=body.pk if body else 0):
            events = list(chain_of(body))
        points = [noted[name]] if name in noted else []
        faults += [{"chain": name, "fault": fault} for fault in faults_in_chain(events, points)]
        count += len(events)
        if events:
            heads[name] = Checkpoint(events[-1].seq, events[-1].hash)
    known = {body.slug for body in bodies()} | {"platform"}
    faults += [{"chain": name, "fault": "this chain is gone"} for name in sorted(set(noted) - known)]
    wrong = [
        {"id": each.id, "sentence": each.sentence, "rows": list(each.rows), "count": each.count} for each in broken()
    ]
    return {
        "rules": len(invariants()), "broken": wrong, "events": count, "faults": faults, "heads": heads,
        "taken_at": database_now().isoformat(),
    }  # fmt: skip


def _say(answer: dict[str, Any]) -> None:
    for each in answer["broken"]:
        typer.echo(f"BROKEN {each['id']}: {each['sentence']} {plural(each['count'], 'row')}: {', '.join(each['rows'])}")
    for each in answer["faults"]:
        typer.echo(f"FAULT in the record of {each['chain']}: {each['fault']}")
    held = answer["rules"] - len(answer["broken"])
    typer.echo(
        f"{held} of {answer['rules']} rules hold; {plural(answer['events'], 'event')} in the record, "
        f"{plural(len(answer['faults']), 'fault')}."
    )
    if answer["checkpoint"]:
        typer.echo(f"Checkpoint written to {answer['checkpoint']}. Keep it somewhere else.")
