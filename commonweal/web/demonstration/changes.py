"""Changes of the demonstration: a substitution refused, a change made, a surplus credited under its clause, and the
outturn of a provider that failed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from commonweal.base.queries import get_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import record_clause
from commonweal.delivery.changes import actions, queries
from commonweal.delivery.changes.ranking import Award, Tenderer
from commonweal.delivery.queries import live_agreements, promise_table
from commonweal.directory.queries import people_of_party, today

if TYPE_CHECKING:
    from commonweal.base.models import Person

BODY: Final = "alderbrook"
INSOLVENT: Final = "AB-2024-005"
#: A contract with a clause of its own on credits, and how much of its surplus is credited.
CREDITED: Final = ("AB-2024-033", Decimal(200))


def load_changes() -> None:
    """This will change one contract of the invented council twice, credit another and close a third; once only."""
    body = get_body(BODY)
    with open_scope(body=body.pk):
        staff = [person for person, roles in staff_of(body) if {"contract-manager", "lead"} & set(roles)]
        closed = live_agreements(body).select_related("body", "party").filter(reference=INSOLVENT).first()
        if len(staff) < 2 or closed is None or queries.outturn_of(closed) is not None:
            return
        actions.close_agreement(
            by=staff[0], agreement=closed, how="insolvency", last_day=closed.ends_on or date(2025, 10, 17),
            why="The provider went into administration on 17 October 2025.",
            follows="A claim is lodged with the administrators. The trees and the hours are asked for anew in the interim "
            "contract; two starts for prison leavers are lost.",
        )  # fmt: skip
        _credited(live_agreements(body).select_related("body", "party").filter(reference=CREDITED[0]).first(), staff)
        running = live_agreements(body).filter(
            state="current", origin="made", level="agreement", party__isnull=False, ends_on__gt=today(),
            value__isnull=False,
        )  # fmt: skip
        for agreement in running.select_related("body", "party").order_by("-value", "id"):
            reporters = people_of_party(agreement.party) if agreement.party is not None else []
            rows = [
                row for row in promise_table(agreement, today()).rows
                if row.commitment.basis == "fixed" and row.commitment.measure and row.promised and not row.is_harm
                and row.delivered.claimed < row.promised
            ]  # fmt: skip
            if reporters and len(rows) > 1:
                _refused(agreement, rows[0], staff, reporters[0][0])
                _made(agreement, rows[1], staff, reporters[0][0])
                return


def _credited(agreement: Any, staff: list[Person]) -> None:
    if agreement is None:
        return
    record_clause(by=staff[0], agreement=agreement, source="by-hand", expiry_months=18, cap_percent=20)
    for row in promise_table(agreement, today()).rows:
        if queries.surplus_of(row.commitment) >= CREDITED[1] and queries.worth_now(row.commitment, CREDITED[1]):
            actions.earn_credit(
                by=staff[0], commitment=row.commitment, quantity=CREDITED[1],
                reason="Two engineers gave their Saturdays to the repair café. Credited at the review of October.",
            )  # fmt: skip
            return


def _scored(agreement: Any, by: Person) -> None:
    """Three tenderers, whose offers were marked for what they describe, so that a changed one is marked again by hand."""
    scores = (("Tenderer A", 36, 31, 8), ("Tenderer B", 34, 36, 16), ("Tenderer C", 40, 27, 8))
    won = agreement.value
    award = Award(
        points=Decimal(100), decimals=2, tie_rule="lower-price", price_weight=Decimal(40), quality_weight=Decimal(40),
        social_value_weight=Decimal(20), method="rubric",
        tenderers=tuple(
            Tenderer(
                label=label, price=(won * 34 / price).quantize(Decimal("0.01")), price_points=Decimal(price),
                quality_points=Decimal(quality), social_value_points=Decimal(social), awarded=label == "Tenderer B",
            )
            for label, price, quality, social in scores
        ),
    )  # fmt: skip
    edition = next(iter(queries.editions_promised(agreement)), "")
    actions.record_scores(
        by=by, agreement=agreement, award=award, edition=edition, source="the evaluation report", written_against=""
    )


def _refused(agreement: Any, row: Any, staff: list[Person], reporter: Person) -> None:
    _scored(agreement, staff[0])
    ground = _ground(agreement)
    change = actions.write_change(
        by=staff[0], agreement=agreement, kind="substitution", title="Another site for what is blocked",
        why="The yard where this would have been delivered was sold in September.", ground=ground,
        ground_words="Seen by the legal team.", takes_from_on=today(), ranking="no",
        ranking_reason="The winner was ahead by eleven points; this line carried two.",
    )  # fmt: skip
    actions.add_line(
        by=staff[0], change=change, kind="substitute", before=row.commitment, measure=row.commitment.measure,
        wording=f"{row.commitment.wording}, at another site", quantity_after=row.promised, place_code="",
        reason="The other site is two miles away.",
    )  # fmt: skip
    actions.rescore(
        by=staff[0], change=change, social_value_points=Decimal(14),
        why="Two of the panel marked it again: as much, and further from the estate it was meant for.",
    )  # fmt: skip
    change.refresh_from_db()
    actions.propose(by=staff[0], change=change, written_against=change.version)
    actions.answer(
        by=reporter, change=change, agrees=False, written_against=change.version + 1,
        words="We have nobody at that site who could train them. We would rather find another yard by March.",
    )  # fmt: skip


def _made(agreement: Any, row: Any, staff: list[Person], reporter: Person) -> None:
    change = actions.write_change(
        by=staff[0], agreement=agreement, kind="change", title="More for a longer winter", why="A winter service was added.",
        ground=_ground(agreement), ground_words="Seen by the legal team.", takes_from_on=today(),
        value_after=(agreement.value * Decimal("1.02")).quantize(Decimal("0.01")), cost_before=Decimal("18000.00"),
        cost_after=Decimal("19500.00"), ranking="no", ranking_reason="Every bid would have grown alike.",
    )  # fmt: skip
    actions.add_line(
        by=staff[0], change=change, kind="increase", before=row.commitment, quantity_after=row.promised + 1
    )
    actions.sign_off(by=staff[0], change=change, may_be_made=True, words="Two per cent; the scope stays the same.")
    change.refresh_from_db()
    actions.propose(by=staff[0], change=change, written_against=change.version)
    actions.answer(by=reporter, change=change, agrees=True, words="", written_against=change.version + 1)
    actions.decide(
        by=staff[1], change=change, approves=True, words="Agreed at the October review.",
        written_against=change.version + 2,
    )  # fmt: skip
    actions.make_change(by=staff[0], change=change, written_against=change.version + 3)


def _ground(agreement: Any) -> str:
    grounds = queries.regime_of(agreement).grounds
    return next((each.id for each in grounds if each.id in ("not-substantial", "both-agree")), grounds[0].id)
