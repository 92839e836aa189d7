"""How much a formula promise has come to: so much for each amount ordered, or each time something happens. Exact."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Literal, TypeVar

from commonweal.money import QUANTITY_PLACES, allocate

Rounding = Literal["full", "pro-rata"]
Key = TypeVar("Key", bound=Hashable)
_DIGITS = 60


def accrued(
    rate: Decimal, each: Decimal, base: Decimal, rounding: Rounding = "pro-rata", most: Decimal | None = None
) -> Decimal:
    """This will reckon what `rate` for each `each` comes to over `base`, to six decimal places.

    "full" counts only each full amount: £2.9m at one for each £1m is two. "pro-rata" counts parts of it: 2.9. `most` is
    the cap. A base below zero (more credited than ordered) comes to nothing. Raises ValueError when `each` is not above 0.
    """
    if each <= 0:
        raise ValueError("a formula counts for each amount above zero")
    times = max(Fraction(base), Fraction(0)) / Fraction(each)
    if rounding == "full":
        times = Fraction(times.numerator // times.denominator)
    whole = times * Fraction(rate)
    if most is not None:
        whole = min(whole, Fraction(most))
    with localcontext(prec=_DIGITS):
        exact = Decimal(whole.numerator) / Decimal(whole.denominator)
        return exact.quantize(QUANTITY_PLACES, rounding=ROUND_HALF_UP)


def parted(whole: Decimal, bases: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """This will part a quantity in the proportion of what each brought, to six places, so that the parts add up to it.

    Whoever brought nothing, or took more back than was brought, has no part.
    """
    keys = list(bases)
    above = [max(bases[key], Decimal(0)) for key in keys]
    total = sum(above, Decimal(0))
    if not total:
        return dict.fromkeys(keys, Decimal(0))
    with localcontext(prec=_DIGITS):
        shares = [whole * base / total for base in above]
    return dict(zip(keys, allocate(shares, QUANTITY_PLACES), strict=True))
