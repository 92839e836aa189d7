"""Financial years: 1 April to 31 March."""

from __future__ import annotations

from datetime import date

import pytest

from commonweal.engine.year import FinancialYear, YearUnknown


def test_year_of_a_day_turns_on_the_first_of_april() -> None:
    assert FinancialYear.of(date(2026, 3, 31)) == FinancialYear(2025)
    assert FinancialYear.of(date(2026, 4, 1)) == FinancialYear(2026)


def test_year_names_itself_and_is_read_back() -> None:
    year = FinancialYear(2025)
    assert (year.name, year.slug) == ("2025/26", "2025-26")
    assert FinancialYear.parse("2025-26") == FinancialYear.parse(" 2025/26 ") == year
    assert (year.starts_on, year.ends_on) == (date(2025, 4, 1), date(2026, 3, 31))
    assert FinancialYear(1999).slug == "1999-00"
    assert year.previous.next == year


def test_year_holds_both_its_ends_and_no_unknown_day() -> None:
    year = FinancialYear(2025)
    assert year.holds(year.starts_on)
    assert year.holds(year.ends_on)
    assert not year.holds(date(2026, 4, 1))
    assert not year.holds(None)


@pytest.mark.parametrize("words", ["2025-27", "2025", "25-26", "", "2025-26-27", "1899-00", "९०२५-26", "2025 -26"])
def test_year_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(YearUnknown):
        FinancialYear.parse(words)
