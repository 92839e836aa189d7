"""The day a demonstration is set forward to: read wherever the clock is, never set back, and never elsewhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils.timezone import get_current_timezone, localdate

from commonweal.base.day import set_day, set_day_forward, set_forward
from commonweal.base.errors import NotPossible
from commonweal.base.queries import database_now
from commonweal.directory.queries import today

NOW = datetime(2026, 11, 22, 15, 4, tzinfo=get_current_timezone())


@pytest.fixture
def demonstration(settings, tmp_path):
    settings.COMMONWEAL_DEMO, settings.VAR = True, tmp_path
    return tmp_path


@pytest.mark.usefixtures("demonstration")
def test_clock_is_the_days_own_until_one_is_set():
    assert set_day() is None
    assert set_forward(NOW) == NOW


@pytest.mark.usefixtures("demonstration")
def test_set_day_keeps_the_time_of_day():
    set_day_forward(date(2027, 4, 1), NOW.date())
    assert localdate(set_forward(NOW)) == date(2027, 4, 1)
    assert set_forward(NOW) - NOW == timedelta(days=130)


@pytest.mark.usefixtures("demonstration")
def test_day_that_the_clock_has_passed_holds_nothing_back():
    set_day_forward(date(2026, 11, 23), NOW.date())
    later = NOW + timedelta(days=10)
    assert set_forward(later) == later


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2047, 1, 1)])
def test_day_before_or_far_away_is_refused(day):
    with pytest.raises(NotPossible):
        set_day_forward(day, NOW.date())
    assert set_day() is None


def test_installation_that_is_no_demonstration_has_no_such_day(settings, tmp_path):
    settings.COMMONWEAL_DEMO, settings.VAR = False, tmp_path
    (tmp_path / "demo-day").write_text("2040-01-01\n")
    assert set_forward(NOW) == NOW
    with pytest.raises(NotPossible):
        set_day_forward(date(2040, 1, 1), NOW.date())


@pytest.mark.django_db
def test_today_and_the_database_clock_go_forward_together(demonstration):
    before = today()
    (demonstration / "demo-day").write_text(f"{before + timedelta(days=200)}\n")
    assert today() == localdate(database_now()) == before + timedelta(days=200)


@pytest.mark.django_db
def test_every_page_says_which_day_it_is(client, demonstration):
    (demonstration / "demo-day").write_text("2040-07-01\n")
    assert "This demonstration is set forward: it is 1 July 2040 here." in client.get("/").content.decode()
    (demonstration / "demo-day").unlink()
    assert "set forward" not in client.get("/").content.decode()
