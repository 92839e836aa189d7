"""The rules of the credit ledger, over frozen rows: what is left of each lot, and which lots a use draws on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
