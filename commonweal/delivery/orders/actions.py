"""What may be done with orders. One number is one order; a mistake is taken back with a reason, never edited."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection, transaction

from commonweal.base.actions import record_event
from commonweal.base.errors import NotPossible
from commonweal.base.files import check_holds_table
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.base.scope import whole_party
from commonweal.base.templatetags.figures import long_date, money
from commonweal.delivery.models import Agreement, Commitment, Order
from commonweal.delivery.orders import policies, queries
from commonweal.delivery.orders.importing import COUNTS, ORDERS, read_rows
from commonweal.delivery.orders.models import OrderFile, OrderRow
from commonweal.delivery.policies import check_right
from commonweal.delivery.promises import how_often
from commonweal.directory.queries import today


def record_order(
    *, by: Person | None, agreement: Agreement, kind: str, reference: str, dated_on: date,
    amount: Decimal | None = None, happened: Decimal | None = None, commitment: Commitment | None = None,
    ordered_by: Body | None = None, description: str = "", source: str = "",
) -> Order:  # fmt: skip
    """This will record an order (pounds) or how often a trigger happened; raises NotPossible.

    Formula promises of the agreement, and of all it is part of, count it from then on. `ordered_by` is who bought; None
    means the agreement's own body.
    """
    buyer = ordered_by or agreement.body
    policies.check_order(
        agreement, kind=kind, reference=reference, dated_on=dated_on, amount=amount, happened=happened,
        commitment=commitment, today=today(),
    )  # fmt: skip
    _one_at_a_time(agreement)
    policies.check_not_recorded(queries.standing_order(agreement, buyer, reference))
    order = Order.objects.create(
        body=agreement.body, party=agreement.party, agreement=agreement, ordered_by=buyer, kind=kind,
        reference=reference.strip(), dated_on=dated_on, amount=None if kind == "trigger" else amount,
        happened=happened if kind == "trigger" else None, commitment=commitment if kind == "trigger" else None,
        description=description.strip(), source=source, recorded_by=by,
    )  # fmt: skip
    record_event(
        action="orders.order.recorded", subject=f"delivery.agreement:{agreement.public_id}", by=by, body=agreement.body,
        order=order.public_id, kind=kind, reference=order.reference, amount=order.amount, happened=order.happened,
        ordered_by=buyer.slug, dated_on=dated_on,
    )  # fmt: skip
    return order


def _one_at_a_time(agreement: Agreement) -> None:
    """Two people who record one order at once are let in one after another, so that the second is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"orders {agreement.pk}"])


def report_order(
    *, by: Person, agreement: Agreement, ordered_by: Body, kind: str, reference: str, dated_on: date, amount: Decimal,
    description: str = "",
) -> list[Order]:  # fmt: skip
    """This will record a provider's order in every body's record of its framework; needs the provider's scope.

    Each record has it once: where a body typed it already with the same amount, that stands. Raises NotPossible when it
    is recorded everywhere, or somewhere with another amount.
    """
    check_right(agreement, "report")
    with whole_party():
        return _report_order(by=by, agreement=agreement, ordered_by=ordered_by, kind=kind, reference=reference,
            dated_on=dated_on, amount=amount, description=description)  # fmt: skip


def _report_order(
    *, by: Person, agreement: Agreement, ordered_by: Body, kind: str, reference: str, dated_on: date, amount: Decimal,
    description: str,
) -> list[Order]:  # fmt: skip
    records = queries.records_of_framework(agreement)
    policies.check_may_buy(ordered_by, [each.body for each in records])
    made = []
    for record in records:
        held = queries.standing_order(record, ordered_by, reference)
        if held is not None and held.amount == amount:
            continue
        made.append(
            record_order(
                by=by,
                agreement=record,
                kind=kind,
                reference=reference,
                dated_on=dated_on,
                amount=amount,
                ordered_by=ordered_by,
                description=description,
            )
        )
    if not made:
        policies.check_not_recorded(queries.standing_order(agreement, ordered_by, reference))
    return made


def take_back(*, by: Person | None, order: Order, reason: str) -> None:
    """This will take an order out of every figure, with the reason; it stays on record. Raises NotPossible."""
    held = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    policies.check_can_be_taken_back(held, reason)
    held.withdrawn_at = database_now()
    held.save(update_fields=["withdrawn_at"])
    record_event(
        action="orders.order.taken_back", subject=f"delivery.agreement:{order.agreement.public_id}", by=by,
        body=order.body, order=order.public_id, reference=order.reference, amount=order.amount, reason=reason.strip(),
    )  # fmt: skip


