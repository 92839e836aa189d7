"""What needs me today, and what it is worth: the account, its lines, each step of each line, and the review pack."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commonweal.base.exports import export_response
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.templatetags.figures import amount_in_unit, long_date, money, quantity
from commonweal.delivery import queries as delivery
from commonweal.delivery.views.agreements import thread_of
from commonweal.directory.queries import departments
from commonweal.engine.explain import Step, steps
from commonweal.engine.presentation import rounded
from commonweal.engine.value import Level
from commonweal.frameworks.queries import today as current_day
from commonweal.frameworks.vocabulary import CONFIDENCE, PRICE_YEARS
from commonweal.reporting import packs, presentation, queries
from commonweal.reporting.forms import LineFilters, WorthFilters
from commonweal.reporting.presentation import ShownLine, plural
from commonweal.reporting.today import today_of

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.engine.model import Edition

PAGE = 50
LINE_SORTS = ("what", "agreement", "when", "quantity", "gross", "net")


def today(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show what needs the person who is signed in, by their roles here."""
    on = current_day()
    found = today_of(body, request.user, request.roles, on)  # type: ignore[arg-type, attr-defined]
    content = {"today": found, "on": on, "page_heading": "What needs you today"}
    return render(request, "reporting/today.html", content)


# --- the account ----------------------------------------------------------------------------------------------------


class _Narrowed:
    """What the address narrows a page of worth to, read once for the page and its exports."""

    def __init__(self, request: HttpRequest, body: Body) -> None:
        self.request, self.body, self.on = request, body, current_day()
        self.named = queries.named_places(body)
        self.departments = [(each.public_id, each.name) for each in departments(body)]
        self.departments += [(each.public_id, f"{each.name} (ended)") for each in departments(body, ended=True)]
        self.departments.append((queries.NO_DEPARTMENT, "No department"))

    def filters(self, form: WorthFilters) -> dict[str, Any]:
        form.is_valid()  # a word that is not a choice narrows nothing, and its field says so
        chosen = form.cleaned_data
        place = chosen.get("place", "")
        return {
            "department": chosen.get("department", ""),
            "channel": chosen.get("channel", ""),
            "places": self.named.beneath[place] if place else None,
        }

    def form(self, **more: str) -> WorthFilters:
        given = self.request.GET.dict() | more
        return WorthFilters(given, departments=self.departments, places=self.named.choices())

    def line_form(self, figures: Sequence[tuple[str, str]], **more: str) -> LineFilters:
        given = self.request.GET.dict() | more
        return LineFilters(given, departments=self.departments, places=self.named.choices(), figures=figures)

    def what(self, account: queries.Account | None = None) -> queries.What:
        """The stage asked for; else what is claimed, or what is promised while nothing is."""
        asked = self.request.GET.get("what", "")
        if asked in queries.STAGES:
            return asked
        return "claimed" if account and account.worths["claimed"].lines else "promised"

    def lines_url(self, **changes: str) -> str:
        query = self.request.GET.copy()
        for name in ("sort", "after", "figure"):
            query.pop(name, None)
        for name, words in changes.items():
            query[name] = words
        return f"{reverse('reporting:worth_lines', args=[self.body.slug])}?{query.urlencode()}"


def _editions(worth: queries.Worth) -> dict[str, Edition]:
    return {each.edition.reference: each.edition for each in worth.valuations}


def _figures(worth: queries.Worth, lines_url: Any) -> list[dict[str, Any]]:
    """The figures of a worth, one block for each edition; levels and kinds stand apart, and none is their sum."""
    blocks = []
    for reference, edition in sorted(_editions(worth).items()):
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
                    }
                    for level in ("gross", "net")
                ],
                "any": bool(totals),
            }
        )  # fmt: skip
    return blocks


def _account(narrowed: _Narrowed) -> queries.Account:
    return queries.account(
        narrowed.body, on=narrowed.on, by=("theme", *queries.COLUMNS), **narrowed.filters(narrowed.form())
    )


