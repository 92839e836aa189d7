"""When what somebody of a provider may do can be changed; each rule's sentence is what a person reads."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from commonweal.base.errors import NotPossible


def check_can_be_limited(name: str, roles: Collection[str]) -> None:
    """This will refuse to limit an administrator: somebody of a provider always sees and does everything."""
    if "provider-admin" in roles:
        raise NotPossible(
            _(
                "%(name)s is an administrator and so may do everything: an administrator invites people and says what "
                "each may do. Only others can be limited."
            )
            % {"name": name}
        )


def check_names_something(rights: Collection[str]) -> None:
    """This will refuse to limit somebody to nothing."""
    if not rights:
        raise NotPossible(
            _("Name at least one agreement. If they should see nothing any more, end their access instead.")
        )


def check_is_limited(limit: object | None) -> None:
    """This will refuse to lift a limit that is not there."""
    if limit is None:
        raise NotPossible(_("This person is not limited: they may do everything already."))


def check_version(standing: str, written_against: str) -> None:
    """This will refuse what was written while a colleague changed the same thing."""
    if standing != written_against:
        raise NotPossible(
            _(
                "A colleague changed what this person may do while you were choosing. Look again at what stands, and save."
            )
        )
