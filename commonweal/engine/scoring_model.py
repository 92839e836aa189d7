"""The frozen values of an evaluation: what was asked, how it is scored, and what was bid.

`engine.scoring` scores it, `engine.scoring_file` reads it from a file and tells the result. An evaluation in hand can be
scored: a wrong one raises `InvalidEvaluation`, with everything that is wrong and its place.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple, Self

from commonweal.engine.document import Place
from commonweal.engine.model import FrozenMapping, InvalidRule

Method = Literal["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "rubric"]
Combination = Literal["sum", "all-parts"]
TieRule = Literal["shared", "lower-price", "criterion"]
Basis = Literal["amount", "estimated_value", "own_price"]
AfterMinimum = Literal["full", "rubric"]

#: A rubric has marks 0 to 5.
TOP_MARK = 5
WHOLE = Decimal(100)

#: What each method must have, and what else it may have, beside id, weight and method.
_PARTS: Mapping[Method, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "M1": ((), ("confidence",)),
    "M2": ((), ()),
    "M3": (("target",), ("confidence",)),
    "M4": (("bands",), ()),
    "M5": (("after_minimum",), ("target", "measures")),
    "M6": (("measures",), ()),
    "M7": (("measures",), ()),
    "M8": (("measures",), ()),
    "rubric": ((), ()),
}
#: What each measure of a criterion must have, by the criterion's method.
_MEASURE_PARTS: Mapping[Method, tuple[str, ...]] = {
    "M5": ("minimum",),
    "M6": ("points", "cap"),
    "M7": ("weight",),
    "M8": ("weight", "target"),
}
_NO_MARKS: Mapping[str, int | None] = FrozenMapping({})


class Fault(NamedTuple):
    """This will say what is wrong in an evaluation: the place in its file, the reason, and what to do."""

    place: Place
    reason: str
    fix: str


class InvalidEvaluation(InvalidRule):
    """This will carry every fault for which an evaluation cannot be scored."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{'.'.join(map(str, each.place))}: {each.reason}" for each in self.faults))


class _Exact:
    """This will refuse a binary number, and a decimal that is no finite number, in any field."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, each.name)
            for number in value if isinstance(value, tuple) else (value,):
                if isinstance(number, float) or (isinstance(number, Decimal) and not number.is_finite()):
                    raise InvalidRule(
                        f"{type(self).__name__}.{each.name} cannot be {number!r}", "Give a finite Decimal"
                    )
            if isinstance(value, Mapping) and not isinstance(value, FrozenMapping):
                object.__setattr__(self, each.name, FrozenMapping(value))


@dataclass(frozen=True, slots=True)
class Asked(_Exact):
    """This will hold one measure of the published ask, with the £ value of one unit where it has one, and its source."""

    measure: str
    value: Decimal | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Target(_Exact):
    """This will hold a level of social value: pounds for `amount`, per cent of the price or estimate otherwise."""

    basis: Basis
    figure: Decimal


@dataclass(frozen=True, slots=True)
class Band(_Exact):
    """This will hold one band: the level from which it applies (that level included) and the points it gives."""

    at_least: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Bands:
    """This will hold the bands of a criterion, lowest first, and what their levels are levels of (as in `Target`)."""

    basis: Basis
    steps: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Confidence(_Exact):
    """This will hold the share of an offer that counts for each mark 0 to 5 given under another criterion."""

    criterion: str
    shares: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored(_Exact):
    """This will hold how one measure scores within a criterion; which fields are needed follows from the method.

    `weight` in per cent of the criterion; `target`, `cap` and `minimum` in the measure's unit; `points` for each unit.
    """

    measure: str
    weight: Decimal | None = None
    target: Decimal | None = None
    points: Decimal | None = None
    cap: Decimal | None = None
    minimum: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion(_Exact):
    """This will hold one criterion: its share of the points in per cent, its method, and what the method needs."""

    id: str
    weight: Decimal
    method: Method
    target: Target | None = None
    bands: Bands | None = None
    measures: tuple[Scored, ...] = ()
    confidence: Confidence | None = None
    after_minimum: AfterMinimum | None = None

    @property
    def marked(self) -> bool:
        """This will say whether bids have a mark under this criterion."""
        return self.method == "rubric" or self.after_minimum == "rubric"

    @property
    def basis(self) -> Basis | None:
        """This will give what a level of this criterion is a level of; None where it uses no level."""
        level = self.target or self.bands
        return level.basis if level else None

    @property
    def priced(self) -> bool:
        """This will say whether the criterion uses a bid's price."""
        return self.method == "M2" or self.basis == "own_price"

    @property
    def valued(self) -> bool:
        """This will say whether the criterion uses the £ value of an offer."""
        return self.method in ("M1", "M2", "M3", "M4") or self.target is not None


