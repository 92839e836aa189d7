"""What every report of a year is made of: its figure in a sentence, its splits as tables and charts, what is counted.

All of it is read from the account of the year (`budget.queries.year_account`); nothing here knows another source.
Words are in the language that is active; amounts of a table are rounded once more so that its rows add to its total.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commonweal.base.charts import Bar, BarChart
from commonweal.base.parts import AssuranceBar, Figure, PromiseMarks
from commonweal.base.templatetags.figures import money, percentage, pounds, public_money, quantity
from commonweal.base.units import unit_after
from commonweal.directory.queries import departments, places_around, places_by_code, wards_of
from commonweal.engine.factors import EXACT
from commonweal.frameworks.queries import get_edition, objectives
from commonweal.money import PENNY, POUND, allocate, round_half_up
from commonweal.reporting.budget import presentation
from commonweal.reporting.budget.queries import YearAccount, closing_rules, variances
from commonweal.reporting.figures import TotalKey, What
from commonweal.reporting.presentation import editions_of
from commonweal.reporting.record.queries import NO_DEPARTMENT, NO_OBJECTIVE, SEVERAL_OBJECTIVES
from commonweal.reporting.reports import document

if TYPE_CHECKING:
    from commonweal.base.models import Body

ZERO: Final = Decimal(0)
STAGES: Final[dict[What, Any]] = {
    "baseline": gettext_lazy("Baseline"), "budget": gettext_lazy("Budget"), "promised": gettext_lazy("Committed"),
    "claimed": gettext_lazy("Claimed"), "evidenced": gettext_lazy("Evidenced"),
    "confirmed": gettext_lazy("Confirmed"), "assured": gettext_lazy("Assured"),
}  # fmt: skip
TERMS: Final = {
    "welfare": gettext_lazy("welfare value"), "economic": gettext_lazy("economic value"),
    "fiscal": gettext_lazy("fiscal value"), "spend": gettext_lazy("spend"), "mixed": gettext_lazy("mixed value"),
}  # fmt: skip
LEVELS: Final = {"gross": gettext_lazy("gross"), "net": gettext_lazy("net")}
OF_DEPARTMENTS, OF_OBJECTIVES = "department", "objective"
_SHOWN: Final[tuple[What, ...]] = ("budget", "promised", "claimed", "evidenced")
Cell = str | tuple[str, str]


@dataclass(frozen=True)
class Told:
    """The account of a year as a report tells it: which figure leads, and what may be named.

    `exact` shows pence; else whole pounds. `licensed` are measures (outward ids) that may not be published: a figure
    of an edition that uses any stays out, and `hidden` says how many do.
    """

    body: Body
    held: YearAccount
    lang: str
    exact: bool
    licensed: frozenset[str] = frozenset()

    @cached_property
    def hidden_editions(self) -> frozenset[str]:
        """The editions whose figures are not told."""
        return frozenset(
            line.promise.edition for worth in self.held.record.worths.values() for line in worth.lines
            if line.promise.measure_public_id in self.licensed
        )  # fmt: skip

    @cached_property
    def keys(self) -> list[TotalKey]:
        """The figures that are told."""
        return [key for key in self.held.account.keys if key.edition not in self.hidden_editions]

    @cached_property
    def leading(self) -> TotalKey | None:
        """The figure that leads: the largest benefit budgeted, else committed, else claimed."""
        for what in ("budget", "promised", "claimed"):
            found = [
                (total.amount.central or ZERO, each) for each in self.keys
                if each.direction == "benefit" and not each.ranged
                and (total := self.held.stages[what].total(each)) is not None
            ]  # fmt: skip
            if found:
                return max(found, key=lambda pair: pair[0])[1]
        return None

    @cached_property
    def against(self) -> What:
        """What delivery is held against: the budget where one is set, else what was committed."""
        return "budget" if self.held.budget.lines else "promised"

    # --- words

    def money(self, amount: Decimal) -> str:
        """An amount in a sentence."""
        return money(amount) if self.exact else public_money(amount, self.lang)

    def in_table(self, amount: Decimal | None) -> str:
        """An amount in a table; nothing recorded is no zero."""
        return "–" if amount is None else money(amount) if self.exact else pounds(amount)

    def name(self, english: str, welsh: str) -> Cell:
        """A name in the language of the report, marked as English where it has none."""
        if self.lang == "cy":
            return welsh or (english, "en")
        return english

    def prices(self, key: TotalKey) -> str:
        """The prices of a figure."""
        if key.price_year_type == "rate-year":
            return _("rates of %(year)s") % {"year": key.price_year}
        return _("%(year)s prices") % {"year": key.price_year}

    def term(self, key: TotalKey) -> str:
        """What a figure is, in a sentence: "net welfare value"."""
        return _("%(term)s (%(level)s)") % {"term": TERMS[key.kind], "level": LEVELS[key.level]}

    # --- the splits

    def split(self, by: str) -> presentation.Split | None:
        """The leading figure split by department or objective."""
        if self.leading is None:
            return None
        year = self.held.year
        return presentation.split_account(
            self.held, by, self.leading, {}, lambda _what, _part: "", variances(self.body, year),
            closing_rules(self.body, year), lambda _part: "",
        )  # fmt: skip

    def names_of(self, by: str) -> dict[str, Cell]:
        """The names of the parts of a split, in the language of the report."""
        if by == OF_DEPARTMENTS:
            every = [*departments(self.body), *departments(self.body, ended=True)]
            return {each.public_id: self.name(each.name, each.name_cy) for each in every} | {
                NO_DEPARTMENT: _("No department")
            }
        found = {each.node.public_id: self.name(each.node.title, each.node.title_cy)
                 for each in objectives(self.body, self.held.year.ends_on)}  # fmt: skip
        return found | {NO_OBJECTIVE: _("Under no objective"), SEVERAL_OBJECTIVES: _("Under several objectives")}

    def columns(self) -> list[What]:
        """The stages a table of a report shows."""
        return [what for what in _SHOWN if what != "budget" or self.held.budget.lines]


def plain(cell: Cell) -> str:
    """This will give the text of a cell."""
    return cell if isinstance(cell, str) else cell[0]


def _whole(split: presentation.Split, what: What) -> Decimal | None:
    return split.amounts.get(what)


# --- the finding ----------------------------------------------------------------------------------------------------


def finding(told: Told) -> str:
    """This will say in a sentence what the year brought, against what it was to bring."""
    split = told.split(OF_DEPARTMENTS)
    if split is None or told.leading is None:
        return _("Nothing that has a value in pounds is on record for %(year)s.") % {"year": told.held.year.name}
    reached, wanted = _whole(split, "claimed"), _whole(split, told.against)
    named = {"year": told.held.year.name, "term": told.term(told.leading)}
    if reached is None:
        return _("In %(year)s nothing is claimed of the %(wanted)s of %(term)s that was to come.") % (
            named | {"wanted": told.money(wanted or ZERO)}
        )
    named |= {"amount": told.money(reached)}
    if not wanted:
        return _("In %(year)s, %(amount)s of %(term)s was delivered, as those who deliver say.") % named
    named |= {"wanted": told.money(wanted), "share": percentage(reached / wanted, told.lang)}
    if told.against == "budget":
        return _("In %(year)s, %(amount)s of %(term)s was delivered, %(share)s of the %(wanted)s budgeted.") % named
    return _("In %(year)s, %(amount)s of %(term)s was delivered, %(share)s of the %(wanted)s promised.") % named


def evidence_sentence(told: Told) -> str:
    """This will say how much of what is claimed has its evidence accepted."""
    split = told.split(OF_DEPARTMENTS)
    if split is None or not _whole(split, "claimed"):
        return ""
    accepted, claimed = _whole(split, "evidenced") or ZERO, _whole(split, "claimed") or ZERO
    if not accepted:
        return _("Evidence is accepted for none of it yet.")
    return _("Evidence is accepted for %(amount)s of it, %(share)s.") % {
        "amount": told.money(accepted), "share": percentage(accepted / claimed, told.lang),
    }  # fmt: skip


def figure_of(told: Told, label: str) -> document.Content | None:
    """This will make the leading figure, with all that is needed to read it rightly."""
    key, worth = told.leading, told.held.stages["claimed"]
    total = worth.total(key) if key else None
    if key is None or total is None or total.amount.central is None:
        return None
    edition = editions_of(told.held.account)[key.edition]
    coverage = ngettext("%(covered)s of %(lines)s delivery", "%(covered)s of %(lines)s deliveries", len(worth.lines)) % {
        "covered": quantity(total.lines), "lines": quantity(len(worth.lines)),
    }  # fmt: skip
    return document.figure(Figure(
        label=label, unit="£", value=round_half_up(total.amount.central), audience="staff" if told.exact else "public",
        level=key.level, kind=key.kind, price_year=key.price_year, edition=edition.named, coverage=coverage,
        as_of=told.held.year.ends_on, how_we_know_url="#method",
    ))  # fmt: skip


def bar_of(told: Told, label: str) -> document.Content | None:
    """This will draw how sure the leading figure is."""
    split = told.split(OF_DEPARTMENTS)
    found = presentation.assurance_of(split, told.held) if split else None
    if found is None:
        return None
    return document.bar(AssuranceBar(
        label=label, unit="£", claimed=found.claimed, evidenced=found.evidenced, confirmed=found.confirmed,
        assured=found.assured, confirmable=found.confirmable,
    ))  # fmt: skip


# --- parts beside one another ---------------------------------------------------------------------------------------


def split_blocks(told: Told, by: str, heading: str, *, reasons: bool = True) -> list[document.Content | None]:
    """This will set out the leading figure part by part: a chart, a table whose rows add up, and why it differs."""
    split, names = told.split(by), told.names_of(by)
    if split is None or not split.rows:
        return []
    return [
        _chart(told, split, names, by), _table(told, split, names, heading),
        _reasons(told, split, names) if reasons else None,
    ]  # fmt: skip


def _named(names: Mapping[str, Cell], key: str) -> Cell:
    return names.get(key) or _("Not recorded")


def _columns_of(told: Told, split: presentation.Split) -> dict[What, dict[str, Decimal | None]]:
    """Every column's amounts by row, rounded so that they add to the total of the column as it is shown."""
    unit, found = PENNY if told.exact else POUND, {}
    for what in told.columns():
        held = {row.key: each.value for row in split.rows for each in row.amounts if each.what == what}
        known = [key for key, value in held.items() if value is not None]
        shown = allocate([held[key] or ZERO for key in known], unit)
        found[what] = dict.fromkeys(held) | dict(zip(known, shown, strict=True))
    return found


