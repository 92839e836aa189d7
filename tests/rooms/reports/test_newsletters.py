"""Newsletters from the record: composed, frozen, sent; held before an election; without what may not be told any more."""

from __future__ import annotations

import struct
import zlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from made_stories import Tellers

from commonweal.base.errors import NotPossible
from commonweal.base.jobs import check_file
from commonweal.base.models import Mail
from commonweal.base.queries import link_token
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.directory.queries import today
from commonweal.publishing import actions as publishing
from commonweal.publishing.models import Publication
from commonweal.reporting.reports import actions, queries
from commonweal.reporting.reports.models import NewsletterEdition, NewsletterReader
from commonweal.reporting.reports.newsletter import as_text, digest
from commonweal.reporting.stories import actions as stories
from commonweal.reporting.stories.models import Consent

TITLE = "Now I can get to work on time"


def quarter(tellers: Tellers) -> tuple[date, date]:
    return queries.quarters_free(tellers.body, today())[0]


def begun(tellers: Tellers, *told: object, **fields: object):
    given = {"opening": "Thank you for the summer.", "nudges": ["hours"]} | fields
    return actions.begin_newsletter(
        by=tellers.lead, body=tellers.body, begins_on=quarter(tellers)[0],
        stories=[each.public_id for each in told], **given,
    )  # fmt: skip


def published(tellers: Tellers, *told: object):
    made = begun(tellers, *told)
    actions.publish_newsletter(by=tellers.lead, newsletter=made, version=1)
    made.refresh_from_db()
    return made


def refresh(tellers: Tellers) -> dict[tuple[str, str], Publication]:
    publishing.refresh(body=tellers.body, by=tellers.lead)
    return {(each.kind, each.key): each for each in Publication.objects.filter(body=tellers.body)}


def hold(tellers: Tellers, **fields: object):
    given = {
        "title": "Council election",
        "starts_on": today() - timedelta(days=3),
        "ends_on": today() + timedelta(days=20),
    }
    return actions.enter_period(by=tellers.lead, body=tellers.body, source="Notice of election", **(given | fields))


def test_newsletter_is_written_from_the_record_in_both_languages(tellers):
    begins, ends = quarter(tellers)
    delivery.record_entry(
        by=tellers.writer, commitment=tellers.promise, quantity=Decimal(3), starts_on=begins, ends_on=ends
    )
    made = begun(tellers, tellers.verified())
    content = actions.written(made, today())
    assert content["figures"]["deliveries"] == 1
    assert content["en"]["headline"].startswith("1 delivery under 1 agreement")
    assert content["cy"]["period"].endswith(str(ends.year))
    text = as_text(content["en"])
    assert "Thank you for the summer." in text
    assert TITLE in text


def test_delivery_of_another_quarter_stays_out(tellers):
    begins, _ends = quarter(tellers)
    before = begins - timedelta(days=1)
    delivery.record_entry(
        by=tellers.writer, commitment=tellers.promise, quantity=Decimal(3), starts_on=before, ends_on=before
    )
    assert actions.written(begun(tellers), today())["figures"]["deliveries"] == 0


def test_published_newsletter_is_frozen_and_hashed(tellers):
    made = published(tellers, tellers.verified())
    edition = queries.edition_of(made)
    assert digest(edition.content) == edition.sha256
    begins, ends = made.begins_on, made.ends_on
    delivery.record_entry(
        by=tellers.writer, commitment=tellers.promise, quantity=Decimal(3), starts_on=begins, ends_on=ends
    )
    assert NewsletterEdition.objects.get(newsletter=made).content["figures"]["deliveries"] == 0
    with pytest.raises(NotPossible, match="nothing changes it any more"):
        actions.change_newsletter(
            by=tellers.lead, newsletter=made, version=1, opening="Other", opening_cy="", stories=[], nudges=[]
        )


def test_story_without_consent_for_newsletters_is_not_taken(tellers):
    story = tellers.verified(uses=["public-site"])
    with pytest.raises(NotPossible, match="may not be told"):
        begun(tellers, story)


def test_story_withdrawn_before_publishing_stops_the_publishing(tellers):
    story = tellers.verified()
    made = begun(tellers, story)
    stories.withdraw_story(by=tellers.lead, story=story, reason="Asked us to")
    with pytest.raises(NotPossible, match="may not be told"):
        actions.publish_newsletter(by=tellers.lead, newsletter=made, version=1)


def test_story_withdrawn_after_publishing_leaves_page_and_mails_and_says_so(tellers):
    story = tellers.verified()
    made = published(tellers, story)
    assert TITLE in str(refresh(tellers)["newsletter", made.public_id].content)
    stories.withdraw_consent(by=None, consent=Consent.objects.get(story=story))
    page = refresh(tellers)["newsletter", made.public_id]
    assert TITLE not in str(page.content)
    assert page.content["en"]["taken_back"] == "1 story of this edition is not told any more."
    actions.add_reader(by=tellers.lead, body=tellers.body, email="mo@example.org")
    actions.send_newsletter(by=tellers.lead, newsletter=made)
    assert TITLE not in Mail.objects.get(kind="reports.newsletter").words