@dataclass(frozen=True, slots=True)
class Offered(_Exact):
    """This will hold one line of a bid: a measure and a quantity in its unit."""

    measure: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid(_Exact):
    """This will hold one bid: its price in pounds where it has one, its lines, and a mark 0 to 5 by criterion.

    A mark of None records that the bid gave no answer.
    """

    id: str
    price: Decimal | None = None
    lines: tuple[Offered, ...] = ()
    marks: Mapping[str, int | None] = _NO_MARKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(_Exact):
    """This will hold an evaluation that can be scored: the method, the ask and the bids. Raises `InvalidEvaluation`.

    `points` are shared among the criteria by weight. `decimals` are the places of a published score. `method` says how
    criteria combine: `sum`, or `all-parts` where a bid that leaves a part out is disregarded.
    """

    method: Combination
    points: Decimal
    decimals: int
    tie_rule: TieRule
    criteria: tuple[Criterion, ...]
    bids: tuple[Bid, ...]
    ask: tuple[Asked, ...] = ()
    tie_criterion: str | None = None
    estimated_value: Decimal | None = None
    vat: Literal["included", "excluded"] | None = None
    title: str = ""

    def __post_init__(self) -> None:
        # By name: a class with slots is made anew, and a bare `super()` knows only the first.
        _Exact.__post_init__(self)
        if faults := list(_faults(self)):
            raise InvalidEvaluation(faults)

    def without(self, bid: str) -> Self:
        """This will give the evaluation as it stands when one bid is withdrawn. Raises KeyError for no such bid."""
        left = tuple(each for each in self.bids if each.id != bid)
        if len(left) == len(self.bids):
            raise KeyError(bid)
        return dataclasses.replace(self, bids=left)


def _faults(of: Evaluation) -> Iterator[Fault]:
    """This will find everything for which an evaluation cannot be scored."""
    yield from _above_zero(of.points, ("points",), "points", "Write the points shared among the criteria")
    if not 0 <= of.decimals <= 6:
        yield Fault(
            ("decimals",), f"decimals {of.decimals} is not from 0 to 6", "Write the places of a published score"
        )
    if of.estimated_value is not None:
        fix = "Write the estimated value of the contract in pounds"
        yield from _above_zero(of.estimated_value, ("estimated_value",), "the estimated value", fix)
    for name in ("criteria", "bids"):
        if not getattr(of, name):
            yield Fault((name,), f"there are no {name}", "Give at least one")
    yield from _twice([each.measure for each in of.ask], "ask", "measure")
    for i, asked in enumerate(of.ask):
        if asked.value is not None:
            fix = "Leave the value out of a measure that has none"
            yield from _above_zero(asked.value, ("ask", i, "value"), f"the value of {asked.measure}", fix)
    yield from _twice([each.id for each in of.criteria], "criteria", "id")
    yield from _weights([each.weight for each in of.criteria], ("criteria",), "the criteria")
    for i, criterion in enumerate(of.criteria):
        yield from _criterion(of, criterion, ("criteria", i))
    yield from _tie(of)
    yield from _twice([each.id for each in of.bids], "bids", "id")
    for i, bid in enumerate(of.bids):
        yield from _bid(of, bid, ("bids", i))


