"""The frozen values of a crosswalk, and all that can be wrong in one: what contradicts itself, counts twice, or goes
round in a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Literal

from commonweal.engine.factors import EXACT
from commonweal.engine.model import Edition, InvalidRule, Measure, Source

Term = Literal["exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"]
Heading = Literal["measure", "criterion", "outcome", "theme"]

_INVERSE: dict[Term, Term] = {
    "exactMatch": "exactMatch",
    "closeMatch": "closeMatch",
    "broadMatch": "narrowMatch",
    "narrowMatch": "broadMatch",
    "relatedMatch": "relatedMatch",
}
ONE = Decimal(1)


class CrosswalkRefused(InvalidRule):
    """This will say why a crosswalk cannot be used so, and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class End:
    """This will name one measure, outcome or theme of an edition by its id, or one criterion by its code."""

    level: Heading
    id: str

    def __str__(self) -> str:
        return f"{self.level} {self.id}"


@dataclass(frozen=True, slots=True)
class Conversion:
    """This will turn a quantity of one unit into another: times `times`, over `over`, with the reason and source."""

    times: Decimal
    over: Decimal
    reason: str
    reference: Source

    def __post_init__(self) -> None:
        if not all(isinstance(each, Decimal) and each.is_finite() and each > 0 for each in (self.times, self.over)):
            raise InvalidRule("a conversion is a number above 0")
        if not self.reason.strip():
            raise InvalidRule("a conversion needs its reason", "Say why in `reason:`")

    def convert(self, quantity: Decimal) -> Decimal:
        """This will convert a quantity; exact when `over` is 1, else to 60 significant digits."""
        with localcontext(prec=EXACT):
            return quantity * self.times / self.over if self.over != 1 else quantity * self.times


