"""Of a promise under a licensed framework the body's own words are published, and none of the publisher's."""

from __future__ import annotations

import pytest

from commonweal.frameworks.models import Measure
from commonweal.publishing.licensed import UNWORDED, public_wording


def measure(code: str = "ZQ77x", *, is_private: bool = True) -> Measure:
    return Measure(title="Zq hours given", title_cy="Oriau zq", code=code, is_private=is_private)


@pytest.mark.parametrize(
    "wording",
    [
        "Zq hours given",
        "Oriau zq",
        "ZQ77x",
        "ZQ77x: repairs for neighbours",
        "Repairs (zq77X)",
        "We promise zq-hours given, to all",
        "Oriau ZQ i bawb",
    ],
)
def test_wording_that_borrows_a_licensed_word_or_code_is_replaced(wording: str) -> None:
    assert public_wording(wording, measure()) == UNWORDED


@pytest.mark.parametrize("wording", ["Hours our people give", "ZQ77xy repairs", "Zq hours"])
def test_wording_of_the_bodys_own_is_kept(wording: str) -> None:
    assert public_wording(wording, measure()) == (wording, "")


def test_licensed_measure_without_a_code_takes_no_words_away() -> None:
    assert public_wording("Hours our people give", measure(code="")) == ("Hours our people give", "")


def test_open_measure_lends_its_words_and_their_welsh() -> None:
    assert public_wording("Zq hours given", measure(is_private=False)) == ("Zq hours given", "Oriau zq")
    assert public_wording("ZQ77x by hand", measure(is_private=False)) == ("ZQ77x by hand", "")
