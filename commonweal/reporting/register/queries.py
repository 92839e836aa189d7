"""What pages, reports and higher rooms read of files of money and of what they brought in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Min, Q, QuerySet, Sum

from commonweal.base.models import Body
from commonweal.delivery.queries import live_agreements
from commonweal.directory.models import Department
from commonweal.directory.queries import departments
from commonweal.engine.year import FinancialYear
from commonweal.reporting.figures import What
from commonweal.reporting.queries import worth
from commonweal.reporting.register import matching
from commonweal.reporting.register.gains import Gainer, GainTable, gain_tables
from commonweal.reporting.register.models import (
    BudgetLine,
    ExternalReport,
    GainerName,
    LeveredFunding,
    MatchDecision,
    MoneyFile,
    MoneyFileRow,
    MoneyMapping,
    Payment,
    RegisterEntry,
    ServiceName,
    WholeLifeCost,
)
from commonweal.reporting.register.spending import Ratios, Spend, ratios_of, spend_of
from commonweal.reporting.register.vocabulary import STANDINGS as STANDINGS
from commonweal.sources.finance_records import ContractRecord, PaymentRecord, plain_name, plain_reference
from commonweal.sources.tracker_records import digest

_FACTS: Final[dict[str, Any]] = {"budget": BudgetLine, "register": RegisterEntry, "payments": Payment}
_AMOUNT: Final = {"budget": "budget", "register": "value", "payments": "amount"}


# --- files ----------------------------------------------------------------------------------------------------------


def files(body: Body, kind: str = "", state: str = "") -> QuerySet[MoneyFile]:
    """This will start the list of a body's files of money."""
    found = MoneyFile.objects.filter(body=body).select_related("brought_by__key_held")
    if kind:
        found = found.filter(kind=kind)
    return found.filter(state=state) if state else found


def get_file(body: Body, public_id: str) -> MoneyFile:
    """This will find a file of a body; raises MoneyFile.DoesNotExist."""
    return MoneyFile.objects.select_related("body", "file", "brought_by__key_held").get(body=body, public_id=public_id)


def rows_of(found: MoneyFile, outcome: str = "") -> QuerySet[MoneyFileRow]:
    """This will start the list of a file's rows, those of one outcome where it is given."""
    rows = MoneyFileRow.objects.filter(money_file=found)
    return rows.filter(outcome=outcome) if outcome else rows


def same_file_before(found: MoneyFile) -> MoneyFile | None:
    """This will find the very same file, chosen earlier."""
    same = MoneyFile.objects.filter(body=found.body, sha256=found.sha256, kind=found.kind, pk__lt=found.pk)
    return same.order_by("-pk").first()


def saved_mapping(body: Body, signature: str) -> list[dict[str, Any]] | None:
    """This will find how this body read files with these headings last time."""
    held = MoneyMapping.objects.filter(body=body, signature=signature).first()
    return held.mapping if held else None


def standing(body: Body, kind: str) -> QuerySet[Any]:
    """This will start a query over the facts of a kind that stand."""
    found: QuerySet[Any] = _FACTS[kind].objects.filter(body=body, withdrawn_at__isnull=True)
    return found


def standing_facts(body: Body, kind: str) -> dict[str, tuple[int, str]]:
    """This will give what is here of a kind: (inner key, fingerprint) by what each is known again by."""
    rows = standing(body, kind).values_list("import_key", "pk", "import_fingerprint")
    return {key: (pk, print_) for key, pk, print_ in rows}


@dataclass(frozen=True, slots=True)
class Missing:
    """How many lines an earlier file told and this one does not, and what they come to."""

    count: int
    amount: Decimal


def not_in(body: Body, kind: str, keys: Collection[str], years: Collection[int]) -> Missing:
    """This will count what is here of the same years and is not among the keys of a file."""
    held = standing(body, kind)
    if kind == "budget":
        held = held.filter(begins__in=years)
    gone = [(amount or Decimal(0)) for key, amount in held.values_list("import_key", _AMOUNT[kind]) if key not in keys]
    return Missing(len(gone), sum(gone, Decimal(0)))


def keys_of(record: ContractRecord | PaymentRecord) -> dict[str, str]:
    """This will write a record's reference, supplier and title as they are compared."""
    found = {
        "reference_key": plain_reference(record.reference)[:100],
        "supplier_key": plain_name(record.supplier)[:300],
    }
    if isinstance(record, ContractRecord):
        found["title_key"] = plain_name(record.title)[:300]
    return found


