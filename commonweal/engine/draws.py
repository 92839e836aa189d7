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
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from commonweal.engine.factors import Factor
from commonweal.engine.model import Direction, Distribution, Measure, Rate, UnitValue
from commonweal.engine.valuation import LEVELS, Level, Part, TotalKey, Valuation, total_key
from commonweal.money import POUND, round_half_up

if TYPE_CHECKING:
    import numpy

    Drawn = numpy.typing.NDArray[numpy.float64]

#: The most parameter sets that are drawn one by one; beyond, the largest are drawn and the rest keeps their spread.
MOST_SETS = 100_000
MOST_DRAWS = 100_000
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
class Draws:
    """This will hold the drawn totals of a valuation, by direction and key as `engine.valuation.total_key` gives them.

    `missing` names the measures whose value has no published range, and `range_only` those drawn nowhere because no
    central figure was published.
    """

    number: int
    seed: int
    target: Decimal | None
    totals: dict[tuple[Direction, TotalKey], DrawnTotal]
    missing: tuple[str, ...]
    range_only: tuple[str, ...]
    left_central: int


def draw(
    valuation: Valuation,
    *,
    number: int = 1000,
    seed: int = 0,
    target: Decimal | None = None,
) -> Draws:
    """This will draw every uncertain parameter `number` times, and give the spread of each total in GBP.

    The same seed gives the same answer, whatever the order of lines or measures. By the distribution that a parameter
    declares, `triangular` (where it declares none) and `pert` (with weight 4 on the central figure) take low and high
    as their ends, and `lognormal` as its 5 % and 95 % points. Raises `DrawsRefused`.
    """
    if not 1 <= number <= MOST_DRAWS:
        raise DrawsRefused(f"{number} draws cannot be made: ask for 1 to {MOST_DRAWS:,}")
    if not 0 <= seed < 2**63:
        raise DrawsRefused(f"{seed} cannot be a seed: give a whole number from 0")
    by_total: dict[tuple[Direction, TotalKey], list[Part]] = defaultdict(list)
    missing: set[str] = set()
    range_only: set[str] = set()
    for part in valuation.parts:
        if part.factor is None or not part.in_totals:
            continue
        if not part.factor.value.by_year and part.factor.value.amount is None:
            range_only.add(part.measure.id)
        elif _range_of(part.factor.value) is None:
            missing.add(part.measure.id)
        for level in LEVELS:
            if (belongs := total_key(part, level)) and not belongs[1][4]:
                by_total[belongs].append(part)
    drawing = _Drawing(number, seed)
    left_central = 0
    totals = {}
    for key, parts in by_total.items():
        parts.sort(key=lambda part: -abs(_central(part, key[1][1])))
        left_central += len(parts[MOST_SETS:])
        totals[key] = drawing.total(parts[:MOST_SETS], parts[MOST_SETS:], key[1][1], target)
    return Draws(number, seed, target, totals, tuple(sorted(missing)), tuple(sorted(range_only)), left_central)


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
        share = Decimal(str(round(unknown / central, 4))) if central else Decimal(0)
        ordered = tuple(sorted(swings, key=lambda swing: (-swing.share, swing.parameter.id)))
        return DrawnTotal(p05, p50, p95, above, ordered, share)

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
        return bool(part.factor.value.by_year) or any(
            id.endswith(" dropoff") or (id.startswith("rate ") and (each.central == 1 or each.central == 0))
            for id, each in parameters.items()
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
        return unit * float(part.quantity)  # type: ignore[return-value]  # an array, where anything is drawn

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
        if year.published.central == 0:
            return drawn * 0
        return drawn * (float(year.rebased.central or 0) / central)


def _range_of(value: UnitValue) -> tuple[Decimal, Decimal, Decimal] | None:
    """This will give low, central and high of a value that has all three, different; by year, those of the first."""
    if value.by_year:
        span = value.by_year[min(value.by_year)]
        return span if span[0] < span[2] else None
    if value.amount is None or value.low is None or value.high is None or value.low == value.high:
        return None
    return value.low, value.amount, value.high


def _central(part: Part, level: Level) -> Decimal:
    assert part.factor is not None
    span = part.factor.gross if level == "gross" else part.factor.net
    return span.central * part.quantity if span and span.central is not None else Decimal(0)


def _pounds(amount: float) -> Decimal:
    return round_half_up(Decimal(str(amount)), POUND)
