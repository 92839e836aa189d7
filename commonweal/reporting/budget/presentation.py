"""A year's account as it is shown: one figure split into rows that add to it, each stage beside the others.

Amounts are rounded once and allocated by largest remainder, so the rows of every column add to its total as shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Final

from commonweal.base.charts import Bar, BarChart
from commonweal.base.exports import Cell
from commonweal.base.parts import AssuranceBar
from commonweal.base.templatetags.figures import money, percentage, quantity
from commonweal.engine.factors import EXACT
from commonweal.money import allocate, round_half_up
from commonweal.reporting.budget.policies import is_material
from commonweal.reporting.budget.queries import KINDS_OF_LINES, YEAR_STAGES, YearAccount
from commonweal.reporting.budget.vocabulary import SPLITS
from commonweal.reporting.figures import TotalKey, What, Worth
from commonweal.reporting.presentation import editions_of, key_label, key_slug, kind_words, leading_key, prices_of

if TYPE_CHECKING:
    from commonweal.reporting.budget.models import ClosingRules, Variance

ZERO: Final = Decimal(0)
#: The stages that are never taken apart by place or size: a budget may say neither.
NOT_SAID: Final = "not said"


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount in a row: exact as shown (to the penny), in words, and where its lines are."""

    what: What
    value: Decimal | None
    shown: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One part of an account, every stage beside the others, and how far it is from its budget."""

    key: str
    name: str
    amounts: tuple[Amount, ...]
    difference: Decimal | None = None
    difference_words: str = ""
    matters: bool = False
    reason: Variance | None = None
    reason_url: str = ""
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """An account split one way: its figure, the columns, the rows and their total."""

    split: str
    figure: TotalKey
    label: str
    stages: tuple[What, ...]
    rows: tuple[Row, ...]
    total: Row
    differs: str

    @property
    def amounts(self) -> dict[What, Decimal]:
        """The whole of each stage that has one."""
        return {each.what: each.value for each in self.total.amounts if each.value is not None}

    @property
    def differs_words(self) -> str:
        """What a difference is between."""
        return f"{self.differs.capitalize()} less budget"

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands over each column."""
        return tuple(YEAR_STAGES[what] for what in self.stages)


#: Gives the address of the lines behind an amount: of a stage, under a split's part ("" for the whole).
Address = Callable[[What, str], str]


def offered_figures(held: YearAccount) -> list[tuple[str, str]]:
    """This will offer every figure of a year's account, as an address writes it, with its words."""
    editions = editions_of(held.account)
    return [(key_slug(key), key_label(key, editions[key.edition])) for key in held.account.keys]


def chosen_figure(held: YearAccount, slug: str) -> TotalKey | None:
    """This will find the figure an address asks for; else the largest budgeted, committed or claimed."""
    asked = next((key for key in held.account.keys if key_slug(key) == slug), None)
    if asked is not None:
        return asked
    for what in ("budget", "promised", "claimed", "baseline"):
        if (found := leading_key(held.stages[what])) is not None:
            return found
    return held.account.keys[0] if held.account.keys else None


