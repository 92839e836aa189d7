"""Who gets the newsletter, and the page by which somebody stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.links import LinkEnded, body_of_link, opened
from commonweal.base.templatetags.figures import own_name
from commonweal.directory.queries import today
from commonweal.reporting.reports import actions, forms, queries
from commonweal.reporting.reports.views.newsletters import crumbs, form_page, may

if TYPE_CHECKING:
    from commonweal.base.models import Body


def readers(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list who gets the newsletter, who said no more, and which contractors never got it."""
    found = queries.readers(body)
    content = {
        "readers": found, "standing": sum(each.left_at is None for each in found),
        "others": queries.contractors_not_reading(body, today()), "may": may(request, "reader_add"),
        "page_heading": "Who gets the newsletter", "breadcrumbs": crumbs(body, "Who gets it"),
        "exports": [(words, reverse("reports:readers_export", args=[body.slug, words.lower()])) for words in ("CSV", "XLSX")],
    }  # fmt: skip
    return render(request, "reports/readers.html", content)


def export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the list of readers as CSV or Excel, without their addresses."""
    rows = [
        (each.person.name, each.organisation, each.get_language_display(), localtime(each.added_at).date(),
         localtime(each.left_at).date() if each.left_at else None)
        for each in queries.readers(body)
    ]  # fmt: skip
    headings = ("Name", "Organisation", "Language", "Added", "Asked for no more")
    return export_response(form, name=f"{body.slug}-newsletter-readers", headings=headings, rows=rows)


def add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will add somebody who gets the newsletter."""
    form = forms.ReaderForm(request.POST or None)
    back = reverse("reports:readers", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_reader(by=request.user, body=body, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, "They get the next newsletter, with a link to stop it.")
            return redirect(back)
    return form_page(request, form, "Add somebody", back, "Add them")


def add_contractors(request: HttpRequest, body: Body) -> HttpResponse:
    """This will add the people of every contractor who never got it."""
    number = actions.add_contractors(by=request.user, body=body)  # type: ignore[arg-type]
    messages.success(request, f"{number} {'person gets' if number == 1 else 'people get'} the next newsletter too.")
    return redirect("reports:readers", body.slug)


def leave(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will send somebody no more newsletters, as they asked the body."""
    found = queries.get_reader(body, public_id)
    actions.leave(by=request.user, reader=found)  # type: ignore[arg-type]
    messages.success(request, f"{found.person.name} gets no more newsletters.")
    return redirect("reports:readers", body.slug)


def leave_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """This will stop the newsletter for whoever holds the link. Opening the page changes nothing."""
    try:
        with opened(token, queries.LEAVING) as link:
            found = queries.reader_of_link(link)
            request.body_of_page = found.body  # type: ignore[attr-defined]
            content = {"body": own_name(found.body), "is_invented": found.body.is_invented}
            if request.method == "POST":
                actions.leave(by=found.person, reader=found)
                content |= {"done": True, "page_heading": _("You get no more newsletters")}
            else:
                content |= {"page_heading": _("No more newsletters?")}
            return render(request, "reports/leave.html", content)
    except LinkEnded:
        body = body_of_link(token, queries.LEAVING)
        request.body_of_page = body  # type: ignore[attr-defined]
        content = {
            "done": True,
            "body": own_name(body) if body else "",
            "page_heading": _("You get no more newsletters"),
        }
        return render(request, "reports/leave.html", content, status=410)
