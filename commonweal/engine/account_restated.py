"""What a restated account changed, total by total: volume, edition, method and price, which add up to the difference.

The four parts are those of `engine.changed`, worked out from the lines, editions and price tables of the two accounts
and from nothing else, so that anyone who holds both can work them out again. A framework that one account uses in one
edition and the other in another is followed across; editions that cannot be paired are lost, or gained, whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext

from commonweal.engine import account_bundle as bundle
from commonweal.engine.account_bundle import LINE_COLUMNS, RESTATEMENT_COLUMNS, SAME_EFFECT, STAGES, Tables, plain
from commonweal.engine.account_read import Faults, Manifest, read_editions, read_manifest, read_tables, rows_of
from commonweal.engine.changed import ORDER, Change, TotalChange, what_changed
from commonweal.engine.factors import Span
from commonweal.engine.lines import Line
from commonweal.engine.model import Edition
from commonweal.engine.value import Valuation, value

_AT = {name: place for place, name in enumerate(LINE_COLUMNS)}


class Told:
    """This will hold one account's lines as the engine takes them, by stage and edition, to be valued as they were."""

    def __init__(
        self, rows: Sequence[Sequence[str]], editions: Mapping[str, Edition], tables: Tables, as_of: date
    ) -> None:
        self.editions, self.tables, self.as_of = editions, tables, as_of
        self.lines: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for cells in rows:
            if cells[_AT["given"]] != "yes":
                continue
            for stage in STAGES:
                if cells[_AT[stage]] and not (stage in STAGES[2:] and cells[_AT["why_not"]] == SAME_EFFECT):
                    self.lines[stage, cells[_AT["edition"]]].append(_line(cells, cells[_AT[stage]]))

    def valued(self, stage: str, edition: Edition) -> Valuation:
        """This will value the lines of a stage under an edition; of none where the account has none."""
        lines = self.lines.get((stage, edition.reference), ())
        return value(
            lines, edition, as_of=self.as_of, series=self.tables.series, schedules=self.tables.schedules
        )  # fmt: skip


def _line(cells: Sequence[str], quantity: str) -> Line:
    return Line(
        measure=cells[_AT["measure"]], quantity=Decimal(quantity), start=date.fromisoformat(cells[_AT["start"]]),
        end=date.fromisoformat(cells[_AT["end"]]), place=cells[_AT["place"]], agreement=cells[_AT["agreement"]],
        share=Decimal(cells[_AT["share"]]), line=cells[_AT["line"]],
    )  # fmt: skip


def changes_between(before: Told, after: Told) -> list[tuple[str, Change]]:
    """This will say what changed at each stage, edition by edition as they are paired."""
    found = []
    for stage in STAGES:
        for one, other in paired(before.editions, after.editions):
            if (stage, one.reference) in before.lines or (stage, other.reference) in after.lines:
                found.append((stage, what_changed(before.valued(stage, one), after.valued(stage, other))))
    return found


def paired(before: Mapping[str, Edition], after: Mapping[str, Edition]) -> list[tuple[Edition, Edition]]:
    """This will pair the editions of two accounts: the same one, else the one left of the same framework, else itself."""
    pairs = {name: name for name in before if name in after}
    for name in sorted(before.keys() - pairs.keys()):
        same = [
            each for each in sorted(after.keys() - set(pairs.values()))
            if after[each].framework_id == before[name].framework_id
        ]  # fmt: skip
        if same:
            pairs[name] = same[0]
    found = [(before[one], after[other]) for one, other in pairs.items()]
    found += [(before[name], before[name]) for name in before.keys() - pairs.keys()]
    found += [(after[name], after[name]) for name in after.keys() - set(pairs.values())]
    return sorted(found, key=lambda pair: (pair[0].reference, pair[1].reference))


