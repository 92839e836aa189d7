"""How the measures and headings of one edition correspond to those of another, and one record told under both.

Terms are those of SKOS (W3C, 2009): `exactMatch`, `closeMatch`, `broadMatch` (what it goes to is broader),
`narrowMatch` (what it goes to is narrower) and `relatedMatch`. A match says how much of a quantity it carries by its
`share`; without one it speaks of meaning alone and carries nothing. So a line is never counted beyond its quantity, and
what is not carried is told with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from commonweal.engine.crosswalk_model import (
    ONE,
    Conversion,
    Crosswalk,
    CrosswalkRefused,
    End,
    Fault,
    Match,
    Term,
    ends,
    faults,
)
from commonweal.engine.factors import EXACT
from commonweal.engine.lines import Line
from commonweal.engine.model import Confidence, Direction, Edition, Measure, Source
from commonweal.engine.overlap import overlaps

__all__ = [
    "Carried",
    "Conversion",
    "Crosswalk",
    "CrosswalkRefused",
    "End",
    "Fault",
    "Match",
    "Reported",
    "ReportedFigure",
    "Unmapped",
    "compose",
    "ends",
    "faults",
    "inverse",
    "report_under",
]


_IN_WORDS: dict[Term, str] = {
    "exactMatch": "exact", "closeMatch": "close", "broadMatch": "broad", "narrowMatch": "narrow",
    "relatedMatch": "related",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Carried:
    """This will hold what one line contributes to one end: `taken` in the line's unit, `quantity` in the end's.

    An end that is not a measure has no unit of its own: its quantity stays in the line's.
    """

    line: Line
    match: Match
    taken: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """This will hold the quantity reported under one end, in one unit, and what it was brought from.

    `measure` is the measure of the other edition, or the line's own where the end is a heading: what stands under a
    heading is shown measure by measure and never added up. `confidence` is that of the matches it rests on.
    """

    to: End
    title: str
    measure: str
    unit: str
    direction: Direction
    quantity: Decimal
    lines: int
    brought_from: tuple[str, ...]
    confidence: tuple[Confidence, ...]


@dataclass(frozen=True, slots=True)
class Unmapped:
    """This will hold the quantity of a measure, in its unit, that is not reported under the other edition, and why."""

    measure: str
    title: str
    unit: str
    quantity: Decimal
    lines: int
    why: str


@dataclass(frozen=True, slots=True)
class Reported:
    """This will hold lines of one edition told under another: figures, what is left out, and line by line how.

    For each measure of the lines, what is carried and what is unmapped add up exactly to what the lines count.
    """

    edition: Edition
    figures: tuple[ReportedFigure, ...]
    unmapped: tuple[Unmapped, ...]
    carried: tuple[Carried, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """This will give the lines that fell under measures, as lines of the other edition, ready to be valued."""
        return tuple(
            replace(each.line, measure=each.match.to.id, quantity=each.quantity, share=ONE)
            for each in self.carried
            if each.match.to.level == "measure"
        )


def report_under(lines: Iterable[Line], crosswalk: Crosswalk, edition: Edition) -> Reported:
    """This will tell lines under `edition`, one of the two of the crosswalk; the lines are of the other.

    A measure follows its own matches; one that has none but related ones follows those of its outcome, then of its
    theme. Where two lines that price one effect (an exclusive group) would meet in one measure, only the first counts.
    Raises `CrosswalkRefused` for another edition, or a line whose measure is not of the first.
    """
    if edition not in (crosswalk.of, crosswalk.to):
        reason = f"{edition.reference} is not an end of the crosswalk of {crosswalk.of.reference}"
        raise CrosswalkRefused(f"{reason} to {crosswalk.to.reference}", "Give one of the two")
    used = crosswalk if edition == crosswalk.to else inverse(crosswalk)
    routes = _routes(used)
    carried: list[Carried] = []
    unmapped: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    lines = tuple(lines)
    with localcontext(prec=EXACT):
        for line in lines:
            if line.measure not in routes:
                raise CrosswalkRefused(f"{used.of.reference} has no measure {line.measure!r}", "Name one of its own")
            matches, why = routes[line.measure]
            left = line.counted
            for match in matches:
                taken = line.counted * (match.share or Decimal(0))
                left -= taken
                quantity = match.conversion.convert(taken) if match.conversion else taken
                carried.append(Carried(line, match, taken, quantity))
            if left:
                unmapped[line.measure, why].append(left)
        twice = _twice(carried, used.of)
        for number in sorted(twice):
            each = carried[number]
            why = f"another line already counts the same effect under “{ends(used.to)[each.match.to][0]}”"
            unmapped[each.line.measure, why].append(each.taken)
        kept = tuple(each for number, each in enumerate(carried) if number not in twice)
        measures = used.of.measures
        return Reported(
            edition=edition,
            figures=_figures(kept, used),
            unmapped=tuple(
                Unmapped(id, measures[id].title, measures[id].unit, sum(parts, Decimal(0)), len(parts), why)
                for (id, why), parts in sorted(unmapped.items())
            ),
            carried=kept,
        )


def inverse(crosswalk: Crosswalk) -> Crosswalk:
    """This will give the crosswalk the other way: broad is narrow, `back` is the share, conversions are turned."""
    matches = tuple(match.inverse for match in crosswalk.matches)
    return replace(crosswalk, of=crosswalk.to, to=crosswalk.of, matches=matches)


def compose(first: Crosswalk, second: Crosswalk) -> Crosswalk:
    """This will give the crosswalk of A to C from those of A to B and B to C, by exact and close matches only.

    Shares are the products along each way, added over the ways; what is exact twice is exact, all else is close, and
    every confidence is judgement. Raises `CrosswalkRefused` when B is not the same edition in both, or two ways from A
    to C convert differently.
    """
    if first.to != second.of:
        reason = f"{first.to.reference} and {second.of.reference} are not the same edition"
        raise CrosswalkRefused(reason, "Compose crosswalks that meet in one edition")
    onward: dict[End, list[Match]] = defaultdict(list)
    for match in second.matches:
        if match.term in ("exactMatch", "closeMatch"):
            onward[match.of].append(match)
    made: dict[tuple[End, End], Match] = {}
    left, right = ends(first.of), ends(second.to)
    for one in first.matches:
        for two in onward.get(one.to, ()) if one.term in ("exactMatch", "closeMatch") else ():
            joined = _joined(one, two, first.to, _units(left[one.of][1], right[two.to][1]))
            key = (joined.of, joined.to)
            made[key] = _merged(made[key], joined) if key in made else joined
    title = f"{first.title}, then {second.title}"
    source = _both(first.source, second.source)
    gaps = tuple(dict.fromkeys((*first.gaps, *second.gaps)))
    return Crosswalk(first.of, second.to, tuple(made.values()), title, source, first.author, gaps)


def _routes(crosswalk: Crosswalk) -> dict[str, tuple[tuple[Match, ...], str]]:
    """This will give, for each measure, the matches that carry it, and why what they leave is not carried."""
    by_end: dict[End, list[Match]] = defaultdict(list)
    for match in crosswalk.matches:
        by_end[match.of].append(match)
    routes: dict[str, tuple[tuple[Match, ...], str]] = {}
    known = ends(crosswalk.to)
    for theme in crosswalk.of.themes:
        for outcome in theme.outcomes:
            above = (End("outcome", outcome.id), End("theme", theme.id))
            for measure in outcome.measures:
                levels = [by_end.get(end, []) for end in (End("measure", measure.id), *above)]
                speaking = next((each for each in levels if any(m.term != "relatedMatch" for m in each)), [])
                carrying = tuple(match for match in speaking if match.share)
                routes[measure.id] = (carrying, _why(speaking, levels, known))
    return routes


def _why(speaking: list[Match], levels: list[list[Match]], known: dict[End, tuple[str, Measure | None]]) -> str:
    if not any(levels):
        return "the crosswalk has no match for it"
    if not speaking:
        return "only a related match, which carries nothing"
    if not any(match.share for match in speaking):
        match = next(match for match in speaking if match.term != "relatedMatch")
        return f"the {_IN_WORDS[match.term]} match to “{known[match.to][0]}” has no share, so it carries nothing"
    return "the shares of its matches leave this part over"


def _twice(carried: list[Carried], of: Edition) -> set[int]:
    """This will find what would count one effect twice in one measure of the other edition."""
    by_measure: dict[End, list[int]] = defaultdict(list)
    for number, each in enumerate(carried):
        if each.match.to.level == "measure":
            by_measure[each.match.to].append(number)
    return {
        numbers[index]
        for numbers in by_measure.values()
        for overlap in overlaps([carried[number].line for number in numbers], of)
        for index in overlap.left_out
    }


def _figures(carried: tuple[Carried, ...], crosswalk: Crosswalk) -> tuple[ReportedFigure, ...]:
    known = ends(crosswalk.to)
    gathered: dict[tuple[End, str], list[Carried]] = defaultdict(list)
    for each in carried:
        to = each.match.to
        gathered[to, to.id if to.level == "measure" else each.line.measure].append(each)
    order = {end: number for number, end in enumerate(known)}
    figures = []
    for (to, id), parts in sorted(gathered.items(), key=lambda item: (order[item[0][0]], item[0][1])):
        measure = known[to][1] or crosswalk.of.measures[id]
        figures.append(
            ReportedFigure(
                to=to,
                title=known[to][0],
                measure=id,
                unit=measure.unit,
                direction=measure.direction,
                quantity=sum((each.quantity for each in parts), Decimal(0)),
                lines=len(parts),
                brought_from=tuple(sorted({each.line.measure for each in parts})),
                confidence=tuple(sorted({each.match.reference.confidence for each in parts})),
            )
        )
    return tuple(figures)


def _units(one: Measure | None, other: Measure | None) -> tuple[str, str]:
    return (one.unit if one else "", other.unit if other else "")


def _joined(one: Match, two: Match, middle: Edition, units: tuple[str, str]) -> Match:
    with localcontext(prec=EXACT):
        share = None if one.share is None or two.share is None else one.share * two.share
        back = None if one.back is None or two.back is None else one.back * two.back
        steps = [each.conversion for each in (one, two) if each.conversion]
        times, over = ONE, ONE
        for step in steps:
            times, over = times * step.times, over * step.over
    reference = _both(one.reference, two.reference)
    conversion = None
    if all(units) and units[0] != units[1] and steps:
        conversion = Conversion(times, over, " ".join(step.reason for step in steps), reference)
    elif all(units) and times != over:
        reason = f"by way of {middle.reference} {one.to}, one of {one.of} would be {times / over} of {two.to}"
        raise CrosswalkRefused(f"{reason}, though both are in {units[0]}", "Correct one of the conversions")
    term: Term = "exactMatch" if one.term == two.term == "exactMatch" else "closeMatch"
    reason = f"By way of {middle.reference} {one.to}: {one.reason} {two.reason}"
    return Match(one.of, term, two.to, reason, reference, share, back, conversion)


def _merged(one: Match, other: Match) -> Match:
    ratios = [each.conversion and (each.conversion.times, each.conversion.over) for each in (one, other)]
    if ratios[0] and ratios[1] and ratios[0][0] * ratios[1][1] != ratios[1][0] * ratios[0][1]:
        raise CrosswalkRefused(f"two ways from {one.of} to {one.to} convert differently", "Correct one of them")
    with localcontext(prec=EXACT):
        share = one.share if other.share is None else other.share + (one.share or Decimal(0))
        back = one.back if other.back is None else other.back + (one.back or Decimal(0))
    first = one if one.term == "exactMatch" else other
    return replace(first, share=share, back=back, conversion=one.conversion or other.conversion)


def _both(one: Source, other: Source) -> Source:
    joined = {
        name: "; ".join(dict.fromkeys((getattr(one, name), getattr(other, name))))
        for name in ("id", "title", "locator", "licence")
    }
    return Source(**joined, confidence="judgement")
