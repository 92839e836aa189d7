"""Worth as it is shown: figures, bars, charts and rows, each rounded once to the penny by the one rule.

Parts are allocated by largest remainder, so what is shown adds to the whole that is shown, on a page and in an export
alike (docs/explanation/rounding.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from commonweal.asks.vocabulary import CHANNELS
from commonweal.base.charts import Bar, BarChart, Table
from commonweal.base.exports import Cell
from commonweal.base.parts import AssuranceBar, Figure
from commonweal.base.templatetags.figures import long_date, money, percentage, quantity
from commonweal.engine.factors import EXACT, Span
from commonweal.engine.model import LICENSED, Edition
from commonweal.engine.presentation import rounded, shown_lines
from commonweal.engine.value import Level
from commonweal.money import allocate, round_half_up
from commonweal.reporting.figures import STAGES, Account, TotalKey, What, Worth, WorthLine, WorthTotal, key_of

KINDS: Final = {
    "welfare": "Welfare value",
    "economic": "Economic value",
    "fiscal": "Fiscal value",
    "spend": "Spend",
    "mixed": "Mixed published value",
}
LEVELS: Final[dict[Level, str]] = {"gross": "gross", "net": "net"}
#: Charts of more bars than this say less than the table beneath them; the rest are one bar.
MOST_BARS: Final = 8
CHANNEL_WORDS: Final = dict(CHANNELS)
#: What an address is built from: the query of the page with some of its words changed.
Address = Callable[..., str]


def plural(number: int, one: str, many: str = "") -> str:
    """This will write a number of things: "1 line", "1,200 lines"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def kind_words(key: TotalKey) -> str:
    """This will say what an amount is: "Welfare value", "Spend (harm)"."""
    return f"{KINDS[key.kind]} (harm)" if key.direction == "harm" else KINDS[key.kind]


def key_slug(key: TotalKey) -> str:
    """This will write a key as an address carries it: "open-measures@1.0:benefit:welfare:gross:2024:calendar"."""
    parts = (key.edition, key.direction, key.kind, key.level, key.price_year, key.price_year_type)
    return ":".join((*parts, "range") if key.ranged else parts)


def prices_words(year: str, year_type: str) -> str:
    """This will name the prices an amount is in; a rate that was set for a year is no price of that year."""
    return f"rates of {year}" if year_type == "rate-year" else f"{year} prices"


def prices_of(key: TotalKey) -> str:
    """This will name the prices of a figure."""
    return prices_words(key.price_year, key.price_year_type)


def key_label(key: TotalKey, edition: Edition) -> str:
    """This will name a figure in a choice: "Welfare value, gross, 2024 prices, Commonweal Open Measures 1.0"."""
    ranged = ", as a range" if key.ranged else ""
    prices = prices_of(key)
    return f"{kind_words(key)}, {LEVELS[key.level]}, {prices}{ranged}, {edition.named}"


def coverage_words(worth: Worth, lines: int) -> str:
    """This will say how many of all lines and agreements a figure covers."""
    return f"{lines:,} of {plural(len(worth.lines), 'line')}"


def figure(worth: Worth, key: TotalKey, edition: Edition, how_we_know_url: str) -> Figure:
    """This will make the figure of a total, or of nothing recorded, with all its qualifiers."""
    total = worth.total(key)
    words = f"{kind_words(key)} {STAGES[worth.what].lower()}"
    if total is None:
        return Figure(label=words, unit="£", value=None, audience="staff")
    return _figure(words, key, edition, total.amount, coverage_words(worth, total.lines), worth, how_we_know_url)


def line_figure(worth: Worth, key: TotalKey, edition: Edition, amount: Span) -> Figure:
    """This will make the figure of one line on its own, rounded by itself."""
    words = f"{kind_words(key)}, {LEVELS[key.level]}"
    return _figure(words, key, edition, amount, "This line alone", worth, "#steps")


def _figure(
    label: str, key: TotalKey, edition: Edition, amount: Span, coverage: str, worth: Worth, how_we_know_url: str
) -> Figure:
    shown = rounded(amount)
    low, high = shown.ends
    return Figure(
        label=label,
        unit="£",
        value=shown.central,
        low=low,
        high=high,
        audience="staff",
        level=key.level,
        kind=key.kind,
        price_year=key.price_year,
        edition=edition.named,
        coverage=coverage,
        as_of=worth.as_of,
        how_we_know_url=how_we_know_url,
    )


