"""What may be done in frameworks: load, publish and choose editions, shape the strategy, publish the plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from commonweal.base.actions import record_event, store_file
from commonweal.base.errors import NotPossible
from commonweal.base.files import check_holds_table
from commonweal.base.jobs import defer_job
from commonweal.base.models import Body, Person
from commonweal.base.pdf import pages_in
from commonweal.base.queries import database_now
from commonweal.directory.models import Department
from commonweal.engine import catalogue
from commonweal.engine import model as rules
from commonweal.engine import overlay_model as overlay_rules
from commonweal.engine.crosswalk import Crosswalk
from commonweal.engine.model import PRIVATE
from commonweal.engine.overlay import apply_overlay
from commonweal.engine.overlay_file import overlay_text
from commonweal.frameworks.crosswalks import written
from commonweal.frameworks.models import (
    Edition,
    FrameworkInForce,
    LicensedWorkbook,
    Measure,
    NodeOutcome,
    Overlay,
    OwnCrosswalk,
    PlanVersion,
    SavedColumns,
    StrategyNode,
    WorkbookRow,
)
from commonweal.frameworks.pdf import plan_pdf
from commonweal.frameworks.plan import LANGUAGES, objectives_in
from commonweal.frameworks.policies import (
    check_can_end,
    check_choice,
    check_choice_can_end,
    check_crosswalk_version,
    check_dates_in_order,
    check_edition_can_be_withdrawn,
    check_no_draft,
    check_overlay_changes_something,
    check_overlay_is_draft,
    check_own_edition,
    check_own_name,
    check_parent,
    check_plan_fits,
    check_plan_has_objectives,
    check_plan_is_new,
    check_title_is_free,
    check_version,
    check_version_is_free,
    check_words_fit,
    check_workbook_can_be_published,
    check_workbook_can_be_undone,
    check_workbook_is_open,
)
from commonweal.frameworks.queries import (
    CrosswalkPair,
    draft_content,
    draft_of,
    latest_plan,
    layer_of,
    next_plan_number,
    outcomes_known,
    read_plan,
    siblings_of,
    today,
)
from commonweal.frameworks.workbooks import Reading, edition_from


def _one_at_a_time(what: str) -> None:
    """This will make whoever else does the same thing wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"frameworks {what}"])


# --- editions ---------------------------------------------------------------------------------------------------


class EditionRepublished(RuntimeError):
    """An edition that is loaded already comes again with other content under the same version."""


def load_editions() -> list[str]:
    """This will load every edition of the catalogue that is not loaded yet, as the owner role; safe to run again.

    Answers the references of those it loaded, such as `open-measures@1.0`. Raises EditionRepublished, having loaded
    nothing, when the catalogue holds other content under a version that is loaded.
    """
    with transaction.atomic():
        _one_at_a_time("editions")
        references = [
            f"{framework_id}@{version}"
            for framework_id in catalogue.framework_ids()
            for version in catalogue.editions(framework_id)
        ]
        return [reference for reference in references if load_edition(edition=catalogue.load_edition(reference))]


def load_edition(*, edition: rules.Edition) -> bool:
    """This will load one edition and its measures, as the owner role; answers whether it is new here.

    Raises EditionRepublished when it is loaded already with other content.
    """
    found = Edition.objects.filter(framework_id=edition.framework_id, version=edition.version, body__isnull=True)
    held = found.only("content_hash").first()
    if held:
        if held.content_hash != edition.content_hash:
            raise EditionRepublished(
                f"{edition.reference} is loaded already with other content. An edition is never changed once loaded: "
                "give the changed one a new version number."
            )
        return False
    with transaction.atomic():
        row = _keep(edition, body=None)
        record_event(
            action="frameworks.edition.loaded", subject=f"frameworks.edition:{row.public_id}", by=None, body=None,
            reference=edition.reference, content_hash=edition.content_hash, measures=len(edition.measures),
        )  # fmt: skip
    return True


