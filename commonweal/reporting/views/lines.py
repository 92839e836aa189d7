"""What an agreement and each of its lines is worth: every step, the value used and its source, and the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commonweal.base.templatetags.figures import amount_in_unit, money
from commonweal.delivery import queries as delivery
from commonweal.delivery.views.agreements import thread_of
from commonweal.engine.presentation import rounded
from commonweal.frameworks.queries import today as current_day
from commonweal.frameworks.vocabulary import CONFIDENCE, PRICE_YEARS
from commonweal.money import after_pounds
from commonweal.reporting import figures, presentation, queries
from commonweal.reporting.presentation import ShownLine
from commonweal.reporting.views.record import Record
from commonweal.reporting.views.steps import exports_of, line_of, stage_asked, stages_of, told
from commonweal.reporting.views.worth import crumbs, editions_of, figure_blocks, findings_of

if TYPE_CHECKING:
    from commonweal.base.models import Body


def agreement_worth(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show what one agreement is worth, line by line, each with its steps."""
    agreement = delivery.get_agreement(body, public_id)
    record = Record(request, body, public_id)
    found = queries.account(body, on=record.on, agreement=agreement, by=queries.COLUMNS, year=record.year)
    what = stage_asked(request, found, list(figures.STAGES))
    chosen = found.worths[what]

    def lines_url(**changes: str) -> str:
        return f"?what={changes['what']}{record.year_word}#lines"

    content = {
        "agreement": agreement,
        "worth": chosen,
        "what": what,
        "stage": figures.STAGES[chosen.what].lower(),
        "tabs": [(each, words, len(found.worths[each].lines)) for each, words in figures.STAGES.items()],
        "stages": figures.STAGES.values(),
        "blocks": figure_blocks(chosen, lines_url),
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
                "steps": told(each.line),
            }
            for each in presentation.lines_as_shown(chosen)
        ],
        "steps_exports": exports_of("agreement", body, public_id, what, record.year),
        "year_words": record.year_words,
        "year": record.year,
        **findings_of(chosen),
        "thread": thread_of(agreement, delivery.promise_table(agreement, current_day()), "worth"),
        "age": presentation.age_words(chosen),
        "page_heading": "What it is worth",
        "page_caption": agreement.title,
        "ways": record.ways(""),
        "breadcrumbs": crumbs(body, agreement.title),
    }
    return render(request, "reporting/agreement.html", content)


def line_worth(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show how one promise or entry came to its value: every step, the value's source, and the evidence."""
    commitment, entry = line_of(body, public_id)
    agreement = delivery.get_agreement(body, commitment.agreement.public_id)
    record = Record(request, body, agreement.public_id)
    found = queries.account(body, on=record.on, agreement=agreement, year=record.year)
    possible = stages_of(entry)
    what = stage_asked(request, found, possible)
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
        "stage": figures.STAGES[what],
        "shown": shown,
        "counted": f"{amount_in_unit(shown.line.counted, commitment.unit)} {figures.STAGES[what].lower()}" if shown else "",
        "when": presentation.period_words(shown.line) if shown else "",
        "steps": told(shown.line) if shown else [],
        "steps_exports": exports_of("line", body, public_id, what, record.year),
        "year_words": record.year_words,
        "year": record.year,
        "figures": _line_figures(worth, shown) if shown else [],
        "note": presentation.note_of(shown.line) if shown else "",
        "others": _other_stages(found, possible, public_id),
        "value": _value_used(shown) if shown else None,
        "thread": thread_of(agreement, delivery.promise_table(agreement, current_day()), "worth"),
        "page_heading": commitment.wording,
        "page_caption": f"{'Entry' if entry else 'Promise'}: what it is worth",
        "breadcrumbs": crumbs(
            body, commitment.wording,
            (agreement.title, reverse("reporting:agreement_worth", args=[body.slug, agreement.public_id])),
        ),
    }  # fmt: skip
    return render(request, "reporting/line.html", content)


def _line_figures(worth: figures.Worth, shown: ShownLine) -> list[Any]:
    """The figures of a line on its own, rounded by itself: gross first, then net where there is one."""
    valued = shown.line.valued
    if valued is None or valued.factor is None:
        return []
    edition = editions_of(worth)[shown.line.promise.edition]
    found = []
    for level, span in (("gross", valued.gross), ("net", valued.net)):
        if span is not None:
            key = figures.TotalKey(
                edition.reference, valued.measure.direction, valued.factor.value.kind, level,  # type: ignore[arg-type]
                valued.factor.price.to_year, valued.factor.price.type, span.central is None,
            )  # fmt: skip
            found.append(presentation.line_figure(worth, key, edition, span))
    return found


def _other_stages(found: figures.Account, possible: Sequence[figures.What], public_id: str) -> list[dict[str, str]]:
    """The same line at each stage it can have: its quantity and its value, nothing where nobody has said so."""
    rows = []
    for what in possible:
        line = queries.find_line(found.worths[what], public_id)
        valued = line.valued if line else None
        gross, net = (valued.gross, valued.net) if valued else (None, None)
        rows.append(
            {
                "stage": figures.STAGES[what],
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
        "per": after_pounds(value.unit),
        "price_year_kind": PRICE_YEARS[value.price_year_type],
        "kind": presentation.KINDS[value.kind],
        "sure": CONFIDENCE[value.source.confidence],
        "measure": valued.measure,
        "measure_public_id": shown.line.promise.measure_public_id,
        "edition": shown.line.promise.edition,
        "is_web": value.source.locator.startswith(("https://", "http://")),
        "missing": valued.factor.parameters.missing,
    }
