"""Reading a spreadsheet of orders or counts: which column is what, and each row as one of them or a reason why not."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from commonweal.sources.cells import Amount, CellDate, CellProblem, Quantity, read_amount, read_date, read_quantity
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
#: The same of a file of counts: how often a trigger happened, by period or event.
COUNT_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "happened": ("count", "number", "how often", "how many", "times", "happened", "quantity", "no", "new customers",
                 "customers", "properties", "homes", "units"),
    "reference": ("period", "month", "quarter", "week", "event", "for which period or event", "reference", "ref", "for"),
    "dated_on": ("date", "up to", "up to which day", "until", "dated on", "day", "period end", "period ending",
                 "month ending", "week ending", "ending"),
    "ordered_by": ("council", "buyer", "body", "ordered by", "authority", "bought by"),
    "description": ("description", "details", "source", "how is it known", "note", "notes"),
}  # fmt: skip
#: The most a count in a file may be: beyond it two cells have run together.
MOST_COUNTED = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file holds: its headings, which column is the figure, what it cannot do without, and what to do then."""

    headings: Mapping[str, tuple[str, ...]]
    figure: str
    word: str
    needed: Mapping[str, str]
    fix: str


ORDERS = Kind(
    HEADINGS, "amount", "an order", {"reference": "the order’s number", "dated_on": "its date", "amount": "its amount"},
    "Call the columns Order number, Date and Amount, with Council where several buy",
)  # fmt: skip
COUNTS = Kind(
    COUNT_HEADINGS, "happened", "a count",
    {"reference": "the period or event", "dated_on": "the day up to which it is counted", "happened": "how often it happened"},
    "Call the columns Period, Up to and Count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as read: an order's or a count's parts, or the reason why it is none.

    `figure` is its pounds or its count wherever one was read; `places` says where each cell stands.
    """

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    figure: Decimal | None = None
    dated_on: date | None = None
    places: dict[str, str] = field(default_factory=dict)


def read_rows(name: str, content: bytes, kind: Kind = ORDERS) -> tuple[list[ReadRow], list[str]]:
    """This will read every row of a file of orders or counts, and what was noticed; raises TableError, saying what to do."""
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as held:
        held.write(content)
        held.flush()
        known = {words for each in kind.headings.values() for words in each}
        table = read_table(Path(held.name), filename=Path(name).name, known=known)
    columns = _columns(table, kind)
    missing = [words for key, words in kind.needed.items() if key not in columns]
    if missing:
        raise TableError(f"no column holds {' or '.join(missing)}", Path(name).name, kind.fix)
    if len(table.rows) > MOST_ROWS:
        problem = f"the table has {len(table.rows):,} rows, and at most {MOST_ROWS:,} can be brought in at once"
        raise TableError(problem, Path(name).name, "Split it by year")
    return [_row(table, row, columns, kind) for row in table.rows], list(table.notes)


def _columns(table: Table, kind: Kind) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for key, names in kind.headings.items():
        for column in table.columns:
            if plain(column.heading) in names and column.name not in {each.name for each in found.values()}:
                found[key] = column
                break
    return found


def _row(table: Table, row: Row, columns: Mapping[str, Column], kind: Kind) -> ReadRow:
    cells = {key: " ".join(row.text(column).split()) for key, column in columns.items()}
    places = {key: str(table.place(row, column)) for key, column in columns.items()}
    column = columns[kind.figure]
    read = _pounds if kind is ORDERS else _count
    figure = read(row.text(column), typed_number=row.is_number(column))
    number = None if isinstance(figure, str) else figure
    if row.mark:
        return ReadRow(row.number, cells, f"Not {kind.word}: {row.why or row.mark}", number, None, places)
    if isinstance(figure, str):
        return ReadRow(row.number, cells, f"{places[kind.figure]}: {figure}", None, None, places)
    day = read_date(row.text(columns["dated_on"]))
    if not isinstance(day, CellDate) or day.precision != "day":
        why = f"{day.reason}; {day.fix}" if isinstance(day, CellProblem) else "there is no day in it"
        return ReadRow(row.number, cells, f"{places['dated_on']}: {why}", number, None, places)
    if not cells["reference"]:
        why = "the order has no number" if kind is ORDERS else "it does not say for which period or event"
        return ReadRow(row.number, cells, f"{places['reference']}: {why}", number, None, places)
    return ReadRow(row.number, cells, "", number, day.first, places)


def _pounds(text: str, *, typed_number: bool) -> Decimal | str:
    """The pounds of a cell, or why it has none."""
    amount = read_amount(text, typed_number=typed_number)
    if isinstance(amount, Amount):
        return amount.pounds
    return f"{amount.reason}; {amount.fix}" if isinstance(amount, CellProblem) else "there is no amount"


def _count(text: str, *, typed_number: bool) -> Decimal | str:
    """How often it happened by a cell: a whole number of zero or more and nothing else, or why it is none."""
    found, written = read_quantity(text, typed_number=typed_number), " ".join(text.split())
    if isinstance(found, CellProblem):
        return f"{found.reason}; {found.fix}"
    if not isinstance(found, Quantity):
        blank = "there is no count" if found is None else f"“{written}” is not a count"
        return f"{blank}; write how often it happened, 0 if it did not"
    if found.unit:
        return f"“{written}” has words beside the number; write the number alone"
    if found.number != found.number.to_integral_value():
        return f"“{written}” is not whole; a list counts whole times, and a measure with parts is recorded by hand"
    if found.number > MOST_COUNTED:
        return f"“{written}” is more than {MOST_COUNTED:,}; check whether two numbers ran together"
    return found.number
