"""What was spent in a year, by a named base, and what the value delivered comes to for each pound of it.

A ratio is never told without its base: which spend, under which contracts, and what share of all spend that is. Value of
agreements whose spend is not known is left out of the ratio, and said. Where nothing is covered there is no ratio.
Leverage (money of others for each pound of ours) is another thing and stands apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Final, Literal

from commonweal.engine.factors import EXACT
from commonweal.reporting.figures import TotalKey, Worth, WorthTotal
from commonweal.reporting.register.matching import Contract, Item, Reconciliation

if TYPE_CHECKING:
    from commonweal.engine.year import FinancialYear

Base = Literal["payments", "contract-values", "none"]
BASE_WORDS: Final[dict[Base, str]] = {
    "payments": "payments brought in from finance",
    "contract-values": "contract values, spread evenly over each contract's term, for want of payments",
    "none": "no payments and no contract values",
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What one contract cost in the year, and the agreements and the department it is of."""

    contract: Contract
    amount: Decimal

    @property
    def agreements(self) -> list[str]:
        """The agreements it is of, by their outward ids."""
        return [item.public_id for item in self.contract.of("agreement")]


@dataclass(frozen=True)
class Spend:
    """What contracts cost in a year: the base it is told on, each contract's part, and what could not be told."""

    year: FinancialYear
    base: Base
    parts: tuple[Spent, ...]
    apart: Decimal  # paid without needing a contract: refunds, grants, rates
    untold: int  # contracts of the year without a value, a first or a last day, where the base is contract values

    @property
    def words(self) -> str:
        """What the spend is told on."""
        return BASE_WORDS[self.base]

    @property
    def whole(self) -> Decimal:
        """All spend under contracts, or for want of one."""
        return _sum(each.amount for each in self.parts)

    def by_department(self) -> dict[str, Decimal]:
        """This will sum the spend by department; "" is none."""
        found: dict[str, Decimal] = {}
        with localcontext(prec=EXACT):
            for each in self.parts:
                key = each.contract.department
                found[key] = found.get(key, Decimal(0)) + each.amount
        return found


@dataclass(frozen=True, slots=True)
class PerPound:
    """One kind of value for each pound of the base; `left_out` is value whose spend is not known."""

    key: TotalKey
    value: Decimal
    per_pound: Decimal
    left_out: Decimal


@dataclass(frozen=True)
class Ratios:
    """Value for each pound, with its base: the spend of contracts whose agreements have a value and whose cost is known."""

    spend: Spend
    base: Decimal
    contracts: int
    rows: tuple[PerPound, ...]

    @property
    def share(self) -> Decimal | None:
        """What part of all spend the base is; None where nothing was spent."""
        return self.base / self.spend.whole if self.spend.whole > 0 else None


def spend_of(found: Reconciliation, year: FinancialYear) -> Spend:
    """This will tell what contracts cost in a year: what was paid, or for want of payments what they are worth in it."""
    paid = [each for each in found.contracts if any(item.lines for item in each.of("payments"))]
    if paid:
        apart = _sum(each.amount("payments") or Decimal(0) for each in paid if each.needs_none)
        parts = tuple(Spent(each, each.amount("payments") or Decimal(0)) for each in paid if not each.needs_none)
        return Spend(year, "payments", parts, apart, 0)
    spread = [(each, _in_the_year(each, year)) for each in found.contracts]
    told = tuple(Spent(each, amount) for each, amount in spread if amount is not None)
    return Spend(year, "contract-values" if told else "none", told, Decimal(0), len(spread) - len(told))


def _in_the_year(contract: Contract, year: FinancialYear) -> Decimal | None:
    """A contract's value for the days of its term that lie in the year; None where a value or a day is not known."""
    items = contract.of("register") or contract.of("agreement")
    parts = [part for item in items if (part := _part(item, year)) is not None]
    return _sum(parts) if parts else None


def _part(item: Item, year: FinancialYear) -> Decimal | None:
    if item.amount is None or item.starts_on is None or item.ends_on is None:
        return None
    days = (item.ends_on - item.starts_on).days + 1
    first, last = max(item.starts_on, year.starts_on), min(item.ends_on, year.ends_on)
    inside = max((last - first).days + 1, 0)
    with localcontext(prec=EXACT):
        return item.amount * inside / days


def ratios_of(spend: Spend, worth: Worth) -> Ratios:
    """This will tell a worth (grouped by agreement) for each pound of the spend it was delivered under.

    Only central amounts of benefits are told so, each kind and level by itself; local spend is no value for money.
    """
    valued = {line.promise.agreement for line in worth.lines if line.has_value and line.in_totals}
    covered = [each for each in spend.parts if each.amount > 0 and valued & set(each.agreements)]
    base = _sum(each.amount for each in covered)
    if base <= 0:
        return Ratios(spend, Decimal(0), 0, ())
    inside = {agreement for each in covered for agreement in each.agreements}
    grouped = worth.grouped("agreement")
    rows = [_row(total, grouped[total.key], inside, base) for total in worth.totals if _is_told(total.key)]
    return Ratios(spend, base, len(covered), tuple(rows))


def _is_told(key: TotalKey) -> bool:
    return key.direction == "benefit" and not key.ranged and key.kind != "spend"


def _row(total: WorthTotal, parts: Mapping[str, WorthTotal], inside: set[str], base: Decimal) -> PerPound:
    value = _sum(
        part.amount.central for name, part in parts.items() if name in inside and part.amount.central is not None
    )
    with localcontext(prec=EXACT):
        return PerPound(total.key, value, value / base, (total.amount.central or Decimal(0)) - value)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    with localcontext(prec=EXACT):
        return sum(amounts, Decimal(0))


@dataclass(frozen=True, slots=True)
class Leverage:
    """Money of others for each pound of the body's own; no social return and never added to one."""

    own: Decimal
    levered: Decimal
    count: int

    @property
    def per_pound(self) -> Decimal | None:
        """How much others put in for each £1 of the body's own."""
        return self.levered / self.own if self.own else None


def leverage_of(pairs: Iterable[tuple[Decimal, Decimal]]) -> Leverage:
    """This will sum (own, levered) amounts; the ratio is of the sums, never a mean of ratios."""
    held = list(pairs)
    return Leverage(_sum(own for own, _ in held), _sum(levered for _, levered in held), len(held))


def whole_day(year: FinancialYear, today: date) -> date:
    """This will give the day figures of a year are told at on a page: today, or the year's last day once it is over."""
    return min(today, year.ends_on)
