"""A body's own layer on a framework edition: what it adds, hides, renames, re-targets and re-values, and why.

Nothing of the base is copied or lost. A change holds what the base said (`was`), so the base stays visible beneath it
and can be replaced by its next edition (`engine.upgrade`). Measures keep their ids, so figures under the overlay and
under its base compare by identity. A measure never changes its unit: another unit is another measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import TypeVar

from commonweal.engine.model import Edition, FrozenMapping, Measure, Outcome, Theme, UnitValue
from commonweal.engine.overlay_model import (
    Added,
    Change,
    Fault,
    Hidden,
    Kind,
    Layer,
    Level,
    Overlay,
    OverlayRefused,
    Part,
    Renamed,
    Retargeted,
    Revalued,
    Target,
    parts_of,
)

__all__ = [
    "Added",
    "Change",
    "Fault",
    "Hidden",
    "Layer",
    "Overlay",
    "OverlayRefused",
    "Renamed",
    "Retargeted",
    "Revalued",
    "Target",
    "apply_overlay",
    "changed",
    "faults",
    "is_per",
    "layers",
    "reworded",
]

_MOST_SUGGESTIONS = 20

P = TypeVar("P", bound=Part)


def faults(base: Edition, framework_id: str, changes: Iterable[Change]) -> Iterator[Fault]:
    """This will give every reason for which these changes cannot lie on this edition, in the order of the changes."""
    changes = tuple(changes)
    if framework_id == base.framework_id:
        yield Fault(-1, f"{framework_id} is the id of the base", "Give the overlay an id of its own")
    judge = _Judge(base, changes)
    for number, change in enumerate(changes):
        for reason, fix in judge.faults(change):
            yield Fault(number, reason, fix)


def apply_overlay(base: Edition, overlay: Overlay) -> Edition:
    """This will give the edition that the body works with: the base with every change of the overlay made.

    Its licence, nation, price year and gaps are the base's; measures that are untouched are the base's own. Raises
    `OverlayRefused` when the overlay was made for another edition, or a change cannot be made.
    """
    _check_base(base, overlay)
    placed: dict[str, list[Measure]] = {outcome.id: [] for outcome in base.outcomes}
    added_outcomes: dict[str, list[Outcome]] = {theme.id: [] for theme in base.themes}
    themes = list(base.themes)
    for change in overlay.changes:
        if isinstance(change, Added) and isinstance(change.part, Theme):
            themes.append(change.part)
            added_outcomes[change.part.id] = []
    for change in overlay.changes:
        if isinstance(change, Added) and isinstance(change.part, Outcome):
            added_outcomes[change.to].append(change.part)
            placed[change.part.id] = []
    words = {(each.level, each.subject): each for each in overlay.changes if isinstance(each, Renamed)}
    for layer in sorted(layers(base, overlay), key=lambda each: each.base is None or each.base_outcome != each.outcome):
        if layer.ours is not None:
            placed[layer.outcome].append(layer.ours)
    return Edition(
        framework_id=overlay.framework_id,
        version=overlay.version,
        title=overlay.title,
        title_cy=overlay.title_cy,
        publisher=overlay.publisher,
        licence=base.licence,
        nation=base.nation,
        applies_from=overlay.applies_from,
        applies_to=overlay.applies_to,
        published_on=overlay.published_on,
        price_year=base.price_year,
        price_year_type=base.price_year_type,
        source=overlay.source,
        gaps=base.gaps,
        themes=tuple(
            replace(
                reworded(theme, words.get(("theme", theme.id))),
                outcomes=tuple(
                    replace(reworded(outcome, words.get(("outcome", outcome.id))), measures=tuple(placed[outcome.id]))
                    for outcome in (*theme.outcomes, *added_outcomes[theme.id])
                ),
            )
            for theme in themes
        ),
        notes=" ".join(filter(None, (overlay.notes, f"Laid over {base.reference} ({base.content_hash})."))),
        author=overlay.author,
        checked_by=overlay.checked_by,
        review_on=overlay.review_on,
    )


def layers(base: Edition, overlay: Overlay) -> tuple[Layer, ...]:
    """This will give every measure of either layer, those of the base first, each in the order it is written.

    Raises `OverlayRefused` as `apply_overlay` does.
    """
    _check_base(base, overlay)
    by_measure: dict[str, list[Change]] = {}
    for change in overlay.changes:
        if change.level == "measure":
            by_measure.setdefault(change.subject, []).append(change)
    found = []
    for outcome in base.outcomes:
        for measure in outcome.measures:
            changes = tuple(by_measure.get(measure.id, ()))
            moved = next((each for each in changes if isinstance(each, Retargeted)), None)
            ours = None if any(isinstance(each, Hidden) for each in changes) else changed(measure, changes)
            place = moved.outcome if moved and moved.outcome else outcome.id
            target = moved.target if moved else None
            found.append(Layer(measure.id, measure, outcome.id, ours, place if ours else "", target, changes))
    for change in overlay.changes:
        if isinstance(change, Added) and isinstance(change.part, Measure):
            found.append(Layer(change.part.id, None, "", change.part, change.to, change.target, (change,)))
    return tuple(found)


def reworded(part: P, change: Renamed | None) -> P:
    """This will give a theme, an outcome or a measure its new title; without a change, the part as it is."""
    if change is None:
        return part
    return replace(part, title=change.title, title_cy=change.title_cy or part.title_cy, wording="own")


def changed(measure: Measure, changes: Iterable[Change]) -> Measure:
    """This will give a measure with its new title, value, rates, duration and drop-off; its id and unit stay."""
    for change in changes:
        if isinstance(change, Renamed):
            measure = reworded(measure, change)
        elif isinstance(change, Revalued):
            if change.counted:
                measure = replace(measure, value=None, figure="count")
            elif change.value:
                measure = replace(measure, value=change.value, figure="valued")
            measure = replace(
                measure,
                rates=FrozenMapping({**measure.rates, **change.rates}),
                duration=change.duration or measure.duration,
                dropoff=measure.dropoff if change.dropoff is None else change.dropoff,
            )
    return measure


def _check_base(base: Edition, overlay: Overlay) -> None:
    if overlay.base_hash != base.content_hash:
        raise OverlayRefused(
            f"{overlay.framework_id}@{overlay.version} lies on {overlay.base} ({overlay.base_hash[:12]}), "
            f"not on {base.reference} ({base.content_hash[:12]})",
            "Give it the edition it was made for, or bring it up to this one",
        )
    if wrong := next(faults(base, overlay.framework_id, overlay.changes), None):
        raise OverlayRefused(wrong.reason, wrong.fix)


class _Judge:
    """This will say what is wrong with each change, knowing the base and all the changes."""

    def __init__(self, base: Edition, changes: tuple[Change, ...]) -> None:
        self.base = base
        self.parts = parts_of(base)
        self.own = {(each.level, each.subject) for each in changes if isinstance(each, Added)}
        self.themes = {id for level, id in (*self.parts, *self.own) if level == "theme"}
        self.outcomes = {id for level, id in (*self.parts, *self.own) if level == "outcome"}
        self.hidden = {each.subject for each in changes if isinstance(each, Hidden)}
        self.taken: dict[tuple[str, str], str] = {
            **dict.fromkeys(self.parts, "the base"),
            # A hidden measure keeps its code: a code must not come to mean two things.
            **{("code", each.code): f"the base, for {each.id}" for each in base.measures.values()},
        }
        self.seen: set[tuple[Kind, Level, str]] = set()
        self.suggested = 0

    def faults(self, change: Change) -> Iterator[tuple[str, str]]:
        if isinstance(change, Added):
            yield from self._of_added(change)
            return
        if (change.level, change.subject) not in self.parts:
            own = (change.level, change.subject) in self.own
            fix = "Write it so where it is added" if own else self._nearest(change.level, change.subject)
            yield f"{self.base.reference} has no {change.level} {change.subject[:60]!r}", fix
            return
        if (change.kind, change.level, change.subject) in self.seen:
            yield f"{change.subject} has two changes called {change.kind}", "Keep one of the two"
        self.seen.add((change.kind, change.level, change.subject))
        if change.level == "measure" and change.subject in self.hidden and not isinstance(change, Hidden):
            yield f"{change.subject} is hidden and also changed", "Keep one of the two"
        part, _place = self.parts[change.level, change.subject]
        if isinstance(change, Renamed):
            if (part.title, part.title_cy) == (change.title, change.title_cy or part.title_cy):
                yield f"{change.subject} already has this title", "Remove the change"
        elif isinstance(change, Retargeted) and change.outcome:
            yield from self._of_place(change)
        elif isinstance(change, Revalued):
            yield from self._of_worth(change, self.base.measures[change.subject])

    def _of_added(self, change: Added) -> Iterator[tuple[str, str]]:
        wanted: list[tuple[str, str]] = [(change.level, change.subject)]
        if isinstance(change.part, Measure):
            wanted.append(("code", change.part.code))
        for key in wanted:
            if key in self.taken:
                yield f"{key[0]} {key[1][:60]!r} is already in {self.taken[key]}", "Give ours another"
            self.taken.setdefault(key, "this overlay")
        if change.level == "outcome" and change.to not in self.themes:
            yield f"there is no theme {change.to[:60]!r}", _one_of(self.themes)
        if change.level == "measure" and change.to not in self.outcomes:
            yield f"there is no outcome {change.to[:60]!r}", _one_of(self.outcomes)
        if isinstance(change.part, Measure) and change.part.value:
            yield from _of_unit(change.part, change.part.value)

    def _of_place(self, change: Retargeted) -> Iterator[tuple[str, str]]:
        if change.outcome not in self.outcomes:
            yield f"there is no outcome {change.outcome[:60]!r}", _one_of(self.outcomes)
        elif change.outcome == change.was_in:
            yield f"{change.subject} already stands in {change.outcome}", "Remove the outcome"

    def _of_worth(self, change: Revalued, measure: Measure) -> Iterator[tuple[str, str]]:
        unit = measure.value.unit if measure.value else ""
        if measure.figure == "story" and change.value:
            yield f"{change.subject} is a story, told and never turned into money", "Remove the value"
        elif change.counted and not unit:
            yield f"{change.subject} has no value to take away", "Remove the change"
        elif change.value and not unit and (wrong := next(_of_unit(measure, change.value), None)):
            yield wrong
        elif change.value and unit and change.value.unit != unit and not is_per(change.value.unit, measure.unit):
            fix = f"Give the value in {unit}; for another unit add a measure of your own and hide this one"
            yield f"{change.subject} is valued in {unit}, not in {change.value.unit[:60]}", fix
        elif changed(measure, (change,)) == measure:
            yield f"{change.subject} is already valued so", "Remove the change"

    def _nearest(self, level: Level, id: str) -> str:
        self.suggested += 1
        known = [id for of, id in self.parts if of == level] if self.suggested < _MOST_SUGGESTIONS else []
        near = get_close_matches(id[:60], known, n=1)
        return f"Did you mean {near[0]}" if near else f"See: commonweal framework show {self.base.reference}"


def is_per(written: str, unit: str) -> bool:
    """This will say whether the unit of a value (`GBP per hour`) is pounds for one of a measure's unit (`hours`).

    Words count as the same in the singular and the plural, whatever their case.
    """
    told = _PER.fullmatch(written.strip())
    if told is None:
        return False
    one, other = told[1].casefold().split(), unit.casefold().split()
    return len(one) == len(other) and all(_forms(a) & _forms(b) for a, b in zip(one, other, strict=True))


_PER = re.compile(r"(?:GBP|£) ?(?:per|for each) (.+)", re.IGNORECASE)
_UNLIKE = {"people": "person", "children": "child", "men": "man", "women": "woman", "lives": "life"}


def _forms(word: str) -> set[str]:
    forms = {word, _UNLIKE.get(word, word), word.removesuffix("s"), word.removesuffix("es")}
    return forms | {word.removesuffix("ies") + "y"} if word.endswith("ies") else forms


def _of_unit(measure: Measure, value: UnitValue) -> Iterator[tuple[str, str]]:
    if not is_per(value.unit, measure.unit):
        fix = f"Give what one of them is worth, and write `unit: GBP per {measure.unit}`"
        yield f"{measure.id} is counted in {measure.unit}, and its value is in {value.unit[:60]}", fix


def _one_of(ids: Iterable[str]) -> str:
    return f"Name one of: {', '.join(sorted(ids)[:_MOST_SUGGESTIONS])}"
