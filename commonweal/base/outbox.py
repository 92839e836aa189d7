"""Sending one mail by the server that the settings name (SMTP, the console or a folder of files)."""

from __future__ import annotations

from collections.abc import Callable
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from commonweal.base.queries import link_token

if TYPE_CHECKING:
    from commonweal.base.models import Mail


class AddressRefused(Exception):
    """The server will not take mail for this person; the message says why, without the address."""


class NoLongerWanted(AddressRefused):
    """What the mail is about ended before it was sent; the message says so."""


#: What signs `{token}` in the words of a kind of mail whose link is none of `base.links`: a higher room adds its own.
_SIGNS: dict[str, Callable[[Mail], str]] = {}


def signs(kind: str) -> Callable[[Callable[[Mail], str]], Callable[[Mail], str]]:
    """This will register what signs the token in mails of a kind, as each is sent; it may raise NoLongerWanted."""

    def register(function: Callable[[Mail], str]) -> Callable[[Mail], str]:
        _SIGNS[kind] = function
        return function

    return register


def deliver(mail: Mail) -> None:
    """This will hand a mail to the server, its link signed now. Sent twice, both carry the same Message-ID.

    Raises AddressRefused when the person has no address, the server refuses it or it is wanted no longer; OSError and
    SMTPException when the server cannot be reached or answers something else.
    """
    if not mail.person.email:
        raise AddressRefused("This person has no e-mail address here.")
    words = mail.words
    if mail.link is not None:
        address = settings.COMMONWEAL_ADDRESS + reverse(mail.link_route, args=[link_token(mail.link)])
        words = words.replace("{link}", address)
    if (sign := _SIGNS.get(mail.kind)) is not None:
        words = words.replace("{token}", sign(mail))
    message = EmailMessage(
        mail.subject_line, words, None, [mail.person.email], headers={"Message-ID": f"<{mail.message_id}>"}
    )
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        code, why = next(iter(error.recipients.values()))
        raise AddressRefused(
            f"{code} {why.decode('utf-8', 'replace')}".replace(mail.person.email, "the address")
        ) from error
