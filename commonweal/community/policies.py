"""When a need may be posted, published, matched and closed: the one table of states, and named rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.community.models import Match, Need, NeedWords, WishListRules
from commonweal.community.queries import OPEN_STATES, open_needs_of_group

#: Where a need can go from each state. A change of words of a need that is public waits again, and what is public
#: stays as it was until somebody has looked.
NEED_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "waiting": ("published", "sent-back", "withdrawn", "expired", "fulfilled"),
    "published": ("waiting", "fulfilled", "expired", "withdrawn"),
    "sent-back": ("waiting", "withdrawn", "expired", "fulfilled"),
    "fulfilled": (),
    "expired": ("waiting",),
    "withdrawn": (),
}
#: Where a match can go from each state.
MATCH_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "offered": ("agreed", "declined", "withdrawn"),
    "agreed": ("under-way", "received", "not-received", "withdrawn"),
    "under-way": ("received", "not-received", "withdrawn"),
    "received": ("thanked",),
    "thanked": (),
    "not-received": ("received",),
    "declined": (),
    "withdrawn": (),
}
LARGEST: Final = Decimal(10) ** 12


class ChangedMeanwhile(NotPossible):
    """Someone else saved a change while this one was being written."""


class TooMany(NotPossible):
    """More than may be sent in a while."""


def rules_of(body: Body) -> WishListRules:
    """This will give the rules a body runs its wish list by: the latest it set, or the product's own."""
    found = WishListRules.objects.filter(body=body).order_by("-id").first()
    return found or WishListRules(body=body, moderators=["lead", "contract-manager", "department-officer"])


def check_open_for_posting(rules: WishListRules, body: Body) -> None:
    """This will refuse a need where the body takes none at the moment."""
    if not rules.is_open:
        raise NotPossible(_("%(body)s takes no needs at the moment.") % {"body": body.name})


def check_not_too_many(need_body: Body, party_key: int, rules: WishListRules) -> None:
    """This will refuse a need beyond the number a group may have open at once."""
    number = open_needs_of_group(need_body, party_key).count()
    if number >= rules.most_open:
        raise NotPossible(
            ngettext(
                "A group may have %(number)s open need here. Withdraw one that is no longer wanted, or wait until one is met.",
                "A group may have %(number)s open needs here. Withdraw one that is no longer wanted, or wait until one is met.",
                rules.most_open,
            )
            % {"number": rules.most_open}
        )


def check_words(words: NeedWords, on: date) -> None:
    """This will refuse words without a title, a quantity that is none, one without its unit, and a day gone by."""
    if not words.title.strip():
        raise NotPossible(_("Say in a few words what is needed."))
    if words.quantity is not None:
        if not words.quantity.is_finite() or not 0 < words.quantity < LARGEST:
            raise NotPossible(_("A quantity is a number above 0. Leave it empty if you do not know."))
        if words.quantity != words.quantity.quantize(Decimal("0.000001")):
            raise NotPossible(_("A quantity has at most six decimal places."))
        if not words.unit.strip():
            raise NotPossible(_("Say what is counted: hours, chairs, sessions."))
    if words.wanted_by is not None and words.wanted_by < on:
        raise NotPossible(_("The day you need it by has gone. Give one to come, or leave it empty."))


def check_step(need: Need, state: str) -> None:
    """This will refuse a state that does not follow the one a need has."""
    if state not in NEED_STATES[need.state]:
        raise NotPossible(
            _("This need is “%(state)s”, so this cannot be done. Load the page again to see how it stands.")
            % {"state": need.get_state_display()}
        )


def check_match_step(match: Match, state: str) -> None:
    """This will refuse a state that does not follow the one a match has."""
    if state not in MATCH_STATES[match.state]:
        raise NotPossible(
            _("This is “%(state)s”, so this cannot be done. Load the page again to see how it stands.")
            % {"state": match.get_state_display()}
        )


def check_version(need: Need, version: int) -> None:
    """This will refuse a change written against an earlier state than the one saved."""
    if need.version != version:
        raise ChangedMeanwhile(
            _(
                "Somebody else changed this while you were writing, so nothing was saved. What you wrote is still in the "
                "form. Look at how the need stands now, put the two together, then save again."
            )
        )


def check_waited_since(since: date | None, on: date) -> None:
    """This will refuse a day to come as the day a need was first published."""
    if since is not None and since > on:
        raise NotPossible("A need cannot have been published on a day to come.")


def check_can_be_matched(need: Need) -> None:
    """This will refuse to match a need that is not public, or is closed."""
    if need.shown is None or need.state not in OPEN_STATES:
        raise NotPossible("Only a need that is published and open can be matched. Publish it first.")


def check_received(match: Match, quantity: Decimal | None) -> None:
    """This will refuse a received quantity that is not one."""
    if quantity is not None and (not quantity.is_finite() or not 0 <= quantity < LARGEST):
        raise NotPossible(_("How much arrived is a number, 0 or more."))


def check_rules(most_open: int, stands_months: int, moderators: list[str]) -> None:
    """This will refuse rules under which nothing could be posted or published."""
    if not 1 <= most_open <= 50:
        raise NotPossible("A group may have between 1 and 50 open needs.")
    if not 1 <= stands_months <= 60:
        raise NotPossible("A need stands between 1 and 60 months.")
    if not moderators:
        raise NotPossible("Choose at least one role that looks at needs before they are published.")
