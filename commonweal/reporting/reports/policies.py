"""When a newsletter may be published and sent, and when a hold is entered, ended or passed."""

from __future__ import annotations

from datetime import date

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.base.templatetags.figures import long_date
from commonweal.engine.publicity import activities
from commonweal.engine.statutory import report_of_nation
from commonweal.engine.year import FinancialYear
from commonweal.reporting.reports import queries
from commonweal.reporting.reports.models import Newsletter, Report, SensitivePeriod

#: One table of states; `docs/reference/states.md` is drawn from it.
NEWSLETTER_STATES: dict[str, tuple[str, ...]] = {"drafted": ("published", "dropped"), "published": (), "dropped": ()}
#: The same of a report of a year.
REPORT_STATES: dict[str, tuple[str, ...]] = {"drafted": ("published", "dropped"), "published": (), "dropped": ()}
#: What publishing a report is, before an election; a committee's paper is not published here.
ACTIVITY_OF = {"annual": "annual-report", "statutory": "statutory-report"}
#: Longer than this, the dates can only be a slip of the keyboard.
LONGEST_DAYS = 120
MOST_STORIES = 6


class HeldBeforeElection(NotPossible):
    """Publicity is held before an election."""

    def __init__(self, period: SensitivePeriod, activity: str) -> None:
        super().__init__(
            f"Held until {long_date(period.ends_on)}: {period.title}. {activities()[activity].because} "
            f"From {long_date(queries.first_day_after(period))} you can do it. If it cannot wait, let it through on the "
            "pre-election calendar, with the reason."
        )


def check_not_held(body: Body, *, activity: str, subject: str, on: date) -> None:
    """This will refuse publicity before an election that nobody let through; duties always pass. Raises HeldBeforeElection."""
    period = queries.holds(body, activity=activity, subject=subject, on=on)
    if period is not None:
        raise HeldBeforeElection(period, activity)


def check_period(starts_on: date, ends_on: date, source: str) -> None:
    """This will refuse a time that is reversed, too long to be one, or from nowhere."""
    if ends_on < starts_on:
        raise NotPossible("Polling day is before the first day. Change one of the two.")
    if (ends_on - starts_on).days > LONGEST_DAYS:
        raise NotPossible(f"That is more than {LONGEST_DAYS} days. Check the two dates.")
    if not source.strip():
        raise NotPossible("Say where the dates are from: the notice of election, say.")


def check_period_stands(period: SensitivePeriod) -> None:
    """This will refuse to end a time twice."""
    if period.ended_at is not None:
        raise NotPossible("This was ended already.")


def check_override(period: SensitivePeriod | None, activity: str, reason: str) -> None:
    """This will refuse to let through what nothing holds, or without a reason."""
    if period is None or activities()[activity].is_duty:
        raise NotPossible("Nothing holds this, so nothing needs to be let through.")
    if len(reason.split()) < 4:
        raise NotPossible("Say in a sentence why it cannot wait: it stays on record under your name.")


def check_step(newsletter: Newsletter, state: str) -> None:
    """This will refuse a step that the table of states does not have."""
    if state not in NEWSLETTER_STATES[newsletter.state]:
        raise NotPossible("This newsletter is published, and nothing changes it any more.")


def check_version(newsletter: Newsletter, version: int) -> None:
    """This will refuse a change to what somebody else changed meanwhile."""
    if newsletter.version != version:
        raise NotPossible(
            "Someone else changed this newsletter while you were writing, so nothing was saved. What you typed is still "
            "here: look at what it says now, and make your change again."
        )


def check_quarter(body: Body, begins_on: date, on: date) -> None:
    """This will refuse a quarter that is not over, or that has a newsletter."""
    if begins_on not in {begins for begins, _ends in queries.quarters_free(body, on, 12)}:
        raise NotPossible("Choose a quarter of the last three years that is over and has no newsletter yet.")


def check_stories(chosen: list[str], told: set[str]) -> None:
    """This will refuse stories that may not be told in a newsletter today, any twice, and too many."""
    if len(set(chosen)) != len(chosen):
        raise NotPossible("Each story stands in a newsletter once.")
    if len(chosen) > MOST_STORIES:
        raise NotPossible(f"Choose at most {MOST_STORIES} stories: more are not read.")
    if set(chosen) - told:
        raise NotPossible(
            "One of these stories may not be told in a newsletter any more: its consent ended, or it is not verified. "
            "Look at the list again."
        )


def check_may_send(newsletter: Newsletter, readers: int) -> None:
    """This will refuse to send what is not published, was sent, or would reach nobody."""
    if newsletter.state != "published":
        raise NotPossible("Publish the newsletter first. What is sent is what was published.")
    if newsletter.sent_at is not None:
        raise NotPossible("This newsletter was sent already.")
    if not readers:
        raise NotPossible("Nobody gets the newsletter yet. Add readers first.")


def check_may_add(left: bool) -> None:
    """This will refuse to add somebody who said that they want no newsletter."""
    if left:
        raise NotPossible("This person asked for no more newsletters. Only they can ask for it again.")


# --- reports of a year ----------------------------------------------------------------------------------------------


def check_report_step(report: Report, state: str) -> None:
    """This will refuse a step that the table of states does not have, and publishing a paper for a committee."""
    if state not in REPORT_STATES[report.state]:
        raise NotPossible("This report is published, and nothing changes it any more. Begin another for the same year.")
    if state == "published" and report.kind not in ACTIVITY_OF:
        raise NotPossible(
            "A report to a committee is taken away as a Word file; the committee publishes its papers itself."
        )


def check_report_version(report: Report, version: int) -> None:
    """This will refuse a change to what somebody else changed meanwhile."""
    if report.version != version:
        raise NotPossible(
            "Someone else changed this report while you were writing, so nothing was saved. What you typed is still "
            "here: look at what it says now, and make your change again."
        )


def check_may_begin(body: Body, kind: str, year: FinancialYear, on: date) -> None:
    """This will refuse a report of a year that has not begun, a second draft, and one that no law asks this body for."""
    if year.starts_on > on:
        raise NotPossible(f"{year.name} has not begun.")
    if kind == "statutory" and report_of_nation(body.nation) is None:
        raise NotPossible("No law asks a body of this nation for a report of its own. Begin an annual report instead.")
    if queries.draft_of(body, kind, year) is not None:
        raise NotPossible(f"Somebody began this report of {year.name} already. Go on with that one, or drop it first.")


def check_year_closed(year: FinancialYear, state: str) -> None:
    """This will refuse to publish a report of a year that is open: its figures still move."""
    if state == "open":
        raise NotPossible(
            f"{year.name} is not closed. Close it first, provisionally at least: what is published must not move any more."
        )


def check_words_written(missing: list[str]) -> None:
    """This will refuse to publish a report that lacks words it must have."""
    if missing:
        raise NotPossible(f"Write these first: {', '.join(missing)}. No record can say them.")