# --- files ------------------------------------------------------------------------------------------------------------


class _Undo(Exception):
    """Rolls the preview back."""


def open_file(
    *, by: Person | None, agreement: Agreement, name: str, content: bytes, commitment: Commitment | None = None
) -> OrderFile:
    """This will read a file of orders and say what bringing it in would do; raises UnusableFile and TableError.

    With `commitment` it is a file of counts: how often the trigger of that promise happened, a row for each period.
    """
    if commitment is not None:
        policies.check_waits(agreement, commitment)
    check_holds_table(name, content)
    rows, notes = read_rows(name, content, ORDERS if commitment is None else COUNTS)
    if not rows:
        raise NotPossible("The table has no rows under its headings. Choose the file with the rows in it.")
    file = OrderFile.objects.create(
        body=agreement.body, agreement=agreement, commitment=commitment, name=Path(name).name[-200:], read_by=by,
        notes=notes,
        sha256=hashlib.sha256(content).hexdigest(), rows_in=len(rows),
        rejected=len(rows),
    )  # fmt: skip
    held = [
        OrderRow(
            body=agreement.body, file=file, row_number=row.number, outcome="rejected", reason=row.reason[:400],
            cells=row.cells | {
                ("pounds" if commitment is None else "times"): "" if row.figure is None else str(row.figure),
                "day": row.dated_on.isoformat() if row.dated_on else "",
                "places": row.places,
            },
        )
        for row in rows
    ]  # fmt: skip
    OrderRow.objects.bulk_create(held, batch_size=500)
    try:
        with transaction.atomic():
            outcomes = _bring_in(by, file)
            raise _Undo
    except _Undo:
        _note_outcomes(file, outcomes, "previewed")
    record_event(
        action="orders.file.read", subject=f"delivery.agreement:{agreement.public_id}", by=by, body=agreement.body,
        file=file.public_id, rows=len(rows), accepted=file.accepted, sha256=file.sha256,
    )  # fmt: skip
    return file


def bring_in_file(*, by: Person | None, file: OrderFile) -> None:
    """This will bring a file's orders in, each row whole or not at all; raises NotPossible."""
    held = OrderFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    policies.check_file_moves(held, "imported")
    _note_outcomes(held, _bring_in(by, held), "imported")
    record_event(
        action="orders.file.brought_in", subject=f"delivery.agreement:{held.agreement.public_id}", by=by,
        body=held.body, file=held.public_id, accepted=held.accepted, unchanged=held.unchanged, rejected=held.rejected,
        commitment=held.commitment.public_id if held.commitment else None,
    )  # fmt: skip


def undo_file(*, by: Person | None, file: OrderFile) -> None:
    """This will take every order that a file brought in out of every figure; raises NotPossible."""
    held = OrderFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    policies.check_file_moves(held, "undone")
    for order in Order.objects.filter(body=held.body, source=held.public_id, withdrawn_at__isnull=True):
        take_back(by=by, order=order, reason=f"The file {held.name} was undone")
    held.state, held.undone_at = "undone", database_now()
    held.save(update_fields=["state", "undone_at"])
    record_event(
        action="orders.file.undone", subject=f"delivery.agreement:{held.agreement.public_id}", by=by, body=held.body,
        file=held.public_id,
    )  # fmt: skip


def _bring_in(by: Person | None, file: OrderFile) -> list[tuple[OrderRow, str, str]]:
    agreement = Agreement.objects.select_related("body", "party").get(pk=file.agreement_id)
    if file.commitment is not None:
        policies.check_waits(agreement, file.commitment)
    buyers = {each.name.casefold(): each for each in queries.buyers(agreement)}
    buyers |= {each.slug: each for each in queries.buyers(agreement)}
    return [(row, *_outcome(by, file, agreement, buyers, row)) for row in queries.rows_of(file)]


