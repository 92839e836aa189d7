"""What is asked for in an opportunity: a line added, changed or taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.asks import actions, forms, queries
from commonweal.asks.views.opportunities import attempt, form_page, person_of, sent, trimmed
from commonweal.frameworks.queries import get_measure, get_node, today

if TYPE_CHECKING:
    from commonweal.base.models import Body


def _line_facts(body: Body, opportunity: Any, cleaned: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = trimmed(cleaned)
    facts["objective"] = get_node(facts["objective"]) if facts["objective"] else None
    on = facts["starts_on"] or opportunity.starts_on or queries.asked_from(opportunity, today())
    return facts | {"place_code": queries.place_named(body, facts.pop("place"), on)}


def line_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will ask for something in an opportunity."""
    found = queries.get_opportunity(body, public_id)
    on = queries.asked_from(found, today())
    measures = queries.measure_choices(body, on)
    form = forms.LineForm(
        sent(request), measures=measures, objectives=queries.objective_choices(body, today()),
        initial={"objective": request.GET.get("objective", "")},
    )  # fmt: skip
    back = reverse("asks:opportunity", args=[body.slug, public_id])
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        measure = get_measure(facts.pop("measure"))
        made = attempt(
            form,
            lambda: actions.add_ask_line(
                by=person_of(request), opportunity=found, measure=measure, **_line_facts(body, found, facts)
            ),
        )
        if made:
            messages.success(request, "The ask is added.")
            return redirect(f"{back}#asks")
    return form_page(
        request,
        form,
        heading="Add an ask",
        submit="Add it",
        back=back,
        page_caption=found.title,
        opportunity=found, none_offered=not measures,
    )  # fmt: skip


def line_change(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will change how much is asked for, when, where, and for which objective."""
    line = queries.find_ask_line(body, public_id)
    offered = queries.objective_choices(body, today())
    if line.objective and line.objective.public_id not in dict(offered):
        offered.append((line.objective.public_id, f"{line.objective.title} (not in force)"))
    same = ("starts_on", "ends_on", "place_role", "note")
    initial = {name: getattr(line, name) for name in same} | {
        "quantity": f"{line.quantity.normalize():f}" if line.quantity is not None else "",
        "place": line.place_code,
        "objective": line.objective.public_id if line.objective else "",
    }
    form = forms.LineForm(sent(request), measures=None, objectives=offered, initial=initial)
    back = reverse("asks:opportunity", args=[body.slug, line.opportunity.public_id])
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        made = attempt(
            form,
            lambda: actions.change_ask_line(
                by=person_of(request), line=line, **_line_facts(body, line.opportunity, cleaned)
            ),
        )
        if made:
            messages.success(request, "The ask is changed.")
            return redirect(f"{back}#asks")
    return form_page(
        request, form, heading=line.measure.title, submit="Save", back=back, page_caption=line.opportunity.title,
        opportunity=line.opportunity, page_lead=f"Counted in {line.measure.unit}.",
    )  # fmt: skip


def line_remove(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take a line out of an ask."""
    line = queries.find_ask_line(body, public_id)
    back = reverse("asks:opportunity", args=[body.slug, line.opportunity.public_id])
    form = forms.ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: actions.remove_ask_line(by=person_of(request), line=line))
        if done:
            messages.success(request, "The ask is taken out. It stays on record.")
            return redirect(f"{back}#asks")
    return form_page(
        request, form, heading="Take this ask out?", submit="Take it out", back=back, opportunity=line.opportunity,
        page_caption=line.opportunity.title, page_lead=queries.ask_words(line), warning=True,
    )  # fmt: skip
