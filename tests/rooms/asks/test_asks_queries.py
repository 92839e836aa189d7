"""What is found, what is to come, which duties apply, and what is missing between plan and asks."""

from datetime import date
from decimal import Decimal

import pytest

from commonweal.asks import actions, queries
from commonweal.asks.models import AskLine, Opportunity
from commonweal.asks.queries import OpportunityFilters
from commonweal.frameworks import actions as strategy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wards")]

JOBS, STARTS = "employment.local-people-fte", "skills.apprentice-starts"
TODAY = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _open(place, in_scope):
    with in_scope(place.body):
        yield


def record(place, title, **facts):
    return actions.record_opportunity(
        by=place.lead, body=place.body, channel=facts.pop("channel", "grant"), title=title, **facts
    )


def add(place, opportunity, name=JOBS, **facts):
    return actions.add_ask_line(by=place.lead, opportunity=opportunity, measure=place.measure(name), **facts)


def titles(place, **filters):
    return sorted(each.title for each in queries.opportunities(place.body, OpportunityFilters(**filters)))


def test_what_delivery_chooses_from(place, opportunity):
    line = add(place, opportunity, quantity=Decimal("12.50"))
    gone = add(place, opportunity, STARTS)
    actions.remove_ask_line(by=place.lead, line=gone)
    dropped = record(place, "The Mill")
    actions.set_state(by=place.lead, opportunity=dropped, state="withdrawn", reason="No money")
    assert queries.opportunity_choices(place.body) == [(opportunity.public_id, "Bridge deck works")]
    assert queries.ask_line_choices(opportunity) == [
        (line.public_id, "Local people employed on the agreement: 12.5 FTE-years")
    ]
    assert queries.find_opportunity(place.body, opportunity.public_id) == opportunity
    assert queries.find_ask_line(place.body, line.public_id) == line
    with pytest.raises(AskLine.DoesNotExist):
        queries.find_ask_line(place.body, gone.public_id)


def test_open_offer_in_words(place, opportunity):
    add(place, opportunity)
    assert (
        queries.ask_line_choices(opportunity)[0][1]
        == "Local people employed on the agreement: open offer, in FTE-years"
    )


def test_filters_narrow_each_in_its_way(place, opportunity):
    record(place, "Youth grants", summary="For clubs by the bridge", level="regional")
    assert titles(place) == ["Bridge deck works", "Youth grants"]
    assert titles(place, text="bridge") == ["Bridge deck works", "Youth grants"]
    assert titles(place, text="bridge clubs") == ["Youth grants"]
    assert titles(place, channel="procurement") == ["Bridge deck works"]
    assert titles(place, department=place.highways.public_id) == ["Bridge deck works"]
    assert titles(place, level="regional") == ["Youth grants"]
    assert titles(place, state="asked") == []


def test_not_asked_is_open_and_without_a_standing_line(place, opportunity):
    silent = record(place, "Youth grants")
    told = record(place, "A small lease")
    actions.set_state(by=place.lead, opportunity=told, state="withdrawn", reason="No money")
    line = add(place, opportunity)
    assert titles(place, not_asked=True) == [silent.title]
    actions.remove_ask_line(by=place.lead, line=line)
    assert titles(place, not_asked=True) == ["Bridge deck works", "Youth grants"]


def test_opportunities_count_their_standing_lines(place, opportunity):
    actions.remove_ask_line(by=place.lead, line=add(place, opportunity))
    add(place, opportunity)
    add(place, opportunity, STARTS)
    assert queries.opportunities(place.body).get().asked == 2
    assert [len(lines) for lines in queries.lines_by_opportunity([opportunity]).values()] == [2]


def test_pipeline_sums_what_is_to_come_by_channel(place, opportunity):
    for value in (Decimal("1000.50"), Decimal("2000.25"), None):
        made = record(place, "Youth grants", value=value)
    add(place, made)
    over = record(place, "Old grant", value=Decimal(5))
    actions.set_state(by=place.lead, opportunity=over, state="withdrawn", reason="No money")
    procurement, grant = queries.pipeline(place.body)
    assert (procurement.channel, procurement.count, procurement.not_asked) == ("procurement", 1, 1)
    assert (grant.channel, grant.count, grant.value, grant.unvalued, grant.not_asked) == (
        "grant", 3, Decimal("3000.75"), 1, 2
    )  # fmt: skip


# --- places by name -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [("", ""), ("  ", ""), ("x05000001", "X05000001"), (" X05000002 ", "X05000002")],
)
def test_place_named_by_its_code(place, text, code):
    assert queries.place_named(place.body, text, TODAY) == code


@pytest.mark.parametrize(
    ("text", "on", "sentence"),
    [
        ("castle", TODAY, r"More than one place is called castle.*X05000001 \(ward\), X05000002 \(ward\)"),
        ("Nowhere", TODAY, "No ward or council is called Nowhere"),
        ("X05999999", TODAY, "No place has the code"),
        ("X05000003", TODAY, "did not exist on 1 October 2026"),
        ("Mill", TODAY, "No ward or council is called Mill"),
    ],
)
def test_place_named_unclearly(place, text, on, sentence):
    with pytest.raises(queries.PlaceNotFound, match=sentence):
        queries.place_named(place.body, text, on)


