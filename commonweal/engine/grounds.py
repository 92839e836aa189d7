"""Grounds on which an agreement may be changed while it runs: rules of the catalogue, by regime, each with its source."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from commonweal.engine.document import CATALOGUE, FileRefused, read_document, schema_findings

#: What agreements without a regime of their own, and those below thresholds, go by.
ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class Ground:
    """This will hold one ground: where it is written, what to ask, and the most it allows in per cent of the first value."""

    id: str
    title: str
    section: str
    ask: str
    source: str
    confidence: str
    limit: Decimal | None
    works_limit: Decimal | None
    cumulative: bool
    needs_clause: bool

    def limit_for(self, kind: str) -> Decimal | None:
        """This will give the limit in per cent for goods, services or works; None where there is none."""
        return self.works_limit if kind == "works" and self.works_limit is not None else self.limit


@dataclass(frozen=True, slots=True)
class Regime:
    """This will hold the grounds of one regime, the first day its agreements begin, and what must be published."""

    id: str
    starts_on: date
    notice: str
    grounds: tuple[Ground, ...]

    def ground(self, id: str) -> Ground | None:
        """This will find a ground by its id."""
        return next((each for each in self.grounds if each.id == id), None)


@functools.cache
def regimes() -> Mapping[str, Regime]:
    """This will read every regime of the catalogue; raises FileRefused when the file does not fit its schema."""
    document = read_document(CATALOGUE / "modifications" / "grounds.yaml", "modifications/grounds.yaml")
    if findings := schema_findings(document, "grounds"):
        raise FileRefused(findings)
    content = document.content
    return {
        key: Regime(
            key, date.fromisoformat(held["from"]), held["notice"],
            tuple(_ground(each, content["sources"][each["source"]]["title"]) for each in held["grounds"]),
        )
        for key, held in content["regimes"].items()
    }  # fmt: skip


def _ground(held: Mapping[str, str | bool | None], source: str) -> Ground:
    limit, works = held["limit_percent"], held.get("works_percent")
    return Ground(
        str(held["id"]), str(held["title"]), str(held["section"]), str(held["ask"]), source, str(held["confidence"]),
        None if limit is None else Decimal(str(limit)), None if works is None else Decimal(str(works)),
        bool(held["cumulative"]), bool(held["clause"]),
    )  # fmt: skip


def regime_for(regime: str, commenced_on: date | None) -> Regime:
    """This will choose the grounds an agreement goes by; one that began before its regime did goes by its own words."""
    held = regimes().get({"wales": "procurement-act-2023"}.get(regime, regime))
    if held is None or (commenced_on is not None and commenced_on < held.starts_on):
        return regimes()[ANY]
    return held
