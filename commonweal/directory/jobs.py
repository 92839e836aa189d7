"""Long work of the directory: mailing invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail import send_mail
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from commonweal.base.outbox import NoLongerWanted, signs
from commonweal.base.queries import database_now
from commonweal.base.scope import open_scope
from commonweal.directory import policies, queries
from commonweal.directory.letters import INVITATION_MAIL, SEND_INVITATION, invitation_letter

if TYPE_CHECKING:
    from commonweal.base.models import Mail


@signs(INVITATION_MAIL)
def sign_invitation(mail: Mail) -> str:
    """This will sign what an invitation's address carries; raises NoLongerWanted once it ended."""
    found = queries.get_any_invitation(mail.about.partition(":")[2])
    if policies.invitation_state(found, database_now()) != "invited":
        raise NoLongerWanted("The invitation was accepted, taken back or ran out before this was sent.")
    return queries.invitation_token(found)


@app.task(name=SEND_INVITATION, retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def send_invitation(*, invitation: str, body: int | None, party: int | None, language: str) -> None:
    """This will mail an invitation by a provider itself, which is in no body's outbox, while it still stands."""
    with open_scope(body=body, party=party):
        found = queries.get_any_invitation(invitation)
        if policies.invitation_state(found, database_now()) != "invited":
            return
        assert found.person.email is not None, "an invitation is made to an address"
        subject, words = invitation_letter(found, language)
        words = words.replace("{token}", queries.invitation_token(found))
        send_mail(subject, words, None, [found.person.email])
