"""Files of contracts: every row and penny accounted for, the preview is what happens, again changes nothing, undone."""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from decimal import Decimal
from functools import partial

import pytest
import xlsxwriter
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonweal.base import actions as base_actions
from commonweal.base.errors import NotPossible
from commonweal.base.files import FileWaits, UnusableFile
from commonweal.base.jobs import check_file
from commonweal.base.queries import get_stored_file
from commonweal.delivery import actions, importing, jobs, policies, queries
from commonweal.delivery.models import Agreement, Commitment, Entry, ImportRow
from commonweal.directory.models import Organisation
from commonweal.sources.grid_parser import parse
from commonweal.sources.grids import assemble
from commonweal.sources.tables import TableError, choose_table
from commonweal.sources.tracker_mapping import known_headings

pytestmark = pytest.mark.django_db

HEAD = "Contract ref,Contract title,Supplier,Contract value,Start date,End date,Contract manager,Commitment,Unit,Target," \
       "Committed £,Due date,Delivered to date"  # fmt: skip
MEALS = (
    "A-1,School meals,Larkhollow CIC,84000,01/09/2023,31/08/2026,S Marl,Cookery sessions,sessions,18,2700,31/07/2026,11"
)
DRAINS = "A-2,Gully emptying,Oxbarrow Ltd,212500,01/04/2024,31/03/2028,,Apprentice weeks,weeks,104,19240,31/03/2028,26"


