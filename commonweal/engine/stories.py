"""What a story is rated by (`catalogue/stories/rubric.yaml`), and what two ratings say together."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commonweal.engine.document import CATALOGUE, read_document

HIGHEST = 3


@dataclass(frozen=True, slots=True)
class Criterion:
    """This will hold one criterion: its question, what earns each mark from 0, and the least a told story has."""

    id: str
    title: str
    question: str
    least: int
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rubric:
    """This will hold the criteria of an edition of the rubric, and what it was made from."""

    id: str
    version: str
    title: str
    criteria: tuple[Criterion, ...]
    sources: tuple[tuple[str, str, str, str], ...]

    @property
    def reference(self) -> str:
        """The edition as the record names it."""
        return f"{self.id}@{self.version}"


class MarksRefused(ValueError):
    """This will say which marks are missing, unknown or outside the scale."""


@functools.cache
def rubric() -> Rubric:
    """This will read the rubric of the catalogue."""
    held = read_document(CATALOGUE / "stories" / "rubric.yaml").content
    return Rubric(
        held["id"], held["version"], held["title"],
        tuple(
            Criterion(each["id"], each["title"], each["question"], each["least"], tuple(each["levels"]))
            for each in held["criteria"]
        ),
        tuple((each["title"], each["publisher"], each["confidence"], each["gives"]) for each in held["sources"]),
    )  # fmt: skip


def check_marks(marks: Mapping[str, int]) -> None:
    """This will refuse marks that do not answer every criterion once, from 0 to 3. Raises MarksRefused."""
    known = {each.id: each.title for each in rubric().criteria}
    if missing := [title for name, title in known.items() if name not in marks]:
        raise MarksRefused(f"Give a mark for each criterion. Missing: {', '.join(missing)}.")
    for name, mark in marks.items():
        if name not in known:
            raise MarksRefused(f"'{name[:40]}' is no criterion of the rubric.")
        if isinstance(mark, bool) or not isinstance(mark, int) or not 0 <= mark <= HIGHEST:
            raise MarksRefused(f"{known[name]}: give a whole mark from 0 to {HIGHEST}.")


def differing(one: Mapping[str, int], other: Mapping[str, int]) -> tuple[str, ...]:
    """This will list the criteria on which two ratings differ, in the order of the rubric."""
    return tuple(each.id for each in rubric().criteria if one[each.id] != other[each.id])


def below_least(marks: Mapping[str, int]) -> tuple[Criterion, ...]:
    """This will list the criteria on which marks are below what a story that is told needs."""
    return tuple(each for each in rubric().criteria if marks[each.id] < each.least)


def agreed_marks(ratings: Sequence[Mapping[str, int]]) -> dict[str, int] | None:
    """This will give the marks on which every rating agrees; None where any differs. Marks are never averaged."""
    first, *others = ratings
    return None if any(differing(first, each) for each in others) else dict(first)
