"""What may be done with times before elections, newsletters and their readers, and reports of a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from commonweal.base.actions import end_link, make_link, post_mail, record_event
from commonweal.base.jobs import defer_job
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.directory.actions import find_or_create_contact
from commonweal.directory.queries import today
from commonweal.engine.year import FinancialYear
from commonweal.reporting.budget.queries import standing
from commonweal.reporting.queries import account
from commonweal.reporting.reports import document, drafting, policies, queries
from commonweal.reporting.reports import newsletter as writing
from commonweal.reporting.reports.models import (
    HoldOverride,
    Newsletter,
    NewsletterEdition,
    NewsletterReader,
    Report,
    ReportEdition,
    SensitivePeriod,
)
from commonweal.reporting.stories.queries import ToldStory, told_stories

#: The job that makes the public site anew; the room above registers it under this name.
REFRESH_SITE = "publishing.refresh"
USE = "newsletter"


# --- times before elections -----------------------------------------------------------------------------------------


def enter_period(*, by: Person, body: Body, title: str, starts_on: date, ends_on: date, source: str) -> SensitivePeriod:
    """This will enter a time before an election, in which publicity is held. Raises NotPossible."""
    policies.check_period(starts_on, ends_on, source)
    period = SensitivePeriod.objects.create(
        body=body, title=" ".join(title.split()), starts_on=starts_on, ends_on=ends_on, source=source.strip(),
        entered_by=by,
    )  # fmt: skip
    record_event(
        action="reports.period.entered", subject=f"reports.period:{period.public_id}", by=by, body=body,
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    return period


def end_period(*, by: Person, period: SensitivePeriod, words: str) -> SensitivePeriod:
    """This will end a time before an election: it was entered wrongly, or the election was called off."""
    held = SensitivePeriod.objects.select_for_update(of=("self",)).select_related("body").get(pk=period.pk)
    policies.check_period_stands(held)
    held.ended_at, held.ended_by, held.ended_words = database_now(), by, words.strip()
    held.save(update_fields=["ended_at", "ended_by", "ended_words"])
    record_event(action="reports.period.ended", subject=f"reports.period:{held.public_id}", by=by, body=held.body)
    defer_job(REFRESH_SITE, body=held.body, by=by)
    return held


def let_through(*, by: Person, body: Body, activity: str, subject: str, title: str, reason: str) -> HoldOverride:
    """This will let one thing through the hold of today, under a name and with a reason that stay on record."""
    period = queries.holds(body, activity=activity, subject=subject, on=today())
    policies.check_override(period, activity, reason)
    override = HoldOverride.objects.create(
        body=body, period=period, activity=activity, subject=subject, title=title[:200], reason=reason.strip(),
        decided_by=by,
    )  # fmt: skip
    record_event(action="reports.hold.overridden", subject=subject, by=by, body=body, activity=activity)
    defer_job(REFRESH_SITE, body=body, by=by)
    return override


# --- newsletters ----------------------------------------------------------------------------------------------------


def _locked(newsletter: Newsletter, version: int) -> Newsletter:
    held = Newsletter.objects.select_for_update(of=("self",)).select_related("body").get(pk=newsletter.pk)
    policies.check_version(held, version)
    return held


def _subject(newsletter: Newsletter) -> str:
    return f"reports.newsletter:{newsletter.public_id}"


def told_now(body: Body, on: date) -> list[ToldStory]:
    """This will list the stories that may stand in a newsletter on a day, but those of agreements left out."""
    without = queries.left_out(body)
    return [each for each in told_stories(body, use=USE, on=on) if each.agreement not in without]


def begin_newsletter(
    *, by: Person, body: Body, begins_on: date, opening: str, opening_cy: str = "", stories: Sequence[str] = (),
    nudges: Sequence[str] = (),
) -> Newsletter:  # fmt: skip
    """This will begin the newsletter of a quarter that is over. Raises NotPossible."""
    on = today()
    policies.check_quarter(body, begins_on, on)
    policies.check_stories(list(stories), {each.public_id for each in told_now(body, on)})
    ends_on = next(ends for begins, ends in queries.quarters_free(body, on, 12) if begins == begins_on)
    made = Newsletter.objects.create(
        body=body, begins_on=begins_on, ends_on=ends_on, opening=opening.strip(), opening_cy=opening_cy.strip(),
        stories=list(stories), nudges=list(nudges), drafted_by=by,
    )  # fmt: skip
    record_event(action="reports.newsletter.drafted", subject=_subject(made), by=by, body=body, begins_on=begins_on)
    return made


def change_newsletter(
    *, by: Person, newsletter: Newsletter, version: int, opening: str, opening_cy: str, stories: Sequence[str],
    nudges: Sequence[str],
) -> Newsletter:  # fmt: skip
    """This will choose a draft's opening, stories and reminders anew. Raises NotPossible."""
    held = _locked(newsletter, version)
    policies.check_step(held, "published")
    policies.check_stories(list(stories), {each.public_id for each in told_now(held.body, today())})
    held.opening, held.opening_cy = opening.strip(), opening_cy.strip()
    held.stories, held.nudges, held.version = list(stories), list(nudges), held.version + 1
    held.save(update_fields=["opening", "opening_cy", "stories", "nudges", "version"])
    record_event(
        action="reports.newsletter.changed", subject=_subject(held), by=by, body=held.body, stories=list(stories)
    )
    return held


