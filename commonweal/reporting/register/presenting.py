"""Contracts, standings and departments as pages and exports show them: the same rows for both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from commonweal.base.charts import Bar, BarChart
from commonweal.base.exports import Cell
from commonweal.base.templatetags.figures import long_date, money, percentage
from commonweal.engine.year import FinancialYear
from commonweal.reporting.register.matching import Contract, Item, Part, Reconciliation
from commonweal.reporting.register.vocabulary import FINDINGS, STANDINGS

STANDING_WORDS: Final = dict(STANDINGS)
FINDING_WORDS: Final = dict(FINDINGS)
#: What the list of contracts can be sorted by.
SORTS: Final = ("contract", "supplier", "department", "register", "agreement", "payments")
HEADINGS: Final = (
    "Contract", "Reference", "Supplier", "Department", "Where it stands", "In the register (£)",
    "Agreement (£)", "Paid in the year (£)", "Paid in all (£)", "Last day", "What is wrong", "To be decided",
)  # fmt: skip


def title_of(item: Item) -> str:
    """This will name an item: its title, else whom it is with."""
    return item.title or item.supplier or item.reference or "Without a name"


def pounds(amount: Decimal | None) -> str:
    """This will write an amount, or a dash where none is known."""
    return "–" if amount is None else money(amount)


def ends_words(contract: Contract) -> str:
    """This will say when a contract ends, in its own words where it gives no day."""
    if contract.ended_on:
        return long_date(contract.ended_on)
    return next((item.ends_words for item in contract.items if item.ends_words), "")


def finding_words(contract: Contract) -> list[str]:
    """This will say what is wrong with a contract: "£250.75 paid after its last day"."""
    return [
        f"{money(each.amount)} {each.words}" if each.amount is not None else each.words[:1].upper() + each.words[1:]
        for each in contract.findings
    ]


def chosen(
    found: Reconciliation, *, standing: str = "", finding: str = "", department: str = "", perhaps: bool = False
) -> list[Contract]:
    """This will narrow the contracts of a year to those an address asks for."""
    return [
        each for each in found.contracts
        if (not standing or each.standing == standing)
        and (not finding or any(one.code == finding for one in each.findings))
        and (not department or (each.department or "none") == department)
        and (not perhaps or each.perhaps)
    ]  # fmt: skip


def in_order(contracts: Sequence[Contract], sort: str, departments: Mapping[str, str]) -> list[Contract]:
    """This will order contracts as an address asks: the largest payment first where it does not say."""
    word = sort.removeprefix("-")
    if word not in SORTS:
        word, sort = "payments", "-payments"

    def key(each: Contract) -> Any:
        return {
            "contract": title_of(each.named).casefold(),
            "supplier": supplier_of(each).casefold(),
            "department": departments.get(each.department, "").casefold(),
            "register": each.amount("register"),
            "agreement": each.amount("agreement"),
            "payments": each.amount("payments"),
        }[word]

    known = [each for each in contracts if key(each) is not None]
    rest = [each for each in contracts if key(each) is None]
    known.sort(key=lambda each: each.id)
    known.sort(key=key, reverse=sort.startswith("-"))
    return known + sorted(rest, key=lambda each: each.id)


def supplier_of(contract: Contract) -> str:
    """This will name whom a contract is with, as its best named side has it."""
    return contract.named.supplier or next((item.supplier for item in contract.items if item.supplier), "")


def reference_of(contract: Contract) -> str:
    """This will give a contract's reference, as its best named side has it."""
    return contract.named.reference or next((item.reference for item in contract.items if item.reference), "")


def export_rows(contracts: Iterable[Contract], departments: Mapping[str, str]) -> list[tuple[Cell, ...]]:
    """This will write contracts for an export, under HEADINGS."""
    return [
        (
            title_of(each.named), reference_of(each), supplier_of(each), departments.get(each.department, ""),
            STANDING_WORDS[each.standing], each.amount("register"), each.amount("agreement"), each.amount("payments"),
            each.ever if each.of("payments") else None, ends_words(each), "; ".join(finding_words(each)),
            "; ".join(f"{title_of(one.other)}: {one.why}" for one in each.perhaps),
        )
        for each in contracts
    ]  # fmt: skip


SUM_HEADINGS: Final = ("", "Contracts", "In the register", "As agreements", "Paid in the year")


def sum_row(words: str, part: Part, href: str = "") -> dict[str, Any]:
    """This will write what one group of contracts comes to."""
    return {
        "words": words, "href": href, "contracts": f"{part.contracts:,}",
        "cells": [
            (money(part.register), f"{part.entries:,} {'entry' if part.entries == 1 else 'entries'}"),
            (money(part.agreement), f"{part.agreements:,} agreement{'' if part.agreements == 1 else 's'}"),
            (money(part.payments), f"{part.paid_lines:,} payment{'' if part.paid_lines == 1 else 's'}"),
        ],
    }  # fmt: skip


def chart_of_payments(parts: Mapping[str, Part], year: FinancialYear, on: date) -> BarChart | None:
    """This will chart what was paid by where the contract stands; None where nothing was paid, or sums are below zero."""
    bars = [(STANDING_WORDS[key], part.payments) for key, part in parts.items() if part.paid_lines]
    whole = sum((amount for _words, amount in bars), Decimal(0))
    if not bars or whole <= 0 or any(amount < 0 for _words, amount in bars):
        return None
    known = parts["all-three"].payments
    return BarChart(
        title=f"{percentage(known / whole)} of what was paid in {year.name} is known to the register and on record as an "
        f"agreement: {money(known)} of {money(whole)}",
        unit="£", source="Payments brought in from finance", as_of=on,
        bars=tuple(Bar(words, amount) for words, amount in bars),
    )  # fmt: skip
