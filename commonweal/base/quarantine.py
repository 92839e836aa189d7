"""Looking into a file before anybody may open it: in a limited child, and by the virus scanner that the settings name."""

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


class ScannerSilent(Exception):
    """The virus scanner gave no verdict, so the file stays in quarantine."""


def looked_into(content: bytes, media_type: str) -> tuple[str, bytes | None]:
    """This will say why a file must be refused ("" if it need not be), and what is kept in its place (None: itself)."""
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        try:
            (answer,) = limited.stream("commonweal.sources.file_check:examined", given, media_type=media_type)
        except limited.LimitReached as reached:
            return ("damaged" if reached.limit == "crash" else "took-too-long"), None
    if "refused" in answer:
        return answer["refused"], None
    return "", None if answer["kept"] is None else base64.b64decode(answer["kept"])


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
