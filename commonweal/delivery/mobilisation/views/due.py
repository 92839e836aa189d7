"""What is due and when: a list by month with small pictures of the months, a file, and a calendar to subscribe to."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from commonweal.base.actions import end_link, make_link
from commonweal.base.exports import export_response
from commonweal.base.links import LinkEnded, link_state, opened
from commonweal.base.queries import database_now, link_token, links_about, roles_in_body, staff_of
from commonweal.base.templatetags.figures import long_date
from commonweal.base.welsh import MONTHS_CY, MONTHS_EN
from commonweal.delivery.due import Due, what_is_due
from commonweal.delivery.mobilisation import forms, queries
from commonweal.delivery.mobilisation.ical import calendar_text
from commonweal.delivery.views.agreements import today
from commonweal.directory.queries import organisations

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

PURPOSE: Final = "mobilisation.calendar"
#: How far a page looks ahead, and a calendar back and ahead.
AHEAD_DAYS: Final = 365
FEED_BACK_DAYS, FEED_AHEAD_DAYS = 92, 731
PICTURES: Final = 3
KIND_WORDS: Final = {
    "quarter": "Quarter ends", "promise": "Promise due", "agreement": "Agreement ends", "extension": "Decision",
    "return": "Report due",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the calendar: its name, what is due in it, and its weeks as a picture (day, how many things)."""

    first: date
    items: tuple[Due, ...]
    weeks: tuple[tuple[tuple[int, int], ...], ...] = ()
    is_welsh: bool = False

    @property
    def name(self) -> str:
        """ "November 2026"."""
        names = MONTHS_CY if self.is_welsh else MONTHS_EN
        return f"{names[self.first.month - 1]} {self.first.year}"


def by_month(items: Iterable[Due], on: date, *, is_welsh: bool = False) -> list[Month]:
    """This will put what is due under its months; the first three that have something are drawn as pictures."""
    found: dict[date, list[Due]] = {}
    for each in items:
        found.setdefault(each.on.replace(day=1), []).append(each)
    months = []
    for number, (first, held) in enumerate(sorted(found.items())):
        weeks = _weeks(first, held) if number < PICTURES else ()
        months.append(Month(first, tuple(held), weeks, is_welsh))
    return months


def _weeks(first: date, items: Sequence[Due]) -> tuple[tuple[tuple[int, int], ...], ...]:
    counts: dict[int, int] = {}
    for each in items:
        counts[each.on.day] = counts.get(each.on.day, 0) + 1
    weeks = Calendar().monthdayscalendar(first.year, first.month)
    return tuple(tuple((day, counts.get(day, 0)) for day in week) for week in weeks)


def whose(
    request: HttpRequest, body: Body, form: type[forms.WhoseForm] = forms.WhoseForm, **options: Any
) -> tuple[Any, dict[str, str]]:
    """This will give the form that narrows a page to an owner or a provider, and what it narrows to."""
    owners = [(person.public_id, person.name) for person, _roles in staff_of(body)]
    providers = [(each.public_id, each.name) for each in organisations(body).order_by("name")]
    made = form(request.GET, owners=owners, providers=providers, **options)
    chosen = made.cleaned_data if made.is_valid() else {}
    wanted = {name: chosen.get(name, "") for name in ("owner", "provider")}
    return made, wanted | {"agreement": request.GET.get("agreement", "")[:20]}


def _due(body: Body, wanted: dict[str, str], on: date) -> tuple[list[Any], list[Due]]:
    found: list[Any] = list(queries.current_agreements(body, **wanted))
    return found, what_is_due(found, on, on + timedelta(days=AHEAD_DAYS))


