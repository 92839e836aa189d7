"""Money in the demonstration: a budget file, a contracts register and payments, as awkward as finance's files are.

They are written from the invented region's own agreements: most agree, some are missing on one side, one contract ended
and is still paid, one is paid above its value, and a department closed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from commonweal.base.queries import get_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.delivery.queries import live_agreements
from commonweal.directory.queries import departments, today
from commonweal.engine.year import FinancialYear
from commonweal.reporting.register import actions, jobs, queries

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

BODY: Final = "alderbrook"
YEARS: Final = (FinancialYear(2024), FinancialYear(2025), FinancialYear(2026))
#: Payments that no contract is known of: (supplier, what for, pounds).
LOOSE: Final = (
    ("Wennol Valley Drainage Board", "Levy", "18412.66"),
    ("Marl & Daughters Skip Hire", "Bulky waste", "9640.00"),
    ("Refund of council tax", "Refund", "312.18"),
)


def load_register() -> None:
    """This will bring finance's files in for one council, as its finance officer would have done; once only."""
    body = get_body(BODY)
    with open_scope(body=body.pk):
        by = next((person for person, roles in staff_of(body) if "finance" in roles), None)
        if by is None or queries.files(body).exists() or today() < date(2026, 10, 1):
            return
        agreements = list(
            live_agreements(body).filter(channel="procurement").select_related("provider", "department").order_by("pk")
        )
        held = [each for each in agreements if each.value and each.starts_on and each.provider and each.level in
                ("agreement", "call-off", "order")]  # fmt: skip
        for year in YEARS:
            _bring_in(body, by, "budget", f"revenue-{year.slug}.csv", _budget(body, year), year.ends_on)
        _bring_in(body, by, "register", "contracts-register-september-2026.csv", _register(held), date(2026, 9, 30))
        for year in YEARS:
            _bring_in(body, by, "payments", f"payments-{year.slug}.csv", _payments(held, year), year.ends_on)
        _decide(body, by)
        _record(by, body, held)


def _bring_in(body: Body, by: Person, kind: str, name: str, rows: Sequence[Sequence[str]], day: date) -> None:
    text = io.StringIO()
    for row in rows:
        text.write(",".join(f'"{cell}"' if "," in cell else cell for cell in row) + "\r\n")
    found = actions.open_file(
        by=by, body=body, kind=kind, name=name, content=text.getvalue().encode(), dated_on=min(day, today())
    )
    jobs.read_money_file(found, by=by)
    found.refresh_from_db()
    if found.accepted:
        jobs.bring_money_in(found, by=by)


def _budget(body: Body, year: FinancialYear) -> list[list[str]]:
    """A budget book: a row for each department's cost centres, subtotals and a total; one service is no department."""
    rows = [
        [f"{body.name} revenue budget {year.name}", "", "", "", ""],
        ["Directorate", "Cost centre", "Description", f"Budget {year.name}", f"Outturn {year.name}"],
    ]
    named = [each.name for each in departments(body)] + ["Democratic services"]
    whole = [Decimal(0), Decimal(0)]
    is_over = year.ends_on < today()
    for number, name in enumerate(named):
        lines = []
        for part, words in enumerate(("Staff", "Contracts", "Premises")):
            budget = Decimal(2_410_000 + number * 683_500 + part * 3_127_300 + year.begins % 100 * 49_150)
            outturn = budget * (Decimal(96) + (number + part * 3) % 7) / 100
            lines.append((words, budget, outturn if is_over or part != 1 else outturn * 55 / 100))
        for part, (words, budget, outturn) in enumerate(lines):
            rows.append([name, f"{number + 1:02}{part + 1:02}", words, f"{budget:,.2f}", f"{outturn:,.2f}"])
            whole[0] += budget
            whole[1] += Decimal(f"{outturn:.2f}")
    rows.append(["Total", "", "", f"{whole[0]:,.2f}", f"{whole[1]:,.2f}"])
    return rows


