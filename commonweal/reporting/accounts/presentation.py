"""A published account as it is shown: its figures as its bundle has them, each rounded once, parts adding to the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from commonweal.base.charts import Bar, BarChart
from commonweal.base.exports import Cell
from commonweal.base.parts import AssuranceBar, Figure
from commonweal.base.templatetags.figures import money
from commonweal.engine.account_bundle import FIGURE_COLUMNS, RESTATEMENT_COLUMNS
from commonweal.engine.factors import Span
from commonweal.engine.presentation import allocated, rounded
from commonweal.engine.year import FinancialYear
from commonweal.money import round_half_up
from commonweal.reporting.changes import PARTS, apportioned
from commonweal.reporting.figures import STAGES, What
from commonweal.reporting.presentation import CHANNEL_WORDS, KINDS, StageCell, prices_words, written

if TYPE_CHECKING:
    from commonweal.reporting.accounts.models import PublishedAccount

#: What figures of an account are told by, besides as a whole: the word of the bundle, and of a page.
GROUPS: Final = {"department": "Department", "place": "Place", "channel": "Channel", "theme": "Theme",
                 "measure": "Measure"}  # fmt: skip
_MOST_BARS = 10
Address = Callable[..., str]


@dataclass(frozen=True, slots=True)
class AccountFigure:
    """One figure of an account: what it is, and how much; `key` tells it from others of its stage and group."""

    stage: What
    by: str
    group: str
    key: tuple[str, ...]
    amount: Span
    uk: Span | None
    lines: int

    @property
    def slug(self) -> str:
        """The figure as an address carries it."""
        return ":".join(self.key)

    @property
    def words(self) -> str:
        """What it is: "Welfare value", "Spend (harm)"."""
        return KINDS[self.key[2]] + (" (harm)" if self.key[1] == "harm" else "")


def figures_of(content: Mapping[str, Any]) -> list[AccountFigure]:
    """This will read the figures of an account."""
    return [_figure(dict(zip(FIGURE_COLUMNS, cells, strict=True))) for cells in content["figures"]]


def _figure(held: Mapping[str, Any]) -> AccountFigure:
    span = _span(held["low"], held["central"], held["high"])
    assert span is not None  # every figure of an account has both its ends
    key = (held["edition"], held["direction"], held["kind"], held["level"], held["price_year"],
           held["price_year_type"], "" if held["central"] else "range")  # fmt: skip
    uk = _span(held["uk_low"], held["uk_central"], held["uk_high"])
    return AccountFigure(held["stage"], held["by"], held["group"], key, span, uk, int(held["lines"]))


def _span(low: str, central: str, high: str) -> Span | None:
    return Span(Decimal(low), Decimal(central) if central else None, Decimal(high)) if low else None


def key_of_slug(slug: str) -> tuple[str, ...]:
    """This will read the key of a figure from an address; empty where it is none."""
    parts = tuple(slug.split(":"))
    return parts if len(parts) == 7 else ()


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One kind of value, or one group, at every stage, with its bar where there is one."""

    words: str
    level: str
    prices: str
    edition: str
    cells: tuple[StageCell, ...]
    bar: AssuranceBar | None


def keys_of(figures: Sequence[AccountFigure]) -> list[tuple[str, ...]]:
    """This will list what kinds of figure an account has, benefits before harms."""
    found = {each.key for each in figures if not each.by}
    return sorted(found, key=lambda key: (key[1] == "harm", *key))


def leading_key(figures: Sequence[AccountFigure]) -> tuple[str, ...] | None:
    """This will choose the figure that charts and groups are told of: the benefit that most lines are claimed of."""
    whole = [each for each in figures if not each.by and each.key[1] == "benefit" and not each.key[6]]
    order = {"claimed": 1, "promised": 0}
    ranked = sorted(whole, key=lambda each: (order.get(each.stage, -1), each.lines, each.key[3] == "net"), reverse=True)
    return ranked[0].key if ranked else None


