"""The words of units, alone and after a number, in English and Welsh: "1 person", "56 people", "56 person", "£800,000".

After a number Welsh has the singular, softened or sharpened by 1, 2, 3 and 6 ("2 berson", "3 pherson"). A unit that is
not in the table keeps the words it was recorded with; `has_words` says whether a language has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from commonweal.base.welsh import after_number

#: Counted in itself: nothing stands after the number.
BARE: Final = frozenset(("", "no", "no.", "nr", "nr.", "number", "count", "#"))
#: Counted in pounds: the number is an amount of money.
POUNDS: Final = frozenset(("£", "gbp"))


@dataclass(frozen=True, slots=True)
class _Words:
    """A unit after 1 and after other numbers in English; in Welsh after a number, and alone."""

    one: str
    many: str
    welsh: str
    welsh_alone: str
    feminine: bool = False
    welsh_one: str = ""  # after 1, where it is another word


def _by_unit(*rows: _Words) -> dict[str, _Words]:
    return {row.many.casefold(): row for row in rows}


_UNITS: Final = _by_unit(
    _Words("person", "people", "person", "pobl"),
    _Words("start", "starts", "cychwyniad", "cychwyniadau"),
    _Words("hour", "hours", "awr", "oriau", feminine=True),
    _Words("day", "days", "diwrnod", "diwrnodau"),
    _Words("week", "weeks", "wythnos", "wythnosau", feminine=True),
    _Words("placement", "placements", "lleoliad", "lleoliadau"),
    _Words("activity", "activities", "gweithgaredd", "gweithgareddau"),
    _Words("job", "jobs", "swydd", "swyddi", feminine=True),
    _Words("visit", "visits", "ymweliad", "ymweliadau"),
    _Words("project", "projects", "prosiect", "prosiectau"),
    _Words("pupil", "pupils", "disgybl", "disgyblion"),
    _Words("school", "schools", "ysgol", "ysgolion", feminine=True),
    _Words("position", "positions", "swydd", "swyddi", feminine=True),
    _Words("apprenticeship", "apprenticeships", "prentisiaeth", "prentisiaethau", feminine=True),
    _Words("vacancy", "vacancies", "swydd wag", "swyddi gwag", feminine=True),
    _Words("course", "courses", "cwrs", "cyrsiau"),
    _Words("qualification", "qualifications", "cymhwyster", "cymwysterau"),
    _Words("session", "sessions", "sesiwn", "sesiynau", feminine=True),
    _Words("presentation", "presentations", "cyflwyniad", "cyflwyniadau"),
    _Words("organisation", "organisations", "sefydliad", "sefydliadau"),
    _Words("offence", "offences", "trosedd", "troseddau", feminine=True),
    _Words("casualty", "casualties", "person a anafwyd", "pobl a anafwyd"),
    _Words("invoice", "invoices", "anfoneb", "anfonebau", feminine=True),
    _Words("supplier", "suppliers", "cyflenwr", "cyflenwyr"),
    _Words("injury", "injuries", "anaf", "anafiadau"),
    _Words("talk", "talks", "sgwrs", "sgyrsiau", feminine=True),
    _Words("group", "groups", "grŵp", "grwpiau"),
    _Words("household", "households", "aelwyd", "aelwydydd", feminine=True),
    _Words("story", "stories", "stori", "straeon", feminine=True),
    _Words("tonne", "tonnes", "tunnell", "tunelli", feminine=True),
    _Words("tree", "trees", "coeden", "coed", feminine=True),
    _Words("trial", "trials", "treial", "treialon"),
    _Words("item", "items", "eitem", "eitemau", feminine=True),
    _Words("place", "places", "lle", "lleoedd"),
    _Words("vehicle", "vehicles", "cerbyd", "cerbydau"),
    _Words("WELLBY", "WELLBYs", "WELLBY", "WELLBYs"),
    _Words("QALY", "QALYs", "QALY", "QALYs"),
    _Words("FTE", "FTE", "swydd amser llawn (FTE)", "swyddi amser llawn (FTE)", feminine=True),
    _Words("full-time job (FTE)", "full-time jobs (FTE)", "swydd amser llawn (FTE)", "swyddi amser llawn (FTE)",
           feminine=True),
    _Words("FTE-year", "FTE-years", "blynedd o waith amser llawn (FTE)", "blynyddoedd o waith amser llawn (FTE)",
           feminine=True, welsh_one="blwyddyn o waith amser llawn (FTE)"),
    _Words("year of full-time work (FTE)", "years of full-time work (FTE)", "blynedd o waith amser llawn (FTE)",
           "blynyddoedd o waith amser llawn (FTE)", feminine=True, welsh_one="blwyddyn o waith amser llawn (FTE)"),
    _Words("tCO2e", "tCO2e", "tunnell o garbon (tCO2e)", "tunelli o garbon (tCO2e)", feminine=True),
    _Words("tonne of carbon (tCO2e)", "tonnes of carbon (tCO2e)", "tunnell o garbon (tCO2e)",
           "tunelli o garbon (tCO2e)", feminine=True),
    _Words("m²", "m²", "metr sgwâr", "metrau sgwâr"),
    _Words("square metre", "square metres", "metr sgwâr", "metrau sgwâr"),
    _Words("m³", "m³", "metr ciwbig", "metrau ciwbig"),
    _Words("cubic metre", "cubic metres", "metr ciwbig", "metrau ciwbig"),
)  # fmt: skip
#: Units in the field's own terms, and in words that anybody reads.
_PLAIN: Final = {
    "fte": "full-time jobs (FTE)",
    "fte-years": "years of full-time work (FTE)",
    "tco2e": "tonnes of carbon (tCO2e)",
    "m²": "square metres",
    "m³": "cubic metres",
}


def _key(unit: str) -> str:
    key = unit.strip().casefold()
    return {"m2": "m²", "m3": "m³"}.get(key, key)


def is_money(unit: str) -> bool:
    """This will say whether a unit is pounds, so that a quantity of it is an amount of money."""
    return _key(unit) in POUNDS


def has_words(unit: str, lang: str) -> bool:
    """This will say whether a unit can be written in a language ("en" or "cy")."""
    key = _key(unit)
    return lang.startswith("en") or key in BARE or key in POUNDS or key in _UNITS or key == "%"


def plain_unit(unit: str) -> str:
    """This will give a unit in words that anybody reads, for public pages: "tonnes of carbon (tCO2e)" for "tCO2e"."""
    return _PLAIN.get(_key(unit), unit)


def unit_alone(unit: str, lang: str = "en") -> str:
    """This will write a unit by itself, as in a heading: "people", "pobl", "£", and "" for a bare number."""
    key = _key(unit)
    if key in BARE:
        return ""
    if key in POUNDS:
        return "£"
    words = _UNITS.get(key)
    if words is None:
        return unit
    return words.welsh_alone if lang.startswith("cy") else words.many


def unit_after(number: Decimal, unit: str, lang: str = "en") -> str:
    """This will write a unit as it follows a number: "person" after 1, "people" after 56; "" for a bare number."""
    key = _key(unit)
    if key in BARE:
        return ""
    words = _UNITS.get(key)
    if words is None:
        return unit
    if lang.startswith("cy"):
        held = words.welsh_one if words.welsh_one and abs(number) == 1 else words.welsh
        return after_number(number, held, feminine=words.feminine)
    return words.one if abs(number) == 1 else words.many
