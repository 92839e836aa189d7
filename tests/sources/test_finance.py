"""Files of money, read: every row and penny accounted for against a count made apart, nothing guessed, totals checked."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from decimal import Decimal

import pytest

from commonweal.sources.finance import AMOUNTS, MappingUnusable, read_finance
from commonweal.sources.finance_mapping import known_headings, propose, year_of_words
from commonweal.sources.finance_records import plain_name, plain_reference
from commonweal.sources.grids import Grid, GridRow
from commonweal.sources.tables import table_from
from commonweal.sources.tracker_mapping import ColumnUse

HEADINGS = {
    "budget": ["Directorate", "Cost centre", "Description", "Financial year", "Budget", "Outturn"],
    "register": ["Contract ref", "Contract title", "Supplier", "Start date", "End date", "Contract value"],
    "payments": ["Date paid", "Supplier", "Contract ref", "Amount"],
}
GOOD = re.compile(r"\(?-?£?(?:\d{1,3}(?:,\d{3})*|\d+)(?:\.\d{1,2})?\)?")


def table(kind: str, rows: list[list[str]]):
    grid = Grid("", True, tuple(GridRow(n, tuple(r)) for n, r in enumerate([HEADINGS[kind], *rows], start=1) if any(r)))
    return table_from(grid, "made.csv", known=known_headings(kind))


def counted(text: str) -> Decimal:
    """An amount as this test alone reads it: plain British ones; anything else is no amount."""
    text = text.strip()
    if not GOOD.fullmatch(text):
        return Decimal(0)
    number = Decimal(re.sub(r"[£,()-]", "", text))
    return -number if text.startswith(("(", "-")) else number


def cell(chance: random.Random, kind: str) -> str:
    if kind == "amount":
        return chance.choice(["", "10", "1,234.50", "£99.99", "(250.00)", "-3.10", "TBC", "lots", "12,34", "0", "7.5"])
    if kind == "date":
        return chance.choice(
            ["01/06/2025", "2025-07-31", "June 2025", "", "31/02/2025", "TBC", "13/2025", "1 May 2025"]
        )
    if kind == "year":
        return chance.choice(["2025/26", "2024-25", "2025", "", "next year"])
    return chance.choice(["", "Adults", "K-1", "Larkhollow Ltd", "N/A", "Pools & parks", "0021"])


SHAPES = {
    "budget": ["text", "text", "text", "year", "amount", "amount"],
    "register": ["text", "text", "text", "date", "date", "amount"],
    "payments": ["date", "text", "text", "amount"],
}
FIELDS = {
    "budget": ["department", "cost_centre", "description", "year", "budget", "actual"],
    "register": ["reference", "title", "supplier", "starts_on", "ends_on", "value"],
    "payments": ["dated_on", "supplier", "reference", "amount"],
}


@pytest.mark.parametrize("kind", ["budget", "register", "payments"])
def test_rows_and_pence_of_dirty_files_are_all_accounted_for(kind):
    for seed in range(350):
        chance = random.Random(f"{kind} {seed}")
        rows = [[cell(chance, each) for each in SHAPES[kind]] for _ in range(chance.randrange(3, 25))]
        made = table(kind, rows)
        uses = [ColumnUse(column.name, field) for column, field in zip(made.columns, FIELDS[kind], strict=False)]
        try:
            found = read_finance(made, kind, uses)
        except MappingUnusable:
            continue
        outcomes = Counter(row.outcome for row in found.rows)
        assert sum(outcomes.values()) == len(made.rows), f"seed {seed}"
        set_aside = {row.row for row in found.rows if row.problems and row.problems[0].fix.startswith("Nothing to do")}
        for name in AMOUNTS[kind]:
            at = FIELDS[kind].index(name)
            apart = sum(
                (counted(row.grid_row.text(at)) for row in made.rows if row.number not in set_aside), Decimal(0)
            )
            told = sum((row.pounds.get(name, Decimal(0)) for row in found.rows), Decimal(0))
            assert found.read[name] == told == apart, f"seed {seed} {name}"
        for row in found.rows:
            assert (row.outcome == "rejected") == bool(row.problems), f"seed {seed}"
            assert all(problem.reason and problem.place.row == row.row for problem in row.problems)


def test_blank_is_never_zero_and_a_doubtful_date_is_no_date():
    found = read_finance(table("payments", [["06/13/2025", "X", "", "5"], ["01/06/2025", "X", "", ""]]), "payments")
    assert [row.outcome for row in found.rows] == ["rejected", "rejected"]
    assert "there is no amount" in found.rows[1].problems[0].reason


def test_subtotals_in_words_are_no_lines():
    rows = [["Adults", "A1", "x", "2025/26", "10", ""], ["Adults", "A2", "y", "2025/26", "20", ""],
            ["Adults total", "", "", "", "30", ""], ["Leisure", "L1", "z", "2025/26", "5", ""],
            ["Grand total", "", "", "", "35", ""]]  # fmt: skip
    found = read_finance(table("budget", rows), "budget")
    assert [row.outcome for row in found.rows] == ["accepted", "accepted", "rejected", "accepted", "rejected"]
    assert (found.read["budget"], found.refused) == (Decimal(35), "")


def test_supplier_called_total_is_a_supplier():
    found = read_finance(
        table("payments", [["01/06/2025", "Total Energy", "", "5"], ["02/06/2025", "X", "", "6"]]), "payments"
    )
    assert {row.outcome for row in found.rows} == {"accepted"}


def test_year_of_words():
    assert (year_of_words("2025/26"), year_of_words("2025-26"), year_of_words("31/03/2026")) == (2025, 2025, 2025)
    assert (year_of_words("2025"), year_of_words("soon")) == (None, None)


def test_names_and_references_as_they_are_compared():
    assert plain_name("Larkhollow Kitchens Limited") == plain_name("LARKHOLLOW  kitchens ltd.")
    assert plain_name("Smith & Sons") == plain_name("Smith and Sons")
    assert plain_reference("K-1") == plain_reference("k 1")
    assert plain_reference("0021") != plain_reference("21")
    assert {plain_reference(each) for each in ("N/A", "TBC", "-", "none")} == {""}


def test_column_of_a_year_says_which():
    grid = Grid("", True, (GridRow(1, ("Service", "Budget 2024/25", "Budget 2025/26")), GridRow(2, ("Adults", "1", "2")),
                           GridRow(3, ("Parks", "3", "4"))))  # fmt: skip
    made = table_from(grid, "x.csv", known=known_headings("budget"))
    assert [(each.field, each.period) for each in propose(made, "budget")][1:] == [
        ("budget", "2024/25"),
        ("budget", "2025/26"),
    ]
    found = read_finance(made, "budget")
    assert [(record.begins, record.budget) for record in found.rows[0].records] == [(2024, 1), (2025, 2)]


@pytest.mark.parametrize(("kind", "uses", "words"), [
    ("budget", [("Directorate", "department")], "budget or the actual"),
    ("budget", [("Budget", "budget")], "what a line is for"),
    ("register", [("Supplier", "supplier")], "names the contract"),
    ("payments", [("Amount", "amount")], "needs its date"),
    ("payments", [("Amount", "amount"), ("Supplier", "amount")], "Two columns"),
    ("budget", [("Nothing", "budget")], "no column Nothing"),
])  # fmt: skip
def test_columns_that_cannot_be_read_so_are_refused_in_words(kind, uses, words):
    rows = [["01/06/2025", "X", "K", "5", "6", "7"][: len(HEADINGS[kind])]] * 3
    with pytest.raises(MappingUnusable, match=words):
        read_finance(table(kind, rows), kind, [ColumnUse(column, field) for column, field in uses])


def test_day_is_kept():
    found = read_finance(
        table("payments", [["1 June 2025", "X", "K-1", "5"], ["02/06/2025", "X", "", "6"]]), "payments"
    )
    assert found.rows[0].records[0].dated_on == dt.date(2025, 6, 1)