def _keep(edition: rules.Edition, *, body: Body | None) -> Edition:
    """This will write an edition and its measures as rows: of the catalogue, or of one body."""
    is_private = edition.licence == PRIVATE
    row = Edition.objects.create(
        body=body, framework_id=edition.framework_id, version=edition.version, title=edition.title,
        title_cy=edition.title_cy, content=edition.to_json(), content_hash=edition.content_hash, is_private=is_private,
    )  # fmt: skip
    places = [
        (theme, outcome, measure)
        for theme in edition.themes
        for outcome in theme.outcomes
        for measure in outcome.measures
    ]
    Measure.objects.bulk_create(
        Measure(
            body=body, edition=row, measure_id=measure.id, code=measure.code, title=measure.title,
            title_cy=measure.title_cy, unit=measure.unit, direction=measure.direction, figure=measure.figure,
            theme_id=theme.id, outcome_id=outcome.id, confirmable=bool(measure.confirmable_by), position=position,
            is_private=is_private or measure.is_licensed,
        )
        for position, (theme, outcome, measure) in enumerate(places, start=1)
    )  # fmt: skip
    return row


def publish_own_edition(*, body: Body, by: Person, edition: rules.Edition) -> Edition:
    """This will publish an edition of the body's own, for it alone to choose; it is never changed afterwards.

    Raises NotPossible for the name of a framework of the catalogue, a version that is published already, an edition
    without measures, or words longer than can be kept.
    """
    _one_at_a_time(f"own editions {body.pk}")
    check_own_edition(body, edition)
    row = _keep(edition, body=body)
    record_event(
        action="frameworks.edition.published", subject=f"frameworks.edition:{row.public_id}", by=by, body=body,
        reference=edition.reference, content_hash=edition.content_hash, measures=len(edition.measures),
        private=row.is_private,
    )  # fmt: skip
    return row


def withdraw_edition(*, body: Body, by: Person, edition: Edition) -> None:
    """This will take an edition of the body's own out of every list, as long as it was never used. Raises NotPossible."""
    _one_at_a_time(f"choices {body.pk}")
    check_edition_can_be_withdrawn(edition)
    edition.withdrawn_at = database_now()
    edition.save(update_fields=["withdrawn_at"])
    record_event(
        action="frameworks.edition.withdrawn", subject=f"frameworks.edition:{edition.public_id}", by=by, body=body,
        reference=edition.reference,
    )  # fmt: skip


# --- layers of a body's own ------------------------------------------------------------------------------------------


def begin_overlay(*, body: Body, by: Person, base: Edition, overlay: overlay_rules.Overlay) -> Overlay:
    """This will begin a draft of a framework of the body's own, laid on an edition. Raises NotPossible."""
    _one_at_a_time(f"overlays {body.pk}")
    check_own_name(overlay.framework_id)
    check_no_draft(draft_of(body, overlay.framework_id))
    _check_named(body, overlay)
    held = Overlay.objects.create(
        body=body, base=base, framework_id=overlay.framework_id, version=overlay.version, title=overlay.title,
        text=overlay_text(overlay), started_by=by,
    )  # fmt: skip
    record_event(
        action="frameworks.overlay.begun", subject=_overlay_subject(held), by=by, body=body, base=base.reference,
        framework=held.framework_id, version=held.version, changes=len(overlay.changes),
    )  # fmt: skip
    return held


def change_overlay(
    *, body: Body, by: Person, overlay: Overlay, saves: int, made: overlay_rules.Overlay, changed: str
) -> None:
    """This will save a draft as it stands after a change; `changed` names the change in the record.

    `saves` is what its form was made from. Raises ChangedMeanwhile and NotPossible.
    """
    _one_at_a_time(f"overlays {body.pk}")
    held = Overlay.objects.get(pk=overlay.pk)
    check_overlay_is_draft(held, saves)
    _check_named(body, made)
    held.version, held.title, held.text, held.saves = made.version, made.title, overlay_text(made), held.saves + 1
    held.save(update_fields=["version", "title", "text", "saves"])
    record_event(
        action="frameworks.overlay.changed", subject=_overlay_subject(held), by=by, body=body, changed=changed,
        changes=len(made.changes),
    )  # fmt: skip


