"""What changed between two valuations: the engine's four parts, shown so that they add to the penny."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_council import DAY
from read_pages import rows_of, words

from commonweal.base.templatetags.figures import money
from commonweal.engine.changed import what_changed
from commonweal.engine.lines import Line
from commonweal.engine.presentation import rounded
from commonweal.engine.value import value
from commonweal.frameworks.queries import get_edition
from commonweal.reporting.changes import apportioned

ONE, TWO = "made-reporting@1.0", "made-reporting@2.0"
PENNY = Decimal("0.01")


def line(
    measure: str, quantity: str, start: date = date(2026, 4, 1), end: date = date(2027, 3, 31), row: int = 1
) -> Line:
    """This will make a line apart from the record."""
    return Line(measure=measure, quantity=Decimal(quantity), start=start, end=end, row=row)


@pytest.fixture
def record(council: Any) -> Any:
    """Promises and what was claimed of them in two quarters, with quantities whose pennies do not come out even."""
    council.home = council.agreement("Home care")
    wages = council.promise("wage", "3.333333", council.home, wording="Care wages")
    health = council.promise("health", "7.777777", council.home, wording="Healthier people")
    council.promise("waste", "10", council.home)
    council.entry(wages, "0.333333", starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30))
    council.entry(wages, "0.5", starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))
    council.entry(health, "1.234567", starts_on=date(2026, 7, 1), ends_on=date(2026, 9, 30))
    return council


def adds_up(rows: list[dict[str, str]]) -> None:
    """This will hold every total to its parts and every part to its measures, to the penny."""
    names = ("Framework before", "Framework after", "Kind of value", "Direction", "Level", "Price year before",
             "Price year after")  # fmt: skip
    for total in (row for row in rows if row["Row"] == "total" and row["Before (£)"]):
        own = [row for row in rows if all(row[name] == total[name] for name in names)]
        parts = {row["Part"]: Decimal(row["Change (£)"]) for row in own if row["Row"] == "part"}
        assert list(parts) == ["Volume", "Edition", "Method", "Price"]
        assert sum(parts.values()) == Decimal(total["Change (£)"])
        assert Decimal(total["Before (£)"]) + sum(parts.values()) == Decimal(total["After (£)"])
        for name, amount in parts.items():
            measures = [Decimal(row["Change (£)"]) for row in own if (row["Row"], row["Part"]) == ("measure", name)]
            assert sum(measures) == amount


def parts_of(
    rows: list[dict[str, str]], kind: str, level: str = "gross", before: str = "2024", after: str = "2024"
) -> dict[str, Decimal]:
    """This will give the parts of a total by name, from the prices of one year to those of another."""
    return {
        row["Part"]: Decimal(row["Change (£)"])
        for row in rows
        if (row["Row"], row["Kind of value"], row["Level"], row["Direction"]) == ("part", kind, level, "benefit")
        and (row["Price year before"], row["Price year after"]) == (before, after)
    }


def test_promised_to_claimed_is_volume_alone_and_adds_up(record: Any, read: Callable[..., str]) -> None:
    rows = rows_of(read("worth/changes/export/csv/"))
    adds_up(rows)
    before = value([line("wage", "3.333333")], get_edition(ONE), as_of=DAY).totals[0].amount
    after = value([line("wage", "0.333333"), line("wage", "0.5", row=2)], get_edition(ONE), as_of=DAY).totals[0].amount
    [total] = [row for row in rows if (row["Row"], row["Kind of value"]) == ("total", "economic")]
    assert Decimal(total["Before (£)"]) == rounded(before).central
    assert Decimal(total["After (£)"]) == rounded(after).central
    change = Decimal(total["After (£)"]) - Decimal(total["Before (£)"])
    assert parts_of(rows, "economic") == {"Volume": change, "Edition": 0, "Method": 0, "Price": 0}
    page = words(read("worth/changes/"))
    assert f"Economic value, gross, falls by {money(-change)}, all of it by volume" in page
    assert "Wage: " in page
    assert "Care wages : 3.333333 units" in page
    assert "Care wages : 0.5 units" in page


def test_two_editions_two_days_and_two_price_years_are_told_apart(record: Any, read: Callable[..., str]) -> None:
    address = (
        f"from_stage=claimed&to_stage=claimed&from_by=2026-06-30&from_edition={ONE}&to_edition={TWO}&to_prices=2020"
    )
    rows = rows_of(read(f"worth/changes/export/csv/?{address}"))
    adds_up(rows)
    entries = [
        line("wage", "0.333333", date(2026, 4, 1), date(2026, 6, 30)),
        line("wage", "0.5", date(2026, 7, 1), date(2026, 9, 30), 2),
        line("health", "1.234567", date(2026, 7, 1), date(2026, 9, 30), 3),
    ]
    change = what_changed(
        value(entries[:1], get_edition(ONE), as_of=date(2026, 6, 30)),
        value(entries, get_edition(TWO), as_of=DAY, price_year="2020"),
    )
    for total in change.totals:
        stream = total.stream
        shown = parts_of(rows, stream.kind, stream.level, total.price_before, total.price_after)
        for part in total.parts:
            assert part.amount.central is not None
            assert abs(shown[part.name.capitalize()] - part.amount.central) <= 2 * PENNY
    assert parts_of(rows, "economic", after="2020")["Edition"] > 0
    page = words(read(f"worth/changes/?{address}"))
    assert "From: Claimed by 30 June 2026, Made measures 1.0. To: Claimed, Made measures 2.0, in 2020 prices." in page


def cells_of(page: str) -> list[dict[str, Decimal]]:
    """This will read the table of totals: each row's amounts by their headings, nothing where a part moved it not."""
    [table] = re.findall(
        r'<table class="govuk-table cw-listing__table".*?</table>', page.split("cw-chart")[0], re.DOTALL
    )
    found = re.findall(r'<tr[^>]*><th scope="row".*?</tr>', table, re.DOTALL)
    return [
        {name: Decimal(words(cell).replace("−", "-").strip("+–").replace("£", "").replace(",", "") or 0)
         for name, cell in re.findall(r'data-label="([^"]+)"[^>]*>(.*?)</td>', row)}
        for row in found
    ]  # fmt: skip


