"""Money beside value: what was budgeted and spent, what was delivered for it, and who pays and who gains."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from commonweal.base.charts import Bar, BarChart, StackedBars
from commonweal.base.exports import export_response
from commonweal.base.templatetags.figures import money, percentage
from commonweal.directory.queries import today
from commonweal.engine.model import Edition
from commonweal.engine.presentation import rounded
from commonweal.money import allocate, round_half_up
from commonweal.reporting.figures import STAGES, TotalKey, What, Worth
from commonweal.reporting.presentation import key_label, key_slug, kind_words, leading_key, prices_of
from commonweal.reporting.queries import worth
from commonweal.reporting.register import forms, queries
from commonweal.reporting.register.gains import GainTable
from commonweal.reporting.register.spending import Ratios, leverage_of, ratios_of, spend_of, whole_day
from commonweal.reporting.register.views.pages import crumbs, department_choices, exports, may, ways, year_of, years

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.engine.year import FinancialYear

#: Parts of one bar: more gainers than this are told in the table alone.
_MOST_PARTS = 5


def _what(request: HttpRequest) -> What:
    asked = request.GET.get("what", "")
    return asked if asked in STAGES else "claimed"


def _editions(found: Worth) -> dict[str, Edition]:
    return {each.edition.reference: each.edition for each in found.valuations}


def _names(body: Body) -> dict[str, str]:
    return dict(department_choices(body)) | {"none": "No department", "": "No department"}


def _form(request: HttpRequest, body: Body, year: FinancialYear, what: What, found: Worth) -> forms.ValueFilters:
    editions = _editions(found)
    choices = [(key_slug(each.key), key_label(each.key, editions[each.key.edition])) for each in found.totals
               if not each.key.ranged]  # fmt: skip
    given = request.GET.dict() | {"year": year.slug, "what": what}
    return forms.ValueFilters(given, years=years(body), figures=choices)


class Beside:
    """A year's money and value by department, read once for the page and its export."""

    def __init__(self, request: HttpRequest, body: Body) -> None:
        self.body, self.year, self.what = body, year_of(request, body), _what(request)
        self.worth = worth(body, what=self.what, on=self.year.ends_on, by=("agreement", "department"), year=self.year)
        self.spend = spend_of(queries.reconciliation(body, self.year), self.year)
        self.ratios = ratios_of(self.spend, self.worth)
        self.editions, self.names = _editions(self.worth), _names(body)
        slugs = {key_slug(total.key): total.key for total in self.worth.totals if not total.key.ranged}
        self.key: TotalKey | None = slugs.get(request.GET.get("figure", "")) or leading_key(self.worth)
        self.form = _form(request, body, self.year, self.what, self.worth)

    @property
    def figure_words(self) -> str:
        """The value shown beside the money, with all that it needs."""
        return key_label(self.key, self.editions[self.key.edition]) if self.key else ""

    def value_by_department(self, key: TotalKey) -> dict[str, Decimal]:
        """One total by department, rounded so that the parts add up to it."""
        parts = sorted(self.worth.grouped("department").get(key, {}).items())
        amounts = allocate([total.amount.central or Decimal(0) for _name, total in parts])
        return {name: amount for (name, _total), amount in zip(parts, amounts, strict=True)}

    def rows(self) -> list[dict[str, Any]]:
        """Each department's budget, actual, spend under contracts, and value; the last row is their sum."""
        budgets = {each.department: each for each in queries.budget_by_department(self.body, self.year.begins)}
        spent = {key or "none": round_half_up(amount) for key, amount in self._spent().items()}
        value = self.value_by_department(self.key) if self.key else {}
        every = {*budgets, *spent, *value}
        found = [
            {
                "department": key, "name": self.names.get(key, "No department"),
                "budget": budgets[key].budget if key in budgets else None,
                "actual": budgets[key].actual if key in budgets else None,
                "spent": spent.get(key), "value": value.get(key),
            }
            for key in sorted(every, key=lambda key: (key == "none", self.names.get(key, "").casefold()))
        ]  # fmt: skip
        return found

    def _spent(self) -> dict[str, Decimal]:
        parts = sorted(self.spend.by_department().items())
        amounts = allocate([amount for _key, amount in parts])
        return {key: amount for (key, _), amount in zip(parts, amounts, strict=True)}


