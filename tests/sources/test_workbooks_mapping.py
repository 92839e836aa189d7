"""A licensed workbook becomes a private framework by a mapping a person can correct; no row and no penny is lost.

Every workbook is written here, with invented words and numbers, in the layouts that publishers use.
"""

import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.engine.catalogue import edition_of
from commonweal.engine.check import check_framework
from commonweal.engine.document import parse_document
from commonweal.sources.grids import Grid, GridRow
from commonweal.sources.workbooks import Sheet, TableError, Workbook, read_workbook
from commonweal.sources.workbooks_import import (
    PRIVATE,
    About,
    AboutIncomplete,
    MappingIncomplete,
    framework_from,
)
from commonweal.sources.workbooks_mapping import (
    MOST_ROWS,
    Mapping,
    known_headings,
    mapping_for,
    propose_mapping,
)

STATED = {
    "framework_id": "our-copy",
    "version": "2026.1",
    "title": "Invented measures",
    "publisher": "Invented Publisher",
    "licence": "Licence of 1 April 2026",
    "nation": "uk",
    "price_year": "2024",
    "price_year_type": "calendar",
    "kind": "mixed",
    "beneficiary": "society",
    "already_net": (),
    "source_title": "Invented workbook",
    "locator": "the workbook",
    "author": "Social value team",
}
THEMED = ["Theme", "Outcome", "Ref", "Measure", "Unit", "Proxy Value (£)"]


def about(**changes):
    return About(**{**STATED, **changes})


def xlsx(fill):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    fill(book)
    book.close()
    return made.getvalue()


def rows_as_sheet(rows, name="Measures", first=1, **marks):
    """A sheet as `read_workbook` gives it: numbers are cells the spreadsheet held as numbers."""
    held = []
    for number, row in enumerate(rows, start=first):
        typed = sum(1 << index for index, each in enumerate(row) if isinstance(each, int | float | Decimal))
        cells = tuple("" if each is None else str(each) for each in row)
        if any(cells):
            held.append(GridRow(number, cells, typed))
    grid = {key: marks.pop(key) for key in ("merges", "formulas") if key in marks}
    return Sheet(Grid(name, True, tuple(held), **grid), True, **marks)


def book_of(*sheets, **options):
    return Workbook("m.xlsx", sheets, (), **options)


def themed(*rows, **marks):
    return book_of(rows_as_sheet([THEMED, *rows], **marks))


def bring_in(workbook, mapping=None, **changes):
    return framework_from(workbook, mapping or propose_mapping(workbook), about(**changes))


def edition(imported):
    made, findings = edition_of(parse_document(imported.as_file(), "imported.yaml"))
    assert findings == []
    return made


def fields_of(mapping):
    return {use.column: use.field for use in mapping.columns if use.field}


def only_rejection(imported):
    (rejected,) = imported.rejected
    return str(rejected.place), rejected.reason


# Five rows make a column's cells worth judging.
GOOD = [["Work", "Jobs", f"ZZ{number}", f"Invented measure {number}", "hours", number + 0.25] for number in range(1, 6)]


# ---------------------------------------------------------------- what is proposed


def toms_shaped():
    def fill(book):
        cover = book.add_worksheet("Read me")
        cover.write(0, 0, "An invented set of measures")
        cover.write(1, 0, "Nothing here is anybody's.")
        sheet = book.add_worksheet("Measures")
        sheet.write(0, 0, "Invented set, edition of 2026")
        sheet.write_row(2, 0, [*THEMED, "Unit Guidance", "Evidence required", "Target", "Total Social Value (£)"])
        row = 3
        for theme in range(4):
            sheet.merge_range(row, 0, row + 29, 0, f"Theme {theme}")
            for outcome in range(3):
                sheet.write(row, 1, f"Outcome {theme}.{outcome}")
                for _ in range(10):
                    number = row - 3
                    sheet.write_row(row, 2, [f"ZZ{number}", f"Invented measure {number}", "hours"])
                    if number % 7:
                        sheet.write(row, 5, number + 0.25)
                    sheet.write_row(row, 6, ["Count each hour once", "Timesheet; Letter"])
                    row += 1

    return xlsx(fill)


