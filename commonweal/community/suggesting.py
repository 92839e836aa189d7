"""Which measures a group's words come closest to, so that an officer need not look through them all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from commonweal.community.matching import stems

AT_MOST: Final = 5


def suggested(words: str, measures: Iterable[tuple[str, str]]) -> list[str]:
    """This will list the ids of the measures (id, title and unit) that share words with a text, the closest first."""
    wanted = stems(words)
    counted = [(len(wanted & stems(title)), number, id) for number, (id, title) in enumerate(measures)]
    return [id for shared, _number, id in sorted(counted, key=lambda each: (-each[0], each[1])) if shared][:AT_MOST]
