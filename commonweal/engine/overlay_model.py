"""The frozen values of an overlay: its changes, each with a reason and a reference, and what the base said.

`engine.overlay` lays them on an edition, `engine.upgrade` brings them to the next one, `engine.overlay_file` reads and
writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import ClassVar, Generic, Literal, TypeVar

from commonweal.engine.model import (
    RATE_NAMES,
    SHARE_RATES,
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

Kind = Literal["add", "hide", "rename", "retarget", "revalue"]
Level = Literal["theme", "outcome", "measure"]
Part = Theme | Outcome | Measure
P_co = TypeVar("P_co", bound=Part, covariant=True)
_NO_RATES: Mapping[str, Rate] = FrozenMapping({})


class OverlayRefused(InvalidRule):
    """This will say why an overlay cannot lie on an edition, and what to do."""


def level_of(part: Part) -> Level:
    """This will say whether a part of a framework is a theme, an outcome or a measure."""
    match part:
        case Theme():
            return "theme"
        case Outcome():
            return "outcome"
        case _:
            return "measure"


def parts_of(edition: Edition) -> dict[tuple[Level, str], tuple[Part, str]]:
    """This will give every theme, outcome and measure of an edition, with the id of what it stands in ("" for a theme).

    By level and id, since an id can be that of a theme, an outcome and a measure at once. Themes and outcomes are given
    empty of what they hold.
    """
    found: dict[tuple[Level, str], tuple[Part, str]] = {}
    for theme in edition.themes:
        found["theme", theme.id] = (_emptied(theme), "")
        for outcome in theme.outcomes:
            found["outcome", outcome.id] = (_emptied(outcome), theme.id)
            for measure in outcome.measures:
                found["measure", measure.id] = (measure, outcome.id)
    return found


def _emptied(part: Theme | Outcome) -> Theme | Outcome:
    return replace(part, outcomes=()) if isinstance(part, Theme) else replace(part, criteria=(), measures=())


@dataclass(frozen=True, slots=True)
class Target:
    """This will hold how much of a measure a body wants, in the measure's unit: by a day, and per what.

    `per` is free text (`year`, `£1m spent`); empty means once, in all. Raises `InvalidRule`.
    """

    quantity: Decimal
    by: date
    per: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.quantity, Decimal) or not self.quantity.is_finite() or self.quantity <= 0:
            raise InvalidRule("a target is a quantity above 0", 'Write a number in quotes, such as "500"')


@dataclass(frozen=True, slots=True)
class Reason:
    """This will hold one reason and where it is written down: of a whole change, of its `value`, or of one rate.

    `of` is empty for the whole change, else `value`, `dropoff` or the name of a rate.
    """

    of: str
    reason: str
    reference: Source

    @property
    def words(self) -> str:
        """This will name what the reason is of, for people; empty for a whole change."""
        return {"value": "Worth", "dropoff": "Drop-off"}.get(self.of, self.of.capitalize())


def _of_rates(rates: Mapping[str, Rate], dropoff: Decimal | Rate | None, whole: Reason) -> tuple[Reason, ...]:
    named = {**rates, **({"dropoff": dropoff} if isinstance(dropoff, Rate) else {})}
    return tuple(
        Reason(name, rate.reason or whole.reason, rate.source or whole.reference) for name, rate in named.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reasoned:
    """This will hold what every change has: the reason for it, and where the reason is written down."""

    reason: str
    reference: Source

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise InvalidRule("a change needs its reason", "Say why in `reason:`")
        self._check()

    def _check(self) -> None:
        pass

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """This will give every reason of the change, the value and each rate told apart; at least one."""
        return (Reason("", self.reason, self.reference),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added(_Reasoned):
    """This will add a theme, an outcome or a measure: the part, and the id of what it goes `to` (none for a theme)."""

    kind: ClassVar[Kind] = "add"
    part: Part
    to: str = ""
    target: Target | None = None

    def _check(self) -> None:
        if bool(self.to) == isinstance(self.part, Theme):
            raise InvalidRule(
                f"{self.part.id}: an outcome goes to a theme, a measure to an outcome, a theme to nothing"
            )
        if (isinstance(self.part, Theme) and self.part.outcomes) or (
            isinstance(self.part, Outcome) and self.part.measures
        ):
            raise InvalidRule(f"{self.part.id} is added empty; what it holds is added to it")
        if self.target and not isinstance(self.part, Measure):
            raise InvalidRule(f"{self.part.id}: only a measure has a target")

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """This will give why the part was added and, of a measure, why it has its own value and each of its rates.

        The notes of a value that is written with the measure say why; its source is where it was read.
        """
        whole = Reason("", self.reason, self.reference)
        if not isinstance(self.part, Measure):
            return (whole,)
        value = self.part.value
        worth = value and value.id == self.part.id and value.notes and Reason("value", value.notes, value.source)
        return (whole, *([worth] if worth else []), *_of_rates(self.part.rates, self.part.dropoff, whole))

    @property
    def subject(self) -> str:
        """This will give the id of the part that is added."""
        return self.part.id

    @property
    def level(self) -> Level:
        """This will say whether a theme, an outcome or a measure is added."""
        return level_of(self.part)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfPart(_Reasoned, Generic[P_co]):
    """This will hold which part of the base is changed, as the base had it, and the id of what it stood in."""

    was: P_co
    was_in: str

    @property
    def subject(self) -> str:
        """This will give the id of the part that is changed."""
        return self.was.id

    @property
    def level(self) -> Level:
        """This will say whether a theme, an outcome or a measure is changed."""
        return level_of(self.was)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden(_OfPart[Measure]):
    """This will leave a measure of the base out."""

    kind: ClassVar[Kind] = "hide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed(_OfPart[Part]):
    """This will give a theme, an outcome or a measure another title; an empty `title_cy` leaves the Welsh of the base.

    A theme or an outcome (`was`) is held empty: what stands in it is not its words. `was_in` is "" for a theme.
    """

    kind: ClassVar[Kind] = "rename"
    title: str
    title_cy: str = ""

    def _check(self) -> None:
        if not self.title.strip():
            raise InvalidRule(f"{self.level} {self.subject} needs its title")
        if isinstance(self.was, Theme | Outcome) and (
            self.was != _emptied(self.was) or bool(self.was_in) == isinstance(self.was, Theme)
        ):
            raise InvalidRule(f"{self.level} {self.subject} is held empty, an outcome with the theme it stood in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retargeted(_OfPart[Measure]):
    """This will move a measure to another `outcome` (empty: it stays), or state a target for it, or both."""

    kind: ClassVar[Kind] = "retarget"
    outcome: str = ""
    target: Target | None = None

    def _check(self) -> None:
        if not self.outcome and self.target is None:
            raise InvalidRule(f"measure {self.subject} is re-targeted to nothing", "Give an outcome, a target, or both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revalued(_OfPart[Measure]):
    """This will change what one unit is worth: what is None or left out stays as the base has it.

    `rates` replace those of the same name. `counted` takes the value away, so that the measure is only counted.
    `duration` is in benefit years, `dropoff` a share from 0 to 1.
    """

    kind: ClassVar[Kind] = "revalue"
    value: UnitValue | None = None
    counted: bool = False
    rates: Mapping[str, Rate] = _NO_RATES
    duration: int | None = None
    dropoff: Decimal | Rate | None = None

    def _check(self) -> None:
        if self.value and self.counted:
            raise InvalidRule(f"measure {self.subject} cannot both have a value and be only counted")
        if not (self.value or self.counted or self.rates or self.duration or self.dropoff is not None):
            raise InvalidRule(f"measure {self.subject} is re-valued with nothing", "Give a value, rates or a duration")
        for name, rate in self.rates.items():
            if name not in RATE_NAMES or (name in SHARE_RATES and not rate.is_share):
                raise InvalidRule(f"measure {self.subject}: {name} is no rate, or not a share from 0 to 1")
        if not isinstance(self.rates, FrozenMapping):
            object.__setattr__(self, "rates", FrozenMapping(self.rates))

    @property
    def of_unit(self) -> bool:
        """This will say whether the change speaks of money per unit, so that it falls when the unit changes."""
        return self.counted or self.value is not None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """This will give the reason of the value and that of each rate; one said of the rates together comes first.

        A rate without a source of its own has the reference of the change.
        """
        whole = Reason("", self.reason, self.reference)
        rates = _of_rates(self.rates, self.dropoff, whole)
        if self.of_unit or self.duration or isinstance(self.dropoff, Decimal):
            return (replace(whole, of="value"), *rates)
        return rates if any(each.reason == self.reason for each in rates) else (whole, *rates)


Change = Added | Hidden | Renamed | Retargeted | Revalued


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """This will hold one dated layer of a body on one edition, named and numbered like an edition of its own.

    `base` names the edition as people write it, `base_hash` is its `content_hash`.
    """

    framework_id: str
    version: str
    title: str
    publisher: str
    base: str
    base_hash: str
    source: Source
    author: str
    changes: tuple[Change, ...]
    title_cy: str = ""
    applies_from: date | None = None
    applies_to: date | None = None
    published_on: date | None = None
    review_on: date | None = None
    checked_by: str = ""
    notes: str = ""

    def of(self, measure: str) -> tuple[Change, ...]:
        """This will give every change to a measure, in the order of the file."""
        return tuple(change for change in self.changes if (change.level, change.subject) == ("measure", measure))


@dataclass(frozen=True, slots=True)
class Fault:
    """This will say which change (its place in `changes`, from 0; -1 is the overlay) cannot be made, and what to do."""

    change: int
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class Layer:
    """This will hold one measure in both layers: the base's (None where it is ours alone), ours (None where hidden),
    the outcome in each, our target for it, and every change with its reason."""

    id: str
    base: Measure | None
    base_outcome: str
    ours: Measure | None
    outcome: str
    target: Target | None
    changes: tuple[Change, ...]

    @property
    def differs(self) -> tuple[str, ...]:
        """This will name the fields in which the two layers differ, `outcome` among them."""
        if self.base is None or self.ours is None:
            return ()
        names = [
            each.name for each in fields(Measure) if getattr(self.base, each.name) != getattr(self.ours, each.name)
        ]
        return (*names, "outcome") if self.base_outcome != self.outcome else tuple(names)
