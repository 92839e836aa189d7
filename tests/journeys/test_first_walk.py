"""The line walked in a browser, as the people of the demonstration: from the plan to a published figure and back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

EVIDENCE = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_line_from_promise_to_published_figure(product, browser, tmp_path: Path):
    proof = tmp_path / "register.pdf"
    proof.write_bytes(EVIDENCE)

    def sign_in(email: str):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(f"{product.address}/account/login/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", product.password)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/account/" not in url)
        return page

    work = f"{product.address}/alderbrook/work"
    # The plan, as the lead sees it.
    lead = sign_in("lead@alderbrook.example")
    lead.goto(f"{work}/plan/")
    expect(lead.locator("main")).to_contain_text("Alderbrook Together")
    # A contract manager records an agreement, a promise and what was delivered, with evidence.
    manager = sign_in("contracts@alderbrook.example")
    manager.goto(f"{work}/agreements/add/")
    manager.fill("input[name=title]", "Canal path lighting")
    manager.select_option("select[name=channel]", "procurement")
    manager.fill("input[name=value]", "250000")
    for name, (day, month, year) in {"starts_on": ("1", "4", "2026"), "ends_on": ("31", "3", "2027")}.items():
        for part, typed in zip(("day", "month", "year"), (day, month, year), strict=True):
            manager.fill(f"input[name='{name}-{part}']", typed)
    manager.click("main form button[type=submit]")
    expect(manager.locator("h1")).to_contain_text("Canal path lighting")
    manager.click("main >> text=Add a promise")
    options = manager.locator("select[name=measure] option").all_inner_texts()
    hours = next(text for text in options if "olunteer" in text and "hour" in text)
    manager.select_option("select[name=measure]", label=hours)
    manager.fill("input[name=quantity]", "40")
    manager.click("main form button[type=submit]")
    manager.locator("main table a", has_text=re.compile("olunteer")).first.click()
    manager.click("main >> text=Record what was delivered")
    manager.fill("input[name=quantity]", "16.5")
    for name in ("starts_on", "ends_on"):
        for part, typed in zip(("day", "month", "year"), ("1", "6", "2026"), strict=True):
            manager.fill(f"input[name='{name}-{part}']", typed)
    manager.select_option("select[name=evidence_kind]", "register")
    manager.fill("input[name=evidence_words]", "Sign-in sheet of the day")
    manager.set_input_files("input[name=evidence_file]", str(proof))
    manager.click("main form button[type=submit]")
    expect(manager.locator("main")).to_contain_text("16.5")
    entry = manager.url
    # Whoever keyed it is not enough: their acceptance waits for a second officer.
    for _ in range(60):  # nobody opens the file before the worker has looked into it
        if "in quarantine" not in manager.locator("main").inner_text():
            break
        manager.wait_for_timeout(500)
        manager.reload()
    claim = entry.replace("/entries/", "/claims/")
    manager.goto(f"{claim}decide/")
    manager.click("main form button[type=submit]")
    expect(manager.locator("main")).to_contain_text("waits for a second")
    second = sign_in("second@alderbrook.example")
    second.goto(f"{claim}decide/")
    second.click("main form button[type=submit]")
    expect(second.locator("main")).to_contain_text("Accepted. The decision is on record")
    # The figure, step by step.
    agreement = next(link for link in [second.locator("main nav a, main a", has_text="Canal path lighting").first])
    agreement.click()
    second.locator("main a", has_text="Worth").first.click()
    expect(second.locator("main")).to_contain_text("17.96")
    # Published, and read by somebody without an account.
    lead.goto(f"{work}/published/")
    lead.click("main >> text=Publish now")
    lead.wait_for_url(re.compile("/work/published/"), timeout=90_000)  # the job leads on by itself
    reader = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    reader.goto(f"{product.address}/alderbrook/agreements/?text=Canal")
    reader.goto(f"{product.address}/alderbrook/agreements/")
    link = reader.locator("main a", has_text="Canal path lighting").first
    link.click()
    expect(reader.locator("main")).to_contain_text("16.5")
    text = reader.locator("main").inner_text()
    assert "Sign-in sheet of the day" not in text
    assert "register.pdf" not in text


def test_northern_spire_is_as_printed(product, page):
    page.goto(f"{product.address}/published-examples/agreements/")
    page.locator("main a", has_text="Northern Spire").first.click()
    text = re.sub(r"\s+", " ", page.locator("main table").first.inner_text())
    printed = [
        ("16–19 years", "3", "56"), ("14–16 years", "1", "7"), ("Curriculum", "3", "3"), ("Graduates", "1", "9"),
        ("Apprentice starts", "3", "5"), ("Existing apprentices", "2", "4"), ("Apprentice completions", "1", "1"),
        ("Jobs advertised", "8", "16"), ("Aspire", "20", "47"), ("Site visits", "10", "97"),
        ("Teacher insight", "20", "24"), ("Research projects", "3", "4"), ("Considerate Constructors", "20", "29"),
        ("Safety Sam", "2", "6"), ("Careers in Construction", "20", "1,560"), ("Employability", "25", "91"),
    ]  # fmt: skip
    for words, promised, delivered in printed:
        assert re.search(rf"{words}[^0-9]*?(?:\([^)]*\))?[^0-9]*{promised} {delivered}\b", text), words
    assert re.search(r"Pupils reached.*1,992", text)


PUBLIC = ["/", "/alderbrook/", "/alderbrook/plan/", "/alderbrook/agreements/", "/alderbrook/promises/", "/alderbrook/wards/",
          "/alderbrook/figures/", "/published-examples/", "/cy/alderbrook/", "/cy/aberwennol/", "/cy/aberwennol/plan/",
          "/account/login/"]  # fmt: skip
STAFF = ["", "strategy/", "strategy/gaps/", "plan/", "frameworks/", "asks/", "asks/gaps/", "asks/add/", "agreements/", "agreements/add/",
         "entries/", "imports/", "imports/add/", "leavers/", "worth/", "worth/lines/", "published/", "people/", "organisations/",
         "departments/", "places/"]  # fmt: skip
AXE = (Path(__file__).parent / "axe.min.js").read_text()


def faults(page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways on a phone."""
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes[0].target)")
    page.set_viewport_size({"width": 360, "height": 740})
    if page.evaluate("document.documentElement.scrollWidth") > 360:
        found.append("scrolls sideways at 360 px")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_is_usable_by_all(product, page, path):
    assert page.goto(f"{product.address}{path}").status == 200
    assert faults(page) == []


