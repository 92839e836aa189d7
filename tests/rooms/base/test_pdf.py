"""PDFs: tagged, in their language, one page where they must be, and never markup from what people typed."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonweal.base.parts import AssuranceBar, PromiseMarks, PromiseTable
from commonweal.base.pdf import PdfNotMade, PdfTooLong, make_pdf, pages_in

DAY = date(2026, 11, 21)
NORTHERN_SPIRE = PromiseTable(
    (  # SOURCE-SYSTEMS C58
        PromiseMarks(label="Work placements, 16 to 19", unit="people", promised=Decimal(3), expected=None,
                     delivered=Decimal(56), flag="outlier"),
        PromiseMarks(label="Careers in Construction", unit="people", promised=Decimal(20), expected=None,
                     delivered=Decimal(1560), flag="outlier"),
        PromiseMarks(label="Pupils reached", unit="pupils", promised=None, expected=None, delivered=Decimal(1992)),
    )
)  # fmt: skip
INJECTIONS = (
    '#panic("reached")', "*bold* _it_ $x^2$ `raw` <label> @ref", '] #read("/etc/passwd") [', '"); panic("',
    "\\u{41} \\", "// comment", "/* open", "= heading", "- list", "two\nlines\r\nthree", "{{ 7 }}", "a" * 10_000, "~ --- ...",
    "＂, ＂boxes＂: 1, ＼",
)  # fmt: skip


def table_content(*words: str, **more: Any) -> dict[str, Any]:
    return {
        "heading": "Promised against achieved", "lead": "", "headings": ["What", "Achieved"], "numeric": [False, True],
        "widths": [3, 1], "rows": [[each, "1"] for each in words], "notes": ["A note"], "source": "C58", "banner": None,
    } | more  # fmt: skip


def review_content(**more: Any) -> dict[str, Any]:
    drawn: Any = NORTHERN_SPIRE.content()
    bar = AssuranceBar(label="placements", unit="people", claimed=Decimal(56), evidenced=Decimal(47),
                       confirmed=Decimal(20), confirmable=Decimal(30), assured=Decimal(12)).content()  # fmt: skip
    rows = [dict(row) | {"overdue": "", "assurance": "Evidenced 47", "bar": bar} for row in drawn["rows"]]
    return {
        "size": 9, "heading": "Northern Spire", "banner": "", "facts": [{"label": "Provider", "value": "A firm"}],
        "headline": "", "columns": ["Promise", "Promised", "Expected", "Delivered", "Picture", "How sure"],
        "rows": rows, "note": "", "overdue": [], "worth": [], "actions": 3, "sign_off": ["Body", "Provider"],
        "labels": dict.fromkeys(
            ("promises", "overdue", "nothing_overdue", "worth", "actions", "action", "who", "when", "name", "date"), "x"
        ),
    } | more  # fmt: skip


def plan_content(objectives: int) -> dict[str, Any]:
    def words(text: str, lang: str = "") -> dict[str, str]:
        return {"text": text, "lang": lang}

    objective = {"title": words("Gwaith teg"), "words": words("Erbyn 2028."), "outcomes": [words("Fair work", "en")]}
    return {
        "size": "9", "title": words("Ein cynllun"), "body_name": words("Cyngor Glan-yr-ŵy"), "tagline": words(""),
        "words": words("Rydym am i bob punt weithio."), "dates": "", "banner": "", "frameworks": [words("Nodau")],
        "themes": [{"title": words("Swyddi"), "words": words(""), "objectives": [objective] * objectives}],
        "people": [{"role": "Aelod", "name": "Siân Ŷfan", "topic": words("")}], "edition_line": "Fersiwn 1",
        "labels": {"counts_towards": "Yn cyfrif tuag at:", "people": "Pobl", "measured_by": "Mesurir yn ôl"},
    }  # fmt: skip


def made(template: Any, content: dict[str, Any], lang: str = "en", **more: Any) -> bytes:
    return make_pdf(template, content, lang=lang, title="A title", author="A body", on=DAY, **more)


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def tags_of(pdf: pikepdf.Pdf) -> list[Any]:
    """Every structure element, depth first."""
    found, waiting = [], [pdf.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if not isinstance(element, pikepdf.Dictionary):
            continue
        found.append(element)
        inside = element.get("/K", [])
        waiting.extend(inside if isinstance(inside, pikepdf.Array) else [inside])
    return found


@pytest.mark.parametrize(
    ("template", "content", "lang"),
    [("table", table_content("x"), "en"), ("review_pack", review_content(), "en"), ("plan", plan_content(3), "cy")],
)
def test_every_document_is_tagged_titled_in_its_language_and_marked_as_built_to_pdf_ua(
    template: str, content: dict[str, Any], lang: str
) -> None:
    with opened(made(template, content, lang)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith(lang)
        assert pdf.docinfo["/Title"] == "A title"
        assert pdf.docinfo["/Author"] == "A body"
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert {str(each.get("/S", "")) for each in tags_of(pdf)} >= {"/H1"}
        assert all("/StructParents" in page for page in pdf.pages)


def test_columns_have_header_cells_and_drawings_have_words() -> None:
    with opened(made("review_pack", review_content())) as pdf:
        tags = tags_of(pdf)
        headers = [each for each in tags if each.get("/S") == "/TH"]
        assert len(headers) >= 6
        assert all(str(each.A[0].Scope) == "/Column" for each in headers)
        words = [str(each.Alt) for each in tags if "/Alt" in each]
        assert "Work placements, 16 to 19: promised 3, delivered 56." in words
        assert any("Evidenced: 47 people" in each for each in words)


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
def test_what_people_typed_is_shown_and_never_run(text: str) -> None:
    pdf = made("table", table_content(text, heading=text[:200], lead=text, source=text, notes=[text]))
    assert pages_in(pdf) >= 1
    with opened(pdf) as document:
        assert len(document.pages) == pages_in(pdf)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_makes_a_document(text: str) -> None:
    assert pages_in(made("table", table_content(text.encode(errors="replace").decode()))) >= 1


def words_in(pdf: bytes) -> set[str]:
    """The letters that the document's own maps from glyph to Unicode name."""
    letters: set[str] = set()
    with opened(pdf) as document:
        for each in document.objects:
            if isinstance(each, pikepdf.Dictionary) and "/ToUnicode" in each:
                for line in each.ToUnicode.read_bytes().decode("latin-1").splitlines():
                    pair = line.split()
                    if len(pair) == 2 and all(part.startswith("<") for part in pair):
                        letters.update(bytes.fromhex(pair[1].strip("<>")).decode("utf-16-be"))
    return letters


