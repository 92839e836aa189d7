"""The pages of the wish list: staff's, a group's by sign-in and by link, and the public's."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from commonweal.base.models import Event, Link
from commonweal.base.queries import link_token
from commonweal.base.scope import open_scope
from commonweal.community import actions, queries, telling
from commonweal.community.models import HelpOffer, Match, Need

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
TYPED = {"title": "Twelve chairs", "kind": "things", "ages": "older", "quantity": "12", "unit": "chairs"}


@pytest.fixture
def group_client(wishes):
    """A browser and the address of the group's page, by its link."""
    link = telling.group_link(by=wishes.officer, body=wishes.body, party=wishes.group, person=wishes.contact)
    return Client(), reverse("community_link:home", args=[link_token(link)])


def events(wishes) -> int:
    with open_scope(body=wishes.body.pk):
        return Event.objects.filter(body=wishes.body).count()


def staff(wishes, sign_in, *path):
    return sign_in(wishes.officer), lambda name, *keys: reverse(f"community:{name}", args=[wishes.body.slug, *keys])


def test_group_posts_by_its_link_without_an_account(wishes, group_client):
    browser, home = group_client
    answer = browser.post(f"{home}needs/add/{wishes.body.slug}/", TYPED)
    assert (answer.status_code, answer.url) == (302, home)
    assert "Twelve chairs" in browser.get(home).content.decode()
    assert queries.needs_of_group(Need.objects.get().party)[0].latest.quantity == Decimal(12)


def test_opening_a_link_changes_nothing(wishes, group_client):
    browser, home = group_client
    need = wishes.published()
    match = wishes.under_way(need)
    link = Link.objects.get(purpose=telling.RECEIPT)
    before = events(wishes)
    for _time in range(2):
        assert browser.get(home).status_code == 200
        assert browser.get(reverse("community_link:receipt", args=[link_token(link)])).status_code == 200
    match.refresh_from_db()
    assert (match.state, events(wishes)) == ("under-way", before)


def test_group_confirms_by_one_tap(wishes):
    need = wishes.published()
    wishes.under_way(need)
    page = reverse("community_link:receipt", args=[link_token(Link.objects.get(purpose=telling.RECEIPT))])
    answer = Client().post(page, {"answer": "yes"})
    assert "noted that it arrived" in answer.content.decode()
    need.refresh_from_db()
    assert need.state == "fulfilled"


def test_group_says_by_one_tap_that_it_did_not_happen(wishes):
    need = wishes.published()
    match = wishes.under_way(need)
    page = reverse("community_link:receipt", args=[link_token(Link.objects.get(purpose=telling.RECEIPT))])
    Client().post(page, {"answer": "no", "comment": "Nobody came"})
    match.refresh_from_db()
    assert (match.state, match.comment) == ("not-received", "Nobody came")


def test_group_says_by_one_tap_that_it_still_needs_it(wishes):
    need = wishes.published()
    actions.ask_still_wanted(by=None, need=need)
    link = Link.objects.get(purpose=telling.STILL)
    page = reverse("community_link:still", args=[link_token(link)])
    assert "Do you still need this?" in Client().get(page).content.decode()
    assert Client().post(page, {"answer": "yes"}).status_code == 200
    need.refresh_from_db()
    assert (need.state, need.asked_still_at) == ("published", None)
    assert Client().get(page).status_code == 410  # answered, so it is finished


def test_group_is_warned_of_personal_words_and_may_go_on(wishes, group_client):
    browser, home = group_client
    page = f"{home}needs/add/{wishes.body.slug}/"
    typed = TYPED | {"details": "Ring Kit on 07700 900123"}
    warned = browser.post(page, typed).content.decode()
    assert "looks like a telephone number" in warned
    assert not Need.objects.exists()
    seen = re.search(r'name="seen" value="([^"]+)"', warned)[1]
    assert browser.post(page, typed | {"seen": seen}).status_code == 302
    assert Need.objects.count() == 1


def test_group_answers_an_offer_and_thanks(wishes, group_client):
    browser, home = group_client
    match = wishes.match(wishes.published())
    assert "Oxlip Construction could help" in browser.get(home).content.decode()
    browser.post(f"{home}matches/{match.public_id}/answer/", {"answer": "yes"})
    browser.post(f"{home}matches/{match.public_id}/receive/", {"answer": "yes", "comment": "Lovely"})
    browser.post(f"{home}matches/{match.public_id}/thank/", {"words": "Thank you all", "may_be_public": "on"})
    match.refresh_from_db()
    assert (match.state, match.thanks, match.thanks_state) == ("thanked", "Thank you all", "waiting")


