"""The command line with frameworks of one's own: overlays, crosswalks, workbooks, draws and long files."""

import json
from pathlib import Path

import pytest
import xlsxwriter
from command_lines import AS_OF, GROSS, NET, lines

OVERLAY = """\
id: our-measures
version: "2026"
title: Our measures
publisher: Example Council
base: open-measures@1.0
source: {id: OUR-PLAN, title: Corporate plan 2026, locator: page 12, licence: OGL-3.0, confidence: seen}
author: Policy team
hide:
  - {measure: employment.graduate-starts, reason: The college counts them}
revalue:
  - measure: employment.local-people-fte
    rates: {deadweight: {central: "0.5", reason: Survey of starters 2025}}
    reason: We asked starters
"""
ABOUT = """\
framework_id: our-licensed-set
version: "2026"
title: Our licensed set
publisher: Its publisher
licence: Licence of 1 April 2026
nation: england
price_year: "2024"
price_year_type: calendar
kind: mixed
beneficiary: society
already_net: [deadweight]
source_title: Workbook of 2026
locator: sheet Measures
author: Policy team
"""


def workbook(path):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Measures")
    sheet.write_row(0, 0, ["Theme", "Outcome", "Ref", "Measure", "Units", "Proxy value"])
    sheet.write_row(1, 0, ["Jobs", "More work", "OM1", "People in work", "people", "£1,234.50"])
    sheet.write_row(2, 0, ["Jobs", "More work", "OM2", "Hours given", "hours", "about ten"])
    sheet.write_row(3, 0, ["Jobs", "More work", "OM3", "Stories told", "no.", ""])
    book.close()


def test_lines_are_valued_under_an_overlay_and_hidden_measures_are_refused(run, tmp_path):
    Path("ours.yaml").write_text(OVERLAY)
    asked = ("--framework", "open-measures@1.0", "--overlay", "ours.yaml", *AS_OF, "--json")
    _, said, _ = run("value", lines(tmp_path, GROSS), *asked)
    answer = json.loads(said)
    assert answer["edition"] == "our-measures@2026"
    gross = next(each for each in answer["totals"] if each["level"] == "gross")
    assert gross["central"] == "78078.00"
    hidden = "employment.graduate-starts,3,2026-04-01,2027-03-31,,A-1,,,,,x\n"
    code, _, wrong = run("value", lines(tmp_path, hidden), *asked)
    assert (code, "is not a measure of our-measures@2026" in wrong) == (2, True)


def test_check_tells_overlays_and_crosswalks_from_frameworks(run):
    Path("ours.yaml").write_text(OVERLAY)
    assert run("framework", "check", "ours.yaml")[:2] == (0, "ours.yaml: overlay, nothing wrong.\n")
    Path("ours.yaml").write_text(OVERLAY.replace("    reason: We asked starters\n", ""))
    code, said, _ = run("framework", "check", "ours.yaml")
    assert code == 1
    assert "reason" in said


def test_an_overlay_or_a_crosswalk_given_as_a_framework_is_told_where_it_goes(run, tmp_path):
    Path("ours.yaml").write_text(OVERLAY)
    code, _, wrong = run("value", lines(tmp_path, NET), "--framework", "./ours.yaml")
    assert (code, wrong.count("\n")) == (2, 1)
    assert "this is an overlay" in wrong
    assert "open-measures@1.0, with --framework, and this file with --overlay" in wrong
    Path("walk.yaml").write_text("from: open-measures@1.0\nto: ppn-002@2025\nmatches: []\n")
    code, _, wrong = run("framework", "show", "./walk.yaml")
    assert (code, wrong.count("\n"), "this is a crosswalk" in wrong, "--file" in wrong) == (2, 1, True, True)


def test_a_framework_or_a_crosswalk_given_as_an_overlay_is_told_what_it_is(run, tmp_path):
    from commonweal.engine.catalogue import CATALOGUE

    Path("walk.yaml").write_text("from: open-measures@1.0\nto: ppn-002@2025\nmatches: []\n")
    for path, said in (
        (CATALOGUE / "frameworks" / "open-measures" / "1.0.yaml", "this is a framework, which an overlay is laid on"),
        (Path("walk.yaml"), "this is a crosswalk"),
    ):
        code, _, wrong = run("value", lines(tmp_path, NET), "--framework", "open-measures", "--overlay", str(path))
        assert (code, wrong.count("\n")) == (2, 1)
        assert said in wrong
    Path("none.yaml").write_text("id: ours\n")
    code, _, wrong = run("value", lines(tmp_path, NET), "--framework", "open-measures", "--overlay", "none.yaml")
    assert (code, "base is missing" in wrong) == (2, True)


def test_a_crosswalk_file_between_others_names_both_pairs(run):
    from commonweal.engine.crosswalk_file import crosswalk_files

    file = next(path for path in crosswalk_files() if "ppn-06-20" in path.name and "open-measures" in path.name)
    code, _, wrong = run("framework", "crosswalk", "open-measures", "ppn-002", "--file", str(file))
    assert code == 2
    assert "between open-measures@1.0 and ppn-06-20@1.1, and you asked for open-measures@1.0 and ppn-002@2025" in wrong


