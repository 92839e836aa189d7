"""The strategy: a tree that stays a tree, changes nobody loses, and what it lacks."""

import json
import os
from datetime import date

import psycopg
import pytest
from django.db import ProgrammingError, transaction

from commonweal.base.errors import NotPossible
from commonweal.base.queries import events_about
from commonweal.frameworks import actions, queries
from commonweal.frameworks.actions import NodeWords
from commonweal.frameworks.models import StrategyNode
from commonweal.frameworks.policies import ChangedMeanwhile

pytestmark = pytest.mark.django_db

MAY = date(2027, 5, 1)


def titles(branches):
    return [(branch.depth, branch.node.title) for branch in queries.branches(branches)]


def add(tree, kind, title, parent=None, **words):
    return actions.add_node(
        body=tree.body, by=tree.lead, kind=kind, parent=parent, words=NodeWords(title=title, **words)
    )


def move(tree, node, parent, place=1, version=None):
    held = queries.get_node(node.public_id)
    return actions.move_node(
        body=tree.body, by=tree.lead, node=held, version=version or held.version, parent=parent, place=place
    )


@pytest.fixture
def opened(tree, in_scope):
    with in_scope(tree.body):
        yield tree


def test_strategy_is_a_tree_in_order(opened):
    assert titles(queries.strategy(opened.body, MAY)) == [
        (1, "A fair town"), (2, "Work"), (3, "Local jobs"), (3, "Clean air"),
    ]  # fmt: skip


def test_strategy_costs_the_same_queries_however_large(opened, django_assert_num_queries):
    queries.strategy(opened.body, MAY)  # editions are built once
    for number in range(12):
        add(opened, "objective", f"Objective {number}", opened.theme, owner=opened.lead)
    with django_assert_num_queries(5):
        assert len(queries.branches(queries.strategy(opened.body, MAY))) == 16


def test_adding_is_recorded_without_names(opened):
    (event,) = events_about(opened.body, f"frameworks.node:{opened.second.public_id}")
    assert event.action == "frameworks.node.added"
    assert event.actor == opened.lead.pseudonym
    assert opened.lead.name not in event.details


RANK_TABLE = [
    # parent, child, allowed
    ("manifesto", "manifesto", True), ("manifesto", "department-strategy", True), ("plan", "manifesto", False),
    ("plan", "plan", True), ("plan", "objective", True), ("theme", "plan", False), ("theme", "theme", True),
    ("objective", "theme", False), ("objective", "objective", True), ("objective", "department-strategy", True),
    ("department-strategy", "objective", False), ("department-strategy", "department-strategy", True),
]  # fmt: skip


@pytest.mark.parametrize(("above", "below", "allowed"), RANK_TABLE)
def test_what_may_stand_under_what(opened, above, below, allowed):
    parent = add(opened, above, "Above")
    if allowed:
        assert add(opened, below, "Below", parent).parent == parent
    else:
        with pytest.raises(NotPossible, match="cannot stand under"):
            add(opened, below, "Below", parent)


def test_nothing_new_under_what_has_ended(opened):
    ended = add(opened, "theme", "Old", ends_on=date(2026, 5, 1))
    with pytest.raises(NotPossible, match="Nothing can be put under “Old”"):
        add(opened, "objective", "New", ended)


@pytest.mark.parametrize("under", ["inner", "outer"])
def test_a_part_cannot_move_beneath_itself(opened, under):
    outer = add(opened, "objective", "Outer", opened.theme)
    inner = add(opened, "objective", "Inner", outer)
    target = {"inner": inner, "outer": outer}[under]
    with pytest.raises(NotPossible, match="beneath the part you are moving"):
        move(opened, outer, target)


def test_moving_takes_everything_beneath_along(opened):
    plan = add(opened, "plan", "Another plan")
    move(opened, opened.theme, plan)
    assert titles(queries.strategy(opened.body, MAY)) == [
        (1, "A fair town"), (1, "Another plan"), (2, "Work"), (3, "Local jobs"), (3, "Clean air"),
    ]  # fmt: skip


