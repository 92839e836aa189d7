"""One rating, from its draft to its publication."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.files import UnusableFile, hand_out
from commonweal.base.queries import events_about, names_by_pseudonym
from commonweal.base.templatetags.figures import amount_in_unit, long_date
from commonweal.delivery.reviews import actions, forms, policies, queries
from commonweal.delivery.reviews.views.kpis import bands_words
from commonweal.delivery.reviews.views.reviews import crumbs, form_page, may
from commonweal.directory.queries import today
from commonweal.engine.kpis import scale

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.delivery.reviews.models import Rating

#: What the record says happened to a rating, in words.
HISTORY = {
    "reviews.rating.drafted": "Drafted",
    "reviews.rating.changed": "Changed",
    "reviews.rating.sent": "Sent to the provider",
    "reviews.rating.withdrawn": "Withdrawn",
    "reviews.rating.agreed": "The provider agrees",
    "reviews.rating.contested": "The provider contests it",
    "reviews.rating.decided": "Decided",
    "reviews.rating.plan_given": "Another improvement plan given",
    "reviews.rating.locked": "Locked",
    "reviews.rating.published": "Published",
    "base.mail.posted": "A mail was written",
    "base.mail.sent": "A mail was sent",
    "base.mail.refused": "A mail came back",
}


def period_words(rating: Any) -> str:
    """This will write the period of a rating: "1 April 2026 to 30 June 2026"."""
    return f"{long_date(rating.starts_on)} to {long_date(rating.ends_on)}"


def rating(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one rating: its figure and bands, what each side said, who decided, and what is next."""
    found = queries.get_rating(body, public_id)
    agreement = found.kpi.agreement
    words = scale()
    events = events_about(body, f"reviews.rating:{found.public_id}")
    names = names_by_pseudonym(event.actor for event in events)
    content = {
        "rating": found, "agreement": agreement, "scale": words, "period": period_words(found),
        "told": words[found.rating], "proposed": words[found.proposed], "bands": bands_words(found.kpi),
        "history": [{"did": HISTORY.get(event.action, event.action), "at": event.at,
                     "who": names.get(event.actor, "The system")} for event in events],
        "may": may(request, "rating_change"), "may_decide": may(request, "rating_decide"),
        "may_open": may_open(request), "plan_waits": policies.plan_words(found),
        "waits": found.state == "sent" and found.respond_by is not None and today() <= found.respond_by,
        "own_contested": found.state == "contested" and found.drafted_by_id == request.user.pk,
        "page_heading": found.kpi.title, "page_caption": f"Rating, {period_words(found)}",
        "breadcrumbs": crumbs(body, agreement, found.kpi.title),
    }  # fmt: skip
    return render(request, "reviews/rating.html", content)


def may_open(request: HttpRequest) -> bool:
    """This will say whether the reader may open improvement plans."""
    return bool({"contract-manager", "lead", "assurer", "buyer"} & request.roles)  # type: ignore[attr-defined]


