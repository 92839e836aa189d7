"""Runs the command line: `commonweal ...`, or `python -m commonweal ...`."""

from __future__ import annotations

import os
import sys

import typer

from commonweal.web.cli import app

# Newer releases of typer carry a copy of click of their own, so its error is found and not imported.
_Misused: type[Exception] = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")


def main() -> None:
    """This will run one command and leave with its exit code; what is wrong with the words given is one line."""
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except _Misused as error:
        message = str(error.format_message())  # type: ignore[attr-defined]
        if message:  # the words that explain every command have been printed where none was named
            typer.echo(" ".join(message.split()), err=True)
        code = 2
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("Stopped.", err=True)
        code = 130
    except BrokenPipeError:
        # Whoever was reading has heard enough; say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
