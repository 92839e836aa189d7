"""What a row of a budget file, a contracts register or a list of payments says, as records.

A record names itself (`key`), so that the next file's row about the same thing is known for it, and has a `fingerprint`,
so that nothing is done when nothing has changed. Payments have no more to them than a date, a payee, an amount and what
contract, purpose and department they were booked to: other readers of payments can give the same records.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

from commonweal.sources.cells import is_unknown
from commonweal.sources.tracker_records import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRecord:
    """One budget line of one financial year, which begins in the calendar year `begins`."""

    begins: int
    cost_centre: str
    department: str
    description: str
    budget: Decimal | None
    actual: Decimal | None
    occurrence: int = 1

    def key(self) -> str:
        """This will name the line, the same from one file to the next."""
        named = [plain_name(each) for each in (self.cost_centre, self.department, self.description)]
        return digest(["budget", self.begins, named, self.occurrence])

    def fingerprint(self) -> str:
        """This will change when the line's amounts change."""
        return digest([_number(self.budget), _number(self.actual)])


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRecord:
    """One entry of a contracts register."""

    reference: str
    title: str
    supplier: str
    company_number: str
    department: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    ends_words: str
    value: Decimal | None
    occurrence: int = 1

    def key(self) -> str:
        """This will name the entry, the same from one register to the next."""
        began = self.starts_on.isoformat() if self.starts_on else ""
        named = [plain_reference(self.reference), plain_name(self.supplier), plain_name(self.title), began]
        return digest(["register", named, self.occurrence])

    def fingerprint(self) -> str:
        """This will change when anything the entry says changes."""
        ends = self.ends_on.isoformat() if self.ends_on else self.ends_words
        return digest([ends, _number(self.value), self.department, self.company_number])


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRecord:
    """One payment. Real repeats are kept: the second like it is another payment."""

    dated_on: dt.date
    supplier: str
    reference: str
    amount: Decimal
    description: str
    department: str
    occurrence: int = 1

    def key(self) -> str:
        """This will name the payment, the same from one list to the next."""
        named = [plain_name(self.supplier), plain_reference(self.reference), self.description, self.department]
        return digest(["payment", self.dated_on.isoformat(), _number(self.amount), named, self.occurrence])

    def fingerprint(self) -> str:
        """This will be the same for every reading of the payment: all it says is in its key."""
        return "payment"


FinanceRecord = BudgetRecord | ContractRecord | PaymentRecord


def plain_name(name: str) -> str:
    """This will write a name as names are compared: lower case, letters and digits, Ltd for Limited."""
    words = re.findall(r"[^\W_]+", name.casefold().replace("&", " and ").replace("'", "").replace("’", ""))
    return " ".join("ltd" if word == "limited" else word for word in words)


def plain_reference(reference: str) -> str:
    """This will write a reference as references are compared: "" where it says that there is none."""
    text = "".join(re.findall(r"[^\W_]+", reference.casefold()))
    return "" if is_unknown(reference) or text in ("no", "none", "new") else text


def _number(number: Decimal | None) -> str | None:
    return None if number is None else str(number.normalize() + 0)
