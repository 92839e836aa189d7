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
from typing import Any, Final, TypeVar

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
from commonweal.engine.overlay import faults, layers, reworded
from commonweal.engine.overlay_file import overlay_of
from commonweal.engine.overlay_model import (
    Added,
    Change,
    Hidden,
    Layer,
    Level,
    Overlay,
    Part,
    Renamed,
    Retargeted,
    Revalued,
    Target,
    level_of,
    parts_of,
)

#: What the licence of a reason says: it was written by the body itself.
OWN: Final = "the body's own record"

P = TypeVar("P", bound=Part)


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
    """This will name a change in an address: its kind, what it is of where that can be no measure, and the id."""
    if isinstance(change, Added) or change.level != "measure":
        return f"{change.kind}-{change.level}:{change.subject}"
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


def without_reason(overlay: Overlay, base: Edition, key: str, of: str) -> Overlay:
    """This will take back the value of a change (`of` is `value`) or one of its rates, leaving the rest of it.

    Raises NotPossible for what is not there.
    """
    change = find_change(overlay, key)
    if not isinstance(change, Added | Revalued) or of not in {each.of for each in change.reasons} - {""}:
        raise NotPossible("That change is not here any more. Look at the list again.")
    left = _own_without(change, of) if isinstance(change, Added) else _revalued_without(change, of)
    return without_change(overlay, base, key) if left is None else with_change(overlay, base, left)


def _own_without(change: Added, of: str) -> Added:
    assert isinstance(change.part, Measure), "only a measure has a value or rates"
    if of == "value":
        return replace(change, part=replace(change.part, value=None, figure="count", duration=1))
    if of == "dropoff":
        return replace(change, part=replace(change.part, dropoff=Decimal(0)))
    return replace(change, part=replace(change.part, rates=_without(change.part.rates, of)))


def _revalued_without(change: Revalued, of: str) -> Revalued | None:
    """This will give what is left of a change, each rate with its own reason; None where nothing is."""
    rates, dropoff = _without(_with_sources(change.rates, change.reference), of), change.dropoff
    value, counted, duration = change.value, change.counted, change.duration
    if of == "value":
        value, counted, duration = None, False, None
    if of == "dropoff" or (of == "value" and isinstance(dropoff, Decimal)):
        dropoff = None
    elif isinstance(dropoff, Rate):
        dropoff = _with_sources({"dropoff": dropoff}, change.reference)["dropoff"]
    of_value = value or counted or duration or isinstance(dropoff, Decimal)
    if not (of_value or rates or dropoff is not None):
        return None
    told = {each.of: each for each in change.reasons}
    # The reason of the whole stays where it is the value's or all rates'; else it is that of a rate that is left.
    kept = told.get("") or (told["value"] if of_value else told[next(iter(rates), "dropoff")])
    return replace(
        change, value=value, counted=counted, duration=duration, rates=rates, dropoff=dropoff, reason=kept.reason,
        reference=kept.reference,
    )  # fmt: skip


def _without(rates: Mapping[str, Rate], of: str) -> dict[str, Rate]:
    return {name: rate for name, rate in rates.items() if name != of}


def checked(overlay: Overlay, base: Edition) -> Overlay:
    """This will give the overlay back if it can lie on its base; raises NotPossible with the first fault."""
    for fault in faults(base, overlay.framework_id, overlay.changes):
        raise NotPossible(sentence(fault.reason, fault.fix))
    return overlay


def sentence(reason: str, fix: str) -> str:
    """This will write a reason and what to do as sentences."""
    said = reason[:1].upper() + reason[1:]
    return " ".join(f"{each.rstrip('.')}." for each in (said, fix) if each)


def reference(overlay_id: str, title: str, locator: str) -> Source:
    """This will say where the reason of a change is written down."""
    return Source(overlay_id, title.strip(), locator.strip(), OWN, "seen")


def outcome_choices(base: Edition, overlay: Overlay) -> list[tuple[str, str]]:
    """This will list every outcome of both layers as (id, "Theme: outcome"), in our words."""
    titles = dict(theme_choices(base, overlay))
    found = [(theme.id, each) for theme in base.themes for each in _in_our_words(theme.outcomes, overlay)]
    for change in overlay.changes:
        if isinstance(change, Added) and isinstance(change.part, Outcome):
            found.append((change.to, change.part))
    return [(each.id, f"{titles[theme]}: {each.title}") for theme, each in found]


def theme_choices(base: Edition, overlay: Overlay) -> list[tuple[str, str]]:
    """This will list every theme of both layers as (id, title), in our words."""
    own = [each.part for each in overlay.changes if isinstance(each, Added) and isinstance(each.part, Theme)]
    return [(each.id, each.title) for each in (*_in_our_words(base.themes, overlay), *own)]


def base_places(base: Edition) -> dict[str, str]:
    """This will give every outcome of the base as "Theme: outcome", in its own words, by id."""
    return {each.id: f"{theme.title}: {each.title}" for theme in base.themes for each in theme.outcomes}