def test_files_that_options_name_and_nobody_can_read_are_refused_in_plain_words(run, tmp_path):
    workbook("book.xlsx")
    lines(tmp_path, NET)
    Path("folder").mkdir()
    Path("junk").write_bytes(b"\x80\xff\x00")
    Path("list.json").write_text("[]")
    Path("broken.json").write_text('{"shape": ')
    Path("broken.yaml").write_text("version: [")
    Path("twice.yaml").write_text("licence: ours\nnation: uk\nlicence: theirs\n")
    Path("twice.json").write_text('{"shape": "own", "shape": "toms"}')
    value = ("value", "lines.csv", "--framework", "open-measures", *AS_OF, "--gdp-per-head")
    read = ("framework", "import", "book.xlsx")
    for words, said in (
        ((*value, "folder"), "--gdp-per-head: folder: the file, column -: the file cannot be read: Is a directory."),
        ((*value, "junk"), "--gdp-per-head: junk: the file, column -: this is not a text file"),
        ((*read, "--about", "folder"), "--about: folder cannot be read: Is a directory."),
        ((*read, "--about", "junk"), "--about: junk is not a text file"),
        ((*read, "--about", "broken.yaml"), "--about: broken.yaml is not YAML: see line 1"),
        ((*read, "--about", "twice.yaml"), "--about: twice.yaml names licence more than once. Keep one of them."),
        ((*read, "--mapping", "twice.json"), "'shape' is given 2 times in one place"),
        ((*read, "--mapping", "folder"), "--mapping: folder cannot be read: Is a directory."),
        ((*read, "--mapping", "junk"), "--mapping: junk is not a text file"),
        ((*read, "--mapping", "list.json"), "--mapping: list.json is not a mapping as --save-mapping writes it"),
        ((*read, "--mapping", "broken.json"), "--mapping: broken.json is not JSON: see line 1"),
    ):
        code, out, wrong = run(*words)
        assert (code, out, wrong.count("\n")) == (2, "", 1), words
        assert said in wrong, wrong
        assert not {"codec", "Errno", "indices"} & set(wrong.split()), wrong


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--sheet", "Nope"), "there is no sheet “Nope”. Choose one of its sheets: “Measures”"),
        (("--heading-row", "-1"), "--heading-row: rows count from 1, and -1 is none."),
        (("--heading-row", "0"), "--heading-row: rows count from 1, and 0 is none."),
        (("--heading-row", "77"), "no sheet has headings in row 77"),
        (("--out", "set.txt"), "--out: 'set.txt' ends neither in .yaml nor in .yml."),
    ],
)
def test_a_workbook_is_asked_for_in_ways_that_can_be(run, words, said):
    workbook("book.xlsx")
    code, out, wrong = run("framework", "import", "book.xlsx", *words)
    assert (code, out, wrong.count("\n")) == (2, "", 1)
    assert said in wrong
    assert [path.name for path in Path().iterdir()] == ["book.xlsx"]


def test_a_record_is_told_under_another_framework_once(run, tmp_path):
    code, said, _ = run("framework", "crosswalk", "open-measures", "ppn-002", lines(tmp_path, NET, GROSS), "--json")
    told = json.loads(said)
    assert code == 0
    assert [(each["id"], each["quantity"], each["lines"]) for each in told["reported"]["figures"]] == [("o1", "14", 2)]
    assert told["reported"]["unmapped"] == []
    assert run("framework", "crosswalk", "open-measures", "ppn-002")[0] == 0
    code, _, wrong = run("framework", "crosswalk", "open-measures", "wales-wellbeing-goals")
    assert (code, "open-measures" in wrong) == (2, True)


def test_a_workbook_becomes_a_framework_that_values(run, tmp_path):
    workbook("book.xlsx")
    code, said, _ = run("framework", "import", "book.xlsx", "--save-mapping", "mapping.json")
    assert (code, "Nothing was made yet" in said) == (0, True)
    Path("about.yaml").write_text(ABOUT)
    words = (
        "framework",
        "import",
        "book.xlsx",
        "--about",
        "about.yaml",
        "--mapping",
        "mapping.json",
        "--out",
        "set.yaml",
    )
    code, said, _ = run(*words, "--json")
    told = json.loads(said)
    assert code == 1
    assert (told["rows_in"], told["accepted"]) == (3, 2)
    assert [(row["cell"], row["code"], row["title"]) for row in told["rejected"]] == [
        ("Measures!F3", "OM2", "Hours given")
    ]
    code, said, _ = run("framework", "show", "./set.yaml", "--json")
    shown = json.loads(said)
    assert shown["licence"] == "private"
    assert "1234.50" in said


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("already_net: [deadweight]\n", ""), "already_net: say which deductions"),
        (('price_year: "2024"', 'price_year: "24"'), "price_year: write 2024"),
        (("author: Policy team", "colour: red"), "names colour"),
    ],
)
def test_what_no_workbook_says_is_asked_for(run, change, reason):
    workbook("book.xlsx")
    Path("about.yaml").write_text(ABOUT.replace(*change))
    code, _, wrong = run("framework", "import", "book.xlsx", "--about", "about.yaml", "--out", "set.yaml")
    assert (code, reason in wrong) == (2, True), wrong
    assert not Path("set.yaml").exists()


