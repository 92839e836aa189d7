"""Checks files of the catalogue and says, for each fault, where it is, why it is one and what to do."""

from datetime import date
from pathlib import Path

from commonweal.engine.catalogue import (
    carbon_values,
    deflators,
    discount_schedules,
    editions,
    framework_ids,
    read_edition,
    read_values,
    sources,
    value_files,
)
from commonweal.engine.crosswalk_file import crosswalk_files, read_crosswalk
from commonweal.engine.document import CATALOGUE, Finding
from commonweal.engine.model import Edition
from commonweal.engine.overlay_file import read_overlay


def check_framework(path: str | Path) -> list[Finding]:
    """This will say everything that is wrong in a framework file; an empty list means it can be used.

    Never raises for what the file holds, whatever its bytes. Faults of form are given first, all of them; faults of
    meaning (ids used twice, unknown values, amounts out of order) once the form is right.
    """
    return read_edition(path)[1]


def check_overlay(path: str | Path, base: Edition | None = None) -> list[Finding]:
    """This will say everything that is wrong in an overlay file; an empty list means it can be laid on its base.

    Without `base` the edition it names is taken from the catalogue. Never raises for what the file holds.
    """
    return read_overlay(path, base)[1]


def check_crosswalk(path: str | Path, *given: Edition) -> list[Finding]:
    """This will say everything that is wrong in a crosswalk file; an empty list means it can be used.

    Editions it names are taken from those `given`, else from the catalogue. Never raises for what the file holds.
    """
    return read_crosswalk(path, *given)[1]


def check_catalogue(on: date | None = None) -> list[Finding]:
    """This will check every file the product carries against its schema, its path, the sources and each other.

    With `on`, it also says which files were due for review by that day.
    """
    findings: list[Finding] = []
    seen: dict[str, str] = {}
    for path in value_files():
        made, wrong = read_values(path)
        findings += wrong
        for id in made:
            if id in seen:
                findings.append(Finding(_name(path), f"values.{id}", f"also in {seen[id]}", "Keep one of the two"))
            seen[id] = _name(path)
    for path in (
        CATALOGUE / "frameworks" / id / f"{version}.yaml" for id in framework_ids() for version in editions(id)
    ):
        edition, wrong = read_edition(path)
        findings += wrong
        if edition is None:
            continue
        if (edition.framework_id, edition.version) != (path.parent.name, path.stem):
            fix = f"Move it to {edition.framework_id}/{edition.version}.yaml, or correct its id or version"
            findings.append(Finding(_name(path), "id", "the path does not name the edition", fix))
        findings += _review(path, edition.review_on, on)
    for path in crosswalk_files():
        crosswalk, wrong = read_crosswalk(path)
        findings += wrong
        if crosswalk is None:
            continue
        named = f"{crosswalk.of.framework_id}-to-{crosswalk.to.framework_id}"
        if path.stem != named:
            fix = f"Move it to {named}.yaml, or correct its ends"
            findings.append(Finding(_name(path), "from", "the path does not name the crosswalk", fix))
        findings += _review(path, crosswalk.review_on, on)
    for table, source_ids in (
        ("prices/deflators.csv", [row.source_id for row in deflators()]),
        ("prices/discount_schedules.csv", [row.source_id for row in discount_schedules()]),
        ("prices/carbon_values.csv", [row.source_id for row in carbon_values()]),
    ):
        findings += [
            Finding(table, f"line {line}", f"there is no source {source_id!r}", "Add it to sources.csv")
            for line, source_id in enumerate(source_ids, start=2)
            if source_id not in sources()
        ]
    return findings


def _name(path: Path) -> str:
    return path.relative_to(CATALOGUE).as_posix()


def _review(path: Path, review_on: date | None, on: date | None) -> list[Finding]:
    if not (on and review_on and review_on <= on):
        return []
    return [Finding(_name(path), "review_on", "the review date has passed", "Review it and set the next")]
