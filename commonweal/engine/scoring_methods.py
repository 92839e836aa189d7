"""The scoring methods: what a bid earns under each criterion, step by step, in exact fractions.

`engine.scoring` ranks and publishes what is worked out here. Formulas and numbers to check stand in
docs/explanation/scoring.md. Figures are in points, pounds, per cent, or the measure's own unit.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Self

from commonweal.engine.scoring_model import TOP_MARK, Basis, Bid, Criterion, Evaluation, Method, Scored, Target

StepKind = Literal["offer", "part", "points", "total"]
Unit = Literal["GBP", "per cent", "points", "units"]

#: What each method is called in words.
METHOD_NAMES: Mapping[Method, str] = {
    "M1": "relative to the best offer in pounds",
    "M2": "relative to the best offer as a share of the price",
    "M3": "target",
    "M4": "bands",
    "M5": "minimum",
    "M6": "points for each initiative",
    "M7": "relative to the best offer, measure by measure",
    "M8": "target, measure by measure",
    "rubric": "rubric",
}
NOT_MET = "the minimum is not met"
NOTHING = "nothing was offered by any bid"
#: The best there is under a criterion, by criterion id and measure ("" where the criterion compares one figure).
Best = Mapping[tuple[str, str], Fraction]
Operand = tuple[str, Fraction]


def rounded(number: Fraction, decimals: int) -> Decimal:
    """This will round an exact figure once, half up, to so many decimals."""
    return in_units((number * 10**decimals + Fraction(1, 2)).__floor__(), decimals)


def in_units(units: int, decimals: int) -> Decimal:
    """This will write whole units of the last of so many decimals as a number: 1250 units of 3 decimals are 1.250."""
    sign, digits, _ = Decimal(units).as_tuple()
    return Decimal((sign, digits, -decimals))


def allocated(parts: Sequence[Fraction], decimals: int) -> list[Decimal]:
    """This will round parts so that they add up to their rounded sum; equal remainders favour the earlier part."""
    scaled = [part * 10**decimals for part in parts]
    units = [part.__floor__() for part in scaled]
    short = (sum(scaled, Fraction(1, 2))).__floor__() - sum(units)
    for i in sorted(range(len(parts)), key=lambda i: units[i] - scaled[i])[:short]:
        units[i] += 1
    return [in_units(each, decimals) for each in units]


def exact(number: Fraction) -> str:
    """This will write an exact figure as a decimal where it ends, and otherwise as a ratio such as `10/3`."""
    denominator = number.denominator
    if pow(10, denominator.bit_length(), denominator):
        return str(number)
    places = next(places for places in range(denominator.bit_length() + 1) if 10**places % denominator == 0)
    return f"{in_units(int(number * 10**places), places):f}"


def _short(number: Fraction) -> str:
    whole, _, part = f"{rounded(number, 6):,f}".partition(".")
    return f"{whole}.{part}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Step:
    """This will hold one step: whose and for what, the formula in words, its operands, the exact result, its source.

    Of each criterion there are steps of kind `offer` and `part`, then one of `points`; the last step is the `total`.
    """

    bid: str
    criterion: str
    kind: StepKind
    label: str
    formula: str
    operands: tuple[tuple[str, Fraction], ...]
    result: Fraction
    unit: Unit
    source: str = ""

    @property
    def sentence(self) -> str:
        """This will tell the step in words: pounds to the penny, other figures to six decimals."""
        operands = ", ".join(f"{name} {_short(number)}" for name, number in self.operands)
        amount = f"£{rounded(self.result, 2):,}" if self.unit == "GBP" else f"{_short(self.result)} {self.unit}"
        source = f" [{self.source}]" if self.source else ""
        return f"{self.label}: {self.formula}{f' ({operands})' if operands else ''} = {amount}{source}."


@dataclass(frozen=True, slots=True)
class Entry:
    """This will hold a bid as it is scored: its lines added up, one exact quantity for each measure."""

    bid: Bid
    quantities: Mapping[str, Fraction]
    #: The pounds offered: of what was asked and has a value, each quantity times its value.
    worth: Fraction

    @classmethod
    def of(cls, evaluation: Evaluation, bid: Bid) -> Self:
        """This will add up the lines of a bid and value what was asked."""
        quantities: dict[str, Fraction] = {}
        for line in bid.lines:
            quantities[line.measure] = quantities.get(line.measure, Fraction(0)) + Fraction(line.quantity)
        values = {each.measure: Fraction(each.value) for each in evaluation.ask if each.value is not None}
        worth = (quantity * values.get(measure, 0) for measure, quantity in quantities.items())
        return cls(bid, quantities, sum(worth, Fraction(0)))

    @property
    def id(self) -> str:
        """This will give the bid's id."""
        return self.bid.id

    def quantity(self, measure: str) -> Fraction:
        """This will give how much of a measure is offered; 0 where nothing is said of it."""
        return self.quantities.get(measure, Fraction(0))


