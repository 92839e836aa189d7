"""Who pays and who gains: the value of what one department paid for, by who gains from it.

Each total (kind, level, prices, edition) has a table of its own: fiscal, economic and wellbeing value are never added. The
cells of a table sum to the total as it is shown everywhere else. Who gains is the edition's word for the value, or whom
the body says that word means here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from commonweal.engine.factors import EXACT
from commonweal.engine.value import Level
from commonweal.money import allocate
from commonweal.reporting.figures import TotalKey, Worth, key_of

_LEVELS: Final[tuple[Level, ...]] = ("gross", "net")
#: Kinds in the order a finance director reads them; they stand apart.
ORDER: Final = ("fiscal", "economic", "welfare", "mixed", "spend")


@dataclass(frozen=True, slots=True)
class Gainer:
    """Who gains: a department (by its outward id), another body, or people as the edition calls them."""

    kind: str
    name: str
    department: str = ""


@dataclass(frozen=True)
class GainTable:
    """One total, by the department that pays and by who gains; amounts exact, and as shown."""

    key: TotalKey
    cells: Mapping[tuple[str, Gainer], Decimal]
    shown: Mapping[tuple[str, Gainer], Decimal]

    @property
    def gainers(self) -> list[Gainer]:
        """Who gains, the most first."""
        sums: dict[Gainer, Decimal] = {}
        for (_department, gainer), amount in self.shown.items():
            sums[gainer] = sums.get(gainer, Decimal(0)) + amount
        return sorted(sums, key=lambda gainer: (-sums[gainer], gainer.name))

    @property
    def departments(self) -> list[str]:
        """Who pays."""
        return sorted({department for department, _gainer in self.shown})

    @property
    def whole(self) -> Decimal:
        """The total, as shown."""
        return sum(self.shown.values(), Decimal(0))

    def of_department(self, department: str) -> Decimal:
        """What one department's spending brings, as shown."""
        return sum((amount for (payer, _), amount in self.shown.items() if payer == department), Decimal(0))

    def of_gainer(self, gainer: Gainer) -> Decimal:
        """What one gains, as shown."""
        return sum((amount for (_, one), amount in self.shown.items() if one == gainer), Decimal(0))

    @property
    def across(self) -> Decimal:
        """What falls to another department, or another body, than the one that pays."""
        return sum(
            (
                amount for (payer, gainer), amount in self.shown.items()
                if gainer.kind == "body" or (gainer.kind == "department" and gainer.department != payer)
            ),
            Decimal(0),
        )  # fmt: skip


def gain_tables(worth: Worth, named: Mapping[str, Gainer]) -> list[GainTable]:
    """This will split every total of benefits by who pays and who gains; `named` says whom a word for who gains means."""
    found: dict[TotalKey, dict[tuple[str, Gainer], Decimal]] = {}
    with localcontext(prec=EXACT):
        for line in worth.lines:
            if line.valued is None or line.valued.factor is None or not line.in_totals:
                continue
            words = line.valued.factor.value.beneficiary
            gainer = named.get(words) or Gainer("people", words)
            for level in _LEVELS:
                key, span = key_of(line, level), getattr(line.valued, level)
                if key is None or span is None or span.central is None or key.direction == "harm":
                    continue
                cells = found.setdefault(key, {})
                place = (line.promise.department, gainer)
                cells[place] = cells.get(place, Decimal(0)) + span.central
    return [
        _table(key, found[key])
        for key in sorted(found, key=lambda key: (ORDER.index(key.kind), key.edition, key.level, key.price_year))
    ]


def _table(key: TotalKey, cells: Mapping[tuple[str, Gainer], Decimal]) -> GainTable:
    places = sorted(cells, key=lambda place: (place[0], place[1].kind, place[1].name, place[1].department))
    shown = allocate([cells[place] for place in places])
    return GainTable(key, cells, dict(zip(places, shown, strict=True)))
