"""When an order may be recorded, taken back or brought in; each rule's sentence is what a person reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.base.templatetags.figures import long_date, money, quantity
from commonweal.delivery.models import Agreement, Commitment, Order
from commonweal.delivery.orders.models import OrderFile
from commonweal.delivery.policies import check_not_withdrawn
from commonweal.money import PENNY

#: One table of states; `docs/reference/states.md` is drawn from such tables.
FILE_STATES: dict[str, tuple[str, ...]] = {"previewed": ("imported",), "imported": ("undone",), "undone": ()}
EARLIEST_YEAR = 1990
LONGEST_REFERENCE = 100
#: The most pounds, and the highest count, that a row can hold.
MOST = Decimal("99999999999999.99")
#: So many times the whole agreement's value is not brought in from a list: it is recorded by hand, and confirmed there.
FAR_BEYOND = 10


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
    if len(reference.strip()) > LONGEST_REFERENCE:
        raise NotPossible(f"A number or period has at most {LONGEST_REFERENCE} characters. Shorten it.")
    check_day(dated_on, today)
    if kind == "trigger":
        check_trigger(agreement, commitment, happened)
        check_in_term(agreement, dated_on)
    else:
        check_amount(kind, amount)


def check_day(dated_on: date, today: date) -> None:
    """This will refuse a day that has not come, or that is too long ago to be right."""
    if dated_on > today:
        raise NotPossible(f"{long_date(dated_on)} has not come yet. Record it when it has happened.")
    if dated_on.year < EARLIEST_YEAR:
        raise NotPossible(f"The year {dated_on.year} cannot be right. Check the date.")


def check_trigger(agreement: Agreement, commitment: Commitment | None, happened: Decimal | None) -> None:
    """This will refuse a count without its promise, of another agreement's, below zero or beyond what can be."""
    check_waits(agreement, commitment)
    if happened is None or not 0 <= happened <= MOST or happened != happened.quantize(PENNY):
        raise NotPossible("Say how often it happened: a number of zero or more, with two decimal places at most.")


def check_waits(agreement: Agreement, commitment: Commitment | None) -> None:
    """This will refuse to count for what is no standing promise of this agreement that waits for a trigger."""
    if (
        commitment is None
        or commitment.basis != "trigger"
        or commitment.agreement_id != agreement.pk
        or commitment.withdrawn_at is not None
    ):
        raise NotPossible("Choose the promise of this agreement whose trigger happened.")


def check_in_term(agreement: Agreement, dated_on: date) -> None:
    """This will refuse a count of a day before the agreement starts or after it ends; a date that is not known limits nothing."""
    if agreement.starts_on is not None and dated_on < agreement.starts_on:
        raise NotPossible(f"{long_date(dated_on)} is before the agreement starts, on {long_date(agreement.starts_on)}.")
    if agreement.ends_on is not None and dated_on > agreement.ends_on:
        raise NotPossible(f"{long_date(dated_on)} is after the agreement ends, on {long_date(agreement.ends_on)}.")


def amount_beyond(agreement: Agreement, amount: Decimal | None) -> list[str]:
    """This will say where one order is more than the whole agreement is worth; a value that is not known asks nothing."""
    if amount is None or not agreement.value or abs(amount) <= agreement.value:
        return []
    told = {"amount": money(abs(amount)), "value": money(agreement.value)}
    return [_("%(amount)s is more than the whole agreement’s value, %(value)s.") % told]


def date_out_of_term(agreement: Agreement, dated_on: date | None) -> list[str]:
    """This will say where an order is dated outside its agreement's term: a finding, as late orders are real."""
    if dated_on is None:
        return []
    if agreement.starts_on is not None and dated_on < agreement.starts_on:
        told = {"day": long_date(dated_on), "start": long_date(agreement.starts_on)}
        return [_("%(day)s is before the agreement starts, on %(start)s.") % told]
    if agreement.ends_on is not None and dated_on > agreement.ends_on:
        told = {"day": long_date(dated_on), "end": long_date(agreement.ends_on)}
        return [_("%(day)s is after the agreement ends, on %(end)s.") % told]
    return []


def unlikely(agreement: Agreement) -> Callable[[Mapping[str, Any]], Mapping[str, list[str]]]:
    """This will give what asks, of an order as typed, about what is unlikely under an agreement, by the form's tick."""

    def asked(given: Mapping[str, Any]) -> dict[str, list[str]]:
        return {
            "amount_is_right": amount_beyond(agreement, given.get("amount")),
            "date_is_right": date_out_of_term(agreement, given.get("dated_on")),
        }

    return asked


def check_far_beyond(agreement: Agreement, amount: Decimal) -> None:
    """This will refuse a list's order of many times the agreement's value, which nobody has confirmed."""
    if agreement.value and abs(amount) > FAR_BEYOND * agreement.value:
        raise NotPossible(
            f"{money(abs(amount))} is more than {FAR_BEYOND} times the whole agreement’s value, {money(agreement.value)}. "
            "If it is right, record this order by hand, where you are asked to confirm it."
        )


def check_amount(kind: str, amount: Decimal | None) -> None:
    """This will refuse an order without an amount to the penny, or a credit note that is above zero."""
    if amount is None or not amount.is_finite() or abs(amount) > MOST or amount != amount.quantize(PENNY):
        raise NotPossible("Give the amount in pounds and pence, such as 400000 or 1250.50.")
    if amount == 0:
        raise NotPossible("An order of £0.00 counts for nothing. Give the amount that was ordered.")
    if kind == "credit" and amount > 0:
        raise NotPossible("A credit note takes money back, so its amount is below zero: -250.00.")
    if kind != "credit" and amount < 0:
        raise NotPossible("This amount is below zero. Record money taken back as a credit note.")


def check_not_recorded(held: Order | None) -> None:
    """This will refuse the same order a second time, and say what is on record for it."""
    if held is None:
        return
    what = money(held.amount) if held.amount is not None else f"{quantity(held.happened or 0)} times"
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
