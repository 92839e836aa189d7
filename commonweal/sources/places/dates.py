"""Whether a place existed on a date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from commonweal.sources.places.records import Place


class PlaceNotThen(ValueError):
    """The place did not exist on the date, or is not known at all."""


def places_valid_on(places: Mapping[str, Place], code: str, on: date) -> Place:
    """This will return the place of a code if nothing known says it did not exist on the date.

    A bound no source gives refuses nothing. Raises PlaceNotThen with a sentence that says when the place existed and
    what followed it.
    """
    place = places.get(code)
    if place is None:
        raise PlaceNotThen(f"No place has the code {code!r}.")
    too_early = place.valid_from is not None and on < place.valid_from
    too_late = place.valid_to is not None and on >= place.valid_to
    if not (too_early or too_late):
        return place
    sentence = f"{place.name} ({code}) did not exist on {_said(on)}: it existed {_lifetime(place)}"
    followers = [places[successor] for successor in place.successors if successor in places]
    if too_late and followers:
        named = " and ".join(f"{follower.name} ({follower.code})" for follower in followers)
        sentence += f" and was followed by {named}"
    raise PlaceNotThen(sentence + ".")


def _lifetime(place: Place) -> str:
    began = f"from {_said(place.valid_from)}" if place.valid_from else ""
    ended = f"until {_said(place.valid_to - timedelta(days=1))}" if place.valid_to else ""
    return " ".join(part for part in (began, ended) if part)


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
