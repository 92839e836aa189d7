"""`commonweal reference`: write the generated pages of docs/reference again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def reference(
    folder: Annotated[Path, typer.Argument(help="Where the reference pages lie.")] = Path("docs/reference"),
) -> None:
    """Write the pages that are generated from the code and the catalogue."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commonweal.web.settings")
    import django

    django.setup()
    from commonweal.web.reference import write_pages

    for path in write_pages(folder):
        typer.echo(str(path))
