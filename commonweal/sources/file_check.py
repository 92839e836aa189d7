"""What is looked at in a file that a stranger sent, before anybody may open it.

A file is refused for a reason that lies in it, and for no other. What goes wrong on our side (a module that cannot be
read, memory that is not given) is raised as it is: the child ends with it, and the file waits for another look.

Runs in a limited child (`commonweal.sources.limited`): `examined` yields one answer, either `{"refused": code}` or
`{"kept": text}`, where the text is the file as it is kept in base64, or nothing where it is kept as it came. The words
of each code are in `commonweal.base.files`.
"""

from __future__ import annotations

import base64
import codecs
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from commonweal.sources.pictures import UnfitPicture, bare_jpeg, bare_png

# The names in an archive are in this; once the limits of the child stand, no module can be read any more.
codecs.lookup("cp437")

#: What an office document or a PDF may unpack to, and into how many parts.
MOST_UNPACKED: Final = 200_000_000
MOST_PARTS: Final = 3_000
_CHUNK: Final = 1_000_000

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CALC = "application/vnd.oasis.opendocument.spreadsheet"
#: A part that a document of each kind has.
_HAS: Final = {_WORD: "word/document.xml", _EXCEL: "xl/workbook", _CALC: "content.xml"}
_ARCHIVES: Final = (
    b"PK\x03\x04",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ",
    b"MZ",
    b"\x7fELF",
)
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS: Final = re.compile(r"vbaproject|/macrosheets/|/activex/|^basic/|^scripts/", re.IGNORECASE)
_FETCHES: Final = re.compile(
    rb"<Relationship\b[^>]*?(?:attachedTemplate|oleObject|subDocument|/frame)\b[^>]*?TargetMode\s*=\s*[\"']External"
    rb"|<Relationship\b[^>]*?TargetMode\s*=\s*[\"']External[^>]*?(?:attachedTemplate|oleObject|subDocument|/frame)\b",
    re.IGNORECASE,
)
_RUNS_IN_TEXT: Final = re.compile(rb"<w:instrText[^>]*>\s*DDE", re.IGNORECASE)
_WEB_PAGE: Final = re.compile(rb"\s*<(?:!doctype|html|svg|script|\?xml|head|body|iframe)\b", re.IGNORECASE)


#: How an archive may pack its parts: the two ways of office documents. The others ask for modules of their own.
_PACKED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
#: What `zipfile` raises for an archive that is not whole. No OSError: reading from memory, it would be ours.
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error)


class Refused(Exception):
    """The file may not be kept; the message is the code of the reason."""


def examined(content: bytes, *, media_type: str) -> Iterator[dict[str, str | None]]:
    """This will look into one file of a kind that its first bytes told, and yield what becomes of it."""
    try:
        kept = _examine(content, media_type)
    except (Refused, UnfitPicture) as refused:
        yield {"refused": str(refused)}
    else:
        yield {"kept": None if kept == content else base64.b64encode(kept).decode()}


def _examine(content: bytes, media_type: str) -> bytes:
    if media_type == "image/png":
        return bare_png(content)
    if media_type == "image/jpeg":
        return bare_jpeg(content)
    if media_type == "application/pdf":
        check_pdf(content)
    elif media_type in _HAS:
        check_package(content, _HAS[media_type])
    elif media_type == "application/vnd.ms-excel":
        check_compound(content)
    else:
        check_text(content)
    return content


def check_text(content: bytes) -> None:
    """This will refuse a web page or a drawing that calls itself a text; raises Refused."""
    if _WEB_PAGE.match(content[:2_000].removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip(b"\xff\xfe")):
        raise Refused("web-page")


def check_compound(content: bytes) -> None:
    """This will refuse an old Excel file that holds a program; raises Refused."""
    for name in ("_VBA_PROJECT", "Macros", "Ole10Native"):
        if name.encode("utf-16-le") in content:
            raise Refused("holds-program")


