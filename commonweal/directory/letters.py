"""The mails that the directory sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from commonweal.base.actions import post_mail
from commonweal.base.templatetags.figures import long_date

if TYPE_CHECKING:
    from commonweal.base.models import Person
    from commonweal.directory.models import Invitation

#: The kind of mail that invites, in a body's outbox.
INVITATION_MAIL = "directory.invitation"
#: The job that mails a provider's own invitation; it is given ids alone, so the link is in no queue.
SEND_INVITATION = "directory.send_invitation"
_TOKEN = "TOKEN"  # noqa: S105 - where the token is to stand


def post_invitation(found: Invitation, by: Person) -> None:
    """This will have an invitation mailed when this commits: by its body's outbox, or by itself where no body invites."""
    language = translation.get_language() or "en"
    if found.body is not None:
        subject_line, words = invitation_letter(found, language)
        post_mail(
            by=by, body=found.body, to=found.person, kind=INVITATION_MAIL, subject_line=subject_line, words=words,
            about=f"directory.invitation:{found.public_id}", alerts=by,
        )  # fmt: skip
    elif settings.COMMONWEAL_MAIL_SERVER or settings.COMMONWEAL_DEMO:
        app.configure_task(SEND_INVITATION, allow_unknown=True).defer(
            invitation=found.public_id, body=None, party=found.party_id, language=language
        )


def invitation_letter(found: Invitation, language: str) -> tuple[str, str]:
    """This will write an invitation: in the inviter's language, and for Wales in both. `{token}` stands for its token.

    Answers the subject line and the words.
    """
    side = found.party or found.body
    parts = []
    in_wales = found.body is not None and found.body.nation == "wales"
    for spoken in ("cy", "en") if language == "cy" else ("en", "cy") if in_wales else ("en",):
        with translation.override(spoken):
            link = settings.COMMONWEAL_ADDRESS + reverse("account_invitation", args=[_TOKEN]).replace(_TOKEN, "{token}")
            parts.append(
                _(
                    "%(inviter)s has invited you to work for %(organisation)s in Commonweal, where public bodies "
                    "and those who deliver for them keep track of social value."
                )
                % {"inviter": found.invited_by.name, "organisation": side}
                + "\n\n"
                + _("Open this link before %(day)s, and choose a password:")
                % {"day": long_date(localdate(found.expires_at), spoken)}
                + f"\n\n{link}\n\n"
                + _("If you did not expect this, do nothing: without you, the link does nothing.")
            )
    with translation.override(language):
        subject = _("You are invited to work for %(organisation)s in Commonweal") % {"organisation": side}
    return subject, "\n\n---\n\n".join(parts)
