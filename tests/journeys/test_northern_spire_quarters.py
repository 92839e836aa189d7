"""Northern Spire run forward: a published table promised anew, and delivered quarter by quarter to what was printed.

The promises and what was achieved are those that the published example prints; the quarters between, the joint venture,
its people and the two promises in pounds and hours are invented. Everything happens on pages and by links, on days that
the demonstration is set forward to, and at the end every page and file says what an SQL sum of its own says.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from filling import Shown, Visitor
from playwright.sync_api import expect
from running import Product, check_record, run_python

from commonweal.engine.document import CATALOGUE

pytestmark = pytest.mark.journey

TITLE = "Northern Spire, run forward"
PROVIDER = "Spanwright and Cablewood Joint Venture"
HEAD, REPORTER, SCHOOL = "head@spanwright.example", "site@spanwright.example", "office@millpond-high.example"
PASSWORD = "cables over the river wear"
SPEND, HOURS = "Spend with local suppliers", "Hours volunteered in the community"
HELP = "Hours of professional help given free"
#: What one of each is worth, as the Open Measures' own edition prints it.
WORTH = {SPEND: Decimal(1), HOURS: Decimal("17.96"), HELP: Decimal("26.11")}
PROOF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
#: What is known of every promise, summed by nothing but SQL: claimed, evidenced and confirmed.
SUMS = """
import json
from django.db import connection
from commonweal.base.queries import get_body
from commonweal.base.scope import open_scope
with open_scope(body=get_body("alderbrook").pk), connection.cursor() as cursor:
    cursor.execute('''
        SELECT c.wording, coalesce(sum(e.quantity), 0),
               coalesce(sum((SELECT sum(f.quantity) FROM delivery_assurancefact f
                             WHERE f.entry_id = e.id AND f.kind = 'evidenced')), 0),
               coalesce(sum((SELECT sum(f.quantity) FROM delivery_assurancefact f
                             WHERE f.entry_id = e.id AND f.kind = 'confirmed')), 0)
        FROM delivery_agreement a
        JOIN delivery_commitment c ON c.agreement_id = a.id AND c.withdrawn_at IS NULL
        LEFT JOIN delivery_entry e ON e.commitment_id = c.id AND e.reverses_id IS NULL
             AND NOT EXISTS (SELECT 1 FROM delivery_entry r WHERE r.reverses_id = e.id)
        WHERE a.title = %s GROUP BY c.id, c.wording ORDER BY c.id''', ["TITLE"])
    print(json.dumps([[str(cell) for cell in row] for row in cursor.fetchall()]))
""".replace("TITLE", TITLE)


def printed() -> list[dict[str, str]]:
    """The lines that the published example prints."""
    found = yaml.safe_load((CATALOGUE / "examples" / "published.yaml").read_text())["agreements"]
    return next(each["promises"] for each in found if each["key"] == "northern-spire")


def quarters_from(day: date, number: int) -> list[tuple[date, date]]:
    """The quarter a day lies in and those after it, each as its first and last day."""
    starts = [date(day.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
              for month in range((day.month - 1) // 3 * 3 + 1, (day.month - 1) // 3 * 3 + 2 + 3 * number, 3)]  # fmt: skip
    return [(first, after - timedelta(days=1)) for first, after in itertools.pairwise(starts)]


def amount(text: str) -> Decimal:
    """A number as a page or a file writes it."""
    return Decimal(re.sub(r"[£,\s]", "", text) or "0")


def pennies(pounds: Decimal) -> Decimal:
    """An amount to the penny, halves upwards."""
    return pounds.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass
class Walk:
    """What the steps share: the product, its day, the pages of the agreement, and what was reported in each quarter."""

    product: Product
    people: dict[str, Visitor]
    quarters: list[tuple[date, date]]
    agreement: str = ""
    told: dict[str, list[Decimal]] = field(default_factory=dict)

    def work(self, path: str) -> str:
        return f"{self.product.address}/alderbrook/work/{path}"

    def page(self, path: str = "") -> str:
        return f"{self.agreement}{path}"

    def set_day(self, day: date) -> None:
        """Set the demonstration forward, as whoever shows it would, and wait until what goes by itself is done."""
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("COMMONWEAL_", "DJANGO_"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "commonweal", "demo-day", day.isoformat()], capture_output=True, text=True,
            env=environment | {"COMMONWEAL_VAR": str(self.product.var)}, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert f"It is {day:%-d %B %Y}" in done.stdout

    def mail(self, to: str, *words: str) -> str:
        """The latest mail to somebody with these words in it, as the demonstration shows it where it was started."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for mail in reversed(self.product.log.read_text(errors="replace").split("-" * 79)):
                if f"\nTo: {to}\n" in mail and all(each in mail for each in words):
                    return mail
            time.sleep(0.3)
        raise AssertionError(f"no mail to {to} with {words}:\n{self.product.log.read_text()[-3000:]}")

    def link(self, to: str, part: str, *words: str) -> str:
        """The address in a mail."""
        found = re.search(rf"https?://\S+/{part}/\S+", self.mail(to, f"/{part}/", *words))
        assert found is not None
        return found.group()

    def sums(self) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
        """Claimed, evidenced and confirmed of every promise, by an SQL sum that the product has no part in."""
        rows = json.loads(run_python(self.product, SUMS))
        return {words: (Decimal(claimed), Decimal(evidenced), Decimal(confirmed))
                for words, claimed, evidenced, confirmed in rows}  # fmt: skip