def written(span: Span | None) -> str:
    """This will write a rounded span: one amount, or a range where none was published between its ends."""
    if span is None:
        return "–"
    return money(span.central) if span.central is not None else f"{money(span.low)} to {money(span.high)}"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with its two amounts as shown; None where it has no such figure."""

    line: WorthLine
    gross: Span | None
    net: Span | None

    @property
    def kind(self) -> str:
        """The kind of value in words, "" without one."""
        factor = self.line.valued.factor if self.line.valued else None
        return KINDS[factor.value.kind] if factor else ""


def lines_as_shown(worth: Worth) -> list[ShownLine]:
    """This will round every line of a worth so that those of each total add to the total as shown."""
    gross, net = (
        shown_lines((key_of(line, level), getattr(line.valued, level) if line.valued else None) for line in worth.lines)
        for level in LEVELS
    )
    return [ShownLine(line, gross.get(index), net.get(index)) for index, line in enumerate(worth.lines)]


def period_words(line: WorthLine) -> str:
    """This will say when a line is from and until, in short: "1 May to 30 June 2026"."""
    first, last = line.starts_on, line.ends_on
    if first is None or last is None:
        return f"From {long_date(first)}" if first else f"Until {long_date(last)}" if last else "period not recorded"
    if first == last:
        return long_date(first)
    start = long_date(first).removesuffix(f" {first.year}") if first.year == last.year else long_date(first)
    return f"{start} to {long_date(last)}"


def note_of(line: WorthLine) -> str:
    """This will say in a few words what a reader of a line must know."""
    said = []
    if line.brought_forward:
        said.append("brought forward, not verified here")
    if line.promise.share != 1:
        said.append(f"{percentage(line.promise.share)} counted here")
    if line.reason is not None:
        said.append(f"no value: {line.reason.words}")
    elif not line.in_totals:
        said.append("left out of the totals: another line counts the same effect")
    if line.promise.agreement_state == "terminated" and not line.is_entry:
        said.append("agreement terminated early")
    if line.late_for:
        said.append(f"told after {line.late_for} was closed")
    return "; ".join(said).capitalize()


# --- stages side by side --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StageCell:
    """One stage's amount of a kind: as shown, how many lines it is of, and where they are listed."""

    what: What
    shown: str
    lines: int
    href: str


@dataclass(frozen=True, slots=True)
class StageRow:
    """One kind of value at every stage, with its bar where there is a central amount."""

    key: TotalKey
    words: str
    level: str
    prices: str
    edition: str
    cells: tuple[StageCell, ...]
    bar: AssuranceBar | None


def editions_of(account: Account) -> dict[str, Edition]:
    """This will give the editions of an account by reference."""
    return {v.edition.reference: v.edition for worth in account.worths.values() for v in worth.valuations}


def stage_rows(account: Account, lines_url: Address) -> list[StageRow]:
    """This will lay the stages side by side: a row for each kind and level, never added to one another."""
    editions = editions_of(account)
    confirmable = account.worths["claimed"].only("confirmable", "yes")
    rows = []
    for key in account.keys:
        cells = []
        for what, worth in account.worths.items():
            total = worth.total(key)
            shown = written(rounded(total.amount)) if total else "–"
            href = lines_url(what=what, figure=key_slug(key))
            cells.append(StageCell(what, shown, total.lines if total else 0, href if total else ""))
        edition = editions[key.edition]
        rows.append(
            StageRow(
                key, kind_words(key), LEVELS[key.level].capitalize(), prices_of(key),
                edition.named, tuple(cells), assurance_bar(account, key, confirmable.get(key)),
            )
        )  # fmt: skip
    return rows


def assurance_bar(account: Account, key: TotalKey, confirmable: WorthTotal | None) -> AssuranceBar | None:
    """This will draw how sure we are of one amount claimed; None without a claim, or where it is only a range."""
    held = {what: worth.total(key) for what, worth in account.worths.items()}
    claimed = _central(held["claimed"])
    if not claimed:
        return None
    return AssuranceBar(
        label=f"{kind_words(key)}, {LEVELS[key.level]}, {prices_of(key)}",
        unit="£",
        claimed=claimed,
        evidenced=_central(held["evidenced"]),
        confirmed=_central(held["confirmed"]),
        assured=_central(held["assured"]),
        confirmable=_central(confirmable) or None,
    )


def _central(total: WorthTotal | None) -> Decimal:
    return Decimal(0) if total is None or total.amount.central is None else round_half_up(total.amount.central)


