"""A financial year: 1 April to 31 March, as councils, health bodies and departments close their books."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from commonweal.engine.factors import financial_year, financial_year_name

_SLUG = re.compile(r"([0-9]{4})-([0-9]{2})")
#: The years that can be told apart from a slip of the pen.
_EARLIEST, _LATEST = 1990, 2199


class YearUnknown(ValueError):
    """The words are not those of a financial year."""


@dataclass(frozen=True, slots=True, order=True)
class FinancialYear:
    """This will hold a financial year by the calendar year it begins in. Raises YearUnknown outside 1990 to 2199."""

    begins: int

    def __post_init__(self) -> None:
        if not _EARLIEST <= self.begins <= _LATEST:
            raise YearUnknown(f"{self.begins} is not a year from {_EARLIEST} to {_LATEST}.")

    @classmethod
    def of(cls, day: date) -> FinancialYear:
        """This will give the year a day lies in."""
        return cls(financial_year(day))

    @classmethod
    def parse(cls, slug: str) -> FinancialYear:
        """This will read `2025-26` (or `2025/26`, as people write it). Raises YearUnknown."""
        found = _SLUG.fullmatch(slug.strip().replace("/", "-"))
        if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
            raise YearUnknown(f"'{slug[:20]}' is not a financial year. Write it as 2025-26.")
        return cls(int(found[1]))

    @property
    def starts_on(self) -> date:
        """Its first day, 1 April."""
        return date(self.begins, 4, 1)

    @property
    def ends_on(self) -> date:
        """Its last day, 31 March."""
        return date(self.begins + 1, 3, 31)

    @property
    def name(self) -> str:
        """As people read it: "2025/26"."""
        return financial_year_name(self.begins).replace("-", "/")

    @property
    def slug(self) -> str:
        """As addresses and files write it: "2025-26"."""
        return financial_year_name(self.begins)

    @property
    def previous(self) -> FinancialYear:
        """The year before it."""
        return FinancialYear(self.begins - 1)

    @property
    def next(self) -> FinancialYear:
        """The year after it."""
        return FinancialYear(self.begins + 1)

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in it; a day that is not known lies in none."""
        return day is not None and self.starts_on <= day <= self.ends_on
