"""The workbook: taken, filled in where people work, brought back, looked at, and kept in the drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.errors import NotPossible
from commonweal.base.exports import FORMATS
from commonweal.base.files import UnusableFile
from commonweal.delivery.policies import check_right
from commonweal.delivery.queries import limited_to
from commonweal.delivery.returns import actions, forms, policies, queries, workbooks
from commonweal.delivery.returns.views.report import caption
from commonweal.directory.queries import today
from commonweal.sources.tables import TableError

if TYPE_CHECKING:
    from commonweal.base.models import Party
    from commonweal.delivery.returns.views.desk import Desk


def _writable(desk_part: Any, found: Any) -> list[Any]:
    return [row for row in queries.line_rows(found, today(), desk_part) if not row.hidden]


def _of_all(party: Party) -> list[Any]:
    keys = limited_to("report")
    mine = [found for found in queries.returns_due(party) if keys is None or found.agreement_id in keys]
    return [row for found in mine for row in _writable(None, found)]


def _download(rows: Sequence[Any], name: str) -> HttpResponse:
    response = HttpResponse(workbooks.write_workbook(rows, name=name), content_type=FORMATS["xlsx"])
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)[:60]
    response.headers["Content-Disposition"] = f'attachment; filename="report-{safe}-{today()}.xlsx"'
    return response


def _upload(request: HttpRequest, rows: Sequence[Any], holder: str, content: dict[str, Any]) -> HttpResponse:
    form = forms.WorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            read = workbooks.read_workbook(upload.name, upload.read(), rows)
        except TableError as error:
            form.add_error("file", str(error))
        except (NotPossible, UnusableFile) as error:
            form.add_error("file", str(error))
        else:
            counts = {each: sum(row.outcome == each for row in read) for each in ("accepted", "unchanged", "rejected")}
            shown = {"read": read, "counts": counts, "packed": workbooks.packed(read, holder), "name": upload.name,
                     "page_heading": _("What we read")}  # fmt: skip
            return render(request, "returns/preview.html", content | shown)
    page = {"form": form, "page_heading": _("Bring the workbook back"), "submit_text": _("Read it")}
    return render(request, "base/one_thing.html", content | page, status=422 if form.errors else 200)


def _keep(request: HttpRequest, rows: Sequence[Any], holder: str, part: Any, person: Any) -> None:
    kept = workbooks.unpacked(request.POST.get("packed", ""), holder)
    number, refused = actions.keep_answers(by=person, rows=rows, read=kept, part=part)
    words = ngettext("One line is kept as a draft.", "%(count)d lines are kept as drafts.", number) % {"count": number}
    messages.success(request, f"{words} {_('Nothing is sent yet.')}")
    for reason in refused:
        messages.warning(request, reason)


def workbook(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will give the lines of one return as a workbook."""
    check_right(desk.found.agreement, "report")
    policies.check_open(desk.found)
    return _download(_writable(desk.part, desk.found), desk.found.agreement.title)


def upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will read a filled-in workbook of one return and show what it says."""
    check_right(desk.found.agreement, "report")
    policies.check_open(desk.found)
    content = desk.frame(
        back_url=desk.to("report"), caption=caption(desk), page_caption=caption(desk), keep=desk.to("keep"),
        again=desk.to("upload"),
    )  # fmt: skip
    return _upload(request, _writable(desk.part, desk.found), _holder(desk), content)


def _holder(desk: Desk) -> str:
    return f"{desk.found.public_id} {desk.person.pseudonym} {desk.part.public_id if desk.part else ''}"


def keep(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will keep in the drafts what a preview showed."""
    check_right(desk.found.agreement, "report")
    try:
        _keep(request, _writable(desk.part, desk.found), _holder(desk), desk.part, desk.person)
    except NotPossible as error:
        messages.warning(request, str(error))
        return redirect(desk.to("upload"))
    return redirect(desk.to("report"))


def workbook_of_all(request: HttpRequest, party: Party) -> HttpResponse:
    """This will give everything a provider has to report, of all bodies, as one workbook."""
    return _download(_of_all(party), party.name)


def upload_of_all(request: HttpRequest, party: Party) -> HttpResponse:
    """This will read a filled-in workbook of everything and show what it says."""
    content = {
        "back_url": reverse("returns_provider:due", args=[party.public_id]), "page_caption": party.name,
        "caption": party.name, "keep": reverse("returns_provider:keep_of_all", args=[party.public_id]),
        "again": reverse("returns_provider:upload_of_all", args=[party.public_id]),
    }  # fmt: skip
    return _upload(request, _of_all(party), f"{party.public_id} {request.user.pseudonym}", content)  # type: ignore[union-attr]


def keep_of_all(request: HttpRequest, party: Party) -> HttpResponse:
    """This will keep in the drafts of all returns what a preview showed."""
    by: Any = request.user
    try:
        _keep(request, _of_all(party), f"{party.public_id} {by.pseudonym}", None, by)
    except NotPossible as error:
        messages.warning(request, str(error))
        return redirect("returns_provider:upload_of_all", party.public_id)
    return redirect("returns_provider:due", party.public_id)
