"""What may be done with a match: offered, answered, begun, received or not, thanked; each told to the group."""

from __future__ import annotations

from decimal import Decimal

from commonweal.base.actions import end_link, record_event
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now, links_about
from commonweal.community import policies, telling
from commonweal.community.models import Match, Need
from commonweal.community.public.actions import held_need, save, show, subject
from commonweal.community.queries import DONE_MATCHES, STANDING_MATCHES, get_need, still_wanted


def match_need(
    *, by: Person | None, body: Body, need: str, source: str, source_id: str = "", helper: str,
    quantity: Decimal | None = None, note: str = "",
) -> Match:  # fmt: skip
    """This will offer a group what could meet its need (by outward id); the group then says yes or no.

    `source` is one of vocabulary.SOURCES and `source_id` the outward id of the thing in its own room; `helper` says who
    helps, as the group reads it. Raises Need.DoesNotExist and NotPossible. Needs the body's scope.
    """
    held = held_need(get_need(body, need))
    policies.check_can_be_matched(held)
    policies.check_received(Match(), quantity)
    if source_id and Match.objects.filter(
        need=held, source=source, source_id=source_id, state__in=STANDING_MATCHES
    ).exists():  # fmt: skip
        raise NotPossible("This is matched to the need already.")
    match = Match.objects.create(
        body=body, party=held.party, need=held, source=source, source_id=source_id, helper=" ".join(helper.split()),
        quantity=quantity, note=note.strip(), offered_by=by,
    )  # fmt: skip
    _record("offered", by, match, source=source, source_id=source_id, quantity=quantity)
    telling.offered(match)
    return match


def _record(what: str, by: Person | None, match: Match, **details: object) -> None:
    record_event(
        action=f"community.match.{what}", subject=subject(match.need), by=by, body=match.body, match=match.public_id,
        **details,
    )  # fmt: skip


def match_subject(match: Match) -> str:
    """This will name a match, for its links and mails."""
    return f"community.match:{match.public_id}"


def _held(match: Match, state: str) -> Match:
    held_need(match.need)  # the need first, so that two acts on it never wait for each other
    held = Match.objects.select_for_update(of=("self",)).select_related(
        "body", "party", "need__body", "need__party", "need__latest", "need__shown", "need__contact__key_held"
    ).get(pk=match.pk)  # fmt: skip
    policies.check_match_step(held, state)
    return held


def agree_match(*, by: Person | None, match: Match) -> Match:
    """This will say that a group takes what it was offered; raises NotPossible."""
    held = _held(match, "agreed")
    held.state, held.answered_at = "agreed", database_now()
    held.save(update_fields=["state", "answered_at"])
    _record("agreed", by, held)
    show(held.need)
    return held


def decline_match(*, by: Person | None, match: Match, words: str = "") -> Match:
    """This will say that a group does not take what it was offered, and why; its need stays open."""
    held = _held(match, "declined")
    held.state, held.answered_at, held.closed_words = "declined", database_now(), words.strip()
    held.save(update_fields=["state", "answered_at", "closed_words"])
    _record("declined", by, held)
    return held


def begin_match(*, by: Person | None, match: Match) -> Match:
    """This will say that the help is under way, and send the group the link by which it confirms what arrives."""
    held = _held(match, "under-way")
    held.state, held.begun_at = "under-way", database_now()
    held.save(update_fields=["state", "begun_at"])
    _record("under-way", by, held)
    telling.under_way(held, by)
    return held


def remind_group(*, by: Person, match: Match) -> Match:
    """This will ask a group again whether the help arrived, by the same link."""
    if match.state not in ("agreed", "under-way"):
        raise NotPossible("The group can be asked once it has said yes, and until it has answered.")
    _record("asked", by, match)
    telling.under_way(match, by)
    return match


def withdraw_match(*, by: Person | None, match: Match, reason: str) -> Match:
    """This will take back what was offered to a group, saying why; its need stays open."""
    held = _held(match, "withdrawn")
    if not reason.strip():
        raise NotPossible("Say why it is taken back. The group reads these words.")
    held.state, held.closed_words = "withdrawn", reason.strip()
    held.save(update_fields=["state", "closed_words"])
    _record("withdrawn", by, held)
    _end_links(by, held)
    show(held.need)
    if by is not None and by.pk != held.need.contact.pk:
        telling.withdrawn(held)
    return held


def confirm_received(*, by: Person | None, match: Match, quantity: Decimal | None = None, comment: str = "") -> Match:
    """This will say that a group received what it was promised, or so much of it; the need is then fulfilled when
    nothing more of it is wanted. Raises NotPossible."""
    held = _held(match, "received")
    policies.check_received(held, quantity)
    if quantity is not None and quantity == 0:
        raise NotPossible("If nothing arrived, say that it did not happen.")
    words = held.need.shown or held.need.latest
    asked = words.quantity if words else None
    held.state, held.received_at, held.comment = "received", database_now(), comment.strip()
    held.received_quantity = quantity if quantity is not None else (held.quantity or asked)
    held.save(update_fields=["state", "received_at", "received_quantity", "comment"])
    _record("received", by, held, quantity=held.received_quantity, source=held.source, source_id=held.source_id)
    fulfil_if_met(by=by, need=held.need)
    return held


def say_not_received(*, by: Person | None, match: Match, comment: str = "") -> Match:
    """This will say that what was promised to a group did not happen; its need stays open. Raises NotPossible."""
    held = _held(match, "not-received")
    held.state, held.comment = "not-received", comment.strip()
    held.save(update_fields=["state", "comment"])
    _record("not-received", by, held, source=held.source, source_id=held.source_id)
    show(held.need)
    return held


def fulfil_if_met(*, by: Person | None, need: Need) -> Need:
    """This will close a need as fulfilled when something arrived and nothing more of it is wanted."""
    held = held_need(need)
    left = still_wanted(held)
    arrived = Match.objects.filter(need=held, state__in=DONE_MATCHES).exists()
    if arrived and (left is None or left == 0) and "fulfilled" in policies.NEED_STATES[held.state]:
        held.state, held.closed_at = "fulfilled", database_now()
        save(held, "state", "closed_at")
        record_event(action="community.need.fulfilled", subject=subject(held), by=by, body=held.body)
        telling.fulfilled(held)
    show(held)
    return held


def thank(*, by: Person | None, match: Match, words: str, may_be_public: bool) -> Match:
    """This will keep a group's thanks in its own words; an officer looks at them before the public reads them."""
    held = _held(match, "thanked")
    if not words.strip():
        raise NotPossible("Write a few words of thanks, or leave the page.")
    held.state, held.thanks, held.thanked_at = "thanked", words.strip(), database_now()
    held.thanks_state = "waiting" if may_be_public else "private"
    held.save(update_fields=["state", "thanks", "thanks_state", "thanked_at"])
    _record("thanked", by, held, may_be_public=may_be_public)
    _end_links(by, held)
    return held


def decide_thanks(*, by: Person, match: Match, publish: bool) -> Match:
    """This will publish a group's thanks, or keep them back; either can be changed later."""
    held = Match.objects.select_for_update(of=("self",)).select_related("body", "need__body").get(pk=match.pk)
    if held.thanks_state not in ("waiting", "published", "kept-back"):
        raise NotPossible("The group did not agree to have these words published.")
    held.thanks_state = "published" if publish else "kept-back"
    held.save(update_fields=["thanks_state"])
    _record("thanks-published" if publish else "thanks-kept-back", by, held)
    show(held_need(held.need))
    return held


def _end_links(by: Person | None, match: Match) -> None:
    for link in links_about(match.body, match_subject(match)):
        end_link(by=by, link=link)
