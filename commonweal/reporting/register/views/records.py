"""Recording money beside value: what was drawn in, what a thing costs over its life, what somebody independent found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.files import UnusableFile, hand_out
from commonweal.delivery.queries import get_agreement, live_agreements
from commonweal.directory.queries import get_department
from commonweal.reporting.register import actions, forms, queries
from commonweal.reporting.register.views.pages import department_choices, form_page, year_of, years

if TYPE_CHECKING:
    from commonweal.base.models import Body

_MOST_AGREEMENTS = 500


def _agreements(body: Body) -> list[tuple[str, str]]:
    return list(live_agreements(body).order_by("title").values_list("public_id", "title")[:_MOST_AGREEMENTS])


def _agreement(body: Body, public_id: str) -> Any:
    return get_agreement(body, public_id) if public_id else None


def _money(request: HttpRequest, body: Body) -> str:
    return f"{reverse('register:money', args=[body.slug])}?year={year_of(request, body).slug}"


def levered_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will record money of others that was drawn in."""
    form = forms.LeveredForm(
        request.POST or None, years=years(body), agreements=_agreements(body),
        initial={"year": year_of(request, body).slug},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given.pop("year")
        agreement = _agreement(body, given.pop("agreement"))
        try:
            actions.record_levered(by=request.user, body=body, begins=form.begins(), agreement=agreement, **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error("own", str(error))
        else:
            messages.success(request, "Kept beside the value of its year.")
            return redirect(f"{reverse('register:money', args=[body.slug])}?year={form.cleaned_data['year']}#leverage")
    return form_page(
        request, form, "Record money drawn in", _money(request, body), "Save",
        page_lead="Money of others that came because the body put in its own. It is told as so many pounds for each £1, and "
        "is no social return on investment.",
    )  # fmt: skip


def levered_withdraw(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take money drawn in out of the figures; it stays on record."""
    actions.withdraw_levered(by=request.user, found=queries.get_levered(body, public_id))  # type: ignore[arg-type]
    messages.success(request, "It is in no figure any more, and stays on record.")
    return redirect(f"{_money(request, body)}#leverage")


def whole_life_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will record what a thing costs over its whole life."""
    form = forms.WholeLifeForm(
        request.POST or None, agreements=_agreements(body), initial={"agreement": request.GET.get("agreement", "")}
    )
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        agreement = get_agreement(body, given.pop("agreement"))
        try:
            actions.record_whole_life(by=request.user, agreement=agreement, **given)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Kept beside the value of the agreement.")
            return redirect(f"{_money(request, body)}#whole-life")
    return form_page(
        request, form, "Record a whole-life cost", _money(request, body), "Save",
        page_lead="What it costs to buy, run, repair, replace and get rid of. The cheapest to buy is not always the cheapest.",
    )  # fmt: skip


def report_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will attach what somebody independent reported."""
    form = forms.ReportForm(request.POST or None, request.FILES or None, agreements=_agreements(body))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        file, agreement = given.pop("file"), _agreement(body, given.pop("agreement"))
        try:
            actions.record_report(
                by=request.user, body=body, agreement=agreement, file_name=file.name if file else "",  # type: ignore[arg-type]
                content=file.read() if file else b"", **given,
            )  # fmt: skip
        except UnusableFile as error:
            form.add_error("file", str(error))
        except NotPossible as error:
            form.add_error("dated_on", str(error))
        else:
            messages.success(request, "The report stands beside the figures, and inside none of them.")
            return redirect(f"{_money(request, body)}#reports")
    return form_page(
        request, form, "Attach an independent report", _money(request, body), "Attach it",
        page_lead="Such as an audit of social return on investment. It is shown beside our figures, never inside them.",
    )  # fmt: skip


def report_file(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will send a checked report as a download that no browser runs."""
    found = queries.get_report(body, public_id)
    if found.file is None:
        raise Http404
    return hand_out(found.file, request.user)  # type: ignore[arg-type]


def gainer_name(request: HttpRequest, body: Body) -> HttpResponse:
    """This will say whom a framework's words for who gains mean here."""
    words = request.POST.get("words", "") or request.GET.get("words", "")
    back = f"{reverse('register:gains', args=[body.slug])}?year={year_of(request, body).slug}"
    held = queries.gainers_named(body).get(words)
    initial = {"words": words, "kind": held.kind if held else "people", "department": held.department if held else "",
               "name": held.name if held and held.kind == "body" else ""}  # fmt: skip
    form = forms.GainerForm(request.POST or None, departments=department_choices(body, ended=False), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        chosen = given.pop("department")
        try:
            actions.name_gainer(
                by=request.user, body=body, department=get_department(chosen) if chosen else None, **given,  # type: ignore[arg-type]
            )  # fmt: skip
        except NotPossible as error:
            form.add_error("department" if given["kind"] == "department" else "name", str(error))
        else:
            messages.success(request, f"“{words}” is told so from now on.")
            return redirect(back)
    return form_page(request, form, f"Who is “{words}” here?", back, "Save")
