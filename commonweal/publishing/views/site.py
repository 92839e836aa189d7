"""The public site, read from what was published and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.exports import FORMATS, export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page
from commonweal.base.parts import Thread
from commonweal.base.templatetags.figures import page_language
from commonweal.community.queries import has_wish_list
from commonweal.directory.queries import boundaries_of
from commonweal.engine.factors import Span
from commonweal.frameworks.pdf import plan_pdf as make_plan_pdf
from commonweal.frameworks.plan import LANGUAGES, PlanPage
from commonweal.frameworks.queries import read_plan
from commonweal.publishing import forms, presentation, queries, survey_page, vocabulary
from commonweal.publishing.downloads import HEADINGS, NOT_IN_DOWNLOADS, about, line_rows
from commonweal.reporting.accounts.queries import has_accounts

if TYPE_CHECKING:
    from commonweal.base.models import Body


#: How many agreements the front page names before it leads to the list.
NAMED_AT_MOST = 6
#: What the public lists can be sorted by.
SORTS = {"title": "title"}


def site_page(
    request: HttpRequest, body: Body, template: str, *, here: str, page: Any = None, crumbs: bool = True, **content: Any
) -> HttpResponse:
    """One public page: its navigation, the age of what it shows, and how the site stands as a whole."""
    site = queries.find_published(body, "body", "front")
    here_at = partial(address, body)
    entries = [("body", _("Start")), ("plan", _("Plan")), ("agreements", _("Agreements")), ("lines", _("Promises")),
               ("wards", _("Places")), ("figures", _("What a figure means"))]  # fmt: skip
    if site and site.content.get("surveys"):
        entries.insert(-1, ("surveys", _("Surveys")))
    if has_accounts(body):
        entries.insert(-1, ("accounts", _("Accounts")))
    if site and site.content.get("reports"):
        entries.insert(-1, ("reports", _("Reports")))
    # Newsletters stand beneath stories, whether there are any or none.
    if here == "stories" or (site and site.content.get("stories")):
        entries.insert(-1, ("stories", _("Stories")))
    if has_wish_list(body):
        entries.insert(4, ("needs", _("Needs")))
    navigation = [
        {"text": words, "href": here_at(name), "active": here == name, "current": here == name and not crumbs}
        for name, words in entries
    ]
    content |= {
        "site": site,
        "page": page,
        "home_url": here_at("body"),
        "service_navigation": {
            "navigation": navigation,
            "navigationLabel": _("This site"),
            "menuButtonText": _("Menu"),
        },
    }
    if crumbs:
        names = dict(entries)
        trail = [("body", names["body"]), *([(here, names[here])] if content.pop("beneath", False) else [])]
        items = [{"text": words, "href": here_at(name)} for name, words in trail]
        content["breadcrumbs"] = {"items": items, "labelText": _("You are here")}
    return render(request, f"publishing/{template}.html", content)


def address(body: Body, name: str, *keys: str) -> str:
    """This will give the address of a public page of a body."""
    return reverse(f"publishing:{name}", args=[body.slug, *keys])


def _nothing_yet(request: HttpRequest, body: Body, here: str) -> HttpResponse:
    return site_page(request, body, "nothing", here=here, crumbs=here != "body")


def _lines_address(body: Body, **wanted: str) -> str:
    return f"{address(body, 'lines')}?{urlencode(wanted)}"


def _know(body: Body, **scope: str) -> Callable[[str], str]:
    return lambda figure: _lines_address(body, figure=figure, **scope)


def _source_words(body: Body) -> str:
    name = body.name_cy if page_language() == "cy" and body.name_cy else body.name
    return _("what %(body)s has published here") % {"body": name}


def body(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show a body's front page: how promises are kept, what it is worth, where, and under what agreements."""
    page = queries.find_published(body, "body", "front")
    if page is None:
        return _nothing_yet(request, body, "body")
    held, as_of = page.content, presentation.local_day(page.as_of)
    know, stage = _know(body), presentation.leading_stage(page.content["worth"])
    agreements = queries.published(body, "agreement").order_by("title", "id")
    return site_page(
        request, body, "body", here="body", page=page, crumbs=False,
        headline=presentation.kept_sentence(held["counts"]) if held["counts"]["lines"] else "",
        promises_sentence=presentation.promises_sentence(held["counts"], held["with_promises"], held["agreements"]),
        sure_sentence=presentation.sure_sentence(held["counts"], held["assurance"]),
        chart=presentation.themes_chart(held["themes"], source=_source_words(body), as_of=as_of),
        bar=presentation.counted_bar(_("promises with something delivered"), held["assurance"]),
        themes=[
            {
                "words": presentation.theme_words(each),
                "sentence": presentation.kept_sentence(each["counts"]),
                "bar": presentation.counted_bar(
                    _("%(theme)s, counted in promises") % {"theme": presentation.theme_words(each)}, each["assurance"]
                ),
                "href": _lines_address(body, theme=each["id"]),
            }
            for each in held["themes"]
        ],
        figures=presentation.figures(held["worth"], stage, as_of=as_of, know=know),
        counted=presentation.counted_sentence(held["worth"], stage),
        stage_rows=presentation.stage_rows(held["worth"], know),
        stages=[str(words) for words in vocabulary.STAGE_HEADINGS.values()],
        agreements=agreements[:NAMED_AT_MOST],
        more_agreements=max(0, held["agreements"] - NAMED_AT_MOST),
        ward_map=_map(body, queries.find_published(body, "wards", "all")),
        formats=(*FORMATS, "json"),
    )  # fmt: skip


