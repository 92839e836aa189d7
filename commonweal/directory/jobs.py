"""Long work of the directory: mailing invitations."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from commonweal.base.queries import database_now
from commonweal.base.scope import open_scope
from commonweal.base.templatetags.figures import long_date
from commonweal.directory import policies, queries
from commonweal.directory.actions import SEND_INVITATION


@app.task(name=SEND_INVITATION, retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def send_invitation(*, invitation: str, body: int | None, party: int | None, language: str) -> None:
    """This will mail an invitation that still stands: in the inviter's language, and for Wales in both."""
    with open_scope(body=body, party=party):
        found = queries.get_any_invitation(invitation)
        if policies.invitation_state(found, database_now()) != "invited":
            return
        assert found.person.email is not None, "an invitation is made to an address"
        side = found.party or found.body
        parts = []
        in_wales = found.body is not None and found.body.nation == "wales"
        for spoken in ("cy", "en") if language == "cy" else ("en", "cy") if in_wales else ("en",):
            with translation.override(spoken):
                link = settings.COMMONWEAL_ADDRESS + reverse(
                    "account_invitation", args=[queries.invitation_token(found)]
                )
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
        send_mail(subject, "\n\n---\n\n".join(parts), None, [found.person.email])
