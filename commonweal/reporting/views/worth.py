"""What a body’s promises and deliveries are worth: the account, and the lines of each figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.templatetags.figures import amount_in_unit
from commonweal.engine.presentation import rounded
from commonweal.engine.value import Level
from commonweal.reporting import figures, presentation, queries
from commonweal.reporting.forms import LineFilters, WorthFilters
from commonweal.reporting.presentation import ShownLine, plural
from commonweal.reporting.views.record import Record

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.engine.model import Edition

PAGE = 50
LINE_SORTS = ("what", "agreement", "when", "quantity", "gross", "net")


def editions_of(worth: figures.Worth) -> dict[str, Edition]:
    """This will find the editions of a worth by reference."""
    return {each.edition.reference: each.edition for each in worth.valuations}


def figure_blocks(worth: figures.Worth, lines_url: Any) -> list[dict[str, Any]]:
    """The figures of a worth, one block for each edition; levels and kinds stand apart, and none is their sum."""
    blocks = []
    for reference, edition in sorted(editions_of(worth).items()):
        totals = [each for each in worth.totals if each.key.edition == reference]
        blocks.append(
            {
                "edition": edition,
                "levels": [
                    {
                        "level": level,
                        "figures": [
                            presentation.figure(worth, each.key, edition,
                                                lines_url(what=worth.what, figure=presentation.key_slug(each.key)))
                            for each in totals if each.key.level == level
                        ],
                        "uk": [
                            (presentation.kind_words(each.key), presentation.written(rounded(each.uk)))
                            for each in totals if each.key.level == level and each.uk
                        ],
                    }
                    for level in ("gross", "net")
                ],
                "any": bool(totals),
            }
        )  # fmt: skip
    return blocks


def _account(record: Record) -> figures.Account:
    return queries.account(
        record.body, on=record.on, by=("theme", *queries.COLUMNS), **record.filters(record.form(WorthFilters))
    )


def worth(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show what the body's promises and deliveries are worth, stage by stage, and what that leaves out."""
    record = Record(request, body)
    found = _account(record)
    chosen = found.worths[record.what(found)]
    form = record.form(WorthFilters, words={"what": chosen.what})
    content = {
        "account": found,
        "worth": chosen,
        "stage": figures.STAGES[chosen.what].lower(),
        "form": form,
        "is_narrowed": record.is_narrowed,
        "year_words": record.year_words,
        "ways": record.ways(""),
        "blocks": figure_blocks(chosen, record.lines_url),
        "stages": figures.STAGES.values(),
        "editions": {key.edition for key in found.keys},
        "rows": presentation.stage_rows(found, record.lines_url),
        "brought_forward": presentation.brought_forward_words(found.worths["claimed"]),
        "charts": _charts(record, chosen),
        "counts": presentation.counts_table(found),
        "unvalued": [
            {"reason": reason, "lines": plural(len(lines), "line"), "first": lines[:3]}
            for reason, lines in chosen.unvalued
        ],
        "unvalued_url": record.lines_url(what=chosen.what, figure="none"),
        "lines_url": record.lines_url(what=chosen.what),
        **findings_of(chosen),
        "age": presentation.age_words(chosen),
        "exports": [
            (words, f"{reverse('reporting:worth_export', args=[body.slug, kind])}?{request.GET.urlencode()}")
            for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
        ],
        "page_heading": "What it is worth",
    }
    return render(request, "reporting/worth.html", content)


def findings_of(worth: figures.Worth) -> dict[str, Any]:
    """This will say what a reader must know of a worth, and how many of those things are to be put right."""
    found = presentation.what_to_know(worth)
    return {"findings": found, "to_put_right": sum(each.to_put_right for each in found)}


def _charts(record: Record, worth: figures.Worth) -> list[Any]:
    key = presentation.leading_key(worth)
    if key is None:
        return []
    edition = editions_of(worth)[key.edition]
    themes = {theme.id: theme.title for theme in edition.themes}
    found = (
        presentation.chart_by_kind(worth, edition, key.level),
        presentation.chart_by(worth, "department", dict(record.departments), key, edition),
        presentation.chart_by(worth, "theme", themes, key, edition),
    )
    return [chart for chart in found if chart is not None]


