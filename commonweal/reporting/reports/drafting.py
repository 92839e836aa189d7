"""A report of a year read from the record as it stands: its sections, its languages, its words, its stories."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from commonweal.engine.statutory import StatutoryReport, report_of_nation
from commonweal.engine.year import FinancialYear
from commonweal.reporting.accounts.queries import in_force, published_accounts
from commonweal.reporting.budget.queries import year_account
from commonweal.reporting.reports import annual, document, queries, statutory
from commonweal.reporting.stories.queries import ToldStory, told_stories

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.reporting.reports.models import Report

USE: Final = "annual-report"
SECTIONS: Final = {"annual": annual.ANNUAL, "committee": annual.COMMITTEE}


def law_of(report: Report) -> StatutoryReport:
    """This will give the law that asks for a report."""
    found = report_of_nation(report.body.nation)
    assert found is not None
    return found


def sections_of(report: Report) -> Sequence[annual.Section]:
    """This will list what a report is made of; each item of a law is a section."""
    if report.kind == "statutory":
        return [annual.Section(each.id, each.title, each.asks, must=each.must) for each in law_of(report).items]
    return SECTIONS[report.kind]


def languages_of(report: Report) -> tuple[str, ...]:
    """This will say in which languages a report is written."""
    if report.kind == "statutory":
        return statutory.languages_of(law_of(report))
    return ("en",) if report.kind == "committee" else document.LANGUAGES


def year_of(report: Report) -> FinancialYear:
    """This will give the year of a report."""
    return FinancialYear(report.year)


def told_now(body: Body, on: date) -> list[ToldStory]:
    """This will list the stories that an annual report may tell on a day, but those of agreements left out."""
    without = queries.left_out(body)
    return [each for each in told_stories(body, use=USE, on=on) if each.agreement not in without]


def given_for(report: Report, on: date) -> annual.Given:
    """This will read all that a report is written from, as the record stands."""
    body, year = report.body, year_of(report)
    told = {each.public_id: each for each in told_now(body, on)}
    return annual.Given(
        body=body, held=year_account(body, year), words=report.words,
        stories=[told[each] for each in report.stories if each in told], licensed=queries.licensed_measures(),
        account=in_force(published_accounts(body)).get(year.begins), kept_off=len(queries.left_out(body)),
    )  # fmt: skip


def written(report: Report, on: date, languages: Sequence[str] = ()) -> document.Content:
    """This will write a report from the record as it stands: what publishing it on that day would freeze."""
    given = given_for(report, on)
    chosen = languages or languages_of(report)
    told: document.Content = {"kind": report.kind, "year": report.year, "on": on.isoformat(), "account": given.account}
    if report.kind == "committee":
        return told | {"en": annual.committee_frame(given, on)}
    if report.kind == "statutory":
        law, without = law_of(report), queries.left_out(report.body)
        return told | {lang: statutory.statutory_frame(law, given, lang, without) for lang in chosen}
    return told | {lang: annual.annual_frame(given, lang) for lang in chosen}


def missing_words(report: Report) -> list[str]:
    """This will list the sections whose words a person must write and nobody has."""
    return [
        str(each.heading) for each in sections_of(report) if each.must and not report.words.get(each.id, {}).get("en")
    ]
