"""What other rooms and the views read of frameworks, the strategy and the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Person
from commonweal.base.personal import ERASED
from commonweal.base.queries import database_now, people_by_key
from commonweal.directory.queries import appointments_on
from commonweal.engine import model as rules
from commonweal.engine import overlay_model as overlay_rules
from commonweal.engine.crosswalk import Crosswalk, inverse
from commonweal.engine.crosswalk_file import crosswalks
from commonweal.frameworks.crosswalks import empty as empty_crosswalk
from commonweal.frameworks.crosswalks import read as read_crosswalk
from commonweal.frameworks.crosswalks import shipped
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
from commonweal.frameworks.overlays import read_overlay
from commonweal.frameworks.plan import PlanPage, plan_content, read_content

#: After this many years without being read again, a part of the strategy is flagged.
REVIEW_YEARS: Final = 1
#: The kinds of a strategy from the top down: a part stands under one of its own kind or one above it.
KINDS: Final[dict[str, str]] = dict(StrategyNode.KINDS)
RANKS: Final[dict[str, int]] = {kind: rank for rank, kind in enumerate(KINDS)}


class EditionAltered(RuntimeError):
    """A stored edition no longer has the content its hash says it had."""


def today() -> date:
    """This will give the day it is in the United Kingdom, by the database's clock."""
    return timezone.localtime(database_now()).date()


# --- editions and measures -------------------------------------------------------------------------------------------


def editions() -> list[Edition]:
    """This will list the editions that can be chosen, without their content, by title and then version.

    Those of the catalogue; in a body's scope its own too, and no other body's.
    """
    return list(Edition.objects.filter(withdrawn_at__isnull=True).defer("content").order_by("title", "version"))


def own_editions(body: Body) -> list[Edition]:
    """This will list the editions of a body's own that it has not taken back; needs its scope."""
    return [each for each in editions() if each.body_id == body.pk]


def find_edition(reference: str) -> Edition:
    """This will find the stored row of `open-measures@1.0`, without its content; raises Edition.DoesNotExist.

    A body's own goes before one of the catalogue that came to have its name later.
    """
    framework_id, _at, version = reference.partition("@")
    found = Edition.objects.filter(framework_id=framework_id, version=version).defer("content")
    held = found.order_by(F("withdrawn_at").desc(nulls_first=True), F("body").asc(nulls_last=True), "-pk").first()
    if held is None:
        raise Edition.DoesNotExist(f"no edition {reference} is loaded")
    return held


def find_base(reference: str) -> Edition:
    """This will find the edition that a file names; raises NotPossible for one that is not here."""
    try:
        return find_edition(reference)
    except Edition.DoesNotExist:
        raise NotPossible(f"It lies on {reference[:80]}, which is not here. Bring that edition in first.") from None


def is_catalogue_framework(framework_id: str) -> bool:
    """This will say whether a framework of the catalogue has this id."""
    return Edition.objects.filter(framework_id=framework_id, body__isnull=True).exists()


def is_edition_used(edition: Edition) -> bool:
    """This will say whether the body ever put an edition of its own in force, so that it can no longer go back."""
    return FrameworkInForce.objects.filter(edition=edition).exists()


def get_edition(reference: str) -> rules.Edition:
    """This will give the edition `open-measures@1.0` as the engine's frozen value.

    Built once for each content hash in the life of the process. Raises Edition.DoesNotExist, and EditionAltered when
    what is stored is not what was loaded.
    """
    return _built(find_edition(reference).content_hash)


@lru_cache(maxsize=64)
def _built(content_hash: str) -> rules.Edition:
    edition = rules.Edition.from_json(content_held(content_hash))
    if edition.content_hash != content_hash:
        raise EditionAltered(f"{edition.reference} was altered after it was loaded: restore it from a backup")
    return edition


def content_held(content_hash: str) -> dict[str, Any]:
    """This will read the content that is held under a hash; of several rows that have it, from any."""
    return Edition.objects.filter(content_hash=content_hash)[:1].get().content


@dataclass(frozen=True, slots=True)
class MeasureFilter:
    """What to keep of an edition's measures; an empty field keeps all. `figure` is valued, count or story."""

    theme: str = ""
    text: str = ""
    figure: str = ""

    def __bool__(self) -> bool:
        return bool(self.theme or self.text or self.figure)


