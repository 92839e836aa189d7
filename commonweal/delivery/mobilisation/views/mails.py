"""The outbox: every mail with what became of it, and those that came back sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localtime

from commonweal.base.actions import post_again
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.queries import get_mail
from commonweal.base.queries import mails as mails_of
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.mobilisation import forms
from commonweal.delivery.mobilisation.vocabulary import MAIL_COLOURS, MAIL_STATES

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

SORTS = {"queued": "queued_at", "sent": "sent_at"}
COLUMNS = (
    Column("subject", "Mail"),
    Column("to", "To"),
    Column("queued", "Put in the outbox", sortable=True),
    Column("state", "What became of it"),
    Column("again", "Send again"),
)


def _filters(request: HttpRequest) -> tuple[forms.MailFilters, dict[str, str]]:
    form = forms.MailFilters(request.GET)
    return form, form.cleaned_data if form.is_valid() else {}


def mails(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list a body's mails, the latest first."""
    form, wanted = _filters(request)
    cut = cut_page(mails_of(body, **wanted), request.GET, SORTS, default="-queued")
    shown: list[Any] = cut.rows
    rows = [
        (
            each.subject_line,
            each.person.name,
            f"{long_date(localtime(each.queued_at).date())}, {localtime(each.queued_at):%H:%M}",
            render_to_string("mobilisation/_mail_state.html", {
                "mail": each, "words": dict(MAIL_STATES).get(each.state, each.state),
                "colour": MAIL_COLOURS.get(each.state, "grey"),
            }),
            render_to_string("mobilisation/_mail_again.html", {"mail": each, "page_body": body}, request)
            if each.state in ("refused", "returned") else "",
        )
        for each in shown
    ]  # fmt: skip
    export = {
        words: reverse("mobilisation:mails_export", args=[body.slug, name])
        for words, name in (("CSV", "csv"), ("Excel", "xlsx"))
    }
    listing = Listing(
        caption="Mails", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} mail{'' if cut.total == 1 else 's'}", filters=form, exports=export,
        empty="No mail was put in the outbox yet. Requests and reminders appear here with what became of each.",
    )  # fmt: skip
    came_back = mails_of(body).filter(state__in=("refused", "returned")).count()
    content = {
        "listing": listing, "came_back": came_back, "page_heading": "Mails",
        "breadcrumbs": {"items": [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
                                  {"text": "Mails"}]},
    }  # fmt: skip
    return render(request, "mobilisation/mails.html", content)


def mails_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write the mails shown, all pages of them, as a file; the words of each stay here."""
    _form, wanted = _filters(request)
    found: Any = in_order(mails_of(body, **wanted), request.GET.get("sort", ""), SORTS, "-queued")
    states = dict(MAIL_STATES)
    return export_response(
        form, name=f"mails-{body.slug}",
        headings=["Mail", "To", "About", "Put in the outbox", "State", "Sent at", "What came back", "Tells"],
        rows=((each.subject_line, each.person.name, each.about, each.queued_at, states.get(each.state, each.state),
               each.sent_at, each.reason, each.alerts.name if each.alerts else "") for each in found),
        about=[("Body", body.name), ("What", "The mails shown on the page, in its order")],
    )  # fmt: skip


def mail_again(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will send a mail that came back once more."""
    found = get_mail(public_id)
    try:
        post_again(by=cast("Person", request.user), mail=found)
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The mail to {found.person.name} is in the outbox again.")
    return redirect("mobilisation:mails", body.slug)
