"""Pages side by side: those about one agreement, and those about a provider's promises; each room has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_lazy

from commonweal.base.access import rule_for

if TYPE_CHECKING:
    from commonweal.base.models import Party
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
#: What a provider finds beneath "Promises" in its menu.
PROVIDER_PAGES: Final = (
    ("delivery_provider:promises", gettext_lazy("Promises")),
    ("mobilisation_provider:expected", gettext_lazy("Quarter by quarter")),
    ("mobilisation_provider:calendar", gettext_lazy("Calendar")),
    ("orders_provider:orders", gettext_lazy("Orders")),
    ("changes_provider:changes", gettext_lazy("Changes")),
    ("reporting_provider:delivered", gettext_lazy("What we delivered")),
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
    return {"pages": pages if len(pages) > 1 else [], "label": "Pages about this agreement"}


@register.inclusion_tag("delivery/_agreement_pages.html", takes_context=True)
def provider_pages(context: dict[str, Any], party: Party) -> dict[str, Any]:
    """This will link every page about a provider's promises that its person may open, the one that is open marked."""
    request = context["request"]
    pages = [
        (reverse(route, args=[party.public_id]), words, route == request.resolver_match.view_name)
        for route, words in PROVIDER_PAGES
        if rule_for(route, "GET").allows(request.roles)
    ]
    return {"pages": pages if len(pages) > 1 else [], "label": gettext("Pages about your promises")}
