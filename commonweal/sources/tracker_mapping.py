"""Which column of a tracker fills which field: proposed by heading and by content, confirmed by a person, saved.

The fields and the headings they go by are in the catalogue (`trackers/headings.yaml`). A proposal is never applied
unseen to anything uncertain: below `SURE_ENOUGH` a column is left out and says why. In a tracker that has a column for
each promise (Apprentices, Volunteer hours) instead of a row, those columns are proposed as promises of that name.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any, Literal, get_args

import yaml

from commonweal.sources.cells import Amount, CellProblem, read_amount, read_date, read_quantity
from commonweal.sources.tables import Column, Row, Table, plain

Reads = Literal["text", "amount", "quantity", "date"]

#: Out of 100. Below this a column is offered to the person unmapped.
SURE_ENOUGH = 50
#: Fields whose blank cells may mean "as above" when the mapping says so, as in a tracker with merged cells.
CARRIED_FIELDS = (
    "agreement.reference",
    "agreement.title",
    "agreement.provider",
    "agreement.lot",
    "agreement.framework",
)
#: Fields that several columns may fill, one a period or one a measure.
REPEATED_FIELDS = ("delivery.quantity", "delivery.value", "commitment.quantity", "commitment.value")
#: The reason beside a column that is known and fills nothing, so that nobody need look at it twice.
NEVER_READ = "such a column fills nothing here"
_SAMPLES = 3
_JUDGED_CELLS = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a tracker can say. `name` is `agreement.…`, `commitment.…` or `delivery.…`."""

    name: str
    label: str
    reads: Reads
    headings: tuple[str, ...]


@functools.cache
def _catalogue() -> dict[str, Any]:
    path = resources.files("commonweal") / "catalogue" / "trackers" / "headings.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


@functools.cache
def fields() -> dict[str, Field]:
    """This will give every field of a tracker by name, as the catalogue lists them."""
    found = {}
    for name, entry in _catalogue()["fields"].items():
        if entry["reads"] not in get_args(Reads):
            raise ValueError(f"{name} reads {entry['reads']}, which no reader does")
        found[name] = Field(name, entry["label"], entry["reads"], tuple(plain(text) for text in entry["headings"]))
    return found


@functools.cache
def known_headings() -> frozenset[str]:
    """This will give every heading of the catalogue, for finding the heading row of a tracker."""
    return frozenset(heading for field in fields().values() for heading in field.headings)


@functools.cache
def ignored_headings() -> frozenset[str]:
    """This will give the headings of columns that fill nothing here, such as a review date or a unit value."""
    return frozenset(plain(text) for text in _catalogue()["ignored"])


