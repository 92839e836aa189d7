"""The whole product, running: `commonweal up --demo` in a folder of its own, and a browser before it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from commonweal.base import postgres

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
BROWSER = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), "")
SECONDS_TO_START = 240


@dataclass(frozen=True)
class Product:
    """A running product: where it listens, where it keeps its things, and its process."""

    address: str
    var: Path
    process: subprocess.Popen[bytes]
    log: Path

    def sign_ins(self) -> dict[str, str]:
        """The demonstration's people: e-mail address to what they do."""
        return dict(json.loads((self.var / "demo-sign-ins.json").read_text())["people"])

    @property
    def password(self) -> str:
        """The demonstration's password."""
        return json.loads((self.var / "demo-sign-ins.json").read_text())["password"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_product(var: Path, *options: str) -> Product:
    """Start the product as a person would, and wait until it answers."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COMMONWEAL_", "DJANGO_"))}
    log = var.parent / f"{var.name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "commonweal", "up", *options, "--port", str(port)],
            env=environment | {"COMMONWEAL_VAR": str(var)}, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/account/login/", timeout=10):
                return Product(address, var, process, log)
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.3)
    process.kill()
    raise AssertionError(f"the product did not start:\n{log.read_text()[-3000:]}")


def stop_product(product: Product) -> int:
    """Ask the product to stop as a service manager would; answer its exit code."""
    product.process.send_signal(signal.SIGTERM)
    return product.process.wait(60)


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The demonstration, up for all journeys of this process; nothing of it is left behind."""
    folder = Path(tempfile.mkdtemp(prefix="commonweal journey "))
    var = folder / "var"
    var.mkdir()
    running = start_product(var, "--demo")
    try:
        yield running
    finally:
        stop_product(running)
        postgres.remove_own_server(var)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, headless."""
    if not BROWSER:
        pytest.skip("there is no chromium here: `make test` installs it where it may")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; anything the browser complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    unexpected = [each for each in complaints if "status of 40" not in each and "status of 422" not in each]
    assert unexpected == []


@pytest.fixture
def sign_in_as(product: Product, page: Page) -> Callable[[str], Page]:
    """`sign_in_as("lead@…")`: the page, signed in the way that person does."""

    def sign_in(email: str) -> Page:
        page.goto(f"{product.address}/account/login/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", product.password)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{product.address}/")
        return page

    return sign_in
