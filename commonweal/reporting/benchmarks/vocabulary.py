"""The words benchmarks are described with: ids in the database, labels for people."""

from __future__ import annotations

from typing import Final

#: How much of a body's identity goes with its rates.
NAMING: Final = [
    ("named", "With our name beside our rates"),
    ("unnamed", "Without our name"),
]
BASES: Final = [("per-pound", "for each £1 spent"), ("per-head", "for each resident")]
LEVELS: Final = [
    ("0", "Not begun"),
    ("1", "Begun"),
    ("2", "Done in parts"),
    ("3", "Done throughout"),
    ("4", "Done, and checked by others"),
]
#: Whom a body is compared with.
GROUPS: Final = [
    ("like", "Bodies of our kind, nation and size"),
    ("kind", "Bodies of our kind"),
    ("all", "Every body that exchanges rates"),
]
#: Fewer providers than this stand behind no rate that is given out.
LEAST_PROVIDERS: Final = 3
#: Fewer bodies than this are no group to be compared with.
LEAST_BODIES: Final = 5
