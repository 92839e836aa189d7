"""Day one: a council's own tracker or a portal's export, brought in as agreements, promises and delivery to date.

The preview is the import itself, undone before anyone sees it: the same code, in a transaction that is rolled back. So
what the preview says is what happens. A row is brought in whole or not at all; every row ends accepted, unchanged or
rejected with its reason; running the same file again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import DataError, transaction

from commonweal.asks.vocabulary import CHANNELS
from commonweal.base.actions import create_owner, events_at_the_end, no_events
from commonweal.base.errors import NotPossible
from commonweal.base.queries import people_by_name
from commonweal.base.templatetags.figures import quantity
from commonweal.delivery import actions, queries
from commonweal.directory.actions import create_department, record_organisation
from commonweal.directory.queries import departments, organisations
from commonweal.sources.cells import Amount, CellDate, OpenEnded, Quantity, Unknown, is_unknown
from commonweal.sources.grids import TableError
from commonweal.sources.tables import Table, read_table
from commonweal.sources.tracker_mapping import TrackerMapping, fields, known_headings, signature
from commonweal.sources.trackers import FieldValue, Record, RowOutcome, TrackerReading, delivered, read_tracker
from commonweal.sources.workbooks import hidden_in

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person
    from commonweal.delivery.models import Agreement, ImportBatch

#: The most rows one file may have, and the most characters of a title and of what a row is known again by.
MOST_ROWS, TITLE, KEY = 10_000, 300, 200
ENTRY_NOTE = "Brought forward from {file}, not verified here"
_CHANNEL_WORDS = {words.casefold(): key for key, words in CHANNELS} | {key: key for key, _ in CHANNELS}
_CHANNEL_SIGNS = (("grant", "grant"), ("s106", "planning"), ("section 106", "planning"), ("lease", "asset-transfer"),
                  ("loan", "finance"), ("transfer", "asset-transfer"))  # fmt: skip

#: What stands in an owner's cell when the post is empty.
_NOBODY = frozenset({"vacant", "vacancy", "nobody", "unassigned", "post vacant"})

Told = Callable[[int, int], None]


@dataclass
class RowResult:
    """What became of one row: its outcome, the reasons and notes, its cells as they stood, and what it made."""

    number: int
    outcome: str
    reasons: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    agreement: int | None = None
    commitment: int | None = None
    entry: int | None = None
    repeats: int | None = None


@dataclass
class Result:
    """What became of a file: every row, and rows and pence in = accepted + unchanged + rejected.

    `pence` is by field; beside the sums it may hold `unreadable`, the number of cells that no sum can hold. A contract
    in several rows counts in each of them; `agreements` and `once` are how many contracts were made, and their sum where there is one.
    """

    rows: list[RowResult]
    pence: dict[str, dict[str, str]]

    def count(self, outcome: str) -> int:
        """This will count the rows with an outcome."""
        return sum(row.outcome == outcome for row in self.rows)

    def balances(self) -> bool:
        """This will say whether every penny read is accounted for."""
        return all(
            Decimal(split["read"]) == sum(Decimal(split[name]) for name in ("accepted", "unchanged", "rejected"))
            for split in self.pence.values()
        )


def table_of(name: str, content: bytes) -> Table:
    """This will find the table in a file; raises TableError, which says what to do."""
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix) as held:
        held.write(content)
        held.flush()
        table = read_table(Path(held.name), filename=Path(name).name, known=known_headings())
    if len(table.rows) > MOST_ROWS:
        problem = f"the table has {len(table.rows):,} rows, and at most {MOST_ROWS:,} can be brought in at once"
        raise TableError(problem, Path(name).name, "Split it into several files and bring in one after another.")
    return replace(table, notes=(*table.notes, *hidden_in(content, Path(name).name, table)))


class UnusableMapping(ValueError):
    """Columns cannot be read as somebody asked; the message says which and why."""


def read_with(table: Table, mapping: Sequence[dict[str, Any]] | None) -> TrackerReading:
    """This will read a table by a mapping kept as JSON, or by the one we propose. Raises UnusableMapping."""
    try:
        return read_tracker(table, TrackerMapping.from_json(list(mapping)) if mapping else None)
    except (TypeError, ValueError) as error:
        raise UnusableMapping(str(error)) from None


def read_as_before(table: Table, saved: Sequence[dict[str, Any]] | None) -> TrackerReading:
    """This will read a table by the mapping saved for its headings, or as we propose where that no longer fits."""
    try:
        return read_with(table, saved)
    except UnusableMapping:
        return read_with(table, None)


def signature_of(table: Table) -> str:
    """This will give the fingerprint of a table's headings, by which its mapping is remembered."""
    return signature(table)