def test_workbook_of_themes_outcomes_and_measures_becomes_a_framework(tmp_path):
    book = read_workbook(toms_shaped(), "invented.xlsx")
    mapping = propose_mapping(book)
    assert mapping.shape == "toms-shaped"
    assert [(use.name, use.heading_row) for use in mapping.sheets] == [("Measures", 3)]
    assert fields_of(mapping) == {
        "Theme": "theme",
        "Outcome": "outcome",
        "Ref": "measure.code",
        "Measure": "measure.title",
        "Unit": "measure.unit",
        "Proxy Value (£)": "value",
        "Unit Guidance": "measure.counting_rule",
        "Evidence required": "measure.evidence",
    }
    assert all(use.reasons for use in mapping.columns)
    left_out = {use.column: use.reasons[0] for use in mapping.columns if not use.field}
    assert "not part of the framework" in left_out["Target"]
    assert "product of the quantity" in left_out["Total Social Value (£)"]

    imported = bring_in(book, mapping, already_net=("deadweight", "attribution"))
    assert (imported.rows_in, len(imported.accepted), len(imported.rejected)) == (120, 120, 0)
    path = tmp_path / "our-copy.yaml"
    path.write_bytes(imported.as_file())
    assert check_framework(path) == []
    made = edition(imported)
    assert len(made.measures) == 120
    assert [theme.title for theme in made.themes] == [f"Theme {number}" for number in range(4)]
    assert [len(theme.outcomes) for theme in made.themes] == [3, 3, 3, 3]
    assert made.measures["zz7"].figure == "count"
    ninth = made.measures["zz9"]
    assert (ninth.code, ninth.value.amount, ninth.value.unit) == ("ZZ9", Decimal("9.25"), "GBP per hours")
    assert ninth.evidence == ("Timesheet", "Letter")
    assert ninth.counting_rule == "Count each hour once"
    assert ninth.value.already_net == ("deadweight", "attribution")
    assert ninth.value.source.locator == "the workbook, Measures!F13"
    assert imported.accepted[9].notes == (
        "the theme is filled down from the merged A4",
        "the outcome is filled down from B4",
    )


def test_example_of_the_manual_runs_as_printed(tmp_path, monkeypatch, capsys):
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "bring-your-own-framework.md").read_text()
    monkeypatch.chdir(tmp_path)
    Path("measures.xlsx").write_bytes(toms_shaped())
    exec(compile(page.split("```python")[1].split("```")[0], "bring-your-own-framework.md", "exec"), {})
    assert "Target → left out 0" in capsys.readouterr().out
    assert check_framework(tmp_path / "our-licensed-set.yaml") == []


def hact_shaped(rows=20):
    def fill(book):
        percent = book.add_format({"num_format": "0%"})
        sheet = book.add_worksheet("Values")
        sheet.merge_range(0, 4, 0, 6, "London")
        sheet.merge_range(0, 7, 0, 9, "Outside London")
        sheet.write_row(1, 0, ["Category", "Code", "Outcome", "Deadweight", *["Under 25", "25-49", "50+"] * 2])
        for row in range(rows):
            sheet.write_row(row + 2, 0, [f"Category {row // 5}", f"QQQ{100 + row}", f"Invented outcome {row}"])
            sheet.write(row + 2, 3, 0.27, percent)
            sheet.write_row(row + 2, 4, [1000 + 10 * row + column + 0.5 for column in range(6)])

    return xlsx(fill)


def test_workbook_of_outcome_values_by_region_and_age_becomes_a_measure_for_each():
    book = read_workbook(hact_shaped(), "values.xlsx")
    mapping = propose_mapping(book)
    assert mapping.shape == "hact-shaped"
    assert [use.variant for use in mapping.uses("value")] == [
        f"{region}, {age}" for region in ("London", "Outside London") for age in ("Under 25", "25-49", "50+")
    ]
    imported = bring_in(book, mapping, unit="person for a year", kind="welfare", already_net=("deadweight",))
    assert (imported.rows_in, len(imported.accepted), len(imported.rejected)) == (20, 20, 0)
    made = edition(imported)
    assert len(made.measures) == 120
    measure = made.measures["qqq103.outside-london-25-49"]
    assert measure.title == "Invented outcome 3 (Outside London, 25-49)"
    assert measure.code == "QQQ103 (Outside London, 25-49)"
    assert measure.value.amount == Decimal("1034.5")
    assert measure.value.source.locator == "the workbook, Values!I6"
    assert measure.rates["deadweight"].central == Decimal("0.27")
    assert measure.rates["deadweight"].reason == "As in the workbook, Values!D6"
    assert any("net of deadweight" in finding.reason for finding in imported.findings)


def test_values_in_all_and_by_region_stand_side_by_side():
    heads = ["Category", "Code", "Outcome", "Average value", "London", "Outside London"]
    rows = [["C", f"QQQ{n}", f"Outcome {n}", 10 + n, 20 + n, "" if n == 3 else 30 + n] for n in range(1, 6)]
    book = book_of(rows_as_sheet([heads, *rows]))
    mapping = propose_mapping(book)
    assert [use.variant for use in mapping.uses("value")] == ["Average value", "London", "Outside London"]
    made = edition(bring_in(book, mapping, unit="person"))
    assert len(made.measures) == 14
    assert "qqq3.outside-london" not in made.measures
    with pytest.raises(ValueError, match="say what the values of “London” are for"):
        mapping.with_column("London", "value")
    with pytest.raises(ValueError, match="no letter or digit"):
        mapping.with_column("London", "value", variant="+")
    alike = mapping.with_column("London", "value", variant="outside LONDON!")
    assert [use.column for use in alike.uses("value")] == ["Average value", "London"]