def left_out(of: Evaluation, entry: Entry) -> str:
    """This will say which part a bid leaves out, where the evaluation wants all parts; empty where none."""
    if of.method == "sum":
        return ""
    for criterion in of.criteria:
        if criterion.marked and entry.bid.marks[criterion.id] is None:
            return f"no answer was given for {criterion.id}"
        if criterion.method != "rubric" and not any(entry.quantity(each.measure) for each in of.ask):
            return f"nothing asked was offered for {criterion.id}"
    return ""


def best_among(of: Evaluation, entries: Sequence[Entry]) -> Best:
    """This will find, for each relative method, the highest figure among the bids given."""
    found: dict[tuple[str, str], Fraction] = {}
    for criterion in of.criteria:
        for entry in entries:
            for measure, figure in compared(of, criterion, entry):
                found[criterion.id, measure] = max(figure, found.get((criterion.id, measure), Fraction(0)))
    return found


def compared(of: Evaluation, criterion: Criterion, entry: Entry) -> Iterator[Operand]:
    """This will give the figures of a bid that a relative method compares with other bids', each with its measure."""
    if criterion.method in ("M1", "M2"):
        *_, last = _Sheet(of, criterion, entry, {}).offer()
        yield "", last.result
    elif criterion.method == "M7":
        for each in criterion.measures:
            yield each.measure, entry.quantity(each.measure)


def points_at_stake(of: Evaluation, criterion: Criterion, measure: str) -> Fraction:
    """This will give the points for the best figure that `compared` gives for a measure."""
    full = Fraction(of.points) * Fraction(criterion.weight) / 100
    weights = {each.measure: Fraction(each.weight or 0) for each in criterion.measures}
    return full * weights[measure] / 100 if criterion.method == "M7" else full


def steps_of(of: Evaluation, entry: Entry, best: Best) -> tuple[Step, ...]:
    """This will give every step of a bid that is not left out; the last is its total."""
    steps = [step for criterion in of.criteria for step in _Sheet(of, criterion, entry, best).steps()]
    operands = tuple((step.criterion, step.result) for step in steps if step.kind == "points")
    total = sum((result for _, result in operands), Fraction(0))
    return (*steps, Step(entry.id, "", "total", "Total", "sum over the criteria", operands, total, "points"))


