"""What may be done with needs: posted, changed, looked at, published, asked about, closed. Matches are in `matches`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TypedDict, Unpack

from django.db import connection
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from commonweal.base.actions import create_person, end_link, find_or_create_party, record_event
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Link, Party, Person
from commonweal.base.personal import seal_text
from commonweal.base.queries import database_now, links_about
from commonweal.base.scope import open_scope
from commonweal.community import policies, telling
from commonweal.community.matches.actions import (
    agree_match,
    begin_match,
    confirm_received,
    decide_thanks,
    decline_match,
    fulfil_if_met,
    match_need,
    remind_group,
    say_not_received,
    thank,
    withdraw_match,
)
from commonweal.community.models import HelpOffer, Match, Moderation, Need, NeedWords, WishListRules
from commonweal.community.public.actions import held_need, save, show, subject
from commonweal.community.queries import STANDING_MATCHES, get_public_need, groups_of, help_offers_since, today
from commonweal.directory.queries import organisations, place_on

__all__ = [
    "agree_match", "answer_help", "ask_still_wanted", "begin_match", "change_need", "confirm_received", "decide_thanks",
    "decline_match", "expire_need", "fulfil_if_met", "keep_need", "match_need", "offer_help", "post_need", "publish_need",
    "remind_group", "say_not_received", "send_back", "set_rules", "thank", "undo_moderation", "withdraw_match",
    "withdraw_need",
]  # fmt: skip

#: How many offers of help one need, and one body, takes in an hour from people without an account.
HELP_AN_HOUR: Final = 5
HELP_AN_HOUR_BODY: Final = 40


class NeedFacts(TypedDict, total=False):
    """What a group says of its need; what is not given is empty."""

    title: str
    details: str
    least: str
    kind: str
    ages: str
    quantity: Decimal | None
    unit: str
    place_code: str
    wanted_by: date | None
    measure_id: str
    outcome_id: str


def set_rules(
    *, by: Person, body: Body, is_open: bool, most_open: int, stands_months: int, moderators: Sequence[str]
) -> WishListRules:  # fmt: skip
    """This will set how a body runs its wish list, from now on; what stood before stays on record."""
    policies.check_rules(most_open, stands_months, list(moderators))
    rules = WishListRules.objects.create(
        body=body, is_open=is_open, most_open=most_open, stands_months=stands_months, moderators=list(moderators),
        set_by=by,
    )  # fmt: skip
    record_event(
        action="community.rules.set", subject=f"base.body:{body.public_id}", by=by, body=body, is_open=is_open,
        most_open=most_open, stands_months=stands_months, moderators=list(moderators),
    )  # fmt: skip
    return rules


def post_need(
    *, by: Person | None, body: Body, party: Party, contact: Person, **facts: Unpack[NeedFacts]
) -> Need:  # fmt: skip
    """This will post what a group needs; it waits until somebody of the body has looked at it. Raises NotPossible.

    Needs the body's scope, and the group's where the group does it itself.
    """
    rules = policies.rules_of(body)
    policies.check_open_for_posting(rules, body)
    _one_at_a_time(f"needs of {body.pk} {party.pk}")
    policies.check_not_too_many(body, party.pk, rules)
    need = Need.objects.create(body=body, party=party, contact=contact, posted_by=by)
    need.latest = _write(by, need, 1, facts)
    need.save(update_fields=["latest"])
    record_event(
        action="community.need.posted", subject=subject(need), by=by, body=body, group=party.public_id, words=1,
        kind=need.latest.kind, place=need.latest.place_code,
    )  # fmt: skip
    telling.posted(need)
    return need


def change_need(*, by: Person | None, need: Need, version: int, **facts: Unpack[NeedFacts]) -> Need:
    """This will change what a need says: another version, which waits to be looked at as the first did.

    What is public stays as it is until then. `version` is the one the change was written against. Raises
    ChangedMeanwhile and NotPossible.
    """
    held = held_need(need)
    policies.check_version(held, version)
    if held.state not in ("waiting", "sent-back"):
        policies.check_step(held, "waiting")
    if held.state == "expired":
        policies.check_not_too_many(held.body, held.party.pk, policies.rules_of(held.body))
        held.closed_at, held.stands_until, held.asked_still_at = None, None, None
    was = held.latest
    words = _write(by, held, (was.number if was else 0) + 1, facts)
    held.latest, held.state = words, "waiting"
    save(held, "latest", "state", "closed_at", "stands_until", "asked_still_at")
    record_event(
        action="community.need.changed", subject=subject(held), by=by, body=held.body, words=words.number,
        kind=words.kind, place=words.place_code, quantity=words.quantity,
    )  # fmt: skip
    show(held)
    return held


def _write(by: Person | None, need: Need, number: int, facts: NeedFacts) -> NeedWords:
    words = NeedWords(body=need.body, party=need.party, need=need, number=number, written_by=by, **facts)
    on = today()
    policies.check_words(words, on)
    if words.place_code:
        place_on(words.place_code, on)
    words.save()
    return words


def _one_at_a_time(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


# --- looked at by an officer ------------------------------------------------------------------------------------------


def publish_need(
    *, by: Person, need: Need, version: int, measure_id: str | None = None, outcome_id: str = "",
    waiting_since: date | None = None,
) -> Need:  # fmt: skip
    """This will publish a need's latest words, for everyone to read; raises ChangedMeanwhile and NotPossible.

    With a measure, the need is found for promises of that measure from now on; its words stay the group's. One that a
    body published elsewhere before has waited since that day.
    """
    held = held_need(need)
    policies.check_version(held, version)
    policies.check_step(held, "published")
    assert held.latest is not None
    if measure_id is not None and measure_id != held.latest.measure_id:
        facts = facts_of(held.latest) | {"measure_id": measure_id, "outcome_id": outcome_id}
        held.latest = NeedWords.objects.create(
            body=held.body, party=held.party, need=held, number=held.latest.number + 1, written_by=by, **facts
        )
    Moderation.objects.create(
        body=held.body, party=held.party, need=held, words=held.latest, outcome="published", decided_by=by
    )
    held.state, held.shown = "published", held.latest
    policies.check_waited_since(waiting_since, today())
    held.published_at = held.published_at or (start_of(waiting_since) if waiting_since else database_now())
    held.stands_until = _stands_until(held)
    save(held, "state", "latest", "shown", "published_at", "stands_until")
    record_event(
        action="community.need.published", subject=subject(held), by=by, body=held.body, words=held.latest.number
    )
    show(held)
    telling.published(held)
    return held


def _stands_until(need: Need) -> date:
    """The day after which the group is asked whether it still needs this: its own, else so many months on."""
    if need.shown is not None and need.shown.wanted_by is not None:
        return need.shown.wanted_by
    return _months_on(today(), policies.rules_of(need.body).stands_months)


def start_of(day: date) -> datetime:
    """This will give the moment a day begins where the body is."""
    return make_aware(datetime.combine(day, time.min))


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    first_after = date(day.year + year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(day.year + year, month + 1, 1) + timedelta(days=day.day - 1), first_after - timedelta(days=1))


def send_back(*, by: Person, need: Need, version: int, reason: str) -> Need:
    """This will send a need's words back to the group, saying why; raises ChangedMeanwhile and NotPossible.

    Words that were public before stay so.
    """
    held = held_need(need)
    policies.check_version(held, version)
    policies.check_step(held, "sent-back")
    if not reason.strip():
        raise NotPossible("Say what the group should change. They read these words.")
    Moderation.objects.create(
        body=held.body, party=held.party, need=held, words=held.latest, outcome="sent-back", reason=reason.strip(),
        decided_by=by,
    )  # fmt: skip
    held.state = "sent-back"
    save(held, "state")
    record_event(
        action="community.need.sent-back", subject=subject(held), by=by, body=held.body,
        words=held.latest.number if held.latest else None,
    )  # fmt: skip
    telling.sent_back(held, reason.strip())
    return held


def undo_moderation(*, by: Person, need: Need, reason: str) -> Need:
    """This will take back the last decision about a need's words: they wait again, and the words before are public.

    Raises NotPossible where nothing was decided, and where what would leave the site is already matched.
    """
    held = held_need(need)
    decided = list(Moderation.objects.filter(need=held).order_by("id"))
    last = decided[-1] if decided else None
    if last is None or last.outcome == "undone" or held.state not in ("published", "sent-back"):
        raise NotPossible("There is no decision about these words to take back.")
    if last.outcome == "published":
        held.shown = _shown_before(decided[:-1])
        if held.shown is None:
            if Match.objects.filter(need=held, state__in=STANDING_MATCHES).exists():
                raise NotPossible("Something is matched to this need. Take the match back first.")
            held.published_at, held.stands_until = None, None
    Moderation.objects.create(
        body=held.body, party=held.party, need=held, words=last.words, outcome="undone", reason=reason.strip(),
        decided_by=by,
    )  # fmt: skip
    held.state = "waiting"
    save(held, "state", "shown", "published_at", "stands_until")
    record_event(
        action="community.need.undone", subject=subject(held), by=by, body=held.body, outcome=last.outcome,
    )  # fmt: skip
    show(held)
    return held


def _shown_before(decided: list[Moderation]) -> NeedWords | None:
    """The words that were public before the last decision: published, and that not taken back since."""
    standing: list[Moderation] = []
    for each in decided:
        if each.outcome == "undone":
            standing.pop()
        else:
            standing.append(each)
    return next((each.words for each in reversed(standing) if each.outcome == "published"), None)


# --- closed -----------------------------------------------------------------------------------------------------------


def withdraw_need(*, by: Person | None, need: Need, words: str = "") -> Need:
    """This will withdraw a need, at any time; its words leave the public site at once. Raises NotPossible."""
    held = held_need(need)
    policies.check_step(held, "withdrawn")
    for match in Match.objects.filter(need=held, state__in=STANDING_MATCHES):
        withdraw_match(by=by, match=match, reason=_("The group withdrew its need."))
    return _close(by, held, "withdrawn", words)


def _close(by: Person | None, held: Need, state: str, words: str) -> Need:
    held.state, held.closed_at, held.closed_words = state, database_now(), words.strip()
    save(held, "state", "closed_at", "closed_words")
    record_event(action=f"community.need.{state}", subject=subject(held), by=by, body=held.body)
    for link in links_about(held.body, subject(held)):
        end_link(by=by, link=link)
    show(held)
    return held


def ask_still_wanted(*, by: Person | None, need: Need) -> Need:
    """This will ask a group, once, whether it still needs what is past its day."""
    held = held_need(need)
    if held.asked_still_at is not None:
        return held
    held.asked_still_at = database_now()
    save(held, "asked_still_at")
    record_event(action="community.need.asked-about", subject=subject(held), by=by, body=held.body)
    telling.still_wanted(held)
    return held


def keep_need(*, by: Person | None, need: Need) -> Need:
    """This will keep a need that its group still has, for as long as a need stands. Raises NotPossible."""
    held = held_need(need)
    policies.check_step(held, "withdrawn")  # open still
    held.stands_until = _months_on(today(), policies.rules_of(held.body).stands_months)
    held.asked_still_at = None
    save(held, "stands_until", "asked_still_at")
    record_event(
        action="community.need.kept", subject=subject(held), by=by, body=held.body, until=held.stands_until.isoformat()
    )
    for link in links_about(held.body, subject(held)):
        end_link(by=by, link=link)
    return held


def expire_need(*, need: Need) -> Need:
    """This will close a need past its day whose group did not answer; one with a match that stands is kept open."""
    held = held_need(need)
    if Match.objects.filter(need=held, state__in=STANDING_MATCHES).exists():
        return held
    policies.check_step(held, "expired")
    closed = _close(None, held, "expired", "")
    telling.expired(closed)
    return closed


# --- help offered from the public page --------------------------------------------------------------------------------


def offer_help(*, body: Body, key: str, name: str, email: str, words: str) -> HelpOffer:
    """This will keep what somebody without an account offers for a public need; the officer answers.

    Opens the body's scope itself, for a public page has none. The name is a person's, with a key of its own; the
    address and the words are encrypted with it. Raises TooMany, PublicNeed.DoesNotExist and NotPossible.
    """
    shown = get_public_need(body, key)
    if shown.state != "open":
        raise NotPossible(_("This need is closed. Look at the others: somebody waits for help there."))
    with open_scope(body=body.pk):
        need = Need.objects.get(body=body, public_id=key)
        _one_at_a_time(f"help for {body.pk}")
        _check_not_flooded(body, need, database_now() - timedelta(hours=1))
        person = create_person(name=" ".join(name.split()))
        secret = person.key_held.key
        offer = HelpOffer.objects.create(
            body=body, need=need, person=person,
            email_sealed=seal_text(email.strip(), secret, person.field_about("help e-mail")),
            words_sealed=seal_text(words.strip(), secret, person.field_about("help words")),
        )  # fmt: skip
        record_event(
            action="community.help.offered", subject=subject(need), by=None, body=body, help=offer.public_id,
            person=person.pseudonym,
        )  # fmt: skip
        return offer


def _check_not_flooded(body: Body, need: Need, since: datetime) -> None:
    here, all_here = help_offers_since(body, since, need), help_offers_since(body, since)
    if here >= HELP_AN_HOUR or all_here >= HELP_AN_HOUR_BODY:
        raise policies.TooMany(
            _(
                "Many people wrote in the last hour, so this could not be sent. Try again in an hour, or ring the council."
            )
        )


def answer_help(*, by: Person, offer: HelpOffer, state: str, note: str = "") -> HelpOffer:
    """This will say that an offer of help was answered or set aside; raises NotPossible when it was already."""
    held = HelpOffer.objects.select_for_update(of=("self",)).select_related("body", "need").get(pk=offer.pk)
    if held.state != "waiting" or state not in ("answered", "set-aside"):
        raise NotPossible("This offer of help was answered already.")
    held.state, held.note, held.answered_by, held.answered_at = state, note.strip(), by, database_now()
    held.save(update_fields=["state", "note", "answered_by", "answered_at"])
    record_event(
        action=f"community.help.{state}", subject=subject(held.need), by=by, body=held.body, help=held.public_id
    )
    return held


def facts_of(words: NeedWords) -> dict[str, Any]:
    """This will give what a version says, as facts for another."""
    return {name: getattr(words, name) for name in NeedFacts.__annotations__}


def find_or_create_group(*, body: Body, name: str) -> Party:
    """This will find the group of this name that has posted at a body, holds its link or is an organisation it knows, or
    make one."""
    wanted = " ".join(name.split())
    if not wanted:
        raise NotPossible("Say which group it is for.")
    named = [*groups_of(body), *(each.party for each in organisations(body, text=wanted))]
    known = next((each for each in named if each.name.casefold() == wanted.casefold()), None)
    return known or find_or_create_party(name=wanted)


def send_group_link(*, by: Person, body: Body, name: str, contact: Person) -> Link:
    """This will send somebody the link by which their group posts and follows its needs; a link that stands is kept."""
    party = find_or_create_group(body=body, name=name)
    link = telling.group_link(by=by, body=body, party=party, person=contact)
    telling.welcome(link, party)
    return link