def test_a_version_is_read_as_it_is_written_with_quotes_or_without(run):
    workbook("book.xlsx")
    Path("about.yaml").write_text(ABOUT.replace('version: "2026"', "version: 2026.10"))
    code, _, wrong = run("framework", "import", "book.xlsx", "--about", "about.yaml", "--out", "set.yaml")
    assert (code, wrong) == (1, "")
    assert json.loads(run("framework", "show", "./set.yaml", "--json")[1])["version"] == "2026.10"


def test_draws_show_the_spread_and_what_is_not_known(run, tmp_path):
    carbon = "environment.tco2e-saved,40,2027-01-01,2027-12-31,,A-1,,,,,x\n"
    words = (
        "value",
        lines(tmp_path, NET, carbon),
        "--framework",
        "open-measures",
        *AS_OF,
        "--draws",
        "500",
        "--seed",
        "4",
    )
    _, said, _ = run(*words, "--json", "--target", "10000")
    answer = json.loads(said)
    known = [each for each in answer["totals"] if each["p50"]]
    assert [each["kind"] for each in known] == ["welfare"]
    assert int(known[0]["p05"]) < int(known[0]["p50"]) < int(known[0]["p95"])
    told = next(each for each in answer["uncertainty"]["totals"] if each["kind"] == "welfare")
    assert 0 < float(told["chance_of_target"]) < 1
    assert json.loads(run(*words, "--json", "--target", "10000")[1]) == answer
    assert "is not known: nothing it rests on has a published range" in run(*words)[1]


def test_a_long_way_and_a_short_way_say_the_same(run, tmp_path):
    words = ("value", lines(tmp_path, NET, GROSS), "--framework", "open-measures", *AS_OF, "--by", "ward", "--json")
    careful, quick = (json.loads(run(*words, "--engine", engine)[1]) for engine in ("careful", "duckdb"))
    assert quick["lines"] == []
    for part in ("totals", "groups", "counts", "coverage"):
        assert quick[part] == careful[part]


def test_wellbeing_moves_with_income_where_it_is_given(run, tmp_path):
    wellby = "wellbeing.life-satisfaction,1,2026-04-01,2027-03-31,,A-1,,,,,x\n"
    words = ("value", lines(tmp_path, wellby), "--framework", "open-measures", *AS_OF, "--price-year", "2023", "--json")
    Path("gdp.csv").write_text("price_year,gdp_per_head\n2019,33443\n2023,33257\n")
    plain, moved = (json.loads(run(*each)[1]) for each in (words, (*words, "--gdp-per-head", "gdp.csv")))
    codes = [{finding["code"] for finding in each["findings"]} for each in (plain, moved)]
    assert "income-not-uprated" in codes[0] - codes[1]
    ratio = float(moved["totals"][0]["exact"]) / float(plain["totals"][0]["exact"])
    assert abs(ratio - (33257 / 33443) ** 1.3) < 1e-9


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("price_year,gdp_per_head\n2019,33,443\n2023,33257\n", "row 2, column -: the row has 3 cells and the header 2"),
        ("price_year,gdp_per_head\n2019\n2023,33257\n", "row 2, column -: the row has 1 cells and the header 2"),
        ("price_year,gdp_per_head,gdp_per_head\n2019,1,33443\n", "row 1, column gdp_per_head: two columns have this name"),
        ("price_year,gdp\n2019,33443\n", "row 1, column gdp_per_head: the column is missing"),
        ("price_year,gdp_per_head\n2019,nought\n", "row 2, column gdp_per_head: 'nought' is not a plain number"),
        ("price_year,gdp_per_head\n2019,0\n", "row 2, column gdp_per_head: 0 is not above 0"),
        ("price_year,gdp_per_head\n2019,1e400\n", "row 2, column gdp_per_head: '1e400' is not a plain number"),
        ('price_year,gdp_per_head\n2019,"33,443"\n', "row 2, column gdp_per_head: '33,443' may hold a thousands"),
        ("price_year,gdp_per_head\n2019-21,33443\n", "row 2, column price_year: '2019-21' is not a price year"),
        ("price_year,gdp_per_head\n2019,1\n2019,2\n", "row 3, column price_year: 2019 stands in two rows"),
        ("price_year,gdp_per_head\n", "there are no rows below the header"),
    ],
)  # fmt: skip
def test_a_table_of_income_is_read_as_strictly_as_lines(run, tmp_path, table, said):
    words = ("value", lines(tmp_path, GROSS), "--framework", "open-measures", *AS_OF)
    Path("gdp.csv").write_text(table)
    code, out, wrong = run(*words, "--gdp-per-head", "gdp.csv")
    assert (code, out) == (2, "")
    assert said in wrong
