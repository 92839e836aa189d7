"""A group's own pages, one thing each: its needs, what it was offered, what arrived. By sign-in or by link alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.links import LinkEnded, opened
from commonweal.community import actions, forms, policies, queries, telling
from commonweal.community.hints import hints
from commonweal.community.views.desk import Desk

if TYPE_CHECKING:
    from commonweal.base.models import Body, Party, Person

Page = Callable[..., HttpResponse]


def signed_in(page: Page) -> Page:
    """This will open a page at the desk of somebody who is signed in for the group."""

    @wraps(page)
    def answer(request: HttpRequest, party: Party, **keys: str) -> HttpResponse:
        return page(request, Desk(party, cast("Person", request.user)), **keys)

    return answer


def by_link(page: Page) -> Page:
    """This will open a page at the desk of somebody who holds the group's link; opening it changes nothing."""

    @wraps(page)
    def answer(request: HttpRequest, token: str, **keys: str) -> HttpResponse:
        try:
            with opened(token, telling.GROUP) as link:
                request.body_of_page = link.body  # type: ignore[attr-defined]
                assert link.party is not None
                return page(request, Desk(link.party, link.person, link.body, token), **keys)
        except LinkEnded as ended:
            return ended_page(request, str(ended))

    return answer


def ended_page(request: HttpRequest, words: str) -> HttpResponse:
    """This will say that a link no longer opens anything, and what to do."""
    content = {"page_heading": _("This link has ended"), "ended": words}
    return render(request, "community/ended.html", content, status=410)


def one_thing(
    request: HttpRequest, desk: Desk, form: django_forms.Form, *, heading: str, submit: str, back: str,
    template: str = "community/one_form.html", **content: Any,
) -> HttpResponse:  # fmt: skip
    """This will show one form on a page of its own; a refused one has status 422."""
    content |= {
        "form": form, "page_heading": heading, "submit_text": submit, "back_url": back, "desk": desk,
        "is_invented": any(each.is_invented for each in desk.bodies()),
    }  # fmt: skip
    return render(request, template, content, status=content.pop("status", 422 if form.errors else 200))


def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This will show a group its needs, how each stands, and what waits for its answer."""
    by_need: dict[int, list[Any]] = {}
    for match in queries.matches_of_group(desk.party, desk.body):
        by_need.setdefault(match.need.pk, []).append(match)
    rows = [_need_row(desk, need, by_need.get(need.pk, [])) for need in desk.needs()]
    here = desk.bodies()
    content = {
        "desk": desk, "rows": rows, "page_heading": desk.party.name, "waiting": [each for each in rows if each["asks"]],
        "add_links": [{"body": each, "href": desk.to("need_add", each.slug)} for each in here],
        "is_invented": any(each.is_invented for each in here),
        "limit": policies.rules_of(here[0]).most_open if len(here) == 1 else None,
    }  # fmt: skip
    return render(request, "community/group_home.html", content)


def _need_row(desk: Desk, need: Any, matches: list[Any]) -> dict[str, Any]:
    standing = [each for each in matches if each.state in queries.STANDING_MATCHES]
    is_open = need.state in queries.OPEN_STATES
    asks = []
    for each in matches:
        if each.state == "offered":
            asks.append(
                (_("%(helper)s could help. Say yes or no") % {"helper": each.helper}, desk.to("answer", each.public_id))
            )
        elif each.state in ("agreed", "under-way"):
            asks.append(
                (_("Has the help of %(helper)s arrived?") % {"helper": each.helper}, desk.to("receive", each.public_id))
            )
        elif each.state == "received":
            asks.append((_("Thank %(helper)s") % {"helper": each.helper}, desk.to("thank", each.public_id)))
    return {
        "need": need, "words": need.latest, "matches": matches, "asks": asks, "is_open": is_open,
        "sent_back": queries.sent_back_words(need), "standing": standing,
        "change": desk.to("need_change", need.public_id) if is_open or need.state == "expired" else "",
        "withdraw": desk.to("need_withdraw", need.public_id) if is_open else "",
    }  # fmt: skip


def facts_from(form: django_forms.Form) -> dict[str, Any]:
    """This will give what was typed as the facts of a need."""
    given = dict(form.cleaned_data)
    return {
        "title": " ".join(given["title"].split()), "details": given["details"].strip(), "least": given["least"].strip(),
        "kind": given["kind"], "ages": given["ages"], "quantity": given["quantity"], "unit": given["unit"].strip(),
        "place_code": given["place"], "wanted_by": given["wanted_by"],
    }  # fmt: skip


def warned(form: django_forms.Form, request: HttpRequest) -> list[Any]:
    """This will list what looks like personal data in what was typed, unless the writer has seen it and goes on."""
    given = form.cleaned_data
    found = hints(given["title"], given["details"], given["least"])
    seen = request.POST.get("seen", "")
    return found if found and seen != "|".join(each.found for each in found) else []


def sent(request: HttpRequest) -> Any:
    """This will give what was sent, or None where nothing was to be sent."""
    return request.POST if request.method == "POST" else None


def attempt(form: django_forms.Form, act: Callable[[], Any]) -> Any:
    """This will do what a form asks, or show in it why it cannot be done; answers None then."""
    try:
        return act()
    except NotPossible as error:
        form.add_error(None, str(error))
    return None


def _body_here(desk: Desk, slug: str) -> Body:
    return next((each for each in desk.bodies() if each.slug == slug), None) or queries.no_such_body(slug)


def need_add(request: HttpRequest, desk: Desk, at: str) -> HttpResponse:
    """This will take a new need in a group's own words."""
    body = _body_here(desk, at)
    form = forms.NeedForm(sent(request), places=queries.place_choices(body))
    found: list[Any] = []
    if request.method == "POST" and form.is_valid() and not (found := warned(form, request)):

        def post() -> Any:
            with desk.acting_at(body):
                return actions.post_need(
                    by=desk.person, body=body, party=desk.party, contact=desk.person, **facts_from(form)
                )

        if attempt(form, post):
            return redirect(desk.to("home"))
    return one_thing(
        request, desk, form, heading=_("Tell us what you need"), submit=_("Send"), back=desk.to("home"),
        page_caption=_("For %(group)s, to %(body)s") % {"group": desk.party.name, "body": body.name}, hints=found,
        template="community/need_form.html",
    )  # fmt: skip


