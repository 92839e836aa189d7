"""A tracker's every row and penny is accounted for, what was contracted is kept, and nothing is guessed."""

import importlib
import io
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from commonweal.sources.cells import Amount, OpenEnded, Unknown
from commonweal.sources.grid_parser import parse
from commonweal.sources.grids import assemble
from commonweal.sources.tables import choose_table, read_table
from commonweal.sources.tracker_mapping import (
    ColumnUse,
    TrackerMapping,
    fields,
    known_headings,
    propose_mapping,
    signature,
)
from commonweal.sources.trackers import delivered, read_tracker

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "commonweal" / "catalogue" / "examples"


def table(*lines):
    content = "\n".join(lines).encode()
    return choose_table(assemble("t.csv", parse(content, "t.csv")), known=known_headings())


def mapping(found, carried=(), **extra):
    uses = TrackerMapping.from_proposals(propose_mapping(found)).uses
    return TrackerMapping(
        tuple(
            ColumnUse(use.column, use.field, use.period, extra.get(use.column, ""), use.field in carried)
            for use in uses
        )
    )


def read(*lines, carried=()):
    found = table(*lines)
    return read_tracker(found, mapping(found, carried))


def kinds(row):
    return [record.kind for record in row.records]


def reasons(row):
    return [problem.reason for problem in row.problems]


CONTRACTS = "Contract ref,Contract title,Supplier,Contract value,Start date,End date"
PROMISES = f"{CONTRACTS},Commitment,Unit,Target,SV value £,Due date,Delivered,Evidence"


def test_catalogue_of_headings_names_each_heading_once():
    found = Counter(heading for field in fields().values() for heading in set(field.headings))
    assert [heading for heading, times in found.items() if times > 1] == []
    assert {name.partition(".")[0] for name in fields()} == {"agreement", "commitment", "delivery"}


def test_mapping_is_proposed_by_heading_and_content():
    proposals = propose_mapping(
        table("Contract Ref:,Contractor/ Provider,Est Total Awarded Contract value £'s (exc VAT),End date,Best tea",
              "A1,Marrowfen Ltd,\"£1,000\",31/03/2027,9", "A2,Tansy CIC,TBC,Ongoing,8")
    )  # fmt: skip
    assert [proposal.field for proposal in proposals] == [
        "agreement.reference", "agreement.provider", "agreement.contract_value", "agreement.end", None,
    ]  # fmt: skip
    assert "2 of 2 cells read as an amount" in proposals[2].reasons
    assert proposals[1].samples == ("Marrowfen Ltd", "Tansy CIC")
    assert proposals[4].reasons == ("no heading like this is known",)


def test_column_whose_cells_say_otherwise_is_not_mapped():
    proposals = propose_mapping(table("Contract ref,End date", *(f"A{at},sometime in {at}" for at in range(6))))
    assert proposals[1].field is None
    assert "0 of 6 cells read as a date" in proposals[1].reasons


def test_one_word_among_others_is_suggested_and_not_applied():
    proposal = propose_mapping(table("Contract ref,Colour code", "A1,45000000", "A2,45000001"))[1]
    assert proposal.field is None
    assert proposal.reasons[0] == "perhaps code as contracted"


def test_two_columns_never_fill_one_field():
    proposals = propose_mapping(table("Contract ref,Supplier,Provider name", "A1,x,y", "A2,z,w"))
    assert [proposal.field for proposal in proposals] == ["agreement.reference", "agreement.provider", None]
    assert "“Supplier” fits provider better" in proposals[2].reasons


def test_mapping_is_saved_and_recognised():
    first, second = table(CONTRACTS, "A1,t,s,5,,"), table(",".join(reversed(CONTRACTS.split(","))), ",,6,u,v,A2")
    assert signature(first) == signature(second)
    assert signature(first) != signature(table(CONTRACTS + ",Extra", "A1,t,s,5,,,x"))
    saved = mapping(first, carried=("agreement.reference",))
    assert TrackerMapping.from_json(saved.as_json()) == saved


@pytest.mark.parametrize(
    ("uses", "why"),
    [
        ([ColumnUse("A", "agreement.colour")], "no field"),
        ([ColumnUse("A", "agreement.start"), ColumnUse("B", "agreement.start")], "two columns"),
        ([ColumnUse("A", "agreement.start", carried_down=True)], "cannot be carried down"),
        ([ColumnUse("A", "agreement.start", period="Q1")], "cannot be spread"),
    ],
)
def test_mapping_that_makes_no_sense_cannot_be_built(uses, why):
    with pytest.raises(ValueError, match=why):
        TrackerMapping(tuple(uses))


