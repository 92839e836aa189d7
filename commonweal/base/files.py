"""What kinds of file we keep, told by their signature, and where they lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from commonweal.base.errors import NotPossible

if TYPE_CHECKING:
    from commonweal.base.models import Person, StoredFile


class UnusableFile(ValueError):
    """The file cannot be kept; the message says why and what to do."""


class FileNotOpen(NotPossible):
    """The file is in quarantine, or was refused: nobody may open it."""


class FileWaits(FileNotOpen):
    """The file is in quarantine, and may come out of it."""


#: A file is looked into before anybody may open it; what was refused stays so.
FILE_STATES: Final[dict[str, tuple[str, ...]]] = {
    "quarantined": ("checked", "refused"), "checked": (), "refused": (),
}  # fmt: skip
#: Why a file was refused, or still waits: the code on its record and the words a reader sees.
REASONS: Final[dict[str, Any]] = {
    "": gettext_lazy("It is being checked and opens when that is done, in a minute as a rule."),
    "scanner-silent": gettext_lazy(
        "The virus scanner does not answer, so it waits. It is asked again every few minutes."
    ),
    "virus": gettext_lazy(
        "The virus scanner found something in it. Clean the machine it came from, and send a new copy."
    ),
    "unpacks-too-large": gettext_lazy("It unpacks to far more than it seems. Send a smaller document."),
    "picture-too-large": gettext_lazy("The picture is too large: at most 64 million points. Send a smaller copy."),
    "holds-archive": gettext_lazy("Another file is packed inside it. Take that out and send it by itself."),
    "holds-program": gettext_lazy("It holds a macro or another program. Save it without macros, and send that copy."),
    "pdf-acts": gettext_lazy(
        "This PDF runs or opens something by itself, or carries another file. Print it to PDF and send that."
    ),
    "pdf-hides": gettext_lazy(
        "Parts of this PDF are packed so that they cannot be checked. Print it to PDF and send that."
    ),
    "locked": gettext_lazy("It is locked with a password. Save it without one, and send that copy."),
    "web-page": gettext_lazy("It is a web page or a drawing that calls itself a text. Print it to PDF and send that."),
    "not-what-it-says": gettext_lazy(
        "It is not the kind of file its name says. Save it again in its own program and send that."
    ),
    "damaged": gettext_lazy("It is damaged and could not be read to its end. Save it again and send that copy."),
    "took-too-long": gettext_lazy(
        "Checking it takes more time or memory than we give it. It is kept and checked again, every few minutes at first "
        "and then each day. A smaller or simpler copy is checked sooner."
    ),
    "could-not-check": gettext_lazy(
        "We could not check it, for a fault of ours, not of the file. It is kept and checked again, every few minutes at "
        "first and then each day."
    ),
}
#: After failing to look into a file this often, we look once a day.
LOOKS: Final = 5


def words_of(state: str, reason: str) -> str:
    """This will say why a file cannot be opened, and what to do; "" for one that can."""
    return "" if state == "checked" else str(REASONS.get(reason, REASONS["damaged"]))


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

KINDS = gettext_noop("PDF, PNG, JPEG, Word, Excel, OpenDocument, CSV or plain text")
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
    raise UnusableFile(_why_not(Path(name).name, ending, _(KINDS)))


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
        return _(
            "%(name)s is not text: it holds NUL characters, as a damaged or a renamed file does. Open it in a spreadsheet "
            "program and save it as CSV UTF-8."
        ) % {"name": name}
    if ending == ".xls":
        return _(
            "%(name)s is named .xls but is no Excel file; some portals name a web page so. Open it in a spreadsheet "
            "program and save it as .xlsx."
        ) % {"name": name}
    return _("We could not read %(name)s as a %(kinds)s file. Save it as one of those and try again.") % {
        "name": name, "kinds": kinds
    }  # fmt: skip


def place_for(inner: str) -> Path:
    """This will say where a stored file lies, from its random inner name."""
    root: Path = settings.COMMONWEAL_FILES
    return root / inner[:2] / inner


def read_stored(inner: str) -> bytes:
    """This will read a stored file's bytes; raises FileNotFoundError."""
    return place_for(inner).read_bytes()


#: An address of a file on the files' own host stands for this long: enough to follow it once.
ADDRESS_SECONDS: Final = 60
_signer = TimestampSigner(salt="base.file")


def check_may_open(file: StoredFile) -> None:
    """This will refuse to open what was not checked; raises FileNotOpen (FileWaits) with what to do."""
    if file.state != "checked":
        cause = FileWaits if file.state == "quarantined" else FileNotOpen
        raise cause(f"{file.name} cannot be opened. {words_of(file.state, file.reason)}")


def file_token(file: StoredFile, person: Person) -> str:
    """This will sign what the address of a file carries: whose it is and for whom, for a minute."""
    return _signer.sign(f"{file.body.public_id}-{file.public_id}-{person.public_id}")


def read_file_token(token: str) -> tuple[str, str, str] | None:
    """This will read an address of a file: body, file and person; None when it is not ours or its minute has passed."""
    try:
        body, file, person = _signer.unsign(token, max_age=ADDRESS_SECONDS).split("-")
    except (BadSignature, ValueError):
        return None
    return body, file, person


def hand_out(file: StoredFile, person: Person) -> HttpResponse:
    """This will send a checked file to somebody, from the files' own host where there is one; raises FileNotOpen."""
    check_may_open(file)
    if settings.COMMONWEAL_FILES_ADDRESS:
        return redirect(settings.COMMONWEAL_FILES_ADDRESS + reverse("file", args=[file_token(file, person)]))
    return file_response(file)


def file_response(file: StoredFile) -> HttpResponse:
    """This will send a checked file as a download that no browser shows or runs; raises FileNotOpen."""
    check_may_open(file)
    response = HttpResponse(read_stored(file.place), content_type="application/octet-stream")
    safe = "".join(letter if letter.isalnum() or letter in ".-_ " else "_" for letter in file.name)
    response.headers["Content-Disposition"] = f'attachment; filename="{safe.encode("ascii", "replace").decode()}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
