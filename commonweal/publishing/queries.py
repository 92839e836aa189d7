"""What public pages and staff read of what was published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from commonweal.base.models import Body, Event, Party
from commonweal.base.queries import events_of
from commonweal.delivery.queries import live_agreements
from commonweal.publishing.models import KeptBack, Preview, PreviewRule, Publication

#: The event that each publishing of a site leaves.
PUBLISHED = "publishing.site.published"
#: Rooms whose events can change what a public page says.
TOLD_BY = ("delivery", "frameworks", "directory", "publishing", "stories", "reports")


def published(body: Body, kind: str) -> QuerySet[Publication]:
    """This will start a query over a body's published pages of a kind; anybody may read them, with no scope."""
    return Publication.objects.filter(body=body, kind=kind)


def get_published(body: Body, kind: str, key: str) -> Publication:
    """This will find one published page; raises Publication.DoesNotExist."""
    return Publication.objects.get(body=body, kind=kind, key=key)


def find_published(body: Body, kind: str, key: str) -> Publication | None:
    """This will find one published page, or nothing."""
    return Publication.objects.filter(body=body, kind=kind, key=key).first()


@dataclass(frozen=True, slots=True)
class AgreementFilters:
    """What the public list of agreements is narrowed to; empty means all."""

    text: str = ""
    channel: str = ""
    state: str = ""


def published_agreements(body: Body, filters: AgreementFilters) -> QuerySet[Publication]:
    """This will list a body's published agreements that match."""
    found = published(body, "agreement")
    if filters.text:
        words = filters.text
        found = found.filter(
            Q(title__icontains=words) | Q(content__provider__icontains=words) | Q(content__buyer__icontains=words)
        )
    for name in ("channel", "state"):
        if getattr(filters, name):
            found = found.filter(**{f"content__{name}": getattr(filters, name)})
    return found


@dataclass(frozen=True, slots=True)
class LineFilters:
    """What the public list of lines is narrowed to: by `figure` to those that one figure is the sum of."""

    text: str = ""
    theme: str = ""
    status: str = ""
    place: str = ""
    agreement: str = ""
    figure: str = ""


def published_lines(body: Body, filters: LineFilters = LineFilters()) -> QuerySet[Publication]:
    """This will list a body's published lines that match."""
    found = published(body, "line")
    if filters.text:
        found = found.filter(Q(title__icontains=filters.text) | Q(content__agreement__title__icontains=filters.text))
    for name in ("theme", "status"):
        if getattr(filters, name):
            found = found.filter(**{f"content__{name}": getattr(filters, name)})
    if filters.place:
        found = found.filter(content__places__contains=[filters.place])
    if filters.agreement:
        found = found.filter(content__agreement__key=filters.agreement)
    if filters.figure:
        found = found.filter(content__figures__contains=[filters.figure])
    return found


def worth_of_lines(lines: QuerySet[Publication]) -> list[tuple[str, Any]]:
    """This will read what each of some published lines is worth, in an order that never changes: (id, worth)."""
    return list(lines.order_by("key").values_list("key", "content__worth"))


def all_published(body: Body) -> QuerySet[Publication]:
    """This will list every published page of a body, by kind and title."""
    return Publication.objects.filter(body=body).order_by("kind", "title", "id")


def kept_back(body: Body) -> list[KeptBack]:
    """This will list the agreements a body keeps off its site now, newest first; needs its scope."""
    held = KeptBack.objects.filter(body=body, lifted_at__isnull=True).select_related("kept_by__key_held")
    return list(held.order_by("-kept_at", "-id"))


def titles_of(body: Body, agreements: Iterable[str]) -> dict[str, str]:
    """This will name a body's agreements by outward id; needs its scope."""
    found = live_agreements(body).filter(public_id__in=list(agreements))
    return dict(found.values_list("public_id", "title"))


def find_kept_back(body: Body, agreement: str) -> KeptBack | None:
    """This will find whether an agreement is kept back now; needs the body's scope."""
    return KeptBack.objects.filter(body=body, agreement=agreement, lifted_at__isnull=True).first()


@dataclass(frozen=True, slots=True)
class SinceThen:
    """When a site was last published, and what has been recorded since: (action, how often), most often first."""

    published_at: datetime | None
    changes: tuple[tuple[str, int], ...]


def since_then(body: Body) -> SinceThen:
    """This will say what was recorded since a body's site was last published; needs its scope."""
    last = events_of(body).filter(action=PUBLISHED).order_by("-seq").first()
    told = _told(events_of(body).filter(seq__gt=last.seq) if last else events_of(body))
    counts: dict[str, int] = {}
    for action in told:
        counts[action] = counts.get(action, 0) + 1
    changes = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return SinceThen(last.at if last else None, tuple(changes))


def _told(events: QuerySet[Event]) -> Iterable[str]:
    rooms = Q()
    for room in TOLD_BY:
        rooms |= Q(action__startswith=f"{room}.")
    return events.filter(rooms).order_by().values_list("action", flat=True)


def outlived(body: Body, on: date) -> bool:
    """This will say whether the site holds a story or a picture whose consent has run out."""
    held = Publication.objects.filter(body=body, kind__in=("story", "picture", "newsletter"))
    return held.filter(content__until__lt=on.isoformat()).exists()


# --- before it is public --------------------------------------------------------------------------------------------

#: Nothing more happens to a preview in these states.
OVER = ("released", "replaced")


def shows_previews(body: Body) -> bool:
    """This will say whether a body shows providers what is new about them first; needs its scope."""
    last = PreviewRule.objects.filter(body=body).order_by("-id").first()
    return last is not None and last.is_on


def _previews() -> QuerySet[Preview]:
    people = [f"{name}__key_held" for name in ("responded_by", "answered_by")]
    return Preview.objects.select_related("body", "party", "agreement__provider", *people)


def open_previews(body: Body) -> list[Preview]:
    """This will list what providers see that is not public yet, the soonest due first; needs the body's scope."""
    return list(_previews().filter(body=body).exclude(state__in=OVER).order_by("public_from", "id"))


def previews(body: Body) -> QuerySet[Preview]:
    """This will list every preview of a body, the latest first; needs its scope."""
    return _previews().filter(body=body).order_by("-id")


def get_preview(body: Body, public_id: str) -> Preview:
    """This will find a preview of a body; raises Preview.DoesNotExist."""
    return _previews().get(body=body, public_id=public_id)


def previews_of_party(party: Party) -> list[Preview]:
    """This will list what a provider sees before the public does, and what it saw; needs its scope."""
    return list(_previews().filter(party=party).exclude(state="replaced").order_by("-id"))


def get_preview_of_party(party: Party, public_id: str) -> Preview:
    """This will find a preview that a provider has; raises Preview.DoesNotExist."""
    return _previews().get(party=party, public_id=public_id)