def _outcome(
    by: Person | None, file: OrderFile, agreement: Agreement, buyers: dict[str, Body], row: OrderRow
) -> tuple[str, str]:
    cells, counted = row.cells, file.commitment is not None
    figure = queries.figure_of(row)
    if not cells["day"] or figure is None:
        return "rejected", row.reason
    day = date.fromisoformat(cells["day"])
    words = cells.get("ordered_by", "")
    buyer = buyers.get(words.casefold()) if words else agreement.body
    if buyer is None:
        names = ", ".join(sorted({each.name for each in buyers.values()}))
        return "rejected", f"{queries.place_of(row, 'ordered_by')}: “{words}” is none of those who buy here: {names}."
    held = queries.standing_order(agreement, buyer, cells["reference"])
    if held is not None:
        return _beside(held, file, figure, day, queries.place_of(row, "reference"))
    try:
        with transaction.atomic():
            if not counted:
                policies.check_far_beyond(agreement, figure)
            record_order(
                by=by, agreement=agreement, kind="trigger" if counted else "credit" if figure < 0 else "order",
                reference=cells["reference"], dated_on=day, amount=None if counted else figure,
                happened=figure if counted else None, commitment=file.commitment, ordered_by=buyer,
                description=cells.get("description", "")[:300], source=file.public_id,
            )  # fmt: skip
    except NotPossible as refused:
        return "rejected", f"{queries.place_of(row, _at_fault(agreement, file, day, row))}: {refused}"
    return "accepted", "" if counted else _noted(agreement, figure, day, row)


def _noted(agreement: Agreement, figure: Decimal, day: date, row: OrderRow) -> str:
    """What is unlikely of an order that a list brings in, said on its row with the cell it stands in."""
    found = {"amount": policies.amount_beyond(agreement, figure), "dated_on": policies.date_out_of_term(agreement, day)}
    return " ".join(f"{queries.place_of(row, key)}: {words}" for key, said in found.items() for words in said)


def _beside(held: Order, file: OrderFile, figure: Decimal, day: date, place: str) -> tuple[str, str]:
    """What becomes of a row whose number or period is recorded already: nothing new, or another figure."""
    same = held.happened if file.commitment is not None else held.amount
    if held.commitment_id == file.commitment_id and same == figure and held.dated_on == day:
        return "unchanged", f"Recorded already on {long_date(held.recorded_at.date())}."
    what = money(held.amount) if held.amount is not None else how_often(held.happened or Decimal(0))
    if held.commitment_id != file.commitment_id:
        return "rejected", (
            f"{place}: “{held.reference}” is recorded already with {what} for something else under this agreement. Say "
            f"what is counted, such as “{held.reference}, new customers”."
        )
    name = held.reference if held.commitment_id else f"Order {held.reference}"
    return "rejected", (
        f"{place}: {name} is recorded with {what} on {long_date(held.dated_on)}. Take that back first if this is right."
    )


def _at_fault(agreement: Agreement, file: OrderFile, day: date, row: OrderRow) -> str:
    """The cell that a refusal is about: the number or the date where that is what is wrong, the figure otherwise."""
    if len(row.cells["reference"]) > policies.LONGEST_REFERENCE:
        return "reference"
    try:
        policies.check_day(day, today())
        if file.commitment is not None:
            policies.check_in_term(agreement, day)
    except NotPossible:
        return "dated_on"
    return "amount" if file.commitment is None else "happened"


def _note_outcomes(file: OrderFile, outcomes: Sequence[tuple[OrderRow, str, str]], state: str) -> None:
    sums = dict.fromkeys(("read", "accepted", "unchanged", "rejected"), Decimal(0))
    rows = dict.fromkeys(("accepted", "unchanged", "rejected"), 0)
    for row, outcome, reason in outcomes:
        row.outcome, row.reason = outcome, reason[:400]
        rows[outcome] += 1
        figure = queries.figure_of(row) or Decimal(0)
        sums["read"] += figure
        sums[outcome] += figure
    OrderRow.objects.bulk_update([row for row, _, _ in outcomes], ["outcome", "reason"], batch_size=500)
    file.accepted, file.unchanged, file.rejected = rows["accepted"], rows["unchanged"], rows["rejected"]
    kept = {key: str(value) for key, value in sums.items()}
    file.pence, file.counted = (kept, {}) if file.commitment_id is None else ({}, kept)
    file.state, file.imported_at = state, database_now() if state == "imported" else None
    file.save(update_fields=["accepted", "unchanged", "rejected", "pence", "counted", "state", "imported_at"])