def test_member_of_a_group_signs_in_and_posts(wishes, make_person, sign_in):
    actions.set_rules(
        by=wishes.officer, body=wishes.body, is_open=True, most_open=3, stands_months=12, moderators=["lead"]
    )
    member = make_person("community-member", party=wishes.group, name="Bo Larch")
    browser, home = sign_in(member), reverse("community_group:home", args=[wishes.group.public_id])
    assert wishes.body.name in browser.get(home).content.decode()
    assert browser.post(f"{home}needs/add/{wishes.body.slug}/", TYPED).status_code == 302
    need = Need.objects.get()
    assert (need.party, need.contact) == (wishes.group, member)
    browser.post(f"{home}needs/{need.public_id}/withdraw/", {"reason": "Found them"})
    need.refresh_from_db()
    assert need.state == "withdrawn"


def test_another_groups_link_does_not_reach_a_need(wishes, make_party, make_person, sign_in):
    need, other = wishes.published(), make_party("Others")
    match = wishes.match(need)
    link = telling.group_link(by=wishes.officer, body=wishes.body, party=other, person=wishes.contact)
    home = reverse("community_link:home", args=[link_token(link)])
    member = sign_in(make_person("community-member", party=other))
    for browser, start in ((Client(), home), (member, reverse("community_group:home", args=[other.public_id]))):
        assert "Folding chairs" not in browser.get(start).content.decode()
        for path in (f"needs/{need.public_id}/change/", f"needs/{need.public_id}/withdraw/"):
            assert browser.get(f"{start}{path}").status_code == 404
            assert browser.post(f"{start}{path}", TYPED | {"reason": "x"}).status_code == 404
        for step in ("answer", "receive", "thank"):
            assert browser.post(f"{start}matches/{match.public_id}/{step}/", {"answer": "yes"}).status_code == 404
    match.refresh_from_db()
    assert match.state == "offered"


def test_another_body_does_not_see_a_need(wishes, make_body, make_person, sign_in):
    need, other = wishes.published(), make_body()
    browser = sign_in(make_person("lead", body=other))
    for name in ("need", "need_publish", "need_send_back", "need_undo", "need_change", "need_withdraw", "match_add"):
        assert browser.get(reverse(f"community:{name}", args=[other.slug, need.public_id])).status_code == 404, name
        assert browser.get(reverse(f"community:{name}", args=[wishes.body.slug, need.public_id])).status_code == 404
    assert browser.get(reverse("publishing:need", args=[other.slug, need.public_id])).status_code == 404
    assert browser.post(reverse("delivery:need_promises", args=[other.slug, need.public_id])).status_code in (404, 405)


def test_officer_publishes_what_they_read(wishes, sign_in):
    need = wishes.post(details="Write to kit@lunch.example")
    browser, to = staff(wishes, sign_in)
    page = browser.get(to("need_publish", need.public_id)).content.decode()
    assert "looks like an e-mail address" in page
    refused = browser.post(to("need_publish", need.public_id), {"version": need.version})
    assert refused.status_code == 422  # what is marked was not said to be fine
    done = browser.post(to("need_publish", need.public_id), {"version": need.version, "read": "on"})
    assert done.status_code == 302
    need.refresh_from_db()
    assert need.state == "published"


def test_role_that_the_bodys_rules_do_not_name_cannot_publish(wishes, sign_in):
    need = wishes.post()
    actions.set_rules(
        by=wishes.officer, body=wishes.body, is_open=True, most_open=3, stands_months=12, moderators=["lead"]
    )
    browser, to = staff(wishes, sign_in)
    assert browser.post(to("need_publish", need.public_id), {"version": need.version}).status_code == 403
    need.refresh_from_db()
    assert need.state == "waiting"


def test_officer_posts_for_a_group_and_sends_a_link(wishes, sign_in):
    browser, to = staff(wishes, sign_in)
    given = {"group": "New Allotment", "contact_name": "Ro Fell", "contact_email": "ro@allotment.example"}
    assert browser.post(to("need_add"), TYPED | given).status_code == 302
    ready = browser.post(to("link"), given).content.decode()
    assert "/community/by-link/" in ready
    with open_scope(body=wishes.body.pk):
        assert [party.name for party in queries.groups_of(wishes.body)] == ["New Allotment"]


def test_list_and_files_hold_no_contact(wishes, sign_in):
    wishes.published()
    browser, to = staff(wishes, sign_in)
    assert "Folding chairs" in browser.get(to("needs")).content.decode()
    text = browser.get(to("needs_export", "csv")).content.decode()
    assert "Folding chairs" in text
    assert "kit@lunch.example" not in text