def measures(edition: Edition, filters: MeasureFilter = MeasureFilter()) -> QuerySet[Measure]:
    """This will list an edition's measures in the order of the framework, those that fit the filter."""
    found = Measure.objects.filter(edition=edition).order_by("position")
    if filters.theme:
        found = found.filter(theme_id=filters.theme)
    if filters.figure:
        found = found.filter(figure=filters.figure)
    for word in filters.text.split():
        found = found.filter(
            Q(title__icontains=word) | Q(title_cy__icontains=word) | Q(code__iexact=word)
            | Q(measure_id__icontains=word) | Q(unit__icontains=word)
        )  # fmt: skip
    return found


def get_measure(public_id: str) -> Measure:
    """This will find a measure with its edition by outward id; raises Measure.DoesNotExist."""
    return Measure.objects.select_related("edition").defer("edition__content").get(public_id=public_id)


def rule_of(measure: Measure) -> rules.Measure:
    """This will give a measure as the engine's frozen value."""
    return _built(measure.edition.content_hash).measures[measure.measure_id]


@dataclass(frozen=True, slots=True)
class ListedMeasure:
    """A measure as a row and as a rule, and what it is called beneath a body's layer where that has other words."""

    row: Measure
    rule: rules.Measure
    beneath: str


@dataclass(frozen=True, slots=True)
class ListedOutcome:
    """An outcome, what it is called beneath where that is otherwise, and those of its measures that were asked for."""

    rule: rules.Outcome
    measures: tuple[ListedMeasure, ...]
    beneath: str


@dataclass(frozen=True, slots=True)
class ListedTheme:
    """A theme, what it is called beneath where that is otherwise, and those of its outcomes that were asked for."""

    rule: rules.Theme
    outcomes: tuple[ListedOutcome, ...]
    beneath: str

    @property
    def count(self) -> int:
        """How many measures of the theme were asked for."""
        return sum(len(outcome.measures) for outcome in self.outcomes)


def listed(edition: Edition, filters: MeasureFilter = MeasureFilter()) -> tuple[ListedTheme, ...]:
    """This will give themes, outcomes and measures in order; with a filter, only those that hold a fitting measure."""
    rule = _built(edition.content_hash)
    rows = {row.measure_id: row for row in measures(edition, filters)}
    beneath = _titles_beneath(edition)

    def under(part: overlay_rules.Part) -> str:
        return beneath.get((overlay_rules.level_of(part), part.id), "")

    themes = []
    for theme in rule.themes:
        outcomes = [
            ListedOutcome(
                each, tuple(ListedMeasure(rows[m.id], m, under(m)) for m in each.measures if m.id in rows), under(each)
            )
            for each in theme.outcomes
        ]
        if filters:
            outcomes = [each for each in outcomes if each.measures]
        if outcomes or not filters:
            themes.append(ListedTheme(theme, tuple(outcomes), under(theme)))
    return tuple(themes)


def _titles_beneath(edition: Edition) -> dict[tuple[overlay_rules.Level, str], str]:
    """What the base calls each theme, outcome and measure that the layer an edition was published from calls otherwise."""
    layer = overlay_of_edition(edition)
    changes = layer_of(layer)[1].changes if layer else ()
    return {(each.level, each.subject): each.was.title for each in changes if isinstance(each, overlay_rules.Renamed)}


# --- layers of a body's own ------------------------------------------------------------------------------------------


def overlays_of(body: Body) -> list[Overlay]:
    """This will list a body's layers, drafts first and then the newest, without those given up; needs its scope."""
    held = Overlay.objects.filter(body=body, discarded_at__isnull=True).select_related("base", "edition", "started_by")
    return list(
        held.defer("base__content", "edition__content", "text").order_by(F("edition").desc(nulls_first=True), "-pk")
    )


def get_overlay(public_id: str) -> Overlay:
    """This will find a layer by outward id, with what it lies on; needs its scope. Raises Overlay.DoesNotExist."""
    held = Overlay.objects.select_related("base", "edition").defer("base__content", "edition__content")
    return held.get(public_id=public_id)