def test_the_table_of_totals_adds_up_and_folds_the_parts_that_change_nothing(
    record: Any, read: Callable[..., str]
) -> None:
    page = read("worth/changes/")
    rows = cells_of(page)
    assert len(rows) == 4
    for row in rows:
        assert list(row) == ["Promised", "Volume", "Claimed", "Difference"]
        assert row["Claimed"] - row["Promised"] == row["Volume"] == row["Difference"] != 0
    assert "3 parts of four change nothing: edition, method and price" in words(page)
    address = f"worth/changes/?from_stage=claimed&to_stage=claimed&from_edition={ONE}&to_edition={TWO}&to_prices=2020"
    page = read(address)
    rows = cells_of(page)
    assert rows
    for row in rows:
        before, *parts, after, difference = row.values()
        assert after - before == difference == sum(parts)
        assert {"Edition", "Price"} <= set(row)
        assert "Volume" not in row
    exported = rows_of(read(address.replace("changes/", "changes/export/csv/")))
    assert {row["Part"] for row in exported if row["Row"] == "part"} == {"Volume", "Edition", "Method", "Price"}


def test_what_had_come_by_a_day_leaves_later_deliveries_out(record: Any, read: Callable[..., str]) -> None:
    rows = rows_of(
        read("worth/changes/export/csv/?from_stage=claimed&from_by=2026-06-30&to_stage=claimed&to_by=2026-09-30")
    )
    [total] = [row for row in rows if (row["Row"], row["Kind of value"]) == ("total", "economic")]
    assert Decimal(total["Before (£)"]) == Decimal("411.52")  # 0.333333 at £1,234.567
    assert Decimal(total["After (£)"]) == Decimal("1028.81")
    welfare = [row for row in rows if (row["Row"], row["Kind of value"], row["Level"]) == ("total", "welfare", "net")]
    assert Decimal(welfare[0]["Before (£)"]) == 0


def test_the_same_twice_says_nothing_changed(record: Any, read: Callable[..., str]) -> None:
    page = words(read("worth/changes/?from_stage=claimed&to_stage=claimed"))
    assert "Nothing changed between the two." in page
    assert "Unchanged Economic value, gross, 2024 prices: £1,028.81" in page
    assert "of it by" not in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from_edition=tomorrow@1", "From: choose a framework from the list."),
        ("to_by=2026-02-30", "To: choose the day from the list."),
        ("to_prices=2999", "To: choose the year of the prices from the list."),
        ("from_stage=hoped", "From: choose the stage from the list."),
    ],
)
def test_what_is_no_choice_is_told_at_the_head(record: Any, read: Callable[..., str], query: str, said: str) -> None:
    page = words(read(f"worth/changes/?{query}"))
    assert f"There is a problem {said}" in page
    assert "Mend what is said above to see what changed." in page
    read(f"worth/changes/export/csv/?{query}", status=404)


def test_a_named_framework_against_several_of_its_own_is_asked_about(record: Any, read: Callable[..., str]) -> None:
    read(f"worth/changes/?to_edition={TWO}")
    record.promise("wage", "1", record.home, version="2.0")
    page = words(read(f"worth/changes/?to_edition={TWO}"))
    assert "There is a problem What is promised is under 2 frameworks." in page
    assert "5 totals changed." in words(read("worth/changes/"))


def test_an_agreement_compares_its_own_lines(record: Any, read: Callable[..., str]) -> None:
    other = record.agreement("Roads")
    record.promise("wage", "100", other, wording="Road wages")
    page = words(read(f"agreements/{record.home.public_id}/worth/changes/"))
    assert "Care wages" in page
    assert "Road wages" not in page
    adds_up(rows_of(read(f"agreements/{record.home.public_id}/worth/changes/export/csv/")))


def test_a_range_moves_at_both_ends_and_is_not_drawn(council: Any, read: Callable[..., str]) -> None:
    promise = council.promise("lifetime", "10")
    council.entry(promise, "4")
    page = words(read("worth/changes/"))
    assert "Welfare value, gross, published as a range" in page
    assert "−£6.67 to −£13.33" in page
    [total] = [row for row in rows_of(read("worth/changes/export/csv/")) if row["Row"] == "total"]
    assert (total["Low of the change (£)"], total["High of the change (£)"]) == ("-6.67", "-13.33")


def test_nothing_on_record_is_said(council: Any, read: Callable[..., str]) -> None:
    assert "Nothing is recorded here yet to compare." in words(read("worth/changes/"))


AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=9)


@given(
    parts=st.lists(AMOUNTS, min_size=1, max_size=8),
    off=st.sampled_from([Decimal("-0.009"), Decimal(0), Decimal("0.009")]),
)
def test_parts_add_to_any_whole_within_a_penny_of_their_sum_and_stay_near(parts: list[Decimal], off: Decimal) -> None:
    whole = (sum(parts, Decimal(0)) + off).quantize(PENNY)
    shown = apportioned(parts, whole)
    assert sum(shown) == whole
    assert all(abs(one - other) <= 3 * PENNY for one, other in zip(parts, shown, strict=True))
