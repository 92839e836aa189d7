"""Every row of a tracker and every pound of it, accounted for: what became of each, and sums that come out even."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from commonweal.sources.cells import Amount, CellProblem
from commonweal.sources.tables import Column, Place, Table
from commonweal.sources.tracker_mapping import TrackerMapping, fields, read_as
from commonweal.sources.tracker_records import Record

Outcome = Literal["accepted", "unchanged", "rejected"]

#: Rows that state again what other rows say: rejected with their reason, and their figures counted nowhere.
SET_ASIDE = ("total", "heading", "label")
#: What their owner is told to do about them.
NOTHING_TO_DO = "Nothing to do unless it should be a record"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was rejected: the cell (its column empty when it is the row as a whole), the reason and the mend."""

    place: Place
    heading: str
    text: str
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row of the file. `pounds` are its readable amounts by field, whatever became of it; `repeats`
    is the earlier row that says the same."""

    row: int
    outcome: Outcome
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    pounds: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: int = 0
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """A number of rows, or an exact sum of pounds, by what became of it. `read` is counted apart, from the cells."""

    read: Decimal
    accepted: Decimal
    unchanged: Decimal
    rejected: Decimal

    def balances(self) -> bool:
        """This will say whether what was read is what was accounted for."""
        return self.read == self.accepted + self.unchanged + self.rejected


@dataclass(frozen=True, slots=True)
class Account:
    """Rows and pounds in and out. The `set_aside` rows (totals, repeated headings, lone labels) are rejected
    and their figures are counted on neither side. `unreadable_amounts` counts, by field, the cells that no sum
    can hold; their rows are rejected."""

    rows: Split
    contract_value: Split
    committed: Split
    set_aside: int
    unknown_amounts: int
    unreadable_amounts: Mapping[str, int]

    def balances(self) -> bool:
        """This will say whether every row and every penny is accounted for."""
        return self.rows.balances() and self.contract_value.balances() and self.committed.balances()


def account_of(table: Table, mapping: TrackerMapping, rows: Sequence[RowOutcome]) -> Account:
    """This will count the table's own cells on one side and the rows' outcomes on the other."""
    counted = Counter(row.outcome for row in rows)
    amounts = {
        name: [_amounts_of(table, table.column(use.column)) for use in mapping.uses if use.field == name]
        for name, tracker_field in fields().items()
        if tracker_field.reads == "amount"
    }
    return Account(
        rows=Split(
            Decimal(len(table.rows)),
            Decimal(counted["accepted"]),
            Decimal(counted["unchanged"]),
            Decimal(counted["rejected"]),
        ),
        contract_value=_pounds("agreement.contract_value", amounts, rows),
        committed=_pounds("commitment.value", amounts, rows),
        set_aside=sum(
            row.mark in SET_ASIDE and result.outcome == "rejected" for row, result in zip(table.rows, rows, strict=True)
        ),
        unknown_amounts=sum(row.unknown for row in rows),
        unreadable_amounts={
            name: sum(isinstance(cell, CellProblem) for cells in columns for cell in cells)
            for name, columns in amounts.items()
        },
    )


def _amounts_of(table: Table, column: Column) -> list[Any]:
    return [read_as("amount", row, column) for row in table.rows if row.mark not in SET_ASIDE]


def _pounds(name: str, amounts: Mapping[str, list[list[Any]]], rows: Sequence[RowOutcome]) -> Split:
    read = [cell.pounds for cells in amounts[name] for cell in cells if isinstance(cell, Amount)]
    sums = {
        outcome: sum((row.pounds.get(name, Decimal(0)) for row in rows if row.outcome == outcome), Decimal(0))
        for outcome in ("accepted", "unchanged", "rejected")
    }
    return Split(sum(read, Decimal(0)), sums["accepted"], sums["unchanged"], sums["rejected"])
