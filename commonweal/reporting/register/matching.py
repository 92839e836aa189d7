"""Contracts register, agreements and payments laid beside one another: what belongs together, and what is missing.

Things belong together by their reference, or where one of them has none by exactly the same supplier and title, or because
a person said so. What merely looks alike is shown as "perhaps", to be decided, and stays apart until then. Every row is
in one contract and no other, so the parts sum to each side, to the penny. Nothing is read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations, pairwise
from typing import Final, Literal

Side = Literal["register", "agreement", "payments"]
NONE: Final = "none"
#: How alike two titles of one supplier's contracts are before we ask: words in common of all their words.
_ALIKE: Final = Decimal("0.5")
#: Beyond so many things under one reference, they are joined in a row and not each with each.
_MANY: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of the register, one agreement, or all payments to one supplier under one reference."""

    id: str
    side: Side
    title: str
    reference: str
    supplier: str
    reference_key: str
    supplier_key: str
    title_key: str
    department: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    ends_words: str = ""
    amount: Decimal | None = None  # the value; of payments, what was paid in the year asked for
    ever: Decimal = Decimal(0)  # of payments: what was paid in all
    late: Decimal = Decimal(0)  # of payments: what was paid after the contract's last day, set when that is known
    lines: int = 1
    in_year: bool = True
    public_id: str = ""


