"""Any CSV, TSV, XLSX, XLS or ODS file as one table of text cells: headings, rows, and where each cell stands.

The heading row is found by what it says and by what lies beneath it; a second heading line, repeated and empty
headings are kept apart; total rows and repeated headings are recognised and marked, never removed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Literal

from commonweal.sources.cells import Amount, CellDate, is_unknown, read_amount, read_date
from commonweal.sources.grids import Grid, GridRow, TableError, Workbook, column_letter, read_workbook

__all__ = ["Column", "OtherSheet", "Place", "Row", "Table", "TableError", "choose_table", "read_table", "table_from"]

#: Headings are looked for in the first rows only; real exports have up to a dozen title lines.
_HEADING_DEPTH = 40
_JUDGED_ROWS = 200

Mark = Literal["", "total", "heading", "label"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell stands, as its author sees it: sheet name (empty in a text file), row from 1, column letter."""

    sheet: str
    row: int
    column: str

    def __str__(self) -> str:
        return f"{self.sheet + '!' if self.sheet else ''}{self.column}{self.row}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` is unique in the table, `heading` is what the file says, `group` the line above it."""

    index: int
    letter: str
    name: str
    heading: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row beneath the heading. `mark` says that it is a total, a repeated heading or a lone label; `why` how so."""

    grid_row: GridRow
    mark: Mark = ""
    why: str = ""

    @property
    def number(self) -> int:
        """This will give the row number as in the file, from 1."""
        return self.grid_row.number

    def text(self, column: Column) -> str:
        """This will give the raw text of a cell."""
        return self.grid_row.text(column.index)

    def is_number(self, column: Column) -> bool:
        """This will say whether the spreadsheet itself held the cell as a number."""
        return self.grid_row.is_number(column.index)


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """A sheet that was not read, so that nobody thinks it was."""

    name: str
    visible: bool
    rows: int
    same_headings: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns, every row below the heading that is not blank, and what was noticed on the way."""

    filename: str
    sheet: str
    heading_row: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    above: tuple[str, ...] = ()
    merges: tuple[tuple[int, int, int, int], ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    other_sheets: tuple[OtherSheet, ...] = ()
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """This will return the column of that name; raises KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def place(self, row: Row, column: Column) -> Place:
        """This will say where a cell stands."""
        return Place(self.sheet, row.number, column.letter)

    def is_formula(self, row: Row, column: Column) -> bool:
        """This will say whether the cell's value was computed by the spreadsheet rather than typed."""
        return (row.number, column.index) in self.formulas

    def merged_down(self, column: Column) -> int:
        """This will count the cells of the column that are merged over two or more rows."""
        return sum(
            left <= column.index <= right and bottom > top and top > self.heading_row
            for top, left, bottom, right in self.merges
        )


def read_table(
    path: Path,
    *,
    filename: str | None = None,
    sheet: str | None = None,
    heading_row: int | None = None,
    known: Collection[str] = (),
) -> Table:
    """This will read a file in a limited child process and return its table.

    `known` holds headings one expects, in `plain` form; `sheet` and `heading_row` (as in the file) overrule the search.
    Raises TableError, saying what to do, if there is no table to be found.
    """
    return choose_table(read_workbook(path, filename), sheet=sheet, heading_row=heading_row, known=known)


def choose_table(
    workbook: Workbook, *, sheet: str | None = None, heading_row: int | None = None, known: Collection[str] = ()
) -> Table:
    """This will pick the sheet that looks most like a table (a visible one if any does) and list the others."""
    if sheet is not None:
        if sheet not in [grid.name for grid in workbook.grids]:
            raise TableError(f"there is no sheet “{sheet}”", workbook.filename, "Choose one of its sheets")
        wanted = [grid for grid in workbook.grids if grid.name == sheet]
    else:
        wanted = [grid for grid in workbook.grids if grid.rows]
    tables: list[Table] = []
    failure: TableError | None = None
    for grid in wanted:
        try:
            tables.append(table_from(grid, workbook.filename, heading_row=heading_row, known=known))
        except TableError as error:
            failure = failure or error
    if not tables:
        raise failure or TableError("there is nothing in it", workbook.filename, "Choose another sheet")
    visible = {grid.name: grid.visible for grid in workbook.grids}
    best = max(
        tables,
        key=lambda table: (
            visible[table.sheet],
            sum(is_known(column, known) for column in table.columns),
            len(table.rows) * len(table.columns),
        ),
    )
    headings = {table.sheet: {plain(column.heading) for column in table.columns} for table in tables}
    others = tuple(
        OtherSheet(grid.name, grid.visible, len(grid.rows), headings.get(grid.name) == headings[best.sheet])
        for grid in workbook.grids
        if grid.name != best.sheet
    )
    return Table(
        best.filename,
        best.sheet,
        best.heading_row,
        best.columns,
        best.rows,
        best.above,
        best.merges,
        best.formulas,
        others,
        workbook.notes + best.notes,
    )


def plain(heading: str) -> str:
    """This will put a heading in the form in which headings are compared: lower case, letters and digits, one space."""
    return " ".join(re.findall(r"[^\W_]+|£", heading.lower().replace("\ufffd", "£").replace("&", " and ")))


def is_known(column: Column, known: Collection[str]) -> bool:
    """This will say whether a column's heading, alone or with its group, is among the known ones."""
    return plain(column.heading) in known or plain(f"{column.group} {column.heading}") in known


def table_from(grid: Grid, filename: str = "", *, heading_row: int | None = None, known: Collection[str] = ()) -> Table:
    """This will find the headings of one sheet and mark the rows beneath. Raises TableError if there are none."""
    where = f"{filename} sheet {grid.name}" if grid.name else filename
    at = _heading_index(grid, where, heading_row, known)
    top, bottom = _heading_lines(grid, at)
    columns = _columns(grid, top, bottom)
    body = grid.rows[bottom + 1 :]
    above = tuple(" | ".join(cell.strip() for cell in row.cells if cell.strip()) for row in grid.rows[:top])
    notes = list(grid.notes)
    if above:
        notes.append(f"{len(above)} line(s) above the headings were left out.")
    return Table(
        filename=filename,
        sheet=grid.name,
        heading_row=grid.rows[bottom].number,
        columns=columns,
        rows=tuple(_marked(body, columns)),
        above=above,
        merges=grid.merges,
        formulas=grid.formulas,
        notes=tuple(notes),
    )


# ---------------------------------------------------------------- finding the headings


def _heading_index(grid: Grid, where: str, heading_row: int | None, known: Collection[str]) -> int:
    if heading_row is not None:
        for index, row in enumerate(grid.rows):
            if row.number == heading_row:
                return index
        raise TableError(f"row {heading_row} is blank or beyond the end", where, "Give the number of the heading row")
    widths = Counter(_filled(row) for row in grid.rows[:_JUDGED_ROWS])
    usual = max(widths, key=lambda width: (widths[width] * width, width), default=0)
    scores = {
        index: _heading_score(row, grid.rows[index + 1 : index + 21], usual, known)
        for index, row in enumerate(grid.rows[:_HEADING_DEPTH])
    }
    best = max(scores, key=lambda index: (scores[index], -index), default=None)
    if best is None or scores[best] <= 0:
        raise TableError("no row of headings was found", where, "Put one heading above each column, or say which row")
    return best


def _heading_score(row: GridRow, below: Sequence[GridRow], usual: int, known: Collection[str]) -> float:
    """This will judge a row as a heading: known words, text over figures, as wide as the rows below, no repeats."""
    cells = [(index, cell.strip()) for index, cell in enumerate(row.cells) if cell.strip()]
    if not cells or (len(cells) < 2 and usual > 1) or not below:
        return 0.0
    texts = [text for _, text in cells]
    figures = sum(_looks_like_figure(text) for text in texts)
    recognised = sum(plain(text) in known for text in texts)
    if figures * 2 > len(texts) or (figures and not recognised):
        return 0.0
    width = min(len(texts) / max(usual, 1), 1.0)
    distinct = len({plain(text) for text in texts}) / len(texts)
    short = sum(len(text) <= 60 for text in texts) / len(texts)
    # Under a heading stand things unlike it: a column of figures under a word is the surest sign.
    contrast = sum(any(_looks_like_figure(lower.text(index).strip()) for lower in below) for index, _ in cells)
    return 3.0 * recognised + 4.0 * width + distinct + short + 4.0 * contrast / len(texts) - 2.0 * figures / len(texts)


def _filled(row: GridRow) -> int:
    return sum(bool(cell.strip()) for cell in row.cells)


def _looks_like_figure(text: str) -> bool:
    if not text or len(text) > 40 or not any(character.isdigit() for character in text):
        return False
    return isinstance(read_amount(text), Amount) or (
        isinstance(read_date(text), CellDate) and not re.fullmatch(r"(?i).*q[1-4].*|(20)?\d\d/(20)?\d\d", text)
    )


def _heading_lines(grid: Grid, at: int) -> tuple[int, int]:
    """This will give the first and last index of the heading: the row found, or it with the line above or below."""
    rows = grid.rows
    if at + 1 < len(rows) and _continues(rows[at], rows[at + 1]):
        return at, at + 1
    if at and (_is_group_line(rows[at - 1], rows[at], grid) or _continues(rows[at - 1], rows[at])):
        return at - 1, at
    return at, at


def _continues(upper: GridRow, lower: GridRow) -> bool:
    """This will say whether the lower row only divides headings above it: Delivered over Q1, Q2, Q3, Q4."""
    filled = [index for index, cell in enumerate(lower.cells) if cell.strip()]
    if lower.number != upper.number + 1 or len(filled) < 2 or _any_figures(lower, filled):
        return False
    gaps = {index for index in filled if not upper.text(index).strip()}
    opening = {index for index in filled if index not in gaps and index + 1 in gaps}
    standing = any(cell.strip() and index not in filled for index, cell in enumerate(upper.cells))
    return bool(gaps) and len(gaps) + len(opening) == len(filled) and bool(opening) and standing


def _any_figures(row: GridRow, filled: Sequence[int]) -> bool:
    return any(_looks_like_figure(row.text(index).strip()) or len(row.text(index)) > 60 for index in filled)


def _is_group_line(upper: GridRow, lower: GridRow, grid: Grid) -> bool:
    if upper.number != lower.number - 1:
        return False
    filled = [index for index, cell in enumerate(upper.cells) if cell.strip()]
    merged = any(top == upper.number and bottom == top and right > left for top, left, bottom, right in grid.merges)
    if any(
        _looks_like_figure(upper.text(index).strip()) or upper.text(index).strip().endswith(":") for index in filled
    ):
        return False
    if len(filled) == 1:
        return merged and filled[0] > 0
    return len(filled) >= 2 and all(lower.text(index).strip() for index in filled)


def _columns(grid: Grid, top: int, bottom: int) -> tuple[Column, ...]:
    rows = grid.rows
    upper, lower = rows[top], rows[bottom]
    used = {index for row in rows[bottom + 1 :] for index, cell in enumerate(row.cells) if cell.strip()}
    width = max([*used, len(upper.cells) - 1, len(lower.cells) - 1]) + 1
    groups = _groups(grid, upper, width) if top != bottom else [""] * width
    columns: list[Column] = []
    found = [
        (lower.text(index).strip() or (upper.text(index).strip() if top != bottom else "")) for index in range(width)
    ]
    repeated = Counter(plain(heading) for heading in found if heading)
    taken: Counter[str] = Counter()
    for index, raw in enumerate(found):
        if not raw and index not in used:
            continue
        heading = " ".join(raw.split())
        group = groups[index] if lower.text(index).strip() else ""
        name = heading or f"Column {column_letter(index)}"
        if group and repeated[plain(heading)] > 1:
            name = f"{group}: {heading}"
        taken[name.lower()] += 1
        if taken[name.lower()] > 1:
            name = f"{name} ({taken[name.lower()]})"
            taken[name.lower()] += 1
        columns.append(Column(index, column_letter(index), name, heading, group))
    return tuple(columns)


def _groups(grid: Grid, upper: GridRow, width: int) -> list[str]:
    """This will spread each group heading over the columns it spans: its merged cells, or up to the next heading."""
    groups = [" ".join(upper.text(index).split()) for index in range(width)]
    spans = [(left, right) for first, left, _, right in grid.merges if first == upper.number and right > left]
    if spans:
        for left, right in spans:
            for index in range(left, min(right + 1, width)):
                groups[index] = groups[left]
    else:
        for left, right in pairwise(range(width)):
            groups[right] = groups[right] or groups[left]
    return groups


# ---------------------------------------------------------------- marking rows

_TOTAL = re.compile(r"(?:(?:grand|sub|overall|sheet|page)[ -]?)?totals?(?: (?:for )?[\w ]{1,40})?:?", re.IGNORECASE)


def _marked(body: Sequence[GridRow], columns: Sequence[Column]) -> Iterator[Row]:
    headings = [plain(column.heading) for column in columns]
    sums: dict[int, Decimal] = {}
    since: dict[int, Decimal] = {}
    records = added = 0
    for position, row in enumerate(body):
        cells = [(column.index, row.text(column.index).strip()) for column in columns]
        filled = [(index, text) for index, text in cells if text]
        if not filled:
            yield Row(row)  # something stands only beyond the last heading
            continue
        if len(filled) > 1 and all(not text or plain(text) == headings[i] for i, (_, text) in enumerate(cells)):
            yield Row(row, "heading", "the headings again")
            continue
        amounts = {index: amount for index, text in filled if (amount := _pounds(row, index, text)) is not None}
        if why := _total_reason(filled, amounts, sums, since, last=records > 1 and position >= len(body) - 3,
                              added=added, unnamed=len(columns) >= 4 and len(amounts) == len(filled)):  # fmt: skip
            since.clear()
            added = 0
            yield Row(row, "total", why)
            continue
        if len(filled) == 1 and len(columns) >= 4 and not amounts:
            yield Row(row, "label", "only one cell is filled: a section heading or a note, not a record")
            continue
        for index, amount in amounts.items():
            sums[index] = sums.get(index, Decimal(0)) + amount
            since[index] = since.get(index, Decimal(0)) + amount
        records += 1
        added += bool(amounts)
        yield Row(row)


def _pounds(row: GridRow, index: int, text: str) -> Decimal | None:
    if len(text) > 40 or not any(character.isdigit() for character in text):
        return None
    amount = read_amount(text, typed_number=row.is_number(index))
    return amount.pounds if isinstance(amount, Amount) else None


def _total_reason(
    filled: Sequence[tuple[int, str]],
    amounts: dict[int, Decimal],
    sums: dict[int, Decimal],
    since: dict[int, Decimal],
    *,
    last: bool,
    added: int,
    unnamed: bool,
) -> str:
    """This will say why a row is a total, or nothing. A labelled row whose sum is wrong is a total that says so."""
    words = [text for index, text in filled if index not in amounts and not is_unknown(text)]
    # The label comes first: a supplier called Total has a reference before it.
    labelled = bool(words) and words[0] == filled[0][1] and all(_TOTAL.fullmatch(text) for text in words)
    if not sums or (words and not labelled):
        return ""
    matching = [index for index, amount in amounts.items() if amount in (sums.get(index), since.get(index))]
    if labelled:
        if not amounts or len(matching) == len(amounts):
            return "a total row"
        wrong = next(index for index in amounts if index not in matching)
        return (
            f"a total row, but its {amounts[wrong]:,} in column {column_letter(wrong)} is not the sum of the rows "
            f"above, {sums.get(wrong, Decimal(0)):,}"
        )
    summed = [index for index in matching if amounts[index] and amounts[index] != 0]
    # With no label only sums that agree can tell: at the very end, or where nothing else stands in a row of many cells.
    if unnamed and not words and amounts and added > 1 and all(amounts[index] == since.get(index) for index in amounts):
        return "a total row: it has no label but holds the sum of the rows above it"
    if (
        last
        and amounts
        and len(summed) == len(amounts) == len(filled)
        and any(amounts[index] == sums.get(index) for index in summed)
    ):
        return "a total row: it has no label but holds the sum of the rows above"
    return ""
