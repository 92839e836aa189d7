"""When something may be done to the strategy, the framework in force and the plan, in sentences people read."""

from __future__ import annotations

from datetime import date

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.base.templatetags.figures import long_date
from commonweal.frameworks.models import Edition, FrameworkInForce, StrategyNode
from commonweal.frameworks.queries import KINDS, RANKS, parents_allowed


class ChangedMeanwhile(NotPossible):
    """Someone else saved a change while this one was being written."""


class PlanTooLong(NotPossible):
    """The plan does not fit one A4 page."""


def check_dates_in_order(starts_on: date | None, ends_on: date | None) -> None:
    """This will refuse a last day before the first."""
    if starts_on and ends_on and ends_on < starts_on:
        raise NotPossible(
            f"The last day, {long_date(ends_on)}, is before the first, {long_date(starts_on)}. Change one of them."
        )


def check_version(node: StrategyNode, version: int) -> None:
    """This will refuse a change written against an earlier state than the one saved."""
    if node.version != version:
        raise ChangedMeanwhile(
            "Someone else changed this while you were writing, so nothing was saved. What they saved is shown above "
            "the form, and what you wrote is still in it. Put the two together, then save again."
        )


def check_parent(
    body: Body, kind: str, parent: StrategyNode | None, on: date, node: StrategyNode | None = None
) -> None:
    """This will refuse a place in the tree that is upside down, ended, or beneath the part itself."""
    if parent is None:
        return
    if RANKS[parent.kind] > RANKS[kind]:
        raise NotPossible(
            f"This is of the kind “{KINDS[kind]}”, which cannot stand under the kind “{KINDS[parent.kind]}”. "
            "Choose a part of the same kind or one above it."
        )
    if parent.pk not in {each.node.pk for each in parents_allowed(body, kind, on, node)}:
        raise NotPossible(
            f"Nothing can be put under “{parent.title}”: it has ended, or it stands beneath the part you are moving. "
            "Choose another place."
        )


def check_can_end(node: StrategyNode, ends_on: date, live_children: int) -> None:
    """This will refuse to end what has not begun, and what still carries parts that go on."""
    check_dates_in_order(node.starts_on, ends_on)
    if live_children:
        these = "1 part" if live_children == 1 else f"{live_children} parts"
        raise NotPossible(
            f"“{node.title}” still has {these} beneath it that would go on after {long_date(ends_on)}. "
            "End or move them first."
        )


def check_choice(edition: Edition, starts_on: date, earlier: FrameworkInForce | None) -> None:
    """This will refuse a framework that is already in force, and a start that would overlap an earlier choice."""
    if earlier is None:
        return
    since = long_date(earlier.starts_on)
    if earlier.edition_id == edition.pk:
        raise NotPossible(f"{edition.title}, version {edition.version}, has been chosen from {since} already.")
    if starts_on <= earlier.starts_on:
        raise NotPossible(
            f"Version {earlier.edition.version} of {edition.title} has been chosen from {since}. "
            "Choose a start after that day."
        )


def check_choice_can_end(choice: FrameworkInForce, ends_on: date) -> None:
    """This will refuse to end a choice twice, or before it begins."""
    if choice.ends_on is not None:
        raise NotPossible(f"{choice.edition.title} has an end already: {long_date(choice.ends_on)}.")
    check_dates_in_order(choice.starts_on, ends_on)


def check_plan_has_objectives(count: int) -> None:
    """This will refuse a plan that says nothing."""
    if count == 0:
        raise NotPossible("The plan has no objective in force. Add at least one objective to the strategy first.")


def check_plan_is_new(is_same: bool) -> None:
    """This will refuse to publish the same plan twice."""
    if is_same:
        raise NotPossible("Nothing has changed since the last published version. Change the strategy first.")


def check_plan_fits(language: str, pages: int) -> None:
    """This will refuse a plan of more than one A4 page; `language` is "English" or "Welsh"."""
    if pages != 1:
        raise PlanTooLong(
            f"The {language} plan takes {pages} pages, and a plan on a page has one. Shorten the words of the plan, "
            "its themes or its objectives, or leave fewer objectives in force."
        )