def test_mapping_of_another_table_is_refused():
    with pytest.raises(ValueError, match="no column Gone"):
        read_tracker(table(CONTRACTS, "A1,t,s,5,,"), TrackerMapping((ColumnUse("Gone", "agreement.title"),)))


def test_row_of_a_contract_alone():
    (row,) = read(CONTRACTS, 'A1,Tree works,Gorse LLP,"£1,200.50",01/04/2024,Ongoing').rows
    (record,) = row.records
    assert (row.outcome, record.kind, record.agreement) == ("accepted", "agreement", "reference a1")
    assert record.values["contract_value"].raw == "£1,200.50"
    assert record.values["contract_value"].value == Amount(Decimal("1200.50"))
    assert str(record.values["contract_value"].place) == "D2"
    assert record.values["end"].value == OpenEnded("Ongoing")


def test_row_of_a_contract_with_its_promise_and_delivery():
    (row,) = read(PROMISES, "A1,Tree works,Gorse LLP,5,,, Plant 40 trees ,trees,40,£1k,Jun-24,12,SP/1").rows
    agreement, promise, delivery = row.records
    assert [agreement.kind, promise.kind, delivery.kind] == ["agreement", "commitment", "delivery"]
    assert promise.values["wording"].raw == " Plant 40 trees "
    assert (promise.values["value"].raw, promise.values["value"].value.pounds) == ("£1k", Decimal(1000))
    assert promise.values["due"].value.precision == "month"
    assert delivery.commitment == promise.key()
    assert delivered(delivery) == 12
    assert delivery.values["evidence"].raw == "SP/1"


MERGED = (PROMISES, "A1,Tree works,Gorse,5,,,Trees,trees,40,,,,", ",,,,,,Talks,talks,6,,,,", "A2,Other,X,6,,,,,,,,,")


def test_contract_is_carried_down_only_when_the_mapping_says_so():
    row = read(*MERGED, carried=("agreement.reference", "agreement.title")).rows[1]
    assert (row.outcome, kinds(row), row.records[0].agreement) == ("accepted", ["commitment"], "reference a1")
    assert row.notes == ("“A1” carried down from row 2.",)
    row = read(*MERGED).rows[1]
    assert row.outcome == "rejected"
    assert reasons(row) == ["there is no reference and no title, so nothing says which contract it is"]


def test_contract_with_no_name_is_not_taken_for_the_one_above():
    row = read(*MERGED, ",,Nameless Ltd,9,,,,,,,,,", carried=("agreement.reference", "agreement.title")).rows[3]
    assert row.outcome == "rejected"
    assert "no reference and no title" in reasons(row)[0]


def test_promise_under_a_rejected_contract_is_rejected_with_it():
    rows = read(
        PROMISES, "A1,T,G,ask Dave,,,Trees,trees,40,,,,", ",,,,,,Talks,talks,6,,,,", "A1,,,,,,Walks,walks,2,,,,",
        carried=("agreement.reference",),
    ).rows  # fmt: skip
    assert [row.outcome for row in rows] == ["rejected"] * 3
    assert reasons(rows[1]) == reasons(rows[2]) == ["its contract, in row 2, was rejected"]


def test_unknown_words_are_no_reference():
    row = read(CONTRACTS, "TBC,Tree works,G,5,,", "TBC,Gritting,H,6,,").rows
    assert len({record.agreement for one in row for record in one.records}) == 2
    assert row[0].notes == ("A: “TBC” is no contract reference.",)


def test_company_number_that_lost_its_zeros_is_noted_and_kept():
    rows = read("Contract ref,Supplier,Company no", "A1,x,3554098", "A2,y,03554098", "A3,z,SC166891").rows
    assert [row.notes for row in rows] == [
        ("C: 3554098 has 7 digits; leading zeros may have been lost.",), (), (),
    ]  # fmt: skip
    assert rows[0].records[0].values["company_number"].value == "3554098"


def test_lots_of_one_reference_are_agreements_apart():
    rows = read("Contract ref,Lot,Supplier,Commitment", "A1,1,x,", "A1,2,y,", "A1,,,Trees").rows
    assert [row.outcome for row in rows] == ["accepted", "accepted", "rejected"]
    assert "2 lots have this reference" in reasons(rows[2])[0]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("A9,t,s,5,01/04/2025,31/03/2024,,,,,,,", "F", "it ends (31/03/2024) before it starts (01/04/2025)"),
        ("A9,t,s,5,,,Trees,,-4,,,,", "I", "“-4” is negative"),
        ("A9,t,s,5,,,Trees,,4,-£5,,,", "J", "“-£5” is negative"),
        ("A9,t,s,lots,,,,,,,,,", "D", "“lots” is not one number"),
        ("A9,t,s,5,05/13/2024,,,,,,,,", "E", "American order"),
        (",,s,5,,,,,,,,,", "A", "no reference and no title"),
    ],
)
def test_row_rejected_at_its_cell(line, column, reason):
    found = read(PROMISES, "A1,Tree works,Gorse,5,,,Trees,trees,40,,,,", line)
    row = found.rows[1]
    assert row.outcome == "rejected"
    assert row.records == ()
    (problem,) = row.problems
    assert (problem.place.row, problem.place.column) == (3, column)
    assert reason in problem.reason
    assert problem.fix
    assert found.rows[0].outcome == "accepted"


