"""Which figures of a table can be told so that nobody can work out those that cannot: not by subtraction, not over time.

A figure is a sum of leaves (a cell of channel by theme, say); each leaf is a sum of what contributors (providers) brought.
What fewer than `least` contributors brought together is never told, and neither is anything it could be worked out from,
with all that was told before. Whether it could is decided exactly: by whether it is a sum or difference of what is told.
That what is told lies above 0 could still narrow a guess; this keeps out exact answers alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

#: What each contributor brought to each leaf: leaf to contributor to amount.
Leaves = Mapping[str, Mapping[str, Decimal]]
#: One thing that somebody brought, the same at two dates where it did not change.
Atom = tuple[str, str, Decimal]
Form = dict[Atom, Fraction]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that could be told: its name, and the leaves it is the sum of."""

    name: str
    leaves: frozenset[str]


@dataclass(frozen=True, slots=True)
class Release:
    """What stood at one date, and the figures of it that were told."""

    leaves: Leaves
    told: frozenset[str]


def safe_figures(
    leaves: Leaves,
    figures: Sequence[Figure],
    *,
    least: int,
    earlier: Sequence[Release] = (),
    protected: Sequence[Figure] = (),
) -> frozenset[str]:
    """This will choose the figures that can be told, trying them in the order given: the ones that matter most first.

    `earlier` are all releases of the same figures before, whatever was told in each; `protected` are sums that are never
    told and must not be worked out either, where they are of too few. Raises ValueError for a `least`
    below 2.
    """
    if least < 2:
        raise ValueError("fewer than two contributors hide nobody")
    by_name = {figure.name: figure for figure in figures}
    known = _Span()
    for release in earlier:
        for name in sorted(release.told & set(by_name)):
            known.add(_form(release.leaves, by_name[name].leaves))
    secret = sensitive_forms([*(each.leaves for each in earlier), leaves], [*figures, *protected], least=least)
    # What earlier releases gave away cannot be taken back, and is no reason to tell nothing now.
    secret = [form for form in secret if not known.holds(form)]
    told = set()
    for figure in figures:
        form = _form(leaves, figure.leaves)
        if not form:
            told.add(figure.name)  # nobody brought anything: there is nothing to hide
            continue
        tried = known.with_one(form)
        if not any(tried.holds(each) for each in secret):
            known = tried
            told.add(figure.name)
    return frozenset(told)


def sensitive_forms(dates: Sequence[Leaves], figures: Sequence[Figure], *, least: int) -> list[Form]:
    """This will list what must not be worked out: what fewer than `least` brought, at any date or between two.

    Of each leaf and of each figure; and of each figure, the sum of its small leaves where those are few people's.
    """
    sets = [frozenset([leaf]) for leaf in sorted({leaf for leaves in dates for leaf in leaves})]
    sets += [figure.leaves for figure in figures]
    found: list[Form] = []
    for leaves in dates:
        for each in sets:
            found += _small(_form(leaves, each), least)
        for figure in figures:
            few = frozenset(leaf for leaf in figure.leaves if 0 < len(leaves.get(leaf, {})) < least)
            found += _small(_form(leaves, few), least)
    for before, after in combinations(dates, 2):
        for each in sets:
            found += _small(_minus(_form(after, each), _form(before, each)), least)
    return found


def _small(form: Form, least: int) -> list[Form]:
    return [form] if 0 < len({contributor for _leaf, contributor, _amount in form}) < least else []


def _form(leaves: Leaves, of: Iterable[str]) -> Form:
    return {
        (leaf, contributor, amount): Fraction(1) for leaf in of for contributor, amount in leaves.get(leaf, {}).items()
    }


def _minus(one: Form, other: Form) -> Form:
    found = dict(one)
    for atom, number in other.items():
        found[atom] = found.get(atom, Fraction(0)) - number
        if not found[atom]:
            del found[atom]
    return found


class _Span:
    """All sums and differences of some forms, kept so that each new one is reduced by those before it."""

    def __init__(self, rows: Sequence[tuple[Atom, Form]] = ()) -> None:
        self.rows = list(rows)

    def reduced(self, form: Form) -> Form:
        left = dict(form)
        for lead, row in self.rows:
            if factor := left.get(lead):
                for atom, number in row.items():
                    left[atom] = left.get(atom, Fraction(0)) - factor * number
                    if not left[atom]:
                        del left[atom]
        return left

    def holds(self, form: Form) -> bool:
        """This will say whether a form is a sum or difference of those in here."""
        return bool(form) and not self.reduced(form)

    def add(self, form: Form) -> None:
        left = self.reduced(form)
        if left:
            lead = min(left)
            scale = left[lead]
            self.rows.append((lead, {atom: number / scale for atom, number in left.items()}))

    def with_one(self, form: Form) -> _Span:
        """This will give the span with one more form in it."""
        found = _Span(self.rows)
        found.add(form)
        return found
