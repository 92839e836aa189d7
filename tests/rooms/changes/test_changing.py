"""A change is neutral or answered for, within its ground, agreed by both, decided by a second person, and adds to history."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.delivery.changes import actions, invariants, policies, queries
from commonweal.delivery.models import Agreement, Commitment
from commonweal.delivery.queries import promise_table
from commonweal.directory.queries import today
from commonweal.engine.grounds import regime_for, regimes
from commonweal.reporting.queries import account

pytestmark = pytest.mark.django_db
D = Decimal


def now(change):
    return queries.get_change(change.body, change.public_id)


def promised(contract, commitment, on=None):
    rows = promise_table(contract.agreement, on or today()).rows
    return next(row.promised for row in rows if row.commitment.pk == commitment.pk)


def holds_every_rule():
    with connection.cursor() as cursor:
        for rule in invariants.RULES:
            cursor.execute(rule.sql)
            assert cursor.fetchall() == [], rule.sentence


def test_a_made_change_revises_from_its_day_and_leaves_the_past(contract):
    starts = contract.promise("10")
    change = contract.change()
    actions.add_line(by=contract.officer, change=change, kind="reduce", before=starts, quantity_after=D(6))
    contract.made(change, excuse="The site closed and nobody lost a place")
    assert promised(contract, starts) == 6
    assert promised(contract, starts, today() - timedelta(days=1)) == 10
    assert Commitment.objects.get(pk=starts.pk).quantity == 10
    counted = [line.counted for line in account(contract.body, on=today()).worths["promised"].lines]
    assert counted == [6]
    holds_every_rule()


def test_less_after_than_before_is_refused_without_credit_or_a_named_reason(contract):
    starts = contract.promise("10")
    change = contract.change()
    actions.add_line(by=contract.officer, change=change, kind="reduce", before=starts, quantity_after=D(6))
    contract.agreed(change)
    with pytest.raises(NotPossible, match="Less stands after this change"):
        actions.decide(by=contract.second, change=change, approves=True, words="", written_against=now(change).version)
    actions.decide(
        by=contract.second, change=change, approves=True, words="", excuse="Right", written_against=now(change).version
    )
    assert (now(change).excused_by, now(change).excuse) == (contract.second, "Right")


def test_as_much_in_place_of_a_blocked_promise_is_neutral(contract):
    starts = contract.promise("10", place_code="")
    contract.deliver(starts, "4")
    change = contract.change(kind="substitution")
    actions.add_line(
        by=contract.officer, change=change, kind="substitute", before=starts, quantity_after=D(6),
        measure=contract.measure(), wording="Starts at the depot instead",
    )  # fmt: skip
    lines = queries.lines_of(now(change))
    assert lines[0].quantity_kept == 4
    found = queries.neutrality(now(change), lines)
    assert found.is_neutral
    assert [each.shortfall for each in found.compared] == [0]
    contract.made(change)
    made = queries.lines_of(now(change))[0].made
    assert (promised(contract, starts), promised(contract, made)) == (4, 6)
    holds_every_rule()


def test_another_kind_of_value_is_never_added_and_must_be_answered_for(contract):
    starts = contract.promise("10")
    change = contract.change(kind="substitution")
    actions.add_line(
        by=contract.officer, change=change, kind="substitute", before=starts, quantity_after=D(100_000),
        measure=contract.measure("community.volunteering-hours"), wording="Volunteering instead",
    )  # fmt: skip
    found = queries.neutrality(now(change), queries.lines_of(now(change)))
    assert len(found.compared) == 2
    assert any("another kind of value" in each for each in found.questions)
    assert any("another outcome" in each for each in found.questions)


def test_whoever_proposed_does_not_decide(contract):
    starts = contract.promise("10")
    change = contract.change()
    actions.add_line(by=contract.officer, change=change, kind="increase", before=starts, quantity_after=D(12))
    contract.agreed(change)
    with pytest.raises(NotPossible, match="someone else decides"):
        actions.decide(by=contract.officer, change=change, approves=True, words="", written_against=now(change).version)


def test_money_and_term_need_a_legal_opinion_and_go_through_the_agreements_terms(contract):
    later = contract.agreement.ends_on + timedelta(days=30)
    change = contract.change(value_after=D(1_050_000), ends_after=later, title="A month more", ground="below-threshold")
    contract.agreed(change)
    step = {"by": contract.second, "change": change, "approves": True, "words": ""}
    with pytest.raises(NotPossible, match="signs it off in law"):
        actions.decide(**step, written_against=now(change).version)
    actions.sign_off(by=contract.officer, change=change, may_be_made=False, words="Above the limit")
    with pytest.raises(NotPossible, match="may not be made"):
        actions.decide(**step, written_against=now(change).version)
    actions.sign_off(by=contract.officer, change=change, may_be_made=True, words="Within the limit after all")
    actions.decide(**step, written_against=now(change).version)
    actions.make_change(by=contract.officer, change=change, written_against=now(change).version)
    agreement = Agreement.objects.get(pk=contract.agreement.pk)
    assert (agreement.value, agreement.ends_on) == (D(1_050_000), later)
    sums = queries.cumulative(agreement)
    assert (sums.first, sums.amount, sums.percent) == (D(1_000_000), D(50_000), D(5))


def test_changes_together_stay_within_the_limit_of_the_ground(contract):
    for value in (1_060_000, 1_110_000):
        change = contract.change(value_after=D(value), ground="below-threshold", title=f"To {value}")
        actions.sign_off(by=contract.officer, change=change, may_be_made=True, words="Seen")
        contract.agreed(change)
        step = {"by": contract.second, "change": change, "approves": True, "words": ""}
        if value == 1_110_000:
            with pytest.raises(NotPossible, match="allows 10 per cent"):
                actions.decide(**step, written_against=now(change).version)
            break
        actions.decide(**step, written_against=now(change).version)
        actions.make_change(by=contract.officer, change=change, written_against=now(change).version)
        contract.agreement.refresh_from_db()


def test_a_refused_substitution_says_why_and_goes_no_further(contract):
    starts = contract.promise("10")
    change = contract.change(kind="substitution")
    actions.add_line(
        by=contract.officer, change=change, kind="substitute", before=starts, quantity_after=D(20),
        measure=contract.measure(),
    )  # fmt: skip
    actions.propose(by=contract.officer, change=change, written_against=now(change).version)
    with pytest.raises(NotPossible, match="why you refuse"):
        actions.answer(
            by=contract.reporter, change=change, agrees=False, words=" ", written_against=now(change).version
        )
    actions.answer(
        by=contract.reporter, change=change, agrees=False, words="Too many", written_against=now(change).version
    )
    with pytest.raises(NotPossible, match="refused by the provider"):
        actions.decide(by=contract.second, change=change, approves=True, words="", written_against=now(change).version)
    assert promised(contract, starts) == 10


def test_two_people_on_one_change_the_second_is_told(contract):
    change = contract.change()
    version = change.version
    actions.add_line(
        by=contract.officer, change=change, kind="increase", before=contract.promise("1"), quantity_after=D(2)
    )
    with pytest.raises(policies.ChangedMeanwhile):
        actions.propose(by=contract.second, change=change, written_against=version)


def test_a_promise_changed_since_stops_an_older_change(contract):
    starts = contract.promise("10")
    older, newer = contract.change(title="Older"), contract.change(title="Newer")
    for change, quantity in ((older, 12), (newer, 15)):
        actions.add_line(by=contract.officer, change=change, kind="increase", before=starts, quantity_after=D(quantity))
    contract.made(newer)
    with pytest.raises(NotPossible, match="was changed since"):
        contract.made(older)


def test_an_option_is_committed_only_when_it_is_taken_up(contract):
    option = contract.promise("4", basis="option", basis_words="If extended")
    assert promised(contract, option) is None
    change = contract.change(kind="extension", title="Two more years")
    actions.add_line(by=contract.officer, change=change, kind="take-up", before=option, quantity_after=D(4))
    contract.made(change)
    rows = promise_table(contract.agreement, today()).rows
    assert [(row.commitment.basis, row.promised) for row in rows] == [("fixed", 4)]


@pytest.mark.parametrize("state", list(policies.STATES))
@pytest.mark.parametrize("to", list(policies.STATES))
def test_only_the_steps_of_the_table_are_open(contract, state, to):
    change = contract.change()
    change.state = state
    if to in policies.STATES[state]:
        policies.check_moves(change, to)
    else:
        with pytest.raises(NotPossible, match="not open any more"):
            policies.check_moves(change, to)


def test_each_regime_has_grounds_and_an_old_contract_goes_by_its_own_words():
    assert regime_for("procurement-act-2023", date(2025, 2, 24)).id == "procurement-act-2023"
    assert regime_for("procurement-act-2023", date(2025, 2, 23)).id == "any"
    assert regime_for("pcr-2015", date(2024, 1, 1)).ground("small").limit_for("works") == 15
    assert regime_for("wales", date(2026, 1, 1)).id == "procurement-act-2023"
    for regime in regimes().values():
        assert len({ground.id for ground in regime.grounds}) == len(regime.grounds)


def test_closing_freezes_promised_delivered_and_lost(contract):
    starts, talks = contract.promise("10"), contract.promise("3", None)
    contract.deliver(starts, "4")
    contract.deliver(starts, "2", accepted=False)
    contract.deliver(talks, "3")
    outturn = actions.close_agreement(
        by=contract.officer, agreement=contract.agreement, how="insolvency", last_day=today(), why="Administrators came in",
        follows="The starts are lost; a claim is lodged",
    )  # fmt: skip
    lines = [(each.promised, each.claimed, each.evidenced, each.lost) for each in queries.outturn_lines(outturn)]
    assert lines == [(10, 6, 4, 6), (3, 3, 3, 0)]
    contract.agreement.refresh_from_db()
    assert contract.agreement.state == "terminated"
    with pytest.raises(NotPossible, match="closed"):
        contract.change()
    with pytest.raises(NotPossible, match="outturn already"):
        actions.close_agreement(
            by=contract.officer, agreement=contract.agreement, how="ended", last_day=today(), why="x", follows="y"
        )


def test_pages_walk_a_change_from_draft_to_made(contract, sign_in):
    starts = contract.promise("10")
    officer, second, provider = sign_in(contract.officer), sign_in(contract.second), sign_in(contract.reporter)
    slug, day = contract.body.slug, today()
    add = reverse("changes:change_add", args=[slug, contract.agreement.public_id])
    assert officer.get(add).status_code == 200
    given = {"title": "More starts", "kind": "change", "why": "A new depot", "ground": "not-substantial",
             "takes_from_on-day": day.day, "takes_from_on-month": day.month, "takes_from_on-year": day.year,
             "ranking": "no", "ranking_reason": "Far ahead"}  # fmt: skip
    page = officer.post(add, given)["Location"]
    key = page.rstrip("/").split("/")[-1]
    line = reverse("changes:line_add", args=[slug, key])
    assert officer.get(line).status_code == 200
    sent = {"kind": "increase", "before": starts.public_id, "quantity_after": "12", "place_role": "delivered-at"}
    assert officer.post(line, sent).status_code == 302
    assert "10 " in officer.get(page).content.decode()
    with open_scope(body=contract.body.pk):
        change = queries.get_change(contract.body, key)
    assert officer.post(reverse("changes:propose", args=[slug, key]), {"written_against": 1}).status_code == 409
    assert (
        officer.post(reverse("changes:propose", args=[slug, key]), {"written_against": change.version}).status_code
        == 302
    )
    party = contract.agreement.party.public_id
    assert "More starts" in provider.get(reverse("changes_provider:changes", args=[party])).content.decode()
    assert provider.get(reverse("changes_provider:change", args=[party, key])).status_code == 200
    due = reverse("returns_provider:due", args=[party])
    assert "More starts" in provider.get(due).content.decode()
    told = {"written_against": change.version + 1, "agrees": "yes", "words": ""}
    assert provider.post(reverse("changes_provider:answer", args=[party, key]), told).status_code == 302
    assert "More starts" not in provider.get(due).content.decode()
    assert provider.get(reverse("changes_provider:answer", args=[party, key])).status_code == 302
    decide = reverse("changes:decide", args=[slug, key])
    told = {"written_against": change.version + 2, "approves": "yes", "words": "", "excuse": ""}
    assert officer.post(decide, told).status_code == 422
    assert second.post(decide, told).status_code == 302
    make = reverse("changes:make", args=[slug, key])
    assert officer.post(make, {"written_against": change.version + 3}).status_code == 302
    tab = officer.get(reverse("changes:agreement", args=[slug, contract.agreement.public_id])).content.decode()
    assert "12 " in tab
    for form in ("csv", "xlsx"):
        export = officer.get(reverse("changes:changes_export", args=[slug, contract.agreement.public_id, form]))
        assert export.status_code == 200


def test_another_body_and_another_party_find_nothing(contract, make_body, make_person, make_party, sign_in):
    change = contract.change()
    actions.add_line(
        by=contract.officer, change=change, kind="increase", before=contract.promise("1"), quantity_after=D(2)
    )
    actions.propose(by=contract.officer, change=change, written_against=now(change).version)
    other = make_body()
    stranger = sign_in(make_person("contract-manager", body=other))
    for route, key in (
        ("agreement", contract.agreement.public_id), ("change_add", contract.agreement.public_id),
        ("close", contract.agreement.public_id), ("credit_add", contract.agreement.public_id),
        ("change", change.public_id), ("line_add", change.public_id), ("drop", change.public_id),
        ("sign", change.public_id), ("decide", change.public_id),
    ):  # fmt: skip
        for body in (contract.body, other):
            assert stranger.get(reverse(f"changes:{route}", args=[body.slug, key])).status_code == 404, route
    rival = make_party("Rival")
    client = sign_in(make_person("provider-admin", party=rival))
    for party in (rival, contract.agreement.party):
        assert (
            client.get(reverse("changes_provider:change", args=[party.public_id, change.public_id])).status_code == 404
        )
        told = {"written_against": 3, "agrees": "yes", "words": ""}
        answer = reverse("changes_provider:answer", args=[party.public_id, change.public_id])
        assert client.post(answer, told).status_code == 404
    assert now(change).state == "proposed"
