"""What is read of times before elections, newsletters and their readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from commonweal.base.models import Body, Link, Person
from commonweal.delivery.queries import live_agreements
from commonweal.directory.queries import people_of_party
from commonweal.engine.publicity import activities
from commonweal.engine.year import FinancialYear
from commonweal.frameworks.models import Measure
from commonweal.reporting.reports.models import (
    HoldOverride,
    Newsletter,
    NewsletterEdition,
    NewsletterReader,
    Report,
    ReportEdition,
    SensitivePeriod,
)

#: The purpose of the link by which somebody stops the newsletter.
LEAVING = "reports.newsletter-leave"
LeavesOut = Callable[[Body], Iterable[str]]
_left_out: list[LeavesOut] = []


def leaves_out(function: LeavesOut) -> LeavesOut:
    """This will register who says which agreements (by outward id) stay out of what is told: a room above does."""
    _left_out.append(function)
    return function


def left_out(body: Body) -> frozenset[str]:
    """This will list the agreements that stay out of what is told, by outward id."""
    return frozenset(each for function in _left_out for each in function(body))


# --- times before elections -----------------------------------------------------------------------------------------


def periods(body: Body) -> list[SensitivePeriod]:
    """This will list the times before elections of a body, the latest first, with what was let through each."""
    found = SensitivePeriod.objects.filter(body=body).select_related("entered_by__key_held", "ended_by__key_held")
    return list(found.prefetch_related("overrides__decided_by__key_held"))


def get_period(body: Body, public_id: str) -> SensitivePeriod:
    """This will find a time before an election; raises SensitivePeriod.DoesNotExist."""
    return SensitivePeriod.objects.select_related("body").get(body=body, public_id=public_id)


def period_on(body: Body, on: date) -> SensitivePeriod | None:
    """This will find the time before an election that a day lies in: where two overlap, the one that ends last."""
    found = SensitivePeriod.objects.filter(body=body, starts_on__lte=on, ends_on__gte=on, ended_at__isnull=True)
    return found.order_by("-ends_on").first()


def next_period(body: Body, on: date) -> SensitivePeriod | None:
    """This will find the next time before an election that has not begun, or nothing."""
    found = SensitivePeriod.objects.filter(body=body, starts_on__gt=on, ended_at__isnull=True)
    return found.order_by("starts_on").first()


def holds(body: Body, *, activity: str, subject: str, on: date) -> SensitivePeriod | None:
    """This will say what holds something back on a day; None for a duty, for what was let through, and on other days.

    `activity` is one of `engine.publicity.activities`, `subject` "room.thing:public id". Needs the body's scope.
    """
    if activities()[activity].is_duty:
        return None
    period = period_on(body, on)
    if period is None:
        return None
    through = HoldOverride.objects.filter(period=period, activity=activity, subject=subject).exists()
    return None if through else period


def let_through(period: SensitivePeriod, activity: str) -> frozenset[str]:
    """This will list the subjects of one kind that were let through a hold."""
    found = HoldOverride.objects.filter(period=period, activity=activity)
    return frozenset(found.values_list("subject", flat=True))


def first_day_after(period: SensitivePeriod) -> date:
    """This will give the day on which what is held goes on by itself or may be done."""
    return period.ends_on + timedelta(days=1)


# --- newsletters ----------------------------------------------------------------------------------------------------


def newsletters(body: Body) -> QuerySet[Newsletter]:
    """This will list a body's newsletters, the latest quarter first."""
    found = Newsletter.objects.filter(body=body).exclude(state="dropped")
    return found.select_related("body", "edition__published_by__key_held", "drafted_by__key_held")


def get_newsletter(body: Body, public_id: str) -> Newsletter:
    """This will find a newsletter that was not dropped; raises Newsletter.DoesNotExist."""
    return newsletters(body).get(public_id=public_id)


def edition_of(newsletter: Newsletter) -> NewsletterEdition | None:
    """This will find what a newsletter said when it was published, or nothing."""
    return NewsletterEdition.objects.filter(newsletter=newsletter).select_related("published_by__key_held").first()


