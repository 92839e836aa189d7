"""Hand-overs of the demonstration: promises accepted, queried and answered, and quarters agreed otherwise than even."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from commonweal.base.queries import get_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.delivery.mobilisation import actions, queries
from commonweal.delivery.queries import live_agreements
from commonweal.directory.queries import today
from commonweal.engine.profile import ProfilePart

if TYPE_CHECKING:
    from commonweal.base.models import Person

BODY: Final = "alderbrook"
#: How many agreements had a hand-over, and of those how many have agreed quarters.
HANDED_OVER: Final = 8
QUESTIONS: Final = (
    ("Does a placement that began before the contract count?",
     "No. Only placements that began on or after the first day of the agreement count."),
    ("Half of these depend on the school opening on time. What if it does not?", ""),
)  # fmt: skip


def load_mobilisation() -> None:
    """This will hand over some current agreements of the invented council, as awkwardly as life does; once only."""
    body = get_body(BODY)
    with open_scope(body=body.pk):
        managers = [person for person, roles in staff_of(body) if "contract-manager" in roles]
        current = live_agreements(body).filter(state="current", owner__isnull=False, origin="made")
        promised = current.filter(commitments__withdrawn_at__isnull=True, commitments__isnull=False).distinct()
        chosen = list(promised.select_related("body", "owner__key_held").order_by("-value", "id")[:HANDED_OVER])
        if not managers or any(queries.standings(row.commitment.pk for row in _rows(each)) for each in chosen):
            return
        for number, agreement in enumerate(chosen):
            _hand_over(agreement, managers[0], number)


def _rows(agreement: Any) -> list[Any]:
    return [each.row for each in queries.expected(agreement, today())]


def _hand_over(agreement: Any, manager: Person, number: int) -> None:
    rows = _rows(agreement)
    promises = [row.commitment for row in rows]
    if not promises:
        return
    kept = promises[:-1] if number % 3 == 1 else promises
    actions.accept_promises(by=agreement.owner, commitments=kept, is_manager=True)
    if number < len(QUESTIONS):
        question, answer = QUESTIONS[number]
        actions.query_promise(by=manager, commitment=promises[0], words=question, is_manager=True)
        if answer:
            actions.answer_query(by=manager, commitment=promises[0], words=answer)
    if number % 2 == 0:
        profiles = {row.commitment: _later(queries.proposed(row)) for row in rows if queries.proposed(row)}
        actions.agree_profiles(
            by=manager, agreement=agreement, profiles=profiles, written_against={},
            agreed_on=_agreed_on(agreement, today()), agreed_with="The provider’s social value manager",
        )  # fmt: skip


def _agreed_on(agreement: Any, on: date) -> date:
    return min((agreement.starts_on or on) + timedelta(days=35), on)


def _later(parts: Sequence[ProfilePart]) -> tuple[ProfilePart, ...]:
    """A slow start, as works have: the first quarter brings nothing and the last what the first would have brought."""
    if len(parts) < 2:
        return tuple(parts)
    first, *middle, last = parts
    return (
        ProfilePart(first.quarter, first.quantity - first.quantity), *middle,
        ProfilePart(last.quarter, last.quantity + first.quantity),
    )  # fmt: skip
