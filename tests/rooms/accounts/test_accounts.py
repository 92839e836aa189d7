"""An account is prepared by one person, published by another, never changes, and can only be restated."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, transaction

from commonweal.base.errors import NotPossible
from commonweal.base.queries import events_of
from commonweal.delivery import actions as delivery
from commonweal.engine.account_check import check_account
from commonweal.engine.year import FinancialYear
from commonweal.reporting.accounts import actions, policies, queries
from commonweal.reporting.accounts.models import AccountBundle, AccountLine, Preparation, PublishedAccount

YEAR = FinancialYear(2025)


def test_closed_year_is_published_and_anyone_can_check_it(books: Any) -> None:
    books.delivered(evidenced="4")
    books.close()
    found = books.publish()
    report = check_account(queries.bundle_of(found), key=found.public_key)
    assert report.faults == ()
    assert (found.number, found.year, found.lines, report.lines) == (1, 2025, 2, 2)
    assert AccountLine.objects.filter(account=found).count() == 2
    assert events_of(books.body).filter(action="accounts.account.published").count() == 1


def test_year_that_is_not_closed_is_refused(books: Any) -> None:
    books.delivered()
    with pytest.raises(NotPossible, match="2025/26 is not closed for good"):
        books.prepare()


def test_year_that_was_opened_again_is_not_published(books: Any) -> None:
    books.delivered()
    books.close()
    waits = books.prepare()
    books.close(kind="reopened")
    with pytest.raises(NotPossible, match="not closed for good"):
        actions.publish(preparation=waits, by=books.finance)
    assert not PublishedAccount.objects.filter(body=books.body).exists()


def test_whoever_prepared_it_does_not_publish_it(books: Any) -> None:
    books.delivered()
    books.close()
    waits = books.prepare(by=books.finance)
    with pytest.raises(NotPossible, match="somebody else publishes it"):
        actions.publish(preparation=waits, by=books.finance)


def test_account_is_published_once(books: Any) -> None:
    books.delivered()
    books.close()
    waits = books.prepare()
    actions.publish(preparation=waits, by=books.finance)
    with pytest.raises(NotPossible, match="published or withdrawn already"):
        actions.publish(preparation=waits, by=books.finance)
    with pytest.raises(NotPossible, match="Restate that account instead"):
        books.prepare()


def test_only_one_account_is_prepared_at_a_time(books: Any) -> None:
    books.delivered()
    books.close()
    books.prepare()
    with pytest.raises(NotPossible, match="is prepared already"):
        books.prepare()


def test_withdrawn_account_is_not_published(books: Any) -> None:
    books.delivered()
    books.close()
    waits = books.prepare()
    actions.withdraw(preparation=waits, by=books.finance, words="Wait for the audit.")
    with pytest.raises(NotPossible):
        actions.publish(preparation=waits, by=books.finance)
    assert books.publish().number == 1


def test_year_with_nothing_in_it_is_not_published(books: Any) -> None:
    books.close()
    with pytest.raises(NotPossible, match="Nothing is recorded for this year"):
        books.publish()


def test_open_flag_stops_an_account(books: Any) -> None:
    from commonweal.delivery.assurance.models import Flag

    entry = books.delivered()
    Flag.objects.create(body=books.body, entry=entry, kind="asset", words="The same house")
    books.close()
    with pytest.raises(NotPossible, match="are not settled"):
        books.publish()


def test_what_has_no_value_or_was_brought_forward_is_said(books: Any) -> None:
    books.delivered()
    deal = books.council.agreement(starts_on=YEAR.starts_on, ends_on=YEAR.ends_on)
    books.council.promise(None, "5", deal)
    promise = books.council.promise("wage", "5", deal)
    books.council.entry(promise, "3", starts_on=YEAR.starts_on, ends_on=YEAR.ends_on, brought_forward=True)
    books.close()
    told = {each["words"]: each["lines"] for each in books.publish().content["statements"]["stated"]}
    assert told["Brought forward from an earlier tracker, and not verified here"] == 1
    assert told["Promised and not in pounds: kept in the words of the contract, tied to no measure"] == 1


def test_agreement_kept_off_the_site_is_in_no_line_and_no_figure(books: Any) -> None:
    from commonweal.base.actions import record_event

    books.delivered("10")
    hidden = books.delivered("33").commitment.agreement
    record_event(action="publishing.agreement.withdrawn", subject=f"delivery.agreement:{hidden.public_id}",
                 by=books.lead, body=books.body)  # fmt: skip
    books.close()
    found = books.publish()
    assert hidden.public_id.encode() not in queries.bundle_of(found)
    assert found.lines == 2
    assert any(
        "keeps its agreement off the public site" in each["words"] for each in found.content["statements"]["stated"]
    )


# --- restating ------------------------------------------------------------------------------------------------------


def test_restatement_names_the_old_the_new_and_why_and_its_parts_add_up(books: Any) -> None:
    books.delivered("10")
    books.close()
    first = books.publish()
    books.close(kind="reopened")
    books.delivered("7")
    books.close()
    second = books.publish(restates=1, reason="Seven starts were found in a late return.")
    report = check_account(queries.bundle_of(second), previous=[queries.bundle_of(first)], key=second.public_key)
    assert report.faults == ()
    assert (second.number, second.restates, second.previous_sha256) == (2, 1, first.sha256)
    assert queries.superseded_by(first) == second
    assert second.content["statements"]["reason_for_restating"] == "Seven starts were found in a late return."
    from commonweal.reporting.accounts.presentation import restated_rows

    (gross,) = [row for row in restated_rows(second.content) if row.stage == "Claimed" and "gross" in row.words]
    assert gross.parts[0] == gross.difference
    assert gross.difference.startswith("+£")


def test_restating_what_was_never_published_is_refused(books: Any) -> None:
    books.delivered()
    books.close()
    with pytest.raises(NotPossible, match="There is no published account 4, so there is nothing to restate"):
        books.prepare(restates=4, reason="It was wrong in some way.")


def test_account_that_was_restated_is_not_restated_again(books: Any) -> None:
    books.delivered()
    books.close()
    books.publish()
    books.publish(restates=1, reason="A price was wrong in the first.")
    with pytest.raises(NotPossible, match="was restated by account 2"):
        books.prepare(restates=1, reason="A price was wrong in the first.")


def test_restatement_says_why(books: Any) -> None:
    books.delivered()
    books.close()
    books.publish()
    with pytest.raises(NotPossible, match="Say in a sentence why"):
        books.prepare(restates=1, reason="  no ")


def test_restatement_is_of_its_own_year(books: Any) -> None:
    books.delivered()
    books.close()
    books.publish()
    books.close(YEAR.next)
    with pytest.raises(NotPossible, match="Account 1 is of 2025/26"):
        books.prepare(YEAR.next, restates=1, reason="It was wrong in some way.")


# --- never changed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [PublishedAccount, AccountBundle, AccountLine])
def test_published_account_cannot_be_changed_or_removed_in_the_database(books: Any, model: Any) -> None:
    books.delivered()
    books.close()
    books.publish()
    with pytest.raises(ProgrammingError), transaction.atomic():
        model.objects.update(public_id="ELSE")
    with pytest.raises(ProgrammingError), transaction.atomic():
        model.objects.all()._raw_delete(model.objects.db)


def test_account_stays_as_it_was_when_the_record_moves(books: Any) -> None:
    entry = books.delivered()
    books.close()
    found = books.publish()
    before = queries.bundle_of(found)
    delivery.reverse_entry(by=books.council.officer, entry=entry, reason="Told twice")
    assert queries.bundle_of(found) == before
    assert check_account(before).is_well


def test_another_bodys_preparation_is_not_there(books: Any, make_body: Any, in_scope: Any) -> None:
    books.delivered()
    books.close()
    waits = books.prepare()
    other = make_body()
    with in_scope(other), pytest.raises(Preparation.DoesNotExist):
        queries.get_preparation(other, waits.public_id)


@pytest.mark.parametrize(
    ("state", "to", "allowed"),
    [
        (state, to, to in ways)
        for state, ways in policies.PREPARATION_STATES.items()
        for to in policies.PREPARATION_STATES
    ],
)
def test_step_is_as_the_table_of_states_has_it(state: str, to: str, allowed: bool) -> None:
    preparation = Preparation(state=state)
    if allowed:
        policies.check_step(preparation, to)
    else:
        with pytest.raises(NotPossible):
            policies.check_step(preparation, to)


def test_two_accounts_cannot_have_one_number(books: Any, owner_connection: psycopg.Connection) -> None:
    found = owner_connection.execute(
        "SELECT count(*) FROM pg_constraint WHERE conname = 'accounts_number_once' AND contype = 'u'"
    ).fetchone()
    assert found == (1,)


def test_invariants_hold_for_accounts_and_a_restatement(books: Any) -> None:
    from django.db import connection

    from commonweal.reporting.accounts.invariants import RULES

    books.delivered()
    books.close()
    books.publish()
    books.publish(restates=1, reason="A price was wrong in the first.")
    with connection.cursor() as cursor:
        for rule in RULES:
            cursor.execute(rule.sql)
            assert cursor.fetchall() == [], rule.id
