"""Key performance indicators: whether the law asks for them, and the rating that a figure earns by its bands.

When they are needed, how many, and the words of the scale are data (`catalogue/duties/kpis.yaml`).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from commonweal.engine.document import CATALOGUE, read_document
from commonweal.engine.duties import Applies, InvalidCase, duties_for, sources

#: The scale of the contract performance notice, the best first; `other` is outside the order.
Rating = Literal["good", "approaching-target", "requires-improvement", "inadequate", "other"]
Sense = Literal["at-least", "at-most"]
#: Bands offered where a contract is yet to say its own: shares of the target, for one that is to be reached.
USUAL_BANDS: Final = (Decimal("0.9"), Decimal("0.7"))


_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class RatingWords:
    """This will hold one rating of the scale: its title, what it means, and its code in OCDS."""

    id: Rating
    title: str
    means: str
    ocds: str


class BandsOutOfOrder(ValueError):
    """This will say that the bands of an indicator do not follow one another."""


@dataclass(frozen=True, slots=True)
class Bands:
    """This will hold the bands of an indicator, in its own unit, as the contract has them.

    `at-least`: target >= approaching >= improvement. `at-most` (fewer complaints, say): the other way about.
    Raises BandsOutOfOrder.
    """

    sense: Sense
    target: Decimal
    approaching: Decimal
    improvement: Decimal

    def __post_init__(self) -> None:
        ordered = (self.target, self.approaching, self.improvement)
        if list(ordered) != sorted(ordered, reverse=self.sense == "at-least"):
            way = "downwards" if self.sense == "at-least" else "upwards"
            raise BandsOutOfOrder(f"The bands run {way} from the target: target, then approaching, then improvement.")

    def reaches(self, figure: Decimal, mark: Decimal) -> bool:
        """This will say whether a figure is at a mark or on its better side."""
        return figure >= mark if self.sense == "at-least" else figure <= mark


def propose_rating(figure: Decimal | None, bands: Bands) -> Rating:
    """This will give the rating that a figure earns by an indicator's bands; `other` where there is no figure."""
    if figure is None:
        return "other"
    steps: tuple[tuple[Rating, Decimal], ...] = (
        ("good", bands.target),
        ("approaching-target", bands.approaching),
        ("requires-improvement", bands.improvement),
    )
    for rating, mark in steps:
        if bands.reaches(figure, mark):
            return rating
    return "inadequate"


@dataclass(frozen=True, slots=True)
class KpiNeed:
    """This will hold whether a contract needs indicators: the answer, how many, why, and where the law is."""

    applies: Applies
    least: int
    why: str
    instrument: str
    section: str
    source: str
    exempt_if: str
    rated_by: str
    rated_every_months: int


def kpis_needed(
    *, nation: str, body_kind: str, channel: str, kind: str, value: Decimal | None, commenced: date | None, regime: str,
    level: str,
) -> KpiNeed:  # fmt: skip
    """This will say whether a contract must have key performance indicators, and why or why not.

    `value` is GBP including VAT; `commenced` the day its procurement began. What is not known makes the answer
    `unconfirmed`, never `no`. Concessions and private utilities are not told apart here: the why says so.
    """
    rule = _content()["needed"]
    # Section 52 is the same for goods, services and works, so a kind that was not recorded changes nothing.
    amount = Decimal(0) if value is None or value < 0 else value
    day = commenced or date.max
    try:
        duty = next(each for each in duties_for(nation, body_kind, channel, kind or "services", amount, day)
                    if each.id == rule["duty"])  # fmt: skip
        rated = next(each for each in duties_for(nation, body_kind, channel, kind or "services", amount, day)
                     if each.id == rule["rated_by"])  # fmt: skip
    except InvalidCase as error:
        return _need("unconfirmed", str(error), "", "", "", "", rule)
    applies, why = _answer(rule, duty.applies, duty.why, value, commenced, regime, level)
    rated_by = f"{rated.instrument}, {rated.section}"
    return _need(applies, why, duty.instrument, duty.section, sources()[rule["source"]], rated_by, rule)


def _answer(
    rule: dict[str, Any], applies: Applies, why: str, value: Decimal | None, commenced: date | None, regime: str,
    level: str,
) -> tuple[Applies, str]:  # fmt: skip
    by_amount = "threshold" in why
    if applies == "no" and not by_amount and commenced is not None:
        return applies, _DAY.sub(_in_words, why.replace("it begins on", "the duty begins on"))
    if level in rule["outside_levels"]:
        return "no", rule["outside_levels"][level]
    if regime in rule["outside_regimes"]:
        return "no", rule["outside_regimes"][regime]
    if applies == "no" and not by_amount:
        return applies, why
    if commenced is None:
        return "unconfirmed", "the day it began is not recorded"
    if value is None and by_amount:
        return "unconfirmed", "its value is not recorded, and the amount decides"
    if applies == "yes" and regime not in rule["regimes"]:
        return "unconfirmed", f"{why}; its regime is not recorded"
    return applies, why


def _in_words(found: re.Match[str]) -> str:
    return f"{date.fromisoformat(found[0]):%-d %B %Y}"


def _need(
    applies: Applies, why: str, instrument: str, section: str, source: str, rated_by: str, rule: dict[str, Any]
) -> KpiNeed:
    return KpiNeed(
        applies,
        rule["least"],
        why,
        instrument,
        section,
        source,
        rule["exempt_if"],
        rated_by,
        rule["rated_every_months"],
    )


@functools.cache
def scale() -> dict[str, RatingWords]:
    """This will give the ratings of the statutory scale by id, in its order."""
    return {
        id: RatingWords(id, each["title"], each["means"], each["ocds"])
        for id, each in _content()["ratings"]["words"].items()
    }


@functools.cache
def _content() -> dict[str, Any]:
    return read_document(CATALOGUE / "duties" / "kpis.yaml").content
