"""What a contract performance notice (UK9) says of an agreement: a page to check, and the same as OCDS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from commonweal.delivery.queries import get_agreement
from commonweal.delivery.reviews import notices, queries
from commonweal.delivery.reviews.views.ratings import period_words
from commonweal.delivery.reviews.views.reviews import crumbs
from commonweal.engine.kpis import scale

if TYPE_CHECKING:
    from commonweal.base.models import Body


def notice(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show, field by field, what the notice would say, and what is missing."""
    found = get_agreement(body, public_id)
    kpis, ratings = queries.kpis_of(found), queries.locked_ratings(found)
    fields = notices.fields(found, kpis, ratings, queries.kpi_duty(found, kpis))
    words = scale()
    waiting = [each for each in queries.ratings_of(found) if each.state not in queries.LOCKED]
    content = {
        "agreement": found, "fields": fields, "missing": [each.label for each in fields if each.missing],
        "ratings": [{"rating": each, "told": words[each.rating], "period": period_words(each)} for each in ratings],
        "waiting": len(waiting), "extensions": notices.EXTENSIONS,
        "page_heading": "Contract performance notice (UK9)", "page_caption": found.title,
        "breadcrumbs": crumbs(body, found, "Contract performance notice"),
    }  # fmt: skip
    return render(request, "reviews/notice.html", content)


def notice_json(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will give the notice's data as an OCDS release, with locked ratings alone."""
    found = get_agreement(body, public_id)
    kpis = queries.kpis_of(found)
    release = notices.release(found, kpis, queries.locked_ratings(found), queries.kpi_duty(found, kpis))
    response = HttpResponse(notices.written(release), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="uk9-{public_id}.json"'
    return response
