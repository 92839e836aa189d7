"""The plan on a page as a PDF."""

from __future__ import annotations

from commonweal.base.pdf import make_pdf
from commonweal.frameworks.plan import PlanPage


def plan_pdf(page: PlanPage) -> bytes:
    return make_pdf("plan", {}, lang=page.lang)


def pages_in(pdf: bytes) -> int:
    return 1
