"""Reviews of an agreement and of a body: planned, held, signed, with actions and early warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.queries import get_person, staff_of
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.queries import get_agreement, promise_table
from commonweal.delivery.reviews import actions, forms, queries
from commonweal.delivery.reviews.vocabulary import ATTENDANCE
from commonweal.delivery.views.agreements import thread_of
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.delivery.models import Agreement
    from commonweal.delivery.reviews.models import Review

SORTS = {"planned": "planned_on", "agreement": "agreement__title"}
COLUMNS = (
    Column("agreement", "Agreement", sortable=True),
    Column("kind", "Meeting"),
    Column("planned", "Planned for", sortable=True),
    Column("state", "State"),
    Column("led", "Led by"),
    Column("actions", "Open actions", numeric=True),
)


def may(request: HttpRequest, route: str) -> bool:
    """This will say whether the reader may do what an address of this room does, so that no page offers it in vain."""
    return rule_for(f"reviews:{route}", "POST").allows(request.roles)  # type: ignore[attr-defined]


def crumbs(body: Body, agreement: Agreement, *more: str) -> dict[str, Any]:
    """This will give the way back from a page of this room."""
    here = reverse("reviews:agreement", args=[body.slug, agreement.public_id])
    page = reverse("delivery:agreement", args=[body.slug, agreement.public_id])
    items: list[dict[str, str]] = [
        {"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
        {"text": agreement.title, "href": page},
    ]
    items += [{"text": "Reviews", "href": here} if more else {"text": "Reviews"}]
    return {"items": [*items, *({"text": words} for words in more)]}


def people_choices(body: Body) -> list[tuple[str, str]]:
    """This will list the staff of a body as (outward id, name)."""
    return [(person.public_id, person.name) for person, _ in staff_of(body)]


def form_page(
    request: HttpRequest, form: Any, heading: str, back: str, submit: str = "Save", **more: Any
) -> HttpResponse:  # fmt: skip
    """This will show a form on a page of its own; a refused one is shown again with status 422."""
    content = {"form": form, "page_heading": heading, "submit_text": submit, "back_url": back} | more
    return render(request, "reviews/form.html", content, status=422 if form.errors else 200)


def day_of(review: Review) -> Any:
    """This will give the day a meeting was planned for; one that was noted afterwards was planned for the day it was."""
    held = review.held_on
    return held if held is not None and held < review.planned_on else review.planned_on


def state_words(review: Review, on: Any) -> str:
    """This will say how a meeting stands: "Due since 3 May 2026" for one whose day has passed."""
    if review.state == "held":
        return f"Held {long_date(review.held_on)}" if review.held_on else "Held"
    if review.state == "planned" and review.planned_on < on:
        return f"Not held: was due {long_date(review.planned_on)}"
    return str(review.get_state_display())


# --- lists ----------------------------------------------------------------------------------------------------------


def _chosen(request: HttpRequest) -> tuple[forms.ReviewFilters, dict[str, str]]:
    form = forms.ReviewFilters(request.GET)
    return form, dict(form.cleaned_data) if form.is_valid() else {}


def reviews(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the body's reviews, narrowed and ordered by the address."""
    form, chosen = _chosen(request)
    cut = cut_page(queries.body_reviews(body, **chosen), request.GET, SORTS, default="planned")
    on = today()
    shown: list[Any] = cut.rows
    rows = [
        (
            Link(each.agreement.title, reverse("reviews:review", args=[body.slug, each.public_id])),
            each.get_kind_display(), long_date(day_of(each)), state_words(each, on),
            each.led_by.name if each.led_by else "Whoever owns it", each.open_actions,
        )
        for each in shown
    ]  # fmt: skip
    exports = {
        words: reverse("reviews:reviews_export", args=[body.slug, kind])
        for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
    }
    listing = Listing(
        caption="Reviews", columns=COLUMNS, rows=rows, query=request.GET, sort=cut.sort, after=cut.after,
        count=f"{cut.total:,} meeting{'' if cut.total == 1 else 's'}", filters=form, exports=exports,
        empty="No review is planned yet. Open an agreement and plan its first.",
        empty_action=Link("See the agreements", reverse("delivery:agreements", args=[body.slug])),
    )  # fmt: skip
    content = {"listing": listing, "page_heading": "Reviews", "due": queries.due_reviews(body, on).count(),
               "breadcrumbs": {"items": [{"text": "Promises", "href": reverse("delivery:agreements", args=[body.slug])},
                                         {"text": "Reviews"}]}}  # fmt: skip
    return render(request, "reviews/reviews.html", content)