def tracker(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


def everything(body):
    """All that lists and figures hold of a body, in one order (what is not known has none of its own)."""
    standing = queries.standing_entries().filter(body=body, commitment__withdrawn_at__isnull=True)
    return [
        sorted(map(repr, rows))
        for rows in (
            queries.live_agreements(body).values_list("title", "value", "origin"),
            queries.live_commitments(body).values_list("wording", "quantity"),
            standing.values_list("quantity"),
        )
    ]


def told(result):
    return [(row.number, row.outcome, row.reasons, row.notes, row.cells) for row in result.rows]


def balanced(result):
    counts = [result.count(outcome) for outcome in ("accepted", "unchanged", "rejected")]
    return result.balances() and len(result.rows) == sum(counts)


# --- the messy file of the catalogue --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def legacy():
    from pathlib import Path

    return (
        Path(__file__).resolve().parents[3].joinpath("commonweal/catalogue/examples/legacy-contracts.xlsx").read_bytes()
    )


def test_messy_file_is_accounted_for_brought_in_repeated_and_undone(council, legacy):
    before = everything(council.body)
    batch, seen = council.read("legacy-contracts.xlsx", legacy)
    assert everything(council.body) == before, "a preview keeps nothing"
    done = jobs.accept_batch(batch, by=council.officer)
    assert told(done) == told(seen), "what the preview said is what happened"
    assert balanced(done)
    batch.refresh_from_db()
    assert batch.rows_in == batch.accepted + batch.unchanged + batch.rejected == len(done.rows)
    assert batch.rejected
    assert batch.unchanged
    for split in batch.pence.values():
        assert Decimal(split["read"]) == sum(Decimal(split[name]) for name in ("accepted", "unchanged", "rejected"))
    for row in ImportRow.objects.filter(batch=batch, outcome="rejected"):
        assert row.reasons
        assert all(reason["cell"] and reason["reason"] for reason in row.reasons)

    again = council.read("legacy-contracts.xlsx", legacy)[1]
    assert again.count("accepted") == 0
    assert again.count("unchanged") == done.count("accepted") + done.count("unchanged")
    assert told_rejected(again) == told_rejected(done)

    actions.undo_batch(by=council.officer, batch=batch)
    assert everything(council.body) == before
    assert queries.overdue_commitments(council.body, batch.read_at.date()).count() == 0
    assert council.read("legacy-contracts.xlsx", legacy)[1].count("accepted") == done.count("accepted")


def told_rejected(result):
    return [(row.number, row.reasons) for row in result.rows if row.outcome == "rejected"]


def test_what_was_contracted_is_kept_byte_for_byte(council):
    words = "Careers  talks – «secondary» 5 "
    batch, _ = council.bring_in(
        "t.csv",
        (HEAD + f'\nA-1,Gritting,Haddlebeck,"£96,750.50",1 Oct 2023,Apr-27,,"{words}",talks ,5.0,"£ 450",,\n').encode(),
    )
    promise = Commitment.objects.get(body=council.body)
    assert promise.as_contracted == {"wording": words, "unit": "talks ", "£": "£ 450", "quantity": "5.0"}
    assert promise.gbp_as_contracted == Decimal("450")
    assert promise.measure is None, "never revalued by us"
    agreement = Agreement.objects.get(body=council.body)
    assert agreement.as_contracted["contract_value"] == "£96,750.50"
    assert agreement.value == Decimal("96750.50")
    assert agreement.batch == batch


def test_delivery_to_date_is_brought_forward_and_a_later_file_adds_only_what_is_more(council):
    council.bring_in("april.csv", tracker(MEALS))
    batch, result = council.bring_in("may.csv", tracker(MEALS.removesuffix("11") + "15"))
    assert result.count("accepted") == 1
    entries = Entry.objects.filter(body=council.body).order_by("id")
    assert [(entry.quantity, entry.brought_forward) for entry in entries] == [(11, True), (4, True)]
    assert Agreement.objects.filter(body=council.body).count() == 1
    actions.undo_batch(by=council.officer, batch=batch)
    assert (
        queries.promise_table(Agreement.objects.get(body=council.body), batch.read_at.date()).rows[0].delivered.claimed
        == 11
    )
    less = council.read("june.csv", tracker(MEALS.removesuffix("11") + "9"))[1]
    assert "9 is less than the 11 brought forward" in less.rows[0].reasons[0]["reason"]


def test_facts_of_a_contract_may_stand_in_several_of_its_rows(council):
    second = "A-1,,,,,,S Marl,Food to the fridge,kg,1500,,31/08/2026,1620"
    _, result = council.bring_in("t.csv", tracker(MEALS.replace("S Marl", ""), second))
    assert [row.outcome for row in result.rows] == ["accepted", "accepted"]
    agreement = Agreement.objects.get(body=council.body)
    assert agreement.owner.name == "S Marl"
    assert Commitment.objects.filter(agreement=agreement).count() == 2
    assert council.read("t.csv", tracker(MEALS.replace("S Marl", ""), second))[1].count("unchanged") == 2


def test_other_terms_of_a_known_contract_are_refused_and_softer_facts_noted(council):
    council.bring_in("t.csv", tracker(MEALS))
    row = council.read("t.csv", tracker(MEALS.replace("84000", "90000")))[1].rows[0]
    assert row.outcome == "rejected"
    assert "contract value 90000 (here: 84000)" in row.reasons[0]["reason"]
    row = council.read("t.csv", tracker(MEALS.replace("S Marl", "T Whitlock").removesuffix("11") + "12"))[1].rows[0]
    assert row.outcome == "accepted"
    assert any("contract manager was left as it is here" in note for note in row.notes)


def test_row_refused_half_way_is_counted_as_refused_and_leaves_nothing_behind(council):
    """Its contract could be kept and its promise cannot; the second row says more of the contract, and makes it anew."""
    too_many = MEALS.replace("S Marl", "").replace(",18,", f",{'9' * 15},")
    _, result = council.bring_in("t.csv", tracker(too_many, MEALS.replace("Cookery sessions", "Work placements")))
    assert [row.outcome for row in result.rows] == ["rejected", "accepted"]
    assert "quantity is too large" in result.rows[0].reasons[0]["reason"]
    assert Commitment.objects.get(body=council.body).agreement == Agreement.objects.get(body=council.body)
    assert result.pence["commitment.value"] == {
        "read": "5400", "accepted": "2700", "unchanged": "0", "rejected": "2700",
    }  # fmt: skip


def test_people_departments_and_providers_of_the_file_are_found_again(council):
    council.provider("Oxbarrow Ltd")
    council.bring_in("t.csv", tracker(MEALS, DRAINS.replace(",,Apprentice", ",Ann Officer,Apprentice")))
    assert Organisation.objects.filter(body=council.body).count() == 2
    assert Agreement.objects.get(body=council.body, reference="A-2").owner == council.officer


@pytest.mark.parametrize("words", ["vacant", "TBC", "Post vacant", "-"])
def test_empty_post_is_nobody_and_not_a_person(council, words):
    batch, _ = council.bring_in("t.csv", tracker(MEALS.replace("S Marl", words)))
    assert Agreement.objects.get(batch=batch).owner is None


def test_row_that_repeats_one_of_its_own_file_is_not_called_here_already(council):
    from commonweal.delivery.views.imports import outcome_words

    batch, result = council.read("t.csv", tracker(MEALS, MEALS, DRAINS))
    assert [(row.outcome, row.repeats) for row in result.rows] == [
        ("accepted", None), ("unchanged", 2), ("accepted", None),
    ]  # fmt: skip
    assert [outcome_words(row) for row in queries.rows_of(batch)] == [
        "Accepted", "Repeated in this file (row 2)", "Accepted",
    ]  # fmt: skip


def test_contract_in_several_rows_is_counted_once_in_the_preview_and_after(council):
    second = MEALS.replace("Cookery sessions", "Work placements")
    _, seen = council.read("t.csv", tracker(MEALS, second, DRAINS))
    assert seen.pence["agreement.contract_value"]["accepted"] == "380500"
    assert seen.pence["agreement.contract_value"]["once"] == "296500"
    assert council.bring_in("t.csv", tracker(MEALS, second, DRAINS))[1].pence == seen.pence
    assert "once" not in council.read("t.csv", tracker(MEALS))[1].pence["agreement.contract_value"]


def test_same_file_chosen_again_is_known_by_its_bytes(council):
    first, _ = council.read("april.csv", tracker(MEALS))
    second, _ = council.read("april (1).csv", tracker(MEALS))
    other, _ = council.read("april.csv", tracker(DRAINS))
    assert queries.same_file_before(second) == first
    assert queries.same_file_before(first) is None
    assert queries.same_file_before(other) is None


def test_contract_that_brings_money_in_is_accepted_and_says_so(council):
    _, result = council.read("t.csv", tracker(MEALS.replace("84000", "-84000")))
    assert result.rows[0].outcome == "accepted"
    assert "D: below zero, so taken as a contract that brings money in." in result.rows[0].notes
    assert result.pence["agreement.contract_value"]["accepted"] == "-84000"


def test_amount_no_sum_can_hold_is_counted_beside_the_sums(council):
    _, result = council.read("t.csv", tracker(MEALS, DRAINS.replace("212500", "1e999")))
    assert result.pence["agreement.contract_value"] == {
        "read": "84000", "accepted": "84000", "unchanged": "0", "rejected": "0", "unreadable": "1",
        "agreements": "1", "once": "84000",
    }  # fmt: skip
    assert balanced(result)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.csv", b"Ref,Title\nA\x00-1,Meals\n", "save it as CSV UTF-8"),
        ("t.xls", b"<html><table></table></html>", "named .xls but is no Excel file"),
        ("t.xlsm", b"PK\x03\x04", "without its macros"),
        ("t.numbers", b"PK\x03\x04", "Export To, Excel"),
        ("t.pdf", b"%PDF-1.4", "the spreadsheet behind it"),
        ("t.png", b"\x89PNG\r\n\x1a\n", "Send it as CSV, TSV, Excel"),
        ("t.xlsx", b"Ref,Title\n", "We could not read t.xlsx as a CSV, TSV, Excel"),
    ],
)
def test_file_that_is_no_table_is_refused_by_what_it_is(council, name, content, words):
    with pytest.raises(UnusableFile, match=re.escape(words)):
        actions.open_batch(by=council.officer, body=council.body, name=name, content=content)


