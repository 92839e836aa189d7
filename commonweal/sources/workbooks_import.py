"""The framework in a licensed workbook: its rows, read by a mapping a person has seen, with what they state of it.

What no workbook says (the licence, the year of the prices, what the values have already taken off) is asked of a person
in `About` and never guessed. Every row ends accepted or rejected with its cell and reason. What is built is the
catalogue's own document, so `engine.catalogue` and `check_framework` hold it to the same schema as every other framework.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from typing import Any, Literal

import yaml

from commonweal.sources.cells import CellProblem, Quantity, is_unknown, read_quantity
from commonweal.sources.tables import Column, Place, Row, Table, plain
from commonweal.sources.workbooks import (
    Finding,
    NoValue,
    UnitPrice,
    Workbook,
    cell,
    is_error,
    read_share,
    read_unit_value,
    within,
)
from commonweal.sources.workbooks_mapping import (
    CARRIED_FIELDS,
    REQUIRED,
    YEAR,
    ColumnUse,
    Headings,
    Mapping,
    kind_in,
    known_headings,
    slug_of,
    table_on,
)

Cause = Literal["fault", "not a measure"]

#: What the licence of an imported edition and of each of its values says: it is the body's own copy, never published.
PRIVATE = "private"
_NUMBERS = ("unit value", "share", "years", "price year")
_LONGEST_CELL = 32_767  # the most a spreadsheet keeps


class MappingIncomplete(ValueError):
    """This will say what a mapping lacks before a framework can be made by it."""


class AboutIncomplete(ValueError):
    """This will say what a person has not yet stated; `problems` gives the reason by name of the field."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in problems.items()))


# ---------------------------------------------------------------- what a person must say


@functools.cache
def _vocabularies() -> dict[str, tuple[str, ...]]:
    """This will read the closed sets of the catalogue's schema, so that they are written down once."""
    folder = resources.files("commonweal") / "catalogue" / "schema"
    framework = yaml.safe_load((folder / "framework.schema.yaml").read_text(encoding="utf-8"))["properties"]
    value = yaml.safe_load((folder / "values.schema.yaml").read_text(encoding="utf-8"))["$defs"]["value"]["properties"]
    return {
        "nation": tuple(framework["nation"]["enum"]),
        "price_year_type": tuple(value["price_year_type"]["enum"]),
        "kind": tuple(value["kind"]["enum"]),
        "uprate": tuple(value["uprate"]["enum"]),
        "already_net": tuple(value["already_net"]["items"]["enum"]),
    }


@functools.cache
def _longest() -> dict[str, int]:
    """This will read from the catalogue's schema how long the words of a measure may be, by their name."""
    folder = resources.files("commonweal") / "catalogue" / "schema"
    schema = yaml.safe_load((folder / "framework.schema.yaml").read_text(encoding="utf-8"))
    measure = schema["$defs"]["measure"]["properties"]
    return {name: measure[name]["maxLength"] for name in ("code", "title", "unit", "id")} | {
        "framework id": schema["$defs"]["id"]["maxLength"],
        "version": schema["properties"]["version"]["maxLength"],
        "edition title": schema["properties"]["title"]["maxLength"],
    }


