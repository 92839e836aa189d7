"""Reports of a year as staff see them: begun, written section by section, read, published, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.docx import DOCX_TYPE
from commonweal.base.errors import NotPossible
from commonweal.directory.queries import today
from commonweal.engine.statutory import report_of_nation
from commonweal.engine.year import FinancialYear
from commonweal.reporting.budget.queries import standing, standings
from commonweal.reporting.reports import actions, document, drafting, forms, policies, queries, statutory
from commonweal.reporting.reports.views.newsletters import form_page as shown_form
from commonweal.reporting.reports.views.newsletters import may

if TYPE_CHECKING:
    from commonweal.base.models import Body

ANSWERS = {"written": "Words written", "from-record": "From the record", "to-write": "To write"}


def crumbs(body: Body, *more: str) -> dict[str, Any]:
    """This will give the way back from a page of reports."""
    items = [{"text": "Reports", "href": reverse("reports:reports", args=[body.slug])}]
    return {"items": [*items, *({"text": words} for words in more)]}


def name_of(found: Any) -> str:
    """This will name a report: "Annual report 2025/26"."""
    title = drafting.law_of(found).title if found.kind == "statutory" else found.get_kind_display()
    return f"{title} {drafting.year_of(found).name}"


def reports(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the reports of a body, and what its nation's law asks for."""
    content = {
        "reports": [(each, name_of(each), drafting.missing_words(each)) for each in queries.reports(body)],
        "law": report_of_nation(body.nation), "may": may(request, "report_add"), "page_heading": "Reports",
    }  # fmt: skip
    return render(request, "reports/papers.html", content)


def add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will begin a report of a year."""
    law = report_of_nation(body.nation)
    years = [(each.year.slug, f"{each.year.name}, {policies_words(each.state)}") for each in standings(body)]
    over = next((each.year.slug for each in standings(body) if each.year.ends_on < today()), years[0][0])
    form = forms.BeginReportForm(
        request.POST or None, years=years, law=law.title if law else "", initial={"year": over, "kind": "annual"}
    )
    back = reverse("reports:reports", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.begin_report(
                by=request.user, body=body, kind=form.cleaned_data["kind"],  # type: ignore[arg-type]
                year=FinancialYear.parse(form.cleaned_data["year"]),
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The figures are in it already. Write what no record can say.")
            return redirect("reports:report", body.slug, made.public_id)
    return shown_form(request, form, "Begin a report", back, "Begin")


def policies_words(state: str) -> str:
    """This will say how a year stands, in a choice."""
    return {"open": "open", "provisional": "closed provisionally", "final": "closed for good"}[state]


def _content(body: Body, found: Any) -> document.Content:
    """The report as it was frozen, without the stories that may not be told any more; or as it would read today."""
    edition, on = queries.report_edition_of(found), today()
    if edition is None:
        return drafting.written(found, on)
    return document.still_told(edition.content, {each.public_id for each in drafting.told_now(body, on)})


def _language(request: HttpRequest, found: Any) -> str:
    chosen, offered = request.GET.get("lang", "en"), drafting.languages_of(found)
    return chosen if chosen in offered else offered[0]


def report(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show how a report reads, in either language, with what is still to be written and what can be done."""
    found, on = queries.get_report(body, public_id), today()
    lang, content = _language(request, found), _content(body, found)
    subject, activity = f"reports.report:{public_id}", policies.ACTIVITY_OF.get(found.kind)
    draft = found.state == "drafted"
    held = queries.holds(body, activity=activity, subject=subject, on=on) if draft and activity else None
    year = drafting.year_of(found)
    content_of_page = {
        "report": found, "lang": lang, "frame": document.shown(content[lang]), "languages": drafting.languages_of(found),
        "edition": queries.report_edition_of(found), "held": held, "is_public": activity is not None,
        "after": queries.first_day_after(held) if held else None, "missing": drafting.missing_words(found) if draft else [],
        "is_open": activity is not None and draft and standing(body, year).state == "open", "year": year,
        "sections": _to_write(body, found) if draft else [], "stories": len(found.stories),
        "may": draft and may(request, "report_words"), "may_publish": draft and may(request, "report_publish"),
        "may_pass": may(request, "let_through"), "page_heading": name_of(found), "breadcrumbs": crumbs(body, name_of(found)),
    }  # fmt: skip
    return render(request, "reports/paper.html", content_of_page)


