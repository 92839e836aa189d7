"""When something may be done to the strategy, the framework in force and the plan, in sentences people read."""

from __future__ import annotations

from datetime import date

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.base.templatetags.figures import long_date
from commonweal.engine import model as rules
from commonweal.frameworks.models import Edition, FrameworkInForce, LicensedWorkbook, Measure, Overlay, StrategyNode
from commonweal.frameworks.queries import (
    KINDS,
    RANKS,
    editions,
    is_catalogue_framework,
    is_edition_used,
    overlays_of,
    own_editions,
    parents_allowed,
)


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


def check_overlay_is_draft(overlay: Overlay, saves: int | None = None) -> None:
    """This will refuse to change a layer that was published or given up, or that somebody saved meanwhile."""
    if overlay.edition_id is not None:
        raise NotPossible(
            f"Version {overlay.version} of {overlay.title} is published, and what is published is never changed. "
            "Begin its next version."
        )
    if overlay.discarded_at is not None:
        raise NotPossible(f"This draft of {overlay.title} was given up. Begin another.")
    if saves is not None and overlay.saves != saves:
        raise ChangedMeanwhile(
            "Someone else changed this framework while you were writing, so nothing was saved. What you wrote is still "
            "in the form: look at the list of changes, then save again."
        )


def check_no_draft(draft: Overlay | None) -> None:
    """This will refuse to begin a second draft of one framework."""
    if draft is not None:
        raise NotPossible(
            f"A draft of {draft.title}, version {draft.version}, is being written already. Publish it or give it up first."
        )


def check_overlay_changes_something(changes: int) -> None:
    """This will refuse to publish a layer that says nothing."""
    if changes == 0:
        raise NotPossible("Nothing is changed yet, so the base itself can be used. Change something first.")


def check_workbook_is_open(workbook: LicensedWorkbook) -> None:
    """This will refuse to read or change a workbook that was refused, published or undone."""
    if workbook.state not in ("waiting", "read"):
        raise NotPossible("This workbook was dealt with already. Choose the file again to bring it in anew.")


def check_workbook_can_be_published(workbook: LicensedWorkbook) -> None:
    """This will refuse to publish what is not read, not stated, or empty."""
    check_workbook_is_open(workbook)
    if workbook.state == "waiting":
        raise NotPossible("The workbook is still being read. Wait a moment, then look again.")
    if not workbook.stated:
        raise NotPossible("Say first what no workbook says: its licence, its prices, what is already taken off.")
    if workbook.document is None:
        raise NotPossible("No row was accepted, so there is no framework. See why, or change the columns.")


def check_workbook_can_be_undone(workbook: LicensedWorkbook) -> None:
    """This will refuse to undo what was not published."""
    if workbook.state != "published":
        raise NotPossible("It was not published, so there is nothing to undo.")


def check_crosswalk_version(held: int, saves: int) -> None:
    """This will refuse a change of a crosswalk written against an earlier state than the one saved."""
    if held != saves:
        raise ChangedMeanwhile(
            "Someone else changed this crosswalk while you were writing, so nothing was saved. What you wrote is still "
            "in the form: look at the matches, then save again."
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


def check_own_edition(body: Body, edition: rules.Edition) -> None:
    """This will refuse an edition that would be taken for another, that nothing can be counted by, or that is too long."""
    check_own_name(edition.framework_id)
    check_version_is_free(body, edition.reference)
    if not edition.measures:
        raise NotPossible("It has no measure, so nothing could be asked for or counted by it. Add at least one.")
    _check_kept(Edition, edition.reference, framework_id=edition.framework_id, version=edition.version,
                title=edition.title, title_cy=edition.title_cy)  # fmt: skip
    for theme in edition.themes:
        for outcome in theme.outcomes:
            for each in outcome.measures:
                _check_kept(Measure, each.code, measure_id=each.id, code=each.code, title=each.title,
                            title_cy=each.title_cy, unit=each.unit, theme_id=theme.id, outcome_id=outcome.id)  # fmt: skip


def check_version_is_free(body: Body, reference: str) -> None:
    """This will refuse the name and version of an edition that the body has published."""
    if reference in {each.reference for each in own_editions(body)}:
        raise NotPossible(
            f"{reference} is published already, and what is published is never changed. Give it another version."
        )


def check_title_is_free(body: Body, title: str, version: str, framework_id: str) -> None:
    """This will refuse a title and version that a framework of another short name has, so that no list has two alike."""
    named = _as_compared(title, version)
    taken = [(each.title, each.version, each.framework_id) for each in editions()]
    taken += [(each.title, each.version, each.framework_id) for each in overlays_of(body)]
    for other_title, other_version, other_id in taken:
        if other_id != framework_id and _as_compared(other_title, other_version) == named:
            raise NotPossible(
                f"“{other_title}”, version {other_version}, is the name of another framework ({other_id}). "
                "Give yours another name or version, so that nobody takes one for the other."
            )


def _as_compared(title: str, version: str) -> tuple[str, str]:
    return " ".join(title.casefold().split()), version.casefold()


def check_words_fit(framework_id: str, version: str, title: str) -> None:
    """This will refuse a short name, version or title longer than can be kept."""
    _check_kept(Edition, title, framework_id=framework_id, version=version, title=title)


def check_own_name(framework_id: str) -> None:
    """This will refuse the name of a framework of the catalogue for one of the body's own."""
    if is_catalogue_framework(framework_id):
        raise NotPossible(
            f"“{framework_id}” is the short name of a framework that everybody has. Give yours one of its own."
        )


def _check_kept(table: type[Edition | Measure], named: str, **texts: str) -> None:
    for name, text in texts.items():
        longest = getattr(table._meta.get_field(name), "max_length", None)
        if longest is not None and len(text) > longest:
            what = name.replace("_id", "").replace("_cy", " in Welsh")
            raise NotPossible(
                f"The {what} of “{named[:60]}” has {len(text)} characters, and at most {longest} are kept. Shorten it."
            )


def check_edition_can_be_withdrawn(edition: Edition) -> None:
    """This will refuse to take back an edition of the catalogue, or one that was used or taken back already."""
    if edition.body_id is None:
        raise NotPossible(f"{edition.title} is not your own, so it cannot be taken back.")
    if edition.withdrawn_at is not None:
        raise NotPossible(f"{edition.title}, version {edition.version}, was taken back already.")
    if is_edition_used(edition):
        raise NotPossible(
            f"{edition.title}, version {edition.version}, has been in use, and what was asked and promised by it stays. "
            "Stop using it instead."
        )


def check_choice(edition: Edition, starts_on: date, earlier: FrameworkInForce | None) -> None:
    """This will refuse a framework that is already in force, and a start that would overlap an earlier choice."""
    if edition.withdrawn_at is not None:
        raise NotPossible(f"{edition.title}, version {edition.version}, was taken back. Choose another.")
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
