"""The pipeline, one opportunity with what it asks for and the steps it takes, and what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.asks import actions, forms, queries
from commonweal.asks.policies import ChangedMeanwhile, check_open, is_open, next_state
from commonweal.asks.vocabulary import REGIMES
from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.parts import Thread
from commonweal.base.queries import events_about, names_by_pseudonym, staff_of
from commonweal.base.templatetags.figures import long_date, pounds
from commonweal.directory.queries import departments, get_department, get_member_of_staff, places_by_code
from commonweal.frameworks.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

SORTS = {"title": "title", "department": "department__name", "value": "value", "starts": "starts_on"}
COLUMNS = (
    Column("title", "Opportunity", sortable=True),
    Column("channel", "Channel"),
    Column("department", "Department", sortable=True),
    Column("value", "Value", numeric=True, sortable=True),
    Column("starts", "Starts", sortable=True),
    Column("state", "State"),
    Column("asked", "Asked for"),
)
EXPORT_HEADINGS = (
    "Title", "Summary", "Channel", "Goods, services or works", "Department", "State", "Level",
    "Value including VAT (£)", "Regime", "Begun on", "Starts on", "Ends on", "Extension (months)", "CPV",
    "Weighting (%)", "Why this weighting", "Place code", "Asks", "Asked for", "Objectives",
)  # fmt: skip
EVENT_WORDS = {
    "asks.opportunity.recorded": "Recorded",
    "asks.opportunity.changed": "Changed",
    "asks.opportunity.asked": "Marked as asked",
    "asks.opportunity.agreed": "Marked as agreed",
    "asks.opportunity.withdrawn": "Withdrawn",
    "asks.line.added": "Ask added",
    "asks.line.changed": "Ask changed",
    "asks.line.removed": "Ask taken out",
    "asks.clause.offered": "Change-and-credit clause offered",
    "asks.clause.left_out": "Change-and-credit clause left out",
}
STEP_WORDS = {
    "asked": ("Has this been asked?", "Mark as asked", "It is marked as asked."),
    "agreed": ("Has this been agreed?", "Mark as agreed", "It is marked as agreed. Record the agreement next."),
}


def _may(request: HttpRequest, route: str) -> bool:
    """This will say whether the permission table lets this person call an address, so that no button refuses them."""
    return rule_for(route, "GET").allows(request.roles)  # type: ignore[attr-defined]


def person_of(request: HttpRequest) -> Person:
    """This will give the person the door let in."""
    return cast("Person", request.user)


def sent(request: HttpRequest) -> Any:
    """This will give what was sent, even when it is nothing, or None where nothing was to be sent."""
    return request.POST if request.method == "POST" else None


def _crumbs(body: Body, *parts: tuple[str, str]) -> dict[str, Any]:
    first = {"text": "Asks", "href": reverse("asks:opportunities", args=[body.slug])}
    return {"items": [first, *({"text": words, "href": href} for words, href in parts)]}


# --- the pipeline ---------------------------------------------------------------------------------------------------


def _filters(request: HttpRequest, body: Body) -> tuple[forms.Filters, queries.OpportunityFilters]:
    form = forms.Filters(request.GET, departments=[(each.public_id, each.name) for each in departments(body)])
    chosen = form.cleaned_data if form.is_valid() else {}
    return form, queries.OpportunityFilters(**chosen)


def opportunities(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the body's opportunities, narrowed and ordered by the address, and say what is to come."""
    form, filters = _filters(request, body)
    cut = cut_page(queries.opportunities(body, filters), request.GET, SORTS, default="starts")
    rows = [
        (
            Link(each.title, reverse("asks:opportunity", args=[body.slug, each.public_id])),
            each.get_channel_display(),
            each.department.name if each.department else "Not chosen",
            pounds(each.value) if each.value is not None else "Not known",
            long_date(each.starts_on) if each.starts_on else "Not known",
            each.get_state_display(),
            asked_words(each.asked, each.state),  # type: ignore[attr-defined]  # counted by the query
        )
        for each in cut.rows
    ]
    export = {
        words: reverse("asks:opportunities_export", args=[body.slug, kind])
        for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
    }
    may_add, add_address = _may(request, "asks:opportunity_add"), reverse("asks:opportunity_add", args=[body.slug])
    listing = Listing(
        caption="Opportunities", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} {'opportunity' if cut.total == 1 else 'opportunities'}", filters=form, exports=export,
        empty="No opportunities yet. Record what the body is about to buy, grant, lend, transfer or permit.",
        empty_action=Link("Record an opportunity", add_address) if may_add else None,
    )  # fmt: skip
    coming = queries.pipeline(body)
    content = {
        "listing": listing,
        "page_heading": "Asks",
        "pipeline": coming,
        "coming": sum(row.count for row in coming),
        "worth": sum((row.value for row in coming), Decimal(0)),
        "unvalued": sum(row.unvalued for row in coming),
        "not_asked": sum(row.not_asked for row in coming),
        "may_add": may_add,
    }
    return render(request, "asks/opportunities.html", content)


