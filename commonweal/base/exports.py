"""The one exporter: CSV and Excel, exact, with the same rows as the page, and nothing in a cell that can run.

Numbers are written as numbers where a spreadsheet holds them exactly, and as text beyond its fifteen digits; money
and quantities never pass through a guess. Text that a spreadsheet would take for a formula gets an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter
from django.http import Http404, HttpResponse
from django.utils import timezone

from commonweal.base.queries import database_now

FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
#: A spreadsheet keeps fifteen significant digits of a number.
SPREADSHEET_DIGITS: Final = 15
#: A workbook's own limits: rows of a sheet, characters of a cell, and the first day it has.
MOST_ROWS: Final = 1_048_576
MOST_LETTERS: Final = 32_767
FIRST_DAY: Final = date(1900, 3, 1)
_CUT: Final = " … [cut here: a cell holds 32,767 characters; the CSV file holds them all]"
_WIDEST = 60

Cell = str | int | Decimal | date | datetime | bool | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, headings, and rows of cells under them.

    With `open_columns` (numbers from 0) it is a form: only cells of those columns may be written in. `choices` give such
    a column a list to choose from.
    """

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    open_columns: Sequence[int] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


class WrongRow(ValueError):
    """A row has more or fewer cells than there are headings."""


class TooManyRows(ValueError):
    """A sheet cannot hold the rows; a CSV file can."""


def as_text(cell: Cell) -> str:
    """This will write a cell as text, exactly: plain decimals, ISO dates, and "" for nothing.

    Text that begins like a formula gets an apostrophe before it; numbers, even negative ones, do not.
    """
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case Decimal():
            return format(cell, "f")
        case int():
            return str(cell)
        case datetime():
            return cell.isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]], stream: IO[str]) -> int:
    """This will write rows as CSV (RFC 4180, a byte order mark so that Excel reads the accents); answers how many."""
    stream.write("\ufeff")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([as_text(heading) for heading in headings])
    count = 0
    for row in rows:
        _check_width(headings, row)
        writer.writerow([as_text(cell) for cell in row])
        count += 1
    return count


