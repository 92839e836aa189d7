"""The wish list as staff see it: the list, one need with all that happened to it, and the acts on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localtime

from commonweal.base.access import ROLES, rule_for
from commonweal.base.errors import Refused
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.queries import events_about, mails_about, names_by_pseudonym
from commonweal.base.templatetags.figures import amount_in_unit, long_date
from commonweal.community import actions, forms, policies, queries
from commonweal.community.hints import hints
from commonweal.community.suggesting import suggested
from commonweal.community.views.group import attempt, facts_from, sent
from commonweal.community.words import EVENT_WORDS, waited_words
from commonweal.directory.queries import places_by_code
from commonweal.frameworks.queries import editions_in_force, measures

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

COLUMNS = (
    Column("title", "Need", sortable=True),
    Column("group", "Group", sortable=True),
    Column("place", "Place"),
    Column("wanted", "Wanted by", sortable=True),
    Column("waiting", "Posted", sortable=True),
    Column("state", "State"),
)
EXPORT_HEADINGS = (
    "Need", "Group", "Kind of help", "Who it helps", "Quantity", "Unit", "At least", "Place code", "Place", "Wanted by",
    "State", "Posted on", "Published on", "Closed on", "Received", "Details",
)  # fmt: skip


def person_of(request: HttpRequest) -> Person:
    """This will give the person the door let in."""
    return cast("Person", request.user)


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the permission table lets this person call an address of the room."""
    return rule_for(f"community:{route}", "GET").allows(request.roles)  # type: ignore[attr-defined]


def moderates(request: HttpRequest, body: Body) -> bool:
    """This will say whether this person looks at needs before they are published, by the body's own rules."""
    return bool(set(policies.rules_of(body).moderators) & set(request.roles))  # type: ignore[attr-defined]


def check_moderates(request: HttpRequest, body: Body) -> None:
    """This will refuse somebody whose role the body's rules do not name for looking at needs."""
    if not moderates(request, body):
        names = ", ".join(ROLES.get(role, role) for role in policies.rules_of(body).moderators)
        raise Refused(f"In this body needs are looked at by: {names}.")


def crumbs(body: Body, *parts: tuple[str, str]) -> dict[str, Any]:
    """This will give the way back to the list."""
    first = {"text": "Needs", "href": reverse("community:needs", args=[body.slug])}
    return {"items": [first, *({"text": words, "href": href} for words, href in parts)]}


def place_filter(body: Body) -> list[tuple[str, str]]:
    """This will list the places a list of needs can be narrowed to."""
    return queries.place_choices(body)


def _filters(request: HttpRequest, body: Body) -> tuple[forms.Filters, queries.NeedFilters]:
    form = forms.Filters(request.GET, places=place_filter(body))
    return form, queries.NeedFilters(**(form.cleaned_data if form.is_valid() else {}))


def needs(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list a body's needs, narrowed and ordered by the address."""
    form, filters = _filters(request, body)
    cut = cut_page(queries.needs(body, filters), request.GET, queries.NEEDS_SORTS, default="-waiting")
    names = places_by_code(each.latest.place_code for each in cut.rows if each.latest)
    rows = [
        (
            Link(each.latest.title, reverse("community:need", args=[body.slug, each.public_id])),
            each.party.name,
            names[each.latest.place_code].name if each.latest.place_code in names else "Not one place",
            long_date(each.latest.wanted_by) if each.latest.wanted_by else "No hurry",
            long_date(localtime(each.posted_at).date()),
            str(each.get_state_display()),
        )
        for each in cut.rows
        if each.latest
    ]
    may_add = may(request, "need_add")
    add = reverse("community:need_add", args=[body.slug])
    listing = Listing(
        caption="Needs", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} need{'' if cut.total == 1 else 's'}", filters=form,
        exports={words: reverse("community:needs_export", args=[body.slug, kind])
                 for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))},
        empty="No needs yet. Send a group its link, or post a need for one.",
        empty_action=Link("Send a group its link", reverse("community:link", args=[body.slug])) if may_add else None,
    )  # fmt: skip
    content = {
        "listing": listing, "page_heading": "Needs", "may_add": may_add, "add_url": add,
        "to_read": queries.needs_to_moderate(body).count(), "help_waiting": list(queries.help_offers(body, waiting=True)[:5]),
        "may_answer": may(request, "help_answer"), "may_set": may(request, "rules"),
    }  # fmt: skip
    return render(request, "community/needs.html", content)


