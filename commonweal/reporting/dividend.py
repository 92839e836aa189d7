"""What one provider has delivered, agreement by agreement, to give to its board: its own record and nobody else's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from commonweal.base.pdf import make_pdf
from commonweal.base.templatetags.figures import long_date, quantity
from commonweal.delivery.queries import PromiseRow, PromiseTable, promise_table
from commonweal.engine.promises import ratio_words

if TYPE_CHECKING:
    from commonweal.delivery.models import Agreement

HEADINGS: Final = ("Agreement and promise", "Unit", "Promised", "Delivered", "Evidence accepted", "Confirmed", "Ratio")


@dataclass(frozen=True, slots=True)
class Part:
    """One agreement of the provider: its body, and how its promises stand."""

    agreement: Agreement
    body: str
    table: PromiseTable


@dataclass(frozen=True, slots=True)
class Dividend:
    """What a provider has delivered, as of a day; `bodies` are those it is about."""

    provider: str
    on: date
    parts: tuple[Part, ...]
    invented: bool
    colour: str

    @property
    def rows(self) -> list[PromiseRow]:
        """Every promise, agreement by agreement."""
        return [row for part in self.parts for row in part.table.rows]

    @property
    def bodies(self) -> list[str]:
        """The bodies it is about, each once, by name."""
        return sorted({part.body for part in self.parts})

    @property
    def headline(self) -> str:
        """What it comes to, in a sentence: counts of promises, for their quantities are in different units."""
        promised = [row for row in self.rows if row.promised or (row.is_harm and row.promised is not None)]
        if not promised:
            return _("No quantity has been promised yet.")
        return _(
            "%(met)s of %(all)s promises are met by what was reported, %(late)s overdue. For %(backed)s of them evidence was "
            "accepted."
        ) % {
            "met": f"{sum(row.met for row in promised):,}", "all": f"{len(promised):,}",
            "late": f"{sum(row.overdue for row in promised):,}",
            "backed": f"{sum(row.delivered.evidenced > 0 for row in promised):,}",
        }  # fmt: skip


def dividend(provider: str, agreements: Iterable[Agreement], on: date) -> Dividend:
    """This will gather what a provider has delivered under agreements of its own, as of a day; needs a scope on them."""
    parts = [Part(each, each.body.name, promise_table(each, on)) for each in agreements]
    parts = [part for part in parts if part.table.rows]
    parts.sort(key=lambda part: (part.body, part.agreement.title, part.agreement.pk))
    bodies = {part.agreement.body for part in parts}
    return Dividend(
        provider, on, tuple(parts), any(each.is_invented for each in bodies),
        next(iter(bodies)).colour if len(bodies) == 1 else "#1d3d5c",
    )  # fmt: skip


def dividend_pdf(found: Dividend) -> bytes:
    """This will set a provider's report as a PDF, figure for figure as on the page."""
    heading = f"What {found.provider} has delivered"
    content: dict[str, Any] = {
        "heading": heading,
        "lead": f"{found.headline} For {', '.join(found.bodies) or 'nobody yet'}. As of {long_date(found.on)}.",
        "headings": list(HEADINGS),
        "numeric": [False, False, True, True, True, True, True],
        "widths": [5, 2, 2, 2, 2, 2, 2],
        "rows": [list(row) for row in table_rows(found)],
        "notes": [
            "Delivered is what was reported. Evidence accepted and confirmed are parts of it, each a check of its own.",
            "Quantities in different units are never added together.",
        ],
        "source": f"The record of {', '.join(found.bodies)}, as of {long_date(found.on)}" if found.bodies else "",
        "banner": "Invented for demonstration" if found.invented else None,
    }
    return make_pdf(
        "table", content, lang="en", title=heading, author=", ".join(found.bodies) or found.provider, on=found.on,
        colour=found.colour,
    )  # fmt: skip


def table_rows(found: Dividend) -> Sequence[tuple[str, ...]]:
    """This will write every promise as the report tells it."""
    return [
        (
            f"{part.agreement.title} ({part.body}): {row.commitment.wording}" if len(found.bodies) > 1
            else f"{part.agreement.title}: {row.commitment.wording}",
            row.commitment.unit_words, "–" if row.promised is None else quantity(row.promised),
            quantity(row.delivered.claimed), quantity(row.delivered.evidenced),
            "Cannot be" if row.commitment.measure and not row.commitment.measure.confirmable
            else quantity(row.delivered.confirmed),
            ratio_words(row.ratio) or "–",
        )
        for part in found.parts
        for row in part.table.rows
    ]  # fmt: skip
