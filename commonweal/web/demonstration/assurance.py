"""Claims of the demonstration: sent back, contested, waiting for a second officer, confirmed, denied, and a sample."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from commonweal.base.errors import NotPossible
from commonweal.base.queries import get_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.delivery.assurance import actions, queries
from commonweal.directory.queries import today

if TYPE_CHECKING:
    from commonweal.base.models import Person

BODY: Final = "alderbrook"
ASKED: Final = "The register ends in May and the report says June. Please send June, or the number up to May."
REFUSED: Final = "What was sent is about another site. We cannot tell what was delivered here."
CONTESTED: Final = "It is the same site under its old name. The last line says so."
PART: Final = "One session was cancelled for the storm, as the school's own calendar says."
RULE: Final = "Two pairs of eyes on what would be read out in committee"
ASSET: Final = ("14 Canal Row, AL2 7QX", "14 CANAL ROW AL2 7QX")
GROUPS: Final = (
    ("Millrace Primary School", "office@millrace-school.example", "all", "The children still talk about it."),
    ("Canalside Carers", "hello@canalside-carers.example", "some", "Fewer came than were signed up."),
    ("Fernlea Allotments", "plot9@fernlea-allotments.example", "none", "Nobody has been here this year."),
    ("Kiln Street Youth Club", "youth@kilnstreet.example", "", ""),
)
SAMPLE, SEED, DRAWN = "Internal audit of the year to date", "2 6 4 1 5", 12


def load_assurance() -> None:
    """This will give some claims of the invented council the life that claims have; once only."""
    body = get_body(BODY)
    with open_scope(body=body.pk):
        people = {role: person for person, roles in staff_of(body) for role in roles}
        officer, assurer, lead = (people.get(role) for role in ("contract-manager", "assurer", "lead"))
        if officer is None or assurer is None or lead is None or queries.samples(body):
            return
        actions.set_acceptance_rule(
            by=lead, body=body, value_above=Decimal(20_000), share_above=Decimal("0.75"), reason=RULE
        )
        waiting = list(queries.claims(body, state="waiting").order_by("recorded_at", "id")[:12])
        _decide(waiting[:4], officer)
        for entry, label in zip(waiting[4:6], ASSET, strict=False):
            actions.name_asset(by=officer, entry=entry, label=label)
        _ask(body, officer)
        _sample(body, assurer)
        year = today().year - (today().month < 4)
        actions.open_key_period(
            by=lead, body=body, name=f"{year} to {year + 1}", starts_on=date(year, 4, 1), ends_on=date(year + 1, 3, 31),
            expires_on=date(year + 1, 9, 30),
        )  # fmt: skip


def _decide(entries: list[Any], officer: Person) -> None:
    if len(entries) < 4:
        return
    asked, refused, part, first = entries
    actions.ask_for_changes(by=officer, entry=asked, words=ASKED)
    actions.refuse_claim(by=officer, entry=refused, words=REFUSED)
    if refused.recorded_by is not None:
        actions.contest(by=refused.recorded_by, entry=refused, words=CONTESTED)
    less = (part.quantity / 2).quantize(Decimal(1)) or part.quantity
    for entry, quantity in ((part, less), (first, first.quantity)):
        try:
            actions.accept_claim(
                by=officer, entry=entry, quantity=quantity, note=PART if quantity != entry.quantity else ""
            )
        except NotPossible:
            continue  # what this officer recorded with evidence that is still in quarantine waits


def _ask(body: Any, officer: Person) -> None:
    confirmable = queries.claims(body).filter(commitment__measure__confirmable=True).exclude(facts__kind="confirmed")
    for entry, (name, email, answer, comment) in zip(confirmable.order_by("-recorded_at", "-id"), GROUPS, strict=False):
        asked = actions.ask_to_confirm(by=officer, entry=entry, email=email, name=name, organisation=name)
        if answer == "some" and entry.quantity <= 1:
            answer = "all"
        if answer:
            quantity = (entry.quantity / 2).quantize(Decimal("0.1")) if answer == "some" else None
            actions.answer_confirmation(asked=asked, answer=answer, quantity=quantity, comment=comment)


def _sample(body: Any, assurer: Person) -> None:
    year = today() - timedelta(days=365)
    starts_on = date(year.year, year.month, 1)
    size = min(DRAWN, len(queries.population(body, starts_on, today(), None, ()).entries))
    if not size:
        return
    sample = actions.draw_sample(
        by=assurer, body=body, title=SAMPLE, starts_on=starts_on, ends_on=today(), size=size, seed=SEED
    )
    for place, item in enumerate(queries.items_of(sample)[: size * 2 // 3]):
        short = place % 5 == 3
        found = (item.entry.quantity * Decimal("0.8")).quantize(Decimal("0.01")) if short else item.entry.quantity
        actions.record_finding(by=assurer, item=item, found=found, note="Two names stand twice" if short else "")
