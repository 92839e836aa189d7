"""Working days by nation, against the rules by which bank holidays fall."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from commonweal.engine.document import CATALOGUE, read_document, schema_findings
from commonweal.engine.working_days import HolidaysUnknown, _holidays, after_working_days, is_working_day


def easter(year: int) -> date:
    """The Gregorian computus of Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def monday(year: int, month: int, last: bool = False) -> date:
    if last:
        day = date(year, month + 1, 1) - timedelta(days=1)
        return day - timedelta(days=day.weekday())
    day = date(year, month, 1)
    return day + timedelta(days=-day.weekday() % 7)


def moved(days: list[date]) -> set[date]:
    """Fixed holidays, each that falls on a weekend moved to the next weekday that is none already."""
    found: set[date] = {each for each in days if each.weekday() < 5}
    for each in days:
        if each.weekday() > 4:
            while each.weekday() > 4 or each in found:
                each += timedelta(days=1)
            found.add(each)
    return found


@pytest.mark.parametrize("year", range(2025, 2029))
@pytest.mark.parametrize("nation", ["england", "wales", "scotland", "northern-ireland"])
def test_listed_days_follow_the_rules_of_each_nation(nation, year):
    sunday = easter(year)
    expected = {sunday - timedelta(days=2), monday(year, 5), monday(year, 5, last=True)}
    expected |= moved([date(year, 12, 25), date(year, 12, 26)])
    if nation == "scotland":
        expected |= moved([date(year, 1, 1), date(year, 1, 2)]) | moved([date(year, 11, 30)]) | {monday(year, 8)}
        expected |= {date(2026, 6, 15)} if year == 2026 else set()  # proclaimed for the football World Cup
    else:
        expected |= moved([date(year, 1, 1)]) | {sunday + timedelta(days=1), monday(year, 8, last=True)}
    if nation == "northern-ireland":
        expected |= moved([date(year, 3, 17)]) | moved([date(year, 7, 12)])
    assert {each for each in _holidays(nation) if each.year == year} == expected


def test_list_fits_its_schema():
    held = read_document(CATALOGUE / "holidays" / "bank-holidays.yaml")
    assert schema_findings(held, "holidays") == []


@pytest.mark.parametrize(
    ("nation", "from_day", "until"),
    [
        ("england", date(2026, 11, 23), date(2026, 12, 8)),
        ("scotland", date(2026, 11, 23), date(2026, 12, 9)),  # St Andrew's Day lies between
        ("england", date(2026, 12, 18), date(2027, 1, 7)),  # Christmas, its substitute day and New Year
        ("england", date(2026, 3, 28), date(2026, 4, 15)),  # begins on a Saturday; Good Friday and Easter Monday
        ("scotland", date(2026, 3, 28), date(2026, 4, 14)),  # Easter Monday is a working day there
    ],
)
def test_ten_working_days_end_before_the_day(nation, from_day, until):
    assert after_working_days(from_day, 10, nation) == until


def test_day_beyond_the_list_is_not_guessed():
    with pytest.raises(HolidaysUnknown, match="2031"):
        is_working_day(date(2031, 5, 5), "england")