def _whole(rows: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": "All departments"}
    for name in ("budget", "actual", "spent", "value"):
        known = [row[name] for row in rows if row[name] is not None]
        found[name] = sum(known, Decimal(0)) if known else None
    return found


def money_page(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show a year's money beside its value: by department, for each pound, drawn in, and over a whole life."""
    beside = Beside(request, body)
    rows = beside.rows()
    levered = list(queries.leverage(body, beside.year.begins))
    year_word = f"?year={beside.year.slug}&what={beside.what}"
    content = {
        "beside": beside, "year": beside.year, "form": beside.form, "stage": STAGES[beside.what].lower(),
        "rows": rows, "whole": _whole(rows), "chart": _chart(beside, rows), "ratios": ratio_words(beside.ratios, beside.editions),
        "base": base_words(beside.ratios), "spend": beside.spend,
        "exports": [(words, f"{href}?{request.GET.urlencode()}")
                    for words, href in exports("register:money_export", body.slug).items()],
        "levered": levered, "leverage": leverage_of((each.own, each.levered) for each in levered),
        "whole_life": _whole_life(beside), "reports": queries.reports(body),
        "may_record": may(request, "levered_add"), "may_bring_in": may(request, "file_add"),
        "worth_url": reverse("reporting:worth", args=[body.slug]) + year_word,
        "ways": ways(body, "register:money", f"?year={beside.year.slug}"), "page_heading": "Money beside value",
        "page_caption": beside.year.name, "breadcrumbs": crumbs(body, "Money beside value"),
    }  # fmt: skip
    return render(request, "register/money.html", content)


def base_words(found: Ratios) -> str:
    """This will tell the base of the ratios: which spend, under how many contracts, and what share of all that is."""
    if not found.contracts or found.share is None:
        return ""
    contracts = f"{found.contracts:,} contract{'' if found.contracts == 1 else 's'}"
    return (
        f"{money(round_half_up(found.base))} under {contracts} whose agreements have a value: {percentage(found.share)} of "
        f"{money(round_half_up(found.spend.whole))} in all, by {found.spend.words}"
    )


def ratio_words(found: Ratios, editions: dict[str, Edition]) -> list[dict[str, str]]:
    """This will tell each kind of value for each pound, with what is left out of it."""
    return [
        {
            "per_pound": _per_pound(each.per_pound), "value": money(round_half_up(each.value)),
            "kind": f"{kind_words(each.key)}, {each.key.level}",
            "edition": f"{prices_of(each.key)}, {editions[each.key.edition].named}",
            "left_out": money(round_half_up(each.left_out)) if each.left_out else "",
        }
        for each in found.rows
    ]  # fmt: skip


def _per_pound(amount: Decimal) -> str:
    """An amount for each pound; what would round to nothing is said to be little and not nothing."""
    shown = round_half_up(amount)
    return "Less than £0.01" if amount > 0 and not shown else money(shown)


def _chart(beside: Beside, rows: list[dict[str, Any]]) -> BarChart | None:
    """What each department spent under contracts; value stands in the table beside it, for it is no target."""
    shown = [row for row in rows if row["spent"] is not None and row["spent"] >= 0]
    if len(shown) < 2:
        return None
    most = max(shown, key=lambda row: row["spent"])
    return BarChart(
        title=f"{most['name']} spent the most under contracts in {beside.year.name}: {money(most['spent'])}", unit="£",
        source=f"Spend by {beside.spend.words}",
        as_of=whole_day(beside.year, today()),
        bars=tuple(Bar(row["name"], row["spent"]) for row in shown[:8]),
        left_out=f"{len(shown) - 8} further departments" if len(shown) > 8 else "",
    )  # fmt: skip


def _whole_life(beside: Beside) -> list[dict[str, Any]]:
    """What agreements cost over their whole life, with the value delivered in the year beside it, never set off."""
    value = beside.worth.grouped("agreement").get(beside.key, {}) if beside.key else {}
    found = []
    for each in queries.whole_life_costs(beside.body):
        whole = each.buying + each.running + each.repairs + each.replacement + each.disposal
        held = value.get(each.agreement.public_id)
        later = each.running + each.repairs + each.replacement + each.disposal
        found.append(
            {
                "cost": each, "whole": whole, "a_year": round_half_up(whole / each.years),
                "later": percentage(later / whole) if whole > 0 else "",
                "value": rounded(held.amount).central if held else None,
            }
        )  # fmt: skip
    return found


MONEY_HEADINGS = (
    "Department", "Budget (£)", "Actual or outturn (£)", "Spent under contracts (£)", "Spend told by", "Stage",
    "Value told", "Value (£)",
)  # fmt: skip


def money_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write a year's money beside its value by department as a file, figure for figure as on the page."""
    beside = Beside(request, body)
    return export_response(
        form, name=f"{body.slug}-money-{beside.year.slug}", headings=MONEY_HEADINGS,
        rows=[
            (row["name"], row["budget"], row["actual"], row["spent"], beside.spend.words, STAGES[beside.what],
             beside.figure_words, row["value"])
            for row in beside.rows()
        ],
        about=[("Body", body.name), ("Financial year", beside.year.name), ("Value per pound rests on",
               base_words(beside.ratios) or "nothing: no spend is known of agreements with a value")],
    )  # fmt: skip


# --- who pays and who gains -------------------------------------------------------------------------------------------


def _tables(request: HttpRequest, body: Body) -> tuple[FinancialYear, What, Worth, list[GainTable]]:
    year, what = year_of(request, body), _what(request)
    found = worth(body, what=what, on=year.ends_on, year=year)
    return year, what, found, queries.gain_tables(found, queries.gainers_named(body))


def gains(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show which department pays for what value and who gains, each kind of value by itself."""
    year, what, found, tables = _tables(request, body)
    editions, names = _editions(found), _names(body)
    spent = spend_of(queries.reconciliation(body, year), year)
    by_department = {key or "none": round_half_up(amount) for key, amount in spent.by_department().items()}
    form = forms.StageFilters(request.GET.dict() | {"year": year.slug, "what": what}, years=years(body))
    named = queries.gainers_named(body)
    words = sorted({line.valued.factor.value.beneficiary for line in found.lines if line.valued and line.valued.factor})
    content = {
        "year": year, "form": form, "stage": STAGES[what].lower(), "spend": spent,
        "tables": [_table(each, editions[each.key.edition], names, by_department, year, what) for each in tables],
        "gainers": [{"words": each, "named": named.get(each)} for each in words], "may_name": may(request, "gainer_name"),
        "exports": [(label, f"{href}?{request.GET.urlencode()}")
                    for label, href in exports("register:gains_export", body.slug).items()],
        "worth_url": f"{reverse('reporting:worth', args=[body.slug])}?year={year.slug}&what={what}",
        "ways": ways(body, "register:gains", f"?year={year.slug}"), "page_heading": "Who pays, who gains",
        "page_caption": year.name, "breadcrumbs": crumbs(body, "Who pays, who gains"),
    }  # fmt: skip
    return render(request, "register/gains.html", content)


def _table(
    each: GainTable, edition: Edition, names: dict[str, str], spent: dict[str, Decimal], year: FinancialYear, what: What
) -> dict[str, Any]:
    gainers = each.gainers
    return {
        "label": key_label(each.key, edition), "kind": kind_words(each.key), "gainers": gainers,
        "across": money(each.across) if each.across else "", "whole": money(each.whole),
        "rows": [
            {
                "name": names.get(department, "No department"),
                "spent": money(spent[department]) if department in spent else "–",
                "cells": [_cell(each, department, gainer) for gainer in gainers],
                "whole": money(each.of_department(department)),
            }
            for department in sorted(each.departments, key=lambda key: (key == "none", names.get(key, "").casefold()))
        ],
        "sums": [money(each.of_gainer(gainer)) for gainer in gainers],
        "chart": _gain_chart(each, edition, names, year, what),
    }  # fmt: skip


def _cell(each: GainTable, department: str, gainer: Any) -> str:
    amount = each.shown.get((department, gainer))
    return "–" if amount is None else money(amount)


def _gain_chart(
    each: GainTable, edition: Edition, names: dict[str, str], year: FinancialYear, what: What
) -> StackedBars | None:
    if not 2 <= len(each.gainers) <= _MOST_PARTS or any(amount < 0 for amount in each.shown.values()):
        return None
    most = each.gainers[0]
    return StackedBars(
        title=f"{most.name} gains the most {kind_words(each.key).lower()}, {each.key.level}: {money(each.of_gainer(most))}",
        unit="£", source=f"{edition.named}, {prices_of(each.key)}, {STAGES[what].lower()} in {year.name}",
        as_of=whole_day(year, today()), parts=tuple(gainer.name for gainer in each.gainers),
        rows=tuple(
            (
                names.get(department, "No department"),
                tuple(each.shown.get((department, gainer), Decimal(0)) for gainer in each.gainers),
            )
            for department in each.departments
        ),
    )  # fmt: skip


GAIN_HEADINGS = (
    "Kind of value", "Level", "Price year", "Edition", "Stage", "Department that pays", "Who gains", "Amount (£)",
)  # fmt: skip


def gains_export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will write who pays and who gains as a file, figure for figure as on the page."""
    year, what, found, tables = _tables(request, body)
    editions, names = _editions(found), _names(body)
    return export_response(
        form, name=f"{body.slug}-who-gains-{year.slug}", headings=GAIN_HEADINGS,
        rows=[
            (kind_words(each.key), each.key.level, each.key.price_year, editions[each.key.edition].cited, STAGES[what],
             names.get(department, "No department"), gainer.name, amount)
            for each in tables
            for (department, gainer), amount in each.shown.items()
        ],
        about=[("Body", body.name), ("Financial year", year.name), ("Adding", "Amounts of different kinds are never added")],
    )  # fmt: skip
