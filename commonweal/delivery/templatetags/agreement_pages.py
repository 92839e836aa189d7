"""The pages about one agreement, side by side: each room within delivery has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import template
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from commonweal.delivery.models import Agreement

register = template.Library()

#: In the order of the work; a page that is not there is left out.
PAGES: Final = (
    ("delivery:agreement", "Promises"),
    ("mobilisation:agreement", "Expected"),
    ("returns:agreement", "Returns"),
    ("orders:agreement", "Orders"),
    ("assurance:agreement", "Assurance"),
    ("reviews:agreement", "Reviews"),
    ("changes:agreement", "Changes"),
)


@register.inclusion_tag("delivery/_agreement_pages.html", takes_context=True)
def agreement_pages(context: dict[str, Any], agreement: Agreement) -> dict[str, Any]:
    """This will link every page about an agreement, the one that is open marked; nothing where there is only one."""
    here = context["request"].resolver_match.view_name
    pages = []
    for route, words in PAGES:
        try:
            href = reverse(route, args=[agreement.body.slug, agreement.public_id])
        except NoReverseMatch:
            continue
        pages.append((href, words, route == here))
    return {"pages": pages if len(pages) > 1 else []}