def test_american_date_warns_of_its_column():
    found = read(CONTRACTS, "A1,t,s,5,05/13/2024,", "A2,t,s,5,04/05/2024,")
    assert [row.outcome for row in found.rows] == ["rejected", "accepted"]
    assert any("“Start date”" in note and "E2" in note for note in found.notes)


def test_exact_repeat_is_unchanged_and_says_of_which_row():
    line = "A1,Tree works,Gorse,5,,,Trees,trees,40,7,,1,"
    first, second = read(PROMISES, line, line).rows
    assert (first.outcome, second.outcome) == ("accepted", "unchanged")
    assert second.notes[0].startswith("Repeats row 2.")
    assert [record.fingerprint() for record in first.records] == [record.fingerprint() for record in second.records]


def test_contract_stated_on_each_row_of_its_promises_is_one_record():
    found = read(PROMISES, "A1,T,G,5,,,Trees,trees,40,,,,", "A1,T,G,5,,,Talks,talks,6,,,,")
    assert [kinds(row) for row in found.rows] == [["agreement", "commitment"], ["commitment"]]


def test_rows_that_disagree_on_a_contract_are_not_both_taken():
    row = read(CONTRACTS, "A1,T,G,5,,", "A1,T,G,6,,").rows[1]
    assert row.outcome == "rejected"
    assert reasons(row) == ["row 2 gives this contract another contract value: 5"]


def test_same_promise_with_other_delivery_is_refused():
    row = read(PROMISES, "A1,T,G,5,,,Trees,trees,40,,,1,", "A1,T,G,5,,,Trees,trees,40,,,9,").rows[1]
    assert row.outcome == "rejected"
    assert "row 2 already holds this promise" in reasons(row)[0]


def test_promises_worded_alike_are_told_apart():
    found = read(PROMISES, "A1,T,G,5,,,Trees,trees,40,,,1,", "A1,T,G,5,,,Trees,trees,60,,,9,")
    promises = [record for record in found.records if record.kind == "commitment"]
    assert [promise.occurrence for promise in promises] == [1, 2]
    assert len({promise.key() for promise in promises}) == 2
    assert [record.commitment for record in found.records if record.kind == "delivery"] == [
        promise.key() for promise in promises
    ]


def test_key_stays_and_fingerprint_changes_with_the_facts():
    before = read(PROMISES, "A1,T,G,5,,,Trees,trees,40,,,1,").records
    after = read("Title line,,", PROMISES, "A1,T,G,5.00,,,Trees,trees,40,,,2,").records
    assert [record.key() for record in before] == [record.key() for record in after]
    same = [old.fingerprint() == new.fingerprint() for old, new in zip(before, after, strict=True)]
    assert same == [True, True, False]


def test_what_was_contracted_is_compared_as_it_stands():
    first, spaced, worth = (
        read(PROMISES, f"A1,T,G,{value},,,{wording},trees,40,{pounds},,,").records
        for value, wording, pounds in [("5", "Trees", "1000"), ("£5.00", " Trees ", "1000"), ("5", "Trees", "£1k")]
    )
    assert first[0].fingerprint() == spaced[0].fingerprint()
    assert first[1].key() == spaced[1].key() == worth[1].key()
    assert len({first[1].fingerprint(), spaced[1].fingerprint(), worth[1].fingerprint()}) == 3


def test_quarters_are_summed_with_their_periods_kept():
    found = read("Contract ref,Commitment,Target,Delivered 2024/25,,,", ",,,Q1,Q2,Q3,Q4", "A1,Trees,40,10,,nil,TBC",
                 "A2,Talks,4,1,2,3,4")  # fmt: skip
    deliveries = [record for record in found.records if record.kind == "delivery"]
    assert [delivered(record) for record in deliveries] == [10, 10]
    assert [part.period for part in deliveries[1].parts] == [f"Q{at} 2024/25" for at in (1, 2, 3, 4)]
    assert str(deliveries[1].parts[3].dates.first) == "2025-01-01"
    assert deliveries[0].parts[-1].cell.value == Unknown("TBC")


