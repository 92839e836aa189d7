"""Quarters of promises: agreed, refused when they reduce, versioned, and followed by what is expected."""

from datetime import date
from decimal import Decimal

import pytest

from commonweal.base.errors import NotPossible
from commonweal.delivery import actions as delivery
from commonweal.delivery.mobilisation import queries
from commonweal.delivery.mobilisation.policies import ChangedMeanwhile
from commonweal.delivery.models import Profile, Revision
from commonweal.delivery.queries import agreed_profiles, promise_table

pytestmark = pytest.mark.django_db


def row(works, on, promise=None):
    promise = promise or works.starts
    return next(each for each in promise_table(works.agreement, on).rows if each.commitment.pk == promise.pk)


def test_even_pace_until_a_profile_is_agreed(works):
    before = row(works, date(2026, 9, 30))
    assert (before.pace_words, before.expected_shown) == ("at an even pace", Decimal("6.0"))
    works.agree(["0", "2", "4", "6"])
    after = row(works, date(2026, 9, 30))
    assert (after.pace_words, after.expected) == ("by the agreed profile", 2)
    table = promise_table(works.agreement, date(2026, 9, 30))
    assert table.pace_words == (
        "“Expected by now” is by the agreed quarterly profile where a promise has one, else at an even pace."
    )


def test_behind_is_reckoned_by_the_profile(works):
    assert row(works, date(2026, 9, 30)).behind
    works.agree(["0", "0", "6", "6"])
    assert not row(works, date(2026, 9, 30)).behind


def test_quarters_that_reduce_are_refused_with_what_is_missing(works):
    with pytest.raises(NotPossible, match="come to 10 starts, so 2 starts of the 12 starts promised are missing"):
        works.agree(["1", "3", "3", "3"])
    assert not Profile.objects.filter(body=works.body).exists()


def test_quarters_are_held_to_the_promise_as_a_change_revised_it(works):
    Revision.objects.create(
        body=works.body, party=works.starts.party, commitment=works.starts, quantity=Decimal(14),
        takes_from_on=date(2026, 4, 1), change="a change", recorded_by=works.manager,
    )  # fmt: skip
    assert sum(part.quantity for part in queries.proposed(row(works, date(2026, 9, 30)))) == 14
    with pytest.raises(NotPossible, match="come to 12 starts, so 2 starts of the 14 starts promised are missing"):
        works.agree(["3", "3", "3", "3"])
    works.agree(["3", "3", "4", "4"])


def test_quarters_may_come_to_more(works):
    works.agree(["3", "3", "4", "4"])
    assert row(works, date(2027, 3, 31)).expected == 14


def test_limit_on_a_harm_may_not_grow(works):
    harm = delivery.record_commitment(
        by=works.manager, agreement=works.agreement, wording="Lorry miles", unit="miles", quantity=Decimal(400),
        direction="harm",
    )  # fmt: skip
    with pytest.raises(NotPossible, match="40 miles more than the limit of 400 miles"):
        works.agree(["110"] * 4, promise=harm)
    works.agree(["90"] * 4, promise=harm)


def test_every_version_is_kept_and_the_latest_stands(works):
    works.agree(["3", "3", "3", "3"])
    works.agree(["0", "4", "4", "4"], version=1)
    assert works.agree(["0", "4", "4", "4"], version=2) == []  # as it stands: nothing new
    kept = Profile.objects.filter(commitment=works.starts).order_by("version")
    assert [(each.version, [p.quantity for p in each.parts.all()]) for each in kept] == [
        (1, [3, 3, 3, 3]), (2, [0, 4, 4, 4]),
    ]  # fmt: skip
    assert [part.quantity for part in agreed_profiles([works.starts.pk])[works.starts.pk]] == [0, 4, 4, 4]


def test_second_of_two_who_agree_at_once_is_told(works):
    works.agree(["3", "3", "3", "3"])
    with pytest.raises(ChangedMeanwhile):
        works.agree(["0", "4", "4", "4"], version=0)
    assert queries.latest_profiles([works.starts.pk])[works.starts.pk].version == 1


def test_proposal_is_even_in_whole_units_and_follows_a_new_term(works):
    proposed = {e.commitment.pk: queries.proposed(e.row) for e in queries.expected(works.agreement, date(2026, 11, 1))}
    assert [part.quantity for part in proposed[works.starts.pk]] == [3, 3, 3, 3]
    assert [part.quantity for part in proposed[works.hours.pk]] == [91, 92, 92, 90]
    works.agree(["0", "4", "4", "4"])
    terms = delivery.terms_of(works.agreement)
    longer = delivery.Terms(terms.value, terms.spent, terms.starts_on, date(2027, 6, 30), 0)
    delivery.change_terms(
        by=works.manager, agreement=works.agreement, terms=longer, written_against=terms.token(), reason="Extended"
    )
    works.agreement.refresh_from_db()
    again = next(e for e in queries.expected(works.agreement, date(2026, 11, 1)) if e.commitment.pk == works.starts.pk)
    assert len(again.row.profile) == 4  # what was agreed stands until other quarters are agreed
    assert len(queries.proposed(again.row)) == 5


def test_promise_without_dates_has_no_quarters(works):
    loose = delivery.record_agreement(by=works.manager, body=works.body, title="Loose", channel="grant")
    delivery.record_commitment(by=works.manager, agreement=loose, wording="Talks", unit="talks", quantity=Decimal(3))
    (only,) = queries.expected(loose, date(2026, 11, 1))
    assert queries.proposed(only.row) == ()


def test_profile_dated_in_the_future_is_refused(works, monkeypatch):
    monkeypatch.setattr("commonweal.delivery.mobilisation.actions.today", lambda: date(2026, 11, 21))
    with pytest.raises(NotPossible, match="has not come yet"):
        works.agree(["3", "3", "3", "3"])