def _sum(amounts: Mapping[str, Decimal | None]) -> Decimal | None:
    known = [each for each in amounts.values() if each is not None]
    with localcontext(prec=EXACT):
        return sum(known, ZERO) if known else None


def _signed(told: Told, reached: Decimal | None, wanted: Decimal | None) -> str:
    if reached is None and wanted is None:
        return "–"
    with localcontext(prec=EXACT):
        found = (reached or ZERO) - (wanted or ZERO)
    return f"{'+' if found > 0 else '−' if found < 0 else ''}{told.in_table(abs(found))}"


def _table(told: Told, split: presentation.Split, names: Mapping[str, Cell], heading: str) -> document.Content:
    columns = _columns_of(told, split)
    rows: list[list[Any]] = []
    for row in split.rows:
        amounts = {what: held[row.key] for what, held in columns.items()}
        rows.append([_named(names, row.key), *map(told.in_table, amounts.values()),
                     _signed(told, amounts["claimed"], amounts[told.against])])  # fmt: skip
    if len(rows) > 1:
        wholes = {what: _sum(held) for what, held in columns.items()}
        rows.append([_("Whole year"), *map(told.in_table, wholes.values()),
                     _signed(told, wholes["claimed"], wholes[told.against])])  # fmt: skip
    caption = _("%(what)s: %(term)s, %(prices)s") % {
        "what": heading, "term": told.term(split.figure), "prices": told.prices(split.figure),
    }  # fmt: skip
    return document.table(
        caption, [heading, *(str(STAGES[what]) for what in columns), _("Difference")], rows
    )  # fmt: skip


