"""The hand-over of an agreement: each promise accepted or queried by whoever leads its delivery, and what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.delivery.mobilisation import actions, forms, queries
from commonweal.delivery.mobilisation.permissions import MANAGERS
from commonweal.delivery.mobilisation.views.grids import grids_of
from commonweal.delivery.mobilisation.vocabulary import STATE_COLOURS, STATES
from commonweal.delivery.queries import get_agreement, get_commitment, promise_table
from commonweal.delivery.views.agreements import thread_of, today

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does, so that no page offers it in vain."""
    rule = rule_for(f"mobilisation:{route}", "POST")
    return rule.allows(request.roles)  # type: ignore[attr-defined]


def is_manager(request: HttpRequest) -> bool:
    """This will say whether the reader may speak for any promise of the body."""
    return bool(request.roles & set(MANAGERS))  # type: ignore[attr-defined]


def crumbs(agreement: Any, *parts: tuple[str, str]) -> dict[str, Any]:
    """This will give the way back: all promises, this agreement, this page."""
    slug = agreement.body.slug
    first = [
        {"text": "Promises", "href": reverse("delivery:agreements", args=[slug])},
        {"text": agreement.title, "href": reverse("delivery:agreement", args=[slug, agreement.public_id])},
    ]
    return {"items": [*first, *({"text": text, "href": href} if href else {"text": text} for text, href in parts)]}


def agreement(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show what an agreement expects: each promise's lead and standing, and its quarters."""
    found = get_agreement(body, public_id)
    on = today()
    rows = queries.expected(found, on)
    speaks = may(request, "accept") and found.state == "current" and found.withdrawn_at is None
    manages = may(request, "profile") and found.state == "current" and found.withdrawn_at is None
    shown = [
        {
            "each": each,
            "state": dict(STATES)[each.standing.state],
            "colour": STATE_COLOURS[each.standing.state],
            "may_accept": speaks and each.standing.state in ("waiting", "answered") and _leads(request, each),
            "may_query": speaks and each.standing.state != "queried" and _leads(request, each),
            "may_answer": manages and each.standing.state == "queried",
        }
        for each in rows
    ]
    accepted = sum(each.standing.state == "accepted" for each in rows)
    grids = grids_of(rows, on)
    content = {
        "agreement": found,
        "rows": shown,
        "accepted": accepted,
        "any_to_accept": any(each["may_accept"] for each in shown),
        "grids": grids,
        "agreed": sum(grid.is_agreed for grid in grids),
        "without": [each.commitment.wording for each in rows if not queries.can_have_profile(each.commitment)],
        "versions": queries.versions_of(found),
        "may_profile": manages and bool(grids),
        "thread": thread_of(found, promise_table(found, on), "promise"),
        "today": on,
        "page_heading": found.title,
        "page_caption": "What is expected",
        "breadcrumbs": crumbs(found, ("Expected", "")),
    }  # fmt: skip
    return render(request, "mobilisation/agreement.html", content)


def _leads(request: HttpRequest, each: queries.Expected) -> bool:
    return is_manager(request) or (each.lead is not None and each.lead.pk == request.user.pk)


def accept(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will accept the ticked promises at once; where one cannot be, none is, and the page says why."""
    found = get_agreement(body, public_id)
    ticked = set(request.POST.getlist("promise"))
    chosen: list[Any] = [
        each.commitment for each in queries.expected(found, today()) if each.commitment.public_id in ticked
    ]
    back = redirect("mobilisation:agreement", body.slug, public_id)
    if not chosen:
        messages.error(request, "Nothing was ticked, so nothing changed. Tick the promises you accept, then try again.")
        return back
    try:
        done = actions.accept_promises(
            by=cast("Person", request.user), commitments=chosen, is_manager=is_manager(request)
        )
    except NotPossible as error:
        messages.error(request, str(error))
        return back
    messages.success(request, f"{done} promise{'' if done == 1 else 's'} accepted.")
    return back


def query(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will put a question about a promise on record."""
    found = get_commitment(body, public_id)
    form = forms.QueryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.query_promise(
                by=cast("Person", request.user), commitment=found, is_manager=is_manager(request), **form.cleaned_data
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The query is on record. A contract manager answers it here.")
            return redirect("mobilisation:agreement", body.slug, found.agreement.public_id)
    return _words_page(request, form, found, "Query a promise", "Send the query")


def answer(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will answer the query that waits about a promise."""
    found = get_commitment(body, public_id)
    form = forms.AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_query(by=cast("Person", request.user), commitment=found, **form.cleaned_data)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The answer is on record. The promise can be accepted now.")
            return redirect("mobilisation:agreement", body.slug, found.agreement.public_id)
    return _words_page(request, form, found, "Answer the query", "Send the answer")


def _words_page(request: HttpRequest, form: Any, commitment: Any, heading: str, submit: str) -> HttpResponse:
    back = reverse("mobilisation:agreement", args=[commitment.body.slug, commitment.agreement.public_id])
    content = {
        "form": form, "page_heading": commitment.wording, "page_caption": heading, "submit_text": submit,
        "back_url": back, "standing": queries.standing_of(commitment),
    }  # fmt: skip
    return render(request, "mobilisation/words.html", content, status=422 if form.errors else 200)
