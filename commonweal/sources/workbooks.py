"""A licensed workbook as its owner sees it: its cells, and what stands in them that no figure shows.

The cells come from `grids`, read in a limited child process. What that reader cannot tell of an Excel file (hidden rows
and columns, cells shown as percentages or in another currency, macros, links to other workbooks) is read here from the
package's XML, in a second such child. Nothing is computed, no link is followed and no macro is run.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from commonweal.sources import grids, limited
from commonweal.sources.cells import Amount, CellProblem, Percentage, is_unknown, read_amount, read_percentage
from commonweal.sources.grid_parser import _place, _sheet_parts
from commonweal.sources.grids import Grid, TableError, column_letter
from commonweal.sources.tables import Table, plain

__all__ = [
    "Finding",
    "NoValue",
    "Sheet",
    "TableError",
    "UnitPrice",
    "Workbook",
    "gathered",
    "hidden_in",
    "is_error",
    "marks",
    "read_share",
    "read_unit_value",
    "read_workbook",
]

What = Literal[
    "formula", "formula without value", "error", "merged", "hidden sheet", "hidden rows", "hidden columns",
    "percentage", "other currency", "stored zero", "link", "macro", "note", "more",
]  # fmt: skip
Span = tuple[int, int]
#: How a person says that the bare numbers of a column are to be read: 0.2 or 20 for a fifth.
WrittenAs = Literal["", "share", "percent"]

#: Findings of one kind listed for one sheet; beyond them their number is given.
MOST_FINDINGS = 2_000
_MOST_SPANS = 20_000
_MOST_LISTED = 12
_LAST_COLUMN = 2_000
_LONGEST_NUMBER = 60
_BLOCK = 1024 * 1024
_LARGEST_PART = 20 * 1024 * 1024
_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|GETTING_DATA)")


@dataclass(frozen=True, slots=True)
class Finding:
    """This will say what was noticed, and where: `cells` is a cell or range such as F5 or B5:B9, empty for a sheet.

    `sheet` is empty for the whole file, and in a text file, whose one sheet has no name.
    """

    what: What
    sheet: str
    cells: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.sheet}!{self.cells}" if self.sheet and self.cells else self.sheet or self.cells
        return f"{where}: {self.reason}" if where else self.reason


@dataclass(frozen=True, slots=True)
class Sheet:
    """This will hold one sheet: its grid (without rows when it was not read) and what the sheet hides or dresses up.

    Spans are (first, last), both included: rows from 1 as in the file, columns from 0. Places are (row, column).
    """

    grid: Grid
    is_read: bool
    hidden_rows: tuple[Span, ...] = ()
    hidden_columns: tuple[Span, ...] = ()
    percentages: frozenset[tuple[int, int]] = frozenset()
    other_currency: frozenset[tuple[int, int]] = frozenset()

    @property
    def name(self) -> str:
        """This will give the sheet's name, empty in a text file."""
        return self.grid.name