def _chart(
    told: Told, split: presentation.Split, names: Mapping[str, Cell], by: str
) -> document.Content | None:  # fmt: skip
    reached, wanted = _whole(split, "claimed"), _whole(split, told.against)
    if len(split.rows) < 2 or reached is None:
        return None
    columns = _columns_of(told, split)
    bars = [
        Bar(plain(_named(names, row.key)), columns["claimed"][row.key], target=columns[told.against][row.key])
        for row in split.rows[:8]
    ]
    title = (
        {
            OF_DEPARTMENTS: _("%(share)s of what was to come was delivered, department by department"),
            OF_OBJECTIVES: _("%(share)s of what was to come was delivered, objective by objective"),
        }[by]
        % {"share": percentage(reached / wanted, told.lang)}
        if wanted
        else _("What was delivered, part by part")
    )
    left = len(split.rows) - 8
    return document.chart(BarChart(
        title=title, unit="£",
        source=_("%(term)s, %(prices)s; the mark is the budget") % {
            "term": told.term(split.figure).capitalize(), "prices": told.prices(split.figure)
        } if told.against == "budget" else _("%(term)s, %(prices)s; the mark is what was promised") % {
            "term": told.term(split.figure).capitalize(), "prices": told.prices(split.figure)
        },
        as_of=told.held.year.ends_on,
        left_out=ngettext("%(number)s smaller part", "%(number)s smaller parts", left) % {"number": left} if left > 0 else "",
        bars=tuple(bars),
    ))  # fmt: skip


