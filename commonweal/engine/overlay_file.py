"""Reads an overlay from its YAML file, and writes one back so that reading it gives the same overlay again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from commonweal.engine.catalogue import Building, EditionUnknown, carbon_values, load_edition, sources, values
from commonweal.engine.document import Document, FileRefused, Finding, Place, read_document, schema_findings
from commonweal.engine.model import Edition, InvalidRule, Measure, Outcome, Rate, Source, Theme, UnitValue
from commonweal.engine.overlay import faults
from commonweal.engine.overlay_model import (
    Added,
    Change,
    Hidden,
    Level,
    Overlay,
    Renamed,
    Retargeted,
    Revalued,
    Target,
    parts_of,
)

_MOST_FAULTS = 500


def read_overlay(path: str | Path, base: Edition | None = None) -> tuple[Overlay | None, list[Finding]]:
    """This will read an overlay file: the overlay and no findings, or None and all that is wrong. Never raises for it.

    Without `base` the edition it names is taken from the catalogue; a body's own framework is given as `base`.
    """
    try:
        document = read_document(path)
    except FileRefused as refused:
        return None, list(refused.findings)
    return overlay_of(document, base)


def overlay_of(document: Document, base: Edition | None = None) -> tuple[Overlay | None, list[Finding]]:
    """This will build the overlay a document describes: the overlay and no findings, or None and what is wrong."""
    if findings := schema_findings(document, "overlay"):
        return None, findings
    named = document.content["base"]
    try:
        found = base if base is not None else load_edition(named)
    except EditionUnknown as error:
        return None, [document.finding(("base",), str(error), "Name an edition of the catalogue, or give the base too")]
    if found.reference != named:
        reason = f"the overlay lies on {named}, and {found.reference} was given"
        return None, [document.finding(("base",), reason, "Give the edition that it names")]
    if document.content.get("base_hash", found.content_hash) != found.content_hash:
        reason = f"{named} is not the edition this was written on: its content differs"
        return None, [document.finding(("base_hash",), reason, "Give the edition with that hash")]
    building = _OverlayBuilding(document, found)
    overlay = building.overlay()
    return (None, building.building.findings) if building.building.findings else (overlay, [])


def load_overlay(path: str | Path, base: Edition | None = None) -> Overlay:
    """This will read an overlay file as `read_overlay` does; raises `FileRefused` with every finding."""
    overlay, findings = read_overlay(path, base)
    if overlay is None:
        raise FileRefused(findings)
    return overlay


class _OverlayBuilding:
    """This will turn one document that fits the schema into an overlay on its base, collecting what is wrong."""

    def __init__(self, document: Document, base: Edition) -> None:
        self.document = document
        self.base = base
        self.building = Building(document)
        self.parts = parts_of(base)
        added = document.content.get("add", {})
        self.own: set[tuple[Level, str]] = {
            *(("theme", each["id"]) for each in added.get("themes", ())),
            *(("outcome", each["id"]) for each in added.get("outcomes", ())),
            *(("measure", each["measure"]["id"]) for each in added.get("measures", ())),
        }
        self.changes: list[Change] = []
        self.places: list[Place] = []

    def overlay(self) -> Overlay | None:
        content = self.document.content
        source = self.building.source(content["source"], ("source",))
        added = content.get("add", {})
        for name in ("themes", "outcomes", "measures"):
            self._each(added.get(name, ()), ("add", name), source, self._added)
        makers: dict[str, Callable[[dict[str, Any], Place, dict[str, Any]], Change | None]] = {
            "hide": lambda _, __, said: Hidden(**said),
            "rename": lambda each, _, said: Renamed(title=each["title"], title_cy=each.get("title_cy", ""), **said),
            "retarget": self._retargeted,
            "revalue": self._revalued,
        }
        for name, make in makers.items():
            self._each(content.get(name, ()), (name,), source, functools.partial(self._of_part, make))
        # What a change means is judged once each of them can be read.
        for number, fault in enumerate(
            () if self.building.findings else faults(self.base, content["id"], self.changes)
        ):
            if number == _MOST_FAULTS:
                break
            place: Place = ("id",) if fault.change < 0 else self.places[fault.change]
            self.building.find(place, fault.reason, fault.fix)
        days = {name: self.building.date(content, name, ()) for name in _DATES}
        if days["applies_from"] and days["applies_to"] and days["applies_to"] <= days["applies_from"]:
            self.building.find(("applies_to",), "applies_to must be after applies_from", "Correct one of the two dates")
        return Overlay(
            framework_id=content["id"],
            base=self.base.reference,
            base_hash=self.base.content_hash,
            source=source,
            changes=tuple(self.changes),
            **{name: content[name] for name in _TEXTS if name in content},
            **days,  # type: ignore[arg-type]
        )

    def _each(
        self,
        contents: Any,
        place: Place,
        source: Source,
        make: Callable[[dict[str, Any], Place, dict[str, Any]], Change | None],
    ) -> None:
        for number, content in enumerate(contents):
            where = (*place, number)
            with self._at(where):
                own = self.building.source(content["source"], (*where, "source")) if "source" in content else source
                made = make(content, where, {"reason": content["reason"], "reference": own})
                if made is not None:
                    self.changes.append(made)
                    self.places.append(where)

    def _added(self, content: dict[str, Any], place: Place, said: dict[str, Any]) -> Change | None:
        part: Theme | Outcome | Measure | None
        match place[1]:
            case "themes":
                part = Theme(content["id"], content["title"], content.get("title_cy", ""), ())
            case "outcomes":
                part = Outcome(content["id"], content["title"], content.get("title_cy", ""), (), ())
            case _:
                part = self.building.measure(content["measure"], (*place, "measure"), said["reference"])
        to = content.get("theme", content.get("outcome", ""))
        return None if part is None else Added(part=part, to=to, target=self._target(content, place), **said)

    def _of_part(
        self,
        make: Callable[[dict[str, Any], Place, dict[str, Any]], Change | None],
        content: dict[str, Any],
        place: Place,
        said: dict[str, Any],
    ) -> Change | None:
        # A move names a measure and the outcome it goes to; of other words the one part that is named has them.
        level = next(each for each in _LEVELS if each in content)
        id = content[level]
        if (level, id) not in self.parts:
            fix = f"Name one of the {level}s of {self.base.reference}"
            fix = "Write it so where it is added" if (level, id) in self.own else fix
            self.building.find((*place, level), f"{self.base.reference} has no {level} {id[:60]!r}", fix)
            return None
        was, was_in = self.parts[level, id]
        return make(content, place, {**said, "was": was, "was_in": was_in})

    def _retargeted(self, content: dict[str, Any], place: Place, said: dict[str, Any]) -> Change:
        return Retargeted(outcome=content.get("outcome", ""), target=self._target(content, place), **said)

    def _revalued(self, content: dict[str, Any], place: Place, said: dict[str, Any]) -> Change | None:
        id, before = content["measure"], len(self.building.findings)
        value = self.building.value_named(content["value"], id, (*place, "value")) if "value" in content else None
        rates = {
            name: rate
            for name, each in content.get("rates", {}).items()
            if (rate := self.building.rate(each, name != "multiplier", (*place, "rates", name))) is not None
        }
        dropoff = self.building.dropoff(content["dropoff"], (*place, "dropoff")) if "dropoff" in content else None
        if len(self.building.findings) > before:
            return None
        return Revalued(
            value=value,
            counted="figure" in content,
            rates=rates,
            duration=content.get("duration"),
            dropoff=dropoff,
            **said,
        )

    def _target(self, content: dict[str, Any], place: Place) -> Target | None:
        if "target" not in content:
            return None
        target, where = content["target"], (*place, "target")
        by = self.building.date(target, "by", where)
        return Target(Decimal(target["quantity"]), by or date.max, target.get("per", ""))

    @contextmanager
    def _at(self, place: Place) -> Iterator[None]:
        try:
            yield
        except InvalidRule as error:
            self.building.find(place, str(error), error.fix or "Correct this entry")


_LEVELS: tuple[Level, ...] = ("measure", "outcome", "theme")
_TEXTS = ("version", "title", "title_cy", "publisher", "author", "checked_by", "notes")
_DATES = ("applies_from", "applies_to", "published_on", "review_on")


def overlay_text(overlay: Overlay) -> str:
    """This will write an overlay as the YAML file that reads back as the same overlay, on the base it names."""
    content: dict[str, Any] = {"id": overlay.framework_id, "base": overlay.base, "base_hash": overlay.base_hash}
    content |= {name: getattr(overlay, name) for name in _TEXTS if getattr(overlay, name)}
    content |= {name: day.isoformat() for name in _DATES if (day := getattr(overlay, name))}
    content["source"] = _source(overlay.source)
    for change in overlay.changes:
        entry: dict[str, Any] = {}
        match change:
            case Added(part=Measure() as measure):
                entry = {"measure": _measure(measure, change.reference), "outcome": change.to}
                name = "measures"
            case Added(part=part):
                entry = {"id": part.id, "title": part.title, "title_cy": part.title_cy, "theme": change.to}
                name = "outcomes" if change.to else "themes"
            case _:
                name = change.kind
                entry = {change.level: change.subject}
        if isinstance(change, Renamed):
            entry |= {"title": change.title, "title_cy": change.title_cy}
        elif isinstance(change, Revalued):
            entry |= {
                "value": change.value and _value(change.value, change.subject),
                "figure": "count" if change.counted else "",
                "rates": _written(change.rates),
                "duration": change.duration,
                "dropoff": _written(change.dropoff),
            }
        elif isinstance(change, Retargeted):
            entry["outcome"] = change.outcome
        target = getattr(change, "target", None)
        if target is not None:
            entry["target"] = _given({"quantity": str(target.quantity), "by": target.by.isoformat(), "per": target.per})
        entry |= {"reason": change.reason, "source": _source(change.reference)}
        holder = content.setdefault("add", {}) if isinstance(change, Added) else content
        holder.setdefault(name, []).append(_given(entry))
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


class _Dumper(yaml.SafeDumper):
    """This will write each part out in full where it recurs: the catalogue has no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """This will put quotes about whatever begins like a number, so that it is read as the text it is."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, '"' if data[:1] in _NUMERIC else None)


_NUMERIC = tuple("0123456789+-.")
_Dumper.add_representer(str, _Dumper.represent_str)


def _given(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in entry.items() if each not in (None, "", {}, [], ())}


def _source(source: Source) -> str | dict[str, str]:
    if sources().get(source.id) == source:
        return source.id
    names = ("id", "title", "locator", "licence", "confidence")
    return {name: getattr(source, name) for name in names}


def _fields(part: Rate | UnitValue | Measure) -> dict[str, Any]:
    """This will write every field of a part by its name, so that none is lost that the model has or comes to have."""
    return {each.name: _written(getattr(part, each.name)) for each in fields(part)}


def _written(held: Any) -> Any:
    match held:
        case Decimal():
            return f"{held:f}"
        case date():
            return held.isoformat()
        case Source():
            return _source(held)
        case Rate():
            return _given(_fields(held))
        case tuple():
            return list(held)
        case Mapping():
            return {name: _written(each) for name, each in held.items()}
        case _:
            return held


def _value(value: UnitValue, measure: str) -> str | dict[str, Any]:
    if values().get(value.id) == value:
        return value.id
    content = _fields(value)
    content["by_year_series"] = next(
        (row.series for row in carbon_values() if value.by_year == _series(row.series)), ""
    )
    del content["by_year"]
    return _given({**content, "id": "" if value.id == measure else value.id})


def _series(name: str) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    return {row.emission_year: (row.low, row.central, row.high) for row in carbon_values() if row.series == name}


def _measure(measure: Measure, reference: Source) -> dict[str, Any]:
    content = _fields(measure)
    content["value"] = measure.value and _value(measure.value, measure.id)
    content["reference"] = "" if measure.reference == reference else content["reference"]
    return _given(content)