def check_package(content: bytes, has: str) -> None:
    """This will refuse an office document that unpacks too far, holds another archive or runs something; raises Refused.

    `has` begins the name of a part that every document of its kind has. Sizes are those the archive declares and those
    that come out of it: neither may go beyond the limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise Refused("unpacks-too-large")
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused("unpacks-too-large")
            if sum(part.compress_size for part in parts) > len(content):  # parts that share their bytes
                raise Refused("unpacks-too-large")
            if not any(part.filename.startswith(has) for part in parts):
                raise Refused("not-what-it-says")
            left = MOST_UNPACKED
            for part in parts:
                left = _check_part(archive, part, left)
    except _DAMAGED:
        raise Refused("damaged") from None


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    if part.flag_bits & 1:
        raise Refused("locked")
    if part.compress_type not in _PACKED:
        raise Refused("damaged")
    if part.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", part.filename) or ":" in part.filename:
        raise Refused("damaged")
    if _MACROS.search(part.filename):
        raise Refused("holds-program")
    tail = b""
    with archive.open(part) as opened:
        first = True
        while chunk := opened.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise Refused("unpacks-too-large")
            if first and chunk.startswith(_ARCHIVES):
                raise Refused("holds-archive")
            if first and chunk.startswith(_COMPOUND):
                raise Refused("holds-program")
            if part.filename.endswith((".rels", ".xml")):
                seen = tail + chunk
                if _RUNS_IN_TEXT.search(seen) or (part.filename.endswith(".rels") and _FETCHES.search(seen)):
                    raise Refused("holds-program")
                tail = chunk[-4_000:]
            first = False
    return left


#: What makes a PDF do something by itself or carry another file. As whole names: `/JS` is not `/JSomething`.
_ACTS: Final = (
    b"Launch", b"JavaScript", b"JS", b"EmbeddedFile", b"EmbeddedFiles", b"ImportData", b"SubmitForm", b"RichMedia",
    b"GoToE", b"XFA", b"Rendition", b"Movie", b"Sound",
)  # fmt: skip
_ACTING: Final = re.compile(rb"/(?:" + b"|".join(_ACTS) + rb")(?![A-Za-z0-9_.\-])")
#: The long names alone, for streams, where two letters may stand by chance.
_ACTING_IN_STREAM: Final = re.compile(rb"/(?:Launch|JavaScript|EmbeddedFiles?|SubmitForm|RichMedia)(?![A-Za-z0-9_.\-])")
_STREAM: Final = re.compile(rb"\bstream\r?\n")
_OPENS: Final = re.compile(rb"/OpenAction\s*(?:(\[)|<<(.{0,400}?)>>|(\d+)\s+(\d+)\s+R)", re.DOTALL)
_GOES: Final = re.compile(rb"/S\s*/GoTo(?![A-Za-z])")


def _plain(names: bytes) -> bytes:
    """Names as they are read: `/L#61unch` is `/Launch`."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), names)


def check_pdf(content: bytes) -> None:
    """This will refuse a PDF that runs something, opens something by itself, carries a file or is locked; raises Refused.

    Objects may lie in compressed streams, which are opened for it; where one is packed in a way that we do not open, it
    could hide anything, and is refused.
    """
    if b"startxref" not in content and b"trailer" not in content:
        raise Refused("damaged")
    outside, left = [], MOST_UNPACKED
    place = 0
    while (found := _STREAM.search(content, place)) is not None:
        before = content[place : found.start()]
        outside.append(before)
        end = content.find(b"endstream", found.end())
        end = len(content) if end < 0 else end
        head = _plain(before[before.rfind(b" obj") :])
        body = content[found.end() : end]
        if b"/ObjStm" in head:
            unpacked = _unpacked(body, head, left)
            left -= len(unpacked)
            outside.append(unpacked)
        elif _ACTING_IN_STREAM.search(_plain(body)):
            raise Refused("pdf-acts")
        place = end
    outside.append(content[place:])
    text = _plain(b"\n".join(outside))
    if re.search(rb"/Encrypt\b", text):
        raise Refused("locked")
    if _ACTING.search(text):
        raise Refused("pdf-acts")
    for opens in _OPENS.finditer(text):
        if not _only_goes(opens, text):
            raise Refused("pdf-acts")


def _unpacked(body: bytes, head: bytes, left: int) -> bytes:
    filters = re.findall(rb"/([A-Za-z0-9]+Decode)\b", head)
    if not filters:
        return body
    if filters != [b"FlateDecode"]:
        raise Refused("pdf-hides")
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(body, left + 1)
    except zlib.error:
        raise Refused("damaged") from None
    if len(unpacked) > left:
        raise Refused("unpacks-too-large")
    return unpacked


def _only_goes(opens: re.Match[bytes], text: bytes) -> bool:
    """Whether what a PDF does as it is opened is to show one of its own pages."""
    page, action, number, generation = opens.groups()
    if page:
        return True
    if action is None:
        start = re.search(rb"(?:^|\s)" + number + rb"\s+" + generation + rb"\s+obj\b", text)
        action = text[start.end() : text.find(b"endobj", start.end())] if start else b""
        if action.lstrip().startswith(b"["):
            return True
    # An object of a compressed stream has no number beside it; every action that runs was looked for by name above.
    return bool(_GOES.search(action)) or (not action and b"/ObjStm" in text)