def _reasons(told: Told, split: presentation.Split, names: Mapping[str, Cell]) -> document.Content | None:
    """Why it differs, in the words of those who said so, which are English: a cell of its own, never half a sentence."""
    rows = [[_named(names, row.key), told.name(row.reason.words, "")] for row in split.rows if row.reason]
    headings = [_("Department"), _("Why it differs")]
    return document.table(_("Why it differs"), headings, rows, numeric_from=2, widths=[2, 5]) if rows else None


def marks_of(told: Told) -> document.Content | None:
    """This will set promised and delivered beside one another on one scale, department by department."""
    split, names = told.split(OF_DEPARTMENTS), told.names_of(OF_DEPARTMENTS)
    if split is None:
        return None
    columns = _columns_of(told, split)
    rows = [
        PromiseMarks(label=plain(_named(names, row.key)), unit="£", promised=columns["promised"][row.key], expected=None,
                     delivered=columns["claimed"][row.key])
        for row in split.rows
        if columns["promised"][row.key] is not None or columns["claimed"][row.key] is not None
    ]  # fmt: skip
    return document.marks(rows) if rows else None


# --- every figure, harms, counts ------------------------------------------------------------------------------------


def kinds_table(told: Told, keep: Callable[[TotalKey], bool], caption: str) -> document.Content | None:
    """This will set out figures of the year, one row each: kinds are never added to one another."""
    columns: list[What] = [*told.columns(), "confirmed", "assured"]
    rows = []
    for key in filter(keep, told.keys):
        amounts = []
        for what in columns:
            total = told.held.stages[what].total(key)
            amount = None if total is None else total.amount.low if key.ranged else total.amount.central
            unit = PENNY if told.exact else POUND
            amounts.append(told.in_table(None if amount is None else round_half_up(amount, unit)))
        name = _("%(term)s, %(prices)s") % {"term": told.term(key).capitalize(), "prices": told.prices(key)}
        if key.ranged:
            name = _("%(name)s, the low end of a range") % {"name": name}
        rows.append([name, *amounts])
    if not rows:
        return None
    return _without_empty(caption, [_("Figure"), *(str(STAGES[what]) for what in columns)], rows, 1)


def counts_table(told: Told, direction: str, caption: str) -> document.Content | None:
    """This will set out what is counted and has no value, each measure in its own unit, licensed ones left out."""
    columns: list[What] = [*told.columns()]
    found: dict[tuple[str, str], dict[What, Decimal]] = {}
    named: dict[tuple[str, str], tuple[Cell, str]] = {}
    for what in columns:
        for count in told.held.stages[what].counts:
            if count.direction != direction or count.edition in told.hidden_editions:
                continue
            key = (count.edition, count.measure)
            found.setdefault(key, {})[what] = found.get(key, {}).get(what, ZERO) + count.quantity
            named[key] = (_title(told, key, count.title), count.unit)
    rows = [
        [named[key][0], unit_after(Decimal(2), named[key][1], told.lang) or named[key][1],
         *(_count(what, held.get(what)) for what in columns)]
        for key, held in sorted(found.items(), key=lambda each: plain(named[each[0]][0]).casefold())
    ]  # fmt: skip
    if not rows:
        return None
    return _without_empty(caption, [_("What is counted"), _("Unit"), *(str(STAGES[what]) for what in columns)], rows, 2)


def _without_empty(caption: str, headings: list[str], rows: list[list[Any]], first: int) -> document.Content:
    """A table without the columns, from the first numeric one on, in which no row has a number."""
    kept = [n for n in range(len(headings)) if n < first or any(row[n] != "–" for row in rows)]
    return document.table(
        caption, [headings[n] for n in kept], [[row[n] for n in kept] for row in rows], numeric_from=first,
        widths=[4 if n == 0 else 3 if n < first else 2 for n in kept],
    )  # fmt: skip


