"""The same answer from a file too long to hold: equal to the careful way, digit for digit."""

import csv
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import duckdb
import pytest
from made_editions import ALL_RATES, edition, measure, unit_value

from commonweal.engine import bulk, stores
from commonweal.engine.bulk import value_file
from commonweal.engine.catalogue import load_edition
from commonweal.engine.doubts import find_doubts
from commonweal.engine.lines import LinesRefused, read_lines
from commonweal.engine.valuation import ValuationRefused
from commonweal.engine.value import value

AS_OF = date(2026, 6, 1)


def told(valuation):
    """This will give all that a reader is told, but for the rows that findings name and the lines themselves."""
    return {
        "totals": valuation.totals,
        "harms": valuation.harms,
        "counts": valuation.counts,
        "groups": valuation.groups,
        "coverage": valuation.coverage,
        "findings": [replace(finding, rows=()) for finding in valuation.findings],
        "doubts": [replace(finding, rows=()) for finding in valuation.doubts or doubts_of(valuation)],
        "places": dict(valuation.places) or Counter(each.line.place for each in valuation.lines if each.line.place),
    }


def doubts_of(valuation):
    return find_doubts([each.line for each in valuation.lines], valuation.edition)


def both(path, edition, **wanted):
    careful = value(read_lines(path, edition), edition, as_of=AS_OF, **wanted)
    quick = value_file(path, edition, as_of=AS_OF, **wanted)
    assert not quick.lines, "the careful way was taken"
    return careful, quick


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def made_rows(edition, seed, number=400, **own):
    chance = random.Random(seed)
    ids = list(edition.measures)
    rows = []
    for _ in range(number):
        start = date(2020, 1, 1) + timedelta(days=chance.randrange(3500))
        row = {
            "measure": chance.choice(ids),
            "quantity": str(
                Decimal(chance.randrange(10 ** chance.randrange(1, 16))).scaleb(-6).quantize(Decimal(1).scaleb(-6))
            ),
            "start": start.isoformat(),
            "end": (start + timedelta(days=chance.randrange(600))).isoformat(),
            "place": chance.choice(["W1", "W2", "", "Ward é"]),
            "agreement": chance.choice(["A1", "A2", "A3"]),
            "dept": chance.choice(["Roads", "Parks, open", 'The "old" yard', ""]),
        }
        for name, choices in own.items():
            row[name] = chance.choice(choices)
        rows.append(row)
    return rows


OWN = {
    "deadweight": ["", "0.2", "0.20", "1"],
    "attribution": ["", "0.333333"],
    "displacement": ["", "0"],
    "multiplier": ["", "1.4"],
    "dropoff": ["", "0.15"],
    "duration": ["", "1", "5"],
    "level": ["", "gross", "net"],
    "reason": ["", "measured"],
    "share": ["", "1", "0.333333", "0.25"],
    "theme": ["", "Ours"],
    "doubtful": ["", "free text in a column named like one of ours"],
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("own", [{}, OWN], ids=["plain", "own rates"])
@pytest.mark.parametrize("made", [edition(), load_edition("open-measures@1.0")], ids=["made", "open measures"])
@pytest.mark.parametrize("by", [(), ("theme", "dept"), ("year", "place", "measure", "agreement", "outcome")])
def test_bulk_equals_careful(tmp_path, seed, own, by, made):
    path = write(tmp_path / "lines.csv", made_rows(made, seed, **own))
    careful, quick = both(path, made, by=by, price_year="2024")
    assert told(quick) == told(careful)
    assert any(finding.code == "overlap" for finding in quick.findings)
    assert quick.counts
    assert quick.totals


DEDUCTED = {"deadweight": "0", "attribution": "0.0", "displacement": "0", "share": "", "reason": "asked"}


def doubted(measure="sroi", quantity="20", start="2026-04-01", end="2027-03-31", agreement="A1", **changed):
    return {"measure": measure, "quantity": quantity, "start": start, "end": end, "place": "W1",
            "agreement": agreement, **dict.fromkeys(DEDUCTED, ""), **changed}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("told-under-two-agreements", [doubted(agreement=f"A{number}", quantity="20.0") for number in range(7)]),
        ("told-under-two-agreements", [doubted(agreement=each) for each in ("é", "b", "B", "", "b")]),
        ("line-repeated", [doubted(), doubted(), doubted(), doubted(share="0.5")]),
        ("business-as-usual", [doubted(**DEDUCTED), doubted(**{**DEDUCTED, "displacement": ""})]),
        ("days-far-off", [doubted(start="1899-12-31"), doubted(end="2201-01-01")]),
        ("period-very-long", [doubted(end="2076-04-01"), doubted(end="2076-03-31", quantity="3")]),
        ("quantity-far-off", [doubted(quantity=each) for each in ("1", "2", "2.000001", "3", "4", "250.000051")]),
        ("quantity-far-off", [doubted(quantity=each) for each in ("1", "2", "3", "4", "301")]),
    ],
)
def test_what_a_careful_reader_asks_is_asked_in_bulk(tmp_path, code, rows):
    careful, quick = both(write(tmp_path / "lines.csv", rows), edition())
    assert told(quick)["doubts"] == told(careful)["doubts"]
    assert code in {each.code for each in quick.doubts}