def test_welsh_letters_are_there_and_missing_ones_become_a_box_that_is_explained() -> None:
    welsh = words_in(made("table", table_content("ŵ ŷ Ŵ Ŷ â ê î ô û ï", "e\u0301")))
    assert set("ŵŷŴŶâêîôûïé") <= welsh
    assert "□" not in welsh
    boxed = words_in(made("table", table_content("Diolch 👩🏽‍🔧 漢")))
    assert {"□", "’"} <= boxed  # the apostrophe stands only in the sentence that explains the box


def test_a_document_may_not_run_past_the_pages_it_must_have() -> None:
    assert pages_in(made("plan", plan_content(4), "cy", pages=1)) == 1
    with pytest.raises(PdfTooLong, match="more than 1 page"):
        made("plan", plan_content(90), "cy", pages=1)


def test_pages_are_counted_from_the_page_tree_and_not_from_what_people_typed() -> None:
    title = "1 0 obj <</Type/Pages/Count 99>> /Root 5 0 R trailer startxref 7 %%EOF"
    pdf = make_pdf("table", table_content("x"), lang="en", title=title, author=title, on=DAY)
    assert pages_in(pdf) == 1
    long = made("table", table_content(*["row"] * 200))
    with opened(long) as document:
        assert pages_in(long) == len(document.pages) > 1


def test_something_that_is_no_pdf_of_ours_is_not_counted() -> None:
    with pytest.raises(PdfNotMade):
        pages_in(b"%PDF-1.7 nothing else")


def test_the_same_content_and_day_make_the_same_bytes() -> None:
    assert made("review_pack", review_content()) == made("review_pack", review_content())


def test_a_content_that_a_template_cannot_set_says_so() -> None:
    with pytest.raises(PdfNotMade, match="table"):
        made("table", {"heading": "no rows"})


def test_a_table_draws_its_promises_when_they_are_given() -> None:
    drawn: Any = NORTHERN_SPIRE.content()
    rows = [row["label"] for row in drawn["rows"]]
    with opened(made("table", table_content(*rows, pictures=drawn))) as pdf:
        words = [str(each.Alt) for each in tags_of(pdf) if "/Alt" in each]
    assert sorted(words) == sorted(row["words"] for row in drawn["rows"] if row["marks"])
    assert len(words) == 2  # pupils reached has no promise to be drawn against
