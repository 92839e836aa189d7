"""A licensed workbook on the pages: read, corrected, stated, accounted for row by row, published and taken back."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from own import licensed_edition

from commonweal.base.models import JobRun
from commonweal.frameworks import actions, jobs, queries
from commonweal.frameworks.models import LicensedWorkbook

pytestmark = pytest.mark.django_db

STATED = {
    "title": "Invented set", "publisher": "Invented Publisher", "framework_id": "invented-set", "version": "2026",
    "licence": "Licence of 1 April 2026", "nation": "england", "price_year": "2024", "price_year_type": "calendar",
    "kind": "mixed", "beneficiary": "society", "already_net": ["none"], "source_title": "Workbook of 2026",
    "locator": "shared drive",
}  # fmt: skip


def workbook_file():
    """A workbook with a title, merged themes, a formula, a hidden row, a hidden sheet, a blank row, a fault, a total."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet, secret = book.add_worksheet("Measures"), book.add_worksheet("Secret")
    secret.hide()
    secret.write("A1", "hidden")
    sheet.write("A1", "Invented measures, for our own use")
    sheet.write_row("A3", ["Theme", "Outcome", "Ref", "Measure", "Unit", "Proxy Value (£)", "Deadweight"])
    sheet.merge_range("A4:A6", "Work")
    rows = [("More work", "W1", "People taken on", "person", 1000.5, "20%"),
            ("More work", "W2", "Weeks of training", "week", None, ""),
            ("More work", "W3", "Careers talks", "hour", 17, "")]  # fmt: skip
    for at, row in enumerate(rows, start=3):
        sheet.write_row(at, 1, row)
    sheet.write_formula("F5", "=F4*2", None, 2001)
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.write_row("A8", ["Place", "Clean place", "P1", "Trees planted", "tree", "£1.2k", ""])
    sheet.write_row("A9", ["Place", "Clean place", "P2", "Parks adopted", "park", "=1+1", ""])
    sheet.write_row("A10", ["Total", "", "", "", "", 3018.5, ""])
    book.close()
    return made.getvalue()


@pytest.fixture
def at(body):
    return lambda name, *rest: reverse(f"frameworks:{name}", args=[body.slug, *rest])


@pytest.fixture
def client(editions, lead, sign_in, settings, tmp_path):
    settings.COMMONWEAL_FILES = tmp_path / "files"
    return sign_in(lead)