@dataclass(frozen=True, slots=True)
class Workbook:
    """This will hold every sheet of a file in the file's order, and the findings on it.

    `recalculates` says that the program which wrote the file asks for its formulas to be computed on opening, so a 0
    stored for a formula may never have been computed.
    """

    filename: str
    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...]
    recalculates: bool = False

    def sheet(self, name: str) -> Sheet:
        """This will return the sheet of that name; raises KeyError if there is none."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


@dataclass(slots=True)
class _Marks:
    hidden_rows: tuple[Span, ...] = ()
    hidden_columns: tuple[Span, ...] = ()
    percentages: frozenset[tuple[int, int]] = frozenset()
    other_currency: frozenset[tuple[int, int]] = frozenset()


def read_workbook(content: bytes, name: str, *, hidden_sheets: bool = False) -> Workbook:
    """This will read an XLSX, XLSM, XLSB, XLS, ODS or CSV file of at most 25 MB, whatever its bytes, and say what it hides.

    `name` is what its owner calls the file. Hidden sheets are named and not read unless `hidden_sheets`. Raises
    `TableError` (problem, where, remedy) for anything that is no such file, is too large, or hides all it holds.
    """
    book = grids.read_content(content, name)
    sheet_marks, of_file, recalculates = _marks_of(content, name)
    sheets = []
    for grid in book.grids:
        is_read = grid.visible or hidden_sheets
        held = grid if is_read else replace(grid, rows=(), merges=(), formulas=frozenset())
        its = sheet_marks.get(grid.name, _Marks())
        sheets.append(Sheet(held, is_read, its.hidden_rows, its.hidden_columns, its.percentages, its.other_currency))
    if not any(sheet.grid.rows for sheet in sheets):
        raise TableError("all that it holds is on hidden sheets", name, "Show the sheet, or ask for hidden sheets")
    findings = [Finding("note", "", "", note) for note in book.notes] + of_file
    for sheet, grid in zip(sheets, book.grids, strict=True):
        findings += _of_sheet(sheet, len(grid.rows), recalculates)
    return Workbook(name, tuple(sheets), tuple(findings), recalculates)


#: What a person must know first, and what may wait.
_FIRST: tuple[What, ...] = (
    "hidden sheet", "hidden rows", "hidden columns", "link", "macro", "error", "formula without value", "stored zero",
    "other currency", "percentage", "more", "formula", "merged", "note",
)  # fmt: skip
#: What several findings of a kind on one sheet say together.
_TOGETHER: dict[What, str] = {
    "formula": "{count} cells are formulas; the values last saved were read",
    "formula without value": "{count} cells are formulas for which the file stores no value: open the file, save it "
    "and send that",
    "stored zero": "the file stores 0 for {count} formulas and asks for them to be computed: open the file and save it",
    "error": "{count} cells hold an error, such as #REF!",
    "merged": "{count} groups of cells are merged: what each says stands in its first cell alone",
    "percentage": "{count} cells are shown as a percentage (0.2 for 20%)",
    "other currency": "{count} cells are shown in another currency",
    "hidden rows": "rows that are hidden hold something in {count} places; they were read",
    "hidden columns": "columns that are hidden hold something in {count} places; they were read",
}
_CELL = re.compile(r"([A-Z]+)([0-9]+)")


def gathered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """This will put what is hidden, linked or run first, and join the findings of one kind on one sheet into one."""
    alike: dict[tuple[What, str, str], list[Finding]] = {}
    for each in findings:
        alike.setdefault((each.what, each.sheet, "" if each.what in _TOGETHER else each.reason), []).append(each)
    joined = (each[0] if len(each) == 1 else _joined(each) for each in alike.values())
    return tuple(sorted(joined, key=lambda each: _FIRST.index(each.what)))


def _joined(findings: Sequence[Finding]) -> Finding:
    first = findings[0]
    if first.what not in _TOGETHER:
        return first
    reason = _TOGETHER[first.what].format(count=f"{len(findings):,}")
    return Finding(first.what, first.sheet, "", f"{reason}: {_places([each.cells for each in findings])}")


def _places(cells: Sequence[str]) -> str:
    """This will list cells, those that follow one another in a column from the first to the last: E5 to E24."""
    columns: dict[str, list[int]] = {}
    apart = []
    for each in cells:
        if held := _CELL.fullmatch(each):
            columns.setdefault(held[1], []).append(int(held[2]))
        else:
            apart.append(each.replace(":", " to "))
    runs = [
        f"{column}{first}" if first == last else f"{column}{first} to {column}{last}"
        for column, rows in sorted(columns.items(), key=lambda item: (len(item[0]), item[0]))
        for first, last in _spans(sorted(rows))
    ]
    return _first_of([*runs, *apart])


def is_error(text: str) -> bool:
    """This will say whether a cell holds a spreadsheet's error, such as #REF!, and so no value at all."""
    return bool(_ERROR.fullmatch(text.strip()))


# ---------------------------------------------------------------- what is noticed


def _of_sheet(sheet: Sheet, rows_held: int, recalculates: bool) -> list[Finding]:
    grid = sheet.grid
    if not sheet.is_read:
        held = "1 row" if rows_held == 1 else f"{rows_held:,} rows"
        reason = f"the sheet is hidden and was not read; it has {held}"
        return [Finding("hidden sheet", grid.name, "", reason)]
    found: list[Finding] = []
    if not grid.visible:
        found.append(
            Finding("hidden sheet", grid.name, "", "the sheet is hidden; it was read because it was asked for")
        )
    found += [Finding("note", grid.name, "", note) for note in grid.notes]
    found += _capped(grid.name, _formulas(sheet, recalculates))
    found += _capped(grid.name, _errors(grid))
    found += _capped(grid.name, _merges(grid))
    found += _hidden(sheet)
    found += _capped(
        grid.name, _shown_otherwise(sheet, "percentage", sheet.percentages, "as a percentage: 0.2 for 20%")
    )
    found += _capped(grid.name, _shown_otherwise(sheet, "other currency", sheet.other_currency, "in another currency"))
    return found


