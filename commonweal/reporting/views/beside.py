"""One record under several frameworks side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from commonweal.base.exports import export_response
from commonweal.frameworks.queries import editions, get_edition
from commonweal.reporting import figures, queries
from commonweal.reporting.beside import (
    BESIDE_HEADINGS,
    Told,
    beside_export,
    lines_by_edition,
    shown_columns,
    shown_rows,
    tell,
)
from commonweal.reporting.forms import BesideForm
from commonweal.reporting.views.record import Record

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.engine.model import Edition


class _Beside:
    """What the address asks for: the form, the worth, the editions of its lines, and each edition's telling."""

    def __init__(self, record: Record) -> None:
        self.form = record.form(BesideForm)
        self.worth = record.worth(self.form)
        given = lines_by_edition(self.worth)
        self.of: dict[str, Edition] = {reference: get_edition(reference) for reference in given}
        choices = {each.reference: f"{each.title} {each.version}" for each in editions()}
        choices |= {each.reference: f"{each.title} {each.version}" for each in self.of.values()}
        if not record.request.GET.keys() & {"first", "second", "third"}:
            own = sorted(given, key=lambda reference: -len(given[reference]))
            others = [each for each in choices if each not in given and self._is_reached(each)]
            # One that values something says more beside the record's own than one that only counts.
            other = next(iter(sorted(others, key=lambda each: not _values(each))), "")
            first, second = [*own, other, "", ""][:2]
            self.form = record.form(BesideForm, words={"first": first, "second": second})
        self.form.offer(list(choices.items()))
        self.form.data = {**self.form.data, "what": self.worth.what}
        self.form.full_clean()
        self.told: list[Told] = []
        if not self.form.is_choice_wrong and given:
            self.told = [
                tell(self.worth, get_edition(each), self.of, queries.walk_between, self.form.price_year)
                for each in self.form.chosen
            ]

    def _is_reached(self, reference: str) -> bool:
        to = get_edition(reference)
        return any(queries.walk_between(each, to) for each in self.of.values())


def _values(reference: str) -> bool:
    return any(measure.value for measure in get_edition(reference).measures.values())


def worth_frameworks(request: HttpRequest, body: Body, public_id: str | None = None) -> HttpResponse:
    """This will show what a body or an agreement is worth under up to three frameworks, and what each leaves over."""
    record = Record(request, body, public_id)
    found = _Beside(record)
    rows = shown_rows(found.told, found.of)
    content = {
        **record.page("frameworks", "Under several frameworks"),
        "form": found.form,
        "worth": found.worth,
        "stage": figures.STAGES[found.worth.what].lower(),
        "told": found.told,
        "columns": shown_columns(found.told),
        "rows": rows,
        "any_differs": any(row.differs for row in rows),
        "untold": sum(line.valued is None for line in found.worth.lines),
        "unvalued_url": record.lines_url(what=found.worth.what, figure="none"),
    }
    return render(request, "reporting/frameworks.html", content)


def worth_frameworks_export(request: HttpRequest, body: Body, form: str, public_id: str | None = None) -> HttpResponse:
    """This will give each framework's totals, what they are made of, and what it leaves over; 404 for none known."""
    found = _Beside(Record(request, body, public_id))
    if found.form.is_choice_wrong:
        raise Http404
    name = f"{public_id or body.slug}-frameworks"
    rows = beside_export(found.worth, found.told)
    return export_response(form, name=name, headings=BESIDE_HEADINGS, rows=rows)
