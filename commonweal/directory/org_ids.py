"""Organisation identifiers: the register an organisation stands in, and its number there, as `GB-COH-09506232`.

The form of each register's number is checked, never whether the number was issued. Prefixes are those of org-id.guide,
and GB-PPON, which Find a Tender uses.
"""

from __future__ import annotations

import re
from typing import Final

#: The registers known here: what people call each, what a number looks like, and how to write one.
REGISTERS: Final[dict[str, tuple[str, re.Pattern[str], str]]] = {
    "GB-COH": ("Companies House", re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}R"), "09506232 or SC123456"),
    "GB-CHC": ("Charity Commission for England and Wales", re.compile(r"[0-9]{6,7}"), "279417"),
    "GB-SC": ("Scottish Charity Regulator", re.compile(r"SC[0-9]{6}"), "SC042386"),
    "GB-NIC": ("Charity Commission for Northern Ireland", re.compile(r"[0-9]{6}"), "100019"),
    "GB-MPR": ("Mutuals Public Register", re.compile(r"[0-9A-Z]{3,10}"), "31234R"),
    "GB-NHS": ("NHS organisation codes", re.compile(r"[0-9A-Z]{3,6}"), "RAX"),
    "GB-LAE": ("Local authorities in England", re.compile(r"[A-Z]{3,4}"), "WOT"),
    "GB-LAS": ("Local authorities in Scotland", re.compile(r"[A-Z]{3}"), "ZET"),
    "GB-PLA": ("Principal areas in Wales", re.compile(r"[A-Z]{3}"), "AGY"),
    "GB-LANI": ("Local authorities in Northern Ireland", re.compile(r"[A-Z]{3}"), "ANN"),
    "GB-GOR": ("Government organisations", re.compile(r"[A-Z]{1,3}[0-9]{1,6}"), "D1198"),
    "GB-EDU": ("Schools in England", re.compile(r"[0-9]{6}"), "100000"),
    "GB-WALEDU": ("Schools in Wales", re.compile(r"[0-9]{7}"), "6602001"),
    "GB-SCOTEDU": ("Schools in Scotland", re.compile(r"[0-9]{7}"), "5200129"),
    "GB-IRN": ("Schools in Northern Ireland", re.compile(r"[0-9]{3}-?[0-9]{4}"), "101-0014"),
    "GB-SHPE": ("Registered providers of social housing", re.compile(r"[0-9A-Z]{4,6}"), "LH4401"),
    "GB-UKPRN": ("UK Register of Learning Providers", re.compile(r"[0-9]{8}"), "10007790"),
    "GB-HESA": ("Universities", re.compile(r"[0-9]{4}"), "0156"),
    "GB-CASC": ("Community amateur sports clubs", re.compile(r"[0-9A-Z]{1,10}"), "CH12345"),
    "GB-PPON": ("Central Digital Platform", re.compile(r"[A-Z]{4}-[0-9]{4}-[A-Z]{4}"), "PBZB-4962-TVLR"),
}
#: The beginnings of company numbers that have letters.
_COMPANY_LETTERS: Final = frozenset((
    "AC", "CE", "CS", "FC", "FE", "GE", "GS", "IC", "IP", "LP", "NA", "NC", "NF", "NI", "NL", "NO", "NP", "NR", "NV",
    "NZ", "OC", "OE", "PC", "RC", "RS", "SA", "SC", "SE", "SF", "SG", "SI", "SL", "SO", "SP", "SR", "SZ", "ZC",
))  # fmt: skip


class NotAnOrganisationId(ValueError):
    """The text is not an identifier of a register known here; the message says what one looks like."""


def _squeezed(text: str) -> str:
    return "".join(text.split()).upper()


def company_number(text: str) -> str:
    """This will write a Companies House number in its one form: 8 characters, capitals, zeros in front (`9506232`
    becomes `09506232`, `sc1234` becomes `SC001234`). Raises NotAnOrganisationId.
    """
    number = _squeezed(text)
    letters = re.match(r"[A-Z]*", number)[0]  # type: ignore[index]  # an empty beginning matches too
    digits = number[len(letters) :]
    ending = "R" if re.fullmatch(r"[0-9]+R", digits) else ""
    padded = letters + digits.removesuffix("R").zfill(8 - len(letters) - len(ending)) + ending
    known = not letters or letters in _COMPANY_LETTERS
    if not known or not digits or not REGISTERS["GB-COH"][1].fullmatch(padded):
        raise NotAnOrganisationId(
            f"{text.strip()} is not a company number. It has 8 digits, or 2 letters and 6 digits: 09506232 or SC123456."
        )
    return padded


def charity_id(text: str) -> str:
    """This will tell a charity number's register by its form: `279417` is `GB-CHC-279417`, `SC042386` `GB-SC-SC042386`
    and `NIC100019` `GB-NIC-100019`. Raises NotAnOrganisationId.
    """
    number = _squeezed(text)
    if re.fullmatch(r"SC[0-9]{1,6}", number):
        return f"GB-SC-SC{number[2:].zfill(6)}"
    if re.fullmatch(r"NIC?[0-9]{6}", number):
        return f"GB-NIC-{number[-6:]}"
    main, _hyphen, linked = number.partition("-")  # a linked charity is written 1234567-1: the main one is meant
    if REGISTERS["GB-CHC"][1].fullmatch(main) and (not linked or linked.isdecimal()):
        return f"GB-CHC-{main}"
    raise NotAnOrganisationId(
        f"{text.strip()} is not a charity number. It looks like 279417 in England and Wales, SC042386 in Scotland, or "
        "NIC100019 in Northern Ireland."
    )


def organisation_id(text: str) -> str:
    """This will write a whole identifier in its one form: `gb-coh-9506232` becomes `GB-COH-09506232`.

    Raises NotAnOrganisationId, naming the registers when the prefix is unknown.
    """
    written = _squeezed(text)
    for prefix in sorted(REGISTERS, key=len, reverse=True):
        if written.startswith(f"{prefix}-"):
            number = written[len(prefix) + 1 :]
            break
    else:
        raise NotAnOrganisationId(
            f"{text.strip()} does not begin with a register we know. Write it like GB-COH-09506232; the beginning is "
            f"one of {', '.join(REGISTERS)}."
        )
    if prefix == "GB-COH":
        return f"GB-COH-{company_number(number)}"
    name, form, example = REGISTERS[prefix]
    if not form.fullmatch(number):
        raise NotAnOrganisationId(f"{text.strip()} is not a number of {name}. It looks like {prefix}-{example}.")
    return f"{prefix}-{number}"


def prefix_of(identifier: str) -> str:
    """This will give the register's prefix of a well-formed identifier, or "" when no register here has it."""
    return next((prefix for prefix in REGISTERS if identifier.startswith(f"{prefix}-")), "")


def register_of(identifier: str) -> tuple[str, str]:
    """This will split an identifier into the register's name and the number there; an unknown one stays whole."""
    prefix = prefix_of(identifier)
    return (REGISTERS[prefix][0], identifier[len(prefix) + 1 :]) if prefix else ("Identifier", identifier)


def charity_number(identifier: str) -> str:
    """This will give a charity's number as its regulator writes it: `GB-NIC-100019` is `NIC100019`."""
    number = register_of(identifier)[1]
    return f"NIC{number}" if prefix_of(identifier) == "GB-NIC" else number
