"""The gallery in a real browser under the product's content security policy: axe, narrow screens, keyboard, script."""

import functools
import http.server
import json
import shutil
import threading
from pathlib import Path

import pytest
from django.template import Context
from django.template.loader import get_template
from django.test import override_settings

import commonweal.base
from commonweal.base.govuk import gallery
from commonweal.base.govuk.colour import body_css

POLICY = "default-src 'none'; form-action 'self'; " + "; ".join(
    f"{kind}-src 'self'" for kind in ("style", "script", "font", "img", "connect")
)
AXE = (Path(__file__).parents[2] / "journeys/axe.min.js").read_text()
PAGES = {
    "staff": ("base/gallery.html", gallery.staff_page),
    "public": ("base/gallery_public.html", lambda: gallery.public_page() | {"body_css_url": "/body.css"}),
    "question": ("base/one_thing.html", gallery.provider_page),
    "refused": ("base/one_thing.html", lambda: gallery.provider_page({"hours": "many"})),
    "missing": ("base/errors/404.html", lambda: gallery.frame() | {"reference": "K7Q2-91MD"}),
}

pytestmark = pytest.mark.journey


class Files(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The gallery's pages as files on loopback."""
    folder = tmp_path_factory.mktemp("site")
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=plain):
        for name, (template, content) in PAGES.items():
            (folder / f"{name}.html").write_text(get_template(template).template.render(Context(content())))
    shutil.copytree(Path(commonweal.base.__file__).parent / "static/base", folder / "static/base")
    (folder / "body.css").write_text(body_css("#7ac143"))
    (folder / "jobs").mkdir()
    job = {"state": "done", "done": 128, "total": 128, "message": "120 rows accepted", "html_url": "/public.html"}
    (folder / "jobs/abc.json").write_text(json.dumps(job))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_to_mend(site, browser, name):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{site}/{name}.html")
    page.add_script_tag(content=AXE)
    found = page.evaluate("axe.run()")
    context.close()
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
    assert len(found["passes"]) > 20


@pytest.mark.parametrize("width", [1280, 360, 320])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_or_breaks_its_policy(site, browser, name, width):
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site}/{name}.html", wait_until="networkidle")
    scroll = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    fonts = page.evaluate("document.fonts.check('16px Inter') && document.fonts.check('600 16px Inter')")
    context.close()
    assert complaints == []
    assert scroll[0] <= scroll[1]
    assert fonts


def test_a_refused_form_puts_the_reader_at_its_errors_and_each_leads_to_its_box(site, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/refused.html", wait_until="networkidle")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    for link in page.locator(".govuk-error-summary a").all():
        target = link.get_attribute("href").removeprefix("#")
        link.click()
        assert page.evaluate("document.activeElement.id") == target
    context.close()


def test_a_finished_job_leads_on_without_a_reload(site, browser):
    from playwright.sync_api import expect

    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/staff.html")
    expect(page.get_by_role("link", name="See the result")).to_have_attribute("href", "/public.html")
    expect(page.get_by_text("120 rows accepted")).to_be_visible()
    context.close()


def test_every_page_works_without_script(site, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{site}/staff.html")
    page.get_by_text("Menu", exact=True).click()
    assert page.get_by_role("link", name="People and places").is_visible()
    page.goto(f"{site}/public.html")
    assert page.get_by_role("link", name="Your ward").is_visible()
    context.close()