@pytest.mark.parametrize("quantity", ["250", "200"])
def test_a_hundred_times_the_middle_line_is_not_far_off(tmp_path, quantity):
    rows = [doubted(quantity=each) for each in ("1", "2", "2.500000", "3", quantity)]
    careful, quick = both(write(tmp_path / "lines.csv", rows), edition())
    assert told(quick)["doubts"] == told(careful)["doubts"] == []


def test_a_cell_longer_than_a_spreadsheet_keeps_is_refused_both_ways(tmp_path):
    for length in (32_768, 200_000):
        path = write(tmp_path / "lines.csv", [doubted(note="x" * length)])
        with pytest.raises(LinesRefused) as careful:
            read_lines(path, edition())
        with pytest.raises(LinesRefused) as quick:
            value_file(path, edition(), as_of=AS_OF)
        assert quick.value.errors == careful.value.errors
        assert "a cell has more than 32,767 characters" in str(careful.value)


def test_range_only_values_and_other_schedules(tmp_path):
    ranged = measure("visits", unit_value(None, low=Decimal("1.5"), high=Decimal("4.25")), rates=ALL_RATES)
    plain = measure("hours", unit_value("0.00000000000000000123456789"), rates=ALL_RATES)
    made = edition(ranged, plain)
    path = write(tmp_path / "lines.csv", made_rows(made, 5, duration=["", "3"]))
    careful, quick = both(path, made, by=("dept",), schedule="review_2026_recommended")
    assert told(quick) == told(careful)


def test_parquet_equals_csv(tmp_path):
    open_measures = load_edition("open-measures@1.0")
    path = write(tmp_path / "lines.csv", made_rows(open_measures, 7, share=["", "0.5"]))
    parquet = tmp_path / "lines.parquet"
    duckdb.execute(
        'COPY (SELECT measure, quantity::DECIMAL(18,6) quantity, start::DATE AS start, "end"::DATE AS "end", place, '
        "agreement, share::DECIMAL(7,6) share, dept FROM (SELECT * REPLACE (nullif(share, '') AS share) "
        f"FROM read_csv('{path}', all_varchar=true))) TO '{parquet}' (FORMAT parquet)"
    )
    careful = value(read_lines(path, open_measures), open_measures, as_of=AS_OF, by=("dept",))
    assert told(value_file(parquet, open_measures, as_of=AS_OF, by=("dept",))) == told(careful)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("quantity", "12,5"), ("quantity", ""), ("quantity", "-1"), ("quantity", "1e3"), ("quantity", "1.1234567"),
        ("quantity", "1234567890123"), ("start", "2026-02-30"), ("start", "01/04/2026"), ("end", "1999-01-01"),
        ("measure", "no.such"), ("deadweight", "20%"), ("deadweight", "1.2"), ("duration", "0"), ("duration", "2.5"),
        ("level", "Net"), ("share", "1.5"),
    ],
)  # fmt: skip
def test_what_the_careful_way_refuses_the_quick_way_refuses_with_the_same_words(tmp_path, column, cell):
    open_measures = load_edition("open-measures@1.0")
    rows = made_rows(open_measures, 1, 50, **{name: [""] for name in OWN})
    rows[30][column] = cell
    path = write(tmp_path / "lines.csv", rows)
    with pytest.raises(LinesRefused) as careful:
        read_lines(path, open_measures)
    with pytest.raises(LinesRefused) as quick:
        value_file(path, open_measures, as_of=AS_OF)
    assert str(quick.value) == str(careful.value)
    assert "row 32" in str(quick.value)


