"""A school confirms on a phone: one tap from the mail's link, without script, and the officer sees it on the claim."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from running import run_python

pytestmark = pytest.mark.journey

AXE = (Path(__file__).parent / "axe.min.js").read_text()
#: The question of the demonstration that nobody answered yet: its address, and its claim's.
WAITING = """
from commonweal.base.models import Link
from commonweal.base.queries import get_body, link_token
from commonweal.base.scope import open_scope
body = get_body("alderbrook")
with open_scope(body=body.pk):
    link = Link.objects.select_related("body").get(purpose="assurance.confirmation", ended_at__isnull=True)
    print(link_token(link), link.subject.partition(":")[2])
"""
#: What stands before a page's own: the way past it, and the other language.
PAGE_BEGINS_WITH = 4
VIOLATIONS = "async () => (await axe.run()).violations.map(each => each.id)"


def check_page(shown, beside) -> None:
    """It fits a narrow phone; axe, which is a script, reads what was shown in a page beside it."""
    assert shown.evaluate("document.documentElement.scrollWidth") <= 360
    words = shown.content()
    beside.unroute_all()
    beside.route("**/confirm/**", lambda route: route.fulfill(body=words, content_type="text/html; charset=utf-8"))
    beside.goto(shown.url)
    beside.evaluate(AXE)
    assert beside.evaluate(VIOLATIONS) == []


def test_school_confirms_with_one_tap_on_a_phone_without_script(product, browser, sign_in_as):
    token, claim = run_python(product, WAITING).split()
    phone = browser.new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=False, has_touch=True, is_mobile=True
    )
    school = phone.new_page()
    beside = browser.new_page(viewport={"width": 360, "height": 640})
    address = f"{product.address}/confirm/{token}/"
    school.goto(address)
    school.goto(address)  # a mail scanner that opened it first used nothing up
    button = school.get_by_role("button", name="Yes, all of it")
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 640, "the answer is on the first screen"
    assert box["height"] >= 44, "a thumb finds it"
    check_page(school, beside)
    # By keyboard: the answer is the first thing of the page's own, after what every page begins with.
    for _ in range(PAGE_BEGINS_WITH + 1):
        school.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    expect(button).to_be_focused()
    button.tap()
    expect(school.locator("h1")).to_have_text("Thank you")
    check_page(school, beside)
    school.goto(address)
    expect(school.locator("h1")).to_have_text("This question is closed")
    check_page(school, beside)
    phone.close()
    beside.close()
    officer = sign_in_as("contracts@alderbrook.example")
    officer.goto(f"{product.address}/alderbrook/work/claims/{claim}/")
    expect(officer.locator("main")).to_contain_text("Kiln Street Youth Club")
    expect(officer.locator("main li", has_text="Kiln Street Youth Club")).to_contain_text("Yes, all of it")
