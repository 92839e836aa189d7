"""A report as blocks: one content, in JSON values, told as a page, a PDF and a Word file.

A frame is a report in one language: its title, its opening and its sections, each a heading and blocks. Amounts are
written as text here, once; what draws a figure, a bar or a chart keeps its numbers, so that what was frozen draws again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils import translation
from django.utils.translation import ngettext

from commonweal.base import docx
from commonweal.base.charts import Bar, BarChart
from commonweal.base.govuk.colour import darkened_until_readable, hexadecimal, read_colour
from commonweal.base.parts import AssuranceBar, Figure, PromiseMarks, PromiseTable
from commonweal.base.pdf import make_pdf, make_png

LANGUAGES: Final = ("en", "cy")
Content = dict[str, Any]
_FIGURE: Final = (
    "label", "unit", "value", "audience", "level", "low", "high", "price_year", "edition", "coverage", "as_of",
    "how_we_know_url",
)  # fmt: skip
_BAR: Final = ("label", "unit", "claimed", "evidenced", "confirmed", "assured", "confirmable")
_CHART: Final = ("title", "unit", "source", "as_of", "left_out")
_MARKS: Final = ("label", "unit", "promised", "expected", "delivered", "direction")


# --- making ---------------------------------------------------------------------------------------------------------


def _json(held: Any) -> Any:
    return str(held) if isinstance(held, Decimal | date) else held


def _kept(kind: str, part: Any, names: Iterable[str]) -> Content:
    return {"kind": kind} | {name: _json(getattr(part, name)) for name in names}


def words(text: str, *, quiet: bool = False, bold: bool = False, lang: str = "") -> Content:
    """This will make a paragraph; `lang` where it is not in the language of its frame."""
    return {"kind": "words", "text": text, "quiet": quiet, "bold": bold, "lang": lang}


def bullets(items: Sequence[str]) -> Content:
    """This will make a list."""
    return {"kind": "bullets", "items": list(items)}


def table(
    caption: str, headings: Sequence[str], rows: Sequence[Sequence[Any]], *, numeric_from: int = 1,
    widths: Sequence[int] = (),
) -> Content:  # fmt: skip
    """This will make a table; a cell is text, or (text, language) where it is in another than its frame."""
    cells = [[{"text": each[0], "lang": each[1]} if isinstance(each, tuple) else {"text": each, "lang": ""}
              for each in row] for row in rows]  # fmt: skip
    number = len(headings)
    return {
        "kind": "table", "caption": caption, "headings": list(headings), "rows": cells, "numeric_from": numeric_from,
        "widths": list(widths) or [3 if n == 0 else 2 for n in range(number)],
    }  # fmt: skip


def figure(part: Figure) -> Content:
    """This will keep a figure."""
    return _kept("figure", part, _FIGURE) | {"of": part.kind}


def bar(part: AssuranceBar) -> Content:
    """This will keep an assurance bar."""
    return _kept("bar", part, _BAR)


def chart(part: BarChart) -> Content:
    """This will keep a chart of bars."""
    bars = [{"label": each.label, "value": _json(each.value), "target": _json(each.target), "direction": each.direction}
            for each in part.bars]  # fmt: skip
    return _kept("chart", part, _CHART) | {"bars": bars}


def marks(rows: Sequence[PromiseMarks]) -> Content:
    """This will keep promised / expected / delivered marks, all in one unit, on one scale."""
    return {"kind": "marks", "rows": [_kept("mark", each, _MARKS) for each in rows]}


def story(each: Mapping[str, Any]) -> Content:
    """This will keep a story, with the day until which it may be told."""
    return {"kind": "story", **each}


def section(ident: str, heading: str, blocks: Iterable[Content | None], note: str = "", note_lang: str = "") -> Content:
    """This will make a section; without a block and without a note it is none."""
    return {
        "id": ident, "heading": heading, "blocks": [each for each in blocks if each], "note": note, "note_lang": note_lang,
    }  # fmt: skip


def with_something(sections: Iterable[Content]) -> list[Content]:
    """This will leave out the sections that say nothing."""
    return [each for each in sections if each["blocks"] or each["note"]]


def digest(content: Content) -> str:
    """This will hash a frozen report, whatever order its parts are kept in."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def name_of(frame: Content) -> str:
    """This will name a report by its title and its year."""
    return f"{frame['title']} {frame['period']}"


