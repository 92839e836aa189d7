"""From the bytes of a file to rows of text: the part that runs in the limited child process.

Text files: utf-8, UTF-16 by its mark, else Windows-1252 (a guess by frequency misreads the pound sign). Spreadsheets:
calamine, which opens real council workbooks that stricter readers refuse. Sizes are checked before unpacking.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import heapq  # noqa: F401 - Counter.most_common loads it late, when the child may open no file
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import clevercsv
from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from commonweal.sources.grids import MAX_FILE_BYTES, TableError

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ENTRIES = 5_000
MAX_CELLS = 5_000_000
MAX_COLUMNS = 2_000

_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DELIMITERS = ",;\t|"
_SAMPLE = 8_192
_SAVE_AS = "Open it in a spreadsheet program and save it as .xlsx or as CSV UTF-8"
_RESAVE = "Open it in the program that made it, save it again and send that"
_CHUNK = 4 * 1024 * 1024

# Python loads an encoding when first asked for it, and the child may open no file by then.
for _encoding in ("utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp437"):
    codecs.lookup(_encoding)

_FORMULA = re.compile(rb"<(?:\w+:)?c(?=[\s>])([^>]*)(?<!/)>\s*<(?:\w+:)?f[\s/>]")
_ERROR = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)(?<!/)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_ERROR_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]{1,20})<")
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def parse(content: bytes, filename: str = "") -> Iterator[list[Any]]:
    """This will yield a file as items: sheet, row, merges, formulas, notes, or one `refused` item and nothing more.

    Items are described by `grids.assemble`. Whatever the bytes are, nothing but MemoryError is raised.
    """
    try:
        yield from _parse(content, filename)
    except TableError as error:
        yield ["refused", error.problem, error.where, error.remedy]


def _parse(content: bytes, filename: str) -> Iterator[list[Any]]:
    if not content:
        raise TableError("the file is empty", filename, "Check that the right file was chosen")
    if len(content) > MAX_FILE_BYTES:
        raise TableError("the file is larger than 25 MB", filename, "Split it by year")
    if content.startswith((_ZIP, _COMPOUND)):
        yield from _spreadsheet(content, filename)
    else:
        _refuse_look_alikes(content, filename)
        yield from _text(content, filename)


def _refuse_look_alikes(content: bytes, filename: str) -> None:
    start = content[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<?xml") and b"office:spreadsheet" in start:
        raise TableError("it is an XML spreadsheet of 2003", filename, _SAVE_AS)
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<head", b"<meta", b"<?xml", b"<div", b"<style")):
        raise TableError("it is a web page, whatever its name says", filename, _SAVE_AS)
    for mark, what in ((b"%pdf", "a PDF"), (b"{\\rtf", "a text document"), (b"\x7felf", "a program")):
        if start.startswith(mark):
            raise TableError(f"it is {what}, not a table", filename, "Send the spreadsheet it was made from")


# ---------------------------------------------------------------- text files


def decode(content: bytes, filename: str = "") -> tuple[str, str]:
    """This will turn bytes into text and name the encoding: utf-8, UTF-16 by its mark, else Windows-1252.

    Raises TableError for bytes that are no text.
    """
    binary = TableError("it is not a text file or a spreadsheet", filename, "Send a .csv, .xlsx, .xls or .ods file")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text, encoding = content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise binary from None
    else:
        try:
            text, encoding = content.decode("utf-8-sig"), "UTF-8"
        except UnicodeDecodeError:
            # Five bytes mean nothing in Windows-1252; they become the mark of a lost character, never vanish.
            text, encoding = content.decode("cp1252", errors="replace"), "Windows-1252"
    controls = sum(text.count(chr(code)) for code in range(32) if code not in (9, 10, 11, 12, 13, 26, 28, 29, 30, 31))
    if "\x00" in text or controls * 100 > len(text):
        raise binary
    return text, encoding


def find_delimiter(text: str) -> str:
    """This will say what separates the cells of a text: comma, semicolon, tab or bar."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    try:
        sniffed = csv.Sniffer().sniff(sample, delimiters=_DELIMITERS).delimiter
    except csv.Error:
        sniffed = ""
    if sniffed and _agreement(sample, sniffed) >= 0.5:
        return sniffed
    try:
        dialect = clevercsv.Detector().detect(sample, delimiters=list(_DELIMITERS))
    except Exception:  # whatever goes wrong in a guess, it is only a guess not made
        dialect = None
    if dialect and dialect.delimiter and dialect.delimiter in _DELIMITERS and _agreement(sample, dialect.delimiter) > 0:
        return str(dialect.delimiter)
    best = max(_DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))
    return best if _agreement(sample, best) > 0 else ","


