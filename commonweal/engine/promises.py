"""Promises against delivery: what was expected by a date, the ratio, and the flags of ambition and outliers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Literal

Flag = Literal["ambition", "outlier"]

AMBITION_LINE = Fraction(3)
AMBITION_MEDIAN = Fraction(2)
OUTLIER_LINE = Fraction(10)
OUTLIER_MEDIANS = Fraction(5)


@dataclass(frozen=True, slots=True)
class Flagged:
    """The ratio of delivered to promised on one line (None without a promise) and its flag, with the reason."""

    ratio: Fraction | None
    flag: Flag | None
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every line of an agreement, in order, with the median ratio and whether the agreement as a whole is flagged."""

    lines: tuple[Flagged, ...]
    median: Fraction | None
    ambition: bool


def expected_by(promised: Decimal, starts_on: date | None, ends_on: date | None, on: date) -> Decimal | None:
    """This will say how much of a promise an even pace would have delivered by the end of a day.

    Quantities are in the promise's own unit. Answers None where the period is not known: an even pace over an unknown
    time would be a guess. The first day counts, so a promise of one day is due on that day.
    """
    if starts_on is None or ends_on is None:
        return None
    if on < starts_on:
        return Decimal(0)
    if on >= ends_on:
        return promised
    return promised * ((on - starts_on).days + 1) / ((ends_on - starts_on).days + 1)


def compare(pairs: Sequence[tuple[Decimal | None, Decimal]]) -> Comparison:
    """This will compare (promised, delivered) pairs of one agreement and flag them.

    *Ambition*: delivered / promised above 3 on a line, or an agreement's median above 2: the promise asked too
    little. *Outlier*: above 10, or at least five times the agreement's median: look at how it was counted.
    Lines without a promise, or promising nothing, have no ratio.
    """
    ratios = [_ratio(promised, delivered) for promised, delivered in pairs]
    known = [ratio for ratio in ratios if ratio is not None]
    middle = Fraction(median(known)) if known else None
    lines = tuple(_flag(ratio, middle) for ratio in ratios)
    return Comparison(lines=lines, median=middle, ambition=middle is not None and middle > AMBITION_MEDIAN)


def _ratio(promised: Decimal | None, delivered: Decimal) -> Fraction | None:
    if promised is None or promised == 0:
        return None
    return Fraction(delivered) / Fraction(promised)


def _flag(ratio: Fraction | None, middle: Fraction | None) -> Flagged:
    if ratio is None:
        return Flagged(None, None, "")
    if ratio > OUTLIER_LINE:
        return Flagged(ratio, "outlier", "more than ten times what was promised")
    if middle and ratio >= OUTLIER_MEDIANS * middle and ratio > 1:
        return Flagged(ratio, "outlier", "at least five times the usual ratio of this agreement")
    if ratio > AMBITION_LINE:
        return Flagged(ratio, "ambition", "more than three times what was promised")
    return Flagged(ratio, None, "")


def ratio_words(ratio: Fraction | None) -> str:
    """This will write a ratio the way people say it: "2.2 times", to one decimal place, half-up; "" when unknown."""
    if ratio is None:
        return ""
    tenths = (ratio * 10 + Fraction(1, 2)).__floor__()
    whole, tenth = divmod(tenths, 10)
    return f"{whole:,}.{tenth} times" if tenth else f"{whole:,} times"
