"""Returns as the body sees them: the list, one return with its letters and links, and what the body answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.components import render as component
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.queries import link_token, links_about, mails_about
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.queries import get_agreement, promise_table
from commonweal.delivery.returns import actions, forms, queries
from commonweal.delivery.returns.letters import period_words
from commonweal.delivery.returns.overlaps import paid_and_counted
from commonweal.delivery.returns.views.agreement import crumbs, may, state_tag
from commonweal.delivery.returns.views.report import promised_words, told_words
from commonweal.delivery.views.agreements import thread_of
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Body

SORTS = {"agreement": "agreement__title", "provider": "agreement__provider__name", "period": "ends_on", "due": "due_on",
         "state": "state"}  # fmt: skip
COLUMNS = (
    Column("agreement", "Return", sortable=True),
    Column("provider", "Provider", sortable=True),
    Column("due", "Due", sortable=True),
    Column("lines", "Lines answered"),
    Column("state", "State", sortable=True),
)
LETTERS = {
    "returns.asked": "Asked", "returns.reminder": "Reminder by hand", "returns.reminder-before": "Reminder a week before",
    "returns.reminder-day": "Reminder on the day", "returns.changes": "Change asked for",
    "returns.passed-on": "Passed on to them",
}  # fmt: skip
MAIL_STATES = {"waiting": "waits to be sent", "sent": "sent", "refused": "came back", "returned": "came back"}


def _filters(request: HttpRequest) -> tuple[forms.FilterForm, queries.ReturnFilters]:
    form = forms.FilterForm(request.GET)
    return form, queries.ReturnFilters(**(form.cleaned_data if form.is_valid() else {}))


def returns(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the body's returns, narrowed and ordered by the address."""
    form, filters = _filters(request)
    cut = cut_page(queries.returns(body, filters, today()), request.GET, SORTS, default="due")
    rows = [
        (
            Link(f"{each.agreement.title}, {period_words(each)}",
                 reverse("returns:return_page", args=[body.slug, each.public_id])),
            each.agreement.provider.name if each.agreement.provider else "–",
            long_date(each.due_on), f"{each.answered_count} of {each.line_count}",  # type: ignore[attr-defined]
            component("tag", state_tag(each)),
        )
        for each in cut.rows
    ]  # fmt: skip
    export = {words: reverse("returns:returns_export", args=[body.slug, kind])
              for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))}  # fmt: skip
    listing = Listing(
        caption="Returns", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} return{'' if cut.total == 1 else 's'}", filters=form, exports=export,
        empty="No returns yet. Open an agreement and agree how often it is reported on; the rest goes by itself.",
        empty_action=Link("See the agreements", reverse("delivery:agreements", args=[body.slug])),
    )  # fmt: skip
    content = {"listing": listing, "page_heading": "Returns"}
    return render(request, "returns/returns.html", content)


