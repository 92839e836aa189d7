"""`commonweal peer-pack`: open a pack for a peer challenge, check that it is whole, and say what is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commonweal.engine.peer_pack import Pack, PackUnreadable, read_pack
from commonweal.web.commands.printing import print_json, print_table, refuse


def peer_pack(
    file: Annotated[Path, typer.Argument(help="The pack: a zip file.", exists=True, dir_okay=False)],
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Open a pack for a peer challenge, check every file of it, and say what it holds."""
    try:
        found = read_pack(file)
    except PackUnreadable as error:
        refuse(str(error))
    if json:
        print_json(
            {
                "about": dict(found.about), "whole": not found.wrong, "wrong": list(found.wrong),
                "files": [{"name": name, "bytes": len(content)} for name, content in sorted(found.files.items())],
                "self_assessment": found.table("self-assessment.csv")[1:],
                "comparators": found.table("comparators.csv")[1:],
            }
        )  # fmt: skip
    else:
        _say(found)
    if found.wrong:
        raise typer.Exit(1)


def _say(found: Pack) -> None:
    about = found.about
    typer.echo(f"{about.get('title', 'Peer-challenge pack')}")
    typer.echo(
        f"{about.get('body', 'Nobody named')}, {about.get('year', 'no year')}. Made on {about.get('made_on', '?')}."
    )
    if found.wrong:
        typer.echo("\nNOT WHOLE: do not rely on it.")
        for each in found.wrong:
            typer.echo(f"* {each}")
    else:
        typer.echo(f"Whole: all {len(found.files)} files are as they were packed.")
    for name, title in (("self-assessment.csv", "Self-assessment"), ("comparators.csv", "Comparators")):
        table = found.table(name)
        if table:
            typer.echo("")
            shown = table[0][:4]
            print_table(title, tuple(shown), [tuple(row[: len(shown)]) for row in table[1:]])
    evidence = sorted(name for name in found.files if name.startswith("evidence/"))
    if evidence:
        typer.echo("\nEvidence in the pack:")
        for name in evidence:
            typer.echo(f"* {name} ({len(found.files[name]):,} bytes)")