def test_total_that_is_not_the_sum_of_its_quarters_is_refused():
    row = read("Contract ref,Commitment,Q1,Q2,Q3,Q4,Delivered", "A1,Trees,1,2,3,4,10", "A2,Talks,1,2,3,4,11").rows
    assert [one.outcome for one in row] == ["accepted", "rejected"]
    assert reasons(row[1]) == ["the total is 11 but its periods add to 10"]


def test_one_column_for_each_measure():
    found = table("Contract ref,Apprentices,Volunteer hours,Apprentices done", "A1,2,40,1", "A2,,30,")
    uses = (
        ColumnUse("Contract ref", "agreement.reference"),
        ColumnUse("Apprentices", "commitment.quantity", measure="Apprentices"),
        ColumnUse("Volunteer hours", "commitment.quantity", measure="Volunteer hours"),
        ColumnUse("Apprentices done", "delivery.quantity", measure="Apprentices"),
    )
    rows = read_tracker(found, TrackerMapping(uses)).rows
    assert [kinds(row) for row in rows] == [["commitment", "commitment", "delivery"], ["commitment"]]
    assert rows[0].records[0].values["wording"].raw == "Apprentices"
    assert rows[0].records[2].commitment == rows[0].records[0].key()


def test_delivery_with_no_promise_belongs_to_the_contract():
    (row,) = read("Contract ref,Contract title,Social value delivered £", "A1,Trees,£500").rows
    assert kinds(row) == ["agreement", "delivery"]
    assert (row.records[1].commitment, delivered(row.records[1], "value")) == ("", Decimal(500))


def test_quantity_without_a_unit_says_so():
    rows = read(PROMISES, "A1,T,G,5,,,Trees,,40,,,,", "A2,T,G,5,,,Talks,,40 hrs,,,,").rows
    assert rows[0].notes == ("The quantity has no unit.",)
    assert rows[1].notes == ()


AMOUNTS = [
    ("£1,000.10", "1000.10"), ("(5.55)", "-5.55"), ("7", "7"), ("TBC", None), ("", None), ("1.234,56", None),
    ("12,34", None), ("£2k", "2000"), ("0.005", "0.005"), ("ask", None),
]  # fmt: skip
CELLS = {
    "Contract ref": ["A1", "A2", "A3", "", "tbc"],
    "Contract title": ["Trees", "Roads", ""],
    "Supplier": ["x", "y", ""],
    "Contract value": AMOUNTS,
    "Start date": ["01/04/2024", "05/13/2024", "", "TBC", "2025/26"],
    "End date": ["31/03/2024", "Ongoing", ""],
    "Commitment": ["Plant", "Talk", ""],
    "Target": ["4", "-4", "", "TBC", "6"],
    "SV value £": AMOUNTS,
    "Q1 delivered": ["1", "", "x"],
    "Q2 delivered": ["2", ""],
}
DIRTY = TrackerMapping(
    (
        ColumnUse("Contract ref", "agreement.reference", carried_down=True),
        ColumnUse("Contract title", "agreement.title"),
        ColumnUse("Supplier", "agreement.provider"),
        ColumnUse("Contract value", "agreement.contract_value"),
        ColumnUse("Start date", "agreement.start"),
        ColumnUse("End date", "agreement.end"),
        ColumnUse("Commitment", "commitment.wording"),
        ColumnUse("Target", "commitment.quantity"),
        ColumnUse("SV value £", "commitment.value"),
        ColumnUse("Q1 delivered", "delivery.quantity", period="Q1"),
        ColumnUse("Q2 delivered", "delivery.quantity", period="Q2"),
    )
)
ROW = st.tuples(*(st.sampled_from(choices) for choices in CELLS.values()))


