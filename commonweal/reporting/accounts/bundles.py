"""An account as its bundle will have it: the lines of a closed year, less what may not be given away, and what to say.

The figures are worked out from these very lines by the engine, and must equal those of `reporting.queries.account`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from commonweal.engine.account_bundle import (
    LICENSED,
    LINE_COLUMNS,
    SAME_EFFECT,
    Tables,
    cells_of,
    lines_bytes,
    plain,
)
from commonweal.engine.account_figures import Figures, Works, completed, gathered, worked_out
from commonweal.engine.discount import published_schedules
from commonweal.engine.factors import Span
from commonweal.engine.model import PRIVATE, Edition, FrozenMapping
from commonweal.engine.prices import published_series
from commonweal.engine.year import FinancialYear
from commonweal.reporting.figures import STAGES, Account, TotalKey, WorthLine

if TYPE_CHECKING:
    from datetime import date

#: What is said where two measures price one effect under one agreement.
_OVERLAP = "Of what was delivered: one effect told by two measures, of which each kind of value counts only the first"
_AT = {name: place for place, name in enumerate(LINE_COLUMNS)}


@dataclass(frozen=True, slots=True)
class Drawn:
    """An account drawn up: rows as the bundle has them, what they are valued with, and the figures they come to.

    `stated` is what a reader must be told, each with how many lines it is about. `differs` says where the figures are
    not those of the record, which nothing explains; it is empty in all but a fault of ours.
    """

    year: FinancialYear
    as_of: date
    rows: tuple[tuple[str, ...], ...]
    editions: Mapping[str, Edition]
    tables: Tables
    figures: Figures
    stated: tuple[tuple[str, int], ...]
    differs: tuple[str, ...]

    @property
    def lines(self) -> bytes:
        """The lines as the bundle has them."""
        return lines_bytes(self.rows)


def draw_up(account: Account, year: FinancialYear, kept_back: Collection[str]) -> Drawn:
    """This will draw up the account of a year; `kept_back` are agreements that are kept off the public site."""
    editions = {each.edition.reference: each.edition for worth in account.worths.values() for each in worth.valuations}
    public = {name: part for name, each in editions.items() if (part := public_part(each)) is not None}
    used: set[str] = set()
    rows = []
    left = 0
    for line, quantities in _lines(account):
        if line.promise.agreement in kept_back:
            left += 1
            continue
        cells = _cells(line, quantities, public)
        if cells[_AT["given"]] == "yes":
            used.add(cells[_AT["edition"]])
        rows.append(cells)
    held = FrozenMapping({name: public[name] for name in sorted(used)})
    tables = Tables(published_series(), published_schedules())
    works = Works(held, tables, account.as_of)
    done = completed(rows, works)
    figures = worked_out(gathered(done, works), works)
    stated = _stated(account, done, left)
    changed = {name for name in editions if editions[name].is_licensed}
    changed |= {line.promise.edition for line, _ in _lines(account) if line.promise.agreement in kept_back}
    return Drawn(
        year, account.as_of, tuple(map(tuple, done)), held, tables, figures, stated,
        tuple(_differs(account, figures.figures, changed)),
    )  # fmt: skip


def public_part(edition: Edition) -> Edition | None:
    """This will give what of an edition may be given away: all but measures licensed to the body; None where nothing may."""
    if edition.licence == PRIVATE:
        return None
    if not edition.is_licensed:
        return edition
    themes = tuple(
        replace(theme, outcomes=tuple(
            replace(outcome, measures=tuple(each for each in outcome.measures if not each.is_licensed))
            for outcome in theme.outcomes
        ))
        for theme in edition.themes
    )  # fmt: skip
    return replace(edition, themes=themes)


def _lines(account: Account) -> list[tuple[WorthLine, dict[str, Decimal]]]:
    """Each promise and each delivery once, with its quantity at every stage it has."""
    found: dict[tuple[bool, str], tuple[WorthLine, dict[str, Decimal]]] = {}
    for stage in STAGES:
        for line in account.worths[stage].lines:
            key = (line.is_entry, line.public_id)
            found.setdefault(key, (line, {}))[1][stage] = line.quantity
    return list(found.values())


def _cells(line: WorthLine, quantities: Mapping[str, Decimal], public: Mapping[str, Edition]) -> list[str]:
    promise = line.promise
    edition = public.get(promise.edition)
    measure = edition.measures.get(promise.measure) if edition else None
    licensed = bool(promise.measure) and measure is None
    # Without a value because it was never given to the engine: then the record's own reason stands.
    given = line.valued is not None and not licensed
    why = LICENSED if licensed else "" if given else line.reason.words if line.reason else SAME_EFFECT
    held = dict.fromkeys(LINE_COLUMNS[:-1], "") | {
        "record": "delivery" if line.is_entry else "promise", "line": line.public_id, "promise": promise.public_id,
        "agreement": promise.agreement, "edition": promise.edition if measure else "",
        "measure": promise.measure if measure else "", "unit": measure.unit if measure else "",
        "start": line.starts_on.isoformat() if line.starts_on else "",
        "end": line.ends_on.isoformat() if line.ends_on else "", "place": line.place_code,
        "department": promise.department, "channel": promise.channel,
        "brought_forward": "yes" if line.brought_forward else "no",
        "confirmable": "yes" if promise.confirmable else "no", "share": plain(promise.share),
        "given": "yes" if given else "no", "in_totals": "no", "why_not": why,
        **{stage: plain(quantity) for stage, quantity in quantities.items()},
    }  # fmt: skip
    if not line.is_entry and promise.gbp_as_contracted is not None:
        held["as_contracted"] = plain(promise.gbp_as_contracted)
    return list(held.values())


def _stated(account: Account, rows: list[list[str]], kept_back: int) -> tuple[tuple[str, int], ...]:
    """What a reader must be told, in sentences."""
    held: Counter[str] = Counter()
    for cells in rows:
        if cells[_AT["why_not"]]:
            what = "promised" if cells[_AT["record"]] == "promise" else "delivered"
            held[f"{what.capitalize()} and not in pounds: {cells[_AT['why_not']]}"] += 1
        if cells[_AT["brought_forward"]] == "yes":
            held["Brought forward from an earlier tracker, and not verified here"] += 1
    for line in account.worths["claimed"].lines:
        if line.promise.direction == "harm":
            held["A harm, told in totals of its own and never subtracted"] += 1
    for _edition, finding in account.worths["claimed"].findings:
        if finding.code == "overlap":
            held[_OVERLAP] += finding.lines
        elif finding.severity == "warning":
            held[f"Of what was delivered: {finding.reason}"] += finding.lines
    if kept_back:
        held["Left out: the body keeps its agreement off the public site for now"] = kept_back
    if elsewhere := account.worths["promised"].counted_elsewhere:
        held["Left out: counted by other bodies that share the promise"] = elsewhere
    return tuple(held.items())


def _differs(account: Account, figures: bytes, changed: Collection[str]) -> list[str]:
    """Where the figures are not those of the record, edition by edition; `changed` are those that had to differ."""
    told = {
        (cells[0], *cells[3:9], cells[9], cells[10], cells[11])
        for cells in map(cells_of, figures.decode().splitlines()[1:])
        if not cells[1] and cells[3] not in changed
    }
    wanted = {
        (stage, *_key(total.key), *_ends(total.amount))
        for stage, worth in account.worths.items()
        for total in worth.totals
        if total.key.edition not in changed
    }
    return [" ".join(each[:4]) for each in sorted(told ^ wanted)]


def _key(key: TotalKey) -> tuple[str, ...]:
    return key.edition, key.direction, key.kind, key.level, key.price_year, key.price_year_type


def _ends(span: Span) -> tuple[str, str, str]:
    with localcontext(prec=100):
        return plain(span.low), "" if span.central is None else plain(span.central), plain(span.high)
