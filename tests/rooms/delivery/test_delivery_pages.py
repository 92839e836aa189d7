"""Pages of agreements, promises, entries, files and leavers as requests: who may, what they show, what they refuse."""

from __future__ import annotations

import csv
import io
import itertools
import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from commonweal.base.access import ROLES
from commonweal.base.actions import find_or_create_party, note_progress
from commonweal.base.jobs import check_file, defer_job
from commonweal.base.models import JobRun, Membership, StoredFile
from commonweal.base.scope import open_scope
from commonweal.community.actions import post_need, publish_need
from commonweal.delivery import actions, jobs, queries
from commonweal.delivery.models import Agreement, Commitment, Entry, Evidence, ImportBatch
from commonweal.directory.actions import find_or_create_contact

pytestmark = pytest.mark.django_db

PARTY = {"provider-admin", "provider-contributor", "community-member"}
STAFF_ROLES = sorted(set(ROLES) - PARTY - {"operator"})
EVERYONE = frozenset(STAFF_ROLES)
MANAGERS = frozenset({"contract-manager", "buyer", "lead"})
ACCEPTERS = frozenset({"contract-manager", "assurer", "lead"})
HANDERS = frozenset({"body-admin", "lead"})
#: Who may call each address, with which methods, written out apart from the permission table.
MAY: dict[str, tuple[frozenset[str], str]] = {
    "agreements": (EVERYONE, "get"), "agreements_export": (EVERYONE, "get"), "agreement": (EVERYONE, "get"),
    "promises_pdf": (EVERYONE, "get"), "promises_export": (EVERYONE, "get"), "agreement_add": (MANAGERS, "get post"),
    "agreements_owners": (MANAGERS, "post"), "agreement_terms": (MANAGERS, "get post"),
    "agreement_owner": (MANAGERS, "get post"), "agreement_end": (MANAGERS, "get post"), "commitment": (EVERYONE, "get"),
    "commitment_add": (MANAGERS, "get post"), "commitment_owner": (MANAGERS, "get post"), "entries": (EVERYONE, "get"),
    "entries_export": (EVERYONE, "get"), "entry": (EVERYONE, "get"), "entry_add": (MANAGERS, "get post"),
    "entry_reverse": (MANAGERS, "get post"), "paid_jobs": (MANAGERS, "get post"), "evidence_add": (MANAGERS, "get post"),
    "evidence_file": (ACCEPTERS | {"buyer"}, "get"),
    "entry_confirm": (MANAGERS, "get post"), "entry_assure": (frozenset({"assurer"}), "get post"),
    "commitment_needs": (EVERYONE, "get"), "commitment_match": (MANAGERS, "get post"),
    "need_promises": (EVERYONE, "get"),
    "imports": (EVERYONE, "get"), "import_add": (MANAGERS, "get post"), "import_page": (EVERYONE, "get"),
    "import_rows_export": (EVERYONE, "get"), "import_mapping": (MANAGERS, "get post"),
    "import_accept": (MANAGERS, "post"), "import_undo": (MANAGERS, "post"), "leavers": (HANDERS, "get"),
    "leaver": (HANDERS, "get post"), "leaver_note": (HANDERS, "get"), "waiting_files": (MANAGERS | {"body-admin"}, "get"),
}  # fmt: skip
TRACKER = (
    b"Contract ref,Contract title,Supplier,Commitment,Unit,Target\nA-1,Meals,Larkhollow,Sessions,sessions,4\n,,,,,\n"
)


