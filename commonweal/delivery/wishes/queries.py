"""Promises as one side of a match with what community groups need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from commonweal.base.models import Body
from commonweal.community.matching import Fit, Side, fit
from commonweal.community.models import Need
from commonweal.community.queries import Fitting, needs_that_fit, sides_of
from commonweal.delivery.models import Commitment
from commonweal.delivery.queries import live_commitments, standing_entries
from commonweal.directory.queries import places_around

ZERO = Value(Decimal(0))


@dataclass(frozen=True, slots=True)
class Could:
    """A promise that could meet a need: how much of it is left, and how well it fits."""

    commitment: Commitment
    left: Decimal | None
    fit: Fit


def running_promises(body: Body, on: date) -> list[Commitment]:
    """This will list the promises of current agreements that have not run out, each with `claimed`; needs the scope."""
    delivered = (
        standing_entries().filter(commitment=OuterRef("pk")).values("commitment").annotate(total=Sum("quantity"))
    )
    found = live_commitments(body).filter(agreement__state="current", agreement__withdrawn_at__isnull=True)
    found = found.filter(direction="benefit").annotate(
        last_day=Coalesce("ends_on", "agreement__ends_on"), claimed=Coalesce(Subquery(delivered.values("total")), ZERO)
    )
    found = found.filter(Q(last_day__isnull=True) | Q(last_day__gte=on))
    found = found.filter(Q(quantity__isnull=True) | Q(quantity__gt=F("claimed")))
    return list(found.select_related("agreement__provider", "measure").order_by("id"))


def left_of(commitment: Commitment) -> Decimal | None:
    """This will say how much of a promise is not claimed as delivered yet; None where it has no quantity."""
    if commitment.quantity is None:
        return None
    claimed = standing_entries().filter(commitment=commitment).aggregate(total=Sum("quantity"))["total"]
    return max(commitment.quantity - (claimed or Decimal(0)), Decimal(0))


def sides(commitments: Sequence[Commitment], left: Sequence[Decimal | None]) -> list[Side]:
    """This will give promises as one side of a match each."""
    places = [each.place_code or each.agreement.place_code for each in commitments]
    around = places_around(places)
    return [
        Side(
            words=f"{each.wording} {each.unit_words}", measure_id=each.measure.measure_id if each.measure else "",
            outcome_id=each.measure.outcome_id if each.measure else "", place_code=place,
            around=around.get(place, frozenset()), quantity=amount, unit=each.unit_words,
            starts_on=each.starts_on or each.agreement.starts_on, ends_on=each.ends_on or each.agreement.ends_on,
        )
        for each, amount, place in zip(commitments, left, places, strict=True)
    ]  # fmt: skip


def needs_for(commitment: Commitment) -> list[Fitting]:
    """This will list the open needs that a promise could meet, the best fit first; needs the body's scope."""
    return needs_that_fit(commitment.body, sides([commitment], [left_of(commitment)])[0])


def promises_for(need: Need, on: date) -> list[Could]:
    """This will list the running promises that could meet a need, the best fit first; needs the body's scope."""
    side = sides_of([need])[need.pk]
    running = running_promises(need.body, on)
    left = [None if each.quantity is None else each.quantity - each.claimed for each in running]  # type: ignore[attr-defined]
    found = []
    for each, amount, could in zip(running, left, sides(running, left), strict=True):
        fitting = fit(side, could)
        if fitting is not None:
            found.append(Could(each, amount, fitting))
    return sorted(found, key=lambda one: -one.fit.points)
