"""Places of the United Kingdom from open files: areas, wards, small areas, deprivation, postcodes and boundaries.

The files lie in `catalogue/geography`, whose README says what each is, where it came from and under which licence.
"""

from commonweal.sources.places.codes import (
    KINDS,
    NotAPlaceCode,
    NotAPostcode,
    PlaceKind,
    normalise_postcode,
    place_kind,
)
from commonweal.sources.places.dates import PlaceNotThen, places_valid_on
from commonweal.sources.places.deprivation import WardDeprivation, most_deprived_fifth_by_ward
from commonweal.sources.places.feed import CATALOGUE_FOLDER, PlaceFeed, PlaceFileUnreadable, read_places
from commonweal.sources.places.records import (
    INDEXES,
    Boundary,
    Centroid,
    Deprivation,
    FileAccount,
    Index,
    Place,
    Postcode,
    Rejected,
    Within,
)

__all__ = [
    "CATALOGUE_FOLDER",
    "INDEXES",
    "KINDS",
    "Boundary",
    "Centroid",
    "Deprivation",
    "FileAccount",
    "Index",
    "NotAPlaceCode",
    "NotAPostcode",
    "Place",
    "PlaceFeed",
    "PlaceFileUnreadable",
    "PlaceKind",
    "PlaceNotThen",
    "Postcode",
    "Rejected",
    "WardDeprivation",
    "Within",
    "most_deprived_fifth_by_ward",
    "normalise_postcode",
    "place_kind",
    "places_valid_on",
    "read_places",
]
