"""Needs and matches: posted, looked at, published, matched, received, closed; each act on the record."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from commonweal.base.errors import NotPossible
from commonweal.base.models import Mail
from commonweal.community import actions, policies, queries
from commonweal.community.models import Need, PublicNeed
from commonweal.directory.queries import today

pytestmark = pytest.mark.django_db


def public(need: Need) -> PublicNeed | None:
    return PublicNeed.objects.filter(key=need.public_id).first()


def test_need_waits_until_somebody_looked_at_it(wishes):
    need = wishes.post()
    assert (need.state, public(need), queries.open_needs(wishes.body)) == ("waiting", None, [])
    wishes.publish(need)
    assert [each.public_id for each in queries.open_needs(wishes.body)] == [need.public_id]
    shown = public(need)
    assert (shown.title, shown.group, shown.state) == ("Folding chairs", "Marsh Lunch Club", "open")


def test_change_waits_and_what_is_public_stays(wishes):
    need = wishes.published()
    changed = actions.change_need(
        by=wishes.contact, need=need, version=need.version, title="Folding tables", kind="things"
    )
    assert (changed.state, public(need).title) == ("waiting", "Folding chairs")
    wishes.publish(need)
    assert public(need).title == "Folding tables"


def test_second_of_two_who_change_is_told(wishes):
    need = wishes.published()
    actions.change_need(by=wishes.contact, need=need, version=need.version, title="First", kind="things")
    with pytest.raises(policies.ChangedMeanwhile):
        actions.change_need(by=wishes.contact, need=need, version=need.version, title="Second", kind="things")
    assert queries.words_of(need)[0].title == "First"


def test_officer_cannot_publish_words_they_have_not_read(wishes):
    need = wishes.post()
    actions.change_need(by=wishes.contact, need=need, version=need.version, title="Other words", kind="things")
    with pytest.raises(policies.ChangedMeanwhile):
        actions.publish_need(by=wishes.officer, need=need, version=need.version)
    assert public(need) is None


def test_sent_back_with_words_that_the_group_reads(wishes):
    need = wishes.post()
    actions.send_back(by=wishes.officer, need=need, version=need.version, reason="Leave the child’s name out.")
    need.refresh_from_db()
    assert (need.state, queries.sent_back_words(need)) == ("sent-back", "Leave the child’s name out.")
    assert "Leave the child’s name out." in Mail.objects.get(kind="community.sent-back").words


def test_undoing_the_first_publication_takes_it_off_the_site(wishes):
    need = wishes.published()
    actions.undo_moderation(by=wishes.officer, need=need, reason="Too soon")
    need.refresh_from_db()
    assert (need.state, need.published_at, public(need)) == ("waiting", None, None)


def test_undoing_a_later_publication_brings_the_words_before_back(wishes):
    need = wishes.published()
    actions.change_need(by=wishes.contact, need=need, version=need.version, title="Folding tables", kind="things")
    wishes.publish(need)
    actions.undo_moderation(by=wishes.officer, need=need, reason="Wrong one")
    assert public(need).title == "Folding chairs"


def test_undoing_is_refused_while_something_is_matched(wishes):
    need = wishes.published()
    wishes.match(need)
    with pytest.raises(NotPossible, match="matched"):
        actions.undo_moderation(by=wishes.officer, need=need, reason="Too soon")


def test_group_may_have_so_many_open_needs_and_no_more(wishes):
    for number in range(3):
        wishes.post(f"Need {number}")
    with pytest.raises(NotPossible, match="3 open needs"):
        wishes.post("One more")
    actions.withdraw_need(by=wishes.contact, need=queries.needs_of_group(wishes.group)[0])
    wishes.post("One more")


def test_another_group_is_not_held_to_the_first_ones_number(wishes, make_party):
    for number in range(3):
        wishes.post(f"Need {number}")
    wishes.post("Theirs", party=make_party("Others"))


def test_body_that_takes_no_needs_says_so(wishes):
    actions.set_rules(
        by=wishes.officer, body=wishes.body, is_open=False, most_open=3, stands_months=12, moderators=["lead"]
    )
    with pytest.raises(NotPossible, match="takes no needs"):
        wishes.post()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"title": " "}, "Say in a few words"),
        ({"quantity": Decimal(0)}, "above 0"),
        ({"quantity": Decimal("NaN")}, "above 0"),
        ({"unit": ""}, "what is counted"),
        ({"wanted_by": date(2020, 1, 1)}, "has gone"),
    ],
)
def test_words_that_cannot_stand_are_refused(wishes, facts, words):
    with pytest.raises(NotPossible, match=words):
        wishes.post(**facts)


def test_match_is_taken_from_offer_to_thanks(wishes):
    need = wishes.published()
    match = wishes.under_way(need, quantity=Decimal(4))
    match = actions.confirm_received(by=wishes.contact, match=match, comment="All four, and sturdy")
    need.refresh_from_db()
    assert (match.state, match.received_quantity, need.state) == ("received", Decimal(4), "fulfilled")
    match = actions.thank(by=wishes.contact, match=match, words="Nobody stands at lunch now.", may_be_public=True)
    assert public(need).content["thanks"] == []
    actions.decide_thanks(by=wishes.officer, match=match, publish=True)
    assert public(need).content["thanks"] == ["Nobody stands at lunch now."]
    assert [each for each in wishes.events() if each.startswith("community.")] == [
        "community.need.posted", "community.need.published", "community.match.offered", "community.match.agreed",
        "community.match.under-way", "community.match.received", "community.need.fulfilled", "community.match.thanked",
        "community.match.thanks-published",
    ]  # fmt: skip


def test_thanks_kept_private_are_never_public(wishes):
    need = wishes.published()
    match = actions.confirm_received(by=wishes.contact, match=wishes.under_way(need))
    match = actions.thank(by=wishes.contact, match=match, words="Just for you", may_be_public=False)
    with pytest.raises(NotPossible, match="did not agree"):
        actions.decide_thanks(by=wishes.officer, match=match, publish=True)
    assert public(need).content["thanks"] == []


def test_part_received_leaves_the_need_open(wishes):
    need = wishes.published()
    actions.confirm_received(by=wishes.contact, match=wishes.under_way(need), quantity=Decimal(3))
    need.refresh_from_db()
    assert (need.state, queries.still_wanted(need)) == ("published", Decimal(1))
    actions.confirm_received(by=wishes.contact, match=wishes.under_way(need), quantity=Decimal(1))
    need.refresh_from_db()
    assert need.state == "fulfilled"


def test_it_did_not_happen_leaves_the_need_open(wishes):
    need = wishes.published()
    match = actions.say_not_received(by=wishes.contact, match=wishes.under_way(need), comment="Nobody came")
    need.refresh_from_db()
    assert (match.state, need.state) == ("not-received", "published")


def test_need_that_is_not_public_cannot_be_matched(wishes):
    with pytest.raises(NotPossible, match="published and open"):
        wishes.match(wishes.post())


def test_same_thing_is_matched_to_a_need_once_at_a_time(wishes):
    need = wishes.published()
    first = wishes.match(need, source="commitment", source_id="abc")
    with pytest.raises(NotPossible, match="already"):
        wishes.match(need, source="commitment", source_id="abc")
    actions.decline_match(by=wishes.contact, match=first)
    wishes.match(need, source="commitment", source_id="abc")


def test_withdrawn_need_takes_its_words_off_the_site_and_its_matches_back(wishes):
    need = wishes.published(details="For the club on Mill Street")
    match = wishes.match(need)
    actions.withdraw_need(by=wishes.contact, need=need)
    match.refresh_from_db()
    shown = public(need)
    assert (match.state, shown.state, shown.title, shown.group) == ("withdrawn", "withdrawn", "", "")
    assert "Mill Street" not in str(shown.content)


def test_need_past_its_day_is_asked_about_once_then_closed(wishes):
    need = wishes.published(wanted_by=today())
    Need.objects.filter(pk=need.pk).update(stands_until=today() - timedelta(days=1))
    assert [each.pk for each in queries.needs_to_ask_about(wishes.body)] == [need.pk]
    actions.ask_still_wanted(by=None, need=need)
    assert queries.needs_to_ask_about(wishes.body) == []
    assert Mail.objects.filter(kind="community.still").count() == 1
    actions.expire_need(need=need)
    need.refresh_from_db()
    assert (need.state, public(need).state) == ("expired", "expired")


def test_need_that_is_still_wanted_stands_on(wishes):
    need = wishes.published(wanted_by=today())
    actions.ask_still_wanted(by=None, need=need)
    kept = actions.keep_need(by=wishes.contact, need=need)
    assert kept.stands_until > today() + timedelta(days=300)
    assert kept.asked_still_at is None


def test_need_with_help_under_way_does_not_run_out(wishes):
    need = wishes.published()
    wishes.under_way(need)
    assert actions.expire_need(need=need).state == "published"


def test_help_from_the_public_page_is_sealed(wishes):
    need = wishes.published()
    offer = actions.offer_help(
        body=wishes.body, key=need.public_id, name="Jo Tern", email="jo@tern.example", words="We have forty chairs."
    )
    assert b"tern" not in bytes(offer.email_sealed)
    helper = queries.helper_of(queries.get_help_offer(wishes.body, offer.public_id))
    assert (helper.name, helper.email, helper.words) == ("Jo Tern", "jo@tern.example", "We have forty chairs.")


def test_help_is_taken_so_often_in_an_hour(wishes):
    need = wishes.published()
    given = {"body": wishes.body, "key": need.public_id, "name": "Jo", "email": "jo@tern.example", "words": "Yes"}
    for _number in range(actions.HELP_AN_HOUR):
        actions.offer_help(**given)
    with pytest.raises(policies.TooMany):
        actions.offer_help(**given)


def test_every_change_is_told_to_the_group(wishes):
    need = wishes.published()
    actions.confirm_received(by=wishes.contact, match=wishes.under_way(need))
    kinds = list(Mail.objects.filter(body=wishes.body).order_by("id").values_list("kind", flat=True))
    assert kinds == [
        "community.posted", "community.published", "community.offered", "community.under-way", "community.fulfilled",
    ]  # fmt: skip
    assert all("{link}" in words for words in Mail.objects.values_list("words", flat=True))
