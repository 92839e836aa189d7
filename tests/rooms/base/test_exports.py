"""Exports: exact, complete, and nothing in a cell that can run."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from commonweal.base import exports
from commonweal.base.exports import MOST_LETTERS, Sheet, TooManyRows, WrongRow, as_text, write_csv, write_xlsx

NASTY = (
    '=HYPERLINK("http://example.org","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "a,b", 'say "x"', "two\nlines",
    "=cmd|' /C calc'!A0", "Ŵyl y Môr, Aberdâr", "007", "1E5", "'=1", "{=1}", "http://example.org/", "👩🏽‍🔧", " =1",
)  # fmt: skip


def csv_of(*rows: tuple[Any, ...]) -> str:
    stream = io.StringIO(newline="")
    write_csv(["What"] * len(rows[0]), rows, stream)
    return stream.getvalue()


def xlsx_of(rows: Any, headings: tuple[str, ...] = ("What",), **more: Any) -> io.BytesIO:
    stream = io.BytesIO()
    write_xlsx([Sheet("Rows", headings, rows)], stream, **more)
    stream.seek(0)
    return stream


def rows_in(stream: io.BytesIO, sheet: str = "Rows") -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(stream).get_sheet_by_name(sheet).to_python()


def test_a_csv_file_opens_with_accents_and_reads_back_cell_for_cell() -> None:
    text = csv_of(*[(each,) for each in NASTY])
    assert text.startswith("\ufeff")
    held = [row[0] for row in csv.reader(io.StringIO(text[1:], newline=""))][1:]
    assert [each.removeprefix("'") for each in held] == [each.removeprefix("'") for each in NASTY]


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
@example("=1+1")
@example("\r\n=1")
def test_no_text_cell_of_a_csv_file_begins_like_a_formula(text: str) -> None:
    written = as_text(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert written in (text, f"'{text}")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
@example(Decimal("-5"))
@example(Decimal("1E+20"))
def test_numbers_are_written_exactly_and_never_guarded(number: Decimal) -> None:
    assert Decimal(as_text(number)) == number
    assert "E" not in as_text(number)


def test_a_workbook_holds_text_as_text_and_has_no_formula_nor_link() -> None:
    stream = xlsx_of([(each,) for each in NASTY])
    kept = [each.replace("\r", "") for each in NASTY]
    assert [row[0] for row in rows_in(stream)][1:] == kept
    with zipfile.ZipFile(stream) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


def test_numbers_beyond_fifteen_digits_become_exact_text() -> None:
    rows = rows_in(xlsx_of([(Decimal("123456789012345"),), (Decimal("1234567890123456.01"),), (Decimal("0.1"),), (7,)]))
    assert rows[1:] == [[123456789012345.0], ["1234567890123456.01"], [0.1], [7.0]]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_every_number_of_a_workbook_reads_back_as_the_same_decimal(number: Decimal) -> None:
    # Six sheets' worth of figures would be slow one by one: a single cell is enough to break a rule.
    read = rows_in(xlsx_of([(number,)]))[1][0]
    assert Decimal(str(read)) == number


def test_dates_are_dates_and_days_a_spreadsheet_does_not_have_are_written_out() -> None:
    moment = datetime(2026, 7, 1, 11, 30, tzinfo=UTC)  # half past twelve in London
    rows = rows_in(xlsx_of([(date(2026, 11, 21),), (moment,), (date(1899, 12, 31),), (date(1900, 2, 28),)]))
    assert rows[1:] == [[date(2026, 11, 21)], [datetime(2026, 7, 1, 12, 30)], ["1899-12-31"], ["1900-02-28"]]  # noqa: DTZ001


def test_nothing_stays_blank_and_is_not_a_nought() -> None:
    assert rows_in(xlsx_of([(None, Decimal(0))], ("a", "b")))[1] == ["", 0.0]
    assert csv_of((None, Decimal(0))).splitlines()[1] == ",0"


def test_a_text_longer_than_a_cell_says_that_it_was_cut() -> None:
    held = rows_in(xlsx_of([("x" * (MOST_LETTERS + 1),), ("y" * MOST_LETTERS,)]))
    assert len(held[1][0]) == MOST_LETTERS
    assert held[1][0].endswith("the CSV file holds them all]")
    assert held[2][0] == "y" * MOST_LETTERS


def test_letters_that_xml_cannot_hold_do_not_spoil_the_workbook() -> None:
    assert rows_in(xlsx_of([("a\x00b\x0b\ufffe\uffffc",)]))[1] == ["abc"]


def test_the_workbook_says_what_it_is_on_its_last_sheet() -> None:
    about = [("Title", "=Promises"), ("Filters", "ward: Southwick"), ("Licence", "OGL v3.0")]
    assert rows_in(xlsx_of([("x",)], about=about), "About this file") == [list(each) for each in about]


def test_a_row_that_does_not_fit_its_headings_is_refused() -> None:
    with pytest.raises(WrongRow):
        csv_of((1,), (1, 2))
    with pytest.raises(WrongRow):
        xlsx_of([(1, 2)])


def test_more_rows_than_a_sheet_holds_are_refused_rather_than_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 3)
    xlsx_of([("x",)] * 2)
    with pytest.raises(TooManyRows, match="CSV"):
        xlsx_of([("x",)] * 3)


def test_rows_stream_and_are_not_gathered_first() -> None:
    alive = 0

    def rows() -> Any:
        nonlocal alive
        for n in range(1000):
            alive = n
            yield (n,)

    class Watched(io.StringIO):
        first_written_at = -1

        def write(self, text: str) -> int:
            if text.startswith("0") and self.first_written_at < 0:
                self.first_written_at = alive
            return super().write(text)

    stream = Watched(newline="")
    assert write_csv(["n"], rows(), stream) == 1000
    assert stream.first_written_at == 0


def test_the_same_rows_make_the_same_csv_and_workbook_cells() -> None:
    assert csv_of(("a", Decimal("1.50"))) == csv_of(("a", Decimal("1.50"))) == "\ufeffWhat,What\r\na,1.50\r\n"
