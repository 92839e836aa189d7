"""`commonweal person-keys`: keys that stand for people, made on the provider's own machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commonweal.sources.person_keys import make_keys
from commonweal.web.commands.printing import plural, refuse


def person_keys(
    people: Annotated[Path, typer.Argument(metavar="PEOPLE.txt", help="One person a line.")],
    salt: Annotated[str, typer.Option("--salt", help="The salt of the period, as the body gave it.")],
) -> None:
    """Make a key for each person of a list; nothing of the list leaves this machine.

    A line holds a National Insurance number, or a surname and a day of birth. Lines that name nobody are refused by
    number, and then no key is written.
    """
    try:
        lines = people.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        refuse(f"{people}: there is no such file. Name a text file with one person a line.")
    except (OSError, UnicodeDecodeError):
        refuse(f"{people}: this is no text. Save the list as plain text (UTF-8), one person a line.")
    made = make_keys(lines, salt.strip())
    if made.refused or not made.keys:
        refuse(
            *[f"{people}, line {number}: {why}" for number, why in made.refused]
            or [f"{people}: nobody is named in it."]
        )
    typer.echo("\n".join(made.keys))
    if made.repeated:
        typer.echo(f"{plural(made.repeated, 'line')} named somebody again; each person has one key.", err=True)
