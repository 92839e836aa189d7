"""Brings an overlay to the next edition of its base: what the two now disagree about, and how each is settled.

A change over a measure that the base left alone is carried over as it is. Everything else is a conflict that a person
settles: keep ours, take the base's, or drop ours where the base has nothing to take. Nothing is settled by guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from commonweal.engine.model import Edition, Measure, Outcome
from commonweal.engine.overlay import changed, faults, reworded
from commonweal.engine.overlay_model import (
    Added,
    Change,
    Hidden,
    Level,
    Overlay,
    OverlayRefused,
    Part,
    Renamed,
    Retargeted,
    Revalued,
    level_of,
    parts_of,
)

ConflictKind = Literal["base-changed", "base-removed", "unit-changed", "id-taken", "code-taken", "place-removed"]
Choice = Literal["keep-ours", "take-base", "drop"]


@dataclass(frozen=True, slots=True)
class Settlement:
    """This will hold what a person decided about one conflict.

    To keep ours where the base now has our id or code, or no longer has our outcome or theme, `id`, `code` or `to`
    gives another.
    """

    choice: Choice
    id: str = ""
    code: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """This will hold one disagreement: the changes it is about, what the base said and says now (None where it has
    nothing), and the choices there are. `id` names it in settlements, the same each time it is worked out."""

    id: str
    kind: ConflictKind
    changes: tuple[Change, ...]
    was: Part | None
    now: Part | None
    why: str
    choices: tuple[Choice, ...]


class ConflictsUnsettled(OverlayRefused):
    """This will carry the conflicts that are not settled, or are settled by a choice they do not have."""

    def __init__(self, unsettled: Iterable[Conflict], reason: str = "") -> None:
        self.conflicts = tuple(unsettled)
        named = "; ".join(f"{each.id} ({' or '.join(each.choices)})" for each in self.conflicts)
        super().__init__(reason or f"not settled: {named}", "Settle each conflict by one of its choices")


def conflicts(overlay: Overlay, new_base: Edition) -> tuple[Conflict, ...]:
    """This will give every disagreement of an overlay with another edition of its base, in the order of the overlay.

    Raises `OverlayRefused` for an edition of another framework.
    """
    if overlay.base.partition("@")[0] != new_base.framework_id:
        reason = f"{overlay.framework_id} lies on {overlay.base}; {new_base.reference} is another framework"
        raise OverlayRefused(reason, "Give another edition of the same framework")
    found: dict[str, Conflict] = {}
    for change in overlay.changes:
        for conflict in _of_added(change, overlay, new_base) if isinstance(change, Added) else ():
            found[conflict.id] = conflict
        if not isinstance(change, Added):
            for conflict in _of_part(change, overlay, new_base):
                found.setdefault(conflict.id, conflict)
    return tuple(found.values())


def rebase_overlay(
    overlay: Overlay, new_base: Edition, settlements: Mapping[str, Settlement], *, version: str
) -> Overlay:
    """This will give the overlay as a new `version` on another edition of its base, each conflict settled by its id.

    Raises `ConflictsUnsettled` while any conflict is open, a choice is not one of its choices, or a settlement names
    no conflict; `OverlayRefused` when what was kept still cannot lie on the edition, or the version is the old one.
    """
    if version == overlay.version:
        raise OverlayRefused(f"version {version} is the overlay's own", "An edition once published is only followed")
    open_conflicts = conflicts(overlay, new_base)
    by_id = {conflict.id: conflict for conflict in open_conflicts}
    if unknown := sorted(set(settlements) - set(by_id)):
        raise ConflictsUnsettled((), f"there is no conflict {', '.join(unknown)[:200]}")
    unsettled = [
        each for each in open_conflicts if each.id not in settlements or settlements[each.id].choice not in each.choices
    ]
    if unsettled:
        raise ConflictsUnsettled(unsettled)
    carried: list[Change] = []
    moved: dict[tuple[Level, str], str] = {}
    for change in overlay.changes:
        settled = [(each, settlements[each.id]) for each in open_conflicts if change in each.changes]
        for kept in _carried(change, settled, new_base):
            carried.append(kept)
            if isinstance(change, Added):
                moved[change.level, change.subject] = kept.subject
    made = replace(
        overlay,
        version=version,
        base=new_base.reference,
        base_hash=new_base.content_hash,
        changes=tuple(_following(change, moved) for change in carried),
    )
    if wrong := next(faults(new_base, made.framework_id, made.changes), None):
        raise OverlayRefused(wrong.reason, f"{wrong.fix}, in the settlement that keeps it")
    return made


def _of_added(change: Added, overlay: Overlay, new_base: Edition) -> Iterator[Conflict]:
    part, parts = change.part, parts_of(new_base)
    now, _place = parts.get((change.level, part.id), (None, ""))
    if now is not None:
        why = f"the base now has {_a(part)} {_named(part)} of its own"
        yield Conflict(f"id-taken {_key(part)}", "id-taken", (change,), None, now, why, ("keep-ours", "take-base"))
    if isinstance(part, Measure):
        holder = next((each for each in new_base.measures.values() if each.code == part.code), None)
        if holder and holder.id != part.id:
            why = f"the base now uses the code {part.code} for “{holder.title}”"
            yield Conflict(
                f"code-taken {_key(part)}", "code-taken", (change,), None, holder, why, ("keep-ours", "drop")
            )
    above: Level = "outcome" if isinstance(part, Measure) else "theme"
    if change.to and (above, change.to) not in parts and not _adds(overlay, above, change.to):
        why = f"the base no longer has the {above} {change.to}, where we put {_named(part)}"
        yield Conflict(
            f"place-removed {_key(part)}", "place-removed", (change,), None, None, why, ("keep-ours", "drop")
        )


def _named(part: Part) -> str:
    """This will name a part as people write it: a measure by its code, another by its id."""
    return part.code if isinstance(part, Measure) else part.id


def _a(part: Part) -> str:
    return "an outcome" if isinstance(part, Outcome) else f"a {level_of(part)}"


def _key(part: Part) -> str:
    """This will name a part in the id of a conflict: a measure by its id, another by what it is too."""
    return part.id if isinstance(part, Measure) else f"{level_of(part)} {part.id}"


def _of_part(
    change: Hidden | Renamed | Retargeted | Revalued, overlay: Overlay, new_base: Edition
) -> Iterator[Conflict]:
    if isinstance(change.was, Measure):
        yield from _of_measure(change, change.was, overlay, new_base)
        return
    assert isinstance(change, Renamed)  # only the words of a theme or an outcome can be changed
    was = change.was
    now, _place = parts_of(new_base).get((change.level, was.id), (None, ""))
    named = f"the {change.level} “{was.title}”"
    if now is None:
        # Whatever stood in it is a conflict of its own; of its words there is nothing left.
        why = f"the base no longer has {named}"
        yield Conflict(f"base-removed {_key(was)}", "base-removed", (change,), was, None, why, ("drop",))
    elif _said(was, change) != _said(now, change):
        same = " to what we say" if reworded(now, change) == now else ""
        why = f"the base changed the words of {named}{same}"
        choices: tuple[Choice, ...] = ("keep-ours", "take-base")
        yield Conflict(f"base-changed rename {_key(was)}", "base-changed", (change,), was, now, why, choices)


def _of_measure(
    change: Hidden | Renamed | Retargeted | Revalued, was: Measure, overlay: Overlay, new_base: Edition
) -> Iterator[Conflict]:
    now = new_base.measures.get(change.subject)
    if now is None:
        why = f"the base no longer has {was.code}"
        # What is hidden and gone has nothing to keep.
        choices: tuple[Choice, ...] = ("drop",) if isinstance(change, Hidden) else ("keep-ours", "drop")
        yield Conflict(f"base-removed {was.id}", "base-removed", overlay.of(was.id), was, None, why, choices)
        return
    id = f"{change.kind} {was.id}"
    if now.unit != was.unit and (
        (isinstance(change, Revalued) and change.of_unit) or (isinstance(change, Retargeted) and change.target)
    ):
        why = f"the base now counts {was.code} in {now.unit} instead of {was.unit}, so our figure is of another thing"
        yield Conflict(f"unit-changed {id}", "unit-changed", (change,), was, now, why, ("take-base",))
        return
    if isinstance(change, Retargeted) and change.outcome:
        known = any(each.id == change.outcome for each in new_base.outcomes)
        if not known and not _adds(overlay, "outcome", change.outcome):
            why = f"the base no longer has the outcome {change.outcome}, where we put {was.code}"
            yield Conflict(f"place-removed {id}", "place-removed", (change,), was, now, why, ("keep-ours", "drop"))
        elif change.was_in != new_base.outcome_of(was.id).id:
            why = f"the base moved {was.code} to {new_base.outcome_of(was.id).id}, and we to {change.outcome}"
            yield Conflict(f"base-changed {id}", "base-changed", (change,), was, now, why, ("keep-ours", "take-base"))
        return
    said, says = _said(was, change), _said(now, change)
    if said != says:
        fields = ", ".join(name for name in said if said[name] != says.get(name))
        same = " to what we say" if changed(now, (change,)) == now else ""
        why = f"the base changed {fields} of {was.code}{same}"
        yield Conflict(f"base-changed {id}", "base-changed", (change,), was, now, why, ("keep-ours", "take-base"))


def _said(part: Part, change: Change) -> dict[str, Any]:
    """This will give what a part says in the fields that a change touches."""
    if isinstance(change, Renamed):
        return {"title": part.title, **({"title_cy": part.title_cy} if change.title_cy else {})}
    if not isinstance(change, Revalued) or not isinstance(part, Measure):
        return {}
    touched: dict[str, Any] = {name: part.rates.get(name) for name in change.rates}
    if change.of_unit:
        touched["value"] = part.value
    if change.duration is not None:
        touched["duration"] = part.duration
    if change.dropoff is not None:
        touched["dropoff"] = part.dropoff
    return touched


def _carried(change: Change, settled: list[tuple[Conflict, Settlement]], new_base: Edition) -> Iterator[Change]:
    """This will give the change as it goes on: updated, made an addition of ours, or not at all."""
    if any(settlement.choice != "keep-ours" for _, settlement in settled):
        return
    if isinstance(change, Added):
        id, code, to = change.part.id, getattr(change.part, "code", ""), change.to
        for _, settlement in settled:
            id, code, to = settlement.id or id, settlement.code or code, settlement.to or to
        part = (
            replace(change.part, id=id, code=code) if isinstance(change.part, Measure) else replace(change.part, id=id)
        )
        yield replace(change, part=part, to=to)
        return
    for conflict, settlement in settled:
        if conflict.kind == "base-removed":
            if change == conflict.changes[0]:
                yield _made_ours(conflict, settlement)
            return
        if conflict.kind == "place-removed" and isinstance(change, Retargeted):
            change = replace(change, outcome=settlement.to or change.outcome)
    now, place = parts_of(new_base)[change.level, change.subject]
    if isinstance(change, Retargeted) and change.outcome == place:
        # The base has moved it where we had; the target, if any, is still ours.
        if change.target is None:
            return
        change = replace(change, outcome="")
    yield replace(change, was=now, was_in=place)  # type: ignore[arg-type]  # a part of the same level


def _following(change: Change, moved: Mapping[tuple[Level, str], str]) -> Change:
    """This will point a change at our own theme or outcome by the id under which that was kept."""
    if isinstance(change, Added) and change.to:
        holder: Level = "theme" if isinstance(change.part, Outcome) else "outcome"
        return replace(change, to=moved.get((holder, change.to), change.to))
    if isinstance(change, Retargeted):
        return replace(change, outcome=moved.get(("outcome", change.outcome), change.outcome))
    return change


def _made_ours(conflict: Conflict, settlement: Settlement) -> Added:
    """This will keep a measure that the base has given up, as an addition of ours with all that we had changed."""
    first = conflict.changes[0]
    assert isinstance(first, Renamed | Retargeted | Revalued)  # what is hidden cannot be kept
    assert isinstance(first.was, Measure)  # nor the words of what is gone
    moved = next((each for each in conflict.changes if isinstance(each, Retargeted)), None)
    ours = changed(first.was, conflict.changes)
    return Added(
        part=replace(ours, id=settlement.id or ours.id, code=settlement.code or ours.code),
        to=settlement.to or (moved.outcome if moved and moved.outcome else first.was_in),
        target=moved.target if moved else None,
        reason=" ".join(dict.fromkeys(each.reason for each in conflict.changes)),
        reference=first.reference,
    )


def _adds(overlay: Overlay, level: Level, id: str) -> bool:
    return any(isinstance(each, Added) and (each.level, each.subject) == (level, id) for each in overlay.changes)
