"""Orders of the demonstration: one framework that two councils call off under their hub, reported by the provider."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from commonweal.base.queries import get_body
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery.orders import actions
from commonweal.delivery.queries import live_agreements, live_commitments
from commonweal.directory.actions import record_organisation
from commonweal.directory.queries import organisations, people_of_party

if TYPE_CHECKING:
    from commonweal.delivery.models import Agreement

BODY: Final = "alderbrook"
REFERENCE: Final = "TR-FW-01/2/A"
#: The other bodies that keep a record of the framework: a council that calls off, and the hub that bought nothing.
OTHERS: Final = ("aberwennol", "two-rivers")
#: (who bought, number, day, pounds, what for)
CALLED_OFF: Final = (
    ("alderbrook", "CO-2025-003", date(2025, 6, 12), "812400.00", "Lock Lane crossing"),
    ("aberwennol", "CO-2025-011", date(2025, 11, 3), "1190250.50", "Mill Bridge parapets"),
    ("alderbrook", "CO-2026-004", date(2026, 3, 27), "655000.00", "Quay footbridge"),
    ("aberwennol", "CO-2026-009", date(2026, 9, 18), "402349.50", "Culvert at Upper Wennol"),
)
#: What is promised each time something happens: how much, of what, when, and (number, day, how often, what was seen).
TRIGGER: Final = (
    Decimal(2), "days", "Days of paid work experience for young people who live by the works",
    "a road or footway stays closed for a second week",
)  # fmt: skip
HAPPENED: Final = (
    ("CLOSED-2025-Q3", date(2025, 9, 30), Decimal(1), "Lock Lane, closed for sixteen days"),
    ("CLOSED-2026-Q2", date(2026, 6, 30), Decimal(3), "Quay Street twice, and the towpath"),
)


def load_orders() -> None:
    """This will let both councils call off the hub's framework, each with a record of its own; once only."""
    body = get_body(BODY)
    with open_scope(body=body.pk):
        first = live_agreements(body).select_related("body", "party", "provider").filter(reference=REFERENCE).first()
        if first is None or first.provider is None or first.party is None:
            return
        formulas = list(live_commitments(body).filter(agreement=first, basis="per-spend").select_related("measure"))
        if not live_commitments(body).filter(agreement=first, basis="trigger").exists():
            _promise_on_a_trigger(first)
    bodies = {BODY: body} | {slug: get_body(slug) for slug in OTHERS}
    for slug in OTHERS:
        other = bodies[slug]
        with open_scope(body=other.pk):
            if live_agreements(other).filter(reference=REFERENCE).exists():
                return
            held = organisations(other).filter(party=first.party).first()
            provider = held or record_organisation(
                name=first.provider.name, form=first.provider.form, size=first.provider.size, org_id=first.party.org_id,
                body=other, by=None,
            )  # fmt: skip
            record = delivery.record_agreement(
                by=None, body=other, title="Oxlip Construction on lot 2 of the hub’s framework", channel="procurement",
                kind="works", level="provider", reference=REFERENCE, provider=provider, regime=first.regime,
                starts_on=first.starts_on, ends_on=first.ends_on,
            )  # fmt: skip
            for each in formulas:
                delivery.record_commitment(
                    by=None, agreement=record, measure=each.measure, wording=each.wording, unit=each.unit,
                    quantity=each.quantity, basis=each.basis, basis_words=each.basis_words, per_amount=each.per_amount,
                    rounding=each.rounding, position=each.position,
                )  # fmt: skip
    with open_scope(party=first.party_id):
        reporters = people_of_party(first.party)
        for buyer, number, day, pounds, what in CALLED_OFF if reporters else ():
            actions.report_order(
                by=reporters[0][0], agreement=first, ordered_by=bodies[buyer], kind="call-off", reference=number,
                dated_on=day, amount=Decimal(pounds), description=what,
            )  # fmt: skip


def _promise_on_a_trigger(agreement: Agreement) -> None:
    quantity, unit, wording, when = TRIGGER
    promise = delivery.record_commitment(
        by=None, agreement=agreement, wording=wording, unit=unit, quantity=quantity, basis="trigger", basis_words=when,
    )  # fmt: skip
    for number, day, times, seen in HAPPENED:
        actions.record_order(
            by=None, agreement=agreement, kind="trigger", reference=number, dated_on=day, happened=times,
            commitment=promise, description=seen,
        )  # fmt: skip
