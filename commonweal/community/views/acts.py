"""What officers do besides reading needs: post for a group, send its link, match, follow, answer helpers, set the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.queries import link_token
from commonweal.community import actions, forms, policies, queries, telling
from commonweal.community.figures import by, figures
from commonweal.community.presenting import breakdown, chart_of, rate_sentence, wait_sentence
from commonweal.community.views.group import attempt, facts_from, sent
from commonweal.community.views.staff import crumbs, form_page, may, person_of
from commonweal.directory.actions import find_or_create_contact
from commonweal.directory.queries import places_by_code

if TYPE_CHECKING:
    from commonweal.base.models import Body


UNDER_WAY = "It is under way. The group gets a link to say when it has arrived."


def need_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will post a need for a group that cannot or does not wish to do so itself."""
    form = forms.OfficerNeedForm(sent(request), places=queries.place_choices(body))
    back = reverse("community:needs", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data

        def post() -> Any:
            return actions.post_need(
                by=person_of(request), body=body, party=actions.find_or_create_group(body=body, name=given["group"]),
                contact=find_or_create_contact(email=given["contact_email"], name=given["contact_name"]),
                **facts_from(form),
            )  # fmt: skip

        made = attempt(form, post)
        if made:
            messages.success(request, "The need is posted. Read it once more, then publish it.")
            return redirect("community:need", body.slug, made.public_id)
    return form_page(request, form, heading="Post a need for a group", submit="Post it", back=back,
                     said="Write it in the group’s own words. The contact is told, and can change it or take it back.")  # fmt: skip


def link(request: HttpRequest, body: Body) -> HttpResponse:
    """This will send a group the link by which it posts and follows its needs; shown here where no mail is sent."""
    back = reverse("community:needs", args=[body.slug])
    form = forms.LinkForm(sent(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(form, lambda: actions.send_group_link(
            by=person_of(request), body=body, name=given["group"],
            contact=find_or_create_contact(email=given["contact_email"], name=given["contact_name"]),
        ))  # fmt: skip
        if made:
            address = request.build_absolute_uri(reverse(telling.ROUTES[telling.GROUP], args=[link_token(made)]))
            content = {
                "page_heading": "The link is ready", "page_caption": given["group"], "back_url": back,
                "link": {"id": "link", "name": "link", "value": address, "label": {"text": "Their link"},
                         "attributes": {"readonly": True}, "spellcheck": False, "autocomplete": "off"},
                "group": given["group"],
            }  # fmt: skip
            return render(request, "community/link_ready.html", content)
    return form_page(request, form, heading="Send a group its link", submit="Send the link", back=back,
                     said="With the link a group posts needs, follows them and says what arrived, on a phone if it likes.")  # fmt: skip


# --- matches ----------------------------------------------------------------------------------------------------------


def match_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will offer a group the help of somebody who is not a promise on record."""
    need = queries.get_need(body, public_id)
    back = reverse("community:need", args=[body.slug, public_id])
    offer = request.GET.get("help", "")
    initial = {"helper": queries.helper_of(queries.get_help_offer(body, offer)).name} if offer else {}
    form = forms.MatchForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.match_need(
            by=person_of(request), body=body, need=need.public_id, source="help" if offer else "other",
            source_id=offer, **form.cleaned_data,
        ))  # fmt: skip
        if made:
            messages.success(request, "The group is asked whether it wants this help.")
            return redirect(back)
    words = queries.latest_words(need)
    return form_page(request, form, heading="Who could help with this?", submit="Offer it to the group", back=back,
                     caption=words.title)  # fmt: skip


def match_step(request: HttpRequest, body: Body, public_id: str, step: str) -> HttpResponse:
    """This will take a match a step on: under way, asked about again, thanks published or kept back."""
    match = queries.get_match(body, public_id)
    person = person_of(request)
    steps = {
        "begin": (lambda: actions.begin_match(by=person, match=match), UNDER_WAY),
        "remind": (lambda: actions.remind_group(by=person, match=match), "The group is asked again."),
        "publish-thanks": (lambda: actions.decide_thanks(by=person, match=match, publish=True), "The thanks are public."),
        "keep-thanks": (lambda: actions.decide_thanks(by=person, match=match, publish=False), "The thanks are not published."),
    }  # fmt: skip
    if step not in steps:
        raise Http404
    act, told = steps[step]
    act()
    messages.success(request, told)
    return redirect("community:need", body.slug, match.need.public_id)


def match_withdraw(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take back what was offered to a group, with a reason that it reads."""
    match = queries.get_match(body, public_id)
    back = reverse("community:need", args=[body.slug, match.need.public_id])
    form = forms.ReasonForm(sent(request), label="Why is it taken back?", hint="The group reads these words.")
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: actions.withdraw_match(
            by=person_of(request), match=match, reason=form.cleaned_data["reason"]
        ))  # fmt: skip
        if done:
            messages.success(request, "It is taken back. The group is told, and its need stays open.")
            return redirect(back)
    return form_page(request, form, heading="Take this help back?", submit="Take it back", back=back,
                     caption=match.helper, warning=True)  # fmt: skip


def help_answer(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show who offered help from the public page, and note what became of it."""
    offer = queries.get_help_offer(body, public_id)
    back = reverse("community:need", args=[body.slug, offer.need.public_id])
    form = forms.HelpAnswerForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: actions.answer_help(by=person_of(request), offer=offer, **form.cleaned_data))
        if done:
            messages.success(request, "Noted.")
            return redirect(back)
    return form_page(
        request, form, heading="Answer an offer of help", submit="Save", back=back,
        caption=queries.latest_words(offer.need).title, offer=offer, helper=queries.helper_of(offer),
        template="community/help_answer.html",
    )  # fmt: skip


# --- rules and figures ------------------------------------------------------------------------------------------------


def rules(request: HttpRequest, body: Body) -> HttpResponse:
    """This will set how the body runs its wish list."""
    held = policies.rules_of(body)
    back = reverse("community:needs", args=[body.slug])
    names = ("is_open", "most_open", "stands_months", "moderators")
    form = forms.RulesForm(sent(request), initial={name: getattr(held, name) for name in names})
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: actions.set_rules(by=person_of(request), body=body, **form.cleaned_data))
        if done:
            messages.success(request, "The rules are set.")
            return redirect(back)
    return form_page(request, form, heading="How the wish list runs", submit="Save", back=back,
                     said="Everybody can read these rules on the public page of needs.")  # fmt: skip


def needs_figures(request: HttpRequest, body: Body) -> HttpResponse:
    """This will say how many needs were met and how long they wait, by kind and by place; each figure opens its needs."""
    on, lives = queries.today(), queries.lives_of(body)
    held = figures(lives, on)
    names = {code: place.name for code, place in places_by_code(each.place for each in lives).items()}
    content = {
        "figures": held, "on": on, "sentence": f"{rate_sentence(held)}.", "waits": wait_sentence(held),
        "chart": chart_of(lives, on, body.name),
        "by_kind": breakdown(by(lives, lambda each: each.kind, on), "kind"),
        "by_place": breakdown(by(lives, lambda each: each.place, on), "place", names),
        "page_heading": "How well needs are met", "breadcrumbs": crumbs(body, ("How well needs are met", "")),
        "may_add": may(request, "need_add"),
    }  # fmt: skip
    return render(request, "community/figures.html", content)
