"""When rates may be exchanged, and how few providers or bodies are too few to tell of."""

from __future__ import annotations

from typing import Final

from commonweal.base.errors import NotPossible
from commonweal.reporting.benchmarks.models import Consent

_MOST_PEOPLE: Final = 70_000_000


def check_consent(held: Consent | None) -> Consent:
    """This will refuse to give rates out without the body's consent."""
    if held is None:
        raise NotPossible("Your body has not agreed to exchange its rates. Agree to it first.")
    return held


def check_no_consent(held: Consent | None) -> None:
    """This will refuse to agree twice."""
    if held is not None:
        raise NotPossible("Your body agreed to this already. Take it back first to agree to something else.")


def check_people(people: int) -> None:
    """This will refuse a number of residents that cannot be right."""
    if not 100 <= people <= _MOST_PEOPLE:
        raise NotPossible(f"{people:,} residents cannot be right. Write the number from the source you name.")