# --- the agreement -----------------------------------------------------------------------------------------------------


def bring_in(walk: Walk, folder: Path) -> None:
    """The printed table as a council's own tracker: one file, previewed, brought in, owned."""
    manager, (first, last) = walk.people["manager"], (walk.quarters[0][0], walk.quarters[-1][1])
    tracker = folder / "northern-spire.csv"
    with tracker.open("w", newline="") as held:
        rows = csv.writer(held)
        rows.writerow(["Contract no", "Contract", "Supplier", "Value", "Start", "End", "Commitment", "Unit", "Target"])
        for line in printed():
            if "promised" in line:
                rows.writerow(["NS-RUN", TITLE, PROVIDER, "117600000", f"{first:%d/%m/%Y}", f"{last:%d/%m/%Y}",
                               line["wording"], line["unit"], line["promised"]])  # fmt: skip
    read = finished(manager, manager.send(walk.work("imports/add/"), file=tracker))
    assert "16 rows" in read.main
    done = finished(manager, manager.send(read, to="accept"))
    assert TITLE in manager.open(walk.work("agreements/?text=run+forward")).main, done.main
    walk.agreement = manager.open(walk.work("agreements/?text=run+forward")).links(TITLE)[0]
    manager.send(walk.page("owner/"), owner=re.compile("J Penhale"))
    # What the report prints no figure in pounds for is promised beside it, in measures that have a worth.
    for measure, number in ((SPEND, "150000"), (HOURS, "120")):
        manager.send(walk.page("promises/add/"), measure=re.compile(re.escape(measure)), quantity=number)


def finished(visitor: Visitor, shown: Shown) -> Shown:
    """Where a job leads when it is done."""
    deadline = time.monotonic() + 90
    while "/jobs/" in shown.url and time.monotonic() < deadline:
        time.sleep(0.3)
        shown = visitor.open(shown.url)
    assert "/jobs/" not in shown.url, shown.main
    return shown


def invite_provider(walk: Walk, browser: Any) -> None:
    """The provider's first person comes by an invitation and chooses a password."""
    lead = walk.people["lead"]
    organisation = lead.open(walk.work("organisations/?words=Spanwright")).links(PROVIDER)[0]
    made = lead.send(f"{organisation}invite/", email=HEAD, role="provider-admin")
    link = made.page.xpath("//input[@name='link']/@value")[0]
    head = Visitor(browser.new_context().request, walk.product.address)
    assert head.send(link, name="Bryony Cable", password=PASSWORD).links(part="/provider/")
    walk.people["head"] = head