def asked_words(count: int, state: str) -> str:
    """This will say how many things are asked for in an opportunity of a state."""
    if not count:
        return "Nothing yet" if state in queries.OPEN_STATES else "Nothing"
    return f"{count} ask{'' if count == 1 else 's'}"


def opportunities_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the opportunities that are shown, in their order, as CSV or XLSX."""
    _form, filters = _filters(request, body)
    found = list(in_order(queries.opportunities(body, filters), request.GET.get("sort", ""), SORTS, "starts"))
    asked = queries.lines_by_opportunity(found)
    rows = [
        (
            each.title, each.summary, each.get_channel_display(), each.get_kind_display(),
            each.department.name if each.department else "", each.get_state_display(), each.get_level_display(),
            each.value, dict(REGIMES).get(each.regime, ""), each.commenced_on, each.starts_on, each.ends_on,
            each.extension_months, each.cpv, each.weighting_percent, each.weighting_reason, each.place_code,
            len(asked[each.pk]), "; ".join(queries.ask_words(line) for line in asked[each.pk]),
            "; ".join(dict.fromkeys(line.objective.title for line in asked[each.pk] if line.objective)),
        )
        for each in found
    ]  # fmt: skip
    return export_response(form, name=f"{body.slug}-opportunities", headings=EXPORT_HEADINGS, rows=rows)


def gaps(request: HttpRequest, body: Body) -> HttpResponse:
    """This will say what is missing between what the body wants and what it asks for, and what to do next."""
    content = {
        "report": queries.gap_report(body, today()),
        "page_heading": "What is missing",
        "breadcrumbs": _crumbs(body, ("What is missing", "")),
        "may_write": _may(request, "asks:line_add"),
    }
    return render(request, "asks/gaps.html", content)


# --- one opportunity ------------------------------------------------------------------------------------------------


def thread_of(found: Any, lines: list[Any]) -> Thread:
    """This will say where an opportunity stands on the line."""
    slug = found.body.slug
    served = {line.objective.pk: line.objective for line in lines if line.objective}
    plan = reverse("frameworks:strategy", args=[slug])
    if len(served) == 1:
        plan = reverse("frameworks:node", args=[slug, next(iter(served.values())).public_id])
    served_words = f"Serves {len(served)} objective{'' if len(served) == 1 else 's'}" if served else "No objective yet"
    page = reverse("asks:opportunity", args=[slug, found.public_id])
    steps: dict[str, tuple[str | None, str]] = {
        "plan": (plan, served_words),
        "ask": (f"{page}#asks", asked_words(len(lines), found.state)),
    }
    if found.state == "agreed":
        steps["promise"] = (None, "Agreed")
    return Thread.at("ask", "en", **steps)


def opportunity(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one opportunity: its facts, what it asks for, and the duties that apply."""
    found = queries.get_opportunity(body, public_id)
    lines = queries.lines_of(found)
    places = places_by_code([found.place_code, *(line.place_code for line in lines)])
    check = queries.duties_check(found, today())
    onward = next_state(found)
    content = {
        "opportunity": found,
        "regime": dict(REGIMES).get(found.regime, ""),
        "lines": [
            {
                "line": line,
                "much": queries.amount_words(line),
                "place": places.get(line.place_code) or line.place_code,
            }
            for line in lines
        ],
        "place": places.get(found.place_code),
        "clause": queries.clause_of(found),
        "may_clause": _may(request, "asks:clause"),
        "check": check,
        "duty_groups": duty_groups(check),
        "thread": thread_of(found, lines),
        "history": history_of(found),
        "is_open": is_open(found),
        "next_words": STEP_WORDS[onward][1] if onward else "",
        "may_write": _may(request, "asks:line_add"),
        "may_withdraw": _may(request, "asks:opportunity_withdraw"),
        "may_agree": _may(request, "delivery:agreement_add"),
        "page_heading": found.title,
        "page_caption": found.get_channel_display(),
        "breadcrumbs": _crumbs(body, (found.title, "")),
    }  # fmt: skip
    return render(request, "asks/opportunity.html", content)