def drop_newsletter(*, by: Person, newsletter: Newsletter, version: int) -> Newsletter:
    """This will drop a draft, so that its quarter is free again."""
    held = _locked(newsletter, version)
    policies.check_step(held, "dropped")
    held.state = "dropped"
    held.save(update_fields=["state"])
    record_event(action="reports.newsletter.dropped", subject=_subject(held), by=by, body=held.body)
    return held


def written(newsletter: Newsletter, on: date) -> writing.Content:
    """This will write a newsletter from the record as it stands: what publishing it on that day would freeze."""
    body = newsletter.body
    told = {each.public_id: each for each in told_now(body, on)}
    figures = writing.quarter_figures(
        account(body, on=on), newsletter.begins_on, newsletter.ends_on, licensed=queries.licensed_measures(),
        without=queries.left_out(body),
    )  # fmt: skip
    return writing.compose(
        body, begins_on=newsletter.begins_on, ends_on=newsletter.ends_on, on=on, figures=figures,
        stories=[told[each] for each in newsletter.stories if each in told], opening=newsletter.opening,
        opening_cy=newsletter.opening_cy, nudges=newsletter.nudges,
    )  # fmt: skip


def publish_newsletter(*, by: Person, newsletter: Newsletter, version: int) -> NewsletterEdition:
    """This will freeze a newsletter as it reads today and put it on the public site. Raises NotPossible.

    Held before an election; refused while it holds a story that may not be told any more.
    """
    held, on = _locked(newsletter, version), today()
    policies.check_step(held, "published")
    policies.check_not_held(held.body, activity=USE, subject=_subject(held), on=on)
    policies.check_stories(held.stories, {each.public_id for each in told_now(held.body, on)})
    content = written(held, on)
    held.state = "published"
    held.save(update_fields=["state"])
    edition = NewsletterEdition.objects.create(
        body=held.body, newsletter=held, content=content, sha256=writing.digest(content), published_by=by
    )
    record_event(
        action="reports.newsletter.published", subject=_subject(held), by=by, body=held.body, sha256=edition.sha256
    )
    defer_job(REFRESH_SITE, body=held.body, by=by)
    return edition


def send_newsletter(*, by: Person, newsletter: Newsletter) -> int:
    """This will send a published newsletter to everybody who gets it, once; answers how many. Raises NotPossible.

    What is sent is what was published, but for stories that may not be told any more.
    """
    held = _locked(newsletter, newsletter.version)
    readers, on = queries.standing_readers(held.body), today()
    policies.check_may_send(held, len(readers))
    policies.check_not_held(held.body, activity=USE, subject=_subject(held), on=on)
    edition = queries.edition_of(held)
    assert edition is not None
    content = writing.still_told(edition.content, {each.public_id for each in told_now(held.body, on)})
    texts = {lang: writing.as_text(content[lang]) for lang in writing.LANGUAGES}
    for each in readers:
        _post(by, held, each, content, texts[each.language])
    held.sent_at, held.sent_by = database_now(), by
    held.save(update_fields=["sent_at", "sent_by"])
    record_event(action="reports.newsletter.sent", subject=_subject(held), by=by, body=held.body, readers=len(readers))
    return len(readers)


def _post(by: Person, held: Newsletter, reader: NewsletterReader, content: writing.Content, text: str) -> None:
    if reader.link is None:
        reader.link = make_link(
            by=by, body=held.body, party=None, person=reader.person, purpose=queries.LEAVING,
            subject=f"reports.reader:{reader.public_id}",
        )  # fmt: skip
        reader.save(update_fields=["link"])
    with translation.override(reader.language):
        page = settings.COMMONWEAL_ADDRESS + reverse("publishing:newsletter", args=[held.body.slug, held.public_id])
        frame = content[reader.language]
        # The braces of what people wrote are not ours to fill in.
        safe = text.replace("{", "(").replace("}", ")")
        words = f"{safe}\n{_('Read it as a page, or as a PDF:')}\n{page}\n\n{_('No more newsletters:')}\n{{link}}\n"
        post_mail(
            by=by, body=held.body, to=reader.person, kind="reports.newsletter", about=_subject(held),
            subject_line=f"{frame['title']}: {frame['period']}", words=words, link=reader.link,
            link_route="newsletter_leave", alerts=by,
        )  # fmt: skip


# --- readers --------------------------------------------------------------------------------------------------------