def test_portal_exports_with_tabs_and_in_utf_16_are_read(council):
    text = tracker(MEALS).decode().replace(",", "\t")
    for name, content in (("t.tsv", text.encode()), ("t.txt", text.encode("utf-16"))):
        assert council.read(name, content)[1].count("accepted") == 1


def test_promises_with_columns_of_their_own_are_said_and_brought_in(council, sign_in):
    head = "Ref,Contract,Provider,Apprentices target,Apprentices actual,Local spend (£) target,Local spend (£) actual"
    content = f"{head}\nA-1,Meals,Larkhollow,2,1,£1500,900.50\nA-2,Salt,Oxbarrow,,,20000,\n".encode()
    batch, result = council.read("wide.csv", content)
    page = reverse("delivery:import_page", args=[council.body.slug, batch.public_id])
    text = sign_in(council.officer).get(page).content.decode()
    assert "2 promises with columns of their own:</strong> Apprentices, Local spend (£)" in text
    jobs.accept_batch(batch, by=council.officer)
    held = Commitment.objects.filter(body=council.body).order_by("id")
    assert [(each.agreement.title, each.wording, each.quantity, each.unit) for each in held] == [
        ("Meals", "Apprentices", 2, ""), ("Meals", "Local spend (£)", 1500, "GBP"),
        ("Salt", "Local spend (£)", 20000, "GBP"),
    ]  # fmt: skip
    assert sorted(Entry.objects.filter(body=council.body).values_list("quantity", flat=True)) == [1, Decimal("900.5")]
    assert council.read("wide.csv", content)[1].count("unchanged") == 2