def _agreement(sample: str, delimiter: str) -> float:
    """This will give the share of records that have the most usual number of cells, or 0 if that number is one."""
    try:
        widths = [len(record) for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if record]
    except csv.Error:
        return 0.0
    split = Counter(width for width in widths if width > 1)
    return split.most_common(1)[0][1] / len(widths) if split else 0.0


def _text(content: bytes, filename: str) -> Iterator[list[Any]]:
    text, encoding = decode(content, filename)
    if encoding != "UTF-8":
        yield ["note", f"Read as {encoding}."]
    if "\ufffd" in text:
        lost = text.count("\ufffd")
        yield ["note", f"{lost} character(s) were already lost before the file was sent (often pound signs)."]
    delimiter = find_delimiter(text)
    yield ["sheet", "", True]
    records, loose = _records(text, delimiter, filename)
    if loose:
        yield ["sheet note", loose]
    counted = 0
    for number, record in records:
        counted += len(record)
        _check_size(counted, len(record), filename)
        if any(cell.strip() for cell in record):
            yield ["row", number, _trimmed(record), 0]


def _records(text: str, delimiter: str, filename: str) -> tuple[list[tuple[int, list[str]]], str]:
    """This will split text into numbered records. Raises TableError if a quotation mark is never closed."""
    note = ""
    for strict in (True, False):
        number = 0
        records = []
        try:
            for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict):
                number += 1
                if record:
                    records.append((number, record))
        except csv.Error as error:
            if "unexpected end" in str(error) or not strict:
                raise TableError(
                    "a quotation mark is opened and never closed, so the rest of the file is one cell",
                    f"{filename} row {number + 1}",
                    "Remove or double that quotation mark",
                ) from None
            note = f"Row {number + 1} has a stray quotation mark; it was read as it stands."
        else:
            break
    if note and text.count('"') % 2 and records and "\n" in "".join(records[-1][1]).replace("\r", "\n"):
        raise TableError(
            "a quotation mark is opened and never closed", f"{filename} row {records[-1][0]}", "Remove or double it"
        )
    return records, note


# ---------------------------------------------------------------- spreadsheets


def _formulas(number: int) -> str:
    return f"{number:,} cell{' is a formula' if number == 1 else 's are formulas'}; what was last saved was read."