def reviews_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write the reviews shown, all pages of them, as a file."""
    _, chosen = _chosen(request)
    found: Any = in_order(queries.body_reviews(body, **chosen), request.GET.get("sort", ""), SORTS, "planned")
    words = dict(ATTENDANCE)
    return export_response(
        form, name=f"reviews-{body.slug}",
        headings=["Agreement", "Reference", "Provider", "Meeting", "Planned for", "State", "Held on", "Who was there",
                  "Led by", "Open actions"],
        rows=(
            (each.agreement.title, each.agreement.reference,
             each.agreement.provider.name if each.agreement.provider else "", str(each.get_kind_display()),
             each.planned_on, str(each.get_state_display()), each.held_on,
             ", ".join(str(words[one]) for one in each.attended), each.led_by.name if each.led_by else "",
             each.open_actions)
            for each in found
        ),
        about=[("Body", body.name), ("What", "The meetings shown on the page, in its order")],
    )  # fmt: skip


def agreement(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show what is planned, agreed, foreseen and rated about one agreement."""
    found = get_agreement(body, public_id)
    kpis = queries.kpis_of(found)
    meetings, on = queries.reviews_of(found), today()
    held = [each for each in meetings if each.state == "held"]
    coming = [each for each in meetings if each.state == "planned"]
    content = {
        "agreement": found, "on": on,
        "coming": coming[:6], "later": max(len(coming) - 6, 0),
        "held": held[:8], "earlier": max(len(held) - 8, 0),
        "actions": [each for each in queries.actions_of(found) if each.state == "open"],
        "closed": [each for each in queries.actions_of(found) if each.state != "open"][:10],
        "warnings": queries.warnings_of(found),
        "kpis": [each for each in kpis if each.ended_on is None], "duty": queries.kpi_duty(found, kpis),
        "may": may(request, "review_add"),
        "exports": [(words, reverse("reviews:actions_export", args=[body.slug, public_id, kind]))
                    for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))],
        "thread": thread_of(found, promise_table(found, on), "promise"),
        "page_heading": found.title, "page_caption": "Reviews", "breadcrumbs": crumbs(body, found),
    }  # fmt: skip
    return render(request, "reviews/agreement.html", content)


