"""Files that we failed to look into: they wait in quarantine, and whoever sent one may wonder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.timezone import localtime

from commonweal.base.govuk.listing import Column, Listing
from commonweal.base.lists import cut_page
from commonweal.base.queries import files_not_looked_into
from commonweal.base.templatetags.figures import long_date

if TYPE_CHECKING:
    from commonweal.base.models import Body

SORTS = {"sent": "stored_at"}
COLUMNS = (
    Column("name", "File"),
    Column("size", "Size", numeric=True),
    Column("by", "Sent by"),
    Column("sent", "Sent", sortable=True),
    Column("tries", "Tried", numeric=True),
    Column("why", "Why it waits"),
)


def waiting_files(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the files that we could not look into, why, and how often it was tried."""
    cut = cut_page(files_not_looked_into(body), request.GET, SORTS, default="-sent")
    rows = [
        (each.name, filesizeformat(each.size), each.stored_by.name, long_date(localtime(each.stored_at).date()),
         str(each.failed_looks), each.state_words)
        for each in cut.rows
    ]  # fmt: skip
    listing = Listing(
        caption="Files that could not be checked yet", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort,
        after=cut.after, count=f"{cut.total:,} file{'' if cut.total == 1 else 's'}",
        empty="Every file that was sent has been checked. Nothing waits here.",
    )  # fmt: skip
    crumbs = [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])}]
    content = {
        "listing": listing, "page_heading": "Files that could not be checked yet",
        "breadcrumbs": {"items": [*crumbs, {"text": "Files that could not be checked yet"}]},
    }  # fmt: skip
    return render(request, "delivery/waiting_files.html", content)