def move_overlay(
    *, body: Body, by: Person, overlay: Overlay, saves: int, base: Edition, made: overlay_rules.Overlay,
    settled: Mapping[str, str],
) -> Overlay:  # fmt: skip
    """This will bring a layer to a later edition of its base: a draft where it stands, a published one as its next draft.

    `settled` names each conflict and what was chosen, for the record. Raises ChangedMeanwhile and NotPossible.
    """
    _one_at_a_time(f"overlays {body.pk}")
    held = Overlay.objects.get(pk=overlay.pk)
    _check_named(body, made)
    if held.edition_id is None:
        check_overlay_is_draft(held, saves)
        held.base, held.version, held.text, held.saves = base, made.version, overlay_text(made), held.saves + 1
        held.save(update_fields=["base", "version", "text", "saves"])
    else:
        check_no_draft(draft_of(body, held.framework_id))
        held = Overlay.objects.create(
            body=body, base=base, framework_id=made.framework_id, version=made.version, title=made.title,
            text=overlay_text(made), started_by=by,
        )  # fmt: skip
    record_event(
        action="frameworks.overlay.moved", subject=_overlay_subject(held), by=by, body=body, base=base.reference,
        version=made.version, settled=dict(settled),
    )  # fmt: skip
    return held


def publish_overlay(*, body: Body, by: Person, overlay: Overlay, saves: int) -> Edition:
    """This will publish a draft as an edition of the body's own; neither is changed afterwards. Raises NotPossible."""
    _one_at_a_time(f"overlays {body.pk}")
    held = Overlay.objects.select_related("base").get(pk=overlay.pk)
    check_overlay_is_draft(held, saves)
    base, layer = layer_of(held)
    check_overlay_changes_something(len(layer.changes))
    edition = publish_own_edition(body=body, by=by, edition=apply_overlay(base, replace(layer, published_on=today())))
    held.edition = edition
    held.save(update_fields=["edition"])
    record_event(
        action="frameworks.overlay.published", subject=_overlay_subject(held), by=by, body=body,
        edition=edition.reference, base=held.base.reference,
    )  # fmt: skip
    return edition


def discard_overlay(*, body: Body, by: Person, overlay: Overlay) -> None:
    """This will give a draft up; it stays on record and in no list. Raises NotPossible."""
    _one_at_a_time(f"overlays {body.pk}")
    held = Overlay.objects.get(pk=overlay.pk)
    check_overlay_is_draft(held)
    held.discarded_at = database_now()
    held.save(update_fields=["discarded_at"])
    record_event(action="frameworks.overlay.discarded", subject=_overlay_subject(held), by=by, body=body)


def _overlay_subject(overlay: Overlay) -> str:
    return f"frameworks.overlay:{overlay.public_id}"


def _check_named(body: Body, overlay: overlay_rules.Overlay) -> None:
    check_words_fit(overlay.framework_id, overlay.version, overlay.title)
    check_version_is_free(body, f"{overlay.framework_id}@{overlay.version}")
    check_title_is_free(body, overlay.title, overlay.version, overlay.framework_id)


# --- licensed workbooks ----------------------------------------------------------------------------------------------


def open_workbook(*, body: Body, by: Person, name: str, content: bytes) -> LicensedWorkbook:
    """This will begin with a workbook that somebody chose; raises UnusableFile."""
    check_holds_table(name, content)
    file = store_file(name=name, content=content, body=body, party=None, by=by)
    held = LicensedWorkbook.objects.create(body=body, file=file, name=file.name, sha256=file.sha256, read_by=by)
    record_event(
        action="frameworks.workbook.opened", subject=_workbook_subject(held), by=by, body=body, sha256=held.sha256
    )
    return held