def history_of(found: Any) -> list[dict[str, Any]]:
    """This will tell what happened to an opportunity, newest first: what, to which ask or why, by whom and when."""
    events = events_about(found.body, f"asks.opportunity:{found.public_id}")
    names = names_by_pseudonym(each.actor for each in events)
    titles = queries.titles_by_line(found)
    told = []
    for each in events:
        details = json.loads(each.details)
        about = titles.get(details.get("line", ""), "") or details.get("reason", "")
        who = names.get(each.actor, "the system")
        told.append({"words": EVENT_WORDS[each.action], "about": about, "who": who, "at": each.at})
    return told


def duty_groups(check: queries.DutiesCheck) -> list[dict[str, Any]]:
    """This will put duties under the answers a person looks for, those that apply first."""
    groups = (
        ("yes", "duty applies,duties apply"),
        ("unconfirmed", "duty may apply and must be checked,duties may apply and must be checked"),
        ("optional", "duty may be followed,duties may be followed"),
        ("no", "duty does not apply,duties do not apply"),
    )
    return [
        {"answer": answer, "words": words, "duties": check.with_answer(answer)}
        for answer, words in groups
        if check.with_answer(answer)
    ]


def closed_words(found: Any) -> str:
    """This will give the sentence that says why an opportunity can no longer be changed."""
    try:
        check_open(found)
    except NotPossible as error:
        return str(error)
    return ""


def form_page(
    request: HttpRequest, form: django_forms.Form, *, heading: str, submit: str, back: str, template: str = "form",
    **content: Any,
) -> HttpResponse:  # fmt: skip
    """This will show a form on a page of its own, or why it is closed; a refused one has status 422."""
    status = content.pop("status", 422 if form.errors else 200)
    found = content.get("opportunity")
    if found and not is_open(found):  # what has come to its end is not offered for change
        template, content["closed"] = "form", closed_words(found)
    content |= {"form": form, "page_heading": heading, "submit_text": submit, "back_url": back}
    return render(request, f"asks/{template}.html", content, status=status)


def _opportunity_form(body: Body, found: Any = None, data: Any = None) -> forms.OpportunityForm:
    """This will make the form, with choices that keep a department that ended and a contact who left."""
    offered = [(each.public_id, each.name) for each in departments(body)]
    people = [(person.public_id, person.name) for person, _roles in staff_of(body)]
    initial: dict[str, Any] = {}
    if found:
        same = (
            "title", "kind", "summary", "value", "commenced_on", "starts_on", "ends_on", "extension_months", "regime",
            "weighting_percent", "weighting_reason", "level", "cpv", "version",
        )  # fmt: skip
        initial = {name: getattr(found, name) for name in same} | {
            "place": found.place_code,
            "department": found.department.public_id if found.department else "",
            "contact": found.contact.public_id if found.contact else "",
        }
        if found.department and found.department.public_id not in dict(offered):
            offered.append((found.department.public_id, f"{found.department.name} (ended)"))
        if found.contact and found.contact.public_id not in dict(people):
            people.append((found.contact.public_id, f"{found.contact.name} (no longer has a role here)"))
    return forms.OpportunityForm(
        data, initial=initial, departments=offered, contacts=people, is_change=found is not None
    )


def trimmed(cleaned: dict[str, Any]) -> dict[str, Any]:
    """This will take the spaces off the ends of what was typed."""
    return {name: value.strip() if isinstance(value, str) else value for name, value in cleaned.items()}


