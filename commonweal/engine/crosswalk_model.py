"""The frozen values of a crosswalk, and all that can be wrong in one: what contradicts itself, counts twice, or goes
round in a circle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Literal

from commonweal.engine.factors import EXACT
from commonweal.engine.model import Edition, FrozenMapping, InvalidRule, Measure, Source

Term = Literal["exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"]
Heading = Literal["measure", "criterion", "outcome", "theme"]
Side = Literal["of", "to"]
FaultKind = Literal[
    "unknown", "matched twice", "exact twice", "shared out", "one unit", "two units", "two directions", "no unit",
    "no count", "many units", "circle",
]  # fmt: skip

_INVERSE: dict[Term, Term] = {
    "exactMatch": "exactMatch",
    "closeMatch": "closeMatch",
    "broadMatch": "narrowMatch",
    "narrowMatch": "broadMatch",
    "relatedMatch": "relatedMatch",
}
ONE = Decimal(1)

#: What each kind of fault is called where a file is read: the reason, and what to do.
FILE_WORDS: Mapping[FaultKind, tuple[str, str]] = FrozenMapping(
    {
        "unknown": ("{edition} has no {end}", "Name one of its own"),
        "matched twice": ("{of} and {to} are said to be {before} and {term}", "Keep one of the two"),
        "exact twice": ("{end} has two exact matches", "Two in one framework cannot be the same thing"),
        "shared out": ("what {end} shares out comes to {sum}", "Shares of one may sum to at most 1"),
        "one unit": ("both ends are in {of_unit}, so nothing is converted", "Remove `convert:`"),
        "two units": (
            "{of} is in {of_unit} and {to} in {to_unit}",
            "Give `convert:` with the {to_unit} in one of {of_unit}, or leave the share out",
        ),
        "two directions": ("{of} counts a {of_direction} and {to} a {to_direction}", "Leave the share out"),
        "no unit": ("only a measure has a unit to convert", "Remove `convert:`"),
        "no count": ("nothing is counted by {start}, so it has no {part}", "Leave it out"),
        "many units": (
            "what stands under {start} has many units and cannot be counted as {end}",
            "Leave {part} out",
        ),
        "circle": ("these go round in a circle of broader and narrower: {ends}", "Take one of them back"),
    }
)


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
    """This will say which match (its place, from 0) is wrong, and how: its kind, with the ends and words it is about.

    `reason` and `fix` are those of a file; `worded` puts them in other words, with other names for the ends.
    """

    match: int
    kind: FaultKind
    parts: Mapping[str, str | tuple[tuple[Side, End], ...]]

    @property
    def reason(self) -> str:
        """This will say why, as to somebody who wrote a file."""
        return self._in_file[0]

    @property
    def fix(self) -> str:
        """This will say what to do in the file."""
        return self._in_file[1]

    @property
    def _in_file(self) -> tuple[str, str]:
        return self.worded(FILE_WORDS[self.kind], lambda _side, end: str(end)[:80])

    def worded(self, words: tuple[str, str], name: Callable[[Side, End], str]) -> tuple[str, str]:
        """This will put the reason and what to do in these words, `name` saying what an end is called."""
        said = {
            key: part if isinstance(part, str) else ", ".join(name(*each) for each in part)
            for key, part in self.parts.items()
        }
        return words[0].format(**said), words[1].format(**said)


_Ends = dict[str, tuple[tuple[Side, End], ...]]
_Parts = Mapping[str, str | tuple[tuple[Side, End], ...]]
_Found = tuple[FaultKind, _Parts]


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
        found: list[_Found] = []
        both: _Ends = {"of": (("of", match.of),), "to": (("to", match.to),)}
        for side, known, edition in (("of", left, of), ("to", right, to)):
            if both[side][0][1] not in known:
                found.append(("unknown", {"edition": edition.reference, "end": both[side]}))
        if not found:
            found += _of_match(match, both, left[match.of][1], right[match.to][1])
        pair = (match.of, match.to)
        if pair in seen:
            found.append(("matched twice", {**both, "before": seen[pair], "term": match.term}))
        else:
            seen[pair] = match.term
            for side, ends_on, part in (("share", "of", match.share), ("back", "to", match.back)):
                end = both[ends_on][0][1]
                if match.term == "exactMatch" and (side, end) in exact:
                    found.append(("exact twice", {"end": both[ends_on]}))
                    continue
                if match.term == "exactMatch":
                    exact.add((side, end))
                sums[side, end] += part or Decimal(0)
                if part and sums[side, end] > 1:
                    found.append(("shared out", {"end": both[ends_on], "sum": str(sums[side, end]), "part": side}))
        wrong = wrong or bool(found)
        yield from (Fault(number, kind, FrozenMapping(parts)) for kind, parts in found)
    if not wrong and (circle := _circle(of, to, matches)):
        yield circle


def _of_match(match: Match, both: _Ends, one: Measure | None, other: Measure | None) -> Iterator[_Found]:
    if one and other:
        units: _Parts = {**both, "of_unit": one.unit, "to_unit": other.unit}
        differ = one.unit != other.unit
        if match.conversion and not differ:
            yield "one unit", units
        if differ and match.carries and not match.conversion:
            yield "two units", units
        if match.carries and one.direction != other.direction:
            yield "two directions", {**both, "of_direction": one.direction, "to_direction": other.direction}
        return
    if match.conversion:
        yield "no unit", {}
    for name, start, end in (("share", "of", "to"), ("back", "to", "of")):
        if getattr(match, name) is None or (match.term == "exactMatch" and not (one or other)):
            continue
        if both[start][0][1].level == "criterion":
            yield "no count", {"start": both[start], "part": name}
        elif both[end][0][1].level == "measure":
            yield "many units", {"start": both[start], "end": both[end], "part": name}


def _circle(of: Edition, to: Edition, matches: tuple[Match, ...]) -> Fault | None:
    """This will find what is broader than itself: through broad and narrow matches, exact ones, and the editions' own
    order of measure, outcome and theme."""
    same: dict[tuple[Side, End], tuple[Side, End]] = {
        ("to", match.to): ("of", match.of) for match in matches if match.term == "exactMatch"
    }
    broader: dict[tuple[Side, End], set[tuple[Side, End]]] = defaultdict(set)
    made_by: dict[frozenset[tuple[Side, End]], int] = {}
    sides: tuple[tuple[Side, Edition], ...] = (("of", of), ("to", to))
    for side, edition in sides:
        for narrow, broad in _within(edition):
            broader[same.get((side, narrow), (side, narrow))].add(same.get((side, broad), (side, broad)))
    for number, match in enumerate(matches):
        if match.term in ("broadMatch", "narrowMatch"):
            one: tuple[Side, End] = ("of", match.of)
            other = same.get(("to", match.to), ("to", match.to))
            narrow_end, broad_end = (one, other) if match.term == "broadMatch" else (other, one)
            broader[narrow_end].add(broad_end)
            made_by[frozenset((one, other))] = number
    try:
        TopologicalSorter(broader).prepare()
    except CycleError as error:
        circle: list[tuple[Side, End]] = error.args[1]
        numbers = [made_by.get(frozenset(pair)) for pair in pairwise(circle)]
        last = max((number for number in numbers if number is not None), default=len(matches) - 1)
        return Fault(last, "circle", FrozenMapping({"ends": tuple(circle[:10])}))
    return None


def _within(edition: Edition) -> Iterator[tuple[End, End]]:
    for theme in edition.themes:
        for outcome in theme.outcomes:
            place = End("outcome", outcome.id)
            yield place, End("theme", theme.id)
            yield from ((End("measure", each.id), place) for each in outcome.measures)
            yield from ((End("criterion", each.code), place) for each in outcome.criteria)
