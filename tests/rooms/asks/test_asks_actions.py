"""What may be done with opportunities and lines: what is kept, what is refused, and the one event of each act."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from commonweal.asks import actions, policies, queries
from commonweal.asks.models import AskLine, Opportunity
from commonweal.base.errors import NotPossible
from commonweal.base.queries import events_about, events_of
from commonweal.frameworks import actions as strategy
from commonweal.frameworks.queries import find_edition, measures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wards")]

JOBS = "employment.local-people-fte"


@pytest.fixture(autouse=True)
def _open(place, in_scope):
    with in_scope(place.body):
        yield


def events(opportunity):
    return [
        each.action for each in reversed(events_about(opportunity.body, f"asks.opportunity:{opportunity.public_id}"))
    ]


def last_details(opportunity):
    return json.loads(events_about(opportunity.body, f"asks.opportunity:{opportunity.public_id}")[0].details)


def add(place, opportunity, name=JOBS, **facts):
    return actions.add_ask_line(by=place.lead, opportunity=opportunity, measure=place.measure(name), **facts)


def step(place, opportunity, state, reason=""):
    return actions.set_state(by=place.lead, opportunity=opportunity, state=state, reason=reason)


@pytest.mark.parametrize(
    "channel", ["procurement", "grant", "asset-transfer", "finance", "planning", "own-service", "partnership"]
)
def test_record_opportunity_in_any_channel(place, channel):
    before = events_of(place.body).count()
    made = actions.record_opportunity(by=place.lead, body=place.body, channel=channel, title="The Mill")
    assert (made.state, made.version, made.body) == ("planned", 1, place.body)
    assert events(made) == ["asks.opportunity.recorded"]
    assert events_of(place.body).count() == before + 1


@pytest.mark.parametrize(
    "facts",
    [
        {"starts_on": date(2027, 1, 2), "ends_on": date(2027, 1, 1)}, {"value": Decimal("-1")},
        {"weighting_percent": Decimal(10)}, {"weighting_percent": Decimal(10), "weighting_reason": "  "},
        {"extension_months": -1}, {"cpv": "1"}, {"place_code": "X99999999"}, {"place_code": "X05000003"},
    ],
)  # fmt: skip
def test_record_opportunity_with_facts_that_cannot_be(place, facts):
    with pytest.raises(NotPossible):
        actions.record_opportunity(by=place.lead, body=place.body, channel="grant", title="The Mill", **facts)
    assert not Opportunity.objects.exists()


def test_record_opportunity_in_a_place_that_existed_then(place):
    made = actions.record_opportunity(
        by=place.lead, body=place.body, channel="grant", title="The Mill", place_code="X05000003",
        commenced_on=date(2020, 3, 31),
    )  # fmt: skip
    assert made.place_code == "X05000003"


def test_change_opportunity_keeps_what_is_not_given_and_records_both(place, opportunity):
    changed = actions.change_opportunity(
        by=place.lead, opportunity=opportunity, version=1, title="Bridge deck and railings", value=Decimal("2500000.00")
    )
    held = queries.get_opportunity(place.body, opportunity.public_id)
    assert (held.title, held.value, held.department, held.version) == (
        "Bridge deck and railings", Decimal("2500000.00"), place.highways, 2
    )  # fmt: skip
    assert changed == held
    assert events(opportunity) == ["asks.opportunity.recorded", "asks.opportunity.changed"]
    assert last_details(opportunity)["changed"] == {
        "title": ["Bridge deck works", "Bridge deck and railings"], "value": ["2000000.00", "2500000.00"]
    }  # fmt: skip


def test_change_opportunity_to_what_it_is_changes_nothing(place, opportunity):
    held = actions.change_opportunity(by=place.lead, opportunity=opportunity, version=1, title=opportunity.title)
    assert held.version == 1
    assert events(opportunity) == ["asks.opportunity.recorded"]


def test_change_opportunity_by_two_at_once_tells_the_second(place, opportunity):
    actions.change_opportunity(by=place.lead, opportunity=opportunity, version=1, title="First")
    with pytest.raises(policies.ChangedMeanwhile):
        actions.change_opportunity(by=place.lead, opportunity=opportunity, version=1, title="Second")
    assert queries.get_opportunity(place.body, opportunity.public_id).title == "First"


def test_change_contact_leaves_only_a_pseudonym_on_record(place, opportunity):
    actions.change_opportunity(
        by=place.lead, opportunity=opportunity, version=1, title=opportunity.title, contact=place.lead
    )
    assert last_details(opportunity)["changed"] == {"contact": [None, place.lead.pseudonym]}
    assert "Mair" not in str(last_details(opportunity))


def test_set_state_along_the_line(place, opportunity):
    add(place, opportunity, quantity=Decimal(12))
    assert step(place, opportunity, "asked").state == "asked"
    assert step(place, opportunity, "agreed").state == "agreed"
    assert events(opportunity)[-2:] == ["asks.opportunity.asked", "asks.opportunity.agreed"]


def test_set_state_withdrawn_keeps_its_reason(place, opportunity):
    step(place, opportunity, "withdrawn", " No money ")
    assert last_details(opportunity) == {"lines": 0, "reason": "No money"}
    with pytest.raises(NotPossible, match="is withdrawn, so it stays as it is"):
        actions.change_opportunity(by=place.lead, opportunity=opportunity, version=2, title="Again")


def test_set_state_asked_for_nothing_needs_its_reason(place, opportunity):
    with pytest.raises(NotPossible, match="say why no social value"):
        step(place, opportunity, "asked")
    assert queries.get_opportunity(place.body, opportunity.public_id).state == "planned"


def test_add_ask_line_for_an_objective(place, opportunity):
    line = add(place, opportunity, quantity=Decimal("12.5"), objective=place.jobs, place_code="X05000001")
    assert queries.lines_of(opportunity) == [line]
    assert events(opportunity)[-1] == "asks.line.added"
    assert last_details(opportunity) == {
        "line": line.public_id, "measure": JOBS, "quantity": "12.5", "objective": place.jobs.public_id
    }  # fmt: skip


@pytest.mark.parametrize(
    "facts",
    [
        {"quantity": Decimal(-1)}, {"quantity": Decimal("0.0000001")}, {"place_code": "X99999999"},
        {"starts_on": date(2027, 1, 2), "ends_on": date(2027, 1, 1)},
    ],
)  # fmt: skip
def test_add_ask_line_with_facts_that_cannot_be(place, opportunity, facts):
    with pytest.raises(NotPossible):
        add(place, opportunity, **facts)
    assert queries.lines_of(opportunity) == []


def test_add_ask_line_of_a_framework_not_in_use(place, opportunity):
    strange = measures(find_edition("ppn-002@2025")).first()
    with pytest.raises(NotPossible, match=r"which is not in use here on 1 June 2026"):
        actions.add_ask_line(by=place.lead, opportunity=opportunity, measure=strange)


def test_add_ask_line_of_a_framework_not_yet_in_use_when_it_began(place, opportunity):
    actions.change_opportunity(
        by=place.lead, opportunity=opportunity, version=1, title=opportunity.title, commenced_on=date(2026, 3, 31)
    )
    with pytest.raises(NotPossible, match=r"not in use here on 31 March 2026"):
        add(place, opportunity)


def test_add_ask_line_for_what_is_not_an_objective(place, opportunity):
    with pytest.raises(NotPossible, match="“A fair town” is not an objective"):
        add(place, opportunity, objective=place.plan)


def test_change_ask_line_and_take_it_out(place, opportunity):
    line = add(place, opportunity, quantity=Decimal(12))
    actions.change_ask_line(by=place.lead, line=line, quantity=Decimal(15), objective=place.jobs)
    assert last_details(opportunity)["changed"] == {"quantity": ["12", "15"], "objective": [None, place.jobs.public_id]}
    actions.remove_ask_line(by=place.lead, line=line)
    assert queries.lines_of(opportunity) == []
    assert events(opportunity)[-2:] == ["asks.line.changed", "asks.line.removed"]
    assert AskLine.objects.get(pk=line.pk).quantity == 15
    for act in (actions.remove_ask_line, actions.change_ask_line):
        with pytest.raises(NotPossible, match="took this out"):
            act(by=place.lead, line=line)


@pytest.mark.parametrize("end", ["agreed", "withdrawn"])
def test_lines_of_what_came_to_its_end_stay(place, opportunity, end):
    line = add(place, opportunity, quantity=Decimal(12))
    step(place, opportunity, "asked")
    step(place, opportunity, end, "Done")
    acts = (
        lambda: add(place, opportunity),
        lambda: actions.change_ask_line(by=place.lead, line=line, quantity=Decimal(1)),
        lambda: actions.remove_ask_line(by=place.lead, line=line),
    )
    for act in acts:
        with pytest.raises(NotPossible, match=f"is {end}, so it stays"):
            act()
    assert [each.quantity for each in queries.lines_of(opportunity)] == [12]


@pytest.mark.parametrize(
    ("column", "value"),
    [("weighting_percent", 10), ("weighting_percent", 101), ("value", -1), ("extension_months", -1)],
)
def test_the_database_refuses_what_cannot_be(place, opportunity, column, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        Opportunity.objects.filter(pk=opportunity.pk).update(**{column: value})


@pytest.mark.parametrize("change", [{"channel": "grant"}, {"recorded_at": None}])
def test_the_database_refuses_to_change_what_stays(place, opportunity, change):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Opportunity.objects.filter(pk=opportunity.pk).update(**change)


def test_an_objective_of_another_body_is_refused(place, opportunity, make_body, make_person, in_scope):
    other = make_body()
    theirs = make_person("lead", body=other)
    with in_scope(other):
        plan = strategy.add_node(
            body=other, by=theirs, kind="objective", parent=None, words=strategy.NodeWords(title="Theirs")
        )
    with pytest.raises(NotPossible, match="not an objective"):
        add(place, opportunity, objective=plan)
