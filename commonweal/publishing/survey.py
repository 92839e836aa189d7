"""Surveys as whole numbers of people: a share is a count of a base, and shares of different people are never added.

The surveys stand in `catalogue/examples/survey.yaml`, with the percentages their documents print beside the counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from commonweal.engine.document import CATALOGUE, FileRefused, read_document, schema_findings
from commonweal.money import round_half_up

Facts = Mapping[str, Any]
FILE: Final = CATALOGUE / "examples" / "survey.yaml"
TENTH: Final = Decimal("0.1")


class DifferentBases(ValueError):
    """Shares of different people were to be added: their sum is a share of nobody."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of some people: `of` says who they are, `base` how many."""

    count: int
    base: int
    of: str

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.base or not self.base:
            raise ValueError(f"{self.count} of {self.base} ({self.of}) is no share")

    @property
    def percent(self) -> Decimal:
        """The share in per cent, rounded half-up to a tenth: the one place where a percentage is made."""
        return round_half_up(Decimal(self.count * 100) / Decimal(self.base), TENTH)


def together(*shares: Share) -> Share:
    """This will add shares of the same people, such as those who agree and those who strongly agree.

    Raises DifferentBases when they are shares of different people: such percentages have no sum.
    """
    if len({(share.of, share.base) for share in shares}) != 1:
        raise DifferentBases(
            "These are shares of different people: " + ", ".join(f"{each.base} {each.of}" for each in shares)
        )
    return Share(sum(share.count for share in shares), shares[0].base, shares[0].of)


def counts_behind(printed: str, base: int) -> range:
    """This will find every whole number of people that a printed percentage of a base can stand for; none, or several.

    A share stands for the percentage when it rounds half-up to it at the decimal places that were printed.
    """
    percentage = Decimal(printed)
    unit = Decimal(1).scaleb(int(percentage.as_tuple().exponent))
    found = [n for n in range(base + 1) if round_half_up(Decimal(n * 100) / Decimal(base), unit) == percentage]
    return range(found[0], found[-1] + 1) if found else range(0)


@dataclass(frozen=True)
class Question:
    """One question: its groups of people, the answers, and how many of each group gave each answer."""

    facts: Facts

    def __post_init__(self) -> None:
        for group in self.facts["groups"]:
            if len(group["counts"]) != len(self.answers) or sum(group["counts"]) != group["base"]:
                raise ValueError(f"{self.facts['id']}: the answers of {group['id']} do not add to its base")

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """The ids of the answers, in their order."""
        return tuple(answer["id"] for answer in self.facts["answers"])

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The ids of the groups, in their order."""
        return tuple(group["id"] for group in self.facts["groups"])

    def count(self, group: str, answer: str) -> int:
        """This will give how many of a group gave an answer."""
        return int(self.facts["groups"][self.groups.index(group)]["counts"][self.answers.index(answer)])

    def share(self, groups: Iterable[str], answers: Iterable[str]) -> Share:
        """This will give the share of some groups, taken together as people, who gave one of some answers."""
        among = tuple(groups)
        people = sum(self.facts["groups"][self.groups.index(group)]["base"] for group in among)
        of = " + ".join(among)
        return together(*(Share(sum(self.count(g, answer) for g in among), people, of) for answer in answers))

    def share_of_answer(self, group: str, answer: str) -> Share:
        """This will give the share of all who gave an answer that a group is."""
        gave = sum(self.count(each, answer) for each in self.groups)
        return Share(self.count(group, answer), gave, answer)

    def added(self, part: Facts) -> Share:
        """This will give one of the shares that a printed statement added: of its group, or of its answer."""
        if part["of"] == "answer":
            return self.share_of_answer(part["group"], part["answer"])
        return self.share([part["group"]], [part["answer"]])


def read_surveys() -> list[dict[str, Any]]:
    """This will read the surveys of the catalogue with their sources written out.

    Raises FileRefused when the file departs from its schema, and ValueError when counts do not add to their base.
    """
    document = read_document(FILE)
    if faults := schema_findings(document, "survey"):
        raise FileRefused(faults)
    sources = {id: {"id": id, **source} for id, source in document.content["sources"].items()}
    found = []
    for survey in document.content["surveys"]:
        for question in survey["questions"]:
            Question(question)
        statements = [each | {"source": sources[each["source"]]} for each in survey.get("statements", [])]
        found.append(survey | {"source": sources[survey["source"]], "statements": statements})
    return found