def restatement_bytes(before: Told, after: Told) -> bytes:
    """This will write what changed as a part of the bundle: before + volume + edition + method + price = after."""
    rows = [
        (stage, change.before.edition.reference, change.after.edition.reference, *cells)
        for stage, change in changes_between(before, after)
        for total in change.totals
        for cells in _cases(total)
    ]
    return bundle.table_bytes(RESTATEMENT_COLUMNS, rows)


def _cases(total: TotalChange) -> list[tuple[str, ...]]:
    stream = total.stream
    of = (stream.direction, stream.kind, stream.level, stream.price_year_type, "yes" if stream.range_only else "no")
    found = []
    for case in ("low", "central", "high"):
        amounts = [_case(span, case) for span in (total.before, *(_part(total, name) for name in ORDER), total.after)]
        if None not in amounts:
            found.append((*of, case, *(plain(each) for each in amounts if each is not None)))
    return found


def _part(total: TotalChange, name: str) -> Span:
    return next(each.amount for each in total.parts if each.name == name)


def _case(span: Span, case: str) -> Decimal | None:
    return {"low": span.low, "central": span.central, "high": span.high}[case]


def check_restatement(
    manifest: Manifest,
    parts: Mapping[str, memoryview],
    before: Mapping[str, memoryview] | None,
    faults: Faults,
    notes: list[str],
) -> None:
    """This will check that the parts of every difference add up; and with the account restated, that they are right."""
    name = bundle.RESTATEMENT
    rows = list(rows_of(parts[name], name, RESTATEMENT_COLUMNS, faults))
    for number, cells in rows:
        try:
            *steps, after = [Decimal(text) for text in cells[9:]]
            sound = all(each.is_finite() for each in (*steps, after)) and _sum(steps) == after
        except ArithmeticError:
            sound = False
        if not sound:
            faults.add(name, f"row {number}", f"before, {', '.join(ORDER)} do not add up to after")
    if before is None:
        notes.append("Give the account it restates as --previous to see that what changed was told right.")
        return
    earlier = _told(before, read_manifest(before[bundle.MANIFEST]))
    later = _told(parts, manifest)
    if earlier and later and (wanted := restatement_bytes(earlier, later)) != bytes(parts[name]):
        _compare(rows, wanted, faults)


def _sum(amounts: Sequence[Decimal]) -> Decimal:
    with localcontext(prec=200):
        return sum(amounts, Decimal(0))


def _told(parts: Mapping[str, memoryview], manifest: Manifest) -> Told | None:
    """An account as told by its parts, whose own faults were noted when it was checked itself."""
    quiet = Faults()
    tables = read_tables(parts, quiet)
    editions = read_editions(manifest, parts, quiet)
    if tables is None or bundle.LINES not in parts:
        return None
    rows = [
        cells for _, cells in rows_of(parts[bundle.LINES], bundle.LINES, LINE_COLUMNS, quiet)
        if cells[_AT["given"]] == "no" or cells[_AT["edition"]] in editions
    ]  # fmt: skip
    try:
        return Told(rows, editions, tables, manifest.as_of)
    except (ValueError, ArithmeticError):
        return None


def _compare(rows: Sequence[tuple[int, list[str]]], wanted: bytes, faults: Faults) -> None:
    name, wide = bundle.RESTATEMENT, 9
    again = {
        tuple(cells[:wide]): cells for _, cells in rows_of(memoryview(wanted), name, RESTATEMENT_COLUMNS, Faults())
    }
    seen = set()
    for number, cells in rows:
        key = tuple(cells[:wide])
        seen.add(key)
        if key not in again:
            faults.add(name, f"row {number}", "the two accounts have no such total")
            continue
        for column, said, came in zip(RESTATEMENT_COLUMNS, cells, again[key], strict=True):
            if said != came:
                faults.add(name, f"row {number}, column {column}", f"it says {said}, and the accounts come to {came}")
    for key in again.keys() - seen:
        faults.add(name, "", f"the change of {' '.join(filter(None, key[:6]))} is missing")
