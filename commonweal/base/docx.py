"""The one writer of Word files: real headings, lists, pictures and tables with header rows, a language, a title and
page numbers.

A document is a list of blocks; what users typed is only ever text in them. The same blocks and date give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final
from xml.etree import ElementTree as Xml

DOCX_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_CORE: Final = f"{_PACKAGE}/metadata/core-properties"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_TERMS: Final = "http://purl.org/dc/terms/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_WP: Final = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_A: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PIC: Final = "http://schemas.openxmlformats.org/drawingml/2006/picture"
for _prefix, _uri in (
    ("w", _W), ("r", _R), ("cp", _CORE), ("dc", _DC), ("dcterms", _TERMS), ("xsi", _XSI), ("wp", _WP), ("a", _A),
    ("pic", _PIC),
):  # fmt: skip
    Xml.register_namespace(_prefix, _uri)
#: Between the margins of an A4 page, in twentieths of a point.
_WIDTH: Final = 9638
#: A twentieth of a point in the units that drawings are measured in.
_EMU: Final = 635
_PNG: Final = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 for the title of the document, 2 for its parts."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `quiet` is for notes beneath something."""

    text: str
    bold: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, a bullet before each."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header row repeated on each page. `caption` names it for who cannot see it; `widths` are shares."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture (PNG) as wide as the text, and what it shows in words, for who cannot see it."""

    png: bytes
    alt: str


Block = Heading | Paragraph | Bullets | Table | Image


class WrongPicture(ValueError):
    """A picture is no PNG, or says nothing to who cannot see it."""


class WrongTable(ValueError):
    """A row of a table has more or fewer cells than there are headings."""


def make_docx(blocks: Sequence[Block], *, title: str, author: str, lang: str, on: date) -> bytes:
    """This will write a Word file from its blocks; `lang` is "en" or "cy". Raises WrongTable, WrongPicture."""
    pictures = [block for block in blocks if isinstance(block, Image)]
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            ("officeDocument", f"{_OFFICE}/officeDocument", "word/document.xml"),
            ("core", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core(title, author, lang, on),
        "word/_rels/document.xml.rels": _relations(
            *((name, f"{_OFFICE}/{name}", f"{name}.xml") for name in ("styles", "numbering", "settings", "footer")),
            *((f"picture{n}", f"{_OFFICE}/image", f"media/picture{n}.png") for n in range(1, len(pictures) + 1)),
        ),
        "word/document.xml": _document(blocks),
        "word/styles.xml": _styles(lang),
        "word/numbering.xml": _numbering(),
        "word/settings.xml": _w("settings", {}, _w("displayBackgroundShape"), _w("compat")),
        "word/footer.xml": _footer(title),
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            text = Xml.tostring(part, encoding="UTF-8", xml_declaration=True)
            entry = zipfile.ZipInfo(name, (max(on.year, 1980), on.month, on.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, text)
        for number, picture in enumerate(pictures, 1):
            package.writestr(zipfile.ZipInfo(f"word/media/picture{number}.png", entry.date_time), picture.png)
    return held.getvalue()


# --- pieces of XML --------------------------------------------------------------------------------------------------


def _w(tag: str, attributes: dict[str, str] | None = None, *children: Xml.Element) -> Xml.Element:
    made = Xml.Element(f"{{{_W}}}{tag}", {f"{{{_W}}}{name}": each for name, each in (attributes or {}).items()})
    made.extend(children)
    return made


def _clean(text: str) -> str:
    """Text as XML can hold it: no control characters, no halves of letters, neither U+FFFE nor U+FFFF."""
    return "".join(
        letter for letter in text
        if (letter >= " " or letter in "\n\t") and letter not in "\ufffe\uffff" and not "\ud800" <= letter <= "\udfff"
    )  # fmt: skip


def _run(text: str, *, bold: bool = False) -> list[Xml.Element]:
    """One run for each line of a text, a break between two."""
    runs = []
    for number, line in enumerate(_clean(text).split("\n")):
        words = _w("t")
        words.text = line
        words.set(f"{{{_XML}}}space", "preserve")
        inside = [_w("rPr", {}, _w("b"))] if bold else []
        runs.append(_w("r", {}, *inside, *([_w("br")] if number else []), words))
    return runs


def _paragraph(text: str, style: str, *, bold: bool = False, end: bool = False) -> Xml.Element:
    about = _w("pPr", {}, _w("pStyle", {"val": style}), *([_w("jc", {"val": "right"})] if end else []))
    return _w("p", {}, about, *_run(text, bold=bold))


def _drawn(block: Block, number: int) -> Iterable[Xml.Element]:
    match block:
        case Image():
            yield _picture(block, number)
        case Heading(text, level):
            yield _paragraph(text, f"Heading{level}")
        case Paragraph(text, bold, quiet):
            yield _paragraph(text, "Quiet" if quiet else "Normal", bold=bold)
        case Bullets(items):
            for item in items:
                yield _paragraph(item, "ListBullet")
        case Table():
            yield _table(block)
            yield _paragraph("", "Quiet")  # two tables that touch would become one


def _named(uri: str, tag: str, attributes: dict[str, str], *children: Xml.Element) -> Xml.Element:
    made = Xml.Element(f"{{{uri}}}{tag}", attributes)
    made.extend(children)
    return made


def _picture(image: Image, number: int) -> Xml.Element:
    """A picture between two lines of text, as wide as they are, with its words for who cannot see it."""
    if not image.png.startswith(_PNG) or not image.alt.strip():
        raise WrongPicture("A picture in a Word file is a PNG, and says in words what it shows.")
    across, down = (int.from_bytes(image.png[at : at + 4], "big") for at in (16, 20))
    width = _WIDTH * _EMU
    size = {"cx": str(width), "cy": str(width * down // across)}
    name = {"id": str(number), "name": f"Picture {number}"}
    shown = _named(_A, "blip", {f"{{{_R}}}embed": f"picture{number}"})
    fill = _named(_PIC, "blipFill", {}, shown, _named(_A, "stretch", {}, _named(_A, "fillRect", {})))
    place = _named(_A, "xfrm", {}, _named(_A, "off", {"x": "0", "y": "0"}), _named(_A, "ext", size))
    shape = _named(_A, "prstGeom", {"prst": "rect"}, _named(_A, "avLst", {}))
    about = _named(_PIC, "nvPicPr", {}, _named(_PIC, "cNvPr", name), _named(_PIC, "cNvPicPr", {}))
    picture = _named(_PIC, "pic", {}, about, fill, _named(_PIC, "spPr", {}, place, shape))
    inline = _named(
        _WP, "inline", dict.fromkeys(("distT", "distB", "distL", "distR"), "0"), _named(_WP, "extent", size),
        _named(_WP, "docPr", name | {"descr": _clean(image.alt)}), _named(_WP, "cNvGraphicFramePr", {}),
        _named(_A, "graphic", {}, _named(_A, "graphicData", {"uri": _PIC}, picture)),
    )  # fmt: skip
    return _w("p", {}, _w("pPr", {}, _w("pStyle", {"val": "Normal"})), _w("r", {}, _w("drawing", {}, inline)))


def _table(table: Table) -> Xml.Element:
    shares = table.widths or (1,) * len(table.headings)
    widths = [_WIDTH * share // sum(shares) for share in shares]
    edges = _w("tblBorders", {}, *(
        _w(side, {"val": "single", "sz": "4", "space": "0", "color": "B1B4B6"})
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    ))  # fmt: skip
    about = _w(
        "tblPr", {}, _w("tblW", {"w": str(sum(widths)), "type": "dxa"}), edges, _w("tblLayout", {"type": "fixed"}),
        _w("tblLook", {"val": "0020", "firstRow": "1"}), _w("tblCaption", {"val": _clean(table.caption)}),
    )  # fmt: skip
    grid = _w("tblGrid", {}, *(_w("gridCol", {"w": str(width)}) for width in widths))
    rows = [_row(table, widths, table.headings, heading=True)]
    rows += [_row(table, widths, row, heading=False) for row in table.rows]
    return _w("tbl", {}, about, grid, *rows)


def _row(table: Table, widths: Sequence[int], cells: Sequence[str], *, heading: bool) -> Xml.Element:
    if len(cells) != len(widths):
        raise WrongTable(f"“{table.caption}” has {len(widths)} columns and a row of {len(cells)} cells")
    about = _w("trPr", {}, _w("cantSplit"), *([_w("tblHeader")] if heading else []))
    made = [
        _w("tc", {}, _w("tcPr", {}, _w("tcW", {"w": str(width), "type": "dxa"})),
           _paragraph(cell, "Cell", bold=heading, end=number in table.numeric))
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]  # fmt: skip
    return _w("tr", {}, about, *made)


# --- parts of the package -------------------------------------------------------------------------------------------


def _document(blocks: Sequence[Block]) -> Xml.Element:
    reference = _w("footerReference", {"type": "default"})
    reference.set(f"{{{_R}}}id", "footer")
    section = _w(
        "sectPr", {}, reference, _w("pgSz", {"w": "11906", "h": "16838"}),
        _w("pgMar", {"top": "1134", "right": "1134", "bottom": "1134", "left": "1134", "header": "567", "footer": "567",
                     "gutter": "0"}),
    )  # fmt: skip
    pictures = accumulate(isinstance(block, Image) for block in blocks)
    drawn = (part for block, number in zip(blocks, pictures, strict=True) for part in _drawn(block, number))
    body = _w("body", {}, *drawn, section)
    return _w("document", {}, body)


def _style(
    ident: str, name: str, size: int, *, bold: bool = False, before: int = 0, after: int = 120, outline: int | None = None,
    colour: str = "", numbered: bool = False, keep: bool = False,
) -> Xml.Element:  # fmt: skip
    paragraph = [_w("keepNext")] if keep else []
    paragraph += [_w("numPr", {}, _w("ilvl", {"val": "0"}), _w("numId", {"val": "1"}))] if numbered else []
    paragraph += [_w("spacing", {"before": str(before), "after": str(after)})]
    paragraph += [_w("outlineLvl", {"val": str(outline)})] if outline is not None else []
    run = [_w("b")] if bold else []
    run += [_w("color", {"val": colour})] if colour else []
    run += [_w("sz", {"val": str(size * 2)})]
    based = [_w("basedOn", {"val": "Normal"})] if ident != "Normal" else []
    attributes = {"type": "paragraph", "styleId": ident} | ({"default": "1"} if ident == "Normal" else {})
    return _w(
        "style",
        attributes,
        _w("name", {"val": name}),
        *based,
        _w("qFormat"),
        _w("pPr", {}, *paragraph),
        _w("rPr", {}, *run),
    )


def _styles(lang: str) -> Xml.Element:
    language = {"en": "en-GB", "cy": "cy-GB"}[lang]
    fonts = dict.fromkeys(("ascii", "hAnsi", "cs", "eastAsia"), "Arial")
    defaults = _w(
        "docDefaults", {}, _w("rPrDefault", {}, _w("rPr", {}, _w("rFonts", fonts), _w("lang", {"val": language})))
    )
    return _w(
        "styles", {}, defaults,
        _style("Normal", "Normal", 10),
        _style("Heading1", "heading 1", 18, bold=True, after=160, outline=0, keep=True),
        _style("Heading2", "heading 2", 12, bold=True, before=240, after=80, outline=1, keep=True),
        _style("ListBullet", "List Bullet", 10, after=40, numbered=True),
        _style("Cell", "Table Text", 9, before=30, after=30),
        _style("Quiet", "Note", 9, after=80, colour="484949"),
    )  # fmt: skip


def _numbering() -> Xml.Element:
    level = _w(
        "lvl", {"ilvl": "0"}, _w("start", {"val": "1"}), _w("numFmt", {"val": "bullet"}), _w("lvlText", {"val": "•"}),
        _w("lvlJc", {"val": "left"}), _w("pPr", {}, _w("ind", {"left": "357", "hanging": "357"})),
    )  # fmt: skip
    return _w(
        "numbering", {}, _w("abstractNum", {"abstractNumId": "0"}, _w("multiLevelType", {"val": "singleLevel"}), level),
        _w("num", {"numId": "1"}, _w("abstractNumId", {"val": "0"})),
    )  # fmt: skip


def _footer(title: str) -> Xml.Element:
    number = _w("fldSimple", {"instr": "PAGE"}, *_run("1"))
    about = _w("pPr", {}, _w("pStyle", {"val": "Quiet"}))
    return _w("ftr", {}, _w("p", {}, about, *_run(f"{title} · "), number))


def _relations(*related: tuple[str, str, str]) -> Xml.Element:
    made = Xml.Element("Relationships", {"xmlns": f"{_PACKAGE}/relationships"})
    for ident, kind, target in related:
        Xml.SubElement(made, "Relationship", {"Id": ident, "Type": kind, "Target": target})
    return made


def _content_types() -> Xml.Element:
    made = Xml.Element("Types", {"xmlns": f"{_PACKAGE}/content-types"})
    Xml.SubElement(
        made, "Default",
        {"Extension": "rels", "ContentType": "application/vnd.openxmlformats-package.relationships+xml"},
    )  # fmt: skip
    Xml.SubElement(made, "Default", {"Extension": "xml", "ContentType": "application/xml"})
    Xml.SubElement(made, "Default", {"Extension": "png", "ContentType": "image/png"})
    kinds = {
        name: f"{DOCX_TYPE.rpartition('.')[0]}.{name}+xml" for name in ("styles", "numbering", "settings", "footer")
    }
    for part, kind in {"document": f"{DOCX_TYPE}.main+xml", **kinds}.items():
        Xml.SubElement(made, "Override", {"PartName": f"/word/{part}.xml", "ContentType": kind})
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    Xml.SubElement(made, "Override", {"PartName": "/docProps/core.xml", "ContentType": core})
    return made


def _core(title: str, author: str, lang: str, on: date) -> Xml.Element:
    made = Xml.Element(f"{{{_CORE}}}coreProperties")
    for tag, text in ((f"{{{_DC}}}title", title), (f"{{{_DC}}}creator", author), (f"{{{_DC}}}language", f"{lang}-GB")):
        Xml.SubElement(made, tag).text = _clean(text)
    for name in ("created", "modified"):
        moment = Xml.SubElement(made, f"{{{_TERMS}}}{name}", {f"{{{_XSI}}}type": "dcterms:W3CDTF"})
        moment.text = f"{on.isoformat()}T00:00:00Z"
    return made
