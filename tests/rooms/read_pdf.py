"""What a PDF we made shows, as words: glyph by glyph, by the map to letters that each of its fonts carries."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf


def words_of_pdf(content: bytes) -> str:
    """This will give every word of a PDF, in the order in which it is drawn."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return " ".join("".join(each for page in pdf.pages for each in _letters_of(page)).split())


def _letters_of(page: Any) -> Iterator[str]:
    maps = {}
    for name, font in page.Resources.Font.items():
        pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <((?:[0-9A-Fa-f]{4})+)>\n", font.ToUnicode.read_bytes())
        maps[name] = {code.lower(): bytes.fromhex(letters.decode()).decode("utf-16-be") for code, letters in pairs}
    glyphs: dict[bytes, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            glyphs = maps[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            for each in operands[0] if str(operator) == "TJ" else operands:
                if isinstance(each, pikepdf.String):
                    codes = bytes(each).hex().encode()
                    yield from (glyphs.get(codes[at : at + 4], "") for at in range(0, len(codes), 4))
        elif str(operator) == "ET":
            yield " "