@dataclass(frozen=True, slots=True)
class Perhaps:
    """Two things that may be one contract, why we ask, and what each is called."""

    one: Item
    other: Item
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a contract, in words, and the pounds it is about where there are any."""

    code: str
    words: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Contract:
    """All that belongs together: entries of the register, agreements, payments."""

    items: tuple[Item, ...]
    needs_none: bool = False
    perhaps: tuple[Perhaps, ...] = ()
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    def of(self, side: Side) -> list[Item]:
        """This will list what one side knows of it."""
        return [item for item in self.items if item.side == side]

    def amount(self, side: Side) -> Decimal | None:
        """This will sum one side: contract values, or what was paid in the year; None where no amount is known."""
        known = [item.amount for item in self.of(side) if item.amount is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def ever(self) -> Decimal:
        """What was paid in all."""
        return sum((item.ever for item in self.of("payments")), Decimal(0))

    @property
    def id(self) -> str:
        """What the contract is found by: its agreement's id, else its entry's, else its payments'."""
        order = ("agreement", "register", "payments")
        return min(self.items, key=lambda item: (order.index(item.side), item.id)).id

    @cached_property
    def named(self) -> Item:
        """The item whose words name it best."""
        order = ("agreement", "register", "payments")
        return min(self.items, key=lambda item: (order.index(item.side), not item.title, item.id))

    @property
    def department(self) -> str:
        """The department it belongs to: its agreement's, else its entry's, else what was paid by."""
        order = ("agreement", "register", "payments")
        with_one = [item for item in self.items if item.department]
        return min(with_one, key=lambda item: (order.index(item.side), item.id)).department if with_one else ""

    @property
    def in_year(self) -> bool:
        """Whether any of it lies in the year asked for."""
        return any(item.in_year for item in self.items)

    @property
    def standing(self) -> str:
        """Where it stands: which of the three sides know of it."""
        if self.needs_none:
            return "no-contract-needed"
        has = {item.side for item in self.items}
        if has == {"payments"}:
            return "payments-alone"
        if "agreement" not in has:
            return "no-agreement"
        if "register" not in has:
            return "no-register"
        return "all-three" if "payments" in has else "unpaid"

    @property
    def contracted(self) -> Decimal | None:
        """What was contracted, as the side that says more has it; None where neither says."""
        known = [amount for side in ("register", "agreement") if (amount := self.amount(side)) is not None]
        return max(known) if known else None

    @property
    def ended_on(self) -> date | None:
        """The last day, where every entry and agreement gives one; none where any is open or unknown."""
        terms = [item for item in self.items if item.side != "payments"]
        days = [item.ends_on for item in terms]
        if not days or None in days or any(item.ends_words for item in terms):
            return None
        return max(day for day in days if day is not None)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was said last of each pair: together, apart; and which payments need no contract."""

    same: frozenset[tuple[str, str]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()
    needs_none: frozenset[str] = frozenset()


def decided(told: Iterable[tuple[str, str, str]]) -> Decided:
    """This will take (one, other, verdict) in the order they were said; what was said last of a pair stands."""
    last = {(one, other): verdict for one, other, verdict in told}
    return Decided(
        frozenset(pair for pair, verdict in last.items() if verdict == "same" and NONE not in pair),
        frozenset(pair for pair, verdict in last.items() if verdict == "apart" and NONE not in pair),
        frozenset(
            one if other == NONE else other
            for (one, other), verdict in last.items() if NONE in (one, other) and verdict == "same"
        ),
    )  # fmt: skip


def pair(one: str, other: str) -> tuple[str, str]:
    """This will write a pair in its one order."""
    return (one, other) if one <= other else (other, one)


def group(items: Sequence[Item], said: Decided) -> list[Contract]:
    """This will put what belongs together into contracts; every item is in exactly one."""
    joined = _Joined(item.id for item in items)
    for one, other in _certain(items):
        if pair(one, other) not in said.apart:
            joined.join(one, other)
    known = {item.id for item in items}
    for one, other in sorted(said.same):
        if one in known and other in known:
            joined.join(one, other)
    parts: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        parts[joined.root(item.id)].append(item)
    return [
        Contract(
            tuple(held),
            needs_none=all(item.side == "payments" for item in held) and any(i.id in said.needs_none for i in held),
        )
        for held in parts.values()
    ]


def _certain(items: Sequence[Item]) -> Iterable[tuple[str, str]]:
    by_reference: dict[str, list[str]] = defaultdict(list)
    by_words: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        if item.reference_key:
            by_reference[item.reference_key].append(item.id)
        if item.side != "payments" and item.supplier_key and item.title_key:
            by_words[item.supplier_key, item.title_key].append(item)
    for ids in by_reference.values():
        yield from pairwise(ids) if len(ids) > _MANY else combinations(ids, 2)
    for alike in by_words.values():
        for one, other in combinations(alike[:_MANY], 2):
            # Two references that differ are two contracts, however alike their words are.
            if not (one.reference_key and other.reference_key):
                yield one.id, other.id


class _Joined:
    def __init__(self, ids: Iterable[str]) -> None:
        self.above = {each: each for each in ids}

    def root(self, each: str) -> str:
        while self.above[each] != each:
            self.above[each] = self.above[self.above[each]]
            each = self.above[each]
        return each

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self.above[second] = first


# --- what may belong together ----------------------------------------------------------------------------------------


def with_perhaps(contracts: Sequence[Contract], said: Decided) -> list[Contract]:
    """This will add to each contract what may belong to it: shown to a person, never taken for granted."""
    by_supplier: dict[str, list[int]] = defaultdict(list)
    by_number: dict[str, list[int]] = defaultdict(list)
    for index, contract in enumerate(contracts):
        for key in sorted({item.supplier_key for item in contract.items} - {""}):
            by_supplier[key].append(index)
        for number in sorted({_bare(item.reference_key) for item in contract.items} - {""}):
            by_number[number].append(index)
    found: dict[int, list[Perhaps]] = defaultdict(list)
    asked: set[tuple[int, int]] = set()
    for held in (*by_number.values(), *by_supplier.values()):
        for first, second in combinations(held[:_MANY], 2):
            if (first, second) not in asked and (why := _why_perhaps(contracts[first], contracts[second], said)):
                asked.add((first, second))
                found[first].append(why)
                found[second].append(Perhaps(why.other, why.one, why.why))
    return [replace(contract, perhaps=tuple(found.get(index, ()))) for index, contract in enumerate(contracts)]


def _bare(reference: str) -> str:
    """A reference without what a spreadsheet takes off it: leading zeros."""
    return reference.lstrip("0") if reference.isdigit() else ""


def _why_perhaps(first: Contract, second: Contract, said: Decided) -> Perhaps | None:
    if first.needs_none or second.needs_none:
        return None
    sides = {item.side for item in first.items}, {item.side for item in second.items}
    alone = {"payments"} in sides
    if (sides[0] & sides[1]) - ({"payments"} if alone else set()) or sides[0] == sides[1]:
        return None  # one side knows both: two contracts
    if any(pair(one.id, other.id) in said.apart for one in first.items for other in second.items):
        return None
    one, other = first.named, second.named
    numbers = {_bare(item.reference_key) for item in first.items} & {_bare(item.reference_key) for item in second.items}
    if numbers - {""}:
        return Perhaps(one, other, "their references differ only in leading zeros")
    if "payments" in (one.side, other.side):
        paid = one if one.side == "payments" else other
        if paid.reference_key:
            return None
        return Perhaps(one, other, "paid to the same supplier, under no reference")
    if _titles_alike(one.title_key, other.title_key):
        return Perhaps(one, other, "the same supplier, and titles that share half their words")
    return None


def _titles_alike(one: str, other: str) -> bool:
    first, second = set(one.split()), set(other.split())
    return bool(first | second) and Decimal(len(first & second)) / Decimal(len(first | second)) >= _ALIKE


# --- what is wrong ----------------------------------------------------------------------------------------------------


def findings(contract: Contract) -> tuple[Finding, ...]:
    """This will say what is wrong with a contract besides what is missing."""
    found = []
    late = sum((item.late for item in contract.of("payments")), Decimal(0))
    if contract.ended_on and late:
        found.append(Finding("ended-and-paid", "paid after its last day", late))
    if contract.contracted is not None and contract.ever > contract.contracted:
        found.append(Finding("above-contracted", "paid above what was contracted", contract.ever - contract.contracted))
    register, agreement = contract.of("register"), contract.of("agreement")
    if register and agreement:
        values = contract.amount("register"), contract.amount("agreement")
        if None not in values and values[0] != values[1]:
            found.append(Finding("values-differ", "the register and the agreement give another value"))
        ends = {i.ends_on for i in register if i.ends_on}, {i.ends_on for i in agreement if i.ends_on}
        if all(ends) and ends[0] != ends[1]:
            found.append(Finding("ends-differ", "the register and the agreement give another last day"))
    named = [{item.supplier_key for item in held if item.supplier_key} for held in
             (register, agreement, contract.of("payments"))]  # fmt: skip
    if any(one and other and not one & other for one, other in combinations(named, 2)):
        found.append(Finding("suppliers-differ", "the sides name another supplier"))
    return tuple(found)


# --- the whole ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What one group of contracts comes to, side by side. An amount is a sum of what is known, and 0 where nothing is."""

    contracts: int
    register: Decimal
    agreement: Decimal
    payments: Decimal
    entries: int
    agreements: int
    paid_lines: int