def _facts(body: Body, cleaned: dict[str, Any]) -> dict[str, Any]:
    """This will turn what was written into facts: outward ids into rows, and a place's name into its code."""
    facts: dict[str, Any] = trimmed(cleaned)
    facts["department"] = get_department(facts["department"]) if facts["department"] else None
    facts["contact"] = get_member_of_staff(body, facts["contact"]) if facts["contact"] else None
    place = facts.pop("place")
    return facts | {
        "place_code": queries.place_named(body, place, facts["starts_on"] or facts["commenced_on"] or today())
    }


def opportunity_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will record an opportunity."""
    form = _opportunity_form(body, data=sent(request))
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.record_opportunity(by=person_of(request), body=body, **_facts(body, form.cleaned_data)),
        )
        if made:
            messages.success(request, "The opportunity is recorded. Say what it asks for.")
            return redirect("asks:opportunity", body.slug, made.public_id)
    return form_page(
        request, form, heading="Record an opportunity", submit="Record it", template="opportunity_form",
        back=reverse("asks:opportunities", args=[body.slug]),
    )  # fmt: skip


def attempt(form: django_forms.Form, act: Callable[[], Any]) -> Any:
    """This will do what a form asks, or show beside it why it cannot be done; answers None then."""
    try:
        return act()
    except ChangedMeanwhile:
        raise
    except queries.PlaceNotFound as error:
        form.add_error("place", str(error))
    except NotPossible as error:
        form.add_error(None, str(error))
    return None


def opportunity_change(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will change what is said of an opportunity; whoever comes second is shown what the first saved."""
    found = queries.get_opportunity(body, public_id)
    form = _opportunity_form(body, found, sent(request))
    back = reverse("asks:opportunity", args=[body.slug, public_id])
    content: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        version = facts.pop("version")
        try:
            done = attempt(
                form,
                lambda: actions.change_opportunity(
                    by=person_of(request), opportunity=found, version=version, **_facts(body, facts)
                ),
            )
            if done:
                messages.success(request, "The change is saved.")
                return redirect(back)
        except ChangedMeanwhile as error:
            # What was written stays in the form, and now counts as written against what is shown above it.
            saved = queries.get_opportunity(body, public_id)
            form = _opportunity_form(body, saved, request.POST.dict() | {"version": saved.version})
            form.add_error(None, str(error))
            place = places_by_code([saved.place_code]).get(saved.place_code)
            content = {"saved": saved, "regime": dict(REGIMES).get(saved.regime, ""), "place": place, "status": 409}
    return form_page(
        request, form, heading=f"Change {found.title}", submit="Save", back=back, template="opportunity_form",
        opportunity=found, **content,
    )  # fmt: skip


def opportunity_state(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take an opportunity one step on: asked, then agreed."""
    found = queries.get_opportunity(body, public_id)
    back = reverse("asks:opportunity", args=[body.slug, public_id])
    state = next_state(found) or found.state
    heading, submit, done = STEP_WORDS.get(state, ("This has come to its end", "Mark", ""))
    silent = not queries.lines_of(found)
    label = "Why is no social value asked for here?" if silent else "Anything to keep on record about this step"
    form = forms.ReasonForm(sent(request), label=label, needed=silent)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        made = attempt(
            form, lambda: actions.set_state(by=person_of(request), opportunity=found, state=state, reason=reason)
        )
        if made:
            messages.success(request, done)
            return redirect(back)
    lead = "Nothing is asked for yet. Go back and add an ask, or say why none is made." if silent else ""
    return form_page(
        request, form, heading=heading, submit=submit, back=back, opportunity=found, page_caption=found.title,
        page_lead=lead,
    )  # fmt: skip


def opportunity_withdraw(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will withdraw an opportunity, with the reason on record."""
    found = queries.get_opportunity(body, public_id)
    back = reverse("asks:opportunity", args=[body.slug, public_id])
    form = forms.ReasonForm(sent(request), label="Why is it withdrawn?", needed=True)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        made = attempt(
            form, lambda: actions.set_state(by=person_of(request), opportunity=found, state="withdrawn", reason=reason)
        )
        if made:
            messages.success(request, "The opportunity is withdrawn. It stays on record.")
            return redirect(back)
    return form_page(
        request, form, heading=f"Withdraw {found.title}", submit="Withdraw it", back=back, opportunity=found, warning=True,
        page_lead="What was asked for stays on record and no longer counts. This cannot be taken back.",
    )  # fmt: skip