def _map(body: Body, page: Any) -> Any:
    if page is None:
        return None
    outlines = {code: held.geometry for code, held in boundaries_of([w["code"] for w in page.content["wards"]]).items()}
    return presentation.ward_map(
        page.content["wards"], outlines, href=lambda code: address(body, "ward", code),
        source=_source_words(body), as_of=presentation.local_day(page.as_of),
    )  # fmt: skip


def _plan_in(page: Any, lang: str) -> PlanPage:
    held = page.content
    return read_plan(held["plan"], lang, on=date.fromisoformat(held["published_on"]), version=held["version"])


def plan(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show the plan the body published last."""
    page = queries.find_published(body, "plan", "latest")
    if page is None:
        return _nothing_yet(request, body, "plan")
    return site_page(
        request, body, "plan", here="plan", page=page, plan=_plan_in(page, page_language()), languages=LANGUAGES
    )


def plan_pdf(request: HttpRequest, body: Body, lang: str) -> HttpResponse:
    """This will give the plan the body published last as a PDF, in "en" or "cy"."""
    if lang not in LANGUAGES:
        raise Http404
    page = queries.get_published(body, "plan", "latest")
    response = HttpResponse(make_plan_pdf(_plan_in(page, lang)), content_type="application/pdf")
    name = f"{body.slug}-plan-{page.content['version']}-{lang}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def agreements(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the published agreements."""
    site = queries.find_published(body, "body", "front")
    if site is None:
        return _nothing_yet(request, body, "agreements")
    form = forms.AgreementFilters(request.GET)
    filters = queries.AgreementFilters(**(form.cleaned_data if form.is_valid() else {}))
    cut = cut_page(queries.published_agreements(body, filters), request.GET, SORTS, default="title")
    listing = Listing(
        caption=_("Agreements"),
        columns=(Column("title", _("Agreement"), sortable=True), Column("provider", _("Who delivers it")),
                 Column("state", _("State")), Column("kept", _("How far delivered"))),
        rows=[
            (
                Link(presentation.in_words(each.title), address(body, "agreement", each.key)),
                each.content["provider"] or each.content["buyer"] or "–",
                str(vocabulary.STATES[each.content["state"]]),
                presentation.kept_sentence(each.content["counts"]) if each.content["counts"]["lines"]
                else _("Nothing promised here yet"),
            )
            for each in cut.rows
        ],
        query=request.GET, sort=cut.sort, after=cut.after, filters=form,
        count=ngettext("%(number)s agreement", "%(number)s agreements", cut.total) % {"number": f"{cut.total:,}"},
        empty=_("Nothing published here yet"),
    )  # fmt: skip
    return site_page(request, body, "agreements", here="agreements", page=site, listing=listing)


def agreement(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will show one agreement: what was promised and what was delivered, how sure we are, and what it is worth."""
    page = queries.get_published(body, "agreement", key)
    held, as_of = page.content, presentation.local_day(page.as_of)
    know, stage = _know(body, agreement=key), presentation.leading_stage(page.content["worth"])
    lines = {each.key: each for each in queries.published_lines(body).filter(content__agreement__key=key)}
    return site_page(
        request, body, "agreement", here="agreements", page=page, beneath=True, key=key,
        headline=presentation.kept_sentence(held["counts"]) if held["counts"]["lines"] else "",
        marks=presentation.promise_table(held["promises"]) if held["promises"] else None,
        lines=[
            {"facts": each, "page": lines[each["line"]], "worth": _leading_worth(lines[each["line"]].content)}
            for each in held["promises"]
            if each["line"] in lines
        ],
        figures=presentation.figures(held["worth"], stage, as_of=as_of, know=know),
        counted=presentation.counted_sentence(held["worth"], stage),
        stage_rows=presentation.stage_rows(held["worth"], know),
        stages=[str(words) for words in vocabulary.STAGE_HEADINGS.values()],
        thread=_thread(body, key, held, "promise"),
    )  # fmt: skip


def _leading_worth(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return content["worth"].get("claimed") or content["worth"].get("promised") or []


def _thread(
    body: Body, key: str, held: Mapping[str, Any], current: str, line: Mapping[str, Any] | None = None
) -> Thread:
    """The thread of an agreement; on the page of one promise, its delivered step tells of that promise alone."""
    page, counts = address(body, "agreement", key), held["counts"]
    promised = presentation.to_deliver(counts)
    steps: dict[str, tuple[str | None, str]] = {
        "promise": (
            f"{page}#promises",
            ngettext("%(number)s promise", "%(number)s promises", counts["lines"]) % {"number": counts["lines"]},
        ),
    }
    if queries.find_published(body, "plan", "latest"):
        steps["plan"] = (address(body, "plan"), _("What the body wants"))
    if line is not None:
        steps["delivered"] = ("#delivered", str(vocabulary.STATUSES[line["status"]]))
    elif any(each["claimed"] is not None for each in held["promises"]):
        words = _("%(kept)s of %(promised)s in full") % {"kept": counts["kept"], "promised": promised}
        steps["delivered"] = (f"{page}#delivered", words if promised else _("Recorded"))
    if held["worth"]["claimed"]["totals"] or held["worth"]["promised"]["totals"]:
        steps["worth"] = (f"{page}#worth", _("What it is worth"))
    elif held["unvalued"] or held["as_contracted"]:
        steps["worth"] = (f"{page}#worth", _("Not valued, and why"))
    return Thread.at(current, page_language(), **steps)


def lines(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the published promises: all of them, or those that one figure is the sum of."""
    site = queries.find_published(body, "body", "front")
    if site is None:
        return _nothing_yet(request, body, "lines")
    themes = [(each["id"], presentation.theme_words(each)) for each in site.content["themes"]]
    form = forms.LineFilters(request.GET, themes=themes, places=_place_choices(body))
    given = form.cleaned_data if form.is_valid() else {}
    filters = queries.LineFilters(**given)
    figure = _figure(body, site, filters)
    found = queries.published_lines(body, filters)
    amounts = {}
    if figure:
        amounts = presentation.allocated_amounts(queries.worth_of_lines(found), filters.figure, filters.place)
    cut = cut_page(found, request.GET, SORTS, default="title")
    columns = [
        Column("title", _("Promise"), sortable=True),
        Column("agreement", _("Agreement")),
        Column("promised", _("Promised"), numeric=True),
        Column("delivered", _("Delivered"), numeric=True),
    ]
    columns.append(Column("worth", _("Worth"), numeric=True) if figure else Column("status", _("How far delivered")))
    listing = Listing(
        caption=_("Promises"), columns=columns,
        rows=[_line_cells(body, each, amounts if figure else None) for each in cut.rows],
        query=request.GET, sort=cut.sort, after=cut.after, filters=form,
        count=ngettext("%(number)s promise", "%(number)s promises", cut.total) % {"number": f"{cut.total:,}"},
        empty=_("Nothing published here yet"),
    )  # fmt: skip
    stage = filters.figure.partition(".")[0]
    return site_page(
        request,
        body,
        "lines",
        here="lines",
        page=site,
        listing=listing,
        figure=figure,
        stage_words=str(vocabulary.STAGES[stage]) if figure else "",
    )


def _figure(body: Body, site: Any, filters: queries.LineFilters) -> Mapping[str, Any] | None:
    """The figure that an address asks about: a ward's, an agreement's or the whole body's."""
    page = site
    if filters.place:
        page = queries.find_published(body, "ward", filters.place)
    elif filters.agreement:
        page = queries.find_published(body, "agreement", filters.agreement)
    if page is None or filters.text or filters.theme or filters.status:
        return None  # narrowed further, the lines are no longer those of one published figure
    totals = page.content["worth"].get(filters.figure.partition(".")[0], {}).get("totals", [])
    return next((each for each in totals if each["figure"] == filters.figure), None)


def _line_cells(body: Body, page: Any, amounts: Mapping[str, Span] | None) -> tuple[object, ...]:
    held = page.content
    promised = presentation.amount_words(held["promised"], held["unit"]) if held["promised"] else "–"
    delivered = presentation.amount_words(held["claimed"], held["unit"]) if held["claimed"] else "–"
    shown: object = str(vocabulary.STATUSES[held["status"]])
    if amounts is not None:
        shown = presentation.span_words(amounts[page.key]) if page.key in amounts else "–"
    return (
        Link(presentation.in_words(page.title, page.title_cy), address(body, "line", page.key)),
        presentation.in_words(held["agreement"]["title"]),
        promised,
        delivered,
        shown,
    )


def _place_choices(body: Body) -> list[tuple[str, str]]:
    page = queries.find_published(body, "wards", "all")
    if page is None:
        return []
    held = page.content
    named = [(each["code"], str(presentation.place_words(each))) for each in (*held["wards"], *held["elsewhere"])]
    whole = [("whole", _("The whole area"))] if held["area"] else []
    return [*whole, *named, ("unknown", _("Place not known"))]


def line(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will show how we know one promise: what was delivered when, the evidence, and how its value was reached."""
    page = queries.get_published(body, "line", key)
    held = page.content
    parent = queries.get_published(body, "agreement", held["agreement"]["key"])
    return site_page(
        request, body, "line", here="lines", page=page, beneath=True,
        marks=presentation.promise_table([held]), bar=presentation.assurance_bar(held),
        thread=_thread(body, parent.key, parent.content, "delivered", line=held), parent=parent,
        amounts={stage: held["worth"][stage] for stage in vocabulary.STAGES if held["worth"].get(stage)},
        is_shared=Decimal(held["share"]) != 1,
    )  # fmt: skip


def wards(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show where promises were made and kept: wards, the whole area, elsewhere, and no known place, apart."""
    page = queries.find_published(body, "wards", "all")
    if page is None:
        return _nothing_yet(request, body, "wards")
    held = page.content
    ranked = sorted(held["wards"], key=lambda ward: (-(presentation.lines_here(ward) or 0), ward["name"]))
    return site_page(
        request, body, "wards", here="wards", page=page, ward_map=_map(body, page), ranked=ranked,
        shows_deprivation=any(each["deprivation"] for each in held["wards"]),
        apart=[
            *([(_("The whole area"), held["whole"], _lines_address(body, place="whole"))] if held["area"] else []),
            (_("Place not known"), held["unknown"], _lines_address(body, place="unknown")),
        ],
        elsewhere=[(each, _lines_address(body, place=each["code"])) for each in held["elsewhere"]],
    )  # fmt: skip


def ward(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """This will show what was promised and delivered in one ward."""
    page = queries.get_published(body, "ward", key)
    whole = queries.get_published(body, "wards", "all")
    held, as_of = page.content, presentation.local_day(page.as_of)
    stage = presentation.leading_stage(held["worth"])
    know = _know(body, place=key)
    return site_page(
        request, body, "ward", here="wards", page=page, beneath=True, ward=held, lines=held["lines"],
        deprivation=presentation.deprivation_words(held["deprivation"]) if held["deprivation"] else "",
        ward_map=_map(body, whole), counted=presentation.counted_sentence(held["worth"], stage),
        figures=presentation.figures(held["worth"], stage, as_of=as_of, know=know),
        whole=whole.content, whole_href=_lines_address(body, place="whole"),
        unknown_href=_lines_address(body, place="unknown"),
    )  # fmt: skip


def figures(request: HttpRequest, body: Body) -> HttpResponse:
    """This will say in plain words what a figure of this site means."""
    return site_page(request, body, "figures", here="figures")


def surveys(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show published surveys as whole numbers of people, and what was printed beside what the counts say."""
    found = list(queries.published(body, "survey").order_by("-as_of", "key"))
    if not found:
        raise Http404
    return site_page(
        request, body, "surveys", here="surveys", page=found[0], crumbs=True,
        surveys=[survey_page.survey(each.content) for each in found],
    )  # fmt: skip


def surveys_download(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give every count of the published surveys, with the percentage that was printed, as CSV or Excel."""
    found = list(queries.published(body, "survey").order_by("-as_of", "key"))
    if not found:
        raise Http404
    rows = [row for each in found for row in survey_page.count_rows(each.content)]
    return export_response(form, name=f"{body.slug}-surveys", headings=survey_page.HEADINGS, rows=rows)


def download(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the published lines as CSV or Excel, or every published page as JSON."""
    site = queries.find_published(body, "body", "front")
    name = f"{body.slug}-social-value"
    if form == "json":
        pages = [
            {"kind": each.kind, "key": each.key, "title": each.title, "as_of": each.as_of.isoformat(),
             "published_at": each.published_at.isoformat(), "content": each.content}
            for each in queries.all_published(body).exclude(kind__in=NOT_IN_DOWNLOADS)
        ]  # fmt: skip
        response = JsonResponse({"body": body.name, "is_invented": body.is_invented, "pages": pages})
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return response
    held = queries.published_lines(body).order_by("content__agreement__title", "title", "id")
    return export_response(form, name=name, headings=HEADINGS, rows=line_rows(list(held)), about=about(body, site))
