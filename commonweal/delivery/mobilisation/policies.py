"""When a promise may be accepted, queried or profiled; each rule's sentence is what a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from commonweal.base.errors import NotPossible
from commonweal.base.models import Person
from commonweal.base.templatetags.figures import amount_in_unit, long_date
from commonweal.delivery.mobilisation.queries import Standing, can_have_profile, delivery_lead, profile_total, term_of
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.policies import check_quantity
from commonweal.engine.profile import ProfilePart, shortfall

#: One table of states; `docs/reference/states.md` is drawn from it.
PROMISE_STATES: dict[str, tuple[str, ...]] = {
    "waiting": ("accepted", "queried"),
    "queried": ("answered",),
    "answered": ("accepted", "queried"),
    "accepted": ("queried",),
}


class ChangedMeanwhile(NotPossible):
    """Someone else agreed a profile while this one was being written."""


def check_is_open(agreement: Agreement) -> None:
    """This will refuse a hand-over of what is closed or was undone."""
    if agreement.withdrawn_at is not None:
        raise NotPossible("The file this agreement came from was undone. Bring it in again to work on it.")
    if agreement.state != "current":
        raise NotPossible("This agreement is closed, so its promises are not handed over any more.")


def check_step(standing: Standing, kind: str) -> None:
    """This will refuse what does not follow from how a promise stands."""
    if kind in PROMISE_STATES[standing.state]:
        return
    if kind == "answered":
        raise NotPossible("No query waits for an answer: somebody answered it, or none was asked.")
    if standing.state == "queried":
        raise NotPossible("This promise was queried, and the query is not answered yet. Answer it first.")
    raise NotPossible("This promise was accepted already.")


def check_may_speak(commitment: Commitment, by: Person, *, is_manager: bool) -> None:
    """This will let a promise be accepted or queried by its delivery lead, or by a manager in the lead's place."""
    lead = delivery_lead(commitment)
    if not is_manager and (lead is None or lead.pk != by.pk):
        who = f"{lead.name}, or a contract manager," if lead else "A contract manager"
        raise NotPossible(f"You do not lead the delivery of “{commitment.wording}”. {who} can do this.")


def check_words(words: str) -> None:
    """This will refuse a query or an answer that says nothing."""
    if not words.strip():
        raise NotPossible("Write what you want to ask or answer.")


def check_profile(
    commitment: Commitment, promised: Decimal | None, parts: Sequence[ProfilePart], *, agreed_on: date, today: date
) -> None:  # fmt: skip
    """This will refuse quarters that reduce what is promised now, lie outside its term, or are dated in the future."""
    if not can_have_profile(commitment) or promised is None:
        raise NotPossible(
            f"“{commitment.wording}” has no fixed quantity, or its first or last day is not known, so it has no quarters."
        )
    if agreed_on > today:
        raise NotPossible(f"{long_date(agreed_on)} has not come yet. Give the day the quarters were agreed.")
    for part in parts:
        check_quantity(part.quantity)
    starts, ends = term_of(commitment)
    if not parts or parts[0].quarter.starts_on != starts or parts[-1].quarter.ends_on != ends:
        raise NotPossible(f"The quarters of “{commitment.wording}” do not cover its term. Open the page again.")
    is_harm = commitment.direction == "harm"
    missing = shortfall(promised, parts, is_harm=is_harm)
    if missing:
        raise NotPossible(missing_words(commitment, promised, profile_total(parts), missing))


def missing_words(commitment: Commitment, quantity: Decimal, total: Decimal, missing: Decimal) -> str:
    """This will say by how much a profile falls short of its promise, or passes a limit."""
    unit = commitment.unit_words
    promised = amount_in_unit(quantity, unit)
    if commitment.direction == "harm":
        return (
            f"The quarters of “{commitment.wording}” come to {amount_in_unit(total, unit)}, which is "
            f"{amount_in_unit(missing, unit)} more than the limit of {promised}. Take that much away."
        )
    return (
        f"The quarters of “{commitment.wording}” come to {amount_in_unit(total, unit)}, so {amount_in_unit(missing, unit)} "
        f"of the {promised} promised are missing. A profile may detail a promise and never reduce it."
    )


def check_version(held: int, written_against: int) -> None:
    """This will refuse quarters written against an earlier profile than the one that stands."""
    if held != written_against:
        raise ChangedMeanwhile(
            "Someone else agreed these quarters while you were writing, so nothing was saved. What you wrote is still in "
            "the boxes: look at what stands now, then save again."
        )
