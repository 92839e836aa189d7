"""Which lines would count one effect twice: measures of one exclusive group, in one agreement, place and time.

A wage and the fiscal saving of the same job, or a WELLBY and a QALY of the same people, are two prices of one effect.
The rule (method note, non-additivity: block by default): where two measures of an exclusive group fall in the same
agreement, place and days, both are shown, and of those of the same kind only the measure that comes first in the
framework is counted in a total.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from commonweal.engine.lines import Line
from commonweal.engine.model import Edition, Measure


@dataclass(frozen=True, slots=True)
class Overlap:
    """This will hold the measures that price one effect, the indexes of their lines, and those left out of totals."""

    group: str
    agreement: str
    measures: tuple[str, ...]
    lines: tuple[int, ...]
    left_out: frozenset[int]


def overlaps(lines: Sequence[Line], edition: Edition) -> list[Overlap]:
    """This will find every overlap among lines of one edition; lines of no quantity or no value take no part."""
    by_effect: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        measure = edition.measures[line.measure]
        if measure.exclusive_group and measure.value and line.counted:
            by_effect[measure.exclusive_group, line.agreement, line.place].append(index)
    found = []
    for (group, agreement, _), indexes in by_effect.items():
        if len({lines[index].measure for index in indexes}) > 1 and (
            overlap := _overlap(group, agreement, indexes, lines, edition)
        ):
            found.append(overlap)
    return found


def _overlap(group: str, agreement: str, indexes: list[int], lines: Sequence[Line], edition: Edition) -> Overlap | None:
    by_measure = {id: [i for i in indexes if lines[i].measure == id] for id in edition.measures}
    by_measure = {id: members for id, members in by_measure.items() if members}
    days = {id: _Days(lines[i] for i in members) for id, members in by_measure.items()}
    touched = [i for i in indexes if any(days[id].meet(lines[i]) for id in by_measure if id != lines[i].measure)]
    left_out: set[int] = set()
    counted: dict[str, list[_Days]] = defaultdict(list)
    for id, members in by_measure.items():
        same_kind = counted[_kind(edition.measures[id])]
        out = {i for i in members if any(each.meet(lines[i]) for each in same_kind)}
        same_kind.append(_Days(lines[i] for i in members if i not in out))
        left_out |= out
    measures = tuple(id for id, members in by_measure.items() if not set(members).isdisjoint(touched))
    return Overlap(group, agreement, measures, tuple(touched), frozenset(left_out)) if touched else None


class _Days:
    """This will hold the days that some lines cover, as spans that do not touch one another."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.starts: list[date] = []
        self.ends: list[date] = []
        for start, end in sorted((line.start, line.end) for line in lines):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def meet(self, line: Line) -> bool:
        """This will say whether the line has a day among them."""
        last = bisect_right(self.starts, line.end) - 1
        return last >= 0 and self.ends[last] >= line.start


def _kind(measure: Measure) -> str:
    assert measure.value is not None  # lines of no value take no part
    return measure.value.kind
