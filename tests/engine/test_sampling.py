"""Samples: drawn again by anybody; intervals against published values."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from fractions import Fraction

import pytest

from commonweal.engine.sampling import Z90, Z95, drawn, share_of_quantity, share_that_stands, size_for_precision

IDS = [f"entry-{number}" for number in range(200)]


def test_draw_is_the_smallest_hashes_and_knows_no_order():
    first = drawn(IDS, seed="4711", size=9)
    assert first == drawn(reversed(IDS), seed="4711", size=9)
    assert first == sorted(IDS, key=lambda each: hashlib.sha256(f"4711:{each}".encode()).hexdigest())[:9]
    assert first != drawn(IDS, seed="4712", size=9)


def test_every_entry_is_drawn_about_as_often():
    counts = dict.fromkeys(IDS, 0)
    for seed in range(400):
        for each in drawn(IDS, seed=str(seed), size=50):
            counts[each] += 1
    assert 60 < min(counts.values()) < 100 < max(counts.values()) < 145  # 100 expected, 8.7 the standard deviation


@pytest.mark.parametrize("size", [0, -1, 201])
def test_size_that_cannot_be_drawn(size):
    with pytest.raises(ValueError, match="cannot be drawn"):
        drawn(IDS, seed="1", size=size)


#: R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
@pytest.mark.parametrize(
    ("stood", "checked", "low", "high"),
    [
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_wilson_interval_as_published(stood, checked, low, high):
    found = share_that_stands(stood, checked)
    places = Decimal("0.0001")
    assert (found.low.quantize(places), found.high.quantize(places)) == (Decimal(low), Decimal(high))


def test_interval_of_all_and_none_mirror():
    assert abs(share_that_stands(20, 20).low + share_that_stands(0, 20).high - 1) < Decimal("1e-20")
    assert share_that_stands(20, 20).high == 1


def test_nothing_checked_says_nothing():
    with pytest.raises(ValueError, match="at least one"):
        share_that_stands(0, 0)


def test_ratio_by_the_formula_in_fractions():
    claimed, found, population = [10, 4, 6, 20], [10, 3, 6, 16], 40
    estimate = share_of_quantity([Decimal(x) for x in claimed], [Decimal(y) for y in found], population)
    ratio = Fraction(sum(found), sum(claimed))
    spread = sum((y - ratio * x) ** 2 for x, y in zip(claimed, found, strict=True)) / 3
    variance = (1 - Fraction(4, population)) * spread / 4 / Fraction(sum(claimed), 4) ** 2
    half = (estimate.high - estimate.low) / 2 if estimate.high < 1 else estimate.central - estimate.low
    assert estimate.central == Decimal(ratio.numerator) / ratio.denominator
    assert abs((half / Z95) ** 2 - Decimal(variance.numerator) / variance.denominator) < Decimal("1e-20")


def test_whole_population_checked_has_no_doubt():
    found = share_of_quantity([Decimal(4), Decimal(6)], [Decimal(4), Decimal(3)], 2)
    assert found.low == found.central == found.high == Decimal("0.7")


def test_one_entry_says_nothing_of_a_quantity():
    assert share_of_quantity([Decimal(4)], [Decimal(4)], 9) is None


#: Cochran 1977, 4.4-4.6, by hand: n0 = z squared p q / d squared; n = n0 / (1 + (n0 - 1) / N).
@pytest.mark.parametrize(
    ("population", "within", "z", "share", "size"),
    [
        (500, "0.05", Z95, "0.5", 218),  # 384.15 -> 217.49
        (200, "0.10", Z95, "0.5", 66),  # 96.04 -> 65.09
        (200, "0.10", Z90, "0.5", 51),  # 67.64 -> 50.73
        (500, "0.05", Z95, "0.9", 109),  # 138.29 -> 108.53
        (500, "0.05", Z95, "0.1", 109),
        (10**9, "0.05", Z95, "0.5", 385),
        (40, "0.01", Z95, "0.5", 40),  # 9603.65 -> 39.84
        (1, "0.05", Z95, "0.5", 1),
        (500, "0.9", Z95, "0.01", 1),  # below one: one is drawn
    ],
)
def test_size_for_a_precision_by_hand(population, within, z, share, size):
    assert size_for_precision(population, within=Decimal(within), z=z, share=Decimal(share)) == size


def test_size_is_the_least_whose_interval_is_close_enough():
    """The margin by the standard error with finite population correction, (N - n) / (N - 1), worked the other way."""
    for population in (30, 500, 2719):
        size = size_for_precision(population, within=Decimal("0.05"))
        margins = [
            Z95**2 * Decimal("0.25") / drawn_now * (population - drawn_now) / (population - 1)
            for drawn_now in (size, size - 1)
        ]
        assert margins[0] <= Decimal("0.0025") < margins[1]


@pytest.mark.parametrize(
    ("population", "within", "share"), [(0, "0.05", "0.5"), (9, "0", "0.5"), (9, "1", "0.5"), (9, "0.1", "1")]
)
def test_size_for_what_cannot_be_is_refused(population, within, share):
    with pytest.raises(ValueError, match="nothing to draw|between 0 and 1"):
        size_for_precision(population, within=Decimal(within), share=Decimal(share))