@pytest.fixture
def house(council):
    """Something of every kind, and the address of each page."""
    agreement = council.agreement(owner=council.officer)
    promise = council.promise(agreement=agreement)
    entry = council.entry(promise)
    jobs = council.entry(council.promise(agreement=agreement, wording="Jobs"))
    actions.note_paid_jobs(by=council.officer, spend=entry, jobs=jobs)
    evidence = actions.add_evidence(
        by=council.officer, entry=entry, kind="report", description="Report", file_name="report.txt", content=b"Eleven"
    )
    check_file(file=evidence.file.public_id, body=council.body.pk)
    batch, _ = council.read("tracker.csv", TRACKER)
    contact = find_or_create_contact(email="kit@lunch.example", name="Kit Marrow")
    need = post_need(
        by=contact, body=council.body, party=find_or_create_party(name="Marsh Lunch Club"), contact=contact,
        title="Cookery for beginners", kind="things", ages="everyone", quantity=Decimal(4), unit="sessions",
    )  # fmt: skip
    need = publish_need(by=council.officer, need=need, version=need.version)
    parts = {
        "commitment_needs": [promise], "commitment_match": [promise, need], "need_promises": [need],
        "agreement": [agreement], "promises_pdf": [agreement], "agreement_owner": [agreement], "agreement_end": [agreement],
        "agreement_terms": [agreement],
        "commitment_add": [agreement], "promises_export": [agreement, "csv"], "commitment": [promise],
        "commitment_owner": [promise], "entry_add": [promise], "entry": [entry], "entry_reverse": [entry], "paid_jobs": [entry, jobs],
        "evidence_add": [entry], "entry_confirm": [entry], "entry_assure": [entry],
        "evidence_file": [evidence], "import_page": [batch], "import_mapping": [batch], "import_accept": [batch],
        "import_undo": [batch], "import_rows_export": [batch, "csv"], "leaver": [council.officer],
        "leaver_note": [council.officer], "agreements_export": ["csv"], "entries_export": ["csv"],
    }  # fmt: skip

    def address(route: str, slug: str = "") -> str:
        words = [getattr(part, "public_id", part) for part in parts.get(route, [])]
        return reverse(f"delivery:{route}", args=[slug or council.body.slug, *words])

    return SimpleNamespace(
        council=council, body=council.body, address=address, agreement=agreement, promise=promise, entry=entry,
        evidence=evidence, batch=batch, entries=2, named=sorted(route for route, part in parts.items() if not isinstance(part[0], str)),
    )  # fmt: skip


@pytest.fixture
def officer(house, sign_in):
    """A client that carries the contract manager's session."""
    return sign_in(house.council.officer)


def page_of(answer, status: int = 200) -> str:
    text = answer.content.decode()
    assert answer.status_code == status, text[:3000]
    return text


# --- who may --------------------------------------------------------------------------------------------------------


def test_every_address_is_in_the_table_of_this_test():
    from commonweal.delivery.urls import urlpatterns

    assert {pattern.name for pattern in urlpatterns} == set(MAY)


def test_each_role_calls_what_it_may_and_nothing_else(house, make_person, sign_in):
    for role in STAFF_ROLES:
        client = sign_in(make_person(role, body=house.body))
        for route, method in itertools.product(MAY, ("get", "post")):
            roles, methods = MAY[route]
            answer = getattr(client, method)(house.address(route))
            if method not in methods.split():
                expected = {405}
            elif role not in roles:
                expected = {403}
            else:
                expected = {200} if method == "get" else {422, 302, 200}
            assert answer.status_code in expected, (role, method, route, answer.status_code)


def test_nobody_signed_in_is_sent_to_sign_in(house, client):
    for route, (_, methods) in MAY.items():
        for method in methods.split():
            answer = getattr(client, method)(house.address(route))
            assert answer.status_code == 302, route
            assert answer["Location"].startswith(reverse("account_login")), route


def test_another_bodys_pages_are_not_there(house, make_body, make_person, sign_in):
    stranger = sign_in(make_person(*STAFF_ROLES, body=make_body()))
    for route, (_, methods) in MAY.items():
        for method in methods.split():
            assert getattr(stranger, method)(house.address(route)).status_code == 404, (route, method)


def test_another_bodys_records_are_not_there_under_ones_own(house, make_body, make_person, sign_in):
    own = make_body()
    stranger = sign_in(make_person(*STAFF_ROLES, body=own))
    for route in house.named:
        for method in MAY[route][1].split():
            assert getattr(stranger, method)(house.address(route, own.slug)).status_code == 404, (route, method)


def test_refused_person_reads_the_sentence_of_the_rule(house, make_person, sign_in):
    text = page_of(sign_in(make_person("finance", body=house.body)).get(house.address("import_add")), 403)
    assert "Contract managers, buyers and the social value lead bring in files of contracts." in text


