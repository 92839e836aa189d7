"""When something may be done: each rule as a truth table."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from commonweal.asks import policies
from commonweal.asks.models import Opportunity
from commonweal.asks.vocabulary import STATES
from commonweal.base.errors import NotPossible

D = Decimal
EVERY_STATE = [state for state, _words in STATES]
ALLOWED = {("planned", "asked"), ("planned", "withdrawn"), ("asked", "agreed"), ("asked", "withdrawn")}


def refused(check, *arguments, **named):
    try:
        check(*arguments, **named)
    except NotPossible as error:
        return str(error)
    return None


def test_the_table_of_states_names_every_state_and_no_other():
    assert list(policies.OPPORTUNITY_STATES) == EVERY_STATE
    assert {(a, b) for a, onward in policies.OPPORTUNITY_STATES.items() for b in onward} == ALLOWED


@pytest.mark.parametrize(("state", "to"), list(product(EVERY_STATE, EVERY_STATE)))
def test_step_by_the_table(state, to):
    sentence = refused(policies.check_step, Opportunity(title="Bridge", state=state), to, lines=1, reason="Because")
    assert (sentence is None) == ((state, to) in ALLOWED)


@pytest.mark.parametrize(
    ("to", "lines", "reason", "goes"),
    [
        ("asked", 1, "", True), ("asked", 0, "Too small", True), ("asked", 0, "", False),
        ("withdrawn", 1, "", False), ("withdrawn", 0, "", False), ("withdrawn", 0, "No money", True),
    ],
)  # fmt: skip
def test_step_without_asks_or_out_needs_its_reason(to, lines, reason, goes):
    opportunity = Opportunity(title="Bridge", state="planned")
    assert (refused(policies.check_step, opportunity, to, lines=lines, reason=reason) is None) == goes


@pytest.mark.parametrize(
    ("state", "onward"), [("planned", "asked"), ("asked", "agreed"), ("agreed", None), ("withdrawn", None)]
)
def test_next_state(state, onward):
    assert policies.next_state(Opportunity(state=state)) == onward


@pytest.mark.parametrize(
    ("state", "stays_open"), [("planned", True), ("asked", True), ("agreed", False), ("withdrawn", False)]
)
def test_open(state, stays_open):
    opportunity = Opportunity(title="Bridge", state=state)
    assert policies.is_open(opportunity) == stays_open
    assert (refused(policies.check_open, opportunity) is None) == stays_open


@pytest.mark.parametrize(
    ("starts", "ends", "fits"),
    [
        (None, None, True), (date(2026, 1, 1), None, True), (None, date(2026, 1, 1), True),
        (date(2026, 1, 1), date(2026, 1, 1), True), (date(2026, 1, 2), date(2026, 1, 1), False),
    ],
)  # fmt: skip
def test_period(starts, ends, fits):
    assert (refused(policies.check_period, starts, ends) is None) == fits


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        (None, True), (D("0"), True), (D("1500.50"), True), (D("99999999999999.99"), True),
        (D("-0.01"), False), (D("0.001"), False), (D("1e14"), False), (D("NaN"), False), (D("Infinity"), False),
    ],
)  # fmt: skip
def test_value(value, fits):
    assert (refused(policies.check_value, value) is None) == fits


@pytest.mark.parametrize(
    ("percent", "reason", "fits"),
    [
        (None, "", True), (D("0"), "Nothing to weigh", True), (D("100"), "A pledge", True), (D("12.5"), "Policy", True),
        (D("10"), "", False), (D("-1"), "Policy", False), (D("100.01"), "Policy", False), (D("1.005"), "Policy", False),
        (D("NaN"), "Policy", False),
    ],
)  # fmt: skip
def test_weighting(percent, reason, fits):
    assert (refused(policies.check_weighting, percent, reason) is None) == fits


@pytest.mark.parametrize(("months", "fits"), [(0, True), (240, True), (-1, False), (241, False)])
def test_extension(months, fits):
    assert (refused(policies.check_extension, months) is None) == fits


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("", True),
        ("45233120", True),
        ("45233120-6", True),
        ("4523312", False),
        ("45233120-", False),
        ("４5233120", False),
    ],
)
def test_cpv(code, fits):
    assert (refused(policies.check_cpv, code) is None) == fits


@pytest.mark.parametrize(
    ("quantity", "fits"),
    [
        (None, True), (D("0"), True), (D("0.000001"), True), (D("9999999999999"), True),
        (D("-1"), False), (D("0.0000001"), False), (D("1e13"), False), (D("NaN"), False), (D("Infinity"), False),
    ],
)  # fmt: skip
def test_quantity(quantity, fits):
    assert (refused(policies.check_quantity, quantity) is None) == fits


@pytest.mark.parametrize(("version", "fits"), [(3, True), (2, False), (4, False)])
def test_version(version, fits):
    opportunity = Opportunity(title="Bridge", version=3)
    if fits:
        policies.check_version(opportunity, version)
    else:
        with pytest.raises(policies.ChangedMeanwhile):
            policies.check_version(opportunity, version)
