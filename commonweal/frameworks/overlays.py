"""A body's layer on an edition while it is being written: what a form says as changes of the engine, one by one.

The draft is kept as its file (`engine.overlay_file`), so that what is on screen, what is downloaded and what is published
are one thing. Nothing here touches a table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from commonweal.base.errors import NotPossible
from commonweal.base.units import unit_after
from commonweal.engine.document import FileRefused, Finding, parse_document
from commonweal.engine.model import (
    PRIVATE,
    Edition,
    InvalidRule,
    Kind,
    Measure,
    Outcome,
    PriceYearType,
    Rate,
    Source,
    Theme,
    UnitValue,
    Uprate,
)
from commonweal.engine.overlay import faults, layers
from commonweal.engine.overlay_file import overlay_of
from commonweal.engine.overlay_model import (
    Added,
    Change,
    Hidden,
    Layer,
    Overlay,
    Renamed,
    Retargeted,
    Revalued,
    Target,
)

#: What the licence of a reason says: it was written by the body itself.
OWN: Final = "the body's own record"


class FileNotUsable(NotPossible):
    """A file cannot be used; `findings` say where, why and what to do."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(f"{len(self.findings)} thing{'s' if len(self.findings) > 1 else ''} in it must be put right.")


def read_overlay(text: str | bytes, base: Edition, name: str = "overlay.yaml") -> Overlay:
    """This will read an overlay's file on its base; raises FileNotUsable with all that is wrong."""
    try:
        document = parse_document(text.encode() if isinstance(text, str) else text, name)
    except FileRefused as refused:
        raise FileNotUsable(refused.findings) from None
    overlay, findings = overlay_of(document, base)
    if overlay is None:
        raise FileNotUsable(findings)
    return overlay


def base_named(content: bytes, name: str) -> str:
    """This will read which edition an overlay's file lies on; raises FileNotUsable."""
    try:
        document = parse_document(content, name)
    except FileRefused as refused:
        raise FileNotUsable(refused.findings) from None
    named = document.content.get("base")
    if not isinstance(named, str):
        fix = "Name one edition, such as `base: open-measures@1.0`"
        raise FileNotUsable([Finding(name, "base", "it does not say which edition it lies on", fix)])
    return named


