"""Frozen records of places, as read from the files of `catalogue/geography`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from commonweal.sources.places.codes import PlaceKind


@dataclass(frozen=True, slots=True)
class Place:
    """One area with its GSS code.

    `name_cy` is empty where no source gives a Welsh name. `valid_from` is the first day and `valid_to` the first day
    no longer in force; None where no source says. `successors` are the codes that took its place. `listed` holds
    the years of the official lists in which the code was seen: facts about lists, not dates of existence.
    """

    code: str
    kind: PlaceKind
    name: str
    name_cy: str
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...]
    listed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """One place lying in another, during the time both are known to have existed.

    `relation` is `<kind of child>-in-<kind of parent>`. `lsoa-in-ward` is the ONS best fit of whole LSOAs of 2021
    to wards of 2024: an LSOA may straddle the edge of its ward.
    """

    child: str
    parent: str
    relation: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Index:
    """One published index of deprivation: how many areas it ranks, and the census edition of those areas."""

    name: str
    file: str
    areas: int
    edition: int
    scored: bool


INDEXES: tuple[Index, ...] = (
    Index("IMD 2019", "deprivation-imd-2019.csv", areas=32_844, edition=2011, scored=False),
    Index("IMD 2025", "deprivation-imd-2025.csv", areas=33_755, edition=2021, scored=True),
)


@dataclass(frozen=True, slots=True)
class Deprivation:
    """Where one small area of England stands in an index: decile 1 and rank 1 are the most deprived.

    `score` is the index score where the file holds it.
    """

    lsoa: str
    index: str
    decile: int
    rank: int
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Centroid:
    """The middle of a ward or small area, in degrees of WGS 84, five decimals (about a metre)."""

    code: str
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class Postcode:
    """One postcode of Great Britain with its small area (2011) and council.

    `ward` is the ward of 2024 that best fits the small area, not a look-up of the postcode itself: near the edge of
    a ward it may be the neighbour. None in Scotland and where the area was divided between wards. Never the last word
    on who may vote.
    """

    postcode: str
    lsoa: str
    council: str
    ward: str | None


@dataclass(frozen=True, slots=True)
class Boundary:
    """The outline of a place as drawn in one year: a GeoJSON polygon of longitude and latitude in WGS 84."""

    code: str
    year: int
    geometry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that was not taken, and why. `row` counts as a spreadsheet does; the heading is row 1.

    In a GeoJSON file `row` is the number of the feature, from 1. `column` is empty when the whole row is at fault.
    """

    file: str
    row: int
    column: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of every row of one file: `rows_in` is always `accepted + duplicates + rejected`."""

    file: str
    rows_in: int
    accepted: int
    duplicates: int
    rejected: int
