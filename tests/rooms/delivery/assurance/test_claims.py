"""Claims: who accepts, when a second is needed, changes, contests, evidence in shares, and what may be counted twice."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from commonweal.base.errors import NotPossible
from commonweal.base.invariants import broken
from commonweal.base.models import Mail
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import reverse_entry
from commonweal.delivery.assurance import actions, jobs, policies, queries
from commonweal.delivery.assurance.models import ClaimStep, Flag, KeyCall, KeyPeriod, PersonClaimed
from commonweal.delivery.assurance.policies import Limits, Risk, reasons_for_second
from commonweal.delivery.models import AssuranceFact, Entry
from commonweal.directory.queries import today

pytestmark = pytest.mark.django_db
#: Which step may follow which state, written out apart from the table.
FOLLOWS = {
    "claimed": "accepted-by-one accepted accepted-in-part changes-asked refused",
    "answered": "accepted-by-one accepted accepted-in-part changes-asked refused",
    "accepted-by-one": "accepted accepted-in-part changes-asked refused",
    "changes-asked": "answered corrected",
    "refused": "contested",
    "accepted-in-part": "contested",
    "contested": "accepted-by-one accepted accepted-in-part refused corrected",
    "accepted": "",
    "corrected": "",
}
LIMITS = Limits(value_above=Decimal(1000), share_above=Decimal("0.5"))


@pytest.mark.parametrize(
    ("risk", "reasons"),
    [
        (Risk(), ()),
        (Risk(keyed_by_accepter=True), ("keyed",)),
        (Risk(value=Decimal(1000)), ()),
        (Risk(value=Decimal("1000.01")), ("value",)),
        (Risk(share=Decimal("0.5")), ()),
        (Risk(share=Decimal("0.51")), ("quantity",)),
        (Risk(outlier=True), ("outlier",)),
        (Risk(dates=True), ("dates",)),
        (Risk(flagged=True), ("flag",)),
        (
            Risk(True, Decimal(5000), Decimal(2), True, True, True),
            ("keyed", "value", "quantity", "outlier", "dates", "flag"),
        ),
    ],
)
def test_second_officer_by_risk(risk, reasons):
    assert reasons_for_second(risk, LIMITS) == reasons


@pytest.mark.parametrize("risk", [Risk(value=Decimal(10**9)), Risk(share=Decimal(90))])
def test_body_without_limits_needs_no_second_for_size(risk):
    assert reasons_for_second(risk, Limits(None, None)) == ()


@pytest.mark.parametrize("state", sorted(policies.CLAIM_STATES))
@pytest.mark.parametrize("kind", sorted(set(policies.CLAIM_STATES) - {"claimed"}))
def test_step_follows_its_state_or_is_refused(state, kind):
    if kind in FOLLOWS[state].split():
        policies.check_step(state, kind)
    else:
        with pytest.raises(NotPossible):
            policies.check_step(state, kind)


def evidenced(entry: Entry) -> Decimal | None:
    fact = AssuranceFact.objects.filter(entry=entry, kind="evidenced").first()
    return fact.quantity if fact else None


def test_one_officer_accepts_a_providers_claim(claims):
    entry = claims.claim()
    assert claims.accept(entry).kind == "accepted"
    assert evidenced(entry) == 4


def test_claim_keyed_by_its_accepter_waits_for_a_second(claims):
    entry = claims.claim(by=claims.officer)
    step = claims.accept(entry)
    assert (step.kind, step.reasons) == ("accepted-by-one", ["keyed"])
    assert evidenced(entry) is None, "one acceptance of two is not enough"
    with pytest.raises(NotPossible, match="Somebody else"):
        claims.accept(entry)
    assert claims.accept(entry, claims.other).kind == "accepted"
    assert evidenced(entry) == 4


def test_second_acceptance_is_by_somebody_else(claims):
    entry = claims.claim("400")  # forty times its promise
    assert claims.accept(entry).reasons == ["outlier"]
    with pytest.raises(NotPossible, match="accepted this claim already"):
        claims.accept(entry)
    assert evidenced(entry) is None


def test_whoever_keyed_a_claim_is_no_second(claims):
    entry = claims.claim("400", by=claims.officer)  # far beyond its promise of ten
    assert claims.accept(entry, claims.other).kind == "accepted-by-one"
    with pytest.raises(NotPossible, match="recorded this entry"):
        claims.accept(entry, claims.officer)
    assert claims.accept(entry, claims.third).kind == "accepted"


def test_claim_above_the_bodys_limit_waits_for_a_second(claims):
    actions.set_acceptance_rule(
        by=claims.third, body=claims.council.body, value_above=None, share_above=Decimal("0.3"), reason="Few promises"
    )
    assert claims.accept(claims.claim("3")).kind == "accepted"
    assert claims.accept(claims.claim("4")).reasons == ["quantity"]


def test_money_claimed_is_its_own_value(claims):
    promise = claims.council.promise("90000", claims.agreement, wording="Spent locally", unit="GBP")
    assert claims.accept(claims.claim("25000", promise=promise)).kind == "accepted"
    assert claims.accept(claims.claim("25001", promise=promise)).reasons == ["value"]


def test_second_accepts_the_same_quantity(claims):
    entry = claims.claim(by=claims.officer)
    claims.accept(entry, quantity="3", note="One was another school")
    with pytest.raises(NotPossible, match="another quantity"):
        claims.accept(entry, claims.other)
    assert claims.accept(entry, claims.other, "3", "As counted").kind == "accepted-in-part"
    assert evidenced(entry) == 3


@pytest.mark.parametrize(
    ("quantity", "note", "words"),
    [("5", "", "more than was claimed"), ("0", "none", "refuse the claim"), ("3", "", "Say why")],
)
def test_acceptance_that_contradicts_itself_is_refused(claims, quantity, note, words):
    with pytest.raises(NotPossible, match=words):
        claims.accept(claims.claim(), quantity=quantity, note=note)


def test_nil_return_is_accepted_as_what_it_is(claims):
    entry = claims.claim("0")
    assert claims.accept(entry).kind == "accepted"
    assert evidenced(entry) == 0


def test_claim_without_evidence_is_not_accepted(claims):
    with pytest.raises(NotPossible, match="No evidence"):
        claims.accept(claims.claim(evidence=False))


def test_evidence_in_quarantine_is_not_enough(claims):
    entry = claims.claim(evidence=False)
    claims.with_file(entry, checked=False)
    with pytest.raises(NotPossible, match="cannot be opened"):
        claims.accept(entry)


def test_reversed_claim_is_not_decided(claims):
    entry = claims.claim()
    reverse_entry(by=claims.officer, entry=entry, reason="Keyed twice")
    with pytest.raises(NotPossible, match="reversed"):
        claims.accept(entry)


def test_changes_are_asked_for_and_answered_with_the_right_figure(claims):
    entry = claims.claim("4")
    actions.ask_for_changes(by=claims.officer, entry=entry, words="The register shows three")
    with pytest.raises(NotPossible, match="Decide when they have answered"):
        claims.accept(entry)
    standing = actions.answer_changes(by=claims.reporter, entry=entry, words="Three, yes", quantity=Decimal(3))
    assert (standing.quantity, standing.recorded_by) == (3, claims.reporter)
    assert queries.is_reversed(entry)
    assert [step.kind for step in queries.steps_of(standing)] == ["changes-asked", "corrected", "answered"]
    assert [item.description for item in queries.evidence_of(standing)] == ["Register without names"]
    assert claims.accept(standing).kind == "accepted"
    assert broken() == []


def test_provider_reads_of_what_was_asked_by_mail(claims):
    entry = claims.claim()
    actions.ask_for_changes(by=claims.officer, entry=entry, words="The register shows three")
    mail = Mail.objects.get(body=claims.council.body, kind="assurance.claim")
    assert mail.person == claims.reporter
    assert "The register shows three" in mail.words
    assert "{link}" in mail.words
    assert mail.link.subject == f"delivery.entry:{entry.public_id}"


def test_refusal_may_be_contested_and_somebody_else_decides(claims):
    entry = claims.claim()
    actions.refuse_claim(by=claims.officer, entry=entry, words="No names of schools")
    actions.contest(by=claims.reporter, entry=entry, words="They are on page two")
    for again in (
        lambda: claims.accept(entry),
        lambda: actions.refuse_claim(by=claims.officer, entry=entry, words="No"),
    ):
        with pytest.raises(NotPossible, match="somebody else decides"):
            again()
    assert claims.accept(entry, claims.other).kind == "accepted"


def test_second_acceptance_of_a_contested_claim_is_no_earlier_deciders(claims):
    entry = claims.claim("400")  # an outlier: two officers
    actions.refuse_claim(by=claims.officer, entry=entry, words="Too many")
    actions.contest(by=claims.reporter, entry=entry, words="We counted")
    assert claims.accept(entry, claims.other).kind == "accepted-by-one"
    with pytest.raises(NotPossible, match="somebody else decides"):
        claims.accept(entry, claims.officer)
    assert claims.accept(entry, claims.third).kind == "accepted"


def test_contested_part_can_be_raised_and_both_stay_on_record(claims):
    entry = claims.claim("4")
    claims.accept(entry, quantity="3", note="One was in March")
    actions.contest(by=claims.reporter, entry=entry, words="It was in May")
    step = claims.accept(entry, claims.other, "4", "The date is May")
    assert step.kind == "accepted"
    assert (evidenced(entry), evidenced(step.entry)) == (3, 4)
    assert queries.is_reversed(entry)
    assert broken() == []


def test_contested_part_can_stand_and_be_contested_again(claims):
    entry = claims.claim("4")
    claims.accept(entry, quantity="3", note="One was in March")
    actions.contest(by=claims.reporter, entry=entry, words="It was in May")
    claims.accept(entry, claims.other, "3", "March it was")
    actions.contest(by=claims.reporter, entry=entry, words="No")
    with pytest.raises(NotPossible, match="somebody else decides"):
        claims.accept(entry, claims.other, "3", "Still")
    assert claims.accept(entry, claims.third, "3", "March").kind == "accepted-in-part"


def test_officer_hears_of_a_contest_by_mail(claims):
    entry = claims.claim()
    actions.refuse_claim(by=claims.officer, entry=entry, words="No")
    with open_scope(party=claims.agreement.party.pk, person=claims.reporter.pk):
        found = queries.get_claim_of_party(claims.agreement.party, entry.public_id)
        step = actions.contest(by=claims.reporter, entry=found, words="Yes")
    jobs.tell_officers(entry=entry.public_id, step=step.public_id, body=claims.council.body.pk)
    [mail] = Mail.objects.filter(body=claims.council.body, person=claims.officer)
    assert "Yes" in mail.words


def test_bulk_acceptance_checks_each_and_says_why_not(claims):
    good, keyed, bare = claims.claim(), claims.claim(by=claims.officer), claims.claim(evidence=False)
    done = actions.accept_together(by=claims.officer, entries=[good, keyed, bare])
    assert (done.accepted, done.waiting) == (1, 1)
    assert [(entry, "No evidence" in why) for entry, why in done.refused] == [(bare, True)]
    assert ClaimStep.objects.filter(entry=bare).count() == 0


def test_waiting_list_has_what_officers_must_do(claims):
    waits, by_one, asked = claims.claim(), claims.claim(by=claims.officer), claims.claim()
    claims.claim(evidence=False)
    claims.accept(claims.claim())
    claims.accept(by_one)
    actions.ask_for_changes(by=claims.officer, entry=asked, words="Which school?")
    found = queries.claims(claims.council.body, state="waiting").order_by("id")
    assert [(each.pk, each.claim_state) for each in found] == [(waits.pk, "claimed"), (by_one.pk, "accepted-by-one")]


def test_evidence_is_shared_over_claims_up_to_the_whole(claims):
    first, second, third = claims.claim(), claims.claim(evidence=False), claims.claim(evidence=False)
    [item] = queries.evidence_of(first)
    actions.share_evidence(by=claims.officer, entry=second, item=item, share=Decimal("0.4"))
    with pytest.raises(NotPossible, match="come to one"):
        actions.share_evidence(by=claims.officer, entry=third, item=item, share=Decimal("0.6"))
    actions.share_evidence(by=claims.officer, entry=third, item=queries.evidence_of(second)[0], share=Decimal("0.5"))
    shares = [queries.evidence_of(each)[0].share for each in (first, second, third)]
    assert shares == [Decimal("0.1"), Decimal("0.4"), Decimal("0.5")]
    assert broken() == []


def test_measure_says_which_evidence_it_wants(claims, editions, in_scope):
    from commonweal.frameworks.queries import find_edition, measures

    measure = measures(find_edition("open-measures@1.0")).get(measure_id="employment.local-people-fte")
    promise = claims.council.promise("3", claims.agreement, measure=measure, unit=measure.unit)
    words, kinds = queries.evidence_wanted(promise)
    assert "Payroll extract without names" in words
    assert "payroll" in kinds
    assert "photograph" not in kinds
    entry = claims.claim("1", promise=promise)
    assert queries.value_of_claim(entry) > 10_000


def flagged(claims) -> list[str]:
    return list(Flag.objects.filter(body=claims.council.body).values_list("kind", flat=True))


def test_same_file_in_two_claims_is_flagged_and_needs_a_second(claims):
    first, second = claims.claim(evidence=False), claims.claim(evidence=False)
    for entry in (first, second):
        claims.with_file(entry)
    assert claims.accept(second).reasons == ["flag"]
    assert flagged(claims) == ["evidence"]
    claims.accept(first)
    assert flagged(claims) == ["evidence"], "noticed once, from whichever side"


def test_same_file_shared_by_intent_is_not_flagged(claims):
    first, second = claims.claim(evidence=False), claims.claim(evidence=False)
    item = claims.with_file(first)
    actions.share_evidence(by=claims.officer, entry=second, item=item, share=Decimal("0.5"))
    assert claims.accept(second).kind == "accepted"
    assert flagged(claims) == []


def test_same_asset_written_otherwise_is_flagged(claims):
    first, second = claims.claim(), claims.claim()
    actions.name_asset(by=claims.officer, entry=first, label="1 Mill Lane, OX1 4AA")
    actions.name_asset(by=claims.officer, entry=second, label="1 MILL LANE ox14aa")
    assert flagged(claims) == ["asset"]


@pytest.mark.parametrize(("settled_as", "stands"), [("same", False), ("not-same", True)])
def test_flag_is_settled_with_its_reason(claims, settled_as, stands):
    first, second = claims.claim(evidence=False), claims.claim(evidence=False)
    for entry in (first, second):
        claims.with_file(entry)
    actions.raise_flags(entry=second)
    flag = Flag.objects.get(body=claims.council.body)
    actions.settle_flag(by=claims.officer, flag=flag, settled_as=settled_as, words="Two forms, one day")
    assert queries.is_reversed(second) is not stands
    assert not queries.flags(claims.council.body).exists()
    with pytest.raises(NotPossible, match="settled already"):
        actions.settle_flag(by=claims.officer, flag=flag, settled_as="not-same", words="Again")
    if stands:
        assert claims.accept(second).kind == "accepted"


def open_period(claims) -> KeyPeriod:
    return actions.open_key_period(
        by=claims.third, body=claims.council.body, name="2026", starts_on=date(2026, 4, 1), ends_on=today(),
        expires_on=today() + timedelta(days=30),
    )  # fmt: skip


def test_keys_flag_one_person_claimed_twice_and_are_forgotten_on_their_day(claims):
    period, key = open_period(claims), "ab" * 32
    first, second = claims.claim(), claims.claim()
    assert actions.give_keys(by=claims.officer, entry=first, period=period, keys=[key, key]) == 1
    actions.give_keys(by=claims.officer, entry=second, period=period, keys=[key])
    assert flagged(claims) == ["person"]
    body = claims.council.body
    assert actions.forget_keys(body=body, on=period.expires_on - timedelta(days=1)) == 0
    assert actions.forget_keys(body=body, on=period.expires_on) == 2
    assert not PersonClaimed.objects.filter(body=body).exists()
    assert not KeyPeriod.objects.filter(body=body).exists()
    assert "assurance.keys.forgotten" in claims.council.events()


@pytest.mark.parametrize("key", ["Mary Jones", "AB" * 32, "ab" * 31, ""])
def test_what_is_no_key_is_refused(claims, key):
    with pytest.raises(NotPossible, match="64 characters"):
        actions.give_keys(by=claims.officer, entry=claims.claim(), period=open_period(claims), keys=[key])


def test_provider_is_called_once_for_each_period_and_gives_keys_in_its_own_scope(claims):
    period, key, body, party = open_period(claims), "cd" * 32, claims.council.body, claims.agreement.party
    mine, officers = claims.claim(), claims.claim()
    actions.give_keys(by=claims.officer, entry=officers, period=period, keys=[key])
    assert actions.call_for_keys(body=body) == 0, "it was told as the period opened"
    with open_scope(party=party.pk, person=claims.reporter.pk):
        [call] = queries.key_calls(party)
        entry = queries.get_claim_of_party(party, mine.public_id)
        assert queries.key_call(entry) == call
        assert actions.give_keys(by=claims.reporter, entry=entry, period=call, keys=[key]) == 1
        given = dict(queries.entries_of_call(call))
        assert (given[mine], given[officers]) == (1, 1)
    assert flagged(claims) == [], "the provider's own scope sees nobody else's claims"
    jobs.raise_flags(entry=mine.public_id, body=body.pk)
    assert flagged(claims) == ["person"]
    assert actions.forget_keys(body=body, on=period.expires_on) == 2
    assert not KeyCall.objects.filter(body=body).exists(), "the salt goes with the keys"


def test_provider_gives_no_keys_after_their_day(claims, monkeypatch):
    period = open_period(claims)
    call = KeyCall.objects.get(body=claims.council.body)
    monkeypatch.setattr(actions, "today", lambda: period.expires_on)
    with pytest.raises(NotPossible, match="does not take keys"):
        actions.give_keys(by=claims.reporter, entry=claims.claim(), period=call, keys=["ab" * 32])
