"""The pages and exports of worth: the same figures everywhere, three clicks to the source, and nobody else's."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from made_council import COUNCIL, DAY, OTHER_WARD, WARD
from python_calamine import CalamineWorkbook
from read_pages import rows_of, words
from read_pdf import words_of_pdf

from commonweal.base.access import ANY_STAFF, STAFF
from commonweal.base.models import Body, Person
from commonweal.base.pdf import pages_in
from commonweal.base.templatetags.figures import money
from commonweal.delivery.actions import add_evidence, reverse_entry, set_agreement_owner, set_commitment_owner
from commonweal.reporting.packs import pdf_content, review_pack, review_pack_pdf
from commonweal.reporting.permissions import RULES
from commonweal.reporting.queries import worth


@pytest.fixture
def portfolio(council: Any) -> Any:
    """Two departments' agreements with awkward quantities, claims, facts and lines without a value."""
    works, care = council.department("Works"), council.department("Care")
    council.roads = council.agreement("Roads", department=works)
    council.home = council.agreement("Home care", department=care, channel="grant")
    council.wages = council.promise("wage", "0.333333", council.roads, wording="Local wages")
    council.promise("wage", "0.333333", council.home, wording="Care wages")
    council.promise("wage", "0.333334", council.home, wording="More care wages")
    council.promise("health", "10", council.home, wording="Healthier people")
    council.promise("waste", "100", council.roads, wording="Waste")
    council.promise("visits", "12", council.home, wording="Visits")
    council.promise(None, "5", council.roads, wording="Old words", gbp_as_contracted=Decimal("9999.99"))
    council.claim = council.entry(council.wages, "0.3")
    council.accept(council.claim, "0.2")
    return council


def test_page_export_and_lines_show_the_same_penny(portfolio: Any, read: Callable[..., str]) -> None:
    page = words(read("worth/?what=promised"))
    lines = rows_of(read("worth/lines/export/csv/?what=promised"))
    promised = [row for row in rows_of(read("worth/export/csv/")) if row["Stage"] == "Promised"]
    assert len(promised) == 4
    for row in promised:
        amount = Decimal(row["Amount (£)"])
        assert money(amount) in page
        level = "Gross (£)" if row["Level"] == "gross" else "Net (£)"
        parts = [
            Decimal(line[level]) for line in lines
            if (line["Kind of value"], line["Direction"]) == (row["Kind of value"], row["Direction"]) and line[level]
        ]  # fmt: skip
        assert sum(parts) == amount
        assert len(parts) == int(row["Lines in the figure"])
    assert len(lines) == 7


def test_the_figure_opens_on_its_lines_and_a_line_on_its_value_source_and_evidence(
    portfolio: Any, read: Callable[..., str]
) -> None:
    page = read("worth/?what=claimed")
    [first, *_more] = re.findall(r'class="cw-figure__know" href="([^"]+)"', page)
    lines = read(unescape(first).split("/work/")[1])
    assert "Local wages" in words(lines)
    assert money(Decimal("370.37")) in words(lines)
    [second] = re.findall(r'href="([^"]*/lines/[^"]+/worth/[^"]*)"', lines)
    line = words(read(unescape(second).split("/work/")[1]))
    for said in ("the worth of wage", "Values made for these tests", "table 7, row 3", "OGL-3.0", "£1,234.57",
                 "made-reporting@1.0", "Report: Report", "quantity × unit value: quantity 0.3"):  # fmt: skip
        assert said in line


