"""The open files of a site: every published line in one row, exact, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from commonweal.engine.factors import Span
from commonweal.publishing.presentation import allocated_amounts, day, local_day, number

if TYPE_CHECKING:
    from commonweal.base.models import Body

#: The plan names people by id, so that a name that is erased leaves it; stories are told by consent that may be taken
#: back. Files that were taken away cannot be recalled.
NOT_IN_DOWNLOADS: Final = ("plan", "story", "picture", "newsletter", "report")

#: The stages whose pounds a row holds; the others are in the JSON.
STAGES: Final = ("promised", "claimed")
HEADINGS: Final = (
    "Line", "Agreement", "Agreement id", "Provider", "Buyer", "Theme", "Promise", "Measure", "Edition", "Direction",
    "Unit", "Promised", "Claimed", "Evidenced", "Confirmed", "Assured", "Brought forward, not verified here",
    "Share counted by this body", "From", "Until", "Place code", "Place", "Kind of value", "Price year",
    "Gross promised (£)", "Gross promised low (£)", "Gross promised high (£)", "Net promised (£)",
    "Net promised low (£)", "Net promised high (£)", "Gross claimed (£)", "Gross claimed low (£)",
    "Gross claimed high (£)", "Net claimed (£)", "Net claimed low (£)", "Net claimed high (£)",
    "Worth as contracted, not ours (£)", "Why there is no value", "Value used", "Source", "Licence", "Printed in",
    "As of", "Published on",
)  # fmt: skip


def line_rows(pages: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """This will write published lines under HEADINGS; their pounds add to each figure as it is shown."""
    worths = [(page.key, page.content["worth"]) for page in sorted(pages, key=lambda page: page.key)]
    figures = {each["figure"] for _key, worth in worths for stage in STAGES for each in worth.get(stage, [])}
    shown = {figure: allocated_amounts(worths, figure) for figure in figures}
    for page in pages:
        yield _line_row(page, shown)


def _line_row(page: Any, shown: Mapping[str, Mapping[str, Span]]) -> tuple[Any, ...]:
    held: Mapping[str, Any] = page.content
    amounts = {(stage, each["level"]): each for stage in STAGES for each in held["worth"].get(stage, [])}
    any_amount = next(iter(amounts.values()), None)
    pounds: list[Decimal | None] = []
    for stage in STAGES:
        for level in ("gross", "net"):
            amount = amounts.get((stage, level))
            span = shown[amount["figure"]][page.key] if amount else None
            pounds += [span.central, *span.ends] if span else [None, None, None]
    place, value, measure = held["place"], held["value"], held["measure"]
    return (
        page.key, held["agreement"]["title"], held["agreement"]["key"], held["agreement"]["provider"],
        held["agreement"]["buyer"], held["theme_title"], page.title, measure["id"] if measure else "",
        measure["edition"]["reference"] if measure else "", held["direction"], held["unit"], number(held["promised"]),
        number(held["claimed"]), *(number(held[name]) for name in ("evidenced", "confirmed", "assured")),
        number(held["brought_forward"]), Decimal(held["share"]), day(held["starts_on"]), day(held["ends_on"]),
        place["code"] if place else "", place["name"] if place else "", any_amount["kind"] if any_amount else "",
        any_amount["price_year"] if any_amount else "", *pounds, number(held["as_contracted"]), held["unvalued"],
        value["name"] if value else "", value["source"]["title"] if value else "",
        value["source"]["licence"] if value else "", held["citation"], local_day(page.as_of),
        local_day(page.published_at),
    )  # fmt: skip


def about(body: Body, site: Any) -> list[tuple[str, str]]:
    """This will say in a workbook what the file is and how far to trust it."""
    said = [
        ("Published by", body.name),
        ("What it is", "Promises of social value and what was delivered, a line in each row, as published."),
        ("Adding up", "Gross and net, kinds of value, and amounts as contracted are never added to one another."),
    ]
    if site:
        said.append(("As of", local_day(site.as_of).isoformat()))
    if body.is_invented:
        said.append(("Invented", "Invented for demonstration: no body, person or figure in this file is real."))
    if body.is_example:
        said.append(("Examples", "Only facts printed in the documents named in each row."))
    return said
