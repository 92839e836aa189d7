"""What `engine.doubts` asks about lines, asked of a file too long to hold: the same findings, without row numbers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import ibis
from ibis.expr.types import BooleanColumn, Table

from commonweal.engine.doubts import (
    ENOUGH,
    FAR,
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_YEARS,
    MOST_UNDER,
    NOTHING_DEDUCTED,
    said_of_days,
    said_of_far_off,
    said_of_long_period,
    said_of_nothing_deducted,
    said_of_repeat,
)
from commonweal.engine.findings import Findings, Said
from commonweal.engine.model import Edition
from commonweal.engine.stores import Store
from commonweal.engine.valuation import ValueFinding
from commonweal.money import QUANTITY_PLACES


def doubts_in_bulk(store: Store, lines: Table, edition: Edition) -> tuple[ValueFinding, ...]:
    """This will say what a careful reader would ask about the typed lines of a store; every finding is a note."""
    findings = Findings()
    for said, number in (
        *_repeats(store, lines), *_nothing_deducted(store, lines), *_unlikely_days(store, lines),
        *_far_off(store, lines, edition),
    ):  # fmt: skip
        findings.add(said, None, number)
    return findings.all()


def _repeats(store: Store, lines: Table) -> Iterator[tuple[Said, int]]:
    whole = lines.quantity > 0
    if "share" in lines.columns:
        whole = whole & (lines.share == 1)
    alike = ["measure", "quantity", "start", "end", "place"]
    among = lines.filter(whole)
    repeated = among.group_by(alike).aggregate(times=lambda t: t.count())
    repeated = repeated.filter(repeated.times > 1)
    under = among.semi_join(repeated, alike).group_by([*alike, "agreement"]).aggregate(times=lambda t: t.count())
    under = under.mutate(
        place_in_list=ibis.row_number().over(ibis.window(group_by=alike, order_by=under.agreement)),
        all_of_them=under.times.sum().over(ibis.window(group_by=alike)),
    )
    # One row for each set of lines that are alike: how many, and the first of their agreements in columns of their own.
    first = {
        f"under_{number}": ibis.ifelse(under.place_in_list == number, under.agreement, ibis.null("string")).max()
        for number in range(MOST_UNDER)
    }
    sets = under.group_by(alike).aggregate(lines=under.all_of_them.max(), **first)
    wanted = sets.group_by(["measure", *first]).aggregate(lines=sets.lines.sum())
    for measure, *names, number in store.rows(wanted):
        yield said_of_repeat(measure, [name for name in names if name is not None]), int(number)


def _nothing_deducted(store: Store, lines: Table) -> Iterator[tuple[Said, int]]:
    if not set(NOTHING_DEDUCTED) <= set(lines.columns):
        return
    nothing = lines.quantity > 0
    if "share" in lines.columns:
        nothing = nothing & (lines.share > 0)
    for name in NOTHING_DEDUCTED:
        nothing = nothing & (lines[name] == 0)
    for measure, number in store.rows(_by_measure(lines.filter(nothing))):
        yield said_of_nothing_deducted(measure), number


def _unlikely_days(store: Store, lines: Table) -> Iterator[tuple[Said, int]]:
    start, end = lines.start, lines.end
    far: BooleanColumn = (start.year() < FIRST_YEAR) | (end.year() > LAST_YEAR)
    years, same_month = end.year() - start.year(), end.month() == start.month()
    full = (end.month() > start.month()) | (same_month & (end.day() >= start.day()))
    long = (years > LONGEST_YEARS) | ((years == LONGEST_YEARS) & full)
    for measure, number in store.rows(_by_measure(lines.filter(far))):
        yield said_of_days(measure), number
    for measure, number in store.rows(_by_measure(lines.filter(~far & long))):
        yield said_of_long_period(measure), number


def _far_off(store: Store, lines: Table, edition: Edition) -> Iterator[tuple[Said, int]]:
    some = lines.filter(lines.quantity > 0)
    sizes = some.group_by("measure").aggregate(lines=some.count(), least=some.quantity.min(), most=some.quantity.max())
    counted = {
        measure: number
        for measure, number, least, most in store.rows(sizes)
        if number >= ENOUGH and most > FAR * least  # else none is so far above the middle one
    }
    if not counted:
        return
    some = some.filter(some.measure.isin(list(counted))).select("measure", "quantity")
    ranked = some.mutate(rank=ibis.row_number().over(ibis.window(group_by="measure", order_by=some.quantity)))
    middles = _any_of(
        (ranked.measure == measure) & ranked["rank"].isin([(number - 1) // 2, number // 2])
        for measure, number in counted.items()
    )
    found: dict[str, list[Decimal]] = {}
    for measure, quantity in store.rows(ranked.filter(middles).select("measure", "quantity")):
        found.setdefault(measure, []).append(Decimal(quantity))
    middle = {measure: sum(held, Decimal(0)) / len(held) for measure, held in found.items()}
    above = _any_of(
        (some.measure == measure)
        & (some.quantity > ibis.literal((FAR * each).quantize(QUANTITY_PLACES, ROUND_FLOOR), "decimal(38, 6)"))
        for measure, each in middle.items()
    )
    for measure, number in store.rows(_by_measure(some.filter(above))):
        yield said_of_far_off(measure, middle[measure], edition.measures[measure].unit), number


def _by_measure(lines: Table) -> Table:
    return lines.group_by("measure").aggregate(lines=lines.count())


def _any_of(conditions: Iterator[Any]) -> BooleanColumn:
    whole = next(conditions)
    for each in conditions:
        whole = whole | each
    return whole
