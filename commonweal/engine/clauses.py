"""The standard clauses of the catalogue that an ask may offer: their words, and the figures a body puts into them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from commonweal.engine.document import CATALOGUE, FileRefused, read_document, schema_findings

CHANGE_AND_CREDIT: Final = "change-and-credit"


@dataclass(frozen=True, slots=True)
class ClauseFigure:
    """This will hold one figure of a clause, a whole number: its least, its most and the usual one."""

    id: str
    label: str
    least: int
    most: int
    usual: int


@dataclass(frozen=True, slots=True)
class ClauseSection:
    """This will hold one numbered part of a clause."""

    id: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class StandardClause:
    """This will hold a clause of the catalogue in one version."""

    id: str
    version: str
    title: str
    lead: str
    figures: tuple[ClauseFigure, ...]
    sections: tuple[ClauseSection, ...]

    def written(self, figures: Mapping[str, int]) -> list[ClauseSection]:
        """This will give the clause with its figures put in, as it would stand in a contract."""
        known = {figure.id: str(figures.get(figure.id, figure.usual)) for figure in self.figures}
        return [ClauseSection(each.id, each.title, each.words.format_map(known)) for each in self.sections]

    def figure(self, id: str) -> ClauseFigure:
        """This will find a figure of the clause; raises KeyError."""
        return {each.id: each for each in self.figures}[id]


@functools.cache
def standard_clause(id: str = CHANGE_AND_CREDIT) -> StandardClause:
    """This will read a clause of the catalogue; raises FileRefused when its file does not fit the schema."""
    document = read_document(CATALOGUE / "clauses" / f"{id}.yaml", f"clauses/{id}.yaml")
    findings = schema_findings(document, "clause")
    if findings:
        raise FileRefused(findings)
    said = document.content
    return StandardClause(
        said["id"], said["version"], said["title"], said["lead"],
        tuple(ClauseFigure(**each) for each in said["parameters"]),
        tuple(ClauseSection(**each) for each in said["sections"]),
    )  # fmt: skip