# --- departments ----------------------------------------------------------------------------------------------------


class DepartmentNames:
    """Which department a file's words mean: the one of that name, or the one a person said; never guessed."""

    def __init__(self, body: Body) -> None:
        every = [*departments(body), *departments(body, ended=True)]
        self.by_key: dict[int, Department] = {each.pk: each for each in every}
        self.by_words: dict[str, int] = {}
        for words, department in (
            ServiceName.objects.filter(body=body).order_by("pk").values_list("words", "department_id")
        ):
            self.by_words.pop(plain_name(words), None)
            if department is not None:
                self.by_words[plain_name(words)] = department
        self.by_words |= {plain_name(each.name): each.pk for each in every}

    def find(self, words: str) -> Department | None:
        """This will find the department that words mean, or nothing."""
        return self.by_key.get(self.by_words.get(plain_name(words), 0)) if words else None

    def of(self, department: int | None, words: str) -> Department | None:
        """This will find the department of a fact: the one it was brought in under, or the one its words mean now."""
        return self.by_key.get(department) if department else self.find(words)


def unknown_services(body: Body) -> dict[str, dict[str, int]]:
    """This will list the names of no department that files use, with how many lines of each kind of file use them."""
    names = DepartmentNames(body)
    found: dict[str, dict[str, int]] = {}
    for kind, model in _FACTS.items():
        held = model.objects.filter(body=body, withdrawn_at__isnull=True, department__isnull=True)
        for words in held.exclude(department_words="").values_list("department_words", flat=True):
            if names.find(words) is None:
                counted = found.setdefault(words, {})
                counted[kind] = counted.get(kind, 0) + 1
    return found


# --- budget lines ---------------------------------------------------------------------------------------------------


def budget_lines(body: Body, begins: int) -> QuerySet[BudgetLine]:
    """This will start a query over the budget lines of a financial year that stand."""
    return BudgetLine.objects.filter(body=body, begins=begins, withdrawn_at__isnull=True)


def years_with_money(body: Body) -> list[int]:
    """This will list the financial years that have budget lines or payments, the latest first."""
    found = set(standing(body, "budget").order_by().values_list("begins", flat=True).distinct())
    for first in standing(body, "payments").order_by().dates("dated_on", "month"):
        found.add(first.year if first.month >= 4 else first.year - 1)
    return sorted(found, reverse=True)


@dataclass(frozen=True, slots=True)
class DepartmentMoney:
    """What finance budgeted and spent in one department in one year; None where no line says so."""

    department: str
    name: str
    budget: Decimal | None
    actual: Decimal | None


def budget_by_department(body: Body, begins: int) -> list[DepartmentMoney]:
    """This will sum the budget lines of a year by department, exactly; lines of no known department stand last."""
    names = DepartmentNames(body)
    sums: dict[int | None, list[Decimal | None]] = {}
    grouped = budget_lines(body, begins).order_by().values_list("department_id", "department_words").annotate(
        Sum("budget"), Sum("actual")
    )  # fmt: skip
    for key, words, *amounts in grouped:
        department = names.of(key, words)
        held = sums.setdefault(department.pk if department else None, [None, None])
        for place, amount in enumerate(amounts):
            if amount is not None:
                held[place] = (held[place] or Decimal(0)) + amount
    found = [
        DepartmentMoney(
            names.by_key[key].public_id if key else "none", names.by_key[key].name if key else "No department", *amounts
        )
        for key, amounts in sums.items()
    ]
    return sorted(found, key=lambda each: (each.department == "none", each.name.casefold()))


# --- what belongs together --------------------------------------------------------------------------------------------


def reconciliation(body: Body, year: FinancialYear | None = None) -> matching.Reconciliation:
    """This will lay the contracts register, the agreements and the payments of a body beside one another.

    Payments are those of the year; contracts are all on record, and those that no part of the year touches stand apart.
    """
    names = DepartmentNames(body)
    said = matching.decided(
        MatchDecision.objects.filter(body=body).order_by("pk").values_list("one", "other", "verdict")
    )
    items = [*_entries(body, year, names), *_agreements(body, year), *_payments(body, year, names)]
    grouped = _with_late_payments(body, year, matching.group(items, said))
    contracts = [replace(each, findings=matching.findings(each)) for each in matching.with_perhaps(grouped, said)]
    return matching.Reconciliation(
        tuple(each for each in contracts if each.in_year), tuple(each for each in contracts if not each.in_year)
    )


