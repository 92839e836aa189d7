"""The whole product, running: `commonweal up --demo` in a folder of its own, and a browser before it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from running import Product, running_product, start_product, stop_product

from commonweal.base import postgres


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The demonstration, up for all journeys of this process; nothing of it is left behind.

    COMMONWEAL_RUNNING names the folder of one that is up already, for whoever writes a journey; it stays up.
    """
    if found := os.environ.get("COMMONWEAL_RUNNING"):
        yield running_product(Path(found))
        return
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
        page.wait_for_url(lambda url: "/account/" not in url)
        return page

    return sign_in