def brought_forward_words(worth: Worth) -> list[str]:
    """This will say how much of what is claimed was brought forward from before, kind by kind."""
    found = worth.only("brought_forward", "yes")
    return [
        f"{written(rounded(total.amount))} of the {LEVELS[key.level]} {kind_words(key).lower()} claimed "
        f"({plural(total.lines, 'line')}) was brought forward from earlier records and not verified here."
        for key, total in found.items()
    ]


# --- charts ---------------------------------------------------------------------------------------------------------


def chart_by_kind(worth: Worth, edition: Edition, level: Level) -> BarChart | None:
    """This will chart the kinds of value of one edition beside one another; None with fewer than two."""
    totals = [
        total
        for total in worth.totals
        if total.key.edition == edition.reference and total.key.level == level and total.amount.central is not None
    ]
    if len(totals) < 2:
        return None
    of_both = [total for total in worth.totals if (total.key.edition, total.key.level) == (edition.reference, level)]
    ranged = len(of_both) - len(totals)
    left_out = [f"{plural(ranged, 'figure')} published as a range"] if ranged else []
    greatest = max(totals, key=lambda each: each.amount.central or Decimal(0))
    years = sorted({total.key.price_year for total in totals})
    return BarChart(
        title=f"{kind_words(greatest.key)} is the largest of {len(totals)} figures {STAGES[worth.what].lower()}, "
        f"{LEVELS[level]}: {money(round_half_up(greatest.amount.central or Decimal(0)))}",
        unit="£",
        source=f"{edition.named}, prices of {' and '.join(years)}; kinds are not added together",
        as_of=worth.as_of,
        left_out="; ".join([*left_out, *filter(None, [_left_out_words(worth)])]),
        bars=tuple(
            Bar(_bar_name(total.key, years), _central(total), direction=total.key.direction) for total in totals
        ),
    )


def _bar_name(key: TotalKey, years: Sequence[str]) -> str:
    return f"{KINDS[key.kind]}, {prices_of(key)}" if len(years) > 1 else KINDS[key.kind]


def chart_by(worth: Worth, column: str, names: Mapping[str, str], key: TotalKey, edition: Edition) -> BarChart | None:
    """This will chart one total split by a column; the bars add to the total as shown. None with fewer than two."""
    parts = worth.grouped(column).get(key, {})
    if len(parts) < 2 or key.ranged:
        return None
    ordered = sorted(parts.items(), key=lambda each: (-(each[1].amount.central or 0), names.get(each[0], each[0])))
    bars = [(names.get(name, name), total.amount.central or Decimal(0)) for name, total in ordered]
    with localcontext(prec=EXACT):
        if len(bars) > MOST_BARS:
            rest = bars[MOST_BARS - 1 :]
            bars = [*bars[: MOST_BARS - 1], (f"{len(rest)} others", sum((n for _name, n in rest), Decimal(0)))]
        whole = sum((amount for _name, amount in bars), Decimal(0))
    first, amount = bars[0]
    share = f"{percentage(amount / whole)} of" if whole else "the largest part of"
    shown = allocate([amount for _name, amount in bars])
    return BarChart(
        title=f"{first} accounts for {share} the {LEVELS[key.level]} {kind_words(key).lower()} "
        f"{STAGES[worth.what].lower()}",
        unit="£",
        source=f"{edition.named}, {prices_of(key)}",
        as_of=worth.as_of,
        left_out=_left_out_words(worth),
        bars=tuple(Bar(name, each, direction=key.direction) for (name, _amount), each in zip(bars, shown, strict=True)),
    )


def _left_out_words(worth: Worth) -> str:
    missing = len(worth.lines) - worth.valued
    return f"{plural(missing, 'line')} of {len(worth.lines):,} without a value" if missing else ""


def leading_key(worth: Worth) -> TotalKey | None:
    """This will find the largest benefit with a central amount, to split in charts."""
    totals = [each for each in worth.totals if not each.key.ranged and each.key.direction == "benefit"]
    return max(totals, key=lambda each: each.amount.central or Decimal(0)).key if totals else None


# --- what to know ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """One thing a reader must know: what it is, about which measures, what to do about it, and of how many lines."""

    words: str
    about: tuple[str, ...]
    fix: str
    lines: int
    to_put_right: bool