def published_editions(body: Body) -> list[NewsletterEdition]:
    """This will list the published editions of a body, the latest quarter first."""
    found = NewsletterEdition.objects.filter(body=body).select_related("newsletter")
    return list(found.order_by("-newsletter__begins_on", "-id"))


def licensed_measures() -> frozenset[str]:
    """This will list the measures that are licensed and not for publication, by outward id."""
    return frozenset(Measure.objects.filter(is_private=True).values_list("public_id", flat=True))


def quarters_free(body: Body, on: date, number: int = 6) -> list[tuple[date, date]]:
    """This will list the last quarters that are over and have no newsletter yet, the latest first."""
    taken = set(newsletters(body).values_list("begins_on", flat=True))
    found, month, year = [], (on.month - 1) // 3 * 3 + 1, on.year
    for _step in range(number):
        ends = date(year, month, 1) - timedelta(days=1)
        begins = date(ends.year, ends.month - 2, 1)
        if begins not in taken:
            found.append((begins, ends))
        month, year = begins.month, begins.year
    return found


# --- readers --------------------------------------------------------------------------------------------------------


def readers(body: Body) -> list[NewsletterReader]:
    """This will list everybody who gets or got the newsletter, those who left last."""
    found = NewsletterReader.objects.filter(body=body).select_related("body", "person__key_held", "link__body")
    return sorted(found, key=lambda each: (each.left_at is not None, each.organisation.casefold(), each.pk))


def standing_readers(body: Body) -> list[NewsletterReader]:
    """This will list those who get the newsletter now."""
    return [each for each in readers(body) if each.left_at is None]


def get_reader(body: Body, public_id: str) -> NewsletterReader:
    """This will find a reader; raises NewsletterReader.DoesNotExist."""
    return NewsletterReader.objects.select_related("body", "person__key_held", "link__body").get(
        body=body, public_id=public_id
    )


def reader_of_link(link: Link) -> NewsletterReader:
    """This will find whom a link lets leave, in the scope the link opened."""
    return NewsletterReader.objects.select_related("body", "person__key_held", "link__body").get(
        body=link.body, link=link
    )


def contractors_not_reading(body: Body, on: date) -> list[tuple[Person, str]]:
    """This will list the people of the providers of current agreements who never got the newsletter: (person, provider)."""
    known = set(NewsletterReader.objects.filter(body=body).values_list("person_id", flat=True))
    found: dict[int, tuple[Person, str]] = {}
    current = live_agreements(body).filter(state="current", provider__isnull=False)
    parties: dict[Any, Any] = {each.party_id: each for each in current.select_related("provider__party")}
    for agreement in parties.values():
        for person, _roles in people_of_party(agreement.provider.party):
            if person.pk not in known:
                found.setdefault(person.pk, (person, agreement.provider.name))
    return sorted(found.values(), key=lambda each: (each[1].casefold(), each[0].pk))


def published_day(edition: NewsletterEdition) -> date:
    """This will give the day an edition was published, as people here count days."""
    return localtime(edition.published_at).date()


# --- reports of a year ----------------------------------------------------------------------------------------------


def reports(body: Body) -> QuerySet[Report]:
    """This will list a body's reports that were not dropped, the latest year first."""
    found = Report.objects.filter(body=body).exclude(state="dropped")
    return found.select_related("body", "edition__published_by__key_held", "drafted_by__key_held")


def get_report(body: Body, public_id: str) -> Report:
    """This will find a report that was not dropped; raises Report.DoesNotExist."""
    return reports(body).get(public_id=public_id)


def draft_of(body: Body, kind: str, year: FinancialYear) -> Report | None:
    """This will find the draft of a kind for a year, or nothing."""
    return Report.objects.filter(body=body, kind=kind, year=year.begins, state="drafted").first()


def report_edition_of(report: Report) -> ReportEdition | None:
    """This will find what a report said when it was published, or nothing."""
    return ReportEdition.objects.filter(report=report).select_related("published_by__key_held").first()


def published_reports(body: Body) -> list[ReportEdition]:
    """This will list the published reports of a body: the latest year first, and of one year the latest."""
    found = ReportEdition.objects.filter(body=body).select_related("report")
    return list(found.order_by("-report__year", "-id"))