class _Undo(Exception):
    """Rolls the preview back."""


def preview(reading: TrackerReading, *, body: Body, by: Person | None, told: Told | None = None) -> Result:
    """This will say what bringing a file in would do, by doing it and undoing it."""
    result: Result | None = None
    try:
        with transaction.atomic(), no_events():
            result = bring_in(reading, body=body, by=by, batch=None, told=told)
            raise _Undo
    except _Undo:
        pass
    assert result is not None
    for row in result.rows:
        row.agreement = row.commitment = row.entry = None
    return result


def bring_in(
    reading: TrackerReading, *, body: Body, by: Person | None, batch: ImportBatch | None, told: Told | None = None
) -> Result:
    """This will bring a file's rows in, each in a savepoint of its own, and account for every row and penny."""
    importer = _Importer(body, by, batch, reading)
    rows: list[RowResult] = []
    with events_at_the_end():
        for number, outcome in enumerate(reading.rows, start=1):
            rows.append(importer.row(outcome))
            if told and number % 25 == 0:
                told(number, len(reading.rows))
    pence = _pence(reading, rows)
    made = [importer.agreements[key] for key in importer.made]
    if once := sum((agreement.value for agreement in made if agreement.value is not None), Decimal(0)):
        pence["agreement.contract_value"] |= {"agreements": str(len(made)), "once": str(once)}
    return Result(rows, pence)


def _pence(reading: TrackerReading, rows: list[RowResult]) -> dict[str, dict[str, str]]:
    account = reading.account
    found: dict[str, dict[str, str]] = {}
    for name, split in (("agreement.contract_value", account.contract_value), ("commitment.value", account.committed)):
        sums = dict.fromkeys(("accepted", "unchanged", "rejected"), Decimal(0))
        for read, row in zip(reading.rows, rows, strict=True):
            sums[row.outcome] += read.pounds.get(name, Decimal(0))
        found[name] = {"read": str(split.read), **{key: str(amount) for key, amount in sums.items()}}
        if unreadable := account.unreadable_amounts[name]:
            found[name]["unreadable"] = str(unreadable)
    return found


