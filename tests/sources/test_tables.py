"""Any file becomes one table whose every cell can be found again, or one line that says what to do."""

import contextlib
import datetime as dt
import io
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.sources.grid_parser import parse
from commonweal.sources.grids import TableError, assemble, column_letter, read_content
from commonweal.sources.tables import choose_table, read_table, table_from


def table(text, name="t.csv", **options):
    content = text if isinstance(text, bytes) else text.encode()
    return choose_table(assemble(name, parse(content, name)), **options)


def workbook(build, **options):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, options)
    build(book)
    book.close()
    return made.getvalue()


def names(found):
    return [column.name for column in found.columns]


def rows(found):
    return [[row.text(column) for column in found.columns] for row in found.rows]


PLAIN = "Contract ref,Supplier,Value\nA1,Café Ltd,£5\nA2,Hill & Co,£6\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encoding_is_found(encoding):
    found = table(PLAIN.encode(encoding))
    assert names(found) == ["Contract ref", "Supplier", "Value"]
    assert rows(found) == [["A1", "Café Ltd", "£5"], ["A2", "Hill & Co", "£6"]]
    assert any("Windows-1252" in note for note in found.notes) == (encoding == "cp1252")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_found(delimiter, end):
    text = end.join(delimiter.join(cells) for cells in [["Ref", "Name", "Due"], ["A1", "x, y", "z"], ["A2", "b", "c"]])
    text = text.replace("x, y", '"x, y"')
    assert rows(table(text)) == [["A1", "x, y", "z"], ["A2", "b", "c"]]


def test_row_numbers_are_those_of_the_file():
    found = table('Report\n\nRef,Name\nA1,"two\nlines"\n,\nA2,b\n')
    assert found.heading_row == 3
    assert [row.number for row in found.rows] == [4, 6]
    assert str(found.place(found.rows[1], found.column("Name"))) == "B6"
    assert found.above == ("Report",)


def test_title_lines_above_the_headings_are_left_out():
    text = "Alderbrook,,\nRun at,12/03/2024,\n,,\nContract ref,Supplier,Value\nA1,x,5\nA2,y,6\n"
    assert names(table(text, known={"contract ref", "supplier"})) == ["Contract ref", "Supplier", "Value"]
    assert table(text).heading_row == 4


def test_two_lines_of_headings_are_joined():
    found = table("Ref,Supplier,Delivered,,,\n,,Q1,Q2,Q3,Q4\nA1,x,1,2,3,4\n")
    assert names(found) == ["Ref", "Supplier", "Q1", "Q2", "Q3", "Q4"]
    assert {column.group for column in found.columns[2:]} == {"Delivered"}
    assert [row.number for row in found.rows] == [3]


def test_group_headings_above_tell_repeated_headings_apart():
    found = table("Contract,,Target,,Done,\nRef,Name,Q1,Q2,Q1,Q2\nA1,x,1,2,3,4\nA2,y,1,2,3,4\n")
    assert names(found) == ["Ref", "Name", "Target: Q1", "Target: Q2", "Done: Q1", "Done: Q2"]


def test_repeated_and_empty_headings_are_kept_apart():
    found = table("Supplier Name,Supplier Name,,Value,,\n1,Ltd,x,5,,\n2,plc,,6,,\n")
    assert names(found) == ["Supplier Name", "Supplier Name (2)", "Column C", "Value"]
    assert [column.letter for column in found.columns] == ["A", "B", "C", "D"]


def test_line_breaks_in_headings_are_spaces():
    assert names(table('"Contractor/\nProvider",Ref\na,b\n')) == ["Contractor/ Provider", "Ref"]


def test_total_row_is_marked_and_named():
    found = table("Supplier,Value\nx,1\ny,2\nGrand Total,3\n")
    assert [(row.mark, row.why) for row in found.rows] == [("", ""), ("", ""), ("total", "a total row")]


def test_total_row_that_does_not_add_up_says_so():
    found = table("Supplier,Value\nx,1\ny,2\nTotal:,4\n")
    assert found.rows[-1].mark == "total"
    assert "its 4 in column B is not the sum of the rows above, 3" in found.rows[-1].why


