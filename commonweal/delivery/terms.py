"""An agreement's terms, apart from the agreement, so that a change says what was and what is."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commonweal.delivery.models import Agreement


@dataclass(frozen=True, slots=True)
class Terms:
    """An agreement's value in pounds (below zero where it brings money in), its spending, and its dates."""

    value: Decimal | None
    spent: Decimal | None
    starts_on: date | None
    ends_on: date | None
    extension_months: int = 0

    def token(self) -> str:
        """This will give a text that stands for these terms, so that a form can say which it was written against."""
        return hashlib.sha256(repr([str(part) for part in asdict(self).values()]).encode()).hexdigest()[:16]


def terms_of(agreement: Agreement) -> Terms:
    """This will give an agreement's terms as they are."""
    return Terms(agreement.value, agreement.spent, agreement.starts_on, agreement.ends_on, agreement.extension_months)