def split_account(
    held: YearAccount, split: str, figure: TotalKey, names: Mapping[str, str], address: Address,
    reasons: Mapping[tuple[str, str, str], Variance], rules: ClosingRules, reason_url: Callable[[str], str],
) -> Split:  # fmt: skip
    """This will split one figure of a year by department, objective, channel, place, theme, size or kind of value."""
    stages = shown_stages(held)
    parts = {what: _parts(held.stages[what], split, figure) for what in stages}
    differs: What = "claimed" if held.is_over or "forecast" not in held.stages else "forecast"
    keys = sorted(
        {key for column in parts.values() for key in column},
        key=lambda key: (-max((abs(column.get(key) or ZERO) for column in parts.values()), default=ZERO), key),
    )
    shown = {what: _allocated(column, keys) for what, column in parts.items()}
    has_budget = bool(held.budget.lines)

    def row(key: str, name: str, amounts: Mapping[What, Decimal | None], *, is_total: bool = False) -> Row:
        cells = tuple(
            Amount(
                what, amounts[what], NOT_RECORDED if (value := amounts[what]) is None else money(value),
                address(what, "" if is_total else key) if amounts[what] is not None else "",
            )
            for what in stages
        )  # fmt: skip
        found = _difference(amounts[differs], amounts.get("budget")) if has_budget else None
        budgeted = amounts.get("budget") or ZERO
        said = reasons.get((split, TOTAL_PART if is_total else key, key_slug(figure)))
        return Row(
            TOTAL_PART if is_total else key, name, cells, found, _difference_words(found, budgeted),
            matters=found is not None and is_material(found, budgeted, rules.percent, rules.pounds), reason=said,
            reason_url=reason_url(TOTAL_PART if is_total else key) if found is not None else "", is_total=is_total,
        )  # fmt: skip

    rows = tuple(
        row(key, names.get(key, key) or "Not recorded", {what: shown[what].get(key) for what in stages}) for key in keys
    )
    wholes = {what: _whole(shown[what]) for what in stages}
    total = row("", "Whole year", wholes, is_total=True)
    label = key_label(figure, editions_of(held.account)[figure.edition])
    if not has_budget:
        differs = "promised"
    return Split(split, figure, label, stages, rows, total, YEAR_STAGES[differs].lower())


NOT_RECORDED: Final = "–"
TOTAL_PART: Final = "all"


def _parts(worth: Worth, split: str, figure: TotalKey) -> dict[str, Decimal]:
    if split == "kind":
        whole = worth.total(figure)
        return {figure.kind: _central(whole)} if whole else {}
    return {name: _central(total) for name, total in worth.grouped(split).get(figure, {}).items()}


def _central(total: object) -> Decimal:
    amount = total.amount  # type: ignore[attr-defined]
    return amount.low if amount.central is None else amount.central


def _allocated(column: Mapping[str, Decimal], keys: Sequence[str]) -> dict[str, Decimal | None]:
    held = [key for key in keys if key in column]
    return dict(zip(held, allocate([column[key] for key in held]), strict=True))


def _whole(column: Mapping[str, Decimal | None]) -> Decimal | None:
    known = [amount for amount in column.values() if amount is not None]
    with localcontext(prec=EXACT):
        return sum(known, ZERO) if known else None


def _difference(reached: Decimal | None, budget: Decimal | None) -> Decimal | None:
    if reached is None and budget is None:
        return None
    with localcontext(prec=EXACT):
        return (reached or ZERO) - (budget or ZERO)


def _difference_words(difference: Decimal | None, budget: Decimal) -> str:
    if difference is None:
        return ""
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    of = f" ({sign}{percentage(abs(difference) / budget)})" if budget else ""
    return f"{sign}{money(abs(difference))}{of}"


def shown_stages(held: YearAccount) -> tuple[What, ...]:
    """This will give the stages that have a column: those of the record, a baseline and a
    budget where one is set, and a forecast while the year runs."""
    left_out = {what for what in KINDS_OF_LINES if not held.stages[what].lines}
    if held.is_over:
        left_out.add("forecast")  # what was delivered
    return tuple(what for what in held.stages if what not in left_out)


def kinds_table(held: YearAccount, address: Callable[[What, str], str]) -> list[Row]:
    """This will set out every figure of a year, one row each: kinds of value are never added to one another."""
    editions = editions_of(held.account)
    rows = []
    for key in held.account.keys:
        amounts = []
        for what in shown_stages(held):
            total = held.stages[what].total(key)
            value = allocate([_central(total)])[0] if total else None
            amounts.append(
                Amount(what, value, NOT_RECORDED if value is None else money(value),
                       address(what, key_slug(key)) if value is not None else "")
            )  # fmt: skip
        name = f"{kind_words(key)}, {key.level}, {prices_of(key)}, {editions[key.edition].named}"
        rows.append(Row(key_slug(key), name, tuple(amounts)))
    return rows