def test_total_row_without_a_label_is_marked_only_at_the_end():
    assert table("Supplier,Value\nx,1\ny,2\n,3\n").rows[-1].mark == "total"
    assert not any(row.mark for row in table("Supplier,Value\nx,1\ny,2\n,3\nz,4\nw,5\nv,6\n").rows)


def test_subtotals_are_marked_and_the_grand_total_still_agrees():
    found = table("Supplier,Value\nx,1\ny,2\nSubtotal,3\nz,4\nSubtotal,4\nTotal,7\n")
    assert [row.why for row in found.rows if row.mark] == ["a total row"] * 3


def test_supplier_named_total_is_no_total():
    assert not any(row.mark for row in table("Ref,Supplier,Value\n1,Total Gas Ltd,1\n2,Total,1\n").rows)


def test_headings_repeated_on_a_later_page_are_marked():
    assert [row.mark for row in table("Ref,Value\na,1\nRef,Value\nb,2\n").rows] == ["", "heading", ""]


def test_text_in_one_cell_is_marked_as_a_label():
    found = table("Ref,Name,Value,Due\na,x,1,y\nHOUSING,,,\nb,x,2,y\n")
    assert [row.mark for row in found.rows] == ["", "label", ""]


def test_lost_characters_are_reported():
    assert any("2 character(s)" in note for note in table("Ref,Value\na,\ufffd5\nb,\ufffd6\n").notes)


def test_sheet_most_like_a_table_is_chosen_and_the_others_listed():
    def build(book):
        book.add_worksheet("Notes").write_row(0, 0, ["read me", "please"])
        sheet = book.add_worksheet("Tracker")
        for at in range(9):
            sheet.write_row(at, 1, ["Ref", "Value"] if at == 0 else [f"A{at}", at])
        hidden = book.add_worksheet("Old")
        for at in range(50):
            hidden.write_row(at, 0, ["Ref", "Value", "More"] if at == 0 else [f"A{at}", at, at])
        hidden.hide()

    found = table(workbook(build), "t.xlsx")
    assert found.sheet == "Tracker"
    assert [(other.name, other.visible, other.rows) for other in found.other_sheets] == [
        ("Notes", True, 1),
        ("Old", False, 50),
    ]
    assert str(found.place(found.rows[0], found.columns[1])) == "Tracker!C2"
    assert table(workbook(build), "t.xlsx", sheet="Old").sheet == "Old"
    with pytest.raises(TableError, match="no sheet “Gone”"):
        table(workbook(build), "t.xlsx", sheet="Gone")


