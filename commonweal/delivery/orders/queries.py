"""What pages read of orders: those of an agreement and beneath it, files of them, and the records of one framework."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from commonweal.base.models import Body, Party
from commonweal.base.scope import whole_party
from commonweal.delivery.models import Agreement, Commitment, Order
from commonweal.delivery.orders.models import OrderFile, OrderRow
from commonweal.delivery.promises import Accrued, formula_words
from commonweal.delivery.queries import accruals
from commonweal.delivery.vocabulary import FORMULAS
from commonweal.directory.queries import members_of


def subtree(agreement: Agreement) -> list[Agreement]:
    """This will list an agreement and all that stands beneath it, in one query."""
    below: dict[int | None, list[Agreement]] = {}
    for each in Agreement.objects.filter(body=agreement.body_id, withdrawn_at__isnull=True).order_by("title", "id"):
        below.setdefault(each.parent_id, []).append(each)
    found, waiting = [agreement], [agreement]
    while waiting:
        for child in below.get(waiting.pop().pk, []):
            if child.pk not in {each.pk for each in found}:
                found.append(child)
                waiting.append(child)
    return found


def orders_under(agreement: Agreement) -> QuerySet[Order]:
    """This will list the orders of an agreement and of all beneath it, latest first, those taken back included."""
    found = Order.objects.filter(agreement__in=[each.pk for each in subtree(agreement)])
    return found.select_related("agreement", "ordered_by", "commitment", "recorded_by__key_held").order_by(
        "-dated_on", "-id"
    )


def get_order(body: Body, public_id: str) -> Order:
    """This will find an order of a body; raises Order.DoesNotExist."""
    return Order.objects.select_related("body", "party", "agreement", "ordered_by").get(body=body, public_id=public_id)


def standing_order(agreement: Agreement, ordered_by: Body, reference: str) -> Order | None:
    """This will find the standing order with this number, if one is recorded."""
    found = Order.objects.filter(
        agreement=agreement, ordered_by=ordered_by, reference=reference.strip(), withdrawn_at__isnull=True
    )
    return found.select_related("ordered_by").first()


@dataclass(frozen=True, slots=True)
class FormulaRow:
    """One formula promise with what it has come to."""

    commitment: Commitment
    words: str
    accrued: Accrued

    @property
    def is_rate(self) -> bool:
        """Whether nothing was ordered yet, so that it is a rate and no quantity."""
        return not self.accrued.orders


def formulas(agreement: Agreement) -> list[FormulaRow]:
    """This will list the formula promises that the orders of an agreement count for: its own and those above it."""
    chain, node = [agreement.pk], agreement
    while node.parent_id is not None and len(chain) < 12:
        above = Agreement.objects.filter(pk=node.parent_id).first()
        if above is None:  # a provider sees nothing of the agreement above its own where that is another's
            break
        node = above
        chain.append(node.pk)
    found = list(
        Commitment.objects.filter(
            agreement_id__in=chain, basis__in=FORMULAS, quantity__isnull=False, withdrawn_at__isnull=True
        )
        .select_related("agreement", "measure")
        .order_by("agreement_id", "position", "id")
    )
    come_to = accruals(each.pk for each in found)
    return [FormulaRow(each, formula_words(each), come_to[each.pk]) for each in found]


def triggers_of(agreement: Agreement) -> list[Commitment]:
    """This will list the standing promises of an agreement that wait for something to happen."""
    found = Commitment.objects.filter(agreement=agreement, basis="trigger", withdrawn_at__isnull=True)
    return list(found.order_by("position", "id"))


def counted_twice(rows: Sequence[FormulaRow]) -> list[tuple[FormulaRow, FormulaRow]]:
    """This will find formulas with one measure at two levels of the tree: one order would count for both."""
    return [
        (first, second)
        for index, first in enumerate(rows)
        for second in rows[index + 1 :]
        if first.commitment.measure_id is not None
        and first.commitment.measure_id == second.commitment.measure_id
        and first.commitment.agreement_id != second.commitment.agreement_id
        and first.commitment.basis == second.commitment.basis == "per-spend"
    ]


def buyers(agreement: Agreement) -> list[Body]:
    """This will list who may have bought under an agreement: its body, and those of the hub it belongs to."""
    return [
        agreement.body,
        *(each.member for each in members_of(agreement.body) if each.member_id != agreement.body_id),
    ]


@dataclass(frozen=True, slots=True)
class Bought:
    """What one body bought under an agreement."""

    body: Body
    orders: int
    amount: Decimal


def bought_by(orders: Sequence[Order]) -> list[Bought]:
    """This will sum standing orders by who bought, by name."""
    sums: dict[int, Bought] = {}
    for each in orders:
        if each.withdrawn_at is None and each.amount is not None:
            held = sums.get(each.ordered_by_id, Bought(each.ordered_by, 0, Decimal(0)))
            sums[each.ordered_by_id] = Bought(each.ordered_by, held.orders + 1, held.amount + each.amount)
    return sorted(sums.values(), key=lambda held: held.body.name)


def records_of_framework(agreement: Agreement) -> list[Agreement]:
    """This will find every body's record of one framework with one provider; needs the provider's scope.

    They are the provider's standing agreements under the same reference with the same formula promised: a reference
    alone may be shared by chance. A body's own scope sees none but its own.
    """
    with whole_party():  # somebody who is limited reports to every body that shares the framework all the same
        return _records_of_framework(agreement)


def _records_of_framework(agreement: Agreement) -> list[Agreement]:
    if agreement.party_id is None or not agreement.reference:
        return [agreement]
    found = Agreement.objects.filter(
        party=agreement.party_id, reference=agreement.reference, withdrawn_at__isnull=True, state="current"
    ).select_related("body", "party")
    promised: dict[int, set[tuple[object, ...]]] = {}
    formulas = Commitment.objects.filter(agreement__in=found, basis="per-spend", withdrawn_at__isnull=True)
    for each in formulas.values_list(
        "agreement_id", "measure_id", "unit", "quantity", "per_amount", "rounding", "capped_at"
    ):
        promised.setdefault(each[0], set()).add(each[1:])
    ours = promised.get(agreement.pk, set())
    same = [each for each in found.order_by("body__name", "id") if ours & promised.get(each.pk, set())]
    return same or [agreement]


def callable_agreements(party: Party) -> list[Agreement]:
    """This will list a provider's current agreements that have formula promises, by body; needs the provider's scope."""
    held = Commitment.objects.filter(party=party, basis="per-spend", withdrawn_at__isnull=True).values("agreement")
    found = Agreement.objects.filter(pk__in=held, withdrawn_at__isnull=True, state="current")
    return list(found.select_related("body", "party").order_by("reference", "body__name", "id"))


def get_agreement_of_party(party: Party, public_id: str) -> Agreement:
    """This will find a provider's current agreement; raises Agreement.DoesNotExist."""
    return Agreement.objects.select_related("body", "party").get(
        party=party, public_id=public_id, withdrawn_at__isnull=True, state="current"
    )


def files_of(agreement: Agreement) -> list[OrderFile]:
    """This will list the files of orders and counts chosen for an agreement, newest first."""
    return list(OrderFile.objects.filter(agreement=agreement).select_related("read_by__key_held").order_by("-id"))


def get_file(body: Body, public_id: str) -> OrderFile:
    """This will find a file of orders of a body; raises OrderFile.DoesNotExist."""
    return OrderFile.objects.select_related("agreement__body", "agreement__party", "body", "commitment").get(
        body=body, public_id=public_id
    )


def rows_of(file: OrderFile) -> list[OrderRow]:
    """This will list what became of a file's rows, in its order."""
    return list(OrderRow.objects.filter(file=file).order_by("row_number", "id"))


def figure_of(row: OrderRow) -> Decimal | None:
    """This will give the pounds, or how often it happened, that were read from a row; None where nothing was."""
    written = row.cells.get("pounds") or row.cells.get("times")
    return Decimal(written) if written else None


def place_of(row: OrderRow, key: str) -> str:
    """This will say where a cell of a row stands, as its author sees it: the sheet, the column and the row."""
    return str(row.cells.get("places", {}).get(key) or f"Row {row.row_number}")