def _register(held: list[Any]) -> list[list[str]]:
    rows = [["Contract ref", "Contract title", "Supplier", "Directorate", "Start date", "End date", "Contract value"]]
    for number, each in enumerate(held):
        if number % 11 == 4:
            continue  # never entered in the register
        ends = each.ends_on.strftime("%d/%m/%Y") if each.ends_on and number % 13 else each.ends_words or "TBC"
        value = each.value * Decimal("1.05") if number % 17 == 6 else each.value
        reference = "" if number % 19 == 9 else each.reference
        rows.append(
            [reference, each.title, each.provider.name, each.department.name if each.department else "",
             each.starts_on.strftime("%d/%m/%Y"), ends, f"{value:,.2f}"]
        )  # fmt: skip
    rows += [
        ["R-2025-771", "Grounds maintenance of closed churchyards", "Greenway Grounds Ltd", "", "01/10/2024", "30/09/2027",
         "148,000.00"],
        ["R-2023-118", "Lift servicing", "Wennol Lifts Limited", "", "01/07/2023", "30/06/2025", "36,500.00"],
    ]  # fmt: skip
    return rows


def _payments(held: list[Any], year: FinancialYear) -> list[list[str]]:
    rows = [["Date paid", "Supplier", "Contract ref", "Description", "Amount"]]
    rows += [list(each) for each in _of_contracts(held, year)]
    last = min(year.ends_on, today())
    day = year.starts_on + timedelta(days=45)
    for number, (supplier, words, pounds) in enumerate(LOOSE):
        rows.append([f"{day + timedelta(days=number * 31):%d/%m/%Y}", supplier, "", words, f"{Decimal(pounds):,.2f}"])
    if year.begins >= 2025:  # the servicing ended in June 2025 and the invoices went on
        rows += [[f"{each:%d/%m/%Y}", "Wennol Lifts Ltd", "R-2023-118", "Lift servicing", "1,520.83"]
                 for each in (year.starts_on + timedelta(days=30 * month) for month in range(4, 12)) if each <= last]  # fmt: skip
    return rows


def _of_contracts(held: list[Any], year: FinancialYear) -> Iterator[tuple[str, ...]]:
    """Quarterly invoices of each contract, its value spread over its term; one overspends, one is behind."""
    last = min(year.ends_on, today())
    for number, each in enumerate(held):
        ends = each.ends_on or each.starts_on + timedelta(days=3 * 365)
        days = max((ends - each.starts_on).days, 1)
        quarter = each.value * 91 / days
        if number % 9 == 2:
            quarter = quarter * Decimal("1.35")
        for day in (year.starts_on + timedelta(days=60 + 91 * part) for part in range(4)):
            if not each.starts_on <= day <= min(ends, last) or number % 14 == 8:
                continue
            reference = "" if number % 12 == 5 else each.reference
            yield (
                f"{day:%d/%m/%Y}", each.provider.name.replace("Limited", "Ltd"), reference, "Invoice",
                f"{quarter:,.2f}",
            )  # fmt: skip


def _decide(body: Body, by: Person) -> None:
    found = queries.reconciliation(body)
    for contract in found.contracts:
        if contract.standing == "payments-alone" and contract.named.supplier == LOOSE[2][0]:
            actions.decide_match(
                by=by, body=body, one=contract.id, other="none", verdict="same", reason="Refunds need no contract"
            )


def _record(by: Person, body: Body, held: list[Any]) -> None:
    actions.record_levered(
        by=by, body=body, begins=2025, own=Decimal("42000.00"), levered=Decimal("55860.00"), funder="Two Rivers Community Trust",
        source="Grant letter of 14 May 2025, held by finance",
    )  # fmt: skip
    longest = max(held, key=lambda each: (each.value, each.pk))
    actions.record_whole_life(
        by=by, agreement=longest, years=25, buying=longest.value, running=longest.value * Decimal("0.62"),
        repairs=longest.value * Decimal("0.21"), replacement=longest.value * Decimal("0.17"),
        disposal=longest.value * Decimal("0.02"), source="Estates' option appraisal, March 2025",
    )  # fmt: skip
    actions.record_report(
        by=by, body=body, kind="sroi", title="Visits that keep people well: social return on investment",
        author="Fairweather Evaluation", dated_on=date(2026, 6, 12), covers="Befriending visits of 2024/25 and 2025/26; "
        "leaves out transport", found="Between £2.10 and £3.40 of social value for each £1",
    )  # fmt: skip
