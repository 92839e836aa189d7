"""`commonweal verify`: is this published account whole, whose is it, and do its figures follow from its lines?

It needs the file and nothing else: no database, no network, no settings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from commonweal.engine.account_check import CheckRefused, Report, check_account
from commonweal.web.commands.printing import plural, print_json, read_text, refuse

#: A longer word is no name of a file that holds a key.
_LONGEST_PATH = 250


def verify(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The file of a published account.")],
    previous: Annotated[
        list[Path] | None, typer.Option("--previous", help="An account published before it; give as many as you have.")
    ] = None,
    key: Annotated[str, typer.Option("--key", help="The public key you trust, or a file that holds it.")] = "",
    checkpoint: Annotated[
        str, typer.Option("--checkpoint", metavar="FILE", help="A note of the body's accounts that was kept.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Recompute a published account offline, and check its signature and what it follows on."""
    trusted = read_text("--key", key).strip() if key and len(key) < _LONGEST_PATH and Path(key).is_file() else key
    noted = read_text("--checkpoint", checkpoint) if checkpoint else ""
    if checkpoint and not noted.strip():
        refuse(f"--checkpoint: {checkpoint} is empty. Give the file that was kept.")
    try:
        report = check_account(bundle, previous=previous or (), key=trusted, checkpoint=noted)
    except CheckRefused as error:
        refuse(f"{bundle}: {error}.")
    except OSError as error:
        refuse(f"{error.filename or bundle}: {error.strerror or error}. Give the file of a published account.")
    if json:
        print_json(_as_json(report))
    else:
        _say(report)
    raise typer.Exit(0 if report.is_well else 1)


def _as_json(report: Report) -> dict[str, Any]:
    told = report.manifest
    return {
        "well": report.is_well,
        "account": told and {
            "body": told.body["name"], "body_id": told.body["id"], "year": told.year.slug, "number": told.number,
            "made_at": told.made_at.isoformat(), "restates": told.restates and told.restates.number,
            "previous": told.previous and told.previous.sha256,
        },
        "sha256": report.sha256, "public_key": report.public_key or None, "trusted_by": report.trust or None,
        "lines": report.lines, "figures": report.figures,
        "faults": [{"member": each.member, "place": each.place, "words": each.words} for each in report.faults],
        "notes": list(report.notes),
        "not_recomputed": [{"reason": why, "lines": lines} for why, lines in report.not_recomputed],
    }  # fmt: skip


def _say(report: Report) -> None:
    told = report.manifest
    if told:
        invented = " (invented for demonstration)" if told.is_invented else ""
        typer.echo(f"{_safe(told.body['name'])}{invented}: account {told.number}, of {told.year.name}")
        if told.restates:
            typer.echo(f"It restates account {told.restates.number}.")
    typer.echo(f"SHA-256 {report.sha256}")
    for fault in report.faults:
        typer.echo(_safe(f"FAULT {fault}"))
    if report.faults:
        typer.echo(f"{plural(len(report.faults), 'fault')}: do not rely on this account.")
    else:
        typer.echo(
            f"Nothing was changed: {plural(report.lines, 'line')} come to the {plural(report.figures, 'figure')}."
        )
    if report.trust:
        typer.echo(
            f"Signed by the holder of the {'key you gave' if report.trust == 'key' else 'key of the checkpoint'}."
        )
    for note in report.notes:
        typer.echo(_safe(note))
    for why, lines in report.not_recomputed:
        typer.echo(_safe(f"Not recomputed: {plural(lines, 'line')}, {why}."))


def _safe(text: str) -> str:
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