class _Importer:
    """Brings rows in order; what an earlier row made is found again by its key."""

    def __init__(self, body: Body, by: Person | None, batch: ImportBatch | None, reading: TrackerReading) -> None:
        self.body, self.by, self.batch, self.filename = body, by, batch, reading.table.filename
        self.cells = {
            row.number: {column.name: row.text(column) for column in reading.table.columns if row.text(column)}
            for row in reading.table.rows
        }
        self.people = people_by_name(body)
        self.departments = {each.name.casefold(): each for each in departments(body)}
        self.organisations = {_plain(each.name): each for each in organisations(body)}
        self.by_number = {each.company_number: each for each in self.organisations.values() if each.company_number}
        self.agreements = queries.agreements_by_import_key(body)
        self.commitments = queries.commitments_by_import_key(body)
        self.deliveries = queries.entry_fingerprints(body)
        self.position = 0
        # A contract's facts may stand in several of its rows; the last record of a contract holds them all.
        self.stated = {
            record.key(): record
            for row in reading.rows if row.outcome == "accepted"
            for record in row.records if record.kind == "agreement"
        }  # fmt: skip
        self._undo: list[Callable[[], object]] = []  # how to forget what the row in hand has made
        self.made: dict[str, set[str]] = {}  # the contracts of this file, and the fingerprints its rows gave them

    def row(self, outcome: RowOutcome) -> RowResult:
        result = RowResult(
            outcome.row, outcome.outcome, notes=list(outcome.notes), cells=self.cells.get(outcome.row, {}),
            repeats=outcome.repeats,
        )  # fmt: skip
        if outcome.outcome == "rejected":
            result.reasons = [
                {"cell": str(problem.place), "heading": problem.heading, "text": problem.text[:200],
                 "reason": problem.reason, "fix": problem.fix}
                for problem in outcome.problems
            ]  # fmt: skip
            return result
        if outcome.outcome == "unchanged":
            return result
        made: list[bool] = []
        self._undo.clear()
        try:
            with transaction.atomic(), events_at_the_end():
                for record in outcome.records:
                    made.append(self._record(record, result))
        except (NotPossible, DataError) as error:
            # What a refused row put in our own tables of what is known must go with it.
            while self._undo:
                self._undo.pop()()
            reason = str(error)
            if isinstance(error, DataError):
                reason = "Something in this row is longer or larger than can be kept. Shorten it."
            result.outcome = "rejected"
            result.agreement = result.commitment = result.entry = None
            result.reasons = [{"cell": f"row {outcome.row}", "heading": "", "text": "", "reason": reason, "fix": ""}]
            return result
        result.outcome = "accepted" if any(made) else "unchanged"
        return result

    def _know(self, known: dict[Any, Any], key: Any, value: Any) -> None:
        """This will remember what the row in hand made, until it is refused."""
        if key in known:
            self._undo.append(partial(known.__setitem__, key, known[key]))
        else:
            self._undo.append(partial(known.pop, key))
        known[key] = value

    def _record(self, record: Record, result: RowResult) -> bool:
        match record.kind:
            case "agreement":
                return self._agreement(record, result)
            case "commitment":
                return self._commitment(record, result)
            case "delivery":
                return self._delivery(record, result)

    def _agreement(self, record: Record, result: RowResult) -> bool:
        key = record.key()
        record, said = self.stated[key], record.fingerprint()
        print_ = record.fingerprint()
        held = self.agreements.get(key)
        if held is not None:
            result.agreement = held.pk
            if key in self.made:
                fresh = said not in self.made[key]
                self._know(self.made, key, self.made[key] | {said})
                return fresh
            if held.import_fingerprint != print_:
                self._compare(held, record, result)
            return False
        values = record.values
        _check_key(key)
        if len(_text(values, "title")) > TITLE:
            result.notes.append(f"Its title is longer than {TITLE} characters; the whole of it is kept with this row.")
        starts, ends = _date(values.get("start")), _date(values.get("end"), last=True)
        provider = self._provider(values)
        agreement = actions.record_agreement(
            by=self.by, body=self.body, title=(_text(values, "title") or _text(values, "reference"))[:TITLE],
            reference=_text(values, "reference")[:100], channel=_channel(_text(values, "channel")),
            provider=provider, department=self._department(_text(values, "department")),
            owner=self._person(_text(values, "owner")), value=_pounds(values.get("contract_value")),
            spent=_pounds(values.get("spend_to_date")), starts_on=starts, ends_on=ends,
            ends_words=_words(values.get("end")), origin="imported", batch=self.batch,
            as_contracted={name: found.raw for name, found in values.items() if found.raw}, import_key=key,
            import_fingerprint=print_,
        )  # fmt: skip
        self._know(self.agreements, key, agreement)
        self._know(self.made, key, {said})
        result.agreement = agreement.pk
        return True

    def _compare(self, held: Agreement, record: Record, result: RowResult) -> None:
        """This will refuse a row about a contract that is here with other terms, and note softer differences."""
        values, before = record.values, held.as_contracted
        other = [
            name for name, found in values.items()
            if " ".join(found.raw.split()) != " ".join(str(before.get(name, "")).split())
        ]  # fmt: skip
        same_terms = {
            "contract_value": _pounds(values.get("contract_value")) == held.value,
            "start": _date(values.get("start")) == held.starts_on,
            "end": _date(values.get("end"), last=True) == held.ends_on,
        }
        terms = [name for name in other if not same_terms.get(name, name not in ("title", "provider"))]
        if terms:
            told = ", ".join(
                f"{_label(name)} {values[name].raw.strip()} (here: {before.get(name) or 'none'})" for name in terms
            )
            raise NotPossible(
                f"{held.title} is here already with other terms: {told}. Make the row say what is here, or undo the "
                "file that brought it in first."
            )
        soft = [_label(name) for name in other if name not in same_terms]
        if soft:
            result.notes.append(f"The contract is here already; its {', '.join(soft)} was left as it is here.")

    def _commitment(self, record: Record, result: RowResult) -> bool:
        key, print_ = record.key(), record.fingerprint()
        held = self.commitments.get(key)
        agreement = self._agreement_of(record, result)
        result.agreement = agreement.pk
        if held is not None:
            result.commitment = held.pk
            if held.import_fingerprint != print_:
                raise NotPossible(
                    f"The promise “{held.wording}” is here already with other facts. Undo the earlier file first, "
                    "or change the row so that it says what is here."
                )
            return False
        _check_key(key)
        values = record.values
        counted = values.get("quantity")
        number = counted.value.number if counted and isinstance(counted.value, Quantity) else None
        unit = _text(values, "unit") or (counted.value.unit if counted and isinstance(counted.value, Quantity) else "")
        unit = "GBP" if unit == "£" else unit
        self.position += 1
        wording = _text(values, "wording") or _text(values, "code") or _text(values, "theme") or "Promise without words"
        raw = {
            "code": "code",
            "wording": "wording",
            "unit": "unit",
            "value": "£",
            "theme": "theme",
            "quantity": "quantity",
        }
        commitment = actions.record_commitment(
            by=self.by, agreement=agreement, wording=wording[:500], unit=unit[:80], quantity=number,
            ends_on=_date(values.get("due"), last=True), owner=self._person(_text(values, "owner")),
            position=self.position, batch=self.batch, gbp_as_contracted=_pounds(values.get("value")),
            as_contracted={
                label: values[name].raw for name, label in raw.items() if name in values and values[name].raw
            },
            import_key=key, import_fingerprint=print_,
        )  # fmt: skip
        self._know(self.commitments, key, commitment)
        result.commitment = commitment.pk
        return True

    def _delivery(self, record: Record, result: RowResult) -> bool:
        number = delivered(record)
        if number is None:
            if any(name in record.values for name in ("value", "quantity")) or record.parts:
                result.notes.append(
                    "What was delivered has no quantity that could be read; its words are kept with this row."
                )
            return False
        if not record.commitment:
            result.notes.append(
                "Delivery told for the contract as a whole is kept with this row and counted under no promise."
            )
            return False
        print_ = record.fingerprint()
        commitment = self.commitments[record.commitment]
        if print_ in self.deliveries.get(commitment.pk, {}):
            return False
        before = sum(self.deliveries.get(commitment.pk, {}).values(), Decimal(0))
        more = number - before
        if more < 0:
            raise NotPossible(
                f"{quantity(number)} is less than the {quantity(before)} brought forward before. Reverse the earlier "
                "entry first, if it was wrong."
            )
        if more == 0 and before:
            return False
        starts, ends = _parts_period(record)
        entry = actions.record_entry(
            by=self.by, commitment=commitment, quantity=more, starts_on=starts, ends_on=ends, brought_forward=True,
            note=ENTRY_NOTE.format(file=self.filename), batch=self.batch, import_fingerprint=print_,
        )  # fmt: skip
        self._know(self.deliveries.setdefault(commitment.pk, {}), print_, more)
        result.entry = entry.pk
        return True

    def _agreement_of(self, record: Record, result: RowResult) -> Agreement:
        """The contract of a promise. What tells it may stand in another row, further down or refused for its promise."""
        if record.agreement not in self.agreements and (stated := self.stated.get(record.agreement)):
            self._agreement(stated, result)
            self._know(self.made, record.agreement, set())  # the rows that state it are yet to come, and are no repeats
        found = self.agreements.get(record.agreement)
        if found is None:
            raise NotPossible("The contract this promise belongs to was not brought in; see its row.")
        return found

    def _person(self, name: str) -> Person | None:
        name = " ".join(name.split())
        key = name.casefold()
        if not name or key in _NOBODY or is_unknown(name):
            return None
        if key not in self.people:
            self._know(self.people, key, create_owner(name=name, body=self.body, by=self.by))
        return self.people[key]

    def _department(self, name: str) -> Any:
        name = " ".join(name.split())[:200]
        if not name:
            return None
        key = name.casefold()
        if key not in self.departments:
            self._know(self.departments, key, create_department(name=name, body=self.body, by=self.by))
        return self.departments[key]

    def _provider(self, values: Any) -> Any:
        name, number = _text(values, "provider"), _text(values, "company_number").replace(" ", "").upper()
        if not name:
            return None
        found = self.by_number.get(number.zfill(8)) if number else None
        found = found or self.organisations.get(_plain(name))
        if found is None:
            found = self._record_provider(name, number, _text(values, "charity_number"), _text(values, "provider_size"))
            self._know(self.organisations, _plain(name), found)
            if found.company_number:
                self._know(self.by_number, found.company_number, found)
        return found

    def _record_provider(self, name: str, number: str, charity: str, kind: str) -> Any:
        words = kind.casefold()
        form = next((form for sign, form in _FORM_SIGNS if sign in words), "unknown")
        size = next((size for size in ("micro", "small", "medium", "large") if size in words), "unknown")
        # A number that is wrong is left out. The refusal comes before anything is written: no savepoint is needed.
        for company, registered in dict.fromkeys(((number, charity), (number, ""), ("", charity), ("", ""))):
            try:
                return record_organisation(
                    name=name[:300], body=self.body, by=self.by, form=form, size=size, company_number=company,
                    charity_number=registered,
                )  # fmt: skip
            except NotPossible as error:
                if not company and not registered:
                    raise NotPossible(f"The provider {name} could not be recorded: {error}") from None
        raise AssertionError("the last try has no number to be wrong")