def needs_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the needs that are shown, in their order, as CSV or XLSX; never whom to contact."""
    _form, filters = _filters(request, body)
    found = in_order(queries.needs(body, filters), request.GET.get("sort", ""), queries.NEEDS_SORTS, "-waiting")
    held = [each for each in found if each.latest]
    names = places_by_code(each.latest.place_code for each in held if each.latest)
    rows = []
    for each in held:
        words = queries.latest_words(each)
        rows.append((
            words.title, each.party.name, str(words.get_kind_display()), str(words.get_ages_display()), words.quantity,
            words.unit, words.least, words.place_code,
            names[words.place_code].name if words.place_code in names else "", words.wanted_by,
            str(each.get_state_display()), localtime(each.posted_at).date(),
            localtime(each.published_at).date() if each.published_at else None,
            localtime(each.closed_at).date() if each.closed_at else None, queries.received_of(each), words.details,
        ))  # fmt: skip
    return export_response(form, name=f"{body.slug}-needs", headings=EXPORT_HEADINGS, rows=rows)


def need(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one need: what it says, how it stands, what was matched to it, and what was done."""
    found = queries.get_need(body, public_id)
    words = queries.latest_words(found)
    place = places_by_code([words.place_code]).get(words.place_code)
    content = {
        "need": found, "words": words, "place": place, "shown": found.shown if found.shown != found.latest else None,
        "hints": hints(words.title, words.details, words.least) if found.state == "waiting" else [],
        "amount": amount_in_unit(words.quantity, words.unit) if words.quantity is not None else "",
        "left": queries.still_wanted(found), "matches": queries.matches_of(found),
        "help_offers": [(each, queries.helper_of(each)) for each in queries.help_offers(body, need=found)]
        if may(request, "help_answer") else [],
        "measure": _measures(body).get(words.measure_id),
        "moderations": queries.moderations_of(found), "is_open": found.state in queries.OPEN_STATES,
        "may_moderate": moderates(request, body) and may(request, "need_publish"), "may_add": may(request, "need_add"),
        "waited": waited_words(found, queries.today()), "history": _history(found),
        "mails": mails_about(body, f"community.need:{found.public_id}")[:6],
        "promises_url": _promises_url(body, found), "page_heading": words.title,
        "page_caption": found.party.name, "breadcrumbs": crumbs(body, (words.title, "")),
        "public_url": reverse("publishing:need", args=[body.slug, found.public_id]) if found.shown else "",
    }  # fmt: skip
    return render(request, "community/need.html", content)


def _promises_url(body: Body, found: Any) -> str:
    """Where the promises that could meet it are: a page of a room above, led to by address."""
    if found.shown is None or found.state not in queries.OPEN_STATES:
        return ""
    try:
        return reverse("delivery:need_promises", args=[body.slug, found.public_id])
    except NoReverseMatch:
        return ""


def _history(found: Any) -> list[dict[str, Any]]:
    events = events_about(found.body, f"community.need:{found.public_id}")
    names = names_by_pseudonym(each.actor for each in events)
    return [
        {"words": EVENT_WORDS.get(each.action, each.action), "at": each.at, "by": names.get(each.actor, "The system")}
        for each in events
        if each.action in EVENT_WORDS
    ]


# --- acts -------------------------------------------------------------------------------------------------------------


def form_page(
    request: HttpRequest, form: django_forms.Form, *, heading: str, submit: str, back: str, caption: str = "",
    said: str = "", template: str = "community/form.html", **content: Any,
) -> HttpResponse:  # fmt: skip
    """This will show a form on a page of its own; a refused one has status 422."""
    content |= {
        "form": form, "page_heading": heading, "submit_text": submit, "back_url": back, "page_caption": caption,
        "said": said,
    }  # fmt: skip
    return render(request, template, content, status=422 if form.errors else 200)


def _measures(body: Body) -> dict[str, Any]:
    """The measures in force today, by their permanent id."""
    return {each.measure_id: each for edition in editions_in_force(body, queries.today()) for each in measures(edition)}