def test_public_pages_and_files_hold_no_contact_and_nothing_that_waits(wishes):
    need = wishes.published()
    wishes.post("Not looked at yet")
    slug, browser = wishes.body.slug, Client()
    pages = [
        reverse("publishing:needs", args=[slug]), reverse("publishing:need", args=[slug, need.public_id]),
        reverse("publishing:needs_feed", args=[slug]), reverse("publishing:needs_json", args=[slug]),
        reverse("publishing:needs_download", args=[slug, "csv"]),
    ]  # fmt: skip
    for page in pages:
        text = browser.get(page).content.decode()
        assert "Folding chairs" in text, page
        assert "Not looked at yet" not in text, page
        assert "kit@lunch.example" not in text, page
        assert "Kit Marrow" not in text, page


def test_public_list_is_narrowed(wishes):
    wishes.published(place_code="X05000771", kind="things")
    wishes.published("Someone to teach knitting", place_code="X05000772", kind="skills")
    page = reverse("publishing:needs", args=[wishes.body.slug])
    text = Client().get(page, {"place": "X05000772"}).content.decode()
    assert "knitting" in text
    assert "Folding chairs" not in text
    assert "knitting" not in Client().get(page, {"kind": "things"}).content.decode()


def test_stranger_offers_help_without_an_account(wishes):
    need = wishes.published()
    page = reverse("publishing:need_help", args=[wishes.body.slug, need.public_id])
    given = {"name": "Jo Tern", "email": "jo@tern.example", "words": "We have forty chairs"}
    answer = Client().post(page, given, follow=True)
    assert "We have what you wrote" in answer.content.decode()
    with open_scope(body=wishes.body.pk):
        assert queries.helper_of(HelpOffer.objects.get()).words == "We have forty chairs"
    assert (
        "forty chairs"
        not in Client().get(reverse("publishing:need", args=[wishes.body.slug, need.public_id])).content.decode()
    )


def test_machine_that_fills_every_box_leaves_nothing(wishes):
    need = wishes.published()
    page = reverse("publishing:need_help", args=[wishes.body.slug, need.public_id])
    given = {"name": "Bot", "email": "bot@spam.example", "words": "Buy", "website": "http://spam.example"}
    assert Client().post(page, given).status_code == 302
    with open_scope(body=wishes.body.pk):
        assert not HelpOffer.objects.exists()


def test_too_many_offers_are_turned_away_with_what_was_typed(wishes):
    need = wishes.published()
    page = reverse("publishing:need_help", args=[wishes.body.slug, need.public_id])
    given = {"name": "Jo", "email": "jo@tern.example", "words": "We have forty chairs"}
    for _time in range(actions.HELP_AN_HOUR):
        Client().post(page, given)
    refused = Client().post(page, given)
    assert refused.status_code == 429
    assert "We have forty chairs" in refused.content.decode()


def test_figures_page_opens_onto_its_needs(wishes, sign_in):
    need = wishes.published()
    actions.confirm_received(by=wishes.contact, match=wishes.under_way(need))
    browser, to = staff(wishes, sign_in)
    page = browser.get(to("figures")).content.decode()
    assert "1 of 1 need that is due or closed was met" in page
    assert "Folding chairs" in browser.get(to("needs"), {"state": "due"}).content.decode()


def test_match_is_followed_on_its_page(wishes, sign_in):
    need = wishes.published()
    browser, to = staff(wishes, sign_in)
    browser.post(to("match_add", need.public_id), {"helper": "Tern Furniture", "quantity": "4", "note": "Used, sturdy"})
    match = Match.objects.get()
    actions.agree_match(by=wishes.contact, match=match)
    browser.post(to("match_step", match.public_id, "begin"))
    match.refresh_from_db()
    assert match.state == "under-way"
    assert "Tern Furniture" in browser.get(to("need", need.public_id)).content.decode()
    assert browser.post(to("match_step", match.public_id, "nonsense")).status_code == 404


def test_rules_page_is_for_the_lead(wishes, sign_in, make_person):
    browser, to = staff(wishes, sign_in)
    assert browser.get(to("rules")).status_code == 403
    lead = sign_in(make_person("lead", body=wishes.body))
    typed = {"is_open": "on", "most_open": "5", "stands_months": "6", "moderators": ["lead"]}
    assert lead.post(to("rules"), typed).status_code == 302
    assert "5 open needs" in Client().get(reverse("publishing:needs", args=[wishes.body.slug])).content.decode()


def test_what_waits_is_on_todays_page(wishes, sign_in):
    wishes.post()
    need = wishes.published("Paint")
    actions.offer_help(body=wishes.body, key=need.public_id, name="Jo", email="jo@t.example", words="Yes")
    page = sign_in(wishes.officer).get(reverse("reporting:today", args=[wishes.body.slug])).content.decode()
    assert "Read 1 need of community groups before it is published" in page
    assert "could help a community group" in page
