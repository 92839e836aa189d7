"""Which year a promise and a delivery belong to, and how a closed year stays as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commonweal.delivery import actions
from commonweal.engine.year import FinancialYear
from commonweal.reporting.models import Close, Elimination
from commonweal.reporting.queries import account, worth
from commonweal.reporting.record.queries import closings
from commonweal.reporting.years import Closings, Pace, Period

D = Decimal
LAST, THIS, NEXT = FinancialYear(2025), FinancialYear(2026), FinancialYear(2027)


def _at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


# --- rules, without a database ----------------------------------------------------------------------------------------


def test_delivery_belongs_to_the_year_its_period_ends_in() -> None:
    held = Closings()
    assert held.year_of(date(2026, 3, 31), _at(2026, 9, 1), date(2026, 9, 1)) == LAST
    assert held.year_of(date(2026, 4, 1), _at(2026, 9, 1), date(2026, 9, 1)) == THIS
    assert held.year_of(None, _at(2026, 9, 1), date(2026, 9, 1)) == THIS


def test_closed_year_takes_nothing_more_and_the_late_goes_to_the_first_open_year() -> None:
    held = Closings({LAST: _at(2026, 6, 12)})
    march = date(2026, 3, 31)
    assert held.year_of(march, _at(2026, 5, 20), date(2026, 5, 20)) == LAST
    assert held.year_of(march, _at(2026, 7, 1), date(2026, 7, 1)) == THIS
    both = Closings({LAST: _at(2026, 6, 12), THIS: _at(2027, 3, 31)})
    assert both.year_of(march, _at(2027, 3, 31) + timedelta(hours=1), date(2027, 3, 31)) == NEXT


def test_promise_brings_to_each_year_what_falls_due_in_it() -> None:
    pace = Pace(D(288), date(2026, 1, 1), date(2026, 12, 31))
    parts = [Period(year, Closings()).due(pace) for year in (LAST.previous, LAST, THIS, NEXT)]
    assert parts == [0, D("71.013699"), D("216.986301"), 0]
    assert Period(THIS, Closings(), is_before=True).due(pace) == D("71.013699")


@given(
    promised=st.decimals(min_value=0, max_value=10**9, places=6),
    starts=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(0, 4000),
)
def test_parts_of_a_promise_over_its_years_sum_to_it(promised: Decimal, starts: date, days: int) -> None:
    pace = Pace(promised, starts, starts + timedelta(days))
    years = [FinancialYear(begins) for begins in range(2019, 2042)]
    parts = [Period(year, Closings()).due(pace) for year in years]
    assert sum(parts) == promised
    assert min(parts) >= 0


# --- an account of a year ---------------------------------------------------------------------------------------------


def _counted(council: Any, what: str, **asked: Any) -> Decimal:
    year = asked.get("year") or asked.get("before")
    found = worth(council.body, what=what, on=year.ends_on, **asked)  # type: ignore[arg-type]
    return sum((line.counted for line in found.lines), D(0))


def _close(council: Any, year: FinancialYear, kind: str = "final") -> None:
    Close.objects.create(body=council.body, year=year.begins, kind=kind, closed_by=council.officer)


def test_account_of_a_year_holds_what_fell_due_and_was_delivered_in_it(council: Any) -> None:
    deal = council.agreement(starts_on=date(2025, 4, 1), ends_on=date(2027, 3, 31))
    promise = council.promise("wage", "730", deal)
    council.entry(promise, "5", starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31))
    council.entry(promise, "7", starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30))
    assert [_counted(council, "promised", year=year) for year in (LAST, THIS, NEXT)] == [365, 365, 0]
    assert [_counted(council, "claimed", year=year) for year in (LAST, THIS, NEXT)] == [5, 7, 0]
    assert (_counted(council, "promised", before=THIS), _counted(council, "claimed", before=THIS)) == (365, 5)
    (line,) = worth(council.body, what="promised", on=LAST.ends_on, year=LAST).lines
    assert (line.starts_on, line.ends_on) == (LAST.starts_on, LAST.ends_on)


def test_year_follows_the_agreed_profile_and_a_revision(council: Any) -> None:
    deal = council.agreement(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    promise = council.promise("wage", "10", deal)
    from commonweal.delivery.models import Profile, ProfilePart

    profile = Profile.objects.create(
        body=council.body, party=promise.party, commitment=promise, version=1, agreed_on=date(2026, 1, 1),
        agreed_by=council.officer,
    )  # fmt: skip
    for first, last, quantity in ((date(2026, 1, 1), LAST.ends_on, "9"), (THIS.starts_on, date(2026, 6, 30), "1")):
        ProfilePart.objects.create(
            body=council.body, party=promise.party, profile=profile, starts_on=first, ends_on=last, quantity=quantity
        )
    assert [_counted(council, "promised", year=year) for year in (LAST, THIS)] == [9, 1]


def test_closed_year_stays_as_it_was_and_what_comes_late_counts_in_the_open_one(council: Any) -> None:
    deal = council.agreement(starts_on=date(2025, 4, 1), ends_on=date(2027, 3, 31))
    promise = council.promise("wage", "730", deal)
    march = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 3, 31)}
    held = council.entry(promise, "5", **march)
    council.accept(held, "4")
    taken_back = council.entry(promise, "3", **march)
    _close(council, LAST)
    before = account(council.body, on=LAST.ends_on, year=LAST)
    actions.reverse_entry(by=council.officer, entry=taken_back, reason="Told twice")
    council.assure(held, "4")
    council.entry(promise, "2", **march)
    council.promise("wage", "100", deal)
    after = account(council.body, on=LAST.ends_on, year=LAST)
    assert before.worths == after.worths
    assert _counted(council, "claimed", year=LAST) == 8
    assert _counted(council, "assured", year=LAST) == 0
    (late,) = worth(council.body, what="claimed", on=THIS.ends_on, year=THIS).lines
    assert (late.counted, late.late_for) == (2, "2025/26")


def test_year_that_is_opened_again_is_live(council: Any) -> None:
    promise = council.promise("wage", "10", council.agreement(starts_on=date(2025, 4, 1), ends_on=date(2026, 3, 31)))
    _close(council, LAST)
    council.entry(promise, "2", starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31))
    assert _counted(council, "claimed", year=LAST) == 0
    _close(council, LAST, "reopened")
    assert closings(council.body).final == {}
    assert _counted(council, "claimed", year=LAST) == 2


def test_provisional_close_still_takes_late_returns(council: Any) -> None:
    promise = council.promise("wage", "10", council.agreement(starts_on=date(2025, 4, 1), ends_on=date(2026, 3, 31)))
    _close(council, LAST, "provisional")
    council.entry(promise, "2", starts_on=date(2026, 1, 1), ends_on=date(2026, 3, 31))
    assert _counted(council, "claimed", year=LAST) == 2


# --- one effect, two departments --------------------------------------------------------------------------------------


def test_effect_that_two_departments_tell_counts_once_for_the_body_and_in_each_of_them(council: Any) -> None:
    parks, works = council.department("Parks"), council.department("Works")
    one = council.promise("wage", "10", council.agreement("Benches", department=parks))
    two = council.promise("wage", "10", council.agreement("Paths", department=works))
    mine, theirs = council.entry(one, "4"), council.entry(two, "4")
    Elimination.objects.create(
        body=council.body,
        left_out=two.public_id,
        kept=one.public_id,
        reason="The same crew",
        decided_by=council.officer,
    )

    def valued(**asked: Any) -> set[str]:
        found = worth(council.body, what="claimed", on=THIS.ends_on, year=THIS, **asked)
        return {line.public_id for line in found.lines if line.in_totals}

    assert valued() == {mine.public_id}
    assert valued(department=works.public_id) == {theirs.public_id}
    assert valued(department=parks.public_id) == {mine.public_id}
