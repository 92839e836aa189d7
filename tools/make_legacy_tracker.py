"""Writes the demonstration's legacy tracker: an invented council's spreadsheet, as untidy as the real ones.

    .venv/bin/python tools/make_legacy_tracker.py

writes `legacy-contracts.xlsx` and `legacy-contracts.csv` into `commonweal/catalogue/examples/`, the same bytes each
time. Alderbrook Council, its officers and its providers do not exist; company numbers begin with ZZ, which no register
issues. Each row is made with what should become of it, so that the reader can be held to the file.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

EXAMPLES = Path(__file__).parents[1] / "commonweal" / "catalogue" / "examples"
SEED = 20261101
CONTRACTS = 200

CONTRACT_HEADINGS = [
    "Contract Ref", "Contract Title", "Directorate", "Supplier", "Company No", "SME / VCSE", "Contract Value",
    "Start Date", "End Date", "Extension options", "Contract Manager",
]  # fmt: skip
PROMISE_HEADINGS = ["SV Code", "Commitment", "Theme", "Unit", "Target", "SV Value £", "Due", "Ward"]
DELIVERY_HEADINGS = ["Delivered", "Delivered £", "Last updated", "Evidence ref", "RAG", "Comments"]
HEADINGS = CONTRACT_HEADINGS + PROMISE_HEADINGS + DELIVERY_HEADINGS
AT = {heading: index for index, heading in enumerate(HEADINGS)}
MERGED = ("Contract Ref", "Contract Title", "Supplier")
FIRST_ROW = 7  # rows 1 to 4 are titles, 5 and 6 the two lines of headings

DEPARTMENTS = {
    "Housing": ["Responsive repairs", "Void property works", "Lift servicing", "Window renewal", "Gas safety checks",
                "Tenant support", "Roofing programme", "Estate cleaning"],
    "Highways": ["Carriageway resurfacing", "Street lighting", "Gully emptying", "Winter gritting", "Footway repairs",
                 "Bridge inspection", "Road markings", "Traffic signals"],
    "Adult Care": ["Home care", "Day opportunities", "Supported living", "Meals at home", "Carers' breaks",
                   "Reablement", "Advocacy", "Community equipment"],
    "Children": ["Short breaks", "Home to school transport", "Youth club sessions", "Family support", "Speech therapy",
                 "School meals", "Fostering recruitment", "Holiday activities"],
    "Environment": ["Grounds maintenance", "Tree works", "Garden waste", "Park toilets", "Playground repairs",
                    "Household recycling", "Allotment fencing", "Weed control"],
    "Corporate": ["Office cleaning", "Print and post", "Legal advice", "Network support", "Temporary staff",
                  "Furniture", "Payroll software", "Insurance broking"],
}  # fmt: skip
AREAS = ["North", "South", "East", "West", "Central", "Borough-wide", "Lot 1", "Lot 2", "Phase 2"]
STEMS = ["Marrowfen", "Tansy Hill", "Quillmere", "Oxbarrow", "Fernlode", "Haddlebeck", "Pinchgate", "Wexcombe Vale",
         "Thistledown", "Cobblewick", "Larkhollow", "Netherplum", "Gorsefield",
         "Puddlestone", "Ambergate Fold"]  # fmt: skip
KINDS = [("Ltd", "SME"), ("Ltd", "Micro"), ("Group plc", "Large"), ("LLP", "SME"), ("CIC", "VCSE"), ("CIC", "VSCE"),
         ("Co-operative Ltd", "VCSE"), ("Trust", "Charity"), ("Community Association", "VCSE"), ("Services Ltd", "No"),
         ("Partnership", ""), ("Foundation", "Charity ZZ-C-0{n}")]  # fmt: skip
OFFICERS = ["J Penhale", "Amara Vos", "T. Whitlock", "Dave Porlock (left 2024)", "Sunita Marl", "O Brackenridge",
            "Corporate Procurement", "Dave Porlock (left 2024)", "vacant"]  # fmt: skip
WARDS = ["Millpond", "Castle Rise", "Sandpits", "Upper Weir", "St Osyth's", "Lock Lane", "borough wide", ""]
PROMISES = [
    ("AB-J1", "Local people employed on the contract, full time equivalent", "Jobs", "FTE", (1, 12), 2900000),
    ("AB-J2", "Apprentice weeks", "Jobs", "weeks", (26, 208), 18500),
    ("Skills 2", "Work placements of at least one week – school or college", "Skills", "placements", (2, 20), 16000),
    ("S/4", "Career talks in Alderbrook schools", "skills", "sessions", (2, 24), 9000),
    ("COM 01", "Staff volunteering with local groups", "Community", "hours", (20, 400), 1650),
    ("COM 01a", "Community garden – materials and labour", "Community", "", (1, 3), 240000),
    ("ENV/07", "CO2e saved against the method statement", "Environment", "tonnes", (2, 60), 24400),
    ("ENV/09", "Vans replaced by electric", "Environment", "vehicles", (1, 6), 0),
    ("LE-3", "Spend with suppliers inside the borough", "Local economy", "£", (20000, 400000), 100),
    ("", "Donate surplus paint and timber to the furniture project", "Community", "", (1, 10), 0),
    ("HW2", "Mental health first aiders trained", "Health", "people", (1, 10), 33000),
    ("KPI 14", "Jobs for care leavers", "Jobs", "no.", (1, 4), 1500000),
]  # fmt: skip


@dataclass
class LegacyRow:
    """One row of the tracker and what a careful reader makes of it; `truth` holds its pounds by heading."""

    cells: list[Any]
    expected: str
    reason: str = ""
    truth: dict[str, Decimal] | None = None
    merge: int = 1  # how many rows the contract's name is merged over, counted at its first row


def legacy_rows(seed: int = SEED) -> list[LegacyRow]:
    """This will make the rows below the headings, in order, with an empty list of cells for each blank row."""
    rng = random.Random(seed)  # noqa: S311 - an invented file, the same each time
    rows: list[LegacyRow] = []
    for number in range(1, CONTRACTS + 1):
        block = _contract(rng, number)
        rows += block
        if number % 50 == 0:
            rows.append(LegacyRow([], "blank"))
        if number in (60, 140):
            rows.append(LegacyRow([f"OLD CONTRACTS {number} – DO NOT DELETE"], "rejected", "only one cell"))
        if number in (31, 77, 118, 163) and len(block) == 1:
            rows.append(LegacyRow(list(block[0].cells), "unchanged", "Repeats row", block[0].truth))
    for spoiled in _spoiled(rng):
        at = rng.choice([at for at, found in enumerate(rows) if found.expected == "blank"])
        rows[at:at] = spoiled
    rows.append(_total(rows))
    return rows


def _contract(rng: random.Random, number: int) -> list[LegacyRow]:
    department = rng.choice(list(DEPARTMENTS))
    service = rng.choice(DEPARTMENTS[department])
    suffix, size = rng.choice(KINDS)
    provider = f"{rng.choice(STEMS)} {service.split()[0].strip(chr(39))} {suffix}"
    start = dt.date(rng.randint(2021, 2025), rng.randint(1, 12), 1) + dt.timedelta(days=rng.randint(0, 27))
    end = start + dt.timedelta(days=365 * rng.randint(1, 5) - 1)
    pounds = Decimal(rng.randint(8, 9000) * 500)
    value, counted = _amount(rng, pounds)
    cells: list[Any] = [None] * len(HEADINGS)
    cells[: len(CONTRACT_HEADINGS)] = [
        f"ALD-{number:04d}" if number % 37 else f"ald {number:04d}",
        f"{service} – {rng.choice(AREAS)}" if number % 23 else f"  {service}  {rng.choice(AREAS)} ",
        department if number % 19 else department.upper(),
        provider,
        f"ZZ{number:06d}" if suffix not in ("Trust", "Community Association", "Partnership") else None,
        size.format(n=f"{number:03d}"),
        value,
        _date(rng, start),
        rng.choice(["TBC", "Ongoing", "Rolling"]) if number % 17 == 0 else _date(rng, end),
        rng.choice(["1+1", "2 x 12 months", "None", "", "yes", ""]),
        rng.choice(OFFICERS),
    ]
    promised = 0 if number in (31, 77, 118, 163) else rng.choices([0, 1, 2, 3, 4, 5], [108, 42, 16, 14, 12, 8])[0]
    truth = {"Contract Value": counted} if counted is not None else {}
    if not promised:
        return [LegacyRow(cells, "accepted", truth=truth)]
    rows = []
    for place, promise in enumerate(rng.sample(PROMISES, promised)):
        line = list(cells) if place == 0 else [None] * len(HEADINGS)
        known = dict(truth) if place == 0 else {}
        _promise(rng, line, known, promise, start, end)
        rows.append(LegacyRow(line, "accepted", truth=known, merge=promised if place == 0 else 1))
    return rows


def _promise(
    rng: random.Random,
    line: list[Any],
    truth: dict[str, Decimal],
    promise: tuple[str, str, str, str, tuple[int, int], int],
    start: dt.date,
    end: dt.date,
) -> None:
    code, wording, theme, unit, (least, most), pence = promise
    target = rng.randint(least, most)
    due = min(end, start + dt.timedelta(days=rng.randint(90, 1200)))
    value, counted = _amount(rng, Decimal(target * pence) / 100)
    if not pence:
        value, counted = None, None
    if counted is not None:
        truth["SV Value £"] = counted
    done: Any = rng.choice([None, 0, target, target // 2, target + 1, f"{target:,}"])
    if rng.random() < 0.03:
        done = target * 78
    line[AT["SV Code"] : AT["Delivered"]] = [
        code or None, wording, theme, unit if rng.random() > 0.15 else None, target, value,
        f"{due:%b-%y}" if rng.random() < 0.1 else _date(rng, due), rng.choice(WARDS) or None,
    ]  # fmt: skip
    line[AT["Delivered"] :] = [
        done,
        rng.choice([None, None, None, 0, _pounds_text(Decimal(rng.randint(100, 90000)))]),
        _date(rng, dt.date(2026, rng.randint(1, 10), rng.randint(1, 28))) if done is not None else None,
        f"SharePoint/SV/{rng.randint(100, 999)}" if done and rng.random() < 0.5 else None,
        rng.choice(["Green", "Amber", "Red", "G", "", "n/a"]) or None,
        rng.choice(["chased 3x", "supplier says done, no proof", "Dave had the emails", "", "", "see minutes"]) or None,
    ]


def _amount(rng: random.Random, pounds: Decimal) -> tuple[Any, Decimal | None]:
    """This will write an amount in one of the styles people use, with the figure it stands for (None if unknown)."""
    style = rng.random()
    if style < 0.04:
        return rng.choice(["TBC", "tbc", "n/a"]), None
    if style < 0.5:
        return int(pounds) if pounds == int(pounds) else float(pounds), pounds
    if style < 0.58 and pounds >= 1_000_000 and pounds % 100_000 == 0:
        return f"£{pounds / 1_000_000}m", pounds
    return _pounds_text(pounds), pounds


def _pounds_text(pounds: Decimal) -> str:
    return f"£{pounds:,.2f}"


def _date(rng: random.Random, day: dt.date) -> Any:
    """This will write a date in one of the tracker's styles; a real spreadsheet date is a `datetime.date`."""
    styles: list[Callable[[], Any]] = [
        lambda: day,
        lambda: f"{day:%d/%m/%Y}",
        lambda: f"{day.day} {day:%B %Y}",
        lambda: f"{day:%d-%b-%y}",
    ]
    return rng.choices(styles, [5, 4, 2, 1])[0]()


