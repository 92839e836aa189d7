"""The catalogue as frozen values: framework editions, unit values, and the tables of prices, rates and carbon.

The catalogue is data inside the package (`commonweal/catalogue/`). Everything read from it is kept for the life of the
process. A file from elsewhere passes the same checks and is refused whole, with findings, when any of them fails.
"""

import csv
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from commonweal.engine.document import CATALOGUE, Document, FileRefused, Finding, Place, read_document, schema_findings
from commonweal.engine.model import (
    SHARE_RATES,
    Criterion,
    Edition,
    FrozenMapping,
    InvalidRule,
    Measure,
    Outcome,
    Rate,
    Source,
    Theme,
    UnitValue,
)

NO_FACTS_ON_CONFIRMING = "The source does not say who could confirm it"

_REFERENCE = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)(?:@([0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*))?")

Row = TypeVar("Row")
Made = TypeVar("Made")


class EditionUnknown(LookupError):
    """This will say which framework or edition the catalogue does not have, and which it has."""


@dataclass(frozen=True, slots=True)
class DeflatorRow:
    """This will hold one year of a price index; `change_percent` is the published change on the year before, if any."""

    series: str
    period_type: str
    period: str
    period_start_year: int
    index: Decimal
    base: str
    change_percent: Decimal | None
    status: str
    vintage: str
    source_id: str
    confidence: str


@dataclass(frozen=True, slots=True)
class DiscountBand:
    """This will hold one band of a discount schedule: years `year_from` to `year_to`, both in; None has no end."""

    schedule: str
    year_from: int
    year_to: int | None
    rate: Decimal
    status: str
    source_id: str
    confidence: str


@dataclass(frozen=True, slots=True)
class CarbonRow:
    """This will hold the value of one tonne of carbon dioxide equivalent emitted in one year."""

    series: str
    emission_year: int
    low: Decimal
    central: Decimal
    high: Decimal
    unit: str
    price_year: str
    price_year_type: str
    status: str
    source_id: str
    confidence: str


@functools.cache
def deflators() -> tuple[DeflatorRow, ...]:
    """This will give every row of the GDP deflators exactly as published: `prices/deflators.csv`."""
    return _table(
        "prices/deflators.csv",
        DeflatorRow,
        period_start_year=int,
        index=Decimal,
        change_percent=_if_given(Decimal),
    )


@functools.cache
def discount_schedules() -> tuple[DiscountBand, ...]:
    """This will give every band of every schedule; only those with status `in-force` are used unless asked for."""
    return _table("prices/discount_schedules.csv", DiscountBand, year_from=int, year_to=_if_given(int), rate=Decimal)


@functools.cache
def carbon_values() -> tuple[CarbonRow, ...]:
    """This will give the value of carbon by year of emission, GBP per tCO2e, low, central and high."""
    return _table("prices/carbon_values.csv", CarbonRow, emission_year=int, low=Decimal, central=Decimal, high=Decimal)


@functools.cache
def sources() -> Mapping[str, Source]:
    """This will give the register of sources by id: `catalogue/sources.csv`."""
    with open(CATALOGUE / "sources.csv", encoding="utf-8", newline="") as opened:
        rows = [{name: text for name, text in row.items() if name != "publisher"} for row in csv.DictReader(opened)]
    return FrozenMapping({row["id"]: Source(**row) for row in rows})  # type: ignore[arg-type]


@functools.cache
def values() -> Mapping[str, UnitValue]:
    """This will give every unit value of the catalogue by its permanent id; raises `FileRefused` if a file is wrong."""
    found: dict[str, UnitValue] = {}
    for path in value_files():
        read, findings = read_values(path)
        if findings:
            raise FileRefused(findings)
        found |= read
    return FrozenMapping(found)


def value_files() -> tuple[Path, ...]:
    """This will list the catalogue's files of unit values."""
    return tuple(sorted((CATALOGUE / "values").glob("*.yaml")))


def framework_ids() -> tuple[str, ...]:
    """This will list the frameworks of the catalogue by id, in alphabetical order."""
    return tuple(sorted(each.name for each in (CATALOGUE / "frameworks").iterdir() if each.is_dir()))


def editions(framework_id: str) -> tuple[str, ...]:
    """This will list the versions of a framework, oldest first; raises `EditionUnknown`."""
    if framework_id not in framework_ids():
        raise EditionUnknown(f"there is no framework {framework_id!r}; there are: {', '.join(framework_ids())}")
    folder = CATALOGUE / "frameworks" / framework_id
    return tuple(sorted((each.stem for each in folder.glob("*.yaml")), key=_in_order))


def load_edition(reference: str | Path) -> Edition:
    """This will give one edition: `open-measures` (the latest), `open-measures@1.0`, or the path of a file.

    A text is a path when it is not a reference: when it has a slash or ends in `.yaml`. Raises `EditionUnknown`, and
    `FileRefused` with every finding when a file is wrong.
    """
    matched = _REFERENCE.fullmatch(reference) if isinstance(reference, str) else None
    if matched:
        framework_id, version = matched.groups()
        known = editions(framework_id)
        if version is not None and version not in known:
            raise EditionUnknown(f"{framework_id} has no edition {version!r}; it has: {', '.join(known)}")
        return _edition_of_catalogue(framework_id, version or known[-1])
    edition, findings = read_edition(reference)
    if edition is None:
        raise FileRefused(findings)
    return edition


@functools.cache
def _edition_of_catalogue(framework_id: str, version: str) -> Edition:
    edition, findings = read_edition(CATALOGUE / "frameworks" / framework_id / f"{version}.yaml")
    if edition is None:
        raise FileRefused(findings)
    return edition


def read_edition(path: str | Path) -> tuple[Edition | None, list[Finding]]:
    """This will read a framework file: the edition and no findings, or None and what is wrong. Never raises for it."""
    try:
        document = read_document(path)
    except FileRefused as refused:
        return None, list(refused.findings)
    return edition_of(document)


def edition_of(document: Document) -> tuple[Edition | None, list[Finding]]:
    """This will build the edition a document describes: the edition and no findings, or None and what is wrong."""
    if findings := schema_findings(document, "framework"):
        return None, findings
    building = Building(document)
    edition = building.edition()
    return (None, building.findings) if building.findings else (edition, [])


def read_values(path: str | Path) -> tuple[dict[str, UnitValue], list[Finding]]:
    """This will read a file of unit values: by id those that can be built, and what is wrong with the others."""
    try:
        document = read_document(path)
    except FileRefused as refused:
        return {}, list(refused.findings)
    if findings := schema_findings(document, "values"):
        return {}, findings
    building = Building(document)
    made = {
        id: building.value({"id": id, **content}, ("values", id)) for id, content in document.content["values"].items()
    }
    return {id: value for id, value in made.items() if value is not None}, building.findings


class Building:
    """This will turn one document that fits its schema into frozen values, collecting what is wrong on the way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []
        self.taken: dict[tuple[str, str], Place] = {}

    def edition(self) -> Edition | None:
        content = self.document.content
        source = self.source(content["source"], ("source",))
        themes = self._each(content["themes"], ("themes",), lambda each, place: self.theme(each, place, source))
        made: Edition | None = None
        with self._at((), "Correct the entries at the top of the file"):
            made = Edition(
                framework_id=content["id"],
                applies_from=self.date(content, "applies_from", ()),
                applies_to=self.date(content, "applies_to", ()),
                published_on=self.date(content, "published_on", ()),
                review_on=self.date(content, "review_on", ()),
                source=source,
                gaps=tuple(content.get("gaps", ())),
                themes=themes,
                title_cy=content.get("title_cy", ""),
                **_kept(content, "version title publisher licence nation price_year price_year_type"),
                **_kept(content, "notes author checked_by"),
            )
        return made

    def theme(self, content: dict[str, Any], place: Place, source: Source) -> Theme:
        self.once("theme", content["id"], place)
        outcomes = self._each(
            content["outcomes"], (*place, "outcomes"), lambda each, where: self.outcome(each, where, source)
        )
        return Theme(
            outcomes=outcomes, title_cy=content.get("title_cy", ""), **_kept(content, "id title confidence wording")
        )

    def outcome(self, content: dict[str, Any], place: Place, source: Source) -> Outcome:
        self.once("outcome", content["id"], place)
        criteria = self._each(content.get("criteria", []), (*place, "criteria"), lambda each, _: Criterion(**each))
        measures = self._each(
            content.get("measures", []), (*place, "measures"), lambda each, where: self.measure(each, where, source)
        )
        return Outcome(
            criteria=criteria,
            measures=measures,
            title_cy=content.get("title_cy", ""),
            **_kept(content, "id title confidence wording"),
        )

    def measure(self, content: dict[str, Any], place: Place, source: Source) -> Measure | None:
        self.once("measure", content["id"], place)
        self.once("measure code", content["code"], (*place, "code"))
        value = self.value_named(content["value"], content["id"], (*place, "value")) if "value" in content else None
        if "value" in content and value is None:
            return None
        reference = self.source(content["reference"], (*place, "reference")) if "reference" in content else source
        if "confidence" in content:
            own = {each.name: getattr(reference, each.name) for each in fields(Source)}
            reference = Source(**{**own, "confidence": content["confidence"]})
        confirmable_by = tuple(content.get("confirmable_by", ()))
        rates = {
            name: rate
            for name, each in content.get("rates", {}).items()
            if (rate := self.rate(each, name in SHARE_RATES, (*place, "rates", name))) is not None
        }
        return Measure(
            title_cy=content.get("title_cy", ""),
            direction=content.get("direction", "benefit"),
            figure=content.get("figure", "valued" if "value" in content else "count"),
            definition=content.get("definition", ""),
            evidence=tuple(content.get("evidence", ())),
            counting_rule=content.get("counting_rule", ""),
            question=content.get("question", ""),
            confirmable_by=confirmable_by,
            confirm_reason=content.get("confirm_reason", "" if confirmable_by else NO_FACTS_ON_CONFIRMING),
            rates=rates,
            value=value,
            exclusive_group=content.get("exclusive_group"),
            reference=reference,
            dropoff=self.dropoff(content.get("dropoff", "0"), (*place, "dropoff")),
            **_kept(content, "id code title unit duration wording"),
        )

    def dropoff(self, content: Any, place: Place) -> Decimal | Rate:
        if isinstance(content, str):
            if not 0 <= Decimal(content) <= 1:
                self.find(place, f"{content} is not a share", 'Write a number from 0 to 1, such as "0.2"')
                return Decimal(0)
            return Decimal(content)
        return self.rate(content, True, place) or Decimal(0)

    def rate(self, content: dict[str, Any], share: bool, place: Place) -> Rate | None:
        made: Rate | None = None
        with self._at(place, "Put low, central and high in rising order"):
            source = self.source(content["source"], (*place, "source")) if "source" in content else None
            made = Rate(
                central=Decimal(content["central"]),
                low=_decimal(content.get("low")),
                high=_decimal(content.get("high")),
                reason=content["reason"],
                source=source,
                distribution=content.get("distribution"),
            )
        if made is not None and share and not made.is_share:
            self.find(place, "a share lies outside 0 to 1", 'Write numbers from 0 to 1: 20 % is "0.2"')
            return None
        return made

    def value_named(self, content: Any, measure_id: str, place: Place) -> UnitValue | None:
        if isinstance(content, dict):
            return self.value({"id": measure_id, **content}, place)
        value = values().get(content)
        if value is None:
            self.find(place, f"there is no value {content[:60]!r}", "Name one of the catalogue's, or write it out here")
        return value

    def value(self, content: dict[str, Any], place: Place) -> UnitValue | None:
        made: UnitValue | None = None
        by_year = self.by_year(content.get("by_year_series"), (*place, "by_year_series"))
        if by_year is None:
            return None
        with self._at(place, "Correct the amounts or years of this value"):
            made = UnitValue(
                amount=_decimal(content.get("amount")),
                low=_decimal(content.get("low")),
                high=_decimal(content.get("high")),
                by_year=by_year,
                uprate=content.get("uprate", "gdp_deflator"),
                discount_schedule=content.get("discount_schedule", "standard_stpr"),
                already_net=tuple(content.get("already_net", ())),
                valid_from=self.date(content, "valid_from", place),
                valid_to=self.date(content, "valid_to", place),
                source=self.source(content["source"], (*place, "source")),
                notes=content.get("notes", ""),
                distribution=content.get("distribution"),
                **_kept(content, "id name unit price_year price_year_type kind beneficiary"),
            )
        return made

    def by_year(self, series: str | None, place: Place) -> dict[int, tuple[Decimal, Decimal, Decimal]] | None:
        rows = {row.emission_year: (row.low, row.central, row.high) for row in carbon_values() if row.series == series}
        if series is None or rows:
            return rows
        known = ", ".join(sorted({row.series for row in carbon_values()}))
        self.find(place, f"there is no series {series[:60]!r}", f"Name one of: {known}")
        return None

    def source(self, content: Any, place: Place) -> Source:
        given = {"id": content} if isinstance(content, str) else content
        known = sources().get(given["id"])
        whole = {each.name: getattr(known, each.name) for each in fields(Source)} if known else {"locator": ""}
        try:
            return Source(**{**whole, **given})
        except TypeError:
            fix = "Name a source of the register, or give its title, licence and confidence here"
            self.find(place, f"there is no source {given['id'][:60]!r} in the register", fix)
        except InvalidRule as error:
            self.find(place, str(error), error.fix or "Fill it in")
        return sources()["COMMONWEAL"]  # stands in so that the rest can be checked; the finding refuses the file

    def date(self, content: dict[str, Any], name: str, place: Place) -> date | None:
        if name not in content:
            return None
        try:
            return date.fromisoformat(content[name])
        except ValueError:
            self.find((*place, name), f"{content[name]} is not a day of the calendar", "Write the date as 2026-11-21")
            return None

    def once(self, what: str, name: str, place: Place) -> None:
        first = self.taken.setdefault((what, name), place)
        if first != place:
            line = self.document.lines.get(first, 1)
            self.find(place, f"{what} {name!r} is used twice (first on line {line})", "Give each its own")

    def find(self, place: Place, reason: str, fix: str) -> None:
        self.findings.append(self.document.finding(place, reason, fix))

    def _each(self, contents: list[Any], place: Place, make: Callable[[Any, Place], Made | None]) -> tuple[Made, ...]:
        made: list[Made | None] = []
        for number, content in enumerate(contents):
            with self._at((*place, number), "Correct this entry"):
                made.append(make(content, (*place, number)))
        return tuple(each for each in made if each is not None)

    @contextmanager
    def _at(self, place: Place, fix: str) -> Iterator[None]:
        try:
            yield
        except InvalidRule as error:
            # `once` has already found a repeated id, at its own place.
            if "used twice" not in str(error):
                self.find(place, str(error), error.fix or fix)


def _kept(content: dict[str, Any], names: str) -> dict[str, Any]:
    return {name: content[name] for name in names.split() if name in content}


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _in_order(version: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.split(r"[.-]", version)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def _table(name: str, row_type: Callable[..., Row], **readers: Callable[[str], Any]) -> tuple[Row, ...]:
    with open(CATALOGUE / name, encoding="utf-8", newline="") as opened:
        return tuple(
            row_type(**{column: readers.get(column, str)(text) for column, text in row.items()})
            for row in csv.DictReader(opened)
        )


def _if_given(read: Callable[[str], Made]) -> Callable[[str], Made | None]:
    return lambda text: read(text) if text else None