def _to_write(body: Body, found: Any) -> list[dict[str, Any]]:
    """The sections in which a body writes words of its own: what is asked, and whether they are there."""
    answers: dict[str, str] = {}
    if found.kind == "statutory":
        given = drafting.given_for(found, today())
        law = drafting.law_of(found)
        listed = statutory.checklist(law, given, queries.left_out(body))
        answers = {each.item.id: each.state for each in listed}
        asked = {each.item.id: each.item for each in listed}
        return [
            {"id": id, "heading": item.title, "requires": item.requires, "where": item.section, "state": answers[id],
             "state_words": ANSWERS[answers[id]], "asks": item.asks}
            for id, item in asked.items()
        ]  # fmt: skip
    return [
        {"id": each.id, "heading": str(each.heading), "asks": each.asks, "must": each.must, "requires": "",
         "state": "written" if found.words.get(each.id) else "to-write" if each.must else "optional",
         "state_words": "Words written" if found.words.get(each.id) else "To write" if each.must else "If you like"}
        for each in drafting.sections_of(found) if each.asks
    ]  # fmt: skip


def words(request: HttpRequest, body: Body, public_id: str, section: str) -> HttpResponse:
    """This will ask for the words of one section."""
    found = queries.get_report(body, public_id)
    asked = next((each for each in drafting.sections_of(found) if each.id == section and each.asks), None)
    if asked is None:
        raise Http404
    back = reverse("reports:report", args=[body.slug, public_id])
    form = forms.WordsForm(
        request.POST or None, asks=asked.asks, welsh="cy" in drafting.languages_of(found),
        initial={**found.words.get(section, {}), "version": found.version},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.write_words(
                by=request.user, report=found, version=given["version"], section=section,  # type: ignore[arg-type]
                words={lang: given.get(lang, "") for lang in document.LANGUAGES},
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved. This is how it reads.")
            return redirect(f"{back}#{section}")
    return shown_form(request, form, str(asked.heading), back, "Save", page_caption=name_of(found))


def stories(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will ask which stories an annual report tells."""
    found = queries.get_report(body, public_id)
    if found.kind != "annual":
        raise Http404
    back = reverse("reports:report", args=[body.slug, public_id])
    choices = [
        (each.public_id, f"{each.title} ({each.provider or each.agreement_title or 'the body’s own work'})")
        for each in drafting.told_now(body, today())
    ]
    form = forms.ReportStoriesForm(
        request.POST or None, stories=choices, initial={"stories": found.stories, "version": found.version}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_stories(
                by=request.user, report=found, version=form.cleaned_data["version"],  # type: ignore[arg-type]
                stories=form.cleaned_data["stories"],
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved. This is how it reads.")
            return redirect(f"{back}#stories")
    return shown_form(request, form, "Stories", back, "Save", page_caption=name_of(found))


def _version(request: HttpRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdigit() else 0


def drop(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will drop a draft."""
    found = queries.get_report(body, public_id)
    actions.drop_report(by=request.user, report=found, version=_version(request))  # type: ignore[arg-type]
    messages.success(request, "The draft is dropped.")
    return redirect("reports:reports", body.slug)


def publish(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will freeze a report and put it on the public site."""
    found = queries.get_report(body, public_id)
    actions.publish_report(by=request.user, report=found, version=_version(request))  # type: ignore[arg-type]
    messages.success(request, "The report is published: it stays as it is from now on.")
    return redirect("reports:report", body.slug, public_id)


def _frame_in(found: Any, body: Body, lang: str) -> document.Content:
    if lang not in drafting.languages_of(found):
        raise Http404
    held: document.Content = _content(body, found)[lang]
    return held


def _file(made: bytes, media_type: str, body: Body, found: Any, lang: str, ending: str) -> HttpResponse:
    response = HttpResponse(made, content_type=media_type)
    name = f"{body.slug}-{found.kind}-report-{drafting.year_of(found).slug}-{lang}.{ending}"
    how = "inline" if ending == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response


def pdf(request: HttpRequest, body: Body, public_id: str, lang: str) -> HttpResponse:
    """This will give a report as a PDF."""
    found = queries.get_report(body, public_id)
    made = document.report_pdf(_frame_in(found, body, lang), lang=lang, on=today(), colour=body.colour)
    return _file(made, "application/pdf", body, found, lang, "pdf")


def word(request: HttpRequest, body: Body, public_id: str, lang: str) -> HttpResponse:
    """This will give a report as a Word file, with its charts as pictures."""
    found = queries.get_report(body, public_id)
    made = document.report_docx(_frame_in(found, body, lang), lang=lang, on=today())
    return _file(made, DOCX_TYPE, body, found, lang, "docx")