@functools.cache
def _measure_words() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(re.escape(plain(text)) for text in _catalogue()["measures"]) + r")\b")


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """What one column seems to hold. `confidence` is 0 to 100; `reasons` are sentences; `samples` raw cells."""

    column: Column
    field: str | None
    confidence: int
    reasons: tuple[str, ...]
    samples: tuple[str, ...]
    period: str = ""
    carried_down: bool = False
    measure: str = ""


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One column of a mapping: the column by name, the field it fills, the period or measure its heading names."""

    column: str
    field: str
    period: str = ""
    measure: str = ""
    carried_down: bool = False


@dataclass(frozen=True, slots=True)
class TrackerMapping:
    """Which columns are read and how. Raises ValueError when built with an unknown field or a field used twice."""

    uses: tuple[ColumnUse, ...]

    def __post_init__(self) -> None:
        seen: set[tuple[str, str, str]] = set()
        for use in self.uses:
            if use.field not in fields():
                raise ValueError(f"there is no field {use.field}")
            if use.carried_down and use.field not in CARRIED_FIELDS:
                raise ValueError(f"{use.field} cannot be carried down: only what names the contract can")
            if (use.period or use.measure) and use.field not in REPEATED_FIELDS:
                raise ValueError(f"{use.field} cannot be spread over periods or measures")
            place = (use.field, use.period, use.measure)
            if place in seen:
                raise ValueError(f"two columns fill {use.field}{' ' + use.period if use.period else ''}")
            seen.add(place)

    @classmethod
    def from_proposals(cls, proposals: Sequence[ColumnProposal]) -> TrackerMapping:
        """This will take the proposals as they stand, leaving out the columns with no field."""
        return cls(
            tuple(
                ColumnUse(
                    proposal.column.name, proposal.field, proposal.period, proposal.measure, proposal.carried_down
                )
                for proposal in proposals
                if proposal.field
            )
        )

    def as_json(self) -> list[dict[str, Any]]:
        """This will give the mapping as JSON values, to be saved with the signature of its table."""
        return [asdict(use) for use in self.uses]

    @classmethod
    def from_json(cls, saved: Sequence[dict[str, Any]]) -> TrackerMapping:
        """This will read a saved mapping back. Raises ValueError if its fields are no longer known."""
        return cls(tuple(ColumnUse(**use) for use in saved))


def signature(table: Table) -> str:
    """This will give a fingerprint of the headings, whatever their order, to find the mapping saved for them."""
    headings = sorted(f"{plain(column.group)}>{plain(column.heading) or column.letter}" for column in table.columns)
    return hashlib.sha256(json.dumps(headings, ensure_ascii=False).encode()).hexdigest()


def propose_mapping(table: Table) -> list[ColumnProposal]:
    """This will propose a field for each column, in the table's order, each field once and the surest first."""
    candidates = {column.name: _candidates(table, column) for column in table.columns}
    for name, promise in _columns_of_promises(table, candidates).items():
        candidates[name] = [promise]
    chosen: dict[str, _Candidate] = {}
    taken: dict[tuple[str, str, str], str] = {}
    ranked = sorted(
        ((candidate, column) for column in table.columns for candidate in candidates[column.name]),
        key=lambda pair: (-pair[0].confidence, pair[1].index),
    )
    for candidate, column in ranked:
        place = (candidate.field, candidate.period, candidate.measure)
        if column.name not in chosen and place not in taken and candidate.confidence >= SURE_ENOUGH:
            chosen[column.name] = candidate
            taken[place] = column.name
    proposals: list[ColumnProposal] = []
    for column in table.columns:
        samples = _samples(table, column)
        if column.name in chosen:
            candidate = chosen[column.name]
            carried = candidate.field in CARRIED_FIELDS and table.merged_down(column) > 0
            down = table.merged_down(column)
            said = (
                "a cell is merged over the rows below it"
                if down == 1
                else f"{down} cells are merged over the rows below them"
            )
            merged = (said,) if carried else ()
            proposals.append(
                ColumnProposal(
                    column,
                    candidate.field,
                    candidate.confidence,
                    candidate.reasons + merged,
                    samples,
                    candidate.period,
                    carried,
                    candidate.measure,
                )
            )
            continue
        reasons: tuple[str, ...] = ("no heading like this is known",)
        if _is_ignored(column):
            reasons = (NEVER_READ,)
        if best := max(candidates[column.name], key=lambda candidate: candidate.confidence, default=None):
            reasons = (f"perhaps {fields()[best.field].label.lower()}", *best.reasons)
            if rival := taken.get((best.field, best.period, best.measure)):
                reasons += (f"“{rival}” fits {fields()[best.field].label.lower()} better",)
        proposals.append(ColumnProposal(column, None, 0, reasons, samples))
    return proposals


@dataclass(frozen=True, slots=True)
class _Candidate:
    field: str
    confidence: int
    reasons: tuple[str, ...]
    period: str = ""
    measure: str = ""


def _candidates(table: Table, column: Column) -> list[_Candidate]:
    if _is_ignored(column):
        return []
    found = [_by_period(column), *(by_heading(column, field) for field in fields().values())]
    if _counts(table, column):  # “Social value” merged over “Target” and “Delivered” makes no pounds of them
        found = [one for one in found if one and fields()[one.field].reads != "amount"]
    weighed = [_weighed(table, column, candidate) for candidate in found if candidate]
    surest = max((candidate.confidence for candidate in weighed), default=0)
    if surest < SURE_ENOUGH and (content := _by_content(table, column)):
        weighed.append(content)
    return weighed


#: Words before a heading that say what the whole sheet says: “SV target”, “Commitment: unit”.
_QUALIFIERS = re.compile(r"^(?:the |sv |social value |commitment |promise )+")
#: What a heading says in brackets of how to fill it in, and not of what it holds.
_MANNER = re.compile(
    r"\((?:dd/?mm/?yy(?:yy)?|£|gbp|n(?:umber|o)\.?|name|legal name|if known|if any|if applicable|required|mandatory|optional"
    r"|text|free text|numeric|drop ?down|please select|yes/no|y/n|total|whole life)\)",
    re.IGNORECASE,
)


def _is_ignored(column: Column) -> bool:
    heading = plain(column.heading)
    return heading in ignored_headings() and f"{plain(column.group)} {heading}".strip() not in known_headings()


