"""What the other rooms and the pages read of needs and matches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet

from commonweal.base.models import Body, Link, Party
from commonweal.base.personal import open_text
from commonweal.base.queries import find_party
from commonweal.community.figures import Life
from commonweal.community.matching import Fit, Side, fit
from commonweal.community.models import HelpOffer, Match, Moderation, Need, NeedWords, PublicNeed, WishListRules
from commonweal.directory.queries import places_around, places_by_code, today, wards_of

__all__ = ["today"]

OPEN_STATES: Final = ("waiting", "published", "sent-back")
STANDING_MATCHES: Final = ("offered", "agreed", "under-way")
DONE_MATCHES: Final = ("received", "thanked")
NEEDS_SORTS: Final = {
    "title": "latest__title",
    "group": "party__name",
    "wanted": "latest__wanted_by",
    "waiting": "posted_at",
}


@dataclass(frozen=True, slots=True)
class NeedFilters:
    """What a list of needs is narrowed to; empty means all. `state` may be "open", "closed" or one of a need."""

    text: str = ""
    state: str = ""
    kind: str = ""
    ages: str = ""
    place: str = ""
    group: str = ""


def _needs() -> QuerySet[Need]:
    return Need.objects.select_related("body", "party", "latest", "shown", "contact__key_held")


def needs(body: Body, filters: NeedFilters = NeedFilters()) -> QuerySet[Need]:
    """This will list a body's needs that match; needs its scope."""
    found = _needs().filter(body=body)
    if filters.text:
        found = found.filter(
            Q(latest__title__icontains=filters.text) | Q(latest__details__icontains=filters.text)
            | Q(party__name__icontains=filters.text)
        )  # fmt: skip
    match filters.state:
        case "open":
            found = found.filter(state__in=OPEN_STATES)
        case "closed":
            found = found.exclude(state__in=OPEN_STATES)
        case "due":
            over = ~Q(state__in=OPEN_STATES) | Q(shown__wanted_by__lt=today())
            found = found.filter(over, shown__isnull=False)
        case "":
            pass
        case state:
            found = found.filter(state=state)
    for name, field in (("kind", "latest__kind"), ("ages", "latest__ages"), ("place", "latest__place_code")):
        if getattr(filters, name):
            found = found.filter(**{field: getattr(filters, name)})
    return found.filter(party__public_id=filters.group) if filters.group else found


def get_need(body: Body, public_id: str) -> Need:
    """This will find a need of a body in the open scope; raises Need.DoesNotExist."""
    return _needs().get(body=body, public_id=public_id)


def open_needs(body: Body) -> list[Need]:
    """This will list a body's needs that are public and open, those that waited longest first; needs its scope."""
    return list(_needs().filter(body=body, state__in=OPEN_STATES, shown__isnull=False).order_by("published_at", "id"))


def open_needs_of_group(body: Body, party_key: int) -> QuerySet[Need]:
    """This will list the needs of a group that count towards how many it may have open."""
    return Need.objects.filter(body=body, party_id=party_key, state__in=OPEN_STATES)


def needs_of_group(party: Party, body: Body | None = None) -> list[Need]:
    """This will list a group's needs, at one body or at all, latest first; needs the group's scope or the body's."""
    found = _needs().filter(party=party)
    return list((found.filter(body=body) if body else found).order_by("-posted_at", "-id"))


def get_need_of_group(party: Party, public_id: str, body: Body | None = None) -> Need:
    """This will find a need of a group in the open scope; raises Need.DoesNotExist."""
    found = _needs().filter(party=party)
    return (found.filter(body=body) if body else found).get(public_id=public_id)  # a need


def words_of(need: Need) -> list[NeedWords]:
    """This will list every version of a need's words, latest first."""
    return list(NeedWords.objects.filter(need=need).select_related("written_by__key_held").order_by("-number"))


def moderations_of(need: Need) -> list[Moderation]:
    """This will list what was decided about a need's words, latest first."""
    found = Moderation.objects.filter(need=need).select_related("decided_by__key_held", "words")
    return list(found.order_by("-id"))


def sent_back_words(need: Need) -> str:
    """This will give the words with which a need was last sent back; "" where it was not."""
    last = Moderation.objects.filter(need=need).order_by("-id").first()
    return last.reason if last and last.outcome == "sent-back" and need.state == "sent-back" else ""


def groups_of(body: Body) -> list[Party]:
    """This will list the groups with a need at a body, or a link of its own, by name; needs its scope."""
    posted = Need.objects.filter(body=body).values_list("party_id", flat=True)
    linked = Link.objects.filter(body=body, purpose="community.group").values_list("party_id", flat=True)
    return list(Party.objects.filter(pk__in={*posted, *linked}).order_by("name"))


