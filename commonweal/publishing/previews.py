"""Before it is public: what each provider sees of its named performance ten working days ahead, and what stays until then.

What the provider saw is what is published: the pages are kept as they were when they were sent, and later deliveries
wait for a preview of their own. Meanwhile the agreement stays on the site as it was, in every figure too; one that was
never public stays off it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from commonweal.publishing.pages import Page

if TYPE_CHECKING:
    from commonweal.publishing.models import Publication

#: Of each promise, what tells how a provider does; "expected by now" changes every day and tells nothing of it.
_TOLD: Final = (
    "line", "wording", "unit", "direction", "status", "promised", "claimed", "evidenced", "confirmed", "assured", "flag",
)  # fmt: skip
_RATED: Final = ("kpi", "title", "target", "starts_on", "ends_on", "figure", "rating")


def performance(content: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """This will read out of an agreement's page what tells how its provider does; empty lists where nothing does yet."""
    told = [{name: each.get(name) for name in _TOLD} for each in content["promises"]]
    ratings = [{name: each.get(name) for name in _RATED} for each in content.get("ratings", [])]
    if not ratings and all(each["claimed"] is None for each in told):
        return {"promises": [], "ratings": []}
    return {"promises": told, "ratings": ratings}


def digest(content: Mapping[str, Any]) -> str:
    """This will hash what an agreement's page tells of its provider's performance; "" where it tells none."""
    told = performance(content)
    if not told["promises"] and not told["ratings"]:
        return ""
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def by_agreement(pages: Iterable[Page]) -> dict[str, list[Page]]:
    """This will gather an agreement's page and those of its promises, by the agreement's outward id."""
    found: dict[str, list[Page]] = {}
    for page in pages:
        if page.kind == "agreement":
            found.setdefault(page.key, []).insert(0, page)
        elif page.kind == "line":
            found.setdefault(page.content["agreement"]["key"], []).append(page)
    return found


def kept(pages: Sequence[Page]) -> list[dict[str, Any]]:
    """This will write pages as JSON values, to be published as they are when their day has come."""
    return [
        {"kind": each.kind, "key": each.key, "title": each.title, "title_cy": each.title_cy,
         "as_of": each.as_of.isoformat(), "content": each.content}
        for each in pages
    ]  # fmt: skip


def pages_in(held: Iterable[Mapping[str, Any]]) -> list[Page]:
    """This will read kept pages back."""
    return [
        Page(each["kind"], each["key"], each["title"], each["title_cy"], datetime.fromisoformat(each["as_of"]),
             each["content"])
        for each in held
    ]  # fmt: skip


def pages_of_site(rows: Iterable[Publication]) -> list[Page]:
    """This will read published pages back as they stand."""
    return [Page(each.kind, each.key, each.title, each.title_cy, each.as_of, each.content) for each in rows]


def marked(pages: Sequence[Page], newer_from: date | None) -> list[Page]:
    """This will say on the pages of an agreement from when newer figures are public; None takes that away."""
    day = newer_from.isoformat() if newer_from else None
    return [
        Page(each.kind, each.key, each.title, each.title_cy, each.as_of,
             {name: value for name, value in each.content.items() if name != "newer_from"}
             | ({"newer_from": day} if day and each.kind == "agreement" else {}))
        for each in pages
    ]  # fmt: skip
