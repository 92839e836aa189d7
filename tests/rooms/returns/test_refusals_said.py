"""What is refused in a box for a number is said in the words of the page's language, each refusal of the reader."""

from __future__ import annotations

import pytest
from django.utils import translation

from commonweal.delivery.returns.amounts import FIXES, REASONS, NotAQuantity, read_told
from commonweal.sources.cells import NUMBER_REFUSALS, CellProblem, read_amount, read_quantity

REFUSED = {
    "not-pounds": ("£", "€40"), "negative": ("sessions", "-4"), "negative-twice": ("sessions", "(-4)"),
    "lost-digits": ("sessions", "1.2e7"), "point-or-thousands": ("£", "1.234"), "comma-or-decimal": ("sessions", "1,5"),
    "not-one-number": ("sessions", "some"), "too-many-digits": ("£", "1" * 20),
}  # fmt: skip


def test_every_refusal_of_a_number_can_be_said_in_welsh():
    assert {code: str(words) for code, words in REASONS.items()} == {
        code: reason for code, (reason, _fix) in NUMBER_REFUSALS.items()
    }
    assert {fix for _reason, fix in NUMBER_REFUSALS.values()} <= set(FIXES)


@pytest.mark.parametrize(("code", "unit", "typed"), [(code, *given) for code, given in REFUSED.items()])
def test_refusal_is_said_as_the_reader_words_it(code, unit, typed):
    problem = read_amount(typed) if unit == "£" else read_quantity(typed)
    assert isinstance(problem, CellProblem)
    assert (problem.code, problem.fix in FIXES) == (code, True)
    with translation.override("en"), pytest.raises(NotAQuantity) as told:
        read_told(typed, unit)
    assert str(told.value) == f"{problem.reason}. {problem.fix}."


def test_every_refusal_has_a_case_here():
    assert set(REFUSED) == set(NUMBER_REFUSALS)
