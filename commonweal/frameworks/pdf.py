"""The plan on a page as a PDF: one A4 sheet, in the largest type in which it fits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from commonweal.base.govuk.colour import darkened_until_readable, hexadecimal, read_colour
from commonweal.base.pdf import PdfTooLong, make_pdf
from commonweal.frameworks.plan import PlanPage

#: Sizes of type that are tried, in points; anything smaller is not read on paper.
SIZES: Final = ("13", "12", "11", "10.5", "10", "9.5", "9")


def plan_pdf(page: PlanPage) -> bytes:
    """This will make the PDF of a plan in its language; in the smallest type it takes as many pages as it needs."""
    for size in SIZES:
        try:
            return _make(page, size, pages=1)
        except PdfTooLong:
            continue
    return _make(page, SIZES[-1], pages=None)


def _make(page: PlanPage, size: str, pages: int | None) -> bytes:
    words = page.words_of_page
    content: dict[str, Any] = asdict(page) | {
        "labels": {name: words[name] for name in ("counts_towards", "people", "measured_by")},
        "banner": words["invented"] if page.is_invented else "",
        "size": size,
    }
    for name in ("words_of_page", "on"):
        del content[name]
    readable = hexadecimal(darkened_until_readable(read_colour(page.colour)))  # headings are written in it
    return make_pdf(
        "plan", content, lang=page.lang, title=page.title.text, author=page.body_name.text, on=page.on,
        colour=readable, pages=pages,
    )  # fmt: skip
