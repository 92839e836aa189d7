"""What looks odd is asked about, and changes no figure."""

from datetime import date
from decimal import Decimal

from made_editions import edition, line

from commonweal.engine.doubts import find_doubts

MADE = edition()
NOUGHT = dict.fromkeys(("deadweight", "attribution", "displacement"), Decimal(0))


def codes(*lines, **asked):
    return {finding.code: finding.rows for finding in find_doubts(lines, MADE, **asked)}


def test_ordinary_lines_raise_no_doubt():
    assert (
        codes(
            line("rated", "3", agreement="A"), line("rated", "4", agreement="B"), line("bare", "0"), line("bare", "0")
        )
        == {}
    )


def test_one_effect_under_two_agreements_is_asked_about():
    found = codes(line("rated", agreement="A", row=2), line("rated", agreement="B", row=3), line("rated", "21", row=4))
    assert found == {"told-under-two-agreements": (2, 3)}


def test_shares_of_one_line_are_no_repeat():
    half = {"share": Decimal("0.5"), "line": "L"}
    assert codes(line("rated", agreement="A", **half), line("rated", agreement="B", **half)) == {}


def test_a_line_typed_twice_is_asked_about():
    assert codes(line("rated", agreement="A", row=2), line("rated", agreement="A", row=5)) == {"line-repeated": (2, 5)}


def test_nothing_deducted_is_business_as_usual_until_shown_otherwise():
    assert codes(line("rated", row=2, reason="ours", **NOUGHT)) == {"business-as-usual": (2,)}
    assert codes(line("rated", reason="ours", **{**NOUGHT, "deadweight": Decimal("0.1")})) == {}


def test_dates_outside_the_agreement():
    terms = {"A": (date(2026, 4, 1), date(2027, 3, 31))}
    assert codes(line("rated", agreement="A", start=date(2026, 3, 31), row=2), terms=terms) == {
        "before-the-agreement": (2,)
    }
    assert codes(line("rated", agreement="A", start=date(2027, 4, 1), row=2), terms=terms) == {
        "after-the-agreement": (2,)
    }
    assert codes(line("rated", agreement="A", start=date(2027, 3, 31)), terms=terms) == {}
    assert codes(line("rated", agreement="B", start=date(2020, 1, 1)), terms=terms) == {}


def test_a_quantity_far_from_the_others_is_asked_about():
    usual = [line("rated", str(number), row=number) for number in range(2, 8)]
    assert codes(*usual, line("rated", "501", row=9)) == {"quantity-far-off": (9,)}
    assert codes(*usual, line("rated", "450", row=9)) == {}
    assert codes(*usual[:3], line("rated", "5000", row=9)) == {}, "too few to compare with"


def test_years_that_can_only_be_a_slip_are_asked_about():
    assert codes(line("rated", start=date(1899, 12, 31), end=date(1900, 1, 1), row=2)) == {"days-far-off": (2,)}
    assert codes(line("rated", start=date(2200, 12, 31), end=date(2201, 1, 1), row=3)) == {"days-far-off": (3,)}
    assert codes(line("rated", start=date(1900, 1, 1), end=date(1900, 1, 1))) == {}
    assert codes(line("rated", start=date(2200, 12, 31), end=date(2200, 12, 31))) == {}


def test_a_period_longer_than_fifty_years_is_asked_about():
    assert codes(line("rated", start=date(2026, 4, 1), end=date(2076, 4, 1), row=2)) == {"period-very-long": (2,)}
    assert codes(line("rated", start=date(2026, 4, 1), end=date(2076, 3, 31))) == {}, "fifty years to the day"