def _criterion(of: Evaluation, criterion: Criterion, place: Place) -> Iterator[Fault]:
    method = criterion.method
    needed, allowed = _PARTS[method]
    yield from _above_zero(criterion.weight, (*place, "weight"), "the weight", "Remove a criterion that has no weight")
    for name in ("target", "bands", "measures", "confidence", "after_minimum"):
        given = bool(getattr(criterion, name))
        if name in needed and not given:
            yield Fault((*place, name), f"{name} is missing: method {method} needs it", f"Add `{name}`")
        if given and name not in needed + allowed:
            yield Fault((*place, name), f"method {method} uses no {name}", "Remove it, or change the method")
    if method == "M5" and not criterion.target and not criterion.measures:
        fix = "Add `measures`, each with its `minimum`, or a `target`"
        yield Fault(place, "the minimum is missing: method M5 needs one", fix)
    if criterion.valued and not any(each.value is not None for each in of.ask):
        fix = "Give the value of a unit in `ask`, or use M7, M8 or a rubric"
        yield Fault((*place, "method"), "no measure of the ask has a value, and the method adds values", fix)
    if criterion.basis == "estimated_value" and of.estimated_value is None:
        fix = "Add `estimated_value` at the top of the file"
        yield Fault(("estimated_value",), f"estimated_value is missing: {criterion.id} uses it", fix)
    if criterion.target:
        figure = criterion.target.figure
        yield from _above_zero(figure, (*place, "target", "figure"), "the target", "Write what earns all the points")
    if criterion.bands:
        yield from _bands(criterion.bands, of.points * criterion.weight, (*place, "bands", "steps"))
    if criterion.confidence:
        yield from _confidence(of, criterion.confidence, (*place, "confidence"))
    yield from _measures(of, criterion, (*place, "measures"))


def _bands(bands: Bands, ceiling: Decimal, place: Place) -> Iterator[Fault]:
    steps = bands.steps
    if not steps or steps[0].at_least != 0:
        yield Fault((*place, 0), "the first band does not begin at 0", "Begin with what an offer of nothing scores")
    for i, (below, above) in enumerate(pairwise(steps), 1):
        if above.at_least <= below.at_least:
            yield Fault((*place, i), "the band begins no higher than the one before", "Put the bands in order")
        if above.points < below.points:
            yield Fault(
                (*place, i), "the band gives fewer points than the one before", "Offering more may not cost points"
            )
    for i, step in enumerate(steps):
        if step.points < 0 or step.points * WHOLE > ceiling:
            reason = f"the band gives {step.points} points, not between 0 and the criterion's {_plain(ceiling / WHOLE)}"
            yield Fault((*place, i, "points"), reason, "Give no more than the criterion's share of the points")


def _confidence(of: Evaluation, confidence: Confidence, place: Place) -> Iterator[Fault]:
    if not any(each.id == confidence.criterion and each.marked for each in of.criteria):
        reason = f"no criterion '{confidence.criterion}' has marks"
        yield Fault((*place, "criterion"), reason, "Name a criterion whose method is rubric")
    shares = confidence.shares
    if len(shares) != TOP_MARK + 1:
        yield Fault(
            (*place, "shares"), f"there are {len(shares)} shares", "Give six: for the marks 0, 1, 2, 3, 4 and 5"
        )
    for i, share in enumerate(shares):
        if not 0 <= share <= 1 or (i and share < shares[i - 1]):
            reason = f"share {share} is not from 0 to 1, or is below that of the mark before"
            yield Fault((*place, "shares", i), reason, "A better mark may not count for less")