def test_a_hundred_outcomes_by_region_and_age_fit_in_one_framework():
    imported = bring_in(read_workbook(hact_shaped(150), "values.xlsx"), unit="person", kind="welfare")
    assert len(edition(imported).measures) == 900


def test_workbook_with_headings_of_its_own_is_read_by_them():
    book = book_of(
        rows_as_sheet([["Name", "Id", "Counted in"], *[[f"Thing {n}", f"x-{n}", "things"] for n in range(4)]])
    )
    mapping = propose_mapping(book)
    assert mapping.shape == "own"
    made = edition(bring_in(book, mapping))
    assert [measure.figure for measure in made.measures.values()] == ["count"] * 4
    assert [theme.title for theme in made.themes] == ["Invented measures"]


def test_rows_with_one_cell_filled_name_the_theme_below_them():
    heads = THEMED[1:]
    rows = [["First theme"], *[row[1:] for row in GOOD[:2]], ["Second theme"], *[row[1:] for row in GOOD[2:]]]
    book = book_of(rows_as_sheet([heads, *rows]))
    mapping = propose_mapping(book)
    assert mapping.section_rows == "theme"
    imported = bring_in(book, mapping)
    assert [(theme.title, len(theme.outcomes[0].measures)) for theme in edition(imported).themes] == [
        ("First theme", 2),
        ("Second theme", 3),
    ]
    assert [(row.place.row, row.cause) for row in imported.rejected] == [(2, "not a measure"), (5, "not a measure")]
    assert imported.rows_in == len(imported.accepted) + len(imported.rejected) == 7


def test_sheets_with_the_same_headings_are_named_and_read_when_chosen():
    more = [["Work", "Jobs", "YY1", "Another", "hours", 3]]
    book = book_of(rows_as_sheet([THEMED, *GOOD], "One"), rows_as_sheet([["A title"], THEMED, *more], "Two"))
    mapping = propose_mapping(book)
    assert any("Two" in reason for reason in mapping.reasons)
    assert len(bring_in(book, mapping).accepted) == 5
    both = mapping.with_sheet(book, "Two")
    assert [use.heading_row for use in both.sheets] == [1, 2]
    assert len(bring_in(book, both).accepted) == 6
    with pytest.raises(ValueError, match="read already"):
        both.with_sheet(book, "Two")


def test_sheet_with_other_headings_cannot_be_added():
    book = book_of(rows_as_sheet([THEMED, *GOOD], "One"), rows_as_sheet([["Ref", "Cost"], ["a", 1]], "Two"))
    with pytest.raises(ValueError, match="other headings"):
        propose_mapping(book, sheet="One").with_sheet(book, "Two")


def test_person_chooses_the_sheet_and_the_heading_row():
    book = book_of(
        rows_as_sheet([THEMED, *GOOD], "One"), rows_as_sheet([["a", "b"], ["Ref", "Cost"], ["Z1", 1]], "Two")
    )
    mapping = propose_mapping(book, sheet="Two", heading_row=2)
    assert mapping.sheets[0].name == "Two"
    assert mapping.missing == ("measure.title",)
    with pytest.raises(TableError, match="no sheet"):
        propose_mapping(book, sheet="Three")


def test_hidden_sheet_cannot_be_mapped():
    hidden = Sheet(Grid("Away", False, ()), False)
    with pytest.raises(TableError, match="hidden"):
        propose_mapping(book_of(rows_as_sheet([THEMED, *GOOD]), hidden), sheet="Away")


def test_sheet_longer_than_any_set_of_measures_is_passed_over():
    long = rows_as_sheet([["Ref", "Measure"], *[[f"Z{n}", "x"] for n in range(MOST_ROWS)]], "Payments")
    mapping = propose_mapping(book_of(long, rows_as_sheet([THEMED, *GOOD])))
    assert [use.name for use in mapping.sheets] == ["Measures"]
    with pytest.raises(TableError, match="more than 20,000 rows"):
        propose_mapping(book_of(long), sheet="Payments")


def test_workbook_without_a_table_is_refused():
    with pytest.raises(TableError, match="headings"):
        propose_mapping(book_of(rows_as_sheet([["1"], ["2"]])))


def test_code_column_is_known_by_its_cells():
    book = book_of(rows_as_sheet([["Measure", "Unit", "Which"], *[[f"M {n}", "h", f"ZZ{n}"] for n in range(6)]]))
    (code,) = propose_mapping(book).uses("measure.code")
    assert (code.column, code.confidence) == ("Which", 60)


# ---------------------------------------------------------------- correcting and keeping a mapping