def stage_rows(figures: Sequence[AccountFigure], titles: Mapping[str, str], lines_url: Address) -> list[AccountRow]:
    """This will lay the stages of every kind of value side by side."""
    whole = {(each.stage, each.key): each for each in figures if not each.by}
    rows = []
    for key in keys_of(figures):
        held = {stage: whole.get((stage, key)) for stage in STAGES}
        cells = tuple(
            _cell(stage, each, rounded(each.amount) if each else None, lines_url) for stage, each in held.items()
        )
        some = next(each for each in held.values() if each)
        rows.append(AccountRow(
            some.words, key[3].capitalize(), prices_words(key[4], key[5]), titles.get(key[0], key[0]), cells,
            _bar(some, held),
        ))  # fmt: skip
    return rows


def _cell(stage: What, each: AccountFigure | None, shown: Span | None, lines_url: Address) -> StageCell:
    if each is None:
        return StageCell(stage, "–", 0, "")
    more = {"by": each.by, "group": each.group} if each.by else {}
    return StageCell(stage, written(shown), each.lines, lines_url(stage=stage, figure=each.slug, **more))


def _bar(some: AccountFigure, held: Mapping[What, AccountFigure | None]) -> AssuranceBar | None:
    claimed = _central(held["claimed"])
    if not claimed:
        return None
    return AssuranceBar(
        label=f"{some.words}, {some.key[3]}, {prices_words(some.key[4], some.key[5])}", unit="£", claimed=claimed,
        evidenced=_central(held["evidenced"]), confirmed=_central(held["confirmed"]), assured=_central(held["assured"]),
        confirmable=claimed,
    )  # fmt: skip


def _central(each: AccountFigure | None) -> Decimal:
    return Decimal(0) if each is None or each.amount.central is None else round_half_up(each.amount.central)


def group_rows(
    figures: Sequence[AccountFigure], by: str, key: tuple[str, ...], names: Mapping[str, str], lines_url: Address
) -> list[AccountRow]:
    """This will lay one kind of value out by group; at each stage the groups add to the whole as it is shown."""
    shown: dict[tuple[str, str], tuple[AccountFigure, Span]] = {}
    for stage in STAGES:
        parts = [each for each in figures if (each.stage, each.by, each.key) == (stage, by, key)]
        for each, span in zip(parts, allocated([part.amount for part in parts]), strict=True):
            shown[stage, each.group] = (each, span)
    groups = list(dict.fromkeys(group for _stage, group in shown))
    rows = []
    for group in sorted(groups, key=lambda group: names.get(group, group).casefold()):
        cells = []
        for stage in STAGES:
            each_shown = shown.get((stage, group))
            cells.append(_cell(stage, *each_shown, lines_url) if each_shown else _cell(stage, None, None, lines_url))
        rows.append(AccountRow(names.get(group, group), "", "", "", tuple(cells), None))
    return rows


def names_of_groups(content: Mapping[str, Any], rules: Any, by: str) -> dict[str, str]:
    """This will name the groups of an account."""
    if by == "department":
        return {**content["names"]["departments"], "none": "No department"}
    if by == "place":
        return {**content["names"]["places"], "": "Place not recorded"}
    if by == "channel":
        return {code: str(words) for code, words in CHANNEL_WORDS.items()}
    editions = rules.editions.values()
    if by == "theme":
        return {theme.id: theme.title for edition in editions for theme in edition.themes}
    return {id: measure.title for edition in editions for id, measure in edition.measures.items()}


def chart(
    rows: Sequence[AccountRow], by: str, key: tuple[str, ...], account: PublishedAccount, stage: What
) -> BarChart | None:
    """This will draw one kind of value by group; nothing where there are fewer than two groups."""
    at = list(STAGES).index(stage)
    found = [(row.words, _amount(row.cells[at].shown)) for row in rows]
    ranked = sorted(((words, amount) for words, amount in found if amount), key=lambda each: -each[1])
    if len(ranked) < 2:
        return None
    bars = [Bar(words, amount) for words, amount in ranked[:_MOST_BARS]]
    if rest := ranked[_MOST_BARS:]:
        bars.append(Bar(f"{len(rest)} others", sum((amount for _, amount in rest), Decimal(0))))
    return BarChart(
        title=f"{ranked[0][0]} has the most {KINDS[key[2]].lower()} {STAGES[stage].lower()} in {year_of(account).name}",
        unit="£", source=f"Account {account.number}, {key[3]}, {prices_words(key[4], key[5])}",
        as_of=year_of(account).ends_on, bars=tuple(bars),
    )  # fmt: skip


