"""How far a total may be from its central figure: draws of every uncertain parameter, once each, shared by all lines.

A parameter is a unit value or a rate of the edition that has a range. It is drawn once in each draw, whatever the
number of lines, measures or years it bears on, so that an error shared by many lines moves them together: drawing line
by line would average the error away. Rates typed on a line are fixed. This is the one place that uses floating point:
percentiles are statistics of a simulation, rounded to the pound and never added. Sources: the method note, section 3;
HM Treasury Green Book, on uncertainty and sensitivity; triangular and PERT as in any text on risk analysis.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from commonweal.engine.factors import EXACT, Factor
from commonweal.engine.model import Direction, Distribution, Measure, Rate, UnitValue
from commonweal.engine.totals import group_key, places_in
from commonweal.engine.valuation import LEVELS, Level, Part, TotalKey, Valuation, total_key
from commonweal.money import POUND, round_half_up

if TYPE_CHECKING:
    import numpy

    Drawn = numpy.typing.NDArray[numpy.float64]
    Whole = numpy.typing.NDArray[numpy.int64]

GroupKey = tuple[tuple[str, str], ...]

#: The most parameter sets that are drawn one by one; beyond, the largest are drawn and the rest keeps their spread.
MOST_SETS = 100_000
MOST_DRAWS = 100_000
#: The most groups times draws, and the most quantities of a parameter set in a group, that draws by group hold at once.
MOST_CELLS = 10_000_000
MOST_HELD = 4_000_000
_AT_ONCE = 128  # so many drawn vectors are multiplied together
_Z95 = 1.6448536269514722  # the 95 % point of the standard normal distribution


class DrawsRefused(ValueError):
    """This will say why draws cannot be made."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """This will name an uncertain parameter of an edition, its range, and how it is drawn."""

    id: str
    name: str
    low: Decimal
    central: Decimal
    high: Decimal
    distribution: Distribution


@dataclass(frozen=True, slots=True)
class Swing:
    """This will say how much of a total's spread one parameter brings.

    `low` and `high` are the total with this parameter at its 5 % and 95 % point and all others central, in whole
    pounds; `share` is the variance it brings alone, of the sum of what each brings alone (0 to 1, three places).
    """

    parameter: Parameter
    low: Decimal
    high: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class DrawnTotal:
    """This will hold the 5 %, 50 % and 95 % points of one total in whole pounds, and what its spread comes from.

    `above` is the share of draws that reach the target, where one was given. `without_range` is the share of the
    central total that rests on values without a range: of those nothing is known of the spread, which is not zero. Where
    nothing of a total has a range, it has no points and no chance, rather than ones that look certain.
    """

    p05: Decimal | None
    p50: Decimal | None
    p95: Decimal | None
    above: Decimal | None
    swings: tuple[Swing, ...]
    without_range: Decimal


@dataclass(frozen=True, slots=True)
class Points:
    """This will hold the 5 %, 50 % and 95 % points of a group's total in whole pounds; none as in `DrawnTotal`."""

    p05: Decimal | None
    p50: Decimal | None
    p95: Decimal | None
    without_range: Decimal


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    """This will hold the points of every total of one group."""

    by: GroupKey
    totals: dict[tuple[Direction, TotalKey], Points]


@dataclass(frozen=True, slots=True)
class Draws:
    """This will hold the drawn totals of a valuation, by direction and key as `engine.valuation.total_key` gives them.

    `missing` names the measures whose value has no published range, and `range_only` those drawn nowhere because no
    central figure was published. `groups` is empty where none were asked for.
    """

    number: int
    seed: int
    target: Decimal | None
    totals: dict[tuple[Direction, TotalKey], DrawnTotal]
    missing: tuple[str, ...]
    range_only: tuple[str, ...]
    left_central: int
    groups: tuple[DrawnGroup, ...] = ()