def test_person_corrects_a_column():
    book = book_of(rows_as_sheet([[*THEMED, "Amount we use"], *[[*row, 100 + n] for n, row in enumerate(GOOD)]]))
    proposed = propose_mapping(book)
    assert proposed.uses("value")[0].column == "Proxy Value (£)"
    corrected = proposed.with_column("Amount we use", "value")
    assert [use.column for use in corrected.uses("value")] == ["Amount we use"]
    assert corrected.uses("value")[0].confidence == 100
    assert edition(bring_in(book, corrected)).measures["zz1"].value.amount == 100
    left_out = corrected.with_column("Amount we use", None)
    assert [measure.figure for measure in edition(bring_in(book, left_out)).measures.values()] == ["count"] * 5


@pytest.mark.parametrize(
    ("column", "field", "how", "words"),
    [
        ("Theme", "colour", {}, "no field"),
        ("Theme", "theme", {"variant": "north"}, "only values"),
        ("Ref", "measure.code", {"carried_down": True}, "filled down"),
        ("Ref", "measure.code", {"written_as": "share"}, "not a share"),
        ("Unit", "value.low", {}, "needs a high"),
    ],
)
def test_choice_that_makes_no_sense_is_refused(column, field, how, words):
    with pytest.raises(ValueError, match=words):
        propose_mapping(themed(*GOOD)).with_column(column, field, **how)


def test_column_that_is_not_there_cannot_be_chosen():
    with pytest.raises(KeyError):
        propose_mapping(themed(*GOOD)).with_column("Nowhere", "theme")


def test_mapping_is_saved_as_json_and_found_again_by_its_headings():
    saved = propose_mapping(themed(*GOOD)).with_column("Unit", None)
    kept = Mapping.from_json(json.loads(json.dumps(saved.as_json())))
    assert "samples" not in json.dumps(saved.as_json())
    assert fields_of(kept) == fields_of(saved)
    moved = [[row[5], *row[:5]] for row in [THEMED, *GOOD]]
    next_year = book_of(rows_as_sheet([["Edition of 2027"], [], *moved], "Measures 2027", first=4))
    found = mapping_for(next_year, [kept])
    assert [(use.name, use.heading_row) for use in found.sheets] == [("Measures 2027", 6)]
    assert "Unit" not in fields_of(found)
    assert bring_in(next_year, found, unit="hours").rejected == ()
    other = book_of(rows_as_sheet([["Ref", "Measure", "Unit"], ["Z1", "x", "y"]]))
    assert mapping_for(other, [kept]).fingerprint != kept.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"columns": [{"column": "a", "field": "colour", "reasons": []}]},
        {"sheets": None},
        {"section_rows": "colour"},
        {"columns": [7]},
    ],
)
def test_saved_mapping_that_is_none_is_refused(change):
    with pytest.raises(ValueError, match="no field|not a saved mapping|cannot name"):
        Mapping.from_json({**propose_mapping(themed(*GOOD)).as_json(), **change})


def test_mapping_without_code_or_title_or_unit_makes_no_framework():
    book = themed(*GOOD)
    proposed = propose_mapping(book)
    with pytest.raises(MappingIncomplete, match="code of the measure"):
        bring_in(book, proposed.with_column("Ref", None))
    with pytest.raises(MappingIncomplete, match="unit"):
        bring_in(book, proposed.with_column("Unit", None))
    renamed = book_of(rows_as_sheet([["Title", *THEMED[1:]], *GOOD]))
    with pytest.raises(MappingIncomplete, match="no column “Theme”"):
        bring_in(renamed, proposed)


def test_every_field_known_is_one_of_a_framework():
    headings = known_headings()
    assert {shape.id for shape in headings.shapes} == {"toms-shaped", "hact-shaped"}
    assert all(shape.ask for shape in headings.shapes)
    for field in headings.fields.values():
        assert len(set(field.headings)) == len(field.headings)
    names = [heading for field in headings.fields.values() for heading in field.headings]
    assert len(set(names)) == len(names), "a heading stands for one field"


# ---------------------------------------------------------------- what a person must state


def test_deductions_must_be_stated_even_if_none():
    with pytest.raises(AboutIncomplete) as incomplete:
        about(already_net=None)
    assert set(incomplete.value.problems) == {"already_net"}
    assert about(already_net=()).already_net == ()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *[
            (name, " ")
            for name in ("title", "publisher", "licence", "beneficiary", "source_title", "locator", "author")
        ],
        ("framework_id", "Our Copy"),
        ("version", "2026 1"),
        ("nation", "france"),
        ("kind", "social"),
        ("price_year", "24"),
        ("price_year", "2023-24"),
        ("price_year_type", "tax"),
        ("uprate", "rpi"),
        ("already_net", ("optimism",)),
    ],
)
def test_each_thing_a_person_must_state_is_asked_for(name, wrong):
    with pytest.raises(AboutIncomplete) as incomplete:
        about(**{name: wrong})
    assert name in incomplete.value.problems


