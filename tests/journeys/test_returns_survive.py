"""200 returns, each with a file, sent while web and worker are killed again and again: nothing lost, nothing doubled."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from running import Product, check_record, children, run_python, start_product, stop_product

from commonweal.base import postgres

pytestmark = pytest.mark.journey

AGREEMENTS, MONTHS = 10, 20
RETURNS = AGREEMENTS * MONTHS
SEED = 20261122
#: Seconds between two kills, counted from when the web answers again: time enough for some to press the button.
APART = (4, 8)
PATIENCE = 1500
WAITING = "SELECT count(*) FROM base_storedfile WHERE state <> 'checked'"
RECEIVED = "Your report was received"
NOT_NOW = (urllib.error.URLError, HTTPException, OSError)

MAKE = f"""
from datetime import date
from decimal import Decimal
from commonweal.base.actions import create_person, give_role
from commonweal.base.queries import get_body, link_token
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import record_agreement, record_commitment
from commonweal.delivery.returns import actions, queries
from commonweal.directory.actions import record_organisation
body = get_body("survivor")
with open_scope(body=body.pk):
    by = create_person(name="Somebody")
    give_role(person=by, role="contract-manager", by=None, body=body)
    provider = record_organisation(name="Steady Works", body=body, by=by)
    for number in range({AGREEMENTS}):
        agreement = record_agreement(
            by=by, body=body, title=f"Agreement {{number}}", channel="procurement", provider=provider, owner=by,
            starts_on=date(2025, 3, 1), ends_on=date(2027, 2, 28),
        )
        record_commitment(by=by, agreement=agreement, wording="Sessions", unit="sessions", quantity=Decimal(100000))
        schedule = actions.agree_schedule(
            by=by, agreement=agreement, every="month", days_allowed=30, first_on=date(2025, 3, 1)
        )
        actions.name_reporter(by=by, schedule=schedule, email=f"site{{number}}@example.org", name="The site office")
        for found in actions.ask_for_returns(by=by, schedule=schedule, on=date(2026, 11, 15)):
            (line,) = queries.lines_of(found)
            print(link_token(queries.standing_links(found)[0]), line.public_id)
