"""Which column of a budget file, a contracts register or a list of payments fills which field: proposed, then confirmed.

The fields and the headings they go by are in the catalogue (`trackers/finance.yaml`). Below `SURE_ENOUGH` a column is left
out and says why. A year in a heading ("Budget 2025/26") says which year the column is of.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from dataclasses import replace
from importlib import resources
from typing import Any, Final, Literal

import yaml

from commonweal.sources.cells import CellDate, CellProblem, read_date
from commonweal.sources.tables import Column, Row, Table, plain
from commonweal.sources.tracker_mapping import SURE_ENOUGH, ColumnProposal, ColumnUse, Field, by_heading, read_as

FileKind = Literal["budget", "register", "payments"]
KINDS: Final[tuple[FileKind, ...]] = ("budget", "register", "payments")
#: Fields of which a file may have a column for each year.
BY_YEAR: Final = ("budget", "actual")
_SAMPLES, _JUDGED = 3, 200
_YEAR = re.compile(r"\b(?:fy ?)?((?:20)\d\d ?(?:[/-]|to) ?(?:20)?\d\d)\b", re.IGNORECASE)


@functools.cache
def fields(kind: FileKind) -> dict[str, Field]:
    """This will give every field of a kind of file by name, as the catalogue lists them."""
    path = resources.files("commonweal") / "catalogue" / "trackers" / "finance.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        name: Field(name, entry["label"], entry["reads"], tuple(plain(text) for text in entry["headings"]))
        for name, entry in content["kinds"][kind].items()
    }


@functools.cache
def known_headings(kind: FileKind) -> frozenset[str]:
    """This will give every heading of a kind of file, for finding the heading row."""
    return frozenset(heading for field in fields(kind).values() for heading in field.headings)


def year_of_words(words: str) -> int | None:
    """This will give the calendar year a financial year begins in ("2025/26": 2025), or nothing for other words."""
    found = read_date(words)
    if not isinstance(found, CellDate):
        return None
    begins = found.first.year if found.first.month >= 4 else found.first.year - 1
    ends = found.last.year if found.last.month >= 4 else found.last.year - 1
    return begins if begins == ends else None


def _year_in(heading: str) -> tuple[str, str]:
    """The heading without the year in it, and that year's words."""
    found = _YEAR.search(heading)
    if found is None or year_of_words(found[1]) is None:
        return heading, ""
    return f"{heading[: found.start()]} {heading[found.end() :]}".strip(" -–:"), found[1]


def propose(table: Table, kind: FileKind) -> list[ColumnProposal]:
    """This will propose a field for each column, in the table's order, each field (and year) once, the surest first."""
    found = []
    for column in table.columns:
        heading, year = _year_in(f"{column.group} {column.heading}".strip() if kind == "budget" else column.heading)
        bare = replace(column, heading=heading, group="") if year else column
        for field in fields(kind).values():
            if (candidate := by_heading(bare, field)) is not None:
                words = year if field.name in BY_YEAR else ""
                sure, reasons = _weighed(table, column, field, candidate.confidence, candidate.reasons)
                found.append((sure, -column.index, column, field, words, reasons))
    found.sort(key=lambda each: (-each[0], -each[1]))
    chosen: dict[str, ColumnProposal] = {}
    taken: dict[tuple[str, str], str] = {}
    perhaps: dict[str, tuple[str, ...]] = {}
    for sure, _place, column, field, words, reasons in found:
        if column.name in chosen:
            continue
        rival = taken.get((field.name, words))
        if sure >= SURE_ENOUGH and rival is None:
            taken[field.name, words] = column.name
            more = (f"the heading names the year {words}",) if words else ()
            chosen[column.name] = ColumnProposal(
                column, field.name, sure, reasons + more, _samples(table, column), words
            )
        elif column.name not in perhaps:
            fits = (f"“{rival}” fits it better",) if rival else ()
            perhaps[column.name] = (f"perhaps {field.label.lower()}", *reasons, *fits)
    return [
        chosen.get(column.name)
        or ColumnProposal(
            column, None, 0, perhaps.get(column.name, ("no heading like this is known",)), _samples(table, column)
        )
        for column in table.columns
    ]


def mapping_of(proposals: list[ColumnProposal]) -> tuple[ColumnUse, ...]:
    """This will give the uses that were proposed."""
    return tuple(ColumnUse(each.column.name, each.field, each.period) for each in proposals if each.field)


def signature(table: Table, kind: FileKind) -> str:
    """This will give a fingerprint of the headings, whatever their order, to find the mapping saved for them."""
    headings = sorted(f"{plain(column.group)}>{plain(column.heading) or column.letter}" for column in table.columns)
    return hashlib.sha256(json.dumps([kind, headings], ensure_ascii=False).encode()).hexdigest()


def _weighed(
    table: Table, column: Column, field: Field, sure: int, reasons: tuple[str, ...]
) -> tuple[int, tuple[str, ...]]:
    cells = _cells(table, column)
    if field.reads == "text" or not cells:
        return sure, reasons
    good = sum(not isinstance(read_as(field.reads, row, column), CellProblem) for row in cells)
    said = f"{good} of {len(cells)} cells read as {'an' if field.reads == 'amount' else 'a'} {field.reads}"
    if len(cells) < 5:
        return sure, (*reasons, said)
    change = -50 if good * 2 < len(cells) else -10 if good * 10 < len(cells) * 8 else 2
    return max(0, min(99, sure + change)), (*reasons, said)


def _cells(table: Table, column: Column) -> list[Row]:
    rows = (row for row in table.rows if not row.mark and row.text(column).strip())
    return [row for row, _ in zip(rows, range(_JUDGED), strict=False)]


def _samples(table: Table, column: Column) -> tuple[str, ...]:
    return tuple(row.text(column).strip()[:60] for row in _cells(table, column)[:_SAMPLES])
