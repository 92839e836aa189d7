"""Reading what a mail server sends back (RFC 3464): which of our mails did not arrive, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Final

#: A notification is a few kilobytes; more is something else.
LARGEST: Final = 5_000_000
_ID = re.compile(r"<\s*([^<>\s]+@commonweal)\s*>")
_ADDRESS = re.compile(r"<?[^\s<>()\[\]:;,\"]+@[^\s<>()\[\]:;,\"]+>?")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Returned:
    """What a notification says of one mail: our Message-ID, what became of it, the status code and the server's words.

    `action` is "failed" for a mail that did not arrive; "delayed", "delivered", "relayed" or "expanded" else. The words
    carry no address.
    """

    message_id: str
    action: str
    status: str
    words: str

    @property
    def is_final(self) -> bool:
        """Whether the mail did not arrive and will not be tried again."""
        return self.action == "failed"

    @property
    def reason(self) -> str:
        return f"{self.status} {self.words}".strip()


def read_returned(content: bytes) -> Returned | None:
    """This will read a delivery status notification; None for any other message, or one about no mail of ours."""
    if len(content) > LARGEST:
        return None
    message = message_from_bytes(content, policy=compat32)
    if message.get_content_type() != "multipart/report":
        return None
    recipient, original = _recipient(message), _original_id(message)
    if recipient is None or original is None:
        return None
    action = str(recipient.get("Action", "")).strip().casefold()
    status = _STATUS.search(str(recipient.get("Status", "")))
    words = " ".join(str(recipient.get("Diagnostic-Code", "")).partition(";")[2].split())
    return Returned(original, action, status.group() if status else "", without_addresses(words))


def without_addresses(words: str) -> str:
    """This will take e-mail addresses out of a server's words."""
    return _ADDRESS.sub("the address", words)


def _recipient(message: Message) -> Message | None:
    """The fields about the recipient: a notification of ours has one, for each mail goes to one person."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            groups = [each for each in part.get_payload() if isinstance(each, Message)]
            found = [each for each in groups if each.get("Action")]
            return found[0] if found else None
    return None


def _original_id(message: Message) -> str | None:
    """The Message-ID of the mail that came back, from the copy of it or of its headings."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
            text = str(inner.get("Message-ID", "")) if isinstance(inner, Message) else ""
        elif kind == "text/rfc822-headers":
            text = str(message_from_bytes(_bytes(part)).get("Message-ID", ""))
        else:
            continue
        found = _ID.search(text)
        if found:
            return found.group(1)
    return None


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