_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9A-Za-z]+([.-][0-9A-Za-z]+)*")
_FINANCIAL_YEAR = re.compile(r"(\d{4})-(\d{2})")
_YEAR_OF_TYPE = {"calendar": r"\d{4}", "financial": r"\d{4}-\d{2}", "rate-year": r"\d{4}(-\d{2})?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """This will hold what no workbook says and a person must; raises `AboutIncomplete` with every problem at once.

    `licence` is the person's own words on the right to use it ("our licence of 1 April 2026, to March 2027").
    `already_net` names the deductions the values have already taken off: it must be stated, if only as empty, and None
    is refused. `price_year` ("2024", or "2023-24" for a financial year), `kind` and `unit` hold for the rows that do
    not say their own; `unit` is needed where no column gives it. `source_title` and `locator` say what was read.
    `uprate` "none" keeps values in their own prices, since a publisher's rule for other years is not known.
    """

    framework_id: str
    version: str
    title: str
    publisher: str
    licence: str
    nation: str
    price_year: str
    price_year_type: str
    kind: str
    beneficiary: str
    already_net: tuple[str, ...] | None
    source_title: str
    locator: str
    author: str
    unit: str = ""
    uprate: str = "none"

    def __post_init__(self) -> None:
        problems = {
            name: "this must be stated"
            for name in ("title", "publisher", "licence", "beneficiary", "source_title", "locator", "author")
            if not str(getattr(self, name)).strip()
        }
        known = _vocabularies()
        for name in ("nation", "price_year_type", "kind", "uprate"):
            if getattr(self, name) not in known[name]:
                problems[name] = f"choose one of: {', '.join(known[name])}"
        if not _ID.fullmatch(self.framework_id):
            problems["framework_id"] = "use small letters, digits and hyphens"
        if not _VERSION.fullmatch(self.version):
            problems["version"] = "use letters, digits, points and hyphens, such as 2026.1"
        written = re.fullmatch(_YEAR_OF_TYPE.get(self.price_year_type, r".+"), self.price_year)
        year = _FINANCIAL_YEAR.fullmatch(self.price_year)
        if not written or (year and int(year[2]) != (int(year[1]) + 1) % 100):
            problems["price_year"] = "write 2024 for a calendar year, 2023-24 for a financial one"
        for name, limit in (("framework_id", "framework id"), ("version", "version"), ("title", "edition title")):
            if len(str(getattr(self, name)).strip()) > _longest()[limit]:
                problems[name] = f"it has more than {_longest()[limit]} characters; shorten it"
        if self.already_net is None:
            problems["already_net"] = "say which deductions the values have already taken off, even if none"
        elif unknown := set(self.already_net) - set(known["already_net"]):
            problems["already_net"] = f"not a deduction: {', '.join(sorted(unknown))}"
        if problems:
            raise AboutIncomplete(problems)


# ---------------------------------------------------------------- the framework


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """This will say which measures (ids) a row became, and what was inferred on the way, in sentences."""

    place: Place
    measures: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """This will say why a row is not in the framework: at which cell, what it holds, the reason and what to do.

    `code` and `title` are the measure's, as far as the row gives them. `cause` tells a row with a fault from one that
    is not a measure at all: a total, a section heading, a note.
    """

    place: Place
    text: str
    reason: str
    fix: str
    cause: Cause = "fault"
    code: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """This will hold the framework made, as the catalogue's document, and the fate of every row below the headings.

    `rows_in` was counted from the file: it equals accepted plus rejected. `document` is None when no row was accepted.
    """

    document: dict[str, Any] | None
    rows_in: int
    accepted: tuple[AcceptedRow, ...]
    rejected: tuple[RejectedRow, ...]
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[RejectedRow, ...]:
        """This will give the rejected rows that a person would want to mend."""
        return tuple(row for row in self.rejected if row.cause == "fault")

    def as_file(self) -> bytes:
        """This will write the document as a framework file (JSON, which is YAML too); raises ValueError without one."""
        if self.document is None:
            raise ValueError("no row was accepted, so there is no framework")
        return (json.dumps(self.document, ensure_ascii=False, indent=1) + "\n").encode()


def framework_from(workbook: Workbook, mapping: Mapping, about: About, headings: Headings | None = None) -> Imported:
    """This will make a framework of the rows of a workbook, by a mapping a person has seen and what they state.

    A row is taken whole or not at all. A blank value, or words for none, makes a count. Two rows with one code and
    different words are both rejected. Raises `MappingIncomplete` when a needed column is not there, and `TableError`.
    """
    headings = headings or known_headings()
    if mapping.missing:
        labels = ", ".join(headings.fields[name].label.lower() for name in mapping.missing)
        raise MappingIncomplete(f"no column is chosen for: {labels}")
    if not mapping.uses("measure.unit") and not about.unit.strip():
        raise MappingIncomplete("no column gives the unit, so say what one unit is")
    rows_in = 0
    records: list[_Record] = []
    rejected: list[RejectedRow] = []
    sheets = [table_on(workbook, use.name, use.heading_row, headings) for use in mapping.sheets]
    readers = [_Reader(workbook, table, mapping, about, headings) for table in sheets]
    differing = _differing(readers)
    for table, reader in zip(sheets, readers, strict=True):
        rows_in += len(table.rows)
        for row in table.rows:
            place, (code, title) = Place(table.sheet, row.number, ""), reader.named(row)
            others = ", ".join(str(each) for each in differing.get(place, ()))
            differs = f"the code also stands in {others} with other words or values"
            try:
                record = reader.record(row)
            except _RowRefused as refused:
                where = Place(table.sheet, row.number, refused.column.letter if refused.column else "")
                reason = f"{refused.reason}; {differs}" if others else refused.reason
                told = refused.text[:200], reason, refused.fix, refused.cause
                rejected.append(RejectedRow(where, *told, code, title))
                continue
            if others:
                rejected.append(RejectedRow(place, code, differs, _FIX_CODES, code=code, title=title))
            else:
                records.append(record)
    kept, repeated = _without_repeats(records)
    rejected += repeated
    rejected.sort(key=lambda row: ([use.name for use in mapping.sheets].index(row.place.sheet), row.place.row))
    faults = sum(row.cause == "fault" for row in rejected)
    accepted = tuple(
        AcceptedRow(record.place, tuple(each["id"] for each in record.measures), record.notes) for record in kept
    )
    document = _document(kept, about, workbook.filename, faults, rows_in) if kept else None
    return Imported(document, rows_in, accepted, tuple(rejected), workbook.findings + tuple(_assumed(mapping, about)))


def _assumed(mapping: Mapping, about: About) -> Iterator[Finding]:
    if not mapping.uses("theme") and mapping.section_rows != "theme":
        yield Finding("note", "", "", f"No column is the theme: all measures stand under one, “{about.title}”.")
    if not mapping.uses("outcome") and mapping.section_rows != "outcome":
        yield Finding("note", "", "", "No column is the outcome: each theme has one outcome of the same name.")
    if not mapping.uses("value") and not mapping.uses("value.low"):
        yield Finding("note", "", "", "No column is the value: every measure is a count.")
    for use in mapping.columns:
        name = (use.field or "").removeprefix("rate.")
        if use.field and use.field.startswith("rate.") and name in (about.already_net or ()):
            yield Finding(
                "note", "", "", f"The values are net of {name}: “{use.column}” is kept and not taken off again."
            )


class _RowRefused(Exception):
    def __init__(self, column: Column | None, text: str, reason: str, fix: str, cause: Cause = "fault") -> None:
        super().__init__(reason)
        self.column, self.text, self.reason, self.fix = column, text, reason, fix
        self.cause: Cause = cause


@dataclass(frozen=True, slots=True)
class _Record:
    """One row read: where, its theme and outcome, its measures, and all its mapped words to compare repeats by."""

    place: Place
    code: str
    theme: str
    outcome: str
    measures: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]
    words: tuple[str, ...]


_FIX_CODES = "Give each measure a code of its own"
_FIX_MERGE = "Unmerge the cells and write what belongs in each"
_FIX_FORMULA = "Open the file in a spreadsheet program, save it and send that"


class _Reader:
    """This will read the rows of one sheet, in order, remembering the themes and outcomes that stand above them."""

    def __init__(self, workbook: Workbook, table: Table, mapping: Mapping, about: About, headings: Headings) -> None:
        self.sheet, self.table, self.about, self.headings = workbook.sheet(table.sheet), table, about, headings
        self.recalculates, self.section_rows = workbook.recalculates, mapping.section_rows
        self.columns: dict[str, list[tuple[ColumnUse, Column]]] = {}
        by_name = {column.name: column for column in table.columns}
        for use in mapping.columns:
            if use.field is None:
                continue
            if use.column not in by_name:
                raise MappingIncomplete(
                    f"sheet “{table.sheet}” has no column “{use.column}” under row {table.heading_row}"
                )
            self.columns.setdefault(use.field, []).append((use, by_name[use.column]))
        self.texts = {row.number: row for row in self.sheet.grid.rows}
        self.merged: dict[int, list[tuple[int, int]]] = {}
        for top, left, bottom, _ in sorted(table.merges):
            if bottom > top > table.heading_row:
                self.merged.setdefault(left, []).append((top, bottom))
        self.above: dict[str, tuple[str, str, int]] = {}
        #: Formulas whose value was not saved, by their column; under None, those in rows that hold nothing else.
        self.unsaved: dict[int | None, list[tuple[int, int]]] = {}
        for number, index in sorted(self.sheet.grid.formulas):
            held = self.texts.get(number)
            if held is None or not held.text(index).strip():
                self.unsaved.setdefault(index, []).append((number, index))
                if held is None or not any(text.strip() for text in held.cells):
                    self.unsaved.setdefault(None, []).append((number, index))

    def record(self, row: Row) -> _Record:
        """This will read one row; raises `_RowRefused`."""
        if row.mark:
            self._not_a_measure(row)
        notes: list[str] = []
        words: dict[str, str] = {}
        # What rows below are filled down from is read first, whatever is wrong with the rest of this one.
        for name in CARRIED_FIELDS:
            words |= {use.column: self._text(row, use, column, notes) for use, column in self.columns.get(name, ())}
        theme, outcome = self._standing(row, "theme", words, notes), self._standing(row, "outcome", words, notes)
        words = {
            use.column: words[use.column] if name in CARRIED_FIELDS else self._text(row, use, column, notes)
            for name, each in self.columns.items()
            for use, column in each
        }
        if within(row.number, self.sheet.hidden_rows):
            notes.append("the row is hidden in the workbook")
        if not any(words[use.column] for name in (*REQUIRED, "value") for use, _ in self.columns.get(name, ())):
            reason = "it has no code, no title and no value"
            raise _RowRefused(None, "", reason, "Nothing, if it is a note or a heading", "not a measure")
        code, title = self._required(row, "measure.code", words), self._required(row, "measure.title", words)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}(?: .*)?", code):
            column = self.columns["measure.code"][0][1]
            raise _RowRefused(column, code, "the spreadsheet has turned the code into a date", "Type it again as text")
        if not slug_of(code):
            column = self.columns["measure.code"][0][1]
            raise _RowRefused(column, code, "the code has no letter or digit", "Give each measure a code")
        unit = self._one_of(words, "measure.unit") or (
            "" if "measure.unit" in self.columns else self.about.unit.strip()
        )
        if not unit:
            column = self.columns["measure.unit"][0][1]
            raise _RowRefused(column, "", "the unit is blank", "Say what one unit is")
        for name, text in (("theme", theme), ("outcome", outcome)):
            if not text and name in self.columns:
                column = self.columns[name][0][1]
                fix = f"Fill it in, or say that blank cells mean the {name} above"
                raise _RowRefused(column, "", f"the {name} is blank", fix)
        shared = {"title": title, "unit": unit, "wording": "official", **self._described(words)}
        shared |= self._effects(row, words)
        theme = theme or self.about.title
        measures = tuple(self._measures(row, code, shared, words, notes))
        for made in measures:
            self._check_lengths(made)
        place = Place(self.table.sheet, row.number, "")
        return _Record(place, code, theme, outcome or theme, measures, tuple(notes), (theme, outcome, *words.values()))

    def _check_lengths(self, made: dict[str, Any]) -> None:
        """This will refuse words longer than a framework keeps, by the schema that every framework is held to."""
        for name in ("code", "title", "unit", "id"):
            text, longest = str(made[name]), _longest()[name]
            if len(text) > longest:
                column = next((each for _, each in self.columns.get(f"measure.{name}", ())), None)
                label = "code" if name == "id" else name
                reason = f"the {label} has {len(text):,} characters, and at most {longest} are kept"
                raise _RowRefused(column, text, reason, "Shorten it")

    def named(self, row: Row) -> tuple[str, str]:
        """This will give a row's code and title as they stand, each empty where the row has none."""
        code, title = (
            next((_line(row.text(column))[:200] for _, column in self.columns.get(name, ())), "") for name in REQUIRED
        )
        return code, title

    def stands(self, row: Row) -> tuple[str, ...]:
        """This will give what stands in the row's own cells; themes and outcomes may stand above it, and are left out."""
        own = (each for name, each in sorted(self.columns.items()) if name not in CARRIED_FIELDS)
        return tuple(_tidy(row.text(column).strip()) for each in own for _, column in each)

    def _not_a_measure(self, row: Row) -> None:
        filled = [(column, row.text(column).strip()) for column in self.table.columns if row.text(column).strip()]
        if row.mark == "label" and len(filled) == 1:
            column, text = filled[0]
            name = next((use.field for each in self.columns.values() for use, one in each if one is column), None)
            if name in ("measure.code", "value") and not is_unknown(text):
                raise _RowRefused(column, text, "only one cell is filled", "Fill in the rest of the measure")
            self._remember(
                self.section_rows or (name if name in CARRIED_FIELDS else ""), text, row.number, column.index
            )
            why = f"it names the {self.section_rows} of the rows below" if self.section_rows else row.why
            raise _RowRefused(column, text, why, "Nothing, if that is so", "not a measure")
        raise _RowRefused(None, "", row.why, "Nothing, if that is so", "not a measure")

    def _remember(self, name: str | None, text: str, number: int, column: int) -> None:
        if not name:
            return
        if name == "theme" and self.above.get("theme", ("", "", 0))[0] != text:
            self.above.pop("outcome", None)
        self.above[name] = text, cell(number, column), number

    def _standing(self, row: Row, name: str, words: dict[str, str], notes: list[str]) -> str:
        """This will give the theme or outcome of a row: its own, or the one above where that is what blanks mean."""
        for use, column in self.columns.get(name, ()):
            if words[use.column]:
                self._remember(name, words[use.column], row.number, column.index)
                return words[use.column]
            if not use.carried_down:
                return ""
        if name not in self.columns and self.section_rows != name:
            return ""
        text, where, above = self.above.get(name, ("", "", self.table.heading_row))
        if unsaved := self._unsaved_between(above, row.number, self.columns.get(name, ())):
            reason = f"the {name} above it, {cell(*unsaved)}, is a formula with no value saved in the file"
            raise _RowRefused(self.columns[name][0][1] if name in self.columns else None, "", reason, _FIX_FORMULA)
        if text:
            notes.append(f"the {name} is filled down from {where}")
        return text

    def _unsaved_between(
        self, above: int, below: int, uses: Sequence[tuple[ColumnUse, Column]]
    ) -> tuple[int, int] | None:
        """This will give the cell in which a theme or an outcome would stand between two rows, had it been saved."""
        places = self.unsaved.get(uses[0][1].index if uses else None, [])
        at = bisect_left(places, (below, 0)) - 1
        return places[at] if at >= 0 and places[at][0] > above else None

    def _text(self, row: Row, use: ColumnUse, column: Column, notes: list[str]) -> str:
        text, place = row.text(column).strip(), (row.number, column.index)
        name = use.field or ""
        if len(text) > _LONGEST_CELL:
            raise _RowRefused(column, text, f"the cell has more than {_LONGEST_CELL:,} characters", "Shorten it")
        reads = self.headings.fields[name].reads
        exact = reads in _NUMBERS or name in REQUIRED
        if is_error(text):
            raise _RowRefused(column, text, f"the cell holds the error {text}", "Mend the formula, save and send that")
        if place in self.sheet.grid.formulas:
            if not text and (exact or name in (*CARRIED_FIELDS, "measure.unit")):
                raise _RowRefused(column, "", "the formula has no value saved in the file", _FIX_FORMULA)
            if self.recalculates and text == "0" and reads in _NUMBERS:
                reason = "the 0 saved for this formula may never have been computed"
                raise _RowRefused(column, text, reason, _FIX_FORMULA)
            notes.append(f"{cell(*place)} is a formula: the value last saved was used")
        if text and reads == "unit value":
            if place in self.sheet.percentages:
                raise _RowRefused(column, text, "the cell is shown as a percentage, not an amount", "Format it as £")
            if place in self.sheet.other_currency:
                raise _RowRefused(column, text, "the cell is shown in another currency", "Give the value in pounds")
        if not text and (top := self._merged_from(row.number, column.index)):
            where = cell(top, column.index)
            if exact:
                raise _RowRefused(column, "", f"the cell is merged with those above it, from {where}", _FIX_MERGE)
            if (top, column.index) in self.unsaved.get(column.index, ()):
                reason = f"{where}, with which the cell is merged, is a formula with no value saved in the file"
                raise _RowRefused(column, "", reason, _FIX_FORMULA)
            above = self.texts.get(top)
            text = above.text(column.index).strip() if above else ""
            if is_error(text):
                raise _RowRefused(
                    column, text, f"the cell holds the error {text}", "Mend the formula, save and send that"
                )
            if text:
                notes.append(f"the {self.headings.fields[name].label.lower()} is filled down from the merged {where}")
        return _tidy(text)

    def _merged_from(self, number: int, column: int) -> int:
        merged = self.merged.get(column, [])
        at = bisect_right(merged, (number, 0)) - 1
        return merged[at][0] if at >= 0 and merged[at][0] < number <= merged[at][1] else 0

    def _one_of(self, words: dict[str, str], name: str) -> str:
        return next((words[use.column] for use, _ in self.columns.get(name, ())), "")

    def _required(self, row: Row, name: str, words: dict[str, str]) -> str:
        use, column = self.columns[name][0]
        if not (text := " ".join(words[use.column].split())):
            label = self.headings.fields[name].label.lower()
            raise _RowRefused(column, "", f"the {label} is blank", "Fill it in")
        return text

    def _described(self, words: dict[str, str]) -> dict[str, Any]:
        described: dict[str, Any] = {}
        for name in ("definition", "counting_rule"):
            if text := self._one_of(words, f"measure.{name}"):
                described[name] = text
        wanted = re.split(r"\n|;", self._one_of(words, "measure.evidence"))
        if evidence := [text.strip(" -–•*\t") for text in wanted if text.strip(" -–•*\t")]:
            described["evidence"] = evidence
        return described

    def _effects(self, row: Row, words: dict[str, str]) -> dict[str, Any]:
        """This will read the rates, drop-off and duration of a row, each with the cell it stands in as its reason."""
        rates: dict[str, Any] = {}
        effects: dict[str, Any] = {}
        for name, each in self.columns.items():
            use, column = each[0]
            reads = self.headings.fields[name].reads
            text = words[use.column]
            if reads == "share":
                share = read_share(
                    text,
                    typed_number=row.is_number(column),
                    shown_as_percentage=(row.number, column.index) in self.sheet.percentages,
                    written_as=use.written_as,
                )
                if isinstance(share, CellProblem):
                    raise _RowRefused(column, text, share.reason, share.fix)
                if share is not None:
                    reason = f"As in the workbook, {self.table.place(row, column)}"
                    rate = {"central": _plain_number(share), "reason": reason}
                    if name == "dropoff":
                        effects["dropoff"] = rate
                    else:
                        rates[name.removeprefix("rate.")] = rate
            elif reads == "years" and text and not is_unknown(text):
                years = read_quantity(text, typed_number=row.is_number(column))
                whole = years.number if isinstance(years, Quantity) else Decimal(0)
                if whole != whole.to_integral_value() or not 1 <= whole <= 100:
                    fix = "Write a whole number of years, from 1 to 100"
                    raise _RowRefused(column, text, f"“{text[:40]}” is not a number of years", fix)
                effects["duration"] = int(whole)
        return effects | ({"rates": rates} if rates else {})

    def _measures(
        self, row: Row, code: str, shared: dict[str, Any], words: dict[str, str], notes: list[str]
    ) -> Iterator[dict[str, Any]]:
        """This will make the measures of a row: one, or one for each column of values that has one."""
        priced = [
            (use, column, price)
            for use, column in self.columns.get("value", ())
            if (price := self._price(row, use, column, words, notes)) is not None
        ]
        low, high = self._bounds(row, words, notes)
        several = len(self.columns.get("value", ())) > 1
        if not priced and low is None:
            notes.append("no value stands in the row: it is a count")
            yield {"id": slug_of(code), "code": code, **shared, "reference": self._source(row, None)}
            return
        if not priced:
            column = self.columns["value.low"][0][1]
            yield {
                "id": slug_of(code),
                "code": code,
                **shared,
                "value": self._value(row, column, None, low, high, shared, words),
            }
            return
        for use, column, price in priced:
            if low is not None and price.low is not None:
                text = words[use.column]
                raise _RowRefused(column, text, "a range stands beside a low and a high value", "Keep one of the two")
            bounds = (price.low, price.high) if price.low is not None else (low, high)
            given = [each for each in (bounds[0], price.amount, bounds[1]) if each is not None]
            if given != sorted(given):
                reason = "the value does not lie between the low and the high"
                raise _RowRefused(column, words[use.column], reason, "Put them in rising order")
            value = self._value(row, column, price.amount, *bounds, shared, words)
            if not several:
                yield {"id": slug_of(code), "code": code, **shared, "value": value}
                continue
            made = {**shared, "title": f"{shared['title']} ({use.variant})"}
            value["name"] = made["title"]
            yield {
                "id": f"{slug_of(code)}.{slug_of(use.variant)}",
                "code": f"{code} ({use.variant})",
                **made,
                "value": value,
            }

    def _price(
        self, row: Row, use: ColumnUse, column: Column, words: dict[str, str], notes: list[str]
    ) -> UnitPrice | None:
        text = words[use.column]
        price = read_unit_value(text, typed_number=row.is_number(column), no_value=tuple(self.headings.no_value))
        if isinstance(price, CellProblem):
            raise _RowRefused(column, text, price.reason, price.fix)
        where = cell(row.number, column.index)
        if isinstance(price, NoValue):
            notes.append(f"{where} says “{price.words[:40]}” where a value would stand")
            return None
        if price is not None and price.note:
            notes.append(f"{where}: {price.note}")
        if price is not None and price.amount == 0:
            notes.append(f"{where} is £0: the measure is valued at nothing, not left without a value")
        return price

    def _bounds(self, row: Row, words: dict[str, str], notes: list[str]) -> tuple[Decimal | None, Decimal | None]:
        found: list[Decimal | None] = []
        for name in ("value.low", "value.high"):
            for use, column in self.columns.get(name, ()):
                price = self._price(row, use, column, words, notes)
                if price is not None and price.amount is None:
                    raise _RowRefused(column, words[use.column], "a range is not one bound", "Write one amount")
                found.append(price.amount if price else None)
        if not found or found == [None, None]:
            return None, None
        low, high = found
        column = self.columns["value.low" if low is None else "value.high"][0][1]
        if low is None or high is None or low > high:
            reason = "low and high must be given together, in rising order"
            raise _RowRefused(column, row.text(column).strip(), reason, "Correct one of the two")
        return low, high

    def _value(
        self,
        row: Row,
        column: Column,
        amount: Decimal | None,
        low: Decimal | None,
        high: Decimal | None,
        shared: dict[str, Any],
        words: dict[str, str],
    ) -> dict[str, Any]:
        price_year, price_year_type = self._price_year(row, words)
        value: dict[str, Any] = {
            "name": shared["title"],
            "unit": f"GBP per {shared['unit']}",
            "price_year": price_year,
            "price_year_type": price_year_type,
            "kind": self._kind_of(words),
            "beneficiary": self.about.beneficiary.strip(),
            "uprate": self.about.uprate,
            "already_net": list(self.about.already_net or ()),
            "source": self._source(row, column),
        }
        value |= {
            name: _plain_number(number)
            for name, number in (("amount", amount), ("low", low), ("high", high))
            if number is not None
        }
        if text := self._one_of(words, "value.source"):
            value["notes"] = text
        return value

    def _price_year(self, row: Row, words: dict[str, str]) -> tuple[str, str]:
        text = self._one_of(words, "value.price_year")
        if not text or is_unknown(text):
            return self.about.price_year, self.about.price_year_type
        _, column = self.columns["value.price_year"][0]
        year = YEAR.fullmatch(plain(text))
        follows = bool(year and year[2] and int(year[2][-2:]) == (int(year[1]) + 1) % 100)
        if not year or (year[2] and not follows) or not 1950 <= int(year[1]) <= 2150:
            raise _RowRefused(column, text, f"“{text[:40]}” is not a year of prices", "Write 2024, or 2023-24")
        written = "financial" if follows else "calendar"
        if self.about.price_year_type not in (written, "rate-year"):
            stated = self.about.price_year_type
            reason = f"“{text[:40]}” is not a {stated} year, as the prices were said to be"
            raise _RowRefused(column, text, reason, "Write the year as the others are, or say which kind it is")
        return (f"{year[1]}-{year[2][-2:]}" if follows else year[1]), self.about.price_year_type

    def _kind_of(self, words: dict[str, str]) -> str:
        text = self._one_of(words, "value.kind")
        if not text or is_unknown(text):
            return self.about.kind
        if kind := kind_in(text, self.headings):
            return kind
        column = self.columns["value.kind"][0][1]
        known = ", ".join(self.headings.kinds)
        raise _RowRefused(column, text, f"“{text[:40]}” is no known kind of value", f"Write one of: {known}")

    def _source(self, row: Row, column: Column | None) -> dict[str, str]:
        place = Place(self.table.sheet, row.number, column.letter if column else "")
        return {
            "id": f"{self.about.framework_id}-{self.about.version}",
            "title": self.about.source_title.strip(),
            "locator": f"{self.about.locator.strip()}, {place}",
            "licence": PRIVATE,
            "confidence": "seen",
        }


def _differing(readers: Sequence[_Reader]) -> dict[Place, list[Place]]:
    """This will give every row whose code another row has with other words, and those rows.

    Rows are compared as they stand, before any value is judged: where one of two is wrong, the other is not thereby right.
    """
    by_code: dict[str, list[tuple[Place, tuple[str, ...]]]] = {}
    for reader in readers:
        for row in reader.table.rows:
            if not row.mark and (code := slug_of(reader.named(row)[0])):
                place = Place(reader.table.sheet, row.number, "")
                by_code.setdefault(code, []).append((place, reader.stands(row)))
    return {
        place: [other for other, _ in same if other != place]
        for same in by_code.values()
        if len({words for _, words in same}) > 1
        for place, _ in same
    }


def _without_repeats(records: Sequence[_Record]) -> tuple[list[_Record], list[RejectedRow]]:
    """This will set aside rows that share a code: all of them where they differ, all but the first where they do not."""
    by_code: dict[str, list[_Record]] = {}
    for record in records:
        by_code.setdefault(slug_of(record.code), []).append(record)
    kept: list[_Record] = []
    rejected: list[RejectedRow] = []
    for record in records:
        same = by_code[slug_of(record.code)]
        if len(same) == 1:
            kept.append(record)
        elif len({each.words for each in same}) > 1:
            others = ", ".join(str(each.place) for each in same if each is not record)
            reason = f"the code also stands in {others} with other words or values"
            title = record.measures[0]["title"]
            rejected.append(RejectedRow(record.place, record.code, reason, _FIX_CODES, code=record.code, title=title))
        elif record is same[0]:
            kept.append(record)
        else:
            reason = f"it repeats {same[0].place} word for word"
            fix, title = "Nothing: the first is kept", record.measures[0]["title"]
            rejected.append(RejectedRow(record.place, record.code, reason, fix, code=record.code, title=title))
    return kept, rejected


def _document(records: Sequence[_Record], about: About, filename: str, faults: int, rows_in: int) -> dict[str, Any]:
    themes: dict[str, dict[str, Any]] = {}
    outcomes: dict[tuple[str, str], dict[str, Any]] = {}
    id_of = _Ids()
    for record in records:
        theme_key, outcome_key = plain(record.theme), plain(record.outcome)
        if theme_key not in themes:
            named = {"id": id_of("theme", slug_of(record.theme)), "title": _line(record.theme)}
            themes[theme_key] = {**named, "confidence": "seen", "wording": "official", "outcomes": []}
        theme = themes[theme_key]
        if (theme_key, outcome_key) not in outcomes:
            slug = theme["id"] if outcome_key == theme_key else f"{theme['id']}-{slug_of(record.outcome)}"
            named = {"id": id_of("outcome", slug), "title": _line(record.outcome)}
            outcome = {**named, "confidence": "seen", "wording": "official", "measures": []}
            outcomes[theme_key, outcome_key] = outcome
            theme["outcomes"].append(outcome)
        outcomes[theme_key, outcome_key]["measures"] += record.measures
    gaps = ["A private copy under licence: it may not be published or given to another body."]
    if faults:
        gaps.append(
            f"{faults} of the workbook's {rows_in} rows {'was' if faults == 1 else 'were'} rejected when it was brought "
            f"in, and {'is' if faults == 1 else 'are'} not here."
        )
    return {
        "id": about.framework_id,
        "version": about.version,
        "title": about.title.strip(),
        "publisher": about.publisher.strip(),
        "licence": PRIVATE,
        "nation": about.nation,
        "price_year": about.price_year,
        "price_year_type": about.price_year_type,
        "source": {
            "id": f"{about.framework_id}-{about.version}",
            "title": about.source_title.strip(),
            "locator": about.locator.strip(),
            "licence": PRIVATE,
            "confidence": "seen",
        },
        "author": about.author.strip(),
        "notes": f"Not for publication. Brought in from {_line(filename)}. The right to use it: {about.licence.strip()}",
        "gaps": gaps,
        "themes": list(themes.values()),
    }


class _Ids:
    """This will give each thing of a kind an id of its own, no longer than is kept, numbering those that would be alike."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, str]] = set()

    def __call__(self, kind: str, slug: str) -> str:
        longest = _longest()["framework id"]
        base = slug or kind
        wanted, number = base[:longest].strip("-"), 1
        while (kind, wanted) in self.taken:
            number += 1
            wanted = f"{base[: longest - len(str(number)) - 1].strip('-')}-{number}"
        self.taken.add((kind, wanted))
        return wanted


def _tidy(text: str) -> str:
    """This will take control characters and needless space out of a text, keeping its lines."""
    lines = (
        "".join(" " if unicodedata.category(each) == "Cc" else each for each in line) for line in text.splitlines()
    )
    return "\n".join(tidied for line in lines if (tidied := " ".join(line.split())))


def _line(text: str) -> str:
    return " ".join(_tidy(text).split())


def _plain_number(number: Decimal) -> str:
    """This will write a number as the catalogue does: digits, a point, no exponent, as precise as it was given."""
    return format(number, "f")
