"""Frameworks: every edition that is loaded, its measures, and which of them the body uses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.govuk.markup import element, join
from commonweal.engine.model import LICENSED
from commonweal.frameworks import actions, forms, queries
from commonweal.frameworks.queries import MeasureFilter
from commonweal.frameworks.views.pages import crumbs_to, form_page, me, page, posted
from commonweal.frameworks.vocabulary import CONFIDENCE, CONFIRMERS, NOT_FOR_PUBLICATION, PRICE_YEARS

if TYPE_CHECKING:
    from commonweal.base.models import Body

_HASH = re.compile(r"\b([0-9a-f]{64})\b")


def frameworks(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list every loaded edition, and which the body uses."""
    today = queries.today()
    choices = queries.choices_of(body)
    listed = []
    for row in queries.editions():
        edition = queries.get_edition(row.reference)
        chosen = [each for each in choices if each.edition_id == row.pk]
        listed.append(
            {
                "row": row,
                "edition": edition,
                "status": _status(row, edition, chosen, today),
                "valued": sum(each.figure == "valued" for each in edition.measures.values()),
            }
        )
    return page(
        request, "frameworks", "frameworks", page_heading="Frameworks", listed=listed, choices=choices, today=today,
        counting=queries.edition_for(body, today), overlays=queries.overlays_of(body),
    )  # fmt: skip


def _status(row: Any, edition: Any, chosen: Sequence[Any], today: date) -> dict[str, str]:
    if row.withdrawn_at:
        return {"text": "Taken back", "classes": "govuk-tag--grey"}
    running = [each for each in chosen if each.starts_on <= today and (each.ends_on is None or each.ends_on >= today)]
    if running:
        return {"text": "In use here", "classes": "govuk-tag--green"}
    if any(each.starts_on > today for each in chosen):
        return {"text": "Chosen, not yet begun", "classes": "govuk-tag--blue"}
    if edition.applies_to and edition.applies_to <= today:
        return {"text": "Superseded", "classes": "govuk-tag--grey"}
    if edition.applies_from and edition.applies_from > today:
        return {"text": "Not yet in effect", "classes": "govuk-tag--yellow"}
    return {"text": "Available", "classes": "govuk-tag--grey"}


def _filters(request: HttpRequest, edition: Any) -> tuple[forms.MeasureFilterForm, MeasureFilter]:
    themes = [(theme.id, theme.title) for theme in edition.themes]
    form = forms.MeasureFilterForm(request.GET or None, themes=themes)
    chosen = form.cleaned_data if form.is_valid() else {}
    return form, MeasureFilter(**{name: chosen.get(name, "") for name in ("theme", "text", "figure")})


def edition(request: HttpRequest, body: Body, reference: str) -> HttpResponse:
    """This will show an edition whole: what it is, what it lacks, its themes, outcomes and measures."""
    row, rule = queries.find_edition(reference), queries.get_edition(reference)
    form, filters = _filters(request, rule)
    themes = queries.listed(row, filters)
    today = queries.today()
    chosen = [each for each in queries.choices_of(body) if each.edition_id == row.pk]
    return page(
        request, "edition", "frameworks", page_heading=rule.title, page_caption=f"{rule.publisher}, {rule.version}",
        row=row, edition=rule, form=form, filters=filters,
        themes=themes, count=sum(theme.count for theme in themes), choices=chosen,
        state=_status(row, rule, chosen, today), is_chosen=any(each.ends_on is None for each in chosen),
        price_year_kind=PRICE_YEARS[rule.price_year_type], overlay=queries.overlay_of_edition(row),
        query=request.GET.urlencode(), notes=_with_short_hashes(rule.notes),
    )  # fmt: skip


def _with_short_hashes(text: str) -> str:
    """This will show the first twelve digits of each content hash; the whole is its title, and goes out with the file."""
    parts = _HASH.split(text)
    shown = [element("span", {"title": each}, f"{each[:12]}…") if _HASH.fullmatch(each) else each for each in parts]
    return join(shown)


def edition_withdraw(request: HttpRequest, body: Body, reference: str) -> HttpResponse:
    """This will take back an edition of the body's own that was never used."""
    row = queries.find_edition(reference)
    try:
        actions.withdraw_edition(body=body, by=me(request), edition=row)
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("frameworks:edition", body.slug, reference)
    messages.success(request, f"{row.title}, version {row.version}, is taken back. It stays on record.")
    return redirect("frameworks:frameworks", body.slug)


EXPORT_HEADINGS = (
    "Framework", "Version", "Theme", "Outcome", "Id", "Code", "Measure", "Measure (Welsh)", "Unit", "Direction",
    "Figure", "Definition", "Counting rule", "Evidence", "Question", "Who can confirm it", "Value of one unit (£)",
    "Low (£)", "High (£)", "Price year", "Kind of value", "Beneficiary", "Source", "Locator", "Licence",
)  # fmt: skip