def test_spreadsheet_values_become_the_text_a_person_would_type():
    def build(book):
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["Ref", "Number", "Date", "Moment", "Flag", "Sum"])
        sheet.write_row(1, 0, ["007", 1234567.891])
        sheet.write_datetime(1, 2, dt.date(2024, 6, 25), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_datetime(
            1, 3, dt.datetime.fromisoformat("2024-06-25T09:30"), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        )
        sheet.write_boolean(1, 4, True)
        sheet.write_number(1, 5, 0.1 + 0.2)

    found = table(workbook(build), "t.xlsx")
    assert rows(found) == [["007", "1234567.891", "2024-06-25", "2024-06-25 09:30:00", "TRUE", "0.3"]]
    assert [found.rows[0].is_number(column) for column in found.columns] == [False, True, False, False, False, True]


def test_formulas_merges_and_errors_are_told():
    def build(book):
        sheet = book.add_worksheet("S")
        sheet.write_row(0, 0, ["Ref", "Value", "Share"])
        sheet.merge_range(1, 0, 2, 0, "A1")
        sheet.write_formula("B2", "=1+1", None, 2)
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
        sheet.write("B3", 5)

    found = table(workbook(build), "t.xlsx")
    assert rows(found) == [["A1", "2", "#DIV/0!"], ["", "5", ""]]
    assert found.is_formula(found.rows[0], found.column("Value"))
    assert not found.is_formula(found.rows[1], found.column("Value"))
    assert found.merged_down(found.column("Ref")) == 1
    assert any("2 cells are formulas" in note for note in found.notes)


def test_open_document_sheet_is_read():
    cells = "".join(
        f"<table:table-cell office:value-type='string'><text:p>{t}</text:p></table:table-cell>" for t in "ab"
    )
    formula = "<table:table-cell table:formula='of:=1+1' office:value-type='float' office:value='2'/>"
    head = "".join(
        f"<table:table-cell office:value-type='string'><text:p>{t}</text:p></table:table-cell>"
        for t in ["Ref", "B", "C"]
    )
    content = (
        "<?xml version='1.0'?><office:document-content "
        "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
        "xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' "
        "xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><office:body><office:spreadsheet>"
        f"<table:table table:name='S'><table:table-row>{head}</table:table-row><table:table-row>{cells}{formula}"
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:"
                         "opendocument:xmlns:manifest:1.0'/>")  # fmt: skip
        archive.writestr("content.xml", content)
    found = table(made.getvalue(), "t.ods")
    assert rows(found) == [["a", "b", "2"]]
    assert any("1 cell is a formula" in note for note in found.notes)


def old_spreadsheet():
    """This will make the smallest .xls: one BIFF8 stream in a compound file, two text cells and two numbers."""

    def record(kind, body):
        return struct.pack("<HH", kind, len(body)) + body

    def label(row, column, text):
        return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode("latin-1"))

    def number(row, column, value):
        return record(0x0203, struct.pack("<HHHd", row, column, 0, value))

    begin, end = (
        (lambda kind: record(0x0809, struct.pack("<HHHHII", 0x600, kind, 0, 1997, 0, 0x600))),
        record(0x0A, b""),
    )
    sheet = begin(0x10) + label(0, 0, "Ref") + label(0, 1, "Value") + label(1, 0, "A1") + number(1, 1, 5.25) + end
    size = len(begin(5)) + len(record(0x85, b"\x00" * 9)) + len(end)
    stream = begin(5) + record(0x85, struct.pack("<IBBBB", size, 0, 0, 1, 0) + b"S") + end + sheet
    stream = stream.ljust(4096, b"\x00")
    free, last, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += (
        b"\x00" * 6 + struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, last, 0, last, 0, 0) + struct.pack("<I", free) * 108
    )
    chain = struct.pack("<128I", fat, last, *range(3, 10), last, *[free] * 118)

    def entry(name, kind, child, start, length):
        encoded = (name + "\x00").encode("utf-16-le")
        links = struct.pack("<HBBIII", len(encoded), kind, 1, free, free, child)
        return encoded.ljust(64, b"\x00") + links + b"\x00" * 36 + struct.pack("<IQ", start, length)

    folder = entry("Root Entry", 5, 1, last, 0) + entry("Workbook", 2, free, 2, len(stream)) + b"\x00" * 256
    return header + chain + folder + stream


def test_old_spreadsheet_is_read_and_says_that_formulas_cannot_be_seen():
    found = table(old_spreadsheet(), "t.xls")
    assert rows(found) == [["A1", "5.25"]]
    assert any("does not show which cells are formulas" in note for note in found.notes)


def test_million_blank_rows_cost_nothing(tmp_path):
    def build(book):
        sheet = book.add_worksheet("S")
        shaded = book.add_format({"bg_color": "#eeeeee"})
        sheet.write_row(0, 0, ["Ref", "Value"])
        sheet.write_row(1, 0, ["A1", 5])
        for at in range(2, 20_000):
            sheet.set_row(at, None, shaded)
        sheet.write_blank(1_048_575, 0, None, shaded)

    path = tmp_path / "t.xlsx"
    path.write_bytes(workbook(build))
    assert len(read_table(path).rows) == 1
    path = tmp_path / "t.csv"
    path.write_text("Ref,Value\nA1,5\n" + ",\n" * 1_000_000 + "A2,6\n")
    assert [row.number for row in read_table(path).rows] == [2, 1_000_003]