@pytest.mark.parametrize(("place", "order"), [(1, "CAB"), (2, "ACB"), (3, "ABC"), (999, "ABC")])
def test_moving_to_a_place_among_neighbours(opened, place, order):
    parent = add(opened, "theme", "Letters")
    made = {letter: add(opened, "objective", letter, parent) for letter in "ABC"}
    versions = {letter: made[letter].version for letter in "AB"}
    move(opened, made["C"], parent, place)
    siblings = queries.siblings_of(opened.body, parent)
    assert "".join(each.title for each in siblings) == order
    # Making room is not an edit: forms that are open on the neighbours still save.
    assert {each.title: each.version for each in siblings if each.title in "AB"} == versions


def test_the_second_of_two_editors_is_told(opened):
    words = NodeWords(title="Local work")
    actions.edit_node(body=opened.body, by=opened.lead, node=opened.second, version=1, words=words)
    with pytest.raises(ChangedMeanwhile, match="Someone else changed this while you were writing"):
        actions.edit_node(body=opened.body, by=opened.lead, node=opened.second, version=1, words=NodeWords(title="Air"))
    assert queries.get_node(opened.second.public_id).title == "Local work"


@pytest.mark.parametrize("second", ["move", "end", "tie"])
def test_every_other_change_carries_the_version_too(opened, second):
    edited = NodeWords(title="Changed")
    actions.edit_node(body=opened.body, by=opened.lead, node=opened.second, version=1, words=edited)
    act, words = {
        "move": (actions.move_node, {"parent": None, "place": 1}),
        "end": (actions.end_node, {"ends_on": MAY}),
        "tie": (actions.tie_outcomes, {"outcomes": set()}),
    }[second]
    with pytest.raises(ChangedMeanwhile):
        act(body=opened.body, by=opened.lead, node=opened.second, version=1, **words)


def test_an_edit_that_changes_nothing_leaves_no_trace(opened):
    words = NodeWords(title="Clean air")
    held = actions.edit_node(body=opened.body, by=opened.lead, node=opened.second, version=1, words=words)
    assert held.version == 1
    assert len(events_about(opened.body, f"frameworks.node:{held.public_id}")) == 1


def test_dates_out_of_order_are_refused(opened):
    with pytest.raises(NotPossible, match="The last day, 1 April 2026, is before the first, 1 May 2026"):
        add(opened, "plan", "Wrong", starts_on=date(2026, 5, 1), ends_on=date(2026, 4, 1))


def test_ending_what_still_carries_something_is_refused(opened):
    held = queries.get_node(opened.theme.public_id)
    with pytest.raises(NotPossible, match="“Work” still has 2 parts beneath it that would go on after 1 May 2027"):
        actions.end_node(body=opened.body, by=opened.lead, node=held, version=held.version, ends_on=MAY)


def test_an_ended_part_stays_and_is_no_longer_in_force(opened):
    held = queries.get_node(opened.second.public_id)
    actions.end_node(body=opened.body, by=opened.lead, node=held, version=1, ends_on=date(2027, 4, 30))
    assert (3, "Clean air") in titles(queries.strategy(opened.body, MAY))
    assert [each.node.title for each in queries.objectives(opened.body, MAY)] == ["Local jobs"]
    assert len(queries.objectives(opened.body, date(2027, 4, 30))) == 2


def test_tying_outcomes_sets_exactly_those(opened):
    held = queries.get_node(opened.first.public_id)
    wanted = {("open-measures", "fair-chance"), ("wales-wellbeing-goals", "wfg1")}
    actions.tie_outcomes(body=opened.body, by=opened.lead, node=held, version=held.version, outcomes=wanted)
    branch = queries.find_branch(opened.body, held, MAY)
    assert {(each.framework_id, each.outcome_id, each.in_force) for each in branch.outcomes} == {
        ("open-measures", "fair-chance", True), ("wales-wellbeing-goals", "wfg1", False),
    }  # fmt: skip
    event = events_about(opened.body, f"frameworks.node:{held.public_id}")[0]
    details = json.loads(event.details)
    assert details == {
        "added": ["open-measures/fair-chance", "wales-wellbeing-goals/wfg1"], "removed": ["open-measures/local-work"],
    }  # fmt: skip


