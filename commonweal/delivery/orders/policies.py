"""When an order may be recorded, taken back or brought in; each rule's sentence is what a person reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.base.templatetags.figures import long_date, money
from commonweal.delivery.models import Agreement, Commitment, Order
from commonweal.delivery.orders.models import OrderFile
from commonweal.delivery.policies import check_not_withdrawn
from commonweal.money import PENNY

#: One table of states; `docs/reference/states.md` is drawn from such tables.
FILE_STATES: dict[str, tuple[str, ...]] = {"previewed": ("imported",), "imported": ("undone",), "undone": ()}
EARLIEST_YEAR = 1990


def check_order(
    agreement: Agreement, *, kind: str, reference: str, dated_on: date, amount: Decimal | None,
    happened: Decimal | None, commitment: Commitment | None, today: date,
) -> None:  # fmt: skip
    """This will refuse an order on what is closed, without a number, dated ahead, or of neither pounds nor a count."""
    check_not_withdrawn(agreement)
    if agreement.origin == "example":
        raise NotPossible("This is a published fact, so nothing is ordered on it here.")
    if agreement.state == "terminated":
        raise NotPossible("This agreement was terminated early, so nothing more is ordered on it.")
    if not reference.strip():
        raise NotPossible("Give the order its number, so that nobody records it a second time.")
    if dated_on > today:
        raise NotPossible(f"{long_date(dated_on)} has not come yet. Record an order when it is made.")
    if dated_on.year < EARLIEST_YEAR:
        raise NotPossible(f"The year {dated_on.year} cannot be right. Check the date.")
    if kind == "trigger":
        check_trigger(agreement, commitment, happened)
    else:
        check_amount(kind, amount)


def check_trigger(agreement: Agreement, commitment: Commitment | None, happened: Decimal | None) -> None:
    """This will refuse a count without its promise, of another agreement's, or below zero."""
    if commitment is None or commitment.basis != "trigger" or commitment.agreement_id != agreement.pk:
        raise NotPossible("Choose the promise of this agreement whose trigger happened.")
    if happened is None or happened < 0 or happened != happened.quantize(PENNY):
        raise NotPossible("Say how often it happened: a number of zero or more, with two decimal places at most.")


def check_amount(kind: str, amount: Decimal | None) -> None:
    """This will refuse an order without an amount to the penny, or a credit note that is above zero."""
    if amount is None or not amount.is_finite() or amount != amount.quantize(PENNY):
        raise NotPossible("Give the amount in pounds and pence, such as 400,000 or 1,250.50.")
    if kind == "credit" and amount >= 0:
        raise NotPossible("A credit note takes money back, so its amount is below zero: −250.00.")
    if kind != "credit" and amount < 0:
        raise NotPossible("This amount is below zero. Record money taken back as a credit note.")


def check_not_recorded(held: Order | None) -> None:
    """This will refuse the same order a second time, and say what is on record for it."""
    if held is None:
        return
    what = money(held.amount) if held.amount is not None else f"{held.happened} times"
    raise NotPossible(
        f"Order {held.reference} of {held.ordered_by.name} is recorded already: {what} on {long_date(held.dated_on)}. "
        "If that is wrong, take it back first."
    )


def check_can_be_taken_back(order: Order, reason: str) -> None:
    """This will refuse to take an order back twice, or without a reason."""
    if order.withdrawn_at is not None:
        raise NotPossible("This order was taken back already.")
    if not reason.strip():
        raise NotPossible("Say why it is taken back. The reason stays on record.")


def check_may_buy(buyer: Body, bodies: list[Body]) -> None:
    """This will refuse an order by a body that does not call off this framework."""
    if buyer.pk not in {each.pk for each in bodies}:
        raise NotPossible(f"{buyer.name} has no part in this agreement. Choose who bought from the list.")


def check_file_moves(file: OrderFile, to: str) -> None:
    """This will refuse to bring a file in twice, or to undo one that was not brought in."""
    if to in FILE_STATES[file.state]:
        return
    if file.state == "imported":
        raise NotPossible("This file was brought in already.")
    if file.state == "undone":
        raise NotPossible("This file was undone. Choose it again to bring it in once more.")
    raise NotPossible("Only a file that was brought in can be undone.")
