"""The words of published accounts."""

from __future__ import annotations

from typing import Final

PREPARATION_STATES: Final = [("prepared", "Prepared"), ("published", "Published"), ("withdrawn", "Withdrawn")]
BASIS: Final = (
    "What was recorded by the day the year was closed for good. A delivery belongs to the year its period ends in; a "
    "promise brings to the year what fell due in it. Lines are valued under the edition their promise was made under, in "
    "that edition’s prices, and nothing of the year is discounted."
)
LATE_RULE: Final = (
    "What is told after the year was closed counts in the year it is told in. It restates this account only where it "
    "comes to more than the materiality."
)
