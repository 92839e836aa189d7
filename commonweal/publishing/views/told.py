"""Stories and newsletters on the public site, read from what was published and told only as long as they may be."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse

from commonweal.base.templatetags.figures import page_language
from commonweal.directory.queries import today
from commonweal.publishing import presentation, queries
from commonweal.publishing.views.site import site_page
from commonweal.reporting.reports.newsletter import LANGUAGES, as_text, still_told
from commonweal.reporting.reports.newsletter import newsletter_pdf as make_newsletter_pdf

if TYPE_CHECKING:
    from commonweal.base.models import Body


def _told(page: Any) -> bool:
    """Whether the consent behind a page lasts: it ends on its day, whether or not the site was made anew since."""
    return str(page.content["until"]) >= today().isoformat()


def _story(body: Body, kind: str, key: str) -> Any:
    page = queries.get_published(body, kind, key)
    if not _told(page):
        raise Http404
    return page


def _in_language(page: Any) -> dict[str, Any]:
    """A story in the language of the page where it was written in it, whole; else in English, marked as such."""
    held = page.content
    if page_language() == "cy" and page.title_cy and held["words_cy"]:
        told_by = held["told_by_cy"] or held["told_by"]
        return {"title": page.title_cy, "words": held["words_cy"], "told_by": told_by, "lang": ""}
    lang = "en" if page_language() == "cy" else ""
    return {"title": page.title, "words": held["words"], "told_by": held["told_by"], "lang": lang}


def stories(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the stories a body tells, the newest first."""
    found = [each for each in queries.published(body, "story").order_by("-as_of", "key") if _told(each)]
    pictures = set(queries.published(body, "picture").values_list("key", flat=True))
    return site_page(
        request, body, "stories", here="stories", page=found[0] if found else None,
        stories=[(each, _in_language(each), each.key in pictures) for each in found],
        newsletters=queries.published(body, "newsletter").order_by("-as_of", "key"),
    )  # fmt: skip


def story(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will show one story, and what it is about."""
    page = _story(body, "story", key)
    agreement = page.content["agreement"]
    line = page.content["line"]
    return site_page(
        request, body, "story", here="stories", page=page, beneath=True,
        told=_in_language(page), has_picture=queries.find_published(body, "picture", key) is not None,
        parent=queries.find_published(body, "agreement", agreement["key"]) if agreement else None,
        line=queries.find_published(body, "line", line) if line else None,
    )  # fmt: skip


def story_picture(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will send the picture of a story."""
    page = _story(body, "picture", key)
    response = HttpResponse(base64.b64decode(page.content["base64"]), content_type=page.content["media_type"])
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _newsletter(body: Body, key: str) -> Any:
    """A newsletter as it may be told today: stories whose consent ended since leave it by themselves."""
    page = queries.get_published(body, "newsletter", key)
    until, on = page.content["until"], today().isoformat()
    if until is not None and until < on:
        told = {each["id"] for each in page.content["en"]["stories"] if each["until"] >= on}
        page.content = still_told(page.content, told)
    return page


def newsletters(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the newsletters a body published."""
    found = list(queries.published(body, "newsletter").order_by("-content__begins_on", "key"))
    return site_page(
        request, body, "newsletters", here="stories", page=found[0] if found else None, beneath=True, newsletters=found
    )


def newsletter(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will show one newsletter in the language of the page."""
    page = _newsletter(body, key)
    return site_page(
        request, body, "newsletter", here="stories", page=page, beneath=True, frame=page.content[page_language()],
        lang=page_language(),
    )  # fmt: skip


def newsletter_pdf(request: HttpRequest, body: Body, key: str, lang: str) -> HttpResponse:
    """This will give a newsletter as a PDF, in "en" or "cy"."""
    if lang not in LANGUAGES:
        raise Http404
    page = _newsletter(body, key)
    made = make_newsletter_pdf(
        page.content[lang], lang=lang, on=presentation.local_day(page.published_at), colour=body.colour
    )
    response = HttpResponse(made, content_type="application/pdf")
    name = f"{body.slug}-newsletter-{page.content['begins_on']}-{lang}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def newsletter_text(request: HttpRequest, body: Body, key: str, lang: str) -> HttpResponse:
    """This will give a newsletter as plain text, in "en" or "cy"."""
    if lang not in LANGUAGES:
        raise Http404
    return HttpResponse(as_text(_newsletter(body, key).content[lang]), content_type="text/plain; charset=utf-8")
