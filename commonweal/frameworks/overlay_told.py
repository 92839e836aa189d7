"""What a body's own layer changes, told change by change with what was and what is now, before it is published for ever.

Nothing here touches a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from commonweal.base.templatetags.figures import amount_in_unit, long_date, money, quantity
from commonweal.engine.model import Edition, Measure, Rate
from commonweal.engine.overlay import changed, reworded
from commonweal.engine.overlay_model import Added, Change, Overlay, Renamed, Retargeted, Revalued, Target
from commonweal.frameworks.overlays import base_places, outcome_choices, theme_choices

_NONE: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Altered:
    """One thing that a change does, in words: what it is of, what the base says (empty: nothing) and what we say."""

    of: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change as the page before publishing tells it."""

    kind: str
    level: str
    code: str
    title: str
    altered: tuple[Altered, ...]
    change: Change


#: The order in which changes are told: what is taken away first, since nothing else on the page shows it.
TOLD_IN: Final = ("hide", "revalue", "retarget", "rename", "add")


def told_changes(base: Edition, overlay: Overlay) -> tuple[ToldChange, ...]:
    """This will tell every change with what was and what is now, in the order of `TOLD_IN`."""
    themes, outcomes, were = dict(theme_choices(base, overlay)), dict(outcome_choices(base, overlay)), base_places(base)
    found = [_told(change, themes, outcomes, were) for change in overlay.changes]
    return tuple(sorted(found, key=lambda each: TOLD_IN.index(each.kind)))


def _told(
    change: Change, themes: Mapping[str, str], outcomes: Mapping[str, str], were: Mapping[str, str]
) -> ToldChange:
    """This will tell one change; `were` are the outcomes in the words of the base, the others in ours."""
    altered: list[Altered] = []
    if isinstance(change, Added):
        if change.to:
            altered.append(Altered("Goes to", "", (themes if change.level == "outcome" else outcomes)[change.to]))
        if isinstance(change.part, Measure):
            altered += [Altered("Unit", "", change.part.unit), Altered("Worth", "", worth(change.part))]
            altered += _told_rates({}, change.part.rates, change.part.dropoff)
            altered += _told_target(change.target, change.part.unit)
        code = getattr(change.part, "code", "")
        return ToldChange(change.kind, change.level, code, change.part.title, tuple(altered), change)
    if isinstance(change, Renamed):
        said = reworded(change.was, change)
        altered.append(Altered("Words", change.was.title, said.title))
        if change.was.title_cy != said.title_cy:
            altered.append(Altered("In Welsh", change.was.title_cy, said.title_cy))
        code = getattr(change.was, "code", "")
        return ToldChange(change.kind, change.level, code, change.was.title, tuple(altered), change)
    was, now = change.was, changed(change.was, [change])
    match change:
        case Retargeted():
            if change.outcome:
                altered.append(Altered("Outcome", were[change.was_in], outcomes[change.outcome]))
            altered += _told_target(change.target, was.unit)
        case Revalued():
            if was.value != now.value:
                altered.append(Altered("Worth", worth(was), worth(now)))
            if was.duration != now.duration:
                altered.append(Altered("Years of benefit", str(was.duration), str(now.duration)))
            altered += _told_rates(was.rates, change.rates, change.dropoff, was.dropoff)
    return ToldChange(change.kind, change.level, was.code, was.title, tuple(altered), change)


def worth(measure: Measure) -> str:
    """This will write what one unit is worth: the amount, its range where it has one, and in which prices."""
    value = measure.value
    if value is None:
        return "told as a story" if measure.figure == "story" else "only counted"
    prices = f"prices of {value.price_year}"
    if value.low is None or value.high is None:
        return f"{money(value.amount)}, {prices}" if value.amount is not None else f"by year, {prices}"
    ends = f"between {money(value.low)} and {money(value.high)}"
    return ", ".join(([] if value.amount is None else [money(value.amount)]) + [ends, prices])


def share(rate: Decimal | Rate) -> str:
    """This will write a rate with its range where it has one: `0.25, between 0.2 and 0.3`."""
    if isinstance(rate, Decimal) or rate.low is None or rate.high is None:
        return quantity(rate if isinstance(rate, Decimal) else rate.central)
    return f"{quantity(rate.central)}, between {quantity(rate.low)} and {quantity(rate.high)}"


def _told_rates(
    was: Mapping[str, Rate],
    now: Mapping[str, Rate],
    dropoff: Decimal | Rate | None,
    dropoff_was: Decimal | Rate = _NONE,
) -> list[Altered]:
    found = [Altered(name.capitalize(), share(was[name]) if name in was else "", share(now[name])) for name in now]
    if dropoff is not None and dropoff != dropoff_was:
        found.append(Altered("Drop-off", "" if dropoff_was == _NONE else share(dropoff_was), share(dropoff)))
    return found


def _told_target(target: Target | None, unit: str) -> list[Altered]:
    if target is None:
        return []
    each = f" for each {target.per}" if target.per else ""
    return [Altered("Target", "", f"{amount_in_unit(target.quantity, unit)}{each} by {long_date(target.by)}")]