def what_to_know(worth: Worth) -> list[Known]:
    """This will say what the engine found in the words of the record, one sentence for all measures it is true of."""
    titles = {line.promise.agreement: f"“{line.promise.agreement_title}”" for line in worth.lines}
    found: dict[tuple[bool, str, str], list[tuple[str, int]]] = {}
    for edition, each in worth.findings:
        words = each.reason
        for id, title in [*titles.items(), *((m.id, m.title) for m in edition.measures.values())]:
            words = words.replace(id, title)
        about = edition.measures[each.measure].title if each.measure and each.code != "overlap" else ""
        warning = each.severity == "warning"
        key = (warning, words, each.fix if warning else "")
        found.setdefault(key, []).append((about, each.lines))
    return [
        Known(
            words=words[:1].upper() + words[1:],
            about=tuple(sorted({measure for measure, _lines in said if measure})),
            fix=fix,
            lines=sum(lines for _measure, lines in said),
            to_put_right=warning,
        )
        for (warning, words, fix), said in found.items()
    ]


# --- counts ---------------------------------------------------------------------------------------------------------


def counts_table(account: Account) -> Table | None:
    """This will set out what has no value, each measure in its own unit, at every stage; None when there is nothing."""
    found: dict[tuple[str, str], dict[What, Decimal]] = {}
    named: dict[tuple[str, str], str] = {}
    for what, worth in account.worths.items():
        for count in worth.counts:
            key = (count.edition, count.measure)
            held = found.setdefault(key, {})
            held[what] = held.get(what, Decimal(0)) + count.quantity
            harm = ", harm" if count.direction == "harm" else ""
            named[key] = f"{count.title} ({count.unit}{harm})"
    if not found:
        return None
    rows = tuple(
        (named[key], *(quantity(found[key][what]) if what in found[key] else "–" for what in STAGES))
        for key in sorted(found, key=lambda each: (named[each].casefold(), each))
    )
    return Table(("What is counted", *STAGES.values()), rows)


# --- exports --------------------------------------------------------------------------------------------------------

LINE_HEADINGS: Final = (
    "Line", "Stage", "Agreement", "Department", "Channel", "Promise", "Measure", "Edition", "Quantity", "Share",
    "Counted here", "Unit", "From", "Until", "Place", "Direction", "Kind of value", "Price year", "Gross (£)",
    "Gross low (£)", "Gross high (£)", "Net (£)", "Net low (£)", "Net high (£)", "In the totals", "Value used",
    "Source", "Locator", "Licence", "Note",
)  # fmt: skip


def line_row(shown: ShownLine, what: What) -> tuple[Cell, ...]:
    """This will write one line for an export, under LINE_HEADINGS."""
    line, promise = shown.line, shown.line.promise
    factor = line.valued.factor if line.valued else None
    value = factor.value if factor else None
    return (
        line.public_id, STAGES[what], promise.agreement_title, promise.department_name,
        CHANNEL_WORDS[promise.channel], promise.wording, promise.measure,
        promise.edition + (f" ({LICENSED})" if line.valued and line.valued.measure.is_licensed else ""), line.quantity,
        promise.share, line.counted, promise.unit, line.starts_on, line.ends_on, line.place_code, promise.direction,
        value.kind if value else "", factor.price.to_year if factor else "",
        *_ends(shown.gross), *_ends(shown.net),
        "yes" if line.in_totals else "no", value.name if value else "", value.source.title if value else "",
        value.source.locator if value else "", value.source.licence if value else "", note_of(line),
    )  # fmt: skip


def _ends(span: Span | None) -> tuple[Cell, Cell, Cell]:
    return (None, None, None) if span is None else (span.central, *span.ends)


TOTAL_HEADINGS: Final = (
    "Kind of value", "Direction", "Level", "Price year", "Edition", "Stage", "Amount (£)", "Low (£)", "High (£)",
    "For the whole UK (£)", "Lines in the figure", "Lines in all", "Agreements covered", "Agreements in all", "As of",
)  # fmt: skip


def total_rows(account: Account) -> list[tuple[Cell, ...]]:
    """This will write every total at every stage for an export, under TOTAL_HEADINGS."""
    rows: list[tuple[Cell, ...]] = []
    editions = editions_of(account)
    for key in account.keys:
        for what, worth in account.worths.items():
            if total := worth.total(key):
                shown = rounded(total.amount)
                rows.append(
                    (
                        key.kind, key.direction, key.level, key.price_year, editions[key.edition].cited, STAGES[what], shown.central,
                        *shown.ends, rounded(total.uk).central if total.uk else None,
                        total.lines, len(worth.lines), worth.covered, worth.agreements,
                        account.as_of,
                    )
                )  # fmt: skip
    return rows


def age_words(worth: Worth) -> str:
    """This will say how old the newest record of a figure is."""
    return f"Last recorded {long_date(worth.newest_on)}." if worth.newest_on else ""
