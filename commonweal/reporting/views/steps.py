"""The steps of a line, the same on its page, as CSV and Excel, and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from commonweal.base.exports import Cell, export_response
from commonweal.base.pdf import make_pdf
from commonweal.base.templatetags.figures import amount_in_unit, long_date, money, quantity
from commonweal.delivery import queries as delivery
from commonweal.engine.explain import Step, steps
from commonweal.engine.model import LICENSED
from commonweal.engine.valuation import LineValue
from commonweal.engine.year import FinancialYear
from commonweal.reporting import figures, presentation, queries
from commonweal.reporting.views.record import day_of, year_asked

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.delivery.models import Commitment, Entry

#: Amounts stand twice in a file: exactly, and as the page shows them.
HEADINGS = ("Line", "Stage", "Agreement", "Promise", "Step", "What", "How", "Result", "Unit", "As shown", "Rests on")
_ON_PAPER = ("Step", "How", "Result", "Rests on")
_WIDTHS = (4, 7, 3, 5)


@dataclass(frozen=True, slots=True)
class Told:
    """One step in words: what it is, how it was reached, what came out (exactly, and as shown), what it rests on."""

    label: str
    how: str
    result: str
    source: str
    exact: Decimal
    unit: str


def told(line: figures.WorthLine) -> list[Told]:
    """This will tell each step of a line in words; none where it has no value."""
    return told_of(line.valued) if line.valued else []


def told_of(valued: LineValue) -> list[Told]:
    """This will tell each step of a value in words; none where there is none."""
    return [
        Told(step.label, _how(step), _result(step), step.source.strip(), step.result, step.unit)
        for step in steps(valued)
    ]


def _how(step: Step) -> str:
    operands = "; ".join(f"{name} {quantity(Decimal(text))}" for name, text in step.operands)
    formula = step.formula.replace(" x ", " × ")
    return f"{formula}: {operands}" if operands else formula


def _result(step: Step) -> str:
    return money(step.result) if step.unit == "GBP" else amount_in_unit(step.result, step.unit)


def line_of(body: Body, public_id: str) -> tuple[Commitment, Entry | None]:
    """This will find the promise with that outward id, or the entry with it and its promise; raises Http404."""
    try:
        return delivery.get_commitment(body, public_id), None
    except ObjectDoesNotExist:
        pass
    try:
        entry = delivery.get_entry(body, public_id)
    except ObjectDoesNotExist:
        raise Http404 from None
    return delivery.get_commitment(body, entry.commitment.public_id), entry


def stages_of(entry: Entry | None) -> list[figures.What]:
    """This will list the stages the line of a promise (no entry) or of an entry can have."""
    return [what for what in figures.STAGES if (what == "promised") == (entry is None)]


def stage_asked(request: HttpRequest, account: figures.Account, possible: Sequence[figures.What]) -> figures.What:
    """This will give the stage an address asks for: without one, what is claimed where anything is."""
    asked = request.GET.get("what", "")
    for each in possible:
        if each == asked:
            return each
    return "claimed" if "claimed" in possible and account.worths["claimed"].lines else possible[0]


def exports_of(
    of: str, body: Body, public_id: str, what: figures.What, year: FinancialYear | None
) -> list[tuple[str, str]]:
    """This will list where the steps of a line or an agreement can be had: words and address."""
    of_year = f"&year={year.slug}" if year else ""
    return [
        (words, f"{reverse(f'reporting:{of}_steps', args=[body.slug, public_id, form])}?what={what}{of_year}")
        for words, form in (("PDF", "pdf"), ("CSV", "csv"), ("Excel", "xlsx"))
    ]


def line_steps(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will give the steps of one promise or entry as CSV, Excel or PDF."""
    commitment, entry = line_of(body, public_id)
    return _export(request, body, commitment.agreement.public_id, form, stages_of(entry), only=public_id)


def agreement_steps(request: HttpRequest, body: Body, public_id: str, form: str) -> HttpResponse:
    """This will give the steps of every line of an agreement, at one stage, as CSV, Excel or PDF."""
    return _export(request, body, public_id, form, list(figures.STAGES))


def _export(
    request: HttpRequest, body: Body, agreement: str, form: str, possible: Sequence[figures.What], *, only: str = ""
) -> HttpResponse:
    year = year_asked(request)
    on = day_of(year)
    held = delivery.get_agreement(body, agreement)
    account = queries.account(body, on=on, agreement=held, year=year)
    what = stage_asked(request, account, possible)
    lines = [each.line for each in presentation.lines_as_shown(account.worths[what])]
    if only and not any(line.public_id == only for line in lines):
        raise Http404
    chosen = [line for line in lines if not only or line.public_id == only]
    name = f"{body.slug}-steps-{only or agreement}-{what}"
    if form == "pdf":
        content = _pdf(body, held.title, what, chosen, on)
        return HttpResponse(
            content, content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}-{on}.pdf"'},
        )  # fmt: skip
    return export_response(form, name=name, headings=HEADINGS, rows=list(_rows(what, chosen)))


def _rows(what: figures.What, lines: Sequence[figures.WorthLine]) -> list[tuple[Cell, ...]]:
    return [
        (line.public_id, figures.STAGES[what], line.promise.agreement_title, line.promise.wording, number, step.label,
         step.how, step.exact, step.unit, step.result, step.source + _licensed(line))
        for line in lines for number, step in enumerate(told(line), start=1)
    ]  # fmt: skip


def _licensed(line: figures.WorthLine) -> str:
    return f" ({LICENSED})" if line.valued and line.valued.measure.is_licensed else ""


def _pdf(body: Body, title: str, what: figures.What, lines: Sequence[figures.WorthLine], on: date) -> bytes:
    rows = []
    for line in lines:
        if len(lines) > 1:
            rows.append([line.promise.wording, "", "", ""])
        rows += [[step.label, step.how, step.result, step.source + _licensed(line)] for step in told(line)]
        if not told(line):
            rows.append([presentation.note_of(line) or "No value", "", "", ""])
    heading = f"{title}: each step" if len(lines) != 1 else f"{lines[0].promise.wording}: each step"
    content = {
        "heading": heading,
        "lead": f"{title}. {figures.STAGES[what]}, as of {long_date(on)}.",
        "headings": list(_ON_PAPER), "numeric": [False, False, True, False], "widths": list(_WIDTHS), "rows": rows,
        "notes": ["Steps are shown to the penny; the arithmetic keeps every digit and rounds once, at the end."],
        "source": f"{body.name}, as recorded by {long_date(on)}",
        "banner": "Invented for demonstration" if body.is_invented else None,
    }  # fmt: skip
    return make_pdf("table", content, lang="en", title=heading, author=body.name, on=on, colour=body.colour)