def need_change(request: HttpRequest, desk: Desk, need: str) -> HttpResponse:
    """This will change what a need says; it is looked at again before the public reads the change."""
    held = desk.need(need)
    words = held.latest
    initial = {
        name: getattr(words, name) for name in ("title", "kind", "details", "unit", "least", "ages", "wanted_by")
    }
    initial |= {
        "quantity": f"{words.quantity.normalize():f}" if words.quantity is not None else "",
        "place": words.place_code, "version": held.version,
    }  # fmt: skip
    form = forms.NeedForm(sent(request), places=queries.place_choices(held.body), initial=initial)
    found: list[Any] = []
    if request.method == "POST" and form.is_valid() and not (found := warned(form, request)):

        def change() -> Any:
            with desk.acting_at(held.body):
                return actions.change_need(
                    by=desk.person, need=held, version=form.cleaned_data["version"] or 0,
                    measure_id=words.measure_id, outcome_id=words.outcome_id, **facts_from(form),
                )  # fmt: skip

        if attempt(form, change):
            return redirect(desk.to("home"))
    return one_thing(
        request, desk, form, heading=_("Change your need"), submit=_("Send the change"), back=desk.to("home"), hints=found,
        page_caption=words.title, template="community/need_form.html", sent_back=queries.sent_back_words(held),
    )  # fmt: skip


def need_withdraw(request: HttpRequest, desk: Desk, need: str) -> HttpResponse:
    """This will withdraw a need of the group's own."""
    held = desk.need(need)
    form = forms.ReasonForm(
        sent(request), required=False, label=_("Why is it no longer wanted?"),
        hint=_("For example: we found it ourselves. The council reads this."),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():

        def withdraw() -> Any:
            with desk.acting_at(held.body):
                return actions.withdraw_need(by=desk.person, need=held, words=form.cleaned_data["reason"])

        if attempt(form, withdraw):
            return redirect(desk.to("home"))
    return one_thing(
        request, desk, form, heading=_("Take this need back?"), submit=_("Take it back"), back=desk.to("home"),
        page_caption=held.latest.title, said=_("Its words leave the public site at once."), warning=True,
    )  # fmt: skip


def answer(request: HttpRequest, desk: Desk, match: str) -> HttpResponse:
    """This will take a group's yes or no to what it was offered."""
    held = desk.match(match)
    form = forms.AnswerForm(sent(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def say() -> Any:
            with desk.acting_at(held.body):
                if given["answer"] == "yes":
                    return actions.agree_match(by=desk.person, match=held)
                return actions.decline_match(by=desk.person, match=held, words=given["words"])

        if attempt(form, say):
            return redirect(desk.to("home"))
    return one_thing(
        request, desk, form, heading=_("%(helper)s could help") % {"helper": held.helper}, submit=_("Send"),
        back=desk.to("home"), page_caption=held.need.latest.title, match=held,
        unit=held.need.latest.unit, template="community/answer.html",
    )  # fmt: skip


def receive(request: HttpRequest, desk: Desk, match: str) -> HttpResponse:
    """This will take what a group says of the help it was promised: it arrived, or it did not happen."""
    held = desk.match(match)
    done = receipt_sent(request, desk, held)
    if isinstance(done, HttpResponse):
        return done
    return redirect(desk.to("thank", held.public_id) if done == "received" else desk.to("home"))


def receipt_sent(request: HttpRequest, desk: Desk, held: Any, *, back: bool = True) -> HttpResponse | str:
    """This will show the page of a receipt, or do what its button says and answer what became of the match."""
    words = held.need.shown or held.need.latest
    form = forms.ReceiptForm(sent(request), unit=words.unit if words.quantity is not None else "")
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def say() -> Any:
            with desk.acting_at(held.body):
                if request.POST.get("answer") == "no":
                    return actions.say_not_received(by=desk.person, match=held, comment=given["comment"])
                return actions.confirm_received(
                    by=desk.person, match=held, quantity=given.get("quantity"), comment=given["comment"]
                )

        said = attempt(form, say)
        if said is not None:
            return str(said.state)
    can_say = "received" in policies.MATCH_STATES[held.state]
    return one_thing(
        request, desk, form, heading=_("Has it arrived?"), submit="", back=desk.to("home") if back else "",
        page_caption=words.title, match=held, words=words, can_say=can_say, template="community/receipt.html",
    )  # fmt: skip


def thank(request: HttpRequest, desk: Desk, match: str) -> HttpResponse:
    """This will take a group's thanks, in its own words."""
    held = desk.match(match)
    if held.state != "received":
        return redirect(desk.to("home"))
    form = forms.ThanksForm(sent(request))
    if request.method == "POST" and form.is_valid():

        def say() -> Any:
            with desk.acting_at(held.body):
                return actions.thank(by=desk.person, match=held, **form.cleaned_data)

        if attempt(form, say):
            return redirect(desk.to("home"))
    return one_thing(
        request, desk, form, heading=_("Thank you for telling us"), submit=_("Send your thanks"), back=desk.to("home"),
        page_caption=held.need.latest.title,
        said=_("Would you like to thank %(helper)s? You do not have to.") % {"helper": held.helper},
    )  # fmt: skip
