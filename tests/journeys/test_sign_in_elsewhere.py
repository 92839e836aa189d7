"""People come in: by invitation, and by their organisation's own sign-in, in a browser and against a real provider."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openid_provider import CLIENT, SECRET, Provider, running_provider
from playwright.sync_api import Browser, Page, expect
from running import Product, start_product, stop_product
from test_first_walk import faults

from commonweal.base import postgres

pytestmark = pytest.mark.journey
BUTTON = "Sign in with Alderbrook Council"


@pytest.fixture(scope="module")
def organisation() -> Iterator[Provider]:
    """The council's own sign-in."""
    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def joined(organisation: Provider) -> Iterator[Product]:
    """The demonstration, configured for the council's own sign-in as a person would configure it."""
    folder = Path(tempfile.mkdtemp(prefix="commonweal joined "))
    var = folder / "var"
    var.mkdir()
    running = start_product(
        var, "--demo", COMMONWEAL_OIDC_SERVER=f"{organisation.issuer}/", COMMONWEAL_OIDC_CLIENT=CLIENT,
        COMMONWEAL_OIDC_SECRET=SECRET, COMMONWEAL_OIDC_NAME="Alderbrook Council",
        COMMONWEAL_OIDC_DOMAINS="alderbrook.example",
    )  # fmt: skip
    try:
        yield running
    finally:
        stop_product(running)
        postgres.remove_own_server(var)
        shutil.rmtree(folder, ignore_errors=True)


def visitor(browser: Browser, *, script: bool = True, phone: bool = False) -> Page:
    size = {"width": 360, "height": 740} if phone else {"width": 1280, "height": 900}
    return browser.new_context(java_script_enabled=script, viewport=size).new_page()


def sign_in(page: Page, product: Product, email: str) -> None:
    page.goto(f"{product.address}/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", product.password)
    page.click("main button[type=submit] >> nth=0")
    page.wait_for_url(lambda url: "/account/" not in url)


def test_known_person_comes_in_by_one_button(joined, organisation, browser):
    organisation.person = {"sub": "lead", "email": "lead@alderbrook.example"}
    page = visitor(browser)
    page.goto(f"{joined.address}/alderbrook/work/strategy/")
    assert faults(page) == []
    page.click(f"text={BUTTON}")
    page.wait_for_url(f"{joined.address}/alderbrook/work/strategy/")
    page.goto(f"{joined.address}/account/logout/")
    page.click("main button[type=submit]")
    page.goto(f"{joined.address}/alderbrook/work/strategy/")
    expect(page.locator("h1")).to_have_text("Sign in")


@pytest.mark.parametrize(("language", "words"), [("", "No account here yet"), ("/cy", "Dim cyfrif yma eto")])
def test_unknown_person_is_told_so_and_is_not_in(joined, organisation, browser, language, words):
    organisation.person = {"sub": "stranger", "email": "stranger@alderbrook.example"}
    page = visitor(browser)
    page.goto(f"{joined.address}{language}/account/login/")
    page.click("form[action*=oidc] button")
    expect(page.locator("h1")).to_have_text(words)
    assert faults(page) == []
    page.goto(f"{joined.address}/alderbrook/work/")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_invited_colleague_comes_on_a_phone_without_script_by_the_councils_sign_in(joined, organisation, browser):
    organisation.person = {"sub": "newcomer", "email": "newcomer@alderbrook.example"}
    admin = visitor(browser)
    sign_in(admin, joined, "admin@alderbrook.example")
    admin.goto(f"{joined.address}/alderbrook/work/people/")
    admin.click("text=Invite a person")
    assert faults(admin) == []
    admin.fill("input[name=email]", "newcomer@alderbrook.example")
    admin.check("input[name=roles][value=buyer]")
    admin.click("main form button[type=submit]")
    link = admin.input_value("input[name=link]")
    assert faults(admin) == []

    newcomer = visitor(browser, script=False, phone=True)
    newcomer.goto(link)
    newcomer.click(f"text={BUTTON}")
    newcomer.wait_for_url(link)
    expect(newcomer.locator("input[name=password]")).to_have_count(0)
    newcomer.click("text=Accept")
    expect(newcomer.locator(".govuk-error-summary")).to_contain_text("Enter your name")
    newcomer.fill("input[name=name]", "Nia Newcomer")
    newcomer.click("text=Accept")
    newcomer.wait_for_url(f"{joined.address}/")
    newcomer.goto(f"{joined.address}/alderbrook/work/asks/add/")
    expect(newcomer.locator("h1")).to_be_visible()
    newcomer.goto(link)
    expect(newcomer.locator("main")).to_contain_text("accepted already")

    admin.goto(f"{joined.address}/alderbrook/work/people/invitations/")
    expect(admin.locator("main table")).to_contain_text("Accepted")
    assert faults(admin) == []


def test_provider_invites_a_colleague_who_chooses_a_password_and_ends_their_access(joined, browser):
    owner = visitor(browser)
    sign_in(owner, joined, "provider@plover.example")
    owner.click("nav >> text=People")
    assert faults(owner) == []
    owner.click("text=Invite a colleague")
    owner.fill("input[name=email]", "colleague@plover.example")
    owner.check("input[name=role][value=provider-contributor]")
    assert faults(owner) == []
    owner.click("main form button[type=submit]")
    link = owner.input_value("input[name=link]")
    assert faults(owner) == []

    colleague = visitor(browser, phone=True)
    colleague.goto(link.replace("/account/", "/cy/account/"))
    assert colleague.locator("html").get_attribute("lang") == "cy"
    assert faults(colleague) == []
    colleague.goto(link)
    colleague.fill("input[name=name]", "Col League")
    colleague.fill("input[name=password]", "three words together")
    colleague.click("text=Accept")
    colleague.click("main a >> text=Plover")
    expect(colleague.locator("nav >> text=People")).to_be_visible()

    owner.click("text=Back")
    owner.locator("li", has_text="Col League").get_by_role("link").click()
    owner.click("main form button[type=submit]")
    expect(owner.locator("main")).to_contain_text("Col League no longer has access")
    assert faults(owner) == []
    colleague.reload()
    expect(colleague.locator("h1")).to_have_text("Page not found")
