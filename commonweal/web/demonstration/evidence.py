"""Small real files for the evidence of invented deliveries: a certificate as PDF, a register as CSV."""

from __future__ import annotations

import io

from commonweal.base.exports import write_csv


def certificate(lines: list[str]) -> bytes:
    """This will write lines of text on one A4 page as a PDF, the same bytes each time."""
    text = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
    page = f"BT /F1 14 Tf 22 TL 72 760 Td\n{text}ET".encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    written = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(written)


def register(headings: list[str], rows: list[list[str]]) -> bytes:
    """This will write a register as CSV in UTF-8."""
    written = io.StringIO(newline="")
    write_csv(headings, rows, written)
    return written.getvalue().encode()


def _escaped(line: str) -> str:
    plain = line.encode("cp1252", "replace").decode("cp1252")
    return plain.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
