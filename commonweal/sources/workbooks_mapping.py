"""What each column of a licensed workbook is taken for: proposed with reasons, corrected by a person, kept for next time.

The headings known are data (`catalogue/workbooks`). `workbooks_import` then makes a framework of the rows.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping as ReadMapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from importlib import resources
from typing import Any, Literal, get_args

import yaml

from commonweal.sources.cells import CellProblem, Quantity, read_quantity
from commonweal.sources.tables import Column, Row, Table, TableError, plain, table_from
from commonweal.sources.tracker_mapping import signature
from commonweal.sources.workbooks import (
    NoValue,
    Sheet,
    UnitPrice,
    Workbook,
    WrittenAs,
    read_share,
    read_unit_value,
    within,
)

Reads = Literal["text", "code", "unit value", "price year", "kind", "share", "years"]

#: Out of 100. Below this a column is offered to the person unmapped.
SURE_ENOUGH = 50
REQUIRED = ("measure.code", "measure.title")
CARRIED_FIELDS = ("theme", "outcome")
_SAMPLES = 3
_MOST_NAMED = 12
_JUDGED_CELLS = 200
_SIGNS_NEEDED = 3
#: No set of measures has so many rows; a longer sheet holds something else, and reading it would hold up others.
MOST_ROWS = 20_000
#: A year of prices as a cell may say it: 2024, 2023-24 or 2023-2024, in `plain` form.
YEAR = re.compile(r"(\d{4})(?: (\d{2}|\d{4}))?")


# ---------------------------------------------------------------- the headings that are known


@dataclass(frozen=True, slots=True)
class Field:
    """This will hold one thing a column can fill, and the headings (in `tables.plain` form) it goes by."""

    name: str
    label: str
    reads: Reads
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """This will hold one family of workbooks: its signs, its codes, its own headings and what to ask of its owner."""

    id: str
    label: str
    signs: frozenset[str] = frozenset()
    code: str = r"[A-Za-z]{0,6}[ .-]?[0-9]{1,5}(?:[.-][0-9]{1,4})*[A-Za-z]?"
    fields: ReadMapping[str, tuple[str, ...]] = field(default_factory=dict)
    variants: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Headings:
    """This will hold all that the catalogue knows of such workbooks: `left_out` is (headings, why) pairs."""

    fields: ReadMapping[str, Field]
    shapes: tuple[Shape, ...]
    left_out: tuple[tuple[frozenset[str], str], ...]
    no_value: frozenset[str]
    kinds: ReadMapping[str, tuple[str, ...]]

    def shape(self, id: str) -> Shape:
        """This will return the family of that id; one of no known family has headings of its own."""
        return next((shape for shape in self.shapes if shape.id == id), OWN_SHAPE)

    def words(self) -> frozenset[str]:
        """This will give every heading known, for finding the row of headings."""
        own = {heading for each in self.fields.values() for heading in each.headings}
        of_shapes = {heading for shape in self.shapes for each in shape.fields.values() for heading in each}
        return frozenset(own | of_shapes)


OWN_SHAPE = Shape("own", "Headings of its own")


@functools.cache
def known_headings() -> Headings:
    """This will read the headings of the catalogue; raises ValueError where a file names a reader there is not."""
    folder = resources.files("commonweal") / "catalogue" / "workbooks"
    content = yaml.safe_load((folder / "headings.yaml").read_text(encoding="utf-8"))
    fields = {}
    for name, entry in content["fields"].items():
        if entry["reads"] not in get_args(Reads):
            raise ValueError(f"{name} reads {entry['reads']}, which no reader does")
        fields[name] = Field(name, entry["label"], entry["reads"], _plain(entry["headings"]))
    shapes = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith("-shaped.yaml"):
            entry = yaml.safe_load(path.read_text(encoding="utf-8"))
            if unknown := entry["fields"].keys() - fields.keys():
                raise ValueError(f"{path.name} names no field of a framework: {', '.join(sorted(unknown))}")
            shapes.append(
                Shape(
                    entry["id"],
                    entry["label"],
                    frozenset(_plain(entry["signs"])),
                    entry["code"],
                    {name: _plain(headings) for name, headings in entry["fields"].items()},
                    _plain(entry.get("variants", ())),
                    tuple(entry["ask"]),
                )
            )
    return Headings(
        fields,
        tuple(shapes),
        tuple((frozenset(_plain(entry["headings"])), entry["why"]) for entry in content["left_out"]),
        frozenset(_plain(content["no_value"])),
        {kind: _plain(words) for kind, words in content["kinds"].items()},
    )


def _plain(headings: Iterable[str]) -> tuple[str, ...]:
    return tuple(plain(str(heading)) for heading in headings)


# ---------------------------------------------------------------- the mapping


@dataclass(frozen=True, slots=True)
class SheetUse:
    """This will name a sheet to be read, and the row (from 1, as in the file) its headings stand in."""

    name: str
    heading_row: int


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """This will say what one column, named as `tables.Column.name`, is taken for; `field` None leaves it out.

    `variant` tells apart several columns of values (London, under 25); `carried_down` fills blank cells from above;
    `written_as` says how bare numbers of a share are meant. `confidence` is 0 to 100; `samples` are raw cells.
    """

    column: str
    field: str | None
    variant: str = ""
    carried_down: bool = False
    written_as: WrittenAs = ""
    confidence: int = 0
    reasons: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """This will hold how a workbook is read: its sheets and what each column fills, proposed or corrected.

    `section_rows` says that rows with one cell filled name the "theme" or "outcome" of the rows below. `fingerprint`
    (64 hex digits, of the headings alone) finds the mapping again for the next workbook of the same kind. Built only
    when it makes sense: raises ValueError for an unknown field or two columns that fill the same one.
    """

    shape: str
    sheets: tuple[SheetUse, ...]
    columns: tuple[ColumnUse, ...]
    fingerprint: str
    section_rows: Literal["", "theme", "outcome"] = ""
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        fields = known_headings().fields
        seen: dict[tuple[str, str], str] = {}
        for use in self.columns:
            if use.field is None:
                continue
            if use.field not in fields:
                raise ValueError(f"there is no field {use.field}")
            if use.variant and use.field != "value":
                raise ValueError(f"only values have variants, not {fields[use.field].label.lower()}")
            if use.carried_down and use.field not in CARRIED_FIELDS:
                raise ValueError(
                    f"{fields[use.field].label.lower()} cannot be filled down: only themes and outcomes can"
                )
            if use.written_as and fields[use.field].reads != "share":
                raise ValueError(f"{fields[use.field].label.lower()} is not a share")
            place = use.field, slug_of(use.variant)
            if use.variant and not place[1]:
                raise ValueError(f"“{use.variant}” has no letter or digit to tell its values by")
            if place in seen:
                raise ValueError(f"“{seen[place]}” and “{use.column}” both fill {_said(use)}")
            seen[place] = use.column
        names = [name for name, _ in seen]
        if names.count("value") > 1 and ("value", "") in seen:
            raise ValueError(f"say what the values of “{seen['value', '']}” are for, beside the others")
        if names.count("value") > 1 and {"value.low", "value.high"} & set(names):
            raise ValueError("low and high values cannot stand beside several columns of values")
        if ("value.low" in names) != ("value.high" in names):
            raise ValueError("a low value needs a high value, and a high one a low one")
        if self.section_rows not in ("", "theme", "outcome"):
            raise ValueError(f"rows between the measures cannot name the {self.section_rows}")
        if self.section_rows and self.section_rows in names:
            raise ValueError(f"either a column or the rows between the measures name the {self.section_rows}")

    @property
    def missing(self) -> tuple[str, ...]:
        """This will name the fields without which no measure can be made and which no column fills."""
        filled = {use.field for use in self.columns}
        return tuple(name for name in REQUIRED if name not in filled)

    def uses(self, field_name: str) -> tuple[ColumnUse, ...]:
        """This will give the columns that fill a field, in their order: none, one, or several values."""
        return tuple(use for use in self.columns if use.field == field_name)

    def with_column(
        self,
        column: str,
        field_name: str | None,
        *,
        variant: str = "",
        carried_down: bool = False,
        written_as: WrittenAs = "",
    ) -> Mapping:
        """This will take a person's word for what a column is; another column that filled the same is left out.

        Raises KeyError for no such column, ValueError for a choice that makes no sense.
        """
        if column not in [use.column for use in self.columns]:
            raise KeyError(column)
        columns = []
        for use in self.columns:
            if use.column == column:
                chosen = ("chosen by a person",)
                use = ColumnUse(column, field_name, variant, carried_down, written_as, 100, chosen, use.samples)
            elif field_name and (use.field, slug_of(use.variant)) == (field_name, slug_of(variant)):
                use = ColumnUse(use.column, None, reasons=(f"“{column}” was chosen instead",), samples=use.samples)
            columns.append(use)
        section_rows = "" if field_name == self.section_rows else self.section_rows
        return replace(self, columns=tuple(columns), section_rows=section_rows)

    def with_sheet(self, workbook: Workbook, name: str, heading_row: int | None = None) -> Mapping:
        """This will read one sheet more, which must have the same headings; raises ValueError, or `TableError`."""
        table = table_on(workbook, name, heading_row, known_headings())
        if signature(table) != self.fingerprint:
            raise ValueError(f"sheet “{name}” has other headings; bring it in on its own")
        if name in [use.name for use in self.sheets]:
            raise ValueError(f"sheet “{name}” is read already")
        return replace(self, sheets=(*self.sheets, SheetUse(name, table.heading_row)))

    def as_json(self) -> dict[str, Any]:
        """This will give the mapping as JSON values, for saving under its fingerprint; samples, being cells, stay out."""
        saved = asdict(self)
        for use in saved["columns"]:
            del use["samples"]
        saved["columns"], saved["sheets"] = list(saved["columns"]), list(saved["sheets"])
        return json.loads(json.dumps(saved))

    @classmethod
    def from_json(cls, saved: ReadMapping[str, Any]) -> Mapping:
        """This will read a saved mapping back; raises ValueError for anything that is none, or is no longer known."""
        try:
            return cls(
                str(saved["shape"]),
                tuple(SheetUse(str(use["name"]), int(use["heading_row"])) for use in saved["sheets"]),
                tuple(ColumnUse(**{**use, "reasons": tuple(use["reasons"])}) for use in saved["columns"]),
                str(saved["fingerprint"]),
                saved["section_rows"],
                tuple(saved["reasons"]),
            )
        except KeyError as error:
            raise ValueError(f"this is not a saved mapping: it has no {error.args[0]}") from None
        except (TypeError, AttributeError):
            raise ValueError("this is not a saved mapping: its parts are not those of one") from None


def _said(use: ColumnUse) -> str:
    label = known_headings().fields[use.field or ""].label.lower()
    return f"{label} ({use.variant})" if use.variant else label


def mapping_for(workbook: Workbook, saved: Iterable[Mapping] = (), headings: Headings | None = None) -> Mapping:
    """This will take the saved mapping whose headings a sheet of the workbook bears, or else propose one.

    The sheet may have another name and the headings another row and order than before. Raises `TableError` when there
    is no table at all.
    """
    headings = headings or known_headings()
    for mapping in saved:
        found = []
        for sheet in workbook.sheets:
            for heading_row in (None, *dict.fromkeys(use.heading_row for use in mapping.sheets)):
                table = _table_if_any(workbook, sheet, heading_row, headings)
                if table is not None and signature(table) == mapping.fingerprint:
                    found.append(SheetUse(sheet.name, table.heading_row))
                    break
        if found:
            names = {use.name for use in mapping.sheets}
            kept = [use for use in found if use.name in names] or found[:1]
            return replace(mapping, sheets=tuple(kept), reasons=("the headings are those of a workbook read before",))
    return propose_mapping(workbook, headings)


# ---------------------------------------------------------------- the proposal


def propose_mapping(
    workbook: Workbook, headings: Headings | None = None, *, sheet: str | None = None, heading_row: int | None = None
) -> Mapping:
    """This will propose which sheet, heading row and columns hold the framework, each with reasons and a confidence.

    Sheets of more than `MOST_ROWS` rows are passed over. `sheet` and `heading_row` (as in the file) are a person's
    choice and overrule the search. Raises `TableError` when no sheet that was read holds a table.
    """
    headings = headings or known_headings()
    if sheet is not None:
        tables = [table_on(workbook, sheet, heading_row, headings)]
    else:
        found = (_table_if_any(workbook, each, heading_row, headings) for each in workbook.sheets)
        tables = [table for table in found if table is not None]
    if not tables:
        if heading_row is not None:
            problem = f"no sheet has headings in row {heading_row} with up to {MOST_ROWS:,} rows below it"
            raise TableError(problem, workbook.filename, "Give the number of the row that the headings stand in")
        if re.search(r"\.(xls[xmb]?|ods)$", workbook.filename, re.IGNORECASE) and not workbook.sheets[0].name:
            fix = "Open the workbook in its own program and save it again"
            raise TableError("it is no workbook but plain text, whatever its name says", workbook.filename, fix)
        problem = f"no sheet has a row of headings with up to {MOST_ROWS:,} rows below it"
        raise TableError(problem, workbook.filename, "Say in which row they stand, or keep only the measures")
    best: tuple[tuple[int, int, int], Table, Shape, tuple[ColumnUse, ...]] | None = None
    for table in tables:
        shape = _shape(table, headings)
        columns = _columns(workbook, table, shape, headings)
        filled = {use.field for use in columns}
        rank = (sum(name in filled for name in REQUIRED), sum(use.confidence for use in columns), len(table.rows))
        if best is None or rank > best[0]:
            best = rank, table, shape, columns
    assert best is not None
    _, table, shape, columns = best
    section_rows: Literal["", "theme"] = ""
    reasons = [f"sheet “{table.sheet}” fits best"] if len(tables) > 1 and sheet is None else []
    reasons.append(f"the headings stand in row {table.heading_row}")
    if shape is not OWN_SHAPE:
        reasons.append(f"it looks like this family: {shape.label}")
    if "theme" not in {use.field for use in columns} and _labels_above_rows(table):
        section_rows = "theme"
        reasons.append("rows with one cell filled stand above groups of measures: they are taken for themes")
    alike = [each.sheet for each in tables if each is not table and signature(each) == signature(table)]
    if alike:
        reasons.append(f"not read, though the headings are the same: {', '.join(alike)}")
    use = SheetUse(table.sheet, table.heading_row)
    return Mapping(shape.id, (use,), columns, signature(table), section_rows, tuple(reasons))


def table_on(workbook: Workbook, name: str, heading_row: int | None, headings: Headings) -> Table:
    try:
        sheet = workbook.sheet(name)
    except KeyError:
        names = [f"“{each.name}”" for each in workbook.sheets if each.is_read]
        there = ", ".join(names[:_MOST_NAMED]) + (f" and {len(names) - _MOST_NAMED} more" * (len(names) > _MOST_NAMED))
        fix = f"Choose one of its sheets: {there}"
        raise TableError(f"there is no sheet “{name}”", workbook.filename, fix) from None
    if not sheet.is_read:
        raise TableError(f"sheet “{name}” is hidden and was not read", workbook.filename, "Ask for hidden sheets")
    if len(sheet.grid.rows) > MOST_ROWS:
        problem = f"sheet “{name}” has more than {MOST_ROWS:,} rows, and no set of measures has so many"
        raise TableError(problem, workbook.filename, "Choose the sheet with the measures, or keep only their rows")
    return table_from(sheet.grid, workbook.filename, heading_row=heading_row, known=headings.words())


def _table_if_any(workbook: Workbook, sheet: Sheet, heading_row: int | None, headings: Headings) -> Table | None:
    if not sheet.grid.rows:
        return None
    try:
        table = table_on(workbook, sheet.name, heading_row, headings)
    except TableError:
        return None
    return table if table.rows else None


def _labels_above_rows(table: Table) -> bool:
    return any(
        above.mark == "label" and not below.mark for above, below in zip(table.rows, table.rows[1:], strict=False)
    )


def _shape(table: Table, headings: Headings) -> Shape:
    """This will choose the family with most signs: its headings, its codes, its words for who and where."""
    found = {plain(text) for column in table.columns for text in (column.heading, column.group) if text}
    best, most = OWN_SHAPE, _SIGNS_NEEDED - 1
    for shape in headings.shapes:
        signs = len(found & shape.signs)
        signs += 2 * any(_code_share(table, column, shape) >= Decimal("0.8") for column in table.columns)
        signs += sum(heading in shape.variants for heading in found)
        if signs > most:
            best, most = shape, signs
    return best


def _code_share(table: Table, column: Column, shape: Shape) -> Decimal:
    cells = [row.text(column).strip() for row in _cells(table, column)]
    if len(cells) < 3:
        return Decimal(0)
    return Decimal(sum(bool(re.fullmatch(shape.code, text)) for text in cells)) / len(cells)


@dataclass(frozen=True, slots=True)
class _Candidate:
    field: str
    confidence: int
    reasons: tuple[str, ...]
    variant: str = ""


def _columns(workbook: Workbook, table: Table, shape: Shape, headings: Headings) -> tuple[ColumnUse, ...]:
    left_out = {column.name: _left_out(column, shape, headings) for column in table.columns}
    candidates = {
        column.name: [] if left_out[column.name] else _candidates(table, column, shape, headings)
        for column in table.columns
    }
    ranked = sorted(
        ((candidate, column) for column in table.columns for candidate in candidates[column.name]),
        key=lambda pair: (-pair[0].confidence, pair[1].index),
    )
    chosen: dict[str, _Candidate] = {}
    taken: dict[tuple[str, str], str] = {}
    for candidate, column in ranked:
        place = candidate.field, slug_of(candidate.variant)
        if column.name not in chosen and place not in taken and candidate.confidence >= SURE_ENOUGH:
            chosen[column.name], taken[place] = candidate, column.name
    pair = {candidate.field for candidate in chosen.values()} & {"value.low", "value.high"}
    several = sum(candidate.field == "value" for candidate in chosen.values()) > 1
    if len(pair) == 1 or several:  # a low without a high, or beside several values, is for a person to settle
        chosen = {name: each for name, each in chosen.items() if each.field not in ("value.low", "value.high")}
    hidden = workbook.sheet(table.sheet).hidden_columns
    uses = []
    for column in table.columns:
        samples = tuple(row.text(column).strip()[:60] for row in _cells(table, column)[:_SAMPLES])
        unseen = ("the column is hidden",) if within(column.index, hidden) else ()
        if held := chosen.get(column.name):
            if several and held.field == "value" and not held.variant:
                held = replace(held, variant=column.heading)
            carried, why = _carried(table, column, held.field, workbook.sheet(table.sheet).grid.formulas)
            reasons = held.reasons + why + unseen
            uses.append(
                ColumnUse(column.name, held.field, held.variant, carried, "", held.confidence, reasons, samples)
            )
            continue
        reasons = (left_out[column.name],) if left_out[column.name] else ("no heading like this is known",)
        if candidates[column.name]:
            nearest = max(candidates[column.name], key=lambda each: each.confidence)
            reasons = (f"perhaps {headings.fields[nearest.field].label.lower()}", *nearest.reasons)
            if rival := taken.get((nearest.field, slug_of(nearest.variant))):
                reasons += (f"“{rival}” fits better",)
        uses.append(ColumnUse(column.name, None, reasons=reasons + unseen, samples=samples))
    return tuple(uses)


def _left_out(column: Column, shape: Shape, headings: Headings) -> str:
    heading = plain(column.heading)
    if any(heading in _names(each, shape) for each in headings.fields.values()):
        return ""
    for known, why in headings.left_out:
        if heading in known or any(" " in each and f" {each} " in f" {heading} " for each in known):
            return why
    return ""


def _names(known: Field, shape: Shape) -> tuple[str, ...]:
    """This will give the headings of a field in one family, without those the family has for another field."""
    elsewhere = {heading for name, each in shape.fields.items() if name != known.name for heading in each}
    return (*shape.fields.get(known.name, ()), *(each for each in known.headings if each not in elsewhere))


def _candidates(table: Table, column: Column, shape: Shape, headings: Headings) -> list[_Candidate]:
    found = [_by_heading(column, each, shape) for each in headings.fields.values()]
    weighed = [_weighed(table, column, each, shape, headings) for each in found if each]
    if variant := _variant(column, shape, headings):
        divided = _Candidate("value", 80, (f"a value divided by “{variant}”",), variant)
        weighed.append(_weighed(table, column, divided, shape, headings))
    if max((each.confidence for each in weighed), default=0) < SURE_ENOUGH:
        cells = [row.text(column).strip() for row in _cells(table, column)]
        if len(cells) >= 5 and len(set(cells)) == len(cells) and _code_share(table, column, shape) >= Decimal("0.9"):
            weighed.append(_Candidate("measure.code", 60, ("its cells look like codes, each once",)))
    return weighed


def _by_heading(column: Column, known: Field, shape: Shape) -> _Candidate | None:
    heading, grouped = plain(column.heading), plain(f"{column.group} {column.heading}")
    best = 0, ""
    for name in _names(known, shape):
        score = 0
        if column.group and grouped == name:
            score = 97
        elif heading == name:
            score = 95
        elif " " in name and f" {name} " in f" {heading} ":
            score = 70 + min(4 * len(name.split()), 20)
        elif f" {name} " in f" {heading} " and len(heading.split()) <= 3:
            score = SURE_ENOUGH - 5  # one word among others is worth saying, not worth reading by
        best = max(best, (score, name))
    if not best[0]:
        return None
    how = "is" if best[0] >= 95 else "contains"
    return _Candidate(known.name, best[0], (f"the heading {how} “{best[1]}”",))


def _variant(column: Column, shape: Shape, headings: Headings) -> str:
    """This will give the words by which a column of values differs from its neighbours, or nothing."""
    group, heading = plain(column.group), plain(column.heading)
    values = _names(headings.fields["value"], shape)
    under_value = any(group == name or (" " in name and f" {name} " in f" {group} ") for name in values)
    named = any(f" {word} " in f" {text} " for word in shape.variants for text in (heading, group))
    if not heading or heading in values or not (named or under_value):
        return ""
    return column.heading if under_value or not group else f"{column.group}, {column.heading}"


def _weighed(table: Table, column: Column, candidate: _Candidate, shape: Shape, headings: Headings) -> _Candidate:
    """This will make a candidate surer or less sure by how many of the column's cells can be read as it says."""
    reads = headings.fields[candidate.field].reads
    cells = _cells(table, column)
    if not cells or reads == "text":
        return candidate
    good = sum(_fits(reads, row, column, shape, headings) for row in cells)
    reason = f"{good} of {len(cells)} cells can be read so"
    change = -50 if good * 2 < len(cells) else -10 if good * 10 < len(cells) * 8 else 2
    if reads == "unit value" and not any(row.is_number(column) or "£" in row.text(column) for row in cells):
        priced = any(isinstance(_priced(row, column, headings), UnitPrice) for row in cells)
        change = min(change, 0 if priced else -50)
    return replace(
        candidate, confidence=min(99, max(0, candidate.confidence + change)), reasons=(*candidate.reasons, reason)
    )