def test_pages_offer_no_one_what_they_may_not_do(house, make_person, sign_in):
    client = sign_in(make_person("member", body=house.body))
    for route in ("agreements", "agreement", "commitment", "entry", "import_page"):
        text = page_of(client.get(house.address(route)))
        for other, (roles, _) in MAY.items():
            if "member" not in roles and (other not in ("import_add",) or route != "agreements"):
                assert f'"{house.address(other)}"' not in text, (route, other)


# --- entries and evidence -------------------------------------------------------------------------------------------


def test_entry_is_recorded_with_its_evidence_in_one_form(house, officer):
    answer = officer.post(
        house.address("entry_add"),
        {"quantity": "2.5", "starts_on": "2026-07-01", "evidence_kind": "report", "evidence_words": "Report of July"},
    )
    entry = Entry.objects.filter(body=house.body).latest("id")
    assert answer["Location"] == reverse("delivery:entry", args=[house.body.slug, entry.public_id])
    assert (entry.quantity, entry.starts_on, entry.recorded_by) == (
        Decimal("2.5"),
        date(2026, 7, 1),
        house.council.officer,
    )
    assert [item.description for item in entry.evidence.all()] == ["Report of July"]


def test_file_whose_bytes_belie_its_name_is_refused_and_nothing_is_written(house, officer):
    before = (Entry.objects.count(), Evidence.objects.count(), StoredFile.objects.count())
    upload = SimpleUploadedFile("photo.png", b"MZ not a picture at all")
    text = page_of(
        officer.post(
            house.address("entry_add"),
            {"quantity": "2", "evidence_kind": "photograph", "evidence_words": "Photo", "evidence_file": upload},
        ),
        422,
    )
    assert "We could not read photo.png" in text
    upload = SimpleUploadedFile("photo.png", b"MZ not a picture at all")
    page_of(
        officer.post(house.address("evidence_add"), {"kind": "photograph", "description": "P", "file": upload}), 422
    )
    # The refused request's own transaction is undone by the door; here the test holds the outer one.
    with open_scope(body=house.body.pk):
        assert (Evidence.objects.count(), StoredFile.objects.count()) == before[1:]


def test_dates_out_of_term_are_asked_about_once_then_taken_and_shown(house, officer):
    form = {"quantity": "1", "starts_on": "2026-03-01", "ends_on": "2026-03-31"}
    text = page_of(officer.post(house.address("entry_add"), form), 422)
    assert "begins before the promise did, on 1 April 2026" in text
    assert 'name="dates_are_right"' in text
    assert Entry.objects.filter(body=house.body).count() == house.entries
    answer = officer.post(house.address("entry_add"), form | {"dates_are_right": "on"}, follow=True)
    assert "begins before the promise did, on 1 April 2026" in page_of(answer)
    assert 'name="dates_are_right"' not in page_of(officer.get(house.address("entry_add")))


@pytest.mark.parametrize(("year", "words"), [("0001", "between 1900 and 2200"), ("2199", "has not come yet")])
def test_absurd_dates_are_refused_with_the_reason(house, officer, year, words):
    typed = {"quantity": "1", "ends_on-day": "1", "ends_on-month": "4", "ends_on-year": year, "dates_are_right": "on"}
    assert words in page_of(officer.post(house.address("entry_add"), typed), 422)
    assert Entry.objects.filter(body=house.body).count() == house.entries


def test_quantity_far_beyond_the_promise_is_asked_about_once_then_taken(house, officer):
    form = {"quantity": "1000.5", "starts_on": "2026-05-01", "ends_on": "2026-05-31"}
    text = page_of(officer.post(house.address("entry_add"), form), 422)
    assert "1,000.5 sessions is more than 100 times the 10 sessions promised." in text
    assert 'name="quantity_is_right"' in text
    assert 'name="dates_are_right"' not in text
    assert Entry.objects.filter(body=house.body).count() == house.entries
    officer.post(house.address("entry_add"), form | {"quantity_is_right": "on"})
    officer.post(house.address("entry_add"), form | {"quantity": "1000"})
    assert set(house.promise.entries.values_list("quantity", flat=True)) == {4, Decimal("1000.5"), 1000}