def test_shares_of_one_line_over_one_are_refused(tmp_path):
    open_measures = load_edition("open-measures@1.0")
    rows = made_rows(open_measures, 1, 4, line=["L1"], share=["0.3"])
    with pytest.raises(LinesRefused, match="come to 1.2"):
        value_file(write(tmp_path / "lines.csv", rows), open_measures, as_of=AS_OF)


@pytest.mark.parametrize(
    "content",
    [b"", b"measure,quantity\n", "measure;quantity;start;end;place;agreement\r\n".encode("utf-16"), b"PK\x03\x04\0\0"],
)
def test_files_that_are_no_lines_are_refused(tmp_path, content):
    path = tmp_path / "lines.csv"
    path.write_bytes(content)
    with pytest.raises(LinesRefused):
        value_file(path, load_edition("open-measures@1.0"), as_of=AS_OF)


def test_windows_text_semicolons_and_blank_lines_are_read_the_careful_way(tmp_path):
    open_measures = load_edition("open-measures@1.0")
    text = (
        "measure;quantity;start;end;place;agreement\n\ncommunity.volunteering-hours;3;2026-04-01;2026-04-02;Caffè;A\n"
    )
    path = tmp_path / "lines.csv"
    path.write_bytes(text.encode("cp1252"))
    careful = value(read_lines(path, open_measures), open_measures, as_of=AS_OF)
    assert told(value_file(path, open_measures, as_of=AS_OF)) == told(careful)


def test_parquet_names_its_wrong_rows_and_refuses_floats(tmp_path):
    open_measures = load_edition("open-measures@1.0")
    parquet = tmp_path / "lines.parquet"

    def keep(*quantities):
        rows = " UNION ALL ".join(
            f"SELECT 'community.volunteering-hours' measure, {quantity} quantity, DATE '2026-04-01' AS start, "
            "DATE '2026-05-01' AS \"end\", '' place, '' agreement"
            for quantity in quantities
        )
        duckdb.execute(f"COPY ({rows}) TO '{parquet}' (FORMAT parquet)")

    keep("2::DECIMAL(9, 2)", "-3::DECIMAL(9, 2)")
    with pytest.raises(LinesRefused, match=r"row 2, column quantity: -3"):
        value_file(parquet, open_measures, as_of=AS_OF)
    keep("2.5::DOUBLE")
    with pytest.raises(LinesRefused, match="write decimals"):
        value_file(parquet, open_measures, as_of=AS_OF)
    parquet.write_bytes(b"not parquet")
    with pytest.raises(LinesRefused):
        value_file(parquet, open_measures, as_of=AS_OF)


def test_an_unknown_grouping_is_refused_by_name(tmp_path):
    open_measures = load_edition("open-measures@1.0")
    path = write(tmp_path / "lines.csv", made_rows(open_measures, 1, 5))
    with pytest.raises(ValuationRefused, match="no column 'team'"):
        value_file(path, open_measures, as_of=AS_OF, by=("team",))


def test_too_little_memory_is_said_and_is_no_fault_of_the_file(tmp_path, monkeypatch):
    """The careful reader would hold every line of a file too long to hold."""
    made = load_edition("open-measures@1.0")
    path = write(tmp_path / "lines.csv", made_rows(made, 1, number=20_000))
    monkeypatch.setattr(bulk, "open_duckdb", partial(stores.open_duckdb, memory="1MB"))
    with pytest.raises(ValuationRefused, match="could not be worked through here: Out of Memory"):
        value_file(path, made, as_of=AS_OF)


def test_the_view_of_the_uk_is_exact_in_bulk_too(tmp_path):
    path = write(tmp_path / "lines.csv", made_rows(edition(), 3, **OWN, leakage=["", "0.25", "0.333333"]))
    careful, quick = both(path, edition())
    assert [each.uk for each in quick.totals] == [each.uk for each in careful.totals]
    assert any(each.uk for each in quick.totals)