def _in_our_words(parts: Iterable[P], overlay: Overlay) -> list[P]:
    words = {(each.level, each.subject): each for each in overlay.changes if isinstance(each, Renamed)}
    return [reworded(each, words.get((level_of(each), each.id))) for each in parts]


def hidden(layer: Layer, said: Mapping[str, Any]) -> Change:
    """This will leave a measure out."""
    return Hidden(**_of(layer), **said)


def renamed(layer: Layer | Heading, said: Mapping[str, Any], *, title: str, title_cy: str) -> Change:
    """This will give a theme, an outcome or a measure other words; Welsh that is the base's stays the base's to change."""
    of = _of(layer)
    welsh = "" if title_cy.strip() == of["was"].title_cy else title_cy.strip()
    return Renamed(title=title.strip(), title_cy=welsh, **of, **said)


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


def _of(layer: Layer | Heading) -> dict[str, Any]:
    if layer.base is None:
        raise NotPossible("This is your own. Change it where it was added.")
    return {"was": layer.base, "was_in": layer.base_outcome if isinstance(layer, Layer) else layer.base_place}


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
class Heading:
    """A theme or an outcome in both layers, empty: the base's and what it stands in (None where it is ours alone), ours,
    and the change that made it so, if any."""

    base: Theme | Outcome | None
    base_place: str
    ours: Theme | Outcome
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class LayeredOutcome:
    """An outcome in our order, with the layers of the measures that stand in it."""

    heading: Heading
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class LayeredTheme:
    """A theme in our order, with its outcomes."""

    heading: Heading
    outcomes: tuple[LayeredOutcome, ...]


def layered(base: Edition, overlay: Overlay, *, text: str = "", changed_only: bool = False) -> tuple[LayeredTheme, ...]:
    """This will give both layers in our order; a hidden measure stands where the base has it.

    With `text` or `changed_only`, only the parts that fit or were changed.
    """
    placed: dict[str, list[Layer]] = {}
    for layer in layers(base, overlay):
        if _wanted(layer, text, changed_only):
            placed.setdefault(layer.outcome or layer.base_outcome, []).append(layer)
    headings, beneath = _headings(base, overlay), _beneath(base, overlay)
    found = []
    for theme in (heading for (level, _id), heading in headings.items() if level == "theme"):
        outcomes = [headings["outcome", each] for each in beneath[theme.ours.id]]
        held = tuple(
            LayeredOutcome(each, tuple(placed.get(each.ours.id, ())))
            for each in outcomes
            if not (text or changed_only) or placed.get(each.ours.id) or (changed_only and not text and each.changes)
        )
        if held or not (text or changed_only) or (theme.changes and not text):
            found.append(LayeredTheme(theme, held))
    return tuple(found)


def find_heading(base: Edition, overlay: Overlay, level: str, id: str) -> Heading | None:
    """This will find a theme or an outcome in both layers, or nothing."""
    found = _headings(base, overlay)
    return next((heading for key, heading in found.items() if key == (level, id)), None)


def _headings(base: Edition, overlay: Overlay) -> dict[tuple[Level, str], Heading]:
    """This will give every theme and outcome of both layers by level and id, in our order."""
    changes = {(each.level, each.subject): each for each in overlay.changes if isinstance(each, Added | Renamed)}
    found: dict[tuple[Level, str], Heading] = {}
    for key, (part, place) in parts_of(base).items():
        change = changes.get(key)
        if not isinstance(part, Measure):
            renamed = change if isinstance(change, Renamed) else None
            found[key] = Heading(part, place, reworded(part, renamed), (change,) if change else ())
    for key, change in changes.items():
        if isinstance(change, Added) and not isinstance(change.part, Measure):
            found[key] = Heading(None, "", change.part, (change,))
    return found


def _beneath(base: Edition, overlay: Overlay) -> dict[str, list[str]]:
    """This will give the ids of the outcomes of each theme of both layers, in our order."""
    found = {theme.id: [each.id for each in theme.outcomes] for theme in base.themes}
    added = [each for each in overlay.changes if isinstance(each, Added)]
    found |= {each.subject: [] for each in added if each.level == "theme"}
    for change in added:
        if change.level == "outcome":
            found[change.to].append(change.subject)
    return found


def _wanted(layer: Layer, text: str, changed_only: bool) -> bool:
    if changed_only and not layer.changes:
        return False
    held = [each for each in (layer.base, layer.ours) if each is not None]
    said = " ".join(f"{each.title} {each.title_cy} {each.code} {each.unit} {each.id}" for each in held).casefold()
    return all(word in said for word in text.casefold().split())


def find_layer(base: Edition, overlay: Overlay, measure: str) -> Layer | None:
    """This will find a measure in both layers, or nothing."""
    return next((each for each in layers(base, overlay) if each.id == measure), None)
