"""Files in quarantine: nobody opens them, a job looks into them, and what a scanner of viruses says decides."""

from __future__ import annotations

import hashlib
import io
import socketserver
import struct
import sys
import threading
import zipfile
from types import SimpleNamespace

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from commonweal.base import files
from commonweal.base.actions import store_file
from commonweal.base.files import (
    LOOKS,
    REASONS,
    FileNotOpen,
    FileWaits,
    check_may_open,
    file_response,
    media_type_of,
    place_for,
    read_stored,
)
from commonweal.base.jobs import check_file, check_waiting_files, checked_content
from commonweal.base.quarantine import looked_into
from commonweal.base.queries import content_of, events_of, files_not_looked_into, get_stored_file
from commonweal.base.scope import open_scope
from commonweal.engine.document import CATALOGUE
from commonweal.sources import limited

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.COMMONWEAL_FILES = tmp_path / "files"


@pytest.fixture
def give(body, make_person):
    person = make_person("contract-manager", body=body)

    def given(content: bytes = b"Name,Sessions\n", name: str = "register.csv"):
        with open_scope(body=body.pk):
            return store_file(name=name, content=content, body=body, party=None, by=person)

    return given


@pytest.fixture
def look(body, django_capture_on_commit_callbacks):
    def looked(file):
        with django_capture_on_commit_callbacks(execute=True):
            check_file(file=file.public_id, body=body.pk)
        with open_scope(body=body.pk):
            return get_stored_file(file.public_id)

    return looked