def draft_of(body: Body, framework_id: str) -> Overlay | None:
    """This will give the draft of a framework of the body's own that is being written, or nothing; needs its scope."""
    found = Overlay.objects.filter(
        body=body, framework_id=framework_id, edition__isnull=True, discarded_at__isnull=True
    )
    return found.select_related("base").defer("base__content").first()


def overlay_of_edition(edition: Edition) -> Overlay | None:
    """This will give the layer that an edition was published from, or nothing; one of a body's own needs its scope."""
    if edition.body_id is None:
        return None
    return Overlay.objects.filter(edition=edition).select_related("base").defer("base__content").first()


def layer_of(overlay: Overlay) -> tuple[rules.Edition, overlay_rules.Overlay]:
    """This will give a layer and the edition it lies on as the engine's frozen values."""
    base = _built(overlay.base.content_hash)
    return base, read_overlay(overlay.text, base)


def later_editions(edition: Edition) -> list[Edition]:
    """This will list the editions of the same framework that were loaded or published after one, the newest first."""
    found = [each for each in editions() if each.framework_id == edition.framework_id and each.pk > edition.pk]
    return sorted(found, key=lambda each: -each.pk)


# --- licensed workbooks ----------------------------------------------------------------------------------------------


def workbooks_of(body: Body) -> QuerySet[LicensedWorkbook]:
    """This will list the workbooks a body chose, without what they hold; needs its scope."""
    held = LicensedWorkbook.objects.filter(body=body).select_related("edition", "read_by__key_held")
    return held.defer("edition__content", "document", "columns", "findings", "mapping")


def get_workbook(public_id: str) -> LicensedWorkbook:
    """This will find a workbook by outward id; needs its scope. Raises LicensedWorkbook.DoesNotExist."""
    held = LicensedWorkbook.objects.select_related("body", "edition", "file").defer("edition__content")
    return held.get(public_id=public_id)


def rows_of_workbook(workbook: LicensedWorkbook, outcome: str = "") -> QuerySet[WorkbookRow]:
    """This will list what became of a workbook's rows, all or those with one outcome."""
    rows = WorkbookRow.objects.filter(workbook=workbook)
    return rows.filter(outcome=outcome) if outcome else rows


def saved_columns(body: Body) -> list[dict[str, Any]]:
    """This will list how a body read workbooks before, the latest first; needs its scope."""
    held = SavedColumns.objects.filter(body=body).order_by("-saved_at", "-pk")
    return [each.mapping for each in held]


# --- crosswalks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CrosswalkPair:
    """Two editions and the crosswalk between them, in the direction it is kept; `saves` is 0 until it is the body's own."""

    of: Edition
    to: Edition
    crosswalk: Crosswalk
    is_own: bool
    is_shipped: bool
    saves: int


def crosswalk_pair(body: Body, of: str, to: str) -> CrosswalkPair:
    """This will give the crosswalk of two editions by their references, the body's own before the one everybody has.

    Without either it is empty. Needs the body's scope; raises Edition.DoesNotExist, also for one edition twice.
    """
    one, other = find_edition(of), find_edition(to)
    if one.pk == other.pk:
        raise Edition.DoesNotExist("a crosswalk is of two editions")
    own = _own_crosswalk(one, other)
    if own:
        held = read_crosswalk(own.content, _built(own.of.content_hash), _built(own.to.content_hash))
        return CrosswalkPair(own.of, own.to, held, True, shipped(held.of, held.to) is not None, own.saves)
    given = shipped(_built(one.content_hash), _built(other.content_hash))
    if given is None:
        made = empty_crosswalk(_built(one.content_hash), _built(other.content_hash), author=body.name)
        return CrosswalkPair(one, other, made, False, False, 0)
    turned = given.of.reference != one.reference
    return CrosswalkPair(*((other, one) if turned else (one, other)), given, False, True, 0)


def _own_crosswalk(one: Edition, other: Edition) -> OwnCrosswalk | None:
    found = OwnCrosswalk.objects.filter(Q(of=one, to=other) | Q(of=other, to=one))
    return found.select_related("of", "to").defer("of__content", "to__content").order_by("pk").first()