def note_workbook(*, body: Body, by: Person | None, workbook: LicensedWorkbook, reading: Reading) -> None:
    """This will write what a reading found, in place of what an earlier one did. Raises NotPossible."""
    _one_at_a_time(f"workbook {workbook.pk}")
    workbook.refresh_from_db(fields=["state"])
    check_workbook_is_open(workbook)
    WorkbookRow.objects.filter(workbook=workbook).delete()
    WorkbookRow.objects.bulk_create(
        (WorkbookRow(body=body, workbook=workbook, **row) for row in reading.rows), batch_size=500
    )
    workbook.state, workbook.problem, workbook.document = "read", reading.problem, reading.document
    workbook.mapping, workbook.columns = reading.mapping, reading.columns
    workbook.sheets, workbook.findings = reading.sheets, reading.findings
    workbook.fingerprint, workbook.rows_in = reading.mapping["fingerprint"], reading.rows_in
    workbook.accepted = sum(row["outcome"] == "accepted" for row in reading.rows)
    workbook.rejected = len(reading.rows) - workbook.accepted
    workbook.save(update_fields=[
        "state", "problem", "document", "mapping", "columns", "sheets", "findings", "fingerprint", "rows_in",
        "accepted", "rejected",
    ])  # fmt: skip
    record_event(
        action="frameworks.workbook.read", subject=_workbook_subject(workbook), by=by, body=body,
        rows=workbook.rows_in, accepted=workbook.accepted, rejected=workbook.rejected,
    )  # fmt: skip


def note_problem(*, body: Body, workbook: LicensedWorkbook, problem: str) -> None:
    """This will say why a workbook could not be read as somebody asked; what was read before stands."""
    check_workbook_is_open(workbook)
    workbook.problem = problem
    workbook.save(update_fields=["problem"])


def refuse_workbook(*, body: Body, by: Person | None, workbook: LicensedWorkbook, reason: str) -> None:
    """This will say why nothing could be read in a file; raises NotPossible when it was dealt with already."""
    check_workbook_is_open(workbook)
    workbook.state, workbook.problem = "refused", reason
    workbook.save(update_fields=["state", "problem"])
    record_event(action="frameworks.workbook.refused", subject=_workbook_subject(workbook), by=by, body=body)


