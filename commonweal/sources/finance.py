"""A finance team's budget file, a contracts register, or a list of payments, row by row, into records.

Every row of the table ends accepted, unchanged (it says again what an earlier row says) or rejected, with its reason and
cell, and every penny is counted on both sides. Nothing is guessed: a blank amount is no amount, never zero. A total row
is recognised; one that is not the sum of its rows refuses the whole file, for a line is then missing or wrong.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from commonweal.money import round_half_up
from commonweal.sources.cells import Amount, CellDate, CellProblem, OpenEnded, Unknown
from commonweal.sources.finance_mapping import BY_YEAR, FileKind, fields, mapping_of, propose, year_of_words
from commonweal.sources.finance_records import BudgetRecord, ContractRecord, FinanceRecord, PaymentRecord
from commonweal.sources.tables import Column, Place, Row, Table
from commonweal.sources.tracker_account import NOTHING_TO_DO, Outcome, RowProblem
from commonweal.sources.tracker_mapping import ColumnUse, read_as

#: The fields of each kind of file whose pounds are accounted for.
AMOUNTS: Final[dict[FileKind, tuple[str, ...]]] = {
    "budget": ("budget", "actual"),
    "register": ("value",),
    "payments": ("amount",),
}
_MOST_POUNDS: Final = Decimal(10) ** 13
#: How a row that sums up others begins, or ends: "Adult social care total", "Total for the year".
_SUMS_UP = re.compile(r"(?:(?:grand|sub|overall)[ -]?)?totals?\b.{0,60}|.{1,60}\b(?:sub[ -]?)?totals?:?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FinanceRow:
    """What became of one row. `pounds` are its readable amounts by field, whatever became of it."""

    row: int
    outcome: Outcome
    records: tuple[FinanceRecord, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()
    pounds: Mapping[str, Decimal] = field(default_factory=dict)
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class FinanceReading:
    """Every row with its outcome, in order. `refused` says where and why the file as a whole cannot be brought in."""

    kind: FileKind
    table: Table
    mapping: tuple[ColumnUse, ...]
    rows: tuple[FinanceRow, ...]
    read: Mapping[str, Decimal]
    unreadable: int
    notes: tuple[str, ...]
    refused: str = ""


class MappingUnusable(ValueError):
    """The columns cannot be read as they were chosen; the message says which and what to do."""


def read_finance(
    table: Table, kind: FileKind, mapping: Sequence[ColumnUse] | None = None, *, begins: int | None = None
) -> FinanceReading:
    """This will read every row by a mapping (the proposed one unless another is given).

    `begins` is the financial year of a budget file that names none. Raises MappingUnusable.
    """
    uses = tuple(mapping) if mapping is not None else mapping_of(propose(table, kind))
    _check_mapping(table, kind, uses)
    reader = _Reader(table, kind, uses, begins)
    rows = tuple(reader.read(row) for row in table.rows)
    return FinanceReading(
        kind, table, uses, rows, reader.read_pounds, reader.unreadable, (*table.notes, *reader.notes), reader.refused
    )


def _check_mapping(table: Table, kind: FileKind, uses: Sequence[ColumnUse]) -> None:
    names, known = {column.name for column in table.columns}, fields(kind)
    for use in uses:
        if use.column not in names:
            raise MappingUnusable(f"The file has no column {use.column}. Choose its columns again.")
        if use.field not in known:
            raise MappingUnusable(f"Column {use.column} is read as {use.field}, which is no field of such a file.")
        if use.period and (use.field not in BY_YEAR or year_of_words(use.period) is None):
            raise MappingUnusable(f"Column {use.column}: “{use.period}” is not a financial year. Write it as 2025/26.")
    twice = [place for place, times in Counter((use.field, use.period) for use in uses).items() if times > 1]
    if twice:
        raise MappingUnusable(f"Two columns are read as {known[twice[0][0]].label.lower()}. Leave one of them out.")
    has = {use.field for use in uses}
    if kind == "budget" and not has & {"budget", "actual"}:
        raise MappingUnusable("No column is read as the budget or the actual. Choose the one that holds the amounts.")
    if kind == "budget" and not has & {"department", "cost_centre", "description"}:
        raise MappingUnusable("No column says what a line is for. Choose the department, cost centre or description.")
    if kind == "register" and not has & {"reference", "title"}:
        raise MappingUnusable("No column names the contract. Choose its reference or its title.")
    if kind == "payments" and not has >= {"dated_on", "supplier", "amount"}:
        raise MappingUnusable("A payment needs its date, its supplier and its amount. Choose the three columns.")


@dataclass(slots=True)
class _Reading:
    row: Row
    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pounds: dict[str, Decimal] = field(default_factory=dict)

    def text(self, name: str) -> str:
        found = self.values.get((name, ""))
        return " ".join(found.split()) if isinstance(found, str) else ""

    def get(self, name: str, period: str = "") -> Any:
        return self.values.get((name, period))


class _Reader:
    """Reads rows in order: totals sum the rows above them, and a row may say again what an earlier one says."""

    def __init__(self, table: Table, kind: FileKind, uses: Sequence[ColumnUse], begins: int | None) -> None:
        self.table, self.kind, self.begins = table, kind, begins
        self.uses = [(use, table.column(use.column)) for use in uses]
        self.columns = {use.field: column for use, column in self.uses}
        self.amounts = [(use, column) for use, column in self.uses if use.field in AMOUNTS[kind]]
        self.sums: dict[str, Decimal] = {}
        self.since: dict[str, Decimal] = {}
        self.doubtful: set[str] = set()  # columns with a cell that could not be read: their totals cannot be checked
        self.read_pounds: dict[str, Decimal] = {name: Decimal(0) for name in AMOUNTS[kind]}
        self.unreadable = 0
        self.notes: list[str] = []
        self.refused = ""
        self.occurrences: Counter[str] = Counter()
        self.said: dict[str, int] = {}

    def read(self, row: Row) -> FinanceRow:
        """This will read one row and say what became of it."""
        if (row.mark in ("heading", "label")) or (why := self._total(row)):
            return self._set_aside(row, row.why if row.mark in ("heading", "label") else why)
        reading = _Reading(row)
        for use, column in self.uses:
            self._cell(reading, use, column)
        self._count(reading)
        if not reading.values and not reading.problems:
            self._problem(reading, None, "no column that is read has anything in it", "Map the columns it uses")
        records = self._records(reading) if not reading.problems else ()
        if reading.problems:
            return FinanceRow(row.number, "rejected", (), tuple(reading.problems), tuple(reading.notes), reading.pounds)
        if self.kind == "register" and (before := self._said_before(records)) is not None:
            return FinanceRow(row.number, "unchanged", records, (), tuple(reading.notes), reading.pounds, before)
        return FinanceRow(
            row.number, "accepted", self._numbered(records, row.number), (), tuple(reading.notes), reading.pounds
        )

    # ------------------------------------------------------------ totals

    def _total(self, row: Row) -> str:
        """Why a row is a total, or nothing. The first one that is not the sum of its rows refuses the file."""
        first = next((text for column in self.table.columns if (text := row.text(column).strip())), "")
        held = {column.name: self._pounds(row, column) for _use, column in self.amounts}
        known = {name: amount for name, amount in held.items() if amount is not None}
        named = bool(_SUMS_UP.fullmatch(first)) and not any(
            row.text(column).strip() for use, column in self.uses
            if use.field in ("reference", "supplier", "cost_centre", "dated_on") and row.text(column).strip() != first
        )  # fmt: skip
        if not known or not (named or row.mark == "total"):
            return ""
        sums = {
            name: (self.since.get(name, Decimal(0)), self.sums.get(name, Decimal(0)), amount)
            for name, amount in known.items()
        }
        wrong = [
            name for name, (since, whole, amount) in sums.items()
            if round_half_up(amount) not in (round_half_up(since), round_half_up(whole))
        ]  # fmt: skip
        if wrong and not named:
            return ""
        for name in wrong:
            if name in self.doubtful:
                self.notes.append(
                    f"Row {row.number}: the total of {name} could not be checked, as an amount above it cannot be read."
                )
            elif not self.refused:
                self.refused = self._refusal(row, name, *sums[name])
        self.since = {}
        return "a total row: it sums up rows above it"

    def _refusal(self, row: Row, name: str, since: Decimal, whole: Decimal, amount: Decimal) -> str:
        place = self.table.place(row, self.table.column(name))
        above = f"{whole:,}" if since in (whole, Decimal(0)) else f"{whole:,} in all and {since:,} since the last total"
        return (
            f"{place} “{name}” says the total is {amount:,}, and the rows above it add up to {above}. A row is missing, "
            "or an amount is wrong: correct the file and choose it again. Nothing of it was brought in."
        )

    def _pounds(self, row: Row, column: Column) -> Decimal | None:
        found = read_as("amount", row, column)
        return found.pounds if isinstance(found, Amount) else None

    def _set_aside(self, row: Row, why: str) -> FinanceRow:
        place = Place(self.table.sheet, row.number, "")
        return FinanceRow(row.number, "rejected", (), (RowProblem(place, "", "", why, NOTHING_TO_DO),))

    # ------------------------------------------------------------ cells

    def _cell(self, reading: _Reading, use: ColumnUse, column: Column) -> None:
        reads = fields(self.kind)[use.field].reads
        value = read_as(reads, reading.row, column)
        if use.field == "year":
            value = reading.row.text(column).strip() or None
        if value is None:
            return
        if isinstance(value, CellProblem):
            if use.field in AMOUNTS[self.kind]:
                self.unreadable += 1
                self.doubtful.add(column.name)
            self._problem(reading, column, value.reason, value.fix)
            return
        if isinstance(value, Amount | CellDate) and value.note:
            reading.notes.append(f"{column.letter}: {value.note}.")
        if reads != "text" and self.table.is_formula(reading.row, column):
            reading.notes.append(f"{column.letter}: a formula; the value last saved was read.")
        if isinstance(value, Amount):
            if abs(value.pounds) >= _MOST_POUNDS:
                self._problem(reading, column, f"“{value.pounds:,}” is more than any budget holds", "Check the amount")
                return
            self._sum(column, value.pounds)
            pence = round_half_up(value.pounds)
            if pence != value.pounds:
                reading.notes.append(f"{column.letter}: {value.pounds} is kept as {pence}, to the penny.")
            value = Amount(pence, value.note)
            reading.pounds[use.field] = reading.pounds.get(use.field, Decimal(0)) + value.pounds
        reading.values[use.field, use.period] = value

    def _count(self, reading: _Reading) -> None:
        for use, _column in self.amounts:
            amount = reading.values.get((use.field, use.period))
            if isinstance(amount, Amount):
                self.read_pounds[use.field] += amount.pounds

    def _sum(self, column: Column, pounds: Decimal) -> None:
        """Totals are of the amounts as they stand in the file, before any is rounded to the penny."""
        for sums in (self.sums, self.since):
            sums[column.name] = sums.get(column.name, Decimal(0)) + pounds

    def _problem(self, reading: _Reading, column: Column | None, reason: str, fix: str) -> None:
        place = Place(self.table.sheet, reading.row.number, column.letter if column else "")
        text = reading.row.text(column) if column else ""
        reading.problems.append(RowProblem(place, column.name if column else "", text, reason, fix))

    # ------------------------------------------------------------ records

    def _records(self, reading: _Reading) -> tuple[FinanceRecord, ...]:
        match self.kind:
            case "budget":
                return self._budget(reading)
            case "register":
                return self._contract(reading)
            case "payments":
                return self._payment(reading)

    def _budget(self, reading: _Reading) -> tuple[FinanceRecord, ...]:
        named = {name: reading.text(name) for name in ("cost_centre", "department", "description")}
        if not any(named.values()):
            self._problem(reading, None, "nothing says what the line is for", "Give its department or cost centre")
        said = reading.get("year")
        begins = year_of_words(said) if said else self.begins
        if said and begins is None:
            self._problem(
                reading, self.columns["year"], f"“{said}” is not one financial year", "Write the year as 2025/26"
            )
        lines: list[FinanceRecord] = []
        for period in dict.fromkeys(use.period for use, _column in self.amounts):
            amounts = {name: _amount(reading.get(name, period)) for name in BY_YEAR}
            of_year = year_of_words(period) if period else begins
            if all(amount is None for amount in amounts.values()):
                continue
            if of_year is None:
                self._problem(
                    reading, None, "nothing says which financial year the line is of",
                    "Say which year the file is of when you choose it",
                )  # fmt: skip
                break
            lines.append(
                BudgetRecord(
                    begins=of_year, cost_centre=named["cost_centre"], department=named["department"],
                    description=named["description"], budget=amounts["budget"], actual=amounts["actual"],
                )
            )  # fmt: skip
        if not lines and not reading.problems:
            self._problem(
                reading, self.amounts[0][1], "there is no amount, and a blank is never taken for zero",
                "Write the amount, 0 where it is none, or leave the row out",
            )  # fmt: skip
        return tuple(lines)

    def _contract(self, reading: _Reading) -> tuple[FinanceRecord, ...]:
        starts, ends = reading.get("starts_on"), reading.get("ends_on")
        found = ContractRecord(
            reference=reading.text("reference"), title=reading.text("title"), supplier=reading.text("supplier"),
            company_number=reading.text("company_number"), department=reading.text("department"),
            starts_on=starts.first if isinstance(starts, CellDate) else None,
            ends_on=ends.last if isinstance(ends, CellDate) else None,
            ends_words=" ".join(ends.words.split()) if isinstance(ends, OpenEnded | Unknown) else "",
            value=_amount(reading.get("value")),
        )  # fmt: skip
        if not found.reference and not found.title:
            self._problem(
                reading, self.columns.get("reference") or self.columns.get("title"),
                "there is no reference and no title, so nothing says which contract it is", "Give one of the two",
            )  # fmt: skip
        if found.starts_on and found.ends_on and found.ends_on < found.starts_on:
            self._problem(
                reading, self.columns["ends_on"], f"it ends ({ends.words}) before it starts ({starts.words})",
                "Check both dates",
            )  # fmt: skip
        if found.value is not None and found.value < 0:
            reading.notes.append("Its value is below zero: taken as a contract that brings money in.")
        return (found,)

    def _payment(self, reading: _Reading) -> tuple[FinanceRecord, ...]:
        for name, words in (("dated_on", "date"), ("supplier", "supplier"), ("amount", "amount")):
            if (name, "") not in reading.values or isinstance(reading.get(name), Unknown | OpenEnded):
                self._problem(reading, self.columns[name], f"there is no {words}", f"Give the {words} of the payment")
        day = reading.get("dated_on")
        if isinstance(day, CellDate) and day.precision != "day":
            self._problem(
                reading, self.columns["dated_on"], f"“{day.words}” is no single day", "Write the day it was paid"
            )
        if reading.problems or not isinstance(day, CellDate):
            return ()
        return (
            PaymentRecord(
                dated_on=_the_day(day), supplier=reading.text("supplier"), reference=reading.text("reference"),
                amount=reading.get("amount").pounds, description=reading.text("description"),
                department=reading.text("department"),
            ),
        )  # fmt: skip

    def _said_before(self, records: tuple[FinanceRecord, ...]) -> int | None:
        """The earlier row of a register that says exactly the same: a contract is entered once."""
        return self.said.get(_whole(records))

    def _numbered(self, records: tuple[FinanceRecord, ...], row: int) -> tuple[FinanceRecord, ...]:
        """Records alike in name are told apart by their order in the file: real repeats are kept."""
        numbered = []
        for record in records:
            key = record.key()
            self.occurrences[key] += 1
            numbered.append(replace(record, occurrence=self.occurrences[key]))
        self.said.setdefault(_whole(records), row)
        return tuple(numbered)


def _whole(records: Sequence[FinanceRecord]) -> str:
    return " ".join(f"{record.key()} {record.fingerprint()}" for record in records)


def _amount(found: Any) -> Decimal | None:
    return found.pounds if isinstance(found, Amount) else None


def _the_day(found: CellDate) -> dt.date:
    return found.first