def crosswalk_for(of: rules.Edition, to: rules.Edition) -> Crosswalk | None:
    """This will give the crosswalk by which lines of one edition are told under another, or nothing.

    In a body's scope its own goes before the one that everybody has; either is turned round where it is kept so.
    """
    own = _own_crosswalk(find_edition(of.reference), find_edition(to.reference))
    held = read_crosswalk(own.content, _built(own.of.content_hash), _built(own.to.content_hash)) if own else None
    held = held or shipped(of, to)
    return held if held is None or held.of.reference == of.reference else inverse(held)


def crosswalk_pairs(body: Body) -> list[CrosswalkPair]:
    """This will list the crosswalks there are: the body's own, and of the others those everybody has."""
    own = OwnCrosswalk.objects.filter(body=body).values_list("of__framework_id", "of__version", "to__framework_id",
                                                            "to__version")  # fmt: skip
    named = [(f"{one}@{first}", f"{other}@{second}") for one, first, other, second in own]
    loaded = {each.reference for each in editions()}
    more = [each for each in crosswalks() if set(each) <= loaded and set(each) not in [set(pair) for pair in named]]
    return [crosswalk_pair(body, *pair) for pair in (*named, *more)]


# --- which framework a body uses -------------------------------------------------------------------------------------


def _on(day: date) -> Q:
    """The rows in force on a day; both ends are in."""
    return (Q(starts_on__isnull=True) | Q(starts_on__lte=day)) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def choices_of(body: Body) -> list[FrameworkInForce]:
    """This will list every framework a body has chosen, newest first; needs its scope."""
    held = FrameworkInForce.objects.filter(body=body).select_related("edition").defer("edition__content")
    return list(held.order_by("-starts_on", "-id"))


def get_choice(public_id: str) -> FrameworkInForce:
    """This will find a body's choice of a framework; needs its scope. Raises FrameworkInForce.DoesNotExist."""
    return FrameworkInForce.objects.select_related("edition").defer("edition__content").get(public_id=public_id)


def editions_in_force(body: Body, on: date) -> list[Edition]:
    """This will list the editions a body uses on a day; needs its scope.

    Those with measures come first, since goals and themes alone cannot be counted; then the one chosen last.
    """
    held = FrameworkInForce.objects.filter(_on(on), body=body).select_related("edition").defer("edition__content")
    chosen = [choice.edition for choice in held.order_by("-starts_on", "-id")]
    return sorted(chosen, key=lambda each: not _built(each.content_hash).measures)


def edition_for(body: Body, on: date) -> Edition | None:
    """This will give the edition by which a body asks and counts on a day: the first of those in force, if any."""
    return next(iter(editions_in_force(body, on)), None)


# --- the strategy ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TiedOutcome:
    """An outcome that a part of the strategy is tied to; `in_force` says whether the body uses its framework today."""

    framework_id: str
    outcome_id: str
    title: str
    title_cy: str
    framework_title: str
    in_force: bool
    #: Its words are licensed to the body, and stay out of what is published.
    is_private: bool = False

    @property
    def key(self) -> str:
        """The outcome as a form carries it: `open-measures/local-work`."""
        return f"{self.framework_id}/{self.outcome_id}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the strategy with everything beneath it."""

    node: StrategyNode
    owner: Person | None
    outcomes: tuple[TiedOutcome, ...]
    children: tuple[Branch, ...]
    on: date
    depth: int

    @property
    def in_force(self) -> bool:
        """Whether the part runs on the day."""
        return is_in_force(self.node, self.on)

    @property
    def ended(self) -> bool:
        """Whether the part's last day is past."""
        return self.node.ends_on is not None and self.node.ends_on < self.on

    @property
    def lacks_owner(self) -> bool:
        """Whether nobody answers for a part in force."""
        return self.in_force and self.owner is None

    @property
    def lacks_outcome(self) -> bool:
        """Whether an objective in force is tied to no outcome."""
        return self.in_force and self.node.kind == "objective" and not self.outcomes

    @property
    def lacks_review(self) -> bool:
        """Whether nobody has read a part in force for a year."""
        return self.in_force and not is_reviewed(self.node, self.on)

    def walk(self) -> Iterator[Branch]:
        """This will give the part and all beneath it, from the top down."""
        yield self
        for child in self.children:
            yield from child.walk()


def is_in_force(node: StrategyNode, on: date) -> bool:
    """This will say whether a part of the strategy runs on a day; both its dates are in."""
    return (node.starts_on is None or node.starts_on <= on) and (node.ends_on is None or node.ends_on >= on)


