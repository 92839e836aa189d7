"""Word files: whole packages of sound XML with real headings and header rows, and nothing in them but the words given."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from commonweal.base.docx import Bullets, Heading, Image, Paragraph, Table, WrongPicture, WrongTable, make_docx
from commonweal.base.pdf import make_png

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DAY = date(2026, 11, 22)
BLOCKS = [
    Heading("School meals", 1), Heading("Promised"), Paragraph("<w:b/> & “quotes”\nsecond line"), Bullets(("one", "two")),
    Table("Promises", ("What", "How much"), (("Sessions", "12"), ("Starts", "£1,000")), numeric=(1,)),
]  # fmt: skip


def parts(content: bytes) -> dict[str, etree._Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        return {name: etree.fromstring(package.read(name)) for name in package.namelist()}


def made(blocks=BLOCKS) -> bytes:
    return make_docx(blocks, title="Review pack", author="Test Council", lang="en", on=DAY)


def words(element: etree._Element) -> str:
    return "".join(element.itertext())


def test_every_part_is_sound_and_declared():
    found = parts(made())
    kinds = found["[Content_Types].xml"]
    declared = {each.get("PartName") for each in kinds if each.get("PartName")}
    assert declared == {f"/{name}" for name in found if not name.endswith(".rels") and name != "[Content_Types].xml"}
    targets = {each.get("Target") for each in found["word/_rels/document.xml.rels"]}
    assert {f"word/{target}" for target in targets} <= set(found)


def test_headings_are_styles_of_the_file_and_tables_have_header_rows():
    found = parts(made())
    document = found["word/document.xml"]
    known = {each.get(f"{W}styleId") for each in found["word/styles.xml"].iter(f"{W}style")}
    used = {each.get(f"{W}val") for each in document.iter(f"{W}pStyle")}
    assert {"Heading1", "Heading2", "ListBullet", "Cell"} <= used <= known
    (table,) = document.iter(f"{W}tbl")
    rows = list(table.iter(f"{W}tr"))
    assert [len(list(row.iter(f"{W}tblHeader"))) for row in rows] == [1, 0, 0]
    assert [words(cell) for cell in rows[2].iter(f"{W}tc")] == ["Starts", "£1,000"]
    assert next(table.iter(f"{W}tblCaption")).get(f"{W}val") == "Promises"


def test_language_title_and_page_number_are_told():
    found = parts(made())
    assert next(found["word/styles.xml"].iter(f"{W}lang")).get(f"{W}val") == "en-GB"
    assert "Review pack" in words(found["docProps/core.xml"])
    assert next(found["word/footer.xml"].iter(f"{W}fldSimple")).get(f"{W}instr") == "PAGE"


def test_markup_that_somebody_typed_is_only_text():
    document = parts(made())["word/document.xml"]
    assert "<w:b/> & “quotes”" in words(document)
    assert len(list(document.iter(f"{W}br"))) == 1


def test_same_blocks_and_day_give_the_same_bytes():
    assert made() == made()


def test_row_of_the_wrong_width_is_refused():
    with pytest.raises(WrongTable):
        made([Table("Promises", ("What", "How much"), (("Sessions",),))])


@given(st.text(max_size=60))
def test_any_text_makes_a_sound_file(text):
    found = parts(made([Heading(text, 1), Paragraph(text), Table(text, (text,), ((text,),))]))
    kept = "".join(letter for letter in text if letter.isprintable())
    assert all(letter in words(found["word/document.xml"]) for letter in kept)


SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10" width="20" height="10"><rect width="20" height="10"/></svg>'


def test_picture_is_in_the_package_with_its_words_and_its_shape():
    png = make_png(SQUARE)
    content = made([Heading("Charts", 1), Image(png, "Parks: £12 & more"), Paragraph("Beneath"), Image(png, "Again")])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        held = {name: package.read(name) for name in package.namelist()}
    assert held["word/media/picture1.png"] == held["word/media/picture2.png"] == png
    document = etree.fromstring(held["word/document.xml"])
    told = list(document.iter("{*}docPr"))
    assert [(each.get("id"), each.get("descr")) for each in told] == [("1", "Parks: £12 & more"), ("2", "Again")]
    used = [each.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed")
            for each in document.iter("{*}blip")]  # fmt: skip
    targets = {each.get("Id"): each.get("Target") for each in etree.fromstring(held["word/_rels/document.xml.rels"])}
    assert [targets[each] for each in used] == ["media/picture1.png", "media/picture2.png"]
    extent = next(document.iter("{*}extent"))
    assert 1.7 < int(extent.get("cx")) / int(extent.get("cy")) < 2.1
    assert content == made(
        [Heading("Charts", 1), Image(png, "Parks: £12 & more"), Paragraph("Beneath"), Image(png, "Again")]
    )


@pytest.mark.parametrize(("png", "alt"), [(b"GIF89a", "A chart"), (make_png(SQUARE), " ")])
def test_what_is_no_picture_or_says_nothing_is_refused(png, alt):
    with pytest.raises(WrongPicture):
        made([Image(png, alt)])