class Scanner(socketserver.StreamRequestHandler):
    """A small clamd: reads what INSTREAM sends and says what the test set."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        got = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            got += self.rfile.read(size)
        self.server.got.append(got)
        self.wfile.write(self.server.says)


@pytest.fixture
def scanner(settings):
    with socketserver.TCPServer(("127.0.0.1", 0), Scanner) as server:
        server.got, server.says = [], b"stream: OK\0"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.COMMONWEAL_CLAMD = f"127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def test_file_in_quarantine_is_opened_by_nobody(give):
    file = give()
    assert file.state == "quarantined"
    with pytest.raises(FileNotOpen, match="being checked"):
        file_response(file)


def test_checked_file_is_sent_as_a_download_that_no_browser_runs(give, look):
    answer = file_response(look(give()))
    assert answer.content == b"Name,Sessions\n"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="register.csv"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_photograph_loses_what_it_tells_and_both_hashes_are_kept(give, look):
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "ACME telephone"
    Image.new("RGB", (40, 30)).save(written, "JPEG", exif=exif)
    given = give(written.getvalue(), "day.jpg")
    came = given.place
    file = look(given)
    bare = read_stored(file.place)
    assert b"ACME" not in bare
    assert not place_for(came).exists()
    assert file.sha256 == hashlib.sha256(written.getvalue()).hexdigest()
    assert file.kept_sha256 == hashlib.sha256(bare).hexdigest() != file.sha256
    assert file.size_to_open == len(bare)


def test_refused_file_is_gone_and_says_why(give, look, body):
    given = give(b"<svg><script>alert(1)</script></svg>", "drawing.txt")
    came, file = given.place, look(given)
    assert (file.state, file.reason) == ("refused", "web-page")
    assert not place_for(came).exists()
    assert "web page" in file.state_words
    with pytest.raises(FileNotOpen, match="web page"):
        check_may_open(file)
    with open_scope(body=body.pk):
        assert events_of(body).last().action == "base.file.refused"


def test_file_is_looked_into_once(give, look, body):
    file = give()
    look(file)
    with open_scope(body=body.pk):
        before = events_of(body).count()
    look(file)
    with open_scope(body=body.pk):
        assert events_of(body).count() == before


def test_clean_file_is_let_out_by_the_scanner(give, look, scanner):
    assert look(give(b"Name,Sessions\n" * 20_000)).state == "checked"
    assert scanner.got == [b"Name,Sessions\n" * 20_000]


def test_file_with_a_virus_is_refused(give, look, scanner):
    scanner.says = b"stream: Eicar-Test-Signature FOUND\0"
    file = look(give())
    assert (file.state, file.reason) == ("refused", "virus")


@pytest.mark.parametrize("says", [b"", b"INSTREAM size limit exceeded. ERROR\0"])
def test_file_waits_while_the_scanner_gives_no_verdict(give, look, scanner, says):
    scanner.says = says
    file = look(give())
    assert (file.state, file.reason) == ("quarantined", "scanner-silent")
    assert "scanner does not answer" in file.state_words


def test_file_waits_while_the_scanner_is_away_and_is_asked_about_again(give, look, scanner, settings, body):
    there, settings.COMMONWEAL_CLAMD = settings.COMMONWEAL_CLAMD, "127.0.0.1:1"
    file = look(give())
    assert (file.state, file.reason) == ("quarantined", "scanner-silent")
    settings.COMMONWEAL_CLAMD = there
    check_waiting_files(timestamp=0)
    with open_scope(body=body.pk):
        assert get_stored_file(file.public_id).state == "checked"


@pytest.fixture
def breaking(monkeypatch, tmp_path):
    """Let the child itself break, as a fault of ours would: what is written here is run as it starts."""

    def broken(code: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(code)
        monkeypatch.syspath_prepend(str(tmp_path))

    yield broken


BREAKS = {
    "a module that cannot be read": "import sys; sys.modules['commonweal.sources.pictures'] = None",
    "no leave to open": "import zipfile\ndef shut(*_, **__): raise PermissionError(13, 'shut')\nzipfile.ZipFile.open = shut",
    "no memory at its start": "import sys; sys.modules['zipfile'] = None\nraise MemoryError",
    "killed from outside": "import os; os.kill(os.getpid(), 9)",
    "crashed": "import os; os.kill(os.getpid(), 11)",
    "an answer that makes no sense": "import os; os.write(1, b'{\"kept\": 7}\\n'); os._exit(0)",
    "no answer": "import os; os._exit(0)",
}


def docx() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml"), "<w:document/>")  # of no moment: the same each time
    return written.getvalue()


@pytest.mark.parametrize("code", BREAKS.values(), ids=BREAKS)
def test_file_that_we_could_not_look_into_is_kept_told_and_looked_into_again(
    give, look, breaking, body, tmp_path, code
):
    breaking(code)
    file = look(give(docx(), "letter.docx"))
    assert (file.state, file.failed_looks) == ("quarantined", 1)
    assert file.reason in ("could-not-check", "took-too-long")
    assert "It is kept and checked again" in file.state_words
    assert read_stored(file.place) == docx()
    with open_scope(body=body.pk):
        assert list(files_not_looked_into(body)) == [file]
    (tmp_path / "sitecustomize.py").write_text("")
    check_waiting_files(timestamp=300)
    with open_scope(body=body.pk):
        assert get_stored_file(file.public_id).state == "checked"
        assert not files_not_looked_into(body).exists()


def test_file_waits_when_no_child_can_be_started(give, look, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    file = look(give())
    assert (file.state, file.reason) == ("quarantined", "could-not-check")
    assert read_stored(file.place) == b"Name,Sessions\n"


def test_file_that_takes_longer_than_we_allow_waits(give, look, breaking, monkeypatch):
    monkeypatch.setattr(limited, "WALL_SECONDS", 0.5)
    breaking("import time; time.sleep(30)")
    file = look(give())
    assert (file.state, file.reason) == ("quarantined", "took-too-long")


def test_file_that_unpacks_too_far_is_refused_by_what_the_child_counts(give, look):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(201_000_000))
    file = look(give(written.getvalue(), "bomb.docx"))
    assert (file.state, file.reason) == ("refused", "unpacks-too-large")


def test_after_some_failed_looks_there_is_one_a_day(give, breaking, body, tmp_path):
    breaking("import os; os._exit(3)")
    file = give()
    for tick in range(LOOKS + 2):
        check_waiting_files(timestamp=300 * (tick + 1))
    with open_scope(body=body.pk):
        assert get_stored_file(file.public_id).failed_looks == LOOKS
        told = [each.action for each in events_of(body)].count("base.file.quarantined")
    assert told == 1
    (tmp_path / "sitecustomize.py").write_text("")
    check_waiting_files(timestamp=600)
    check_waiting_files(timestamp=86_400)
    with open_scope(body=body.pk):
        assert get_stored_file(file.public_id).state == "checked"


def test_file_whose_bytes_cannot_be_read_holds_up_no_other(give, body):
    lost, whole = give(), give(b"Name,Sessions\nOxlip,2\n")
    place_for(lost.place).unlink()
    check_waiting_files(timestamp=300)
    with open_scope(body=body.pk):
        assert get_stored_file(lost.public_id).reason == "could-not-check"
        assert get_stored_file(whole.public_id).state == "checked"


def test_reader_looks_first_where_nobody_did_and_finds_what_is_kept(give, body):
    file = give(png_with_words(), "site.png")
    with open_scope(body=body.pk):
        content = checked_content(file)
        assert b"Larkhollow" not in content
        assert get_stored_file(file.public_id).state == "checked"
        assert checked_content(file) == content, "with the row as it was before the look"


def test_reader_is_told_that_a_file_was_refused_or_waits(give, body, breaking):
    with open_scope(body=body.pk), pytest.raises(FileNotOpen, match="web page") as refused:
        checked_content(give(b"<html>", "page.txt"))
    assert not isinstance(refused.value, FileWaits)
    breaking("import os; os._exit(3)")
    with open_scope(body=body.pk), pytest.raises(FileWaits, match="fault of ours"):
        checked_content(give())


def test_file_kept_anew_is_read_where_it_lies_now(give, look, body):
    before = give(png_with_words(), "site.png")
    look(before)
    with open_scope(body=body.pk):
        assert b"Larkhollow" not in content_of(before)
    refused = give(b"<html>", "page.txt")
    look(refused)
    with open_scope(body=body.pk), pytest.raises(FileNotOpen, match="web page"):
        content_of(refused)


def png_with_words() -> bytes:
    notes, written = PngInfo(), io.BytesIO()
    notes.add_text("Author", "Jo of Larkhollow")
    Image.new("RGB", (40, 30)).save(written, "PNG", pnginfo=notes)
    return written.getvalue()


def test_every_reason_has_words():
    assert all(str(words).endswith(".") for words in REASONS.values())


@pytest.fixture
def elsewhere(settings):
    settings.COMMONWEAL_FILES_ADDRESS = "https://files.example"
    settings.ALLOWED_HOSTS = ["files.example", "testserver"]
    return SimpleNamespace(HTTP_HOST="files.example")


def test_files_host_has_the_file_for_a_minute_for_whom_it_was_given_to_and_nothing_else(
    give, look, elsewhere, body, make_person, client, monkeypatch
):
    file, reader, other = look(give()), make_person("assurer", body=body), make_person("member", body=body)
    token = files.file_token(file, reader)
    host = vars(elsewhere)
    assert client.get(f"/files/{token}/", **host).content == b"Name,Sessions\n"
    assert client.get(f"/files/{token}/").status_code == 404, "the pages' host has no files"
    assert client.get("/", **host).status_code == 404, "the files' host has no pages"
    assert client.get(f"/files/{token[:-2]}xx/", **host).status_code == 404
    assert client.get(f"/files/{files.file_token(file, other)}/", **host).status_code == 404, "no right to evidence"
    monkeypatch.setattr(files, "ADDRESS_SECONDS", -1)
    assert client.get(f"/files/{token}/", **host).status_code == 404, "a minute has passed"


def test_files_have_no_address_of_their_own_without_a_host_of_their_own(give, look, body, make_person, client):
    token = files.file_token(look(give()), make_person("assurer", body=body))
    assert client.get(f"/files/{token}/").status_code == 404


def test_a_workbook_as_a_portal_exports_it_is_let_out():
    """In the child itself, which may open and import nothing more once its limits stand."""
    example = CATALOGUE / "examples" / "legacy-contracts.xlsx"
    content = example.read_bytes()
    assert looked_into(content, media_type_of(example.name, content)) == ("", None)
