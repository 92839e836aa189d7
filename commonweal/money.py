"""Exact money and quantities: parsing, and the one rounding rule of the product.

Sums are of unrounded decimals. Rounding happens once, at presentation, half-up, and the parts shown are
allocated by largest remainder so that they add up to the whole shown (docs/explanation/rounding.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext

#: Significant digits used wherever factors are multiplied.
PRECISION = 28
#: Quantities carry six decimal places in storage.
QUANTITY_PLACES = Decimal("0.000001")
PENNY = Decimal("0.01")
POUND = Decimal("1")

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def as_decimal(text: str | int | Decimal) -> Decimal:
    """This will read a plain number written as text, an int or a Decimal, exactly.

    Raises ValueError for anything else: floats, blanks, thousands separators, NaN and infinities are refused
    rather than coerced.
    """
    if isinstance(text, Decimal):
        number = text
    elif isinstance(text, bool) or not isinstance(text, str | int):
        raise ValueError(f"{text!r} is not written as a number")
    else:
        try:
            number = Decimal(text.strip() if isinstance(text, str) else text)
        except InvalidOperation:
            raise ValueError(f"{text!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return number


def round_half_up(amount: Decimal, unit: Decimal = PENNY) -> Decimal:
    """This will round an amount once, half-up, to a whole number of `unit` (a penny unless said otherwise)."""
    with localcontext(_EXACT):
        return (amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit


def allocate(parts: Sequence[Decimal], unit: Decimal = PENNY) -> list[Decimal]:
    """This will round parts to `unit` so that they sum to their rounded total (largest remainder).

    Ties go to the earlier part, so the answer depends only on the order given. Works for negative parts.
    """
    with localcontext(_EXACT):
        total = round_half_up(sum(parts, Decimal(0)), unit)
        scaled = [part / unit for part in parts]
        floors = [number.to_integral_value(rounding="ROUND_FLOOR") for number in scaled]
        short = int(total / unit - sum(floors, Decimal(0)))
        by_remainder = sorted(range(len(parts)), key=lambda i: (-(scaled[i] - floors[i]), i))
        for i in by_remainder[:short]:
            floors[i] += 1
        return [number * unit for number in floors]


def significant(amount: Decimal, digits: int = 3) -> Decimal:
    """This will round an amount half-up to a number of significant figures, for public pages."""
    if amount == 0:
        return Decimal(0)
    with localcontext(_EXACT):
        exponent = amount.adjusted() - digits + 1
        return round_half_up(amount, Decimal(1).scaleb(min(exponent, 0) if amount.adjusted() < digits else exponent))


def after_pounds(unit: str, lang: str = "en") -> str:
    """This will write what follows an amount in the unit of a value: "per hour" for "GBP per hour", "" for "GBP".

    A pound for a pound is "for each £1" ("am bob £1" in Welsh, the language `cy`).
    """
    of = unit.strip().removeprefix("GBP").removeprefix("£").strip()
    if of.removeprefix("per ").casefold() in ("gbp", "£"):
        return "am bob £1" if lang.startswith("cy") else "for each £1"
    return of
