"""Spending told that pays for jobs told beside it: the same effect twice, until a person says which one counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from commonweal.base.units import is_money
from commonweal.delivery.returns.vocabulary import JOBS

if TYPE_CHECKING:
    from commonweal.delivery.returns.queries import LineRow


def _words(row: LineRow) -> str:
    figure = row.figure
    return f"{figure.note} {figure.evidence_words}".casefold() if figure is not None else ""


def paid_and_counted(rows: Sequence[LineRow]) -> dict[int, str]:
    """This will say, by the inner key of a line, where spending names a sub-contractor whose own jobs are told in the
    same return. Both lines get the finding: what pays for a job and the job are one effect, so one of the two is valued.
    """
    found: dict[int, str] = {}
    jobs = [
        row for row in rows
        if row.part is not None and row.part.organisation and row.line.answer == "told"
        and row.promise.commitment.unit.strip().casefold() in JOBS
    ]  # fmt: skip
    for spend in rows:
        if not is_money(spend.promise.commitment.unit) or spend.line.answer != "told":
            continue
        for job in jobs:
            assert job.part is not None
            name = job.part.organisation
            if name.casefold() not in _words(spend):
                continue
            given = {"sub": name, "spend": spend.promise.commitment.wording, "jobs": job.promise.commitment.wording}
            found[spend.line.pk] = _(
                "This spending names %(sub)s, whose jobs are told under “%(jobs)s”. Value one of the two, not both."
            ) % given  # fmt: skip
            found[job.line.pk] = _(
                "%(sub)s is also paid under “%(spend)s”, as that line says. Value one of the two, not both."
            ) % given  # fmt: skip
    return found
