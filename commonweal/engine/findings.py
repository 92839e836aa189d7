"""What the reader of a valuation must know, said once for all the lines it is about."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from decimal import localcontext

from commonweal.engine.factors import Factor, financial_year, financial_year_name
from commonweal.engine.lines import Line
from commonweal.engine.model import Edition, Measure, UnitValue
from commonweal.engine.overlap import overlaps
from commonweal.engine.valuation import Severity, ValueFinding
from commonweal.money import PRECISION, round_half_up

#: Code, severity, measure (or nothing), reason, what to do.
Said = tuple[str, Severity, str, str, str]
_ROWS_SHOWN = 10
#: Above it a multiplier was most likely mistyped: local multipliers lie between 1 and 3.
LARGEST_MULTIPLIER = 10


def about_line(line: Line, measure: Measure, found: Factor, base_year: int) -> Iterator[Said]:
    """This will say what the reader of a line's value must know."""
    parameters, value = found.parameters, found.value
    if parameters.missing and line.level != "gross":
        reason = f"gross figure only: no approved rate for {', '.join(parameters.missing)}"
        yield ("gross-only", "warning", measure.id, reason, "Approve rates in the framework, or state them")
    own = line.own_rates
    if (own or line.level == "net") and not line.reason:
        reason = "the line's own rates are used and it gives no reason for them"
        yield ("rate-without-reason", "warning", measure.id, reason, "Fill in the column reason")
    if unused := [name for name in own if name in value.already_net]:
        reason = f"{', '.join(unused)} is already taken off in the published value and was not taken off twice"
        yield ("rate-already-net", "warning", measure.id, reason, "Remove the rate from the line")
    if found.price.note:
        fix = {
            "prices-kept-apart": f"Read it as {found.price.to_year} prices, in a total of its own",
            "forecast-prices": "Value again when the outturn index is published",
        }.get(found.price.note, "Give real GDP per head for both years")
        yield (found.price.note, "note", measure.id, found.price.reason, fix)
    if financial_year(line.end) < base_year:
        reason = f"the period ended before {financial_year_name(base_year)}, so its own year is not discounted"
        yield ("before-base-year", "note", "", reason, "Nothing, in an account of what was delivered")
    if parameters.emission_year is not None and line.end.year != line.start.year:
        reason = "the period spans calendar years and is valued at its first year of emission"
        yield ("emissions-span-years", "note", measure.id, reason, "Give one line for each calendar year")
    spread = financial_year(line.end) - financial_year(line.start) + 1
    if parameters.emission_year is None and spread > 1 and financial_year(line.end) > base_year:
        reason = f"a benefit spread over {spread} financial years is counted in the year it starts"
        yield ("benefit-spans-years", "note", measure.id, reason, "Split the line by year to discount it")
    if (value.valid_from and line.start < value.valid_from) or (value.valid_to and line.start >= value.valid_to):
        reason = f"the line begins outside the dates for which {value.name} is valid"
        yield ("value-out-of-date", "warning", measure.id, reason, "Use the edition for that period")
    yield from _about_value(measure, value)
    for applied in parameters.rates:
        if applied.name == "multiplier" and applied.rate > LARGEST_MULTIPLIER:
            reason = f"the multiplier is {applied.rate.normalize():f}, and few are above 3"
            yield ("multiplier-far-off", "warning", measure.id, reason, "Check the number; 1 changes nothing")
    if value.amount is None and not value.by_year:
        reason = "published as a range with no central figure, so it stays a range"
        yield ("range-only", "note", measure.id, reason, "Show the low and the high")


def _about_value(measure: Measure, value: UnitValue) -> Iterator[Said]:
    """This will say where a value's distribution does not fit its figures."""
    if value.distribution and value.low is None and not value.by_year:
        reason = f"{value.name} has the distribution {value.distribution} and no range, so it is not drawn"
        yield ("distribution-without-range", "warning", measure.id, reason, "Give its low and high, or no distribution")
    if value.distribution == "lognormal" and value.amount is not None and value.low and value.high:
        # The middle of a lognormal is the geometric mean of its two ends.
        with localcontext(prec=PRECISION):
            middle = (value.low * value.high).sqrt()
        if not middle / 2 <= value.amount <= middle * 2:
            reason = f"{value.name} is drawn around {round_half_up(middle)}, far from its central {value.amount}"
            fix = "Check low and high, or write triangular or pert"
            yield ("lognormal-off-centre", "warning", measure.id, reason, fix)


def find_overlaps(findings: Findings, lines: Sequence[Line], edition: Edition) -> frozenset[int]:
    """This will note every overlap, and give the indexes of the lines that another line already counts."""
    left_out: set[int] = set()
    for overlap in overlaps(lines, edition):
        left_out |= overlap.left_out
        names = " and ".join(overlap.measures)
        under = f" under {overlap.agreement}" if overlap.agreement else ""
        reason = f"{names} price the same effect{under} (group {overlap.group}) and may not be added"
        if overlap.left_out:
            reason += f": {len(overlap.left_out)} of the lines are left out of the totals"
        fix = "Keep one of them, or separate them by agreement, place or period if they are different effects"
        for index in overlap.lines:
            findings.add(("overlap", "warning", overlap.measures[0], reason, fix), lines[index])
    return frozenset(left_out)


class Findings:
    """This will gather what is said of many lines into one finding for each thing said."""

    def __init__(self) -> None:
        self._found: dict[Said, tuple[set[int], int]] = {}

    def add(self, said: Said, line: Line | None = None, lines: int = 1) -> None:
        """This will note what is said, of a line or of as many lines as it stands for."""
        rows, before = self._found.get(said, (set(), 0))
        if line and line.row:
            rows.add(line.row)
        self._found[said] = (rows, before + lines)

    def all(self) -> tuple[ValueFinding, ...]:
        """This will give the findings, warnings first; each names the first ten rows it is about."""
        ordered = sorted(self._found.items(), key=lambda item: (item[0][1] == "note", item[0]))
        return tuple(
            ValueFinding(*said, lines=lines, rows=tuple(heapq.nsmallest(_ROWS_SHOWN, rows)))
            for said, (rows, lines) in ordered
        )
