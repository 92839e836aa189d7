"""Samples for an auditor: drawn so that anybody draws the same again, and what they say of the whole.

An estimate stands beside a total and never inside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext

#: The 97.5th percentile of the normal distribution: 95 % lie within so many standard errors.
Z95 = Decimal("1.959963984540054")
#: The 95th percentile: 90 % lie within so many standard errors.
Z90 = Decimal("1.644853626951473")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sample says of the whole, with the interval that holds it 95 times in 100; shares from 0 to 1."""

    central: Decimal
    low: Decimal
    high: Decimal
    method: str


def drawn(ids: Iterable[str], *, seed: str, size: int) -> list[str]:
    """This will draw `size` ids: those with the smallest SHA-256 of `seed:id`, in that order.

    With the seed and the ids anybody can draw them again with `sha256sum` and `sort`. Raises ValueError for a size that
    cannot be drawn.
    """
    held = sorted(set(ids), key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).hexdigest())
    if not 0 < size <= len(held):
        raise ValueError(f"{size} cannot be drawn out of {len(held)}")
    return held[:size]


def size_for_precision(population: int, *, within: Decimal, z: Decimal = Z95, share: Decimal = Decimal("0.5")) -> int:
    """This will say how many to draw so that a share is known to within `within` either way, as surely as `z` says.

    W. G. Cochran, Sampling Techniques, 3rd ed. (1977), sections 4.4 to 4.6: n0 = z squared * p(1 - p) / d squared, and for a
    whole of N entries n = n0 / (1 + (n0 - 1) / N), rounded up. `share` is the p that is expected; a half asks for most.
    Raises ValueError for an empty whole, and for a precision or a share that is not between 0 and 1.
    """
    if population < 1:
        raise ValueError("there is nothing to draw from")
    if not 0 < within < 1 or not 0 < share < 1:
        raise ValueError("a precision and a share lie between 0 and 1")
    with localcontext(prec=28):
        endless = z * z * share * (1 - share) / (within * within)
        size = (endless / (1 + (endless - 1) / population)).to_integral_value(rounding=ROUND_CEILING)
    return max(1, min(int(size), population))


def share_that_stands(stood: int, checked: int) -> Estimate:
    """This will estimate the share of entries that stand in full, by Wilson's score interval without correction.

    E. B. Wilson, JASA 22 (1927) 209-212; as method 3 of R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872. It
    takes the whole as endless, so where the sample is much of it the interval is wider than it need be.
    Raises ValueError when nothing was checked.
    """
    if not 0 <= stood <= checked or not checked:
        raise ValueError("a share needs at least one entry that was checked")
    with localcontext(prec=28):
        number, share, square = Decimal(checked), Decimal(stood) / checked, Z95 * Z95
        middle = share + square / (2 * number)
        spread = Z95 * (share * (1 - share) / number + square / (4 * number * number)).sqrt()
        low, high = ((middle + sign * spread) / (1 + square / number) for sign in (-1, 1))
    return Estimate(
        share, low if stood else Decimal(0), high if stood < checked else Decimal(1), "Wilson score interval"
    )


def share_of_quantity(claimed: Sequence[Decimal], found: Sequence[Decimal], population: int) -> Estimate | None:
    """This will estimate the share of what was claimed that stands, by the ratio estimator; None where it cannot say.

    W. G. Cochran, Sampling Techniques, 3rd ed. (1977), section 6.3: R = sum of found / sum of claimed, with variance
    (1 - n/N) / (n * mean of claimed squared) * sum of (found - R * claimed) squared / (n - 1), and normal limits. Cut off at
    0 and 1. It needs two entries and a quantity above zero; below about thirty its limits are rough.
    """
    if len(claimed) != len(found):
        raise ValueError("each quantity claimed needs what was found of it")
    number, total = len(claimed), sum(claimed, Decimal(0))
    if number < 2 or total <= 0:
        return None
    with localcontext(prec=28):
        ratio = sum(found, Decimal(0)) / total
        spread = sum(((y - ratio * x) ** 2 for x, y in zip(claimed, found, strict=True)), Decimal(0)) / (number - 1)
        left_out = 1 - Decimal(number) / max(population, number)
        error = (left_out * spread / number).sqrt() / (total / number)
    low, high = max(Decimal(0), ratio - Z95 * error), min(Decimal(1), ratio + Z95 * error)
    return Estimate(ratio, low, high, "ratio estimator with normal limits")
