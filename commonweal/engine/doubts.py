"""What looks odd in lines and changes no figure: repeats, one effect told twice, nothing deducted, dates, sizes.

A doubt is a question for a person. Nothing is left out for it: what may not be added is decided by `engine.overlap`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import median

from commonweal.engine.findings import Findings, Said
from commonweal.engine.lines import Line
from commonweal.engine.model import Edition
from commonweal.engine.valuation import ValueFinding

#: A quantity above so many times the median of its measure's lines is asked about, where there are lines enough.
FAR, ENOUGH = 100, 5
#: Years between which a line's days are believed, and the most years it is believed to last: beyond them, a date was
#: most likely mistyped. The years are those a form takes.
FIRST_YEAR, LAST_YEAR, LONGEST_YEARS = 1900, 2200, 50
#: The most agreements that a finding names.
MOST_UNDER = 5
NOTHING_DEDUCTED = ("deadweight", "attribution", "displacement")


def find_doubts(
    lines: Sequence[Line], edition: Edition, terms: Mapping[str, tuple[date, date]] | None = None
) -> tuple[ValueFinding, ...]:
    """This will say what a careful reader would ask about lines of one edition; `terms` are the first and last day of
    each agreement, where they are known. Every finding is a note."""
    findings = Findings()
    for said, line in (
        *_repeats(lines), *_nothing_deducted(lines), *_unlikely_days(lines), *_outside(lines, terms or {}),
        *_far_off(lines, edition),
    ):  # fmt: skip
        findings.add(said, line)
    return findings.all()


def said_of_repeat(measure: str, under: Sequence[str]) -> Said:
    """This will say that lines are alike: `under` are their agreements in order, the first five of them or more."""
    if len(under) > 1:
        reason = f"the same quantity, place and days stand under {', '.join(under[:MOST_UNDER])}"
        fix = "If it is one effect, keep one; if it is shared, give each its share of one line"
        return "told-under-two-agreements", "note", measure, reason, fix
    fix = "Remove one, if it is the same thing typed twice"
    return "line-repeated", "note", measure, "the same line stands more than once", fix


def said_of_nothing_deducted(measure: str) -> Said:
    """This will say that a line deducts nothing."""
    reason = "the line says that nothing of it would have come about anyway, or is owed to others"
    fix = "Ask what the provider does in any case; business as usual is not additional"
    return "business-as-usual", "note", measure, reason, fix


def said_of_days(measure: str) -> Said:
    """This will say that a line's days are hardly meant."""
    reason = f"its days are not all between {FIRST_YEAR} and {LAST_YEAR}"
    return "days-far-off", "note", measure, reason, "Check the year of both dates"


def said_of_long_period(measure: str) -> Said:
    """This will say that a line lasts longer than anything promised does."""
    reason = f"it lasts longer than {LONGEST_YEARS} years"
    fix = "Check both dates; a benefit that goes on after the line has a duration instead"
    return "period-very-long", "note", measure, reason, fix


def said_of_far_off(measure: str, middle: Decimal, unit: str) -> Said:
    """This will say that a quantity is far above the middle line of its measure."""
    reason = f"more than {FAR} times the middle line of its measure, {middle.normalize():f} {unit}"
    return "quantity-far-off", "note", measure, reason, "Check the number and its unit"


def _repeats(lines: Iterable[Line]) -> Iterator[tuple[Said, Line]]:
    alike: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        if line.counted and line.share == 1:
            alike[line.measure, line.quantity, line.start, line.end, line.place].append(line)
    for same in alike.values():
        for line in same if len(same) > 1 else ():
            yield said_of_repeat(line.measure, sorted({each.agreement for each in same})), line


def _nothing_deducted(lines: Iterable[Line]) -> Iterator[tuple[Said, Line]]:
    for line in lines:
        if line.counted and all(line.own_rates.get(name) == 0 for name in NOTHING_DEDUCTED):
            yield said_of_nothing_deducted(line.measure), line


def _unlikely_days(lines: Iterable[Line]) -> Iterator[tuple[Said, Line]]:
    for line in lines:
        if line.start.year < FIRST_YEAR or line.end.year > LAST_YEAR:
            yield said_of_days(line.measure), line
        elif (line.end.year - line.start.year, line.end.month, line.end.day) >= (
            LONGEST_YEARS, line.start.month, line.start.day,
        ):  # fmt: skip
            yield said_of_long_period(line.measure), line


def _outside(lines: Iterable[Line], terms: Mapping[str, tuple[date, date]]) -> Iterator[tuple[Said, Line]]:
    for line in lines:
        if line.agreement not in terms:
            continue
        first, last = terms[line.agreement]
        if line.start < first:
            reason = f"it begins before the agreement {line.agreement} did, on {first}"
            fix = "What was there before an agreement did not come from it"
            yield ("before-the-agreement", "note", line.measure, reason, fix), line
        elif line.start > last:
            reason = f"it begins after the agreement {line.agreement} ended, on {last}"
            yield ("after-the-agreement", "note", line.measure, reason, "Check the dates of both"), line


def _far_off(lines: Iterable[Line], edition: Edition) -> Iterator[tuple[Said, Line]]:
    by_measure: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.quantity:
            by_measure[line.measure].append(line)
    for id, members in by_measure.items():
        if len(members) < ENOUGH:
            continue
        middle = Decimal(median(line.quantity for line in members))
        for line in members:
            if line.quantity > FAR * middle:
                yield said_of_far_off(id, middle, edition.measures[id].unit), line
