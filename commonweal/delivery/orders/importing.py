"""Reading a spreadsheet of orders: which column is what, and each row as one order or a reason why not."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from commonweal.sources.cells import Amount, CellDate, CellProblem, read_amount, read_date
from commonweal.sources.tables import Column, Row, Table, TableError, plain, read_table

MOST_ROWS = 5_000
#: What headings are called, in the form they are compared in.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "reference": ("order", "order number", "order no", "po number", "po", "purchase order", "purchase order number",
                  "call off", "call off reference", "reference", "invoice", "invoice number", "number", "ref"),
    "dated_on": ("date", "order date", "dated on", "invoice date", "call off date", "date of order"),
    "amount": ("amount", "value", "amount £", "value £", "net amount", "net amount £", "total", "total £", "£", "net"),
    "ordered_by": ("council", "buyer", "body", "ordered by", "authority", "customer", "bought by", "called off by"),
    "description": ("description", "details", "what", "for", "work"),
}  # fmt: skip
_NEEDED = {"reference": "the order’s number", "dated_on": "its date", "amount": "its amount"}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as read: an order's parts, or the reason why it is none. `pounds` is its amount wherever one was read."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    pounds: Decimal | None = None
    dated_on: date | None = None


def read_rows(name: str, content: bytes) -> tuple[list[ReadRow], list[str]]:
    """This will read every row of a file of orders, and what was noticed; raises TableError, saying what to do."""
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as held:
        held.write(content)
        held.flush()
        known = {words for each in HEADINGS.values() for words in each}
        table = read_table(Path(held.name), filename=Path(name).name, known=known)
    columns = _columns(table)
    missing = [words for key, words in _NEEDED.items() if key not in columns]
    if missing:
        raise TableError(
            f"no column holds {' or '.join(missing)}", Path(name).name,
            "Call the columns Order number, Date and Amount, with Council where several buy",
        )  # fmt: skip
    if len(table.rows) > MOST_ROWS:
        problem = f"the table has {len(table.rows):,} rows, and at most {MOST_ROWS:,} can be brought in at once"
        raise TableError(problem, Path(name).name, "Split it by year")
    return [_row(table, row, columns) for row in table.rows], list(table.notes)


def _columns(table: Table) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for key, names in HEADINGS.items():
        for column in table.columns:
            if plain(column.heading) in names and column.name not in {each.name for each in found.values()}:
                found[key] = column
                break
    return found


def _row(table: Table, row: Row, columns: Mapping[str, Column]) -> ReadRow:
    cells = {key: " ".join(row.text(column).split()) for key, column in columns.items()}
    amount = read_amount(row.text(columns["amount"]), typed_number=row.is_number(columns["amount"]))
    pounds = amount.pounds if isinstance(amount, Amount) else None
    where = str(table.place(row, columns["amount"]))
    if row.mark:
        return ReadRow(row.number, cells, f"Not an order: {row.why or row.mark}", pounds)
    if not isinstance(amount, Amount):
        why = f"{amount.reason}; {amount.fix}" if isinstance(amount, CellProblem) else "there is no amount"
        return ReadRow(row.number, cells, f"{where}: {why}")
    day = read_date(row.text(columns["dated_on"]))
    if not isinstance(day, CellDate) or day.precision != "day":
        why = f"{day.reason}; {day.fix}" if isinstance(day, CellProblem) else "there is no day in it"
        return ReadRow(row.number, cells, f"{table.place(row, columns['dated_on'])}: {why}", pounds)
    if not cells["reference"]:
        return ReadRow(row.number, cells, f"{table.place(row, columns['reference'])}: the order has no number", pounds)
    return ReadRow(row.number, cells, "", pounds, day.first)
