"""Long work of the frameworks room: reading a licensed workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.files import FileNotOpen, FileWaits
from commonweal.base.jobs import Progress, checked_content, job
from commonweal.frameworks import actions, queries, workbooks
from commonweal.sources.tables import TableError

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person
    from commonweal.frameworks.models import LicensedWorkbook


def read_held(held: LicensedWorkbook, *, by: Person | None, sheet: str = "", heading_row: int | None = None) -> None:
    """This will read a workbook as it stands chosen, and write what became of every row.

    `sheet` and `heading_row` are a person's choice of another table. Raises NotPossible when it was dealt with already, FileWaits
    when it could not be checked yet.
    """
    body = held.body
    try:
        reading = workbooks.read(
            checked_content(held.file), held.name, saved=queries.saved_columns(body), chosen=held.mapping,
            place=(sheet, heading_row) if sheet else None, stated=held.stated,
        )  # fmt: skip
    except FileWaits:
        raise
    except (TableError, FileNotOpen) as error:
        if held.mapping:  # a sheet or row that somebody chose: what was read before stands
            actions.note_problem(body=body, workbook=held, problem=str(error))
        else:
            actions.refuse_workbook(body=body, by=by, workbook=held, reason=str(error))
    else:
        actions.note_workbook(body=body, by=by, workbook=held, reading=reading)


@job("frameworks.read_workbook")
def read_workbook(
    *, body: Body, by: Person | None, progress: Progress, workbook: str, sheet: str = "", heading_row: int | None = None
) -> str:
    """This will read a workbook and account for every row."""
    progress(0, None, "Reading the workbook")
    try:
        read_held(queries.get_workbook(workbook), by=by, sheet=sheet, heading_row=heading_row)
    except FileWaits:
        raise
    except NotPossible:
        pass  # published or undone while this waited its turn: its page says so
    return reverse("frameworks:workbook", args=[body.slug, workbook])
