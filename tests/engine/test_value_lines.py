from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from made_editions import edition

from commonweal.engine.catalogue import load_edition
from commonweal.engine.lines import InvalidLine, Line, LinesRefused, read_lines

MADE = edition()
HEADER = "measure,quantity,start,end,place,agreement"
GOOD = "rated,12.5,2026-04-01,2027-03-31,E05000001,A-1"


def read(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "lines.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return read_lines(path, MADE)


def errors(tmp_path, content):
    with pytest.raises(LinesRefused) as refused:
        read(tmp_path, content)
    return [(error.row, error.column, error.reason) for error in refused.value.errors]


def test_line_is_read_with_its_rates_and_free_columns(tmp_path):
    table = (
        f"{HEADER},deadweight,duration,level,reason,unit,ward,share,line\n"
        f"{GOOD},0.2,3,,survey,people,Abbey,0.5,L1\n"
        f"{GOOD},,,gross,,,,,\n"
    )
    first, second = read(tmp_path, table)
    assert (first.quantity, first.start, first.end) == (Decimal("12.5"), date(2026, 4, 1), date(2027, 3, 31))
    assert (first.own_rates, first.duration, first.counted) == ({"deadweight": Decimal("0.2")}, 3, Decimal("6.25"))
    assert (dict(first.groups), first.row, first.reason) == ({"ward": "Abbey"}, 2, "survey")
    assert (second.own_rates, second.duration, second.level, second.share) == ({}, None, "gross", 1)


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER},ward\n{GOOD},£ ward\n".encode("cp1252"),
        f"{HEADER},ward\n{GOOD},£ ward\n".encode("utf-8-sig"),
        f"{HEADER},ward\n{GOOD},£ ward\n".encode("utf-16"),
        f"\r\n{HEADER};ward\r\n\r\n{GOOD};£ ward\r\n".replace(",", ";").encode(),
        f"{HEADER},ward\n{GOOD},£ ward\n".replace(",", "\t").encode(),
        f'{HEADER},ward\n{GOOD},"£ ward"'.encode(),
    ],
    ids=["windows-1252", "byte order mark", "utf-16", "semicolons and blank rows", "tabs", "quotes"],
)
def test_file_is_read_however_it_was_saved(tmp_path, content):
    (only,) = read(tmp_path, content)
    assert (only.quantity, only.groups["ward"]) == (Decimal("12.5"), "£ ward")


@pytest.mark.parametrize(
    ("cell", "written", "reason"),
    [
        ("measure", "ratted", "not a measure of made@1.0"),
        ("measure", "", "not a measure"),
        ("quantity", "", "is empty"),
        ("quantity", "-1", "below 0"),
        ("quantity", "many", "not a plain number"),
        ("quantity", "NaN", "not a plain number"),
        ("quantity", "Infinity", "not a plain number"),
        ("quantity", "1e999", "not a plain number"),
        ("quantity", "١٢", "not a plain number"),
        ("quantity", "１２", "not a plain number"),
        ("quantity", "£12", "not a plain number"),
        ("quantity", '"1,234"', "thousands separator"),
        ("quantity", "1 234", "not a plain number"),
        ("quantity", "1234567890123", "more than 12 digits"),
        ("quantity", "0.1234567", "or 6 after"),
        ("start", "01/04/2026", "not a date"),
        ("start", "2026-02-30", "not a date"),
        ("start", "20260401", "not a date"),
        ("end", "", "is empty"),
        ("end", "2026-03-31", "before it starts"),
        ("deadweight", "1.01", "above 1"),
        ("deadweight", "20%", "not a plain number"),
        ("attribution", "-0.1", "below 0"),
        ("dropoff", "2", "above 1"),
        ("multiplier", "-1", "below 0"),
        ("duration", "0", "0 benefit years"),
        ("duration", "1.5", "not a whole number"),
        ("duration", "101", "101 benefit years"),
        ("level", "ward", "not a level"),
        ("share", "1.5", "above 1"),
        ("unit", "hours", "not the unit of rated"),
    ],
)
def test_wrong_cell_is_named_with_its_row_and_column(tmp_path, cell, written, reason):
    cells = {"measure": "rated", "quantity": "1", "start": "2026-04-01", "end": "2027-03-31"}
    cells |= {"place": "", "agreement": "", cell: written}
    table = ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"
    ((row, column, said),) = errors(tmp_path, table)
    assert (row, column) == (2, cell)
    assert reason in said