@pytest.mark.parametrize("typed", ["1e3", "１２", "٣", "1_000"])
def test_quantity_the_eye_cannot_read_is_refused_with_what_to_write(house, officer, typed):
    text = page_of(officer.post(house.address("entry_add"), {"quantity": typed}), 422)
    assert "Write the number out in the digits 0 to 9, such as 1500 or 0.5" in text
    assert Entry.objects.filter(body=house.body).count() == house.entries


@pytest.mark.parametrize("days", [("2023-06-01", "2023-06-30"), ("2023-04-01", "2023-05-31"), ("", "")])
def test_place_that_did_not_exist_on_those_days_is_refused_beside_its_box(house, officer, places, days):
    form = {"quantity": "1", "starts_on": days[0], "ends_on": days[1], "place": "X05000091", "dates_are_right": "on"}
    text = page_of(officer.post(house.address("entry_add"), form), 422)
    assert re.search(r'id="id_place-error".*?Old Quay \(X05000091\) did not exist on', text, re.DOTALL)
    assert Entry.objects.filter(body=house.body).count() == house.entries
    officer.post(house.address("entry_add"), form | {"starts_on": "2023-04-01", "ends_on": "2023-05-03"})
    assert set(house.promise.entries.values_list("place_code", flat=True)) == {"", "X05000091"}


def test_place_outside_the_body_is_asked_about_once_then_taken(house, officer, places):
    form = {"quantity": "1", "starts_on": "2026-05-01", "ends_on": "2026-05-31", "place": "X05000092"}
    house.body.place_code = "E06000004"
    house.body.save()
    text = page_of(officer.post(house.address("entry_add"), form), 422)
    assert f"Quayside (X05000092) is not known to lie in {house.body.name}." in text
    officer.post(house.address("entry_add"), form | {"place": "E06000004"})
    officer.post(house.address("entry_add"), form | {"place_is_right": "on"})
    assert set(house.promise.entries.values_list("place_code", flat=True)) == {"", "E06000004", "X05000092"}


# --- terms and owners -----------------------------------------------------------------------------------------------


def terms_form(text: str, **changes: str) -> dict[str, str]:
    """What the form was opened with, as a browser would send it back, with changes."""
    held = re.search(r'name="written_against" value="([0-9a-f]+)"', text)
    assert held
    return {
        "value": "", "spent": "", "starts_on": "2026-04-01", "ends_on": "2027-03-31", "extension_months": "0",
        "reason": "Varied by letter", "written_against": held[1],
    } | changes  # fmt: skip


def test_value_and_dates_change_with_a_reason_and_the_page_tells(house, officer):
    form = terms_form(page_of(officer.get(house.address("agreement_terms"))), value="85000", ends_on="2028-03-31")
    assert "Why do they change" in page_of(officer.post(house.address("agreement_terms"), form | {"reason": ""}), 422)
    text = page_of(officer.post(house.address("agreement_terms"), form, follow=True))
    assert "value was not known, is £85,000.00; end was 31 March 2027, is 31 March 2028; Varied by letter" in text
    stale = page_of(officer.post(house.address("agreement_terms"), form | {"value": "1"}), 422)
    assert "Someone else changed the value or dates" in stale
    assert 'value="85000.00"' in stale
    assert "Varied by letter" in stale


def test_many_agreements_get_one_owner_from_the_list_and_back(house, officer):
    council, body = house.council, house.body
    others = [council.agreement(title) for title in ("Gritting", "Gullies")]
    text = page_of(officer.get(house.address("agreements")))
    assert all(f'value="{each.public_id}" form="owners"' in text for each in others)
    ticked = {"agreement": [house.agreement.public_id, others[0].public_id], "owner": council.other.public_id}
    text = page_of(officer.post(house.address("agreements_owners"), ticked))
    assert "2 agreements changed owner" in text
    assert {each.title: str(each.owner or "") for each in Agreement.objects.filter(body=body)} == {
        "School meals": "Bob Assurer", "Gritting": "Bob Assurer", "Gullies": "",
    }  # fmt: skip
    was = re.findall(r'name="was" value="([^"]+)"', text)
    assert len(was) == 2
    officer.post(house.address("agreements_owners"), ticked | {"owner": "as-before", "was": was})
    assert {each.title: str(each.owner or "") for each in Agreement.objects.filter(body=body)} == {
        "School meals": "Ann Officer", "Gritting": "", "Gullies": "",
    }  # fmt: skip