def get_group(public_id: str) -> Party:
    """This will find a group by outward id; raises Party.DoesNotExist."""
    found = find_party(public_id)
    if found is None:
        raise Party.DoesNotExist
    return found


# --- matches --------------------------------------------------------------------------------------------------------


def _matches() -> QuerySet[Match]:
    return Match.objects.select_related("body", "party", "need__latest", "need__shown", "need__contact__key_held",
                                        "offered_by__key_held")  # fmt: skip


def matches_of(need: Need) -> list[Match]:
    """This will list everything that was matched to a need, latest first."""
    return list(_matches().filter(need=need).order_by("-id"))


def matches(body: Body, states: Collection[str]) -> QuerySet[Match]:
    """This will list a body's matches in some states, those that waited longest first; needs its scope."""
    return _matches().filter(body=body, state__in=states).order_by("offered_at", "id")


def get_match(body: Body, public_id: str) -> Match:
    """This will find a match of a body in the open scope; raises Match.DoesNotExist."""
    return _matches().get(body=body, public_id=public_id)


def matches_with(body: Body, source: str, source_ids: Collection[str]) -> list[Match]:
    """This will list what was matched from things of another room (by outward id), latest first; needs its scope."""
    found = _matches().filter(body=body, source=source, source_id__in=list(source_ids))
    return list(found.order_by("-id"))


def still_wanted(need: Need) -> Decimal | None:
    """This will say how much of a need is not received yet; None where no quantity was asked for."""
    words = need.shown or need.latest
    if words is None or words.quantity is None:
        return None
    received = Match.objects.filter(need=need, state__in=DONE_MATCHES).values_list("received_quantity", flat=True)
    return max(words.quantity - sum((each or Decimal(0) for each in received), Decimal(0)), Decimal(0))


@dataclass(frozen=True, slots=True)
class Fitting:
    """A need with how well something fits it."""

    need: Need
    fit: Fit


def sides_of(needs: Collection[Need]) -> dict[int, Side]:
    """This will give needs as one side of a match each, by their public words, by the need's inner key."""
    words = {need.pk: words_shown(need) for need in needs}
    around = places_around(each.place_code for each in words.values())
    received: dict[int, Decimal] = {}
    done = Match.objects.filter(need__in=list(words), state__in=DONE_MATCHES)
    for key, amount in done.values_list("need_id", "received_quantity"):
        received[key] = received.get(key, Decimal(0)) + (amount or Decimal(0))
    return {
        key: Side(
            words=f"{each.title} {each.details} {each.unit}", measure_id=each.measure_id, outcome_id=each.outcome_id,
            place_code=each.place_code, around=around.get(each.place_code, frozenset()),
            quantity=None if each.quantity is None else max(each.quantity - received.get(key, Decimal(0)), Decimal(0)),
            unit=each.unit, ends_on=each.wanted_by,
        )
        for key, each in words.items()
    }  # fmt: skip


def needs_that_fit(body: Body, could: Side) -> list[Fitting]:
    """This will list the open needs that something could meet: the best fit first, then those that waited longest.

    Needs the body's scope.
    """
    held = open_needs(body)
    sides = sides_of(held)
    found = [Fitting(need, fitting) for need in held if (fitting := fit(sides[need.pk], could)) is not None]
    return sorted(found, key=lambda each: -each.fit.points)


# --- help offered from the public page ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Helper:
    """Who offered help, opened with their own key."""

    name: str
    email: str
    words: str


def help_offers(body: Body, *, waiting: bool = False, need: Need | None = None) -> QuerySet[HelpOffer]:
    """This will list the offers of help a body has, those that waited longest first; needs its scope."""
    found = HelpOffer.objects.filter(body=body).select_related("need__latest", "need__party", "person__key_held")
    found = found.filter(state="waiting") if waiting else found
    return (found.filter(need=need) if need else found).order_by("offered_at", "id")


def get_help_offer(body: Body, public_id: str) -> HelpOffer:
    """This will find an offer of help in the open scope; raises HelpOffer.DoesNotExist."""
    return help_offers(body).get(public_id=public_id)


def helper_of(offer: HelpOffer) -> Helper:
    """This will open who offered help; "(erased)" once their key is gone."""
    person = offer.person
    key = getattr(getattr(person, "key_held", None), "key", None)
    return Helper(
        person.name, open_text(offer.email_sealed, key, person.field_about("help e-mail")),
        open_text(offer.words_sealed, key, person.field_about("help words")),
    )  # fmt: skip


def help_offers_since(body: Body, since: datetime, need: Need | None = None) -> int:
    """This will count the offers of help since a moment, for a need or for all; needs the body's scope."""
    found = HelpOffer.objects.filter(body=body, offered_at__gte=since)
    return (found.filter(need=need) if need else found).count()


# --- what is public -------------------------------------------------------------------------------------------------


