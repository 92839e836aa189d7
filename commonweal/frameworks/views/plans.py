"""The plan on a page: as it would be published today, and the versions that were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from commonweal.base.errors import NotPossible
from commonweal.frameworks import actions, queries
from commonweal.frameworks.pdf import plan_pdf as make_plan_pdf
from commonweal.frameworks.plan import LANGUAGES, PlanPage, objectives_in, untranslated
from commonweal.frameworks.views.pages import me, page

if TYPE_CHECKING:
    from commonweal.base.models import Body


def _language(lang: str) -> str:
    if lang not in LANGUAGES:
        raise Http404
    return lang


def plan(request: HttpRequest, body: Body, status: int = 200, refusal: str = "") -> HttpResponse:
    """This will show the plan as it would be published today, and the versions that were."""
    lang = _language(request.GET.get("lang", "en"))
    today = queries.today()
    content = queries.draft_content(body, today)
    latest = queries.latest_plan(body)
    return page(
        request, "plan", "plan", status=status, page_heading="Plan on a page",
        plan=queries.read_plan(content, lang, on=today), lang=lang, languages=LANGUAGES,
        objectives=objectives_in(content), untranslated=untranslated(content),
        versions=queries.plan_versions(body), is_published=latest is not None and latest.content == content,
        refusals=[{"text": refusal}] if refusal else [],
    )  # fmt: skip


def plan_publish(request: HttpRequest, body: Body) -> HttpResponse:
    """This will publish the plan as the body's next version."""
    try:
        held = actions.publish_plan(body=body, by=me(request))
    except NotPossible as error:
        return plan(request, body, status=422, refusal=str(error))
    messages.success(request, f"Version {held.version} of the plan is published.")
    return redirect("frameworks:plan_version", body.slug, held.version)


def plan_version(request: HttpRequest, body: Body, version: int) -> HttpResponse:
    """This will show a published version of the plan."""
    lang = _language(request.GET.get("lang", "en"))
    held = queries.get_plan_version(body, version)
    return page(
        request, "plan_version", "plan", page_heading=f"Plan on a page, version {version}", held=held, lang=lang,
        plan=queries.read_version(held, lang), languages=LANGUAGES,

    )  # fmt: skip


def _as_pdf(page: PlanPage, name: str) -> HttpResponse:
    response = HttpResponse(make_plan_pdf(page), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def plan_draft_pdf(request: HttpRequest, body: Body, lang: str) -> HttpResponse:
    """This will give the plan as it would be published today, as a PDF."""
    today = queries.today()
    draft = queries.read_plan(queries.draft_content(body, today), _language(lang), on=today)
    return _as_pdf(draft, f"{body.slug}-plan-draft-{lang}")


def plan_pdf(request: HttpRequest, body: Body, version: int, lang: str) -> HttpResponse:
    """This will give a published version of the plan as a PDF."""
    held = queries.get_plan_version(body, version)
    return _as_pdf(queries.read_version(held, _language(lang)), f"{body.slug}-plan-{version}-{lang}")
