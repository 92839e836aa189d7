"""A council's own tracker or a portal's export, row by row, into agreements, promises and delivery to date.

Every row of the table ends accepted, unchanged or rejected, with its reason and cell. What was contracted (code,
wording, £) is kept as it stands, beside what could be read from it. Nothing is guessed: a row with one cell that cannot
be read is rejected whole, and says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from commonweal.sources.cells import (
    Amount,
    CellDate,
    CellProblem,
    Quantity,
    Unknown,
    is_american,
    is_unknown,
    read_date,
)
from commonweal.sources.tables import Column, Place, Row, Table
from commonweal.sources.tracker_account import (
    NOTHING_TO_DO,
    Account,
    Outcome,
    RowOutcome,
    RowProblem,
    Split,
    account_of,
)
from commonweal.sources.tracker_mapping import ColumnUse, TrackerMapping, fields, propose_mapping, read_as
from commonweal.sources.tracker_records import FieldValue, Kind, Part, Record, delivered, digest, number_of, same

#: Two rows that disagree on these cannot be about one contract.
_HARD = (
    "agreement.title",
    "agreement.provider",
    "agreement.company_number",
    "agreement.contract_value",
    "agreement.start",
    "agreement.end",
)
_PROMISE = frozenset({"code", "wording", "quantity", "value", "unit"})
_NEVER_NEGATIVE = ("commitment.value", "delivery.value")


@dataclass(frozen=True, slots=True)
class TrackerReading:
    """Every row of the table with its outcome, in order, and what concerns the file as a whole."""

    table: Table
    mapping: TrackerMapping
    rows: tuple[RowOutcome, ...]
    notes: tuple[str, ...]
    account: Account

    @property
    def records(self) -> tuple[Record, ...]:
        """This will give the records of the accepted rows, in the order of the file."""
        return tuple(record for row in self.rows if row.outcome == "accepted" for record in row.records)


def read_tracker(table: Table, mapping: TrackerMapping | None = None) -> TrackerReading:
    """This will read every row of a tracker by a mapping (the proposed one unless another is given).

    Raises ValueError when the mapping names a column that the table has not.
    """
    mapping = mapping or TrackerMapping.from_proposals(propose_mapping(table))
    names = {column.name: column for column in table.columns}
    if missing := [use.column for use in mapping.uses if use.column not in names]:
        raise ValueError(f"the table has no column {missing[0]}")
    reader = _Reader(table, [(use, names[use.column]) for use in mapping.uses])
    rows = tuple(reader.read(row) for row in table.rows)
    return TrackerReading(table, mapping, rows, (*table.notes, *reader.file_notes()), account_of(table, mapping, rows))


@dataclass(slots=True)
class _Reading:
    """One row while it is being read."""

    row: Row
    values: dict[str, FieldValue] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    measured: dict[str, dict[str, FieldValue]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pounds: dict[str, Decimal] = field(default_factory=dict)
    unknown: int = 0

    def stated(self, kind: Kind) -> dict[str, FieldValue]:
        prefix = f"{kind}."
        return {name.removeprefix(prefix): value for name, value in self.values.items() if name.startswith(prefix)}


class _Reader:
    """Reads rows in order, for a row may lean on those above it: contracts carried down, records repeated."""

    def __init__(self, table: Table, uses: Sequence[tuple[ColumnUse, Column]]) -> None:
        self.table, self.uses = table, uses
        self.headings = {use.field: column for use, column in uses}
        self.carried: dict[str, FieldValue] = {}
        self.agreements: dict[str, tuple[int, Record]] = {}
        self.keys_of_reference: dict[str, list[str]] = {}
        self.refused: dict[str, int] = {}
        self.seen: dict[str, int] = {}
        self.promises: dict[str, int] = {}
        self.american: dict[str, Place] = {}

    def read(self, row: Row) -> RowOutcome:
        """This will read one row and say what became of it."""
        if row.mark in ("total", "heading") or (row.mark == "label" and not self._is_promise(row)):
            return self._refused(_Reading(row), row.why, NOTHING_TO_DO)
        reading = _Reading(row)
        for use, column in self.uses:
            self._read_cell(reading, use, column)
        if not (reading.values or reading.parts or reading.measured or reading.problems):
            return self._refused(reading, "no column that is read has anything in it", "Map the columns it uses")
        self._carry_down(reading)
        key = self._agreement_key(reading)
        self._check(reading, key)
        if reading.problems:
            return self._rejected(reading, key)
        return self._accepted(reading, key)

    def file_notes(self) -> list[str]:
        """This will say what concerns whole columns and sheets."""
        notes = [
            f"Column “{heading}” has a date in American order at {place}: check the others of that column."
            for heading, place in self.american.items()
        ]
        for sheet in self.table.other_sheets:
            seen = "" if sheet.visible else "hidden "
            same = ", with the same headings: read it as well" if sheet.same_headings else ""
            notes.append(
                f"The {seen}sheet “{sheet.name}” ({sheet.rows:,} row{'' if sheet.rows == 1 else 's'}) was not read{same}."
            )
        return notes

    def _is_promise(self, row: Row) -> bool:
        return any(use.field == "commitment.wording" and row.text(column).strip() for use, column in self.uses)

    # ------------------------------------------------------------ cells

    def _read_cell(self, reading: _Reading, use: ColumnUse, column: Column) -> None:
        raw = reading.row.text(column)
        reads = fields()[use.field].reads
        value = read_as(reads, reading.row, column, use.measure)
        if value is None:
            return
        if isinstance(value, CellProblem):
            self._problem(reading, column, value.reason, value.fix)
            if reads == "date" and is_american(raw):
                self.american.setdefault(column.name, self.table.place(reading.row, column))
            return
        if reads == "amount":
            reading.unknown += isinstance(value, Unknown)
        if isinstance(value, Amount):
            reading.pounds[use.field] = reading.pounds.get(use.field, Decimal(0)) + value.pounds
            if use.field in _NEVER_NEGATIVE and value.pounds < 0:
                self._problem(reading, column, f"“{raw.strip()}” is negative", "Write an amount of zero or more")
                return
            if use.field == "agreement.contract_value" and value.pounds < 0:
                reading.notes.append(f"{column.letter}: below zero, so taken as a contract that brings money in.")
        if isinstance(value, Amount | CellDate) and value.note:
            reading.notes.append(f"{column.letter}: {value.note}.")
        if reads != "text" and self.table.is_formula(reading.row, column):
            reading.notes.append(f"{column.letter}: a formula; the value last saved ({raw.strip()}) was read.")
        digits = raw.strip()
        if use.field == "agreement.company_number" and digits.isdigit() and len(digits) < 8:
            reading.notes.append(
                f"{column.letter}: {digits} has {len(digits)} digits; leading zeros may have been lost."
            )
        if use.field in ("agreement.reference", "agreement.title") and is_unknown(raw):
            reading.notes.append(f"{column.letter}: “{raw.strip()}” is no {fields()[use.field].label.lower()}.")
            return
        found = FieldValue(raw, value, self.table.place(reading.row, column))
        if use.measure:
            reading.measured.setdefault(use.measure, {})[use.field] = found
        elif use.period and use.field.startswith("delivery."):
            dates = read_date(use.period)
            part = Part(use.period, use.field, found, dates if isinstance(dates, CellDate) else None)
            reading.parts.append(part)
        else:
            reading.values[use.field] = found

    def _problem(self, reading: _Reading, column: Column, reason: str, fix: str) -> None:
        place = self.table.place(reading.row, column)
        reading.problems.append(RowProblem(place, column.name, reading.row.text(column), reason, fix))

    def _row_problem(self, reading: _Reading, name: str, reason: str, fix: str) -> None:
        """This will record a problem of the row, at the column of a field if that column is read."""
        if column := self.headings.get(name):
            self._problem(reading, column, reason, fix)
        else:
            place = Place(self.table.sheet, reading.row.number, "")
            reading.problems.append(RowProblem(place, "", "", reason, fix))

    # ------------------------------------------------------------ which contract

    def _carry_down(self, reading: _Reading) -> None:
        """This will take the contract's name from the row above where the mapping says that a blank means so.

        Only when the row names and states nothing of a contract itself: one that does is a contract with no name.
        """
        carrying = [use.field for use, _ in self.uses if use.carried_down]
        if not carrying:
            return
        if any(name in reading.values for name in carrying) or any(name in reading.values for name in _HARD):
            named = ("agreement.reference", "agreement.title")
            if any(name in reading.values for name in named):
                self.carried = {name: reading.values[name] for name in carrying if name in reading.values}
            return
        if self.carried:
            reading.values |= self.carried
            first = next(iter(self.carried.values()))
            reading.notes.append(f"“{first.raw.strip()}” carried down from row {first.place.row}.")

    def _agreement_key(self, reading: _Reading) -> str:
        """This will name the agreement: its reference (and lot), else title, provider and start; empty if it has none.

        A row that gives a reference without its lot means the only agreement of that reference above it, if one.
        """
        reference = self._plainly(reading, "agreement.reference")
        lot = self._plainly(reading, "agreement.lot")
        if reference:
            known = self.keys_of_reference.get(reference, [])
            if not lot and len(known) == 1:
                return known[0]
            if not lot and len(known) > 1:
                self._row_problem(
                    reading,
                    "agreement.reference",
                    f"{len(known)} lots have this reference and the row names none",
                    "Fill in the lot",
                )
            return f"reference {reference}" + (f" lot {lot}" if lot else "")
        title = self._plainly(reading, "agreement.title")
        if not title:
            return ""
        start = reading.values.get("agreement.start")
        began = start.value.first.isoformat() if start and isinstance(start.value, CellDate) else ""
        provider = self._plainly(reading, "agreement.provider")
        return f"title {digest([title, provider, began])}"

    def _plainly(self, reading: _Reading, name: str) -> str:
        found = reading.values.get(name)
        return " ".join(found.raw.split()).casefold() if found else ""

    # ------------------------------------------------------------ checks across cells

    def _check(self, reading: _Reading, key: str) -> None:
        values = reading.values
        if not key:
            self._row_problem(
                reading,
                "agreement.reference",
                "there is no reference and no title, so nothing says which contract it is",
                "Give the contract reference or title",
            )
        start, end = values.get("agreement.start"), values.get("agreement.end")
        first = start.value if start else None
        last = end.value if end else None
        if isinstance(first, CellDate) and isinstance(last, CellDate) and last.last < first.first:
            self._row_problem(
                reading,
                "agreement.end",
                f"it ends ({last.words}) before it starts ({first.words})",
                "Check both dates",
            )
        if key in self.refused and not self._states_agreement(reading):
            self._row_problem(
                reading,
                "agreement.reference",
                f"its contract, in row {self.refused[key]}, was rejected",
                f"Mend row {self.refused[key]} first",
            )
        self._check_against_earlier(reading, key)
        self._check_sum(reading, "delivery.quantity")
        self._check_sum(reading, "delivery.value")

    def _check_against_earlier(self, reading: _Reading, key: str) -> None:
        """This will refuse a row that says other hard facts of a contract than an earlier row, and note softer ones."""
        if key not in self.agreements:
            return
        row, earlier = self.agreements[key]
        for name, found in reading.stated("agreement").items():
            before = earlier.values.get(name)
            if before is None or same(before) == same(found):
                continue
            label = fields()[f"agreement.{name}"].label.lower()
            if f"agreement.{name}" in _HARD:
                self._row_problem(
                    reading,
                    f"agreement.{name}",
                    f"row {row} gives this contract another {label}: {before.raw.strip()}",
                    "Make the rows agree, or give each contract a reference of its own",
                )
            else:
                reading.notes.append(f"Row {row} gives another {label}, “{before.raw.strip()}”: that one is kept.")

    def _check_sum(self, reading: _Reading, name: str) -> None:
        """This will refuse a row whose delivered total is not the sum of its periods."""
        whole = reading.values.get(name)
        parts = [number for part in reading.parts if part.field == name if (number := number_of(part.cell)) is not None]
        number = number_of(whole) if whole else None
        if parts and number is not None and sum(parts, Decimal(0)) != number:
            self._row_problem(
                reading,
                name,
                f"the total is {number:,} but its periods add to {sum(parts, Decimal(0)):,}",
                "Correct the total or the periods",
            )

    def _states_agreement(self, reading: _Reading) -> bool:
        stated = set(reading.stated("agreement")) - {"reference", "lot"}
        return any(reading.values[f"agreement.{name}"].place.row == reading.row.number for name in stated)

    # ------------------------------------------------------------ outcomes

    def _refused(self, reading: _Reading, reason: str, fix: str) -> RowOutcome:
        place = Place(self.table.sheet, reading.row.number, "")
        return RowOutcome(reading.row.number, "rejected", (RowProblem(place, "", "", reason, fix),))

    def _rejected(self, reading: _Reading, key: str) -> RowOutcome:
        if key and key not in self.agreements and self._states_agreement(reading):
            self.refused.setdefault(key, reading.row.number)
        return self._outcome(reading, "rejected", ())

    def _accepted(self, reading: _Reading, key: str) -> RowOutcome:
        number = reading.row.number
        agreement = self._agreement(reading, key)
        promises = self._promises(reading, key)
        records = [*agreement, *promises, *self._delivery(reading, key, promises)]
        if not records:
            records = [Record("agreement", number, key, reading.stated("agreement"))]
        fingerprints = [record.fingerprint() for record in records]
        seen = [self.seen.get(fingerprint) for fingerprint in fingerprints]
        if all(seen):
            first = max(row or 0 for row in seen)
            reading.notes.append(
                f"Repeats row {first}. If it is a second promise, give it a code or a date of its own."
            )
            return replace(self._outcome(reading, "unchanged", tuple(records)), repeats=first)
        if held := [row for record, row in zip(records, seen, strict=True) if row and record.kind == "commitment"]:
            self._row_problem(
                reading,
                "commitment.wording",
                f"row {held[0]} already holds this promise, with other delivery or contract details",
                "Keep one of the two rows, or give the second promise a code or a date of its own",
            )
            return self._outcome(reading, "rejected", ())
        for record, fingerprint in zip(records, fingerprints, strict=True):
            self.seen[fingerprint] = number
            if record.kind == "agreement":
                self._remember(reading, key, record)
        fresh = [record for record, row in zip(records, seen, strict=True) if not row]
        kept = self._joined([self._told_apart(reading, record) for record in fresh])
        if any("quantity" in record.values and not _has_unit(record) for record in kept if record.kind == "commitment"):
            reading.notes.append("The quantity has no unit.")
        return self._outcome(reading, "accepted", tuple(kept))

    def _remember(self, reading: _Reading, key: str, record: Record) -> None:
        reference = self._plainly(reading, "agreement.reference")
        if reference and key not in self.agreements:
            self.keys_of_reference.setdefault(reference, []).append(key)
        row = self.agreements[key][0] if key in self.agreements else reading.row.number
        self.agreements[key] = row, record
        self.refused.pop(key, None)

    def _outcome(self, reading: _Reading, outcome: Outcome, records: tuple[Record, ...]) -> RowOutcome:
        return RowOutcome(
            reading.row.number,
            outcome,
            tuple(reading.problems),
            tuple(reading.notes),
            records,
            reading.pounds,
            reading.unknown,
        )

    # ------------------------------------------------------------ records

    def _agreement(self, reading: _Reading, key: str) -> list[Record]:
        """This will give the agreement as this row and those above state it; the first to state a thing stands."""
        if not self._states_agreement(reading):
            return []
        values = reading.stated("agreement")
        if key in self.agreements:
            values |= self.agreements[key][1].values
        return [Record("agreement", reading.row.number, key, values)]

    def _promises(self, reading: _Reading, key: str) -> list[Record]:
        number, stated = reading.row.number, reading.stated("commitment")
        if not reading.measured:
            return [Record("commitment", number, key, stated)] if _PROMISE & set(stated) else []
        records = []
        for measure, found in reading.measured.items():
            place = Place(self.table.sheet, self.table.heading_row, next(iter(found.values())).place.column)
            values = {name.removeprefix("commitment."): cell for name, cell in found.items() if name[0] == "c"}
            if "£" in measure and "unit" not in stated:
                values["unit"] = FieldValue("£", "£", place)
            records.append(
                Record("commitment", number, key, {**stated, "wording": FieldValue(measure, measure, place), **values})
            )
        return records

    def _delivery(self, reading: _Reading, key: str, promises: Sequence[Record]) -> list[Record]:
        number, stated, parts = reading.row.number, reading.stated("delivery"), tuple(reading.parts)
        if reading.measured:
            records = []
            for promise, found in zip(promises, reading.measured.values(), strict=True):
                values = {name.removeprefix("delivery."): cell for name, cell in found.items() if name[0] == "d"}
                if values or stated:
                    records.append(Record("delivery", number, key, {**stated, **values}, promise.key()))
            return records
        if not stated and not parts:
            return []
        return [Record("delivery", number, key, stated, promises[0].key() if promises else "", 1, parts)]

    def _told_apart(self, reading: _Reading, record: Record) -> Record:
        """This will number promises that are named alike under one agreement, in the order of the file."""
        if record.kind != "commitment":
            return record
        name = record.key()
        self.promises[name] = self.promises.get(name, 0) + 1
        if self.promises[name] == 1:
            return record
        reading.notes.append("An earlier row words a promise of this contract the same way; kept as another promise.")
        return replace(record, occurrence=self.promises[name])

    def _joined(self, records: list[Record]) -> list[Record]:
        """This will point deliveries at the promises of their row as finally numbered."""
        promises = [record for record in records if record.kind == "commitment"]
        keys = {replace(promise, occurrence=1).key(): promise.key() for promise in promises}
        return [
            replace(record, commitment=keys[record.commitment]) if record.commitment in keys else record
            for record in records
        ]


def _has_unit(record: Record) -> bool:
    quantity = record.values["quantity"].value
    return "unit" in record.values or (isinstance(quantity, Quantity) and bool(quantity.unit))


__all__ = [
    "Account",
    "FieldValue",
    "Part",
    "Record",
    "RowOutcome",
    "RowProblem",
    "Split",
    "TrackerReading",
    "delivered",
    "read_tracker",
]