def _runs_in(year: FinancialYear | None, starts_on: date | None, ends_on: date | None) -> bool:
    if year is None:
        return True
    return (starts_on is None or starts_on <= year.ends_on) and (ends_on is None or ends_on >= year.starts_on)


def _entries(body: Body, year: FinancialYear | None, names: DepartmentNames) -> Iterator[matching.Item]:
    for each in standing(body, "register").order_by("pk"):
        department = names.of(each.department_id, each.department_words)
        yield matching.Item(
            id=f"register:{each.import_key}", side="register", title=each.title, reference=each.reference,
            supplier=each.supplier, reference_key=each.reference_key, supplier_key=each.supplier_key,
            title_key=each.title_key, department=department.public_id if department else "",
            starts_on=each.starts_on, ends_on=each.ends_on, ends_words=each.ends_words, amount=each.value,
            in_year=_runs_in(year, each.starts_on, each.ends_on),
        )  # fmt: skip


def _agreements(body: Body, year: FinancialYear | None) -> Iterator[matching.Item]:
    rows = live_agreements(body).select_related("provider", "department").order_by("pk")
    for each in rows:
        supplier = each.provider.name if each.provider else ""
        yield matching.Item(
            id=f"agreement:{each.public_id}", side="agreement", title=each.title, reference=each.reference,
            supplier=supplier, reference_key=plain_reference(each.reference), supplier_key=plain_name(supplier),
            title_key=plain_name(each.title), department=each.department.public_id if each.department else "",
            starts_on=each.starts_on, ends_on=each.ends_on, ends_words=each.ends_words, amount=each.value,
            in_year=_runs_in(year, each.starts_on, each.ends_on), public_id=each.public_id,
        )  # fmt: skip


def payment_group(supplier_key: str, reference_key: str) -> str:
    """This will name all payments to one supplier under one reference."""
    return f"payments:{digest([supplier_key, reference_key])}"


def _payments(body: Body, year: FinancialYear | None, names: DepartmentNames) -> Iterator[matching.Item]:
    of_year = Q(dated_on__gte=year.starts_on, dated_on__lte=year.ends_on) if year else Q()
    rows = (
        standing(body, "payments").order_by()
        .values("supplier_key", "reference_key", "department_id", "department_words")
        .annotate(
            named=Min("supplier"), called=Min("reference"), ever=Sum("amount"), paid=Sum("amount", filter=of_year),
            lines=Count("pk", filter=of_year), all_lines=Count("pk"),
        )
    )  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(payment_group(row["supplier_key"], row["reference_key"]), []).append(row)
    for key, held in sorted(found.items()):
        most = max(held, key=lambda row: (row["ever"], row["department_words"]))
        department = names.of(most["department_id"], most["department_words"])
        lines = sum(row["lines"] for row in held)
        yield matching.Item(
            id=key, side="payments", title="", reference=held[0]["called"], supplier=min(row["named"] for row in held),
            reference_key=held[0]["reference_key"], supplier_key=held[0]["supplier_key"], title_key="",
            department=department.public_id if department else "",
            amount=sum((row["paid"] for row in held if row["paid"] is not None), Decimal(0)) if lines else None,
            ever=sum((row["ever"] for row in held), Decimal(0)), lines=lines, in_year=lines > 0,
        )  # fmt: skip


def _with_late_payments(
    body: Body, year: FinancialYear | None, contracts: list[matching.Contract]
) -> list[matching.Contract]:
    """What was paid in the year after a contract's last day, from one further query."""
    ended = {item.id: each.ended_on for each in contracts if each.ended_on for item in each.of("payments")}
    if not ended:
        return contracts
    keys = {(item.supplier_key, item.reference_key) for each in contracts for item in each.items if item.id in ended}
    held = standing(body, "payments").filter(supplier_key__in={supplier for supplier, _ in keys})
    if year:
        held = held.filter(dated_on__gte=year.starts_on, dated_on__lte=year.ends_on)
    late: dict[str, Decimal] = {}
    days = held.order_by().values_list("supplier_key", "reference_key", "dated_on").annotate(Sum("amount"))
    for supplier, reference, day, amount in days:
        key = payment_group(supplier, reference)
        if (last := ended.get(key)) is not None and day > last:
            late[key] = late.get(key, Decimal(0)) + amount
    return [
        replace(
            each, items=tuple(replace(item, late=late[item.id]) if item.id in late else item for item in each.items)
        )
        for each in contracts
    ]