def edition_export(request: HttpRequest, body: Body, reference: str, form: str) -> HttpResponse:
    """This will give the measures that are shown as CSV or XLSX."""
    row, rule = queries.find_edition(reference), queries.get_edition(reference)
    _form, filters = _filters(request, rule)
    rows = []
    for theme in queries.listed(row, filters):
        for outcome in theme.outcomes:
            for each in outcome.measures:
                held, value = each.rule, each.rule.value
                source = value.source if value else held.reference
                rows.append(
                    (
                        rule.title, rule.version, theme.rule.title, outcome.rule.title, held.id, held.code, held.title,
                        held.title_cy, held.unit, held.direction, held.figure, held.definition, held.counting_rule,
                        "; ".join(held.evidence), held.question, "; ".join(held.confirmable_by),
                        value.amount if value else None, value.low if value else None, value.high if value else None,
                        value.price_year if value else "", value.kind if value else "",
                        value.beneficiary if value else "", source.title, source.locator,
                        # The mark goes with each row: a CSV file has no page about itself, and rows are copied out.
                        f"{LICENSED}. {rule.notes}".strip() if held.is_licensed else source.licence,
                    )
                )  # fmt: skip
    about = [
        ("Framework", f"{rule.title}, version {rule.version}"), ("Publisher", rule.publisher),
        ("Licence", LICENSED if rule.is_licensed else rule.licence), *([("About it", rule.notes)] if rule.notes else []),
        *([("Not for publication", NOT_FOR_PUBLICATION)] if rule.is_licensed else []),
        *[("Known to lack", gap) for gap in rule.gaps],
    ]  # fmt: skip
    name = f"{rule.framework_id}-{rule.version}"
    return export_response(form, name=name, headings=EXPORT_HEADINGS, rows=rows, about=about)


def measure(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show everything about one measure, its value and where that comes from."""
    row = queries.get_measure(public_id)
    rule, whole = queries.rule_of(row), queries.get_edition(row.edition.reference)
    theme = next(each for each in whole.themes if each.id == row.theme_id)
    outcome = next(each for each in theme.outcomes if each.id == row.outcome_id)
    crumbs = crumbs_to(body, ("Frameworks", "frameworks"))
    crumbs["items"].append(
        {"text": whole.title, "href": reverse("frameworks:edition", args=[body.slug, row.edition.reference])}
    )
    alike = [
        each for each in queries.measures(row.edition)
        if rule.exclusive_group and each.pk != row.pk
        and whole.measures[each.measure_id].exclusive_group == rule.exclusive_group
    ]  # fmt: skip
    return page(
        request, "measure", "frameworks", page_heading=rule.title,
        page_caption=f"{rule.code}, {whole.title} {whole.version}",
        breadcrumbs=crumbs, row=row, measure=rule, edition=whole, theme=theme, outcome=outcome, alike=alike,
        confirmers=[CONFIRMERS[each] for each in rule.confirmable_by], rates=list(rule.rates.items()),
        sure={"value": CONFIDENCE[rule.value.source.confidence] if rule.value else "",
              "reference": CONFIDENCE[rule.reference.confidence]},
        price_year_kind=PRICE_YEARS[rule.value.price_year_type] if rule.value else "",
        years=sorted(rule.value.by_year.items()) if rule.value else [],
    )  # fmt: skip


def choose(request: HttpRequest, body: Body, reference: str) -> HttpResponse:
    """This will put an edition in force for the body."""
    row = queries.find_edition(reference)
    form = forms.ChooseFrameworkForm(posted(request), initial={"starts_on": queries.today()})
    back = reverse("frameworks:edition", args=[body.slug, reference])
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_framework(body=body, by=me(request), edition=row, **form.cleaned_data)
        except NotPossible as error:
            form.add_error("starts_on", str(error))
        else:
            messages.success(request, f"{row.title}, version {row.version}, is chosen.")
            return redirect("frameworks:frameworks", body.slug)
    return form_page(
        request, form, heading=f"Use {row.title}, version {row.version}", submit="Use this framework", cancel=back,
        here="frameworks",
        before=[
            "Asks made from the day you choose are written and counted by this edition. Promises already made keep the "
            "edition they were made under.",
            "If another version of the same framework is in use, it ends on the day before.",
        ],
    )  # fmt: skip


def choice_end(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will end the body's use of an edition."""
    choice = queries.get_choice(public_id)
    form = forms.EndChoiceForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_choice(body=body, by=me(request), choice=choice, **form.cleaned_data)
        except NotPossible as error:
            form.add_error("ends_on", str(error))
        else:
            messages.success(request, f"{choice.edition.title} now has a last day.")
            return redirect("frameworks:frameworks", body.slug)
    return form_page(
        request, form, heading=f"Stop using {choice.edition.title}, version {choice.edition.version}",
        submit="Stop using it",
        cancel=reverse("frameworks:frameworks", args=[body.slug]), here="frameworks",

    )  # fmt: skip