# --- undoing --------------------------------------------------------------------------------------------------------


def test_undoing_is_refused_once_somebody_has_built_on_it(council):
    batch, _ = council.bring_in("t.csv", tracker(MEALS))
    promise = Commitment.objects.get(body=council.body)
    later = council.entry(promise)
    before = everything(council.body)
    with pytest.raises(NotPossible, match="Reverse those entries"):
        actions.undo_batch(by=council.officer, batch=batch)
    assert everything(council.body) == before
    actions.reverse_entry(by=council.officer, entry=later, reason="Wrong promise")
    actions.undo_batch(by=council.officer, batch=batch)
    assert everything(council.body) == [[], [], []]


@pytest.mark.parametrize("work", ["promise", "child", "fact"])
def test_every_kind_of_later_work_keeps_a_file_from_being_undone(council, work):
    batch, _ = council.bring_in("t.csv", tracker(MEALS))
    agreement = Agreement.objects.get(body=council.body)
    if work == "promise":
        council.promise(agreement=agreement)
    elif work == "child":
        council.agreement("Call-off", parent=agreement, level="call-off")
    else:
        entry = Entry.objects.get(body=council.body)
        actions.record_confirmation(
            by=council.officer, entry=entry, quantity=Decimal(1), dated_on=batch.read_at.date(), confirmed_by="School"
        )
    with pytest.raises(NotPossible, match="since"):
        actions.undo_batch(by=council.officer, batch=batch)


BATCHES = {
    "previewed": (True, False), "refused": (False, False), "imported": (False, True), "undone": (False, False),
}  # fmt: skip


@pytest.mark.parametrize("state", sorted(policies.BATCH_STATES))
def test_what_may_be_done_with_a_file_in_each_state(council, state):
    batch, _ = council.read("t.csv", tracker(MEALS))
    if state in ("imported", "undone"):
        jobs.accept_batch(batch, by=council.officer)
    if state == "undone":
        actions.undo_batch(by=council.officer, batch=batch)
    if state == "refused":
        actions.refuse_file(by=council.officer, batch=batch, reason="No table.")
    batch.refresh_from_db()
    may = []
    for check in (policies.check_batch_can_be_brought_in, policies.check_batch_can_be_undone):
        try:
            check(batch)
        except NotPossible:
            may.append(False)
        else:
            may.append(True)
    assert tuple(may) == BATCHES[state]


def test_file_is_brought_in_once_however_often_it_is_asked_for(council):
    batch, _ = council.bring_in("t.csv", tracker(MEALS))
    with pytest.raises(NotPossible, match="brought in already"):
        jobs.accept_batch(batch, by=council.officer)
    jobs.bring_in(body=council.body, by=council.officer, progress=lambda *told: None, batch=batch.public_id)
    assert Agreement.objects.filter(body=council.body).count() == 1


# --- columns --------------------------------------------------------------------------------------------------------


def read_file(council, batch):
    """As the worker's job reads it."""
    jobs.read_file(body=council.body, by=council.officer, progress=lambda *_: None, batch=batch.public_id)
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("check_first", [True, False])
def test_file_is_checked_before_it_is_read_whichever_job_comes_first(council, check_first):
    batch = actions.open_batch(by=council.officer, body=council.body, name="t.csv", content=tracker(MEALS))
    check = partial(check_file, file=batch.file.public_id, body=council.body.pk)
    if check_first:
        check()
    assert read_file(council, batch).signature
    assert get_stored_file(batch.file.public_id).state == "checked"
    events = council.events()
    check()
    assert council.events() == events, "looked into once"


def test_file_that_is_refused_is_not_read_and_says_why(council):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/vbaProject.bin", "macros")
    batch = actions.open_batch(by=council.officer, body=council.body, name="t.xlsx", content=written.getvalue())
    assert read_file(council, batch).state == "refused"
    assert "without macros" in batch.notes[0]