def counts_rows(held: YearAccount) -> list[tuple[str, ...]]:
    """This will set out what is counted and not valued at every stage, each measure in its own unit."""
    found: dict[tuple[str, str], dict[What, Decimal]] = {}
    named: dict[tuple[str, str], str] = {}
    for what, worth in held.stages.items():
        for count in worth.counts:
            key = (count.edition, count.measure)
            found.setdefault(key, {})[what] = found.get(key, {}).get(what, ZERO) + count.quantity
            named[key] = f"{count.title} ({count.unit})"
    return [
        (named[key], *(_count(what, found[key].get(what)) for what in shown_stages(held)))
        for key in sorted(found, key=lambda key: named[key].casefold())
    ]


def _count(what: What, number: Decimal | None) -> str:
    """A quantity in a cell; what falls due at an even pace is told to a tenth, for more would only look exact."""
    if number is None:
        return NOT_RECORDED
    return quantity(round_half_up(number, Decimal("0.1")) if what in ("promised", "forecast") else number)


def assurance_of(split: Split, held: YearAccount) -> AssuranceBar | None:
    """This will draw how sure the delivered part of a figure is; None where nothing is claimed."""
    amounts = {each.what: each.value or ZERO for each in split.total.amounts}
    if not amounts.get("claimed"):
        return None
    confirmable = held.stages["claimed"].only("confirmable", "yes").get(split.figure)
    most = min(round_half_up(_central(confirmable)), amounts["claimed"]) if confirmable else None
    return AssuranceBar(
        label=split.label, unit="£", claimed=amounts["claimed"], evidenced=amounts["evidenced"],
        confirmed=min(amounts["confirmed"], most or ZERO), assured=amounts["assured"], confirmable=most,
    )  # fmt: skip


def chart_of(split: Split, held: YearAccount) -> BarChart | None:
    """This will draw what was delivered beside what was budgeted (or committed), part by part; None with fewer than two."""
    against: What = "budget" if held.budget.lines else "promised"
    bars = []
    for row in split.rows[:8]:
        amounts = {each.what: each.value for each in row.amounts}
        bars.append(
            Bar(row.name, amounts.get("claimed"), target=amounts.get(against), direction=split.figure.direction)
        )
    if len(bars) < 2 or all(bar.value is None for bar in bars):
        return None
    whole = {each.what: each.value for each in split.total.amounts}
    reached, wanted = whole.get("claimed") or ZERO, whole.get(against) or ZERO
    share = f"{percentage(reached / wanted)} of the {YEAR_STAGES[against].lower()}" if wanted else money(reached)
    return BarChart(
        title=f"{share} was delivered, by {SPLITS[split.split].lower()}", unit="£",
        source=f"{split.label}; the mark is the {YEAR_STAGES[against].lower()}", as_of=min(held.on, held.year.ends_on),
        left_out=f"{len(split.rows) - 8} smaller parts" if len(split.rows) > 8 else "", bars=tuple(bars),
    )  # fmt: skip


EXPORT_HEADINGS: Final = (
    "Year",
    "Split by",
    "Part",
    "Figure",
    "Stage",
    "Amount (£)",
    "Difference from budget (£)",
    "Reason",
)


def export_rows(held: YearAccount, split: Split) -> list[tuple[Cell, ...]]:
    """This will write what a page shows, a row for each amount, under EXPORT_HEADINGS."""
    return [
        (held.year.name, SPLITS[split.split], row.name, split.label, YEAR_STAGES[each.what], each.value,
         row.difference if each.what == "budget" else None, row.reason.words if row.reason and each.what == "budget" else "")
        for row in (*split.rows, split.total) for each in row.amounts if each.value is not None
    ]  # fmt: skip
