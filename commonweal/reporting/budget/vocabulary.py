"""The words of the year: its states, its stages, and what an account can be split by."""

from __future__ import annotations

from typing import Final

LINE_KINDS: Final = [("baseline", "Baseline"), ("budget", "Budget")]
#: What an account of a year can be split by: the word of the address, and what a person reads.
SPLITS: Final[dict[str, str]] = {
    "department": "Department",
    "objective": "Objective",
    "channel": "Channel",
    "place": "Place",
    "theme": "Theme",
    "kind": "Kind of value",
    "size": "Size of provider",
}
STATES: Final[dict[str, str]] = {
    "open": "Open",
    "provisional": "Closed provisionally",
    "final": "Closed for good",
}
#: Every account says so, in these words.
NOT_ACCOUNTS: Final = "This is not part of the Statement of Accounts."
