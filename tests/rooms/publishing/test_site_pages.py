"""The public pages: open to all, read from nothing but what was published, and saying it exactly."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate
from made_site import MARKER, OTHER_WARD, WARD
from python_calamine import CalamineWorkbook

from commonweal.base.scope import open_scope
from commonweal.base.templatetags.figures import money
from commonweal.delivery import actions as delivery
from commonweal.money import round_half_up
from commonweal.publishing import actions
from commonweal.reporting.queries import account

pytestmark = pytest.mark.django_db
#: What a public page may read. The plan looks up the names of its two roles, so that an erased name leaves it too.
OPEN_TABLES = {
    "publishing_publication", "base_body", "directory_boundary", "directory_place", "base_person", "base_personkey",
    "community_publicneed", "community_wishlistrules",  # written for everyone, and hold no contact
    "accounts_publishedaccount", "accounts_accountline", "accounts_accountbundle",  # published for good, as they are
}  # fmt: skip


def text_of(content: bytes) -> str:
    words = re.sub(r"<[^>]+>", " ", content.decode())
    return " ".join(html.unescape(words).split())


def get(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_every_page_opens_for_anyone_with_no_scope_and_reads_only_what_was_published(addresses):
    for address in addresses:
        for prefix in ("", "/cy"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                get(prefix + address)
            tables = {
                t for q in queries.captured_queries for t in re.findall(r'(?:FROM|JOIN|INTO|UPDATE) "(\w+)"', q["sql"])
            }
            assert tables <= OPEN_TABLES, address
            allowed = OPEN_TABLES if "plan/" in address else OPEN_TABLES - {"base_person", "base_personkey"}
            assert tables <= allowed, address
            assert not any("commonweal.body'" in q["sql"] for q in queries.captured_queries), address


def test_number_of_queries_does_not_depend_on_how_much_is_published(published):
    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            get(f"/{published.body.slug}/")
            get(f"/{published.body.slug}/promises/")
            get(f"/{published.body.slug}/agreements/{published.works.public_id}/")
        return len(queries)

    before = counted()
    with open_scope(body=published.body.pk):
        for number in range(5):
            delivery.record_commitment(
                by=published.officer, agreement=published.works, wording=f"More {number}", unit="people",
                quantity=Decimal(1),
            )  # fmt: skip
        actions.refresh(body=published.body, by=None)
    assert counted() == before


def test_no_marker_in_any_page_or_download(published, addresses):
    # The lead is no named member or senior lead, so even the plan names nobody.
    downloads = [f"/{published.body.slug}/download/{form}/" for form in ("csv", "json")]
    for address in [*addresses, *("/cy" + each for each in addresses), *downloads]:
        assert MARKER not in get(address), address
    workbook = Client().get(f"/{published.body.slug}/download/xlsx/").content
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    said = str([sheets.get_sheet_by_name(name).to_python() for name in sheets.sheet_names])
    assert "Bright Homes CIC" in said
    assert MARKER not in said


def test_page_of_a_line_tells_evidence_by_kind_and_date_and_assurance_apart(published):
    said = text_of(get(f"/{published.body.slug}/promises/{published.hours.public_id}/").encode())
    assert "Evidence: Attendance register, 1 July 2026" in said
    assert "The body accepted the evidence: 30 hours, 9 July 2026" in said
    assert "Those who received it said so: 20 hours, 10 July 2026" in said
    assert "An auditor checked it: 10 hours, 11 July 2026" in said
    assert "Annual Survey of Hours and Earnings" in said
    assert "Recorded" in said


def test_page_figure_is_reportings_to_the_penny_and_leads_to_lines_that_add_up(published):
    with open_scope(body=published.body.pk):
        total = account(published.body, on=localdate()).worths["claimed"].totals[0]
    exact = round_half_up(total.amount.central)
    front = get(f"/{published.body.slug}/")
    assert money(exact) in front
    address = html.unescape(re.search(r'cw-figure__know" href="([^"]+)"', front).group(1))
    lines = get(address)
    assert f"{money(exact)}: the lines behind the figure" in text_of(lines.encode())
    amounts = re.findall(r'numeric">\s*£([\d,.]+)\s*</td>\s*</tr>', lines)
    assert sum(Decimal(each.replace(",", "")) for each in amounts) == exact
    assert len(amounts) == 2


def test_figure_of_a_ward_leads_to_what_lies_in_that_ward(published):
    found = {}
    for ward in (WARD, OTHER_WARD):
        page = get(f"/{published.body.slug}/wards/{ward}/")
        address = html.unescape(re.search(r'cw-figure__know" href="([^"]+)"', page).group(1))
        said = text_of(get(address).encode())
        found[ward] = Decimal(re.search(r"£([\d,.]+): the lines behind", said).group(1).replace(",", ""))
        assert said.count(f"£{found[ward]:,.2f}") >= 2, "the heading and its one line"
    with open_scope(body=published.body.pk):
        worth = account(published.body, on=localdate(), by=("place",)).worths["claimed"]
    parts = next(iter(worth.grouped("place").values()))
    assert found == {ward: round_half_up(parts[ward].amount.central) for ward in found}


def test_downloads_hold_each_line_exactly_and_their_pounds_add_to_the_figure(published):
    text = Client().get(f"/{published.body.slug}/download/csv/").content.decode("utf-8-sig")
    rows = {row["Line"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 3
    row = rows[published.more_hours.public_id]
    assert (row["Promised"], row["Claimed"], row["Agreement"]) == ("33.333333", "1.000001", "Youth grants")
    with open_scope(body=published.body.pk):
        total = account(published.body, on=localdate()).worths["claimed"].totals[0]
    pounds = [Decimal(each["Gross claimed (£)"]) for each in rows.values() if each["Gross claimed (£)"]]
    assert sum(pounds) == round_half_up(total.amount.central)
    facts = Client().get(f"/{published.body.slug}/download/json/").json()
    assert {page["kind"] for page in facts["pages"]} == {"body", "agreement", "line", "wards", "ward"}
    assert Client().get(f"/{published.body.slug}/download/pdf/").status_code == 404


def test_titles_are_shown_as_text_whatever_they_hold(published):
    evil = '<script>alert("x")</script>'
    with open_scope(body=published.body.pk):
        bad = delivery.record_agreement(by=published.officer, body=published.body, title=evil, channel="grant",
                                        buyer_name=evil, citation=evil)  # fmt: skip
        line = delivery.record_commitment(
            by=published.officer, agreement=bad, wording=evil, unit=evil, quantity=Decimal(1)
        )
        delivery.record_entry(by=published.officer, commitment=line, quantity=Decimal(1))
        actions.refresh(body=published.body, by=None)
    slug = published.body.slug
    for path in ("", "agreements/", "promises/", f"agreements/{bad.public_id}/", f"promises/{line.public_id}/"):
        for prefix in ("", "/cy"):
            content = get(f"{prefix}/{slug}/{path}")
            assert "<script>alert" not in content
            if path:
                assert "&lt;script&gt;" in content


def test_every_page_says_how_old_it_is(addresses):
    for address in addresses:
        if "figures" not in address:
            assert re.search(r"As of \d+ \w+ \d{4}, published \d+ \w+ \d{4}\.", text_of(get(address).encode())), address


@pytest.mark.parametrize("path", ["", "plan/", "agreements/", "promises/", "wards/"])
def test_unpublished_body_says_so_and_shows_no_figure(make_body, path):
    body = make_body(name_cy="Cyngor Prawf")
    said = get(f"/{body.slug}/{path}")
    assert "Nothing published here yet" in said
    assert "£" not in said
    assert "Does dim wedi’i gyhoeddi yma eto" in get(f"/cy/{body.slug}/{path}")


@pytest.mark.parametrize(
    "path", ["agreements/nosuchthing/", "promises/nosuchthing/", "wards/E05000001/", "plan/fr.pdf"]
)
def test_what_is_not_published_does_not_exist(published, path):
    assert Client().get(f"/{published.body.slug}/{path}").status_code == 404


def test_kept_back_agreement_is_said_and_gone(published):
    with open_scope(body=published.body.pk):
        actions.withdraw(body=published.body, by=published.lead, agreement=published.grant.public_id, reason="x")
        actions.refresh(body=published.body, by=None)
    slug = published.body.slug
    assert "1 agreement is not shown here at the moment, and is in no figure." in text_of(get(f"/{slug}/").encode())
    assert Client().get(f"/{slug}/agreements/{published.grant.public_id}/").status_code == 404
    assert Client().get(f"/{slug}/promises/{published.more_hours.public_id}/").status_code == 404
    assert "Youth grants" not in get(f"/{slug}/agreements/")


def test_examples_show_the_citation_of_each_line(published, make_body):
    body = make_body("Printed", is_example=True, is_invented=False)
    with open_scope(body=body.pk):
        agreement = delivery.record_agreement(by=None, body=body, title="Bridge", channel="procurement",
                                              origin="example", citation="REPORT-1, table 2")  # fmt: skip
        delivery.record_commitment(by=None, agreement=agreement, wording="Jobs", unit="jobs", quantity=Decimal(3))
        actions.refresh(body=body, by=None)
    said = get(f"/{body.slug}/agreements/{agreement.public_id}/")
    assert said.count("REPORT-1, table 2") == 2, "the agreement and its line"
    assert "only facts printed in the documents" in said


class English(HTMLParser):
    """Gathers the words of a page that are not marked as English."""

    VOID = {"meta", "link", "input", "br", "img", "path", "rect", "circle", "line", "hr"}

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, bool]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        marked = (
            given.get("lang", "cy") == "en"
            or tag in ("script", "style", "title")
            or bool(self.stack and self.stack[-1][1])
        )
        if tag not in self.VOID:
            self.stack.append((tag, marked))
        if not marked:
            self.words += re.findall(
                r"[A-Za-z’]+", " ".join(v or "" for k, v in attrs if k in ("aria-label", "alt", "title"))
            )

    def handle_endtag(self, tag: str) -> None:
        while self.stack and tag not in self.VOID:
            if self.stack.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not (self.stack and self.stack[-1][1]):
            self.words += re.findall(r"[A-Za-z’]+", data)


#: Common English words that are no Welsh word, nor a form of one.
ENGLISH = re.compile(
    "the|and|this|that|with|from|was|what|how|not|yet|here|promised|delivered|promises?|agreements?|nothing|recorded|"
    "evidence|provider|value|places?|known|figure|lines|published|source|hours|people|theme|jobs|expected",
    re.IGNORECASE,
)


def test_welsh_pages_have_no_english_that_is_not_marked(published, addresses):
    for address in addresses:
        reader = English()
        reader.feed(get("/cy" + address))
        found = [word for word in reader.words if ENGLISH.fullmatch(word)]
        assert found == [], address
        assert 'lang="cy"' in get("/cy" + address)


def test_welsh_counts_take_the_six_forms():
    from django.utils.translation import ngettext, override

    with override("cy"):
        said = [
            ngettext("%(number)s agreement", "%(number)s agreements", n) % {"number": n} for n in (0, 1, 2, 3, 6, 7)
        ]
    assert said == ["0 cytundeb", "1 cytundeb", "2 gytundeb", "3 chytundeb", "6 chytundeb", "7 cytundeb"]


# --- what staff decide ----------------------------------------------------------------------------------------------


def test_staff_see_what_is_public_and_what_was_recorded_since(published, sign_in: Callable[..., Client]):
    address = f"/{published.body.slug}/work/published/"
    said = text_of(sign_in(published.officer).get(address).content)
    assert "10 public pages" in said
    assert "Nothing has been recorded since then" in said
    assert "Publish now" not in said
    with open_scope(body=published.body.pk):
        delivery.record_entry(by=published.officer, commitment=published.apprentices, quantity=Decimal(1))
    said = text_of(sign_in(published.lead).get(address).content)
    assert "1 delivery recorded" in said
    assert "Publish now" in said


def test_publish_asks_for_the_job_and_shows_its_progress(site, sign_in):
    answer = sign_in(site.lead).post(f"/{site.body.slug}/work/published/publish/")
    assert answer.status_code == 302
    assert f"/{site.body.slug}/jobs/" in answer.url
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'publishing.refresh'")
        assert cursor.fetchone()[0] >= 1


@pytest.mark.parametrize("path", ["publish/", "{key}/withdraw/", "{key}/put-back/"])
def test_only_lead_and_administrator_decide(published, sign_in, path):
    address = f"/{published.body.slug}/work/published/" + path.format(key=published.works.public_id)
    assert sign_in(published.officer).post(address).status_code == 403
    assert Client().post(address).status_code == 302


def test_withdraw_needs_a_reason_and_takes_the_pages_off_at_once(published, sign_in):
    client, key, slug = sign_in(published.lead), published.works.public_id, published.body.slug
    assert client.post(f"/{slug}/work/published/{key}/withdraw/", {"reason": ""}).status_code == 422
    assert client.post(f"/{slug}/work/published/{key}/withdraw/", {"reason": "Figures in dispute"}).status_code == 302
    assert Client().get(f"/{slug}/agreements/{key}/").status_code == 404
    said = text_of(client.get(f"/{slug}/work/published/").content)
    assert "School repairs Figures in dispute" in said
    assert client.post(f"/{slug}/work/published/{key}/put-back/").status_code == 302


def test_other_bodies_lead_cannot_withdraw_mine(published, make_body, make_person, sign_in):
    other = make_body()
    stranger = make_person("lead", body=other)
    key = published.works.public_id
    assert sign_in(stranger).get(f"/{published.body.slug}/work/published/").status_code == 404
    assert (
        sign_in(stranger).post(f"/{published.body.slug}/work/published/{key}/withdraw/", {"reason": "x"}).status_code
        == 404
    )
    assert sign_in(stranger).post(f"/{other.slug}/work/published/{key}/withdraw/", {"reason": "x"}).status_code == 404
    assert Client().get(f"/{published.body.slug}/agreements/{key}/").status_code == 200


def test_pages_for_staff_are_wholly_english_whatever_the_address_says(published, sign_in):
    answer = sign_in(published.lead).get(f"/cy/{published.body.slug}/work/published/")
    page = answer.content.decode()
    assert '<html lang="en"' in page
    assert answer.headers["Content-Language"] == "en"
    assert "Pages for staff are in English." in page
    assert '"/cy/' not in page
    assert not re.search("Ionawr|Chwefror|Mawrth|Ebrill|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd|Rhagfyr", page)
    assert '<html lang="cy"' in get(f"/cy/{published.body.slug}/"), "the next page is Welsh again"


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ("travel.commuting-hours-saved", r"£[\d.,]+ to £[\d.,]+"),
        ("environment.tco2e-saved", "a value for each year"),
        ("community.volunteering-hours", r": £17\.96 per hour"),
    ],
)
def test_a_value_is_told_as_it_was_published_an_amount_a_range_or_one_for_each_year(site, measures, measure, words):
    held = measures[measure]
    with open_scope(body=site.body.pk):
        line = delivery.record_commitment(
            by=site.officer, agreement=site.works, measure=held, wording=held.title, unit=held.unit,
            owner=site.officer, quantity=Decimal(12),
        )  # fmt: skip
        actions.refresh(body=site.body, by=site.lead)
    for prefix in ("", "/cy"):
        said = text_of(get(f"{prefix}/{site.body.slug}/promises/{line.public_id}/").encode())
        if not prefix:
            assert re.search(words, said)
