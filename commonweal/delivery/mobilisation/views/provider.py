"""What a provider sees of its hand-over: what is expected of it in each quarter, and a question it may ask."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.access import ANY_PROVIDER
from commonweal.base.errors import NotPossible
from commonweal.base.queries import database_now, roles_for_party
from commonweal.base.scope import open_scope
from commonweal.base.templatetags.figures import page_language
from commonweal.delivery.due import what_is_due_from
from commonweal.delivery.mobilisation import actions, forms, queries
from commonweal.delivery.mobilisation.ical import calendar_text
from commonweal.delivery.mobilisation.views.due import (
    AHEAD_DAYS,
    FEED_AHEAD_DAYS,
    FEED_BACK_DAYS,
    by_month,
    calendar_answer,
)
from commonweal.delivery.mobilisation.views.grids import grids_of
from commonweal.delivery.policies import check_right
from commonweal.delivery.queries import get_commitment_of_party
from commonweal.delivery.views.agreements import today

if TYPE_CHECKING:
    from commonweal.base.models import Party, Person


def expected(request: HttpRequest, party: Party) -> HttpResponse:
    """This will show what every agreement expects of a provider, quarter by quarter, and what was asked and answered."""
    on = today()
    pairs = queries.agreements_to_query(party, on)
    found = [{"agreement": agreement, "rows": rows, "grids": grids_of(rows, on)} for agreement, rows in pairs]
    content = {
        "party": party, "found": found, "is_invented": any(agreement.body.is_invented for agreement, _rows in pairs),
        "page_headline": _("What is expected, and when"),
    }  # fmt: skip
    return render(request, "mobilisation/provider_expected.html", content)


def query(request: HttpRequest, party: Party, public_id: str) -> HttpResponse:
    """This will let a provider ask about one of its promises."""
    found = get_commitment_of_party(party, public_id)
    check_right(found.agreement, "answer")
    form = forms.QueryForm(request.POST if request.method == "POST" else None)
    back = reverse("mobilisation_provider:expected", args=[party.public_id])
    if request.method == "POST" and form.is_valid():
        try:
            actions.query_promise(
                by=cast("Person", request.user), commitment=found, side="provider", **form.cleaned_data
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your question is sent. The answer will stand on this page."))
            return redirect(back)
    content = {
        "form": form, "page_heading": found.wording, "page_caption": found.agreement.title, "back_url": back,
        "submit_text": _("Send"), "is_invented": found.body.is_invented,
    }  # fmt: skip
    return render(request, "base/one_thing.html", content, status=422 if form.errors else 200)


def calendar(request: HttpRequest, party: Party) -> HttpResponse:
    """This will list what a provider owes to every body, by month."""
    on = today()
    items = what_is_due_from(party, on, on + timedelta(days=AHEAD_DAYS))
    months = by_month(items, on, is_welsh=page_language() == "cy")
    link = queries.calendar_link_of(party, cast("Person", request.user))
    content = {
        "party": party, "months": months, "page_headline": _("What is due, and when"),
        "is_invented": any(each.agreement.body.is_invented for each in items),
        "address": settings.COMMONWEAL_ADDRESS
        + reverse("mobilisation_provider_feed", args=[queries.calendar_token(link)]) if link else "",
    }  # fmt: skip
    return render(request, "mobilisation/provider_calendar.html", content)


def calendar_link(request: HttpRequest, party: Party) -> HttpResponse:
    """This will make the reader's own calendar link, or end it."""
    person = cast("Person", request.user)
    if request.POST.get("end"):
        actions.end_calendar_link(by=person, party=party, person=person)
        messages.success(request, _("The link is ended. Calendars that follow it get nothing more."))
    else:
        actions.make_calendar_link(by=person, party=party)
        messages.success(
            request, _("Your link is ready. Copy it into your calendar, as a calendar from the internet.")
        )  # fmt: skip
    return redirect(reverse("mobilisation_provider:calendar", args=[party.public_id]) + "#link")


def feed(request: HttpRequest, token: str) -> HttpResponse:
    """This will give what is due from a provider behind a signed address, of what its holder may see today, as
    iCalendar; reading it changes nothing."""
    link = queries.find_calendar_link(token)
    if link is None:
        raise Http404
    with open_scope(party=link.party_id, person=link.person_id):
        # A leaver's calendar stops with their last role.
        if link.ended_at is not None or not set(ANY_PROVIDER) & roles_for_party(link.person, link.party):
            gone = _("This link is no longer open: what it was for is finished, or it was taken back.")
            return HttpResponse(gone, status=410, content_type="text/plain; charset=utf-8")
        on = today()
        items = what_is_due_from(
            link.party, on - timedelta(days=FEED_BACK_DAYS), on + timedelta(days=FEED_AHEAD_DAYS)
        )  # fmt: skip
        name = _("%(name)s: what is due") % {"name": link.party.name}
        return calendar_answer(calendar_text(name, items, at=database_now(), address=settings.COMMONWEAL_ADDRESS))
