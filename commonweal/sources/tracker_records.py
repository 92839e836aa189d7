"""What a tracker's row says, as records: an agreement, a promise, or what was delivered to date.

A record names itself (`key`), so that the next file's row about the same thing is known for it, and has a
`fingerprint`, so that nothing is done when nothing has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from commonweal.sources.cells import Amount, CellDate, OpenEnded, Quantity, Unknown
from commonweal.sources.tables import Place

Kind = Literal["agreement", "commitment", "delivery"]

#: Kept byte for byte, and compared so: a promise is what the contract says, however it is spaced.
AS_CONTRACTED = frozenset({"commitment.code", "commitment.wording", "commitment.value"})
#: What tells one promise of an agreement from another, apart from its figures.
_NAMING_A_PROMISE = ("code", "wording", "theme", "unit", "due", "place", "ward", "postcode")


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field of a record: the raw text of its cell, what was read from it, and where it stands."""

    raw: str
    value: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Part:
    """What one period's column says was delivered. `period` is the heading; `dates` what it means, if it says."""

    period: str
    field: str
    cell: FieldValue
    dates: CellDate | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One agreement, promise or delivery to date. `values` are by field name without its kind.

    `agreement` is the key of the agreement it belongs to, `commitment` that of the promise delivered against (empty
    when the tracker records delivery for the agreement as a whole), `occurrence` tells like promises apart.
    """

    kind: Kind
    row: int
    agreement: str
    values: Mapping[str, FieldValue]
    commitment: str = ""
    occurrence: int = 1
    parts: tuple[Part, ...] = ()

    def key(self) -> str:
        """This will name the thing that the record is about, the same from one file to the next."""
        if self.kind == "agreement":
            return self.agreement
        if self.kind == "delivery":
            return f"{self.commitment or self.agreement}/delivery"
        about = {name: same(self.values[name]) for name in _NAMING_A_PROMISE if name in self.values}
        return f"{self.agreement}/{digest([about, self.occurrence])}"

    def fingerprint(self) -> str:
        """This will change when anything the record says changes: equal fingerprints mean nothing to do."""
        values = {
            name: found.raw if f"{self.kind}.{name}" in AS_CONTRACTED else same(found)
            for name, found in self.values.items()
        }
        parts = [[part.period, part.field, same(part.cell)] for part in self.parts]
        return digest([self.kind, self.agreement, self.commitment, self.occurrence, values, parts])


def same(found: FieldValue) -> Any:
    """This will give what a cell means, so that £5 and 5.00, or 25/06/2024 and 25 June 2024, are the same."""
    match found.value:
        case Amount(pounds=number):
            return str(number.normalize())
        case Quantity(number=number, unit=unit):
            return [str(number.normalize()), unit]
        case CellDate(first=first, last=last):
            return [first.isoformat(), last.isoformat()]
        case Unknown(words=words) | OpenEnded(words=words) | str(words):
            return " ".join(words.split())
    raise TypeError(f"{found.place} holds {found.value!r}, which no reader gives")


def digest(value: Any) -> str:
    """This will give 32 hexadecimal digits that stand for a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def delivered(record: Record, name: Literal["quantity", "value"] = "quantity") -> Decimal | None:
    """This will give what a delivery record says was delivered: its total, else the sum of its periods, else None."""
    if (whole := record.values.get(name)) and (number := number_of(whole)) is not None:
        return number
    parts = [part.cell for part in record.parts if part.field == f"delivery.{name}"]
    numbers = [number for cell in parts if (number := number_of(cell)) is not None]
    return sum(numbers, Decimal(0)) if numbers else None


def number_of(found: FieldValue) -> Decimal | None:
    """This will give the pounds or the quantity of a cell, or None if it holds neither."""
    if isinstance(found.value, Amount):
        return found.value.pounds
    return found.value.number if isinstance(found.value, Quantity) else None
