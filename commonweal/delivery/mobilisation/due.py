"""What mobilisation puts in the calendar: the ends of quarters, promises and agreements, and decisions to extend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.templatetags.figures import amount_in_unit
from commonweal.delivery.due import Due
from commonweal.delivery.mobilisation import queries
from commonweal.delivery.mobilisation.vocabulary import quarter_words
from commonweal.engine.profile import ProfilePart, TermUnknown, quarters

if TYPE_CHECKING:
    from commonweal.delivery.models import Agreement, Commitment

#: An extension is decided so many days before the agreement would end.
DECIDE_DAYS_BEFORE: Final = 90
NAMED: Final = 3


def due(agreements: Sequence[Agreement], since: date, until: date) -> Iterator[Due]:
    """This will tell what is due of current agreements between two days."""
    current = [each for each in agreements if each.state == "current"]
    promises = queries.promises_of(current)
    profiles = queries.profiles_of(promises)
    for agreement in current:
        made = promises.get(agreement.pk, [])
        yield from _of_agreement(agreement)
        yield from _of_promises(agreement, made)
        yield from _of_quarters(agreement, made, profiles, since, until)


def _of_agreement(agreement: Agreement) -> Iterator[Due]:
    if agreement.ends_on is None:
        return
    yield Due(agreement.ends_on, "agreement", f"agreement-{agreement.public_id}", _("The agreement ends"), agreement)
    if agreement.extension_months:
        note = ngettext(
            "It may be extended by %(count)s month.",
            "It may be extended by %(count)s months.",
            agreement.extension_months,
        ) % {"count": agreement.extension_months}
        on = agreement.ends_on - timedelta(days=DECIDE_DAYS_BEFORE)
        yield Due(on, "extension", f"extension-{agreement.public_id}", _("Decide whether to extend"), agreement, note)


def _of_promises(agreement: Agreement, promises: Sequence[Commitment]) -> Iterator[Due]:
    for promise in promises:
        ends = promise.ends_on or agreement.ends_on
        if ends is not None and promise.quantity is not None and promise.direction == "benefit":
            words = amount_in_unit(promise.quantity, promise.unit_words)
            title = _("Promise due: %(promise)s") % {"promise": promise.wording}
            yield Due(ends, "promise", f"promise-{promise.public_id}", title, agreement, words)


def _of_quarters(
    agreement: Agreement, promises: Sequence[Commitment], profiles: dict[int, tuple[ProfilePart, ...]], since: date,
    until: date,
) -> Iterator[Due]:  # fmt: skip
    """One line for a quarter of an agreement, naming what its agreed profiles bring in it."""
    found: dict[tuple[date, str], list[str]] = {}
    for promise in promises:
        for part in profiles.get(promise.pk) or _unprofiled(promise):
            if not since <= part.quarter.ends_on <= until or (profiles.get(promise.pk) and not part.quantity):
                continue
            wanted = amount_in_unit(part.quantity, promise.unit_words) if profiles.get(promise.pk) else ""
            words = f"{promise.wording}: {wanted}" if wanted else promise.wording
            found.setdefault((part.quarter.ends_on, part.quarter.label), []).append(words)
    for (on, label), named in found.items():
        more = len(named) - NAMED
        note = "; ".join(named[:NAMED])
        if more > 0:
            note += ngettext("; and %(count)s more", "; and %(count)s more", more) % {"count": more}
        title = ngettext(
            "Quarter %(label)s ends: %(count)s promise to report",
            "Quarter %(label)s ends: %(count)s promises to report",
            len(named),
        ) % {"label": quarter_words(label), "count": len(named)}
        yield Due(on, "quarter", f"quarter-{agreement.public_id}-{label}".replace(" ", "-"), title, agreement, note)


def _unprofiled(promise: Commitment) -> tuple[ProfilePart, ...]:
    if not queries.can_have_profile(promise) or promise.quantity is None:
        return ()
    try:
        return tuple(ProfilePart(quarter, promise.quantity) for quarter in quarters(*queries.term_of(promise)))
    except TermUnknown:
        return ()
