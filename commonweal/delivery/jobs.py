"""Long work of the delivery room: reading a file of contracts, and bringing it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.files import FileNotOpen, FileWaits
from commonweal.base.jobs import Progress, checked_content, job
from commonweal.delivery import actions, importing, queries
from commonweal.delivery.policies import check_batch_can_be_brought_in
from commonweal.sources.tables import TableError
from commonweal.sources.tracker_mapping import propose_mapping

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person
    from commonweal.delivery.models import ImportBatch


def _rows(result: importing.Result) -> list[dict[str, Any]]:
    return [
        {"row_number": row.number, "outcome": row.outcome, "repeats": row.repeats, "reasons": row.reasons,
         "cells": row.cells, "notes": row.notes, "agreement_id": row.agreement, "commitment_id": row.commitment, "entry_id": row.entry}
        for row in result.rows
    ]  # fmt: skip


def _content(batch: ImportBatch, given: bytes | None) -> bytes:
    if given is None:
        assert batch.file is not None, "a command hands over the bytes it read"
        return checked_content(batch.file)
    return given


def read_batch(
    batch: ImportBatch, *, by: Person | None, content: bytes | None = None, told: importing.Told | None = None
) -> importing.Result:
    """This will read a batch's file and write its preview: each row's outcome and why.

    `content` is the file where no copy of it is kept. Raises TableError when it holds no table, UnusableMapping when
    its columns cannot be read as they were chosen, FileNotOpen when it may not be opened (FileWaits: not yet), and
    NotPossible when it was dealt with already.
    """
    body = batch.body
    actions.wait_for_other_files(body=body)
    batch.refresh_from_db(fields=["state"])
    table = importing.table_of(batch.name, _content(batch, content))
    signature = importing.signature_of(table)
    if batch.mapping:
        reading = importing.read_with(table, batch.mapping)
    else:
        reading = importing.read_as_before(table, queries.saved_mapping(body, signature))
    proposals = [
        {"column": each.column.name, "letter": each.column.letter, "field": each.field or "",
         "confidence": each.confidence, "reasons": list(each.reasons), "samples": list(each.samples),
         "period": each.period, "measure": each.measure, "carried_down": each.carried_down}
        for each in propose_mapping(table)
    ]  # fmt: skip
    actions.note_reading(
        batch=batch, mapping=reading.mapping.as_json(), proposals=proposals, notes=list(reading.notes),
        signature=signature, sheet=table.sheet,
    )  # fmt: skip
    result = importing.preview(reading, body=body, by=by, told=told)
    actions.note_outcome(by=by, batch=batch, rows=_rows(result), pence=result.pence, state="previewed")
    return result


def accept_batch(
    batch: ImportBatch, *, by: Person | None, content: bytes | None = None, told: importing.Told | None = None
) -> importing.Result:
    """This will bring a previewed file in; raises NotPossible when it was brought in or undone already."""
    actions.wait_for_other_files(body=batch.body)
    batch.refresh_from_db(fields=["state", "mapping"])
    check_batch_can_be_brought_in(batch)
    table = importing.table_of(batch.name, _content(batch, content))
    reading = importing.read_with(table, batch.mapping)
    result = importing.bring_in(reading, body=batch.body, by=by, batch=batch, told=told)
    actions.note_outcome(by=by, batch=batch, rows=_rows(result), pence=result.pence, state="imported")
    return result


@job("delivery.read_file")
def read_file(*, body: Body, by: Person | None, progress: Progress, batch: str) -> str:
    """This will read a file and show what bringing it in would do."""
    found = queries.get_batch(body, batch)
    page = reverse("delivery:import_page", args=[body.slug, batch])
    if found.state != "previewed":
        return page
    try:
        read_batch(found, by=by, told=lambda done, total: progress(done, total, f"{done} of {total} rows read"))
    except FileWaits:
        raise
    except (TableError, FileNotOpen) as error:
        actions.refuse_file(by=by, batch=found, reason=str(error))
    return page


@job("delivery.bring_in")
def bring_in(*, body: Body, by: Person | None, progress: Progress, batch: str) -> str:
    """This will bring a file's rows in; asked for twice, it does so once."""
    found = queries.get_batch(body, batch)
    try:
        accept_batch(found, by=by, told=lambda done, total: progress(done, total, f"{done} of {total} rows brought in"))
    except FileWaits:
        raise
    except NotPossible:
        pass  # brought in or undone while this waited its turn: its page says so
    return reverse("delivery:import_page", args=[body.slug, batch])