def is_reviewed(node: StrategyNode, on: date) -> bool:
    """This will say whether a part was read, or began, within the last year."""
    last = node.reviewed_on or node.starts_on
    return last is not None and last > _years_before(on, REVIEW_YEARS)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def get_node(public_id: str) -> StrategyNode:
    """This will find a part of the strategy in the open scope; raises StrategyNode.DoesNotExist."""
    return StrategyNode.objects.select_related("parent", "department").get(public_id=public_id)


def strategy(body: Body, on: date) -> tuple[Branch, ...]:
    """This will give the whole tree of a body, ended parts too, as it stands on a day; needs its scope.

    Five queries, however large the tree is.
    """
    nodes = list(StrategyNode.objects.filter(body=body).select_related("department").order_by("position", "id"))
    people = people_by_key(node.owner_id for node in nodes if node.owner_id)
    tied = _tied_outcomes(body, on)
    beneath: dict[int | None, list[StrategyNode]] = {}
    for node in nodes:
        beneath.setdefault(node.parent_id, []).append(node)

    def branch(node: StrategyNode, depth: int) -> Branch:
        children = tuple(branch(each, depth + 1) for each in beneath.get(node.pk, []))
        owner = people[node.owner_id] if node.owner_id else None
        return Branch(node, owner, tuple(tied.get(node.pk, [])), children, on, depth)

    return tuple(branch(node, 1) for node in beneath.get(None, []))


def branches(tree: Iterable[Branch]) -> list[Branch]:
    """This will lay a tree out flat, from the top down."""
    return [each for root in tree for each in root.walk()]


def find_branch(body: Body, node: StrategyNode, on: date) -> Branch:
    """This will find a part with everything beneath it; needs the body's scope."""
    return next(each for each in branches(strategy(body, on)) if each.node.pk == node.pk)


def _tied_outcomes(body: Body, on: date) -> dict[int, list[TiedOutcome]]:
    known = outcomes_known(body, on)
    found: dict[int, list[TiedOutcome]] = {}
    order = {key: place for place, key in enumerate(known)}
    ties = NodeOutcome.objects.filter(body=body)
    for tie in sorted(ties, key=lambda each: (order.get((each.framework_id, each.outcome_id), len(order)), each.pk)):
        key = (tie.framework_id, tie.outcome_id)
        unknown = TiedOutcome(*key, title=tie.outcome_id, title_cy="", framework_title=tie.framework_id, in_force=False)
        found.setdefault(tie.node_id, []).append(known.get(key, unknown))
    return found


def outcomes_known(body: Body, on: date) -> dict[tuple[str, str], TiedOutcome]:
    """This will give every outcome of every loaded framework, those the body uses on a day first, in their order.

    Keys are (framework id, outcome id). Where several editions have an outcome, the words are those of the edition
    the body uses, else of the latest loaded.
    """
    used = editions_in_force(body, on)
    others = sorted(editions(), key=lambda each: each.pk, reverse=True)
    known: dict[tuple[str, str], TiedOutcome] = {}
    for row in [*used, *others]:
        edition = _built(row.content_hash)
        for outcome in edition.outcomes:
            key = (edition.framework_id, outcome.id)
            in_force = row in used
            known.setdefault(
                key, TiedOutcome(*key, outcome.title, outcome.title_cy, edition.title, in_force, row.is_private)
            )
    return known


def objectives(body: Body, on: date) -> list[Branch]:
    """This will list the objectives in force on a day, in the order of the tree; needs the body's scope.

    Each is a Branch: `.node` (the row), `.owner` (Person or None) and `.outcomes` (what it is tied to).
    """
    return [each for each in branches(strategy(body, on)) if each.node.kind == "objective" and each.in_force]


def objectives_by_outcome(body: Body) -> dict[tuple[str, str], str]:
    """This will give the outward id of the objective that each outcome (framework id, outcome id) is tied to, or
    "several"; needs the body's scope. One query."""
    found: dict[tuple[str, str], str] = {}
    ties = NodeOutcome.objects.filter(body=body, node__kind="objective")
    for framework, outcome, node in ties.values_list("framework_id", "outcome_id", "node__public_id"):
        found[framework, outcome] = "several" if (framework, outcome) in found else node
    return found