def test_framework_is_private_and_says_so():
    imported = bring_in(themed(*GOOD))
    made = edition(imported)
    assert made.licence == PRIVATE
    assert {measure.value.source.licence for measure in made.measures.values()} == {PRIVATE}
    assert made.notes.startswith("Not for publication.")
    assert "Licence of 1 April 2026" in made.notes
    assert "may not be published" in made.gaps[0]


# ---------------------------------------------------------------- rows


@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        (["Work", "Jobs", "#REF!", "x", "hours", 1], "Measures!C7", "error #REF!"),
        (["Work", "Jobs", "ZZ9", "x", "hours", "#N/A"], "Measures!F7", "error #N/A"),
        (["Work", "Jobs", "", "x", "hours", 1], "Measures!C7", "code of the measure is blank"),
        (["Work", "Jobs", "ZZ9", "", "hours", 1], "Measures!D7", "title of the measure is blank"),
        (["Work", "Jobs", "ZZ9", "x", "", 1], "Measures!E7", "unit is blank"),
        (["", "Jobs", "ZZ9", "x", "hours", 1], "Measures!A7", "theme is blank"),
        (["Work", "", "ZZ9", "x", "hours", 1], "Measures!B7", "outcome is blank"),
        (["Work", "Jobs", "2026-02-01", "x", "hours", 1], "Measures!C7", "into a date"),
        (["Work", "Jobs", "---", "x", "hours", 1], "Measures!C7", "no letter or digit"),
        (["Work", "Jobs", "ZZ9", "x", "hours", "£1.2k"], "Measures!F7", "shortened"),
        (["Work", "Jobs", "ZZ9", "x", "hours", "20%"], "Measures!F7", "percentage"),
        (["Work", "Jobs", "ZZ9", "x", "hours", -4], "Measures!F7", "negative"),
        (["Work", "Jobs", "ZZ9", "x", "hours", "ask Dave"], "Measures!F7", "not one number"),
        (["Work", "Jobs", "ZZ9", "x", "hours", "2026-02-01"], "Measures!F7", "is a date"),
        (["Work", "Jobs", "ZZ9", "y" * 33_000, "hours", 1], "Measures!D7", "32,767"),
    ],
)
def test_row_with_a_fault_is_rejected_at_its_cell(row, place, words):
    book = themed(*GOOD, row)
    mapping = propose_mapping(book)
    for column in ("Theme", "Outcome"):  # so that a blank is not taken for “as above”
        mapping = mapping.with_column(column, mapping.uses(column.lower())[0].field)
    imported = bring_in(book, mapping)
    where, reason = only_rejection(imported)
    assert where == place
    assert words in reason
    assert imported.rejected[0].cause == "fault"
    assert imported.rejected[0].fix
    assert (imported.rows_in, len(imported.accepted)) == (6, 5)
    assert "1 of the workbook's 6 rows" in edition(imported).gaps[1]


@pytest.mark.parametrize(
    ("text", "note"), [("", "it is a count"), ("n/a", "says “n/a”"), ("Record only", "says “Record only”")]
)
def test_row_without_a_value_is_a_count(text, note):
    imported = bring_in(themed(*GOOD, ["Work", "Jobs", "ZZ9", "x", "hours", text]))
    assert edition(imported).measures["zz9"].figure == "count"
    assert note in " ".join(imported.accepted[-1].notes)


def test_range_in_a_cell_or_in_two_columns_stays_a_range():
    imported = bring_in(themed(*GOOD, ["Work", "Jobs", "ZZ9", "x", "hours", "£10–£20"]))
    value = edition(imported).measures["zz9"].value
    assert (value.amount, value.low, value.high) == (None, 10, 20)
    rows = [[*row, 1, 90] for row in GOOD]
    rows += [["Work", "Jobs", "ZZ8", "x", "hours", "", 3, 4], ["Work", "Jobs", "ZZ9", "x", "hours", 5, 9, 7]]
    rows += [["Work", "Jobs", "ZZ10", "x", "hours", 5, 6, 7], ["Work", "Jobs", "ZZ11", "x", "hours", 5, "", 7]]
    imported = bring_in(book_of(rows_as_sheet([[*THEMED, "Low value", "High value"], *rows])))
    value = edition(imported).measures["zz1"].value
    assert (value.amount, value.low, value.high) == (Decimal("1.25"), 1, 90)
    assert edition(imported).measures["zz8"].value.amount is None
    assert [(str(row.place), row.reason) for row in imported.rejected] == [
        ("Measures!H8", "low and high must be given together, in rising order"),
        ("Measures!F9", "the value does not lie between the low and the high"),
        ("Measures!G10", "low and high must be given together, in rising order"),
    ]