def public_needs(body: Body, filters: NeedFilters = NeedFilters()) -> QuerySet[PublicNeed]:
    """This will list a body's needs as the public reads them; anybody may, with no scope."""
    found = PublicNeed.objects.filter(body=body)
    if filters.text:
        found = found.filter(Q(title__icontains=filters.text) | Q(content__details__icontains=filters.text))
    match filters.state:
        case "":
            found = found.filter(state="open")
        case "closed":
            found = found.exclude(state="open")
        case "due":
            found = found.filter(~Q(state="open") | Q(wanted_by__lt=today()))
        case "all":
            pass
        case state:
            found = found.filter(state=state)
    for name, field in (("kind", "kind"), ("ages", "ages"), ("place", "place_code")):
        if getattr(filters, name):
            found = found.filter(**{field: getattr(filters, name)})
    return found


def get_public_need(body: Body, key: str) -> PublicNeed:
    """This will find a need as the public reads it; raises PublicNeed.DoesNotExist."""
    return PublicNeed.objects.get(body=body, key=key)


def public_places(body: Body) -> list[tuple[str, str, str]]:
    """This will list the places that public needs name: (code, name, Welsh name), by name."""
    codes = set(PublicNeed.objects.filter(body=body).exclude(place_code="").values_list("place_code", flat=True))
    found = places_by_code(codes)
    return sorted(((place.code, place.name, place.name_cy) for place in found.values()), key=lambda each: each[1])


def has_wish_list(body: Body) -> bool:
    """This will say whether a body runs a wish list that the public can read; anybody may ask."""
    return PublicNeed.objects.filter(body=body).exists() or WishListRules.objects.filter(body=body).exists()


# --- what waits -----------------------------------------------------------------------------------------------------


def needs_to_moderate(body: Body) -> QuerySet[Need]:
    """This will list the needs whose words somebody has to look at, those that waited longest first."""
    return needs(body, NeedFilters(state="waiting")).order_by("posted_at", "id")


def thanks_to_moderate(body: Body) -> QuerySet[Match]:
    """This will list the thank-yous that wait to be published; needs the body's scope."""
    return _matches().filter(body=body, thanks_state="waiting").order_by("thanked_at", "id")


def needs_to_ask_about(body: Body) -> list[Need]:
    """This will list the open needs past their day that nobody was asked about yet; needs the body's scope."""
    found = _needs().filter(body=body, state__in=OPEN_STATES, stands_until__lt=today(), asked_still_at__isnull=True)
    return list(found)


def needs_to_expire(body: Body, now: datetime, days: int) -> list[Need]:
    """This will list the open needs that were asked about so many days ago and nobody answered."""
    found = _needs().filter(body=body, state__in=OPEN_STATES, asked_still_at__lt=now - timedelta(days=days))
    return list(found)


def get_match_of_group(party: Party, public_id: str, body: Body | None = None) -> Match:
    """This will find a match of a group in the open scope; raises Match.DoesNotExist."""
    found = _matches().filter(party=party)
    return (found.filter(body=body) if body else found).get(public_id=public_id)


def matches_of_group(party: Party, body: Body | None = None) -> list[Match]:
    """This will list what a group was offered, at one body or at all, latest first."""
    found = _matches().filter(party=party).order_by("-id")
    return list(found.filter(body=body) if body else found)


def place_choices(body: Body) -> list[tuple[str, str]]:
    """This will list the wards of a body as (code, name), for a need to choose from."""
    return [(ward.code, ward.name) for ward in wards_of(body.place_code, today())] if body.place_code else []


def words_shown(need: Need) -> NeedWords:
    """This will give the words of a need that are public, else its latest."""
    words = need.shown or need.latest
    if words is None:
        raise NeedWords.DoesNotExist
    return words


def no_such_body(slug: str) -> Body:
    """This will say that a body does not exist, or takes no needs: the page looks the same."""
    raise Body.DoesNotExist(slug)


def lives_of(body: Body) -> list[Life]:
    """This will read the lives of a body's public needs, for its figures; anybody may, with no scope."""
    return [
        Life(each.state, each.waiting_since, each.closed_on, each.wanted_by, each.kind, each.place_code)
        for each in PublicNeed.objects.filter(body=body)
    ]


def latest_words(need: Need) -> NeedWords:
    """This will give a need's latest words, whether public yet or not."""
    if need.latest is None:
        raise NeedWords.DoesNotExist
    return need.latest


def received_of(need: Need) -> Decimal | None:
    """This will add up what a group says it received of a need; None for nothing."""
    held = Match.objects.filter(need=need, state__in=DONE_MATCHES).values_list("received_quantity", flat=True)
    amounts = [each for each in held if each is not None]
    return sum(amounts, Decimal(0)) if amounts else None