def draw(
    valuation: Valuation,
    *,
    number: int = 1000,
    seed: int = 0,
    target: Decimal | None = None,
    held: Holdings | None = None,
) -> Draws:
    """This will draw every uncertain parameter `number` times, and give the spread of each total in GBP.

    With what each group has (`held`), it gives that of every group too. A parameter is drawn once for the whole and all
    groups: the groups' draws sum to those of the whole, draw by draw, but for the last digits of binary fractions.
    Their points do not. What this holds in memory grows with groups times parameter sets, never with lines.

    The same seed gives the same answer, whatever the order of lines or measures. By the distribution that a parameter
    declares, `triangular` (where it declares none) and `pert` (with weight 4 on the central figure) take low and high
    as their ends, and `lognormal` as its 5 % and 95 % points. Raises `DrawsRefused`.
    """
    _check(number, seed)
    missing: set[str] = set()
    range_only: set[str] = set()
    for part in valuation.parts:
        if part.factor is None or not part.in_totals:
            continue
        if not part.factor.value.by_year and part.factor.value.amount is None:
            range_only.add(part.measure.id)
        elif _range_of(part.factor.value) is None:
            missing.add(part.measure.id)
    drawing = _Drawing(number, seed)
    left_central = 0
    totals = {}
    for key, parts in _by_total(valuation).items():
        left_central += len(parts[MOST_SETS:])
        totals[key] = drawing.total(parts[:MOST_SETS], parts[MOST_SETS:], key[1][1], target)
    groups = _drawn_groups(valuation, held, drawing) if held else ()
    return Draws(number, seed, target, totals, tuple(sorted(missing)), tuple(sorted(range_only)), left_central, groups)


def _drawn_groups(valuation: Valuation, held: Holdings, drawing: _Drawing) -> tuple[DrawnGroup, ...]:
    found: dict[int, dict[tuple[Direction, TotalKey], Points]] = {index: {} for index in range(len(held.groups))}
    for key, drawn in groups_drawn(valuation, held, drawing):
        percentiles = drawing.np.percentile(drawn.worth, [5, 50, 95], axis=1)
        for place, index in enumerate(drawn.groups):
            p05 = p50 = p95 = None
            if drawn.known[place]:
                p05, p50, p95 = (_pounds(each) for each in percentiles[:, place])
            found[index][key] = Points(p05, p50, p95, _share(drawn.unknown[place], drawn.central[place]))
    return tuple(DrawnGroup(name, found[index]) for index, name in enumerate(held.groups) if found[index])


class Holdings:
    """This will hold what every group has of every part of a valuation, in three narrow columns.

    `groups` are the names of the groups in order; of each row, `indices` is the place of its group among them, `parts`
    that of its part in the valuation's, and `quantities` the quantity. Raises `DrawsRefused` for too many rows.
    """

    def __init__(self, groups: Sequence[GroupKey], indices: Whole, parts: Whole, quantities: Drawn) -> None:
        import numpy as np

        if len(parts) > MOST_HELD:
            raise DrawsRefused("so many groups of so many parameter sets cannot be held: group by fewer columns")
        self.groups = groups
        # Sorted, so that the order in which lines are read or a store answers changes nothing.
        order = np.lexsort((quantities, indices, parts))
        self._indices, self._quantities = indices[order], quantities[order]
        self._starts = np.searchsorted(parts[order], np.arange(int(parts.max(initial=-1)) + 2))

    def of(self, part: int) -> tuple[Whole, Drawn]:
        """This will give the places of the groups that have some of a part, and the quantity of each."""
        if part + 1 >= len(self._starts):
            return self._indices[:0], self._quantities[:0]
        span = slice(self._starts[part], self._starts[part + 1])
        return self._indices[span], self._quantities[span]


