"""The same valuation of a file too long to hold: quantities are summed where they are, and multiplied here, exactly.

    total of a group = sum over parameter sets of  factor x exact sum of quantities

A factor has 28 significant digits, more than a column of decimals can multiply by. It is split into whole numbers
(limbs) narrow enough that quantity x limb, summed over the whole file, still fits into 38 digits; the sums of the limbs
are put together again here. So nothing is rounded, on DuckDB or on Spark, and the answer equals that of
`engine.value.value` digit for digit. A file with anything doubtful in it is read by `engine.lines` instead, which says
what is wrong and where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any, Literal, TypeVar

import ibis
from ibis.expr.types import BooleanColumn, Column, Table

from commonweal.engine.bulk_doubts import doubts_in_bulk
from commonweal.engine.columns import FREE, NOTHING, NUMBER, free_columns, is_known, typed
from commonweal.engine.draws import MOST_HELD, Draws, Holdings, as_drawn, draw, holdings, part_places
from commonweal.engine.factors import EXACT, Factor, Span, financial_year_name
from commonweal.engine.findings import find_overlaps
from commonweal.engine.lines import Line, LineError, LinesRefused, parse_row, read_lines
from commonweal.engine.model import RATE_NAMES, Direction, Edition, FrozenMapping
from commonweal.engine.stores import FACTORS, GIVEN, ROW, SUMMED, CannotRead, OutOfRoom, Store, open_duckdb, open_spark
from commonweal.engine.totals import Sums, counts_of, group_key, places_in, totals_of
from commonweal.engine.valuation import LEVELS, Group, Part, TotalKey, Valuation, ValuationRefused, total_key
from commonweal.engine.value import Work, value

Engine = Literal["duckdb", "spark"]
Answer = TypeVar("Answer")
#: Decimal columns have at most this many digits, in DuckDB and in Spark.
_DIGITS = 38
_WIDEST_LIMB = 18
_SHOWN = 1000
#: Grouping columns that the framework and the dates of a line give.
KNOWN = ("theme", "outcome", "year")
_KEYS = {
    "start_year": "int32", "years": "int32", "emission_year": "int32", "rated": "boolean", "late": "boolean", "outside": "boolean",
    "spans": "boolean", **dict.fromkeys((*RATE_NAMES, "dropoff"), NUMBER), "duration": "int32", "level": "string",
    "unit": "string",
}  # fmt: skip


def value_file(
    path: str | Path,
    edition: Edition,
    *,
    as_of: date,
    price_year: str | None = None,
    by: Sequence[str] = (),
    schedule: str | None = None,
    gdp_per_head: Mapping[str, Decimal] | None = None,
    engine: Engine = "duckdb",
    session: Any = None,
) -> Valuation:
    """This will value a CSV or Parquet file of lines without holding them: the figures of `engine.value.value`, exactly.

    The columns are those of `engine.lines.read_lines`; in Parquet, numbers are decimals or whole numbers (never
    floats) and days are dates, or all are text. The answer has no `lines`, and findings name no rows. `session` is a
    Spark session to use. Raises `LinesRefused` with the wrong cells, or `ValuationRefused`.
    """
    work = Work(edition, as_of, price_year, schedule, gdp_per_head)
    found = _in_bulk(path, work, by, engine, session, lambda bulk: bulk.answer())
    return found or value(
        read_lines(path, edition), edition, as_of=as_of, price_year=price_year, by=by, schedule=schedule,
        gdp_per_head=gdp_per_head,
    )  # fmt: skip


def draw_file(
    path: str | Path,
    edition: Edition,
    *,
    as_of: date,
    by: Sequence[str],
    number: int,
    seed: int = 0,
    target: Decimal | None = None,
    price_year: str | None = None,
    schedule: str | None = None,
    gdp_per_head: Mapping[str, Decimal] | None = None,
    engine: Engine = "duckdb",
    session: Any = None,
) -> tuple[Valuation, Draws]:
    """This will value a file as `value_file` does, and draw its totals and those of every group (`engine.draws.draw`).

    Raises what `value_file` does, and `DrawsRefused`.
    """

    def drawn(valuation: Valuation, held: Holdings | None) -> tuple[Valuation, Draws]:
        return valuation, draw(valuation, number=number, seed=seed, target=target, held=held)

    def answered(bulk: _InBulk) -> tuple[Valuation, Draws]:
        valuation = bulk.answer()
        return drawn(valuation, bulk.holdings(valuation) if by else None)

    if found := _in_bulk(path, Work(edition, as_of, price_year, schedule, gdp_per_head), by, engine, session, answered):
        return found
    valuation = value(
        read_lines(path, edition), edition, as_of=as_of, price_year=price_year, by=by, schedule=schedule,
        gdp_per_head=gdp_per_head,
    )  # fmt: skip
    return drawn(valuation, holdings(valuation, by) if by else None)


def _in_bulk(
    path: str | Path, work: Work, by: Sequence[str], engine: Engine, session: Any, answer: Callable[[_InBulk], Answer]
) -> Answer | None:
    """This will answer from a store that has opened the file; None where the file needs the careful reader."""
    file = Path(path)
    opened: AbstractContextManager[Store] = (
        open_spark(file, session=session) if engine == "spark" else open_duckdb(file)
    )
    try:
        with opened as store:
            return answer(_InBulk(store, work, tuple(by), file))
    except OutOfRoom as error:
        words = str(error).splitlines()[0]
        raise ValuationRefused(
            f"{path} could not be worked through here: {words}. Where memory or disk is short, free some, or value the file in parts"
        ) from None
    except (CannotRead, _Doubtful) as doubt:
        if file.suffix.lower() == ".parquet":
            raise LinesRefused([LineError(str(path), 0, "", str(doubt), "Write the file again")]) from None
    return None


class _Doubtful(ValueError):
    """This will say that a row needs the careful reader."""


@dataclass(frozen=True)
class _Set:
    """This will hold the lines that share every key: the values of the keys, one line for all, and what it is worth."""

    keys: tuple[Any, ...]
    line: Line
    found: Factor | str
    quantity: Decimal
    lines: int


class _InBulk:
    def __init__(self, store: Store, work: Work, by: tuple[str, ...], path: Path) -> None:
        self.store, self.work, self.by, self.path = store, work, by, path
        self.edition, self.parquet = work.edition, path.suffix.lower() == ".parquet"
        read = typed(store.columns, self.edition)
        work.check((), by, free_columns(store.columns))
        self.lines = read.table if self.parquet else store.hold(GIVEN, read.table)  # text is read and checked once
        self.types, self.doubtful_rows = read.types, read.doubtful_rows
        self.found: list[_Set] = []
        self.already: list[Line] = []

    def answer(self) -> Valuation:
        self.found = sets = self.sets()
        self.already = left_out = self.left_out()
        parts = self.parts(sets, left_out)
        groups = self.groups(sets, left_out) if self.by else ()
        places = self.lines.filter(self.lines.place != "").group_by("place").aggregate(lines=lambda t: t.count())
        return replace(
            self.work.finish(parts, self.by, groups),
            doubts=doubts_in_bulk(self.store, self.lines, self.edition),
            places=tuple(sorted(self.store.rows(places))),
        )

    # What tells one parameter set from another, and one finding from another.

    def keyed(self) -> tuple[Table, list[str]]:
        """This will give every line with the keys of its parameter set and the grouping columns the file holds."""
        lines, base = self.lines, self.work.base_year
        # One digit more than a quantity has, so that DuckDB multiplies in 38 digits and not in 18.
        counted = lines.quantity.cast("decimal(19, 6)")
        if "share" in self.types:
            counted = (counted * lines.share).cast("decimal(25, 12)")
        keys: dict[str, Column] = {"start_year": _financial_year(lines.start)}
        keys["years"] = _financial_year(lines.end) - keys["start_year"]
        keys["late"] = lines.end < ibis.literal(date(base, 4, 1))
        by_year = [id for id, measure in self.edition.measures.items() if measure.value and measure.value.by_year]
        if by_year:
            dated = lines.measure.isin(by_year)
            keys["emission_year"] = ibis.ifelse(dated, lines.start.year(), 0).cast("int32")
            keys["spans"] = dated & (lines.start.year() != lines.end.year())
        if (outside := self._outside()) is not None:
            keys["outside"] = outside
        if "unit" in self.types:
            keys["unit"] = lines.unit
        own = [name for name in (*RATE_NAMES, "dropoff", "duration", "level") if name in self.types]
        keys |= {name: lines[name] for name in own}
        if own:
            said = lines.reason != "" if "reason" in self.types else ibis.literal(False)
            keys["rated"] = said
        fields = {"measure": lines.measure, "counted": counted, "start": lines.start, "end": lines.end}
        fields |= {f"by_{number}": lines[name] for number, name in self._by_columns()}
        return lines.select(**fields, doubtful=lines.doubtful, **keys), ["measure", *keys]

    def _by_columns(self) -> Iterator[tuple[int, str]]:
        """This will give the grouping columns that the file itself holds: their number in `by`, and their name."""
        for number, name in enumerate(self.by):
            if FREE + name in self.types:
                yield number, FREE + name
            elif name in ("measure", "place", "agreement"):
                yield number, name

    def _outside(self) -> BooleanColumn | None:
        told = None
        for id, measure in self.edition.measures.items():
            dates = measure.value and (measure.value.valid_from, measure.value.valid_to)
            if not dates or dates == (None, None):
                continue
            early = self.lines.start < ibis.literal(dates[0]) if dates[0] else ibis.literal(False)
            over = self.lines.start >= ibis.literal(dates[1]) if dates[1] else ibis.literal(False)
            here = (self.lines.measure == id) & (early | over)
            told = here if told is None else told | here
        return told

    def sets(self) -> list[_Set]:
        """This will sum the quantities of every parameter set, and work out its factor."""
        lines, keys = self.keyed()
        wanted = lines.group_by(keys).aggregate(
            counted=lines.counted.sum(), lines=lines.count(), first=lines.start.min(), last=lines.end.min(),
            doubtful=lines.doubtful.cast("int32").max(),
        )  # fmt: skip
        found = []
        for row in self.store.rows(wanted):
            named = dict(zip([*keys, "counted", "lines", "first", "last", "doubtful"], row, strict=True))
            if named["doubtful"] or not is_known(named["measure"], named.get("unit", ""), self.edition):
                self.refuse_doubtful()
            line = self._standing_for(named)
            factor = self.work.factor_of(line)
            self.work.note(line, factor, named["lines"])
            found.append(_Set(row[: len(keys)], line, factor, named["counted"], named["lines"]))
        if not found:
            raise _Doubtful("there are no lines in the file")
        if "line" in self.types and "share" in self.types:
            shared = self.lines.filter(self.lines.line != "").group_by("line")
            over = shared.aggregate(shares=lambda t: t.share.sum())
            if over_one := self.store.rows(over.filter(over.shares > 1).limit(_SHOWN)):
                raise _Doubtful(f"the shares of line {over_one[0][0]!r} come to {over_one[0][1]}, more than 1")
        return found

    def _standing_for(self, named: Mapping[str, Any]) -> Line:
        """This will make the line that stands for a set. The first start and the first end of a set fall in its years,
        and where a finding is about dates it is true of these two."""
        rates = {name: named[name] for name in (*RATE_NAMES, "dropoff") if name in named and named[name] != NOTHING}
        return Line(
            measure=named["measure"],
            quantity=Decimal(0),
            start=named["first"],
            end=named["last"],
            duration=named.get("duration") or None,
            level=named.get("level", ""),
            reason="said" if named.get("rated") else "",
            **rates,
        )

    def refuse_doubtful(self) -> None:
        """This will say which rows of a Parquet file are wrong; those of a CSV file are left to the careful reader."""
        if not self.parquet:
            raise _Doubtful("a row needs the careful reader")
        errors: list[LineError] = []
        for row in self.store.rows(self.doubtful_rows.limit(_SHOWN)):
            cells = dict(zip(self.store.columns, ("" if cell is None else str(cell) for cell in row), strict=True))
            number = int(cells.pop(ROW, -1)) + 1
            try:
                parse_row(cells, self.edition, str(self.path), number)
            except LinesRefused as refused:
                errors += refused.errors
        if not errors:
            raise _Doubtful("a row cannot be read the way it is written")
        raise LinesRefused(sorted(errors, key=lambda error: error.row))

    # What another line already counts.

    def left_out(self) -> list[Line]:
        """This will give the lines that another line already counts: only agreements that hold two measures of one
        exclusive group are looked at, line by line."""
        groups: dict[str, list[str]] = defaultdict(list)
        for id, measure in self.edition.measures.items():
            if measure.exclusive_group and measure.value:
                groups[measure.exclusive_group].append(id)
        found: list[Line] = []
        for measures in groups.values():
            if len(measures) > 1:
                found += self._meeting(measures)
        return [found[index] for index in sorted(find_overlaps(self.work.findings, found, self.edition))]

    def _meeting(self, measures: list[str]) -> list[Line]:
        among = self.lines.filter(self.lines.measure.isin(measures) & (self.lines.quantity > 0))
        effects = among.group_by(["agreement", "place"]).aggregate(kinds=lambda t: t.measure.nunique())
        meeting = among.semi_join(effects.filter(effects.kinds > 1), ["agreement", "place"])
        return [self._line(dict(zip(self.types, row, strict=True))) for row in self.store.rows(meeting)]

    def _line(self, cells: Mapping[str, Any]) -> Line:
        named = {name: cells[name] for name in ("measure", "quantity", "start", "end", "place", "agreement")}
        told = {name: cells[name] for name in ("share", "level", "reason", "line") if name in cells}
        rates = {name: cells[name] for name in (*RATE_NAMES, "dropoff") if cells.get(name, NOTHING) != NOTHING}
        free = FrozenMapping({name[len(FREE) :]: cells[name] for name in cells if name.startswith(FREE)})
        return Line(**named, **told, **rates, duration=cells.get("duration") or None, groups=free)

    def parts(self, sets: Sequence[_Set], left_out: Sequence[Line]) -> tuple[Part, ...]:
        """This will gather the sets that one factor values alike, less what another line already counts."""
        sums: dict[tuple[str, int | str, bool], Part] = {}

        def add(line: Line, found: Factor | str, in_totals: bool, quantity: Decimal, lines: int) -> None:
            factor, why = (found, "") if isinstance(found, Factor) else (None, found)
            key = (line.measure, id(factor) if factor else why, in_totals)
            empty = Part(self.edition.measures[line.measure], factor, in_totals, why, Decimal(0), 0)
            before = sums.get(key, empty)
            with localcontext(prec=EXACT):
                sums[key] = replace(before, quantity=before.quantity + quantity, lines=before.lines + lines)

        for each in sets:
            add(each.line, each.found, isinstance(each.found, Factor), each.quantity, each.lines)
        for line in left_out:
            found = self.work.factor_of(line)
            add(line, found, True, -line.counted, -1)
            add(line, found, False, line.counted, 1)
        return tuple(part for part in sums.values() if part.lines)

    # The figures of every group, from the limbs of every factor.

    def groups(self, sets: Sequence[_Set], left_out: Sequence[Line]) -> tuple[Group, ...]:
        """This will give the figures of every combination of the grouping columns."""
        lines, keys = self.keyed()
        width, places = self._size(sets)
        plan = _Plan(sets, self.edition, self.by, min(_WIDEST_LIMB, _DIGITS - 1 - width))
        types = {"measure": "string"} | {key: _KEYS[key] for key in keys if key != "measure"}
        columns = {**types, "number": "int32", **plan.columns}
        self.store.add_factors(
            columns, [(*each.keys, number, *plan.row(number, each)) for number, each in enumerate(sets)]
        )
        factors = ibis.table(columns, name=FACTORS)
        by_columns = [f"by_{number}" for number, _ in self._by_columns()]
        # Far fewer rows than lines, so far fewer products; worked out by itself, for want of memory to do both at once.
        summed = lines.group_by([*keys, *by_columns]).aggregate(counted=lines.counted.sum(), lines=lines.count())
        self.joined = joined = self.store.hold(SUMMED, summed).join(factors, keys)
        counted = joined.counted.cast(f"decimal({width}, {places})")
        by = self._groupings(joined)
        limbs = {name: (counted * joined[name]).sum() for name in plan.limbs}
        wanted = joined.group_by(
            **by, total_gross=joined.total_gross, total_net=joined.total_net, no_value=joined.no_value
        )
        wanted = wanted.aggregate(counted=joined.counted.sum(), lines=joined.lines.sum(), **limbs)
        gathered: dict[tuple[str, ...], _Sums] = defaultdict(_Sums)
        for row in self.store.rows(wanted):
            key, (gross, net, no_value, counted, count, *sums) = row[: len(by)], row[len(by) :]
            into = gathered[tuple(map(str, key))]
            for level, total in zip(LEVELS, (gross, net), strict=True):
                if total != NOTHING:
                    span = plan.span(level, sums)
                    range_only = plan.totals[total][1][4]
                    into.add(plan.totals[total], replace(span, central=None) if range_only else span, count)
            if no_value != NOTHING:
                measure, why = plan.unvalued[no_value]
                into.counted.append(Part(self.edition.measures[measure], None, False, why, counted, count))
        placed = places_in(self.edition)
        for line in left_out:
            found = self.work.factor_of(line)
            assert isinstance(found, Factor)  # only a line with a value can be counted already
            into = gathered[tuple(text for _, text in group_key(line, self.by, placed))]
            part = Part(self.edition.measures[line.measure], found, True, "", Decimal(0), 0)
            for level in LEVELS:
                if (belongs := total_key(part, level)) and (unit := getattr(found, level)):
                    into.add(belongs, unit.times(-line.counted, EXACT), -1)
        return tuple(
            Group(tuple(zip(self.by, key, strict=True)), *totals_of(sums.totals()), counts_of(sums.counted))
            for key, sums in sorted(gathered.items())
        )

    def holdings(self, valuation: Valuation) -> Holdings:
        """This will say what every group has of the parts of the answer."""
        import numpy as np

        place, placed = part_places(valuation), places_in(self.edition)
        at = np.array([place.get((each.line.measure, id(each.found)), -1) for each in self.found], dtype=np.int64)
        by = self._groupings(self.joined)
        wanted = self.joined.group_by(**by, number=self.joined.number).aggregate(counted=self.joined.counted.sum())
        *columns, numbers, counted = self.store.arrays(wanted.limit(MOST_HELD + 1))
        names = list(zip(*columns, strict=True))
        # What another line already counts is taken out again.
        names += [tuple(text for _, text in group_key(line, self.by, placed)) for line in self.already]
        taken = [place.get((line.measure, id(self.work.factor_of(line))), -1) for line in self.already]
        parts = np.concatenate([at[numbers], np.array(taken, dtype=np.int64)])
        quantities = np.concatenate([counted, as_drawn(-line.counted for line in self.already)])
        index = {name: number for number, name in enumerate(sorted(set(names)))}
        indices = np.array([index[name] for name in names], dtype=np.int64)
        groups = [tuple(zip(self.by, name, strict=True)) for name in index]
        counts = parts >= 0
        return Holdings(groups, indices[counts], parts[counts], quantities[counts])

    def _groupings(self, joined: Table) -> dict[str, Column]:
        held = dict(self._by_columns())
        return {f"group_{number}": self._grouping(joined, number, held) for number in range(len(self.by))}

    def _grouping(self, joined: Table, number: int, held: Mapping[int, str]) -> Column:
        """This will give one grouping column: the file's own, and where that is blank what the framework knows."""
        name = self.by[number]
        if number not in held:
            return joined[f"known_{name}"]
        own = joined[f"by_{number}"]
        if name in KNOWN and held[number].startswith(FREE):
            return ibis.ifelse(own == "", joined[f"known_{name}"], own)
        return own

    def _size(self, sets: Sequence[_Set]) -> tuple[int, int]:
        """This will give how many digits the sum of all quantities needs, and how many of them after the point.

        A limb may have as many as 38 leaves beside them, less the one that Spark adds to a product: then no product
        and no sum of products outgrows a column. Ibis multiplies only by a number no wider than the first.
        """
        with localcontext(prec=EXACT):
            whole = sum((each.quantity for each in sets), Decimal(1))
        places = 12 if "share" in self.types else 6
        return max(_WIDEST_LIMB + 1, len(str(int(whole))) + places), places