def worth_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give every total at every stage, record as the page is."""
    rows = presentation.total_rows(_account(Record(request, body)))
    return export_response(form, name=f"{body.slug}-worth", headings=presentation.TOTAL_HEADINGS, rows=rows)


def _shown(record: Record) -> tuple[figures.Worth, LineFilters, list[ShownLine], figures.WorthTotal | None, str]:
    """The lines an address asks for, in its order, with the figure they add to if it asks for one.

    Without an order of its own, the lines of a figure begin with the largest.
    """
    filters = record.filters(record.form(WorthFilters))
    found = queries.worth(record.body, what=record.what(), on=record.on, **filters)
    editions = editions_of(found)
    slugs = {presentation.key_slug(each.key): each for each in found.totals}
    labels = [(slug, presentation.key_label(each.key, editions[each.key.edition])) for slug, each in slugs.items()]
    form = record.form(LineFilters, words={"what": found.what}, figures=labels)
    asked = record.request.GET.get("figure", "")
    lines = presentation.lines_as_shown(found)
    total = slugs.get(asked)
    if asked == "none":
        lines = [each for each in lines if not each.line.has_value]
    elif asked:
        lines = [each for each in lines if total and figures.key_of(each.line, total.key.level) == total.key]
    sort = record.request.GET.get("sort", f"-{total.key.level}" if total else "")
    return found, form, _in_order(lines, sort), total, sort


def _in_order(lines: list[ShownLine], sort: str) -> list[ShownLine]:
    word = sort.removeprefix("-")
    if word not in LINE_SORTS:
        return lines

    def key(each: ShownLine) -> Any:
        line, span = each.line, each.gross if word == "gross" else each.net
        return {
            "what": line.promise.wording.casefold(),
            "agreement": line.promise.agreement_title.casefold(),
            "when": line.starts_on,
            "quantity": line.counted,
        }.get(word, span and (span.low if span.central is None else span.central))

    known = [each for each in lines if key(each) is not None]
    return sorted(known, key=key, reverse=sort.startswith("-")) + [each for each in lines if key(each) is None]


def worth_lines(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the lines of a figure, each leading to its steps; amounts shown add to the figure shown."""
    record = Record(request, body)
    found, form, lines, total, sort = _shown(record)
    levels = _levels(lines, total)
    ids = [each.line.public_id for each in lines]
    after = request.GET.get("after", "")
    start = ids.index(after) + 1 if after in ids else 0
    page = lines[start : start + PAGE]
    export = {
        words: reverse("reporting:worth_lines_export", args=[body.slug, kind])
        for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
    }
    notes = [_note(each, total) for each in page]
    has_notes = any(notes)
    rows = [
        _row(record.line_url(each.line, found.what), each, levels, (note,) if has_notes else ())
        for each, note in zip(page, notes, strict=True)
    ]
    listing = Listing(
        caption="Lines", columns=_columns(levels, has_notes), query=request.GET, sort=sort, count=plural(len(lines), "line"), filters=form,
        after=page[-1].line.public_id if start + PAGE < len(lines) else None, exports=export,
        rows=rows,
        empty=f"Nothing {figures.STAGES[found.what].lower()} is recorded here yet.",
    )  # fmt: skip
    edition = editions_of(found)[total.key.edition] if total else None
    content = {
        "listing": listing,
        "figure": total and edition and presentation.figure(found, total.key, edition, "#lines"),
        "stage": figures.STAGES[found.what].lower(),
        "year_words": record.year_words,
        "without": request.GET.get("figure") == "none",
        "page_heading": "Lines without a value" if request.GET.get("figure") == "none" else "Line by line",
        "breadcrumbs": crumbs(body, "Line by line"),
    }
    return render(request, "reporting/lines.html", content)


def _levels(lines: Sequence[ShownLine], total: figures.WorthTotal | None) -> tuple[Level, ...]:
    """The levels that have a column: that of the figure asked for, else gross, and net where any line has it."""
    if total:
        return (total.key.level,)
    return ("gross", "net") if any(each.net for each in lines) else ("gross",)


def _columns(levels: Sequence[Level], has_notes: bool) -> tuple[Column, ...]:
    return (
        Column("what", "Line", sortable=True),
        Column("agreement", "Agreement", sortable=True),
        Column("when", "When", sortable=True),
        Column("quantity", "Counted", numeric=True, sortable=True),
        *(Column(level, level.capitalize(), numeric=True, sortable=True) for level in levels),
        *((Column("note", "Note"),) if has_notes else ()),
    )


def _note(each: ShownLine, total: figures.WorthTotal | None) -> str:
    """What to know about a line, and its kind of value where lines of every kind stand together."""
    note = presentation.note_of(each.line)
    return note if total else ". ".join(filter(None, (each.kind, note)))


def _row(href: str, each: ShownLine, levels: Sequence[Level], notes: tuple[str, ...]) -> list[object]:
    line = each.line
    return [
        Link(line.promise.wording, href),
        line.promise.agreement_title,
        presentation.period_words(line),
        amount_in_unit(line.counted, line.promise.unit),
        *(presentation.written(getattr(each, level)) for level in levels),
        *notes,
    ]


def worth_lines_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the lines an address asks for, every one of them, in its order."""
    record = Record(request, body)
    found, _form, lines, _total, _sort = _shown(record)
    rows = [presentation.line_row(each, found.what) for each in lines]
    return export_response(form, name=f"{body.slug}-lines", headings=presentation.LINE_HEADINGS, rows=rows)


def crumbs(body: Body, here: str, *between: tuple[str, str]) -> dict[str, Any]:
    """This will lead from the account to a page beneath it."""
    items: list[dict[str, str]] = [{"text": "Worth", "href": reverse("reporting:worth", args=[body.slug])}]
    return {"items": [*items, *({"text": words, "href": href} for words, href in between), {"text": here}]}