def _fits(reads: Reads, row: Row, column: Column, shape: Shape, headings: Headings) -> bool:
    text = row.text(column).strip()
    match reads:
        case "unit value":
            return not isinstance(_priced(row, column, headings), CellProblem)
        case "share":
            share = read_share(text, typed_number=row.is_number(column), written_as="share")
            points = read_share(text, typed_number=row.is_number(column), written_as="percent")
            return not (isinstance(share, CellProblem) and isinstance(points, CellProblem))
        case "code":
            return bool(re.fullmatch(shape.code, text)) or (len(text) <= 20 and " " not in text)
        case "years":
            return isinstance(read_quantity(text), Quantity)
        case "price year":
            return bool(YEAR.fullmatch(plain(text)))
        case "kind":
            return kind_in(text, headings) is not None
        case "text":
            return True


def _priced(row: Row, column: Column, headings: Headings) -> UnitPrice | NoValue | CellProblem | None:
    return read_unit_value(row.text(column), typed_number=row.is_number(column), no_value=tuple(headings.no_value))


def _carried(
    table: Table, column: Column, field_name: str, formulas: frozenset[tuple[int, int]]
) -> tuple[bool, tuple[str, ...]]:
    if field_name not in CARRIED_FIELDS:
        return False, ()
    if merged := table.merged_down(column):
        return True, (f"{merged} of its cells {'is' if merged == 1 else 'are'} merged over the rows below",)
    records = [row for row in table.rows if not row.mark]

    def is_filled(row: Row) -> bool:  # a formula whose value was not saved is no blank
        return bool(row.text(column).strip()) or (row.number, column.index) in formulas

    blank = sum(not is_filled(row) for row in records)
    first = next((row for row in table.rows if is_filled(row)), None)
    if blank and first is not None and (not records or first.number <= records[0].number):
        return True, (f"{blank} of its cells {'is' if blank == 1 else 'are'} blank and taken to mean “as above”",)
    return False, ()


def _cells(table: Table, column: Column) -> list[Row]:
    rows = (row for row in table.rows if not row.mark and row.text(column).strip())
    return [row for row, _ in zip(rows, range(_JUDGED_CELLS), strict=False)]


def kind_in(text: str, headings: Headings) -> str | None:
    """This will name the kind of value some words say; two kinds are a composite; None where a word is not known."""
    rest, kinds = f" {plain(text)} ", set()
    for kind, words in headings.kinds.items():
        for word in sorted(words, key=len, reverse=True):
            if f" {word} " in rest:
                rest = rest.replace(f" {word} ", "  ")
                kinds.add(kind)
    left = set(rest.split()) - {"and", "value", "values", "benefit", "benefits", "savings", "saving", "or"}
    if not kinds or left:
        return None
    return kinds.pop() if len(kinds) == 1 else "mixed"


def slug_of(text: str) -> str:
    """This will write a code or title in small letters, digits and hyphens, as ids are; empty when none is left."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", bare))[:80].strip("-")