def test_every_agreement_the_filters_show_gets_an_owner_at_once(house, officer):
    council = house.council
    for title in ("Gritting", "Gullies"):
        council.agreement(title)
    address = f"{house.address('agreements_owners')}?owner=nobody"
    officer.post(address, {"every": "on", "owner": council.other.public_id})
    assert queries.live_agreements(house.body).filter(owner=council.other).count() == 2
    assert house.agreement.owner == council.officer


def test_nothing_ticked_or_nobody_chosen_changes_nothing_and_says_so(house, officer, make_person, make_body):
    assert "Nothing was ticked" in page_of(officer.post(house.address("agreements_owners"), follow=True))
    ticked = {"agreement": house.agreement.public_id}
    stranger = make_person("lead", body=make_body())
    for owner in ("", stranger.public_id):
        page_of(officer.post(house.address("agreements_owners"), ticked | {"owner": owner}), 422)
    house.agreement.refresh_from_db()
    assert house.agreement.owner == house.council.officer


def test_more_than_was_claimed_is_refused_in_words(house, sign_in):
    answer = sign_in(house.council.other).post(
        house.address("entry_assure"), {"quantity": "4.1", "dated_on": "2026-11-20"}
    )
    assert "more than was claimed" in page_of(answer, 422)


def test_evidence_file_comes_as_a_download_no_browser_runs(house, officer):
    answer = officer.get(house.address("evidence_file"))
    assert answer.content == b"Eleven"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_reversed_entry_says_so_and_offers_nothing_more(house, officer):
    officer.post(house.address("entry_reverse"), {"reason": "Counted twice"})
    text = page_of(officer.get(house.address("entry")))
    assert "no longer counts" in text
    assert house.address("entry_reverse") not in text
    assert "Reversed" in text


def test_limit_that_is_kept_is_not_overdue(house, officer):
    council = house.council
    past = council.agreement("Works", starts_on=date(2024, 1, 1), ends_on=date(2025, 1, 1))
    harm = council.promise("420", past, wording="Emissions", unit="tCO2e", direction="harm")
    short = council.promise("10", past, wording="Talks")
    council.entry(harm, "340", starts_on=None, ends_on=None)
    rows = queries.promise_table(past, date(2026, 11, 22)).rows
    assert [(row.met, row.overdue, row.ratio) for row in rows] == [(True, False, None), (False, True, Decimal(0))]
    assert [each.pk for each in queries.overdue_commitments(house.body, date(2026, 11, 22))] == [short.pk]


# --- files of contracts ---------------------------------------------------------------------------------------------


def test_file_goes_from_choosing_to_undone_on_screen(council, sign_in):
    client, slug = sign_in(council.officer), council.body.slug
    upload = SimpleUploadedFile("tracker.csv", TRACKER)
    answer = client.post(reverse("delivery:import_add", args=[slug]), {"file": upload})
    run = JobRun.objects.get(body=council.body)
    assert answer["Location"] == reverse("job", args=[slug, run.public_id])
    assert run.name == "delivery.read_file"
    batch = ImportBatch.objects.get(body=council.body)
    page = reverse("delivery:import_page", args=[slug, batch.public_id])
    assert "being read" in page_of(client.get(page))
    note_progress(run, state="failed")
    assert "was not read: something went wrong here" in page_of(client.get(page))
    jobs.read_batch(batch, by=council.officer)
    text = page_of(client.get(page))
    assert "1 of 1 row can be brought in. Nothing has been kept yet." in text
    assert Agreement.objects.filter(body=council.body).count() == 0

    client.post(reverse("delivery:import_accept", args=[slug, batch.public_id]))
    assert JobRun.objects.filter(body=council.body, name="delivery.bring_in").count() == 1
    batch.refresh_from_db()
    jobs.accept_batch(batch, by=council.officer)
    text = page_of(client.get(page))
    assert "What to do now" in text
    assert f"{reverse('delivery:agreements', args=[slug])}?owner=nobody&amp;state=current" in text
    assert "Meals" in page_of(client.get(reverse("delivery:agreements", args=[slug])))

    answer = client.post(reverse("delivery:import_undo", args=[slug, batch.public_id]), follow=True)
    assert "is undone" in page_of(answer)
    assert "Meals" not in page_of(client.get(reverse("delivery:agreements", args=[slug])))
    assert "cannot be" not in page_of(client.get(reverse("delivery:imports", args=[slug])))
    agreement = Agreement.objects.get(body=council.body)
    assert "is in no list and no figure" in page_of(
        client.get(reverse("delivery:agreement", args=[slug, agreement.public_id]))
    )