def stories_in(content: Content) -> list[Content]:
    """This will list the stories a report tells, as its English frame has them."""
    return [block for each in content["en"]["sections"] for block in each["blocks"] if block["kind"] == "story"]


def still_told(content: Content, told: Collection[str]) -> Content:
    """This will leave out of a frozen report the stories that may not be told any more, and say how many went."""
    kept = dict(content)
    for lang in filter(content.__contains__, LANGUAGES):
        kept[lang] = dict(content[lang]) | {
            "sections": [_without(each, told, lang) for each in content[lang]["sections"]]
        }
    return kept


def _without(each: Content, told: Collection[str], lang: str) -> Content:
    blocks = [block for block in each["blocks"] if block["kind"] != "story" or block["id"] in told]
    gone = len(each["blocks"]) - len(blocks)
    if not gone:
        return each
    with translation.override(lang):
        said = ngettext(
            "%(number)s story of this report is not told any more.",
            "%(number)s stories of this report are not told any more.", gone,
        ) % {"number": gone}  # fmt: skip
    return each | {"blocks": [*blocks, words(said, quiet=True)]}


# --- told as a page -------------------------------------------------------------------------------------------------


def _number(held: str | None) -> Decimal | None:
    return None if held is None else Decimal(held)


def part_of(block: Content) -> Any:
    """This will build what draws a block again: a Figure, an AssuranceBar, a BarChart or a PromiseTable."""
    given = {name: each for name, each in block.items() if name not in ("kind", "of", "bars", "rows")}
    if block["kind"] == "figure":
        given |= {name: _number(block[name]) for name in ("value", "low", "high")}
        return Figure(**given | {"kind": block["of"], "as_of": date.fromisoformat(block["as_of"])})
    if block["kind"] == "bar":
        return AssuranceBar(**given | {name: _number(block[name]) for name in _BAR[2:]})
    if block["kind"] == "chart":
        bars = (Bar(**each | {"value": _number(each["value"]), "target": _number(each["target"])})
                for each in block["bars"])  # fmt: skip
        return BarChart(**given | {"as_of": date.fromisoformat(block["as_of"])}, bars=tuple(bars))
    held: list[dict[str, Any]] = [
        {name: _number(each[name]) if name in _MARKS[2:5] else each[name] for name in _MARKS} for each in block["rows"]
    ]
    rows = (PromiseMarks(**each) for each in held)
    return PromiseTable(tuple(rows), scale="shared", audience="public")


DRAWN: Final = ("figure", "bar", "chart", "marks")


def shown(frame: Content) -> Content:
    """This will give a frame with the parts that its page draws."""
    sections = [each | {"blocks": [_on_page(block) for block in each["blocks"]]} for each in frame["sections"]]
    return frame | {"sections": sections}


def _on_page(block: Content) -> Content:
    if block["kind"] in DRAWN:
        return block | {"part": part_of(block)}
    if block["kind"] != "table":
        return block
    names = block["headings"]
    rows = [[cell | {"of": name} for name, cell in zip(names, row, strict=True)] for row in block["rows"]]
    return block | {"rows": rows}


# --- told as a PDF --------------------------------------------------------------------------------------------------


def _for_paper(block: Content, lang: str) -> Content:
    match block["kind"]:
        case "figure" | "bar":
            return {"kind": block["kind"], "part": part_of(block).content(lang)}
        case "chart":
            part: BarChart = part_of(block)
            return {"kind": "chart", "title": part.title, "svg": part.svg(lang=lang), "beneath": part.beneath(lang),
                    "alt": _told_of(part, lang)}  # fmt: skip
        case "marks":
            return {"kind": "marks", "part": part_of(block).content(lang)}
    return block