def payments_of(body: Body, item: matching.Item, year: FinancialYear | None = None) -> QuerySet[Payment]:
    """This will list the payments behind one item, the latest first."""
    held = standing(body, "payments").filter(supplier_key=item.supplier_key, reference_key=item.reference_key)
    if year:
        held = held.filter(dated_on__gte=year.starts_on, dated_on__lte=year.ends_on)
    return held.select_related("money_file").order_by("-dated_on", "-pk")


def entry_sources(body: Body, items: Iterable[matching.Item]) -> dict[str, MoneyFile]:
    """This will find the file each entry of the register came from."""
    keys = {item.id.removeprefix("register:"): item.id for item in items if item.side == "register"}
    rows = standing(body, "register").filter(import_key__in=keys).select_related("money_file")
    return {keys[each.import_key]: each.money_file for each in rows}


def decisions_about(body: Body, ids: Collection[str]) -> list[MatchDecision]:
    """This will list what was said of any of these items, the latest first."""
    held = MatchDecision.objects.filter(Q(one__in=ids) | Q(other__in=ids), body=body)
    return list(held.select_related("decided_by__key_held").order_by("-pk"))


# --- money beside value ------------------------------------------------------------------------------------------------


def leverage(body: Body, begins: int) -> QuerySet[LeveredFunding]:
    """This will list the money of others drawn in in a financial year."""
    held = LeveredFunding.objects.filter(body=body, begins=begins, withdrawn_at__isnull=True)
    return held.select_related("agreement").order_by("-levered", "pk")


def get_levered(body: Body, public_id: str) -> LeveredFunding:
    """This will find money drawn in; raises LeveredFunding.DoesNotExist."""
    return LeveredFunding.objects.select_related("body").get(body=body, public_id=public_id, withdrawn_at__isnull=True)


def whole_life_costs(body: Body) -> list[WholeLifeCost]:
    """This will list what agreements cost over their whole life: of each what was recorded last."""
    held = WholeLifeCost.objects.filter(body=body, agreement__withdrawn_at__isnull=True)
    rows = held.select_related("agreement__department", "recorded_by__key_held").order_by("pk")
    return list({each.agreement_id: each for each in rows}.values())


def reports(body: Body) -> QuerySet[ExternalReport]:
    """This will list what somebody independent reported, the latest first."""
    held = ExternalReport.objects.filter(body=body, withdrawn_at__isnull=True)
    return held.select_related("agreement", "file").order_by("-dated_on", "-pk")


def get_report(body: Body, public_id: str) -> ExternalReport:
    """This will find an external report; raises ExternalReport.DoesNotExist."""
    return ExternalReport.objects.select_related("body", "file").get(
        body=body, public_id=public_id, withdrawn_at__isnull=True
    )


def gainers_named(body: Body) -> dict[str, Gainer]:
    """This will tell whom the words for who gains mean here, where somebody said so."""
    rows = GainerName.objects.filter(body=body).select_related("department").order_by("pk")
    return {
        each.words: Gainer(
            each.kind,
            each.department.name if each.department else each.name or each.words,
            each.department.public_id if each.department else "",
        )
        for each in rows
    }


def spend(body: Body, year: FinancialYear) -> Spend:
    """This will tell what contracts cost in a year, and on what base."""
    return spend_of(reconciliation(body, year), year)


def value_per_pound(body: Body, year: FinancialYear, what: What = "claimed") -> Ratios:
    """This will tell what a year's value comes to for each pound of the spend it was delivered under, with its base."""
    found = worth(body, what=what, on=year.ends_on, by=("agreement",), year=year)
    return ratios_of(spend(body, year), found)


def who_gains(body: Body, year: FinancialYear, what: What = "claimed") -> list[GainTable]:
    """This will split a year's value by the department that pays and by who gains."""
    return gain_tables(worth(body, what=what, on=year.ends_on, year=year), gainers_named(body))
