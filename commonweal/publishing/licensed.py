"""What may be published of a promise under a framework that is licensed to the body: its own words, and no value.

The measure, its code, theme and value are its publisher's. The promise, its quantity and unit, where and when, and what
was delivered are the body's own facts and stay. An amount would give the value away to whoever divides, so none is shown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from commonweal.reporting.figures import Reason, WorthLine

if TYPE_CHECKING:
    from commonweal.frameworks.models import Measure

#: What stands where the body has no words of its own, in English and Welsh.
UNWORDED: Final = (
    "A promise under a framework licensed to this body",
    "Addewid o dan fframwaith a drwyddedwyd i’r corff hwn",
)
WHY: Final = "its measure is licensed to the body and may not be published"


def public_wording(wording: str, measure: Measure | None) -> tuple[str, str]:
    """This will give the words of a promise as they may be published, in English and, where there are any, in Welsh."""
    if measure is None:
        return wording, ""
    if not measure.is_private:
        return wording, measure.title_cy if measure.title == wording else ""
    said = f" {_plain(wording)} "
    borrowed = (measure.title, measure.title_cy, measure.code)
    return UNWORDED if any(each and f" {_plain(each)} " in said for each in borrowed) else (wording, "")


def publishable(line: WorthLine, licensed: Collection[str]) -> WorthLine:
    """This will give a line as it may be published; of a licensed promise (by outward id) without its value."""
    if line.promise.public_id not in licensed:
        return line
    return replace(line, valued=None, reason=Reason(WHY))


def _plain(text: str) -> str:
    kept = "".join(letter if letter.isalnum() else " " for letter in text.casefold())
    return " ".join(kept.split())
