"""A stranger's workbook is read with all that it hides, and none can hurt: every file here is written by its test."""

import io
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter

from commonweal.sources.cells import CellProblem
from commonweal.sources.grids import MAX_FILE_BYTES
from commonweal.sources.workbooks import (
    MOST_FINDINGS,
    NoValue,
    TableError,
    UnitPrice,
    gathered,
    read_share,
    read_unit_value,
    read_workbook,
    within,
)

HEADINGS = ["Code", "Measure", "Unit", "Value"]


def workbook(build, **options):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, options)
    build(book)
    book.close()
    return made.getvalue()


def one_sheet(fill):
    def build(book):
        sheet = book.add_worksheet("Measures")
        sheet.write_row(0, 0, HEADINGS)
        fill(book, sheet)

    return workbook(build)


def said(book, what):
    return [(finding.sheet, finding.cells) for finding in book.findings if finding.what == what]


def repacked(content, change):
    """The same package with its parts passed through `change(name, bytes)`, and parts it adds."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return made.getvalue()


def test_what_is_noticed_is_gathered_with_what_is_hidden_first():
    def fill(book, sheet):
        percent = book.add_format({"num_format": "0%"})
        for row in range(4, 24):
            sheet.write_number(row, 4, 0.2, percent)
        sheet.write_number(30, 5, 0.2, percent)
        sheet.merge_range("A26:A27", "Work")
        sheet.write(28, 0, "kept out of sight")
        sheet.set_row(28, None, None, {"hidden": True})
        secret = book.add_worksheet("Secret")
        secret.write(0, 0, "hidden")
        secret.hide()

    book = read_workbook(one_sheet(fill), "m.xlsx")
    assert len(book.findings) > 20
    assert [str(each) for each in gathered(book.findings)] == [
        "Secret: the sheet is hidden and was not read; it has 1 row",
        "Measures!29:29: rows that are hidden hold something; they were read",
        "Measures: 21 cells are shown as a percentage (0.2 for 20%): E5 to E24, F31",
        "Measures!A26:A27: cells are merged: what they say stands in A26 alone",
    ]


def test_formula_is_reported_with_its_cell_whether_or_not_a_value_is_saved():
    def fill(book, sheet):
        sheet.write_formula(1, 3, "=2*6.25", None, 12.5)
        sheet.write_formula(2, 3, "=2*6.25", None, "")
        sheet.write_formula(3, 3, "=2*6.25")

    book = read_workbook(one_sheet(fill), "m.xlsx")
    assert said(book, "formula") == [("Measures", "D2")]
    assert said(book, "formula without value") == [("Measures", "D3")]
    assert said(book, "stored zero") == [("Measures", "D4")]
    assert book.sheet("Measures").grid.rows[1].text(3) == "12.5"


def test_zero_saved_by_a_program_that_computes_is_a_formula_like_any_other():
    content = one_sheet(lambda book, sheet: sheet.write_formula(1, 3, "=1-1"))
    computed = repacked(content, lambda name, part: part.replace(b' fullCalcOnLoad="1"', b""))
    book = read_workbook(computed, "m.xlsx")
    assert not book.recalculates
    assert said(book, "formula") == [("Measures", "D2")]


def test_error_is_reported_with_its_cell():
    content = one_sheet(lambda book, sheet: sheet.write_formula(1, 3, "=A9", None, "#REF!"))
    assert said(read_workbook(content, "m.xlsx"), "error") == [("Measures", "D2")]


def test_merged_cells_are_reported():
    content = one_sheet(lambda book, sheet: sheet.merge_range(1, 0, 4, 1, "both"))
    book = read_workbook(content, "m.xlsx")
    assert said(book, "merged") == [("Measures", "A2:B5")]


def test_findings_of_one_kind_are_counted_beyond_their_limit():
    def fill(book, sheet):
        for row in range(MOST_FINDINGS + 7):
            sheet.write_formula(row + 1, 3, "=1", None, 1)

    book = read_workbook(one_sheet(fill), "m.xlsx")
    assert len(said(book, "formula")) == MOST_FINDINGS
    assert [finding.reason for finding in book.findings if finding.what == "more"] == [
        "7 more findings of this kind: formula"
    ]


def test_hidden_sheet_is_named_and_not_read_unless_asked_for():
    def build(book):
        for name in ("Shown", "Put away", "Put far away"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADINGS)
            sheet.write_row(1, 0, ["A1", "x", "y", 1])
        book.get_worksheet_by_name("Put away").hide()
        book.get_worksheet_by_name("Put far away").very_hidden()

    content = workbook(build)
    book = read_workbook(content, "m.xlsx")
    assert said(book, "hidden sheet") == [("Put away", ""), ("Put far away", "")]
    assert [(sheet.name, sheet.is_read, len(sheet.grid.rows)) for sheet in book.sheets] == [
        ("Shown", True, 2),
        ("Put away", False, 0),
        ("Put far away", False, 0),
    ]
    asked = read_workbook(content, "m.xlsx", hidden_sheets=True)
    assert [len(sheet.grid.rows) for sheet in asked.sheets] == [2, 2, 2]
    assert said(asked, "hidden sheet") == [("Put away", ""), ("Put far away", "")]


def test_workbook_that_hides_all_it_holds_is_refused():
    def build(book):
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("Held")
        sheet.write_row(0, 0, HEADINGS)
        sheet.hide()

    with pytest.raises(TableError, match="hidden sheets"):
        read_workbook(workbook(build), "m.xlsx")


def test_hidden_rows_and_columns_are_reported_where_they_hold_something():
    def fill(book, sheet):
        for row in range(1, 9):
            sheet.write_row(row, 0, [f"A{row}", "x", "y", row])
        for row in (2, 3, 6, 40):
            sheet.set_row(row, None, None, {"hidden": True})
        sheet.set_column(2, 3, None, None, {"hidden": True})
        sheet.set_column(9, 16_000, None, None, {"hidden": True})

    book = read_workbook(one_sheet(fill), "m.xlsx")
    assert said(book, "hidden rows") == [("Measures", "3:4"), ("Measures", "7:7")]
    assert said(book, "hidden columns") == [("Measures", "C:D")]


@pytest.mark.parametrize(
    ("shown", "what"),
    [
        ("0%", "percentage"),
        ("0.00%", "percentage"),
        ('0.0" of 100%"', None),
        ("[$€-2] #,##0.00", "other currency"),
        ("[$$-409]#,##0", "other currency"),
        ('"USD" 0.00', "other currency"),
        ("[$£-809]#,##0.00;[Red]-[$£-809]#,##0.00", None),
        ("£#,##0.00", None),
    ],
)
def test_cell_shown_as_something_else_than_pounds_is_reported(shown, what):
    def fill(book, sheet):
        sheet.write(1, 3, 0.2, book.add_format({"num_format": shown}))
        sheet.write_blank(2, 3, None, book.add_format({"num_format": shown}))

    book = read_workbook(one_sheet(fill), "m.xlsx")
    for kind in ("percentage", "other currency"):
        assert said(book, kind) == ([("Measures", "D2")] if kind == what else [])


def test_macros_links_and_connections_are_reported_and_left_alone(tmp_path):
    macros = tmp_path / "vbaProject.bin"
    macros.write_bytes(b"\xd0\xcf\x11\xe0not a macro")

    def build(book):
        book.add_vba_project(str(macros))
        sheet = book.add_worksheet("Measures")
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_formula(1, 3, "='[1]Other'!A1", None, 4)

    content = workbook(build)
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
        archive.writestr("xl/connections.xml", "<connections/>")
    book = read_workbook(made.getvalue(), "m.xlsm")
    assert len(said(book, "macro")) == 1
    assert len(said(book, "link")) == 2
    assert book.sheet("Measures").grid.rows[1].text(3) == "4"


def test_name_that_promises_macros_changes_nothing():
    content = one_sheet(lambda book, sheet: sheet.write(1, 3, 4))
    book = read_workbook(content, "harmless.xlsm")
    assert said(book, "macro") == []
    assert len(book.sheet("Measures").grid.rows) == 2


def test_million_blank_rows_before_the_last_cell_are_no_rows():
    content = one_sheet(lambda book, sheet: sheet.write(1_048_575, 3, 5))
    grid = read_workbook(content, "m.xlsx").sheet("Measures").grid
    assert [row.number for row in grid.rows] == [1, 1_048_576]


def test_sheet_as_large_as_a_sheet_can_be_is_refused_in_words():
    content = one_sheet(lambda book, sheet: sheet.write(1_048_575, 16_383, 5))
    with pytest.raises(TableError, match="more than 512 MB"):
        read_workbook(content, "m.xlsx")


def test_million_hidden_rows_are_held_as_spans():
    content = one_sheet(lambda book, sheet: sheet.write(1, 3, 4))
    rows = b"".join(b'<row r="%d" hidden="1"/>' % number for number in range(3, 200_003))
    content = repacked(
        content, lambda name, part: part.replace(b"</sheetData>", rows + b"</sheetData>") if "sheet1" in name else part
    )
    sheet = read_workbook(content, "m.xlsx").sheet("Measures")
    assert sheet.hidden_rows == ((3, 200_002),)


def test_zip_bomb_is_refused_before_it_is_unpacked():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    assert len(made.getvalue()) < 1_000_000
    with pytest.raises(TableError, match="200 MB"):
        read_workbook(made.getvalue(), "bomb.xlsx")


def test_zip_bomb_that_lies_about_its_size_is_refused():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    honest = (300_000_000).to_bytes(4, "little")
    lying = made.getvalue().replace(honest, (1000).to_bytes(4, "little"))
    assert lying != made.getvalue()
    with pytest.raises(TableError):
        read_workbook(lying, "bomb.xlsx")


def test_entities_that_multiply_are_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + step, b"&%c;" % (97 + step) * 40) for step in range(8)
    )
    content = one_sheet(lambda book, sheet: sheet.write(1, 3, 4))

    def change(name, part):
        if name != "xl/workbook.xml":
            return part
        return part.replace(b"<workbook ", bomb + b"]><workbook ", 1).replace(b'name="Measures"', b'name="&i;"')

    with pytest.raises(TableError):
        read_workbook(repacked(content, change), "m.xlsx")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "m.xlsx", "empty"),
        (b"%PDF-1.7", "m.xlsx", "PDF"),
        (b"PK\x03\x04 cut short", "m.xlsx", "damaged"),
        (b"\x00\x01\x02" * 50, "m.xls", "not a text file"),
        (b"<html><table></table></html>", "m.xls", "web page"),
        (b"a" * (MAX_FILE_BYTES + 1), "m.csv", "25 MB"),
    ],
)
def test_wrong_file_is_refused_in_words(content, name, words):
    with pytest.raises(TableError, match=words):
        read_workbook(content, name)


def test_text_file_is_one_sheet_with_no_name():
    book = read_workbook("Code,Measure\nA1,x\n".encode("utf-16"), "m.csv")
    assert [sheet.name for sheet in book.sheets] == [""]
    assert [finding.reason for finding in book.findings] == ["Read as UTF-16."]


def test_format_whose_markings_are_not_shown_says_so():
    content_xml = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        '<table:table table:name="S"><table:table-row><table:table-cell office:value-type="string"><text:p>Code</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content_xml)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    book = read_workbook(made.getvalue(), "m.ods")
    assert [sheet.name for sheet in book.sheets] == ["S"]
    assert any("does not show us" in finding.reason for finding in book.findings)


def test_number_in_spans():
    assert [number for number in range(10) if within(number, ((1, 2), (5, 5), (7, 8)))] == [1, 2, 5, 7, 8]
    assert not within(1, ())


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("£1,234.56", "1234.56"),
        ("1,234", "1234"),
        (" £ 17 ", "17"),
        ("GBP 12.50", "12.50"),
        ("0", "0"),
        ("12.345678901234", "12.345678901234"),
    ],
)
def test_value_is_read_exactly(text, pounds):
    price = read_unit_value(text)
    assert isinstance(price, UnitPrice)
    assert price.amount == Decimal(pounds)
    assert (price.low, price.high) == (None, None)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("£10–£20", "10", "20"),
        ("£1,000 to £2,500.50", "1000", "2500.50"),
        ("£10-20", "10", "20"),
        ("between £3 and £4", "3", "4"),
    ],
)
def test_range_stays_a_range(text, low, high):
    assert read_unit_value(text) == UnitPrice(None, Decimal(low), Decimal(high))


@pytest.mark.parametrize("text", ["n/a", "N/A", "-", "TBC", "Record only", "Non-financial"])
def test_words_for_no_value_are_no_value(text):
    assert read_unit_value(text, no_value=("record only", "non financial")) == NoValue(text)


@pytest.mark.parametrize(
    "text",
    [
        "£1.2k", "1m", "£3 million", "12%", "-5", "(5)", "£5 CR", "10-20", "£20–£10", "£12 per hour", "about £5", "€5", "$5",
        "1.234", "1234,56", "2024-06-25", "2024-06-25 10:00:00", "nil", "#REF!", "#N/A", "1e5", "9" * 16, "9" * 500, "£", "five",
        "£1 £2", "12 34",
    ],
)  # fmt: skip
def test_doubtful_value_is_refused_with_what_to_do(text):
    problem = read_unit_value(text)
    assert isinstance(problem, CellProblem), problem
    assert problem.reason
    assert problem.fix


def test_blank_value_is_none():
    assert read_unit_value(" \u00a0") is None


def test_number_the_spreadsheet_typed_cannot_have_points_between_thousands():
    assert read_unit_value("1.234", typed_number=True) == UnitPrice(Decimal("1.234"))


def test_value_finer_than_the_catalogue_keeps_says_so():
    price = read_unit_value("0.1234567890125", typed_number=True)
    assert price == UnitPrice(Decimal("0.123456789012"), note="kept to twelve decimals of 0.1234567890125")


@pytest.mark.parametrize(
    ("text", "how", "share"),
    [
        ("27%", {}, "0.27"),
        ("12.5 per cent", {}, "0.125"),
        ("0.27", {"shown_as_percentage": True, "typed_number": True}, "0.27"),
        ("0.27", {"written_as": "share"}, "0.27"),
        ("27", {"written_as": "percent"}, "0.27"),
        ("0", {}, "0"),
        ("100%", {}, "1"),
    ],
)
def test_share_is_read_as_it_is_meant(text, how, share):
    assert read_share(text, **how) == Decimal(share)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("0.27", {}),
        ("27", {}),
        ("1", {}),
        ("27", {"written_as": "share"}),
        ("127%", {}),
        ("-5%", {}),
        ("101", {"written_as": "percent"}),
        ("£0.20", {"written_as": "share"}),
        ("a fifth", {"written_as": "share"}),
        ("9" * 400, {"written_as": "share"}),
    ],
)
def test_doubtful_share_is_refused(text, how):
    assert isinstance(read_share(text, **how), CellProblem)


@pytest.mark.parametrize("text", ["", "n/a", "-"])
def test_no_share_is_none(text):
    assert read_share(text) is None
