"""A licensed workbook on its way to a framework: what is shown of its columns and rows, and what a person states of it.

Reading, mapping and making are `commonweal.sources`; here they are joined for one upload. Touches no table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from commonweal.engine.catalogue import edition_of
from commonweal.engine.document import FileRefused, parse_document
from commonweal.engine.model import Edition
from commonweal.frameworks.overlays import FileNotUsable
from commonweal.sources import workbooks_mapping as columns
from commonweal.sources.workbooks import gathered, read_workbook
from commonweal.sources.workbooks_import import About, Imported, MappingIncomplete, framework_from

if TYPE_CHECKING:
    from commonweal.frameworks.models import LicensedWorkbook

#: What is taken for granted while nobody has stated it yet, so that rows can be shown: none of it is kept.
_UNSTATED = {
    "framework_id": "unstated", "version": "0", "title": "Not stated yet", "publisher": "?", "licence": "?",
    "nation": "uk", "price_year": "2000", "price_year_type": "rate-year", "kind": "mixed", "beneficiary": "?",
    "already_net": (), "source_title": "?", "locator": "?", "author": "?", "unit": "unit",
}  # fmt: skip
_FINDINGS_SHOWN = 200
#: What one edition of a licensed framework has in common with the next. The edition, the year of its prices, what was
#: read and where it is kept are stated afresh.
_KEPT = (
    "title", "publisher", "framework_id", "licence", "nation", "price_year_type", "kind", "beneficiary", "already_net",
    "unit",
)  # fmt: skip


@dataclass
class Reading:
    """What became of a workbook: its mapping, its columns as a page shows them, and, once it can be read, its rows."""

    mapping: dict[str, Any]
    columns: list[dict[str, Any]]
    sheets: list[str]
    findings: list[str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    rows_in: int = 0
    problem: str = ""
    document: dict[str, Any] | None = None


def about_of(stated: Mapping[str, Any]) -> About:
    """This will build what a person stated; raises AboutIncomplete with every problem by name."""
    net = stated.get("already_net")
    return About(**{**stated, "already_net": None if net is None else tuple(net)})


def edition_before(workbook: LicensedWorkbook, others: Iterable[LicensedWorkbook]) -> LicensedWorkbook | None:
    """This will find the body's last published workbook whose headings are the same, or nothing."""
    alike = (
        each for each in published(others)
        if each.pk != workbook.pk and each.fingerprint and each.fingerprint == workbook.fingerprint
    )  # fmt: skip
    return next(alike, None)


def published(workbooks: Iterable[LicensedWorkbook]) -> list[LicensedWorkbook]:
    """This will keep the workbooks whose frameworks stand, the last chosen first."""
    standing = (each for each in workbooks if each.state == "published" and each.stated)
    return sorted(standing, key=lambda each: each.read_at, reverse=True)


def stated_again(before: LicensedWorkbook) -> dict[str, Any]:
    """This will give what was stated of an edition and is likely to hold for the next one too."""
    return {name: before.stated[name] for name in _KEPT if name in before.stated}


