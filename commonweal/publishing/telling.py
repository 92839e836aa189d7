"""Stories and newsletters as public pages: verified, consented to, and not held before an election.

A story that was public before an election stays; a new one waits until it is over, unless an officer let it through. A
newsletter is shown as it was published, but for the stories that may not be told any more. No person is in either.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from commonweal.base.files import read_stored
from commonweal.base.queries import get_stored_file
from commonweal.directory.queries import places_by_code
from commonweal.engine.publicity import activities
from commonweal.publishing.pages import Page
from commonweal.publishing.queries import kept_back, published
from commonweal.reporting.reports import document
from commonweal.reporting.reports.newsletter import still_told
from commonweal.reporting.reports.queries import (
    leaves_out,
    let_through,
    period_on,
    published_editions,
    published_reports,
)
from commonweal.reporting.stories.queries import ToldStory, told_stories

if TYPE_CHECKING:
    from commonweal.base.models import Body

SITE, NEWSLETTER, REPORT = "public-site", "newsletter", "annual-report"


@leaves_out
def _kept_back(body: Body) -> list[str]:
    return [each.agreement for each in kept_back(body)]


def story_pages(body: Body, *, on: date, without: Collection[str]) -> Iterator[Page]:
    """This will write a page for every story that may be told on the public site on a day, and one for its picture."""
    found = [each for each in told_stories(body, use=SITE, on=on) if each.agreement not in without]
    period = None if activities()["story"].is_duty else period_on(body, on)
    if period is not None:
        public = set(published(body, "story").values_list("key", flat=True))
        through = let_through(period, "story")
        found = [each for each in found if each.public_id in public or f"stories.story:{each.public_id}" in through]
    places = places_by_code({each.place_code for each in found if each.place_code})
    for each in found:
        yield Page("story", each.public_id, each.title, each.title_cy, each.verified_at, _story(each, places))
        if each.picture:
            yield _picture(each)


def _story(each: ToldStory, places: Any) -> dict[str, Any]:
    place = places.get(each.place_code)
    return {
        "words": each.words, "words_cy": each.words_cy, "told_by": each.told_by, "told_by_cy": each.told_by_cy,
        "agreement": {"key": each.agreement, "title": each.agreement_title} if each.agreement else None,
        "provider": each.provider, "line": each.promise,
        "place": {"code": place.code, "name": place.name, "name_cy": place.name_cy} if place else None,
        "happened_on": each.happened_on.isoformat() if each.happened_on else None, "until": each.until.isoformat(),
        "picture_words": each.picture_words if each.picture else "",
    }  # fmt: skip


def _picture(each: ToldStory) -> Page:
    """The picture as it was kept: checked, and without where and when it was taken."""
    file = get_stored_file(each.picture)
    held = base64.b64encode(read_stored(file.place)).decode()
    content = {"media_type": file.media_type, "base64": held, "until": each.until.isoformat()}
    return Page("picture", each.public_id, each.picture_words or each.title, "", each.verified_at, content)


def newsletter_pages(body: Body, *, on: date, without: Collection[str]) -> Iterator[Page]:
    """This will write a page for every published newsletter, without the stories that may not be told any more."""
    told = {each.public_id for each in told_stories(body, use=NEWSLETTER, on=on) if each.agreement not in without}
    for edition in published_editions(body):
        content = still_told(edition.content, told) | {"sha256": edition.sha256}
        until = [each["until"] for each in content["en"]["stories"]]
        content["until"] = min(until) if until else None
        yield Page(
            "newsletter", edition.newsletter.public_id, f"{content['en']['title']}: {content['en']['period']}",
            f"{content['cy']['title']}: {content['cy']['period']}", edition.published_at, content,
        )  # fmt: skip


def report_pages(body: Body, *, on: date, without: Collection[str]) -> Iterator[Page]:
    """This will write a page for every published report of a year, without the stories that may not be told any more."""
    told = {each.public_id for each in told_stories(body, use=REPORT, on=on) if each.agreement not in without}
    latest: set[tuple[str, int]] = set()
    for edition in published_reports(body):
        of = (edition.report.kind, edition.report.year)
        content = document.still_told(edition.content, told) | {"sha256": edition.sha256, "replaced": of in latest}
        latest.add(of)
        until = [each["until"] for each in document.stories_in(content)]
        content["until"] = min(until) if until else None
        yield Page("report", edition.report.public_id, document.name_of(content["en"]),
                   document.name_of(content["cy"]) if "cy" in content else "", edition.published_at, content)  # fmt: skip
