"""Promises accepted, queried and answered: who may, what follows what, and what stays on record."""

import pytest

from commonweal.base.errors import NotPossible
from commonweal.base.invariants import invariants
from commonweal.base.queries import events_of
from commonweal.delivery import actions as delivery
from commonweal.delivery.mobilisation import actions, policies, queries
from commonweal.delivery.mobilisation.models import PromiseFact

pytestmark = pytest.mark.django_db


def said(works, kind, by=None, *, is_manager=True):
    by = by or works.manager
    if kind == "accepted":
        actions.accept_promises(by=by, commitments=[works.starts], is_manager=is_manager)
    elif kind == "queried":
        actions.query_promise(by=by, commitment=works.starts, words="Which year?", is_manager=is_manager)
    else:
        actions.answer_query(by=by, commitment=works.starts, words="The first.")


def in_state(works, state):
    for kind in {"waiting": [], "queried": ["queried"], "answered": ["queried", "answered"],
                 "accepted": ["accepted"]}[state]:  # fmt: skip
        said(works, kind)
    assert works.state() == state


@pytest.mark.parametrize("state", policies.PROMISE_STATES)
@pytest.mark.parametrize("kind", ["accepted", "queried", "answered"])
def test_what_follows_what(works, state, kind):
    in_state(works, state)
    follows = {
        "waiting": {"accepted", "queried"}, "queried": {"answered"}, "answered": {"accepted", "queried"},
        "accepted": {"queried", "accepted"},  # accepting twice changes nothing
    }[state]  # fmt: skip
    if kind in follows:
        said(works, kind)
        assert works.state() == kind
    else:
        with pytest.raises(NotPossible):
            said(works, kind)
        assert works.state() == state


@pytest.mark.parametrize(
    ("who", "is_manager", "may"), [("owner", False, True), ("manager", True, True), ("other", False, False)]
)
def test_who_may_accept(works, make_person, who, is_manager, may):
    person = {"owner": works.owner, "manager": works.manager}.get(who) or make_person(
        "department-officer", body=works.body
    )
    if may:
        said(works, "accepted", person, is_manager=is_manager)
        assert queries.standing_of(works.starts).latest.said_by == person
    else:
        with pytest.raises(NotPossible, match="Olu Owner, or a contract manager, can do this"):
            said(works, "accepted", person, is_manager=is_manager)


def test_owner_of_the_promise_leads_it_before_the_agreements(works, make_person):
    lead = make_person("department-officer", body=works.body, name="Pia Lead")
    delivery.set_commitment_owner(by=works.manager, commitment=works.starts, owner=lead)
    with pytest.raises(NotPossible, match="Pia Lead, or a contract manager"):
        said(works, "accepted", works.owner, is_manager=False)
    said(works, "accepted", lead, is_manager=False)


def test_many_are_accepted_at_once_or_none(works):
    said(works, "queried")
    with pytest.raises(NotPossible, match="not answered yet"):
        from django.db import transaction

        with transaction.atomic():
            actions.accept_promises(by=works.owner, commitments=[works.hours, works.starts], is_manager=False)
    assert works.state(works.hours) == "waiting"
    said(works, "answered")
    assert actions.accept_promises(by=works.owner, commitments=[works.hours, works.starts], is_manager=False) == 2
    assert actions.accept_promises(by=works.owner, commitments=[works.hours, works.starts], is_manager=False) == 0


def test_question_and_answer_stay_on_record_with_their_people(works):
    said(works, "queried", works.owner, is_manager=False)
    said(works, "answered")
    said(works, "accepted", works.owner, is_manager=False)
    facts = queries.standing_of(works.starts).facts
    assert [(f.kind, f.words, f.said_by) for f in facts] == [
        ("queried", "Which year?", works.owner), ("answered", "The first.", works.manager),
        ("accepted", "", works.owner),
    ]  # fmt: skip
    assert facts[1].answers == facts[0]
    told = [e.action for e in events_of(works.body) if e.action.startswith("mobilisation.")]
    assert told == ["mobilisation.promise.queried", "mobilisation.promise.answered", "mobilisation.promise.accepted"]


def test_empty_words_are_refused(works):
    with pytest.raises(NotPossible, match="Write what"):
        actions.query_promise(by=works.owner, commitment=works.starts, words="  ", is_manager=False)
    assert not PromiseFact.objects.filter(body=works.body).exists()


def test_a_closed_agreement_is_not_handed_over(works):
    delivery.end_agreement(
        by=works.manager, agreement=works.agreement, state="terminated", ends_on=works.agreement.ends_on, reason="x"
    )
    with pytest.raises(NotPossible, match="closed"):
        said(works, "accepted")


def test_invariants_hold(works):
    from django.db import connection

    in_state(works, "answered")
    works.agree(["0", "4", "4", "4"])
    with connection.cursor() as cursor:
        for rule in invariants():
            if rule.id.startswith(("mobilisation.", "delivery.")):
                cursor.execute(rule.sql)
                assert cursor.fetchall() == [], rule.id
