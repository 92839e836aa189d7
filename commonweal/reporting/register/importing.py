"""What bringing a file of money in would do, row by row: the preview and the import are the same plan.

A line that is here with the same amounts is unchanged; with other amounts, the new one takes its place and the old one
stays on record. Rows and pence in are always accepted + unchanged + rejected.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from commonweal.base.errors import NotPossible
from commonweal.base.templatetags.figures import money
from commonweal.reporting.register import policies, queries
from commonweal.reporting.register.vocabulary import AMOUNT_WORDS
from commonweal.sources.finance import AMOUNTS, FinanceReading, FinanceRow, MappingUnusable, read_finance
from commonweal.sources.finance_mapping import FileKind, known_headings
from commonweal.sources.finance_records import BudgetRecord, ContractRecord, FinanceRecord, PaymentRecord
from commonweal.sources.tables import Table, TableError, read_table
from commonweal.sources.tracker_mapping import ColumnUse

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.directory.models import Department
    from commonweal.reporting.register.models import MoneyFile

#: The most rows one file may have.
MOST_ROWS: Final = 100_000
ACCOUNTED: Final = ("accepted", "unchanged", "rejected")


@dataclass(frozen=True, slots=True)
class NewFact:
    """A record to keep: where it stands in the file, its department, and the fact it takes the place of."""

    row: int
    record: FinanceRecord
    department: int | None
    replaces: int | None


@dataclass
class RowResult:
    """What became of one row."""

    number: int
    outcome: str
    reasons: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    repeats: int | None = None


@dataclass
class Plan:
    """What bringing a file in does: every row, the facts it makes, rows and pence accounted for, what to know."""

    rows: list[RowResult]
    facts: list[NewFact]
    pence: dict[str, dict[str, str]]
    notes: list[str]

    def count(self, outcome: str) -> int:
        """This will count the rows with an outcome."""
        return sum(row.outcome == outcome for row in self.rows)


def table_of(name: str, content: bytes, kind: FileKind) -> Table:
    """This will find the table in a file; raises TableError, which says what to do."""
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as held:
        held.write(content)
        held.flush()
        table = read_table(Path(held.name), filename=Path(name).name, known=known_headings(kind))
    if len(table.rows) > MOST_ROWS:
        problem = f"the table has {len(table.rows):,} rows, and at most {MOST_ROWS:,} can be brought in at once"
        raise TableError(problem, Path(name).name, "Split it by month and bring in one part after another")
    return table


def uses_of(mapping: Sequence[Mapping[str, Any]]) -> list[ColumnUse]:
    """This will read a mapping kept as JSON back."""
    return [ColumnUse(each["column"], each["field"], each.get("period", "")) for each in mapping]


def read_as_before(
    table: Table, kind: FileKind, saved: Sequence[Mapping[str, Any]] | None, begins: int | None
) -> FinanceReading:
    """This will read a table by the mapping saved for its headings, or as we propose where that no longer fits.

    Raises MappingUnusable where neither does.
    """
    if saved:
        try:
            return read_finance(table, kind, uses_of(saved), begins=begins)
        except MappingUnusable:
            pass
    return read_finance(table, kind, begins=begins)


def plan(reading: FinanceReading, *, body: Body, money_file: MoneyFile) -> Plan:
    """This will work out what bringing a file in does, against what is here now; nothing is written."""
    kind = reading.kind
    held = queries.standing_facts(body, kind)
    names = queries.DepartmentNames(body)
    found = Plan([], [], {}, [])
    cells = {
        row.number: {column.name: row.text(column) for column in reading.table.columns if row.text(column)}
        for row in reading.table.rows
    }
    sums = {name: dict.fromkeys(ACCOUNTED, Decimal(0)) for name in AMOUNTS[kind]}
    seen: set[str] = set()
    unknown: dict[str, int] = {}
    for row in reading.rows:
        result, facts = _row(row, names, held, cells.get(row.row, {}), unknown)
        found.rows.append(result)
        found.facts += facts
        seen |= {record.key() for record in row.records}
        for name, amount in row.pounds.items():
            sums[name][result.outcome] += amount
    for name, split in sums.items():
        found.pence[name] = {"read": str(reading.read[name]), **{key: str(amount) for key, amount in split.items()}}
    if unreadable := reading.unreadable:
        found.pence[AMOUNTS[kind][0]]["unreadable"] = str(unreadable)
    found.notes = [*reading.notes, *_unknown_words(unknown), *_no_longer_told(body, reading, seen, money_file)]
    return found


def _row(
    row: FinanceRow, names: queries.DepartmentNames, held: Mapping[str, tuple[int, str]], cells: dict[str, str],
    unknown: dict[str, int],
) -> tuple[RowResult, list[NewFact]]:  # fmt: skip
    result = RowResult(row.row, row.outcome, notes=list(row.notes), cells=cells, repeats=row.repeats)
    result.reasons = [
        {"cell": str(each.place), "heading": each.heading, "text": each.text[:200], "reason": each.reason,
         "fix": each.fix}
        for each in row.problems
    ]  # fmt: skip
    if row.outcome != "accepted":
        return result, []
    facts = []
    for record in row.records:
        department = names.find(record.department)
        if department is not None:
            try:
                _check_department(department, record)
            except NotPossible as error:
                result.outcome = "rejected"
                result.reasons = [
                    {
                        "cell": f"row {row.row}",
                        "heading": "",
                        "text": record.department,
                        "reason": str(error),
                        "fix": "",
                    }
                ]
                return result, []
        elif record.department:
            unknown[record.department] = unknown.get(record.department, 0) + 1
        key, print_ = record.key(), record.fingerprint()
        before = held.get(key)
        if before is None or before[1] != print_:
            facts.append(NewFact(row.row, record, department.pk if department else None, before and before[0]))
            if before is not None:
                result.notes.append("It is here already with other figures: these take the place of those.")
    if not facts:
        result.outcome = "unchanged"
    return result, facts


def _check_department(department: Department, record: FinanceRecord) -> None:
    if isinstance(record, BudgetRecord):
        policies.check_department_open(department, record.begins)


def _unknown_words(unknown: Mapping[str, int]) -> list[str]:
    if not unknown:
        return []
    first = ", ".join(f"“{words}”" for words in list(unknown)[:5])
    more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
    return [
        f"No department is called {first}{more}. These rows stand under “No department” until you say which is meant, "
        "under Departments of the files."
    ]


def _no_longer_told(body: Body, reading: FinanceReading, seen: set[str], money_file: MoneyFile) -> list[str]:
    """What is here from earlier files of the same years and is not in this one: it stays, and is said."""
    if reading.kind == "payments":
        return []
    years = {record.begins for row in reading.rows for record in row.records if isinstance(record, BudgetRecord)}
    missing = queries.not_in(body, reading.kind, seen, years)
    if not missing.count:
        return []
    what = "lines" if reading.kind == "budget" else "contracts"
    return [
        f"{missing.count:,} {what} brought in before are not in this file: {AMOUNT_WORDS[AMOUNTS[reading.kind][0]].lower()} "
        f"{money(missing.amount)}. They stay; undo the earlier file if they should go."
    ]


def values_of(fact: NewFact) -> dict[str, Any]:
    """This will give the columns of the fact a record makes."""
    record = fact.record
    match record:
        case BudgetRecord():
            own: dict[str, Any] = {
                "begins": record.begins, "cost_centre": record.cost_centre[:100],
                "description": record.description[:300], "budget": record.budget, "actual": record.actual,
            }  # fmt: skip
        case ContractRecord():
            own = {
                "reference": record.reference[:100], "title": record.title[:300], "supplier": record.supplier[:300],
                "company_number": record.company_number[:40], "starts_on": record.starts_on, "ends_on": record.ends_on,
                "ends_words": record.ends_words[:100], "value": record.value, **queries.keys_of(record),
            }  # fmt: skip
        case PaymentRecord():
            own = {
                "dated_on": record.dated_on, "supplier": record.supplier[:300], "reference": record.reference[:100],
                "amount": record.amount, "description": record.description[:300], **queries.keys_of(record),
            }  # fmt: skip
    return own | {
        "row_number": fact.row, "import_key": record.key(), "import_fingerprint": record.fingerprint(),
        "department_id": fact.department, "department_words": record.department[:200],
    }  # fmt: skip
