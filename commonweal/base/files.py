"""What kinds of file we keep, told by their signature, and where they lie."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


class UnusableFile(ValueError):
    """The file cannot be kept; the message says why and what to do."""


_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SIGNATURES: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
    (_ZIP, _XLSX, (".xlsx", ".xls")),  # many a portal names its .xlsx an .xls
    (_COMPOUND, "application/vnd.ms-excel", (".xls",)),
    (_ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    (_ZIP, "application/vnd.oasis.opendocument.spreadsheet", (".ods",)),
)
_TEXT = {".csv": "text/csv", ".tsv": "text/tab-separated-values", ".txt": "text/plain"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: Kinds that hold a table, which `commonweal.sources.tables` reads.
_TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"})

KINDS = "PDF, PNG, JPEG, Word, Excel, OpenDocument, CSV or plain text"
TABLE_KINDS = "CSV, TSV, Excel (.xlsx or .xls) or OpenDocument (.ods)"
#: What to do with the kinds that people try.
_INSTEAD = {
    ".xlsm": "Open it in Excel and save it as Excel Workbook (.xlsx), without its macros.",
    ".xlsb": "Open it in Excel and save it as Excel Workbook (.xlsx).",
    ".numbers": "In Numbers choose File, Export To, Excel, and send that.",
    ".gsheet": "In Google Sheets choose File, Download, Microsoft Excel (.xlsx), and send that.",
    ".pdf": "Ask whoever made it for the spreadsheet behind it.",
    ".docx": "Copy its table into a spreadsheet and save that as .xlsx.",
    ".doc": "Copy its table into a spreadsheet and save that as .xlsx.",
    ".zip": "Take the spreadsheet out of the archive and send that.",
    ".json": "Ask the portal for its export as CSV or Excel.",
    ".xml": "Ask the portal for its export as CSV or Excel.",
}


def media_type_of(name: str, content: bytes) -> str:
    """This will tell a file's media type from its first bytes, which must agree with its name.

    Raises UnusableFile for any kind that is not on the list, and for a name that says something else than the bytes.
    """
    ending = Path(name).suffix.lower()
    for signature, media_type, endings in _SIGNATURES:
        if ending in endings and content.startswith(signature):
            return media_type
    if ending in _TEXT and (content.startswith(_UTF_16) or b"\x00" not in content[:4096]):
        return _TEXT[ending]
    raise UnusableFile(_why_not(Path(name).name, ending, KINDS))


def check_holds_table(name: str, content: bytes) -> None:
    """This will refuse a file that cannot hold a table, by its name and first bytes; raises UnusableFile."""
    ending = Path(name).suffix.lower()
    if ending not in _TABLES:
        shown = Path(name).name
        instead = _INSTEAD.get(ending, f"Send it as {TABLE_KINDS}.")
        raise UnusableFile(f"{shown} is not a spreadsheet we can read: {TABLE_KINDS}. {instead}")
    try:
        media_type_of(name, content)
    except UnusableFile:
        raise UnusableFile(_why_not(Path(name).name, ending, TABLE_KINDS)) from None


def _why_not(name: str, ending: str, kinds: str) -> str:
    if ending in _TEXT:
        return (
            f"{name} is not text: it holds NUL characters, as a damaged or a renamed file does. Open it in a spreadsheet "
            "program and save it as CSV UTF-8."
        )
    if ending == ".xls":
        return (
            f"{name} is named .xls but is no Excel file; some portals name a web page so. Open it in a spreadsheet "
            "program and save it as .xlsx."
        )
    return f"We could not read {name} as a {kinds} file. Save it as one of those and try again."


def place_for(inner: str) -> Path:
    """This will say where a stored file lies, from its random inner name."""
    root: Path = settings.COMMONWEAL_FILES
    return root / inner[:2] / inner


def read_stored(inner: str) -> bytes:
    """This will read a stored file's bytes; raises FileNotFoundError."""
    return place_for(inner).read_bytes()