HEAD = b"Contract ref,Contract title,Contract value,Commitment,Target,Delivered\n"


def test_rows_that_need_nothing_are_told_apart_from_those_to_mend(house, officer):
    council, rows = house.council, b"B-1,Meals,900,Talks,4,1\nB-1,Meals,900,Trees,5,2\n"
    batch, _ = council.bring_in("t.csv", HEAD + rows + b"B-2,Roofs,100,Walks,-3,\nTotal,,1900,,,\n")
    page = reverse("delivery:import_page", args=[house.body.slug, batch.public_id])
    text = " ".join(page_of(officer.get(page)).split())
    assert "1 row stayed out. " in text
    assert "1 more row stayed out that needs nothing: totals, headings said again and lone labels." in text
    assert "a contract in several rows counts in each. The 1 agreement made from this file comes to £900" in text
    only_totals, _ = council.bring_in("u.csv", HEAD + rows.replace(b"B-", b"C-") + b"Total,,1800,,,\n")
    text = page_of(officer.get(reverse("delivery:import_page", args=[house.body.slug, only_totals.public_id])))
    assert "1 row stayed out that needs nothing" in text
    assert "mend the spreadsheet" not in text


def test_cells_of_a_row_are_listed_in_the_order_of_the_file(house, officer):
    batch, _ = house.council.read("t.csv", HEAD + b"B-1,Meals,900,Talks,4,1\n")
    text = page_of(officer.get(reverse("delivery:import_page", args=[house.body.slug, batch.public_id])))
    assert re.findall(r"<dt>(.*?)</dt>", text) == HEAD.decode().strip().split(",")


def test_amounts_taken_where_no_column_counts_what_was_delivered_are_said(house, officer):
    def said(head: bytes) -> bool:
        batch, _ = house.council.read("t.csv", head + b"B-1,Talks,4,900,1\n")
        page = reverse("delivery:import_page", args=[house.body.slug, batch.public_id])
        return "No column says how much of each promise was delivered." in page_of(officer.get(page))

    assert said(b"Contract ref,Commitment,Target,Social value delivered,Colour\n")
    assert not said(b"Contract ref,Commitment,Target,Social value delivered,Delivered\n")


@pytest.mark.parametrize("route", ["agreement", "import_page", "leavers", "leaver"])
def test_every_cell_of_a_table_that_a_phone_sets_as_a_list_names_its_column(
    house, officer, sign_in, make_person, route
):
    client = sign_in(make_person("lead", "body-admin", body=house.body))
    text = page_of(client.get(house.address(route)))
    tables = re.findall(r'<table class="govuk-table cw-listing__table.*?</table>', text, re.DOTALL)
    assert tables
    for table in tables:
        headings = [
            re.sub("<.*?>", "", head).strip() for head in re.findall(r"<th scope=\"col\".*?</th>", table, re.DOTALL)
        ]
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]:
            cells = re.findall(r"<td[^>]*>", row)
            assert [re.findall(r'data-label="(.*?)"', cell) for cell in cells] == [[head] for head in headings[1:]]


def test_job_leads_on_to_its_result_with_no_script(house, officer):
    run = defer_job("delivery.read_file", body=house.body, by=house.council.officer, batch=house.batch.public_id)
    page = reverse("job", args=[house.body.slug, run.public_id])
    waiting = page_of(officer.get(page))
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert "data-lead-on" in waiting
    note_progress(run, state="failed", message="This did not work.")
    assert 'http-equiv="refresh"' not in page_of(officer.get(page))
    note_progress(run, state="finished", result_path=house.address("import_page"))
    assert officer.get(page)["Location"] == house.address("import_page")


