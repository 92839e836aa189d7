"""The rules of the credit ledger, over frozen rows: what is left of each lot, and which lots a use draws on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from commonweal.money import QUANTITY_PLACES, round_half_up

ZERO = Decimal(0)


class NotEnoughCredit(ValueError):
    """Less credit stands than is to be used."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One credit: when it was earned, the last day it can be used, and what is left of it."""

    key: int
    earned_on: date
    runs_out_on: date
    left: Decimal

    def stands(self, on: date) -> bool:
        """This will say whether something of it can be used on a day, its last day included."""
        return self.left > 0 and on <= self.runs_out_on


def balance(lots: Sequence[Lot], on: date) -> Decimal:
    """This will sum what can be used on a day."""
    return sum((lot.left for lot in lots if lot.stands(on)), ZERO)


def drawn(lots: Sequence[Lot], amount: Decimal, on: date) -> list[tuple[int, Decimal]]:
    """This will say how much of which lots a use takes, the oldest first; raises NotEnoughCredit."""
    taken, wanted = [], amount
    for lot in sorted(lots, key=lambda each: (each.earned_on, each.key)):
        if wanted > 0 and lot.stands(on):
            part = min(lot.left, wanted)
            taken.append((lot.key, part))
            wanted -= part
    if wanted > 0:
        raise NotEnoughCredit
    return taken


def run_out(lots: Sequence[Lot], on: date) -> list[tuple[int, Decimal]]:
    """This will say what of which lots can be used no more on a day, the oldest first."""
    gone = [lot for lot in lots if lot.left > 0 and lot.runs_out_on < on]
    return [(lot.key, lot.left) for lot in sorted(gone, key=lambda each: (each.earned_on, each.key))]


# --- what a credit rests on -------------------------------------------------------------------------------------------


def highest(promised: Sequence[Decimal]) -> Decimal:
    """This will give the most that a promise ever was: what a surplus is measured against.

    A part that was taken away was met by a credit, another promise or an excuse, so delivering it is no surplus; a part
    that was added is promised, so what meets it is none either.
    """
    return max(promised, default=ZERO)


def surplus(accepted: Decimal, promised: Sequence[Decimal], credited: Decimal) -> Decimal:
    """This will say how much was accepted beyond the most that was promised and is not credited; below zero, credits
    rest on nothing."""
    return accepted - highest(promised) - credited


@dataclass(frozen=True, slots=True)
class Backed:
    """One credit of a promise as it stands: the surplus it was earned for and its amount, less what was taken back of
    it; what is left to use, and what was used."""

    key: int
    quantity: Decimal
    amount: Decimal
    left: Decimal
    used: Decimal


@dataclass(frozen=True, slots=True)
class Unbacked:
    """What of one credit rests on nothing any more: a part to take back, and what was spent already, which is owed."""

    key: int
    amount: Decimal
    quantity: Decimal
    owed: Decimal


def unbacked(lots: Sequence[Backed], backing: Decimal) -> list[Unbacked]:
    """This will say what of which credits of one promise the surplus that stands does not carry, the newest first."""
    gone = max(sum((lot.quantity for lot in lots), ZERO) - max(backing, ZERO), ZERO)
    found = []
    for lot in sorted(lots, key=lambda each: each.key, reverse=True):
        quantity = min(gone, lot.quantity)
        gone -= quantity
        if quantity <= 0:
            continue
        short = round_half_up(lot.amount * quantity / lot.quantity, QUANTITY_PLACES)
        taken = min(lot.left, short)
        part = quantity if taken == short else round_half_up(quantity * taken / short, QUANTITY_PLACES)
        owed = max(lot.used - (lot.amount - short), ZERO)
        found.append(Unbacked(lot.key, taken, part, owed))
    return found
