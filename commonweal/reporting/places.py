"""The places a record names, and those they lie in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_ORDER: Final = ("ward", "council", "county", "combined-authority", "region", "nation", "lsoa")


@dataclass(frozen=True, slots=True)
class NamedPlaces:
    """The places a body's lines name, and those above them: each with the named codes that lie in it."""

    names: Mapping[str, str]
    kinds: Mapping[str, str]
    beneath: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def choices(self) -> list[tuple[str, str]]:
        """Wards, councils and wider places as (code, name), those of a kind together and by name."""
        listed = sorted(
            (_ORDER.index(self.kinds[code]) if self.kinds[code] in _ORDER else len(_ORDER), name, code)
            for code, name in self.names.items()
        )
        return [(code, name) for _kind, name, code in listed]
