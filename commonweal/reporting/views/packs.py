"""The review pack of an agreement: a page to print, and a PDF of one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commonweal.base.docx import DOCX_TYPE
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery import queries as delivery
from commonweal.frameworks.queries import today as current_day
from commonweal.reporting import packs

if TYPE_CHECKING:
    from commonweal.base.models import Body


def _pack(body: Body, public_id: str) -> packs.Pack:
    agreement = delivery.get_agreement(body, public_id)
    how = reverse("reporting:agreement_worth", args=[body.slug, public_id])
    return packs.review_pack(body, agreement, current_day(), how)


def review_pack_page(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show the review pack of an agreement, ready to print."""
    pack = _pack(body, public_id)
    page = reverse("delivery:agreement", args=[body.slug, public_id])
    content = {
        "pack": pack,
        "public_id": public_id,
        "labels": packs.LABELS,
        "sign_off": packs.SIGN_OFF,
        "lines": range(3),
        "page_heading": pack.title,
        "page_title": f"Review pack: {pack.title}",
        "page_caption": f"Review pack, {long_date(pack.on)}",
        "breadcrumbs": {"items": [{"text": pack.title, "href": page}, {"text": "Review pack"}]},
    }
    return render(request, "reporting/review_pack.html", content)


def review_pack_docx(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will give the review pack of an agreement as a Word file to write in."""
    pack = _pack(body, public_id)
    response = HttpResponse(packs.review_pack_docx(pack), content_type=DOCX_TYPE)
    name = f"review-pack-{public_id}-{pack.on.isoformat()}.docx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def review_pack(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will give the review pack of an agreement as a PDF of one page."""
    pack = _pack(body, public_id)
    response = HttpResponse(packs.review_pack_pdf(pack), content_type="application/pdf")
    name = f"review-pack-{public_id}-{pack.on.isoformat()}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