def test_the_page_the_csv_the_excel_and_the_paper_show_the_same_steps(
    portfolio: Any, read: Callable[..., str], sign_in: Callable[..., Client]
) -> None:
    address = f"lines/{portfolio.claim.public_id}/worth/"
    page = re.search(r'<table class="[^"]*rp-steps".*?</table>', read(address), re.DOTALL)
    assert page is not None
    shown = [[words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
             for row in re.findall(r"<tr[ >].*?</tr>", page[0], re.DOTALL)[1:]]  # fmt: skip
    steps = rows_of(read(f"{address}steps/csv/"))
    assert [[row["What"], row["How"], row["As shown"], row["Rests on"]] for row in steps] == shown
    assert [row["Step"] for row in steps] == [str(number) for number in range(1, len(shown) + 1)]
    for row in steps:
        if row["Unit"] == "GBP":
            assert money(Decimal(row["Result"])) == row["As shown"], "the exact amount rounds to the one shown"
    client = sign_in(portfolio.officer)
    workbook = client.get(f"/{portfolio.body.slug}/work/{address}steps/xlsx/").content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    assert [[row[5], row[6], row[9], row[10]] for row in sheet[1:]] == shown
    every = rows_of(read(f"agreements/{portfolio.roads.public_id}/worth/steps/csv/?what=claimed"))
    assert [row for row in every if row["Line"] == portfolio.claim.public_id] == steps
    paper = client.get(f"/{portfolio.body.slug}/work/{address}steps/pdf/").content
    said = words_of_pdf(paper)
    for cells in shown:
        for cell in cells:
            assert cell.replace(" ", "") in said.replace(" ", ""), cell


def test_the_account_says_what_it_leaves_out(portfolio: Any, read: Callable[..., str]) -> None:
    page = words(read("worth/?what=promised"))
    assert "5 of 7 lines promised have a value, in 2 of 2 agreements." in page
    assert "Kept in the words of the contract, tied to no measure" in page
    assert "The framework gives it no value" in page
    assert "1 promise carries a £ of its own, as contracted: £9,999.99 in all." in page
    assert "Visits (visits)" in page


def test_stages_stand_side_by_side(portfolio: Any, read: Callable[..., str]) -> None:
    page = words(read("worth/"))
    claimed, evidenced = money(Decimal("370.37")), money(Decimal("246.91"))
    beside = f"£1,234.57 3 lines {claimed} 1 line {evidenced} 1 line – –"
    assert f"Economic value Gross, 2024 prices {beside}" in page
    assert "How sure we are: Economic value, gross" in page


def test_no_net_figure_is_shown_where_no_rate_is_approved(council: Any, read: Callable[..., str]) -> None:
    council.promise("wage", "1")
    page = words(read("worth/?what=promised"))
    assert "No net figure: Made measures 1.0 has no approved rates for these measures." in page
    assert "Net:" not in page


def test_what_leaks_out_of_the_place_is_told_both_ways(council: Any, read: Callable[..., str]) -> None:
    council.promise("market", "10", council.agreement("Market"))
    page = words(read("worth/?what=promised"))
    assert "£108.00" in page, "400 x 0.8 x 0.75 x 0.9, and half of it stays"
    assert "Economic value for the whole UK, before what leaks out of the place: £216.00." in page
    told = {
        row["Level"]: (row["Amount (£)"], row["For the whole UK (£)"]) for row in rows_of(read("worth/export/csv/"))
    }
    assert told == {"gross": ("400.00", ""), "net": ("108.00", "216.00")}


def test_filters_narrow_the_page_its_lines_and_its_export(
    portfolio: Any, places: None, read: Callable[..., str]
) -> None:
    works = portfolio.roads.department.public_id
    portfolio.promise("visits", "3", portfolio.roads, wording="At the docks", place_code=WARD)
    portfolio.promise("visits", "4", portfolio.roads, wording="On the hill", place_code=OTHER_WARD)
    for query, expected in (
        (f"place={WARD}", {"At the docks"}),
        (f"place={COUNCIL}", {"At the docks", "On the hill"}),
        ("channel=grant", {"Care wages", "More care wages", "Healthier people", "Visits"}),
        (f"department={works}&figure=none", {"Old words", "At the docks", "On the hill"}),
    ):
        address = f"worth/lines/export/csv/?what=promised&{query}"
        assert {row["Promise"] for row in rows_of(read(address))} == expected
        shown = words(read(f"worth/lines/?what=promised&{query}"))
        assert f"{len(expected)} line" in shown
        assert all(wording in shown for wording in expected)
    narrowed = words(read("worth/?what=promised&channel=grant"))
    assert "3 of 4 lines promised have a value, in 1 of 1 agreement." in narrowed


def test_a_filter_that_names_nothing_says_so(portfolio: Any, read: Callable[..., str]) -> None:
    assert "Select a valid choice" in words(read("worth/?place=X1"))
    page = words(read("worth/lines/?what=promised&figure=made-reporting@9:nothing"))
    assert "No line of that figure is left by these filters." in page
    assert "Nothing matches these filters." in page


def test_lines_come_in_pages_and_in_order(council: Any, read: Callable[..., str]) -> None:
    agreement = council.agreement()
    for number in range(53):
        council.promise("wage", str(number + 1), agreement, wording=f"Promise {number + 1:03}")
    first = read("worth/lines/?what=promised&sort=-gross")
    assert "53 lines" in words(first)
    found = re.findall(r"Promise \d{3}", words(first))
    assert found[:2] == ["Promise 053", "Promise 052"]
    assert len(found) == 50
    [onward] = re.findall(r'rel="next" href="([^"]+)"', first)
    assert re.findall(r"Promise \d{3}", words(read(f"worth/lines/{unescape(onward)}"))) == [
        "Promise 003", "Promise 002", "Promise 001",
    ]  # fmt: skip


def test_an_agreement_shows_its_lines_with_their_steps(portfolio: Any, read: Callable[..., str]) -> None:
    page = words(read(f"agreements/{portfolio.home.public_id}/worth/?what=promised"))
    assert "Care wages" in page
    assert "Local wages" not in page
    assert "After deadweight" in page
    assert "the rate of the framework edition" in page
    assert "Net value" in page


def test_a_line_without_a_value_says_why_and_a_reversed_entry_that_it_counts_nowhere(
    portfolio: Any, read: Callable[..., str]
) -> None:
    old = next(line for line in worth(portfolio.body, on=DAY).lines if line.promise.wording == "Old words")
    assert "kept in the words of the contract" in words(read(f"lines/{old.public_id}/worth/"))
    reverse_entry(by=portfolio.officer, entry=portfolio.claim, reason="Wrong")
    assert "This entry counts in no figure" in words(read(f"lines/{portfolio.claim.public_id}/worth/"))


def test_a_body_with_nothing_on_record_is_told_what_to_do(council: Any, read: Callable[..., str]) -> None:
    page = words(read("worth/"))
    assert "Nothing promised is recorded here yet." in page
    assert "A figure needs promises made under a measure." in page
    assert "£0" not in page


# --- who may, and whose --------------------------------------------------------------------------------------------

ADDRESSES = (
    "", "worth/", "worth/export/csv/", "worth/export/xlsx/", "worth/lines/", "worth/lines/export/csv/",
    "worth/frameworks/", "worth/frameworks/export/csv/", "agreements/{agreement}/worth/frameworks/",
    "agreements/{agreement}/worth/frameworks/export/xlsx/", "worth/changes/", "worth/changes/export/xlsx/",
    "agreements/{agreement}/worth/changes/", "agreements/{agreement}/worth/changes/export/csv/",
    "worth/ranges/", "worth/ranges/export/xlsx/", "agreements/{agreement}/worth/ranges/",
    "agreements/{agreement}/worth/ranges/export/csv/",
    "agreements/{agreement}/worth/", "agreements/{agreement}/review-pack/", "agreements/{agreement}/review-pack.pdf",
    "lines/{line}/worth/", "lines/{line}/worth/steps/pdf/", "agreements/{agreement}/worth/steps/csv/",
)  # fmt: skip


def _addresses(council: Any) -> list[str]:
    given = {"agreement": council.roads.public_id, "line": council.claim.public_id}
    return [f"/{council.body.slug}/work/{address.format(**given)}" for address in ADDRESSES]


def test_every_role_of_the_body_may_read(
    portfolio: Any, make_person: Callable[..., Person], sign_in: Callable[..., Client]
) -> None:
    # One rule for all of them, so each role need not open each.
    assert {rule.roles for rule in RULES if rule.audience == STAFF} == {ANY_STAFF}
    addresses = _addresses(portfolio)
    for number, role in enumerate(ANY_STAFF):
        client = sign_in(make_person(role, body=portfolio.body))
        answers = {address: client.get(address).status_code for address in addresses[number :: len(ANY_STAFF) // 2]}
        assert set(answers.values()) == {200}, (role, answers)


def test_nobody_else_may_read_and_nothing_can_be_sent(
    portfolio: Any, make_body: Callable[..., Body], make_person: Callable[..., Person],
    sign_in: Callable[..., Client], client: Client,
) -> None:  # fmt: skip
    stranger = sign_in(make_person("lead", body=make_body()))
    nobody = sign_in(make_person())
    officer = sign_in(portfolio.officer)
    for address in _addresses(portfolio):
        assert stranger.get(address).status_code == 404
        assert nobody.get(address).status_code == 404
        assert client.get(address).status_code == 302
        assert officer.post(address).status_code == 405


def test_another_bodys_agreement_and_line_do_not_exist_here(
    portfolio: Any, make_body: Callable[..., Body], make_person: Callable[..., Person], sign_in: Callable[..., Client]
) -> None:
    other = make_body()
    client = sign_in(make_person("lead", body=other))
    own = [
        each for each in _addresses(portfolio) if portfolio.roads.public_id in each or portfolio.claim.public_id in each
    ]
    assert len(own) == sum("{" in each for each in ADDRESSES)
    for address in own:
        here = address.replace(portfolio.body.slug, other.slug, 1)
        assert client.get(here).status_code == 404
    assert "Local wages" not in client.get(f"/{other.slug}/work/worth/lines/?what=promised").content.decode()


def test_pages_ask_the_database_no_more_for_thirty_agreements_than_for_six(
    council: Any, read: Callable[..., str]
) -> None:
    pages = ("", "worth/", "worth/lines/?what=promised", "worth/lines/export/csv/?what=claimed", "worth/ranges/",
             "worth/frameworks/", "worth/changes/")  # fmt: skip

    def record(title: str) -> None:
        agreement = council.agreement(title, owner=None)
        promise = council.promise("health", "5", agreement, starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30))
        set_commitment_owner(by=council.officer, commitment=promise, owner=council.officer)
        council.accept(council.entry(promise, "2"), "1")
        council.entry(promise, "1")

    def queries(address: str) -> int:
        counted: list[str] = []

        def count(execute: Any, sql: str, *arguments: Any) -> Any:
            counted.append(sql)
            return execute(sql, *arguments)

        with connection.execute_wrapper(count):
            read(address)
        return len(counted)

    for number in range(6):  # more than a page of today names, so that "see all" is there from the first
        record(f"First {number}")
    for address in pages:
        read(address)  # what is kept for the life of the process is read once
    before = {address: queries(address) for address in pages}
    for number in range(24):
        record(f"More {number}")
    assert {address: queries(address) for address in pages} == before


# --- the review pack -----------------------------------------------------------------------------------------------


def test_the_review_pack_is_one_page_however_long_the_agreement(council: Any) -> None:
    agreement = council.agreement("Schools " * 12, ends_on=date(2026, 6, 30))
    for number in range(70):
        council.promise("wage", "5", agreement, wording=f"Promise {number}: " + "a long wording of a promise " * 6)
    pack = review_pack(council.body, agreement, DAY, "/how")
    assert len(pack.rows) == 70
    assert pages_in(review_pack_pdf(pack)) == 1


def test_the_review_pack_of_an_agreement_without_promises_can_be_made(council: Any) -> None:
    pack = review_pack(council.body, council.agreement(), DAY, "/how")
    assert pack.headline == "No quantity has been promised in this agreement yet."
    assert pages_in(review_pack_pdf(pack)) == 1


def test_the_review_pack_raises_what_the_record_raises(council: Any, read: Callable[..., str]) -> None:
    agreement = council.agreement("Parks", ends_on=date(2026, 6, 30))
    council.entry(council.promise("wage", "5", agreement, wording="Wages"), "2")
    council.entry(council.promise("waste", "9", agreement, wording="Waste"), "4")
    council.accept(council.entry(council.promise("visits", "1", agreement, wording="Visits"), "40"), "40")
    page = words(read(f"agreements/{agreement.public_id}/review-pack/"))
    for said in (
        "2 of 3 promises met by what is claimed, 1 overdue.",
        "Name the officer who owns this agreement.",
        "When will the missing 3 units come? (Wages)",
        "How was this counted? It is more than ten times what was promised. (Visits)",
        "Evidenced 40, confirmed 0, assured 0",
        "£2,469.13",
        "Promised £6,172.84",
    ):
        assert said in page


def test_the_review_pack_raises_a_limit_passed_first_and_does_not_call_it_met(
    council: Any, read: Callable[..., str]
) -> None:
    agreement = council.agreement("Parks")
    council.entry(council.promise("wage", "5", agreement, wording="Wages"), "5")
    council.entry(council.promise("waste", "0", agreement, wording="Waste"), "2")
    council.entry(council.promise("waste", "3", agreement, wording="Other waste"), "3")
    pack = review_pack(council.body, agreement, DAY, "/how")
    assert pack.headline == "2 of 3 promises met by what is claimed, 0 overdue, 1 above its limit."
    assert [row.alarm for row in pack.rows] == ["", "Above its limit", ""]
    asked = [words for words in pack.questions if words.endswith("(Waste)")]
    assert asked == ["Why was the limit passed? 2 claimed, at most 0 tonnes promised. (Waste)"]
    assert pack.questions.index(asked[0]) == 1, "after naming an owner, before all else"
    assert "Above its limit" in words(read(f"agreements/{agreement.public_id}/review-pack/"))
    told = pdf_content(pack, 9)
    assert [row["overdue"] for row in told["rows"]] == ["", "Above its limit", ""]
    assert asked[0] in told["overdue"]
    assert pages_in(review_pack_pdf(pack)) == 1


def test_the_review_pack_raises_what_is_behind_the_furthest_first_with_what_was_expected_rounded_as_on_the_page(
    council: Any, read: Callable[..., str]
) -> None:
    agreement = council.agreement("Parks")
    council.entry(council.promise("wage", "5", agreement, wording="Nearly"), "3")
    council.promise("visits", "5", agreement, wording="Nothing yet")
    council.entry(council.promise("health", "5", agreement, wording="In time"), "4")
    pack = review_pack(council.body, agreement, DAY, "/how")
    # 236 of 365 days have passed on 22 November: 3.2328... of 5 is expected.
    assert pack.headline == "0 of 3 promises met by what is claimed, 0 overdue, 2 behind."
    behind = [each for each in pack.questions if each.startswith("How will this catch up?")]
    assert [each[each.index("? ") + 2 :].split(" of ")[0] for each in behind] == ["0 delivered", "3 delivered"]
    assert behind[1] == "How will this catch up? 3 delivered of 3.2 units expected by now. (Nearly)"
    assert [row["expected"] for row in pdf_content(pack, 9)["rows"]] == ["3.2", "3.2", "3.2"]
    pages = (f"agreements/{agreement.public_id}/", f"agreements/{agreement.public_id}/review-pack/")
    assert all("expected by now 3.2, delivered 3." in read(page) for page in pages)


@pytest.mark.parametrize(("lines", "said"), [(1, False), (2, False), (3, True)])
def test_a_ratio_is_called_usual_only_of_three_lines_or_more(
    council: Any, read: Callable[..., str], lines: int, said: bool
) -> None:
    agreement = council.agreement("Parks")
    for number in range(lines):
        council.entry(council.promise("wage", "1", agreement, wording=f"Wages {number}"), "3")
    council.promise("visits", None, agreement, wording="No number, so no ratio")
    page = words(read(f"agreements/{agreement.public_id}/"))
    assert ("at the median" in page) is said
    assert ("Ambition That is above 2" in page) is said
    headline = review_pack(council.body, agreement, DAY, "/how").headline
    assert ("The usual ratio of delivered to promised is 3 times." in headline) is said


# --- what needs me today -------------------------------------------------------------------------------------------


def test_today_tells_a_manager_what_waits(council: Any, read: Callable[..., str]) -> None:
    agreement = council.agreement("Parks", ends_on=date(2026, 6, 30))
    promise = council.promise("wage", "5", agreement, wording="Wages in parks")
    council.entry(promise, "2")
    page = words(read(""))
    assert "1 promise is overdue" in page
    assert "Due 30 June 2026: 2 of 5 units delivered." in page
    assert "Nobody owns 1 current agreement" in page
    set_agreement_owner(by=council.officer, agreement=agreement, owner=council.officer)
    page = words(read(""))
    assert "Nobody owns" not in page
    assert "You own 1 agreement" in page


def test_today_offers_evidence_to_those_who_did_not_record_it(
    council: Any, make_person: Callable[..., Person], sign_in: Callable[..., Client], read: Callable[..., str]
) -> None:
    entry = council.entry(council.promise("wage", "5", wording="Wages in parks"), "2")
    add_evidence(by=council.officer, entry=entry, kind="report", description="Payroll")
    offered = "Accept the evidence of 1 delivery that someone else recorded"
    assert offered not in words(read(""))
    accepting = {"lead": True, "assurer": True, "contract-manager": True, "buyer": False, "member": False}
    for role, sees in accepting.items():
        client = sign_in(make_person(role, body=council.body))
        page = words(client.get(f"/{council.body.slug}/work/").content.decode())
        assert (offered in page) is sees


def test_today_is_calm_for_someone_with_nothing_to_do_and_helps_an_empty_body_begin(
    council: Any, make_person: Callable[..., Person], sign_in: Callable[..., Client], read: Callable[..., str]
) -> None:
    assert "Bring in the spreadsheet you keep today" in words(read(""))
    council.agreement("Quiet", ends_on=date(2090, 1, 1))
    member = sign_in(make_person("member", body=council.body))
    page = words(member.get(f"/{council.body.slug}/work/").content.decode())
    assert "Nothing waits for you today." in page
    assert "Where to begin" not in page


def test_today_shows_overdue_promises_to_those_who_own_them_and_no_other_officer(
    council: Any, make_person: Callable[..., Person], sign_in: Callable[..., Client]
) -> None:
    promise = council.promise("wage", "5", council.agreement("Parks", ends_on=date(2026, 6, 30)))
    owner, other = (make_person("department-officer", body=council.body) for _ in range(2))
    set_commitment_owner(by=council.officer, commitment=promise, owner=owner)
    address = f"/{council.body.slug}/work/"
    assert "1 promise is overdue" in words(sign_in(owner).get(address).content.decode())
    assert "overdue" not in words(sign_in(other).get(address).content.decode())