def _spreadsheet(content: bytes, filename: str) -> Iterator[list[Any]]:
    formulas: dict[str, list[tuple[int, int]]] = {}
    errors: dict[str, dict[tuple[int, int], str]] = {}
    try:
        if content.startswith(_ZIP):
            with _checked_zip(content, filename) as archive:
                yield from _formula_notes(archive, formulas, errors)
        else:
            if "EncryptedPackage".encode("utf-16-le") in content:
                raise _encrypted(filename)
            yield ["note", "This older format does not show which cells are formulas: check the totals yourself."]
        with CalamineWorkbook.from_object(io.BytesIO(content)) as book:
            counted = 0
            for sheet in book.sheets_metadata:
                if sheet.typ is not SheetTypeEnum.WorkSheet:
                    continue
                yield ["sheet", sheet.name, sheet.visible is SheetVisibleEnum.Visible]
                for item in _sheet(book, sheet.name, errors.get(sheet.name, {})):
                    if item[0] == "row":
                        counted += len(item[2])
                        _check_size(counted, len(item[2]), filename)
                    yield item
                if found := formulas.get(sheet.name):
                    yield ["formulas", found]
                    yield ["sheet note", _formulas(len(found))]
    except (TableError, MemoryError, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except PasswordError:
        raise _encrypted(filename) from None
    except BaseException:  # a panic of the Rust reader is no Exception, and every one means the same to the owner
        raise TableError("it cannot be read as a spreadsheet: it is damaged or cut short", filename, _RESAVE) from None


def _checked_zip(content: bytes, filename: str) -> zipfile.ZipFile:
    """This will open the package after checking what it says it unpacks to, before unpacking any of it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError):
        raise TableError("the spreadsheet is cut short or damaged", filename, _RESAVE) from None
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise TableError(f"it is a package of {len(entries)} files", filename, "Send the one spreadsheet")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise TableError("it unpacks to more than 200 MB", filename, "Save the sheet you need on its own as CSV UTF-8")
    if any(entry.flag_bits & 1 for entry in entries):
        raise _encrypted(filename)
    names = {entry.filename for entry in entries}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        what = "a text document" if "word/document.xml" in names else "a package of files"
        raise TableError(f"it is {what}, not a spreadsheet", filename, "Send the .xlsx, .ods or .csv file itself")
    return archive


def _encrypted(filename: str) -> TableError:
    return TableError("it is locked with a password", filename, "Remove the password, save it and send that")


def _formula_notes(
    archive: zipfile.ZipFile,
    formulas: dict[str, list[tuple[int, int]]],
    errors: dict[str, dict[tuple[int, int], str]],
) -> Iterator[list[Any]]:
    """This will find cells that are formulas or errors: the reader itself gives their saved value, or a blank."""
    names = set(archive.namelist())
    if "content.xml" in names:
        with archive.open("content.xml") as part:
            found = sum(block.count(b"table:formula=") for block in iter(lambda: part.read(_CHUNK), b""))
        if found:
            yield ["note", f"About {_formulas(found)}"]
    elif "xl/workbook.xml" in names:
        for sheet, target in _sheet_parts(archive):
            if target in names:
                with archive.open(target) as part:
                    _scan(iter(lambda part=part: part.read(_CHUNK), b""), formulas, errors, sheet)  # type: ignore[misc]
    else:
        yield ["note", "This format does not show which cells are formulas: check the totals yourself."]


def _sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    relations = {
        element.get("Id"): element.get("Target", "")
        for element in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - limited child
    }
    parts = []
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314 - limited child
        if element.tag.endswith("}sheet"):
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            target = relations.get(relation, "").lstrip("/")
            parts.append((element.get("name", ""), target if target.startswith("xl/") else f"xl/{target}"))
    return parts


def _scan(
    blocks: Iterator[bytes],
    formulas: dict[str, list[tuple[int, int]]],
    errors: dict[str, dict[tuple[int, int], str]],
    sheet: str,
) -> None:
    rest = b""
    for block in blocks:
        rest += block
        end = max(rest.rfind(b":c>"), rest.rfind(b"/c>")) + 3
        whole, rest = rest[:end], rest[end:]
        _scan_cells(whole, formulas.setdefault(sheet, []), errors.setdefault(sheet, {}))
    _scan_cells(rest, formulas.setdefault(sheet, []), errors.setdefault(sheet, {}))


def _scan_cells(xml: bytes, formulas: list[tuple[int, int]], errors: dict[tuple[int, int], str]) -> None:
    for cell in _FORMULA.finditer(xml):
        if place := _place(cell[1]):
            formulas.append(place)
    for cell in _ERROR.finditer(xml):
        place, value = _place(cell[1]), _ERROR_VALUE.search(cell[2])
        if place and value:
            errors[place] = value[1].decode("utf-8", "replace")


def _place(attributes: bytes) -> tuple[int, int] | None:
    if not (address := _ADDRESS.search(attributes)):
        return None
    column = 0
    for letter in address[1]:
        column = column * 26 + letter - 64
    return int(address[2]), column - 1


def _sheet(book: CalamineWorkbook, name: str, errors: dict[tuple[int, int], str]) -> Iterator[list[Any]]:
    sheet = book.get_sheet_by_name(name)
    offset = sheet.start[1] if sheet.start else 0
    errors_by_row: dict[int, dict[int, str]] = {}
    for (row, column), error in errors.items():
        errors_by_row.setdefault(row, {})[column] = error
    for number, values in enumerate(sheet.iter_rows(), start=1):
        lost = errors_by_row.pop(number, {})
        if not lost and all(value == "" for value in values):
            continue  # a formatted but empty sheet can have a million such rows
        numbers = 0
        for index, value in enumerate(values, start=offset):
            if isinstance(value, int | float) and not isinstance(value, bool):
                numbers |= 1 << index
        cells = _with_errors([""] * offset + [as_text(value) for value in values], lost)
        if any(cell.strip() for cell in cells):
            yield ["row", number, _trimmed(cells), numbers]
    for number, lost in sorted(errors_by_row.items()):
        yield ["row", number, _with_errors([], lost), 0]
    if merges := sheet.merged_cell_ranges:
        yield ["merges", [[top + 1, left, bottom + 1, right] for (top, left), (bottom, right) in merges]]


def _with_errors(cells: list[str], errors: dict[int, str]) -> list[str]:
    for column, error in errors.items():
        cells += [""] * (column + 1 - len(cells))
        cells[column] = error
    return cells


def as_text(value: object) -> str:
    """This will write a spreadsheet value as the text a person would type: dates as ISO, numbers without exponent.

    Numbers keep 15 significant digits, all that the spreadsheet itself shows, so 0.1 + 0.2 reads 0.3.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        text = format(value, ".15g")
        return format(Decimal(text), "f") if abs(value) < 1e21 else text
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _trimmed(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _check_size(cells: int, width: int, filename: str) -> None:
    if cells > MAX_CELLS:
        raise TableError(f"it has more than {MAX_CELLS:,} cells", filename, "Split it by year or by department")
    if width > MAX_COLUMNS:
        raise TableError(f"a row has {width:,} cells", filename, f"Keep at most {MAX_COLUMNS:,} columns")