class _Sums:
    """This will hold the sums of one group."""

    def __init__(self) -> None:
        self._totals: Sums = {}
        self.counted: list[Part] = []

    def add(self, key: tuple[Direction, TotalKey], amount: Span, lines: int) -> None:
        before = self._totals.get(key)
        self._totals[key] = (before[0].plus(amount), before[1] + lines) if before else (amount, lines)

    def totals(self) -> Sums:
        return {key: sums for key, sums in self._totals.items() if sums[1]}


class _Plan:
    """This will split every factor into limbs, and put the sums of limbs together again.

    A factor is a whole number of the smallest decimal place that any of them has; limb 0 holds its last digits.
    Amounts that are the same for every set (a value without a range) are summed once.
    """

    def __init__(self, sets: Sequence[_Set], edition: Edition, by: Sequence[str], digits: int) -> None:
        self._edition, self._by, self._placed, self._digits = edition, by, places_in(edition), digits
        self.totals: list[tuple[Direction, TotalKey]] = []
        self.unvalued: list[tuple[str, str]] = []
        amounts: dict[tuple[str, str], tuple[Decimal, ...]] = {
            (level, case): tuple(_amount(each.found, level, case) for each in sets)
            for level in LEVELS
            for case in ("central", "low", "high")
        }
        self._column = {name: list(amounts.values()).index(column) for name, column in amounts.items()}
        self._kept = sorted(set(self._column.values()))
        columns = list(amounts.values())
        self._places = max(-int(amount.as_tuple().exponent) for column in columns for amount in column)
        with localcontext(prec=3 * EXACT):
            wholes = {number: [int(amount.scaleb(self._places)) for amount in columns[number]] for number in self._kept}
        self._wholes = list(zip(*wholes.values(), strict=True))
        widest = len(str(max(abs(whole) for row in self._wholes for whole in row)))
        self._limbs = -(-widest // digits)
        self.limbs = [f"limb_{column}_{limb}" for column in self._kept for limb in range(self._limbs)]
        kinds = {f"known_{name}": "string" for name in by if name in KNOWN}
        totals = dict.fromkeys(("total_gross", "total_net", "no_value"), "int32")
        self.columns = kinds | totals | dict.fromkeys(self.limbs, f"decimal({digits}, 0)")

    def row(self, number: int, each: _Set) -> tuple[Any, ...]:
        """This will give the cells of a set beside its keys; `number` is its place among them all."""
        theme, outcome = self._placed[each.line.measure]
        year = financial_year_name(each.keys[1])
        named = {"theme": theme, "outcome": outcome, "year": year}
        factor = each.found if isinstance(each.found, Factor) else None
        part = Part(self._edition.measures[each.line.measure], factor, factor is not None, "", Decimal(0), 0)
        totals = [_place(self.totals, total_key(part, level)) for level in LEVELS]
        why = None if factor else (each.line.measure, str(each.found))
        cells: list[Any] = [named[name] for name in self._by if name in KNOWN]
        cells += [*totals, _place(self.unvalued, why)]
        base = 10**self._digits
        for whole in self._wholes[number]:
            sign, whole = (-1, -whole) if whole < 0 else (1, whole)
            for _ in range(self._limbs):
                whole, limb = divmod(whole, base)
                cells.append(Decimal(sign * limb))
        return tuple(cells)

    def span(self, level: str, sums: Sequence[Decimal]) -> Span:
        """This will put the sums of limbs together again."""
        with localcontext(prec=3 * EXACT):
            amounts = {}
            for case in ("low", "central", "high"):
                first = self._kept.index(self._column[level, case]) * self._limbs
                whole = sum(
                    (sums[first + limb] * Decimal(10) ** (limb * self._digits) for limb in range(self._limbs)),
                    Decimal(0),
                )
                amounts[case] = whole.scaleb(-self._places)
        return Span(amounts["low"], amounts["central"], amounts["high"])


def _place(among: list[Any], wanted: Any) -> int:
    if wanted is None:
        return NOTHING
    if wanted not in among:
        among.append(wanted)
    return among.index(wanted)


def _amount(found: Factor | str, level: str, case: str) -> Decimal:
    span: Span | None = getattr(found, level) if isinstance(found, Factor) else None
    amount: Decimal | None = getattr(span, case) if span else None
    return amount if amount is not None else Decimal(0)


def _financial_year(day: Column) -> Column:
    return (day.year() - (day.month() < 4).cast("int32")).cast("int32")
