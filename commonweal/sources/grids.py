"""The sheets of an uploaded file as rows of text, each with the row number its author sees.

Nothing is interpreted here: no heading, no date, no amount. Parsing is `grid_parser` in a limited child process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commonweal.sources import limited

MAX_FILE_BYTES = 25 * 1024 * 1024

#: (first row, first column, last row, last column), rows from 1 as in the file, columns from 0.
Merge = tuple[int, int, int, int]


class TableError(Exception):
    """A file that cannot be read as a table: what is wrong, where, and what its owner can do."""

    def __init__(self, problem: str, where: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}. {remedy}" if where else f"{problem}. {remedy}")
        self.problem, self.where, self.remedy = problem, where, remedy


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row that is not blank. `numbers` is a bit mask of the cells the spreadsheet itself held as numbers."""

    number: int
    cells: tuple[str, ...]
    numbers: int = 0

    def text(self, column: int) -> str:
        """This will give the text of a cell, empty beyond the end of the row."""
        return self.cells[column] if column < len(self.cells) else ""

    def is_number(self, column: int) -> bool:
        """This will say whether the spreadsheet stored the cell as a number (text files store none)."""
        return bool(self.numbers >> column & 1)


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet as found: only rows with something in them, in order. A text file is one sheet with no name."""

    name: str
    visible: bool
    rows: tuple[GridRow, ...]
    merges: tuple[Merge, ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """Every sheet of a file, in the file's order, and what was noticed while reading it."""

    filename: str
    grids: tuple[Grid, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sheet:
    name: str
    visible: bool
    rows: list[GridRow] = field(default_factory=list)
    merges: tuple[Merge, ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    notes: list[str] = field(default_factory=list)


def read_workbook(path: Path, filename: str | None = None) -> Workbook:
    """This will read every sheet of a CSV, TSV, XLSX, XLSM, XLSB, XLS or ODS file in a limited child process.

    `filename` is the name its owner knows it by. Raises TableError for anything that is no such file.
    """
    name = filename or path.name
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise TableError(
            f"the file is {size / 1024 / 1024:.0f} MB and the limit is {MAX_FILE_BYTES // 1024 // 1024} MB",
            name,
            "Remove pictures and unused sheets, or split it by year",
        )
    with path.open("rb") as content:
        try:
            return assemble(name, limited.stream("commonweal.sources.grid_parser:parse", content, filename=name))
        except limited.LimitReached as reached:
            raise _limit_error(reached, name) from None


def read_content(content: bytes, filename: str) -> Workbook:
    """This will do the same as `read_workbook` for a file already in memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        return read_workbook(path, filename)


def assemble(filename: str, items: Iterable[Any]) -> Workbook:
    """This will build a Workbook from the items that `grid_parser.parse` yields; raises TableError if it refused."""
    sheets: list[_Sheet] = []
    notes: list[str] = []
    for item in items:
        match item:
            case ["sheet", str(name), bool(visible)]:
                sheets.append(_Sheet(name, visible))
            case ["row", int(number), [*cells], int(numbers)]:
                sheets[-1].rows.append(GridRow(number, tuple(str(cell) for cell in cells), numbers))
            case ["merges", [*merges]]:
                sheets[-1].merges = tuple((int(a), int(b), int(c), int(d)) for a, b, c, d in merges)
            case ["formulas", [*places]]:
                sheets[-1].formulas = frozenset((int(row), int(column)) for row, column in places)
            case ["sheet note", str(note)]:
                sheets[-1].notes.append(note)
            case ["note", str(note)]:
                notes.append(note)
            case ["refused", str(problem), str(where), str(remedy)]:
                raise TableError(problem, where, remedy)
            case _:
                raise TableError("the reader gave an answer that makes no sense", filename, "Save it as CSV UTF-8")
    grids = tuple(
        Grid(sheet.name, sheet.visible, tuple(sheet.rows), sheet.merges, sheet.formulas, tuple(sheet.notes))
        for sheet in sheets
    )
    if not any(grid.rows for grid in grids):
        raise TableError("there is nothing in it", filename, "Check that the right file was chosen")
    return Workbook(filename, grids, tuple(notes))


def _limit_error(reached: limited.LimitReached, name: str) -> TableError:
    problem = {
        "time": f"it takes more than {limited.CPU_SECONDS} seconds to read",
        "memory": f"reading it needs more than {limited.MEMORY_BYTES // 1024 // 1024} MB of memory",
        "output": "it unpacks to more text than is accepted",
        "crash": "our reader stopped in the middle of it, which may be a fault of ours and not of the file",
    }[reached.limit]
    remedy = "Save the sheet you need on its own as CSV UTF-8 and send that"
    if reached.limit == "crash":
        remedy += ". If that is not read either, tell whoever runs Commonweal here"
    return TableError(problem, name, remedy)


def column_letter(index: int) -> str:
    """This will name a column as spreadsheets do: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