def _amount(shown: str) -> Decimal:
    text = shown.replace("£", "").replace(",", "")
    return Decimal(text) if text.replace(".", "", 1).isdigit() else Decimal(0)


def shown_figures(
    figures: Sequence[AccountFigure], stage: What, titles: Mapping[str, str], as_of: date, lines: int,
    lines_url: Address, audience: str = "staff",
) -> list[Figure]:  # fmt: skip
    """This will make the figures of a stage, each with all that it takes to read it rightly."""
    found = []
    for each in figures:
        if each.by or each.stage != stage:
            continue
        span = rounded(each.amount)
        low, high = span.ends
        found.append(Figure(
            label=f"{each.words} {STAGES[stage].lower()}", unit="£", value=span.central, low=low, high=high,
            audience=audience,  # type: ignore[arg-type]
            level=each.key[3], kind=each.key[2],  # type: ignore[arg-type]
            price_year=each.key[4], edition=titles.get(each.key[0], each.key[0]),
            coverage=f"{each.lines:,} of {lines:,} line{'s' * (lines != 1)}", as_of=as_of,
            how_we_know_url=lines_url(stage=stage, figure=each.slug),
        ))  # fmt: skip
    return found


def leading_stage(figures: Sequence[AccountFigure]) -> What:
    """This will choose the stage an account is told by: what was evidenced, else claimed, else promised."""
    held = {each.stage for each in figures if not each.by}
    order: tuple[What, ...] = ("evidenced", "claimed", "promised")
    return next((stage for stage in order if stage in held), "promised")


def year_of(account: PublishedAccount) -> FinancialYear:
    """This will give the year of an account."""
    return FinancialYear(account.year)


# --- what a restatement changed ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RestatedRow:
    """One total before and after, with the four parts of the difference, as shown: they add up to the penny."""

    stage: str
    words: str
    before: str
    parts: tuple[str, ...]
    after: str
    difference: str


def restated_rows(content: Mapping[str, Any]) -> list[RestatedRow]:
    """This will show what changed, total by total: those that are the same before and after are left out."""
    rows = []
    for cells in content.get("restatement", []):
        held = dict(zip(RESTATEMENT_COLUMNS, cells, strict=True))
        if held["case"] != "central":
            continue
        # "edition" names a column of a pair before it and a part of the difference here.
        before, *steps, after = [Decimal(text) for text in cells[9:]]
        if before == after and not any(steps):
            continue
        ends = round_half_up(before), round_half_up(after)
        difference = ends[1] - ends[0]
        parts = apportioned(steps, difference)
        rows.append(RestatedRow(
            STAGES[held["stage"]],
            KINDS[held["kind"]] + (" (harm)" if held["direction"] == "harm" else "") + f", {held['level']}",
            money(ends[0]), tuple(_signed(part) for part in parts), money(ends[1]), _signed(difference),
        ))  # fmt: skip
    return rows


def _signed(amount: Decimal) -> str:
    return f"+{money(amount)}" if amount > 0 else money(amount)


#: The parts a difference is divided into, as a page names them.
PART_NAMES: Final = tuple(name for name, _words in PARTS.values())
PART_WORDS: Final = tuple(PARTS.values())


# --- files ------------------------------------------------------------------------------------------------------------

FIGURE_HEADINGS: Final = (
    "Stage", "By", "Group", "Group name", "Edition", "Direction", "Kind of value", "Level", "Price year", "Lines",
    "Amount (£)", "Low (£)", "High (£)", "Exact amount (£)",
)  # fmt: skip


def figure_rows(content: Mapping[str, Any], rules: Any) -> Iterator[tuple[Cell, ...]]:
    """This will write every figure of an account, rounded to the penny and exactly."""
    named = {by: names_of_groups(content, rules, by) for by in GROUPS}
    for each in figures_of(content):
        span = rounded(each.amount)
        edition, direction, kind, level, price_year, _type, _ranged = each.key
        yield (
            STAGES[each.stage], GROUPS.get(each.by, "Whole"), each.group, named.get(each.by, {}).get(each.group, ""),
            edition, direction, kind, level, price_year, each.lines, span.central,
            *(span.ends if span.central is not None else (span.low, span.high)), each.amount.central,
        )  # fmt: skip
