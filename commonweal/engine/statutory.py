"""The annual reports that a law asks for, item by item (`catalogue/duties/reports.yaml`)."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from commonweal.engine.document import CATALOGUE, read_document


@dataclass(frozen=True, slots=True)
class Item:
    """This will hold one thing a report must contain: where the law says so, what answers it, what a person writes."""

    id: str
    title: str
    title_cy: str
    requires: str
    section: str
    source: str
    answer: str
    asks: str
    must: bool


@dataclass(frozen=True, slots=True)
class StatutoryReport:
    """This will hold a report that a law asks for, with its items in the order of the law."""

    duty: str
    nation: str
    title: str
    title_cy: str
    instrument: str
    instrument_cy: str
    confidence: str
    items: tuple[Item, ...]


@functools.cache
def statutory_reports() -> dict[str, StatutoryReport]:
    """This will read every report by the duty that asks for it."""
    held = read_document(CATALOGUE / "duties" / "reports.yaml").content["reports"]
    return {
        duty: StatutoryReport(
            duty, each["nation"], each["title"], each.get("title_cy", ""), each["instrument"],
            each.get("instrument_cy", ""), each["confidence"],
            tuple(
                Item(id, item["title"], item.get("title_cy", ""), item["requires"], item["section"], item["source"],
                     item.get("answer", ""), item["asks"], item.get("must", False))
                for id, item in each["items"].items()
            ),
        )
        for duty, each in held.items()
    }  # fmt: skip


def report_of_nation(nation: str) -> StatutoryReport | None:
    """This will find the report that bodies of a nation owe, or nothing."""
    return next((each for each in statutory_reports().values() if each.nation == nation), None)
