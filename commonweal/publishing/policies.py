"""When an agreement may be taken off the public site and put back, and when what a provider sees first is public."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible
from commonweal.base.models import Body
from commonweal.publishing.models import KeptBack, Preview
from commonweal.publishing.queries import find_kept_back


def check_not_kept_back(body: Body, agreement: str) -> None:
    """An agreement that is off the site already cannot be taken off again."""
    if find_kept_back(body, agreement):
        raise NotPossible("This agreement is off the public site already.")


def check_kept_back(body: Body, agreement: str) -> KeptBack:
    """Only an agreement that was taken off the site can be put back."""
    held = find_kept_back(body, agreement)
    if held is None:
        raise NotPossible("This agreement was not taken off the public site.")
    return held


#: One table of states; `docs/reference/states.md` is drawn from it.
PREVIEW_STATES: dict[str, tuple[str, ...]] = {
    "sent": ("agreed", "contested", "released", "replaced"),
    "agreed": ("released", "replaced"),
    "contested": ("kept", "correcting", "replaced"),
    "kept": ("released", "replaced"),
    "correcting": ("replaced",),
    "released": (),
    "replaced": (),
}


def is_cleared(preview: Preview, on: date) -> bool:
    """This will say whether what a provider saw may be public on a day: it agreed, or its days are over and nothing is open."""
    if preview.state == "agreed":
        return True
    return preview.state in ("sent", "kept") and on >= preview.public_from


def check_may_respond(preview: Preview, agrees: bool, words: str) -> None:
    """This will refuse an answer to what is public or was answered, and a correction without words."""
    if "agreed" not in PREVIEW_STATES[preview.state]:
        raise NotPossible(_("There is nothing to answer: you have answered, or it is public already."))
    if not agrees and not words.strip():
        raise NotPossible(_("Say what is wrong and how you know, so that somebody can look at it."))


def check_may_answer(preview: Preview, words: str) -> None:
    """This will refuse an officer's answer where no correction is asked for, or without words."""
    if preview.state != "contested":
        raise NotPossible("The provider asks for no correction here, or it was answered already.")
    if not words.strip():
        raise NotPossible("Say what you looked at and what follows: the provider reads it.")
