"""Periods are asked for when they are over, once; reminders go a week before, on the day and weekly, until it is sent."""

from __future__ import annotations

from datetime import date

import pytest

from commonweal.base.scope import open_scope
from commonweal.delivery.returns import actions, queries
from commonweal.delivery.returns.jobs import ask_and_remind, reminder_due
from commonweal.delivery.returns.periods import Period, period_of, periods_ended

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("every", "day", "first", "last"),
    [
        ("month", date(2026, 2, 14), date(2026, 2, 1), date(2026, 2, 28)),
        ("quarter", date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31)),
        ("quarter", date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30)),
        ("half-year", date(2027, 1, 9), date(2026, 10, 1), date(2027, 3, 31)),
        ("year", date(2027, 3, 31), date(2026, 4, 1), date(2027, 3, 31)),
    ],
)
def test_period_follows_the_financial_year(every, day, first, last):
    assert period_of(every, day) == Period(first, last)


def test_periods_are_cut_to_the_term_and_end_with_it():
    found = list(
        periods_ended(
            "quarter", first_on=date(2026, 1, 1), starts_on=date(2026, 5, 10), ends_on=date(2026, 8, 15),
            on=date(2027, 1, 1),
        )
    )  # fmt: skip
    assert found == [Period(date(2026, 5, 10), date(2026, 6, 30)), Period(date(2026, 7, 1), date(2026, 8, 15))]


def test_period_under_way_is_not_asked_for():
    given = {"first_on": date(2026, 7, 1), "starts_on": None, "ends_on": None}
    assert list(periods_ended("quarter", **given, on=date(2026, 9, 30))) == []
    assert len(list(periods_ended("quarter", **given, on=date(2026, 10, 1)))) == 1


def test_return_has_a_line_for_each_promise_and_a_letter_goes_out(desk, asked):
    assert (asked.starts_on, asked.ends_on, asked.due_on) == (date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 20))
    assert [line.commitment.wording for line in desk.lines(asked)] == ["Cookery sessions", "Local jobs", "Local food"]
    (mail,) = desk.mails("returns.asked")
    assert mail.person == desk.contact
    assert mail.alerts == desk.officer  # who learns when it comes back
    assert "{link}" in mail.words


def test_period_is_asked_for_once_however_often_it_runs(desk):
    with desk.scope():
        assert ask_and_remind(desk.body, date(2026, 10, 1)) == (1, 0)
        assert ask_and_remind(desk.body, date(2026, 10, 1)) == (0, 0)
    assert len(desk.mails("returns.asked")) == 1


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (date(2026, 10, 12), ""),
        (date(2026, 10, 13), "reminder-before"),
        (date(2026, 10, 19), "reminder-before"),
        (date(2026, 10, 20), "reminder-day"),
        (date(2026, 10, 26), "reminder-day"),
        (date(2026, 10, 27), "reminder-late-1"),
        (date(2026, 11, 10), "reminder-late-3"),
    ],
)
def test_reminder_of_a_day(on, kind):
    assert reminder_due(date(2026, 10, 20), on) == kind


def test_each_reminder_goes_once_and_they_stop_when_it_is_sent(desk, asked):
    with desk.scope():
        days = [date(2026, 10, 13), date(2026, 10, 14), date(2026, 10, 20), date(2026, 10, 27), date(2026, 10, 28)]
        sent = [ask_and_remind(desk.body, day)[1] for day in days]
        assert sent == [1, 0, 1, 1, 0]
    desk.send(asked)
    with desk.scope():
        assert ask_and_remind(desk.body, date(2026, 11, 3)) == (0, 0)


def test_nobody_is_late_on_the_day_they_are_first_asked(desk):
    found = desk.ask(on=date(2026, 11, 22))
    assert found.due_on == date(2026, 11, 29)


def test_stopped_schedule_asks_no_more(desk):
    with desk.scope():
        actions.stop_schedule(by=desk.officer, schedule=desk.schedule)
        assert ask_and_remind(desk.body, date(2027, 7, 1)) == (0, 0)


def test_somebody_named_later_is_asked_for_what_is_open(desk, asked):
    with desk.scope():
        made = actions.name_reporter(
            by=desk.officer, schedule=desk.schedule, email="sam@larkhollow.example", name="Sam"
        )
    assert desk.link(asked, made.person)
    assert [mail.person for mail in desk.mails("returns.asked")] == [desk.contact, made.person]


def test_link_of_somebody_who_reports_no_more_is_closed(desk, asked):
    with desk.scope():
        actions.end_reporter(by=desk.officer, reporter=queries.reporters_of(desk.schedule)[0])
        assert queries.standing_links(asked) == []


def test_another_bodys_returns_are_not_there(desk, asked, make_desk):
    other = make_desk()
    with open_scope(body=other.body.pk):
        assert queries.returns(other.body, queries.ReturnFilters(), date(2026, 11, 22)).count() == 0
        with pytest.raises(queries.Return.DoesNotExist):
            queries.get_return(desk.body, asked.public_id)