"""


@pytest.fixture
def product() -> Iterator[Product]:
    """A product with no demonstration, whose parts a test may kill."""
    folder = Path(tempfile.mkdtemp(prefix="commonweal returns "))
    var = folder / "var"
    var.mkdir()
    running = start_product(var)
    yield running
    if running.process.poll() is None:
        stop_product(running)
    postgres.remove_own_server(var)
    shutil.rmtree(folder, ignore_errors=True)


def _kill_now_and_then(product: Product, done: threading.Event, killed: list[str]) -> None:
    """Kill the web's master, the worker, or one of the web's processes, in turn, at moments that a seed chooses.

    Each is up again before the next moment is waited for, so that a slow machine gets as much done between two.
    """
    chance = random.Random(SEED)
    for turn in ["master", "worker", "process"] * 3:
        if done.wait(chance.uniform(*APART)):
            break
        victim = children(product.process.pid).get("worker" if turn == "worker" else "gunicorn")
        if victim is not None and turn == "process":
            own = ["ps", "-o", "pid=", "--ppid", str(victim)]
            found = subprocess.run(own, capture_output=True, text=True, check=False).stdout.split()
            victim = int(chance.choice(found)) if found else None
        if victim is None:
            continue  # the supervisor is about to start it again
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            killed.append(turn)
        while not done.wait(0.3) and not _answers(product):
            pass


def _answers(product: Product) -> bool:
    try:
        with urllib.request.urlopen(f"{product.address}/account/login/", timeout=10):
            return True
    except NOT_NOW:
        return False


class Staying(urllib.request.HTTPRedirectHandler):
    """Who stays on a page that was saved: the page it leads to is not fetched."""

    def http_error_302(self, req, fp, code, msg, headers):
        return fp

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class Reporter:
    """Somebody with a link, who presses the button again until a page says that it was sent.

    They open the page of the one line, save it, and send: no page is fetched of which nothing is read.
    """

    def __init__(self, address: str, token: str, line: str, number: int) -> None:
        self.line, self.sending = f"{address}/report/{token}/lines/{line}/", f"{address}/report/{token}/send/"
        self.number = number
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.browser = urllib.request.build_opener(cookies)
        self.staying = urllib.request.build_opener(cookies, Staying())

    def open(self, address: str, form: dict[str, str] | None = None, file: bytes = b"") -> str:
        request = urllib.request.Request(address)
        if form is not None:
            edge = uuid4().hex
            parts = [
                f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                for name, value in form.items()
            ]
            if file:
                head = (
                    f'--{edge}\r\nContent-Disposition: form-data; name="evidence_file"; filename="register.txt"\r\n'
                    "Content-Type: text/plain\r\n\r\n"
                )
                parts.append(head.encode() + file + b"\r\n")
            request.data = b"".join([*parts, f"--{edge}--\r\n".encode()])
            request.add_header("Content-Type", f"multipart/form-data; boundary={edge}")
        with (self.staying if file else self.browser).open(request, timeout=30) as answer:
            return answer.read().decode()

    def send(self, deadline: float) -> int:
        """Report and send; answers how often it had to be tried."""
        tries, last = 0, ""
        while time.monotonic() < deadline:
            tries += 1
            try:
                if self._through():
                    return tries
            except NOT_NOW as error:
                last = str(error)
                time.sleep(0.5)
        raise AssertionError(f"return {self.number} was never acknowledged: {last}")

    def _through(self) -> bool:
        asked = self.open(self.line)
        if 'name="quantity"' in asked and "Kept as a draft by" not in asked:
            content = f"The register of return {self.number}"
            self.open(self.line, _hidden(asked) | self._answer(), content.encode())
            return RECEIVED in self.open(self.sending, _hidden(asked))
        page = self.open(self.sending)
        if "csrfmiddlewaretoken" in page:
            page = self.open(self.sending, _hidden(page))
        return RECEIVED in page

    def _answer(self) -> dict[str, str]:
        return {"quantity": str(self.number), "evidence_kind": "report", "evidence_words": f"Register {self.number}"}


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|version)" value="([^"]*)"', page))


def test_returns_and_their_files_survive_kills_once_each(product):
    with (
        postgres.database(product.var) as connections,
        psycopg.connect(connections.owner_url, autocommit=True) as owner,
    ):
        owner.execute(
            "INSERT INTO base_body (public_id, slug, name, name_cy, kind, nation, place_code, org_id, colour, tagline,"
            " tagline_cy, is_invented, is_example) VALUES ('survivorbody01', 'survivor', 'Survivor', '', 'council',"
            " 'england', '', '', '#1d3d5c', '', '', true, false)"
        )
        links = [row.split() for row in run_python(product, MAKE).splitlines()]
        assert len(links) == RETURNS
        done, killed = threading.Event(), list[str]()
        killer = threading.Thread(target=_kill_now_and_then, args=(product, done, killed))
        killer.start()
        deadline = time.monotonic() + PATIENCE
        people = [Reporter(product.address, *link, number) for number, link in enumerate(links, start=1)]
        try:
            with ThreadPoolExecutor(6) as pool:
                tries = list(pool.map(lambda person: person.send(deadline), people))
        finally:
            done.set()
            killer.join()
        assert {"master", "worker", "process"} == set(killed), f"only {killed} were killed"
        assert max(tries) > 1, "nobody was ever in the middle of anything"

        # Everything acknowledged is stored, and once: one entry and one file for each return, with what was typed.
        entries = owner.execute(
            "SELECT entry.quantity::int FROM delivery_entry entry WHERE entry.reverses_id IS NULL "
            "AND NOT EXISTS (SELECT FROM delivery_entry back WHERE back.reverses_id = entry.id)"
        ).fetchall()
        assert sorted(number for (number,) in entries) == list(range(1, RETURNS + 1))
        (reversals,) = owner.execute("SELECT count(*) FROM delivery_entry WHERE reverses_id IS NOT NULL").fetchone()
        assert reversals == 0
        states = owner.execute("SELECT state, count(*) FROM returns_return GROUP BY state").fetchall()
        assert states == [("sent", RETURNS)]
        files = owner.execute(
            "SELECT entry.quantity::int, evidence.description, file.place, file.id FROM delivery_evidence evidence "
            "JOIN delivery_entry entry ON entry.id = evidence.entry_id JOIN base_storedfile file ON file.id = evidence.file_id"
        ).fetchall()
        assert sorted((number, words) for number, words, _, _ in files) == [
            (number, f"Register {number}") for number in range(1, RETURNS + 1)
        ]
        for number, _, place, _ in files:
            kept = product.var / "files" / place[:2] / place
            assert kept.read_text() == f"The register of return {number}"
        waiting = RETURNS
        while waiting and time.monotonic() < deadline:
            (waiting,) = owner.execute(WAITING).fetchone()
            time.sleep(0.5)
        assert waiting == 0, f"{waiting} files were never looked into"
    check_record(product)