def test_rows_with_one_code_and_different_words_are_all_rejected():
    imported = bring_in(
        themed(*GOOD, ["Work", "Jobs", "zz-2", "x", "hours", 1], ["Work", "Jobs", "ZZ 2", "x", "hours", 1])
    )
    assert [str(row.place) for row in imported.rejected] == ["Measures!7", "Measures!8"]
    imported = bring_in(themed(*GOOD, ["Work", "Jobs", "zz2", "x", "hours", 1]))
    assert [(str(row.place), row.reason) for row in imported.rejected] == [
        ("Measures!3", "the code also stands in Measures!7 with other words or values"),
        ("Measures!7", "the code also stands in Measures!3 with other words or values"),
    ]


def test_a_wrong_row_of_a_code_does_not_let_the_other_one_win():
    imported = bring_in(themed(*GOOD, ["Work", "Jobs", "ZZ2", "x", "hours", "£20 to £10"]))
    assert [(str(row.place), row.code) for row in imported.rejected] == [("Measures!3", "ZZ2"), ("Measures!F7", "ZZ2")]
    other, wrong = (row.reason for row in imported.rejected)
    assert other == "the code also stands in Measures!7 with other words or values"
    assert wrong == "“£20 to £10” runs from high to low; the code also stands in Measures!3 with other words or values"
    assert "zz2" not in edition(imported).measures


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("title", ["Work", "Jobs", "ZZ9", "x" * 301, "hours", 1]),
        ("code", ["Work", "Jobs", "Z" * 41, "x", "hours", 1]),
        ("unit", ["Work", "Jobs", "ZZ9", "x", "h" * 81, 1]),
    ],
)
def test_words_longer_than_are_kept_are_in_the_verdict_of_their_row(name, cells):
    place, reason = only_rejection(bring_in(themed(*GOOD, cells)))
    assert place == {"code": "Measures!C7", "title": "Measures!D7", "unit": "Measures!E7"}[name]
    assert f"the {name} has" in reason
    assert "are kept" in reason


def test_long_themes_and_outcomes_have_ids_that_can_be_kept():
    rows = [["W" * 90, "J" * 90 + str(number), f"ZZ{number}", "x", "hours", 1] for number in range(12)]
    made = edition(bring_in(themed(*rows)))
    assert max(len(each.id) for each in (*made.themes, *made.outcomes)) <= 60
    assert len(made.outcomes) == 12


def test_row_that_repeats_another_is_left_out():
    imported = bring_in(themed(*GOOD, GOOD[1]))
    assert only_rejection(imported) == ("Measures!7", "it repeats Measures!3 word for word")
    assert len(imported.accepted) == 5


def test_total_and_repeated_headings_are_no_measures():
    imported = bring_in(themed(*GOOD, THEMED, ["Total", "", "", "", "", 16.25]))
    assert [(row.place.row, row.cause) for row in imported.rejected] == [(7, "not a measure"), (8, "not a measure")]
    assert imported.faults == ()
    assert imported.rows_in == 7


def test_lone_code_is_a_fault_and_a_lone_note_is_not():
    imported = bring_in(themed(*GOOD, ["", "", "ZZ9"], ["", "", "", "Notes follow"]))
    assert [(str(row.place), row.cause) for row in imported.rejected] == [
        ("Measures!C7", "fault"),
        ("Measures!D8", "not a measure"),
    ]


def test_formula_is_used_when_its_value_is_saved_and_refused_when_not():
    rows = [*GOOD, ["Work", "Jobs", "ZZ8", "x", "hours", ""], ["Work", "Jobs", "ZZ9", "x", "hours", 0]]
    formulas = frozenset({(2, 5), (7, 5), (8, 5)})
    imported = bring_in(themed(*rows, formulas=formulas))
    assert "F2 is a formula: the value last saved was used" in imported.accepted[0].notes
    assert only_rejection(imported) == ("Measures!F7", "the formula has no value saved in the file")
    sheet = rows_as_sheet([THEMED, *rows], formulas=formulas)
    imported = bring_in(book_of(sheet, recalculates=True))
    assert [str(row.place) for row in imported.rejected] == ["Measures!F7", "Measures!F8"]


BELOW = [["", "", f"ZZ{number}", "x", "hours", number] for number in range(2, 5)]


def test_a_theme_is_filled_down_from_a_row_that_is_itself_refused():
    rows = [["Work", "Jobs", "ZZ1", "x", "hours", ""], *BELOW, ["Green", "Air", "ZZ9", "x", "hours", 9]]
    imported = bring_in(themed(*rows, formulas=frozenset({(2, 5)})))
    assert only_rejection(imported) == ("Measures!F2", "the formula has no value saved in the file")
    assert "the theme is filled down from A2" in imported.accepted[0].notes
    assert [theme.title for theme in edition(imported).themes] == ["Work", "Green"]


