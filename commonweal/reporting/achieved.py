"""Proposed against achieved, provider by provider and place by place: the same comparison as an agreement's own page.

A promise is compared once, whole, in its own agreement; a group counts how its promises stand and never adds their
quantities. What is delivered is worth what `queries.account` says. Groups of different sizes are compared by what has
run of their contracts (`engine/rates.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

from commonweal.delivery.promises import compared
from commonweal.delivery.queries import PromiseRow, agreed_profiles, assured_by_commitment, counted_share, lines_of_body
from commonweal.directory.queries import places_by_code
from commonweal.engine.factors import EXACT
from commonweal.engine.promises import AMBITION_MEDIAN, compare
from commonweal.engine.rates import Base, Term, base_of, per_million_run, per_year
from commonweal.reporting.figures import Account, TotalKey, What, key_of
from commonweal.reporting.presentation import leading_key
from commonweal.reporting.queries import account
from commonweal.reporting.record.queries import agreement_filter

if TYPE_CHECKING:
    from commonweal.base.models import Body

By = Literal["provider", "place"]
#: The word of an address for promises without a provider, or without a place.
NONE: Final = "none"
NAMES_OF_NONE: Final[Mapping[By, str]] = {"provider": "No provider recorded", "place": "No place recorded"}


@dataclass(frozen=True, slots=True)
class Line:
    """One promise of a group: its row, its agreement, and what it is worth under the leading figure, if anything."""

    row: PromiseRow
    agreement: Any
    promised: Decimal | None
    claimed: Decimal | None


@dataclass(frozen=True, slots=True)
class Group:
    """One provider or place: how its promises stand, its flags, and what was delivered beside what has run.

    `promised` and `claimed` are GBP of the leading figure, exact; None where no line has one. A place has no rate: the
    value of a contract is not the value of what it promised to one place.
    """

    key: str
    name: str
    lines: tuple[Line, ...]
    kept: int
    overdue: int
    behind: int
    passed: int
    ambitions: int
    outliers: int
    median: Fraction | None
    base: Base
    promised: Decimal | None
    claimed: Decimal | None
    rate: Fraction | None
    yearly: Fraction | None

    @property
    def promises(self) -> int:
        """How many of its lines promise a quantity."""
        return sum(bool(line.row.promised) or _is_limit(line.row) for line in self.lines)

    @property
    def is_ambition(self) -> bool:
        """Whether what it delivers is usually more than twice what it promised."""
        return self.median is not None and self.median > AMBITION_MEDIAN


@dataclass(frozen=True, slots=True)
class Achieved:
    """Every group of a body on a day, by name, and the figure their amounts are of (None where nothing has a value)."""

    by: By
    on: date
    groups: tuple[Group, ...]
    figure: TotalKey | None

    def find(self, key: str) -> Group | None:
        """This will find a group by its key, or nothing."""
        return next((each for each in self.groups if each.key == key), None)


def _is_limit(row: PromiseRow) -> bool:
    return row.is_harm and row.promised is not None


def achieved(body: Body, by: By, on: date, *, department: str = "", channel: str = "") -> Achieved:
    """This will compare what was proposed with what was achieved, group by group; needs the body's scope.

    The number of database queries does not depend on how much is recorded.
    """
    found = lines_of_body(body).filter(agreement_filter("agreement__", None, department, channel))
    commitments: list[Any] = list(found.defer("measure__edition__content"))
    shares = counted_share(body, (each.pk for each in commitments))
    counted = [each for each in commitments if shares[each.pk]]
    valued = account(body, on=on, department=department, channel=channel)
    figure = leading_key(valued.worths["claimed"]) or leading_key(valued.worths["promised"])
    worth = _by_promise(valued, figure)
    lines = list(_lines(counted, on, worth))
    key_of_line, names = _grouping(by, lines)
    held: dict[str, list[Line]] = {}
    for line in lines:
        held.setdefault(key_of_line(line), []).append(line)
    groups = [_group(key, names.get(key, key), parts, on, by) for key, parts in held.items()]
    groups.sort(key=lambda each: (each.key == NONE, each.name.casefold(), each.key))
    return Achieved(by, on, tuple(groups), figure)


def _by_promise(valued: Account, figure: TotalKey | None) -> dict[What, dict[str, Decimal]]:
    found: dict[What, dict[str, Decimal]] = {"promised": {}, "claimed": {}}
    for what, sums in found.items():
        for line in valued.worths[what].lines:
            if figure is None or line.valued is None or key_of(line, figure.level) != figure:
                continue
            span = line.valued.gross if figure.level == "gross" else line.valued.net
            if span is not None and span.central is not None:
                with localcontext(prec=EXACT):
                    sums[line.promise.public_id] = sums.get(line.promise.public_id, Decimal(0)) + span.central
    return found


def _lines(commitments: Sequence[Any], on: date, worth: Mapping[What, Mapping[str, Decimal]]) -> Iterable[Line]:
    sums = assured_by_commitment(each.pk for each in commitments)
    agreements: dict[int, list[Any]] = {}
    for each in commitments:
        agreements.setdefault(each.agreement_id, []).append(each)
    profiles = agreed_profiles([each.pk for each in commitments])
    for members in agreements.values():
        agreement = members[0].agreement
        for row in compared(agreement, members, sums, on, profiles).rows:
            key = row.commitment.public_id
            yield Line(row, agreement, worth["promised"].get(key), worth["claimed"].get(key))


def _grouping(by: By, lines: Sequence[Line]) -> tuple[Callable[[Line], str], dict[str, str]]:
    names = {NONE: NAMES_OF_NONE[by]}
    if by == "provider":
        for line in lines:
            if line.agreement.provider:
                names[line.agreement.provider.public_id] = line.agreement.provider.name
        return (lambda line: line.agreement.provider.public_id if line.agreement.provider else NONE), names
    codes = {_place(line) for line in lines} - {NONE}
    names |= {code: place.name for code, place in places_by_code(codes).items()}
    return _place, names


def _place(line: Line) -> str:
    return line.row.commitment.place_code or line.agreement.place_code or NONE


def _group(key: str, name: str, lines: Sequence[Line], on: date, by: By) -> Group:
    agreements = {line.agreement.pk: line.agreement for line in lines if line.row.commitment.basis == "fixed"}
    base = base_of((Term(each.value, each.starts_on, each.ends_on) for each in agreements.values()), on)
    claimed = _sum(line.claimed for line in lines)
    rows = [line.row for line in lines]
    pairs = [(None if row.is_harm else row.promised, row.delivered.claimed) for row in rows]
    by_provider = by == "provider" and claimed is not None
    return Group(
        key=key, name=name, lines=tuple(lines), kept=sum(row.met and bool(row.promised or _is_limit(row)) for row in rows),
        overdue=sum(row.overdue for row in rows), behind=sum(row.behind for row in rows),
        passed=sum(row.passed for row in rows), ambitions=sum(row.flag == "ambition" for row in rows),
        outliers=sum(row.flag == "outlier" for row in rows), median=compare(pairs).median, base=base,
        promised=_sum(line.promised for line in lines), claimed=claimed,
        rate=per_million_run(claimed, base) if by_provider and claimed is not None else None,
        yearly=per_year(claimed, base) if by_provider and claimed is not None else None,
    )  # fmt: skip


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [each for each in amounts if each is not None]
    with localcontext(prec=EXACT):
        return sum(known, Decimal(0)) if known else None