def promise(walk: Walk) -> None:
    """Promises accepted by the lead of delivery, the quarters agreed, and how it is reported on."""
    manager = walk.people["manager"]
    page = manager.open(walk.page("expected/"))
    ticked = page.page.xpath("//input[@name='promise']/@value")
    assert len(ticked) == 18
    assert "18 promises accepted" in manager.send(page, to="accept", promise=ticked).main
    agreed = manager.send(walk.page("quarters/"), agreed_with="Bryony Cable, head of social value")
    assert "The quarters of 18 promises are agreed" in agreed.main
    manager.send(walk.page("returns/schedule/"), every="quarter", days_allowed="20", first_on=walk.quarters[0][0],
                 name="Perry Strand", email=REPORTER)  # fmt: skip


# --- a quarter ---------------------------------------------------------------------------------------------------------


def parts_of(line: dict[str, str]) -> list[Decimal]:
    """What a printed line's achievement is reported as: three tenths, four tenths, nothing, and the rest."""
    whole = Decimal(line["delivered"])
    first, second = whole * 3 // 10, whole * 4 // 10
    return [first, second, Decimal(0), whole - first - second]


def to_tell(walk: Walk, quarter: int) -> dict[str, Decimal]:
    """What is reported in a quarter, by the words of the promise."""
    told = {line["wording"]: parts_of(line)[quarter] for line in printed() if "promised" in line}
    told[SPEND] = [Decimal("41250.55"), Decimal("61017.30"), Decimal(0), Decimal("50000.01")][quarter]
    told[HOURS] = [Decimal(20), Decimal(0), Decimal(0), Decimal(0)][quarter]
    told[HELP] = [Decimal(0), Decimal(0), Decimal(0), Decimal("72.25")][quarter]
    return told


def fill_in(walk: Walk, visitor: Visitor, report: str, quarter: int) -> None:
    """Every line that nobody answered yet, one page each; what there is nothing of is told in one tap."""
    told, shown = to_tell(walk, quarter), visitor.open(report)
    first, last = walk.quarters[quarter]
    for task in shown.page.xpath("//main//li[contains(., 'Not answered yet')]//a[contains(@href, '/lines/')]/@href"):
        line = visitor.open(task)
        words = " ".join(line.page.find(".//h1").text_content().split())
        number = next(each for name, each in told.items() if name in words)
        if number:
            visitor.send(line, quantity=number, evidence_kind="register", evidence_words=f"Register, {first:%B %Y}",
                         starts_on=first, ends_on=last)  # fmt: skip
            walk.told.setdefault(words, []).append(number)
    shown = visitor.open(report)
    if shown.page.xpath("//form[contains(@action, '/nothing/')]"):
        visitor.send(shown, to="/nothing/")
    sent = visitor.send(f"{report}send/")
    assert "/receipt/" in sent.url, sent.main


def report_on_a_phone(walk: Walk, browser: Any, proof: Path) -> None:
    """The first return: the mail's link, on a phone without script, a line told with its evidence, and sent."""
    link = walk.link(REPORTER, "report", "Please tell")
    phone = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False, is_mobile=True)
    page = phone.new_page()
    page.goto(link)
    page.goto(link)  # opening it uses nothing up
    expect(page.locator("main")).to_contain_text("Work placement (16–19 years)")
    expect(page.locator("header")).to_contain_text("This demonstration is set forward")
    page.click("main a >> text=Work placement (16–19 years)")
    number = to_tell(walk, 0)["Work placement (16–19 years)"]
    page.fill("input[name=quantity]", str(number))
    page.locator("summary", has_text="Evidence").click()
    page.select_option("select[name=evidence_kind]", "register")
    page.fill("input[name=evidence_words]", "Sign-in sheets of the placements")
    page.set_input_files("input[name=evidence_file]", str(proof))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("main form button[type=submit]").first.click()
    page.goto(link)
    expect(page.locator("main")).to_contain_text(f"{number} placements")
    walk.told.setdefault("Work placement (16–19 years)", []).append(number)
    phone.close()


def wait_for_file(walk: Walk, claim: str) -> None:
    """Until the worker has looked into the evidence: nobody may open it, or accept on it, before."""
    deadline = time.monotonic() + 60
    while "quarantine" in walk.people["manager"].open(claim).main and time.monotonic() < deadline:
        time.sleep(0.3)


