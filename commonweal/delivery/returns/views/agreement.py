"""The returns of one agreement: how often, who is asked, and each period's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.delivery.queries import get_agreement, promise_table
from commonweal.delivery.returns import actions, forms, policies, queries
from commonweal.delivery.returns.letters import period_words
from commonweal.delivery.returns.periods import period_of
from commonweal.delivery.views.agreements import thread_of
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Body

#: The form of a schedule begins with what most contracts have.
USUAL_DAYS = 20


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does."""
    return rule_for(f"returns:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def crumbs(body: Body, agreement: Any, *more: tuple[str, str]) -> dict[str, Any]:
    """This will give the way back from a page about an agreement's returns."""
    items = [
        {"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
        {"text": agreement.title, "href": reverse("delivery:agreement", args=[body.slug, agreement.public_id])},
        *({"text": words, "href": href} if href else {"text": words} for words, href in more),
    ]
    return {"items": items}


STATE_COLOURS = {"asked": "grey", "begun": "blue", "sent": "purple", "changes-asked": "yellow", "signed-off": "green"}


def state_tag(found: Any) -> dict[str, str]:
    """This will give the words and the colour of a return's state, late ones said so."""
    if found.state in queries.NEVER_SENT and found.due_on < today():
        return {"text": f"Late, {str(found.get_state_display()).lower()}", "classes": "govuk-tag--red"}
    return {"text": str(found.get_state_display()), "classes": f"govuk-tag--{STATE_COLOURS[found.state]}"}


def agreement(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show how an agreement is reported on, and how far each period is."""
    found = get_agreement(body, public_id)
    schedule = queries.schedule_of(found)
    why_not = ""
    try:
        policies.check_can_have_schedule(found)
    except NotPossible as error:
        why_not = str(error)
    content = {
        "agreement": found, "schedule": schedule, "why_not": why_not, "may": may(request, "ask"),
        "reporters": queries.reporters_of(schedule) if schedule else [],
        "rows": [{"found": each, "period": period_words(each), "tag": state_tag(each)}
                 for each in queries.returns_of(found)],
        "to_ask": [f"{each.starts_on:%-d %B %Y} to {each.ends_on:%-d %B %Y}"
                   for each in queries.periods_to_ask(schedule, today())] if schedule else [],
        "thread": thread_of(found, promise_table(found, today()), "promise"),
        "page_heading": found.title, "page_caption": found.get_level_display(),
        "breadcrumbs": crumbs(body, found, ("Returns", "")),
    }  # fmt: skip
    return render(request, "returns/agreement.html", content)


def _form_page(request: HttpRequest, form: Any, heading: str, back: str, submit: str, lead: str = "") -> HttpResponse:
    content = {"form": form, "page_heading": heading, "back_url": back, "submit_text": submit, "page_lead": lead}
    return render(request, "delivery/form.html", content, status=422 if form.errors else 200)


def schedule(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will agree how often an agreement's provider reports."""
    found = get_agreement(body, public_id)
    held, back = queries.schedule_of(found), reverse("returns:agreement", args=[body.slug, public_id])
    initial = {"every": held.every if held else "quarter", "days_allowed": held.days_allowed if held else USUAL_DAYS,
               "first_on": held.first_on if held else period_of("quarter", today()).starts_on}  # fmt: skip
    form = forms.ScheduleForm(request.POST or None, initial=initial, names_someone=held is None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.agree_schedule(
                by=request.user, agreement=found, every=given["every"], days_allowed=given["days_allowed"],  # type: ignore[arg-type]
                first_on=given["first_on"],
            )  # fmt: skip
            if given.get("email"):
                actions.name_reporter(by=request.user, schedule=made, email=given["email"], name=given["name"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The schedule is agreed. Periods are asked for by themselves when they are over.")
            return redirect(back)
    return _form_page(request, form, "How often this is reported on", back, "Agree the schedule")


def schedule_stop(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will ask for no more returns."""
    held = queries.schedule_of(get_agreement(body, public_id))
    if held is not None:
        actions.stop_schedule(by=request.user, schedule=held)  # type: ignore[arg-type]
        messages.success(request, "No more returns are asked for. Those asked for already stay.")
    return redirect("returns:agreement", body.slug, public_id)


def ask(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will ask for every period that is over, now."""
    held = queries.schedule_of(get_agreement(body, public_id))
    made = actions.ask_for_returns(by=request.user, schedule=held, on=today()) if held else []  # type: ignore[arg-type]
    if made:
        messages.success(request, f"Asked for {len(made)} return{'' if len(made) == 1 else 's'}.")
    else:
        messages.warning(request, "No period is over that was not asked for.")
    return redirect("returns:agreement", body.slug, public_id)


def reporter_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will name somebody else who is asked."""
    held, back = (
        queries.schedule_of(get_agreement(body, public_id)),
        reverse("returns:agreement", args=[body.slug, public_id]),
    )
    if held is None:
        return redirect("returns:schedule", body.slug, public_id)
    form = forms.ReporterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.name_reporter(by=request.user, schedule=held, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, f"{made.person.name} is asked from now on.")
        return redirect(back)
    return _form_page(request, form, "Who reports on this agreement", back, "Name them")


def reporter_end(request: HttpRequest, body: Body, public_id: str, reporter: str) -> HttpResponse:
    """This will ask somebody for no more returns."""
    held = queries.get_reporter(body, reporter)
    actions.end_reporter(by=request.user, reporter=held)  # type: ignore[arg-type]
    messages.success(request, f"{held.person.name} is asked no more, and their links are closed.")
    return redirect("returns:agreement", body.slug, public_id)
