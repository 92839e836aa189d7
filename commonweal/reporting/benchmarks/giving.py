"""What a body gives out of a year: rates for each pound and each head, and which of them would tell of too few.

Value counts where its evidence was accepted. A provider is one contributor; an agreement with no provider is one of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from commonweal.engine.disclosure import Figure, Leaves, Release, safe_figures
from commonweal.engine.factors import EXACT
from commonweal.reporting.benchmarks.vocabulary import LEAST_PROVIDERS
from commonweal.reporting.figures import TotalKey, Worth, key_of
from commonweal.reporting.presentation import key_slug
from commonweal.reporting.register.spending import Ratios

_PLACES: Final = Decimal("0.0000000001")
#: The cell of what was paid for under contracts whose spend is known: what the rate for each pound is of.
PAID: Final = "paid"


@dataclass(frozen=True, slots=True)
class GivenRate:
    """One rate: which cell of which figure, on what basis; None where it would tell of too few."""

    cell: str
    figure: str
    basis: str
    rate: Decimal | None


@dataclass(frozen=True)
class Giving:
    """All rates of a year, and what each figure was made of."""

    rates: tuple[GivenRate, ...]
    grounds: Mapping[str, tuple[Leaves, frozenset[str]]]


def rates_to_give(
    worth: Worth, ratios: Ratios, providers: Mapping[str, str], people: int, earlier: Mapping[str, Sequence[Release]]
) -> Giving:
    """This will make the rates of a year; `providers` are by agreement, `earlier` all that was given out before."""
    paid = {agreement for each in ratios.spend.parts if each.amount > 0 for agreement in each.agreements}
    leaves = _leaves(worth, providers)
    rates: list[GivenRate] = []
    grounds: dict[str, tuple[Leaves, frozenset[str]]] = {}
    for key in sorted(leaves, key=key_slug):
        slug, held = key_slug(key), leaves[key]
        before = earlier.get(slug, ())
        every = [held, *(one.leaves for one in before)]
        names = {leaf for each in every for leaf in each}
        figures = _figures(names, paid)
        told = safe_figures(held, figures, least=LEAST_PROVIDERS, earlier=before, protected=_protected(every, names))
        grounds[slug] = (held, told)
        for figure in figures:
            amount = _sum(held, figure)
            if figure.name == PAID and (key.kind == "spend" or ratios.base <= 0):
                continue  # local spend is no value for each pound, and without a base there is no ratio
            if figure.name == PAID:
                rates.append(_rate("all", slug, "per-pound", amount if figure.name in told else None, ratios.base))
            else:
                rates.append(
                    _rate(figure.name, slug, "per-head", amount if figure.name in told else None, Decimal(people))
                )
    return Giving(tuple(rates), grounds)


def _leaves(worth: Worth, providers: Mapping[str, str]) -> dict[TotalKey, dict[str, dict[str, Decimal]]]:
    themes = {
        (valuation.edition.reference, measure.id): theme.id
        for valuation in worth.valuations
        for theme in valuation.edition.themes
        for outcome in theme.outcomes
        for measure in outcome.measures
    }
    found: dict[TotalKey, dict[str, dict[str, Decimal]]] = {}
    with localcontext(prec=EXACT):
        for line in worth.lines:
            for level in ("gross", "net"):
                key = key_of(line, level)
                span = getattr(line.valued, level) if line.valued else None
                if key is None or span is None or span.central is None or key.direction == "harm" or not line.in_totals:
                    continue
                promise = line.promise
                theme = themes.get((promise.edition, promise.measure), "none")
                leaf = f"{promise.channel}/{theme}/{promise.agreement}"
                who = providers.get(promise.agreement) or f"agreement {promise.agreement}"
                held = found.setdefault(key, {}).setdefault(leaf, {})
                held[who] = held.get(who, Decimal(0)) + span.central
    return found


def _figures(leaves: set[str], paid: set[str]) -> list[Figure]:
    """The figures that could be told, the ones that matter most first: all, what was paid for, channels, themes."""
    found = [Figure("all", frozenset(leaves))]
    found.append(Figure(PAID, frozenset(leaf for leaf in leaves if leaf.split("/")[2] in paid)))
    for place, name in enumerate(("channel", "theme")):
        for value in sorted({leaf.split("/")[place] for leaf in leaves}):
            found.append(Figure(f"{name}:{value}", frozenset(one for one in leaves if one.split("/")[place] == value)))
    return found


def _protected(dates: Sequence[Leaves], leaves: set[str]) -> list[Figure]:
    """What is never told: each channel by theme, and all that one provider brought."""
    cells: dict[str, set[str]] = {}
    for leaf in leaves:
        cells.setdefault(leaf.rpartition("/")[0], set()).add(leaf)
    for each in dates:
        for leaf, held in each.items():
            for who in held:
                cells.setdefault(f"provider {who}", set()).add(leaf)
    return [Figure(name, frozenset(held)) for name, held in sorted(cells.items())]


def _sum(leaves: Leaves, figure: Figure) -> Decimal:
    with localcontext(prec=EXACT):
        return sum((amount for leaf in figure.leaves for amount in leaves.get(leaf, {}).values()), Decimal(0))


def _rate(cell: str, figure: str, basis: str, amount: Decimal | None, base: Decimal) -> GivenRate:
    if amount is None or base <= 0:
        return GivenRate(cell, figure, basis, None)
    with localcontext(prec=EXACT):
        return GivenRate(cell, figure, basis, (amount / base).quantize(_PLACES, rounding=ROUND_HALF_UP))
