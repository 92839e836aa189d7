"""The rules and the arithmetic: pure Python over frozen values, with no Django, no clock and no network.

What a notebook needs can be imported from here:

    from commonweal.engine import Line, as_json, draw, load_edition, read_lines, value, value_file, what_changed

docs/reference/python.md shows each with an example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commonweal.engine.catalogue import load_edition
from commonweal.engine.changed import what_changed
from commonweal.engine.crosswalk import report_under
from commonweal.engine.crosswalk_file import crosswalk_between, load_crosswalk
from commonweal.engine.draws import draw
from commonweal.engine.explain import steps, steps_text
from commonweal.engine.indicators import leverage, lm3, social_return
from commonweal.engine.lines import Line, read_lines
from commonweal.engine.overlay import apply_overlay
from commonweal.engine.overlay_file import load_overlay
from commonweal.engine.presentation import as_json
from commonweal.engine.scoring import read_evaluation, score
from commonweal.engine.value import Valuation, value

if TYPE_CHECKING:
    from commonweal.engine.bulk import value_file

__all__ = [
    "Line", "Valuation", "apply_overlay", "as_json", "crosswalk_between", "draw", "leverage", "lm3", "load_crosswalk",
    "load_edition", "load_overlay", "read_evaluation", "read_lines", "report_under", "score", "social_return", "steps",
    "steps_text", "value", "value_file", "what_changed",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """This will import what takes a second to import only when it is asked for."""
    if name == "value_file":
        from commonweal.engine.bulk import value_file

        return value_file
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