def test_nothing_is_filled_down_past_a_theme_that_was_not_saved():
    rows = [*GOOD, ["", "Air", "ZZ8", "x", "hours", 8], ["", "", "ZZ9", "x", "hours", 9]]
    imported = bring_in(themed(*rows, formulas=frozenset({(7, 0)})))
    assert [(str(row.place), row.reason) for row in imported.rejected] == [
        ("Measures!A7", "the formula has no value saved in the file"),
        ("Measures!A8", "the theme above it, A7, is a formula with no value saved in the file"),
    ]


def test_a_first_theme_that_was_not_saved_is_the_reason_of_the_rows_below():
    rows = [["", "Jobs", "ZZ1", "x", "hours", 1], *BELOW]
    imported = bring_in(themed(*rows, formulas=frozenset({(2, 0)})))
    assert {row.reason for row in imported.rejected if row.place.row > 2} == {
        "the theme above it, A2, is a formula with no value saved in the file"
    }


def test_words_merged_down_are_filled_down_and_figures_are_not():
    rows = [[*row] for row in GOOD]
    for row in rows[1:]:
        row[0], row[4] = "", ""
    rows[3][5] = ""
    merges = ((2, 0, 6, 0), (2, 4, 6, 4), (4, 5, 5, 5))
    imported = bring_in(themed(*rows, merges=merges))
    assert only_rejection(imported) == ("Measures!F5", "the cell is merged with those above it, from F4")
    made = edition(imported)
    assert {measure.unit for measure in made.measures.values()} == {"hours"}
    assert "the unit is filled down from the merged E2" in imported.accepted[1].notes
    assert "the theme is filled down from the merged A2" in imported.accepted[1].notes


def test_outcome_above_is_not_carried_into_another_theme():
    rows = [[*row] for row in GOOD]
    rows[1][:2] = ["", ""]
    rows[3][:2] = ["Planet", ""]
    imported = bring_in(themed(*rows))
    assert only_rejection(imported) == ("Measures!B5", "the outcome is blank")
    assert "the outcome is filled down from B2" in imported.accepted[1].notes


def test_value_shown_as_a_percentage_or_in_another_currency_is_refused():
    imported = bring_in(themed(*GOOD, percentages=frozenset({(2, 5)}), other_currency=frozenset({(3, 5)})))
    assert [(str(row.place), row.reason) for row in imported.rejected] == [
        ("Measures!F2", "the cell is shown as a percentage, not an amount"),
        ("Measures!F3", "the cell is shown in another currency"),
    ]


def test_hidden_row_is_read_and_says_so():
    imported = bring_in(themed(*GOOD, hidden_rows=((3, 3),), hidden_columns=((5, 5),)))
    assert [row.place.row for row in imported.accepted if "the row is hidden in the workbook" in row.notes] == [3]
    mapping = propose_mapping(themed(*GOOD, hidden_columns=((5, 5),)))
    assert "the column is hidden" in mapping.uses("value")[0].reasons


def extended(heading, *cells, **changes):
    """The good rows with one column more; the edition they make, or the rejections."""
    rows = [[*row, text] for row, text in zip(GOOD, cells, strict=False)]
    book = book_of(rows_as_sheet([[*THEMED, heading], *rows]))
    return bring_in(book, **changes)


def test_price_year_of_a_row_wins_over_the_one_stated():
    imported = extended("Price year", "2019", "", "2019/20", "n/a", 45_000)
    made = edition(imported)
    assert [measure.value.price_year for measure in made.measures.values()] == ["2019", "2024", "2024"]
    assert [str(row.place) for row in imported.rejected] == ["Measures!G4", "Measures!G6"]
    imported = extended(
        "Price year", "2019/20", "2019-2020", "2019", "2019/21", "", price_year="2023-24", price_year_type="financial"
    )
    assert [measure.value.price_year for measure in edition(imported).measures.values()] == [
        "2019-20",
        "2019-20",
        "2023-24",
    ]
    assert [str(row.place) for row in imported.rejected] == ["Measures!G4", "Measures!G5"]


def test_kind_of_a_row_wins_and_two_kinds_are_a_composite():
    imported = extended("Value type", "Fiscal", "Economic benefit", "Fiscal and social", "", "Wellbeing")
    assert [measure.value.kind for measure in edition(imported).measures.values()] == [
        "fiscal", "economic", "mixed", "mixed", "welfare",
    ]  # fmt: skip
    assert only_rejection(extended("Value type", "Fiscal", "Fiscal", "Fiscal", "Fiscal", "Magic"))[0] == "Measures!G6"


