"""The signature parts: they cannot be built dishonestly, and page and PDF say the same."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import engines
from django.utils import translation

from commonweal.base.parts import (
    THREAD,
    AssuranceBar,
    Figure,
    PartNotHonest,
    PromiseMarks,
    PromiseTable,
    Step,
    Thread,
)
from commonweal.base.templatetags import figures
from commonweal.base.welsh import WELSH, say, welsh_sort_key

D = Decimal
WORTH: dict[str, Any] = {
    "label": "Value of local jobs", "unit": "£", "value": D("91260"), "audience": "public", "level": "gross",
    "kind": "economic", "low": D("71000"), "high": D("112500"), "price_year": "2025/26", "edition": "Open Measures 2026",
    "coverage": "14 of 17 measures valued", "as_of": date(2026, 11, 21), "how_we_know_url": "/why",
}  # fmt: skip


def drawn(tag: str, **context: object) -> str:
    with translation.override(str(context.pop("lang", "en"))):
        return engines["django"].from_string("{% load parts %}" + tag).render(context)


def parsed(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{re.sub(r'&(?!amp|lt|gt|quot|#)', '&amp;', html)}</div>")


# --- numbers and dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("91260", "£91,300"), ("1200000", "£1.2 million"), ("1234567", "£1.23 million"), ("999950", "£1 million"),
        ("999499", "£999,000"), ("2500000000", "£2.5 billion"), ("12.34", "£12.34"), ("12", "£12"),
        ("0", "£0"), ("0.001", "less than 1p"), ("-91260", "−£91,300"), ("123.45", "£123"),
    ],
)  # fmt: skip
def test_public_money(amount: str, words: str) -> None:
    assert figures.public_money(D(amount)) == words


def test_numbers_and_dates_as_staff_read_them() -> None:
    assert figures.money(D("91260")) == "£91,260.00"
    assert figures.pounds(D("91260.5")) == "£91,261"
    assert figures.money(D("-0.005")) == "−£0.01"
    assert figures.quantity(D("1560.250000")) == "1,560.25"
    assert figures.quantity(D("1E+3")) == "1,000"
    assert figures.public_quantity(D("2400000"), "cy") == "2.4 miliwn"
    assert figures.long_date(date(2026, 11, 21)) == "21 November 2026"
    assert figures.long_date(date(2026, 11, 21), "cy") == "21 Tachwedd 2026"


@pytest.mark.parametrize(
    ("share", "words"),
    [("0", "0%"), ("0.001", "less than 1%"), ("0.68", "68%"), ("0.999", "more than 99%"), ("1", "100%"), ("19.5", "1,950%")],
)  # fmt: skip
def test_a_percentage_never_rounds_something_to_nothing_nor_most_to_all(share: str, words: str) -> None:
    assert figures.percentage(D(share)) == words


def test_welsh_names_sort_by_the_welsh_alphabet() -> None:
    in_order = "Bala Bangor Banw Ceredigion Conwy Chwilog Dinas Ddol Lampeter Llandaf Llangollen Rumney Rhyl Ŵy Ynys"
    assert sorted(sorted(in_order.split()), key=welsh_sort_key) == in_order.split()
    assert sorted(["Ward 10", "Ward 9", "ward 9"], key=welsh_sort_key) == ["Ward 9", "ward 9", "Ward 10"]


def test_every_phrase_has_the_same_places_to_fill_in_both_languages() -> None:
    for english, welsh in WELSH.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", welsh)), english
    with pytest.raises(KeyError):
        say("A phrase nobody translated", "cy")


# --- the thread -------------------------------------------------------------------------------------------------------


def test_the_thread_marks_the_present_step_and_folds_to_its_number() -> None:
    thread = Thread.at("delivered", plan=("/plan", "2 objectives"), delivered=("/d", "68% delivered"))
    page = parsed(drawn("{% thread t %}", t=thread))
    assert page.find("nav").attrib["aria-label"] == "From plan to account"
    assert "Step 5 of 7: Delivered" in page.find(".//summary").text
    strip = page.find("nav/div/ol")
    assert [item.find("*").text for item in strip] == [label for _, label in THREAD]
    assert [item.find("*").attrib.get("aria-current") for item in strip].index("step") == 4
    assert strip[0].find("a").attrib["href"] == "/plan"
    assert strip[1].find("a") is None
    assert strip[1].find("span[2]").text == "Nothing recorded here yet"
    assert "Cam 5 o 7: Cyflawnwyd" in drawn("{% thread t %}", t=Thread.at("delivered", "cy"), lang="cy")


def test_a_thread_has_its_seven_steps_in_order_and_one_present() -> None:
    steps = Thread.at("ask").steps
    with pytest.raises(PartNotHonest):
        Thread(steps[::-1])
    with pytest.raises(PartNotHonest):
        Thread(steps[:-1])
    with pytest.raises(PartNotHonest):
        Thread((Step(key="plan", label="Plan", href=None, state="", current=True), *steps[1:]))


# --- the figure -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "missing", ["level", "kind", "price_year", "edition", "coverage", "as_of", "how_we_know_url"]
)  # fmt: skip
def test_a_figure_in_pounds_is_not_built_without_what_is_needed_to_read_it(missing: str) -> None:
    with pytest.raises(PartNotHonest):
        Figure(**WORTH | {missing: None})


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": 91260.0}, {"value": D("NaN")}, {"level": "count"}, {"low": None}, {"low": D("95000")},
        {"high": D("90000")}, {"audience": "press"}, {"label": ""},
    ],
)  # fmt: skip
def test_a_figure_that_contradicts_itself_is_not_built(wrong: dict[str, Any]) -> None:
    with pytest.raises(PartNotHonest):
        Figure(**WORTH | wrong)


def test_the_public_reads_a_rounded_figure_with_the_exact_one_a_click_away() -> None:
    page = drawn("{% figure f %}", f=Figure(**WORTH))
    assert "£91,300" in page
    assert "£91,260.00" in parsed(page).find(".//details").find("summary").tail
    assert parsed(page).find(".//a").attrib["href"] == "/why"
    for words in ("Gross, economic value", "Range £71,000 to £113,000", "2025/26 prices", "Open Measures 2026",
                  "14 of 17 measures valued", "As of 21 November 2026"):  # fmt: skip
        assert words in page
    welsh = drawn("{% figure f %}", f=Figure(**WORTH), lang="cy")
    assert "Gros, gwerth economaidd" in welsh
    assert "Ar 21 Tachwedd 2026" in welsh


def test_staff_read_the_exact_figure_and_no_second_one() -> None:
    page = drawn("{% figure f %}", f=Figure(**WORTH | {"audience": "staff"}))
    assert "£91,260.00" in page
    assert "<details" not in page


def test_what_is_not_known_is_never_a_nought_and_a_range_stays_a_range() -> None:
    unknown = drawn("{% figure f %}", f=Figure(label="Carbon saved", unit="tonnes", value=None, audience="public"))
    assert "Nothing recorded here yet" in unknown
    assert not re.search(r">\s*£?0", unknown)
    assert Figure(**WORTH | {"value": None}).content()["shown"] == "£71,000 to £113,000"
    nought = Figure(label="Pupils", unit="pupils", value=D(0), audience="public", as_of=date(2026, 1, 1),
                    how_we_know_url="/why")  # fmt: skip
    assert nought.content()["shown"] == "0 pupils"


def test_what_people_typed_is_escaped_in_every_part() -> None:
    nasty = "<script>alert(1)</script>\"'&"
    marks = PromiseMarks(label=nasty, unit=nasty, promised=D(1), expected=D(1), delivered=D(9), flag="ambition")
    page = "".join(
        (
            drawn("{% thread t %}", t=Thread.at("ask", ask=(nasty, nasty))),
            drawn("{% figure f %}", f=Figure(**WORTH | {"label": nasty, "edition": nasty, "how_we_know_url": nasty})),
            drawn("{% assurance_bar b %}", b=AssuranceBar(label=nasty, unit=nasty, claimed=D(3))),
            drawn("{% promise_table t c %}", t=PromiseTable((marks,)), c=nasty),
        )
    )
    assert "<script" not in page
    assert parsed(page) is not None


# --- the assurance bar ------------------------------------------------------------------------------------------------

PLACEMENTS = AssuranceBar(label="placements", unit="people", claimed=D(56), evidenced=D(47), confirmed=D(20),
                          assured=D(12), confirmable=D(30))  # fmt: skip


def test_the_bar_has_its_four_lengths_in_order_with_their_numbers() -> None:
    content: Any = PLACEMENTS.content()
    assert [lane["key"] for lane in content["lanes"]] == ["claimed", "evidenced", "confirmed", "assured"]
    assert [lane["width"] for lane in content["lanes"]] == ["100.00", "83.93", "35.71", "21.43"]
    assert content["lanes"][2]["number"] == "20 of 30 that can be"
    assert (content["closed_from"], content["closed_width"]) == ("53.57", "46.43")
    picture = parsed(drawn("{% assurance_bar b %}", b=PLACEMENTS)).find(".//svg")
    assert picture.attrib["role"] == "img"
    assert picture.find("title").text == "How sure we are: placements"
    assert "Evidenced: 47 people" in picture.find("desc").text
    assert [each.attrib["width"] for each in picture.findall("rect")][:2] == ["100.00%", "83.93%"]


def test_facts_need_no_order_but_none_exceeds_the_claim_nor_what_can_be_confirmed() -> None:
    AssuranceBar(label="x", unit="hours", claimed=D(9), evidenced=D(2), confirmed=D(8), confirmable=D(9))
    for wrong in (
        {"evidenced": D(57)}, {"assured": D(-1)}, {"confirmed": D(31)}, {"confirmable": None}, {"claimed": None},
    ):  # fmt: skip
        with pytest.raises(PartNotHonest):
            AssuranceBar(**{**PLACEMENTS.__dict__, **wrong})


def test_what_cannot_be_confirmed_is_said_and_drawn() -> None:
    carbon = AssuranceBar(label="carbon", unit="tonnes", claimed=D(9))
    content: Any = carbon.content()
    assert content["lanes"][2]["number"] == "cannot be confirmed"
    assert content["closed_width"] == "100.00"
    assert "-closed)" in drawn("{% assurance_bar b %}", b=carbon)
    assert "Nothing recorded here yet" in drawn(
        "{% assurance_bar b %}", b=AssuranceBar(label="x", unit="trees", claimed=None)
    )


# --- promised, expected by now, delivered ---------------------------------------------------------------------------


def row(promised: object, delivered: object, expected: object = None, **more: Any) -> PromiseMarks:
    numbers = {
        name: None if number is None else D(str(number))
        for name, number in (("promised", promised), ("delivered", delivered), ("expected", expected))
    }
    return PromiseMarks(**{"label": "A promise", "unit": "people", **numbers, **more})


def marks_of(*rows: PromiseMarks, scale: Any = "promise") -> list[Any]:
    content: Any = PromiseTable(rows, scale).content()
    return [each["marks"] for each in content["rows"]]


def test_each_line_against_its_own_promise_lines_the_promises_up() -> None:
    few, many = marks_of(row(3, 5, 2), row(300, 450, 200))
    assert few["promised"] == many["promised"] == "60.00"
    assert few["delivered"] == "100.00"
    assert many["delivered"] == "90.00"
    assert few["expected"] == many["expected"] == "40.00"


def test_what_runs_past_the_scale_stops_at_its_end_and_its_value_is_written() -> None:
    close, far = marks_of(row(20, 47), row(20, 1560, flag="outlier"))
    assert far["delivered"] == "100.00"
    assert far["capped"] == "1,560"
    assert close["capped"] is None
    table = PromiseTable((row(20, 1560, flag="outlier"),))
    assert ">1,560</text>" in drawn("{% promise_table t %}", t=table)


def test_harm_is_mirrored_to_the_left_of_one_zero() -> None:
    good, bad = marks_of(row(10, 5), row(10, 5, direction="harm", label="Lorry miles"))
    assert good["zero"] == bad["zero"] == "50.00"
    assert D(good["promised"]) - 50 == 50 - D(bad["promised"]) > 0
    assert D(bad["delivered_from"]) + D(bad["delivered_width"]) == 50
    assert "(harm)" in drawn("{% promise_table t %}", t=PromiseTable((row(10, 5, direction="harm"),)))


def test_one_scale_needs_one_unit() -> None:
    small, large = marks_of(row(5, 5), row(20, 10), scale="shared")
    assert (small["promised"], large["promised"]) == ("25.00", "100.00")
    with pytest.raises(PartNotHonest):
        PromiseTable((row(5, 5), row(5, 5, unit="hours")), "shared")


def test_a_line_without_a_promise_is_shown_in_words_and_not_drawn_against_nothing() -> None:
    table = PromiseTable((row(None, 1992, label="Pupils reached"), row(1, None)))
    content: Any = table.content()
    assert content["rows"][0]["marks"] is None
    assert content["rows"][0]["promised"] == "No promise recorded"
    assert content["rows"][1]["delivered"] == "Nothing recorded here yet"
    assert "NaN" not in drawn("{% promise_table t %}", t=table)


@pytest.mark.parametrize("wrong", [{"promised": D(-1)}, {"delivered": 3.5}, {"flag": "odd"}, {"direction": "up"}])
def test_a_promise_in_impossible_numbers_is_not_built(wrong: dict[str, Any]) -> None:
    with pytest.raises(PartNotHonest):
        PromiseMarks(**{**row(1, 1).__dict__, **wrong})


def test_northern_spire_is_shown_as_published() -> None:
    published = [  # SOURCE-SYSTEMS C58: promised, achieved
        (3, 56), (1, 7), (3, 3), (1, 9), (3, 5), (2, 4), (1, 1), (8, 16), (20, 47), (10, 97), (20, 24), (3, 4), (20, 29),
        (2, 6), (20, 1560), (25, 91), (None, 1992),
    ]  # fmt: skip
    table = PromiseTable(tuple(row(promised, achieved) for promised, achieved in published))
    page = parsed(drawn("{% promise_table t 'Northern Spire' %}", t=table))
    cells = [line.findall("td")[:2] for line in page.findall(".//tbody/tr")]
    shown = [tuple("".join(cell.itertext()).split()[-1].replace(",", "") for cell in line) for line in cells]
    assert shown == [(str(p) if p else "recorded", str(a)) for p, a in published]


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_no_part_needs_a_style_or_a_script_of_its_own(lang: str) -> None:
    page = "".join(
        (
            drawn("{% thread t %}", t=Thread.at("ask", lang), lang=lang),
            drawn("{% figure f %}", f=Figure(**WORTH), lang=lang),
            drawn("{% assurance_bar b %}", b=PLACEMENTS, lang=lang),
            drawn("{% promise_table t %}", t=PromiseTable((row(3, 56, 2, flag="outlier"),)), lang=lang),
        )
    )
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=", page)


@pytest.mark.parametrize(
    ("number", "unit", "english", "welsh"),
    [
        ("1", "people", "1 person", "1 person"),
        ("2", "people", "2 people", "2 berson"),
        ("3", "people", "3 people", "3 pherson"),
        ("6", "people", "6 people", "6 pherson"),
        ("56", "People", "56 people", "56 person"),
        ("0.5", "hours", "0.5 hours", "0.5 awr"),
        ("1", "trees", "1 tree", "1 goeden"),
        ("2", "placements", "2 placements", "2 leoliad"),
        ("1", "FTE-years", "1 FTE-year", "1 flwyddyn o waith amser llawn (FTE)"),
        ("2", "FTE-years", "2 FTE-years", "2 flynedd o waith amser llawn (FTE)"),
        ("4", "no.", "4", "4"),
        ("7", "", "7", "7"),
        ("800000", "GBP", "£800,000", "£800,000"),
        ("62254.6", "£", "£62,254.60", "£62,254.60"),
        ("71", "% of spend", "71% of spend", "71% of spend"),
        ("1.33", "£ per £1", "£1.33 per £1", "£1.33 per £1"),
        ("1", "GBP per GBP", "£1 for each £1", "£1 am bob £1"),
        ("12.5", "GBP per hour", "£12.50 per hour", "£12.50 per hour"),
        ("3", "rainbows", "3 rainbows", "3 rainbows"),
    ],
)
def test_amount_in_its_unit_is_written_as_it_is_said(number, unit, english, welsh):
    assert figures.amount_in_unit(Decimal(number), unit) == english
    assert figures.amount_in_unit(Decimal(number), unit, "cy") == welsh


@pytest.mark.parametrize(
    ("number", "unit", "written"),
    [
        ("1", "GBP per GBP", "£1 for each £1"),
        ("1234.56789", "GBP", "£1,234.56789"),
        ("-0.125", "GBP per hour", "−£0.125 per hour"),
        ("0.3", "FTE-years", "0.3 FTE-years"),
        ("4", "no.", "4"),
    ],
)
def test_a_step_of_a_sum_is_written_with_every_digit(number, unit, written):
    assert figures.in_full(number, unit) == written


def test_bar_says_that_nothing_is_stated_rather_than_nought():
    lanes = AssuranceBar(label="Hours", unit="hours", claimed=Decimal(1), confirmable=Decimal(1)).content("en")["lanes"]
    assert [lane["number"] for lane in lanes] == ["1 hour", *["nothing stated yet"] * 3]
    assert lanes[3]["width"] == "0.00"
