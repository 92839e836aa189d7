"""The boards there are: whose year a page shows, and what it is split by."""

from __future__ import annotations

from typing import Final

VIEWS: Final[dict[str, str]] = {
    "whole": "The whole body",
    "department": "One department",
    "ward": "One ward or place",
    "group": "The bodies of this group",
}
#: What each board is split by, unless the address says otherwise.
SPLIT_OF: Final[dict[str, str]] = {"whole": "objective", "department": "theme", "ward": "department"}