def test_bare_share_is_refused_until_a_person_says_how_it_is_written():
    rows = [[*row, share] for row, share in zip(GOOD, (0.1, 0.2, 0, "30%", ""), strict=True)]
    book = book_of(rows_as_sheet([[*THEMED, "Deadweight"], *rows]))
    mapping = propose_mapping(book)
    assert [str(row.place) for row in bring_in(book, mapping).rejected] == ["Measures!G2", "Measures!G3"]
    said = mapping.with_column("Deadweight", "rate.deadweight", written_as="share")
    made = edition(bring_in(book, said))
    assert [str(m.rates["deadweight"].central) if m.rates else None for m in made.measures.values()] == [
        "0.1", "0.2", "0", "0.30", None,
    ]  # fmt: skip


def test_duration_and_drop_off_are_read():
    made = edition(extended("Duration (years)", 2, "", 1, "n/a", 3))
    assert [measure.duration for measure in made.measures.values()] == [2, 1, 1, 1, 3]
    imported = extended("Duration (years)", 2, 1.5, 0, 101, "-")
    assert [str(row.place) for row in imported.rejected] == ["Measures!G3", "Measures!G4", "Measures!G5"]
    made = edition(extended("Drop-off", "10%", "", "", "", ""))
    assert made.measures["zz1"].dropoff.central == Decimal("0.10")


def test_no_row_accepted_makes_no_framework():
    imported = bring_in(themed(*[[*row[:5], "ask Dave"] for row in GOOD]), propose_mapping(themed(*GOOD)))
    assert imported.document is None
    assert len(imported.rejected) == imported.rows_in == 5
    with pytest.raises(ValueError, match="no row was accepted"):
        imported.as_file()


def test_text_of_strangers_cannot_break_the_file():
    words = "A \x07bell\x85, “quotes”: {yaml: &a *b}\n- a list\n# a comment \U0001f600 é\u2028end\x7f"
    imported = bring_in(themed(*[[row[0], row[1], row[2], words, "hours", 1] for row in GOOD]))
    title = edition(imported).measures["zz1"].title
    assert title == "A bell , “quotes”: {yaml: &a *b} - a list # a comment \U0001f600 é end"


# ---------------------------------------------------------------- nothing is lost

pennies = st.integers(0, 10**9).map(lambda number: Decimal(number) / 100)
valued = pennies.flatmap(
    lambda amount: st.sampled_from([f"£{amount:,.2f}", f"{amount:.2f}", f"GBP {amount:,.2f}", f" {amount:,.2f} "]).map(
        lambda text: (text, amount)
    )
)
unvalued = st.sampled_from(["", "n/a", "-", "Record only"]).map(lambda text: (text, None))
doubtful = st.sampled_from(["£1k", "12%", "-3", "10-20", "five", "#REF!", "1.234", "2024-01-31"]).map(
    lambda text: (text, "rejected")
)
cells = st.lists(st.one_of(valued, unvalued, doubtful), min_size=1, max_size=25)


@settings(max_examples=150, deadline=None)
@given(cells, st.data())
def test_rows_in_are_accepted_plus_rejected_and_pennies_are_those_of_the_cells(found, data):
    blank_titles = data.draw(st.sets(st.integers(0, len(found) - 1), max_size=3))
    rows = [
        ["Work", "Jobs", f"ZZ{number}", "" if number in blank_titles else f"Measure {number}", "hours", text]
        for number, (text, _) in enumerate(found)
    ]
    book = themed(*GOOD_OF_TWO_LETTERS, *rows)
    imported = bring_in(book, MAPPING)
    assert imported.rows_in == len(GOOD) + len(rows) == len(imported.accepted) + len(imported.rejected)
    places = [row.place.row for row in (*imported.accepted, *imported.rejected)]
    assert sorted(places) == list(range(2, imported.rows_in + 2))
    expected = {
        f"zz{number}": amount
        for number, (_, amount) in enumerate(found)
        if amount != "rejected" and number not in blank_titles
    }
    made = edition(imported)
    read = {id: measure.value and measure.value.amount for id, measure in made.measures.items() if id.startswith("zz")}
    assert read == expected


GOOD_OF_TWO_LETTERS = [[*row[:2], f"YY{number}", *row[3:]] for number, row in enumerate(GOOD)]
MAPPING = propose_mapping(themed(*GOOD_OF_TWO_LETTERS))


def test_a_heading_that_says_pounds_for_each_unit_and_their_year_is_a_value():
    rows = [[*THEMED[:5], "Value (GBP per unit) 2019/20 prices"], *GOOD]
    mapping = propose_mapping(book_of(rows_as_sheet(rows)))
    assert fields_of(mapping)["Value (GBP per unit) 2019/20 prices"] == "value"


def test_text_named_as_a_workbook_is_told_what_it_is():
    with pytest.raises(TableError, match="it is no workbook but plain text"):
        propose_mapping(read_workbook(b"not a workbook", "text.xlsx"))
