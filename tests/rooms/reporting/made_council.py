"""What the tests of worth share: the invented council, its wards and the day."""

from datetime import date

DAY = date(2026, 11, 22)
COUNCIL, WARD, OTHER_WARD = "E06999901", "E05999901", "E05999902"