def accept(walk: Walk, quarter: int) -> None:
    """Each claim by its own risk: together by one officer, and what needs a second by another; then signed off."""
    waiting = walk.work("claims/?text=run+forward&state=waiting")
    for who in ("manager", "second"):
        officer = walk.people[who]
        shown = officer.open(waiting)
        entries = shown.page.xpath("//input[@name='entry']/@value")
        if who == "manager":
            assert len(entries) >= 8, shown.main[:800]
        if entries:
            officer.send(shown, to="accept", entry=entries)
    assert not walk.people["second"].open(waiting).page.xpath("//input[@name='entry']/@value")
    sign_off(walk)


def sign_off(walk: Walk) -> None:
    """What was sent is signed off by somebody who did not send it; its link opens no more."""
    returns = walk.people["second"].open(walk.page("returns/"))
    sent = [link for link in returns.links(part="/returns/") if re.search(r"/returns/[^/]+/$", link)]
    for link in dict.fromkeys(sent):
        shown = walk.people["second"].open(link)
        if shown.page.xpath("//form[contains(@action, '/sign-off/')]"):
            assert "signed off" in walk.people["second"].send(shown, to="/sign-off/").main.lower()


def confirm(walk: Walk, browser: Any) -> None:
    """A school says by its link, with one tap and no account, that it happened."""
    manager = walk.people["manager"]
    claim = claim_of(walk, "Work placement (16–19 years)")
    manager.send(f"{claim}ask/", name="The office", organisation="Millpond High School", email=SCHOOL)
    school = Visitor(browser.new_context().request, walk.product.address)
    asked = school.open(walk.link(SCHOOL, "confirm", "Please say whether it happened"))
    assert "Thank you" in school.send(asked.url, button="all").main
    assert "Millpond High School" in manager.open(claim).main


def claim_of(walk: Walk, words: str) -> str:
    """The page of the latest claim under a promise."""
    found = walk.people["manager"].open(walk.work("claims/?text=run+forward&state=&sort=-recorded")).links(words)
    return found[0]


def accept_less(walk: Walk, words: str, number: Decimal, why: str) -> None:
    """A claim accepted in part, with the reason that the provider reads."""
    claim = claim_of(walk, words)
    for who in ("manager", "second"):
        if walk.people[who].open(claim).links(part="/decide/"):
            walk.people[who].send(f"{claim}decide/", decision="accept", quantity=number, words=why)
    shown = walk.people["manager"].open(claim).main
    assert "Accepted in part" in shown
    assert why in shown


def rate(walk: Walk) -> None:
    """An indicator on the statutory scale: drafted from the record, answered by the provider, decided, published."""
    manager, head, lead = walk.people["manager"], walk.people["head"], walk.people["lead"]
    first = walk.quarters[0][0]
    manager.send(
        walk.page("kpis/add/"), commitment=re.compile("Site visits"), title="Site visits", unit="visits",
        sense="at-least", target="20", approaching="18", improvement="14", every_months="3", starts_on=first,
    )  # fmt: skip
    kpis = manager.open(walk.page("kpis/"))
    rating = manager.send(kpis.links(part="/rate/")[0])
    assert "Good" in rating.main
    manager.send(f"{rating.url}send/", days="10")
    own = head.open(f"{provider_path(head)}reviews/").links(part="/ratings/")
    head.send(own[0], answer="agrees")
    assert "Agreed by the provider" in lead.open(rating.url).main
    lead.send(f"{rating.url}decide/")
    lead.send(rating.url, to="/lock/")
    assert "Published" in lead.send(rating.url, to="/publish/").main


def provider_path(head: Visitor) -> str:
    """The beginning of the addresses of an organisation's own pages."""
    found = re.search(r"/provider/[^/]+/", head.open("/").links(part="/provider/")[0])
    assert found is not None
    return found.group()


# --- what goes wrong -----------------------------------------------------------------------------------------------------