def returns_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write the returns shown, all pages of them, as a file."""
    _, filters = _filters(request)
    found = in_order(queries.returns(body, filters, today()), request.GET.get("sort", ""), SORTS, "due")
    return export_response(
        form, name=f"returns-{body.slug}",
        headings=["Reference", "Agreement", "Provider", "From", "Until", "Due on", "State", "Lines", "Answered",
                  "Sent on", "Signed off on", "Reference here"],
        rows=((each.agreement.reference, each.agreement.title,
               each.agreement.provider.name if each.agreement.provider else "", each.starts_on, each.ends_on,
               each.due_on, state_tag(each)["text"], each.line_count, each.answered_count,  # type: ignore[attr-defined]
               _day(each.sent_at), _day(each.signed_off_at), each.public_id) for each in found),
        about=[("Body", body.name), ("What", "The returns shown on the page, in its order")],
    )  # fmt: skip


def _day(moment: Any) -> Any:
    return timezone.localtime(moment).date() if moment else None


def _letter(mail: Any) -> dict[str, Any]:
    kind = LETTERS.get(mail.kind) or "Reminder after the day"
    return {"kind": kind, "mail": mail, "state": MAIL_STATES.get(mail.state, mail.state),
            "back": mail.state in ("refused", "returned")}  # fmt: skip


def return_page(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one return: every line with its answer, who was asked and when, and who holds which link."""
    found = queries.get_return(body, public_id)
    agreement = get_agreement(body, found.agreement.public_id)
    parts = {part.link_id: part for part in queries.parts_of(found)}
    sent = queries.last_sent(found)
    lines = queries.line_rows(found, today())
    twice = paid_and_counted(lines)
    rows = [{"row": row, "told": told_words(row), "promised": promised_words(row), "twice": twice.get(row.line.pk),
             "entry": sent[row.line.pk].entry if row.line.pk in sent else None}
            for row in lines]  # fmt: skip
    standing = {link.pk for link in queries.standing_links(found)}
    links = [
        {"link": link, "part": parts.get(link.pk), "stands": link.pk in standing,
         "address": _address(request, link) if link.pk in standing else ""}
        for link in links_about(body, queries.about(found))
    ]  # fmt: skip
    manages = may(request, "sign_off")
    content = {
        "found": found, "agreement": agreement, "rows": rows, "links": links, "tag": state_tag(found), "may": manages,
        "letters": [_letter(mail) for mail in mails_about(body, queries.about(found))],
        "can_remind": manages and found.state in queries.WITH_PROVIDER, "period": period_words(found),
        "can_answer": manages and found.state == "sent", "own": found.sent_by_id == request.user.pk,
        "thread": thread_of(agreement, promise_table(agreement, today()), "promise"),
        "page_heading": f"Return for {period_words(found)}", "page_caption": agreement.title,
        "breadcrumbs": crumbs(
            body, agreement, ("Returns", reverse("returns:agreement", args=[body.slug, agreement.public_id])),
            (period_words(found), ""),
        ),
    }  # fmt: skip
    return render(request, "returns/return.html", content)


def _address(request: HttpRequest, link: Any) -> str:
    # Where mail is sent, a link is its holder's alone; where none is, whoever manages hands it over.
    if settings.COMMONWEAL_MAIL_SERVER or not may(request, "link_end"):
        return ""
    return request.build_absolute_uri(reverse("returns_link:report", args=[link_token(link)]))


def _done(request: HttpRequest, body: Body, public_id: str, act: Any, words: str) -> HttpResponse:
    found = queries.get_return(body, public_id)
    try:
        act(found)
    except NotPossible as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, words)
    return redirect("returns:return_page", body.slug, public_id)


def remind(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will remind whoever reports, now."""
    by: Any = request.user
    return _done(
        request, body, public_id, lambda found: actions.remind(by=by, found=found), "The reminder is on its way."
    )


def sign_off(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will sign a return off."""
    by: Any = request.user
    words = "Signed off. The links are closed, and the deliveries wait for their evidence to be accepted."
    return _done(request, body, public_id, lambda found: actions.sign_off(by=by, found=found), words)


def changes(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will ask for changes, in words that the provider reads."""
    found = queries.get_return(body, public_id)
    back = reverse("returns:return_page", args=[body.slug, public_id])
    form = forms.ChangesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_for_changes(by=request.user, found=found, words=form.cleaned_data["words"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The provider is told, and the return is open again.")
            return redirect(back)
    content = {"form": form, "page_heading": "Ask for a change", "back_url": back, "submit_text": "Ask for it",
               "page_lead": f"{found.agreement.title}, {period_words(found)}"}  # fmt: skip
    return render(request, "delivery/form.html", content, status=422 if form.errors else 200)


def link_end(request: HttpRequest, body: Body, public_id: str, link: str) -> HttpResponse:
    """This will take a link back."""
    found = queries.get_return(body, public_id)
    held = next((each for each in links_about(body, queries.about(found)) if each.public_id == link), None)
    if held is None:
        raise Http404
    by: Any = request.user
    words = f"The link of {held.person.name} opens no more."
    return _done(request, body, public_id, lambda found: actions.end_a_link(by=by, found=found, link=held), words)
