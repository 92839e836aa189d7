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


def pays_for(rows: Sequence[LineRow]) -> list[tuple[LineRow, LineRow]]:
    """This will pair each line of spending with the lines of jobs that it pays for: those of a sub-contractor it names,
    told in the same return."""
    told = [row for row in rows if row.line.answer == "told"]
    jobs = [
        row for row in told
        if row.part is not None and row.part.organisation and row.promise.commitment.unit.strip().casefold() in JOBS
    ]  # fmt: skip
    spending = [row for row in told if is_money(row.promise.commitment.unit)]
    return [
        (spend, job) for spend in spending for job in jobs
        if job.part is not None and job.part.organisation.casefold() in _words(spend)
    ]  # fmt: skip


def paid_and_counted(rows: Sequence[LineRow]) -> dict[int, str]:
    """This will say, by the inner key of a line, where spending names a sub-contractor whose own jobs are told in the
    same return. Both lines get the finding: what pays for a job and the job are one effect, so one of the two is valued.
    """
    found: dict[int, str] = {}
    for spend, job in pays_for(rows):
        assert job.part is not None
        name = job.part.organisation
        given = {"sub": name, "spend": spend.promise.commitment.wording, "jobs": job.promise.commitment.wording}
        found[spend.line.pk] = _(
            "This spending names %(sub)s, whose jobs are told under “%(jobs)s”. Value one of the two, not both."
        ) % given  # fmt: skip
        found[job.line.pk] = _(
            "%(sub)s is also paid under “%(spend)s”, as that line says. Value one of the two, not both."
        ) % given  # fmt: skip
    return found
