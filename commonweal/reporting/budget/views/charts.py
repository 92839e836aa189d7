"""The chart of a year as a file of its own, to paste into a paper: the one its page shows, as PNG or SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse

from commonweal.base.pdf import make_png
from commonweal.reporting.budget import presentation
from commonweal.reporting.budget.views.year import Asked, year_of

if TYPE_CHECKING:
    from commonweal.base.models import Body

FORMS = {"png": "image/png", "svg": "image/svg+xml"}


def chart(request: HttpRequest, body: Body, year: str, form: str) -> HttpResponse:
    """This will give the chart that the page of a year shows under the same address, as a picture."""
    asked = Asked(request, body, year_of(year))
    split = asked.split()
    drawn = presentation.chart_of(split, asked.held) if split else None
    if drawn is None or form not in FORMS:
        raise Http404
    svg = drawn.svg()
    response = HttpResponse(make_png(svg) if form == "png" else svg, content_type=FORMS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{body.slug}-{year}-{asked.split_by}.{form}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