def by_heading(column: Column, field: Field) -> _Candidate | None:
    """This will say how well a column's heading fits a field, out of 100, or nothing; a heading of a period fits none."""
    heading, grouped = plain(_MANNER.sub(" ", column.heading)), plain(f"{column.group} {column.heading}")
    if _period_of(column):
        return None
    bare = _QUALIFIERS.sub("", heading) if not field.name.startswith("agreement.") else heading
    best = 0, ""
    for position, known in enumerate(field.headings):
        score = 0
        if grouped == known and column.group:
            score = 97
        elif plain(column.heading) == known or heading == known:
            score = 95 - min(position // 12, 4)  # of two that both name a field, the plainer wins
        elif bare == known:
            score = 88
        elif len(known.split()) > 1 and f" {known} " in f" {heading} ":
            score = 70 + min(4 * len(known.split()), 20)
        elif len(known.split()) > 1 and set(known.split()) <= set(heading.split()) and _adds_little(heading, known):
            score = 60
        elif f" {known} " in f" {heading} " and len(heading.split()) <= 3:
            score = SURE_ENOUGH - 5  # one word among others is worth saying, not worth reading by
        best = max(best, (score, known))
    if not best[0]:
        return None
    how = "is" if best[0] >= 88 else "contains"
    return _Candidate(field.name, best[0], (f"the heading {how} “{best[1]}”",))


_SOCIAL_VALUE = re.compile(r"\b(?:social value|sv)\b")


def _counts(table: Table, column: Column) -> bool:
    """This will say whether a column holds quantities whatever its group says: its own heading is one of quantities, no
    cell of it has a pound sign, and the promise beside it is a quantity too."""
    if not column.group or _MONEY.search(_SOCIAL_VALUE.sub("", plain(column.group))):
        return False
    if not _names_quantities(column, "commitment.quantity", "delivery.quantity") or _has_pounds(table, column):
        return False
    return any(
        _names_quantities(beside, "commitment.quantity") and not _has_pounds(table, beside) and _cells(table, beside)
        for beside in table.columns
    )


def _names_quantities(column: Column, *names: str) -> bool:
    heading = plain(column.heading)
    return not _MONEY.search(heading) and any(heading in fields()[name].headings for name in names)


def _has_pounds(table: Table, column: Column) -> bool:
    return any("£" in row.text(column) for row in _cells(table, column))


def _adds_little(heading: str, known: str) -> bool:
    return len(heading.split()) <= len(known.split()) + 1


_PERIOD = re.compile(
    r"q[1-4](?: (?:20)?\d\d(?: (?:20)?\d\d)?)?|(?:fy ?)?20\d\d (?:20)?\d\d(?: q[1-4])?"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?: (?:20)?\d\d)?"
)
_DONE = re.compile(r"\b(?:delivered|delivery|actuals?|achieved|done|outturn)\b")
_PLANNED = re.compile(r"\b(?:targets?|planned|plan|profile|expected|forecast|due|budget|committed)\b")
_MONEY = re.compile(r"£|\b(?:value|spend|cost)\b")


def _period_of(column: Column) -> str:
    """This will give the words of a heading that is a period (Q1, Apr 24, 2024/25), or nothing."""
    bare = _DONE.sub("", _MONEY.sub("", _PLANNED.sub("", plain(column.heading)))).strip()
    if not _PERIOD.fullmatch(" ".join(bare.split())):
        return ""
    years = re.search(r"(?:20)?\d\d ?[/-] ?(?:20)?\d\d", column.group)
    return f"{column.heading} {years[0]}" if years and years[0] not in column.heading else column.heading


def _by_period(column: Column) -> _Candidate | None:
    period = _period_of(column)
    words = plain(f"{column.group} {column.heading}")
    if not period or (_PLANNED.search(words) and not _DONE.search(words)):
        return None
    field = "delivery.value" if _MONEY.search(words) else "delivery.quantity"
    if _DONE.search(words):
        return _Candidate(field, 90, (f"the heading is a period, {period}, under words for delivery",), period)
    return _Candidate(field, 60, (f"the heading is a period, {period}",), period)


#: What a column's group or heading calls the promised side of a promise with a column of its own.
_PROMISED = re.compile(r"\b(?:social value|commitments?|commit|promised?|promises|offers?|sv|benefits?|kpis?)\b")


#: What a heading ends with when its numbers count nothing.
_NO_QUANTITY = re.compile(r"\b(?:id|ref|reference|code|number|no|date|postcode|rate|percent|score)$")