@dataclass(frozen=True, slots=True)
class StrategyGaps:
    """What the strategy itself lacks on a day."""

    without_owner: tuple[Branch, ...]
    without_outcome: tuple[Branch, ...]
    not_reviewed: tuple[Branch, ...]
    unused_outcomes: tuple[TiedOutcome, ...]

    @property
    def count(self) -> int:
        """How many gaps there are; an outcome nobody wants is not one, for nobody has to want everything."""
        return len(self.without_owner) + len(self.without_outcome) + len(self.not_reviewed)


def strategy_gaps(body: Body, on: date) -> StrategyGaps:
    """This will say what the strategy lacks on a day; needs the body's scope.

    Objectives nobody owns, objectives tied to no outcome, parts not read for a year, and outcomes of the frameworks
    in use that no objective is tied to.
    """
    in_force = [each for each in branches(strategy(body, on)) if each.in_force]
    wanted = [each for each in in_force if each.node.kind == "objective"]
    used = {outcome.key for each in wanted for outcome in each.outcomes}
    return StrategyGaps(
        without_owner=tuple(each for each in wanted if each.lacks_owner),
        without_outcome=tuple(each for each in wanted if each.lacks_outcome),
        not_reviewed=tuple(each for each in in_force if each.lacks_review),
        unused_outcomes=tuple(
            each for each in outcomes_known(body, on).values() if each.in_force and each.key not in used
        ),
    )


def parents_allowed(body: Body, kind: str, on: date, node: StrategyNode | None = None) -> list[Branch]:
    """This will list the parts under which one of a kind may stand: of its kind or above, not ended, not beneath it."""
    tree = branches(strategy(body, on))
    own = {each.node.pk for part in tree if node and part.node.pk == node.pk for each in part.walk()}
    return [
        each for each in tree if RANKS[each.node.kind] <= RANKS[kind] and not each.ended and each.node.pk not in own
    ]


def siblings_of(body: Body, parent: StrategyNode | None) -> list[StrategyNode]:
    """This will list the parts directly beneath one, or the roots, in order; needs the body's scope."""
    return list(StrategyNode.objects.filter(body=body, parent=parent).order_by("position", "id"))


# --- the plan --------------------------------------------------------------------------------------------------------


def plan_versions(body: Body) -> list[PlanVersion]:
    """This will list the published versions of a body's plan, newest first; needs its scope."""
    return list(PlanVersion.objects.filter(body=body).select_related("published_by__key_held").order_by("-version"))


def get_plan_version(body: Body, version: int) -> PlanVersion:
    """This will find a published version by number; needs the body's scope. Raises PlanVersion.DoesNotExist."""
    return PlanVersion.objects.get(body=body, version=version)


def latest_plan(body: Body) -> PlanVersion | None:
    """This will give the version published last, or nothing; needs the body's scope."""
    return PlanVersion.objects.filter(body=body).order_by("-version").first()


def next_plan_number(body: Body) -> int:
    """This will give the number the next published version will have; needs the body's scope."""
    highest = PlanVersion.objects.filter(body=body).aggregate(highest=Max("version"))["highest"]
    return (highest or 0) + 1


def draft_content(body: Body, on: date) -> dict[str, Any]:
    """This will write the plan as it would be published on a day; needs the body's scope."""
    return plan_content(body, strategy(body, on), editions_in_force(body, on), appointments_on(body, on))


def read_plan(content: Mapping[str, Any], lang: str, *, on: date, version: int | None = None) -> PlanPage:
    """This will read a plan's content in "en" or "cy" with the names people have today; needs no scope.

    This is what the template `frameworks/_plan.html` shows, as `plan`. `on` is the day it was published, or today for a
    draft (`version` None). People whose name was erased are left out.
    """
    wanted = [each["person"] for each in content["people"]]
    people = Person.objects.filter(public_id__in=wanted).select_related("key_held")
    names = {each.public_id: each.name for each in people if each.name != ERASED}
    return read_content(content, lang, names, on=on, version=version)


def read_version(held: PlanVersion, lang: str) -> PlanPage:
    """This will read a published version in "en" or "cy"."""
    return read_plan(held.content, lang, on=timezone.localtime(held.published_at).date(), version=held.version)