def test_place_named_by_a_name_that_one_place_had_then(place):
    assert queries.place_named(place.body, " mill ", date(2020, 3, 31)) == "X05000003"


# --- duties ---------------------------------------------------------------------------------------------------------


def test_duties_of_a_large_procurement_of_works(place, opportunity):
    actions.change_opportunity(
        by=place.lead, opportunity=opportunity, version=1, title=opportunity.title, value=Decimal(20_000_000)
    )
    check = queries.duties_check(queries.get_opportunity(place.body, opportunity.public_id), TODAY)
    assert (check.on, check.commenced, check.lacking) == (date(2026, 6, 1), True, ())
    assert "UK-PA-52" in {duty.id for duty in check.with_answer("yes")}
    assert "E-SVA-CONSIDER" in {duty.id for duty in check.with_answer("no")}
    assert len(check.with_answer("yes", "no", "optional", "unconfirmed")) == len(check.duties)


def test_duties_of_a_welsh_council_are_the_welsh_ones(place, opportunity, make_body):
    opportunity.body = make_body(nation="wales")
    check = queries.duties_check(opportunity, TODAY)
    assert "E-SVA-CONSIDER" in {duty.id for duty in check.with_answer("no")}


@pytest.mark.parametrize(
    ("facts", "lacking"),
    [
        ({"channel": "grant"}, ("its value, including VAT",)),
        ({"channel": "procurement", "value": Decimal(1)}, ("whether it is goods, services or works",)),
        ({"channel": "procurement"}, ("its value, including VAT", "whether it is goods, services or works")),
    ],
)
def test_duties_that_cannot_be_told_say_what_is_lacking(place, facts, lacking):
    check = queries.duties_check(record(place, "The Mill", **facts), TODAY)
    assert (check.on, check.commenced, check.lacking, check.duties) == (TODAY, False, lacking, ())


def test_duties_of_a_body_the_law_does_not_know(place, opportunity, make_body):
    opportunity.body = make_body(kind="hub")
    assert queries.duties_check(opportunity, TODAY).lacking == (
        "the kind and nation of the body, as the law knows them",
    )


# --- what is missing ------------------------------------------------------------------------------------------------


def report(place, on=None):
    return queries.gap_report(place.body, on or strategy.today())


def test_gap_report_before_anything_is_asked(place, opportunity):
    found = report(place)
    assert [each.node for each in found.unasked] == [place.jobs, place.air]
    assert found.unwanted == ()
    assert list(found.silent) == [opportunity]
    assert [each.node for each in found.strategy.without_outcome] == [place.air]
    assert found.count == 3 + found.strategy.count


def test_gap_report_when_an_objective_is_asked_for(place, opportunity):
    add(place, opportunity, objective=place.jobs)
    found = report(place)
    assert [each.node for each in found.unasked] == [place.air]
    assert (found.unwanted, found.silent) == ((), ())


def test_gap_report_does_not_count_what_was_taken_out_or_withdrawn(place, opportunity):
    actions.remove_ask_line(by=place.lead, line=add(place, opportunity, objective=place.jobs))
    other = record(place, "The Mill")
    add(place, other, objective=place.air)
    actions.set_state(by=place.lead, opportunity=other, state="withdrawn", reason="No money")
    found = report(place)
    assert [each.node for each in found.unasked] == [place.jobs, place.air]
    assert list(found.silent) == [opportunity]


def test_gap_report_counts_what_was_agreed_as_asked(place, opportunity):
    add(place, opportunity, objective=place.jobs)
    add(place, opportunity, STARTS)
    for state in ("asked", "agreed"):
        actions.set_state(by=place.lead, opportunity=opportunity, state=state)
    found = report(place)
    assert [each.node for each in found.unasked] == [place.air]
    assert found.unwanted == ()  # an agreed line can no longer be given an objective


def test_gap_report_names_lines_without_an_objective_and_who_wants_their_outcome(place, opportunity):
    wanted, unwanted = add(place, opportunity), add(place, opportunity, STARTS)
    found = {each.line: [branch.node for branch in each.wanted_by] for each in report(place).unwanted}
    assert found == {wanted: [place.jobs], unwanted: []}


def test_gap_report_names_lines_whose_objective_ended(place, opportunity):
    line = add(place, opportunity, objective=place.air)
    assert report(place).unwanted == ()
    strategy.end_node(
        body=place.body, by=place.lead, node=place.air, version=place.air.version, ends_on=date(2026, 4, 1)
    )
    assert [each.line for each in report(place).unwanted] == [line]


def test_another_bodys_opportunities_are_not_there(place, opportunity, make_body, in_scope):
    other = make_body()
    with in_scope(other):
        assert queries.opportunity_choices(other) == []
        assert queries.gap_report(other, TODAY).silent == ()
        with pytest.raises(Opportunity.DoesNotExist):
            queries.find_opportunity(other, opportunity.public_id)
        assert not Opportunity.objects.filter(pk=opportunity.pk).exists()