def be_late(walk: Walk) -> None:
    """Nothing comes: reminded before, on the day and a week after; the manager is told, and warned by the provider."""
    manager, head, last = walk.people["manager"], walk.people["head"], walk.quarters[2][1]
    walk.set_day(last + timedelta(days=1))
    walk.mail(REPORTER, "Please tell", f"{last.day} {last:%B %Y}")
    due = last + timedelta(days=20)
    walk.set_day(due - timedelta(days=5))
    walk.mail(REPORTER, "is due by", f"{due.day} {due:%B %Y}")
    walk.set_day(due)
    walk.mail(REPORTER, "is due today")
    walk.set_day(due + timedelta(days=8))
    walk.mail(REPORTER, "has not come")
    today = manager.open(walk.work(""))
    assert re.search(r"returns? (is|are) late", today.main)
    assert PROVIDER in manager.open(walk.work("returns/?waiting=late&text=run+forward")).main
    assert "Late" in manager.open(walk.page("returns/")).main
    key = walk.agreement.rstrip("/").rpartition("/")[2]
    warned = head.send(
        f"{provider_path(head)}agreements/{key}/warnings/add/", commitment=re.compile(HOURS),
        what="Volunteers cannot get to the site while the crossing is closed", how_much="All 100 hours still to come",
        proposed="Meet a need of the wish list of the same worth in its place",
    )  # fmt: skip
    assert warned.status == 200
    assert "Volunteers cannot get to the site" in manager.open(walk.page("reviews/")).main
    fill_in(walk, head, walk.link(REPORTER, "report", "has not come"), 2)


def substitute(walk: Walk) -> None:
    """The promise that fails gives way to one of the same worth, by both sides and a second officer."""
    manager, head, second = walk.people["manager"], walk.people["head"], walk.people["second"]
    change = manager.send(
        walk.page("changes/add/"), title="Help from engineers in place of hours", kind="substitution",
        why="The crossing is closed and volunteers cannot get to the site", ground=re.compile("."),
        ground_words="Clause 14.2, substitution of social value of equal worth",
    )  # fmt: skip
    line = manager.open(f"{change.url}lines/add/")
    needs = line.page.xpath("//select[@name='need']/option[@value!='']/@value")
    assert needs, "the wish list has a need that fits"
    manager.send(line, kind="substitute", before=re.compile(HOURS), quantity_after="70",
                 measure=re.compile(HELP), need=needs[0])  # fmt: skip
    manager.send(change.url, to="/propose/")
    own = head.open(f"{provider_path(head)}changes/").links("Help from engineers")[0]
    head.send(f"{own}answer/", agrees="yes")
    second.send(f"{change.url}decide/", approves="yes", words="Of the same worth, and wanted")
    made = second.send(change.url, to="/make/")
    assert "Made" in made.main


# --- the end -----------------------------------------------------------------------------------------------------------