def write_xlsx(sheets: Sequence[Sheet], stream: IO[bytes], *, about: Sequence[tuple[str, str]] = ()) -> None:
    """This will write a workbook; `about` lines (label, words) become a last sheet that says what the file is.

    Rows stream. Raises WrongRow, and TooManyRows beyond the 1,048,576 rows that a sheet holds.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        looks, writable = _Looks(book), _Looks(book, {"locked": False, "bg_color": "#FFF9D9"})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(_sheet_name(sheet.name)), sheet, looks, writable)
        if about:
            page = book.add_worksheet("About this file")
            page.set_column(0, 0, 20)
            page.set_column(1, 1, 90)
            for index, (label, words) in enumerate(about):
                page.write_string(index, 0, _in_cell(label), looks.heading)
                page.write_string(index, 1, _in_cell(words), looks.wrapped)


class _Looks:
    """The cell formats of one workbook. A number shows the decimals it has, and at least the pence of a price."""

    def __init__(self, book: Any, all_of_them: Mapping[str, Any] | None = None) -> None:
        also = all_of_them or {}
        self.plain = book.add_format(also)
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", **also})
        self.day = book.add_format({"num_format": "d mmmm yyyy", **also})
        self.moment = book.add_format({"num_format": "d mmmm yyyy hh:mm", **also})
        self._whole = book.add_format({"num_format": "#,##0", **also})
        self._pence = book.add_format({"num_format": "#,##0.00", **also})
        self._fine = book.add_format({"num_format": "#,##0.00####", **also})

    def number(self, exact: Decimal) -> Any:
        places = -int(exact.as_tuple().exponent)
        return self._whole if places <= 0 else self._pence if places <= 2 else self._fine


def _write_sheet(page: Any, sheet: Sheet, looks: _Looks, writable: _Looks) -> None:
    page.freeze_panes(1, 1)
    opened = set(sheet.open_columns)
    if opened:
        page.protect()  # against a slip of the hand: there is no password
        for column in opened:  # before the rows: they stream
            page.set_column(column, column, None, writable.plain)
    widths = [max(len(heading) + 2, 12) for heading in sheet.headings]
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, _in_cell(heading), looks.heading)
    for index, row in enumerate(sheet.rows, start=1):
        _check_width(sheet.headings, row)
        if index >= MOST_ROWS:
            raise TooManyRows(f"A sheet holds {MOST_ROWS:,} rows. Take the CSV file, or choose fewer rows.")
        for column, cell in enumerate(row):
            _write_cell(page, index, column, cell, writable if column in opened else looks)
            if isinstance(cell, str | Decimal | int):
                widths[column] = max(widths[column], min(len(str(cell)) + 2, _WIDEST))
        for column, choices in sheet.choices.items():
            page.data_validation(index, column, index, column, {"validate": "list", "source": list(choices)})
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width, _WIDEST), writable.plain if column in opened else None)


def _write_cell(page: Any, row: int, column: int, cell: Cell, looks: _Looks) -> None:
    match cell:
        case None | "":
            return
        case bool():
            page.write_string(row, column, as_text(cell))
        case int() | Decimal():
            exact = Decimal(cell)
            if len(exact.normalize().as_tuple().digits) > SPREADSHEET_DIGITS:
                page.write_string(row, column, as_text(cell))
            else:
                page.write_number(row, column, exact, looks.number(exact))
        case datetime():
            local = timezone.localtime(cell) if timezone.is_aware(cell) else cell
            _write_day(page, row, column, local.replace(tzinfo=None), local.date(), looks.moment)
        case date():
            _write_day(page, row, column, cell, cell, looks.day)
        case _:
            page.write_string(row, column, _in_cell(str(cell)))


def _write_day(page: Any, row: int, column: int, moment: date, day: date, look: Any) -> None:
    # Before March 1900 a spreadsheet's days are wrong or do not exist: the date is written out.
    if day < FIRST_DAY:
        page.write_string(row, column, as_text(moment))
    else:
        page.write_datetime(row, column, moment, look)


def _in_cell(text: str) -> str:
    """Text as a workbook can hold it: XML has no control characters nor U+FFFE and U+FFFF; too long says so."""
    held = "".join(letter for letter in text if (letter >= " " or letter in "\n\t") and letter not in "\ufffe\uffff")
    return held if len(held) <= MOST_LETTERS else held[: MOST_LETTERS - len(_CUT)] + _CUT


def _sheet_name(name: str) -> str:
    return "".join("-" if letter in "[]:*?/\\'" else letter for letter in name)[:31] or "Sheet"


def _check_width(headings: Sequence[str], row: Sequence[Cell]) -> None:
    if len(row) != len(headings):
        raise WrongRow(f"a row of {len(row)} cells under {len(headings)} headings")


def export_response(
    form: str, *, name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]],
    about: Sequence[tuple[str, str]] = (),
) -> HttpResponse:  # fmt: skip
    """This will answer a request with a file of rows: `form` is "csv" or "xlsx" (anything else does not exist).

    `name` is the file's name without its ending. `about` says in the workbook what the file is.
    """
    if form not in FORMATS:
        raise Http404
    if form == "csv":
        text = io.StringIO()
        write_csv(headings, rows, text)
        content = text.getvalue().encode()
    else:
        binary = io.BytesIO()
        made = timezone.localdate(database_now())
        said = [("File", name), ("Made on", f"{made:%-d %B %Y}"), *about]
        write_xlsx([Sheet("Rows", headings, rows)], binary, about=said)
        content = binary.getvalue()
    response = HttpResponse(content, content_type=FORMATS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(name)}.{form}"'
    return response


def _file_name(name: str) -> str:
    kept = (letter if letter.isascii() and (letter.isalnum() or letter in "-_.@") else "-" for letter in name)
    return "".join(kept)[:120]