def disregarded(entry: Entry, why: str) -> tuple[Step, ...]:
    """This will give the one step of a bid that is not scored: nothing in all, and why."""
    return (Step(entry.id, "", "total", "Total", f"disregarded: {why}", (), Fraction(0), "points"),)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """This will work out one criterion of one bid."""

    of: Evaluation
    criterion: Criterion
    entry: Entry
    best: Best

    @property
    def full(self) -> Operand:
        """This will give all the points of the criterion."""
        return "points", Fraction(self.of.points) * Fraction(self.criterion.weight) / 100

    def steps(self) -> Iterator[Step]:
        """This will give the steps of the criterion; the last is of kind `points`."""
        match self.criterion.method:
            case "M1" | "M2":
                yield from self._by_best()
            case "M3":
                yield from self._by_target(self.criterion.target)
            case "M4":
                yield from self._by_band()
            case "M5":
                yield from self._by_minimum()
            case "M6" | "M7" | "M8":
                yield from self._by_measure()
            case "rubric":
                yield self._by_mark()

    def offer(self) -> Iterator[Step]:
        """This will value what the bid offers, up to the figure that the criterion compares."""
        valued = [each for each in self.of.ask if each.value is not None]
        operands = [
            term
            for each in valued
            for term in ((each.measure, self.entry.quantity(each.measure)), ("at", Fraction(each.value or 0)))
        ]
        result = self.entry.worth
        sources = "; ".join(dict.fromkeys(each.source for each in valued if each.source))
        formula = "sum of quantity x value of one, over what was asked"
        yield self._step("offer", "Offer", formula, result, "GBP", *operands, source=sources)
        if self.criterion.confidence:
            mark = self.entry.bid.marks[self.criterion.confidence.criterion] or 0
            share = Fraction(self.criterion.confidence.shares[mark])
            weighed = (("offer", result), ("mark", Fraction(mark)), ("share that counts", share))
            result *= share
            yield self._step("offer", "Deliverable offer", "offer x share that counts", result, "GBP", *weighed)
        basis: Basis = "own_price" if self.criterion.method == "M2" else self.criterion.basis or "amount"
        if basis == "amount":
            return
        whole = self.entry.bid.price if basis == "own_price" else self.of.estimated_value
        assert whole is not None  # an evaluation without it cannot be made
        name = "price" if basis == "own_price" else "estimated value"
        label, formula = f"Offer as a share of the {name}", f"100 x offer / {name}"
        terms = (("offer", result), (name, Fraction(whole)))
        yield self._step("offer", label, formula, result * 100 / Fraction(whole), "per cent", *terms)

    def _by_best(self) -> Iterator[Step]:
        offer = yield from self._offered()
        best = self.best[self.criterion.id, ""]
        if not best:
            yield self._points(NOTHING, Fraction(0))
            return
        result = self.full[1] * offer / best
        yield self._points("points x offer / best offer", result, self.full, ("offer", offer), ("best offer", best))

    def _by_target(self, target: Target | None) -> Iterator[Step]:
        assert target is not None  # an evaluation without it cannot be made
        offer, figure = (yield from self._offered()), Fraction(target.figure)
        formula = "points x offer / target, at most all the points"
        result = self.full[1] * min(offer / figure, Fraction(1))
        yield self._points(formula, result, self.full, ("offer", offer), ("target", figure))

    def _by_band(self) -> Iterator[Step]:
        assert self.criterion.bands is not None
        offer = yield from self._offered()
        *_, band = (each for each in self.criterion.bands.steps if Fraction(each.at_least) <= offer)
        operands = (("offer", offer), ("band from", Fraction(band.at_least)))
        yield self._points("points of the highest band the offer reaches", Fraction(band.points), *operands)

    def _by_minimum(self) -> Iterator[Step]:
        over = [self._over(each.measure, Fraction(each.minimum or 0)) for each in self.criterion.measures]
        yield from over
        passed = all(step.result >= 0 for step in over)
        if self.criterion.target:
            offer, least = (yield from self._offered()), Fraction(self.criterion.target.figure)
            unit: Unit = "GBP" if self.criterion.basis == "amount" else "per cent"
            terms = (("offer", offer), ("least", least))
            yield self._step("part", "Over the least value", "offer - least", offer - least, unit, *terms)
            passed = passed and offer >= least
        if not passed:
            yield self._points(NOT_MET, Fraction(0))
        elif self.criterion.after_minimum == "full":
            yield self._points("the minimum is met: all the points", self.full[1], self.full)
        else:
            yield self._by_mark()

    def _over(self, measure: str, least: Fraction) -> Step:
        quantity = self.entry.quantity(measure)
        terms = (("offered", quantity), ("least", least))
        return self._step("part", f"Over the least of {measure}", "offered - least", quantity - least, "units", *terms)

    def _by_measure(self) -> Iterator[Step]:
        parts = [self._part(each) for each in self.criterion.measures]
        yield from parts
        found, name, whole = sum((each.result for each in parts), Fraction(0)), "the whole", Fraction(100)
        if self.criterion.method == "M6":
            name = "the most there is"
            most = (Fraction(each.cap or 0) * Fraction(each.points or 0) for each in self.criterion.measures)
            whole = sum(most, Fraction(0))
        result = self.full[1] * found / whole
        yield self._points(f"points x sum / {name}", result, self.full, ("sum", found), (name, whole))

    def _part(self, scored: Scored) -> Step:
        """This will give what one measure adds: points under M6, per cent of the criterion under M7 and M8."""
        quantity, weight = self.entry.quantity(scored.measure), Fraction(scored.weight or 0)
        unit: Unit = "per cent"
        terms: tuple[Operand, ...] = (("weight", weight), ("quantity", quantity))
        if self.criterion.method == "M6":
            cap, each = Fraction(scored.cap or 0), Fraction(scored.points or 0)
            formula, result, unit = (
                "the lesser of quantity and cap, x points for one",
                min(quantity, cap) * each,
                "points",
            )
            terms = (("quantity", quantity), ("cap", cap), ("points for one", each))
        elif self.criterion.method == "M8":
            target = Fraction(scored.target or 0)
            formula, result = (
                "weight x quantity / target, at most the weight",
                weight * min(quantity / target, Fraction(1)),
            )
            terms += (("target", target),)
        elif best := self.best[self.criterion.id, scored.measure]:
            formula, result = "weight x quantity / best quantity", weight * quantity / best
            terms += (("best quantity", best),)
        else:
            formula, result = NOTHING, Fraction(0)
        return self._step("part", scored.measure, formula, result, unit, *terms)

    def _by_mark(self) -> Step:
        mark = self.entry.bid.marks[self.criterion.id]
        if mark is None:
            return self._points("no answer was given", Fraction(0))
        result = self.full[1] * mark / TOP_MARK
        return self._points("points x mark / 5", result, self.full, ("mark", Fraction(mark)))

    def _offered(self) -> Generator[Step, None, Fraction]:
        """This will yield the steps of the offer and return the figure they lead to."""
        steps = list(self.offer())
        yield from steps
        return steps[-1].result

    def _points(self, formula: str, result: Fraction, *operands: Operand) -> Step:
        return self._step("points", "Points", formula, result, "points", *operands)

    def _step(
        self,
        kind: StepKind,
        label: str,
        formula: str,
        result: Fraction,
        unit: Unit,
        *operands: Operand,
        source: str = "",
    ) -> Step:
        return Step(self.entry.id, self.criterion.id, kind, label, formula, operands, result, unit, source)
