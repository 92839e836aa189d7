"""What changed between two valuations of one record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from commonweal.base.exports import export_response
from commonweal.frameworks.queries import editions, get_edition
from commonweal.reporting import queries
from commonweal.reporting.beside import lines_by_edition
from commonweal.reporting.changes import (
    CHANGE_HEADINGS,
    PARTS,
    Asked,
    EditionNotSaid,
    ShownChange,
    Side,
    change_rows,
    compared,
    overview,
    shown_changes,
    side,
    still_parts,
)
from commonweal.reporting.forms import ChangesForm, offered_prices, quarter_ends
from commonweal.reporting.views.record import Record

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.engine.model import Edition


class _Changes:
    """What the address asks for: the form, its two sides, and what changed; none where the form cannot be read."""

    def __init__(self, record: Record) -> None:
        self.form = record.form(
            ChangesForm,
            editions=[(each.reference, f"{each.title} {each.version}") for each in editions()],
            days=quarter_ends(record.on),
            prices=offered_prices(),
        )
        self.form.full_clean()
        self.sides: tuple[Side, Side] | None = None
        self.changes: list[ShownChange] = []
        if self.form.is_side_wrong:
            return
        filters = record.filters(self.form)
        asked = [self._asked(record, name, filters) for name in ("from", "to")]
        of: dict[str, Edition] = {
            reference: get_edition(reference) for each in asked for reference in lines_by_edition(each.worth)
        }
        before, after = (side(each, of, queries.walk_between) for each in asked)
        try:
            self.changes = shown_changes(compared(before, after, of), before, after)
        except EditionNotSaid as refused:
            self.form.add_error("from_edition" if before.asked.edition is None else "to_edition", str(refused))
            return
        self.sides = before, after

    def _asked(self, record: Record, name: str, filters: dict[str, object]) -> Asked:
        said = self.form.side(name)
        return Asked(
            worth=queries.worth(record.body, what=said["stage"], on=record.on, **filters),  # type: ignore[arg-type]
            by=date.fromisoformat(said["by"]) if said["by"] else None,
            edition=get_edition(said["edition"]) if said["edition"] else None,
            price_year=said["prices"] or None,
        )


def worth_changes(request: HttpRequest, body: Body, public_id: str | None = None) -> HttpResponse:
    """This will show what changed between two valuations of a body's or an agreement's record."""
    record = Record(request, body, public_id)
    found = _Changes(record)
    changed = [each for each in found.changes if each.is_changed]
    content = {
        **record.page("changes", "What changed"),
        "form": found.form,
        "sides": found.sides,
        "names": [each.asked.name for each in found.sides or ()],
        "changed": changed,
        "rows": overview(changed),
        "moving": [each for each in PARTS.values() if each not in still_parts(changed)],
        "still": still_parts(changed),
        "unchanged": [each for each in found.changes if not each.is_changed],
        "left": [(each.asked.name, each.left) for each in found.sides or () if each.left],
        "is_empty": found.sides is not None and not any(each.lines for each in found.sides),
        "line_stages": [each.asked.worth.what for each in found.sides or ()],
    }
    return render(request, "reporting/changes.html", content)


def worth_changes_export(request: HttpRequest, body: Body, form: str, public_id: str | None = None) -> HttpResponse:
    """This will give every total, its parts and their measures; 404 for two sides that cannot be compared."""
    found = _Changes(Record(request, body, public_id))
    if found.sides is None:
        raise Http404
    name = f"{public_id or body.slug}-changes"
    return export_response(form, name=name, headings=CHANGE_HEADINGS, rows=change_rows(found.changes))
