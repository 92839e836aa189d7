"""What the frame of every page needs: whose page it is, the rail, the other language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commonweal.base.access import PROVIDER, rule_for
from commonweal.base.day import set_day
from commonweal.delivery.queries import works_for_invented

#: The rail of a member of staff, in the order of the line: address, words, and the rooms whose pages it marks.
RAIL: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("reporting:today", "Today", ("today",)),
    ("frameworks:strategy", "Plan", ("frameworks",)),
    ("asks:opportunities", "Asks", ("asks",)),
    (
        "delivery:agreements",
        "Promises",
        ("delivery", "mobilisation", "returns", "orders", "reviews", "changes", "community"),
    ),
    ("delivery:entries", "Delivered", ("entries", "assurance", "stories")),
    ("reporting:worth", "Worth", ("reporting",)),
    ("budget:years", "Account", ("budget", "register", "accounts", "benchmarks", "reports", "boards", "publishing")),
    ("directory:people", "People and places", ("directory", "leavers", "leaver", "leaver_note")),
)


def _rail(request: HttpRequest, slug: str) -> list[dict[str, Any]]:
    match = request.resolver_match
    here = match.view_name if match else ""
    room, _colon, page = here.partition(":")
    entries: list[dict[str, Any]] = []
    for route, words, rooms in RAIL:
        try:
            href = reverse(route, args=[slug])
        except NoReverseMatch:
            continue
        entries.append(
            {"text": _(words), "href": href, "current": here == route or page in rooms, "room": room in rooms}
        )
    if not any(entry["current"] for entry in entries):
        for entry in entries:
            entry["current"] = entry["room"]
    return entries


def _sections_of_provider(request: HttpRequest) -> dict[str, Any]:
    """The parts of an organisation's pages that its person may open: what is due, promises, reviews, needs, people."""
    match = request.resolver_match
    rule = getattr(request, "rule", None)
    if match is None or rule is None or rule.audience != PROVIDER or "party" not in match.kwargs:
        return {}
    party = match.kwargs["party"]
    room = match.view_name.partition(":")[0]
    sections: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
        ("returns_provider", "due", _("Everything due"), ("returns_part", "assurance_provider")),
        (
            "delivery_provider",
            "promises",
            _("Promises"),
            ("mobilisation_provider", "orders_provider", "changes_provider", "reporting_provider"),
        ),
        ("reviews_provider", "reviews", _("Reviews"), ()),
        ("publishing_provider", "previews", _("Before it is public"), ()),
        ("stories_provider", "stories", _("Stories"), ()),
        ("community_group", "home", _("Needs"), ()),
        ("directory_provider", "people", _("People"), ("rights_provider",)),
    )
    roles: frozenset[str] = getattr(request, "roles", frozenset())
    return {
        "navigationLabel": _("Your organisation"), "menuButtonText": _("Menu"),
        "navigation": [
            {"text": words, "href": reverse(f"{name}:{page}", args=[getattr(party, "public_id", party)]),
             "active": room == name or room in beneath}
            for name, page, words, beneath in sections
            if rule_for(f"{name}:{page}", "GET").allows(roles)
        ],
    }  # fmt: skip


def _is_of_invented(request: HttpRequest) -> bool:
    """Whether the pages of an organisation's own people are of one that works for an invented body; others say so
    themselves, of the bodies that they show."""
    match = request.resolver_match
    if match is None or match.namespace != "directory_provider":
        return False
    party = match.kwargs.get("party")  # a word still where nobody was let in
    return party is not None and not isinstance(party, str) and works_for_invented(party)


def frame(request: HttpRequest) -> dict[str, Any]:
    """This will give every template its body, rail, language switch and signed-in person."""
    body = getattr(request, "body_of_page", None)
    language = get_language() or "en"
    other = "cy" if language == "en" else "en"
    rule = getattr(request, "rule", None)
    is_staff_page = rule is not None and rule.audience == "staff"
    return {
        "page_body": body,
        "page_body_name": (body.name_cy if language == "cy" and body.name_cy else body.name) if body else "",
        "body_css_url": reverse("colour", args=[body.slug]) if body else "",
        "rail": _rail(request, body.slug) if body and is_staff_page else [],
        "service_navigation": _sections_of_provider(request),
        "language": language,
        # What staff read is in English alone, so it leads to no page in another language.
        "language_urls": {} if is_staff_page else {language: request.path, other: translate_url(request.path, other)},
        "is_staff_page": is_staff_page,
        "is_invented": bool(body and body.is_invented) or _is_of_invented(request),
        "is_example": bool(body and body.is_example),
        "demo": settings.COMMONWEAL_DEMO,
        "demo_day": set_day(),
        "sends_mail": bool(settings.COMMONWEAL_MAIL_SERVER),
        "reference": getattr(request, "reference", ""),
    }
