"""Keys made on the page are those that the command makes, and names never leave the browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import commonweal.delivery.assurance
from commonweal.sources.person_keys import make_keys

SALT = "c3" * 32
LINES = [
    "AB123456C", "ab 12 34 56", "Okafor, 1990-04-12", "OKAFOR 12/4/1990", "O’Brien; 2001-12-31", "Llŷr-Jones 1979-02-28",
    "O´Brien, 2001-12-31", "Großmann, 1960-01-01", "Nguyễn, 29/02/2000", "Łukasz, 2000-02-29", "李四, 1988-08-08",
]  # fmt: skip
NOBODY = [
    "Mary Jones",
    "Ada Okafor, 1990-04-12",
    "Llyr Jones 28/02/1979",
    "Okafor, Ada, 1990-04-12",
    "1990-04-12",
    "O, 1990-04-12",
    "Okafor, 1990-02-30",
    "Okafor, 29/02/2001",
    "x",
    "Okafor, 0000-01-01",
]


class Quiet(SimpleHTTPRequestHandler):
    extensions_map = {".js": "text/javascript", "": "text/html"}

    def log_message(self, *_words: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The script from this machine, as browsers lend their hashing to such addresses alone."""
    folder = Path(commonweal.delivery.assurance.__file__).parent / "static/assurance"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_page_makes_the_keys_that_the_command_makes(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/keys.js")
    script = (
        "([lines, salt]) => import('/keys.js').then((made) => Promise.all(lines.map((line) => made.keyOf(line, salt))))"
    )
    found = page.evaluate(script, [LINES + NOBODY, SALT])
    page.close()
    expected = [make_keys([line], SALT).keys for line in LINES + NOBODY]
    assert [() if key is None else (key,) for key in found] == expected
    assert all(expected[: len(LINES)])
    assert not any(expected[len(LINES) :])