@dataclass(frozen=True, slots=True)
class Match:
    """This will hold how one end `of` the first edition corresponds `to` one of the second.

    `share` is the part (above 0, at most 1) of a quantity of the first that counts as the second, `back` the part of a quantity of
    the second that counts as the first; None carries nothing. An exact match is 1 both ways. Raises `InvalidRule`.
    """

    of: End
    term: Term
    to: End
    reason: str
    reference: Source
    share: Decimal | None = None
    back: Decimal | None = None
    conversion: Conversion | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise InvalidRule("a match needs its reason", "Say why in `reason:`")
        for name in ("share", "back"):
            part = getattr(self, name)
            if part is None:
                continue
            if not isinstance(part, Decimal) or not part.is_finite() or not 0 < part <= 1:
                raise InvalidRule(f"{name} {part} is not a share", 'Write a number above 0, at most 1, such as "0.5"')
            if self.term == "relatedMatch":
                raise InvalidRule(f"a related match carries nothing, and has a {name}", "Remove it, or call it close")
            if self.term == "exactMatch" and part != 1:
                raise InvalidRule(f"an exact match carries all, not {part}", "Call it closeMatch")
        if self.term == "exactMatch":
            object.__setattr__(self, "share", ONE)
            object.__setattr__(self, "back", ONE)

    @property
    def carries(self) -> bool:
        """This will say whether the match carries any quantity, one way or the other."""
        return self.share is not None or self.back is not None

    @property
    def inverse(self) -> Match:
        """This will give the same match seen from the other edition."""
        conversion = self.conversion and replace(
            self.conversion, times=self.conversion.over, over=self.conversion.times
        )
        return replace(
            self,
            of=self.to,
            to=self.of,
            term=_INVERSE[self.term],
            share=self.back,
            back=self.share,
            conversion=conversion,
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """This will say which match (its place, from 0) is wrong, why, and what to do."""

    match: int
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """This will hold every match of one edition to another. Raises `CrosswalkRefused` for the first fault in them.

    `gaps` says in sentences what has no counterpart.
    """

    of: Edition
    to: Edition
    matches: tuple[Match, ...]
    title: str
    source: Source
    author: str = ""
    gaps: tuple[str, ...] = ()
    review_on: date | None = None

    def __post_init__(self) -> None:
        if wrong := next(faults(self.of, self.to, self.matches), None):
            raise CrosswalkRefused(wrong.reason, wrong.fix)

    def of_end(self, end: End) -> tuple[Match, ...]:
        """This will give every match of one end of the first edition."""
        return tuple(match for match in self.matches if match.of == end)


def ends(edition: Edition) -> dict[End, tuple[str, Measure | None]]:
    """This will give every end of an edition, its title, and its measure where it is one."""
    found: dict[End, tuple[str, Measure | None]] = {}
    for theme in edition.themes:
        found[End("theme", theme.id)] = (theme.title, None)
        for outcome in theme.outcomes:
            found[End("outcome", outcome.id)] = (outcome.title, None)
            found |= {End("criterion", each.code): (each.title, None) for each in outcome.criteria}
            found |= {End("measure", each.id): (each.title, each) for each in outcome.measures}
    return found


def faults(of: Edition, to: Edition, matches: Iterable[Match]) -> Iterator[Fault]:
    """This will give every reason for which these matches cannot stand together, in their order; circles last."""
    matches = tuple(matches)
    left, right = ends(of), ends(to)
    seen: dict[tuple[End, End], Term] = {}
    exact: set[tuple[str, End]] = set()
    sums: dict[tuple[str, End], Decimal] = defaultdict(Decimal)
    wrong = False
    for number, match in enumerate(matches):
        found: list[tuple[str, str]] = []
        for end, known, edition in ((match.of, left, of), (match.to, right, to)):
            if end not in known:
                found.append((f"{edition.reference} has no {str(end)[:80]}", "Name one of its own"))
        if not found:
            found += _of_match(match, left[match.of][1], right[match.to][1])
        pair = (match.of, match.to)
        if pair in seen:
            reason = f"{match.of} and {match.to} are said to be {seen[pair]} and {match.term}"
            found.append((reason, "Keep one of the two"))
        else:
            seen[pair] = match.term
            for side, end, part in (("share", match.of, match.share), ("back", match.to, match.back)):
                if match.term == "exactMatch" and (side, end) in exact:
                    found.append((f"{end} has two exact matches", "Two in one framework cannot be the same thing"))
                    continue
                if match.term == "exactMatch":
                    exact.add((side, end))
                sums[side, end] += part or Decimal(0)
                if part and sums[side, end] > 1:
                    reason = f"what {end} shares out comes to {sums[side, end]}"
                    found.append((reason, "Shares of one may sum to at most 1"))
        wrong = wrong or bool(found)
        yield from (Fault(number, *each) for each in found)
    if not wrong and (circle := _circle(of, to, matches)):
        yield circle


def _of_match(match: Match, one: Measure | None, other: Measure | None) -> Iterator[tuple[str, str]]:
    if one and other:
        differ = one.unit != other.unit
        if match.conversion and not differ:
            yield f"both ends are in {one.unit}, so nothing is converted", "Remove `convert:`"
        if differ and match.carries and not match.conversion:
            fix = f"Give `convert:` with the {other.unit} in one of {one.unit}, or leave the share out"
            yield f"{match.of} is in {one.unit} and {match.to} in {other.unit}", fix
        if match.carries and one.direction != other.direction:
            yield f"{match.of} counts a {one.direction} and {match.to} a {other.direction}", "Leave the share out"
        return
    if match.conversion:
        yield "only a measure has a unit to convert", "Remove `convert:`"
    for name, start, end in (("share", match.of, match.to), ("back", match.to, match.of)):
        if getattr(match, name) is None or (match.term == "exactMatch" and not (one or other)):
            continue
        if start.level == "criterion":
            yield f"nothing is counted by {start}, so it has no {name}", "Leave it out"
        elif end.level == "measure":
            yield f"what stands under {start} has many units and cannot be counted as {end}", f"Leave {name} out"


def _circle(of: Edition, to: Edition, matches: tuple[Match, ...]) -> Fault | None:
    """This will find what is broader than itself: through broad and narrow matches, exact ones, and the editions' own
    order of measure, outcome and theme."""
    same = {("to", match.to): ("of", match.of) for match in matches if match.term == "exactMatch"}
    broader: dict[tuple[str, End], set[tuple[str, End]]] = defaultdict(set)
    made_by: dict[frozenset[tuple[str, End]], int] = {}
    for side, edition in (("of", of), ("to", to)):
        for narrow, broad in _within(edition):
            one, other = same.get((side, narrow), (side, narrow)), same.get((side, broad), (side, broad))
            broader[one].add(other)
    for number, match in enumerate(matches):
        if match.term in ("broadMatch", "narrowMatch"):
            one, other = ("of", match.of), same.get(("to", match.to), ("to", match.to))
            narrow_end, broad_end = (one, other) if match.term == "broadMatch" else (other, one)
            broader[narrow_end].add(broad_end)
            made_by[frozenset((one, other))] = number
    try:
        TopologicalSorter(broader).prepare()
    except CycleError as error:
        circle: list[tuple[str, End]] = error.args[1]
        numbers = [made_by.get(frozenset(pair)) for pair in pairwise(circle)]
        last = max((number for number in numbers if number is not None), default=len(matches) - 1)
        names = ", ".join(str(end)[:80] for _, end in circle[:10])
        return Fault(last, f"these go round in a circle of broader and narrower: {names}", "Take one of them back")
    return None


def _within(edition: Edition) -> Iterator[tuple[End, End]]:
    for theme in edition.themes:
        for outcome in theme.outcomes:
            place = End("outcome", outcome.id)
            yield place, End("theme", theme.id)
            yield from ((End("measure", each.id), place) for each in outcome.measures)
            yield from ((End("criterion", each.code), place) for each in outcome.criteria)