def check_all_agree(walk: Walk) -> None:
    """The page, the files, the public page and the public register say what the SQL sum says, to the penny."""
    manager, lead = walk.people["manager"], walk.people["lead"]
    sums = walk.sums()
    assert {words: claimed for words, (claimed, _, _) in sums.items()} == {
        words: sum(walk.told.get(words, []), Decimal(0)) for words in sums
    }
    for line in printed():
        if "promised" in line:
            assert sums[line["wording"]][0] == Decimal(line["delivered"]), line["wording"]
    assert sums[SPEND][0] == Decimal("152267.86")
    # The agreement's own table, as shown and as a file.
    table = manager.open(walk.page()).page.xpath("//main//table[caption[contains(., 'four kinds')]]/tbody/tr")
    shown = {}
    for row in table:
        cells = [" ".join(cell.text_content().split()) for cell in row]
        words = next(words for words in sums if cells[0].startswith(words))
        shown[words] = tuple(amount(cell) for cell in cells[1:4])
    assert shown == sums
    rows = list(csv.DictReader(io.StringIO(manager.fetch(walk.page("export/csv/")).decode("utf-8-sig"))))
    assert {row["Promise"]: tuple(Decimal(row[name]) for name in ("Delivered", "Evidenced", "Confirmed"))
            for row in rows} == sums  # fmt: skip
    # What it is worth: quantity times the worth that the edition prints, each kind of value summed apart.
    worth = manager.open(walk.page("worth/?what=claimed")).main
    economic = sum(sums[words][0] * WORTH[words] for words in (HOURS, HELP))
    assert f"Spend claimed £{sums[SPEND][0]:,.2f}" in worth
    assert f"Economic value claimed £{pennies(economic):,}" in worth
    # Proposed against achieved, and the pack for the review of the year.
    pack = manager.open(walk.page("review-pack/")).main
    assert TITLE in pack
    assert "1,560" in pack
    assert manager.fetch(walk.page("review-pack.pdf"))[:5] == b"%PDF-"
    achieved = manager.open(walk.work("achieved/provider/"))
    group = manager.open(achieved.links(PROVIDER)[0])
    assert "1,560" in group.main
    # What the public reads, and the register it may take away.
    finished(lead, lead.send(walk.work("published/"), to="/publish/"))
    public = Visitor(manager.request, walk.product.address)
    page = public.open(public.open("/alderbrook/agreements/?text=Spire").links(TITLE)[0])
    for words, (claimed, _, _) in sums.items():
        assert words in page.main
        assert words == SPEND or f"{claimed.normalize():,f}" in page.main, words
    register = list(csv.DictReader(io.StringIO(public.fetch("/alderbrook/download/csv/").decode("utf-8-sig"))))
    own = {row["Promise"]: row for row in register if row["Agreement"] == TITLE}
    assert set(own) == set(sums)
    for words, (claimed, evidenced, confirmed) in sums.items():
        assert (Decimal(own[words]["Claimed"] or 0), Decimal(own[words]["Evidenced"] or 0)) == (claimed, evidenced)
        assert Decimal(own[words]["Confirmed"] or 0) == confirmed
    pounds = {words: Decimal(own[words]["Gross claimed (£)"]) for words in WORTH}
    assert pounds[SPEND] == sums[SPEND][0]
    assert pounds[HOURS] + pounds[HELP] == pennies(economic)
    check_record(walk.product)


@pytest.fixture
def days(product: Product) -> Iterator[None]:
    """The clock's own day again for whoever walks next through the same product."""
    yield
    (product.var / "demo-day").unlink(missing_ok=True)


@pytest.mark.usefixtures("days")
def test_northern_spire_is_delivered_quarter_by_quarter(product, browser, tmp_path):
    today = date.fromisoformat(
        run_python(product, "from commonweal.directory.queries import today\nprint(today())").strip()
    )
    walk = Walk(product, {}, quarters_from(today, 4))
    for who, email in (("manager", "contracts"), ("second", "second"), ("lead", "lead")):
        walk.people[who] = Visitor(browser.new_context().request, product.address).sign_in(
            f"{email}@alderbrook.example", product.password
        )
    bring_in(walk, tmp_path)
    invite_provider(walk, browser)
    promise(walk)
    # The first quarter: asked, told on a phone, accepted, confirmed by the school, rated.
    proof = tmp_path / "register.pdf"
    proof.write_bytes(PROOF)
    walk.set_day(walk.quarters[0][1] + timedelta(days=1))
    report_on_a_phone(walk, browser, proof)
    fill_in(walk, walk.people["head"], walk.link(REPORTER, "report", "Please tell"), 0)
    wait_for_file(walk, claim_of(walk, "Work placement (16–19 years)"))
    accept(walk, 0)
    confirm(walk, browser)
    rate(walk)
    # The second, of which one claim is accepted in part.
    walk.set_day(walk.quarters[1][1] + timedelta(days=1))
    fill_in(walk, walk.people["head"], walk.link(REPORTER, "report", "Please tell", f"{walk.quarters[1][1]:%B %Y}"), 1)
    accept_less(walk, "Site visits", Decimal(30), "The register has thirty names, not thirty-eight")
    accept(walk, 1)
    # The third: late, and a promise that fails.
    be_late(walk)
    sign_off(walk)
    substitute(walk)
    # The fourth and last.
    walk.set_day(walk.quarters[3][1] + timedelta(days=1))
    fill_in(walk, walk.people["head"], walk.link(REPORTER, "report", "Please tell", f"{walk.quarters[3][1]:%B %Y}"), 3)
    accept(walk, 3)
    check_all_agree(walk)
