"""What a provider's page offers whoever looks at it: only what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from commonweal.delivery.queries import has_right

if TYPE_CHECKING:
    from commonweal.delivery.models import Agreement

register = template.Library()


@register.filter
def may_report_on(agreement: Agreement) -> bool:
    """This will say whether whoever looks may report on an agreement."""
    return has_right(agreement, "report")


@register.filter
def may_answer_on(agreement: Agreement) -> bool:
    """This will say whether whoever looks may answer for their organisation on an agreement."""
    return has_right(agreement, "answer")
