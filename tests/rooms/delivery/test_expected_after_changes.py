"""What is expected by now of a promise that a change lowered: never more than is left of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from commonweal.delivery.promises import Accrued, compared
from commonweal.engine.profile import ProfilePart, Quarter

AGREEMENT = SimpleNamespace(starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31))
QUARTERS = (
    ProfilePart(Quarter(date(2026, 4, 1), date(2026, 6, 30)), Decimal(30)),
    ProfilePart(Quarter(date(2026, 7, 1), date(2026, 9, 30)), Decimal(90)),
)


def promise(**given):
    return SimpleNamespace(
        **{
            "pk": 1,
            "direction": "benefit",
            "basis": "fixed",
            "quantity": Decimal(120),
            "starts_on": None,
            "ends_on": None,
        }
        | given
    )


@pytest.mark.parametrize(
    ("left", "on", "expected"),
    [
        (None, date(2026, 12, 1), Decimal(120)),
        (Decimal(20), date(2026, 12, 1), Decimal(20)),
        (Decimal(20), date(2026, 6, 30), Decimal(20)),
        (Decimal(100), date(2026, 6, 30), Decimal(30)),
        (Decimal(150), date(2026, 12, 1), Decimal(120)),
    ],
)
def test_agreed_quarters_expect_no_more_than_is_left(left, on, expected):
    accrued = {} if left is None else {1: Accrued(quantity=left, own=left, is_revised=True)}
    (row,) = compared(AGREEMENT, [promise()], {}, on, {1: QUARTERS}, accrued).rows
    assert row.expected == expected


def test_reduced_promise_that_is_met_is_not_behind():
    accrued = {1: Accrued(quantity=Decimal(20), own=Decimal(20), is_revised=True)}
    sums = {1: SimpleNamespace(claimed=Decimal(20))}
    (row,) = compared(AGREEMENT, [promise()], sums, date(2027, 2, 1), {1: QUARTERS}, accrued).rows
    assert row.met
    assert not row.behind