def need_publish(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will publish a need's latest words, once what looks personal in them was read."""
    check_moderates(request, body)
    found, back = _of(body, public_id)
    words = queries.latest_words(found)
    offered = {
        each.measure_id: each for edition in editions_in_force(body, queries.today()) for each in measures(edition)
    }
    near = suggested(
        f"{words.title} {words.details} {words.unit}",
        [(id, f"{each.title} {each.unit}") for id, each in offered.items()],
    )
    order = [*near, *(id for id in offered if id not in near)]
    choices = [
        (id, f"{offered[id].title} ({offered[id].unit}){': shares words with it' if id in near else ''}")
        for id in order
    ]
    marked = hints(words.title, words.details, words.least)
    form = forms.PublishForm(
        sent(request), measures=choices, has_hints=bool(marked), is_first=found.published_at is None,
        initial={"version": found.version, "measure": words.measure_id},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        chosen = offered.get(given["measure"])
        done = attempt(form, lambda: actions.publish_need(
            by=person_of(request), need=found, version=given["version"], measure_id=given["measure"],
            outcome_id=chosen.outcome_id if chosen else "", waiting_since=given.get("waiting_since"),
        ))  # fmt: skip
        if done:
            messages.success(request, "It is published. The group is told.")
            return redirect(back)
    return form_page(
        request, form, heading="Publish this need?", submit="Publish it", back=back, caption=words.title, words=words,
        hints=marked, template="community/publish.html",
    )  # fmt: skip


def _of(body: Body, public_id: str) -> tuple[Any, str]:
    return queries.get_need(body, public_id), reverse("community:need", args=[body.slug, public_id])


def _with_reason(
    request: HttpRequest, found: Any, back: str, act: Callable[[dict[str, Any]], Any], *, heading: str, submit: str,
    label: str, told: str, hint: str = "", required: bool = True, warning: bool = False,
) -> HttpResponse:  # fmt: skip
    form = forms.ReasonForm(
        sent(request), label=label, hint=hint, required=required, initial={"version": found.version}
    )
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: act(form.cleaned_data)):
        messages.success(request, told)
        return redirect(back)
    caption = queries.latest_words(found).title
    return form_page(request, form, heading=heading, submit=submit, back=back, caption=caption, warning=warning)


def need_send_back(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will send a need's words back to the group, with what to change."""
    check_moderates(request, body)
    found, back = _of(body, public_id)
    return _with_reason(
        request, found, back, heading="Send it back to the group?", submit="Send it back",
        label="What should the group change?", hint="They read these words, with the link by which they change it.",
        told="It is sent back. The group is told.",
        act=lambda given: actions.send_back(
            by=person_of(request), need=found, version=given["version"] or 0, reason=given["reason"]
        ),
    )  # fmt: skip


def need_undo(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take back the last decision about a need's words."""
    check_moderates(request, body)
    found, back = _of(body, public_id)
    return _with_reason(
        request, found, back, heading="Take the last decision back?", submit="Take it back", label="Why?",
        hint="The words wait again. If they were published, what was public before is public again.",
        told="The decision is taken back; the words wait to be looked at.",
        act=lambda given: actions.undo_moderation(by=person_of(request), need=found, reason=given["reason"]),
    )  # fmt: skip


def need_withdraw(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will withdraw a need because its group said so."""
    found, back = _of(body, public_id)
    return _with_reason(
        request, found, back, heading="Withdraw this need for the group?", submit="Withdraw it", required=False,
        label="What did the group say?", told="It is withdrawn, and its words are off the public site.", warning=True,
        act=lambda given: actions.withdraw_need(by=person_of(request), need=found, words=given["reason"]),
    )  # fmt: skip


def need_change(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will change what a need says, for its group; the change is looked at as any other."""
    found, back = _of(body, public_id)
    words = queries.latest_words(found)
    same = ("title", "kind", "details", "unit", "least", "ages", "wanted_by")
    initial = {name: getattr(words, name) for name in same} | {
        "quantity": f"{words.quantity.normalize():f}" if words.quantity is not None else "",
        "place": words.place_code, "version": found.version,
    }  # fmt: skip
    form = forms.NeedForm(sent(request), places=queries.place_choices(body), initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = attempt(form, lambda: actions.change_need(
            by=person_of(request), need=found, version=form.cleaned_data["version"] or 0, measure_id=words.measure_id,
            outcome_id=words.outcome_id, **facts_from(form),
        ))  # fmt: skip
        if changed:
            messages.success(request, "The change is saved and waits to be looked at.")
            return redirect(back)
    return form_page(request, form, heading="Change this need", submit="Save", back=back, caption=words.title)