def test_file_that_could_not_be_checked_is_not_refused_and_read_later(council, monkeypatch, sign_in):
    batch = actions.open_batch(by=council.officer, body=council.body, name="t.csv", content=tracker(MEALS))
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(FileWaits, match=r"t\.csv cannot be opened\. We could not check it"):
            read_file(council, batch)
        check_file(file=batch.file.public_id, body=council.body.pk)
    batch.refresh_from_db()
    assert batch.state == "previewed"
    client, slug = sign_in(council.officer), council.body.slug
    page = client.get(reverse("delivery:waiting_files", args=[slug])).content.decode()
    assert "t.csv" in page
    assert "for a fault of ours" in page
    today = client.get(reverse("reporting:today", args=[slug])).content.decode()
    assert "1 file could not be checked, for a fault on our side" in today
    assert read_file(council, batch).signature
    assert "Nothing waits here" in client.get(reverse("delivery:waiting_files", args=[slug])).content.decode()
    assert "could not be checked" not in client.get(reverse("reporting:today", args=[slug])).content.decode()


def test_chosen_columns_are_read_and_remembered_for_the_next_file(council):
    content = b"Our no,Name of it,How many\nA-1,Meals,4\n"
    batch, seen = council.read("t.csv", content)
    chosen = [
        {"column": "Our no", "field": "agreement.reference"}, {"column": "Name of it", "field": "agreement.title"},
        {"column": "How many", "field": "commitment.quantity"},
    ]  # fmt: skip
    actions.choose_columns(by=council.officer, batch=batch, mapping=chosen)
    jobs.read_batch(batch, by=council.officer)
    jobs.accept_batch(batch, by=council.officer)
    assert Commitment.objects.get(body=council.body).quantity == 4
    held, _ = council.read("next.csv", content.replace(b"A-1", b"A-2"))
    assert [use["field"] for use in held.mapping] == [use["field"] for use in chosen]


def test_saved_columns_that_no_longer_fit_give_way_to_the_proposal(council):
    batch, _ = council.bring_in("t.csv", tracker(MEALS))
    shouted = tracker(DRAINS).replace(b"Contract ref", b"CONTRACT REF")
    held, result = council.read("t.csv", shouted)
    assert held.signature == batch.signature, "the same headings but for their case"
    assert result.count("accepted") == 1


def test_file_without_a_table_is_refused_with_one_line_and_keeps_nothing(council):
    with pytest.raises(TableError, match="letter.txt"):
        council.read("letter.txt", b"\n\n")
    batch = actions.open_batch(by=council.officer, body=council.body, name="letter.txt", content=b"\n\n")
    jobs.read_file(body=council.body, by=council.officer, progress=lambda *told: None, batch=batch.public_id)
    batch.refresh_from_db()
    assert batch.state == "refused"
    assert len(batch.notes) == 1
    assert not ImportRow.objects.filter(batch=batch).exists()


# --- the preview is what happens ------------------------------------------------------------------------------------

_refs = st.sampled_from(["A-1", "A-2", "A-3", "a-1 ", ""])
_numbers = st.sampled_from(["", "4", "1,500", "0.5", "-2", "n/a", "0.00000001", "lots", "12 hours"])
_money = st.sampled_from(["", "£1,200.00", "1.2m", "TBC", "(£500)", "12,34", "99999999999999999999"])
_dates = st.sampled_from(
    ["", "01/04/2024", "Apr-24", "31 March 2028", "2024/25", "31/02/2025", "Ongoing", "13/13/2024"]
)
_words = st.sampled_from(["", "Talks", "Talks ", "Trees given", "=1+1", "Total"])
_lines = st.lists(
    st.tuples(
        _refs, st.sampled_from(["Meals", "", "Total"]), st.sampled_from(["Larkhollow CIC", ""]), _money, _dates, _dates,
        st.sampled_from(["S Marl", ""]), _words, st.sampled_from(["talks", ""]), _numbers, _money, _dates, _numbers,
    ),
    min_size=1, max_size=8,
)  # fmt: skip