def test_newsletter_is_sent_once_to_those_who_want_it_with_a_link_to_stop(tellers, client):
    made = published(tellers)
    stays = actions.add_reader(by=tellers.lead, body=tellers.body, email="mo@example.org")
    left = actions.add_reader(by=tellers.lead, body=tellers.body, email="jo@example.org")
    actions.leave(by=left.person, reader=left)
    assert actions.send_newsletter(by=tellers.lead, newsletter=made) == 1
    mail = Mail.objects.get(kind="reports.newsletter")
    assert mail.person_id == stays.person_id
    assert "{link}" in mail.words
    with pytest.raises(NotPossible, match="sent already"):
        actions.send_newsletter(by=tellers.lead, newsletter=made)
    stays = queries.get_reader(tellers.body, stays.public_id)
    address = f"/newsletters/no-more/{link_token(stays.link)}/"
    assert client.get(address).status_code == 200
    with open_scope(body=tellers.body.pk):
        assert NewsletterReader.objects.get(pk=stays.pk).left_at is None
    assert client.post(address).status_code == 200
    with open_scope(body=tellers.body.pk):
        assert NewsletterReader.objects.get(pk=stays.pk).left_at is not None
    assert client.get(address).status_code == 410


def test_nobody_who_asked_for_no_more_is_added_again(tellers):
    reader = actions.add_reader(by=tellers.lead, body=tellers.body, email="mo@example.org")
    actions.leave(by=reader.person, reader=reader)
    with pytest.raises(NotPossible, match="asked for no more"):
        actions.add_reader(by=tellers.lead, body=tellers.body, email="mo@example.org")
    assert actions.add_contractors(by=tellers.lead, body=tellers.body) == 1
    assert actions.add_contractors(by=tellers.lead, body=tellers.body) == 0


def test_braces_in_what_people_write_are_no_link(tellers):
    made = begun(tellers, opening="Read {link} or {token}")
    actions.publish_newsletter(by=tellers.lead, newsletter=made, version=1)
    actions.add_reader(by=tellers.lead, body=tellers.body, email="mo@example.org")
    actions.send_newsletter(by=tellers.lead, newsletter=made)
    assert Mail.objects.get(kind="reports.newsletter").words.count("{") == 1


# --- before an election ---------------------------------------------------------------------------------------------


def test_hold_stops_publishing_and_sending_and_ends_by_itself(tellers):
    waiting, made = begun(tellers), None
    period = hold(tellers)
    with pytest.raises(NotPossible, match="Held until"):
        actions.publish_newsletter(by=tellers.lead, newsletter=waiting, version=1)
    actions.end_period(by=tellers.lead, period=period, words="Uncontested")
    made = actions.publish_newsletter(by=tellers.lead, newsletter=waiting, version=1)
    actions.add_reader(by=tellers.lead, body=tellers.body, email="mo@example.org")
    hold(tellers, ends_on=today())
    waiting.refresh_from_db()
    with pytest.raises(NotPossible, match="Held until"):
        actions.send_newsletter(by=tellers.lead, newsletter=waiting)
    tomorrow = today() + timedelta(days=1)
    subject = f"reports.newsletter:{waiting.public_id}"
    assert queries.holds(tellers.body, activity="newsletter", subject=subject, on=tomorrow) is None
    assert made is not None


@pytest.mark.parametrize("activity", ["account", "statutory-report", "performance-notice", "open-data"])
def test_duties_pass_a_hold(tellers, activity):
    hold(tellers)
    assert queries.holds(tellers.body, activity=activity, subject="any", on=today()) is None


@pytest.mark.parametrize("activity", ["newsletter", "story", "annual-report"])
def test_publicity_is_held_from_the_first_day_to_polling_day(tellers, activity):
    period = hold(tellers)
    days = [period.starts_on - timedelta(days=1), period.starts_on, period.ends_on, period.ends_on + timedelta(days=1)]
    held = [queries.holds(tellers.body, activity=activity, subject="any", on=each) is not None for each in days]
    assert held == [False, True, True, False]


def test_override_needs_a_reason_and_is_on_record_with_its_officer(tellers):
    made = begun(tellers)
    hold(tellers)
    given = {"activity": "newsletter", "subject": f"reports.newsletter:{made.public_id}", "title": "Newsletter"}
    with pytest.raises(NotPossible, match="Say in a sentence"):
        actions.let_through(by=tellers.lead, body=tellers.body, reason="Urgent", **given)
    actions.let_through(
        by=tellers.lead, body=tellers.body, reason="The flood line closes on Friday and this says so", **given
    )
    actions.publish_newsletter(by=tellers.lead, newsletter=made, version=1)
    (period,) = queries.periods(tellers.body)
    (override,) = period.overrides.all()
    assert override.decided_by == tellers.lead
    assert "reports.hold.overridden" in tellers.events()


