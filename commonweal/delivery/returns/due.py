"""What returns put in the calendar: the day each report is due, and each part that a sub-contractor holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from commonweal.base.templatetags.figures import page_language
from commonweal.delivery.due import Due
from commonweal.delivery.returns import queries
from commonweal.delivery.returns.letters import period_words

if TYPE_CHECKING:
    from commonweal.base.models import Party
    from commonweal.delivery.models import Agreement


def due(agreements: Sequence[Agreement], since: date, until: date) -> Iterator[Due]:
    """This will tell which reports on agreements are due between two days and were not sent."""
    by_key = {each.pk: each for each in agreements}
    for found in queries.returns_waiting(by_key, since, until):
        title = _("A report is due: %(period)s") % {"period": period_words(found, page_language())}
        yield Due(found.due_on, "return", f"return-{found.public_id}", title, by_key[found.agreement_id])


def due_from(party: Party, since: date, until: date) -> Iterator[Due]:
    """This will tell which parts of other contractors' reports are due from a sub-contractor; needs its scope."""
    for row in queries.parts_held_by(party):
        if row.is_waiting and since <= row.found.due_on <= until:
            period = {"period": period_words(row.found, page_language())}
            title = _("Your part of a report is due: %(period)s") % period
            yield Due(row.found.due_on, "return", f"part-{row.held.public_id}", title, row.found.agreement)
