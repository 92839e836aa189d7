"""What pages, reports and higher rooms read of files of money and of what they brought in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet, Sum

from commonweal.base.models import Body
from commonweal.directory.models import Department
from commonweal.directory.queries import departments
from commonweal.reporting.register.models import (
    BudgetLine,
    MoneyFile,
    MoneyFileRow,
    MoneyMapping,
    Payment,
    RegisterEntry,
    ServiceName,
)
from commonweal.sources.finance_records import ContractRecord, PaymentRecord, plain_name, plain_reference

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