def test_every_error_is_gathered_in_the_order_of_the_rows(tmp_path):
    bad = "wrong,many,2026-04-01,2027-13-31,,"
    found = errors(tmp_path, f"{HEADER}\n{GOOD}\n{bad}\n{GOOD},extra\n{GOOD}\n")
    assert [(row, column) for row, column, _ in found] == [(3, "quantity"), (3, "end"), (3, "measure"), (4, "")]


def test_row_is_the_line_of_the_file_where_cells_span_lines(tmp_path):
    table = f'{HEADER},note\n{GOOD},"two\nlines"\n{GOOD.replace("12.5", "x")},\n'
    assert errors(tmp_path, table)[0][0] == 4


def test_shares_of_one_line_may_not_exceed_one(tmp_path):
    rows = "\n".join(f"{GOOD},L1,{share}" for share in ("0.5", "0.5", "0.1"))
    ((row, column, reason),) = errors(tmp_path, f"{HEADER},line,share\n{rows}\n")
    assert (row, column) == (4, "share")
    assert "come to 1.1 (rows 2, 3, 4)" in reason


@pytest.mark.parametrize("missing", HEADER.split(","))
def test_missing_column_is_named(tmp_path, missing):
    header = ",".join(name for name in HEADER.split(",") if name != missing)
    assert (1, missing, "the column is missing") in errors(tmp_path, f"{header}\na,b,c,d,e\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file is empty"),
        (b"\n\n", "file is empty"),
        (f"{HEADER}\n".encode(), "no lines below"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not a text file"),
        (b"PK\x03\x04\x81\x8d", "not a text file"),
        (f"{HEADER},place\n{GOOD},x\n".encode(), "two columns"),
        (f'{HEADER}\n"{GOOD}\n'.encode(), "cannot be read"),
    ],
)
def test_file_that_is_no_table_of_lines_is_refused(tmp_path, content, reason):
    assert reason in errors(tmp_path, content)[0][2]


def test_file_that_cannot_be_opened_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv", "a\0b"):
        with pytest.raises(LinesRefused, match="cannot be read"):
            read_lines(path, MADE)


def test_line_cannot_be_built_wrong():
    with pytest.raises(InvalidLine, match="not an exact finite number"):
        Line("rated", Decimal("NaN"), date(2026, 4, 1), date(2026, 4, 1))
    with pytest.raises(InvalidLine, match="not an exact finite number"):
        Line("rated", 1.5, date(2026, 4, 1), date(2026, 4, 1))


def test_every_wrong_cell_of_a_row_is_told_at_once(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text(
        "measure,quantity,start,end,place,agreement,duration,deadweight,multiplier\n"
        "community.volunteering-hours,x,2026-04-01,2026-03-31,,,101,-0.1,-1\n"
    )
    with pytest.raises(LinesRefused) as refused:
        read_lines(path, load_edition("open-measures"))
    assert {(each.column, each.fix) for each in refused.value.errors} == {
        ("quantity", "Write a plain number such as 1234.5"),
        ("end", "Swap them"),
        ("duration", "Write 1 to 100"),
        ("deadweight", "Write a share between 0 and 1, such as 0.2 for 20%"),
        ("multiplier", "Write 0 or more; a multiplier of 1 changes nothing"),
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"quantity": Decimal("1e400")}, "is no number of things"),
        ({"quantity": Decimal("1e-400")}, "is no number of things"),
        ({"start": datetime(2026, 4, 1, 9, tzinfo=UTC)}, "has a time of day"),
    ],
)
def test_what_a_programme_slips_into_a_line_is_refused(wrong, said):
    plain = {"measure": "m", "quantity": Decimal(1), "start": date(2026, 4, 1), "end": date(2026, 4, 2)}
    with pytest.raises(InvalidLine, match=said):
        Line(**{**plain, **wrong})
