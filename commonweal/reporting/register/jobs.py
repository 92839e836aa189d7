"""Long work of this room: reading a file of money, and bringing it in."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.files import FileNotOpen, FileWaits
from commonweal.base.jobs import Progress, checked_content, job
from commonweal.reporting.register import actions, importing, queries
from commonweal.reporting.register.policies import check_file_can_be_brought_in
from commonweal.sources.finance import MappingUnusable, read_finance
from commonweal.sources.finance_mapping import propose, signature
from commonweal.sources.tables import TableError

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person
    from commonweal.reporting.register.models import MoneyFile


def _rows(found: importing.Plan) -> list[dict[str, Any]]:
    return [
        {"row_number": row.number, "outcome": row.outcome, "repeats": row.repeats, "reasons": row.reasons,
         "cells": row.cells, "notes": row.notes}
        for row in found.rows
    ]  # fmt: skip


def read_money_file(found: MoneyFile, *, by: Person | None) -> None:
    """This will read a file and write its preview: each row's outcome and why, or why the file is refused.

    Raises NotPossible when it was dealt with already, and FileWaits when it may not be opened yet.
    """
    actions.wait_for_other_files(body=found.body)
    found.refresh_from_db(fields=["state", "mapping"])
    kind: Any = found.kind
    try:
        table = importing.table_of(found.name, checked_content(found.file), kind)
        proposals = propose(table, kind)
        told = [
            {"column": each.column.name, "letter": each.column.letter, "field": each.field or "",
             "reasons": list(each.reasons), "samples": list(each.samples), "period": each.period}
            for each in proposals
        ]  # fmt: skip
        marks = signature(table, kind)
        actions.note_reading(found=found, mapping=found.mapping, proposals=told, signature=marks, sheet=table.sheet)
        try:
            if found.mapping:
                reading = read_finance(table, kind, importing.uses_of(found.mapping), begins=found.begins)
            else:
                reading = importing.read_as_before(table, kind, queries.saved_mapping(found.body, marks), found.begins)
        except MappingUnusable as error:
            # Nothing is lost: a person says what the columns hold, and the file is read again.
            actions.note_outcome(by=by, found=found, rows=[], pence={}, notes=[str(error)])
            return
    except FileWaits:
        raise
    except (TableError, FileNotOpen) as error:
        actions.refuse_file(by=by, found=found, reason=str(error))
        return
    actions.note_reading(
        found=found,
        mapping=[asdict(use) for use in reading.mapping],
        proposals=told,
        signature=marks,
        sheet=table.sheet,
    )
    if reading.refused:
        actions.refuse_file(by=by, found=found, reason=reading.refused)
        return
    planned = importing.plan(reading, body=found.body, money_file=found)
    actions.note_outcome(by=by, found=found, rows=_rows(planned), pence=planned.pence, notes=planned.notes)


def bring_money_in(found: MoneyFile, *, by: Person | None) -> None:
    """This will bring a previewed file in; raises NotPossible when it was dealt with already."""
    actions.wait_for_other_files(body=found.body)
    found.refresh_from_db(fields=["state", "mapping", "accepted"])
    check_file_can_be_brought_in(found)
    kind: Any = found.kind
    table = importing.table_of(found.name, checked_content(found.file), kind)
    reading = read_finance(table, kind, importing.uses_of(found.mapping), begins=found.begins)
    planned = importing.plan(reading, body=found.body, money_file=found)
    actions.note_outcome(
        by=by, found=found, rows=_rows(planned), pence=planned.pence, notes=planned.notes,
        facts=[importing.values_of(fact) for fact in planned.facts],
        replaced=[fact.replaces for fact in planned.facts if fact.replaces],
    )  # fmt: skip


@job("register.read_file")
def read_file(*, body: Body, by: Person | None, progress: Progress, money_file: str) -> str:
    """This will read a file of money and show what bringing it in would do."""
    found = queries.get_file(body, money_file)
    if found.state == "previewed":
        read_money_file(found, by=by)
    return reverse("register:file", args=[body.slug, money_file])


@job("register.bring_in")
def bring_in(*, body: Body, by: Person | None, progress: Progress, money_file: str) -> str:
    """This will bring a file of money in; asked for twice, it does so once."""
    found = queries.get_file(body, money_file)
    try:
        bring_money_in(found, by=by)
    except FileWaits:
        raise
    except NotPossible:
        pass  # brought in or undone while this waited its turn: its page says so
    return reverse("register:file", args=[body.slug, money_file])