def add_reader(
    *, by: Person, body: Body, email: str = "", name: str = "", person: Person | None = None, organisation: str = "",
    language: str = "en",
) -> NewsletterReader:  # fmt: skip
    """This will add somebody who gets the newsletter; adding them twice changes nothing. Raises NotPossible."""
    person = person or find_or_create_contact(email=email, name=name)
    held = NewsletterReader.objects.filter(body=body, person=person).first()
    if held is not None:
        policies.check_may_add(held.left_at is not None)
        return held
    reader = NewsletterReader.objects.create(
        body=body, person=person, organisation=" ".join(organisation.split()), language=language, added_by=by
    )
    record_event(
        action="reports.reader.added", subject=f"reports.reader:{reader.public_id}", by=by, body=body,
        person=person.pseudonym,
    )  # fmt: skip
    return reader


def add_contractors(*, by: Person, body: Body) -> int:
    """This will add the people of every provider of a current agreement who never got it; answers how many."""
    found = queries.contractors_not_reading(body, today())
    for person, provider in found:
        add_reader(by=by, body=body, person=person, organisation=provider, language=person.language)
    return len(found)


def leave(*, by: Person | None, reader: NewsletterReader) -> NewsletterReader:
    """This will send somebody no more newsletters; saying so twice changes nothing."""
    held = NewsletterReader.objects.select_for_update(of=("self",)).select_related("body").get(pk=reader.pk)
    if held.left_at is None:
        held.left_at = database_now()
        held.save(update_fields=["left_at"])
        record_event(action="reports.reader.left", subject=f"reports.reader:{held.public_id}", by=by, body=held.body)
        if reader.link is not None:
            end_link(by=by, link=reader.link)
    return held


# --- reports of a year ----------------------------------------------------------------------------------------------


def _subject_of(report: Report) -> str:
    return f"reports.report:{report.public_id}"


def _draft(report: Report, version: int, state: str) -> Report:
    held = Report.objects.select_for_update(of=("self",)).select_related("body").get(pk=report.pk)
    policies.check_report_step(held, state)
    policies.check_report_version(held, version)
    return held


def begin_report(*, by: Person, body: Body, kind: str, year: FinancialYear) -> Report:
    """This will begin a report of a year. Raises NotPossible."""
    policies.check_may_begin(body, kind, year, today())
    made = Report.objects.create(body=body, kind=kind, year=year.begins, drafted_by=by)
    record_event(
        action="reports.report.drafted", subject=_subject_of(made), by=by, body=body, kind=kind, year=year.slug
    )
    return made


def write_words(
    *, by: Person, report: Report, version: int, section: str, words: Mapping[str, str]
) -> Report:  # fmt: skip
    """This will save what a body says in one section, in English and Welsh. Raises NotPossible."""
    held = _draft(report, version, "dropped")
    said = {lang: words[lang].strip() for lang in document.LANGUAGES if words.get(lang, "").strip()}
    held.words = {name: each for name, each in held.words.items() if name != section} | (
        {section: said} if said else {}
    )
    held.version += 1
    held.save(update_fields=["words", "version"])
    record_event(action="reports.report.written", subject=_subject_of(held), by=by, body=held.body, section=section)
    return held


def choose_stories(*, by: Person, report: Report, version: int, stories: Sequence[str]) -> Report:
    """This will choose the stories of an annual report. Raises NotPossible."""
    held = _draft(report, version, "dropped")
    policies.check_stories(list(stories), {each.public_id for each in drafting.told_now(held.body, today())})
    held.stories, held.version = list(stories), held.version + 1
    held.save(update_fields=["stories", "version"])
    record_event(
        action="reports.report.stories_chosen", subject=_subject_of(held), by=by, body=held.body, stories=list(stories)
    )
    return held


def drop_report(*, by: Person, report: Report, version: int) -> Report:
    """This will drop a draft."""
    held = _draft(report, version, "dropped")
    held.state = "dropped"
    held.save(update_fields=["state"])
    record_event(action="reports.report.dropped", subject=_subject_of(held), by=by, body=held.body)
    return held


def publish_report(*, by: Person, report: Report, version: int) -> ReportEdition:
    """This will freeze a report as it reads today and put it on the public site. Raises NotPossible.

    Its year is closed, provisionally at least. Told by choice it is held before an election; what a law asks for is not.
    """
    held, on = _draft(report, version, "published"), today()
    policies.check_words_written(drafting.missing_words(held))
    policies.check_year_closed(drafting.year_of(held), standing(held.body, drafting.year_of(held)).state)
    policies.check_not_held(held.body, activity=policies.ACTIVITY_OF[held.kind], subject=_subject_of(held), on=on)
    policies.check_stories(held.stories, {each.public_id for each in drafting.told_now(held.body, on)})
    content = drafting.written(held, on)
    held.state = "published"
    held.save(update_fields=["state"])
    edition = ReportEdition.objects.create(
        body=held.body, report=held, content=content, sha256=document.digest(content), account=content["account"],
        published_by=by,
    )  # fmt: skip
    record_event(
        action="reports.report.published", subject=_subject_of(held), by=by, body=held.body, kind=held.kind,
        year=drafting.year_of(held).slug, sha256=edition.sha256,
    )  # fmt: skip
    defer_job(REFRESH_SITE, body=held.body, by=by)
    return edition