@settings(max_examples=200, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=12), st.booleans())
def test_every_row_and_penny_of_a_dirty_table_is_accounted_for(made, total):
    """The counter here knows the figures it wrote and nothing of the reader."""
    expected = {"Contract value": Decimal(0), "SV value £": Decimal(0)}
    lines = []
    for cells in made:
        texts = []
        for heading, cell in zip(CELLS, cells, strict=True):
            text, figure = cell if isinstance(cell, tuple) else (cell, None)
            texts.append(f'"{text}"')
            if figure is not None:
                expected[heading] += Decimal(figure)
        lines.append((",".join(texts), any(text != '""' for text in texts)))
    written = [line for line, _ in lines] + (['"Total","","","1"' + ',""' * 7] if total else [])
    found = table(",".join(CELLS), "Z1,Sound,z,3,,,,,,,", *written, "Z2,Sound,z,,,,Plant,4,,,")
    reading = read_tracker(found, DIRTY)
    account = reading.account
    by_row = {row.row: row for row in reading.rows}
    filled = {at for at, (_, something) in enumerate(lines, start=3) if something}
    filled |= {2, len(written) + 3} | ({len(written) + 2} if total else set())
    assert set(by_row) == filled
    assert len(reading.rows) == len(filled) == account.rows.read
    assert account.balances()
    figures_counted = [row.number for row in found.rows if row.mark == "total"]
    assume(
        figures_counted == ([len(written) + 2] if total else [])
    )  # a last row may be the sum of the others by chance
    assert account.contract_value.read == expected["Contract value"] + 3
    assert account.committed.read == expected["SV value £"]
    for row in reading.rows:
        assert bool(row.problems) == (row.outcome == "rejected")
        assert bool(row.records) == (row.outcome != "rejected")
    if total:
        assert by_row[len(written) + 2].outcome == "rejected"
    assert read_tracker(found, reading.mapping) == reading


@pytest.fixture
def tool(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return importlib.import_module("make_legacy_tracker")


def test_demonstration_tracker_is_what_its_tool_makes(tool, tmp_path):
    made = io.BytesIO()
    tool.write_workbook(made, tool.legacy_rows())
    assert made.getvalue() == (EXAMPLES / "legacy-contracts.xlsx").read_bytes()
    tool.write_small_csv(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == (EXAMPLES / "legacy-contracts.csv").read_bytes()


def test_demonstration_tracker_ends_as_its_maker_said(tool):
    reading = read_tracker(read_table(EXAMPLES / "legacy-contracts.xlsx", known=known_headings()))
    made = [(at, row) for at, row in enumerate(tool.legacy_rows(), start=tool.FIRST_ROW) if row.expected != "blank"]
    assert [(row.row, row.outcome) for row in reading.rows] == [(at, row.expected) for at, row in made]
    for read_row, (_, row) in zip(reading.rows, made, strict=True):
        said = " ".join([problem.reason for problem in read_row.problems] + list(read_row.notes))
        assert row.reason in said
    account = reading.account
    assert account.balances()
    for split, heading in ((account.contract_value, "Contract Value"), (account.committed, "SV Value £")):
        for outcome in ("accepted", "unchanged", "rejected"):
            truth = sum((row.truth or {}).get(heading, Decimal(0)) for _, row in made if row.expected == outcome)
            assert getattr(split, outcome) == truth, (heading, outcome)


def test_demonstration_tracker_in_figures():
    reading = read_tracker(read_table(EXAMPLES / "legacy-contracts.xlsx", known=known_headings()))
    rows = reading.account.rows
    assert [rows.read, rows.accepted, rows.unchanged, rows.rejected] == [336, 322, 4, 10]
    assert Counter(record.kind for record in reading.records) == {"agreement": 200, "commitment": 211, "delivery": 207}
    assert reading.table.sheet == "SV Tracker"
    assert [(sheet.name, sheet.visible) for sheet in reading.table.other_sheets] == [
        ("READ ME", True),
        ("Lookups", False),
    ]
    assert "a total row, but its 188,622,000" in reading.rows[-1].problems[0].reason


def test_small_example_in_figures():
    reading = read_tracker(read_table(EXAMPLES / "legacy-contracts.csv", known=known_headings()))
    assert [(row.row, row.outcome) for row in reading.rows if row.outcome != "accepted"] == [
        (9, "unchanged"), (10, "rejected"), (11, "rejected"), (12, "rejected"), (13, "rejected"),
    ]  # fmt: skip
    assert reading.account.contract_value.read == Decimal("1769701.00")
    assert reading.account.committed.read == Decimal("25280.00")
    assert reading.rows[-1].problems[0].reason == "a total row"


@pytest.mark.samples
def test_real_contracts_register_needs_no_hand_mapping():
    path = Path(os.environ["COMMONWEAL_SAMPLES"]) / "contracts" / "exeter-contracts-register-2026-04.csv"
    reading = read_tracker(read_table(path, known=known_headings()))
    account = reading.account
    assert account.balances()
    assert [account.rows.read, account.rows.accepted, account.rows.rejected] == [224, 224, 0]
    assert account.contract_value.accepted == Decimal("168974432.40")
    assert account.unknown_amounts == 4
    mapped = {use.field for use in reading.mapping.uses}
    assert {
        f"agreement.{name}" for name in ("reference", "title", "provider", "contract_value", "start", "end")
    } <= mapped
    assert not any(field.startswith("commitment.") for field in mapped)
