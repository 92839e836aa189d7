"""How every command speaks: JSON, tables that are plain when nobody is looking, and one line for what is wrong."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def refuse(*reasons: object) -> NoReturn:
    """This will say on standard error, a line for each, why the input is wrong, and stop with exit code 2."""
    for reason in reasons:
        typer.echo(_printable(" ".join(str(reason).split())), err=True)
    raise typer.Exit(2)


def print_json(answer: Any) -> None:
    """This will print an answer as JSON, letters of every language as they are."""
    typer.echo(as_text(answer), nl=False)


def as_text(answer: Any) -> str:
    """This will write an answer as JSON text that ends in a line end."""
    text = json.dumps(answer, indent=2, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "replace").decode()  # a file name may hold bytes that are no letters


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[str] = (), *,
    is_first: bool = False,
) -> None:  # fmt: skip
    """This will print a table, drawn on a terminal and plain otherwise; columns named in `right` are set right.

    A blank line stands above it, unless it `is_first` of all that is printed.
    """
    rows = [[_printable(str(cell)) for cell in row] for row in rows]
    if not rows:
        return
    title = _printable(title)
    if not is_first:
        typer.echo("")
    if sys.stdout.isatty():
        table = Table(title=title, title_justify="left")
        for column in columns:
            table.add_column(column, justify="right" if column in right else "left")
        for row in rows:
            table.add_row(*map(Text, row))
        Console().print(table)
        return
    typer.echo(title)
    widths = [max(len(row[i]) for row in (columns, *rows)) for i in range(len(columns))]
    for row in (columns, *rows):
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, cell, width in zip(columns, row, widths, strict=True)
        ]
        typer.echo("  ".join(cells).rstrip())


def plural(number: int, one: str, many: str = "") -> str:
    """This will count things in words: 1 line, 2 lines, or 2 matches where `many` says so."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _printable(text: str) -> str:
    """This will keep what a file says from steering the terminal."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def read_day(option: str, written: str) -> date:
    """This will read a date written year-month-day, or stop with exit code 2."""
    try:
        if not _DATE.fullmatch(written):
            raise ValueError
        return date.fromisoformat(written)
    except ValueError:
        refuse(f"{option}: '{written}' is not a date. Write year-month-day, such as 2026-04-01.")


def read_text(option: str, path: str) -> str:
    """This will read a UTF-8 text file that an option names, or stop with exit code 2."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        refuse(f"{option}: {path} is not a text file, or not in UTF-8. Give a text file, saved as UTF-8.")
    except (OSError, ValueError) as error:
        refuse(f"{option}: {path} cannot be read: {getattr(error, 'strerror', None) or error}.")


def write_whole(path: Path, text: str) -> None:
    """This will write a file whole or not at all: beside its place first, then moved into it. Raises OSError."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, 0o666 & ~mask)  # as a file written in the ordinary way would be
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
