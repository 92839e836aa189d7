"""When something may be done to an opportunity or a line; each rule's sentence is what a person reads."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from commonweal.asks.models import AskLine, Opportunity
from commonweal.asks.vocabulary import STATES
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.base.templatetags.figures import long_date
from commonweal.engine.clauses import StandardClause
from commonweal.frameworks.models import Edition, Measure, StrategyNode
from commonweal.money import PENNY, QUANTITY_PLACES

#: One table of states; `docs/reference/states.md` is drawn from it.
OPPORTUNITY_STATES: dict[str, tuple[str, ...]] = {
    "planned": ("asked", "withdrawn"),
    "asked": ("agreed", "withdrawn"),
    "agreed": (),
    "withdrawn": (),
}

LARGEST_QUANTITY = Decimal(10) ** 13
LARGEST_VALUE = Decimal(10) ** 14
LONGEST_EXTENSION = 240


class ChangedMeanwhile(NotPossible):
    """Someone else saved a change while this one was being written."""


def next_state(opportunity: Opportunity) -> str | None:
    """This will give the state that comes next on the line, or nothing where it has come to its end."""
    return next((state for state in OPPORTUNITY_STATES[opportunity.state] if state != "withdrawn"), None)


def is_open(opportunity: Opportunity) -> bool:
    """This will say whether an opportunity can still go on, so that what it asks for may change."""
    return bool(OPPORTUNITY_STATES[opportunity.state])


def check_open(opportunity: Opportunity) -> None:
    """This will refuse work on what was agreed or withdrawn."""
    if not is_open(opportunity):
        words = dict(STATES)[opportunity.state].lower()
        raise NotPossible(f"“{opportunity.title}” is {words}, so it stays as it is. Record a new opportunity instead.")


def check_not_withdrawn(opportunity: Opportunity) -> None:
    """This will refuse an agreement that comes of what was withdrawn."""
    if opportunity.state == "withdrawn":
        raise NotPossible(f"“{opportunity.title}” was withdrawn, so no agreement can come of it. Choose another.")


def check_step(opportunity: Opportunity, state: str, *, lines: int, reason: str) -> None:
    """This will refuse a state that does not follow, and a step that needs its reason and has none."""
    check_open(opportunity)
    if state not in OPPORTUNITY_STATES[opportunity.state]:
        words = dict(STATES)
        follows = " or ".join(words[each].lower() for each in OPPORTUNITY_STATES[opportunity.state])
        raise NotPossible(f"What is {words[opportunity.state].lower()} can only become {follows}.")
    if state == "withdrawn" and not reason:
        raise NotPossible("Say why it is withdrawn.")
    if state != "withdrawn" and not lines and not reason:
        raise NotPossible("Nothing is asked for yet. Add an ask first, or say why no social value is asked for here.")


def check_version(opportunity: Opportunity, version: int) -> None:
    """This will refuse a change written against an earlier state than the one saved."""
    if opportunity.version != version:
        raise ChangedMeanwhile(
            "Someone else changed this while you were writing, so nothing was saved. What they saved is shown above "
            "the form, and what you wrote is still in it. Put the two together, then save again."
        )


def check_period(starts_on: date | None, ends_on: date | None) -> None:
    """This will refuse a period that ends before it starts."""
    if starts_on and ends_on and ends_on < starts_on:
        raise NotPossible(
            f"The end, {long_date(ends_on)}, is before the start, {long_date(starts_on)}. Change one of them."
        )


def check_value(value: Decimal | None) -> None:
    """This will refuse a value in GBP that is negative, not whole pence, or too large to keep exactly."""
    if value is None:
        return
    if not value.is_finite():
        raise NotPossible("The value is not a number.")
    if value < 0:
        raise NotPossible("A value cannot be less than zero.")
    if value >= LARGEST_VALUE:
        raise NotPossible("The value is too large. Check the number.")
    if value != value.quantize(PENNY):
        raise NotPossible("Give the value in pounds and whole pence.")


def check_weighting(percent: Decimal | None, reason: str) -> None:
    """This will refuse a weighting outside 0 to 100, finer than two decimal places, or without its reason."""
    if percent is None:
        return
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise NotPossible("A weighting is between 0 and 100 per cent of the marks.")
    if percent != percent.quantize(PENNY):
        raise NotPossible("A weighting has at most two decimal places.")
    if not reason:
        raise NotPossible("Say why social value has this weighting here: bidders and auditors will ask.")


def check_extension(months: int) -> None:
    """This will refuse an extension below nothing or beyond what anybody agrees to."""
    if not 0 <= months <= LONGEST_EXTENSION:
        raise NotPossible(f"An extension is between 0 and {LONGEST_EXTENSION} months.")


def check_cpv(code: str) -> None:
    """This will refuse what is not a code of the Common Procurement Vocabulary."""
    if code and not re.fullmatch(r"[0-9]{8}(-[0-9])?", code):
        raise NotPossible("A CPV code has eight digits, such as 45233120, and may end in a dash and a check digit.")


def check_quantity(quantity: Decimal | None) -> None:
    """This will refuse a quantity that is negative, not finite, too fine or too large to keep exactly."""
    if quantity is None:
        return
    if not quantity.is_finite():
        raise NotPossible("The quantity is not a number.")
    if quantity < 0:
        raise NotPossible("A quantity cannot be less than zero.")
    if quantity >= LARGEST_QUANTITY:
        raise NotPossible("The quantity is too large. Check the number and its unit.")
    if quantity != quantity.quantize(QUANTITY_PLACES):
        raise NotPossible("A quantity has at most six decimal places.")


def check_clause_figures(clause: StandardClause, figures: Mapping[str, int]) -> None:
    """This will refuse a figure of a clause that its wording does not allow."""
    for id, number in figures.items():
        figure = clause.figure(id)
        if not figure.least <= number <= figure.most:
            raise NotPossible(f"“{figure.label}” is between {figure.least} and {figure.most}.")


def check_measure_in_force(measure: Measure, editions: Collection[Edition], on: date) -> None:
    """This will refuse a measure of an edition that the body does not use on the day."""
    if measure.edition_id not in {edition.pk for edition in editions}:
        raise NotPossible(
            f"“{measure.title}” is of {measure.edition.title}, version {measure.edition.version}, which is not in use "
            f"here on {long_date(on)}. Choose a measure of a framework in use."
        )


def check_not_removed(line: AskLine) -> None:
    """This will refuse work on a line that somebody took out of the ask meanwhile."""
    if line.removed_at is not None:
        raise NotPossible("Someone took this out of the ask. Go back to the opportunity to see what it asks for now.")


def check_objective(body: Body, objective: StrategyNode | None) -> None:
    """This will refuse an objective of another body, or a part of the strategy that is not an objective."""
    if objective is None:
        return
    if objective.body_id != body.pk or objective.kind != "objective":
        raise NotPossible(f"“{objective.title}” is not an objective. An ask serves an objective of the strategy.")