def worth(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show what the body's promises and deliveries are worth, stage by stage, and what that leaves out."""
    narrowed = _Narrowed(request, body)
    found = _account(narrowed)
    chosen = found.worths[narrowed.what(found)]
    form = narrowed.form(what=chosen.what)
    content = {
        "account": found,
        "worth": chosen,
        "stage": queries.STAGES[chosen.what].lower(),
        "form": form,
        "is_narrowed": any(request.GET.get(name) for name in ("department", "channel", "place")),
        "blocks": _figures(chosen, narrowed.lines_url),
        "stages": queries.STAGES.values(),
        "editions": {key.edition for key in found.keys},
        "rows": presentation.stage_rows(found, narrowed.lines_url),
        "brought_forward": presentation.brought_forward_words(found.worths["claimed"]),
        "charts": _charts(narrowed, chosen),
        "counts": presentation.counts_table(found),
        "unvalued": [
            {"reason": reason, "lines": plural(len(lines), "line"), "first": lines[:3]}
            for reason, lines in chosen.unvalued
        ],
        "unvalued_url": narrowed.lines_url(what=chosen.what, figure="none"),
        "lines_url": narrowed.lines_url(what=chosen.what),
        **_findings(chosen),
        "age": presentation.age_words(chosen),
        "exports": [
            (words, f"{reverse('reporting:worth_export', args=[body.slug, kind])}?{request.GET.urlencode()}")
            for words, kind in (("CSV", "csv"), ("Excel", "xlsx"))
        ],
        "page_heading": "What it is worth",
    }
    return render(request, "reporting/worth.html", content)


def _findings(worth: queries.Worth) -> dict[str, Any]:
    found = presentation.what_to_know(worth)
    return {"findings": found, "to_put_right": sum(each.to_put_right for each in found)}


def _charts(narrowed: _Narrowed, worth: queries.Worth) -> list[Any]:
    key = presentation.leading_key(worth)
    if key is None:
        return []
    edition = _editions(worth)[key.edition]
    themes = {theme.id: theme.title for theme in edition.themes}
    found = (
        presentation.chart_by_kind(worth, edition, key.level),
        presentation.chart_by(worth, "department", dict(narrowed.departments), key, edition),
        presentation.chart_by(worth, "theme", themes, key, edition),
    )
    return [chart for chart in found if chart is not None]


def worth_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give every total at every stage, narrowed as the page is."""
    rows = presentation.total_rows(_account(_Narrowed(request, body)))
    return export_response(form, name=f"{body.slug}-worth", headings=presentation.TOTAL_HEADINGS, rows=rows)


# --- its lines ------------------------------------------------------------------------------------------------------


def _shown(narrowed: _Narrowed) -> tuple[queries.Worth, LineFilters, list[ShownLine], queries.WorthTotal | None, str]:
    """The lines an address asks for, in its order, with the figure they add to if it asks for one.

    Without an order of its own, the lines of a figure begin with the largest.
    """
    filters = narrowed.filters(narrowed.form())
    found = queries.worth(narrowed.body, what=narrowed.what(), on=narrowed.on, **filters)
    editions = _editions(found)
    slugs = {presentation.key_slug(each.key): each for each in found.totals}
    labels = [(slug, presentation.key_label(each.key, editions[each.key.edition])) for slug, each in slugs.items()]
    form = narrowed.line_form(labels, what=found.what)
    asked = narrowed.request.GET.get("figure", "")
    lines = presentation.lines_as_shown(found)
    total = slugs.get(asked)
    if asked == "none":
        lines = [each for each in lines if not each.line.has_value]
    elif asked:
        lines = [each for each in lines if total and queries.key_of(each.line, total.key.level) == total.key]
    sort = narrowed.request.GET.get("sort", f"-{total.key.level}" if total else "")
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
    narrowed = _Narrowed(request, body)
    found, form, lines, total, sort = _shown(narrowed)
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
        _row(body, each, found.what, levels, (note,) if has_notes else ())
        for each, note in zip(page, notes, strict=True)
    ]
    listing = Listing(
        caption="Lines", columns=_columns(levels, has_notes), query=request.GET, sort=sort, count=plural(len(lines), "line"), filters=form,
        after=page[-1].line.public_id if start + PAGE < len(lines) else None, exports=export,
        rows=rows,
        empty=f"Nothing {queries.STAGES[found.what].lower()} is recorded here yet.",
    )  # fmt: skip
    edition = _editions(found)[total.key.edition] if total else None
    content = {
        "listing": listing,
        "figure": total and edition and presentation.figure(found, total.key, edition, "#lines"),
        "stage": queries.STAGES[found.what].lower(),
        "without": request.GET.get("figure") == "none",
        "page_heading": "Lines without a value" if request.GET.get("figure") == "none" else "Line by line",
        "breadcrumbs": _crumbs(body, "Line by line"),
    }
    return render(request, "reporting/lines.html", content)


def _levels(lines: Sequence[ShownLine], total: queries.WorthTotal | None) -> tuple[Level, ...]:
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


def _note(each: ShownLine, total: queries.WorthTotal | None) -> str:
    """What to know about a line, and its kind of value where lines of every kind stand together."""
    note = presentation.note_of(each.line)
    return note if total else ". ".join(filter(None, (each.kind, note)))


def _row(
    body: Body, each: ShownLine, what: queries.What, levels: Sequence[Level], notes: tuple[str, ...]
) -> list[object]:
    line = each.line
    href = f"{reverse('reporting:line_worth', args=[body.slug, line.public_id])}?what={what}"
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
    narrowed = _Narrowed(request, body)
    found, _form, lines, _total, _sort = _shown(narrowed)
    rows = [presentation.line_row(each, found.what) for each in lines]
    return export_response(form, name=f"{body.slug}-lines", headings=presentation.LINE_HEADINGS, rows=rows)


def _crumbs(body: Body, here: str, *between: tuple[str, str]) -> dict[str, Any]:
    items: list[dict[str, str]] = [{"text": "Worth", "href": reverse("reporting:worth", args=[body.slug])}]
    return {"items": [*items, *({"text": words, "href": href} for words, href in between), {"text": here}]}


# --- an agreement, a line -------------------------------------------------------------------------------------------


def _told(line: queries.WorthLine) -> list[dict[str, str]]:
    """Each step of a line in words: what it is, how it was reached, what came out, whose figure it rests on."""
    if line.valued is None or line.valued.factor is None:
        return []
    return [
        {
            "label": step.label,
            "how": _how(step),
            "result": _result(step),
            "source": step.source.strip(),
        }
        for step in steps(line.valued)
    ]


def _how(step: Step) -> str:
    operands = "; ".join(f"{name} {_plain(text)}" for name, text in step.operands)
    formula = step.formula.replace(" x ", " × ")
    return f"{formula}: {operands}" if operands else formula


def _plain(text: str) -> str:
    return quantity(Decimal(text))


def _result(step: Step) -> str:
    return money(step.result) if step.unit == "GBP" else amount_in_unit(step.result, step.unit)


def agreement_worth(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show what one agreement is worth, line by line, each with its steps."""
    agreement = delivery.get_agreement(body, public_id)
    on = current_day()
    found = queries.account(body, on=on, agreement=agreement, by=queries.COLUMNS)
    asked = request.GET.get("what", "")
    what = asked if asked in queries.STAGES else "claimed" if found.worths["claimed"].lines else "promised"
    chosen = found.worths[what]

    def lines_url(**changes: str) -> str:
        return f"?what={changes['what']}#lines"

    content = {
        "agreement": agreement,
        "worth": chosen,
        "what": what,
        "stage": queries.STAGES[chosen.what].lower(),
        "tabs": [(each, words, len(found.worths[each].lines)) for each, words in queries.STAGES.items()],
        "stages": queries.STAGES.values(),
        "blocks": _figures(chosen, lines_url),
        "rows": presentation.stage_rows(found, lines_url),
        "counts": presentation.counts_table(found),
        "brought_forward": presentation.brought_forward_words(found.worths["claimed"]),
        "lines": [
            {
                "line": each.line,
                "counted": amount_in_unit(each.line.counted, each.line.promise.unit),
                "gross": presentation.written(each.gross),
                "net": presentation.written(each.net),
                "kind": each.kind,
                "note": presentation.note_of(each.line),
                "steps": _told(each.line),
            }
            for each in presentation.lines_as_shown(chosen)
        ],
        **_findings(chosen),
        "thread": thread_of(agreement, delivery.promise_table(agreement, on), "worth"),
        "age": presentation.age_words(chosen),
        "page_heading": "What it is worth",
        "page_caption": agreement.title,
        "breadcrumbs": _crumbs(body, agreement.title),
    }
    return render(request, "reporting/agreement.html", content)


def line_worth(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show how one promise or entry came to its value: every step, the value's source, and the evidence."""
    entry = None
    try:
        commitment = delivery.get_commitment(body, public_id)
    except ObjectDoesNotExist:
        try:
            entry = delivery.get_entry(body, public_id)
        except ObjectDoesNotExist:
            raise Http404 from None
        commitment = delivery.get_commitment(body, entry.commitment.public_id)
    agreement = delivery.get_agreement(body, commitment.agreement.public_id)
    on = current_day()
    found = queries.account(body, on=on, agreement=agreement)
    possible = [what for what in queries.STAGES if (what == "promised") == (entry is None)]
    asked = request.GET.get("what", "")
    what = asked if asked in possible else possible[0]
    worth = found.worths[what]
    shown = next((each for each in presentation.lines_as_shown(worth) if each.line.public_id == public_id), None)
    content = {
        "agreement": agreement,
        "commitment": commitment,
        "entry": entry,
        "page": delivery.entry_page(entry) if entry else None,
        "entries": [] if entry else [
            (each, amount_in_unit(each.quantity, commitment.unit)) for each in delivery.entries_of(commitment)
        ],
        "what": what,
        "stage": queries.STAGES[what],
        "shown": shown,
        "counted": f"{amount_in_unit(shown.line.counted, commitment.unit)} {queries.STAGES[what].lower()}" if shown else "",
        "when": presentation.period_words(shown.line) if shown else "",
        "steps": _told(shown.line) if shown else [],
        "figures": _line_figures(worth, shown) if shown else [],
        "note": presentation.note_of(shown.line) if shown else "",
        "others": _other_stages(found, possible, public_id),
        "value": _value_used(shown) if shown else None,
        "thread": thread_of(agreement, delivery.promise_table(agreement, on), "worth"),
        "page_heading": commitment.wording,
        "page_caption": f"{'Entry' if entry else 'Promise'}: what it is worth",
        "breadcrumbs": _crumbs(
            body, commitment.wording,
            (agreement.title, reverse("reporting:agreement_worth", args=[body.slug, agreement.public_id])),
        ),
    }  # fmt: skip
    return render(request, "reporting/line.html", content)


def _line_figures(worth: queries.Worth, shown: ShownLine) -> list[Any]:
    """The figures of a line on its own, rounded by itself: gross first, then net where there is one."""
    valued = shown.line.valued
    if valued is None or valued.factor is None:
        return []
    edition = _editions(worth)[shown.line.promise.edition]
    found = []
    for level, span in (("gross", valued.gross), ("net", valued.net)):
        if span is not None:
            key = queries.TotalKey(
                edition.reference, valued.measure.direction, valued.factor.value.kind, level,  # type: ignore[arg-type]
                valued.factor.price.to_year, valued.factor.price.type, span.central is None,
            )  # fmt: skip
            found.append(presentation.line_figure(worth, key, edition, span))
    return found


def _other_stages(found: queries.Account, possible: Sequence[queries.What], public_id: str) -> list[dict[str, str]]:
    """The same line at each stage it can have: its quantity and its value, nothing where nobody has said so."""
    rows = []
    for what in possible:
        line = queries.find_line(found.worths[what], public_id)
        valued = line.valued if line else None
        gross, net = (valued.gross, valued.net) if valued else (None, None)
        rows.append(
            {
                "stage": queries.STAGES[what],
                "quantity": amount_in_unit(line.counted, line.promise.unit) if line else "Nothing recorded here yet",
                "gross": presentation.written(gross and rounded(gross)),
                "net": presentation.written(net and rounded(net)),
            }
        )
    return rows


def _value_used(shown: ShownLine) -> dict[str, Any] | None:
    """The published value a line rests on, with everything needed to find it again."""
    valued = shown.line.valued
    if valued is None or valued.factor is None:
        return None
    value = valued.factor.value
    return {
        "value": value,
        "amount": money(value.amount) if value.amount is not None else "",
        "range": f"{money(value.low)} to {money(value.high)}"
        if value.low is not None and value.high is not None
        else "",
        "per": value.unit.removeprefix("GBP "),
        "price_year_kind": PRICE_YEARS[value.price_year_type],
        "kind": presentation.KINDS[value.kind],
        "sure": CONFIDENCE[value.source.confidence],
        "measure": valued.measure,
        "measure_public_id": shown.line.promise.measure_public_id,
        "edition": shown.line.promise.edition,
        "is_web": value.source.locator.startswith(("https://", "http://")),
        "missing": valued.factor.parameters.missing,
    }


# --- the review pack ------------------------------------------------------------------------------------------------


def _pack(body: Body, public_id: str) -> packs.Pack:
    agreement = delivery.get_agreement(body, public_id)
    how = reverse("reporting:agreement_worth", args=[body.slug, public_id])
    return packs.review_pack(body, agreement, current_day(), how)


def review_pack_page(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show the review pack of an agreement, ready to print."""
    pack = _pack(body, public_id)
    page = reverse("delivery:agreement", args=[body.slug, public_id])
    content = {
        "pack": pack,
        "public_id": public_id,
        "labels": packs.LABELS,
        "sign_off": packs.SIGN_OFF,
        "lines": range(3),
        "page_heading": pack.title,
        "page_title": f"Review pack: {pack.title}",
        "page_caption": f"Review pack, {long_date(pack.on)}",
        "breadcrumbs": {"items": [{"text": pack.title, "href": page}, {"text": "Review pack"}]},
    }
    return render(request, "reporting/review_pack.html", content)


def review_pack(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will give the review pack of an agreement as a PDF of one page."""
    pack = _pack(body, public_id)
    response = HttpResponse(packs.review_pack_pdf(pack), content_type="application/pdf")
    name = f"review-pack-{public_id}-{pack.on.isoformat()}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
