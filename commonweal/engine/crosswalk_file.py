"""Reads crosswalks from their YAML files, and gives those of the catalogue in either direction."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from commonweal.engine.catalogue import Building, EditionUnknown, load_edition
from commonweal.engine.crosswalk import inverse
from commonweal.engine.crosswalk_model import Conversion, Crosswalk, End, Heading, Match, faults
from commonweal.engine.document import (
    CATALOGUE,
    MOST_FINDINGS,
    Document,
    FileRefused,
    Finding,
    Place,
    read_document,
    schema_findings,
)
from commonweal.engine.model import Edition, FrozenMapping, InvalidRule, Source


class CrosswalkUnknown(LookupError):
    """This will say between which two editions the catalogue has no crosswalk, and which it has."""


def read_crosswalk(path: str | Path, *given: Edition) -> tuple[Crosswalk | None, list[Finding]]:
    """This will read a crosswalk file: the crosswalk and no findings, or None and what is wrong. Never raises for it.

    Editions it names are taken from those `given`, else from the catalogue.
    """
    try:
        document = read_document(path)
    except FileRefused as refused:
        return None, list(refused.findings)
    return crosswalk_of(document, *given)


def crosswalk_of(document: Document, *given: Edition) -> tuple[Crosswalk | None, list[Finding]]:
    """This will build the crosswalk a document describes: the crosswalk and no findings, or None and what is wrong."""
    if findings := schema_findings(document, "crosswalk"):
        return None, findings
    own = {edition.reference: edition for edition in given}
    editions: list[Edition] = []
    for name in ("from", "to"):
        try:
            named = document.content[name]
            editions.append(own.get(named) or load_edition(named))
        except EditionUnknown as error:
            fix = "Name an edition of the catalogue, or give the edition too"
            return None, [document.finding((name,), str(error), fix)]
    of, to = editions
    building = Building(document)
    matches, source = _Matches(document, building).all()
    # What matches mean together is judged once each of them can be read.
    for number, fault in enumerate(() if building.findings else faults(of, to, matches)):
        if number == MOST_FINDINGS:
            break
        building.find(("matches", fault.match), fault.reason, fault.fix)
    review_on = building.date(document.content, "review_on", ())
    if building.findings:
        return None, building.findings
    content = document.content
    gaps = tuple(content.get("gaps", ()))
    return Crosswalk(of, to, matches, content["title"], source, content["author"], gaps, review_on), []


def load_crosswalk(path: str | Path, *given: Edition) -> Crosswalk:
    """This will read a crosswalk file as `read_crosswalk` does; raises `FileRefused` with every finding."""
    crosswalk, findings = read_crosswalk(path, *given)
    if crosswalk is None:
        raise FileRefused(findings)
    return crosswalk


def crosswalk_files() -> tuple[Path, ...]:
    """This will list the catalogue's files of crosswalks."""
    return tuple(sorted((CATALOGUE / "crosswalks").glob("*.yaml")))


@functools.cache
def crosswalks() -> Mapping[tuple[str, str], Crosswalk]:
    """This will give every crosswalk of the catalogue by the two editions it is of, in the direction it is written."""
    read = [load_crosswalk(path) for path in crosswalk_files()]
    return FrozenMapping({(each.of.reference, each.to.reference): each for each in read})


def crosswalk_between(one: str, other: str) -> Crosswalk:
    """This will give the catalogue's crosswalk of one edition to another, turned round where it is written so.

    A framework without a version is its latest edition. Raises `EditionUnknown` and `CrosswalkUnknown`.
    """
    of, to = load_edition(one).reference, load_edition(other).reference
    if found := crosswalks().get((of, to)):
        return found
    if found := crosswalks().get((to, of)):
        return inverse(found)
    known = ", ".join(f"{one} and {other}" for one, other in crosswalks())
    raise CrosswalkUnknown(f"there is no crosswalk between {of} and {to}; there are: {known}")


class _Matches:
    """This will turn the matches of one document into frozen values, collecting what is wrong on the way."""

    def __init__(self, document: Document, building: Building) -> None:
        self.document = document
        self.building = building
        self.source = building.source(document.content["source"], ("source",))

    def all(self) -> tuple[tuple[Match, ...], Source]:
        made: list[Match] = []
        for number, content in enumerate(self.document.content["matches"]):
            place = ("matches", number)
            with self._at(place):
                made.append(self._match(content, place))
        return tuple(made), self.source

    def _match(self, content: dict[str, Any], place: Place) -> Match:
        reference = self._source(content, place, self.source)
        if "confidence" in content:
            reference = replace(reference, confidence=content["confidence"])
        conversion = None
        if "convert" in content:
            said, where = content["convert"], (*place, "convert")
            own = self._source(said, where, reference)
            conversion = Conversion(Decimal(said["factor"]), Decimal(1), said["reason"], own)
        return Match(
            of=_end(content["from"]),
            term=content["match"],
            to=_end(content["to"]),
            reason=content["reason"],
            reference=reference,
            share=Decimal(content["share"]) if "share" in content else None,
            back=Decimal(content["back"]) if "back" in content else None,
            conversion=conversion,
        )

    def _source(self, content: dict[str, Any], place: Place, otherwise: Source) -> Source:
        return self.building.source(content["source"], (*place, "source")) if "source" in content else otherwise

    @contextmanager
    def _at(self, place: Place) -> Iterator[None]:
        try:
            yield
        except InvalidRule as error:
            self.building.find(place, str(error), error.fix or "Correct this match")


def _end(content: dict[str, str]) -> End:
    ((level, id),) = content.items()
    return End(cast(Heading, level), id)