def holdings(valuation: Valuation, by: Sequence[str]) -> Holdings:
    """This will say what each group has of the parts of a valuation that holds its lines."""
    import numpy as np

    placed = places_in(valuation.edition)
    place = part_places(valuation)
    sums: dict[tuple[GroupKey, int], Decimal] = defaultdict(Decimal)
    with localcontext(prec=EXACT):
        for each in valuation.lines:
            if each.factor is not None and each.in_totals:
                at = place[each.measure.id, id(each.factor)]
                sums[group_key(each.line, by, placed), at] += each.line.counted
    groups = sorted({group for group, _part in sums})
    index = {group: number for number, group in enumerate(groups)}
    return Holdings(
        groups,
        np.array([index[group] for group, _part in sums], dtype=np.int64),
        np.array([part for _group, part in sums], dtype=np.int64),
        as_drawn(sums.values()),
    )


def as_drawn(quantities: Iterable[Decimal]) -> Drawn:
    """This will write exact quantities as the binary fractions that draws are made with."""
    import numpy as np

    return np.array([float(quantity) for quantity in quantities], dtype=np.float64)


def part_places(valuation: Valuation) -> dict[tuple[str, int], int]:
    """This will give the place of every part that counts in a total, by its measure and the identity of its factor."""
    return {
        (part.measure.id, id(part.factor)): place
        for place, part in enumerate(valuation.parts)
        if part.factor is not None and part.in_totals
    }


@dataclass(frozen=True, slots=True)
class GroupDraws:
    """This will hold the draws of one total: a row for each of the `groups` that have it, by their index.

    `worth` is in GBP; of each group `central` is the figure itself, `unknown` what of it has no range, and `known` says
    whether anything of it has.
    """

    groups: Sequence[int]
    worth: Drawn
    central: Drawn
    unknown: Drawn
    known: Sequence[bool]


def groups_drawn(
    valuation: Valuation, held: Holdings, drawing: _Drawing
) -> Iterator[tuple[tuple[Direction, TotalKey], GroupDraws]]:
    """This will give the draws themselves of every total, group by group."""
    if len(held.groups) * drawing.number > MOST_CELLS:
        most = MOST_CELLS // len(held.groups)
        raise DrawsRefused(
            f"{drawing.number:,} draws of {len(held.groups):,} groups cannot be held: make at most {most:,}, or group "
            "by fewer columns"
        )
    places = {id(part): place for place, part in enumerate(valuation.parts)}
    for key, parts in _by_total(valuation).items():
        classes = drawing.classes(parts[:MOST_SETS], parts[MOST_SETS:], key[1][1])
        if (drawn := drawing.groups(classes, held, places)) is not None:
            yield key, drawn


def _check(number: int, seed: int) -> None:
    if not 1 <= number <= MOST_DRAWS:
        raise DrawsRefused(f"{number} draws cannot be made: ask for 1 to {MOST_DRAWS:,}")
    if not 0 <= seed < 2**63:
        raise DrawsRefused(f"{seed} cannot be a seed: give a whole number from 0")


def _by_total(valuation: Valuation) -> dict[tuple[Direction, TotalKey], list[Part]]:
    """This will give the parts of every total that has a central figure, the largest first."""
    by_total: dict[tuple[Direction, TotalKey], list[Part]] = defaultdict(list)
    for part in valuation.parts:
        for level in LEVELS:
            if (belongs := total_key(part, level)) and not belongs[1][4]:
                by_total[belongs].append(part)
    for key, parts in by_total.items():
        parts.sort(key=lambda part: -abs(_central(part, key[1][1])))
    return by_total


@dataclass(frozen=True, slots=True)
class _Class:
    """This will hold parts whose worth is one drawn vector times a weight: that of one unit of each part.

    `central` is the worth of weight 1 with nothing drawn.
    """

    parts: list[Part]
    weights: list[float]
    drawn: Drawn
    central: float
    has_value_range: bool
    is_drawn: bool