def _shown_otherwise(sheet: Sheet, what: What, places: frozenset[tuple[int, int]], how: str) -> Iterator[Finding]:
    for row in sheet.grid.rows if places else ():
        for column, text in enumerate(row.cells):
            if text.strip() and (row.number, column) in places:
                yield Finding(what, sheet.name, cell(row.number, column), f"the cell is shown {how}")


def cell(row: int, column: int) -> str:
    """This will name a cell as spreadsheets do: row 5, column 0 is A5."""
    return f"{column_letter(column)}{row}"


def _formulas(sheet: Sheet, recalculates: bool) -> Iterator[Finding]:
    texts = {row.number: row for row in sheet.grid.rows}
    for number, column in sorted(sheet.grid.formulas):
        text = texts[number].text(column).strip() if number in texts else ""
        if not text:
            reason = "the cell is a formula for which the file stores no value: open the file, save it and send that"
            yield Finding("formula without value", sheet.name, cell(number, column), reason)
        elif recalculates and text == "0":
            reason = "the file stores 0 for this formula and asks for it to be computed: open the file and save it"
            yield Finding("stored zero", sheet.name, cell(number, column), reason)
        else:
            yield Finding(
                "formula", sheet.name, cell(number, column), f"a formula; the value last saved is {text[:40]}"
            )


def _errors(grid: Grid) -> Iterator[Finding]:
    for row in grid.rows:
        for column, text in enumerate(row.cells):
            if text.startswith("#") and is_error(text):
                yield Finding("error", grid.name, cell(row.number, column), f"the cell holds the error {text.strip()}")


def _merges(grid: Grid) -> Iterator[Finding]:
    for top, left, bottom, right in sorted(grid.merges):
        cells = f"{cell(top, left)}:{cell(bottom, right)}"
        yield Finding("merged", grid.name, cells, f"cells are merged: what they say stands in {cell(top, left)} alone")


def _hidden(sheet: Sheet) -> Iterator[Finding]:
    numbers = [row.number for row in sheet.grid.rows if within(row.number, sheet.hidden_rows)]
    for first, last in _spans(numbers):
        rows = f"{first}:{last}"
        yield Finding("hidden rows", sheet.name, rows, "rows that are hidden hold something; they were read")
    used = {column for row in sheet.grid.rows for column, text in enumerate(row.cells) if text.strip()}
    for first, last in _spans(sorted(column for column in used if within(column, sheet.hidden_columns))):
        columns = f"{column_letter(first)}:{column_letter(last)}"
        yield Finding("hidden columns", sheet.name, columns, "columns that are hidden hold something; they were read")


def hidden_in(content: bytes, name: str, table: Table) -> tuple[str, ...]:
    """This will say, of a table read from this file, which of its rows and columns the spreadsheet hides.

    One sentence for rows and one for columns, none where nothing is hidden. Raises `TableError` as `read_workbook` does.
    """
    its = _marks_of(content, name)[0].get(table.sheet)
    if its is None:
        return ()
    where = f"on the sheet “{table.sheet}” " if table.sheet else ""
    said = []
    if spans := _spans(row.number for row in table.rows if within(row.number, its.hidden_rows)):
        said.append(f"Hidden in the spreadsheet {where}and read all the same: row {_listed(spans, str)}.")
    if spans := _spans(column.index for column in table.columns if within(column.index, its.hidden_columns)):
        listed = _listed(spans, column_letter)
        said.append(f"Hidden in the spreadsheet {where}and read all the same: column {listed}.")
    return tuple(said)


def _listed(spans: Sequence[Span], name: Callable[[int], str]) -> str:
    return _first_of([name(first) if first == last else f"{name(first)} to {name(last)}" for first, last in spans])


