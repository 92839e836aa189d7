"""Five trackers as councils keep them, none of which the reader was written for: sane proposals, or clear reasons."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
import xlsxwriter

from commonweal.sources.grid_parser import parse
from commonweal.sources.grids import assemble
from commonweal.sources.tables import choose_table
from commonweal.sources.tracker_mapping import NEVER_READ, known_headings, propose_mapping
from commonweal.sources.trackers import delivered, read_tracker


def table(name, content):
    return choose_table(assemble(name, parse(content, name)), known=known_headings())


def proposed(found):
    return {
        each.column.name: (each.field, each.measure) if each.measure else each.field for each in propose_mapping(found)
    }


def outcomes(reading):
    return [
        (row.row, row.outcome, row.problems[0].reason if row.problems else "", len(row.records)) for row in reading.rows
    ]


def promises(reading):
    """(contract, wording, promised, delivered) of every promise, as they were read."""
    done = {record.commitment: delivered(record) for record in reading.records if record.kind == "delivery"}
    return [
        (
            record.agreement.removeprefix("reference "), record.values["wording"].raw,
            record.values["quantity"].raw if "quantity" in record.values else None, done.get(record.key()),
        )
        for record in reading.records
        if record.kind == "commitment"
    ]  # fmt: skip


def workbook_of_merged_headings():
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet, day = book.add_worksheet("Tracker 25-26"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.merge_range("A1:L1", "SOCIAL VALUE TRACKER, all directorates (DRAFT v7, do not circulate)")
    for cells, words in {"A3:D3": "Contract", "E3:G3": "Key dates", "H3:J3": "Commitment", "K3:L3": "Delivery"}.items():
        sheet.merge_range(cells, words)
    headings = ["PO Number", "Project / scheme", "Supplier name", "Contract mgr", "Start", "Expiry", "Review date",
                "What they said they'd do", "How many", "SV £", "Delivered so far", "Our notes"]  # fmt: skip
    roof = [
        "4500012",
        "Leisure centre roof",
        "Marrowfen Ltd",
        "J Osei",
        dt.date(2025, 4, 1),
        dt.date(2026, 3, 31),
        None,
    ]
    rows = [
        headings,
        [*roof, "Apprentice starts", 2, "£18,400", 1, "ok"],
        [*roof, "Local labour (weeks)", 120, "£61,200.50", 88, ""],
        [None] * 9 + ["79600.50"],
        ["4500019", "Parks grounds", "Tansy CIC", "VACANT", "01.06.2025", "31.05.2028", None, "Volunteer hours", "160 hrs",
         "tbc", "40 hrs", "chased 3/9"],
        ["4500023", "Outreach", "Plover Trust", "A. Bryn", 45809, "ongoing", None, "School talks", 6, 900, "see email", ""],
        ["TOTAL", *[None] * 8, 80500.50],
    ]  # fmt: skip
    for at, row in enumerate(rows, start=3):
        for column, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(at, column, dt.datetime.combine(cell, dt.time()), day)
            elif cell is not None:
                sheet.write(at, column, cell)
    book.close()
    return made.getvalue()


def test_two_merged_rows_of_headings_with_totals_in_the_middle():
    found = table("t.xlsx", workbook_of_merged_headings())
    assert proposed(found) == {
        "PO Number": "agreement.reference", "Project / scheme": "agreement.title", "Supplier name": "agreement.provider",
        "Contract mgr": "agreement.owner", "Start": "agreement.start", "Expiry": "agreement.end", "Review date": None,
        "What they said they'd do": "commitment.wording", "How many": "commitment.quantity", "SV £": "commitment.value",
        "Delivered so far": "delivery.quantity", "Our notes": "delivery.comments",
    }  # fmt: skip
    reading = read_tracker(found)
    assert outcomes(reading) == [
        (5, "accepted", "", 3), (6, "accepted", "", 2),
        (7, "rejected", "a total row: it has no label but holds the sum of the rows above it", 0),
        (8, "accepted", "", 3), (9, "accepted", "", 3), (10, "rejected", "a total row", 0),
    ]  # fmt: skip
    assert reading.account.committed.read == reading.account.committed.accepted == Decimal("80500.50")
    assert reading.rows[4].notes[0] == "E: 45809 is a spreadsheet's day number: 01/06/2025."
    assert delivered(reading.rows[4].records[2]) is None, "“see email” is no quantity and is not zero"


def workbook_under_social_value(*headings, rows, group="Social value"):
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 1, "Contract")
    sheet.merge_range(0, 2, 0, 1 + len(headings), group)
    for at, cells in enumerate([["Ref", "Supplier", *headings], *rows], start=1):
        sheet.write_row(at, 0, cells)
    book.close()
    return made.getvalue()


def test_bare_target_and_delivered_under_social_value_are_quantities():
    made = workbook_under_social_value(
        "Commitment", "Target", "Delivered",
        rows=[["C1", "Gorse", "Apprentices", 2, 1], ["C2", "Ladle", "Volunteer hours", 100, 40]],
    )  # fmt: skip
    reading = read_tracker(table("t.xlsx", made))
    assert proposed(reading.table) == {
        "Ref": "agreement.reference", "Supplier": "agreement.provider", "Commitment": "commitment.wording",
        "Target": "commitment.quantity", "Delivered": "delivery.quantity",
    }  # fmt: skip
    assert promises(reading) == [("c1", "Apprentices", "2", 1), ("c2", "Volunteer hours", "100", 40)]
    assert all(not row.pounds for row in reading.rows)


@pytest.mark.parametrize(
    ("group", "headings", "cells"),
    [
        ("Social value", ("Commitment", "Target", "Delivered"), ("Apprentices", 2, "£9,000")),
        ("Social value", ("Commitment", "Committed £", "Delivered"), ("Apprentices", 18000, 9000)),
        ("Social value £", ("Commitment", "Target", "Delivered"), ("Apprentices", 18000, 9000)),
    ],
)
def test_delivered_under_social_value_is_pounds_where_its_cells_or_its_words_say_so(group, headings, cells):
    found = table("t.xlsx", workbook_under_social_value(*headings, group=group, rows=[["C1", "Gorse", *cells]]))
    assert proposed(found)["Delivered"] == "delivery.value"


PAIRS = """Ref,Contract,Contractor,Contract start,Contract end,SV Officer,Apprenticeships target,Apprenticeships actual,\
Volunteering hours target,Volunteering hours actual,Local spend (£) target,Local spend (£) actual,Comments
C101,Highways,Gorse LLP,01/04/2024,31/03/2029,Lin Perry,10,4,500,220,"£1,500,000","610,250.75",on track
C102,Catering,Ladle,1st Sept 2023,31 Aug 2026,Lin Perry,,,300,312,"200,000","198,000",done
C103,Print,Inkwell Ltd,Apr-25,Mar-27,,1,0,n/a,,,,
""".encode()


def test_column_for_each_promise_with_target_and_actual_beside_each_other():
    reading = read_tracker(table("t.csv", PAIRS))
    assert [row.outcome for row in reading.rows] == ["accepted"] * 3
    assert promises(reading) == [
        ("c101", "Apprenticeships", "10", 4), ("c101", "Volunteering hours", "500", 220),
        ("c101", "Local spend (£)", "£1,500,000", Decimal("610250.75")), ("c102", "Volunteering hours", "300", 312),
        ("c102", "Local spend (£)", "200,000", 198000), ("c103", "Apprenticeships", "1", 0),
        ("c103", "Volunteering hours", "n/a", None),
    ]  # fmt: skip
    spends = [
        record
        for record in reading.records
        if record.values.get("wording", None) and "£" in record.values["wording"].raw
    ]
    assert {record.values["unit"].raw for record in spends} == {"£"}
    assert all(record.values.get("owner") for record in reading.records[:1]), "an SV officer is who answers for it"


GROUPS = b"""Contract number,Contract name,Provider,Social value commitments,,,,Delivered,,,
,,,Apprentices,Work experience placements,Volunteer hours,Trees planted,Apprentices,Work experience placements,Volunteer hours,Trees planted
7/001,School transport,Oxbarrow Ltd,2,6,40,,1,6,12,
7/002,Tree works,Alder CIC,,2,80,500,,0,80,410
"""


def test_column_for_each_promise_under_two_groups():
    found = table("t.csv", GROUPS)
    assert proposed(found)["Social value commitments: Trees planted"] == ("commitment.quantity", "Trees planted")
    assert proposed(found)["Delivered: Trees planted"] == ("delivery.quantity", "Trees planted")
    assert promises(read_tracker(found)) == [
        ("7/001", "Apprentices", "2", 1), ("7/001", "Work experience placements", "6", 6),
        ("7/001", "Volunteer hours", "40", 12), ("7/002", "Work experience placements", "2", 0),
        ("7/002", "Volunteer hours", "80", 80), ("7/002", "Trees planted", "500", 410),
    ]  # fmt: skip


def test_numbers_that_count_nothing_are_no_promises():
    register = (
        b"Contract ref,Title,Community centre no,Waste site ID,Annual value\nA-1,Meals,14,9,1000\nA-2,Salt,15,8,20\n"
    )
    assert set(proposed(table("t.csv", register)).values()) == {"agreement.reference", "agreement.title", None}


def test_tracker_with_promises_words_keeps_its_other_numbers_out():
    found = proposed(table("t.csv", b"Ref,Commitment,Target,Volunteers met\nA-1,Talks,4,9\nA-2,Walks,5,8\n"))
    assert found["Volunteers met"] is None


GRANTS = b"""Agreement Ref;Title of agreement;Awarded supplier;Annual value;Commencement;End Date (incl. ext);Measure;UoM;\
Commitment total;Progress to date;RAG;Next review
G-01;Befriending grant;Kiln Lane Residents;12000;45383;46112;People visited at home;people;60;41;Green;12 Jan
G-02;Food hub grant;Harbour Larder;"8.500,00";45383;46112;Meals;meals;5000;5,120;Blue;12 Jan
Sub total;;;20500;;;;;;;;
G-03;Youth bus;Wheels for All CIC;30000;2024-04-01 00:00:00;31 March 2027;Sessions;sessions;300;"120 (to Sept)";Amber;
G-04;Debt advice;Plover Trust;27500;April 2024;TBC;Cases;cases;n/a;212;;
Grand Total;;;78000;;;;;5360;;;
"""


def test_dates_as_text_and_as_day_numbers_between_semicolons():
    found = table("t.csv", GRANTS)
    assert proposed(found)["Annual value"] is None, "a year's value is not the contract's"
    reading = read_tracker(found)
    assert [(row, outcome) for row, outcome, *_ in outcomes(reading)] == [
        (2, "accepted"), (3, "accepted"), (4, "rejected"), (5, "rejected"), (6, "accepted"), (7, "rejected"),
    ]  # fmt: skip
    assert reading.rows[3].problems[0].reason == "“120 (to Sept)” is not one number"
    starts = [record.values["start"].value.first for record in reading.records if record.kind == "agreement"]
    assert starts == [dt.date(2024, 4, 1)] * 3
    assert promises(reading)[-1] == ("g-04", "Cases", "n/a", 212)


# fmt: off
PORTAL = [
    "Row ID", "Record Created", "Created By", "Last Modified", "Lifecycle Stage", "Business Unit", "Category L1",
    "Category L2", "CPV Code", "CPV Description", "Contract ID", "Contract Title", "Contract Description",
    "Contract Type", "Procurement Route", "Framework Reference", "Lot Number", "Lot Title", "Supplier ID",
    "Supplier Name", "Supplier Postcode", "Companies House Number", "SME", "VCSE", "Supplier Contact", "Supplier Email",
    "Contract Owner", "Contract Manager Email", "Contract Start Date", "Contract End Date", "Maximum End Date",
    "Extension Options", "Notice Period", "Currency", "Total Contract Value", "Annual Contract Value", "VAT Recoverable",
    "Spend To Date", "Social Value Weighting", "Social Value Applies", "SV Theme", "SV Outcome", "SV Measure Code",
    "SV Measure Description", "SV Unit", "SV Target", "SV Proxy Value", "SV Target Value", "SV Due Date", "SV Frequency",
    "SV Ward", "SV Delivered", "SV Delivered Value", "SV Evidence Link", "SV Status", "SV Last Updated", "RAG",
    "Comments", "Attachments", "Export Timestamp",
]
# fmt: on


def portal_export():
    """Sixty columns between tabs, in UTF-16 as spreadsheets call Unicode text."""
    depot = {
        "Row ID": "88121", "CPV Code": "45233120", "Business Unit": "Place", "Contract ID": "CON-0042",
        "Contract Title": "Depot refurbishment", "Supplier ID": "S-9", "Supplier Name": "Oxlip Construction",
        "Supplier Postcode": "X1 1XX", "Companies House Number": "01234567", "Contract Owner": "Lin Perry",
        "Contract Start Date": "2025-04-01", "Contract End Date": "2027-03-31", "Maximum End Date": "2029-03-31",
        "Currency": "GBP", "Total Contract Value": "2400000.00", "Annual Contract Value": "1200000.00",
        "Social Value Weighting": "15", "SV Theme": "Jobs", "SV Measure Code": "NT1",
        "SV Measure Description": "Local people employed (FTE)", "SV Unit": "FTE", "SV Target": "6",
        "SV Proxy Value": "32000", "SV Target Value": "192000.00", "SV Due Date": "2027-03-31", "SV Delivered": "1.5",
        "SV Delivered Value": "48000.00", "SV Status": "On track", "Export Timestamp": "2025-11-20T08:00:00Z",
    }  # fmt: skip
    bare = {name: text for name, text in depot.items() if not name.startswith("SV ")}
    rows = [
        depot,
        depot
        | {"SV Measure Code": "NT10", "SV Measure Description": "Apprentices", "SV Unit": "weeks", "SV Target": "104"},
        bare | {"Contract ID": "CON-0043", "Contract Title": "Window cleaning", "Total Contract Value": "18000"},
        bare | {"Contract ID": "CON-0044", "Contract Title": "Salt", "Contract End Date": "2024-01-01"},
    ]
    made = io.StringIO()
    writer = csv.writer(made, delimiter="\t")
    writer.writerow(PORTAL)
    writer.writerows([row.get(name, "") for name in PORTAL] for row in rows)
    return made.getvalue().encode("utf-16")


def test_portal_export_of_sixty_columns():
    found = table("export.txt", portal_export())
    assert len(found.columns) == 60
    fields = proposed(found)
    expected = {
        "Business Unit": "agreement.department", "Contract ID": "agreement.reference", "Contract Title": "agreement.title",
        "Supplier Name": "agreement.provider", "Companies House Number": "agreement.company_number",
        "Contract Owner": "agreement.owner", "Contract Start Date": "agreement.start", "Contract End Date": "agreement.end",
        "Total Contract Value": "agreement.contract_value", "SV Theme": "commitment.theme",
        "SV Measure Code": "commitment.code", "SV Measure Description": "commitment.wording", "SV Unit": "commitment.unit",
        "SV Target": "commitment.quantity", "SV Target Value": "commitment.value", "SV Due Date": "commitment.due",
        "SV Ward": "commitment.ward", "SV Delivered": "delivery.quantity", "SV Delivered Value": "delivery.value",
    }  # fmt: skip
    assert {name: fields[name] for name in expected} == expected
    useless = {each.column.name for each in propose_mapping(found) if each.reasons == (NEVER_READ,)}
    assert {"Row ID", "CPV Code", "Supplier Postcode", "Annual Contract Value", "Social Value Weighting",
            "SV Proxy Value", "Maximum End Date"} <= useless  # fmt: skip
    reading = read_tracker(found)
    assert outcomes(reading) == [
        (2, "accepted", "", 3), (3, "accepted", "", 2), (4, "accepted", "", 1),
        (5, "rejected", "it ends (2024-01-01) before it starts (2025-04-01)", 0),
    ]  # fmt: skip
    assert reading.account.balances()


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        ("SV Officer,Ref", "agreement.owner"), ("Named officer,Ref", "agreement.owner"), ("KPI,Ref", "commitment.wording"),
        ("Supplier (legal name),Ref", "agreement.provider"), ("Start date (dd/mm/yyyy),Ref", "agreement.start"),
        ("Purchase order number,Title", "agreement.reference"), ("Ward(s),Ref", "commitment.ward"),
        ("£ delivered to date,Ref", "delivery.value"), ("RAG rating,Ref", "delivery.status"),
        ("Social value target,Ref", "commitment.quantity"), ("Grant recipient,Ref", "agreement.provider"),
    ],
)  # fmt: skip
def test_headings_councils_use_are_known(headings, field):
    found = table("t.csv", f"{headings}\n,A-1\n,A-2\n".encode())
    assert propose_mapping(found)[0].field == field


def test_of_two_names_for_one_field_the_plainer_is_read():
    assert proposed(table("t.csv", b"PO number,Contract ref\n4500,A-1\n4501,A-2\n")) == {
        "PO number": None, "Contract ref": "agreement.reference",
    }  # fmt: skip