_FORM_SIGNS = (
    ("charit", "charity"), ("cic", "cic"), ("co-op", "co-operative"), ("social ent", "social-enterprise"),
    ("sole", "sole-trader"), ("vcse", "social-enterprise"),
)  # fmt: skip


def _check_key(key: str) -> None:
    if len(key) > KEY:
        raise NotPossible(
            f"By its reference or title this would be known again as {len(key)} characters, and at most {KEY} can be "
            "kept. Shorten the reference."
        )


def _label(name: str) -> str:
    return fields()[f"agreement.{name}"].label.lower()


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("limited", "ltd").replace(".", "").split())


def _text(values: Any, name: str) -> str:
    found: FieldValue | None = values.get(name)
    return found.value.strip() if found is not None and isinstance(found.value, str) else ""


def _pounds(found: FieldValue | None) -> Decimal | None:
    return found.value.pounds if found is not None and isinstance(found.value, Amount) else None


def _date(found: FieldValue | None, *, last: bool = False) -> dt.date | None:
    if found is None or not isinstance(found.value, CellDate):
        return None
    return found.value.last if last else found.value.first


def _words(found: FieldValue | None) -> str:
    return found.value.words[:100] if found is not None and isinstance(found.value, OpenEnded | Unknown) else ""


def _channel(words: str) -> str:
    plain = words.casefold().strip()
    if plain in _CHANNEL_WORDS:
        return _CHANNEL_WORDS[plain]
    return next((channel for sign, channel in _CHANNEL_SIGNS if sign in plain), "procurement")


def _parts_period(record: Record) -> tuple[dt.date | None, dt.date | None]:
    dated = [part.dates for part in record.parts if part.dates is not None]
    if dated:
        return min(each.first for each in dated), max(each.last for each in dated)
    updated = record.values.get("updated")
    return None, _date(updated, last=True)
