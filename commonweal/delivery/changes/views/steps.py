"""The steps of a change: its lines, proposed, dropped, signed off, decided, made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.delivery.changes import actions, forms, policies, queries
from commonweal.delivery.queries import get_commitment, promise_table
from commonweal.delivery.views.agreements import form_page
from commonweal.directory.queries import today
from commonweal.frameworks.queries import edition_for, get_measure, measures

if TYPE_CHECKING:
    from commonweal.base.models import Body


def _page(body: Body, found: Any) -> str:
    return reverse("changes:change", args=[body.slug, found.public_id])


def line_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will say what a draft does to one promise; needs of the wish list that fit are offered."""
    found = queries.get_change(body, public_id)
    policies.check_may_change(found.agreement)
    policies.check_is_draft(found)
    rows = promise_table(found.agreement, today()).rows
    edition = edition_for(body, today())
    needs: dict[str, str] = {}
    for row in rows:
        for fitting in queries.fitting_needs(row.commitment):
            words = fitting.need.shown or fitting.need.latest
            if words is not None:
                needs.setdefault(fitting.need.public_id, f"{words.title}: {', '.join(fitting.fit.reasons)}")
    choices = {
        "before": [(row.commitment.public_id, row.commitment.wording) for row in rows],
        "measure": [(each.public_id, f"{each.title} ({each.unit})") for each in measures(edition)] if edition else [],
        "need": list(needs.items()),
    }
    form = forms.LineForm(request.POST or None, choices=choices)
    if not needs:
        del form.fields["need"]
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        before, measure = given.pop("before"), given.pop("measure")
        try:
            actions.add_line(
                by=request.user, change=found, before=get_commitment(body, before) if before else None,  # type: ignore[arg-type]
                measure=get_measure(measure) if measure else None, **given,
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The line is added. The worth before and after is reckoned anew.")
            return redirect(_page(body, found))
    return form_page(request, form, f"What does change {found.number} do?", _page(body, found), "Add the line")


def line_take_out(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take a line out of a draft."""
    line = queries.get_line(body, public_id)
    actions.take_out_line(by=request.user, line=line)  # type: ignore[arg-type]
    messages.success(request, "The line is taken out.")
    return redirect(_page(body, line.change))


def _version(request: HttpRequest) -> int:
    form = forms.StepForm(request.POST)
    if not form.is_valid():
        raise NotPossible("This page was not sent whole. Open the change again, then take the step.")
    return int(form.cleaned_data["written_against"])


def propose(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will put a draft to the provider."""
    found = queries.get_change(body, public_id)
    actions.propose(by=request.user, change=found, written_against=_version(request))  # type: ignore[arg-type]
    messages.success(request, "The change is with the provider, which answers at its own sign-in.")
    return redirect(_page(body, found))


def make(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will make an approved change."""
    found = queries.get_change(body, public_id)
    actions.make_change(by=request.user, change=found, written_against=_version(request))  # type: ignore[arg-type]
    messages.success(request, "The change is made. What was promised before its day stays as it was.")
    return redirect(_page(body, found))


def _step(
    request: HttpRequest, body: Body, found: Any, form: Any, act: Any, heading: str, submit: str, done: str
) -> HttpResponse:  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            act(**form.cleaned_data)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            after = queries.get_change(body, found.public_id)
            messages.success(request, done.format(number=after.number, state=after.get_state_display().lower()))
            return redirect(_page(body, found))
    return form_page(request, form, heading, _page(body, found), submit)


def drop(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will drop a change that was not answered yet."""
    found = queries.get_change(body, public_id)
    form = forms.DropForm(request.POST or None, initial={"written_against": found.version})
    act = lambda **given: actions.drop(by=request.user, change=found, **given)  # type: ignore[arg-type]  # noqa: E731
    return _step(request, body, found, form, act, f"Drop change {found.number}?", "Drop the change",
                 "Change {number} is dropped.")  # fmt: skip


def sign(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record a legal opinion on a change."""
    found = queries.get_change(body, public_id)
    form = forms.SignForm(request.POST or None)

    def act(may_be_made: str, words: str) -> None:
        actions.sign_off(by=request.user, change=found, may_be_made=may_be_made == "yes", words=words)  # type: ignore[arg-type]

    return _step(request, body, found, form, act, f"May change {found.number} be made in law?", "Sign",
                 "The legal opinion on change {number} is recorded.")  # fmt: skip


def decide(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will approve or decline an agreed change."""
    found = queries.get_change(body, public_id)
    form = forms.DecideForm(request.POST or None, initial={"written_against": found.version})

    def act(approves: str, **given: Any) -> None:
        actions.decide(by=request.user, change=found, approves=approves == "yes", **given)  # type: ignore[arg-type]

    return _step(request, body, found, form, act, f"Decide on change {found.number}", "Decide",
                 "Change {number} is {state}.")  # fmt: skip