def test_very_same_file_leads_to_the_first(house, officer):
    again, _ = house.council.read("tracker (2).csv", TRACKER)
    text = page_of(officer.get(reverse("delivery:import_page", args=[house.body.slug, again.public_id])))
    assert "This is the very same file as" in text
    assert house.address("import_page") in text
    assert "very same file" not in page_of(officer.get(house.address("import_page")))


def test_undo_that_is_refused_says_why(house, officer):
    jobs.accept_batch(house.batch, by=house.council.officer)
    promise = Commitment.objects.get(body=house.body, batch=house.batch)
    house.council.entry(promise)
    text = page_of(officer.post(house.address("import_undo"), follow=True))
    assert "would take their work away" in text
    assert promise.agreement.title in page_of(officer.get(house.address("agreements")))


def test_file_without_a_table_says_one_line_and_what_to_do(house, officer):
    actions.refuse_file(
        by=house.council.officer, batch=house.batch, reason="letter.csv: there is nothing in it. Check it"
    )
    text = page_of(officer.get(house.address("import_page")))
    assert "there is nothing in it" in text
    assert "Choose another file" in text
    assert "Row by row" not in text


def test_file_that_cannot_be_kept_is_refused_on_the_form(house, officer):
    before = ImportBatch.objects.count()
    answer = officer.post(house.address("import_add"), {"file": SimpleUploadedFile("contracts.exe", b"MZ")})
    assert "contracts.exe is not a spreadsheet we can read" in page_of(answer, 422)
    assert ImportBatch.objects.count() == before


def columns_form(batch, **changes):
    used = {use["column"]: use["field"] for use in batch.mapping}
    return {f"field_{n}": used.get(each["column"], "") for n, each in enumerate(batch.proposals)} | changes


def test_columns_are_chosen_and_the_file_read_again(house, officer):
    text = page_of(officer.get(house.address("import_mapping")))
    assert "The contract: Contract reference" in text
    answer = officer.post(house.address("import_mapping"), columns_form(house.batch, field_4=""))
    assert answer.status_code == 302
    house.batch.refresh_from_db()
    assert "commitment.unit" not in {use["field"] for use in house.batch.mapping}
    assert JobRun.objects.filter(body=house.body, name="delivery.read_file").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"field_1": "agreement.reference"}, "Contract reference is column A already"),
        ({"field_0": "", "field_1": ""}, "Choose the column that names the contract"),
        ({"carried_4": "on"}, "Only what names the contract can be “as above”"),
        ({"about_0": "Q1"}, "is told once"),
        ({"field_0": "agreement.colour"}, "Select a valid choice"),
    ],
)
def test_columns_that_contradict_each_other_are_refused_in_words(house, officer, changes, words):
    before = house.batch.mapping
    assert words in page_of(officer.post(house.address("import_mapping"), columns_form(house.batch, **changes)), 422)
    house.batch.refresh_from_db()
    assert house.batch.mapping == before


def test_columns_of_several_periods_and_promises_are_kept_apart(council):
    head = b"Ref,Title,Talks,Talks done,Q1 2025/26,Q2 2025/26\nA-1,Meals,4,3,1,2\n"
    batch, _ = council.read("t.csv", head)
    from commonweal.delivery.forms import ColumnsForm

    chosen = columns_form(
        batch, field_2="commitment.quantity", about_2="Talks", field_3="delivery.quantity", about_3="Talks",
        field_4="delivery.quantity", about_4="Q1 2025/26", field_5="",
    )  # fmt: skip
    form = ColumnsForm(chosen, proposals=batch.proposals, mapping=batch.mapping)
    assert form.is_valid(), form.errors
    kept = {use["column"]: (use["period"], use["measure"]) for use in form.mapping()}
    assert kept["Talks done"] == ("", "Talks")
    assert kept["Q1 2025/26"] == ("Q1 2025/26", "")


# --- exports --------------------------------------------------------------------------------------------------------