def test_new_story_waits_and_one_that_was_public_stays(tellers):
    before = tellers.verified("Told before")
    assert ("story", before.public_id) in refresh(tellers)
    hold(tellers)
    after = tellers.verified("Told after")
    kinds = refresh(tellers)
    assert ("story", before.public_id) in kinds
    assert ("story", after.public_id) not in kinds
    actions.let_through(
        by=tellers.lead, body=tellers.body, activity="story", subject=f"stories.story:{after.public_id}", title="T",
        reason="The family asked us to tell it now",
    )  # fmt: skip
    assert ("story", after.public_id) in refresh(tellers)


def test_withdrawn_story_leaves_the_public_site_even_while_held(tellers):
    story = tellers.verified()
    refresh(tellers)
    hold(tellers)
    stories.withdraw_story(by=tellers.lead, story=story, reason="Asked us to")
    assert ("story", story.public_id) not in refresh(tellers)


def test_public_story_holds_nobody_and_ends_with_its_consent(tellers, client):
    story = tellers.verified(giver="zqx", email="zqx@example.org", name="Zqx", until=today(), reference="zqx")
    page = refresh(tellers)["story", story.public_id]
    assert "zqx" not in str(page.content).casefold()
    address = f"/{tellers.body.slug}/stories/{story.public_id}/"
    assert TITLE in client.get(address).content.decode()
    with open_scope(body=tellers.body.pk):
        page.content["until"] = (today() - timedelta(days=1)).isoformat()
        page.save(update_fields=["content"])
    assert client.get(address).status_code == 404
    assert TITLE not in client.get(f"/{tellers.body.slug}/stories/").content.decode()


def test_story_of_an_agreement_that_is_kept_back_is_told_nowhere(tellers):
    story = tellers.verified()
    refresh(tellers)
    publishing.withdraw(
        body=tellers.body, by=tellers.lead, agreement=tellers.agreement.public_id, reason="A court case"
    )
    assert ("story", story.public_id) not in refresh(tellers)
    assert actions.told_now(tellers.body, today()) == []


def png(comment: bytes) -> bytes:
    """One grey point, with a comment in it as a camera leaves one."""

    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    picture = part(b"IDAT", zlib.compress(b"\x00\x7f"))
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", header)
        + part(b"tEXt", b"Comment\x00" + comment)
        + picture
        + part(b"IEND", b"")
    )


def test_picture_is_public_only_once_checked_and_without_what_it_told_beside(tellers, client):
    words = tellers.words(picture_words="Two people at a table")
    story = stories.draft_story(
        by=tellers.writer, body=tellers.body, about="adults", words=words, agreement=tellers.agreement,
        picture=("table.png", png(b"zqx at home")),
    )  # fmt: skip
    tellers.consent(story)
    stories.verify_story(by=tellers.lead, story=tellers.rate(story), version=1)
    assert ("picture", story.public_id) not in refresh(tellers)
    check_file(file=story.picture.public_id, body=tellers.body.pk)
    assert ("picture", story.public_id) in refresh(tellers)
    here = f"/{tellers.body.slug}/stories/"
    answer = client.get(f"{here}{story.public_id}/picture/")
    assert answer.content.startswith(b"\x89PNG")
    assert b"zqx" not in answer.content
    assert 'alt="Two people at a table"' in client.get(here).content.decode()


def test_pages_are_in_welsh_and_mark_what_is_told_in_english(tellers, client):
    story = tellers.verified()
    made = published(tellers, story)
    refresh(tellers)
    page = client.get(f"/cy/{tellers.body.slug}/stories/{story.public_id}/").content.decode()
    assert '<div lang="en">' in page
    sheet = client.get(f"/cy/{tellers.body.slug}/newsletters/{made.public_id}/").content.decode()
    assert 'class="nl-sheet" lang="cy"' in sheet
    assert 'class="nl-story" lang="en"' in sheet
    assert client.get(f"/{tellers.body.slug}/newsletters/{made.public_id}/cy.pdf").content.startswith(b"%PDF")
    assert client.get(f"/{tellers.body.slug}/newsletters/{made.public_id}/xx.pdf").status_code == 404


def test_newsletter_of_a_site_without_a_story_opens(tellers, client):
    made = published(tellers)
    refresh(tellers)
    assert client.get(f"/{tellers.body.slug}/newsletters/").status_code == 200
    assert client.get(f"/{tellers.body.slug}/newsletters/{made.public_id}/").status_code == 200