def _first_of(named: Sequence[str]) -> str:
    more = len(named) - _MOST_LISTED
    return ", ".join(named[:_MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def within(number: int, spans: Sequence[Span]) -> bool:
    """This will say whether a row or column lies in one of the spans, which stand in rising order and apart."""
    at = bisect_right(spans, number, key=lambda span: span[0]) - 1
    return at >= 0 and number <= spans[at][1]


def _capped(sheet: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    more = 0
    what = ""
    for number, finding in enumerate(findings):
        if number < MOST_FINDINGS:
            yield finding
        else:
            more, what = more + 1, finding.what
    if more:
        yield Finding("more", sheet, "", f"{more:,} more {'finding' if more == 1 else 'findings'} of this kind: {what}")


def _spans(numbers: Iterable[int]) -> list[Span]:
    """This will join numbers in rising order into spans of neighbours."""
    spans: list[Span] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = spans[-1][0], number
        else:
            spans.append((number, number))
    return spans


def _marks_of(content: bytes, name: str) -> tuple[dict[str, _Marks], list[Finding], bool]:
    if not content.startswith(b"PK"):
        return {}, [], False
    found: dict[str, _Marks] = {}
    of_file: list[Finding] = []
    recalculates = False
    try:
        with tempfile.TemporaryFile() as upload:
            upload.write(content)
            upload.seek(0)
            for item in limited.stream("commonweal.sources.workbooks:marks", upload):
                match item:
                    case ["hidden rows", str(sheet), [*spans]]:
                        found.setdefault(sheet, _Marks()).hidden_rows = tuple((int(a), int(b)) for a, b in spans)
                    case ["hidden columns", str(sheet), [*spans]]:
                        found.setdefault(sheet, _Marks()).hidden_columns = tuple((int(a), int(b)) for a, b in spans)
                    case ["percentage", str(sheet), [*places]]:
                        found.setdefault(sheet, _Marks()).percentages = frozenset((int(a), int(b)) for a, b in places)
                    case ["other currency", str(sheet), [*places]]:
                        it = found.setdefault(sheet, _Marks())
                        it.other_currency = frozenset((int(a), int(b)) for a, b in places)
                    case [("link" | "macro" | "note") as what, str(reason)]:
                        of_file.append(Finding(what, "", "", reason))
                    case ["recalculates"]:
                        recalculates = True
    except limited.LimitReached:
        raise TableError(
            "what it hides and how its cells are shown cannot be read", name, "Save the sheet you need as CSV UTF-8"
        ) from None
    return found, of_file, recalculates


# ---------------------------------------------------------------- inside the limited child

_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s(?=[^>]*\bhidden=["'](?:1|true)["'])[^>]*\br=["'](\d{1,7})["']""")
_HIDDEN_COLUMN = re.compile(rb"""<(?:\w+:)?col\s(?=[^>]*\bhidden=["'](?:1|true)["'])([^>]*)>""")
_EDGE = re.compile(rb"""\b(min|max)=["'](\d{1,5})["']""")
_STYLED = re.compile(rb"""<(?:\w+:)?c\s((?=[^>]*\bs=["'](\d{1,6})["'])[^>]*)(?<!/)>""")
_FORMAT = re.compile(
    rb"""<(?:\w+:)?numFmt\s(?=[^>]*\bnumFmtId=["'](\d{1,6})["'])[^>]*\bformatCode=(?:"([^"]*)"|'([^']*)')"""
)
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb"""<(?:\w+:)?xf\s([^>]*)>""")
_FORMAT_ID = re.compile(rb"""\bnumFmtId=["'](\d{1,6})["']""")
_FULL_CALCULATION = re.compile(rb"""<(?:\w+:)?calcPr\s[^>]*\bfullCalcOnLoad=["'](?:1|true)["']""")
_BUILT_IN_PERCENT = {9, 10}


def marks(content: bytes) -> Iterator[list[Any]]:
    """This will yield what an Excel package hides and how it shows its cells; runs in a limited child process.

    Items: `hidden rows` and `hidden columns` (sheet, spans), `percentage` and `other currency` (sheet, places), `link`,
    `macro` and `note` (a sentence), `recalculates`. `grids.read_content` must have accepted the same bytes before.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if any(part.endswith("vbaProject.bin") for part in names):
            yield ["macro", "The file carries macros; they were not run and are not kept."]
        if any("/externalLinks/" in part for part in names):
            yield ["link", "Formulas refer to other workbooks; nothing was fetched, the values last saved were read."]
        if names & {"xl/connections.xml"}:
            yield ["link", "The file has connections to outside sources; none was opened."]
        if "xl/workbook.xml" not in names:
            what = "hidden rows and columns and which cells are percentages"
            yield ["note", f"This format does not show us {what}: check them yourself, or save the file as .xlsx."]
            return
        if _FULL_CALCULATION.search(_part(archive, "xl/workbook.xml")):
            yield ["recalculates"]
        shown = _shown(_part(archive, "xl/styles.xml")) if "xl/styles.xml" in names else {}
        for sheet, target in _sheet_parts(archive):
            if target in names:
                with archive.open(target) as opened:
                    yield from _sheet_marks(sheet, iter(lambda opened=opened: opened.read(_BLOCK), b""), shown)  # type: ignore[misc]


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as opened:
        return opened.read(_LARGEST_PART)


def _shown(styles: bytes) -> dict[bytes, str]:
    """This will give, by the number of a cell style, whether it shows a percentage or another currency."""
    kinds: dict[int, str] = dict.fromkeys(_BUILT_IN_PERCENT, "percentage")
    for number, code, quoted in _FORMAT.findall(styles):
        if kind := _kind_of_format((code or quoted).decode("utf-8", "replace")):
            kinds[int(number)] = kind
    whole = _CELL_FORMATS.search(styles)
    shown: dict[bytes, str] = {}
    for index, attributes in enumerate(_CELL_FORMAT.findall(whole[0]) if whole else ()):
        number = _FORMAT_ID.search(attributes)
        if number and int(number[1]) in kinds:
            shown[str(index).encode()] = kinds[int(number[1])]
    return shown


def _kind_of_format(code: str) -> str:
    code = code.replace("&quot;", '"').replace("&amp;", "&")
    bracketed = "".join(re.findall(r"\[\$([^\]-]*)", code))
    bare = re.sub(r"\[[^\]]*\]", "", code)
    if re.search(r"[€$¥]|\b(?:EUR|USD)\b", bracketed + bare):
        return "other currency"
    return "percentage" if "%" in re.sub(r'"[^"]*"', "", bare) else ""


def _sheet_marks(sheet: str, blocks: Iterator[bytes], shown: dict[bytes, str]) -> Iterator[list[Any]]:
    columns: list[Span] = []
    places: dict[str, list[tuple[int, int]]] = {"percentage": [], "other currency": []}
    spans: list[Span] = []
    rest = b""
    for block in blocks:
        rest += block
        end = rest.rfind(b">") + 1
        whole, rest = rest[:end], rest[end:]
        for span in _spans(map(int, _HIDDEN_ROW.findall(whole))):
            if spans and spans[-1][1] == span[0] - 1:
                spans[-1] = spans[-1][0], span[1]
            else:
                spans.append(span)
        for attributes in _HIDDEN_COLUMN.findall(whole):
            edges = {name: int(number) - 1 for name, number in _EDGE.findall(attributes)}
            if edges.keys() == {b"min", b"max"}:
                columns.append((edges[b"min"], edges[b"max"]))
        if shown:
            for attributes, style in _STYLED.findall(whole):
                kind = shown.get(style)
                if kind and (place := _place(attributes)):
                    places[kind].append(place)
    if len(spans) > _MOST_SPANS:
        yield ["note", f"Sheet {sheet} hides so many rows here and there that they are not listed."]
    elif spans:
        yield ["hidden rows", sheet, spans]
    if columns:
        hidden = {
            column for first, last in columns[:_MOST_SPANS] for column in range(first, min(last, _LAST_COLUMN) + 1)
        }
        yield ["hidden columns", sheet, _spans(sorted(hidden))]
    for kind, found in places.items():
        if found:
            yield [kind, sheet, found]


# ---------------------------------------------------------------- cells of a framework

_RANGE = re.compile(r"(?:between |from )?(\S.*?)\s*(?:–|—|-|\bto\b|\band\b)\s*(\S.*)", re.IGNORECASE)
_SHORTENED = re.compile(r".*\d\s*(?:k|thousand|m|mn|mil|mill|million|bn|billion)\.?", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}.*)?")
_FINEST = Decimal(1).scaleb(-12)
_ONE_AMOUNT = "Write one amount in pounds, such as 1234.50, or a range such as £10 to £20"


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """This will hold what one unit is worth in pounds, exact: an `amount`, or a `low` and a `high` and no amount.

    `note` says what was inferred in reading it, if anything.
    """

    amount: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class NoValue:
    """This will hold the words by which a cell says that the measure has no value: n/a, record only."""

    words: str


def read_unit_value(
    text: str, *, typed_number: bool = False, no_value: Sequence[str] = ()
) -> UnitPrice | NoValue | CellProblem | None:
    """This will read the value of one unit in pounds, or a range of it, exactly; None for a blank.

    `typed_number` is for a cell that the spreadsheet itself holds as a number; `no_value` are words, in the form of
    `tables.plain`, that say there is none. Refused: percentages, negatives, shortened amounts (£1.2k), dates, other
    currencies, bare ranges (10-20 may be a date) and anything that is not one number. Whole pounds have at most 15
    digits; an amount finer than twelve decimals is rounded to them, and `note` says so.
    """
    found = " ".join(text.split())
    if not found:
        return None
    if is_error(found):
        return CellProblem(f"the cell holds the error {found}", "Mend the formula, save the file and send that")
    if is_unknown(found) or plain(found) in no_value:
        return NoValue(found)
    shown = found if len(found) <= 40 else f"{found[:39]}…"
    if len(found) > _LONGEST_NUMBER:
        return CellProblem(f"“{shown}” is not one amount", _ONE_AMOUNT)
    if "%" in found:
        return CellProblem(f"“{shown}” is a percentage, not an amount in pounds", _ONE_AMOUNT)
    if _DAY.fullmatch(found):
        return CellProblem(f"“{shown}” is a date, not an amount", "Format the cell as a number and type the amount")
    if found.lower() == "nil":
        return CellProblem("“nil” may be £0 or no value at all", "Write 0, or leave the cell blank")
    if _SHORTENED.fullmatch(found):
        return CellProblem(f"“{shown}” is shortened, so its last pounds are not known", "Write the amount in full")
    if not typed_number and (ranged := _RANGE.fullmatch(found)):
        low, high = _pounds(ranged[1]), _pounds(ranged[2])
        if low is not None and high is not None:
            if "£" not in found:
                return CellProblem(f"“{shown}” may be a range, a date or a code", "Write a range as £10 to £20")
            if low[0] > high[0]:
                return CellProblem(f"“{shown}” runs from high to low", _ONE_AMOUNT)
            return UnitPrice(None, low[0], high[0], low[1] or high[1])
    amount = read_amount(found, typed_number=typed_number)
    if not isinstance(amount, Amount):
        return amount if isinstance(amount, CellProblem) else NoValue(found)
    if amount.pounds < 0:
        return CellProblem(
            f"“{shown}” is negative", "Write what a harm costs as a positive amount, in a measure of harm"
        )
    if (kept := _kept(amount)) is None:
        return CellProblem(f"“{shown}” has more digits than any real value", _ONE_AMOUNT)
    return UnitPrice(kept[0], note=kept[1])


def _pounds(text: str) -> tuple[Decimal, str] | None:
    amount = read_amount(text)
    return _kept(amount) if isinstance(amount, Amount) and amount.pounds >= 0 else None


def _kept(amount: Amount) -> tuple[Decimal, str] | None:
    """This will keep an amount, and a note, as the catalogue can: at most 15 digits of pounds and twelve decimals."""
    if amount.pounds >= Decimal(10) ** 15:
        return None
    kept = amount.pounds.quantize(_FINEST)
    if kept != amount.pounds:
        return kept, f"kept to twelve decimals of {amount.pounds}"
    return amount.pounds, amount.note


def read_share(
    text: str, *, typed_number: bool = False, shown_as_percentage: bool = False, written_as: WrittenAs = ""
) -> Decimal | CellProblem | None:
    """This will read a share from 0 to 1; None for a blank or words such as n/a.

    "20%" is 0.2, and so is 0.2 in a cell that the spreadsheet shows as a percentage. A bare number may be either: it is
    read only when a person has said that the column is `written_as` "share" (0.2) or "percent" (20). 0 is always 0.
    """
    found = " ".join(text.split())
    if not found or is_unknown(found):
        return None
    shown = found[:40]
    if len(found) > _LONGEST_NUMBER:
        return CellProblem(f"“{shown}…” is not a share", "Write it as 20%")
    if "%" in found or re.search(r"per ?cent", found, re.IGNORECASE):
        percentage = read_percentage(found)
        if not isinstance(percentage, Percentage):
            return percentage if isinstance(percentage, CellProblem) else None
        share = percentage.share
    else:
        amount = read_amount(found, typed_number=typed_number)
        if not isinstance(amount, Amount) or "£" in found or _SHORTENED.fullmatch(found):
            return CellProblem(f"“{shown}” is not a share", "Write it as 20%")
        if amount.pounds and not shown_as_percentage and not written_as:
            return CellProblem(
                f"“{shown}” may be a share or a percentage",
                "Write it as 20%, or say of the column that it holds shares (0.2) or percentages (20)",
            )
        share = amount.pounds.scaleb(-2) if written_as == "percent" and not shown_as_percentage else amount.pounds
    if not 0 <= share <= 1:
        return CellProblem(f"“{shown}” is not between 0% and 100%", "Write it as 20%")
    return share