def slug_of(text: str, taken: Iterable[str] = ()) -> str:
    """This will write a title as an id that is not taken: small letters, digits and hyphens."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    wanted = base = "-".join(re.findall(r"[a-z0-9]+", bare))[:50].strip("-") or "part"
    held, number = set(taken), 1
    while wanted in held:
        number += 1
        wanted = f"{base}-{number}"
    return wanted


# --- changes, one by one ---------------------------------------------------------------------------------------------


def key_of(change: Change) -> str:
    """This will name a change in an address: its kind, for an addition what is added, and the id."""
    if isinstance(change, Added):
        return f"add-{type(change.part).__name__.lower()}:{change.subject}"
    return f"{change.kind}:{change.subject}"


def find_change(overlay: Overlay, key: str) -> Change | None:
    """This will find a change by its key, or nothing."""
    return next((each for each in overlay.changes if key_of(each) == key), None)


def with_change(overlay: Overlay, base: Edition, change: Change, instead_of: str = "") -> Overlay:
    """This will lay one more change, in the place of the one of the same key; raises NotPossible for a fault in it."""
    key = instead_of or key_of(change)
    if find_change(overlay, key) is None:
        changes = (*overlay.changes, change)
    else:
        changes = tuple(change if key_of(each) == key else each for each in overlay.changes)
    return checked(replace(overlay, changes=changes), base)


def without_change(overlay: Overlay, base: Edition, key: str) -> Overlay:
    """This will take one change back; raises NotPossible for one that is not there, or that another rests on."""
    if find_change(overlay, key) is None:
        raise NotPossible("That change is not here any more. Look at the list again.")
    return checked(replace(overlay, changes=tuple(each for each in overlay.changes if key_of(each) != key)), base)


def checked(overlay: Overlay, base: Edition) -> Overlay:
    """This will give the overlay back if it can lie on its base; raises NotPossible with the first fault."""
    for fault in faults(base, overlay.framework_id, overlay.changes):
        raise NotPossible(sentence(fault.reason, fault.fix))
    return overlay


def check_title_is_free(title: str, version: str, framework_id: str, others: Iterable[tuple[str, str, str]]) -> None:
    """This will refuse a title and version that a framework of another short name has, so that no list has two alike.

    `others` are (title, version, short name) of what the body can see. Raises NotPossible.
    """
    named = (" ".join(title.casefold().split()), version.casefold())
    for other_title, other_version, other_id in others:
        alike = (" ".join(other_title.casefold().split()), other_version.casefold()) == named
        if alike and other_id != framework_id:
            raise NotPossible(
                f"“{other_title}”, version {other_version}, is the name of another framework ({other_id}). "
                "Give yours another name or version, so that nobody takes one for the other."
            )


def sentence(reason: str, fix: str) -> str:
    """This will write a reason and what to do as sentences."""
    said = reason[:1].upper() + reason[1:]
    return " ".join(f"{each.rstrip('.')}." for each in (said, fix) if each)


def reference(overlay_id: str, title: str, locator: str) -> Source:
    """This will say where the reason of a change is written down."""
    return Source(overlay_id, title.strip(), locator.strip(), OWN, "seen")


def outcome_choices(base: Edition, overlay: Overlay) -> list[tuple[str, str]]:
    """This will list every outcome of both layers as (id, "Theme: outcome")."""
    titles = {each.id: each.title for each in base.themes}
    found = [(each.id, f"{theme.title}: {each.title}") for theme in base.themes for each in theme.outcomes]
    for change in overlay.changes:
        if isinstance(change, Added) and isinstance(change.part, Theme):
            titles[change.part.id] = change.part.title
    for change in overlay.changes:
        if isinstance(change, Added) and isinstance(change.part, Outcome):
            found.append((change.part.id, f"{titles[change.to]}: {change.part.title}"))
    return found


def theme_choices(base: Edition, overlay: Overlay) -> list[tuple[str, str]]:
    """This will list every theme of both layers as (id, title)."""
    own = [each.part for each in overlay.changes if isinstance(each, Added) and isinstance(each.part, Theme)]
    return [(each.id, each.title) for each in (*base.themes, *own)]


def hidden(layer: Layer, said: Mapping[str, Any]) -> Change:
    """This will leave a measure out."""
    return Hidden(**_of(layer), **said)


def renamed(layer: Layer, said: Mapping[str, Any], *, title: str, title_cy: str) -> Change:
    """This will give a measure other words."""
    return Renamed(title=title.strip(), title_cy=title_cy.strip(), **_of(layer), **said)


def retargeted(layer: Layer, said: Mapping[str, Any], *, outcome: str, target: Target | None) -> Change:
    """This will move a measure to another outcome, state a target for it, or both; raises InvalidRule for neither."""
    moved = "" if outcome == layer.base_outcome else outcome
    return Retargeted(outcome=moved, target=target, **_of(layer), **said)


def revalued(
    layer: Layer, said: Mapping[str, Any], *, value: UnitValue | None, counted: bool, duration: int | None
) -> Change:
    """This will change what one unit is worth, leaving the rates that were changed before, each with its own reason.

    `said` is the reason of the value. Of a measure of our own the value itself keeps it, in its notes.
    """
    before = _revalued_before(layer)
    if isinstance(layer.changes[0] if layer.changes else None, Added):
        told = value and replace(value, notes=f"{said['reason']} ({_written_in(said['reference'])})")
        return _of_own(layer, value=told, figure="valued" if value else "count", duration=duration)
    rates, dropoff = (_with_sources(before.rates, before.reference), before.dropoff) if before else ({}, None)
    if value is None and not counted and duration is None and before:
        # The value is the base's again: what is left has the reasons of the rates.
        left = next((each for each in before.reasons if each.of not in ("", "value")), None)
        said = {"reason": left.reason, "reference": left.reference} if left else said
    return Revalued(value=value, counted=counted, duration=duration, rates=rates, dropoff=dropoff, **_of(layer), **said)


def with_rate(layer: Layer, said: Mapping[str, Any], *, name: str, rate: Rate) -> Change:
    """This will change one rate, or the drop-off, leaving the value and the other rates, each with its own reason."""
    before = _revalued_before(layer)
    if isinstance(layer.changes[0] if layer.changes else None, Added):
        assert layer.ours is not None
        rates = {**layer.ours.rates} if name == "dropoff" else {**layer.ours.rates, name: rate}
        return _of_own(layer, rates=rates, dropoff=rate if name == "dropoff" else layer.ours.dropoff)
    held: dict[str, Any] = {"value": None, "counted": False, "rates": {}, "duration": None, "dropoff": None}
    if before:
        held = {each: getattr(before, each) for each in held}
        held["rates"] = _with_sources(before.rates, before.reference)
        if before.reasons[0].of in ("", "value"):
            said = {"reason": before.reason, "reference": before.reference}
    if name == "dropoff":
        held["dropoff"] = rate
    else:
        held["rates"] = {**held["rates"], name: rate}
    return Revalued(**held, **_of(layer), **said)


def _revalued_before(layer: Layer) -> Revalued | None:
    return next((each for each in layer.changes if isinstance(each, Revalued)), None)


def _with_sources(rates: Mapping[str, Rate], reference: Source) -> dict[str, Rate]:
    """This will give each rate the reference it had from its change, so that another change cannot take it away."""
    return {name: rate if rate.source else replace(rate, source=reference) for name, rate in rates.items()}


def _written_in(source: Source) -> str:
    return ", ".join(filter(None, (source.title, source.locator)))


def _of(layer: Layer) -> dict[str, Any]:
    if layer.base is None:
        raise NotPossible("This measure is your own. Change it where it was added.")
    return {"was": layer.base, "was_in": layer.base_outcome}


def _of_own(layer: Layer, **fields: Any) -> Change:
    (change,) = layer.changes
    assert isinstance(change, Added)
    assert isinstance(change.part, Measure)
    given = {name: each for name, each in fields.items() if each is not None or name == "value"}
    return replace(change, part=replace(change.part, **given))


def unit_of_value(layer: Layer) -> str:
    """This will give what an amount is for: as the base has it, else pounds for one unit of the measure."""
    held = layer.base or layer.ours
    assert held is not None
    return held.value.unit if held.value else f"GBP per {unit_after(Decimal(1), held.unit) or held.unit}"


def uprate_of(layer: Layer, *, price_year_type: PriceYearType, kind: Kind) -> Uprate:
    """This will say how a value of ours is brought to the prices of another year.

    The rate of a year (of pay, say) is not; wellbeing goes with prices and real income where the base's does; all
    else goes with prices.
    """
    was = layer.base.value if layer.base else None
    if price_year_type == "rate-year":
        return "none"
    return "wellby" if kind == "welfare" and was is not None and was.uprate == "wellby" else "gdp_deflator"


def value_of(layer: Layer, source: Source, *, name: str = "", **said: Any) -> UnitValue:
    """This will make the value a person wrote, under a name of its own; raises InvalidRule.

    What its amount is for is as it was, and so is how it is discounted, unless it is of another kind than the base's.
    """
    held = layer.base or layer.ours
    assert held is not None
    was = held.value
    return UnitValue(
        id=held.id, name=name.strip() or f"Our value of “{held.title}”", unit=unit_of_value(layer), source=source,
        uprate=uprate_of(layer, price_year_type=said["price_year_type"], kind=said["kind"]),
        discount_schedule=was.discount_schedule if was and was.kind == said["kind"] else "standard_stpr",
        valid_from=None, valid_to=None, by_year={}, **said,
    )  # fmt: skip


def value_source(measure: str, *, title: str, locator: str, licence: str, private: bool) -> Source:
    """This will say where a value was read; one that is licensed says so, and is never published."""
    return Source(f"{measure}-value", title.strip(), locator.strip(), PRIVATE if private else licence.strip(), "seen")


def target_of(quantity: Decimal | None, by: date | None, per: str) -> Target | None:
    """This will make a target of what a form holds, or none; raises InvalidRule when it is half given."""
    if quantity is None and by is None and not per.strip():
        return None
    if quantity is None or by is None:
        raise InvalidRule("a target needs its quantity and its day", "Give both, or neither")
    return Target(quantity, by, per.strip())


# --- the two layers, as a page shows them ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LayeredOutcome:
    """An outcome in our order, with the layers of the measures that stand in it."""

    id: str
    title: str
    title_cy: str
    added: Change | None
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class LayeredTheme:
    """A theme in our order, with its outcomes."""

    id: str
    title: str
    title_cy: str
    added: Change | None
    outcomes: tuple[LayeredOutcome, ...]


def layered(base: Edition, overlay: Overlay, *, text: str = "", changed_only: bool = False) -> tuple[LayeredTheme, ...]:
    """This will give both layers in our order; a hidden measure stands where the base has it.

    With `text` or `changed_only`, only the parts that fit or were changed.
    """
    placed: dict[str, list[Layer]] = {}
    for layer in layers(base, overlay):
        if _wanted(layer, text, changed_only):
            placed.setdefault(layer.outcome or layer.base_outcome, []).append(layer)
    added: dict[tuple[str, str], Change] = {
        (type(each.part).__name__, each.subject): each for each in overlay.changes if isinstance(each, Added)
    }
    outcomes: dict[str, list[Outcome]] = {theme.id: list(theme.outcomes) for theme in base.themes}
    for change in added.values():
        if isinstance(change, Added) and isinstance(change.part, Outcome):
            outcomes.setdefault(change.to, []).append(change.part)
    own = [each.part for each in overlay.changes if isinstance(each, Added) and isinstance(each.part, Theme)]
    themes = [*base.themes, *own]
    found = []
    for theme in themes:
        held = tuple(
            LayeredOutcome(each.id, each.title, each.title_cy, added.get(("Outcome", each.id)),
                           tuple(placed.get(each.id, ())))
            for each in outcomes.get(theme.id, ())
            if not (text or changed_only) or placed.get(each.id)
            or (changed_only and not text and ("Outcome", each.id) in added)
        )  # fmt: skip
        ours = added.get(("Theme", theme.id))
        if held or not (text or changed_only) or (ours and not text):
            found.append(LayeredTheme(theme.id, theme.title, theme.title_cy, ours, held))
    return tuple(found)


def _wanted(layer: Layer, text: str, changed_only: bool) -> bool:
    if changed_only and not layer.changes:
        return False
    held = [each for each in (layer.base, layer.ours) if each is not None]
    said = " ".join(f"{each.title} {each.title_cy} {each.code} {each.unit} {each.id}" for each in held).casefold()
    return all(word in said for word in text.casefold().split())


def find_layer(base: Edition, overlay: Overlay, measure: str) -> Layer | None:
    """This will find a measure in both layers, or nothing."""
    return next((each for each in layers(base, overlay) if each.id == measure), None)
