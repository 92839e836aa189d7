"""How deprived a ward is, from the small areas in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from commonweal.sources.places.records import Deprivation, Within

#: Deciles 1 and 2 are the most deprived 20 % of small areas in England.
_MOST_DEPRIVED_DECILE = 2


@dataclass(frozen=True, slots=True)
class WardDeprivation:
    """How many of a ward's small areas are among the most deprived fifth in England. Counts of areas, not of people."""

    ward: str
    index: str
    lsoas: int
    most_deprived: int

    @property
    def share(self) -> Decimal:
        """This will give the share of the ward's small areas, between 0 and 1, not rounded and not weighted."""
        return Decimal(self.most_deprived) / Decimal(self.lsoas)


def most_deprived_fifth_by_ward(
    within: Iterable[Within], deprivation: Iterable[Deprivation], index: str = "IMD 2025"
) -> dict[str, WardDeprivation]:
    """This will count, for each ward, the small areas that are in the most deprived fifth of an index.

    Method: each LSOA belongs wholly to one ward (`lsoa-in-ward`, the ONS best fit of 2021 LSOAs to wards of 2024);
    it counts as most deprived when its decile is 1 or 2. The share is unweighted: every LSOA counts the same,
    because no population stands in the files (LSOAs hold about 1,000 to 3,000 people each). A ward with any
    LSOA that the index does not rank is left out, so wards outside England are never shown as 'not deprived'.
    """
    deciles = {row.lsoa: row.decile for row in deprivation if row.index == index}
    wards: dict[str, list[int | None]] = defaultdict(list)
    for link in within:
        if link.relation == "lsoa-in-ward":
            wards[link.parent].append(deciles.get(link.child))
    counted: dict[str, WardDeprivation] = {}
    for ward, found in sorted(wards.items()):
        ranked = [decile for decile in found if decile is not None]
        if len(ranked) == len(found):
            most = sum(decile <= _MOST_DEPRIVED_DECILE for decile in ranked)
            counted[ward] = WardDeprivation(ward=ward, index=index, lsoas=len(ranked), most_deprived=most)
    return counted