def part_of(contracts: Iterable[Contract]) -> Part:
    """This will sum contracts, side by side."""
    held = list(contracts)
    items = [item for contract in held for item in contract.items]
    sums = {
        side: sum((item.amount for item in items if item.side == side and item.amount is not None), Decimal(0))
        for side in ("register", "agreement", "payments")
    }
    lines = {side: sum(item.lines for item in items if item.side == side) for side in sums}
    return Part(
        len(held), sums["register"], sums["agreement"], sums["payments"], lines["register"], lines["agreement"],
        lines["payments"],
    )  # fmt: skip


@dataclass(frozen=True)
class Reconciliation:
    """Every contract of a year and, apart, what is of no part of the year: together all that is on record."""

    contracts: tuple[Contract, ...]
    others: tuple[Contract, ...]

    def by_standing(self, standings: Collection[str]) -> dict[str, Part]:
        """This will sum the year's contracts by where they stand."""
        return {each: part_of(c for c in self.contracts if c.standing == each) for each in standings}

    def by_department(self) -> dict[str, Part]:
        """This will sum the year's contracts by department; "" is none."""
        held: dict[str, list[Contract]] = defaultdict(list)
        for contract in self.contracts:
            held[contract.department].append(contract)
        return {department: part_of(contracts) for department, contracts in held.items()}

    @property
    def whole(self) -> Part:
        """The year's contracts together."""
        return part_of(self.contracts)

    def find(self, item: str) -> Contract | None:
        """This will find the contract that holds an item."""
        every: Mapping[str, Contract] = {i.id: c for c in (*self.contracts, *self.others) for i in c.items}
        return every.get(item)