def _columns_of_promises(table: Table, candidates: dict[str, list[_Candidate]]) -> dict[str, _Candidate]:
    """This will find the columns that are promises themselves, in a tracker that has no column of promises' words.

    Such a column holds numbers under words that promises are named by, or under a group that says so. “Target” and
    “actual” in its heading or its group tell the promised from the delivered side.
    """
    surest = [max(found, key=lambda one: one.confidence, default=None) for found in candidates.values()]
    if any(one and one.confidence >= 70 and one.field in _NAMES_A_PROMISE for one in surest):
        return {}
    found: dict[str, tuple[str, _Candidate]] = {}
    for column, best in zip(table.columns, surest, strict=True):
        if (best and best.confidence > 60) or _period_of(column) or _is_ignored(column) or not column.heading:
            continue
        heading, group = plain(column.heading), plain(column.group)
        is_named = _measure_words().search(heading)
        if _NO_QUANTITY.search(heading) or (not is_named and not _PROMISED.search(group) and not _DONE.search(group)):
            continue
        cells = _cells(table, column)
        measure = _measure_of(column.heading)
        good = sum(not isinstance(read_as("quantity", row, column, measure), CellProblem) for row in cells)
        if not cells or good * 10 < len(cells) * 7:
            continue
        if not measure:
            continue
        is_done = bool(_DONE.search(heading) or (_DONE.search(group) and not _PLANNED.search(heading)))
        field = "delivery.quantity" if is_done else "commitment.quantity"
        told = "what was delivered of" if is_done else "the promise"
        reasons = (
            f"no column has promises’ words, and this one holds numbers for {told} “{measure}”",
            f"{good} of {len(cells)} cells read as a quantity",
        )
        found[column.name] = measure, _Candidate(field, 75 if is_named else 65, reasons, "", measure)
    return {name: candidate for name, (_, candidate) in found.items()}


_NAMES_A_PROMISE = frozenset({"commitment.wording", "commitment.code"})
_SIDE = re.compile(
    r"[\s:–-]*\b(?:targets?|planned|promised|committed|expected|forecast|delivered|delivery|actuals?|achieved|done|outturn|"
    r"to date|so far)\b[\s:–-]*",
    re.IGNORECASE,
)


def _measure_of(heading: str) -> str:
    """This will name the promise of a column: its heading without the words for target and actual."""
    return " ".join(_SIDE.sub(" ", heading).replace("()", " ").split())


def _weighed(table: Table, column: Column, candidate: _Candidate) -> _Candidate:
    """This will make a candidate surer or less sure by how many of the column's cells can be read as it says."""
    reads = fields()[candidate.field].reads
    if reads == "text":
        return candidate
    cells = _cells(table, column)
    if not cells:
        return candidate
    good = sum(not isinstance(read_as(reads, row, column), CellProblem) for row in cells)
    reason = f"{good} of {len(cells)} cells read as {'an' if reads == 'amount' else 'a'} {reads}"
    few = len(cells) < 5  # too few to overrule a heading
    change = 0 if few else -50 if good * 2 < len(cells) else -10 if good * 10 < len(cells) * 8 else 2
    confidence = max(0, min(99, candidate.confidence + change))
    return _Candidate(candidate.field, confidence, (*candidate.reasons, reason), candidate.period)


_COMPANY = re.compile(r"(?:\d{8}|(?:SC|NI|OC|SO|IP|RS|CE|LP)\d{6})", re.IGNORECASE)
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.IGNORECASE)


def _by_content(table: Table, column: Column) -> _Candidate | None:
    """This will recognise the few things that look like nothing else: company numbers and postcodes."""
    cells = [row.text(column).strip() for row in _cells(table, column)]
    for field, shape in (("agreement.company_number", _COMPANY), ("commitment.postcode", _POSTCODE)):
        good = sum(bool(shape.fullmatch(cell)) for cell in cells)
        if len(cells) >= 5 and good * 10 >= len(cells) * 9:
            return _Candidate(field, 55, (f"{good} of {len(cells)} cells look like one",))
    return None


def read_as(reads: Reads, row: Row, column: Column, measure: str = "") -> Any:
    """This will read one cell by the reader a field asks for; text comes back with its edges trimmed, or None.

    A quantity of a `measure` that is itself in pounds ("Local spend (£)") may have the sign.
    """
    text = row.text(column)
    if reads == "quantity" and "£" in measure:
        found = read_amount(text, typed_number=row.is_number(column))
        if isinstance(found, Amount):
            return read_quantity(f"{found.pounds:f}", typed_number=True)
        return found
    match reads:
        case "amount":
            return read_amount(text, typed_number=row.is_number(column))
        case "quantity":
            return read_quantity(text, typed_number=row.is_number(column))
        case "date":
            return read_date(text)
        case "text":
            return text.strip() or None


def _cells(table: Table, column: Column) -> list[Row]:
    rows = (row for row in table.rows if not row.mark and row.text(column).strip())
    return [row for row, _ in zip(rows, range(_JUDGED_CELLS), strict=False)]


def _samples(table: Table, column: Column) -> tuple[str, ...]:
    return tuple(row.text(column).strip()[:60] for row in _cells(table, column)[:_SAMPLES])
