"""What reports of a year say is what the account of the year says: rows add up, every form says the same, no licence leaks."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from made_council import WARD
from read_pdf import words_of_pdf

from commonweal.engine.year import FinancialYear
from commonweal.frameworks.models import Measure
from commonweal.reporting.budget import actions as budget
from commonweal.reporting.reports import actions, document, drafting, year_parts
from commonweal.reporting.reports.annual import Given, annual_frame

D = Decimal
YEAR = FinancialYear(2026)


@pytest.fixture
def told(council: Any, places: None) -> Any:
    """A year with three departments, a budget, deliveries at two stages, a harm and something counted."""
    wage = Measure.objects.get(edition__framework_id="made-reporting", edition__version="1.0", measure_id="wage")
    for n, name in enumerate(("Parks", "Works", "Care")):
        department = council.department(name)
        budget.add_budget_line(
            by=council.officer, body=council.body, year=YEAR, kind="budget", measure=wage.public_id,
            quantity=D(f"{n + 1}.333333"), department=department,
        )  # fmt: skip
        promise = council.promise(
            "wage", f"{n + 2}.777777", council.agreement(name, department=department), place_code=WARD if n else ""
        )
        entry = council.entry(promise, f"{n + 1}.123457", place_code=WARD if n else "")
        council.accept(entry, "1")
    return council


def report(council: Any, kind: str = "annual") -> Any:
    made = actions.begin_report(by=council.officer, body=council.body, kind=kind, year=YEAR)
    content = drafting.written(made, YEAR.ends_on)
    return made, content


def tables(frame: Any, section: str) -> list[Any]:
    found = next(each for each in frame["sections"] if each["id"] == section)
    return [block for block in found["blocks"] if block["kind"] == "table"]


def amount(words: str) -> Decimal:
    return D(re.sub(r"[£,+]", "", words).replace("−", "-"))


@pytest.mark.parametrize("kind", ["annual", "committee"])
def test_rows_of_every_column_add_to_its_total_as_shown(told: Any, kind: str) -> None:
    _made, content = report(told, kind)
    (table,) = [
        each for each in tables(content["en"], "departments") if "welfare" in each["caption"] or len(each["rows"]) == 4
    ]
    *rows, whole = [[cell["text"] for cell in row] for row in table["rows"]]
    assert len(rows) == 3
    assert whole[0] == "Whole year"
    for column in range(1, len(whole) - 1):
        assert sum(amount(row[column]) for row in rows) == amount(whole[column]), table["headings"][column]


def test_totals_are_those_of_the_account(told: Any) -> None:
    made, content = report(told, "committee")
    held = drafting.given_for(made, YEAR.ends_on).held
    key = year_parts.Told(told.body, held, "en", True).leading
    (table,) = [each for each in tables(content["en"], "departments") if len(each["rows"]) == 4]
    whole = [cell["text"] for cell in table["rows"][-1]]
    for heading, what in (("Budget", "budget"), ("Claimed", "claimed"), ("Evidenced", "evidenced")):
        shown = amount(whole[table["headings"].index(heading)])
        assert shown == held.stages[what].total(key).amount.central.quantize(D("0.01"))


def test_places_add_up_and_what_is_not_known_stands_apart(told: Any) -> None:
    told.body.place_code = "E06999901"
    made = actions.begin_report(by=told.officer, body=told.body, kind="annual", year=YEAR)
    held = drafting.given_for(made, YEAR.ends_on).held
    parts = year_parts.Told(told.body, held, "en", True)
    found = year_parts.places_blocks(parts)
    rows = [[cell["text"] for cell in row] for row in found[0]["rows"]]
    assert "Place not known" in [row[0] for row in rows]
    assert sum(amount(row[2]) for row in rows[:-1]) == amount(rows[-1][2])


def test_page_pdf_and_word_file_say_the_same(told: Any, read: Any) -> None:
    made, content = report(told)
    frame = content["en"]
    page = re.sub(r"\s+", " ", read(f"reports/{made.public_id}/"))
    pdf = words_of_pdf(document.report_pdf(frame, lang="en", on=YEAR.ends_on, colour="#1d3d5c"))
    packed = zipfile.ZipFile(io.BytesIO(document.report_docx(frame, lang="en", on=YEAR.ends_on)))
    word = packed.read("word/document.xml").decode()
    cells = {cell["text"] for each in frame["sections"] for block in each["blocks"] if block["kind"] == "table"
             for row in block["rows"] for cell in row if "£" in cell["text"]}  # fmt: skip
    assert len(cells) > 10
    for words in cells:
        assert words in page, words
        assert words in word, words
        assert words.replace(" ", "") in pdf.replace(" ", ""), words
    assert any(name.endswith(".png") for name in packed.namelist())
    assert document.report_docx(frame, lang="en", on=YEAR.ends_on) == document.report_docx(
        frame, lang="en", on=YEAR.ends_on
    )


def test_frozen_report_draws_again_as_it_was(told: Any) -> None:
    import json

    _made, content = report(told)
    again = json.loads(json.dumps(content))
    assert again == content
    assert document.report_pdf(again["cy"], lang="cy", on=YEAR.ends_on, colour="#1d3d5c") == document.report_pdf(
        content["cy"], lang="cy", on=YEAR.ends_on, colour="#1d3d5c"
    )


def test_figures_of_a_licensed_framework_stay_out_of_every_report(told: Any) -> None:
    made, _content = report(told)
    given = drafting.given_for(made, YEAR.ends_on)
    wage = Measure.objects.get(edition__framework_id="made-reporting", edition__version="1.0", measure_id="wage")
    hidden = Given(given.body, given.held, {}, licensed=frozenset({wage.public_id}))
    frame = annual_frame(hidden, "en")
    text = str(frame)
    assert "£" not in text.replace("'unit': '£'", "")
    assert "licensed to the body alone" in text


def test_forecast_stands_in_the_draft_of_a_year_that_runs_and_not_in_one_that_is_over(told: Any) -> None:
    for n in range(4):
        council_promise = told.promise("wage", "5", told.agreement(f"More {n}"))
        told.entry(council_promise, "2")
    made, content = report(told)
    assert "The year is not over" in str(content["en"])
    held = drafting.given_for(made, YEAR.ends_on).held
    from dataclasses import replace

    over = Given(told.body, replace(held, on=YEAR.next.starts_on), {})
    assert "The year is not over" not in str(annual_frame(over, "en"))


def test_chart_of_a_report_is_in_its_word_file_with_its_figures_in_words(told: Any) -> None:
    _made, content = report(told, "committee")
    packed = zipfile.ZipFile(io.BytesIO(document.report_docx(content["en"], lang="en", on=YEAR.ends_on)))
    told_words = re.findall(r'descr="([^"]*)"', packed.read("word/document.xml").decode())
    assert told_words
    assert "Parks" in told_words[0]
