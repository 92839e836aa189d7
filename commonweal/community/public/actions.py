"""What every action on a need shares: the need held until the end, its version, and its row on the public site."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import localdate

from commonweal.base.queries import database_now
from commonweal.community.models import Match, Need, PublicNeed
from commonweal.community.queries import DONE_MATCHES, OPEN_STATES, STANDING_MATCHES
from commonweal.directory.queries import places_by_code


def subject(need: Need) -> str:
    """This will name a need on the record."""
    return f"community.need:{need.public_id}"


def held_need(need: Need) -> Need:
    """This will read a need as it is now and hold it until this transaction ends."""
    found = Need.objects.select_for_update(of=("self",)).select_related("body", "party", "latest", "shown", "contact")
    return found.get(pk=need.pk)


def save(need: Need, *changed: str) -> None:
    """This will save what changed in a need that is held, and count the change."""
    need.version += 1
    need.save(update_fields=[*changed, "version"])


def show(need: Need) -> None:
    """This will write a need's row on the public site as it stands, or take it away where nothing of it is public.

    Of a need that was withdrawn the words are gone, and only that there was one, and when, is left for the figures.
    """
    words, published_at = need.shown, need.published_at
    if words is None or published_at is None:
        PublicNeed.objects.filter(body=need.body, key=need.public_id).delete()
        return
    withdrawn = need.state == "withdrawn"
    place = places_by_code([words.place_code]).get(words.place_code)
    content: dict[str, Any] = {"words": words.number}
    if not withdrawn:
        content |= {
            "details": words.details, "least": words.least, "unit": words.unit,
            "quantity": None if words.quantity is None else f"{words.quantity.normalize():f}",
            "place": place.name if place else "", "place_cy": place.name_cy if place else "",
            "thanks": thanks_of(need), "received": _received(need),
            "being_met": Match.objects.filter(need=need, state__in=STANDING_MATCHES).exclude(state="offered").exists(),
        }  # fmt: skip
    PublicNeed.objects.update_or_create(
        key=need.public_id,
        defaults={
            "body": need.body, "title": "" if withdrawn else words.title, "group": "" if withdrawn else need.party.name,
            "state": "open" if need.state in OPEN_STATES else need.state, "kind": words.kind, "ages": words.ages,
            "place_code": words.place_code, "wanted_by": words.wanted_by, "waiting_since": localdate(published_at),
            "closed_on": localdate(need.closed_at) if need.closed_at else None, "content": content,
            "updated_at": database_now(),
        },
    )  # fmt: skip


def thanks_of(need: Need) -> list[str]:
    """This will list the thank-yous of a need that a group agreed to publish and an officer published."""
    held = Match.objects.filter(need=need, thanks_state="published").order_by("thanked_at", "id")
    return list(held.values_list("thanks", flat=True))


def _received(need: Need) -> list[str]:
    held = Match.objects.filter(need=need, state__in=DONE_MATCHES, received_quantity__isnull=False).order_by("id")
    return [f"{each.normalize():f}" for each in held.values_list("received_quantity", flat=True) if each is not None]