def plan_file(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will send a checked improvement plan as a download that no browser runs."""
    found = queries.get_rating(body, public_id)
    if found.plan_file is None:
        raise Http404
    return hand_out(found.plan_file, request.user)  # type: ignore[arg-type]


def _recorded_words(rating_or_kpi: Any, starts_on: date, ends_on: date) -> str:
    commitment = rating_or_kpi.commitment
    if commitment is None:
        return "This indicator counts no promise, so its figure comes from your own records."
    held = queries.recorded_in(commitment, starts_on, ends_on)
    unit = commitment.unit_words
    return (
        f"On record for {long_date(starts_on)} to {long_date(ends_on)}: {amount_in_unit(held.evidenced, unit)} with its "
        f"evidence accepted, of {amount_in_unit(held.claimed, unit)} claimed."
    )


def rating_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will draft a rating: first the period, then its figure, which the record proposes."""
    kpi = queries.get_kpi(body, public_id)
    back = reverse("reviews:kpis", args=[body.slug, kpi.agreement.public_id])
    proposed = queries.next_period(kpi, today())
    chosen = forms.PeriodChoiceForm(request.GET if "ends_on_0" in request.GET or "ends_on" in request.GET else None)
    starts, ends = proposed or (kpi.starts_on, today())
    if chosen.is_bound and chosen.is_valid():
        starts, ends = chosen.cleaned_data["starts_on"], chosen.cleaned_data["ends_on"]
    initial: dict[str, Any] = {"starts_on": starts, "ends_on": ends}
    if kpi.commitment is not None:
        initial["figure"] = f"{queries.recorded_in(kpi.commitment, starts, ends).evidenced.normalize():f}"
    form = forms.DraftForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given.pop("version")
        try:
            made = actions.draft_rating(by=request.user, kpi=kpi, **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"Drafted: {scale()[made.rating].title}. Look at it, then send it to the provider."
            )
            return redirect("reviews:rating", body.slug, made.public_id)
    lead = _recorded_words(kpi, starts, ends)
    if proposed is None:
        lead += " Every whole period that is over is rated; give a shorter one at the end of the contract."
    return form_page(
        request, form, kpi.title, back, "Draft the rating", page_caption="Rate an indicator", page_lead=lead,
        bands=bands_words(kpi),
    )  # fmt: skip


def rating_change(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will change a draft; where somebody else did meanwhile, what was typed stays and what is now is shown."""
    found = queries.get_rating(body, public_id)
    back = reverse("reviews:rating", args=[body.slug, public_id])
    initial = {
        "figure": None if found.figure is None else f"{found.figure.normalize():f}", "figure_why": found.figure_why,
        "rating": "" if found.rating == found.proposed else found.rating, "reason": found.reason,
        "version": found.version,
    }  # fmt: skip
    form = forms.RatingForm(request.POST or None, initial=initial)
    lead = _recorded_words(found.kpi, found.starts_on, found.ends_on)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.change_rating(
                by=request.user, rating=found, version=given["version"] or 0, figure=given["figure"],  # type: ignore[arg-type]
                figure_why=given["figure_why"], chosen=given["rating"], reason=given["reason"],
            )  # fmt: skip
        except actions.ChangedMeanwhile as error:
            form.data = {**form.data.dict(), "version": str(found.version)}  # type: ignore[attr-defined]
            form.add_error(None, str(error))
            figure = "none" if found.figure is None else amount_in_unit(found.figure, found.kpi.unit)
            lead = f"It says now: figure {figure}, rating {scale()[found.rating].title}."
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The draft is changed.")
            return redirect(back)
    return form_page(
        request, form, found.kpi.title, back, page_caption=f"Rating, {period_words(found)}", page_lead=lead,
        bands=bands_words(found.kpi),
    )  # fmt: skip


def rating_send(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will send a draft to the provider, with so many days to respond."""
    found = queries.get_rating(body, public_id)
    back = reverse("reviews:rating", args=[body.slug, public_id])
    form = forms.SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = actions.send_rating(by=request.user, rating=found, days=form.cleaned_data["days"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Sent. The provider may respond until {long_date(sent.respond_by)}.")  # type: ignore[arg-type]
            return redirect(back)
    lead = "The provider reads the figure, the rating and your reason, and agrees or says what is wrong."
    return form_page(
        request, form, "Send it to the provider", back, "Send it", page_caption=found.kpi.title, page_lead=lead
    )


def rating_decide(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will decide a rating in the reader's name."""
    found = queries.get_rating(body, public_id)
    back = reverse("reviews:rating", args=[body.slug, public_id])
    form = forms.DecideForm(request.POST or None, request.FILES or None, initial={"decided": found.rating})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        file = given.pop("plan_file")
        try:
            actions.decide_rating(
                by=request.user, rating=found, **given, file_name=file.name if file else "",  # type: ignore[arg-type]
                content=file.read() if file else b"",
            )  # fmt: skip
        except UnusableFile as error:
            form.add_error("plan_file", str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The rating is decided. Lock it when it is to go into the notice.")
            return redirect(back)
    lead = f"The provider says: {found.response_words}" if found.response_words else ""
    return form_page(
        request, form, "Decide the rating", back, "Decide", page_caption=f"{found.kpi.title}, {period_words(found)}",
        page_lead=lead, bands=bands_words(found.kpi),
    )  # fmt: skip


def rating_plan(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take another improvement plan for a decided rating whose plan was refused, or lies elsewhere."""
    found = queries.get_rating(body, public_id)
    back = reverse("reviews:rating", args=[body.slug, public_id])
    form = forms.OtherPlanForm(request.POST or None, request.FILES or None, initial={"plan": found.plan})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["plan_file"]
        try:
            actions.give_plan(
                by=request.user, rating=found, plan=form.cleaned_data["plan"], file_name=file.name if file else "",  # type: ignore[arg-type]
                content=file.read() if file else b"",
            )  # fmt: skip
        except UnusableFile as error:
            form.add_error("plan_file", str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return _back_to(request, body, found, "The improvement plan is with the rating.")
    return form_page(
        request, form, "Give another improvement plan", back, "Give it", page_caption=found.kpi.title,
        page_lead=policies.plan_words(found),
    )  # fmt: skip


def _back_to(request: HttpRequest, body: Body, rating: Rating, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("reviews:rating", body.slug, rating.public_id)


def rating_withdraw(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take a draft, or a rating the provider has not answered, back."""
    found = queries.get_rating(body, public_id)
    actions.withdraw_rating(by=request.user, rating=found)  # type: ignore[arg-type]
    return _back_to(
        request, body, found, "The rating is withdrawn. It stays on record, and the period can be rated again."
    )


def rating_lock(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will lock a decided rating."""
    found = queries.get_rating(body, public_id)
    actions.lock_rating(by=request.user, rating=found)  # type: ignore[arg-type]
    return _back_to(request, body, found, "The rating is locked, and in the data of the performance notice.")


def rating_publish(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will publish a locked rating."""
    found = queries.get_rating(body, public_id)
    actions.publish_rating(by=request.user, rating=found)  # type: ignore[arg-type]
    return _back_to(request, body, found, "The rating is published. The public page shows it within a minute.")
