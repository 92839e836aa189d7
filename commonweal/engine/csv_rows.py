"""A table a person saved as CSV, read strictly: every row as wide as its header, no two columns of one name.

Nothing is guessed and nothing is dropped. The row number is the line of the file a person sees, header = 1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_ERRORS = 1000
#: The most characters a cell may hold: what a spreadsheet keeps.
LONGEST_CELL = 32_767


@dataclass(frozen=True, slots=True)
class LineError:
    """This will say what is wrong in one cell, row or file, and what to do. Row 0 is the file as a whole."""

    file: str
    row: int
    column: str
    reason: str
    fix: str

    def __str__(self) -> str:
        where = f"row {self.row}" if self.row else "the file"
        return f"{self.file}: {where}, column {self.column or '-'}: {self.reason}. {self.fix}."


class LinesRefused(ValueError):
    """This will carry every error for which a table was refused (the first thousand, and how many in all)."""

    def __init__(self, errors: list[LineError]) -> None:
        self.count = len(errors)
        self.errors = tuple(errors[:MOST_ERRORS])
        super().__init__("\n".join(map(str, self.errors)))


def rows_of(path: str | Path, required: Sequence[str]) -> Iterator[tuple[int, dict[str, str] | LineError]]:
    """This will read a CSV file (comma, semicolon or tab; UTF-8, UTF-16 with its mark, or Windows-1252) row by row.

    Each row comes with its number, as its cells by column name or as what is wrong with it; blank rows are passed over.
    Raises `LinesRefused` where the file or its header cannot be read.
    """
    file = str(path)
    rows = _rows(_text(path, file), file, required)
    _, header = next(rows)
    _check_header(header, file, required)
    for number, cells in rows:
        if len(cells) == len(header):
            yield number, dict(zip(header, cells, strict=True))
        else:
            reason = f"the row has {len(cells)} cells and the header {len(header)}"
            fix = "Put cells that hold the separator in double quotes"
            yield number, LineError(file, number, "", reason, fix)


def too_long(text: str) -> tuple[str, str] | None:
    """This will say what is wrong with a cell that holds more than any spreadsheet keeps, and what to do; else None."""
    return None if len(text) <= LONGEST_CELL else (_TOO_LONG, "Shorten it")


_TOO_LONG = f"a cell has more than {LONGEST_CELL:,} characters"


def short(text: str) -> str:
    """This will cut what a cell holds to what a sentence can."""
    return text if len(text) <= 40 else f"{text[:37]}..."


def _text(path: str | Path, file: str) -> str:
    try:
        raw = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        fix = "Check the name and that you may read it"
        raise _refusal(file, f"the file cannot be read: {reason}", fix) from None
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refusal(file, "this is not a text file", "Save the sheet as CSV (UTF-8)")


def _rows(text: str, file: str, required: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """This will give each row that has something in it, with the number of the line it begins on."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before, found = 0, False
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found = True
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        if "field larger than field limit" in str(error):
            raise LinesRefused([LineError(file, before + 1, "", _TOO_LONG, "Shorten it")]) from None
        fix = "Check the double quotes there, and save the sheet again as CSV"
        raise LinesRefused([LineError(file, reader.line_num, "", f"the row cannot be read: {error}", fix)]) from None
    if not found:
        raise _refusal(file, "the file is empty", f"Begin with the columns {', '.join(required)}")


def _check_header(header: list[str], file: str, required: Sequence[str]) -> None:
    header[:] = [name.strip() for name in header]
    errors = [
        LineError(file, 1, name, "the column is missing", f"Add it: every file has {', '.join(required)}")
        for name in required
        if name not in header
    ]
    for name in sorted({name for name in header if header.count(name) > 1}):
        errors.append(LineError(file, 1, short(name), "two columns have this name", "Give each column its own name"))
    if errors:
        raise LinesRefused(errors)


def _refusal(file: str, reason: str, fix: str) -> LinesRefused:
    return LinesRefused([LineError(file, 0, "", reason, fix)])