def calendar(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list what is due in the year ahead, of the whole body or of what it is narrowed to."""
    form, wanted = whose(request, body)
    agreements, items = _due(body, wanted, today())
    one = agreements[0] if wanted["agreement"] and agreements else None
    content = {
        "form": form,
        "months": by_month(items, today()),
        "count": len(items),
        "one": one,
        "query": request.GET.urlencode(),
        "is_filtered": any(wanted.values()),
        "any_agreement": queries.current_agreements(body).exists(),
        "links": [_link_shown(request, body, kind) for kind in ("own", "all")],
        "kinds": KIND_WORDS,
        "until": today() + timedelta(days=AHEAD_DAYS),
        "page_heading": f"What is due of {one.title}" if one else "What is due",
        "breadcrumbs": {"items": [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
                                  {"text": "What is due"}]},
    }  # fmt: skip
    return render(request, "mobilisation/calendar.html", content)


def calendar_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write what is due in the year ahead, as shown, as a file."""
    _form, wanted = whose(request, body)
    _agreements, items = _due(body, wanted, today())
    return export_response(
        form, name=f"due-{body.slug}-{today()}",
        headings=["Due on", "What", "Kind", "More about it", "Agreement", "Reference", "Provider", "Owner"],
        rows=((each.on, each.title, KIND_WORDS.get(each.kind, each.kind), each.note, each.agreement.title,
               each.agreement.reference, each.agreement.provider.name if each.agreement.provider else "",
               each.agreement.owner.name if each.agreement.owner else "") for each in items),
        about=[("Body", body.name), ("From", long_date(today())), ("Until", long_date(today() + timedelta(days=AHEAD_DAYS)))],
    )  # fmt: skip


# --- the calendar to subscribe to -------------------------------------------------------------------------------------


def _subject(kind: str, person: Person) -> str:
    return f"mobilisation.calendar:{kind}-{person.public_id}"


def _link_of(body: Body, kind: str, person: Person) -> Any:
    now = database_now()
    found = [each for each in links_about(body, _subject(kind, person)) if link_state(each, now) == "standing"]
    return found[-1] if found else None


def _link_shown(request: HttpRequest, body: Body, kind: str) -> dict[str, Any]:
    link = _link_of(body, kind, cast("Person", request.user))
    address = settings.COMMONWEAL_ADDRESS + reverse("mobilisation_feed", args=[link_token(link)]) if link else ""
    return {"kind": kind, "address": address}


def calendar_link(request: HttpRequest, body: Body) -> HttpResponse:
    """This will make the reader's own calendar link, of what they own or of everything, or end it."""
    person = cast("Person", request.user)
    kind = "own" if request.POST.get("kind") == "own" else "all"
    standing = _link_of(body, kind, person)
    if request.POST.get("end"):
        if standing is not None:
            end_link(by=person, link=standing)
        messages.success(request, "The link is ended. Calendars that follow it get nothing more.")
    elif standing is None:
        make_link(by=person, body=body, party=None, person=person, purpose=PURPOSE, subject=_subject(kind, person))
        messages.success(request, "Your link is ready. Copy it into your calendar, as a calendar from the internet.")
    return redirect(reverse("mobilisation:calendar", args=[body.slug]) + "#link")


def feed(request: HttpRequest, token: str) -> HttpResponse:
    """This will give the calendar behind a signed address, as iCalendar; reading it changes nothing."""
    try:
        with opened(token, PURPOSE) as link:
            if not roles_in_body(link.person, link.body):  # a leaver's calendar stops with their last role
                raise LinkEnded(_("This link is no longer open: what it was for is finished, or it was taken back."))
            kind = link.subject.partition(":")[2].partition("-")[0]
            owner = link.person.public_id if kind == "own" else ""
            agreements = list(queries.current_agreements(link.body, owner=owner))
            on = today()
            items = what_is_due(
                agreements, on - timedelta(days=FEED_BACK_DAYS), on + timedelta(days=FEED_AHEAD_DAYS)
            )  # fmt: skip
            text = calendar_text(
                f"{link.body.name}: what is due", items, at=database_now(), address=settings.COMMONWEAL_ADDRESS
            )
    except LinkEnded as error:
        return HttpResponse(str(error), status=410, content_type="text/plain; charset=utf-8")
    return calendar_answer(text)


def calendar_answer(text: str) -> HttpResponse:
    """This will give a calendar to a program that follows it."""
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="what-is-due.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