class _Done(Exception):
    pass


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_lines, _lines)
def test_preview_is_what_happens_and_again_changes_nothing(council, first, second):
    def reading(rows):
        held = io.StringIO()
        csv.writer(held).writerows([HEAD.split(","), *rows])
        table = choose_table(assemble("t.csv", parse(held.getvalue().encode(), "t.csv")), known=known_headings())
        return importing.read_with(table, None)

    try:
        with transaction.atomic():
            for rows in (first, second):  # the second file meets what the first left
                read = reading(rows)
                before = everything(council.body)
                seen = importing.preview(read, body=council.body, by=council.officer)
                assert everything(council.body) == before
                done = importing.bring_in(read, body=council.body, by=council.officer, batch=None)
                assert told(done) == told(seen)
                assert balanced(done)
                for row in done.rows:
                    assert bool(row.reasons) == (row.outcome == "rejected")
                after = everything(council.body)
                again = importing.bring_in(reading(rows), body=council.body, by=council.officer, batch=None)
                assert again.count("accepted") == 0, told(again)
                assert everything(council.body) == after
            raise _Done
    except _Done:
        pass


def test_contract_told_further_down_is_made_for_the_promise_above_it_and_again_changes_nothing(council):
    promise, told = "A-1,,,,,,,,talks,,,,", "A-1,Meals,Larkhollow CIC,,,,S Marl,,talks,,,"
    rows = tracker(promise, f"{told},", f"{told}01/04/2024,")  # the row between says the promise of the first again
    _, seen = council.read("t.csv", rows)
    assert [row.outcome for row in seen.rows] == ["accepted", "rejected", "accepted"]
    council.bring_in("t.csv", rows)
    assert Agreement.objects.get(body=council.body).title == "Meals"
    assert Commitment.objects.filter(body=council.body).count() == 2
    assert council.read("again.csv", rows)[1].count("accepted") == 0


def test_a_reference_too_long_to_keep_is_a_rejected_row(council):
    rows = [["R-" + "9" * 400, "Meals"] + [""] * 11, ["R-2", "Talks"] + [""] * 11]
    held = io.StringIO()
    csv.writer(held).writerows([HEAD.split(","), *rows])
    table = choose_table(assemble("t.csv", parse(held.getvalue().encode(), "t.csv")), known=known_headings())
    done = importing.bring_in(importing.read_with(table, None), body=council.body, by=council.officer, batch=None)
    assert [row.outcome for row in done.rows] == ["rejected", "accepted"]
    assert "Shorten the reference" in done.rows[0].reasons[0]["reason"]


def test_a_preview_appends_no_event_and_so_locks_nobody_out(council, monkeypatch):
    """The chain of a body is locked from an event to the end of its transaction, and a preview is a long one."""
    appended = []
    monkeypatch.setattr(base_actions, "_append", appended.extend)
    held = io.StringIO()
    csv.writer(held).writerows([HEAD.split(","), ["R-1", "Meals"] + [""] * 11])
    table = choose_table(assemble("t.csv", parse(held.getvalue().encode(), "t.csv")), known=known_headings())
    reading = importing.read_with(table, None)
    importing.preview(reading, body=council.body, by=council.officer)
    assert appended == []
    importing.bring_in(reading, body=council.body, by=council.officer, batch=None)
    assert [event[2] for event in appended].count("delivery.agreement.recorded") == 1


def test_a_file_of_too_many_rows_is_told_to_be_split():
    text = "Ref,Title\n" + "".join(f"R-{n},Meals\n" for n in range(importing.MOST_ROWS + 1))
    with pytest.raises(TableError, match="Split it"):
        importing.table_of("long.csv", text.encode())


def test_hidden_rows_and_columns_are_read_and_said():
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("Contracts")
        sheet.write_row(0, 0, ["Ref", "Title", "Supplier", "Contract value"])
        for row in range(1, 9):
            sheet.write_row(row, 0, [f"R-{row}", "Meals", "Larkhollow CIC", 100])
        for row in (2, 3, 6, 40):
            sheet.set_row(row, None, None, {"hidden": True})
        sheet.set_column(3, 5, None, None, {"hidden": True})
    reading = importing.read_with(importing.table_of("t.xlsx", made.getvalue()), None)
    assert len(reading.rows) == 8
    assert [note for note in reading.notes if note.startswith("Hidden")] == [
        "Hidden in the spreadsheet on the sheet “Contracts” and read all the same: row 3 to 4, 7.",
        "Hidden in the spreadsheet on the sheet “Contracts” and read all the same: column D.",
    ]
