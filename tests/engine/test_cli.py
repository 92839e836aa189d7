import csv
import json
import subprocess
import sys
from decimal import Decimal

import pytest
from command_lines import AS_OF, COUNTED, GROSS, HEADER, NET, lines


def value(run, *words):
    return run("value", *words, "--framework", "open-measures@1.0", *AS_OF)


def test_value_answers_in_json_with_money_as_text(run, tmp_path):
    code, out, err = value(run, lines(tmp_path, NET, COUNTED), "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert [(t["kind"], t["level"], t["central"], t["p05"], t["p50"], t["p95"]) for t in answer["totals"]] == [
        ("economic", "gross", "468468.00", None, None, None),
        ("economic", "net", "252972.72", None, None, None),
    ]
    assert [count["quantity"] for count in answer["counts"]] == ["3"]
    assert [step["label"] for step in answer["lines"][0]["steps"]][-1] == "Net value"
    assert answer["totals"][0]["price_year"] == "2024-25"


def test_value_with_something_to_put_right_leaves_with_1(run, tmp_path):
    code, out, _ = value(run, lines(tmp_path, NET, GROSS))
    assert code == 1
    assert "gross figure only: no approved rate for deadweight, attribution, displacement" in out


def test_value_speaks_plainly_when_not_on_a_terminal(run, tmp_path):
    code, out, _ = value(run, lines(tmp_path, NET, COUNTED), "--by", "ward")
    assert code == 0
    assert "economic  net    £252,972.72" in out
    assert "\nward Abbey\n" in out
    assert not set("│─\x1b") & set(out)


def test_value_groups_by_more_than_one_column(run, tmp_path):
    _, out, _ = value(run, lines(tmp_path, NET, GROSS), "--by", "ward", "--by", "theme", "--json")
    groups = json.loads(out)["groups"]
    assert [group["by"] for group in groups] == [
        {"ward": "Abbey", "theme": "jobs"},
        {"ward": "Alibon", "theme": "jobs"},
    ]
    gross = [total["central"] for group in groups for total in group["totals"] if total["level"] == "gross"]
    assert sum(map(Decimal, gross)) == Decimal("546546.00")