def _spoiled(rng: random.Random) -> list[list[LegacyRow]]:
    """This will make the rows that must be refused, each for one reason; the last has a promise beneath it."""

    def row(number: int, **cells: Any) -> list[Any]:
        line: list[Any] = [None] * len(HEADINGS)
        line[: len(CONTRACT_HEADINGS)] = [
            f"ALD-9{number:03d}", f"Spoiled example {number}", "Corporate", f"Netherplum Sundries {number} Ltd",
            f"ZZ9{number:05d}", "SME", 1000 * number, "01/04/2024", "31/03/2027", None, rng.choice(OFFICERS),
        ]  # fmt: skip
        for heading, value in cells.items():
            line[AT[heading.replace("_", " ")]] = value
        return line

    orphan: list[Any] = [None] * len(HEADINGS)
    orphan[AT["Commitment"]], orphan[AT["Target"]], orphan[AT["SV Value £"]] = "Litter picks", 4, 800
    return [
        [LegacyRow(row(1, Start_Date="01/04/2025", End_Date="31/03/2023"), "rejected", "ends",
                   {"Contract Value": Decimal(1000)})],
        [LegacyRow(row(2, Commitment="Work experience days", Target=-5, Unit="days"), "rejected", "negative",
                   {"Contract Value": Decimal(2000)})],
        [LegacyRow(row(3, Contract_Value="ask Dave"), "rejected", "not one number", {})],
        [LegacyRow(row(4, Contract_Ref=None, Contract_Title="TBC"), "rejected", "no reference and no title",
                   {"Contract Value": Decimal(4000)})],
        [LegacyRow(row(5, Start_Date="05/13/2024"), "rejected", "American", {"Contract Value": Decimal(5000)})],
        [LegacyRow(row(6, Contract_Value="1.234,56"), "rejected", "decimal mark", {}),
         LegacyRow(orphan, "rejected", "its contract, in row", {"SV Value £": Decimal(800)})],
    ]  # fmt: skip


