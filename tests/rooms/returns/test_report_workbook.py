"""The workbook: one for all a provider has to report; every row accounted for, whatever was done to it."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from html import unescape

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from commonweal.delivery.returns import queries, workbooks

pytestmark = pytest.mark.django_db
TOLD, NOTHING, TRANSFERRED, NOTE = workbooks.TOLD, workbooks.NOTHING, workbooks.TRANSFERRED, workbooks.NOTE


def words_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def rows_of(desk, found):
    from commonweal.directory.queries import today

    with desk.scope():
        return queries.line_rows(found, today())


def cells_of(desk, found):
    """The rows of the workbook as somebody sees them, to fill in."""
    return [
        [workbooks.code_of(row.line), desk.body.name, found.agreement.title, "", "", row.promise.commitment.wording,
         workbooks.unit_alone(row.promise.commitment.unit), "", "", "", "", "", ""]
        for row in rows_of(desk, found)
    ]  # fmt: skip


def book(cells, headings=workbooks.HEADINGS):
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as workbook:
        sheet = workbook.add_worksheet("Report")
        for row, values in enumerate([headings, *cells]):
            for column, value in enumerate(values):
                if value != "":
                    sheet.write(row, column, value)
    return written.getvalue()


def read(desk, found, cells):
    return workbooks.read_workbook("report.xlsx", book(cells), rows_of(desk, found))


def test_workbook_as_it_was_downloaded_changes_nothing(desk, asked, client):
    answer = client.get(desk.address(asked, "workbook"))
    found = workbooks.read_workbook("report.xlsx", answer.content, rows_of(desk, asked))
    assert [(row.outcome, row.reason) for row in found] == [("unchanged", "Left blank")] * 3


def test_every_row_is_accepted_unchanged_or_rejected_with_its_cell_and_reason(desk, asked):
    cells = cells_of(desk, asked)
    cells[0][TOLD] = "1,200"
    cells[1][TOLD], cells[1][TRANSFERRED] = 4, 9
    added = ["", desk.body.name, "", "", "", "Our own row", "", "", "", 5, "", "", ""]
    meddled = ["abc.1:zzz", "", "", "", "", "", "", "", "", 5, "", "", ""]
    found = read(desk, asked, [*cells, added, meddled, cells[0]])
    assert [(row.number, row.outcome) for row in found] == [
        (2, "accepted"), (3, "rejected"), (4, "unchanged"), (5, "rejected"), (6, "rejected"), (7, "rejected"),
    ]  # fmt: skip
    reasons = [row.reason for row in found]
    assert "Report!L3 is more than there are in all" in reasons[1]
    assert "Report!A5 has no code" in reasons[3]
    assert "Report!A6 holds a code that we did not write" in reasons[4]
    assert "Report!A7 repeats row 2" in reasons[5]
    assert found[0].quantity == Decimal(1200)


@pytest.mark.parametrize(
    ("row", "column", "typed", "words"),
    [
        (0, TOLD, "12 days", "Report!J2: This promise is counted in sessions, not in days"),
        (0, workbooks.UNIT, "days", "says “days”, and this promise is counted in sessions"),
        (0, TOLD, "=6+6", "Report!J2 is a formula"),
        (0, TOLD, "a dozen", "Report!J2"),
        (0, TOLD, -3, "Report!J2"),
        (0, TOLD, "1e9", "Report!J2"),
        (0, TOLD, 1e15, "Report!J2"),
        (0, TRANSFERRED, 2, "only jobs"),
        (0, NOTHING, "perhaps", "write yes, or leave it blank"),
    ],
)
def test_hostile_cell_is_rejected_and_nothing_else(desk, asked, row, column, typed, words):
    cells = cells_of(desk, asked)
    cells[row][TOLD], cells[1][TOLD] = cells[row][TOLD] or 1, 2
    cells[row][column] = typed
    found = read(desk, asked, cells)
    assert [each.outcome for each in found] == ["rejected", "accepted", "unchanged"]
    assert words in found[0].reason


def test_number_and_nothing_at_once_is_asked_about(desk, asked):
    cells = cells_of(desk, asked)
    cells[0][TOLD], cells[0][NOTHING] = 4, "yes"
    assert "Leave one of the two out" in read(desk, asked, cells)[0].reason


def test_workbook_of_another_provider_is_refused(desk, asked, make_desk):
    other = make_desk(company="09506240", name="Oxbarrow")
    theirs = cells_of(other, other.ask())
    theirs[0][TOLD] = 4
    with pytest.raises(workbooks.NotThisWorkbook, match="made for somebody else"):
        read(desk, asked, theirs)


def test_row_of_another_provider_among_ones_own_is_rejected(desk, asked, make_desk):
    other = make_desk(company="09506240", name="Oxbarrow")
    theirs = cells_of(other, other.ask())
    found = read(desk, asked, [*cells_of(desk, asked), theirs[0]])
    assert found[3].outcome == "rejected"
    assert "is not one of your open lines" in found[3].reason


def test_some_other_spreadsheet_is_refused(desk, asked):
    content = book([["x", 1]], headings=["Promise", "This period"])
    with pytest.raises(workbooks.NotThisWorkbook, match="not a workbook we made"):
        workbooks.read_workbook("report.xlsx", content, rows_of(desk, asked))


def test_line_that_somebody_changed_meanwhile_is_not_overwritten(desk, asked):
    cells = cells_of(desk, asked)
    cells[0][TOLD] = 9
    with desk.scope():
        desk.tell(queries.lines_of(asked)[0], "7")
    (found, *_) = read(desk, asked, cells)
    assert found.outcome == "rejected"
    assert "Ros Contact changed this line after the workbook was made; it says 7 now" in found.reason


def test_brought_back_it_is_shown_then_kept_in_the_drafts_and_not_sent(desk, asked, sign_in):
    browser = sign_in(desk.reporter)
    cells = cells_of(desk, asked)
    cells[0][TOLD], cells[0][NOTE], cells[2][NOTHING] = 12, "In three schools", "yes"
    upload = SimpleUploadedFile("report.xlsx", book(cells))
    preview = browser.post(reverse("returns_provider:upload_of_all", args=[desk.party.public_id]), {"file": upload})
    assert "2 to keep, 1 unchanged, 0 not taken" in words_of(preview)
    assert [line.answer for line in desk.lines(asked)] == ["unanswered"] * 3
    packed = re.search(r'name="packed" value="([^"]+)"', preview.content.decode())[1]
    keep = reverse("returns_provider:keep_of_all", args=[desk.party.public_id])
    page = browser.post(keep, {"packed": packed}, follow=True)
    assert "2 lines are kept as drafts. Nothing is sent yet." in words_of(page)
    assert [line.answer for line in desk.lines(asked)] == ["told", "unanswered", "nothing"]
    assert desk.again(asked).state == "begun"
    again = browser.post(keep, {"packed": packed}, follow=True)  # a second tap is told, and overwrites nothing
    assert "0 lines are kept" in words_of(again)


def test_preview_of_somebody_else_is_not_kept(desk, asked, make_desk, sign_in):
    other = make_desk(company="09506240", name="Oxbarrow")
    cells = cells_of(desk, asked)
    cells[0][TOLD] = 12
    packed = workbooks.packed(read(desk, asked, cells), f"{desk.party.public_id} {desk.reporter.pseudonym}")
    keep = reverse("returns_provider:keep_of_all", args=[other.party.public_id])
    page = sign_in(other.reporter).post(keep, {"packed": packed}, follow=True)
    assert "somebody else" in words_of(page)
    assert [line.answer for line in desk.lines(asked)] == ["unanswered"] * 3


def test_workbook_of_a_part_holds_its_lines_alone(desk, asked, client):
    from commonweal.delivery.returns import actions

    with desk.scope():
        part = actions.pass_on(
            by=desk.contact, found=asked, lines=queries.lines_of(asked)[:1], name="Beth", email="beth@beech.example",
            organisation="Beech",
        )  # fmt: skip
    content = client.get(desk.address(asked, "workbook", person=part.person)).content
    found = workbooks.read_workbook("report.xlsx", content, rows_of(desk, asked))
    assert [row.what for row in found] == ["School meals – Cookery sessions"]


def test_row_repeated_after_its_first_was_refused_is_told_its_own_fault(desk, asked):
    cells = cells_of(desk, asked)
    cells[0][workbooks.TOLD] = "many"
    cells.append(list(cells[0]))
    first, *_, last = read(desk, asked, cells)
    assert (first.outcome, last.outcome) == ("rejected", "rejected")
    assert "repeats row" not in last.reason
    assert last.reason.partition(":")[2] == first.reason.partition(":")[2]
