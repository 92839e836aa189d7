"""The pre-election calendar: what is held when, what passes, and what was let through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime

from commonweal.base.errors import NotPossible
from commonweal.directory.queries import today
from commonweal.engine.publicity import activities, publicity_code
from commonweal.reporting.reports import actions, forms, queries
from commonweal.reporting.reports.drafting import year_of
from commonweal.reporting.reports.views.newsletters import form_page, may, name_of
from commonweal.reporting.stories.queries import ToldStory, get_story, text_of, told_stories

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.reporting.reports.models import SensitivePeriod


def calendar(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show the times before elections, what each holds and lets through, and every override."""
    on = today()
    now = queries.period_on(body, on)
    kinds = list(activities().values())
    content = {
        "periods": queries.periods(body), "now": now, "after": queries.first_day_after(now) if now else None, "on": on,
        "held": [each for each in kinds if not each.is_duty], "duties": [each for each in kinds if each.is_duty],
        "titles": {each.id: each.title for each in kinds}, "code": publicity_code(), "may": may(request, "period_add"),
        "waiting": _waiting(body, now), "may_pass": may(request, "let_through"),
        "page_heading": "Pre-election calendar",
    }  # fmt: skip
    return render(request, "reports/calendar.html", content)


def _waiting(body: Body, now: SensitivePeriod | None) -> list[ToldStory]:
    """The stories verified since the hold began that nobody let through: those that are not public yet."""
    if now is None:
        return []
    through = queries.let_through(now, "story")
    return [
        each
        for each in told_stories(body, use="public-site", on=today())
        if localtime(each.verified_at).date() >= now.starts_on and f"stories.story:{each.public_id}" not in through
    ]


def add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will enter a time before an election."""
    form = forms.PeriodForm(request.POST or None)
    back = reverse("reports:calendar", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_period(by=request.user, body=body, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "It is on the calendar. Publicity is held by itself in that time, duties go on.")
            return redirect(back)
    return form_page(request, form, "A time before an election", back, "Put it on the calendar")


def end(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will end a time before an election early."""
    found = queries.get_period(body, public_id)
    form = forms.EndPeriodForm(request.POST or None)
    back = reverse("reports:calendar", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_period(by=request.user, period=found, words=form.cleaned_data["words"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "It is ended, and holds nothing any more.")
            return redirect(back)
    return form_page(request, form, f"End early: {found.title}", back, "End it")


def let_through(request: HttpRequest, body: Body, activity: str, public_id: str) -> HttpResponse:
    """This will let a newsletter or a story through a hold, with the reason on record."""
    if activity == "newsletter":
        held = queries.get_newsletter(body, public_id)
        title, subject = f"Newsletter, {name_of(held)}", f"reports.newsletter:{public_id}"
        back = reverse("reports:newsletter", args=[body.slug, public_id])
    elif activity == "story":
        title, subject = text_of(get_story(body, public_id)).title, f"stories.story:{public_id}"
        back = reverse("stories:story", args=[body.slug, public_id])
    elif activity == "annual-report":
        paper = queries.get_report(body, public_id)
        title, subject = f"Annual report {year_of(paper).name}", f"reports.report:{public_id}"
        back = reverse("reports:report", args=[body.slug, public_id])
    else:
        raise Http404
    form = forms.LetThroughForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.let_through(
                by=request.user, body=body, activity=activity, subject=subject, title=title,  # type: ignore[arg-type]
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "It is let through. Your name and the reason stand on the pre-election calendar.")
            return redirect(back)
    return form_page(request, form, "Let this through before the election?", back, "Let it through", page_caption=title)