def table_of(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_agreements_export_holds_exactly_what_is_seen(house, officer):
    house.council.agreement("Winter gritting", value=Decimal("96750.50"))
    rows = table_of(officer.get(house.address("agreements_export") + "?sort=-title"))
    assert [row["Agreement"] for row in rows] == ["Winter gritting", "School meals"]
    assert [row["Value (£)"] for row in rows] == ["96750.50", ""]
    assert [row["Owner"] for row in rows] == ["", "Ann Officer"]
    rows = table_of(officer.get(house.address("agreements_export") + "?owner=nobody"))
    assert [row["Agreement"] for row in rows] == ["Winter gritting"]


def test_entries_export_holds_exactly_what_is_seen(house, officer):
    rows = table_of(officer.get(house.address("entries_export")))
    assert sorted(row["Promise"] for row in rows) == ["Cookery sessions", "Jobs"]
    [row] = [row for row in rows if row["Promise"] == "Cookery sessions"]
    assert (row["Promise"], row["Quantity"], row["How sure we are"]) == (
        "Cookery sessions", "4.000000", "Claimed, evidence to accept",
    )  # fmt: skip
    assert table_of(officer.get(house.address("entries_export") + "?state=evidenced")) == []


def test_rows_export_gives_outcome_reason_and_cells(house, officer):
    rows = table_of(officer.get(house.address("import_rows_export")))
    assert [(row["Row"], row["Outcome"], row["Contract ref"]) for row in rows] == [("2", "Accepted", "A-1")]
    assert table_of(officer.get(house.address("import_rows_export") + "?outcome=rejected")) == []


def test_exports_come_as_workbooks_too_and_in_no_other_form(house, officer):
    for route in ("agreements_export", "entries_export", "promises_export", "import_rows_export"):
        address = house.address(route)
        assert officer.get(address.replace("/csv/", "/xlsx/")).content.startswith(b"PK")
        assert officer.get(address.replace("/csv/", "/exe/")).status_code == 404


def test_promises_are_set_as_a_tagged_pdf_under_a_sensible_name(house, officer):
    answer = officer.get(house.address("promises_pdf"))
    assert answer.content.startswith(b"%PDF")
    assert 'filename="promises-school-meals-' in answer["Content-Disposition"]


# --- leavers --------------------------------------------------------------------------------------------------------


def test_leaver_hands_over_and_loses_access(house, make_person, sign_in):
    admin, council = make_person("body-admin", body=house.body, name="Dee Admin"), house.council
    client = sign_in(admin)
    assert "Ann Officer" in page_of(client.get(house.address("leavers")))
    text = page_of(client.get(house.address("leaver")))
    assert "School meals" in text
    assert "School meals" in page_of(client.get(house.address("leaver_note")))
    refused = client.post(house.address("leaver"), {"end_access": "on"})
    assert "Who takes it over" in page_of(refused, 422)
    answer = client.post(
        house.address("leaver"), {"successor": council.other.public_id, "end_access": "on"}, follow=True
    )
    assert "Bob Assurer now owns 1 agreement. Ann Officer has no access here any more." in page_of(answer)
    assert sign_in(council.officer).get(house.address("agreements")).status_code == 404
    with open_scope(body=house.body.pk):
        assert not Membership.objects.filter(person=council.officer, body=house.body, ended_at__isnull=True).exists()


def test_only_staff_of_the_body_can_be_chosen_as_successor(house, make_person, make_body, sign_in):
    client = sign_in(make_person("lead", body=house.body))
    stranger = make_person("lead", body=make_body())
    page_of(client.post(house.address("leaver"), {"successor": stranger.public_id}), 422)
    assert queries.owned_by(house.body, house.council.officer).agreements == [house.agreement]


# --- needs that a promise could meet ----------------------------------------------------------------------------------


def test_a_need_is_offered_what_a_promise_could_do_for_it(house, officer):
    page = page_of(officer.get(house.address("commitment_needs")))
    assert "Cookery for beginners" in page
    assert "Cookery sessions" in page_of(officer.get(house.address("need_promises")))
    offer = house.address("commitment_match")
    answer = officer.post(
        offer, {"helper": "Larkhollow Kitchens", "quantity": "2", "note": "Two in the hall"}, follow=True
    )
    assert "The group is asked whether it wants this help." in page_of(answer)
    again = officer.post(offer, {"helper": "Larkhollow Kitchens", "quantity": "2", "note": "Two in the hall"})
    assert again.status_code in (409, 422)
