"""What may be done in delivery: one event for each act, nothing edited, and what is refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from commonweal.asks import actions as asks
from commonweal.base.errors import NotPossible
from commonweal.base.files import UnusableFile
from commonweal.base.models import Event, Membership, Person, StoredFile
from commonweal.base.walls import own_models
from commonweal.delivery import actions, policies, queries
from commonweal.delivery.models import Agreement, AssuranceFact, Commitment, CountingShare, Entry, Evidence, ImportBatch
from commonweal.delivery.reviews.actions import hold_review, plan_reviews, take_on
from commonweal.directory.actions import appoint
from commonweal.directory.queries import today
from commonweal.frameworks.actions import NodeWords, add_node
from commonweal.frameworks.queries import find_edition, measures

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
TABLE = b"Contract ref,Contract title,Supplier,Commitment,Unit,Target\nA-1,Meals,Larkhollow,Sessions,sessions,4\n"


# --- one event for each act -----------------------------------------------------------------------------------------


def test_each_act_writes_one_event(council, events_of):
    agreement, promise = council.agreement(), council.promise()
    entry = council.entry(promise)
    council.evidence(entry)
    by, body = council.officer, council.body
    acts = {
        "delivery.agreement.recorded": lambda: council.agreement("Gully emptying"),
        "delivery.commitment.recorded": lambda: council.promise(agreement=agreement),
        "delivery.entry.recorded": lambda: council.entry(promise),
        "delivery.evidence.added": lambda: council.evidence(entry),
        "delivery.entry.evidenced": lambda: actions.accept_evidence(
            by=council.other, entry=entry, quantity=Decimal(4), dated_on=DAY
        ),
        "delivery.entry.confirmed": lambda: actions.record_confirmation(
            by=by, entry=entry, quantity=Decimal(3), dated_on=DAY, confirmed_by="Dock School"
        ),
        "delivery.entry.assured": lambda: actions.record_assurance(
            by=council.other, entry=entry, quantity=Decimal(2), dated_on=DAY
        ),
        "delivery.entry.reversed": lambda: actions.reverse_entry(by=by, entry=entry, reason="Counted twice"),
        "delivery.agreement.owner_set": lambda: actions.set_agreement_owner(by=by, agreement=agreement, owner=by),
        "delivery.commitment.owner_set": lambda: actions.set_commitment_owner(by=by, commitment=promise, owner=by),
        "delivery.agreement.ended": lambda: actions.end_agreement(
            by=by, agreement=agreement, state="ended", ends_on=DAY, reason="Its term is over"
        ),
    }  # fmt: skip
    for action, act in acts.items():
        assert events_of(act) == [action]
    assert body.pk == agreement.body_id


def test_each_act_with_a_file_of_contracts_writes_one_event(council, events_of):
    def ours(act):
        return [action for action in events_of(act) if action.startswith("delivery.file")]

    assert ours(lambda: actions.open_batch(by=council.officer, body=council.body, name="a.csv", content=TABLE)) == [
        "delivery.file.opened"
    ]
    batch = ImportBatch.objects.get(body=council.body)
    assert batch.sha256 == hashlib.sha256(TABLE).hexdigest()
    chosen = [{"column": "Contract ref", "field": "agreement.reference"}]
    assert ours(lambda: actions.choose_columns(by=council.officer, batch=batch, mapping=chosen)) == [
        "delivery.file.columns_chosen"
    ]
    assert ours(lambda: actions.refuse_file(by=council.officer, batch=batch, reason="No table.")) == [
        "delivery.file.refused"
    ]
    with pytest.raises(NotPossible, match="Choose another file"):
        actions.choose_columns(by=council.officer, batch=batch, mapping=chosen)


def test_events_carry_ids_and_quantities_and_no_names(council):
    promise = council.promise()
    actions.set_commitment_owner(by=council.officer, commitment=promise, owner=council.other)
    from commonweal.base.models import Event

    told = Event.objects.filter(body=council.body).order_by("-seq").first()
    assert council.other.pseudonym in told.details
    assert "Bob" not in told.details


# --- history is added to --------------------------------------------------------------------------------------------


def test_reversed_entry_stays_on_record_and_counts_no_more(council):
    promise = council.promise()
    entry = council.entry(promise, "4")
    reversal = actions.reverse_entry(by=council.officer, entry=entry, reason="Counted twice")
    assert (reversal.reverses_id, reversal.quantity, reversal.note) == (entry.pk, Decimal(4), "Counted twice")
    assert Entry.objects.filter(commitment=promise).count() == 2
    assert queries.promise_table(promise.agreement, DAY).rows[0].delivered.claimed == 0


def test_entry_is_reversed_once_and_a_reversal_never(council):
    entry = council.entry(council.promise())
    reversal = actions.reverse_entry(by=council.officer, entry=entry, reason="Wrong")
    for which in (entry, reversal):
        with pytest.raises(NotPossible, match="revers"):
            actions.reverse_entry(by=council.officer, entry=which, reason="Again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            body=council.body, commitment=entry.commitment, quantity=entry.quantity, reverses=entry,
            recorded_by=council.officer,
        )  # fmt: skip


@pytest.mark.parametrize("model", [Entry, Evidence, AssuranceFact, CountingShare])
def test_history_can_be_neither_changed_nor_removed(council, model):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        model.objects.filter(body=council.body).update(body=council.body)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.parametrize(
    ("model", "field"), [(Agreement, "title"), (Commitment, "quantity"), (Commitment, "as_contracted")]
)
def test_what_was_promised_is_never_edited(council, model, field):
    council.promise()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        model.objects.filter(body=council.body).update(**{field: None})


# --- what is refused ------------------------------------------------------------------------------------------------


def test_whoever_recorded_an_entry_does_not_accept_its_evidence(council):
    entry = council.entry(council.promise())
    council.evidence(entry)
    with pytest.raises(NotPossible, match="someone else must accept"):
        actions.accept_evidence(by=council.officer, entry=entry, quantity=Decimal(4), dated_on=DAY)
    fact = actions.accept_evidence(by=council.other, entry=entry, quantity=Decimal(4), dated_on=DAY)
    assert fact.stated_by == council.other


def test_evidence_that_nobody_gave_cannot_be_accepted(council):
    with pytest.raises(NotPossible, match="No evidence"):
        actions.accept_evidence(
            by=council.other, entry=council.entry(council.promise()), quantity=Decimal(1), dated_on=DAY
        )


@pytest.mark.parametrize("kind", policies.ENTRY_FACTS)
@pytest.mark.parametrize(("quantity", "fine"), [("0", True), ("3.999999", True), ("4", True), ("4.000001", False)])
def test_fact_is_about_at_most_what_was_claimed(council, kind, quantity, fine):
    entry = council.entry(council.promise(), "4")
    if fine:
        policies.check_fact(entry, kind, Decimal(quantity))
    else:
        with pytest.raises(NotPossible, match="more than was claimed"):
            policies.check_fact(entry, kind, Decimal(quantity))


def test_fact_is_stated_once_and_not_of_a_reversed_entry(council):
    entry = council.entry(council.promise())
    said = {"by": council.other, "entry": entry, "quantity": Decimal(1), "dated_on": DAY}
    actions.record_assurance(**said)
    with pytest.raises(NotPossible, match="on record"):
        actions.record_assurance(**said)
    actions.reverse_entry(by=council.officer, entry=entry, reason="Wrong")
    with pytest.raises(NotPossible, match="reversed"):
        actions.record_confirmation(**said, confirmed_by="Dock School")


@pytest.mark.parametrize(
    ("quantity", "fine"),
    [("0", True), ("0.000001", True), ("9999999999999.999999", True), ("-0.000001", False), ("0.0000001", False),
     ("10000000000000", False), ("NaN", False), ("Infinity", False)],
)  # fmt: skip
def test_quantity_is_kept_exactly_or_refused(council, quantity, fine):
    promise = council.promise()
    if fine:
        entry = council.entry(promise, quantity)
        assert Entry.objects.get(pk=entry.pk).quantity == Decimal(quantity)
    else:
        with pytest.raises(NotPossible):
            council.entry(promise, quantity)
        assert not Entry.objects.filter(commitment=promise).exists()


@pytest.mark.parametrize(("unit", "fine"), [("", True), ("sessions", True), (" Sessions ", True), ("hours", False)])
def test_entry_is_in_the_unit_of_its_promise(council, unit, fine):
    promise = council.promise()
    if fine:
        council.entry(promise, unit=unit)
    else:
        with pytest.raises(NotPossible, match="counted in sessions, not in hours"):
            council.entry(promise, unit=unit)


@pytest.mark.parametrize(
    ("starts", "ends", "fine"),
    [(None, None, True), (DAY, None, True), (None, DAY, True), (DAY, DAY, True), (DAY, date(2026, 11, 21), False)],
)
def test_period_does_not_end_before_it_starts(council, starts, ends, fine):
    if fine:
        policies.check_period(starts, ends)
    else:
        with pytest.raises(NotPossible, match="ends before it starts"):
            policies.check_period(starts, ends)
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.create(body=council.body, title="x", channel="grant", starts_on=starts, ends_on=ends)


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (date(2026, 5, 31), date(2026, 6, 30), ["begins before the promise did, on 1 June 2026"]),
        (date(2026, 6, 1), date(2026, 7, 31), []),
        (None, date(2026, 8, 1), ["later than the promise’s last day, 31 July 2026"]),
        (None, None, []),
    ],
)
def test_delivery_out_of_its_promises_term_is_taken_and_found(council, starts, ends, words):
    promise = council.promise(starts_on=date(2026, 6, 1), ends_on=date(2026, 7, 31))
    entry = council.entry(promise, starts_on=starts, ends_on=ends)
    found = queries.dates_out_of_term(promise, entry.starts_on, entry.ends_on)
    assert len(found) == len(words)
    assert all(word in finding for word, finding in zip(words, found, strict=True))


def test_promise_without_dates_of_its_own_has_its_agreements_term(council):
    promise = council.promise()
    assert queries.dates_out_of_term(promise, date(2026, 3, 31), None)
    assert queries.dates_out_of_term(promise, None, date(2027, 4, 1))
    assert queries.dates_out_of_term(promise, date(2026, 4, 1), date(2027, 3, 31)) == []


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(1, 1, 1), "The year 1 cannot be right"), (date(2999, 1, 1), "The year 2999 cannot be right"),
     (date(2199, 1, 1), "1 January 2199 has not come yet")],
)  # fmt: skip
def test_delivery_in_the_future_or_long_ago_is_refused(council, day, words):
    promise = council.promise()
    for dates in ({"starts_on": day, "ends_on": None}, {"starts_on": None, "ends_on": day}):
        with pytest.raises(NotPossible, match=words):
            council.entry(promise, **dates)
    assert not Entry.objects.filter(commitment=promise).exists()
    council.entry(promise, starts_on=today(), ends_on=today())


# --- an opportunity and its agreements ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "steps"),
    [("planned", ["asked", "agreed"]), ("asked", ["agreed"]), ("agreed", [])],
)
def test_opportunity_is_agreed_by_its_first_agreement_and_stays_so(council, events_of, before, steps):
    opportunity = asks.record_opportunity(by=council.officer, body=council.body, channel="grant", title="Small grants")
    for state in {"planned": (), "asked": ("asked",), "agreed": ("asked", "agreed")}[before]:
        asks.set_state(by=council.officer, opportunity=opportunity, state=state, reason="No tender")
    told = events_of(lambda: council.agreement("First grant", opportunity=opportunity))
    assert told == [*(f"asks.opportunity.{step}" for step in steps), "delivery.agreement.recorded"]
    opportunity.refresh_from_db()
    assert opportunity.state == "agreed"
    assert events_of(lambda: council.agreement("Second grant", opportunity=opportunity)) == [
        "delivery.agreement.recorded"
    ]


def test_no_agreement_comes_of_what_was_withdrawn(council):
    opportunity = asks.record_opportunity(by=council.officer, body=council.body, channel="grant", title="Small grants")
    asks.set_state(by=council.officer, opportunity=opportunity, state="withdrawn", reason="No money")
    with pytest.raises(NotPossible, match="was withdrawn"):
        council.agreement(opportunity=opportunity)
    assert not Agreement.objects.filter(body=council.body).exists()


# --- terms and owners -----------------------------------------------------------------------------------------------


def test_terms_change_with_what_was_and_why_on_record(council):
    agreement = queries.get_agreement(
        council.body, council.agreement(value=Decimal("1000"), ends_words="TBC").public_id
    )
    before = actions.terms_of(agreement)
    terms = replace(before, value=Decimal("1250.50"), ends_on=date(2028, 3, 31))

    def change(**given):
        return actions.change_terms(
            by=council.officer, agreement=agreement,
            **{"terms": terms, "written_against": before.token(), "reason": "Extension taken up"} | given,
        )  # fmt: skip

    with pytest.raises(NotPossible, match="ends before it starts"):
        change(terms=replace(terms, ends_on=date(2020, 1, 1)))
    assert set(change()) == {"value", "ends_on"}
    held = queries.get_agreement(council.body, agreement.public_id)
    assert (held.value, held.ends_on, held.ends_words) == (Decimal("1250.50"), date(2028, 3, 31), "")
    event = Event.objects.get(body=council.body, action="delivery.agreement.terms_changed")
    assert json.loads(event.details) == {
        "changed": {"ends_on": ["2027-03-31", "2028-03-31"], "value": ["1000.00", "1250.50"]},
        "reason": "Extension taken up",
    }
    with pytest.raises(actions.ChangedMeanwhile, match="nothing was saved"):
        change(reason="Written against what was")
    assert change(written_against=actions.terms_of(held).token(), terms=actions.terms_of(held)) == {}
    assert Event.objects.filter(body=council.body, action="delivery.agreement.terms_changed").count() == 1


@pytest.mark.parametrize("closed", ["ended", "example", "undone"])
def test_terms_of_what_is_closed_printed_or_undone_stay(council, closed):
    if closed == "undone":
        batch, _ = council.bring_in("t.csv", TABLE)
        actions.undo_batch(by=council.officer, batch=batch)
        agreement = Agreement.objects.get(body=council.body)
    else:
        agreement = council.agreement(origin="example" if closed == "example" else "made")
    if closed == "ended":
        actions.end_agreement(by=council.officer, agreement=agreement, state="ended", ends_on=DAY, reason="Over")
    terms = actions.terms_of(agreement)
    with pytest.raises(NotPossible):
        actions.change_terms(
            by=council.officer, agreement=agreement, terms=terms, written_against=terms.token(), reason="Why not"
        )


def test_owner_of_many_is_set_where_it_changes(council, events_of):
    first, second = council.agreement(owner=council.officer), council.agreement()
    told = events_of(lambda: actions.set_owners(by=council.other, agreements=[first, second], owner=council.officer))
    assert told == ["delivery.agreement.owner_set"]


@pytest.mark.parametrize(
    ("shares", "fine"),
    [(("0.6", "0.4"), True), (("0.333333", "0.333333"), True), (("0.6", "0.400001"), False), (("0",), False)],
)
def test_shares_of_a_promise_come_to_one_at_most(council, make_body, shares, fine):
    counted = [(make_body(), Decimal(share)) for share in shares]
    if fine:
        promise = council.promise(shares=counted)
        assert [share.share for share in queries.shares_of(promise)] == [Decimal(share) for share in shares]
    else:
        with pytest.raises(NotPossible, match="share"):
            council.promise(shares=counted)
        assert not Commitment.objects.filter(body=council.body).exists()


def test_body_counts_its_own_share_of_a_promise(council, make_body):
    other = make_body()
    shared = council.promise(shares=[(council.body, Decimal("0.4")), (other, Decimal("0.6"))])
    elsewhere, whole = council.promise(shares=[(other, Decimal("0.5"))]), council.promise()
    counted = queries.counted_share(council.body, [shared.pk, elsewhere.pk, whole.pk])
    assert counted == {shared.pk: Decimal("0.4"), elsewhere.pk: Decimal(0), whole.pk: Decimal(1)}


@pytest.mark.usefixtures("places")
def test_place_that_did_not_exist_then_is_refused(council):
    with pytest.raises(NotPossible, match="did not exist on 1 April 2026"):
        council.agreement(place_code="X05000091")
    with pytest.raises(NotPossible, match="No place has the code"):
        council.promise(place_code="X05999999")
    before = council.agreement(place_code="X05000091", starts_on=date(2023, 5, 3), ends_on=None)
    assert before.place_code == "X05000091"
    promise = council.promise(place_code="X05000092")
    with pytest.raises(NotPossible, match="did not exist"):
        council.entry(promise, place_code="X05000091")
    with pytest.raises(NotPossible, match="did not exist on 31 May 2023"):
        council.entry(promise, place_code="X05000091", starts_on=date(2023, 4, 1), ends_on=date(2023, 5, 31))
    assert council.entry(promise).place_code == "X05000092", "where it was promised, unless it says otherwise"


@pytest.mark.parametrize(("day", "words"), [(date(2201, 1, 1), "cannot be right"), (None, "has not come yet")])
def test_nothing_is_seen_said_or_checked_on_a_day_to_come(council, day, words):
    day = day or today() + timedelta(days=1)
    entry = council.entry(council.promise())
    council.evidence(entry)
    for state in (
        lambda: actions.accept_evidence(by=council.other, entry=entry, quantity=Decimal(4), dated_on=day),
        lambda: actions.record_confirmation(
            by=council.officer, entry=entry, quantity=Decimal(4), dated_on=day, confirmed_by="The head"
        ),
        lambda: actions.add_evidence(by=council.officer, entry=entry, kind="report", description="Later", dated_on=day),
    ):
        with pytest.raises(NotPossible, match=words):
            state()
    assert not entry.facts.exists()


def test_measure_that_cannot_be_confirmed_is_not_confirmed(council, editions):
    found = measures(find_edition("open-measures@1.0"))
    silent, seen = found.filter(confirmable=False).first(), found.filter(confirmable=True).first()
    for measure, fine in ((silent, False), (seen, True)):
        entry = council.entry(council.promise(measure=measure, unit=measure.unit))
        said = {
            "by": council.officer,
            "entry": entry,
            "quantity": Decimal(1),
            "dated_on": DAY,
            "confirmed_by": "School",
        }
        if fine:
            actions.record_confirmation(**said)
        else:
            with pytest.raises(NotPossible, match="Nobody who received it can confirm"):
                actions.record_confirmation(**said)


@pytest.mark.parametrize(
    ("state", "then", "fine"),
    [
        ("current", "ended", True),
        ("current", "terminated", True),
        ("ended", "terminated", False),
        ("terminated", "ended", False),
    ],
)
def test_agreement_is_closed_once(council, state, then, fine):
    agreement = council.agreement()
    if state != "current":
        actions.end_agreement(by=council.officer, agreement=agreement, state=state, ends_on=DAY, reason="Over")
    if fine:
        actions.end_agreement(by=council.officer, agreement=agreement, state=then, ends_on=DAY, reason="Over")
        assert Agreement.objects.get(pk=agreement.pk).state == then
    else:
        with pytest.raises(NotPossible, match="closed already"):
            actions.end_agreement(by=council.officer, agreement=agreement, state=then, ends_on=DAY, reason="Over")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.png", b"MZ\x90\x00 a program"),
        ("photo.jpg", PNG),
        ("list.exe", b"MZ"),
        ("notes.txt", b"a\x00b"),
        ("e.pdf", b""),
    ],
)
def test_file_that_is_not_what_its_name_says_is_refused(council, name, content, settings):
    entry = council.entry(council.promise())
    with pytest.raises(UnusableFile):
        actions.add_evidence(
            by=council.officer, entry=entry, kind="photograph", description="Photo", file_name=name, content=content
        )
    assert not Evidence.objects.filter(entry=entry).exists()
    assert not StoredFile.objects.exists()
    assert not list(settings.COMMONWEAL_FILES.rglob("*"))


# --- leavers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def leaver(council, make_person):
    """An officer who owns one of everything, and answers in public for something."""
    person = make_person("lead", body=council.body, name="Cat Leaver")
    agreement = council.agreement(owner=person)
    council.promise(agreement=agreement, owner=person)
    add_node(
        body=council.body, by=council.officer, kind="plan", parent=None,
        words=NodeWords(title="A fair town", title_cy="Tref deg", owner=person),
    )  # fmt: skip
    appoint(person=person, kind="contact", topic="Apprentices", starts_on=DAY, body=council.body, by=council.officer)
    return person


def test_all_that_a_leaver_owns_goes_to_a_successor(council, leaver, events_of):
    done = {}
    told = events_of(
        lambda: done.update(
            it=actions.hand_over(by=council.officer, body=council.body, leaver=leaver, successor=council.other, on=DAY)
        )
    )
    assert done["it"] == actions.HandedOver(agreements=1, promises=1, strategy=1, appointments=0, roles=0)
    assert told.count("delivery.work.handed_over") == 1
    owned = queries.owned_by(council.body, leaver)
    assert (owned.agreements, owned.commitments, queries.strategy_owned_by(council.body, leaver, DAY)) == ([], [], [])
    [part] = queries.strategy_owned_by(council.body, council.other, DAY)
    assert (part.node.title, part.node.title_cy) == ("A fair town", "Tref deg")
    assert Membership.objects.filter(person=leaver, body=council.body, ended_at__isnull=True).exists()


def test_ending_access_ends_roles_and_appointments(council, leaver):
    done = actions.hand_over(
        by=council.officer, body=council.body, leaver=leaver, successor=council.other, on=DAY, end_access=True
    )
    assert (done.appointments, done.roles) == (1, 1)
    assert queries.open_appointments_of(council.body, leaver) == []
    assert not Membership.objects.filter(person=leaver, body=council.body, ended_at__isnull=True).exists()


def test_nothing_is_left_without_an_owner(council, leaver, make_person, make_body):
    stranger = make_person("lead", body=make_body())
    told = {"by": council.officer, "body": council.body, "leaver": leaver, "on": DAY}
    for successor, why in ((None, "Choose who takes over"), (leaver, "someone else"), (stranger, "no role here")):
        with pytest.raises(NotPossible, match=why):
            actions.hand_over(**told, successor=successor, end_access=True)
    with pytest.raises(NotPossible, match="cannot end your own access"):
        actions.hand_over(**(told | {"by": leaver}), successor=council.other, end_access=True)
    with pytest.raises(NotPossible, match="nothing to hand over"):
        actions.hand_over(**(told | {"leaver": council.other}), successor=None)
    assert len(queries.owned_by(council.body, leaver).agreements) == 1


def test_the_last_administrator_does_not_lose_access(council, make_person):
    admin = make_person("body-admin", body=council.body)
    with pytest.raises(NotPossible, match="only administrator"):
        actions.hand_over(by=council.officer, body=council.body, leaver=admin, successor=None, on=DAY, end_access=True)


def test_people_who_left_and_still_own_things_come_first(council, leaver):
    from commonweal.base.actions import end_roles

    end_roles(person=leaver, body=council.body, by=council.officer)
    rows = queries.owners(council.body, DAY)
    assert (rows[0].person, rows[0].roles, rows[0].owns) == (leaver, (), 3)
    assert {row.person for row in rows[1:]} == {council.officer, council.other}


def test_what_other_rooms_say_is_owned_goes_to_the_successor_too(council, leaver):
    opportunity = asks.record_opportunity(
        by=council.officer, body=council.body, channel="grant", title="Youth clubs", contact=leaver
    )
    agreement = council.agreement(provider=council.provider())
    [review] = plan_reviews(by=council.officer, agreement=agreement, kind="formal", first_on=DAY, led_by=leaver)
    review = hold_review(
        by=council.officer, review=review, version=review.version, held_on=DAY, attended=[], note="Met"
    )
    [later] = plan_reviews(
        by=council.officer, agreement=agreement, kind="formal", first_on=DAY + timedelta(days=90), led_by=leaver
    )
    action = take_on(
        by=council.officer, review=review, words="Chase the register", side="body", due_on=DAY, owner=leaver
    )
    row = next(row for row in queries.owners(council.body, DAY) if row.person == leaver)
    assert (row.others, row.owns) == (3, 6)
    done = actions.hand_over(by=council.officer, body=council.body, leaver=leaver, successor=council.other, on=DAY)
    assert dict(done.others) == {"asks.opportunity": 1, "reviews.review": 1, "reviews.action": 1}
    for each in (opportunity, later, action):
        each.refresh_from_db()
    assert [opportunity.contact, later.led_by, action.owner] == [council.other] * 3
    assert queries.others_owned_by(council.body, leaver, DAY) == []


def test_every_thing_with_an_owner_is_handed_over():
    """A field that names somebody who must act, and may name another, is of a kind that a leaver hands over."""
    owners = {
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        for field in model._meta.concrete_fields
        if field.related_model is Person
        and field.name in getattr(model, "changing_fields", ())
        and not field.name.endswith("_by")
    } | {"reviews.Review.led_by"}
    assert owners == {
        "frameworks.StrategyNode.owner", "delivery.Agreement.owner", "delivery.Commitment.owner",
        "asks.Opportunity.contact", "reviews.Review.led_by", "reviews.ReviewAction.owner",
        "community.Need.contact",  # a group's own person, who asks for it to be changed
    }  # fmt: skip