def _told_of(part: BarChart, lang: str) -> str:
    """What a chart shows, for who cannot see it: its finding, and every figure."""
    return f"{part.title}. " + "; ".join(f"{row[0]}: {', '.join(row[1:])}" for row in part.table(lang).rows)


def report_pdf(frame: Content, *, lang: str, on: date, colour: str) -> bytes:
    """This will make the PDF of a report: A4, tagged, in the body's colour."""
    readable = hexadecimal(darkened_until_readable(read_colour(colour)))
    sections = [each | {"blocks": [_for_paper(block, lang) for block in each["blocks"]]} for each in frame["sections"]]
    return make_pdf(
        "report", frame | {"sections": sections}, lang=lang, title=name_of(frame),
        author=frame["body_name"], on=on, colour=readable,
    )  # fmt: skip


# --- told as a Word file --------------------------------------------------------------------------------------------


def _block_in_word(block: Content, lang: str) -> Iterable[docx.Block]:
    match block["kind"]:
        case "words":
            yield docx.Paragraph(block["text"], bold=block["bold"], quiet=block["quiet"])
        case "bullets":
            yield docx.Bullets(tuple(block["items"]))
        case "table":
            rows = tuple(tuple(cell["text"] for cell in row) for row in block["rows"])
            numeric = tuple(range(block["numeric_from"], len(block["headings"])))
            yield docx.Paragraph(block["caption"], bold=True)
            yield docx.Table(block["caption"], tuple(block["headings"]), rows, tuple(block["widths"]), numeric)
        case "figure":
            told = part_of(block).content(lang)
            yield docx.Paragraph(f"{told['label']}: {told['shown']}", bold=True)
            yield docx.Paragraph(". ".join(told["qualifiers"]), quiet=True)
        case "bar":
            told = part_of(block).content(lang)
            lanes = tuple((each["label"], each["meaning"], each["number"]) for each in told["lanes"])
            headings = ("", "", "£") if block["unit"] == "£" else ("", "", block["unit"])
            yield docx.Paragraph(told["title"], bold=True)
            yield docx.Table(told["title"], headings, lanes, (2, 4, 3), (2,))
        case "chart":
            part: BarChart = part_of(block)
            yield docx.Paragraph(part.title, bold=True)
            yield docx.Image(make_png(part.svg(lang=lang)), _told_of(part, lang))
            yield docx.Paragraph(part.beneath(lang), quiet=True)
        case "marks":
            told = part_of(block).content(lang)
            names = told["headings"]
            rows = tuple((each["label"], each["promised"], each["delivered"]) for each in told["rows"])
            yield docx.Table(
                names["what"], (names["what"], names["promised"], names["delivered"]), rows, (3, 2, 2), (1, 2)
            )
        case "story":
            yield docx.Paragraph(block["title"], bold=True)
            yield from (docx.Paragraph(part) for part in block["words"].split("\n\n"))
            yield docx.Paragraph(", ".join(filter(None, (block["told_by"], block["provider"]))), quiet=True)


def report_docx(frame: Content, *, lang: str, on: date) -> bytes:
    """This will make the Word file of a report: headings, tables to paste, charts as pictures with their words."""
    title = name_of(frame)
    blocks: list[docx.Block] = [docx.Heading(title, 1)]
    blocks += [docx.Paragraph(frame["invented"], bold=True)] if frame["invented"] else []
    blocks.append(docx.Paragraph(frame["byline"], quiet=True))
    blocks += [docx.Paragraph(frame["opening"])] if frame["opening"] else []
    for each in frame["sections"]:
        blocks.append(docx.Heading(each["heading"]))
        blocks += [docx.Paragraph(part) for part in each["note"].split("\n\n") if part.strip()]
        blocks += [made for block in each["blocks"] for made in _block_in_word(block, lang)]
    blocks.append(docx.Paragraph(frame["foot"], quiet=True))
    return docx.make_docx(blocks, title=title, author=frame["body_name"], lang=lang, on=on)