def change_workbook(
    *, body: Body, by: Person, workbook: LicensedWorkbook, mapping: Mapping[str, Any] | None = None,
    stated: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """This will keep what a person chose for the columns, or stated of the workbook; it is read again after.

    Raises NotPossible.
    """
    _one_at_a_time(f"workbook {workbook.pk}")
    workbook.refresh_from_db(fields=["state"])
    check_workbook_is_open(workbook)
    if mapping is not None:
        workbook.mapping = dict(mapping)
        _remember_columns(body, workbook.mapping)
    if stated is not None:
        workbook.stated = dict(stated)
    workbook.document = None
    workbook.save(update_fields=["mapping", "stated", "document"])
    record_event(
        action="frameworks.workbook.corrected", subject=_workbook_subject(workbook), by=by, body=body,
        columns=mapping is not None, stated=stated is not None,
    )  # fmt: skip


def _remember_columns(body: Body, mapping: dict[str, Any]) -> None:
    held = SavedColumns.objects.filter(body=body, fingerprint=mapping["fingerprint"]).first()
    if held is None:
        SavedColumns.objects.create(body=body, fingerprint=mapping["fingerprint"], mapping=mapping)
    else:
        held.mapping, held.saved_at = mapping, database_now()
        held.save(update_fields=["mapping", "saved_at"])


def publish_workbook(*, body: Body, by: Person, workbook: LicensedWorkbook) -> Edition:
    """This will publish what a workbook holds as a private edition of the body's own. Raises NotPossible."""
    _one_at_a_time(f"workbook {workbook.pk}")
    held = LicensedWorkbook.objects.get(pk=workbook.pk)
    check_workbook_can_be_published(held)
    edition = publish_own_edition(body=body, by=by, edition=edition_from(held.document, held.name))
    held.state, held.edition = "published", edition
    held.save(update_fields=["state", "edition"])
    _remember_columns(body, held.mapping)
    record_event(
        action="frameworks.workbook.published", subject=_workbook_subject(held), by=by, body=body,
        edition=edition.reference, accepted=held.accepted,
    )  # fmt: skip
    return edition


def undo_workbook(*, body: Body, by: Person, workbook: LicensedWorkbook) -> None:
    """This will take back what a workbook was published as, until it is used. Raises NotPossible."""
    _one_at_a_time(f"workbook {workbook.pk}")
    held = LicensedWorkbook.objects.select_related("edition").get(pk=workbook.pk)
    check_workbook_can_be_undone(held)
    assert held.edition is not None, "what is published has its edition"
    withdraw_edition(body=body, by=by, edition=held.edition)
    held.state, held.undone_at = "undone", database_now()
    held.save(update_fields=["state", "undone_at"])
    record_event(action="frameworks.workbook.undone", subject=_workbook_subject(held), by=by, body=body)


def _workbook_subject(workbook: LicensedWorkbook) -> str:
    return f"frameworks.workbook:{workbook.public_id}"


# --- crosswalks --------------------------------------------------------------------------------------------------------


def change_crosswalk(
    *, body: Body, by: Person, pair: CrosswalkPair, saves: int, made: Crosswalk, changed: str, reason: str
) -> None:
    """This will keep a crosswalk as the body's own, as it stands after a change; what everybody has stays.

    `changed` and `reason` tell the change in the record. Raises ChangedMeanwhile.
    """
    _one_at_a_time(f"crosswalks {body.pk}")
    held = OwnCrosswalk.objects.filter(body=body, of=pair.of, to=pair.to).first()
    check_crosswalk_version(held.saves if held else 0, saves)
    if held is None:
        held = OwnCrosswalk.objects.create(body=body, of=pair.of, to=pair.to, content=written(made), changed_by=by)
    else:
        held.content, held.saves, held.changed_by, held.changed_at = written(made), held.saves + 1, by, database_now()
        held.save(update_fields=["content", "saves", "changed_by", "changed_at"])
    record_event(
        action="frameworks.crosswalk.changed", subject=f"frameworks.crosswalk:{held.public_id}", by=by, body=body,
        of=pair.of.reference, to=pair.to.reference, changed=changed, reason=" ".join(reason.split()),
        matches=len(made.matches),
    )  # fmt: skip


# --- the framework a body uses -----------------------------------------------------------------------------------------


def choose_framework(*, body: Body, by: Person, edition: Edition, starts_on: date, reason: str) -> FrameworkInForce:
    """This will put an edition in force for a body from a day; an earlier edition of the same framework ends before it.

    Raises NotPossible when it is in force already, or would start before the choice it replaces.
    """
    _one_at_a_time(f"choices {body.pk}")
    open_ended = FrameworkInForce.objects.filter(
        body=body, edition__framework_id=edition.framework_id, ends_on__isnull=True
    )
    earlier = open_ended.select_related("edition").order_by("-starts_on", "-id").first()
    check_choice(edition, starts_on, earlier)
    if earlier:
        earlier.ends_on = starts_on - timedelta(days=1)
        earlier.save(update_fields=["ends_on"])
    choice = FrameworkInForce.objects.create(body=body, edition=edition, starts_on=starts_on, reason=reason.strip())
    record_event(
        action="frameworks.framework.chosen", subject=f"frameworks.choice:{choice.public_id}", by=by, body=body,
        edition=edition.reference, starts_on=starts_on, reason=choice.reason,
        replaces=earlier.public_id if earlier else None,
    )  # fmt: skip
    return choice


def end_choice(*, body: Body, by: Person, choice: FrameworkInForce, ends_on: date, reason: str) -> None:
    """This will end a body's use of a framework after a last day; raises NotPossible."""
    check_choice_can_end(choice, ends_on)
    choice.ends_on = ends_on
    choice.save(update_fields=["ends_on"])
    record_event(
        action="frameworks.framework.ended", subject=f"frameworks.choice:{choice.public_id}", by=by, body=body,
        edition=choice.edition.reference, ends_on=ends_on, reason=reason.strip(),
    )  # fmt: skip


# --- the strategy --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeWords:
    """What a person writes about a part of the strategy; empty Welsh stays empty."""

    title: str
    title_cy: str = ""
    words: str = ""
    words_cy: str = ""
    owner: Person | None = None
    department: Department | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def fields(self) -> dict[str, Any]:
        """This will give the values by the name of their column's field."""
        return {name: getattr(self, name) for name in self.__slots__}


def _locked(body: Body, node: StrategyNode, version: int) -> StrategyNode:
    held = StrategyNode.objects.select_for_update(of=("self",)).get(pk=node.pk, body=body)
    check_version(held, version)
    return held


def _save(node: StrategyNode, changes: Mapping[str, Any]) -> list[str]:
    """This will save what differs and count the change; answers the names of the fields that changed."""
    changed = [name for name, value in changes.items() if getattr(node, name) != value]
    if changed:
        for name in changed:
            setattr(node, name, changes[name])
        node.version += 1
        node.save(update_fields=[*changed, "version"])
    return changed


def _subject(node: StrategyNode) -> str:
    return f"frameworks.node:{node.public_id}"


def add_node(*, body: Body, by: Person, kind: str, parent: StrategyNode | None, words: NodeWords) -> StrategyNode:
    """This will add a part to the strategy, last among its neighbours and reviewed today; raises NotPossible."""
    _one_at_a_time(f"strategy {body.pk}")
    day = today()
    check_dates_in_order(words.starts_on, words.ends_on)
    check_parent(body, kind, parent, day)
    position = max((each.position for each in siblings_of(body, parent)), default=0) + 1
    node = StrategyNode.objects.create(
        body=body, kind=kind, parent=parent, position=position, reviewed_on=day, **words.fields()
    )
    record_event(
        action="frameworks.node.added", subject=_subject(node), by=by, body=body, kind=kind, title=node.title,
        parent=parent.public_id if parent else None, owner=words.owner.pseudonym if words.owner else None,
    )  # fmt: skip
    return node


def edit_node(*, body: Body, by: Person, node: StrategyNode, version: int, words: NodeWords) -> StrategyNode:
    """This will change what a part says; `version` is the one its form was made from.

    Raises ChangedMeanwhile when someone else saved since, and NotPossible.
    """
    held = _locked(body, node, version)
    check_dates_in_order(words.starts_on, words.ends_on)
    changed = _save(held, words.fields())
    if changed:
        record_event(
            action="frameworks.node.edited", subject=_subject(held), by=by, body=body, changed=changed,
            title=held.title, owner=words.owner.pseudonym if words.owner else None,
        )  # fmt: skip
    return held


def move_node(
    *, body: Body, by: Person, node: StrategyNode, version: int, parent: StrategyNode | None, place: int
) -> StrategyNode:
    """This will move a part under another (or to the top) as number `place` among its neighbours, from 1.

    A place past the end is the last. Raises ChangedMeanwhile and NotPossible.
    """
    _one_at_a_time(f"strategy {body.pk}")
    held = _locked(body, node, version)
    check_parent(body, held.kind, parent, today(), held)
    neighbours = [each for each in siblings_of(body, parent) if each.pk != held.pk]
    order = [*neighbours[: place - 1], held, *neighbours[place - 1 :]]
    for position, each in enumerate(order, start=1):
        if each.pk == held.pk:
            _save(held, {"parent_id": parent.pk if parent else None, "position": position})
        elif each.position != position:
            each.position = position  # a neighbour that makes room is not an edit of it
            each.save(update_fields=["position"])
    record_event(
        action="frameworks.node.moved", subject=_subject(held), by=by, body=body,
        parent=parent.public_id if parent else None, place=held.position,
    )  # fmt: skip
    return held


def end_node(*, body: Body, by: Person, node: StrategyNode, version: int, ends_on: date) -> StrategyNode:
    """This will give a part its last day; it stays in the record. Raises ChangedMeanwhile and NotPossible."""
    _one_at_a_time(f"strategy {body.pk}")
    held = _locked(body, node, version)
    going_on = [each for each in siblings_of(body, held) if each.ends_on is None or each.ends_on > ends_on]
    check_can_end(held, ends_on, len(going_on))
    _save(held, {"ends_on": ends_on})
    record_event(action="frameworks.node.ended", subject=_subject(held), by=by, body=body, ends_on=ends_on)
    return held


def review_node(*, body: Body, by: Person, node: StrategyNode) -> None:
    """This will note that a part was read today and still holds."""
    node.reviewed_on = today()
    node.save(update_fields=["reviewed_on"])
    record_event(
        action="frameworks.node.reviewed", subject=_subject(node), by=by, body=body, reviewed_on=node.reviewed_on
    )


def tie_outcomes(
    *, body: Body, by: Person, node: StrategyNode, version: int, outcomes: Collection[tuple[str, str]]
) -> StrategyNode:
    """This will tie a part to exactly these outcomes, each (framework id, outcome id).

    Raises ChangedMeanwhile, and NotPossible for an outcome of no loaded framework.
    """
    held = _locked(body, node, version)
    if unknown := set(outcomes) - set(outcomes_known(body, today())):
        raise NotPossible(
            f"There is no outcome “{'/'.join(min(unknown))}” in any loaded framework. Choose from the list."
        )
    tied = {(each.framework_id, each.outcome_id): each for each in NodeOutcome.objects.filter(body=body, node=held)}
    added, removed = sorted(set(outcomes) - set(tied)), sorted(set(tied) - set(outcomes))
    if not added and not removed:
        return held
    for framework_id, outcome_id in added:
        NodeOutcome.objects.create(body=body, node=held, framework_id=framework_id, outcome_id=outcome_id)
    for key in removed:
        tied[key].delete()
    held.version += 1
    held.save(update_fields=["version"])
    record_event(
        action="frameworks.outcomes.tied", subject=_subject(held), by=by, body=body,
        added=["/".join(key) for key in added], removed=["/".join(key) for key in removed],
    )  # fmt: skip
    return held


# --- the plan ---------------------------------------------------------------------------------------------------------


def publish_plan(*, body: Body, by: Person) -> PlanVersion:
    """This will publish the plan as it stands today, as the body's next version, and have the public pages made anew.

    Raises NotPossible when it has no objective, is the same as the last version, or does not fit one A4 page in both
    languages.
    """
    _one_at_a_time(f"plan {body.pk}")
    day = today()
    content = draft_content(body, day)
    check_plan_has_objectives(objectives_in(content))
    last = latest_plan(body)
    check_plan_is_new(last is not None and last.content == content)
    number = next_plan_number(body)
    for lang, language in LANGUAGES.items():
        page = read_plan(content, lang, on=day, version=number)
        check_plan_fits(language, pages_in(plan_pdf(page)))
    held = PlanVersion.objects.create(body=body, version=number, content=content, published_by=by)
    record_event(
        action="frameworks.plan.published", subject=f"frameworks.plan:{held.public_id}", by=by, body=body,
        version=number, objectives=objectives_in(content),
    )  # fmt: skip
    defer_job("publishing.refresh", body=body, by=by)
    return held