class _Drawing:
    """This will hold the drawn values of each parameter, by its id."""

    def __init__(self, number: int, seed: int) -> None:
        import numpy

        self.np, self.number, self.seed = numpy, number, seed
        self.position: dict[str, Drawn] = {}

    def total(self, parts: list[Part], rest: list[Part], level: Level, target: Decimal | None) -> DrawnTotal:
        np = self.np
        fixed = sum(float(_central(part, level)) for part in rest)
        central = fixed
        unknown = fixed
        drawn = np.zeros(self.number) + fixed
        alone: dict[str, Drawn] = defaultdict(lambda: np.zeros(self.number))
        ends: dict[str, Drawn] = defaultdict(lambda: np.zeros(2))
        known: dict[str, Parameter] = {}
        for alike, parameters in self._alike(parts, level):
            still = sum(float(_central(part, level)) for part in alike)
            central += still
            known |= parameters
            if not any(id.startswith("value ") for id in parameters):
                unknown += still
            drawn += self._worth(alike, level, {id: self.drawn(each) for id, each in parameters.items()}, still)
            for id, each in parameters.items():
                values = self.drawn(each)
                alone[id] += self._worth(alike, level, {id: values}, still) - still
                ends[id] += self._worth(alike, level, {id: np.percentile(values, [5, 95])}, still) - still
        p05 = p50 = p95 = None
        if known:
            p05, p50, p95 = (_pounds(each) for each in np.percentile(drawn, [5, 50, 95]))
        spread = {id: float(np.var(each)) for id, each in alone.items()}
        whole = sum(spread.values())
        swings = (
            Swing(
                known[id],
                _pounds(central + float(ends[id].min())),
                _pounds(central + float(ends[id].max())),
                Decimal(str(round(spread[id] / whole, 3))) if whole else Decimal(0),
            )
            for id in known
        )
        above = None
        if target is not None and known:
            above = Decimal(str(round(float(np.mean(drawn >= float(target))), 4)))
        share = _share(unknown, central)
        ordered = tuple(sorted(swings, key=lambda swing: (-swing.share, swing.parameter.id)))
        return DrawnTotal(p05, p50, p95, above, ordered, share)

    def classes(self, parts: list[Part], rest: list[Part], level: Level) -> Iterator[_Class]:
        """This will gather the parts of a total by the vector they are drawn with; the rest stays central."""
        still = self.np.ones(self.number)
        for alike, parameters in self._alike(parts, level):
            drawn = {id: self.drawn(each) for id, each in parameters.items()}
            if len(alike) == 1:
                weights, central = [1.0], float(self.unit(alike[0], level, {}))
                worth = still * self.unit(alike[0], level, drawn)
            else:
                weights, central = [_unit(part, level) for part in alike], 1.0
                worth = still * self._worth(alike, level, drawn, 1.0)
            yield _Class(alike, weights, worth, central, any(id.startswith("value ") for id in drawn), bool(drawn))
        if rest:
            yield _Class(rest, [_unit(part, level) for part in rest], still, 1.0, False, False)

    def groups(self, classes: Iterable[_Class], held: Holdings, places: dict[int, int]) -> GroupDraws | None:
        """This will multiply what every group has of the classes by their vectors, a few classes at a time."""
        np, count = self.np, len(held.groups)
        worth = np.zeros((count, self.number))
        central, unknown = np.zeros(count), np.zeros(count)
        has, known = np.zeros(count, bool), np.zeros(count, bool)
        waiting: list[tuple[Drawn, Drawn]] = []

        def multiply() -> None:
            if waiting:
                weights, vectors = (np.stack(each) for each in zip(*waiting, strict=True))
                worth[:] += weights.T @ vectors
                waiting.clear()

        for each in classes:
            weight = np.zeros(count)
            for part, unit in zip(each.parts, each.weights, strict=True):
                indices, quantities = held.of(places[id(part)])
                np.add.at(weight, indices, quantities * unit)
                has[indices] = True
                known[indices] |= each.is_drawn
            central += weight * each.central
            if not each.has_value_range:
                unknown += weight * each.central
            waiting.append((weight, each.drawn))
            if len(waiting) == _AT_ONCE:
                multiply()
        multiply()
        rows = np.flatnonzero(has)
        if not len(rows):
            return None
        return GroupDraws(rows.tolist(), worth[rows], central[rows], unknown[rows], known[rows].tolist())

    def _alike(self, parts: list[Part], level: Level) -> Iterator[tuple[list[Part], dict[str, Parameter]]]:
        """This will gather the parts of a measure that all its parameters multiply alike, whatever year they are of.

        Where drop-off or a value by year is drawn, each part has its own years and stands alone.
        """
        gathered: dict[tuple[str, ...], tuple[list[Part], dict[str, Parameter]]] = {}
        for part in parts:
            parameters = self.parameters_of(part, level)
            if self._has_own_years(part, parameters):
                yield [part], parameters
            else:
                gathered.setdefault((part.measure.id, *parameters), ([], parameters))[0].append(part)
        yield from gathered.values()

    def _has_own_years(self, part: Part, parameters: dict[str, Parameter]) -> bool:
        assert part.factor is not None
        # A central figure of 0 has no multiples either.
        return (
            bool(part.factor.value.by_year)
            or part.factor.value.amount == 0
            or any(
                id.endswith(" dropoff") or (id.startswith("rate ") and (each.central == 1 or each.central == 0))
                for id, each in parameters.items()
            )
        )

    def _worth(self, alike: list[Part], level: Level, drawn: dict[str, Drawn], still: float) -> Drawn:
        """This will give what parts are worth with some parameters drawn and the rest central, in GBP."""
        if len(alike) == 1:
            return self.of(alike[0], level, drawn)
        worth: Drawn | float = still
        part = alike[0]
        assert part.factor is not None
        for id, values in drawn.items():
            if id.startswith("value "):
                worth = worth * (values / float(part.factor.value.amount or 1))
            else:
                name = id.rsplit(" ", 1)[1]
                central = float(part.measure.rates[name].central)
                worth = worth * (values / central if name == "multiplier" else (1 - values) / (1 - central))
        return worth  # type: ignore[return-value]  # an array, where anything is drawn

    def parameters_of(self, part: Part, level: Level) -> dict[str, Parameter]:
        """This will give the uncertain parameters that bear on a part at a level."""
        assert part.factor is not None
        measure, value, found = part.measure, part.factor.value, {}
        if span := _range_of(value):
            found[f"value {value.id}"] = Parameter(
                f"value {value.id}", value.name, *span, value.distribution or "triangular"
            )
        used = [applied.name for applied in part.factor.parameters.rates if applied.origin == "edition"]
        for name in used if level == "net" else ():
            if (parameter := self._rate(measure, name, measure.rates[name])) is not None:
                found[parameter.id] = parameter
        dropoff = measure.dropoff
        lasting = len(part.factor.years) > 1 and isinstance(dropoff, Rate)
        if lasting and isinstance(dropoff, Rate) and part.factor.parameters.dropoff == dropoff.central:
            parameter = self._rate(measure, "dropoff", dropoff)
            found |= {parameter.id: parameter} if parameter else {}
        return found

    def _rate(self, measure: Measure, name: str, rate: Rate) -> Parameter | None:
        if rate.low is None or rate.high is None:
            return None
        id = f"rate {measure.id} {name}"
        drawn = rate.distribution or "triangular"
        return Parameter(id, f"{name} of {measure.title}", rate.low, rate.central, rate.high, drawn)

    def drawn(self, parameter: Parameter) -> Drawn:
        """This will give the drawn values of a parameter, each in its own unit."""
        if parameter.id not in self.position:
            words = f"{self.seed} {parameter.id}".encode()
            chance = self.np.random.default_rng(int.from_bytes(hashlib.sha256(words).digest()[:8], "big"))
            self.position[parameter.id] = self._sample(chance, parameter)
        return self.position[parameter.id]

    def _sample(self, chance: numpy.random.Generator, parameter: Parameter) -> Drawn:
        np = self.np
        low, central, high = float(parameter.low), float(parameter.central), float(parameter.high)
        if low == high:
            return np.full(self.number, central)
        if parameter.distribution == "lognormal":
            middle = (np.log(low) + np.log(high)) / 2
            return chance.lognormal(middle, (np.log(high) - np.log(low)) / (2 * _Z95), self.number)
        if parameter.distribution == "pert":
            first, second = 1 + 4 * (central - low) / (high - low), 1 + 4 * (high - central) / (high - low)
            return low + (high - low) * chance.beta(first, second, self.number)
        return chance.triangular(low, central, high, self.number)

    def of(self, part: Part, level: Level, drawn: dict[str, Drawn]) -> Drawn:
        """This will give what a part is worth with some parameters drawn and the rest central, in GBP."""
        return self.unit(part, level, drawn) * float(part.quantity)

    def unit(self, part: Part, level: Level, drawn: dict[str, Drawn]) -> Drawn:
        """This will give what one unit of a part is worth with some parameters drawn and the rest central, in GBP."""
        factor = part.factor
        assert factor is not None
        dropoff = drawn.get(f"rate {part.measure.id} dropoff", float(factor.parameters.dropoff))
        position = drawn.get(f"value {factor.value.id}")
        unit: Drawn | float = 0.0
        for k, year in enumerate(factor.years):
            amount: Drawn | float = float(year.rebased.central or 0)
            if position is not None:
                amount = self._value(factor, k, position)
            unit = unit + amount * (1 - dropoff) ** k * float(year.discount)
        if level == "net":
            for applied in factor.parameters.rates:
                rate = drawn.get(f"rate {part.measure.id} {applied.name}", float(applied.rate))
                if applied.origin != "already net":
                    unit = unit * (rate if applied.name == "multiplier" else 1 - rate)
        return unit  # type: ignore[return-value]  # an array, where anything is drawn

    def _value(self, factor: Factor, k: int, drawn: Drawn) -> Drawn:
        """This will give the drawn unit value of a benefit year, in the prices of the valuation.

        Values by year (carbon) share one draw: as far above or below the central figure of each year as of the first.
        """
        year, span = factor.years[k], _range_of(factor.value)
        assert span is not None  # only values with a range and a central figure are drawn
        low, central, high = map(float, span)
        if factor.value.by_year:
            here = [float(each) for each in (year.rebased.low, year.rebased.central or 0, year.rebased.high)]
            return self.np.interp(drawn, [low, central, high], here)
        # Prices move every figure alike; the high end is above 0, where the central figure may be 0.
        return drawn * (float(year.rebased.high) / high)


def _range_of(value: UnitValue) -> tuple[Decimal, Decimal, Decimal] | None:
    """This will give low, central and high of a value that has all three, different; by year, those of the first."""
    if value.by_year:
        span = value.by_year[min(value.by_year)]
        return span if span[0] < span[2] else None
    if value.amount is None or value.low is None or value.high is None or value.low == value.high:
        return None
    return value.low, value.amount, value.high


def _central(part: Part, level: Level) -> Decimal:
    return _factor(part, level) * part.quantity


def _unit(part: Part, level: Level) -> float:
    return float(_factor(part, level))


def _factor(part: Part, level: Level) -> Decimal:
    """This will give the central worth of one unit of a part, in GBP."""
    assert part.factor is not None
    span = part.factor.gross if level == "gross" else part.factor.net
    return span.central if span and span.central is not None else Decimal(0)


def _share(part: float, whole: float) -> Decimal:
    return Decimal(str(round(part / whole, 4))) if whole else Decimal(0)


def _pounds(amount: float) -> Decimal:
    return round_half_up(Decimal(str(amount)), POUND)