def actions_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write every action of an agreement as a file."""
    found = get_agreement(body, public_id)
    return export_response(
        form, name=f"actions-{found.reference or found.title}",
        headings=["Action", "Side", "Who", "Due on", "State", "Closed on", "What came of it", "Meeting of"],
        rows=(
            (each.words, str(each.get_side_display()), each.owner.name if each.owner else each.owner_words, each.due_on,
             str(each.get_state_display()), each.closed_on, each.outcome, each.review.held_on or each.review.planned_on)
            for each in queries.actions_of(found)
        ),
        about=[("Agreement", found.title), ("Body", body.name)],
    )  # fmt: skip


# --- one meeting ----------------------------------------------------------------------------------------------------


def review_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will plan a meeting, or a series of them."""
    found = get_agreement(body, public_id)
    back = reverse("reviews:agreement", args=[body.slug, public_id])
    form = forms.PlanForm(
        request.POST or None, people=people_choices(body), ends_known=found.ends_on is not None,
        initial={"kind": request.GET.get("kind", "formal")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        last_on = (given["last_on"] or found.ends_on) if given["repeats"] else None
        try:
            made = actions.plan_reviews(
                by=request.user, agreement=found, kind=given["kind"], first_on=given["first_on"], last_on=last_on,  # type: ignore[arg-type]
                led_by=get_person(given["led_by"]) if given["led_by"] else found.owner,
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            number = "The meeting is" if len(made) == 1 else f"{len(made)} meetings are"
            messages.success(request, f"{number} planned.")
            return redirect(back)
    return form_page(request, form, f"Plan a review of {found.title}", back, "Plan it")


def review(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one meeting: what was said, who took on what, and who signed."""
    found = queries.get_review(body, public_id)
    signed = queries.signatures(found)
    words = dict(ATTENDANCE)
    heading = f"{found.get_kind_display()}, {long_date(found.held_on or found.planned_on)}"
    content = {
        "review": found, "agreement": found.agreement, "on": today(),
        "attended": [words[each] for each in found.attended], "signed": signed,
        "signed_by_body": any(each.side == "body" for each in signed),
        "signed_before": found.signatures.all().exists() and not signed,
        "actions": [each for each in queries.actions_of(found.agreement) if each.review_id == found.pk],
        "still_open": [each for each in queries.open_actions(found.agreement) if each.review_id != found.pk],
        "warnings": [each for each in queries.warnings_of(found.agreement) if each.state == "open"],
        "may": may(request, "review_hold"),
        "page_heading": heading, "page_caption": found.agreement.title,
        "breadcrumbs": crumbs(body, found.agreement, heading),
    }  # fmt: skip
    return render(request, "reviews/review.html", content)


def review_hold(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will note that a meeting was held."""
    found = queries.get_review(body, public_id)
    back = reverse("reviews:review", args=[body.slug, public_id])
    initial = {"held_on": min(found.planned_on, today()), "version": found.version}
    form = forms.HoldForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hold_review(by=request.user, review=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The meeting is on record. Add what was agreed, then sign it.")
            return redirect(back)
    return form_page(request, form, f"Note the review of {found.agreement.title}", back)


def review_cancel(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will cancel a planned meeting, with the reason."""
    found = queries.get_review(body, public_id)
    back = reverse("reviews:review", args=[body.slug, public_id])
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_review(by=request.user, review=found, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The meeting is cancelled.")
            return redirect("reviews:agreement", body.slug, found.agreement.public_id)
    return form_page(request, form, f"Cancel the meeting of {long_date(found.planned_on)}", back, "Cancel the meeting")


def review_sign(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will sign the record of a meeting for the body."""
    found = queries.get_review(body, public_id)
    actions.sign_review(by=request.user, review=found, side="body")  # type: ignore[arg-type]
    messages.success(request, f"You signed the record for {body.name}.")
    return redirect("reviews:review", body.slug, public_id)


# --- actions and warnings -------------------------------------------------------------------------------------------


def action_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record what somebody took on at a meeting."""
    found = queries.get_review(body, public_id)
    back = reverse("reviews:review", args=[body.slug, public_id])
    form = forms.ActionForm(request.POST or None, people=people_choices(body))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        owner = given.pop("owner")
        try:
            actions.take_on(
                by=request.user, review=found, owner=get_person(owner) if owner else None, **given  # type: ignore[arg-type]
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The action is on record.")
            return redirect(back)
    return form_page(request, form, "What was agreed?", back, "Add the action", page_caption=found.agreement.title)


def action_close(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will close an action: done, or carried on to a later meeting."""
    found = queries.get_action(body, public_id)
    back = reverse("reviews:agreement", args=[body.slug, found.agreement.public_id])
    others = {
        each.public_id: each
        for each in queries.reviews_of(found.agreement)
        if each.state != "cancelled" and each.pk != found.review_id
    }
    choices = [
        (key, f"{each.get_kind_display()}, {long_date(each.held_on or each.planned_on)}")
        for key, each in others.items()
    ]
    form = forms.CloseActionForm(request.POST or None, reviews=choices)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if given["how"] == "done":
                actions.finish_action(by=request.user, action=found, outcome=given["outcome"])  # type: ignore[arg-type]
            else:
                actions.carry_action_on(
                    by=request.user, action=found, review=others[given["review"]], due_on=given["due_on"],  # type: ignore[arg-type]
                    reason=given["outcome"],
                )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The action is done." if given["how"] == "done" else "The action is carried on.")
            return redirect(back)
    return form_page(request, form, found.words, back, page_caption="Close an action")


def warning_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record an early warning for the body."""
    found = get_agreement(body, public_id)
    back = reverse("reviews:agreement", args=[body.slug, public_id])
    form = forms.WarningForm(request.POST or None, promises=queries.commitment_choices(found))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["commitment"] = queries.find_commitment(found, given["commitment"])
        try:
            actions.raise_warning(by=request.user, agreement=found, side="body", **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The early warning is on record, and the provider sees it.")
            return redirect(back)
    return form_page(request, form, "What do you see coming?", back, "Raise the warning", page_caption=found.title)


def warning_settle(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will settle an early warning."""
    found = queries.get_warning(body, public_id)
    back = reverse("reviews:agreement", args=[body.slug, found.agreement.public_id])
    form = forms.SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_warning(by=request.user, warning=found, outcome=form.cleaned_data["outcome"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The warning is settled.")
            return redirect(back)
    return form_page(request, form, found.what, back, "Settle it", page_caption="Settle an early warning")
