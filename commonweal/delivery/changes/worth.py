"""Whether a change leaves the promises worth no less: each at the values of the edition it was made under.

Kinds of value are compared apart and never added. What has no value in pounds is compared in its own measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from commonweal.base.templatetags.figures import money
from commonweal.engine.lines import Line
from commonweal.engine.model import Edition
from commonweal.engine.value import value
from commonweal.money import round_half_up

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Side:
    """A promise on one side of a change: how much of what, when, where, towards which outcome."""

    name: str
    quantity: Decimal
    measure: str = ""
    edition: Edition | None = None
    outcome: str = ""
    place: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    direction: str = "benefit"


@dataclass(frozen=True, slots=True)
class Pair:
    """A promise before and after; None where there was none, or is none any more. `reason` is why it differs."""

    before: Side | None
    after: Side | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One kind of value, or one measure without any, before and after."""

    unit: str
    before: Decimal
    after: Decimal
    in_pounds: bool = True

    @property
    def shortfall(self) -> Decimal:
        """How much less it is after, to the millionth; zero where it is no less."""
        return max(round_half_up(self.before - self.after, Decimal("0.000001")), ZERO)


@dataclass(frozen=True, slots=True)
class Neutrality:
    """What stands before and after, kind by kind, and what a person must answer for."""

    compared: tuple[Compared, ...] = ()
    questions: tuple[str, ...] = field(default=())

    @property
    def shortfalls(self) -> tuple[Compared, ...]:
        """The kinds of which less stands after."""
        return tuple(each for each in self.compared if each.shortfall)

    @property
    def is_neutral(self) -> bool:
        """Whether nothing is less and nothing needs a reason."""
        return not self.shortfalls and not self.questions


def worth_of(side: Side, as_of: date) -> tuple[str, Decimal] | None:
    """This will value one promise: the unit it may be compared in and the amount, net where there is a net; or None."""
    if side.edition is None or not side.measure or side.starts_on is None or side.ends_on is None:
        return None
    if side.measure not in side.edition.measures or side.ends_on < side.starts_on:
        return None
    line = Line(
        measure=side.measure, quantity=side.quantity, start=side.starts_on, end=side.ends_on, place=side.place,
        agreement="change",
    )  # fmt: skip
    valuation = value([line], side.edition, as_of=as_of)
    valued = valuation.lines[0]
    if valued.factor is None:
        return None
    level, span = ("net", valued.net) if valued.net is not None else ("gross", valued.gross)
    if span is None or span.central is None:
        return None
    totals = [total for total in valuation.totals if total.level == level]
    kind = totals[0].kind if totals else "value"
    year = totals[0].price_year if totals else side.edition.reference
    return f"{kind}, {level}, {year} prices, {side.edition.reference}", span.central


def compare(pairs: Sequence[Pair], as_of: date) -> Neutrality:
    """This will compare what promises are worth before and after a change. Harms count the other way about."""
    sums: dict[tuple[str, bool], list[Decimal]] = {}
    questions = []
    for pair in pairs:
        for index, side in enumerate((pair.before, pair.after)):
            if side is None or not side.quantity:
                continue
            found = worth_of(side, as_of)
            unit, amount = found if found else (side.measure or side.name, side.quantity)
            held = sums.setdefault((unit, found is not None), [ZERO, ZERO])
            held[index] += -amount if side.direction == "harm" else amount
        questions += list(_questions(pair))
    compared = tuple(
        Compared(unit, before, after, in_pounds) for (unit, in_pounds), (before, after) in sorted(sums.items())
    )
    gained = [each for each in compared if each.after > each.before]
    if gained and any(each.after < each.before for each in compared):
        questions.append(
            "Something is replaced by another kind of value, or by what has none in pounds. The two are never added: say "
            "why the new is worth no less."
        )
    return Neutrality(compared, tuple(dict.fromkeys(questions)))


def _questions(pair: Pair) -> list[str]:
    before, after = pair.before, pair.after
    found: list[str] = []
    if before is None or after is None or not after.quantity or pair.reason.strip():
        return found
    if before.outcome != after.outcome:
        found.append(f"“{after.name}” serves another outcome than “{before.name}”. Say why it matters as much.")
    if before.place != after.place:
        found.append(f"“{after.name}” is in another place than “{before.name}”. Say why.")
    return found


def in_words(each: Compared) -> str:
    """This will say one comparison: what stood, what stands, and how much less."""
    if each.in_pounds:
        return f"{money(each.before)} before, {money(each.after)} after ({each.unit})"
    return f"{each.before.normalize():f} before, {each.after.normalize():f} after ({each.unit})"
