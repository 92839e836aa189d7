"""What may be done with opportunities and their ask lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Required, TypedDict, Unpack

from commonweal.asks import policies
from commonweal.asks.models import AskLine, Opportunity, OpportunityClause
from commonweal.asks.queries import asked_from, clause_of, lines_of
from commonweal.base.actions import record_event
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.directory.models import Department
from commonweal.directory.queries import place_on
from commonweal.engine.clauses import standard_clause
from commonweal.frameworks.models import Measure, StrategyNode
from commonweal.frameworks.queries import editions_in_force, today

#: The reason on record where an agreement was made and nobody had asked for anything.
AGREED_UNASKED = "An agreement was recorded before any social value was asked for."


class OpportunityFacts(TypedDict, total=False):
    """What is said of an opportunity, besides its channel. `value` is in GBP including VAT."""

    title: Required[str]
    summary: str
    kind: str
    department: Department | None
    value: Decimal | None
    regime: str
    commenced_on: date | None
    starts_on: date | None
    ends_on: date | None
    extension_months: int
    cpv: str
    level: str
    weighting_percent: Decimal | None
    weighting_reason: str
    place_code: str
    contact: Person | None


class LineFacts(TypedDict, total=False):
    """What is said of a line, besides its measure; no quantity means that the offer is open."""

    quantity: Decimal | None
    starts_on: date | None
    ends_on: date | None
    place_code: str
    place_role: str
    objective: StrategyNode | None
    note: str


def record_opportunity(
    *, by: Person | None, body: Body, channel: str, **facts: Unpack[OpportunityFacts]
) -> Opportunity:  # fmt: skip
    """This will record something the body plans to buy, grant, lend, transfer or permit; raises NotPossible."""
    opportunity = Opportunity(body=body, channel=channel, **facts)
    _check_facts(opportunity)
    opportunity.save()
    record_event(
        action="asks.opportunity.recorded", subject=_subject(opportunity), by=by, body=body, channel=channel,
        value=opportunity.value, level=opportunity.level,
    )  # fmt: skip
    return opportunity


def change_opportunity(
    *, by: Person, opportunity: Opportunity, version: int, **facts: Unpack[OpportunityFacts]
) -> Opportunity:  # fmt: skip
    """This will change what is said of an opportunity; what is not given stays.

    `version` is the one the change was written against. Raises ChangedMeanwhile when it has moved on since, and
    NotPossible.
    """
    held = _locked(opportunity)
    policies.check_version(held, version)
    policies.check_open(held)
    changed = _laid_over(held, facts)
    if not changed:
        return held
    _check_facts(held)
    _save(held, *changed)
    record_event(
        action="asks.opportunity.changed", subject=_subject(held), by=by, body=held.body, changed=changed
    )  # fmt: skip
    return held


def set_state(*, by: Person | None, opportunity: Opportunity, state: str, reason: str = "") -> Opportunity:
    """This will take an opportunity one step on: asked, agreed or withdrawn; raises NotPossible.

    A withdrawal needs a reason, and so does going on without asking for anything.
    """
    held = _locked(opportunity)
    reason, lines = reason.strip(), len(lines_of(held))
    policies.check_step(held, state, lines=lines, reason=reason)
    held.state = state
    _save(held, "state")
    record_event(
        action=f"asks.opportunity.{state}", subject=_subject(held), by=by, body=held.body, lines=lines, reason=reason
    )
    return held


def note_agreement(*, by: Person | None, opportunity: Opportunity) -> Opportunity:
    """This will take an opportunity to agreed because an agreement came of it, a step at a time.

    One that is agreed already stays so: several agreements may come of one opportunity. Raises NotPossible for one
    that was withdrawn.
    """
    held = _locked(opportunity)
    policies.check_not_withdrawn(held)
    reason = "" if lines_of(held) else AGREED_UNASKED
    while (state := policies.next_state(held)) is not None:
        held = set_state(by=by, opportunity=held, state=state, reason=reason)
    return held


def add_ask_line(
    *, by: Person | None, opportunity: Opportunity, measure: Measure, **facts: Unpack[LineFacts]
) -> AskLine:  # fmt: skip
    """This will ask for something in an opportunity, by a measure in force when it commences; raises NotPossible."""
    held = _locked(opportunity)
    policies.check_open(held)
    on = asked_from(held, today())
    policies.check_measure_in_force(measure, editions_in_force(held.body, on), on)
    line = AskLine(body=held.body, opportunity=held, measure=measure, **facts)
    _check_line(line)
    line.save()
    record_event(
        action="asks.line.added", subject=_subject(held), by=by, body=held.body, line=line.public_id,
        measure=measure.measure_id, quantity=line.quantity,
        objective=line.objective.public_id if line.objective else None,
    )  # fmt: skip
    return line


def change_ask_line(*, by: Person, line: AskLine, **facts: Unpack[LineFacts]) -> AskLine:
    """This will change how much a line asks for, when, where or for which objective; raises NotPossible."""
    held = _locked(line.opportunity)
    policies.check_open(held)
    line.refresh_from_db(fields=["removed_at"])
    policies.check_not_removed(line)
    changed = _laid_over(line, facts)
    if not changed:
        return line
    _check_line(line)
    line.save(update_fields=list(changed))
    record_event(
        action="asks.line.changed", subject=_subject(held), by=by, body=held.body, line=line.public_id,
        measure=line.measure.measure_id, changed=changed,
    )  # fmt: skip
    return line


def remove_ask_line(*, by: Person, line: AskLine) -> AskLine:
    """This will take a line out of an ask; it stays on record. Raises NotPossible."""
    held = _locked(line.opportunity)
    policies.check_open(held)
    line.refresh_from_db(fields=["removed_at"])
    policies.check_not_removed(line)
    line.removed_at = database_now()
    line.save(update_fields=["removed_at"])
    record_event(
        action="asks.line.removed", subject=_subject(held), by=by, body=held.body, line=line.public_id,
        measure=line.measure.measure_id,
    )  # fmt: skip
    return line


def offer_clause(
    *, by: Person, opportunity: Opportunity, version: int, expiry_months: int, cap_percent: int
) -> OpportunityClause:  # fmt: skip
    """This will offer the standard change-and-credit clause in an ask, with its figures; what stood stays on record.

    `version` is the opportunity's, against which this was written. Raises ChangedMeanwhile and NotPossible.
    """
    held = _held_for_clause(opportunity, version)
    clause = standard_clause()
    policies.check_clause_figures(clause, {"expiry_months": expiry_months, "cap_percent": cap_percent})
    before = clause_of(held)
    if before and (before.version, before.expiry_months, before.cap_percent) == (
        clause.version, expiry_months, cap_percent
    ):  # fmt: skip
        return before
    _end_clause(before)
    made = OpportunityClause.objects.create(
        body=held.body, opportunity=held, kind=clause.id, version=clause.version, expiry_months=expiry_months,
        cap_percent=cap_percent, chosen_by=by,
    )  # fmt: skip
    _save(held)
    record_event(
        action="asks.clause.offered", subject=_subject(held), by=by, body=held.body, kind=clause.id,
        version=clause.version, expiry_months=expiry_months, cap_percent=cap_percent,
    )  # fmt: skip
    return made


def leave_clause_out(*, by: Person, opportunity: Opportunity, version: int) -> None:
    """This will offer no change-and-credit clause any more; what stood stays on record. Raises ChangedMeanwhile."""
    held = _held_for_clause(opportunity, version)
    before = clause_of(held)
    if before is None:
        return
    _end_clause(before)
    _save(held)
    record_event(
        action="asks.clause.left_out", subject=_subject(held), by=by, body=held.body, kind=before.kind
    )  # fmt: skip


def _held_for_clause(opportunity: Opportunity, version: int) -> Opportunity:
    held = _locked(opportunity)
    policies.check_version(held, version)
    policies.check_open(held)
    return held


def _end_clause(clause: OpportunityClause | None) -> None:
    if clause is not None:
        clause.removed_at = database_now()
        clause.save(update_fields=["removed_at"])


def _subject(opportunity: Opportunity) -> str:
    return f"asks.opportunity:{opportunity.public_id}"


def _locked(opportunity: Opportunity) -> Opportunity:
    """This will read an opportunity as it is now and hold it until this transaction ends."""
    return Opportunity.objects.select_for_update(of=("self",)).select_related("body").get(pk=opportunity.pk)


def _save(opportunity: Opportunity, *changed: str) -> None:
    opportunity.version += 1
    opportunity.save(update_fields=[*changed, "version"])


def _laid_over(row: Opportunity | AskLine, facts: OpportunityFacts | LineFacts) -> dict[str, list[Any]]:
    """This will lay facts over a row and answer what that changed: names to what it was and what it is, by ids."""
    changed = {}
    for name, value in facts.items():
        was = getattr(row, name)
        if was != value:
            setattr(row, name, value)
            changed[name] = [_recorded(was), _recorded(value)]
    return changed


def _recorded(value: Any) -> Any:
    """This will give what the record may hold of a value: a pseudonym for a person, an outward id for a row."""
    if isinstance(value, Person):
        return value.pseudonym
    return getattr(value, "public_id", value)


def _check_facts(opportunity: Opportunity) -> None:
    policies.check_period(opportunity.starts_on, opportunity.ends_on)
    policies.check_value(opportunity.value)
    policies.check_weighting(opportunity.weighting_percent, opportunity.weighting_reason.strip())
    policies.check_extension(opportunity.extension_months)
    policies.check_cpv(opportunity.cpv)
    if opportunity.place_code:
        place_on(opportunity.place_code, opportunity.starts_on or asked_from(opportunity, today()))


def _check_line(line: AskLine) -> None:
    policies.check_quantity(line.quantity)
    policies.check_period(line.starts_on, line.ends_on)
    policies.check_objective(line.body, line.objective)
    if line.place_code:
        on = line.starts_on or line.opportunity.starts_on or asked_from(line.opportunity, today())
        place_on(line.place_code, on)
