"""Cells are read exactly or refused with a reason: nothing is guessed and a blank is never zero."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonweal.sources.cells import (
    Amount,
    CellDate,
    CellProblem,
    OpenEnded,
    Percentage,
    Quantity,
    Unknown,
    is_american,
    read_amount,
    read_date,
    read_percentage,
    read_period,
    read_quantity,
    read_yes_or_no,
)


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("1234.5", "1234.5"),
        ("£1,234.50", "1234.50"),
        ("  £ 880,000.00 ", "880000.00"),
        ("\ufffd880,000.00", "880000.00"),
        ("Â£5", "5"),
        ("GBP 5", "5"),
        ("5 GBP", "5"),
        ("1 234 567.89", "1234567.89"),
        ("£1\u00a0234", "1234"),
        ("(28,784,540.00)", "-28784540.00"),
        ("£(5)", "-5"),
        ("(£5.25)", "-5.25"),
        ("-£5", "-5"),
        ("£-5", "-5"),
        ("−5", "-5"),
        ("5-", "-5"),
        ("1,234 CR", "-1234"),
        ("1,234 (CR)", "-1234"),
        ("10 DR", "10"),
        ("£1.2m", "1200000"),
        ("1.2 million", "1200000"),
        ("£1.234m", "1234000"),
        ("250k", "250000"),
        ("£3bn", "3000000000"),
        (".5", "0.5"),
        ("0.125", "0.125"),
        ("nil", "0"),
        ("£0.00", "0"),
    ],
)
def test_amount_in_every_style(text, pounds):
    assert read_amount(text).pounds == Decimal(pounds)


def test_amount_with_a_lost_pound_sign_says_so():
    assert "pound sign" in read_amount("\ufffd5.00").note
    assert read_amount("£5.00").note == ""


@pytest.mark.parametrize(
    "text", ["TBC", "tba", "n/a", "N/A", "-", "£-   ", "\ufffd-", "unknown", "Rolling", "See notes"]
)
def test_amount_that_is_not_known_is_not_zero(text):
    assert read_amount(text) == Unknown(text.strip())


@pytest.mark.parametrize("read", [read_amount, read_quantity, read_percentage, read_date, read_period, read_yes_or_no])
@pytest.mark.parametrize("blank", ["", "  ", "\u00a0", "\n"])
def test_blank_is_nothing(read, blank):
    assert read(blank) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.234,56", "decimal mark"),
        ("12,34", "decimal mark"),
        ("1,23,456", "decimal mark"),
        ("1.234", "between thousands"),
        ("1.234.567", "between thousands"),
        ("€5", "not in pounds"),
        ("$5", "not in pounds"),
        ("1E+05", "lost digits"),
        ("--5", "not one number"),
        ("(-5)", "negative twice"),
        ("5- CR", "negative twice"),
        ("10-20", "not one number"),
        ("£1k p.a.", "not one number"),
        ("approx 500", "not one number"),
        ("ask Dave", "not one number"),
        ("££5", "not one number"),
        ("50%", "not one number"),
        ("٣", "not one number"),
        ("#REF!", "not one number"),
        ("9" * 30, "more digits"),
    ],
)
def test_amount_refused_with_its_reason(text, why):
    problem = read_amount(text)
    assert isinstance(problem, CellProblem)
    assert why in problem.reason
    assert problem.fix


def test_number_held_by_the_spreadsheet_has_no_thousands_point():
    assert read_amount("1.234", typed_number=True) == Amount(Decimal("1.234"))
    assert read_quantity("2.125", typed_number=True) == Quantity(Decimal("2.125"))
    assert isinstance(read_quantity("2.125"), CellProblem)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False))
def test_amount_is_exact_whatever_the_style(pounds):
    plain = f"{abs(pounds):,.2f}"
    styles = [f"£{plain}", f"£{abs(pounds):.2f}", f"\ufffd{plain}"] if pounds >= 0 else [f"({plain})", f"-£{plain}"]
    assert {read_amount(style).pounds for style in styles} == {pounds}


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    for read in (read_amount, read_quantity, read_percentage, read_date, read_period, read_yes_or_no):
        answer = read(text)
        assert (answer is None) == (not text.strip())


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [("40", "40", ""), ("40 hrs", "40", "hrs"), ("1,200 volunteer hours", "1200", "volunteer hours"), ("0", "0", "")],
)
def test_quantity_with_its_unit(text, number, unit):
    assert read_quantity(text) == Quantity(Decimal(number), unit)


@pytest.mark.parametrize("text", ["-3", "10 per year", "10-12", "5 each", "20 m", "£40", "lots", "1.2m"])
def test_quantity_that_is_no_count_is_refused(text):
    assert isinstance(read_quantity(text), CellProblem)


def days(answer):
    return answer.first.isoformat(), answer.last.isoformat(), answer.precision


@pytest.mark.parametrize(
    "text",
    ["25/06/2024", "25-06-2024", "25.06.24", "2024-06-25", "2024-06-25 00:00:00", "25 June 2024", "25th June, 2024",
     "25-Jun-24", "25 Jun 2024", "Tuesday 25 June 2024", "June 25, 2024", "45468", "25/06/2024 09:30"],
)  # fmt: skip
def test_day_in_every_style(text):
    assert days(read_date(text)) == ("2024-06-25", "2024-06-25", "day")
    assert read_date(text).words == text


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("Jun-24", "2024-06-01", "2024-06-30", "month"),
        ("June 2024", "2024-06-01", "2024-06-30", "month"),
        ("Sept 2024", "2024-09-01", "2024-09-30", "month"),
        ("06/2024", "2024-06-01", "2024-06-30", "month"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2024/25", "2024-04-01", "2025-03-31", "year"),
        ("2024-25", "2024-04-01", "2025-03-31", "year"),
        ("FY24/25", "2024-04-01", "2025-03-31", "year"),
        ("2011/12", "2011-04-01", "2012-03-31", "year"),
        ("Q1 2024/25", "2024-04-01", "2024-06-30", "quarter"),
        ("Q2 2024/25", "2024-07-01", "2024-09-30", "quarter"),
        ("Q3 24/25", "2024-10-01", "2024-12-31", "quarter"),
        ("2024/25 Q4", "2025-01-01", "2025-03-31", "quarter"),
    ],
)
def test_date_keeps_the_precision_it_was_written_with(text, first, last, precision):
    assert days(read_date(text)) == (first, last, precision)


@pytest.mark.parametrize("text", ["Ongoing", "ROLLING", "on-going", "rolling 12 months", "No end date", "Open-ended"])
def test_open_end_keeps_its_words(text):
    assert read_date(text) == OpenEnded(text)


@pytest.mark.parametrize("text", ["TBC", "tbc", "N/A", "to be confirmed", "Not known"])
def test_unknown_date_keeps_its_words(text):
    assert read_date(text) == Unknown(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("05/13/2024", "American order"),
        ("31/02/2024", "no day in the calendar"),
        ("25/06/98", "1998 or 2098"),
        ("2024", "only a year"),
        ("24-Jun", "not a date"),
        ("2011-12", "a month or a financial year"),
        ("11/12", "a month or a financial year"),
        ("Q2 2024", "which financial year"),
        ("01/06/206", "not a date"),
        ("25/06/0024", "in the year 24"),
        ("2024/26", "not a date"),
        ("Expired", "not a date"),
    ],
)
def test_date_refused_with_its_reason(text, why):
    problem = read_date(text)
    assert isinstance(problem, CellProblem)
    assert why in problem.reason
    assert problem.fix


def test_british_order_is_read_and_american_only_recognised():
    assert read_date("04/05/2024").first == dt.date(2024, 5, 4)
    assert is_american("05/13/2024")
    assert not is_american("13/05/2024")
    assert not is_american("04/05/2024")


@given(st.dates(min_value=dt.date(1960, 1, 1), max_value=dt.date(2059, 12, 31)))
def test_every_day_reads_the_same_in_four_styles(day):
    styles = [f"{day:%d/%m/%Y}", day.isoformat(), f"{day.day} {day:%B %Y}", str((day - dt.date(1899, 12, 30)).days)]
    assert {read_date(style).first for style in styles} == {day}


def test_period_reads_ranges():
    assert days(read_period("Apr 2024 to Mar 2025")) == ("2024-04-01", "2025-03-31", "range")
    assert days(read_period("01/04/2024 - 31/03/2025")) == ("2024-04-01", "2025-03-31", "range")
    assert "before it starts" in read_period("Mar 2025 to Apr 2024").reason


def test_percentage_needs_its_sign():
    assert read_percentage("45%") == Percentage(Decimal("0.45"))
    assert read_percentage("2.5 per cent") == Percentage(Decimal("0.025"))
    assert isinstance(read_percentage("0.45"), CellProblem)


def test_yes_and_no():
    assert read_yes_or_no("Y") is True
    assert read_yes_or_no("NO") is False
    assert read_yes_or_no("tbc") == Unknown("tbc")
    assert isinstance(read_yes_or_no("maybe"), CellProblem)


def test_date_value_is_frozen():
    assert CellDate(dt.date(2024, 6, 25), dt.date(2024, 6, 25), "day", "25/06/2024") == read_date("25/06/2024")
