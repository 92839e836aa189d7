"""Reports of a year on the public site, read from what was published; their stories are told only as long as they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse

from commonweal.base.templatetags.figures import page_language
from commonweal.directory.queries import today
from commonweal.publishing import presentation, queries
from commonweal.publishing.views.site import site_page
from commonweal.reporting.reports import document

if TYPE_CHECKING:
    from commonweal.base.models import Body


def _report(body: Body, key: str) -> Any:
    """A report as it may be told today: stories whose consent ended since leave it by themselves."""
    page = queries.get_published(body, "report", key)
    until, on = page.content["until"], today().isoformat()
    if until is not None and until < on:
        told = {each["id"] for each in document.stories_in(page.content) if each["until"] >= on}
        page.content = document.still_told(page.content, told)
    return page


def reports(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the reports a body published, the latest year first."""
    found = list(queries.published(body, "report").order_by("-content__year", "-as_of", "key"))
    return site_page(request, body, "reports", here="reports", page=found[0] if found else None, reports=found)


def report(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will show one report in the language of the page; in English, marked as such, where it has no other."""
    page = _report(body, key)
    lang = page_language() if page_language() in page.content else "en"
    return site_page(
        request, body, "report", here="reports", page=page, beneath=True, frame=document.shown(page.content[lang]),
        of_language=lang, lang="" if lang == page_language() else lang,
    )  # fmt: skip


def report_pdf(request: HttpRequest, body: Body, key: str, lang: str) -> HttpResponse:
    """This will give a report as a PDF, in "en" or "cy"."""
    page = _report(body, key)
    if lang not in document.LANGUAGES or lang not in page.content:
        raise Http404
    on = presentation.local_day(page.published_at)
    response = HttpResponse(
        document.report_pdf(page.content[lang], lang=lang, on=on, colour=body.colour), content_type="application/pdf"
    )
    name = f"{body.slug}-{page.content['kind']}-report-{page.content['year']}-{lang}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
