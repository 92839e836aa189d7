"""What the tests of a body's own frameworks share: a small licensed edition, with words found nowhere else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from commonweal.engine import catalogue
from commonweal.engine.model import PRIVATE, Edition, Outcome, Source, Theme

THEME, OUTCOME, TITLE, TITLE_CY, CODE = "Zqtheme words", "Zqoutcome words", "Zqmeasure words", "Geiriau zq", "ZQ77x"
AMOUNT = Decimal("4321.09")


def licensed_edition(version: str = "2026", framework_id: str = "licensed-set") -> Edition:
    """One measure with words, a code and a value that are licensed, and the open measures' way of counting."""
    base = catalogue.load_edition("open-measures@1.0")
    source = Source("licensed-set-2026", "Zqsource words", "row 2", PRIVATE, "seen")
    sample = base.measures["community.volunteering-hours"]
    assert sample.value is not None
    measure = replace(
        sample, id="zq77x", code=CODE, title=TITLE, title_cy=TITLE_CY, definition="Zqdefinition words",
        counting_rule="Zqrule words", rates={}, exclusive_group=None, reference=source,
        value=replace(sample.value, id="zq77x", name=TITLE, amount=AMOUNT, low=None, high=None, source=source),
    )  # fmt: skip
    return replace(
        base, framework_id=framework_id, version=version, title="Licensed set", title_cy="", publisher="Its publisher",
        licence=PRIVATE, source=source, gaps=(), notes="",
        themes=(Theme("zqt", THEME, "", (Outcome("zqo", OUTCOME, "", (), (measure,)),)),),
    )  # fmt: skip
