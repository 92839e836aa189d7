"""What stands behind a published line: its value and the steps of its sum; and what of it lies in a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from commonweal.engine.explain import steps
from commonweal.publishing.facts import Facts, maybe, plain
from commonweal.publishing.pages import Page
from commonweal.reporting.figures import What, WorthLine

#: Places of lines that lie in no ward of the body: its whole area, and no place at all.
WHOLE: Final = "whole"
UNKNOWN: Final = "unknown"


def value_facts(valued: Mapping[What, list[WorthLine]]) -> Facts | None:
    """This will write the value that was used for the lines of a promise, with its source; None where none was."""
    for lines in valued.values():
        for line in lines:
            if line.valued is None or line.valued.factor is None:
                continue
            value = line.valued.factor.value
            return {
                "name": value.name, "unit": value.unit, "kind": value.kind, "price_year": value.price_year,
                "amount": maybe(value.amount), "low": maybe(value.low), "high": maybe(value.high),
                "source": {"id": value.source.id, "title": value.source.title, "locator": value.source.locator,
                           "licence": value.source.licence},
            }  # fmt: skip
    return None


def steps_facts(valued: Mapping[What, list[WorthLine]]) -> list[Facts]:
    """This will write the steps of the promise and of each delivery, in the order of the record."""
    found = []
    for what in ("promised", "claimed"):
        for line in valued.get(what, []):
            if line.valued is None or line.valued.factor is None:
                continue
            told = [
                {"label": each.label, "formula": each.formula, "operands": [list(pair) for pair in each.operands],
                 "result": plain(each.result), "unit": each.unit, "source": each.source}
                for each in steps(line.valued)
            ]  # fmt: skip
            found.append({"line": line.public_id, "stage": what, "quantity": plain(line.counted), "steps": told})
    return found


def here_facts(bucket: str, pages: Iterable[Page]) -> Facts:
    """This will count how many promises were made for a place, and how many had something delivered there."""
    promised = delivered = 0
    for page in pages:
        line = line_here(bucket, page)
        promised += line["promised"] is not None
        delivered += line["delivered"] is not None
    return {"promised": promised, "delivered": delivered}


def line_here(bucket: str, page: Page) -> Facts:
    """This will write what one promise is in a place: what was promised there, and delivered there."""
    content = page.content
    made_here = (content["place"]["bucket"] if content["place"] else UNKNOWN) == bucket
    quantities = [
        Decimal(each["quantity"])
        for each in content["entries"]
        if (each["place"]["bucket"] if each["place"] else UNKNOWN) == bucket
    ]
    return {
        "line": page.key, "wording": page.title, "wording_cy": page.title_cy, "unit": content["unit"],
        "agreement": content["agreement"]["title"], "direction": content["direction"],
        "made_here": made_here,
        "promised": content["promised"] if made_here else None,
        "delivered": plain(sum(quantities, Decimal(0))) if quantities else None,
    }  # fmt: skip
