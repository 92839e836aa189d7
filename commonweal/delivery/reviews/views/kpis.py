"""The indicators of an agreement: whether the law asks for them, what they are, and how they were rated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.templatetags.figures import amount_in_unit
from commonweal.delivery.queries import get_agreement
from commonweal.delivery.reviews import actions, forms, queries
from commonweal.delivery.reviews.views.reviews import crumbs, form_page, may
from commonweal.directory.queries import today
from commonweal.engine.kpis import scale

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.delivery.reviews.models import Kpi


def bands_words(kpi: Kpi) -> list[tuple[str, str]]:
    """This will write the bands of an indicator as its contract has them: rating, and from which figure."""
    words = scale()
    sign = "at least" if kpi.sense == "at-least" else "at most"
    told = [
        (words[rating].title, f"{sign} {amount_in_unit(mark, kpi.unit)}")
        for rating, mark in (
            ("good", kpi.target), ("approaching-target", kpi.approaching), ("requires-improvement", kpi.improvement),
        )
    ]  # fmt: skip
    return [*told, (words["inadequate"].title, "anything worse")]


def kpis(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show an agreement's indicators, why they are or are not needed, and every rating."""
    found = get_agreement(body, public_id)
    held = queries.kpis_of(found)
    duty = queries.kpi_duty(found, held)
    content = {
        "agreement": found, "duty": duty,
        "kpis": [{"kpi": each, "bands": bands_words(each)} for each in held if each.ended_on is None],
        "ended": [each for each in held if each.ended_on is not None],
        "social": sum(each.commitment_id is not None and each.ended_on is None for each in held),
        "ratings": queries.ratings_of(found), "scale": scale().values(),
        "may": may(request, "kpi_add"), "may_decide": may(request, "kpi_exemption"),
        "exports": [(words, reverse("reviews:ratings_export", args=[body.slug, public_id, kind]))
                    for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))],
        "page_heading": "Key performance indicators", "page_caption": found.title,
        "breadcrumbs": crumbs(body, found, "Key performance indicators"),
    }  # fmt: skip
    return render(request, "reviews/kpis.html", content)


def ratings_export(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will write every rating of an agreement as a file."""
    found = get_agreement(body, public_id)
    words = scale()
    return export_response(
        form, name=f"ratings-{found.reference or found.title}",
        headings=["Indicator", "Unit", "Target", "From", "Until", "Figure", "Claimed on record", "Evidenced on record",
                  "By the bands", "Rating", "State", "Respond by", "The provider says", "Decided by", "Published on"],
        rows=(
            (each.kpi.title, each.kpi.unit, each.kpi.target, each.starts_on, each.ends_on, each.figure, each.claimed,
             each.evidenced, words[each.proposed].title, words[each.rating].title, str(each.get_state_display()),
             each.respond_by, each.response_words, each.decided_by.name if each.decided_by else "", each.published_at)
            for each in queries.ratings_of(found)
        ),
        about=[("Agreement", found.title), ("Body", body.name)],
    )  # fmt: skip


def kpi_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will set an indicator; one that counts a promise begins with the promise's own words and unit."""
    found = get_agreement(body, public_id)
    back = reverse("reviews:kpis", args=[body.slug, public_id])
    chosen = queries.find_commitment(found, request.GET.get("promise", ""))
    initial: dict[str, Any] = {"sense": "at-least", "every_months": 12, "starts_on": found.starts_on or today()}
    if chosen is not None:
        initial |= {"commitment": chosen.public_id, "title": chosen.wording, "unit": chosen.unit,
                    "target": chosen.quantity, "sense": "at-most" if chosen.direction == "harm" else "at-least"}  # fmt: skip
    form = forms.KpiForm(request.POST or None, promises=queries.commitment_choices(found), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["commitment"] = queries.find_commitment(found, given["commitment"])
        try:
            actions.set_kpi(by=request.user, agreement=found, **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The indicator is set.")
            return redirect(back)
    return form_page(request, form, "Set a key performance indicator", back, "Set it", page_caption=found.title)


def kpi_end(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will end an indicator."""
    found = queries.get_kpi(body, public_id)
    back = reverse("reviews:kpis", args=[body.slug, found.agreement.public_id])
    form = forms.EndKpiForm(request.POST or None, initial={"ended_on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_kpi(by=request.user, kpi=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The indicator is ended. Its ratings stay on record.")
            return redirect(back)
    return form_page(request, form, f"End “{found.title}”", back, "End it", page_caption=found.agreement.title)


def kpi_exemption(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will put on record why too few indicators are set."""
    found = get_agreement(body, public_id)
    back = reverse("reviews:kpis", args=[body.slug, public_id])
    form = forms.ExemptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.exempt_from_kpis(by=request.user, agreement=found, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The reason is on record.")
            return redirect(back)
    return form_page(request, form, "Why are too few indicators set?", back, page_caption=found.title)