def _total(rows: list[LegacyRow]) -> LegacyRow:
    """This will make the total as the spreadsheet shows it: its SUM passes over the amounts that are text."""
    line: list[Any] = [None] * len(HEADINGS)
    line[0] = "GRAND TOTAL"
    for heading in ("Contract Value", "SV Value £"):
        at = AT[heading]
        line[at] = sum(row.cells[at] for row in rows if row.cells[at:] and isinstance(row.cells[at], int | float))
    return LegacyRow(line, "rejected", "a total row")


def write_workbook(path: Path | io.BytesIO, rows: list[LegacyRow]) -> None:
    """This will write the rows as the council's workbook, with its titles, merged cells, notes and hidden sheet."""
    book = xlsxwriter.Workbook(path if isinstance(path, io.BytesIO) else str(path), {"strings_to_formulas": False})
    book.set_properties({"title": "Alderbrook tracker (invented)", "created": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)})
    notes = book.add_worksheet("READ ME")
    for at, text in enumerate(
        [
            "How to use this tracker (invented example)",
            "Do not sort! Merged cells.",
            "Red = overdue. Ask Dave about LE-3.",
        ]
    ):
        notes.write_string(at, 0, text)
    sheet = book.add_worksheet("SV Tracker")
    bold, day = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    top = book.add_format({"valign": "top", "text_wrap": True})
    sheet.write_string(0, 0, "ALDERBROOK COUNCIL – an invented council", bold)
    sheet.write_string(1, 0, "Contracts and social value tracker – MASTER v7 FINAL (2)", bold)
    sheet.write_string(2, 0, "Updated by")
    sheet.write_string(2, 1, "J Penhale 03/11/2026, before that Dave")
    spans = (("CONTRACT", CONTRACT_HEADINGS), ("SOCIAL VALUE COMMITMENT", PROMISE_HEADINGS))
    left = 0
    for name, headings in (*spans, ("DELIVERY TO DATE", DELIVERY_HEADINGS)):
        sheet.merge_range(4, left, 4, left + len(headings) - 1, name, bold)
        left += len(headings)
    for at, heading in enumerate(HEADINGS):
        sheet.write_string(5, at, heading, bold)
    sheet.set_column(0, len(HEADINGS), 14)
    sheet.set_column(1, 1, 34)
    for number, row in enumerate(rows, start=FIRST_ROW - 1):
        for at, value in enumerate(row.cells):
            if row.merge > 1 and HEADINGS[at] in MERGED:
                sheet.merge_range(number, at, number + row.merge - 1, at, value, top)
            elif isinstance(value, dt.date):
                sheet.write_datetime(number, at, dt.datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif row.reason == "a total row" and not isinstance(value, str) and value is not None:
                letter = chr(65 + at)
                sheet.write_formula(number, at, f"=SUM({letter}{FIRST_ROW}:{letter}{number})", None, value)
            elif value is not None and value != "":
                sheet.write(number, at, value)
    lists = book.add_worksheet("Lookups")
    for at, text in enumerate(["RAG", "Red", "Amber", "Green"]):
        lists.write_string(at, 0, text)
    lists.hide()
    sheet.activate()
    book.close()


SMALL = [
    ["Contract no", "Contract", "Supplier", "Value", "Start", "End", "Owner", "Commitment", "Unit", "Target",
     "Committed £", "Due date", "Delivered to date", "Status"],
    ["C-101", "School meals – three sites", "Larkhollow Kitchens CIC", "£84,000.00", "01/09/2023", "31/08/2026",
     "S Marl", "Cookery sessions for families", "sessions", "18", "£2,700.00", "31/07/2026", "11", "Amber"],
    ["C-101", "", "", "", "", "", "", "Surplus food to the community fridge", "kg", "1,500", "", "31/08/2026", "1,620",
     "Green"],
    ["C-102", "Gully emptying", "Oxbarrow Drains Ltd", "£212,500", "1 April 2024", "31 March 2028", "T Whitlock",
     "Apprentice weeks", "weeks", "104", "£19,240.00", "31/03/2028", "26", "Amber"],
    ["C-103", "Day opportunities", "Tansy Hill Trust", "£1.2m", "2024-04-01", "Ongoing", "A Vos", "", "", "", "", "",
     "", ""],
    ["C-104", "Tree works", "Gorsefield Trees LLP", "(£500.00)", "Jun-24", "May-26", "Dave Porlock (left)",
     "Trees given to schools", "", "40", "£1,000.00", "30/11/2024", "0", "Red"],
    ["C-105", "Print and post", "Pinchgate Group plc", "TBC", "01/01/2025", "31/12/2026", "J Penhale", "", "", "", "",
     "", "", ""],
    ["C-106", "Winter gritting", "Haddlebeck Roads Ltd", "£96,750.50", "01/10/2023", "30/04/2027", "T Whitlock",
     "Careers talks – secondary", "talks", "5", "£450.00", "30/04/2026", "390", "Green"],
    ["C-106", "Winter gritting", "Haddlebeck Roads Ltd", "£96,750.50", "01/10/2023", "30/04/2027", "T Whitlock",
     "Careers talks – secondary", "talks", "5", "£450.00", "30/04/2026", "390", "Green"],
    ["C-107", "Weed control", "Fernlode Grounds Ltd", "£18,000", "01/04/2026", "31/03/2025", "S Marl", "", "", "", "",
     "", "", ""],
    ["C-108", "Legal advice", "Quillmere Law LLP", "£55,000", "2025/26", "2026/27", "J Penhale",
     "Free advice clinics", "hours", "-12", "£1,440.00", "31/03/2027", "", ""],
    ["", "", "Cobblewick Play Ltd", "£7,200.00", "01/05/2025", "30/04/2026", "A Vos", "", "", "", "", "", "", ""],
    ["Total", "", "", "£1,769,701.00", "", "", "", "", "", "", "£25,280.00", "", "", ""],
]  # fmt: skip


def write_small_csv(path: Path) -> None:
    """This will write the twelve-row example for the tutorials, in the encoding a desktop spreadsheet saves."""
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file).writerows(SMALL)


if __name__ == "__main__":
    EXAMPLES.mkdir(parents=True, exist_ok=True)
    write_workbook(EXAMPLES / "legacy-contracts.xlsx", legacy_rows())
    write_small_csv(EXAMPLES / "legacy-contracts.csv")