def test_value_writes_one_row_a_line(run, tmp_path):
    code, _, _ = value(run, lines(tmp_path, NET, COUNTED), "--out", "answer.csv")
    with open(tmp_path / "answer.csv", encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert code == 0
    assert (rows[0]["gross_central"], rows[0]["net_central"], rows[0]["ward"]) == ("468468.00", "252972.72", "Abbey")
    assert rows[1]["ward"] == "'=cmd()"  # a spreadsheet would run it
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.csv", "lines.csv"]


def test_value_writes_the_same_json_as_it_prints(run, tmp_path):
    _, out, _ = value(run, lines(tmp_path, NET), "--out", "answer.json", "--json")
    assert (tmp_path / "answer.json").read_text(encoding="utf-8") == out


def test_value_names_every_wrong_cell_and_writes_nothing(run, tmp_path):
    bad = GROSS.replace(",2,", ",-2,").replace("2026-04-01", "soon")
    (tmp_path / "answer.json").write_text("before", encoding="utf-8")
    code, out, err = value(run, lines(tmp_path, NET, bad), "--out", "answer.json", "--json")
    assert (code, out) == (2, "")
    assert [line.split(":")[:2] for line in err.splitlines()] == [["lines.csv", " row 3, column quantity"],
                                                                ["lines.csv", " row 3, column start"]]  # fmt: skip
    assert (tmp_path / "answer.json").read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\0\1\2",
        b"\x81\x8d",
        b"%PDF-1.7\n",
        b"\xef\xbb\xbf",
        HEADER.encode(),
        (HEADER + NET.replace("12", "1e999")).encode(),
        (HEADER + NET.replace("12", "١٢")).encode(),
        (HEADER + NET.replace("12", "\x1b[2Jx")).encode(),
        (HEADER + NET.replace("12", '"12,5"')).replace(",", ";").encode(),
        (HEADER + '"' + "x" * 200_000).encode(),
    ],
    ids=["missing", "empty", "binary", "no letters", "pdf", "mark alone", "header alone", "exponent", "unicode digits",
         "control letters", "decimal comma", "huge cell"],
)  # fmt: skip
def test_value_of_a_wrong_file_is_one_line_a_fault(run, tmp_path, content):
    if content is not None:
        (tmp_path / "lines.csv").write_bytes(content)
    code, out, err = value(run, "lines.csv", "--json")
    assert (code, out) == (2, "")
    assert err.startswith("lines.csv: ")
    assert "Traceback" not in err
    assert "\x1b" not in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("value",), "Missing argument 'LINES.csv'."),
        (("value", "lines.csv"), "Missing option '--framework'."),
        (("value", "lines.csv", "--framework", "none"), "--framework: there is no framework 'none'"),
        (("value", "lines.csv", "--framework", "open-measures@9"), "no edition '9'"),
        (("value", "lines.csv", "--framework", "./mine.yaml"), "mine.yaml"),
        (("value", "lines.csv", "--framework", "."), "."),
        (("value", "lines.csv", "--framework", "open-measures", "--as-of", "1/4/2026"), "--as-of: '1/4/2026'"),
        (("value", "lines.csv", "--framework", "open-measures", "--price-year", "2099"), "no price index for 2099"),
        (
            ("value", "lines.csv", "--framework", "open-measures", "--price-year", "1066"),
            "for 1066; there is one for every year from 1990 to 2024",
        ),
        (
            ("value", "lines.csv", "--framework", "open-measures", "--price-year", "2098-99"),
            "for every year from 1990-91 to 2029-30",
        ),
        (("value", "lines.csv", "--framework", "open-measures", "--price-year", "last"), "--price-year: 'last' is not"),
        (("value", "lines.csv", "--framework", "open-measures", "--by", "hue"), "no column 'hue'"),
        (("value", "lines.csv", "--framework", "open-measures", "--out", "a.xlsx"), "--out: 'a.xlsx'"),
        (("value", "lines.csv", "--framework", "open-measures", "--out", "lines.csv"), "the file of lines itself"),
        (("value", "lines.csv", "--framework", "open-measures", "--out", "no/a.csv"), "there is no folder"),
        (("value", "lines.csv", "--framework", "open-measures", "--draws", "0"), "--draws: 0 draws cannot be made"),
        (("value", "lines.csv", "--framework", "open-measures", "--target", "9"), "--target: give --draws as well"),
        (
            ("value", "lines.csv", "--framework", "open-measures", "--draws", "9", "--target", "1k"),
            "'1k' is not an amount",
        ),
        (("value", "lines.csv", "--framework", "open-measures", "--engine", "abacus"), "there is no engine 'abacus'"),
        (
            ("value", "lines.csv", "--framework", "open-measures", "--engine", "duckdb", "--out", "a.csv"),
            "--out: --engine",
        ),
        (("value", "lines.csv", "--framework", "open-measures", "--overlay", "no.yaml"), "no.yaml"),
        (("value", "l.parquet", "--framework", "open-measures", "--engine", "careful"), "the careful way reads CSV"),
        (("framework", "show", "none"), "there is no framework 'none'"),
        (("framework", "check", "none.yaml"), "cannot be read"),
        (("framework", "check", "."), "cannot be read"),
        (("duties", "--nation", "wales"), "Missing option"),
        (("nothing",), "No such command 'nothing'."),
    ],
)
def test_words_that_cannot_be_are_refused_in_one_line(run, tmp_path, words, said):
    lines(tmp_path, NET)
    code, out, err = run(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert [path.name for path in tmp_path.iterdir()] == ["lines.csv"]


@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
def test_value_of_the_earliest_and_latest_days(run, tmp_path, day):
    row = NET.replace("2026-04-01,2027-03-31", "0001-01-01,9999-12-31")
    code, _, err = run("value", lines(tmp_path, row), "--framework", "open-measures", "--as-of", day)
    assert (code, err) == (0, "")


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_value_as_of_a_day_nobody_means_is_refused(run, tmp_path, day):
    code, out, err = run("value", lines(tmp_path, NET), "--framework", "open-measures", "--as-of", day)
    assert (code, out) == (2, "")
    assert (
        err
        == f"--as-of: {day} is outside the years 2000 to 2100. Leave it out for today, or write the day as 2026-04-01.\n"
    )


def test_framework_list_names_each_edition(run):
    code, out, _ = run("framework", "list", "--json")
    found = {each["id"]: each for each in json.loads(out)["frameworks"]}
    assert code == 0
    assert found["open-measures"]["edition"] == "1.0"
    assert found["open-measures"]["valued_measures"] > 10
    assert "ppn-026@2026" in run("framework", "list")[1]


def test_framework_show_tells_measures_and_values(run):
    code, out, _ = run("framework", "show", "open-measures")
    assert code == 0
    assert "£39,039 per FTE-year (economic, 2024-25 prices)" in out
    shown = json.loads(run("framework", "show", "open-measures", "--json")[1])
    assert (shown["framework_id"], len(shown["content_hash"])) == ("open-measures", 64)


def test_framework_check_says_what_is_wrong_and_leaves_with_1(run, tmp_path):
    (tmp_path / "mine").write_text("id: mine\n", encoding="utf-8")
    code, out, _ = run("framework", "check", "mine", "--json")
    assert code == 1
    assert "version is missing" in [finding["reason"] for finding in json.loads(out)["findings"]]
    assert "version is missing" in run("framework", "check", "mine")[1]


def test_framework_check_of_a_right_file(run):
    from commonweal.engine.document import CATALOGUE

    code, out, _ = run("framework", "check", str(CATALOGUE / "frameworks" / "open-measures" / "1.0.yaml"))
    assert code == 0
    assert "open-measures@1.0, 67 measures, nothing wrong." in out


DUTIES = ("duties", "--nation", "wales", "--body-kind", "council", "--channel", "procurement", "--kind", "works")


def test_duties_are_all_returned_with_their_why(run):
    code, out, _ = run(*DUTIES, "--value", "2000000", "--commenced", "2026-06-01", "--json")
    found = {duty["id"]: duty for duty in json.loads(out)["duties"]}
    assert code == 0
    assert (found["W-SPPP-25"]["applies"], found["E-SVA-CONSIDER"]["applies"]) == ("yes", "no")
    assert {"id", "instrument", "section", "requirement", "applies", "why", "confidence"} <= found["W-SPPP-25"].keys()
    assert all(duty["why"] for duty in found.values())


def test_duties_in_words_come_by_answer(run):
    code, out, _ = run(*DUTIES, "--value", "2000000", "--commenced", "2026-06-01")
    assert code == 0
    assert (
        out.index("\nApplies\n")
        < out.index("W-SPPP-25")
        < out.index("\nDoes not apply\n")
        < out.index("E-SVA-CONSIDER")
    )


@pytest.mark.parametrize(
    ("value", "day", "said"),
    [("£2m", "2026-06-01", "'£2m' is not an amount"), ("1e999", "2026-06-01", "'1e999'"), ("1", "June", "'June'")],
)
def test_duties_refuse_what_is_no_amount_or_day(run, value, day, said):
    code, out, err = run(*DUTIES, "--value", value, "--commenced", day)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_command_of_the_engine_sets_up_no_django(tmp_path):
    code = (
        "import sys; from commonweal.__main__ import main\n"
        "sys.argv = ['commonweal', 'framework', 'list']\n"
        "try: main()\n"
        "except SystemExit as left: assert not left.code\n"
        "from django.apps import apps; from django.conf import settings\n"
        "assert not apps.ready and not settings.configured\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_reader_that_stops_listening_is_no_error(tmp_path):
    command = f"'{sys.executable}' -m commonweal framework show open-measures --json | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("{\n", "")