def test_staff_pages_are_usable_by_all(product, sign_in_as):
    page = sign_in_as("lead@alderbrook.example")
    wrong = {}
    for path in STAFF:
        answer = page.goto(f"{product.address}/alderbrook/work/{path}")
        found = faults(page) if answer.status == 200 else [f"status {answer.status}"]
        if found:
            wrong[path] = found
    assert wrong == {}


def test_a_measure_is_revalued_published_and_the_year_read_under_three_frameworks(sign_in_as):
    page = sign_in_as("lead@alderbrook.example")
    page.goto(page.url + "frameworks/")
    page.click("main a >> text=Commonweal Open Measures")
    page.click("text=Make it ours")
    page.fill("input[name=title]", "Measures of our own")
    page.fill("input[name=framework_id]", "our-own")
    page.fill("input[name=source_title]", "Cabinet, item 7")
    page.click("main form button[type=submit]")

    def save(**said: str) -> None:
        for name, words in said.items():
            page.fill(f"[name={name}]", words)
        page.click("main form button[type=submit]")

    # An outcome is redefined: its words, and a measure more that stands in it.
    plan = {"reason": "Our plan names the river", "reference_title": "Corporate plan 2026 to 2030"}
    page.click("main a >> text=Change its words: Nature recovers and less is wasted")
    save(title="A living river and less waste", title_cy="Afon fyw a llai o wastraff", **plan)
    assert faults(page) == []
    page.click("main a >> text=Hours volunteered in the community")
    page.click("text=Move it, or set a target")
    page.select_option("select[name=outcome]", label="Environment: A living river and less waste")
    save(**plan)
    page.click("text=Change what one is worth")
    survey = "Survey of volunteers 2026"
    save(amount="21.50", source_title=survey, source_licence="OGL-3.0", reason="It says more", reference_title=survey)
    page.click("text=preview and publish it")
    told = page.locator(".fw-card", has_text="The base says: Nature recovers and less is wasted")
    expect(told).to_contain_text("Our plan names the river")
    assert faults(page) == []
    page.click("main form button[type=submit]")
    river = page.locator(".fw-outcome", has_text="A living river and less waste")
    expect(river).to_contain_text("Base: Nature recovers and less is wasted")
    expect(river).to_contain_text("Hours volunteered in the community")
    assert faults(page) == []

    page.goto(re.sub("/work/.*", "/work/worth/frameworks/", page.url))
    page.select_option("select[name=second]", label="Measures of our own 2026")
    page.select_option("select[name=third]", label="Social Value Model (PPN 002) 2025")
    page.click("text=Show >> nth=-1")
    main = page.locator("main")
    expect(main).to_contain_text("3 frameworks, what is claimed")
    page.click("summary >> text=Economic value, gross")
    row = page.locator("tr", has_text="Hours volunteered in the community")
    expect(row.filter(has_text="17.96").first).to_be_visible()
    # Under the edition of its own the measure stands in the outcome as that was redefined.
    expect(row.filter(has_text="21.50").first).to_contain_text("A living river and less waste")
    assert faults(page) == []


def test_pages_work_without_script(product, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{product.address}/alderbrook/")
    expect(page.locator("h1")).to_be_visible()
    page.goto(f"{product.address}/account/login/")
    page.fill("input[name=login]", "buyer@alderbrook.example")
    page.fill("input[name=password]", product.password)
    page.click("main button[type=submit]")
    page.goto(f"{product.address}/alderbrook/work/agreements/add/")
    page.click("main form button[type=submit]")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    context.close()