def _measures(of: Evaluation, criterion: Criterion, place: Place) -> Iterator[Fault]:
    asked = {each.measure for each in of.ask}
    needed = _MEASURE_PARTS.get(criterion.method, ())
    for name, count in Counter(each.measure for each in criterion.measures).items():
        if count > 1:
            yield Fault(place, f"measure {name} is given twice", "Keep one of the two")
    for i, scored in enumerate(criterion.measures):
        if scored.measure not in asked:
            reason = f"measure '{scored.measure}' is not in the ask"
            yield Fault((*place, i, "measure"), reason, "Add it to `ask`: only what was asked is scored")
        for name in ("weight", "target", "points", "cap", "minimum"):
            figure: Decimal | None = getattr(scored, name)
            if name in needed and figure is None:
                reason = f"{name} is missing: method {criterion.method} needs it"
                yield Fault((*place, i, name), reason, f"Add `{name}`")
            elif figure is not None and name not in needed:
                yield Fault((*place, i, name), f"method {criterion.method} uses no {name}", "Remove it")
            elif figure is not None:
                yield from _above_zero(figure, (*place, i, name), name, "Write a number above 0")
    weights = [each.weight for each in criterion.measures if each.weight is not None]
    if "weight" in needed and weights and len(weights) == len(criterion.measures):
        yield from _weights(weights, place, f"the measures of {criterion.id}")


def _tie(of: Evaluation) -> Iterator[Fault]:
    place = ("tie_criterion",)
    if of.tie_rule != "criterion":
        if of.tie_criterion is not None:
            yield Fault(place, f"tie rule {of.tie_rule} uses no criterion", "Remove it, or make `tie_rule` criterion")
    elif of.tie_criterion not in {each.id for each in of.criteria}:
        named = of.tie_criterion
        reason = f"there is no criterion '{named}'" if named else "tie_criterion is missing"
        yield Fault(place, reason, "Name the criterion that settles a tie")


def _bid(of: Evaluation, bid: Bid, place: Place) -> Iterator[Fault]:
    uses = [each.id for each in of.criteria if each.priced] + ["the tie rule"] * (of.tie_rule == "lower-price")
    if bid.price is not None:
        fix = "Write what the bid costs in pounds; leave it out where no method uses a price"
        yield from _above_zero(bid.price, (*place, "price"), f"the price of {bid.id}", fix)
    elif uses:
        yield Fault((*place, "price"), f"the price of {bid.id} is missing: {uses[0]} uses it", "Add `price` in pounds")
    for i, line in enumerate(bid.lines):
        if line.quantity < 0:
            reason = f"the quantity {line.quantity} of {bid.id} is below 0"
            yield Fault((*place, "lines", i, "quantity"), reason, "Write 0 or more")
    marked = {each.id for each in of.criteria if each.marked}
    for id in sorted(marked - bid.marks.keys()):
        fix = "Write a whole mark from 0 to 5, or null where the bid gave no answer"
        yield Fault((*place, "marks", id), f"the mark of {bid.id} for {id} is missing", fix)
    for id, mark in bid.marks.items():
        if id not in marked:
            reason = f"no criterion '{id}' has marks"
            yield Fault((*place, "marks", id), reason, f"Known here: {', '.join(sorted(marked)) or 'none'}")
        elif mark is not None and (not isinstance(mark, int) or isinstance(mark, bool) or not 0 <= mark <= TOP_MARK):
            yield Fault((*place, "marks", id), f"the mark {mark} is not a whole number from 0 to 5", "Correct the mark")


def _above_zero(number: Decimal, place: Place, name: str, fix: str) -> Iterator[Fault]:
    if number <= 0:
        yield Fault(place, f"{name} is {_plain(number)}, not above 0", fix)


def _weights(weights: Sequence[Decimal], place: Place, of: str) -> Iterator[Fault]:
    if weights and (total := sum(weights, Decimal(0))) != WHOLE:
        reason = f"the weights of {of} add up to {_plain(total)}, not 100"
        yield Fault(place, reason, "Write per cent that add up to 100")


def _twice(names: Sequence[str], part: str, key: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for i, name in enumerate(names):
        if name in seen:
            yield Fault((part, i, key), f"{key} '{name}' is given twice", "Give each its own")
        seen.add(name)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
