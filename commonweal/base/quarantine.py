"""Looking into a file before anybody may open it: in a limited child, and by the virus scanner that the settings name.

Three things may come of it: the file is sound, it is refused for a reason that lies in it, or we could not look. Only
the second loses anything; the third is ours to mend, and the file waits.
"""

from __future__ import annotations

import base64
import socket
import struct
import tempfile

from django.conf import settings

from commonweal.sources import limited

#: clamd answers within this many seconds, or counts as silent.
SCANNER_SECONDS = 30
_PIECE = 1 << 16


class CouldNotLook(Exception):
    """A file could not be looked into, for no reason in the file; it stays in quarantine. `reason` is its code."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason


class ScannerSilent(CouldNotLook):
    """The virus scanner gave no verdict."""

    def __init__(self, why: str) -> None:
        super().__init__("scanner-silent", why)


def looked_into(content: bytes, media_type: str) -> tuple[str, bytes | None]:
    """This will say why a file must be refused ("" if it need not be), and what is kept in its place (None: itself).

    Raises CouldNotLook when the child could not start, crashed, was stopped by a limit of ours or made no sense: a file
    that unpacks too far is found by counting, within the limits.
    """
    try:
        with tempfile.TemporaryFile() as given:
            given.write(content)
            given.seek(0)
            (answer,) = limited.stream("commonweal.sources.file_check:examined", given, media_type=media_type)
        if "refused" in answer:
            return str(answer["refused"]), None
        return "", None if answer["kept"] is None else base64.b64decode(answer["kept"], validate=True)
    except limited.LimitReached as reached:
        raise CouldNotLook("could-not-check" if reached.limit == "crash" else "took-too-long", reached.limit) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CouldNotLook("could-not-check", type(error).__name__) from error


def found_virus(content: bytes) -> bool:
    """This will ask the virus scanner (clamd, by its INSTREAM command); False where the settings name none.

    Raises ScannerSilent when it cannot be reached, or says neither that the file is clean nor what it found.
    """
    if not settings.COMMONWEAL_CLAMD:
        return False
    try:
        with _connected(settings.COMMONWEAL_CLAMD) as scanner:
            scanner.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _PIECE):
                piece = content[start : start + _PIECE]
                scanner.sendall(struct.pack(">I", len(piece)) + piece)
            scanner.sendall(struct.pack(">I", 0))
            said = b""
            while not said.endswith(b"\0") and (more := scanner.recv(4096)):
                said += more
    except OSError as error:
        raise ScannerSilent(str(error)) from error
    verdict = said.rstrip(b"\0\n").removeprefix(b"stream: ")
    if verdict == b"OK":
        return False
    if verdict.endswith(b" FOUND"):
        return True
    raise ScannerSilent(verdict[:100].decode("utf-8", "replace"))


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(SCANNER_SECONDS)
        scanner.connect(address)
        return scanner
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SCANNER_SECONDS)