def test_tying_an_outcome_of_no_framework_is_refused(opened):
    with pytest.raises(NotPossible, match="There is no outcome “open-measures/riches”"):
        actions.tie_outcomes(
            body=opened.body, by=opened.lead, node=opened.second, version=1, outcomes={("open-measures", "riches")}
        )


def test_gaps_say_what_is_missing(opened):
    gaps = queries.strategy_gaps(opened.body, queries.today())
    assert [each.node.title for each in gaps.without_owner] == ["Clean air"]
    assert [each.node.title for each in gaps.without_outcome] == ["Clean air"]
    assert gaps.not_reviewed == ()
    unused = {each.outcome_id for each in gaps.unused_outcomes}
    every = {each.id for each in queries.get_edition("open-measures@1.0").outcomes}
    assert unused == every - {"local-work"}
    assert gaps.count == 2


REVIEW_TABLE = [
    # reviewed on, begins on, on, reviewed
    (date(2026, 5, 2), None, date(2027, 5, 1), True),
    (date(2026, 5, 1), None, date(2027, 5, 1), False),
    (date(2023, 3, 1), None, date(2024, 2, 29), True),
    (date(2023, 2, 28), None, date(2024, 2, 29), False),
    (None, date(2026, 6, 1), date(2027, 5, 1), True),
    (None, date(2020, 6, 1), date(2027, 5, 1), False),
    (None, None, date(2027, 5, 1), False),
]


@pytest.mark.parametrize(("reviewed_on", "starts_on", "on", "expected"), REVIEW_TABLE)
def test_what_counts_as_read_within_a_year(reviewed_on, starts_on, on, expected):
    assert queries.is_reviewed(StrategyNode(reviewed_on=reviewed_on, starts_on=starts_on), on) is expected


def test_reading_again_clears_the_flag(opened):
    StrategyNode.objects.filter(pk=opened.first.pk).update(reviewed_on=date(2020, 1, 1))
    today = queries.today()
    assert [each.node.title for each in queries.strategy_gaps(opened.body, today).not_reviewed] == ["Local jobs"]
    actions.review_node(body=opened.body, by=opened.lead, node=queries.get_node(opened.first.public_id))
    assert queries.strategy_gaps(opened.body, today).not_reviewed == ()
    assert (
        events_about(opened.body, f"frameworks.node:{opened.first.public_id}")[0].action == "frameworks.node.reviewed"
    )


def test_another_bodys_strategy_is_not_there(tree, make_body, in_scope):
    other = make_body()
    with in_scope(other):
        assert queries.strategy(tree.body, MAY) == ()
        with pytest.raises(StrategyNode.DoesNotExist):
            queries.get_node(tree.first.public_id)


def test_a_part_cannot_hang_under_another_bodys(tree, make_body, make_person, in_scope):
    other = make_body()
    lead = make_person("lead", body=other)
    with in_scope(other), pytest.raises(NotPossible):
        actions.add_node(body=other, by=lead, kind="objective", parent=tree.theme, words=NodeWords(title="Ours"))


def test_the_kind_of_a_part_never_changes(opened):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        StrategyNode.objects.filter(pk=opened.first.pk).update(kind="plan")


def test_two_moves_at_once_wait_for_each_other(opened):
    """A move holds the body's lock to the end of its transaction, so two together cannot close a circle."""
    move(opened, opened.theme, opened.plan)
    with psycopg.connect(os.environ["COMMONWEAL_RUNTIME_URL"]) as elsewhere:
        free = elsewhere.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"frameworks strategy {opened.body.pk}"]
        ).fetchone()
    assert free == (False,)