def _title(told: Told, key: tuple[str, str], english: str) -> Cell:
    if told.lang != "cy":
        return english
    measure = get_edition(key[0]).measures.get(key[1])
    return told.name(english, measure.title_cy if measure else "")


def _count(what: What, number: Decimal | None) -> str:
    if number is None:
        return "–"
    return quantity(round_half_up(number, Decimal("0.1")) if what == "promised" else number)


# --- where ----------------------------------------------------------------------------------------------------------


def places_blocks(told: Told) -> list[document.Content | None]:
    """This will set out what was promised and claimed ward by ward; whole area, elsewhere and not known stand apart."""
    key = told.leading
    if key is None or not told.body.place_code:
        return []
    wards = wards_of(told.body.place_code, told.held.year.ends_on)
    columns: dict[What, dict[str, Decimal]] = {}
    for what in ("promised", "claimed"):
        parts = {code: total.amount.central or ZERO for code, total in
                 told.held.stages[what].grouped("place").get(key, {}).items()}  # fmt: skip
        columns[what] = _by_ward(told, parts, {each.code for each in wards})
    if not any(columns.values()):
        return []
    names = {each.code: told.name(each.name, each.name_cy) for each in wards}
    apart = {_WHOLE: _("For the whole area"), _ELSEWHERE: _("Outside the area"), _UNKNOWN: _("Place not known")}
    order = [code for code in (*names, *apart) if any(code in held for held in columns.values())]
    shown = {what: dict(zip(held, allocate(list(held.values()), PENNY if told.exact else POUND), strict=True))
             for what, held in columns.items()}  # fmt: skip
    rows: list[list[Any]] = [
        [(names | apart)[code], *(told.in_table(shown[what].get(code)) for what in columns)] for code in order
    ]
    if len(rows) > 1:
        rows.append([_("All"), *(told.in_table(_sum(shown[what])) for what in columns)])
    silent = [plain(names[each.code]) for each in wards if each.code not in order]
    return [
        document.table(_("Ward by ward: %(term)s, %(prices)s") % {"term": told.term(key), "prices": told.prices(key)},
                       [_("Place"), *(str(STAGES[what]) for what in columns)], rows),
        document.words(_("Nothing is recorded for these wards: %(names)s.") % {"names": ", ".join(silent)}, quiet=True)
        if silent else None,
    ]  # fmt: skip


_WHOLE, _ELSEWHERE, _UNKNOWN = "whole", "elsewhere", "unknown"


def _by_ward(told: Told, parts: Mapping[str, Decimal], wards: set[str]) -> dict[str, Decimal]:
    around = places_around({code for code in parts if code})
    known = places_by_code(code for code in parts if code)
    found: dict[str, Decimal] = {}
    with localcontext(prec=EXACT):
        for code, amount in parts.items():
            within = {code, *around.get(code, ())}
            if not code or code not in known:
                place = _UNKNOWN
            elif inside := sorted(within & wards):
                place = inside[0]
            else:
                place = _WHOLE if told.body.place_code in within else _ELSEWHERE
            found[place] = found.get(place, ZERO) + amount
    return found


# --- how we know ----------------------------------------------------------------------------------------------------


def coverage_sentences(told: Told) -> list[str]:
    """This will say what the figures cover, and what they leave out."""
    worth = told.held.stages["claimed"]
    said = [
        _("%(valued)s of %(lines)s deliveries on record have a value in pounds; the others are counted, or say why not.")
        % {"valued": quantity(worth.valued), "lines": quantity(len(worth.lines))},
        ngettext("They are of %(number)s agreement.", "They are of %(number)s agreements.", worth.agreements)
        % {"number": quantity(worth.agreements)},
    ]  # fmt: skip
    if worth.counted_elsewhere:
        said.append(ngettext(
            "%(number)s line belongs to another body and is counted there.",
            "%(number)s lines belong to other bodies and are counted there.", worth.counted_elsewhere,
        ) % {"number": quantity(worth.counted_elsewhere)})  # fmt: skip
    if told.hidden_editions:
        said.append(_("Figures of a framework that is licensed to the body alone are not published, and are not here."))
    return said
