"""How well something promised or offered fits a need: points with their reasons, the same for anybody who asks.

Pure: facts in, reasons out. Points order a list and are never shown as a figure; the reasons are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from commonweal.base.templatetags.figures import long_date, quantity

#: What each agreement of the two sides counts for. A shared measure outweighs all of place, time and quantity but not
#: all of them together with an outcome: what is given matters more than where.
MEASURE: Final = 40
OUTCOME: Final = 20
WORD: Final = 6
WORDS_AT_MOST: Final = 18
SAME_PLACE: Final = 25
SAME_COUNCIL: Final = 12
IN_TIME: Final = 15
ENOUGH: Final = 10
SOME: Final = 5
#: Fewer points than this is no fit worth showing: a place alone is not one.
LEAST: Final = 18

_SMALL: Final = frozenset(
    """
    a an and are as at be been but by can for from get has have help how in into is it its local more need needs new no
    not of on one or other our out people per provide provided some support than that the their them they this to up use
    used using want we which who will with would year years you young your each any all number delivered
    """.split()  # noqa: SIM905 - a list of fifty words reads better as words
)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a match: a need, or what could meet it. `around` are the places the place lies in."""

    words: str
    measure_id: str = ""
    outcome_id: str = ""
    place_code: str = ""
    around: frozenset[str] = field(default_factory=frozenset)
    quantity: Decimal | None = None
    unit: str = ""
    starts_on: date | None = None
    #: Of a need, the day it is wanted by; of a promise, its last day.
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """How well two sides fit: points for the order, and the reasons a person reads."""

    points: int
    reasons: tuple[str, ...]


def stems(text: str) -> frozenset[str]:
    """This will reduce words to what they share: small words gone, plurals and common endings cut."""
    return frozenset(_stem(word) for word in re.findall(r"[^\W\d_]{3,}", text.casefold()) if word not in _SMALL)


def _stem(word: str) -> str:
    for ending, put in (("ies", "y"), ("ing", ""), ("ers", ""), ("er", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)] + put
    return word


def fit(need: Side, could: Side) -> Fit | None:
    """This will say how well what could be given fits a need, or None where nothing but chance joins them."""
    about = _same_thing(need, could)
    if not about:
        return None
    found = [*about, *_place(need, could), *_time(need, could), *_quantity(need, could)]
    points = sum(each for each, _words in found)
    reasons = tuple(words for _points, words in found if words)
    return Fit(points, reasons) if points >= LEAST else None


def _same_thing(need: Side, could: Side) -> list[tuple[int, str]]:
    if need.measure_id and need.measure_id == could.measure_id:
        return [(MEASURE, "same measure")]
    shared = sorted(stems(need.words) & stems(could.words))
    about = []
    if need.outcome_id and need.outcome_id == could.outcome_id:
        about.append((OUTCOME, "same outcome"))
    if shared:
        about.append((min(WORD * len(shared), WORDS_AT_MOST), f"both speak of {_listed(_said(need.words, shared))}"))
    return about


def _said(text: str, shared: Iterable[str]) -> list[str]:
    """The words as they were written, for their stems."""
    wanted, found = set(shared), []
    for word in re.findall(r"[^\W\d_]{3,}", text.casefold()):
        if _stem(word) in wanted:
            wanted.discard(_stem(word))
            found.append(word)
    return found[:3]


def _listed(words: list[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _place(need: Side, could: Side) -> list[tuple[int, str]]:
    if not need.place_code or not could.place_code:
        return [(0, "place not known")]
    if need.place_code == could.place_code:
        return [(SAME_PLACE, "same place")]
    if could.place_code in need.around or need.place_code in could.around:
        return [(SAME_PLACE - 5, "one place lies in the other")]
    if need.around & could.around:
        return [(SAME_COUNCIL, "elsewhere in the same council")]
    return [(0, "somewhere else")]


def _time(need: Side, could: Side) -> list[tuple[int, str]]:
    if need.ends_on is None:
        return [(IN_TIME - 5, "no hurry")]
    wanted = f"wanted by {long_date(need.ends_on)}"
    if could.starts_on is not None and could.starts_on > need.ends_on:
        return [(0, f"{wanted}, and begins only on {long_date(could.starts_on)}")]
    return [(IN_TIME, wanted)]


def _quantity(need: Side, could: Side) -> list[tuple[int, str]]:
    if need.quantity is None or could.quantity is None:
        return []
    if not need.unit or stems(need.unit) != stems(could.unit):
        return [(0, f"asks for {quantity(need.quantity)} {need.unit}".rstrip())]
    if could.quantity <= 0:
        return [(0, "nothing is left of it")]
    if could.quantity >= need.quantity:
        return [(ENOUGH, f"all {quantity(need.quantity)} asked for")]
    return [(SOME, f"{quantity(could.quantity)} of the {quantity(need.quantity)} asked for")]
