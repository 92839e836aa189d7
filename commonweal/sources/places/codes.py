"""Codes people and registers write for places: nine-character GSS codes and postcodes."""

from __future__ import annotations

import re
from typing import Literal, get_args

PlaceKind = Literal["nation", "region", "combined-authority", "county", "council", "ward", "lsoa"]
KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)

#: The first three characters of a GSS code name its series (ONS Register of Geographic Codes).
_KIND_BY_SERIES: dict[str, PlaceKind] = {
    "E92": "nation",
    "N92": "nation",
    "S92": "nation",
    "W92": "nation",
    "E12": "region",
    "E47": "combined-authority",
    "E61": "combined-authority",  # the Greater London Authority: the same tier under another name
    "E10": "county",
    "E06": "council",
    "E07": "council",
    "E08": "council",
    "E09": "council",
    "N09": "council",
    "S12": "council",
    "W06": "council",
    "E05": "ward",
    "N08": "ward",
    "S13": "ward",
    "W05": "ward",
    "E01": "lsoa",
    "S01": "lsoa",  # Scottish data zones
    "W01": "lsoa",
}

#: Areas at the start of a postcode that lie outside Great Britain.
_OUTSIDE_GREAT_BRITAIN = {
    "BT": "Northern Ireland",
    "GY": "Guernsey",
    "IM": "the Isle of Man",
    "JE": "Jersey",
}
# The last two letters never hold C I K M O V, which are too like other characters in handwriting.
_POSTCODE = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?)([0-9][ABD-HJLNP-UW-Z]{2})")


class NotAPlaceCode(ValueError):
    """The text is not a GSS code of a kind of place known here."""


class NotAPostcode(ValueError):
    """The text is not a postcode of Great Britain."""


def place_kind(code: str) -> PlaceKind:
    """This will say which kind of place a GSS code stands for, from its three-character series.

    Raises NotAPlaceCode when the text is not one capital letter and eight digits, or its series is not one of ours.
    """
    kind = _KIND_BY_SERIES.get(code[:3])
    if kind is None or len(code) != 9 or not (code.isascii() and code[3:].isdigit()):
        raise NotAPlaceCode(
            f"{code!r} is not a GSS code of a nation, region, combined authority, county, council, ward or small area"
        )
    return kind


def normalise_postcode(text: str) -> str:
    """This will write a postcode of Great Britain in its one usual form: `sr1 3nx` becomes `SR1 3NX`.

    Spaces are dropped or put in and letters made capital; no character is ever repaired (a letter O stays a letter
    O). Raises NotAPostcode for any other shape, and for Northern Ireland, the Channel Islands and the Isle of Man.
    The form is checked, not whether the postcode is in use.
    """
    squeezed = "".join(text.split()).upper()
    shape = _POSTCODE.fullmatch(squeezed)
    if shape is None:
        raise NotAPostcode(f"{text!r} is not written like a postcode, for example SR1 3NX")
    area, district, inward = shape.groups()
    elsewhere = _OUTSIDE_GREAT_BRITAIN.get(area)
    if elsewhere is not None:
        raise NotAPostcode(
            f"{area}{district} {inward} is in {elsewhere}: only postcodes of Great Britain are held here"
        )
    return f"{area}{district} {inward}"