@pytest.fixture
def bring(client, at, body, in_scope, lead):
    """`bring(content, name)`: choose a file on the page, and do the job it asks for; gives the workbook."""

    def choose(content, name="measures.xlsx"):
        answer = client.post(at("workbook_add"), {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 302, answer.content.decode()
        return reread()

    def reread(**more):
        with in_scope(body):
            run = JobRun.objects.filter(body=body, name="frameworks.read_workbook").order_by("-pk").first()
            arguments = {name: each for name, each in run.arguments.items() if name != "workbook"}
            held = queries.get_workbook(run.arguments["workbook"])
            jobs.read_held(held, by=lead, **arguments)
            return queries.get_workbook(held.public_id)

    choose.again = reread
    return choose


def test_a_workbook_is_read_stated_published_and_taken_back(client, at, body, lead, in_scope, bring):
    held = bring(workbook_file())
    page = client.get(at("workbook", held.public_id)).content.decode()
    for words in (
        "The heading is “ref”",
        "Not a measure",
        "sheet is hidden and was not read",
        "Say what no workbook says",
    ):
        assert words in page, words
    assert held.rows_in == held.accepted + held.rejected
    early = client.post(at("workbook_publish", held.public_id))
    assert "Say first what no workbook says" in early.content.decode()

    assert client.post(at("workbook_about", held.public_id), STATED).status_code == 302
    held = bring.again()
    with in_scope(body):
        rows = {row.row_number: row for row in queries.rows_of_workbook(held)}
    assert held.rows_in == len(rows) == held.accepted + held.rejected
    assert {number: row.outcome for number, row in rows.items()} == {
        4: "accepted", 5: "accepted", 6: "accepted", 8: "rejected", 9: "rejected", 10: "not a measure"
    }  # fmt: skip
    assert "may never have been computed" in rows[9].reason
    assert rows[8].cell == "F8"
    page = client.get(at("workbook", held.public_id)).content.decode()
    assert '<li>P1 Trees planted</li><li class="fw-quiet">£1.2k</li>' in page
    assert page.index("sheet is hidden and was not read; it has 1 row<") < page.index("The headings stand in row")
    assert "shortened" in rows[8].reason
    assert any("formula" in note for note in rows[5].notes)
    assert any("hidden" in note for note in rows[6].notes)
    assert any("filled down" in note for note in rows[5].notes)

    published = client.post(at("workbook_publish", held.public_id))
    assert published["Location"] == at("edition", "invented-set@2026")
    with in_scope(body):
        edition = queries.get_edition("invented-set@2026")
        assert edition.licence == "private"
        assert queries.find_edition("invented-set@2026").is_private
        assert str(edition.measures["w1"].value.amount) == "1000.5"
    assert "Licensed to you: not for publication" in client.get(at("edition", "invented-set@2026")).content.decode()

    undone = client.post(at("workbook_undo", held.public_id), follow=True).content.decode()
    assert "is undone" in undone
    with in_scope(body):
        assert "invented-set@2026" not in {each.reference for each in queries.editions()}


def publish(client, at, bring, stated=STATED, name="measures.xlsx"):
    held = bring(workbook_file(), name)
    client.post(at("workbook_about", held.public_id), stated)
    bring.again()
    assert client.post(at("workbook_publish", held.public_id)).status_code == 302
    return held


def test_the_next_edition_is_proposed_under_the_same_short_name(client, at, body, in_scope, bring):
    publish(client, at, bring)
    held = bring(workbook_file(), "invented-2027.xlsx")
    page = client.get(at("workbook_about", held.public_id)).content.decode()
    assert "Its headings are those of Invented set, version 2026" in page
    for name, kept in (
        ("framework_id", "invented-set"),
        ("publisher", "Invented Publisher"),
        ("licence", "Licence of 1 April 2026"),
        ("beneficiary", "society"),
        ("source_title", "invented-2027.xlsx"),
    ):
        assert re.search(rf'name="{name}"[^>]*value="{re.escape(kept)}"', page), name
    for name in ("version", "price_year", "locator"):
        assert not re.search(rf'name="{name}"[^>]*value="[^"]', page), name
    assert re.search(r'name="already_net"[^>]*value="none"[^>]*checked', page)
    next_year = STATED | {"version": "2027", "price_year": "2025"}
    assert client.post(at("workbook_about", held.public_id), next_year).status_code == 302
    bring.again()
    client.post(at("workbook_publish", held.public_id))
    with in_scope(body):
        own = [each.reference for each in queries.editions() if each.reference.startswith("invented")]
    assert sorted(own) == ["invented-set@2026", "invented-set@2027"]


def test_with_other_headings_the_short_names_in_use_are_named(client, at, bring):
    publish(client, at, bring)
    content = "Ref,Measure,Units,Proxy value\nA1,Trees,tree,£10\nA2,Parks,park,£20\n".encode()
    held = bring(content, "other.csv")
    page = client.get(at("workbook_about", held.public_id)).content.decode()
    assert "give it the same short name. Invented set: invented-set." in page
    assert re.search(r'name="framework_id"[^>]*value="other"', page)


def test_a_workbook_taken_back_is_no_edition_to_go_on_from(client, at, bring):
    held = publish(client, at, bring)
    client.post(at("workbook_undo", held.public_id))
    again = bring(workbook_file(), "invented-2027.xlsx")
    page = client.get(at("workbook_about", again.public_id)).content.decode()
    assert re.search(r'name="framework_id"[^>]*value="invented-2027"', page)
    assert "invented-set" not in page


def test_it_cannot_be_taken_back_once_used(client, at, body, lead, in_scope, bring):
    held = bring(workbook_file())
    client.post(at("workbook_about", held.public_id), STATED)
    bring.again()
    client.post(at("workbook_publish", held.public_id))
    with in_scope(body):
        edition = queries.find_edition("invented-set@2026")
        actions.choose_framework(body=body, by=lead, edition=edition, starts_on=date(2026, 4, 1), reason="Licence")
    answer = client.post(at("workbook_undo", held.public_id), follow=True)
    assert "has been in use" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"already_net": []}, "Say which deductions the values have already taken off"),
        ({"already_net": ["none", "deadweight"]}, "Tick one or the other"),
        ({"licence": ""}, "Fill in “By what licence do you use it?”"),
        ({"price_year": "2024-25"}, "Write 2024 for a calendar year"),
        ({"framework_id": "Invented Set"}, "Use small letters, digits and hyphens"),
        ({"version": "a b"}, "Use letters, digits, points and hyphens"),
    ],
)
def test_what_is_not_stated_is_asked_for_in_words(client, at, bring, changes, words):
    held = bring(workbook_file())
    answer = client.post(at("workbook_about", held.public_id), STATED | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def columns_posted(held, **changes):
    """What the page of columns posts when nothing is changed but these: heading to field."""
    use = held.mapping["sheets"][0]
    posted = {"sheet": use["name"], "heading_row": use["heading_row"]}
    for number, column in enumerate(held.columns):
        posted[f"field_{number}"] = changes.get(column["column"], column["field"])
        if column["carried_down"]:
            posted[f"carried_{number}"] = "on"
    return posted


def test_a_content_hash_is_shown_short_with_the_whole_behind_it(client, at, body, lead, in_scope):
    whole = "0123456789abcdef" * 4
    edition = replace(licensed_edition(), notes=f"Laid over <this> ({whole}).")
    with in_scope(body):
        actions.publish_own_edition(body=body, by=lead, edition=edition)
    page = client.get(at("edition", edition.reference)).content.decode()
    assert f'Laid over &lt;this&gt; (<span title="{whole}">0123456789ab…</span>).' in page
    assert page.count(whole) == 1


def test_a_column_is_corrected_and_the_choice_is_found_again(client, at, body, in_scope, bring):
    held = bring(workbook_file())
    posted = columns_posted(held, **{"Deadweight": ""})
    assert client.post(at("workbook_columns", held.public_id), posted).status_code == 302
    held = bring.again()
    (column,) = [each for each in held.columns if each["column"] == "Deadweight"]
    assert (column["field"], column["reasons"]) == ("", ["chosen by a person"])
    again = bring(workbook_file(), "next-year.xlsx")
    (column,) = [each for each in again.columns if each["column"] == "Deadweight"]
    assert column["field"] == ""
    assert "the headings are those of a workbook read before" in again.findings


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Ref": ""}, "Choose the column that holds the"),
        ({"Unit": "measure.title"}, "already. Leave one of the two out"),
        ({"Deadweight": "value"}, "Or say what each is for"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_beside_the_field(client, at, bring, changes, words):
    held = bring(workbook_file())
    answer = client.post(at("workbook_columns", held.public_id), columns_posted(held, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_another_row_of_headings_is_read_anew(client, at, bring):
    held = bring(workbook_file())
    client.post(at("workbook_columns", held.public_id), columns_posted(held) | {"heading_row": 4})
    assert bring.again().mapping["sheets"][0]["heading_row"] == 4


def test_rejected_rows_go_out_as_a_file_with_their_reasons(client, at, bring):
    held = bring(workbook_file())
    client.post(at("workbook_about", held.public_id), STATED)
    bring.again()
    answer = client.get(at("workbook_rows", held.public_id, "csv") + "?outcome=rejected")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert "F8" in {row["Cell"] for row in rows}
    assert {row["Outcome"] for row in rows} == {"Rejected"}
    assert all(row["Why"] for row in rows)
    assert [row["Measures"] for row in rows] == ["P1 Trees planted", "P2 Parks adopted"]
    assert client.get(at("workbook_rows", held.public_id, "xlsx")).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.7", "is not a spreadsheet we can read"),
        ("a.xlsm", b"PK\x03\x04", "without its macros"),
        ("a.xlsx", b"not a zip", "We could not read a.xlsx"),
        ("a.csv", b"", "empty"),
    ],
)
def test_a_file_of_another_kind_is_refused_at_once(client, at, name, content, words):
    answer = client.post(at("workbook_add"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_file_without_a_table_is_refused_with_the_reason(client, at, bring):
    held = bring(b"hello\n", "words.csv")
    assert held.state == "refused"
    page = client.get(at("workbook", held.public_id)).content.decode()
    assert "Choose another workbook" in page
    assert held.problem.split(".")[0][:20] in page


def test_another_bodys_workbook_looks_like_nothing(bring, body, make_body, make_person, sign_in, in_scope):
    held = bring(workbook_file())
    other = make_body()
    stranger = sign_in(make_person("lead", body=other))
    for name, rest in (("workbook", []), ("workbook_columns", []), ("workbook_about", []), ("workbook_rows", ["csv"])):
        address = reverse(f"frameworks:{name}", args=[other.slug, held.public_id, *rest])
        assert stranger.get(address).status_code == 404, name
    for name in ("workbook_publish", "workbook_undo"):
        assert stranger.post(reverse(f"frameworks:{name}", args=[other.slug, held.public_id])).status_code == 404, name
    with in_scope(other):
        assert not LicensedWorkbook.objects.filter(body=other).exists()
        assert queries.saved_columns(other) == []