def zipped(**parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return made.getvalue()


SPREADSHEET = workbook(lambda book: book.add_worksheet("S").write_row(0, 0, ["Ref", "Value"]))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\n\n,,\n", "nothing in it"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "web page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML spreadsheet"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x00\x01\x02\x03" * 50, "not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        (b"\xff\xfe\x00", "not a text file"),
        (SPREADSHEET[: len(SPREADSHEET) // 2], "cut short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged or cut short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (zipped(word__document_xml="x"), "a text document"),
        (zipped(a="x"), "a package of files"),
        (zipped(xl__workbook_xml="x", big=b"\x00" * (201 * 1024 * 1024)), "more than 200 MB"),
        (b'Ref,Value\nA1,"open\nA2,6\n', "never closed"),
        (b"12,13\n14,15\n", "no row of headings"),
        (b"Ref,Value\n", "no row of headings"),
        (b",".join([b"a"] * 2_500) + b"\n", "2,500 cells"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_file_refused_in_one_line_with_what_to_do(content, problem):
    with pytest.raises(TableError, match=problem) as refused:
        table(content, "upload.csv")
    assert str(refused.value).startswith("upload.csv")
    assert "\n" not in str(refused.value)
    assert refused.value.remedy


def test_package_of_too_many_files_is_refused():
    with pytest.raises(TableError, match="package of 5001 files"):
        table(zipped(**{f"f{at}": "" for at in range(5_001)}), "t.xlsx")


def test_file_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(26 * 1024 * 1024)
    with pytest.raises(TableError, match="26 MB and the limit is 25 MB"):
        read_table(path)


def test_stray_quotation_mark_is_read_and_reported():
    found = table('Ref,Name\nA1,"a"b\nA2,c\n')
    assert [row.number for row in found.rows] == [2, 3]
    assert any("Row 2 has a stray quotation mark" in note for note in found.notes)


def test_heading_row_can_be_told():
    assert names(table("x,y\n1,2\nRef,Value\na,3\n", heading_row=3)) == ["Ref", "Value"]
    with pytest.raises(TableError, match="row 9"):
        table("x,y\n1,2\n", heading_row=9)


def test_child_process_reads_the_same():
    direct, child = assemble("t.xlsx", parse(SPREADSHEET, "t.xlsx")), read_content(SPREADSHEET, "t.xlsx")
    assert direct == child
    assert read_content(PLAIN.encode("cp1252"), "t.csv").grids[0].rows[1].cells[1] == "Café Ltd"
    assert read_content(PLAIN.encode("utf-16"), "t.csv").grids[0].rows[1].cells[1] == "Café Ltd"


def test_column_letters():
    assert [column_letter(index) for index in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def refuses_or_reads(content, name):
    with contextlib.suppress(TableError):
        table(content, name)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    refuses_or_reads(content, "t.csv")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=",;\t|\"'\n\r aé£1.\ufeff<\x1a", max_size=200))
def test_any_text_is_read_or_refused(text):
    refuses_or_reads(text.encode(), "t.csv")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damaged_spreadsheet_is_read_or_refused(data):
    content = bytearray(SPREADSHEET)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    refuses_or_reads(bytes(content), "t.xlsx")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"]))
def test_any_part_of_a_spreadsheet_may_be_nonsense(nonsense, part):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SPREADSHEET)) as old, zipfile.ZipFile(made, "w") as archive:
        for name in old.namelist():
            archive.writestr(name, nonsense if name == part else old.read(name))
    refuses_or_reads(made.getvalue(), "t.xlsx")


def test_table_of_one_grid():
    grid = assemble("t.csv", parse(PLAIN.encode(), "t.csv")).grids[0]
    assert names(table_from(grid)) == ["Contract ref", "Supplier", "Value"]


def test_files_are_not_kept_open(tmp_path):
    path = Path(tmp_path / "t.csv")
    path.write_text(PLAIN)
    read_table(path)
    path.unlink()
    assert not path.exists()
