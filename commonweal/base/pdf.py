"""PDF: tagged, built to PDF/UA-1 rules, from the same parts and words as the pages.

A document is a typst template in `typst/` and its content as JSON. What users typed is only ever data: it never
becomes markup. The same content and date give the same bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import typst

_BASE = Path(str(resources.files("commonweal.base")))
_TEMPLATES = _BASE / "typst"
_FONTS = _BASE / "static" / "base" / "fonts"

Template = Literal["plan", "review_pack", "table", "newsletter", "report"]

#: A letter the type does not have is shown as a box, so that nobody reads a word that lost one.
_MISSING = "\N{WHITE SQUARE}"


class PdfTooLong(ValueError):
    """The document does not fit the number of pages it must have."""


class PdfNotMade(RuntimeError):
    """The document could not be made; the message says why."""


def make_pdf(
    template: Template, content: Mapping[str, Any], *, lang: str, title: str, author: str, on: date,
    colour: str = "#1d3d5c", pages: int | None = None,
) -> bytes:  # fmt: skip
    """This will make a PDF from a template and its content (JSON values; each template says which at its top).

    `lang` is "en" or "cy"; `title`, `author` and `on` are the document's own. A letter that the typeface lacks (an
    emoji, say) becomes a box, and the foot of each page says so. With `pages`, the document must have at most so many:
    raises PdfTooLong. Raises PdfNotMade when the template cannot be set, for want of an alternative text, say.
    """
    held = _with_letters_we_have(
        {"lang": lang, "title": title, "author": author, "on": on.isoformat(), "colour": colour, "content": content}
    )
    text = json.dumps(held | {"boxes": _MISSING in json.dumps(held, ensure_ascii=False)}, ensure_ascii=False)
    try:
        made = typst.compile(
            str(_TEMPLATES / f"{template}.typ"), root=str(_TEMPLATES), font_paths=[str(_FONTS)],
            ignore_system_fonts=True, format="pdf", pdf_standards=["ua-1"], sys_inputs={"content": text},
            timestamp=int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp()),
        )  # fmt: skip
    except typst.TypstError as error:
        raise PdfNotMade(f"The {template} PDF could not be made: {error}") from error
    if pages is not None and pages_in(made) > pages:
        raise PdfTooLong(f"The document has more than {pages} page{'' if pages == 1 else 's'}.")
    return bytes(made)


def make_png(svg: str) -> bytes:
    """This will paint a chart's drawing as a PNG, to paste where SVG is not taken. Raises PdfNotMade."""
    try:
        made = typst.compile(
            str(_TEMPLATES / "picture.typ"), root=str(_TEMPLATES), format="png", ppi=192.0,
            font_paths=[str(_FONTS)], ignore_system_fonts=True,
            sys_inputs={"svg": svg},
        )  # fmt: skip
    except typst.TypstError as error:
        raise PdfNotMade(f"The picture could not be painted: {error}") from error
    return bytes(made)


def pages_in(pdf: bytes) -> int:
    """This will count the pages of a PDF that `make_pdf` made, from its page tree and nothing that anybody typed."""
    catalogue = _object(pdf, rb"/Root (\d+) 0 R", pdf[pdf.rfind(b"trailer") :])
    tree = _object(pdf, rb"/Pages (\d+) 0 R", catalogue)
    count = re.search(rb"/Count (\d+)", tree)
    if not count:
        raise PdfNotMade("The page tree of the PDF could not be read.")
    return int(count[1])


def _object(pdf: bytes, reference: bytes, within: bytes) -> bytes:
    """The object that a reference names, found by the cross-reference table at the end of the file."""
    table = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", pdf)
    named = re.search(reference, within)
    if not table or not named:
        raise PdfNotMade("The page tree of the PDF could not be read.")
    entries = re.findall(rb"(\d{10}) \d{5} [nf]", pdf[int(table[1]) :])
    start = int(entries[int(named[1])])
    return pdf[start : pdf.index(b"endobj", start)]


def _with_letters_we_have(held: Any) -> Any:
    """Every text in a content, in letters the typeface has. Decimals and dates become text.

    Done on the texts themselves, never on the JSON: a full-width quotation mark may become a plain one.
    """
    match held:
        case None | bool():
            return held
        case Mapping():
            return {str(name): _with_letters_we_have(each) for name, each in held.items()}
        case list() | tuple():
            return [_with_letters_we_have(each) for each in held]
        case int() | float():  # widths and sizes of the page, never figures
            return held
    known = _letters()
    text = unicodedata.normalize("NFC", str(held))
    return "".join(letter if letter in known or letter in "\n\t" else _replaced(letter, known) for letter in text)


def _replaced(letter: str, known: frozenset[str]) -> str:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc"):
        return ""  # marks on a letter that is a box already, joiners, directions, controls
    plain = unicodedata.normalize("NFKC", letter)
    return plain if all(part in known for part in plain) else _MISSING


@cache
def _letters() -> frozenset[str]:
    letters = map(chr, _code_points((_FONTS / "Inter-Regular.ttf").read_bytes()))
    return frozenset(letter for letter in letters if unicodedata.category(letter) != "Cc")


def _code_points(font: bytes) -> set[int]:
    """The letters a TrueType font has, from its character map (formats 4 and 12 of the OpenType specification)."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(font[at : at + size], "big")

    tables = {font[12 + 16 * i : 16 + 16 * i]: number(12 + 16 * i + 8, 4) for i in range(number(4, 2))}
    start = tables[b"cmap"]
    found: set[int] = set()
    for i in range(number(start + 2, 2)):
        at = start + number(start + 4 + 8 * i + 4, 4)
        if number(at, 2) == 12:
            for group in range(number(at + 12, 4)):
                first, last = number(at + 16 + 12 * group, 4), number(at + 20 + 12 * group, 4)
                found.update(range(first, last + 1))
        elif number(at, 2) == 4:
            segments = number(at + 6, 2) // 2
            for segment in range(segments):
                last = number(at + 14 + 2 * segment, 2)
                first = number(at + 16 + 2 * segments + 2 * segment, 2)
                if last != 0xFFFF:
                    found.update(range(first, last + 1))
    return found


__all__ = ["PdfNotMade", "PdfTooLong", "Template", "make_pdf", "pages_in"]
