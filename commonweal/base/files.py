"""What kinds of file we keep, told by their signature, and where they lie."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


class UnusableFile(ValueError):
    """The file cannot be kept; the message says why and what to do."""


_SIGNATURES: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
    (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
    (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    (b"PK\x03\x04", "application/vnd.oasis.opendocument.spreadsheet", (".ods",)),
)
_TEXT = {".csv": "text/csv", ".txt": "text/plain"}
KINDS = "PDF, PNG, JPEG, Word, Excel, OpenDocument, CSV or plain text"


def media_type_of(name: str, content: bytes) -> str:
    """This will tell a file's media type from its first bytes, which must agree with its name.

    Raises UnusableFile for any kind that is not on the list, and for a name that says something else than the bytes.
    """
    ending = Path(name).suffix.lower()
    for signature, media_type, endings in _SIGNATURES:
        if ending in endings and content.startswith(signature):
            return media_type
    if ending in _TEXT and b"\x00" not in content[:4096]:
        return _TEXT[ending]
    raise UnusableFile(f"We could not read {Path(name).name} as a {KINDS} file. Save it as one of those and try again.")


def place_for(inner: str) -> Path:
    """This will say where a stored file lies, from its random inner name."""
    root: Path = settings.COMMONWEAL_FILES
    return root / inner[:2] / inner


def read_stored(inner: str) -> bytes:
    """This will read a stored file's bytes; raises FileNotFoundError."""
    return place_for(inner).read_bytes()
