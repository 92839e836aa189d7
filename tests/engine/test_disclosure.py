"""What is told gives away nothing that is not: tried by elimination over exact fractions, at one date and over several."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from commonweal.engine.disclosure import Figure, Release, safe_figures, sensitive_forms

CHANNELS, THEMES = ("buying", "grants", "planning"), ("jobs", "health", "place")
LEAVES = [f"{channel}/{theme}" for channel in CHANNELS for theme in THEMES]
FIGURES = [
    Figure("all", frozenset(LEAVES)),
    *(Figure(channel, frozenset(leaf for leaf in LEAVES if leaf.startswith(channel))) for channel in CHANNELS),
    *(Figure(theme, frozenset(leaf for leaf in LEAVES if leaf.endswith(theme))) for theme in THEMES),
    *(Figure(leaf, frozenset([leaf])) for leaf in LEAVES),
]


def rank(rows: list[dict]) -> int:
    """The rank of a set of equations, by elimination written for this test alone."""
    columns = sorted({column for row in rows for column in row})
    matrix = [[Fraction(row.get(column, 0)) for column in columns] for row in rows]
    found = 0
    for column in range(len(columns)):
        pivot = next((index for index in range(found, len(matrix)) if matrix[index][column]), None)
        if pivot is None:
            continue
        matrix[found], matrix[pivot] = matrix[pivot], matrix[found]
        for index in range(len(matrix)):
            if index != found and matrix[index][column]:
                factor = matrix[index][column] / matrix[found][column]
                matrix[index] = [a - factor * b for a, b in zip(matrix[index], matrix[found], strict=True)]
        found += 1
    return found


def equations(leaves: dict, told) -> list[dict]:
    by_name = {figure.name: figure for figure in FIGURES}
    return [
        {(leaf, who, amount): 1 for leaf in by_name[name].leaves for who, amount in leaves.get(leaf, {}).items()}
        for name in told
    ]


def recovered(known: list[dict], secret: dict) -> bool:
    return rank([*known, secret]) == rank(known)


def made(chance: random.Random) -> dict:
    return {
        leaf: {f"firm {number}": Decimal(chance.randrange(1, 10**6)) / 100
               for number in chance.sample(range(9), chance.choice((0, 1, 2, 3, 4, 6)))}
        for leaf in LEAVES
    }  # fmt: skip


def changed(leaves: dict, chance: random.Random) -> dict:
    after = {leaf: dict(held) for leaf, held in leaves.items()}
    for _ in range(chance.randrange(1, 4)):
        after[chance.choice(LEAVES)][f"firm {chance.randrange(9)}"] = Decimal(chance.randrange(1, 10**6)) / 100
    return after


@pytest.mark.parametrize("seed", range(25))
def test_no_suppressed_cell_is_recovered_from_all_that_is_told(seed):
    leaves = made(random.Random(seed))
    told = safe_figures(leaves, FIGURES, least=3)
    known = equations(leaves, told)
    for secret in sensitive_forms([leaves], FIGURES, least=3):
        assert not recovered(known, secret), f"seed {seed}"


@pytest.mark.parametrize("seed", range(12))
def test_no_provider_is_recovered_from_two_dates_or_three(seed):
    chance = random.Random(1000 + seed)
    dates = [made(chance)]
    releases: list[Release] = []
    known: list[dict] = []
    for _ in range(3):
        told = safe_figures(dates[-1], FIGURES, least=3, earlier=releases)
        releases.append(Release(dates[-1], told))
        known += equations(dates[-1], told)
        for secret in sensitive_forms(dates, FIGURES, least=3):
            assert not recovered(known, secret), f"seed {seed}"
        dates.append(changed(dates[-1], chance))


def test_one_small_cell_takes_a_second_with_it():
    leaves = {"buying/jobs": {"a": Decimal(1), "b": Decimal(2), "c": Decimal(3)}, "grants/jobs": {"d": Decimal(9)},
              "planning/jobs": {"e": Decimal(4), "f": Decimal(5), "g": Decimal(6)}}  # fmt: skip
    told = safe_figures(leaves, [f for f in FIGURES if f.name in ("all", "buying", "grants", "planning")], least=3)
    assert "all" in told
    assert "grants" not in told
    assert len(told & {"buying", "planning"}) == 1


def test_total_that_changed_by_one_provider_is_not_told_again():
    before = {"buying/jobs": {name: Decimal(1) for name in "abcd"}}
    after = {"buying/jobs": {**before["buying/jobs"], "e": Decimal(70)}}
    figures = [Figure("all", frozenset(["buying/jobs"]))]
    assert safe_figures(before, figures, least=3) == {"all"}
    assert safe_figures(after, figures, least=3, earlier=[Release(before, frozenset(["all"]))]) == frozenset()


def test_enough_contributors_hide_each_other():
    leaves = {leaf: {f"firm {number}": Decimal(number + 1) for number in range(5)} for leaf in LEAVES}
    assert safe_figures(leaves, FIGURES, least=3) == {figure.name for figure in FIGURES}


def test_nobody_is_hidden_by_one():
    with pytest.raises(ValueError, match="hide nobody"):
        safe_figures({}, FIGURES, least=1)