def read(
    content: bytes, name: str, *, saved: Iterable[Mapping[str, Any]], chosen: Mapping[str, Any],
    place: tuple[str, int | None] | None, stated: Mapping[str, Any],
) -> Reading:  # fmt: skip
    """This will read a workbook by the mapping a person chose, else one saved for its headings, else a proposal.

    `place` is a sheet and row of headings that a person chose; `stated` what they said of it, or empty. Raises
    TableError when no table is there.
    """
    workbook = read_workbook(content, name)
    if place is not None:
        mapping = columns.propose_mapping(workbook, sheet=place[0], heading_row=place[1])
    elif chosen:
        mapping = columns.Mapping.from_json(chosen)
    else:
        mapping = columns.mapping_for(workbook, _usable(saved))
    samples = {use.column: use.samples for use in columns.propose_mapping(
        workbook, sheet=mapping.sheets[0].name, heading_row=mapping.sheets[0].heading_row).columns}  # fmt: skip
    found = Reading(
        mapping.as_json(),
        [
            {"column": use.column, "field": use.field or "", "variant": use.variant, "carried_down": use.carried_down,
             "written_as": use.written_as, "confidence": use.confidence, "reasons": list(use.reasons),
             "samples": list(use.samples or samples.get(use.column, ()))}
            for use in mapping.columns
        ],
        [sheet.name for sheet in workbook.sheets if sheet.grid.rows],
        [*map(str, gathered(workbook.findings)[:_FINDINGS_SHOWN]), *mapping.reasons],
    )  # fmt: skip
    about = about_of(stated) if stated else About(**_UNSTATED)  # type: ignore[arg-type]
    try:
        imported = framework_from(workbook, mapping, about)
    except MappingIncomplete as error:
        found.problem = f"{str(error)[:1].upper()}{str(error)[1:]}."
        return found
    found.rows_in, found.rows = imported.rows_in, _rows(imported)
    found.findings += [str(each) for each in imported.findings[len(workbook.findings) :]]
    if stated:
        found.document = imported.document
    return found


def _usable(saved: Iterable[Mapping[str, Any]]) -> list[columns.Mapping]:
    found = []
    for each in saved:
        try:
            found.append(columns.Mapping.from_json(each))
        except ValueError:  # it names a field that is no longer known
            continue
    return found


def _rows(imported: Imported) -> list[dict[str, Any]]:
    made = {}
    if imported.document is not None:
        made = {
            measure["id"]: measure
            for theme in imported.document["themes"]
            for outcome in theme["outcomes"]
            for measure in outcome["measures"]
        }
    rows: list[dict[str, Any]] = [
        {"sheet": each.place.sheet, "row_number": each.place.row, "cell": "", "outcome": "accepted", "text": "",
         "reason": "", "fix": "", "notes": list(each.notes), "measures": [_shown(made[id]) for id in each.measures]}
        for each in imported.accepted
    ]  # fmt: skip
    rows += [
        {"sheet": each.place.sheet, "row_number": each.place.row,
         "cell": f"{each.place.column}{each.place.row}" if each.place.column else "",
         "outcome": "rejected" if each.cause == "fault" else "not a measure", "text": each.text,
         "reason": each.reason, "fix": each.fix, "notes": [],
         "measures": [{"code": each.code, "title": each.title}] if each.code or each.title else []}
        for each in imported.rejected
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["sheet"], row["row_number"]))


def _shown(measure: Mapping[str, Any]) -> dict[str, str]:
    value = measure.get("value", {})
    return {
        "code": measure["code"], "title": measure["title"], "unit": measure["unit"],
        "amount": value.get("amount", ""), "low": value.get("low", ""), "high": value.get("high", ""),
    }  # fmt: skip


def chosen_mapping(current: Mapping[str, Any], uses: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """This will put what a person chose for each column into a mapping; raises ValueError for what makes no sense."""
    by_column = {each["column"]: each for each in current["columns"]}
    made = []
    for use in uses:
        before = by_column[use["column"]]
        names = ("field", "variant", "carried_down", "written_as")
        same = all((before[name] or "") == (use[name] or "") for name in names)
        said = {name: use[name] for name in names} | {"field": use["field"] or None}
        made.append({**before, **said, **({} if same else {"confidence": 100, "reasons": ["chosen by a person"]})})
    section = current["section_rows"]
    if section in {each["field"] for each in made}:
        section = ""
    return columns.Mapping.from_json({**current, "columns": made, "section_rows": section}).as_json()


def edition_from(document: Mapping[str, Any], name: str) -> Edition:
    """This will build the edition a workbook's document describes; raises FileNotUsable with all that is wrong."""
    try:
        parsed = parse_document(json.dumps(document, ensure_ascii=False).encode(), name)
    except FileRefused as refused:
        raise FileNotUsable(refused.findings) from None
    edition, findings = edition_of(parsed)
    if edition is None:
        raise FileNotUsable(findings)
    return edition
